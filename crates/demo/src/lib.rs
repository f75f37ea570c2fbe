//! The demo folder: an invented prefecture, filled through the same flows as a real one.

mod chance;
mod city;
mod full;
mod kinds;
mod life;

pub use chance::Chance;
pub use city::Size;
pub use life::{Amount, Made};

use contract::paths;
use flow::{
    FlowError,
    app::{App, Parts, iso_day},
    clock::{Clock, Millis, instant},
    folder::{self, FolderError},
    names::Names,
    region::Region,
    secrets::{SecretError, Secrets},
};
use policy::{Policies, PolicyError};
use rules::date;
use serde::{Deserialize, Serialize};
use setup::Login;
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};
use store::{Staff, Store, StoreError};
use tokio::task::JoinHandle;

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
    /// The folder cannot be opened.
    #[error(transparent)]
    Opened(#[from] FolderError),
    /// A flow refused what the generator asked.
    #[error(transparent)]
    Flow(#[from] FlowError),
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
    match folder::region(folder) {
        Ok(region) if region.demo => Err(DemoError::HalfMade(folder.to_owned())),
        Ok(_) => Err(DemoError::NotDemo(folder.to_owned())),
        Err(FolderError::NoRegion(_)) => Ok(None),
        Err(error) => Err(error.into()),
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
        hashing,
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
    let staff = hashed(app.store(), hashing).await?;
    app.store().close().await;
    let entrances = Entrances {
        service_links,
        staff,
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
    let app = flow::open::open(folder, database, String::new())
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
    /// The entry points, but for the staff, whose passwords are still being hashed.
    known: Entrances,
    hashing: Hashing,
}

/// Two hundred passwords take seven seconds of a core, which the city's life leaves idle.
type Hashing = JoinHandle<Result<(Vec<Staff>, Vec<Login>), FlowError>>;

/// Writes the hashes, once they are there, and gives the passwords.
async fn hashed(store: &Store, hashing: Hashing) -> Result<Vec<Login>, DemoError> {
    let broke_off = |error: tokio::task::JoinError| FlowError::Internal(error.to_string());
    let (people, logins) = hashing.await.map_err(broke_off)??;
    store.put_staff(&people).await?;
    Ok(logins)
}

async fn found(
    folder: &Path,
    database: Option<&str>,
    size: Size,
    now: Millis,
) -> Result<Founded, DemoError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|source| at(folder, source))?;
    let region = city::region();
    write_new(&folder.join("clock"), "0")?;
    let json = serde_json::to_string_pretty(&region)
        .map_err(|error| at(folder, io::Error::other(error)))?;
    write_new(&folder.join("region.json"), &json)?;
    let clock = Clock::of_folder(folder, &region).map_err(|source| at(folder, source))?;
    set(&clock, folder, now)?;
    let store = folder::make_store(folder, database).await?;
    Secrets::create(folder)?;
    folder::belongs(folder, &store, &Secrets::open(folder)?).await?;
    let (known, hashing) = furnish(&store, size, now).await?;
    Ok(Founded {
        store,
        clock,
        region,
        known,
        hashing,
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
    let Founded {
        store,
        known,
        hashing,
        ..
    } = found(folder, database, Size::Small, now).await?;
    let staff = hashed(&store, hashing).await?;
    store.close().await;
    let known = Entrances { staff, ..known };
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
    let region = folder::region(folder)?;
    let clock = Clock::of_folder(folder, &region).map_err(|source| at(folder, source))?;
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
async fn furnish(
    store: &Store,
    size: Size,
    now: Millis,
) -> Result<(Entrances, Hashing), DemoError> {
    let city = city::invent(size);
    setup::furnish(store, &city).await?;
    Names::note(store, now).await?;
    let plates = setup::new_plates(store, &iso_day(now)).await?;
    // Without a hash nobody can sign in; nobody is served before all have one.
    store.put_staff(&city.staff).await?;
    let hashing = tokio::spawn(setup::passwords(city.staff));
    let mut connectors = Vec::new();
    for (id, unit) in city.connectors {
        let key = setup::connector(store, &id, &unit).await?;
        connectors.push((unit, key));
    }
    let known = Entrances {
        public: paths::HOME.to_owned(),
        staff_page: paths::STAFF.to_owned(),
        rating_links: plates
            .iter()
            .map(|plate| paths::fill(paths::PLATE, &plate.code))
            .collect(),
        plates: plates
            .iter()
            .map(|plate| (plate.code.clone(), plate.short_code.clone()))
            .collect(),
        service_links: Vec::new(),
        staff: Vec::new(),
        connectors,
    };
    Ok((known, hashing))
}
