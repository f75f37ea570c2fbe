//! Tickets: a whole life, who may do what, and what is refused.

use contract::{
    ProblemKind,
    paths::{self, fill},
    ticket::{Contact, DueView, TicketView, Worklist},
};
use rules::{
    can::{Action, Reason},
    profile::{Basis, Clock},
    rating::Identity,
    ticket::{ContactOutcome, Met, NoDue, RevisitOutcome, State},
};
use testkit::{Act, Rating, Reply, Staff, Start, TestApp, fresh_key, on_both};

fn stated(app: &TestApp) -> Rating {
    Rating::of_plate(&app.plate("w01"))
        .level(1)
        .text("来回跑了两趟")
        .stated("陈先生", "13900001234")
}

fn anonymous(app: &TestApp) -> Rating {
    Rating::of_plate(&app.plate("w01")).level(2)
}

/// Duan works in the unit of window 01, where Sheng sits alone; Zhou is the authority; Yin is elsewhere.
struct People {
    sheng: Staff,
    duan: Staff,
    yin: Staff,
    zhou: Staff,
}

async fn people(app: &TestApp) -> People {
    People {
        sheng: app.staff("sheng").await,
        duan: app.staff("duan").await,
        yin: app.staff("yin").await,
        zhou: app.staff("zhou").await,
    }
}

fn due(view: &TicketView, clock: Clock) -> DueView {
    view.dues
        .iter()
        .find(|due| due.clock == clock)
        .cloned()
        .unwrap_or_else(|| panic!("no clock {clock:?}"))
}

fn why_not(view: &TicketView, action: Action) -> Option<Reason> {
    view.actions
        .iter()
        .find(|one| one.action == action)
        .unwrap_or_else(|| panic!("{action:?}"))
        .reason
}

fn refused(reply: Reply, reason: &str) {
    let problem = reply.expect(403).problem();
    assert_eq!(
        (problem.kind, problem.reason.as_deref()),
        (ProblemKind::Forbidden, Some(reason))
    );
}

on_both! {
    // clause: N-34, N-35, N-41, Q-16, D-13
    // clause: N-11, J-05b, J-19a
    async fn a_ticket_of_a_named_rater_lives_from_the_rating_to_the_closing(app: &TestApp) {
        let People { duan, zhou, .. } = people(app).await;
        app.citizen().rate(&stated(app)).await;
        let list = duan.worklist().await;
        assert_eq!(list.today, "2026-10-28");
        assert_eq!((list.rows[0].due.as_deref(), list.rows[0].days_left), (Some("2026-10-29"), Some(1)));
        let number = list.rows[0].number.clone();
        assert!(number.starts_with('G') && number.len() == 12, "{number}");

        let view = duan.ticket(&number).await;
        assert_eq!((view.state, view.level.get(), view.seq), (State::ToAssign, 1, 1));
        assert_eq!(view.text.as_deref(), Some("来回跑了两趟"));
        assert_eq!(due(&view, Clock::Contact).due.as_deref(), Some("2026-10-29"));
        let rectify = due(&view, Clock::Rectify);
        assert_eq!(rectify.due.as_deref(), Some("2026-11-18"));
        assert!(!rectify.provisional);
        assert_eq!(rectify.profile, "dehong@2020");
        let Basis::Stated { document, words, .. } = &rectify.basis else { panic!("{:?}", rectify.basis) };
        assert!(document.contains("德宏州") && words.contains("15个工作日"));
        assert_eq!(rectify.steps.iter().filter_map(|step| step.n).max(), Some(15));
        assert_eq!(rectify.steps.iter().filter(|step| !step.counted).count(), 6, "three weekends");

        let own = async || -> Worklist { duan.get("/api/v1/tickets?mine=1").await.expect(200).json() };
        assert_eq!(own().await.rows, [], "nobody's yet");
        zhou.act(&number, &Act::assign(&duan.id())).await;
        assert_eq!(own().await.rows.len(), 1);
        duan.get("/api/v1/tickets?mine=yes").await.expect(400);
        let view = duan.act(&number, &Act::contact(ContactOutcome::Reached)).await;
        assert_eq!(view.state, State::Verifying);
        assert_eq!(due(&view, Clock::Contact).done_on.as_deref(), Some("2026-10-28"));
        let contact: Contact = duan.post(&fill(paths::API_TICKET_CONTACT, &number), &()).await.expect(200).json();
        assert_eq!((contact.name.as_deref(), contact.phone.as_deref()), (Some("陈先生"), Some("13900001234")));
        app.release_until("2026-11-02").await;
        let view = app.staff("duan").await.act(&number, &Act::write(Action::Rectify, "更新了清单")).await;
        assert_eq!(view.state, State::ToAnswer);
        assert_eq!(due(&view, Clock::Rectify).done_on.as_deref(), Some("2026-11-02"));
        let duan = app.staff("duan").await;
        duan.act(&number, &Act::write(Action::Answer, "已经整改")).await;
        refused(duan.try_act(&number, 5, &Act::revisit(RevisitOutcome::Satisfied)).await, "role_may_not");
        let zhou = app.staff("zhou").await;
        zhou.act(&number, &Act::revisit(RevisitOutcome::Satisfied)).await;
        let view = zhou.act(&number, &Act::close()).await;
        assert_eq!((view.state, view.seq), (State::Closed, 7));
        assert!(view.actions.iter().all(|one| one.reason.is_some()), "nothing is left to do");
        let kinds: Vec<&str> = view.timeline.iter().map(|entry| entry.kind.as_str()).collect();
        assert_eq!(kinds, ["opened", "assigned", "contacted", "rectified", "answered", "revisited", "closed"]);
        assert_eq!(view.timeline[4].text.as_deref(), Some("已经整改"));
        assert!(zhou.worklist().await.rows.is_empty());
        let closed = zhou.get("/api/v1/tickets?state=closed").await.expect(200).text();
        assert!(closed.contains(&number));
    }

    // clause: N-38, Q-19, J-19e
    async fn case_30_an_anonymous_rater_is_neither_called_nor_revisited(app: &TestApp) {
        let People { duan, zhou, .. } = people(app).await;
        app.citizen().rate(&anonymous(app)).await;
        let number = zhou.only_ticket().await;
        let view = zhou.act(&number, &Act::assign(&duan.id())).await;
        assert_eq!(view.state, State::Verifying);
        let view = duan.ticket(&number).await;
        for action in [Action::Contact, Action::Revisit, Action::RevealContact] {
            assert_eq!(why_not(&view, action), Some(Reason::AnonymousRater), "{action:?}");
        }
        refused(duan.try_act(&number, 2, &Act::contact(ContactOutcome::Reached)).await, "anonymous_rater");
        refused(zhou.try_act(&number, 2, &Act::revisit(RevisitOutcome::Satisfied)).await, "anonymous_rater");
        refused(duan.post(&fill(paths::API_TICKET_CONTACT, &number), &()).await, "anonymous_rater");
        duan.act(&number, &Act::write(Action::Explain, "规定要原件")).await;
        let view = duan.act(&number, &Act::write(Action::Answer, "说明如下")).await;
        assert_eq!(view.state, State::ToClose);
        assert_eq!(duan.act(&number, &Act::close()).await.state, State::Closed);
    }

    async fn a_clock_says_what_met_it_and_how_late_it_is(app: &TestApp) {
        let People { duan, zhou, .. } = people(app).await;
        app.citizen().rate(&stated(app)).await;
        let number = zhou.only_ticket().await;
        let new = due(&zhou.ticket(&number).await, Clock::Contact);
        assert_eq!((new.overdue, new.done_as, new.reason_none), (false, None, None));
        zhou.act(&number, &Act::assign(&duan.id())).await;
        app.clock("2026-10-29", 23, 59);
        assert!(!due(&app.staff("duan").await.ticket(&number).await, Clock::Contact).overdue, "due today");
        app.clock("2026-10-30", 0, 1);
        let duan = app.staff("duan").await;
        let late = duan.ticket(&number).await;
        assert!(due(&late, Clock::Contact).overdue && !due(&late, Clock::Rectify).overdue);
        let called = due(&duan.act(&number, &Act::contact(ContactOutcome::NoAnswer)).await, Clock::Contact);
        assert_eq!((called.overdue, called.done_as), (false, Some(Met::NoAnswer)));
        let again = due(&duan.act(&number, &Act::contact(ContactOutcome::Reached)).await, Clock::Contact);
        assert_eq!(again.done_as, Some(Met::NoAnswer), "it was the first call that met the duty");
        let explained = duan.act(&number, &Act::write(Action::Explain, "规定要原件")).await;
        assert_eq!(due(&explained, Clock::Rectify).done_as, Some(Met::Explained));
    }

    async fn the_contact_of_an_anonymous_rater_has_no_date_and_says_why(app: &TestApp) {
        app.citizen().rate(&anonymous(app)).await;
        let zhou = app.staff("zhou").await;
        let view = zhou.ticket(&zhou.only_ticket().await).await;
        let contact = due(&view, Clock::Contact);
        assert_eq!((contact.due, contact.reason_none), (None, Some(NoDue::AnonymousRater)));
    }

    async fn what_is_shown_as_allowed_is_allowed_and_nothing_else(app: &TestApp) {
        let People { duan, zhou, .. } = people(app).await;
        app.citizen().rate(&stated(app)).await;
        let number = zhou.only_ticket().await;
        let acts = [
            (Action::Assign, Act::bare(Action::Assign)),
            (Action::Contact, Act::bare(Action::Contact)),
            (Action::Rectify, Act::bare(Action::Rectify)),
            (Action::Explain, Act::bare(Action::Explain)),
            (Action::Answer, Act::bare(Action::Answer)),
            (Action::Revisit, Act::bare(Action::Revisit)),
        ];
        for who in [&duan, &zhou] {
            let view = who.ticket(&number).await;
            for (action, act) in &acts {
                // Without handler, outcome or text an allowed action is 422: permitted, and incomplete.
                let expected = if why_not(&view, *action).is_some() { 403 } else { 422 };
                who.try_act(&number, view.seq, act).await.expect(expected);
            }
        }
        refused(duan.try_act(&number, 1, &Act::write(Action::Answer, "早了")).await, "not_yet_assigned");
        refused(zhou.try_act(&number, 1, &Act::close()).await, "not_yet_assigned");
    }

    async fn a_stale_sequence_number_is_a_conflict_and_changes_nothing(app: &TestApp) {
        let People { duan, zhou, .. } = people(app).await;
        app.citizen().rate(&stated(app)).await;
        let number = zhou.only_ticket().await;
        zhou.act(&number, &Act::assign(&duan.id())).await;
        let before = app.dump().await;
        for seq in [0, 1, 3, -1, i64::MAX] {
            let problem = zhou.try_act(&number, seq, &Act::assign(&duan.id())).await.expect(409).problem();
            assert_eq!(problem.kind, ProblemKind::Conflict, "{seq}");
        }
        assert!(app.dump().await.changed(&before).is_empty());
    }

    async fn of_two_who_act_at_the_same_instant_one_is_told_to_look_again(app: &TestApp) {
        let People { duan, zhou, .. } = people(app).await;
        app.citizen().rate(&stated(app)).await;
        let number = zhou.only_ticket().await;
        let assign = Act::assign(&duan.id());
        let (one, two) = tokio::join!(zhou.try_act(&number, 1, &assign), duan.try_act(&number, 1, &assign));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        assert_eq!(zhou.ticket(&number).await.seq, 2);
    }

    async fn a_ticket_of_another_unit_does_not_exist(app: &TestApp) {
        let People { yin, zhou, .. } = people(app).await;
        app.citizen().rate(&stated(app)).await;
        let number = zhou.only_ticket().await;
        assert!(yin.worklist().await.rows.is_empty());
        for path in [fill(paths::API_TICKET, &number), fill(paths::API_TICKET, "G20200101-0001")] {
            assert_eq!(yin.get(&path).await.expect(404).problem().kind, ProblemKind::NotFound);
        }
        yin.try_act(&number, 1, &Act::assign(&yin.id())).await.expect(404);
        yin.post(&fill(paths::API_TICKET_CONTACT, &number), &()).await.expect(404);
    }

    async fn the_rated_person_neither_sees_nor_handles_the_ticket(app: &TestApp) {
        let People { sheng, duan, zhou, .. } = people(app).await;
        app.citizen().rate(&stated(app)).await;
        let number = zhou.only_ticket().await;
        assert!(sheng.worklist().await.rows.is_empty());
        // To the rated person it looks like a number that nothing has: whether it has one tells
        // what the last citizen pressed.
        for number in [number.as_str(), "G20200101-0001"] {
            let seen = sheng.get(&fill(paths::API_TICKET, number)).await.expect(404);
            assert_eq!(seen.problem().kind, ProblemKind::NotFound);
            sheng.try_act(number, 1, &Act::assign(&duan.id())).await.expect(404);
            sheng.post(&fill(paths::API_TICKET_CONTACT, number), &()).await.expect(404);
        }
        let view = zhou.ticket(&number).await;
        assert_eq!(view.choices.iter().map(|choice| choice.id.as_str()).collect::<Vec<_>>(), ["p-duan"]);
        let problem = zhou.try_act(&number, 1, &Act::assign(&sheng.id())).await.expect(422).problem();
        assert_eq!(problem.violations[0].code, "handler.unknown");
        // Of another unit, the authority, and nobody at all.
        for other in ["p-yin", "p-zhou", "p-nobody"] {
            zhou.try_act(&number, 1, &Act::assign(other)).await.expect(422);
        }
    }

    async fn a_ticket_of_a_unit_where_nobody_may_handle_it_is_given_to_another_unit(app: &TestApp) {
        // Duan becomes somebody of another unit: then Sheng, who was rated, is alone in hers.
        app.sql("UPDATE staff SET unit = '539900-sc' WHERE id = 'p-duan'").await.unwrap();
        let app = &app.another(Start::default()).await;
        let People { sheng, duan, zhou, yin } = people(app).await;
        app.citizen().rate(&stated(app)).await;
        let number = zhou.only_ticket().await;
        let view = zhou.ticket(&number).await;
        let choices: Vec<(&str, Option<&str>)> =
            view.choices.iter().map(|choice| (choice.id.as_str(), choice.unit.as_deref())).collect();
        assert!(choices.contains(&("p-duan", Some("云澜州市场监督管理局"))), "{choices:?}");
        assert!(!choices.iter().any(|(id, _)| ["p-sheng", "p-zhou"].contains(id)), "{choices:?}");
        zhou.try_act(&number, 1, &Act::assign(&sheng.id())).await.expect(422);
        assert!(duan.worklist().await.rows.is_empty(), "not before it is given");
        zhou.act(&number, &Act::assign(&duan.id())).await;
        assert_eq!(duan.only_ticket().await, number);
        assert!(yin.worklist().await.rows.is_empty());
        let view = duan.act(&number, &Act::contact(ContactOutcome::Reached)).await;
        assert_eq!(view.handler.unwrap().unit.as_deref(), Some("云澜州市场监督管理局"));
        refused(duan.try_act(&number, 3, &Act::assign(&yin.id())).await, "other_unit");
        duan.act(&number, &Act::write(Action::Rectify, "已更新清单")).await;
        duan.act(&number, &Act::write(Action::Answer, "已经整改")).await;
        app.close().await;
    }

    async fn a_ticket_of_a_unit_with_somebody_of_its_own_stays_there(app: &TestApp) {
        let People { duan, yin, zhou, .. } = people(app).await;
        app.citizen().rate(&stated(app)).await;
        let number = zhou.only_ticket().await;
        for who in [&zhou, &duan] {
            let view = who.ticket(&number).await;
            assert_eq!(view.choices.iter().map(|choice| choice.id.as_str()).collect::<Vec<_>>(), ["p-duan"]);
            let problem = who.try_act(&number, 1, &Act::assign(&yin.id())).await.expect(422).problem();
            assert_eq!(problem.violations[0].code, "handler.unit_has_own_staff");
        }
        yin.try_act(&number, 1, &Act::assign(&yin.id())).await.expect(404);
    }

    async fn a_ticket_is_not_given_again_to_whoever_has_it(app: &TestApp) {
        let People { duan, zhou, .. } = people(app).await;
        app.citizen().rate(&stated(app)).await;
        let number = zhou.only_ticket().await;
        let given = zhou.act(&number, &Act::assign(&duan.id())).await;
        assert_eq!(given.choices, [], "the only one who may has it");
        let before = app.dump().await;
        for who in [&zhou, &duan] {
            let problem = who.try_act(&number, 2, &Act::assign(&duan.id())).await.expect(422).problem();
            assert_eq!(problem.violations[0].code, "handler.already_handles");
        }
        assert!(app.dump().await.changed(&before).is_empty());
    }

    // clause: H-07
    async fn case_62_who_is_not_satisfied_is_the_authoritys_to_judge(app: &TestApp) {
        let People { duan, zhou, .. } = people(app).await;
        app.citizen().rate(&stated(app)).await;
        let number = zhou.only_ticket().await;
        zhou.act(&number, &Act::assign(&duan.id())).await;
        duan.act(&number, &Act::contact(ContactOutcome::NoAnswer)).await;
        duan.act(&number, &Act::write(Action::Explain, "没有依据")).await;
        duan.act(&number, &Act::write(Action::Answer, "说明")).await;
        zhou.act(&number, &Act::revisit(RevisitOutcome::NotSatisfied)).await;
        refused(duan.try_act(&number, 6, &Act::close()).await, "role_may_not");
        assert_eq!(zhou.act(&number, &Act::close()).await.state, State::Closed);
    }

    async fn what_staff_write_is_checked_and_every_violation_told(app: &TestApp) {
        let People { duan, zhou, .. } = people(app).await;
        app.citizen().rate(&anonymous(app)).await;
        let number = zhou.only_ticket().await;
        zhou.act(&number, &Act::assign(&duan.id())).await;
        let cases = [
            (String::new(), vec!["text.missing"]),
            (" \n ".to_owned(), vec!["text.missing"]),
            ("长".repeat(2001), vec!["text.too_long"]),
            ("\u{7}".to_owned() + &"长".repeat(2000), vec!["text.too_long", "text.control_character"]),
        ];
        for (text, codes) in cases {
            let problem = duan.try_act(&number, 2, &Act::write(Action::Rectify, &text)).await.expect(422).problem();
            let told: Vec<&str> = problem.violations.iter().map(|one| one.code.as_str()).collect();
            assert_eq!(told, codes);
        }
        duan.act(&number, &Act::write(Action::Rectify, &"长".repeat(2000))).await;
        for action in [Action::ReleaseDay, Action::PushEvents, Action::PrintPlates] {
            refused(duan.try_act(&number, 3, &Act::bare(action)).await, "role_may_not");
        }
        for action in [Action::Rate, Action::ViewTicket] {
            let problem = duan.try_act(&number, 3, &Act::bare(action)).await.expect(422).problem();
            assert_eq!(problem.violations[0].code, "action.not_here");
        }
    }

    async fn the_worklist_is_read_page_by_page_in_order_of_what_is_due(app: &TestApp) {
        let zhou = app.staff("zhou").await;
        let citizen = app.citizen();
        for at in 0..55 {
            let rating = Rating::of_plate(&app.plate("w03")).level(1 + at % 2);
            citizen.rate(&if at % 3 == 0 { rating.stated("陈先生", "") } else { rating }).await;
        }
        let first = zhou.worklist().await;
        assert_eq!(first.rows.len(), 50);
        let next = first.next.clone().unwrap();
        let path = format!("{}?after={}", paths::API_TICKETS, next.replace('~', "%7E"));
        let second: contract::ticket::Worklist = zhou.get(&path).await.expect(200).json();
        assert_eq!((second.rows.len(), second.next), (5, None));
        let all: Vec<_> = first.rows.iter().chain(&second.rows).map(|row| (row.due.clone(), row.number.clone())).collect();
        assert!(all.is_sorted());
        zhou.get("/api/v1/tickets?after=nonsense").await.expect(400).problem();
        zhou.get("/api/v1/tickets?state=nonsense").await.expect(400).problem();
    }

    // clause: N-36, Q-17
    async fn what_is_clear_is_put_right_and_answered_on_the_very_day(app: &TestApp) {
        let People { duan, zhou, .. } = people(app).await;
        let (_, follow) = app.citizen().rate_and_follow(&anonymous(app)).await;
        let number = zhou.only_ticket().await;
        duan.act(&number, &Act::assign(&duan.id())).await;
        duan.act(&number, &Act::write(Action::Rectify, "当场补开了清单")).await;
        let view = duan.act(&number, &Act::write(Action::Answer, "已当场改正")).await;
        for clock in [Clock::Reply, Clock::Rectify] {
            assert_eq!(due(&view, clock).done_on.as_deref(), Some("2026-10-28"), "{clock:?}");
        }
        assert_eq!(duan.act(&number, &Act::close()).await.state, State::Closed);
        app.release_until("2026-10-29").await;
        let told = app.citizen().follow(&follow).await.outcome.unwrap().ticket.unwrap();
        assert_eq!(told.answer.as_deref(), Some("已当场改正"));
        assert!(told.steps.iter().all(|step| step.on == "2026-10-28"), "{:?}", told.steps);
    }

    // clause: N-37
    async fn the_ledger_holds_every_bad_rating_with_its_term_until_it_is_closed_and_after(app: &TestApp) {
        let citizen = app.citizen();
        for window in ["w01", "w03", "w05"] {
            citizen.rate(&Rating::of_plate(&app.plate(window)).level(1)).await;
        }
        citizen.rate(&Rating::of_plate(&app.plate("w07")).level(3)).await;
        let People { duan, zhou, .. } = people(app).await;
        let number = duan.only_ticket().await;
        zhou.act(&number, &Act::assign(&duan.id())).await;
        let ledger = zhou.worklist().await;
        let mut lines: Vec<_> = ledger.rows.iter()
            .map(|row| (row.opened_on.as_str(), row.due.as_deref(), row.days_left, row.handler.as_deref()))
            .collect();
        let line = |handler| ("2026-10-28", Some("2026-11-18"), Some(15), handler);
        lines.sort_unstable();
        assert_eq!(lines, [line(None), line(None), line(Some("段秀兰"))]);
        app.release_until("2026-11-19").await;
        let zhou = app.staff("zhou").await;
        assert!(zhou.worklist().await.rows.iter().all(|row| row.days_left == Some(-1)), "past their term");
        let duan = app.staff("duan").await;
        duan.act(&number, &Act::write(Action::Rectify, "整改")).await;
        duan.act(&number, &Act::write(Action::Answer, "答复")).await;
        zhou.act(&number, &Act::close()).await;
        assert_eq!(zhou.worklist().await.rows.len(), 2);
        let closed: Worklist = zhou.get("/api/v1/tickets?state=closed").await.expect(200).json();
        assert_eq!(closed.rows.iter().map(|row| &row.number).collect::<Vec<_>>(), [&number]);
        let rectify = due(&zhou.ticket(&number).await, Clock::Rectify);
        assert!(rectify.done_on > rectify.due, "{rectify:?}");
    }

    // clause: D-17
    async fn the_authority_can_look_into_any_ticket_a_closed_one_too(app: &TestApp) {
        app.citizen().rate(&stated(app)).await;
        app.citizen().rate(&Rating::of_plate(&app.plate("w07")).level(1)).await;
        let People { duan, zhou, yin, .. } = people(app).await;
        let number = duan.only_ticket().await;
        duan.act(&number, &Act::assign(&duan.id())).await;
        duan.act(&number, &Act::contact(ContactOutcome::Reached)).await;
        duan.act(&number, &Act::write(Action::Rectify, "更新了清单")).await;
        duan.act(&number, &Act::write(Action::Answer, "已经整改")).await;
        zhou.act(&number, &Act::revisit(RevisitOutcome::Satisfied)).await;
        duan.act(&number, &Act::close()).await;
        // Of one unit and of another, at the beginning and at the end.
        let numbers: Vec<String> = zhou.worklist().await.rows.into_iter().map(|row| row.number).collect();
        assert_eq!(zhou.ticket(&numbers[0]).await.state, State::ToAssign);
        let seen = zhou.ticket(&number).await;
        let told: Vec<_> = seen.timeline[2..6].iter()
            .map(|entry| (entry.kind.as_str(), entry.actor.as_deref(), entry.outcome.as_deref(), entry.text.as_deref()))
            .collect();
        assert_eq!(told, [
            ("contacted", Some("段秀兰"), Some("reached"), None),
            ("rectified", Some("段秀兰"), None, Some("更新了清单")),
            ("answered", Some("段秀兰"), None, Some("已经整改")),
            ("revisited", Some("周正"), Some("satisfied"), None),
        ]);
        for other in [&number, &numbers[0]] {
            yin.get(&fill(paths::API_TICKET, other)).await.expect(404);
        }
    }

    async fn a_rating_changed_for_the_better_keeps_its_ticket_which_says_so(app: &TestApp) {
        let People { duan, zhou, .. } = people(app).await;
        let (citizen, key) = (app.citizen(), fresh_key());
        let rating = Rating::of_plate(&app.plate("w01"));
        citizen.send_form(&rating.clone().level(2), &key).await.expect(200);
        let number = zhou.only_ticket().await;
        let seen = duan.act(&number, &Act::assign(&duan.id())).await;
        citizen.send_form(&rating.clone().level(1).text("想了想，更差"), &key).await.expect(200);
        let view = zhou.ticket(&number).await;
        assert_eq!((view.level.get(), view.state, view.seq), (1, State::Verifying, 3));
        citizen.send_form(&rating.clone().level(4), &key).await.expect(200);
        let row = zhou.worklist().await.rows.remove(0);
        assert_eq!((row.number.as_str(), row.level.get(), row.due.as_deref()), (number.as_str(), 4, Some("2026-11-18")));
        // Whoever had the page open before the change loses nothing of what was written.
        duan.try_act(&number, seen.seq, &Act::write(Action::Explain, "评价人误选")).await.expect(200);
        let view = duan.ticket(&number).await;
        let told: Vec<(&str, Option<&str>, Option<&str>)> = view.timeline.iter()
            .map(|entry| (entry.kind.as_str(), entry.outcome.as_deref(), entry.actor.as_deref()))
            .collect();
        assert_eq!(told, [
            ("opened", None, None),
            ("assigned", Some("段秀兰"), Some("段秀兰")),
            ("amended", Some("1"), None),
            ("amended", Some("4"), None),
            ("explained", None, Some("段秀兰")),
        ]);
        assert_eq!(flow::tickets::rebuild(&app.app).await.unwrap(), 0);
        // The figures count the rating as it is now, and the ticket that there was.
        app.others_rate("w01", 4).await;
        app.release_until("2026-10-29").await;
        let figures: contract::figures::Figures = app.http.get(paths::API_FIGURES).await.expect(200).json();
        assert_eq!(figures.windows.counts.levels, [0, 0, 0, 1, 4]);
        assert_eq!(figures.handling.map(|handling| (handling.bad, handling.open)), Some((1, 1)));
        let duan = app.staff("duan").await;
        duan.act(&number, &Act::write(Action::Answer, "感谢")).await;
        assert_eq!(duan.act(&number, &Act::close()).await.state, State::Closed);
    }

    async fn who_takes_the_name_back_is_called_by_nobody_and_who_gives_one_is(app: &TestApp) {
        let People { duan, zhou, .. } = people(app).await;
        let (citizen, key) = (app.citizen(), fresh_key());
        let rating = Rating::of_plate(&app.plate("w01")).level(1);
        let named = rating.clone().stated("陈先生", "13900001234");
        citizen.send_form(&named, &key).await.expect(200);
        let number = duan.only_ticket().await;
        let seen = duan.act(&number, &Act::assign(&duan.id())).await;
        assert_eq!(seen.state, State::ToContact);
        citizen.send_form(&rating, &key).await.expect(200);
        // Whoever had the number on the screen cannot have it any more.
        let view = duan.ticket(&number).await;
        assert_eq!((view.identity, view.state), (Identity::Anonymous, State::Verifying));
        let contact = fill(paths::API_TICKET_CONTACT, &number);
        duan.post(&contact, &()).await.expect(403);
        assert_eq!(due(&view, Clock::Contact).due, None);
        let row = zhou.worklist().await.rows.remove(0);
        assert_eq!(row.state, State::Verifying);
        // The name comes back, another one: it is the one that counts.
        citizen.send_form(&rating.clone().stated("陈女士", "13900005678"), &key).await.expect(200);
        let view = duan.ticket(&number).await;
        assert_eq!((view.identity, view.state), (Identity::Stated, State::ToContact));
        let told: Contact = duan.post(&contact, &()).await.expect(200).json();
        assert_eq!(told.phone.as_deref(), Some("13900005678"));
        let kinds: Vec<(&str, Option<&str>)> = view.timeline[2..].iter()
            .map(|entry| (entry.kind.as_str(), entry.outcome.as_deref()))
            .collect();
        assert_eq!(kinds, [("identified", Some("anonymous")), ("identified", Some("stated"))]);
        assert_eq!(flow::tickets::rebuild(&app.app).await.unwrap(), 0);
    }
}
