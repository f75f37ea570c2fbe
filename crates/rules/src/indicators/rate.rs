//! A rate keeps its numerator and denominator; both are printed beside it.

use serde::{Deserialize, Serialize};

/// A numerator over a denominator.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rate {
    /// Numerator.
    pub num: u64,
    /// Denominator.
    pub den: u64,
}

/// z of a two-sided 95 % interval, in hundredths.
const Z: u128 = 196;
const SCALE: u128 = 1_000_000;

impl Rate {
    /// As it is published (domain §5.3): `—` without a denominator; otherwise per cent, half up
    /// to two decimals, but 100.00% and 0.00% only where exact, because real values sit at 99.9x.
    #[must_use]
    pub fn shown(&self) -> String {
        if self.den == 0 {
            return "—".to_owned();
        }
        let (num, den) = (u128::from(self.num), u128::from(self.den));
        let hundredths = match (num * 20_000 + den) / (den * 2) {
            10_000 if num < den => 9_999,
            0 if num > 0 => 1,
            rounded => rounded,
        };
        format!("{}.{:02}%", hundredths / 100, hundredths % 100)
    }

    /// The lower Wilson bound at 95 %, in millionths; whole numbers throughout, so that every
    /// machine and the browser order alike.
    pub(super) fn wilson_lower(&self) -> u64 {
        // Beyond 2^40 ratings the bound is the rate; halving both keeps the sums in range.
        let shift = (64 - self.den.leading_zeros()).saturating_sub(40);
        let (k, n) = (
            u128::from(self.num.min(self.den) >> shift),
            u128::from(self.den >> shift),
        );
        if n == 0 {
            return 0;
        }
        let zz = Z * Z; // in ten-thousandths
        let spread =
            (zz * (zz * n + 40_000 * k * (n - k)) / n * (SCALE * SCALE / 100_000_000)).isqrt();
        let centre = 2 * k * SCALE + zz * SCALE / 10_000;
        let width = 2 * n * 10_000 + 2 * zz; // in ten-thousandths
        let bound = centre.saturating_sub(spread) * 10_000 / width;
        u64::try_from(bound).unwrap_or(u64::MAX)
    }
}
