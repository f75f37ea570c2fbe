//! A line between browser and server that can be slow, or be cut.

use std::sync::Arc;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// How the line behaves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Line {
    /// WebAssembly does not arrive for now.
    pub holds_wasm: bool,
    /// The next request that sends something reaches the server; its answer never arrives.
    pub cuts_next_post: bool,
}

/// The proxy; it ends with the journey.
pub struct Proxy {
    /// Where it listens.
    pub address: String,
    line: Arc<watch::Sender<Line>>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Stands before a server.
    pub async fn before(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let line = Arc::new(watch::Sender::new(Line::default()));
        let (server, known) = (server.to_owned(), line.clone());
        let task = tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                let (server, known) = (server.clone(), known.clone());
                tokio::spawn(async move { pass(browser, &server, &known).await });
            }
        });
        Self {
            address,
            line,
            task,
        }
    }

    /// Changes how the line behaves.
    pub fn set(&self, line: Line) {
        self.line.send_replace(line);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One request a connection keeps this simple.
async fn pass(mut browser: TcpStream, server: &str, line: &watch::Sender<Line>) -> Option<()> {
    let request = read(&mut browser).await?;
    if path(&request).ends_with(".wasm") {
        let mut changes = line.subscribe();
        changes.wait_for(|line| !line.holds_wasm).await.ok()?;
    }
    let mut upstream = TcpStream::connect(server).await.ok()?;
    upstream.write_all(&request).await.ok()?;
    if request.starts_with(b"POST ") && line.borrow().cuts_next_post {
        line.send_modify(|line| line.cuts_next_post = false);
        let mut unheard = Vec::new();
        upstream.read_to_end(&mut unheard).await.ok()?;
        return None;
    }
    tokio::io::copy(&mut upstream, &mut browser).await.ok()?;
    browser.shutdown().await.ok()
}

/// A whole request, asking for one answer and the end of the connection.
async fn read(browser: &mut TcpStream) -> Option<Vec<u8>> {
    let mut read = Vec::new();
    let end = loop {
        if let Some(at) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if browser.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&read[..end]).into_owned();
    let length: usize = header(&head, "content-length")
        .and_then(|n| n.parse().ok())
        .unwrap_or(0);
    while read.len() < end + length {
        if browser.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    }
    let kept = head
        .lines()
        .filter(|line| !line.is_empty() && !is(line, "connection"));
    let mut request: Vec<u8> = kept
        .flat_map(|line| [line, "\r\n"])
        .collect::<String>()
        .into_bytes();
    request.extend_from_slice(b"Connection: close\r\n\r\n");
    request.extend_from_slice(&read[end..]);
    Some(request)
}

fn path(request: &[u8]) -> String {
    let head = String::from_utf8_lossy(&request[..request.len().min(400)]).into_owned();
    head.split(' ').nth(1).unwrap_or_default().to_owned()
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let line = head.lines().find(|line| is(line, name))?;
    line.split_once(':').map(|(_, value)| value.trim())
}

fn is(line: &str, name: &str) -> bool {
    line.split_once(':')
        .is_some_and(|(known, _)| known.eq_ignore_ascii_case(name))
}
