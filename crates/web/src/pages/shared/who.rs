//! The three parties in words, and which personal numbers a reader gets to see (`product.md` §3):
//! an employer none before acceptance, everybody else masked ones. The document alone carries them whole.

use crate::error::Result;
use crate::i18n::{Lang, tk};
use crate::tr;
use crate::views::part::{Parties, PartyCard, Sign};
use crate::views::time;
use domain::codes::{self, IdNumber, Phone, Table};
use domain::eligibility::SourceStatus;
use domain::ids::StudentId;
use domain::policy::Actor;
use jiff::Timestamp;
use store::dossier::{self, Dossier};
use store::sealed::{self, Place, Sealed};
use store::{Keys, people};

/// A label in the language and its value.
pub type Row = (String, String);

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The employer of the agreement.
    Employer,
    /// The student, a reviewer: masked numbers.
    Other,
}

impl Reader {
    /// The reader that an actor is.
    pub fn of(actor: &Actor) -> Self {
        if matches!(actor, Actor::Employer { .. }) {
            Self::Employer
        } else {
            Self::Other
        }
    }
}

/// A label of `label.*` with its value.
pub fn row(lang: Lang, label: &str, value: impl Into<String>) -> Row {
    (tk(lang, "label", label).into_owned(), value.into())
}

/// The name of a code in the language; an unknown code shows itself.
pub fn named(lang: Lang, table: &Table, code: &str) -> String {
    let found = match lang {
        Lang::Zh => table.name(code),
        Lang::En => table.english(code),
    };
    found.unwrap_or(code).to_owned()
}

/// A number that belongs to a student, with its middle hidden; empty where none is on record.
pub fn masked(
    keys: &Keys,
    student: StudentId,
    column: &'static str,
    sealed: Option<&[u8]>,
) -> Result<String> {
    let Some(bytes) = sealed else {
        return Ok(String::new());
    };
    let place = Place {
        table: "student",
        column,
        row: student.0,
    };
    let number = sealed::open(keys, place, &Sealed(bytes.to_vec()))?;
    let known = match column {
        ID_NO => IdNumber::parse(number.reveal()).ok().map(|id| id.masked()),
        _ => Phone::any(number.reveal()).ok().map(|phone| phone.masked()),
    };
    // What no rule recognises is hidden but for its end.
    Ok(known.unwrap_or_else(|| {
        let tail: String = number.reveal().chars().rev().take(2).collect();
        format!("******{}", tail.chars().rev().collect::<String>())
    }))
}

/// Column of the identity number.
pub const ID_NO: &str = "id_no_sealed";
/// Column of the mobile number.
pub const PHONE: &str = "phone_sealed";

/// The record of a student with masked numbers: for the student and for reviewers.
pub fn record(lang: Lang, keys: &Keys, student: &people::Student, college: &str) -> Result<Vec<Row>> {
    let id_no = masked(
        keys,
        student.id,
        ID_NO,
        student.id_no_sealed.as_ref().map(|sealed| sealed.0.as_slice()),
    )?;
    let phone = masked(
        keys,
        student.id,
        PHONE,
        student.phone_sealed.as_ref().map(|sealed| sealed.0.as_slice()),
    )?;
    Ok(vec![
        row(lang, "name", &student.name),
        row(lang, "gender", named(lang, &codes::GENDER, &student.gender)),
        row(lang, "student_no", &student.student_no),
        row(lang, "exam_no", &student.exam_no),
        row(lang, "id_no", id_no),
        row(lang, "mobile", phone),
        row(lang, "year", student.year.to_string()),
        row(lang, "degree", named(lang, &codes::DEGREE, &student.degree)),
        row(lang, "college", college),
        row(lang, "major", &student.major),
        row(lang, "class", &student.class_name),
        row(
            lang,
            "training_mode",
            named(lang, &codes::TRAINING_MODE, &student.training_mode),
        ),
    ])
}

/// The three parties as a reader sees them.
pub fn parties(lang: Lang, keys: &Keys, dossier: &Dossier, reader: Reader) -> Result<Parties> {
    let signs = signs(lang, dossier);
    let [employer, student, school] = signs;
    Ok(Parties {
        employer: PartyCard {
            rows: employer_rows(lang, &dossier.parties),
            sign: employer,
        },
        student: PartyCard {
            rows: student_rows(lang, keys, dossier, reader)?,
            sign: student,
        },
        school: PartyCard {
            rows: school_rows(lang, &dossier.parties),
            sign: school,
        },
    })
}

fn employer_rows(lang: Lang, parties: &dossier::Parties) -> Vec<Row> {
    let keeps = if parties.has_personnel_authority {
        tr!(lang, "common.yes")
    } else {
        tr!(lang, "common.no")
    };
    vec![
        row(lang, "employer_name", &parties.employer_name),
        row(lang, "uscc", &parties.uscc),
        row(
            lang,
            "nature",
            named(lang, &codes::EMPLOYER_NATURE, &parties.nature),
        ),
        row(lang, "industry", named(lang, &codes::INDUSTRY, &parties.industry)),
        row(lang, "scale", named(lang, &codes::EMPLOYER_SCALE, &parties.scale)),
        row(lang, "region", named(lang, &codes::PROVINCE, &parties.region)),
        row(
            lang,
            "address",
            spaced(&[&parties.employer_address, &parties.employer_postcode]),
        ),
        row(lang, "legal_person", &parties.legal_person),
        row(lang, "contact", &parties.employer_contact),
        row(lang, "phone", &parties.employer_phone),
        row(lang, "email", &parties.employer_email),
        row(lang, "personnel_authority", keeps),
    ]
}

fn student_rows(lang: Lang, keys: &Keys, dossier: &Dossier, reader: Reader) -> Result<Vec<Row>> {
    let (parties, agreement) = (&dossier.parties, &dossier.loaded.agreement);
    let number = |column, sealed: &Option<Vec<u8>>| -> Result<String> {
        if reader == Reader::Employer && agreement.state.acceptance().is_none() {
            return Ok(tr!(lang, "label.after_signing").into_owned());
        }
        masked(keys, agreement.student, column, sealed.as_deref())
    };
    Ok(vec![
        row(lang, "name", &parties.student_name),
        row(lang, "gender", named(lang, &codes::GENDER, &parties.gender)),
        row(lang, "student_no", &parties.student_no),
        row(lang, "exam_no", &parties.exam_no),
        row(lang, "id_no", number(ID_NO, &parties.id_no_sealed)?),
        row(lang, "mobile", number(PHONE, &parties.phone_sealed)?),
        row(lang, "degree", named(lang, &codes::DEGREE, &parties.degree)),
        row(lang, "college", &parties.college_name),
        row(lang, "major", &parties.major),
        row(lang, "class", &parties.class_name),
        row(
            lang,
            "training_mode",
            named(lang, &codes::TRAINING_MODE, &parties.training_mode),
        ),
    ])
}

fn school_rows(lang: Lang, parties: &dossier::Parties) -> Vec<Row> {
    vec![
        row(lang, "school_name", &parties.school_name),
        row(lang, "school_code", &parties.school_code),
        row(lang, "contact", &parties.school_contact),
        row(lang, "phone", &parties.school_phone),
        row(
            lang,
            "address",
            spaced(&[&parties.school_address, &parties.school_postcode]),
        ),
    ]
}

/// The parts that are not empty, with spaces between them.
pub fn spaced(parts: &[&str]) -> String {
    parts
        .iter()
        .filter(|part| !part.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join(" ")
}

/// What each party has done so far.
fn signs(lang: Lang, dossier: &Dossier) -> [Sign; 3] {
    let steps = super::progress::steps(dossier);
    let sign = |at: Option<Timestamp>, done: &str, open: &str| {
        let key = if at.is_some() { done } else { open };
        let moment = at.map(time::stamp).unwrap_or_default();
        Sign {
            done: at.is_some(),
            text: crate::i18n::tk_with(lang, "sign", key, &[("at", &moment)]),
        }
    };
    [
        sign(steps.sent, "offered", "not_offered"),
        sign(steps.accepted, "accepted", "not_accepted"),
        sign(steps.effective, "approved", "not_approved"),
    ]
}

/// The state of a student's source information, in the words of the rules.
pub fn source_status(stored: people::SourceStatus) -> SourceStatus {
    match stored {
        people::SourceStatus::Imported => SourceStatus::Imported,
        people::SourceStatus::Approved => SourceStatus::Approved,
        people::SourceStatus::Returned => SourceStatus::Returned,
    }
}
