//! One-time activation links: how somebody who has been set up chooses the first password.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::SchoolId;
use domain::ports::Env;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

/// How long a link for staff and employers works.
pub const STAFF: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a student's link works: rosters are handed out on paper, over weeks.
pub const STUDENT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A new token. The text goes to its owner and nowhere else; the database keeps the hash.
#[derive(Clone)]
pub struct Activation {
    /// SHA-256 of the random part.
    pub hash: [u8; 32],
    /// Until when it works.
    pub expires_at: Timestamp,
    text: String,
}

impl Activation {
    /// Draws a token: `<school>.<base64url of 32 random bytes>`, as the door reads it.
    pub fn new(env: &Env, school: SchoolId, lasts: SignedDuration) -> Self {
        let random: [u8; 32] = env.bytes();
        Self {
            hash: Sha256::digest(random).into(),
            expires_at: env.now().saturating_add(lasts).unwrap_or(Timestamp::MAX),
            text: format!("{school}.{}", URL_SAFE_NO_PAD.encode(random)),
        }
    }

    /// The link to hand over.
    pub fn link(&self, public_url: &str) -> String {
        format!("{public_url}/activate/{}", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use web::auth::session::Token;

    #[test]
    fn the_door_reads_the_links_that_are_made_here() {
        let made = Activation::new(&crate::world::real(), SchoolId(7), STAFF);
        let link = made.link("https://sign.example.edu.cn");
        let token = link
            .strip_prefix("https://sign.example.edu.cn/activate/")
            .unwrap();
        let read = Token::parse(token).unwrap();
        assert_eq!((read.school, read.hash), (SchoolId(7), made.hash));
    }
}
