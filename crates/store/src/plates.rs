//! Plates over time: what each version says, and taking one out of use.

use crate::Store;
use crate::directory::Plate;
use crate::error::{Result, StoreError};
use crate::sql::statements;
use crate::value::{Record, args, record, records};

record! {
    /// What one version of a plate says; never changed once written.
    pub struct PlateContent {
        /// The plate's code.
        plate: String,
        /// The window's code.
        win: String,
        /// The version, from 1 at each window.
        version: i64,
        /// The code a person can type.
        short_code: String,
        /// The hall's name.
        hall_name: String,
        /// The number on the window's sign.
        window_no: String,
        /// The window's name.
        window_name: String,
        /// The unit's name.
        unit_name: String,
        /// The only item's name, where the window serves one.
        item_name: Option<String>,
        /// The day it was made, ISO; unknown for those that are older than this record.
        made_on: Option<String>,
        /// Who made it: a staff id; none where set-up did.
        made_by: Option<String>,
    }
}

record! {
    /// That a plate was taken out of use.
    pub struct PlateRevocation {
        /// The plate's code.
        plate: String,
        /// The day, ISO.
        revoked_on: String,
        /// When.
        revoked_at: i64,
        /// Who: a staff id.
        revoked_by: String,
    }
}

statements! {
    CONTENT_PUT = "INSERT INTO plate_content (plate, win, version, short_code, hall_name, window_no, window_name, unit_name, \
        item_name, made_on, made_by) VALUES {rows} ON CONFLICT DO NOTHING RETURNING plate";
    CONTENTS = "SELECT plate, win, version, short_code, hall_name, window_no, window_name, unit_name, item_name, made_on, made_by \
        FROM plate_content ORDER BY win, version";
    REVOKE_PLATE = "UPDATE plate SET revoked = 1 WHERE code = $1 AND revoked = 0 RETURNING code";
    REVOKE_AT_WINDOW = "UPDATE plate SET revoked = 1 WHERE win = $1 AND revoked = 0 RETURNING code";
    REVOCATION_PUT = "INSERT INTO plate_revocation (plate, revoked_on, revoked_at, revoked_by) VALUES ($1, $2, $3, $4)";
    REVOCATIONS = "SELECT plate, revoked_on, revoked_at, revoked_by FROM plate_revocation ORDER BY plate";
    PLATE_NEW = "INSERT INTO plate (code, short_code, win, version, revoked) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT DO NOTHING RETURNING code";
}

impl Store {
    /// Writes down what plates say; what is written already stays.
    pub async fn put_plate_contents(&self, contents: &[PlateContent]) -> Result<()> {
        let rows = contents.iter().cloned().map(Record::values).collect();
        self.db.write_bulk(&CONTENT_PUT, rows).await.map(drop)
    }

    /// What every version of every plate says, by window and version.
    pub async fn plate_contents(&self) -> Result<Vec<PlateContent>> {
        records(self.db.all(&CONTENTS, args![]).await?)
    }

    /// The plates that were taken out of use, by code.
    pub async fn plate_revocations(&self) -> Result<Vec<PlateRevocation>> {
        records(self.db.all(&REVOCATIONS, args![]).await?)
    }

    /// Takes a plate out of use.
    ///
    /// # Errors
    /// `Conflict` if it was not in use.
    pub async fn plate_revoke(&self, revocation: PlateRevocation) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let revoked = tx.all(&REVOKE_PLATE, args![&revocation.plate]).await?;
        if revoked.is_empty() {
            tx.rollback().await?;
            return Err(StoreError::Conflict("the plate was not in use".into()));
        }
        tx.exec(&REVOCATION_PUT, revocation.values()).await?;
        tx.commit().await
    }

    /// Puts a new plate in the place of the one in use at its window, in one transaction. The
    /// revocation's own plate is not read: it is written for whichever was in use.
    ///
    /// # Errors
    /// `Conflict` if the window has a plate of that version, or one of the codes is taken; nothing
    /// is changed then.
    pub async fn plate_rotate(
        &self,
        fresh: Plate,
        content: PlateContent,
        revocation: PlateRevocation,
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        for mut row in tx.all(&REVOKE_AT_WINDOW, args![&fresh.win]).await? {
            let plate = row.take()?;
            let one = PlateRevocation {
                plate,
                ..revocation.clone()
            };
            tx.exec(&REVOCATION_PUT, one.values()).await?;
        }
        let made = !tx.all(&PLATE_NEW, fresh.values()).await?.is_empty();
        if !made
            || tx
                .bulk(&CONTENT_PUT, vec![content.values()])
                .await?
                .is_empty()
        {
            tx.rollback().await?;
            return Err(StoreError::Conflict("another plate was made".into()));
        }
        tx.commit().await
    }
}
