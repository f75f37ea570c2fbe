//! "Only stricter": a jurisdiction may ask more of the government than the one above, never
//! less (国办发〔2019〕51号, 明确责任标准(四)).

use super::{Basis, Cadence, DIRECTIONS, Direction, Entry, Profile, Raw, Term, Unit};
use crate::codes::codes;
use serde::{Deserialize, Serialize};

/// A value that asks less than the ancestor's stated one, or can't be shown to ask as much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looser {
    /// The parameter.
    pub key: String,
    /// The child's value.
    pub value: Option<Raw>,
    /// The ancestor, as `id/version`.
    pub parent: String,
    /// The ancestor's stated value.
    pub parent_value: Raw,
}

/// Every value of `child` that asks more than what `parent` states, or that is stated where the
/// parent states nothing: where N-21's "higher demands" are used.
#[must_use]
pub fn stricter_keys(child: &Profile, parent: &Profile) -> Vec<&'static str> {
    let (children, parents) = (child.parameters.entries(), parent.parameters.entries());
    let rows = DIRECTIONS.iter().zip(children).zip(parents);
    rows.filter(|(((_, direction), mine), theirs)| is_stricter(*direction, mine, theirs))
        .map(|(((key, _), _), _)| *key)
        .collect()
}

fn is_stricter(direction: Direction, mine: &Entry<'_>, theirs: &Entry<'_>) -> bool {
    let stated = |entry: &Entry<'_>| entry.value.clone().filter(|_| entry.basis.is_stated());
    match (direction, stated(mine), stated(theirs)) {
        (Direction::Free, ..) | (_, None, _) => false,
        (_, Some(_), None) => true,
        (_, Some(value), Some(theirs)) => !at_least_as_strict(direction, &theirs, &value),
    }
}

/// Every value of `child` that is looser than what `parent` *states*. A value that is the
/// parent's own choice binds nobody. Run it against every ancestor.
#[must_use]
pub fn stricter_than_parent(child: &Profile, parent: &Profile) -> Vec<Looser> {
    let (children, parents) = (child.parameters.entries(), parent.parameters.entries());
    let rows = DIRECTIONS.iter().zip(children).zip(parents);
    rows.filter_map(|(((_, direction), mine), theirs)| looser(*direction, mine, theirs, parent))
        .collect()
}

codes! {
    /// How two profiles differ in one parameter.
    pub enum Difference {
        /// The same value on the same words or by our own choice, or neither has one.
        Same = "same",
        /// The same value, from elsewhere.
        OtherBasis = "other_basis",
        /// Only the first has a value.
        OnlyFirst = "only_first",
        /// Only the second has one.
        OnlySecond = "only_second",
        /// The first asks more of the government.
        FirstStricter = "first_stricter",
        /// The second does.
        SecondStricter = "second_stricter",
        /// Different, and neither way is stricter.
        Different = "different",
    }
}

/// How two profiles differ, parameter by parameter, in the order of the file.
#[must_use]
pub fn differences(first: &Profile, second: &Profile) -> Vec<(&'static str, Difference)> {
    let (firsts, seconds) = (first.parameters.entries(), second.parameters.entries());
    let rows = DIRECTIONS.iter().zip(firsts).zip(seconds);
    rows.map(|(((key, direction), a), b)| (*key, difference(*direction, &a, &b)))
        .collect()
}

fn difference(direction: Direction, first: &Entry<'_>, second: &Entry<'_>) -> Difference {
    let (a, b) = match (&first.value, &second.value) {
        (None, None) => return Difference::Same,
        (Some(_), None) => return Difference::OnlyFirst,
        (None, Some(_)) => return Difference::OnlySecond,
        (Some(a), Some(b)) => (a, b),
    };
    if a == b {
        let ours = [first, second].map(|entry| matches!(entry.basis, Basis::Ours { .. }));
        let same = first.basis == second.basis || ours == [true; 2];
        return if same {
            Difference::Same
        } else {
            Difference::OtherBasis
        };
    }
    let free = direction == Direction::Free;
    match (
        !free && at_least_as_strict(direction, a, b),
        !free && at_least_as_strict(direction, b, a),
    ) {
        (true, false) => Difference::FirstStricter,
        (false, true) => Difference::SecondStricter,
        _ => Difference::Different,
    }
}

fn looser(
    direction: Direction,
    mine: Entry<'_>,
    theirs: Entry<'_>,
    parent: &Profile,
) -> Option<Looser> {
    let stated = theirs.value.filter(|_| theirs.basis.is_stated())?;
    let holds = match (&mine.value, direction) {
        (_, Direction::Free) => true,
        (Some(value), _) => at_least_as_strict(direction, value, &stated),
        (None, _) => false,
    };
    (!holds).then(|| Looser {
        key: mine.key.to_owned(),
        value: mine.value,
        parent: parent.reference(),
        parent_value: stated,
    })
}

fn at_least_as_strict(direction: Direction, mine: &Raw, theirs: &Raw) -> bool {
    match (direction, mine, theirs) {
        (Direction::Free, ..) => true,
        (Direction::Shorter, Raw::Term(mine), Raw::Term(theirs)) => never_longer(*mine, *theirs),
        (Direction::Longer, Raw::Term(mine), Raw::Term(theirs)) => never_longer(*theirs, *mine),
        (Direction::Higher, Raw::Number(mine), Raw::Number(theirs)) => mine >= theirs,
        (Direction::Lower, Raw::Number(mine), Raw::Number(theirs)) => mine <= theirs,
        (Direction::Yes, Raw::Flag(mine), Raw::Flag(theirs)) => *mine || !*theirs,
        (Direction::No, Raw::Flag(mine), Raw::Flag(theirs)) => !*mine || *theirs,
        (Direction::Superset, Raw::List(mine), Raw::List(theirs)) => {
            theirs.iter().all(|x| mine.contains(x))
        }
        (Direction::Subset, Raw::List(mine), Raw::List(theirs)) => {
            mine.iter().all(|x| theirs.contains(x))
        }
        (Direction::Oftener, Raw::Text(mine), Raw::Text(theirs)) => {
            match (mine.parse::<Cadence>(), theirs.parse::<Cadence>()) {
                (Ok(mine), Ok(theirs)) => mine <= theirs,
                _ => false,
            }
        }
        _ => false,
    }
}

/// Is `short` never longer than `long`, whatever the day it starts on? Terms of one unit
/// compare by number; terms of two units only where even the longest calendar case holds.
fn never_longer(short: Term, long: Term) -> bool {
    if short.unit == long.unit {
        return short.n < long.n || (short.n == long.n && (long.roll || !short.roll));
    }
    longest_days(short) <= shortest_days(long)
}

/// The longest run of days off a notice ever gave is ten (春节 2020); two days off after each
/// working day and twelve more is beyond what any calendar did.
fn longest_days(term: Term) -> u64 {
    let n = u64::from(term.n);
    let days = match term.unit {
        Unit::WorkingDays => 2 * n + 12,
        Unit::NaturalDays => n,
        Unit::Months => 31 * n,
    };
    days + if term.roll { 12 } else { 0 }
}

fn shortest_days(term: Term) -> u64 {
    let n = u64::from(term.n);
    match term.unit {
        Unit::WorkingDays | Unit::NaturalDays => n,
        Unit::Months => 28 * n,
    }
}
