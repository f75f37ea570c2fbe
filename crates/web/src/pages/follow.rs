//! Following a rating.

use super::{
    frame::{self, Place, Shell},
    parts, say,
};
use contract::{
    follow::{FollowCode, FollowPage, FollowStep, FollowTicket, Outcome},
    paths,
    ticket::DueView,
};
use maud::{Markup, html};
use rules::ticket::NoDue;
use words::Key;

/// The secret code, shown to its owner.
pub fn follow_code(code: &FollowCode, shell: &Shell<'_>) -> Markup {
    let link = paths::fill(paths::FOLLOW, &code.code);
    let main = html! {
        div.stack {
            h1 { (Key::FOLLOW_CODE_TITLE.text()) }
            span.code { (code.code) }
            p.notice.notice--warning { (Key::FOLLOW_CODE_SECRET.text()) }
            p { (Key::FOLLOW_CODE_KEEP.text()) }
            p { a.button href=(&link) { (Key::FOLLOW_CODE_LINK.text()) } }
        }
    };
    // The answer to a form: whoever changes the language here still needs the code.
    let shell = shell.back_to(link);
    frame::page(
        Key::FOLLOW_CODE_TITLE.text(),
        Place::Elsewhere,
        &shell,
        &main,
    )
}

/// What became of a rating. Before the release of its day it says the same for every level.
pub fn follow(page: &FollowPage, shell: &Shell<'_>) -> Markup {
    let main = html! {
        div.stack {
            h1 { (Key::FOLLOW_TITLE.text()) }
            (parts::place(&page.place, Some((Key::PLACE_RATING_DAY, &page.day))))
            @match &page.outcome {
                None => {
                    h2 { (Key::FOLLOW_PENDING_TITLE.text()) }
                    p { (Key::FOLLOW_PENDING_BODY.text()) }
                },
                Some(outcome) => (known(outcome)),
            }
        }
    };
    frame::page(Key::FOLLOW_TITLE.text(), Place::Elsewhere, shell, &main)
}

fn known(outcome: &Outcome) -> Markup {
    html! {
        @match &outcome.ticket {
            Some(found) => (ticket(outcome, found)),
            None => {
                h2 { (Key::FOLLOW_NO_TICKET_TITLE.text()) }
                dl.facts {
                    dt { (Key::FOLLOW_LEVEL_GIVEN.text()) }
                    dd { (say::level(outcome.labels, outcome.level)) }
                }
                p { (Key::FOLLOW_NO_TICKET_BODY.text()) }
            },
        }
    }
}

fn ticket(outcome: &Outcome, ticket: &FollowTicket) -> Markup {
    html! {
        dl.facts.card {
            dt { (Key::FOLLOW_STATE.text()) }
            dd { b { (say::code("state", ticket.state.code())) } }
            dt { (Key::FOLLOW_IN_CHARGE.text()) }
            dd { (ticket.unit) }
            dt { (Key::FOLLOW_LEVEL_GIVEN.text()) }
            dd { (say::level(outcome.labels, outcome.level)) }
            dt { (Key::FOLLOW_TICKET.text()) }
            dd { (ticket.number) }
        }
        section.stack {
            h2 { (Key::FOLLOW_ANSWER_TITLE.text()) }
            @match &ticket.answer {
                Some(answer) => div.card { @for line in answer.lines() { p { (line) } } },
                None => p { (Key::FOLLOW_ANSWER_NONE.text()) },
            }
        }
        section.stack {
            h2 { (Key::FOLLOW_DUE_TITLE.text()) }
            @for due in &ticket.dues { (clock(due)) }
        }
        section.stack {
            h2 { (Key::FOLLOW_STEPS_TITLE.text()) }
            @if ticket.steps.is_empty() { p { (Key::FOLLOW_NO_STEPS.text()) } }
            ol.plain {
                @for step in &ticket.steps {
                    li {
                        time datetime=(step.on) { (say::day(&step.on)) } " "
                        (done(step))
                    }
                }
            }
        }
    }
}

fn clock(due: &DueView) -> Markup {
    let doubt = parts::doubt(due.provisional, &due.steps);
    html! {
        div.card {
            h3 { (say::code("clock", due.clock.code())) }
            p {
                (standing(due))
                @if let Some((mark, _)) = doubt { " " span.badge.warn { (mark.text()) } }
            }
            @if due.reason_none != Some(NoDue::AnonymousRater) {
                p.hint { (say::label(Key::DUE_CITE)) (parts::basis(&due.basis)) }
            }
            @if !due.steps.is_empty() {
                details {
                    summary { (Key::FOLLOW_DUE_WHY.text()) }
                    @if let Some((_, note)) = doubt { p { (note.text()) } }
                    (parts::steps(&due.steps, Key::DUE_STEPS_CAPTION.text()))
                }
            }
        }
    }
}

/// When something is due or was done, and how, in words. ISO dates compare as texts.
fn standing(due: &DueView) -> String {
    let with = |text: &str, day: &str| words::fill(text, &[("date", &say::day(day))]);
    match (&due.due, &due.done_on, due.done_as) {
        (by, Some(on), Some(how)) => {
            let done = with(&say::code("met", how.code()), on);
            match by {
                Some(by) if on > by => Key::FOLLOW_DUE_DONE_LATE.fill(&[("done", &done)]),
                _ => done,
            }
        }
        (Some(by), ..) if due.overdue => with(Key::FOLLOW_DUE_OVERDUE.text(), by),
        (Some(by), ..) => with(Key::FOLLOW_DUE_ON.text(), by),
        (None, ..) => say::code("no_due", due.reason_none.unwrap_or(NoDue::NoTerm).code()),
    }
}

/// What was done, with its outcome.
fn done(step: &FollowStep) -> String {
    let done = say::code("kind", &step.kind);
    let outcome = match (step.kind.as_str(), &step.outcome) {
        ("contacted", Some(code)) => say::code("contact_outcome", code),
        ("revisited", Some(code)) => say::code("revisit_outcome", code),
        _ => return done,
    };
    format!("{done}{}{outcome}", Key::SHARED_COLON.text())
}
