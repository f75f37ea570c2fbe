//! Continuations of lapsed profiles: one stream per profile.

use crate::Store;
use crate::error::{Result, StoreError};
use crate::sql::statements;
use crate::value::{Record, args, record, records};

record! {
    /// A document that prolongs a profile, as it was entered.
    pub struct ProfileContinuation {
        /// The profile's id.
        profile: String,
        /// Place in the profile's stream, from 1.
        seq: i64,
        /// The profile's version.
        version: String,
        /// The document's number: a citation, checked for its form.
        document_no: String,
        /// The new last day, ISO.
        valid_to: String,
        /// The day on which it was entered, ISO.
        recorded_on: String,
        /// When.
        recorded_at: i64,
        /// Who entered it: a staff id.
        actor: String,
    }
}

statements! {
    APPEND = "INSERT INTO profile_continuation (profile, seq, version, document_no, valid_to, recorded_on, recorded_at, actor) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (profile, seq) DO NOTHING RETURNING seq";
    ALL = "SELECT profile, seq, version, document_no, valid_to, recorded_on, recorded_at, actor FROM profile_continuation \
        ORDER BY profile, seq";
}

impl Store {
    /// Appends a continuation at the `seq` it states.
    ///
    /// # Errors
    /// `Conflict` if another one was entered at this `seq` in the meantime.
    pub async fn profile_continue(&self, row: ProfileContinuation) -> Result<()> {
        let taken = self.db.write(&APPEND, row.values()).await?.is_empty();
        if taken {
            return Err(StoreError::Conflict(
                "another continuation was entered".into(),
            ));
        }
        Ok(())
    }

    /// Every continuation, in the order in which each profile's were entered.
    pub async fn profile_continuations(&self) -> Result<Vec<ProfileContinuation>> {
        records(self.db.all(&ALL, args![]).await?)
    }
}
