//! Tickets: folded from their events, worked by staff.

mod act;
mod following;
mod page;
mod worklist;

pub use act::act;
pub use act::act_on_all;
pub(crate) use following::close_day;
pub use following::follow;
pub use following::served_by;
pub(super) use page::dues;
pub use page::{reveal, view};
pub use worklist::worklist;

use super::{FlowError, staff::SignedIn};
use crate::{
    app::App,
    clock::{Millis, day_of},
};
use rules::{
    can::{Action, Actor, Candidate, On, Reason, Sight, can},
    date,
    profile::Profile,
    ticket::{self, Recorded, State, Ticket, TicketEvent},
};
use std::collections::BTreeSet;
use store::{NewTicketEvent, TicketRow, TicketSight};

/// A ticket with its stream.
pub(crate) struct Loaded {
    pub(crate) row: TicketRow,
    pub(crate) events: Vec<store::TicketEvent>,
    pub(crate) recorded: Vec<Recorded>,
    pub(crate) ticket: Ticket,
}

/// Makes the row that lists show of a rating's ticket agree with its events, after a change of the
/// rating has appended to them. Nothing waits for it: what may be done is asked of the events.
async fn refresh(app: &App, unit: &str, rating: &[u8; 16]) {
    let fresh = async {
        let Some(row) = app.store().ticket_of_rating(unit, rating).await? else {
            return Ok(());
        };
        let loaded = load(app, row).await?;
        let fresh = projection(app, &loaded.row, &loaded.ticket)?;
        if fresh != loaded.row {
            app.store().refresh_ticket_projection(fresh).await?;
        }
        Ok::<_, FlowError>(())
    };
    if let Err(error) = fresh.await {
        tracing::warn!(%error, "the row of a ticket was not refreshed");
    }
}

fn new_event(
    recorded: &Recorded,
    at: Millis,
    private: Option<store::Private>,
) -> Result<NewTicketEvent, FlowError> {
    Ok(NewTicketEvent {
        kind: recorded.event.kind().to_owned(),
        body: serde_json::to_string(&recorded.event)
            .map_err(|error| FlowError::Internal(error.to_string()))?,
        actor: recorded.actor.clone(),
        at,
        private,
    })
}

fn fold(unit: &str, rated_staff: Option<&str>, recorded: &[Recorded]) -> Result<Ticket, FlowError> {
    ticket::fold(unit, rated_staff, recorded)
        .map_err(|error| FlowError::Internal(error.to_string()))
}

/// Reads and folds a ticket.
pub(crate) async fn load(app: &App, row: TicketRow) -> Result<Loaded, FlowError> {
    let events = app.store().ticket_events(&row.unit, &row.ticket).await?;
    folded(app, row, events)
}

/// Folds a ticket whose stream is at hand.
pub(crate) fn folded(
    app: &App,
    row: TicketRow,
    events: Vec<store::TicketEvent>,
) -> Result<Loaded, FlowError> {
    let recorded = events
        .iter()
        .map(recorded_of)
        .collect::<Result<Vec<_>, _>>()?;
    let mut ticket = fold(&row.unit, row.rated_staff.as_deref(), &recorded)?;
    if let Some(served_by) = not_noted(app, &row, &recorded) {
        ticket.served_by = served_by;
    }
    ticket.handler_left = has_left(app, ticket.handler.as_deref());
    Ok(Loaded {
        row,
        events,
        recorded,
        ticket,
    })
}

/// Is whoever was named no longer there?
fn has_left(app: &App, handler: Option<&str>) -> bool {
    let there = |id| {
        let person = app.directory().person(id);
        person.is_some_and(|person| person.left_on.is_none())
    };
    handler.is_some_and(|id| !there(id))
}

/// Who served there, where the ticket is older than the rule that notes it: as far as is known now.
fn not_noted(app: &App, row: &TicketRow, recorded: &[Recorded]) -> Option<BTreeSet<String>> {
    match recorded.first().map(|first| &first.event) {
        Some(TicketEvent::Opened {
            served_by: None, ..
        }) => {
            let rated = row.rated_staff.as_deref();
            let served = following::served_by(app.directory(), &row.win, &row.unit, rated);
            Some(served)
        }
        _ => None,
    }
}

fn recorded_of(event: &store::TicketEvent) -> Result<Recorded, FlowError> {
    Ok(Recorded {
        seq: event.seq,
        on: day_of(event.at),
        actor: event.actor.clone(),
        event: serde_json::from_str(&event.body)
            .map_err(|error| FlowError::Internal(error.to_string()))?,
    })
}

/// The ticket of a number, for somebody who may see it. Of a ticket that is hidden from them nothing is
/// read but what is read of a number that has none.
async fn find(app: &App, who: &SignedIn, number: &str) -> Result<Loaded, FlowError> {
    let seen = app.store().ticket_sight(number, &who.id).await?;
    let released = app.store().last_released_day().await?;
    let sight = sight(who, &seen, released.as_deref());
    // Whether there is a ticket of this number is nobody else's business, least of all of those at the
    // windows: "there is one, and it is not for you" tells what the last citizen pressed. So no reason is given.
    can(&who.actor, On::Sight(&sight), Action::ViewTicket).map_err(|_| FlowError::NotFound)?;
    let (Some(unit), Some(ticket)) = (seen.unit, seen.ticket) else {
        return Err(FlowError::NotFound);
    };
    let row = app.store().ticket(&unit, &ticket).await?;
    load(app, row.ok_or(FlowError::NotFound)?).await
}

fn sight<'a>(who: &SignedIn, seen: &'a TicketSight, released: Option<&str>) -> Sight<'a> {
    let is_released =
        |day: &Option<String>| day.as_deref().is_some_and(|day| Some(day) <= released);
    Sight {
        unit: seen.unit.as_deref(),
        is_handler: seen.handler.as_ref() == Some(&who.id),
        is_about: seen.served != 0,
        opening_released: is_released(&seen.opened_on),
        news_released: is_released(&seen.news_on),
    }
}

fn profile_of<'a>(app: &'a App, ticket: &Ticket) -> Result<&'a Profile, FlowError> {
    app.profile(&ticket.profile, &ticket.profile_version)
        .ok_or_else(|| FlowError::Internal("a ticket names an unknown profile".into()))
}

/// What was written for an event, unless it has been deleted.
pub(crate) async fn written(app: &App, id: Option<[u8; 16]>) -> Result<Option<String>, FlowError> {
    let Some(id) = id else { return Ok(None) };
    let Some(row) = app.store().private_get(&id).await? else {
        return Ok(None);
    };
    let bytes = app
        .secrets()
        .open_sealed(&row.id, &row.kind, &row.ciphertext)?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

fn place(app: &App, row: &TicketRow) -> contract::place::Place {
    let item = Some(row.item.as_str()).filter(|item| !item.is_empty());
    app.directory()
        .place_at(&row.win, item, made_at(&row.ticket))
}

/// When an id was made, which is when its ticket was opened: the first six bytes are that instant.
fn made_at(id: &[u8; 16]) -> Millis {
    let millis = id[..6]
        .iter()
        .fold(0_u64, |millis, byte| millis << 8 | u64::from(*byte));
    i64::try_from(millis).unwrap_or(i64::MAX)
}

fn person_name(app: &App, id: &str) -> String {
    app.directory()
        .person(id)
        .map_or_else(|| id.to_owned(), |person| person.name.clone())
}

fn may_give(app: &App, actor: &Actor, ticket: &Ticket, to: &store::Staff) -> Result<(), Reason> {
    let to = candidate(to).ok_or(Reason::RoleMayNot)?;
    let mut own = app.directory().staff_of(&ticket.unit).filter_map(candidate);
    let on = On::Giving {
        ticket,
        to,
        unit_has_own: own.any(|one| one.is_own(ticket)),
    };
    can(actor, on, Action::Assign)
}

/// Nobody who has left is given anything.
fn candidate(person: &store::Staff) -> Option<Candidate<'_>> {
    if person.left_on.is_some() {
        return None;
    }
    Some(Candidate {
        id: &person.id,
        role: person.role.parse().ok()?,
        unit: &person.unit,
    })
}

/// The state in which a list shows a ticket: where the handler is no longer there, somebody has to be named
/// before anything else.
fn shown_state(ticket: &Ticket) -> State {
    match (ticket.handler_left, ticket.state) {
        (_, State::Closed) => State::Closed,
        (true, _) => State::ToAssign,
        (false, state) => state,
    }
}

/// The row that a list shows, from the fold.
pub fn projection(app: &App, row: &TicketRow, ticket: &Ticket) -> Result<TicketRow, FlowError> {
    let profile = profile_of(app, ticket)?;
    Ok(TicketRow {
        state: shown_state(ticket).code().to_owned(),
        level: i64::from(ticket.level.get()),
        identity: ticket.identity.code().to_owned(),
        handler: ticket.handler.clone(),
        due: ticket::due(ticket, profile, &app.policies().calendar).map(date::iso),
        closed_on: ticket.closed_on.map(date::iso),
        last_seq: ticket.last_seq,
        ..row.clone()
    })
}

/// Rebuilds every row of the worklist from the events; gives how many differed.
///
/// # Errors
/// When the store does not answer, or a stream does not fold.
pub async fn rebuild(app: &App) -> Result<u64, FlowError> {
    let mut after: Option<(String, [u8; 16])> = None;
    let mut differed = 0;
    loop {
        let from = after.as_ref().map(|(unit, id)| (unit.as_str(), id));
        let rows = app.store().list_tickets(from, 200).await?;
        let Some(last) = rows.last() else {
            return Ok(differed);
        };
        after = Some((last.unit.clone(), last.ticket));
        for row in rows {
            let loaded = load(app, row.clone()).await?;
            let fresh = projection(app, &row, &loaded.ticket)?;
            if fresh != row {
                differed += 1;
                let served: Vec<String> = loaded.ticket.served_by.iter().cloned().collect();
                app.store().put_ticket_projection(fresh, &served).await?;
            }
        }
    }
}
