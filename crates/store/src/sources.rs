//! The keys under which a day's ratings say where they came from. They are destroyed after their retention;
//! from then on nobody can tie a digest to an address.

use crate::Store;
use crate::error::{Result, StoreError};
use crate::sql::statements;
use crate::value::args;

statements! {
    KEY = "SELECT key FROM day_key WHERE day = $1";
    KEY_PUT = "INSERT INTO day_key (day, key, destroy_after) VALUES {rows} ON CONFLICT (day) DO NOTHING";
    KEYS_DESTROY = "DELETE FROM day_key WHERE destroy_after < (SELECT MAX(day) FROM day_door WHERE state = 'sealed')";
}

impl Store {
    /// The key of a day; `fresh` becomes it where there is none yet, so that all servers of one database have
    /// the same.
    pub async fn day_key(&self, day: &str, fresh: &[u8], destroy_after: &str) -> Result<Vec<u8>> {
        if let Some(mut row) = self.db.opt(&KEY, args![day]).await? {
            return row.take();
        }
        let row = args![day, fresh, destroy_after];
        self.db.write_bulk(&KEY_PUT, vec![row]).await?;
        let row = self.db.opt(&KEY, args![day]).await?;
        let gone = || StoreError::Unavailable("the day's key was destroyed meanwhile".into());
        row.ok_or_else(gone)?.take()
    }

    /// Destroys the keys whose retention has ended by the last released day: no clock decides it.
    pub async fn day_keys_destroy(&self) -> Result<()> {
        self.db.write(&KEYS_DESTROY, args![]).await.map(drop)
    }
}
