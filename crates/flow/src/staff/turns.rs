//! Whose password is looked at, and who waits for that.

use super::tries::{From, wait};
use crate::{FlowError, app::App};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{Semaphore, SemaphorePermit};

/// How long somebody waits for their password to be looked at, while others are.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many of one network, or of one person's own devices, may wait for that; the next are sent away at once.
const WAITING_MAX: usize = 2;

/// Passwords that are looked at, two at a time: each takes 19 MiB for a moment, on purpose, and whoever sends
/// many at once shall wait rather than take the memory of the server. One of the two turns is for devices
/// that are known, whatever strangers do.
static OF_KNOWN: Semaphore = Semaphore::const_new(1);
static OF_STRANGERS: Semaphore = Semaphore::const_new(1);
/// How many wait, by network or person.
static WAITING: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

/// A turn to have a password looked at, and meanwhile a place among those of one's network, or for a known device
/// among those of its person: nobody fills a queue with requests of their own.
pub(super) async fn turn(
    app: &App,
    from: &From,
    known: Option<&str>,
) -> Result<SemaphorePermit<'static>, FlowError> {
    let (turns, of) = match known {
        Some(login) => (&OF_KNOWN, format!("person:{login}")),
        None => (&OF_STRANGERS, from.network.clone()),
    };
    let _place = Place::take(app, of)?;
    match tokio::time::timeout(PATIENCE, turns.acquire()).await {
        Ok(Ok(turn)) => Ok(turn),
        _ => Err(FlowError::Unavailable("too many sign in".into())),
    }
}

/// A place in the queue; given back when dropped.
struct Place(Option<String>);

impl Place {
    fn take(app: &App, of: String) -> Result<Self, FlowError> {
        // What is of no network cannot be counted.
        if of.is_empty() {
            return Ok(Self(None));
        }
        let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = waiting.entry(of.clone()).or_default();
        if *mine >= WAITING_MAX {
            return Err(wait(app, 1_000));
        }
        *mine += 1;
        Ok(Self(Some(of)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(of) = &self.0 else { return };
        let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mine) = waiting.get_mut(of) {
            *mine -= 1;
            if *mine == 0 {
                waiting.remove(of);
            }
        }
    }
}
