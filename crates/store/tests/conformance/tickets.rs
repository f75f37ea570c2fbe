//! Tickets: the stream, the projection, the worklist.

use crate::fixture::{Fixture, NOW, id, private, rating, ticket};
use store::{
    NewRating, NewTicketEvent, StoreError, TicketAppend, TicketRow, WorklistFilter, WorklistKey,
    WorklistScope,
};

crate::cases!(
    a_row_is_refreshed_only_while_its_ticket_has_not_moved_on,
    an_append_states_the_event_it_follows,
    of_two_appends_at_once_one_is_told_to_read_again,
    a_projection_can_be_rebuilt_from_the_events,
    the_worklist_pages_by_due_date_and_number_in_one_order,
);

fn assigned(row: &TicketRow, expected_seq: i64) -> TicketAppend {
    TicketAppend {
        expected_seq,
        event: NewTicketEvent {
            kind: "assigned".into(),
            body: "{\"handler\":\"S2\"}".into(),
            actor: "S9".into(),
            at: NOW,
            private: Some(private(expected_seq as u64, "text")),
        },
        projection: TicketRow {
            state: "to_contact".into(),
            handler: Some("S2".into()),
            ..row.clone()
        },
    }
}

async fn an_append_states_the_event_it_follows(f: Fixture) {
    f.accept(rating(1, 1)).await;
    let row = f
        .store
        .ticket_of_rating("U1", &id(1))
        .await
        .unwrap()
        .unwrap();
    for wrong in [0, 2, 7] {
        let outcome = f.store.append_ticket("a", assigned(&row, wrong)).await;
        assert!(
            matches!(outcome, Err(StoreError::Conflict(_))),
            "{wrong}: {outcome:?}"
        );
    }
    assert_eq!(
        f.store.append_ticket("a", assigned(&row, 1)).await.unwrap(),
        2
    );
    let events = f.store.ticket_events("U1", &row.ticket).await.unwrap();
    let seen: Vec<_> = events
        .iter()
        .map(|e| (e.seq, e.kind.as_str(), e.batch, e.pos))
        .collect();
    assert_eq!(seen, [(1, "opened", 1, 2), (2, "assigned", 2, 1)]);
    assert_eq!(events[1].private, Some(private(1, "text").id));
    assert!(
        f.store
            .private_get(&private(1, "text").id)
            .await
            .unwrap()
            .is_some()
    );
    let after = f.store.ticket("U1", &row.ticket).await.unwrap().unwrap();
    assert_eq!(
        (
            after.state.as_str(),
            after.handler.as_deref(),
            after.last_seq
        ),
        ("to_contact", Some("S2"), 2)
    );
    assert_eq!(after.number, row.number);
    let stranger = TicketRow {
        ticket: id(555),
        ..row
    };
    assert!(matches!(
        f.store.append_ticket("a", assigned(&stranger, 1)).await,
        Err(StoreError::Conflict(_))
    ));
}

async fn of_two_appends_at_once_one_is_told_to_read_again(f: Fixture) {
    f.accept(rating(1, 1)).await;
    let row = f
        .store
        .ticket_of_rating("U1", &id(1))
        .await
        .unwrap()
        .unwrap();
    let other = f.another().await;
    let mut second = assigned(&row, 1);
    second.event.private = None;
    let (a, b) = tokio::join!(
        f.store.append_ticket("a", assigned(&row, 1)),
        other.append_ticket("b", second)
    );
    assert_eq!(
        [&a, &b].into_iter().filter(|o| **o == Ok(2)).count(),
        1,
        "{a:?} {b:?}"
    );
    assert_eq!(
        [a, b]
            .iter()
            .filter(|o| matches!(o, Err(StoreError::Conflict(_))))
            .count(),
        1
    );
    assert_eq!(
        f.store
            .ticket_events("U1", &row.ticket)
            .await
            .unwrap()
            .len(),
        2
    );
}

async fn a_projection_can_be_rebuilt_from_the_events(f: Fixture) {
    for n in 1..=5 {
        f.accept(rating(n, 1)).await;
    }
    let before = f.store.list_tickets(None, 100).await.unwrap();
    f.raw("DELETE FROM ticket").await.unwrap();
    assert_eq!(f.store.list_tickets(None, 100).await.unwrap(), []);
    let mut opened = f.store.opened_tickets(None, 3).await.unwrap();
    let last = opened[2].clone();
    opened.extend(
        f.store
            .opened_tickets(Some((&last.unit, &last.ticket)), 3)
            .await
            .unwrap(),
    );
    assert_eq!(opened.len(), 5);
    for event in opened {
        let rating_id = event.rating.unwrap();
        let rated = f
            .store
            .rating_events("U1", &rating_id)
            .await
            .unwrap()
            .remove(0);
        let row = TicketRow {
            unit: event.unit,
            ticket: event.ticket,
            number: event.number.unwrap(),
            rating: rating_id,
            state: "to_assign".into(),
            level: rated.level,
            identity: rated.identity,
            handler: None,
            rated_staff: Some("S1".into()),
            hall: rated.hall,
            win: rated.win,
            item: rated.item,
            opened_on: event.day,
            due: Some("2026-11-02".into()),
            closed_on: None,
            last_seq: event.seq,
        };
        f.store.put_ticket_projection(row).await.unwrap();
    }
    assert_eq!(f.store.list_tickets(None, 100).await.unwrap(), before);
    let tail = f
        .store
        .list_tickets(Some((&before[3].unit, &before[3].ticket)), 100)
        .await
        .unwrap();
    assert_eq!(tail, before[4..]);
}

async fn the_worklist_pages_by_due_date_and_number_in_one_order(f: Fixture) {
    let prefixes = ["a", "B", "é", "Z", "办", "-", "_", "一", "A"];
    let mut batch = Vec::new();
    for n in 0..36_u64 {
        let mut opened = ticket(n);
        opened.number_prefix = prefixes[n as usize % prefixes.len()].into();
        opened.due = (n % 4 != 0).then(|| format!("2026-11-0{}", 1 + n % 3));
        opened.handler = (n % 3 == 0).then(|| "S7".into());
        opened.state = if n % 5 == 0 {
            "closed".into()
        } else {
            "to_assign".into()
        };
        let unit = if n % 2 == 0 { "U1" } else { "U2" };
        batch.push(NewRating {
            unit: unit.into(),
            ticket: Some(opened),
            ..rating(n, 1)
        });
    }
    f.store.ingest("a", &batch).await.unwrap();
    let states =
        |codes: &[&str]| -> Vec<String> { codes.iter().map(|s| (*s).to_owned()).collect() };
    let of_unit = |unit: &str, given_to: &str| WorklistScope::Unit {
        unit: unit.into(),
        given_to: given_to.into(),
    };
    let lists = [
        (WorklistScope::All, states(&[])),
        (WorklistScope::All, states(&["to_assign"])),
        (of_unit("U1", "S0"), states(&[])),
        (of_unit("U1", "S7"), states(&[])),
        (of_unit("U2", "S7"), states(&["closed", "to_assign"])),
        (WorklistScope::Handler("S7".into()), states(&[])),
        (WorklistScope::Handler("S7".into()), states(&["to_assign"])),
    ];
    for (scope, states) in lists {
        let mut expected = f.store.list_tickets(None, 100).await.unwrap();
        expected.retain(|t| match &scope {
            WorklistScope::All => true,
            WorklistScope::Unit { unit, given_to } => {
                t.unit == *unit || t.handler.as_ref() == Some(given_to)
            }
            WorklistScope::Handler(person) => t.handler.as_ref() == Some(person),
        });
        expected.retain(|t| states.is_empty() || states.contains(&t.state));
        expected.sort_by_key(|t| (t.due.is_none(), t.due.clone(), t.number.clone()));
        assert_ne!(expected, [], "{scope:?} shows something");
        let mut pages: Vec<TicketRow> = Vec::new();
        loop {
            let after = pages.last().map(|t| WorklistKey {
                due: t.due.clone(),
                number: t.number.clone(),
            });
            let filter = WorklistFilter {
                scope: scope.clone(),
                states: states.clone(),
                after,
                limit: 5,
                ..WorklistFilter::default()
            };
            let page = f.store.worklist(&filter).await.unwrap();
            if page.is_empty() {
                break;
            }
            pages.extend(page);
        }
        assert_eq!(pages, expected);
    }
    let all = f.store.list_tickets(None, 100).await.unwrap();
    let mut about = all[1].clone();
    about.rated_staff = Some("p-duan".into());
    f.store.put_ticket_projection(about.clone()).await.unwrap();
    let others = WorklistFilter {
        not_about: Some("p-duan".into()),
        limit: 100,
        ..WorklistFilter::default()
    };
    let seen = f.store.worklist(&others).await.unwrap();
    assert_eq!(seen.len(), all.len() - 1);
    assert!(!seen.contains(&about));
    let too_many = WorklistFilter {
        states: vec![String::new(); 9],
        ..WorklistFilter::default()
    };
    assert!(matches!(
        f.store.worklist(&too_many).await,
        Err(StoreError::Internal(_))
    ));
}

async fn a_row_is_refreshed_only_while_its_ticket_has_not_moved_on(f: Fixture) {
    f.accept(rating(1, 1)).await;
    let row = async || {
        let row = f.store.ticket_of_rating("U1", &id(1)).await.unwrap();
        row.unwrap()
    };
    let fresh = TicketRow {
        state: "verifying".into(),
        ..row().await
    };
    assert!(
        f.store
            .refresh_ticket_projection(fresh.clone())
            .await
            .unwrap()
    );
    assert_eq!(row().await, fresh);
    let stale = TicketRow {
        state: "closed".into(),
        last_seq: fresh.last_seq - 1,
        ..fresh.clone()
    };
    assert!(!f.store.refresh_ticket_projection(stale).await.unwrap());
    assert_eq!(row().await, fresh);
}
