//! The single-page app, embedded: hashed files for ever, the rest briefly.

use crate::pages;
use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use include_dir::{Dir, include_dir};
use serde::Deserialize;

static DIST: Dir<'static> = include_dir!("$OUT_DIR/dist");

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const BRIEFLY: &str = "public, max-age=300";

#[derive(Default, Deserialize)]
struct Manifest {
    #[serde(default)]
    boot: Option<String>,
    #[serde(default)]
    css: Vec<String>,
}

/// Which hashed files a page links to; nothing where the app was not built in.
pub fn linked() -> pages::Assets {
    let manifest: Manifest = DIST
        .get_file("assets.json")
        .and_then(|file| serde_json::from_slice(file.contents()).ok())
        .unwrap_or_default();
    pages::Assets {
        boot: manifest.boot,
        css: manifest.css.into_iter().next(),
        ..pages::Assets::default()
    }
}

/// `GET /assets/{*path}`: files with a hash in their name.
pub async fn hashed(Path(path): Path<String>) -> Response {
    file(&path, FOR_EVER)
}

/// The few files that keep their name.
pub async fn named(uri: axum::http::Uri) -> Response {
    file(uri.path().trim_start_matches('/'), BRIEFLY)
}

fn file(path: &str, caching: &'static str) -> Response {
    let found = DIST
        .get_file(path)
        .or_else(|| DIST.get_file(path.trim_start_matches("assets/")));
    let Some(found) = found else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = found.contents().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    response
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("json" | "webmanifest") => "application/json",
        Some("png") => "image/png",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
