//! What travels between 好差评 and its clients: wire types, the problem type, every URL.
//!
//! Wire types carry codes, never prose; texts live in `locales/`.

pub mod figures;
pub mod follow;
pub mod held;
pub mod items;
pub mod paths;
pub mod place;
pub mod preferences;
pub mod problem;
pub mod profile;
pub mod rate;
pub mod staff;
pub mod ticket;

pub use problem::{Problem, ProblemKind};
