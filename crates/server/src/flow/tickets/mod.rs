//! Tickets: folded from their events, worked by staff.

mod act;
mod page;
mod worklist;

pub use act::act;
pub(crate) use act::act_on_all;
pub(super) use page::dues;
pub use page::{reveal, view};
pub use worklist::worklist;

use super::{FlowError, rate, staff::SignedIn};
use crate::{
    app::App,
    clock::{Millis, day_of},
};
use rules::{
    can::{Action, Actor, Candidate, On, Reason, can},
    date,
    profile::Profile,
    rating::Draft,
    ticket::{self, Recorded, Ticket, TicketEvent},
};
use store::{Amendment, NewTicket, NewTicketEvent, TicketRow};

/// A ticket with its stream.
pub(in crate::flow) struct Loaded {
    pub(in crate::flow) row: TicketRow,
    pub(in crate::flow) events: Vec<store::TicketEvent>,
    pub(in crate::flow) recorded: Vec<Recorded>,
    pub(in crate::flow) ticket: Ticket,
}

/// The ticket that a bad rating opens.
pub(in crate::flow) fn opening(
    app: &App,
    profile: &Profile,
    draft: &Draft,
    rated_staff: Option<String>,
    now: Millis,
) -> Result<NewTicket, FlowError> {
    let opened_on = rate::opened_on(now);
    let event = TicketEvent::Opened {
        level: draft.level,
        identity: draft.identity,
        profile: profile.id.clone(),
        profile_version: profile.version.clone(),
        opened_on,
    };
    let recorded = Recorded {
        seq: 1,
        on: opened_on,
        actor: "system".to_owned(),
        event,
    };
    let folded = fold("", rated_staff.as_deref(), std::slice::from_ref(&recorded))?;
    Ok(NewTicket {
        ticket: app.new_id()?,
        number_prefix: format!("G{}-", date::iso(opened_on).replace('-', "")),
        event: new_event(&recorded, now, None)?,
        state: folded.state.code().to_owned(),
        handler: None,
        rated_staff,
        opened_on: date::iso(opened_on),
        due: ticket::due(&folded, profile, &app.policies().calendar).map(date::iso),
    })
}

/// What a changed rating appends to the ticket that it has.
pub(in crate::flow) fn amendment(draft: &Draft, now: Millis) -> Result<Amendment, FlowError> {
    let appended = |event| {
        let recorded = Recorded {
            // The store knows which one it is.
            seq: 0,
            on: day_of(now),
            actor: "system".to_owned(),
            event,
        };
        new_event(&recorded, now, None)
    };
    Ok(Amendment {
        level: appended(TicketEvent::Amended { level: draft.level })?,
        identity: appended(TicketEvent::Identified {
            identity: draft.identity,
        })?,
    })
}

/// Makes the row that lists show of a rating's ticket agree with its events, after a change of the
/// rating has appended to them. Nothing waits for it: what may be done is asked of the events.
pub(in crate::flow) async fn refresh(app: &App, unit: &str, rating: &[u8; 16]) {
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
pub(in crate::flow) async fn load(app: &App, row: TicketRow) -> Result<Loaded, FlowError> {
    let events = app.store().ticket_events(&row.unit, &row.ticket).await?;
    folded(row, events)
}

/// Folds a ticket whose stream is at hand.
pub(in crate::flow) fn folded(
    row: TicketRow,
    events: Vec<store::TicketEvent>,
) -> Result<Loaded, FlowError> {
    let recorded = events
        .iter()
        .map(recorded_of)
        .collect::<Result<Vec<_>, _>>()?;
    let ticket = fold(&row.unit, row.rated_staff.as_deref(), &recorded)?;
    Ok(Loaded {
        row,
        events,
        recorded,
        ticket,
    })
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

async fn find(app: &App, who: &SignedIn, number: &str) -> Result<Loaded, FlowError> {
    let row = app
        .store()
        .ticket_by_number(number)
        .await?
        .ok_or(FlowError::NotFound)?;
    let loaded = load(app, row).await?;
    // Whether another unit has a ticket of this number is nobody else's business. Nor is it the
    // rated person's: "there is one, and it is not for you" tells what the last citizen pressed.
    match can(&who.actor, On::Ticket(&loaded.ticket), Action::ViewTicket) {
        Ok(()) => Ok(loaded),
        Err(Reason::OtherUnit | Reason::RatedPersonMayNot) => Err(FlowError::NotFound),
        Err(reason) => Err(reason.into()),
    }
}

fn profile_of<'a>(app: &'a App, ticket: &Ticket) -> Result<&'a Profile, FlowError> {
    app.profile(&ticket.profile, &ticket.profile_version)
        .ok_or_else(|| FlowError::Internal("a ticket names an unknown profile".into()))
}

/// What was written for an event, unless it has been deleted.
pub(in crate::flow) async fn written(
    app: &App,
    id: Option<[u8; 16]>,
) -> Result<Option<String>, FlowError> {
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
    app.directory().place(&row.win, item)
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

fn candidate(person: &store::Staff) -> Option<Candidate<'_>> {
    Some(Candidate {
        id: &person.id,
        role: person.role.parse().ok()?,
        unit: &person.unit,
    })
}

/// The row that a list shows, from the fold.
pub fn projection(app: &App, row: &TicketRow, ticket: &Ticket) -> Result<TicketRow, FlowError> {
    let profile = profile_of(app, ticket)?;
    Ok(TicketRow {
        state: ticket.state.code().to_owned(),
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
                app.store().put_ticket_projection(fresh).await?;
            }
        }
    }
}
