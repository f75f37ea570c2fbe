//! Staff, connectors, sessions, the throttle.

use crate::fixture::{Fixture, NOW, is_refused};
use store::{Connector, Session, Staff};

crate::cases!(
    staff_are_found_by_login_and_by_id,
    a_session_ends_by_its_term_or_by_signing_out,
    failed_sign_ins_lock_a_login_and_a_success_forgets_them,
    a_connector_is_known_by_its_key,
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
    f.store.end_sessions("S1").await.unwrap();
    for token in [3, 4] {
        assert_eq!(f.store.session(&[token; 32], NOW).await.unwrap(), None);
    }
    assert_eq!(f.store.session(&[5; 32], NOW).await.unwrap(), Some(other));
}

async fn failed_sign_ins_lock_a_login_and_a_success_forgets_them(f: Fixture) {
    assert_eq!(f.store.throttle("x").await.unwrap(), None);
    let mut seen = Vec::new();
    for until in 1..=4 {
        let throttle = f.store.throttle_failed("x", 3, NOW + until).await.unwrap();
        seen.push((throttle.failures, throttle.locked_until));
    }
    assert_eq!(seen, [(1, 0), (2, 0), (3, NOW + 3), (4, NOW + 4)]);
    assert_eq!(f.store.throttle("x").await.unwrap().unwrap().failures, 4);
    f.store.throttle_clear("x").await.unwrap();
    assert_eq!(f.store.throttle("x").await.unwrap(), None);
    assert_eq!(
        f.store
            .throttle_failed("y", 1, NOW)
            .await
            .unwrap()
            .locked_until,
        NOW
    );
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
