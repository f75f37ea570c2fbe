//! The texts of the pages: every language, every code.

use super::*;
use rules::{indicators::DueRate, profile::Scope};

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
fn every_code_of_the_rules_has_a_text() {
    let due_rates = || DueRate::ALL.iter().map(|x| x.code()).collect();
    let families: [(&str, Vec<&str>); 22] = [
        ("due_rate", due_rates()),
        ("due_rate_def", due_rates()),
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
        ("part_none", vec!["item", "win"]),
        ("state", State::ALL.iter().map(|x| x.code()).collect()),
        (
            "contact_outcome",
            ContactOutcome::ALL.iter().map(|x| x.code()).collect(),
        ),
        (
            "revisit_outcome",
            RevisitOutcome::ALL.iter().map(|x| x.code()).collect(),
        ),
        ("met", Met::ALL.iter().map(|x| x.code()).collect()),
        ("no_due", NoDue::ALL.iter().map(|x| x.code()).collect()),
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
                "amended",
                "identified",
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
        include_str!("../../../../../policies/tags/1.toml"),
        include_str!("../../../../../policies/tags/2.toml"),
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
        scopes: vec![
            ("result".into(), RawLevel::Number(5)),
            ("service".into(), RawLevel::Number(0)),
        ],
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
        .flat_map(|input| check(input, &catalogue, &[Scope::Service], 150).expect_err("wrong"))
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
