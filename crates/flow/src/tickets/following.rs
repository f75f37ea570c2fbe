//! What follows from ratings that are durable: a bad one opens a ticket, a changed one is told to the ticket
//! that it has.
//!
//! It is decided from the stored rating alone, after the citizen has the receipt. So a bad rating takes as
//! long as a good one, and a ticket that a crash has kept from being opened is opened later.

use super::{fold, new_event, refresh};
use crate::{FlowError, app::App, clock::day_of, directory::Directory, secrets};
use rules::{
    can::Role,
    date,
    level::Level,
    rating::Identity,
    ticket::{self, Recorded, TicketEvent},
};
use std::collections::BTreeSet;
use store::{Amended, Amendment, Deciding, Follows, NewTicket, RatingEvent, StoreError};

/// Numbers that a ticket is offered: one in a thousand is taken where there are a million tickets.
const NUMBERS: usize = 4;

/// Opens the tickets that are still to be opened, and tells those that are there of changed ratings.
///
/// # Errors
/// When the store does not answer; what is left is done the next time.
pub async fn follow(app: &App) -> Result<(), FlowError> {
    let decide = |version: &RatingEvent| decide(app, version);
    let amended = app.store().follow_ratings(deciding(&decide)).await?;
    refresh_all(app, amended).await;
    Ok(())
}

/// Closes a day with everything that follows from its ratings, and opens the next one.
///
/// # Errors
/// When the store does not answer, or another server has closed it.
pub(crate) async fn close_day(app: &App, day: &str, next: &str) -> Result<(), FlowError> {
    let decide = |version: &RatingEvent| decide(app, version);
    let now = app.clock().now();
    let closed = app.store().door_close(day, next, now, deciding(&decide));
    refresh_all(app, closed.await?).await;
    Ok(())
}

async fn refresh_all(app: &App, amended: Amended) {
    for (unit, rating) in amended {
        refresh(app, &unit, &rating).await;
    }
}

type Decide<'a> = &'a (dyn Fn(&RatingEvent) -> Result<Follows, StoreError> + Send + Sync);

fn deciding(decide: Decide<'_>) -> Deciding<'_> {
    let bad = Level::ALL.into_iter().filter(|level| level.is_bad());
    Deciding {
        bad_up_to: bad.map(|level| i64::from(level.get())).max().unwrap_or(0),
        decide,
    }
}

fn decide(app: &App, version: &RatingEvent) -> Result<Follows, StoreError> {
    let internal = |error: FlowError| StoreError::Internal(error.to_string());
    let stored = |_| StoreError::Corrupt("a rating's level or identity".into());
    let level = Level::try_from(version.level).map_err(stored)?;
    let identity: Identity = version
        .identity
        .parse()
        .map_err(|_| StoreError::Corrupt("a rating's level or identity".into()))?;
    let ticket = match level.is_bad() {
        true => Some(opening(app, version, level, identity).map_err(internal)?),
        false => None,
    };
    let amended = match version.seq {
        1 => None,
        _ => Some(amendment(version, level, identity).map_err(internal)?),
    };
    Ok(Follows { ticket, amended })
}

/// The ticket that a bad rating opens.
fn opening(
    app: &App,
    version: &RatingEvent,
    level: Level,
    identity: Identity,
) -> Result<NewTicket, FlowError> {
    let profile = app
        .profile(&version.profile, &version.profile_version)
        .ok_or_else(|| FlowError::Internal("a rating names an unknown profile".into()))?;
    let opened_on = day_of(version.accepted_at);
    let served_by = served_by(
        app.directory(),
        &version.win,
        &version.unit,
        version.staff.as_deref(),
    );
    let recorded = Recorded {
        seq: 1,
        on: opened_on,
        actor: "system".to_owned(),
        event: TicketEvent::Opened {
            level,
            identity,
            profile: profile.id.clone(),
            profile_version: profile.version.clone(),
            opened_on,
            served_by: Some(served_by.clone()),
        },
    };
    let folded = fold(
        "",
        version.staff.as_deref(),
        std::slice::from_ref(&recorded),
    )?;
    let numbers: Result<Vec<String>, _> = (0..NUMBERS).map(|_| secrets::ticket_number()).collect();
    Ok(NewTicket {
        ticket: app.new_id()?,
        numbers: numbers?,
        event: new_event(&recorded, version.accepted_at, None)?,
        state: folded.state.code().to_owned(),
        handler: None,
        rated_staff: version.staff.clone(),
        served_by: served_by.into_iter().collect(),
        opened_on: date::iso(opened_on),
        due: ticket::due(&folded, profile, &app.policies().calendar).map(date::iso),
    })
}

/// Who may have served: whoever sits at the window, and whom the event names. Where nobody is known to sit
/// there, it may have been any of the unit who sits at a window. The authority serves nobody, and is never
/// kept from what it supervises.
pub fn served_by(
    directory: &Directory,
    window: &str,
    unit: &str,
    named: Option<&str>,
) -> BTreeSet<String> {
    let at_the_window = |person: &&store::Staff| person.win.as_deref() == Some(window);
    let at_a_window = |person: &&store::Staff| person.unit == unit && person.win.is_some();
    let id = |person: &store::Staff| person.id.clone();
    let mut served: BTreeSet<String> = directory.staff().filter(at_the_window).map(id).collect();
    // A name that somebody gave proves nothing of who else it was.
    if served.is_empty() {
        served.extend(directory.staff().filter(at_a_window).map(id));
    }
    served.extend(named.map(str::to_owned));
    let serves = |id: &String| {
        let role = directory
            .person(id)
            .map(|person| person.role.parse::<Role>());
        role.is_none_or(|role| role.is_ok_and(Role::serves))
    };
    served.retain(serves);
    served
}

/// What a changed rating appends to the ticket that it has.
fn amendment(
    version: &RatingEvent,
    level: Level,
    identity: Identity,
) -> Result<Amendment, FlowError> {
    let appended = |event| {
        let recorded = Recorded {
            // The store knows which one it is.
            seq: 0,
            on: day_of(version.accepted_at),
            actor: "system".to_owned(),
            event,
        };
        new_event(&recorded, version.accepted_at, None)
    };
    Ok(Amendment {
        level: appended(TicketEvent::Amended { level })?,
        identity: appended(TicketEvent::Identified { identity })?,
    })
}
