//! Nobody at a window learns what the citizen pressed: not by counting, not by time, not by a second chair.

use contract::{
    ProblemKind,
    paths::{self, fill},
    place::PlateRow,
    staff::EventCreate,
};
use flow::{rate, source::Source, tickets};
use rules::rating::Input;
use std::collections::BTreeSet;
use store::coverage;
use testkit::{Act, Rating, Reply, Staff, Start, TestApp, event, fresh_key, on_both};

/// A number that no ticket has.
const NONE: &str = "G000-000-000";

fn ids(list: &contract::ticket::Worklist) -> BTreeSet<String> {
    list.rows.iter().map(|row| row.number.clone()).collect()
}

/// What an answer says, but for the id of its request.
fn said(reply: &Reply) -> (u16, String) {
    let text = reply.text();
    let id = reply.header("x-request-id").unwrap_or_default().to_owned();
    (reply.status, text.replace(&id, ""))
}

/// Everything that can be asked of a ticket's number, with what the store was asked meanwhile.
async fn asked(who: &Staff, number: &str) -> Vec<((u16, String), Vec<&'static str>)> {
    let act = Act::assign(&who.id());
    let path = fill(paths::API_TICKET_CONTACT, number);
    let mut all = Vec::new();
    let (reply, reads) = coverage::traced(who.get(&fill(paths::API_TICKET, number))).await;
    all.push((said(&reply), reads));
    let (reply, reads) = coverage::traced(who.try_act(number, 1, &act)).await;
    all.push((said(&reply), reads));
    let (reply, reads) = coverage::traced(who.post(&path, &())).await;
    all.push((said(&reply), reads));
    all
}

async fn push(app: &TestApp, event: &EventCreate) -> Reply {
    app.connector("rs").send(std::slice::from_ref(event)).await
}

/// The first violation's place and code.
fn told(reply: Reply) -> (String, String) {
    let violation = reply.problem().violations.swap_remove(0);
    (violation.field, violation.code)
}

on_both! {
    async fn numbers_of_tickets_do_not_count_and_an_old_one_stays_valid(app: &TestApp) {
        let zhou = app.staff("zhou").await;
        let mut in_order = Vec::new();
        let mut seen = BTreeSet::new();
        for _ in 0..12 {
            app.citizen().rate(&Rating::of_plate(&app.plate("w01")).level(1)).await;
            let now = ids(&zhou.worklist().await);
            in_order.extend(now.difference(&seen).cloned());
            seen = now;
        }
        assert_eq!(in_order.len(), 12);
        for number in &in_order {
            let digits: Vec<&str> = number.strip_prefix('G').unwrap().split('-').collect();
            assert!(digits.len() == 3 && digits.iter().all(|part| part.len() == 3 && part.parse::<u16>().is_ok()), "{number}");
        }
        // One in 479,001,600 is in order by chance, and as many in the opposite one.
        assert!(!in_order.is_sorted() && !in_order.iter().rev().is_sorted(), "{in_order:?}");
        let old = "G20261028-0007";
        app.sql(&format!("UPDATE ticket SET number = '{old}' WHERE number = '{}'", in_order[0])).await.unwrap();
        assert_eq!(zhou.ticket(old).await.number, old);
    }

    async fn whoever_sits_at_a_window_sees_a_new_ticket_once_its_day_is_released_and_others_at_once(app: &TestApp) {
        // Yin serves at window 03, Sun sits at the next one, Duan's unit is another, Zhao's has no window of theirs.
        app.sql("UPDATE staff SET unit = '539900-ga' WHERE id = 'p-zhao'").await.unwrap();
        let app = &app.another(Start::default()).await;
        app.citizen().rate(&Rating::of_plate(&app.plate("w03")).level(1).stated("陈先生", "13900001234")).await;
        let (zhou, zhao, sun, yin) = (app.staff("zhou").await, app.staff("zhao").await, app.staff("sun").await, app.staff("yin").await);
        let number = zhou.only_ticket().await;
        assert_eq!(zhao.only_ticket().await, number, "whoever sits at no window works it at once");
        for seated in [&sun, &yin] {
            assert!(seated.worklist().await.rows.is_empty());
            for (answer, _) in asked(seated, &number).await {
                assert_eq!(answer.0, 404, "{answer:?}");
            }
        }
        // Given to her before, she sees it no earlier.
        zhou.act(&number, &Act::assign(&sun.id())).await;
        sun.get(&fill(paths::API_TICKET, &number)).await.expect(404);
        app.release_until("2026-10-29").await;
        let (sun, yin) = (app.staff("sun").await, app.staff("yin").await);
        assert_eq!(sun.only_ticket().await, number);
        sun.post(&fill(paths::API_TICKET_CONTACT, &number), &()).await.expect(200);
        assert!(yin.worklist().await.rows.is_empty(), "whoever served there never does");
        yin.get(&fill(paths::API_TICKET, &number)).await.expect(404);
        app.close().await;
    }

    async fn what_the_rater_changes_later_reaches_a_seat_no_earlier_but_whoever_is_in_charge(app: &TestApp) {
        let (citizen, key) = (app.citizen(), fresh_key());
        let rating = Rating::of_plate(&app.plate("w03")).level(1);
        app.clock("2026-10-28", 20, 0);
        citizen.send_form(&rating, &key).await;
        app.release_until("2026-10-29").await;
        let (sun, zhou) = (app.staff("sun").await, app.staff("zhou").await);
        let number = sun.only_ticket().await;
        citizen.send_form(&rating.clone().level(2).text("其实还好"), &key).await;
        sun.get(&fill(paths::API_TICKET, &number)).await.expect(404);
        assert!(sun.worklist().await.rows.is_empty());
        assert_eq!(zhou.ticket(&number).await.level.get(), 2);
        zhou.act(&number, &Act::assign(&sun.id())).await;
        assert_eq!(sun.ticket(&number).await.level.get(), 2, "her own work is not taken from her hands");
        assert_eq!(sun.only_ticket().await, number);
    }

    async fn a_name_that_the_business_system_gives_frees_nobody_who_may_have_served(app: &TestApp) {
        // Nobody is known to sit at w02; Sheng sits at the unit's other window and served there that day.
        let mut served = event("P1", "w02", "539900-001");
        served.staff = Some("p-duan".to_owned());
        let code = app.connector("rs").push(served).await;
        app.citizen().rate(&Rating::of_service(&code).level(1)).await;
        app.release_until("2026-10-29").await;
        let number = app.staff("zhou").await.only_ticket().await;
        for login in ["sheng", "duan"] {
            for (answer, _) in asked(&app.staff(login).await, &number).await {
                assert_eq!(answer.0, 404, "{login}: {answer:?}");
            }
        }
    }

    async fn where_a_unit_names_nobody_at_its_windows_each_of_it_may_be_sitting_there(app: &TestApp) {
        app.citizen().rate(&Rating::of_plate(&app.plate("w10")).level(1)).await;
        let number = app.staff("zhou").await.only_ticket().await;
        let tao = app.staff("tao").await;
        assert!(tao.worklist().await.rows.is_empty());
        tao.get(&fill(paths::API_TICKET, &number)).await.expect(404);
        app.release_until("2026-10-29").await;
        assert_eq!(app.staff("tao").await.only_ticket().await, number);
    }

    async fn what_is_hidden_is_asked_and_answered_like_what_is_not_there(app: &TestApp) {
        app.citizen().rate(&Rating::of_plate(&app.plate("w03")).level(1)).await;
        let number = app.staff("zhou").await.only_ticket().await;
        // Rated, at the next window, of another unit with a window and without one.
        for login in ["yin", "sun", "sheng", "duan"] {
            let who = app.staff(login).await;
            let hidden = asked(&who, &number).await;
            let missing = asked(&who, NONE).await;
            assert_eq!(hidden, missing, "{login}");
            assert!(hidden.iter().all(|((status, _), reads)| *status == 404 && !reads.is_empty()));
        }
    }

    async fn case_13_everybody_who_sits_at_the_window_is_kept_from_its_ticket(app: &TestApp) {
        app.sql("UPDATE staff SET win = 'w03' WHERE id = 'p-sun'").await.unwrap();
        let app = &app.another(Start::default()).await;
        let rating = Rating::of_plate(&app.plate("w03")).level(1).stated("陈先生", "13900001234");
        app.citizen().rate(&rating).await;
        app.release_until("2026-10-29").await;
        let zhou = app.staff("zhou").await;
        let number = zhou.only_ticket().await;
        for login in ["yin", "sun"] {
            let who = app.staff(login).await;
            assert!(who.worklist().await.rows.is_empty(), "{login}");
            for (answer, _) in asked(&who, &number).await {
                assert_eq!(answer.0, 404, "{login}");
            }
            zhou.try_act(&number, 1, &Act::assign(&who.id())).await.expect(422);
        }
        // The unit has nobody left: the authority gives it to somebody of another one.
        let choices = zhou.ticket(&number).await.choices;
        assert!(!choices.is_empty() && choices.iter().all(|choice| choice.unit.is_some()), "{choices:?}");
        assert!(choices.iter().any(|choice| choice.id == "p-duan"));
        zhou.act(&number, &Act::assign("p-duan")).await;
        app.close().await;
    }

    async fn where_nobody_is_named_at_a_window_whoever_may_have_served_is_kept_from_its_ticket(app: &TestApp) {
        app.sql("UPDATE staff SET win = NULL WHERE id = 'p-yin'").await.unwrap();
        let app = &app.another(Start::default()).await;
        app.citizen().rate(&Rating::of_plate(&app.plate("w03")).level(2)).await;
        app.release_until("2026-10-29").await;
        assert!(app.staff("sun").await.worklist().await.rows.is_empty(), "she sits at the unit's other window");
        let number = app.staff("yin").await.only_ticket().await;
        app.staff("zhou").await.act(&number, &Act::assign("p-yin")).await;
        app.close().await;
    }

    async fn a_business_system_names_only_staff_of_the_unit_who_serve(app: &TestApp) {
        let named = |staff: &str| EventCreate { staff: Some(staff.to_owned()), ..event("P001", "w01", "539900-001") };
        let before = app.dump().await;
        for other in ["p-zhou", "p-yin"] {
            let refused = told(push(app, &named(other)).await.expect(422));
            assert_eq!(refused, ("/events/0/staff".to_owned(), "staff.does_not_serve".to_owned()), "{other}");
        }
        assert!(app.dump().await.changed(&before).is_empty());
        // Whoever it names is kept from the ticket, and so is whoever sits there, whatever it says.
        let code = app.connector("rs").push(named("p-duan")).await;
        app.citizen().rate(&Rating::of_service(&code).level(1)).await;
        app.release_until("2026-10-29").await;
        let zhou = app.staff("zhou").await;
        let number = zhou.only_ticket().await;
        for login in ["duan", "sheng"] {
            app.staff(login).await.get(&fill(paths::API_TICKET, &number)).await.expect(404);
        }
        // A ticket from before that rule: the authority is not blind to it.
        app.sql("UPDATE ticket SET rated_staff = 'p-zhou'").await.unwrap();
        assert_eq!(zhou.ticket(&number).await.number, number);
        assert_eq!(zhou.only_ticket().await, number);
    }

    async fn staff_get_and_print_the_plates_of_their_own_unit(app: &TestApp) {
        let own = BTreeSet::from(["w03", "w04", "w08"].map(|window| app.plate(window)));
        let (yin, zhou) = (app.staff("yin").await, app.staff("zhou").await);
        let rows: Vec<PlateRow> = yin.get(paths::API_PLATES).await.expect(200).json();
        let seen: BTreeSet<String> = rows.into_iter().map(|row| row.plate).collect();
        assert!(!seen.is_empty() && seen.is_subset(&own.union(&seen).cloned().collect()));
        let all: Vec<PlateRow> = zhou.get(paths::API_PLATES).await.expect(200).json();
        assert_eq!(all.len(), 12);
        let of_unit = |row: &&PlateRow| {
            let plates = app.app.plates();
            let window = &plates.known(&row.plate).unwrap().win;
            app.app.directory().window(window).unwrap().unit == app.unit("ga")
        };
        let expected: BTreeSet<String> = all.iter().filter(of_unit).map(|row| row.plate.clone()).collect();
        assert_eq!(seen, expected);
        let sheets = yin.get(&fill(paths::HALL_SHEETS, "h1")).await.expect(200).text();
        for row in &all {
            let mine = expected.contains(&row.plate);
            let status = if mine { 200 } else { 403 };
            yin.get(&fill(paths::PLATE_SHEET, &row.plate)).await.expect(status);
            yin.get(&fill(paths::API_PLATE_VERSIONS, &row.plate)).await.expect(status);
            assert_eq!(sheets.contains(&row.plate), mine && row.hall == "h1");
        }
    }

    async fn accepting_a_rating_is_the_same_work_for_every_level(app: &TestApp) {
        let zhou = app.staff("zhou").await;
        let entry = rate::Entry::Plate(app.plate("w01"));
        let mut written = BTreeSet::new();
        for level in 1..=5 {
            let input = Input::of_level(level);
            let before = app.dump().await;
            let (sent, reads) = coverage::traced(rate::submit(&app.app, &entry, &input, &fresh_key(), rate::Channel::Api, &Source::default())).await;
            sent.unwrap();
            written.insert((app.dump().await.changed(&before), reads));
        }
        assert_eq!(written.len(), 1, "{written:?}");
        assert!(zhou.worklist().await.rows.is_empty(), "a ticket follows later");
        tickets::follow(&app.app).await.unwrap();
        assert_eq!(zhou.worklist().await.rows.len(), 2);
    }

    async fn a_rating_is_changed_a_few_times_and_never_makes_an_act_of_staff_fail(app: &TestApp) {
        let (citizen, key) = (app.citizen(), fresh_key());
        let rating = |level: i64, text: &str| Rating::of_plate(&app.plate("w01")).level(level).text(text);
        let named = |level: i64, text: &str| rating(level, text).stated("陈先生", "13900001234");
        citizen.send_form(&named(1, "一"), &key).await;
        let (duan, zhou) = (app.staff("duan").await, app.staff("zhou").await);
        let number = zhou.only_ticket().await;
        let seen = zhou.ticket(&number).await.seq;
        citizen.send_form(&named(2, "二"), &key).await;
        zhou.try_act(&number, seen, &Act::assign(&duan.id())).await.expect(200);
        // The call was made before the name was taken back: its note is not lost.
        let seen = duan.ticket(&number).await.seq;
        citizen.send_form(&rating(2, "三"), &key).await;
        let reached = Act::contact(rules::ticket::ContactOutcome::Reached);
        duan.try_act(&number, seen, &reached).await.expect(200);
        citizen.send_form(&rating(5, "四"), &key).await;
        let before = app.dump().await;
        for level in 1..=5 {
            let reply = citizen.send_form(&rating(level, "五"), &key).await.expect(409);
            assert!(reply.text().contains(&crate::problem_title("changed_too_often")), "{}", reply.text());
        }
        assert!(app.dump().await.changed(&before).is_empty());
        let view = duan.ticket(&number).await;
        let kinds: Vec<&str> = view.timeline.iter().map(|entry| entry.kind.as_str()).collect();
        assert_eq!(kinds, ["opened", "amended", "assigned", "identified", "contacted", "amended"]);
        // What somebody else of the staff did is still to be looked at first.
        let problem = zhou.try_act(&number, seen, &Act::assign(&duan.id())).await.expect(409).problem();
        assert_eq!(problem.kind, ProblemKind::Conflict);
    }
}
