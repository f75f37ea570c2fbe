//! A ticket's page: what happened, what is due and why, and who may do what.

use super::{Loaded, find, may_give, person_name, place, profile_of, written};
use crate::{
    FlowError,
    app::App,
    staff::{
        SignedIn,
        audit::{Kind, audit},
    },
};
use contract::ticket::{ActionView, Contact, DueView, StaffChoice, TicketView, TimelineEntry};
use rules::{
    can::{Action, Actor, On, can},
    date,
    ticket::{self, Ticket, TicketEvent},
};

/// A ticket's page.
///
/// # Errors
/// `NotFound` (also for tickets of other units), `Forbidden` for the rated person.
pub async fn view(app: &App, who: &SignedIn, number: &str) -> Result<TicketView, FlowError> {
    let loaded = find(app, who, number).await?;
    page(app, who, &loaded).await
}

pub(super) async fn page(
    app: &App,
    who: &SignedIn,
    loaded: &Loaded,
) -> Result<TicketView, FlowError> {
    let Loaded { row, ticket, .. } = loaded;
    let versions = app.store().rating_events(&row.unit, &row.rating).await?;
    let rating = versions.last().ok_or(FlowError::NotFound)?;
    let offered = Action::WORK.into_iter().chain([Action::RevealContact]);
    let actions = offered.map(|action| ActionView {
        action,
        reason: can(&who.actor, On::Ticket(ticket), action).err(),
    });
    Ok(TicketView {
        number: row.number.clone(),
        seq: ticket.last_seq,
        state: super::shown_state(ticket),
        level: ticket.level,
        labels: profile_of(app, ticket)?.label_set(),
        scopes: serde_json::from_str(&rating.scopes).unwrap_or_default(),
        tags: serde_json::from_str(&rating.tags).unwrap_or_default(),
        text: written(app, rating.private_text).await?,
        identity: ticket.identity,
        place: place(app, row),
        opened_on: row.opened_on.clone(),
        handler: ticket.handler.as_deref().map(|id| choice(app, ticket, id)),
        choices: choices(app, &who.actor, ticket),
        dues: dues(app, ticket)?,
        actions: actions.collect(),
        timeline: timeline(app, loaded).await?,
    })
}

fn choice(app: &App, ticket: &Ticket, id: &str) -> StaffChoice {
    let elsewhere = app
        .directory()
        .person(id)
        .filter(|person| person.unit != ticket.unit);
    StaffChoice {
        id: id.to_owned(),
        name: person_name(app, id),
        unit: elsewhere.map(|person| app.directory().unit_name(&person.unit)),
    }
}

/// Those to whom the actor may give a ticket: of its unit, or of any where that has nobody.
fn choices(app: &App, actor: &Actor, ticket: &Ticket) -> Vec<StaffChoice> {
    app.directory()
        .staff()
        .filter(|person| may_give(app, actor, ticket, person).is_ok())
        .map(|person| choice(app, ticket, &person.id))
        .collect()
}

async fn timeline(app: &App, loaded: &Loaded) -> Result<Vec<TimelineEntry>, FlowError> {
    let mut entries = Vec::with_capacity(loaded.recorded.len());
    for (recorded, event) in loaded.recorded.iter().zip(&loaded.events) {
        let outcome = match &recorded.event {
            TicketEvent::Assigned { handler } => Some(person_name(app, handler)),
            TicketEvent::Amended { level } => Some(level.get().to_string()),
            TicketEvent::Identified { identity } => Some(identity.code().to_owned()),
            event => event.talk().map(str::to_owned),
        };
        entries.push(TimelineEntry {
            seq: recorded.seq,
            on: date::iso(recorded.on),
            kind: recorded.event.kind().to_owned(),
            outcome,
            actor: Some(&recorded.actor)
                .filter(|actor| *actor != "system")
                .map(|id| person_name(app, id)),
            text: written(app, event.private).await?,
        });
    }
    Ok(entries)
}

/// The clocks of a ticket with their explanations.
pub(crate) fn dues(app: &App, ticket: &Ticket) -> Result<Vec<DueView>, FlowError> {
    let profile = profile_of(app, ticket)?;
    let clocks = ticket::clocks(ticket, profile, &app.policies().calendar);
    let today = app.clock().today();
    Ok(clocks
        .into_iter()
        .map(|state| DueView {
            clock: state.clock,
            due: state.due.as_ref().map(|due| date::iso(due.due)),
            reason_none: state.reason_none,
            overdue: state.is_overdue(ticket, today),
            provisional: state.due.as_ref().is_some_and(|due| due.provisional),
            done_on: state.done_on.map(date::iso),
            done_as: state.done_as,
            steps: state.due.map(|due| due.steps).unwrap_or_default(),
            basis: profile.clock(state.clock).basis.clone(),
            profile: format!("{}@{}", profile.id, profile.version),
        })
        .collect())
}

/// Shows the contact data of a ticket to its handler. That they were looked at is written down before.
///
/// # Errors
/// `Forbidden` with the reason.
pub async fn reveal(
    app: &App,
    who: &SignedIn,
    number: &str,
    network: &str,
) -> Result<Contact, FlowError> {
    let loaded = find(app, who, number).await?;
    can(
        &who.actor,
        On::Ticket(&loaded.ticket),
        Action::RevealContact,
    )?;
    let versions = app
        .store()
        .rating_events(&loaded.row.unit, &loaded.row.rating)
        .await?;
    let rating = versions.last().ok_or(FlowError::NotFound)?;
    let of = Some((loaded.row.unit.as_str(), &loaded.row.ticket));
    audit(app, Kind::Revealed, Some(&who.id), network, of).await?;
    let text = written(app, rating.private_contact).await?;
    tracing::info!(staff = %who.id, ticket = %number, "contact data revealed");
    let value: serde_json::Value = text
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    let part = |name: &str| {
        value
            .get(name)
            .and_then(|part| part.as_str())
            .map(str::to_owned)
    };
    Ok(Contact {
        name: part("name"),
        phone: part("phone"),
    })
}
