//! A picture on the page.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A PNG that was decoded and made anew when it was taken in. Written as hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Png(pub Vec<u8>);

impl fmt::Debug for Png {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Png({} bytes)", self.0.len())
    }
}

impl Serialize for Png {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&hex::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Png {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        hex::decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}
