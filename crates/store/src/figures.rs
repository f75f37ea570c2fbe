//! What a release reads and what it writes. Live sums are read through the
//! batches of closed days only; what the public sees is what was released.

use std::collections::BTreeSet;

use crate::Store;
use crate::engine::{Lock, Tx};
use crate::error::{Result, StoreError};
use crate::held::WAITING_PUT;
use crate::running::Running;
use crate::sql::statements;
use crate::value::{Record, Value, args, record, records};

record! {
    /// A sum of ratings over some days.
    pub struct CellSum {
        /// Stamped day.
        day: String,
        /// Unit.
        unit: String,
        /// Hall, or empty.
        hall: String,
        /// Window, or empty.
        win: String,
        /// Item, or empty.
        item: String,
        /// Kind of rating.
        kind: String,
        /// Kind of subject.
        subject_kind: String,
        /// 1 to 5.
        level: i64,
        /// Identity.
        identity: String,
        /// How many; below zero where a later version took ratings away.
        n: i64,
    }
}

record! {
    /// Of how many people there are ratings on a day: one a source and day in the whole region (decision 0002).
    pub struct PeopleSum {
        /// Stamped day.
        day: String,
        /// Unit.
        unit: String,
        /// Hall, or empty.
        hall: String,
        /// Window, or empty.
        win: String,
        /// Item, or empty.
        item: String,
        /// `event` or `window`.
        body: String,
        /// How many.
        n: i64,
    }
}

record! {
    /// A released number.
    pub struct ReleasedCell {
        /// Day of the release.
        released_on: String,
        /// Day it counts for.
        day: String,
        /// The cell.
        cell: String,
        /// `region`, `unit`, `hall`, `win`, `item`.
        dim: String,
        /// The cell it is part of, or empty.
        parent: String,
        /// Kind of subject; never summed across.
        subject_kind: String,
        /// 1 to 5.
        level: i64,
        /// How many.
        n: i64,
        /// How many of them by real name.
        real_name: i64,
    }
}

record! {
    /// How bad ratings of a unit were handled, as of a release.
    pub struct ReleasedHandling {
        /// Day of the release.
        released_on: String,
        /// Unit.
        unit: String,
        /// Bad ratings.
        bad: i64,
        /// Whose term has ended.
        due: i64,
        /// Put right within the term.
        in_time: i64,
        /// Put right.
        rectified: i64,
        /// Explained.
        explained: i64,
        /// Still open.
        open: i64,
    }
}

record! {
    /// What had become, as of a release, of a unit's bad ratings whose term ended in its month.
    pub struct ReleasedDue {
        /// Day of the release.
        released_on: String,
        /// Unit.
        unit: String,
        /// Whose term ended.
        due: i64,
        /// Put right or explained.
        handled: i64,
        /// By real name.
        real_name: i64,
        /// Of these, spoken with.
        real_reached: i64,
        /// Of these, tried and not spoken with.
        real_unreached: i64,
        /// Of these, put right or explained.
        real_handled: i64,
        /// Of these, both spoken with and handled.
        real_both: i64,
    }
}

/// What a release tells, to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Numbers of cells.
    pub cells: Vec<ReleasedCell>,
    /// How bad ratings were handled.
    pub handling: Vec<ReleasedHandling>,
    /// What became of those whose term ended in the month.
    pub due: Vec<ReleasedDue>,
}

record! {
    /// What releases tell of a cell in a month, or on a day, added up; a column a level, since each
    /// row and each column is paid for on its way.
    pub struct ToldLevels {
        /// The cell, or the day.
        of: String,
        /// Kind of subject; never summed across.
        subject_kind: String,
        /// How many of level 1.
        level_1: i64,
        /// Of level 2.
        level_2: i64,
        /// Of level 3.
        level_3: i64,
        /// Of level 4.
        level_4: i64,
        /// Of level 5.
        level_5: i64,
        /// How many by real name.
        real_name: i64,
    }
}

impl ToldLevels {
    /// By level − 1.
    pub fn levels(&self) -> [i64; 5] {
        [
            self.level_1,
            self.level_2,
            self.level_3,
            self.level_4,
            self.level_5,
        ]
    }
}

/// The columns of [`ToldLevels`] after what they are of.
macro_rules! levels {
    () => {
        "CAST(SUM(CASE WHEN level = 1 THEN n ELSE 0 END) AS BIGINT), \
        CAST(SUM(CASE WHEN level = 2 THEN n ELSE 0 END) AS BIGINT), \
        CAST(SUM(CASE WHEN level = 3 THEN n ELSE 0 END) AS BIGINT), \
        CAST(SUM(CASE WHEN level = 4 THEN n ELSE 0 END) AS BIGINT), \
        CAST(SUM(CASE WHEN level = 5 THEN n ELSE 0 END) AS BIGINT), CAST(SUM(real_name) AS BIGINT)"
    };
}

record! {
    /// Of how many units, windows or items something is public.
    pub struct ToldKind {
        /// `unit`, `win` or `item`.
        kind: String,
        /// How many.
        n: i64,
    }
}

async fn write_release(
    tx: &mut Tx,
    day: &str,
    told: Told,
    running: Running,
    now: i64,
) -> Result<()> {
    if !tx.try_lock(Lock::Release).await? {
        return Err(StoreError::Conflict("another release is going on".into()));
    }
    let state: Option<String> = tx
        .opt(&DOOR_STATE, args![day])
        .await?
        .map(|mut row| row.take())
        .transpose()?;
    if state.as_deref() != Some("closed") {
        return Err(StoreError::Conflict(format!(
            "{day} is not waiting for a release"
        )));
    }
    let months = months_of(&told.cells);
    tx.bulk(&CELL_PUT, rows(told.cells)).await?;
    for (released_on, month) in months {
        let (first, last) = (format!("{month}-00"), format!("{month}-99"));
        let values = args![month, first, last, released_on];
        tx.exec(&MONTH_ADD, values).await?;
    }
    tx.bulk(&HANDLING_PUT, rows(told.handling)).await?;
    tx.bulk(&DUE_PUT, rows(told.due)).await?;
    tx.exec(&WAITING_PUT, args![day]).await?;
    running.write(tx, day.get(..7).unwrap_or(day)).await?;
    tx.exec(&SEAL, args![day, now]).await?;
    Ok(())
}

/// Who stands behind a rating: a phone, else for a window its network. A rating of a service event that came from no
/// known phone is somebody's own, and so is one of a window of which nothing is known.
macro_rules! source {
    () => {
        "CASE WHEN e.subject_kind = 'event' THEN COALESCE(e.came_device, e.rating) \
        ELSE COALESCE(e.came_device, e.came_network, e.rating) END"
    };
}

/// Of each source and day one rating, drawn by lot among all of its ratings of a body, so that people can be
/// added up over places that divide another one. What was held counts on the day on which it was released.
macro_rules! people {
    ($days:literal) => {
        concat!("WITH came AS (SELECT d.day AS day, e.unit AS unit, e.hall AS hall, e.win AS win, e.item AS item, \
        e.rating AS rating, e.seq AS seq, CASE WHEN e.subject_kind = 'event' THEN 'event' ELSE 'window' END AS body, \
        ", source!(), " AS source \
        FROM day_door d JOIN lane_batch b ON b.day = d.day AND b.epoch = d.epoch \
        JOIN rating_event e ON e.lane = b.lane AND e.batch = b.batch \
        WHERE ", $days, " AND e.kind = 'active' AND e.held = 0 \
        UNION ALL SELECT d.day, e.unit, e.hall, e.win, e.item, e.rating, e.seq, \
        CASE WHEN e.subject_kind = 'event' THEN 'event' ELSE 'window' END, \
        ", source!(), " \
        FROM day_door d JOIN lane_batch b ON b.day = d.day AND b.epoch = d.epoch \
        JOIN rating_ruling q ON q.lane = b.lane AND q.batch = b.batch AND q.outcome = 'released' \
        JOIN rating_event e ON e.unit = q.unit AND e.rating = q.rating AND e.seq = 1 \
        WHERE ", $days, " AND e.kind = 'active'), \
        drawn AS (SELECT day, unit, hall, win, item, body, ROW_NUMBER() OVER (PARTITION BY day, body, source \
        ORDER BY substr(rating, 9), rating, seq) AS nth FROM came) \
        SELECT day, unit, hall, win, item, body, COUNT(*) FROM drawn WHERE nth = 1 \
        GROUP BY day, unit, hall, win, item, body ORDER BY day, unit, hall, win, item, body")
    };
}

statements! {
    PEOPLE = people!("d.state = 'closed' AND d.day <= $1");
    PEOPLE_TOTALS = people!("d.state <> 'open' AND d.day >= $1 AND d.day <= $2");
    SUMS = "SELECT b.day, r.unit, r.hall, r.win, r.item, r.kind, r.subject_kind, r.level, r.identity, \
        CAST(SUM(r.n) AS BIGINT) FROM day_door d \
        JOIN lane_batch b ON b.day = d.day AND b.epoch = d.epoch \
        JOIN rollup r ON r.lane = b.lane AND r.batch = b.batch \
        WHERE d.state = 'closed' AND d.day <= $1 \
        GROUP BY b.day, r.unit, r.hall, r.win, r.item, r.kind, r.subject_kind, r.level, r.identity \
        HAVING SUM(r.n) <> 0 \
        ORDER BY b.day, r.unit, r.hall, r.win, r.item, r.kind, r.subject_kind, r.level, r.identity";
    TOTALS = "SELECT '', r.unit, r.hall, r.win, r.item, r.kind, r.subject_kind, r.level, r.identity, \
        CAST(SUM(r.n) AS BIGINT) FROM day_door d \
        JOIN lane_batch b ON b.day = d.day AND b.epoch = d.epoch \
        JOIN rollup r ON r.lane = b.lane AND r.batch = b.batch \
        WHERE d.state <> 'open' AND d.day >= $1 AND d.day <= $2 \
        GROUP BY r.unit, r.hall, r.win, r.item, r.kind, r.subject_kind, r.level, r.identity \
        HAVING SUM(r.n) <> 0 \
        ORDER BY r.unit, r.hall, r.win, r.item, r.kind, r.subject_kind, r.level, r.identity";
    DOOR_STATE = "SELECT state FROM day_door WHERE day = $1";
    CELL_PUT = "INSERT INTO released_cell \
        (released_on, day, cell, dim, parent, subject_kind, level, n, real_name) VALUES {rows}";
    /// The sums are taken anew from the days: a row that is anything else is refused by the schema.
    MONTH_ADD = "INSERT INTO released_month (month, cell, dim, parent, subject_kind, level, n, real_name) \
        SELECT DISTINCT $1, x.cell, x.dim, x.parent, x.subject_kind, x.level, \
        CAST((SELECT SUM(c.n) FROM released_cell c WHERE c.cell = x.cell AND c.subject_kind = x.subject_kind \
        AND c.level = x.level AND c.day >= $2 AND c.day <= $3) AS BIGINT), \
        CAST((SELECT SUM(c.real_name) FROM released_cell c WHERE c.cell = x.cell AND c.subject_kind = x.subject_kind \
        AND c.level = x.level AND c.day >= $2 AND c.day <= $3) AS BIGINT) \
        FROM released_cell x WHERE x.released_on = $4 AND x.day >= $2 AND x.day <= $3 \
        ON CONFLICT (month, cell, subject_kind, level) DO UPDATE SET n = excluded.n, real_name = excluded.real_name";
    MONTH = concat!("SELECT cell, subject_kind, ", levels!(), " FROM released_month \
        WHERE month = $1 AND (cell = $2 OR parent = $2) GROUP BY cell, subject_kind ORDER BY cell, subject_kind");
    MONTHS = "SELECT DISTINCT substr(day, 1, 7) FROM day_door WHERE state = 'sealed' ORDER BY 1 DESC";
    TOLD_KINDS = "SELECT 'unit', COUNT(*) FROM unit WHERE EXISTS \
        (SELECT 1 FROM released_month WHERE month = $1 AND cell = 'unit:' || unit.code) \
        UNION ALL SELECT 'win', COUNT(*) FROM win WHERE EXISTS \
        (SELECT 1 FROM released_month WHERE month = $1 AND cell = 'win:' || win.code) \
        UNION ALL SELECT 'item', COUNT(*) FROM item WHERE EXISTS \
        (SELECT 1 FROM released_month WHERE month = $1 AND cell = 'item:' || item.code)";
    TREND = concat!("SELECT day, subject_kind, ", levels!(), " FROM released_cell \
        WHERE cell = $1 AND subject_kind = $2 AND day >= $3 AND day <= $4 GROUP BY day, subject_kind ORDER BY day");
    HANDLING_AT = "SELECT h.released_on, h.unit, h.bad, h.due, h.in_time, h.rectified, h.explained, h.open \
        FROM (SELECT code FROM unit UNION ALL SELECT '') u \
        JOIN released_handling h ON h.unit = u.code AND h.released_on = \
        (SELECT MAX(released_on) FROM released_handling WHERE unit = u.code AND released_on <= $1) \
        ORDER BY h.unit";
    HANDLING_PUT = "INSERT INTO released_handling \
        (released_on, unit, bad, due, in_time, rectified, explained, open) VALUES {rows}";
    DUE_AT = "SELECT d.released_on, d.unit, d.due, d.handled, d.real_name, d.real_reached, d.real_unreached, d.real_handled, \
        d.real_both FROM (SELECT code FROM unit UNION ALL SELECT '') u \
        JOIN released_due d ON d.unit = u.code AND d.released_on = \
        (SELECT MAX(released_on) FROM released_due WHERE unit = u.code AND released_on >= $1 AND released_on <= $2) \
        ORDER BY d.unit";
    DUE_PUT = "INSERT INTO released_due \
        (released_on, unit, due, handled, real_name, real_reached, real_unreached, real_handled, real_both) VALUES {rows}";
    SEAL = "UPDATE day_door SET state = 'sealed', released_at = $2 WHERE state = 'closed' AND day <= $1";
    CELLS = "SELECT released_on, day, cell, dim, parent, subject_kind, level, n, real_name FROM released_cell \
        WHERE day >= $1 AND day <= $2 ORDER BY day, cell, subject_kind, level, released_on";
    CELL_TOTALS = "SELECT '', '', cell, dim, parent, subject_kind, level, \
        CAST(SUM(n) AS BIGINT), CAST(SUM(real_name) AS BIGINT) FROM released_cell \
        GROUP BY cell, dim, parent, subject_kind, level ORDER BY cell, subject_kind, level, dim, parent";
    HANDLING = "SELECT released_on, unit, bad, due, in_time, rectified, explained, open FROM released_handling \
        WHERE released_on >= $1 AND released_on <= $2 ORDER BY released_on, unit";
    LAST_RELEASE = "SELECT MAX(day) FROM day_door WHERE state = 'sealed'";
}

impl Store {
    /// Sums of the days that are closed and not yet released, up to `through_day`, by day.
    pub async fn rollup_sums(&self, through_day: &str) -> Result<Vec<CellSum>> {
        records(self.db.all(&SUMS, args![through_day]).await?)
    }

    /// Sums over the days from `from` to `to`, both included, that are closed, released or
    /// not; `day` is empty.
    pub async fn rollup_totals(&self, from: &str, to: &str) -> Result<Vec<CellSum>> {
        records(self.db.all(&TOTALS, args![from, to]).await?)
    }

    /// Of how many people there are ratings on the days that are closed and not yet released, up to `through_day`.
    pub async fn people_sums(&self, through_day: &str) -> Result<Vec<PeopleSum>> {
        records(self.db.all(&PEOPLE, args![through_day]).await?)
    }

    /// The same of the days from `from` to `to`, both included, that are closed, released or not.
    pub async fn people_totals(&self, from: &str, to: &str) -> Result<Vec<PeopleSum>> {
        records(self.db.all(&PEOPLE_TOTALS, args![from, to]).await?)
    }

    /// Publishes what is told, keeps what the next release goes on from, and seals
    /// every closed day up to `day`, in one transaction. `Conflict` unless `day` is closed
    /// and not yet released.
    pub async fn released_write(
        &self,
        day: &str,
        told: Told,
        running: Running,
        now: i64,
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        match write_release(&mut tx, day, told, running, now).await {
            Ok(()) => tx.commit().await,
            Err(error) => {
                // Otherwise the lock would be held until somebody needs the connection again.
                tx.rollback().await?;
                Err(error)
            }
        }
    }

    /// Released cells that count for days from `from` to `to`, both included.
    pub async fn released_cells(&self, from: &str, to: &str) -> Result<Vec<ReleasedCell>> {
        records(self.db.all(&CELLS, args![from, to]).await?)
    }

    /// What a month's releases tell of a cell and of the cells it consists of.
    pub async fn released_month(&self, month: &str, cell: &str) -> Result<Vec<ToldLevels>> {
        records(self.db.all(&MONTH, args![month, cell]).await?)
    }

    /// Of how many units, windows and items that there are a month's releases tell anything.
    pub async fn told_kinds(&self, month: &str) -> Result<Vec<ToldKind>> {
        records(self.db.all(&TOLD_KINDS, args![month]).await?)
    }

    /// Months with released days, newest first.
    pub async fn released_months(&self) -> Result<Vec<String>> {
        let rows = self.db.all(&MONTHS, args![]).await?;
        rows.into_iter().map(|mut row| row.take()).collect()
    }

    /// What the releases tell of a cell, day by day, from `from` to `to`, both included.
    pub async fn released_trend(
        &self,
        cell: &str,
        subject_kind: &str,
        from: &str,
        to: &str,
    ) -> Result<Vec<ToldLevels>> {
        let rows = self
            .db
            .all(&TREND, args![cell, subject_kind, from, to])
            .await?;
        records(rows)
    }

    /// Handling of every unit there is as last released on `day` or before; the region's unit is empty.
    pub async fn handling_at(&self, day: &str) -> Result<Vec<ReleasedHandling>> {
        records(self.db.all(&HANDLING_AT, args![day]).await?)
    }

    /// What became of bad ratings whose term ended in the month from `first` to `last`, of every unit
    /// there is, as last released in it; the region's unit is empty.
    pub async fn due_at(&self, first: &str, last: &str) -> Result<Vec<ReleasedDue>> {
        records(self.db.all(&DUE_AT, args![first, last]).await?)
    }

    /// Everything ever released, by cell; `released_on` and `day` are empty.
    pub async fn released_totals(&self) -> Result<Vec<ReleasedCell>> {
        records(self.db.all(&CELL_TOTALS, args![]).await?)
    }

    /// Handling as released from `from` to `to`, both included.
    pub async fn released_handling(&self, from: &str, to: &str) -> Result<Vec<ReleasedHandling>> {
        records(self.db.all(&HANDLING, args![from, to]).await?)
    }

    /// The last day whose figures are public.
    pub async fn last_released_day(&self) -> Result<Option<String>> {
        self.db.one(&LAST_RELEASE, args![]).await?.take()
    }
}

fn rows(records: Vec<impl Record>) -> Vec<Vec<Value>> {
    records.into_iter().map(Record::values).collect()
}

/// The months that a release adds to, each with the day of the release.
fn months_of(cells: &[ReleasedCell]) -> BTreeSet<(String, String)> {
    let month = |cell: &ReleasedCell| cell.day.get(..7).unwrap_or(&cell.day).to_owned();
    cells
        .iter()
        .map(|cell| (cell.released_on.clone(), month(cell)))
        .collect()
}
