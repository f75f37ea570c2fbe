//! Guides to items, and the tour of a demo.

use super::page_public::{page, problem_page, shell};
use crate::pages::{self, TourLinks};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use contract::{Problem, ProblemKind, paths};
use flow::app::App;

/// `GET /items`: every item, unit by unit.
pub async fn items(State(app): State<App>) -> Response {
    page(
        StatusCode::OK,
        pages::items(&app.directory().items_by_unit(), &shell(&app, false)),
    )
}

/// `GET /items/{code}`: an item's guide.
pub async fn item(State(app): State<App>, Path(code): Path<String>) -> Response {
    let directory = app.directory();
    match directory.item(&code) {
        Some(item) => {
            let guide = directory.guide(&code);
            page(
                StatusCode::OK,
                pages::item(&code, &item.name, guide.as_ref(), &shell(&app, false)),
            )
        }
        None => problem_page(&app, &Problem::new(ProblemKind::NotFound)),
    }
}

/// The item whose guide the tour shows, the unit with the wave and its month, and the window
/// where the tour rates (`docs/CITY.md`).
const SHOWN: (&str, &str, &str, &str) = ("539900-019", "539900-zr", "2026-09", "w05");

/// `GET /tour`: only in a demo folder.
pub async fn tour(State(app): State<App>) -> Response {
    if !app.region().demo {
        return problem_page(&app, &Problem::new(ProblemKind::NotFound));
    }
    let (item, unit, month, window) = SHOWN;
    let plates = app.plates();
    let plate = plates.at(window);
    let links = TourLinks {
        plate: plate
            .map(|plate| paths::fill(paths::PLATE, &plate.code))
            .unwrap_or_default(),
        typed: plate
            .map(|plate| format!("{}?code={}", paths::FIND, plate.short_code))
            .unwrap_or_default(),
        guide: paths::fill(paths::ITEM, item),
        figures: paths::HOME.to_owned(),
        wave: format!("{}?period={month}&unit={unit}", paths::HOME),
    };
    page(StatusCode::OK, pages::tour(&links, &shell(&app, false)))
}
