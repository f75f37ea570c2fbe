//! The only file that knows the engine: pools, transactions, binding, reading,
//! the bulk insert, the mapping of errors, and the short list of exceptions.
//!
//! SQLite has one writer connection (`BEGIN IMMEDIATE`) and a pool of readers;
//! PostgreSQL has one pool.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgRow, PgTypeInfo};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteRow,
};
use sqlx::{
    Arguments, AssertSqlSafe, Column, ConnectOptions, Executor, Postgres, Row as _, SqlSafeStr,
    SqlStr, Sqlite, Transaction, TypeInfo, ValueRef,
};

use crate::StoreOptions;
use crate::error::{Result, StoreError};
use crate::sql::{Sql, note, statements};
use crate::value::{Row, Value};

statements! {
    /// Exception 1, the door's shared side. On SQLite the single writer suffices.
    LOCK_SHARED [Postgres] = "SELECT pg_advisory_xact_lock_shared($1)";
    /// Exception 2, the door's exclusive side, and the migrator's lock.
    LOCK_EXCLUSIVE [Postgres] = "SELECT pg_advisory_xact_lock($1)";
    /// Exception 3, what this connection would acknowledge.
    SHOW_FSYNC [Postgres] = "SHOW fsync";
    /// Exception 3.
    SHOW_SYNCHRONOUS_COMMIT [Postgres] = "SHOW synchronous_commit";
    /// Exception 3, on SQLite.
    PRAGMA_SYNCHRONOUS [Sqlite] = "PRAGMA synchronous";
}

/// Which database is underneath.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file, one process.
    Sqlite,
    /// Any number of servers.
    Postgres,
}

impl Engine {
    /// Lower-case name, for logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// Sizes of bulk inserts, largest first: few distinct texts, so that they stay prepared.
    const fn chunks(self) -> &'static [usize] {
        match self {
            Self::Sqlite => &[32, 16, 8, 4, 2, 1],
            Self::Postgres => &[500, 200, 100, 50, 20, 10, 5, 2, 1],
        }
    }

    /// The template of the migrations in this engine's words.
    pub(crate) fn ddl(self, template: &str) -> String {
        let words: &[(&str, &str)] = match self {
            Self::Sqlite => &[
                ("{int}", "INTEGER"),
                ("{text}", "TEXT"),
                ("{blob}", "BLOB"),
                ("{strict}", "STRICT"),
                ("{keyed}", "STRICT, WITHOUT ROWID"),
            ],
            Self::Postgres => &[
                ("{int}", "BIGINT"),
                ("{text}", "TEXT COLLATE \"C\""),
                ("{blob}", "BYTEA"),
                ("{strict}", ""),
                ("{keyed}", ""),
            ],
        };
        words.iter().fold(template.to_owned(), |text, (token, word)| text.replace(token, word))
    }

    /// Refuses UPDATE and DELETE on a table.
    pub(crate) fn append_only(self, table: &str) -> String {
        match self {
            Self::Sqlite => ["UPDATE", "DELETE"]
                .map(|verb| {
                    format!(
                        "CREATE TRIGGER {table}_no_{} BEFORE {verb} ON {table} \
                         BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;\n",
                        verb.to_lowercase()
                    )
                })
                .concat(),
            Self::Postgres => format!(
                "CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = '23001'; END $$;\n\
                 CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} \
                 FOR EACH ROW EXECUTE FUNCTION {table}_append_only();\n\
                 CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} \
                 FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only();\n"
            ),
        }
    }
}

/// An advisory lock of the database.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lock {
    /// The day's door, held by everyone who stamps events.
    DoorShared,
    /// The day's door, held by whoever closes it.
    DoorExclusive,
    /// One migrator at a time.
    Migrate,
}

impl Lock {
    fn statement(self) -> (&'static Sql, i64) {
        match self {
            Self::DoorShared => (&LOCK_SHARED, 0x646f_6f72),
            Self::DoorExclusive => (&LOCK_EXCLUSIVE, 0x646f_6f72),
            Self::Migrate => (&LOCK_EXCLUSIVE, 0x6d69_6772),
        }
    }
}

/// The pools.
#[derive(Debug, Clone)]
pub(crate) enum Db {
    /// One writer, many readers.
    Sqlite { writer: SqlitePool, readers: SqlitePool, file: DbFile },
    /// One pool.
    Postgres(PgPool),
}

/// A write transaction; rolled back when dropped.
pub(crate) enum Tx {
    /// On the writer connection.
    Sqlite(Transaction<'static, Sqlite>, DbFile),
    /// READ COMMITTED.
    Postgres(Transaction<'static, Postgres>),
}

/// The file of a SQLite database. SQLite writes on happily into a file that has been
/// deleted or replaced, and what it acknowledges then is lost: so we look.
#[derive(Debug, Clone)]
pub(crate) struct DbFile {
    path: Arc<std::path::Path>,
    identity: (u64, u64),
}

impl DbFile {
    fn of(path: std::path::PathBuf) -> Result<Self> {
        let identity = Self::identity(&path)?;
        Ok(Self { path: path.into(), identity })
    }

    fn identity(path: &std::path::Path) -> Result<(u64, u64)> {
        let gone = |e: std::io::Error| StoreError::Unavailable(format!("the database file: {e}"));
        let metadata = std::fs::metadata(path).map_err(gone)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            Ok((metadata.dev(), metadata.ino()))
        }
        #[cfg(not(unix))]
        {
            let _ = metadata;
            Ok((0, 0))
        }
    }

    fn check(&self) -> Result<()> {
        if Self::identity(&self.path)? == self.identity {
            return Ok(());
        }
        Err(StoreError::Unavailable("the database file has been replaced".into()))
    }
}

const PATIENCE: Duration = Duration::from_secs(5);

impl Db {
    /// Opens by URL and refuses a database that would forget what it acknowledged.
    pub async fn open(url: &str, options: &StoreOptions) -> Result<Self> {
        let db = if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::open_postgres(url, options).await?
        } else if url.starts_with("sqlite:") {
            Self::open_sqlite(url, options).await?
        } else {
            return Err(StoreError::Internal("a database URL starts with sqlite: or postgres:".into()));
        };
        db.check_durability().await?;
        Ok(db)
    }

    async fn open_sqlite(url: &str, options: &StoreOptions) -> Result<Self> {
        let (url, asked) = split_synchronous(url);
        let synchronous = options.synchronous.clone().or(asked).unwrap_or_else(|| "FULL".into());
        if !synchronous.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(StoreError::NotDurable("synchronous must be FULL or EXTRA".into()));
        }
        let mut connect = SqliteConnectOptions::from_str(&url)
            .map_err(read_error)?
            .create_if_missing(!url.contains("mode="))
            .journal_mode(SqliteJournalMode::Wal)
            .pragma("synchronous", synchronous)
            .foreign_keys(true)
            .pragma("recursive_triggers", "ON")
            .busy_timeout(PATIENCE)
            .statement_cache_capacity(512)
            .disable_statement_logging();
        if let Some(pages) = options.max_pages {
            connect = connect.pragma("max_page_count", pages.to_string());
        }
        let path = connect.get_filename().to_owned();
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(connect.clone())
            .await
            .map_err(read_error)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(options.readers.max(1))
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .connect_with(connect.pragma("query_only", "ON"))
            .await
            .map_err(read_error)?;
        let file = DbFile::of(path)?;
        Ok(Self::Sqlite { writer, readers, file })
    }

    async fn open_postgres(url: &str, options: &StoreOptions) -> Result<Self> {
        let mut connect = PgConnectOptions::from_str(url)
            .map_err(read_error)?
            .application_name("haochaping")
            .statement_cache_capacity(512)
            .disable_statement_logging();
        if let Some(synchronous) = &options.synchronous {
            connect = connect.options([("synchronous_commit", synchronous.as_str())]);
        }
        let pool = PgPoolOptions::new()
            .max_connections(options.readers.max(1) + 2)
            .acquire_timeout(PATIENCE)
            .connect_with(connect)
            .await
            .map_err(read_error)?;
        Ok(Self::Postgres(pool))
    }

    async fn check_durability(&self) -> Result<()> {
        match self {
            Self::Sqlite { writer, .. } => {
                note(Engine::Sqlite, &PRAGMA_SYNCHRONOUS);
                let rows = sqlite_all(writer, PRAGMA_SYNCHRONOUS.text, Vec::new()).await?;
                let level: i64 = first(rows)?;
                if level < 2 {
                    return Err(StoreError::NotDurable(format!(
                        "SQLite synchronous is {level}; FULL (2) is the least"
                    )));
                }
            }
            Self::Postgres(_) => {
                for sql in [&SHOW_FSYNC, &SHOW_SYNCHRONOUS_COMMIT] {
                    let value: String = first(self.all(sql, Vec::new()).await?)?;
                    if value == "off" {
                        return Err(StoreError::NotDurable(format!("PostgreSQL: {} is off", sql.text)));
                    }
                }
            }
        }
        Ok(())
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite { .. } => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// Reads all rows, outside a transaction.
    pub async fn all(&self, sql: &Sql, args: Vec<Value>) -> Result<Vec<Row>> {
        note(self.engine(), sql);
        match self {
            Self::Sqlite { readers, .. } => sqlite_all(readers, sql.text, args).await,
            Self::Postgres(pool) => postgres_all(pool, sql.text, args).await,
        }
    }

    /// Reads at most one row.
    pub async fn opt(&self, sql: &Sql, args: Vec<Value>) -> Result<Option<Row>> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// Reads exactly one row.
    pub async fn one(&self, sql: &Sql, args: Vec<Value>) -> Result<Row> {
        self.opt(sql, args).await?.ok_or_else(|| no_row(sql))
    }

    /// One writing statement in a transaction of its own; its RETURNING rows.
    pub async fn write(&self, sql: &Sql, args: Vec<Value>) -> Result<Vec<Row>> {
        let mut tx = self.begin().await?;
        let rows = tx.all(sql, args).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// One bulk insert in a transaction of its own.
    pub async fn write_bulk(&self, sql: &Sql, rows: Vec<Vec<Value>>) -> Result<Vec<Row>> {
        let mut tx = self.begin().await?;
        let returned = tx.bulk(sql, rows).await?;
        tx.commit().await?;
        Ok(returned)
    }

    /// Begins a write transaction.
    pub async fn begin(&self) -> Result<Tx> {
        match self {
            Self::Sqlite { writer, file, .. } => {
                file.check()?;
                let tx = writer.begin_with("BEGIN IMMEDIATE").await.map_err(read_error)?;
                Ok(Tx::Sqlite(tx, file.clone()))
            }
            Self::Postgres(pool) => pool
                .begin_with("BEGIN ISOLATION LEVEL READ COMMITTED")
                .await
                .map(Tx::Postgres)
                .map_err(read_error),
        }
    }

    /// Whether what we write would still be found.
    pub fn check_file(&self) -> Result<()> {
        match self {
            Self::Sqlite { file, .. } => file.check(),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(..) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    async fn text(&mut self, text: impl SqlSafeStr, args: Vec<Value>) -> Result<Vec<Row>> {
        match self {
            Self::Sqlite(tx, _) => sqlite_all(&mut **tx, text, args).await,
            Self::Postgres(tx) => postgres_all(&mut **tx, text, args).await,
        }
    }

    /// All rows of a statement, or of its RETURNING.
    pub async fn all(&mut self, sql: &Sql, args: Vec<Value>) -> Result<Vec<Row>> {
        note(self.engine(), sql);
        self.text(sql.text, args).await
    }

    /// At most one row.
    pub async fn opt(&mut self, sql: &Sql, args: Vec<Value>) -> Result<Option<Row>> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// Exactly one row.
    pub async fn one(&mut self, sql: &Sql, args: Vec<Value>) -> Result<Row> {
        self.opt(sql, args).await?.ok_or_else(|| no_row(sql))
    }

    /// A statement whose rows are of no interest.
    pub async fn exec(&mut self, sql: &Sql, args: Vec<Value>) -> Result<()> {
        self.all(sql, args).await.map(drop)
    }

    /// The one bulk insert: rows of equal width, in the order given.
    pub async fn bulk(&mut self, sql: &Sql, rows: Vec<Vec<Value>>) -> Result<Vec<Row>> {
        let mut returned = Vec::new();
        let (mut left, width) = (rows.len(), rows.first().map_or(0, Vec::len));
        let mut rows = rows.into_iter();
        for &size in self.engine().chunks() {
            while left >= size {
                let args: Vec<Value> = rows.by_ref().take(size).flatten().collect();
                note(self.engine(), sql);
                returned.extend(self.text(AssertSqlSafe(bulk_text(sql, width, size)), args).await?);
                left -= size;
            }
        }
        Ok(returned)
    }

    /// Takes a lock until the end of the transaction. On SQLite the writer is the lock.
    pub async fn lock(&mut self, lock: Lock) -> Result<()> {
        if self.engine() == Engine::Postgres {
            let (sql, key) = lock.statement();
            self.exec(sql, vec![Value::I(key)]).await?;
        }
        Ok(())
    }

    /// Several statements of data definition.
    pub async fn script(&mut self, text: String) -> Result<()> {
        let sql = sqlx::raw_sql(AssertSqlSafe(text));
        match self {
            Self::Sqlite(tx, _) => (&mut **tx).execute(sql).await.map(drop),
            Self::Postgres(tx) => (&mut **tx).execute(sql).await.map(drop),
        }
        .map_err(read_error)
    }

    /// Commits. Whatever goes wrong here, nothing may be reported as accepted.
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx, file) => {
                file.check()?;
                tx.commit().await
            }
            Self::Postgres(tx) => tx.commit().await,
        }
        .map_err(|error| match read_error(error) {
            full @ StoreError::ReadOnlyOrFull(_) => full,
            other => StoreError::Unavailable(format!("COMMIT: {other}")),
        })
    }

    /// Rolls back.
    pub async fn rollback(self) -> Result<()> {
        match self {
            Self::Sqlite(tx, _) => tx.rollback().await,
            Self::Postgres(tx) => tx.rollback().await,
        }
        .map_err(read_error)
    }
}

fn no_row(sql: &Sql) -> StoreError {
    StoreError::Corrupt(format!("{} gave no row", sql.name))
}

fn first<T: crate::value::Field>(rows: Vec<Row>) -> Result<T> {
    let row = rows.into_iter().next();
    row.ok_or_else(|| StoreError::Internal("the engine does not answer".into()))?.take()
}

/// The `synchronous` of a SQLite URL, which sqlx does not know, and the URL without it.
fn split_synchronous(url: &str) -> (String, Option<String>) {
    let Some((path, query)) = url.split_once('?') else {
        return (url.to_owned(), None);
    };
    let (asked, rest): (Vec<&str>, Vec<&str>) =
        query.split('&').partition(|pair| pair.to_ascii_lowercase().starts_with("synchronous="));
    let asked = asked.last().and_then(|pair| pair.split_once('=')).map(|(_, value)| value.to_owned());
    let url = if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) };
    (url, asked)
}

/// The text of a bulk insert of so many rows; made once.
fn bulk_text(sql: &Sql, width: usize, rows: usize) -> Arc<str> {
    static TEXTS: Mutex<Option<HashMap<(&'static str, usize), Arc<str>>>> = Mutex::new(None);
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    let text = texts.get_or_insert_default().entry((sql.name, rows)).or_insert_with(|| {
        let row = |r: usize| {
            let marks: Vec<String> = (1..=width).map(|c| format!("${}", r * width + c)).collect();
            format!("({})", marks.join(","))
        };
        let all: Vec<String> = (0..rows).map(row).collect();
        sql.text.replace("{rows}", &all.join(",")).into()
    });
    Arc::clone(text)
}

async fn sqlite_all<'c>(
    on: impl Executor<'c, Database = Sqlite>,
    text: impl SqlSafeStr,
    values: Vec<Value>,
) -> Result<Vec<Row>> {
    let mut args = SqliteArguments::default();
    for value in values {
        match value {
            Value::I(i) => args.add(i),
            Value::T(t) => args.add(t),
            Value::B(b) => args.add(b),
            Value::N => args.add(None::<i64>),
        }
        .map_err(|e| StoreError::Internal(e.to_string()))?;
    }
    let text: SqlStr = text.into_sql_str();
    let rows = sqlx::query_with(text, args).fetch_all(on).await.map_err(read_error)?;
    rows.iter().map(sqlite_row).collect()
}

async fn postgres_all<'c>(
    on: impl Executor<'c, Database = Postgres>,
    text: impl SqlSafeStr,
    values: Vec<Value>,
) -> Result<Vec<Row>> {
    let mut args = PgArguments::default();
    for value in values {
        match value {
            Value::I(i) => args.add(i),
            Value::T(t) => args.add(t),
            Value::B(b) => args.add(b),
            Value::N => args.add(Untyped),
        }
        .map_err(|e| StoreError::Internal(e.to_string()))?;
    }
    let text: SqlStr = text.into_sql_str();
    let rows = sqlx::query_with(text, args).fetch_all(on).await.map_err(read_error)?;
    rows.iter().map(postgres_row).collect()
}

/// A null whose type PostgreSQL takes from the column.
struct Untyped;

impl sqlx::Type<Postgres> for Untyped {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(0))
    }
}

impl sqlx::Encode<'_, Postgres> for Untyped {
    fn encode_by_ref(
        &self,
        _buffer: &mut sqlx::postgres::PgArgumentBuffer,
    ) -> std::result::Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        Ok(sqlx::encode::IsNull::Yes)
    }
}

fn sqlite_row(row: &SqliteRow) -> Result<Row> {
    let value = |i: usize| -> std::result::Result<Value, sqlx::Error> {
        let raw = row.try_get_raw(i)?;
        if raw.is_null() {
            return Ok(Value::N);
        }
        let kind = raw.type_info().name().to_owned();
        match kind.as_str() {
            "TEXT" => row.try_get_unchecked(i).map(Value::T),
            "BLOB" => row.try_get_unchecked(i).map(Value::B),
            _ => row.try_get_unchecked(i).map(Value::I),
        }
    };
    (0..row.len()).map(value).collect::<std::result::Result<_, _>>().map(Row::new).map_err(read_error)
}

fn postgres_row(row: &PgRow) -> Result<Row> {
    let value = |i: usize| -> std::result::Result<Value, sqlx::Error> {
        if row.try_get_raw(i)?.is_null() {
            return Ok(Value::N);
        }
        match row.column(i).type_info().name() {
            "INT8" => row.try_get_unchecked(i).map(Value::I),
            "INT4" => row.try_get_unchecked::<i32, _>(i).map(|v| Value::I(v.into())),
            "BYTEA" => row.try_get_unchecked(i).map(Value::B),
            "VOID" => Ok(Value::N),
            _ => row.try_get_unchecked(i).map(Value::T),
        }
    };
    (0..row.len()).map(value).collect::<std::result::Result<_, _>>().map(Row::new).map_err(read_error)
}

/// Tells an engine's errors apart. Messages of both engines name tables and
/// constraints, never values (PostgreSQL puts those in the detail, not taken).
fn read_error(error: sqlx::Error) -> StoreError {
    let sqlx::Error::Database(db) = &error else {
        return match error {
            sqlx::Error::Configuration(e) => StoreError::Internal(format!("database URL: {e}")),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                StoreError::Corrupt(error.to_string())
            }
            sqlx::Error::ColumnIndexOutOfBounds { .. } => StoreError::Internal(error.to_string()),
            other => StoreError::Unavailable(other.to_string()),
        };
    };
    let (code, message) = (db.code().unwrap_or_default().into_owned(), db.message().to_owned());
    if db.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
        postgres_error(&code, message)
    } else {
        sqlite_error(&code, message)
    }
}

fn sqlite_error(code: &str, message: String) -> StoreError {
    /// SQLITE_READONLY_DBMOVED: the file under us was moved or deleted.
    const MOVED: i64 = 1032;
    let code: i64 = code.parse().unwrap_or(1);
    match (code, code & 0xff) {
        (MOVED, _) => StoreError::Unavailable(message),
        (_, 8 | 13) => StoreError::ReadOnlyOrFull(message),
        (_, 19 | 18 | 20) => StoreError::Refused(message),
        (_, 11 | 26) => StoreError::Corrupt(message),
        (_, 5 | 6 | 7 | 9 | 10 | 14 | 15) => StoreError::Unavailable(message),
        _ => StoreError::Internal(format!("{code}: {message}")),
    }
}

fn postgres_error(code: &str, message: String) -> StoreError {
    match code {
        "53100" | "25006" => StoreError::ReadOnlyOrFull(message),
        "40001" | "40P01" | "55P03" => StoreError::Unavailable(message),
        "XX001" | "XX002" => StoreError::Corrupt(message),
        _ => match code.get(..2).unwrap_or_default() {
            "22" | "23" | "54" => StoreError::Refused(message),
            "08" | "28" | "3D" | "53" | "57" | "58" => StoreError::Unavailable(message),
            _ => StoreError::Internal(format!("{code}: {message}")),
        },
    }
}
