//! What comes above a limit.

use proptest::prelude::*;
use rules::limit::Limit;

const MINUTE: i64 = 60_000;
const ALL: [Limit; 6] = [
    Limit::DEVICE,
    Limit::UNMARKED,
    Limit::WINDOW_OF_NETWORK,
    Limit::WINDOW,
    Limit::UNIT_OF_NETWORK,
    Limit::LINK,
];

/// Takes one; whether one was left.
fn take(limit: Limit, until: &mut i64, now: i64) -> bool {
    let taken = limit.take(*until, now);
    *until = taken.unwrap_or_else(|empty| empty);
    taken.is_ok()
}

#[test]
fn as_many_as_the_burst_come_at_once_and_the_rest_is_above() {
    for limit in ALL {
        let mut until = 0;
        let taken = (0..4_000).filter(|_| take(limit, &mut until, 7)).count();
        assert_eq!(i64::try_from(taken).unwrap(), limit.burst);
    }
}

#[test]
fn a_share_fills_up_again_within_its_time() {
    let limit = Limit::WINDOW_OF_NETWORK;
    let mut until = 0;
    assert_eq!((0..50).filter(|_| take(limit, &mut until, 0)).count(), 40);
    assert_eq!(
        (0..50)
            .filter(|_| take(limit, &mut until, 30 * MINUTE))
            .count(),
        20
    );
    assert_eq!(
        (0..50)
            .filter(|_| take(limit, &mut until, 600 * MINUTE))
            .count(),
        40
    );
}

#[test]
fn a_window_that_serves_one_in_two_minutes_all_day_is_never_above() {
    let (mut of_network, mut of_all, mut of_tablet) = (0, 0, 0);
    for person in 0..240 {
        let now = person * 2 * MINUTE;
        assert!(take(Limit::WINDOW_OF_NETWORK, &mut of_network, now));
        assert!(take(Limit::WINDOW, &mut of_all, now));
        assert!(take(Limit::DEVICE, &mut of_tablet, now));
    }
}

#[test]
fn a_clock_set_back_closes_no_share_for_longer_than_it_takes_to_fill() {
    let limit = Limit::DEVICE;
    let mut until = 0;
    let ahead = 400 * 24 * 60 * MINUTE;
    while take(limit, &mut until, ahead) {}
    assert!(!take(limit, &mut until, 0), "it is as empty as before");
    assert!(take(limit, &mut until, 3 * MINUTE));
}

proptest! {
    #[test]
    fn no_span_of_time_lets_more_pass_than_burst_and_rate(steps in prop::collection::vec(0i64..10 * MINUTE, 1..200), which in 0usize..6) {
        let limit = ALL[which];
        let (mut until, mut now, mut taken) = (0, 0, 0);
        for step in steps {
            now += step;
            taken += i64::from(take(limit, &mut until, now));
        }
        prop_assert!(taken <= limit.burst + now * limit.an_hour / (60 * MINUTE) + 1);
    }

    #[test]
    fn no_numbers_make_it_panic(burst in any::<i64>(), an_hour in any::<i64>(), until in any::<i64>(), now in any::<i64>()) {
        let mut until = until;
        let _ = take(Limit { burst, an_hour }, &mut until, now);
    }
}
