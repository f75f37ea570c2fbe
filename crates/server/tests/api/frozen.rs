//! Several servers on one PostgreSQL, one of them frozen in the middle of a transaction.

use flow::release;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use testkit::{Engine, Rating, Start, TestApp, fresh_key, load::process::signal, run};

/// A server of its own, killed when it is dropped.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(app: &TestApp) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_haochaping"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--database",
                &app.database,
                "--data",
            ])
            .arg(&app.folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.find_map(|line| {
            line.unwrap()
                .split_once("http://")
                .map(|(_, at)| at.to_owned())
        });
        let line = line.expect("the server says where it is");
        let address = line.split('/').next().unwrap().to_owned();
        // What it prints later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    fn send(&self, rating: &Rating, key: &str) -> impl FnOnce() -> String + Send + 'static {
        let (address, key) = (self.address.clone(), key.to_owned());
        let body = rating.json().to_string();
        move || {
            let mut stream = TcpStream::connect(&address).unwrap();
            let length = body.len();
            write!(
                stream,
                "POST /api/v1/ratings HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
                 idempotency-key: {key}\r\nx-requested-with: haochaping\r\n\
                 content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
            )
            .unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).unwrap();
            text
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until somebody waits for a lock.
async fn somebody_waits(app: &TestApp) {
    let query = "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_stat_activity \
                 WHERE datname = current_database() AND wait_event_type = 'Lock') \
                 THEN RAISE EXCEPTION 'nobody waits'; END IF; END $$";
    let give_up = Instant::now() + Duration::from_secs(10);
    while app.sql(query).await.is_err() {
        assert!(Instant::now() < give_up, "nobody waits");
    }
}

#[test]
fn a_server_frozen_in_a_transaction_costs_the_others_seconds_and_its_own_ratings_a_retry() {
    run(Engine::Postgres, async |app: &TestApp| {
        let frozen = Server::start(app);
        let (rating, key) = (Rating::of_plate(&app.plate("w01")).level(1), fresh_key());
        // It is stopped while it waits in the middle of a rating's transaction, and gets what it
        // waits for then: it holds the door, and will not go on.
        let held = app.hold("LOCK TABLE rollup IN ACCESS EXCLUSIVE MODE").await;
        let pending = tokio::task::spawn_blocking(frozen.send(&rating, &key));
        somebody_waits(app).await;
        signal("STOP", frozen.child.id()).unwrap();
        held.release().await;
        let begun = Instant::now();
        // The others go on, though the day is over and the door has to be closed.
        app.clock("2026-10-29", 0, 10);
        let mut turned = release::tick(&app.app).await.is_ok();
        for _ in 0..10 {
            let sent = Instant::now();
            let status = app
                .citizen()
                .send(&Rating::of_plate(&app.plate("w02")).level(5), &fresh_key())
                .await
                .status;
            assert!(matches!(status, 201 | 503), "{status}");
            assert!(
                sent.elapsed() < Duration::from_secs(4),
                "{:?}",
                sent.elapsed()
            );
        }
        let third = app.another(Start::default()).await;
        while !turned {
            turned = release::tick(&third.app).await.is_ok();
            assert!(
                begun.elapsed() < Duration::from_secs(15),
                "the door is free again"
            );
        }
        third
            .citizen()
            .send(&Rating::of_plate(&app.plate("w02")).level(5), &fresh_key())
            .await
            .expect(201);
        app.http.get("/readyz").await.expect(200);
        signal("CONT", frozen.child.id()).unwrap();
        let answer = pending.await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        assert!(answer.to_lowercase().contains("retry-after:"), "{answer}");
        let again = tokio::task::spawn_blocking(frozen.send(&rating, &key))
            .await
            .unwrap();
        assert!(again.starts_with("HTTP/1.1 201"), "{again}");
        third.close().await;
    });
}
