//! What may be released.

use proptest::prelude::*;
use rules::release::{Cell, Touched, release};
use std::collections::{BTreeMap, BTreeSet};

fn cell(id: &str, within: &[&str], pending: i64, released: i64) -> Cell {
    let at_five = |n| [0, 0, 0, 0, n];
    Cell {
        id: id.to_owned(),
        within: within.iter().map(|&id| id.to_owned()).collect(),
        pending: at_five(pending),
        released: at_five(released),
        people_pending: pending,
        people_released: released,
    }
}

fn ids(cells: &[Cell]) -> Vec<&str> {
    release(cells, 5).into_iter().collect()
}

#[test]
fn the_region_waits_for_k_like_any_cell() {
    assert_eq!(ids(&[cell("region", &[], 1, 0)]), [""; 0]);
    assert_eq!(ids(&[cell("region", &[], 4, 99)]), [""; 0]);
    assert_eq!(ids(&[cell("region", &[], 5, 0)]), ["region"]);
    assert_eq!(ids(&[cell("region", &[], 0, 9)]), [""; 0]);
}

#[test]
fn what_comes_from_one_source_is_one_person_however_much_it_is() {
    let stuffed = Cell {
        pending: [0, 1, 0, 0, 40],
        people_pending: 2,
        ..cell("region", &[], 0, 0)
    };
    assert_eq!(ids(std::slice::from_ref(&stuffed)), [""; 0]);
    let enough = Cell {
        people_pending: 5,
        ..stuffed
    };
    assert_eq!(ids(&[enough]), ["region"]);
}

#[test]
fn a_rest_of_one_source_keeps_another_cell_waiting_however_much_it_is() {
    let cells = |people| {
        [
            Cell {
                people_pending: 9 + people,
                ..cell("region", &[], 9 + 40, 0)
            },
            cell("unit:a", &["region"], 9, 0),
            Cell {
                people_pending: people,
                ..cell("unit:b", &["region"], 40, 0)
            },
        ]
    };
    assert_eq!(ids(&cells(4)), ["region"]);
    assert_eq!(ids(&cells(5)), ["region", "unit:a", "unit:b"]);
}

#[test]
fn case_58_a_cell_waits_until_it_gained_k_and_the_rest_is_nothing_or_k() {
    let cells = |a, b| {
        vec![
            cell("region", &[], a + b, 0),
            cell("unit:a", &["region"], a, 0),
            cell("unit:b", &["region"], b, 0),
        ]
    };
    assert_eq!(ids(&cells(4, 9)), ["region"]);
    assert_eq!(ids(&cells(0, 9)), ["region", "unit:b"]);
    assert_eq!(ids(&cells(5, 9)), ["region", "unit:a", "unit:b"]);
}

#[test]
fn of_several_cells_the_smallest_waits_for_a_rest_that_would_be_too_small() {
    let cells = [
        cell("region", &[], 5 + 9 + 2, 0),
        cell("unit:a", &["region"], 5, 0),
        cell("unit:b", &["region"], 9, 0),
        cell("unit:c", &["region"], 2, 0),
    ];
    assert_eq!(ids(&cells), ["region", "unit:b"]);
}

#[test]
fn a_window_waits_for_its_unit_and_is_never_more_than_it() {
    let cells = [
        cell("region", &[], 12, 0),
        cell("unit:a", &["region"], 8, 0),
        cell("unit:b", &["region"], 4, 0),
        cell("win:1", &["region", "unit:a"], 8, 0),
    ];
    assert_eq!(ids(&cells), ["region"]);
}

#[test]
fn units_and_halls_divide_the_same_region_each_on_its_own() {
    let cells = [
        cell("region", &[], 10, 0),
        cell("unit:a", &["region"], 10, 0),
        cell("hall:x", &["region"], 7, 0),
        cell("hall:y", &["region"], 3, 0),
    ];
    assert_eq!(ids(&cells), ["region", "unit:a"]);
}

/// Unit a has windows 1 and 2, which are in the same hall as window 3 of unit b.
fn a_hall_of_two_units(at_1: i64, at_2: i64, at_3: i64) -> Vec<Cell> {
    let (unit, all) = (at_1 + at_2, at_1 + at_2 + at_3);
    vec![
        cell("region", &[], all, 0),
        cell("hall:x", &["region"], all, 0),
        cell("unit:a", &["region", "hall:x"], unit, 0),
        cell("unit:b", &["region", "hall:x"], at_3, 0),
        cell("win:1", &["region", "hall:x", "unit:a"], at_1, 0),
        cell("win:2", &["region", "hall:x", "unit:a"], at_2, 0),
        cell("win:3", &["region", "hall:x", "unit:b"], at_3, 0),
    ]
}

#[test]
fn a_window_is_not_to_be_had_from_its_unit_where_the_hall_would_allow_it() {
    // The hall keeps 3 + 4 back, which is enough; the unit would keep the 3 at window 2 back.
    assert_eq!(
        ids(&a_hall_of_two_units(20, 3, 4)),
        ["hall:x", "region"],
        "unit b waits, and so does unit a, or the hall without it would be unit b"
    );
    assert_eq!(
        ids(&a_hall_of_two_units(20, 3, 40)),
        ["hall:x", "region", "unit:a", "unit:b", "win:3"]
    );
    assert_eq!(
        ids(&a_hall_of_two_units(20, 5, 40)),
        [
            "hall:x", "region", "unit:a", "unit:b", "win:1", "win:2", "win:3"
        ]
    );
}

#[test]
fn two_cells_of_the_same_ratings_are_told_together() {
    let both = |n| {
        vec![
            cell("region", &[], n, 0),
            cell("item:1", &["region", "win:1"], n, 0),
            cell("win:1", &["region", "item:1"], n, 0),
        ]
    };
    assert_eq!(ids(&both(6)), ["item:1", "region", "win:1"]);
    assert_eq!(ids(&both(4)), [""; 0]);
}

#[test]
fn a_changed_rating_is_one_person_and_waits_like_one() {
    // Unit a was told with 8; then one of them became a 1. The day after, b gains 5 and c 2.
    let cells = [
        Cell {
            pending: [1, 0, 0, 1, 5],
            people_pending: 8,
            ..cell("region", &[], 0, 8)
        },
        Cell {
            pending: [1, 0, 0, 0, -1],
            people_pending: 1,
            ..cell("unit:a", &["region"], 0, 8)
        },
        cell("unit:b", &["region"], 5, 0),
        Cell {
            pending: [0, 0, 0, 1, 1],
            people_pending: 2,
            ..cell("unit:c", &["region"], 0, 0)
        },
    ];
    assert_eq!(
        ids(&cells),
        ["region"],
        "without b there would be the changed one and c's two"
    );
}

#[test]
fn around_a_cell_are_those_that_all_of_its_ratings_count_in() {
    let mut touched = Touched::default();
    for rating in [
        ["region", "unit:a", "hall:", "win:1", "item:1"],
        ["region", "unit:a", "hall:", "win:1", "item:2"],
        ["region", "unit:a", "hall:x", "win:1", "item:3"],
    ] {
        rating.iter().for_each(|cell| touched.add(cell));
    }
    let around: Vec<String> = touched.around("win:1").into_iter().collect();
    assert_eq!(around, ["region", "unit:a"]);
    assert_eq!(
        touched
            .iter()
            .filter(|cell| cell.starts_with("item:"))
            .count(),
        2
    );
    // Kept and read back, in whatever order, it is the same.
    let mut again = Touched::default();
    let kept: Vec<&str> = touched.iter().collect();
    kept.into_iter().rev().for_each(|cell| again.add(cell));
    assert_eq!(again, touched);
}

#[test]
fn a_cell_that_is_in_no_region_is_never_released() {
    assert_eq!(
        ids(&[
            cell("unit:a", &["nowhere"], 99, 0),
            cell("unit:b", &["unit:b"], 99, 0),
            cell("unit:c", &["unit:a"], 99, 0),
        ]),
        [""; 0]
    );
}

/// A rating: at one of six windows, of one of three items, with a level, from one of a few sources.
type Rating = (u8, u8, u8, u8);

/// Three halls with two windows each. Unit 0 sits at the windows of hall 0 and at one of hall 1;
/// unit 1 at the other one and in hall 2. Some windows serve one item only, some items are had at
/// one window only, as chance will have it.
fn days() -> impl Strategy<Value = (u64, Vec<Vec<Rating>>)> {
    let of = |sources: u8| {
        let rating = (0u8..6, 0u8..3, 0u8..5, 0..sources);
        prop::collection::vec(prop::collection::vec(rating, 0..40), 1..10)
    };
    (1u64..8, prop_oneof![of(3), of(12), of(250)])
}

#[derive(Default)]
struct House {
    pending: BTreeMap<String, [i64; 5]>,
    released: BTreeMap<String, [i64; 5]>,
    touched: BTreeMap<String, Touched>,
    /// People of each cell, and those who stand behind what is told of it.
    people: BTreeMap<String, (i64, i64)>,
    /// What a clever reader could count: the source and day of each rating, told or not, by cell.
    behind: BTreeMap<String, Vec<(usize, u8)>>,
    day: usize,
}

impl House {
    fn rate(&mut self, day: &[Rating]) {
        self.day += 1;
        let mut known = BTreeSet::new();
        for (window, item, level, source) in day {
            let first = known.insert(source);
            let unit = u8::from(*window > 2);
            let cells = [
                "region".to_owned(),
                format!("unit:{unit}"),
                format!("hall:{}", window / 2),
                format!("win:{window}"),
                format!("item:{unit}-{item}"),
            ];
            for cell in &cells {
                self.pending.entry(cell.clone()).or_default()[usize::from(*level)] += 1;
                let touched = self.touched.entry(cell.clone()).or_default();
                cells.iter().for_each(|other| touched.add(other));
                self.people.entry(cell.clone()).or_default().0 += i64::from(first);
                let behind = self.behind.entry(cell.clone()).or_default();
                behind.push((self.day, *source));
            }
        }
    }

    fn cells(&self) -> Vec<Cell> {
        let cell = |(id, pending): (&String, &[i64; 5])| Cell {
            id: id.clone(),
            within: match id.as_str() {
                "region" => BTreeSet::new(),
                id => self.touched[id].around(id),
            },
            pending: *pending,
            released: self.released.get(id).copied().unwrap_or_default(),
            people_pending: self.people[id].0 - self.people[id].1,
            people_released: self.people[id].1,
        };
        self.pending.iter().map(cell).collect()
    }

    fn release(&mut self, k: u64) -> BTreeSet<String> {
        let cells = self.cells();
        let told = release(&cells, k).into_iter().map(str::to_owned);
        let told: BTreeSet<String> = told.collect();
        for id in &told {
            let gained = std::mem::take(self.pending.get_mut(id).unwrap());
            let n: i64 = gained.iter().sum();
            assert!(n >= i64::try_from(k).unwrap(), "{id}: {n}");
            let behind = std::mem::take(self.behind.get_mut(id).unwrap());
            let sources: BTreeSet<_> = behind.into_iter().collect();
            assert!(sources.len() as u64 >= k, "{id}: {sources:?}");
            let people = self.people.get_mut(id).unwrap();
            people.1 = people.0;
            let released = self.released.entry(id.clone()).or_default();
            *released = std::array::from_fn(|at| released[at] + gained[at]);
        }
        told
    }
}

proptest! {
    #[test]
    fn no_cell_shows_fewer_than_k_that_any_breakdown_of_it_does_not_show((k, days) in days()) {
        let mut house = House::default();
        for day in &days {
            house.rate(day);
            house.release(k);
            let cells = house.cells();
            for around in &cells {
                for breakdown in ["unit", "hall", "win", "item"] {
                    let inside: Vec<&Cell> = cells.iter()
                        .filter(|cell| cell.id.starts_with(breakdown) && cell.within.contains(&around.id))
                        .collect();
                    let shown: i64 = inside.iter().flat_map(|cell| cell.released).sum();
                    let rest = around.released.iter().sum::<i64>() - shown;
                    prop_assert!(rest >= 0, "{} by {breakdown}: {rest}", around.id);
                    let people = around.people_released - inside.iter().map(|cell| cell.people_released).sum::<i64>();
                    prop_assert!(rest == 0 || people >= i64::try_from(k).unwrap(), "{} by {breakdown}: {people} people", around.id);
                    prop_assert!(rest == 0 || rest >= i64::try_from(k).unwrap(), "{} by {breakdown}: {rest}", around.id);
                }
            }
        }
    }

    #[test]
    fn the_region_shows_every_rating_but_those_of_fewer_than_k_people_and_no_cell_loses_one((k, days) in days()) {
        let mut house = House::default();
        let mut given = [0i64; 5];
        for day in &days {
            house.rate(day);
            day.iter().for_each(|(_, _, level, _)| given[usize::from(*level)] += 1);
            house.release(k);
            let shown = house.released.get("region").copied().unwrap_or_default();
            let (all, told) = house.people.get("region").copied().unwrap_or_default();
            prop_assert!(((all - told) as u64) < k, "{all} {told}");
            prop_assert_eq!(all == told, shown == given);
            let windows = house.cells().into_iter().filter(|cell| cell.id.starts_with("win:"));
            let held = windows.fold([0i64; 5], |sum, c| std::array::from_fn(|i| sum[i] + c.released[i] + c.pending[i]));
            prop_assert_eq!(held, given);
        }
    }

    #[test]
    fn with_enough_ratings_everywhere_everything_is_told(k in 1u64..8, per_window in 0i64..6) {
        let n = i64::try_from(k).unwrap() + per_window;
        let cells = a_hall_of_two_units(n, n, n);
        prop_assert_eq!(release(&cells, k).len(), cells.len());
    }

    #[test]
    fn no_cells_and_no_k_make_it_panic(counts in prop::collection::vec((any::<[i64; 5]>(), any::<[i64; 5]>(), 0u8..6, prop::collection::vec(0u8..6, 0..3)), 0..12), k in any::<u64>()) {
        let cells: Vec<Cell> = counts
            .into_iter()
            .map(|(pending, released, id, within)| Cell {
                id: format!("x:{id}"),
                within: within.iter().map(|of| format!("x:{of}")).collect(),
                pending,
                released,
                people_pending: pending[0],
                people_released: released[1],
            })
            .collect();
        let _ = release(&cells, k);
    }
}
