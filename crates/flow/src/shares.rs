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
    UnitOfNetwork([u8; 8], String),
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

    /// Takes one of each of these; whether all had one left. Where one had not, nothing is taken of the others: who is
    /// above a limit takes nothing of what others have left.
    pub(super) fn take(&self, shares: &Shares, now: Millis) -> bool {
        if self.unlimited.load(Ordering::Relaxed) {
            return true;
        }
        let mut kept = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        let tried: Vec<Result<Millis, Millis>> = shares
            .0
            .iter()
            .map(|(share, limit)| limit.take(kept.get(share).copied().unwrap_or(now), now))
            .collect();
        let all = tried.iter().all(Result::is_ok);
        for ((share, _), tried) in shares.0.iter().zip(tried) {
            match tried {
                Ok(until) if all => drop(kept.insert(share.clone(), until)),
                Err(empty) => drop(kept.insert(share.clone(), empty)),
                Ok(_) => {}
            }
        }
        forget(&mut kept, now);
        all
    }
}

/// What a rating takes one of, each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shares(Vec<(Share, Limit)>);

impl Shares {
    /// Of what comes from a network and perhaps a device, about something of a unit.
    pub(super) fn of(
        network: [u8; 8],
        device: Option<[u8; 8]>,
        kind: SubjectKind,
        unit: &str,
        subject: &str,
    ) -> Self {
        let hand = match device {
            Some(device) => (Share::Device(device), Limit::DEVICE),
            None => (Share::Unmarked(network), Limit::UNMARKED),
        };
        let place = match kind {
            SubjectKind::Event => [
                (Share::Link(subject.to_owned()), Limit::LINK),
                (
                    Share::UnitOfNetwork(network, unit.to_owned()),
                    Limit::UNIT_OF_NETWORK,
                ),
            ],
            SubjectKind::Window
            | SubjectKind::Hall
            | SubjectKind::Consultation
            | SubjectKind::Item
            | SubjectKind::Platform => [
                (
                    Share::WindowOfNetwork(network, subject.to_owned()),
                    Limit::WINDOW_OF_NETWORK,
                ),
                (Share::Window(subject.to_owned()), Limit::WINDOW),
            ],
        };
        Self([hand].into_iter().chain(place).collect())
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
        let take = |n: u64, now| {
            sources.take(
                &Shares::of(network(n), None, SubjectKind::Window, "u", &n.to_string()),
                now,
            )
        };
        let empty = (0..500).filter(|_| take(0, 0)).count();
        assert_eq!(empty, 40);
        for n in 1..300_000 {
            take(n, 0);
        }
        let kept = sources.shares.lock().expect("shares").len();
        assert!(kept <= SHARES_MAX, "{kept}");
        assert!(!take(0, 0), "the emptiest is still known");
    }

    #[test]
    fn who_is_above_one_limit_takes_nothing_of_the_others() {
        let sources = Sources::default();
        let take = |window: &str| {
            let shares = Shares::of(network(1), None, SubjectKind::Window, "u", window);
            sources.take(&shares, 0)
        };
        assert_eq!((0..1_000).filter(|_| take("w01")).count(), 40);
        let elsewhere =
            ["w02", "w03", "w04", "w05"].map(|window| (0..40).filter(|_| take(window)).count());
        assert_eq!(elsewhere, [40; 4]);
    }

    #[test]
    fn what_one_network_says_of_one_units_services_has_an_end() {
        let sources = Sources::default();
        let take = |n: u64, unit: &str| {
            let device = Some(network(n));
            let link = n.to_string();
            sources.take(
                &Shares::of(network(1), device, SubjectKind::Event, unit, &link),
                0,
            )
        };
        assert_eq!((0..2_000).filter(|n| take(*n, "u")).count(), 240);
        assert!(take(5_000, "v"), "another unit has a share of its own");
    }
}
