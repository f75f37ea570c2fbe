//! House rules of the store, kept by reading and by running.

use std::path::Path;

use store::{Engine, coverage};

fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, into: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, into);
            } else {
                into.push((
                    path.display().to_string(),
                    std::fs::read_to_string(&path).unwrap(),
                ));
            }
        }
    }
    let mut all = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    assert!(all.len() > 10);
    all
}

fn is_engine(path: &str) -> bool {
    path.contains("/engine/") || path.ends_with("/engine.rs")
}

#[test]
fn only_the_engine_names_an_engine() {
    for (path, text) in sources().iter().filter(|(path, _)| !is_engine(path)) {
        let code: Vec<&str> = text
            .lines()
            .filter(|l| !l.trim_start().starts_with("//"))
            .collect();
        let code = code.join("\n");
        for word in [
            "sqlx",
            "Engine::Sqlite",
            "Engine::Postgres",
            "PRAGMA",
            "pg_",
        ] {
            assert!(!code.contains(word), "{path} mentions {word}");
        }
    }
}

#[test]
fn every_statement_is_declared_in_a_list() {
    let declared: Vec<String> = coverage::statements()
        .iter()
        .map(|sql| sql.text.split_whitespace().collect::<String>())
        .collect();
    for (path, text) in sources().iter().filter(|(path, _)| !is_engine(path)) {
        for literal in text.split("= \"").skip(1) {
            let literal: String = literal
                .split("\";")
                .next()
                .unwrap_or_default()
                .replace("\\\n", " ");
            let literal: String = literal.split_whitespace().collect();
            let verb = ["SELECT", "INSERT", "UPDATE", "DELETE"]
                .iter()
                .any(|verb| literal.starts_with(verb));
            assert!(!verb || declared.contains(&literal), "{path}: {literal}");
        }
        assert!(
            !text.contains("format!(\"SELECT") && !text.contains("format!(\"INSERT"),
            "{path}"
        );
    }
}

#[test]
fn statements_have_names_of_their_own() {
    let all = coverage::statements();
    let names: std::collections::BTreeSet<&str> = all.iter().map(|sql| sql.name).collect();
    assert_eq!(names.len(), all.len());
    let exceptions: Vec<&str> = all
        .iter()
        .filter(|sql| sql.only.is_some())
        .map(|sql| sql.name)
        .collect();
    assert_eq!(
        exceptions.len(),
        13,
        "the visible list of exceptions: {exceptions:?}"
    );
}

#[test]
fn every_statement_runs_on_both_engines() {
    let modules = [
        crate::append_only::CASES,
        crate::cut::CASES,
        crate::day::CASES,
        crate::directory::CASES,
        crate::durable::CASES,
        crate::events::CASES,
        crate::figures::CASES,
        crate::ingest::CASES,
        crate::people::CASES,
        crate::plates::CASES,
        crate::private::CASES,
        crate::running::CASES,
        crate::sources::CASES,
        crate::profiles::CASES,
        crate::state::CASES,
        crate::tickets::CASES,
        crate::versions::CASES,
    ];
    let engines = match crate::fixture::postgres() {
        Some(_) => vec![Engine::Sqlite, Engine::Postgres],
        None => vec![Engine::Sqlite],
    };
    for engine in engines {
        for (name, case) in modules.concat() {
            println!("{} {name}", engine.name());
            crate::fixture::run(engine, case);
        }
        assert_eq!(
            coverage::missing(engine),
            Vec::<&str>::new(),
            "never ran on {}",
            engine.name()
        );
    }
}
