//! Where ratings come from: what their rows keep of it, what comes above a limit, and who stands behind a figure.

use axum::{body::Body, http::Method};
use contract::{
    figures::{Figures, Today},
    held::{HeldGroup, HeldRuled},
    paths::{self, fill},
};
use serde_json::json;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Command, Stdio},
};
use testkit::{Citizen, Rating, Reply, Start, TestApp, event, fresh_key, on_both};
use tokio::task::JoinSet;

const HALL: &str = "203.0.113.9";

async fn figures(app: &TestApp) -> Figures {
    app.http.get(paths::API_FIGURES).await.expect(200).json()
}

async fn held(app: &TestApp) -> u64 {
    app.app
        .store()
        .held_groups(99)
        .await
        .unwrap()
        .iter()
        .map(|group| group.n as u64)
        .sum()
}

/// Network, device and state of the rating with a receipt.
async fn row(app: &TestApp, unit: &str, reply: &Reply) -> (Option<Vec<u8>>, Option<Vec<u8>>, i64) {
    let receipt: contract::rate::Receipt = reply.json();
    let hash = flow::secrets::code_hash(flow::secrets::Purpose::Receipt, &receipt.code);
    let code = app
        .app
        .store()
        .rating_by_code(&hash)
        .await
        .unwrap()
        .unwrap();
    let events = app
        .app
        .store()
        .rating_events(&app.unit(unit), &code.rating)
        .await
        .unwrap();
    let event = events.into_iter().next_back().unwrap();
    (event.came_network, event.came_device, event.held)
}

async fn send(citizen: &Citizen, plate: &str, level: i64) -> Reply {
    citizen
        .send(&Rating::of_plate(plate).level(level), &fresh_key())
        .await
        .expect(201)
}

async fn many(citizen: &Citizen, rating: &Rating, n: usize) {
    let mut sent = JoinSet::new();
    for _ in 0..n {
        let (citizen, rating) = (citizen.clone(), rating.clone());
        sent.spawn(async move { citizen.send(&rating, &fresh_key()).await.expect(201) });
    }
    sent.join_all().await;
}

/// A day at twelve windows, twenty people an hour each, an hour's people all at once.
async fn a_busy_day(app: &TestApp, keeps_cookies: fn(usize) -> bool) {
    let hall = app.citizen().from(HALL);
    for hour in 9..17 {
        app.clock("2026-10-28", hour, 0);
        let mut people = JoinSet::new();
        for n in 0..240 {
            let (hall, plate) = (hall.clone(), app.plate(&format!("w{:02}", n % 12 + 1)));
            people.spawn(async move {
                let person = match keeps_cookies(n / 12) {
                    true => hall.with_device(&plate).await,
                    false => hall,
                };
                send(&person, &plate, 5).await;
            });
        }
        people.join_all().await;
    }
}

/// A process of its own on the folder takes one rating, over a connection.
fn served(folder: &Path, database: &str, body: &str) {
    let mut server = Command::new(env!("CARGO_BIN_EXE_haochaping"))
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--trusted-proxy",
            "10.0.0.0/8",
            "--data",
        ])
        .arg(folder)
        .args(["--database", database])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let address = lines
        .find_map(|line| line.unwrap().split("http://").nth(1).map(str::to_owned))
        .unwrap();
    let mut stream = TcpStream::connect(address.trim_end_matches('/')).unwrap();
    write!(
        stream,
        "POST {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n\
         idempotency-key: {}\r\ncontent-length: {}\r\n\r\n{body}",
        paths::API_RATINGS,
        fresh_key(),
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

on_both! {
    async fn a_rating_keeps_digests_of_network_and_device_that_say_only_what_came_together(app: &TestApp) {
        let plate = app.plate("w01");
        let (one, other) = (app.citizen().from("203.0.113.9"), app.citizen().from("2001:db8:1:2300::1"));
        let same_customer = app.citizen().from("2001:db8:1:23ff::7");
        let first = row(app, "rs", &send(&one, &plate, 5).await).await;
        assert_eq!(first, row(app, "rs", &send(&one, &plate, 1).await).await);
        assert_eq!((first.0.as_ref().unwrap().len(), &first.1, first.2), (8, &None, 0));
        let second = row(app, "rs", &send(&other, &plate, 5).await).await;
        assert_ne!(first.0, second.0);
        assert_eq!(second, row(app, "rs", &send(&same_customer, &plate, 5).await).await);
        let phone = one.with_device(&plate).await;
        let with = row(app, "rs", &send(&phone, &plate, 5).await).await;
        assert_eq!((&with.0, with.1.as_ref().map(Vec::len)), (&first.0, Some(8)));
        assert_eq!(with.1, row(app, "rs", &send(&phone, &plate, 5).await).await.1);
        assert_ne!(with.1, row(app, "rs", &send(&one.with_device(&plate).await, &plate, 5).await).await.1);
        // The next day nothing is the same, and of the router itself nothing is known.
        app.release_until("2026-10-29").await;
        let next = row(app, "rs", &send(&phone, &plate, 5).await).await;
        assert!(next.0 != with.0 && next.1 != with.1);
        assert_eq!(row(app, "rs", &send(&app.citizen(), &plate, 5).await).await, (None, None, 0));
        // The digests are in no answer.
        let unit = app.staff("zhou").await.get(paths::API_HELD).await.expect(200).text();
        assert_eq!(unit, "[]");
    }

    async fn a_key_of_a_day_is_destroyed_once_its_retention_is_over(app: &TestApp) {
        send(&app.citizen().from(HALL), &app.plate("w01"), 5).await;
        app.release_until("2026-11-27").await;
        app.app.store().day_keys_destroy().await.unwrap();
        assert_eq!(app.dump().await.count("day_key"), 1);
        app.release_until("2026-11-29").await;
        app.app.store().day_keys_destroy().await.unwrap();
        assert_eq!(app.dump().await.count("day_key"), 1, "its last day is released, and no later one");
        app.release_until("2026-11-30").await;
        app.app.store().day_keys_destroy().await.unwrap();
        assert_eq!(app.dump().await.count("day_key"), 0);
    }

    async fn a_cookie_that_the_server_did_not_sign_is_no_device(app: &TestApp) {
        let plate = app.plate("w01");
        let page = app.http.get(&fill(paths::PLATE, &plate)).await.expect(200);
        let set = page.header("set-cookie").unwrap();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=86400"] {
            assert!(set.contains(part), "{set}");
        }
        assert!(!set.contains("Secure"), "{set}");
        let (cookie, _) = set.split_once(';').unwrap();
        let forged = cookie.replacen("device=", "device=0", 1);
        for (cookie, is_one) in [(cookie, true), (&forged[..forged.len() - 1], false), ("device=00.00", false)] {
            let headers = [("cookie", cookie), ("idempotency-key", &fresh_key()), ("content-type", "application/json")];
            let body = json!({"plate": plate, "level": 4}).to_string();
            let sent = app.http.from(HALL).send(Method::POST, paths::API_RATINGS, &headers, body).await.expect(201);
            assert_eq!(row(app, "rs", &sent).await.1.is_some(), is_one, "{cookie}");
            let again = app.http.send(Method::GET, &fill(paths::API_RATE_PLATE, &plate), &headers[..1], Body::empty()).await;
            assert_eq!(again.expect(200).header("set-cookie").is_none(), is_one);
        }
    }

    async fn behind_a_proxy_only_a_trusted_one_says_who_it_is(app: &TestApp) {
        let plate = app.plate("w01");
        let network = async |http: &testkit::Http, says: &str| {
            let headers = [("x-forwarded-for", says), ("idempotency-key", &fresh_key()), ("content-type", "application/json")];
            let body = json!({"plate": plate, "level": 4}).to_string();
            let sent = http.send(Method::POST, paths::API_RATINGS, &headers, body).await.expect(201);
            row(app, "rs", &sent).await.0
        };
        let proxy = app.http.from("10.0.0.7");
        assert_eq!(network(&proxy, "198.51.100.1").await, network(&proxy, "198.51.100.2").await);
        let trusted = proxy.trusting(&["10.0.0.0/8"]);
        let one = network(&trusted, "198.51.100.1").await;
        assert_ne!(one, network(&trusted, "198.51.100.2").await);
        assert_eq!(one, network(&trusted, "1.2.3.4, 198.51.100.1, 10.3.3.3").await);
        let outside = app.http.from("198.51.100.1").trusting(&["10.0.0.0/8"]);
        assert_eq!(one, network(&outside, "198.51.100.2").await);
    }

    async fn a_busy_hall_behind_one_address_is_never_held_and_told_as_it_was(app: &TestApp) {
        a_busy_day(app, |_| true).await;
        assert_eq!(held(app).await, 0);
        app.release_until("2026-10-29").await;
        let told = figures(app).await;
        assert_eq!(told.windows.counts.active(), 8 * 240);
        assert_eq!(told.unassigned_windows.active(), 0, "everybody is somebody");
        assert_eq!(flow::release::rebuild(&app.app).await.unwrap(), 0);
    }

    async fn a_hall_where_half_of_the_phones_keep_no_cookie_is_not_held_either(app: &TestApp) {
        a_busy_day(app, |n| n % 2 == 0).await;
        assert_eq!(held(app).await, 0);
        app.release_until("2026-10-29").await;
        assert_eq!(figures(app).await.windows.counts.active(), 8 * 240);
    }

    async fn of_a_flood_from_one_address_nearly_all_is_held_whatever_its_level(app: &TestApp) {
        let (vandal, plate) = (app.citizen().from("198.51.100.77"), app.plate("w01"));
        let counted = send(&vandal, &plate, 5).await;
        for level in [1, 5] {
            many(&vandal, &Rating::of_plate(&plate).level(level), 300).await;
        }
        let above = send(&vandal, &plate, 5).await;
        let names = |reply: &Reply| reply.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!((names(&counted), counted.bytes.len()), (names(&above), above.bytes.len()), "the same answer");
        let before = held(app).await;
        assert!((550..600).contains(&before), "{before}");
        let today: Today = app.http.get(paths::API_TODAY).await.json();
        assert_eq!(today.ratings, 602, "all are accepted");
        // Others at that window, and that network at others, go on.
        send(&app.citizen().from(HALL).with_device(&plate).await, &plate, 2).await;
        send(&vandal.with_device(&plate).await, &app.plate("w02"), 2).await;
        assert_eq!(held(app).await, before);
        app.release_until("2026-10-29").await;
        let told = figures(app).await;
        assert_eq!(told.held, before);
    }

    async fn what_was_sent_before_and_what_is_refused_takes_nothing_of_the_limits(app: &TestApp) {
        let plate = app.plate("w01");
        let (rating, key) = (Rating::of_plate(&plate).level(1), fresh_key());
        let vandal = app.citizen().from(HALL);
        vandal.send(&rating, &key).await.expect(201);
        for n in 0..300 {
            vandal.send(&rating, &key).await.expect(200);
            vandal.send(&rating.clone().level(2 + n % 4), &key).await.expect(409);
        }
        let code = app.connector("rs").push(event("P1", "w01", "539900-001")).await;
        let served = Rating::of_service(&code).level(1);
        vandal.send(&served, &fresh_key()).await.expect(201);
        for _ in 0..300 {
            vandal.send(&served, &fresh_key()).await.expect(409);
        }
        assert_eq!(held(app).await, 0);
        for _ in 0..39 {
            send(&vandal, &plate, 2).await;
        }
        assert_eq!(held(app).await, 0, "an honest phone of the same network");
        send(&vandal, &plate, 2).await;
        assert_eq!(held(app).await, 1);
    }

    async fn whoever_read_the_key_in_the_page_learns_and_changes_nothing_from_elsewhere(app: &TestApp) {
        let plate = app.plate("w03");
        let citizen = app.citizen().from(HALL).with_device(&plate).await;
        let (rating, key) = (Rating::of_plate(&plate).level(2), fresh_key());
        citizen.send_form(&rating, &key).await.expect(200);
        citizen.send_form(&rating, &key).await.expect(200);
        let before = app.dump().await.count("rating_event");
        for clerk in [app.citizen(), app.citizen().from(HALL).with_device(&plate).await] {
            clerk.send(&rating.clone().level(5), &key).await.expect(201);
            // What the citizen pressed is answered like anything else.
            for level in 1..=4 {
                clerk.send(&rating.clone().level(level), &key).await.expect(409);
            }
            clerk.send_form(&rating, &key).await.expect(200);
        }
        assert_eq!(app.dump().await.count("rating_event"), before + 4);
        // Only the clerks' own ratings have changed.
        let first = citizen.send_form(&rating, &key).await.expect(200);
        assert_eq!(first.status, 200);
        assert_eq!(app.dump().await.count("rating_event"), before + 4, "it is still the same");
    }

    async fn a_held_rating_is_answered_like_any_and_counts_from_its_release_on(app: &TestApp) {
        let (vandal, plate) = (app.citizen().from(HALL), app.plate("w05"));
        many(&vandal, &Rating::of_plate(&plate).level(5), 40).await;
        let (key, bad) = (fresh_key(), Rating::of_plate(&plate).level(1));
        vandal.send_form(&bad, &key).await.expect(200);
        vandal.send_form(&bad, &key).await.expect(200);
        assert_eq!(held(app).await, 1);
        // A later version stays held; and of one that counts a later version counts.
        vandal.send_form(&bad.clone().level(2), &key).await.expect(200);
        assert_eq!(held(app).await, 1);
        let zhou = app.staff("zhou").await;
        let rows = zhou.worklist().await.rows;
        assert!(rows.is_empty(), "{rows:?}: no ticket before somebody has looked");
        app.release_until("2026-10-29").await;
        assert_eq!(figures(app).await.held, 1);
        let page = app.http.get(paths::HOME).await.expect(200).text();
        let receipt = async || {
            let again = vandal.send(&bad.clone().level(2), &key).await.expect(200);
            again.json::<contract::rate::Receipt>()
        };
        assert!(!receipt().await.released, "it is in no figure");
        let said = words::Key::DISCLOSURE_HELD.fill(&[("n", "1")]);
        assert!(page.contains(&said), "{said}");
        let zhou = app.staff("zhou").await;
        let groups: Vec<HeldGroup> = zhou.get(paths::API_HELD).await.expect(200).json();
        assert_eq!((groups.len(), groups[0].ratings, groups[0].win.as_str()), (1, 1, "w05"));
        let text = zhou.get(paths::API_HELD).await.text();
        assert!(!text.contains("level"), "{text}");
        let ruling = json!({"outcome": "released", "day": groups[0].day, "unit": groups[0].unit, "win": groups[0].win, "source": groups[0].source});
        app.staff("duan").await.post(paths::API_HELD_RULINGS, &ruling).await.expect(403);
        app.staff("duan").await.get(paths::API_HELD).await.expect(403);
        let ruled: HeldRuled = zhou.post(paths::API_HELD_RULINGS, &ruling).await.expect(200).json();
        assert_eq!(ruled.ratings, 1);
        zhou.post(paths::API_HELD_RULINGS, &ruling).await.expect(404);
        assert_eq!(zhou.worklist().await.rows.len(), 1);
        let ticket = zhou.ticket(&zhou.only_ticket().await).await;
        assert_eq!((ticket.level.get(), ticket.opened_on.as_str()), (2, "2026-10-29"));
        let before = figures(app).await;
        for n in 0..4 {
            send(&app.citizen().from(&format!("192.0.2.{n}")), &plate, 4).await;
        }
        app.release_until("2026-10-30").await;
        let after = figures(app).await;
        assert_eq!((before.windows.counts.bad(), after.windows.counts.bad(), after.held), (0, 1, 0));
        assert!(receipt().await.released);
        assert_eq!(flow::release::rebuild(&app.app).await.unwrap(), 0);
    }

    async fn what_is_ruled_out_is_told_and_a_source_has_another_name_at_each_window(app: &TestApp) {
        let vandal = app.citizen().from(HALL);
        for window in ["w05", "w07"] {
            many(&vandal, &Rating::of_plate(&app.plate(window)).level(1), 43).await;
        }
        let zhou = app.staff("zhou").await;
        let groups: Vec<HeldGroup> = zhou.get(paths::API_HELD).await.expect(200).json();
        assert_eq!(groups.iter().map(|group| group.ratings).collect::<Vec<_>>(), [3, 3]);
        assert_ne!(groups[0].source, groups[1].source);
        let of = |group: &HeldGroup, source: &str| {
            json!({"outcome": "excluded", "day": group.day, "unit": group.unit, "win": group.win, "source": source})
        };
        zhou.post(paths::API_HELD_RULINGS, &of(&groups[0], &groups[1].source)).await.expect(404);
        zhou.post(paths::API_HELD_RULINGS, &of(&groups[0], &groups[0].source)).await.expect(200);
        app.release_until("2026-10-29").await;
        let told = figures(app).await;
        assert_eq!((told.held, told.ruled_out), (3, 3));
        let page = app.http.get(paths::HOME).await.expect(200).text();
        assert!(page.contains(&words::Key::DISCLOSURE_RULED_OUT.fill(&[("n", "3")])));
    }

    async fn four_ratings_of_one_hand_do_not_release_a_citizens(app: &TestApp) {
        let plate = app.plate("w05");
        let clerk = app.citizen().from(HALL);
        let phone = clerk.with_device(&plate).await;
        for hand in [&phone, &clerk] {
            for _ in 0..4 {
                send(hand, &plate, 5).await;
            }
        }
        send(&app.citizen().from(HALL).with_device(&plate).await, &plate, 2).await;
        app.release_until("2026-10-29").await;
        let told = figures(app).await;
        assert_eq!(told.windows.counts.levels, [0; 5], "a phone, a network and a citizen are three");
        assert_eq!(told.handling.map(|of| of.bad), Some(0));
        // Two more citizens, and there are five.
        for _ in 0..2 {
            send(&clerk.with_device(&plate).await, &plate, 3).await;
        }
        app.release_until("2026-10-30").await;
        let told = figures(app).await;
        assert_eq!(told.windows.counts.levels, [0, 1, 2, 0, 8]);
        assert_eq!(told.handling.map(|of| of.bad), Some(1));
        assert_eq!(flow::release::rebuild(&app.app).await.unwrap(), 0);
    }

    async fn the_links_of_service_events_are_each_somebodys_own(app: &TestApp) {
        let tablet = app.citizen().from(HALL);
        for n in 0..5 {
            let code = app.connector("rs").push(event(&format!("P00{n}"), "w02", "539900-001")).await;
            tablet.rate(&Rating::of_service(&code).level(4)).await;
        }
        app.release_until("2026-10-29").await;
        assert_eq!(figures(app).await.events.counts.levels, [0, 0, 0, 5, 0]);
    }

    async fn the_links_that_one_phone_rates_are_one_person_together(app: &TestApp) {
        // Four invented services, and one of a citizen.
        let phone = app.citizen().from(HALL).with_device(&app.plate("w02")).await;
        for (n, level) in [(0, 5), (1, 5), (2, 5), (3, 5), (4, 2)] {
            let code = app.connector("rs").push(event(&format!("P00{n}"), "w02", "539900-001")).await;
            let who = if n < 4 { phone.clone() } else { app.citizen().from(HALL) };
            who.rate(&Rating::of_service(&code).level(level)).await;
        }
        app.release_until("2026-10-29").await;
        assert_eq!(figures(app).await.events.counts.levels, [0; 5]);
    }

    async fn the_program_knows_the_other_end_of_its_connections_and_no_real_region_goes_without_limits(app: &TestApp) {
        let plate = app.plate("w01");
        app.close().await;
        let (folder, database) = (app.folder.clone(), app.database.clone());
        let body = json!({"plate": plate, "level": 5}).to_string();
        tokio::task::spawn_blocking(move || served(&folder, &database, &body)).await.unwrap();
        let after = app.another(Start::default()).await;
        let lanes = after.app.store().batches("2026-10-28").await.unwrap();
        let mut kept = Vec::new();
        for batch in lanes {
            kept.extend(after.app.store().batch_ratings(&batch.lane, batch.batch).await.unwrap());
        }
        let came: Vec<_> = kept.iter().map(|row| (row.came_network.is_some(), row.held)).collect();
        assert_eq!(came, [(true, 0)]);
        after.close().await;
        let region = app.folder.join("region.json");
        let real = std::fs::read_to_string(&region).unwrap().replace("\"demo\": true", "\"demo\": false");
        assert!(real.contains("\"demo\": false"), "{real}");
        std::fs::write(&region, real).unwrap();
        let (data, database) = (app.folder.to_str().unwrap().to_owned(), app.database.clone());
        let refused = tokio::task::spawn_blocking(move || {
            crate::program::haochaping(&["serve", "--data", &data, "--database", &database, "--listen", "127.0.0.1:0", "--no-limits"])
        });
        let refused = refused.await.unwrap();
        assert!(!refused.status.success());
        assert!(String::from_utf8_lossy(&refused.stderr).contains("--no-limits is for measuring a demo"));
    }

    async fn what_a_page_of_another_site_sends_is_refused_and_stores_nothing(app: &TestApp) {
        let before = app.dump().await;
        let plate = app.plate("w01");
        for site in ["cross-site", "same-site"] {
            let form = [("sec-fetch-site", site), ("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html")];
            for path in [fill(paths::PLATE, &plate), paths::FOLLOW_ASK.to_owned(), paths::PREFERENCES.to_owned()] {
                let page = app.http.send(Method::POST, &path, &form, format!("key={}&level=5", fresh_key())).await.expect(403);
                assert!(page.text().contains(crate::problem_title("forbidden").as_str()));
            }
            let key = fresh_key();
            let api = [("sec-fetch-site", site), ("idempotency-key", &*key), ("content-type", "application/json")];
            let body = json!({"plate": plate, "level": 5}).to_string();
            let reply = app.http.send(Method::POST, paths::API_RATINGS, &api, body).await.expect(403);
            assert_eq!(reply.problem().reason.as_deref(), Some("other_site"));
            // A link from elsewhere leads here like any other.
            app.http.send(Method::GET, &fill(paths::PLATE, &plate), &[("sec-fetch-site", site)], Body::empty()).await.expect(200);
        }
        // Where the browser tells only the origin of the page.
        for origin in ["https://evil.example", "null", "http://x.haochaping.test", ""] {
            let form = [("origin", origin), ("host", "haochaping.test"), ("content-type", "application/x-www-form-urlencoded")];
            app.http.send(Method::POST, &fill(paths::PLATE, &plate), &form, format!("key={}&level=5", fresh_key())).await.expect(403);
        }
        assert!(app.dump().await.changed(&before).is_empty());
        for origin in ["http://haochaping.test", app.app.public_url()] {
            let form = [("origin", origin), ("host", "haochaping.test"), ("content-type", "application/x-www-form-urlencoded")];
            app.http.send(Method::POST, &fill(paths::PLATE, &plate), &form, format!("key={}&level=5", fresh_key())).await.expect(303);
        }
        for site in ["same-origin", "none"] {
            let form = [("sec-fetch-site", site), ("content-type", "application/x-www-form-urlencoded")];
            app.http.send(Method::POST, &fill(paths::PLATE, &plate), &form, format!("key={}&level=5", fresh_key())).await.expect(303);
        }
        app.citizen().send_form(&Rating::of_plate(&plate).level(5), &fresh_key()).await.expect(200);
    }
}
