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
