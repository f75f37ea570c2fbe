//! Refusals as pages: what happened, and what to do next.

use super::{
    frame::{self, Place, Shell},
    say,
};
use contract::{Problem, ProblemKind, paths};
use maud::{Markup, html};
use words::Key;

/// A page for a problem, readable by whoever meets it.
pub fn problem(problem: &Problem, shell: &Shell<'_>) -> Markup {
    let code = code(problem.kind);
    let title = say::code("problem", code);
    let reason = problem.reason.as_deref().and_then(|reason| {
        words::by_code("reason", reason)
            .or_else(|| words::by_code("problem_reason", &reason.replace('-', "_")))
    });
    let main = html! {
        div.stack {
            h1 { (title) }
            @if let Some(reason) = reason { p { b { (reason) } } }
            p { (say::code("problem_help", code)) }
            @if !problem.violations.is_empty() {
                ul.plain { @for violation in &problem.violations { li { (say::violation(violation)) } } }
            }
            @if let Some(id) = &problem.request_id {
                p.hint { (Key::SHARED_REQUEST_ID.fill(&[("id", id)])) }
            }
            ul.plain {
                @if problem.kind == ProblemKind::Unauthenticated {
                    li { a href=(paths::SIGN_IN) { (Key::CONSOLE_SIGN_IN_TITLE.text()) } }
                }
                li { a href=(paths::HOME) { (Key::SHARED_HOME.text()) } }
                li { a href=(paths::FIND) { (Key::FIND_TITLE.text()) } }
            }
        }
    };
    frame::page(&title, Place::Elsewhere, shell, &main)
}

/// What stands at every address while there is no region yet.
pub fn not_founded(shell: &Shell<'_>) -> Markup {
    let title = Key::SHARED_NOT_FOUNDED_TITLE.text();
    let main = html! {
        div.stack {
            h1 { (title) }
            p { (say::code("problem_reason", "not_founded")) }
            p { a.go href=(paths::HOME) { (Key::SHARED_RETRY.text()) } }
        }
    };
    frame::page(title, Place::Elsewhere, shell, &main)
}

/// The code of a kind, as the texts know it.
pub fn code(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::Malformed => "malformed",
        ProblemKind::Invalid => "invalid",
        ProblemKind::Unauthenticated => "unauthenticated",
        ProblemKind::OtherPerson => "other_person",
        ProblemKind::Forbidden => "forbidden",
        ProblemKind::NotFound => "not_found",
        ProblemKind::Gone => "gone",
        ProblemKind::KeyReused => "key_reused",
        ProblemKind::ChangedTooOften => "changed_too_often",
        ProblemKind::AlreadyRated => "already_rated",
        ProblemKind::Conflict => "conflict",
        ProblemKind::TooLarge => "too_large",
        ProblemKind::TooMany => "too_many",
        ProblemKind::MethodNotAllowed => "method_not_allowed",
        ProblemKind::UnsupportedMedia => "unsupported_media",
        ProblemKind::Unavailable => "unavailable",
        ProblemKind::Internal => "internal",
        ProblemKind::Unknown => "unknown",
    }
}
