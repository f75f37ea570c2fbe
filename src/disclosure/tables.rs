//! The figures as tables; each chart has one.

use super::{figures::address, tiles::fraction};
use crate::common::say;
use contract::{
    figures::{Block, Covered, Figures, TrendDay, UnitRow},
    paths,
};
use leptos::prelude::*;
use rules::{
    indicators::{self, Counts, Rate},
    level::{LabelSet, Level},
};
use words::{Key, family};

/// The levels: a table whose rows are also the bars of a chart, on paper and without script, too.
pub fn levels(title: Key, labels: LabelSet, counts: &Counts) -> impl IntoView + use<> {
    let all = indicators::share(counts, &Level::ALL);
    let rows = Level::ALL.map(|level| {
        let rate = indicators::share(counts, &[level]);
        view! {
            <tr class=level.is_bad().then_some("bad")>
                <th scope="row">{say::level(labels, level)} {meter(&rate)}</th>
                <td class="num">{say::number(rate.num)}</td>
                <td class="num">{rate.shown()}</td>
            </tr>
        }
    });
    view! {
        <table class="data levels">
            <caption class="visually-hidden">{title.text()}</caption>
            <thead>
                <tr>
                    <th scope="col">{Key::DISCLOSURE_LEVEL.text()}</th>
                    <th class="num" scope="col">{Key::DISCLOSURE_COUNT.text()}</th>
                    <th class="num" scope="col">{Key::DISCLOSURE_SHARE.text()}</th>
                </tr>
            </thead>
            <tbody>
                {rows.collect_view()}
                <tr>
                    <th scope="row"><b>{Key::DISCLOSURE_TOTAL.text()}</b></th>
                    <td class="num"><b>{say::number(all.num)}</b></td>
                    <td class="num">{all.shown()}</td>
                </tr>
            </tbody>
        </table>
    }
}

/// A bar as long as its share: the drawing is as wide as the whole, so that nothing is computed.
pub fn meter(rate: &Rate) -> impl IntoView + use<> {
    let whole = format!("0 0 {} 1", rate.den);
    view! {
        <svg class="meter" viewBox=whole preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect width=rate.num.to_string() height="1"></rect>
        </svg>
    }
}

fn rate_cell(label: Key, rate: Rate) -> impl IntoView {
    view! { <td class="num" data-label=label.text()>{rate.shown()} " " <span class="of">{fraction(&rate)}</span></td> }
}

/// How much of the region can be rated, and was.
pub fn coverage(figures: &Figures) -> AnyView {
    if figures.coverage.is_empty() {
        return ().into_any();
    }
    let row = |covered: &Covered| {
        let (open, rated) = (
            indicators::coverage_rate(&covered.counts),
            indicators::rated_rate(&covered.counts),
        );
        view! {
            <tr>
                <th scope="row">{say::of(family::part, &covered.kind)}</th>
                {rate_cell(Key::DISCLOSURE_COVERAGE_OPEN, open)}
                {rate_cell(Key::DISCLOSURE_COVERAGE_RATED, rated)}
            </tr>
        }
    };
    let caption = Key::DISCLOSURE_COVERAGE_CAPTION.text();
    view! {
        <section class="stack" aria-labelledby="coverage">
            <h2 id="coverage">{Key::DISCLOSURE_COVERAGE_TITLE.text()}</h2>
            <div class="list scroll" tabindex="0" role="region" aria-label=caption>
                <table class="data cards">
                    <caption>{caption}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{Key::DISCLOSURE_COVERAGE_KIND.text()}</th>
                            <th class="num" scope="col">{Key::DISCLOSURE_COVERAGE_OPEN.text()}</th>
                            <th class="num" scope="col">{Key::DISCLOSURE_COVERAGE_RATED.text()}</th>
                        </tr>
                    </thead>
                    <tbody>{figures.coverage.iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// Every unit, service events and windows in a table each.
pub fn units(figures: &Figures) -> AnyView {
    if figures.rows.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="stack" aria-labelledby="units">
            <h2 id="units">{Key::DISCLOSURE_UNITS_TITLE.text()}</h2>
            {unit_table(figures, Key::DISCLOSURE_UNITS_CAPTION, true)}
            {unit_table(figures, Key::DISCLOSURE_UNITS_WINDOWS_CAPTION, false)}
            {undivided(&figures.unassigned, &figures.unassigned_windows)}
        </section>
    }
    .into_any()
}

/// The ratings that no row holds yet, so that the rows and the total can be reconciled.
pub fn undivided(events: &Counts, windows: &Counts) -> Option<impl IntoView + use<>> {
    let (events, windows) = (events.active(), windows.active());
    let note = Key::DISCLOSURE_UNASSIGNED_NOTE.fill(&[
        ("events", &say::number(events)),
        ("windows", &say::number(windows)),
    ]);
    (events + windows > 0).then(|| view! { <p class="notice">{note}</p> })
}

fn unit_table(figures: &Figures, caption: Key, events: bool) -> impl IntoView + use<> {
    let rows = figures
        .rows
        .iter()
        .map(|row| unit_row(&figures.period, row, events))
        .collect_view();
    let in_time = events.then(|| {
        view! { <th class="num" scope="col">{Key::DISCLOSURE_HANDLING_IN_TIME_RATE.text()}</th> }
    });
    view! {
        <div class="list scroll" tabindex="0" role="region" aria-label=caption.text()>
            <table class="data cards">
                <caption>{caption.text()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{Key::DISCLOSURE_UNIT.text()}</th>
                        <th class="num" scope="col">{Key::DISCLOSURE_ACTIVE.text()}</th>
                        <th class="num" scope="col">{Key::DISCLOSURE_GOOD.text()}</th>
                        <th class="num" scope="col">{Key::DISCLOSURE_BAD.text()}</th>
                        <th class="num" scope="col">{Key::DISCLOSURE_MEAN.text()}</th>
                        {in_time}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn unit_row(period: &str, row: &UnitRow, events: bool) -> impl IntoView + use<> {
    let block = if events { &row.events } else { &row.windows };
    let to = address(paths::HOME, period, &format!("unit:{}", row.code));
    view! {
        <tr>
            <th scope="row"><a href=to>{row.name.clone()}</a></th>
            {block_cells(block)}
            {events.then(|| rate_cell(Key::DISCLOSURE_HANDLING_IN_TIME_RATE, row.in_time))}
        </tr>
    }
}

/// How many, how good, how bad, and the mean.
pub fn block_cells(block: &Block) -> impl IntoView + use<> {
    let mean = block
        .mean
        .clone()
        .unwrap_or_else(|| Key::SHARED_DASH.text().to_owned());
    view! {
        <td class="num" data-label=Key::DISCLOSURE_ACTIVE.text()>{say::number(block.counts.active())}</td>
        {rate_cell(Key::DISCLOSURE_GOOD, block.good)}
        {rate_cell(Key::DISCLOSURE_BAD, block.bad)}
        <td class="num" data-label=Key::DISCLOSURE_MEAN.text()>{mean}</td>
    }
}

/// The days of the trend.
pub fn trend(figures: &Figures) -> AnyView {
    let told = figures.trend_is_told();
    let caption = match told {
        true => Key::DISCLOSURE_TREND_CAPTION_TOLD.text(),
        false => Key::DISCLOSURE_TREND_CAPTION.text(),
    };
    let note = told.then(|| view! { <p class="hint">{Key::DISCLOSURE_TREND_TOLD_NOTE.text()}</p> });
    let rows = figures.trend.iter().map(trend_row).collect_view();
    view! {
        {note}
        <details>
            <summary>{caption}</summary>
            <div class="scroll trend" tabindex="0" role="region" aria-label=caption>
            <table class="data">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{Key::DISCLOSURE_DAY.text()}</th>
                        <th class="num" scope="col">{Key::DISCLOSURE_RATINGS.text()}</th>
                        <th class="num" scope="col">{Key::DISCLOSURE_BAD_COUNT.text()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            </div>
        </details>
    }
    .into_any()
}

fn trend_row(day: &TrendDay) -> impl IntoView + use<> {
    view! {
        <tr>
            <th scope="row"><time datetime=day.day.clone()>{say::day(&day.day)}</time></th>
            <td class="num">{say::number(day.total)}</td>
            <td class="num">{say::number(day.bad)}</td>
        </tr>
    }
}
