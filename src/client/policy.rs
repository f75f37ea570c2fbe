//! Profiles and the calendar, for computing deadlines in the browser.

use super::{Error, get};
use contract::{
    paths,
    profile::{ProfileRow, ProfileView},
};
use rules::calendar::Calendar;

/// The profiles there are.
pub async fn profiles() -> Result<Vec<ProfileRow>, Error> {
    get(paths::API_PROFILES).await
}

/// One profile, and the documents that prolong it.
pub async fn profile(id: &str) -> Result<ProfileView, Error> {
    get(&paths::fill(paths::API_PROFILE, id)).await
}

/// The calendar of working days.
pub async fn calendar() -> Result<Calendar, Error> {
    get(paths::API_CALENDAR).await
}
