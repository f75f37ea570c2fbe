//! The house rules that a compiler does not hold (`docs/ARCHITECTURE.md`).

#![expect(
    clippy::expect_used,
    reason = "a check that cannot read the tree fails"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push((
                    path.display().to_string(),
                    fs::read_to_string(&path).expect("a text"),
                ));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} holds no source");
    found
}

/// The part of a file before its unit tests.
fn product(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

fn assert_absent(folder: &str, words: &[&str], except: &[&str]) {
    for (path, text) in sources(folder) {
        if except.iter().any(|ending| path.ends_with(ending)) {
            continue;
        }
        for word in words {
            let line = product(&text)
                .lines()
                .position(|line| line.contains(word) && !line.trim_start().starts_with("//"));
            assert!(
                line.is_none(),
                "{path}:{} mentions `{word}`",
                line.unwrap_or(0) + 1
            );
        }
    }
}

const OURS: [&str; 12] = [
    "rules", "words", "contract", "policy", "store", "flow", "setup", "demo", "server", "testkit",
    "ledger", "web",
];

fn own_dependencies(manifest: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join(manifest)).expect("a manifest");
    let parsed: toml::Table = text.parse().expect("TOML");
    let dependencies = parsed.get("dependencies").and_then(toml::Value::as_table);
    let names = dependencies.into_iter().flat_map(|table| table.keys());
    names
        .filter(|name| OURS.contains(&name.as_str()))
        .cloned()
        .collect()
}

#[test]
fn crates_depend_only_on_those_that_the_house_allows() {
    let allowed: [(&str, &[&str]); 12] = [
        ("crates/rules/Cargo.toml", &[]),
        ("crates/words/Cargo.toml", &[]),
        ("crates/contract/Cargo.toml", &["rules", "ledger"]),
        ("crates/policy/Cargo.toml", &["rules"]),
        ("crates/store/Cargo.toml", &["rules", "ledger"]),
        (
            "crates/flow/Cargo.toml",
            &["rules", "ledger", "contract", "policy", "store"],
        ),
        (
            "crates/setup/Cargo.toml",
            &["rules", "store", "policy", "flow"],
        ),
        (
            "crates/demo/Cargo.toml",
            &["rules", "contract", "store", "policy", "flow", "setup"],
        ),
        (
            "crates/web/Cargo.toml",
            &["rules", "ledger", "words", "contract", "policy", "flow"],
        ),
        (
            "crates/server/Cargo.toml",
            &["web", "setup", "demo", "flow", "policy"],
        ),
        ("Cargo.toml", &["rules", "ledger", "words", "contract"]),
        ("xtask/Cargo.toml", &[]),
    ];
    for (manifest, allowed) in allowed {
        for name in own_dependencies(manifest) {
            assert!(
                allowed.contains(&name.as_str()),
                "{manifest} may not depend on {name}"
            );
        }
    }
}

#[test]
fn the_use_cases_know_no_http_and_no_template_language() {
    let text = fs::read_to_string(root().join("crates/flow/Cargo.toml")).expect("a manifest");
    for foreign in ["axum", "hyper", "tower", "http", "maud", "leptos", "words"] {
        let named = text.lines().any(|line| line.starts_with(foreign));
        assert!(!named, "crates/flow may not depend on {foreign}");
    }
}

#[test]
fn the_domain_is_pure() {
    let words = [
        "async ",
        "std::fs",
        "std::env",
        "std::net",
        "SystemTime",
        "Instant::now",
        "sqlx",
        "tokio",
    ];
    assert_absent("crates/rules/src", &words, &[]);
}

/// What runs on a server and is not the store.
const NATIVE: [&str; 5] = [
    "crates/server/src",
    "crates/web/src",
    "crates/flow/src",
    "crates/setup/src",
    "crates/demo/src",
];

#[test]
fn only_the_clock_reads_the_time() {
    for folder in NATIVE {
        assert_absent(
            folder,
            &[
                "SystemTime::now",
                "OffsetDateTime::now",
                "std::time::Instant",
            ],
            &["clock.rs"],
        );
    }
    assert_absent(
        "crates/store/src",
        &["SystemTime::now", "Instant::now"],
        &[],
    );
}

#[test]
fn sql_is_in_the_store_alone() {
    for folder in NATIVE {
        let sql = ["sqlx::", "SELECT ", "INSERT INTO", "DELETE FROM"];
        assert_absent(folder, &sql, &[]);
    }
}

#[test]
fn one_file_of_the_store_knows_the_engine() {
    assert_absent(
        "crates/store/src",
        &["SqlitePool", "PgPool", "sqlx::"],
        &[
            "engine.rs",
            "engine/open.rs",
            "engine/wire.rs",
            "engine/dialect.rs",
            "error.rs",
            "migrate.rs",
        ],
    );
}

#[test]
fn only_the_client_fetches() {
    for (path, text) in sources("src") {
        let fetches = text.contains("gloo_net::") || text.contains("fetch_with_");
        assert!(!fetches || path.contains("/src/client/"), "{path} fetches");
    }
}

// clause: H-01
#[test]
fn figures_go_through_the_indicators() {
    // A percentage that a page computes for itself would be a second definition (H-01).
    assert_absent("crates/flow/src", &["* 100", "100.0"], &[]);
    assert_absent("src", &["* 100.0", "* 100 /", " Rate {"], &[]);
    // Nor does one put a rate together; samples are of the tests and of the catalogue.
    assert_absent("crates/flow/src", &[" Rate {"], &[]);
    assert_absent(
        "crates/web/src/pages",
        &[" Rate {"],
        &["samples.rs", "catalogue.rs"],
    );
}

#[test]
fn texts_are_in_the_locales() {
    let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let mut offenders = Vec::new();
    let folders = [
        "src",
        "crates/web/src/http",
        "crates/flow/src",
        "crates/web/src/pages",
    ];
    for (path, text) in folders.into_iter().flat_map(sources) {
        if path.ends_with("samples.rs") || path.contains("/tests/") || path.ends_with("openapi.rs")
        {
            continue;
        }
        for (at, line) in product(&text).lines().enumerate() {
            let code = line.split("//").next().unwrap_or("");
            if code.chars().any(chinese) {
                offenders.push(format!("{path}:{}", at + 1));
            }
        }
    }
    assert!(
        offenders.is_empty(),
        "texts outside locales/: {offenders:#?}"
    );
}

#[test]
fn nothing_is_fetched_from_elsewhere() {
    for folder in ["style", "public"] {
        for entry in fs::read_dir(root().join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            let foreign = text.replace("http://www.w3.org/", "").contains("http");
            assert!(!foreign, "{} names another address", path.display());
        }
    }
}

#[test]
fn every_text_is_used_somewhere() {
    let used: String = [
        "src",
        "crates/words/src",
        "crates/web/src",
        "crates/flow/src",
        "crates/setup/src",
        "crates/server/src",
    ]
    .iter()
    .flat_map(|folder| sources(folder))
    .map(|(_, text)| product(&text).to_owned())
    .collect();
    let is_named = |path: &str| {
        let name = format!("Key::{}", path.replace('.', "_").to_uppercase());
        // A longer name that begins like this one is another text.
        used.match_indices(&name).any(|(at, _)| {
            let next = used[at + name.len()..].chars().next();
            !next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
        })
    };
    let left: Vec<&str> = words::ALL
        .iter()
        .map(|(path, _)| *path)
        .filter(|path| !path.starts_with("codes.") && !is_named(path))
        .collect();
    assert!(left.is_empty(), "no page says these: {left:?}");
}
