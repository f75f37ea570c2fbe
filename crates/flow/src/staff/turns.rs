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
#[derive(Debug)]
pub struct Turns {
    of_known: Semaphore,
    of_strangers: Semaphore,
    /// How many wait, by network or person.
    waiting: Mutex<BTreeMap<String, usize>>,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            of_known: Semaphore::new(1),
            of_strangers: Semaphore::new(1),
            waiting: Mutex::default(),
        }
    }
}

/// A turn to have a password looked at, and meanwhile a place among those of one's network, or for a known device
/// among those of its person: nobody fills a queue with requests of their own.
pub(super) async fn turn<'a>(
    app: &'a App,
    from: &From,
    known: Option<&str>,
) -> Result<SemaphorePermit<'a>, FlowError> {
    let all = app.turns();
    let (turns, of) = match known {
        Some(login) => (&all.of_known, format!("person:{login}")),
        None => (&all.of_strangers, from.network.clone()),
    };
    let _place = Place::take(app, of)?;
    match tokio::time::timeout(PATIENCE, turns.acquire()).await {
        Ok(Ok(turn)) => Ok(turn),
        _ => Err(FlowError::Unavailable("too many sign in".into())),
    }
}

/// A place in the queue; given back when dropped.
struct Place<'a> {
    turns: &'a Turns,
    of: Option<String>,
}

impl<'a> Place<'a> {
    fn take(app: &'a App, of: String) -> Result<Self, FlowError> {
        let turns = app.turns();
        // What is of no network cannot be counted.
        if of.is_empty() {
            return Ok(Self { turns, of: None });
        }
        let mut waiting = turns.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = waiting.entry(of.clone()).or_default();
        if *mine >= WAITING_MAX {
            return Err(wait(app, 1_000));
        }
        *mine += 1;
        let of = Some(of);
        Ok(Self { turns, of })
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let Some(of) = &self.of else { return };
        let waiting = self.turns.waiting.lock();
        let mut waiting = waiting.unwrap_or_else(PoisonError::into_inner);
        if let Some(mine) = waiting.get_mut(of) {
            *mine -= 1;
            if *mine == 0 {
                waiting.remove(of);
            }
        }
    }
}
