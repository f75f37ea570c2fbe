//! Words of codes, numbers and dates.

use rules::{
    date,
    indicators::Rate,
    level::{LabelSet, Level},
    rating::Violation,
};
use words::Key;

/// The text of a code. A code without a text is shown as it is: better than nothing, and a test
/// of all codes keeps it from happening.
pub fn code(family: &str, code: &str) -> String {
    words::by_code(family, code).unwrap_or(code).to_owned()
}

/// The word of a level.
pub fn level(labels: LabelSet, level: Level) -> String {
    let family = match labels {
        LabelSet::Satisfaction => "level.satisfaction",
        LabelSet::Goodness => "level.goodness",
    };
    code(family, &level.get().to_string())
}

/// What a violation says.
pub fn violation(violation: &Violation) -> String {
    let text = words::by_code("violation", &violation.code)
        .or_else(|| words::by_code("field", &violation.field))
        .unwrap_or(Key::SHARED_ERROR.text());
    let params: Vec<(&str, &str)> = violation
        .params
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    words::fill(text, &params)
}

/// `2026年10月31日`; a text that is no date is shown as it is.
pub fn day(iso: &str) -> String {
    match date::parse_iso(iso) {
        Some(date) => words::fill(
            Key::SHARED_DATE.text(),
            &[
                ("year", &date.year().to_string()),
                ("month", &u8::from(date.month()).to_string()),
                ("day", &date.day().to_string()),
            ],
        ),
        None => iso.to_owned(),
    }
}

/// `星期六`.
pub fn weekday(date: date::Date) -> String {
    code("weekday", &date.weekday().number_from_monday().to_string())
}

/// `2026年10月`; a text that is no month is shown as it is.
pub fn month(period: &str) -> String {
    let parts = period
        .split_once('-')
        .map(|(year, month)| (year, month.parse::<u8>()));
    match parts {
        Some((year, Ok(month @ 1..=12))) => words::fill(
            Key::SHARED_MONTH.text(),
            &[("year", year), ("month", &month.to_string())],
        ),
        _ => period.to_owned(),
    }
}

/// A whole number with its thousands apart.
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

/// Numerator and denominator, `12/34`.
pub fn fraction(rate: &Rate) -> String {
    Key::DISCLOSURE_FRACTION.fill(&[("num", &number(rate.num)), ("den", &number(rate.den))])
}

/// A text with a number in the place of `{n}`.
pub fn count(key: Key, n: u64) -> String {
    key.fill(&[("n", &number(n))])
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
        assert_eq!(day("2026-02-03"), "2026年2月3日");
        assert_eq!(day("gone"), "gone");
        assert_eq!(month("2026-10"), "2026年10月");
        assert_eq!(month("2026-13"), "2026-13");
    }
}
