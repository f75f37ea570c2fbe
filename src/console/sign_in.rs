//! Signing in.

use super::session;
use crate::{
    client::{self, Error},
    common::failed,
    kit::{
        field::{Busy, Field},
        load::send,
        page::Heading,
        summary::{ErrorSummary, Line},
    },
};
use contract::{ProblemKind, paths, staff::SignIn};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use words::Key;

const LOGIN: &str = "login";
const PASSWORD: &str = "password";

/// The sign-in page.
#[component]
pub fn SignInPage() -> impl IntoView {
    let lines = RwSignal::new(Vec::<Line>::new());
    let query = use_query_map();
    let signed_out = move || query.with(|query| query.get("out").is_some());
    let notice = move || {
        signed_out()
            .then(|| view! { <p class="notice" role="status">{Key::CONSOLE_SIGN_IN_SIGNED_OUT.text()}</p> })
    };
    view! {
        <div class="signin stack">
            <Heading text=Key::CONSOLE_SIGN_IN_TITLE.text()/>
            {notice}
            <ErrorSummary lines/>
            <SignInForm lines/>
        </div>
    }
}

#[component]
fn SignInForm(lines: RwSignal<Vec<Line>>) -> impl IntoView {
    let login = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let shown = RwSignal::new(false);
    let busy = Busy::new();
    let arrive = arrive();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let with = SignIn {
            login: login.get_untracked().trim().to_owned(),
            password: password.get_untracked(),
        };
        let missing = missing(&with);
        let complete = missing.is_empty();
        lines.set(missing);
        if !complete || !busy.begin() {
            return;
        }
        let arrive = arrive.clone();
        send(async move {
            match client::session::sign_in(&with).await {
                Ok(me) => arrive(me),
                Err(error) => lines.set(vec![refused(&error)]),
            }
            busy.end();
        });
    };
    let kind = move || if shown.get() { "text" } else { "password" };
    view! {
        <form class="card" novalidate on:submit=submit>
            <Field id=LOGIN label=Key::CONSOLE_SIGN_IN_LOGIN lines>
                <input id=LOGIN name=LOGIN autocomplete="username" autocapitalize="none" spellcheck="false"
                    aria-describedby="login-error" bind:value=login/>
            </Field>
            <Field id=PASSWORD label=Key::CONSOLE_SIGN_IN_PASSWORD lines>
                <input id=PASSWORD name=PASSWORD type=kind autocomplete="current-password"
                    aria-describedby="password-error" bind:value=password/>
            </Field>
            <label class="check">
                <input type="checkbox" bind:checked=shown/>
                {Key::CONSOLE_SIGN_IN_SHOW_PASSWORD.text()}
            </label>
            <p>
                <button class="button" aria-disabled=move || busy.attribute()>
                    {Key::CONSOLE_SIGN_IN_SUBMIT.text()}
                </button>
            </p>
        </form>
    }
}

/// Where a signed-in person goes on.
fn arrive() -> impl Fn(contract::staff::Me) + Clone + 'static {
    let navigate = use_navigate();
    let query = use_query_map();
    let session = session();
    move |me| {
        session.begin(me);
        // The page may have been left while the answer was on its way.
        let next = query
            .try_with_untracked(|query| query.get("next").unwrap_or_default())
            .unwrap_or_default();
        navigate(
            &way_back(&next),
            NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            },
        );
    }
}

/// Only a page of staff may be the next one; anything else in the address is not ours.
fn way_back(next: &str) -> String {
    let ours = next == paths::STAFF || next.starts_with("/staff/");
    let to = if ours && next != paths::SIGN_IN {
        next
    } else {
        paths::STAFF
    };
    to.to_owned()
}

fn missing(with: &SignIn) -> Vec<Line> {
    let mut lines = Vec::new();
    if with.login.is_empty() {
        lines.push(Line::new(LOGIN, Key::CONSOLE_SIGN_IN_NEED_LOGIN.text()));
    }
    if with.password.is_empty() {
        lines.push(Line::new(
            PASSWORD,
            Key::CONSOLE_SIGN_IN_NEED_PASSWORD.text(),
        ));
    }
    lines
}

fn refused(error: &Error) -> Line {
    match error.kind() {
        Some(ProblemKind::Unauthenticated) => Line::new(LOGIN, Key::CONSOLE_SIGN_IN_FAILED.text()),
        Some(ProblemKind::TooMany) => Line::new("", locked(error)),
        _ => Line::new("", failed::sentence(error)),
    }
}

/// Until when there is a wait, and whom to ask; where something between us and the server sent it away, only
/// that there is one.
fn locked(error: &Error) -> String {
    let until = error.problem().and_then(|problem| {
        let params = problem.violations.iter().map(|one| &one.params);
        params.filter_map(|params| params.get("until")).next()
    });
    match until {
        Some(until) => Key::CONSOLE_SIGN_IN_LOCKED_UNTIL.fill(&[("until", until)]),
        None => Key::CONSOLE_SIGN_IN_LOCKED_SOON.text().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_a_page_of_staff_and_never_another_site() {
        assert_eq!(way_back("/staff/tickets/G1"), "/staff/tickets/G1");
        assert_eq!(way_back("//evil.example/staff"), "/staff");
        assert_eq!(way_back("/staffing"), "/staff");
        assert_eq!(way_back("/staff/sign-in"), "/staff");
        assert_eq!(way_back(""), "/staff");
    }

    #[test]
    fn both_fields_are_asked_for_at_once() {
        let nothing = SignIn {
            login: String::new(),
            password: String::new(),
        };
        assert_eq!(missing(&nothing).len(), 2);
    }
}
