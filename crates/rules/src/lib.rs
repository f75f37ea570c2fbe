//! The rules of 好差评: levels, tags, ratings, policy profiles, the working-day calendar,
//! deadlines, tickets, permissions, indicators and what may be released. Pure.
//!
//! Nothing here reads a clock, a file or the network, and everything compiles natively and
//! to wasm32: the server decides with these functions and the browser explains with the same ones.
//! Dates are civil dates of Asia/Shanghai; the edge turns instants into them.

mod codes;

pub use codes::UnknownCode;

pub mod calendar;
pub mod can;
pub mod date;
pub mod deadline;
pub mod indicators;
pub mod level;
pub mod limit;
pub mod profile;
pub mod rating;
pub mod release;
pub mod sign_in;
pub mod tag;
pub mod text;
pub mod ticket;
