//! "Only stricter": a jurisdiction may ask more of the government than the one above, never
//! less (国办发〔2019〕51号, 明确责任标准(四)).

use super::{Cadence, DIRECTIONS, Direction, Entry, Profile, Raw, Term, Unit};
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

/// Every value of `child` that is looser than what `parent` *states*. A value that is the
/// parent's own choice binds nobody. Run it against every ancestor.
#[must_use]
pub fn stricter_than_parent(child: &Profile, parent: &Profile) -> Vec<Looser> {
    let (children, parents) = (child.parameters.entries(), parent.parameters.entries());
    let rows = DIRECTIONS.iter().zip(children).zip(parents);
    rows.filter_map(|(((_, direction), mine), theirs)| looser(*direction, mine, theirs, parent))
        .collect()
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
