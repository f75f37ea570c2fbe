//! Journeys through the product as people take them: the real server, a real database, a real
//! Chromium. `docs/TESTING.md` names the tiers; this one fails loudly where a tool is missing.

mod bad_input;
mod citizen;
mod every_page;
mod figures;
mod harness;
mod once;
mod staff;
mod takeover;
