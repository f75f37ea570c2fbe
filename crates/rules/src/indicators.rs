//! The published indicators (domain §5). The national standard's names are known, its formulas
//! are not; the formulas are ours and are published beside the figures.

mod coverage;
mod handling;
mod rate;

pub use coverage::{Coverage, coverage_rate, rated_rate};
pub use handling::{
    DueRate, FellDue, Handling, RealNames, explained_rate, in_time, real_names_told,
};
pub use rate::Rate;

use crate::level::Level;
use serde::{Deserialize, Serialize};
use std::ops::{Add, AddAssign};

/// What a day adds, all and bad ones. A rating that was changed on a later day is one less and one more
/// on that day, and so no rating; what is less than none is none.
#[must_use]
pub fn added(levels: &[i64; 5]) -> (u64, u64) {
    let whole = |levels: &[i64]| {
        let sum = levels.iter().fold(0_i64, |sum, n| sum.saturating_add(*n));
        u64::try_from(sum).unwrap_or(0)
    };
    (whole(levels), whole(&levels[..=Level::L2.index()]))
}

/// What a place counts and none of its parts does (尚未细分). A rating that was changed after its part
/// was told is one less there at one level and one more here at another: it makes no rating more.
#[must_use]
pub fn rest(whole: &Counts, parts: &Counts) -> Counts {
    let mut left = whole.active().saturating_sub(parts.active());
    let levels = std::array::from_fn(|at| {
        let n = whole.levels[at].saturating_sub(parts.levels[at]).min(left);
        left -= n;
        n
    });
    Counts {
        levels,
        real_name: whole.real_name.saturating_sub(parts.real_name),
        ..Counts::default()
    }
}

/// Counts of one scope and period. Active ratings only; service events and plate ratings
/// without a case are never summed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Counts {
    /// Active ratings by level − 1 (A_k).
    pub levels: [u64; 5],
    /// Those by real name.
    pub real_name: u64,
    /// Excluded by a final decision; not among `levels` (X).
    pub excluded: u64,
    /// Default records; not among `levels` (Df).
    pub defaults: u64,
    /// Service events that could be rated (E).
    pub events: u64,
}

impl Counts {
    /// All active ratings (A).
    #[must_use]
    pub fn active(&self) -> u64 {
        self.levels.iter().fold(0, |sum, n| sum.saturating_add(*n))
    }

    /// Active ratings of one level.
    #[must_use]
    pub fn at(&self, level: Level) -> u64 {
        self.levels[level.index()]
    }

    /// Active bad ratings (B): levels 1 and 2.
    #[must_use]
    pub fn bad(&self) -> u64 {
        self.of(&[Level::L1, Level::L2])
    }

    /// Active ratings of several levels, each level once.
    #[must_use]
    pub fn of(&self, levels: &[Level]) -> u64 {
        let wanted = Level::ALL
            .into_iter()
            .filter(|level| levels.contains(level));
        wanted.fold(0, |sum, level| sum.saturating_add(self.at(level)))
    }
}

impl Add for Counts {
    type Output = Counts;

    fn add(self, other: Counts) -> Counts {
        Counts {
            levels: std::array::from_fn(|i| self.levels[i].saturating_add(other.levels[i])),
            real_name: self.real_name.saturating_add(other.real_name),
            excluded: self.excluded.saturating_add(other.excluded),
            defaults: self.defaults.saturating_add(other.defaults),
            events: self.events.saturating_add(other.events),
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        *self = *self + other;
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Counts>>(counts: I) -> Counts {
        counts.fold(Counts::default(), Add::add)
    }
}

/// The share of some levels among active ratings.
#[must_use]
pub fn share(counts: &Counts, levels: &[Level]) -> Rate {
    Rate {
        num: counts.of(levels),
        den: counts.active(),
    }
}

/// 主动评价好评率: good levels / all active ratings.
#[must_use]
pub fn good_rate(counts: &Counts, good_levels: &[Level]) -> Rate {
    share(counts, good_levels)
}

/// 差评率: B / A.
#[must_use]
pub fn bad_rate(counts: &Counts) -> Rate {
    Rate {
        num: counts.bad(),
        den: counts.active(),
    }
}

/// 主动评价率 (参评率): A / E; a default record is still unrated.
#[must_use]
pub fn active_rate(counts: &Counts) -> Rate {
    Rate {
        num: counts.active(),
        den: counts.events,
    }
}

/// 未评率: (E − A) / E.
#[must_use]
pub fn unrated_rate(counts: &Counts) -> Rate {
    Rate {
        num: counts.events.saturating_sub(counts.active()),
        den: counts.events,
    }
}

/// 实名占比 among active ratings.
#[must_use]
pub fn real_name_rate(counts: &Counts) -> Rate {
    Rate {
        num: counts.real_name,
        den: counts.active(),
    }
}

/// 匿名占比 among active ratings.
#[must_use]
pub fn anonymous_rate(counts: &Counts) -> Rate {
    Rate {
        num: counts.active().saturating_sub(counts.real_name),
        den: counts.active(),
    }
}

/// 平均分 on the five levels, two decimals, half up; `None` without ratings. 5.00 and 1.00
/// only where exact.
#[must_use]
pub fn mean(counts: &Counts) -> Option<String> {
    let ratings: u128 = counts.levels.iter().map(|n| u128::from(*n)).sum();
    if ratings == 0 {
        return None;
    }
    let points: u128 = (1..)
        .zip(counts.levels)
        .map(|(k, n): (u128, u64)| k * u128::from(n))
        .sum();
    let hundredths = match (points * 200 + ratings) / (ratings * 2) {
        500 if points < 5 * ratings => 499,
        100 if points > ratings => 101,
        rounded => rounded,
    };
    Some(format!("{}.{:02}", hundredths / 100, hundredths % 100))
}

/// The one of which there was most, the first of equals; `None` where there was nothing.
pub fn first_with_most<T>(all: &[T], of: impl Fn(&T) -> u64) -> Option<&T> {
    // `max_by_key` takes the last of equals, so that it goes backwards.
    all.iter()
        .rev()
        .filter(|one| of(one) > 0)
        .max_by_key(|one| of(one))
}

/// A key that orders rates for a ranking: the lower Wilson bound at 95 %, in millionths, so a
/// unit with three ratings neither leads nor ends the list by luck (case 56).
#[must_use]
pub fn wilson_lower(rate: &Rate) -> u64 {
    rate.wilson_lower()
}
