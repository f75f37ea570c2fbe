//! A deadline computed in the reader's browser by the same rules that the server applies.

use contract::figures::DueAnswer;
use rules::{
    calendar::Calendar,
    date::{self, Date},
    deadline,
    profile::{Basis, Clock, Continuation, Profile, continuation_on},
    rating::Violation,
};

/// What was asked for, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// A profile's id.
    pub profile: String,
    /// A clock's code.
    pub clock: String,
    /// The day it starts from, ISO.
    pub from: String,
}

impl Asked {
    /// Whether nothing was asked for yet.
    pub fn is_empty(&self) -> bool {
        self.profile.is_empty() && self.clock.is_empty() && self.from.is_empty()
    }
}

/// What was asked for, as the rules understand it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// Which clock.
    pub clock: Clock,
    /// From when.
    pub from: Date,
}

/// Reads a question; every fault at once.
pub fn read(asked: &Asked) -> Result<Question, Vec<Violation>> {
    let mut faults = Vec::new();
    let fault = |field: &str, what: &str| Violation::new(field, &format!("{field}.{what}"));
    if asked.profile.is_empty() {
        faults.push(fault("profile", "missing"));
    }
    let clock = asked.clock.parse::<Clock>();
    if clock.is_err() {
        let what = if asked.clock.is_empty() {
            "missing"
        } else {
            "unknown"
        };
        faults.push(fault("clock", what));
    }
    let from = date::parse_iso(&asked.from);
    if from.is_none() {
        let what = if asked.from.is_empty() {
            "missing"
        } else {
            "malformed"
        };
        faults.push(fault("from", what));
    }
    match (clock, from) {
        (Ok(clock), Some(from)) if faults.is_empty() => Ok(Question { clock, from }),
        _ => Err(faults),
    }
}

/// The answer; a date beyond what can be represented is a fault of the day it starts from.
pub fn answer(
    question: Question,
    profile: &Profile,
    continuations: &[Continuation],
    calendar: &Calendar,
) -> Result<DueAnswer, Vec<Violation>> {
    let term = profile.clock(question.clock);
    let continued = continuation_on(profile, continuations, question.from).is_some();
    let mut answer = DueAnswer {
        due: None,
        provisional: false,
        in_force: continued || profile.in_force(question.from),
        steps: Vec::new(),
        cite: term.basis.clone(),
        note: term.note.clone(),
        reason: term.value.is_none().then(|| why_none(&term.basis)),
    };
    if let Some(term) = term.value {
        let due = deadline::due(term, calendar, question.from)
            .ok_or_else(|| vec![Violation::new("from", "from.malformed")])?;
        answer.due = Some(date::iso(due.due));
        answer.provisional = due.provisional;
        answer.steps = due.steps;
    }
    Ok(answer)
}

/// Why a profile has no term, in its own words.
fn why_none(basis: &Basis) -> String {
    match basis {
        Basis::None { why } | Basis::Ours { why } => why.clone(),
        Basis::Stated { words, .. } => words.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_question_is_told_at_once() {
        let faults = read(&Asked::default()).expect_err("nothing was asked");
        let codes: Vec<&str> = faults.iter().map(|fault| fault.code.as_str()).collect();
        assert_eq!(codes, ["profile.missing", "clock.missing", "from.missing"]);
        for code in codes {
            assert!(words::by_code("violation", code).is_some(), "{code}");
        }
    }

    #[test]
    fn a_day_that_does_not_exist_is_no_day() {
        let asked = Asked {
            profile: "dehong".to_owned(),
            clock: "rectify".to_owned(),
            from: "2026-02-30".to_owned(),
        };
        assert!(read(&asked).is_err());
    }

    #[test]
    fn a_question_is_read() {
        let asked = Asked {
            profile: "dehong".to_owned(),
            clock: "rectify".to_owned(),
            from: "2026-02-13".to_owned(),
        };
        let question = read(&asked).expect("readable");
        assert_eq!(question.clock, Clock::Rectify);
    }
}
