//! Profiles and the calendar, for computing deadlines in the browser.

use super::{Error, get, post};
use contract::{
    paths,
    profile::{ContinuationCreate, ProfileRow, ProfileView},
};
use rules::{calendar::Calendar, profile::Continuation};

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

/// Enters the document by which a profile goes on.
pub async fn go_on(id: &str, asked: &ContinuationCreate) -> Result<Continuation, Error> {
    post(&paths::fill(paths::API_CONTINUATIONS, id), asked, None).await
}
