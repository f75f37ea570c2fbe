//! The directory: which units, halls, windows, items and people there are.

use crate::{clock::Millis, names::Names};
use contract::{
    items::{Guide, UnitItems},
    place::{Hall, Place},
};
use std::collections::{BTreeMap, BTreeSet};
use store::{Store, StoreError};

/// Units, halls, windows, items, staff: read once, since they change by set-up only.
#[derive(Debug, Default)]
pub struct Directory {
    units: BTreeMap<String, store::Unit>,
    counties: BTreeMap<String, store::County>,
    halls: BTreeMap<String, store::Hall>,
    windows: BTreeMap<String, store::Window>,
    items: BTreeMap<String, store::Item>,
    guides: BTreeMap<String, store::Guide>,
    staff: BTreeMap<String, store::Staff>,
    names: Names,
}

/// Rows by their code.
pub fn by_code<T>(rows: Vec<T>, code: fn(&T) -> &String) -> BTreeMap<String, T> {
    rows.into_iter()
        .map(|row| (code(&row).clone(), row))
        .collect()
}

impl Directory {
    /// Reads the directory.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn load(store: &Store) -> Result<Self, StoreError> {
        Ok(Self {
            units: by_code(store.units().await?, |row| &row.code),
            counties: by_code(store.counties().await?, |row| &row.code),
            halls: by_code(store.halls().await?, |row| &row.code),
            windows: by_code(store.windows().await?, |row| &row.code),
            items: by_code(store.items().await?, |row| &row.code),
            guides: by_code(store.guides().await?, |row| &row.item),
            staff: by_code(store.staff().await?, |row| &row.id),
            names: Names::load(store).await?,
        })
    }

    /// A window.
    pub fn window(&self, code: &str) -> Option<&store::Window> {
        self.windows.get(code)
    }

    /// A hall.
    pub fn hall(&self, code: &str) -> Option<&store::Hall> {
        self.halls.get(code)
    }

    /// The halls of a county.
    pub fn halls_of(&self, county: &str) -> impl Iterator<Item = &store::Hall> {
        self.halls
            .values()
            .filter(move |hall| hall.county == county)
    }

    /// Every window.
    pub fn windows(&self) -> impl Iterator<Item = &store::Window> {
        self.windows.values()
    }

    /// The windows of a hall.
    pub fn windows_of(&self, hall: &str) -> impl Iterator<Item = &store::Window> {
        self.windows
            .values()
            .filter(move |window| window.hall == hall)
    }

    /// The counties that have halls: division code and name.
    pub fn counties(&self) -> impl Iterator<Item = (String, String)> {
        let codes: BTreeSet<&String> = self.halls.values().map(|hall| &hall.county).collect();
        codes.into_iter().map(|code| {
            let name = self
                .counties
                .get(code)
                .map_or_else(|| code.clone(), |county| county.name.clone());
            (code.clone(), name)
        })
    }

    /// An item.
    pub fn item(&self, code: &str) -> Option<&store::Item> {
        self.items.get(code)
    }

    /// The items of a unit.
    pub fn items_of(&self, unit: &str) -> impl Iterator<Item = &store::Item> {
        self.items.values().filter(move |item| item.unit == unit)
    }

    /// Every item, unit by unit.
    pub fn items_by_unit(&self) -> Vec<UnitItems> {
        let of = |unit: &store::Unit| UnitItems {
            unit: unit.name.clone(),
            items: self
                .items_of(&unit.code)
                .map(|item| (item.code.clone(), item.name.clone()))
                .collect(),
        };
        self.units
            .values()
            .map(of)
            .filter(|of| !of.items.is_empty())
            .collect()
    }

    /// The guide to an item, where it has one.
    pub fn guide(&self, item: &str) -> Option<Guide> {
        let guide = self.guides.get(item)?;
        let list = |json: &str| serde_json::from_str(json).unwrap_or_default();
        Some(Guide {
            item: guide.item.clone(),
            title: guide.title.clone(),
            unit: self
                .item(item)
                .map_or_else(String::new, |item| self.unit_name(&item.unit)),
            who: guide.who.clone(),
            materials: list(&guide.materials),
            steps: list(&guide.steps),
            time_limit: guide.time_limit.clone(),
            fee: guide.fee.clone(),
            place: guide.place.clone(),
        })
    }

    /// The units: code and name.
    pub fn units(&self) -> impl Iterator<Item = &store::Unit> {
        self.units.values()
    }

    /// A unit.
    pub fn unit(&self, code: &str) -> Option<&store::Unit> {
        self.units.get(code)
    }

    /// A unit's name, or its code where it is unknown.
    pub fn unit_name(&self, code: &str) -> String {
        self.units
            .get(code)
            .map_or_else(|| code.to_owned(), |unit| unit.name.clone())
    }

    /// A member of staff.
    pub fn person(&self, id: &str) -> Option<&store::Staff> {
        self.staff.get(id)
    }

    /// All staff, by id.
    pub fn staff(&self) -> impl Iterator<Item = &store::Staff> {
        self.staff.values()
    }

    /// The staff of a unit.
    pub fn staff_of(&self, unit: &str) -> impl Iterator<Item = &store::Staff> {
        self.staff
            .values()
            .filter(move |person| person.unit == unit)
    }

    /// The only person who works at a window, if there is just one (`domain.md` 7, case 13).
    pub fn sole_person_at(&self, window: &str) -> Option<&str> {
        let mut at = self
            .staff
            .values()
            .filter(|person| person.win.as_deref() == Some(window));
        match (at.next(), at.next()) {
            (Some(person), None) => Some(&person.id),
            _ => None,
        }
    }

    /// Whether somebody may be sitting at a window: who has a seat, and all of a unit that has windows and names nobody
    /// at any of them.
    pub fn is_seated(&self, person: &store::Staff) -> bool {
        let of_unit = |other: &&store::Staff| other.unit == person.unit;
        let nobody_sits = || {
            let mut windows = self.windows.values();
            windows.any(|window| window.unit == person.unit)
                && self
                    .staff
                    .values()
                    .filter(of_unit)
                    .all(|other| other.win.is_none())
        };
        person.win.is_some() || nobody_sits()
    }

    /// Everything about a place, for a page.
    pub fn place(&self, window: &str, item: Option<&str>) -> Place {
        let found = self.windows.get(window);
        let hall = found.and_then(|window| self.halls.get(&window.hall));
        Place {
            hall: hall.map_or_else(String::new, |hall| hall.name.clone()),
            window_no: found.map_or_else(String::new, |window| window.no.clone()),
            window: found.map_or_else(|| window.to_owned(), |window| window.name.clone()),
            unit: found.map_or_else(String::new, |window| self.unit_name(&window.unit)),
            item: item
                .and_then(|code| self.items.get(code))
                .map(|item| item.name.clone()),
        }
    }

    /// What a place and an item were called at an instant, for what happened there.
    pub fn place_at(&self, window: &str, item: Option<&str>, at: Millis) -> Place {
        let now = self.place(window, item);
        self.names.at(window, item, at, now)
    }

    /// The halls with their windows.
    pub fn halls(&self) -> Vec<Hall> {
        let windows_of = |code: &str| {
            self.windows
                .values()
                .filter(|window| window.hall == code)
                .map(|window| (window.no.clone(), window.name.clone()))
                .collect()
        };
        self.halls
            .values()
            .map(|hall| Hall {
                name: hall.name.clone(),
                address: hall.address.clone(),
                windows: windows_of(&hall.code),
            })
            .collect()
    }
}
