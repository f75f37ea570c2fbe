//! Following a rating: the secret code, and what it shows.

use super::{FlowError, rate, source::Source, staff::audit::REVEALED, tickets};
use crate::{
    app::{App, iso_day},
    secrets::{self, Purpose},
};
use contract::follow::{FollowAsk, FollowCode, FollowPage, FollowStep, FollowTicket, Outcome};
use rules::{can::Role, level::Level};

/// Gives the secret code to whoever holds the form's own key, on the phone that sent it and within a day: the
/// receipt alone is not enough.
///
/// # Errors
/// `NotFound` unless receipt and key belong together.
pub async fn ask(app: &App, ask: &FollowAsk, source: &Source) -> Result<FollowCode, FlowError> {
    let hash = secrets::code_hash(Purpose::Receipt, &ask.receipt);
    let found = app
        .store()
        .rating_by_code(&hash)
        .await?
        .ok_or(FlowError::NotFound)?;
    let key = source.own_key(&ask.key);
    let known = app.store().submission(&found.unit, &key).await?;
    let since = app.clock().now() - rate::EDIT_WINDOW_MS;
    let own = known.is_some_and(|known| known.rating == found.rating && known.accepted_at >= since);
    if found.purpose != Purpose::Receipt.word() || !own {
        return Err(FlowError::NotFound);
    }
    let code = app.secrets().code(Purpose::Follow, &found.rating);
    // Most never ask. A row for everyone would be a page of the largest index a rating; and who
    // asks again is given the same.
    let kept = rate::new_code(Purpose::Follow, &code);
    app.store()
        .code_put(&found.unit, &found.rating, &kept)
        .await?;
    Ok(FollowCode { code })
}

/// The code as it was given, of what somebody typed; `None` where no rating has it.
///
/// # Errors
/// When the store does not answer.
pub async fn typed(app: &App, typed: &str) -> Result<Option<String>, FlowError> {
    let Some(code) = secrets::long_code(typed) else {
        return Ok(None);
    };
    Ok(find(app, &code).await?.map(|_| code))
}

async fn find(app: &App, code: &str) -> Result<Option<store::RatingCode>, FlowError> {
    let hash = secrets::code_hash(Purpose::Follow, code);
    let found = app.store().rating_by_code(&hash).await?;
    Ok(found.filter(|found| found.purpose == Purpose::Follow.word()))
}

/// What became of a rating. Until the day was released it is the same for every level.
///
/// # Errors
/// `NotFound` for an unknown code.
pub async fn page(app: &App, code: &str) -> Result<FollowPage, FlowError> {
    let found = find(app, code).await?.ok_or(FlowError::NotFound)?;
    let events = app
        .store()
        .rating_events(&found.unit, &found.rating)
        .await?;
    let event = events.last().ok_or(FlowError::NotFound)?;
    let item = Some(event.item.as_str()).filter(|item| !item.is_empty());
    let outcome = match rate::is_released(app, &event.day).await? {
        true => Some(outcome(app, event).await?),
        false => None,
    };
    Ok(FollowPage {
        demo: app.region().demo,
        place: app
            .directory()
            .place_at(&event.win, item, event.accepted_at),
        day: iso_day(event.accepted_at),
        outcome,
    })
}

async fn outcome(app: &App, event: &store::RatingEvent) -> Result<Outcome, FlowError> {
    let level =
        Level::try_from(event.level).map_err(|_| FlowError::Internal("a stored level".into()))?;
    let labels = app
        .profile(&event.profile, &event.profile_version)
        .map(rules::profile::Profile::label_set)
        .unwrap_or(rules::level::LabelSet::Satisfaction);
    let ticket = match app
        .store()
        .ticket_of_rating(&event.unit, &event.rating)
        .await?
    {
        Some(row) => Some(ticket(app, &row).await?),
        None => None,
    };
    Ok(Outcome {
        level,
        labels,
        ticket,
    })
}

async fn ticket(app: &App, row: &store::TicketRow) -> Result<FollowTicket, FlowError> {
    let loaded = tickets::load(app, row.clone()).await?;
    let done = loaded.recorded.iter().map(|recorded| FollowStep {
        kind: recorded.event.kind().to_owned(),
        on: rules::date::iso(recorded.on),
        // No other event tells its rater more than its kind.
        outcome: recorded.event.talk().map(str::to_owned),
    });
    let mut steps: Vec<FollowStep> = done.chain(reveals(app, row).await?).collect();
    steps.sort_by(|one, other| one.on.cmp(&other.on));
    let mut answer = None;
    for event in &loaded.events {
        if event.kind == "answered" {
            answer = tickets::written(app, event.private).await?;
        }
    }
    Ok(FollowTicket {
        number: row.number.clone(),
        state: loaded.ticket.state,
        unit: app.directory().unit_name(&row.unit),
        dues: tickets::dues(app, &loaded.ticket)?,
        steps,
        answer,
    })
}

/// On which days somebody looked at the rater's contact data: whoever gave them may know. By whom says no name, as
/// no other step does.
async fn reveals(app: &App, row: &store::TicketRow) -> Result<Vec<FollowStep>, FlowError> {
    let audited = app
        .store()
        .audited_of_ticket(&row.unit, &row.ticket)
        .await?;
    let looked = audited.into_iter().filter(|one| one.kind == REVEALED);
    let by_authority = |staff: Option<&str>| {
        let person = staff.and_then(|id| app.directory().person(id));
        person.is_some_and(|person| person.role == Role::Authority.code())
    };
    let step = |one: store::Audited| FollowStep {
        kind: match by_authority(one.staff.as_deref()) {
            true => "revealed_by_authority".to_owned(),
            false => REVEALED.to_owned(),
        },
        on: one.day,
        outcome: None,
    };
    let mut steps: Vec<FollowStep> = looked.map(step).collect();
    // However often on one day: it is one line.
    steps.dedup();
    Ok(steps)
}
