//! The heart: a batch of ratings in one transaction.
//!
//! Door, lane number, submissions, slots, events, codes, private rows and roll-up deltas
//! commit together or not at all; tickets follow (`following`). Keys that are taken are found by
//! `ON CONFLICT DO NOTHING RETURNING`; an error of the rows themselves bisects the
//! batch until only the culprit is refused. Rows are written in key order, so two
//! servers never wait for each other in a circle.

use std::collections::{BTreeMap, HashSet};

use crate::Store;
use crate::bisect::Bisect;
use crate::door;
use crate::engine::Tx;
use crate::error::{Result, StoreError};
use crate::held;
use crate::private::Private;
use crate::ratings::{SLOT, SUBMISSION, Slot, Submission};
use crate::sql::statements;
use crate::value::{Id, Value, args, optional};
use crate::write::{Dims, write};

/// A rating to be stored, with everything that goes with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewRating {
    /// Unit.
    pub unit: String,
    /// The client's key.
    pub idempotency_key: String,
    /// Hash of what the client sent.
    pub body_hash: Vec<u8>,
    /// The rating this key stands for already, where another body may replace it
    /// (the form, within the edit window); `rating` and `codes` are then that rating's.
    pub amend_of: Option<Id>,
    /// The last version that its key may make.
    pub versions_max: i64,
    /// The rating's id.
    pub rating: Id,
    /// `active`, `default`, `external_default`, `mirror`.
    pub kind: String,
    /// `event` takes its subject for itself; the others never collide.
    pub subject_kind: String,
    /// What is rated.
    pub subject_key: String,
    /// 1 to 5.
    pub level: i64,
    /// Levels of single scopes, JSON, or empty.
    pub scopes: String,
    /// Tag codes, JSON.
    pub tags: String,
    /// Version of the tag catalogue.
    pub catalogue: String,
    /// Identity.
    pub identity: String,
    /// Hall, or empty.
    pub hall: String,
    /// Window, or empty.
    pub win: String,
    /// Item, or empty.
    pub item: String,
    /// Who was rated.
    pub staff: Option<String>,
    /// Profile it runs under.
    pub profile: String,
    /// Its version.
    pub profile_version: String,
    /// When it was accepted.
    pub accepted_at: i64,
    /// Where it came from.
    pub channel: String,
    /// Salted hash of the text.
    pub text_hash: Option<Vec<u8>>,
    /// Salted hash of the contact data.
    pub contact_hash: Option<Vec<u8>>,
    /// Private row of the text, one of `private`.
    pub private_text: Option<Id>,
    /// Private row of the contact data, one of `private`.
    pub private_contact: Option<Id>,
    /// Private rows stored with it.
    pub private: Vec<Private>,
    /// Digest of the network it came from.
    pub came_network: Option<Vec<u8>>,
    /// Digest of the device it came from.
    pub came_device: Option<Vec<u8>>,
    /// Hashes of the codes that lead to it from the start; `Store::code_put` adds others.
    pub codes: Vec<NewCode>,
}

/// The hash of a code and what the code is for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewCode {
    /// Hash.
    pub hash: Vec<u8>,
    /// `receipt` or `follow`.
    pub purpose: String,
}

/// What became of a rating.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IngestOutcome {
    /// Durable, as this version.
    Accepted {
        /// Rating.
        rating: Id,
        /// Version.
        seq: i64,
    },
    /// This key and body were accepted before.
    SameAgain {
        /// The rating of then.
        rating: Id,
        /// Its version of then.
        seq: i64,
    },
    /// The key stands for another body.
    KeyReused,
    /// The key has made as many versions as it may.
    ChangedTooOften,
    /// The month of the rating is over: what it counted as there is not taken back any more.
    MonthOver,
    /// The service event has been rated with another key.
    AlreadyRated {
        /// By this rating.
        rating: Id,
    },
    /// The engine refuses it.
    Refused(String),
}

statements! {
    SUBMIT = "INSERT INTO submission (unit, idempotency_key, body_hash, rating, seq, accepted_at) VALUES {rows} \
        ON CONFLICT (unit, idempotency_key) DO NOTHING RETURNING rating";
    UNSUBMIT = "DELETE FROM submission WHERE unit = $1 AND idempotency_key = $2";
    AMEND = "UPDATE submission SET body_hash = $3, seq = seq + 1 \
        WHERE unit = $1 AND idempotency_key = $2 AND rating = $4 AND body_hash <> $3 AND seq < $5 RETURNING seq";
    TAKE_SLOT = "INSERT INTO rating_slot (unit, subject_key, rating, seq, opened_at) VALUES {rows} \
        ON CONFLICT (unit, subject_key) DO NOTHING RETURNING rating";
    MOVE_SLOT = "UPDATE rating_slot SET seq = $3 WHERE unit = $1 AND subject_key = $2";
    FIRST_DAY = "SELECT day FROM rating_event WHERE unit = $1 AND rating = $2 AND seq = 1";
    VERSION = "SELECT subject_key, unit, hall, win, item, kind, subject_kind, level, identity, held FROM rating_event \
        WHERE unit = $1 AND rating = $2 AND seq = $3";
}

/// A version that this batch appends.
#[derive(Debug)]
pub(crate) struct Version {
    /// Index of the rating in the batch.
    pub item: usize,
    /// Version.
    pub seq: i64,
    /// What the version before it counted as, if it did.
    pub prior: Option<Dims>,
    /// It counts only once a person releases it.
    pub held: bool,
}

#[derive(Debug, Default)]
struct Plan {
    outcomes: BTreeMap<usize, IngestOutcome>,
    versions: Vec<Version>,
}

/// Whether a rating of a batch, by its place there, came above a limit: it is held, and counts only once a person
/// releases it. It is asked of those only that are new; a later version is held if the one before it is.
pub type Hold<'a> = &'a (dyn Fn(usize) -> bool + Send + Sync);

/// What is stored together, on which day, and who is asked what of it is held.
struct Batch<'a> {
    items: &'a [NewRating],
    day: &'a str,
    hold: Hold<'a>,
    /// The place of the first in what `hold` was asked for.
    first: usize,
}

impl Plan {
    /// A new rating, as its first version.
    fn accept(&mut self, batch: &Batch<'_>, item: usize) {
        self.versions.push(Version {
            item,
            seq: 1,
            prior: None,
            held: (batch.hold)(batch.first + item),
        });
        let rating = batch.items[item].rating;
        self.outcomes
            .insert(item, IngestOutcome::Accepted { rating, seq: 1 });
    }
}

impl Store {
    /// Stores a batch. Either every outcome is durable, or the call is an error and
    /// nothing may be acknowledged; sending the same keys again is then safe. Nothing of it is held.
    pub async fn ingest(&self, lane: &str, batch: &[NewRating]) -> Result<Vec<IngestOutcome>> {
        self.ingest_holding(lane, batch, &|_| false).await
    }

    /// The same, where some of it may be held.
    pub async fn ingest_holding(
        &self,
        lane: &str,
        batch: &[NewRating],
        hold: Hold<'_>,
    ) -> Result<Vec<IngestOutcome>> {
        let mut work = Bisect::new(batch.len());
        while let Some(range) = work.next() {
            let first = range.start;
            let done = self.ingest_once(lane, &batch[range.clone()], hold, first);
            work.settle(range, done.await, IngestOutcome::Refused)?;
        }
        work.finish()
    }

    async fn ingest_once(
        &self,
        lane: &str,
        items: &[NewRating],
        hold: Hold<'_>,
        first: usize,
    ) -> Result<Vec<IngestOutcome>> {
        let mut tx = self.db.begin().await?;
        let door = door::enter(&mut tx).await?;
        let batch = Batch {
            items,
            day: &door.day,
            hold,
            first,
        };
        let mut plan = Plan::default();
        for wave in waves(items) {
            claim(&mut tx, &batch, &wave, &mut plan).await?;
        }
        if plan.versions.is_empty() {
            tx.rollback().await?;
        } else {
            let stamp = door::stamp(&mut tx, door, lane).await?;
            write(&mut tx, &stamp, items, plan.versions).await?;
            tx.commit().await?;
        }
        Ok(plan.outcomes.into_values().collect())
    }
}

/// Indices in key order; a key's second use comes in the second wave, and so on.
fn waves(items: &[NewRating]) -> Vec<Vec<usize>> {
    let mut by_key: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (i, item) in items.iter().enumerate() {
        by_key
            .entry((&item.unit, &item.idempotency_key))
            .or_default()
            .push(i);
    }
    let depth = by_key.values().map(Vec::len).max().unwrap_or(0);
    (0..depth)
        .map(|n| {
            by_key
                .values()
                .filter_map(|uses| uses.get(n).copied())
                .collect()
        })
        .collect()
}

/// Decides what each rating of a wave is, and takes its key and its slot.
async fn claim(tx: &mut Tx, batch: &Batch<'_>, wave: &[usize], plan: &mut Plan) -> Result<()> {
    let items = batch.items;
    let rows = wave.iter().map(|&i| {
        let item = &items[i];
        args![
            &item.unit,
            &item.idempotency_key,
            &item.body_hash,
            &item.rating,
            1,
            item.accepted_at
        ]
    });
    let mut fresh: HashSet<Id> = HashSet::new();
    for mut row in tx.bulk(&SUBMIT, rows.collect()).await? {
        fresh.insert(row.take()?);
    }
    let mut winners = Vec::new();
    for &i in wave {
        if fresh.contains(&items[i].rating) {
            winners.push(i);
        } else {
            let outcome = repeat(tx, batch, i, plan).await?;
            plan.outcomes.insert(i, outcome);
        }
    }
    take_slots(tx, batch, winners, plan).await
}

/// Whether a rating takes its subject for itself: a service event is rated once. A window may be
/// rated by everyone, and its ratings need no slot.
fn takes_slot(item: &NewRating) -> bool {
    item.subject_kind == "event"
}

async fn take_slots(
    tx: &mut Tx,
    batch: &Batch<'_>,
    winners: Vec<usize>,
    plan: &mut Plan,
) -> Result<()> {
    let items = batch.items;
    let (mut of_events, free): (Vec<usize>, Vec<usize>) =
        winners.into_iter().partition(|&i| takes_slot(&items[i]));
    of_events.sort_by_key(|&i| (&items[i].unit, &items[i].subject_key));
    let row = |&i: &usize| {
        let item = &items[i];
        args![
            &item.unit,
            &item.subject_key,
            &item.rating,
            1,
            item.accepted_at
        ]
    };
    let mut taken: HashSet<Id> = HashSet::new();
    let rows: Vec<Vec<Value>> = of_events.iter().map(row).collect();
    for mut row in tx.bulk(&TAKE_SLOT, rows).await? {
        taken.insert(row.take()?);
    }
    for i in free {
        plan.accept(batch, i);
    }
    for i in of_events {
        // Removing keeps two items with one id from both counting as taken.
        if taken.remove(&items[i].rating) {
            plan.accept(batch, i);
        } else {
            let outcome = already_rated(tx, &items[i]).await?;
            plan.outcomes.insert(i, outcome);
        }
    }
    Ok(())
}

/// Gives the key back, and tells which rating has the service event.
async fn already_rated(tx: &mut Tx, item: &NewRating) -> Result<IngestOutcome> {
    tx.exec(&UNSUBMIT, args![&item.unit, &item.idempotency_key])
        .await?;
    let slot: Option<Slot> = optional(tx.opt(&SLOT, args![&item.unit, &item.subject_key]).await?)?;
    let slot = slot.ok_or_else(|| StoreError::Refused("the slot is not to be had".into()))?;
    Ok(IngestOutcome::AlreadyRated {
        rating: slot.rating,
    })
}

/// A key that has been used: the same again, a new version, or a misuse.
async fn repeat(
    tx: &mut Tx,
    batch: &Batch<'_>,
    i: usize,
    plan: &mut Plan,
) -> Result<IngestOutcome> {
    let items = batch.items;
    let item = &items[i];
    let stored = submission(tx, item).await?;
    if stored.body_hash == item.body_hash {
        return Ok(IngestOutcome::SameAgain {
            rating: stored.rating,
            seq: stored.seq,
        });
    }
    if item.amend_of != Some(stored.rating) || item.rating != stored.rating {
        return Ok(IngestOutcome::KeyReused);
    }
    if !same_month(tx, item, batch.day).await? {
        return Ok(IngestOutcome::MonthOver);
    }
    let values = args![
        &item.unit,
        &item.idempotency_key,
        &item.body_hash,
        &item.rating,
        item.versions_max
    ];
    let Some(mut row) = tx.opt(&AMEND, values).await? else {
        let stored = submission(tx, item).await?;
        // Another server may just have stored this very body.
        return Ok(match stored.body_hash == item.body_hash {
            true => IngestOutcome::SameAgain {
                rating: stored.rating,
                seq: stored.seq,
            },
            false => IngestOutcome::ChangedTooOften,
        });
    };
    let seq: i64 = row.take()?;
    let before = version_before(tx, items, plan, item, seq).await?;
    if before.subject != item.subject_key {
        return Err(StoreError::Refused(
            "a version cannot change what is rated".into(),
        ));
    }
    if takes_slot(item) {
        tx.exec(&MOVE_SLOT, args![&item.unit, &item.subject_key, seq])
            .await?;
    }
    plan.versions.push(Version {
        item: i,
        seq,
        prior: (!before.held).then_some(before.dims),
        held: before.held,
    });
    Ok(IngestOutcome::Accepted {
        rating: item.rating,
        seq,
    })
}

/// Whether a day is of the month in which the rating came in. One of this very batch came in on this day.
async fn same_month(tx: &mut Tx, item: &NewRating, day: &str) -> Result<bool> {
    let Some(mut row) = tx.opt(&FIRST_DAY, args![&item.unit, &item.rating]).await? else {
        return Ok(true);
    };
    let first: String = row.take()?;
    Ok(first.get(..7) == day.get(..7))
}

async fn submission(tx: &mut Tx, item: &NewRating) -> Result<Submission> {
    let stored = optional(
        tx.opt(&SUBMISSION, args![&item.unit, &item.idempotency_key])
            .await?,
    )?;
    stored.ok_or_else(|| StoreError::Unavailable("a submission was withdrawn meanwhile".into()))
}

/// The version before another one.
struct Before {
    subject: String,
    dims: Dims,
    /// It was held, and nobody has released it.
    held: bool,
}

/// The version before `seq`, which may be of this very batch.
async fn version_before(
    tx: &mut Tx,
    items: &[NewRating],
    plan: &Plan,
    item: &NewRating,
    seq: i64,
) -> Result<Before> {
    let pending = plan.versions.iter().find(|v| {
        v.seq == seq - 1 && items[v.item].rating == item.rating && items[v.item].unit == item.unit
    });
    if let Some(version) = pending {
        let before = &items[version.item];
        return Ok(Before {
            subject: before.subject_key.clone(),
            dims: Dims::of(before),
            held: version.held,
        });
    }
    let row = tx
        .opt(&VERSION, args![&item.unit, &item.rating, seq - 1])
        .await?;
    let mut row = row.ok_or_else(|| StoreError::Refused("the version before is missing".into()))?;
    let (subject, dims) = (row.take()?, crate::value::Record::read(&mut row)?);
    let held = row.take::<i64>()? == 1 && !held::is_released(tx, &item.unit, &item.rating).await?;
    Ok(Before {
        subject,
        dims,
        held,
    })
}
