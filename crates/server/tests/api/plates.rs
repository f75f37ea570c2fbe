//! Plates: sheets by hall, versions, taking one out of use, putting a new one in its place.

use axum::{body::Body, http::Method};
use contract::{
    ProblemKind,
    paths::{self, fill},
    place::{PlateRow, PlateVersion},
    rate::Receipt,
};
use testkit::{Rating, Reply, Staff, Start, TestApp, fresh_key, on_both};

async fn plates(who: &Staff) -> Vec<PlateRow> {
    who.get(paths::API_PLATES).await.expect(200).json()
}

async fn versions(who: &Staff, plate: &str) -> Vec<PlateVersion> {
    let path = fill(paths::API_PLATE_VERSIONS, plate);
    who.get(&path).await.expect(200).json()
}

async fn revoke(who: &Staff, plate: &str) -> Reply {
    who.post(&fill(paths::API_PLATE_REVOKE, plate), &()).await
}

async fn rotate(who: &Staff, plate: &str) -> Reply {
    who.post(&fill(paths::API_PLATE_ROTATE, plate), &()).await
}

async fn page(app: &TestApp, plate: &str) -> Reply {
    app.http.get(&fill(paths::PLATE, plate)).await
}

/// The rows that a rating would add to.
async fn stored(app: &TestApp) -> [usize; 3] {
    let rows = app.dump().await;
    ["rating_event", "submission", "private"].map(|table| rows.count(table))
}

on_both! {
    // clause: J-13
    async fn a_halls_sheets_are_one_page_for_each_of_its_valid_plates(app: &TestApp) {
        let zhou = app.staff("zhou").await;
        let here: Vec<PlateRow> = plates(&zhou).await.into_iter().filter(|row| row.hall == "h1").collect();
        assert!(here.len() > 2 && here.len() < 12, "{}", here.len());
        revoke(&zhou, &here[0].plate).await.expect(200);
        let reply = zhou.get(&fill(paths::HALL_SHEETS, "h1")).await.expect(200);
        let text = reply.text();
        assert_eq!(text.matches("class=\"sheet\"").count(), here.len() - 1);
        assert_eq!(text.matches("<svg").count(), here.len() - 1);
        assert_eq!(text.matches("class=\"cut cut--").count(), 4 * (here.len() - 1));
        assert_eq!(text.matches("演示 · 请勿张贴").count(), here.len() - 1);
        assert!(!text.contains(&here[0].plate), "a revoked plate is not printed");
        for row in &here[1..] {
            assert!(text.contains(&fill(paths::PLATE, &row.plate)) && text.contains(&row.place.window));
        }
        assert_eq!(text.matches("第1版").count(), here.len() - 1);
        assert!(text.contains("href=\"/plates/hall/h2\""), "the way to the other hall");
        assert!(!text.contains(" style=") && !text.contains("<style"), "the content policy forbids it");
        let handler = app.staff("duan").await;
        handler.get(&fill(paths::HALL_SHEETS, "h1")).await.expect(200);
        zhou.get(&fill(paths::HALL_SHEETS, "nowhere")).await.expect(404);
        let nobody = app.http.get(&fill(paths::HALL_SHEETS, "h1")).await;
        assert_eq!((nobody.status, nobody.header("location")), (303, Some(paths::SIGN_IN)));
    }

    // clause: D-22
    async fn what_hangs_at_the_window_invites_to_rate_and_says_that_nobody_may_press(app: &TestApp) {
        let zhou = app.staff("zhou").await;
        let sheets = zhou.get(&fill(paths::HALL_SHEETS, "h1")).await.expect(200).text();
        for said in ["请您评价本次服务", "五个等级，匿名即可，两步完成", "自愿评价，任何人不得强迫或者干扰"] {
            assert_eq!(sheets.matches(said).count(), 6, "{said}");
        }
        // And the rule behind it, word for word, is open to whoever asks.
        let rules = app.http.get(&fill(paths::PROFILE, "dehong")).await.expect(200).text();
        assert!(rules.contains("评价等级分为“非常满意”“满意”“基本满意”“不满意”“非常不满意”5级"), "{rules}");
    }

    async fn a_rotated_plate_ends_and_the_new_one_works_at_once(app: &TestApp) {
        app.clock("2026-10-29", 10, 0);
        let (zhou, old) = (app.staff("zhou").await, app.plate("w01"));
        let fresh: PlateRow = rotate(&zhou, &old).await.expect(201).json();
        assert_eq!((fresh.version, fresh.made_on.as_deref()), (2, Some("2026-10-29")));
        assert!(fresh.plate != old && fresh.short != app.short_code("w01"));
        page(app, &fresh.plate).await.expect(200);
        app.citizen().rate(&Rating::of_plate(&fresh.plate)).await;
        let sheet = zhou.get(&fill(paths::PLATE_SHEET, &fresh.plate)).await.expect(200).text();
        assert!(sheet.contains("第2版（2026年10月29日制）"), "{sheet}");
        zhou.get(&fill(paths::PLATE_SHEET, &old)).await.expect(404);
        let listed: Vec<String> = plates(&zhou).await.into_iter().map(|row| row.plate).collect();
        assert!(listed.contains(&fresh.plate) && !listed.contains(&old) && listed.len() == 12);
        // The old one says what became of it, and how to go on.
        let gone = page(app, &old).await.expect(410).text();
        assert!(gone.contains("这个二维码牌已经停用") && gone.contains(&fresh.place.hall) && gone.contains("name=\"code\""));
        assert!(!gone.contains(&fresh.plate) && !gone.contains(&fresh.short), "the new one is not given away");
        let problem = app.http.get(&fill(paths::API_RATE_PLATE, &old)).await.expect(410).problem();
        assert_eq!(problem.kind, ProblemKind::Gone);
        // Its typed code leads to the same page, the new one's to the form.
        for (short, to) in [(app.short_code("w01"), &old), (fresh.short.clone(), &fresh.plate)] {
            let reply = app.http.get(&format!("{}?code={short}", paths::FIND)).await.expect(303);
            assert_eq!(reply.header("location"), Some(fill(paths::PLATE, to).as_str()));
        }
        page(app, "nonesuch").await.expect(404);
    }

    async fn a_revoked_plate_stores_nothing_and_keeps_what_was_acknowledged(app: &TestApp) {
        let (zhou, plate) = (app.staff("zhou").await, app.plate("w01"));
        let rating = Rating::of_plate(&plate).level(2).text("太慢").stated("陈先生", "13900001234");
        let (key, form_key) = (fresh_key(), fresh_key());
        let receipt: Receipt = app.citizen().send(&rating, &key).await.expect(201).json();
        app.citizen().send_form(&rating, &form_key).await.expect(200);
        revoke(&zhou, &plate).await.expect(200);
        // The window stays in the list, so that it can be given a new plate.
        let listed: Vec<PlateRow> = plates(&zhou).await.into_iter().filter(|row| row.revoked).collect();
        assert_eq!(listed.iter().map(|row| &row.plate).collect::<Vec<_>>(), [&plate]);
        let before = stored(app).await;
        // A retry whose first answer got lost, the same by the form, and the receipt itself.
        let again: Receipt = app.citizen().send(&rating, &key).await.expect(200).json();
        assert_eq!(again.code, receipt.code);
        app.citizen().send_form(&rating, &form_key).await.expect(200);
        app.http.get(&fill(paths::RECEIPT, &receipt.code)).await.expect(200);
        // Anything else, by either door: another key, another body, nonsense.
        for (rating, key) in [
            (rating.clone(), fresh_key()),
            (Rating::of_plate(&plate).level(5), key.clone()),
            (Rating::of_plate(&plate).level(6), fresh_key()),
            (Rating::of_plate(&plate), "short".to_owned()),
        ] {
            let refused = app.citizen().send(&rating, &key).await.expect(410).problem();
            assert_eq!(refused.kind, ProblemKind::Gone);
            let text = app.citizen().send_form(&rating, &key).await.expect(410).text();
            assert!(text.contains("这个二维码牌已经停用"), "{text}");
        }
        assert_eq!(stored(app).await, before);
    }

    async fn every_version_can_be_found_again_as_it_was_printed(app: &TestApp) {
        let (zhou, first) = (app.staff("zhou").await, app.plate("w01"));
        let printed = plates(&zhou).await.into_iter().find(|row| row.plate == first).unwrap();
        app.sql("UPDATE win SET name = '改名窗口' WHERE code = 'w01'").await.unwrap();
        // A server that starts after the window was renamed.
        let other = app.another(Start::default()).await;
        let there = other.staff("zhou").await;
        assert_eq!(plates(&there).await.into_iter().find(|row| row.plate == first), Some(printed.clone()));
        let second: PlateRow = rotate(&there, &first).await.expect(201).json();
        revoke(&there, &second.plate).await.expect(200);
        let third: PlateRow = rotate(&there, &second.plate).await.expect(201).json();
        assert_eq!(third.place.window, "改名窗口");
        for plate in [&first, &second.plate, &third.plate] {
            let all = versions(&there, plate).await;
            let told: Vec<(i64, &str, &str, &str, bool)> = all
                .iter()
                .map(|one| (one.version, one.plate.as_str(), one.short.as_str(), one.place.window.as_str(), one.revoked))
                .collect();
            assert_eq!(told, [
                (1, first.as_str(), printed.short.as_str(), printed.place.window.as_str(), true),
                (2, second.plate.as_str(), second.short.as_str(), "改名窗口", true),
                (3, third.plate.as_str(), third.short.as_str(), "改名窗口", false),
            ]);
            assert_eq!(all[0].made_by, None);
            assert_eq!(all[1].made_by.as_deref(), Some("p-zhou"));
            assert_eq!(all[0].revoked_by.as_deref(), Some("p-zhou"));
            assert_eq!(all[0].revoked_on.as_deref(), Some("2026-10-28"));
            assert_eq!((&all[2].revoked_on, &all[2].revoked_by), (&None, &None));
        }
        there.get(&fill(paths::API_PLATE_VERSIONS, "nonesuch")).await.expect(404).problem();
        other.close().await;
    }

    async fn another_server_follows_when_it_reads_the_plates_again(app: &TestApp) {
        let (zhou, old) = (app.staff("zhou").await, app.plate("w02"));
        let other = app.another(Start::default()).await;
        let fresh: PlateRow = rotate(&zhou, &old).await.expect(201).json();
        other.app.reload_plates().await.unwrap();
        page(&other, &fresh.plate).await.expect(200);
        page(&other, &old).await.expect(410);
        // What the other did not read yet it learns before it decides.
        let newest: PlateRow = rotate(&zhou, &fresh.plate).await.expect(201).json();
        let there = other.staff("zhou").await;
        rotate(&there, &fresh.plate).await.expect(409);
        revoke(&there, &newest.plate).await.expect(200);
        page(&other, &newest.plate).await.expect(410);
        other.close().await;
    }

    async fn only_the_authority_and_only_from_our_pages_and_only_once(app: &TestApp) {
        let (zhou, plate) = (app.staff("zhou").await, app.plate("w03"));
        for (template, done, window, left) in [
            (paths::API_PLATE_REVOKE, 200, "w04", 0),
            (paths::API_PLATE_ROTATE, 201, "w05", 1),
        ] {
            let before = app.dump().await;
            let path = fill(template, &plate);
            let problem = app.staff("duan").await.post(&path, &()).await.expect(403).problem();
            assert_eq!((problem.kind, problem.reason.as_deref()), (ProblemKind::Forbidden, Some("role_may_not")));
            let bare = [("cookie", zhou.cookie())];
            app.http.send(Method::POST, &path, &bare, Body::empty()).await.expect(400).problem();
            app.http.send(Method::GET, &path, &bare, Body::empty()).await.expect(405);
            zhou.post(&fill(template, "nonesuch"), &()).await.expect(404).problem();
            let after = app.dump().await;
            for table in ["plate", "plate_content", "plate_revocation"] {
                assert_eq!(after.count(table), before.count(table), "{template}");
            }
            // Two clicks on the same button change one thing.
            let one = fill(template, &app.plate(window));
            zhou.post(&one, &()).await.expect(done);
            assert_eq!(zhou.post(&one, &()).await.expect(409).problem().kind, ProblemKind::Conflict);
            let all = versions(&zhou, &app.plate(window)).await;
            assert_eq!(all.iter().filter(|one| !one.revoked).count(), left);
        }
        page(app, &plate).await.expect(200);
    }
}
