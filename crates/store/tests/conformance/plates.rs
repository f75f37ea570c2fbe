//! Plates over time.

use crate::fixture::{DAY, Fixture, NOW};
use store::{Hall, Plate, PlateContent, PlateRevocation, StoreError, Unit, Window};

crate::cases!(
    rotating_makes_the_next_version_and_takes_the_old_one_out_of_use_at_once,
    a_rotation_that_comes_second_changes_nothing,
    a_plate_is_revoked_once,
    what_a_plate_says_is_written_once,
);

fn plate(version: i64) -> Plate {
    Plate {
        code: format!("p-{version}"),
        short_code: format!("AB{version}"),
        win: "W1".into(),
        version,
        revoked: false,
    }
}

fn content(version: i64) -> PlateContent {
    PlateContent {
        plate: format!("p-{version}"),
        win: "W1".into(),
        version,
        short_code: format!("AB{version}"),
        hall_name: "厅".into(),
        window_no: "01".into(),
        window_name: "窗口".into(),
        unit_name: "局".into(),
        item_name: None,
        made_on: Some(DAY.into()),
        made_by: (version > 1).then(|| "S1".into()),
    }
}

fn revocation(version: i64) -> PlateRevocation {
    PlateRevocation {
        plate: format!("p-{version}"),
        revoked_on: DAY.into(),
        revoked_at: NOW,
        revoked_by: "S1".into(),
    }
}

/// A window with its first plate.
async fn furnish(f: &Fixture) {
    let s = &f.store;
    s.put_units(&[Unit {
        code: "U1".into(),
        name: "局".into(),
        in_hall: true,
    }])
    .await
    .unwrap();
    s.put_halls(&[Hall {
        code: "H1".into(),
        name: "厅".into(),
        ..Hall::default()
    }])
    .await
    .unwrap();
    s.put_windows(&[Window {
        code: "W1".into(),
        hall: "H1".into(),
        unit: "U1".into(),
        no: "01".into(),
        name: "窗口".into(),
        item: None,
    }])
    .await
    .unwrap();
    s.put_plates(&[plate(1)]).await.unwrap();
    s.put_plate_contents(&[content(1)]).await.unwrap();
}

/// A window whose plate was rotated once.
pub async fn rotated(f: &Fixture) {
    furnish(f).await;
    let rotated = f.store.plate_rotate(plate(2), content(2), revocation(1));
    rotated.await.unwrap();
}

async fn rotating_makes_the_next_version_and_takes_the_old_one_out_of_use_at_once(f: Fixture) {
    rotated(&f).await;
    let old = Plate {
        revoked: true,
        ..plate(1)
    };
    assert_eq!(f.store.plates().await.unwrap(), [old, plate(2)]);
    let contents = f.store.plate_contents().await.unwrap();
    assert_eq!(contents, [content(1), content(2)]);
    let revoked = f.store.plate_revocations().await.unwrap();
    assert_eq!(revoked, [revocation(1)]);
}

async fn a_rotation_that_comes_second_changes_nothing(f: Fixture) {
    rotated(&f).await;
    let before = f.store.plates().await.unwrap();
    let same_version = Plate {
        code: "p-x".into(),
        short_code: "ABX".into(),
        ..plate(2)
    };
    let says = PlateContent {
        plate: "p-x".into(),
        short_code: "ABX".into(),
        ..content(2)
    };
    let same_short_code = Plate {
        code: "p-3".into(),
        ..plate(1)
    };
    for (fresh, says) in [(same_version, says), (same_short_code, content(3))] {
        let late = f.store.plate_rotate(fresh, says, revocation(2)).await;
        assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
        assert_eq!(f.store.plates().await.unwrap(), before);
        assert_eq!(f.store.plate_contents().await.unwrap().len(), 2);
        assert_eq!(f.store.plate_revocations().await.unwrap().len(), 1);
    }
    // Two servers at once: one of them makes the next version.
    let other = f.another().await;
    let twin = Plate {
        code: "p-y".into(),
        short_code: "ABY".into(),
        ..plate(3)
    };
    let says = PlateContent {
        plate: "p-y".into(),
        short_code: "ABY".into(),
        ..content(3)
    };
    let (a, b) = tokio::join!(
        f.store.plate_rotate(plate(3), content(3), revocation(2)),
        other.plate_rotate(twin, says, revocation(2)),
    );
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    let valid = f.store.plates().await.unwrap().into_iter();
    assert_eq!(valid.filter(|plate| !plate.revoked).count(), 1);
}

async fn a_plate_is_revoked_once(f: Fixture) {
    furnish(&f).await;
    f.store.plate_revoke(revocation(1)).await.unwrap();
    let again = PlateRevocation {
        revoked_by: "S2".into(),
        ..revocation(1)
    };
    for wrong in [again, revocation(9)] {
        let late = f.store.plate_revoke(wrong).await;
        assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
    }
    assert!(f.store.plate("p-1").await.unwrap().unwrap().revoked);
    let revoked = f.store.plate_revocations().await.unwrap();
    assert_eq!(revoked, [revocation(1)]);
}

async fn what_a_plate_says_is_written_once(f: Fixture) {
    furnish(&f).await;
    let other = PlateContent {
        window_name: "别的".into(),
        ..content(1)
    };
    f.store.put_plate_contents(&[other]).await.unwrap();
    let contents = f.store.plate_contents().await.unwrap();
    assert_eq!(contents, [content(1)]);
}
