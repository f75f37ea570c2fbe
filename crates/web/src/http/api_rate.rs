//! The API that citizens' clients and connectors use.

use super::{
    extract::Path,
    failure::Failure,
    session,
    source::{Visitor, remember},
};
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use contract::{
    follow::{FollowAsk, FollowCode, FollowPage},
    place::Hall,
    rate::{RatePage, RatingCreate, Receipt},
    staff::{EventsAccepted, EventsCreate},
};
use flow::{FlowError, app::App, events, follow, rate};
use rules::rating::{Input, RawLevel};

/// A JSON body, or the reason why it is none.
pub type Body<T> = Result<Json<T>, JsonRejection>;

/// The body, or the precise refusal.
///
/// # Errors
/// 413, 415 or 400.
pub fn body<T>(body: Body<T>) -> Result<T, FlowError> {
    match body {
        Ok(Json(value)) => Ok(value),
        Err(rejection) => Err(match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => FlowError::TooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => FlowError::UnsupportedMedia,
            _ => FlowError::Malformed("body"),
        }),
    }
}

/// `POST /api/v1/events`.
///
/// # Errors
/// 401 without a connector's key, 422 with every violation.
#[utoipa::path(post, path = "/api/v1/events", tag = "connector", request_body = EventsCreate, security(("connector" = [])), responses((status = 200, body = EventsAccepted), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn push_events(
    State(app): State<App>,
    headers: HeaderMap,
    sent: Body<EventsCreate>,
) -> Result<Json<EventsAccepted>, Failure> {
    let actor = session::connector(&app, &headers).await?;
    let sent = body(sent)?;
    Ok(Json(events::push(&app, &actor, &sent.events).await?))
}

/// `POST /api/v1/ratings`, idempotent by `Idempotency-Key`.
///
/// # Errors
/// 400, 404, 409, 413, 415, 422 or 503; nothing is stored then.
#[utoipa::path(post, path = "/api/v1/ratings", tag = "citizen", request_body = RatingCreate, params(("Idempotency-Key" = String, Header, description = "16 to 64 letters, digits or hyphens; the same key and body give the same receipt")), responses((status = 201, body = Receipt, description = "stored"), (status = 200, body = Receipt, description = "stored by an earlier request"), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn create_rating(
    State(app): State<App>,
    Visitor(source): Visitor,
    headers: HeaderMap,
    sent: Body<RatingCreate>,
) -> Result<Response, Failure> {
    let key = headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .ok_or(FlowError::Malformed("idempotency-key"))?
        .to_owned();
    let sent = body(sent)?;
    let entry = match (&sent.plate, &sent.service) {
        (Some(plate), None) => rate::Entry::Plate(plate.clone()),
        (None, Some(code)) => rate::Entry::Service(code.clone()),
        _ => return Err(FlowError::Malformed("plate or service").into()),
    };
    let input = input(sent);
    let stored = rate::submit(&app, &entry, &input, &key, rate::Channel::Api, &source).await?;
    let status = if stored.created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(stored.receipt)).into_response())
}

fn raw(level: &serde_json::Value) -> RawLevel {
    match level {
        serde_json::Value::Null => RawLevel::Missing,
        value => value
            .as_i64()
            .map_or(RawLevel::NotANumber, RawLevel::Number),
    }
}

fn input(sent: RatingCreate) -> Input {
    Input {
        level: raw(&sent.level),
        scopes: sent
            .scopes
            .iter()
            .map(|(scope, level)| (scope.clone(), raw(level)))
            .collect(),
        tags: sent.tags.iter().map(u16::to_string).collect(),
        text: sent.text,
        stated: sent.stated,
        name: sent.name,
        phone: sent.phone,
    }
}

/// `GET /api/v1/rate/plates/{plate}`.
///
/// # Errors
/// 404 for an unknown plate.
#[utoipa::path(get, path = "/api/v1/rate/plates/{plate}", tag = "citizen", params(("plate" = String, Path)), responses((status = 200, body = RatePage), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn rate_plate(
    State(app): State<App>,
    Path(plate): Path<String>,
    Visitor(source): Visitor,
) -> Result<Response, Failure> {
    let page = rate::page(&app, &rate::Entry::Plate(plate)).await?;
    Ok(remember(&app, &source, Json(page).into_response()))
}

/// `GET /api/v1/rate/services/{code}`.
///
/// # Errors
/// 404 for an unknown code.
#[utoipa::path(get, path = "/api/v1/rate/services/{code}", tag = "citizen", params(("code" = String, Path)), responses((status = 200, body = RatePage), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn rate_service(
    State(app): State<App>,
    Path(code): Path<String>,
    Visitor(source): Visitor,
) -> Result<Response, Failure> {
    let page = rate::page(&app, &rate::Entry::Service(code)).await?;
    Ok(remember(&app, &source, Json(page).into_response()))
}

/// `GET /api/v1/halls`.
#[utoipa::path(get, path = "/api/v1/halls", tag = "citizen", responses((status = 200, body = Vec<Hall>), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn halls(State(app): State<App>) -> Json<Vec<Hall>> {
    Json(app.directory().halls())
}

/// `GET /api/v1/receipts/{code}`.
///
/// # Errors
/// 404 for an unknown code.
#[utoipa::path(get, path = "/api/v1/receipts/{code}", tag = "citizen", params(("code" = String, Path)), responses((status = 200, body = Receipt), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn receipt(
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Json<Receipt>, Failure> {
    Ok(Json(rate::receipt(&app, &code).await?))
}

/// `POST /api/v1/follow`.
///
/// # Errors
/// 404 unless receipt and key belong together.
#[utoipa::path(post, path = "/api/v1/follow", tag = "citizen", request_body = FollowAsk, responses((status = 200, body = FollowCode), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn follow_ask(
    State(app): State<App>,
    Visitor(source): Visitor,
    sent: Body<FollowAsk>,
) -> Result<Json<FollowCode>, Failure> {
    let ask = body(sent)?;
    Ok(Json(follow::ask(&app, &ask, &source).await?))
}

/// `GET /api/v1/follow/{code}`.
///
/// # Errors
/// 404 for an unknown code.
#[utoipa::path(get, path = "/api/v1/follow/{code}", tag = "citizen", params(("code" = String, Path)), responses((status = 200, body = FollowPage), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn follow(
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Json<FollowPage>, Failure> {
    Ok(Json(follow::page(&app, &code).await?))
}
