//! The day's door and the lanes. Every batch of events stamps itself with the
//! open (day, epoch), read under a shared lock, and takes the next number of its
//! lane; closing a day takes the lock exclusively, so a closed day is complete.

use crate::Store;
use crate::engine::{Lock, Tx};
use crate::error::{Result, StoreError};
use crate::following::{self, Amended, Deciding};
use crate::sql::statements;
use crate::value::{args, optional, record, records};

record! {
    /// A day.
    pub struct Door {
        /// ISO date.
        day: String,
        /// One for each day, in the order in which they were first opened.
        epoch: i64,
        /// `open`, `closed` or `sealed` (released).
        state: String,
        /// When it was opened.
        opened_at: i64,
        /// When it was closed.
        closed_at: Option<i64>,
        /// When its figures were released.
        released_at: Option<i64>,
    }
}

record! {
    /// A transaction's worth of events of one lane.
    pub struct LaneBatch {
        /// The lane.
        lane: String,
        /// Gapless from 1 within its lane.
        batch: i64,
        /// Stamped day.
        day: String,
        /// Stamped epoch.
        epoch: i64,
        /// New ratings in it, later versions not counted.
        ratings: i64,
    }
}

statements! {
    /// Also used by `held`.
    OPEN_DOOR = "SELECT day, epoch, state, opened_at, closed_at, released_at FROM day_door WHERE state = 'open'";
    DOOR = "SELECT day, epoch, state, opened_at, closed_at, released_at FROM day_door WHERE day = $1";
    DOORS = "SELECT day, epoch, state, opened_at, closed_at, released_at FROM day_door \
        WHERE day >= $1 AND day <= $2 ORDER BY day";
    LAST_EPOCH = "SELECT COALESCE(MAX(epoch), 0) FROM day_door";
    DOOR_PUT = "INSERT INTO day_door (day, epoch, state, opened_at) VALUES ($1, $2, 'open', $3)";
    DOOR_REOPEN = "UPDATE day_door SET state = 'open', closed_at = NULL WHERE day = $1 AND state = 'closed' \
        RETURNING day, epoch, state, opened_at, closed_at, released_at";
    DOOR_CLOSE = "UPDATE day_door SET state = 'closed', closed_at = $2 WHERE day = $1";
    LANE_NEXT = "INSERT INTO lane (lane, last) VALUES ($1, 1) \
        ON CONFLICT (lane) DO UPDATE SET last = lane.last + 1 RETURNING last";
    LANE_BATCH = "INSERT INTO lane_batch (lane, batch, day, epoch, ratings) VALUES ($1, $2, $3, $4, $5)";
    BATCHES = "SELECT lane, batch, day, epoch, ratings FROM lane_batch WHERE day = $1 ORDER BY lane, batch";
    LANE_DAY = "INSERT INTO lane_day (lane, day, ratings) VALUES ($1, $2, $3) \
        ON CONFLICT (day, lane) DO UPDATE SET ratings = lane_day.ratings + excluded.ratings";
    TODAY = "SELECT CAST(COALESCE(SUM(ratings), 0) AS BIGINT) FROM lane_day WHERE day = $1";
}

/// What a batch writes on each of its events.
#[derive(Debug)]
pub(crate) struct Stamp {
    pub day: String,
    pub epoch: i64,
    pub lane: String,
    pub batch: i64,
}

/// Enters the open day, under the shared lock, until the transaction ends.
pub(crate) async fn enter(tx: &mut Tx) -> Result<Door> {
    tx.lock(Lock::DoorShared).await?;
    optional(tx.opt(&OPEN_DOOR, args![]).await?)?.ok_or(StoreError::DoorShut)
}

/// Takes the lane's next number. The number comes back if the transaction does not commit.
pub(crate) async fn stamp(tx: &mut Tx, door: Door, lane: &str) -> Result<Stamp> {
    let batch = tx.one(&LANE_NEXT, args![lane]).await?.take()?;
    Ok(Stamp {
        day: door.day,
        epoch: door.epoch,
        lane: lane.to_owned(),
        batch,
    })
}

/// Records the batch itself.
pub(crate) async fn record_batch(tx: &mut Tx, stamp: &Stamp, ratings: i64) -> Result<()> {
    let values = args![&stamp.lane, stamp.batch, &stamp.day, stamp.epoch, ratings];
    tx.exec(&LANE_BATCH, values).await?;
    tx.exec(&LANE_DAY, args![&stamp.lane, &stamp.day, ratings])
        .await
}

/// Opens a day; one that was closed before its time, because the clock had run ahead, goes on.
async fn put_door(tx: &mut Tx, day: &str, now: i64) -> Result<Door> {
    if let Some(again) = optional(tx.opt(&DOOR_REOPEN, args![day]).await?)? {
        return Ok(again);
    }
    let epoch: i64 = tx.one(&LAST_EPOCH, args![]).await?.take()?;
    tx.exec(&DOOR_PUT, args![day, epoch + 1, now]).await?;
    Ok(Door {
        day: day.to_owned(),
        epoch: epoch + 1,
        state: "open".into(),
        opened_at: now,
        ..Door::default()
    })
}

impl Store {
    /// Opens `day` if no day is open; the open day either way. The lock is taken only to open one:
    /// who asks often must not stand in the way of who writes.
    pub async fn door_open(&self, day: &str, now: i64) -> Result<Door> {
        if let Some(open) = self.door_current().await? {
            return Ok(open);
        }
        let mut tx = self.db.begin().await?;
        tx.lock(Lock::DoorExclusive).await?;
        if let Some(open) = optional(tx.opt(&OPEN_DOOR, args![]).await?)? {
            return Ok(open);
        }
        if tx.opt(&DOOR, args![day]).await?.is_some() {
            return Err(StoreError::Conflict(format!("{day} has been closed")));
        }
        let door = put_door(&mut tx, day, now).await?;
        tx.commit().await?;
        Ok(door)
    }

    /// The open day.
    pub async fn door_current(&self) -> Result<Option<Door>> {
        optional(self.db.opt(&OPEN_DOOR, args![]).await?)
    }

    /// Days from `from` to `to`, both included.
    pub async fn doors(&self, from: &str, to: &str) -> Result<Vec<Door>> {
        records(self.db.all(&DOORS, args![from, to]).await?)
    }

    /// Waits for every batch that has entered `day`, writes what follows from its ratings, closes it and opens
    /// `next_day`; gives the ratings whose tickets were told of a change.
    /// `Conflict` if another day is open or `next_day` does not come after.
    pub async fn door_close(
        &self,
        day: &str,
        next_day: &str,
        now: i64,
        deciding: Deciding<'_>,
    ) -> Result<Amended> {
        let mut tx = self.db.begin().await?;
        tx.lock(Lock::DoorExclusive).await?;
        let open: Option<Door> = optional(tx.opt(&OPEN_DOOR, args![]).await?)?;
        let open = open.ok_or(StoreError::DoorShut)?;
        if open.day != day || next_day <= day {
            return Err(StoreError::Conflict(format!(
                "the open day is {}",
                open.day
            )));
        }
        let amended = following::catch_up(&mut tx, &open, deciding).await?;
        tx.exec(&DOOR_CLOSE, args![day, now]).await?;
        put_door(&mut tx, next_day, now).await?;
        tx.commit().await?;
        Ok(amended)
    }

    /// Closes an open day that lies after `day` and opens `day` in its place. What is stamped with
    /// the later day keeps it, and is told with it: the day goes on when it comes. `Conflict` if
    /// the open day is not later, or `day` has been released.
    pub async fn door_bring_back(&self, day: &str, now: i64) -> Result<Door> {
        let mut tx = self.db.begin().await?;
        tx.lock(Lock::DoorExclusive).await?;
        let open: Option<Door> = optional(tx.opt(&OPEN_DOOR, args![]).await?)?;
        let open = open.ok_or(StoreError::DoorShut)?;
        if open.day.as_str() <= day {
            return Err(StoreError::Conflict(format!(
                "the open day is {}",
                open.day
            )));
        }
        let there: Option<Door> = optional(tx.opt(&DOOR, args![day]).await?)?;
        if there.is_some_and(|door| door.state == "sealed") {
            return Err(StoreError::Conflict(format!("{day} has been released")));
        }
        tx.exec(&DOOR_CLOSE, args![&open.day, now]).await?;
        let back = put_door(&mut tx, day, now).await?;
        tx.commit().await?;
        Ok(back)
    }

    /// The batches stamped with a day, by lane and number.
    pub async fn batches(&self, day: &str) -> Result<Vec<LaneBatch>> {
        records(self.db.all(&BATCHES, args![day]).await?)
    }

    /// How many ratings were accepted on a day: the one live figure.
    pub async fn today_count(&self, day: &str) -> Result<i64> {
        self.db.one(&TODAY, args![day]).await?.take()
    }
}
