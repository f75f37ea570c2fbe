//! Where ratings come from, those that are held, and how many people there are behind the others.

use crate::fixture::{DAY, Fixture, NEXT, NOW, deciding, event_rating, id, rating};
use crate::ingest::{accepted, amended};
use store::{HeldGroup, NewRating, Ruling, Running, Told};

crate::cases!(
    a_day_has_one_key_for_all_servers_until_a_release_says_that_its_retention_is_over,
    a_held_rating_counts_nowhere_until_it_is_released_and_then_on_that_day,
    what_is_excluded_never_counts_and_is_ruled_on_once,
    a_later_version_is_held_as_the_one_before_it_is,
    a_source_is_one_person_a_day_and_a_service_event_is_but_for_links_of_one_phone,
);

const THIRD: &str = "2026-11-01";

fn from(network: u8, device: Option<u8>, rating: NewRating) -> NewRating {
    NewRating {
        came_network: Some(vec![network; 8]),
        came_device: device.map(|device| vec![100 + device; 8]),
        ..rating
    }
}

/// Stores a rating that came above a limit.
async fn hold(f: &Fixture, rating: &NewRating) {
    let batch = std::slice::from_ref(rating);
    let outcomes = f.store.ingest_holding("a", batch, &|_| true).await.unwrap();
    let rating = rating.rating;
    assert_eq!(
        outcomes,
        [store::IngestOutcome::Accepted { rating, seq: 1 }]
    );
    f.follow().await;
}

fn of_one(n: u64, level: i64) -> NewRating {
    from(1, None, rating(n, level))
}

fn ruling(group: HeldGroup, released: bool) -> Ruling {
    Ruling {
        group,
        released,
        actor: "S1".into(),
        at: NOW,
    }
}

async fn groups(f: &Fixture) -> Vec<HeldGroup> {
    f.store.held_groups(9).await.unwrap()
}

/// Sums of the days that wait for a release: level and number.
async fn sums(f: &Fixture, day: &str) -> Vec<(i64, i64)> {
    let sums = f.store.rollup_sums(day).await.unwrap();
    sums.iter().map(|sum| (sum.level, sum.n)).collect()
}

async fn has_ticket(f: &Fixture, n: u64) -> bool {
    let ticket = f.store.ticket_of_rating("U1", &id(n)).await.unwrap();
    ticket.is_some()
}

async fn close(f: &Fixture, day: &str, next: &str) {
    f.store
        .door_close(day, next, NOW, deciding())
        .await
        .unwrap();
}

async fn release(f: &Fixture, day: &str) {
    let (told, running) = (Told::default(), Running::default());
    f.store
        .released_write(day, told, running, NOW)
        .await
        .unwrap();
}

async fn a_day_has_one_key_for_all_servers_until_a_release_says_that_its_retention_is_over(
    f: Fixture,
) {
    let other = f.another().await;
    let first = f.store.day_key(DAY, &[1; 32], NEXT).await.unwrap();
    let second = other.day_key(DAY, &[2; 32], NEXT).await.unwrap();
    assert_eq!((&first, &second), (&vec![1; 32], &vec![1; 32]));
    close(&f, DAY, NEXT).await;
    release(&f, DAY).await;
    f.store.day_keys_destroy().await.unwrap();
    let kept = f.store.day_key(DAY, &[3; 32], NEXT).await.unwrap();
    assert_eq!(kept, vec![1; 32], "its last day is not over");
    close(&f, NEXT, THIRD).await;
    release(&f, NEXT).await;
    close(&f, THIRD, "2026-11-02").await;
    release(&f, THIRD).await;
    f.store.day_keys_destroy().await.unwrap();
    let fresh = f.store.day_key(DAY, &[3; 32], NEXT).await.unwrap();
    assert_eq!(fresh, vec![3; 32], "the key is gone for good");
}

async fn a_held_rating_counts_nowhere_until_it_is_released_and_then_on_that_day(f: Fixture) {
    let s = &f.store;
    hold(&f, &of_one(1, 1)).await;
    hold(&f, &of_one(2, 5)).await;
    f.accept(from(1, Some(7), rating(3, 4))).await;
    assert_eq!(s.today_count(DAY).await.unwrap(), 3);
    let kept = s.rating_events("U1", &id(1)).await.unwrap();
    assert_eq!(
        (kept[0].held, kept[0].came_network.clone()),
        (1, Some(vec![1; 8]))
    );
    close(&f, DAY, NEXT).await;
    assert_eq!(sums(&f, DAY).await, [(4, 1)]);
    release(&f, DAY).await;
    assert_eq!(
        (
            s.held_at(DAY).await.unwrap(),
            s.held_at("2026-10-01").await.unwrap()
        ),
        (2, 0)
    );
    let waiting = groups(&f).await;
    let group = HeldGroup {
        day: DAY.into(),
        unit: "U1".into(),
        hall: "H1".into(),
        win: "W1".into(),
        source: vec![1; 8],
        n: 2,
    };
    assert_eq!(waiting, std::slice::from_ref(&group));
    assert!(!has_ticket(&f, 1).await);
    let elsewhere = HeldGroup {
        source: vec![9; 8],
        ..group.clone()
    };
    assert_eq!(s.held_rule(&ruling(elsewhere, true)).await.unwrap(), 0);
    assert_eq!(s.held_rule(&ruling(group.clone(), true)).await.unwrap(), 2);
    assert_eq!(s.held_rule(&ruling(group, false)).await.unwrap(), 0);
    assert_eq!(
        s.held_outcome("U1", &id(1)).await.unwrap().as_deref(),
        Some("released")
    );
    assert_eq!(groups(&f).await, []);
    f.follow().await;
    let ticket = s.ticket_of_rating("U1", &id(1)).await.unwrap().unwrap();
    assert_eq!((ticket.level, ticket.news_on.as_str()), (1, NEXT));
    assert!(!has_ticket(&f, 2).await);
    close(&f, NEXT, THIRD).await;
    assert_eq!(sums(&f, NEXT).await, [(1, 1), (5, 1)]);
    let people = s.people_sums(NEXT).await.unwrap();
    assert_eq!(people.iter().map(|of| of.n).sum::<i64>(), 1, "one network");
    release(&f, NEXT).await;
    assert_eq!(s.held_at(NEXT).await.unwrap(), 0);
    assert_eq!(
        s.today_count(NEXT).await.unwrap(),
        0,
        "they were counted as they came"
    );
}

async fn what_is_excluded_never_counts_and_is_ruled_on_once(f: Fixture) {
    hold(&f, &of_one(1, 1)).await;
    let group = groups(&f).await.remove(0);
    let excluded = ruling(group.clone(), false);
    assert_eq!(f.store.held_rule(&excluded).await.unwrap(), 1);
    let (then, before) = (
        f.store.held_excluded(NEXT).await.unwrap(),
        f.store.held_excluded("2026-10-01").await.unwrap(),
    );
    assert_eq!((then, before), (1, 0));
    assert_eq!(f.store.held_rule(&ruling(group, true)).await.unwrap(), 0);
    f.follow().await;
    assert!(!has_ticket(&f, 1).await);
    close(&f, DAY, NEXT).await;
    assert_eq!(sums(&f, DAY).await, []);
    assert_eq!(f.store.people_sums(DAY).await.unwrap(), []);
    release(&f, DAY).await;
    for table in ["rating_ruling", "released_held"] {
        assert!(f.raw(&format!("DELETE FROM {table}")).await.is_err());
    }
}

async fn a_later_version_is_held_as_the_one_before_it_is(f: Fixture) {
    let (first, counted) = (of_one(1, 5), of_one(2, 5));
    hold(&f, &first).await;
    f.accept(counted.clone()).await;
    // Whether the source is above a limit when they are changed is asked by nobody.
    let changes = [amended(&first, 1, 1), amended(&counted, 4, 1)];
    let asked = |_| -> bool { panic!("a change is asked about") };
    let outcomes = f.store.ingest_holding("a", &changes, &asked).await;
    assert_eq!(outcomes.unwrap(), [accepted(1, 2), accepted(2, 2)]);
    f.follow().await;
    let group = groups(&f).await.remove(0);
    assert_eq!(group.n, 1);
    assert!(!has_ticket(&f, 1).await);
    assert_eq!(f.store.held_rule(&ruling(group, true)).await.unwrap(), 1);
    f.follow().await;
    assert!(has_ticket(&f, 1).await);
    // Once it counts, a change is a change.
    assert_eq!(
        f.ingest("a", &[amended(&first, 2, 2)]).await,
        [accepted(1, 3)]
    );
    close(&f, DAY, NEXT).await;
    assert_eq!(sums(&f, DAY).await, [(2, 1), (4, 1)]);
}

async fn a_source_is_one_person_a_day_and_a_service_event_is_but_for_links_of_one_phone(
    f: Fixture,
) {
    let batch = [
        from(1, Some(1), rating(1, 5)),
        from(2, Some(1), rating(2, 5)),
        from(1, None, rating(3, 5)),
        from(1, None, rating(4, 5)),
        from(1, Some(2), rating(5, 2)),
        rating(6, 5),
        rating(7, 5),
        from(1, Some(1), event_rating(8, "P1")),
        from(1, Some(1), event_rating(9, "P2")),
        from(1, None, event_rating(10, "P3")),
        from(1, None, event_rating(11, "P4")),
    ];
    f.ingest("a", &batch).await;
    close(&f, DAY, NEXT).await;
    let of = |sums: &[store::PeopleSum], body: &str| {
        let of = sums.iter().filter(|sum| sum.body == body);
        of.map(|sum| sum.n).sum::<i64>()
    };
    let sums = f.store.people_sums(DAY).await.unwrap();
    assert_eq!(
        of(&sums, "window"),
        5,
        "two phones, a network, and two of whom nothing is known"
    );
    assert_eq!(of(&sums, "event"), 3, "a phone, and two of a network");
    assert_eq!(f.store.people_totals(DAY, DAY).await.unwrap(), sums);
    assert_eq!(f.store.people_totals(NEXT, NEXT).await.unwrap(), []);
}
