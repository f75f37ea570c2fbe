//! How much of the region can be rated at all (domain 5.2, 覆盖率).

use super::Rate;
use serde::{Deserialize, Serialize};

/// Of the units, windows or items there are, how many can be rated and how many were (N-04).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Coverage {
    /// All there are.
    pub all: u64,
    /// Those with at least one entry to rating that works.
    pub open: u64,
    /// Those of which at least one rating is public.
    pub rated: u64,
}

/// 覆盖率: those that can be rated / all.
#[must_use]
pub fn coverage_rate(coverage: &Coverage) -> Rate {
    Rate {
        num: coverage.open,
        den: coverage.all,
    }
}

/// Those with a public rating / all.
#[must_use]
pub fn rated_rate(coverage: &Coverage) -> Rate {
    Rate {
        num: coverage.rated,
        den: coverage.all,
    }
}
