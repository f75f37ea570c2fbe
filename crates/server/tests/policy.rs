//! The policy data that is embedded, and what a faulty file is told.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use rules::calendar::DayKind;
use rules::date::{Date, iso, parse_iso};
use rules::deadline::due;
use rules::level::{LabelSet, Level};
use rules::profile::{Basis, Clock, Term};
use rules::tag::{Owner, Shown};
use server::due::{DueError, due as answer};
use server::policy::{Policies, PolicyError, What};

const ORACLE: &str = include_str!("../../rules/tests/data/oracle-2019-2026.txt");
const DEHONG: &str = include_str!("../../../policies/dehong/2020.toml");
const NATIONAL: &str = include_str!("../../../policies/national/2019.toml");
const TAGS_1: &str = include_str!("../../../policies/tags/1.toml");
const TAGS_2: &str = include_str!("../../../policies/tags/2.toml");
const YEAR_2026: &str = include_str!("../../../policies/calendars/2026.toml");

fn policies() -> Policies {
    Policies::embedded().unwrap_or_else(|error| panic!("{error}"))
}

fn day(text: &str) -> Date {
    parse_iso(text).unwrap()
}

/// The embedded files with one of them changed.
fn read(path: &str, text: &str) -> Result<Policies, PolicyError> {
    let files = [
        ("national/2019.toml", NATIONAL),
        ("dehong/2020.toml", DEHONG),
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
    assert_eq!(
        answer(&policies(), "atlantis", Clock::Reply, day("2026-02-13")),
        Err(DueError::UnknownProfile("atlantis".to_owned()))
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
    let answer = answer(&policies(), "dehong", Clock::Rectify, day("2026-12-18")).unwrap();
    assert!(answer.provisional && answer.due.is_some());
    for extreme in [Date::MIN, Date::MAX] {
        let _ = server::due::due(&policies(), "dehong", Clock::Rectify, extreme);
    }
}

// clause: N-41, D-16, N-25, N-61
#[test]
fn what_the_documents_state_is_in_the_profiles_with_its_words() {
    let policies = policies();
    for id in ["national", "dehong"] {
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

#[test]
fn a_province_whose_text_is_not_held_says_so() {
    let dehong = policies().profile("dehong").cloned().unwrap();
    assert!(!dehong.province_held);
    assert!(dehong.province.unwrap().note.contains("未持有"));
    assert_eq!(dehong.parent.as_deref(), Some("national/2019"));
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

#[test]
fn case_40_an_expired_trial_falls_back_to_its_parent_and_never_to_no_rule() {
    let trial = DEHONG.replacen(
        "parent =",
        "valid_from = \"2020-08-09\"\nvalid_to = \"2021-08-08\"\nparent =",
        1,
    );
    let policies = read("dehong/2020.toml", &trial).unwrap();
    let at = |text: &str| {
        policies
            .in_force("dehong", day(text))
            .map(|profile| profile.id.clone())
    };
    assert_eq!(at("2021-08-08").as_deref(), Some("dehong"));
    assert_eq!(at("2021-08-09").as_deref(), Some("national"));
    // Asked for by name, it computes with the expired one and says so.
    let answer = answer(&policies, "dehong", Clock::Rectify, day("2026-02-13")).unwrap();
    assert_eq!(
        (answer.due, answer.in_force),
        (Some(day("2026-03-12")), false)
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
        "[sms]\nvalue = false\nours = { why = \"原文没有短信评价;短信需要网关。\" }\n",
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
