//! Signing in: the cookie, the guard, the throttle.

use axum::{body::Body, http::Method};
use contract::{
    Problem, ProblemKind,
    paths::{self, fill},
    staff::Me,
};
use testkit::{Act, Engine, Rating, Reply, Start, TestApp, on_both, run_with};

on_both! {
    async fn whoever_signs_in_is_known_until_signing_out(app: &TestApp) {
        let mut duan = app.person("duan");
        app.http.get(paths::API_SESSION).await.expect(401).problem();
        let reply = duan.sign_in().await.expect(200);
        let cookie = reply.header("set-cookie").unwrap().to_owned();
        for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=36000"] {
            assert!(cookie.split("; ").any(|one| one == part), "{part} in {cookie}");
        }
        assert!(!cookie.contains("Secure"), "this address is plain http");
        let me: Me = duan.get(paths::API_SESSION).await.expect(200).json();
        assert_eq!((me.name.as_str(), me.unit.as_deref(), me.demo), ("段秀兰", Some("云澜州人力资源和社会保障局"), true));
        let zhou: Me = app.staff("zhou").await.get(paths::API_SESSION).await.expect(200).json();
        assert_eq!(zhou.unit, None);
        let headers = [("cookie", duan.cookie()), ("x-requested-with", "haochaping")];
        let out = app.http.send(Method::DELETE, paths::API_SESSION, &headers, Body::empty()).await.expect(204);
        assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
        duan.get(paths::API_SESSION).await.expect(401);
        let token = duan.cookie().split_once('=').unwrap().1;
        assert_eq!(app.dump().await.find(token), None, "the store keeps hashes");
    }

    async fn a_session_ends_with_the_working_day(app: &TestApp) {
        let duan = app.staff("duan").await;
        app.wait_minutes(10 * 60 - 1);
        duan.get(paths::API_SESSION).await.expect(200);
        app.wait_minutes(2);
        duan.get(paths::API_SESSION).await.expect(401);
    }

    async fn a_wrong_password_and_an_unknown_name_look_the_same(app: &TestApp) {
        let wrong = app.person("duan").try_sign_in("wrong").await.expect(401);
        let body = serde_json::json!({"login": "nobody", "password": "wrong"});
        let unknown = app.http.post_json(paths::API_SESSION, &[("x-requested-with", "x")], &body).await.expect(401);
        let told = |reply: &Reply| Problem { request_id: None, ..reply.problem() };
        assert_eq!(told(&wrong), Problem::new(ProblemKind::Unauthenticated));
        assert_eq!(told(&wrong), told(&unknown));
        assert_eq!((wrong.header("set-cookie"), unknown.header("set-cookie")), (None, None));
    }

    async fn five_wrong_passwords_lock_the_name_for_fifteen_minutes(app: &TestApp) {
        let mut duan = app.person("duan");
        for _ in 0..5 {
            duan.try_sign_in("wrong").await.expect(401);
        }
        let reply = duan.sign_in().await.expect(429);
        assert_eq!(reply.problem().kind, ProblemKind::TooMany);
        let seconds: i64 = reply.header("retry-after").unwrap().parse().unwrap();
        assert!((880..=901).contains(&seconds), "{seconds}");
        app.staff("sheng").await.get(paths::API_SESSION).await.expect(200);
        app.wait_minutes(14);
        duan.sign_in().await.expect(429);
        app.wait_minutes(2);
        duan.sign_in().await.expect(200);
        // A success forgets the failures.
        for _ in 0..4 {
            duan.try_sign_in("wrong").await.expect(401);
        }
        duan.sign_in().await.expect(200);
    }

    async fn many_tries_at_once_are_no_more_tries_than_one_after_the_other(app: &TestApp) {
        let right = app.person("duan").password().to_owned();
        let mut tries = tokio::task::JoinSet::new();
        for n in 0..24 {
            let (duan, right) = (app.person("duan"), right.clone());
            tries.spawn(async move {
                let password = if n == 23 { right } else { format!("wrong-{n}") };
                duan.try_sign_in(&password).await.status
            });
        }
        let answers = tries.join_all().await;
        let looked_at = answers.iter().filter(|status| **status != 429).count();
        assert!((1..=5).contains(&looked_at), "{answers:?}");
    }

    async fn nothing_is_changed_for_staff_without_the_guard_header(app: &TestApp) {
        app.citizen().rate(&Rating::of_plate(&app.plate("w01")).level(1).stated("陈先生", "")).await;
        let zhou = app.staff("zhou").await;
        let number = zhou.only_ticket().await;
        let before = app.dump().await;
        let cookie = [("cookie", zhou.cookie())];
        let assign = Act::assign("p-duan").seen(1);
        let sign_in = serde_json::json!({"login": "duan", "password": app.person("duan").password()});
        for reply in [
            app.http.post_json(&fill(paths::API_TICKET_ACTIONS, &number), &cookie, &assign).await,
            app.http.post_json(&fill(paths::API_TICKET_CONTACT, &number), &cookie, &()).await,
            app.http.post_json(paths::API_SESSION, &[], &sign_in).await,
            app.http.send(Method::DELETE, paths::API_SESSION, &cookie, Body::empty()).await,
        ] {
            assert_eq!(reply.expect(400).problem().reason.as_deref(), Some("x-requested-with"));
        }
        assert!(app.dump().await.changed(&before).is_empty());
        zhou.get(paths::API_SESSION).await.expect(200);
    }

    async fn the_printable_plate_is_for_staff(app: &TestApp) {
        let path = fill(paths::PLATE_SHEET, &app.plate("w01"));
        let reply = app.http.get(&path).await.expect(303);
        assert_eq!(reply.header("location"), Some(paths::SIGN_IN));
        let zhou = app.staff("zhou").await;
        let sheet = zhou.get(&path).await.expect(200).text();
        assert!(sheet.contains("<svg") && sheet.contains(&app.short_code("w01")), "{sheet}");
        assert!(sheet.contains(&format!("http://127.0.0.1/r/{}", app.plate("w01"))));
        zhou.get(&fill(paths::PLATE_SHEET, "nonesuch")).await.expect(404);
    }
}

#[test]
fn behind_https_the_cookie_is_secure() {
    let start = Start {
        public_url: Some("https://hcp.example".to_owned()),
        ..Start::default()
    };
    run_with(Engine::Sqlite, start, async |app: &TestApp| {
        let reply = app.person("duan").sign_in().await.expect(200);
        assert!(reply.header("set-cookie").unwrap().ends_with("; Secure"));
    });
}
