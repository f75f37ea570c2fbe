//! The words of codes and numbers.

use contract::{Problem, ProblemKind};
use rules::{
    date,
    level::{LabelSet, Level},
    rating::Violation,
};
use words::{Key, family};
pub use words::{month, number};

/// The texts of a family of codes. A function and not its name, so that a part of the app carries
/// only the families that it shows.
pub type Family = fn(&str) -> Option<&'static str>;

/// The text of a code; a dash for one that a newer server knows and this app does not.
pub fn of(family: Family, code: &str) -> &'static str {
    family(code).unwrap_or(Key::SHARED_DASH.text())
}

/// The word of a level.
pub fn level(labels: LabelSet, level: Level) -> &'static str {
    let family = match labels {
        LabelSet::Satisfaction => family::level_satisfaction,
        LabelSet::Goodness => family::level_goodness,
    };
    of(family, digit(level))
}

/// The digit of a level.
pub const fn digit(level: Level) -> &'static str {
    match level {
        Level::L1 => "1",
        Level::L2 => "2",
        Level::L3 => "3",
        Level::L4 => "4",
        Level::L5 => "5",
    }
}

/// What is wrong with a field.
pub fn violation(violation: &Violation) -> String {
    let text = family::violation(&violation.code)
        .or_else(|| family::field(&violation.field))
        .unwrap_or(Key::SHARED_ERROR.text());
    let params: Vec<(&str, &str)> = violation
        .params
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    words::fill(text, &params)
}

/// The code of a kind of problem, as the texts know it.
pub const fn problem_code(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::Malformed => "malformed",
        ProblemKind::Invalid => "invalid",
        ProblemKind::Unauthenticated => "unauthenticated",
        ProblemKind::OtherPerson => "other_person",
        ProblemKind::Forbidden => "forbidden",
        ProblemKind::NotFound => "not_found",
        ProblemKind::Gone => "gone",
        ProblemKind::KeyReused => "key_reused",
        ProblemKind::ChangedTooOften => "changed_too_often",
        ProblemKind::AlreadyRated => "already_rated",
        ProblemKind::Conflict => "conflict",
        ProblemKind::TooLarge => "too_large",
        ProblemKind::TooMany => "too_many",
        ProblemKind::MethodNotAllowed => "method_not_allowed",
        ProblemKind::UnsupportedMedia => "unsupported_media",
        ProblemKind::Unavailable => "unavailable",
        ProblemKind::Internal => "internal",
        ProblemKind::Unknown => "unknown",
    }
}

/// What a problem means for whoever meets it: the reason where there is one, or what to do.
pub fn problem(problem: &Problem) -> &'static str {
    problem
        .reason
        .as_deref()
        .and_then(family::reason)
        .unwrap_or_else(|| of(family::problem_help, problem_code(problem.kind)))
}

/// A text with a number in the place of `{n}`.
pub fn count(key: Key, n: u64) -> String {
    key.fill(&[("n", &number(n))])
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

/// A text with what is said beside it, in parentheses.
pub fn noted(text: &str, note: &str) -> String {
    Key::SHARED_NOTE.fill(&[("text", text), ("note", note)])
}

/// What a name of the figures means.
pub fn rule(name: &str, what: &str) -> String {
    Key::SHARED_RULE.fill(&[("name", name), ("what", what)])
}

/// `星期六`.
pub fn weekday(day: date::Date) -> &'static str {
    let n = day.weekday().number_from_monday();
    of(family::weekday, &n.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_problem_has_a_title_and_help() {
        for kind in [
            ProblemKind::Malformed,
            ProblemKind::Invalid,
            ProblemKind::Unauthenticated,
            ProblemKind::Forbidden,
            ProblemKind::NotFound,
            ProblemKind::Gone,
            ProblemKind::KeyReused,
            ProblemKind::OtherPerson,
            ProblemKind::ChangedTooOften,
            ProblemKind::AlreadyRated,
            ProblemKind::Conflict,
            ProblemKind::TooLarge,
            ProblemKind::TooMany,
            ProblemKind::MethodNotAllowed,
            ProblemKind::UnsupportedMedia,
            ProblemKind::Unavailable,
            ProblemKind::Internal,
            ProblemKind::Unknown,
        ] {
            let code = problem_code(kind);
            assert!(words::by_code("problem", code).is_some(), "{code}");
            assert!(words::by_code("problem_help", code).is_some(), "{code}");
        }
    }

    #[test]
    fn a_day_is_written_in_words_and_nonsense_is_left_alone() {
        assert_eq!(day("2026-02-03"), "2026年2月3日");
        assert_eq!(day("gone"), "gone");
    }

    #[test]
    fn a_refusal_with_a_reason_says_the_reason() {
        let refused = Problem::because(ProblemKind::Forbidden, "other_unit");
        assert_eq!(
            Some(problem(&refused)),
            words::by_code("reason", "other_unit")
        );
    }

    #[test]
    fn a_violation_is_told_with_its_numbers() {
        let long = Violation::new("text", "text.too_long")
            .with("max", 150)
            .with("length", 151);
        let text = violation(&long);
        assert!(text.contains("150") && text.contains("151"), "{text}");
    }
}
