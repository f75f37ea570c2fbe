//! The API as its clients meet it: every case on SQLite and on PostgreSQL, through the router.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on ends here"
)]

mod bad_input;
mod broken;
mod city;
mod connections;
mod drill;
mod folder;
mod follow;
mod found;
mod frozen;
mod guides;
mod matrix;
mod openness;
mod own_clock;
mod own_state;
mod plates;
mod preferences;
mod profiles;
mod program;
mod push;
mod rating;
mod reads;
mod release;
mod scope;
mod sign_in;
mod silence;
mod sources;
mod tickets;
mod window;

/// The heading of a refusal's page.
fn problem_title(code: &str) -> String {
    words::by_code("problem", code).expect("a text").to_string()
}
