//! Reviews of a college and of the school: the page, 通过 and 退回.

use super::act::{self, Asked};
use super::detail::{self, Opened};
use super::who::{Row, named, record, row, source_status};
use super::{conflict, licence, reason};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::i18n::tk;
use crate::reply;
use crate::views::form::{FieldError, Form, doubt_text};
use crate::views::review::agreement::{self, Beside, Certificate, RETURN_REASONS, Review};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::agreement::checks;
use domain::agreement::form::Input;
use domain::agreement::probe::probe;
use domain::agreement::{Agreement, Command, CommandKind, StateKind};
use domain::codes::{EMPLOYER_NATURE, INDUSTRY};
use domain::ids::{AgreementId, SchoolId};
use domain::params::{SchoolParams, china};
use domain::policy::Actor;
use maud::Markup;
use std::collections::BTreeSet;
use store::licences::{self, Licence};
use store::people::{self, Employer, Student};
use store::{Conn, Error as Failed};

struct Data {
    opened: Opened,
    student: Option<(Student, String)>,
    employer: Option<Employer>,
    licence: Option<Licence>,
}

async fn read(c: &mut Conn<'_>, school: SchoolId, id: AgreementId) -> Result<Option<Data>, Failed> {
    let Some(opened) = detail::read(c, school, id).await? else {
        return Ok(None);
    };
    let student = people::student_by_id(c, school, opened.dossier.loaded.agreement.student).await?;
    let colleges = people::colleges(c, school).await?;
    let student = student.map(|student| {
        let college = colleges
            .into_iter()
            .find(|college| college.id == student.college_id);
        (student, college.map(|college| college.name).unwrap_or_default())
    });
    let employer = people::employer_by_id(c, opened.dossier.loaded.agreement.employer).await?;
    let licences = licences::all(c, opened.dossier.loaded.agreement.employer).await?;
    Ok(Some(Data {
        opened,
        student,
        employer,
        licence: licences.into_iter().next(),
    }))
}

async fn open(ctx: &Ctx, id: AgreementId) -> Result<Data> {
    let school = ctx.school()?.id;
    let data = ctx
        .store()
        .read(move |c| Box::pin(async move { read(c, school, id).await }));
    let data = data.await?.ok_or(Error::NotFound)?;
    Ok(Data {
        opened: detail::check(ctx, Some(data.opened))?,
        ..data
    })
}

async fn page(ctx: &Ctx, data: &Data, form: Form) -> Result<Markup> {
    let dossier = &data.opened.dossier;
    let view = Review {
        agreement: detail::model(ctx, &data.opened)?,
        record: student_record(ctx, data)?,
        certificate: certificate(ctx, data),
        doubts: doubts(ctx, &dossier.loaded.agreement, &dossier.params),
        form,
    };
    Ok(agreement::page(&ctx.frame().await?, &view))
}

/// The record as it is now, beside the agreement, which says what was frozen at acceptance.
fn student_record(ctx: &Ctx, data: &Data) -> Result<Vec<Row>> {
    let Some((student, college)) = &data.student else {
        return Ok(Vec::new());
    };
    let (lang, status) = (ctx.lang(), source_status(student.source_status));
    let mut rows = record(lang, ctx.store().keys(), student, college)?;
    rows.push(row(
        lang,
        "source_status",
        tk(lang, "source_status", status.code()),
    ));
    Ok(rows)
}

/// The employer as the agreement names it and as it is certified now, and its standing.
fn certificate(ctx: &Ctx, data: &Data) -> Option<Certificate> {
    let (lang, dossier) = (ctx.lang(), &data.opened.dossier);
    let (then, now) = (&dossier.parties, data.employer.as_ref()?);
    let beside = |label: &str, then: String, now: String| Beside {
        label: tk(lang, "label", label).into_owned(),
        then,
        now,
    };
    let code = |table, code: &str| named(lang, table, code);
    let lines = vec![
        beside("employer_name", then.employer_name.clone(), now.name.clone()),
        beside("uscc", then.uscc.clone(), now.uscc.clone()),
        beside(
            "nature",
            code(&EMPLOYER_NATURE, &then.nature),
            code(&EMPLOYER_NATURE, &now.nature),
        ),
        beside(
            "industry",
            code(&INDUSTRY, &then.industry),
            code(&INDUSTRY, &now.industry),
        ),
        beside(
            "legal_person",
            then.legal_person.clone(),
            now.legal_person.clone(),
        ),
        beside("address", then.employer_address.clone(), now.address.clone()),
        beside("phone", then.employer_phone.clone(), now.phone.clone()),
    ];
    let entry = dossier.scene.entry.clone().unwrap_or_else(|| "pending".into());
    Some(Certificate {
        lines,
        certification: dossier.scene.certification.clone(),
        entry,
        licence: data
            .licence
            .as_ref()
            .map(|found| licence::line(found, &then.uscc, ctx.now().to_zoned(china()).date())),
    })
}

/// What the form warned the employer of, for the reviewer to look at. Days in the past are no doubt here.
fn doubts(ctx: &Ctx, agreement: &Agreement, params: &SchoolParams) -> Vec<String> {
    let today = ctx.now().to_zoned(china()).date();
    checks::doubts(&agreement.content.terms, agreement.year, params, today)
        .iter()
        .map(|doubt| doubt_text(ctx.lang(), &FieldError::from(doubt)))
        .collect()
}

/// The page with a form that has to be mended.
pub async fn page_with(ctx: &Ctx, id: AgreementId, form: Form) -> Result<Markup> {
    let data = open(ctx, id).await?;
    page(ctx, &data, form).await
}

/// The page of an agreement.
pub async fn show(ctx: &Ctx, id: AgreementId) -> Result {
    let data = open(ctx, id).await?;
    Ok(page(ctx, &data, Form::default()).await?.into_response())
}

/// The address of an agreement's page at this level.
fn address(ctx: &Ctx, id: AgreementId) -> String {
    let level = if matches!(ctx.actor, Actor::School { .. }) {
        "school"
    } else {
        "college"
    };
    format!("/{level}/agreements/{id}")
}

/// 通过.
pub async fn approve(ctx: &Ctx, id: AgreementId, input: &Input) -> Result {
    let command = if matches!(ctx.actor, Actor::School { .. }) {
        Command::SchoolApprove
    } else {
        Command::CollegeApprove
    };
    let asked = Asked {
        command,
        ticked: BTreeSet::new(),
        version: act::version(input)?,
    };
    let (school, back) = (ctx.school()?.id, address(ctx, id));
    match act::perform_on(ctx, (school, id), asked, act::basis(input)?).await {
        Err(store::Error::Replaced) => renewed(ctx, id, input.clone()).await,
        Ok(agreement) if agreement.state.kind() == StateKind::Effective => {
            let number = agreement.state.number().unwrap_or_default();
            Ok(ctx.done(&back, "review_effective", &[("number", number)]))
        }
        Ok(_) => Ok(ctx.done(&back, "college_approved", &[])),
        Err(late) => conflict::answer(ctx, (school, id), late, &back).await,
    }
}

/// 退回.
pub async fn give_back(ctx: &Ctx, id: AgreementId, input: Input) -> Result {
    let (school, back, version) = (ctx.school()?.id, address(ctx, id), act::version(&input)?);
    let (basis, typed) = (act::basis(&input)?, input.clone());
    let reason = match reason::read(&input, &RETURN_REASONS) {
        Ok(reason) => reason,
        Err(errors) => {
            return again(
                ctx,
                id,
                Form {
                    input,
                    errors,
                    ..Form::default()
                },
            )
            .await;
        }
    };
    let asked = Asked {
        command: Command::Return { reason },
        ticked: BTreeSet::new(),
        version,
    };
    match act::perform_on(ctx, (school, id), asked, basis).await {
        Err(store::Error::Replaced) => renewed(ctx, id, typed).await,
        Ok(_) => Ok(ctx.done(&back, "returned", &[])),
        Err(late) => conflict::answer(ctx, (school, id), late, &back).await,
    }
}

/// The employer has sent another certificate since the page was opened: nothing was done, the page shows the
/// new one and keeps what was typed.
async fn renewed(ctx: &Ctx, id: AgreementId, input: Input) -> Result {
    let form = Form::filled(input).with_error("licence", "licence_renewed");
    let page = page_with(ctx, id, form).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

/// The page with what was typed; or what happened meanwhile, when there is nothing left to return.
async fn again(ctx: &Ctx, id: AgreementId, form: Form) -> Result {
    let data = open(ctx, id).await?;
    let dossier = &data.opened.dossier;
    let context = dossier.scene.context(&dossier.params, ctx.now())?;
    if let Err(late) = probe(
        &dossier.loaded.agreement,
        CommandKind::Return,
        &ctx.actor,
        &context,
    ) {
        return conflict::answer(ctx, (ctx.school()?.id, id), late.into(), &address(ctx, id)).await;
    }
    Ok(reply::unprocessable(page(ctx, &data, form).await?))
}
