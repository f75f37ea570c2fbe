//! What the two engines call things.

/// Which database is underneath.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// One file, one process.
    Sqlite,
    /// Any number of servers.
    Postgres,
}

impl Engine {
    /// Lower-case name, for logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// Sizes of bulk inserts, largest first: few distinct texts, so that they stay prepared, and few
    /// statements, since each is a trip to the thread or the server that runs it and back.
    pub(super) const fn chunks(self) -> &'static [usize] {
        match self {
            Self::Sqlite => &[256, 128, 64, 32, 16, 8, 4, 2, 1],
            Self::Postgres => &[500, 200, 100, 50, 20, 10, 5, 2, 1],
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
