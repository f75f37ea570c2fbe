//! What more than one audience shows: words of codes, places, deadlines with their reasons,
//! and what is shown while something loads or fails.

pub mod clock;
pub mod failed;
pub mod loading;
pub mod place;
pub mod say;
