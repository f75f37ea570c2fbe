//! What is served while the folder holds no region yet.

use super::{assets, failure, layers};
use crate::pages::{self, Assets, Modes, Shell};
use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    middleware::from_fn,
    response::{IntoResponse, Response},
    routing::get,
};
use contract::{Problem, ProblemKind, paths};
use words::Language;

/// Seconds until it makes sense to look again.
const AGAIN: u64 = 10;

/// Says at every address that there is no region yet, and what to do.
pub fn router() -> Router {
    Router::new()
        .route("/healthz", get(super::health::alive))
        .route("/assets/{*path}", get(assets::hashed))
        .fallback(not_founded)
        .layer(from_fn(layers::secure))
}

async fn not_founded(request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        let problem = Problem::because(ProblemKind::Unavailable, "not-founded");
        return failure::json(&problem, Some(AGAIN));
    }
    let page = (StatusCode::SERVICE_UNAVAILABLE, page()).into_response();
    failure::with_retry(page, Some(AGAIN))
}

fn page() -> maud::Markup {
    // The app has nothing to show yet.
    let assets = Assets {
        boot: None,
        ..assets::linked()
    };
    let shell = Shell {
        language: Language::default(),
        modes: Modes::default(),
        demo: false,
        region: "",
        lapse: None,
        assets: &assets,
        citizen: true,
        back: paths::HOME.to_owned(),
    };
    pages::not_founded(&shell)
}
