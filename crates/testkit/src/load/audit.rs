//! Looks into a folder's database, through the store, for what a run was promised.

use super::{Outcome, folder::Folder, promise};
use flow::secrets::{Purpose, code_hash};
use std::collections::{BTreeMap, HashMap};
use store::{Id, Store};

/// A rating that a client holds a receipt for.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    /// The idempotency key.
    pub key: String,
    /// The plate.
    pub plate: String,
    /// The level that was sent.
    pub level: u8,
    /// The receipt's code.
    pub receipt: String,
}

/// How many rows there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Idempotency keys.
    pub submissions: i64,
    /// Versions of ratings.
    pub rating_events: i64,
    /// Service events that were rated: none of what is sent through plates.
    pub slots: i64,
    /// Tickets opened.
    pub tickets: i64,
    /// Sum of the roll-up deltas.
    pub rolled_up: i64,
    /// Ratings that wait for a person, and are in no roll-up.
    pub held: i64,
    /// The bad ones of those: no ticket follows them yet.
    pub held_bad: i64,
}

impl Totals {
    /// Counts.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(folder: &Folder) -> Outcome<Self> {
        Ok(Self {
            submissions: folder.number("SELECT COUNT(*) FROM submission").await?,
            rating_events: folder.number("SELECT COUNT(*) FROM rating_event").await?,
            slots: folder.number("SELECT COUNT(*) FROM rating_slot").await?,
            tickets: folder
                .number("SELECT COUNT(*) FROM ticket_event WHERE seq = 1")
                .await?,
            rolled_up: folder
                .number("SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM rollup")
                .await?,
            held: folder
                .number("SELECT COUNT(*) FROM rating_event WHERE held = 1")
                .await?,
            held_bad: folder
                .number("SELECT COUNT(*) FROM rating_event WHERE held = 1 AND level <= 2")
                .await?,
        })
    }
}

/// Audits a folder: everything that was acknowledged is there exactly once, and nothing else
/// has come. Gives the number of batches.
///
/// # Errors
/// The first broken promise.
pub async fn run(folder: &Folder, before: Totals, known: Vec<Acknowledged>) -> Outcome<u64> {
    if folder.database.is_none() {
        let said = folder.integrity().await?;
        promise(said == "ok", || format!("PRAGMA integrity_check: {said}"))?;
    }
    totals(before, Totals::read(folder).await?, &known)?;
    let store = folder.store().await?;
    let versions = batches(&store).await?;
    for (rating, seqs) in &versions {
        promise(seqs == &[1], || {
            format!("the rating {rating:02x?} has the versions {seqs:?}")
        })?;
    }
    each(&store, &known, &versions).await?;
    store.close().await;
    batch_count(folder).await
}

fn totals(before: Totals, after: Totals, known: &[Acknowledged]) -> Outcome {
    let new = i64::try_from(known.len())?;
    let bad = i64::try_from(known.iter().filter(|one| one.level <= 2).count())?;
    let expected = Totals {
        submissions: before.submissions + new,
        rating_events: before.rating_events + new,
        slots: before.slots,
        tickets: before.tickets + bad - (after.held_bad - before.held_bad),
        rolled_up: before.rolled_up + new - (after.held - before.held),
        ..after
    };
    promise(after == expected, || {
        format!("expected {expected:?}, found {after:?}")
    })
}

/// Versions of every rating, read batch by batch; the numbers of a lane have no gap.
async fn batches(store: &Store) -> Outcome<HashMap<Id, Vec<i64>>> {
    let mut lanes: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    let mut versions: HashMap<Id, Vec<i64>> = HashMap::new();
    for door in store.doors("0000-01-01", "9999-12-31").await? {
        for batch in store.batches(&door.day).await? {
            lanes
                .entry(batch.lane.clone())
                .or_default()
                .push(batch.batch);
            let ratings = store.batch_ratings(&batch.lane, batch.batch).await?;
            let new = ratings.iter().filter(|rating| rating.seq == 1).count();
            promise(i64::try_from(new)? == batch.ratings, || {
                format!(
                    "batch {} of {} holds {new} new ratings, not {}",
                    batch.batch, batch.lane, batch.ratings
                )
            })?;
            for rating in ratings {
                versions.entry(rating.rating).or_default().push(rating.seq);
            }
        }
    }
    for (lane, mut numbers) in lanes {
        numbers.sort_unstable();
        let gapless = numbers
            .iter()
            .zip(1..)
            .all(|(number, expected)| *number == expected);
        promise(gapless, || format!("the lane {lane} has gaps: {numbers:?}"))?;
    }
    Ok(versions)
}

/// Every acknowledged key leads to the rating of its receipt, once, as it was sent.
async fn each(store: &Store, known: &[Acknowledged], versions: &HashMap<Id, Vec<i64>>) -> Outcome {
    let units = units(store).await?;
    for one in known {
        let unit = units.get(&one.plate).ok_or("a plate has no unit")?;
        let key = &one.key;
        let stored = store.submission(unit, key).await?;
        let stored = stored.ok_or_else(|| format!("{key} was acknowledged and is not there"))?;
        let hash = code_hash(Purpose::Receipt, &one.receipt);
        let shown = store.rating_by_code(&hash).await?.map(|found| found.rating);
        promise(shown == Some(stored.rating), || {
            format!("{key}: the receipt leads to another rating")
        })?;
        promise(versions.contains_key(&stored.rating), || {
            format!("{key}: its rating is in no batch")
        })?;
        let events = store.rating_events(unit, &stored.rating).await?;
        let as_sent =
            events.len() == 1 && events[0].seq == 1 && events[0].level == i64::from(one.level);
        promise(as_sent, || {
            format!("{key} is stored otherwise than it was sent: {events:?}")
        })?;
    }
    Ok(())
}

/// The unit of every plate.
async fn units(store: &Store) -> Outcome<HashMap<String, String>> {
    let windows: HashMap<String, String> = store
        .windows()
        .await?
        .into_iter()
        .map(|window| (window.code, window.unit))
        .collect();
    let plates = store.plates().await?.into_iter();
    Ok(plates
        .filter_map(|plate| Some((plate.code, windows.get(&plate.win)?.clone())))
        .collect())
}

async fn batch_count(folder: &Folder) -> Outcome<u64> {
    Ok(u64::try_from(
        folder.number("SELECT COUNT(*) FROM lane_batch").await?,
    )?)
}
