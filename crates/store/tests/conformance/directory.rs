//! The directory and the facts of the folder; the migrations.

use crate::fixture::{Fixture, is_refused};
use store::{County, Guide, Hall, Item, ItemName, PlaceName, Plate, Unit, Window};

crate::cases!(
    the_directory_comes_back_as_it_was_put,
    a_window_needs_its_hall,
    migrating_again_changes_nothing_even_at_the_same_time,
    names_are_kept_from_when_on_they_were_used,
);

async fn the_directory_comes_back_as_it_was_put(f: Fixture) {
    let unit = |n| Unit {
        code: format!("U{n}"),
        name: "局".into(),
        in_hall: n == 1,
    };
    let hall = |a: &str| Hall {
        code: "H1".into(),
        name: "厅".into(),
        address: a.into(),
        county: "芒市".into(),
    };
    let item = Item {
        code: "I1".into(),
        unit: "U1".into(),
        name: "事项".into(),
    };
    let window = |n: u64| Window {
        code: format!("W{n}"),
        hall: "H1".into(),
        unit: "U1".into(),
        no: format!("{n}"),
        name: "窗口".into(),
        item: (n == 1).then(|| "I1".into()),
    };
    let plate = |revoked| Plate {
        code: "p-1".into(),
        short_code: "AB12".into(),
        win: "W1".into(),
        version: 1,
        revoked,
    };
    let s = &f.store;
    s.put_units(&(1..=70).map(unit).collect::<Vec<_>>())
        .await
        .unwrap();
    let county = |name: &str| County {
        code: "539901".into(),
        name: name.into(),
    };
    s.put_counties(&[county("旧")]).await.unwrap();
    s.put_counties(&[county("新")]).await.unwrap();
    assert_eq!(s.counties().await.unwrap(), [county("新")]);
    s.put_halls(&[hall("旧")]).await.unwrap();
    s.put_halls(&[hall("新")]).await.unwrap();
    s.put_items(std::slice::from_ref(&item)).await.unwrap();
    let guide = |fee: &str| Guide {
        item: "I1".into(),
        title: "事项".into(),
        materials: "[]".into(),
        fee: fee.into(),
        ..Guide::default()
    };
    s.put_guides(&[guide("旧")]).await.unwrap();
    s.put_guides(&[guide("新")]).await.unwrap();
    assert_eq!(s.guides().await.unwrap(), [guide("新")]);
    s.put_windows(&[window(1), window(2)]).await.unwrap();
    s.put_plates(&[plate(false)]).await.unwrap();
    s.put_plates(&[plate(true)]).await.unwrap();
    let mut units: Vec<Unit> = (1..=70).map(unit).collect();
    units.sort_by(|a, b| a.code.cmp(&b.code));
    assert_eq!(s.units().await.unwrap(), units);
    assert_eq!(s.halls().await.unwrap(), [hall("新")]);
    assert_eq!(s.items().await.unwrap(), [item]);
    assert_eq!(s.windows().await.unwrap(), [window(1), window(2)]);
    assert_eq!(s.plates().await.unwrap(), [plate(true)]);
    assert_eq!(s.plate("p-1").await.unwrap(), Some(plate(true)));
    assert_eq!(
        s.plate_by_short_code("AB12").await.unwrap(),
        Some(plate(true))
    );
    assert_eq!(s.plate_by_short_code("ab12").await.unwrap(), None);
    s.meta_put("region", "旧").await.unwrap();
    s.meta_put("region", "德宏").await.unwrap();
    assert_eq!(s.meta("region").await.unwrap().as_deref(), Some("德宏"));
    assert_eq!(s.meta("nothing").await.unwrap(), None);
    s.ping().await.unwrap();
}

async fn a_window_needs_its_hall(f: Fixture) {
    let window = Window {
        code: "W1".into(),
        hall: "nowhere".into(),
        unit: "U1".into(),
        ..Window::default()
    };
    assert!(is_refused(
        &f.store.put_windows(&[window]).await.unwrap_err()
    ));
}

async fn migrating_again_changes_nothing_even_at_the_same_time(f: Fixture) {
    f.store.meta_put("kept", "yes").await.unwrap();
    let (other, third) = (f.another().await, f.another().await);
    let newest = f.store.migrate().await.unwrap();
    let (a, b, c) = tokio::join!(f.store.migrate(), other.migrate(), third.migrate());
    assert_eq!([a.unwrap(), b.unwrap(), c.unwrap()], [newest; 3]);
    assert_eq!(f.store.meta("kept").await.unwrap().as_deref(), Some("yes"));
}

/// What a window and an item were called, at first and later.
pub async fn named(f: &Fixture) -> (Vec<PlaceName>, Vec<ItemName>) {
    let place = |from_at, name: &str| PlaceName {
        win: "W1".into(),
        from_at,
        hall_name: "大厅".into(),
        window_no: "01".into(),
        window_name: name.into(),
        unit_name: "局".into(),
    };
    let item = |from_at, name: &str| ItemName {
        item: "I1".into(),
        from_at,
        name: name.into(),
    };
    let places = vec![place(0, "一"), place(9, "二")];
    let items = vec![item(0, "甲"), item(9, "乙")];
    f.store
        .put_names(places.clone(), items.clone())
        .await
        .unwrap();
    (places, items)
}

async fn names_are_kept_from_when_on_they_were_used(f: Fixture) {
    let (places, items) = named(&f).await;
    assert_eq!(f.store.place_names().await.unwrap(), places);
    assert_eq!(f.store.item_names().await.unwrap(), items);
    assert!(f.store.put_names(places, Vec::new()).await.is_err());
}
