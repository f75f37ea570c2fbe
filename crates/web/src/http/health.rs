//! Liveness, readiness, and metrics on an address of their own.

use axum::{extract::State, http::StatusCode};
use flow::app::App;
use flow::readiness::{ANSWER_IN, DAMAGED, FORGETS, KEYS_GONE, NO_ANSWER};
use tokio::time::timeout;

/// `GET /healthz`: the process runs.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: ratings are taken, and what is taken can be stored; or why not.
pub async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if !app.lane().is_open() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    if app.watch().is_clock_wrong(app.clock()) {
        return (StatusCode::SERVICE_UNAVAILABLE, "the clock is wrong\n");
    }
    if app.watch().forgets() {
        return (StatusCode::SERVICE_UNAVAILABLE, FORGETS);
    }
    if app.watch().damaged().is_some() {
        return (StatusCode::SERVICE_UNAVAILABLE, DAMAGED);
    }
    if app.watch().lacks_keys() {
        return (StatusCode::SERVICE_UNAVAILABLE, KEYS_GONE);
    }
    // Whoever waits for another one's look has waited long enough as well.
    let looked = app.readiness().why_not(app.store());
    match timeout(ANSWER_IN, looked).await {
        Ok(None) => (StatusCode::OK, "ready\n"),
        Ok(Some(why)) => (StatusCode::SERVICE_UNAVAILABLE, why),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, NO_ANSWER),
    }
}

/// `GET /metrics`, on the metrics address only.
pub async fn metrics(State(app): State<App>) -> String {
    let differing = app.watch().differing();
    let name = "haochaping_figures_differing_total";
    app.metrics().text() + &format!("# TYPE {name} counter\n{name} {differing}\n")
}
