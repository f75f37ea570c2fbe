//! Bad input: a precise refusal with every violation at once, and nothing stored.

use crate::problem_title;
use axum::http::Method;
use contract::{Problem, ProblemKind, paths};
use serde_json::{Value, json};
use testkit::{Rating, Reply, TestApp, event, fresh_key, on_both};

const FORM: &str = "application/x-www-form-urlencoded";

fn told(problem: &Problem) -> Vec<(&str, &str)> {
    problem
        .violations
        .iter()
        .map(|one| (one.field.as_str(), one.code.as_str()))
        .collect()
}

async fn refused(app: &TestApp, rating: &Rating) -> Problem {
    let problem = app
        .citizen()
        .send(rating, &fresh_key())
        .await
        .expect(422)
        .problem();
    assert_eq!(problem.kind, ProblemKind::Invalid);
    problem
}

async fn raw(app: &TestApp, kind: &str, body: &str) -> Reply {
    let key = fresh_key();
    let headers = [("content-type", kind), ("idempotency-key", key.as_str())];
    app.http
        .send(Method::POST, paths::API_RATINGS, &headers, body.to_owned())
        .await
}

on_both! {
    async fn a_level_that_is_none_is_named_and_nothing_is_stored(app: &TestApp) {
        let before = app.dump().await;
        let rating = Rating::of_plate(&app.plate("w01"));
        let cases: [(Value, &str); 9] = [
            (json!(0), "level.out_of_range"),
            (json!(6), "level.out_of_range"),
            (json!(-1), "level.out_of_range"),
            (json!("5"), "level.not_a_number"),
            (json!(3.5), "level.not_a_number"),
            (json!(true), "level.not_a_number"),
            (json!([5]), "level.not_a_number"),
            (json!(1e30), "level.not_a_number"),
            (Value::Null, "level.missing"),
        ];
        for (level, code) in cases {
            let problem = refused(app, &rating.clone().level(level.clone())).await;
            assert_eq!(told(&problem), [("level", code)], "{level}");
        }
        for (level, status) in [("0", 422), ("6", 422), ("five", 422), ("3.5", 422), ("99999999999999999999", 422)] {
            app.citizen().send_form(&rating.clone().level(level), &fresh_key()).await.expect(status);
        }
        app.citizen().send_form(&rating.level(Value::Null), &fresh_key()).await.expect(422);
        assert!(app.dump().await.changed(&before).is_empty());
    }

    async fn a_tag_of_another_level_a_disabled_and_an_unknown_one_are_told_apart(app: &TestApp) {
        let before = app.dump().await;
        let rating = Rating::of_plate(&app.plate("w01")).level(5);
        for (tag, code) in [(108, "tag.of_another_level"), (501, "tag.disabled"), (599, "tag.unknown"), (0, "tag.unknown")] {
            let problem = refused(app, &rating.clone().tags(&[510, tag])).await;
            assert_eq!(told(&problem), [("tags", code)], "{tag}");
        }
        raw(app, "application/json", &json!({"plate": app.plate("w01"), "level": 5, "tags": [70000]}).to_string())
            .await
            .expect(400);
        assert!(app.dump().await.changed(&before).is_empty());
    }

    async fn the_151st_character_is_one_too_many_in_any_script(app: &TestApp) {
        let rating = Rating::of_plate(&app.plate("w01"));
        for one in ["好", "a", "😀", "𠮷", "\u{301}"] {
            app.citizen().rate(&rating.clone().text(one.repeat(150))).await;
            let problem = refused(app, &rating.clone().text(one.repeat(151))).await;
            assert_eq!(told(&problem), [("text", "text.too_long")]);
            assert_eq!(problem.violations[0].params["length"], "151");
            assert_eq!(problem.violations[0].params["max"], "150");
        }
        // A line break is one character, however it is sent; the ends are trimmed.
        app.citizen().rate(&rating.clone().text(format!("  {}\r\n{}  ", "好".repeat(74), "好".repeat(75)))).await;
        assert_eq!(app.dump().await.count("rating_event"), 6);
    }

    async fn control_characters_are_refused(app: &TestApp) {
        let before = app.dump().await;
        let rating = Rating::of_plate(&app.plate("w01"));
        for c in ['\u{0}', '\u{7}', '\u{1b}', '\u{7f}', '\u{85}'] {
            let problem = refused(app, &rating.clone().text(format!("太{c}慢"))).await;
            assert_eq!(told(&problem), [("text", "text.control_character")], "{c:?}");
            let problem = refused(app, &rating.clone().stated(&format!("陈{c}先生"), "")).await;
            assert_eq!(told(&problem), [("name", "field.control_character")], "{c:?}");
        }
        assert!(app.dump().await.changed(&before).is_empty());
    }

    async fn every_violation_is_told_at_once(app: &TestApp) {
        let rating = Rating::of_plate(&app.plate("w01"))
            .level(6)
            .tags(&[599])
            .text("\u{7}".to_owned() + &"好".repeat(150))
            .stated("", "12");
        let problem = refused(app, &rating).await;
        let expected = [
            ("level", "level.out_of_range"),
            ("tags", "tag.unknown"),
            ("text", "text.too_long"),
            ("text", "text.control_character"),
            ("phone", "phone.malformed"),
        ];
        assert_eq!(told(&problem), expected);
    }

    async fn two_megabytes_are_refused_before_they_are_read(app: &TestApp) {
        let before = app.dump().await;
        let big = "a".repeat(2 * 1024 * 1024);
        let body = json!({"plate": app.plate("w01"), "level": 5, "text": big}).to_string();
        assert_eq!(raw(app, "application/json", &body).await.expect(413).problem().kind, ProblemKind::TooLarge);
        let rating = Rating::of_plate(&app.plate("w01")).text(big);
        let page = app.citizen().send_form(&rating, &fresh_key()).await.expect(413).text();
        assert!(page.contains(&problem_title("too_large")), "{page}");
        assert!(app.dump().await.changed(&before).is_empty());
    }

    async fn what_is_no_json_of_ours_is_malformed_and_another_type_unsupported(app: &TestApp) {
        let before = app.dump().await;
        let plate = app.plate("w01");
        let good = json!({"plate": plate, "level": 5}).to_string();
        let cases = [
            ("text/plain", good.clone(), 415, ProblemKind::UnsupportedMedia),
            ("multipart/form-data", good.clone(), 415, ProblemKind::UnsupportedMedia),
            (FORM, "level=5".to_owned(), 415, ProblemKind::UnsupportedMedia),
            ("application/json", good[..good.len() - 2].to_owned(), 400, ProblemKind::Malformed),
            ("application/json", String::new(), 400, ProblemKind::Malformed),
            ("application/json", "[]".to_owned(), 400, ProblemKind::Malformed),
            ("application/json", json!({"plate": plate, "level": 5, "stars": 5}).to_string(), 400, ProblemKind::Malformed),
            ("application/json", json!({"plate": plate, "level": 5, "text": 7}).to_string(), 400, ProblemKind::Malformed),
            ("application/json", json!({"level": 5}).to_string(), 400, ProblemKind::Malformed),
            ("application/json", json!({"plate": plate, "service": "X", "level": 5}).to_string(), 400, ProblemKind::Malformed),
            ("application/json", json!({"plate": plate, "level": 5, "accepted_at": 1}).to_string(), 400, ProblemKind::Malformed),
        ];
        for (kind, body, status, problem) in cases {
            assert_eq!(raw(app, kind, &body).await.expect(status).problem().kind, problem, "{kind} {body}");
        }
        assert!(app.dump().await.changed(&before).is_empty());
    }

    async fn a_key_that_is_missing_short_long_or_odd_is_malformed(app: &TestApp) {
        let before = app.dump().await;
        let rating = Rating::of_plate(&app.plate("w01"));
        let long = "a".repeat(65);
        for key in ["", "too-short", "fifteen-letters", &long, "sixteen letters!", "under_scores_are_odd", "键键键键键键键键"] {
            let problem = app.citizen().send(&rating, key).await.expect(400).problem();
            assert_eq!((problem.kind, problem.reason.as_deref()), (ProblemKind::Malformed, Some("idempotency-key")));
            app.citizen().send_form(&rating, key).await.expect(400);
        }
        let body = rating.json();
        let problem = app.http.post_json(paths::API_RATINGS, &[], &body).await.expect(400).problem();
        assert_eq!(problem.reason.as_deref(), Some("idempotency-key"));
        assert!(app.dump().await.changed(&before).is_empty());
    }

    async fn a_broken_form_is_answered_by_a_page_and_stores_nothing(app: &TestApp) {
        let before = app.dump().await;
        let page = paths::fill(paths::PLATE, &app.plate("w01"));
        let key = fresh_key();
        for (kind, body, status) in [
            (FORM, "%%%=&&&=%zz".to_owned(), 400),
            (FORM, String::new(), 400),
            (FORM, format!("key={key}&level=5&text=%ff%fe"), 400),
            ("multipart/form-data; boundary=x", format!("key={key}&level=5"), 415),
            ("text/plain", format!("key={key}&level=5"), 415),
            (FORM, format!("key={key}"), 422),
        ] {
            let reply = app.http.send(Method::POST, &page, &[("content-type", kind)], body.clone()).await.expect(status);
            assert!(reply.header("content-type").unwrap().starts_with("text/html"), "{body}");
            assert!(reply.text().contains("<h1"), "{body}");
        }
        assert!(app.dump().await.changed(&before).is_empty());
    }

    async fn what_was_typed_is_kept_in_the_form_and_never_becomes_markup(app: &TestApp) {
        let evil = "<script>alert('1')</script>\"'&amp;</textarea>";
        let rating = Rating::of_plate(&app.plate("w01"))
            .level(1)
            .tags(&[109])
            .text(evil.to_owned() + &"长".repeat(150))
            .stated("\"><img src=x onerror=alert(1)>", "+86 (139) 0000-1234");
        let key = fresh_key();
        let page = app.citizen().send_form(&rating, &key).await.expect(422).text();
        assert!(page.contains("&lt;script&gt;alert('1')&lt;/script&gt;"), "{page}");
        assert!(page.contains("&lt;/textarea&gt;"), "{page}");
        assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{page}");
        assert!(page.contains("&quot;&gt;&lt;img src=x onerror=alert(1)&gt;"), "{page}");
        assert!(page.contains("+86 (139) 0000-1234"), "{page}");
        assert!(page.contains(&format!("value=\"{key}\"")), "the same form goes on");
        assert!(page.contains("value=\"1\" checked") && page.contains("value=\"109\" checked"), "{page}");
    }

    async fn an_unknown_plate_leads_to_the_typed_code_and_the_halls(app: &TestApp) {
        let before = app.dump().await;
        let hall = "澜城市便民服务中心";
        let rating = Rating::of_plate("nonesuch");
        for page in [
            app.http.get(&rating.page()).await.expect(404).text(),
            app.citizen().send_form(&rating, &fresh_key()).await.expect(404).text(),
            app.http.get("/s/0000-0000-0000-0000").await.expect(404).text(),
            app.http.get("/find?code=ZZZZZZ").await.expect(404).text(),
            app.http.get("/find").await.expect(200).text(),
        ] {
            assert!(page.contains("action=\"/find\"") && page.contains("name=\"code\""), "{page}");
            assert!(page.contains(hall) && page.contains("出入境"), "{page}");
        }
        assert_eq!(app.citizen().send(&rating, &fresh_key()).await.expect(404).problem().kind, ProblemKind::NotFound);
        let service = Rating::of_service("0000-0000-0000-0000");
        app.citizen().send(&service, &fresh_key()).await.expect(404);
        let page = app.http.get("/find?code=%3Cscript%3Ealert(1)%3C%2Fscript%3E").await.expect(404).text();
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script>alert"), "{page}");
        app.http.get(&format!("/r/{}", "%2e%2e%2f".repeat(200))).await.expect(404);
        assert!(app.dump().await.changed(&before).is_empty());
    }

    async fn a_typed_code_is_read_as_people_type_it(app: &TestApp) {
        let short = app.short_code("w07");
        let there = paths::fill(paths::PLATE, &app.plate("w07"));
        let spaced = format!("{}-{}", &short[..3], &short[3..]);
        let looks = short.replace('0', "O").replace('1', "l");
        for typed in [short.clone(), short.to_lowercase(), spaced, looks] {
            let reply = app.http.get(&format!("/find?code={typed}")).await.expect(303);
            assert_eq!(reply.header("location"), Some(there.as_str()), "{typed}");
        }
    }

    async fn the_link_of_a_service_is_no_plate_and_a_plate_no_link(app: &TestApp) {
        let code = app.connector("rs").push(event("P001", "w01", "539900-001")).await;
        app.http.get(&paths::fill(paths::PLATE, &code)).await.expect(404);
        app.http.get(&paths::fill(paths::SERVICE, &app.plate("w01"))).await.expect(404);
        app.http.get(&paths::fill(paths::SERVICE, &code.to_lowercase())).await.expect(200);
    }

    async fn every_refusal_of_the_api_is_a_problem(app: &TestApp) {
        for (path, status) in [
            ("/api/v1/nothing", 404),
            ("/api/v1/figures?period=yesterday", 400),
            ("/api/v1/figures?unit=nobody", 404),
            ("/api/v1/figures?period=2026-10&period=2026-09", 400),
            ("/api/v1/due", 400),
            ("/api/v1/due?profile=dehong&clock=never&from=2026-02-13", 400),
            ("/api/v1/due?profile=dehong&clock=rectify&from=13.2.2026", 400),
            ("/api/v1/due?profile=atlantis&clock=rectify&from=2026-02-13", 404),
            ("/api/v1/profiles/atlantis", 404),
            ("/api/v1/receipts/0000", 404),
            ("/api/v1/receipts/%ff", 400),
            ("/api/v1/follow/0000", 404),
            ("/api/v1/rate/plates/nonesuch", 404),
            ("/api/v1/rate/services/nonesuch", 404),
            ("/api/v1/events", 405),
        ] {
            app.http.get(path).await.expect(status).problem();
        }
        for body in ["", "{", "{\"login\":1}", "{\"login\":\"x\",\"password\":\"y\",\"code\":1}"] {
            let headers = [("content-type", "application/json"), ("x-requested-with", "x")];
            let reply = app.http.send(Method::POST, paths::API_SESSION, &headers, body.to_owned()).await;
            reply.expect(400).problem();
        }
    }
}
