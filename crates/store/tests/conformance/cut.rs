//! A connection that is lost during COMMIT, on PostgreSQL: a proxy forwards the
//! COMMIT, or swallows it, and hangs up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use crate::fixture::{DAY, Fixture, id, rating};
use store::{Engine, IngestOutcome, Store, StoreError, StoreOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

crate::cases!(a_commit_that_was_cut_off_acknowledges_nothing_and_can_be_repeated);

const PASS: u8 = 0;
const CUT_AFTER: u8 = 1;
const CUT_BEFORE: u8 = 2;

async fn proxy(upstream: String, mode: Arc<AtomicU8>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(carry(client, upstream.clone(), Arc::clone(&mode)));
        }
    });
    port
}

async fn carry(client: TcpStream, upstream: String, mode: Arc<AtomicU8>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = TcpStream::connect(upstream).await.unwrap().into_split();
    let cut = Arc::new(AtomicBool::new(false));
    let deaf = Arc::clone(&cut);
    let back = tokio::spawn(async move {
        let mut buffer = vec![0; 65536];
        while let Ok(n @ 1..) = from_server.read(&mut buffer).await {
            // The server has answered the COMMIT, and nobody hears it.
            if deaf.load(Ordering::SeqCst) || to_client.write_all(&buffer[..n]).await.is_err() {
                break;
            }
        }
    });
    let mut buffer = vec![0; 65536];
    while let Ok(n @ 1..) = from_client.read(&mut buffer).await {
        let committing = buffer[..n].windows(7).any(|w| w == b"COMMIT\0");
        let mode = if committing {
            mode.load(Ordering::SeqCst)
        } else {
            PASS
        };
        if mode == CUT_BEFORE {
            break;
        }
        cut.store(mode == CUT_AFTER, Ordering::SeqCst);
        if to_server.write_all(&buffer[..n]).await.is_err() {
            break;
        }
    }
    back.abort();
}

async fn a_commit_that_was_cut_off_acknowledges_nothing_and_can_be_repeated(f: Fixture) {
    if f.engine == Engine::Sqlite {
        return; // Nothing lies between the store and its file.
    }
    let (_, rest) = f.url.split_once("://").unwrap();
    let (who, rest) = rest.split_once('@').unwrap_or(("postgres", rest));
    let (server, name) = rest.split_once('/').unwrap();
    let mode = Arc::new(AtomicU8::new(PASS));
    let port = proxy(server.to_owned(), Arc::clone(&mode)).await;
    let url = format!("postgres://{who}@127.0.0.1:{port}/{name}?sslmode=disable");
    let far = Store::open(&url, StoreOptions::default()).await.unwrap();
    for (n, how, stored) in [(1, CUT_AFTER, true), (2, CUT_BEFORE, false)] {
        mode.store(how, Ordering::SeqCst);
        let outcome = far.ingest("a", &[rating(n, 1)]).await;
        assert!(
            matches!(outcome, Err(StoreError::Unavailable(_))),
            "{outcome:?}"
        );
        mode.store(PASS, Ordering::SeqCst);
        let events = f.store.rating_events("U1", &id(n)).await.unwrap();
        assert_eq!(events.len(), usize::from(stored), "{how}");
        let expected = if stored {
            IngestOutcome::SameAgain {
                rating: id(n),
                seq: 1,
            }
        } else {
            IngestOutcome::Accepted {
                rating: id(n),
                seq: 1,
            }
        };
        assert_eq!(far.ingest("a", &[rating(n, 1)]).await.unwrap(), [expected]);
    }
    assert_eq!(f.store.today_count(DAY).await.unwrap(), 2);
}
