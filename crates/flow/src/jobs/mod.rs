//! What runs beside the requests.

pub mod noticed;
pub mod watch;

use crate::{
    app::{App, iso_day},
    clock::Stopwatch,
    release, staff,
};
use std::time::Duration;

/// How often the clock file is looked at and the day's door is tried.
const EVERY: Duration = Duration::from_millis(500);
/// How often it is asked whether the database still keeps what it acknowledges.
const DURABILITY_EVERY_MS: u64 = 60_000;
/// How often it is looked whether the keys are still in the folder.
const KEYS_EVERY_MS: u64 = 5_000;
/// How often a table's pages are looked through.
const PAGES_EVERY_MS: u64 = 300_000;
/// How often deleted rows are removed from the files, if that did not succeed at once.
const WIPE_EVERY_MS: u64 = 60_000;

/// Releases days that are over, follows a rehearsal clock, forgets what has expired.
pub async fn run(app: App) {
    let mut failing = false;
    let mut rounds = Rounds::default();
    loop {
        if let Err(error) = app.clock().reload() {
            tracing::warn!(%error, "the clock file cannot be read");
        }
        if let Err(error) = watch::clock(&app).await {
            tracing::debug!(%error, "the clock is not measured");
        }
        match release::tick(&app).await {
            Ok(()) => failing = false,
            Err(error) if !failing => {
                failing = true;
                tracing::error!(%error, "the release waits");
            }
            Err(_) => {}
        }
        if let Err(error) = app.reload_continuations().await {
            tracing::debug!(%error, "continuations wait");
        }
        if let Err(error) = app.reload_plates().await {
            tracing::debug!(%error, "plates wait");
        }
        if let Err(error) = expire(&app).await {
            tracing::debug!(%error, "expiry waits");
        }
        rounds.go(&app).await;
        tokio::time::sleep(EVERY).await;
    }
}

async fn expire(app: &App) -> Result<(), store::StoreError> {
    if app.may_stamp().is_err() {
        return Ok(());
    }
    let now = app.clock().now();
    app.store().sessions_expire(now).await?;
    app.store()
        .throttles_expire(now - rules::sign_in::LONGEST_MS)
        .await?;
    staff::note_use(app).await?;
    watch::expire_private(app).await?;
    app.store().day_keys_destroy().await?;
    Ok(())
}

/// What is done more rarely.
#[derive(Default)]
struct Rounds {
    durability: Option<Stopwatch>,
    keys: Option<Stopwatch>,
    pages: Option<Stopwatch>,
    wipe: Option<Stopwatch>,
    table: usize,
    audited_on: String,
}

impl Rounds {
    async fn go(&mut self, app: &App) {
        if is_due(&mut self.durability, DURABILITY_EVERY_MS)
            && let Err(error) = watch::durability(app).await
        {
            tracing::debug!(%error, "durability is not asked");
        }
        if is_due(&mut self.keys, KEYS_EVERY_MS) {
            watch::keys(app);
        }
        if is_due(&mut self.wipe, WIPE_EVERY_MS)
            && let Err(error) = app.store().wipe().await
        {
            tracing::warn!(%error, "deleted rows are still in the files");
        }
        if is_due(&mut self.pages, PAGES_EVERY_MS) {
            match watch::pages(app, self.table).await {
                Ok(next) => self.table = next,
                Err(error) => tracing::debug!(%error, "no pages are looked through"),
            }
        }
        let today = iso_day(app.clock().now());
        if self.audited_on != today {
            match watch::figures(app).await {
                Ok(_) => self.audited_on = today,
                Err(error) => tracing::debug!(%error, "no figures are counted again"),
            }
        }
    }
}

/// Whether something was last done so long ago; then it counts as done now.
fn is_due(last: &mut Option<Stopwatch>, every_ms: u64) -> bool {
    let due = last.is_none_or(|watch| watch.millis() >= every_ms);
    if due {
        *last = Some(Stopwatch::start());
    }
    due
}
