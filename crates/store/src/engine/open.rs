//! Opening, and refusing what would forget.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{ConnectOptions, Connection};

use super::pulse::Pulse;
use super::wire::{read_error, sqlite_all};
use super::{Db, Engine, PRAGMA_SYNCHRONOUS, SHOW_FSYNC, SHOW_SYNCHRONOUS_COMMIT};
use crate::StoreOptions;
use crate::error::{Result, StoreError};
use crate::sql::note;
use crate::value::Row;

/// How long to wait for a connection, or for another process's write.
const PATIENCE: Duration = Duration::from_secs(5);

/// What every connection to PostgreSQL asks for itself. A server that stops in the middle of a
/// transaction costs the others seconds: its session is ended, and who waits for its locks is
/// turned away before that. A connection whose other end is gone is found out.
const PATIENT: [(&str, &str); 6] = [
    ("idle_in_transaction_session_timeout", "5s"),
    ("lock_timeout", "2s"),
    ("statement_timeout", "15s"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
];

impl Db {
    /// Opens by URL and refuses a database that would forget what it acknowledged.
    pub async fn open(url: &str, options: &StoreOptions) -> Result<Self> {
        let db = if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::open_postgres(url, options).await?
        } else if url.starts_with("sqlite:") {
            Self::open_sqlite(url, options).await?
        } else {
            return Err(StoreError::Internal(
                "a database URL starts with sqlite: or postgres:".into(),
            ));
        };
        db.check_durability().await?;
        Ok(db)
    }

    async fn open_sqlite(url: &str, options: &StoreOptions) -> Result<Self> {
        let (url, asked) = split_synchronous(url);
        let synchronous = options
            .synchronous
            .clone()
            .or(asked)
            .unwrap_or_else(|| "FULL".into());
        if !synchronous.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(StoreError::NotDurable(
                "synchronous must be FULL or EXTRA".into(),
            ));
        }
        let mut connect = SqliteConnectOptions::from_str(&url)
            .map_err(read_error)?
            .create_if_missing(options.create && !url.contains("mode="))
            .journal_mode(SqliteJournalMode::Wal)
            .pragma("synchronous", synchronous)
            .foreign_keys(true)
            .pragma("recursive_triggers", "ON")
            // What is deleted is overwritten: names and phones do not stay behind in free pages.
            .pragma("secure_delete", "ON")
            // 32 MB of log before it is folded back: a page that many commits touched is
            // then written to the database once.
            .pragma("wal_autocheckpoint", "8192")
            .busy_timeout(PATIENCE)
            .statement_cache_capacity(512)
            // A batch's rows come back without either thread waiting for the other.
            .row_buffer_size(512)
            .disable_statement_logging();
        if let Some(pages) = options.max_pages {
            connect = connect.pragma("max_page_count", pages.to_string());
        }
        let path = connect.get_filename().to_owned();
        if !options.create && !path.exists() {
            return Err(StoreError::Missing(path.display().to_string()));
        }
        // Keys and hashes are random, so each rating touches pages all over the indexes: the writer
        // remembers 8 MB of them instead of 2.
        let writing = connect.clone().pragma("cache_size", "-8192");
        let pulse = Pulse::default();
        let doubts = pulse.clone();
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            // The writer may have been left inside a transaction (SQLite ends one by itself when the
            // disk is full, and the ROLLBACK that follows fails): it is closed and opened anew.
            .before_acquire(move |connection, _| {
                let good = !doubts.was_in_doubt() && !connection.is_in_transaction();
                Box::pin(async move { Ok(good) })
            })
            .acquire_timeout(PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(writing)
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
        Ok(Self::Sqlite {
            writer,
            readers,
            file,
            pulse,
        })
    }

    async fn open_postgres(url: &str, options: &StoreOptions) -> Result<Self> {
        let mut connect = PgConnectOptions::from_str(url)
            .map_err(read_error)?
            .application_name("haochaping")
            .statement_cache_capacity(512)
            .disable_statement_logging()
            .options(PATIENT);
        if let Some(synchronous) = &options.synchronous {
            connect = connect.options([("synchronous_commit", synchronous.as_str())]);
        }
        let pool = PgPoolOptions::new()
            .max_connections(options.readers.max(1) + 2)
            .acquire_timeout(PATIENCE)
            .connect_with(connect)
            .await
            .map_err(read_error)?;
        Ok(Self::Postgres(pool, Pulse::default()))
    }

    /// Whether what is acknowledged is still durable: PostgreSQL can be told otherwise while it runs.
    pub async fn check_durability(&self) -> Result<()> {
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
            Self::Postgres(..) => {
                for sql in [&SHOW_FSYNC, &SHOW_SYNCHRONOUS_COMMIT] {
                    let value: String = first(self.all(sql, Vec::new()).await?)?;
                    if value == "off" {
                        return Err(StoreError::NotDurable(format!(
                            "PostgreSQL: {} is off",
                            sql.text
                        )));
                    }
                }
            }
        }
        Ok(())
    }
}

pub(super) fn first<T: crate::value::Field>(rows: Vec<Row>) -> Result<T> {
    let row = rows.into_iter().next();
    row.ok_or_else(|| StoreError::Internal("the engine does not answer".into()))?
        .take()
}

/// The `synchronous` of a SQLite URL, which sqlx does not know, and the URL without it.
fn split_synchronous(url: &str) -> (String, Option<String>) {
    let Some((path, query)) = url.split_once('?') else {
        return (url.to_owned(), None);
    };
    let (asked, rest): (Vec<&str>, Vec<&str>) = query
        .split('&')
        .partition(|pair| pair.to_ascii_lowercase().starts_with("synchronous="));
    let asked = asked
        .last()
        .and_then(|pair| pair.split_once('='))
        .map(|(_, value)| value.to_owned());
    let url = if rest.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", rest.join("&"))
    };
    (url, asked)
}

/// The file of a SQLite database. SQLite writes on happily into a file that has been
/// deleted or replaced, and what it acknowledges then is lost: so we look.
#[derive(Debug, Clone)]
pub(crate) struct DbFile {
    path: Arc<std::path::Path>,
    identity: (u64, u64),
}

impl DbFile {
    pub(super) fn of(path: std::path::PathBuf) -> Result<Self> {
        let identity = Self::identity(&path)?;
        Ok(Self {
            path: path.into(),
            identity,
        })
    }

    fn identity(path: &std::path::Path) -> Result<(u64, u64)> {
        let gone = |e: std::io::Error| StoreError::Moved(format!("the database file: {e}"));
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

    pub(super) fn check(&self) -> Result<()> {
        if Self::identity(&self.path)? == self.identity {
            return Ok(());
        }
        Err(StoreError::Moved(
            "the database file has been replaced; start again to use the new one".into(),
        ))
    }
}
