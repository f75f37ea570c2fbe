//! The demo folder: an invented prefecture, filled through the same flows as a real one.

mod chance;
mod city;
mod full;
mod kinds;
mod life;

pub use chance::Chance;
pub use city::Size;
pub use life::{Amount, Made};

use crate::{
    app::{App, Directory, Parts, Region, iso_day},
    clock::{Clock, Millis, instant},
    flow::{FlowError, staff},
    plates,
    policy::{Policies, PolicyError},
    secrets::{self, SecretError, Secrets},
};
use contract::paths;
use rules::date;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};
use store::{Store, StoreError, StoreOptions};

/// What can go wrong with a demo folder.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The folder cannot be used.
    #[error("the folder {path} cannot be used: {source}")]
    Folder {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The folder belongs to a real city.
    #[error("{0} is not a demo folder; choose another one")]
    NotDemo(PathBuf),
    /// The folder's last making was cut off.
    #[error("{0} is half made; delete it and start again")]
    HalfMade(PathBuf),
    /// A policy file is wrong.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys cannot be used.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A flow refused what the generator asked.
    #[error(transparent)]
    Flow(#[from] FlowError),
}

/// A member of staff of the demo, with the password made for this folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// Staff name.
    pub login: String,
    /// Password, random for each folder.
    pub password: String,
    /// Display name.
    pub name: String,
    /// `handler` or `authority`.
    pub role: String,
    /// Unit code.
    pub unit: String,
}

/// The entry points of a demo folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrances {
    /// Public address, a path.
    pub public: String,
    /// Staff address, a path.
    pub staff_page: String,
    /// Rating pages of plates, as paths.
    pub rating_links: Vec<String>,
    /// Codes of plates with the short codes that can be typed.
    pub plates: Vec<(String, String)>,
    /// Rating pages of service events that nobody has rated, as paths.
    pub service_links: Vec<String>,
    /// Staff.
    pub staff: Vec<Login>,
    /// Keys of connectors by unit.
    pub connectors: Vec<(String, String)>,
}

/// Opens a folder's store: SQLite inside the folder, or the database given.
///
/// # Errors
/// When it cannot be opened, or would lose acknowledged ratings.
pub async fn open_store(folder: &Path, database: Option<&str>) -> Result<Store, StoreError> {
    let url = match database {
        Some(url) => url.to_owned(),
        None => format!("sqlite://{}", folder.join("haochaping.db").display()),
    };
    let store = Store::open(&url, StoreOptions::default()).await?;
    store.migrate().await?;
    Ok(store)
}

/// The entry points of a folder that exists already.
///
/// # Errors
/// When the folder is not a demo, or half made.
pub fn entrances(folder: &Path) -> Result<Option<Entrances>, DemoError> {
    let file = folder.join("demo.json");
    if file.exists() {
        let text = fs::read_to_string(&file).map_err(|source| at(&file, source))?;
        return serde_json::from_str(&text)
            .map(Some)
            .map_err(|error| at(&file, io::Error::other(error)));
    }
    match (
        folder.join("region.json").exists(),
        folder.join("clock").exists(),
    ) {
        (true, true) => Err(DemoError::HalfMade(folder.to_owned())),
        (true, false) => Err(DemoError::NotDemo(folder.to_owned())),
        _ => Ok(None),
    }
}

/// Makes a demo folder, or gives the entry points of the one that is there.
///
/// # Errors
/// See `DemoError`; a folder of a real city is never touched.
pub async fn make(
    folder: &Path,
    database: Option<&str>,
    amount: Amount,
) -> Result<(Entrances, Option<Made>), DemoError> {
    if let Some(known) = entrances(folder)? {
        return Ok((known, None));
    }
    let first = life::first_morning(&amount);
    let Founded {
        store,
        clock,
        region,
        known,
    } = found(folder, database, amount.city, first).await?;
    let app = App::start(Parts {
        store,
        secrets: Secrets::open(folder)?,
        clock: clock.clone(),
        policies: Policies::embedded()?,
        region,
        public_url: String::new(),
    })
    .await?;
    let (service_links, made) = life::live(&app, &amount, |now| set(&clock, folder, now)).await?;
    app.stop().await;
    app.store().close().await;
    let entrances = Entrances {
        service_links,
        ..known
    };
    let json = serde_json::to_string_pretty(&entrances)
        .map_err(|error| at(folder, io::Error::other(error)))?;
    write_new(&folder.join("demo.json"), &json)?;
    Ok((entrances, Some(made)))
}

/// Plays the scene at the turn of the year in a demo folder that nobody serves at the moment:
/// its clock stands on 4 January 2027 afterwards.
///
/// # Errors
/// When the folder is no demo, or its clock is past the scene.
pub async fn year_end(folder: &Path, database: Option<&str>) -> Result<Made, DemoError> {
    if entrances(folder)?.is_none() {
        return Err(at(folder, io::Error::other("make the demo first")));
    }
    let app = crate::serve::open(folder, database, String::new())
        .await
        .map_err(|error| at(folder, io::Error::other(error)))?;
    let clock = app.clock().clone();
    if clock.now() >= life::year_end_begins() {
        return Err(at(folder, io::Error::other("its clock is past the scene")));
    }
    let made = life::year_end(&app, |now| set(&clock, folder, now)).await?;
    app.stop().await;
    app.store().close().await;
    Ok(made)
}

/// A demo folder with its city, before anything has happened in it.
struct Founded {
    store: Store,
    clock: Clock,
    region: Region,
    known: Entrances,
}

async fn found(
    folder: &Path,
    database: Option<&str>,
    size: Size,
    now: Millis,
) -> Result<Founded, DemoError> {
    fs::create_dir_all(folder).map_err(|source| at(folder, source))?;
    let region = Region {
        name: city::REGION.to_owned(),
        profile: city::PROFILE.to_owned(),
        demo: true,
    };
    write_new(&folder.join("clock"), "0")?;
    let json = serde_json::to_string_pretty(&region)
        .map_err(|error| at(folder, io::Error::other(error)))?;
    write_new(&folder.join("region.json"), &json)?;
    let clock = Clock::of_folder(folder).map_err(|source| at(folder, source))?;
    set(&clock, folder, now)?;
    let store = open_store(folder, database).await?;
    let known = furnish(&store, size, now).await?;
    Ok(Founded {
        store,
        clock,
        region,
        known,
    })
}

/// Makes a demo folder with the city and no life in it, its clock standing at `now`:
/// what tests start from.
///
/// # Errors
/// See `DemoError`.
pub async fn furnished(
    folder: &Path,
    database: Option<&str>,
    now: Millis,
) -> Result<Entrances, DemoError> {
    let Founded { store, known, .. } = found(folder, database, Size::Small, now).await?;
    store.close().await;
    let json = serde_json::to_string_pretty(&known)
        .map_err(|error| at(folder, io::Error::other(error)))?;
    write_new(&folder.join("demo.json"), &json)?;
    Ok(known)
}

/// Moves a demo folder's rehearsal clock, given as `YYYY-MM-DDTHH:MM` in the region's time.
///
/// # Errors
/// When the text is no such time, or the folder is not a demo.
pub fn move_clock(folder: &Path, to: &str) -> Result<(), DemoError> {
    let bad = || {
        at(
            folder,
            io::Error::other("the time is written as 2026-11-02T09:00"),
        )
    };
    let (day, time) = to.split_once('T').ok_or_else(bad)?;
    let (hour, minute) = time.split_once(':').ok_or_else(bad)?;
    let day = date::parse_iso(day).ok_or_else(bad)?;
    let hour: i64 = hour.parse().map_err(|_| bad())?;
    let minute: i64 = minute.parse().map_err(|_| bad())?;
    if !(0..24).contains(&hour) || !(0..60).contains(&minute) {
        return Err(bad());
    }
    let clock = Clock::of_folder(folder).map_err(|source| at(folder, source))?;
    set(&clock, folder, instant(day, hour, minute))
}

fn set(clock: &Clock, folder: &Path, now: Millis) -> Result<(), DemoError> {
    clock.set(now).map_err(|source| at(folder, source))
}

fn at(path: &Path, source: io::Error) -> DemoError {
    DemoError::Folder {
        path: path.to_owned(),
        source,
    }
}

fn write_new(path: &Path, text: &str) -> Result<(), DemoError> {
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|source| at(path, source))
}

/// Writes units, halls, windows, items, plates, staff and connectors.
async fn furnish(store: &Store, size: Size, now: Millis) -> Result<Entrances, DemoError> {
    let city = city::invent(size)?;
    store.put_units(&city.units).await?;
    store.put_counties(&city.counties).await?;
    store.put_halls(&city.halls).await?;
    store.put_items(&city.items).await?;
    store.put_guides(&city.guides()).await?;
    store.put_windows(&city.windows).await?;
    store.put_plates(&city.plates).await?;
    let (directory, day) = (Directory::load(store).await?, iso_day(now));
    let contents = city
        .plates
        .iter()
        .map(|plate| plates::content(&directory, plate, &day, None));
    store
        .put_plate_contents(&contents.collect::<Vec<_>>())
        .await?;
    let (people, logins) = passwords(city.staff).await?;
    store.put_staff(&people).await?;
    let mut connectors = Vec::new();
    for unit in &city.units {
        let key = secrets::hex(&secrets::random::<24>()?);
        connectors.push((unit.code.clone(), key.clone()));
        let connector = store::Connector {
            id: format!("connector-{}", unit.code),
            unit: unit.code.clone(),
            key_hash: staff::token_hash(&key),
        };
        store.put_connector(connector).await?;
    }
    Ok(Entrances {
        public: paths::HOME.to_owned(),
        staff_page: paths::STAFF.to_owned(),
        rating_links: city
            .plates
            .iter()
            .map(|plate| paths::fill(paths::PLATE, &plate.code))
            .collect(),
        plates: city
            .plates
            .iter()
            .map(|plate| (plate.code.clone(), plate.short_code.clone()))
            .collect(),
        service_links: Vec::new(),
        staff: logins,
        connectors,
    })
}

/// Hashes at a time: each takes 19 MiB and all of a core.
const HASHING: usize = 2;

/// Gives everybody a password; hashing two hundred is most of what setting up takes.
async fn passwords(staff: Vec<store::Staff>) -> Result<(Vec<store::Staff>, Vec<Login>), DemoError> {
    let turns = std::sync::Arc::new(tokio::sync::Semaphore::new(HASHING));
    let mut hashing = Vec::with_capacity(staff.len());
    for person in staff {
        let password = secrets::crockford(&secrets::random::<10>()?).to_lowercase();
        let login = Login {
            login: person.login.clone(),
            password: password.clone(),
            name: person.name.clone(),
            role: person.role.clone(),
            unit: person.unit.clone(),
        };
        let turns = std::sync::Arc::clone(&turns);
        let hash = tokio::spawn(async move {
            let _turn = turns.acquire().await;
            tokio::task::spawn_blocking(move || staff::hash_password(&password)).await
        });
        hashing.push((person, login, hash));
    }
    let (mut people, mut logins) = (Vec::new(), Vec::new());
    for (person, login, hash) in hashing {
        let failed = |error: tokio::task::JoinError| FlowError::Internal(error.to_string());
        let hash = hash.await.map_err(failed)?.map_err(failed)?;
        people.push(store::Staff {
            password_hash: hash?,
            ..person
        });
        logins.push(login);
    }
    Ok((people, logins))
}
