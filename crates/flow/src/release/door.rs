//! Which day is open. The door follows a clock only as far as the clock can be believed
//! (decision 0023).

use crate::{
    FlowError,
    app::{App, iso_day},
    clock::{Millis, day_of},
    tickets,
};
use rules::date::{self, Date};
use std::collections::BTreeSet;
use store::{Store, StoreError};

/// Later than any day.
const LAST_DAY: &str = "9999-12-31";

/// Opens the first day and closes the one that is over. It reads first: only to change something
/// does it stand in the way of those who rate.
pub(super) async fn turn(app: &App) -> Result<(), FlowError> {
    let now = app.clock().now();
    let today = app.clock().today();
    let open = app.store().door_open(&date::iso(today), now).await?;
    if open.day >= date::iso(today) || !others_agree(app, &open.day).await? {
        return Ok(());
    }
    let next = free_day(app.store(), today).await?;
    match tickets::close_day(app, &open.day, &next).await {
        // Another server has just closed it.
        Ok(()) | Err(FlowError::Conflict) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whether the database's own machine, where it is another one, says as well that a day is over:
/// one server of several with a wrong clock must not move the door.
async fn others_agree(app: &App, day: &str) -> Result<bool, FlowError> {
    if !app.clock().is_measured() {
        return Ok(true);
    }
    let witness = app.store().witness().await?;
    Ok(witness.is_none_or(|at| iso_day(at).as_str() > day))
}

/// The first day from `from` on that has not been released: a clock that ran ahead may have left
/// such days.
async fn free_day(store: &Store, from: Date) -> Result<String, StoreError> {
    let doors = store.doors(&date::iso(from), LAST_DAY).await?;
    let sealed: BTreeSet<&str> = doors
        .iter()
        .filter(|door| door.state == "sealed")
        .map(|door| door.day.as_str())
        .collect();
    let mut day = from;
    while sealed.contains(date::iso(day).as_str()) {
        day = day
            .next_day()
            .ok_or_else(|| StoreError::Internal("there is no day after".into()))?;
    }
    Ok(date::iso(day))
}

/// Whether the open day lies further ahead than it may: today has not been released, or even
/// tomorrow comes before it.
///
/// # Errors
/// When the store does not answer.
pub async fn is_ahead(store: &Store, now: Millis) -> Result<bool, StoreError> {
    let today = day_of(now);
    match store.door_current().await? {
        Some(open) if open.day > date::iso(today) => Ok(open.day > free_day(store, today).await?),
        Some(_) | None => Ok(false),
    }
}

/// What became of somebody's word that a clock is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Believed {
    /// The last time that was known before.
    pub known: Option<Millis>,
    /// The day that was open ahead of its time, and the one that is open now.
    pub brought_back: Option<(String, String)>,
}

/// Takes a clock for the right one, and brings back a door that a wrong one has opened ahead. What
/// is stamped with the day ahead keeps it, and is told when that day is over.
///
/// # Errors
/// When the store does not answer.
pub async fn believe(store: &Store, says: Millis) -> Result<Believed, StoreError> {
    let known = store.heard().await?;
    let mut brought_back = None;
    if is_ahead(store, says).await?
        && let Some(open) = store.door_current().await?
    {
        let back = free_day(store, day_of(says)).await?;
        store.door_bring_back(&back, says).await?;
        brought_back = Some((open.day, back));
    }
    store.believe(says).await?;
    Ok(Believed {
        known,
        brought_back,
    })
}
