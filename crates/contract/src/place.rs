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
    /// Where it hangs.
    pub place: Place,
}
