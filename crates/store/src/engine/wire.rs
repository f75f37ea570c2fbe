//! Binding, reading, and telling errors apart.

use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArguments, PgRow, PgTypeInfo};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{
    Arguments, Column, Executor, Postgres, Row as _, SqlSafeStr, SqlStr, Sqlite, TypeInfo, ValueRef,
};

use crate::error::{Result, StoreError};
use crate::value::{Row, Value};

/// All rows of a statement on SQLite.
pub(super) async fn sqlite_all<'c>(
    on: impl Executor<'c, Database = Sqlite>,
    text: impl SqlSafeStr,
    values: Vec<Value>,
) -> Result<Vec<Row>> {
    let mut args = SqliteArguments::default();
    for value in values {
        match value {
            Value::I(i) => args.add(i),
            Value::T(t) => args.add(t),
            Value::B(b) => args.add(b),
            Value::N => args.add(None::<i64>),
        }
        .map_err(|e| StoreError::Internal(e.to_string()))?;
    }
    let text: SqlStr = text.into_sql_str();
    let rows = sqlx::query_with(text, args)
        .fetch_all(on)
        .await
        .map_err(read_error)?;
    rows.iter().map(sqlite_row).collect()
}

/// All rows of a statement on PostgreSQL.
pub(super) async fn postgres_all<'c>(
    on: impl Executor<'c, Database = Postgres>,
    text: impl SqlSafeStr,
    values: Vec<Value>,
) -> Result<Vec<Row>> {
    let mut args = PgArguments::default();
    for value in values {
        match value {
            Value::I(i) => args.add(i),
            Value::T(t) => args.add(t),
            Value::B(b) => args.add(b),
            Value::N => args.add(Untyped),
        }
        .map_err(|e| StoreError::Internal(e.to_string()))?;
    }
    let text: SqlStr = text.into_sql_str();
    let rows = sqlx::query_with(text, args)
        .fetch_all(on)
        .await
        .map_err(read_error)?;
    rows.iter().map(postgres_row).collect()
}

/// A null whose type PostgreSQL takes from the column.
struct Untyped;

impl sqlx::Type<Postgres> for Untyped {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(0))
    }
}

impl sqlx::Encode<'_, Postgres> for Untyped {
    fn encode_by_ref(
        &self,
        _buffer: &mut sqlx::postgres::PgArgumentBuffer,
    ) -> std::result::Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        Ok(sqlx::encode::IsNull::Yes)
    }
}

fn sqlite_row(row: &SqliteRow) -> Result<Row> {
    let value = |i: usize| -> std::result::Result<Value, sqlx::Error> {
        let raw = row.try_get_raw(i)?;
        if raw.is_null() {
            return Ok(Value::N);
        }
        let kind = raw.type_info().name().to_owned();
        match kind.as_str() {
            "TEXT" => row.try_get_unchecked(i).map(Value::T),
            "BLOB" => row.try_get_unchecked(i).map(Value::B),
            _ => row.try_get_unchecked(i).map(Value::I),
        }
    };
    (0..row.len())
        .map(value)
        .collect::<std::result::Result<_, _>>()
        .map(Row::new)
        .map_err(read_error)
}

fn postgres_row(row: &PgRow) -> Result<Row> {
    let value = |i: usize| -> std::result::Result<Value, sqlx::Error> {
        if row.try_get_raw(i)?.is_null() {
            return Ok(Value::N);
        }
        match row.column(i).type_info().name() {
            "INT8" => row.try_get_unchecked(i).map(Value::I),
            "INT4" => row
                .try_get_unchecked::<i32, _>(i)
                .map(|v| Value::I(v.into())),
            "BYTEA" => row.try_get_unchecked(i).map(Value::B),
            "VOID" => Ok(Value::N),
            _ => row.try_get_unchecked(i).map(Value::T),
        }
    };
    (0..row.len())
        .map(value)
        .collect::<std::result::Result<_, _>>()
        .map(Row::new)
        .map_err(read_error)
}

/// Tells an engine's errors apart. Messages of both engines name tables and
/// constraints, never values (PostgreSQL puts those in the detail, not taken).
pub(super) fn read_error(error: sqlx::Error) -> StoreError {
    let sqlx::Error::Database(db) = &error else {
        return match error {
            sqlx::Error::Configuration(e) => StoreError::Internal(format!("database URL: {e}")),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                StoreError::Corrupt(error.to_string())
            }
            sqlx::Error::ColumnIndexOutOfBounds { .. } => StoreError::Internal(error.to_string()),
            other => StoreError::Unavailable(other.to_string()),
        };
    };
    let (code, message) = (
        db.code().unwrap_or_default().into_owned(),
        db.message().to_owned(),
    );
    if db
        .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
        .is_some()
    {
        postgres_error(&code, message)
    } else {
        sqlite_error(&code, message)
    }
}

fn sqlite_error(code: &str, message: String) -> StoreError {
    /// SQLITE_READONLY_DBMOVED: the file under us was moved or deleted.
    const MOVED: i64 = 1032;
    let code: i64 = code.parse().unwrap_or(1);
    match (code, code & 0xff) {
        (MOVED, _) => StoreError::Moved(message),
        (_, 8 | 13) => StoreError::ReadOnlyOrFull(message),
        (_, 18..=20) => StoreError::Refused(message),
        (_, 11 | 26) => StoreError::Corrupt(message),
        (_, 5 | 6 | 7 | 9 | 10 | 14 | 15) => StoreError::Unavailable(message),
        _ => StoreError::Internal(format!("{code}: {message}")),
    }
}

fn postgres_error(code: &str, message: String) -> StoreError {
    match code {
        "53100" | "25006" => StoreError::ReadOnlyOrFull(message),
        // 25P03: the server ended a transaction that had been idle for too long.
        "25P03" | "40001" | "40P01" | "55P03" => StoreError::Unavailable(message),
        "XX001" | "XX002" => StoreError::Corrupt(message),
        _ => match code.get(..2).unwrap_or_default() {
            "22" | "23" | "54" => StoreError::Refused(message),
            "08" | "28" | "3D" | "53" | "57" | "58" => StoreError::Unavailable(message),
            _ => StoreError::Internal(format!("{code}: {message}")),
        },
    }
}
