//! Deadlines that explain themselves: the due day and every day on the way to it.
//!
//! The day after the event is day 1 and the term ends with the n-th counted day, at 24:00
//! Asia/Shanghai. The regulations give no start event; this is the product's choice, as
//! 民法典 第201条 counts.

use crate::calendar::{Calendar, DayKind};
use crate::date::{Date, serde_iso};
use crate::profile::{Term, Unit};
use serde::{Deserialize, Serialize};
use time::Duration;

/// One day (for months: one month's end) on the way to the due day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Step {
    /// The day.
    #[serde(with = "serde_iso")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub date: Date,
    /// Does it count towards the term?
    pub counted: bool,
    /// What kind of day it is.
    pub kind: DayKind,
    /// The holiday it belongs to.
    pub name: Option<String>,
    /// The notice that says so.
    pub notice: Option<String>,
    /// Which counted day it is, from 1.
    pub n: Option<u32>,
    /// False where the notice's number hasn't been checked.
    pub checked: bool,
    /// False outside the loaded calendar.
    pub known: bool,
    /// Not known, and before the calendar begins: no notice to come will settle it.
    #[serde(default)]
    pub before: bool,
}

/// A due day with its explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The last day on which the duty can be met.
    #[serde(with = "serde_iso")]
    pub due: Date,
    /// 暂定: it depends on a day the calendar doesn't know yet.
    pub provisional: bool,
    /// Every day counted or skipped, in order.
    pub steps: Vec<Step>,
}

/// The due day of a term that starts with an event on `from`; `None` only where it would lie
/// outside the representable dates.
#[must_use]
pub fn due(term: Term, calendar: &Calendar, from: Date) -> Option<Due> {
    // Each counted day is at least one day: a term beyond the end of time isn't walked.
    if i64::from(term.n) > (Date::MAX - from).whole_days() {
        return None;
    }
    match term.unit {
        Unit::WorkingDays => working_days(term.n, calendar, from),
        Unit::NaturalDays => natural_days(term, calendar, from),
        Unit::Months => months(term, calendar, from),
    }
}

fn step(calendar: &Calendar, date: Date, n: Option<u32>) -> Step {
    let day = calendar.day(date);
    Step {
        date,
        counted: n.is_some(),
        kind: day.kind,
        name: day.name,
        notice: day.notice,
        n,
        checked: day.checked,
        known: day.known,
        before: !day.known && calendar.begins_after(date),
    }
}

/// Is a day on the way from before the calendar begins? Then nothing will be counted anew.
#[must_use]
pub fn predates(steps: &[Step]) -> bool {
    steps.iter().any(|step| step.before)
}

fn working_days(n: u32, calendar: &Calendar, from: Date) -> Option<Due> {
    let (mut date, mut counted, mut steps) = (from, 0, Vec::new());
    while counted < n {
        date = date.next_day()?;
        let works = calendar.day(date).kind.is_working();
        counted += u32::from(works);
        steps.push(step(calendar, date, works.then_some(counted)));
    }
    let provisional = steps.iter().any(|step| !step.known);
    Some(Due {
        due: date,
        provisional,
        steps,
    })
}

fn natural_days(term: Term, calendar: &Calendar, from: Date) -> Option<Due> {
    let last = from.checked_add(Duration::days(i64::from(term.n)))?;
    let mut steps = Vec::new();
    let (mut date, mut n) = (from, 0);
    while date < last {
        date = date.next_day()?;
        n += 1;
        steps.push(step(calendar, date, Some(n)));
    }
    finish(term, calendar, last, steps)
}

/// The same day of a later month, or that month's last day (case 38: 08-31 and six months
/// end on 02-28).
fn months(term: Term, calendar: &Calendar, from: Date) -> Option<Due> {
    let mut steps = Vec::new();
    let mut last = from;
    for n in 1..=term.n {
        last = month_later(from, n)?;
        steps.push(step(calendar, last, Some(n)));
    }
    finish(term, calendar, last, steps)
}

fn month_later(from: Date, n: u32) -> Option<Date> {
    let count = i64::from(from.year()) * 12 + i64::from(u8::from(from.month())) - 1 + i64::from(n);
    let year = i32::try_from(count.div_euclid(12)).ok()?;
    let month = time::Month::try_from(u8::try_from(count.rem_euclid(12) + 1).ok()?).ok()?;
    let day = from.day().min(month.length(year));
    Date::from_calendar_date(year, month, day).ok()
}

/// A last day off is moved to the next working day only where the term says so.
fn finish(term: Term, calendar: &Calendar, last: Date, mut steps: Vec<Step>) -> Option<Due> {
    let (mut date, mut provisional) = (last, false);
    if term.roll {
        provisional = !calendar.day(date).known;
        while !calendar.day(date).kind.is_working() {
            date = date.next_day()?;
            provisional |= !calendar.day(date).known;
            steps.push(step(calendar, date, None));
        }
    }
    Some(Due {
        due: date,
        provisional,
        steps,
    })
}
