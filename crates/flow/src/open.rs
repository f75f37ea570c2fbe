//! Opening a folder as a running product.

use crate::{
    app::{App, Parts},
    clock::{Clock, ClockFault},
    folder::{self, FolderError, Opened},
    release::door,
};
use policy::{Policies, PolicyError};
use std::path::{Path, PathBuf};
use store::{Store, StoreError};

/// Why a folder is not opened as a running product.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be opened.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The region names a profile that is not there.
    #[error("region.json names the profile {0}, which does not exist")]
    NoProfile(String),
    /// The clock cannot be believed.
    #[error(transparent)]
    Clock(#[from] ClockFault),
    /// A wrong clock has opened a day ahead of its time.
    #[error(
        "a wrong clock has opened the day {day}, which is still to come; bring it back with `haochaping clock --data {data} --is-right`"
    )]
    DoorAhead {
        /// The open day.
        day: String,
        /// The folder.
        data: PathBuf,
    },
    /// The store refuses to open.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A policy file is wrong.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

/// Opens a folder as a running product, without listening yet.
///
/// # Errors
/// See `OpenError`.
pub async fn open(
    data: &Path,
    database: Option<&str>,
    public_url: String,
) -> Result<App, OpenError> {
    let policies = Policies::embedded()?;
    let Opened {
        region,
        secrets,
        store,
        clock,
    } = folder::open(data, database).await?;
    if !policies
        .profiles
        .iter()
        .any(|profile| profile.id == region.profile)
    {
        return Err(OpenError::NoProfile(region.profile));
    }
    believable(data, &store, &clock).await?;
    Ok(App::start(Parts {
        store,
        secrets,
        clock,
        policies,
        region,
        public_url,
    })
    .await?)
}

/// Refuses a clock that differs by more than a day from the time that the database knows, and a door
/// that lies ahead of it.
async fn believable(data: &Path, store: &Store, clock: &Clock) -> Result<(), OpenError> {
    if !clock.is_measured() {
        return Ok(());
    }
    if let Some(heard) = store.heard().await? {
        clock.hear(heard);
    }
    if let Some(fault) = clock.fault() {
        return Err(fault.into());
    }
    match store.door_current().await? {
        Some(open) if door::is_ahead(store, clock.now()).await? => Err(OpenError::DoorAhead {
            day: open.day,
            data: data.to_owned(),
        }),
        Some(_) | None => Ok(()),
    }
}
