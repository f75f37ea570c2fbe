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
    let hash = flow::secrets::hex(&Sha256::digest(&json)[..8]);
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
pub fn linked() -> &'static pages::Assets {
    static LINKED: OnceLock<pages::Assets> = OnceLock::new();
    LINKED.get_or_init(|| {
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
    })
}

/// How a file can be sent, best first: the coding, and the end of the copy's name.
const CODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// `GET /assets/{*path}`: files with a hash in their name. Each was compressed at the build,
/// better than there is time for at a request.
pub async fn hashed(Path(path): Path<String>, asked: HeaderMap) -> Response {
    if let Some(own) = texts().iter().find(|one| one.name == path) {
        return sent(own.json.as_slice(), &path, FOR_EVER);
    }
    let name = format!("assets/{path}");
    let packed = CODINGS.into_iter().find_map(|(coding, end)| {
        let copy = DIST.get_file(format!("{name}.{end}"))?;
        takes(&asked, coding).then_some((coding, copy))
    });
    // The name holds a hash of the contents, so name and coding together say what is sent.
    let tag = format!(
        "\"{path}.{}\"",
        packed.map_or("plain", |(coding, _)| coding)
    );
    if is_known(&asked, &tag) {
        return not_modified(&tag, FOR_EVER);
    }
    let found = packed
        .map(|(_, copy)| copy)
        .or_else(|| DIST.get_file(&name));
    let mut response = file(found, &path, FOR_EVER);
    if found.is_none() {
        return response;
    }
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some((coding, _)) = packed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    tagged(response, &tag)
}

/// The few files that keep their name.
pub async fn named(uri: axum::http::Uri, asked: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let found = DIST.get_file(path);
    let Some(contents) = found.map(File::contents) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // Weak, since such a file may be compressed on its way.
    let hash = flow::secrets::hex(&Sha256::digest(contents)[..8]);
    let tag = format!("W/\"{hash}\"");
    if is_known(&asked, &tag) {
        return not_modified(&tag, BRIEFLY);
    }
    tagged(file(found, path, BRIEFLY), &tag)
}

/// Does the browser hold this already?
fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    let held = asked
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let plain = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    held.flat_map(|value| value.split(','))
        .any(|one| one.trim() == "*" || plain(one) == plain(tag))
}

fn not_modified(tag: &str, caching: &'static str) -> Response {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    tagged(response, tag)
}

fn tagged(mut response: Response, tag: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
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

/// Whether a browser can unpack this coding; `br;q=0` says that it cannot.
fn takes(asked: &HeaderMap, coding: &str) -> bool {
    let accepted = asked
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|one| {
        let (name, quality) = one.split_once(';').unwrap_or((one, ""));
        let refused = quality
            .split('=')
            .nth(1)
            .is_some_and(|q| q.trim().parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case(coding) && !refused
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
    fn a_compressed_copy_is_sent_to_those_who_take_it_only() {
        assert!(takes(&asking("gzip, deflate, br, zstd"), "br"));
        assert!(takes(&asking("BR;q=0.5"), "br"));
        assert!(!takes(&asking("gzip, br;q=0"), "br"));
        assert!(takes(&asking("gzip, br;q=0"), "gzip"));
        assert!(!takes(&asking("brotli"), "br"));
        assert!(!takes(&HeaderMap::new(), "gzip"));
    }

    fn holding(tags: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(tags))])
    }

    #[test]
    fn a_browser_that_holds_the_file_is_told_so() {
        assert!(is_known(&holding("\"a\", \"b\""), "\"b\""));
        assert!(is_known(&holding("W/\"b\""), "\"b\""));
        assert!(is_known(&holding("*"), "\"b\""));
        assert!(!is_known(&holding("\"b.br\""), "\"b\""));
        assert!(!is_known(&HeaderMap::new(), "\"b\""));
    }
}
