//! What can go wrong in the store, as callers have to tell it apart.

/// Every method's error. None of its texts carries a value of a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database is gone, busy or was cut off, perhaps during COMMIT.
    /// Nothing was acknowledged; the same request may be sent again (503).
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// The disk or the quota is full, or the database is read-only (503).
    #[error("the database is full or read-only: {0}")]
    ReadOnlyOrFull(String),
    /// The database file was moved, deleted or replaced under us: what is written would be lost (503).
    #[error("the database was moved or replaced: {0}")]
    Moved(String),
    /// The database file is not where it should be, and is not made in passing.
    #[error("there is no database file {0}; put it back there, or restore it from a backup")]
    Missing(String),
    /// The caller's picture of a stream is out of date; read again.
    #[error("conflict: {0}")]
    Conflict(String),
    /// The engine refuses these rows: a constraint, an encoding, append-only.
    #[error("the database refuses the rows: {0}")]
    Refused(String),
    /// No day is open; `door_open` comes first.
    #[error("no day is open")]
    DoorShut,
    /// The database would acknowledge what it may lose; the store does not open.
    #[error("refusing to start: {0}")]
    NotDurable(String),
    /// What was read contradicts the schema.
    #[error("corrupt: {0}")]
    Corrupt(String),
    /// A fault of ours.
    #[error("internal: {0}")]
    Internal(String),
}

/// The store's result.
pub type Result<T> = std::result::Result<T, StoreError>;
