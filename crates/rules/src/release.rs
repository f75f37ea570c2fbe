//! What may be released: the small-cell rule.
//!
//! The figures must not tell a clerk what the last citizen pressed. A cell is released only
//! when it gained at least k ratings since its last release *and* what its parent then still
//! holds undivided (尚未细分) is nothing or at least k ratings, so that no difference between
//! two figures shows fewer than k. Until then its ratings stand in the parent.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A cell before a release. The part of `id` before the first `:` is its breakdown: children of
/// one parent in different breakdowns (units, halls) divide the same ratings, each on its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// For example `unit:A01`.
    pub id: String,
    /// The cell it is a part of; `None` for the region, whose totals are always complete.
    pub parent: Option<String>,
    /// Ratings by level − 1 since the last release.
    pub pending: [u64; 5],
    /// Ratings by level − 1 in all releases so far.
    pub released: [u64; 5],
}

/// A cell that is released now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// The cell.
    pub id: String,
    /// Its parent.
    pub parent: Option<String>,
    /// What this release adds, by level − 1.
    pub gained: [u64; 5],
    /// What is released in all from now on, by level − 1.
    pub total: [u64; 5],
}

/// Decides which cells are released now, parents before children. A cell whose parent isn't
/// complete waits for it; a cell whose parent isn't among `cells` is never released.
#[must_use]
pub fn release(cells: &[Cell], k: u64) -> Vec<Released> {
    let mut families: BTreeMap<&str, BTreeMap<&str, Vec<&Cell>>> = BTreeMap::new();
    for cell in cells {
        if let Some(parent) = &cell.parent {
            families
                .entry(parent)
                .or_default()
                .entry(breakdown(&cell.id))
                .or_default()
                .push(cell);
        }
    }
    let mut released = Vec::new();
    let mut seen = BTreeSet::new();
    let mut complete: Vec<&Cell> = cells.iter().filter(|cell| cell.parent.is_none()).collect();
    complete.reverse();
    while let Some(cell) = complete.pop() {
        if !seen.insert(cell.id.as_str()) {
            continue;
        }
        if sum(&cell.pending) > 0 {
            released.push(now_released(cell));
        }
        for children in families
            .get(cell.id.as_str())
            .into_iter()
            .flat_map(BTreeMap::values)
        {
            complete.extend(complete_children(cell, children, k).into_iter().rev());
        }
    }
    released
}

/// The children that are complete after this release: those released now, and those that had
/// nothing pending.
fn complete_children<'a>(parent: &Cell, children: &[&'a Cell], k: u64) -> Vec<&'a Cell> {
    let mut gaining: Vec<&Cell> = children.iter().copied().filter(|c| gains(c, k)).collect();
    let known: u64 = children
        .iter()
        .fold(0, |n, c| n.saturating_add(sum(&c.released)));
    let gained: u64 = gaining
        .iter()
        .fold(0, |n, c| n.saturating_add(sum(&c.pending)));
    let all = sum(&parent.released).saturating_add(sum(&parent.pending));
    let rest = all.saturating_sub(known).saturating_sub(gained);
    if rest > 0 && rest < k {
        // Holding back one cell with its k or more leaves at least k undivided; the one with
        // the fewest waits, and its count grows until another is smaller.
        let smallest = gaining
            .iter()
            .enumerate()
            .min_by_key(|(_, c)| (sum(&c.pending), &c.id))
            .map(|(at, _)| at);
        if let Some(at) = smallest {
            gaining.remove(at);
        }
    }
    let waits = |c: &Cell| sum(&c.pending) > 0 && !gaining.iter().any(|g| g.id == c.id);
    children.iter().copied().filter(|c| !waits(c)).collect()
}

fn gains(cell: &Cell, k: u64) -> bool {
    let pending = sum(&cell.pending);
    pending > 0 && pending >= k
}

fn now_released(cell: &Cell) -> Released {
    Released {
        id: cell.id.clone(),
        parent: cell.parent.clone(),
        gained: cell.pending,
        total: std::array::from_fn(|i| cell.released[i].saturating_add(cell.pending[i])),
    }
}

fn sum(levels: &[u64; 5]) -> u64 {
    levels.iter().fold(0, |sum, n| sum.saturating_add(*n))
}

fn breakdown(id: &str) -> &str {
    id.split_once(':').map_or("", |(breakdown, _)| breakdown)
}
