//! Founding a region that is not a demo, from a file, and bringing it to what the file says later.
//!
//! The file is the whole of the set-up: who is no longer in it can no longer sign in. What has
//! been rated stays: a window or unit that left the file keeps its row and its figures.

mod city;
mod logins;

pub use city::{City, CityError};
pub use logins::{Login, passwords};

use flow::{
    FlowError,
    app::iso_day,
    clock::{Clock, Millis},
    directory::{Directory, by_code},
    folder::{self, FolderError},
    names::Names,
    plates,
    region::Region,
    secrets::{self, KEY_FILE, SecretError, Secrets},
    staff::{self, audit},
};
use policy::{Policies, PolicyError};
use rules::ticket::State;
use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};
use store::{Connector, Plate, Staff, Store, StoreError};

/// The file's form, with an example of everything.
pub const SAMPLE: &str = include_str!("sample.toml");

/// Why a region is not founded.
#[derive(Debug, thiserror::Error)]
pub enum FoundError {
    /// A file or folder cannot be used.
    #[error("{path} cannot be used: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The folder holds invented data.
    #[error("{0} is a demo folder; a real region needs a folder of its own")]
    Demo(PathBuf),
    /// The database is that of another folder, whose keys are not here.
    #[error(
        "the database holds a region already; copy keys.json and region.json into {0} from the folder that founded it"
    )]
    FoundedElsewhere(PathBuf),
    /// Nobody signs in with this name.
    #[error("nobody signs in as {0}; add the person to the region's file and found again")]
    NobodyOfThisName(String),
    /// The folder cannot be opened.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The file is wrong.
    #[error(transparent)]
    City(#[from] CityError),
    /// A policy file is wrong.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys cannot be used.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// Passwords cannot be made.
    #[error(transparent)]
    Flow(#[from] FlowError),
}

/// What founding did.
#[derive(Debug, Default)]
pub struct Done {
    /// Who has got a password; it is kept nowhere.
    pub logins: Vec<Login>,
    /// Connectors with their new keys, which are kept nowhere.
    pub keys: Vec<(String, String)>,
    /// Windows that have got a plate.
    pub plates: usize,
    /// Staff and connectors that can no longer come in.
    pub ended: Vec<String>,
    /// Open tickets whose handler is no longer there, with that one's name: somebody else is to be named.
    pub unhandled: Vec<(String, String)>,
    /// Windows at which everybody of their unit sits, with the unit: their bad ratings nobody there may handle.
    pub alone: Vec<(String, String)>,
    /// Windows, halls, units and items that are no longer in the file and stay for their figures.
    pub kept: Vec<String>,
}

/// Founds the region of `file` in `folder`, or brings it to what the file says now.
/// A running server takes it over when it is started again.
///
/// # Errors
/// See `FoundError`; a faulty file changes nothing.
pub async fn found(folder: &Path, database: Option<&str>, file: &Path) -> Result<Done, FoundError> {
    let text = fs::read_to_string(file).map_err(|source| at(file, source))?;
    let city = City::read(&file.display().to_string(), &text, &Policies::embedded()?)?;
    refuse_demo(folder)?;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|source| at(folder, source))?;
    // Until the folder says whose it is, nobody has been told a password.
    let first = !folder.join("region.json").exists();
    let store = match first {
        true => folder::make_store(folder, database).await?,
        false => folder::open_store(folder, database).await?,
    };
    own_keys(folder, &store, first).await?;
    let mut done = Done {
        kept: no_longer_wanted(&store, &city).await?,
        ..Done::default()
    };
    furnish(&store, &city).await?;
    let now = Clock::system().now();
    Names::note(&store, now).await?;
    let today = iso_day(now);
    done.plates = new_plates(&store, &today).await?.len();
    people(&store, &city, first, &today, &mut done).await?;
    done.alone = alone(&city);
    connectors(&store, &city, first, &mut done).await?;
    store.close().await;
    write_region(folder, &city.region)?;
    Ok(done)
}

/// Gives somebody a new password and ends their sessions.
///
/// # Errors
/// See `FoundError`.
pub async fn new_password(
    folder: &Path,
    database: Option<&str>,
    login: &str,
) -> Result<Login, FoundError> {
    let store = folder::open_store(folder, database).await?;
    let nobody = || FoundError::NobodyOfThisName(login.to_owned());
    let person = store.staff_by_login(login).await?;
    let person = person.filter(|person| person.left_on.is_none());
    let person = person.ok_or_else(nobody)?;
    let (people, logins) = passwords(vec![person]).await?;
    let now = time_of(folder, &store).await?;
    store.put_staff(&people).await?;
    for person in &people {
        store.end_sessions(&person.id).await?;
        store.throttle_forget(&person.login).await?;
        let given = audit::line(now, audit::Kind::PasswordGiven, Some(&person.id))?;
        store.audit(given).await?;
    }
    store.close().await;
    logins.into_iter().next().ok_or_else(nobody)
}

/// The time that it is for a folder: what the database knows is never gone back behind.
async fn time_of(folder: &Path, store: &Store) -> Result<Millis, FoundError> {
    let clock = Clock::of_folder(folder, &folder::region(folder)?);
    let clock = clock.map_err(|source| FoundError::File {
        path: folder.join("clock"),
        source,
    })?;
    if let Some(heard) = store.heard().await? {
        clock.hear(heard);
    }
    Ok(clock.now())
}

/// Writes the region's entries, those that refer to others after them.
///
/// # Errors
/// When the store refuses.
pub async fn furnish(store: &Store, city: &City) -> Result<(), StoreError> {
    store.put_units(&city.units).await?;
    store.put_counties(&city.counties).await?;
    store.put_halls(&city.halls).await?;
    store.put_items(&city.items).await?;
    store.put_guides(&city.guides).await?;
    store.put_windows(&city.windows).await
}

/// Makes a plate for every window that has none, with what it says today; gives the new ones.
///
/// # Errors
/// When the store refuses, or the system gives no randomness.
pub async fn new_plates(store: &Store, day: &str) -> Result<Vec<Plate>, FlowError> {
    let plated: BTreeSet<String> = store.plates().await?.into_iter().map(|p| p.win).collect();
    let mut fresh = Vec::new();
    for window in store.windows().await? {
        if plated.contains(&window.code) {
            continue;
        }
        let (code, short_code) = secrets::plate_codes()?;
        fresh.push(Plate {
            code,
            short_code,
            win: window.code,
            version: 1,
            revoked: false,
        });
    }
    store.put_plates(&fresh).await?;
    let directory = Directory::load(store).await?;
    let contents = fresh
        .iter()
        .map(|plate| plates::content(&directory, plate, day, None));
    store
        .put_plate_contents(&contents.collect::<Vec<_>>())
        .await?;
    Ok(fresh)
}

/// Gives a unit's business system a new key.
///
/// # Errors
/// When the store refuses, or the system gives no randomness.
pub async fn connector(store: &Store, id: &str, unit: &str) -> Result<String, FlowError> {
    let key = secrets::hex(&secrets::random::<24>()?);
    let connector = Connector {
        id: id.to_owned(),
        unit: unit.to_owned(),
        key_hash: staff::token_hash(&key),
    };
    store.put_connector(connector).await?;
    Ok(key)
}

/// The keys of the folder; new ones only where nothing was ever sealed.
async fn own_keys(folder: &Path, store: &Store, first: bool) -> Result<(), FoundError> {
    if first && !folder.join(KEY_FILE).exists() {
        // With keys of its own this folder could not read what another one's keys have sealed.
        if !store.units().await?.is_empty() {
            return Err(FoundError::FoundedElsewhere(folder.to_owned()));
        }
        Secrets::create(folder)?;
    }
    Ok(folder::belongs(folder, store, &Secrets::open(folder)?).await?)
}

fn refuse_demo(folder: &Path) -> Result<(), FoundError> {
    let invented = match folder::region(folder) {
        Ok(region) => region.demo,
        Err(FolderError::NoRegion(_)) => ["clock", "demo.json"]
            .iter()
            .any(|name| folder.join(name).exists()),
        Err(error) => return Err(error.into()),
    };
    match invented {
        true => Err(FoundError::Demo(folder.to_owned())),
        false => Ok(()),
    }
}

async fn people(
    store: &Store,
    city: &City,
    first: bool,
    today: &str,
    done: &mut Done,
) -> Result<(), FoundError> {
    let mut known = by_code(store.staff().await?, |row| &row.id);
    let (mut fresh, mut changed) = (Vec::new(), Vec::new());
    for wanted in city.staff.iter().cloned() {
        match known.remove(&wanted.id) {
            // Whoever comes back gets a password like whoever is new: nobody was told the one they had.
            Some(held) if !first && held.left_on.is_none() => changed.push(Staff {
                password_hash: held.password_hash,
                ..wanted
            }),
            _ => fresh.push(wanted),
        }
    }
    let (fresh, logins) = passwords(fresh).await?;
    // Whoever left keeps the name that stands in the tickets, and a password that nobody was told.
    let leaving = known
        .into_values()
        .filter(|person| person.left_on.is_none());
    let leaving = leaving.map(|person| Staff {
        left_on: Some(today.to_owned()),
        ..person
    });
    let (left, _) = passwords(leaving.collect()).await?;
    store
        .put_staff(&[fresh, changed, left.clone()].concat())
        .await?;
    for person in &left {
        store.end_sessions(&person.id).await?;
        let anew = State::ToAssign.code();
        let open = store.tickets_without_handler(&person.id, anew).await?;
        done.unhandled
            .extend(open.into_iter().map(|number| (number, person.name.clone())));
    }
    done.logins = logins;
    done.ended
        .extend(left.into_iter().map(|person| person.login));
    Ok(())
}

/// The windows whose bad ratings nobody of the unit may handle, since everybody sits there, or where nobody is
/// named for them at any other place: the authority gives these to another unit.
fn alone(city: &City) -> Vec<(String, String)> {
    let of_unit = |unit: &str| {
        let unit = unit.to_owned();
        city.staff.iter().filter(move |person| person.unit == unit)
    };
    let may_handle = |window: &store::Window| {
        let sits_here = |person: &&Staff| person.win.as_deref() == Some(&window.code);
        let somebody = of_unit(&window.unit).any(|person| sits_here(&person));
        of_unit(&window.unit).any(|person| match somebody {
            true => !sits_here(&person),
            false => person.win.is_none(),
        })
    };
    let left = city.windows.iter().filter(|window| !may_handle(window));
    left.map(|window| (window.code.clone(), window.unit.clone()))
        .collect()
}

async fn connectors(
    store: &Store,
    city: &City,
    first: bool,
    done: &mut Done,
) -> Result<(), FoundError> {
    let mut known = by_code(store.connectors().await?, |row| &row.id);
    for (id, unit) in &city.connectors {
        match known.remove(id) {
            Some(held) if !first => {
                let moved = Connector {
                    unit: unit.clone(),
                    ..held
                };
                store.put_connector(moved).await?;
            }
            _ => done
                .keys
                .push((id.clone(), connector(store, id, unit).await?)),
        }
    }
    for id in known.into_keys() {
        store.delete_connector(&id).await?;
        done.ended.push(id);
    }
    Ok(())
}

async fn no_longer_wanted(store: &Store, city: &City) -> Result<Vec<String>, StoreError> {
    Ok([
        gone(store.counties().await?, &city.counties, |row| &row.code),
        gone(store.units().await?, &city.units, |row| &row.code),
        gone(store.halls().await?, &city.halls, |row| &row.code),
        gone(store.items().await?, &city.items, |row| &row.code),
        gone(store.windows().await?, &city.windows, |row| &row.code),
    ]
    .concat())
}

/// The codes of what is held and no longer wanted.
fn gone<T>(held: Vec<T>, wanted: &[T], code: fn(&T) -> &String) -> Vec<String> {
    let wanted: BTreeSet<&String> = wanted.iter().map(code).collect();
    let codes = held.iter().map(code);
    codes
        .filter(|code| !wanted.contains(code))
        .cloned()
        .collect()
}

/// The region's file comes last and whole: while it is missing, the folder is not founded.
fn write_region(folder: &Path, region: &Region) -> Result<(), FoundError> {
    let path = folder.join("region.json");
    let write = || -> io::Result<()> {
        let fresh = folder.join("region.json.new");
        let json = serde_json::to_string_pretty(region).map_err(io::Error::other)?;
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&fresh)?;
        file.write_all(json.as_bytes())?;
        file.sync_all()?;
        fs::rename(&fresh, &path)?;
        fs::File::open(folder)?.sync_all()
    };
    write().map_err(|source| at(&path, source))
}

fn at(path: &Path, source: io::Error) -> FoundError {
    FoundError::File {
        path: path.to_owned(),
        source,
    }
}
