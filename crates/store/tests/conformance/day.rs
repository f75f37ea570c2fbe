//! The day's door.

use std::time::Duration;

use crate::fixture::{DAY, Fixture, NEXT, NOW, deciding, rating};
use sqlx::{Connection, Executor};
use store::{Engine, IngestOutcome, StoreError};

crate::cases!(
    one_day_is_open_and_days_follow_each_other,
    without_an_open_day_nothing_is_stored,
    closing_waits_for_the_batch_that_is_open,
    a_closed_day_gains_nothing_under_load,
);

const THIRD: &str = "2026-11-01";

async fn one_day_is_open_and_days_follow_each_other(f: Fixture) {
    let s = &f.store;
    let open = s.door_open("2027-01-01", NOW).await.unwrap();
    assert_eq!(
        (open.day.as_str(), open.epoch),
        (DAY, 1),
        "a day was open already"
    );
    assert!(matches!(
        s.door_close(NEXT, THIRD, NOW, deciding()).await,
        Err(StoreError::Conflict(_))
    ));
    assert!(matches!(
        s.door_close(DAY, DAY, NOW, deciding()).await,
        Err(StoreError::Conflict(_))
    ));
    s.door_close(DAY, NEXT, NOW + 1, deciding()).await.unwrap();
    let next = s.door_current().await.unwrap().unwrap();
    assert_eq!((next.day.as_str(), next.epoch), (NEXT, 2));
    assert_eq!(s.door_current().await.unwrap(), Some(next));
    let doors = s.doors(DAY, NEXT).await.unwrap();
    let states: Vec<_> = doors
        .iter()
        .map(|d| (d.state.as_str(), d.closed_at))
        .collect();
    assert_eq!(states, [("closed", Some(NOW + 1)), ("open", None)]);
}

async fn without_an_open_day_nothing_is_stored(f: Fixture) {
    f.raw("UPDATE day_door SET state = 'closed'").await.unwrap();
    assert_eq!(f.store.door_current().await.unwrap(), None);
    assert_eq!(
        f.store.ingest("a", &[rating(1, 5)]).await,
        Err(StoreError::DoorShut)
    );
    assert_eq!(
        f.store.door_close(DAY, NEXT, NOW, deciding()).await,
        Err(StoreError::DoorShut)
    );
    assert!(matches!(
        f.store.door_open(DAY, NOW).await,
        Err(StoreError::Conflict(_))
    ));
    assert_eq!(f.store.door_open(NEXT, NOW).await.unwrap().epoch, 2);
    f.accept(rating(1, 5)).await;
}

/// Another connection holds what the batch needs next, so the batch stands in the
/// open door when the day is to be closed.
async fn closing_waits_for_the_batch_that_is_open(f: Fixture) {
    let sql = "INSERT INTO submission (unit, idempotency_key, body_hash, rating, seq, accepted_at) \
               SELECT 'U1', 'key-1', hash, hash, 1, 1 FROM code";
    f.accept(rating(9, 5)).await;
    let mut sqlite = None;
    let mut postgres = None;
    match f.engine {
        Engine::Sqlite => {
            let c = sqlite.insert(sqlx::SqliteConnection::connect(&f.url).await.unwrap());
            c.execute("BEGIN IMMEDIATE").await.unwrap();
        }
        Engine::Postgres => {
            let c = postgres.insert(sqlx::PgConnection::connect(&f.url).await.unwrap());
            c.execute("BEGIN").await.unwrap();
            c.execute(format!("{sql} LIMIT 1").leak() as &'static str)
                .await
                .unwrap();
        }
    }
    let (ingesting, closing) = (f.store.clone(), f.another().await);
    let batch = tokio::spawn(async move { ingesting.ingest("a", &[rating(1, 5)]).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let close = tokio::spawn(async move { closing.door_close(DAY, NEXT, NOW, deciding()).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!batch.is_finished() && !close.is_finished(), "both wait");
    if let Some(mut c) = sqlite {
        c.execute("ROLLBACK").await.unwrap();
    }
    if let Some(mut c) = postgres {
        c.execute("ROLLBACK").await.unwrap();
    }
    assert!(matches!(
        batch.await.unwrap().unwrap().as_slice(),
        [IngestOutcome::Accepted { .. }]
    ));
    close.await.unwrap().unwrap();
    assert_eq!(f.store.door_current().await.unwrap().unwrap().day, NEXT);
    f.accept(rating(2, 5)).await;
    let counted: Vec<i64> = [
        f.store.today_count(DAY).await,
        f.store.today_count(NEXT).await,
    ]
    .map(Result::unwrap)
    .to_vec();
    if f.engine == Engine::Postgres {
        assert_eq!(
            counted,
            [2, 1],
            "the open batch belongs to the day it entered"
        );
    }
    assert_eq!(counted.iter().sum::<i64>(), 3);
}

async fn a_closed_day_gains_nothing_under_load(f: Fixture) {
    let stores = [f.store.clone(), f.another().await];
    let mut tasks = tokio::task::JoinSet::new();
    for (i, store) in stores.into_iter().enumerate() {
        tasks.spawn(async move {
            let lane = ["a", "b"][i];
            for n in 0..30_u64 {
                let n = i as u64 * 1000 + n;
                store
                    .ingest(lane, &[rating(n, 5), rating(n + 500, 5)])
                    .await
                    .unwrap();
            }
        });
    }
    tokio::time::sleep(Duration::from_millis(60)).await;
    let closer = f.another().await;
    closer.door_close(DAY, NEXT, NOW, deciding()).await.unwrap();
    let closed = f.store.batches(DAY).await.unwrap();
    let sums: i64 = f
        .store
        .rollup_sums(DAY)
        .await
        .unwrap()
        .iter()
        .map(|s| s.n)
        .sum();
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    assert_eq!(f.store.batches(DAY).await.unwrap(), closed);
    let after: i64 = f
        .store
        .rollup_sums(DAY)
        .await
        .unwrap()
        .iter()
        .map(|s| s.n)
        .sum();
    assert_eq!(after, sums);
    let (a, b) = (
        f.store.today_count(DAY).await.unwrap(),
        f.store.today_count(NEXT).await.unwrap(),
    );
    assert_eq!((a, a + b), (sums, 120));
}
