//! Following a rating, and what is left of it when its private rows are gone.

use axum::{body::Body, http::Method};
use contract::{
    figures::Figures,
    follow::FollowPage,
    paths::{self, fill},
    ticket::TicketView,
};
use flow::tickets;
use rules::{
    can::Action,
    ticket::{ContactOutcome, RevisitOutcome, State},
};
use testkit::{Act, Rating, TestApp, fresh_key, on_both};

fn typed(app: &TestApp) -> Rating {
    Rating::of_plate(&app.plate("w01"))
        .level(1)
        .tags(&[109])
        .text("材料清单没有写要复印件")
        .stated("陈先生", "13900001234")
}

/// From the worklist to the end; gives the ticket's number.
async fn worked_to_its_end(app: &TestApp) -> String {
    let (zhou, duan) = (app.staff("zhou").await, app.staff("duan").await);
    let number = zhou.only_ticket().await;
    zhou.act(&number, &Act::assign(&duan.id())).await;
    duan.act(&number, &Act::contact(ContactOutcome::Reached))
        .await;
    duan.act(&number, &Act::write(Action::Rectify, "更新了清单"))
        .await;
    duan.act(
        &number,
        &Act::write(Action::Answer, "已经整改，再来只带身份证"),
    )
    .await;
    zhou.act(&number, &Act::revisit(RevisitOutcome::Satisfied))
        .await;
    zhou.act(&number, &Act::close()).await;
    number
}

on_both! {
    async fn the_follow_up_code_is_given_to_the_phone_that_sent_and_for_a_day(app: &TestApp) {
        let phone = app.citizen().from("203.0.113.9").with_device(&app.plate("w01")).await;
        let (receipt, key) = phone.rate(&typed(app)).await;
        let clerk = app.citizen().from("203.0.113.9");
        let own = clerk.with_device(&app.plate("w01")).await;
        for other in [app.citizen(), clerk, own] {
            other.ask(&receipt.code, &key).await.expect(404);
        }
        phone.ask(&receipt.code, &key).await.expect(200);
        app.wait_minutes(24 * 60 - 1);
        phone.ask(&receipt.code, &key).await.expect(200);
        app.wait_minutes(2);
        phone.ask(&receipt.code, &key).await.expect(404);
    }

    async fn the_receipt_alone_does_not_give_the_follow_up_code(app: &TestApp) {
        let citizen = app.citizen();
        let (receipt, key) = citizen.rate(&typed(app)).await;
        let (other, other_key) = citizen.rate(&typed(app)).await;
        citizen.ask(&receipt.code, &fresh_key()).await.expect(404);
        citizen.ask(&receipt.code, &other_key).await.expect(404);
        citizen.ask(&receipt.code, "").await.expect(404);
        citizen.ask(&other.code, &key).await.expect(404);
        citizen.ask(&receipt.code.to_lowercase(), &key).await.expect(200);
        let form = |receipt: &str, key: &str| format!("receipt={receipt}&key={key}");
        app.http.post_form(paths::FOLLOW_ASK, form(&receipt.code, &other_key)).await.expect(404);
        let page = app.http.post_form(paths::FOLLOW_ASK, form(&receipt.code, &key)).await.expect(200).text();
        assert!(page.contains("href=\"/f/"), "{page}");
        // Nor does one code serve as the other.
        app.http.get(&fill(paths::FOLLOW, &receipt.code)).await.expect(404);
        app.http.get(&fill(paths::API_FOLLOW, &receipt.code)).await.expect(404);
        let (_, follow) = citizen.rate_and_follow(&typed(app)).await;
        app.http.get(&fill(paths::RECEIPT, &follow)).await.expect(404);
        app.http.get(&fill(paths::API_RECEIPT, &follow)).await.expect(404);
        citizen.ask(&follow, &key).await.expect(404);
    }

    // clause: N-40, N-53, Q-21
    async fn the_follow_up_code_shows_progress_dates_and_the_answer_after_the_release(app: &TestApp) {
        let citizen = app.citizen();
        let (_, follow) = citizen.rate_and_follow(&typed(app)).await;
        let fine = Rating::of_plate(&app.plate("w06")).level(5);
        let (_, of_a_good_one) = citizen.rate_and_follow(&fine).await;
        assert_eq!(citizen.follow(&follow).await.outcome, None);
        app.release_until("2026-10-29").await;
        let open = citizen.follow(&follow).await.outcome.unwrap().ticket.unwrap();
        assert_eq!((open.state, open.answer), (State::ToAssign, None));
        assert_eq!(open.steps.iter().map(|step| step.kind.as_str()).collect::<Vec<_>>(), ["opened"]);
        let due = open.dues.iter().find(|due| due.clock == rules::profile::Clock::Rectify).unwrap();
        assert_eq!(due.due.as_deref(), Some("2026-11-18"));
        worked_to_its_end(app).await;
        let page: FollowPage = citizen.follow(&follow).await;
        let ticket = page.outcome.unwrap().ticket.unwrap();
        assert_eq!(ticket.state, State::Closed);
        assert_eq!(ticket.answer.as_deref(), Some("已经整改，再来只带身份证"));
        let kinds: Vec<&str> = ticket.steps.iter().map(|step| step.kind.as_str()).collect();
        assert_eq!(kinds, ["opened", "assigned", "contacted", "rectified", "answered", "revisited", "closed"]);
        let html = app.http.get(&fill(paths::FOLLOW, &follow)).await.expect(200).text();
        assert!(html.contains("已经整改，再来只带身份证") && html.contains("2026-11-18"), "{html}");
        for secret in ["段秀兰", "盛明", "周正", "陈先生", "13900001234"] {
            assert!(!html.contains(secret), "no names on this page: {secret}");
        }
        let good = citizen.follow(&of_a_good_one).await.outcome.unwrap();
        assert_eq!((good.level.get(), good.ticket), (5, None));
    }

    async fn the_rater_reads_what_came_of_a_call_and_that_an_explanation_is_one(app: &TestApp) {
        let citizen = app.citizen();
        let (_, follow) = citizen.rate_and_follow(&typed(app)).await;
        let duan = app.staff("duan").await;
        let number = duan.only_ticket().await;
        app.release_until("2026-10-31").await;
        let page = async || app.http.get(&fill(paths::FOLLOW, &follow)).await.expect(200).text();
        assert!(page().await.contains("应于2026年10月29日前完成，已超期"));
        let duan = app.staff("duan").await;
        duan.act(&number, &Act::assign(&duan.id())).await;
        duan.act(&number, &Act::contact(ContactOutcome::NoAnswer)).await;
        duan.act(&number, &Act::write(Action::Explain, "规定要原件")).await;
        let told = page().await;
        for text in ["已于2026年10月31日联系，无人接听，晚于期限", "已于2026年10月31日解释说明", "联系评价人：无人接听"] {
            assert!(told.contains(text), "{text}: {told}");
        }
        assert!(!told.contains("完成整改") && !told.contains("已超期"), "{told}");
        let steps = citizen.follow(&follow).await.outcome.unwrap().ticket.unwrap().steps;
        assert_eq!(steps[2].outcome.as_deref(), Some("no_answer"));
        assert_eq!(steps[3].outcome, None);
    }

    async fn a_follow_up_code_that_was_written_down_is_typed_where_windows_are_found(app: &TestApp) {
        let (receipt, follow) = app.citizen().rate_and_follow(&typed(app)).await;
        let there = fill(paths::FOLLOW, &follow);
        let before = app.dump().await;
        let find = async |code: &str| app.http.get(&format!("{}?code={code}", paths::FIND)).await;
        let bare = follow.replace('-', "");
        let apart = follow.to_lowercase().replace('-', "+");
        let looks = follow.replace('0', "O").replace('1', "l");
        for written in [follow.clone(), bare, apart, looks, format!("%20{follow}%20")] {
            let reply = find(&written).await.expect(303);
            assert_eq!(reply.header("location"), Some(there.as_str()), "{written}");
        }
        app.http.get(&there).await.expect(200);
        // One letter short, one of nobody, and the receipt's, which opens nothing.
        for wrong in [&follow[1..], "0000-0000-0000-0000", receipt.as_str()] {
            let page = find(wrong).await.expect(404).text();
            assert!(page.contains("没有找到这个跟踪码") && page.contains("name=\"code\""), "{page}");
        }
        assert!(app.dump().await.changed(&before).is_empty(), "reading is all it does");
    }

    async fn an_anonymous_rater_reads_that_nobody_can_call_and_no_term_for_it(app: &TestApp) {
        let anonymous = Rating::of_plate(&app.plate("w01")).level(2);
        let (_, follow) = app.citizen().rate_and_follow(&anonymous).await;
        app.release_until("2026-10-29").await;
        let page = app.http.get(&fill(paths::FOLLOW, &follow)).await.expect(200).text();
        let contact = page.split("<h3>").find(|part| part.starts_with("首次联系")).unwrap();
        assert!(contact.contains("匿名评价，无法联系"), "{contact}");
        assert!(!contact.contains("没有规定期限") && !contact.contains("依据"), "{contact}");
    }

    async fn the_follow_up_code_is_the_same_however_often_it_is_asked_for(app: &TestApp) {
        let citizen = app.citizen();
        let before = app.dump().await.count("code");
        let rating = Rating::of_plate(&app.plate("w01")).level(1);
        let (receipt, key) = citizen.rate(&rating).await;
        assert_eq!(app.dump().await.count("code"), before + 1, "nobody has asked yet");
        let ask = || async { citizen.ask(&receipt.code, &key).await.expect(200).json::<contract::follow::FollowCode>().code };
        let code = ask().await;
        assert_eq!(ask().await, code);
        assert_eq!(app.dump().await.count("code"), before + 2);
        citizen.follow(&code).await;
    }

    async fn deleting_the_private_rows_leaves_every_fold_figure_and_page_valid(app: &TestApp) {
        let citizen = app.citizen();
        let (receipt, follow) = citizen.rate_and_follow(&typed(app)).await;
        let number = worked_to_its_end(app).await;
        app.release_until("2026-10-29").await;
        let zhou = app.staff("zhou").await;
        let before: TicketView = zhou.ticket(&number).await;
        assert_eq!(before.text.as_deref(), Some("材料清单没有写要复印件"));
        let figures: Figures = app.http.get(paths::API_FIGURES).await.json();
        app.sql("DELETE FROM private").await.unwrap();
        assert_eq!(app.dump().await.count("private"), 0);
        let after: TicketView = zhou.ticket(&number).await;
        assert_eq!(after.text, None);
        assert!(after.timeline.iter().all(|entry| entry.text.is_none()));
        let gone = |view: &TicketView| TicketView {
            text: None,
            timeline: view.timeline.iter().map(|one| contract::ticket::TimelineEntry { text: None, ..one.clone() }).collect(),
            ..view.clone()
        };
        assert_eq!(gone(&before), after, "only the texts are gone");
        let page = citizen.follow(&follow).await.outcome.unwrap().ticket.unwrap();
        assert_eq!((page.state, page.answer), (State::Closed, None));
        for address in [fill(paths::FOLLOW, &follow), fill(paths::RECEIPT, &receipt), paths::HOME.to_owned()] {
            app.http.get(&address).await.expect(200);
        }
        assert_eq!(tickets::rebuild(&app.app).await.unwrap(), 0, "every fold is as it was");
        assert_eq!(app.http.get(paths::API_FIGURES).await.json::<Figures>(), figures);
        app.release_until("2026-10-30").await;
        let next: Figures = app.http.get(paths::API_FIGURES).await.json();
        assert_eq!(next.windows, figures.windows);
        // A retry of the very first request still finds its rating.
        citizen.send(&typed(app), &fresh_key()).await.expect(201);
    }

    // clause: N-60, Q-31
    async fn append_only_rows_hold_no_word_name_or_number_of_a_person(app: &TestApp) {
        app.citizen().rate(&typed(app)).await;
        worked_to_its_end(app).await;
        let dump = app.dump().await;
        for secret in ["材料清单没有写", "陈先生", "13900001234", "再来只带身份证", "更新了清单"] {
            assert_eq!(dump.find(secret), None, "{secret}");
        }
        assert!(dump.count("private") >= 4);
        for table in ["rating_event", "ticket_event", "rollup", "lane_batch"] {
            app.sql(&format!("DELETE FROM {table}")).await.unwrap_err();
        }
    }

    async fn an_overwritten_row_of_the_worklist_is_restored_from_the_events(app: &TestApp) {
        let citizen = app.citizen();
        citizen.rate(&typed(app)).await;
        let (zhou, duan) = (app.staff("zhou").await, app.staff("duan").await);
        let number = zhou.only_ticket().await;
        zhou.act(&number, &Act::assign(&duan.id())).await;
        citizen.rate(&Rating::of_plate(&app.plate("w03")).level(2)).await;
        let right = app.dump().await;
        let mut row = app.app.store().ticket_by_number(&number).await.unwrap().unwrap();
        row.state = "closed".to_owned();
        row.handler = Some("p-nobody".to_owned());
        row.due = None;
        row.closed_on = Some("2020-01-01".to_owned());
        row.level = 5;
        row.identity = "anonymous".to_owned();
        row.last_seq = 99;
        app.app.store().put_ticket_projection(row, &[]).await.unwrap();
        assert_eq!(app.dump().await.changed(&right), ["ticket"]);
        assert_eq!(tickets::rebuild(&app.app).await.unwrap(), 1);
        assert!(app.dump().await.changed(&right).is_empty());
        assert_eq!(tickets::rebuild(&app.app).await.unwrap(), 0);
    }

    async fn without_script_the_receipt_has_an_address_and_the_code_is_given_once_to_who_sent(app: &TestApp) {
        let mut seen = std::collections::BTreeSet::new();
        for level in [1, 5] {
            let rating = Rating::of_plate(&app.plate("w01")).level(level).stated("陈先生", "13900001234");
            let key = fresh_key();
            let sent = app.http.post_form(&rating.page(), rating.form(&key)).await.expect(303);
            assert!(sent.bytes.is_empty());
            let to = sent.header("location").unwrap().to_owned();
            assert!(to.starts_with("/receipt/") && !to.contains(&key), "{to}");
            let cookie = sent.header("set-cookie").unwrap().to_owned();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Max-Age=300"));
            let cookie = cookie.split(';').next().unwrap().to_owned();
            seen.insert((sent.headers.len(), cookie.len(), to.len()));
            let with = [("cookie", cookie.as_str())];
            let code = to.trim_start_matches("/receipt/").to_owned();
            // Reloaded, in another language, after going back: it is a page like any other.
            for _ in 0..2 {
                let page = app.http.send(Method::GET, &to, &with, Body::empty()).await.expect(200).text();
                assert!(page.contains("action=\"/follow\"") && page.contains(&code) && !page.contains(&key), "{page}");
            }
            let shown_around = app.http.get(&to).await.expect(200).text();
            assert!(!shown_around.contains("action=\"/follow\""));
            let ask = format!("receipt={code}");
            let form = [("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html")];
            app.http.send(Method::POST, paths::FOLLOW_ASK, &form, ask.clone()).await.expect(404);
            let form = [form[0], form[1], with[0]];
            let told = app.http.send(Method::POST, paths::FOLLOW_ASK, &form, ask).await.expect(200);
            let over = told.header("set-cookie").unwrap();
            assert!(over.starts_with("asking=;") && over.contains("Max-Age=0"), "{over}");
        }
        assert_eq!(seen.len(), 1, "the same answer for every level");
    }

    async fn nothing_of_a_rating_stands_in_the_form_for_whoever_comes_next(app: &TestApp) {
        let page = app.http.get(&fill(paths::PLATE, &app.plate("w01"))).await.expect(200);
        assert_eq!(page.header("cache-control"), Some("no-store"));
        let page = page.text();
        // A browser that goes back puts in what was typed, but where it is told not to keep it.
        assert!(page.contains("novalidate autocomplete=\"off\""), "{page}");
        assert_eq!(page.matches("autocomplete=\"off\"").count(), 3, "the form, the name, the phone");
    }
}
