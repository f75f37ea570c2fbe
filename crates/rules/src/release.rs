//! What may be released: the small-cell rule.
//!
//! The figures must not tell a clerk what the last citizen pressed. A cell is released only
//! when it gained the ratings of at least k people since its last release *and* what each cell around it
//! then still holds undivided (尚未细分) is nothing or of at least k people. Until then its ratings stand in
//! the cells around it, or wait; the region's wait like any other's.
//!
//! Whoever sends four ratings to be told apart from the fifth is one person: what comes from one source
//! on one day is counted once, wherever in the region it was given (decision 0002).
//!
//! The same ratings are divided in several ways at once: a unit into its items and into its windows,
//! a hall into its windows and into the units that sit in it. Whoever knows that a window serves one
//! unit only can take it from the unit as well as from its hall. So a cell is part of *every* cell
//! that holds all of its ratings, and the rule holds between each of these and each way to divide it
//! (decision 0019).

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A cell before a release. The part of `id` before the first `:` is its breakdown: no rating counts
/// in two cells of one breakdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// For example `unit:A01`.
    pub id: String,
    /// Every cell that holds all of its ratings; empty for the region.
    pub within: BTreeSet<String>,
    /// Ratings by level − 1 since the last release. A changed rating is one less and one more.
    pub pending: [i64; 5],
    /// Ratings by level − 1 in all releases so far.
    pub released: [i64; 5],
    /// People at most behind `pending`, each counted in one cell only of those that divide another.
    pub people_pending: i64,
    /// The same behind `released`.
    pub people_released: i64,
}

impl Cell {
    fn has_gained(&self, k: u64) -> bool {
        people(&self.pending, self.people_pending) >= k.max(1)
    }
}

/// Cells that some ratings of a cell count in, by breakdown. Two of one are as good as many: it is
/// part of neither, so that no more are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched(BTreeMap<String, BTreeSet<String>>);

impl Touched {
    /// Notes one more. What ends with its `:` is the cell of nothing in a breakdown.
    pub fn add(&mut self, cell: &str) {
        let of = self.0.entry(breakdown(cell).to_owned()).or_default();
        of.insert(cell.to_owned());
        if of.len() > 2 {
            of.pop_last();
        }
    }

    /// Those that were noted and are kept.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.values().flatten().map(String::as_str)
    }

    /// The cells around `id`: those that all of its ratings count in.
    #[must_use]
    pub fn around(&self, id: &str) -> BTreeSet<String> {
        let others = self.0.iter().filter(|(of, _)| *of != breakdown(id));
        let alone = others.filter_map(|(_, cells)| match cells.len() {
            1 => cells.first(),
            _ => None,
        });
        alone.filter(|cell| !cell.ends_with(':')).cloned().collect()
    }
}

type Told<'a> = BTreeSet<&'a str>;
/// The cells around others, and each breakdown of what they hold.
type Families<'a> = BTreeMap<(&'a str, &'a str), Vec<&'a Cell>>;

/// Decides which cells are released now: the most that the rule allows. A cell around which
/// another one is incomplete waits for that; a cell that is in no complete region is never
/// released.
#[must_use]
pub fn release(cells: &[Cell], k: u64) -> BTreeSet<&str> {
    let by_id: BTreeMap<&str, &Cell> = cells.iter().map(|cell| (cell.id.as_str(), cell)).collect();
    let families = families(cells);
    let mut told: Told<'_> = cells
        .iter()
        .filter(|cell| cell.has_gained(k))
        .map(|cell| cell.id.as_str())
        .collect();
    // Each turn takes away a cell, so that it ends.
    while let Some(waits) = one_that_waits(&by_id, &families, &mut told, k) {
        told.remove(waits);
    }
    told
}

fn families(cells: &[Cell]) -> Families<'_> {
    let mut families = Families::new();
    for cell in cells {
        for around in &cell.within {
            let family = (around.as_str(), breakdown(&cell.id));
            families.entry(family).or_default().push(cell);
        }
    }
    families
}

/// Takes away what is told too early, and gives a cell that has to wait for a rest that would be too
/// small, if there is one.
fn one_that_waits<'a>(
    by_id: &BTreeMap<&str, &'a Cell>,
    families: &Families<'a>,
    told: &mut Told<'a>,
    k: u64,
) -> Option<&'a str> {
    let in_a_region = |cell: &Cell| {
        (cell.within.iter()).any(|id| by_id.get(id.as_str()).is_some_and(|of| is_root(of)))
    };
    loop {
        let complete = |id: &String| {
            let known = by_id.get(id.as_str());
            known.is_some_and(|cell| told.contains(id.as_str()) || !is_any(&cell.pending))
        };
        let early = |id: &&&str| {
            let cell = by_id[**id];
            let in_time = in_a_region(cell) && cell.within.iter().all(complete);
            !is_root(cell) && !in_time
        };
        let early: Vec<&str> = told.iter().filter(early).copied().collect();
        if early.is_empty() {
            break;
        }
        told.retain(|id| !early.contains(id));
    }
    families.iter().find_map(|((around, _), children)| {
        let around = by_id.get(around)?;
        let complete = told.contains(around.id.as_str()) || !is_any(&around.pending);
        complete.then(|| smallest_of_a_small_rest(around, children, told, k))?
    })
}

/// Where a cell would hold too few that none of these has: the smallest of these that are told.
/// Holding back one cell with its k or more leaves at least k undivided; its count grows until
/// another is smaller.
fn smallest_of_a_small_rest<'a>(
    around: &Cell,
    children: &[&'a Cell],
    told: &Told<'_>,
    k: u64,
) -> Option<&'a str> {
    let mut rest = plus(&around.released, &around.pending);
    let mut of = (around.people_released).saturating_add(around.people_pending);
    for child in children {
        rest = minus(&rest, &child.released);
        of = of.saturating_sub(child.people_released);
        if told.contains(child.id.as_str()) {
            rest = minus(&rest, &child.pending);
            of = of.saturating_sub(child.people_pending);
        }
    }
    if !is_any(&rest) || people(&rest, of) >= k {
        return None;
    }
    let told = children
        .iter()
        .filter(|child| told.contains(child.id.as_str()));
    told.min_by_key(|child| (people(&child.pending, child.people_pending), &child.id))
        .map(|child| child.id.as_str())
}

fn is_root(cell: &Cell) -> bool {
    cell.within.is_empty()
}

fn is_any(levels: &[i64; 5]) -> bool {
    levels.iter().any(|n| *n != 0)
}

/// How many people stand behind these numbers, of whom there are no more than `most`.
fn people(levels: &[i64; 5], most: i64) -> u64 {
    weight(levels).min(u64::try_from(most).unwrap_or(0))
}

/// How many people at least made these numbers: one who changed a rating is one less at a
/// level and one more at another.
fn weight(levels: &[i64; 5]) -> u64 {
    let (more, less) = levels.iter().fold((0_u64, 0_u64), |(more, less), n| {
        let by = n.unsigned_abs();
        match *n > 0 {
            true => (more.saturating_add(by), less),
            false => (more, less.saturating_add(by)),
        }
    });
    more.max(less)
}

fn plus(one: &[i64; 5], other: &[i64; 5]) -> [i64; 5] {
    std::array::from_fn(|at| one[at].saturating_add(other[at]))
}

fn minus(one: &[i64; 5], other: &[i64; 5]) -> [i64; 5] {
    std::array::from_fn(|at| one[at].saturating_sub(other[at]))
}

fn breakdown(id: &str) -> &str {
    id.split_once(':').map_or(id, |(breakdown, _)| breakdown)
}
