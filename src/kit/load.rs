//! Loading: what is being fetched, what came, what failed.

use leptos::{
    prelude::*, reactive::owner::LocalStorage, task::spawn_local_scoped_with_cancellation,
};
use std::future::Future;
use wasm_bindgen_futures::spawn_local;

/// Where loading stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Load<T, E> {
    /// Nothing came yet.
    Loading,
    /// It came.
    Ready(T),
    /// It did not.
    Failed(E),
}

/// Something that is fetched, and fetched again when what it depends on changes.
pub struct Loader<T: 'static, E: 'static> {
    state: RwSignal<Load<T, E>, LocalStorage>,
    busy: RwSignal<bool>,
    again: RwSignal<u32>,
}

impl<T, E> Clone for Loader<T, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, E> Copy for Loader<T, E> {}

impl<T: Clone, E: Clone> Loader<T, E> {
    /// Fetches now, and again whenever a signal changes that `source` reads before it waits.
    /// An older answer never overtakes a newer one: it is cancelled.
    pub fn new<F, Fut>(source: F) -> Self
    where
        F: Fn() -> Fut + 'static,
        Fut: Future<Output = Result<T, E>> + 'static,
    {
        let loader = Self {
            state: RwSignal::new_local(Load::Loading),
            busy: RwSignal::new(false),
            again: RwSignal::new(0),
        };
        Effect::new(move |_| {
            loader.again.track();
            let future = source();
            loader.busy.set(true);
            spawn_local_scoped_with_cancellation(async move { loader.arrived(future.await) });
        });
        loader
    }

    fn arrived(self, result: Result<T, E>) {
        self.busy.set(false);
        self.state.set(match result {
            Ok(value) => Load::Ready(value),
            Err(error) => Load::Failed(error),
        });
    }

    /// Where loading stands; what came before stays while it is fetched again.
    pub fn get(self) -> Load<T, E> {
        self.state.get()
    }

    /// Looks at where loading stands without copying it.
    pub fn with<R>(self, look: impl FnOnce(&Load<T, E>) -> R) -> R {
        self.state.with(look)
    }

    /// What came, if it did.
    pub fn ready(self) -> Option<T> {
        match self.state.get() {
            Load::Ready(value) => Some(value),
            Load::Loading | Load::Failed(_) => None,
        }
    }

    /// Whether a request is under way.
    pub fn busy(self) -> bool {
        self.busy.get()
    }

    /// Fetches again.
    pub fn reload(self) {
        self.again.update(|times| *times += 1);
    }

    /// Puts something in place without fetching.
    pub fn put(self, value: T) {
        self.state.set(Load::Ready(value));
    }
}

/// Sends something that must reach the server even when the page is left meanwhile. The browser's
/// own queue, since texts and choices are sent before the framework has started, too.
pub fn send(future: impl Future<Output = ()> + 'static) {
    spawn_local(future);
}
