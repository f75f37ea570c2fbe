//! What became of bad ratings, as counts and as rates (domain 5.2).

use super::Rate;
use crate::codes::codes;
use serde::{Deserialize, Serialize};

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

codes! {
    /// A rate over bad ratings that fell due (domain 5.2).
    pub enum DueRate {
        /// 差评整改率: rectified or explained; what was only explained is a rate of its own.
        Rectified = "rectified",
        /// 实名差评回访率 (Q-22, J-19f, D-16).
        Reached = "reached",
        /// 实名差评整改率 (D-16).
        RealRectified = "real_rectified",
        /// 实名差评回访整改率: both, as one figure (N-41).
        Both = "both",
    }
}

impl DueRate {
    /// The rate of some bad ratings.
    #[must_use]
    pub fn of(self, fell_due: &FellDue) -> Rate {
        let (num, den) = match self {
            DueRate::Rectified => (fell_due.handled, fell_due.due),
            DueRate::Reached => (fell_due.real_reached, fell_due.real_name),
            DueRate::RealRectified => (fell_due.real_handled, fell_due.real_name),
            DueRate::Both => (fell_due.real_both, fell_due.real_name),
        };
        Rate { num, den }
    }
}
