//! The main job, from the window to the answer, on both engines.

use crate::harness::{Journey, Setup, journey};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use words::Key;

const ANSWER: &str = "已经整改，感谢您的监督。";

/// Opens the form of an action where it is not open, fills it with `fill`, and sends it.
async fn act(j: &Journey, action: &str, fill: Option<(&str, &str)>) {
    let name = words::by_code("action", action).expect("a text");
    j.until_there(".actions summary").await;
    j.js_with(
        "for (const one of document.querySelectorAll('.actions summary')) \
         if (one.textContent.trim() === arguments[0]) { one.parentElement.open = true; \
         one.parentElement.dataset.now = 'yes' } else { one.parentElement.open = false }",
        json!(name),
    )
    .await;
    if let Some((selector, with)) = fill {
        j.write(&format!("#{action}-{selector}"), with).await;
    }
    j.tap("details[data-now] button.button").await;
    j.until_says(&Key::CONSOLE_TICKET_DONE.fill(&[("action", name)]))
        .await;
}

async fn open_ticket(j: &Journey, number: &str, login: &str) {
    j.sign_in(login).await;
    j.open("/staff").await;
    let link = format!("a[href='/staff/tickets/{number}']");
    j.until_there(&link).await;
    j.tap(&link).await;
    j.until_there(".clocks").await;
}

async fn from_the_window_to_the_answer(j: &Journey) {
    j.rate(&j.product.plate(0), 1).await;
    let follow = j.follow().await;
    let number = j.product.newest_ticket().await;
    open_ticket(j, &number, "zhou").await;
    act(j, "assign", Some(("handler", "段秀兰"))).await;
    open_ticket(j, &number, "duan").await;
    act(j, "rectify", Some(("text", "已核实，已增开一个窗口。"))).await;
    act(j, "answer", Some(("text", ANSWER))).await;
    open_ticket(j, &number, "zhou").await;
    act(j, "close", None).await;
    j.open(&follow).await;
    assert!(
        !j.body().await.contains(ANSWER),
        "before the release every level looks the same"
    );
    j.product.clock("2026-11-02T09:00").await;
    j.open(&follow).await;
    let body = j.body().await;
    assert!(body.contains(ANSWER) && body.contains(&number), "{body}");
    assert!(
        body.contains(words::by_code("state", "closed").expect("a text")),
        "{body}"
    );
    j.open("/").await;
    let through = Key::DISCLOSURE_RELEASED_THROUGH.fill(&[("date", "")]);
    assert!(j.body().await.contains(&through));
}

// clause: N-08, N-52
#[tokio::test]
async fn a_rating_becomes_a_ticket_is_answered_and_followed_on_sqlite() {
    journey(
        "whole-sqlite",
        Setup::default(),
        from_the_window_to_the_answer,
    )
    .await;
}

// clause: N-08, N-52
#[tokio::test]
async fn a_rating_becomes_a_ticket_is_answered_and_followed_on_postgresql() {
    let database = Database::create().await;
    let setup = Setup {
        database: Some(database.url.clone()),
        ..Setup::default()
    };
    journey("whole-postgresql", setup, from_the_window_to_the_answer).await;
    database.drop().await;
}

/// A database of this journey's own.
struct Database {
    admin: String,
    name: String,
    url: String,
}

impl Database {
    async fn create() -> Self {
        let admin = std::env::var("HAOCHAPING_TEST_PG")
            .expect("HAOCHAPING_TEST_PG names no PostgreSQL; cargo xtask test e2e starts one");
        let name = format!("hcp_e2e_{}", std::process::id());
        let server = admin
            .trim_end_matches('/')
            .rsplit_once('/')
            .map_or("", |(server, _)| server);
        let url = format!("{server}/{name}");
        let database = Self { admin, name, url };
        database
            .command(&format!(
                "DROP DATABASE IF EXISTS {} WITH (FORCE)",
                database.name
            ))
            .await;
        // A collation that is not the bytes' own, so that nothing leans on the default.
        let wanted = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' \
            LOCALE_PROVIDER icu ICU_LOCALE 'zh'";
        database
            .command(&format!("CREATE DATABASE {} {wanted}", database.name))
            .await;
        database
    }

    async fn drop(self) {
        self.command(&format!("DROP DATABASE {} WITH (FORCE)", self.name))
            .await;
    }

    async fn command(&self, sql: &str) {
        let mut admin = PgConnection::connect(&self.admin)
            .await
            .expect("PostgreSQL answers");
        admin
            .execute(AssertSqlSafe(sql.to_owned()))
            .await
            .expect(sql);
    }
}
