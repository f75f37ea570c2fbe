//! How a chore speaks to the person at the terminal.

use std::fmt;
use std::sync::OnceLock;
use std::time::Instant;

/// What went wrong, and what the person can do about it. One text, ready to be read.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure with its text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Fails with these faults, a line each, if there are any.
    pub fn unless_empty(faults: &[String]) -> Result<()> {
        match faults {
            [] => Ok(()),
            _ => Err(Self::new(faults.join("\n"))),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The result of a chore.
pub type Result<T> = std::result::Result<T, Failure>;

/// Adds what was being done to an error of the standard library.
pub trait During<T> {
    /// `reading style/main.css: no such file`.
    fn during(self, what: impl fmt::Display) -> Result<T>;
}

impl<T, E: fmt::Display> During<T> for std::result::Result<T, E> {
    fn during(self, what: impl fmt::Display) -> Result<T> {
        self.map_err(|error| Failure(format!("{what}: {error}")))
    }
}

fn since_start() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs()
}

/// Starts the clock that every line shows.
pub fn start_clock() {
    since_start();
}

/// One line of progress, with the seconds since the start. On standard error, so that
/// standard output stays for results.
pub fn say(text: impl fmt::Display) {
    eprintln!("[{:>4} s] {text}", since_start());
}
