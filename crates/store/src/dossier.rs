//! Everything about one agreement that its page and its document show, in a fixed number of statements.

use domain::agreement::{Agreement, Party, StateKind};
use domain::ids::{AgreementId, SchoolId};
use domain::params::SchoolParams;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::agreements::{self, Loaded, Scene};
use crate::audit::{self, Entry};
use crate::consents::{self, Given};
use crate::db::{Conn, Error};
use crate::documents::{self, Document};
use crate::origins::{self, ActOrigin};
use crate::uploads::{self, Upload};
use crate::{exec_later, fetch_one, fetch_opt, row};

row! {
    /// What the agreement says of its three parties.
    #[derive(Clone, Serialize, Deserialize)]
    pub struct Parties {
        /// 单位名称.
        pub employer_name: String,
        /// 统一社会信用代码.
        pub uscc: String,
        /// 单位性质, a code.
        pub nature: String,
        /// 行业, a code.
        pub industry: String,
        /// 规模, in words.
        pub scale: String,
        /// 所在地, a code of GB/T 2260.
        pub region: String,
        /// Its address.
        pub employer_address: String,
        /// Its postcode.
        pub employer_postcode: String,
        /// 法定代表人.
        pub legal_person: String,
        /// 联系人.
        pub employer_contact: String,
        /// Telephone.
        pub employer_phone: String,
        /// Mail.
        pub employer_email: String,
        /// 人事档案管理权.
        pub has_personnel_authority: bool,
        /// 姓名.
        pub student_name: String,
        /// 学号.
        pub student_no: String,
        /// 考生号.
        pub exam_no: String,
        /// 性别, a code.
        pub gender: String,
        /// 学历, a code.
        pub degree: String,
        /// 专业.
        pub major: String,
        /// 班级.
        pub class_name: String,
        /// 培养方式, a code.
        pub training_mode: String,
        /// 院系.
        pub college_name: String,
        /// 证件号码, sealed for `student.id_no_sealed`.
        #[serde(skip)]
        pub id_no_sealed: Option<Vec<u8>>,
        /// 手机, sealed for `student.phone_sealed`.
        #[serde(skip)]
        pub phone_sealed: Option<Vec<u8>>,
        /// 学校名称.
        pub school_name: String,
        /// 学校代码.
        pub school_code: String,
        /// The career centre's contact.
        pub school_contact: String,
        /// Telephone.
        pub school_phone: String,
        /// Address.
        pub school_address: String,
        /// Postcode.
        pub school_postcode: String,
    }
}

/// One agreement with everything around it.
pub struct Dossier {
    /// The agreement and the end of its chain.
    pub loaded: Loaded,
    /// The parties: as frozen at acceptance, else as they are now.
    pub parties: Parties,
    /// The facts on which the rules decide.
    pub scene: Scene,
    /// The school's parameters for the year.
    pub params: SchoolParams,
    /// All events.
    pub entries: Vec<Entry>,
    /// The employer's ticks.
    pub employer_ticks: Given,
    /// The student's ticks.
    pub student_ticks: Given,
    /// The preview, if one was made; it may show an older version.
    pub preview: Option<Document>,
    /// The final document, once made: sealed as soon as it is.
    pub finished: Option<Document>,
    /// Files that came with acts.
    pub uploads: Vec<Upload>,
    /// Where each act came from.
    pub origins: Vec<ActOrigin>,
}

/// The parties as they are now.
async fn parties(c: &mut Conn<'_>, agreement: &Agreement) -> Result<Parties, Error> {
    fetch_one!(
        c,
        Parties,
        "SELECT e.name AS employer_name, e.uscc, e.nature, e.industry, e.scale, e.region, \
         e.address AS employer_address, e.postcode AS employer_postcode, e.legal_person, \
         e.contact AS employer_contact, e.phone AS employer_phone, e.email AS employer_email, \
         e.has_personnel_authority, s.name AS student_name, s.student_no, s.exam_no, s.gender, s.degree, s.major, \
         s.class_name, s.training_mode, g.name AS college_name, s.id_no_sealed, s.phone_sealed, \
         k.name AS school_name, k.code AS school_code, k.contact AS school_contact, k.phone AS school_phone, \
         k.address AS school_address, k.postcode AS school_postcode \
         FROM student s JOIN college g ON g.school_id = s.school_id AND g.id = s.college_id \
         JOIN school k ON k.id = s.school_id JOIN employer e ON e.id = $3 \
         WHERE s.school_id = $1 AND s.id = $2",
        agreement.school,
        agreement.student,
        agreement.employer
    )
}

/// Freezes what the agreement says of its parties.
pub async fn freeze(c: &mut Conn<'_>, agreement: &Agreement, now: Timestamp) -> Result<(), Error> {
    let parties = parties(c, agreement).await?;
    let body = serde_json::to_string(&parties).map_err(|_| Error::Corrupt("parties".into()))?;
    exec_later!(
        c,
        "INSERT INTO party_snapshot (school_id, agreement_id, body, at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (school_id, agreement_id) DO UPDATE SET body = excluded.body, at = excluded.at",
        agreement.school,
        agreement.id,
        body,
        now
    )?;
    Ok(())
}

/// The parties as the agreement names them: frozen once it is accepted.
async fn named(c: &mut Conn<'_>, agreement: &Agreement) -> Result<Parties, Error> {
    let current = parties(c, agreement).await?;
    if agreement.state.acceptance().is_none() {
        return Ok(current);
    }
    let frozen = fetch_opt!(
        c,
        (String,),
        "SELECT body FROM party_snapshot WHERE school_id = $1 AND agreement_id = $2",
        agreement.school,
        agreement.id
    )?;
    let Some((body,)) = frozen else {
        return Ok(current);
    };
    let frozen: Parties = serde_json::from_str(&body)
        .map_err(|_| Error::Corrupt(format!("parties of agreement {}", agreement.id)))?;
    Ok(Parties {
        id_no_sealed: current.id_no_sealed,
        phone_sealed: current.phone_sealed,
        ..frozen
    })
}

/// An agreement of a school that was signed here and is in this state, for samples.
pub async fn any(c: &mut Conn<'_>, school: SchoolId, state: StateKind) -> Result<Option<AgreementId>, Error> {
    let found = fetch_opt!(
        c,
        (AgreementId,),
        "SELECT a.id FROM agreement a WHERE a.school_id = $1 AND a.state = $2 AND NOT EXISTS (SELECT 1 \
         FROM audit_event e WHERE e.school_id = $1 AND e.agreement_id = a.id AND e.kind = 'registered') \
         ORDER BY a.created_at, a.id LIMIT 1",
        school,
        state.code()
    )?;
    Ok(found.map(|(id,)| id))
}

/// The agreement with everything around it, or nothing for this school.
pub async fn open(c: &mut Conn<'_>, school: SchoolId, id: AgreementId) -> Result<Option<Dossier>, Error> {
    let Some(loaded) = agreements::load(c, school, id).await? else {
        return Ok(None);
    };
    let agreement = &loaded.agreement;
    let parties = named(c, agreement).await?;
    let scene = agreements::scene(c, school, agreement.student, agreement.employer, id).await?;
    let params = agreements::params(c, school, agreement.year).await?;
    let entries = audit::entries(c, school, id).await?;
    let employer_ticks = consents::given(c, school, id, Party::Employer).await?;
    let student_ticks = consents::given(c, school, id, Party::Student).await?;
    let preview = documents::get(c, school, id, documents::PREVIEW).await?;
    let finished = documents::finished(c, school, id).await?;
    let uploads = uploads::of_agreement(c, school, id).await?;
    let origins = origins::of_agreement(c, school, id).await?;
    Ok(Some(Dossier {
        loaded,
        parties,
        scene,
        params,
        entries,
        employer_ticks,
        student_ticks,
        preview,
        finished,
        uploads,
        origins,
    }))
}
