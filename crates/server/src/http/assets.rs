//! The single-page app, embedded: hashed files for ever, the rest briefly.

use crate::pages;
use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use include_dir::{Dir, File, include_dir};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;
use words::Language;

static DIST: Dir<'static> = include_dir!("$OUT_DIR/dist");

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const BRIEFLY: &str = "public, max-age=300";

/// The texts of a language for the app, under a name that changes with them.
struct Texts {
    language: Language,
    name: String,
    json: Vec<u8>,
}

/// The languages that the app does not carry within it.
fn texts() -> &'static [Texts] {
    static TEXTS: OnceLock<Vec<Texts>> = OnceLock::new();
    TEXTS.get_or_init(|| {
        let others = Language::ALL
            .into_iter()
            .filter(|language| *language != Language::default());
        others.map(texts_of).collect()
    })
}

fn texts_of(language: Language) -> Texts {
    let all: Vec<&str> = words::table(language).collect();
    let json = serde_json::json!({"shape": words::SHAPE, "texts": all})
        .to_string()
        .into_bytes();
    let hash = crate::secrets::hex(&Sha256::digest(&json)[..8]);
    Texts {
        language,
        name: format!("words-{}-{hash}.json", language.tag()),
        json,
    }
}

#[derive(Default, Deserialize)]
struct Manifest {
    #[serde(default)]
    id: Option<String>,
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
        build: manifest.id,
        words: texts()
            .iter()
            .map(|one| (one.language, format!("/assets/{}", one.name)))
            .collect(),
    }
}

/// `GET /assets/{*path}`: files with a hash in their name. Each was compressed once, at the
/// build, better than there is time for at a request.
pub async fn hashed(Path(path): Path<String>, asked: HeaderMap) -> Response {
    if let Some(own) = texts().iter().find(|one| one.name == path) {
        return sent(own.json.as_slice(), &path, FOR_EVER);
    }
    let name = format!("assets/{path}");
    let packed = takes_brotli(&asked)
        .then(|| DIST.get_file(format!("{name}.br")))
        .flatten();
    let mut response = file(packed.or_else(|| DIST.get_file(&name)), &path, FOR_EVER);
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if packed.is_some() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

/// The few files that keep their name.
pub async fn named(uri: axum::http::Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    file(DIST.get_file(path), path, BRIEFLY)
}

fn file(found: Option<&'static File<'static>>, path: &str, caching: &'static str) -> Response {
    let Some(found) = found else {
        return StatusCode::NOT_FOUND.into_response();
    };
    sent(found.contents(), path, caching)
}

fn sent(contents: &'static [u8], path: &str, caching: &'static str) -> Response {
    let mut response = contents.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(media_type(path)),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    response
}

/// Whether a browser can unpack brotli; `br;q=0` says that it cannot.
fn takes_brotli(asked: &HeaderMap) -> bool {
    let accepted = asked
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = quality
            .split('=')
            .nth(1)
            .is_some_and(|q| q.trim().parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case("br") && !refused
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(codings: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(codings))])
    }

    #[test]
    fn brotli_is_sent_to_those_who_take_it_only() {
        assert!(takes_brotli(&asking("gzip, deflate, br, zstd")));
        assert!(takes_brotli(&asking("BR;q=0.5")));
        assert!(!takes_brotli(&asking("gzip, br;q=0")));
        assert!(!takes_brotli(&asking("brotli")));
        assert!(!takes_brotli(&HeaderMap::new()));
    }
}
