//! What is shown when something could not be loaded or done.

use super::say;
use crate::{
    client::Error,
    kit::{
        page::{self, Heading},
        served,
    },
};
use contract::ProblemKind;
use leptos::prelude::*;
use words::{Key, family};

/// The title of a failure.
pub fn title(error: &Error) -> &'static str {
    match error {
        Error::Offline => Key::SHARED_STATE_OFFLINE.text(),
        Error::Decode => Key::SHARED_STATE_FAILED.text(),
        Error::Problem(problem) => say::of(family::problem, say::problem_code(problem.kind)),
    }
}

/// What can be done about it.
pub fn help(error: &Error) -> &'static str {
    match error {
        Error::Offline | Error::Decode => Key::SHARED_STATE_RETRY.text(),
        Error::Problem(problem) => say::problem(problem),
    }
}

/// Both in one sentence, for the summary of a form.
pub fn sentence(error: &Error) -> String {
    format!("{} {}", title(error), help(error))
}

/// A page in the place of the one that could not be loaded.
#[component]
pub fn FailedPage<F: Fn() + Send + 'static>(
    /// Why.
    error: Error,
    /// Tries again.
    retry: F,
) -> impl IntoView {
    // What the server sent is complete; a failure to load it again takes nothing away.
    if !page::moved() && served::present() {
        return ().into_any();
    }
    view! {
        <Heading text=title(&error)/>
        <Explained error retry/>
    }
    .into_any()
}

/// A part of a page that could not be loaded.
#[component]
pub fn FailedPart<F: Fn() + Send + 'static>(
    /// Why.
    error: Error,
    /// Tries again.
    retry: F,
) -> impl IntoView {
    view! {
        <div class="notice notice--error" role="alert">
            <p>{title(&error)}</p>
            <Explained error retry/>
        </div>
    }
}

#[component]
fn Explained<F: Fn() + Send + 'static>(error: Error, retry: F) -> impl IntoView {
    let id = match &error {
        Error::Problem(problem) => problem.request_id.clone(),
        Error::Offline | Error::Decode => None,
    };
    // In another tab somebody else has signed in: the page begins anew, as theirs.
    let anew = error.kind() == Some(ProblemKind::OtherPerson);
    let again = move |_| match anew {
        true => drop(window().location().reload()),
        false => retry(),
    };
    let quoted = id.map(|id| {
        view! { <p class="hint">{Key::SHARED_REQUEST_ID.fill(&[("id", &id)])}</p> }
    });
    view! {
        <p>{help(&error)}</p>
        {quoted}
        <p>
            <button type="button" class="button button--secondary" on:click=again>
                {Key::SHARED_RETRY.text()}
            </button>
        </p>
    }
}
