//! What became of the last write, and whether the writer's connection is in doubt.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::StoreError;

/// Shared by everything that writes to one database. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pulse(Arc<State>);

#[derive(Debug, Default)]
struct State {
    written: AtomicU64,
    failure: Mutex<Option<StoreError>>,
    in_doubt: AtomicBool,
}

impl Pulse {
    /// A transaction is durable.
    pub fn wrote(&self) {
        self.0.written.fetch_add(1, Ordering::SeqCst);
        *self.failure() = None;
    }

    /// A write failed. What says nothing of the database is not remembered.
    pub fn failed(&self, error: &StoreError) {
        let tells = match error {
            StoreError::Unavailable(_)
            | StoreError::ReadOnlyOrFull(_)
            | StoreError::Moved(_)
            | StoreError::Corrupt(_) => true,
            StoreError::Missing(_)
            | StoreError::Conflict(_)
            | StoreError::Refused(_)
            | StoreError::DoorShut
            | StoreError::NotDurable(_)
            | StoreError::Internal(_) => false,
        };
        if tells {
            *self.failure() = Some(error.clone());
        }
    }

    /// How many transactions were durable, and why the one after them was not.
    pub fn last(&self) -> (u64, Option<StoreError>) {
        let failure = self.failure().clone();
        (self.0.written.load(Ordering::SeqCst), failure)
    }

    /// BEGIN, COMMIT or ROLLBACK failed on the one writer: nobody knows what it holds now.
    pub fn doubt(&self, error: StoreError) -> StoreError {
        self.0.in_doubt.store(true, Ordering::SeqCst);
        error
    }

    /// Whether it was in doubt; it is about to be closed.
    pub fn was_in_doubt(&self) -> bool {
        self.0.in_doubt.swap(false, Ordering::SeqCst)
    }

    fn failure(&self) -> std::sync::MutexGuard<'_, Option<StoreError>> {
        self.0
            .failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
