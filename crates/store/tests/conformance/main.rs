//! The store's conformance suite: every case runs on both engines.
//!
//! PostgreSQL is at `HAOCHAPING_TEST_PG` (a URL of a role that may create
//! databases). Without it the PostgreSQL half fails, unless
//! `HAOCHAPING_SQLITE_ONLY=1` says that this is meant.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod fixture;

/// A case: one behaviour, on a fresh database.
pub type Case =
    fn(fixture::Fixture) -> std::pin::Pin<Box<dyn std::future::Future<Output = ()> + Send>>;

/// Lists the cases of a module and makes a test of each on each engine.
macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        /// For the coverage run.
        pub const CASES: &[(&str, $crate::Case)] =
            &[$((concat!(module_path!(), "::", stringify!($name)), |f| Box::pin($name(f)))),*];

        mod sqlite {
            $(#[test] fn $name() {
                $crate::fixture::run(store::Engine::Sqlite, |f| Box::pin(super::$name(f)));
            })*
        }

        mod postgres {
            $(#[test] fn $name() {
                $crate::fixture::run(store::Engine::Postgres, |f| Box::pin(super::$name(f)));
            })*
        }
    };
}
pub(crate) use cases;

mod append_only;
mod cut;
mod day;
mod directory;
mod durable;
mod events;
mod figures;
mod ingest;
mod people;
mod plates;
mod private;
mod profiles;
mod running;
mod sources;
mod state;
mod tickets;
mod tidy;
mod versions;
