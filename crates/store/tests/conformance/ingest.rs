//! Storing ratings: what is stored, idempotency, slots, culprits.

use crate::fixture::{DAY, Fixture, NOW, event_rating, id, private, rating};
use store::IngestOutcome::{Accepted, AlreadyRated, KeyReused, Refused, SameAgain};
use store::{IngestOutcome, NewCode, NewRating};

crate::cases!(
    a_bad_rating_is_stored_with_all_that_goes_with_it,
    a_key_and_a_body_decide_what_a_submission_is,
    a_key_used_twice_in_one_batch_is_decided_like_two_batches,
    many_submissions_of_one_key_at_once_store_one_rating,
    a_service_event_is_rated_once_and_a_window_often,
    a_lost_slot_leaves_no_trace_of_its_key,
    a_code_that_is_asked_for_later_opens_the_same_rating_however_often,
    only_the_rating_at_fault_is_refused,
    a_nul_is_kept_or_refused_but_harms_no_other,
    a_large_batch_is_stored_in_order,
);

/// What a rating's version is answered with.
pub fn accepted(n: u64, seq: i64) -> IngestOutcome {
    Accepted { rating: id(n), seq }
}

/// The same key with another body.
fn other_body(original: &NewRating) -> NewRating {
    NewRating {
        body_hash: vec![99, 99],
        ..original.clone()
    }
}

/// The same key with another body, as the form sends it within its window.
pub fn amended(original: &NewRating, level: i64, body: u8) -> NewRating {
    let mut next = rating(1, level);
    next.amend_of = Some(original.rating);
    next.rating = original.rating;
    next.idempotency_key.clone_from(&original.idempotency_key);
    next.body_hash = vec![99, body];
    next
}

async fn a_bad_rating_is_stored_with_all_that_goes_with_it(f: Fixture) {
    let mut bad = rating(1, 2);
    bad.private = vec![private(1, "text")];
    bad.private_text = Some(private(1, "text").id);
    bad.staff = Some("S1".into());
    bad.tags = "[510]".into();
    bad.scopes = r#"{"service":1}"#.into();
    f.accept(bad.clone()).await;
    f.accept(rating(2, 1)).await;
    f.accept(rating(3, 5)).await;
    let s = &f.store;
    let events = s.rating_events("U1", &id(1)).await.unwrap();
    let [event] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(
        (event.seq, event.level, event.tags.as_str()),
        (1, 2, "[510]")
    );
    assert_eq!(event.scopes, r#"{"service":1}"#);
    assert_eq!(s.batch_ratings("a", 1).await.unwrap(), events);
    assert_eq!(
        (
            event.day.as_str(),
            event.epoch,
            event.lane.as_str(),
            event.batch
        ),
        (DAY, 1, "a", 1)
    );
    assert_eq!(
        (event.staff.as_deref(), event.private_text),
        (Some("S1"), bad.private_text)
    );
    assert_eq!((event.text_hash.as_ref(), event.item.as_str()), (None, ""));
    assert_eq!(
        s.private_get(&private(1, "text").id).await.unwrap(),
        Some(private(1, "text"))
    );
    for purpose in ["receipt", "follow"] {
        let code = s
            .rating_by_code(format!("{purpose}-1").as_bytes())
            .await
            .unwrap()
            .unwrap();
        assert_eq!((code.purpose.as_str(), code.rating), (purpose, id(1)));
    }
    let row = s.ticket_of_rating("U1", &id(1)).await.unwrap().unwrap();
    assert_eq!(
        (row.number.as_str(), row.level, row.last_seq),
        ("G0001", 2, 1)
    );
    assert_eq!(
        s.ticket_by_number("G0002").await.unwrap().unwrap().rating,
        id(2)
    );
    assert_eq!(s.ticket_of_rating("U1", &id(3)).await.unwrap(), None);
    let opened = s.ticket_events("U1", &row.ticket).await.unwrap();
    assert_eq!(
        (opened[0].number.as_deref(), opened[0].rating),
        (Some("G0001"), Some(id(1)))
    );
    let of_its_own = (
        opened[0].lane.as_str(),
        opened[0].day.as_str(),
        opened[0].pos,
    );
    assert_eq!((event.pos, of_its_own), (1, ("tickets", DAY, 1)));
    assert_eq!(s.today_count(DAY).await.unwrap(), 3);
    let submission = s.submission("U1", "key-1").await.unwrap().unwrap();
    assert_eq!(
        (submission.rating, submission.seq, submission.accepted_at),
        (id(1), 1, NOW)
    );
}

async fn a_key_and_a_body_decide_what_a_submission_is(f: Fixture) {
    let original = rating(1, 4);
    let of_another_unit = NewRating {
        unit: "U2".into(),
        rating: id(2),
        codes: vec![],
        ..original.clone()
    };
    let retried = NewRating {
        rating: id(3),
        accepted_at: NOW + 5,
        ..original.clone()
    };
    let of_another_rating = NewRating {
        amend_of: Some(id(8)),
        rating: id(8),
        ..other_body(&original)
    };
    let table = [
        (original.clone(), accepted(1, 1)),
        (
            original.clone(),
            SameAgain {
                rating: id(1),
                seq: 1,
            },
        ),
        (
            retried,
            SameAgain {
                rating: id(1),
                seq: 1,
            },
        ),
        (other_body(&original), KeyReused),
        (of_another_rating, KeyReused),
        (of_another_unit, accepted(2, 1)),
        (amended(&original, 3, 1), accepted(1, 2)),
        (
            amended(&original, 3, 1),
            SameAgain {
                rating: id(1),
                seq: 2,
            },
        ),
        (original, KeyReused),
    ];
    for (i, (submission, expected)) in table.into_iter().enumerate() {
        assert_eq!(
            f.store.ingest("a", &[submission]).await.unwrap(),
            [expected],
            "row {i}"
        );
    }
    assert_eq!(f.store.today_count(DAY).await.unwrap(), 2);
    assert_eq!(
        f.store.batches(DAY).await.unwrap().len(),
        3,
        "what stores nothing takes no number"
    );
}

async fn a_key_used_twice_in_one_batch_is_decided_like_two_batches(f: Fixture) {
    let first = rating(1, 4);
    let batch = [
        first.clone(),
        rating(2, 5),
        other_body(&first),
        first.clone(),
        other_body(&first),
    ];
    let outcomes = f.store.ingest("a", &batch).await.unwrap();
    let same = SameAgain {
        rating: id(1),
        seq: 1,
    };
    assert_eq!(
        outcomes,
        [accepted(1, 1), accepted(2, 1), KeyReused, same, KeyReused]
    );
    assert_eq!(f.store.rating_events("U1", &id(1)).await.unwrap().len(), 1);
}

async fn many_submissions_of_one_key_at_once_store_one_rating(f: Fixture) {
    let stores = [f.store.clone(), f.another().await];
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..12_u64 {
        let store = stores[n as usize % 2].clone();
        let same = NewRating {
            rating: id(n),
            idempotency_key: "one".into(),
            body_hash: vec![1],
            ..rating(n, 1)
        };
        let lane = if n % 2 == 0 { "a" } else { "b" };
        tasks.spawn(async move {
            store
                .ingest(lane, &[same, rating(100 + n, 5)])
                .await
                .unwrap()
        });
    }
    let (mut stored, mut told) = (0, std::collections::BTreeSet::new());
    while let Some(outcomes) = tasks.join_next().await {
        match outcomes.unwrap().first() {
            Some(Accepted { rating, .. }) => {
                stored += 1;
                told.insert(*rating);
            }
            Some(SameAgain { rating, .. }) => {
                told.insert(*rating);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(
        (stored, told.len()),
        (1, 1),
        "one is stored and all are told of it"
    );
    assert_eq!(f.store.today_count(DAY).await.unwrap(), 13);
    assert_gapless(&f).await;
}

/// Every lane's batches follow each other without a gap.
pub async fn assert_gapless(f: &Fixture) {
    let batches = f.store.batches(DAY).await.unwrap();
    for lane in ["a", "b"] {
        let numbers: Vec<i64> = batches
            .iter()
            .filter(|b| b.lane == lane)
            .map(|b| b.batch)
            .collect();
        assert_eq!(
            numbers,
            (1..=numbers.len() as i64).collect::<Vec<_>>(),
            "lane {lane}"
        );
    }
    for batch in batches {
        let ratings = f
            .store
            .batch_ratings(&batch.lane, batch.batch)
            .await
            .unwrap();
        assert!(
            ratings
                .iter()
                .all(|r| (&r.day, r.epoch) == (&batch.day, batch.epoch))
        );
        assert_eq!(
            ratings.iter().filter(|r| r.seq == 1).count() as i64,
            batch.ratings
        );
    }
}

async fn a_service_event_is_rated_once_and_a_window_often(f: Fixture) {
    let batch = [
        event_rating(1, "P1"),
        event_rating(2, "P1"),
        event_rating(3, "P2"),
        rating(4, 5),
        rating(5, 5),
    ];
    let outcomes = f.store.ingest("a", &batch).await.unwrap();
    let taken = AlreadyRated { rating: id(1) };
    assert_eq!(
        outcomes,
        [
            accepted(1, 1),
            taken.clone(),
            accepted(3, 1),
            accepted(4, 1),
            accepted(5, 1)
        ]
    );
    assert_eq!(
        f.store.ingest("a", &[event_rating(6, "P1")]).await.unwrap(),
        [taken]
    );
    assert_eq!(
        f.store
            .slot("U1", "event:P1:1")
            .await
            .unwrap()
            .unwrap()
            .rating,
        id(1)
    );
    assert_eq!(f.store.slot("U1", "event:P9:1").await.unwrap(), None);
    assert_eq!(f.store.slot("U1", "window:W1").await.unwrap(), None);
}

async fn a_lost_slot_leaves_no_trace_of_its_key(f: Fixture) {
    f.accept(event_rating(1, "P1")).await;
    let late = event_rating(2, "P1");
    for _ in 0..2 {
        let outcomes = f
            .store
            .ingest("a", std::slice::from_ref(&late))
            .await
            .unwrap();
        assert_eq!(outcomes, [AlreadyRated { rating: id(1) }]);
    }
    assert_eq!(f.store.submission("U1", "key-2").await.unwrap(), None);
    assert_eq!(f.store.rating_events("U1", &id(2)).await.unwrap(), []);
}

async fn a_code_that_is_asked_for_later_opens_the_same_rating_however_often(f: Fixture) {
    f.accept(rating(1, 1)).await;
    f.accept(rating(2, 5)).await;
    let asked = NewCode {
        hash: b"asked".to_vec(),
        purpose: "follow".into(),
    };
    assert_eq!(f.store.rating_by_code(b"asked").await.unwrap(), None);
    for _ in 0..2 {
        f.store.code_put("U1", &id(1), &asked).await.unwrap();
    }
    // A code that is taken stays with its rating.
    f.store.code_put("U1", &id(2), &asked).await.unwrap();
    let found = f.store.rating_by_code(b"asked").await.unwrap().unwrap();
    assert_eq!((found.purpose.as_str(), found.rating), ("follow", id(1)));
}

async fn only_the_rating_at_fault_is_refused(f: Fixture) {
    let mut batch: Vec<NewRating> = (1..=40).map(|n| rating(n, 1 + n as i64 % 5)).collect();
    batch[11].level = 6;
    batch[29].codes[0].purpose = "nothing".into();
    batch[30].rating = batch[29].rating;
    let outcomes = f.store.ingest("a", &batch).await.unwrap();
    for (i, outcome) in outcomes.iter().enumerate() {
        assert_eq!(
            matches!(outcome, Refused(_)),
            i == 11 || i == 29,
            "{i}: {outcome:?}"
        );
    }
    assert_eq!(f.store.today_count(DAY).await.unwrap(), 38);
    assert_eq!(f.store.submission("U1", "key-12").await.unwrap(), None);
    assert_gapless(&f).await;
}

async fn a_nul_is_kept_or_refused_but_harms_no_other(f: Fixture) {
    let mut batch: Vec<NewRating> = (1..=9).map(|n| rating(n, 5)).collect();
    batch[4].tags = "[\"\0\"]".into();
    let outcomes = f.store.ingest("a", &batch).await.unwrap();
    for (i, outcome) in outcomes.iter().enumerate() {
        let refused = i == 4 && f.engine == store::Engine::Postgres;
        assert_eq!(matches!(outcome, Refused(_)), refused, "{i}: {outcome:?}");
    }
}

async fn a_large_batch_is_stored_in_order(f: Fixture) {
    let batch: Vec<NewRating> = (0..777)
        .rev()
        .map(|n| rating(n, 1 + n as i64 % 5))
        .collect();
    let outcomes = f.store.ingest("a", &batch).await.unwrap();
    assert!(outcomes.iter().zip(&batch).all(|(o, r)| *o
        == Accepted {
            rating: r.rating,
            seq: 1
        }));
    let stored = f.store.batch_ratings("a", 1).await.unwrap();
    assert_eq!(stored.len(), 777);
    assert!(
        stored
            .windows(2)
            .all(|pair| pair[0].rating < pair[1].rating && pair[0].pos < pair[1].pos)
    );
    f.follow().await;
    let tickets = f.store.list_tickets(None, 1000).await.unwrap();
    let numbers: std::collections::BTreeSet<&str> =
        tickets.iter().map(|t| t.number.as_str()).collect();
    assert_eq!((tickets.len(), numbers.len()), (312, 312));
    assert!(numbers.contains("G0776"));
}
