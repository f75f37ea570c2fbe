//! What the two engines call things.

/// Which database is underneath.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// One file, one process.
    Sqlite,
    /// Any number of servers.
    Postgres,
}

/// A statement of a bulk insert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    /// How many rows its text has room for.
    pub room: usize,
    /// How many come.
    pub rows: usize,
}

/// Rows of one statement at most; a power of two.
const SQLITE_ROOM: usize = 256;
/// PostgreSQL's statements are full.
const POSTGRES_ROOMS: [usize; 9] = [500, 200, 100, 50, 20, 10, 5, 2, 1];

impl Engine {
    /// Lower-case name, for logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// How a bulk insert of so many rows is divided: into few statements, since each is a trip to
    /// the thread or the server that runs it and back, and into few distinct ones, so that they
    /// stay prepared.
    pub(super) fn pieces(self, rows: usize) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut left = rows;
        while left > 0 {
            let piece = self.piece(left);
            left -= piece.rows;
            pieces.push(piece);
        }
        pieces
    }

    fn piece(self, left: usize) -> Piece {
        match self {
            Self::Sqlite => {
                let rows = left.min(SQLITE_ROOM);
                let room = rows.next_power_of_two();
                Piece { room, rows }
            }
            Self::Postgres => {
                let fits = POSTGRES_ROOMS.iter().copied().find(|room| *room <= left);
                let rows = fits.unwrap_or(1);
                Piece { room: rows, rows }
            }
        }
    }

    /// The text of a bulk insert, with its rows put in. SQLite leaves out the rows after the count
    /// that comes first: unbound, they cost nothing.
    pub(super) fn bulk_insert(self, text: &str, rows: &str) -> String {
        match self {
            Self::Sqlite => {
                let first =
                    format!("SELECT * FROM (VALUES {rows}) WHERE true LIMIT (SELECT n FROM given)");
                format!(
                    "WITH given (n) AS (VALUES (?)) {}",
                    text.replace("VALUES {rows}", &first)
                )
            }
            Self::Postgres => text.replace("{rows}", rows),
        }
    }

    /// The template of the migrations in this engine's words.
    pub(crate) fn ddl(self, template: &str) -> String {
        let words: &[(&str, &str)] = match self {
            Self::Sqlite => &[
                ("{int}", "INTEGER"),
                ("{text}", "TEXT"),
                ("{blob}", "BLOB"),
                ("{strict}", "STRICT"),
                ("{keyed}", "STRICT, WITHOUT ROWID"),
            ],
            Self::Postgres => &[
                ("{int}", "BIGINT"),
                ("{text}", "TEXT COLLATE \"C\""),
                ("{blob}", "BYTEA"),
                ("{strict}", ""),
                ("{keyed}", ""),
            ],
        };
        words
            .iter()
            .fold(template.to_owned(), |text, (token, word)| {
                text.replace(token, word)
            })
    }

    /// Lifts the limits of time for the rest of a transaction: a migration may take its own.
    pub(crate) fn unhurried(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;",
        }
    }

    /// Refuses INSERT, UPDATE or DELETE of a row where a condition on `NEW` and `OLD` holds.
    pub(crate) fn refuse(self, verb: &str, table: &str, condition: &str) -> String {
        let name = format!("{table}_no_false_{}", verb.to_lowercase());
        match self {
            Self::Sqlite => format!(
                "CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {condition} \
                 BEGIN SELECT RAISE(ABORT, '{table} only grows as it should'); END;\n"
            ),
            Self::Postgres => {
                let kept = if verb == "DELETE" { "OLD" } else { "NEW" };
                format!(
                    "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS \
                     $$ BEGIN IF {condition} THEN \
                     RAISE EXCEPTION '{table} only grows as it should' USING ERRCODE = '23001'; END IF; \
                     RETURN {kept}; END $$;\n\
                     CREATE TRIGGER {name} BEFORE {verb} ON {table} \
                     FOR EACH ROW EXECUTE FUNCTION {name}();\n"
                )
            }
        }
    }

    /// Refuses UPDATE and DELETE on a table.
    pub(crate) fn append_only(self, table: &str) -> String {
        match self {
            Self::Sqlite => ["UPDATE", "DELETE"]
                .map(|verb| {
                    format!(
                        "CREATE TRIGGER {table}_no_{} BEFORE {verb} ON {table} \
                         BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;\n",
                        verb.to_lowercase()
                    )
                })
                .concat(),
            Self::Postgres => format!(
                "CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = '23001'; END $$;\n\
                 CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} \
                 FOR EACH ROW EXECUTE FUNCTION {table}_append_only();\n\
                 CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} \
                 FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only();\n"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bulk_insert_is_divided_into_few_statements_that_take_every_row_once() {
        let of = |engine: Engine, rows| -> Vec<(usize, usize)> {
            let pieces = engine.pieces(rows);
            assert_eq!(pieces.iter().map(|piece| piece.rows).sum::<usize>(), rows);
            pieces
                .iter()
                .map(|piece| (piece.room, piece.rows))
                .collect()
        };
        assert_eq!(of(Engine::Sqlite, 0), []);
        assert_eq!(of(Engine::Sqlite, 1), [(1, 1)]);
        assert_eq!(of(Engine::Sqlite, 87), [(128, 87)]);
        assert_eq!(of(Engine::Sqlite, 300), [(256, 256), (64, 44)]);
        assert_eq!(
            of(Engine::Postgres, 87),
            [(50, 50), (20, 20), (10, 10), (5, 5), (2, 2)]
        );
        for rows in 0..1_200 {
            of(Engine::Sqlite, rows);
            of(Engine::Postgres, rows);
        }
    }
}
