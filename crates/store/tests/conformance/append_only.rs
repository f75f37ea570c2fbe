//! What has been appended stays.

use crate::fixture::{DAY, Fixture, NEXT, NOW, deciding, rating};

crate::cases!(
    appended_rows_can_be_neither_changed_nor_deleted,
    what_pages_read_cannot_be_bent_past_the_program,
);

/// The day is over, and something of it is told.
async fn release(f: &Fixture) {
    f.store
        .door_close(DAY, NEXT, NOW, deciding())
        .await
        .unwrap();
    let told = crate::figures::release(DAY);
    f.store
        .released_write(DAY, told, store::Running::default(), NOW)
        .await
        .unwrap();
}

// clause: N-57, Q-31
async fn appended_rows_can_be_neither_changed_nor_deleted(f: Fixture) {
    f.store
        .push_events(&[crate::events::event(1)])
        .await
        .unwrap();
    f.accept(rating(1, 1)).await;
    release(&f).await;
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
        ("code", "purpose"),
        ("event_code", "unit"),
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

async fn what_pages_read_cannot_be_bent_past_the_program(f: Fixture) {
    f.accept(rating(1, 5)).await;
    f.accept(rating(2, 5)).await;
    release(&f).await;
    for sql in [
        "UPDATE released_month SET n = n + 1",
        "UPDATE released_month SET real_name = real_name + 1",
        "UPDATE released_month SET parent = 'unit:other'",
        "UPDATE released_month SET dim = 'item'",
        "UPDATE released_month SET month = '2026-09'",
        "DELETE FROM released_month",
        "INSERT INTO released_month (month, cell, dim, parent, subject_kind, level, n, real_name) \
         VALUES ('2026-10', 'unit:none', 'unit', 'region', 'window', 5, 100, 0)",
        "UPDATE lane_day SET ratings = ratings - 1",
        "UPDATE lane_day SET day = '2026-10-01'",
        "DELETE FROM lane_day",
        "UPDATE day_door SET state = 'open' WHERE state = 'sealed'",
        "UPDATE day_door SET released_at = 1 WHERE state = 'sealed'",
        "UPDATE day_door SET state = 'sealed' WHERE state = 'open'",
        "UPDATE day_door SET epoch = epoch + 10",
        "DELETE FROM day_door",
    ] {
        let refusal = f.raw(sql).await.expect_err(sql);
        assert!(
            refusal.contains("only grows as it should"),
            "{sql}: {refusal}"
        );
    }
}
