//! Signs short values that a browser keeps for us (flash, the token of forms before login), so that
//! nobody else can make one. Not for secrets: the values can be read.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use store::Keys;
use store::keys::Key;
use subtle::ConstantTimeEq;

/// A key for HMAC-SHA256, derived from the installation's master key.
pub struct Seal {
    key: Key,
}

impl Seal {
    /// The seal of the door.
    pub fn new(keys: &Keys) -> Result<Self, store::Error> {
        Ok(Self {
            key: keys.derive("door 1")?,
        })
    }

    /// The tag of `bytes` for one purpose.
    pub fn tag(&self, purpose: &str, bytes: &[u8]) -> [u8; 32] {
        tag(&self.key, purpose, bytes)
    }

    /// `payload.tag`, both base64url.
    pub fn sign(&self, purpose: &str, payload: &[u8]) -> String {
        format!("{}.{}", encode(payload), encode(&self.tag(purpose, payload)))
    }

    /// The payload of a signed value; `None` when the tag does not fit.
    pub fn open(&self, purpose: &str, signed: &str) -> Option<Vec<u8>> {
        let (payload, tag) = signed.split_once('.')?;
        let payload = decode(payload)?;
        let fits = self.tag(purpose, &payload).ct_eq(decode(tag)?.as_slice());
        bool::from(fits).then_some(payload)
    }
}

/// HMAC-SHA256 of a purpose and bytes.
pub fn tag(key: &Key, purpose: &str, bytes: &[u8]) -> [u8; 32] {
    let mut block = [0u8; 64];
    block[..32].copy_from_slice(key.as_ref());
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

/// base64url without padding.
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of a base64url text.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
