//! Doing something with a ticket: what was typed, sending it, and what came of it.

use super::frame::ask_to_sign_in;
use crate::{
    client::{self, Error},
    common::{failed, say},
    kit::{
        dom,
        field::Busy,
        load::{Loader, send},
        summary::Line,
    },
};
use contract::{
    ProblemKind, paths,
    ticket::{TicketAct, TicketView},
};
use leptos::{html, prelude::*};
use rules::can::Action;
use std::collections::BTreeMap;
use words::{Key, family};

/// What came of the last action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// It was done.
    Done(Action),
    /// Somebody else acted first; the ticket was loaded anew and what was typed is still there.
    Stale,
    /// The session has ended; what was typed is still there.
    SignedOut,
    /// Anything else, in words.
    Failed(String),
}

/// The desk of one ticket page. It outlives the forms, which are drawn anew when the ticket changes.
#[derive(Clone, Copy)]
pub struct Desk {
    loader: Loader<TicketView, Error>,
    busy: Busy,
    came: RwSignal<Option<Came>>,
    drafts: RwSignal<BTreeMap<(&'static str, &'static str), String>>,
}

impl Desk {
    /// An empty desk.
    pub fn new(loader: Loader<TicketView, Error>) -> Self {
        Self {
            loader,
            busy: Busy::new(),
            came: RwSignal::new(None),
            drafts: RwSignal::new(BTreeMap::new()),
        }
    }

    /// Whether something is being sent, for `aria-disabled`.
    pub fn busy(self) -> Option<&'static str> {
        self.busy.attribute()
    }

    /// What was typed or chosen for an action before.
    pub fn draft(self, action: Action, field: &'static str) -> String {
        self.drafts.with_untracked(|drafts| {
            drafts
                .get(&(action.code(), field))
                .cloned()
                .unwrap_or_default()
        })
    }

    /// Keeps what is typed or chosen.
    pub fn keep(self, action: Action, field: &'static str, value: String) {
        self.drafts
            .update_untracked(|drafts| drop(drafts.insert((action.code(), field), value)));
    }

    fn forget(self, action: Action) {
        self.drafts
            .update_untracked(|drafts| drafts.retain(|(code, _), _| *code != action.code()));
    }

    /// Sends an action; `lines` are the errors of its form.
    pub fn act(self, number: String, act: TicketAct, lines: RwSignal<Vec<Line>>) {
        if !self.busy.begin() {
            return;
        }
        send(async move {
            match client::tickets::act(&number, &act).await {
                Ok(ticket) => {
                    self.forget(act.action);
                    self.tell(Came::Done(act.action));
                    self.loader.put(ticket);
                }
                Err(error) => self.refused(act.action, &error, lines),
            }
            self.busy.end();
        });
    }

    fn refused(self, action: Action, error: &Error, lines: RwSignal<Vec<Line>>) {
        if let Error::Problem(problem) = error
            && !problem.violations.is_empty()
        {
            let wrong = problem.violations.iter().map(|violation| {
                let control = control_id(action, &violation.field);
                Line::new(&control, say::violation(violation))
            });
            drop(lines.try_set(wrong.collect()));
            return;
        }
        let came = came_of(error);
        let stale = came == Came::Stale;
        self.tell(came);
        if stale {
            self.loader.reload();
        }
    }

    fn tell(self, came: Came) {
        drop(self.came.try_set(Some(came)));
    }
}

/// What a refusal means to the person at the desk.
fn came_of(error: &Error) -> Came {
    match error.kind() {
        Some(ProblemKind::Conflict) => Came::Stale,
        Some(ProblemKind::Unauthenticated) => Came::SignedOut,
        _ => Came::Failed(failed::sentence(error)),
    }
}

/// The id of an action's control for a field of the API.
pub fn control_id(action: Action, field: &str) -> String {
    format!("{}-{field}", action.code())
}

/// What came of the last action; it takes the focus, because the form that had it may be gone.
#[component]
pub fn Notice(
    /// The desk.
    desk: Desk,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if desk.came.get().is_some()
            && let Some(notice) = node.get()
        {
            dom::focus(&notice);
        }
    });
    let ask = StoredValue::new_local(ask_to_sign_in());
    move || {
        desk.came.get().map(|came| {
            let sign_in = (came == Came::SignedOut).then(|| {
                let go = move |_| ask.with_value(|ask| ask());
                view! {
                    <p>
                        <button type="button" class="button button--secondary" on:click=go>
                            {Key::CONSOLE_SIGN_IN_SUBMIT.text()}
                        </button>
                        " "
                        <a href=paths::SIGN_IN target="_blank" rel="external noopener">
                            {Key::CONSOLE_SIGN_IN_TITLE.text()}
                        </a>
                    </p>
                }
            });
            view! {
                <div class=class_of(&came) role="status" tabindex="-1" node_ref=node>
                    <p>{words_of(&came)}</p>
                    {sign_in}
                </div>
            }
        })
    }
}

fn class_of(came: &Came) -> &'static str {
    match came {
        Came::Done(_) => "notice",
        Came::Stale => "notice notice--warning",
        Came::SignedOut | Came::Failed(_) => "notice notice--error",
    }
}

fn words_of(came: &Came) -> String {
    match came {
        Came::Done(action) => {
            let action = say::of(family::action, action.code());
            Key::CONSOLE_TICKET_DONE.fill(&[("action", action)])
        }
        Came::Stale => Key::CONSOLE_TICKET_STALE.text().to_owned(),
        Came::SignedOut => Key::CONSOLE_SESSION_LOST.text().to_owned(),
        Came::Failed(why) => format!("{} {why}", Key::CONSOLE_TICKET_FAILED.text()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::Problem;

    #[test]
    fn a_conflict_is_a_stale_page_and_not_a_failure() {
        let error = Error::Problem(Problem::new(ProblemKind::Conflict));
        assert_eq!(came_of(&error), Came::Stale);
    }

    #[test]
    fn a_refusal_with_a_reason_is_told_in_its_words() {
        let error = Error::Problem(Problem::because(ProblemKind::Forbidden, "not_the_handler"));
        let Came::Failed(text) = came_of(&error) else {
            panic!("a failure");
        };
        assert!(
            text.contains(say::of(family::reason, "not_the_handler")),
            "{text}"
        );
    }
}
