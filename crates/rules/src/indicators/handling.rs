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
    /// Those by real name, where enough people are among them and among the others.
    pub real: Option<RealNames>,
}

/// What had become of bad ratings by real name (B_R) of those that fell due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RealNames {
    /// How many there are.
    pub bad: u64,
    /// The rater was spoken with, at the first contact or the revisit.
    pub reached: u64,
    /// The rater was tried and never spoken with; shown apart, no success (domain 5.2).
    pub unreached: u64,
    /// Rectified or explained.
    pub handled: u64,
    /// Both spoken with and handled.
    pub both: u64,
}

impl FellDue {
    /// Real names are told apart only where at least k people gave theirs, and as many or none did not. Whoever saw one
    /// person give a name would learn from less whether that one was satisfied.
    fn is_enough(&self, k: u64) -> bool {
        self.real.is_some_and(|real| {
            let others = self.due.saturating_sub(real.bad);
            real.bad >= k && (others == 0 || others >= k)
        })
    }

    fn alone(self, k: u64) -> Self {
        Self {
            real: self.real.filter(|_| self.is_enough(k)),
            ..self
        }
    }

    /// What is left of this where some of its parts are told, as far as it says how many gave a name.
    fn rest(&self, parts: &[Self]) -> Self {
        let told = || {
            parts
                .iter()
                .filter_map(|part| part.real.map(|real| (part.due, real.bad)))
        };
        let (due, bad) = told().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        Self {
            due: self.due.saturating_sub(due),
            handled: 0,
            real: self.real.map(|real| RealNames {
                bad: real.bad.saturating_sub(bad),
                ..RealNames::default()
            }),
        }
    }
}

/// A whole and its parts as they may be told. Beside the whole so many parts tell their real names that what is left is
/// nothing or enough as well: else it could be computed. The parts with the fewest wait first.
#[must_use]
pub fn real_names_told(whole: FellDue, parts: Vec<FellDue>, k: u64) -> (FellDue, Vec<FellDue>) {
    let whole = whole.alone(k);
    let mut parts: Vec<FellDue> = parts.into_iter().map(|part| part.alone(k)).collect();
    while whole.real.is_some() {
        let rest = whole.rest(&parts);
        if rest.due == 0 || rest.is_enough(k) {
            break;
        }
        let told = parts.iter_mut().filter(|part| part.real.is_some());
        let Some(least) = told.min_by_key(|part| part.real.map(|real| real.bad)) else {
            break;
        };
        least.real = None;
    }
    (whole, parts)
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
    /// The rate of some bad ratings; nothing where it is not told.
    #[must_use]
    pub fn of(self, fell_due: &FellDue) -> Option<Rate> {
        let of_real = |num: fn(&RealNames) -> u64| {
            fell_due.real.as_ref().map(|real| Rate {
                num: num(real),
                den: real.bad,
            })
        };
        match self {
            DueRate::Rectified => Some(Rate {
                num: fell_due.handled,
                den: fell_due.due,
            }),
            DueRate::Reached => of_real(|real| real.reached),
            DueRate::RealRectified => of_real(|real| real.handled),
            DueRate::Both => of_real(|real| real.both),
        }
    }
}
