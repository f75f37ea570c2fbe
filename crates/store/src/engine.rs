//! With its folder the only place that knows the engine: pools, transactions, the
//! bulk insert, and the short list of exceptions.
//!
//! SQLite has one writer connection (`BEGIN IMMEDIATE`) and a pool of readers;
//! PostgreSQL has one pool.

mod dialect;
mod open;
mod wire;

use std::collections::HashMap;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use sqlx::{AssertSqlSafe, Executor, Postgres, SqlSafeStr, Sqlite, Transaction};

pub use dialect::Engine;
use open::DbFile;
use wire::{postgres_all, read_error, sqlite_all};

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
    /// Exception 4, a copy of the whole file as at one commit. PostgreSQL has pg_dump.
    COPY [Sqlite] = "VACUUM INTO $1";
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
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
        file: DbFile,
    },
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

impl Db {
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

    /// Writes a copy, as at one commit, to a file that is not there yet, and syncs it.
    pub async fn copy_to(&self, path: &Path) -> Result<()> {
        let Self::Sqlite { writer, .. } = self else {
            return Err(StoreError::Refused(
                "a PostgreSQL database is copied by pg_dump".into(),
            ));
        };
        // SQLite writes into an empty file, so that this one is new and only its owner's.
        let copy = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(|error| StoreError::Refused(format!("{}: {error}", path.display())))?;
        note(Engine::Sqlite, &COPY);
        let target = vec![Value::T(path.display().to_string())];
        let copied = match sqlite_all(writer, COPY.text, target).await {
            Ok(_) => copy
                .sync_all()
                .map_err(|error| StoreError::ReadOnlyOrFull(error.to_string())),
            Err(error) => Err(error),
        };
        if copied.is_err() {
            // Half a copy is worse than none; that it cannot be removed changes nothing.
            let _ = std::fs::remove_file(path);
        }
        copied
    }

    /// Begins a write transaction.
    pub async fn begin(&self) -> Result<Tx> {
        match self {
            Self::Sqlite { writer, file, .. } => {
                file.check()?;
                let tx = writer
                    .begin_with("BEGIN IMMEDIATE")
                    .await
                    .map_err(read_error)?;
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
            Self::Sqlite {
                writer, readers, ..
            } => {
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
        let engine = self.engine();
        let mut returned = Vec::new();
        let width = rows.first().map_or(0, Vec::len);
        let pieces = engine.pieces(rows.len());
        let mut rows = rows.into_iter();
        for piece in pieces {
            let count = match engine {
                Engine::Sqlite => Some(Value::I(i64::try_from(piece.rows).unwrap_or(i64::MAX))),
                Engine::Postgres => None,
            };
            let values = rows.by_ref().take(piece.rows).flatten();
            let args = count.into_iter().chain(values).collect();
            note(engine, sql);
            let text = AssertSqlSafe(bulk_text(engine, sql, width, piece.room));
            returned.extend(self.text(text, args).await?);
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

/// The text of a bulk insert with room for so many rows; made once.
///
/// SQLite gets plain `?`: it keeps the names of `$n` in a list and looks each of a thousand up from
/// the front, which cost more than storing the rows. Its first one says how many rows there are.
fn bulk_text(engine: Engine, sql: &Sql, width: usize, room: usize) -> Arc<str> {
    type Texts = HashMap<(Engine, &'static str, usize), Arc<str>>;
    static TEXTS: Mutex<Option<Texts>> = Mutex::new(None);
    let mark = |at: usize| match engine {
        Engine::Sqlite => "?".to_owned(),
        Engine::Postgres => format!("${at}"),
    };
    let row = |r: usize| {
        let marks: Vec<String> = (1..=width).map(|c| mark(r * width + c)).collect();
        format!("({})", marks.join(","))
    };
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    let text = texts
        .get_or_insert_default()
        .entry((engine, sql.name, room))
        .or_insert_with(|| {
            let all: Vec<String> = (0..room).map(row).collect();
            engine.bulk_insert(sql.text, &all.join(",")).into()
        });
    Arc::clone(text)
}
