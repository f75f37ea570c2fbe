//! Journeys through the product as people take them: the real server, a real database, a real
//! Chromium. `docs/TESTING.md` names the tiers; this one fails loudly where a tool is missing.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bad_input;
mod citizen;
mod every_page;
mod figures;
mod files;
mod firefox;
mod harness;
mod languages;
mod modes;
mod old_browsers;
mod once;
mod phone;
mod plates;
mod profiles;
mod screens;
mod staff;
mod takeover;
mod watch;
mod whole_way;
