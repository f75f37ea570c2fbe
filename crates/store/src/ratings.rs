//! Reading ratings: events, codes, submissions and slots. Writing is `ingest`.

use crate::Store;
use crate::error::Result;
use crate::ingest::NewCode;
use crate::sql::statements;
use crate::value::{Id, args, optional, record, records};
use crate::write::CODE_PUT;

record! {
    /// A version of a rating, as appended.
    pub struct RatingEvent {
        /// Unit.
        unit: String,
        /// The rating.
        rating: Id,
        /// Version, from 1.
        seq: i64,
        /// `active`, `default`, `external_default`, `mirror`.
        kind: String,
        /// `event`, `window`, `hall`, `consultation`, `item`, `platform`.
        subject_kind: String,
        /// What is rated.
        subject_key: String,
        /// 1 to 5.
        level: i64,
        /// Levels of single scopes, JSON, or empty.
        scopes: String,
        /// Tag codes, JSON.
        tags: String,
        /// Version of the tag catalogue.
        catalogue: String,
        /// `anonymous`, `stated`, `phone_confirmed`, `platform`.
        identity: String,
        /// Hall, or empty.
        hall: String,
        /// Window, or empty.
        win: String,
        /// Item, or empty.
        item: String,
        /// Who was rated.
        staff: Option<String>,
        /// Profile it runs under.
        profile: String,
        /// Its version.
        profile_version: String,
        /// When it was accepted.
        accepted_at: i64,
        /// Stamped day.
        day: String,
        /// Stamped epoch.
        epoch: i64,
        /// Lane.
        lane: String,
        /// Batch within the lane.
        batch: i64,
        /// Position within the batch, shared with ticket events.
        pos: i64,
        /// Where it came from.
        channel: String,
        /// Salted hash of the text.
        text_hash: Option<Vec<u8>>,
        /// Salted hash of the contact data.
        contact_hash: Option<Vec<u8>>,
        /// Private row of the text.
        private_text: Option<Id>,
        /// Private row of the contact data.
        private_contact: Option<Id>,
        /// Digest of the network it came from.
        came_network: Option<Vec<u8>>,
        /// Digest of the device it came from.
        came_device: Option<Vec<u8>>,
        /// 1 if it came above a limit and counts only once a person releases it.
        held: i64,
    }
}

record! {
    /// What a code opens.
    pub struct RatingCode {
        /// `receipt` or `follow`.
        purpose: String,
        /// Unit.
        unit: String,
        /// Rating.
        rating: Id,
    }
}

record! {
    /// What an idempotency key stands for.
    pub struct Submission {
        /// Hash of the latest body.
        body_hash: Vec<u8>,
        /// Rating.
        rating: Id,
        /// Its latest version by this key.
        seq: i64,
        /// When the first version was accepted.
        accepted_at: i64,
    }
}

record! {
    /// The rating that took a subject.
    pub struct Slot {
        /// Rating.
        rating: Id,
        /// Its latest version.
        seq: i64,
        /// When the first version was accepted.
        opened_at: i64,
    }
}

statements! {
    RATING_EVENTS = "SELECT unit, rating, seq, kind, subject_kind, subject_key, level, scopes, tags, catalogue, identity, \
        hall, win, item, staff, profile, profile_version, accepted_at, day, epoch, lane, batch, pos, channel, \
        text_hash, contact_hash, private_text, private_contact, came_network, came_device, held FROM rating_event \
        WHERE unit = $1 AND rating = $2 ORDER BY seq";
    BATCH_RATINGS = "SELECT unit, rating, seq, kind, subject_kind, subject_key, level, scopes, tags, catalogue, identity, \
        hall, win, item, staff, profile, profile_version, accepted_at, day, epoch, lane, batch, pos, channel, \
        text_hash, contact_hash, private_text, private_contact, came_network, came_device, held FROM rating_event \
        WHERE lane = $1 AND batch = $2 ORDER BY pos";
    CODE = "SELECT purpose, unit, rating FROM code WHERE hash = $1";
    /// Also used by `ingest`.
    SUBMISSION = "SELECT body_hash, rating, seq, accepted_at FROM submission WHERE unit = $1 AND idempotency_key = $2";
    /// Also used by `ingest`.
    SLOT = "SELECT rating, seq, opened_at FROM rating_slot WHERE unit = $1 AND subject_key = $2";
}

impl Store {
    /// Every version of a rating.
    pub async fn rating_events(&self, unit: &str, rating: &Id) -> Result<Vec<RatingEvent>> {
        records(self.db.all(&RATING_EVENTS, args![unit, rating]).await?)
    }

    /// The rating events of a batch, by position.
    pub async fn batch_ratings(&self, lane: &str, batch: i64) -> Result<Vec<RatingEvent>> {
        records(self.db.all(&BATCH_RATINGS, args![lane, batch]).await?)
    }

    /// The rating that a receipt or follow-up code opens.
    pub async fn rating_by_code(&self, hash: &[u8]) -> Result<Option<RatingCode>> {
        optional(self.db.opt(&CODE, args![hash]).await?)
    }

    /// Adds a code that opens a rating; one that does so already stays as it is.
    pub async fn code_put(&self, unit: &str, rating: &Id, code: &NewCode) -> Result<()> {
        let row = args![&code.hash, &code.purpose, unit, rating];
        self.db.write_bulk(&CODE_PUT, vec![row]).await.map(drop)
    }

    /// What an idempotency key has been used for.
    pub async fn submission(
        &self,
        unit: &str,
        idempotency_key: &str,
    ) -> Result<Option<Submission>> {
        optional(
            self.db
                .opt(&SUBMISSION, args![unit, idempotency_key])
                .await?,
        )
    }

    /// The rating of a service event, if it has been rated.
    pub async fn slot(&self, unit: &str, subject_key: &str) -> Result<Option<Slot>> {
        optional(self.db.opt(&SLOT, args![unit, subject_key]).await?)
    }
}
