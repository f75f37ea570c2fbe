//! Cookies: read as browsers send them, set in one way. None can be read by a script, and over https none goes
//! over http.

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use flow::app::App;

/// On which requests that another site causes a browser sends a cookie along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abroad {
    /// On none: it stands for a person or for a right.
    Never,
    /// Where somebody follows a link to us.
    ByLink,
}

impl Abroad {
    fn word(self) -> &'static str {
        match self {
            Self::Never => "Strict",
            Self::ByLink => "Lax",
        }
    }
}

/// A cookie to be set.
#[derive(Clone, Copy, Debug)]
pub struct Cookie<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it holds: letters, digits, and signs that need no quotes.
    pub value: &'a str,
    /// How long it lasts; with 0 it is gone.
    pub seconds: i64,
    /// What another site may do with it.
    pub abroad: Abroad,
}

/// Is the site reached over https, as citizens see it?
pub fn is_https(app: &App) -> bool {
    app.public_url().starts_with("https:")
}

/// What a cookie of a request holds.
pub fn read(headers: &HeaderMap, wanted: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value.to_owned())
}

/// Sets a cookie beside those that an answer sets already.
pub fn set(app: &App, response: &mut Response, cookie: Cookie<'_>) {
    let Cookie {
        name,
        value,
        seconds,
        abroad,
    } = cookie;
    let secure = match is_https(app) {
        true => "; Secure",
        false => "",
    };
    let abroad = abroad.word();
    let text =
        format!("{name}={value}; Path=/; HttpOnly; SameSite={abroad}; Max-Age={seconds}{secure}");
    if let Ok(text) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, text);
    }
}
