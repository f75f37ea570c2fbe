//! Starting and stopping the server.

use crate::{
    app::{App, Parts, Region},
    clock::{Clock, ClockFault},
    demo,
    flow::release::door,
    http, jobs,
    policy::{Policies, PolicyError},
    secrets::{SecretError, Secrets},
};
use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};
use store::{Store, StoreError};
use tokio::net::TcpListener;

/// How to serve.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder with region, keys and clock, and the SQLite file.
    pub data: PathBuf,
    /// Another database than the folder's.
    pub database: Option<String>,
    /// Where citizens and staff connect to.
    pub listen: SocketAddr,
    /// Where metrics are; nowhere without it.
    pub metrics: Option<SocketAddr>,
    /// The address as citizens see it, for plates; `http://<listen>` without it.
    pub public_url: Option<String>,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The folder holds no region, or is not there.
    #[error(
        "{0} holds no region; found one with `haochaping found --data {0} --from FILE`, or make a demo with `haochaping demo --data {0}`"
    )]
    NoRegion(PathBuf),
    /// A file of the folder cannot be read.
    #[error("{path} cannot be read: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The region names a profile that is not there.
    #[error("region.json names the profile {0}, which does not exist")]
    NoProfile(String),
    /// The address cannot be used.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
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
    /// The folder has a region and the database has none: it is another database.
    #[error(
        "{0} holds a region, but the database holds none: it is not the one that the region was founded in; name the right one with --database"
    )]
    OtherDatabase(PathBuf),
    /// The store refuses to open.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys cannot be used.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A policy file is wrong.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

/// Opens a folder as a running product, without listening yet.
///
/// # Errors
/// See `ServeError`.
pub async fn open(
    data: &Path,
    database: Option<&str>,
    public_url: String,
) -> Result<App, ServeError> {
    let region = region(data)?;
    let policies = Policies::embedded()?;
    if !policies
        .profiles
        .iter()
        .any(|profile| profile.id == region.profile)
    {
        return Err(ServeError::NoProfile(region.profile));
    }
    let clock = Clock::of_folder(data).map_err(|source| ServeError::File {
        path: data.join("clock"),
        source,
    })?;
    let store = demo::open_store(data, database).await?;
    if !store.is_founded().await? {
        return Err(ServeError::OtherDatabase(data.to_owned()));
    }
    believable(data, &store, &clock).await?;
    Ok(App::start(Parts {
        store,
        secrets: Secrets::open(data)?,
        clock,
        policies,
        region,
        public_url,
    })
    .await?)
}

/// Refuses a clock that differs by more than a day from the time that the database knows, and a door
/// that lies ahead of it.
async fn believable(data: &Path, store: &Store, clock: &Clock) -> Result<(), ServeError> {
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
        Some(open) if door::is_ahead(store, clock.now()).await? => Err(ServeError::DoorAhead {
            day: open.day,
            data: data.to_owned(),
        }),
        Some(_) | None => Ok(()),
    }
}

fn region(data: &Path) -> Result<Region, ServeError> {
    let path = data.join("region.json");
    if !path.exists() {
        return Err(ServeError::NoRegion(data.to_owned()));
    }
    fs::read_to_string(&path)
        .and_then(|text| serde_json::from_str(&text).map_err(io::Error::other))
        .map_err(|source| ServeError::File { path, source })
}

/// Serves until asked to stop; then takes nothing new and finishes what it took. A folder that
/// holds no region yet is served a page that says so, until `haochaping found` has filled it.
/// `ready` is called once, with the address that is really used.
///
/// # Errors
/// See `ServeError`.
pub async fn serve(options: Options, ready: impl FnOnce(SocketAddr)) -> Result<(), ServeError> {
    let listener = listen(options.listen).await?;
    let address = listener.local_addr().unwrap_or(options.listen);
    let public_url = options
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://{address}"));
    let public_url = public_url.trim_end_matches('/').to_owned();
    let Some(listener) = until_founded(listener, &options.data, address).await? else {
        return Ok(());
    };
    let app = open(&options.data, options.database.as_deref(), public_url).await?;
    crate::flow::release::tick(&app)
        .await
        .unwrap_or_else(|error| tracing::warn!(%error, "the first release waits"));
    let jobs = tokio::spawn(jobs::run(app.clone()));
    if let Some(metrics) = options.metrics {
        let listener = listen(metrics).await?;
        let router = http::metrics_router(app.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
    }
    ready(address);
    let served = axum::serve(listener, http::router(app.clone()))
        .with_graceful_shutdown(asked_to_stop())
        .await;
    if let Err(error) = served {
        tracing::error!(%error, "serving ended");
    }
    app.stop().await;
    jobs.abort();
    // Folds the log back, so that a copy of the file alone is whole.
    if tokio::time::timeout(CLOSE_IN, app.store().close())
        .await
        .is_err()
    {
        tracing::warn!("the database was still in use; the next start finds everything in its log");
    }
    tracing::info!("stopped, the lane is empty");
    Ok(())
}

/// How long closing the database may take.
const CLOSE_IN: std::time::Duration = std::time::Duration::from_secs(3);

/// How often an empty folder is looked at.
const LOOK: std::time::Duration = std::time::Duration::from_millis(500);

/// Gives the listener back once the folder holds a region; nothing where the server was asked
/// to stop before.
async fn until_founded(
    listener: TcpListener,
    folder: &Path,
    address: SocketAddr,
) -> Result<Option<TcpListener>, ServeError> {
    let region = folder.join("region.json");
    if region.exists() {
        return Ok(Some(listener));
    }
    // A folder that is not there is a mistyped name rather than a region to come.
    if !folder.is_dir() {
        return Err(ServeError::NoRegion(folder.to_owned()));
    }
    tracing::info!(folder = %folder.display(), "no region yet; waiting for `haochaping found`");
    let listen = |source| ServeError::Listen { address, source };
    let waiting = listener.into_std().map_err(listen)?;
    let kept = waiting.try_clone().map_err(listen)?;
    let waiting = TcpListener::from_std(waiting).map_err(listen)?;
    let founded = async move {
        while !region.exists() {
            tokio::time::sleep(LOOK).await;
        }
    };
    let (end, ended) = tokio::sync::oneshot::channel();
    let either = async move {
        let founded = tokio::select! {
            () = founded => true,
            () = asked_to_stop() => false,
        };
        let _ = end.send(founded);
    };
    let served = axum::serve(waiting, http::waiting::router())
        .with_graceful_shutdown(either)
        .await;
    served.map_err(listen)?;
    match ended.await {
        Ok(true) => TcpListener::from_std(kept).map(Some).map_err(listen),
        _ => Ok(None),
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Listen { address, source })
}

async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut term) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("asked to stop");
}
