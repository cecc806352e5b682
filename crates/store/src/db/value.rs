//! Parameters of statements: four kinds of value that both engines share.

use std::borrow::Cow;
use std::fmt;

use bytes::BytesMut;
use domain::ids;
use jiff::Timestamp;
use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

/// A parameter of a statement.
#[derive(Clone, PartialEq)]
pub enum Value<'a> {
    /// NULL of any type.
    Null,
    /// Integers, booleans (0, 1) and times (microseconds UTC).
    Int(i64),
    /// Text.
    Text(Cow<'a, str>),
    /// Bytes.
    Bytes(Cow<'a, [u8]>),
    /// An identifier.
    Uuid(Uuid),
}

impl Value<'_> {
    /// The same value, borrowed from nobody.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Int(v) => Value::Int(v),
            Self::Text(v) => Value::Text(Cow::Owned(v.into_owned())),
            Self::Bytes(v) => Value::Bytes(Cow::Owned(v.into_owned())),
            Self::Uuid(v) => Value::Uuid(v),
        }
    }
}

/// Drivers print parameters in their debug logs, and parameters hold personal data.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// What may be given as a parameter.
pub trait ToValue {
    /// The value, borrowed where it can be.
    fn to_value(&self) -> Value<'_>;
}

macro_rules! to_value { ($($t:ty => |$v:ident| $e:expr;)*) => { $(
    impl ToValue for $t {
        fn to_value(&self) -> Value<'_> { let $v = self; $e }
    }
)* } }

to_value! {
    i64 => |v| Value::Int(*v);
    i32 => |v| Value::Int(i64::from(*v));
    u32 => |v| Value::Int(i64::from(*v));
    u16 => |v| Value::Int(i64::from(*v));
    u8 => |v| Value::Int(i64::from(*v));
    bool => |v| Value::Int(i64::from(*v));
    str => |v| Value::Text(Cow::Borrowed(v));
    String => |v| Value::Text(Cow::Borrowed(v));
    Cow<'_, str> => |v| Value::Text(Cow::Borrowed(v));
    [u8] => |v| Value::Bytes(Cow::Borrowed(v));
    Vec<u8> => |v| Value::Bytes(Cow::Borrowed(v));
    Uuid => |v| Value::Uuid(*v);
    Timestamp => |v| Value::Int(v.as_microsecond());
    ids::SchoolId => |v| Value::Int(v.0);
    ids::AgreementId => |v| Value::Uuid(v.0);
    ids::StudentId => |v| Value::Uuid(v.0);
    ids::EmployerId => |v| Value::Uuid(v.0);
    ids::AccountId => |v| Value::Uuid(v.0);
    ids::CollegeId => |v| Value::Uuid(v.0);
    ids::FileId => |v| Value::Uuid(v.0);
    ids::MessageId => |v| Value::Uuid(v.0);
    ids::JobId => |v| Value::Uuid(v.0);
    ids::UploadId => |v| Value::Uuid(v.0);
    ids::ApplicationId => |v| Value::Uuid(v.0);
}

impl<const N: usize> ToValue for [u8; N] {
    fn to_value(&self) -> Value<'_> {
        Value::Bytes(Cow::Borrowed(self))
    }
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value<'_> {
        (**self).to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, ToValue::to_value)
    }
}

impl ToValue for Value<'_> {
    fn to_value(&self) -> Value<'_> {
        self.clone()
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(v) => ValueRef::Integer(*v),
            Self::Text(v) => ValueRef::Text(v.as_bytes()),
            Self::Bytes(v) => ValueRef::Blob(v),
            Self::Uuid(v) => ValueRef::Blob(v.as_bytes()),
        }))
    }
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self, ty) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(v), &Type::INT8) => v.to_sql(ty, out),
            (Self::Int(v), &Type::INT4) => i32::try_from(*v)?.to_sql(ty, out),
            (Self::Int(v), &Type::BOOL) => (*v != 0).to_sql(ty, out),
            (Self::Text(v), ty) if <&str as ToSql>::accepts(ty) => v.as_ref().to_sql(ty, out),
            (Self::Bytes(v), &Type::BYTEA) => v.as_ref().to_sql(ty, out),
            (Self::Uuid(v), &Type::UUID) => v.to_sql(ty, out),
            (Self::Int(_) | Self::Text(_) | Self::Bytes(_) | Self::Uuid(_), ty) => {
                Err(format!("a parameter does not fit the type {ty}").into())
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The parameters of a statement built by sea-query; fails on kinds that no column here has.
pub fn from_sea_query(values: sea_query::Values) -> Result<Vec<Value<'static>>, super::Error> {
    values.0.into_iter().map(from_sea_query_value).collect()
}

fn from_sea_query_value(value: sea_query::Value) -> Result<Value<'static>, super::Error> {
    use sea_query::Value as Sea;
    let int = |v: Option<i64>| v.map_or(Value::Null, Value::Int);
    Ok(match value {
        Sea::Bool(v) => int(v.map(i64::from)),
        Sea::Int(v) => int(v.map(i64::from)),
        Sea::BigInt(v) => int(v),
        Sea::Unsigned(v) => int(v.map(i64::from)),
        Sea::BigUnsigned(v) => match v.map(i64::try_from).transpose() {
            Ok(v) => int(v),
            Err(_) => return Err(super::Error::Config("a parameter is too large".into())),
        },
        Sea::String(v) => v.map_or(Value::Null, |v| Value::Text(Cow::Owned(v))),
        Sea::Bytes(v) => v.map_or(Value::Null, |v| Value::Bytes(Cow::Owned(v))),
        Sea::Uuid(v) => v.map_or(Value::Null, Value::Uuid),
        _ => return Err(super::Error::Config("a parameter of an unknown kind".into())),
    })
}
