//! Published figures.

use proptest::prelude::*;
use rules::indicators::{
    Counts, Coverage, DueRate, FellDue, Handling, Rate, RealNames, active_rate, anonymous_rate,
    bad_rate, coverage_rate, explained_rate, first_with_most, good_rate, in_time, mean, rated_rate,
    real_name_rate, real_names_told, share, unrated_rate, wilson_lower,
};
use rules::level::Level;

fn rate(num: u64, den: u64) -> Rate {
    Rate { num, den }
}

#[test]
fn the_one_with_most_is_the_first_of_equals_and_none_where_nothing_was() {
    let bad = |day: &(u64, u64)| day.1;
    assert_eq!(
        first_with_most(&[(9, 1), (8, 3), (7, 3)], bad),
        Some(&(8, 3))
    );
    assert_eq!(first_with_most(&[(9, 0), (8, 0)], bad), None);
    assert_eq!(first_with_most(&[], bad), None);
}

#[test]
fn shares_of_levels_and_of_real_names_are_of_the_active_ratings() {
    let counts = Counts {
        levels: [1, 2, 3, 4, 10],
        real_name: 5,
        excluded: 7,
        defaults: 8,
        events: 40,
    };
    assert_eq!(share(&counts, &[Level::L5]), rate(10, 20));
    assert_eq!(share(&counts, &Level::ALL), rate(20, 20));
    assert_eq!(real_name_rate(&counts), rate(5, 20));
    assert_eq!(active_rate(&counts), rate(20, 40));
}

#[test]
fn a_rate_without_a_denominator_is_a_dash() {
    assert_eq!(rate(0, 0).shown(), "—");
}

#[test]
fn a_rate_is_rounded_half_up_and_whole_only_where_exact() {
    for ((num, den), shown) in [
        ((1, 1), "100.00%"),
        ((0, 7), "0.00%"),
        ((99_999, 100_000), "99.99%"),
        ((u64::MAX - 1, u64::MAX), "99.99%"),
        ((1, 1_000_000), "0.01%"),
        ((1, 3), "33.33%"),
        ((2, 3), "66.67%"),
        ((12_345, 1_000_000), "1.23%"),
        ((12_350, 1_000_000), "1.24%"),
        ((99_996, 100_000), "99.99%"),
    ] {
        assert_eq!(rate(num, den).shown(), shown, "{num}/{den}");
    }
}

// clause: N-25
#[test]
fn the_good_levels_are_the_profiles_and_the_bad_ones_are_not() {
    let counts = Counts {
        levels: [1, 1, 2, 4, 8],
        ..Counts::default()
    };
    let three = [Level::L3, Level::L4, Level::L5];
    assert_eq!(good_rate(&counts, &three), rate(14, 16));
    assert_eq!(good_rate(&counts, &[Level::L4, Level::L5]), rate(12, 16));
    assert_eq!(bad_rate(&counts), rate(2, 16));
    assert_eq!(mean(&counts).as_deref(), Some("4.06"));
}

// clause: D-11, J-10
#[test]
fn a_default_record_is_unrated_and_enters_no_good_rate() {
    let counts = Counts {
        levels: [0, 0, 0, 0, 4],
        defaults: 6,
        events: 10,
        real_name: 1,
        ..Counts::default()
    };
    assert_eq!(active_rate(&counts), rate(4, 10));
    assert_eq!(unrated_rate(&counts), rate(6, 10));
    assert_eq!(good_rate(&counts, &Level::ALL), rate(4, 4));
    assert_eq!(anonymous_rate(&counts), rate(3, 4));
}

#[test]
fn the_mean_is_whole_only_where_exact() {
    let five = Counts {
        levels: [0, 0, 0, 0, 9],
        ..Counts::default()
    };
    assert_eq!(mean(&five).as_deref(), Some("5.00"));
    let nearly = Counts {
        levels: [0, 0, 0, 1, 99_999],
        ..Counts::default()
    };
    assert_eq!(mean(&nearly).as_deref(), Some("4.99"));
    let low = Counts {
        levels: [99_999, 1, 0, 0, 0],
        ..Counts::default()
    };
    assert_eq!(mean(&low).as_deref(), Some("1.01"));
    assert_eq!(mean(&Counts::default()), None);
}

#[test]
fn handling_shows_explained_apart() {
    let handling = Handling {
        bad: 10,
        due: 8,
        in_time: 6,
        rectified: 5,
        explained: 2,
        open: 3,
    };
    assert_eq!(in_time(&handling), rate(6, 8));
    assert_eq!(explained_rate(&handling), rate(2, 7));
}

// clause: D-16, N-41
#[test]
fn real_names_have_rates_of_their_own_over_those_that_fell_due() {
    let real = RealNames {
        bad: 8,
        reached: 6,
        unreached: 1,
        handled: 7,
        both: 5,
    };
    let fell_due = FellDue {
        due: 20,
        handled: 17,
        real: Some(real),
    };
    let rates: Vec<Rate> = DueRate::ALL
        .iter()
        .filter_map(|of| of.of(&fell_due))
        .collect();
    assert_eq!(rates, [rate(17, 20), rate(6, 8), rate(7, 8), rate(5, 8)]);
    let none = DueRate::Rectified.of(&FellDue::default());
    assert_eq!(none.map(|rate| rate.shown()).as_deref(), Some("—"));
    assert_eq!(DueRate::Both.of(&FellDue::default()), None);
}

/// Bad ratings that fell due, so many of them by real name.
fn fell_due(due: u64, bad: u64) -> FellDue {
    let real = RealNames {
        bad,
        ..RealNames::default()
    };
    FellDue {
        due,
        handled: 0,
        real: Some(real),
    }
}

#[test]
fn real_names_are_told_apart_only_among_enough_of_both() {
    let told = |due, bad| {
        let (whole, _) = real_names_told(fell_due(due, bad), Vec::new(), 5);
        whole.real.is_some()
    };
    assert!(told(10, 5) && told(5, 5) && told(20, 9));
    // None or one by name, or one other than those, is the answer of one person.
    assert!(!told(1, 1) && !told(1, 0) && !told(10, 4) && !told(9, 5) && !told(10, 0));
}

#[test]
fn what_a_whole_leaves_beside_its_parts_is_nothing_or_enough() {
    let told = |parts: &[(u64, u64)]| {
        let (due, bad) = parts
            .iter()
            .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let parts = parts
            .iter()
            .map(|(due, bad)| fell_due(*due, *bad))
            .collect();
        let (whole, parts) = real_names_told(fell_due(due, bad), parts, 5);
        let told = parts.iter().map(|part| part.real.is_some()).collect();
        (whole.real.is_some(), told)
    };
    // The one person of the third unit would be what is left; so the smaller of the others waits with it.
    assert_eq!(
        told(&[(12, 6), (20, 10), (1, 1)]),
        (true, vec![false, true, false])
    );
    assert_eq!(told(&[(12, 6), (20, 10)]), (true, vec![true, true]));
    assert_eq!(told(&[(12, 6), (1, 0)]), (true, vec![false, false]));
    assert_eq!(told(&[(3, 1), (4, 2)]), (false, vec![false, false]));
}

proptest! {
    #[test]
    fn no_difference_of_what_is_told_of_real_names_is_of_few(parts in prop::collection::vec((0u64..30, 0u64..30), 0..12), k in 1u64..8) {
        let parts: Vec<FellDue> = parts.into_iter().map(|(due, bad)| fell_due(due.max(bad), bad)).collect();
        let sum = |parts: &[FellDue]| parts.iter().fold((0, 0), |sum, one| (sum.0 + one.due, sum.1 + one.real.unwrap().bad));
        let (due, bad) = sum(&parts);
        let (whole, told) = real_names_told(fell_due(due, bad), parts.clone(), k);
        let enough = |due: u64, bad: u64| bad >= k && (due == bad || due - bad >= k);
        for part in &told {
            prop_assert!(part.real.is_none_or(|real| enough(part.due, real.bad)));
        }
        if whole.real.is_some() {
            let told: Vec<FellDue> = told.into_iter().filter(|part| part.real.is_some()).collect();
            let (told_due, told_bad) = sum(&told);
            prop_assert!(enough(due, bad) && (due == told_due || enough(due - told_due, bad - told_bad)));
        }
    }
}

// clause: N-04
#[test]
fn coverage_is_what_can_be_rated_and_what_was_of_all_there_are() {
    let coverage = Coverage {
        all: 150,
        open: 149,
        rated: 120,
    };
    assert_eq!(coverage_rate(&coverage), rate(149, 150));
    assert_eq!(rated_rate(&coverage), rate(120, 150));
    assert_eq!(coverage_rate(&Coverage::default()).shown(), "—");
}

#[test]
fn case_56_three_perfect_ratings_do_not_outrank_a_thousand_nearly_perfect_ones() {
    assert!(wilson_lower(&rate(3, 3)) < wilson_lower(&rate(995, 1000)));
    assert!(wilson_lower(&rate(0, 3)) <= wilson_lower(&rate(1, 3)));
    // By hand for 9 of 10: (0.9 + 0.19208 − 1.96·√(0.009 + 0.009604)) / 1.38416 = 0.59585.
    assert_eq!(wilson_lower(&rate(9, 10)) / 10, 59_584);
    assert_eq!(wilson_lower(&rate(0, 0)), 0);
    assert!((999_990..=1_000_000).contains(&wilson_lower(&rate(u64::MAX, u64::MAX))));
}

proptest! {
    #[test]
    fn a_shown_rate_is_0_or_100_only_where_exact(den in 1u64.., part in any::<u64>()) {
        let num = part % den;
        prop_assert_ne!(rate(num, den).shown(), "100.00%");
        prop_assert_eq!(rate(num, den).shown() == "0.00%", num == 0);
        prop_assert_eq!(rate(den, den).shown(), "100.00%");
    }

    #[test]
    fn counting_never_panics_and_a_sum_counts_each_rating_once(a in any::<[u64; 5]>(), b in any::<[u32; 5]>()) {
        let a = Counts { levels: a, real_name: u64::MAX, ..Counts::default() };
        let b = Counts { levels: b.map(u64::from), ..Counts::default() };
        let sum: Counts = [a, b].into_iter().sum();
        prop_assert!(sum.active() >= b.active());
        prop_assert_eq!((b + b).active(), b.active() * 2);
        let _ = (mean(&sum), bad_rate(&sum).shown(), wilson_lower(&bad_rate(&sum)));
    }

    #[test]
    fn the_wilson_bound_is_below_the_rate_and_grows_with_it(den in 1u64..1 << 50, part in any::<u64>()) {
        let num = part % (den + 1);
        let bound = u128::from(wilson_lower(&rate(num, den)));
        prop_assert!(bound * u128::from(den) <= u128::from(num) * 1_000_000 + u128::from(den) * 2);
        prop_assert!(num == den || wilson_lower(&rate(num, den)) <= wilson_lower(&rate(num + 1, den)));
    }
}
