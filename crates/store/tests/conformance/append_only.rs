//! What has been appended stays.

use crate::fixture::{DAY, Fixture, NEXT, NOW, deciding, rating};

crate::cases!(appended_rows_can_be_neither_changed_nor_deleted);

// clause: N-57, Q-31
async fn appended_rows_can_be_neither_changed_nor_deleted(f: Fixture) {
    f.store
        .push_events(&[crate::events::event(1)])
        .await
        .unwrap();
    f.accept(rating(1, 1)).await;
    f.store
        .door_close(DAY, NEXT, NOW, deciding())
        .await
        .unwrap();
    let told = crate::figures::release(DAY);
    f.store
        .released_write(DAY, told, store::Running::default(), NOW)
        .await
        .unwrap();
    f.store
        .profile_continue(crate::profiles::continuation(1, "吉市政发〔2026〕1号"))
        .await
        .unwrap();
    crate::plates::rotated(&f).await;
    crate::directory::named(&f).await;
    f.store
        .audit(crate::people::audited(1, None))
        .await
        .unwrap();
    for (table, column) in [
        ("audit", "kind"),
        ("place_name", "unit_name"),
        ("item_name", "name"),
        ("plate_content", "window_name"),
        ("plate_revocation", "revoked_by"),
        ("profile_continuation", "document_no"),
        ("service_event", "hall"),
        ("rating_event", "tags"),
        ("ticket_event", "body"),
        ("rollup", "item"),
        ("lane_batch", "day"),
        ("released_cell", "dim"),
        ("released_handling", "unit"),
        ("released_due", "unit"),
    ] {
        for sql in [
            format!("UPDATE {table} SET {column} = 'x'"),
            format!("DELETE FROM {table}"),
        ] {
            let refusal = f.raw(&sql).await.expect_err(&sql);
            assert!(refusal.contains("append-only"), "{sql}: {refusal}");
        }
    }
    assert_eq!(
        f.store
            .rating_events("U1", &crate::fixture::id(1))
            .await
            .unwrap()
            .len(),
        1
    );
}
