//! Who gets which answer from which endpoint. Every route of the API is in the table.

use axum::{body::Body, http::Method};
use contract::{
    paths::{self, fill},
    rate::Receipt,
};
use serde_json::{Value, json};
use testkit::{Act, Rating, TestApp, event, fresh_key, on_both};

/// Nobody; a handler of the ticket's unit; one of another unit; the authority; the unit's connector.
const ACTORS: [&str; 5] = ["nobody", "own unit", "other unit", "authority", "connector"];

struct Line {
    method: Method,
    template: &'static str,
    path: String,
    body: Option<Value>,
    expected: [u16; 5],
}

fn read(template: &'static str, path: String, expected: [u16; 5]) -> Line {
    Line {
        method: Method::GET,
        template,
        path,
        body: None,
        expected,
    }
}

fn write(template: &'static str, path: String, body: Value, expected: [u16; 5]) -> Line {
    Line {
        method: Method::POST,
        template,
        path,
        body: Some(body),
        expected,
    }
}

/// What the lines need to exist.
struct Setting {
    plate: String,
    retired: String,
    replaced: String,
    service: String,
    receipt: String,
    key: String,
    follow: String,
    number: String,
}

fn table(at: &Setting) -> Vec<Line> {
    let open = [200; 5];
    let staff = [401, 200, 200, 200, 401];
    let ticket = [401, 200, 404, 200, 401];
    // A sequence number that nobody has seen: whoever gets past the door meets the conflict.
    let stale = serde_json::to_value(Act::assign("p-duan").seen(999)).unwrap();
    let plain = |template: &'static str| read(template, template.to_owned(), open);
    vec![
        plain(paths::API_OPENAPI),
        plain(paths::API_HALLS),
        plain(paths::API_FIGURES),
        plain(paths::API_TODAY),
        plain(paths::API_PROFILES),
        plain(paths::API_CALENDAR),
        read(
            paths::API_PROFILE,
            fill(paths::API_PROFILE, "national"),
            open,
        ),
        // The region is 德宏's: even the authority can't prolong another one's text.
        write(
            paths::API_CONTINUATIONS,
            fill(paths::API_CONTINUATIONS, "jilin"),
            json!({"document_no": "吉市政发〔2026〕1号", "valid_to": "2030-01-01"}),
            [401, 403, 403, 422, 401],
        ),
        read(
            paths::API_DUE,
            format!(
                "{}?profile=dehong&clock=rectify&from=2026-02-13",
                paths::API_DUE
            ),
            open,
        ),
        read(
            paths::API_RATE_PLATE,
            fill(paths::API_RATE_PLATE, &at.plate),
            open,
        ),
        read(
            paths::API_RATE_SERVICE,
            fill(paths::API_RATE_SERVICE, &at.service),
            open,
        ),
        read(
            paths::API_RECEIPT,
            fill(paths::API_RECEIPT, &at.receipt),
            open,
        ),
        read(paths::API_FOLLOW, fill(paths::API_FOLLOW, &at.follow), open),
        write(
            paths::API_FOLLOW_ASK,
            paths::API_FOLLOW_ASK.to_owned(),
            json!({"receipt": at.receipt, "key": at.key}),
            open,
        ),
        write(
            paths::API_RATINGS,
            paths::API_RATINGS.to_owned(),
            json!({"plate": at.plate, "level": 5}),
            [201; 5],
        ),
        write(
            paths::API_EVENTS,
            paths::API_EVENTS.to_owned(),
            json!({"events": [event("P900", "w01", "539900-001")]}),
            [401, 401, 401, 401, 200],
        ),
        read(paths::API_SESSION, paths::API_SESSION.to_owned(), staff),
        read(paths::API_TICKETS, paths::API_TICKETS.to_owned(), staff),
        read(
            paths::API_HELD,
            paths::API_HELD.to_owned(),
            [401, 403, 403, 200, 401],
        ),
        write(
            paths::API_HELD_RULINGS,
            paths::API_HELD_RULINGS.to_owned(),
            json!({"outcome": "released", "day": "2026-10-28", "unit": "539900-rs", "win": "w01", "source": "0011223344556677"}),
            [401, 403, 403, 404, 401],
        ),
        read(paths::API_PLATES, paths::API_PLATES.to_owned(), staff),
        read(
            paths::API_PLATE_VERSIONS,
            fill(paths::API_PLATE_VERSIONS, &at.plate),
            [401, 200, 403, 200, 401],
        ),
        write(
            paths::API_PLATE_REVOKE,
            fill(paths::API_PLATE_REVOKE, &at.retired),
            Value::Null,
            [401, 403, 403, 200, 401],
        ),
        write(
            paths::API_PLATE_ROTATE,
            fill(paths::API_PLATE_ROTATE, &at.replaced),
            Value::Null,
            [401, 403, 403, 201, 401],
        ),
        read(
            paths::API_TICKET,
            fill(paths::API_TICKET, &at.number),
            ticket,
        ),
        write(
            paths::API_TICKET_ACTIONS,
            fill(paths::API_TICKET_ACTIONS, &at.number),
            stale,
            [401, 409, 404, 409, 401],
        ),
        write(
            paths::API_TICKET_CONTACT,
            fill(paths::API_TICKET_CONTACT, &at.number),
            Value::Null,
            ticket,
        ),
        write(
            paths::API_SESSION,
            paths::API_SESSION.to_owned(),
            json!({"login": "nobody", "password": "x"}),
            [401; 5],
        ),
        Line {
            method: Method::DELETE,
            template: paths::API_SESSION,
            path: paths::API_SESSION.to_owned(),
            body: None,
            expected: [204; 5],
        },
        Line {
            method: Method::DELETE,
            template: paths::API_SESSIONS,
            path: paths::API_SESSIONS.to_owned(),
            body: None,
            // Whoever was signed in has just signed out.
            expected: [401; 5],
        },
    ]
}

async fn setting(app: &TestApp) -> Setting {
    let service = app
        .connector("rs")
        .push(event("P001", "w02", "539900-001"))
        .await;
    let rating = Rating::of_plate(&app.plate("w01"))
        .level(1)
        .stated("陈先生", "13900001234");
    let (Receipt { code: receipt, .. }, key) = app.citizen().rate(&rating).await;
    let follow = app
        .citizen()
        .ask(&receipt, &key)
        .await
        .json::<contract::follow::FollowCode>()
        .code;
    let zhou = app.staff("zhou").await;
    let number = zhou.only_ticket().await;
    zhou.act(&number, &Act::assign("p-duan")).await;
    Setting {
        plate: app.plate("w01"),
        retired: app.plate("w11"),
        replaced: app.plate("w12"),
        service,
        receipt,
        key,
        follow,
        number,
    }
}

on_both! {
    async fn every_endpoint_answers_every_actor_as_the_table_says(app: &TestApp) {
        let setting = setting(app).await;
        let mut headers: Vec<Vec<(&str, String)>> = vec![Vec::new()];
        for login in ["duan", "yin", "zhou"] {
            headers.push(vec![("cookie", app.staff(login).await.cookie().to_owned())]);
        }
        headers.push(vec![("authorization", format!("Bearer {}", app.connector("rs").key()))]);
        for line in table(&setting) {
            for (actor, who) in headers.iter().enumerate() {
                let key = fresh_key();
                let mut all: Vec<(&str, &str)> = who.iter().map(|(name, value)| (*name, value.as_str())).collect();
                all.push(("x-requested-with", "haochaping"));
                all.push(("idempotency-key", &key));
                all.push(("content-type", "application/json"));
                let body = line.body.as_ref().map_or_else(Body::empty, |body| Body::from(body.to_string()));
                let reply = app.http.send(line.method.clone(), &line.path, &all, body).await;
                let what = format!("{} {} for {}", line.method, line.template, ACTORS[actor]);
                assert_eq!(reply.status, line.expected[actor], "{what}: {}", reply.text());
                if reply.status >= 400 {
                    reply.problem();
                }
            }
        }
    }
}

#[test]
fn every_endpoint_of_the_paths_and_of_the_description_is_in_the_table() {
    let nothing = String::new;
    let setting = Setting {
        plate: nothing(),
        retired: nothing(),
        replaced: nothing(),
        service: nothing(),
        receipt: nothing(),
        key: nothing(),
        follow: nothing(),
        number: nothing(),
    };
    let known: Vec<(String, &str)> = table(&setting)
        .iter()
        .map(|line| (line.method.as_str().to_lowercase(), line.template))
        .collect();
    let source = include_str!("../../../contract/src/paths.rs");
    let declared = source
        .split("pub const ")
        .skip(1)
        .filter_map(|one| one.split('"').nth(1));
    let of_api: Vec<&str> = declared.filter(|path| path.starts_with("/api/")).collect();
    assert!(of_api.len() >= 20);
    for path in of_api {
        assert!(
            known.iter().any(|(_, template)| *template == path),
            "{path} is not in the table"
        );
    }
    let description = serde_json::to_value(web::http::openapi::description()).unwrap();
    for (path, methods) in description["paths"].as_object().unwrap() {
        for method in methods
            .as_object()
            .unwrap()
            .keys()
            .filter(|name| !name.starts_with('$'))
        {
            let found = known
                .iter()
                .any(|(verb, template)| verb == method && template == path);
            assert!(found, "{method} {path} is described and not in the table");
        }
    }
    for (method, template) in known
        .iter()
        .filter(|(_, template)| *template != paths::API_OPENAPI)
    {
        assert!(
            !description["paths"][template][method].is_null(),
            "{method} {template} is not described"
        );
    }
}
