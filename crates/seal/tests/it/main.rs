//! Seals documents and has them judged: by our verifier, and by programs of others.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says where"
)]

mod attacks;
mod authority;
mod import;
mod judges;
mod paper;
mod support;
mod time_stamps;
