//! What a release goes on from.

use crate::figures::release;
use crate::fixture::{DAY, Fixture, NEXT, NOW, deciding, id, rating};
use store::{
    NewTicketEvent, Running, RunningCell, RunningHandling, RunningPeople, RunningTicket,
    StoreError, TicketAppend, Told,
};

crate::cases!(
    a_release_looks_at_what_has_events_of_its_days_and_at_what_changes_by_itself,
    what_a_release_goes_on_from_is_written_with_it_or_not_at_all,
);

const THIRD: &str = "2026-11-01";

fn counted(n: u64, changes_on: Option<&str>) -> RunningTicket {
    RunningTicket {
        unit: "U1".into(),
        ticket: id(10_000 + n),
        subject_kind: "window".into(),
        opened_on: DAY.into(),
        bad: 1,
        open: 1,
        changes_on: changes_on.map(str::to_owned),
        ..RunningTicket::default()
    }
}

fn cell(month: &str, level: i64, seen: i64) -> RunningCell {
    RunningCell {
        month: month.into(),
        cell: "unit:U1".into(),
        parent: "region".into(),
        subject_kind: "window".into(),
        level,
        seen,
        ..RunningCell::default()
    }
}

fn people(month: &str, seen: i64) -> RunningPeople {
    RunningPeople {
        month: month.into(),
        cell: "unit:U1".into(),
        subject_kind: "window".into(),
        seen,
        told: 0,
    }
}

async fn next_event(f: &Fixture, n: u64) {
    let projection = f.store.ticket("U1", &id(10_000 + n)).await.unwrap();
    let append = TicketAppend {
        expected_seq: 1,
        event: NewTicketEvent {
            kind: "assigned".into(),
            body: "{}".into(),
            actor: "S2".into(),
            at: NOW,
            private: None,
        },
        projection: projection.unwrap(),
    };
    f.store.append_ticket("staff", append).await.unwrap();
}

async fn moved(f: &Fixture, day: &str) -> (Vec<u64>, usize, Vec<u64>) {
    let moved = f.store.moved_tickets(day).await.unwrap();
    let number = |id: &[u8; 16]| u64::from_be_bytes(id[8..].try_into().unwrap()) - 10_000;
    let of_events: Vec<_> = moved.events.iter().map(|e| (e.ticket, e.seq)).collect();
    assert!(of_events.is_sorted());
    (
        moved.tickets.iter().map(|t| number(&t.ticket)).collect(),
        moved.events.len(),
        moved.counted.iter().map(|t| number(&t.ticket)).collect(),
    )
}

async fn a_release_looks_at_what_has_events_of_its_days_and_at_what_changes_by_itself(f: Fixture) {
    for n in 0..4 {
        f.accept(rating(n, 1)).await;
    }
    assert_eq!(moved(&f, DAY).await, (vec![], 0, vec![]), "the day is open");
    f.store
        .door_close(DAY, NEXT, NOW, deciding())
        .await
        .unwrap();
    next_event(&f, 2).await;
    let expected = (vec![0, 1, 2, 3], 5, vec![]);
    assert_eq!(
        moved(&f, DAY).await,
        expected,
        "whole streams of the tickets of the day"
    );
    let told = release(DAY);
    let running = Running {
        tickets: vec![
            counted(0, Some(NEXT)),
            counted(1, Some(THIRD)),
            counted(2, None),
            counted(3, None),
        ],
        ..Running::default()
    };
    f.store
        .released_write(DAY, told, running, NOW)
        .await
        .unwrap();
    assert_eq!(
        moved(&f, DAY).await,
        (vec![], 0, vec![]),
        "the day is sealed"
    );
    f.store
        .door_close(NEXT, THIRD, NOW, deciding())
        .await
        .unwrap();
    assert_eq!(moved(&f, NEXT).await, (vec![0, 2], 3, vec![0, 2]));
}

async fn what_a_release_goes_on_from_is_written_with_it_or_not_at_all(f: Fixture) {
    let s = &f.store;
    let sum = |bad| RunningHandling {
        unit: String::new(),
        bad,
        ..RunningHandling::default()
    };
    let running = Running {
        cells: vec![cell("2026-09", 5, 3), cell("2026-10", 1, 2)],
        people: vec![people("2026-09", 3), people("2026-10", 2)],
        tickets: vec![counted(1, None)],
        handling: vec![sum(4)],
    };
    let told = release(DAY);
    let open = s
        .released_write(DAY, told.clone(), running.clone(), NOW)
        .await;
    assert!(matches!(open, Err(StoreError::Conflict(_))), "{open:?}");
    assert_eq!(s.running_handling().await.unwrap(), []);
    s.door_close(DAY, NEXT, NOW, deciding()).await.unwrap();
    s.released_write(DAY, told, running, NOW).await.unwrap();
    assert_eq!(
        s.running_cells("2026-09").await.unwrap(),
        [],
        "a month that is over is forgotten"
    );
    assert_eq!(
        s.running_cells("2026-10").await.unwrap(),
        [cell("2026-10", 1, 2)]
    );
    assert_eq!(s.running_people("2026-09").await.unwrap(), []);
    assert_eq!(
        s.running_people("2026-10").await.unwrap(),
        [people("2026-10", 2)]
    );
    assert_eq!(s.running_tickets().await.unwrap(), [counted(1, None)]);
    assert_eq!(s.running_handling().await.unwrap(), [sum(4)]);
    assert_eq!(s.running_tickets_due("2026-10").await.unwrap(), []);
    let told = s.told_places().await.unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|one| (&*one.cell, &*one.subject_kind, &*one.day))
        .collect();
    assert_eq!(told, [("U1", "window", DAY), ("region", "window", DAY)]);
    let untold = async |from: &str, to: &str| s.running_tickets_untold(from, to).await.unwrap();
    assert_eq!(untold("2026-10-00", DAY).await, [counted(1, None)]);
    assert_eq!(untold("2026-10-00", "2026-10-01").await, []);
    s.door_close(NEXT, THIRD, NOW, deciding()).await.unwrap();
    let ended = RunningTicket {
        due_month: Some("2026-10".into()),
        told: 2,
        ..counted(1, Some(NEXT))
    };
    let second = Running {
        cells: vec![cell("2026-10", 1, 7)],
        people: vec![people("2026-10", 7)],
        tickets: vec![ended.clone(), counted(2, None)],
        handling: vec![sum(5)],
    };
    s.released_write(NEXT, Told::default(), second, NOW)
        .await
        .unwrap();
    assert_eq!(
        s.running_cells("2026-10").await.unwrap(),
        [cell("2026-10", 1, 7)]
    );
    assert_eq!(
        s.running_tickets().await.unwrap(),
        [ended.clone(), counted(2, None)]
    );
    assert_eq!(untold("2026-10-00", DAY).await, [counted(2, None)]);
    assert_eq!(s.running_tickets_due("2026-10").await.unwrap(), [ended]);
    assert_eq!(s.running_tickets_due("2026-11").await.unwrap(), []);
    assert_eq!(s.running_handling().await.unwrap(), [sum(5)]);
    let fresh = Running {
        handling: vec![sum(1)],
        ..Running::default()
    };
    s.running_replace("2026-10", fresh).await.unwrap();
    assert_eq!(s.running_cells("2026-10").await.unwrap(), []);
    assert_eq!(s.running_tickets().await.unwrap(), []);
    assert_eq!(s.running_handling().await.unwrap(), [sum(1)]);
}
