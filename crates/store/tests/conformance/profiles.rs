//! Continuations of lapsed profiles.

use crate::fixture::{DAY, Fixture, NOW};
use store::{ProfileContinuation, StoreError};

crate::cases!(a_continuation_is_appended_at_the_place_it_states_and_read_in_order);

pub fn continuation(seq: i64, document_no: &str) -> ProfileContinuation {
    ProfileContinuation {
        profile: "jilin".to_owned(),
        seq,
        version: "2020".to_owned(),
        document_no: document_no.to_owned(),
        valid_to: "2027-08-08".to_owned(),
        recorded_on: DAY.to_owned(),
        recorded_at: NOW,
        actor: "p-zhou".to_owned(),
    }
}

// clause: J-28
async fn a_continuation_is_appended_at_the_place_it_states_and_read_in_order(f: Fixture) {
    assert_eq!(f.store.profile_continuations().await.unwrap(), []);
    let (first, second) = (
        continuation(1, "吉市政发〔2026〕1号"),
        continuation(2, "吉市政发〔2026〕2号"),
    );
    f.store.profile_continue(first.clone()).await.unwrap();
    f.store.profile_continue(second.clone()).await.unwrap();
    let late = f
        .store
        .profile_continue(continuation(2, "吉市政发〔2026〕3号"))
        .await;
    assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
    assert_eq!(
        f.store.profile_continuations().await.unwrap(),
        [first, second]
    );
}
