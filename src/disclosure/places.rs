//! Where in the region one is, what that place consists of, and the page as a file.

use super::{
    figures::address,
    tables::{block_cells, undivided},
};
use crate::common::say;
use contract::{
    figures::{Figures, Part, PartRow, Place},
    paths,
};
use leptos::prelude::*;
use words::{Key, family};

/// The way from the region to the chosen place.
pub fn crumbs(figures: &Figures) -> AnyView {
    let Some((last, above)) = figures
        .path
        .split_last()
        .filter(|(_, above)| !above.is_empty())
    else {
        return ().into_any();
    };
    let link = |place: &Place| {
        let to = address(paths::HOME, &figures.period, &place.place);
        view! { <li><a href=to>{place.name.clone()}</a></li> }
    };
    view! {
        <nav class="crumbs" aria-label=Key::DISCLOSURE_PATH.text()>
            <ol>
                {above.iter().map(link).collect_view()}
                <li><span aria-current="page">{last.name.clone()}</span></li>
            </ol>
        </nav>
    }
    .into_any()
}

/// What the place consists of, each part with a link further down.
pub fn parts(figures: &Figures) -> AnyView {
    let section = |part: &Part| section(&figures.period, part);
    figures.parts.iter().map(section).collect_view().into_any()
}

fn section(period: &str, part: &Part) -> impl IntoView + use<> {
    let kind = say::of(family::part, &part.kind);
    let with_kind = |key: Key| key.fill(&[("kind", kind)]);
    let events = with_kind(Key::DISCLOSURE_PART_EVENTS);
    let windows = with_kind(Key::DISCLOSURE_PART_WINDOWS);
    view! {
        <section class="stack" aria-labelledby="parts">
            <h2 id="parts">{with_kind(Key::DISCLOSURE_PART_TITLE)}</h2>
            {table(period, part, kind, events, true)}
            {table(period, part, kind, windows, false)}
            {undivided(&part.unassigned, &part.unassigned_windows)}
        </section>
    }
}

fn table(
    period: &str,
    part: &Part,
    kind: &str,
    caption: String,
    events: bool,
) -> impl IntoView + use<> {
    let label = caption.clone();
    let row = |row: &PartRow| {
        let block = row.shown(events)?;
        Some(view! {
            <tr>
                <th scope="row">{name(period, &part.kind, &row.place)}</th>
                {block_cells(block)}
            </tr>
        })
    };
    view! {
        <div class="list scroll" tabindex="0" role="region" aria-label=label>
            <table class="data cards">
                <caption>{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{kind.to_owned()}</th>
                        <th class="num" scope="col">{Key::DISCLOSURE_ACTIVE.text()}</th>
                        <th class="num" scope="col">{Key::DISCLOSURE_GOOD.text()}</th>
                        <th class="num" scope="col">{Key::DISCLOSURE_BAD.text()}</th>
                        <th class="num" scope="col">{Key::DISCLOSURE_MEAN.text()}</th>
                    </tr>
                </thead>
                <tbody>{part.rows.iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// A part's name with the way to its page. What is of no part has neither.
fn name(period: &str, kind: &str, place: &Place) -> AnyView {
    if place.place.is_empty() {
        return say::of(family::part_none, kind).into_any();
    }
    let to = address(paths::HOME, period, &place.place);
    view! { <a href=to>{place.name.clone()}</a> }.into_any()
}

/// What the page shows, for a spreadsheet.
pub fn file(figures: &Figures) -> AnyView {
    let here = figures.path.last().map_or("", |place| &place.place);
    let to = address(paths::FIGURES_CSV, &figures.period, here);
    view! { <p class="no-print"><a class="go" href=to rel="external" download>{Key::DISCLOSURE_CSV.text()}</a></p> }
        .into_any()
}
