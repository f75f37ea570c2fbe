//! Sums, releases, and what is public.

use crate::fixture::{DAY, Fixture, NEXT, NOW, deciding, rating};
use store::{
    ReleasedCell, ReleasedDue, ReleasedHandling, Running, StoreError, Told, ToldKind, ToldLevels,
    Unit,
};

crate::cases!(
    only_closed_days_are_summed,
    a_version_of_the_next_day_moves_the_sums_of_that_day,
    a_release_publishes_and_seals_once,
    what_pages_read_is_the_sum_of_the_releases,
);

const THIRD: &str = "2026-11-01";

pub fn release(day: &str) -> Told {
    let cell = |cell: &str, parent: &str, level| ReleasedCell {
        released_on: NEXT.into(),
        day: day.into(),
        cell: cell.into(),
        dim: "unit".into(),
        parent: parent.into(),
        subject_kind: "window".into(),
        level,
        n: 7,
        real_name: 2,
    };
    let handling = ReleasedHandling {
        released_on: NEXT.into(),
        unit: "U1".into(),
        bad: 3,
        due: 2,
        in_time: 1,
        rectified: 1,
        explained: 1,
        open: 1,
    };
    let due = ReleasedDue {
        released_on: day.into(),
        unit: "U1".into(),
        due: 2,
        handled: 1,
        real_name: 1,
        real_unreached: 1,
        ..ReleasedDue::default()
    };
    Told {
        cells: vec![cell("region", "", 5), cell("U1", "region", 1)],
        handling: vec![handling],
        due: vec![due],
    }
}

async fn only_closed_days_are_summed(f: Fixture) {
    for n in 0..6 {
        f.accept(rating(n, 1 + n as i64 % 2 * 4)).await;
    }
    assert_eq!(
        f.store.rollup_sums(THIRD).await.unwrap(),
        [],
        "the day is open"
    );
    assert_eq!(f.store.rollup_totals(DAY, THIRD).await.unwrap(), []);
    f.store
        .door_close(DAY, NEXT, NOW, deciding())
        .await
        .unwrap();
    f.accept(rating(10, 3)).await;
    let sums = f.store.rollup_sums(THIRD).await.unwrap();
    let seen: Vec<_> = sums
        .iter()
        .map(|s| (s.day.as_str(), s.unit.as_str(), s.level, s.n))
        .collect();
    assert_eq!(seen, [(DAY, "U1", 1, 3), (DAY, "U1", 5, 3)]);
    assert_eq!(
        (
            sums[0].kind.as_str(),
            sums[0].subject_kind.as_str(),
            sums[0].win.as_str()
        ),
        ("active", "window", "W1")
    );
    assert_eq!(f.store.rollup_sums("2026-10-29").await.unwrap(), []);
    assert_eq!(f.store.today_count(NEXT).await.unwrap(), 1);
}

async fn a_version_of_the_next_day_moves_the_sums_of_that_day(f: Fixture) {
    let first = rating(1, 5);
    f.accept(first.clone()).await;
    f.store
        .door_close(DAY, NEXT, NOW, deciding())
        .await
        .unwrap();
    let mut next = rating(1, 3);
    next.amend_of = Some(first.rating);
    f.store.ingest("a", &[next]).await.unwrap();
    f.store
        .door_close(NEXT, THIRD, NOW, deciding())
        .await
        .unwrap();
    let by_day: Vec<_> = f
        .store
        .rollup_sums(THIRD)
        .await
        .unwrap()
        .iter()
        .map(|s| (s.day.clone(), s.level, s.n))
        .collect();
    assert_eq!(
        by_day,
        [
            (DAY.into(), 5, 1),
            (NEXT.into(), 3, 1),
            (NEXT.into(), 5, -1)
        ]
    );
    let totals = f.store.rollup_totals(DAY, THIRD).await.unwrap();
    assert_eq!(
        totals.iter().map(|s| (s.level, s.n)).collect::<Vec<_>>(),
        [(3, 1)]
    );
}

async fn a_release_publishes_and_seals_once(f: Fixture) {
    f.accept(rating(1, 5)).await;
    let told = release(DAY);
    let s = &f.store;
    let open = s
        .released_write(DAY, told.clone(), Running::default(), NOW)
        .await;
    assert!(matches!(open, Err(StoreError::Conflict(_))), "{open:?}");
    assert_eq!(s.last_released_day().await.unwrap(), None);
    s.door_close(DAY, NEXT, NOW, deciding()).await.unwrap();
    s.released_write(DAY, told.clone(), Running::default(), NOW + 2)
        .await
        .unwrap();
    let again = s
        .released_write(DAY, told.clone(), Running::default(), NOW)
        .await;
    assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
    let mut sorted = told.cells;
    sorted.sort_by(|a, b| a.cell.cmp(&b.cell));
    assert_eq!(s.released_cells(DAY, DAY).await.unwrap(), sorted);
    assert_eq!(s.released_cells(NEXT, THIRD).await.unwrap(), []);
    assert_eq!(s.released_handling(DAY, NEXT).await.unwrap(), told.handling);
    let door = s.doors(DAY, DAY).await.unwrap().remove(0);
    assert_eq!(
        (door.state.as_str(), door.released_at),
        ("sealed", Some(NOW + 2))
    );
    assert_eq!(s.last_released_day().await.unwrap().as_deref(), Some(DAY));
    assert_eq!(
        s.rollup_sums(DAY).await.unwrap(),
        [],
        "released days are no longer pending"
    );
    assert_eq!(s.rollup_totals(DAY, DAY).await.unwrap().len(), 1);
    s.door_close(NEXT, THIRD, NOW, deciding()).await.unwrap();
    let told = Told {
        cells: release(NEXT).cells,
        ..Told::default()
    };
    s.released_write(NEXT, told, Running::default(), NOW)
        .await
        .unwrap();
    let totals: Vec<_> = s
        .released_totals()
        .await
        .unwrap()
        .iter()
        .map(|c| (c.cell.clone(), c.level, c.n, c.real_name))
        .collect();
    assert_eq!(
        totals,
        [("U1".into(), 1, 14, 4), ("region".into(), 5, 14, 4)]
    );
}

async fn what_pages_read_is_the_sum_of_the_releases(f: Fixture) {
    let s = &f.store;
    let unit = |code: &str| Unit {
        code: code.into(),
        ..Unit::default()
    };
    s.put_units(&[unit("U1"), unit("U2")]).await.unwrap();
    f.accept(rating(1, 5)).await;
    assert_eq!(s.today_count(DAY).await.unwrap(), 1);
    assert_eq!(s.released_months().await.unwrap(), [] as [String; 0]);
    for (day, next) in [(DAY, NEXT), (NEXT, THIRD)] {
        s.door_close(day, next, NOW, deciding()).await.unwrap();
        let mut told = release(day);
        told.due[0].due = if day == DAY { 2 } else { 3 };
        let handling = &mut told.handling;
        handling[0].released_on = day.into();
        handling[0].bad = if day == DAY { 3 } else { 4 };
        // The region's own row has no unit.
        if day == DAY {
            let region = ReleasedHandling {
                unit: String::new(),
                bad: 9,
                ..handling[0].clone()
            };
            handling.push(region);
        }
        s.released_write(day, told, Running::default(), NOW)
            .await
            .unwrap();
    }
    assert_eq!(s.released_months().await.unwrap(), [DAY[..7].to_owned()]);
    let month = |rows: Vec<ToldLevels>| -> Vec<_> {
        rows.into_iter()
            .map(|c| (c.levels(), c.of, c.real_name))
            .collect()
    };
    let region = s.released_month(&DAY[..7], "region").await.unwrap();
    let (part, whole) = (
        ([14, 0, 0, 0, 0], "U1".to_owned(), 4),
        ([0, 0, 0, 0, 14], "region".to_owned(), 4),
    );
    assert_eq!(month(region), [part.clone(), whole]);
    let unit = s.released_month(&DAY[..7], "U1").await.unwrap();
    assert_eq!(month(unit), [part]);
    assert_eq!(s.released_month("2026-09", "region").await.unwrap(), []);
    let told =
        |kinds: Vec<ToldKind>| -> Vec<_> { kinds.into_iter().map(|k| (k.kind, k.n)).collect() };
    let none = ["unit", "win", "item"].map(|kind| (kind.to_owned(), 0));
    // The cells of this fixture are named without their kind.
    assert_eq!(told(s.told_kinds(&DAY[..7]).await.unwrap()), none);
    let trend = s.released_trend("U1", "window", DAY, THIRD).await.unwrap();
    let seen: Vec<_> = trend.iter().map(|d| (d.of.as_str(), d.levels())).collect();
    assert_eq!(seen, [(DAY, [7, 0, 0, 0, 0]), (NEXT, [7, 0, 0, 0, 0])]);
    let bad = async |day: &str| -> Vec<i64> {
        let rows = s.handling_at(day).await.unwrap();
        rows.iter().map(|h| h.bad).collect()
    };
    assert_eq!(bad("2026-10-01").await, [] as [i64; 0]);
    assert_eq!(bad(DAY).await, [9, 3]);
    let newest = bad(THIRD).await;
    assert_eq!(newest, [9, 4], "of each unit the newest, not the sum");
    let due = async |first: &str, last: &str| -> Vec<i64> {
        let rows = s.due_at(first, last).await.unwrap();
        rows.iter().map(|d| d.due).collect()
    };
    assert_eq!(due(DAY, DAY).await, [2]);
    assert_eq!(
        due("2026-10-00", "2026-10-99").await,
        [3],
        "as last released in the month"
    );
    assert_eq!(due("2026-11-00", "2026-11-99").await, [] as [i64; 0]);
}
