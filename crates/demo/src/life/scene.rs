//! Bad ratings that a tour needs, each with how far its ticket gets.

use super::{cases::Until, shape};
use flow::app::App;
use rules::{date::Date, level::Level};

/// A bad rating that the tour needs, with how far its ticket gets.
pub(super) struct Scene {
    pub(super) on: Date,
    pub(super) window: String,
    pub(super) level: Level,
    pub(super) stated: bool,
    pub(super) until: Until,
    pub(super) dissatisfied: bool,
    pub(super) n: u64,
}

/// A ticket of every state on the last evening, two of them late.
pub(super) fn on_the_last_evening(app: &App, days: &[Date]) -> Vec<Scene> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return Vec::new();
    };
    // Working days before the end, window, real name, how far it gets, not satisfied.
    let table: [(u32, &str, bool, Until, bool); 10] = [
        (1, "w05", true, Until::Nothing, false),
        (19, "w03", false, Until::Nothing, false),
        (1, "w01", true, Until::Assigned, false),
        (4, "w04", true, Until::Contacted, false),
        (22, "w10", true, Until::Contacted, false),
        (6, "w02", true, Until::Handled, false),
        (9, "w06", true, Until::Answered, false),
        (11, "w05", true, Until::Revisited, true),
        (14, "w03", true, Until::Closed, false),
        (13, "w09", false, Until::Closed, false),
    ];
    let calendar = &app.policies().calendar;
    let scene = |(n, (before, window, stated, until, dissatisfied)): (
        u64,
        (u32, &str, bool, Until, bool),
    )| Scene {
        on: shape::working_days_before(calendar, *first, *last, before),
        window: window.to_owned(),
        level: if n % 2 == 0 { Level::L1 } else { Level::L2 },
        stated,
        until,
        dissatisfied,
        n,
    };
    let mut scenes: Vec<Scene> = (0..).zip(table).map(scene).collect();
    // Two of the unit whose one member of staff is the rated person.
    let alone = app
        .directory()
        .staff_of(crate::full::ALONE)
        .next()
        .and_then(|person| person.win.clone());
    if let Some(window) = alone {
        scenes.push(scene((11, (12, &window, true, Until::Closed, false))));
        scenes.push(scene((12, (2, &window, true, Until::Nothing, false))));
    }
    scenes
}

/// Three of the last days of the year, whose terms run into the next.
pub(super) fn at_year_end(days: &[Date]) -> Vec<Scene> {
    let Some(on) = days.iter().nth_back(4) else {
        return Vec::new();
    };
    let late = |(n, window): (u64, &str)| Scene {
        on: *on,
        window: window.to_owned(),
        level: Level::L1,
        stated: true,
        until: if n == 0 {
            Until::Assigned
        } else {
            Until::Contacted
        },
        dissatisfied: false,
        n: 100 + n,
    };
    (0..).zip(["w01", "w05", "w10"]).map(late).collect()
}
