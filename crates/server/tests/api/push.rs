//! Service events: pushed by a unit's business system before they can be rated.

use contract::{
    ProblemKind,
    paths::{self, fill},
    rate::RatePage,
    staff::{EventCreate, EventsAccepted},
};
use testkit::{Rating, event, on_both};

on_both! {
    async fn pushing_the_same_events_again_changes_nothing_and_answers_the_same(app: &TestApp) {
        let connector = app.connector("rs");
        let events = [event("P001", "w01", "539900-001"), event("P002", "w02", "539900-001")];
        let first: EventsAccepted = connector.send(&events).await.expect(200).json();
        assert!(first.events.iter().all(|one| !one.known));
        let before = app.dump().await;
        let again: EventsAccepted = connector.send(&events).await.expect(200).json();
        assert!(again.events.iter().all(|one| one.known));
        let codes = |answer: &EventsAccepted| answer.events.iter().map(|one| one.code.clone()).collect::<Vec<_>>();
        assert_eq!(codes(&first), codes(&again));
        assert!(app.dump().await.changed(&before).is_empty());
        // The next service of the same case is another one.
        let next = EventCreate { service_no: 2, ..events[0].clone() };
        assert_ne!(connector.push(next).await, codes(&first)[0]);
    }

    async fn a_number_that_stands_for_something_else_is_a_conflict(app: &TestApp) {
        let connector = app.connector("rs");
        connector.push(event("P001", "w01", "539900-001")).await;
        let other = event("P001", "w01", "539900-002");
        assert_eq!(connector.send(&[other]).await.expect(409).problem().kind, ProblemKind::Conflict);
    }

    // clause: Q-10
    async fn another_units_window_is_not_ones_own_to_speak_for(app: &TestApp) {
        let before = app.dump().await;
        let events = [event("P001", "w01", "539900-001"), event("P002", "w03", "539900-005")];
        let problem = app.connector("rs").send(&events).await.expect(403).problem();
        assert_eq!(problem.reason.as_deref(), Some("other_unit"));
        assert!(app.dump().await.changed(&before).is_empty(), "not even the first is stored");
    }

    async fn without_a_known_key_nothing_is_taken(app: &TestApp) {
        let body = serde_json::json!({"events": [event("P001", "w01", "539900-001")]});
        let key = app.connector("rs").key().to_owned();
        app.http.post_json(paths::API_EVENTS, &[("authorization", &format!("bearer {key}"))], &body).await.expect(200);
        let before = app.dump().await;
        for bearer in ["".to_owned(), "Bearer ".to_owned(), format!("Bearer {}", &key[1..]), format!("Basic {key}"), key] {
            let headers = [("authorization", bearer.as_str())];
            app.http.post_json(paths::API_EVENTS, &headers, &body).await.expect(401).problem();
        }
        let zhou = app.staff("zhou").await;
        zhou.post(paths::API_EVENTS, &body).await.expect(401);
        assert_eq!(app.dump().await.count("service_event"), before.count("service_event"));
    }

    // clause: Q-11
    async fn every_violation_is_told_with_the_place_of_its_event(app: &TestApp) {
        let before = app.dump().await;
        let good = event("P001", "w01", "539900-001");
        let events = [
            good.clone(),
            EventCreate { project_no: "a b".to_owned(), service_no: 0, ..good.clone() },
            EventCreate { window: "w99".to_owned(), item: "x".to_owned(), ..good.clone() },
            EventCreate { staff: Some("p-nobody".to_owned()), served_on: "28.10.2026".to_owned(), ..good.clone() },
            EventCreate { served_on: "2026-10-29".to_owned(), ..good },
        ];
        let problem = app.connector("rs").send(&events).await.expect(422).problem();
        let told: Vec<(&str, &str)> =
            problem.violations.iter().map(|one| (one.field.as_str(), one.code.as_str())).collect();
        let expected = [
            ("/events/1/project_no", "project_no.malformed"),
            ("/events/1/service_no", "service_no.out_of_range"),
            ("/events/2/window", "window.unknown"),
            ("/events/2/item", "item.unknown"),
            ("/events/3/staff", "staff.unknown"),
            ("/events/3/served_on", "date.malformed"),
            ("/events/4/served_on", "date.in_future"),
        ];
        assert_eq!(told, expected);
        assert!(app.dump().await.changed(&before).is_empty(), "not even the good one is stored");
    }

    async fn none_or_too_many_events_are_refused_and_five_hundred_are_not(app: &TestApp) {
        let connector = app.connector("rs");
        connector.send(&[]).await.expect(422).problem();
        let many: Vec<EventCreate> = (0..501).map(|at| event(&format!("P{at:03}"), "w01", "539900-001")).collect();
        let problem = connector.send(&many).await.expect(422).problem();
        assert_eq!(problem.violations[0].code, "events.count");
        connector.send(&many[..500]).await.expect(200);
        assert_eq!(app.dump().await.count("service_event"), 500);
    }

    // clause: N-26, Q-06
    async fn the_code_opens_the_page_of_this_service(app: &TestApp) {
        let code = app.connector("rs").push(event("P001", "w02", "539900-001")).await;
        let page: RatePage = app.http.get(&fill(paths::API_RATE_SERVICE, &code)).await.expect(200).json();
        assert_eq!(page.place.item.as_deref(), Some("社会保障卡申领"));
        assert_eq!((page.served_on.as_deref(), page.already_rated), (Some("2026-10-28"), false));
        assert_eq!(page.action, fill(paths::SERVICE, &code));
        let html = app.http.get(&page.action).await.expect(200).text();
        assert!(html.contains("社会保障卡申领") && html.contains("2026-10-28"), "{html}");
        app.citizen().rate(&Rating::of_service(&code)).await;
        let page: RatePage = app.http.get(&fill(paths::API_RATE_SERVICE, &code)).await.expect(200).json();
        assert!(page.already_rated);
    }

    async fn a_service_runs_under_the_profile_in_force_on_its_day(app: &TestApp) {
        let early = EventCreate { served_on: "2019-06-01".to_owned(), ..event("P001", "w01", "539900-001") };
        let reply = app.connector("rs").send(&[early]).await;
        assert_eq!(reply.status, 200, "case 40: never “no rule”: {}", reply.text());
    }

    // clause: Q-09
    async fn what_the_description_requires_of_a_service_is_required_and_what_is_pushed_is_kept(app: &TestApp) {
        let description: serde_json::Value = app.http.get(paths::API_OPENAPI).await.expect(200).json();
        let schema = &description["components"]["schemas"]["EventCreate"];
        let required: Vec<&str> = schema["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        assert_eq!(required, ["project_no", "service_no", "item", "window", "served_on"]);
        let whole = serde_json::to_value(event("P001", "w01", "539900-001")).unwrap();
        for name in whole.as_object().unwrap().keys() {
            assert!(schema["properties"][name]["description"].is_string(), "{name} is described");
        }
        let bearer = format!("Bearer {}", app.connector("rs").key());
        let headers = [("authorization", bearer.as_str())];
        for name in required {
            let mut part = whole.clone();
            part.as_object_mut().unwrap().remove(name);
            let body = serde_json::json!({"events": [part]});
            app.http.post_json(paths::API_EVENTS, &headers, &body).await.expect(400).problem();
        }
        assert_eq!(app.dump().await.count("service_event"), 0);
        for (unit, window, item) in [("rs", "w01", "539900-001"), ("ga", "w03", "539900-005"), ("zr", "w10", "539900-019")] {
            app.connector(unit).push(event("P001", window, item)).await;
        }
        let kept = app.dump().await;
        assert_eq!(kept.count("service_event"), 3);
        app.sql("DELETE FROM service_event").await.unwrap_err();
    }
}
