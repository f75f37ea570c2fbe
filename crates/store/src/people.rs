//! Staff, connectors, sessions, and the throttle of sign-ins.

use crate::Store;
use crate::error::Result;
use crate::sql::statements;
use crate::value::{Record, args, optional, record, records};

record! {
    /// A member of staff.
    pub struct Staff {
        /// Identifier.
        id: String,
        /// Sign-in name.
        login: String,
        /// Name.
        name: String,
        /// Role code.
        role: String,
        /// Unit code; `*` for the authority.
        unit: String,
        /// The window where they sit.
        win: Option<String>,
        /// Argon2id, in PHC form.
        password_hash: String,
        /// The day from which they are no longer there, ISO.
        left_on: Option<String>,
    }
}

record! {
    /// A business system that pushes events.
    pub struct Connector {
        /// Identifier.
        id: String,
        /// The unit it speaks for.
        unit: String,
        /// Hash of its key.
        key_hash: Vec<u8>,
    }
}

record! {
    /// A signed-in session.
    pub struct Session {
        /// Hash of the cookie's token.
        token_hash: Vec<u8>,
        /// The member of staff.
        staff: String,
        /// Since when.
        created_at: i64,
        /// Until when.
        expires_at: i64,
        /// When it was last used, to some minutes.
        used_at: i64,
    }
}

record! {
    /// Tries to sign in of one login that did not succeed.
    pub struct Throttle {
        /// Tries since the last success, or since a lock ended.
        failures: i64,
        /// No sign-in before this instant; of a login that is not locked, that of its last try.
        locked_until: i64,
    }
}

statements! {
    STAFF_PUT = "INSERT INTO staff (id, login, name, role, unit, win, password_hash, left_on) VALUES {rows} \
        ON CONFLICT (id) DO UPDATE SET login = excluded.login, name = excluded.name, role = excluded.role, \
        unit = excluded.unit, win = excluded.win, password_hash = excluded.password_hash, left_on = excluded.left_on";
    STAFF = "SELECT id, login, name, role, unit, win, password_hash, left_on FROM staff ORDER BY id";
    STAFF_BY_LOGIN = "SELECT id, login, name, role, unit, win, password_hash, left_on FROM staff WHERE login = $1";
    STAFF_BY_ID = "SELECT id, login, name, role, unit, win, password_hash, left_on FROM staff WHERE id = $1";
    CONNECTOR_PUT = "INSERT INTO connector (id, unit, key_hash) VALUES ($1, $2, $3) \
        ON CONFLICT (id) DO UPDATE SET unit = excluded.unit, key_hash = excluded.key_hash";
    CONNECTOR_BY_KEY = "SELECT id, unit, key_hash FROM connector WHERE key_hash = $1";
    CONNECTORS = "SELECT id, unit, key_hash FROM connector ORDER BY id";
    CONNECTOR_DELETE = "DELETE FROM connector WHERE id = $1";
    SESSION_PUT = "INSERT INTO session (token_hash, staff, created_at, expires_at, used_at) VALUES ($1, $2, $3, $4, $5)";
    SESSION_GET = "SELECT token_hash, staff, created_at, expires_at, used_at FROM session \
        WHERE token_hash = $1 AND expires_at > $2";
    SESSION_USED = "UPDATE session SET used_at = $2 WHERE token_hash = $1 AND used_at < $2";
    SESSION_DELETE = "DELETE FROM session WHERE token_hash = $1";
    SESSIONS_END = "DELETE FROM session WHERE staff = $1";
    SESSION_EXPIRE = "DELETE FROM session WHERE expires_at <= $1 RETURNING staff";
    THROTTLE_GET = "SELECT failures, locked_until FROM throttle WHERE login = $1";
    THROTTLE_TRIED = "INSERT INTO throttle (login, failures, locked_until) \
        VALUES ($1, 1, CASE WHEN $2 <= 1 THEN $3 + $4 ELSE $3 END) \
        ON CONFLICT (login) DO UPDATE SET \
        failures = CASE WHEN throttle.locked_until <= $3 - $4 OR throttle.locked_until > $3 + $4 OR throttle.failures >= $2 AND throttle.locked_until <= $3 \
        THEN 1 ELSE throttle.failures + 1 END, \
        locked_until = CASE WHEN throttle.locked_until <= $3 - $4 OR throttle.locked_until > $3 + $4 OR throttle.failures >= $2 AND throttle.locked_until <= $3 \
        OR throttle.failures + 1 < $2 THEN $3 WHEN throttle.failures + 1 = $2 THEN $3 + $4 ELSE throttle.locked_until END \
        RETURNING failures, locked_until";
    THROTTLE_EXPIRE = "DELETE FROM throttle WHERE locked_until <= $1 RETURNING login";
    THROTTLE_BACK = "UPDATE throttle SET failures = failures - 1, \
        locked_until = CASE WHEN failures <= $2 THEN $3 ELSE locked_until END WHERE login = $1 AND failures > 0";
    THROTTLE_FORGET = "DELETE FROM throttle WHERE login LIKE '%:' || $1";
    THROTTLE_CLEAR = "DELETE FROM throttle WHERE login = $1";
}

impl Store {
    /// Adds or replaces members of staff.
    pub async fn put_staff(&self, staff: &[Staff]) -> Result<()> {
        let rows = staff.iter().cloned().map(Record::values).collect();
        self.db.write_bulk(&STAFF_PUT, rows).await.map(drop)
    }

    /// All staff by id.
    pub async fn staff(&self) -> Result<Vec<Staff>> {
        records(self.db.all(&STAFF, args![]).await?)
    }

    /// Who signs in with this name.
    pub async fn staff_by_login(&self, login: &str) -> Result<Option<Staff>> {
        optional(self.db.opt(&STAFF_BY_LOGIN, args![login]).await?)
    }

    /// Who has this id.
    pub async fn staff_by_id(&self, id: &str) -> Result<Option<Staff>> {
        optional(self.db.opt(&STAFF_BY_ID, args![id]).await?)
    }

    /// Adds or replaces a connector.
    pub async fn put_connector(&self, connector: Connector) -> Result<()> {
        self.db
            .write(&CONNECTOR_PUT, connector.values())
            .await
            .map(drop)
    }

    /// The connector that holds this key.
    pub async fn connector_by_key(&self, key_hash: &[u8]) -> Result<Option<Connector>> {
        optional(self.db.opt(&CONNECTOR_BY_KEY, args![key_hash]).await?)
    }

    /// All connectors by id.
    pub async fn connectors(&self) -> Result<Vec<Connector>> {
        records(self.db.all(&CONNECTORS, args![]).await?)
    }

    /// Takes a connector's key away.
    pub async fn delete_connector(&self, id: &str) -> Result<()> {
        self.db.write(&CONNECTOR_DELETE, args![id]).await.map(drop)
    }

    /// Ends every session of a member of staff.
    pub async fn end_sessions(&self, staff: &str) -> Result<()> {
        self.db.write(&SESSIONS_END, args![staff]).await.map(drop)
    }

    /// Opens a session.
    pub async fn session_put(&self, session: Session) -> Result<()> {
        self.db
            .write(&SESSION_PUT, session.values())
            .await
            .map(drop)
    }

    /// The session of a token, unless it has expired.
    pub async fn session(&self, token_hash: &[u8], now: i64) -> Result<Option<Session>> {
        optional(self.db.opt(&SESSION_GET, args![token_hash, now]).await?)
    }

    /// Notes when a session was last used.
    pub async fn session_used(&self, token_hash: &[u8], at: i64) -> Result<()> {
        self.db
            .write(&SESSION_USED, args![token_hash, at])
            .await
            .map(drop)
    }

    /// Ends a session.
    pub async fn session_delete(&self, token_hash: &[u8]) -> Result<()> {
        self.db
            .write(&SESSION_DELETE, args![token_hash])
            .await
            .map(drop)
    }

    /// Forgets expired sessions.
    pub async fn sessions_expire(&self, now: i64) -> Result<()> {
        self.db.write(&SESSION_EXPIRE, args![now]).await.map(drop)
    }

    /// Failed sign-ins of a login, where there were any.
    pub async fn throttle(&self, login: &str) -> Result<Option<Throttle>> {
        optional(self.db.opt(&THROTTLE_GET, args![login]).await?)
    }

    /// Counts a try to sign in, which is a failure until [`Store::throttle_clear`]; the `allowed`-th
    /// locks the login for `lock_ms`. A lock that is over starts anew, and so does a login whose last
    /// try is that long ago, and a lock that lies further ahead than it could: then a clock was wrong.
    pub async fn throttle_tried(
        &self,
        login: &str,
        allowed: i64,
        now: i64,
        lock_ms: i64,
    ) -> Result<Throttle> {
        let rows = self
            .db
            .write(&THROTTLE_TRIED, args![login, allowed, now, lock_ms])
            .await?;
        optional(rows.into_iter().next()).map(Option::unwrap_or_default)
    }

    /// Forgets tries and locks that ended at `before` or earlier.
    pub async fn throttles_expire(&self, before: i64) -> Result<()> {
        self.db
            .write(&THROTTLE_EXPIRE, args![before])
            .await
            .map(drop)
    }

    /// Gives a try back that was none: it counts no more, and neither does the wait that it began.
    pub async fn throttle_back(&self, login: &str, allowed: i64, now: i64) -> Result<()> {
        let values = args![login, allowed, now];
        self.db.write(&THROTTLE_BACK, values).await.map(drop)
    }

    /// Forgets every count whose name ends with a colon and this.
    pub async fn throttle_forget(&self, login: &str) -> Result<()> {
        self.db
            .write(&THROTTLE_FORGET, args![login])
            .await
            .map(drop)
    }

    /// A successful sign-in forgets the failures.
    pub async fn throttle_clear(&self, login: &str) -> Result<()> {
        self.db.write(&THROTTLE_CLEAR, args![login]).await.map(drop)
    }
}
