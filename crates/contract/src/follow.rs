//! Following a rating: the secret code and what it shows.

use crate::{place::Place, ticket::DueView};
use rules::{
    level::{LabelSet, Level},
    ticket::State,
};
use serde::{Deserialize, Serialize};

/// `POST /api/v1/follow`: the rater proves to be the rater by the form's own key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FollowAsk {
    /// The receipt code.
    pub receipt: String,
    /// The idempotency key that the rating was sent with.
    pub key: String,
}

/// The secret code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FollowCode {
    /// In groups, for reading aloud and writing down.
    pub code: String,
}

/// What `/f/{code}` shows. Until the next release it is the same for every level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FollowPage {
    /// An invented region: every page says 演示.
    pub demo: bool,
    /// Where.
    pub place: Place,
    /// The region's day of the rating, ISO.
    pub day: String,
    /// `None` until the day was released.
    pub outcome: Option<Outcome>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Outcome {
    /// The level that was given.
    pub level: Level,
    /// The words for the levels.
    pub labels: LabelSet,
    /// The ticket, for a bad rating.
    pub ticket: Option<FollowTicket>,
}

/// A ticket as its rater sees it: no names of staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FollowTicket {
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub state: State,
    /// The unit in charge.
    pub unit: String,
    /// The clocks, each with its explanation.
    pub dues: Vec<DueView>,
    /// What happened: action codes with the day.
    pub steps: Vec<FollowStep>,
    /// The unit's answer.
    pub answer: Option<String>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FollowStep {
    /// The kind of ticket event, for example `assigned`.
    pub kind: String,
    /// The day, ISO.
    pub on: String,
    /// How a contact or a revisit ended.
    #[serde(default)]
    pub outcome: Option<String>,
}
