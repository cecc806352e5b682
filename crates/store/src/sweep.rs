//! Deletes the bytes of files that nobody needs any more.
//!
//! Rows go first, bytes later: in the transaction that lets go of the last row of a content, the content is
//! noted ([`let_go`]); an hour later its bytes are deleted ([`sweep`]). A crash at any moment leaves a note that
//! the next sweep finds, and never a row without bytes: whoever stores the same content meanwhile takes the
//! note away before the bytes are written ([`keep`]), and a note that is being worked on is waited for. That
//! takes for granted that between the bytes and the row of a file there is less than an hour.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::ids::{FileId, SchoolId};
use jiff::{SignedDuration, Timestamp};
use object_store::ObjectStoreExt;

use crate::db::{Conn, Error, Store};
use crate::files;
use crate::{exec, fetch_all, fetch_opt, row};

/// How long bytes stay after their last row.
const GRACE: SignedDuration = SignedDuration::from_hours(1);
/// After this a sweeper that has said that it deletes something is taken for dead by the next sweeper …
const DEAD: SignedDuration = SignedDuration::from_mins(10);
/// … and by somebody who waits for it: deleting one file takes milliseconds.
const HUNG: SignedDuration = SignedDuration::from_mins(1);
/// How often somebody looks whether the sweeper is done, and how long in between: five seconds in all.
const LOOKS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);
/// Contents of one round.
const ROUND: i64 = 100;

row! {
    /// A content that no row of its school names any more.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Gone {
        /// The school.
        pub school_id: SchoolId,
        /// Its SHA-256.
        pub sha256: Vec<u8>,
    }
}

/// Notes the contents of files that are named by nothing any more; their rows go now. Called where the last
/// name may have gone, in its transaction.
pub async fn let_go(
    c: &mut Conn<'_>,
    files: &BTreeSet<(SchoolId, FileId)>,
    now: Timestamp,
) -> Result<(), Error> {
    for (school, file) in files {
        // A table that names files and is missing here makes this fail, and nothing is lost.
        let freed = fetch_opt!(
            c,
            (Vec<u8>,),
            "DELETE FROM file WHERE school_id = $1 AND id = $2 \
             AND NOT EXISTS (SELECT 1 FROM upload u WHERE u.school_id = $1 AND u.file_id = $2) \
             AND NOT EXISTS (SELECT 1 FROM document d WHERE d.school_id = $1 AND d.file_id = $2) \
             AND NOT EXISTS (SELECT 1 FROM school_picture p WHERE p.school_id = $1 AND p.file_id = $2) \
             AND NOT EXISTS (SELECT 1 FROM seal s WHERE s.school_id = $1 \
             AND (s.prepared_file_id = $2 OR s.file_id = $2)) RETURNING sha256",
            school,
            file
        )?;
        if let Some((sha256,)) = freed {
            exec!(
                c,
                "INSERT INTO file_gone (school_id, sha256, at) VALUES ($1, $2, $3) \
                 ON CONFLICT (school_id, sha256) DO UPDATE SET at = excluded.at",
                school,
                sha256,
                now
            )?;
        }
    }
    Ok(())
}

/// Deletes the bytes of what was let go of an hour ago; how many contents.
pub async fn sweep(store: &Store) -> Result<usize, Error> {
    let mut swept = 0;
    loop {
        let now = store.env().now();
        let round = store.write(move |c| Box::pin(claim(c, now))).await?;
        if round.is_empty() {
            return Ok(swept);
        }
        for gone in round {
            // The claim is made fresh: an old one may have been taken away by somebody who stores this content.
            let fresh = store.env().now();
            let wanted = gone.clone();
            let ours = store.write(move |c| {
                let wanted = wanted.clone();
                Box::pin(async move { renew(c, &wanted, (now, fresh)).await })
            });
            if !ours.await? {
                continue;
            }
            let path = files::object_path(store.keys(), gone.school_id, &gone.sha256)?;
            match store.blobs().objects.delete(&path).await {
                // A sweeper that died had come that far.
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(Error::Files(error.into())),
            }
            store
                .write(move |c| {
                    let gone = gone.clone();
                    Box::pin(async move { forget(c, &gone, fresh).await })
                })
                .await?;
            swept += 1;
        }
    }
}

/// What is to be deleted now, and nobody else deletes; what has come back is left alone.
pub async fn claim(c: &mut Conn<'_>, now: Timestamp) -> Result<Vec<Gone>, Error> {
    let before = |past: SignedDuration| now.saturating_sub(past).unwrap_or(now);
    let due = fetch_all!(
        c,
        Gone,
        "SELECT school_id, sha256 FROM file_gone WHERE at <= $1 AND (claimed_at IS NULL OR claimed_at < $2) \
         ORDER BY at LIMIT $3",
        before(GRACE),
        before(DEAD),
        ROUND
    )?;
    let mut claimed = Vec::new();
    for gone in due {
        let back = exec!(
            c,
            "DELETE FROM file_gone WHERE school_id = $1 AND sha256 = $2 \
             AND EXISTS (SELECT 1 FROM file f WHERE f.school_id = $1 AND f.sha256 = $2)",
            gone.school_id,
            &gone.sha256
        )?;
        let mine = exec!(
            c,
            "UPDATE file_gone SET claimed_at = $3 WHERE school_id = $1 AND sha256 = $2 \
             AND (claimed_at IS NULL OR claimed_at < $4)",
            gone.school_id,
            &gone.sha256,
            now,
            before(DEAD)
        )?;
        if back == 0 && mine == 1 {
            claimed.push(gone);
        }
    }
    Ok(claimed)
}

/// Whether the claim of a moment is still there; if so it is as fresh as `now`.
async fn renew(c: &mut Conn<'_>, gone: &Gone, (claimed, now): (Timestamp, Timestamp)) -> Result<bool, Error> {
    let ours = exec!(
        c,
        "UPDATE file_gone SET claimed_at = $4 WHERE school_id = $1 AND sha256 = $2 AND claimed_at = $3",
        gone.school_id,
        &gone.sha256,
        claimed,
        now
    )?;
    Ok(ours == 1)
}

/// Forgets what was claimed at a moment; a newer note of the same content stays.
async fn forget(c: &mut Conn<'_>, gone: &Gone, claimed: Timestamp) -> Result<(), Error> {
    exec!(
        c,
        "DELETE FROM file_gone WHERE school_id = $1 AND sha256 = $2 AND claimed_at = $3",
        gone.school_id,
        &gone.sha256,
        claimed
    )?;
    Ok(())
}

/// A content is about to be stored: from now on nobody deletes its bytes.
pub(crate) async fn keep(store: &Store, school: SchoolId, sha256: &[u8]) -> Result<(), Error> {
    for _ in 0..LOOKS {
        let wanted = sha256.to_vec();
        let noted = store.read(move |c| {
            let wanted = wanted.clone();
            Box::pin(async move { is_noted(c, school, &wanted).await })
        });
        if !noted.await? {
            return Ok(());
        }
        let (wanted, now) = (sha256.to_vec(), store.env().now());
        let hung = now.saturating_sub(HUNG).unwrap_or(now);
        let taken = store.write(move |c| {
            let wanted = wanted.clone();
            Box::pin(async move {
                exec!(
                    c,
                    "DELETE FROM file_gone WHERE school_id = $1 AND sha256 = $2 \
                     AND (claimed_at IS NULL OR claimed_at < $3)",
                    school,
                    wanted,
                    hung
                )
            })
        });
        if taken.await? == 1 {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(Error::Files("the same content is just being deleted".into()))
}

async fn is_noted(c: &mut Conn<'_>, school: SchoolId, sha256: &[u8]) -> Result<bool, Error> {
    let found = fetch_opt!(
        c,
        (i64,),
        "SELECT 1 AS one FROM file_gone WHERE school_id = $1 AND sha256 = $2",
        school,
        sha256
    )?;
    Ok(found.is_some())
}
