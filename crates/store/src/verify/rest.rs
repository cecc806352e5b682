//! The files that no agreement leads to: certificates of employers, pictures of schools, letters that nobody has
//! sent yet, what waits to be sealed. Their bytes have to be there too.

use domain::ids::{FileId, SchoolId};
use uuid::Uuid;

use super::{Breach, PAGE, Report, file_is_whole};
use crate::db::{Conn, Error, Store};
use crate::{fetch_all, row};

row! {
    struct Key {
        school_id: SchoolId,
        id: FileId,
    }
}

/// Compares the bytes of every file that was not compared with its agreement.
pub(super) async fn files(store: &Store, report: &mut Report) -> Result<(), Error> {
    let mut after = (SchoolId(-1), FileId(Uuid::nil()));
    loop {
        let page = store
            .read(move |c| Box::pin(async move { keys(c, after).await }))
            .await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = (last.school_id, last.id);
        for key in page {
            match file_is_whole(store, key.school_id, key.id).await {
                // Let go of since the page was read.
                Ok(()) | Err(Error::NotFound) => {}
                Err(error) => report.breaches.push(Breach {
                    invariant: "file",
                    school: key.school_id.0,
                    agreement: None,
                    detail: format!("file {}: {error}", key.id),
                }),
            }
            report.files += 1;
        }
    }
}

async fn keys(c: &mut Conn<'_>, (school, id): (SchoolId, FileId)) -> Result<Vec<Key>, Error> {
    fetch_all!(
        c,
        Key,
        "SELECT f.school_id, f.id FROM file f WHERE (f.school_id, f.id) > ($1, $2) \
         AND NOT EXISTS (SELECT 1 FROM document d WHERE d.school_id = f.school_id AND d.file_id = f.id \
         AND d.rendition IN ('final', 'sealed')) \
         AND NOT EXISTS (SELECT 1 FROM upload u WHERE u.school_id = f.school_id AND u.file_id = f.id \
         AND u.agreement_id IS NOT NULL AND u.attached_at IS NOT NULL) ORDER BY f.school_id, f.id LIMIT $3",
        school,
        id,
        PAGE
    )
}
