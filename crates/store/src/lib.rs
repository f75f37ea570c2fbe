//! The only SQL of 好差评: one text for SQLite and PostgreSQL.
