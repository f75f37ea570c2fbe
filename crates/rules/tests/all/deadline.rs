//! Deadlines over a small calendar made by hand; the whole calendar is compared in `server`.

use crate::common::{calendar, day, notice};
use proptest::prelude::*;
use rules::calendar::{Calendar, CalendarError, DayKind};
use rules::date::{Date, iso, parse_iso};
use rules::deadline::{due, predates};
use rules::profile::{Term, Unit};

fn due_iso(term: Term, from: &str) -> String {
    iso(due(term, &calendar(), day(from)).unwrap().due)
}

// clause: D-13
#[test]
fn case_34_a_deadline_over_a_make_up_sunday_and_two_holidays_counts_them_as_the_notice_says() {
    assert_eq!(due_iso(Term::working_days(5), "2026-09-18"), "2026-09-24");
    assert_eq!(due_iso(Term::working_days(15), "2026-09-18"), "2026-10-15");
    let steps = due(Term::working_days(1), &calendar(), day("2026-09-18"))
        .unwrap()
        .steps;
    let kinds: Vec<_> = steps.iter().map(|step| (step.kind, step.counted)).collect();
    assert_eq!(kinds, [(DayKind::Weekend, false), (DayKind::MakeUp, true)]);
    assert_eq!(steps[1].notice.as_deref(), Some("一号"));
}

#[test]
fn case_35_a_deadline_past_the_loaded_calendar_is_provisional_and_never_panics() {
    let inside = due(Term::working_days(5), &calendar(), day("2026-12-18")).unwrap();
    assert!(!inside.provisional);
    let across = due(Term::working_days(15), &calendar(), day("2026-12-18")).unwrap();
    assert!(across.provisional);
    assert!(across.steps.iter().any(|step| !step.known));
    assert!(
        due(
            Term::working_days(1),
            &Calendar::unloaded(),
            day("2026-03-02")
        )
        .unwrap()
        .provisional
    );
}

#[test]
fn a_day_before_the_calendar_begins_is_not_told_like_one_that_is_still_to_be_settled() {
    let of = |from| due(Term::working_days(5), &calendar(), day(from)).unwrap();
    let (past, inside, future) = (of("2015-03-02"), of("2026-03-02"), of("2027-03-01"));
    assert!(past.provisional && predates(&past.steps));
    assert!(!inside.provisional && !predates(&inside.steps));
    assert!(future.provisional && !predates(&future.steps));
    let nothing = Calendar::unloaded();
    let unloaded = due(Term::working_days(5), &nothing, day("2015-03-02")).unwrap();
    assert!(!predates(&unloaded.steps), "it begins nowhere");
}

#[test]
fn case_36_a_later_notice_overrules_an_earlier_one_on_the_same_day() {
    let first = notice("先", &["2020-01-30"], &["2020-02-01"]);
    let later = notice("后", &["2020-01-31", "2020-02-01"], &[]);
    let calendar = Calendar::new("cn", [2020], vec![first, later]).unwrap();
    let told = calendar.day(day("2020-02-01"));
    assert_eq!(
        (told.kind, told.notice.as_deref()),
        (DayKind::Holiday, Some("后"))
    );
    assert_eq!(
        calendar.day(day("2020-01-30")).notice.as_deref(),
        Some("先")
    );
}

#[test]
fn case_37_the_first_working_day_after_a_weekend_event_is_day_one() {
    assert_eq!(due_iso(Term::working_days(1), "2026-03-07"), "2026-03-09");
    // On a Saturday that works the event's own day doesn't count either.
    assert_eq!(due_iso(Term::working_days(1), "2026-02-14"), "2026-02-24");
}

// clause: J-19d
#[test]
fn case_38_six_months_from_august_31_end_on_the_last_of_february_and_roll_only_if_the_term_says_so()
{
    assert_eq!(due_iso(Term::months(6), "2025-08-31"), "2026-02-28");
    assert_eq!(due_iso(Term::months(6), "2023-08-31"), "2024-02-29");
    assert_eq!(due_iso(Term::months(1), "2026-12-31"), "2027-01-31");
    assert_eq!(due_iso(Term::months(1), "2026-01-15"), "2026-02-15");
    assert_eq!(
        due_iso(Term::months(1).rolled(), "2026-01-15"),
        "2026-02-24"
    );
}

#[test]
fn natural_days_roll_to_the_next_working_day_only_where_the_term_says_so() {
    assert_eq!(due_iso(Term::natural_days(7), "2026-09-18"), "2026-09-25");
    assert_eq!(
        due_iso(Term::natural_days(7).rolled(), "2026-09-18"),
        "2026-09-28"
    );
    let rolled = due(
        Term::natural_days(7).rolled(),
        &calendar(),
        day("2026-09-18"),
    )
    .unwrap();
    assert_eq!(rolled.steps.iter().filter(|step| step.counted).count(), 7);
}

#[test]
fn an_entry_belongs_to_its_notice_and_not_to_its_year() {
    let calendar = Calendar::new(
        "cn",
        [2019],
        vec![notice("〔2018〕15号", &["2019-01-01"], &["2018-12-29"])],
    )
    .unwrap();
    let told = calendar.day(day("2018-12-29"));
    assert_eq!((told.kind, told.known), (DayKind::MakeUp, true));
    assert!(!calendar.covers(day("2018-12-29")));
}

#[test]
fn a_calendar_that_cannot_be_trusted_is_refused() {
    let twice = notice("一", &["2026-01-01", "2026-01-01"], &[]);
    assert!(matches!(
        Calendar::new("cn", [2026], vec![twice]),
        Err(CalendarError::Twice { .. })
    ));
    let empty = notice("二", &["2026-01-01"], &[]);
    assert_eq!(
        Calendar::new("cn", [2026, 2027], vec![empty]),
        Err(CalendarError::EmptyYear(2027))
    );
    assert_eq!(
        Calendar::new("cn", [], vec![notice(" ", &[], &[])]),
        Err(CalendarError::NoNumber)
    );
}

#[test]
fn a_calendar_survives_the_wire() {
    let text = serde_json::to_string(&calendar()).unwrap();
    assert_eq!(serde_json::from_str::<Calendar>(&text).unwrap(), calendar());
}

#[test]
fn the_ends_of_time_have_no_due_day_and_no_panic() {
    for unit in [Unit::WorkingDays, Unit::NaturalDays, Unit::Months] {
        for roll in [false, true] {
            assert_eq!(
                due(
                    Term {
                        n: u32::MAX,
                        unit,
                        roll
                    },
                    &calendar(),
                    Date::MAX
                ),
                None
            );
            assert_eq!(due(Term { n: 1, unit, roll }, &calendar(), Date::MAX), None);
            assert_eq!(
                due(
                    Term {
                        n: u32::MAX,
                        unit,
                        roll
                    },
                    &calendar(),
                    day("2026-01-01")
                ),
                None
            );
            assert!(due(Term { n: 1, unit, roll }, &calendar(), Date::MIN).is_some());
        }
    }
    assert_eq!(parse_iso("2026-02-29"), None);
}

fn any_date() -> impl Strategy<Value = Date> {
    (Date::MIN.to_julian_day()..=Date::MAX.to_julian_day())
        .prop_map(|n| Date::from_julian_day(n).unwrap())
}

/// Mostly near the loaded year, where the holidays are.
fn near() -> impl Strategy<Value = Date> {
    let (from, to) = (
        day("2025-06-01").to_julian_day(),
        day("2027-06-01").to_julian_day(),
    );
    prop_oneof![4 => (from..=to).prop_map(|n| Date::from_julian_day(n).unwrap()), 1 => any_date()]
}

fn unit() -> impl Strategy<Value = Unit> {
    prop_oneof![
        Just(Unit::WorkingDays),
        Just(Unit::NaturalDays),
        Just(Unit::Months)
    ]
}

fn term() -> impl Strategy<Value = Term> {
    (1u32..120, unit(), any::<bool>()).prop_map(|(n, unit, roll)| Term { n, unit, roll })
}

proptest! {
    #[test]
    fn a_date_of_our_era_survives_its_text_and_no_other_is_read(date in any_date()) {
        prop_assert_eq!(parse_iso(&iso(date)), Some(date).filter(|date| date.year() >= 0));
    }

    #[test]
    fn text_never_makes_the_date_reader_panic(text in ".*") {
        let _ = parse_iso(&text);
    }

    #[test]
    fn a_longer_term_is_never_due_earlier(from in near(), term in term()) {
        let longer = Term { n: term.n + 1, ..term };
        if let Some((short, long)) = due(term, &calendar(), from).zip(due(longer, &calendar(), from)) {
            prop_assert!(short.due <= long.due);
        }
    }

    #[test]
    fn a_later_event_is_never_due_earlier(from in near(), term in term()) {
        let later = from.next_day().and_then(|next| due(term, &calendar(), next));
        if let Some((today, tomorrow)) = due(term, &calendar(), from).zip(later) {
            prop_assert!(today.due <= tomorrow.due);
        }
    }

    #[test]
    fn exactly_n_steps_are_counted_and_numbered_in_order(from in near(), term in term()) {
        if let Some(due) = due(term, &calendar(), from) {
            let counted: Vec<_> = due.steps.iter().filter_map(|step| step.n).collect();
            prop_assert_eq!(counted, (1..=term.n).collect::<Vec<_>>());
            prop_assert!(due.steps.iter().all(|step| step.counted == step.n.is_some()));
            prop_assert!(due.steps.is_sorted_by(|a, b| a.date < b.date));
        }
    }

    #[test]
    fn the_due_day_is_a_counted_day_or_a_working_one_it_was_moved_to(from in near(), term in term()) {
        if let Some(due) = due(term, &calendar(), from) {
            let last = due.steps.last().unwrap();
            prop_assert_eq!(last.date, due.due);
            prop_assert!(last.counted || (term.roll && last.kind.is_working()));
            prop_assert!(term.unit != Unit::WorkingDays || last.kind.is_working());
        }
    }

    #[test]
    fn an_answer_that_used_a_day_past_the_calendar_is_provisional(from in near(), n in 1u32..120) {
        if let Some(due) = due(Term::working_days(n), &calendar(), from) {
            prop_assert_eq!(due.provisional, due.steps.iter().any(|step| !calendar().covers(step.date)));
        }
    }

    #[test]
    fn no_day_and_no_term_panics(from in any_date(), n in any::<u32>(), unit in unit(), roll in any::<bool>()) {
        let _ = calendar().day(from);
        // A term of millions of days is computed day by day; small ones reach every branch.
        for n in [n % 400, n.saturating_add(8_000_000)] {
            let _ = due(Term { n, unit, roll }, &calendar(), from);
        }
    }
}
