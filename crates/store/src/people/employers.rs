//! Employers 用人单位, one for the whole platform, and their entry 入驻 to schools.

use domain::codes::names::name_key;
use domain::ids::{EmployerId, SchoolId};
use jiff::Timestamp;

use crate::db::{Conn, Error};
use crate::schools::School;
use crate::{codes, exec, fetch_all, fetch_opt, row, schools};

codes! {
    /// How far a certification or an entry has come.
    pub enum EntryStatus {
        /// Asked for.
        Pending = "pending",
        /// In force.
        Approved = "approved",
        /// Sent back, with a reason.
        Returned = "returned",
    }
}

row! {
    /// An employer.
    #[derive(Debug, Clone)]
    pub struct Employer {
        /// Which.
        pub id: EmployerId,
        /// 统一社会信用代码.
        pub uscc: String,
        /// The name, as registered.
        pub name: String,
        /// 单位性质, a code.
        pub nature: String,
        /// 单位行业, a code.
        pub industry: String,
        /// 单位规模, a code.
        pub scale: String,
        /// 所在地, a division code.
        pub region: String,
        /// The address.
        pub address: String,
        /// The postal code.
        pub postcode: String,
        /// 法定代表人.
        pub legal_person: String,
        /// Whom to ask.
        pub contact: String,
        /// The contact's telephone.
        pub phone: String,
        /// The contact's mail address.
        pub email: String,
        /// Whether it may take in a personal file (人事档案接收权).
        pub has_personnel_authority: bool,
        /// Its certification by the platform.
        pub certification: EntryStatus,
        /// When it registered.
        pub created_at: Timestamp,
    }
}

/// An employer to be made; its certification is pending.
#[derive(Debug, Clone)]
pub struct NewEmployer {
    /// Which.
    pub id: EmployerId,
    /// 统一社会信用代码.
    pub uscc: String,
    /// The name, as registered.
    pub name: String,
    /// 单位性质, a code.
    pub nature: String,
    /// 单位行业, a code.
    pub industry: String,
    /// 单位规模, a code.
    pub scale: String,
    /// 所在地, a division code.
    pub region: String,
    /// The address.
    pub address: String,
    /// The postal code.
    pub postcode: String,
    /// 法定代表人.
    pub legal_person: String,
    /// Whom to ask.
    pub contact: String,
    /// The contact's telephone.
    pub phone: String,
    /// The contact's mail address.
    pub email: String,
    /// Whether it may take in a personal file (人事档案接收权).
    pub has_personnel_authority: bool,
}

/// The employer with this identifier.
pub async fn employer_by_id(c: &mut Conn<'_>, id: EmployerId) -> Result<Option<Employer>, Error> {
    fetch_opt!(
        c,
        Employer,
        "SELECT id, uscc, name, nature, industry, scale, region, address, postcode, legal_person, contact, phone, \
         email, has_personnel_authority, certification, created_at FROM employer WHERE id = $1",
        id
    )
}

/// The employer with this 统一社会信用代码.
pub async fn employer_by_uscc(c: &mut Conn<'_>, uscc: &str) -> Result<Option<Employer>, Error> {
    fetch_opt!(
        c,
        Employer,
        "SELECT id, uscc, name, nature, industry, scale, region, address, postcode, legal_person, contact, phone, \
         email, has_personnel_authority, certification, created_at FROM employer WHERE uscc = $1",
        uscc
    )
}

/// Makes an employer. `Error::Unique("employer_uscc")` when it is registered already.
pub async fn employer_insert(c: &mut Conn<'_>, new: &NewEmployer, now: Timestamp) -> Result<(), Error> {
    exec!(
        c,
        "INSERT INTO employer (id, uscc, name, name_key, nature, industry, scale, region, address, postcode, \
         legal_person, contact, phone, email, has_personnel_authority, certification, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'pending', $16)",
        new.id,
        new.uscc,
        new.name,
        name_key(&new.name),
        new.nature,
        new.industry,
        new.scale,
        new.region,
        new.address,
        new.postcode,
        new.legal_person,
        new.contact,
        new.phone,
        new.email,
        new.has_personnel_authority,
        now
    )?;
    Ok(())
}

/// Whether an employer is only known from an agreement on paper: nobody has an account for it and nobody has
/// decided about its certification. Its name is what somebody else typed.
pub async fn employer_is_noted(c: &mut Conn<'_>, id: EmployerId) -> Result<bool, Error> {
    let found = fetch_opt!(
        c,
        (i64,),
        "SELECT 1 AS one FROM employer e WHERE e.id = $1 AND e.certification = 'pending' \
         AND NOT EXISTS (SELECT 1 FROM account a WHERE a.school_id = 0 AND a.employer_id = $1)",
        id
    )?;
    Ok(found.is_some())
}

/// An employer that was only noted ([`employer_is_noted`]) registers: the record becomes what `new` says, but
/// for its identifier, so that its agreements on paper are its own. [`Error::Stale`] when it is not just noted.
pub async fn employer_claim(c: &mut Conn<'_>, id: EmployerId, new: &NewEmployer) -> Result<(), Error> {
    let rows = exec!(
        c,
        "UPDATE employer SET name = $2, name_key = $3, nature = $4, industry = $5, scale = $6, region = $7, \
         address = $8, postcode = $9, legal_person = $10, contact = $11, phone = $12, email = $13, \
         has_personnel_authority = $14 WHERE id = $1 AND uscc = $15 AND certification = 'pending' \
         AND NOT EXISTS (SELECT 1 FROM account a WHERE a.school_id = 0 AND a.employer_id = $1)",
        id,
        new.name,
        name_key(&new.name),
        new.nature,
        new.industry,
        new.scale,
        new.region,
        new.address,
        new.postcode,
        new.legal_person,
        new.contact,
        new.phone,
        new.email,
        new.has_personnel_authority,
        new.uscc
    )?;
    if rows == 0 { Err(Error::Stale) } else { Ok(()) }
}

/// Decides an employer's certification.
pub async fn certification_set(c: &mut Conn<'_>, id: EmployerId, status: EntryStatus) -> Result<(), Error> {
    let rows = exec!(
        c,
        "UPDATE employer SET certification = $2 WHERE id = $1",
        id,
        status
    )?;
    if rows == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// Asks for, or decides, an employer's entry to a school. `decided_at` for a decision, `reason` where one is due.
pub async fn entry_set(
    c: &mut Conn<'_>,
    (school, employer): (SchoolId, EmployerId),
    status: EntryStatus,
    reason: Option<&str>,
    decided_at: Option<Timestamp>,
) -> Result<(), Error> {
    exec!(
        c,
        "INSERT INTO employer_entry (school_id, employer_id, status, reason, decided_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (school_id, employer_id) DO UPDATE SET \
         status = excluded.status, reason = excluded.reason, decided_at = excluded.decided_at",
        school,
        employer,
        status,
        reason,
        decided_at
    )?;
    Ok(())
}

/// How far an employer's entry to a school has come; `None` when it never asked.
pub async fn entry_of(
    c: &mut Conn<'_>,
    school: SchoolId,
    employer: EmployerId,
) -> Result<Option<EntryStatus>, Error> {
    let found = fetch_opt!(
        c,
        (EntryStatus,),
        "SELECT status FROM employer_entry WHERE school_id = $1 AND employer_id = $2",
        school,
        employer
    )?;
    Ok(found.map(|(status,)| status))
}

/// The schools an employer has asked to enter, by school code.
pub async fn entries_of(c: &mut Conn<'_>, employer: EmployerId) -> Result<Vec<(School, EntryStatus)>, Error> {
    let entries = fetch_all!(
        c,
        (SchoolId, EntryStatus),
        "SELECT school_id, status FROM employer_entry WHERE employer_id = $1 ORDER BY school_id",
        employer
    )?;
    let mut found = Vec::with_capacity(entries.len());
    for (school, status) in entries {
        found.push((schools::by_id(c, school).await?.ok_or(Error::NotFound)?, status));
    }
    found.sort_by(|(a, _), (b, _)| a.code.cmp(&b.code));
    Ok(found)
}
