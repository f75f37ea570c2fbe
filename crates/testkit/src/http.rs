//! Requests to the public address, without a socket.

use axum::{
    Extension, Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, header},
};
use contract::Problem;
use flow::{app::App, tickets};
use http_body_util::BodyExt;
use serde::{Serialize, de::DeserializeOwned};
use std::net::SocketAddr;
use tower::ServiceExt;
use web::http::{self, source::Proxies};

/// What answers requests.
#[derive(Clone)]
pub struct Http {
    router: Router,
    /// The other end of the connection; without it there is no connection, as in most tests.
    peer: Option<SocketAddr>,
    /// Sent with every request, beside what the request itself sends.
    cookie: Option<String>,
    /// Whose ratings are followed by their tickets at once, and not at the next tick.
    app: Option<App>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, as sent.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).expect("UTF-8")
    }

    /// The body as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| {
            panic!(
                "{error}: {} {}",
                self.status,
                String::from_utf8_lossy(&self.bytes)
            )
        })
    }

    /// The body as a problem, which must be declared as one and repeat the status.
    pub fn problem(&self) -> Problem {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        let problem: Problem = self.json();
        assert_eq!(problem.status, self.status);
        problem
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The same, after checking the status.
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(
            self.status,
            status,
            "{}",
            String::from_utf8_lossy(&self.bytes)
        );
        self
    }
}

impl Http {
    /// The public address of an app: whatever follows from a request that succeeded has been done when its
    /// answer is there.
    pub(crate) fn public(app: &App) -> Self {
        Self {
            router: http::router(app.clone()),
            peer: None,
            cookie: None,
            app: Some(app.clone()),
        }
    }

    /// Its metrics address.
    pub(crate) fn metrics(app: &App) -> Self {
        Self {
            router: http::metrics_router(app.clone()),
            peer: None,
            cookie: None,
            app: None,
        }
    }

    /// The same from an address, by a browser that has no cookie yet.
    pub fn from(&self, peer: &str) -> Self {
        Self {
            peer: Some(SocketAddr::new(peer.parse().expect("an address"), 40_000)),
            cookie: None,
            ..self.clone()
        }
    }

    /// The same with a cookie.
    pub fn with_cookie(&self, cookie: &str) -> Self {
        Self {
            cookie: Some(cookie.to_owned()),
            ..self.clone()
        }
    }

    /// The same behind proxies that are trusted.
    pub fn trusting(&self, proxies: &[&str]) -> Self {
        let ranges = proxies.iter().map(|range| range.parse().expect("a range"));
        let proxies = Proxies::new(ranges.collect());
        Self {
            router: self.router.clone().layer(Extension(proxies)),
            ..self.clone()
        }
    }

    /// Sends any request.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(peer) = self.peer {
            request = request.extension(ConnectInfo(peer));
        }
        let request = request.body(body.into()).expect("a request");
        let writes = *request.method() == Method::POST;
        let answer = self.router.clone().oneshot(request).await;
        let response = answer.expect("an answer");
        if let Some(app) = self.app.as_ref().filter(|_| {
            writes && (response.status().is_success() || response.status().is_redirection())
        }) {
            // Where a test takes the database away, it follows later, as it does in a city.
            let _ = tickets::follow(app).await;
        }
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes().to_vec();
        Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            bytes,
        }
    }

    /// `GET`, as a browser asks.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(
            Method::GET,
            path,
            &[("accept", "text/html,*/*")],
            Body::empty(),
        )
        .await
    }

    /// `POST` of JSON with further headers.
    pub async fn post_json(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: &impl Serialize,
    ) -> Reply {
        let mut all = vec![(header::CONTENT_TYPE.as_str(), "application/json")];
        all.extend_from_slice(headers);
        let text = serde_json::to_string(body).expect("JSON");
        self.send(Method::POST, path, &all, text).await
    }

    /// `POST` of a form.
    pub async fn post_form(&self, path: &str, body: impl Into<Body>) -> Reply {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "text/html"),
        ];
        self.send(Method::POST, path, &headers, body).await
    }
}
