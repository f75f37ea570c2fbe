//! Who is asking: a session cookie, or a connector's key.

use super::{
    api_rate::{Body, body},
    cookies::{self, Abroad, Cookie},
    failure::Failure,
    source::Visitor,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use contract::staff::{Me, SIGNED_IN_AS, SignIn};
use flow::{
    FlowError,
    app::App,
    secrets::{self, Purpose},
    source::Source,
    staff,
};
use rules::can::Actor;

/// The session's cookie. A name that begins with `__Host-` is taken by browsers from this very host over https
/// only, so that no neighbour's page can set one; over plain http they refuse it.
const COOKIE: &str = "haochaping";
const COOKIE_OF_HOST: &str = "__Host-haochaping";
/// The cookie of a device from which somebody has signed in.
const DEVICE: &str = "device-of-staff";
/// A page of another site cannot send this header without asking first, and we never agree.
const GUARD: &str = "x-requested-with";

/// The session token of a request.
pub fn token(app: &App, headers: &HeaderMap) -> Option<String> {
    cookies::read(headers, cookie_name(app))
}

fn cookie_name(app: &App) -> &'static str {
    match cookies::is_https(app) {
        true => COOKIE_OF_HOST,
        false => COOKIE,
    }
}

/// What of an address counts as one network here: one customer may have 256 of those by which ratings are told apart.
const NETWORK_BYTES: usize = 6;

/// A keyed digest of the network that a request comes from, for counting tries and for the auditor. Of this
/// machine, such as of a proxy that nobody named, it says nothing.
pub fn network(app: &App, source: &Source) -> String {
    match source.network.as_deref() {
        None | Some([127, ..] | [0, 0, 0, 0, 0, 0, 0]) => String::new(),
        Some(network) => {
            let network = &network[..network.len().min(NETWORK_BYTES)];
            secrets::normal(&app.secrets().code(Purpose::Network, network))
        }
    }
}

/// The signed-in member of staff who reads.
///
/// # Errors
/// When nobody is signed in, or the store does not answer.
pub async fn reader(app: &App, headers: &HeaderMap) -> Result<staff::SignedIn, FlowError> {
    let token = token(app, headers).ok_or(FlowError::Unauthenticated)?;
    let who = staff::of_token(app, &token).await?;
    // In another tab of this browser somebody else may have signed in since the page was opened: what it
    // shows is one person's, and would be done under another's name.
    let believed = headers.get(SIGNED_IN_AS).map(|value| value.as_bytes());
    match believed.is_none_or(|believed| believed == who.id.as_bytes()) {
        true => Ok(who),
        false => Err(FlowError::OtherPerson),
    }
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
        .and_then(bearer)
        .ok_or(FlowError::Unauthenticated)?;
    staff::connector(app, key).await
}

/// The key of an authorization; the name of a scheme is written in any case.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
}

/// `POST /api/v1/session`.
///
/// # Errors
/// 401 for a wrong name or password, 429 after too many of them.
#[utoipa::path(post, path = "/api/v1/session", tag = "staff", request_body = SignIn, responses((status = 200, body = Me), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn sign_in(
    State(app): State<App>,
    Visitor(source): Visitor,
    headers: HeaderMap,
    sent: Body<SignIn>,
) -> Result<Response, Failure> {
    guarded(&headers)?;
    let body = body(sent)?;
    let from = staff::From {
        network: network(&app, &source),
        device: cookies::read(&headers, DEVICE),
    };
    let opened = staff::sign_in(&app, &body.login, &body.password, &from).await?;
    let mut response = Json(staff::me(&app, &opened.who)).into_response();
    set_cookie(
        &app,
        &mut response,
        cookie_name(&app),
        &opened.token,
        staff::SESSION_MS / 1000,
    );
    set_cookie(
        &app,
        &mut response,
        DEVICE,
        &opened.device,
        staff::device::DEVICE_SECONDS,
    );
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
pub async fn sign_out(
    State(app): State<App>,
    Visitor(source): Visitor,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    guarded(&headers)?;
    if let Err(error @ FlowError::OtherPerson) = reader(&app, &headers).await {
        return Err(error.into());
    }
    if let Some(token) = token(&app, &headers) {
        staff::sign_out(&app, &token, &network(&app, &source)).await?;
    }
    Ok(left(&app))
}

/// `DELETE /api/v1/sessions`: ends every session of whoever is signed in.
///
/// # Errors
/// 401 when nobody is signed in.
#[utoipa::path(delete, path = "/api/v1/sessions", tag = "staff", security(("session" = [])), responses((status = 204, description = "signed out on every device"), (status = "default", body = contract::Problem, content_type = "application/problem+json")))]
pub async fn sign_out_everywhere(
    State(app): State<App>,
    Visitor(source): Visitor,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let who = writer(&app, &headers).await?;
    staff::sign_out_everywhere(&app, &who, &network(&app, &source)).await?;
    Ok(left(&app))
}

fn left(app: &App) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(app, &mut response, cookie_name(app), "", 0);
    response
}

fn set_cookie(app: &App, response: &mut Response, name: &str, value: &str, seconds: i64) {
    let cookie = Cookie {
        name,
        value,
        seconds,
        abroad: Abroad::Never,
    };
    cookies::set(app, response, cookie);
}
