//! Ratings that came above a limit and wait for a ruling (核验中). Nothing here tells how they rate.

use crate::place::Place;
use serde::{Deserialize, Serialize};

/// Held ratings of a day that came together: to one window, from one network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeldGroup {
    /// The day, ISO.
    pub day: String,
    /// The unit's code.
    pub unit: String,
    /// The window's code, or empty.
    pub win: String,
    /// Where that is.
    pub place: Place,
    /// A word for the network that says nothing else: the same one on one day is the same network.
    pub source: String,
    /// How many.
    pub ratings: u64,
}

/// What becomes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HeldOutcome {
    /// They count from today on.
    Released,
    /// They never count.
    Excluded,
}

/// `POST /api/v1/held/rulings`: a group, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeldRuling {
    /// What becomes of it.
    pub outcome: HeldOutcome,
    /// The group's day.
    pub day: String,
    /// Its unit.
    pub unit: String,
    /// Its window.
    pub win: String,
    /// Its source.
    pub source: String,
}

/// What was ruled on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeldRuled {
    /// How many ratings; of a very large group the same again takes the rest.
    pub ratings: u64,
}
