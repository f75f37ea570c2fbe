//! Numbers and dates in words. Plain numbers go in, so that this crate needs no calendar.

use crate::{Key, family, fill};

/// A day: `2026年10月31日`, `31 October 2026`.
pub fn date(year: i32, month: u8, day: u8) -> String {
    fill(
        Key::SHARED_DATE.text(),
        &[
            ("year", &year.to_string()),
            ("month", &name(month)),
            ("day", &day.to_string()),
        ],
    )
}

/// A month written `2026-10`: `2026年10月`, `October 2026`; a text that is no month is left as it is.
pub fn month(period: &str) -> String {
    let parts = period
        .split_once('-')
        .map(|(year, month)| (year, month.parse::<u8>()));
    match parts {
        Some((year, Ok(month @ 1..=12))) => fill(
            Key::SHARED_MONTH.text(),
            &[("year", year), ("month", &name(month))],
        ),
        _ => period.to_owned(),
    }
}

fn name(month: u8) -> String {
    let number = month.to_string();
    family::month(&number).map_or(number, str::to_owned)
}

/// A whole number with its thousands apart, which all our languages do alike.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let shown: Vec<_> = [0, 999, 1000, 1_234_567].map(number).to_vec();
        assert_eq!(shown, ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn dates_and_months_are_written_in_chinese_and_nonsense_is_left_alone() {
        assert_eq!(date(2026, 2, 3), "2026年2月3日");
        assert_eq!(month("2026-10"), "2026年10月");
        assert_eq!(month("2026-13"), "2026-13");
        assert_eq!(month("gone"), "gone");
    }

    #[cfg(feature = "all")]
    #[test]
    fn dates_are_written_as_each_language_writes_them() {
        use crate::{Language, speaking};
        assert_eq!(
            speaking(Language::ZhHant, || date(2026, 10, 31)),
            "2026年10月31日"
        );
        assert_eq!(
            speaking(Language::En, || date(2026, 10, 31)),
            "31 October 2026"
        );
        assert_eq!(speaking(Language::En, || month("2026-02")), "February 2026");
    }
}
