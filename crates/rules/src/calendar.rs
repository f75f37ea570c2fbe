//! The working-day calendar: which days the notices of 国务院办公厅 take off or make up for.
//!
//! An entry belongs to a notice, not to a year: the 2019 notice makes 2018-12-29 a working day.
//! Nothing here panics on any date; past the loaded years a day is guessed from the weekday
//! and says so with `known: false`.

use crate::codes::codes;
use crate::date::{Date, iso, serde_iso};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use time::Weekday;

codes! {
    /// What kind of day it is.
    pub enum DayKind {
        /// An ordinary working day.
        Work = "work",
        /// A Saturday or Sunday that works (调休上班).
        MakeUp = "make_up",
        /// An ordinary weekend day.
        Weekend = "weekend",
        /// Off by a notice.
        Holiday = "holiday",
    }
}

impl DayKind {
    /// Does it count as a 工作日?
    #[must_use]
    pub const fn is_working(self) -> bool {
        matches!(self, DayKind::Work | DayKind::MakeUp)
    }
}

/// What the calendar says of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// The kind.
    pub kind: DayKind,
    /// The holiday it belongs to, for example 春节.
    pub name: Option<String>,
    /// The number of the notice it comes from.
    pub notice: Option<String>,
    /// False where that notice's number hasn't been checked against its text.
    pub checked: bool,
    /// False past the loaded years: the kind is then only the weekday's.
    pub known: bool,
}

/// One day of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The day.
    #[serde(with = "serde_iso")]
    pub date: Date,
    /// Off, or working.
    pub off: bool,
    /// The holiday, for example 国庆节.
    pub name: String,
}

/// A notice and the days it settles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// For example 国办发明电〔2025〕7号.
    pub number: String,
    /// Has the number been read in a copy of the notice?
    pub checked: bool,
    /// Its days.
    pub entries: Vec<Entry>,
}

/// A calendar that can't be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// One notice says two things of one day.
    #[error("{notice} names {date} twice")]
    Twice {
        /// The notice.
        notice: String,
        /// The day, ISO.
        date: String,
    },
    /// A notice without a number is no source.
    #[error("a notice has no number")]
    NoNumber,
    /// An existing but empty year is the trap other calendars fall into.
    #[error("year {0} is said to be loaded but no notice gives it a holiday")]
    EmptyYear(i32),
}

/// The loaded years and their notices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Calendar {
    parts: Parts,
    days: BTreeMap<Date, At>,
}

/// Where a day's entry stands in [`Parts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct At {
    notice: usize,
    entry: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Parts {
    id: String,
    years: BTreeSet<i32>,
    notices: Vec<Notice>,
}

impl TryFrom<Parts> for Calendar {
    type Error = CalendarError;

    fn try_from(parts: Parts) -> Result<Self, CalendarError> {
        let days = index(&parts)?;
        for year in &parts.years {
            let has_holiday = days.iter().any(|(date, at)| {
                date.year() == *year
                    && parts
                        .notices
                        .get(at.notice)
                        .and_then(|n| n.entries.get(at.entry))
                        .is_some_and(|e| e.off)
            });
            if !has_holiday {
                return Err(CalendarError::EmptyYear(*year));
            }
        }
        Ok(Calendar { parts, days })
    }
}

impl From<Calendar> for Parts {
    fn from(calendar: Calendar) -> Parts {
        calendar.parts
    }
}

/// A later notice overrules an earlier one on the same day (2020: the extended 春节).
fn index(parts: &Parts) -> Result<BTreeMap<Date, At>, CalendarError> {
    let mut days: BTreeMap<Date, At> = BTreeMap::new();
    for (notice, n) in parts.notices.iter().enumerate() {
        if n.number.trim().is_empty() {
            return Err(CalendarError::NoNumber);
        }
        for (entry, e) in n.entries.iter().enumerate() {
            let earlier = days.insert(e.date, At { notice, entry });
            if earlier.is_some_and(|at| at.notice == notice) {
                return Err(CalendarError::Twice {
                    notice: n.number.clone(),
                    date: iso(e.date),
                });
            }
        }
    }
    Ok(days)
}

impl Calendar {
    /// Builds a calendar from notices in the order they were issued.
    ///
    /// # Errors
    /// When a notice contradicts itself or has no number, or a year has no holiday at all.
    pub fn new(
        id: &str,
        years: impl IntoIterator<Item = i32>,
        notices: Vec<Notice>,
    ) -> Result<Self, CalendarError> {
        Parts {
            id: id.to_owned(),
            years: years.into_iter().collect(),
            notices,
        }
        .try_into()
    }

    /// A calendar that knows nothing: every answer from it is provisional.
    #[must_use]
    pub fn unloaded() -> Self {
        let parts = Parts {
            id: String::new(),
            years: BTreeSet::new(),
            notices: Vec::new(),
        };
        Calendar {
            parts,
            days: BTreeMap::new(),
        }
    }

    /// Its id, what a profile's `calendar_id` names.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.parts.id
    }

    /// The loaded years.
    #[must_use]
    pub fn years(&self) -> &BTreeSet<i32> {
        &self.parts.years
    }

    /// The notices, in the order they were issued.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.parts.notices
    }

    /// Is the year of this day loaded?
    #[must_use]
    pub fn covers(&self, date: Date) -> bool {
        self.parts.years.contains(&date.year())
    }

    /// Does the first loaded year begin after this day? No notice to come will settle it.
    #[must_use]
    pub fn begins_after(&self, date: Date) -> bool {
        let first = self.parts.years.first();
        first.is_some_and(|first| date.year() < *first)
    }

    /// What the calendar says of a day.
    #[must_use]
    pub fn day(&self, date: Date) -> Day {
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        let Some((notice, entry)) = self.entry(date) else {
            let kind = if weekend {
                DayKind::Weekend
            } else {
                DayKind::Work
            };
            return Day {
                kind,
                name: None,
                notice: None,
                checked: true,
                known: self.covers(date),
            };
        };
        let kind = match (entry.off, weekend) {
            (true, _) => DayKind::Holiday,
            (false, true) => DayKind::MakeUp,
            (false, false) => DayKind::Work,
        };
        Day {
            kind,
            name: Some(entry.name.clone()),
            notice: Some(notice.number.clone()),
            checked: notice.checked,
            known: true,
        }
    }

    fn entry(&self, date: Date) -> Option<(&Notice, &Entry)> {
        let at = self.days.get(&date)?;
        let notice = self.parts.notices.get(at.notice)?;
        Some((notice, notice.entries.get(at.entry)?))
    }
}
