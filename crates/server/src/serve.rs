//! Starting and stopping the server.

use flow::{
    app::App,
    folder::{self, FolderError},
    jobs,
    open::{self, OpenError},
};
use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
};
use tokio::net::TcpListener;
use web::http::{
    self, connections,
    source::{Proxies, Range},
};

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
    /// Proxies that are believed where they say for whom they ask.
    pub trusted_proxies: Vec<Range>,
    /// Nothing is held, however much comes from one source; only of a demo.
    pub no_limits: bool,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// There is no region in the folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The folder cannot be opened as it is.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The address that citizens reach is none.
    #[error(
        "--public-url {0} is no address of a site; it is written as https://haochaping.example.gov.cn or http://10.0.0.5:8080, without a path"
    )]
    PublicUrl(String),
    /// The address cannot be used.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// Without limits a real region would count whatever a vandal sends.
    #[error("--no-limits is for measuring a demo; this folder is a real region")]
    LimitsStay,
}

/// The address that citizens reach, as it is put before a path. A path of its own, a query or a name without a
/// scheme would be printed on every plate and lead nowhere.
///
/// # Errors
/// `PublicUrl` unless it is a scheme, a host and perhaps a port.
fn public_url(given: &str) -> Result<String, ServeError> {
    let refused = || ServeError::PublicUrl(given.to_owned());
    let bare = given.strip_suffix('/').unwrap_or(given);
    let uri: axum::http::Uri = bare.parse().map_err(|_| refused())?;
    let web = matches!(uri.scheme_str(), Some("http" | "https"));
    let host = uri.host().is_some_and(|host| !host.is_empty());
    let port = uri
        .authority()
        .is_some_and(|of| !of.as_str().ends_with(':') && !of.as_str().contains('@'));
    let nothing_more =
        matches!(uri.path(), "" | "/") && uri.query().is_none() && !bare.ends_with('/');
    let plain = !bare.contains(['#', '?', '\\']) && bare.is_ascii();
    match web && host && port && nothing_more && plain {
        true => Ok(bare.to_owned()),
        false => Err(refused()),
    }
}

/// Serves until asked to stop; then takes nothing new and finishes what it took. A folder that
/// holds no region yet is served a page that says so, until `haochaping found` has filled it.
/// `ready` is called once, with the address that is really used.
///
/// # Errors
/// See `ServeError`.
pub async fn serve(options: Options, ready: impl FnOnce(SocketAddr)) -> Result<(), ServeError> {
    let given = options.public_url.as_deref().map(public_url).transpose()?;
    let listener = listen(options.listen).await?;
    let address = listener.local_addr().unwrap_or(options.listen);
    tracing::info!(%address, "listening");
    let public_url = given.unwrap_or_else(|| format!("http://{address}"));
    let Some(listener) = until_founded(listener, &options.data, address).await? else {
        return Ok(());
    };
    let app = open::open(&options.data, options.database.as_deref(), public_url).await?;
    flow::release::tick(&app)
        .await
        .unwrap_or_else(|error| tracing::warn!(%error, "the first release waits"));
    if options.no_limits {
        lift_limits(&app)?;
    }
    let jobs = tokio::spawn(jobs::run(app.clone()));
    if let Some(metrics) = options.metrics {
        let listener = listen(metrics).await?;
        let router = http::metrics_router(app.clone());
        tokio::spawn(connections::serve(listener, router, std::future::pending()));
    }
    // Whoever reads the greeting may ask to stop at once.
    let stop = asked_to_stop();
    ready(address);
    let proxies = Proxies::new(options.trusted_proxies);
    let router = http::router(app.clone()).layer(axum::Extension(proxies));
    connections::serve(listener, router, stop).await;
    if tokio::time::timeout(CLOSING, app.stop()).await.is_err() {
        tracing::warn!("the lane was not empty in time; what is left in it was never acknowledged");
    }
    // The last tickets follow now, and not only when somebody starts the server again.
    match tokio::time::timeout(CLOSING, flow::tickets::follow(&app)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "tickets follow at the next start"),
        Err(_) => tracing::warn!("tickets follow at the next start"),
    }
    jobs.abort();
    // What the log beside the database holds is folded back, so that the one file is whole.
    if tokio::time::timeout(CLOSING, app.store().close())
        .await
        .is_err()
    {
        tracing::warn!(
            "the database did not close in time; nothing is lost, its log is read at the next start"
        );
    }
    tracing::info!("stopped, the lane is empty");
    Ok(())
}

/// How long the lane may take to empty and the database to close, of the ten seconds in which a stop is done.
const CLOSING: std::time::Duration = std::time::Duration::from_secs(2);

/// Figures of a real city are never made without limits.
fn lift_limits(app: &App) -> Result<(), ServeError> {
    if !app.region().demo {
        return Err(ServeError::LimitsStay);
    }
    app.sources().lift();
    Ok(())
}

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
    // A folder that is not there is a mistyped name rather than a region to come, and a used one has lost the
    // file that says whose it is.
    if !folder.is_dir() || folder::was_used(folder) {
        return Err(FolderError::NoRegion(folder.to_owned()).into());
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
    connections::serve(waiting, http::waiting::router(), either).await;
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

/// Waits for the signal to stop, which is heard from this call on.
fn asked_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
    async move {
        let [Ok(mut terminate), Ok(mut interrupt)] = signals else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("asked to stop");
    }
}
