//! Due dates as the command prints them.

use crate::*;
use rules::level::Level;

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
