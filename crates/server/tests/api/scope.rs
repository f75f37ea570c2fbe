//! What is rated, and under whose rules: every item, window and person, at any unit in the hall.

use contract::{
    figures::{DueAnswer, Figures, Today},
    paths::{self, fill},
    place::PlateRow,
    rate::RatePage,
    ticket::TicketView,
};
use rules::{
    level::Level,
    profile::{Clock, Scope},
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::TicketRow;
use testkit::{Engine, Rating, Reply, Start, TestApp, event, fresh_key, on_both, run_with};

/// The windows of the demo city.
fn windows() -> impl Iterator<Item = String> {
    (1..=12).map(|at| format!("w{at:02}"))
}

async fn tickets(app: &TestApp) -> Vec<TicketRow> {
    app.app.store().list_tickets(None, 100).await.unwrap()
}

async fn rate_page(app: &TestApp, template: &str, code: &str) -> RatePage {
    app.http.get(&fill(template, code)).await.expect(200).json()
}

async fn figures(app: &TestApp) -> Figures {
    app.http.get(paths::API_FIGURES).await.expect(200).json()
}

async fn today(app: &TestApp) -> u64 {
    let today: Today = app.http.get(paths::API_TODAY).await.expect(200).json();
    today.ratings
}

/// A unit of another kind than the city's own takes over the window at which 09 hangs.
async fn with_another_kind_of_unit(app: &TestApp, code: &str, name: &str) -> TestApp {
    let unit = format!("INSERT INTO unit (code, name, in_hall) VALUES ('{code}', '{name}', 1)");
    app.sql(&unit).await.unwrap();
    let window = format!("UPDATE win SET unit = '{code}' WHERE code = 'w09'");
    app.sql(&window).await.unwrap();
    app.another(Start::default()).await
}

/// The field and the code of each violation.
fn told(reply: &Reply) -> Vec<(String, String)> {
    let violations = reply.problem().violations.into_iter();
    violations.map(|one| (one.field, one.code)).collect()
}

/// Five ratings at its window, one of them bad; what the region tells of it after the release.
async fn rated_like_any_other(app: &TestApp, code: &str) {
    let own = rate_page(app, paths::API_RATE_PLATE, &app.plate("w09")).await;
    let other = rate_page(app, paths::API_RATE_PLATE, &app.plate("w01")).await;
    assert_eq!(
        (own.labels, &own.tags, own.text_max),
        (other.labels, &other.tags, other.text_max)
    );
    for level in [1, 3, 4, 5, 5] {
        app.citizen()
            .rate(&Rating::of_plate(&app.plate("w09")).level(level))
            .await;
    }
    let zhou = app.staff("zhou").await;
    let ticket: TicketView = zhou.ticket(&zhou.only_ticket().await).await;
    let rectify = ticket
        .dues
        .iter()
        .find(|due| due.clock == Clock::Rectify)
        .unwrap();
    assert_eq!(
        (rectify.profile.as_str(), rectify.due.as_deref()),
        ("dehong@2020", Some("2026-11-18"))
    );
    app.release_until("2026-10-29").await;
    let figures = figures(app).await;
    let row = figures.rows.iter().find(|row| row.code == code).unwrap();
    assert_eq!(
        (row.windows.counts.levels, row.handling.map(|of| of.bad)),
        ([1, 0, 1, 1, 2], Some(1))
    );
}

on_both! {
    // clause: D-01
    async fn scopes_are_rated_besides_the_whole_and_told_in_the_ticket_and_in_no_figure(app: &TestApp) {
        let plate = app.plate("w01");
        let offered = rate_page(app, paths::API_RATE_PLATE, &plate).await;
        assert_eq!(offered.scopes, [Scope::Quality, Scope::Efficiency, Scope::Result]);
        let rating = Rating::of_plate(&plate).level(1).scope("quality", 2).scope("result", 5);
        let (citizen, key) = (app.citizen(), fresh_key());
        citizen.send(&rating, &key).await.expect(201);
        citizen.send(&rating, &key).await.expect(200);
        citizen.send_form(&rating, &key).await.expect(200);
        citizen.send(&rating.clone().scope("efficiency", 3), &key).await.expect(409);
        assert_eq!(app.dump().await.count("rating_event"), 1, "the form and the API mean the same");
        let zhou = app.staff("zhou").await;
        let ticket = zhou.ticket(&zhou.only_ticket().await).await;
        let expected = BTreeMap::from([(Scope::Quality, Level::L2), (Scope::Result, Level::L5)]);
        assert_eq!((ticket.level, ticket.scopes), (Level::L1, expected));
        app.others_rate("w01", 4).await;
        app.release_until("2026-10-29").await;
        assert_eq!(figures(app).await.windows.counts.levels, [1, 0, 0, 0, 4]);
    }

    async fn a_wrong_scope_is_named_what_was_chosen_is_kept_and_nothing_is_stored(app: &TestApp) {
        let rating = Rating::of_plate(&app.plate("w01")).level(4);
        let pair = |field: &str, code: &str| (field.to_owned(), code.to_owned());
        for (scope, level, expected) in [
            ("overall", json!(5), pair("scopes", "scope.unknown")),
            ("business", json!(5), pair("scopes", "scope.unknown")),
            ("quality", json!(6), pair("scope-quality", "scope.level")),
            ("quality", json!("5"), pair("scope-quality", "scope.level")),
            ("quality", json!([5]), pair("scope-quality", "scope.level")),
        ] {
            let reply = app.citizen().send(&rating.clone().scope(scope, level), &fresh_key()).await;
            assert_eq!(told(&reply.expect(422)), [expected]);
        }
        let form = rating.clone().scope("quality", 9).scope("result", 4);
        let page = app.citizen().send_form(&form, &fresh_key()).await.expect(422).text();
        assert!(page.contains("href=\"#scope-quality\"") && page.contains("id=\"scope-quality-error\""), "{page}");
        assert!(page.contains("<option value=\"4\" selected>"), "{page}");
        assert_eq!(app.dump().await.count("rating_event"), 0);
    }

    // clause: N-02, N-05, Q-03, J-02, J-04, JP-13
    async fn every_item_every_window_and_whoever_served_there_is_rated(app: &TestApp) {
        let directory = app.app.directory();
        let items: Vec<(String, String)> =
            directory.units().flat_map(|unit| directory.items_of(&unit.code)).map(|item| (item.unit.clone(), item.code.clone())).collect();
        assert_eq!(items.len(), 20);
        for (at, (unit, item)) in items.iter().enumerate() {
            let window = windows().find(|code| directory.window(code).is_some_and(|known| known.unit == *unit)).unwrap();
            let end = unit.rsplit('-').next().unwrap();
            let code = app.connector(end).push(event(&format!("P{at:03}"), &window, item)).await;
            app.citizen().rate(&Rating::of_service(&code).level(1)).await;
        }
        for window in windows() {
            app.citizen().rate(&Rating::of_plate(&app.plate(&window)).level(2)).await;
        }
        let rows = tickets(app).await;
        assert_eq!(rows.len(), 20 + 12);
        let told = |of: fn(&TicketRow) -> &str| rows.iter().map(of).filter(|code| !code.is_empty()).collect::<BTreeSet<_>>();
        assert_eq!(told(|row| &row.item), items.iter().map(|(_, item)| item.as_str()).collect());
        assert_eq!(told(|row| &row.unit).len(), 6);
        assert_eq!(told(|row| &row.hall), BTreeSet::from(["h1", "h2"]));
        let all: Vec<String> = windows().collect();
        assert_eq!(told(|row| &row.win), all.iter().map(String::as_str).collect());
        // Four people sit alone at a window; what happened there is their service.
        let people = told(|row| row.rated_staff.as_deref().unwrap_or_default());
        assert_eq!(people, BTreeSet::from(["p-sheng", "p-yin", "p-sun", "p-gao"]));
    }

    // clause: JP-08, JP-08c
    async fn at_one_window_services_of_any_units_items_are_taken_and_each_is_rated_as_itself(app: &TestApp) {
        // Window 12 of the city's own hall is one unit's; the items are of three.
        let connector = app.connector("rs");
        let items = [("539900-001", "社会保障卡申领"), ("539900-005", "居民身份证换领"), ("539900-009", "个体工商户设立登记")];
        for (at, (item, name)) in items.into_iter().enumerate() {
            let code = connector.push(event(&format!("P{at}"), "w12", item)).await;
            let page = rate_page(app, paths::API_RATE_SERVICE, &code).await;
            assert_eq!(page.place.item.as_deref(), Some(name));
            assert_eq!((page.place.window_no.as_str(), page.place.hall.as_str()), ("12", "澜城市便民服务中心"));
            app.citizen().rate(&Rating::of_service(&code).level(2)).await;
        }
        let rows = tickets(app).await;
        let taken: BTreeSet<(&str, &str, &str)> =
            rows.iter().map(|row| (row.item.as_str(), row.win.as_str(), row.unit.as_str())).collect();
        assert_eq!(taken, items.map(|(item, _)| (item, "w12", "539900-rs")).into());
    }

    // clause: N-56, D-02
    async fn a_ministrys_unit_in_the_hall_is_rated_like_the_citys_own(app: &TestApp) {
        let next = with_another_kind_of_unit(app, "100000-sw", "国家税务总局云澜州税务局").await;
        rated_like_any_other(&next, "100000-sw").await;
        next.close().await;
    }

    // clause: JP-08b, J-02, J-27, N-64
    async fn a_public_service_enterprise_in_the_hall_is_rated_like_an_agency(app: &TestApp) {
        let next = with_another_kind_of_unit(app, "539900-gs", "云澜州供水有限公司").await;
        rated_like_any_other(&next, "539900-gs").await;
        next.close().await;
    }

    // clause: N-09, N-10
    async fn every_unit_works_under_the_regions_one_text_which_refines_the_nations(app: &TestApp) {
        let zhou = app.staff("zhou").await;
        for window in ["w01", "w03", "w05", "w07", "w09", "w10"] {
            app.citizen().rate(&Rating::of_plate(&app.plate(window)).level(1)).await;
        }
        let service = app.connector("zr").push(event("P1", "w11", "539900-019")).await;
        app.citizen().rate(&Rating::of_service(&service).level(2)).await;
        let rows = zhou.worklist().await.rows;
        assert_eq!(rows.len(), 7);
        for row in &rows {
            let view = zhou.ticket(&row.number).await;
            let rectify = view.dues.iter().find(|due| due.clock == Clock::Rectify).unwrap();
            assert_eq!((rectify.profile.as_str(), rectify.due.as_deref()), ("dehong@2020", Some("2026-11-18")), "{}", row.number);
        }
        // The national text gives no term for it.
        let path = format!("{}?profile=national&clock=rectify&from=2026-10-28", paths::API_DUE);
        let national: DueAnswer = app.http.get(&path).await.expect(200).json();
        assert_eq!(national.due, None);
        // Whoever supervises has what is late first, of whatever unit, and in words how late.
        app.release_until("2026-11-20").await;
        let late = app.staff("zhou").await.worklist().await.rows;
        assert_eq!(late.len(), 7);
        assert!(late.iter().all(|row| row.days_left == Some(-2)), "{late:?}");
    }

    // clause: N-03, N-53, N-55, D-03, J-03, J-04, J-12, JP-13
    async fn one_rating_page_for_every_door_and_every_rating_counts_at_once_in_one_number(app: &TestApp) {
        let same = |page: &RatePage| (page.region.clone(), page.labels, page.catalogue.clone(), page.tags.clone(), page.text_max);
        let service = app.connector("rs").push(event("P001", "w02", "539900-001")).await;
        let first = rate_page(app, paths::API_RATE_SERVICE, &service).await;
        assert_eq!((first.tags.len(), first.text_max), (40, 150));
        let mut count = 0;
        for window in windows() {
            let plate = app.plate(&window);
            assert_eq!(same(&rate_page(app, paths::API_RATE_PLATE, &plate).await), same(&first), "{window}");
            // By the page without scripts, and as the app and other programs send it.
            app.citizen().send_form(&Rating::of_plate(&plate).level(4), &fresh_key()).await.expect(200);
            app.citizen().send(&Rating::of_plate(&plate).level(2), &fresh_key()).await.expect(201);
            count += 2;
            assert_eq!(today(app).await, count);
        }
        let other = app.connector("rs").push(event("P002", "w02", "539900-001")).await;
        app.citizen().send(&Rating::of_service(&service).level(5), &fresh_key()).await.expect(201);
        app.citizen().send_form(&Rating::of_service(&other).level(1), &fresh_key()).await.expect(200);
        assert_eq!(today(app).await, count + 2);
        assert_eq!(app.dump().await.count("rating_event"), 26);
        app.others_are_served(3).await;
        app.release_until("2026-10-29").await;
        let figures = figures(app).await;
        assert_eq!(figures.windows.counts.levels, [0, 12, 0, 12, 0]);
        assert_eq!(figures.events.counts.levels, [1, 0, 0, 0, 4]);
    }

    // clause: N-59, J-17, D-20
    async fn the_form_says_what_a_name_is_good_for_and_asks_nobody_for_one(app: &TestApp) {
        let plate = app.plate("w01");
        let page = app.http.get(&fill(paths::PLATE, &plate)).await.expect(200).text();
        let (before, after) = page.split_once(words::Key::RATE_STATED_NOTE.text()).expect("what a name is good for");
        assert!(before.contains(words::Key::RATE_STATED_SUMMARY.text()));
        assert!(after.contains("name=\"name\"") && after.contains("name=\"phone\""), "said before it is asked");
        assert!(!page.contains(" required"), "nothing has to be filled in");
        // Who leaves nothing is anonymous; who leaves a number can be called, by the one person named for it.
        app.citizen().rate(&Rating::of_plate(&plate).level(1)).await;
        app.citizen().rate(&Rating::of_plate(&plate).level(1).stated("陈先生", "13900001234")).await;
        let zhou = app.staff("zhou").await;
        let mut called = Vec::new();
        for row in zhou.worklist().await.rows {
            zhou.act(&row.number, &testkit::Act::assign("p-duan")).await;
            let duan = app.staff("duan").await;
            let reply = duan.post(&fill(paths::API_TICKET_CONTACT, &row.number), &()).await;
            called.push(reply.status);
            app.staff("sheng").await.post(&fill(paths::API_TICKET_CONTACT, &row.number), &()).await.expect(404);
            app.staff("yin").await.post(&fill(paths::API_TICKET_CONTACT, &row.number), &()).await.expect(404);
        }
        called.sort_unstable();
        assert_eq!(called, [200, 403]);
    }

    // clause: Q-13
    async fn the_code_on_a_plate_never_changes_and_opens_its_window_on_any_later_day(app: &TestApp) {
        let zhou = app.staff("zhou").await;
        let printed = zhou.get(&fill(paths::PLATE_SHEET, &app.plate("w03"))).await.expect(200).text();
        app.citizen().rate(&Rating::of_plate(&app.plate("w03")).level(3)).await;
        app.release_until("2026-12-31").await;
        let next = app.another(Start::default()).await;
        let zhou = next.staff("zhou").await;
        let row = |rows: Vec<PlateRow>| rows.into_iter().find(|row| row.place.window_no == "03").unwrap();
        let listed = row(zhou.get(paths::API_PLATES).await.expect(200).json());
        assert_eq!((listed.plate.as_str(), listed.version), (app.plate("w03").as_str(), 1));
        let again = zhou.get(&fill(paths::PLATE_SHEET, &listed.plate)).await.expect(200).text();
        let code = |sheet: &str| sheet.split_once("<svg").unwrap().1.split_once("</svg>").unwrap().0.to_owned();
        assert_eq!(code(&printed), code(&again));
        let page = rate_page(&next, paths::API_RATE_PLATE, &app.plate("w03")).await;
        assert_eq!(page.place.window, "户籍");
        next.citizen().rate(&Rating::of_plate(&app.plate("w03")).level(5)).await;
        next.close().await;
    }
}

mod where_the_text_names_no_scope_none_is_offered_and_none_is_taken {
    use super::*;

    async fn offers_none(app: &TestApp) {
        let plate = app.plate("w01");
        let offered = rate_page(app, paths::API_RATE_PLATE, &plate).await;
        assert_eq!(offered.scopes, []);
        let page = app
            .http
            .get(&fill(paths::PLATE, &plate))
            .await
            .expect(200)
            .text();
        assert!(!page.contains("scope-"), "{page}");
        let rating = Rating::of_plate(&plate).scope("service", 5);
        let reply = app.citizen().send(&rating, &fresh_key()).await.expect(422);
        assert_eq!(told(&reply)[0].1, "scope.unknown");
    }

    fn national() -> Start {
        Start {
            profile: Some("national".to_owned()),
            ..Start::default()
        }
    }

    #[test]
    fn on_sqlite() {
        run_with(Engine::Sqlite, national(), offers_none);
    }

    #[test]
    fn on_postgres() {
        run_with(Engine::Postgres, national(), offers_none);
    }
}

// clause: J-11
mod a_region_under_the_text_of_jilin_asks_for_business_and_service_besides_the_whole {
    use super::*;

    async fn asks_for_two(app: &TestApp) {
        let plate = app.plate("w01");
        let offered = rate_page(app, paths::API_RATE_PLATE, &plate).await;
        assert_eq!(offered.scopes, [Scope::Business, Scope::Service]);
        let page = app.http.get(&fill(paths::PLATE, &plate)).await;
        let page = page.expect(200).text();
        for text in ["scope-business", "scope-service", "业务评价", "服务评价"] {
            assert!(page.contains(text), "{text}: {page}");
        }
        let rating = Rating::of_plate(&plate).level(2).scope("service", 1);
        app.citizen()
            .send_form(&rating, &fresh_key())
            .await
            .expect(200);
        let zhou = app.staff("zhou").await;
        let ticket = zhou.ticket(&zhou.only_ticket().await).await;
        let expected = BTreeMap::from([(Scope::Service, Level::L1)]);
        assert_eq!((ticket.level, ticket.scopes), (Level::L2, expected));
    }

    fn jilin() -> Start {
        Start {
            profile: Some("jilin".to_owned()),
            first_day: Some("2021-08-06".to_owned()),
            ..Start::default()
        }
    }

    #[test]
    fn on_sqlite() {
        run_with(Engine::Sqlite, jilin(), asks_for_two);
    }

    #[test]
    fn on_postgres() {
        run_with(Engine::Postgres, jilin(), asks_for_two);
    }
}
