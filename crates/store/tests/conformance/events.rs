//! Service events and their links.

use crate::fixture::{Fixture, NOW};
use store::{PushOutcome, ServiceEvent};

crate::cases!(
    a_pushed_event_is_found_by_its_case_and_by_its_link,
    a_push_can_be_repeated_and_never_changes_what_is_there,
    only_the_event_at_fault_is_refused,
);

pub fn event(n: i64) -> ServiceEvent {
    ServiceEvent {
        unit: "U1".into(),
        project_no: format!("P{n:03}"),
        service_no: 1,
        item: "I1".into(),
        hall: "H1".into(),
        win: "W1".into(),
        staff: None,
        served_on: "2026-10-30".into(),
        received_at: NOW,
        profile: "national".into(),
        profile_version: "2020".into(),
        code_hash: n.to_be_bytes().to_vec(),
    }
}

async fn a_pushed_event_is_found_by_its_case_and_by_its_link(f: Fixture) {
    let pushed = event(1);
    assert_eq!(
        f.store
            .push_events(std::slice::from_ref(&pushed))
            .await
            .unwrap(),
        [PushOutcome::Accepted]
    );
    assert_eq!(
        f.store.event("U1", "P001", 1).await.unwrap().as_ref(),
        Some(&pushed)
    );
    assert_eq!(
        f.store.event_by_code(&pushed.code_hash).await.unwrap(),
        Some(pushed)
    );
    assert_eq!(f.store.event_by_code(b"another").await.unwrap(), None);
}

async fn a_push_can_be_repeated_and_never_changes_what_is_there(f: Fixture) {
    f.store.push_events(&[event(1)]).await.unwrap();
    let other = ServiceEvent {
        item: "I2".into(),
        ..event(1)
    };
    let again = ServiceEvent {
        received_at: NOW + 1,
        ..event(1)
    };
    let outcomes = f
        .store
        .push_events(&[event(1), again.clone(), other.clone(), event(2)])
        .await
        .unwrap();
    use PushOutcome::{Accepted, Different, SameAgain};
    assert_eq!(outcomes, [SameAgain, SameAgain, Different, Accepted]);
    let second = f.store.event("U1", "P002", 1).await.unwrap();
    assert_eq!(second, None, "what is sent together is stored together");
    assert_eq!(
        f.store.push_events(&[other, again]).await.unwrap(),
        [Different, SameAgain]
    );
    assert_eq!(
        f.store.event("U1", "P001", 1).await.unwrap(),
        Some(event(1))
    );
}

async fn only_the_event_at_fault_is_refused(f: Fixture) {
    let mut events: Vec<ServiceEvent> = (1..=40).map(event).collect();
    events[17].service_no = 0;
    let outcomes = f.store.push_events(&events).await.unwrap();
    for (i, outcome) in outcomes.iter().enumerate() {
        assert_eq!(
            matches!(outcome, PushOutcome::Refused(_)),
            i == 17,
            "{i}: {outcome:?}"
        );
    }
    assert_eq!(f.store.event("U1", "P001", 1).await.unwrap(), None);
    assert_eq!(f.store.push_events(&[]).await.unwrap(), []);
}
