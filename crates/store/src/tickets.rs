//! Tickets: the stream of events, and the row that a list shows.

use std::collections::BTreeSet;

use crate::Store;
use crate::door::{self, Stamp};
use crate::error::{Result, StoreError};
use crate::private::{self, Private};
use crate::sql::statements;
use crate::value::{Id, Record, Value, args, optional, record, records};

record! {
    /// An event of a ticket, as appended.
    pub struct TicketEvent {
        /// Unit.
        unit: String,
        /// The ticket.
        ticket: Id,
        /// From 1, without a gap.
        seq: i64,
        /// Kind code.
        kind: String,
        /// Codes and ids only, JSON.
        body: String,
        /// Who did it.
        actor: String,
        /// When.
        at: i64,
        /// Stamped day.
        day: String,
        /// Stamped epoch.
        epoch: i64,
        /// Lane.
        lane: String,
        /// Batch within the lane.
        batch: i64,
        /// Position within the batch, shared with rating events.
        pos: i64,
        /// Private row of what was written.
        private: Option<Id>,
        /// On the first event: the ticket's number.
        number: Option<String>,
        /// On the first event: the rating.
        rating: Option<Id>,
    }
}

record! {
    /// The row that a list shows: a fold of the events, kept for reading.
    pub struct TicketRow {
        /// Unit.
        unit: String,
        /// The ticket.
        ticket: Id,
        /// Its number.
        number: String,
        /// Its rating.
        rating: Id,
        /// State code.
        state: String,
        /// The rating's level.
        level: i64,
        /// The rater's identity.
        identity: String,
        /// In charge.
        handler: Option<String>,
        /// Who was rated; never the handler.
        rated_staff: Option<String>,
        /// Hall, or empty.
        hall: String,
        /// Window, or empty.
        win: String,
        /// Item, or empty.
        item: String,
        /// ISO date.
        opened_on: String,
        /// Earliest open deadline.
        due: Option<String>,
        /// ISO date.
        closed_on: Option<String>,
        /// The last event folded in.
        last_seq: i64,
        /// The last day on which the rater changed anything, as stamped.
        news_on: String,
    }
}

record! {
    /// What decides whether somebody sees the ticket of a number; there is one for every number, and of
    /// one that nothing has it is empty.
    pub struct TicketSight {
        /// Unit.
        unit: Option<String>,
        /// The ticket.
        ticket: Option<Id>,
        /// In charge.
        handler: Option<String>,
        /// ISO date.
        opened_on: Option<String>,
        /// The last day on which the rater changed anything, as stamped.
        news_on: Option<String>,
        /// Not 0: whoever asks served where the rating was given.
        served: i64,
    }
}

/// An event to be appended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewTicketEvent {
    /// Kind code.
    pub kind: String,
    /// Codes and ids only, JSON.
    pub body: String,
    /// Who does it.
    pub actor: String,
    /// When.
    pub at: i64,
    /// What was written, stored with it.
    pub private: Option<Private>,
}

/// An append to a ticket: the event, and the row as it is after it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketAppend {
    /// The last event the caller has seen.
    pub expected_seq: i64,
    /// The event.
    pub event: NewTicketEvent,
    /// The projection after it; its `last_seq` is set by the store.
    pub projection: TicketRow,
}

/// Which tickets a worklist shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorklistFilter {
    /// Whose tickets.
    pub scope: WorklistScope,
    /// In one of these states (at most eight), or in any.
    pub states: Vec<String>,
    /// Without those of where this person served.
    pub not_about: Option<String>,
    /// Only what is no newer than this day, but for those that the same person is in charge of and that
    /// were opened by then.
    pub released: Option<String>,
    /// After this row.
    pub after: Option<WorklistKey>,
    /// At most so many.
    pub limit: i64,
}

/// Whose tickets a worklist shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum WorklistScope {
    /// Everyone's.
    #[default]
    All,
    /// A unit's, and those of other units that one person was given.
    Unit {
        /// The unit.
        unit: String,
        /// The person.
        given_to: String,
    },
    /// Those that one person handles.
    Handler(String),
}

/// A place in a worklist: by due date, those without one last, then by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorklistKey {
    /// Due date.
    pub due: Option<String>,
    /// Ticket number.
    pub number: String,
}

statements! {
    /// Also used by `ingest`.
    TICKET_EVENT_PUT = "INSERT INTO ticket_event (unit, ticket, seq, kind, body, actor, at, day, epoch, lane, batch, \
        pos, private, number, rating) VALUES {rows}";
    TICKET_EVENTS = "SELECT unit, ticket, seq, kind, body, actor, at, day, epoch, lane, batch, pos, private, number, \
        rating FROM ticket_event WHERE unit = $1 AND ticket = $2 ORDER BY seq";
    OPENED = "SELECT unit, ticket, seq, kind, body, actor, at, day, epoch, lane, batch, pos, private, number, \
        rating FROM ticket_event WHERE seq = 1 AND (unit, ticket) > ($1, $2) ORDER BY unit, ticket LIMIT $3";
    /// Also used by `ingest`.
    TICKET_PUT = "INSERT INTO ticket (unit, ticket, number, rating, state, level, identity, handler, rated_staff, \
        hall, win, item, opened_on, due, closed_on, last_seq, news_on, due_key) VALUES {rows} \
        ON CONFLICT (unit, ticket) DO UPDATE SET number = excluded.number, rating = excluded.rating, \
        state = excluded.state, level = excluded.level, identity = excluded.identity, handler = excluded.handler, \
        rated_staff = excluded.rated_staff, hall = excluded.hall, win = excluded.win, item = excluded.item, \
        opened_on = excluded.opened_on, due = excluded.due, closed_on = excluded.closed_on, \
        last_seq = excluded.last_seq, news_on = excluded.news_on, due_key = excluded.due_key";
    /// Used by `following`: whose number is taken is not opened, and comes again with another one.
    TICKET_OPEN = "INSERT INTO ticket (unit, ticket, number, rating, state, level, identity, handler, rated_staff, \
        hall, win, item, opened_on, due, closed_on, last_seq, news_on, due_key) VALUES {rows} \
        ON CONFLICT (number) DO NOTHING RETURNING ticket";
    /// Also used by `following`.
    SERVED_PUT = "INSERT INTO ticket_served (unit, ticket, staff) VALUES {rows} ON CONFLICT (unit, ticket, staff) DO NOTHING";
    SIGHT = "SELECT t.unit, t.ticket, t.handler, t.opened_on, t.news_on, \
        (SELECT COUNT(*) FROM ticket_served s WHERE s.unit = t.unit AND s.ticket = t.ticket AND s.staff = $2) \
        FROM (SELECT CAST($1 AS TEXT) AS number) asked LEFT JOIN ticket t ON t.number = asked.number";
    UNHANDLED = "UPDATE ticket SET state = $2 WHERE handler = $1 AND closed_on IS NULL RETURNING number";
    ADVANCE = "UPDATE ticket SET last_seq = $3 WHERE unit = $1 AND ticket = $2 AND last_seq = $4 RETURNING number";
    LIST = "SELECT unit, ticket, number, rating, state, level, identity, handler, rated_staff, hall, win, item, \
        opened_on, due, closed_on, last_seq, news_on FROM ticket WHERE (unit, ticket) > ($1, $2) \
        ORDER BY unit, ticket LIMIT $3";
    TICKET = "SELECT unit, ticket, number, rating, state, level, identity, handler, rated_staff, hall, win, item, \
        opened_on, due, closed_on, last_seq, news_on FROM ticket WHERE unit = $1 AND ticket = $2";
    TICKET_BY_NUMBER = "SELECT unit, ticket, number, rating, state, level, identity, handler, rated_staff, hall, win, \
        item, opened_on, due, closed_on, last_seq, news_on FROM ticket WHERE number = $1";
    /// Also used by `ingest`.
    TICKET_OF_RATING = "SELECT unit, ticket, number, rating, state, level, identity, handler, rated_staff, hall, win, \
        item, opened_on, due, closed_on, last_seq, news_on FROM ticket WHERE unit = $1 AND rating = $2";
    WORKLIST = "SELECT unit, ticket, number, rating, state, level, identity, handler, rated_staff, hall, win, \
        item, opened_on, due, closed_on, last_seq, news_on FROM ticket WHERE (due_key, number) > ($1, $2) \
        AND ($3 = 0 OR state IN ($4, $5, $6, $7, $8, $9, $10, $11)) \
        AND NOT EXISTS (SELECT 1 FROM ticket_served s WHERE s.unit = ticket.unit AND s.ticket = ticket.ticket AND s.staff = $13) \
        AND ($14 = '' OR news_on <= $14 OR handler = $13 AND opened_on <= $14) \
        ORDER BY due_key, number LIMIT $12";
    WORKLIST_OF_UNIT = "SELECT unit, ticket, number, rating, state, level, identity, handler, rated_staff, hall, win, \
        item, opened_on, due, closed_on, last_seq, news_on FROM ticket WHERE (due_key, number) > ($1, $2) \
        AND ($3 = 0 OR state IN ($4, $5, $6, $7, $8, $9, $10, $11)) \
        AND NOT EXISTS (SELECT 1 FROM ticket_served s WHERE s.unit = ticket.unit AND s.ticket = ticket.ticket AND s.staff = $13) \
        AND ($14 = '' OR news_on <= $14 OR handler = $13 AND opened_on <= $14) AND unit = $15 \
        ORDER BY due_key, number LIMIT $12";
    WORKLIST_FROM_ELSEWHERE = "SELECT unit, ticket, number, rating, state, level, identity, handler, rated_staff, hall, win, \
        item, opened_on, due, closed_on, last_seq, news_on FROM ticket WHERE (due_key, number) > ($1, $2) \
        AND ($3 = 0 OR state IN ($4, $5, $6, $7, $8, $9, $10, $11)) \
        AND NOT EXISTS (SELECT 1 FROM ticket_served s WHERE s.unit = ticket.unit AND s.ticket = ticket.ticket AND s.staff = $13) \
        AND ($14 = '' OR news_on <= $14 OR handler = $13 AND opened_on <= $14) AND unit <> $15 AND handler = $16 \
        ORDER BY due_key, number LIMIT $12";
    WORKLIST_OF_HANDLER = "SELECT unit, ticket, number, rating, state, level, identity, handler, rated_staff, hall, win, \
        item, opened_on, due, closed_on, last_seq, news_on FROM ticket WHERE (due_key, number) > ($1, $2) \
        AND ($3 = 0 OR state IN ($4, $5, $6, $7, $8, $9, $10, $11)) \
        AND NOT EXISTS (SELECT 1 FROM ticket_served s WHERE s.unit = ticket.unit AND s.ticket = ticket.ticket AND s.staff = $13) \
        AND ($14 = '' OR news_on <= $14 OR handler = $13 AND opened_on <= $14) AND handler = $15 \
        ORDER BY due_key, number LIMIT $12";
}

/// Sorts after every date.
const NO_DUE: &str = "9999-99-99";
/// States that a worklist's statement has room for.
const STATES: usize = 8;

fn due_key(due: Option<&str>) -> String {
    due.unwrap_or(NO_DUE).to_owned()
}

impl NewTicketEvent {
    /// The row of the event; the opening one carries the ticket's number and rating.
    pub(crate) fn row(
        &self,
        unit: &str,
        ticket: &Id,
        seq: i64,
        stamp: &Stamp,
        pos: i64,
        opening: Option<(String, Id)>,
    ) -> Vec<Value> {
        let private = self.private.as_ref().map(|row| row.id);
        let (number, rating) = opening.unzip();
        let mut values = args![
            unit,
            ticket,
            seq,
            &self.kind,
            &self.body,
            &self.actor,
            self.at
        ];
        values.extend(args![
            &stamp.day,
            stamp.epoch,
            &stamp.lane,
            stamp.batch,
            pos,
            private,
            number,
            rating
        ]);
        values
    }
}

impl TicketRow {
    /// The columns, with the one that sorts.
    pub(crate) fn columns(self) -> Vec<Value> {
        let key = due_key(self.due.as_deref());
        let mut values = self.values();
        values.push(Value::T(key));
        values
    }
}

impl Store {
    /// Appends an event as `expected_seq + 1` and moves the projection with it.
    /// `Conflict` if the ticket has moved on, or is not there; the new `seq` otherwise.
    pub async fn append_ticket(&self, lane: &str, append: TicketAppend) -> Result<i64> {
        let seq = append.expected_seq + 1;
        self.append_tickets(lane, vec![append]).await?;
        Ok(seq)
    }

    /// Appends an event to each of several tickets, all in one transaction.
    /// `Conflict` if any of them has moved on, or is not there; nothing is stored then.
    pub async fn append_tickets(&self, lane: &str, mut appends: Vec<TicketAppend>) -> Result<()> {
        appends.sort_by(|a, b| {
            let key = |one: &TicketAppend| (one.projection.unit.clone(), one.projection.ticket);
            key(a).cmp(&key(b))
        });
        let mut tx = self.db.begin().await?;
        let door = door::enter(&mut tx).await?;
        for append in &appends {
            let TicketRow { unit, ticket, .. } = &append.projection;
            let seq = append.expected_seq;
            let advance = args![unit, ticket, seq + 1, seq];
            if tx.opt(&ADVANCE, advance).await?.is_none() {
                return Err(StoreError::Conflict("the ticket has moved on".into()));
            }
        }
        let stamp = door::stamp(&mut tx, door, lane).await?;
        let (mut events, mut private, mut projections) = (Vec::new(), Vec::new(), Vec::new());
        for (pos, append) in (1..).zip(appends) {
            let TicketAppend {
                expected_seq,
                event,
                mut projection,
            } = append;
            projection.last_seq = expected_seq + 1;
            events.push(event.row(
                &projection.unit,
                &projection.ticket,
                projection.last_seq,
                &stamp,
                pos,
                None,
            ));
            private.extend(event.private);
            projections.push(projection.columns());
        }
        private.sort_by_key(|row| row.id);
        tx.bulk(&TICKET_EVENT_PUT, events).await?;
        let private = private.into_iter().map(Record::values).collect();
        tx.bulk(&private::PUT, private).await?;
        tx.bulk(&TICKET_PUT, projections).await?;
        door::record_batch(&mut tx, &stamp, 0).await?;
        tx.commit().await
    }

    /// Every event of a ticket.
    pub async fn ticket_events(&self, unit: &str, ticket: &Id) -> Result<Vec<TicketEvent>> {
        records(self.db.all(&TICKET_EVENTS, args![unit, ticket]).await?)
    }

    /// The opening events after a ticket, by (unit, ticket): what a rebuild starts from.
    pub async fn opened_tickets(
        &self,
        after: Option<(&str, &Id)>,
        limit: i64,
    ) -> Result<Vec<TicketEvent>> {
        records(self.db.all(&OPENED, after_ticket(after, limit)).await?)
    }

    /// The projections after a ticket, by (unit, ticket).
    pub async fn list_tickets(
        &self,
        after: Option<(&str, &Id)>,
        limit: i64,
    ) -> Result<Vec<TicketRow>> {
        records(self.db.all(&LIST, after_ticket(after, limit)).await?)
    }

    /// Replaces or restores a projection, as a rebuild does, with those who served there.
    pub async fn put_ticket_projection(&self, row: TicketRow, served: &[String]) -> Result<()> {
        let mut tx = self.db.begin().await?;
        tx.bulk(&SERVED_PUT, served_rows(&row, served)).await?;
        tx.bulk(&TICKET_PUT, vec![row.columns()]).await?;
        tx.commit().await
    }

    /// What decides whether a person sees the ticket of a number; the same is read of a number that has one
    /// as of one that has none.
    pub async fn ticket_sight(&self, number: &str, person: &str) -> Result<TicketSight> {
        optional(Some(self.db.one(&SIGHT, args![number, person]).await?))
            .map(Option::unwrap_or_default)
    }

    /// Replaces a projection unless the ticket has moved on since: whoever moved it has written a
    /// fresh one. Gives whether it was replaced.
    pub async fn refresh_ticket_projection(&self, row: TicketRow) -> Result<bool> {
        let mut tx = self.db.begin().await?;
        let stays = args![&row.unit, &row.ticket, row.last_seq, row.last_seq];
        if tx.opt(&ADVANCE, stays).await?.is_none() {
            return Ok(false);
        }
        tx.bulk(&TICKET_PUT, vec![row.columns()]).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Shows the open tickets of a handler in another state, since they are no longer there; gives the numbers.
    pub async fn tickets_without_handler(&self, handler: &str, state: &str) -> Result<Vec<String>> {
        let rows = self.db.write(&UNHANDLED, args![handler, state]).await?;
        let mut numbers: Vec<String> = rows
            .into_iter()
            .map(|mut row| row.take())
            .collect::<Result<_>>()?;
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// A ticket.
    pub async fn ticket(&self, unit: &str, ticket: &Id) -> Result<Option<TicketRow>> {
        optional(self.db.opt(&TICKET, args![unit, ticket]).await?)
    }

    /// The ticket with this number.
    pub async fn ticket_by_number(&self, number: &str) -> Result<Option<TicketRow>> {
        optional(self.db.opt(&TICKET_BY_NUMBER, args![number]).await?)
    }

    /// The ticket that a rating opened.
    pub async fn ticket_of_rating(&self, unit: &str, rating: &Id) -> Result<Option<TicketRow>> {
        optional(self.db.opt(&TICKET_OF_RATING, args![unit, rating]).await?)
    }

    /// A page of the worklist: by due date, those without one last, then by number.
    pub async fn worklist(&self, filter: &WorklistFilter) -> Result<Vec<TicketRow>> {
        if filter.states.len() > STATES {
            return Err(StoreError::Internal(format!(
                "a worklist takes at most {STATES} states"
            )));
        }
        let (due, number) = match &filter.after {
            Some(after) => (due_key(after.due.as_deref()), after.number.clone()),
            None => (String::new(), String::new()),
        };
        let mut values = args![due, number, !filter.states.is_empty()];
        values.extend(
            (0..STATES).map(|i| Value::T(filter.states.get(i).cloned().unwrap_or_default())),
        );
        values.extend(args![
            filter.limit,
            filter.not_about.clone().unwrap_or_default(),
            filter.released.clone().unwrap_or_default()
        ]);
        match &filter.scope {
            WorklistScope::All => records(self.db.all(&WORKLIST, values).await?),
            WorklistScope::Handler(person) => {
                values.push(Value::T(person.clone()));
                records(self.db.all(&WORKLIST_OF_HANDLER, values).await?)
            }
            WorklistScope::Unit { unit, given_to } => {
                values.push(Value::T(unit.clone()));
                let mut rows: Vec<TicketRow> =
                    records(self.db.all(&WORKLIST_OF_UNIT, values.clone()).await?)?;
                values.push(Value::T(given_to.clone()));
                let elsewhere = self.db.all(&WORKLIST_FROM_ELSEWHERE, values).await?;
                rows.extend(records::<TicketRow>(elsewhere)?);
                rows.sort_by_cached_key(|row| (due_key(row.due.as_deref()), row.number.clone()));
                rows.truncate(usize::try_from(filter.limit).unwrap_or(usize::MAX));
                Ok(rows)
            }
        }
    }
}

/// The rows of those who served where a ticket's rating was given, in key order.
pub(crate) fn served_rows(row: &TicketRow, served: &[String]) -> Vec<Vec<Value>> {
    let served: BTreeSet<&String> = served.iter().collect();
    let rows = served.into_iter();
    rows.map(|staff| args![&row.unit, &row.ticket, staff])
        .collect()
}

/// Where a keyset page by (unit, ticket) starts: before every ticket, or after one.
fn after_ticket(after: Option<(&str, &Id)>, limit: i64) -> Vec<Value> {
    match after {
        Some((unit, ticket)) => args![unit, ticket, limit],
        None => args!["", Vec::new(), limit],
    }
}
