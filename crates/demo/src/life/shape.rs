//! When and where how much happens, and how well.

use super::super::chance::Chance;
use rules::{
    calendar::{Calendar, DayKind},
    date::{self, Date},
    level::Level,
};

/// Hours of a working day with their share of what a window does; over noon one window in five
/// is staffed.
const HOURS: [(i64, u64); 7] = [
    (9, 95),
    (10, 125),
    (11, 105),
    (12, 24),
    (14, 100),
    (15, 120),
    (16, 105),
];
/// What is rated at home, over the link of a service: on any day.
pub(super) const EVENING: i64 = 20;
const EVENING_SHARE: u64 = 25;
const DAY_OFF_SHARE: u64 = 14;

/// An hour of a day and how many ratings it sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) day: Date,
    pub(super) hour: i64,
    pub(super) ratings: usize,
}

/// How busy a day is, in percent of an ordinary one.
fn busy(calendar: &Calendar, day: Date) -> u64 {
    let kind = |day: Option<Date>| day.map(|day| calendar.day(day).kind);
    // After a holiday people bring what had to wait.
    let after_holiday = kind(day.previous_day()) == Some(DayKind::Holiday);
    let before_holiday = kind(day.next_day()) == Some(DayKind::Holiday);
    let weekday = match day.weekday().number_from_monday() {
        1 => 124,
        2 => 108,
        5 => 90,
        6 | 7 => 62,
        _ => 100,
    };
    match (after_holiday, before_holiday) {
        (true, _) => weekday + 45,
        (_, true) => weekday * 7 / 10,
        _ => weekday,
    }
}

fn weights(calendar: &Calendar, day: Date) -> Vec<(i64, u64)> {
    if !calendar.day(day).kind.is_working() {
        return vec![(EVENING, DAY_OFF_SHARE * 100)];
    }
    let busy = busy(calendar, day);
    let hours = HOURS.iter().map(|(hour, share)| (*hour, share * busy));
    hours.chain([(EVENING, EVENING_SHARE * busy)]).collect()
}

/// Divides a number of ratings over the hours of the days; none is lost by rounding.
pub(super) fn slots(calendar: &Calendar, days: &[Date], ratings: u64) -> Vec<Slot> {
    let all: Vec<(Date, i64, u64)> = days
        .iter()
        .flat_map(|day| {
            weights(calendar, *day)
                .into_iter()
                .map(|(hour, weight)| (*day, hour, weight))
        })
        .collect();
    let whole: u64 = all.iter().map(|(.., weight)| weight).sum();
    let mut before = 0;
    all.into_iter()
        .map(|(day, hour, weight)| {
            let share = |sum: u64| sum * ratings / whole.max(1);
            let n = share(before + weight) - share(before);
            before += weight;
            Slot {
                day,
                hour,
                ratings: usize::try_from(n).unwrap_or(0),
            }
        })
        .collect()
}

/// How much a window is sought, 40 to 200.
pub(super) fn popularity(window: &str) -> u64 {
    40 + Chance::of(named(window), 2).next() % 161
}

fn named(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Units that are short of hands: worse levels, late tickets.
pub(super) fn is_slow(unit: &str) -> bool {
    matches!(unit, "539900-zr" | "539902-zj" | "539904-rs")
}

/// From then on the registry of land has a second counter: it gets better.
const BETTER_FROM: &str = "2026-09-01";
/// A wave of bad ratings at one window: the system was down for two days.
const BURST: [&str; 2] = ["2026-09-17", "2026-09-18"];
const BURST_WINDOW: &str = "w10";

/// The window that the wave reaches on a day, if it is one of its days.
pub(super) fn burst_on(day: Date) -> Option<&'static str> {
    BURST
        .contains(&date::iso(day).as_str())
        .then_some(BURST_WINDOW)
}

/// Whether a rating at a window belongs to the wave.
pub(super) fn in_burst(window: &str, day: Date) -> bool {
    burst_on(day) == Some(window)
}

/// Of a thousand ratings, those up to level 1, 2, 3 and 4.
fn steps(window: &str, unit: &str, day: Date) -> [u64; 4] {
    if in_burst(window, day) {
        return [420, 760, 880, 960];
    }
    let better = unit == "539900-zr" && date::iso(day).as_str() >= BETTER_FROM;
    match is_slow(unit) || window == "w01" {
        true if !better => [16, 44, 120, 350],
        true => [6, 17, 70, 270],
        // No two windows are alike.
        false => match named(window) % 3 {
            0 => [2, 6, 38, 210],
            1 => [3, 10, 50, 250],
            _ => [6, 16, 66, 290],
        },
    }
}

pub(super) fn level(chance: &mut Chance, window: &str, unit: &str, day: Date) -> Level {
    let roll = chance.next() % 1000;
    match steps(window, unit, day)
        .iter()
        .position(|step| roll < *step)
    {
        Some(0) => Level::L1,
        Some(1) => Level::L2,
        Some(2) => Level::L3,
        Some(3) => Level::L4,
        _ => Level::L5,
    }
}

/// The working day that comes `n` working days after; the day itself where that is 0.
pub(super) fn working_days_after(calendar: &Calendar, day: Date, n: u32) -> Date {
    let (mut at, mut left) = (day, n);
    while left > 0 || !calendar.day(at).kind.is_working() {
        let Some(next) = at.next_day() else { return at };
        at = next;
        if calendar.day(at).kind.is_working() {
            left = left.saturating_sub(1);
        }
    }
    at
}

/// The working day from which it takes `n` working days to `day`, or the first of the days.
pub(super) fn working_days_before(calendar: &Calendar, first: Date, day: Date, n: u32) -> Date {
    let (mut at, mut left) = (day, n);
    while (left > 0 || !calendar.day(at).kind.is_working()) && at > first {
        let Some(before) = at.previous_day() else {
            return at;
        };
        at = before;
        if calendar.day(at).kind.is_working() {
            left = left.saturating_sub(1);
        }
    }
    at
}
