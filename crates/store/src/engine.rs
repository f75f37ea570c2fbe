//! With its folder the only place that knows the engine: pools, transactions, the
//! bulk insert, and the short list of exceptions.
//!
//! SQLite has one writer connection (`BEGIN IMMEDIATE`) and a pool of readers;
//! PostgreSQL has one pool.

mod dialect;
mod open;
mod pulse;
mod wire;

use std::collections::HashMap;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use sqlx::{AssertSqlSafe, Executor, Postgres, SqlSafeStr, Sqlite, Transaction};

pub use dialect::Engine;
use open::DbFile;
use pulse::Pulse;
use wire::{postgres_all, read_error, sqlite_all};

use crate::error::{Result, StoreError};
use crate::sql::{Sql, note, statements};
use crate::value::{Row, Value};

statements! {
    /// Exception 1, the door's shared side. On SQLite the single writer suffices.
    LOCK_SHARED [Postgres] = "SELECT pg_advisory_xact_lock_shared($1)";
    /// Exception 2, the door's exclusive side, and the migrator's lock.
    LOCK_EXCLUSIVE [Postgres] = "SELECT pg_advisory_xact_lock($1)";
    /// Exception 2, without waiting.
    LOCK_TRY [Postgres] = "SELECT CASE WHEN pg_try_advisory_xact_lock($1) THEN 1 ELSE 0 END";
    /// Exception 3, what this connection would acknowledge.
    SHOW_FSYNC [Postgres] = "SHOW fsync";
    /// Exception 3.
    SHOW_SYNCHRONOUS_COMMIT [Postgres] = "SHOW synchronous_commit";
    /// Exception 3, on SQLite.
    PRAGMA_SYNCHRONOUS [Sqlite] = "PRAGMA synchronous";
    /// Exception 4, a copy of the whole file as at one commit. PostgreSQL has pg_dump.
    COPY [Sqlite] = "VACUUM INTO $1";
    /// Exception 5, the log folded back into the file, so that what was deleted is nowhere else.
    FOLD [Sqlite] = "PRAGMA wal_checkpoint(TRUNCATE)";
    /// Exception 5, the table written anew without what was deleted.
    REWRITE_PRIVATE [Postgres] = "VACUUM (FULL) private";
    /// Exception 6, what a rating writes to, held against whoever locks a whole table.
    TOUCH [Postgres] = "LOCK TABLE submission, rating_event, rollup, lane, lane_batch, private, ticket_event \
        IN ROW EXCLUSIVE MODE";
    /// Exception 7, the tables of the file, to look through their pages one by one.
    TABLES [Sqlite] = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    /// Exception 7. PostgreSQL has checksums and amcheck.
    QUICK_CHECK [Sqlite] = "SELECT quick_check FROM pragma_quick_check($1) LIMIT 1";
    /// Exception 8, a second witness of the time, in milliseconds.
    WITNESS [Postgres] = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
}

/// How long PostgreSQL may be silent about one statement. Its own limit is shorter
/// (`open::PATIENT`), so this is for a connection whose other end is gone.
const SILENCE: Duration = Duration::from_secs(20);

/// An advisory lock of the database.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lock {
    /// The day's door, held by everyone who stamps events.
    DoorShared,
    /// The day's door, held by whoever closes it.
    DoorExclusive,
    /// One release at a time; nobody who rates waits for it.
    Release,
    /// One migrator at a time.
    Migrate,
}

impl Lock {
    fn statement(self) -> (&'static Sql, i64) {
        match self {
            Self::DoorShared => (&LOCK_SHARED, 0x646f_6f72),
            Self::DoorExclusive => (&LOCK_EXCLUSIVE, 0x646f_6f72),
            Self::Release => (&LOCK_TRY, 0x7265_6c65),
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
        pulse: Pulse,
    },
    /// One pool.
    Postgres(PgPool, Pulse),
}

/// A write transaction; rolled back when dropped.
pub(crate) enum Tx {
    /// On the writer connection.
    Sqlite(Transaction<'static, Sqlite>, DbFile, Pulse),
    /// READ COMMITTED.
    Postgres(Transaction<'static, Postgres>, Pulse),
}

impl Db {
    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite { .. } => Engine::Sqlite,
            Self::Postgres(..) => Engine::Postgres,
        }
    }

    /// Reads all rows, outside a transaction.
    pub async fn all(&self, sql: &Sql, args: Vec<Value>) -> Result<Vec<Row>> {
        note(self.engine(), sql);
        match self {
            Self::Sqlite { readers, .. } => sqlite_all(readers, sql.text, args).await,
            Self::Postgres(pool, _) => in_time(postgres_all(pool, sql.text, args)).await,
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

    /// One writing statement in a transaction of its own; its RETURNING rows. One that changed
    /// nothing is not committed: it would tell nothing of whether writing works.
    pub async fn write(&self, sql: &Sql, args: Vec<Value>) -> Result<Vec<Row>> {
        let mut tx = self.begin().await?;
        let rows = tx.all(sql, args).await?;
        if rows.is_empty() && sql.text.contains(" RETURNING ") {
            tx.rollback().await?;
        } else {
            tx.commit().await?;
        }
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
        let pulse = self.pulse();
        self.begun().await.inspect_err(|error| pulse.failed(error))
    }

    async fn begun(&self) -> Result<Tx> {
        match self {
            Self::Sqlite {
                writer,
                file,
                pulse,
                ..
            } => {
                file.check()?;
                let tx = writer.begin_with("BEGIN IMMEDIATE").await;
                let tx = tx.map_err(|error| pulse.doubt(read_error(error)))?;
                Ok(Tx::Sqlite(tx, file.clone(), pulse.clone()))
            }
            Self::Postgres(pool, pulse) => {
                let begun = pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED");
                let tx = in_time(async { begun.await.map_err(read_error) }).await?;
                Ok(Tx::Postgres(tx, pulse.clone()))
            }
        }
    }

    /// What became of the writes so far.
    pub fn pulse(&self) -> &Pulse {
        match self {
            Self::Sqlite { pulse, .. } | Self::Postgres(_, pulse) => pulse,
        }
    }

    /// Removes from the files what was deleted from the private table. Whether it is done: on SQLite
    /// somebody may still be reading what was there before.
    pub async fn wipe(&self) -> Result<bool> {
        match self {
            Self::Sqlite { writer, .. } => {
                note(Engine::Sqlite, &FOLD);
                let rows = sqlite_all(writer, FOLD.text, Vec::new()).await?;
                let busy: i64 = open::first(rows)?;
                Ok(busy == 0)
            }
            Self::Postgres(pool, _) => {
                note(Engine::Postgres, &REWRITE_PRIVATE);
                let rewritten = postgres_all(pool, REWRITE_PRIVATE.text, Vec::new());
                in_time(rewritten).await.map(|_| true)
            }
        }
    }

    /// The tables whose pages can be looked through. PostgreSQL looks after its own.
    pub async fn tables(&self) -> Result<Vec<String>> {
        match self {
            Self::Sqlite { .. } => {
                let rows = self.all(&TABLES, Vec::new()).await?;
                rows.into_iter().map(|mut row| row.take()).collect()
            }
            Self::Postgres(..) => Ok(Vec::new()),
        }
    }

    /// Looks through the pages of a table and of its indexes.
    pub async fn check_table(&self, table: &str) -> Result<()> {
        if self.engine() == Engine::Postgres {
            return Ok(());
        }
        let rows = self.all(&QUICK_CHECK, vec![Value::T(table.to_owned())]);
        let said: String = open::first(rows.await?)?;
        match said.as_str() {
            "ok" => Ok(()),
            other => Err(StoreError::Corrupt(format!("{table}: {other}"))),
        }
    }

    /// The time of the machine that the database is on, where it is another one.
    pub async fn witness(&self) -> Result<Option<i64>> {
        match self {
            Self::Sqlite { .. } => Ok(None),
            Self::Postgres(..) => self.one(&WITNESS, Vec::new()).await?.take().map(Some),
        }
    }

    /// Whether what we write would still be found.
    pub fn check_file(&self) -> Result<()> {
        match self {
            Self::Sqlite { file, .. } => file.check(),
            Self::Postgres(..) => Ok(()),
        }
    }

    /// Closes every connection. On SQLite the log is folded back first, so that the file alone
    /// holds everything.
    pub async fn close(&self) {
        match self {
            Self::Sqlite {
                writer, readers, ..
            } => {
                readers.close().await;
                // Left in the log it is not lost: the next start reads it there.
                let _ = self.wipe().await;
                writer.close().await;
            }
            Self::Postgres(pool, _) => pool.close().await,
        }
    }
}

impl Tx {
    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(..) => Engine::Sqlite,
            Self::Postgres(..) => Engine::Postgres,
        }
    }

    fn pulse(&self) -> &Pulse {
        match self {
            Self::Sqlite(.., pulse) | Self::Postgres(.., pulse) => pulse,
        }
    }

    async fn text(&mut self, text: impl SqlSafeStr, args: Vec<Value>) -> Result<Vec<Row>> {
        let rows = match self {
            Self::Sqlite(tx, ..) => sqlite_all(&mut **tx, text, args).await,
            Self::Postgres(tx, _) => in_time(postgres_all(&mut **tx, text, args)).await,
        };
        rows.inspect_err(|error| self.pulse().failed(error))
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
        let (sql, key) = lock.statement();
        let (Self::Postgres(tx, _), Lock::Migrate) = (&mut *self, lock) else {
            return match self.engine() {
                Engine::Sqlite => Ok(()),
                Engine::Postgres => self.exec(sql, vec![Value::I(key)]).await,
            };
        };
        // Whoever migrates may take its time, and the next one waits for it.
        note(Engine::Postgres, sql);
        let locked = postgres_all(&mut **tx, sql.text, vec![Value::I(key)]);
        locked.await.map(drop)
    }

    /// Takes a lock until the end of the transaction if nobody has it; whether it did.
    pub async fn try_lock(&mut self, lock: Lock) -> Result<bool> {
        if self.engine() == Engine::Sqlite {
            return Ok(true);
        }
        let (_, key) = lock.statement();
        let taken: i64 = self.one(&LOCK_TRY, vec![Value::I(key)]).await?.take()?;
        Ok(taken == 1)
    }

    /// Meets every lock that somebody else may hold on what a rating writes to. On SQLite there is
    /// the writer's only, which this transaction has.
    pub async fn touch(&mut self) -> Result<()> {
        match self.engine() {
            Engine::Sqlite => Ok(()),
            Engine::Postgres => self.exec(&TOUCH, Vec::new()).await,
        }
    }

    /// Several statements of data definition.
    pub async fn script(&mut self, text: String) -> Result<()> {
        let sql = sqlx::raw_sql(AssertSqlSafe(text));
        match self {
            Self::Sqlite(tx, ..) => (&mut **tx).execute(sql).await.map(drop),
            Self::Postgres(tx, _) => (&mut **tx).execute(sql).await.map(drop),
        }
        .map_err(read_error)
    }

    /// Commits. Whatever goes wrong here, nothing may be reported as accepted.
    pub async fn commit(self) -> Result<()> {
        let pulse = self.pulse().clone();
        let committed = match self {
            Self::Sqlite(tx, file, pulse) => {
                file.check().inspect_err(|error| pulse.failed(error))?;
                let committed = tx.commit().await;
                committed.map_err(|error| pulse.doubt(read_error(error)))
            }
            Self::Postgres(tx, _) => in_time(async { tx.commit().await.map_err(read_error) }).await,
        };
        match committed {
            Ok(()) => {
                pulse.wrote();
                Ok(())
            }
            Err(error) => {
                let error = match error {
                    full @ StoreError::ReadOnlyOrFull(_) => full,
                    other => StoreError::Unavailable(format!("COMMIT: {other}")),
                };
                pulse.failed(&error);
                Err(error)
            }
        }
    }

    /// Rolls back.
    pub async fn rollback(self) -> Result<()> {
        match self {
            Self::Sqlite(tx, _, pulse) => {
                let back = tx.rollback().await;
                back.map_err(|error| pulse.doubt(read_error(error)))
            }
            Self::Postgres(tx, _) => {
                in_time(async { tx.rollback().await.map_err(read_error) }).await
            }
        }
    }
}

/// What PostgreSQL answers, unless it is silent for too long.
async fn in_time<T>(answer: impl Future<Output = Result<T>>) -> Result<T> {
    let silent = || StoreError::Unavailable("the database has gone silent".into());
    let answered = tokio::time::timeout(SILENCE, answer).await;
    answered.unwrap_or_else(|_| Err(silent()))
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
