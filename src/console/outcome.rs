//! What came of the last thing sent from a page that is drawn anew after it.

use super::frame::ask_to_sign_in;
use crate::{client::Error, common::failed, kit::dom};
use leptos::{html, prelude::*};

#[derive(Clone, Debug, PartialEq, Eq)]
enum Came {
    Done(String),
    Failed(String),
}

/// It outlives what the page draws.
#[derive(Clone, Copy)]
pub struct Outcome {
    came: RwSignal<Option<Came>>,
    signed_out: RwSignal<bool>,
}

impl Outcome {
    /// Nothing was sent yet.
    pub fn new() -> Self {
        let outcome = Self {
            came: RwSignal::new(None),
            signed_out: RwSignal::new(false),
        };
        let ask = ask_to_sign_in();
        Effect::new(move |_| {
            if outcome.signed_out.get() {
                ask();
            }
        });
        outcome
    }

    /// It was done; says so.
    pub fn done(self, text: String) {
        self.came.try_set(Some(Came::Done(text)));
    }

    /// It was refused; whoever is signed in no longer is asked to sign in.
    pub fn failed(self, error: &Error) {
        if error.signed_out() {
            self.signed_out.try_set(true);
        } else {
            let text = failed::sentence(error);
            self.came.try_set(Some(Came::Failed(text)));
        }
    }
}

/// Says what came of it, and takes the focus, because the button that had it is gone.
#[component]
pub fn Notice(
    /// What came of it.
    outcome: Outcome,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if outcome.came.get().is_some()
            && let Some(notice) = node.get()
        {
            dom::focus(&notice);
        }
    });
    move || {
        outcome.came.get().map(|came| {
            let (class, text) = match came {
                Came::Done(text) => ("notice", text),
                Came::Failed(text) => ("notice notice--error", text),
            };
            view! {
                <div class=class role="status" tabindex="-1" node_ref=node><p>{text}</p></div>
            }
        })
    }
}
