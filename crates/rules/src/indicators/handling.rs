//! What became of bad ratings, as counts and as rates (domain 5.2).

use super::Rate;
use serde::{Deserialize, Serialize};
use std::ops::{Add, AddAssign};

/// How the bad ratings of a scope and period were handled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Handling {
    /// Bad ratings.
    pub bad: u64,
    /// Those whose term for rectification ended.
    pub due: u64,
    /// Those handled by their due day.
    pub in_time: u64,
    /// 已整改.
    pub rectified: u64,
    /// 已解释, shown apart so that explaining is no cheap exit.
    pub explained: u64,
    /// Neither yet.
    pub open: u64,
}

impl Add for Handling {
    type Output = Handling;

    fn add(self, other: Handling) -> Handling {
        Handling {
            bad: self.bad.saturating_add(other.bad),
            due: self.due.saturating_add(other.due),
            in_time: self.in_time.saturating_add(other.in_time),
            rectified: self.rectified.saturating_add(other.rectified),
            explained: self.explained.saturating_add(other.explained),
            open: self.open.saturating_add(other.open),
        }
    }
}

impl AddAssign for Handling {
    fn add_assign(&mut self, other: Handling) {
        *self = *self + other;
    }
}

impl std::iter::Sum for Handling {
    fn sum<I: Iterator<Item = Handling>>(all: I) -> Handling {
        all.fold(Handling::default(), Add::add)
    }
}

/// What had become, by a day, of the bad ratings whose term for rectification ended in its month.
/// Every count is of the same bad ratings, so that no rate of two of them exceeds 100 %.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FellDue {
    /// Bad ratings whose term ended (B_due).
    pub due: u64,
    /// Rectified or explained, in time or late.
    pub handled: u64,
    /// By real name (B_R).
    pub real_name: u64,
    /// Of these, the rater was spoken with, at the first contact or the revisit.
    pub real_reached: u64,
    /// Of these, the rater was tried and never spoken with; shown apart, no success (domain 5.2).
    pub real_unreached: u64,
    /// Of these, rectified or explained.
    pub real_handled: u64,
    /// Of these, both spoken with and handled.
    pub real_both: u64,
}

/// 按期整改率: handled by the due day / due in the period.
#[must_use]
pub fn in_time(handling: &Handling) -> Rate {
    Rate {
        num: handling.in_time,
        den: handling.due,
    }
}

/// The share of handled bad ratings that were only explained.
#[must_use]
pub fn explained_rate(handling: &Handling) -> Rate {
    Rate {
        num: handling.explained,
        den: handling.rectified.saturating_add(handling.explained),
    }
}

/// 差评整改率: rectified or explained / due. What was only explained is a rate of its own.
#[must_use]
pub fn rectified_rate(fell_due: &FellDue) -> Rate {
    Rate {
        num: fell_due.handled,
        den: fell_due.due,
    }
}

/// 实名差评回访率 (Q-22, J-19f, D-16).
#[must_use]
pub fn real_name_reached_rate(fell_due: &FellDue) -> Rate {
    Rate {
        num: fell_due.real_reached,
        den: fell_due.real_name,
    }
}

/// 实名差评整改率 (D-16).
#[must_use]
pub fn real_name_rectified_rate(fell_due: &FellDue) -> Rate {
    Rate {
        num: fell_due.real_handled,
        den: fell_due.real_name,
    }
}

/// 实名差评回访整改率: both, as one figure (N-41).
#[must_use]
pub fn real_name_both_rate(fell_due: &FellDue) -> Rate {
    Rate {
        num: fell_due.real_both,
        den: fell_due.real_name,
    }
}
