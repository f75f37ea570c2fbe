//! Service events: pushed by a connector before they can be rated (`domain.md` 4.3.2).

use super::FlowError;
use crate::{
    app::App,
    secrets::{self, Purpose},
};
use contract::staff::{EventAccepted, EventCreate, EventsAccepted};
use rules::{
    can::{Action, Actor, On, Role, can},
    date,
    rating::Violation,
};
use store::{NewServiceEvent, PushOutcome};

/// As many events as one request may carry.
pub const EVENTS_MAX: usize = 500;

/// Stores service events; each gets the code of its rating link. Pushing the same again is safe.
///
/// # Errors
/// `RowsForbidden` with every window of another unit, `Invalid` with every violation, `RowsConflict` with
/// every number that stands for another event already. Nothing is stored then: what is sent together is
/// taken together.
pub async fn push(
    app: &App,
    actor: &Actor,
    events: &[EventCreate],
) -> Result<EventsAccepted, FlowError> {
    if events.is_empty() || events.len() > EVENTS_MAX {
        return Err(FlowError::Invalid(vec![
            Violation::new("/events", "events.count").with("max", EVENTS_MAX),
        ]));
    }
    refuse_others(app, actor, events)?;
    let mut violations = Vec::new();
    let mut rows = Vec::with_capacity(events.len());
    for (at, event) in events.iter().enumerate() {
        match row(app, at, event)? {
            Ok(row) => rows.push(row),
            Err(more) => violations.extend(more),
        }
    }
    if !violations.is_empty() {
        return Err(FlowError::Invalid(violations));
    }
    let outcomes = app.store().push_events(&rows).await?;
    refuse_rows(&outcomes)?;
    let accepted = events
        .iter()
        .zip(&rows)
        .zip(outcomes)
        .map(|((event, row), outcome)| EventAccepted {
            project_no: event.project_no.clone(),
            service_no: event.service_no,
            code: link_code(app, &row.unit, &event.project_no, event.service_no),
            known: outcome == PushOutcome::SameAgain,
        });
    Ok(EventsAccepted {
        events: accepted.collect(),
    })
}

/// A connector speaks for its own unit only; every row that does not is named.
fn refuse_others(app: &App, actor: &Actor, events: &[EventCreate]) -> Result<(), FlowError> {
    let mut refused = None;
    let mut rows = Vec::new();
    for (at, event) in events.iter().enumerate() {
        let Some(window) = app.directory().window(&event.window) else {
            continue;
        };
        if let Err(reason) = can(actor, On::Unit(&window.unit), Action::PushEvents) {
            refused.get_or_insert(reason);
            rows.push(Violation::new(&field(at, "window"), "window.other_unit"));
        }
    }
    match refused {
        Some(reason) => Err(FlowError::RowsForbidden(reason, rows)),
        None => Ok(()),
    }
}

/// Names the rows that the store did not take.
fn refuse_rows(outcomes: &[PushOutcome]) -> Result<(), FlowError> {
    let (mut conflicts, mut refused) = (Vec::new(), Vec::new());
    for (at, outcome) in outcomes.iter().enumerate() {
        match outcome {
            PushOutcome::Accepted | PushOutcome::SameAgain => {}
            PushOutcome::Different => {
                conflicts.push(Violation::new(&field(at, "project_no"), "event.different"));
            }
            PushOutcome::Refused(_) => {
                refused.push(Violation::new(&format!("/events/{at}"), "event.refused"));
            }
        }
    }
    if !refused.is_empty() {
        return Err(FlowError::Invalid(refused));
    }
    match conflicts.is_empty() {
        true => Ok(()),
        false => Err(FlowError::RowsConflict(conflicts)),
    }
}

fn field(at: usize, name: &str) -> String {
    format!("/events/{at}/{name}")
}

/// May this person be named as the one who served? Only somebody of the unit with a role that serves: a
/// business system that names the authority, or somebody of another unit, would keep them from the ticket
/// and leave it to whoever did serve.
fn may_have_served(person: &store::Staff, unit: &str) -> bool {
    let serves = person.role.parse::<Role>().is_ok_and(Role::serves);
    serves && person.unit == unit
}

/// The code of an event's rating link: the same every time.
pub fn link_code(app: &App, unit: &str, project_no: &str, service_no: i64) -> String {
    let id = secrets::digest(&[
        unit.as_bytes(),
        project_no.as_bytes(),
        &service_no.to_be_bytes(),
    ]);
    app.secrets().code(Purpose::Service, &id)
}

fn row(
    app: &App,
    at: usize,
    event: &EventCreate,
) -> Result<Result<NewServiceEvent, Vec<Violation>>, FlowError> {
    let directory = app.directory();
    let window = directory.window(&event.window);
    let item = directory.item(&event.item);
    let named = event.staff.as_ref().map(|id| directory.person(id));
    let stranger =
        |person: &store::Staff| window.is_some_and(|window| !may_have_served(person, &window.unit));
    let served = date::parse_iso(&event.served_on);
    let plain = |text: &str| {
        (1..=64).contains(&text.chars().count())
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    let here = |name: &str| field(at, name);
    let violations: Vec<Violation> = [
        (!plain(&event.project_no))
            .then(|| Violation::new(&here("project_no"), "project_no.malformed")),
        (event.service_no < 1)
            .then(|| Violation::new(&here("service_no"), "service_no.out_of_range")),
        window
            .is_none()
            .then(|| Violation::new(&here("window"), "window.unknown")),
        item.is_none()
            .then(|| Violation::new(&here("item"), "item.unknown")),
        (named == Some(None)).then(|| Violation::new(&here("staff"), "staff.unknown")),
        named
            .flatten()
            .is_some_and(stranger)
            .then(|| Violation::new(&here("staff"), "staff.does_not_serve")),
        served
            .is_none()
            .then(|| Violation::new(&here("served_on"), "date.malformed")),
        served
            .is_some_and(|day| day > app.clock().today())
            .then(|| Violation::new(&here("served_on"), "date.in_future")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let (true, Some(window), Some(served)) = (violations.is_empty(), window, served) else {
        return Ok(Err(violations));
    };
    app.may_stamp()?;
    let profile = app
        .profile_on(served)
        .ok_or_else(|| FlowError::Internal("no profile is in force".into()))?;
    let code = link_code(app, &window.unit, &event.project_no, event.service_no);
    Ok(Ok(NewServiceEvent {
        unit: window.unit.clone(),
        project_no: event.project_no.clone(),
        service_no: event.service_no,
        item: event.item.clone(),
        hall: window.hall.clone(),
        win: window.code.clone(),
        staff: event
            .staff
            .clone()
            .or_else(|| directory.sole_person_at(&window.code).map(str::to_owned)),
        served_on: event.served_on.clone(),
        received_at: app.clock().now(),
        profile: profile.id.clone(),
        profile_version: profile.version.clone(),
        code_hash: secrets::code_hash(Purpose::Service, &code).to_vec(),
    }))
}
