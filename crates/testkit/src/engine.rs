//! Databases: one furnished template of each engine a process, one fresh copy a test.

use demo::{self, Entrances};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use std::{
    fs,
    path::Path,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file in the test's own folder.
    Sqlite,
    /// A database of the server in `HAOCHAPING_TEST_PG`.
    Postgres,
}

impl Engine {
    /// Whether its tests run; never skipped in silence.
    pub(crate) fn is_there(self) -> bool {
        self == Self::Sqlite || admin().is_some()
    }
}

/// Where the tests' PostgreSQL is; `None` only if its half is switched off by name.
fn admin() -> Option<String> {
    match std::env::var("HAOCHAPING_TEST_PG") {
        Ok(url) => Some(url.trim_end_matches('/').to_owned()),
        Err(_) if std::env::var("HAOCHAPING_SQLITE_ONLY").as_deref() == Ok("1") => None,
        Err(_) => panic!(
            "HAOCHAPING_TEST_PG is not set: the PostgreSQL half of the API suite cannot run \
             (HAOCHAPING_SQLITE_ONLY=1 leaves it out on purpose)"
        ),
    }
}

/// The city as every test finds it.
struct Template {
    folder: TempDir,
    database: Option<String>,
    entrances: Entrances,
}

static SQLITE: LazyLock<Template> = LazyLock::new(|| Template::make(None));
static POSTGRES: LazyLock<Template> =
    LazyLock::new(|| Template::make(Some(format!("{PREFIX}{}_city", std::process::id()))));

/// Databases of tests start with this and the id of the process that made them.
const PREFIX: &str = "hcp_api_";

impl Template {
    /// Furnished on a thread of its own: a test's runtime must not own its connections.
    fn make(database: Option<String>) -> Self {
        let work = move || {
            let runtime = Runtime::new().expect("a runtime");
            runtime.block_on(async {
                let folder = TempDir::new().expect("a folder");
                let url = match &database {
                    Some(name) => {
                        sweep().await;
                        create(
                            name,
                            "template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'",
                        )
                        .await;
                        Some(url_of(name))
                    }
                    None => None,
                };
                let entrances = demo::furnished(folder.path(), url.as_deref(), 0)
                    .await
                    .expect("a furnished city");
                Self {
                    folder,
                    database,
                    entrances,
                }
            })
        };
        std::thread::spawn(work).join().expect("a template")
    }
}

/// Removes what processes that are gone have left behind.
async fn sweep() {
    let mut connection = PgConnection::connect(&admin().expect("an address"))
        .await
        .expect("PostgreSQL answers");
    let query = format!("SELECT datname FROM pg_database WHERE datname LIKE '{PREFIX}%'");
    let rows = connection
        .fetch_all(AssertSqlSafe(query))
        .await
        .expect("a list");
    for row in rows {
        let name: String = row.get(0);
        let pid = name[PREFIX.len()..]
            .split('_')
            .next()
            .unwrap_or_default()
            .to_owned();
        if Path::new("/proc/self").exists() && !Path::new("/proc").join(&pid).exists() {
            // Another host's test may still use it: without FORCE that is refused, and well so.
            let _ = connection
                .execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name}")))
                .await;
        }
    }
}

async fn create(name: &str, template: &str) {
    admin_exec(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
}

fn url_of(name: &str) -> String {
    let admin = admin().expect("an address");
    let (server, _) = admin.rsplit_once('/').expect("an address with a database");
    format!("{server}/{name}")
}

/// Runs a statement as the server's administrator.
pub(crate) async fn admin_exec(sql: &str) {
    let mut connection = PgConnection::connect(&admin().expect("an address"))
        .await
        .expect("PostgreSQL answers");
    connection
        .execute(AssertSqlSafe(sql.to_owned()))
        .await
        .expect("an administrator's statement");
    connection.close().await.expect("closed");
}

/// A test's own folder and database.
pub(crate) struct Place {
    pub folder: TempDir,
    pub engine: Engine,
    pub name: Option<String>,
    pub entrances: Entrances,
}

impl Place {
    /// A fresh copy of the city.
    pub fn fresh(engine: Engine, runtime: &Runtime) -> Self {
        let template = match engine {
            Engine::Sqlite => &*SQLITE,
            Engine::Postgres => &*POSTGRES,
        };
        let folder = TempDir::new().expect("a folder");
        for file in fs::read_dir(template.folder.path()).expect("the template's files") {
            let file = file.expect("a file");
            fs::copy(file.path(), folder.path().join(file.file_name())).expect("a copy");
        }
        let name = template.database.as_ref().map(|city| {
            static NEXT: AtomicU64 = AtomicU64::new(0);
            let name = format!(
                "{PREFIX}{}_{}",
                std::process::id(),
                NEXT.fetch_add(1, Ordering::Relaxed)
            );
            runtime.block_on(create(&name, city));
            name
        });
        Self {
            folder,
            engine,
            name,
            entrances: template.entrances.clone(),
        }
    }

    /// The database's address.
    pub fn url(&self) -> String {
        match &self.name {
            Some(name) => url_of(name),
            None => format!(
                "sqlite://{}",
                self.folder.path().join("haochaping.db").display()
            ),
        }
    }

    /// Takes the database away.
    pub async fn remove(self) {
        if let Some(name) = &self.name {
            admin_exec(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}
