//! Signing in: the cookie, the guard, the throttle.

use axum::{body::Body, http::Method};
use contract::{
    Problem, ProblemKind,
    paths::{self, fill},
    staff::Me,
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use testkit::{Act, Engine, Rating, Reply, Start, TestApp, on_both, run_with};
use tokio::task::JoinSet;

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
        for _ in 0..23 {
            app.wait_minutes(26);
            duan.get(paths::API_SESSION).await.expect(200);
        }
        app.wait_minutes(3);
        duan.get(paths::API_SESSION).await.expect(401);
    }

    async fn a_session_that_rests_for_half_an_hour_ends_and_reading_writes_nothing(app: &TestApp) {
        let duan = app.staff("duan").await;
        app.wait_minutes(29);
        let before = app.dump().await;
        duan.get(paths::API_SESSION).await.expect(200);
        assert!(app.dump().await.changed(&before).is_empty());
        flow::staff::note_use(&app.app).await.unwrap();
        app.wait_minutes(29);
        // Another server, or this one after a restart, knows of the use.
        let next = app.another(Start::default()).await;
        let elsewhere = next.http.send(Method::GET, paths::API_SESSION, &[("cookie", duan.cookie())], Body::empty()).await;
        elsewhere.expect(200);
        next.close().await;
        duan.get(paths::API_SESSION).await.expect(200);
        app.wait_minutes(31);
        duan.get(paths::API_SESSION).await.expect(401);
    }

    async fn strangers_keep_nobody_out_and_whoever_tries_waits(app: &TestApp) {
        let mut duan = app.person("duan").from("192.0.2.1");
        duan.sign_in().await.expect(200);
        // From one address: the name waits there, and nowhere else.
        let vandal = app.person("duan").from("198.51.100.7");
        for _ in 0..5 {
            vandal.try_sign_in("wrong").await.expect(401);
        }
        vandal.try_sign_in("wrong").await.expect(429);
        app.person("duan").from("203.0.113.9").sign_in().await.expect(200);
        // All names from one address: the address waits a minute, honest ones come in from theirs.
        let logins = ["sheng", "yin", "sun", "gao", "li", "zhao", "he", "tao", "zhou"];
        let mut waits = 0;
        for at in 0..50 {
            let someone = app.person(logins[at % logins.len()]).from("198.51.100.7");
            waits += usize::from(someone.try_sign_in("wrong").await.status == 429);
        }
        assert!(waits >= 30, "{waits}");
        for login in logins {
            app.person(login).from("192.0.2.44").sign_in().await.expect(200);
        }
        // From everywhere: the name is locked for strangers, and not for a device that is known.
        for at in 0..40 {
            app.person("duan").from(&format!("198.18.{at}.1")).try_sign_in("wrong").await;
        }
        let locked = app.person("duan").from("203.0.113.77").sign_in().await.expect(429);
        assert!(locked.header("retry-after").unwrap().parse::<i64>().unwrap() > 60);
        duan.sign_in().await.expect(200);
        // The clock was a day ahead for a moment: that locks nobody for a day.
        app.sql("UPDATE throttle SET locked_until = locked_until + 86400000").await.unwrap();
        app.person("duan").from("203.0.113.77").sign_in().await.expect(200);
        // Nor does it let everybody try for as long as it lasts.
        app.sql("UPDATE throttle SET locked_until = locked_until + 86400000").await.unwrap();
        let mut looked_at = 0;
        for _ in 0..12 {
            looked_at += usize::from(vandal.try_sign_in("wrong").await.status == 401);
        }
        assert!(looked_at <= 5, "{looked_at}");
    }

    async fn a_known_device_does_not_wait_for_strangers_and_nobody_fills_the_queue_of_known_ones(app: &TestApp) {
        let mut duan = app.person("duan").from("192.0.2.1");
        let mut sheng = app.person("sheng").from("192.0.2.2");
        duan.sign_in().await.expect(200);
        sheng.sign_in().await.expect(200);
        let done = Arc::new(AtomicUsize::new(0));
        let logins = ["yin", "sun", "gao", "li", "zhao", "he", "tao", "zhou"];
        let mut strangers = JoinSet::new();
        for at in 0..60 {
            let stranger = app.person(logins[at % logins.len()]).from(&format!("198.18.{at}.1"));
            let done = Arc::clone(&done);
            strangers.spawn(async move {
                let status = stranger.try_sign_in("wrong").await.status;
                done.fetch_add(1, Ordering::SeqCst);
                status
            });
        }
        // Somebody with the right password, many times at once.
        let mut insider = JoinSet::new();
        for _ in 0..12 {
            let mut again = sheng.clone();
            insider.spawn(async move { again.sign_in().await.status });
        }
        tokio::task::yield_now().await;
        duan.sign_in().await.expect(200);
        assert!(done.load(Ordering::SeqCst) < 60, "whoever is known came in before the strangers were through");
        let insider = insider.join_all().await;
        assert!(insider.contains(&200) && insider.contains(&429), "{insider:?}");
        assert!(strangers.join_all().await.iter().all(|status| [401, 503].contains(status)));
    }

    async fn an_office_behind_one_address_signs_in_as_often_as_it_likes(app: &TestApp) {
        for at in 0..30 {
            let login = ["duan", "sheng", "yin"][at % 3];
            app.person(login).from("192.0.2.9").sign_in().await.expect(200);
        }
        let authority = testkit::signed_in(&app.app, "p-zhou");
        let all = flow::staff::audit::audited(&app.app, &authority.actor, 0, i64::MAX).await.unwrap();
        assert!(all.iter().all(|one| one.kind == "signed_in"), "nothing else has happened");
    }

    async fn a_page_that_takes_itself_for_somebody_elses_is_told_and_nothing_is_done_or_shown(app: &TestApp) {
        app.citizen().rate(&Rating::of_plate(&app.plate("w01")).level(1).stated("陈先生", "13900001234")).await;
        let (zhou, duan) = (app.staff("zhou").await, app.staff("duan").await);
        let number = zhou.only_ticket().await;
        let contact = fill(paths::API_TICKET_CONTACT, &number);
        // Zhou's page, and since then Duan has signed in in the same browser.
        let headers = [("cookie", duan.cookie()), ("x-requested-with", "haochaping"), ("x-signed-in-as", "p-zhou")];
        let before = app.dump().await;
        for (method, path) in [(Method::POST, contact.as_str()), (Method::GET, paths::API_TICKETS)] {
            let reply = app.http.send(method, path, &headers, Body::empty()).await.expect(409);
            assert_eq!(reply.problem().kind, ProblemKind::OtherPerson);
        }
        assert!(app.dump().await.changed(&before).is_empty());
        app.http.send(Method::DELETE, paths::API_SESSION, &headers, Body::empty()).await.expect(409);
        let me: Me = duan.get(paths::API_SESSION).await.expect(200).json();
        assert_eq!(me.id, "p-duan");
        let own = [headers[0], headers[1], ("x-signed-in-as", "p-duan")];
        app.http.send(Method::GET, paths::API_TICKETS, &own, Body::empty()).await.expect(200);
    }

    async fn who_came_in_who_did_not_and_who_looked_at_what_is_written_down_for_good(app: &TestApp) {
        let mut duan = app.person("duan").from("192.0.2.1");
        duan.try_sign_in("wrong").await.expect(401);
        duan.sign_in().await.expect(200);
        let rating = Rating::of_plate(&app.plate("w01")).level(1).stated("陈先生", "13900001234");
        let (_, follow) = app.citizen().rate_and_follow(&rating).await;
        let number = duan.only_ticket().await;
        app.staff("zhou").await.act(&number, &Act::assign("p-duan")).await;
        duan.post(&fill(paths::API_TICKET_CONTACT, &number), &()).await.expect(200);
        duan.post(&fill(paths::API_TICKET_CONTACT, &number), &()).await.expect(200);
        assert!(app.citizen().follow(&follow).await.outcome.is_none(), "nothing before the release");
        let headers = [("cookie", duan.cookie()), ("x-requested-with", "haochaping")];
        app.http.send(Method::DELETE, paths::API_SESSIONS, &headers, Body::empty()).await.expect(204);
        duan.get(paths::API_SESSION).await.expect(401);
        let authority = testkit::signed_in(&app.app, "p-zhou");
        let all = flow::staff::audit::audited(&app.app, &authority.actor, 0, i64::MAX).await.unwrap();
        let of_duan: Vec<(&str, bool)> = all.iter()
            .filter(|one| one.staff.as_deref() == Some("p-duan"))
            .map(|one| (one.kind.as_str(), one.ticket.is_some()))
            .collect();
        let expected = [("failed", false), ("signed_in", false), ("revealed", true), ("revealed", true), ("all_signed_out", false)];
        assert_eq!(of_duan, expected);
        assert!(all[0].network.len() == 16 && all[0].network == all[1].network, "where from, and no address");
        let handler = testkit::signed_in(&app.app, "p-duan");
        assert!(flow::staff::audit::audited(&app.app, &handler.actor, 0, i64::MAX).await.is_err());
        app.sql("DELETE FROM audit").await.unwrap_err();
        assert_eq!(app.dump().await.find("192.0.2.1"), None);
        // Whoever gave the data is told on which day they were looked at.
        app.release_until("2026-10-29").await;
        let steps = app.citizen().follow(&follow).await.outcome.unwrap().ticket.unwrap().steps;
        let looked: Vec<&str> = steps.iter().filter(|step| step.kind == "revealed").map(|step| step.on.as_str()).collect();
        assert_eq!(looked, ["2026-10-28"]);
        let page = app.http.get(&fill(paths::FOLLOW, &follow)).await.expect(200).text();
        assert!(page.contains(words::by_code("kind", "revealed").unwrap()), "{page}");
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
        let mut duan = app.person("duan").from("192.0.2.1");
        for _ in 0..5 {
            duan.try_sign_in("wrong").await.expect(401);
        }
        let reply = duan.sign_in().await.expect(429);
        assert_eq!(reply.problem().kind, ProblemKind::TooMany);
        let seconds: i64 = reply.header("retry-after").unwrap().parse().unwrap();
        assert!((880..=901).contains(&seconds), "{seconds}");
        let until = reply.problem().violations[0].params["until"].clone();
        assert!(until.starts_with("10:1"), "it is ten: {until}");
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
            let (duan, right) = (app.person("duan").from("192.0.2.1"), right.clone());
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
        let cookie = reply.header("set-cookie").unwrap();
        assert!(
            cookie.starts_with("__Host-") && cookie.ends_with("; Secure"),
            "{cookie}"
        );
    });
}
