//! Tickets as the staff sees them.

use crate::place::Place;
use rules::{
    can::{Action, Reason},
    deadline::Step,
    level::{LabelSet, Level},
    profile::{Basis, Clock, Scope},
    rating::Identity,
    ticket::{ContactOutcome, Met, NoDue, RevisitOutcome, State},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A row of the worklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketRow {
    /// The ticket's number.
    pub number: String,
    /// Where it stands.
    pub state: State,
    /// The rating's level as it is now; good where the rater has changed it since.
    pub level: Level,
    /// Where it happened.
    pub place: Place,
    /// The day it was opened, ISO.
    pub opened_on: String,
    /// The next date by which something must be done, ISO.
    pub due: Option<String>,
    /// Working days from today to `due`; negative when it has passed, but 0 while no working day
    /// has passed since: compare `due` with today to know.
    pub days_left: Option<i64>,
    /// The handler's name.
    pub handler: Option<String>,
}

/// A page of the worklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Worklist {
    /// The region's today, ISO.
    pub today: String,
    /// The words for the levels.
    pub labels: LabelSet,
    /// Sorted by due date, then number.
    pub rows: Vec<TicketRow>,
    /// Pass it as `after` to read on.
    pub next: Option<String>,
}

/// One clock of a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DueView {
    /// Which clock.
    pub clock: Clock,
    /// The date, ISO.
    pub due: Option<String>,
    /// Why there is no date, where there is none.
    #[serde(default)]
    pub reason_none: Option<NoDue>,
    /// The date has passed by the server's clock, and the duty still waits.
    #[serde(default)]
    pub overdue: bool,
    /// The calendar did not reach so far (暂定).
    pub provisional: bool,
    /// When it was done, ISO.
    pub done_on: Option<String>,
    /// What was done, or what came of it.
    #[serde(default)]
    pub done_as: Option<Met>,
    /// Which days were counted.
    pub steps: Vec<Step>,
    /// Where the term comes from.
    pub basis: Basis,
    /// The profile, as `id@version`.
    pub profile: String,
}

/// An action with the reason against it, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActionView {
    /// What could be done.
    pub action: Action,
    /// Why not; `None` when it is allowed.
    pub reason: Option<Reason>,
}

/// An entry of the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimelineEntry {
    /// Position in the stream.
    pub seq: i64,
    /// The day, ISO. For an anonymous rater the time of the opening is not shown.
    pub on: String,
    /// Kind of event, for example `contacted`.
    pub kind: String,
    /// Outcome code, where the kind has one; a handler's name; the level a rating was changed to.
    pub outcome: Option<String>,
    /// Who did it: a staff member's name, or `None` for the system.
    pub actor: Option<String>,
    /// What was written; deleted texts are `None`.
    pub text: Option<String>,
}

/// A person whom a ticket can be given to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffChoice {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// The name of their unit, where that is another than the ticket's.
    #[serde(default)]
    pub unit: Option<String>,
}

/// A ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketView {
    /// Its number.
    pub number: String,
    /// The sequence number that the next action must state.
    pub seq: i64,
    /// Where it stands.
    pub state: State,
    /// The rating's level as it is now; good where the rater has changed it since.
    pub level: Level,
    /// The words for the levels.
    pub labels: LabelSet,
    /// Levels of the scopes that were rated besides the whole.
    #[serde(default)]
    pub scopes: BTreeMap<Scope, Level>,
    /// Tag codes.
    pub tags: Vec<u16>,
    /// What the citizen wrote.
    pub text: Option<String>,
    /// How well the rater is known.
    pub identity: Identity,
    /// Where it happened.
    pub place: Place,
    /// The day it was opened, ISO.
    pub opened_on: String,
    /// The handler.
    pub handler: Option<StaffChoice>,
    /// Those it can be given to.
    pub choices: Vec<StaffChoice>,
    /// The clocks.
    pub dues: Vec<DueView>,
    /// Every action, with the reason against it.
    pub actions: Vec<ActionView>,
    /// What happened.
    pub timeline: Vec<TimelineEntry>,
}

/// `POST /api/v1/tickets/{number}/actions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TicketAct {
    /// What to do.
    pub action: Action,
    /// The sequence number that was seen; a stale one is answered 409.
    pub seq: i64,
    /// For `assign`: who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler: Option<String>,
    /// For `contact`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactOutcome>,
    /// For `revisit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revisit: Option<RevisitOutcome>,
    /// For `rectify`, `explain` and `answer`: what was done, what is answered.
    #[serde(default)]
    pub text: String,
}

/// Contact data, revealed on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contact {
    /// Name, if given.
    pub name: Option<String>,
    /// Phone, if given.
    pub phone: Option<String>,
}
