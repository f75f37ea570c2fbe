//! Profiles and the calendar, for computing deadlines in the browser.

use super::{Error, get};
use contract::paths;
use rules::{calendar::Calendar, profile::Profile};
use serde::Deserialize;

/// A profile in the list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ProfileRow {
    /// Its id, for example `dehong`.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Whose rules they are.
    pub jurisdiction: String,
}

/// The profiles there are.
pub async fn profiles() -> Result<Vec<ProfileRow>, Error> {
    get(paths::API_PROFILES).await
}

/// One profile.
pub async fn profile(id: &str) -> Result<Profile, Error> {
    get(&paths::fill(paths::API_PROFILE, id)).await
}

/// The calendar of working days.
pub async fn calendar() -> Result<Calendar, Error> {
    get(paths::API_CALENDAR).await
}
