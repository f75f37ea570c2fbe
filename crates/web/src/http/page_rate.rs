//! The citizen's pages as script-free HTML: the same flows, words and style as the SPA.

use super::{
    asking,
    extract::Path,
    failure::{log, problem_of, retry_after, with_retry},
    form::Fields,
    page_public::{page, problem_page, shell},
    source::{Visitor, remember},
};
use crate::pages::{self, FormState, Notice, Offer};
use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use contract::{follow::FollowAsk, rate::field};
use flow::{FlowError, app::App, follow, rate, secrets, source::Source};
use rules::rating::{RawLevel, Violation};

/// `GET /r/{plate}`.
pub async fn plate(
    State(app): State<App>,
    Path(plate): Path<String>,
    Visitor(source): Visitor,
) -> Response {
    show(&app, rate::Entry::Plate(plate), &source).await
}

/// `GET /s/{code}`.
pub async fn service(
    State(app): State<App>,
    Path(code): Path<String>,
    Visitor(source): Visitor,
) -> Response {
    show(&app, rate::Entry::Service(code), &source).await
}

/// `POST /r/{plate}`.
pub async fn send_plate(
    State(app): State<App>,
    Path(plate): Path<String>,
    Visitor(source): Visitor,
    headers: HeaderMap,
    sent: Result<Bytes, BytesRejection>,
) -> Response {
    send(&app, rate::Entry::Plate(plate), &source, &headers, sent).await
}

/// `POST /s/{code}`.
pub async fn send_service(
    State(app): State<App>,
    Path(code): Path<String>,
    Visitor(source): Visitor,
    headers: HeaderMap,
    sent: Result<Bytes, BytesRejection>,
) -> Response {
    send(&app, rate::Entry::Service(code), &source, &headers, sent).await
}

async fn show(app: &App, entry: rate::Entry, source: &Source) -> Response {
    let key = match secrets::random::<16>() {
        Ok(bytes) => secrets::hex(&bytes),
        Err(error) => return refuse(app, &error.into()),
    };
    match rate::page(app, &entry).await {
        Ok(view) => {
            let form = pages::rate(&view, &FormState::blank(key), &shell(app, true));
            remember(app, source, page(StatusCode::OK, form))
        }
        Err(FlowError::NotFound) => unknown_place(app, entry.typed()),
        Err(FlowError::PlateRevoked) => revoked(app, entry.typed()),
        Err(error) => refuse(app, &error),
    }
}

async fn send(
    app: &App,
    entry: rate::Entry,
    source: &Source,
    headers: &HeaderMap,
    sent: Result<Bytes, BytesRejection>,
) -> Response {
    let fields = match Fields::of_body(headers, sent) {
        Ok(fields) => fields,
        Err(error) => return refuse(app, &error),
    };
    let key = fields.get(field::KEY).to_owned();
    let input = fields.rating();
    match rate::submit(app, &entry, &input, &key, rate::Channel::Form, source).await {
        Ok(sent) => asking::receipt_follows(app, &sent.receipt.code, &key),
        Err(FlowError::NotFound) => unknown_place(app, entry.typed()),
        Err(FlowError::PlateRevoked) => revoked(app, entry.typed()),
        Err(error) => again(app, &entry, &fields, error).await,
    }
}

/// The form once more, with everything that was typed, and what was wrong.
async fn again(app: &App, entry: &rate::Entry, fields: &Fields, error: FlowError) -> Response {
    let mut form = kept(fields);
    match &error {
        FlowError::Invalid(violations) => form.violations.clone_from(violations),
        FlowError::Unavailable(_) => form.notice = Some(Notice::Unavailable),
        // The key is spent or broken: the form comes back with a fresh one, and what was typed.
        FlowError::KeyReused => renew(&mut form, "key.reused"),
        FlowError::Malformed("idempotency-key") => renew(&mut form, "key.malformed"),
        _ => return refuse(app, &error),
    }
    let Ok(mut view) = rate::page(app, entry)
        .await
        .or_else(|_| rate::place_only(app, entry))
    else {
        return refuse(app, &error);
    };
    view.already_rated = false;
    log(&error);
    let status = StatusCode::from_u16(problem_of(&error).status).unwrap_or(StatusCode::BAD_REQUEST);
    let response = page(status, pages::rate(&view, &form, &shell(app, true)));
    with_retry(response, retry_after(&error))
}

fn renew(form: &mut FormState, code: &str) {
    form.key = secrets::random::<16>().map_or_else(|_| String::new(), |bytes| secrets::hex(&bytes));
    form.violations.push(Violation::new(field::LEVEL, code));
}

fn kept(fields: &Fields) -> FormState {
    let input = fields.rating();
    let chosen = |(scope, level): (String, RawLevel)| match level {
        RawLevel::Number(level) => Some((scope, u8::try_from(level).ok()?)),
        _ => None,
    };
    FormState {
        key: fields.get(field::KEY).to_owned(),
        level: fields.get(field::LEVEL).parse().ok(),
        scopes: input.scopes.into_iter().filter_map(chosen).collect(),
        tags: input
            .tags
            .iter()
            .filter_map(|tag| tag.parse().ok())
            .collect(),
        text: input.text,
        stated: input.stated,
        name: input.name,
        phone: input.phone,
        ..FormState::default()
    }
}

fn unknown_place(app: &App, typed: &str) -> Response {
    let halls = app.directory().halls();
    page(
        StatusCode::NOT_FOUND,
        pages::not_found_plate(typed, &halls, &shell(app, true)),
    )
}

/// The plate is out of use: where it hung, and how to find the window without it.
fn revoked(app: &App, code: &str) -> Response {
    let (plates, directory) = (app.plates(), app.directory());
    let Some(plate) = plates.known(code) else {
        return unknown_place(app, code);
    };
    let place = plates.place(plate, directory);
    page(
        StatusCode::GONE,
        pages::revoked_plate(&place, &directory.halls(), &shell(app, true)),
    )
}

fn refuse(app: &App, error: &FlowError) -> Response {
    log(error);
    let response = problem_page(app, &problem_of(error));
    with_retry(response, retry_after(error))
}

/// `GET /receipt/{code}`.
pub async fn receipt(
    State(app): State<App>,
    Path(code): Path<String>,
    headers: HeaderMap,
) -> Response {
    match rate::receipt(&app, &code).await {
        Ok(receipt) => {
            let offer = match asking::key(&headers, &receipt.code) {
                Some(_) => Offer::Follow,
                None => Offer::Nothing,
            };
            page(
                StatusCode::OK,
                pages::receipt(&receipt, offer, &shell(&app, true)),
            )
        }
        Err(error) => refuse(&app, &error),
    }
}

/// `POST /follow`.
pub async fn follow_ask(
    State(app): State<App>,
    Visitor(source): Visitor,
    headers: HeaderMap,
    sent: Result<Bytes, BytesRejection>,
) -> Response {
    let fields = match Fields::of_body(&headers, sent) {
        Ok(fields) => fields,
        Err(error) => return refuse(&app, &error),
    };
    let receipt = fields.get("receipt").to_owned();
    // The app sends the key itself, where its own request has failed; a browser without it has the cookie.
    let sent = Some(fields.get("key").to_owned()).filter(|key| !key.is_empty());
    let key = sent.or_else(|| asking::key(&headers, &receipt));
    let ask = FollowAsk {
        receipt,
        key: key.unwrap_or_default(),
    };
    match follow::ask(&app, &ask, &source).await {
        Ok(code) => {
            let told = page(
                StatusCode::OK,
                pages::follow_code(&code, &shell(&app, true)),
            );
            asking::over(&app, told)
        }
        Err(error) => refuse(&app, &error),
    }
}

/// `GET /f/{code}`.
pub async fn follow(State(app): State<App>, Path(code): Path<String>) -> Response {
    match follow::page(&app, &code).await {
        Ok(view) => page(StatusCode::OK, pages::follow(&view, &shell(&app, true))),
        Err(error) => refuse(&app, &error),
    }
}
