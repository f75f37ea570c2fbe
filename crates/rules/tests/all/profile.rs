//! Profiles: bases, validity, and "only stricter".

use crate::common::{blank, day};
use rules::level::Level;
use rules::profile::{
    AppealPath, Cadence, Channel, Clock, DIRECTIONS, Direction, Param, Profile, Raw, Scope, Term,
    Value, WhoMayAppeal, stricter_than_parent,
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
