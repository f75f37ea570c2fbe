//! Parts of the app that are fetched when they are first needed.

use super::served;
use leptos::{prelude::*, wasm_split::SplitLoaderError};
use leptos_router::{ChooseView, hooks::use_location};
use std::{future::Future, pin::Pin};
use words::Key;

/// A part that did not come: no network, or a newer build has replaced it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing;

impl From<SplitLoaderError> for Missing {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// A page on its way.
pub type Opening = Pin<Box<dyn Future<Output = Result<AnyView, Missing>>>>;

/// A page of the router, perhaps in a part that has to be fetched. Every page has this one type:
/// a type for each would cost the rating page the glue of all the others.
#[derive(Clone, Copy)]
pub struct Page(pub fn() -> Opening);

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        // A part that is missing must not bring the app down: what is on the page still works.
        (self.0)().await.unwrap_or_else(|Missing| missing())
    }

    async fn preload(&self) {}
}

fn missing() -> AnyView {
    served::replace();
    let location = use_location();
    let search = location.search.get_untracked();
    let mark = if search.is_empty() { "" } else { "?" };
    let here = format!("{}{mark}{search}", location.pathname.get_untracked());
    view! {
        <h1>{Key::SHARED_STATE_FAILED.text()}</h1>
        <div class="notice notice--error" role="alert">
            <p>{Key::SHARED_STATE_RETRY.text()}</p>
            <p><a href=here rel="external">{Key::SHARED_RETRY.text()}</a></p>
        </div>
    }
    .into_any()
}
