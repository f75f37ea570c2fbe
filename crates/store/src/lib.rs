//! The only SQL of 好差评: one text for SQLite and PostgreSQL.
//!
//! Every statement is a constant of a topical module, written once with `$n`
//! placeholders; `engine` alone knows which database runs it. The store decides
//! no policy: it keeps rows, and the promises of the streams they belong to.

mod audit;
mod bisect;
mod directory;
mod door;
mod engine;
mod error;
mod events;
mod figures;
mod following;
mod held;
mod ingest;
mod migrate;
mod names;
mod people;
mod plates;
mod private;
mod profiles;
mod ratings;
mod running;
mod sources;
mod sql;
mod state;
mod tickets;
mod value;
mod write;

pub use audit::Audited;
pub use directory::{County, Guide, Hall, Item, Plate, Unit, Window};
pub use door::{Door, LaneBatch};
pub use engine::Engine;
pub use error::{Result, StoreError};
pub use events::{NewServiceEvent, PushOutcome, ServiceEvent};
pub use figures::{
    CellSum, PeopleSum, ReleasedCell, ReleasedDue, ReleasedHandling, Told, ToldKind, ToldLevels,
};
pub use following::{Amended, Amendment, Deciding, Follows, NewTicket};
pub use held::{HeldGroup, Ruling};
pub use ingest::{IngestOutcome, NewCode, NewRating};
pub use names::{ItemName, PlaceName};
pub use people::{Connector, Session, Staff, Throttle};
pub use plates::{PlateContent, PlateRevocation};
pub use private::Private;
pub use profiles::ProfileContinuation;
pub use ratings::{RatingCode, RatingEvent, Slot, Submission};
pub use running::{
    Moved, Running, RunningCell, RunningHandling, RunningPeople, RunningTicket, ToldPlace,
};
#[cfg(debug_assertions)]
#[doc(hidden)]
pub use sql::coverage;
pub use state::Counted;
pub use tickets::{
    NewTicketEvent, TicketAppend, TicketEvent, TicketRow, TicketSight, WorklistFilter, WorklistKey,
    WorklistScope,
};
pub use value::Id;

use sql::statements;

statements! {
    PING = "SELECT COUNT(*) FROM meta WHERE key = ''";
}

/// How to open a store.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// SQLite `synchronous` or PostgreSQL `synchronous_commit`; what would lose
    /// acknowledged rows is refused. `None`: FULL, or what the server says.
    pub synchronous: Option<String>,
    /// Connections for reading.
    pub readers: u32,
    /// A cap on the size of the SQLite file, in pages.
    pub max_pages: Option<u32>,
    /// Make the SQLite file if it is not there. Only who founds something asks for that: anybody
    /// else would take an empty database for the one that is missing.
    pub create: bool,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            synchronous: None,
            readers: 4,
            max_pages: None,
            create: false,
        }
    }
}

/// The store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    db: engine::Db,
}

impl Store {
    /// Opens `sqlite://path` or `postgres://…`.
    ///
    /// # Errors
    /// `Missing` where the SQLite file is not there and nobody asked to make it; `NotDurable` where
    /// the database may forget what it acknowledged; others where it does not answer.
    pub async fn open(url: &str, options: StoreOptions) -> Result<Self> {
        Ok(Self {
            db: engine::Db::open(url, &options).await?,
        })
    }

    /// Which database is underneath.
    pub fn engine(&self) -> Engine {
        self.db.engine()
    }

    /// Whether the database answers and has our schema.
    pub async fn ping(&self) -> Result<()> {
        self.db.check_file()?;
        self.db.one(&PING, Vec::new()).await.map(drop)
    }

    /// Writes a copy of the database, as at one commit, while it is being used. SQLite only.
    ///
    /// # Errors
    /// `Refused` on PostgreSQL, which `pg_dump` copies, and where the file is there already.
    pub async fn copy_to(&self, path: &std::path::Path) -> Result<()> {
        self.db.copy_to(path).await
    }

    /// Closes every connection; on SQLite this folds the write-ahead log back.
    pub async fn close(&self) {
        self.db.close().await;
    }
}
