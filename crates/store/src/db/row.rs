//! Rows: read by column name, the same on both engines.

use jiff::Timestamp;
use rusqlite::types::ValueRef;
use tokio_postgres::types::{FromSql, Type};
use uuid::Uuid;

use super::Error;
use domain::ids;

/// One value of a row, as either engine holds it.
#[derive(Clone, Copy)]
pub enum Cell<'a> {
    /// NULL.
    Null,
    /// An integer of any width.
    Int(i64),
    /// Text.
    Text(&'a str),
    /// Bytes, identifiers included.
    Bytes(&'a [u8]),
}

/// A type that a column can be read as.
pub trait Column: Sized {
    /// Reads the value, or says that it has another kind.
    fn from_cell(cell: Cell<'_>) -> Option<Self>;
}

/// A row of either engine.
#[derive(Clone, Copy)]
pub enum RowRef<'a> {
    /// A row of SQLite.
    Lite(&'a rusqlite::Row<'a>),
    /// A row of PostgreSQL.
    Pg(&'a tokio_postgres::Row),
}

impl RowRef<'_> {
    /// The column called `name`.
    pub fn get<T: Column>(&self, name: &str) -> Result<T, Error> {
        match self {
            Self::Lite(row) => lite(row.get_ref(name).map_err(Error::db)?),
            Self::Pg(row) => row.try_get::<_, Raw<'_>>(name).map_err(Error::db)?.cell(),
        }
        .and_then(T::from_cell)
        .ok_or_else(|| Error::Corrupt(format!("column {name} has another type")))
    }

    /// The column called `name`, looked for at position `guess` first: most rows list their fields in the
    /// order of the statement, and comparing one name is cheaper than searching thirty.
    pub fn field<T: Column>(&self, guess: usize, name: &str) -> Result<T, Error> {
        let there = match self {
            Self::Lite(row) => row.as_ref().column_name(guess).is_ok_and(|column| column == name),
            Self::Pg(row) => row
                .columns()
                .get(guess)
                .is_some_and(|column| column.name() == name),
        };
        if there { self.at(guess) } else { self.get(name) }
    }

    /// The column at `index`, from 0.
    pub fn at<T: Column>(&self, index: usize) -> Result<T, Error> {
        match self {
            Self::Lite(row) => lite(row.get_ref(index).map_err(Error::db)?),
            Self::Pg(row) => row.try_get::<_, Raw<'_>>(index).map_err(Error::db)?.cell(),
        }
        .and_then(T::from_cell)
        .ok_or_else(|| Error::Corrupt(format!("column {index} has another type")))
    }
}

fn lite(value: ValueRef<'_>) -> Option<Cell<'_>> {
    match value {
        ValueRef::Null => Some(Cell::Null),
        ValueRef::Integer(v) => Some(Cell::Int(v)),
        ValueRef::Text(v) => std::str::from_utf8(v).ok().map(Cell::Text),
        ValueRef::Blob(v) => Some(Cell::Bytes(v)),
        ValueRef::Real(_) => None,
    }
}

/// The bytes of a PostgreSQL value and their type.
struct Raw<'a>(Type, Option<&'a [u8]>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(ty.clone(), Some(raw)))
    }

    fn from_sql_null(ty: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(ty.clone(), None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl<'a> Raw<'a> {
    fn cell(self) -> Option<Cell<'a>> {
        let Some(raw) = self.1 else {
            return Some(Cell::Null);
        };
        match self.0 {
            Type::INT8 => raw.try_into().ok().map(|raw| Cell::Int(i64::from_be_bytes(raw))),
            Type::INT4 => raw
                .try_into()
                .ok()
                .map(|raw| Cell::Int(i64::from(i32::from_be_bytes(raw)))),
            Type::BOOL => raw.first().map(|v| Cell::Int(i64::from(*v))),
            Type::TEXT | Type::VARCHAR | Type::NAME => std::str::from_utf8(raw).ok().map(Cell::Text),
            Type::BYTEA | Type::UUID => Some(Cell::Bytes(raw)),
            _ => None,
        }
    }
}

macro_rules! column { ($($t:ty, $p:pat => $e:expr;)*) => { $(
    impl Column for $t {
        fn from_cell(cell: Cell<'_>) -> Option<Self> {
            let $p = cell else { return None };
            $e
        }
    }
)* } }

column! {
    i64, Cell::Int(v) => Some(v);
    i32, Cell::Int(v) => v.try_into().ok();
    u32, Cell::Int(v) => v.try_into().ok();
    u16, Cell::Int(v) => v.try_into().ok();
    u8, Cell::Int(v) => v.try_into().ok();
    bool, Cell::Int(v) => Some(v != 0);
    String, Cell::Text(v) => Some(v.to_owned());
    Vec<u8>, Cell::Bytes(v) => Some(v.to_vec());
    Uuid, Cell::Bytes(v) => Uuid::from_slice(v).ok();
    Timestamp, Cell::Int(v) => Timestamp::from_microsecond(v).ok();
    ids::SchoolId, Cell::Int(v) => Some(Self(v));
}

impl<const N: usize> Column for [u8; N] {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        let Cell::Bytes(v) = cell else { return None };
        v.try_into().ok()
    }
}

impl<T: Column> Column for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        if matches!(cell, Cell::Null) {
            Some(None)
        } else {
            T::from_cell(cell).map(Some)
        }
    }
}

macro_rules! id_columns { ($($name:ident)*) => { $(
    impl Column for ids::$name {
        fn from_cell(cell: Cell<'_>) -> Option<Self> { Uuid::from_cell(cell).map(Self) }
    }
)* } }

id_columns! { AgreementId StudentId EmployerId AccountId CollegeId FileId MessageId UploadId JobId ApplicationId }

/// A type that a row can be read as; made by [`row!`](crate::row), or a tuple by position.
pub trait FromRow: Sized {
    /// Reads the row.
    fn from_row(row: RowRef<'_>) -> Result<Self, Error>;
}

macro_rules! tuples { ($(($($t:ident $i:tt),*))*) => { $(
    impl<$($t: Column),*> FromRow for ($($t,)*) {
        fn from_row(row: RowRef<'_>) -> Result<Self, Error> { Ok(($(row.at::<$t>($i)?,)*)) }
    }
)* } }

tuples! { (A 0) (A 0, B 1) (A 0, B 1, C 2) (A 0, B 1, C 2, D 3) (A 0, B 1, C 2, D 3, E 4) }

/// Declares a row: a struct whose fields are read from the columns of the same names.
#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$field_meta:meta])* $field_vis:vis $field:ident : $ty:ty),* $(,)? }) => {
        $(#[$meta])*
        $vis struct $name { $($(#[$field_meta])* $field_vis $field: $ty),* }

        impl $crate::db::FromRow for $name {
            fn from_row(row: $crate::db::RowRef<'_>) -> Result<Self, $crate::db::Error> {
                let mut position = 0_usize..;
                Ok(Self { $($field: row.field(position.next().unwrap_or_default(), stringify!($field))?),* })
            }
        }
    };
}
