//! The program itself: `due`, what it refuses to start on, and how it stops.

use contract::ProblemKind;
use serde_json::Value;
use std::process::{Command, Output, Stdio};
use testkit::{Engine, Rating, Start, TestApp, fresh_key, on_both, run};

pub fn haochaping(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_haochaping"))
        .args(args)
        .output()
        .expect("the program runs")
}

fn due(profile: &str, clock: &str, from: &str) -> Value {
    let output = haochaping(&[
        "due",
        "--profile",
        profile,
        "--clock",
        clock,
        "--from",
        from,
        "--json",
    ]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

// clause: D-13
#[test]
fn due_of_dehong_counts_fifteen_working_days_over_the_spring_festival() {
    let answer = due("dehong", "rectify", "2026-02-13");
    assert_eq!(answer["due"], "2026-03-12");
    assert_eq!(
        (&answer["provisional"], &answer["in_force"]),
        (&Value::Bool(false), &Value::Bool(true))
    );
    let steps = answer["steps"].as_array().unwrap();
    assert_eq!(
        steps.iter().filter(|step| step["counted"] == true).count(),
        15
    );
    assert_eq!(steps.last().unwrap()["date"], "2026-03-12");
    assert!(answer["cite"].to_string().contains("15个工作日"));
}

#[test]
fn a_clock_without_a_term_gives_no_date_and_the_reason() {
    for (profile, clock) in [
        ("dehong", "reply"),
        ("dehong", "rectify_complex"),
        ("national", "default_rating"),
    ] {
        let answer = due(profile, clock, "2026-02-13");
        assert!(answer["due"].is_null(), "{answer}");
        assert!(
            answer["reason"]
                .as_str()
                .is_some_and(|reason| !reason.is_empty()),
            "{answer}"
        );
        assert_eq!(answer["steps"], Value::Array(Vec::new()));
    }
}

#[test]
fn due_past_the_calendars_end_is_provisional() {
    assert_eq!(due("dehong", "rectify", "2026-12-25")["provisional"], true);
}

#[test]
fn wrong_arguments_end_in_failure_with_a_word_of_why() {
    for args in [
        [
            "due",
            "--profile",
            "atlantis",
            "--clock",
            "rectify",
            "--from",
            "2026-02-13",
        ],
        [
            "due",
            "--profile",
            "dehong",
            "--clock",
            "sometime",
            "--from",
            "2026-02-13",
        ],
        [
            "due",
            "--profile",
            "dehong",
            "--clock",
            "rectify",
            "--from",
            "13.02.2026",
        ],
        [
            "due",
            "--profile",
            "dehong",
            "--clock",
            "rectify",
            "--from",
            "2026-02-30",
        ],
        [
            "due",
            "--profile",
            "dehong",
            "--clock",
            "rectify",
            "--until",
            "2026-02-13",
        ],
        [
            "serve",
            "--data",
            "/nonexistent",
            "--listen",
            "127.0.0.1:0",
            "--metrics",
            "127.0.0.1:0",
        ],
        [
            "demo",
            "--data",
            "/dev/null/demo",
            "--ratings",
            "1",
            "--days",
            "1",
        ],
    ] {
        let output = haochaping(&args);
        assert!(!output.status.success(), "{args:?}");
        assert!(
            output.stdout.is_empty() && !output.stderr.is_empty(),
            "{args:?}"
        );
    }
}

#[test]
fn whoever_reads_only_the_first_line_does_not_make_the_program_fail() {
    for command in ["due", "demo"] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("d").to_str().unwrap().to_owned();
        let args = match command {
            "due" => vec![
                "due",
                "--profile",
                "dehong",
                "--clock",
                "rectify",
                "--from",
                "2026-02-13",
            ],
            _ => vec![
                "demo",
                "--json",
                "--data",
                &data,
                "--ratings",
                "1",
                "--days",
                "1",
            ],
        };
        let mut child = Command::new(env!("CARGO_BIN_EXE_haochaping"))
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && !said.contains("panicked"),
            "{command}: {said}"
        );
    }
}

#[test]
fn a_folder_of_a_real_city_is_never_made_a_demo() {
    let folder = tempfile::tempdir().unwrap();
    let region = r#"{"name": "某州", "profile": "national", "demo": false}"#;
    std::fs::write(folder.path().join("region.json"), region).unwrap();
    let data = folder.path().to_str().unwrap();
    assert!(
        !haochaping(&["demo", "--data", data, "--ratings", "1", "--days", "1"])
            .status
            .success()
    );
    assert!(
        !haochaping(&["demo", "--data", data, "--clock", "2026-11-02T09:00"])
            .status
            .success()
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing was written there"
    );
}

on_both! {
    async fn the_server_does_not_start_on_a_database_that_may_forget(app: &TestApp) {
        let database = match app.engine {
            Engine::Sqlite => format!("{}?synchronous=NORMAL", app.database),
            Engine::Postgres => {
                app.set_parameter("synchronous_commit", "off").await;
                app.database.clone()
            }
        };
        let data = app.folder.to_str().unwrap().to_owned();
        let output = tokio::task::spawn_blocking(move || {
            haochaping(&["serve", "--data", &data, "--database", &database, "--listen", "127.0.0.1:0"])
        })
        .await
        .unwrap();
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("refusing to start"), "{said}");
    }

    async fn stopping_empties_the_lane_and_loses_nothing_that_was_acknowledged(app: &TestApp) {
        let rating = Rating::of_plate(&app.plate("w01")).level(1).text("关机之前");
        let keys: Vec<String> = (0..600).map(|_| fresh_key()).collect();
        let mut sending = Vec::new();
        for key in &keys {
            let (citizen, rating, key) = (app.citizen(), rating.clone(), key.clone());
            sending.push(tokio::spawn(async move { (citizen.send(&rating, &key).await.status, key) }));
        }
        while app.app.store().today_count("2026-10-28").await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
        app.app.stop().await;
        let durable = app.dump().await.count("rating_event");
        let (mut acknowledged, mut turned_away) = (0, Vec::new());
        for one in sending {
            match one.await.unwrap() {
                (201, _) => acknowledged += 1,
                (503, key) => turned_away.push(key),
                (other, _) => panic!("{other}"),
            }
        }
        assert!(acknowledged > 0);
        assert_eq!(durable, acknowledged, "what was acknowledged was durable when stop returned, and nothing else is");
        let late = app.citizen().send(&rating, &fresh_key()).await.expect(503);
        assert_eq!(late.problem().kind, ProblemKind::Unavailable);
        assert!(late.header("retry-after").is_some());
        app.http.get("/readyz").await.expect(503);
        let next = app.another(Start::default()).await;
        for key in &turned_away {
            next.citizen().send(&rating, key).await.expect(201);
        }
        assert_eq!(next.dump().await.count("rating_event"), keys.len());
        next.close().await;
    }
}

#[test]
fn two_servers_on_one_database_keep_one_rating_for_one_key() {
    run(Engine::Postgres, async |app: &TestApp| {
        let other = app.another(Start::default()).await;
        let rating = Rating::of_plate(&app.plate("w01")).level(2);
        for _ in 0..20 {
            let key = fresh_key();
            let (here, there) = (app.citizen(), other.citizen());
            let (one, two) = tokio::join!(here.send(&rating, &key), there.send(&rating, &key));
            let mut statuses = [one.status, two.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 201]);
        }
        assert_eq!(app.dump().await.count("rating_event"), 20);
        other.close().await;
    });
}
