//! Parts that several pages share.

use super::say;
use contract::paths;
use contract::place::{Hall, Place};
use maud::{Markup, html};
use rules::{
    date,
    deadline::{Step, predates},
    profile::Basis,
    rating::Violation,
};
use words::Key;

/// The line above a citizen's page: where this is.
pub fn place(place: &Place, day: Option<(Key, &str)>) -> Markup {
    html! {
        p.place {
            b { (window(place)) }
            br;
            (place.hall) " · " (place.unit)
            @if let Some(item) = &place.item { br; (say::label(Key::PLACE_ITEM)) (item) }
            @if let Some((label, day)) = day {
                br; (say::label(label)) time datetime=(day) { (say::day(day)) }
            }
        }
    }
}

/// `07号窗口 户籍业务`.
pub fn window(place: &Place) -> String {
    let number = Key::PLACE_WINDOW_NO.fill(&[("no", &place.window_no)]);
    format!("{number} {}", place.window)
}

/// The list of everything that is wrong, above a form. `anchor` leads to the field.
pub fn errors(violations: &[Violation], anchor: impl Fn(&Violation) -> Option<String>) -> Markup {
    summary(violations, true, anchor)
}

/// The same, which takes the focus only if it is about what was just sent.
pub fn summary(
    violations: &[Violation],
    focus: bool,
    anchor: impl Fn(&Violation) -> Option<String>,
) -> Markup {
    html! {
        @if !violations.is_empty() {
            div.error-summary role="alert" tabindex="-1" autofocus[focus] aria-labelledby="errors-title" {
                h2 #errors-title .error-summary__title {
                    (say::count(Key::SHARED_ERRORS_TITLE, violations.len() as u64))
                }
                ul.error-summary__list {
                    @for violation in violations {
                        li {
                            @match anchor(violation) {
                                Some(id) => a href={"#" (id)} { (say::violation(violation)) },
                                None => (say::violation(violation)),
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The messages of one field, beside it.
pub fn messages(violations: &[Violation], id: &str, mine: impl Fn(&str) -> bool) -> Markup {
    let texts: Vec<String> = violations
        .iter()
        .filter(|violation| mine(&violation.field))
        .map(say::violation)
        .collect();
    html! {
        @if !texts.is_empty() {
            p.error id={(id) "-error"} {
                span.visually-hidden { (Key::SHARED_ERROR_PREFIX.text()) }
                @for (at, text) in texts.iter().enumerate() {
                    @if at > 0 { br; }
                    (text)
                }
            }
        }
    }
}

/// The search by a typed code, and every hall with its windows.
pub fn search(typed: &str, halls: &[Hall]) -> Markup {
    html! {
        form.card action=(paths::FIND) method="get" role="search" {
            label.label for="code" { (Key::FIND_CODE.text()) }
            p #code-hint .hint { (Key::FIND_CODE_HINT.text()) }
            div.find {
                div.field {
                    input #code name="code" value=(typed) autocomplete="off" autocapitalize="characters"
                        spellcheck="false" aria-describedby="code-hint";
                }
                button.button { (Key::FIND_SEARCH.text()) }
            }
        }
        h2 { (Key::FIND_HALLS.text()) }
        @if halls.is_empty() { p { (Key::FIND_NO_HALLS.text()) } }
        div.halls {
            @for hall in halls {
                section.card {
                    h3 { (hall.name) }
                    p.soft { (say::label(Key::FIND_ADDRESS)) (hall.address) }
                    ul.windows {
                        @for (no, name) in &hall.windows {
                            li { (Key::PLACE_WINDOW_NO.fill(&[("no", no)])) " " (name) }
                        }
                    }
                }
            }
        }
    }
}

/// Where a follow-up code that was written down is typed.
pub fn by_code() -> Markup {
    html! { a.go href=(paths::FIND) { (Key::FIND_BY_CODE.text()) } }
}

/// Why a deadline is the day it is, day by day.
pub fn steps(steps: &[Step], caption: &str) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table.data {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { (Key::DUE_STEP_DATE.text()) }
                        th scope="col" { (Key::DUE_STEP_KIND.text()) }
                        th scope="col" { (Key::DUE_STEP_COUNTED.text()) }
                    }
                }
                tbody {
                    @for step in steps { (step_row(step)) }
                }
            }
        }
    }
}

fn step_row(step: &Step) -> Markup {
    let iso = date::iso(step.date);
    html! {
        tr.off[!step.counted] {
            th scope="row" {
                time.num datetime=(iso) { (say::day(&iso)) }
                " " span.num { (say::weekday(step.date)) }
            }
            td {
                (say::code("day", step.kind.code()))
                @if let Some(name) = &step.name { (say::aside(name)) }
                @if let Some(notice) = &step.notice {
                    span.of {
                        (Key::DUE_NOTICE.fill(&[("notice", notice)]))
                        @if !step.checked { (Key::SHARED_COMMA.text()) (Key::DUE_STEP_UNCHECKED.text()) }
                    }
                }
                @if let Some(why) = unknown(step) { span.of { (why.text()) } }
            }
            td {
                @match step.n {
                    Some(n) if step.counted => (say::count(Key::DUE_COUNTED_N, u64::from(n))),
                    _ => (Key::DUE_SKIPPED.text()),
                }
            }
        }
    }
}

fn unknown(step: &Step) -> Option<Key> {
    let why = if step.before {
        Key::DUE_STEP_PAST
    } else {
        Key::DUE_STEP_UNKNOWN
    };
    (!step.known).then_some(why)
}

/// The mark of a date that the calendar does not reach, and what it means.
pub fn doubt(provisional: bool, steps: &[Step]) -> Option<(Key, Key)> {
    let doubt = if predates(steps) {
        (Key::DUE_PAST, Key::DUE_PAST_NOTE)
    } else {
        (Key::DUE_PROVISIONAL, Key::DUE_PROVISIONAL_NOTE)
    };
    provisional.then_some(doubt)
}

/// Where a term comes from.
pub fn basis(basis: &Basis) -> String {
    match basis {
        Basis::Stated {
            document,
            article,
            words,
        } => Key::DUE_CITE_STATED.fill(&[
            ("document", document),
            ("article", article),
            ("words", words),
        ]),
        Basis::Ours { why } => Key::DUE_CITE_OURS.fill(&[("why", why)]),
        Basis::None { why } => Key::DUE_CITE_NONE.fill(&[("why", why)]),
    }
}
