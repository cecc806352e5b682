//! 营业执照 and what takes its place: the certificate of an employer as a file, with its number and how long it
//! is good. Every one is kept, the latest one counts, and it is written down which one a reviewer had before
//! them: the one that their page showed, or else nothing is decided.

use domain::agreement::CommandKind;
use domain::ids::{AccountId, AgreementId, EmployerId, FileId, SchoolId, UploadId, uuid_v7};
use domain::ports::Env;
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use crate::db::{Conn, Error};
use crate::{exec, fetch_all, fetch_opt, row};

/// The most that the page shows.
const SHOWN: i64 = 20;

row! {
    struct Row {
        id: Uuid,
        number: String,
        valid_from: String,
        valid_to: Option<String>,
        upload_id: UploadId,
        name: String,
        size: i64,
        pages: i64,
        media_type: String,
        by: Option<String>,
        at: Timestamp,
    }
}

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licence {
    /// Which.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// Good from this day.
    pub valid_from: Date,
    /// To this day inclusive; for ever when absent.
    pub valid_to: Option<Date>,
    /// The file.
    pub upload: UploadId,
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub size: i64,
    /// Its pages.
    pub pages: i64,
    /// Its media type.
    pub media_type: String,
    /// Who sent it.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl TryFrom<Row> for Licence {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let day = |text: &str| -> Result<Date, Error> {
            text.parse()
                .map_err(|_| Error::Corrupt(format!("licence {}", row.id)))
        };
        Ok(Self {
            valid_from: day(&row.valid_from)?,
            valid_to: row.valid_to.as_deref().map(day).transpose()?,
            id: row.id,
            number: row.number,
            upload: row.upload_id,
            name: row.name,
            size: row.size,
            pages: row.pages,
            media_type: row.media_type,
            by: row.by,
            at: row.at,
        })
    }
}

impl Licence {
    /// Whether it is good on a day.
    pub fn is_good(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day <= to)
    }
}

/// The certificates of an employer, the latest one first.
pub async fn all(c: &mut Conn<'_>, employer: EmployerId) -> Result<Vec<Licence>, Error> {
    let rows = fetch_all!(
        c,
        Row,
        "SELECT l.id, l.number, l.valid_from, l.valid_to, l.upload_id, u.name, u.size, u.pages, f.media_type, \
         a.name AS by, l.at FROM employer_licence l \
         JOIN upload u ON u.school_id = l.school_id AND u.id = l.upload_id \
         JOIN file f ON f.school_id = u.school_id AND f.id = u.file_id \
         LEFT JOIN account a ON a.school_id = l.school_id AND a.id = l.account_id \
         WHERE l.school_id = 0 AND l.employer_id = $1 ORDER BY l.id DESC LIMIT $2",
        employer,
        SHOWN
    )?;
    rows.into_iter().map(Licence::try_from).collect()
}

/// One certificate of an employer.
pub async fn get(c: &mut Conn<'_>, employer: EmployerId, id: Uuid) -> Result<Option<Licence>, Error> {
    let row = fetch_opt!(
        c,
        Row,
        "SELECT l.id, l.number, l.valid_from, l.valid_to, l.upload_id, u.name, u.size, u.pages, f.media_type, \
         a.name AS by, l.at FROM employer_licence l \
         JOIN upload u ON u.school_id = l.school_id AND u.id = l.upload_id \
         JOIN file f ON f.school_id = u.school_id AND f.id = u.file_id \
         LEFT JOIN account a ON a.school_id = l.school_id AND a.id = l.account_id \
         WHERE l.school_id = 0 AND l.employer_id = $1 AND l.id = $2",
        employer,
        id
    )?;
    row.map(Licence::try_from).transpose()
}

/// A certificate to be kept.
#[derive(Debug, Clone)]
pub struct NewLicence {
    /// Whose.
    pub employer: EmployerId,
    /// Its number.
    pub number: String,
    /// Good from this day.
    pub valid_from: Date,
    /// To this day inclusive; for ever when absent.
    pub valid_to: Option<Date>,
    /// The file, sent by the same person and not used yet.
    pub upload: UploadId,
    /// Who sent it.
    pub account: AccountId,
}

/// From now on this is the certificate; those before are kept. [`Error::Stale`] when the file is not the
/// person's own or was used before.
pub async fn put(c: &mut Conn<'_>, new: &NewLicence, env: &Env) -> Result<Uuid, Error> {
    let now = env.now();
    let attached = exec!(
        c,
        "UPDATE upload SET attached_at = $3 WHERE school_id = 0 AND id = $1 AND account_id = $2 \
         AND purpose = 'licence' AND attached_at IS NULL AND file_id IS NOT NULL",
        new.upload,
        new.account,
        now
    )?;
    if attached != 1 {
        return Err(Error::Stale);
    }
    let id = uuid_v7(now, &*env.random);
    exec!(
        c,
        "INSERT INTO employer_licence (school_id, employer_id, id, number, valid_from, valid_to, upload_id, \
         account_id, at) VALUES (0, $1, $2, $3, $4, $5, $6, $7, $8)",
        new.employer,
        id,
        &new.number,
        new.valid_from.to_string(),
        new.valid_to.map(|day| day.to_string()),
        new.upload,
        new.account,
        now
    )?;
    Ok(id)
}

/// The bytes of a certificate's file.
pub async fn file(c: &mut Conn<'_>, upload: UploadId) -> Result<Option<FileId>, Error> {
    let found = fetch_opt!(
        c,
        (FileId,),
        "SELECT file_id FROM upload WHERE school_id = 0 AND id = $1 AND file_id IS NOT NULL",
        upload
    )?;
    Ok(found.map(|(file,)| file))
}

/// Whether an act is one that a reviewer decides with the certificate before them.
pub(crate) fn decides(kind: CommandKind) -> bool {
    matches!(
        kind,
        CommandKind::CollegeApprove | CommandKind::SchoolApprove | CommandKind::Return
    )
}

/// On which certificate of the employer somebody decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Basis {
    /// Nobody was asked; nothing is written down.
    #[default]
    Unknown,
    /// The page showed this one, or said that there is none.
    Shown(Option<Uuid>),
    /// In a batch: number and validity of this one were compared, nobody looked at it.
    Checked(Option<Uuid>),
}

impl Basis {
    fn licence(self) -> Option<(Uuid, &'static str)> {
        match self {
            Self::Shown(Some(id)) => Some((id, "shown")),
            Self::Checked(Some(id)) => Some((id, "checked")),
            Self::Unknown | Self::Shown(None) | Self::Checked(None) => None,
        }
    }
}

/// [`Error::Replaced`] when what somebody decides on is not the employer's latest certificate any more.
pub(crate) async fn hold(c: &mut Conn<'_>, employer: EmployerId, basis: Basis) -> Result<(), Error> {
    let (Basis::Shown(seen) | Basis::Checked(seen)) = basis else {
        return Ok(());
    };
    let latest = fetch_opt!(
        c,
        (Uuid,),
        "SELECT id FROM employer_licence WHERE school_id = 0 AND employer_id = $1 ORDER BY id DESC LIMIT 1",
        employer
    )?;
    if latest.map(|(id,)| id) == seen {
        Ok(())
    } else {
        Err(Error::Replaced)
    }
}

/// Writes down on which certificate a decision was made.
pub(crate) async fn note_seen(
    c: &mut Conn<'_>,
    (school, agreement): (SchoolId, AgreementId),
    seq: i64,
    basis: Basis,
) -> Result<(), Error> {
    if let Some((licence, how)) = basis.licence() {
        exec!(
            c,
            "INSERT INTO act_licence (school_id, agreement_id, seq, licence_id, how) VALUES ($1, $2, $3, $4, $5)",
            school,
            agreement,
            seq,
            licence,
            how
        )?;
    }
    Ok(())
}

row! {
    /// The certificate that a reviewer had before them.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Seen {
        /// The event.
        pub seq: i64,
        /// The certificate.
        pub licence_id: Uuid,
        /// `shown` on the page, or `checked` in a batch.
        pub how: String,
        /// Its file's name.
        pub name: String,
        /// When it had been sent.
        pub at: Timestamp,
    }
}

/// What reviewers of an agreement had before them, the first decision first.
pub async fn seen(
    c: &mut Conn<'_>,
    school: SchoolId,
    agreement: AgreementId,
    employer: EmployerId,
) -> Result<Vec<Seen>, Error> {
    fetch_all!(
        c,
        Seen,
        "SELECT n.seq, n.licence_id, n.how, u.name, l.at FROM act_licence n \
         JOIN employer_licence l ON l.school_id = 0 AND l.employer_id = $3 AND l.id = n.licence_id \
         JOIN upload u ON u.school_id = 0 AND u.id = l.upload_id \
         WHERE n.school_id = $1 AND n.agreement_id = $2 ORDER BY n.seq",
        school,
        agreement,
        employer
    )
}
