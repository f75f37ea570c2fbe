//! What follows from ratings that are durable: a ticket for a bad one, a word to the ticket of one that was
//! changed.
//!
//! It is done after the citizen has the receipt, so that a bad rating takes no longer than a good one. Lanes
//! are read batch by batch, and up to where commits with what followed: nothing is left out by a crash, and
//! nothing is done twice by two servers. A day closes only when all that follows from it is written, and
//! stamped with it.

use std::collections::HashSet;

use crate::Store;
use crate::door::{self, Door};
use crate::engine::Tx;
use crate::error::{Result, StoreError};
use crate::held::LANE as HELD_LANE;
use crate::private::PUT as PRIVATE_PUT;
use crate::ratings::RatingEvent;
use crate::sql::statements;
use crate::tickets::{
    NewTicketEvent, SERVED_PUT, TICKET_EVENT_PUT, TICKET_OF_RATING, TICKET_OPEN, TicketRow,
    served_rows,
};
use crate::value::{Id, Record, Value, args, record, records};

/// What the ticket of a rating is told of a later version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// Appended where its level is another.
    pub level: NewTicketEvent,
    /// Appended where its rater is known in another way.
    pub identity: NewTicketEvent,
}

/// A ticket to be opened for a rating; level, identity and place are the rating's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewTicket {
    /// The ticket's id.
    pub ticket: Id,
    /// Numbers to give it, the first that is free.
    pub numbers: Vec<String>,
    /// The opening event.
    pub event: NewTicketEvent,
    /// State after it.
    pub state: String,
    /// Handler, if one is known.
    pub handler: Option<String>,
    /// Who was rated.
    pub rated_staff: Option<String>,
    /// Who served there, the rated person among them.
    pub served_by: Vec<String>,
    /// ISO date.
    pub opened_on: String,
    /// Earliest open deadline.
    pub due: Option<String>,
}

/// What follows from a version of a rating.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Follows {
    /// The ticket that it opens, unless its rating has one.
    pub ticket: Option<NewTicket>,
    /// What the ticket is told that its rating has.
    pub amended: Option<Amendment>,
}

/// Says what follows from ratings; made anew from the same rating it must be the same but for ids.
#[derive(Clone, Copy)]
pub struct Deciding<'a> {
    /// First versions of a higher level are not asked about.
    pub bad_up_to: i64,
    /// Decides on one version.
    pub decide: &'a (dyn Fn(&RatingEvent) -> Result<Follows> + Send + Sync),
}

record! {
    /// A lane with batches from which nothing has followed yet.
    pub struct Behind {
        /// The lane.
        lane: String,
        /// Read up to this batch.
        batch: i64,
        /// The last one there is.
        last: i64,
    }
}

statements! {
    BEHIND = "SELECT lane.lane, COALESCE(lane_read.batch, 0), lane.last FROM lane \
        LEFT JOIN lane_read ON lane_read.reader = 'tickets' AND lane_read.lane = lane.lane \
        WHERE lane.last > COALESCE(lane_read.batch, 0) ORDER BY lane.lane";
    READ_ON = "INSERT INTO lane_read (reader, lane, batch) VALUES ('tickets', $1, $3) \
        ON CONFLICT (reader, lane) DO UPDATE SET batch = excluded.batch WHERE lane_read.batch = $2 RETURNING batch";
    VERSIONS = "SELECT unit, rating, seq, kind, subject_kind, subject_key, level, scopes, tags, catalogue, identity, \
        hall, win, item, staff, profile, profile_version, accepted_at, day, epoch, lane, batch, pos, channel, \
        text_hash, contact_hash, private_text, private_contact, came_network, came_device, held FROM rating_event \
        WHERE lane = $1 AND batch > $2 AND batch <= $3 AND (level <= $4 OR seq > 1) AND held = 0 ORDER BY batch, pos";
    RELEASED = "SELECT e.unit, e.rating, e.seq, e.kind, e.subject_kind, e.subject_key, e.level, e.scopes, e.tags, e.catalogue, \
        e.identity, e.hall, e.win, e.item, e.staff, e.profile, e.profile_version, q.at, q.day, q.epoch, q.lane, q.batch, q.pos, \
        e.channel, e.text_hash, e.contact_hash, e.private_text, e.private_contact, e.came_network, e.came_device, e.held \
        FROM rating_ruling q JOIN rating_event e ON e.unit = q.unit AND e.rating = q.rating AND e.seq = \
        (SELECT MAX(seq) FROM rating_event WHERE unit = q.unit AND rating = q.rating) \
        WHERE q.lane = $1 AND q.batch > $2 AND q.batch <= $3 AND q.outcome = 'released' AND e.level <= $4 \
        ORDER BY q.batch, q.pos";
    NEWS = "UPDATE ticket SET news_on = $3 WHERE unit = $1 AND rating = $2 AND news_on < $3";
    AMEND_LEVEL = "UPDATE ticket SET level = $3, last_seq = last_seq + 1 \
        WHERE unit = $1 AND rating = $2 AND level <> $3 RETURNING ticket, last_seq";
    AMEND_IDENTITY = "UPDATE ticket SET identity = $3, last_seq = last_seq + 1 \
        WHERE unit = $1 AND rating = $2 AND identity <> $3 RETURNING ticket, last_seq";
}

/// Batches that are read in one transaction.
const BATCHES: i64 = 64;
/// The lane in which what follows is stamped.
const LANE: &str = "tickets";

/// Ratings whose tickets were told something; the rows that lists show of them are to be made again.
pub type Amended = Vec<(String, Id)>;

impl Store {
    /// Writes what follows from every rating that is durable; gives the ratings whose tickets were told of a
    /// change.
    ///
    /// # Errors
    /// `Conflict` where every number offered for a ticket was taken: the same again offers others.
    pub async fn follow_ratings(&self, deciding: Deciding<'_>) -> Result<Amended> {
        let mut amended = Amended::new();
        while let Some(behind) = self.behind().await? {
            let mut tx = self.db.begin().await?;
            let door = door::enter(&mut tx).await?;
            amended.extend(follow(&mut tx, &door, &behind, deciding).await?);
            tx.commit().await?;
        }
        Ok(amended)
    }

    async fn behind(&self) -> Result<Option<Behind>> {
        let behind: Vec<Behind> = records(self.db.all(&BEHIND, args![]).await?)?;
        Ok(behind.into_iter().next())
    }
}

/// Writes all that follows from the batches there are, within a transaction that keeps others out.
pub(crate) async fn catch_up(tx: &mut Tx, door: &Door, deciding: Deciding<'_>) -> Result<Amended> {
    let mut amended = Amended::new();
    loop {
        let behind: Vec<Behind> = records(tx.all(&BEHIND, args![]).await?)?;
        let Some(first) = behind.into_iter().next() else {
            return Ok(amended);
        };
        amended.extend(follow(tx, door, &first, deciding).await?);
    }
}

/// Reads on in a lane by some batches. Where another server was quicker, nothing is left to do.
async fn follow(
    tx: &mut Tx,
    door: &Door,
    behind: &Behind,
    deciding: Deciding<'_>,
) -> Result<Amended> {
    let to = behind.last.min(behind.batch + BATCHES);
    let read_on = args![&behind.lane, behind.batch, to];
    if tx.opt(&READ_ON, read_on).await?.is_none() {
        return Ok(Amended::new());
    }
    let of = args![&behind.lane, behind.batch, to, deciding.bad_up_to];
    // What was held follows from its ruling on, as if it came in then.
    let source = match behind.lane == HELD_LANE {
        true => &RELEASED,
        false => &VERSIONS,
    };
    let versions: Vec<RatingEvent> = records(tx.all(source, of).await?)?;
    let (mut opened, mut later) = (Vec::new(), Vec::new());
    let mut fresh: HashSet<(&str, Id)> = HashSet::new();
    for version in &versions {
        let follows = (deciding.decide)(version)?;
        let key = (version.unit.as_str(), version.rating);
        if fresh.contains(&key) || has_ticket(tx, version).await? {
            later.extend(follows.amended.map(|told| (version, told)));
        } else if let Some(ticket) = follows.ticket {
            fresh.insert(key);
            opened.push((version, ticket));
        }
    }
    if opened.is_empty() && later.is_empty() {
        return Ok(Amended::new());
    }
    write(tx, door, opened, later).await
}

/// A first version cannot have one; a later one keeps the ticket it has.
async fn has_ticket(tx: &mut Tx, version: &RatingEvent) -> Result<bool> {
    if version.seq == 1 {
        return Ok(false);
    }
    let of = args![&version.unit, &version.rating];
    Ok(tx.opt(&TICKET_OF_RATING, of).await?.is_some())
}

type Opening<'a> = (&'a RatingEvent, NewTicket);
type Told<'a> = (&'a RatingEvent, Amendment);

async fn write(
    tx: &mut Tx,
    door: &Door,
    opened: Vec<Opening<'_>>,
    later: Vec<Told<'_>>,
) -> Result<Amended> {
    let stamp = door::stamp(tx, door.clone(), LANE).await?;
    let mut events = Vec::new();
    let mut private = Vec::new();
    for (row, ticket) in open(tx, opened).await? {
        let numbered = Some((row.number.clone(), row.rating));
        let pos = position(&events);
        events.push(
            ticket
                .event
                .row(&row.unit, &row.ticket, 1, &stamp, pos, numbered),
        );
        private.extend(ticket.event.private);
    }
    let mut amended = Amended::new();
    for (version, told) in later {
        let of = args![&version.unit, &version.rating, &version.day];
        tx.exec(&NEWS, of).await?;
        let level = args![&version.unit, &version.rating, version.level];
        let identity = args![&version.unit, &version.rating, &version.identity];
        for (statement, values, event) in [
            (&AMEND_LEVEL, level, &told.level),
            (&AMEND_IDENTITY, identity, &told.identity),
        ] {
            if let Some(mut row) = tx.opt(statement, values).await? {
                let (ticket, seq): (Id, i64) = (row.take()?, row.take()?);
                let pos = position(&events);
                events.push(event.row(&version.unit, &ticket, seq, &stamp, pos, None));
                amended.push((version.unit.clone(), version.rating));
            }
        }
    }
    private.sort_by_key(|row: &crate::private::Private| row.id);
    let private = private.into_iter().map(Record::values).collect();
    tx.bulk(&TICKET_EVENT_PUT, events).await?;
    tx.bulk(&PRIVATE_PUT, private).await?;
    door::record_batch(tx, &stamp, 0).await?;
    Ok(amended)
}

fn position(events: &[Vec<Value>]) -> i64 {
    i64::try_from(events.len()).map_or(i64::MAX, |before| before + 1)
}

/// Opens tickets, each with the first of its numbers that is free; gives the rows.
async fn open(tx: &mut Tx, opened: Vec<Opening<'_>>) -> Result<Vec<(TicketRow, NewTicket)>> {
    let mut waiting = opened;
    waiting.sort_by_key(|(version, ticket)| (&version.unit, ticket.ticket));
    let mut done = Vec::new();
    for attempt in 0.. {
        if waiting.is_empty() {
            break;
        }
        let rows: Option<Vec<TicketRow>> = waiting
            .iter()
            .map(|(version, ticket)| {
                let number = ticket.numbers.get(attempt)?.clone();
                Some(projection(version, ticket, number))
            })
            .collect();
        let rows = rows.ok_or_else(|| StoreError::Conflict("no number is free".into()))?;
        let values = rows.iter().cloned().map(TicketRow::columns).collect();
        let mut free: HashSet<Id> = HashSet::new();
        for mut row in tx.bulk(&TICKET_OPEN, values).await? {
            free.insert(row.take()?);
        }
        let mut again = Vec::new();
        for (row, (version, ticket)) in rows.into_iter().zip(waiting) {
            match free.contains(&row.ticket) {
                true => done.push((row, ticket)),
                false => again.push((version, ticket)),
            }
        }
        waiting = again;
    }
    let served = done
        .iter()
        .flat_map(|(row, ticket)| served_rows(row, &ticket.served_by));
    let served = served.collect();
    tx.bulk(&SERVED_PUT, served).await?;
    Ok(done)
}

fn projection(version: &RatingEvent, ticket: &NewTicket, number: String) -> TicketRow {
    TicketRow {
        unit: version.unit.clone(),
        ticket: ticket.ticket,
        number,
        rating: version.rating,
        state: ticket.state.clone(),
        level: version.level,
        identity: version.identity.clone(),
        handler: ticket.handler.clone(),
        rated_staff: ticket.rated_staff.clone(),
        hall: version.hall.clone(),
        win: version.win.clone(),
        item: version.item.clone(),
        opened_on: ticket.opened_on.clone(),
        due: ticket.due.clone(),
        closed_on: None,
        last_seq: 1,
        news_on: version.day.clone(),
    }
}
