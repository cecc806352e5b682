//! From an agreement and everything around it to what its document says.

use std::collections::BTreeMap;

use domain::agreement::clause::ClauseKind;
use domain::agreement::terms::{ContractTerm, Terms};
use domain::agreement::{Agreement, EventKind, State};
use domain::codes;
use domain::document::{
    Clause, Confirmation, EmployerPart, Opinion, Opinions, Rendition, Row, SchoolPart, Section, Sheet,
    Signer, StudentPart,
};
use domain::ids::AccountId;
use domain::policy::Actor;
use store::audit::Entry;
use store::consents::Given;
use store::dossier::{Dossier, Parties};
use store::sealed::{self, Place, Sealed};
use store::{Error, Keys, seals};

use crate::render::SIGNING_METHOD;

/// In which of its legal conditions a state is printed.
pub(crate) fn rendition(state: &State) -> Rendition {
    match state {
        State::Draft => Rendition::Draft,
        State::Offered { .. }
        | State::Withdrawn { .. }
        | State::Declined { .. }
        | State::Expired { .. }
        | State::Returned { .. }
        | State::CollegeReview { .. }
        | State::SchoolReview { .. } => Rendition::Pending,
        State::Effective { .. } | State::Terminating { .. } => Rendition::Effective,
        State::Terminated { .. } => Rendition::Terminated,
        State::Superseded { .. } => Rendition::Superseded,
        State::Voided { .. } => Rendition::Voided,
    }
}

/// What the document of an agreement says. The logo comes from the files and is added by whoever prints.
///
/// `public_url` is the address that people type; the document says where below it it can be verified.
pub fn sheet(keys: &Keys, dossier: &Dossier, rendition: Rendition, public_url: &str) -> Result<Sheet, Error> {
    let agreement = &dossier.loaded.agreement;
    let verify_url = match agreement.state.number() {
        Some(number) if !public_url.is_empty() => {
            let code = seals::code(keys, agreement.school, agreement.id)?;
            Some(format!("{public_url}/v/{number}/{code}"))
        }
        _ => None,
    };
    let names = names(&dossier.entries);
    let (supplementary, clauses) = agreement
        .content
        .clauses
        .iter()
        .partition::<Vec<_>, _>(|clause| clause.kind == ClauseKind::Supplementary);
    let ticks = Ticks {
        employer: &dossier.employer_ticks,
        student: &dossier.student_ticks,
        names: &names,
    };
    let effective_at = match &agreement.state {
        State::Effective { effect, .. }
        | State::Terminating { effect, .. }
        | State::Terminated { effect, .. } => Some(effect.since),
        _ => None,
    };
    let last = dossier.entries.last().map(|entry| entry.at).unwrap_or_default();
    Ok(Sheet {
        rendition,
        number: agreement.state.number().map(str::to_owned),
        graduation_year: i16::try_from(agreement.year).unwrap_or_default(),
        employer: employer(&dossier.parties),
        student: student(keys, agreement, &dossier.parties)?,
        school: school(&dossier.parties),
        logo: None,
        terms: terms(&agreement.content.terms),
        clauses: clauses
            .into_iter()
            .map(|clause| ticks.clause(clause, Some(&clause.title)))
            .collect(),
        supplementary: supplementary
            .into_iter()
            .map(|clause| ticks.clause(clause, None))
            .collect(),
        opinions: opinions(&dossier.entries),
        verify_url,
        signing_method: Some(SIGNING_METHOD.to_owned()),
        content_hash: Some(agreement.content.hash().to_string()),
        effective_at,
        dated: effective_at.unwrap_or(last),
    })
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

fn named(table: &codes::Table, code: &str) -> Option<String> {
    table.name(code).map(str::to_owned).or_else(|| some(code))
}

fn employer(parties: &Parties) -> EmployerPart {
    EmployerPart {
        name: parties.employer_name.clone(),
        uscc: some(&parties.uscc),
        nature: named(&codes::EMPLOYER_NATURE, &parties.nature),
        industry: named(&codes::INDUSTRY, &parties.industry),
        scale: named(&codes::EMPLOYER_SCALE, &parties.scale),
        region: named(&codes::PROVINCE, &parties.region),
        address: some(&parties.employer_address),
        postcode: some(&parties.employer_postcode),
        legal_person: some(&parties.legal_person),
        contact: some(&parties.employer_contact),
        phone: some(&parties.employer_phone),
        email: some(&parties.employer_email),
        personnel_authority: Some(parties.has_personnel_authority),
    }
}

fn student(keys: &Keys, agreement: &Agreement, parties: &Parties) -> Result<StudentPart, Error> {
    // A preview is everybody's, and nobody gets a student's numbers before the student accepts (`product.md` §3).
    let closed = agreement.state.acceptance().is_none();
    let reveal = |column: &'static str, sealed: &Option<Vec<u8>>| -> Result<Option<String>, Error> {
        let Some(bytes) = sealed.as_ref().filter(|_| !closed) else {
            return Ok(None);
        };
        let place = Place {
            table: "student",
            column,
            row: agreement.student.0,
        };
        let number = sealed::open(keys, place, &Sealed(bytes.clone()))?;
        Ok(Some(number.reveal().to_owned()))
    };
    Ok(StudentPart {
        name: parties.student_name.clone(),
        gender: named(&codes::GENDER, &parties.gender),
        student_no: some(&parties.student_no),
        exam_no: some(&parties.exam_no),
        id_no: reveal("id_no_sealed", &parties.id_no_sealed)?,
        degree: named(&codes::DEGREE, &parties.degree),
        major: some(&parties.major),
        college: some(&parties.college_name),
        class_name: some(&parties.class_name),
        training_mode: named(&codes::TRAINING_MODE, &parties.training_mode),
        phone: reveal("phone_sealed", &parties.phone_sealed)?,
        email: None,
    })
}

fn school(parties: &Parties) -> SchoolPart {
    SchoolPart {
        name: parties.school_name.clone(),
        code: some(&parties.school_code),
        contact: some(&parties.school_contact),
        phone: some(&parties.school_phone),
        address: some(&parties.school_address),
        postcode: some(&parties.school_postcode),
    }
}

/// The terms in their groups.
pub(crate) fn terms(terms: &Terms) -> Vec<Section> {
    vec![
        Section {
            title: "岗位与待遇".into(),
            rows: job(terms),
        },
        Section {
            title: "劳动合同与报到".into(),
            rows: contract(terms),
        },
        Section {
            title: "档案、户口与党团关系".into(),
            rows: records(terms),
        },
        Section {
            title: "违约责任".into(),
            rows: breach(terms),
        },
    ]
}

fn job(terms: &Terms) -> Vec<Row> {
    let matched = terms.major_match.map(|yes| if yes { "是" } else { "否" });
    let province = named(&codes::PROVINCE, &terms.work_province).unwrap_or_default();
    let probation_pay = (terms.probation_months > 0).then_some(terms.probation_pay.0);
    vec![
        Row::text("工作岗位", Some(&terms.position)),
        Row::text(
            "职位类别",
            named(&codes::POSITION_CATEGORY, &terms.position_category),
        ),
        Row::text("工作地点", Some(format!("{province} {}", terms.work_place))),
        Row::text("专业对口", matched),
        Row::text("实际用工单位", terms.actual_employer.as_ref()),
        Row::money("试用期月薪", probation_pay),
        Row::money("转正后月薪", Some(terms.regular_pay.0)),
        Row::text("薪酬福利", terms.benefits.as_ref()),
    ]
}

fn contract(terms: &Terms) -> Vec<Row> {
    let kind = match terms.contract {
        ContractTerm::Fixed { months } => format!("固定期限 {months} 个月"),
        ContractTerm::OpenEnded => "无固定期限".into(),
        ContractTerm::Task => "以完成一定工作任务为期限".into(),
    };
    let probation = match terms.probation_months {
        0 => "无".into(),
        n => format!("{n} 个月"),
    };
    let service = terms
        .service_months
        .filter(|n| *n > 0)
        .map(|n| format!("{n} 个月"));
    vec![
        Row::text("拟签劳动合同", Some(kind)),
        Row::text("试用期", Some(probation)),
        Row::text("服务期", service),
        Row::text(
            "报到时间",
            Some(format!("{} 至 {}", terms.report_from, terms.report_to)),
        ),
        Row::text("报到地点", Some(&terms.report_place)),
    ]
}

fn records(terms: &Terms) -> Vec<Row> {
    let archive = &terms.archive;
    vec![
        Row::text("档案去向", Some(archive.kind.label())),
        Row::text("档案接收单位", archive.receiver.as_ref()),
        Row::text("档案接收地址", archive.address.as_ref()),
        Row::text("邮政编码", archive.postcode.as_ref()),
        Row::text("档案联系人", archive.contact.as_ref()),
        Row::text("档案联系电话", archive.phone.as_ref()),
        Row::text("户口迁移", Some(terms.household.kind.label())),
        Row::text("户口迁入地址", terms.household.address.as_ref()),
        Row::text("党团关系接收", terms.party_relation.as_ref()),
    ]
}

fn breach(terms: &Terms) -> Vec<Row> {
    let exemptions: Vec<_> = terms
        .exemptions
        .iter()
        .map(|exemption| exemption.label())
        .collect();
    let exemptions = Some(exemptions.join("、")).filter(|text| !text.is_empty());
    vec![
        Row::money("甲方违约金", Some(terms.penalty_employer.0)),
        Row::money("乙方违约金", Some(terms.penalty_student.0)),
        Row::text("乙方免责情形", exemptions),
    ]
}

/// The names of the people who acted.
fn names(entries: &[Entry]) -> BTreeMap<AccountId, String> {
    let of = |entry: &Entry| {
        let actor: Actor = serde_json::from_str(&entry.actor).ok()?;
        Some((actor.account()?, entry.name.clone()?))
    };
    entries.iter().filter_map(of).collect()
}

struct Ticks<'a> {
    employer: &'a Given,
    student: &'a Given,
    names: &'a BTreeMap<AccountId, String>,
}

impl Ticks<'_> {
    fn clause(&self, clause: &domain::agreement::Clause, title: Option<&String>) -> Clause {
        let confirmed = [(Signer::Employer, self.employer), (Signer::Student, self.student)]
            .into_iter()
            .filter_map(|(signer, given)| {
                let tick = given.get(&clause.key).filter(|tick| tick.hash == clause.hash())?;
                let name = self.names.get(&tick.by)?.clone();
                Some(Confirmation {
                    signer,
                    name,
                    at: tick.at,
                })
            })
            .collect();
        Clause {
            title: title.cloned(),
            body: clause.body.clone(),
            confirmed,
        }
    }
}

/// The acts that stand: those after the agreement was last sent.
fn opinions(entries: &[Entry]) -> Opinions {
    let kind = |entry: &Entry| EventKind::from_code(&entry.kind);
    let Some(sent) = entries
        .iter()
        .rposition(|entry| kind(entry) == Some(EventKind::Sent))
    else {
        return Opinions::default();
    };
    let standing = &entries[sent..];
    let act = |wanted: EventKind, text: &str, method: &str| {
        let entry = standing.iter().find(|entry| kind(entry) == Some(wanted))?;
        Some(Opinion {
            text: text.to_owned(),
            name: entry.name.clone().unwrap_or_default(),
            at: entry.at,
            method: Some(method.to_owned()),
        })
    };
    Opinions {
        employer: act(
            EventKind::Sent,
            "同意录用，已逐条确认本协议条款。",
            "账号登录，逐条确认",
        ),
        student: act(
            EventKind::Accepted,
            "同意应聘，已逐条确认本协议条款。",
            "账号登录，逐条确认，再次验证身份",
        ),
        college: act(EventKind::CollegeApproved, "审核通过。", "账号登录"),
        school: act(EventKind::SchoolApproved, "审核通过，予以鉴证。", "账号登录"),
    }
}
