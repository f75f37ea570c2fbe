//! What may become a rating.

use proptest::prelude::*;
use rules::level::{LabelSet, Level};
use rules::profile::Scope;
use rules::rating::{Draft, Identity, Input, Kind, RawLevel, Subject, Violation, check};
use rules::tag::{Catalogue, Owner, Shown, Tag};

fn catalogue() -> Catalogue {
    let tag = |code, level, shown, enabled| Tag {
        code,
        level,
        shown,
        enabled,
        owner: Owner::Person,
    };
    Catalogue {
        version: "2".to_owned(),
        tags: vec![
            tag(510, Level::L5, Shown::Core, true),
            tag(517, Level::L5, Shown::Extended, true),
            tag(501, Level::L5, Shown::Core, false),
            tag(115, Level::L1, Shown::Extended, true),
        ],
    }
}

fn run(input: &Input) -> Result<Draft, Vec<Violation>> {
    check(input, &catalogue(), &[Scope::Business, Scope::Service], 150)
}

fn codes(input: &Input) -> Vec<String> {
    run(input)
        .err()
        .unwrap_or_default()
        .into_iter()
        .map(|violation| violation.code)
        .collect()
}

fn scopes(rated: &[(&str, i64)]) -> Vec<(String, RawLevel)> {
    let raw = |(code, level): &(&str, i64)| ((*code).to_owned(), RawLevel::Number(*level));
    rated.iter().map(raw).collect()
}

fn tags(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|&code| code.to_owned()).collect()
}

// clause: N-25, D-10
#[test]
fn five_levels_from_the_best_down_and_the_last_two_are_bad() {
    assert_eq!(Level::ALL.map(Level::get), [5, 4, 3, 2, 1]);
    assert_eq!(
        Level::ALL.map(Level::is_bad),
        [false, false, false, true, true]
    );
    assert_eq!(LabelSet::ALL.len(), 2);
    assert_eq!(serde_json::to_string(&Level::L4).unwrap(), "4");
    assert!(
        serde_json::from_str::<Level>("6").is_err()
            && serde_json::from_str::<Level>("\"5\"").is_err()
    );
}

// clause: N-58, N-06
#[test]
fn case_29_a_bad_rating_without_tag_text_or_name_is_as_good_as_a_good_one() {
    for level in Level::ALL {
        let draft = run(&Input::of_level(i64::from(level))).unwrap();
        assert_eq!((draft.level, draft.identity), (level, Identity::Anonymous));
        assert_eq!(
            (draft.tags, draft.text, draft.name, draft.phone),
            (vec![], None, None, None)
        );
    }
}

#[test]
fn a_level_that_is_none_is_refused_for_its_own_reason() {
    assert_eq!(codes(&Input::of_level(0)), ["level.out_of_range"]);
    assert_eq!(codes(&Input::of_level(6)), ["level.out_of_range"]);
    assert_eq!(
        codes(&Input {
            level: RawLevel::Missing,
            ..Input::of_level(5)
        }),
        ["level.missing"]
    );
    assert_eq!(
        codes(&Input {
            level: RawLevel::NotANumber,
            ..Input::of_level(5)
        }),
        ["level.not_a_number"]
    );
}

#[test]
fn tags_are_of_the_level_enabled_known_and_kept_once_in_order() {
    assert_eq!(
        run(&Input {
            tags: tags(&["517", "510", "517"]),
            ..Input::of_level(5)
        })
        .unwrap()
        .tags,
        [510, 517]
    );
    assert_eq!(
        codes(&Input {
            tags: tags(&["115"]),
            ..Input::of_level(5)
        }),
        ["tag.of_another_level"]
    );
    assert_eq!(
        codes(&Input {
            tags: tags(&["501"]),
            ..Input::of_level(5)
        }),
        ["tag.disabled"]
    );
    assert_eq!(
        codes(&Input {
            tags: tags(&["999", "0510", "+510", "x"]),
            ..Input::of_level(5)
        }),
        ["tag.unknown"; 4]
    );
    let many: Vec<String> = (600..700).map(|n| n.to_string()).collect();
    assert_eq!(
        codes(&Input {
            tags: many,
            ..Input::of_level(5)
        })[0],
        "tag.too_many"
    );
}

#[test]
fn a_disabled_code_still_resolves_and_is_never_offered() {
    assert!(catalogue().get(501).is_some());
    let offered: Vec<u16> = catalogue()
        .of(Level::L5, Shown::Core)
        .map(|tag| tag.code)
        .collect();
    assert_eq!(offered, [510]);
}

#[test]
fn the_150th_character_is_taken_and_the_151st_refused_whatever_the_script() {
    for letter in ["好", "a", "👍"] {
        assert!(
            run(&Input {
                text: letter.repeat(150),
                ..Input::of_level(1)
            })
            .is_ok()
        );
        let refused = run(&Input {
            text: letter.repeat(151),
            ..Input::of_level(1)
        })
        .unwrap_err();
        assert_eq!(
            (
                refused[0].params["max"].as_str(),
                refused[0].params["length"].as_str()
            ),
            ("150", "151")
        );
    }
    // A browser sends line ends as two characters and counts them as one.
    let lines = "\r\n".to_owned() + &"一\r\n".repeat(75) + "  ";
    assert_eq!(
        run(&Input {
            text: lines,
            ..Input::of_level(1)
        })
        .unwrap()
        .text
        .unwrap()
        .chars()
        .count(),
        149
    );
}

#[test]
fn control_characters_are_refused_but_not_line_ends_and_tabs() {
    assert_eq!(
        run(&Input {
            text: "一\r\n二\t三\r四".to_owned(),
            ..Input::of_level(3)
        })
        .unwrap()
        .text
        .unwrap(),
        "一\n二\t三\n四"
    );
    assert_eq!(
        codes(&Input {
            text: "一\u{0}二".to_owned(),
            ..Input::of_level(3)
        }),
        ["text.control_character"]
    );
    let name = Input {
        stated: true,
        name: "张\u{7}三".to_owned(),
        ..Input::of_level(3)
    };
    assert_eq!(codes(&name), ["field.control_character"]);
}

// clause: N-60, D-20, J-26
#[test]
fn contact_data_are_kept_only_when_the_rater_wants_to_be_reachable() {
    let contact = Input {
        name: "张三".to_owned(),
        phone: "138 0013 8000".to_owned(),
        ..Input::of_level(1)
    };
    let anonymous = run(&contact).unwrap();
    assert_eq!(
        (anonymous.identity, anonymous.name, anonymous.phone),
        (Identity::Anonymous, None, None)
    );
    let stated = run(&Input {
        stated: true,
        ..contact.clone()
    })
    .unwrap();
    assert_eq!(stated.identity, Identity::Stated);
    assert_eq!(
        (stated.name.as_deref(), stated.phone.as_deref()),
        (Some("张三"), Some("13800138000"))
    );
    let neither = Input {
        stated: true,
        name: "  ".to_owned(),
        phone: String::new(),
        ..contact
    };
    assert_eq!(codes(&neither), ["name.missing"]);
    let invisible = Input {
        name: "\u{200b}\u{202e}".to_owned(),
        ..neither
    };
    assert_eq!(codes(&invisible), ["name.missing"]);
}

// clause: Q-02
#[test]
fn a_person_a_company_and_any_other_body_rate_by_their_own_name_alike() {
    for name in [
        "刀安",
        "司徒金花·阿依古丽",
        "云南省云澜州澜城市边境贸易进出口有限责任公司",
        "澜城市文昌街道老年人协会",
        "U Kyaw Zin Oo",
    ] {
        let draft = run(&Input {
            stated: true,
            name: name.to_owned(),
            ..Input::of_level(1)
        })
        .unwrap();
        assert_eq!(
            (draft.identity, draft.name.as_deref()),
            (Identity::Stated, Some(name))
        );
    }
}

#[test]
fn case_31_a_foreign_or_pasted_number_is_a_number_and_a_word_is_not() {
    let phone = |text: &str| {
        run(&Input {
            stated: true,
            phone: text.to_owned(),
            ..Input::of_level(1)
        })
    };
    for (typed, kept) in [
        ("+95 9 450 123 456", "+959450123456"),
        ("\u{202d}13800138000\u{202c}", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("(0692) 212-3456", "06922123456"),
    ] {
        assert_eq!(phone(typed).unwrap().phone.as_deref(), Some(kept));
    }
    for typed in [
        "1234",
        "一三八",
        "13800138000abc",
        "1380013800013800",
        "138+0013",
    ] {
        assert_eq!(phone(typed).unwrap_err()[0].code, "phone.malformed");
    }
}

// clause: J-11
#[test]
fn each_scope_of_the_profile_may_be_rated_on_its_own_and_none_has_to_be() {
    let rated = |sent: &[(&str, i64)]| {
        run(&Input {
            scopes: scopes(sent),
            ..Input::of_level(5)
        })
    };
    assert!(rated(&[]).unwrap().scopes.is_empty());
    let one = rated(&[("service", 1)]).unwrap();
    assert_eq!(one.level, Level::L5, "the whole is a judgement of its own");
    assert_eq!(
        one.scopes.into_iter().collect::<Vec<_>>(),
        [(Scope::Service, Level::L1)]
    );
    let both = rated(&[("service", 4), ("business", 3)]).unwrap().scopes;
    assert_eq!(
        both.into_values().collect::<Vec<_>>(),
        [Level::L3, Level::L4]
    );
    let left_out = Input {
        scopes: vec![("business".to_owned(), RawLevel::Missing)],
        ..Input::of_level(2)
    };
    assert!(run(&left_out).unwrap().scopes.is_empty());
    let many = (0..999).map(|at| (format!("s{at}"), RawLevel::Missing));
    let flood = run(&Input {
        scopes: many.collect(),
        ..Input::of_level(5)
    });
    assert!(
        flood.unwrap_err().len() <= 20,
        "refused without an endless answer"
    );
    let wrong = |sent| rated(sent).unwrap_err().remove(0);
    let unknown = wrong(&[("overall", 5)]);
    assert_eq!(
        (unknown.field.as_str(), unknown.code.as_str()),
        ("scopes", "scope.unknown")
    );
    let level = wrong(&[("service", 6)]);
    assert_eq!(
        (level.field.as_str(), level.code.as_str()),
        ("scope-service", "scope.level")
    );
}

#[test]
fn every_violation_is_told_at_once() {
    let all = Input {
        level: RawLevel::Number(9),
        scopes: scopes(&[("result", 5), ("service", 0)]),
        tags: tags(&["999"]),
        text: "\u{1}".to_owned() + &"长".repeat(151),
        stated: true,
        name: "长".repeat(61),
        phone: "x".to_owned(),
    };
    let expected = [
        "level.out_of_range",
        "tag.unknown",
        "scope.unknown",
        "scope.level",
        "text.too_long",
        "text.control_character",
        "name.too_long",
        "phone.malformed",
    ];
    assert_eq!(codes(&all), expected);
}

// clause: N-26
#[test]
fn case_48_two_services_of_one_case_are_two_subjects() {
    let service = |service_no| Subject::Event {
        project_no: "P001".to_owned(),
        service_no,
    };
    assert_eq!(service(1).key(), "event:P001:1");
    assert_ne!(service(1).key(), service(2).key());
}

#[test]
fn case_9_a_window_and_a_consultation_are_subjects_without_a_case() {
    let hall = Subject::Hall {
        hall: "H1".to_owned(),
    };
    let consultation = Subject::Consultation {
        hall: "H1".to_owned(),
    };
    assert_ne!(hall.key(), consultation.key());
    assert_eq!(
        Subject::Window {
            window: "W1".to_owned()
        }
        .key(),
        "window:W1"
    );
}

#[test]
fn case_8_an_upper_systems_default_is_a_kind_of_its_own() {
    assert_ne!(Kind::ExternalDefault.code(), Kind::Default.code());
    assert_eq!("external_default".parse(), Ok(Kind::ExternalDefault));
}

// clause: N-41
#[test]
fn case_30_only_anonymous_raters_are_outside_the_real_name_duties() {
    let real: Vec<bool> = Identity::ALL
        .iter()
        .map(|identity| identity.is_real_name())
        .collect();
    assert_eq!(real, [false, true, true, true]);
}

fn raw_level() -> impl Strategy<Value = RawLevel> {
    let number = prop_oneof![0i64..7, any::<i64>()];
    prop_oneof![
        Just(RawLevel::Missing),
        Just(RawLevel::NotANumber),
        number.prop_map(RawLevel::Number)
    ]
}

fn any_input() -> impl Strategy<Value = Input> {
    let tag = prop_oneof![
        Just("510".to_owned()),
        Just("115".to_owned()),
        Just("501".to_owned()),
        ".{0,8}"
    ];
    let scope = prop_oneof![Just("service".to_owned()), ".{0,20}"];
    let word = || prop_oneof![Just(String::new()), ".{0,80}", "[0-9]{4,16}"];
    let text = prop_oneof![".{0,200}", "(\\r\\n|\\r|好|\\t){0,200}"];
    (
        raw_level(),
        prop::collection::vec((scope, raw_level()), 0..4),
        prop::collection::vec(tag, 0..30),
        text,
        any::<bool>(),
        word(),
        word(),
    )
        .prop_map(|(level, scopes, tags, text, stated, name, phone)| Input {
            level,
            scopes,
            tags,
            text,
            stated,
            name,
            phone,
        })
}

proptest! {
    #[test]
    fn checking_never_panics_and_what_passes_holds_every_rule(input in any_input()) {
        match run(&input) {
            Err(violations) => prop_assert!(!violations.is_empty()),
            Ok(draft) => {
                prop_assert!(draft.tags.iter().all(|code| catalogue().get(*code).is_some_and(|t| t.enabled && t.level == draft.level)));
                let text = draft.text.unwrap_or_default();
                prop_assert!(text.chars().count() <= 150 && !text.contains('\r') && text.trim() == text);
                prop_assert_eq!(draft.identity.is_real_name(), draft.name.is_some() || draft.phone.is_some());
            }
        }
    }

    #[test]
    fn violations_of_one_field_never_hide_those_of_another(input in any_input()) {
        let fields = |input: &Input| -> std::collections::BTreeSet<String> {
            run(input).err().unwrap_or_default().into_iter().map(|v| v.field).collect()
        };
        let with_bad_text = Input { text: "长".repeat(151), ..input.clone() };
        let mut expected = fields(&input);
        expected.insert("text".to_owned());
        prop_assert_eq!(fields(&with_bad_text), expected);
    }
}
