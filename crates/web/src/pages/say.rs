//! Words of codes, numbers and dates.

use contract::figures::{Figures, Place, TrendDay};
use rules::{
    date,
    indicators::Rate,
    level::{LabelSet, Level},
    rating::Violation,
};
use words::Key;
pub use words::{month, number};

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
        Some(date) => words::date(date.year(), u8::from(date.month()), date.day()),
        None => iso.to_owned(),
    }
}

/// A label before what it is about: `地点：`.
pub fn label(key: Key) -> String {
    format!("{}{}", key.text(), Key::SHARED_COLON.text())
}

/// What is said beside something, in parentheses.
pub fn aside(text: &str) -> String {
    Key::SHARED_PAREN.fill(&[("text", text)])
}

/// What a name of the figures means.
pub fn rule(name: &str, what: &str) -> String {
    Key::SHARED_RULE.fill(&[("name", name), ("what", what)])
}

/// `星期六`.
pub fn weekday(date: date::Date) -> String {
    code("weekday", &date.weekday().number_from_monday().to_string())
}

/// Numerator and denominator, `12/34`.
pub fn fraction(rate: &Rate) -> String {
    Key::DISCLOSURE_FRACTION.fill(&[("num", &number(rate.num)), ("den", &number(rate.den))])
}

/// A part's name; what is of no part has none.
pub fn part(kind: &str, place: &Place) -> String {
    match place.name.as_str() {
        "" => code("part_none", kind),
        name => name.to_owned(),
    }
}

/// What a trend is of.
pub fn trend_caption(figures: &Figures) -> &'static str {
    match figures.trend_is_told() {
        true => Key::DISCLOSURE_TREND_CAPTION_TOLD.text(),
        false => Key::DISCLOSURE_TREND_CAPTION.text(),
    }
}

/// What a trend says: the day with most ratings, and the one with most bad ones.
pub fn trend(figures: &Figures) -> Vec<String> {
    let (most, worst) = match figures.trend_is_told() {
        true => (
            Key::DISCLOSURE_TREND_MOST_TOLD,
            Key::DISCLOSURE_TREND_WORST_TOLD,
        ),
        false => (Key::DISCLOSURE_TREND_MOST, Key::DISCLOSURE_TREND_WORST),
    };
    let fill =
        |key: Key, of: &TrendDay, n: u64| key.fill(&[("date", &day(&of.day)), ("n", &number(n))]);
    let worst = figures.worst().map_or_else(
        || Key::DISCLOSURE_TREND_NO_BAD.text().to_owned(),
        |day| fill(worst, day, day.bad),
    );
    let most = figures.most().map(|day| fill(most, day, day.total));
    most.into_iter().chain([worst]).collect()
}

/// A text with a number in the place of `{n}`.
pub fn count(key: Key, n: u64) -> String {
    key.fill(&[("n", &number(n))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_in_words_and_nonsense_is_left_alone() {
        assert_eq!(day("2026-02-03"), "2026年2月3日");
        assert_eq!(day("gone"), "gone");
    }
}
