//! Released figures: what was rated, how bad ratings were handled, and how fresh all of it is.

use super::{chart, charts, places, tables, tiles};
use crate::{
    client::{self, Error},
    common::{loading, say},
    kit::{
        dom, links, live,
        load::Loader,
        page::{self, Heading},
        url,
    },
};
use contract::{
    figures::{Figures, Today},
    paths,
};
use leptos::{
    ev::{MouseEvent, SubmitEvent},
    prelude::*,
};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use rules::indicators::DueRate;
use words::{Key, family};

type Source = Loader<Figures, Error>;

/// The page.
pub fn figures() -> AnyView {
    let query = use_query_map();
    let chosen = Memo::new(move |_| {
        query.with(|query| {
            let get = |name| query.get(name).unwrap_or_default();
            let place = match (get("place"), get("unit")) {
                (place, unit) if place.is_empty() && !unit.is_empty() => format!("unit:{unit}"),
                (place, _) => place,
            };
            (get("period"), place)
        })
    });
    let loader = Loader::new(move || {
        let (period, place) = chosen.get();
        async move { client::figures::read(&period, &place).await }
    });
    let today = Loader::new(client::figures::today);
    let followed = RwSignal::new(false);
    say_what_changed(loader, followed);
    loading::lasting(loader, move || view! { <Page loader today followed/> }).into_any()
}

/// After another choice the new scope is announced, and the focus stays where it is. Whoever
/// followed a link is at the top of another place now, and its name takes the focus.
fn say_what_changed(loader: Source, followed: RwSignal<bool>) {
    Effect::new(move |before: Option<Option<String>>| {
        let now = loader.ready().map(|figures| current(&figures));
        if let (Some(Some(before)), Some(now)) = (before, &now)
            && before != *now
        {
            live::announce(now);
            if followed.try_update(std::mem::take) == Some(true) {
                focus_scope_soon();
            }
        }
        now
    });
}

/// The heading is drawn anew together with the figures.
fn focus_scope_soon() {
    request_animation_frame(|| {
        if let Some(heading) = dom::by_id(tiles::SCOPE) {
            dom::focus(&heading);
        }
    });
}

#[component]
fn Page(loader: Source, today: Loader<Today, Error>, followed: RwSignal<bool>) -> impl IntoView {
    // Charts stay where they are and take new values; everything else is text.
    let figures = Signal::derive_local(move || loader.ready());
    let released = Memo::new(move |_| {
        loader
            .ready()
            .is_some_and(|figures| figures.released_through.is_some())
    });
    let body = move || {
        if released.get() {
            view! { <Released figures loader followed/> }.into_any()
        } else {
            view! { <NothingYet/> }.into_any()
        }
    };
    view! {
        <div class="stack">
            <Heading text=Key::DISCLOSURE_TITLE.text()/>
            <p>{Key::DISCLOSURE_LEAD.text()}</p>
            <p class="fresh">{move || figures.get().map(|figures| fresh(&figures))} {move || live_count(today)} <span>{Key::DISCLOSURE_NEXT_RELEASE.text()}</span></p>
            {body}
            {move || figures.get().map(|figures| rules_of(&figures))}
            <p class="no-print"><a class="go" href=paths::FIND rel="external">{Key::SHARED_FIND_WINDOW.text()}</a></p>
            <p class="no-print"><a class="go" href=paths::FIND rel="external">{Key::FIND_BY_CODE.text()}</a></p>
        </div>
    }
}

fn fresh(figures: &Figures) -> Option<impl IntoView + use<>> {
    let through = figures.released_through.as_deref()?;
    let text = Key::DISCLOSURE_RELEASED_THROUGH.fill(&[("date", &say::day(through))]);
    Some(view! { <b>{text}</b> })
}

/// The only live figure; without it the page is complete, too.
fn live_count(today: Loader<Today, Error>) -> Option<impl IntoView + use<>> {
    let today = today.ready()?;
    Some(view! { <span>{say::count(Key::DISCLOSURE_TODAY, today.ratings)}</span> })
}

#[component]
fn NothingYet() -> impl IntoView {
    view! {
        <div class="empty">
            <h2>{Key::DISCLOSURE_EMPTY_TITLE.text()}</h2>
            <p>{Key::DISCLOSURE_EMPTY_BODY.text()}</p>
            <p>{Key::DISCLOSURE_EMPTY_NEXT.text()}</p>
            <p><a class="button" href=paths::FIND rel="external">{Key::SHARED_FIND_WINDOW.text()}</a></p>
        </div>
    }
}

#[component]
fn Released(
    figures: Signal<Option<Figures>, LocalStorage>,
    loader: Source,
    followed: RwSignal<bool>,
) -> impl IntoView {
    let follow = move |event: MouseEvent| {
        if links::goes_on(&event) {
            followed.set(true);
        }
    };
    let text = move |part: fn(&Figures) -> AnyView| move || figures.get().as_ref().map(part);
    let options = move || figures.get().as_ref().map(filter_fields);
    let look = chart::look();
    let drawn = move |draw: fn(&Figures, &charts::Look) -> charming::Chart| {
        Signal::derive_local(move || {
            look.with(|look| figures.get().as_ref().map(|of| draw(of, look)))
        })
    };
    let said = move |say: fn(&Figures) -> String| {
        Signal::derive(move || figures.with(|of| of.as_ref().map(say).unwrap_or_default()))
    };
    view! {
        <form class="filter no-print" action=paths::HOME method="get"
            aria-label=Key::DISCLOSURE_FILTER.text() on:submit=choose()>
            {options}
            <button class="button">{Key::DISCLOSURE_APPLY.text()}</button>
        </form>
        <div class="stack" class:busy=move || loader.busy() on:click=follow>
            {text(places::crumbs)}
            {text(tiles::summary)}
            {text(tiles::handling)}
            {text(places::parts)}
            {text(tables::units)}
            {text(tables::coverage)}
            <section class="stack" aria-labelledby="trend">
                <h2 id="trend">{Key::DISCLOSURE_TREND_TITLE.text()}</h2>
                <div class="pair">
                    <chart::Chart id="chart-most" title=said(charts::most) chart=drawn(charts::ratings)/>
                    <chart::Chart id="chart-worst" title=said(charts::worst) chart=drawn(charts::bad)/>
                </div>
                {text(tables::trend)}
            </section>
            {text(places::file)}
        </div>
    }
}

fn filter_fields(figures: &Figures) -> AnyView {
    let newest = (!figures.periods.contains(&figures.period)).then(|| figures.period.clone());
    let periods = newest
        .into_iter()
        .chain(figures.periods.iter().cloned())
        .map(|period| {
            let selected = period == figures.period;
            let name = say::month(&period);
            view! { <option value=period selected=selected>{name}</option> }
        });
    let units = figures.units.iter().cloned().map(|(code, name)| {
        let selected = figures.unit.as_ref() == Some(&code);
        view! { <option value=code selected=selected>{name}</option> }
    });
    view! {
        <div class="field">
            <label for="period">{Key::DISCLOSURE_PERIOD.text()}</label>
            <select id="period" name="period" prop:value=figures.period.clone()>
                {periods.collect_view()}
            </select>
        </div>
        <div class="field">
            <label for="unit">{Key::DISCLOSURE_UNIT.text()}</label>
            <select id="unit" name="unit" prop:value=figures.unit.clone().unwrap_or_default()>
                <option value="" selected=figures.unit.is_none()>{Key::DISCLOSURE_UNIT_ALL.text()}</option>
                {units.collect_view()}
            </select>
        </div>
    }
    .into_any()
}

/// The choice becomes the address, so that it can be linked to and gone back to.
fn choose() -> impl Fn(SubmitEvent) + 'static {
    let navigate = use_navigate();
    move |event| {
        event.prevent_default();
        let (period, unit) = (page::value_of("period"), page::value_of("unit"));
        let place = if unit.is_empty() {
            unit
        } else {
            format!("unit:{unit}")
        };
        let stay = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&address(paths::HOME, &period, &place), stay);
    }
}

/// A page's address for a choice.
pub fn address(page: &str, period: &str, place: &str) -> String {
    let period = url::encode(period);
    if place.is_empty() {
        format!("{page}?period={period}")
    } else {
        format!("{page}?period={period}&place={}", url::encode(place))
    }
}

/// What the page shows at the moment, in words.
pub fn current(figures: &Figures) -> String {
    let place = match figures.path.as_slice() {
        [_, .., last] => last.name.as_str(),
        _ => Key::DISCLOSURE_UNIT_ALL.text(),
    };
    Key::DISCLOSURE_CURRENT.fill(&[("period", &say::month(&figures.period)), ("unit", place)])
}

fn rules_of(figures: &Figures) -> AnyView {
    let from = figures.good_from.to_string();
    let good = Key::DISCLOSURE_GOOD_DEF.fill(&[("from", &from)]);
    let due = DueRate::ALL.iter().map(|which| {
        let (name, what) = (family::due_rate, family::due_rate_def);
        say::rule(say::of(name, which.code()), say::of(what, which.code()))
    });
    let coverage = [
        (
            Key::DISCLOSURE_COVERAGE_OPEN,
            Key::DISCLOSURE_COVERAGE_OPEN_DEF,
        ),
        (
            Key::DISCLOSURE_COVERAGE_RATED,
            Key::DISCLOSURE_COVERAGE_RATED_DEF,
        ),
    ]
    .map(|(name, what)| say::rule(name.text(), what.text()));
    let bad = say::rule(Key::DISCLOSURE_BAD.text(), Key::DISCLOSURE_BAD_DEF.text());
    let definitions = [say::rule(Key::DISCLOSURE_GOOD.text(), &good), bad]
        .into_iter()
        .chain(due)
        .chain(coverage)
        .map(|text| view! { <li>{text}</li> });
    let rules = [
        Key::DISCLOSURE_RULE_DASH,
        Key::DISCLOSURE_RULE_ROUND,
        Key::DISCLOSURE_RULE_SMALL,
        Key::DISCLOSURE_RULE_APART,
        Key::DISCLOSURE_RULE_AUTO,
    ]
    .map(|rule| view! { <li>{rule.text()}</li> });
    view! {
        <section class="stack" aria-labelledby="rules">
            <h2 id="rules">{Key::DISCLOSURE_RULES_TITLE.text()}</h2>
            <ul class="plain">
                {definitions.collect_view()}
                {rules.collect_view()}
            </ul>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_is_in_the_address() {
        assert_eq!(
            address("/", "2026-10", "unit:ga"),
            "/?period=2026-10&place=unit%3Aga"
        );
        assert_eq!(address("/", "2026-10", ""), "/?period=2026-10");
    }
}
