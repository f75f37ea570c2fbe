//! Tickets: folded from their events, worked by staff.

use super::{FlowError, events::violation, rate, staff::SignedIn};
use crate::{
    app::App,
    clock::{Millis, day_of},
};
use contract::ticket::{
    ActionView, Contact, DueView, StaffChoice, TicketAct, TicketRow as RowView, TicketView,
    TimelineEntry, Worklist,
};
use rules::{
    can::{Action, Actor, Candidate, On, Reason, can},
    date::{self, Date},
    level::{LabelSet, Level},
    profile::Profile,
    rating::{Draft, Violation},
    ticket::{self, Recorded, State, Ticket, TicketEvent},
};
use store::{
    NewTicket, NewTicketEvent, TicketAppend, TicketRow, WorklistFilter, WorklistKey, WorklistScope,
};

/// Rows on one page of the worklist.
const PAGE: i64 = 50;
/// The longest text of a handler, in characters.
const TEXT_MAX: usize = 2_000;
/// The actions that a ticket's page offers.
const OFFERED: [Action; 8] = [
    Action::Assign,
    Action::Contact,
    Action::Rectify,
    Action::Explain,
    Action::Answer,
    Action::Revisit,
    Action::Close,
    Action::RevealContact,
];

/// A ticket with its stream.
pub(super) struct Loaded {
    pub(super) row: TicketRow,
    pub(super) events: Vec<store::TicketEvent>,
    pub(super) recorded: Vec<Recorded>,
    pub(super) ticket: Ticket,
}

/// The ticket that a bad rating opens.
pub(super) fn opening(
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
pub(super) async fn load(app: &App, row: TicketRow) -> Result<Loaded, FlowError> {
    let events = app.store().ticket_events(&row.unit, &row.ticket).await?;
    folded(row, events)
}

/// Folds a ticket whose stream is at hand.
pub(super) fn folded(row: TicketRow, events: Vec<store::TicketEvent>) -> Result<Loaded, FlowError> {
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
    // Whether another unit has a ticket of this number is nobody else's business.
    match can(&who.actor, On::Ticket(&loaded.ticket), Action::ViewTicket) {
        Ok(()) => Ok(loaded),
        Err(Reason::OtherUnit) => Err(FlowError::NotFound),
        Err(reason) => Err(reason.into()),
    }
}

fn profile_of<'a>(app: &'a App, ticket: &Ticket) -> Result<&'a Profile, FlowError> {
    app.profile(&ticket.profile, &ticket.profile_version)
        .ok_or_else(|| FlowError::Internal("a ticket names an unknown profile".into()))
}

/// The clocks of a ticket with their explanations.
pub(super) fn dues(app: &App, ticket: &Ticket) -> Result<Vec<DueView>, FlowError> {
    let profile = profile_of(app, ticket)?;
    let clocks = ticket::clocks(ticket, profile, &app.policies().calendar);
    Ok(clocks
        .into_iter()
        .map(|state| DueView {
            clock: state.clock,
            due: state.due.as_ref().map(|due| date::iso(due.due)),
            provisional: state.due.as_ref().is_some_and(|due| due.provisional),
            done_on: state.done_on.map(date::iso),
            steps: state.due.map(|due| due.steps).unwrap_or_default(),
            basis: profile.clock(state.clock).basis.clone(),
            profile: format!("{}@{}", profile.id, profile.version),
        })
        .collect())
}

/// What was written for an event, unless it has been deleted.
pub(super) async fn written(app: &App, id: Option<[u8; 16]>) -> Result<Option<String>, FlowError> {
    let Some(id) = id else { return Ok(None) };
    let Some(row) = app.store().private_get(&id).await? else {
        return Ok(None);
    };
    let bytes = app
        .secrets()
        .open_sealed(&row.id, &row.kind, &row.ciphertext)?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// A page of the worklist, by due date.
///
/// # Errors
/// `Forbidden`, or `Malformed` for an unknown state or a place that is none.
pub async fn worklist(
    app: &App,
    who: &SignedIn,
    state: Option<&str>,
    mine: bool,
    after: Option<&str>,
) -> Result<Worklist, FlowError> {
    let unit = (who.unit != "*").then(|| who.unit.clone());
    let on = unit.as_deref().map_or(On::Nothing, On::Unit);
    can(&who.actor, on, Action::ListTickets)?;
    let states = match state.filter(|state| !state.is_empty()) {
        Some(state) => vec![
            state
                .parse::<State>()
                .map_err(|_| FlowError::Malformed("state"))?,
        ],
        None => State::ALL
            .iter()
            .copied()
            .filter(|state| *state != State::Closed)
            .collect(),
    };
    let after = after
        .filter(|after| !after.is_empty())
        .map(place_in_list)
        .transpose()?;
    let scope = match unit {
        _ if mine => WorklistScope::Handler(who.id.clone()),
        Some(unit) => WorklistScope::Unit {
            unit,
            given_to: who.id.clone(),
        },
        None => WorklistScope::All,
    };
    let filter = WorklistFilter {
        scope,
        states: states.iter().map(|state| state.code().to_owned()).collect(),
        // The rated person sees ratings in released figures only.
        not_about: Some(who.id.clone()),
        after,
        limit: PAGE,
    };
    let rows = app.store().worklist(&filter).await?;
    let next = match rows.last() {
        Some(last) if rows.len() as i64 == PAGE => Some(format!(
            "{}~{}",
            last.due.as_deref().unwrap_or(""),
            last.number
        )),
        _ => None,
    };
    let today = app.clock().today();
    let rows = rows
        .iter()
        .map(|row| row_view(app, row, today))
        .collect::<Result<_, _>>()?;
    Ok(Worklist {
        today: date::iso(today),
        labels: labels(app),
        rows,
        next,
    })
}

fn place_in_list(text: &str) -> Result<WorklistKey, FlowError> {
    let (due, number) = text.split_once('~').ok_or(FlowError::Malformed("after"))?;
    Ok(WorklistKey {
        due: Some(due.to_owned()).filter(|due| !due.is_empty()),
        number: number.to_owned(),
    })
}

fn labels(app: &App) -> LabelSet {
    app.profile_on(app.clock().today())
        .map_or(LabelSet::Satisfaction, Profile::label_set)
}

fn row_view(app: &App, row: &TicketRow, today: Date) -> Result<RowView, FlowError> {
    let due = row.due.as_deref().and_then(date::parse_iso);
    Ok(RowView {
        number: row.number.clone(),
        state: row
            .state
            .parse()
            .map_err(|_| FlowError::Internal("a stored state".into()))?,
        level: Level::try_from(row.level)
            .map_err(|_| FlowError::Internal("a stored level".into()))?,
        place: place(app, row),
        opened_on: row.opened_on.clone(),
        due: row.due.clone(),
        days_left: due.map(|due| working_days(app, today, due)),
        handler: row.handler.as_deref().map(|id| person_name(app, id)),
    })
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

/// Working days from a day to another, negative when it has passed.
fn working_days(app: &App, from: Date, to: Date) -> i64 {
    let calendar = &app.policies().calendar;
    let (start, end, sign) = if from <= to {
        (from, to, 1)
    } else {
        (to, from, -1)
    };
    let mut day = start;
    let mut count = 0;
    while let Some(next) = day.next_day().filter(|next| *next <= end) {
        day = next;
        if calendar.day(day).kind.is_working() {
            count += 1;
        }
    }
    sign * count
}

/// A ticket's page.
///
/// # Errors
/// `NotFound` (also for tickets of other units), `Forbidden` for the rated person.
pub async fn view(app: &App, who: &SignedIn, number: &str) -> Result<TicketView, FlowError> {
    let loaded = find(app, who, number).await?;
    page(app, who, &loaded).await
}

async fn page(app: &App, who: &SignedIn, loaded: &Loaded) -> Result<TicketView, FlowError> {
    let Loaded { row, ticket, .. } = loaded;
    let versions = app.store().rating_events(&row.unit, &row.rating).await?;
    let rating = versions.last().ok_or(FlowError::NotFound)?;
    let actions = OFFERED.map(|action| ActionView {
        action,
        reason: can(&who.actor, On::Ticket(ticket), action).err(),
    });
    Ok(TicketView {
        number: row.number.clone(),
        seq: ticket.last_seq,
        state: ticket.state,
        level: ticket.level,
        labels: profile_of(app, ticket)?.label_set(),
        tags: serde_json::from_str(&rating.tags).unwrap_or_default(),
        text: written(app, rating.private_text).await?,
        identity: ticket.identity,
        place: place(app, row),
        opened_on: row.opened_on.clone(),
        handler: ticket.handler.as_deref().map(|id| choice(app, ticket, id)),
        choices: choices(app, &who.actor, ticket),
        dues: dues(app, ticket)?,
        actions: actions.to_vec(),
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

async fn timeline(app: &App, loaded: &Loaded) -> Result<Vec<TimelineEntry>, FlowError> {
    let mut entries = Vec::with_capacity(loaded.recorded.len());
    for (recorded, event) in loaded.recorded.iter().zip(&loaded.events) {
        let outcome = match &recorded.event {
            TicketEvent::Contacted { outcome } => Some(outcome.code().to_owned()),
            TicketEvent::Revisited { outcome } => Some(outcome.code().to_owned()),
            TicketEvent::Assigned { handler } => Some(person_name(app, handler)),
            _ => None,
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

/// Does something with a ticket.
///
/// # Errors
/// `Forbidden` with the reason, `Conflict` when somebody acted in the meantime, `Invalid`.
pub async fn act(
    app: &App,
    who: &SignedIn,
    number: &str,
    act: &TicketAct,
) -> Result<TicketView, FlowError> {
    let append = prepare(app, who, number, act).await?;
    app.store().append_ticket("staff", append).await?;
    let row = app
        .store()
        .ticket_by_number(number)
        .await?
        .ok_or(FlowError::NotFound)?;
    page(app, who, &load(app, row).await?).await
}

/// Does something with each of several tickets, in one transaction: what a demo's staff do in an
/// evening.
///
/// # Errors
/// See `act`; nothing is stored then.
pub(crate) async fn act_on_all(
    app: &App,
    acts: Vec<(SignedIn, String, TicketAct)>,
) -> Result<(), FlowError> {
    let mut preparing = tokio::task::JoinSet::new();
    for (who, number, act) in acts {
        let app = app.clone();
        preparing.spawn(async move { prepare(&app, &who, &number, &act).await });
    }
    let mut appends = Vec::with_capacity(preparing.len());
    while let Some(prepared) = preparing.join_next().await {
        appends.push(prepared.map_err(|error| FlowError::Internal(error.to_string()))??);
    }
    Ok(app.store().append_tickets("staff", appends).await?)
}

/// Checks an act and makes what is to be appended.
async fn prepare(
    app: &App,
    who: &SignedIn,
    number: &str,
    act: &TicketAct,
) -> Result<TicketAppend, FlowError> {
    let loaded = find(app, who, number).await?;
    if act.seq != loaded.ticket.last_seq {
        return Err(FlowError::Conflict);
    }
    can(&who.actor, On::Ticket(&loaded.ticket), act.action)?;
    let (event, text) =
        event_of(app, &who.actor, &loaded.ticket, act).map_err(FlowError::Invalid)?;
    let now = app.clock().now();
    let recorded = Recorded {
        seq: act.seq + 1,
        on: day_of(now),
        actor: who.id.clone(),
        event,
    };
    let mut all = loaded.recorded.clone();
    all.push(recorded.clone());
    let after = fold(&loaded.row.unit, loaded.row.rated_staff.as_deref(), &all)?;
    let mut private = Vec::new();
    if let Some(text) = text {
        rate::hide(
            app,
            recorded.event.kind(),
            text.as_bytes(),
            now,
            &mut private,
        )?;
    }
    Ok(TicketAppend {
        expected_seq: act.seq,
        event: new_event(&recorded, now, private.pop())?,
        projection: projection(app, &loaded.row, &after)?,
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

type Written = (TicketEvent, Option<String>);

fn event_of(
    app: &App,
    actor: &Actor,
    ticket: &Ticket,
    act: &TicketAct,
) -> Result<Written, Vec<Violation>> {
    let one = |field: &str, code: &str| vec![violation(field, code, &[])];
    match act.action {
        Action::Assign => {
            let handler = act
                .handler
                .clone()
                .ok_or_else(|| one("handler", "handler.missing"))?;
            let person = app
                .directory()
                .person(&handler)
                .ok_or_else(|| one("handler", "handler.unknown"))?;
            match may_give(app, actor, ticket, person) {
                Ok(()) => Ok((TicketEvent::Assigned { handler }, None)),
                Err(reason @ (Reason::UnitHasOwnStaff | Reason::AuthorityDecides)) => {
                    Err(one("handler", &format!("handler.{}", reason.code())))
                }
                Err(_) => Err(one("handler", "handler.unknown")),
            }
        }
        Action::Contact => {
            let outcome = act
                .contact
                .ok_or_else(|| one("contact", "outcome.missing"))?;
            Ok((TicketEvent::Contacted { outcome }, None))
        }
        Action::Revisit => {
            let outcome = act
                .revisit
                .ok_or_else(|| one("revisit", "outcome.missing"))?;
            Ok((TicketEvent::Revisited { outcome }, None))
        }
        Action::Rectify => text(act).map(|text| (TicketEvent::Rectified, Some(text))),
        Action::Explain => text(act).map(|text| (TicketEvent::Explained, Some(text))),
        Action::Answer => text(act).map(|text| (TicketEvent::Answered, Some(text))),
        Action::Close => Ok((TicketEvent::Closed, None)),
        _ => Err(one("action", "action.not_here")),
    }
}

fn text(act: &TicketAct) -> Result<String, Vec<Violation>> {
    let text = act.text.replace("\r\n", "\n").trim().to_owned();
    let length = text.chars().count();
    let control = text
        .chars()
        .any(|c| c.is_control() && c != '\n' && c != '\t');
    let violations: Vec<Violation> = [
        (length == 0).then(|| violation("text", "text.missing", &[])),
        (length > TEXT_MAX).then(|| {
            let params = [
                ("max", TEXT_MAX.to_string()),
                ("length", length.to_string()),
            ];
            violation("text", "text.too_long", &params)
        }),
        control.then(|| violation("text", "text.control_character", &[])),
    ]
    .into_iter()
    .flatten()
    .collect();
    if violations.is_empty() {
        Ok(text)
    } else {
        Err(violations)
    }
}

/// Shows the contact data of a ticket to its handler. The reading is written to the log.
///
/// # Errors
/// `Forbidden` with the reason.
pub async fn reveal(app: &App, who: &SignedIn, number: &str) -> Result<Contact, FlowError> {
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
