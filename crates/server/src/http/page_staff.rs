//! Staff pages: the shell of the console, and the printable plate.

use super::{
    extract::Path,
    failure::{log, problem_of},
    page_public::{page, problem_page, shell as around},
    session,
};
use crate::{app::App, flow::FlowError, pages};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use contract::paths;
use qrcode::{EcLevel, QrCode, render::svg};
use rules::can::{Action, On, can};

/// `GET /staff/…`: the console is an app; without script there is a word of why.
pub async fn shell(State(app): State<App>) -> Response {
    let title = words::Key::CONSOLE_TITLE.text();
    page(StatusCode::OK, pages::spa_shell(title, &around(&app, false)))
}

/// `GET /plates/{plate}`: one A4 sheet.
pub async fn plate_sheet(State(app): State<App>, headers: HeaderMap, Path(plate): Path<String>) -> Response {
    match sheet(&app, &headers, &plate).await {
        Ok(response) => response,
        Err(FlowError::Unauthenticated) => Redirect::to(paths::SIGN_IN).into_response(),
        Err(error) => {
            log(&error);
            problem_page(&app, &problem_of(&error))
        }
    }
}

async fn sheet(app: &App, headers: &HeaderMap, plate: &str) -> Result<Response, FlowError> {
    let who = session::reader(app, headers).await?;
    can(&who.actor, On::Nothing, Action::PrintPlates)?;
    let row = app.directory().plate_row(plate).ok_or(FlowError::NotFound)?;
    let url = format!("{}{}", app.public_url(), paths::fill(paths::PLATE, plate));
    let svg = qr_svg(&url).ok_or_else(|| FlowError::Internal("the address does not fit a QR code".into()))?;
    Ok(page(
        StatusCode::OK,
        pages::plate_sheet(&row, &svg, &url, &around(app, false)),
    ))
}

/// A QR code as SVG with a quiet zone; level Q survives a scratched plate.
pub fn qr_svg(url: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(url.as_bytes(), EcLevel::Q).ok()?;
    let svg = code
        .render::<svg::Color<'_>>()
        .min_dimensions(320, 320)
        .quiet_zone(true)
        .build();
    // Inside a page the XML declaration is not allowed.
    Some(svg.split_once("?>").map_or(svg.clone(), |(_, rest)| rest.to_owned()))
}
