//! What the five profiles say.

use crate::*;
use rules::level::{LabelSet, Level};
use rules::profile::{
    AppealPath, Basis, Card, Continuation, Escalation, Force, Investigated, Profile, Scope, Term,
    WhoMayAppeal,
};
use rules::tag::{Owner, Shown};

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

// clause
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
    assert!(
        parameters
            .appeal_who
            .value
            .is_some_and(|who| who.contains(&WhoMayAppeal::Staff))
    );
    assert_eq!(parameters.label_set.value, Some(LabelSet::Satisfaction));
    assert_eq!(
        parameters.escalation_ladder.value,
        Some(vec![
            Escalation::Bulletin,
            Escalation::RectifyInTime,
            Escalation::Media,
            Escalation::Accountability
        ])
    );
    assert_eq!(
        (
            parameters.rank_bottom_n.value,
            parameters.rank_bottom_consecutive.value
        ),
        (None, None),
        "how far down and how often it does not say"
    );
    assert_eq!(parameters.default_rating_enabled.value, Some(false));
    assert_eq!(parameters.default_rating_after.value, None);
    for basis in [
        &parameters.label_set.basis,
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

// clause: J-10, J-19b, J-19c, J-19d, J-20, J-24
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
    let ladder = parameters.escalation_ladder;
    assert!(ladder.basis.is_stated());
    assert_eq!(
        ladder.value,
        Some(vec![
            Escalation::Warning,
            Escalation::Talk,
            Escalation::Bulletin,
            Escalation::RectifyInTime,
            Escalation::Media,
            Escalation::Accountability
        ])
    );
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

// clause: J-01
#[test]
fn jilin_stands_on_the_national_opinion_and_names_the_provinces_plan() {
    let jilin = profile("jilin");
    assert_eq!(jilin.parent.as_deref(), Some("national/2019"));
    let national = profile("national");
    assert_eq!(
        (national.reference().as_str(), national.document.as_str()),
        ("national/2019", "国办发〔2019〕51号")
    );
    let province = jilin.province.unwrap();
    assert_eq!(province.document, "吉政协调办〔2020〕8号");
    assert!(
        !jilin.province_held,
        "its text is not held, and that is said"
    );
}

// clause: J-09
#[test]
fn bad_ratings_can_name_what_was_bad_of_agency_platform_and_staff() {
    let catalogue = policies().catalogue;
    let owners: Vec<Owner> = [Level::L2, Level::L1]
        .into_iter()
        .flat_map(|level| {
            [Shown::Core, Shown::Extended]
                .map(|shown| catalogue.of(level, shown).collect::<Vec<_>>())
        })
        .flatten()
        .map(|tag| tag.owner)
        .collect();
    assert_eq!(owners.len(), 16);
    // 事项管理、办事流程、服务质量、服务效率、便民度 of agencies; 便捷性 of platforms; 态度、水平 of staff.
    for owner in [
        Owner::Approval,
        Owner::Guide,
        Owner::Material,
        Owner::Flow,
        Owner::TimeLimit,
        Owner::Channel,
        Owner::Person,
    ] {
        assert!(owners.contains(&owner), "{owner:?}");
    }
    for (code, owner) in [
        (108, Owner::Approval),
        (111, Owner::Guide),
        (113, Owner::Flow),
        (209, Owner::TimeLimit),
        (211, Owner::Channel),
        (213, Owner::Person),
        (214, Owner::Person),
    ] {
        let tag = catalogue.get(code).unwrap();
        assert!(tag.enabled && tag.owner == owner, "{code}");
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
