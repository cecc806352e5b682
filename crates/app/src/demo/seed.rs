//! Writes the plan in one transaction: all of it is there, or nothing.

use super::plan::Plan;
use super::setting::{self, Keyring};
use super::{MARK, licence, play};
use domain::ids::{FileId, SchoolId, UploadId};
use serde_json::Value;
use std::fmt::Write as _;
use std::sync::Arc;
use store::accounts::PasswordHash;
use store::files::{self, StoredBytes};
use store::licences::{self, NewLicence};
use store::schools::{self, ParamChange};
use store::uploads::{self, Purpose, Upload};
use store::{Conn, Error, Store, mail, people};

/// Everything that the transaction needs; it may be tried more than once.
struct Seed {
    store: Store,
    plan: Plan,
    hash: PasswordHash,
    letters: Vec<StoredBytes>,
    /// Certificates of employers, by their place in the plan; some have none.
    licences: Vec<(usize, StoredBytes)>,
}

/// Fills a database.
pub async fn seed(store: &Store, hash: PasswordHash) -> Result<(), Error> {
    let schools = store.read(|c| Box::pin(schools::all(c))).await?;
    let first = schools.iter().map(|school| school.id.0).max().unwrap_or(0) + 1;
    let plan = Plan::new(store.env().now(), first);
    let mut letters = Vec::new();
    for school in &plan.schools {
        letters.push(files::put_bytes(store, school.id, letter().as_bytes(), "application/pdf").await?);
    }
    let mut licences = Vec::new();
    for n in (0..plan.employers.len()).filter(|n| n % 3 != 2) {
        let picture = licence::picture(n).map_err(|_| Error::Corrupt("a drawing".into()))?;
        licences.push((
            n,
            files::put_bytes(store, SchoolId::NONE, &picture, "image/png").await?,
        ));
    }
    let seed = Arc::new(Seed {
        store: store.clone(),
        plan,
        hash,
        letters,
        licences,
    });
    store
        .write(move |c| {
            let seed = Arc::clone(&seed);
            Box::pin(async move { write(c, &seed).await })
        })
        .await?;
    store.bell().notify_one();
    Ok(())
}

async fn write(c: &mut Conn<'_>, seed: &Seed) -> Result<(), Error> {
    let plan = &seed.plan;
    let keys = Keyring {
        store: &seed.store,
        hash: &seed.hash,
        now: plan.now,
    };
    setting::platform(c, plan, &keys).await?;
    for (n, stored) in &seed.licences {
        has_licence(c, seed, *n, stored).await?;
    }
    for (n, school) in plan.schools.iter().enumerate() {
        setting::school(c, plan, (n, school), &keys).await?;
        let mark = ParamChange {
            year: 0,
            key: MARK.to_owned(),
            value: Value::Bool(true),
            by: None,
        };
        schools::set_param(c, school.id, &mark, plan.now).await?;
        let kept: FileId = files::put_row(c, school.id, school.letter, &seed.letters[n], plan.now).await?;
        if kept != school.letter {
            return Err(Error::Stale);
        }
        play::school(c, plan, school).await?;
    }
    // What was made up is no news to anybody.
    mail::drop_announced(c).await?;
    Ok(())
}

/// An employer has sent its certificate.
async fn has_licence(c: &mut Conn<'_>, seed: &Seed, n: usize, stored: &StoredBytes) -> Result<(), Error> {
    let (env, plan) = (seed.store.env(), &seed.plan);
    let itself = people::employer_by_id(c, plan.employers[n])
        .await?
        .ok_or(Error::NotFound)?;
    let file = FileId::new(plan.now, &*env.random);
    let row = Upload {
        id: UploadId::new(plan.now, &*env.random),
        agreement_id: None,
        purpose: Purpose::Licence.code().into(),
        origin: "sent".into(),
        file_id: Some(files::put_row(c, SchoolId::NONE, file, stored, plan.now).await?),
        name: "营业执照.png".into(),
        size: stored.size(),
        pages: 1,
        body: None,
        error: None,
        account_id: plan.owners[n].id,
        created_at: plan.now,
        attached_at: None,
    };
    let new = NewLicence {
        employer: itself.id,
        number: itself.uscc,
        valid_from: jiff::civil::date(2016, 5, 18),
        // One of them has run out.
        valid_to: (n == 1).then(|| jiff::civil::date(2026, 5, 17)),
        upload: uploads::insert(c, SchoolId::NONE, &row).await?,
        account: row.account_id,
    };
    licences::put(c, &new, env).await.map(drop)
}

/// A 解约函 that says that it is none: the smallest PDF with a line of text.
fn letter() -> String {
    let text = "BT /F1 20 Tf 72 740 Td (Letter of termination \\(demo\\)) Tj ET";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut pdf = "%PDF-1.4\n".to_owned();
    let mut table = "0000000000 65535 f \n".to_owned();
    // Writing to a String cannot fail.
    for (n, object) in (1..).zip(&objects) {
        let _ = writeln!(table, "{:010} 00000 n ", pdf.len());
        let _ = write!(pdf, "{n} 0 obj\n{object}\nendobj\n");
    }
    let (start, size) = (pdf.len(), objects.len() + 1);
    let _ = write!(
        pdf,
        "xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    pdf
}
