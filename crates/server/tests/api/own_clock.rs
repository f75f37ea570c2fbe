//! A clock that runs wrong: the time that the database knows is the measure (decision 0023).

use crate::program::haochaping;
use flow::{
    clock::{Clock, DAY_MS, day_of},
    jobs::watch,
    release::{self, door},
};
use rules::date;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};
use testkit::{Rating, Start, TestApp, fresh_key, logged, on_both};

/// A server whose clock is measured, standing at ten o'clock of this very day: PostgreSQL's machine
/// is a second witness.
async fn measured(app: &TestApp) -> TestApp {
    let today = date::iso(day_of(Clock::system().says()));
    app.release_until(&today).await;
    app.clock(&today, 10, 0);
    let server = app
        .another(Start {
            measured: true,
            ..Start::default()
        })
        .await;
    let at = server.app.clock().says();
    server.app.store().believe(at).await.unwrap();
    watch::clock(&server.app).await.unwrap();
    server
}

fn days(app: &TestApp, days: i64) {
    let clock = app.app.clock();
    clock.set(clock.says() + days * DAY_MS).unwrap();
}

fn rating(app: &TestApp) -> Rating {
    Rating::of_plate(&app.plate("w01"))
        .level(1)
        .text("久等")
        .stated("陈先生", "13900001234")
}

async fn open_day(app: &TestApp) -> String {
    app.app.store().door_current().await.unwrap().unwrap().day
}

async fn ready(app: &TestApp) -> (u16, String) {
    let reply = app.http.get("/readyz").await;
    (reply.status, reply.text())
}

on_both! {
    async fn while_the_clock_runs_two_years_ahead_nothing_is_taken_released_or_deleted(app: &TestApp) {
        let server = measured(app).await;
        let (first, key) = (rating(&server), fresh_key());
        server.citizen().send(&first, &key).await.expect(201);
        let (day, before) = (open_day(&server).await, server.dump().await);
        days(&server, 730);
        watch::clock(&server.app).await.unwrap();
        let (second, late) = (rating(&server), fresh_key());
        let reply = server.citizen().send(&second, &late).await.expect(503);
        assert!(reply.header("retry-after").is_some());
        server.citizen().send_form(&second, &fresh_key()).await.expect(503);
        assert_eq!(ready(&server).await, (503, "the clock is wrong\n".to_owned()));
        release::tick(&server.app).await.unwrap_err();
        assert_eq!(watch::expire_private(&server.app).await.unwrap(), 0);
        assert_eq!(server.dump().await.changed(&before), Vec::<String>::new());
        assert!(logged().contains("nothing is stamped, released or deleted"));
        // For one second: then all is as before.
        days(&server, -730);
        watch::clock(&server.app).await.unwrap();
        server.citizen().send(&second, &late).await.expect(201);
        assert_eq!(ready(&server).await.0, 200);
        assert_eq!(open_day(&server).await, day);
        server.close().await;
    }

    async fn a_server_that_was_off_for_a_week_goes_on_at_somebodys_word(app: &TestApp) {
        let server = measured(app).await;
        days(&server, 7);
        watch::clock(&server.app).await.unwrap();
        server.citizen().send(&rating(&server), &fresh_key()).await.expect(503);
        let says = server.app.clock().says();
        let believed = door::believe(server.app.store(), says).await.unwrap();
        assert!(believed.known.unwrap() < says && believed.brought_back.is_none(), "{believed:?}");
        watch::clock(&server.app).await.unwrap();
        server.citizen().send(&rating(&server), &fresh_key()).await.expect(201);
        assert_eq!(ready(&server).await.0, 200);
        server.close().await;
    }

    async fn a_clock_that_is_set_back_stamps_nothing_before_what_is_there(app: &TestApp) {
        let server = measured(app).await;
        let at = async |key: &str| {
            server.citizen().send(&rating(&server), key).await.expect(201);
            let rows = server.app.store();
            let unit = &server.app.directory().window("w01").unwrap().unit;
            let kept = rows.submission(unit, key).await.unwrap();
            kept.unwrap().accepted_at
        };
        let first = at(&fresh_key()).await;
        let clock = server.app.clock();
        clock.set(clock.says() - 5 * 3_600_000).unwrap();
        assert!(at(&fresh_key()).await >= first);
        days(&server, -3);
        server.citizen().send(&rating(&server), &fresh_key()).await.expect(503);
        server.close().await;
    }

    async fn one_server_of_several_with_a_wrong_clock_moves_nothing(app: &TestApp) {
        let right = measured(app).await;
        let wrong = app.another(Start { measured: true, ..Start::default() }).await;
        days(&wrong, 40);
        watch::clock(&wrong.app).await.unwrap();
        let day = open_day(&right).await;
        release::tick(&wrong.app).await.unwrap_err();
        wrong.citizen().send(&rating(&wrong), &fresh_key()).await.expect(503);
        assert_eq!(ready(&wrong).await.0, 503);
        watch::clock(&right.app).await.unwrap();
        release::tick(&right.app).await.unwrap();
        right.citizen().send(&rating(&right), &fresh_key()).await.expect(201);
        assert_eq!((open_day(&right).await, ready(&right).await.0), (day, 200));
        right.close().await;
        wrong.close().await;
    }

    async fn a_door_that_lies_ahead_is_brought_back_and_nothing_accepted_is_lost_or_dated_anew(app: &TestApp) {
        let today = date::iso(day_of(Clock::system().says()));
        app.release_until(&today).await;
        // An older version followed its clock, half a year ahead.
        let ahead = date::iso(day_of(app.app.clock().says() + 200 * DAY_MS));
        app.release_until(&ahead).await;
        app.citizen().send(&rating(app), &fresh_key()).await.expect(201);
        app.clock(&today, 10, 0);
        let server = app.another(Start { measured: true, ..Start::default() }).await;
        watch::clock(&server.app).await.unwrap();
        assert_eq!(ready(&server).await, (503, "the clock is wrong\n".to_owned()));
        server.citizen().send(&rating(&server), &fresh_key()).await.expect(503);
        let before = server.dump().await;
        let believed = door::believe(server.app.store(), server.app.clock().says()).await.unwrap();
        let (was, is) = believed.brought_back.unwrap();
        assert_eq!(was, ahead);
        assert!(is > today, "today has been released: the next day takes what comes now");
        watch::clock(&server.app).await.unwrap();
        release::tick(&server.app).await.unwrap();
        let changed = server.dump().await.changed(&before).join(" ");
        assert!(!changed.contains("rating_event") && !changed.contains("ticket_event"), "{changed}");
        server.citizen().send(&rating(&server), &fresh_key()).await.expect(201);
        assert_eq!(ready(&server).await.0, 200);
        let told = async |day: &str| server.app.store().batched_on(day).await.unwrap();
        assert_eq!((told(&ahead).await, told(&is).await), (1, 1));
        // When that day has come and gone, all that is stamped with it is told.
        let later = date::iso(day_of(app.app.clock().says() + 201 * DAY_MS));
        app.release_until(&ahead).await;
        for _ in 0..4 {
            app.citizen().send(&rating(app), &fresh_key()).await.expect(201);
        }
        app.release_until(&later).await;
        let trend = app.app.store().released_trend("region", "window", &ahead, &ahead).await.unwrap();
        assert_eq!(trend[0].levels(), [5, 0, 0, 0, 0]);
        server.close().await;
    }

    async fn private_rows_go_with_the_released_days_and_the_log_says_how_many(app: &TestApp) {
        app.citizen().send(&rating(app), &fresh_key()).await.expect(201);
        let before = app.dump().await.count("private");
        assert!(before >= 2);
        // The clock alone deletes nothing.
        app.clock("2036-01-01", 9, 0);
        assert_eq!(watch::expire_private(&app.app).await.unwrap(), 0);
        app.release_until("2036-01-01").await;
        assert_eq!(watch::expire_private(&app.app).await.unwrap(), 0, "2026-10-28 is the last day released");
        app.release_until("2036-01-02").await;
        assert_eq!(watch::expire_private(&app.app).await.unwrap(), before);
        assert!(app.app.store().wipe().await.unwrap());
        let said = logged();
        let line = said.lines().find(|line| line.contains("private rows past their term")).unwrap();
        assert!(line.contains(&format!("\"rows\":{before}")), "{line}");
    }
}

#[test]
fn a_real_folder_whose_database_knows_another_time_is_served_only_after_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (file, data) = (path("city.toml"), path("data"));
    let sample = haochaping(&["found", "--sample"]);
    std::fs::write(&file, sample.stdout).unwrap();
    let founded = haochaping(&["found", "--from", &file, "--data", &data]);
    assert!(founded.status.success());
    let database = format!("sqlite://{data}/haochaping.db");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for off_by in [-9 * DAY_MS, 9 * DAY_MS] {
        runtime.block_on(async {
            let store = store::Store::open(&database, store::StoreOptions::default())
                .await
                .unwrap();
            let known = Clock::system().says() + off_by;
            store.believe(known).await.unwrap();
            store.close().await;
        });
        let served = haochaping(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]);
        let said = String::from_utf8_lossy(&served.stderr).into_owned();
        assert!(
            !served.status.success() && said.contains("clock --is-right"),
            "{said}"
        );
        let shown = haochaping(&["clock", "--data", &data]);
        let shown = String::from_utf8(shown.stdout).unwrap();
        assert!(
            shown.contains("this machine") && shown.contains("database"),
            "{shown}"
        );
        assert!(
            haochaping(&["clock", "--data", &data, "--is-right"])
                .status
                .success()
        );
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_haochaping"))
            .args(["serve", "--data", &data, "--listen", "127.0.0.1:0"])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        answers(&mut child);
        testkit::load::process::signal("TERM", child.id()).unwrap();
        assert!(child.wait().unwrap().success());
        let log = folder.path().join("data/haochaping.db-wal");
        let left = std::fs::metadata(log).map_or(0, |log| log.len());
        assert_eq!(left, 0, "a clean stop folds the log back");
    }
}

/// Waits until a server has said where it is, and answers there.
fn answers(child: &mut std::process::Child) {
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = out.find_map(|line| {
        line.unwrap()
            .split_once("http://")
            .map(|(_, at)| at.to_owned())
    });
    let line = line.expect("the server says where it is");
    let address = line.split('/').next().unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
}
