//! A student's résumé, with the way to the offer.

use super::found::{proof, proves};
use crate::ctx::{At, Ctx};
use crate::error::{Error, Result};
use crate::i18n::tk;
use crate::pages::shared::who::{named, row};
use crate::params::{Id, Query};
use crate::views::employer::resume::{Resume, ResumePart, page};
use axum::response::IntoResponse;
use domain::agreement::Refusal;
use domain::codes::{DEGREE, GENDER};
use domain::eligibility::{Encounter, SourceStatus, may_know};
use domain::ids::{AgreementId, StudentId};
use domain::params::Discovery;
use jiff::Timestamp;
use store::eligible::{self, View};
use store::people::{self, Student};
use store::{Conn, agreements};
use uuid::Uuid;

/// What an employer may know of a student before an agreement: no personal number.
pub(super) struct Seen {
    pub(super) student: Student,
    pub(super) college: String,
    pub(super) resume: Option<people::Resume>,
    pub(super) applied_for: Option<String>,
    pub(super) offer: Result<(), Refusal>,
    /// How the school lets employers find students.
    pub(super) discovery: Discovery,
}

/// The student, if this employer may look; an unseen one answers as an absent one. `named`: the employer has
/// found the student by name and number.
pub(super) async fn see(
    c: &mut Conn<'_>,
    at: &At,
    (student, named): (StudentId, bool),
    now: Timestamp,
) -> Result<Seen, store::Error> {
    let school = at.school.id;
    let found = people::student_by_id(c, school, student).await?;
    let found = found
        .filter(|found| found.year == at.year)
        .ok_or(store::Error::NotFound)?;
    let params = agreements::params(c, school, at.year).await?;
    let view = View {
        school,
        year: at.year,
        employer: at.employer,
        discovery: params.discovery,
    };
    let met = eligible::knows(c, view, student).await?;
    let source = SourceStatus::from_code(found.source_status.code());
    let source = source.ok_or_else(|| store::Error::Corrupt("an unknown status of a student".into()))?;
    // A student is not shown to somebody who merely knows the address.
    if !may_know(view.discovery, source, Encounter { met, named }) {
        return Err(store::Error::NotFound);
    }
    let scene = agreements::scene(c, school, student, at.employer, AgreementId(Uuid::nil())).await?;
    let block = scene.block(&params, now)?;
    let offer = match block {
        Some(block) => Err(Refusal::NotEligible(block)),
        None if scene.open > 0 => Err(Refusal::OfferOpen),
        None => Ok(()),
    };
    let colleges = people::colleges(c, school).await?;
    let college = colleges
        .into_iter()
        .find(|college| college.id == found.college_id);
    Ok(Seen {
        college: college.map(|college| college.name).unwrap_or_default(),
        resume: people::resume_by_student(c, school, student).await?,
        applied_for: eligible::applied_for(c, view, student).await?,
        student: found,
        offer,
        discovery: view.discovery,
    })
}

/// Basic data: labels in the language and values.
pub(super) fn basics(ctx: &Ctx, seen: &Seen) -> Vec<(String, String)> {
    let (lang, student) = (ctx.lang(), &seen.student);
    let rows = [
        row(lang, "name", &student.name),
        row(lang, "gender", named(lang, &GENDER, &student.gender)),
        row(lang, "student_no", &student.student_no),
        row(lang, "degree", named(lang, &DEGREE, &student.degree)),
        row(lang, "college", &seen.college),
        row(lang, "major", &student.major),
    ];
    rows.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// The page.
pub async fn show(ctx: Ctx, at: At, Id(student): Id<StudentId>, Query(query): Query) -> Result {
    let now = ctx.now();
    let frame = ctx.frame().await?;
    let (app, place) = (ctx.here.app.clone(), at.clone());
    let named = proves(&app, &at, &query, student);
    let seen = ctx.store().read(move |c| {
        let at = at.clone();
        Box::pin(async move { see(c, &at, (student, named), now).await })
    });
    let seen = seen.await?;
    let visible = seen
        .resume
        .as_ref()
        .filter(|resume| resume.visible || seen.applied_for.is_some());
    let parts = visible
        .map(|resume| parts(&ctx, &resume.body))
        .transpose()?
        .unwrap_or_default();
    let view = Resume {
        student,
        name: seen.student.name.clone(),
        basics: basics(&ctx, &seen),
        parts,
        updated: visible.map(|resume| resume.updated_at),
        applied_for: seen.applied_for.clone(),
        offer: seen.offer.clone(),
        proof: proof(&app, &place, seen.discovery, student),
    };
    Ok(page(&frame, &view).into_response())
}

fn parts(ctx: &Ctx, body: &serde_json::Value) -> Result<Vec<ResumePart>> {
    let body = body
        .as_object()
        .ok_or_else(|| Error::internal("a résumé is not an object"))?;
    let known = crate::views::student::resume::FIELDS
        .iter()
        .map(|(name, _)| *name);
    let part = |name: &str| {
        let text = body.get(name)?.as_str().filter(|text| !text.trim().is_empty())?;
        Some(ResumePart {
            title: tk(ctx.lang(), "resume_field", name).into_owned(),
            text: text.to_owned(),
        })
    };
    Ok(known.filter_map(part).collect())
}
