//! The only place that fetches; one file per resource.

pub mod figures;
pub mod follow;
pub mod plates;
pub mod policy;
pub mod preferences;
pub mod ratings;
pub mod session;
pub mod tickets;

use crate::kit::stale;
use contract::{Problem, ProblemKind, preferences::BUILD_HEADER, staff::SIGNED_IN_AS};
use gloo_net::http::{Method, RequestBuilder, Response};
use serde::{Serialize, de::DeserializeOwned};
use web_sys::RequestCredentials;

/// Why a request brought nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// No answer came: no network, or the connection was cut. Whether the server acted is unknown.
    Offline,
    /// The server refused, and said why.
    Problem(Problem),
    /// The answer could not be read: an older app, or something between us and the server.
    Decode,
}

impl Error {
    /// What kind of refusal it was, if it was one.
    pub fn kind(&self) -> Option<ProblemKind> {
        self.problem().map(|problem| problem.kind)
    }

    /// What the server said, where it said something.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            Self::Offline | Self::Decode => None,
        }
    }

    /// The session has ended, or there never was one.
    pub fn signed_out(&self) -> bool {
        self.kind() == Some(ProblemKind::Unauthenticated)
    }
}

/// A request in parts; not generic, so that the size of the app does not grow with every resource.
struct Call<'a> {
    method: Method,
    url: &'a str,
    body: Option<String>,
    /// The body is a form, not JSON.
    form: bool,
    key: Option<&'a str>,
}

/// Reads a resource.
async fn get<T: DeserializeOwned>(url: &str) -> Result<T, Error> {
    decode(&send(Call::get(url)).await?)
}

/// Sends a body and reads the answer.
async fn post<B: Serialize, T: DeserializeOwned>(
    url: &str,
    body: &B,
    key: Option<&str>,
) -> Result<T, Error> {
    decode(&send(Call::post(url, encode(body)?, key)).await?)
}

/// Sends a body; the answer is only whether it was accepted.
async fn post_only<B: Serialize>(url: &str, body: &B) -> Result<(), Error> {
    send(Call::post(url, encode(body)?, None)).await.map(drop)
}

/// Sends a form; the answer is only whether it was accepted.
async fn send_form(url: &str, body: String) -> Result<(), Error> {
    let call = Call {
        form: true,
        ..Call::post(url, body, None)
    };
    send(call).await.map(drop)
}

/// Removes a resource.
async fn delete(url: &str) -> Result<(), Error> {
    let call = Call {
        method: Method::DELETE,
        ..Call::get(url)
    };
    send(call).await.map(drop)
}

impl<'a> Call<'a> {
    fn get(url: &'a str) -> Self {
        Self {
            method: Method::GET,
            url,
            body: None,
            form: false,
            key: None,
        }
    }

    fn post(url: &'a str, body: String, key: Option<&'a str>) -> Self {
        Self {
            method: Method::POST,
            url,
            body: Some(body),
            form: false,
            key,
        }
    }
}

fn encode<B: Serialize>(body: &B) -> Result<String, Error> {
    serde_json::to_string(body).map_err(|_| Error::Decode)
}

fn decode<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|_| Error::Decode)
}

async fn send(call: Call<'_>) -> Result<String, Error> {
    // The header cannot be set across origins without asking first: that guards the session.
    let mut builder = RequestBuilder::new(call.url)
        .method(call.method)
        .credentials(RequestCredentials::SameOrigin)
        .header("Accept", "application/json")
        .header("X-Requested-With", "haochaping");
    if let Some(whom) = session::believed() {
        builder = builder.header(SIGNED_IN_AS, &whom);
    }
    if let Some(key) = call.key {
        builder = builder.header("Idempotency-Key", key);
    }
    let kind = if call.form {
        "application/x-www-form-urlencoded"
    } else {
        "application/json"
    };
    let request = match call.body {
        Some(body) => builder.header("Content-Type", kind).body(body),
        None => builder.build(),
    };
    let response = request
        .map_err(|_| Error::Decode)?
        .send()
        .await
        .map_err(|_| Error::Offline)?;
    stale::compare(response.headers().get(BUILD_HEADER).as_deref());
    text_of(response).await
}

async fn text_of(response: Response) -> Result<String, Error> {
    // A connection cut in the middle of the body is as good as no answer.
    let text = response.text().await.map_err(|_| Error::Offline)?;
    if response.ok() {
        Ok(text)
    } else {
        Err(refusal(response.status(), &text))
    }
}

/// What a status other than 2xx says, also where something between us and the server answered.
fn refusal(status: u16, text: &str) -> Error {
    if let Ok(problem) = decode::<Problem>(text) {
        return Error::Problem(problem);
    }
    match status {
        401 => Error::Problem(Problem::new(ProblemKind::Unauthenticated)),
        404 => Error::Problem(Problem::new(ProblemKind::NotFound)),
        413 => Error::Problem(Problem::new(ProblemKind::TooLarge)),
        429 => Error::Problem(Problem::new(ProblemKind::TooMany)),
        502..=504 => Error::Problem(Problem::new(ProblemKind::Unavailable)),
        _ => Error::Decode,
    }
}

/// Appends a query to a path. Empty values are left out; the values are percent-encoded.
fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let query: Vec<String> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", crate::kit::url::encode(value)))
        .collect();
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", query.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_read_from_the_body_of_a_refusal() {
        let error = refusal(409, r#"{"type":"conflict","status":409}"#);
        assert_eq!(error.kind(), Some(ProblemKind::Conflict));
    }

    #[test]
    fn a_refusal_by_a_proxy_in_front_is_told_from_its_status() {
        assert_eq!(
            refusal(503, "<html>").kind(),
            Some(ProblemKind::Unavailable)
        );
        assert_eq!(refusal(418, "<html>"), Error::Decode);
    }

    #[test]
    fn a_query_leaves_out_what_is_empty_and_encodes_the_rest() {
        assert_eq!(
            with_query("/x", &[("a", ""), ("b", "一 &")]),
            "/x?b=%E4%B8%80%20%26"
        );
        assert_eq!(with_query("/x", &[("a", "")]), "/x");
    }
}
