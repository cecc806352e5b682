//! Captchas: a picture of letters, or for whoever cannot see it a small sum in words. Never the only
//! control (there is throttling), so neither has to be hard.
//!
//! Nothing is stored when one is shown, so that looking at a login page writes nothing: the identifier
//! holds its expiry and a tag of ours, the answer is derived from it with a secret key, and the first
//! attempt to answer, right or wrong, spends it in the database.

use crate::app::Demo;
use crate::error::Error;
use crate::seal;
use captcha::filters::{Noise, Wave};
use domain::ports::Env;
use jiff::Timestamp;
use std::sync::Arc;
use store::Keys;
use store::keys::Key;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use uuid::Uuid;

/// How long one may be answered, in seconds.
pub const SECONDS: i64 = 120;

/// Letters and digits of the font that nobody mistakes for others.
const LETTERS: &[u8] = b"abcdefhkmnprstuwxy346789";

/// Makes and checks captchas.
pub struct Captchas {
    key: Key,
    demo: Option<String>,
    turns: Arc<Semaphore>,
}

/// The two kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Letters in a picture.
    Picture,
    /// A sum in words.
    Sum,
}

impl Captchas {
    /// With a key of the installation, and demo mode's one answer.
    pub fn new(keys: &Keys, demo: Option<&Demo>) -> Result<Self, store::Error> {
        let demo = demo.map(|demo| fold(&demo.captcha));
        Ok(Self {
            key: keys.derive("captcha 1")?,
            demo,
            turns: Arc::new(Semaphore::new(2)),
        })
    }

    /// A new one: 4 bytes of expiry, 4 random ones of which the lowest bit of the first is the kind, 8 of tag.
    pub fn issue(&self, env: &Env, kind: Kind) -> Uuid {
        let expires = u32::try_from(env.now().as_second() + SECONDS).unwrap_or(u32::MAX);
        let mut bytes = [0u8; 16];
        bytes[..4].copy_from_slice(&expires.to_be_bytes());
        bytes[4..8].copy_from_slice(&env.bytes::<4>());
        bytes[4] = bytes[4] & 0xfe | u8::from(kind == Kind::Sum);
        let tag = self.tag(&bytes);
        bytes[8..].copy_from_slice(&tag);
        Uuid::from_bytes(bytes)
    }

    fn tag(&self, bytes: &[u8; 16]) -> [u8; 8] {
        let mut tag = [0; 8];
        tag.copy_from_slice(&seal::tag(&self.key, "id", &bytes[..8])[..8]);
        tag
    }

    /// Until when it may be answered and which kind it is; `None` when it is not one of ours.
    pub fn open(&self, id: Uuid) -> Option<(Timestamp, Kind)> {
        let bytes = id.as_bytes();
        let ours = self.tag(bytes).ct_eq(&bytes[8..]);
        let expires = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let kind = if bytes[4] & 1 == 1 {
            Kind::Sum
        } else {
            Kind::Picture
        };
        let expires = Timestamp::from_second(i64::from(expires)).ok()?;
        bool::from(ours).then_some((expires, kind))
    }

    fn entropy(&self, id: Uuid) -> [u8; 32] {
        seal::tag(&self.key, "answer", id.as_bytes())
    }

    /// The letters of a picture.
    fn letters(&self, id: Uuid) -> String {
        let pick = |byte: &u8| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]);
        self.entropy(id).iter().take(5).map(pick).collect()
    }

    /// The summands of a sum.
    pub fn summands(&self, id: Uuid) -> (u8, u8) {
        let bytes = self.entropy(id);
        (2 + bytes[0] % 18, 2 + bytes[1] % 8)
    }

    /// Whether `typed` answers it. Whether it is spent or expired is not asked here.
    pub fn fits(&self, id: Uuid, kind: Kind, typed: &str) -> bool {
        let typed = fold(typed);
        let answer = match kind {
            Kind::Picture => self.letters(id),
            Kind::Sum => {
                let (a, b) = self.summands(id);
                (a + b).to_string()
            }
        };
        typed == answer || self.demo.as_ref().is_some_and(|demo| *demo == typed)
    }

    /// The picture, as PNG; `None` when the identifier is not of a picture of ours.
    pub async fn picture(&self, id: Uuid) -> Result<Option<Vec<u8>>, Error> {
        let Some((_, Kind::Picture)) = self.open(id) else {
            return Ok(None);
        };
        let letters = self.letters(id);
        let turn = self
            .turns
            .clone()
            .acquire_owned()
            .await
            .map_err(Error::internal)?;
        let drawn = tokio::task::spawn_blocking(move || {
            let picture = draw(&letters);
            drop(turn);
            picture
        });
        drawn.await.map_err(Error::internal)
    }
}

/// The library draws with its own randomness: only noise and waves, no secret comes from it.
fn draw(letters: &str) -> Option<Vec<u8>> {
    let mut picture = captcha::Captcha::new();
    for letter in letters.chars() {
        picture.set_chars(&[letter]).add_char();
    }
    picture
        .apply_filter(Noise::new(0.2))
        .apply_filter(Wave::new(2.0, 12.0).horizontal())
        .apply_filter(Wave::new(2.0, 12.0).vertical())
        .view(260, 88);
    picture.as_png()
}

/// Small letters and ASCII digits, without spaces, as people type on phones and in Chinese input.
fn fold(typed: &str) -> String {
    let narrow = |c: char| match c {
        '０'..='９' | 'ａ'..='ｚ' | 'Ａ'..='Ｚ' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    typed
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(narrow)
        .collect::<String>()
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_can_be_drawn() {
        let mut picture = captcha::Captcha::new();
        for letter in LETTERS {
            picture.set_chars(&[char::from(*letter)]).add_char();
        }
        assert_eq!(picture.chars().len(), LETTERS.len());
        assert!(draw("abc34").is_some_and(|png| png.starts_with(b"\x89PNG")));
    }

    #[test]
    fn answers_are_taken_as_people_type_them() {
        assert_eq!(fold(" Ａb 3４ "), "ab34");
    }
}
