//! The plates of the region: which are in use, and what each of them says.

use crate::{directory::Directory, secrets};
use contract::place::{Place, PlateRow};
use std::collections::BTreeMap;
use store::{Plate, PlateContent, Store, StoreError};

/// Every plate there ever was; read again when one is revoked or made.
#[derive(Debug, Default)]
pub struct Plates {
    plates: BTreeMap<String, Plate>,
    contents: BTreeMap<String, PlateContent>,
}

impl Plates {
    /// Reads them.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn load(store: &Store) -> Result<Self, StoreError> {
        let (plates, contents) = (store.plates().await?, store.plate_contents().await?);
        Ok(Self {
            plates: plates
                .into_iter()
                .map(|one| (one.code.clone(), one))
                .collect(),
            contents: contents
                .into_iter()
                .map(|one| (one.plate.clone(), one))
                .collect(),
        })
    }

    /// A plate, in use or not.
    pub fn known(&self, code: &str) -> Option<&Plate> {
        self.plates.get(code)
    }

    /// The plates in use.
    pub fn valid(&self) -> impl Iterator<Item = &Plate> {
        self.plates.values().filter(|plate| !plate.revoked)
    }

    /// The plate in use at a window.
    pub fn at(&self, window: &str) -> Option<&Plate> {
        self.valid().find(|plate| plate.win == window)
    }

    /// Every plate that a window ever had.
    pub fn all_at(&self, window: &str) -> impl Iterator<Item = &Plate> {
        self.plates
            .values()
            .filter(move |plate| plate.win == window)
    }

    /// The plate whose short code was typed, in use or not: short codes are never given twice.
    pub fn by_short(&self, typed: &str) -> Option<&Plate> {
        let typed = secrets::normal(typed);
        self.plates
            .values()
            .find(|plate| secrets::normal(&plate.short_code) == typed)
    }

    /// What is written down of a plate's version.
    pub fn content(&self, code: &str) -> Option<&PlateContent> {
        self.contents.get(code)
    }

    /// What is printed on a plate; one that is older than this record says what the directory says.
    pub fn place(&self, plate: &Plate, directory: &Directory) -> Place {
        match self.content(&plate.code) {
            Some(content) => place_of(content),
            None => place_now(directory, &plate.win),
        }
    }

    /// A plate as staff see it.
    pub fn row(&self, plate: &Plate, directory: &Directory) -> PlateRow {
        PlateRow {
            plate: plate.code.clone(),
            short: plate.short_code.clone(),
            version: plate.version,
            revoked: plate.revoked,
            made_on: self
                .content(&plate.code)
                .and_then(|content| content.made_on.clone()),
            hall: directory
                .window(&plate.win)
                .map_or_else(String::new, |window| window.hall.clone()),
            place: self.place(plate, directory),
        }
    }

    /// The plate of every window, hall by hall: the one in use, or else the last one.
    pub fn rows(&self, directory: &Directory) -> Vec<PlateRow> {
        let mut current: BTreeMap<&str, &Plate> = BTreeMap::new();
        for plate in self.plates.values() {
            let held = current.entry(&plate.win).or_insert(plate);
            if (!plate.revoked, plate.version) > (!held.revoked, held.version) {
                *held = plate;
            }
        }
        let mut rows: Vec<PlateRow> = current
            .values()
            .map(|plate| self.row(plate, directory))
            .collect();
        rows.sort_by(|a, b| {
            (&a.hall, &a.place.window_no, &a.plate).cmp(&(&b.hall, &b.place.window_no, &b.plate))
        });
        rows
    }
}

/// What a plate made now says.
pub fn content(
    directory: &Directory,
    plate: &Plate,
    made_on: &str,
    made_by: Option<&str>,
) -> PlateContent {
    let place = place_now(directory, &plate.win);
    PlateContent {
        plate: plate.code.clone(),
        win: plate.win.clone(),
        version: plate.version,
        short_code: plate.short_code.clone(),
        hall_name: place.hall,
        window_no: place.window_no,
        window_name: place.window,
        unit_name: place.unit,
        item_name: place.item,
        made_on: Some(made_on.to_owned()),
        made_by: made_by.map(str::to_owned),
    }
}

fn place_now(directory: &Directory, window: &str) -> Place {
    let item = directory
        .window(window)
        .and_then(|window| window.item.as_deref());
    directory.place(window, item)
}

fn place_of(content: &PlateContent) -> Place {
    Place {
        hall: content.hall_name.clone(),
        window_no: content.window_no.clone(),
        window: content.window_name.clone(),
        unit: content.unit_name.clone(),
        item: content.item_name.clone(),
    }
}
