//! What every page promises, read from its markup.

use super::{samples as given, *};
use crate::policy::Policies;
use contract::{Problem, ProblemKind, figures::Today, follow::FollowCode};
use rules::{
    calendar::DayKind,
    can::{Action, Reason, Role},
    level::{LabelSet, Level},
    profile::{Basis, Clock},
    rating::{Identity, Input, Kind, RawLevel, SubjectKind, Violation, check},
    tag::{Catalogue, Owner},
    ticket::{ContactOutcome, HandledAs, RevisitOutcome, State},
};

fn rated(form: &FormState) -> String {
    let assets = Assets::default();
    rate(&given::rate_page(), form, &given::shell(&assets, true)).into_string()
}

/// Every page there is, with a name for the report of a failure.
fn every_page(assets: &Assets) -> Vec<(&'static str, String)> {
    let (citizen, public) = (given::shell(assets, true), given::shell(assets, false));
    let wrong = FormState {
        violations: vec![Violation::new("level", "level.missing")],
        ..FormState::blank("k")
    };
    let form = FormState::blank("k");
    let profiles = [("dehong".to_owned(), "德宏州".to_owned())];
    let answer = given::due_answer(true);
    let due = DueForm {
        profiles: &profiles,
        profile: "dehong",
        clock: "rectify",
        from: "2026-09-18",
        answer: Some(&answer),
        violations: &[Violation::new("from", "date.malformed")],
    };
    let policies = Policies::embedded().expect("policies");
    let (rows, jilin) = (
        given::profile_rows(&policies),
        given::lapsed_profile(&policies),
    );
    let of = |id| policies.profile(id).expect("a profile");
    let lapse = Lapse {
        lapsed: of("jilin"),
        governs: of("national"),
    };
    let (lapsed_citizen, lapsed) = (
        Shell {
            lapse: Some(lapse),
            ..citizen.clone()
        },
        Shell {
            lapse: Some(lapse),
            ..public.clone()
        },
    );
    let comparison = Comparison {
        rows: &rows,
        first: Some(of("jilin")),
        second: Some(of("qingdao")),
    };
    let today = rules::date::parse_iso("2026-10-28").expect("a date");
    let bad = given::follow_page(Some(given::outcome(Level::L1)));
    let code = FollowCode {
        code: "AAAA-BBBB".into(),
    };
    let mut already = given::rate_page();
    already.already_rated = true;
    let mut empty = given::figures();
    empty.released_through = None;
    let guide = given::guide();
    let units = [contract::items::UnitItems {
        unit: guide.unit.clone(),
        items: vec![(guide.item.clone(), guide.title.clone())],
    }];
    vec![
        ("items", items(&units, &public).into_string()),
        (
            "item",
            item("不动产转移登记", Some(&guide), &public).into_string(),
        ),
        (
            "item without a guide",
            item("不动产转移登记", None, &public).into_string(),
        ),
        (
            "tour",
            tour(
                &TourLinks {
                    plate: "/r/x".into(),
                    ..TourLinks::default()
                },
                &public,
            )
            .into_string(),
        ),
        (
            "rate",
            rate(&given::rate_page(), &form, &citizen).into_string(),
        ),
        (
            "wrong",
            rate(&given::rate_page(), &wrong, &citizen).into_string(),
        ),
        ("already", rate(&already, &form, &citizen).into_string()),
        (
            "receipt",
            receipt(&given::receipt(), Some("k"), &citizen).into_string(),
        ),
        ("follow code", follow_code(&code, &citizen).into_string()),
        ("follow", follow(&bad, &citizen).into_string()),
        ("find", find(&given::halls(), None, &citizen).into_string()),
        (
            "not found",
            not_found_plate("ABC", &given::halls(), &citizen).into_string(),
        ),
        (
            "figures",
            figures(&given::figures(), Some(Today { ratings: 3 }), &public).into_string(),
        ),
        (
            "figures, empty",
            figures(&empty, None, &public).into_string(),
        ),
        ("due", due_form(&due, &public).into_string()),
        ("plate", plate_sheet(&given::sheet(), &public).into_string()),
        (
            "plates of a hall",
            hall_sheets(
                "德宁州政务服务大厅",
                &[given::sheet(), given::sheet()],
                &[("/plates/hall/h2".into(), "芒西市政务服务大厅".into())],
                &public,
            )
            .into_string(),
        ),
        (
            "plates of a hall, none",
            hall_sheets("德宁州政务服务大厅", &[], &[], &public).into_string(),
        ),
        (
            "plate, revoked",
            revoked_plate(&given::place(), &given::halls(), &citizen).into_string(),
        ),
        (
            "problem",
            problem(&Problem::new(ProblemKind::Unavailable), &citizen).into_string(),
        ),
        ("console", spa_shell("工作台", &public).into_string()),
        (
            "rate, lapsed",
            rate(&given::rate_page(), &form, &lapsed_citizen).into_string(),
        ),
        (
            "console, lapsed",
            spa_shell("工作台", &lapsed).into_string(),
        ),
        (
            "profiles",
            profile_list(&rows, today, &public).into_string(),
        ),
        (
            "profile missing",
            profile_missing("atlantis", &rows, today, &public).into_string(),
        ),
        ("profile", profile(&jilin, today, &lapsed).into_string()),
        (
            "profiles compared",
            profile_compare(&comparison, &public).into_string(),
        ),
    ]
}

#[test]
fn every_page_has_one_heading_a_skip_link_a_language_and_says_that_it_is_a_demo() {
    for (name, page) in every_page(&Assets::default()) {
        assert!(
            page.starts_with("<!DOCTYPE html><html lang=\"zh-Hans\">"),
            "{name}"
        );
        assert_eq!(page.matches("<h1").count(), 1, "{name}");
        assert!(page.contains("href=\"#main\""), "{name}");
        assert_eq!(page.matches("<main id=\"main\"").count(), 1, "{name}");
        assert!(page.contains("演示"), "{name}");
    }
}

#[test]
fn every_page_says_its_language_and_its_modes_and_offers_the_others() {
    let assets = Assets {
        boot: Some("/assets/boot-1.js".into()),
        words: vec![(words::Language::En, "/assets/words-en.json".into())],
        ..Assets::default()
    };
    let mut shell = given::shell(&assets, true);
    shell.language = words::Language::En;
    shell.modes = Modes {
        elder: true,
        contrast: true,
        theme: Theme::Dark,
    };
    shell.back = "/find?code=A&b=c".into();
    let page = find(&given::halls(), None, &shell).into_string();
    let root = "<html lang=\"en\" data-elder=\"\" data-contrast=\"\" data-theme=\"dark\" data-words=\"/assets/words-en.json\">";
    assert!(page.contains(root), "{}", &page[..200]);
    assert!(page.contains("id=\"words-missing\""));
    assert_eq!(page.matches("value=\"/find?code=A&amp;b=c\"").count(), 2);
    assert_eq!(
        page.matches("name=\"elder\" value=\"off\" aria-pressed=\"true\"")
            .count(),
        2
    );
    for language in words::Language::ALL {
        let button = format!(
            "name=\"lang\" value=\"{0}\" lang=\"{0}\" aria-pressed=\"{1}\">{2}</button>",
            language.tag(),
            language == words::Language::En,
            language.name()
        );
        assert!(page.contains(&button), "{button}");
    }
    let plain = find(&given::halls(), None, &given::shell(&assets, true)).into_string();
    assert!(plain.contains("<html lang=\"zh-Hans\">") && !plain.contains("words-missing"));
}

#[test]
fn no_page_in_another_language_has_a_text_of_the_source() {
    // Names that stay, and tags that quote the term which a citizen knows from the form.
    let kept = ["好差评", "繁體中文", "简体中文", "告知承诺"];
    let given: Vec<&str> = [
        "德宁州",
        "澜城市",
        "按自然日计算。",
        "自然资源局",
        "不动产",
        "综合受理",
        "芒西市",
        "公安局",
        "德宏州",
        "中秋节",
        "国庆节",
    ]
    .into();
    let data = texts_of_data();
    let assets = Assets::default();
    let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c) || "，。：；（）".contains(c);
    words::speaking(words::Language::En, || {
        for (name, page) in every_page(&assets) {
            if name.starts_with("console") {
                continue; // Its title is the test's own.
            }
            let body = page.split("<body").nth(1).expect("a body");
            for text in body.split('>').filter_map(|rest| rest.split('<').next()) {
                let text = data
                    .iter()
                    .fold(unescaped(text), |text, known| text.replace(known, ""));
                let ours = kept
                    .iter()
                    .chain(&given)
                    .fold(text.clone(), |text, known| text.replace(known, ""));
                let from_files = [
                    "国办",
                    "《",
                    "工作日内",
                    "政务服务大厅",
                    "团结大街",
                    "材料清单",
                    "窗口人员",
                    "转移登记",
                ];
                if from_files.iter().any(|known| text.contains(known)) {
                    continue;
                }
                assert!(!ours.contains(chinese), "{name}: {text}");
            }
        }
    });
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&amp;", "&")
}

/// What stays as it was entered or quoted in every language: a guide, and the policies.
/// Longest first, so that no part of a text stands in the way of the whole.
fn texts_of_data() -> Vec<String> {
    fn strings(value: &serde_json::Value, into: &mut Vec<String>) {
        match value {
            serde_json::Value::String(text) => into.push(text.clone()),
            serde_json::Value::Array(all) => all.iter().for_each(|one| strings(one, into)),
            serde_json::Value::Object(all) => all.values().for_each(|one| strings(one, into)),
            _ => {}
        }
    }
    let policies = Policies::embedded().expect("policies");
    let mut found = Vec::new();
    strings(
        &serde_json::to_value(&policies.profiles).expect("profiles"),
        &mut found,
    );
    strings(
        &serde_json::to_value(given::guide()).expect("a guide"),
        &mut found,
    );
    found.retain(|text| !text.is_ascii());
    found.sort_by_key(|text| std::cmp::Reverse(text.len()));
    found
}

#[test]
fn no_page_has_what_the_content_policy_forbids() {
    let assets = Assets {
        boot: Some("/assets/boot-1.js".into()),
        css: Some("/assets/style-1.css".into()),
        ..Assets::default()
    };
    for (name, page) in every_page(&assets) {
        assert!(!page.contains(" style="), "{name}");
        assert!(!page.contains(" onclick="), "{name}");
        assert_eq!(page.matches("<script").count(), 1, "{name}");
        assert!(
            page.contains("<script type=\"module\" src=\"/assets/boot-1.js\"></script>"),
            "{name}"
        );
        assert!(!page.contains("http://"), "{name}");
    }
}

#[test]
fn no_page_repeats_an_id_or_points_to_one_that_is_missing() {
    for (name, page) in every_page(&Assets::default()) {
        let ids = values(&page, " id=\"");
        let mut once = ids.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), ids.len(), "{name}: {ids:?}");
        let mut pointed: Vec<&str> = values(&page, "href=\"#");
        pointed.extend(values(&page, " for=\""));
        for list in [" aria-describedby=\"", " aria-labelledby=\""] {
            pointed.extend(
                values(&page, list)
                    .into_iter()
                    .flat_map(|ids| ids.split(' ')),
            );
        }
        for target in pointed {
            assert!(ids.contains(&target), "{name}: nothing has the id {target}");
        }
    }
}

/// What a page says between its header and its footer.
fn main_of(page: &str) -> &str {
    let from = page.find("<main").expect("main");
    let to = page.find("</main>").expect("its end");
    &page[from..to]
}

fn values<'a>(page: &'a str, before: &str) -> Vec<&'a str> {
    page.split(before)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[test]
fn the_form_offers_five_levels_from_the_best_down_and_chooses_none() {
    let page = rated(&FormState::blank("k"));
    let at: Vec<usize> = (1..=5)
        .rev()
        .map(|n| {
            let radio = format!("<input type=\"radio\" id=\"l{n}\" name=\"level\" value=\"{n}\">");
            page.find(&radio).expect("a radio")
        })
        .collect();
    assert!(at.is_sorted());
    assert_eq!(page.matches("type=\"radio\"").count(), 5);
    assert!(!page.contains(" checked"));
    for word in ["非常<wbr>满意", "基本<wbr>满意", "非常<wbr>不满意"] {
        assert!(page.contains(word), "{word}");
    }
}

#[test]
fn every_level_offers_three_tags_at_once_and_five_on_demand() {
    let page = rated(&FormState::blank("k"));
    for n in 1..=5 {
        assert_eq!(
            page.matches(&format!("name=\"tag{n}\"")).count(),
            8,
            "level {n}"
        );
    }
    assert_eq!(page.matches("<div class=\"core\">").count(), 5);
    assert_eq!(page.matches("<div class=\"more\">").count(), 5);
    assert_eq!(page.matches("<details>").count(), 6);
}

#[test]
fn the_good_and_the_bad_level_differ_in_nothing_but_their_words_and_tags() {
    let page = rated(&FormState::blank("k"));
    let shape = |n: u8| {
        let tags = format!("<fieldset id=\"tags-{n}\"");
        let from = page.find(&tags).expect("the tags");
        let len = page[from..].find("</fieldset>").expect("an end");
        let elements: Vec<&str> = page[from..from + len]
            .split('<')
            .filter_map(|tag| tag.split([' ', '>']).next())
            .collect();
        elements.join(" ")
    };
    assert_eq!(shape(1), shape(5));
}

#[test]
fn the_fields_come_in_the_order_of_the_contract() {
    let page = rated(&FormState::blank("k"));
    let mut names = values(main_of(&page), " name=\"");
    names.dedup();
    assert_eq!(
        names,
        [
            "key", "level", "tag5", "tag4", "tag3", "tag2", "tag1", "text", "stated", "name",
            "phone"
        ]
    );
}

#[test]
fn what_was_typed_is_kept_beside_every_violation() {
    let form = FormState {
        level: Some(2),
        tags: vec![207, 212],
        text: "\n<b>太慢&了</b>".into(),
        stated: true,
        name: "王\"某".into(),
        phone: "abc".into(),
        violations: vec![
            Violation::new("text", "text.too_long")
                .with("max", 150)
                .with("length", 151),
            Violation::new("phone", "phone.malformed"),
        ],
        ..FormState::blank("the-key")
    };
    let page = rated(&form);
    assert!(page.contains("value=\"the-key\""));
    assert!(page.contains("id=\"l2\" name=\"level\" value=\"2\" checked"));
    assert!(page.contains("value=\"207\" checked"));
    assert!(page.contains("value=\"212\" checked"));
    assert_eq!(page.matches("<details open>").count(), 2);
    assert!(page.contains("\n\n&lt;b&gt;太慢&amp;了&lt;/b&gt;</textarea>"));
    assert!(page.contains("value=\"王&quot;某\""));
    assert!(page.contains("有 2 处需要改正"));
    assert!(page.contains("href=\"#text\">文字评价最多150字，现在是151字，请删减。</a>"));
    assert!(page.contains("href=\"#phone\""));
    assert!(page.contains("id=\"phone-error\""));
    assert!(page.contains("<title>错误："));
}

#[test]
fn a_rating_that_could_not_be_stored_says_that_sending_again_is_safe() {
    let form = FormState {
        notice: Some(Notice::Unavailable),
        ..FormState::blank("k")
    };
    assert!(rated(&form).contains(words::Key::RATE_NOT_STORED_RETRY.text()));
}

#[test]
fn a_service_that_was_rated_already_has_no_form() {
    let mut view = given::rate_page();
    view.already_rated = true;
    let assets = Assets::default();
    let page = rate(&view, &FormState::default(), &given::shell(&assets, true)).into_string();
    assert!(!main_of(&page).contains("<form"));
    assert!(page.contains("本次服务已经评价"));
}

#[test]
fn a_receipt_offers_to_follow_only_to_whoever_sent_the_rating() {
    let assets = Assets::default();
    let shell = given::shell(&assets, true);
    let own = receipt(&given::receipt(), Some("k"), &shell).into_string();
    assert!(own.contains("action=\"/follow\"") && own.contains("name=\"key\" value=\"k\""));
    let others = receipt(&given::receipt(), None, &shell).into_string();
    assert!(!main_of(&others).contains("<form"));
}

#[test]
fn before_the_release_the_follow_page_tells_nothing_of_the_level() {
    let assets = Assets::default();
    let page = follow(&given::follow_page(None), &given::shell(&assets, true)).into_string();
    let body = page.split("<main").nth(1).expect("main");
    for level in Level::ALL {
        let word = words::by_code("level.satisfaction", &level.get().to_string()).expect("a word");
        assert!(!body.contains(word), "{word}");
    }
}

#[test]
fn a_denominator_of_zero_is_a_dash_and_small_numbers_are_told_to_be_undivided() {
    let assets = Assets::default();
    let mut view = given::figures();
    view.in_time = rules::indicators::Rate { num: 0, den: 0 };
    let page = figures(&view, None, &given::shell(&assets, false)).into_string();
    assert!(page.contains("—"));
    assert!(page.contains("0/0"));
    assert!(page.contains("办件服务评价4条，窗口、大厅评价2条"));
    assert!(page.contains("2,439/2,500"));
}

#[test]
fn every_code_of_the_rules_has_a_text() {
    let families: [(&str, Vec<&str>); 17] = [
        (
            "subject",
            SubjectKind::ALL.iter().map(|x| x.code()).collect(),
        ),
        (
            "question",
            SubjectKind::ALL.iter().map(|x| x.code()).collect(),
        ),
        ("rating_kind", Kind::ALL.iter().map(|x| x.code()).collect()),
        ("identity", Identity::ALL.iter().map(|x| x.code()).collect()),
        ("owner", Owner::ALL.iter().map(|x| x.code()).collect()),
        ("day", DayKind::ALL.iter().map(|x| x.code()).collect()),
        ("clock", Clock::ALL.iter().map(|x| x.code()).collect()),
        (
            "term_unit",
            rules::profile::Unit::ALL.iter().map(|x| x.code()).collect(),
        ),
        ("state", State::ALL.iter().map(|x| x.code()).collect()),
        (
            "contact_outcome",
            ContactOutcome::ALL.iter().map(|x| x.code()).collect(),
        ),
        (
            "revisit_outcome",
            RevisitOutcome::ALL.iter().map(|x| x.code()).collect(),
        ),
        ("handled", HandledAs::ALL.iter().map(|x| x.code()).collect()),
        ("action", Action::ALL.iter().map(|x| x.code()).collect()),
        ("reason", Reason::ALL.iter().map(|x| x.code()).collect()),
        ("role", Role::ALL.iter().map(|x| x.code()).collect()),
        (
            "label_set",
            LabelSet::ALL.iter().map(|x| x.code()).collect(),
        ),
        (
            "kind",
            vec![
                "opened",
                "assigned",
                "contacted",
                "rectified",
                "explained",
                "answered",
                "revisited",
                "closed",
            ],
        ),
    ];
    for (family, codes) in families {
        for code in codes {
            assert!(words::by_code(family, code).is_some(), "{family}.{code}");
        }
    }
}

#[test]
fn every_tag_of_the_catalogue_has_a_text_the_disabled_ones_too() {
    let versions = [
        include_str!("../../../../policies/tags/1.toml"),
        include_str!("../../../../policies/tags/2.toml"),
    ];
    let codes: Vec<&str> = versions
        .iter()
        .flat_map(|text| text.split("code = ").skip(1))
        .filter_map(|rest| rest.split(',').next())
        .collect();
    assert!(codes.len() > 40, "{}", codes.len());
    for code in codes {
        assert!(words::by_code("tag", code).is_some(), "{code}");
    }
}

#[test]
fn everything_that_can_be_wrong_with_a_rating_has_a_text() {
    let catalogue = Catalogue {
        version: "2".into(),
        tags: Vec::new(),
    };
    let number = |level| Input {
        level,
        tags: vec!["999".into()],
        text: "\u{7}".repeat(151),
        stated: true,
        name: "\u{7}".repeat(99),
        phone: "abc\u{7}".into(),
    };
    let unnamed = Input {
        name: String::new(),
        phone: String::new(),
        ..number(RawLevel::Missing)
    };
    let inputs = [
        number(RawLevel::NotANumber),
        number(RawLevel::Number(6)),
        unnamed,
    ];
    for violation in inputs
        .iter()
        .flat_map(|input| check(input, &catalogue, 150).expect_err("wrong"))
    {
        let text = super::say::violation(&violation);
        assert!(
            words::by_code("violation", &violation.code).is_some(),
            "{}",
            violation.code
        );
        assert!(!text.contains('{'), "{text}");
    }
    for code in ["tag.of_another_level", "tag.disabled", "tag.too_many"] {
        assert!(words::by_code("violation", code).is_some(), "{code}");
    }
}

#[test]
fn a_term_without_a_source_says_whose_it_is() {
    let ours = Basis::Ours {
        why: "各地多为五天".into(),
    };
    assert!(super::parts::basis(&ours).starts_with("文件没有规定"));
}
