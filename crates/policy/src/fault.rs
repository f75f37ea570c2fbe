//! What can be wrong with a policy file.

use rules::profile::Looser;
use std::fmt;

/// A fault and where it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("policies/{file}:{line}: `{key}`: {what}")]
pub struct Fault {
    /// Path below `policies/`.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// The key, with dots; empty for the file as a whole.
    pub key: String,
    /// What is wrong.
    pub what: What,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum What {
    /// It isn't TOML.
    #[error("{0}")]
    Syntax(String),
    /// No rule reads this key.
    #[error("unknown key")]
    UnknownKey,
    /// A key that must be there isn't.
    #[error("missing")]
    Missing,
    /// A value says neither where it comes from nor that it is ours.
    #[error("no basis: needs one of stated, ours, none")]
    NoBasis,
    /// More than one basis.
    #[error("more than one of stated, ours, none")]
    TwoBases,
    /// A part of the citation or reason is missing.
    #[error("missing citation: `{0}` is needed")]
    MissingCitation(&'static str),
    /// `none` with a value.
    #[error("`none` can't have a value")]
    ValueOfNone,
    /// Another type or value than expected.
    #[error("expected {0}")]
    Type(String),
    /// The id or version differs from the path.
    #[error("must be the same as in the file's path")]
    NotThePath,
    /// The parent isn't held, or is the profile itself.
    #[error("no profile `{0}` above this one")]
    NoSuchProfile(String),
    /// A reference to something that isn't held.
    #[error("no {0} of this name is held")]
    NotHeld(&'static str),
    /// Looser than what an ancestor states.
    #[error("looser than `{}`, which states {:?}", .0.parent, .0.parent_value)]
    Looser(Box<Looser>),
    /// Another entry has it already.
    #[error("`{0}` is taken by another entry")]
    Twice(String),
    /// The calendar as a whole doesn't hold.
    #[error("{0}")]
    Calendar(String),
    /// The file is in no known folder.
    #[error("belongs in tags/, calendars/ or <jurisdiction>/")]
    Misplaced,
    /// There is no file of a kind that is needed.
    #[error("no file of this kind")]
    NoFile,
}

/// Every fault found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    /// At least one.
    pub faults: Vec<Fault>,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.faults.iter().enumerate() {
            let line_end = if at == 0 { "" } else { "\n" };
            write!(f, "{line_end}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for PolicyError {}
