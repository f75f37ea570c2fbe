//! Staff pages: the shell of the console, and the printable plate.

use super::{
    extract::Path,
    failure::{log, problem_of},
    page_public::{page, problem_page, shell as around},
    session,
};
use crate::pages::{self, Sheet};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use contract::{paths, place::PlateRow};
use flow::{FlowError, app::App, plate_acts};
use qrcode::{EcLevel, QrCode, render::svg};

/// `GET /staff/…`: the console is an app; without script there is a word of why.
pub async fn shell(State(app): State<App>) -> Response {
    let title = words::Key::CONSOLE_TITLE.text();
    page(
        StatusCode::OK,
        pages::spa_shell(title, &around(&app, false)),
    )
}

/// `GET /plates/{plate}`: one A4 sheet.
pub async fn plate_sheet(
    State(app): State<App>,
    headers: HeaderMap,
    Path(plate): Path<String>,
) -> Response {
    answer(&app, sheet(&app, &headers, &plate).await)
}

/// `GET /plates/hall/{hall}`: one A4 sheet for every plate in use in a hall.
pub async fn hall_sheets(
    State(app): State<App>,
    headers: HeaderMap,
    Path(hall): Path<String>,
) -> Response {
    answer(&app, sheets(&app, &headers, &hall).await)
}

fn answer(app: &App, made: Result<Response, FlowError>) -> Response {
    match made {
        Ok(response) => response,
        Err(FlowError::Unauthenticated) => Redirect::to(paths::SIGN_IN).into_response(),
        Err(error) => {
            log(&error);
            problem_page(app, &problem_of(&error))
        }
    }
}

async fn sheet(app: &App, headers: &HeaderMap, plate: &str) -> Result<Response, FlowError> {
    let who = session::reader(app, headers).await?;
    let plates = app.plates();
    let plate = plates
        .known(plate)
        .filter(|plate| !plate.revoked)
        .ok_or(FlowError::NotFound)?;
    plate_acts::may_print(app, &who, plate)?;
    let sheet = printed(app, plates.row(plate, app.directory()))?;
    Ok(page(
        StatusCode::OK,
        pages::plate_sheet(&sheet, &around(app, false)),
    ))
}

async fn sheets(app: &App, headers: &HeaderMap, hall: &str) -> Result<Response, FlowError> {
    let who = session::reader(app, headers).await?;
    let directory = app.directory();
    let name = &directory.hall(hall).ok_or(FlowError::NotFound)?.name;
    let (here, elsewhere): (Vec<PlateRow>, Vec<PlateRow>) = plate_acts::printable(app, &who)
        .into_iter()
        .partition(|row| row.hall == hall);
    let in_use = here.into_iter().filter(|row| !row.revoked);
    let sheets = in_use
        .map(|row| printed(app, row))
        .collect::<Result<Vec<_>, _>>()?;
    let mut others: Vec<(String, String)> = elsewhere
        .into_iter()
        .map(|row| (paths::fill(paths::HALL_SHEETS, &row.hall), row.place.hall))
        .collect();
    others.dedup_by(|a, b| a.0 == b.0);
    Ok(page(
        StatusCode::OK,
        pages::hall_sheets(name, &sheets, &others, &around(app, false)),
    ))
}

fn printed(app: &App, row: PlateRow) -> Result<Sheet, FlowError> {
    let url = format!(
        "{}{}",
        app.public_url(),
        paths::fill(paths::PLATE, &row.plate)
    );
    let qr_svg = qr_svg(&url)
        .ok_or_else(|| FlowError::Internal("the address does not fit a QR code".into()))?;
    Ok(Sheet { row, qr_svg, url })
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
    Some(
        svg.split_once("?>")
            .map_or(svg.clone(), |(_, rest)| rest.to_owned()),
    )
}
