//! Demo folders to run in, and the databases behind them.

use super::Outcome;
use demo::Entrances;
use sqlx::{AssertSqlSafe, Connection as _, Row as _};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use store::{Store, StoreOptions};

/// A folder for the time of a run; it goes away with it, unless it is kept to look at.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    keep: bool,
}

impl Scratch {
    /// Makes an empty folder under `parent`.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn make(parent: &Path, name: &str) -> Outcome<Self> {
        let path = parent.join(format!("haochaping-{name}-{}", std::process::id()));
        if path.exists() {
            fs::remove_dir_all(&path)?;
        }
        fs::create_dir_all(&path)?;
        Ok(Self { path, keep: false })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves the folder behind.
    pub fn keep(&mut self) {
        self.keep = true;
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.keep {
            // Nothing more can be done about a folder that does not go.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// A demo folder and its database.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// Another database than the SQLite file in it.
    pub database: Option<String>,
    /// The codes of its plates.
    pub plates: Vec<String>,
}

impl Folder {
    /// Lets the binary make one.
    ///
    /// # Errors
    /// When it cannot.
    pub fn make(
        binary: &Path,
        path: PathBuf,
        database: Option<String>,
        amount: (u32, u16),
    ) -> Outcome<Self> {
        let mut command = Command::new(binary);
        command.arg("demo").arg("--data").arg(&path).arg("--json");
        command.args([
            "--ratings",
            &amount.0.to_string(),
            "--days",
            &amount.1.to_string(),
        ]);
        if let Some(url) = &database {
            command.args(["--database", url]);
        }
        let made = command.stderr(Stdio::inherit()).output()?;
        if !made.status.success() {
            return Err(format!("the demo folder was not made: {}", made.status).into());
        }
        let entrances: Entrances = serde_json::from_slice(&made.stdout)?;
        let plates = entrances
            .plates
            .into_iter()
            .map(|(plate, _)| plate)
            .collect();
        Ok(Self {
            path,
            database,
            plates,
        })
    }

    /// A copy of a folder with SQLite, which no server has open.
    ///
    /// # Errors
    /// When it cannot be copied.
    pub fn copy(&self, to: PathBuf) -> Outcome<Self> {
        fs::create_dir_all(&to)?;
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                fs::copy(entry.path(), to.join(entry.file_name()))?;
            }
        }
        Ok(Self {
            path: to,
            database: self.database.clone(),
            plates: self.plates.clone(),
        })
    }

    /// The URL of its database.
    pub fn url(&self) -> String {
        self.database
            .clone()
            .unwrap_or_else(|| format!("sqlite://{}", self.path.join("haochaping.db").display()))
    }

    /// Its store, beside the server or after it.
    ///
    /// # Errors
    /// When it does not open.
    pub async fn store(&self) -> Outcome<Store> {
        Ok(Store::open(&self.url(), StoreOptions::default()).await?)
    }

    /// One number out of its database.
    ///
    /// # Errors
    /// When the database does not answer with a number.
    pub async fn number(&self, sql: &str) -> Outcome<i64> {
        let url = self.url();
        let sql = AssertSqlSafe(sql.to_owned());
        if url.starts_with("sqlite:") {
            let mut db = sqlx::SqliteConnection::connect(&url).await?;
            let number = sqlx::query(sql).fetch_one(&mut db).await?.try_get(0)?;
            db.close().await?;
            return Ok(number);
        }
        let mut db = sqlx::PgConnection::connect(&url).await?;
        let number = sqlx::query(sql).fetch_one(&mut db).await?.try_get(0)?;
        db.close().await?;
        Ok(number)
    }

    /// Has the database do at once what it does by itself at rest, in a city over night: without
    /// it, what is measured right after a folder was made is also the tidying up after the making.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn settle(&self) -> Outcome {
        let url = self.url();
        if url.starts_with("sqlite:") {
            let mut db = sqlx::SqliteConnection::connect(&url).await?;
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
                .execute(&mut db)
                .await?;
            return Ok(db.close().await?);
        }
        execute(&url, "VACUUM (ANALYZE)").await?;
        execute(&url, "CHECKPOINT").await
    }

    /// What SQLite itself says of its file: `ok`.
    ///
    /// # Errors
    /// When the file does not open.
    pub async fn integrity(&self) -> Outcome<String> {
        let mut db = sqlx::SqliteConnection::connect(&self.url()).await?;
        let said = sqlx::query("PRAGMA integrity_check")
            .fetch_one(&mut db)
            .await?
            .try_get(0)?;
        db.close().await?;
        Ok(said)
    }
}

/// A database of its own on the PostgreSQL of `HAOCHAPING_TEST_PG`.
#[derive(Debug)]
pub struct Database {
    admin: String,
    name: String,
}

impl Database {
    /// Creates it.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn create(admin: &str, purpose: &str) -> Outcome<Self> {
        let name = format!("soak_{purpose}_{}", std::process::id());
        let admin = admin.trim_end_matches('/').to_owned();
        execute(
            &admin,
            &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        )
        .await?;
        execute(&admin, &format!("CREATE DATABASE {name}")).await?;
        Ok(Self { admin, name })
    }

    /// Its URL.
    pub fn url(&self) -> String {
        match self.admin.rsplit_once('/') {
            Some((server, _)) => format!("{server}/{}", self.name),
            None => format!("{}/{}", self.admin, self.name),
        }
    }

    /// Removes it.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn drop(self) -> Outcome {
        execute(
            &self.admin,
            &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name),
        )
        .await
    }
}

async fn execute(url: &str, sql: &str) -> Outcome {
    let mut db = sqlx::PgConnection::connect(url).await?;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&mut db)
        .await?;
    db.close().await?;
    Ok(())
}
