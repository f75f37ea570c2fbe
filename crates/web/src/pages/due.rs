//! The deadline calculator.

use super::{
    frame::{self, Place, Shell},
    parts, say,
};
use contract::{figures::DueAnswer, paths};
use maud::{Markup, html};
use rules::{profile::Clock, rating::Violation};
use words::Key;

/// The calculator's form as it stands.
#[derive(Clone, Copy, Debug)]
pub struct DueForm<'a> {
    /// Every profile: id and name.
    pub profiles: &'a [(String, String)],
    /// The chosen profile's id.
    pub profile: &'a str,
    /// The chosen clock's code.
    pub clock: &'a str,
    /// The day it starts from, as typed.
    pub from: &'a str,
    /// The answer, when everything was readable.
    pub answer: Option<&'a DueAnswer>,
    /// What was not.
    pub violations: &'a [Violation],
}

/// The calculator for everyone: a form, and the answer with every day explained.
pub fn due_form(form: &DueForm<'_>, shell: &Shell<'_>) -> Markup {
    let prefix = if form.violations.is_empty() {
        ""
    } else {
        Key::SHARED_ERROR_PREFIX.text()
    };
    let main = html! {
        div.stack {
            h1 { (Key::DUE_TITLE.text()) }
            p { (Key::DUE_LEAD.text()) }
            (parts::errors(form.violations, |violation| match violation.field.as_str() {
                name @ ("profile" | "clock" | "from") => Some(name.to_owned()),
                _ => None,
            }))
            (fields(form))
            @if let Some(answer) = form.answer { (result(answer, form.profile)) }
        }
    };
    frame::page(
        &format!("{prefix}{}", Key::DUE_TITLE.text()),
        Place::Due,
        shell,
        &main,
    )
}

fn fields(form: &DueForm<'_>) -> Markup {
    let clocks: Vec<(String, String)> = Clock::ALL
        .iter()
        .map(|clock| (clock.code().to_owned(), say::code("clock", clock.code())))
        .collect();
    html! {
        form.filter.card action=(paths::DUE) method="get" {
            (select(form, "profile", Key::DUE_PROFILE, form.profiles, form.profile))
            (select(form, "clock", Key::DUE_CLOCK, &clocks, form.clock))
            div.field {
                label for="from" { (Key::DUE_FROM.text()) }
                p #from-hint .hint { (Key::DUE_FROM_HINT.text()) }
                (parts::messages(form.violations, "from", |name| name == "from"))
                // A date control would drop what it cannot read; a text field keeps it.
                input #from .wrong[wrong(form, "from")] type=(if wrong(form, "from") { "text" } else { "date" })
                    name="from" value=(form.from)
                    aria-describedby=(if wrong(form, "from") { "from-hint from-error" } else { "from-hint" });
            }
            button.button { (Key::DUE_COMPUTE.text()) }
        }
    }
}

fn wrong(form: &DueForm<'_>, name: &str) -> bool {
    form.violations
        .iter()
        .any(|violation| violation.field == name)
}

fn select(
    form: &DueForm<'_>,
    name: &str,
    label: Key,
    options: &[(String, String)],
    chosen: &str,
) -> Markup {
    let described = wrong(form, name).then(|| format!("{name}-error"));
    html! {
        div.field {
            label for=(name) { (label.text()) }
            (parts::messages(form.violations, name, |field| field == name))
            select.wrong[wrong(form, name)] id=(name) name=(name) aria-describedby=[described] {
                @for (value, text) in options {
                    option value=(value) selected[value == chosen] { (text) }
                }
            }
        }
    }
}

fn result(answer: &DueAnswer, profile: &str) -> Markup {
    let doubt = parts::doubt(answer.provisional, &answer.steps);
    html! {
        section.stack.answer aria-labelledby="result" {
            h2 #result { (Key::DUE_RESULT.text()) }
            div.card {
                @match &answer.due {
                    Some(due) => {
                        p { (Key::DUE_DUE_LABEL.text()) }
                        p.big {
                            time datetime=(due) { (say::day(due)) }
                            @if let Some((mark, _)) = doubt { " " span.badge.warn { (mark.text()) } }
                        }
                        p.hint { (Key::DUE_END_OF_DAY.text()) }
                    },
                    None => p { b { (Key::DUE_NONE.text()) } },
                }
                p { (say::label(Key::DUE_CITE)) (parts::basis(&answer.cite)) }
                @if let Some(note) = &answer.note { p { (Key::DUE_NOTE.fill(&[("note", note)])) } }
                p { a.go href=(paths::fill(paths::PROFILE, profile)) rel="external" { (Key::DUE_PROFILE_LINK.text()) } }
            }
            @if let Some((_, note)) = doubt { p.notice.notice--warning { (note.text()) } }
            @if !answer.in_force { p.notice.notice--warning { (Key::DUE_NOT_IN_FORCE.text()) } }
            @if !answer.steps.is_empty() { (parts::steps(&answer.steps, Key::DUE_STEPS_CAPTION.text())) }
        }
    }
}
