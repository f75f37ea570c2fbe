//! Policy profiles: what governs, the lapse of a trial text, its continuation, and the pages.

use contract::{
    ProblemKind,
    paths::{self, fill},
    profile::{ProfileRow, ProfileView},
    staff::EventCreate,
    ticket::{DueView, TicketView},
};
use rules::profile::{Basis, Clock, Continuation, Force};
use serde_json::json;
use testkit::{Act, Engine, Rating, Reply, Start, TestApp, event, on_both, run_with};

/// A region whose profile is 吉林市's, on a day.
fn jilin(first_day: &str) -> Start {
    Start {
        profile: Some("jilin".to_owned()),
        first_day: Some(first_day.to_owned()),
        ..Start::default()
    }
}

fn served(project_no: &str, on: &str) -> EventCreate {
    EventCreate {
        served_on: on.to_owned(),
        ..event(project_no, "w01", "539900-001")
    }
}

fn due(view: &TicketView, clock: Clock) -> DueView {
    let found = view.dues.iter().find(|due| due.clock == clock);
    found.cloned().unwrap_or_else(|| panic!("no {clock}"))
}

async fn ticket_of(app: &TestApp, code: &str) -> TicketView {
    let zhou = app.staff("zhou").await;
    let known: Vec<String> = numbers(app).await;
    let rating = Rating::of_service(code)
        .level(1)
        .stated("陈先生", "13900001234");
    app.citizen().rate(&rating).await;
    let fresh = numbers(app)
        .await
        .into_iter()
        .find(|number| !known.contains(number));
    zhou.ticket(&fresh.expect("a ticket")).await
}

async fn numbers(app: &TestApp) -> Vec<String> {
    let worklist = app.staff("zhou").await.worklist().await;
    worklist.rows.into_iter().map(|row| row.number).collect()
}

async fn enter(app: &TestApp, id: &str, document_no: &str, valid_to: &str) -> Reply {
    let zhou = app.staff("zhou").await;
    let body = json!({"document_no": document_no, "valid_to": valid_to});
    zhou.post(&fill(paths::API_CONTINUATIONS, id), &body).await
}

fn codes(reply: &Reply) -> Vec<String> {
    reply
        .problem()
        .violations
        .into_iter()
        .map(|one| one.code)
        .collect()
}

async fn page(app: &TestApp, path: &str) -> String {
    app.http.get(path).await.expect(200).text()
}

async fn governing(app: &TestApp) -> String {
    let rows: Vec<ProfileRow> = app.http.get(paths::API_PROFILES).await.expect(200).json();
    let now: Vec<String> = rows
        .into_iter()
        .filter(|row| row.governs)
        .map(|row| row.id)
        .collect();
    assert_eq!(now.len(), 1, "{now:?}");
    now[0].clone()
}

const BANNER: &str = "已于2021年8月8日期满失效";

async fn lapses_and_keeps_the_rule_of_what_is_open(app: &TestApp) {
    let before = app.connector("rs").push(served("P001", "2021-08-06")).await;
    let late = app.connector("rs").push(served("P002", "2021-08-06")).await;
    let open = ticket_of(app, &before).await;
    assert_eq!(due(&open, Clock::Reply).due.as_deref(), Some("2021-08-20"));
    assert_eq!(governing(app).await, "jilin");
    assert!(!page(app, paths::HOME).await.contains(BANNER));

    app.release_until("2021-08-09").await;
    assert_eq!(governing(app).await, "national");
    // A case served before the lapse keeps the rule, even when it is rated after it …
    let kept = ticket_of(app, &late).await;
    assert_eq!(due(&kept, Clock::Reply).due.as_deref(), Some("2021-08-23"));
    let reply = due(&kept, Clock::Reply);
    assert_eq!(reply.profile, "jilin@2020");
    assert!(
        matches!(&reply.basis, Basis::Stated { document, .. } if document.starts_with("吉林市"))
    );
    // … and so does one that is only pushed after it.
    let pushed = app.connector("rs").push(served("P003", "2021-08-06")).await;
    assert_eq!(
        due(&ticket_of(app, &pushed).await, Clock::Reply)
            .due
            .as_deref(),
        Some("2021-08-23")
    );
    // A new case falls to the national opinion, which states no term.
    let fresh = app.connector("rs").push(served("P004", "2021-08-09")).await;
    let new = ticket_of(app, &fresh).await;
    assert!(
        new.dues
            .iter()
            .all(|due| due.clock != Clock::Reply || due.due.is_none()),
        "{:?}",
        new.dues
    );
    // The open ticket is worked to its next step under its own rule.
    let zhou = app.staff("zhou").await;
    zhou.act(&open.number, &Act::assign("p-duan")).await;
    let again = zhou.ticket(&open.number).await;
    assert_eq!(due(&again, Clock::Reply), due(&open, Clock::Reply));
    let rows = app.dump().await;
    assert_eq!(rows.count("profile_continuation"), 0);
}

async fn says_so_on_every_kind_of_page(app: &TestApp) {
    for path in [
        paths::HOME,
        paths::DUE,
        paths::STAFF,
        paths::SIGN_IN,
        paths::PROFILES,
        "/profiles/jilin",
    ] {
        let text = page(app, path).await;
        assert!(
            text.contains(BANNER) && text.contains("国办发〔2019〕51号执行"),
            "{path}: {text}"
        );
    }
    let plate = fill(paths::PLATE, &app.plate("w01"));
    for path in [plate.as_str(), paths::FIND] {
        let text = page(app, path).await;
        let footer = text.split("<footer").nth(1).unwrap();
        assert!(footer.contains("2021年8月8日期满失效"), "{path}");
    }
    let view: ProfileView = app
        .http
        .get(&fill(paths::API_PROFILE, "jilin"))
        .await
        .expect(200)
        .json();
    assert_eq!((view.in_force, view.governs), (false, false));
}

async fn goes_on_by_a_document_number(app: &TestApp) {
    let early = app.connector("rs").push(served("P001", "2026-10-28")).await;
    let created = enter(app, "jilin", "吉市政发〔2026〕1号", "2026-10-30")
        .await
        .expect(201);
    let entered: Continuation = created.json();
    assert_eq!(entered.document_no, "吉市政发〔2026〕1号");
    assert_eq!(governing(app).await, "jilin");
    // What was served and bound before it was entered stays with the national opinion.
    let national = ticket_of(app, &early).await;
    assert!(
        national
            .dues
            .iter()
            .all(|due| due.clock != Clock::Reply || due.due.is_none())
    );
    let after = app.connector("rs").push(served("P002", "2026-10-28")).await;
    assert_eq!(
        due(&ticket_of(app, &after).await, Clock::Reply)
            .due
            .as_deref(),
        Some("2026-11-11")
    );
    // The day before it was entered is over and keeps its rule, also for what arrives only now.
    let yesterday = app.connector("rs").push(served("P003", "2026-10-27")).await;
    let past = ticket_of(app, &yesterday).await;
    assert!(
        past.dues
            .iter()
            .all(|due| due.clock != Clock::Reply || due.due.is_none())
    );
    assert!(!page(app, paths::HOME).await.contains(BANNER));
    let profile = page(app, "/profiles/jilin").await;
    assert!(
        profile.contains("吉市政发〔2026〕1号：自2026年10月28日起按本档案执行，至2026年10月30日。"),
        "{profile}"
    );
    let answer = app
        .http
        .get("/api/v1/due?profile=jilin&clock=reply&from=2026-10-29")
        .await;
    assert_eq!(
        answer.expect(200).json::<serde_json::Value>()["in_force"],
        true
    );
    // Another server, and the same server later, know it too.
    let other = app.another(jilin("2026-10-28")).await;
    assert_eq!(governing(&other).await, "jilin");
    other.close().await;
    app.release_until("2026-10-31").await;
    assert_eq!(governing(app).await, "national");
    assert!(page(app, paths::HOME).await.contains(BANNER));
}

async fn is_refused_with_every_reason_and_nothing_is_stored(app: &TestApp) {
    for (document_no, valid_to, expected) in [
        ("", "", vec!["document_no.missing", "valid_to.missing"]),
        (
            "15号",
            "soon",
            vec!["document_no.malformed", "valid_to.malformed"],
        ),
        (
            "吉市政发[2026]1号",
            "2021-08-08",
            vec!["document_no.malformed", "valid_to.not_later"],
        ),
        (
            "吉市政发〔2026〕1号",
            "2026-10-27",
            vec!["valid_to.in_the_past"],
        ),
    ] {
        let reply = enter(app, "jilin", document_no, valid_to).await.expect(422);
        assert_eq!(codes(&reply), expected, "{document_no} {valid_to}");
    }
    let other = enter(app, "national", "国办发〔2026〕1号", "2030-01-01")
        .await
        .expect(422);
    assert_eq!(
        codes(&other),
        ["profile.other_region", "profile.has_no_end"]
    );
    let unknown = enter(app, "atlantis", "国办发〔2026〕1号", "2030-01-01")
        .await
        .expect(404);
    assert_eq!(codes(&unknown), ["profile.unknown"]);
    let path = fill(paths::API_CONTINUATIONS, "jilin");
    let body = json!({"document_no": "吉市政发〔2026〕1号", "valid_to": "2030-01-01"});
    let problem = app
        .staff("duan")
        .await
        .post(&path, &body)
        .await
        .expect(403)
        .problem();
    assert_eq!(
        (problem.kind, problem.reason.as_deref()),
        (ProblemKind::Forbidden, Some("role_may_not"))
    );
    let strange =
        json!({"document_no": "吉市政发〔2026〕1号", "valid_to": "2030-01-01", "why": "x"});
    app.staff("zhou")
        .await
        .post(&path, &strange)
        .await
        .expect(400)
        .problem();
    assert_eq!(app.dump().await.count("profile_continuation"), 0);
    assert_eq!(governing(app).await, "national");
    // The same twice is one; a further one counts from then on.
    enter(app, "jilin", "吉市政发〔2026〕1号", "2030-01-01")
        .await
        .expect(201);
    enter(app, "jilin", " 吉市政发〔2026〕1号 ", "2030-01-01")
        .await
        .expect(200);
    assert_eq!(app.dump().await.count("profile_continuation"), 1);
    enter(app, "jilin", "吉市政发〔2026〕2号", "2026-10-28")
        .await
        .expect(201);
    assert_eq!(app.dump().await.count("profile_continuation"), 2);
    assert_eq!(governing(app).await, "jilin");
    app.release_until("2026-10-29").await;
    assert_eq!(governing(app).await, "national");
}

// clause: J-28, J-19b
mod a_lapsed_profile_leaves_new_cases_to_the_national_one_and_open_tickets_their_rule_case_40_and_39 {
    use super::*;

    #[test]
    fn on_sqlite() {
        run_with(
            Engine::Sqlite,
            jilin("2021-08-06"),
            lapses_and_keeps_the_rule_of_what_is_open,
        );
    }

    #[test]
    fn on_postgres() {
        run_with(
            Engine::Postgres,
            jilin("2021-08-06"),
            lapses_and_keeps_the_rule_of_what_is_open,
        );
    }
}

// clause: J-28
mod a_lapse_is_told_on_public_pages_in_the_console_and_below_the_citizens_pages {
    use super::*;

    #[test]
    fn on_sqlite() {
        run_with(
            Engine::Sqlite,
            jilin("2026-10-28"),
            says_so_on_every_kind_of_page,
        );
    }
}

// clause: J-28
mod a_continuation_is_entered_with_its_document_number_and_changes_no_past_day_case_40 {
    use super::*;

    #[test]
    fn on_sqlite() {
        run_with(
            Engine::Sqlite,
            jilin("2026-10-28"),
            goes_on_by_a_document_number,
        );
    }

    #[test]
    fn on_postgres() {
        run_with(
            Engine::Postgres,
            jilin("2026-10-28"),
            goes_on_by_a_document_number,
        );
    }
}

mod a_continuation_that_is_none_is_refused {
    use super::*;

    #[test]
    fn on_sqlite() {
        run_with(
            Engine::Sqlite,
            jilin("2026-10-28"),
            is_refused_with_every_reason_and_nothing_is_stored,
        );
    }

    #[test]
    fn on_postgres() {
        run_with(
            Engine::Postgres,
            jilin("2026-10-28"),
            is_refused_with_every_reason_and_nothing_is_stored,
        );
    }
}

on_both! {
    // clause: D-13, Q-23, J-11, J-28, N-21
    async fn every_profile_is_a_page_with_its_values_and_the_words_they_stand_on(app: &TestApp) {
        for (id, says) in [
            ("national", ["没有上级档案", "實名差評回訪整改率要達到100%", "原文没有默认评价"]),
            ("dehong", ["服务质量、服务效率、服务结果", "15个工作日", "未持有全文"]),
            ("qingdao", ["各承辦單位應于5個工作日內整改回應", "报纸对方案的摘编", "不属实"]),
            ("jilin", ["总体评价、业务评价、服务评价", "2020年8月9日至2021年8月8日", "广东2019年的试行办法"]),
            ("leiyang", ["报道，不是文件", "黄牌、红牌", "均實行一事一調查"]),
        ] {
            let text = page(app, &fill(paths::PROFILE, id)).await;
            for words in says {
                assert!(text.contains(words), "{id}: {words}");
            }
            let view: ProfileView = app.http.get(&fill(paths::API_PROFILE, id)).await.expect(200).json();
            assert_eq!(view.profile.id, id);
            assert_eq!(text.matches("class=\"param\"").count(), view.profile.parameters.entries().len(), "{id}");
            for entry in view.profile.parameters.entries() {
                let told = match entry.basis {
                    Basis::Stated { words, .. } => words,
                    Basis::Ours { why } | Basis::None { why } => why,
                };
                assert!(text.contains(told.as_str()), "{id} {}: {told}", entry.key);
            }
            assert!(!text.contains("<script>") && !text.contains(" style="), "{id}");
        }
        let qingdao: ProfileView = app.http.get("/api/v1/profiles/qingdao").await.expect(200).json();
        let stricter: Vec<&str> = qingdao.stricter.iter().map(|one| one.key.as_str()).collect();
        assert!(stricter.contains(&"rectify_simple") && stricter.contains(&"reply"), "{stricter:?}");
        assert_eq!(qingdao.chain[0].id, "national");
        assert!(page(app, "/profiles/qingdao").await.contains("整改（一般）</a>：5个工作日，上级没有写明"));
    }

    async fn quotations_stay_marked_as_chinese_on_a_page_in_another_language(app: &TestApp) {
        let english = page(app, "/profiles/dehong?lang=en").await;
        assert!(english.contains("<html lang=\"en\""));
        let quoted = english.matches("<blockquote").count();
        assert!(quoted > 5);
        assert_eq!(english.matches("<blockquote lang=\"zh-Hans\">").count(), quoted);
    }

    async fn the_list_names_all_five_and_the_one_that_governs_here(app: &TestApp) {
        let rows: Vec<ProfileRow> = app.http.get(paths::API_PROFILES).await.expect(200).json();
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(ids, ["dehong", "jilin", "leiyang", "national", "qingdao"]);
        let press: Vec<&str> = rows.iter().filter(|row| row.force == Force::Press).map(|row| row.id.as_str()).collect();
        assert_eq!(press, ["leiyang"]);
        assert_eq!(governing(app).await, "dehong");
        let jilin = rows.iter().find(|row| row.id == "jilin").unwrap();
        assert_eq!((jilin.valid_to.as_deref(), jilin.in_force), (Some("2021-08-08"), false));
        let text = page(app, paths::PROFILES).await;
        for id in ids {
            assert!(text.contains(&format!("href=\"/profiles/{id}\"")), "{id}");
        }
        // 吉林市's lapse is no matter of this region.
        assert!(!page(app, paths::HOME).await.contains(BANNER));
        assert!(page(app, "/profiles/jilin").await.contains(BANNER));
        assert!(page(app, paths::HOME).await.contains("href=\"/profiles\""));
    }

    async fn any_two_profiles_are_compared_and_the_stricter_one_is_named_in_words(app: &TestApp) {
        let text = page(app, "/profiles/compare?a=qingdao&b=jilin").await;
        let row = |name: &str| {
            let from = text.split(&format!("<th scope=\"row\">{name}</th>")).nth(1).unwrap_or_else(|| panic!("{name}"));
            from.split("</tr>").next().unwrap().to_owned()
        };
        let reply = row("答复");
        assert!(reply.contains("5个工作日") && reply.contains("10个工作日") && reply.contains("青岛市更严"), "{reply}");
        assert!(row("默认评价的等级").contains("只有吉林市有规定"));
        assert!(row("文字评价的长度").contains("相同"));
        assert!(row("评价范围").contains("不同，不论宽严"));
        let same = page(app, "/profiles/compare?a=jilin&b=jilin").await;
        assert!(same.contains("请选择两个不同的政策档案") && !same.contains("<table"));
        let blank = page(app, paths::PROFILES_COMPARE).await;
        assert!(blank.contains("<select id=\"a\"") && blank.contains("<select id=\"b\"") && !blank.contains("<table"));
        let half = page(app, "/profiles/compare?a=leiyang").await;
        assert!(half.contains("<option value=\"leiyang\" selected>") && !half.contains("<table"));
    }

    async fn an_unknown_profile_is_a_page_and_a_problem_that_name_those_there_are(app: &TestApp) {
        for path in ["/profiles/atlantis", "/profiles/compare?a=atlantis&b=jilin", "/profiles/compare?a=jilin&b=atlantis"] {
            let text = app.http.get(path).await.expect(404).text();
            assert!(text.contains("没有名为“atlantis”的政策档案") && text.contains("href=\"/profiles/leiyang\""), "{path}: {text}");
        }
        let text = app.http.get("/profiles/%3Cb%3E").await.expect(404).text();
        assert!(text.contains("&lt;b&gt;") && !text.contains("<b>“"), "{text}");
        let problem = app.http.get("/api/v1/profiles/atlantis").await.expect(404).problem();
        assert_eq!(problem.violations[0].params["known"], "dehong, jilin, leiyang, national, qingdao");
        app.http.get("/profiles/%ff").await.expect(400);
    }

    async fn the_calculator_does_not_announce_the_holidays_of_a_year_that_is_long_over(app: &TestApp) {
        let past = page(app, "/due?profile=dehong&clock=rectify&from=2015-03-02").await;
        let future = page(app, "/due?profile=dehong&clock=rectify&from=2026-12-21").await;
        let (announced, not_kept) = ("节假日安排公布后会重新计算", "本系统没有收录这一时期的节假日安排");
        assert!(past.contains(not_kept) && past.contains("没有收录当年的节假日安排"), "{past}");
        assert!(!past.contains(announced) && !past.contains("尚未公布") && !past.contains("暂定"), "{past}");
        assert!(future.contains(announced) && future.contains("尚未公布") && future.contains("暂定"), "{future}");
        assert!(!future.contains("没有收录"), "{future}");
    }

    // clause: J-10
    async fn the_calculator_offers_all_five_and_tells_how_seven_days_were_read(app: &TestApp) {
        let text = page(app, "/due?profile=jilin&clock=default_rating&from=2021-08-01").await;
        for id in ["dehong", "jilin", "leiyang", "national", "qingdao"] {
            assert!(text.contains(&format!("<option value=\"{id}\"")), "{id}");
        }
        assert!(text.contains("datetime=\"2021-08-08\"") && text.contains("按自然日计算"), "{text}");
        assert!(text.contains("href=\"/profiles/jilin\""));
        let lapsed = page(app, "/due?profile=jilin&clock=reply&from=2026-02-13").await;
        assert!(lapsed.contains("不在有效期内"));
        let press = page(app, "/due?profile=leiyang&clock=rectify&from=2026-02-13").await;
        assert!(press.contains("这个政策档案没有规定这项期限") && press.contains("报道要求整改到位"));
    }
}
