//! A fresh database of either engine, and builders of rows.

use sqlx::{AssertSqlSafe, Connection, Executor};
use store::{
    Amendment, Deciding, Engine, Follows, Id, NewCode, NewRating, NewTicket, NewTicketEvent,
    Private, RatingEvent, Store, StoreError, StoreOptions,
};

use crate::Case;

/// The day that is open when a case starts.
pub const DAY: &str = "2026-10-30";
/// The one after.
pub const NEXT: &str = "2026-10-31";
/// Some instant of it.
pub const NOW: i64 = 1_793_300_000_000;

/// A database with the schema and an open day.
pub struct Fixture {
    pub store: Store,
    pub url: String,
    pub engine: Engine,
    _dir: tempfile::TempDir,
}

/// Where the tests' PostgreSQL is; `None` only if its half is switched off by name.
pub fn postgres() -> Option<String> {
    match std::env::var("HAOCHAPING_TEST_PG") {
        Ok(url) => Some(url.trim_end_matches('/').to_owned()),
        Err(_) if std::env::var("HAOCHAPING_SQLITE_ONLY").as_deref() == Ok("1") => None,
        Err(_) => panic!(
            "HAOCHAPING_TEST_PG is not set: the PostgreSQL half of the store's suite cannot run \
             (HAOCHAPING_SQLITE_ONLY=1 leaves it out on purpose)"
        ),
    }
}

/// Runs a case on a fresh database and takes the database away.
pub fn run(engine: Engine, case: Case) {
    let admin = match engine {
        Engine::Sqlite => None,
        Engine::Postgres => match postgres() {
            Some(admin) => Some(admin),
            None => return,
        },
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.unwrap().block_on(async {
        let dir = tempfile::tempdir().unwrap();
        let name = fresh_name(dir.path());
        let url = match &admin {
            None => format!("sqlite://{}", dir.path().join("store.db").display()),
            Some(admin) => create(admin, &name).await,
        };
        let options = StoreOptions {
            create: true,
            ..StoreOptions::default()
        };
        let store = Store::open(&url, options).await.unwrap();
        store.migrate().await.unwrap();
        store.door_open(DAY, NOW).await.unwrap();
        case(Fixture {
            store: store.clone(),
            url,
            engine,
            _dir: dir,
        })
        .await;
        store.close().await;
        if let Some(admin) = &admin {
            admin_exec(
                admin,
                &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            )
            .await;
        }
    });
}

/// A name that no other run has: the folder's own name is random.
fn fresh_name(dir: &std::path::Path) -> String {
    let random = dir.file_name().unwrap().as_encoded_bytes();
    let hex: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("hcp_{}_{hex}", std::process::id())
}

/// A database whose own collation is Chinese, so that nothing leans on the default.
async fn create(admin: &str, name: &str) -> String {
    admin_exec(
        admin,
        &format!(
            "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' \
             LOCALE_PROVIDER icu ICU_LOCALE 'zh'"
        ),
    )
    .await;
    let (server, _) = admin.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}

pub async fn admin_exec(url: &str, sql: &str) {
    let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
    connection
        .execute(AssertSqlSafe(sql.to_owned()))
        .await
        .unwrap();
    connection.close().await.unwrap();
}

impl Fixture {
    /// A second server, or a second process, on the same database.
    pub async fn another(&self) -> Store {
        Store::open(&self.url, StoreOptions::default())
            .await
            .unwrap()
    }

    /// Writes what follows from the ratings there are.
    pub async fn follow(&self) {
        self.store.follow_ratings(deciding()).await.unwrap();
    }

    /// Stores ratings, with what follows from them.
    pub async fn ingest(&self, lane: &str, batch: &[NewRating]) -> Vec<store::IngestOutcome> {
        let outcomes = self.store.ingest(lane, batch).await.unwrap();
        self.follow().await;
        outcomes
    }

    /// Runs a statement past the store.
    pub async fn raw(&self, sql: &str) -> Result<(), String> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self.engine {
            Engine::Sqlite => {
                let mut c = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
                c.execute(sql).await.map(drop).map_err(|e| e.to_string())
            }
            Engine::Postgres => {
                let mut c = sqlx::PgConnection::connect(&self.url).await.unwrap();
                c.execute(sql).await.map(drop).map_err(|e| e.to_string())
            }
        }
    }

    /// Stores one rating that has to be accepted.
    pub async fn accept(&self, rating: NewRating) -> Id {
        let outcomes = self
            .store
            .ingest("a", std::slice::from_ref(&rating))
            .await
            .unwrap();
        assert_eq!(
            outcomes,
            [store::IngestOutcome::Accepted {
                rating: rating.rating,
                seq: 1
            }]
        );
        self.follow().await;
        rating.rating
    }
}

/// The id that ends in a number.
pub fn id(n: u64) -> Id {
    let mut id = [7; 16];
    id[8..].copy_from_slice(&n.to_be_bytes());
    id
}

/// A rating of a window; its key, body, ids and codes come from `n`.
pub fn rating(n: u64, level: i64) -> NewRating {
    NewRating {
        unit: "U1".into(),
        idempotency_key: format!("key-{n}"),
        body_hash: vec![n as u8, level as u8],
        rating: id(n),
        kind: "active".into(),
        subject_kind: "window".into(),
        subject_key: "window:W1".into(),
        level,
        tags: "[]".into(),
        catalogue: "2021".into(),
        identity: "anonymous".into(),
        hall: "H1".into(),
        win: "W1".into(),
        profile: "national".into(),
        profile_version: "2020".into(),
        accepted_at: NOW,
        channel: "plate".into(),
        codes: ["receipt", "follow"]
            .map(|purpose| NewCode {
                hash: format!("{purpose}-{n}").into_bytes(),
                purpose: purpose.into(),
            })
            .to_vec(),
        versions_max: 99,
        ..NewRating::default()
    }
}

/// A rating of a service event.
pub fn event_rating(n: u64, project: &str) -> NewRating {
    NewRating {
        subject_kind: "event".into(),
        subject_key: format!("event:{project}:1"),
        channel: "link".into(),
        ..rating(n, 4)
    }
}

/// What follows from a version here: the ticket of a bad one, and both amendments of a later one.
pub fn follows(version: &RatingEvent) -> Result<Follows, StoreError> {
    let n = number_of(&version.rating);
    Ok(Follows {
        ticket: (version.level <= 2).then(|| ticket(n)),
        amended: (version.seq > 1).then(amendment),
    })
}

/// The same, as the store asks for it.
pub fn deciding() -> Deciding<'static> {
    Deciding {
        bad_up_to: 2,
        decide: &follows,
    }
}

/// The number that an id ends in.
pub fn number_of(id: &Id) -> u64 {
    u64::from_be_bytes(id[8..].try_into().unwrap())
}

/// What a ticket is told of a later version.
pub fn amendment() -> Amendment {
    let event = |kind: &str| NewTicketEvent {
        kind: kind.into(),
        body: "{}".into(),
        actor: "system".into(),
        at: NOW,
        private: None,
    };
    Amendment {
        level: event("amended"),
        identity: event("identified"),
    }
}

/// The ticket that rating `n` opens.
pub fn ticket(n: u64) -> NewTicket {
    NewTicket {
        ticket: id(10_000 + n),
        numbers: vec![format!("G{n:04}"), format!("G{n:04}-2")],
        event: NewTicketEvent {
            kind: "opened".into(),
            body: "{}".into(),
            actor: "system".into(),
            at: NOW,
            private: None,
        },
        state: "to_assign".into(),
        handler: None,
        rated_staff: Some("S1".into()),
        served_by: vec!["S1".into()],
        opened_on: DAY.into(),
        due: Some("2026-11-02".into()),
    }
}

/// A private row.
pub fn private(n: u64, kind: &str) -> Private {
    Private {
        id: id(20_000 + n),
        kind: kind.into(),
        ciphertext: vec![0, 1, 2, n as u8],
        key_id: "k1".into(),
        salt: vec![9; 16],
        delete_after: NOW + 1,
    }
}

pub fn is_refused(error: &StoreError) -> bool {
    matches!(error, StoreError::Refused(_))
}
