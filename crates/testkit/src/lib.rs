//! Test support: a running app on either engine, actors that use the public HTTP only,
//! builders with sensible defaults, and a clock that can be moved.
//!
//! A mistake in a test ends the test: this crate panics where a product would return an error.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on ends here"
)]

pub mod load;

mod actors;
mod app;
mod build;
mod engine;
mod http;
mod logs;
mod rows;

pub use actors::{Citizen, Connector, Staff, signed_in};
pub use app::{Start, TestApp};
pub use build::{Act, Rating, event, fresh_key};
pub use engine::Engine;
pub use http::{Http, Reply};
pub use logs::logged;
pub use rows::{Dump, Held, read_rows};

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Runs a case on an app of its own and takes the app's database away afterwards.
pub fn run(engine: Engine, case: impl AsyncFnOnce(&TestApp)) {
    run_with(engine, Start::default(), case);
}

/// The same, started in a particular way.
pub fn run_with(engine: Engine, start: Start, case: impl AsyncFnOnce(&TestApp)) {
    if !engine.is_there() {
        return;
    }
    logs::capture();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let place = engine::Place::fresh(engine, &runtime);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            let app = TestApp::start(&place, start).await;
            case(&app).await;
            app.close().await;
        });
    }));
    runtime.block_on(place.remove());
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// Declares one test for both engines: `on_both! { async fn a_sentence(app: &TestApp) { … } }`.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident: &TestApp) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "a case takes what it needs from the file around it")]
            use super::*;

            async fn case($app: &$crate::TestApp) $body

            #[test]
            fn on_sqlite() {
                $crate::run($crate::Engine::Sqlite, case);
            }

            #[test]
            fn on_postgres() {
                $crate::run($crate::Engine::Postgres, case);
            }
        }
    )+};
}
