//! Policy profiles as script-free pages.

use super::{
    extract::{Path, Query},
    page_public::{page, refuse, shell},
};
use crate::pages::{self, Comparison};
use axum::{extract::State, http::StatusCode, response::Response};
use flow::{FlowError, app::App, profiles as profiles_flow};
use rules::profile::Profile;
use serde::Deserialize;

/// `GET /profiles`.
pub async fn list(State(app): State<App>) -> Response {
    let markup = pages::profile_list(
        &profiles_flow::list(&app),
        app.clock().today(),
        &shell(&app, false),
    );
    page(StatusCode::OK, markup)
}

/// `GET /profiles/{id}`.
pub async fn one(State(app): State<App>, Path(id): Path<String>) -> Response {
    match profiles_flow::view(&app, &id) {
        Ok(view) => page(
            StatusCode::OK,
            pages::profile(&view, app.clock().today(), &shell(&app, false)),
        ),
        Err(error) => missing(&app, &id, &error),
    }
}

/// Which two to compare.
#[derive(Debug, Default, Deserialize)]
pub struct Chosen {
    #[serde(default)]
    a: String,
    #[serde(default)]
    b: String,
}

/// `GET /profiles/compare`: the choice alone, as long as nothing is chosen.
pub async fn compare(State(app): State<App>, Query(chosen): Query<Chosen>) -> Response {
    let find = |id: &str| -> Result<Option<&Profile>, FlowError> {
        if id.is_empty() {
            Ok(None)
        } else {
            profiles_flow::find(&app, id).map(Some)
        }
    };
    let (first, second) = match (find(&chosen.a), find(&chosen.b)) {
        (Ok(first), Ok(second)) => (first, second),
        (Err(error), _) => return missing(&app, &chosen.a, &error),
        (_, Err(error)) => return missing(&app, &chosen.b, &error),
    };
    let rows = profiles_flow::list(&app);
    let of = Comparison {
        rows: &rows,
        first,
        second,
    };
    page(
        StatusCode::OK,
        pages::profile_compare(&of, &shell(&app, false)),
    )
}

fn missing(app: &App, asked: &str, error: &FlowError) -> Response {
    match error {
        FlowError::UnknownProfile(_) => page(
            StatusCode::NOT_FOUND,
            pages::profile_missing(
                asked,
                &profiles_flow::list(app),
                app.clock().today(),
                &shell(app, false),
            ),
        ),
        other => refuse(app, other),
    }
}
