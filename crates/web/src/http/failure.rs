//! A flow's refusal as a response: a `Problem` for the API, a page for people.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use contract::{Problem, ProblemKind};
use flow::FlowError;
use rules::rating::Violation;
use std::collections::BTreeMap;

/// A refusal on its way out as `application/problem+json`.
#[derive(Debug)]
pub struct Failure(pub FlowError);

impl<E: Into<FlowError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// The wire form of a refusal. Details of faults stay in the log.
pub fn problem_of(error: &FlowError) -> Problem {
    match error {
        FlowError::Malformed(what) => Problem::because(ProblemKind::Malformed, *what),
        FlowError::Invalid(violations) => Problem::invalid(violations.clone()),
        FlowError::TooLarge => Problem::new(ProblemKind::TooLarge),
        FlowError::UnsupportedMedia => Problem::new(ProblemKind::UnsupportedMedia),
        FlowError::Unauthenticated => Problem::new(ProblemKind::Unauthenticated),
        FlowError::Forbidden(reason) => {
            Problem::because(ProblemKind::Forbidden, reason_code(*reason))
        }
        FlowError::NotFound => Problem::new(ProblemKind::NotFound),
        FlowError::PlateRevoked => Problem::new(ProblemKind::Gone),
        FlowError::UnknownProfile(known) => Problem {
            violations: vec![Violation {
                field: "profile".to_owned(),
                code: "profile.unknown".to_owned(),
                params: BTreeMap::from([("known".to_owned(), known.join(", "))]),
            }],
            ..Problem::new(ProblemKind::NotFound)
        },
        FlowError::KeyReused => Problem::new(ProblemKind::KeyReused),
        FlowError::ChangedTooOften => Problem::new(ProblemKind::ChangedTooOften),
        FlowError::RowsForbidden(reason, violations) => Problem {
            violations: violations.clone(),
            ..Problem::because(ProblemKind::Forbidden, reason_code(*reason))
        },
        FlowError::RowsConflict(violations) => Problem {
            violations: violations.clone(),
            ..Problem::new(ProblemKind::Conflict)
        },
        FlowError::AlreadyRated => Problem::new(ProblemKind::AlreadyRated),
        FlowError::Conflict => Problem::new(ProblemKind::Conflict),
        FlowError::OtherPerson => Problem::new(ProblemKind::OtherPerson),
        FlowError::TooMany { until, .. } => Problem {
            violations: vec![Violation::new("", "wait.until").with("until", until)],
            ..Problem::new(ProblemKind::TooMany)
        },
        FlowError::Unavailable(_) => Problem::new(ProblemKind::Unavailable),
        FlowError::Internal(_) => Problem::new(ProblemKind::Internal),
    }
}

/// Seconds after which trying again makes sense.
pub fn retry_after(error: &FlowError) -> Option<u64> {
    match error {
        FlowError::TooMany { seconds, .. } => Some(*seconds),
        FlowError::Unavailable(_) => Some(2),
        _ => None,
    }
}

/// Writes faults to the log, once, where the request id is known.
pub fn log(error: &FlowError) {
    match error {
        FlowError::Internal(detail) => tracing::error!(detail, "a request failed"),
        FlowError::Unavailable(detail) => tracing::warn!(detail, "a request was turned away"),
        _ => {}
    }
}

/// The code of a reason, as the wire and the locales know it.
pub fn reason_code(reason: rules::can::Reason) -> String {
    serde_json::to_value(reason)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// The same, with the id under which the request is logged.
pub fn named(problem: &Problem) -> Problem {
    Problem {
        request_id: super::layers::current_id(),
        ..problem.clone()
    }
}

/// A problem as a JSON response.
pub fn json(problem: &Problem, retry: Option<u64>) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(named(problem))).into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    with_retry(response, retry)
}

/// Adds `Retry-After` where it applies.
pub fn with_retry(mut response: Response, retry: Option<u64>) -> Response {
    if let Some(seconds) = retry {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        log(&self.0);
        json(&problem_of(&self.0), retry_after(&self.0))
    }
}
