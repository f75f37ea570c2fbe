//! Units, halls, windows, items and plates: mutable, small, loaded whole.
//! Foreign keys ask for this order: units, halls, items, windows, plates.

use crate::Store;
use crate::error::Result;
use crate::sql::statements;
use crate::value::{Record, args, optional, record, records};

record! {
    /// A unit (单位).
    pub struct Unit {
        /// Code.
        code: String,
        /// Name.
        name: String,
        /// Whether it works in a hall.
        in_hall: bool,
    }
}

record! {
    /// A county (县、市、区), the middle level between the region and its halls.
    pub struct County {
        /// Division code.
        code: String,
        /// Name.
        name: String,
    }
}

record! {
    /// A hall (大厅).
    pub struct Hall {
        /// Code.
        code: String,
        /// Name.
        name: String,
        /// Address.
        address: String,
        /// Its county's division code.
        county: String,
    }
}

record! {
    /// A window (窗口).
    pub struct Window {
        /// Code.
        code: String,
        /// Its hall's code.
        hall: String,
        /// Its unit's code.
        unit: String,
        /// The number on the sign.
        no: String,
        /// Name.
        name: String,
        /// The only item it serves, where it serves one.
        item: Option<String>,
    }
}

record! {
    /// An item (事项).
    pub struct Item {
        /// Code.
        code: String,
        /// Its unit's code.
        unit: String,
        /// Name.
        name: String,
    }
}

record! {
    /// A window's QR plate (窗口二维码牌).
    pub struct Plate {
        /// The code in the URL.
        code: String,
        /// The code a person can type.
        short_code: String,
        /// The window's code.
        win: String,
        /// Printed version.
        version: i64,
        /// No longer valid.
        revoked: bool,
    }
}

record! {
    /// The guide to an item (办事指南).
    pub struct Guide {
        /// The item's code.
        item: String,
        /// What it is about.
        title: String,
        /// Who may apply.
        who: String,
        /// What to bring, a JSON list.
        materials: String,
        /// What happens, a JSON list.
        steps: String,
        /// How long it takes.
        time_limit: String,
        /// What it costs.
        fee: String,
        /// Where to go.
        place: String,
    }
}

statements! {
    META_PUT = "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    META_GET = "SELECT value FROM meta WHERE key = $1";
    UNIT_PUT = "INSERT INTO unit (code, name, in_hall) VALUES {rows} \
        ON CONFLICT (code) DO UPDATE SET name = excluded.name, in_hall = excluded.in_hall";
    UNITS = "SELECT code, name, in_hall FROM unit ORDER BY code";
    COUNTY_PUT = "INSERT INTO county (code, name) VALUES {rows} \
        ON CONFLICT (code) DO UPDATE SET name = excluded.name";
    COUNTIES = "SELECT code, name FROM county ORDER BY code";
    HALL_PUT = "INSERT INTO hall (code, name, address, county) VALUES {rows} \
        ON CONFLICT (code) DO UPDATE SET name = excluded.name, address = excluded.address, county = excluded.county";
    HALLS = "SELECT code, name, address, county FROM hall ORDER BY code";
    WINDOW_PUT = "INSERT INTO win (code, hall, unit, no, name, item) VALUES {rows} \
        ON CONFLICT (code) DO UPDATE SET hall = excluded.hall, unit = excluded.unit, no = excluded.no, \
        name = excluded.name, item = excluded.item";
    WINDOWS = "SELECT code, hall, unit, no, name, item FROM win ORDER BY code";
    ITEM_PUT = "INSERT INTO item (code, unit, name) VALUES {rows} \
        ON CONFLICT (code) DO UPDATE SET unit = excluded.unit, name = excluded.name";
    ITEMS = "SELECT code, unit, name FROM item ORDER BY code";
    GUIDE_PUT = "INSERT INTO guide (item, title, who, materials, steps, time_limit, fee, place) VALUES {rows} \
        ON CONFLICT (item) DO UPDATE SET title = excluded.title, who = excluded.who, materials = excluded.materials, \
        steps = excluded.steps, time_limit = excluded.time_limit, fee = excluded.fee, place = excluded.place";
    GUIDES = "SELECT item, title, who, materials, steps, time_limit, fee, place FROM guide ORDER BY item";
    PLATE_PUT = "INSERT INTO plate (code, short_code, win, version, revoked) VALUES {rows} \
        ON CONFLICT (code) DO UPDATE SET short_code = excluded.short_code, win = excluded.win, \
        version = excluded.version, revoked = excluded.revoked";
    PLATES = "SELECT code, short_code, win, version, revoked FROM plate ORDER BY code";
    PLATE = "SELECT code, short_code, win, version, revoked FROM plate WHERE code = $1";
    PLATE_BY_SHORT_CODE = "SELECT code, short_code, win, version, revoked FROM plate WHERE short_code = $1";
}

fn rows<T: Record + Clone>(records: &[T]) -> Vec<Vec<crate::value::Value>> {
    records.iter().cloned().map(Record::values).collect()
}

impl Store {
    /// Sets a fact about the folder.
    pub async fn meta_put(&self, key: &str, value: &str) -> Result<()> {
        self.db.write(&META_PUT, args![key, value]).await.map(drop)
    }

    /// A fact about the folder.
    pub async fn meta(&self, key: &str) -> Result<Option<String>> {
        self.db
            .opt(&META_GET, args![key])
            .await?
            .map(|mut row| row.take())
            .transpose()
    }

    /// Adds or replaces units.
    pub async fn put_units(&self, units: &[Unit]) -> Result<()> {
        self.db.write_bulk(&UNIT_PUT, rows(units)).await.map(drop)
    }

    /// All units by code.
    pub async fn units(&self) -> Result<Vec<Unit>> {
        records(self.db.all(&UNITS, args![]).await?)
    }

    /// Adds or replaces counties.
    pub async fn put_counties(&self, counties: &[County]) -> Result<()> {
        let counties = rows(counties);
        self.db.write_bulk(&COUNTY_PUT, counties).await.map(drop)
    }

    /// All counties by code.
    pub async fn counties(&self) -> Result<Vec<County>> {
        records(self.db.all(&COUNTIES, args![]).await?)
    }

    /// Adds or replaces halls.
    pub async fn put_halls(&self, halls: &[Hall]) -> Result<()> {
        self.db.write_bulk(&HALL_PUT, rows(halls)).await.map(drop)
    }

    /// All halls by code.
    pub async fn halls(&self) -> Result<Vec<Hall>> {
        records(self.db.all(&HALLS, args![]).await?)
    }

    /// Adds or replaces windows; their halls, units and items come first.
    pub async fn put_windows(&self, windows: &[Window]) -> Result<()> {
        self.db
            .write_bulk(&WINDOW_PUT, rows(windows))
            .await
            .map(drop)
    }

    /// All windows by code.
    pub async fn windows(&self) -> Result<Vec<Window>> {
        records(self.db.all(&WINDOWS, args![]).await?)
    }

    /// Adds or replaces items; their units come first.
    pub async fn put_items(&self, items: &[Item]) -> Result<()> {
        self.db.write_bulk(&ITEM_PUT, rows(items)).await.map(drop)
    }

    /// All items by code.
    pub async fn items(&self) -> Result<Vec<Item>> {
        records(self.db.all(&ITEMS, args![]).await?)
    }

    /// Adds or replaces guides; their items come first.
    pub async fn put_guides(&self, guides: &[Guide]) -> Result<()> {
        self.db.write_bulk(&GUIDE_PUT, rows(guides)).await.map(drop)
    }

    /// All guides by item.
    pub async fn guides(&self) -> Result<Vec<Guide>> {
        records(self.db.all(&GUIDES, args![]).await?)
    }

    /// Adds or replaces plates; their windows come first.
    pub async fn put_plates(&self, plates: &[Plate]) -> Result<()> {
        self.db.write_bulk(&PLATE_PUT, rows(plates)).await.map(drop)
    }

    /// All plates by code.
    pub async fn plates(&self) -> Result<Vec<Plate>> {
        records(self.db.all(&PLATES, args![]).await?)
    }

    /// The plate of a URL.
    pub async fn plate(&self, code: &str) -> Result<Option<Plate>> {
        optional(self.db.opt(&PLATE, args![code]).await?)
    }

    /// The plate of a typed code.
    pub async fn plate_by_short_code(&self, short_code: &str) -> Result<Option<Plate>> {
        optional(self.db.opt(&PLATE_BY_SHORT_CODE, args![short_code]).await?)
    }
}
