//! Who came in, who did not, and who looked at what. Appended, and read by an auditor.

use crate::Store;
use crate::error::Result;
use crate::sql::statements;
use crate::value::{Id, Record, args, record, records};

record! {
    /// Something that an auditor asks about.
    pub struct Audited {
        /// Identifier.
        id: Id,
        /// When.
        at: i64,
        /// The day, ISO.
        day: String,
        /// Kind code.
        kind: String,
        /// Whose name it was done under, where that is somebody's.
        staff: Option<String>,
        /// A keyed digest of the network it came from, or empty.
        network: String,
        /// Unit of the ticket, or empty.
        unit: String,
        /// The ticket, where it is about one.
        ticket: Option<Id>,
    }
}

statements! {
    AUDIT_PUT = "INSERT INTO audit (id, at, day, kind, staff, network, unit, ticket) VALUES {rows}";
    AUDIT = "SELECT id, at, day, kind, staff, network, unit, ticket FROM audit WHERE at >= $1 AND at <= $2 ORDER BY at, id LIMIT $3";
    AUDIT_OF_TICKET = "SELECT id, at, day, kind, staff, network, unit, ticket FROM audit \
        WHERE unit = $1 AND ticket = $2 ORDER BY at, id";
}

impl Store {
    /// Appends one.
    pub async fn audit(&self, one: Audited) -> Result<()> {
        let row = vec![one.values()];
        self.db.write_bulk(&AUDIT_PUT, row).await.map(drop)
    }

    /// What happened from an instant to another, both included.
    pub async fn audited(&self, from: i64, to: i64, limit: i64) -> Result<Vec<Audited>> {
        records(self.db.all(&AUDIT, args![from, to, limit]).await?)
    }

    /// What happened with a ticket.
    pub async fn audited_of_ticket(&self, unit: &str, ticket: &Id) -> Result<Vec<Audited>> {
        records(self.db.all(&AUDIT_OF_TICKET, args![unit, ticket]).await?)
    }
}
