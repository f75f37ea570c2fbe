//! The schema: one template for both engines, applied in one transaction.

use crate::Store;
use crate::engine::{Engine, Lock, Tx};
use crate::error::Result;
use crate::sql::statements;
use crate::value::args;

/// Migrations in order; a number never changes its text once released.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "house", include_str!("../migrations/0001_house.sql")),
    (2, "reading", include_str!("../migrations/0002_reading.sql")),
    (3, "running", include_str!("../migrations/0003_running.sql")),
    (
        4,
        "counties",
        include_str!("../migrations/0004_counties.sql"),
    ),
    (
        5,
        "profile_continuation",
        include_str!("../migrations/0005_profile_continuation.sql"),
    ),
    (6, "guides", include_str!("../migrations/0006_guides.sql")),
    (
        7,
        "plate_content",
        include_str!("../migrations/0007_plate_content.sql"),
    ),
    (8, "scopes", include_str!("../migrations/0008_scopes.sql")),
    (
        9,
        "fell_due",
        include_str!("../migrations/0009_fell_due.sql"),
    ),
    (10, "around", include_str!("../migrations/0010_around.sql")),
    (
        11,
        "told_tickets",
        include_str!("../migrations/0011_told_tickets.sql"),
    ),
    (
        12,
        "following",
        include_str!("../migrations/0012_following.sql"),
    ),
    (
        13,
        "sources",
        include_str!("../migrations/0013_sources.sql"),
    ),
    (
        14,
        "own_state",
        include_str!("../migrations/0014_own_state.sql"),
    ),
    (
        15,
        "as_it_was",
        include_str!("../migrations/0015_as_it_was.sql"),
    ),
    (
        16,
        "who_came_in",
        include_str!("../migrations/0016_who_came_in.sql"),
    ),
];

const SCHEMA_VERSION: &str = "CREATE TABLE IF NOT EXISTS schema_version (version {int} NOT NULL PRIMARY KEY, name {text} NOT NULL) {strict};";

statements! {
    APPLIED = "SELECT COALESCE(MAX(version), 0) FROM schema_version";
    APPLY = "INSERT INTO schema_version (version, name) VALUES ($1, $2)";
}

impl Store {
    /// Brings the schema to this version's; returns its number. Safe to repeat and to race.
    pub async fn migrate(&self) -> Result<i64> {
        let mut tx = self.db.begin().await?;
        let engine = tx.engine();
        tx.script(engine.unhurried().to_owned()).await?;
        tx.lock(Lock::Migrate).await?;
        tx.script(engine.ddl(SCHEMA_VERSION)).await?;
        let mut version: i64 = tx.one(&APPLIED, args![]).await?.take()?;
        for &(number, name, template) in MIGRATIONS.iter().filter(|(n, ..)| *n > version) {
            apply(&mut tx, engine, number, name, template).await?;
        }
        version = version.max(MIGRATIONS.last().map_or(0, |(n, ..)| *n));
        tx.commit().await?;
        Ok(version)
    }
}

async fn apply(tx: &mut Tx, engine: Engine, number: i64, name: &str, template: &str) -> Result<()> {
    tx.script(render(engine, template)).await?;
    tx.exec(&APPLY, args![number, name]).await
}

/// The template in the engine's words.
fn render(engine: Engine, template: &str) -> String {
    let lines: Vec<String> = template
        .lines()
        .map(|line| triggers(engine, line).unwrap_or_else(|| line.to_owned()))
        .collect();
    engine.ddl(&lines.join("\n"))
}

/// What a line such as `{append_only:table}` or `{refuse:UPDATE:table:condition}` stands for.
fn triggers(engine: Engine, line: &str) -> Option<String> {
    let words = line.strip_prefix('{')?.strip_suffix('}')?;
    match words.splitn(4, ':').collect::<Vec<_>>()[..] {
        ["append_only", table] => Some(engine.append_only(table)),
        ["refuse", verb, table, condition] => Some(engine.refuse(verb, table, condition)),
        _ => None,
    }
}
