//! Errors on the wire: one shape (RFC 9457) with closed codes.

use rules::rating::Violation;
use serde::{Deserialize, Serialize};

/// Why a request was refused. Closed; newer servers may send one that this client does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// The body, query or header is not of the form that the API describes.
    Malformed,
    /// The values break a rule; `violations` lists every one.
    Invalid,
    /// Sign in, or present a connector's key.
    Unauthenticated,
    /// The page takes itself to be signed in as somebody else than the browser is by now.
    OtherPerson,
    /// Signed in, and yet not allowed; `reason` says why.
    Forbidden,
    /// There is no such thing, or its existence is private.
    NotFound,
    /// It was there and is no longer in use: a plate that was revoked.
    Gone,
    /// The idempotency key was used with another body.
    KeyReused,
    /// The rating was changed as often as it may be.
    ChangedTooOften,
    /// This service event was rated already.
    AlreadyRated,
    /// Somebody else acted in the meantime.
    Conflict,
    /// The body is larger than the limit.
    TooLarge,
    /// Too many attempts; see `Retry-After`.
    TooMany,
    /// This method does not apply here.
    MethodNotAllowed,
    /// The content type is not one that the endpoint reads.
    UnsupportedMedia,
    /// The server cannot store just now. Nothing was acknowledged; trying again with the same key is safe.
    Unavailable,
    /// A fault of ours; quote the request id.
    Internal,
    /// A kind that a newer server knows.
    #[serde(other)]
    Unknown,
}

impl ProblemKind {
    /// The HTTP status that goes with it.
    pub fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::OtherPerson
            | Self::KeyReused
            | Self::ChangedTooOften
            | Self::AlreadyRated
            | Self::Conflict => 409,
            Self::Gone => 410,
            Self::TooLarge => 413,
            Self::UnsupportedMedia => 415,
            Self::Invalid => 422,
            Self::TooMany => 429,
            Self::Unavailable => 503,
            Self::Internal | Self::Unknown => 500,
        }
    }
}

/// A refused request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// What kind of refusal.
    #[serde(rename = "type")]
    pub kind: ProblemKind,
    /// The HTTP status, repeated for those who log bodies.
    pub status: u16,
    /// The id under which the server logged the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Every broken rule at once (422).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Violation>,
    /// A code of `rules::can::Reason` (403), or what could not be read (400).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Problem {
    /// A problem of a kind, with nothing further to say.
    pub fn new(kind: ProblemKind) -> Self {
        Self {
            kind,
            status: kind.status(),
            request_id: None,
            violations: Vec::new(),
            reason: None,
        }
    }

    /// The same with a reason.
    pub fn because(kind: ProblemKind, reason: impl Into<String>) -> Self {
        Self {
            reason: Some(reason.into()),
            ..Self::new(kind)
        }
    }

    /// 422 with every violation.
    pub fn invalid(violations: Vec<Violation>) -> Self {
        Self {
            violations,
            ..Self::new(ProblemKind::Invalid)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_a_newer_server_is_read_as_unknown() {
        let read: Problem =
            serde_json::from_str(r#"{"type":"teapot","status":418}"#).expect("readable");
        assert_eq!(read.kind, ProblemKind::Unknown);
    }
}
