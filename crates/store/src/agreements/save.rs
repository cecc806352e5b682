//! Writes an agreement: the row, a new content, the event. Only what the rules allowed, and every row is
//! counted.

use domain::agreement::{Agreement, Applied, Refusal, number};
use domain::eligibility::Block;
use domain::params::NumberRule;

use super::{Loaded, Scene, corrupt};
use crate::db::{Conn, Error};
use crate::{audit, exec, exec_later, fetch_one};

pub(super) async fn draw_number(
    c: &mut Conn<'_>,
    agreement: &Agreement,
    scene: &Scene,
    rule: NumberRule,
) -> Result<String, Error> {
    let level = number::digit(rule, &scene.degree);
    let (sequence,) = fetch_one!(
        c,
        (i64,),
        "INSERT INTO number_sequence (school_id, year, level, last) VALUES ($1, $2, $3, 1) \
         ON CONFLICT (school_id, year, level) DO UPDATE SET last = number_sequence.last + 1 RETURNING last",
        agreement.school,
        agreement.year,
        i64::from(level)
    )?;
    Ok(number::build(agreement.year, &scene.school_code, level, sequence))
}

pub(super) async fn insert(c: &mut Conn<'_>, applied: &Applied) -> Result<(), Error> {
    let agreement = &applied.agreement;
    let link = audit::link(agreement.id, 0, &[0; 32], &applied.event)?;
    let now = applied.event.at;
    exec!(
        c,
        "INSERT INTO agreement (school_id, id, year, student_id, employer_id, college_id, state, version, \
         content_version, facts, content_hash, deadline_at, number, position, place, pay, audit_seq, audit_hash, \
         created_at, updated_at, state_since) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL, NULL, $12, $17, $13, $14, $15, $16, $16, $16)",
        agreement.school,
        agreement.id,
        agreement.year,
        agreement.student,
        agreement.employer,
        agreement.college,
        agreement.state.kind().code(),
        agreement.version,
        agreement.content_version,
        facts(agreement)?,
        agreement.content.hash().0,
        &agreement.content.terms.position,
        agreement.content.terms.regular_pay.0,
        link.seq,
        link.hash.0,
        now,
        &agreement.content.terms.work_place
    )
    .map_err(refuse_duplicates)?;
    insert_content(c, applied).await?;
    audit::append(c, agreement.school, &link).await
}

/// The new content, and what lists show of it.
async fn save_content(c: &mut Conn<'_>, applied: &Applied) -> Result<(), Error> {
    let agreement = &applied.agreement;
    exec_later!(
        c,
        "UPDATE agreement SET content_version = $3, content_hash = $4, position = $5, place = $6, pay = $7 \
         WHERE school_id = $1 AND id = $2",
        agreement.school,
        agreement.id,
        agreement.content_version,
        agreement.content.hash().0,
        &agreement.content.terms.position,
        &agreement.content.terms.work_place,
        agreement.content.terms.regular_pay.0
    )?;
    insert_content(c, applied).await
}

async fn insert_content(c: &mut Conn<'_>, applied: &Applied) -> Result<(), Error> {
    let agreement = &applied.agreement;
    let json = |value: Result<String, serde_json::Error>| value.map_err(|_| corrupt(agreement.id, "content"));
    exec_later!(
        c,
        "INSERT INTO content_version (school_id, agreement_id, content_version, template, terms, clauses, \
         content_hash, account_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        agreement.school,
        agreement.id,
        agreement.content_version,
        &agreement.content.template,
        json(serde_json::to_string(&agreement.content.terms))?,
        json(serde_json::to_string(&agreement.content.clauses))?,
        agreement.content.hash().0,
        applied.event.actor.account().ok_or(Refusal::NotAllowed)?,
        applied.event.at
    )?;
    Ok(())
}

fn facts(agreement: &Agreement) -> Result<String, Error> {
    serde_json::to_string(&agreement.state).map_err(|_| corrupt(agreement.id, "facts"))
}

/// Writes only what the rules allowed, and counts the rows: none means that somebody was faster.
pub(super) async fn save(c: &mut Conn<'_>, before: &Loaded, applied: &Applied) -> Result<(), Error> {
    let (old, new) = (&before.agreement, &applied.agreement);
    let link = audit::link(new.id, before.audit_seq, &before.audit_hash, &applied.event)?;
    let kept = old.state.kind() == new.state.kind();
    let changed = exec!(
        c,
        "UPDATE agreement SET state = $3, version = $4, facts = $5, deadline_at = $6, number = $7, audit_seq = $8, \
         audit_hash = $9, updated_at = $10, state_since = CASE WHEN $11 = 1 THEN state_since ELSE $10 END \
         WHERE school_id = $1 AND id = $2 AND version = $12",
        new.school,
        new.id,
        new.state.kind().code(),
        new.version,
        facts(new)?,
        new.state.deadline(),
        new.state.number(),
        link.seq,
        link.hash.0,
        applied.event.at,
        kept,
        old.version
    )
    .map_err(refuse_duplicates)?;
    if changed != 1 {
        return Err(Error::Stale);
    }
    if new.content_version != old.content_version {
        save_content(c, applied).await?;
    }
    audit::append(c, new.school, &link).await
}

/// The two invariants that the database holds against racing writers, in the words of the rules.
fn refuse_duplicates(error: Error) -> Error {
    if error.is_unique("agreement_one_live") {
        Refusal::NotEligible(Block::AlreadySigned).into()
    } else if error.is_unique("agreement_one_offered") {
        Refusal::OfferOpen.into()
    } else {
        error
    }
}
