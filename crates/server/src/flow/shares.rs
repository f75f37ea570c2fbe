//! The key under which a day's ratings say where they came from, and what is left of each source's share of the
//! limits (`rules::limit`).

use super::FlowError;
use crate::{
    clock::{DAY_MS, Millis, day_of},
    secrets::{self, Secrets},
};
use rules::{date, limit::Limit, rating::SubjectKind};
use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};
use store::Store;

/// How long it can be told what came together with what: what a flood was is asked within weeks, and an address
/// of last season says nothing any more of who had it.
const RETENTION_MS: i64 = 30 * DAY_MS;

/// Whose share it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Share {
    Device([u8; 8]),
    Unmarked([u8; 8]),
    WindowOfNetwork([u8; 8], String),
    Window(String),
    Link(String),
}

/// As many shares are kept in memory: some megabytes.
const SHARES_MAX: usize = 65_536;

/// The key of the day, and what is left of the shares. A server that starts anew has forgotten them, and of several
/// servers each has its own: a limit is a sieve, not a wall.
#[derive(Default)]
pub struct Sources {
    key: RwLock<Option<(String, [u8; 32])>>,
    shares: Mutex<BTreeMap<Share, Millis>>,
    unlimited: AtomicBool,
}

impl Sources {
    /// From now on nothing is held: for measuring, on an invented region only.
    pub fn lift(&self) {
        self.unlimited.store(true, Ordering::Relaxed);
    }

    fn known(&self, day: &str) -> Option<[u8; 32]> {
        let known = self.key.read().unwrap_or_else(PoisonError::into_inner);
        let of_day = known.as_ref().filter(|(of, _)| of == day);
        of_day.map(|(_, key)| *key)
    }

    /// The key of the day; made where no server has yet.
    pub(super) async fn key(
        &self,
        store: &Store,
        secrets: &Secrets,
        now: Millis,
    ) -> Result<[u8; 32], FlowError> {
        let day = date::iso(day_of(now));
        if let Some(key) = self.known(&day) {
            return Ok(key);
        }
        let fresh = secrets::random::<32>()?;
        let destroy_after = date::iso(day_of(now + RETENTION_MS));
        let stored = store.day_key(&day, &fresh, &destroy_after).await?;
        let key = secrets.source_key(&stored);
        *self.key.write().unwrap_or_else(PoisonError::into_inner) = Some((day, key));
        Ok(key)
    }

    /// Takes one of everything that it counts in; whether all had one left. The narrow shares come before the wide
    /// ones, so that who is above the first takes nothing of what others have left. The clock is read once it is this one's turn, or of those who come at one instant the
    /// last would be a moment too early.
    pub(super) fn take(
        &self,
        network: [u8; 8],
        device: Option<[u8; 8]>,
        kind: SubjectKind,
        subject: &str,
        now: impl FnOnce() -> Millis,
    ) -> bool {
        let hand = match device {
            Some(device) => (Share::Device(device), Limit::DEVICE),
            None => (Share::Unmarked(network), Limit::UNMARKED),
        };
        if self.unlimited.load(Ordering::Relaxed) {
            return true;
        }
        let subject = subject.to_owned();
        let mut shares = vec![hand];
        match kind {
            SubjectKind::Event => shares.push((Share::Link(subject), Limit::LINK)),
            SubjectKind::Window
            | SubjectKind::Hall
            | SubjectKind::Consultation
            | SubjectKind::Item
            | SubjectKind::Platform => shares.extend([
                (
                    Share::WindowOfNetwork(network, subject.clone()),
                    Limit::WINDOW_OF_NETWORK,
                ),
                (Share::Window(subject), Limit::WINDOW),
            ]),
        }
        let mut kept = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now();
        let taken = shares.into_iter().all(|(share, limit)| {
            let until = kept.entry(share).or_insert(now);
            limit.take(until, now)
        });
        forget(&mut kept, now);
        taken
    }
}

/// What is full again is forgotten, and of too many the fullest.
fn forget(kept: &mut BTreeMap<Share, Millis>, now: Millis) {
    if kept.len() <= SHARES_MAX {
        return;
    }
    kept.retain(|_, until| *until > now);
    if kept.len() > SHARES_MAX / 2 {
        let mut ends: Vec<Millis> = kept.values().copied().collect();
        ends.sort_unstable();
        let from = ends[ends.len() - SHARES_MAX / 2];
        kept.retain(|_, until| *until > from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(n: u64) -> [u8; 8] {
        n.to_be_bytes()
    }

    #[test]
    fn shares_are_bounded_and_what_is_emptiest_is_remembered() {
        let sources = Sources::default();
        let take = |n: u64, now| sources.take(network(n), None, SubjectKind::Window, "w", || now);
        let empty = (0..500).filter(|_| take(0, 0)).count();
        assert_eq!(empty, 40);
        for n in 1..300_000 {
            take(n, 0);
        }
        let kept = sources.shares.lock().expect("shares").len();
        assert!(kept <= SHARES_MAX, "{kept}");
        assert!(!take(0, 0), "the emptiest is still known");
    }
}
