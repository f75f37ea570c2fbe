//! What every flow and handler shares.

use crate::names::Names;
use crate::{
    clock::{Clock, Millis},
    flow::{lane::Lane, source::Sources, staff::InUse},
    http::health::{Metrics, Readiness},
    jobs::watch::Watch,
    pages,
    plates::Plates,
    policy::Policies,
    secrets::{self, SecretError, Secrets},
};
use contract::{
    items::{Guide, UnitItems},
    place::{Hall, Place},
};
use rules::{
    date::{Date, parse_iso},
    profile::{Continuation, Profile},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError, RwLock},
};
use store::{Store, StoreError};

/// What a folder says of its region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// The region's name.
    pub name: String,
    /// The policy profile's id.
    pub profile: String,
    /// An invented region: every page says 演示.
    pub demo: bool,
}

/// Units, halls, windows, items, staff: read once, since they change by set-up only.
#[derive(Debug, Default)]
pub struct Directory {
    units: BTreeMap<String, store::Unit>,
    counties: BTreeMap<String, store::County>,
    halls: BTreeMap<String, store::Hall>,
    windows: BTreeMap<String, store::Window>,
    items: BTreeMap<String, store::Item>,
    guides: BTreeMap<String, store::Guide>,
    staff: BTreeMap<String, store::Staff>,
    names: Names,
}

/// Rows by their code.
pub(crate) fn by_code<T>(rows: Vec<T>, code: fn(&T) -> &String) -> BTreeMap<String, T> {
    rows.into_iter()
        .map(|row| (code(&row).clone(), row))
        .collect()
}

impl Directory {
    /// Reads the directory.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn load(store: &Store) -> Result<Self, StoreError> {
        Ok(Self {
            units: by_code(store.units().await?, |row| &row.code),
            counties: by_code(store.counties().await?, |row| &row.code),
            halls: by_code(store.halls().await?, |row| &row.code),
            windows: by_code(store.windows().await?, |row| &row.code),
            items: by_code(store.items().await?, |row| &row.code),
            guides: by_code(store.guides().await?, |row| &row.item),
            staff: by_code(store.staff().await?, |row| &row.id),
            names: Names::load(store).await?,
        })
    }

    /// A window.
    pub fn window(&self, code: &str) -> Option<&store::Window> {
        self.windows.get(code)
    }

    /// A hall.
    pub fn hall(&self, code: &str) -> Option<&store::Hall> {
        self.halls.get(code)
    }

    /// The halls of a county.
    pub fn halls_of(&self, county: &str) -> impl Iterator<Item = &store::Hall> {
        self.halls
            .values()
            .filter(move |hall| hall.county == county)
    }

    /// Every window.
    pub fn windows(&self) -> impl Iterator<Item = &store::Window> {
        self.windows.values()
    }

    /// The windows of a hall.
    pub fn windows_of(&self, hall: &str) -> impl Iterator<Item = &store::Window> {
        self.windows
            .values()
            .filter(move |window| window.hall == hall)
    }

    /// The counties that have halls: division code and name.
    pub fn counties(&self) -> impl Iterator<Item = (String, String)> {
        let codes: BTreeSet<&String> = self.halls.values().map(|hall| &hall.county).collect();
        codes.into_iter().map(|code| {
            let name = self
                .counties
                .get(code)
                .map_or_else(|| code.clone(), |county| county.name.clone());
            (code.clone(), name)
        })
    }

    /// An item.
    pub fn item(&self, code: &str) -> Option<&store::Item> {
        self.items.get(code)
    }

    /// The items of a unit.
    pub fn items_of(&self, unit: &str) -> impl Iterator<Item = &store::Item> {
        self.items.values().filter(move |item| item.unit == unit)
    }

    /// Every item, unit by unit.
    pub fn items_by_unit(&self) -> Vec<UnitItems> {
        let of = |unit: &store::Unit| UnitItems {
            unit: unit.name.clone(),
            items: self
                .items_of(&unit.code)
                .map(|item| (item.code.clone(), item.name.clone()))
                .collect(),
        };
        self.units
            .values()
            .map(of)
            .filter(|of| !of.items.is_empty())
            .collect()
    }

    /// The guide to an item, where it has one.
    pub fn guide(&self, item: &str) -> Option<Guide> {
        let guide = self.guides.get(item)?;
        let list = |json: &str| serde_json::from_str(json).unwrap_or_default();
        Some(Guide {
            item: guide.item.clone(),
            title: guide.title.clone(),
            unit: self
                .item(item)
                .map_or_else(String::new, |item| self.unit_name(&item.unit)),
            who: guide.who.clone(),
            materials: list(&guide.materials),
            steps: list(&guide.steps),
            time_limit: guide.time_limit.clone(),
            fee: guide.fee.clone(),
            place: guide.place.clone(),
        })
    }

    /// The units: code and name.
    pub fn units(&self) -> impl Iterator<Item = &store::Unit> {
        self.units.values()
    }

    /// A unit.
    pub fn unit(&self, code: &str) -> Option<&store::Unit> {
        self.units.get(code)
    }

    /// A unit's name, or its code where it is unknown.
    pub fn unit_name(&self, code: &str) -> String {
        self.units
            .get(code)
            .map_or_else(|| code.to_owned(), |unit| unit.name.clone())
    }

    /// A member of staff.
    pub fn person(&self, id: &str) -> Option<&store::Staff> {
        self.staff.get(id)
    }

    /// All staff, by id.
    pub fn staff(&self) -> impl Iterator<Item = &store::Staff> {
        self.staff.values()
    }

    /// The staff of a unit.
    pub fn staff_of(&self, unit: &str) -> impl Iterator<Item = &store::Staff> {
        self.staff
            .values()
            .filter(move |person| person.unit == unit)
    }

    /// The only person who works at a window, if there is just one (`domain.md` 7, case 13).
    pub fn sole_person_at(&self, window: &str) -> Option<&str> {
        let mut at = self
            .staff
            .values()
            .filter(|person| person.win.as_deref() == Some(window));
        match (at.next(), at.next()) {
            (Some(person), None) => Some(&person.id),
            _ => None,
        }
    }

    /// Everything about a place, for a page.
    pub fn place(&self, window: &str, item: Option<&str>) -> Place {
        let found = self.windows.get(window);
        let hall = found.and_then(|window| self.halls.get(&window.hall));
        Place {
            hall: hall.map_or_else(String::new, |hall| hall.name.clone()),
            window_no: found.map_or_else(String::new, |window| window.no.clone()),
            window: found.map_or_else(|| window.to_owned(), |window| window.name.clone()),
            unit: found.map_or_else(String::new, |window| self.unit_name(&window.unit)),
            item: item
                .and_then(|code| self.items.get(code))
                .map(|item| item.name.clone()),
        }
    }

    /// What a place and an item were called at an instant, for what happened there.
    pub fn place_at(&self, window: &str, item: Option<&str>, at: Millis) -> Place {
        let now = self.place(window, item);
        self.names.at(window, item, at, now)
    }

    /// The halls with their windows.
    pub fn halls(&self) -> Vec<Hall> {
        let windows_of = |code: &str| {
            self.windows
                .values()
                .filter(|window| window.hall == code)
                .map(|window| (window.no.clone(), window.name.clone()))
                .collect()
        };
        self.halls
            .values()
            .map(|hall| Hall {
                name: hall.name.clone(),
                address: hall.address.clone(),
                windows: windows_of(&hall.code),
            })
            .collect()
    }
}

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
    sources: Sources,
    metrics: Arc<Metrics>,
    sessions: InUse,
    readiness: Readiness,
    watch: Watch,
    assets: pages::Assets,
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
        let lane = Lane::start(parts.store.clone(), name, Arc::clone(&metrics));
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
            sources: Sources::default(),
            metrics,
            sessions: InUse::default(),
            readiness,
            watch: Watch::default(),
            assets: crate::http::assets::linked(),
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

    /// The hashed files that pages link to.
    pub fn assets(&self) -> &pages::Assets {
        &self.0.assets
    }

    /// A new id: UUIDv7 of the clock and of randomness.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn new_id(&self) -> Result<[u8; 16], SecretError> {
        let millis = u64::try_from(self.clock().now()).unwrap_or(0);
        let random = secrets::random::<10>()?;
        Ok(*uuid::Builder::from_unix_timestamp_millis(millis, &random)
            .as_uuid()
            .as_bytes())
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
