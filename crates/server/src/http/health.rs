//! Liveness, readiness, and metrics on an address of their own.

use crate::{app::App, clock::Stopwatch};
use axum::{extract::State, http::StatusCode};
use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};
use store::{Store, StoreError};
use tokio::{sync::Mutex, time::timeout};

/// Counters without any series by level or unit (`design.md`, "What leaves the house").
#[derive(Debug, Default)]
pub struct Metrics {
    answered: [AtomicU64; 5],
    took_us: AtomicU64,
    batches: AtomicU64,
    accepted: AtomicU64,
    turned_away: AtomicU64,
}

impl Metrics {
    /// Counts an answered request.
    pub fn request(&self, status: u16, took_us: u64) {
        let class = usize::from((status / 100).clamp(1, 5) - 1);
        self.answered[class].fetch_add(1, Relaxed);
        self.took_us.fetch_add(took_us, Relaxed);
    }

    /// Counts a committed batch of the lane.
    pub fn batch(&self, accepted: u64) {
        self.batches.fetch_add(1, Relaxed);
        self.accepted.fetch_add(accepted, Relaxed);
    }

    /// Counts a request that the full lane turned away.
    pub fn turned_away(&self) {
        self.turned_away.fetch_add(1, Relaxed);
    }

    fn text(&self) -> String {
        let mut text = String::from("# TYPE haochaping_requests_total counter\n");
        for (at, count) in self.answered.iter().enumerate() {
            text += &format!(
                "haochaping_requests_total{{class=\"{}xx\"}} {}\n",
                at + 1,
                count.load(Relaxed)
            );
        }
        for (name, value) in [
            ("haochaping_request_microseconds_total", &self.took_us),
            ("haochaping_lane_batches_total", &self.batches),
            ("haochaping_lane_accepted_total", &self.accepted),
            ("haochaping_lane_turned_away_total", &self.turned_away),
        ] {
            text += &format!("# TYPE {name} counter\n{name} {}\n", value.load(Relaxed));
        }
        text
    }
}

/// `GET /healthz`: the process runs.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// How long an answer may take.
const ANSWER_IN: Duration = Duration::from_millis(900);
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
    async fn why_not(&self, store: &Store) -> Option<&'static str> {
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

const NO_ANSWER: &str = "the database does not answer\n";

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

const DAMAGED: &str = "the database is damaged\n";
const FORGETS: &str = "the database may forget what it acknowledges\n";

/// `GET /readyz`: ratings are taken, and what is taken can be stored; or why not.
pub async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if !app.lane().is_open() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    if app.watch().is_clock_wrong(app.clock()) {
        return (StatusCode::SERVICE_UNAVAILABLE, "the clock is wrong\n");
    }
    if app.watch().forgets() {
        return (StatusCode::SERVICE_UNAVAILABLE, FORGETS);
    }
    if app.watch().damaged().is_some() {
        return (StatusCode::SERVICE_UNAVAILABLE, DAMAGED);
    }
    // Whoever waits for another one's look has waited long enough as well.
    let looked = app.readiness().why_not(app.store());
    match timeout(ANSWER_IN, looked).await {
        Ok(None) => (StatusCode::OK, "ready\n"),
        Ok(Some(why)) => (StatusCode::SERVICE_UNAVAILABLE, why),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, NO_ANSWER),
    }
}

/// `GET /metrics`, on the metrics address only.
pub async fn metrics(State(app): State<App>) -> String {
    let differing = app.watch().differing();
    let name = "haochaping_figures_differing_total";
    app.metrics().text() + &format!("# TYPE {name} counter\n{name} {differing}\n")
}
