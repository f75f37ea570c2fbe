//! Where something happens: halls and windows, as pages show them.

use serde::{Deserialize, Serialize};

/// A window and what is around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    /// The hall's name.
    pub hall: String,
    /// The window's number as painted on it, for example `07`.
    pub window_no: String,
    /// The window's name.
    pub window: String,
    /// The unit behind the window.
    pub unit: String,
    /// The item, where it is known.
    pub item: Option<String>,
}

/// A hall in the list that helps whoever mistyped a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hall {
    /// The hall's name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Its windows: number and name.
    pub windows: Vec<(String, String)>,
}

/// A plate in the staff's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlateRow {
    /// The code in the plate's address.
    pub plate: String,
    /// The short code a person can type.
    pub short: String,
    /// Which plate of its window it is, from 1.
    pub version: i64,
    /// It is out of use, and its window has no other yet.
    pub revoked: bool,
    /// The day it was made, ISO; unknown for old ones.
    pub made_on: Option<String>,
    /// The code of the hall where it hangs.
    pub hall: String,
    /// Where it hangs, in the words that were printed on it.
    pub place: Place,
}

/// One version of a window's plate, valid or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlateVersion {
    /// The code in the plate's address.
    pub plate: String,
    /// The short code printed on it.
    pub short: String,
    /// Which plate of its window it is, from 1.
    pub version: i64,
    /// What was printed on it.
    pub place: Place,
    /// The day it was made, ISO; unknown for old ones.
    pub made_on: Option<String>,
    /// Who made it: a staff id; none where set-up did.
    pub made_by: Option<String>,
    /// It is out of use.
    pub revoked: bool,
    /// Since which day, ISO, where that was recorded.
    pub revoked_on: Option<String>,
    /// Who took it out of use: a staff id.
    pub revoked_by: Option<String>,
}
