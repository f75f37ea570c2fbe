//! Taking a plate out of use, and putting a new one in its place: an opened step with its own button.

use super::frame::ask_to_sign_in;
use crate::{
    client::{self, Error},
    common::{failed, place},
    kit::{
        dom,
        field::Busy,
        load::{Loader, send},
    },
};
use contract::place::PlateRow;
use leptos::{html, prelude::*};
use words::Key;

/// What came of the last change.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Came {
    Done(String),
    Failed(String),
}

/// What the plates page changes with; it outlives the table, which is drawn anew.
#[derive(Clone, Copy)]
pub struct Bench {
    loader: Loader<Vec<PlateRow>, Error>,
    busy: Busy,
    came: RwSignal<Option<Came>>,
    signed_out: RwSignal<bool>,
}

impl Bench {
    /// Nothing was changed yet.
    pub fn new(loader: Loader<Vec<PlateRow>, Error>) -> Self {
        let bench = Self {
            loader,
            busy: Busy::new(),
            came: RwSignal::new(None),
            signed_out: RwSignal::new(false),
        };
        let ask = ask_to_sign_in();
        Effect::new(move |_| {
            if bench.signed_out.get() {
                ask();
            }
        });
        bench
    }

    fn rotate(self, row: PlateRow) {
        if !self.busy.begin() {
            return;
        }
        send(async move {
            let made = client::plates::rotate(&row.plate).await;
            self.ended(made.map(|fresh| {
                let window = place::window(&fresh.place);
                let told = [("window", window.as_str()), ("code", fresh.short.as_str())];
                Key::CONSOLE_PLATES_DONE_ROTATE.fill(&told)
            }));
        });
    }

    fn revoke(self, row: PlateRow) {
        if !self.busy.begin() {
            return;
        }
        send(async move {
            let window = place::window(&row.place);
            let done = client::plates::revoke(&row.plate).await;
            self.ended(done.map(|()| Key::CONSOLE_PLATES_DONE_REVOKE.fill(&[("window", &window)])));
        });
    }

    fn ended(self, result: Result<String, Error>) {
        self.busy.end();
        let came = match result {
            Ok(text) => Came::Done(text),
            Err(error) if error.signed_out() => {
                self.signed_out.try_set(true);
                return;
            }
            Err(error) => Came::Failed(failed::sentence(&error)),
        };
        self.came.try_set(Some(came));
        // Also after a refusal: somebody else may have changed the plate.
        self.loader.reload();
    }
}

/// What came of the last change; it takes the focus, because the button that had it is gone.
#[component]
pub fn Notice(
    /// What it was changed with.
    bench: Bench,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if bench.came.get().is_some()
            && let Some(notice) = node.get()
        {
            dom::focus(&notice);
        }
    });
    move || {
        bench.came.get().map(|came| {
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

/// The step for one plate: what will happen, and the button that does it.
#[component]
pub fn Change(
    /// The plate.
    row: PlateRow,
    /// What changes it.
    bench: Bench,
) -> impl IntoView {
    let window = place::window(&row.place);
    let (note, button) = if row.revoked {
        (Key::CONSOLE_PLATES_RENEW_NOTE, Key::CONSOLE_PLATES_RENEW)
    } else {
        (Key::CONSOLE_PLATES_ROTATE_NOTE, Key::CONSOLE_PLATES_ROTATE)
    };
    let (old, out) = (row.clone(), row.clone());
    let rotate = move |_| bench.rotate(old.clone());
    let revoke = (!row.revoked).then(|| {
        view! {
            <p class="hint">{Key::CONSOLE_PLATES_REVOKE_NOTE.text()}</p>
            <p>
                <button type="button" class="button button--secondary"
                    aria-disabled=move || bench.busy.attribute()
                    on:click=move |_| bench.revoke(out.clone())>
                    {Key::CONSOLE_PLATES_REVOKE.text()}
                </button>
            </p>
        }
    });
    view! {
        <details>
            <summary>{Key::CONSOLE_PLATES_CHANGE.text()} <span class="visually-hidden">" " {window.clone()}</span></summary>
            <div class="stack">
                <p class="hint">{note.text()}</p>
                <p>
                    <button type="button" class="button"
                        aria-disabled=move || bench.busy.attribute() on:click=rotate>
                        {button.text()}
                    </button>
                </p>
                {revoke}
            </div>
        </details>
    }
}
