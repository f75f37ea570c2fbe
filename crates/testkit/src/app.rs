//! A running app in a folder of its own, with its clock.

use crate::{
    Rating,
    actors::{Citizen, Connector, Staff},
    build::event,
    engine::{Engine, Place, admin_exec},
    http::Http,
    rows::{self, Dump},
};
use demo::Entrances;
use flow::{
    app::{App, Parts},
    clock::{Clock, instant},
    folder, release,
    secrets::Secrets,
};
use policy::Policies;
use rules::date;
use std::path::{Path, PathBuf};
use store::{Store, StoreOptions};

/// The day on which every test begins, a Wednesday at ten.
pub const FIRST_DAY: &str = "2026-10-28";

/// How an app is started.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// How its store is opened.
    pub options: StoreOptions,
    /// The address that citizens reach.
    pub public_url: Option<String>,
    /// Another profile than the folder's.
    pub profile: Option<String>,
    /// Another day to begin on than [`FIRST_DAY`]; `another` keeps the clock as it is.
    pub first_day: Option<String>,
    /// The region says that it is a real one, not a demo.
    pub real: bool,
    /// Its clock is its own, and measured as a real one is.
    pub measured: bool,
}

/// A running app.
pub struct TestApp {
    /// The app itself, for what no citizen can see.
    pub app: App,
    /// Its public address.
    pub http: Http,
    /// Its metrics address.
    pub metrics: Http,
    /// Its folder.
    pub folder: PathBuf,
    /// Its database.
    pub database: String,
    /// Which engine that is.
    pub engine: Engine,
    entrances: Entrances,
}

impl TestApp {
    pub(crate) async fn start(place: &Place, start: Start) -> Self {
        let folder = place.folder.path().to_owned();
        let region = folder::region(&folder).expect("a region");
        let clock = Clock::of_folder(&folder, &region).expect("a clock");
        clock
            .set(instant(
                day(start.first_day.as_deref().unwrap_or(FIRST_DAY)),
                10,
                0,
            ))
            .expect("a rehearsal clock");
        let app = open(&folder, &place.url(), clock, start).await;
        release::tick(&app).await.expect("an open day");
        Self {
            http: Http::public(&app),
            metrics: Http::metrics(&app),
            app,
            folder,
            database: place.url(),
            engine: place.engine,
            entrances: place.entrances.clone(),
        }
    }

    /// Another server on the same folder and database, with the same clock.
    pub async fn another(&self, start: Start) -> Self {
        let app = open(
            &self.folder,
            &self.database,
            self.app.clock().clone(),
            start,
        )
        .await;
        Self {
            http: Http::public(&app),
            metrics: Http::metrics(&app),
            app,
            folder: self.folder.clone(),
            database: self.database.clone(),
            engine: self.engine,
            entrances: self.entrances.clone(),
        }
    }

    /// Stops and closes.
    pub async fn close(&self) {
        self.app.stop().await;
        self.app.store().close().await;
    }

    /// Somebody with a phone.
    pub fn citizen(&self) -> Citizen {
        Citizen {
            http: self.http.clone(),
        }
    }

    /// Some others rate a window, and are satisfied: what few say is told of nobody.
    pub async fn others_rate(&self, window: &str, n: usize) {
        for _ in 0..n {
            let rating = Rating::of_plate(&self.plate(window)).level(5);
            self.citizen().rate(&rating).await;
        }
    }

    /// Some others are served at the second window, and are satisfied.
    pub async fn others_are_served(&self, n: usize) {
        for n in 0..n {
            let served = event(&format!("P8{n:02}"), "w02", "539900-001");
            let code = self.connector("rs").push(served).await;
            let rating = Rating::of_service(&code).level(5);
            self.citizen().rate(&rating).await;
        }
    }

    /// A member of staff, not signed in.
    pub fn person(&self, login: &str) -> Staff {
        let known = self
            .entrances
            .staff
            .iter()
            .find(|person| person.login == login)
            .expect("staff of the demo");
        Staff {
            http: self.http.clone(),
            login: login.to_owned(),
            password: known.password.clone(),
            cookie: String::new(),
            device: String::new(),
        }
    }

    /// A member of staff, signed in.
    pub async fn staff(&self, login: &str) -> Staff {
        let mut person = self.person(login);
        person.sign_in().await.expect(200);
        person
    }

    /// The business system of a unit, by the end of its code (`rs`, `ga`, …).
    pub fn connector(&self, unit: &str) -> Connector {
        let unit = self.unit(unit);
        let (_, key) = self
            .entrances
            .connectors
            .iter()
            .find(|(code, _)| *code == unit)
            .expect("a connector");
        Connector {
            http: self.http.clone(),
            key: key.clone(),
        }
    }

    /// The code of a unit, by its end.
    pub fn unit(&self, end: &str) -> String {
        format!("539900-{end}")
    }

    /// The code of the plate at a window of the demo city (`w01` … `w12`).
    pub fn plate(&self, window: &str) -> String {
        self.plates(window).0
    }

    /// The short code of the plate at a window.
    pub fn short_code(&self, window: &str) -> String {
        self.plates(window).1
    }

    fn plates(&self, window: &str) -> (String, String) {
        let at: usize = window
            .trim_start_matches('w')
            .parse()
            .expect("a window such as w01");
        self.entrances.plates[at - 1].clone()
    }

    /// Moves the rehearsal clock to a time of a day; nothing else happens.
    pub fn clock(&self, on: &str, hour: i64, minute: i64) {
        self.app
            .clock()
            .set(instant(day(on), hour, minute))
            .expect("a rehearsal clock");
    }

    /// Moves the rehearsal clock on.
    pub fn wait_minutes(&self, minutes: i64) {
        let to = self.app.clock().now() + minutes * 60_000;
        self.app.clock().set(to).expect("a rehearsal clock");
    }

    /// Moves the clock to nine on a day, and releases what is over by then.
    pub async fn release_until(&self, on: &str) {
        self.clock(on, 9, 0);
        release::tick(&self.app).await.expect("a release");
    }

    /// Every row of every table.
    pub async fn dump(&self) -> Dump {
        rows::dump(self.engine, &self.database).await
    }

    /// Runs a statement past the store.
    pub async fn sql(&self, sql: &str) -> Result<(), String> {
        rows::exec(self.engine, &self.database, sql).await
    }

    /// Runs a statement past the store, in a transaction that stays open. PostgreSQL only.
    pub async fn hold(&self, sql: &str) -> rows::Held {
        rows::Held::begin(&self.database, sql).await
    }

    /// The database can't be reached any more.
    pub async fn take_database_away(&self) {
        match self.engine {
            Engine::Sqlite => {
                std::fs::rename(self.file(), self.file().with_extension("away"))
                    .expect("moved away");
            }
            Engine::Postgres => {
                let name = self.name();
                admin_exec(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
                self.cut_connections().await;
                admin_exec(&format!("ALTER DATABASE {name} RENAME TO {name}_away")).await;
            }
        }
    }

    /// It is back.
    pub async fn bring_database_back(&self) {
        match self.engine {
            Engine::Sqlite => {
                std::fs::rename(self.file().with_extension("away"), self.file())
                    .expect("moved back");
            }
            Engine::Postgres => {
                let name = self.name();
                admin_exec(&format!("ALTER DATABASE {name}_away RENAME TO {name}")).await;
                admin_exec(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
            }
        }
    }

    /// Ends every connection of a PostgreSQL database from the server's side.
    pub async fn cut_connections(&self) {
        let name = self.name();
        admin_exec(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        ))
        .await;
    }

    /// Sets a parameter of a PostgreSQL database for connections to come.
    pub async fn set_parameter(&self, parameter: &str, value: &str) {
        let name = self.name();
        admin_exec(&format!("ALTER DATABASE {name} SET {parameter} = {value}")).await;
    }

    fn file(&self) -> PathBuf {
        self.folder.join("haochaping.db")
    }

    fn name(&self) -> String {
        let (_, name) = self
            .database
            .rsplit_once('/')
            .expect("an address with a database");
        name.to_owned()
    }
}

async fn open(folder: &Path, url: &str, clock: Clock, start: Start) -> App {
    let mut region = folder::region(folder).expect("a region");
    if let Some(profile) = start.profile {
        region.profile = profile;
    }
    region.demo &= !start.real;
    let clock = match start.measured {
        true => Clock::of_folder(folder, &folder::region(folder).expect("a region"))
            .expect("a clock")
            .measured(),
        false => clock,
    };
    App::start(Parts {
        store: Store::open(url, start.options).await.expect("a store"),
        secrets: Secrets::open(folder).expect("keys"),
        clock,
        policies: Policies::embedded().expect("policies"),
        region,
        public_url: start
            .public_url
            .unwrap_or_else(|| "http://127.0.0.1".to_owned()),
    })
    .await
    .expect("a running app")
}

fn day(iso: &str) -> date::Date {
    date::parse_iso(iso).expect("a day")
}
