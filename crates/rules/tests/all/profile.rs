//! Profiles: bases, validity, and "only stricter".

use crate::common::{blank, day};
use rules::level::{LabelSet, Level};
use rules::profile::{
    AppealPath, Cadence, Card, Channel, Clock, Continuation, DIRECTIONS, Difference, Direction,
    Param, Profile, Raw, Scope, Term, Value, WhoMayAppeal, differences, governing, stricter_keys,
    stricter_than_parent,
};

fn stated<T>(value: T) -> Param<T> {
    Param::stated(value, "文件", "条", "原文")
}

fn with(id: &str, change: impl FnOnce(&mut Profile)) -> Profile {
    let mut profile = blank(id);
    change(&mut profile);
    profile
}

/// The keys in which a child with the second value is looser than a parent that states the first.
fn looser<T>(set: impl Fn(&mut Profile, Param<T>), parent: T, child: T) -> Vec<String> {
    let parent = with("parent", |profile| set(profile, stated(parent)));
    let child = with("child", |profile| set(profile, Param::ours(child, "测试")));
    stricter_than_parent(&child, &parent)
        .into_iter()
        .map(|looser| looser.key)
        .collect()
}

// clause: N-21
#[test]
fn a_shorter_term_is_stricter_and_a_longer_one_is_refused() {
    let set = |profile: &mut Profile, term| profile.parameters.rectify_simple = term;
    assert_eq!(
        looser(set, Term::working_days(15), Term::working_days(5)),
        [""; 0]
    );
    assert_eq!(
        looser(set, Term::working_days(15), Term::working_days(15)),
        [""; 0]
    );
    assert_eq!(
        looser(set, Term::working_days(15), Term::working_days(16)),
        ["rectify_simple"]
    );
    // The same number, but moved to the next working day, is longer.
    assert_eq!(
        looser(set, Term::natural_days(7), Term::natural_days(7).rolled()),
        ["rectify_simple"]
    );
}

#[test]
fn terms_of_two_units_compare_only_where_even_the_longest_calendar_holds() {
    let set = |profile: &mut Profile, term| profile.parameters.rectify_complex_max = term;
    assert_eq!(
        looser(set, Term::months(6), Term::working_days(60)),
        [""; 0]
    );
    assert_eq!(
        looser(set, Term::months(6), Term::working_days(120)),
        ["rectify_complex_max"]
    );
    assert_eq!(
        looser(set, Term::working_days(15), Term::natural_days(15)),
        [""; 0]
    );
    assert_eq!(
        looser(set, Term::natural_days(7), Term::working_days(7)),
        ["rectify_complex_max"]
    );
}

#[test]
fn each_direction_has_its_stricter_side() {
    let window = |profile: &mut Profile, term| profile.parameters.supplement_window = term;
    assert_eq!(
        looser(window, Term::working_days(5), Term::working_days(3)),
        ["supplement_window"]
    );
    let target = |profile: &mut Profile, n| profile.parameters.callback_target = n;
    assert_eq!(looser(target, 100, 99), ["callback.target"]);
    let times = |profile: &mut Profile, n| profile.parameters.extension_max_times = n;
    assert_eq!(looser(times, 1, 2), ["extension.max_times"]);
    let approval = |profile: &mut Profile, flag| profile.parameters.extension_needs_approval = flag;
    assert_eq!(looser(approval, true, false), ["extension.needs_approval"]);
    let reason = |profile: &mut Profile, flag| profile.parameters.bad_requires_reason = flag;
    assert_eq!(looser(reason, false, true), ["bad_requires_reason"]);
    let channels = |profile: &mut Profile, list| profile.parameters.channels = list;
    assert_eq!(
        looser(
            channels,
            vec![Channel::Plate, Channel::Device],
            vec![Channel::Plate]
        ),
        ["channels"]
    );
    let good = |profile: &mut Profile, list| profile.parameters.good_levels = list;
    assert_eq!(
        looser(
            good,
            vec![Level::L4, Level::L5],
            vec![Level::L3, Level::L4, Level::L5]
        ),
        ["bulletin.good_levels"]
    );
    let cadence = |profile: &mut Profile, cadence| profile.parameters.bulletin_cadence = cadence;
    assert_eq!(
        looser(cadence, Cadence::Monthly, Cadence::Quarterly),
        ["bulletin.cadence"]
    );
    assert_eq!(looser(cadence, Cadence::Monthly, Cadence::Weekly), [""; 0]);
    let who = |profile: &mut Profile, list| profile.parameters.appeal_who = list;
    assert_eq!(
        looser(who, vec![WhoMayAppeal::Staff], vec![]),
        ["appeal.who"]
    );
    let cards = |profile: &mut Profile, list| profile.parameters.cards = list;
    assert_eq!(
        looser(cards, vec![Card::Yellow, Card::Red], vec![Card::Red]),
        ["cards"]
    );
    let investigated = |profile: &mut Profile, n| profile.parameters.investigation_target = n;
    assert_eq!(looser(investigated, 100, 99), ["investigation.target"]);
}

#[test]
fn default_rating_label_set_scope_set_and_anonymous_have_no_direction() {
    let free: Vec<&str> = DIRECTIONS
        .iter()
        .filter(|(_, d)| *d == Direction::Free)
        .map(|(key, _)| *key)
        .collect();
    for key in [
        "default_rating.level",
        "default_rating.after",
        "default_rating.counted_in",
        "label_set",
        "scope_set",
    ] {
        assert!(free.contains(&key), "{key}");
    }
    assert!(free.contains(&"anonymous.allowed") && free.contains(&"anonymous.reveals"));
    let after = |profile: &mut Profile, term| profile.parameters.default_rating_after = term;
    assert_eq!(
        looser(after, Term::working_days(5), Term::working_days(50)),
        [""; 0]
    );
    let scopes = |profile: &mut Profile, list| profile.parameters.scope_set = list;
    assert_eq!(looser(scopes, vec![Scope::Overall], vec![]), [""; 0]);
}

#[test]
fn a_value_that_is_the_parents_own_choice_binds_nobody() {
    let parent = with("parent", |p| {
        p.parameters.rectify_simple = Param::ours(Term::working_days(5), "测试")
    });
    let child = with("child", |p| {
        p.parameters.rectify_simple = stated(Term::working_days(15))
    });
    assert_eq!(stricter_than_parent(&child, &parent), []);
}

#[test]
fn no_value_below_a_stated_one_is_looser() {
    let parent = with("parent", |p| {
        p.parameters.rectify_simple = stated(Term::working_days(15))
    });
    let found = stricter_than_parent(&blank("child"), &parent);
    assert_eq!(
        (found[0].key.as_str(), &found[0].value),
        ("rectify_simple", &None)
    );
    assert_eq!(found[0].parent, "parent/1");
}

#[test]
fn the_table_of_directions_is_the_table_of_parameters() {
    let profile = blank("x");
    let keys: Vec<&str> = profile
        .parameters
        .entries()
        .iter()
        .map(|entry| entry.key)
        .collect();
    assert_eq!(
        keys,
        DIRECTIONS.iter().map(|(key, _)| *key).collect::<Vec<_>>()
    );
    let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
    assert_eq!(distinct.len(), keys.len());
}

// clause: J-28
#[test]
fn a_version_is_in_force_from_its_first_to_its_last_day() {
    let trial = with("trial", |p| {
        (p.valid_from, p.valid_to) = (Some(day("2020-08-09")), Some(day("2021-08-08")));
    });
    let in_force = ["2020-08-08", "2020-08-09", "2021-08-08", "2021-08-09"]
        .map(|text| trial.in_force(day(text)));
    assert_eq!(in_force, [false, true, true, false]);
    assert!(blank("open").in_force(day("1999-01-01")));
}

/// 吉林市 on trial for a year below a parent that is open.
fn trial_and_parent() -> Vec<Profile> {
    let trial = with("trial", |p| {
        p.parent = Some("parent/1".to_owned());
        (p.valid_from, p.valid_to) = (Some(day("2020-08-09")), Some(day("2021-08-08")));
    });
    vec![blank("parent"), trial]
}

fn continued(recorded_on: &str, valid_to: &str) -> Continuation {
    Continuation {
        profile: "trial".to_owned(),
        version: "1".to_owned(),
        document_no: "测市政发〔2021〕1号".to_owned(),
        recorded_on: day(recorded_on),
        valid_to: day(valid_to),
    }
}

/// Who governs the trial's jurisdiction, whether its own text has lapsed, and is continued.
fn governs(continuations: &[Continuation], on: &str) -> (String, bool, bool) {
    let profiles = trial_and_parent();
    let found = governing(&profiles, continuations, "trial", day(on)).unwrap();
    let id = found.profile.id.clone();
    (id, found.lapsed.is_some(), found.continued.is_some())
}

// clause: J-28
#[test]
fn case_40_after_its_last_day_a_trial_text_lapses_and_the_parent_governs_never_no_rule() {
    let of = |on| governs(&[], on);
    assert_eq!(of("2020-08-08"), ("parent".to_owned(), false, false));
    assert_eq!(of("2020-08-09"), ("trial".to_owned(), false, false));
    assert_eq!(of("2021-08-08"), ("trial".to_owned(), false, false));
    assert_eq!(of("2021-08-09"), ("parent".to_owned(), true, false));
    assert_eq!(of("2026-10-28"), ("parent".to_owned(), true, false));
    let profiles = trial_and_parent();
    assert_eq!(
        governing(&profiles, &[], "atlantis", day("2026-10-28")),
        None
    );
    // Even a root that is out of force is a rule; "no rule" is none.
    let mut profiles = trial_and_parent();
    profiles[0].valid_to = Some(day("2020-12-31"));
    let found = governing(&profiles, &[], "trial", day("2026-10-28")).unwrap();
    assert_eq!(found.profile.id, "parent");
}

// clause: J-28
#[test]
fn case_40_a_continuation_governs_from_the_day_it_is_entered_to_its_last_day_and_not_before() {
    let of = |on| governs(&[continued("2022-03-01", "2023-08-08")], on);
    assert_eq!(of("2021-08-08"), ("trial".to_owned(), false, false));
    assert_eq!(of("2022-02-28"), ("parent".to_owned(), true, false));
    assert_eq!(of("2022-03-01"), ("trial".to_owned(), false, true));
    assert_eq!(of("2023-08-08"), ("trial".to_owned(), false, true));
    assert_eq!(of("2023-08-09"), ("parent".to_owned(), true, false));
}

#[test]
fn case_40_a_continuation_entered_in_time_leaves_no_gap_and_another_profiles_does_nothing() {
    let early = continued("2021-06-01", "2022-08-08");
    assert_eq!(
        governs(std::slice::from_ref(&early), "2021-08-09").0,
        "trial"
    );
    let other = Continuation {
        profile: "parent".to_owned(),
        ..early.clone()
    };
    let older = Continuation {
        version: "0".to_owned(),
        ..early
    };
    assert_eq!(governs(&[other, older], "2021-08-09").0, "parent");
}

#[test]
fn case_40_a_wrong_continuation_is_put_right_by_a_further_one_and_no_past_day_changes() {
    let both = [
        continued("2022-03-01", "2032-08-08"),
        continued("2022-04-01", "2022-05-31"),
    ];
    assert_eq!(governs(&both, "2022-03-31").0, "trial");
    assert_eq!(governs(&both, "2022-05-31").0, "trial");
    assert_eq!(
        governs(&both, "2022-06-01"),
        ("parent".to_owned(), true, false)
    );
}

#[test]
fn case_39_a_later_version_governs_from_its_first_day_and_the_earlier_keeps_its_days() {
    let second = with("trial", |p| {
        "2".clone_into(&mut p.version);
        p.parent = Some("parent/1".to_owned());
        p.valid_from = Some(day("2021-09-01"));
    });
    let mut profiles = trial_and_parent();
    profiles.push(second);
    let version = |on: &str| {
        let found = governing(&profiles, &[], "trial", day(on)).unwrap();
        (found.profile.reference(), found.lapsed.is_some())
    };
    assert_eq!(version("2021-08-08"), ("trial/1".to_owned(), false));
    assert_eq!(version("2021-08-20"), ("parent/1".to_owned(), true));
    assert_eq!(version("2021-09-01"), ("trial/2".to_owned(), false));
}

// clause: N-21
#[test]
fn a_child_is_stricter_where_it_states_more_and_nowhere_else() {
    let parent = with("parent", |p| {
        p.parameters.rectify_simple = stated(Term::working_days(15));
        p.parameters.callback_target = stated(100);
    });
    let child = with("child", |p| {
        p.parameters.rectify_simple = stated(Term::working_days(5));
        p.parameters.callback_target = stated(100);
        p.parameters.reply = stated(Term::working_days(5));
        p.parameters.cards = Param::ours(vec![Card::Yellow], "测试");
        p.parameters.scope_set = stated(vec![Scope::Overall]);
    });
    assert_eq!(stricter_keys(&child, &parent), ["reply", "rectify_simple"]);
    assert_eq!(stricter_keys(&parent, &parent), [""; 0]);
}

#[test]
fn two_profiles_differ_in_words_that_name_the_stricter_one() {
    let first = with("a", |p| {
        p.parameters.rectify_simple = stated(Term::working_days(5));
        p.parameters.reply = stated(Term::working_days(10));
        p.parameters.callback_target = stated(100);
        p.parameters.label_set = stated(LabelSet::Satisfaction);
        p.parameters.cards = stated(vec![Card::Red]);
        p.parameters.sms = Param::ours(true, "测试");
    });
    let second = with("b", |p| {
        p.parameters.rectify_simple = stated(Term::working_days(15));
        p.parameters.reply = stated(Term::working_days(5));
        p.parameters.callback_target = Param::ours(100, "测试");
        p.parameters.label_set = stated(LabelSet::Goodness);
        p.parameters.sms = Param::ours(true, "别的理由");
        p.parameters.hotline = stated(true);
    });
    let told = differences(&first, &second);
    let of = |key| told.iter().find(|(known, _)| *known == key).unwrap().1;
    assert_eq!(of("rectify_simple"), Difference::FirstStricter);
    assert_eq!(of("reply"), Difference::SecondStricter);
    assert_eq!(of("callback.target"), Difference::OtherBasis);
    assert_eq!(of("label_set"), Difference::Different);
    assert_eq!(of("cards"), Difference::OnlyFirst);
    assert_eq!(of("hotline"), Difference::OnlySecond);
    assert_eq!(of("sms"), Difference::Same);
    assert_eq!(of("paper_entry"), Difference::Same);
    assert!(
        differences(&first, &first)
            .iter()
            .all(|(_, how)| *how == Difference::Same)
    );
}

#[test]
fn a_profile_that_says_nothing_has_the_products_defaults() {
    let profile = blank("x");
    assert_eq!(
        (profile.text_max(), profile.k(), profile.min_n()),
        (150, 5, 30)
    );
    assert_eq!(profile.good_levels(), [Level::L3, Level::L4, Level::L5]);
    assert!(
        Clock::ALL
            .iter()
            .all(|clock| profile.clock(*clock).value.is_none())
    );
}

#[test]
fn a_profile_survives_the_wire() {
    let profile = with("x", |p| {
        p.parameters.rectify_simple = stated(Term::working_days(15))
    });
    let text = serde_json::to_string(&profile).unwrap();
    assert_eq!(serde_json::from_str::<Profile>(&text).unwrap(), profile);
}

#[test]
fn a_value_of_another_type_says_what_was_expected() {
    assert_eq!(
        AppealPath::read(&Raw::Text("unit".to_owned())),
        Ok(AppealPath::Unit)
    );
    assert!(
        AppealPath::read(&Raw::Text("court".to_owned()))
            .unwrap_err()
            .expected
            .contains("unit_then_authority")
    );
    assert!(
        u32::read(&Raw::Number(-1)).is_err() && Term::read(&Raw::Term(Term::months(0))).is_err()
    );
    assert!(Level::read(&Raw::Number(6)).is_err() && bool::read(&Raw::Number(1)).is_err());
}
