//! 核验: anyone who has a document may ask whether it is one of ours and what became of the agreement since.
//! By number and code, as printed on it, or by its QR code. Parties are masked; guesses are few.

use crate::ctx::{Here, Visitor};
use crate::error::{Error, Result};
use crate::params::Query;
use crate::views::form::Form;
use crate::views::public::verify::{self, Act, Asked, Certificate, Found, Outcome, Seal};
use axum::extract::Path;
use axum::response::IntoResponse;
use domain::agreement::number;
use domain::document::Signer;
use domain::ids::{AgreementId, SchoolId};
use domain::sealing::{CertificateFacts, Judgement, Order, Signed};
use jiff::Timestamp;
use store::dossier::{self, Dossier};
use store::seals;
use store::{Conn, files, throttle};
use subtle::ConstantTimeEq;

/// Questions that one address may ask in ten minutes.
const QUESTIONS: i64 = 60;
/// Wrong answers among them.
const MISSES: i64 = 10;

/// The form, and with `?number=…&code=…` the answer.
pub async fn show(visitor: Visitor, Query(asked): Query) -> Result {
    let text = |name| asked.text(name).unwrap_or_default().trim().to_owned();
    let asked = Asked {
        number: text("number").to_uppercase(),
        code: seals::typed(&text("code")),
    };
    if asked.number.is_empty() && asked.code.is_empty() {
        let frame = visitor.frame().await?;
        return Ok(verify::form(&frame, &asked, &Form::default()).into_response());
    }
    let mut form = Form::default();
    for (name, value) in [("number", &asked.number), ("code", &asked.code)] {
        if value.is_empty() {
            form = form.with_error(name, "required");
        }
    }
    if form.is_bad("number") || form.is_bad("code") {
        return Ok(verify::form(&visitor.frame().await?, &asked, &form).into_response());
    }
    answer(&visitor, asked).await
}

/// What the QR code opens.
pub async fn named(visitor: Visitor, Path((number, code)): Path<(String, String)>) -> Result {
    let asked = Asked {
        number: number.trim().to_uppercase(),
        code: seals::typed(&code),
    };
    answer(&visitor, asked).await
}

async fn answer(visitor: &Visitor, asked: Asked) -> Result {
    allow(&visitor.here).await?;
    let (number, given) = (asked.number.clone(), asked.code.clone());
    let store = visitor.here.app.store();
    let keys = store.clone();
    let read = store.read(move |c| {
        let (number, given, keys) = (number.clone(), given.clone(), keys.clone());
        Box::pin(async move { look(c, &keys, &number, &given).await })
    });
    let found = read.await?;
    let Some(opened) = found else {
        miss(visitor).await?;
        let frame = visitor.frame().await?;
        return Ok(verify::page(&frame, &asked, &Outcome::Unknown).into_response());
    };
    let judgement = archived(visitor, &opened).await?;
    let outcome = Outcome::Found(Box::new(found_of(&opened, judgement.as_ref(), false)));
    Ok(verify::page(&visitor.frame().await?, &asked, &outcome).into_response())
}

fn counter(here: &Here, kind: &str) -> String {
    format!("{kind} {}", crate::auth::throttle::key(&here.address))
}

/// Counts a question; refuses it when there were too many, or too many that found nothing.
pub(super) async fn allow(here: &Here) -> Result<()> {
    let window = crate::auth::throttle::window(here.now);
    let (questions, misses) = (counter(here, "verify"), counter(here, "verify miss"));
    let counted = here.app.store().write(move |c| {
        let (questions, misses) = (questions.clone(), misses.clone());
        Box::pin(async move {
            let asked = throttle::hit(c, SchoolId::NONE, &questions, window).await?;
            let missed = throttle::count(c, SchoolId::NONE, &misses, window).await?;
            Ok(asked > QUESTIONS || missed >= MISSES)
        })
    });
    if counted.await? {
        Err(Error::TooMany)
    } else {
        Ok(())
    }
}

/// Counts a question that found nothing.
pub(super) async fn miss(visitor: &Visitor) -> Result<()> {
    let window = crate::auth::throttle::window(visitor.here.now);
    let misses = counter(&visitor.here, "verify miss");
    let counted = visitor.here.app.store().write(move |c| {
        let misses = misses.clone();
        Box::pin(async move { throttle::hit(c, SchoolId::NONE, &misses, window).await })
    });
    counted.await?;
    Ok(())
}

/// What the file in our archive is worth now.
pub(super) async fn archived(visitor: &Visitor, opened: &Opened) -> Result<Option<Judgement>> {
    let app = &visitor.here.app;
    let Some(file) = opened.seal.as_ref().and_then(|seal| seal.file_id) else {
        return Ok(None);
    };
    let Some(judge) = app.judge() else {
        return Ok(None);
    };
    let agreement = &opened.dossier.loaded.agreement;
    let rooms = &app.config().readers.rooms;
    let _place = rooms.archive.enter().await.ok_or(Error::Busy { file: false })?;
    let stored = files::get(app.store(), agreement.school, file).await?;
    let judgement = tokio::task::spawn_blocking(move || judge.judge(&stored.bytes)).await;
    let judgement = judgement.map_err(Error::internal)?;
    if !judgement.is_ours {
        tracing::error!(agreement = %agreement.id, fault = judgement.fault.as_deref(), "a sealed document of ours is not good");
    }
    Ok(Some(judgement))
}

/// An agreement that took effect, with its seal.
pub(super) struct Opened {
    dossier: Dossier,
    seal: Option<seals::Seal>,
}

/// The agreement, when number and code belong together. What is wrong is not said.
async fn look(
    c: &mut Conn<'_>,
    store: &store::Store,
    number: &str,
    code: &str,
) -> std::result::Result<Option<Opened>, store::Error> {
    let Some(school_code) = number::school(number) else {
        return Ok(None);
    };
    let Some((school, id)) = seals::by_number(c, school_code, number).await? else {
        return Ok(None);
    };
    if !same(&seals::code(store.keys(), school, id)?, code) {
        return Ok(None);
    }
    open(c, school, id).await
}

/// The agreement with everything that is shown of it.
pub(super) async fn open(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AgreementId,
) -> std::result::Result<Option<Opened>, store::Error> {
    let Some(dossier) = dossier::open(c, school, id).await? else {
        return Ok(None);
    };
    let seal = seals::get(c, school, id).await?;
    Ok(Some(Opened { dossier, seal }))
}

fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// What anyone may see of an agreement. `is_same`: somebody brought the very file of our archive.
pub(super) fn found_of(opened: &Opened, judgement: Option<&Judgement>, is_same: bool) -> Found {
    let (dossier, seal) = (&opened.dossier, opened.seal.as_ref());
    let agreement = &dossier.loaded.agreement;
    let parties = &dossier.parties;
    let made = seal.and_then(|seal| Some((seal.sha256.as_ref()?, seal.sealed_at?)));
    Found {
        is_same,
        state: agreement.state.kind(),
        since: dossier
            .entries
            .last()
            .map_or(agreement_since(dossier), |entry| entry.at),
        number: agreement.state.number().unwrap_or_default().to_owned(),
        year: agreement.year,
        school: parties.school_name.clone(),
        employer: masked_organisation(&parties.employer_name),
        student: masked_person(&parties.student_name),
        content: agreement.content.hash().to_string(),
        acts: acts(seal, judgement),
        fault: judgement
            .and_then(|judgement| judgement.fault.clone())
            .map(verify::known_fault),
        seal: match made {
            Some((sha256, at)) => Seal::Made {
                sha256: hex::encode(sha256),
                at,
            },
            None => Seal::Waiting,
        },
    }
}

/// Who signed: what was recorded, with what the file itself shows.
fn acts(seal: Option<&seals::Seal>, judgement: Option<&Judgement>) -> Vec<Act> {
    let signed: Vec<Signed> = seal
        .and_then(|seal| seal.signatures.as_deref())
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let order: Option<Order> = seal.and_then(|seal| serde_json::from_str(&seal.ordered).ok());
    let acted = |signer: Signer| -> Option<Timestamp> {
        let acts = order.as_ref()?.acts.iter();
        acts.filter(|act| act.signer == signer).map(|act| act.at).next()
    };
    let seen = |signer: Signer| {
        let signatures = judgement.map(|judgement| judgement.signatures.as_slice());
        let mut all = signatures.unwrap_or_default().iter();
        all.find(|found| found.signer == Some(signer))
    };
    signed
        .iter()
        .map(|signed| Act {
            signer: signed.signer,
            acted_at: acted(signed.signer).unwrap_or(signed.at),
            signed_at: signed.at,
            stamped_at: signed.stamped_at,
            stamped_by: seen(signed.signer).and_then(|found| found.stamp.as_ref()?.authority.clone()),
            fault: seen(signed.signer)
                .and_then(|found| found.fault.clone())
                .map(verify::known_fault),
            chain: seen(signed.signer)
                .map(|found| found.chain.iter().map(certificate).collect())
                .unwrap_or_default(),
        })
        .collect()
}

/// A certificate as it is shown: nobody's name, which the masks above would be in vain for.
fn certificate(facts: &CertificateFacts) -> Certificate {
    Certificate {
        serial: facts.serial.to_uppercase(),
        issuer: part(&facts.issuer, "CN=").unwrap_or(&facts.issuer).to_owned(),
        not_before: facts.not_before,
        not_after: facts.not_after,
    }
}

/// One part of a distinguished name as text (RFC 4514).
fn part<'n>(name: &'n str, key: &str) -> Option<&'n str> {
    name.split(',').find_map(|part| part.trim().strip_prefix(key))
}

fn agreement_since(dossier: &Dossier) -> Timestamp {
    dossier.entries.first().map(|entry| entry.at).unwrap_or_default()
}

/// 张*, 张*雯, 买******木: the first character, and of longer names the last.
fn masked_person(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    match chars.as_slice() {
        [] => String::new(),
        [only] => only.to_string(),
        [first, _] => format!("{first}*"),
        [first, middle @ .., last] => format!("{first}{}{last}", "*".repeat(middle.len().min(6))),
    }
}

/// The first and the last four characters of an organisation, which whoever has the document can compare.
fn masked_organisation(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    if chars.len() <= 8 {
        return masked_person(name);
    }
    let (first, last) = (&chars[..4], &chars[chars.len() - 4..]);
    format!(
        "{}****{}",
        first.iter().collect::<String>(),
        last.iter().collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_masked() {
        for (name, masked) in [
            ("张三", "张*"),
            ("张晓雯", "张*雯"),
            ("欧阳", "欧*"),
            ("买买提·吐尔逊江·阿卜杜热西提", "买******提"),
        ] {
            assert_eq!(masked_person(name), masked);
        }
        assert_eq!(
            masked_organisation("北京云帆智造科技有限公司"),
            "北京云帆****有限公司"
        );
        assert_eq!(masked_organisation("云帆公司"), "云**司");
    }
}
