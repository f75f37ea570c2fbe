//! Which clauses are covered, and whether that is at least what was promised.

use super::csv::Clause;
use super::tags::{Ran, Tag};
use crate::report::{Failure, Result};
use std::collections::BTreeSet;

/// How `observed` begins where only a value of a policy profile is seen, and nothing acts on it.
const PARAMETER: &str = "Parameter only:";

/// Covered and uncovered clauses of the set that must be covered, in the order of the file.
pub struct Coverage<'a> {
    /// Clauses with a tag on a test that ran and passed.
    pub covered: Vec<&'a Clause>,
    /// The others.
    pub uncovered: Vec<&'a Clause>,
    /// Tags on tests that did not run, or failed.
    pub not_run: Vec<&'a Tag>,
}

impl<'a> Coverage<'a> {
    /// Counts the tags whose tests ran.
    pub fn of(clauses: &'a [Clause], tags: &'a [Tag], ran: &Ran) -> Self {
        let (counted, not_run): (Vec<&Tag>, Vec<&Tag>) =
            tags.iter().partition(|tag| ran.counts(tag));
        let ids: BTreeSet<&str> = counted.iter().map(|tag| tag.clause.as_str()).collect();
        let inside = clauses.iter().filter(|clause| !clause.outside);
        let (covered, uncovered) = inside.partition(|clause| ids.contains(clause.id.as_str()));
        Self {
            covered,
            uncovered,
            not_run,
        }
    }

    /// How many of the covered ones are seen only as a value of a profile.
    pub fn parameters(&self) -> usize {
        let only = |clause: &&&Clause| clause.observed.starts_with(PARAMETER);
        self.covered.iter().filter(only).count()
    }

    /// How many of the covered ones have a change that breaks them.
    pub fn breakable(&self) -> usize {
        let known = |clause: &&&Clause| !clause.broken_by.is_empty();
        self.covered.iter().filter(known).count()
    }

    /// The ids that may be struck off the list.
    ///
    /// # Errors
    /// A clause that is not on the list has lost its test.
    pub fn against(&self, list: &BTreeSet<String>) -> Result<Vec<String>> {
        let lost: Vec<&str> = self
            .uncovered
            .iter()
            .map(|clause| clause.id.as_str())
            .filter(|id| !list.contains(*id))
            .collect();
        if !lost.is_empty() {
            return Err(Failure::new(format!(
                "uncovered, but not on the list, which may only shrink: {}",
                lost.join(", ")
            )));
        }
        let open: BTreeSet<&str> = self.uncovered.iter().map(|one| one.id.as_str()).collect();
        let done = list.iter().filter(|id| !open.contains(id.as_str()));
        Ok(done.cloned().collect())
    }
}

/// The sorted ids of the list of uncovered clauses.
///
/// # Errors
/// The ids are not sorted, or one is there twice.
pub fn list(text: &str) -> Result<BTreeSet<String>> {
    let ids: Vec<String> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    if !ids.is_sorted_by(|one, next| one < next) {
        return Err(Failure::new("its ids have to be sorted, each there once"));
    }
    Ok(ids.into_iter().collect())
}

/// What is wrong with table and tags, whatever ran.
pub fn faults(clauses: &[Clause], tags: &[Tag]) -> Vec<String> {
    let tagged: BTreeSet<&str> = tags.iter().map(|tag| tag.clause.as_str()).collect();
    let of_clause = clauses.iter().filter_map(|clause| {
        let (tag, id) = (tagged.contains(clause.id.as_str()), &clause.id);
        match (tag, clause.observed.is_empty()) {
            (true, _) if clause.outside => Some(format!("{id} has a test, but is outside the set")),
            (true, true) => Some(format!("{id} has a test, but nothing in `observed`")),
            (false, false) => Some(format!("{id} says what is observed, but has no test")),
            _ if !tag && !clause.broken_by.is_empty() => {
                Some(format!("{id} says what breaks it, but has no test"))
            }
            _ => None,
        }
    });
    let known: BTreeSet<&str> = clauses.iter().map(|clause| clause.id.as_str()).collect();
    let unknown = tags
        .iter()
        .filter(|tag| !known.contains(tag.clause.as_str()))
        .map(|tag| {
            format!(
                "{}:{}: there is no clause {}",
                tag.file, tag.line, tag.clause
            )
        });
    of_clause.chain(unknown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(id: &str, outside: bool, observed: &str) -> Clause {
        Clause {
            id: id.to_owned(),
            outside,
            observed: observed.to_owned(),
            broken_by: String::new(),
        }
    }

    fn tag(id: &str, test: &str) -> Tag {
        Tag {
            clause: id.to_owned(),
            file: "crates/rules/tests/all/can.rs".to_owned(),
            line: 7,
            test: test.to_owned(),
        }
    }

    fn ids(text: &str) -> BTreeSet<String> {
        list(&text.replace(' ', "\n")).unwrap()
    }

    const RAN: &str = "test can::one ... ok\ntest can::two ... FAILED\n";

    #[test]
    fn only_a_tag_on_a_test_that_passed_covers_its_clause() {
        let clauses = ["A", "B", "C"].map(|id| clause(id, false, ""));
        let tags = [
            tag("A", "one"),
            tag("B", "two"),
            tag("C", "three"),
            tag("A", "three"),
        ];
        let coverage = Coverage::of(&clauses, &tags, &Ran::read(RAN));
        let told =
            |clauses: &[&Clause]| clauses.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
        assert_eq!(told(&coverage.covered), ["A"]);
        assert_eq!(told(&coverage.uncovered), ["B", "C"]);
        assert_eq!(coverage.not_run.len(), 3);
    }

    #[test]
    fn the_list_may_only_shrink_and_what_can_be_struck_off_is_told() {
        let clauses = [
            clause("A", false, ""),
            clause("B", false, ""),
            clause("X", true, ""),
        ];
        let tags = [tag("A", "one")];
        let ran = Ran::read(RAN);
        let coverage = Coverage::of(&clauses, &tags, &ran);
        assert_eq!(coverage.against(&ids("B")).unwrap(), [""; 0]);
        assert_eq!(coverage.against(&ids("A B")).unwrap(), ["A"]);
        let lost = coverage.against(&ids("A")).unwrap_err().to_string();
        assert!(lost.ends_with("may only shrink: B"), "{lost}");
    }

    #[test]
    fn a_list_out_of_order_is_refused() {
        assert!(list("B\nA\n").is_err() && list("A\nA\n").is_err());
        assert!(list("A\n\nB\n").is_ok());
    }

    #[test]
    fn table_and_tags_that_contradict_each_other_are_told() {
        let clauses = [
            clause("A", false, ""),
            clause("B", false, "seen"),
            clause("C", true, ""),
            clause("D", false, "seen"),
        ];
        let tags = [
            tag("A", "one"),
            tag("C", "one"),
            tag("D", "one"),
            tag("E", "one"),
        ];
        assert_eq!(
            faults(&clauses, &tags),
            [
                "A has a test, but nothing in `observed`",
                "B says what is observed, but has no test",
                "C has a test, but is outside the set",
                "crates/rules/tests/all/can.rs:7: there is no clause E",
            ]
        );
    }
}
