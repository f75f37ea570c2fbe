//! Lint, dependency policy and the role matrix.

use crate::licences;
use crate::place::Place;
use crate::report::{Failure, Result, say};
use crate::{clauses, sh, tools};

/// Runs every check, also after one has failed.
pub fn run(place: &Place) -> Result<()> {
    tools::wasm_target(place)?;
    let cargo = |what: &str, arguments: &[&str]| sh::run(what, place.cargo().args(arguments));
    let results = [
        cargo("formatting", &["fmt", "--all", "--check"]),
        cargo(
            "lint, everything natively",
            &[
                "clippy",
                "--workspace",
                "--all-targets",
                "--all-features",
                "--",
                "-D",
                "warnings",
            ],
        ),
        cargo(
            "lint, the app for the browser",
            &[
                "clippy",
                "--package",
                "haochaping-app",
                "--target",
                "wasm32-unknown-unknown",
                "--",
                "-D",
                "warnings",
            ],
        ),
        dependencies(place),
        clauses::before_run(place),
        // Natively the framework takes three minutes to compile, which CI has not got; every page
        // is tested there by journeys.
        cargo(
            "the app's unit tests, natively",
            &["test", "--package", "haochaping-app"],
        ),
        cargo(
            "who may do what (role matrix)",
            &["test", "--package", "rules", "can"],
        ),
    ];
    let failed: Vec<String> = results
        .into_iter()
        .filter_map(|result| result.err().map(|failure| failure.to_string()))
        .collect();
    Failure::unless_empty(&failed)?;
    say("every check passed");
    Ok(())
}

fn dependencies(place: &Place) -> Result<()> {
    if place.which("cargo-deny").is_some() {
        let mut deny = place.cargo();
        deny.args(["deny", "check", "licenses", "bans", "sources"]);
        return sh::run("dependency policy (cargo-deny)", &mut deny);
    }
    say("cargo-deny is not installed; checking licences and sources ourselves");
    licences::check(place)
}
