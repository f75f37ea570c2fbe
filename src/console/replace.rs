//! Taking a plate out of use, and putting a new one in its place: an opened step with its own button.

use super::outcome::Outcome;
use crate::{
    client::{self, Error},
    common::place,
    kit::{
        field::Busy,
        load::{Loader, send},
    },
};
use contract::place::PlateRow;
use leptos::prelude::*;
use words::Key;

/// What the plates page changes with; it outlives the table, which is drawn anew.
#[derive(Clone, Copy)]
pub struct Bench {
    loader: Loader<Vec<PlateRow>, Error>,
    busy: Busy,
    /// What came of the last change.
    pub outcome: Outcome,
}

impl Bench {
    /// Nothing was changed yet.
    pub fn new(loader: Loader<Vec<PlateRow>, Error>) -> Self {
        Self {
            loader,
            busy: Busy::new(),
            outcome: Outcome::new(),
        }
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
        match result {
            Ok(text) => self.outcome.done(text),
            // There is nothing to load for whoever has to sign in first.
            Err(error) if error.signed_out() => return self.outcome.failed(&error),
            Err(error) => self.outcome.failed(&error),
        }
        // Also after a refusal: somebody else may have changed the plate.
        self.loader.reload();
    }
}

/// What can be done with a plate: one that is out of use can only be followed by a new one.
pub fn heading(revoked: bool) -> Key {
    if revoked {
        Key::CONSOLE_PLATES_RENEW
    } else {
        Key::CONSOLE_PLATES_CHANGE
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
            <summary>{heading(row.revoked).text()} <span class="visually-hidden">" " {window.clone()}</span></summary>
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
