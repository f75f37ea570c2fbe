//! The one table with what people wrote and how to reach them, encrypted by the
//! caller. Nothing refers to its rows by constraint: deleting one leaves every
//! fold and figure valid.

use crate::Store;
use crate::error::Result;
use crate::sql::{Sql, statements};
use crate::value::{Id, Record, Value, args, optional, record};

record! {
    /// A private row.
    pub struct Private {
        /// Identifier, referred to by events.
        id: Id,
        /// `text`, `contact`, …
        kind: String,
        /// AES-256-GCM, nonce included.
        ciphertext: Vec<u8>,
        /// Which key file.
        key_id: String,
        /// Salt of the event's hash.
        salt: Vec<u8>,
        /// When it has to be gone.
        delete_after: i64,
    }
}

statements! {
    /// Also used by the writers of events.
    PUT = "INSERT INTO private (id, kind, ciphertext, key_id, salt, delete_after) VALUES {rows}";
    GET = "SELECT id, kind, ciphertext, key_id, salt, delete_after FROM private WHERE id = $1";
    DELETE = "DELETE FROM private WHERE id = $1 RETURNING id";
    EXPIRE = "DELETE FROM private WHERE delete_after <= $1 RETURNING id";
    /// What was deleted is still in the files until they have been wiped, also after a crash.
    WIPE_DUE = "INSERT INTO meta (key, value) VALUES ('wipe', 'due') ON CONFLICT (key) DO NOTHING";
    IS_WIPE_DUE = "SELECT COUNT(*) FROM meta WHERE key = 'wipe'";
    WIPED = "DELETE FROM meta WHERE key = 'wipe'";
}

impl Store {
    /// Keeps a private row that belongs to no event.
    pub async fn private_put(&self, row: Private) -> Result<()> {
        self.db.write_bulk(&PUT, vec![row.values()]).await.map(drop)
    }

    /// A private row, unless it has been deleted.
    pub async fn private_get(&self, id: &Id) -> Result<Option<Private>> {
        optional(self.db.opt(&GET, args![id]).await?)
    }

    /// Deletes a private row with its salt; whether there was one.
    pub async fn private_delete(&self, id: &Id) -> Result<bool> {
        Ok(self.delete(&DELETE, args![id]).await? > 0)
    }

    /// Deletes what is past its term; how many rows.
    pub async fn private_expire(&self, until: i64) -> Result<usize> {
        self.delete(&EXPIRE, args![until]).await
    }

    async fn delete(&self, sql: &Sql, values: Vec<Value>) -> Result<usize> {
        let mut tx = self.db.begin().await?;
        let deleted = tx.all(sql, values).await?.len();
        if deleted == 0 {
            tx.rollback().await?;
            return Ok(0);
        }
        tx.exec(&WIPE_DUE, args![]).await?;
        tx.commit().await?;
        Ok(deleted)
    }

    /// Removes from the files what was deleted, if anything was; whether nothing is left to do.
    pub async fn wipe(&self) -> Result<bool> {
        let due: i64 = self.db.one(&IS_WIPE_DUE, args![]).await?.take()?;
        if due == 0 {
            return Ok(true);
        }
        if !self.db.wipe().await? {
            return Ok(false);
        }
        self.db.write(&WIPED, args![]).await.map(|_| true)
    }
}
