//! Load and fault runs: what `soak` and `bench` are made of.
//!
//! Everything here drives the release binary as a process of its own, over HTTP, on this
//! machine only, and is bounded in connections, requests and time.

pub mod audit;
pub mod client;
pub mod cut;
pub mod drive;
pub mod early;
pub mod folder;
pub mod hidden;
pub mod kill;
pub mod limits;
pub mod machine;
pub mod mix;
pub mod moments;
pub mod process;
pub mod sheet;
pub mod trace;

/// What went wrong in a run, for whoever reads its output.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// A run's result.
pub type Outcome<T = ()> = Result<T, Fault>;

/// Fails with a sentence unless a promise holds.
///
/// # Errors
/// The sentence.
pub fn promise(holds: bool, broken: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(broken().into()) }
}
