//! The public pages as script-free HTML.

use super::{
    api_public::Which,
    assets,
    extract::Query,
    failure::{log, named, problem_of},
    preferences,
};
use crate::pages::{self, DueForm, Lapse, Shell};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use contract::{Problem, ProblemKind, figures::DueAnswer, paths};
use flow::{FlowError, app::App, due, figures as figures_flow, follow, secrets};
use maud::Markup;
use rules::{date, profile::Clock, rating::Violation};
use serde::Deserialize;

/// What surrounds a page. `citizen`: everything in one response.
pub fn shell(app: &App, citizen: bool) -> Shell<'_> {
    let asked = preferences::asked();
    Shell {
        language: words::spoken(),
        modes: asked.modes,
        demo: app.region().demo,
        region: &app.region().name,
        lapse: lapse(app),
        assets: assets::linked(),
        citizen,
        back: asked.back,
    }
}

/// The region's own text has lapsed: what every page says of it.
fn lapse(app: &App) -> Option<Lapse<'_>> {
    let found = app.governing_on(app.clock().today())?;
    Some(Lapse {
        lapsed: found.lapsed?,
        governs: found.profile,
    })
}

/// A page with a status.
pub fn page(status: StatusCode, markup: Markup) -> Response {
    (status, markup).into_response()
}

/// A refusal as a page.
pub fn problem_page(app: &App, problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    page(status, pages::problem(&named(problem), &shell(app, true)))
}

/// A refusal in the form that an address speaks: a problem under `/api/`, else a page.
pub(super) fn refuse_for(app: &App, uri: &axum::http::Uri, error: &FlowError) -> Response {
    match uri.path().starts_with("/api/") {
        true => super::failure::json(&problem_of(error), None),
        false => refuse(app, error),
    }
}

pub(super) fn refuse(app: &App, error: &FlowError) -> Response {
    log(error);
    problem_page(app, &problem_of(error))
}

/// `GET /`: released figures.
pub async fn figures(State(app): State<App>, Query(which): Query<Which>) -> Response {
    match figures_flow::of(&app, which.period(), which.place().as_deref()).await {
        Ok(view) => {
            let today = figures_flow::today(&app).await.ok();
            page(
                StatusCode::OK,
                pages::figures(&view, today, &shell(&app, false)),
            )
        }
        Err(error) => refuse(&app, &error),
    }
}

/// `GET /figures.csv`: what the page of the same choice shows.
pub async fn figures_csv(State(app): State<App>, Query(which): Query<Which>) -> Response {
    match figures_flow::of(&app, which.period(), which.place().as_deref()).await {
        Ok(view) => {
            let name = format!("attachment; filename=\"haochaping-{}.csv\"", view.period);
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
                (header::CONTENT_DISPOSITION, name),
            ];
            (headers, pages::csv(&view)).into_response()
        }
        Err(error) => refuse(&app, &error),
    }
}

/// What the calculator's form sends.
#[derive(Debug, Default, Deserialize)]
pub struct DueFields {
    #[serde(default)]
    profile: String,
    #[serde(default)]
    clock: String,
    #[serde(default)]
    from: String,
}

/// `GET /due`.
pub async fn due(State(app): State<App>, Query(fields): Query<DueFields>) -> Response {
    let profiles: Vec<(String, String)> = app
        .policies()
        .profiles
        .iter()
        .map(|profile| (profile.id.clone(), profile.jurisdiction.clone()))
        .collect();
    let asked = !(fields.profile.is_empty() && fields.clock.is_empty() && fields.from.is_empty());
    let (answer, violations) = match asked.then(|| answer(&app, &fields)) {
        None => (None, Vec::new()),
        Some(Ok(answer)) => (Some(answer), Vec::new()),
        Some(Err(violations)) => (None, violations),
    };
    let status = if violations.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let form = DueForm {
        profiles: &profiles,
        profile: &fields.profile,
        clock: &fields.clock,
        from: &fields.from,
        answer: answer.as_ref(),
        violations: &violations,
    };
    page(status, pages::due_form(&form, &shell(&app, false)))
}

fn answer(app: &App, fields: &DueFields) -> Result<DueAnswer, Vec<Violation>> {
    let clock = fields.clock.parse::<Clock>().ok();
    let from = date::parse_iso(&fields.from);
    let known = app
        .policies()
        .profiles
        .iter()
        .any(|profile| profile.id == fields.profile);
    match (known, clock, from) {
        (true, Some(clock), Some(from)) => due::due(
            app.policies(),
            &app.continuations(),
            &fields.profile,
            clock,
            from,
        )
        .map(due::DueAnswer::on_the_wire)
        .map_err(|_| vec![Violation::new("from", "date.unknown")]),
        _ => Err([
            (!known).then(|| Violation::new("profile", "profile.unknown")),
            clock
                .is_none()
                .then(|| Violation::new("clock", "clock.unknown")),
            from.is_none()
                .then(|| Violation::new("from", "date.malformed")),
        ]
        .into_iter()
        .flatten()
        .collect()),
    }
}

/// What the typed code's form sends.
#[derive(Debug, Default, Deserialize)]
pub struct Typed {
    #[serde(default)]
    code: Option<String>,
}

/// `GET /find`: from a typed code to its window, or to what became of a rating.
pub async fn find(State(app): State<App>, Query(typed): Query<Typed>) -> Response {
    let directory = app.directory();
    let Some(code) = typed.code.filter(|code| !code.trim().is_empty()) else {
        return page(
            StatusCode::OK,
            pages::find(&directory.halls(), None, &shell(&app, true)),
        );
    };
    // Also a plate that is out of use: its page says so.
    if let Some(plate) = app.plates().by_short(&code) {
        return Redirect::to(&paths::fill(paths::PLATE, &plate.code)).into_response();
    }
    match follow::typed(&app, &code).await {
        Ok(Some(code)) => Redirect::to(&paths::fill(paths::FOLLOW, &code)).into_response(),
        Ok(None) => not_found(&app, &code),
        Err(error) => refuse(&app, &error),
    }
}

fn not_found(app: &App, typed: &str) -> Response {
    let (halls, shell) = (app.directory().halls(), shell(app, true));
    let said = if secrets::is_like_long_code(typed) {
        pages::not_found_follow(typed, &halls, &shell)
    } else {
        pages::not_found_plate(typed, &halls, &shell)
    };
    page(StatusCode::NOT_FOUND, said)
}

/// `GET /catalogue`: every widget, for demo folders only. Display is taken from the query, too,
/// so that each mode has an address of its own.
pub async fn catalogue(
    State(app): State<App>,
    uri: axum::http::Uri,
    headers: HeaderMap,
) -> Response {
    let Some(plate) = app
        .plates()
        .rows(app.directory())
        .into_iter()
        .next()
        .filter(|_| app.region().demo)
    else {
        return refusal(&app, &uri, &headers, ProblemKind::NotFound);
    };
    match preferences::shown_once(&uri) {
        Ok(modes) => {
            let shell = Shell {
                modes,
                ..shell(&app, false)
            };
            page(StatusCode::OK, pages::catalogue(&plate.place, &shell))
        }
        Err(error) => refuse(&app, &error),
    }
}

/// No such page, or no such endpoint.
pub async fn nothing_here(
    State(app): State<App>,
    uri: axum::http::Uri,
    headers: HeaderMap,
) -> Response {
    refusal(&app, &uri, &headers, ProblemKind::NotFound)
}

/// The address exists, the method does not.
pub async fn wrong_method(
    State(app): State<App>,
    uri: axum::http::Uri,
    headers: HeaderMap,
) -> Response {
    refusal(&app, &uri, &headers, ProblemKind::MethodNotAllowed)
}

fn refusal(app: &App, uri: &axum::http::Uri, headers: &HeaderMap, kind: ProblemKind) -> Response {
    let problem = Problem::new(kind);
    let wants_page = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if uri.path().starts_with("/api/") || !wants_page {
        return super::failure::json(&problem, None);
    }
    problem_page(app, &problem)
}
