//! Writes the bundle on a thread that may block: every document as it is in a zip, or all pages in one PDF.

use std::collections::BTreeSet;
use std::io::Write;

use store::bundles::Form;
use store::lists::Item;
use tokio::sync::mpsc;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::Entry;
use super::index::Index;
use super::merge::Merger;
use super::parts::{Part, Parts};

/// The longest name of a student in the name of a file, in characters.
const NAME: usize = 40;

/// What can go wrong while it is written. Holds no personal data.
#[derive(Debug, thiserror::Error)]
pub(super) enum PackError {
    /// The store takes no more.
    #[error("write: {0}")]
    Write(#[from] std::io::Error),
    /// The zip cannot be written.
    #[error("zip: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// The list cannot be written.
    #[error("csv: {0}")]
    Csv(#[from] csv::Error),
    /// A document cannot be read as a PDF.
    #[error("pdf: {0}")]
    Pdf(#[from] lopdf::Error),
    /// A document is made otherwise than ours are.
    #[error("a PDF that is nested too deeply or refers to nothing")]
    Shape,
}

/// Packs what comes until nothing comes any more.
pub(super) fn pack(
    form: Form,
    coming: mpsc::Receiver<Entry>,
    to: mpsc::Sender<Part>,
) -> Result<(), PackError> {
    match form {
        Form::Zip => zip(coming, Parts::new(to)),
        Form::Pdf => pdf(coming, Parts::new(to)),
    }
}

fn zip(mut coming: mpsc::Receiver<Entry>, to: Parts) -> Result<(), PackError> {
    // Packed although PDFs are already: sizes that follow the data are common with this method only.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1));
    let mut zip = ZipWriter::new_stream(to);
    let (mut index, mut names) = (Index::new()?, BTreeSet::new());
    while let Some(entry) = coming.blocking_recv() {
        let name = match &entry.content {
            Ok(bytes) => {
                let name = file_name(&entry.item, &mut names);
                zip.start_file(name.as_str(), options)?;
                zip.write_all(bytes)?;
                Ok(name)
            }
            Err(why) => Err(*why),
        };
        index.add(&entry.item, name.as_deref())?;
    }
    zip.start_file("清单.csv", options)?;
    zip.write_all(&index.finish()?)?;
    zip.finish()?.into_inner().finish()?;
    Ok(())
}

fn pdf(mut coming: mpsc::Receiver<Entry>, to: Parts) -> Result<(), PackError> {
    let mut merger = Merger::new(to)?;
    while let Some(entry) = coming.blocking_recv() {
        if let Ok(bytes) = &entry.content {
            let number = entry.item.number.as_deref().unwrap_or("未编号");
            merger.add(bytes, &format!("{number} {}", entry.item.student_name))?;
        }
    }
    merger.finish()?.finish()?;
    Ok(())
}

/// Number and name of the student: nothing that any file system minds, and no name twice.
fn file_name(item: &Item, taken: &mut BTreeSet<String>) -> String {
    let number = item
        .number
        .clone()
        .unwrap_or_else(|| format!("未编号-{}", item.student_no));
    let harmless = |c: char| {
        !c.is_control() && !"\\/:*?\"<>|\u{feff}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}".contains(c)
    };
    let name: String = item
        .student_name
        .chars()
        .filter(|c| harmless(*c))
        .take(NAME)
        .collect();
    let number: String = number.chars().filter(|c| harmless(*c)).collect();
    let stem = format!(
        "{}_{}",
        number.trim_matches(['.', ' ']),
        name.trim_matches(['.', ' '])
    );
    let first = format!("{stem}.pdf");
    let others = (2..).map(|n| format!("{stem}-{n}.pdf"));
    let free = std::iter::once(first)
        .chain(others)
        .find(|name| !taken.contains(name));
    let free = free.unwrap_or(stem);
    taken.insert(free.clone());
    free
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::{AgreementId, StudentId};
    use uuid::Uuid;

    fn item(number: Option<&str>, name: &str) -> Item {
        Item {
            id: AgreementId(Uuid::nil()),
            year: 2027,
            student_id: StudentId(Uuid::nil()),
            student_name: name.into(),
            student_no: "2023/1".into(),
            degree: String::new(),
            major: String::new(),
            college_name: String::new(),
            employer_name: String::new(),
            position: String::new(),
            place: String::new(),
            pay: 0,
            state: "effective".into(),
            facts: String::new(),
            version: 1,
            number: number.map(Into::into),
            deadline_at: None,
            state_since: jiff::Timestamp::UNIX_EPOCH,
            updated_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_file_is_called_after_number_and_student_and_leads_nowhere() {
        let mut taken = BTreeSet::new();
        let mut name = |number, student| file_name(&item(number, student), &mut taken);
        assert_eq!(name(Some("2027K"), "张三"), "2027K_张三.pdf");
        assert_eq!(name(Some("2027K"), "张三"), "2027K_张三-2.pdf");
        assert_eq!(name(None, "../../etc/passwd"), "未编号-20231_etcpasswd.pdf");
        assert_eq!(name(Some("1"), "a\u{202e}fdp.exe\n"), "1_afdp.exe.pdf");
        let long = "长".repeat(90);
        assert_eq!(name(Some("2"), &long).chars().count(), 2 + NAME + 4);
        assert_eq!(name(Some("3"), "𬭎𠮷·吐尔逊"), "3_𬭎𠮷·吐尔逊.pdf");
    }
}
