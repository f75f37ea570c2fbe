//! What every flow and handler shares.

use crate::{
    clock::{Clock, Millis},
    directory::Directory,
    jobs::noticed::Watch,
    lane::{Lane, Sieve},
    metrics::Metrics,
    plates::Plates,
    readiness::Readiness,
    region::Region,
    secrets::{self, SecretError, Secrets},
    shares::Sources,
    staff::{Turns, in_use::InUse},
};
use policy::Policies;
use rules::{
    date::{Date, parse_iso},
    profile::{Continuation, Profile},
};
use std::sync::{Arc, PoisonError, RwLock};
use store::{Store, StoreError};

/// What is needed to make an `App`.
pub struct Parts {
    /// The store, migrated.
    pub store: Store,
    /// The keys.
    pub secrets: Secrets,
    /// The folder's clock.
    pub clock: Clock,
    /// The policies.
    pub policies: Policies,
    /// The region.
    pub region: Region,
    /// The address that citizens reach, without a slash at its end.
    pub public_url: String,
}

/// What a service in the region runs under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Governed<'a> {
    /// The profile.
    pub profile: &'a Profile,
    /// The region's own text, where it has lapsed and the profile is an ancestor's.
    pub lapsed: Option<&'a Profile>,
}

struct Inner {
    store: Store,
    secrets: Secrets,
    clock: Clock,
    policies: Policies,
    region: Region,
    public_url: String,
    directory: Directory,
    plates: RwLock<Arc<Plates>>,
    continuations: RwLock<Arc<[Continuation]>>,
    lane: Lane,
    sources: Arc<Sources>,
    metrics: Arc<Metrics>,
    sessions: InUse,
    turns: Turns,
    readiness: Readiness,
    watch: Watch,
}

/// The running product. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

impl App {
    /// Reads the directory and starts the lane.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn start(parts: Parts) -> Result<Self, StoreError> {
        let directory = Directory::load(&parts.store).await?;
        let plates = RwLock::new(Arc::new(Plates::load(&parts.store).await?));
        let continuations = RwLock::new(continuations(&parts.store).await?);
        let metrics = Arc::new(Metrics::default());
        let name = lane_name(&parts);
        let readiness = Readiness::of(name.clone());
        let sources = Arc::<Sources>::default();
        let sieve = Sieve {
            sources: Arc::clone(&sources),
            clock: parts.clock.clone(),
        };
        let lane = Lane::start(parts.store.clone(), name, Arc::clone(&metrics), sieve);
        Ok(Self(Arc::new(Inner {
            store: parts.store,
            secrets: parts.secrets,
            clock: parts.clock,
            policies: parts.policies,
            region: parts.region,
            public_url: parts.public_url,
            directory,
            plates,
            continuations,
            lane,
            sources,
            metrics,
            sessions: InUse::default(),
            turns: Turns::default(),
            readiness,
            watch: Watch::default(),
        })))
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The keys.
    pub fn secrets(&self) -> &Secrets {
        &self.0.secrets
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The policies.
    pub fn policies(&self) -> &Policies {
        &self.0.policies
    }

    /// The region.
    pub fn region(&self) -> &Region {
        &self.0.region
    }

    /// The address that citizens reach.
    pub fn public_url(&self) -> &str {
        &self.0.public_url
    }

    /// Units, halls, windows, items, staff.
    pub fn directory(&self) -> &Directory {
        &self.0.directory
    }

    /// The plates, valid and not.
    pub fn plates(&self) -> Arc<Plates> {
        let held = self.0.plates.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&held)
    }

    /// Reads the plates again: after one was revoked or made, and regularly, since another server
    /// may have done so.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn reload_plates(&self) -> Result<(), StoreError> {
        let fresh = Arc::new(Plates::load(self.store()).await?);
        *self
            .0
            .plates
            .write()
            .unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// The ingest lane.
    pub fn lane(&self) -> &Lane {
        &self.0.lane
    }

    /// Which sessions are in use.
    pub fn sessions_in_use(&self) -> &InUse {
        &self.0.sessions
    }

    /// Whose password is being looked at.
    pub fn turns(&self) -> &Turns {
        &self.0.turns
    }

    /// What is known of where ratings come from.
    pub fn sources(&self) -> &Sources {
        &self.0.sources
    }

    /// The counters.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Whether anything can be stored, as of the last time that somebody asked.
    pub fn readiness(&self) -> &Readiness {
        &self.0.readiness
    }

    /// What is wrong with the house, as far as it has noticed.
    pub fn watch(&self) -> &Watch {
        &self.0.watch
    }

    /// A new id: UUIDv7 of the clock and of randomness.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn new_id(&self) -> Result<[u8; 16], SecretError> {
        secrets::id_at(self.clock().now())
    }

    /// An id for the log and the response.
    pub fn request_id(&self) -> String {
        secrets::random::<8>().map_or_else(|_| "none".to_owned(), |bytes| secrets::hex(&bytes))
    }

    /// The documents that prolong lapsed profiles, in the order in which they were entered.
    pub fn continuations(&self) -> Arc<[Continuation]> {
        let held = self
            .0
            .continuations
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&held)
    }

    /// Reads them again: after one was entered, and regularly, since another server may have
    /// taken it.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn reload_continuations(&self) -> Result<(), StoreError> {
        let fresh = continuations(self.store()).await?;
        *self
            .0
            .continuations
            .write()
            .unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// What a service in the region on a day runs under: the region's own profile, or where that has
    /// lapsed its nearest ancestor in force (`domain.md` 7, case 40: never "no rule").
    pub fn governing_on(&self, day: Date) -> Option<Governed<'_>> {
        let continuations = self.continuations();
        let found = self
            .policies()
            .governing(&continuations, &self.region().profile, day)?;
        Some(Governed {
            profile: found.profile,
            lapsed: found.lapsed,
        })
    }

    /// The profile that a service in the region on a day runs under.
    pub fn profile_on(&self, day: Date) -> Option<&Profile> {
        self.governing_on(day).map(|found| found.profile)
    }

    /// A profile by id and version, for cases that are bound to it.
    pub fn profile(&self, id: &str, version: &str) -> Option<&Profile> {
        self.policies()
            .profiles
            .iter()
            .find(|profile| profile.id == id && profile.version == version)
    }

    /// Ends the work of this process: takes nothing new, finishes what it took.
    pub async fn stop(&self) {
        self.0.lane.drain().await;
    }
}

async fn continuations(store: &Store) -> Result<Arc<[Continuation]>, StoreError> {
    let rows = store.profile_continuations().await?;
    rows.into_iter().map(continuation).collect()
}

fn continuation(row: store::ProfileContinuation) -> Result<Continuation, StoreError> {
    let day = |text: &str| {
        parse_iso(text).ok_or_else(|| StoreError::Corrupt("a continuation's day is no date".into()))
    };
    Ok(Continuation {
        recorded_on: day(&row.recorded_on)?,
        valid_to: day(&row.valid_to)?,
        profile: row.profile,
        version: row.version,
        document_no: row.document_no,
    })
}

fn lane_name(parts: &Parts) -> String {
    match parts.store.engine() {
        store::Engine::Sqlite => "main".to_owned(),
        // Several servers may share a PostgreSQL: each start has a lane of its own.
        store::Engine::Postgres => secrets::random::<6>().map_or_else(
            |_| parts.clock.now().to_string(),
            |bytes| secrets::hex(&bytes),
        ),
    }
}

/// A day of milliseconds, as the rows keep it.
pub fn iso_day(at: Millis) -> String {
    rules::date::iso(crate::clock::day_of(at))
}
