//! Staff, connectors, sessions, the throttle.

use crate::fixture::{Fixture, NOW, is_refused};
use store::{Audited, Connector, Session, Staff};

crate::cases!(
    staff_are_found_by_login_and_by_id,
    a_session_ends_by_its_term_or_by_signing_out,
    failed_sign_ins_lock_a_login_and_a_success_forgets_them,
    a_connector_is_known_by_its_key,
    what_an_auditor_asks_about_is_kept_in_order,
);

fn staff(n: u64) -> Staff {
    Staff {
        id: format!("S{n}"),
        login: format!("login{n}"),
        name: "召".into(),
        role: "handler".into(),
        unit: "U1".into(),
        win: (n == 1).then(|| "W1".into()),
        password_hash: "$argon2id$".into(),
        left_on: None,
    }
}

async fn staff_are_found_by_login_and_by_id(f: Fixture) {
    f.store.put_staff(&[staff(1), staff(2)]).await.unwrap();
    let renamed = Staff {
        name: "岩".into(),
        win: None,
        ..staff(1)
    };
    f.store
        .put_staff(std::slice::from_ref(&renamed))
        .await
        .unwrap();
    assert_eq!(f.store.staff().await.unwrap(), [renamed.clone(), staff(2)]);
    assert_eq!(
        f.store.staff_by_login("login1").await.unwrap(),
        Some(renamed.clone())
    );
    assert_eq!(f.store.staff_by_id("S1").await.unwrap(), Some(renamed));
    assert_eq!(f.store.staff_by_login("LOGIN1").await.unwrap(), None);
}

async fn a_session_ends_by_its_term_or_by_signing_out(f: Fixture) {
    let session = |n: u8, expires_at| Session {
        token_hash: vec![n; 32],
        staff: "S1".into(),
        created_at: NOW,
        expires_at,
        used_at: NOW,
    };
    assert!(
        is_refused(&f.store.session_put(session(9, NOW + 9)).await.unwrap_err()),
        "no such staff"
    );
    f.store.put_staff(&[staff(1)]).await.unwrap();
    f.store.session_put(session(1, NOW + 10)).await.unwrap();
    f.store.session_put(session(2, NOW + 20)).await.unwrap();
    assert_eq!(
        f.store.session(&[1; 32], NOW).await.unwrap(),
        Some(session(1, NOW + 10))
    );
    assert_eq!(f.store.session(&[1; 32], NOW + 10).await.unwrap(), None);
    f.store.sessions_expire(NOW + 10).await.unwrap();
    assert_eq!(f.store.session(&[1; 32], NOW).await.unwrap(), None);
    f.store.session_delete(&[2; 32]).await.unwrap();
    assert_eq!(f.store.session(&[2; 32], NOW).await.unwrap(), None);

    f.store.put_staff(&[staff(2)]).await.unwrap();
    let other = Session {
        staff: "S2".into(),
        ..session(5, NOW + 20)
    };
    f.store.session_put(session(3, NOW + 20)).await.unwrap();
    f.store.session_put(session(4, NOW + 20)).await.unwrap();
    f.store.session_put(other.clone()).await.unwrap();
    f.store.session_used(&[5; 32], NOW + 7).await.unwrap();
    f.store.session_used(&[5; 32], NOW + 3).await.unwrap();
    let used = f.store.session(&[5; 32], NOW).await.unwrap().unwrap();
    assert_eq!(used.used_at, NOW + 7, "it never goes back");
    let other = Session {
        used_at: NOW + 7,
        ..other
    };
    f.store.end_sessions("S1").await.unwrap();
    for token in [3, 4] {
        assert_eq!(f.store.session(&[token; 32], NOW).await.unwrap(), None);
    }
    assert_eq!(f.store.session(&[5; 32], NOW).await.unwrap(), Some(other));
}

async fn failed_sign_ins_lock_a_login_and_a_success_forgets_them(f: Fixture) {
    const LOCK: i64 = 100;
    let tried = async |login: &str, at: i64| {
        let throttle = f.store.throttle_tried(login, 3, NOW + at, LOCK).await;
        let throttle = throttle.unwrap();
        (throttle.failures, throttle.locked_until - NOW)
    };
    assert_eq!(f.store.throttle("x").await.unwrap(), None);
    for (at, seen) in [
        (1, (1, 1)),
        (2, (2, 2)),
        (3, (3, 103)),
        // Whoever tries while it is locked does not lock it for longer.
        (4, (4, 103)),
        (102, (5, 103)),
        // A lock that is over starts anew.
        (103, (1, 103)),
        (104, (2, 104)),
        // And so does a login whose last try was long ago.
        (204, (1, 204)),
    ] {
        assert_eq!(tried("x", at).await, seen, "at {at}");
    }
    // One that lies further ahead than it could was set by a wrong clock.
    assert_eq!(tried("x", -500).await, (1, -500));
    f.store.throttle_clear("x").await.unwrap();
    assert_eq!(f.store.throttle("x").await.unwrap(), None);
    // The last try that locks is given back with its lock.
    for _ in 0..3 {
        f.store
            .throttle_tried("at:N:a_b", 3, NOW, LOCK)
            .await
            .unwrap();
    }
    f.store.throttle_back("at:N:a_b", 3, NOW).await.unwrap();
    let back = f.store.throttle("at:N:a_b").await.unwrap().unwrap();
    assert_eq!((back.failures, back.locked_until), (2, NOW));
    f.store
        .throttle_tried("at:N:c", 3, NOW, LOCK)
        .await
        .unwrap();
    f.store.throttle_forget("a_b").await.unwrap();
    assert_eq!(f.store.throttle("at:N:a_b").await.unwrap(), None);
    assert!(f.store.throttle("at:N:c").await.unwrap().is_some());
    f.store.throttle_clear("at:N:c").await.unwrap();
    let once = f.store.throttle_tried("y", 1, NOW, LOCK).await.unwrap();
    assert_eq!(once.locked_until, NOW + LOCK);
    f.store.throttles_expire(NOW + LOCK - 1).await.unwrap();
    assert!(f.store.throttle("y").await.unwrap().is_some());
    f.store.throttles_expire(NOW + LOCK).await.unwrap();
    assert_eq!(f.store.throttle("y").await.unwrap(), None);
}

async fn a_connector_is_known_by_its_key(f: Fixture) {
    let connector = |key: u8| Connector {
        id: "C1".into(),
        unit: "U1".into(),
        key_hash: vec![key; 32],
    };
    f.store.put_connector(connector(1)).await.unwrap();
    f.store.put_connector(connector(2)).await.unwrap();
    assert_eq!(f.store.connector_by_key(&[1; 32]).await.unwrap(), None);
    assert_eq!(
        f.store.connector_by_key(&[2; 32]).await.unwrap(),
        Some(connector(2))
    );
    let known = f.store.connectors().await.unwrap();
    assert_eq!(known, vec![connector(2)]);
    f.store.delete_connector("C1").await.unwrap();
    assert_eq!(f.store.connector_by_key(&[2; 32]).await.unwrap(), None);
}

/// One line of the audit.
pub fn audited(n: u64, ticket: Option<u64>) -> Audited {
    Audited {
        id: crate::fixture::id(n),
        at: NOW + n as i64,
        day: "2026-10-30".into(),
        kind: "revealed".into(),
        staff: Some("S1".into()),
        network: "N".into(),
        unit: ticket.map(|_| "U1".into()).unwrap_or_default(),
        ticket: ticket.map(crate::fixture::id),
    }
}

async fn what_an_auditor_asks_about_is_kept_in_order(f: Fixture) {
    let all = [audited(1, None), audited(2, Some(7)), audited(3, Some(8))];
    for one in all.iter().rev() {
        f.store.audit(one.clone()).await.unwrap();
    }
    assert_eq!(f.store.audited(NOW, NOW + 9, 10).await.unwrap(), all);
    assert_eq!(
        f.store.audited(NOW + 2, NOW + 2, 10).await.unwrap(),
        all[1..2]
    );
    assert_eq!(f.store.audited(NOW, NOW + 9, 2).await.unwrap(), all[..2]);
    let of = f
        .store
        .audited_of_ticket("U1", &crate::fixture::id(7))
        .await;
    assert_eq!(of.unwrap(), all[1..2]);
}
