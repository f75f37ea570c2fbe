//! Query and path, where what cannot be read is refused as everything else is: a `Problem`
//! for the API, a page for people.

use super::page_public::refuse_for;
use axum::{
    extract::{FromRequestParts, Path as AxumPath, Query as AxumQuery},
    http::request::Parts,
    response::Response,
};
use flow::{FlowError, app::App};
use serde::de::DeserializeOwned;

/// The query of a request.
pub struct Query<T>(pub T);

/// What the route's template names.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        match AxumQuery::<T>::from_request_parts(parts, app).await {
            Ok(AxumQuery(query)) => Ok(Self(query)),
            Err(_) => Err(refuse_for(app, &parts.uri, &FlowError::Malformed("query"))),
        }
    }
}

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        match AxumPath::<T>::from_request_parts(parts, app).await {
            Ok(AxumPath(path)) => Ok(Self(path)),
            Err(_) => Err(refuse_for(app, &parts.uri, &FlowError::Malformed("path"))),
        }
    }
}
