//! Shows a template's draft with sample data: the same form, the same press, and a watermark.

use std::sync::Arc;

use domain::agreement::template::{Template, sample_terms};
use domain::document::{
    Clause, EmployerPart, Opinions, Png, Renderer, Rendition, SchoolPart, Sheet, StudentPart,
};
use domain::ids::uuid_v7;
use domain::params::china;
use jiff::Timestamp;
use store::files::Passing;
use store::outbox::{self, Job, PreviewJob};
use store::pictures::Purpose;
use store::schools::{self, School};
use store::templates::{self, Draft, Preview};
use store::{Error, Store};

use crate::render::{SIGNING_METHOD, picture, print};
use crate::{JobError, sheet};

pub(crate) async fn perform(store: &Store, renderer: &Arc<dyn Renderer>, job: &Job) -> Result<(), JobError> {
    let wanted: PreviewJob =
        serde_json::from_str(&job.payload).map_err(|_| JobError::Payload(job.topic.clone()))?;
    let (school, year) = (job.school_id, wanted.year);
    let found = store
        .read(move |c| {
            Box::pin(async move {
                let school_row = schools::by_id(c, school).await?.ok_or(Error::NotFound)?;
                Ok((school_row, templates::draft(c, school, year).await?))
            })
        })
        .await?;
    let (row, Some(draft)) = found else {
        return finish(store, job, None).await;
    };
    if draft.updated_at != wanted.saved {
        return finish(store, job, None).await;
    }
    let sheet = specimen(
        &row,
        &draft,
        (year, store.env().now()),
        picture(store, school, Purpose::Logo).await?,
    )?;
    let made = match sheet {
        None => Err("the draft cannot be read".to_owned()),
        Some(sheet) => match print(Arc::clone(renderer), sheet).await? {
            Ok(made) => {
                let id = uuid_v7(store.env().now(), store.env().random.as_ref());
                Passing { school, id }.put(store, (0, true), &made.pdf).await?;
                Ok((id, i64::try_from(made.pages).unwrap_or(0)))
            }
            Err(error) => Err(error.to_string()),
        },
    };
    let preview = Preview {
        year,
        version: draft.version,
        saved: draft.updated_at,
        made,
    };
    finish(store, job, Some(preview)).await
}

/// Notes the preview and throws away what it replaces.
async fn finish(store: &Store, job: &Job, preview: Option<Preview>) -> Result<(), JobError> {
    let (school, now, job) = (job.school_id, store.env().now(), job.clone());
    let old = store
        .write(move |c| {
            let (job, preview) = (job.clone(), preview.clone());
            Box::pin(async move {
                outbox::done(c, &job, now).await?;
                match &preview {
                    Some(preview) => templates::put_preview(c, job.school_id, preview).await,
                    None => Ok(None),
                }
            })
        })
        .await?;
    if let Some(id) = old {
        Passing { school, id }.remove(store).await?;
    }
    Ok(())
}

/// The sheet; nothing when the draft cannot be filled.
fn specimen(
    school: &School,
    draft: &Draft,
    (year, now): (i32, Timestamp),
    logo: Option<Png>,
) -> Result<Option<Sheet>, Error> {
    let this_year = now.to_zoned(china()).year();
    let year = i16::try_from(year)
        .ok()
        .filter(|year| *year > 0)
        .unwrap_or(this_year);
    let Ok(template) = Template::read("draft", &draft.sources()?) else {
        return Ok(None);
    };
    let terms = sample_terms(year);
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let (supplementary, clauses): (Vec<_>, Vec<_>) = template
        .clauses(&terms)
        .into_iter()
        .partition(|clause| clause.kind == domain::agreement::clause::ClauseKind::Supplementary);
    let clause = |clause: domain::agreement::Clause, titled: bool| Clause {
        title: titled.then_some(clause.title),
        body: clause.body,
        confirmed: Vec::new(),
    };
    Ok(Some(Sheet {
        rendition: Rendition::Draft,
        number: None,
        graduation_year: year,
        employer: employer(),
        student: student(),
        school: SchoolPart {
            name: school.name.clone(),
            code: some(&school.code),
            contact: some(&school.contact),
            phone: some(&school.phone),
            address: some(&school.address),
            postcode: some(&school.postcode),
        },
        logo,
        terms: sheet::terms(&terms),
        clauses: clauses.into_iter().map(|one| clause(one, true)).collect(),
        supplementary: supplementary.into_iter().map(|one| clause(one, false)).collect(),
        opinions: Opinions::default(),
        verify_url: None,
        signing_method: Some(SIGNING_METHOD.to_owned()),
        content_hash: None,
        effective_at: None,
        dated: draft.updated_at,
    }))
}

fn employer() -> EmployerPart {
    let some = |text: &str| Some(text.to_owned());
    EmployerPart {
        name: "示例科技有限公司".into(),
        uscc: some("000000000000000000"),
        nature: some("其他企业"),
        industry: some("信息传输、软件和信息技术服务业"),
        region: some("浙江省"),
        address: some("杭州市西湖区示例路 1 号"),
        postcode: some("310000"),
        legal_person: some("王示例"),
        contact: some("李示例"),
        phone: some("0571-00000000"),
        personnel_authority: Some(false),
        ..EmployerPart::default()
    }
}

fn student() -> StudentPart {
    let some = |text: &str| Some(text.to_owned());
    StudentPart {
        name: "张示例".into(),
        gender: some("女"),
        student_no: some("2023000000"),
        degree: some("本科"),
        major: some("软件工程"),
        college: some("示例学院"),
        training_mode: some("非定向"),
        ..StudentPart::default()
    }
}
