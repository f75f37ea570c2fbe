//! What the rules promise, as sentences.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod can;
mod common;
mod deadline;
mod indicators;
mod limit;
mod profile;
mod rating;
mod release;
mod text;
mod ticket;
mod window;
