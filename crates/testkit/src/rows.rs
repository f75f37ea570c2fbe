//! The rows as they lie in the database, past the store.

use crate::Engine;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqliteConnection};
use std::collections::BTreeMap;

/// Every row of every table, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dump(BTreeMap<String, Vec<String>>);

impl Dump {
    /// How many rows a table has.
    pub fn count(&self, table: &str) -> usize {
        self.rows(table).len()
    }

    /// The rows of a table.
    pub fn rows(&self, table: &str) -> &[String] {
        self.0
            .get(table)
            .unwrap_or_else(|| panic!("no table {table}"))
    }

    /// Whether a text stands anywhere; in which table, if so.
    pub fn find(&self, text: &str) -> Option<&str> {
        let holds = |rows: &Vec<String>| rows.iter().any(|row| row.contains(text));
        self.0
            .iter()
            .find(|(_, rows)| holds(rows))
            .map(|(table, _)| table.as_str())
    }

    /// The tables whose rows differ.
    pub fn changed(&self, other: &Self) -> Vec<String> {
        let differs = |table: &&String| self.0.get(*table) != other.0.get(*table);
        self.0.keys().filter(differs).cloned().collect()
    }
}

/// Reads everything.
pub(crate) async fn dump(engine: Engine, url: &str) -> Dump {
    match engine {
        Engine::Sqlite => {
            let mut connection = SqliteConnection::connect(url).await.expect("the file");
            let tables =
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
            let mut all = BTreeMap::new();
            for table in texts_sqlite(&mut connection, tables).await {
                let columns = format!("SELECT name FROM pragma_table_info('{table}')");
                let columns: Vec<String> = texts_sqlite(&mut connection, &columns)
                    .await
                    .into_iter()
                    .map(|column| format!("CASE typeof(\"{column}\") WHEN 'text' THEN \"{column}\" ELSE quote(\"{column}\") END"))
                    .collect();
                let rows = format!(
                    "SELECT {} FROM {table} ORDER BY 1",
                    columns.join(" || '|' || ")
                );
                all.insert(table, texts_sqlite(&mut connection, &rows).await);
            }
            Dump(all)
        }
        Engine::Postgres => {
            let mut connection = PgConnection::connect(url).await.expect("the database");
            let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
            let mut all = BTreeMap::new();
            for table in texts_postgres(&mut connection, tables).await {
                let rows = format!("SELECT t::text FROM \"{table}\" t ORDER BY 1");
                let rows = texts_postgres(&mut connection, &rows).await;
                all.insert(table, rows);
            }
            Dump(all)
        }
    }
}

async fn texts_sqlite(connection: &mut SqliteConnection, sql: &str) -> Vec<String> {
    let rows = connection
        .fetch_all(AssertSqlSafe(sql.to_owned()))
        .await
        .expect("rows");
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}

async fn texts_postgres(connection: &mut PgConnection, sql: &str) -> Vec<String> {
    let rows = connection
        .fetch_all(AssertSqlSafe(sql.to_owned()))
        .await
        .expect("rows");
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}

/// A transaction of somebody else on PostgreSQL, which goes on until it is released.
pub struct Held(PgConnection);

impl Held {
    /// Begins one and runs a statement in it.
    pub(crate) async fn begin(url: &str, sql: &str) -> Self {
        let mut connection = PgConnection::connect(url).await.expect("the database");
        connection.execute("BEGIN").await.expect("a transaction");
        let sql = AssertSqlSafe(sql.to_owned());
        connection.execute(sql).await.expect("a statement");
        Self(connection)
    }

    /// Ends it, with nothing changed.
    pub async fn release(mut self) {
        self.0.execute("ROLLBACK").await.expect("an end");
    }
}

/// Runs one statement.
pub(crate) async fn exec(engine: Engine, url: &str, sql: &str) -> Result<(), String> {
    let sql = AssertSqlSafe(sql.to_owned());
    let done = match engine {
        Engine::Sqlite => {
            let mut connection = SqliteConnection::connect(url).await.expect("the file");
            connection.execute(sql).await.map(drop)
        }
        Engine::Postgres => {
            let mut connection = PgConnection::connect(url).await.expect("the database");
            connection.execute(sql).await.map(drop)
        }
    };
    done.map_err(|error| error.to_string())
}

/// Reads rows of a SQLite file past the store, every column as text; from anywhere.
pub fn read_rows(url: &str, sql: &str) -> Vec<Vec<String>> {
    let read = async |url: &str, sql: &str| {
        let mut connection = SqliteConnection::connect(url).await.expect("the file");
        let rows = connection
            .fetch_all(AssertSqlSafe(sql.to_owned()))
            .await
            .expect("rows");
        let text = |row: &sqlx::sqlite::SqliteRow, at: usize| {
            row.try_get_unchecked::<Option<String>, _>(at)
                .expect("a text")
                .unwrap_or_default()
        };
        rows.iter()
            .map(|row| (0..row.len()).map(|at| text(row, at)).collect())
            .collect()
    };
    // A runtime may be waiting in this thread already.
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            tokio::runtime::Runtime::new()
                .expect("a runtime")
                .block_on(read(url, sql))
        });
        reading.join().expect("rows")
    })
}
