//! What places and items were called, and since when: a receipt keeps the words of its day.

use crate::clock::Millis;
use contract::place::Place;
use std::collections::BTreeMap;
use store::{ItemName, PlaceName, Store, StoreError};

/// What everything was called, by code and time.
#[derive(Debug, Default)]
pub struct Names {
    places: BTreeMap<String, Vec<PlaceName>>,
    items: BTreeMap<String, Vec<ItemName>>,
}

impl Names {
    /// Reads them.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn load(store: &Store) -> Result<Self, StoreError> {
        let mut names = Self::default();
        for one in store.place_names().await? {
            names.places.entry(one.win.clone()).or_default().push(one);
        }
        for one in store.item_names().await? {
            names.items.entry(one.item.clone()).or_default().push(one);
        }
        Ok(names)
    }

    /// A place as it was called at an instant; as it is called now where nothing is known of then.
    pub fn at(&self, window: &str, item: Option<&str>, at: Millis, now: Place) -> Place {
        let place = last(self.places.get(window), |one| one.from_at <= at);
        let item = item.and_then(|code| last(self.items.get(code), |one| one.from_at <= at));
        let item = item.map(|one| one.name.clone()).or(now.item);
        match place {
            Some(place) => Place {
                hall: place.hall_name.clone(),
                window_no: place.window_no.clone(),
                window: place.window_name.clone(),
                unit: place.unit_name.clone(),
                item,
            },
            None => Place { item, ..now },
        }
    }

    /// Notes what is called otherwise than before, from an instant on; of what is new, from the beginning.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn note(store: &Store, at: Millis) -> Result<(), StoreError> {
        let known = Self::load(store).await?;
        let units: BTreeMap<String, String> = (store.units().await?.into_iter())
            .map(|one| (one.code, one.name))
            .collect();
        let halls: BTreeMap<String, String> = (store.halls().await?.into_iter())
            .map(|one| (one.code, one.name))
            .collect();
        let name =
            |of: &BTreeMap<String, String>, code: &String| of.get(code).unwrap_or(code).clone();
        let mut places = Vec::new();
        for window in store.windows().await? {
            let before = known.places.get(&window.code).and_then(|all| all.last());
            let fresh = PlaceName {
                from_at: before.map_or(0, |before| at.max(before.from_at + 1)),
                hall_name: name(&halls, &window.hall),
                unit_name: name(&units, &window.unit),
                win: window.code,
                window_no: window.no,
                window_name: window.name,
            };
            if before.is_none_or(|before| called(before) != called(&fresh)) {
                places.push(fresh);
            }
        }
        let mut items = Vec::new();
        for item in store.items().await? {
            let before = known.items.get(&item.code).and_then(|all| all.last());
            if before.is_none_or(|before| before.name != item.name) {
                items.push(ItemName {
                    from_at: before.map_or(0, |before| at.max(before.from_at + 1)),
                    item: item.code,
                    name: item.name,
                });
            }
        }
        store.put_names(places, items).await
    }
}

fn called(place: &PlaceName) -> [&str; 4] {
    [
        &place.hall_name,
        &place.window_no,
        &place.window_name,
        &place.unit_name,
    ]
}

fn last<T>(all: Option<&Vec<T>>, is_by_then: impl Fn(&&T) -> bool) -> Option<&T> {
    all?.iter().rev().find(is_by_then)
}
