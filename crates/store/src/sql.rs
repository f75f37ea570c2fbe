//! Statements: named, static, listed; and, in debug builds, a record of
//! which of them ran on which engine.

use crate::engine::Engine;

/// One statement, written once.
#[derive(Debug, Clone, Copy)]
pub struct Sql {
    /// Module and constant.
    pub name: &'static str,
    /// The text, with `$n` placeholders, or `{rows}` where a bulk insert puts its rows.
    pub text: &'static str,
    /// The engine it is for, where it is one of the listed exceptions.
    #[cfg_attr(
        not(debug_assertions),
        expect(dead_code, reason = "read by the tests' record of what ran")
    )]
    pub only: Option<Engine>,
}

/// Declares a module's statements and the list of them.
macro_rules! statements {
    ($($(#[$meta:meta])* $name:ident $([$engine:ident])? = $text:expr;)*) => {
        $(
            $(#[$meta])*
            pub(crate) const $name: $crate::sql::Sql = $crate::sql::Sql {
                name: concat!(module_path!(), "::", stringify!($name)),
                text: $text,
                only: statements!(@only $($engine)?),
            };
        )*
        /// Every statement of this module.
        #[cfg(debug_assertions)]
        pub(crate) const STATEMENTS: &[$crate::sql::Sql] = &[$($name),*];
    };
    (@only) => { None };
    (@only $engine:ident) => { Some($crate::engine::Engine::$engine) };
}

pub(crate) use statements;

/// For the tests: which statements there are and which ran.
#[cfg(debug_assertions)]
pub mod coverage {
    use super::{Engine, Sql};
    use std::cell::RefCell;
    use std::collections::BTreeSet;
    use std::sync::Mutex;

    static RAN: Mutex<BTreeSet<(&'static str, &'static str)>> = Mutex::new(BTreeSet::new());

    /// Every statement of the store.
    pub fn statements() -> Vec<Sql> {
        [
            crate::STATEMENTS,
            crate::engine::STATEMENTS,
            crate::audit::STATEMENTS,
            crate::migrate::STATEMENTS,
            crate::directory::STATEMENTS,
            crate::names::STATEMENTS,
            crate::people::STATEMENTS,
            crate::plates::STATEMENTS,
            crate::events::STATEMENTS,
            crate::ratings::STATEMENTS,
            crate::ingest::STATEMENTS,
            crate::write::STATEMENTS,
            crate::tickets::STATEMENTS,
            crate::private::STATEMENTS,
            crate::profiles::STATEMENTS,
            crate::door::STATEMENTS,
            crate::figures::STATEMENTS,
            crate::following::STATEMENTS,
            crate::held::STATEMENTS,
            crate::sources::STATEMENTS,
            crate::running::STATEMENTS,
            crate::state::STATEMENTS,
        ]
        .concat()
    }

    /// Those that should have run on `engine` and did not.
    pub fn missing(engine: Engine) -> Vec<&'static str> {
        let ran = RAN
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        statements()
            .into_iter()
            .filter(|sql| sql.only.is_none_or(|only| only == engine))
            .filter(|sql| !ran.contains(&(engine.name(), sql.name)))
            .map(|sql| sql.name)
            .collect()
    }

    tokio::task_local! {
        static TRACE: RefCell<Vec<&'static str>>;
    }

    /// Does some work and tells which statements it ran, in order: what is done, whatever it takes.
    pub async fn traced<T>(work: impl Future<Output = T>) -> (T, Vec<&'static str>) {
        let all = async {
            let done = work.await;
            (done, TRACE.with(RefCell::take))
        };
        TRACE.scope(RefCell::default(), all).await
    }

    pub(crate) fn note(engine: Engine, sql: &Sql) {
        // Outside of a trace there is none to add to.
        let _ = TRACE.try_with(|trace| trace.borrow_mut().push(sql.name));
        let mut ran = RAN
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        ran.insert((engine.name(), sql.name));
    }
}

/// Notes that a statement ran; nothing in a release build.
#[cfg(debug_assertions)]
pub(crate) fn note(engine: Engine, sql: &Sql) {
    coverage::note(engine, sql);
}

/// Notes that a statement ran; nothing in a release build.
#[cfg(not(debug_assertions))]
pub(crate) fn note(_engine: Engine, _sql: &Sql) {}
