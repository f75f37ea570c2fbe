//! A proxy between server and PostgreSQL that hangs up during the COMMIT of a rating:
//! before the database hears of it, or after, but before the answer. The server must not
//! acknowledge, and the same key must lead to one rating and one receipt.

use super::{
    Outcome,
    audit::{self, Acknowledged},
    client::Connection,
    drive::key,
    folder::Folder,
    mix,
    process::Server,
    promise,
};
use contract::paths;
use std::{
    collections::HashSet,
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::Notify,
    time::timeout,
};

/// Where the connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The COMMIT never reaches the database.
    Before = 1,
    /// The database commits; its answer never arrives.
    After = 2,
}

/// A proxy; it cuts once each time it is armed.
#[derive(Clone, Default)]
struct Proxy {
    armed: Arc<AtomicU8>,
    cuts: Arc<AtomicU32>,
}

/// What one cut led to.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Where it was cut.
    pub cut: Cut,
    /// The level of the rating.
    pub level: u8,
    /// Whether the rating was in the database when the client got its 503.
    pub stored: bool,
    /// The status of the second try.
    pub again: u16,
}

/// Serves a folder through the proxy, and cuts four times: both ways, a good and a bad rating.
///
/// # Errors
/// The first broken promise.
pub async fn run(binary: &Path, folder: &Folder) -> Outcome<Vec<Seen>> {
    let url = folder.url();
    let (scheme, rest) = url
        .split_once("://")
        .ok_or("the database URL has no scheme")?;
    let (who, rest) = rest.split_once('@').unwrap_or(("postgres", rest));
    let (upstream, name) = rest
        .split_once('/')
        .ok_or("the database URL names no database")?;
    let proxy = Proxy::default();
    let port = proxy.listen(upstream.to_owned()).await?;
    let far = Folder {
        database: Some(format!(
            "{scheme}://{who}@127.0.0.1:{port}/{name}?sslmode=disable"
        )),
        ..folder.clone()
    };
    let before = audit::Totals::read(folder).await?;
    let server = Server::start(binary, &far).await?;
    let mut connection = Connection::open(server.address()).await?;
    let (mut seen, mut known) = (Vec::new(), Vec::new());
    for (cut, number) in [
        (Cut::Before, 3),
        (Cut::After, 13),
        (Cut::Before, 100),
        (Cut::After, 50),
    ] {
        let (one, rating) = once(&mut connection, folder, &proxy, cut, number).await?;
        seen.push(one);
        known.push(rating);
    }
    server.stop().await?;
    audit::run(folder, before, known).await?;
    Ok(seen)
}

async fn once(
    connection: &mut Connection,
    folder: &Folder,
    proxy: &Proxy,
    cut: Cut,
    number: u64,
) -> Outcome<(Seen, Acknowledged)> {
    let plate = folder.plates.first().ok_or("the folder has no plates")?;
    let (key, body) = (key("soak-cut", number), mix::json(number, plate)?);
    let already = folder.number("SELECT COUNT(*) FROM rating_event").await?;
    let cuts = proxy.cuts.load(Ordering::SeqCst);
    proxy.armed.store(cut as u8, Ordering::SeqCst);
    let first = connection
        .post_json(paths::API_RATINGS, &key, &body)
        .await?;
    promise(proxy.cuts.load(Ordering::SeqCst) == cuts + 1, || {
        "the proxy saw no COMMIT of a rating".into()
    })?;
    promise(first.status == 503, || {
        format!("cut {cut:?}: answered with {}", first.status)
    })?;
    let stored = folder.number("SELECT COUNT(*) FROM rating_event").await? > already;
    promise(stored == (cut == Cut::After), || {
        format!("cut {cut:?}: stored is {stored}")
    })?;
    let again = connection
        .post_json(paths::API_RATINGS, &key, &body)
        .await?;
    let expected = if stored { 200 } else { 201 };
    promise(again.status == expected, || {
        format!("cut {cut:?}: the retry got {}", again.status)
    })?;
    let receipt = again.field("code").ok_or("no receipt")?;
    let third = connection
        .post_json(paths::API_RATINGS, &key, &body)
        .await?;
    let same = third.status == 200 && third.field("code").as_ref() == Some(&receipt);
    promise(same, || {
        format!(
            "cut {cut:?}: a third try got {} and another receipt",
            third.status
        )
    })?;
    let level = mix::level(number);
    let rating = Acknowledged {
        key,
        plate: plate.clone(),
        level,
        receipt,
    };
    Ok((
        Seen {
            cut,
            level,
            stored,
            again: again.status,
        },
        rating,
    ))
}

impl Proxy {
    async fn listen(&self, upstream: String) -> Outcome<u16> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (port, proxy) = (listener.local_addr()?.port(), self.clone());
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let (proxy, upstream) = (proxy.clone(), upstream.clone());
                // A connection that ends, by our doing or not, is the server's to notice.
                tokio::spawn(async move { drop(proxy.carry(near, &upstream).await) });
            }
        });
        Ok(port)
    }

    async fn carry(&self, near: TcpStream, upstream: &str) -> io::Result<()> {
        let far = TcpStream::connect(upstream).await?;
        let (mut from_near, to_near) = near.into_split();
        let (from_far, mut to_far) = far.into_split();
        let deaf = Arc::new(Deaf::default());
        let back = tokio::spawn(back(from_far, to_near, Arc::clone(&deaf)));
        let ended = self.forward(&mut from_near, &mut to_far, &deaf).await;
        // Both halves are dropped here: the server sees its connection close.
        back.abort();
        ended
    }

    async fn forward(
        &self,
        from: &mut OwnedReadHalf,
        to: &mut OwnedWriteHalf,
        deaf: &Deaf,
    ) -> io::Result<()> {
        let mut watch = Watch::default();
        loop {
            let message = watch.next(from).await?;
            let cut = if watch.is_commit(&message) {
                self.armed.swap(0, Ordering::SeqCst)
            } else {
                0
            };
            if cut == 0 {
                to.write_all(&message).await?;
                continue;
            }
            self.cuts.fetch_add(1, Ordering::SeqCst);
            if cut == Cut::After as u8 {
                deaf.begin();
                to.write_all(&message).await?;
                // The database has answered, so it has committed; nobody hears of it.
                let _ = timeout(Duration::from_secs(10), deaf.heard.notified()).await;
            }
            return Ok(());
        }
    }
}

/// Set when the database's answers are swallowed.
#[derive(Default)]
struct Deaf {
    on: std::sync::atomic::AtomicBool,
    heard: Notify,
}

impl Deaf {
    fn begin(&self) {
        self.on.store(true, Ordering::SeqCst);
    }
}

async fn back(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, deaf: Arc<Deaf>) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let n = from.read(&mut buffer).await?;
        if n == 0 {
            return Ok(());
        }
        if deaf.on.load(Ordering::SeqCst) {
            deaf.heard.notify_one();
            continue;
        }
        to.write_all(&buffer[..n]).await?;
    }
}

/// Follows what a client says to PostgreSQL, as far as it takes to know a rating's COMMIT.
#[derive(Default)]
struct Watch {
    started: bool,
    submissions: HashSet<Vec<u8>>,
    rating: bool,
}

impl Watch {
    /// The next whole message: a type (but for the first one), a length, a body.
    async fn next(&mut self, from: &mut (impl AsyncReadExt + Unpin)) -> io::Result<Vec<u8>> {
        let mut message = Vec::new();
        if self.started {
            message.push(from.read_u8().await?);
        }
        self.started = true;
        let length = from.read_u32().await?;
        message.extend(length.to_be_bytes());
        let body = usize::try_from(length.saturating_sub(4)).map_err(io::Error::other)?;
        let at = message.len();
        message.resize(at + body, 0);
        from.read_exact(&mut message[at..]).await?;
        Ok(message)
    }

    /// Whether this message commits a transaction that has written a rating.
    fn is_commit(&mut self, message: &[u8]) -> bool {
        let body = message.get(5..).unwrap_or_default();
        let mut texts = body.split(|byte| *byte == 0);
        let (first, second) = (
            texts.next().unwrap_or_default(),
            texts.next().unwrap_or_default(),
        );
        match message.first() {
            // Parse: name, text. The unnamed statement is one as well.
            Some(b'P') if second.starts_with(b"INSERT INTO submission") => {
                self.submissions.insert(first.to_vec());
            }
            // Bind: portal, name.
            Some(b'B') if self.submissions.contains(second) => self.rating = true,
            Some(b'Q') if first.starts_with(b"BEGIN") || first.starts_with(b"ROLLBACK") => {
                self.rating = false
            }
            Some(b'Q') if first.starts_with(b"COMMIT") => return std::mem::take(&mut self.rating),
            _ => {}
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).expect("short");
        [&[kind], length.to_be_bytes().as_slice(), body].concat()
    }

    #[test]
    fn only_the_commit_of_a_transaction_with_a_rating_counts() {
        let mut watch = Watch::default();
        assert!(!watch.is_commit(&message(
            b'P',
            b"s1\0INSERT INTO submission (unit) VALUES ($1)\0\0\0"
        )));
        assert!(!watch.is_commit(&message(b'Q', b"BEGIN ISOLATION LEVEL READ COMMITTED\0")));
        assert!(!watch.is_commit(&message(b'Q', b"COMMIT\0")));
        assert!(!watch.is_commit(&message(b'B', b"\0s1\0\0\0")));
        assert!(watch.is_commit(&message(b'Q', b"COMMIT\0")));
        assert!(!watch.is_commit(&message(b'Q', b"COMMIT\0")));
    }
}
