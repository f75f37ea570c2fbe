//! What a release goes on from: sums of the month by cell, what each ticket counted as,
//! and the sums of that. Projections: they can be thrown away and made again.

use crate::Store;
use crate::engine::Tx;
use crate::error::Result;
use crate::sql::statements;
use crate::tickets::{TicketEvent, TicketRow};
use crate::value::{Id, Record, args, record, records};

record! {
    /// Ratings of a month in one cell and level.
    pub struct RunningCell {
        /// Month, `2026-10`.
        month: String,
        /// The cell.
        cell: String,
        /// The cell it is part of, or empty.
        parent: String,
        /// Cells that some of its ratings count in, up to two of a breakdown, with blanks between them.
        touched: String,
        /// Kind of subject; never summed across.
        subject_kind: String,
        /// 1 to 5.
        level: i64,
        /// Accepted in the month, on days that are over.
        seen: i64,
        /// How many of them by real name.
        seen_real: i64,
        /// Released of them.
        told: i64,
        /// How many of those by real name.
        told_real: i64,
    }
}

record! {
    /// Of how many people there are ratings in one cell in a month.
    pub struct RunningPeople {
        /// Month, `2026-10`.
        month: String,
        /// The cell.
        cell: String,
        /// Kind of subject; never summed across.
        subject_kind: String,
        /// On days that are over.
        seen: i64,
        /// When the cell was last told.
        told: i64,
    }
}

record! {
    /// What a ticket counted as at the last release.
    pub struct RunningTicket {
        /// Unit.
        unit: String,
        /// The ticket.
        ticket: Id,
        /// Kind of subject of its rating.
        subject_kind: String,
        /// ISO date of the day that its opening is stamped with.
        opened_on: String,
        /// 1 once a release has told its rating in the region's cell, 2 once in the unit's as well.
        told: i64,
        /// 1 once it counts.
        bad: i64,
        /// 1 if put right within the term.
        in_time: i64,
        /// 1 if put right.
        rectified: i64,
        /// 1 if explained.
        explained: i64,
        /// 1 while open.
        open: i64,
        /// 1 if by real name.
        real_name: i64,
        /// 1 if the rater was spoken with.
        reached: i64,
        /// 1 if the rater was tried and not spoken with yet.
        unreached: i64,
        /// Month in which its term ended; none before.
        due_month: Option<String>,
        /// ISO date of the next day on which this changes without anybody's doing.
        changes_on: Option<String>,
    }
}

record! {
    /// The last day of a month whose release told the cell of the region or of a unit.
    pub struct ToldPlace {
        /// The cell.
        cell: String,
        /// Kind of subject.
        subject_kind: String,
        /// ISO date.
        day: String,
    }
}

record! {
    /// The sum of what tickets counted as.
    pub struct RunningHandling {
        /// Unit; empty for the region.
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

/// Rows that a release writes over the ones of before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Running {
    /// Cells that moved.
    pub cells: Vec<RunningCell>,
    /// The people of cells that moved.
    pub people: Vec<RunningPeople>,
    /// Tickets that moved.
    pub tickets: Vec<RunningTicket>,
    /// Sums that moved.
    pub handling: Vec<RunningHandling>,
}

/// Tickets that a release has to look at, with their streams and what they counted as.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moved {
    /// The tickets, by (unit, ticket).
    pub tickets: Vec<TicketRow>,
    /// All their events, by (unit, ticket, seq).
    pub events: Vec<TicketEvent>,
    /// What they counted as at the last release; none for a new ticket.
    pub counted: Vec<RunningTicket>,
}

statements! {
    CELLS = "SELECT month, cell, parent, touched, subject_kind, level, seen, seen_real, told, told_real FROM running_cell \
        WHERE month = $1 ORDER BY cell, subject_kind, level";
    CELL_PUT = "INSERT INTO running_cell (month, cell, parent, touched, subject_kind, level, seen, seen_real, told, told_real) \
        VALUES {rows} ON CONFLICT (month, cell, subject_kind, level) DO UPDATE SET parent = excluded.parent, \
        touched = excluded.touched, \
        seen = excluded.seen, seen_real = excluded.seen_real, told = excluded.told, told_real = excluded.told_real";
    PEOPLE = "SELECT month, cell, subject_kind, seen, told FROM running_people WHERE month = $1 ORDER BY cell, subject_kind";
    PEOPLE_PUT = "INSERT INTO running_people (month, cell, subject_kind, seen, told) VALUES {rows} \
        ON CONFLICT (month, cell, subject_kind) DO UPDATE SET seen = excluded.seen, told = excluded.told";
    PEOPLE_BEFORE = "DELETE FROM running_people WHERE month < $1";
    PEOPLE_CLEAR = "DELETE FROM running_people";
    CELLS_BEFORE = "DELETE FROM running_cell WHERE month < $1";
    CELLS_CLEAR = "DELETE FROM running_cell";
    TICKETS = "SELECT unit, ticket, subject_kind, opened_on, told, bad, in_time, rectified, explained, open, real_name, reached, unreached, \
        due_month, changes_on FROM running_ticket ORDER BY unit, ticket";
    TICKETS_DUE = "SELECT unit, ticket, subject_kind, opened_on, told, bad, in_time, rectified, explained, open, real_name, reached, unreached, \
        due_month, changes_on FROM running_ticket WHERE due_month = $1 ORDER BY unit, ticket";
    TICKETS_UNTOLD = "SELECT unit, ticket, subject_kind, opened_on, told, bad, in_time, rectified, explained, open, \
        real_name, reached, unreached, due_month, changes_on FROM running_ticket \
        WHERE told < 2 AND opened_on >= $1 AND opened_on <= $2 ORDER BY unit, ticket";
    TOLD_PLACES = "SELECT cell, subject_kind, MAX(day) FROM released_cell WHERE dim IN ('region', 'unit') \
        GROUP BY cell, subject_kind, substr(day, 1, 7) ORDER BY 1, 2, 3";
    TICKET_PUT = "INSERT INTO running_ticket (unit, ticket, subject_kind, opened_on, told, bad, in_time, rectified, explained, \
        open, real_name, reached, unreached, due_month, changes_on) \
        VALUES {rows} ON CONFLICT (unit, ticket) DO UPDATE SET subject_kind = excluded.subject_kind, \
        opened_on = excluded.opened_on, told = excluded.told, bad = excluded.bad, in_time = excluded.in_time, \
        rectified = excluded.rectified, explained = excluded.explained, \
        open = excluded.open, real_name = excluded.real_name, reached = excluded.reached, unreached = excluded.unreached, \
        due_month = excluded.due_month, changes_on = excluded.changes_on";
    TICKETS_CLEAR = "DELETE FROM running_ticket";
    HANDLING = "SELECT unit, bad, due, in_time, rectified, explained, open FROM running_handling ORDER BY unit";
    HANDLING_PUT = "INSERT INTO running_handling (unit, bad, due, in_time, rectified, explained, open) VALUES {rows} \
        ON CONFLICT (unit) DO UPDATE SET bad = excluded.bad, due = excluded.due, in_time = excluded.in_time, \
        rectified = excluded.rectified, explained = excluded.explained, open = excluded.open";
    HANDLING_CLEAR = "DELETE FROM running_handling";
    MOVED = "SELECT unit, ticket, number, rating, state, level, identity, handler, rated_staff, hall, win, item, \
        opened_on, due, closed_on, last_seq, news_on FROM ticket WHERE (unit, ticket) IN (\
        SELECT e.unit, e.ticket FROM day_door d JOIN lane_batch b ON b.day = d.day AND b.epoch = d.epoch \
        JOIN ticket_event e ON e.lane = b.lane AND e.batch = b.batch WHERE d.state = 'closed' AND d.day <= $1 \
        UNION SELECT unit, ticket FROM running_ticket WHERE changes_on <= $1) ORDER BY unit, ticket";
    MOVED_EVENTS = "SELECT unit, ticket, seq, kind, body, actor, at, day, epoch, lane, batch, pos, private, number, \
        rating FROM ticket_event WHERE (unit, ticket) IN (\
        SELECT e.unit, e.ticket FROM day_door d JOIN lane_batch b ON b.day = d.day AND b.epoch = d.epoch \
        JOIN ticket_event e ON e.lane = b.lane AND e.batch = b.batch WHERE d.state = 'closed' AND d.day <= $1 \
        UNION SELECT unit, ticket FROM running_ticket WHERE changes_on <= $1) ORDER BY unit, ticket, seq";
    MOVED_COUNTED = "SELECT unit, ticket, subject_kind, opened_on, told, bad, in_time, rectified, explained, open, real_name, reached, unreached, \
        due_month, changes_on \
        FROM running_ticket WHERE (unit, ticket) IN (\
        SELECT e.unit, e.ticket FROM day_door d JOIN lane_batch b ON b.day = d.day AND b.epoch = d.epoch \
        JOIN ticket_event e ON e.lane = b.lane AND e.batch = b.batch WHERE d.state = 'closed' AND d.day <= $1 \
        UNION SELECT unit, ticket FROM running_ticket WHERE changes_on <= $1) ORDER BY unit, ticket";
}

impl Running {
    /// Writes the rows; months before `month` are over and are forgotten.
    pub(crate) async fn write(self, tx: &mut Tx, month: &str) -> Result<()> {
        let values = self.cells.into_iter().map(Record::values).collect();
        tx.bulk(&CELL_PUT, values).await?;
        tx.exec(&CELLS_BEFORE, args![month]).await?;
        let values = self.people.into_iter().map(Record::values).collect();
        tx.bulk(&PEOPLE_PUT, values).await?;
        tx.exec(&PEOPLE_BEFORE, args![month]).await?;
        let values = self.tickets.into_iter().map(Record::values).collect();
        tx.bulk(&TICKET_PUT, values).await?;
        let values = self.handling.into_iter().map(Record::values).collect();
        tx.bulk(&HANDLING_PUT, values).await?;
        Ok(())
    }
}

impl Store {
    /// The cells of a month as of the last release.
    pub async fn running_cells(&self, month: &str) -> Result<Vec<RunningCell>> {
        records(self.db.all(&CELLS, args![month]).await?)
    }

    /// The people of a month's cells as of the last release.
    pub async fn running_people(&self, month: &str) -> Result<Vec<RunningPeople>> {
        records(self.db.all(&PEOPLE, args![month]).await?)
    }

    /// What every ticket counted as at the last release.
    pub async fn running_tickets(&self) -> Result<Vec<RunningTicket>> {
        records(self.db.all(&TICKETS, args![]).await?)
    }

    /// Those whose term ended in a month, as of the last release.
    pub async fn running_tickets_due(&self, month: &str) -> Result<Vec<RunningTicket>> {
        records(self.db.all(&TICKETS_DUE, args![month]).await?)
    }

    /// Those opened from `first` to `last`, both included, that are not told of both region and unit yet.
    pub async fn running_tickets_untold(
        &self,
        first: &str,
        last: &str,
    ) -> Result<Vec<RunningTicket>> {
        records(self.db.all(&TICKETS_UNTOLD, args![first, last]).await?)
    }

    /// Of the region and each unit, kind of subject and month the last day whose release told the cell.
    pub async fn told_places(&self) -> Result<Vec<ToldPlace>> {
        records(self.db.all(&TOLD_PLACES, args![]).await?)
    }

    /// The sums of that, by unit; empty before the first release.
    pub async fn running_handling(&self) -> Result<Vec<RunningHandling>> {
        records(self.db.all(&HANDLING, args![]).await?)
    }

    /// The tickets with events stamped on days that are closed and not yet released, up to
    /// `day`, and those whose count changes by itself by then.
    pub async fn moved_tickets(&self, day: &str) -> Result<Moved> {
        Ok(Moved {
            tickets: records(self.db.all(&MOVED, args![day]).await?)?,
            events: records(self.db.all(&MOVED_EVENTS, args![day]).await?)?,
            counted: records(self.db.all(&MOVED_COUNTED, args![day]).await?)?,
        })
    }

    /// Throws away what releases go on from and puts other rows in its place.
    pub async fn running_replace(&self, month: &str, running: Running) -> Result<()> {
        let mut tx = self.db.begin().await?;
        for clear in [&CELLS_CLEAR, &PEOPLE_CLEAR, &TICKETS_CLEAR, &HANDLING_CLEAR] {
            tx.exec(clear, args![]).await?;
        }
        running.write(&mut tx, month).await?;
        tx.commit().await
    }
}
