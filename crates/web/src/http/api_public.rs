//! The public API: released figures, profiles, the calendar, deadlines.

use super::extract::{Path, Query};
use super::failure::Failure;
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use contract::{
    figures::{Figures, Today},
    profile::{ProfileRow, ProfileView},
};
use flow::{FlowError, app::App, due, figures, profiles as profiles_flow};
use rules::{calendar::Calendar, date, profile::Clock};
use serde::Deserialize;

/// Which figures.
#[derive(Debug, Default, Deserialize)]
pub struct Which {
    /// `YYYY-MM`; the newest released month without it.
    #[serde(default)]
    pub period: Option<String>,
    /// A unit's code: short for `place=unit:…`.
    #[serde(default)]
    pub unit: Option<String>,
    /// `region`, `county:…`, `hall:…`, `win:…`, `unit:…` or `item:…`; the region without it.
    #[serde(default)]
    pub place: Option<String>,
}

impl Which {
    /// The chosen place; fields that a form sends empty choose nothing.
    pub fn place(&self) -> Option<String> {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        filled(&self.place).or_else(|| filled(&self.unit).map(|unit| format!("unit:{unit}")))
    }

    /// The chosen period.
    pub fn period(&self) -> Option<&str> {
        self.period.as_deref().filter(|text| !text.is_empty())
    }
}

/// `GET /api/v1/figures`.
///
/// # Errors
/// 404 for an unknown place, 400 for something that is no period.
#[utoipa::path(get, path = "/api/v1/figures", tag = "public", params(("period" = Option<String>, Query), ("unit" = Option<String>, Query), ("place" = Option<String>, Query, description = "`region`, `county:…`, `hall:…`, `win:…`, `unit:…` or `item:…`")), responses((status = 200, body = Figures), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn figures(
    State(app): State<App>,
    Query(which): Query<Which>,
) -> Result<Json<Figures>, Failure> {
    Ok(Json(
        figures::of(&app, which.period(), which.place().as_deref()).await?,
    ))
}

/// `GET /api/v1/today`.
///
/// # Errors
/// 503.
#[utoipa::path(get, path = "/api/v1/today", tag = "public", responses((status = 200, body = Today), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn today(State(app): State<App>) -> Result<Json<Today>, Failure> {
    Ok(Json(figures::today(&app).await?))
}

/// `GET /api/v1/profiles`.
#[utoipa::path(get, path = "/api/v1/profiles", tag = "public", responses((status = 200, body = Vec<ProfileRow>), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn profiles(State(app): State<App>) -> Json<Vec<ProfileRow>> {
    Json(profiles_flow::list(&app))
}

/// `GET /api/v1/profiles/{id}`.
///
/// # Errors
/// 404 for an unknown profile, with those there are.
#[utoipa::path(get, path = "/api/v1/profiles/{id}", tag = "public", params(("id" = String, Path)), responses((status = 200, body = ProfileView), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn profile(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<ProfileView>, Failure> {
    Ok(Json(profiles_flow::view(&app, &id)?))
}

/// `GET /api/v1/calendar`.
#[utoipa::path(get, path = "/api/v1/calendar", tag = "public", responses((status = 200, body = Object), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn calendar(State(app): State<App>) -> Json<Calendar> {
    Json(app.policies().calendar.clone())
}

/// What to compute.
#[derive(Debug, Deserialize)]
pub struct DueQuery {
    /// A profile's id.
    pub profile: String,
    /// A clock's code.
    pub clock: String,
    /// ISO date.
    pub from: String,
}

/// `GET /api/v1/due`.
///
/// # Errors
/// 404 for an unknown profile, 400 for an unknown clock or no date.
#[utoipa::path(get, path = "/api/v1/due", tag = "public", params(("profile" = String, Query), ("clock" = String, Query), ("from" = String, Query)), responses((status = 200, body = contract::figures::DueAnswer), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn due(
    State(app): State<App>,
    Query(query): Query<DueQuery>,
) -> Result<Response, Failure> {
    let clock: Clock = query
        .clock
        .parse()
        .map_err(|_| FlowError::Malformed("clock"))?;
    let from = date::parse_iso(&query.from).ok_or(FlowError::Malformed("from"))?;
    let profile = profiles_flow::find(&app, &query.profile)?.reference();
    let answer = due::due(app.policies(), &app.continuations(), &profile, clock, from)
        .map_err(|_| FlowError::Malformed("from"))?;
    Ok(Json(answer).into_response())
}
