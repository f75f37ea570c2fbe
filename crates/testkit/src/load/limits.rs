//! The named limits that the product's throughput is set beside, measured in the same run:
//! (a) an axum handler that parses the same body and stores nothing, (b) group-committed
//! ratings through the store without HTTP, and below it (c) bare rows through the driver.

use super::{Outcome, drive::key, folder::Folder, mix, process::GREETING, promise};
use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use contract::{
    paths,
    place::Place,
    rate::{RatingCreate, Receipt},
};
use flow::{
    rate::new_code,
    secrets::{self, Purpose, digest},
};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{
    path::Path,
    time::{Duration, Instant},
};
use store::{Id, IngestOutcome, NewRating, Private};
use tokio::net::TcpListener;

/// Limit (a), served by a process of its own until that is killed.
///
/// # Errors
/// When it cannot listen.
pub async fn parse_only() -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{GREETING}{}", listener.local_addr()?.to_string() + "/");
    let router = Router::new().route(paths::API_RATINGS, post(parse));
    Ok(axum::serve(listener, router).await?)
}

async fn parse(headers: HeaderMap, Json(sent): Json<RatingCreate>) -> (StatusCode, Json<Receipt>) {
    let keyed = headers.contains_key("idempotency-key") && sent.plate.is_some();
    let status = if keyed {
        StatusCode::CREATED
    } else {
        StatusCode::BAD_REQUEST
    };
    let receipt = Receipt {
        code: "0000-0000-0000-0000".to_owned(),
        day: "2026-10-31".to_owned(),
        place: Place {
            hall: "示例州政务服务中心".to_owned(),
            window_no: "A03".to_owned(),
            window: "不动产登记综合窗口".to_owned(),
            unit: "示例州自然资源和规划局".to_owned(),
            item: None,
        },
        released: false,
    };
    (status, Json(receipt))
}

/// Limit (b): ratings a second through the store, in batches of one size, timing nothing but
/// the store. Gives also how many were stored.
///
/// # Errors
/// When the store refuses.
pub async fn ingest(folder: &Folder, batch: usize, time: Duration) -> Outcome<(f64, u64)> {
    let store = folder.store().await?;
    let (mut spent, mut stored, mut number) = (Duration::ZERO, 0_u64, 0_u64);
    while spent < time {
        let ratings: Vec<NewRating> = (number..).take(batch).map(new_rating).collect();
        number += u64::try_from(batch)?;
        let started = Instant::now();
        let outcomes = store.ingest("limit", &ratings).await?;
        spent += started.elapsed();
        let all = outcomes
            .iter()
            .all(|one| matches!(one, IngestOutcome::Accepted { .. }));
        promise(all, || "the store did not take every rating".into())?;
        stored += u64::try_from(outcomes.len())?;
    }
    store.close().await;
    Ok((stored as f64 / spent.as_secs_f64(), stored))
}

/// The n-th rating of the mix as the server would hand it to the store.
fn new_rating(n: u64) -> NewRating {
    let (rating, level) = (id("rating", n), mix::level(n));
    let win = format!("w{:02}", n % 12 + 1);
    let texts = [("text", mix::text(n).to_owned()), ("contact", contact(n))];
    let private: Vec<Private> = texts
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(kind, text)| Private {
            id: id(kind, n),
            kind: (*kind).to_owned(),
            // Nonce and tag of the seal come on top of the text.
            ciphertext: [text.as_bytes(), &[7; 28]].concat(),
            key_id: "limit".to_owned(),
            salt: vec![7; 16],
            delete_after: i64::MAX,
        })
        .collect();
    let row = |kind: &str| private.iter().find(|row| row.kind == kind);
    let hash = |kind: &str| row(kind).map(|row| digest(&[&row.ciphertext]).to_vec());
    NewRating {
        unit: format!("u{:02}", n % 6 + 1),
        idempotency_key: key("bench-limit", n),
        body_hash: digest(&[&n.to_be_bytes()]).to_vec(),
        rating,
        kind: "active".to_owned(),
        subject_kind: "window".to_owned(),
        subject_key: format!("window:{win}"),
        level: i64::from(level),
        tags: if n.is_multiple_of(2) {
            format!("[{}]", mix::tag(level))
        } else {
            "[]".to_owned()
        },
        catalogue: "2".to_owned(),
        identity: if mix::is_stated(n) {
            "stated"
        } else {
            "anonymous"
        }
        .to_owned(),
        hall: "h1".to_owned(),
        win,
        profile: "dehong".to_owned(),
        profile_version: "2023".to_owned(),
        accepted_at: 1_793_450_000_000,
        channel: "api".to_owned(),
        text_hash: hash("text"),
        contact_hash: hash("contact"),
        private_text: row("text").map(|row| row.id),
        private_contact: row("contact").map(|row| row.id),
        codes: vec![new_code(Purpose::Receipt, &secrets::hex(&rating))],
        private,
        ..NewRating::default()
    }
}

fn contact(n: u64) -> String {
    if !mix::is_stated(n) {
        return String::new();
    }
    format!(
        "{{\"name\":\"{}\",\"phone\":\"{}\"}}",
        mix::NAME,
        mix::phone(n)
    )
}

/// As the server's ids: time first, then noise.
fn id(kind: &str, n: u64) -> Id {
    let noise = digest(&[kind.as_bytes(), &n.to_be_bytes()]);
    let mut id = [0; 16];
    id[..6].copy_from_slice(&(1_793_450_000_000 + n / 10).to_be_bytes()[2..]);
    id[6..].copy_from_slice(&noise[..10]);
    id
}

/// Rows of one statement of limit (c), and of one transaction.
const CHUNK: usize = 32;
const GROUP: usize = 256;

/// Limit (c): one bare row of a rating's size for each rating, without keys to check, codes,
/// slots, tickets or indexes. Nobody reaches this with a rating; it shows what the disk gives.
///
/// # Errors
/// When SQLite refuses.
pub async fn bare_rows(file: &Path, time: Duration) -> Outcome<f64> {
    let mut db: SqliteConnection = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging()
        .connect()
        .await?;
    db.execute("CREATE TABLE bare (a INTEGER PRIMARY KEY, b BLOB, c TEXT, d TEXT, e TEXT, f INTEGER) STRICT").await?;
    let marks = vec!["(NULL,?,?,?,?,?)"; CHUNK].join(",");
    let insert = format!("INSERT INTO bare (a, b, c, d, e, f) VALUES {marks}");
    let (started, mut rows) = (Instant::now(), 0_u64);
    while started.elapsed() < time {
        let mut tx = db.begin().await?;
        for _ in 0..GROUP / CHUNK {
            let mut query = sqlx::query(AssertSqlSafe(insert.clone()));
            for _ in 0..CHUNK {
                rows += 1;
                query = query
                    .bind(id("bare", rows).to_vec())
                    .bind("window:w01")
                    .bind("[510]");
                query = query
                    .bind("dehong 2023 h1 w01 active anonymous 2026-10-31 main api")
                    .bind(5_i64);
            }
            query.execute(&mut *tx).await?;
        }
        tx.commit().await?;
    }
    let rate = rows as f64 / started.elapsed().as_secs_f64();
    db.close().await?;
    Ok(rate)
}
