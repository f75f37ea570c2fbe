//! The forms of what may be done with a ticket, and why the rest may not.

use super::act::{Desk, control_id};
use crate::{
    common::say,
    kit::{
        field::{Field, FieldError},
        summary::{ErrorSummary, Line},
    },
};
use contract::ticket::{ActionView, StaffChoice, TicketAct, TicketView};
use leptos::{ev::SubmitEvent, prelude::*};
use rules::{
    can::Action,
    ticket::{ContactOutcome, RevisitOutcome},
};
use words::Key;

/// What is done with a ticket, in the order of the work.
const WORK: [Action; 7] = [
    Action::Assign,
    Action::Contact,
    Action::Rectify,
    Action::Explain,
    Action::Answer,
    Action::Revisit,
    Action::Close,
];

/// Allowed actions as forms, the others with the reason against them.
#[component]
pub fn Actions(
    /// The ticket.
    ticket: TicketView,
) -> impl IntoView {
    let (allowed, blocked) = split(&ticket.actions);
    let none = allowed
        .is_empty()
        .then(|| view! { <p class="soft">{Key::CONSOLE_TICKET_ACTIONS_NONE.text()}</p> });
    let only = allowed.len() == 1;
    let forms = allowed
        .into_iter()
        .map(|action| view! { <ActionForm action ticket=ticket.clone() open=only/> })
        .collect_view();
    view! {
        <section class="stack" aria-labelledby="actions">
            <h2 id="actions">{Key::CONSOLE_TICKET_ACTIONS.text()}</h2>
            {none}
            <div class="actions">{forms}</div>
            <Blocked blocked/>
        </section>
    }
}

/// The actions that are allowed, and the others with their reasons.
fn split(actions: &[ActionView]) -> (Vec<Action>, Vec<String>) {
    let mut allowed = Vec::new();
    let mut blocked = Vec::new();
    for action in WORK {
        let view = actions.iter().find(|view| view.action == action);
        match view.map(|view| view.reason) {
            Some(None) => allowed.push(action),
            Some(Some(reason)) => blocked.push(Key::CONSOLE_TICKET_BLOCKED_BECAUSE.fill(&[
                ("action", say::of("action", action.code())),
                ("reason", say::of("reason", reason.code())),
            ])),
            None => {}
        }
    }
    (allowed, blocked)
}

#[component]
fn Blocked(blocked: Vec<String>) -> impl IntoView {
    (!blocked.is_empty()).then(|| {
        let items = blocked
            .into_iter()
            .map(|text| view! { <li>{text}</li> })
            .collect_view();
        view! {
            <h3>{Key::CONSOLE_TICKET_ACTIONS_BLOCKED.text()}</h3>
            <ul class="blocked">{items}</ul>
        }
    })
}

#[component]
fn ActionForm(action: Action, ticket: TicketView, open: bool) -> impl IntoView {
    let desk = use_context::<Desk>();
    let lines = RwSignal::new(Vec::<Line>::new());
    let name = say::of("action", action.code());
    let (number, seq) = (ticket.number.clone(), ticket.seq);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(desk) = desk else { return };
        match filled(action, seq, &|field| desk.draft(action, field)) {
            Ok(act) => desk.act(number.clone(), act, lines),
            Err(missing) => lines.set(vec![missing]),
        }
    };
    view! {
        <details open=open>
            <summary>{name}</summary>
            <form class="stack" novalidate on:submit=submit>
                <ErrorSummary lines/>
                <Control action choices=ticket.choices lines/>
                <p>
                    <button class="button" aria-disabled=move || desk.and_then(Desk::busy)>
                        {Key::CONSOLE_TICKET_DO.fill(&[("action", name)])}
                    </button>
                </p>
            </form>
        </details>
    }
}

/// What a form sends, or what is missing in it.
fn filled(
    action: Action,
    seq: i64,
    draft: &dyn Fn(&'static str) -> String,
) -> Result<TicketAct, Line> {
    let mut act = TicketAct {
        action,
        seq,
        handler: None,
        contact: None,
        revisit: None,
        text: String::new(),
    };
    let choice = |field: &str| {
        Line::new(
            &control_id(action, field),
            Key::CONSOLE_TICKET_CHOICE_REQUIRED.text(),
        )
    };
    match action {
        Action::Assign => {
            let handler = draft("handler");
            act.handler = (!handler.is_empty()).then_some(handler);
            act.handler.as_ref().ok_or_else(|| choice("handler"))?;
        }
        Action::Contact => {
            let outcome = draft("contact").parse();
            act.contact = Some(outcome.map_err(|_| choice("contact"))?);
        }
        Action::Revisit => {
            let outcome = draft("revisit").parse();
            act.revisit = Some(outcome.map_err(|_| choice("revisit"))?);
        }
        Action::Rectify | Action::Explain | Action::Answer => {
            act.text = draft("text").trim().to_owned();
            if act.text.is_empty() {
                let control = control_id(action, "text");
                return Err(Line::new(&control, Key::CONSOLE_TICKET_TEXT_REQUIRED.text()));
            }
        }
        _ => {}
    }
    Ok(act)
}

#[component]
fn Control(
    action: Action,
    choices: Vec<StaffChoice>,
    lines: RwSignal<Vec<Line>>,
) -> impl IntoView {
    match action {
        Action::Assign => view! { <Handlers choices lines/> }.into_any(),
        Action::Contact => radios(action, "contact", Key::CONSOLE_TICKET_CONTACT_OUTCOME, lines)
            .into_any(),
        Action::Revisit => radios(action, "revisit", Key::CONSOLE_TICKET_REVISIT_OUTCOME, lines)
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
            view! { <option value=choice.id selected=selected>{choice.name}</option> }
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
            .map(|outcome| (outcome.code(), say::of("contact_outcome", outcome.code())))
            .collect(),
        _ => RevisitOutcome::ALL
            .iter()
            .map(|outcome| (outcome.code(), say::of("revisit_outcome", outcome.code())))
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
    let before = desk.map(|desk| desk.draft(action, field)).unwrap_or_default();
    let choices = outcomes(action)
        .into_iter()
        .enumerate()
        .map(|(at, (code, text))| {
            // The error summary leads to the first choice.
            let id = if at == 0 { group.clone() } else { format!("{group}-{code}") };
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
    let before = desk.map(|desk| desk.draft(action, "text")).unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use super::*;
    use rules::can::Reason;

    #[test]
    fn allowed_and_blocked_actions_are_shown_and_reading_rights_are_not() {
        let views = [
            ActionView { action: Action::ViewTicket, reason: None },
            ActionView { action: Action::Assign, reason: None },
            ActionView { action: Action::Close, reason: Some(Reason::NotYetAnswered) },
        ];
        let (allowed, blocked) = split(&views);
        assert_eq!(allowed, [Action::Assign]);
        assert_eq!(blocked.len(), 1);
        assert!(blocked[0].contains(say::of("reason", "not_yet_answered")));
    }

    #[test]
    fn a_form_without_its_choice_or_text_is_not_sent() {
        let nothing = |_: &'static str| String::new();
        for action in WORK {
            let complete = filled(action, 3, &nothing).is_ok();
            assert_eq!(complete, action == Action::Close, "{action}");
        }
    }

    #[test]
    fn a_chosen_outcome_is_sent_as_its_code() {
        let act = filled(Action::Contact, 3, &|_| "reached".to_owned()).expect("complete");
        assert_eq!(act.contact, Some(ContactOutcome::Reached));
        assert_eq!(act.seq, 3);
    }

    #[test]
    fn white_space_is_no_text() {
        assert!(filled(Action::Answer, 1, &|_| " \n".to_owned()).is_err());
    }
}
