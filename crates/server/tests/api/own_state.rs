//! The house notices what is wrong with its database, and says so.

use flow::{audit, jobs::watch};
use std::{os::unix::fs::PermissionsExt, time::Instant};
use store::{Store, StoreOptions};
use testkit::{Engine, Rating, TestApp, fresh_key, on_both, run};

/// What `/readyz` says, within a second.
async fn ready(app: &TestApp) -> (u16, String) {
    let begun = Instant::now();
    let reply = app.http.get("/readyz").await;
    assert!(begun.elapsed().as_millis() < 1_100, "{:?}", begun.elapsed());
    (reply.status, reply.text())
}

fn one(app: &TestApp) -> Rating {
    Rating::of_plate(&app.plate("w01")).level(5)
}

on_both! {
    async fn figures_that_were_bent_past_the_schema_are_an_alarm(app: &TestApp) {
        for _ in 0..6 {
            app.citizen().rate(&one(app)).await;
        }
        app.release_until("2026-10-29").await;
        let unit = app.app.directory().window("w01").unwrap().unit.clone();
        assert_eq!(audit::unit_month(&app.app, &unit, "2026-10").await.unwrap(), []);
        assert_eq!(audit::region_month(&app.app, "2026-10").await.unwrap(), []);
        assert_eq!(watch::figures(&app.app).await.unwrap(), 0);
        let bend = "UPDATE released_month SET n = n + 1000";
        app.sql(bend).await.unwrap_err();
        let trigger = "DROP TRIGGER released_month_no_false_update";
        match app.engine {
            Engine::Sqlite => app.sql(trigger).await.unwrap(),
            Engine::Postgres => app.sql(&format!("{trigger} ON released_month")).await.unwrap(),
        }
        app.sql(bend).await.unwrap();
        let found = audit::unit_month(&app.app, &unit, "2026-10").await.unwrap();
        assert_eq!((found[0].told[4], found[0].counted[4]), (1006, 6));
        app.sql("UPDATE lane_day SET ratings = ratings + 5").await.unwrap();
        let found = audit::live_day(&app.app, "2026-10-28").await.unwrap();
        assert_eq!(found.iter().map(|one| one.cell.as_str()).collect::<Vec<_>>(), ["live"]);
        // The daily look takes some of it at random; the live number of the only day is always in it.
        assert!(watch::figures(&app.app).await.unwrap() >= 1);
        let metrics = app.metrics.get("/metrics").await.expect(200).text();
        let line = metrics.lines().find(|line| line.starts_with("haochaping_figures_differing_total"));
        assert!(line.is_some_and(|line| !line.ends_with(" 0")), "{metrics}");
        assert!(testkit::logged().contains("a figure is not what the ratings give"));
    }

    async fn two_servers_that_release_at_once_do_it_once_and_without_an_error(app: &TestApp) {
        app.citizen().rate(&one(app)).await;
        let other = app.another(testkit::Start::default()).await;
        for day in ["2026-10-29", "2026-10-30", "2026-10-31"] {
            app.clock(day, 0, 10);
            let (here, there) = tokio::join!(
                flow::release::tick(&app.app),
                flow::release::tick(&other.app)
            );
            here.unwrap();
            there.unwrap();
        }
        assert_eq!(app.app.store().last_released_day().await.unwrap().as_deref(), Some("2026-10-30"));
        other.close().await;
    }
}

#[test]
fn keys_that_go_while_they_are_in_use_are_said_and_what_is_sealed_meanwhile_can_be_read() {
    run(Engine::Sqlite, async |app: &TestApp| {
        let file = app.folder.join("keys.json");
        let kept = std::fs::read_to_string(&file).unwrap();
        let put = |text: &str, mode| {
            std::fs::write(&file, text).unwrap();
            std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
        };
        let others = kept.replace("\"key_id\":\"", "\"key_id\":\"0");
        for (text, mode) in [(None, 0), (Some(&others), 0o600), (Some(&kept), 0o644)] {
            std::fs::remove_file(&file).unwrap();
            if let Some(text) = text {
                put(text, mode);
            }
            watch::keys(&app.app);
            assert_eq!(ready(app).await, (503, "the keys are gone\n".to_owned()));
            app.citizen().rate(&one(app)).await;
            put(&kept, 0o600);
            watch::keys(&app.app);
            assert_eq!(ready(app).await.0, 200);
        }
        assert!(testkit::logged().contains("do not stop this server before its keys are back"));
    });
}

#[test]
fn a_folder_with_a_region_is_not_served_from_a_database_that_has_none() {
    run(Engine::Sqlite, async |app: &TestApp| {
        let other = format!("sqlite://{}", app.folder.join("other.db").display());
        let options = StoreOptions {
            create: true,
            ..StoreOptions::default()
        };
        let store = Store::open(&other, options).await.unwrap();
        store.migrate().await.unwrap();
        store.close().await;
        let data = app.folder.to_str().unwrap().to_owned();
        let args = [
            "serve",
            "--data",
            &data,
            "--database",
            &other,
            "--listen",
            "127.0.0.1:0",
        ];
        let served = crate::program::haochaping(&args);
        let said = String::from_utf8_lossy(&served.stderr).into_owned();
        assert!(
            !served.status.success() && said.contains("holds no units and no windows"),
            "{said}"
        );
    });
}

#[test]
fn a_damaged_page_is_noticed_and_said() {
    run(Engine::Sqlite, async |app: &TestApp| {
        for _ in 0..40 {
            app.citizen().rate(&one(app)).await;
        }
        let tables = app.app.store().tables().await.unwrap().len();
        let look = async || {
            let mut at = 0;
            for _ in 0..tables {
                at = watch::pages(&app.app, at).await.unwrap();
            }
        };
        look().await;
        assert_eq!(ready(app).await.0, 200);
        // Everything into the file, then one page of it is overwritten under the server.
        app.sql("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
        let file = app.folder.join("haochaping.db");
        let mut bytes = std::fs::read(&file).unwrap();
        let needle = app.plate("w02");
        let needle = needle.as_bytes();
        let at = bytes.windows(needle.len()).rposition(|part| part == needle);
        let at = at.unwrap() / 4096 * 4096;
        bytes[at..at + 4096].fill(0xa5);
        let damage = std::fs::OpenOptions::new().write(true).open(&file).unwrap();
        std::os::unix::fs::FileExt::write_all_at(&damage, &bytes[at..at + 4096], at as u64)
            .unwrap();
        // What a reader remembers of the page goes with any write.
        app.citizen().rate(&one(app)).await;
        look().await;
        assert_eq!(
            ready(app).await,
            (503, "the database is damaged\n".to_owned())
        );
        assert!(testkit::logged().contains("the database is damaged; copy the folder"));
    });
}

#[test]
fn a_lock_of_somebody_else_is_said_within_a_second_and_costs_seconds() {
    run(Engine::Postgres, async |app: &TestApp| {
        assert_eq!(ready(app).await.0, 200);
        let held = app
            .hold("LOCK TABLE rating_event IN ACCESS EXCLUSIVE MODE")
            .await;
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        assert_eq!(ready(app).await.0, 503);
        let (rating, key) = (one(app), fresh_key());
        let begun = Instant::now();
        app.citizen().send(&rating, &key).await.expect(503);
        assert!(begun.elapsed().as_secs() < 5);
        held.release().await;
        app.citizen().send(&rating, &key).await.expect(201);
        assert_eq!(ready(app).await.0, 200);
    });
}

#[test]
fn a_database_that_is_told_to_forget_while_it_is_served_takes_no_ratings() {
    run(Engine::Postgres, async |app: &TestApp| {
        watch::durability(&app.app).await.unwrap();
        app.set_parameter("synchronous_commit", "off").await;
        app.cut_connections().await;
        watch::durability(&app.app).await.unwrap();
        let (rating, key) = (one(app), fresh_key());
        app.citizen().send(&rating, &key).await.expect(503);
        assert_eq!(
            ready(app).await,
            (
                503,
                "the database may forget what it acknowledges\n".to_owned()
            )
        );
        app.set_parameter("synchronous_commit", "on").await;
        app.cut_connections().await;
        watch::durability(&app.app).await.unwrap();
        app.citizen().send(&rating, &key).await.expect(201);
        assert_eq!(ready(app).await.0, 200);
    });
}
