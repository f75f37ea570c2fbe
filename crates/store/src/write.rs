//! The rows of a batch, once it is decided which versions it appends.

use std::collections::{BTreeMap, BTreeSet};

use crate::door::{self, Stamp};
use crate::engine::Tx;
use crate::error::Result;
use crate::ingest::{Amendment, NewRating, NewTicket, Version};
use crate::private::{PUT as PRIVATE_PUT, Private};
use crate::sql::statements;
use crate::tickets::{TICKET_EVENT_PUT, TICKET_OF_RATING, TICKET_PUT, TicketRow};
use crate::value::{Id, Record, Value, args, record};

statements! {
    RATING_PUT = "INSERT INTO rating_event (unit, rating, seq, kind, subject_kind, subject_key, level, \
        scopes, tags, catalogue, identity, hall, win, item, staff, profile, profile_version, accepted_at, day, epoch, lane, batch, \
        pos, channel, text_hash, contact_hash, private_text, private_contact) VALUES {rows}";
    /// Also used by `ratings`.
    CODE_PUT = "INSERT INTO code (hash, purpose, unit, rating) VALUES {rows} ON CONFLICT (hash) DO NOTHING";
    ROLLUP_PUT = "INSERT INTO rollup (day, epoch, lane, batch, unit, hall, win, item, kind, subject_kind, level, \
        identity, n) VALUES {rows}";
    AMEND_LEVEL = "UPDATE ticket SET level = $3, last_seq = last_seq + 1 \
        WHERE unit = $1 AND rating = $2 AND level <> $3 RETURNING ticket, last_seq";
    AMEND_IDENTITY = "UPDATE ticket SET identity = $3, last_seq = last_seq + 1 \
        WHERE unit = $1 AND rating = $2 AND identity <> $3 RETURNING ticket, last_seq";
    NUMBERS = "INSERT INTO counter (name, last) VALUES ($1, $2) \
        ON CONFLICT (name) DO UPDATE SET last = counter.last + excluded.last RETURNING last";
}

record! {
    /// What a rating counts as.
    #[derive(PartialOrd, Ord)]
    pub struct Dims {
        /// Unit.
        unit: String,
        /// Hall.
        hall: String,
        /// Window.
        win: String,
        /// Item.
        item: String,
        /// Kind.
        kind: String,
        /// Kind of subject.
        subject_kind: String,
        /// Level.
        level: i64,
        /// Identity.
        identity: String,
    }
}

impl Dims {
    /// Of a rating to be stored.
    pub fn of(item: &NewRating) -> Self {
        Self {
            unit: item.unit.clone(),
            hall: item.hall.clone(),
            win: item.win.clone(),
            item: item.item.clone(),
            kind: item.kind.clone(),
            subject_kind: item.subject_kind.clone(),
            level: item.level,
            identity: item.identity.clone(),
        }
    }
}

/// Rows by table, each in key order because the versions are.
#[derive(Default)]
struct Rows<'a> {
    ratings: Vec<Vec<Value>>,
    codes: BTreeMap<&'a [u8], Vec<Value>>,
    private: Vec<&'a Private>,
    rollup: BTreeMap<Dims, i64>,
    tickets: Vec<(&'a NewRating, &'a NewTicket, i64)>,
    amendments: Vec<(&'a NewRating, &'a Amendment, i64)>,
}

/// Writes the versions and everything that goes with them.
pub(crate) async fn write(
    tx: &mut Tx,
    stamp: &Stamp,
    items: &[NewRating],
    mut versions: Vec<Version>,
) -> Result<()> {
    versions.sort_by_key(|v| (&items[v.item].unit, items[v.item].rating, v.seq));
    let first_versions = versions.iter().filter(|v| v.seq == 1).count();
    let mut rows = Rows::default();
    let mut pos = 0;
    let mut opened: BTreeSet<(&str, Id)> = BTreeSet::new();
    for version in versions {
        let item = &items[version.item];
        pos += 1;
        rows.ratings.push(rating_row(item, version.seq, stamp, pos));
        *rows.rollup.entry(Dims::of(item)).or_default() += 1;
        if let Some(prior) = version.prior {
            *rows.rollup.entry(prior).or_default() -= 1;
        }
        for code in &item.codes {
            rows.codes.insert(
                &code.hash,
                args![&code.hash, &code.purpose, &item.unit, &item.rating],
            );
        }
        rows.private.extend(&item.private);
        let opens_or_amends = item.ticket.is_some() || item.amended.is_some();
        let has_one = opens_or_amends
            && (opened.contains(&(item.unit.as_str(), item.rating))
                || has_ticket(tx, item, version.seq).await?);
        if let Some(amendment) = item.amended.as_ref().filter(|_| has_one) {
            rows.amendments.push((item, amendment, pos + 1));
            pos += 2;
        }
        if let Some(ticket) = item.ticket.as_ref().filter(|_| !has_one) {
            opened.insert((&item.unit, item.rating));
            pos += 1;
            rows.tickets.push((item, ticket, pos));
            rows.private.extend(&ticket.event.private);
        }
    }
    let Rows {
        ratings,
        codes,
        mut private,
        rollup,
        tickets,
        amendments,
    } = rows;
    private.sort_by_key(|row| row.id);
    tx.bulk(&RATING_PUT, ratings).await?;
    tx.bulk(&CODE_PUT, codes.into_values().collect()).await?;
    tx.bulk(
        &PRIVATE_PUT,
        private.into_iter().cloned().map(Record::values).collect(),
    )
    .await?;
    tx.bulk(&ROLLUP_PUT, rollup_rows(rollup, stamp)).await?;
    door::record_batch(tx, stamp, i64::try_from(first_versions).unwrap_or(i64::MAX)).await?;
    open_tickets(tx, stamp, tickets).await?;
    amend_tickets(tx, stamp, amendments).await
}

fn rating_row(item: &NewRating, seq: i64, stamp: &Stamp, pos: i64) -> Vec<Value> {
    args![
        &item.unit,
        &item.rating,
        seq,
        &item.kind,
        &item.subject_kind,
        &item.subject_key,
        item.level,
        &item.scopes,
        &item.tags,
        &item.catalogue,
        &item.identity,
        &item.hall,
        &item.win,
        &item.item,
        item.staff.clone(),
        &item.profile,
        &item.profile_version,
        item.accepted_at,
        &stamp.day,
        stamp.epoch,
        &stamp.lane,
        stamp.batch,
        pos,
        &item.channel,
        item.text_hash.clone(),
        item.contact_hash.clone(),
        item.private_text,
        item.private_contact,
    ]
}

fn rollup_rows(rollup: BTreeMap<Dims, i64>, stamp: &Stamp) -> Vec<Vec<Value>> {
    let row = |(dims, n): (Dims, i64)| {
        let mut values = args![&stamp.day, stamp.epoch, &stamp.lane, stamp.batch];
        values.extend(dims.values());
        values.push(Value::I(n));
        values
    };
    rollup
        .into_iter()
        .filter(|(_, n)| *n != 0)
        .map(row)
        .collect()
}

/// A first version cannot have one; a later one keeps the ticket it has.
async fn has_ticket(tx: &mut Tx, item: &NewRating, seq: i64) -> Result<bool> {
    if seq == 1 {
        return Ok(false);
    }
    Ok(tx
        .opt(&TICKET_OF_RATING, args![&item.unit, &item.rating])
        .await?
        .is_some())
}

/// Numbers and opens tickets; the numbers' counters are locked last and for a short time.
async fn open_tickets(
    tx: &mut Tx,
    stamp: &Stamp,
    mut tickets: Vec<(&NewRating, &NewTicket, i64)>,
) -> Result<()> {
    tickets.sort_by_key(|(item, ticket, _)| (&item.unit, ticket.ticket));
    let mut wanted: BTreeMap<&str, i64> = BTreeMap::new();
    for (_, ticket, _) in &tickets {
        *wanted.entry(&ticket.number_prefix).or_default() += 1;
    }
    let mut next: BTreeMap<&str, i64> = BTreeMap::new();
    for (prefix, count) in wanted {
        let last: i64 = tx.one(&NUMBERS, args![prefix, count]).await?.take()?;
        next.insert(prefix, last - count);
    }
    let (mut events, mut projections) = (Vec::new(), Vec::new());
    for (item, ticket, pos) in tickets {
        let n = next.entry(&ticket.number_prefix).or_default();
        *n += 1;
        let number = format!("{}{n:04}", ticket.number_prefix);
        events.push(ticket.event.row(
            &item.unit,
            &ticket.ticket,
            1,
            stamp,
            pos,
            Some((number.clone(), item.rating)),
        ));
        projections.push(projection(item, ticket, number).columns());
    }
    tx.bulk(&TICKET_EVENT_PUT, events).await?;
    tx.bulk(&TICKET_PUT, projections).await?;
    Ok(())
}

/// Appends to each ticket whose rating has another level now, or another identity; in the order of
/// the versions, which is that of the keys. Who acts on the ticket meanwhile has seen an older stream
/// and looks again.
async fn amend_tickets(
    tx: &mut Tx,
    stamp: &Stamp,
    amendments: Vec<(&NewRating, &Amendment, i64)>,
) -> Result<()> {
    let mut events = Vec::new();
    for (item, amendment, pos) in amendments {
        let level = args![&item.unit, &item.rating, item.level];
        let identity = args![&item.unit, &item.rating, &item.identity];
        for (statement, values, event, pos) in [
            (&AMEND_LEVEL, level, &amendment.level, pos),
            (&AMEND_IDENTITY, identity, &amendment.identity, pos + 1),
        ] {
            if let Some(mut row) = tx.opt(statement, values).await? {
                let (ticket, seq): (Id, i64) = (row.take()?, row.take()?);
                events.push(event.row(&item.unit, &ticket, seq, stamp, pos, None));
            }
        }
    }
    tx.bulk(&TICKET_EVENT_PUT, events).await?;
    Ok(())
}

fn projection(item: &NewRating, ticket: &NewTicket, number: String) -> TicketRow {
    TicketRow {
        unit: item.unit.clone(),
        ticket: ticket.ticket,
        number,
        rating: item.rating,
        state: ticket.state.clone(),
        level: item.level,
        identity: item.identity.clone(),
        handler: ticket.handler.clone(),
        rated_staff: ticket.rated_staff.clone(),
        hall: item.hall.clone(),
        win: item.win.clone(),
        item: item.item.clone(),
        opened_on: ticket.opened_on.clone(),
        due: ticket.due.clone(),
        closed_on: None,
        last_seq: 1,
    }
}
