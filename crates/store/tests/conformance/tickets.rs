//! Tickets: the stream, the projection, the worklist.

use crate::fixture::{DAY, Fixture, NEXT, NOW, follows, id, number_of, private, rating, ticket};
use store::{
    Deciding, Follows, NewRating, NewTicketEvent, RatingEvent, StoreError, TicketAppend, TicketRow,
    WorklistFilter, WorklistKey, WorklistScope,
};

crate::cases!(
    a_row_is_refreshed_only_while_its_ticket_has_not_moved_on,
    an_append_states_the_event_it_follows,
    of_two_appends_at_once_one_is_told_to_read_again,
    a_projection_can_be_rebuilt_from_the_events,
    the_worklist_pages_by_due_date_and_number_in_one_order,
    a_number_that_is_taken_is_followed_by_the_next_one_offered,
    the_sight_of_a_ticket_is_read_alike_whether_there_is_one_or_not,
    two_servers_open_every_ticket_once,
    the_open_tickets_of_whoever_left_are_shown_as_to_be_given,
    a_ticket_that_a_crash_kept_from_being_opened_is_opened_with_its_day,
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
    assert_eq!(seen, [(1, "opened", 1, 1), (2, "assigned", 2, 1)]);
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
            news_on: rated.day,
        };
        let served = ["S1".to_owned()];
        f.store.put_ticket_projection(row, &served).await.unwrap();
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
        let unit = if n % 2 == 0 { "U1" } else { "U2" };
        batch.push(NewRating {
            unit: unit.into(),
            ..rating(n, 1)
        });
    }
    let various = |version: &RatingEvent| {
        let n = number_of(&version.rating);
        let mut opened = ticket(n);
        opened.numbers = vec![format!("{}{n:02}", prefixes[n as usize % prefixes.len()])];
        opened.due = (!n.is_multiple_of(4)).then(|| format!("2026-11-0{}", 1 + n % 3));
        opened.handler = n.is_multiple_of(3).then(|| "S7".into());
        opened.state = if n.is_multiple_of(5) {
            "closed".into()
        } else {
            "to_assign".into()
        };
        Ok(Follows {
            ticket: Some(opened),
            amended: None,
        })
    };
    f.store.ingest("a", &batch).await.unwrap();
    let deciding = Deciding {
        bad_up_to: 2,
        decide: &various,
    };
    f.store.follow_ratings(deciding).await.unwrap();
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
    let about = all[1].clone();
    let served = ["p-duan".to_owned(), "p-sheng".to_owned()];
    f.store
        .put_ticket_projection(about.clone(), &served)
        .await
        .unwrap();
    let others = WorklistFilter {
        not_about: Some("p-duan".into()),
        limit: 100,
        ..WorklistFilter::default()
    };
    let seen = f.store.worklist(&others).await.unwrap();
    assert_eq!(seen.len(), all.len() - 1);
    assert!(!seen.contains(&about));
    // Up to a day: what is newer is not shown, but to whoever is in charge of it and it was opened by then.
    let mut newer = all
        .iter()
        .find(|row| row.handler.is_some())
        .unwrap()
        .clone();
    newer.news_on = NEXT.into();
    f.store
        .put_ticket_projection(newer.clone(), &[])
        .await
        .unwrap();
    let shown = async |released: &str, person: &str| {
        let filter = WorklistFilter {
            not_about: Some(person.into()),
            released: Some(released.into()),
            limit: 100,
            ..WorklistFilter::default()
        };
        f.store.worklist(&filter).await.unwrap().len()
    };
    assert_eq!(shown("2026-10-29", "S9").await, 0);
    assert_eq!(shown(DAY, "S9").await, all.len() - 1);
    assert_eq!(shown(NEXT, "S9").await, all.len());
    assert_eq!(
        shown(DAY, "S7").await,
        all.len(),
        "whoever is in charge of it"
    );
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

async fn a_number_that_is_taken_is_followed_by_the_next_one_offered(f: Fixture) {
    let offered = |version: &RatingEvent| {
        let mut follows = follows(version)?;
        if let Some(ticket) = &mut follows.ticket {
            ticket.numbers = vec!["G1".into(), "G2".into(), "G3".into()];
        }
        Ok(follows)
    };
    let deciding = Deciding {
        bad_up_to: 2,
        decide: &offered,
    };
    f.store
        .ingest("a", &[rating(1, 1), rating(2, 1)])
        .await
        .unwrap();
    f.store.follow_ratings(deciding).await.unwrap();
    f.store.ingest("a", &[rating(3, 2)]).await.unwrap();
    f.store.follow_ratings(deciding).await.unwrap();
    let numbers = async || {
        let rows = f.store.list_tickets(None, 10).await.unwrap();
        rows.into_iter().map(|row| row.number).collect::<Vec<_>>()
    };
    assert_eq!(numbers().await, ["G1", "G2", "G3"]);
    // Where none is free nothing is lost: it is opened when others are offered.
    f.store.ingest("a", &[rating(4, 2)]).await.unwrap();
    assert!(matches!(
        f.store.follow_ratings(deciding).await,
        Err(StoreError::Conflict(_))
    ));
    f.follow().await;
    assert_eq!(numbers().await, ["G1", "G2", "G3", "G0004"]);
}

async fn the_sight_of_a_ticket_is_read_alike_whether_there_is_one_or_not(f: Fixture) {
    f.accept(rating(1, 1)).await;
    let seen = f.store.ticket_sight("G0001", "S1").await.unwrap();
    assert_eq!((seen.unit.as_deref(), seen.served), (Some("U1"), 1));
    assert_eq!(seen.news_on.as_deref(), Some(DAY));
    assert_eq!(f.store.ticket_sight("G0001", "S2").await.unwrap().served, 0);
    let none = f.store.ticket_sight("G9999", "S1").await.unwrap();
    assert_eq!((none.unit, none.ticket, none.served), (None, None, 0));
}

async fn two_servers_open_every_ticket_once(f: Fixture) {
    let other = f.another().await;
    for n in 0..20 {
        f.store.ingest("a", &[rating(n, 1)]).await.unwrap();
    }
    let (one, two) = tokio::join!(
        f.store.follow_ratings(crate::fixture::deciding()),
        other.follow_ratings(crate::fixture::deciding())
    );
    one.and(two).unwrap();
    assert_eq!(f.store.list_tickets(None, 100).await.unwrap().len(), 20);
    assert_eq!(f.store.opened_tickets(None, 100).await.unwrap().len(), 20);
}

async fn a_ticket_that_a_crash_kept_from_being_opened_is_opened_with_its_day(f: Fixture) {
    f.store
        .ingest("a", &[rating(1, 1), rating(2, 5)])
        .await
        .unwrap();
    assert_eq!(f.store.list_tickets(None, 10).await.unwrap(), []);
    let restarted = f.another().await;
    let closed = restarted.door_close(DAY, NEXT, NOW, crate::fixture::deciding());
    closed.await.unwrap();
    let rows = f.store.list_tickets(None, 10).await.unwrap();
    let events = f.store.ticket_events("U1", &rows[0].ticket).await.unwrap();
    assert_eq!(
        (rows.len(), events[0].day.as_str()),
        (1, DAY),
        "before the day is over"
    );
}

async fn the_open_tickets_of_whoever_left_are_shown_as_to_be_given(f: Fixture) {
    for n in 1..=3 {
        f.accept(rating(n, 1)).await;
    }
    let rows = f.store.list_tickets(None, 10).await.unwrap();
    for (row, closed_on) in rows.iter().zip([None, Some(DAY), None]) {
        let given = TicketRow {
            handler: (row.number != "G0003").then(|| "S2".into()),
            state: "verifying".into(),
            closed_on: closed_on.map(str::to_owned),
            ..row.clone()
        };
        f.store.put_ticket_projection(given, &[]).await.unwrap();
    }
    let anew = f.store.tickets_without_handler("S2", "to_assign").await;
    assert_eq!(anew.unwrap(), ["G0001"]);
    let rows = f.store.list_tickets(None, 10).await.unwrap();
    let states: Vec<&str> = rows.iter().map(|row| row.state.as_str()).collect();
    assert_eq!(states, ["to_assign", "verifying", "verifying"]);
}
