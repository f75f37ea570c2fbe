//! What is served while the folder holds no region yet.

use super::{assets, failure, layers, preferences};
use crate::pages::{self, Assets, Modes, Shell};
use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    middleware::from_fn,
    response::{IntoResponse, Response},
    routing::get,
};
use contract::{Problem, ProblemKind};
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
    let language = preferences::accepted(request.headers()).unwrap_or_default();
    let page = words::speaking(language, || page(language));
    let page = (StatusCode::SERVICE_UNAVAILABLE, page).into_response();
    failure::with_retry(page, Some(AGAIN))
}

fn page(language: Language) -> maud::Markup {
    // The app has nothing to show yet.
    let assets = Assets {
        boot: None,
        ..assets::linked().clone()
    };
    let shell = Shell {
        language,
        modes: Modes::default(),
        demo: false,
        region: "",
        lapse: None,
        assets: &assets,
        citizen: true,
        // Choices are kept by the server that has a region.
        back: String::new(),
    };
    pages::not_founded(&shell)
}
