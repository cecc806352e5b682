//! JSON columns: text on both engines, a value here.

use std::borrow::Cow;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::row::{Cell, Column};
use super::value::{ToValue, Value};

/// A value that is stored as JSON text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Json<T>(pub T);

impl<T: Serialize> ToValue for Json<T> {
    fn to_value(&self) -> Value<'_> {
        // What cannot be written becomes NULL, which no JSON column takes.
        serde_json::to_string(&self.0).map_or(Value::Null, |text| Value::Text(Cow::Owned(text)))
    }
}

impl<T: DeserializeOwned> Column for Json<T> {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        let Cell::Text(text) = cell else { return None };
        serde_json::from_str(text).ok().map(Self)
    }
}

impl ToValue for serde_json::Value {
    fn to_value(&self) -> Value<'_> {
        Value::Text(Cow::Owned(self.to_string()))
    }
}

impl Column for serde_json::Value {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        Json::from_cell(cell).map(|Json(value)| value)
    }
}
