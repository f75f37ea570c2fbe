//! What is served while the folder holds no region yet.

use super::{assets, layers};
use crate::pages::{self, Assets, Modes, Shell};
use axum::{
    Json, Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::from_fn,
    response::{IntoResponse, Response},
    routing::get,
};
use contract::{Problem, ProblemKind, paths};
use words::Language;

/// Seconds until it makes sense to look again.
const AGAIN: HeaderValue = HeaderValue::from_static("10");

/// Says at every address that there is no region yet, and what to do.
pub fn router() -> Router {
    Router::new()
        .route("/healthz", get(super::health::alive))
        .route("/assets/{*path}", get(assets::hashed))
        .fallback(not_founded)
        .layer(from_fn(layers::secure))
}

async fn not_founded(request: Request) -> Response {
    let for_programs = request.uri().path().starts_with("/api/");
    let mut response = match for_programs {
        true => (
            [(header::CONTENT_TYPE, "application/problem+json")],
            Json(Problem::because(ProblemKind::Unavailable, "not-founded")),
        )
            .into_response(),
        false => page().into_response(),
    };
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response.headers_mut().insert(header::RETRY_AFTER, AGAIN);
    response
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
