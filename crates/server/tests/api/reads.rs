//! Reading: it never writes, it carries strict headers, and it leaves no code in the log.

use axum::{body::Body, http::Method};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use contract::paths::{self, fill};
use sha2::{Digest, Sha256};
use testkit::{Rating, Reply, Start, TestApp, event, fresh_key, logged, on_both};

/// Every address that can be read, filled with something that exists.
async fn addresses(app: &TestApp) -> Vec<String> {
    let service = app
        .connector("rs")
        .push(event("P001", "w02", "539900-001"))
        .await;
    let rating = Rating::of_plate(&app.plate("w01"))
        .level(1)
        .text("太慢")
        .stated("陈先生", "13900001234");
    let (receipt, follow) = app.citizen().rate_and_follow(&rating).await;
    let number = app.staff("zhou").await.only_ticket().await;
    let plate = app.plate("w01");
    let mut all: Vec<String> = [
        paths::HOME,
        "/?place=hall%3Ah1",
        paths::FIGURES_CSV,
        paths::DUE,
        "/due?profile=dehong&clock=rectify&from=2026-02-13",
        "/due?profile=x",
        paths::PROFILES,
        "/profiles/jilin",
        "/profiles/atlantis",
        "/profiles/compare?a=qingdao&b=jilin",
        paths::FIND,
        paths::ITEMS,
        "/items/539900-019",
        "/items/nothing",
        paths::TOUR,
        "/find?code=zzzzzz",
        paths::STAFF,
        paths::SIGN_IN,
        paths::STAFF_PLATES,
        paths::API_OPENAPI,
        paths::API_HALLS,
        paths::API_SESSION,
        paths::API_TICKETS,
        paths::API_PLATES,
        paths::API_FIGURES,
        paths::API_TODAY,
        paths::API_PROFILES,
        paths::API_CALENDAR,
        "/api/v1/due?profile=dehong&clock=rectify&from=2026-02-13",
        "/healthz",
        "/readyz",
        "/robots.txt",
        "/nothing-here",
    ]
    .map(str::to_owned)
    .to_vec();
    all.push(format!("/find?code={}", app.short_code("w01")));
    all.push(format!("/find?code={follow}"));
    for (template, value) in [
        (paths::PLATE, &plate),
        (paths::PLATE_SHEET, &plate),
        (paths::HALL_SHEETS, &"h1".to_owned()),
        (paths::API_PLATE_VERSIONS, &plate),
        (paths::API_RATE_PLATE, &plate),
        (paths::SERVICE, &service),
        (paths::API_RATE_SERVICE, &service),
        (paths::RECEIPT, &receipt),
        (paths::API_RECEIPT, &receipt),
        (paths::FOLLOW, &follow),
        (paths::API_FOLLOW, &follow),
        (paths::STAFF_TICKET, &number),
        (paths::API_TICKET, &number),
        (paths::API_PROFILE, &"national".to_owned()),
        (paths::PLATE, &"nonesuch".to_owned()),
    ] {
        all.push(fill(template, value));
    }
    all
}

/// As nobody and as the authority.
async fn read_all(app: &TestApp) -> Vec<(String, Reply)> {
    let zhou = app.staff("zhou").await;
    let mut replies = Vec::new();
    for address in addresses(app).await {
        for cookie in ["", zhou.cookie()] {
            let headers = [("cookie", cookie), ("accept", "text/html")];
            let reply = app
                .http
                .send(Method::GET, &address, &headers, Body::empty())
                .await;
            assert!(reply.status < 500, "{address}: {}", reply.status);
            replies.push((address.clone(), reply));
        }
    }
    replies
}

/// The texts between a start and an end.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    text.split(start)
        .skip(1)
        .filter_map(|rest| rest.split(end).next())
        .collect()
}

fn is_page(reply: &Reply) -> bool {
    reply
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("text/html"))
}

on_both! {
    async fn no_get_and_no_head_writes_a_row(app: &TestApp) {
        let known = addresses(app).await;
        let zhou = app.staff("zhou").await;
        let before = app.dump().await;
        for address in known {
            for (method, cookie) in [(Method::GET, ""), (Method::GET, zhou.cookie()), (Method::HEAD, zhou.cookie())] {
                let headers = [("cookie", cookie), ("accept", "text/html")];
                app.http.send(method, &address, &headers, Body::empty()).await;
            }
            let changed = app.dump().await.changed(&before);
            assert!(changed.is_empty(), "{address} wrote {changed:?}");
        }
    }

    async fn every_answer_carries_strict_headers_and_a_request_id(app: &TestApp) {
        for (address, reply) in read_all(app).await {
            let policy = reply.header("content-security-policy").unwrap_or_else(|| panic!("{address} has no policy"));
            assert!(policy.starts_with("default-src 'none'"), "{policy}");
            for never in ["unsafe-inline", "'unsafe-eval'", "http:", "https:", "*"] {
                assert!(!policy.contains(never), "{never} in {policy}");
            }
            for must in ["base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"] {
                assert!(policy.contains(must), "{must} in {policy}");
            }
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{address}");
            assert_eq!(reply.header("referrer-policy"), Some("strict-origin"), "{address}");
            assert_eq!(reply.header("x-request-id").map(str::len), Some(16), "{address}");
            if address != "/robots.txt" {
                assert_eq!(reply.header("cache-control"), Some("no-store"), "{address}");
            }
        }
        let twice = [app.http.get("/healthz").await, app.http.get("/healthz").await];
        assert_ne!(twice[0].header("x-request-id"), twice[1].header("x-request-id"));
    }

    async fn a_refusal_names_the_request_as_the_log_does(app: &TestApp) {
        for path in ["/api/v1/nothing", "/api/v1/figures?unit=nobody", "/api/v1/figures?period=x&period=y"] {
            let reply = app.http.get(path).await;
            let id = reply.problem().request_id.expect("an id");
            assert_eq!(reply.header("x-request-id"), Some(id.as_str()));
            assert!(logged().contains(&id));
        }
        for path in ["/nothing-here", "/?unit=nobody", "/?period=x&period=y"] {
            let reply = app.http.get(path).await;
            assert!(reply.status >= 400 && is_page(&reply), "{path}");
            let id = reply.header("x-request-id").unwrap().to_owned();
            assert!(reply.text().contains(&id), "{path}");
        }
    }

    async fn no_page_has_inline_script_or_style_but_what_the_policy_names(app: &TestApp) {
        let mut pages = 0;
        for (address, reply) in read_all(app).await.into_iter().filter(|(_, reply)| is_page(reply)) {
            pages += 1;
            let policy = reply.header("content-security-policy").unwrap().to_owned();
            let page = reply.text();
            for tag in between(&page, "<", ">") {
                assert!(!tag.contains(" style="), "{address}: {tag}");
                let handler = tag.split_whitespace().skip(1).any(|part| part.starts_with("on") && part.contains('='));
                assert!(!handler, "{address}: {tag}");
                if tag.starts_with("script") {
                    assert!(tag.contains("src=\"/"), "{address}: {tag}");
                }
                for target in between(tag, "href=\"", "\"").into_iter().chain(between(tag, "src=\"", "\"")) {
                    let ours = target.starts_with('/') && !target.starts_with("//");
                    assert!(ours || target.starts_with('#') || target.starts_with('?') || target.starts_with("data:"), "{address}: {target}");
                }
            }
            for style in between(&page, "<style>", "</style>") {
                let hash = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(style.as_bytes())));
                assert!(policy.contains(&hash), "{address}: a style that the policy does not name");
            }
            assert!(page.contains("演示"), "{address}: an invented region says so");
            assert!(page.contains("<html lang=\"zh-Hans\""), "{address}");
        }
        assert!(pages > 20);
    }

    async fn every_step_of_the_tour_leads_somewhere(app: &TestApp) {
        let banner = app.http.get(paths::HOME).await.expect(200).text();
        assert!(banner.contains("href=\"/tour\""), "the demo banner leads to the tour");
        let tour = app.http.get(paths::TOUR).await.expect(200).text();
        let main = between(&tour, "<main", "</main>").concat();
        let links: Vec<String> = main
            .split("href=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .map(|link| link.replace("&amp;", "&"))
            .collect();
        assert!(links.len() >= 9, "{links:?}");
        for link in &links {
            // A month that the folder has no figures of is a clear page, not a step that fails.
            let wave = link.contains("period=");
            let status = app.http.get(link).await.status;
            assert!([200, 303].contains(&status) || wave && status == 404, "{link}: {status}");
        }
        let guide = app.http.get("/items/539900-019").await.expect(200).text();
        for text in ["不动产转移登记", "不动产权属证书", "3个工作日", "住宅80元一件", "10号窗口"] {
            assert!(guide.contains(text), "{text}: {guide}");
        }
        let all = app.http.get(paths::ITEMS).await.expect(200).text();
        assert_eq!(all.matches("href=\"/items/").count(), 20);
        app.http.get("/items/539900-999").await.expect(404);
    }

    async fn a_real_region_has_no_tour(app: &TestApp) {
        let file = app.folder.join("region.json");
        let real = std::fs::read_to_string(&file).unwrap().replace("true", "false");
        std::fs::write(&file, real).unwrap();
        let next = app.another(Start::default()).await;
        next.http.get(paths::TOUR).await.expect(404);
        let page = next.http.get(paths::DUE).await.expect(200).text();
        assert!(!page.contains("/tour"), "{page}");
        next.close().await;
    }

    async fn the_rating_page_needs_one_round_trip_of_fourteen_kilobytes(app: &TestApp) {
        let service = app.connector("rs").push(event("P001", "w02", "539900-001")).await;
        for address in [fill(paths::PLATE, &app.plate("w01")), fill(paths::SERVICE, &service)] {
            for encoding in ["gzip", "br"] {
                let headers = [("accept-encoding", encoding), ("accept", "text/html")];
                let reply = app.http.send(Method::GET, &address, &headers, Body::empty()).await.expect(200);
                assert_eq!(reply.header("content-encoding"), Some(encoding));
                let headers: usize = reply.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
                assert!(reply.bytes.len() + headers <= 14 * 1024, "{} {encoding}", reply.bytes.len());
            }
            let page = app.http.get(&address).await.text();
            assert!(!page.contains("rel=\"stylesheet\""), "its style is within it");
            assert!(!between(&page, "<style>", "</style>").is_empty());
        }
    }

    async fn the_log_names_routes_and_never_a_code_a_name_or_a_word(app: &TestApp) {
        let service = app.connector("rs").push(event("P001", "w02", "539900-001")).await;
        let (text, name, phone) = ("窗口前排了三刻钟", "欧阳测试", "13977776666");
        let key = fresh_key();
        let rating = Rating::of_plate(&app.plate("w01")).level(1).text(text).stated(name, phone);
        let citizen = app.citizen();
        let receipt: contract::rate::Receipt = citizen.send(&rating, &key).await.expect(201).json();
        citizen.send_form(&rating.clone().level(2), &fresh_key()).await.expect(200);
        citizen.send_form(&rating.clone().text(text.repeat(40)), &fresh_key()).await.expect(422);
        citizen.send(&Rating::of_service(&service).level(9).text(text), &fresh_key()).await.expect(422);
        let follow = citizen.ask(&receipt.code, &key).await.json::<contract::follow::FollowCode>().code;
        for address in [
            fill(paths::FOLLOW, &follow),
            fill(paths::API_FOLLOW, &follow),
            fill(paths::RECEIPT, &receipt.code),
            fill(paths::SERVICE, &service),
            fill(paths::PLATE, &app.plate("w01")),
            format!("/find?code={}", app.short_code("w01")),
            format!("/find?code={follow}"),
            format!("/find?code={}", follow.to_lowercase().replace('-', "")),
            "/r/somebodys-guess-at-a-plate".to_owned(),
            "/no/such/somebodys-guess-at-a-plate".to_owned(),
        ] {
            app.http.get(&address).await;
        }
        let zhou = app.staff("zhou").await;
        app.person("zhou").try_sign_in("eines-fremden-passwort").await.expect(401);
        let number = zhou.worklist().await.rows[0].number.clone();
        zhou.act(&number, &testkit::Act::assign("p-duan")).await;
        zhou.post(&fill(paths::API_TICKET_CONTACT, &number), &()).await.expect(200);
        app.take_database_away().await;
        citizen.send(&rating, &fresh_key()).await.expect(503);
        citizen.send_form(&rating, &fresh_key()).await.expect(503);
        app.bring_database_back().await;
        let log = logged();
        assert!(log.contains("\"route\":\"/r/{plate}\"") && log.contains("answered"), "the log is captured");
        assert!(log.contains("contact data revealed"), "whoever reads contact data is written down");
        let (plate, short) = (app.plate("w01"), app.short_code("w01"));
        let cookie = zhou.cookie().split_once('=').unwrap().1.to_owned();
        let connector = app.connector("rs");
        let secrets = [
            text, name, phone, &key, &receipt.code, &follow, &service, &plate, &cookie, connector.key(), zhou.password(),
            "eines-fremden-passwort", "somebodys-guess-at-a-plate",
        ];
        for secret in secrets {
            assert!(!log.contains(secret), "the log holds {secret}");
            assert!(!log.contains(&secret.replace('-', "")), "the log holds {secret} without its hyphens");
            assert!(!log.contains(&secret.to_lowercase().replace('-', "")), "the log holds {secret} in small letters");
        }
        assert!(!log.contains(&format!("code={short}")));
    }
}
