//! Writes the plan in one transaction: all of it is there, or nothing.

use super::plan::Plan;
use super::setting::{self, Keyring};
use super::{MARK, play};
use domain::ids::FileId;
use serde_json::Value;
use std::fmt::Write as _;
use std::sync::Arc;
use store::accounts::PasswordHash;
use store::files::{self, StoredBytes};
use store::schools::{self, ParamChange};
use store::{Conn, Error, Store};

/// Everything that the transaction needs; it may be tried more than once.
struct Seed {
    store: Store,
    plan: Plan,
    hash: PasswordHash,
    letters: Vec<StoredBytes>,
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
    let seed = Arc::new(Seed {
        store: store.clone(),
        plan,
        hash,
        letters,
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
    Ok(())
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
