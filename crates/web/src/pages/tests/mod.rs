//! What every page promises, read from its markup.

mod form;
mod languages;

use super::{samples as given, *};
use contract::{Problem, ProblemKind, figures::Today, follow::FollowCode};
use policy::Policies;
use rules::{
    calendar::DayKind,
    can::{Action, Reason, Role},
    level::{LabelSet, Level},
    profile::{Basis, Clock},
    rating::{Identity, Input, Kind, RawLevel, SubjectKind, Violation, check},
    tag::{Catalogue, Owner},
    ticket::{ContactOutcome, HandledAs, Met, NoDue, RevisitOutcome, State},
};

fn rated(form: &FormState) -> String {
    let assets = Assets::default();
    rate(&given::rate_page(), form, &given::shell(&assets, true)).into_string()
}

/// Every page there is, with a name for the report of a failure.
fn every_page(assets: &Assets) -> Vec<(&'static str, String)> {
    let (citizen, public) = (given::shell(assets, true), given::shell(assets, false));
    let wrong = FormState {
        violations: vec![Violation::new("level", "level.missing")],
        ..FormState::blank("k")
    };
    let form = FormState::blank("k");
    let profiles = [("dehong".to_owned(), "德宏州".to_owned())];
    let answer = given::due_answer(true);
    let due = DueForm {
        profiles: &profiles,
        profile: "dehong",
        clock: "rectify",
        from: "2026-09-18",
        answer: Some(&answer),
        violations: &[Violation::new("from", "date.malformed")],
    };
    let policies = Policies::embedded().expect("policies");
    let (rows, jilin) = (
        given::profile_rows(&policies),
        given::lapsed_profile(&policies),
    );
    let of = |id| policies.profile(id).expect("a profile");
    let lapse = Lapse {
        lapsed: of("jilin"),
        governs: of("national"),
    };
    let (lapsed_citizen, lapsed) = (
        Shell {
            lapse: Some(lapse),
            ..citizen.clone()
        },
        Shell {
            lapse: Some(lapse),
            ..public.clone()
        },
    );
    let comparison = Comparison {
        rows: &rows,
        first: Some(of("jilin")),
        second: Some(of("qingdao")),
    };
    let today = rules::date::parse_iso("2026-10-28").expect("a date");
    let bad = given::follow_page(Some(given::outcome(Level::L1)));
    let code = FollowCode {
        code: "AAAA-BBBB".into(),
    };
    let mut already = given::rate_page();
    already.already_rated = true;
    let mut empty = given::figures();
    empty.released_through = None;
    let guide = given::guide();
    let units = [contract::items::UnitItems {
        unit: guide.unit.clone(),
        items: vec![(guide.item.clone(), guide.title.clone())],
    }];
    vec![
        ("items", items(&units, &public).into_string()),
        (
            "item",
            item("539900-019", "不动产转移登记", Some(&guide), &public).into_string(),
        ),
        (
            "item without a guide",
            item("539900-019", "不动产转移登记", None, &public).into_string(),
        ),
        (
            "tour",
            tour(
                &TourLinks {
                    plate: "/r/x".into(),
                    ..TourLinks::default()
                },
                &public,
            )
            .into_string(),
        ),
        (
            "rate",
            rate(&given::rate_page(), &form, &citizen).into_string(),
        ),
        (
            "wrong",
            rate(&given::rate_page(), &wrong, &citizen).into_string(),
        ),
        ("already", rate(&already, &form, &citizen).into_string()),
        (
            "receipt",
            receipt(&given::receipt(), Offer::Follow, &citizen).into_string(),
        ),
        ("follow code", follow_code(&code, &citizen).into_string()),
        ("follow", follow(&bad, &citizen).into_string()),
        ("find", find(&given::halls(), None, &citizen).into_string()),
        (
            "not found",
            not_found_plate("ABC", &given::halls(), &citizen).into_string(),
        ),
        (
            "no rating",
            not_found_follow("7QX4-M2KD-9FWA-31P", &given::halls(), &citizen).into_string(),
        ),
        (
            "figures",
            figures(&given::figures(), Some(Today { ratings: 3 }), &public).into_string(),
        ),
        (
            "figures, empty",
            figures(&empty, None, &public).into_string(),
        ),
        ("due", due_form(&due, &public).into_string()),
        ("plate", plate_sheet(&given::sheet(), &public).into_string()),
        (
            "plates of a hall",
            hall_sheets(
                "德宁州政务服务大厅",
                &[given::sheet(), given::sheet()],
                &[("/plates/hall/h2".into(), "芒西市政务服务大厅".into())],
                &public,
            )
            .into_string(),
        ),
        (
            "plates of a hall, none",
            hall_sheets("德宁州政务服务大厅", &[], &[], &public).into_string(),
        ),
        (
            "plate, revoked",
            revoked_plate(&given::place(), &given::halls(), &citizen).into_string(),
        ),
        (
            "problem",
            problem(&Problem::new(ProblemKind::Unavailable), &citizen).into_string(),
        ),
        ("console", spa_shell("工作台", &public).into_string()),
        (
            "rate, lapsed",
            rate(&given::rate_page(), &form, &lapsed_citizen).into_string(),
        ),
        (
            "console, lapsed",
            spa_shell("工作台", &lapsed).into_string(),
        ),
        (
            "profiles",
            profile_list(&rows, today, &public).into_string(),
        ),
        (
            "profile missing",
            profile_missing("atlantis", &rows, today, &public).into_string(),
        ),
        ("profile", profile(&jilin, today, &lapsed).into_string()),
        (
            "profiles compared",
            profile_compare(&comparison, &public).into_string(),
        ),
    ]
}

#[test]
fn every_page_has_one_heading_a_skip_link_a_language_and_says_that_it_is_a_demo() {
    for (name, page) in every_page(&Assets::default()) {
        assert!(
            page.starts_with("<!DOCTYPE html><html lang=\"zh-Hans\">"),
            "{name}"
        );
        assert_eq!(page.matches("<h1").count(), 1, "{name}");
        assert!(page.contains("href=\"#main\""), "{name}");
        assert_eq!(page.matches("<main id=\"main\"").count(), 1, "{name}");
        assert!(page.contains("演示"), "{name}");
    }
}

#[test]
fn no_page_has_what_the_content_policy_forbids() {
    let assets = Assets {
        boot: Some("/assets/boot-1.js".into()),
        css: Some("/assets/style-1.css".into()),
        ..Assets::default()
    };
    for (name, page) in every_page(&assets) {
        assert!(!page.contains(" style="), "{name}");
        assert!(!page.contains(" onclick="), "{name}");
        assert_eq!(page.matches("<script").count(), 1, "{name}");
        assert!(
            page.contains("<script type=\"module\" src=\"/assets/boot-1.js\"></script>"),
            "{name}"
        );
        assert!(!page.contains("http://"), "{name}");
    }
}

#[test]
fn no_page_repeats_an_id_or_points_to_one_that_is_missing() {
    for (name, page) in every_page(&Assets::default()) {
        let ids = values(&page, " id=\"");
        let mut once = ids.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), ids.len(), "{name}: {ids:?}");
        let mut pointed: Vec<&str> = values(&page, "href=\"#");
        pointed.extend(values(&page, " for=\""));
        for list in [" aria-describedby=\"", " aria-labelledby=\""] {
            pointed.extend(
                values(&page, list)
                    .into_iter()
                    .flat_map(|ids| ids.split(' ')),
            );
        }
        for target in pointed {
            assert!(ids.contains(&target), "{name}: nothing has the id {target}");
        }
    }
}

/// What a page says between its header and its footer.
fn main_of(page: &str) -> &str {
    let from = page.find("<main").expect("main");
    let to = page.find("</main>").expect("its end");
    &page[from..to]
}

fn values<'a>(page: &'a str, before: &str) -> Vec<&'a str> {
    page.split(before)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[test]
fn what_was_only_explained_is_shown_as_a_share_of_what_was_handled() {
    let assets = Assets::default();
    let page = figures(&given::figures(), None, &given::shell(&assets, false)).into_string();
    let shown =
        "解释说明占比</dt><dd class=\"num\"><b>21.15%</b> <span class=\"hint\">11/52</span>";
    assert!(page.contains(shown));
}

#[test]
fn a_denominator_of_zero_is_a_dash_and_small_numbers_are_told_to_be_undivided() {
    let assets = Assets::default();
    let mut view = given::figures();
    view.in_time = rules::indicators::Rate { num: 0, den: 0 };
    let page = figures(&view, None, &given::shell(&assets, false)).into_string();
    assert!(page.contains("—"));
    assert!(page.contains("0/0"));
    assert!(page.contains("办件服务评价4条，窗口、大厅评价2条"));
    assert!(page.contains("2,439/2,500"));
}
