//! The forms of what may be done with a ticket, and why the rest may not.

use super::{
    act::{Desk, control_id},
    controls::Control,
};
use crate::{
    common::say,
    kit::summary::{ErrorSummary, Line},
};
use contract::ticket::{ActionView, TicketAct, TicketView};
use leptos::{ev::SubmitEvent, prelude::*};
use rules::can::Action;
use words::{Key, family};

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
    for action in Action::WORK {
        let view = actions.iter().find(|view| view.action == action);
        match view.map(|view| view.reason) {
            Some(None) => allowed.push(action),
            Some(Some(reason)) => blocked.push(Key::CONSOLE_TICKET_BLOCKED_BECAUSE.fill(&[
                ("action", say::of(family::action, action.code())),
                ("reason", say::of(family::reason, reason.code())),
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
    let name = say::of(family::action, action.code());
    let (number, seq) = (ticket.number.clone(), ticket.seq);
    // Without anybody to choose there is nothing to send; the control says so.
    let possible = action != Action::Assign || !ticket.choices.is_empty();
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
                <p hidden=!possible>
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
                return Err(Line::new(
                    &control,
                    Key::CONSOLE_TICKET_TEXT_REQUIRED.text(),
                ));
            }
        }
        _ => {}
    }
    Ok(act)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::{can::Reason, ticket::ContactOutcome};

    #[test]
    fn allowed_and_blocked_actions_are_shown_and_reading_rights_are_not() {
        let views = [
            ActionView {
                action: Action::ViewTicket,
                reason: None,
            },
            ActionView {
                action: Action::Assign,
                reason: None,
            },
            ActionView {
                action: Action::Close,
                reason: Some(Reason::NotYetAnswered),
            },
        ];
        let (allowed, blocked) = split(&views);
        assert_eq!(allowed, [Action::Assign]);
        assert_eq!(blocked.len(), 1);
        assert!(blocked[0].contains(say::of(family::reason, "not_yet_answered")));
    }

    #[test]
    fn a_form_without_its_choice_or_text_is_not_sent() {
        let nothing = |_: &'static str| String::new();
        for action in Action::WORK {
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
