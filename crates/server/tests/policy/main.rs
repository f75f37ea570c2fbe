//! The policy data that is embedded, and what a faulty file is told.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod calendar;
mod due;
mod files;
mod profiles;
mod quotations;

use flow::due::{DueAnswer, DueError};
use policy::{Policies, PolicyError};
use rules::date::{Date, parse_iso};
use rules::profile::Clock;

const DEHONG: &str = include_str!("../../../../policies/dehong/2020.toml");
const NATIONAL: &str = include_str!("../../../../policies/national/2019.toml");
const QINGDAO: &str = include_str!("../../../../policies/qingdao/2020.toml");
const JILIN: &str = include_str!("../../../../policies/jilin/2020.toml");
const LEIYANG: &str = include_str!("../../../../policies/leiyang/2023.toml");
const TAGS_1: &str = include_str!("../../../../policies/tags/1.toml");
const TAGS_2: &str = include_str!("../../../../policies/tags/2.toml");
const YEAR_2026: &str = include_str!("../../../../policies/calendars/2026.toml");

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
    flow::due::due(policies, &[], profile, clock, from)
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
