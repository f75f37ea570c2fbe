//! What every response carries, and what every request leaves in the log.

use super::page_public::refuse_for;
use crate::pages;
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::Response,
};
use contract::paths;
use flow::{FlowError, app::App};
use rules::can::Reason;
use std::sync::OnceLock;
use tracing::Instrument;

/// The header that carries the request id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

fn policy() -> &'static HeaderValue {
    static POLICY: OnceLock<HeaderValue> = OnceLock::new();
    POLICY.get_or_init(|| {
        let text = format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' '{}' '{}'; \
             img-src 'self' data:; connect-src 'self'; manifest-src 'self'; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'",
            pages::citizen_css_hash(),
            pages::site_css_hash()
        );
        HeaderValue::from_str(&text)
            .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
    })
}

/// Strict security headers on every response.
pub async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy().clone());
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        // Never a path, which may hold a code. Where nothing at all is told, browsers leave out the origin of a form too.
        HeaderValue::from_static("strict-origin"),
    );
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=()"),
    );
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Where a browser says that a request comes from; a program says nothing.
const FETCH_SITE: &str = "sec-fetch-site";

/// Refuses what a page of another site makes a browser send: a visitor of any page could be made to rate
/// unawares, from a phone and a network that nothing had come from before. A neighbour under the same domain
/// is another site too: the offices that are rated have pages of their own there.
pub async fn own_site(State(app): State<App>, request: Request, next: Next) -> Response {
    let foreign = !request.method().is_safe() && is_foreign(&app, request.headers());
    match foreign {
        true => refuse_for(
            &app,
            request.uri(),
            &FlowError::Forbidden(Reason::OtherSite),
        ),
        false => next.run(request).await,
    }
}

/// Over plain http, and before 2023 some everywhere, browsers tell only the origin of a page; a program tells neither.
fn is_foreign(app: &App, headers: &HeaderMap) -> bool {
    if let Some(from) = headers.get(FETCH_SITE) {
        return matches!(from.as_bytes(), b"cross-site" | b"same-site");
    }
    let text = |name| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    let Some(origin) = text(header::ORIGIN) else {
        return false;
    };
    let host = origin.split_once("://").map(|(_, host)| host);
    origin != app.public_url() && (host.is_none() || host != text(header::HOST))
}

/// The routes that a rating is sent to.
const RATED: [&str; 3] = [paths::PLATE, paths::SERVICE, paths::API_RATINGS];
/// How long a rating took is told no more precisely than this, in microseconds: a log shall not say more of
/// the level than the answer does.
const COARSE_US: u64 = 100_000;

/// One line a request: the route's template, never the path, which may hold a code.
pub async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = app.request_id();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("(none)", MatchedPath::as_str)
        .to_owned();
    let method = request.method().clone();
    let span = tracing::info_span!("request", id = %id, method = %method, route = %route);
    let started = tokio::time::Instant::now();
    let mut response = CURRENT
        .scope(id.clone(), next.run(request))
        .instrument(span.clone())
        .await;
    let took_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let took_us = match method == Method::POST && RATED.contains(&route.as_str()) {
        true => took_us.next_multiple_of(COARSE_US),
        false => took_us,
    };
    let status = response.status().as_u16();
    app.metrics().request(status, took_us);
    span.in_scope(|| tracing::info!(status, took_us, "answered"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

tokio::task_local! {
    static CURRENT: String;
}

/// The id under which the request at hand is logged.
pub fn current_id() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}
