//! Who is asking: a session cookie, or a connector's key.

use super::{
    api_rate::{Body, body},
    failure::Failure,
};
use crate::{
    app::App,
    flow::{FlowError, staff},
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use contract::staff::{Me, SignIn};
use rules::can::Actor;

const COOKIE: &str = "haochaping";
/// A page of another site cannot send this header without asking first, and we never agree.
const GUARD: &str = "x-requested-with";

/// The session token of a request.
pub fn token(headers: &HeaderMap) -> Option<String> {
    cookie(headers, COOKIE)
}

/// What a cookie holds.
pub fn cookie(headers: &HeaderMap, wanted: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value.to_owned())
}

/// The signed-in member of staff who reads.
///
/// # Errors
/// When nobody is signed in, or the store does not answer.
pub async fn reader(app: &App, headers: &HeaderMap) -> Result<staff::SignedIn, FlowError> {
    let token = token(headers).ok_or(FlowError::Unauthenticated)?;
    staff::of_token(app, &token).await
}

/// The signed-in member of staff who changes something; the request must carry the guard header.
///
/// # Errors
/// As `reader`, and when the guard header is missing.
pub async fn writer(app: &App, headers: &HeaderMap) -> Result<staff::SignedIn, FlowError> {
    guarded(headers)?;
    reader(app, headers).await
}

fn guarded(headers: &HeaderMap) -> Result<(), FlowError> {
    match headers.contains_key(GUARD) {
        true => Ok(()),
        false => Err(FlowError::Malformed("x-requested-with")),
    }
}

/// The connector whose key the request carries.
///
/// # Errors
/// When there is none, or the key is unknown.
pub async fn connector(app: &App, headers: &HeaderMap) -> Result<Actor, FlowError> {
    let key = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or(FlowError::Unauthenticated)?;
    staff::connector(app, key).await
}

/// `POST /api/v1/session`.
///
/// # Errors
/// 401 for a wrong name or password, 429 after too many of them.
#[utoipa::path(post, path = "/api/v1/session", tag = "staff", request_body = SignIn, responses((status = 200, body = Me), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    sent: Body<SignIn>,
) -> Result<Response, Failure> {
    guarded(&headers)?;
    let body = body(sent)?;
    let (token, who) = staff::sign_in(&app, &body.login, &body.password).await?;
    let mut response = Json(staff::me(&app, &who)).into_response();
    set_cookie(&app, &mut response, &token, staff::SESSION_MS / 1000);
    Ok(response)
}

/// `GET /api/v1/session`.
///
/// # Errors
/// 401 when nobody is signed in.
#[utoipa::path(get, path = "/api/v1/session", tag = "staff", security(("session" = [])), responses((status = 200, body = Me), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn who_am_i(State(app): State<App>, headers: HeaderMap) -> Result<Json<Me>, Failure> {
    let who = reader(&app, &headers).await?;
    Ok(Json(staff::me(&app, &who)))
}

/// `DELETE /api/v1/session`.
///
/// # Errors
/// When the store does not answer.
#[utoipa::path(delete, path = "/api/v1/session", tag = "staff", security(("session" = [])), responses((status = 204, description = "signed out"), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Result<Response, Failure> {
    guarded(&headers)?;
    if let Some(token) = token(&headers) {
        staff::sign_out(&app, &token).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&app, &mut response, "", 0);
    Ok(response)
}

fn set_cookie(app: &App, response: &mut Response, token: &str, seconds: i64) {
    let secure = if app.public_url().starts_with("https:") {
        "; Secure"
    } else {
        ""
    };
    let text =
        format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
}
