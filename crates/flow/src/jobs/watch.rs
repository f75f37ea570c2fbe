//! What the house notices of itself: a clock that runs wrong, a database that would forget, a damaged
//! page, figures that are not what the ratings give. Each is said once in the log, and `/readyz` or
//! the metrics say it for as long as it lasts.

use crate::{
    FlowError,
    app::App,
    audit,
    clock::{Millis, written},
    release::door,
};
use std::sync::{PoisonError, atomic::Ordering::SeqCst};
use store::StoreError;

impl App {
    /// Whether anything may be stamped with the time that it is.
    ///
    /// # Errors
    /// `Unavailable` while the clock cannot be believed, or the database would forget.
    pub fn may_stamp(&self) -> Result<(), FlowError> {
        match self.watch().standstill(self.clock()) {
            Some(why) => Err(FlowError::Unavailable(why)),
            None => Ok(()),
        }
    }
}

/// How far the time that the database knows may lag behind while it is served.
const HEARD_EVERY_MS: i64 = 60_000;

/// Measures the clock against the time that the database knows, and carries that on. The time is
/// carried on no faster than the database's own machine goes.
///
/// # Errors
/// When the store does not answer.
pub async fn clock(app: &App) -> Result<(), StoreError> {
    let (store, clock, watch) = (app.store(), app.clock(), app.watch());
    if !clock.is_measured() {
        return Ok(());
    }
    let heard = store.heard().await?;
    if let Some(heard) = heard {
        clock.hear(heard);
    }
    watch
        .door_ahead
        .store(door::is_ahead(store, clock.says()).await?, SeqCst);
    if watch.is_clock_wrong(clock) {
        if !watch.clock_said.swap(true, SeqCst) {
            let why = watch.standstill(clock).unwrap_or_default();
            tracing::error!(why, "nothing is stamped, released or deleted");
        }
        return Ok(());
    }
    if watch.clock_said.swap(false, SeqCst) {
        tracing::info!("the clock is right again");
    }
    let now = clock.now();
    if heard.is_none_or(|heard| now - heard >= HEARD_EVERY_MS) {
        let witness = store.witness().await?;
        store.hear(witness.map_or(now, |at| at.min(now))).await?;
    }
    Ok(())
}

/// Asks again whether what is acknowledged is durable.
///
/// # Errors
/// When the store does not answer.
pub async fn durability(app: &App) -> Result<(), StoreError> {
    match app.store().check_durability().await {
        Ok(()) => {
            if app.watch().forgets.swap(false, SeqCst) {
                tracing::info!("the database keeps what it acknowledges again");
            }
            Ok(())
        }
        Err(StoreError::NotDurable(why)) => {
            if !app.watch().forgets.swap(true, SeqCst) {
                tracing::error!(why, "no ratings are taken");
            }
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Looks whether the folder still holds the keys in use. Ratings go on being taken: the keys are in memory, and a
/// backup of them is of the same.
pub fn keys(app: &App) {
    let gone = &app.watch().keys_gone;
    match app.secrets().are_held() {
        Ok(()) => {
            if gone.swap(false, SeqCst) {
                tracing::info!("the keys are in the folder again");
            }
        }
        Err(error) => {
            if !gone.swap(true, SeqCst) {
                tracing::error!(%error, "do not stop this server before its keys are back in the folder");
            }
        }
    }
}

/// Looks through the pages of one table, the one after `at`; gives its place.
///
/// # Errors
/// When the store does not answer.
pub async fn pages(app: &App, at: usize) -> Result<usize, StoreError> {
    let tables = app.store().tables().await?;
    let Some(table) = tables.get(at % tables.len().max(1)) else {
        return Ok(0);
    };
    match app.store().check_table(table).await {
        Ok(()) => {}
        Err(StoreError::Corrupt(why)) => {
            tracing::error!(
                why,
                "the database is damaged; copy the folder, then restore the last backup"
            );
            *app.watch()
                .damaged
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Some(why);
        }
        Err(error) => return Err(error),
    }
    Ok(at + 1)
}

/// Counts some figures again; how many are not what the ratings give.
///
/// # Errors
/// When the store does not answer.
pub async fn figures(app: &App) -> Result<usize, FlowError> {
    let different = audit::some(app).await?;
    for one in &different {
        tracing::error!(
            of = one.of,
            cell = one.cell,
            body = one.body,
            told = ?one.told,
            counted = ?one.counted,
            "a figure is not what the ratings give"
        );
    }
    let found = u64::try_from(different.len()).unwrap_or(u64::MAX);
    app.watch().differing.fetch_add(found, SeqCst);
    Ok(different.len())
}

/// Deletes private rows whose term ended before the last released day was over: a clock alone
/// deletes nothing. How many rows.
///
/// # Errors
/// When the store does not answer.
pub async fn expire_private(app: &App) -> Result<usize, StoreError> {
    let Some(until) = end_of_last_release(app).await? else {
        return Ok(0);
    };
    let until = until.min(app.clock().now());
    let deleted = app.store().private_expire(until).await?;
    if deleted > 0 {
        tracing::info!(
            rows = deleted,
            until = written(until),
            "private rows past their term were deleted"
        );
    }
    Ok(deleted)
}

async fn end_of_last_release(app: &App) -> Result<Option<Millis>, StoreError> {
    let day = app.store().last_released_day().await?;
    let next = day
        .and_then(|day| rules::date::parse_iso(&day))
        .and_then(rules::date::Date::next_day);
    Ok(next.map(|next| crate::clock::instant(next, 0, 0)))
}
