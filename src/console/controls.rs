//! The controls of the action forms. What is typed or chosen is kept at the desk.

use super::act::{Desk, control_id};
use crate::{
    common::say,
    kit::{
        field::{Field, FieldError},
        summary::Line,
    },
};
use contract::ticket::StaffChoice;
use leptos::prelude::*;
use rules::{
    can::Action,
    ticket::{ContactOutcome, RevisitOutcome},
};
use words::{Key, family};

/// What an action asks for; nothing for those that say all by themselves.
#[component]
pub fn Control(
    /// The action.
    action: Action,
    /// Those whom the ticket can be given to.
    choices: Vec<StaffChoice>,
    /// The errors of the form.
    lines: RwSignal<Vec<Line>>,
) -> impl IntoView {
    match action {
        Action::Assign => view! { <Handlers choices lines/> }.into_any(),
        Action::Contact => radios(
            action,
            "contact",
            Key::CONSOLE_TICKET_CONTACT_OUTCOME,
            lines,
        )
        .into_any(),
        Action::Revisit => radios(
            action,
            "revisit",
            Key::CONSOLE_TICKET_REVISIT_OUTCOME,
            lines,
        )
        .into_any(),
        Action::Rectify | Action::Explain | Action::Answer => {
            view! { <Writing action lines/> }.into_any()
        }
        _ => ().into_any(),
    }
}

#[component]
fn Handlers(choices: Vec<StaffChoice>, lines: RwSignal<Vec<Line>>) -> impl IntoView {
    let desk = use_context::<Desk>();
    if choices.is_empty() {
        return view! { <p>{Key::CONSOLE_TICKET_ASSIGN_NO_CHOICE.text()}</p> }.into_any();
    }
    let id = control_id(Action::Assign, "handler");
    let before = desk.map(|desk| desk.draft(Action::Assign, "handler"));
    let options = choices
        .into_iter()
        .map(|choice| {
            let selected = before.as_ref() == Some(&choice.id);
            let name = match choice.unit {
                Some(unit) => Key::CONSOLE_TICKET_ASSIGN_ELSEWHERE
                    .fill(&[("name", &choice.name), ("unit", &unit)]),
                None => choice.name,
            };
            view! { <option value=choice.id selected=selected>{name}</option> }
        })
        .collect_view();
    let keep = move |event| {
        if let Some(desk) = desk {
            desk.keep(Action::Assign, "handler", event_target_value(&event));
        }
    };
    view! {
        <Field id=id.clone() label=Key::CONSOLE_TICKET_ASSIGN_TO lines>
            <select id=id.clone() aria-describedby=format!("{id}-error") on:change=keep>
                <option value="">{Key::CONSOLE_TICKET_ASSIGN_CHOOSE.text()}</option>
                {options}
            </select>
        </Field>
    }
    .into_any()
}

/// The codes and texts of an outcome's choices.
fn outcomes(action: Action) -> Vec<(&'static str, &'static str)> {
    match action {
        Action::Contact => ContactOutcome::ALL
            .iter()
            .map(|outcome| {
                (
                    outcome.code(),
                    say::of(family::contact_outcome, outcome.code()),
                )
            })
            .collect(),
        _ => RevisitOutcome::ALL
            .iter()
            .map(|outcome| {
                (
                    outcome.code(),
                    say::of(family::revisit_outcome, outcome.code()),
                )
            })
            .collect(),
    }
}

fn radios(
    action: Action,
    field: &'static str,
    legend: Key,
    lines: RwSignal<Vec<Line>>,
) -> impl IntoView {
    let desk = use_context::<Desk>();
    let group = control_id(action, field);
    let before = desk
        .map(|desk| desk.draft(action, field))
        .unwrap_or_default();
    let choices = outcomes(action)
        .into_iter()
        .enumerate()
        .map(|(at, (code, text))| {
            // The error summary leads to the first choice.
            let id = if at == 0 {
                group.clone()
            } else {
                format!("{group}-{code}")
            };
            let keep = move |_| {
                if let Some(desk) = desk {
                    desk.keep(action, field, code.to_owned());
                }
            };
            view! {
                <label class="check">
                    <input type="radio" id=id name=group.clone() value=code checked=before == code
                        aria-describedby=format!("{group}-error") on:change=keep/>
                    {text}
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field">
            <legend>{legend.text()}</legend>
            <FieldError id=group lines/>
            <div class="radios">{choices}</div>
        </fieldset>
    }
}

#[component]
fn Writing(action: Action, lines: RwSignal<Vec<Line>>) -> impl IntoView {
    let desk = use_context::<Desk>();
    let id = control_id(action, "text");
    let (label, hint) = writing_words(action);
    let before = desk
        .map(|desk| desk.draft(action, "text"))
        .unwrap_or_default();
    let keep = move |event| {
        if let Some(desk) = desk {
            desk.keep(action, "text", event_target_value(&event));
        }
    };
    view! {
        <Field id=id.clone() label lines>
            <p class="hint" id=format!("{id}-hint")>{hint.text()}</p>
            <textarea id=id.clone() rows="5" aria-describedby=format!("{id}-hint {id}-error")
                prop:value=before on:input=keep></textarea>
        </Field>
    }
}

fn writing_words(action: Action) -> (Key, Key) {
    match action {
        Action::Rectify => (
            Key::CONSOLE_TICKET_RECTIFY_TEXT,
            Key::CONSOLE_TICKET_RECTIFY_HINT,
        ),
        Action::Explain => (
            Key::CONSOLE_TICKET_EXPLAIN_TEXT,
            Key::CONSOLE_TICKET_EXPLAIN_HINT,
        ),
        _ => (
            Key::CONSOLE_TICKET_ANSWER_TEXT,
            Key::CONSOLE_TICKET_ANSWER_HINT,
        ),
    }
}
