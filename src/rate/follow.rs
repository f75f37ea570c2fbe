//! What became of a rating, for whoever has its secret code.

use crate::{
    client,
    common::{
        clock::{self, Clock},
        loading, place, say,
    },
    kit::{load::Loader, page::Heading},
};
use contract::follow::{FollowPage as Sheet, FollowStep, FollowTicket, Outcome};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use words::{Key, family};

/// The page of a follow-up code.
pub fn page() -> AnyView {
    let params = use_params_map();
    let loader = Loader::new(move || {
        let code = params.with(|params| params.get("code").unwrap_or_default());
        async move { client::follow::page(&code).await }
    });
    loading::page(loader, |sheet| view! { <Drawn sheet/> }).into_any()
}

#[component]
fn Drawn(sheet: Sheet) -> impl IntoView {
    let outcome = match sheet.outcome {
        Some(outcome) => view! { <Known outcome/> }.into_any(),
        None => view! {
            <h2>{Key::FOLLOW_PENDING_TITLE.text()}</h2>
            <p>{Key::FOLLOW_PENDING_BODY.text()}</p>
        }
        .into_any(),
    };
    view! {
        <div class="stack">
            <Heading text=Key::FOLLOW_TITLE.text()/>
            {place::above(&sheet.place, Some((Key::PLACE_RATING_DAY, &sheet.day)))}
            {outcome}
        </div>
    }
}

#[component]
fn Known(outcome: Outcome) -> impl IntoView {
    let level = say::level(outcome.labels, outcome.level);
    match outcome.ticket {
        Some(ticket) => view! { <Ticket ticket level/> }.into_any(),
        None => view! {
            <h2>{Key::FOLLOW_NO_TICKET_TITLE.text()}</h2>
            <dl class="facts">
                <dt>{Key::FOLLOW_LEVEL_GIVEN.text()}</dt>
                <dd>{level}</dd>
            </dl>
            <p>{Key::FOLLOW_NO_TICKET_BODY.text()}</p>
        }
        .into_any(),
    }
}

#[component]
fn Ticket(ticket: FollowTicket, level: &'static str) -> impl IntoView {
    let clocks = ticket
        .dues
        .into_iter()
        .map(|due| view! { <Clock due/> })
        .collect_view();
    view! {
        <dl class="facts card">
            <dt>{Key::FOLLOW_STATE.text()}</dt>
            <dd><b>{say::of(family::state, ticket.state.code())}</b></dd>
            <dt>{Key::FOLLOW_IN_CHARGE.text()}</dt>
            <dd>{ticket.unit}</dd>
            <dt>{Key::FOLLOW_LEVEL_GIVEN.text()}</dt>
            <dd>{level}</dd>
            <dt>{Key::FOLLOW_TICKET.text()}</dt>
            <dd>{ticket.number}</dd>
        </dl>
        <section class="stack">
            <h2>{Key::FOLLOW_ANSWER_TITLE.text()}</h2>
            {answer(ticket.answer)}
        </section>
        <section class="stack">
            <h2>{Key::FOLLOW_DUE_TITLE.text()}</h2>
            {clocks}
        </section>
        <section class="stack">
            <h2>{Key::FOLLOW_STEPS_TITLE.text()}</h2>
            {steps(ticket.steps)}
        </section>
    }
}

fn answer(answer: Option<String>) -> AnyView {
    match answer {
        Some(answer) => {
            let lines = answer
                .lines()
                .map(|line| view! { <p>{line.to_owned()}</p> })
                .collect_view();
            view! { <div class="card">{lines}</div> }.into_any()
        }
        None => view! { <p>{Key::FOLLOW_ANSWER_NONE.text()}</p> }.into_any(),
    }
}

fn steps(steps: Vec<FollowStep>) -> impl IntoView {
    let none = steps
        .is_empty()
        .then(|| view! { <p>{Key::FOLLOW_NO_STEPS.text()}</p> });
    let items = steps.into_iter().map(step).collect_view();
    view! { {none} <ol class="plain">{items}</ol> }
}

fn step(step: FollowStep) -> impl IntoView {
    let day = say::day(&step.on);
    let outcome = step.outcome.as_deref();
    let done = clock::done(
        &step.kind,
        outcome.and_then(|code| clock::talk(&step.kind, code)),
    );
    view! { <li><time datetime=step.on>{day}</time> " " {done}</li> }
}
