//! Personal numbers at rest: sealed with AES-256-GCM and found by a keyed blind index.
//!
//! A sealed value is `1 ‖ nonce (12) ‖ ciphertext ‖ tag (16)`; the associated data names table, column
//! and row, so that a value moved to another place does not open.

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use domain::ids::SchoolId;
use domain::ports::Env;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fmt;
use uuid::Uuid;
use zeroize::Zeroize;

use crate::db::Error;
use crate::keys::{Key, Keys};

/// The only format so far.
const FORMAT: u8 = 1;
const NONCE: usize = 12;

/// A number that belongs to a person (identity card, phone). Prints as `***` wherever it is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonalNumber(String);

impl PersonalNumber {
    /// Wraps a number as typed; surrounding blanks are dropped.
    pub fn new(number: &str) -> Self {
        Self(number.trim().to_owned())
    }

    /// The number itself. Showing it is an act that must be audited.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Drop for PersonalNumber {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for PersonalNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for PersonalNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl serde::Serialize for PersonalNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("***")
    }
}

/// Sealed bytes, as they are in the database.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl crate::db::ToValue for Sealed {
    fn to_value(&self) -> crate::db::Value<'_> {
        self.0.to_value()
    }
}

impl crate::db::Column for Sealed {
    fn from_cell(cell: crate::db::Cell<'_>) -> Option<Self> {
        Vec::from_cell(cell).map(Self)
    }
}

/// Where a sealed value lives.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's identifier.
    pub row: Uuid,
}

impl Place {
    fn associated_data(&self) -> Vec<u8> {
        format!("{}|{}|{}", self.table, self.column, self.row).into_bytes()
    }
}

/// Seals a number for its place.
pub fn seal(keys: &Keys, env: &Env, place: Place, number: &PersonalNumber) -> Result<Sealed, Error> {
    seal_bytes(keys.fields(), env, &place.associated_data(), number.0.as_bytes()).map(Sealed)
}

/// Opens what was sealed for this place; [`Error::Corrupt`] for anything else.
pub fn open(keys: &Keys, place: Place, sealed: &Sealed) -> Result<PersonalNumber, Error> {
    let bytes = open_bytes(keys.fields(), &place.associated_data(), &sealed.0)?;
    let text = String::from_utf8(bytes).map_err(|_| Error::Corrupt("a sealed number is not text".into()))?;
    Ok(PersonalNumber(text))
}

/// The blind index of a number: equal numbers of one school in one column have equal indexes, and nothing
/// else can be learned from it without the key. Blanks and the case of letters do not count.
pub fn blind_index(
    keys: &Keys,
    school: SchoolId,
    column: &str,
    number: &PersonalNumber,
) -> Result<Vec<u8>, Error> {
    let plain: String = number
        .0
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_uppercase)
        .collect();
    let mut mac = hmac(keys.index())?;
    mac.update(format!("{column}|{school}|{plain}").as_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}

pub(crate) fn hmac(key: &Key) -> Result<Hmac<Sha256>, Error> {
    <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key.as_ref())
        .map_err(|error| Error::Keys(error.to_string()))
}

pub(crate) fn seal_bytes(key: &Key, env: &Env, aad: &[u8], msg: &[u8]) -> Result<Vec<u8>, Error> {
    let nonce = env.bytes::<NONCE>();
    let sealed = cipher(key)?.encrypt((&nonce).into(), Payload { msg, aad });
    let sealed = sealed.map_err(|_| Error::Corrupt("could not seal".into()))?;
    Ok([&[FORMAT][..], &nonce, &sealed].concat())
}

pub(crate) fn open_bytes(key: &Key, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Error> {
    let broken = || Error::Corrupt("a sealed value does not open in its place".into());
    let (format, rest) = sealed.split_first().ok_or_else(broken)?;
    let (nonce, msg) = rest.split_first_chunk::<NONCE>().ok_or_else(broken)?;
    if *format != FORMAT {
        return Err(broken());
    }
    cipher(key)?
        .decrypt(nonce.into(), Payload { msg, aad })
        .map_err(|_| broken())
}

fn cipher(key: &Key) -> Result<Aes256Gcm, Error> {
    Aes256Gcm::new_from_slice(key.as_ref()).map_err(|error| Error::Keys(error.to_string()))
}
