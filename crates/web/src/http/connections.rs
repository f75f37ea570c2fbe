//! Connections: how many there may be, how long each may take, and how they end.
//!
//! A client that sends half a request and waits shall cost a connection and not the service: it makes room for
//! the next one, and it keeps nobody from stopping.

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::ConnectInfo,
    http::{Request, Response, StatusCode, header},
};
use hyper::{
    body::{Frame, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    collections::BTreeMap,
    convert::Infallible,
    fs,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{AbortHandle, JoinSet},
    time::Instant,
};
use tower::ServiceExt;

/// A request's head has to arrive within this time, and a connection that is kept has to bring the next one.
const HEAD: Duration = Duration::from_secs(30);
/// A request has to be read and answered within this time; the slowest answer takes a second.
const REQUEST: Duration = Duration::from_secs(30);
/// How long what is being answered may go on once the server is asked to stop.
const GRACE: Duration = Duration::from_secs(5);
/// How long to wait where the system has no file left for a connection.
const AGAIN: Duration = Duration::from_millis(50);
/// Files that are not for connections: the database, the log, the listeners.
const OTHER_FILES: usize = 96;
/// As many connections as one process answers well: each that waits takes some 70 kB.
const MOST: usize = 4_096;
/// What is read of a connection before it is asked for, in bytes.
const READ_AHEAD: usize = 64 * 1024;

/// Serves until `stop` is there; then takes nothing new, lets what is being answered go on for some seconds, and
/// ends the rest.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let mut stop = pin!(stop);
    let (stopping, stops) = watch::channel(false);
    let mut tasks = JoinSet::new();
    let mut open = OpenConnections::with_room_for(connections_max());
    loop {
        tokio::select! {
            () = &mut stop => break,
            Some(ended) = tasks.join_next_with_id() => {
                let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
                open.ended(id);
            }
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) if open.make_room() => {
                    let state = Arc::new(State::new(open.started));
                    let answering = answer(stream, peer, router.clone(), Arc::clone(&state), stops.clone());
                    let task = tasks.spawn(answering);
                    open.add(task, state);
                }
                // Every connection there may be is being answered: this one is closed at once.
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    open.end_the_idlest();
                    tokio::time::sleep(AGAIN).await;
                }
            },
        }
    }
    drop(listener);
    stopping.send_replace(true);
    let all = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all).await.is_err() {
        tracing::warn!(connections = tasks.len(), "ended before they were done");
    }
    tasks.shutdown().await;
}

/// What a connection is doing.
struct State {
    started: Instant,
    /// Whether a request is here as a whole and is being answered. As long as some of its body is missing, it is
    /// the client who is waited for.
    answering: AtomicBool,
    /// When it last began or ended a request, in milliseconds since `started`.
    moved: AtomicU64,
}

impl State {
    fn new(started: Instant) -> Self {
        let state = Self {
            started,
            answering: AtomicBool::new(false),
            moved: AtomicU64::new(0),
        };
        state.moves();
        state
    }

    fn answers(&self, answering: bool) {
        self.answering.store(answering, Relaxed);
        self.moves();
    }

    fn moves(&self) {
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved.store(now, Relaxed);
    }
}

struct OpenConnections {
    started: Instant,
    room: usize,
    by_task: BTreeMap<tokio::task::Id, (AbortHandle, Arc<State>)>,
}

impl OpenConnections {
    fn with_room_for(room: usize) -> Self {
        Self {
            started: Instant::now(),
            room,
            by_task: BTreeMap::new(),
        }
    }

    fn add(&mut self, task: AbortHandle, state: Arc<State>) {
        self.by_task.insert(task.id(), (task, state));
    }

    fn ended(&mut self, id: tokio::task::Id) {
        self.by_task.remove(&id);
    }

    /// Is there room for one more, if need be after ending the one that has done nothing for longest?
    fn make_room(&mut self) -> bool {
        self.by_task.len() < self.room || self.end_the_idlest()
    }

    /// Ends the connection that has been without a request for longest; none of those that are answered.
    fn end_the_idlest(&mut self) -> bool {
        let idle = self
            .by_task
            .iter()
            .filter(|(_, (_, state))| !state.answering.load(Relaxed));
        let idlest = idle.min_by_key(|(_, (_, state))| state.moved.load(Relaxed));
        let Some(id) = idlest.map(|(id, _)| *id) else {
            return false;
        };
        if let Some((task, _)) = self.by_task.remove(&id) {
            task.abort();
        }
        true
    }
}

/// As many connections as the files of this process allow.
fn connections_max() -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let files = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|soft| soft.parse::<usize>().ok())
        .unwrap_or(1_024);
    files.saturating_sub(OTHER_FILES).clamp(16, MOST)
}

async fn answer(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    state: Arc<State>,
    mut stops: watch::Receiver<bool>,
) {
    // Answers are small and are sent whole.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let (router, state) = (router.clone(), Arc::clone(&state));
        async move { Ok::<_, Infallible>(one(router, peer, &state, request).await) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(READ_AHEAD);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    // How a connection ended is the client's affair; what it asked for is in the log.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stops.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

async fn one(
    router: Router,
    peer: SocketAddr,
    state: &Arc<State>,
    request: Request<Incoming>,
) -> Response<Body> {
    state.answers(request.body().is_end_stream());
    let state = Arc::clone(state);
    let arriving = |body| {
        Body::new(Arriving {
            body,
            state: Arc::clone(&state),
        })
    };
    let mut request = request.map(arriving);
    request.extensions_mut().insert(ConnectInfo(peer));
    let answered = tokio::time::timeout(REQUEST, router.oneshot(request)).await;
    state.answers(false);
    match answered {
        Ok(Ok(response)) => response,
        Ok(Err(never)) => match never {},
        Err(_) => too_slow(),
    }
}

/// A body that tells the connection when all of it is here.
struct Arriving {
    body: Incoming,
    state: Arc<State>,
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if self.body.is_end_stream() || matches!(polled, Poll::Ready(None)) {
            self.state.answers(true);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.body.size_hint()
    }
}

/// The request took longer than any honest one. What it asked to store may be stored: the key tells.
fn too_slow() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::REQUEST_TIMEOUT;
    let close = header::HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}
