//! What places and items were called: names in the directory change, what happened keeps its own.

use crate::Store;
use crate::error::Result;
use crate::sql::statements;
use crate::value::{Record, args, record, records};

record! {
    /// What a window, its hall and its unit were called, from an instant on.
    pub struct PlaceName {
        /// The window's code.
        win: String,
        /// From when on.
        from_at: i64,
        /// The hall's name.
        hall_name: String,
        /// The window's number.
        window_no: String,
        /// The window's name.
        window_name: String,
        /// The name of the unit it belonged to.
        unit_name: String,
    }
}

record! {
    /// What an item was called, from an instant on.
    pub struct ItemName {
        /// The item's code.
        item: String,
        /// From when on.
        from_at: i64,
        /// Its name.
        name: String,
    }
}

statements! {
    PLACE_NAME_PUT = "INSERT INTO place_name (win, from_at, hall_name, window_no, window_name, unit_name) VALUES {rows}";
    PLACE_NAMES = "SELECT win, from_at, hall_name, window_no, window_name, unit_name FROM place_name ORDER BY win, from_at";
    ITEM_NAME_PUT = "INSERT INTO item_name (item, from_at, name) VALUES {rows}";
    ITEM_NAMES = "SELECT item, from_at, name FROM item_name ORDER BY item, from_at";
}

impl Store {
    /// Notes what places and items are called from now on.
    pub async fn put_names(&self, places: Vec<PlaceName>, items: Vec<ItemName>) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let rows = places.into_iter().map(Record::values).collect();
        tx.bulk(&PLACE_NAME_PUT, rows).await?;
        let rows = items.into_iter().map(Record::values).collect();
        tx.bulk(&ITEM_NAME_PUT, rows).await?;
        tx.commit().await
    }

    /// What every window was called, by window and time.
    pub async fn place_names(&self) -> Result<Vec<PlaceName>> {
        records(self.db.all(&PLACE_NAMES, args![]).await?)
    }

    /// What every item was called, by item and time.
    pub async fn item_names(&self) -> Result<Vec<ItemName>> {
        records(self.db.all(&ITEM_NAMES, args![]).await?)
    }
}
