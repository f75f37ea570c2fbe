//! The API as its clients meet it: every case on SQLite and on PostgreSQL, through the router.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on ends here")]

mod rating;
