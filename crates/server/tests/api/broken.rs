//! The database is gone, full or read-only: nothing is acknowledged, nothing that was typed is lost.

use contract::ProblemKind;
use store::StoreOptions;
use testkit::{Engine, Rating, Start, TestApp, fresh_key, on_both, run, run_with};

fn typed(app: &TestApp) -> Rating {
    Rating::of_plate(&app.plate("w01"))
        .level(1)
        .text("窗口只开了一个")
        .stated("陈先生", "13900001234")
}

/// The API says so with `Retry-After`, the page keeps what was typed.
async fn turned_away(app: &TestApp, rating: &Rating, key: &str, form_key: &str) {
    let reply = app.citizen().send(rating, key).await.expect(503);
    assert_eq!(reply.problem().kind, ProblemKind::Unavailable);
    assert!(reply.header("retry-after").is_some());
    let reply = app.citizen().send_form(rating, form_key).await.expect(503);
    assert!(reply.header("retry-after").is_some());
    let page = reply.text();
    assert!(
        page.contains(words::Key::RATE_NOT_STORED_RETRY.text()),
        "{page}"
    );
    assert!(
        page.contains("窗口只开了一个") && page.contains("13900001234"),
        "{page}"
    );
    assert!(
        page.contains(&format!("value=\"{form_key}\"")),
        "the same form is sent again"
    );
    assert!(page.contains("value=\"1\" checked"), "{page}");
}

/// Afterwards the same keys succeed, once.
async fn succeeds_once(app: &TestApp, rating: &Rating, key: &str, form_key: &str) {
    let before = app.dump().await.count("rating_event");
    app.citizen().send(rating, key).await.expect(201);
    app.citizen().send(rating, key).await.expect(200);
    app.citizen().send_form(rating, form_key).await.expect(200);
    app.citizen().send_form(rating, form_key).await.expect(200);
    assert_eq!(app.dump().await.count("rating_event"), before + 2);
}

on_both! {
    async fn without_a_database_nothing_is_acknowledged_and_the_same_key_succeeds_later(app: &TestApp) {
        let (rating, key, form_key) = (typed(app), fresh_key(), fresh_key());
        app.take_database_away().await;
        turned_away(app, &rating, &key, &form_key).await;
        app.http.get("/readyz").await.expect(503);
        app.http.get("/healthz").await.expect(200);
        app.bring_database_back().await;
        succeeds_once(app, &rating, &key, &form_key).await;
        app.http.get("/readyz").await.expect(200);
    }
}

#[test]
fn a_full_database_acknowledges_nothing_and_the_same_key_succeeds_when_there_is_room() {
    let options = StoreOptions {
        max_pages: Some(1),
        ..StoreOptions::default()
    };
    let start = Start {
        options,
        ..Start::default()
    };
    run_with(Engine::Sqlite, start, async |app: &TestApp| {
        let (rating, key, form_key) = (typed(app), fresh_key(), fresh_key());
        let mut stored = 0;
        loop {
            let reply = app.citizen().send(&rating, &fresh_key()).await;
            if reply.status == 503 {
                break;
            }
            reply.expect(201);
            stored += 1;
            assert!(stored < 500, "the file has a cap");
        }
        turned_away(app, &rating, &key, &form_key).await;
        let said = app.http.get("/readyz").await.expect(503).text();
        assert_eq!(said, "the database is full or read-only\n");
        assert_eq!(
            app.dump().await.count("rating_event"),
            stored,
            "what was acknowledged, and no more"
        );
        let roomy = app.another(Start::default()).await;
        succeeds_once(&roomy, &rating, &key, &form_key).await;
        roomy.close().await;
    });
}

#[test]
fn a_read_only_database_acknowledges_nothing_and_the_same_key_succeeds_when_it_can_be_written() {
    run(Engine::Postgres, async |app: &TestApp| {
        let (rating, key, form_key) = (typed(app), fresh_key(), fresh_key());
        app.set_parameter("default_transaction_read_only", "on")
            .await;
        app.cut_connections().await;
        let said = app.http.get("/readyz").await.expect(503).text();
        assert_eq!(said, "the database is full or read-only\n");
        turned_away(app, &rating, &key, &form_key).await;
        app.http.get("/readyz").await.expect(503);
        app.http.get(&rating.page()).await.expect(200);
        app.set_parameter("default_transaction_read_only", "off")
            .await;
        app.cut_connections().await;
        succeeds_once(app, &rating, &key, &form_key).await;
    });
}

#[test]
fn connections_that_are_cut_under_load_leave_every_rating_once() {
    run(Engine::Postgres, async |app: &TestApp| {
        let rating = Rating::of_plate(&app.plate("w01")).level(2);
        let keys: Vec<String> = (0..60).map(|_| fresh_key()).collect();
        let mut sending = Vec::new();
        for (at, key) in keys.iter().enumerate() {
            let (citizen, rating, key) = (app.citizen(), rating.clone(), key.clone());
            sending.push(tokio::spawn(async move {
                citizen.send(&rating, &key).await.status
            }));
            if at % 20 == 10 {
                app.cut_connections().await;
            }
        }
        for one in sending {
            assert!(matches!(one.await.unwrap(), 201 | 503));
        }
        for key in &keys {
            let mut tries = 0;
            while !matches!(app.citizen().send(&rating, key).await.status, 200 | 201) {
                tries += 1;
                assert!(tries < 5);
            }
        }
        assert_eq!(app.dump().await.count("rating_event"), keys.len());
    });
}
