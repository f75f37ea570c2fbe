//! The API of the staff console.

use super::{
    api_rate::{Body, body},
    extract::{Path, Query},
    failure::Failure,
    session,
    source::Visitor,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use contract::{
    held::{HeldGroup, HeldRuled, HeldRuling},
    place::{PlateRow, PlateVersion},
    profile::ContinuationCreate,
    ticket::{Contact, TicketAct, TicketView, Worklist},
};
use flow::{FlowError, app::App, held as held_flow, plate_acts, profiles, tickets};
use rules::profile::Continuation;
use serde::Deserialize;

/// The worklist's filter.
#[derive(Debug, Default, Deserialize)]
pub struct Filter {
    /// A ticket state's code; all open ones without it.
    #[serde(default)]
    pub state: Option<String>,
    /// `1`: only those handled by whoever is signed in.
    #[serde(default)]
    pub mine: Option<String>,
    /// Where to read on: the `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
}

/// `GET /api/v1/tickets`.
///
/// # Errors
/// 401, 403 or 503.
#[utoipa::path(get, path = "/api/v1/tickets", tag = "staff", security(("session" = [])), params(("state" = Option<String>, Query), ("mine" = Option<String>, Query, description = "`1`: only those handled by whoever is signed in"), ("after" = Option<String>, Query)), responses((status = 200, body = Worklist), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn worklist(
    State(app): State<App>,
    headers: HeaderMap,
    Query(filter): Query<Filter>,
) -> Result<Json<Worklist>, Failure> {
    let who = session::reader(&app, &headers).await?;
    let mine = match filter.mine.as_deref() {
        None | Some("" | "0") => false,
        Some("1") => true,
        Some(_) => return Err(FlowError::Malformed("mine").into()),
    };
    Ok(Json(
        tickets::worklist(
            &app,
            &who,
            filter.state.as_deref(),
            mine,
            filter.after.as_deref(),
        )
        .await?,
    ))
}

/// `GET /api/v1/tickets/{number}`.
///
/// # Errors
/// 401, 404 (also for tickets of other units) or 503.
#[utoipa::path(get, path = "/api/v1/tickets/{number}", tag = "staff", security(("session" = [])), params(("number" = String, Path)), responses((status = 200, body = TicketView), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn ticket(
    State(app): State<App>,
    headers: HeaderMap,
    Path(number): Path<String>,
) -> Result<Json<TicketView>, Failure> {
    let who = session::reader(&app, &headers).await?;
    Ok(Json(tickets::view(&app, &who, &number).await?))
}

/// `POST /api/v1/tickets/{number}/actions`.
///
/// # Errors
/// 403 with the reason, 409 when somebody acted in the meantime, 422.
#[utoipa::path(post, path = "/api/v1/tickets/{number}/actions", tag = "staff", security(("session" = [])), params(("number" = String, Path)), request_body = TicketAct, responses((status = 200, body = TicketView), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn act(
    State(app): State<App>,
    headers: HeaderMap,
    Path(number): Path<String>,
    sent: Body<TicketAct>,
) -> Result<Json<TicketView>, Failure> {
    let who = session::writer(&app, &headers).await?;
    let act = body(sent)?;
    Ok(Json(tickets::act(&app, &who, &number, &act).await?))
}

/// `POST /api/v1/tickets/{number}/contact`: reveals contact data, and is recorded.
///
/// # Errors
/// 403 with the reason.
#[utoipa::path(post, path = "/api/v1/tickets/{number}/contact", tag = "staff", security(("session" = [])), params(("number" = String, Path)), responses((status = 200, body = Contact), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn reveal_contact(
    State(app): State<App>,
    Visitor(source): Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
) -> Result<Json<Contact>, Failure> {
    let who = session::writer(&app, &headers).await?;
    let network = session::network(&app, &source);
    Ok(Json(tickets::reveal(&app, &who, &number, &network).await?))
}

/// `GET /api/v1/held`: ratings that wait for a ruling, by what came together; without levels.
///
/// # Errors
/// 401 or 403.
#[utoipa::path(get, path = "/api/v1/held", tag = "staff", security(("session" = [])), responses((status = 200, body = Vec<HeldGroup>), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn held(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Json<Vec<HeldGroup>>, Failure> {
    let who = session::reader(&app, &headers).await?;
    Ok(Json(held_flow::list(&app, &who).await?))
}

/// `POST /api/v1/held/rulings`: releases a group, or excludes it for good.
///
/// # Errors
/// 403 with the reason, 404 where nothing waits in the group.
#[utoipa::path(post, path = "/api/v1/held/rulings", tag = "staff", security(("session" = [])), request_body = HeldRuling, responses((status = 200, body = HeldRuled), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn rule_held(
    State(app): State<App>,
    headers: HeaderMap,
    sent: Body<HeldRuling>,
) -> Result<Json<HeldRuled>, Failure> {
    let who = session::writer(&app, &headers).await?;
    let ruling = body(sent)?;
    Ok(Json(held_flow::rule(&app, &who, &ruling).await?))
}

/// `GET /api/v1/plates`.
///
/// # Errors
/// 401 or 403.
#[utoipa::path(get, path = "/api/v1/plates", tag = "staff", security(("session" = [])), responses((status = 200, body = Vec<PlateRow>), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn plates(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Json<Vec<PlateRow>>, Failure> {
    let who = session::reader(&app, &headers).await?;
    Ok(Json(plate_acts::printable(&app, &who)))
}

/// `GET /api/v1/plates/{plate}/versions`: what every plate of the same window said, the first one first.
///
/// # Errors
/// 401, 403 or 404.
#[utoipa::path(get, path = "/api/v1/plates/{plate}/versions", tag = "staff", security(("session" = [])), params(("plate" = String, Path)), responses((status = 200, body = Vec<PlateVersion>), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn plate_versions(
    State(app): State<App>,
    headers: HeaderMap,
    Path(plate): Path<String>,
) -> Result<Json<Vec<PlateVersion>>, Failure> {
    let who = session::reader(&app, &headers).await?;
    Ok(Json(plate_acts::versions(&app, &who, &plate).await?))
}

/// `POST /api/v1/plates/{plate}/revoke`: takes a plate out of use; answers with all of its window.
///
/// # Errors
/// 403 with the reason, 404, 409 when it was out of use already.
#[utoipa::path(post, path = "/api/v1/plates/{plate}/revoke", tag = "staff", security(("session" = [])), params(("plate" = String, Path)), responses((status = 200, body = Vec<PlateVersion>), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn revoke_plate(
    State(app): State<App>,
    headers: HeaderMap,
    Path(plate): Path<String>,
) -> Result<Json<Vec<PlateVersion>>, Failure> {
    let who = session::writer(&app, &headers).await?;
    plate_acts::revoke(&app, &who, &plate).await?;
    Ok(Json(plate_acts::versions(&app, &who, &plate).await?))
}

/// `POST /api/v1/plates/{plate}/rotate`: puts a new plate, with new codes, in the place of one.
///
/// # Errors
/// 403 with the reason, 404, 409 when its window has another plate already.
#[utoipa::path(post, path = "/api/v1/plates/{plate}/rotate", tag = "staff", security(("session" = [])), params(("plate" = String, Path)), responses((status = 201, body = PlateRow), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn rotate_plate(
    State(app): State<App>,
    headers: HeaderMap,
    Path(plate): Path<String>,
) -> Result<(StatusCode, Json<PlateRow>), Failure> {
    let who = session::writer(&app, &headers).await?;
    Ok((
        StatusCode::CREATED,
        Json(plate_acts::rotate(&app, &who, &plate).await?),
    ))
}

/// `POST /api/v1/profiles/{id}/continuations`: enters the document by which the region's lapsed text
/// goes on, from today.
///
/// # Errors
/// 403 with the reason, 404 for an unknown profile, 409 when another was entered in the meantime, 422
/// with every violation.
#[utoipa::path(post, path = "/api/v1/profiles/{id}/continuations", tag = "staff", security(("session" = [])), params(("id" = String, Path)), request_body = ContinuationCreate, responses((status = 201, body = Continuation), (status = 200, body = Continuation, description = "the same was the last entered"), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn continue_profile(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
    sent: Body<ContinuationCreate>,
) -> Result<(StatusCode, Json<Continuation>), Failure> {
    let who = session::writer(&app, &headers).await?;
    let asked = body(sent)?;
    let (entered, new) = profiles::continue_profile(&app, &who, &id, &asked).await?;
    let status = if new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(entered)))
}
