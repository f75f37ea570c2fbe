//! Rating: one path for all levels, one rating for one key, one rating for one service.

use crate::problem_title;
use contract::{ProblemKind, figures::Figures, paths, rate::Receipt};
use testkit::{Rating, TestApp, event, fresh_key, on_both};

async fn figures(app: &TestApp) -> Figures {
    app.http.get(paths::API_FIGURES).await.expect(200).json()
}

on_both! {
    // clause: N-25
    async fn all_five_levels_are_accepted_by_the_same_path_and_each_gets_a_receipt(app: &TestApp) {
        let citizen = app.citizen();
        for level in 1..=5 {
            let rating = Rating::of_plate(&app.plate("w01")).level(level);
            let receipt: Receipt = citizen.send(&rating, &fresh_key()).await.expect(201).json();
            assert_eq!(receipt.code.len(), 19);
            assert_eq!(receipt.day, "2026-10-28");
            assert!(!receipt.released);
            let page = citizen.send_form(&rating, &fresh_key()).await.expect(200).text();
            assert!(page.contains("class=\"code\""), "{page}");
        }
        assert_eq!(app.dump().await.count("rating_event"), 10);
    }

    async fn the_same_key_and_body_give_the_same_receipt_again(app: &TestApp) {
        let citizen = app.citizen();
        for level in 1..=5 {
            let (rating, key) = (Rating::of_plate(&app.plate("w02")).level(level).text("一样"), fresh_key());
            let first: Receipt = citizen.send(&rating, &key).await.expect(201).json();
            let again: Receipt = citizen.send(&rating, &key).await.expect(200).json();
            assert_eq!(first, again);
            let form = citizen.send_form(&rating, &key).await.expect(200).text();
            assert!(form.contains(&first.code), "the form's retry finds the same rating");
        }
        assert_eq!(app.dump().await.count("rating_event"), 5);
    }

    async fn another_body_under_the_same_key_is_refused_by_the_api(app: &TestApp) {
        let (citizen, key) = (app.citizen(), fresh_key());
        let rating = Rating::of_plate(&app.plate("w02"));
        citizen.send(&rating.clone().level(1), &key).await.expect(201);
        let changed = [
            rating.clone().level(2),
            rating.clone().level(1).tags(&[108]),
            rating.clone().level(1).text("补充"),
            rating.clone().level(1).stated("陈先生", ""),
            Rating::of_plate(&app.plate("w01")).level(1),
        ];
        for other in changed {
            let problem = citizen.send(&other, &key).await.expect(409).problem();
            assert_eq!(problem.kind, ProblemKind::KeyReused);
        }
        assert_eq!(app.dump().await.count("rating_event"), 1);
    }

    async fn the_form_with_another_body_within_a_day_is_a_new_version_and_figures_count_the_new_one(app: &TestApp) {
        let (citizen, key) = (app.citizen(), fresh_key());
        let rating = Rating::of_plate(&app.plate("w03"));
        let first = citizen.send_form(&rating.clone().level(1), &key).await.expect(200).text();
        app.wait_minutes(60);
        let second = citizen.send_form(&rating.clone().level(4), &key).await.expect(200).text();
        assert_eq!(first, second, "the receipt is the same");
        let dump = app.dump().await;
        assert_eq!((dump.count("rating_event"), dump.count("submission")), (2, 1));
        let today: contract::figures::Today = app.http.get(paths::API_TODAY).await.json();
        assert_eq!(today.ratings, 1, "one person rated");
        app.others_rate("w03", 4).await;
        app.release_until("2026-10-29").await;
        assert_eq!(figures(app).await.windows.counts.levels, [0, 0, 0, 1, 4]);
    }

    async fn a_new_version_after_the_release_moves_the_next_figures(app: &TestApp) {
        let (citizen, key) = (app.citizen(), fresh_key());
        let rating = Rating::of_plate(&app.plate("w03"));
        app.clock("2026-10-28", 16, 0);
        citizen.send_form(&rating.clone().level(5), &key).await.expect(200);
        app.others_rate("w03", 4).await;
        app.release_until("2026-10-29").await;
        assert_eq!(figures(app).await.windows.counts.levels, [0, 0, 0, 0, 5]);
        citizen.send_form(&rating.clone().level(2), &key).await.expect(200);
        app.others_rate("w03", 5).await;
        assert_eq!(figures(app).await.windows.counts.levels, [0, 0, 0, 0, 5]);
        app.release_until("2026-10-30").await;
        assert_eq!(figures(app).await.windows.counts.levels, [0, 1, 0, 0, 9]);
    }

    async fn the_form_with_another_body_after_a_day_is_refused_and_nothing_changes(app: &TestApp) {
        let (citizen, key) = (app.citizen(), fresh_key());
        let rating = Rating::of_plate(&app.plate("w03"));
        citizen.send_form(&rating.clone().level(1), &key).await.expect(200);
        app.wait_minutes(24 * 60 + 1);
        let page = citizen.send_form(&rating.clone().level(4), &key).await.expect(409).text();
        // What was chosen is kept, under a fresh key, and the page says why it was not stored.
        assert!(page.contains(words::by_code("violation", "key.reused").unwrap()), "{page}");
        assert_eq!(page.matches(" checked").count(), 1, "{page}");
        assert!(page.contains("name=\"key\"") && !page.contains(&key), "{page}");
        citizen.send_form(&rating.clone().level(1), &key).await.expect(200);
        assert_eq!(app.dump().await.count("rating_event"), 1);
    }

    async fn a_key_of_one_window_changes_nothing_at_another(app: &TestApp) {
        let (citizen, key) = (app.citizen(), fresh_key());
        // Both windows are of one unit.
        citizen.send_form(&Rating::of_plate(&app.plate("w01")).level(1), &key).await.expect(200);
        citizen.send_form(&Rating::of_plate(&app.plate("w02")).level(5), &key).await.expect(409);
        assert_eq!(app.dump().await.count("rating_event"), 1);
    }

    // clause: N-57
    async fn case_02_eight_requests_with_one_key_at_the_same_instant_leave_one_rating(app: &TestApp) {
        let (citizen, key) = (app.citizen(), fresh_key());
        let rating = Rating::of_plate(&app.plate("w01")).level(1);
        let sending: Vec<_> = (0..8)
            .map(|_| {
                let (citizen, rating, key) = (citizen.clone(), rating.clone(), key.clone());
                tokio::spawn(async move { citizen.send(&rating, &key).await })
            })
            .collect();
        let mut statuses = Vec::new();
        let mut receipts = Vec::new();
        for one in sending {
            let reply = one.await.unwrap();
            statuses.push(reply.status);
            receipts.push(reply.json::<Receipt>().code);
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
        receipts.dedup();
        assert_eq!(receipts.len(), 1, "the losers get the stored result");
        let dump = app.dump().await;
        assert_eq!((dump.count("rating_event"), dump.count("ticket")), (1, 1));
    }

    // clause: N-26, D-03
    async fn case_01_a_service_is_rated_once_and_the_second_is_told_so(app: &TestApp) {
        let citizen = app.citizen();
        let code = app.connector("rs").push(event("P001", "w02", "539900-001")).await;
        let rating = Rating::of_service(&code);
        citizen.send(&rating.clone().level(2), &fresh_key()).await.expect(201);
        let problem = citizen.send(&rating.clone().level(5), &fresh_key()).await.expect(409).problem();
        assert_eq!(problem.kind, ProblemKind::AlreadyRated);
        let page = citizen.send_form(&rating.level(5), &fresh_key()).await.expect(409).text();
        assert!(page.contains(&problem_title("already_rated")), "{page}");
        let page = app.http.get(&paths::fill(paths::SERVICE, &code)).await.expect(200).text();
        assert!(page.contains(words::Key::RATE_ALREADY_TITLE.text()), "{page}");
        let main = page.split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap();
        assert!(!main.contains("method=\"post\""), "there is no form any more");
        assert_eq!(app.dump().await.count("rating_event"), 1);
    }

    // clause: N-24, J-13, J-18
    async fn a_service_of_some_days_ago_can_still_be_rated(app: &TestApp) {
        let code = app.connector("rs").push(event("P001", "w02", "539900-001")).await;
        app.release_until("2026-11-05").await;
        app.citizen().rate(&Rating::of_service(&code).level(3)).await;
        app.others_are_served(4).await;
        app.release_until("2026-11-06").await;
        assert_eq!(figures(app).await.events.counts.levels, [0, 0, 1, 0, 4]);
    }

    async fn case_09_a_window_without_a_case_is_rated_and_never_summed_with_services(app: &TestApp) {
        let citizen = app.citizen();
        let code = app.connector("rs").push(event("P001", "w02", "539900-001")).await;
        citizen.rate(&Rating::of_service(&code).level(5)).await;
        citizen.rate(&Rating::of_plate(&app.plate("w02")).level(1)).await;
        app.others_are_served(4).await;
        app.others_rate("w02", 5).await;
        app.release_until("2026-10-29").await;
        let figures = figures(app).await;
        assert_eq!(figures.events.counts.levels, [0, 0, 0, 0, 5]);
        assert_eq!(figures.windows.counts.levels, [1, 0, 0, 0, 5]);
        assert_eq!(app.dump().await.count("ticket"), 1, "a bad rating of a window opens a ticket too");
    }

    // clause: N-06, N-07
    async fn case_29_a_bad_rating_without_tag_and_text_by_nobody_in_particular_is_accepted(app: &TestApp) {
        app.citizen().rate(&Rating::of_plate(&app.plate("w01")).level(1)).await;
        assert_eq!(app.dump().await.count("ticket"), 1);
    }

    async fn case_37_a_rating_late_on_saturday_is_of_saturday_and_its_first_day_is_monday(app: &TestApp) {
        app.release_until("2026-10-31").await;
        app.clock("2026-10-31", 23, 59);
        let (receipt, _) = app.citizen().rate(&Rating::of_plate(&app.plate("w01")).level(1)).await;
        assert_eq!(receipt.day, "2026-10-31");
        let zhou = app.staff("zhou").await;
        let ticket = zhou.ticket(&zhou.only_ticket().await).await;
        assert_eq!(ticket.opened_on, "2026-10-31");
        let rectify = ticket.dues.iter().find(|due| due.clock == rules::profile::Clock::Rectify).unwrap();
        let first = rectify.steps.iter().find(|step| step.n == Some(1)).unwrap();
        assert_eq!(rules::date::iso(first.date), "2026-11-02");
    }

    // clause: N-06
    async fn case_66_opening_the_page_and_choosing_nothing_is_no_rating(app: &TestApp) {
        let before = app.dump().await;
        let page = app.http.get(&paths::fill(paths::PLATE, &app.plate("w01"))).await.expect(200).text();
        assert!(!page.contains(" checked"), "nothing is preselected");
        assert!(app.dump().await.changed(&before).is_empty());
    }

    async fn the_figures_tell_real_names_apart(app: &TestApp) {
        let citizen = app.citizen();
        let rating = Rating::of_plate(&app.plate("w01")).level(2);
        citizen.rate(&rating).await;
        citizen.rate(&rating.clone().stated("陈先生", "13900001234")).await;
        app.others_rate("w01", 3).await;
        app.release_until("2026-10-29").await;
        let counts = figures(app).await.windows.counts;
        assert_eq!((counts.levels, counts.real_name), ([0, 2, 0, 0, 3], 1));
    }
}
