//! The numbers at a glance, rates always with numerator and denominator (`domain.md` 5.3).

use super::{figures::current, tables};
use crate::common::say;
use contract::figures::{Block, Figures};
use leptos::prelude::*;
use rules::{
    indicators::{self, Counts, DueRate, FellDue, Handling, Rate},
    level::LabelSet,
};
use words::{Key, family};

/// The id of the heading that says what is shown.
pub const SCOPE: &str = "summary";

/// Service events, and windows apart from them.
pub fn summary(figures: &Figures) -> AnyView {
    let nothing = figures.events.counts.active() + figures.windows.counts.active() == 0;
    let nothing =
        nothing.then(|| view! { <p class="notice">{Key::DISCLOSURE_EMPTY_PERIOD.text()}</p> });
    let beside = [
        (Key::DISCLOSURE_HELD, figures.held),
        (Key::DISCLOSURE_RULED_OUT, figures.ruled_out),
    ];
    let beside = beside.into_iter().filter(|(_, n)| *n > 0);
    let beside = beside.map(|(key, n)| view! { <p class="notice">{say::count(key, n)}</p> });
    let beside = beside.collect_view();
    let labels = figures.labels;
    view! {
        <section class="stack" aria-labelledby=SCOPE>
            <h2 id=SCOPE tabindex="-1">{current(figures)}</h2>
            {nothing}
            {beside}
            <div class="pair">
                {body(Key::DISCLOSURE_EVENTS_TITLE, Key::DISCLOSURE_EVENTS_NOTE, labels, &figures.events)}
                {body(Key::DISCLOSURE_WINDOWS_TITLE, Key::DISCLOSURE_WINDOWS_NOTE, labels, &figures.windows)}
            </div>
        </section>
    }
    .into_any()
}

/// One body of ratings: the share of good ones at a glance, a sentence, the levels, the rest.
fn body(title: Key, note: Key, labels: LabelSet, block: &Block) -> impl IntoView + use<> {
    let counts = &block.counts;
    let sentence = Key::DISCLOSURE_SENTENCE.fill(&[
        ("total", &say::number(counts.active())),
        ("good", &say::number(block.good.num)),
        ("bad", &say::number(block.bad.num)),
    ]);
    let mean = block
        .mean
        .clone()
        .unwrap_or_else(|| Key::SHARED_DASH.text().to_owned());
    view! {
        <div class="card stack">
            <h3>{title.text()}</h3>
            {hero(Key::DISCLOSURE_GOOD, block.good)}
            <p>{sentence}</p>
            {tables::levels(title, labels, counts)}
            <dl class="facts">
                {fact(Key::DISCLOSURE_BAD.text(), block.bad.shown(), Some(block.bad))}
                {fact(Key::DISCLOSURE_MEAN.text(), mean, None)}
                {real_name(counts)}
                {participation(counts)}
            </dl>
            {beside(counts)}
            <p class="hint">{note.text()}</p>
        </div>
    }
}

/// The one number that a card is about.
fn hero(label: Key, rate: Rate) -> impl IntoView {
    view! {
        <p class="hero">
            <b class="big">{rate.shown()}</b>
            <span>{label.text()} " " <span class="hint num">{fraction(&rate)}</span></span>
        </p>
    }
}

fn fact(label: &'static str, value: String, rate: Option<Rate>) -> impl IntoView {
    let fraction = rate.map(|rate| view! { " " <span class="hint">{fraction(&rate)}</span> });
    view! {
        <dt>{label}</dt>
        <dd class="num"><b>{value}</b>{fraction}</dd>
    }
}

fn real_name(counts: &Counts) -> impl IntoView + use<> {
    let rate = indicators::real_name_rate(counts);
    fact(Key::DISCLOSURE_REAL_NAME.text(), rate.shown(), Some(rate))
}

/// How many of the services were rated at all; unknown for windows, where nothing is counted in.
fn participation(counts: &Counts) -> Option<impl IntoView + use<>> {
    let rate = indicators::active_rate(counts);
    (rate.den > 0).then(|| {
        fact(
            Key::DISCLOSURE_PARTICIPATION.text(),
            rate.shown(),
            Some(rate),
        )
    })
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
        let why = match figures.unit {
            Some(_) => Key::DISCLOSURE_HANDLING_UNTOLD,
            None => Key::DISCLOSURE_HANDLING_ELSEWHERE,
        };
        return view! { <p class="hint">{why.text()}</p> }.into_any();
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
    .map(|(label, n)| fact(label.text(), say::number(n), None));
    let explained = indicators::explained_rate(&handling);
    let explained = fact(
        Key::DISCLOSURE_EXPLAINED_RATE.text(),
        explained.shown(),
        Some(explained),
    );
    let fell_due = figures
        .fell_due
        .as_ref()
        .map(|fell_due| view! { <dl class="facts ruled">{facts_of_due(fell_due)}</dl> });
    let rate = figures.in_time;
    let sentence = Key::DISCLOSURE_HANDLING_SENTENCE.fill(&[
        ("due", &say::number(due)),
        ("in_time", &say::number(in_time)),
    ]);
    view! {
        <section class="stack" aria-labelledby="handling">
            <h2 id="handling">{Key::DISCLOSURE_HANDLING_TITLE.text()}</h2>
            <div class="card pair">
                <div class="stack">
                    {hero(Key::DISCLOSURE_HANDLING_IN_TIME_RATE, rate)}
                    {tables::meter(&rate)}
                    <p>{sentence}</p>
                    <p class="hint">{Key::DISCLOSURE_HANDLING_NOTE.text()}</p>
                    {fell_due}
                </div>
                <dl class="facts ruled">{lines.collect_view()} {explained}</dl>
            </div>
        </section>
    }
    .into_any()
}

/// Each over the same bad ratings: those whose term ended in the period.
fn facts_of_due(fell_due: &FellDue) -> impl IntoView + use<> {
    let dash = || Key::SHARED_DASH.text().to_owned();
    let rates = DueRate::ALL.iter().map(|which| {
        let rate = which.of(fell_due);
        let shown = rate.as_ref().map_or_else(dash, Rate::shown);
        fact(say::of(family::due_rate, which.code()), shown, rate)
    });
    let unreached = fell_due
        .real
        .map_or_else(dash, |real| say::number(real.unreached));
    (
        rates.collect_view(),
        fact(Key::DISCLOSURE_UNREACHED.text(), unreached, None),
    )
}
