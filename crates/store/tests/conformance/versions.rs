//! Changed ratings: a new version, and what the ticket that the rating has is told of it.

use crate::fixture::{DAY, Fixture, NEXT, NOW, amendment, deciding, event_rating, id, rating};
use crate::ingest::{accepted, amended, assert_gapless};
use store::IngestOutcome::{Accepted, ChangedTooOften, Refused, SameAgain};
use store::{NewRating, StoreError, TicketAppend};

crate::cases!(
    a_form_sent_again_with_other_content_is_a_new_version,
    a_version_of_another_level_is_an_event_of_the_ticket_that_the_rating_has,
    a_version_of_another_identity_is_an_event_of_the_ticket_that_the_rating_has,
    a_version_can_follow_in_the_same_batch,
    two_versions_at_once_both_count_and_follow_each_other,
    a_key_makes_only_so_many_versions,
);

async fn a_form_sent_again_with_other_content_is_a_new_version(f: Fixture) {
    let first = rating(1, 5);
    f.accept(first.clone()).await;
    let outcomes = f.ingest("a", &[amended(&first, 1, 1)]).await;
    assert_eq!(outcomes, [accepted(1, 2)]);
    let number = f
        .store
        .ticket_of_rating("U1", &id(1))
        .await
        .unwrap()
        .unwrap()
        .number;
    let outcomes = f.ingest("a", &[amended(&first, 2, 2)]).await;
    assert_eq!(outcomes, [accepted(1, 3)]);
    let row = f
        .store
        .ticket_of_rating("U1", &id(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (row.number, row.last_seq),
        (number, 2),
        "a rating has one ticket"
    );
    let levels: Vec<i64> = f
        .store
        .rating_events("U1", &id(1))
        .await
        .unwrap()
        .iter()
        .map(|e| e.level)
        .collect();
    assert_eq!(levels, [5, 1, 2]);
    assert_eq!(f.store.today_count(DAY).await.unwrap(), 1);
    f.store
        .door_close(DAY, NEXT, NOW, deciding())
        .await
        .unwrap();
    let sums = f.store.rollup_sums(DAY).await.unwrap();
    assert_eq!(
        sums.iter().map(|s| (s.level, s.n)).collect::<Vec<_>>(),
        [(2, 1)]
    );
    let moved = NewRating {
        subject_key: "window:W2".into(),
        ..amended(&first, 3, 3)
    };
    assert!(matches!(
        f.ingest("a", &[moved]).await.as_slice(),
        [Refused(_)]
    ));
}

async fn a_version_of_another_level_is_an_event_of_the_ticket_that_the_rating_has(f: Fixture) {
    let first = rating(1, 1);
    f.accept(first.clone()).await;
    let next = |level, body| NewRating {
        ..amended(&first, level, body)
    };
    // One batch: better, of the same level with other words, worse than at first.
    let batch = [next(4, 1), next(4, 2), next(2, 3)];
    f.ingest("a", &batch).await;
    let row = async || {
        let row = f.store.ticket_of_rating("U1", &id(1)).await.unwrap();
        row.unwrap()
    };
    assert_eq!((row().await.level, row().await.last_seq), (2, 3));
    let kinds: Vec<(i64, String)> = f
        .store
        .ticket_events("U1", &row().await.ticket)
        .await
        .unwrap()
        .into_iter()
        .map(|event| (event.seq, event.kind))
        .collect();
    let told = |seq, kind: &str| (seq, kind.to_owned());
    assert_eq!(
        kinds,
        [told(1, "opened"), told(2, "amended"), told(3, "amended")]
    );
    // Whoever acts on what was there before is told to look again.
    let stale = TicketAppend {
        expected_seq: 1,
        event: amendment().level,
        projection: row().await,
    };
    assert!(matches!(
        f.store.append_ticket("staff", stale).await,
        Err(StoreError::Conflict(_))
    ));
    // A rating without a ticket has none to amend.
    let good = rating(2, 5);
    f.accept(good.clone()).await;
    let other = NewRating {
        ..amended(&good, 3, 1)
    };
    f.ingest("a", &[other]).await;
    assert_eq!(f.store.list_tickets(None, 10).await.unwrap().len(), 1);
    assert_gapless(&f).await;
}

async fn a_version_of_another_identity_is_an_event_of_the_ticket_that_the_rating_has(f: Fixture) {
    let first = rating(1, 1);
    f.accept(first.clone()).await;
    let next = |identity: &str, level, body| NewRating {
        identity: identity.into(),
        ..amended(&first, level, body)
    };
    // One batch: with a name and worse, with the same name, without one again.
    let batch = [
        next("stated", 2, 1),
        next("stated", 2, 2),
        next("anonymous", 2, 3),
    ];
    f.ingest("a", &batch).await;
    let row = f.store.ticket_of_rating("U1", &id(1)).await.unwrap();
    let row = row.unwrap();
    assert_eq!((row.identity.as_str(), row.last_seq), ("anonymous", 4));
    let events = f.store.ticket_events("U1", &row.ticket).await.unwrap();
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["opened", "amended", "identified", "identified"]);
    assert_gapless(&f).await;
}

async fn a_version_can_follow_in_the_same_batch(f: Fixture) {
    let first = event_rating(1, "P1");
    let next = |level, body| NewRating {
        subject_kind: first.subject_kind.clone(),
        subject_key: first.subject_key.clone(),
        ..amended(&first, level, body)
    };
    let outcomes = f
        .ingest("a", &[first.clone(), next(1, 1), next(2, 2)])
        .await;
    assert_eq!(outcomes, [accepted(1, 1), accepted(1, 2), accepted(1, 3)]);
    assert_eq!(
        f.store.slot("U1", "event:P1:1").await.unwrap().unwrap().seq,
        3
    );
    assert_eq!(f.store.list_tickets(None, 10).await.unwrap().len(), 1);
    f.store
        .door_close(DAY, NEXT, NOW, deciding())
        .await
        .unwrap();
    let sums = f.store.rollup_sums(DAY).await.unwrap();
    assert_eq!(
        sums.iter().map(|s| (s.level, s.n)).collect::<Vec<_>>(),
        [(2, 1)]
    );
}

async fn two_versions_at_once_both_count_and_follow_each_other(f: Fixture) {
    let first = rating(1, 5);
    f.accept(first.clone()).await;
    let other = f.another().await;
    let (a, b) = ([amended(&first, 3, 1)], [amended(&first, 4, 2)]);
    let (a, b) = tokio::join!(f.store.ingest("a", &a), other.ingest("b", &b));
    let mut both = [a.unwrap().remove(0), b.unwrap().remove(0)];
    both.sort_by_key(|o| {
        if let Accepted { seq, .. } = o {
            *seq
        } else {
            0
        }
    });
    assert_eq!(both, [accepted(1, 2), accepted(1, 3)]);
    f.store
        .door_close(DAY, NEXT, NOW, deciding())
        .await
        .unwrap();
    let total: i64 = f
        .store
        .rollup_sums(DAY)
        .await
        .unwrap()
        .iter()
        .map(|s| s.n)
        .sum();
    assert_eq!(total, 1);
}

async fn a_key_makes_only_so_many_versions(f: Fixture) {
    let first = rating(1, 5);
    f.accept(first.clone()).await;
    let next = |body| NewRating {
        versions_max: 3,
        ..amended(&first, 1 + i64::from(body) % 2, body)
    };
    assert_eq!(
        f.ingest("a", &[next(1), next(2)]).await,
        [accepted(1, 2), accepted(1, 3)]
    );
    assert_eq!(f.ingest("a", &[next(3)]).await, [ChangedTooOften]);
    let again = SameAgain {
        rating: id(1),
        seq: 3,
    };
    assert_eq!(
        f.ingest("a", &[next(2)]).await,
        [again],
        "a retry of the last one is answered"
    );
    assert_eq!(f.store.rating_events("U1", &id(1)).await.unwrap().len(), 3);
}
