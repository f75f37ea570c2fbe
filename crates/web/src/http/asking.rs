//! The right to ask for the follow-up code, between a rating sent without script and its receipt.
//!
//! A receipt has an address of its own, so that going back, reloading and another language do no harm; and
//! it may be shown to anyone, so that its address says nothing of who sent the rating. The browser that sent it
//! holds the form's key in a cookie, for some minutes and for one answer: whoever uses the same device
//! next is not given the code.

use super::cookies::{self, Abroad, Cookie};
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use contract::paths;
use flow::{app::App, secrets};

const COOKIE: &str = "asking";
/// How long somebody may think about it, in seconds.
const TERM: i64 = 300;

/// Sends the browser on to the receipt; it may ask for the code that belongs to it.
pub fn receipt_follows(app: &App, receipt: &str, key: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let to = paths::fill(paths::RECEIPT, receipt);
    if let Ok(to) = HeaderValue::from_str(&to) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    let bare = secrets::normal(receipt);
    with_cookie(app, response, &format!("{bare}.{key}"), TERM)
}

/// The key of a receipt's rating, where this browser has sent it just now.
pub fn key(headers: &HeaderMap, receipt: &str) -> Option<String> {
    let held = cookies::read(headers, COOKIE)?;
    let (of, key) = held.split_once('.')?;
    (of == secrets::normal(receipt)).then(|| key.to_owned())
}

/// The code was given: nobody is given it again by this browser.
pub fn over(app: &App, response: Response) -> Response {
    with_cookie(app, response, "", 0)
}

fn with_cookie(app: &App, mut response: Response, value: &str, seconds: i64) -> Response {
    let cookie = Cookie {
        name: COOKIE,
        value,
        seconds,
        abroad: Abroad::Never,
    };
    cookies::set(app, &mut response, cookie);
    response
}
