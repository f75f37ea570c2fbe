//! Values as both engines know them: integers, text, bytes, null.
//! Rows and records on top of them; nothing here names an engine.

use crate::error::{Result, StoreError};

/// A 16-byte identifier (UUIDv7, made by the caller).
pub type Id = [u8; 16];

/// One value, bound or read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// 64-bit integer.
    I(i64),
    /// Text.
    T(String),
    /// Bytes.
    B(Vec<u8>),
    /// Null, of whatever type the column has.
    N,
}

/// One row, read from its first column to its last.
#[derive(Debug)]
pub struct Row(std::vec::IntoIter<Value>);

impl Row {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    /// The next column.
    pub(crate) fn take<T: Field>(&mut self) -> Result<T> {
        let value = self
            .0
            .next()
            .ok_or_else(|| StoreError::Corrupt("a row is too short".into()))?;
        T::read(value)
    }
}

/// A type that a column can hold.
pub trait Field: Sized {
    /// As a bound value.
    fn write(self) -> Value;
    /// From a read value.
    fn read(value: Value) -> Result<Self>;
}

fn unexpected<T>(wanted: &str, got: &Value) -> Result<T> {
    let kind = match got {
        Value::I(_) => "an integer",
        Value::T(_) => "text",
        Value::B(_) => "bytes",
        Value::N => "null",
    };
    Err(StoreError::Corrupt(format!(
        "expected {wanted}, found {kind}"
    )))
}

impl Field for i64 {
    fn write(self) -> Value {
        Value::I(self)
    }
    fn read(value: Value) -> Result<Self> {
        match value {
            Value::I(i) => Ok(i),
            other => unexpected("an integer", &other),
        }
    }
}

impl Field for bool {
    fn write(self) -> Value {
        Value::I(i64::from(self))
    }
    fn read(value: Value) -> Result<Self> {
        match value {
            Value::I(0) => Ok(false),
            Value::I(1) => Ok(true),
            other => unexpected("a flag", &other),
        }
    }
}

impl Field for String {
    fn write(self) -> Value {
        Value::T(self)
    }
    fn read(value: Value) -> Result<Self> {
        match value {
            Value::T(t) => Ok(t),
            other => unexpected("text", &other),
        }
    }
}

impl Field for Vec<u8> {
    fn write(self) -> Value {
        Value::B(self)
    }
    fn read(value: Value) -> Result<Self> {
        match value {
            Value::B(b) => Ok(b),
            other => unexpected("bytes", &other),
        }
    }
}

impl Field for Id {
    fn write(self) -> Value {
        Value::B(self.to_vec())
    }
    fn read(value: Value) -> Result<Self> {
        match value {
            Value::B(b) => b
                .try_into()
                .map_err(|_| StoreError::Corrupt("an id is not 16 bytes".into())),
            other => unexpected("an id", &other),
        }
    }
}

impl<T: Field> Field for Option<T> {
    fn write(self) -> Value {
        self.map_or(Value::N, T::write)
    }
    fn read(value: Value) -> Result<Self> {
        match value {
            Value::N => Ok(None),
            other => T::read(other).map(Some),
        }
    }
}

/// What [`args!`] accepts: owned fields and the borrowed forms of text and bytes.
pub(crate) trait Bind {
    fn bind(self) -> Value;
}

impl<T: Field> Bind for T {
    fn bind(self) -> Value {
        self.write()
    }
}

impl Bind for &str {
    fn bind(self) -> Value {
        Value::T(self.to_owned())
    }
}

impl Bind for &String {
    fn bind(self) -> Value {
        Value::T(self.clone())
    }
}

impl Bind for &[u8] {
    fn bind(self) -> Value {
        Value::B(self.to_vec())
    }
}

impl Bind for &Vec<u8> {
    fn bind(self) -> Value {
        Value::B(self.clone())
    }
}

impl Bind for &Id {
    fn bind(self) -> Value {
        Value::B(self.to_vec())
    }
}

/// A struct that is a row: its fields are the columns, in order.
pub(crate) trait Record: Sized {
    /// The columns' values.
    fn values(self) -> Vec<Value>;
    /// From the next columns of a row.
    fn read(row: &mut Row) -> Result<Self>;
}

/// All rows as records.
pub(crate) fn records<T: Record>(rows: Vec<Row>) -> Result<Vec<T>> {
    rows.into_iter().map(|mut row| T::read(&mut row)).collect()
}

/// A row, if there is one, as a record.
pub(crate) fn optional<T: Record>(row: Option<Row>) -> Result<Option<T>> {
    row.map(|mut row| T::read(&mut row)).transpose()
}

/// A struct of columns with its [`Record`] implementation.
macro_rules! record {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$fmeta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct $name { $($(#[$fmeta])* pub $field: $type,)* }

        impl $crate::value::Record for $name {
            fn values(self) -> Vec<$crate::value::Value> {
                vec![$($crate::value::Field::write(self.$field)),*]
            }
            fn read(row: &mut $crate::value::Row) -> $crate::error::Result<Self> {
                Ok(Self { $($field: row.take()?,)* })
            }
        }
    };
}

/// The values bound to a statement.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::value::Bind::bind($value)),*] };
}

pub(crate) use {args, record};
