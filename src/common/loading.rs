//! A page that loads, stands, or failed.

use super::failed::FailedPage;
use crate::{
    client::Error,
    kit::load::{Load, Loader},
};
use leptos::prelude::*;
use words::Key;

/// Says that something is on its way.
#[component]
pub fn Loading() -> impl IntoView {
    view! { <p class="loading" role="status">{Key::SHARED_LOADING.text()}</p> }
}

/// A page of what is loaded.
pub fn page<T, V>(loader: Loader<T, Error>, view: impl Fn(T) -> V + Send + 'static) -> impl IntoView
where
    T: Clone + 'static,
    V: IntoAny + 'static,
{
    move || match loader.get() {
        Load::Loading => view! { <Loading/> }.into_any(),
        Load::Ready(value) => view(value).into_any(),
        Load::Failed(error) => {
            view! { <FailedPage error retry=move || loader.reload()/> }.into_any()
        }
    }
}

/// Where a page stands, without what it shows.
#[derive(Clone, Debug, PartialEq)]
enum Stage {
    Loading,
    Ready,
    Failed(Error),
}

/// A page that stays as it is while what it shows is fetched again: its controls keep the focus.
/// `view` reads the loader by itself.
pub fn lasting<T, V>(
    loader: Loader<T, Error>,
    view: impl Fn() -> V + Send + 'static,
) -> impl IntoView
where
    T: Clone + 'static,
    V: IntoAny + 'static,
{
    let stage = Memo::new(move |_| {
        loader.with(|state| match state {
            Load::Loading => Stage::Loading,
            Load::Ready(_) => Stage::Ready,
            Load::Failed(error) => Stage::Failed(error.clone()),
        })
    });
    move || match stage.get() {
        Stage::Loading => view! { <Loading/> }.into_any(),
        Stage::Ready => view().into_any(),
        Stage::Failed(error) => {
            view! { <FailedPage error retry=move || loader.reload()/> }.into_any()
        }
    }
}
