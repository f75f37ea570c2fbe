//! The receipt: the same for every level. Whoever sent the rating can ask for the follow-up code.

use crate::{
    client::{self, Error},
    common::{failed, loading, place},
    kit::{
        dom,
        field::Busy,
        load::{Loader, send},
        page::Heading,
    },
};
use contract::{
    follow::{FollowAsk, FollowCode},
    paths,
    rate::Receipt,
};
use leptos::{ev::SubmitEvent, html, prelude::*};
use std::time::Duration;
use words::Key;

/// The receipt that the rating page hands over, with the key that proves who sent the rating.
#[derive(Clone, Copy, Default)]
pub struct HandedOver(RwSignal<Option<(Receipt, String)>>);

impl HandedOver {
    /// Hands a receipt over, with the right to ask for its follow-up code. It is kept by this page alone and
    /// for some minutes: whoever comes to the same device next is not given the code.
    pub fn give(self, receipt: Receipt, key: String) {
        self.0.set(Some((receipt, key)));
    }

    fn key(self, code: &str) -> Option<String> {
        let (receipt, key) = self.0.get_untracked()?;
        (receipt.code == code).then_some(key)
    }

    fn forget(self) {
        drop(self.0.try_set(None));
    }

    fn take(self, code: &str) -> Option<Receipt> {
        let (receipt, _) = self.0.get_untracked()?;
        (receipt.code == code).then_some(receipt)
    }
}

/// How long somebody may think about following.
const TERM: Duration = Duration::from_secs(300);

/// The key that a rating was sent with, if this page has just sent it.
pub fn key(code: &str) -> Option<String> {
    use_context::<HandedOver>().and_then(|handed| handed.key(code))
}

/// The page of a receipt.
pub fn page(code: String, key: Option<String>) -> AnyView {
    let handed = use_context::<HandedOver>().unwrap_or_default();
    let loader = Loader::new(move || {
        let (known, code) = (handed.take(&code), code.clone());
        async move {
            match known {
                Some(receipt) => Ok(receipt),
                None => client::ratings::receipt(&code).await,
            }
        }
    });
    loading::page(
        loader,
        move |receipt| view! { <Sheet receipt key=key.clone()/> },
    )
    .into_any()
}

#[component]
fn Sheet(receipt: Receipt, key: Option<String>) -> impl IntoView {
    let standing = if receipt.released {
        Key::RECEIPT_RELEASED
    } else {
        Key::RECEIPT_NOT_RELEASED
    };
    // What has happened is not still to come.
    let to_come = (!receipt.released).then(|| view! { <li>{Key::RECEIPT_NEXT_1.text()}</li> });
    let follow = match key {
        Some(key) => view! { <Follow code=receipt.code.clone() key/> }.into_any(),
        None => by_code().into_any(),
    };
    view! {
        <div class="stack">
            <Heading text=Key::RECEIPT_TITLE.text()/>
            <p>{Key::RECEIPT_THANKS.text()} " " {standing.text()}</p>
            <div class="card">
                {place::above(&receipt.place, Some((Key::PLACE_RATING_DAY, &receipt.day)))}
                <h2 id="receipt-code">{Key::RECEIPT_CODE.text()}</h2>
                <span class="code">{receipt.code.clone()}</span>
                <p class="hint">{Key::RECEIPT_CODE_NOTE.text()}</p>
            </div>
            {follow}
            <h2>{Key::RECEIPT_NEXT_TITLE.text()}</h2>
            <ul class="plain">
                {to_come}
                <li>{Key::RECEIPT_NEXT_2.text()}</li>
                <li><a href=paths::HOME>{Key::RECEIPT_FIGURES_LINK.text()}</a></li>
            </ul>
        </div>
    }
}

fn by_code() -> impl IntoView {
    view! {
        <p>{Key::RECEIPT_NO_KEY.text()}</p>
        <p><a class="go" href=paths::FIND rel="external">{Key::FIND_BY_CODE.text()}</a></p>
    }
}

#[component]
fn Follow(code: String, key: String) -> impl IntoView {
    let handed = use_context::<HandedOver>().unwrap_or_default();
    // Whoever leaves the page, or is away from it, has not asked.
    let over = RwSignal::new(false);
    on_cleanup(move || handed.forget());
    let term = move || {
        handed.forget();
        let _ = over.try_set(true);
    };
    drop(set_timeout_with_handle(term, TERM));
    let given = RwSignal::new(None::<FollowCode>);
    let error = RwSignal::new(None::<Error>);
    let busy = Busy::new();
    let ask = FollowAsk { receipt: code, key };
    let submit = {
        let ask = ask.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            if !busy.begin() {
                return;
            }
            let ask = ask.clone();
            send(async move {
                match client::follow::ask(&ask).await {
                    Ok(code) => {
                        handed.forget();
                        drop(given.try_set(Some(code)));
                    }
                    Err(why) => drop(error.try_set(Some(why))),
                }
                busy.end();
            });
        }
    };
    move || match given.get() {
        Some(_) | None if over.get() => by_code().into_any(),
        Some(code) => view! { <Secret code/> }.into_any(),
        None => view! {
            <form class="stack" method="post" action=paths::FOLLOW_ASK on:submit=submit.clone()>
                <input type="hidden" name="receipt" value=ask.receipt.clone()/>
                <input type="hidden" name="key" value=ask.key.clone()/>
                <p>{Key::RECEIPT_NEXT_3.text()} {Key::RECEIPT_FOLLOW_NOTE.text()}</p>
                <button class="button" aria-disabled=move || busy.attribute()>
                    {Key::RECEIPT_FOLLOW.text()}
                </button>
                {move || error.get().map(refused)}
            </form>
        }
        .into_any(),
    }
}

fn refused(error: Error) -> impl IntoView {
    view! { <p class="error" role="alert">{failed::sentence(&error)}</p> }
}

/// The secret code, in the place of the button that asked for it.
#[component]
fn Secret(code: FollowCode) -> impl IntoView {
    let node = NodeRef::<html::H2>::new();
    Effect::new(move |_| {
        if let Some(heading) = node.get() {
            dom::focus(&heading);
        }
    });
    let link = paths::fill(paths::FOLLOW, &code.code);
    view! {
        <section class="stack" aria-labelledby="follow-code">
            <h2 id="follow-code" tabindex="-1" node_ref=node>{Key::FOLLOW_CODE_TITLE.text()}</h2>
            <span class="code">{code.code}</span>
            <p class="notice notice--warning">{Key::FOLLOW_CODE_SECRET.text()}</p>
            <p>{Key::FOLLOW_CODE_KEEP.text()}</p>
            <p><a class="button" href=link>{Key::FOLLOW_CODE_LINK.text()}</a></p>
        </section>
    }
}
