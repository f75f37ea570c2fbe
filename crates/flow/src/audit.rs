//! Once a day some figures are counted again, out of the ratings themselves.
//!
//! What pages read are sums that releases wrote. Here a unit's month, the region's and the live number of a
//! day are compared with the ratings they should come from, one by one: a different number is an alarm,
//! whoever or whatever made it. A month in which held ratings were released is left out: they count from
//! their ruling on, and stand where they came in.

use super::{
    FlowError,
    release::{BODIES, REGION, body_of},
};
use crate::{app::App, secrets};
use rules::rating::Kind;
use store::Counted;

/// A number that is not what the ratings give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Of which month or day.
    pub of: String,
    /// Of which cell.
    pub cell: String,
    /// Of which kind of subject.
    pub body: &'static str,
    /// What pages show, by level.
    pub told: [i64; 5],
    /// What the ratings give.
    pub counted: [i64; 5],
}

/// Counts a month of a unit and of the region, and a day of it, taken at random.
///
/// # Errors
/// When the store does not answer.
pub async fn some(app: &App) -> Result<Vec<Difference>, FlowError> {
    let Some(month) = pick(app.store().released_months().await?)? else {
        return Ok(Vec::new());
    };
    let mut different = Vec::new();
    if app.store().ruled_in(&first(&month), &last(&month)).await? > 0 {
        return Ok(Vec::new());
    }
    different.extend(region_month(app, &month).await?);
    let units = app.directory().units().map(|unit| unit.code.clone());
    if let Some(unit) = pick(units.collect())? {
        different.extend(unit_month(app, &unit, &month).await?);
    }
    let doors = app.store().doors(&first(&month), &last(&month)).await?;
    let sealed = doors.into_iter().filter(|door| door.state == "sealed");
    if let Some(day) = pick(sealed.map(|door| door.day).collect())? {
        different.extend(live_day(app, &day).await?);
    }
    Ok(different)
}

/// What a unit's month tells, against its ratings up to the last release that told them.
///
/// # Errors
/// When the store does not answer.
pub async fn unit_month(app: &App, unit: &str, month: &str) -> Result<Vec<Difference>, FlowError> {
    let (store, cell) = (app.store(), format!("unit:{unit}"));
    let mut different = Vec::new();
    for body in BODIES {
        let counted = match store
            .told_last(&cell, body, &first(month), &last(month))
            .await?
        {
            Some(day) => {
                let from = first(month);
                let rated = store.rated_of(unit, &from, &day, Kind::Active.code());
                levels(&rated.await?, body)
            }
            None => [0; 5],
        };
        compare_month(app, &mut different, month, &cell, body, counted).await?;
    }
    Ok(different)
}

/// The same of the region.
///
/// # Errors
/// When the store does not answer.
pub async fn region_month(app: &App, month: &str) -> Result<Vec<Difference>, FlowError> {
    let store = app.store();
    let mut different = Vec::new();
    for body in BODIES {
        let counted = match store
            .told_last(REGION, body, &first(month), &last(month))
            .await?
        {
            Some(day) => {
                let from = first(month);
                let rated = store.rated_in(&from, &day, Kind::Active.code());
                levels(&rated.await?, body)
            }
            None => [0; 5],
        };
        compare_month(app, &mut different, month, REGION, body, counted).await?;
    }
    Ok(different)
}

async fn compare_month(
    app: &App,
    into: &mut Vec<Difference>,
    month: &str,
    cell: &str,
    body: &'static str,
    counted: [i64; 5],
) -> Result<(), FlowError> {
    let shown = app.store().released_month(month, cell).await?;
    let told = shown
        .iter()
        .find(|row| row.of == cell && row.subject_kind == body)
        .map_or([0; 5], |row| row.levels());
    compare(into, month, cell, body, told, counted);
    Ok(())
}

/// The number of a day that is live, against its batches.
///
/// # Errors
/// When the store does not answer.
pub async fn live_day(app: &App, day: &str) -> Result<Vec<Difference>, FlowError> {
    let store = app.store();
    let mut different = Vec::new();
    let live = [store.today_count(day).await?, 0, 0, 0, 0];
    let batched = [store.batched_on(day).await?, 0, 0, 0, 0];
    compare(&mut different, day, "live", "all", live, batched);
    Ok(different)
}

fn compare(
    into: &mut Vec<Difference>,
    of: &str,
    cell: &str,
    body: &'static str,
    told: [i64; 5],
    counted: [i64; 5],
) {
    if told != counted {
        into.push(Difference {
            of: of.to_owned(),
            cell: cell.to_owned(),
            body,
            told,
            counted,
        });
    }
}

fn levels(rated: &[Counted], body: &str) -> [i64; 5] {
    let mut levels = [0; 5];
    for row in rated
        .iter()
        .filter(|row| body_of(&row.subject_kind) == body)
    {
        if let Ok(at @ 1..=5) = usize::try_from(row.level) {
            levels[at - 1] += row.n;
        }
    }
    levels
}

fn first(month: &str) -> String {
    format!("{month}-00")
}

fn last(month: &str) -> String {
    format!("{month}-99")
}

/// One of them, whichever: nobody should know beforehand what is looked at.
fn pick<T>(mut from: Vec<T>) -> Result<Option<T>, FlowError> {
    if from.is_empty() {
        return Ok(None);
    }
    let at = u64::from_le_bytes(secrets::random::<8>()?) % from.len() as u64;
    Ok(Some(from.swap_remove(usize::try_from(at).unwrap_or(0))))
}
