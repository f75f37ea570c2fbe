//! What the database knows of itself: whether it can be written, what time it was when it last
//! believed a clock, whether its pages are whole, and what its figures should be.

use crate::Store;
use crate::error::Result;
use crate::sql::statements;
use crate::value::{args, record, records};

statements! {
    PULSE_PUT = "INSERT INTO pulse (who, room) VALUES ($1, $2) ON CONFLICT (who) DO UPDATE SET room = excluded.room";
    PULSE_CLEAR = "DELETE FROM pulse WHERE who = $1";
    HEARD = "SELECT at FROM heard WHERE id = 1";
    HEAR = "INSERT INTO heard (id, at) VALUES (1, $1) \
        ON CONFLICT (id) DO UPDATE SET at = excluded.at WHERE heard.at < excluded.at";
    BELIEVE = "INSERT INTO heard (id, at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET at = excluded.at";
    FOUNDED = "SELECT COUNT(*) FROM unit";
    /// Each version counts once, and the one before it no more, on the day of its own batch.
    RATED_IN = "SELECT v.subject_kind, v.level, CAST(SUM(v.n) AS BIGINT) FROM (\
        SELECT r.subject_kind, r.level, 1 AS n FROM lane_batch b \
        JOIN rating_event r ON r.lane = b.lane AND r.batch = b.batch \
        WHERE b.day >= $1 AND b.day <= $2 AND r.kind = $3 AND r.held = 0 \
        UNION ALL SELECT p.subject_kind, p.level, -1 FROM lane_batch b \
        JOIN rating_event r ON r.lane = b.lane AND r.batch = b.batch \
        JOIN rating_event p ON p.unit = r.unit AND p.rating = r.rating AND p.seq = r.seq - 1 \
        WHERE b.day >= $1 AND b.day <= $2 AND p.kind = $3 AND r.held = 0) v \
        GROUP BY v.subject_kind, v.level HAVING SUM(v.n) <> 0 ORDER BY v.subject_kind, v.level";
    /// The same of a unit over some days.
    RATED_OF = "SELECT v.subject_kind, v.level, CAST(SUM(v.n) AS BIGINT) FROM (\
        SELECT r.subject_kind, r.level, 1 AS n FROM rating_event r \
        WHERE r.unit = $1 AND r.day >= $2 AND r.day <= $3 AND r.kind = $4 AND r.held = 0 \
        UNION ALL SELECT p.subject_kind, p.level, -1 FROM rating_event r \
        JOIN rating_event p ON p.unit = r.unit AND p.rating = r.rating AND p.seq = r.seq - 1 \
        WHERE r.unit = $1 AND r.day >= $2 AND r.day <= $3 AND p.kind = $4 AND r.held = 0) v \
        GROUP BY v.subject_kind, v.level HAVING SUM(v.n) <> 0 ORDER BY v.subject_kind, v.level";
    RULED_IN = "SELECT COUNT(*) FROM rating_ruling WHERE outcome = 'released' AND day >= $1 AND day <= $2";
    TOLD_LAST = "SELECT MAX(day) FROM released_cell WHERE cell = $1 AND subject_kind = $2 AND day >= $3 AND day <= $4";
    BATCHED_ON = "SELECT CAST(COALESCE(SUM(ratings), 0) AS BIGINT) FROM lane_batch WHERE day = $1";
}

record! {
    /// Ratings of a level, counted one by one.
    pub struct Counted {
        /// Kind of subject.
        subject_kind: String,
        /// 1 to 5.
        level: i64,
        /// How many.
        n: i64,
    }
}

/// As much as a batch of ratings needs.
const ROOM: usize = 256 * 1024;

/// Bytes that no database makes smaller: a full disk must not look roomy.
fn incompressible(len: usize) -> Vec<u8> {
    let mut state: u32 = 0x9e37_79b9;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[3]
    };
    (0..len).map(|_| next()).collect()
}

impl Store {
    /// How many transactions were durable in this process, and why the one after them was not.
    pub fn last_write(&self) -> (u64, Option<crate::StoreError>) {
        self.db.pulse().last()
    }

    /// Tries whether a rating could be stored now, by a row that goes again. After a write that failed
    /// it asks for as much room as a batch takes. `who` is this process's own.
    pub async fn probe(&self, who: &str) -> Result<()> {
        let (_, failure) = self.last_write();
        let room = failure.map_or(0, |_| ROOM);
        let mut tx = self.db.begin().await?;
        tx.touch().await?;
        tx.exec(&PULSE_PUT, args![who, incompressible(room)])
            .await?;
        if room > 0 {
            tx.commit().await?;
            tx = self.db.begin().await?;
        }
        tx.exec(&PULSE_CLEAR, args![who]).await?;
        tx.commit().await
    }

    /// Whether a region has been founded in this database.
    pub async fn is_founded(&self) -> Result<bool> {
        let units: i64 = self.db.one(&FOUNDED, args![]).await?.take()?;
        Ok(units > 0)
    }

    /// Whether what is acknowledged is still durable.
    ///
    /// # Errors
    /// `NotDurable` where the database server was told to forget.
    pub async fn check_durability(&self) -> Result<()> {
        self.db.check_durability().await
    }

    /// The last time that was believed; none before there was any.
    pub async fn heard(&self) -> Result<Option<i64>> {
        let row = self.db.opt(&HEARD, args![]).await?;
        row.map(|mut row| row.take()).transpose()
    }

    /// Notes a time that is believed; an earlier one changes nothing.
    pub async fn hear(&self, at: i64) -> Result<()> {
        self.db.write(&HEAR, args![at]).await.map(drop)
    }

    /// Takes a time as the right one, whatever was believed before.
    pub async fn believe(&self, at: i64) -> Result<()> {
        self.db.write(&BELIEVE, args![at]).await.map(drop)
    }

    /// The time of the database's own machine, where it is not this one.
    pub async fn witness(&self) -> Result<Option<i64>> {
        self.db.witness().await
    }

    /// The tables to give to `check_table`, one after the other; none where the database looks after
    /// its own pages.
    pub async fn tables(&self) -> Result<Vec<String>> {
        self.db.tables().await
    }

    /// Looks through the pages of a table and of its indexes.
    ///
    /// # Errors
    /// `Corrupt` where one of them is damaged.
    pub async fn check_table(&self, table: &str) -> Result<()> {
        self.db.check_table(table).await
    }

    /// Ratings of a kind stamped with the days from `from` to `to`, both included, counted one by one; those that
    /// were held are not among them, also where somebody has released them since.
    pub async fn rated_in(&self, from: &str, to: &str, kind: &str) -> Result<Vec<Counted>> {
        records(self.db.all(&RATED_IN, args![from, to, kind]).await?)
    }

    /// How many held ratings were released on those days: they count from then on, and not from where they
    /// stand.
    pub async fn ruled_in(&self, from: &str, to: &str) -> Result<i64> {
        self.db.one(&RULED_IN, args![from, to]).await?.take()
    }

    /// The same of a unit, over the days from `from` to `to`, both included.
    pub async fn rated_of(
        &self,
        unit: &str,
        from: &str,
        to: &str,
        kind: &str,
    ) -> Result<Vec<Counted>> {
        let values = args![unit, from, to, kind];
        records(self.db.all(&RATED_OF, values).await?)
    }

    /// The last day from `from` to `to` whose release told a cell.
    pub async fn told_last(
        &self,
        cell: &str,
        subject_kind: &str,
        from: &str,
        to: &str,
    ) -> Result<Option<String>> {
        let values = args![cell, subject_kind, from, to];
        self.db.one(&TOLD_LAST, values).await?.take()
    }

    /// How many ratings the batches of a day hold: what the live number should be.
    pub async fn batched_on(&self, day: &str) -> Result<i64> {
        self.db.one(&BATCHED_ON, args![day]).await?.take()
    }
}
