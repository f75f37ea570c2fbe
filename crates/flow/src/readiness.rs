//! Whether anything can be stored just now.

use crate::clock::Stopwatch;
use std::time::Duration;
use store::{Store, StoreError};
use tokio::{sync::Mutex, time::timeout};

/// How long an answer may take.
pub const ANSWER_IN: Duration = Duration::from_millis(900);
/// How long a yes holds, unless a write has failed since.
const YES_HOLDS_MS: u64 = 1_000;
/// How long a no holds, unless something was written since.
const NO_HOLDS_MS: u64 = 100;

/// Whether anything can be stored: known from the last write, or tried, at most once a second.
#[derive(Debug)]
pub struct Readiness {
    /// What this process calls itself when it tries.
    name: String,
    last: Mutex<Option<Looked>>,
}

#[derive(Clone, Debug)]
struct Looked {
    at: Stopwatch,
    written: u64,
    why_not: Option<&'static str>,
}

impl Looked {
    fn holds(&self, store: &Store) -> bool {
        let since = self.at.millis();
        let (written, failure) = store.last_write();
        match self.why_not {
            Some(_) => since < NO_HOLDS_MS && written == self.written,
            None => since < YES_HOLDS_MS && failure.is_none(),
        }
    }
}

impl Readiness {
    /// Of a process that tries under this name.
    pub fn of(name: String) -> Self {
        Self {
            name,
            last: Mutex::new(None),
        }
    }

    /// Why nothing can be stored, if so.
    pub async fn why_not(&self, store: &Store) -> Option<&'static str> {
        let mut last = self.last.lock().await;
        if let Some(looked) = &*last
            && looked.holds(store)
        {
            return looked.why_not;
        }
        let before = last.take().map(|looked| looked.written);
        let at = Stopwatch::start();
        let why_not = match timeout(ANSWER_IN, self.look(store, before)).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => {
                tracing::warn!(%error, "not ready");
                Some(said_of(&error))
            }
            Err(_) => {
                tracing::warn!("not ready: the database does not answer in time");
                Some(NO_ANSWER)
            }
        };
        let (written, _) = store.last_write();
        *last = Some(Looked {
            at,
            written,
            why_not,
        });
        why_not
    }

    async fn look(&self, store: &Store, before: Option<u64>) -> Result<(), StoreError> {
        store.ping().await?;
        match store.last_write() {
            (written, None) if before.is_some_and(|before| before < written) => Ok(()),
            _ => store.probe(&self.name).await,
        }
    }
}

/// Nothing came back in time.
pub const NO_ANSWER: &str = "the database does not answer\n";

fn said_of(error: &StoreError) -> &'static str {
    match error {
        StoreError::ReadOnlyOrFull(_) => "the database is full or read-only\n",
        StoreError::Moved(_) | StoreError::Missing(_) => "the database was moved or replaced\n",
        StoreError::Corrupt(_) => DAMAGED,
        StoreError::NotDurable(_) => FORGETS,
        StoreError::Unavailable(_)
        | StoreError::Conflict(_)
        | StoreError::Refused(_)
        | StoreError::DoorShut
        | StoreError::Internal(_) => NO_ANSWER,
    }
}

/// A page was found damaged.
pub const DAMAGED: &str = "the database is damaged\n";
/// The database was told not to wait for the disk.
pub const FORGETS: &str = "the database may forget what it acknowledges\n";
/// The key file is gone, or is not what the server was started with.
pub const KEYS_GONE: &str = "the keys are gone\n";
