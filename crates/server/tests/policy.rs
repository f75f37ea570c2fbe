//! The policy data that is embedded, and what a faulty file is told.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use rules::calendar::DayKind;
use rules::date::{Date, iso, parse_iso};
use rules::deadline::due;
use rules::level::{LabelSet, Level};
use rules::profile::{
    AppealPath, Basis, Card, Clock, Continuation, Force, Investigated, Profile, Scope, Term,
};
use rules::tag::{Owner, Shown};
use server::due::{DueAnswer, DueError};
use server::policy::{Policies, PolicyError, What};

const ORACLE: &str = include_str!("../../rules/tests/data/oracle-2019-2026.txt");
const DEHONG: &str = include_str!("../../../policies/dehong/2020.toml");
const NATIONAL: &str = include_str!("../../../policies/national/2019.toml");
const QINGDAO: &str = include_str!("../../../policies/qingdao/2020.toml");
const JILIN: &str = include_str!("../../../policies/jilin/2020.toml");
const LEIYANG: &str = include_str!("../../../policies/leiyang/2023.toml");
const TAGS_1: &str = include_str!("../../../policies/tags/1.toml");
const TAGS_2: &str = include_str!("../../../policies/tags/2.toml");
const YEAR_2026: &str = include_str!("../../../policies/calendars/2026.toml");

fn policies() -> Policies {
    Policies::embedded().unwrap_or_else(|error| panic!("{error}"))
}

/// As the command computes it: without a folder, so without continuations.
fn answer(
    policies: &Policies,
    profile: &str,
    clock: Clock,
    from: Date,
) -> Result<DueAnswer, DueError> {
    server::due::due(policies, &[], profile, clock, from)
}

fn day(text: &str) -> Date {
    parse_iso(text).unwrap()
}

/// The embedded files with one of them changed.
fn read(path: &str, text: &str) -> Result<Policies, PolicyError> {
    let files = [
        ("national/2019.toml", NATIONAL),
        ("dehong/2020.toml", DEHONG),
        ("qingdao/2020.toml", QINGDAO),
        ("jilin/2020.toml", JILIN),
        ("leiyang/2023.toml", LEIYANG),
        ("tags/1.toml", TAGS_1),
        ("tags/2.toml", TAGS_2),
        ("calendars/2026.toml", YEAR_2026),
    ];
    let others = files.into_iter().filter(|(name, _)| *name != path);
    Policies::read(
        others
            .chain([(path, text)])
            .map(|(path, text)| (path.to_owned(), text.to_owned())),
    )
}

/// The five profiles, by id.
const IDS: [&str; 5] = ["dehong", "jilin", "leiyang", "national", "qingdao"];
/// Each document that is quoted, and the text of it that is held.
const SOURCES: [(&str, &str); 5] = [
    (
        "国办发〔2019〕51号",
        include_str!("data/sources/national.txt"),
    ),
    (
        "德宏州政务服务“好差评”方案",
        include_str!("data/sources/dehong.txt"),
    ),
    (
        "青岛市建立政务服务“好差评”制度实施方案",
        include_str!("data/sources/qingdao.txt"),
    ),
    (
        "吉林市政务服务“好差评”工作细则（试行）",
        include_str!("data/sources/jilin.txt"),
    ),
    (
        "湖南推进政务服务标准化的署名文章",
        include_str!("data/sources/leiyang.txt"),
    ),
];

/// A text without its line breaks, stray spaces, and the pinyin that copying left in it: 業(yè).
fn bare(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('(') {
        out.push_str(before);
        match from.split_once(')') {
            Some((inside, after))
                if !inside.is_empty()
                    && inside.chars().all(|c| c.is_alphabetic() && c < '\u{300}') =>
            {
                rest = after;
            }
            _ => {
                out.push('(');
                rest = from;
            }
        }
    }
    out.push_str(rest);
    out.retain(|c| !c.is_whitespace());
    out
}

fn held(document: &str) -> String {
    let found = SOURCES.iter().find(|(name, _)| *name == document);
    bare(found.unwrap_or_else(|| panic!("{document} isn't held")).1)
}

/// The parts of a quotation that aren't in the text; `……` stands for what is left out.
fn not_in<'a>(text: &str, words: &'a str) -> Vec<&'a str> {
    let missing = |part: &&str| !text.contains(&bare(part));
    words.split("……").filter(missing).collect()
}

/// The faults of 德宏's file with one piece of text replaced, as `line key what`.
fn faults(from: &str, to: &str) -> Vec<String> {
    assert!(DEHONG.contains(from), "{from} isn't in the file");
    let faults = read("dehong/2020.toml", &DEHONG.replacen(from, to, 1))
        .unwrap_err()
        .faults;
    faults
        .into_iter()
        .map(|fault| format!("{} {} {}", fault.line, fault.key, fault.what))
        .collect()
}

fn line_of(text: &str) -> usize {
    DEHONG
        .lines()
        .position(|line| line.starts_with(text))
        .unwrap()
        + 1
}

#[test]
fn every_day_of_2019_to_2026_is_what_an_independent_calendar_says() {
    let calendar = policies().calendar;
    let mut days = 0;
    for line in ORACLE.lines().filter(|line| !line.starts_with('#')) {
        let (date, working) = line.split_once(' ').unwrap();
        let told = calendar.day(day(date));
        assert_eq!(
            told.kind.is_working(),
            working == "1",
            "{date} is {}",
            told.kind
        );
        assert!(told.known, "{date}");
        days += 1;
    }
    assert_eq!(days, 2922);
}

#[test]
fn every_day_off_or_made_up_names_its_notice_and_unchecked_numbers_are_marked() {
    let calendar = policies().calendar;
    let told = calendar.day(day("2018-12-29"));
    assert_eq!(
        (told.kind, told.notice.as_deref()),
        (DayKind::MakeUp, Some("国办发明电〔2018〕15号"))
    );
    assert_eq!(
        calendar.day(day("2019-05-03")).notice.as_deref(),
        Some("国办发明电〔2019〕3号")
    );
    assert_eq!(
        calendar.day(day("2026-02-23")).notice.as_deref(),
        Some("国办发明电〔2025〕7号")
    );
    let unchecked: Vec<&str> = calendar
        .notices()
        .iter()
        .filter(|notice| !notice.checked)
        .map(|notice| notice.number.as_str())
        .collect();
    assert_eq!(
        unchecked,
        ["国办发明电〔2022〕16号", "国办发明电〔2023〕7号"]
    );
    assert!(!calendar.day(day("2024-02-12")).checked);
    assert!(!calendar.covers(day("2027-01-01")));
}

#[test]
fn case_36_the_spring_festival_of_2020_was_extended_by_a_second_notice() {
    let calendar = policies().calendar;
    let told = calendar.day(day("2020-02-01"));
    assert_eq!(
        (told.kind, told.notice.as_deref()),
        (DayKind::Holiday, Some("国办发明电〔2020〕1号"))
    );
    assert_eq!(
        iso(due(Term::working_days(1), &calendar, day("2020-01-23"))
            .unwrap()
            .due),
        "2020-02-03"
    );
}

/// Event day, then due after 1, 5, 10, 15 working days and 7 natural days, plain and rolled.
const VECTORS: [[&str; 7]; 10] = [
    [
        "2025-12-31",
        "2026-01-04",
        "2026-01-08",
        "2026-01-15",
        "2026-01-22",
        "2026-01-07",
        "2026-01-07",
    ],
    [
        "2026-02-12",
        "2026-02-13",
        "2026-02-26",
        "2026-03-04",
        "2026-03-11",
        "2026-02-19",
        "2026-02-24",
    ],
    [
        "2026-02-13",
        "2026-02-14",
        "2026-02-27",
        "2026-03-05",
        "2026-03-12",
        "2026-02-20",
        "2026-02-24",
    ],
    [
        "2026-02-14",
        "2026-02-24",
        "2026-02-28",
        "2026-03-06",
        "2026-03-13",
        "2026-02-21",
        "2026-02-24",
    ],
    [
        "2026-04-03",
        "2026-04-07",
        "2026-04-13",
        "2026-04-20",
        "2026-04-27",
        "2026-04-10",
        "2026-04-10",
    ],
    [
        "2026-04-30",
        "2026-05-06",
        "2026-05-11",
        "2026-05-18",
        "2026-05-25",
        "2026-05-07",
        "2026-05-07",
    ],
    [
        "2026-05-08",
        "2026-05-09",
        "2026-05-14",
        "2026-05-21",
        "2026-05-28",
        "2026-05-15",
        "2026-05-15",
    ],
    [
        "2026-09-18",
        "2026-09-20",
        "2026-09-24",
        "2026-10-09",
        "2026-10-15",
        "2026-09-25",
        "2026-09-28",
    ],
    [
        "2026-09-30",
        "2026-10-08",
        "2026-10-13",
        "2026-10-20",
        "2026-10-27",
        "2026-10-07",
        "2026-10-08",
    ],
    [
        "2026-10-09",
        "2026-10-10",
        "2026-10-15",
        "2026-10-22",
        "2026-10-29",
        "2026-10-16",
        "2026-10-16",
    ],
];

#[test]
fn case_34_the_ten_vectors_hold_over_holidays_and_make_up_days() {
    let calendar = policies().calendar;
    let seven = Term::natural_days(7);
    let working = [1, 5, 10, 15].map(Term::working_days);
    for [from, expected @ ..] in VECTORS {
        let terms = working.into_iter().chain([seven, seven.rolled()]);
        for (term, expected) in terms.zip(expected) {
            assert_eq!(
                iso(due(term, &calendar, day(from)).unwrap().due),
                expected,
                "{term:?} from {from}"
            );
        }
    }
}

#[test]
fn working_days_never_take_longer_than_the_comparison_of_two_units_assumes() {
    let calendar = policies().calendar;
    let from = std::iter::successors(Some(day("2019-01-01")), |day| day.next_day());
    for from in from.take_while(|date| *date < day("2026-10-01")) {
        for n in [1, 2, 5, 15, 40] {
            let due = due(Term::working_days(n), &calendar, from).unwrap().due;
            assert!(
                (due - from).whole_days() <= i64::from(2 * n + 12),
                "{n} from {from}"
            );
        }
    }
}

// clause: D-13
#[test]
fn due_of_the_rectification_in_dehong_prints_the_day_its_steps_and_its_article() {
    let answer = answer(&policies(), "dehong", Clock::Rectify, day("2026-02-13")).unwrap();
    let json = serde_json::to_string(&answer).unwrap();
    assert!(json.starts_with(
        r#"{"due":"2026-03-12","provisional":false,"in_force":true,"steps":[{"date":"2026-02-14""#
    ));
    assert!(json.ends_with(
        r#""cite":{"kind":"stated","document":"德宏州政务服务“好差评”方案","article":"三、评价机制(三)评价流程 2.整改","words":"除误评和恶意差评外,所有差评问题应在15个工作日内进行整改"}}"#
    ));
    assert_eq!(answer.steps.iter().filter(|step| step.counted).count(), 15);
}

// clause: D-15
#[test]
fn due_without_a_term_is_null_with_the_reason_and_never_a_guess() {
    for (profile, clock) in [
        ("dehong", Clock::Reply),
        ("dehong", Clock::RectifyComplex),
        ("national", Clock::Contact),
        ("national", Clock::Rectify),
        ("national", Clock::DefaultRating),
    ] {
        let answer = answer(&policies(), profile, clock, day("2026-02-13")).unwrap();
        assert_eq!(
            (answer.due, answer.steps.len()),
            (None, 0),
            "{profile} {clock}"
        );
        assert!(!answer.reason.unwrap().is_empty());
    }
    let unknown = answer(&policies(), "atlantis", Clock::Reply, day("2026-02-13")).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "no profile `atlantis`; there are dehong, jilin, leiyang, national, qingdao"
    );
}

// clause: D-11
#[test]
fn dehong_records_basically_satisfied_five_working_days_after_an_unrated_service() {
    let policies = policies();
    let parameters = &policies.profile("dehong").unwrap().parameters;
    assert_eq!(parameters.default_rating_level.value, Some(Level::L3));
    let answer = answer(&policies, "dehong", Clock::DefaultRating, day("2026-09-18")).unwrap();
    assert_eq!(answer.due, Some(day("2026-09-24")));
    assert!(answer.cite.is_stated());
}

#[test]
fn case_35_a_due_day_past_the_last_calendar_is_provisional() {
    let late = answer(&policies(), "dehong", Clock::Rectify, day("2026-12-18")).unwrap();
    assert!(late.provisional && late.due.is_some());
    for extreme in [Date::MIN, Date::MAX] {
        let _ = answer(&policies(), "dehong", Clock::Rectify, extreme);
    }
}

// clause: D-16
#[test]
fn what_the_documents_state_is_in_the_profiles_with_its_words() {
    let policies = policies();
    assert_eq!(policies.ids(), IDS);
    for id in IDS {
        let profile = policies.profile(id).unwrap();
        assert_eq!(profile.label_set(), LabelSet::Satisfaction);
        assert_eq!(profile.parameters.callback_target.value, Some(100));
        assert_eq!(profile.parameters.rectified_target.value, Some(100));
        assert_eq!((profile.k(), profile.text_max()), (5, 150));
        for entry in profile.parameters.entries() {
            let told = match entry.basis {
                Basis::Stated {
                    document,
                    article,
                    words,
                } => [document, article, words].iter().all(|s| !s.is_empty()),
                Basis::Ours { why } => !why.is_empty() && entry.value.is_some(),
                Basis::None { why } => !why.is_empty() && entry.value.is_none(),
            };
            assert!(told, "{id} {}", entry.key);
        }
    }
}

/// `domain.md` 3.2, 4: what a profile has to hold; `unit` of the default stands in its term.
const HELD: &str = "default_rating.enabled default_rating.level default_rating.after \
    default_rating.counted_in supplement_window followup_rating.max followup_rating.after label_set \
    scope_set tag_catalogue_version bad_requires_reason text_max anonymous.allowed \
    anonymous.reveals first_contact reply rectify_simple rectify_complex_max \
    extension.needs_approval extension.max_times callback.target callback.attempts \
    callback.outcomes appeal.who appeal.in_hall_path appeal.out_of_hall_path appeal.file_within \
    appeal.decide_within appeal.mark_text bulletin.cadence bulletin.cut_off bulletin.min_n \
    bulletin.good_levels bulletin.include_default sampling_ratio escalation_ladder rank_bottom.n \
    rank_bottom.consecutive calendar_id channels paper_entry sms hotline in_hall_flag.source";

#[test]
fn every_profile_holds_every_parameter_there_is() {
    for profile in &policies().profiles {
        let entries = profile.parameters.entries();
        for key in HELD.split_whitespace() {
            let found = entries.iter().any(|entry| entry.key == key);
            assert!(found, "{} lacks {key}", profile.id);
        }
    }
}

#[test]
fn every_quotation_is_found_word_for_word_in_the_text_that_is_held() {
    let mut quoted = 0;
    for profile in &policies().profiles {
        let stated = |basis: &Basis, key: &str| {
            let Basis::Stated {
                document, words, ..
            } = basis
            else {
                return 0;
            };
            let missing = not_in(&held(document), words);
            assert_eq!(missing, [""; 0], "{} {key}", profile.id);
            1
        };
        for entry in profile.parameters.entries() {
            quoted += stated(entry.basis, entry.key);
        }
        quoted += profile
            .validity
            .iter()
            .map(|basis| stated(basis, "validity"))
            .sum::<i32>();
    }
    assert!(quoted > 60, "{quoted}");
    // The look-up itself can fail.
    let dehong = held("德宏州政务服务“好差评”方案");
    assert_eq!(
        not_in(&dehong, "默认为“基本满意”……默认为“满意”"),
        ["默认为“满意”"]
    );
}

#[test]
fn what_a_reason_or_note_quotes_is_in_the_profiles_own_text_or_the_national_one() {
    for profile in &policies().profiles {
        let texts = held(&profile.document) + &held("国办发〔2019〕51号");
        for entry in profile.parameters.entries() {
            let why = match entry.basis {
                Basis::Stated { .. } => "",
                Basis::Ours { why } | Basis::None { why } => why,
            };
            let both = format!("{why}{}", entry.note.unwrap_or_default());
            let quotes = both.split('「').skip(1);
            for quote in quotes.filter_map(|from| from.split('」').next()) {
                let missing = not_in(&texts, quote);
                assert_eq!(missing, [""; 0], "{} {}", profile.id, entry.key);
            }
        }
    }
}

#[test]
fn a_province_whose_text_is_not_held_says_so() {
    for id in ["dehong", "qingdao", "jilin", "leiyang"] {
        let profile = policies().profile(id).cloned().unwrap();
        assert!(!profile.province_held, "{id}");
        assert!(profile.province.unwrap().note.contains("未持有"), "{id}");
        assert_eq!(profile.parent.as_deref(), Some("national/2019"), "{id}");
    }
    assert!(policies().profile("national").unwrap().province.is_none());
}

fn profile(id: &str) -> Profile {
    policies().profile(id).cloned().unwrap()
}

// clause: Q-18, Q-23, Q-25, Q-26
#[test]
fn qingdao_answers_and_rectifies_in_five_working_days_and_decides_appeals_by_hall() {
    let parameters = profile("qingdao").parameters;
    let five = Some(Term::working_days(5));
    assert_eq!(
        (parameters.reply.value, parameters.rectify_simple.value),
        (five, five)
    );
    assert_eq!(parameters.rectify_complex_max.value, None);
    assert_eq!(parameters.extension_needs_reason.value, Some(true));
    assert_eq!(
        (
            parameters.appeal_in_hall_path.value,
            parameters.appeal_out_of_hall_path.value
        ),
        (Some(AppealPath::UnitThenAuthority), Some(AppealPath::Unit))
    );
    assert_eq!(parameters.appeal_mark_text.value.as_deref(), Some("不属实"));
    assert_eq!(parameters.default_rating_enabled.value, Some(false));
    assert_eq!(parameters.default_rating_after.value, None);
    for basis in [
        &parameters.reply.basis,
        &parameters.appeal_in_hall_path.basis,
        &parameters.appeal_out_of_hall_path.basis,
        &parameters.callback_target.basis,
        &parameters.escalation_ladder.basis,
    ] {
        assert!(
            matches!(basis, Basis::Stated { document, .. } if document.starts_with("青岛市")),
            "{basis:?}"
        );
    }
    let answer = answer(&policies(), "qingdao", Clock::Rectify, day("2026-02-13")).unwrap();
    assert_eq!(answer.due, Some(day("2026-02-27")));
    assert!(answer.in_force);
}

// clause: J-10, J-19b, J-19c, J-19d, J-20
#[test]
fn jilin_has_a_default_after_seven_days_and_three_terms() {
    let parameters = profile("jilin").parameters;
    assert_eq!(parameters.default_rating_level.value, Some(Level::L3));
    assert_eq!(
        [
            parameters.default_rating_after.value,
            parameters.reply.value,
            parameters.rectify_simple.value,
            parameters.rectify_complex_max.value
        ],
        [
            Term::natural_days(7),
            Term::working_days(10),
            Term::working_days(15),
            Term::months(6)
        ]
        .map(Some)
    );
    // The article doesn't say which days it means; the profile says how it was read.
    let note = parameters.default_rating_after.note.unwrap();
    assert!(note.contains("自然日") && note.contains("工作日"));
    assert_eq!(
        parameters.appeal_out_of_hall_path.value,
        Some(AppealPath::Authority)
    );
    assert_eq!(parameters.bulletin_cadence.value.unwrap().code(), "monthly");
    assert_eq!(parameters.sms.value, Some(true));
    let on = |clock, from| answer(&policies(), "jilin", clock, day(from)).unwrap().due;
    assert_eq!(on(Clock::Reply, "2020-09-18"), Some(day("2020-10-09")));
    assert_eq!(
        on(Clock::RectifyComplex, "2020-08-31"),
        Some(day("2021-02-28"))
    );
}

// clause: J-11
#[test]
fn dehong_rates_quality_efficiency_and_result_and_jilin_overall_business_and_service() {
    let scopes = |id: &str| {
        let scopes = profile(id).parameters.scope_set;
        assert_eq!(scopes.basis.is_stated(), ["dehong", "jilin"].contains(&id));
        scopes.value.unwrap()
    };
    assert_eq!(
        scopes("dehong"),
        [Scope::Quality, Scope::Efficiency, Scope::Result]
    );
    assert_eq!(
        scopes("jilin"),
        [Scope::Overall, Scope::Business, Scope::Service]
    );
    for id in ["national", "qingdao", "leiyang"] {
        assert_eq!(scopes(id), [Scope::Overall], "{id}");
    }
}

#[test]
fn leiyang_is_press_and_its_own_text_states_only_cards_and_one_investigation_each() {
    let leiyang = profile("leiyang");
    assert_eq!(leiyang.force, Force::Press);
    let own: Vec<&str> = leiyang
        .parameters
        .entries()
        .iter()
        .filter(|entry| {
            matches!(entry.basis, Basis::Stated { document, .. } if *document == leiyang.document)
        })
        .map(|entry| entry.key)
        .collect();
    assert_eq!(own, ["cards", "investigation.of", "investigation.target"]);
    let parameters = leiyang.parameters;
    assert_eq!(parameters.cards.value, Some(vec![Card::Yellow, Card::Red]));
    assert_eq!(
        parameters.investigation_of.value,
        Some(vec![Investigated::Card, Investigated::BadRating])
    );
    assert_eq!(parameters.investigation_target.value, Some(100));
    for id in ["national", "dehong", "qingdao", "jilin"] {
        let other = profile(id);
        assert_ne!(other.force, Force::Press, "{id}");
        assert_eq!(other.parameters.cards.value, None, "{id}");
    }
}

// clause: J-28
#[test]
fn the_trial_of_jilin_is_cited_with_its_first_and_last_day() {
    let jilin = profile("jilin");
    assert_eq!(jilin.force, Force::Trial);
    assert_eq!(
        (jilin.valid_from, jilin.valid_to),
        (Some(day("2020-08-09")), Some(day("2021-08-08")))
    );
    assert!(jilin.validity.is_some_and(|basis| basis.is_stated()));
}

#[test]
fn the_catalogue_has_three_core_and_five_extended_tags_per_level_and_resolves_the_disabled_ones() {
    let catalogue = policies().catalogue;
    assert_eq!(catalogue.version, "2");
    for level in Level::ALL {
        let count = |shown| catalogue.of(level, shown).count();
        assert_eq!((count(Shown::Core), count(Shown::Extended)), (3, 5));
    }
    for code in [501, 509, 401, 402, 404, 405, 301, 306, 201, 206, 101, 107] {
        let tag = catalogue.get(code).unwrap();
        assert!(
            !tag.enabled && u16::from(tag.level.get()) == code / 100,
            "{code}"
        );
    }
    assert_eq!(catalogue.get(403), None);
    assert_eq!(
        catalogue.get(109).map(|tag| tag.owner),
        Some(Owner::Material)
    );
    assert_eq!(catalogue.get(115).map(|tag| tag.owner), Some(Owner::Person));
    assert_eq!(catalogue.tags.len(), 40 + 9 + 4 + 6 + 6 + 7);
}

// clause: J-28
#[test]
fn case_40_jilin_has_lapsed_and_falls_back_to_national_and_never_to_no_rule() {
    let policies = policies();
    let at = |text: &str| {
        let found = policies.governing(&[], "jilin", day(text)).unwrap();
        (
            found.profile.id.clone(),
            found.lapsed.map(Profile::reference),
        )
    };
    assert_eq!(at("2021-08-08"), ("jilin".to_owned(), None));
    let lapsed = ("national".to_owned(), Some("jilin/2020".to_owned()));
    assert_eq!(at("2021-08-09"), lapsed);
    assert_eq!(at("2026-11-22"), lapsed);
    // Asked for by name, it computes with the lapsed one and says so.
    let on = |from| answer(&policies, "jilin", Clock::Rectify, day(from)).unwrap();
    let (before, after) = (on("2021-08-08"), on("2026-02-13"));
    assert_eq!(
        (before.due, before.in_force),
        (Some(day("2021-08-27")), true)
    );
    assert_eq!(
        (after.due, after.in_force),
        (Some(day("2026-03-12")), false)
    );
}

// clause: J-28
#[test]
fn case_40_no_continuation_is_shipped_and_one_with_a_document_number_prolongs_the_text() {
    let policies = policies();
    for (path, text) in [
        ("jilin", JILIN),
        ("qingdao", QINGDAO),
        ("national", NATIONAL),
    ] {
        assert!(!text.contains("continuation"), "{path}");
    }
    let entered = [Continuation {
        profile: "jilin".to_owned(),
        version: "2020".to_owned(),
        document_no: "吉市政发〔2026〕1号".to_owned(),
        recorded_on: day("2026-11-01"),
        valid_to: day("2027-08-08"),
    }];
    let at = |text: &str| {
        let found = policies.governing(&entered, "jilin", day(text)).unwrap();
        found.profile.id.clone()
    };
    assert_eq!(at("2026-10-31"), "national");
    assert_eq!(at("2026-11-01"), "jilin");
    assert_eq!(at("2027-08-09"), "national");
}

#[test]
fn a_trial_without_an_end_an_unknown_force_and_an_uncited_validity_are_told() {
    let faults = |from: &str, to: &str| -> Vec<String> {
        assert!(JILIN.contains(from), "{from}");
        let error = read("jilin/2020.toml", &JILIN.replacen(from, to, 1)).unwrap_err();
        error.faults.iter().map(ToString::to_string).collect()
    };
    let line = |text: &str| JILIN.lines().position(|l| l.starts_with(text)).unwrap() + 1;
    assert_eq!(
        faults("valid_to = \"2021-08-08\"\n", ""),
        ["policies/jilin/2020.toml:1: `valid_to`: missing"]
    );
    assert_eq!(
        faults("force = \"trial\"", "force = \"rumour\""),
        [format!(
            "policies/jilin/2020.toml:{}: `force`: expected one of document, trial, press",
            line("force")
        )]
    );
    let uncited = JILIN
        .lines()
        .skip(line("[validity.stated]") - 1)
        .take(4)
        .fold(String::new(), |all, line| all + line + "\n");
    assert_eq!(
        faults(&uncited, ""),
        ["policies/jilin/2020.toml:1: `validity`: no basis: needs one of stated, ours, none"]
    );
    assert_eq!(
        faults("article = \"第二十八条\"\n", ""),
        [format!(
            "policies/jilin/2020.toml:{}: `validity.stated.article`: missing citation: `article` is needed",
            line("[validity.stated]")
        )]
    );
    let half = faults(
        "[default_rating.enabled]\nvalue = true",
        "[default_rating.enabled]\nvalue = false",
    );
    assert!(
        half[0].contains("enabled with level, after and counted_in"),
        "{half:?}"
    );
}

#[test]
fn an_unknown_key_is_told_with_file_line_and_key() {
    let line = line_of("[reply]") + 1;
    let none = DEHONG.lines().nth(line - 1).unwrap();
    assert_eq!(
        faults(none, &format!("{none}\nhurry = 1")),
        [format!("{} reply.hurry unknown key", line + 1)]
    );
    let error = read("dehong/2020.toml", &format!("{DEHONG}\n[surprise]\n"))
        .unwrap_err()
        .to_string();
    let last = DEHONG.lines().count() + 2;
    assert_eq!(
        error,
        format!("policies/dehong/2020.toml:{last}: `surprise`: unknown key")
    );
}

#[test]
fn a_missing_citation_is_told_with_file_line_and_key() {
    let line = line_of("[rectify_simple]") + 2;
    let article = "article = \"三、评价机制(三)评价流程 2.整改\"\nwords = \"除误评";
    assert_eq!(
        faults(article, "words = \"除误评"),
        [format!(
            "{line} rectify_simple.stated.article missing citation: `article` is needed"
        )]
    );
    assert_eq!(
        faults(
            "ours = { why = \"少于五条的变化会让人认出评价人。\" }",
            "ours = { why = \"\" }"
        ),
        [format!(
            "{} release_k.ours.why missing citation: `why` is needed",
            line_of("[release_k]") + 2
        )]
    );
    let bare = faults("ours = { why = \"少于五条的变化会让人认出评价人。\" }", "");
    assert_eq!(
        bare,
        [format!(
            "{} release_k no basis: needs one of stated, ours, none",
            line_of("[release_k]")
        )]
    );
}

#[test]
fn a_missing_parameter_a_wrong_type_and_a_broken_file_are_told() {
    let gone = faults(
        "[sms]\nvalue = false\nours = { why = \"原文没有短信评价；短信需要网关。\" }\n",
        "",
    );
    assert_eq!(gone, ["1 sms missing"]);
    let wrong = faults("value = { n = 15, unit = \"working_days\" }", "value = 15");
    let line = line_of("[rectify_simple]") + 1;
    assert!(wrong[0].starts_with(&format!("{line} rectify_simple.value expected a term")));
    let unit = faults(
        "n = 15, unit = \"working_days\"",
        "n = 15, unit = \"weeks\"",
    );
    assert!(unit[0].starts_with(&format!(
        "{line} rectify_simple.value.unit expected working_days"
    )));
    let broken = read("dehong/2020.toml", "id = ").unwrap_err();
    assert!(matches!(broken.faults[0].what, What::Syntax(_)));
    let both = faults("[reply]", "[reply]\nours = { why = \"x\" }");
    assert!(both[0].contains("more than one of stated, ours, none"));
}

// clause: N-21
#[test]
fn a_value_looser_than_what_the_parent_states_stops_the_start() {
    let looser = faults(
        "[callback.target]\nvalue = 100",
        "[callback.target]\nvalue = 99",
    );
    let line = line_of("[callback.target]");
    assert_eq!(
        looser,
        [format!(
            "{line} callback.target looser than `national/2019`, which states Number(100)"
        )]
    );
    // Every ancestor's stated values bind, whatever the child calls its own.
    let stricter = QINGDAO.replacen("[hotline]\nvalue = true", "[hotline]\nvalue = false", 1);
    assert_eq!(
        read("qingdao/2020.toml", &stricter)
            .unwrap_err()
            .to_string(),
        format!(
            "policies/qingdao/2020.toml:{}: `hotline`: looser than `national/2019`, which states Flag(true)",
            QINGDAO.lines().position(|l| l == "[hotline]").unwrap() + 1
        )
    );
    let orphan = faults("parent = \"national/2019\"", "parent = \"national/1949\"");
    assert!(orphan[0].contains("no profile `national/1949` above this one"));
}

#[test]
fn case_35_an_existing_but_unfinished_year_is_refused() {
    let empty = read("calendars/2027.toml", "year = 2027\n").unwrap_err();
    assert!(
        empty
            .faults
            .iter()
            .any(|fault| fault.file == "calendars/2027.toml" && fault.key == "notice")
    );
    let unnumbered = YEAR_2026.replacen("number = \"国办发明电〔2025〕7号\"\n", "", 1);
    let faults = read("calendars/2026.toml", &unnumbered).unwrap_err().faults;
    assert!(
        faults
            .iter()
            .any(|fault| fault.key == "notice[0].number" && fault.what == What::Missing)
    );
}
