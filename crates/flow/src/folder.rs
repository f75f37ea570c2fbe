//! The folder of a region: the database, the keys, and whose it is.
//!
//! A folder that was used and lacks one of them is never completed in silence: with new keys nobody could read
//! what the old ones sealed, and in a new database everything would be gone.

use crate::{
    clock::Clock,
    region::Region,
    secrets::{KEY_FILE, SecretError, Secrets},
};
use std::{
    fs::{self, OpenOptions},
    io,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};
use store::{Store, StoreError, StoreOptions};

/// The database's file, where it is in the folder.
const DATABASE: &str = "haochaping.db";
/// What is in a folder, and nobody's business but its owner's.
const FILES: [&str; 7] = [
    DATABASE,
    "haochaping.db-wal",
    "haochaping.db-shm",
    "region.json",
    "demo.json",
    "clock",
    "lock",
];
/// The fact about a database that says which keys seal it.
const KEYS: &str = "keys";

/// Why a folder is not opened. Nothing was created in it.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// There is no region.
    #[error(
        "{0} holds no region; found one with `haochaping found --data {0} --from FILE`, or make a demo with `haochaping demo --data {0}`"
    )]
    NoRegion(PathBuf),
    /// The database is gone, and the region is not.
    #[error(
        "{0} is missing, although {1} holds a region. Nothing was created. Put the database back from the backup (docs/DEPLOY.md, 5), or name the one it uses with --database"
    )]
    DatabaseGone(PathBuf, PathBuf),
    /// The database has nothing in it, and the region is there.
    #[error(
        "the database of {0} holds no units and no windows, although the folder holds a region. Nothing was changed. Put the right database back from the backup, or name it with --database"
    )]
    DatabaseEmpty(PathBuf),
    /// The database was sealed with other keys.
    #[error(
        "the keys in {0} are not those of the database: names, phone numbers and codes that were given out could not be read. Put the keys.json and the database of one and the same folder together"
    )]
    OtherKeys(PathBuf),
    /// A file of the folder cannot be read or written.
    #[error("{path} cannot be used: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The keys cannot be used.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A folder that holds a region, opened.
pub struct Opened {
    /// Whose it is.
    pub region: Region,
    /// The keys.
    pub secrets: Secrets,
    /// The store, migrated.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
}

/// Opens a folder that holds a region.
///
/// # Errors
/// See `FolderError`: where anything is missing that was there, it says so and creates nothing.
pub async fn open(folder: &Path, database: Option<&str>) -> Result<Opened, FolderError> {
    let region = region(folder)?;
    let secrets = Secrets::open(folder)?;
    let clock =
        Clock::of_folder(folder, &region).map_err(|source| at(&folder.join("clock"), source))?;
    let store = open_store(folder, database).await?;
    match belongs(folder, &store, &secrets).await {
        Ok(()) => Ok(Opened {
            region,
            secrets,
            store,
            clock,
        }),
        Err(error) => {
            store.close().await;
            Err(error)
        }
    }
}

/// What the folder says of its region.
///
/// # Errors
/// `NoRegion`, or `File` where it cannot be read.
pub fn region(folder: &Path) -> Result<Region, FolderError> {
    let path = folder.join("region.json");
    if !path.exists() {
        return Err(FolderError::NoRegion(folder.to_owned()));
    }
    fs::read_to_string(&path)
        .and_then(|text| serde_json::from_str(&text).map_err(io::Error::other))
        .map_err(|source| at(&path, source))
}

/// Was a region founded here? Its keys and its database stay, whatever becomes of the file that says whose it is.
pub fn was_used(folder: &Path) -> bool {
    [KEY_FILE, DATABASE]
        .iter()
        .all(|name| folder.join(name).exists())
}

/// Opens the store of a folder that holds a region, and brings its tables to this version's.
///
/// # Errors
/// See `FolderError`.
pub async fn open_store(folder: &Path, database: Option<&str>) -> Result<Store, FolderError> {
    region(folder)?;
    let store = match database {
        Some(url) => Store::open(url, StoreOptions::default()).await?,
        None => {
            let file = folder.join(DATABASE);
            if fs::metadata(&file).map_or(0, |file| file.len()) == 0 {
                return Err(FolderError::DatabaseGone(file, folder.to_owned()));
            }
            close_to_others(folder)?;
            Store::open(&url_of(folder), StoreOptions::default()).await?
        }
    };
    store.migrate().await?;
    if !store.is_founded().await? {
        store.close().await;
        return Err(FolderError::DatabaseEmpty(folder.to_owned()));
    }
    Ok(store)
}

/// Opens the store of a folder that is being founded; makes the database where there is none.
///
/// # Errors
/// When it cannot be made or opened, or would lose acknowledged ratings.
pub async fn make_store(folder: &Path, database: Option<&str>) -> Result<Store, FolderError> {
    let url = match database {
        Some(url) => url.to_owned(),
        None => {
            let file = folder.join(DATABASE);
            // SQLite gives the files beside it the same rights.
            OpenOptions::new()
                .append(true)
                .create(true)
                .mode(0o600)
                .open(&file)
                .map_err(|source| at(&file, source))?;
            close_to_others(folder)?;
            url_of(folder)
        }
    };
    let options = StoreOptions {
        create: true,
        ..StoreOptions::default()
    };
    let store = Store::open(&url, options).await?;
    store.migrate().await?;
    Ok(store)
}

fn url_of(folder: &Path) -> String {
    format!("sqlite://{}", folder.join(DATABASE).display())
}

/// Are these the keys that seal this database? One from before that was noted takes them as its own.
///
/// # Errors
/// `OtherKeys`, or when the store does not answer.
pub async fn belongs(folder: &Path, store: &Store, secrets: &Secrets) -> Result<(), FolderError> {
    let mark = secrets.mark();
    match store.meta(KEYS).await? {
        Some(known) if known == mark => Ok(()),
        Some(_) => Err(FolderError::OtherKeys(folder.to_owned())),
        None => Ok(store.meta_put(KEYS, &mark).await?),
    }
}

/// Takes from everybody else what others on this machine could read: names and words are sealed, who rated
/// what is not.
fn close_to_others(folder: &Path) -> Result<(), FolderError> {
    close(folder, 0o700)?;
    for name in FILES {
        let file = folder.join(name);
        if file.exists() {
            close(&file, 0o600)?;
        }
    }
    Ok(())
}

fn close(path: &Path, mode: u32) -> Result<(), FolderError> {
    let held = fs::metadata(path).map_err(|source| at(path, source))?;
    if held.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    tracing::warn!(path = %path.display(), "others could read it; closed to them");
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(|source| at(path, source))
}

fn at(path: &Path, source: io::Error) -> FolderError {
    FolderError::File {
        path: path.to_owned(),
        source,
    }
}
