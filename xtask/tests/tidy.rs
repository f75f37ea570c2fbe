//! The house keeps its order: who may depend on whom.

#![allow(clippy::unwrap_used, reason = "a missing manifest is a failed test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Each of our packages with those of ours that it may depend on.
const HOUSE: [(&str, &[&str]); 7] = [
    ("crates/rules", &[]),
    ("crates/words", &[]),
    ("crates/contract", &["rules"]),
    ("crates/store", &["rules"]),
    ("crates/server", &["rules", "words", "contract", "store"]),
    ("xtask", &[]),
    (".", &["rules", "words", "contract"]),
];

/// `testkit` supports tests only and may use what it tests.
const OURS: [&str; 6] = ["rules", "words", "contract", "store", "server", "testkit"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn dependencies(package: &str) -> BTreeSet<String> {
    let manifest = std::fs::read_to_string(root().join(package).join("Cargo.toml")).unwrap();
    let section = manifest
        .split("\n[dependencies]\n")
        .nth(1)
        .unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    section
        .lines()
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| OURS.contains(name))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_crate_depends_only_on_those_below_it() {
    for (package, allowed) in HOUSE {
        let allowed: BTreeSet<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
        let beyond: Vec<String> = dependencies(package)
            .difference(&allowed)
            .cloned()
            .collect();
        assert!(beyond.is_empty(), "{package} must not depend on {beyond:?}");
    }
}

#[test]
fn every_crate_has_a_place_in_the_table() {
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        let name = format!("crates/{}", entry.unwrap().file_name().to_string_lossy());
        let known = HOUSE.iter().any(|(package, _)| *package == name) || name == "crates/testkit";
        assert!(known, "say in xtask/tests/tidy.rs who may depend on {name}");
    }
}

#[test]
fn nothing_but_the_store_speaks_sql() {
    for package in [
        "crates/rules",
        "crates/words",
        "crates/contract",
        "crates/server",
        ".",
    ] {
        let manifest = std::fs::read_to_string(root().join(package).join("Cargo.toml")).unwrap();
        let own = manifest
            .split("\n[dependencies]\n")
            .nth(1)
            .unwrap_or_default();
        let own = own.split("\n[").next().unwrap_or_default();
        assert!(
            !own.lines().any(|line| line.starts_with("sqlx")),
            "{package} depends on sqlx"
        );
    }
}
