//! The working-day calendar against an independent one, and the vectors of `domain.md` 4.8.

use crate::*;
use policy::What;
use rules::calendar::DayKind;
use rules::date::iso;
use rules::deadline::due;
use rules::profile::Term;

const ORACLE: &str = include_str!("../../../rules/tests/data/oracle-2019-2026.txt");

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
