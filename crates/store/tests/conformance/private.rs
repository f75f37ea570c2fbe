//! The private table.

use crate::fixture::{DAY, Fixture, NEXT, NOW, follows, id, private, rating};

use store::Deciding;

crate::cases!(
    a_private_row_is_put_read_and_deleted,
    deleting_private_rows_leaves_everything_else_valid,
);

async fn a_private_row_is_put_read_and_deleted(f: Fixture) {
    let row = private(1, "contact");
    f.store.private_put(row.clone()).await.unwrap();
    f.store.private_put(private(2, "text")).await.unwrap();
    assert_eq!(
        f.store.private_get(&row.id).await.unwrap(),
        Some(row.clone())
    );
    assert!(f.store.private_delete(&row.id).await.unwrap());
    assert!(!f.store.private_delete(&row.id).await.unwrap());
    assert_eq!(f.store.private_expire(NOW).await.unwrap(), 0);
    assert_eq!(f.store.private_expire(NOW + 1).await.unwrap(), 1);
    assert_eq!(
        f.store.private_get(&private(2, "text").id).await.unwrap(),
        None
    );
}

async fn deleting_private_rows_leaves_everything_else_valid(f: Fixture) {
    let mut bad = rating(1, 1);
    bad.private = vec![private(1, "text"), private(2, "contact")];
    bad.private_text = Some(private(1, "text").id);
    bad.private_contact = Some(private(2, "contact").id);
    bad.text_hash = Some(vec![5; 32]);
    f.store.ingest("a", &[bad]).await.unwrap();
    let with_words = |version: &store::RatingEvent| {
        let mut follows = follows(version)?;
        if let Some(ticket) = &mut follows.ticket {
            ticket.event.private = Some(private(3, "text"));
        }
        Ok(follows)
    };
    let deciding = Deciding {
        bad_up_to: 2,
        decide: &with_words,
    };
    f.store.door_close(DAY, NEXT, NOW, deciding).await.unwrap();
    let s = &f.store;
    let look = async || {
        let ticket = s.ticket_of_rating("U1", &id(1)).await.unwrap().unwrap();
        (
            s.rating_events("U1", &id(1)).await.unwrap(),
            s.ticket_events("U1", &ticket.ticket).await.unwrap(),
            ticket,
            s.rollup_totals("", DAY).await.unwrap(),
            s.rating_by_code(b"receipt-1").await.unwrap(),
        )
    };
    let before = look().await;
    assert_eq!(before.1[0].private, Some(private(3, "text").id));
    for n in 1..=3 {
        assert!(s.private_delete(&private(n, "").id).await.unwrap());
    }
    assert_eq!(look().await, before);
}
