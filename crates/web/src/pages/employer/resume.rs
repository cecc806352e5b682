//! A student's résumé, with the way to the offer.

use crate::ctx::{At, Ctx};
use crate::error::{Error, Result};
use crate::i18n::tk;
use crate::pages::shared::who::{named, row};
use crate::params::Id;
use crate::views::employer::resume::{Resume, ResumePart, page};
use axum::response::IntoResponse;
use domain::agreement::Refusal;
use domain::codes::{DEGREE, GENDER};
use domain::ids::{AgreementId, StudentId};
use jiff::Timestamp;
use store::eligible::{self, View};
use store::people::{self, SourceStatus, Student};
use store::{Conn, agreements, standings};
use uuid::Uuid;

/// What an employer may know of a student before an agreement: no personal number.
pub(super) struct Seen {
    pub(super) student: Student,
    pub(super) college: String,
    pub(super) resume: Option<people::Resume>,
    pub(super) applied_for: Option<String>,
    pub(super) offer: Result<(), Refusal>,
}

/// The student, if this employer may look; an unseen one answers as an absent one.
pub(super) async fn see(
    c: &mut Conn<'_>,
    at: &At,
    student: StudentId,
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
    let known = eligible::knows(c, view, student).await?;
    // A student who is not listed is not shown to somebody who merely knows the address.
    let listed = found.source_status == SourceStatus::Approved;
    if !standings::may_know(view.discovery, listed, known) {
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
pub async fn show(ctx: Ctx, at: At, Id(student): Id<StudentId>) -> Result {
    let now = ctx.now();
    let frame = ctx.frame().await?;
    let seen = ctx.store().read(move |c| {
        let at = at.clone();
        Box::pin(async move { see(c, &at, student, now).await })
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
