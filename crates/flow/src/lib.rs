//! The use cases. A flow decides with `rules`, stores with `store`, and knows no HTTP.

pub mod app;
pub mod audit;
pub mod clock;
pub mod directory;
pub mod due;
pub mod events;
pub mod figures;
pub mod folder;
pub mod follow;
pub mod held;
pub mod jobs;
pub mod lane;
pub mod metrics;
pub mod names;
pub mod open;
pub mod plate_acts;
pub mod plates;
pub mod profiles;
pub mod rate;
pub mod readiness;
pub mod region;
pub mod release;
pub mod secrets;
pub mod shares;
pub mod source;
pub mod staff;
pub mod tickets;

use crate::secrets::SecretError;
use rules::{can::Reason, rating::Violation};
use store::StoreError;

/// Why a flow refused. Each says what the person can do about it.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// The request is not of the form that is read here; the word says which part.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// Rules are broken; every one is listed.
    #[error("{} rules broken", .0.len())]
    Invalid(Vec<Violation>),
    /// The body is larger than is read.
    #[error("body too large")]
    TooLarge,
    /// The content type is not one that is read here.
    #[error("unsupported media type")]
    UnsupportedMedia,
    /// Nobody is signed in, or the key is unknown.
    #[error("not signed in")]
    Unauthenticated,
    /// Not allowed, and why.
    #[error("not allowed: {0:?}")]
    Forbidden(Reason),
    /// There is no such thing.
    #[error("not found")]
    NotFound,
    /// The plate was taken out of use.
    #[error("plate revoked")]
    PlateRevoked,
    /// There is no such profile; here are those there are.
    #[error("unknown profile")]
    UnknownProfile(Vec<String>),
    /// The idempotency key came with another body before.
    #[error("idempotency key reused")]
    KeyReused,
    /// The rating was changed as often as it may be.
    #[error("changed too often")]
    ChangedTooOften,
    /// Some of the rows sent may not be; all are named, and none is stored.
    #[error("{} rows not allowed", .1.len())]
    RowsForbidden(Reason, Vec<Violation>),
    /// Some of the rows sent contradict what is there; all are named, and none is stored.
    #[error("{} rows conflict", .0.len())]
    RowsConflict(Vec<Violation>),
    /// The service event was rated already.
    #[error("already rated")]
    AlreadyRated,
    /// Somebody acted in the meantime.
    #[error("conflict")]
    Conflict,
    /// The page was opened by somebody else than who is signed in now.
    #[error("signed in as somebody else")]
    OtherPerson,
    /// Too many attempts.
    #[error("too many attempts")]
    TooMany {
        /// Seconds to wait.
        seconds: u64,
        /// The time of day, in the region, at which the wait is over.
        until: String,
    },
    /// Nothing can be stored just now; nothing was acknowledged.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A fault of ours.
    #[error("internal: {0}")]
    Internal(String),
}

impl From<StoreError> for FlowError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_)
            | StoreError::ReadOnlyOrFull(_)
            | StoreError::Moved(_)
            | StoreError::NotDurable(_) => Self::Unavailable(error.to_string()),
            StoreError::Conflict(_) => Self::Conflict,
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<SecretError> for FlowError {
    fn from(error: SecretError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<Reason> for FlowError {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::SignInFirst => Self::Unauthenticated,
            other => Self::Forbidden(other),
        }
    }
}
