//! Query and path, where what cannot be read is refused as everything else is: a `Problem`
//! for the API, a page for people.

use super::page_public::refuse_for;
use crate::{app::App, flow::FlowError};
use axum::{
    extract::{FromRequestParts, Path as AxumPath, Query as AxumQuery},
    http::request::Parts,
    response::Response,
};
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

/// Where a request comes from: the other end of its connection, where there is one.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub Option<std::net::SocketAddr>);

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        _state: &S,
    ) -> Result<Self, Self::Rejection> {
        let known = parts
            .extensions
            .get::<axum::extract::ConnectInfo<std::net::SocketAddr>>();
        Ok(Self(known.map(|known| known.0)))
    }
}
