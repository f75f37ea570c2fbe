//! The numbers at a glance, rates always with numerator and denominator (`domain.md` 5.3).

use super::figures::current;
use crate::common::say;
use contract::figures::{Block, Figures};
use leptos::prelude::*;
use rules::indicators::{Counts, Handling, Rate};
use words::Key;

/// Service events, and windows apart from them.
pub fn summary(figures: &Figures) -> AnyView {
    let nothing = figures.events.counts.active() + figures.windows.counts.active() == 0;
    let nothing =
        nothing.then(|| view! { <p class="notice">{Key::DISCLOSURE_EMPTY_PERIOD.text()}</p> });
    view! {
        <section class="stack" aria-labelledby="summary">
            <h2 id="summary">{current(figures)}</h2>
            {nothing}
            {block(Key::DISCLOSURE_EVENTS_TITLE, Key::DISCLOSURE_EVENTS_NOTE, &figures.events)}
            {block(Key::DISCLOSURE_WINDOWS_TITLE, Key::DISCLOSURE_WINDOWS_NOTE, &figures.windows)}
        </section>
    }
    .into_any()
}

fn block(title: Key, note: Key, block: &Block) -> impl IntoView + use<> {
    let mean = block
        .mean
        .clone()
        .unwrap_or_else(|| Key::SHARED_DASH.text().to_owned());
    view! {
        <h3>{title.text()}</h3>
        <p class="hint">{note.text()}</p>
        <dl class="tiles">
            {tile(Key::DISCLOSURE_ACTIVE, say::number(block.counts.active()), None)}
            {tile(Key::DISCLOSURE_GOOD, block.good.shown(), Some(block.good))}
            {tile(Key::DISCLOSURE_BAD, block.bad.shown(), Some(block.bad))}
            {tile(Key::DISCLOSURE_MEAN, mean, None)}
        </dl>
        {beside(&block.counts)}
    }
}

/// What is not in the numbers, and yet may not vanish.
fn beside(counts: &Counts) -> impl IntoView + use<> {
    let hint =
        |key: Key, n: u64| (n > 0).then(|| view! { <p class="hint">{say::count(key, n)}</p> });
    (
        hint(Key::DISCLOSURE_DEFAULTS_NOTE, counts.defaults),
        hint(Key::DISCLOSURE_EXCLUDED, counts.excluded),
    )
}

fn tile(label: Key, value: String, rate: Option<Rate>) -> impl IntoView {
    let fraction = rate.map(|rate| view! { <span class="hint num">{fraction(&rate)}</span> });
    view! {
        <div class="tile">
            <dt>{label.text()}</dt>
            <dd><span class="big">{value}</span>{fraction}</dd>
        </div>
    }
}

/// Numerator and denominator, `12/34`.
pub fn fraction(rate: &Rate) -> String {
    Key::DISCLOSURE_FRACTION.fill(&[
        ("num", &say::number(rate.num)),
        ("den", &say::number(rate.den)),
    ])
}

/// Bad ratings and how many were put right in time.
pub fn handling(figures: &Figures) -> AnyView {
    let Some(handling) = figures.handling else {
        return view! { <p class="hint">{Key::DISCLOSURE_HANDLING_ELSEWHERE.text()}</p> }
            .into_any();
    };
    let Handling {
        bad,
        due,
        in_time,
        rectified,
        explained,
        open,
    } = handling;
    let lines = [
        (Key::DISCLOSURE_HANDLING_BAD, bad),
        (Key::DISCLOSURE_HANDLING_RECTIFIED, rectified),
        (Key::DISCLOSURE_HANDLING_EXPLAINED, explained),
        (Key::DISCLOSURE_HANDLING_OPEN, open),
        (Key::DISCLOSURE_HANDLING_DUE, due),
        (Key::DISCLOSURE_HANDLING_IN_TIME, in_time),
    ]
    .map(|(label, n)| tile(label, say::number(n), None));
    let rate = figures.in_time;
    view! {
        <section class="stack" aria-labelledby="handling">
            <h2 id="handling">{Key::DISCLOSURE_HANDLING_TITLE.text()}</h2>
            <p class="hint">{Key::DISCLOSURE_HANDLING_NOTE.text()}</p>
            <dl class="tiles">
                {tile(Key::DISCLOSURE_HANDLING_IN_TIME_RATE, rate.shown(), Some(rate))}
                {lines.collect_view()}
            </dl>
        </section>
    }
    .into_any()
}
