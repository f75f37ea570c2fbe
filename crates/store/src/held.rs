//! Ratings that came above a limit: accepted, and in no figure until a person has ruled on them.
//!
//! They are ruled on by groups of what came together. A ruling is appended; one that releases writes what
//! the ratings count as, stamped with the open day, so that the next release tells it.

use std::collections::BTreeMap;

use crate::Store;
use crate::door;
use crate::engine::{Lock, Tx};
use crate::error::{Result, StoreError};
use crate::sql::statements;
use crate::value::{Id, Record, Value, args, optional, record, records};
use crate::write::{Dims, ROLLUP_PUT, rollup_rows};

/// The lane in which rulings are stamped.
pub(crate) const LANE: &str = "held";
/// Ratings that are ruled on in one transaction: the day's door is shut meanwhile.
const AT_ONCE: i64 = 5_000;

record! {
    /// Held ratings of a day that came together: to one window, from one network. How they rate is not told.
    pub struct HeldGroup {
        /// Stamped day.
        day: String,
        /// Unit.
        unit: String,
        /// Hall, or empty.
        hall: String,
        /// Window, or empty.
        win: String,
        /// Digest of the network.
        source: Vec<u8>,
        /// How many.
        n: i64,
    }
}

/// What a person decides on a group of held ratings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// The group; its number is not looked at.
    pub group: HeldGroup,
    /// They count from now on; otherwise they never do.
    pub released: bool,
    /// Who decides.
    pub actor: String,
    /// When.
    pub at: i64,
}

statements! {
    GROUPS = "SELECT day, unit, hall, win, COALESCE(came_network, rating), COUNT(*) FROM rating_event \
        WHERE held = 1 AND seq = 1 AND NOT EXISTS (SELECT 1 FROM rating_ruling q \
        WHERE q.unit = rating_event.unit AND q.rating = rating_event.rating) \
        GROUP BY day, unit, hall, win, COALESCE(came_network, rating) ORDER BY 1 DESC, 6 DESC, 2, 4, 5 LIMIT $1";
    WAITING = "SELECT e.rating, e.unit, e.hall, e.win, e.item, e.kind, e.subject_kind, e.level, e.identity \
        FROM rating_event f JOIN rating_event e ON e.unit = f.unit AND e.rating = f.rating AND e.seq = \
        (SELECT MAX(seq) FROM rating_event WHERE unit = f.unit AND rating = f.rating) \
        WHERE f.held = 1 AND f.seq = 1 AND f.day = $1 AND f.unit = $2 AND f.win = $3 \
        AND COALESCE(f.came_network, f.rating) = $4 AND NOT EXISTS (SELECT 1 FROM rating_ruling q \
        WHERE q.unit = f.unit AND q.rating = f.rating) ORDER BY e.rating LIMIT $5";
    RULING_PUT = "INSERT INTO rating_ruling (unit, rating, seq, outcome, actor, at, day, epoch, lane, batch, pos) VALUES {rows}";
    OUTCOME = "SELECT outcome FROM rating_ruling WHERE unit = $1 AND rating = $2 ORDER BY seq DESC LIMIT 1";
    /// Also used by `figures`.
    WAITING_PUT = "INSERT INTO released_held (released_on, waiting) SELECT $1, COUNT(*) FROM rating_event e \
        WHERE e.held = 1 AND e.seq = 1 AND e.day <= $1 AND NOT EXISTS (SELECT 1 FROM rating_ruling q \
        WHERE q.unit = e.unit AND q.rating = e.rating AND q.day <= $1)";
    EXCLUDED_BY = "SELECT COUNT(*) FROM rating_ruling WHERE outcome = 'excluded' AND day <= $1";
    WAITING_AT = "SELECT waiting FROM released_held WHERE released_on <= $1 ORDER BY released_on DESC LIMIT 1";
}

/// Has somebody released this held rating?
pub(crate) async fn is_released(tx: &mut Tx, unit: &str, rating: &Id) -> Result<bool> {
    let row = tx.opt(&OUTCOME, args![unit, rating]).await?;
    let outcome: Option<String> = row.map(|mut row| row.take()).transpose()?;
    Ok(outcome.as_deref() == Some("released"))
}

impl Store {
    /// The groups of held ratings that nobody has ruled on, the newest and largest first.
    pub async fn held_groups(&self, most: i64) -> Result<Vec<HeldGroup>> {
        records(self.db.all(&GROUPS, args![most]).await?)
    }

    /// What was decided on a rating: `released` or `excluded`, if anything.
    pub async fn held_outcome(&self, unit: &str, rating: &Id) -> Result<Option<String>> {
        let row = self.db.opt(&OUTCOME, args![unit, rating]).await?;
        row.map(|mut row| row.take()).transpose()
    }

    /// How many were waiting for a ruling, as of the last release on `day` or before.
    pub async fn held_at(&self, day: &str) -> Result<i64> {
        let row = self.db.opt(&WAITING_AT, args![day]).await?;
        row.map_or(Ok(0), |mut row| row.take())
    }

    /// How many had been excluded by the end of a day.
    pub async fn held_excluded(&self, day: &str) -> Result<i64> {
        self.db.one(&EXCLUDED_BY, args![day]).await?.take()
    }

    /// Rules on a group; gives how many ratings that were, none where nobody waits in it. Of a very large group
    /// only a part is ruled on: the same again takes the rest.
    pub async fn held_rule(&self, ruling: &Ruling) -> Result<i64> {
        let mut tx = self.db.begin().await?;
        // No later version of a rating may come in between what is read here and what is written.
        tx.lock(Lock::DoorExclusive).await?;
        let of = &ruling.group;
        let values = args![&of.day, &of.unit, &of.win, &of.source, AT_ONCE];
        let waiting = tx.all(&WAITING, values).await?;
        if waiting.is_empty() {
            tx.rollback().await?;
            return Ok(0);
        }
        let open = optional(tx.opt(&door::OPEN_DOOR, args![]).await?)?;
        let stamp = door::stamp(&mut tx, open.ok_or(StoreError::DoorShut)?, LANE).await?;
        let outcome = match ruling.released {
            true => "released",
            false => "excluded",
        };
        let mut rulings: Vec<Vec<Value>> = Vec::new();
        let mut rollup: BTreeMap<Dims, i64> = BTreeMap::new();
        for (pos, mut one) in (1..).zip(waiting) {
            let (rating, dims): (Id, Dims) = (one.take()?, Dims::read(&mut one)?);
            let mut row = args![&dims.unit, &rating, 1, outcome, &ruling.actor, ruling.at];
            row.extend(args![
                &stamp.day,
                stamp.epoch,
                &stamp.lane,
                stamp.batch,
                pos
            ]);
            rulings.push(row);
            if ruling.released {
                *rollup.entry(dims).or_default() += 1;
            }
        }
        let n = i64::try_from(rulings.len()).unwrap_or(i64::MAX);
        tx.bulk(&RULING_PUT, rulings).await?;
        tx.bulk(&ROLLUP_PUT, rollup_rows(rollup, &stamp)).await?;
        door::record_batch(&mut tx, &stamp, 0).await?;
        tx.commit().await?;
        Ok(n)
    }
}
