//! `policies/calendars/<year>.toml`: the notices for a year, in the order they were issued.

use super::fault::{Fault, What};
use super::file::{File, Leaf};
use rules::calendar::{Calendar, Entry, Notice};
use rules::date::{Date, parse_iso};
use std::collections::BTreeSet;

/// The one calendar held; a profile's `calendar_id` names it.
const ID: &str = "cn";
/// A year has six or seven holidays; fewer means a file that was begun and not finished.
const HOLIDAYS_MIN: usize = 6;
/// No notice gives more days off in one go; a longer range is a slip of the pen.
const RANGE_MAX: usize = 20;

pub(super) struct Year {
    year: i32,
    notices: Vec<Notice>,
}

pub(super) fn read(file: &mut File) -> Year {
    let year = i32::try_from(file.number("year")).unwrap_or(0);
    if file.path != format!("calendars/{year}.toml") {
        file.fault("year", What::NotThePath);
    }
    let mut names = BTreeSet::new();
    let notices = (0..file.count("notice"))
        .map(|at| notice(file, &format!("notice[{at}]"), &mut names))
        .collect();
    if names.len() < HOLIDAYS_MIN {
        file.fault(
            "notice",
            What::Type(format!("at least {HOLIDAYS_MIN} holidays")),
        );
    }
    Year { year, notices }
}

fn notice(file: &mut File, key: &str, names: &mut BTreeSet<String>) -> Notice {
    let number = file.text(&format!("{key}.number"));
    let unchecked = file.flag(&format!("{key}.unchecked"));
    // The note is for the reader of the file.
    let _ = file.optional_text(&format!("{key}.note"));
    let holiday_key = format!("{key}.holiday");
    let mut entries = Vec::new();
    for at in 0..file.count(&holiday_key) {
        holiday(file, &format!("{holiday_key}[{at}]"), names, &mut entries);
    }
    Notice {
        number,
        checked: !unchecked,
        entries,
    }
}

fn holiday(file: &mut File, key: &str, names: &mut BTreeSet<String>, entries: &mut Vec<Entry>) {
    let name = file.text(&format!("{key}.name"));
    names.insert(name.clone());
    let first = file.date(&format!("{key}.off.first"));
    let last = file.date(&format!("{key}.off.last"));
    if let Some((first, last)) = first.zip(last) {
        let days: Vec<Date> = std::iter::successors(Some(first), |day| day.next_day())
            .take_while(|day| *day <= last)
            .take(RANGE_MAX + 1)
            .collect();
        if days.is_empty() || days.len() > RANGE_MAX {
            file.fault(
                &format!("{key}.off.last"),
                What::Type(format!("1 to {RANGE_MAX} days")),
            );
        }
        entries.extend(days.into_iter().map(|date| Entry {
            date,
            off: true,
            name: name.clone(),
        }));
    }
    for date in work_days(file, &format!("{key}.work")) {
        entries.push(Entry {
            date,
            off: false,
            name: name.clone(),
        });
    }
}

fn work_days(file: &mut File, key: &str) -> Vec<Date> {
    let list = match file.take(key) {
        Some(Leaf::List(list)) => list,
        Some(_) => {
            file.fault(key, What::Type("a list of dates".to_owned()));
            return Vec::new();
        }
        None => {
            file.fault(key, What::Missing);
            return Vec::new();
        }
    };
    let mut dates = Vec::new();
    for leaf in list {
        let date = if let Leaf::Text(text) = leaf {
            parse_iso(&text)
        } else {
            None
        };
        match date {
            Some(date) => dates.push(date),
            None => file.fault(key, What::Type("dates like 2026-02-13".to_owned())),
        }
    }
    dates
}

pub(super) fn calendar(mut years: Vec<Year>, faults: &mut Vec<Fault>) -> Calendar {
    years.sort_by_key(|year| year.year);
    let loaded: Vec<i32> = years.iter().map(|year| year.year).collect();
    let notices = years.into_iter().flat_map(|year| year.notices).collect();
    Calendar::new(ID, loaded, notices).unwrap_or_else(|error| {
        let (file, key) = ("calendars".to_owned(), String::new());
        faults.push(Fault {
            file,
            line: 1,
            key,
            what: What::Calendar(error.to_string()),
        });
        Calendar::unloaded()
    })
}
