//! What the house has noticed of itself, for whoever asks.

use crate::clock::Clock;
use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
};

/// What is wrong, as far as it has been noticed.
#[derive(Debug, Default)]
pub struct Watch {
    pub(super) forgets: AtomicBool,
    pub(super) door_ahead: AtomicBool,
    pub(super) keys_gone: AtomicBool,
    pub(super) clock_said: AtomicBool,
    pub(super) damaged: Mutex<Option<String>>,
    pub(super) differing: AtomicU64,
}

impl Watch {
    /// Why nothing may be stamped just now, if so.
    pub fn standstill(&self, clock: &Clock) -> Option<String> {
        if let Some(fault) = clock.fault() {
            return Some(fault.to_string());
        }
        if self.door_ahead.load(SeqCst) {
            return Some("the open day lies ahead of this machine's clock".to_owned());
        }
        let forgets = self.forgets.load(SeqCst);
        forgets.then(|| "the database may forget what it acknowledges".to_owned())
    }

    /// Whether the clock is why nothing is stamped.
    pub fn is_clock_wrong(&self, clock: &Clock) -> bool {
        clock.fault().is_some() || self.door_ahead.load(SeqCst)
    }

    /// Whether the database would forget.
    pub fn forgets(&self) -> bool {
        self.forgets.load(SeqCst)
    }

    /// Whether the folder no longer holds the keys in use.
    pub fn lacks_keys(&self) -> bool {
        self.keys_gone.load(SeqCst)
    }

    /// The table with the damaged page, and what was said of it.
    pub fn damaged(&self) -> Option<String> {
        self.damaged
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// How many figures were found that are not what the ratings give.
    pub fn differing(&self) -> u64 {
        self.differing.load(SeqCst)
    }
}
