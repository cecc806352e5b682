//! Renders a document: reads, prints on a blocking thread, keeps the file, records. No transaction is
//! open while it prints.

use std::sync::Arc;

use domain::document::{Png, RenderError, Rendered, Renderer, Rendition, Sheet};
use domain::ids::{FileId, SchoolId};
use domain::sealing::Sealer;
use jiff::Timestamp;
use store::documents::{self, Document};
use store::dossier;
use store::outbox::{self, Job, RenderJob};
use store::pictures::{self, Purpose};
use store::seals::{self, Wanted};
use store::{Store, files};

use crate::JobError;
use crate::plan::{Plan, plan};
use crate::sheet::{self, sheet};

/// What the parties agreed on as their way of signing, as the document states it (电子签名法 §3, §13).
pub const SIGNING_METHOD: &str = "各方约定：以本人账号登录本系统、逐条确认条款并在提交时再次验证身份的方式签署；\
    签署的时间、内容摘要和操作记录由系统保存，可供查验。本文件为系统依据该记录生成的电子文本。";

/// What printing needs.
pub(crate) struct Press<'a> {
    pub renderer: &'a Arc<dyn Renderer>,
    pub sealer: Option<&'a Arc<dyn Sealer>>,
    pub public_url: &'a str,
}

/// A document; for one that took effect the bytes that are to be signed, and how.
struct Printed {
    rendered: Rendered,
    plan: Option<Plan>,
}

pub(crate) async fn perform(store: &Store, press: &Press<'_>, job: &Job) -> Result<(), JobError> {
    let wanted: RenderJob =
        serde_json::from_str(&job.payload).map_err(|_| JobError::Payload(job.topic.clone()))?;
    let (school, id) = (job.school_id, wanted.agreement);
    let read = store.read(move |c| {
        Box::pin(async move {
            let kept = documents::made(c, school, id).await?;
            Ok((dossier::open(c, school, id).await?, kept))
        })
    });
    let (found, kept) = read.await?;
    let Some(found) = found else {
        return Err(store::Error::NotFound.into());
    };
    let is_final = wanted.rendition == documents::FINAL;
    let stale = found.loaded.agreement.version != wanted.version;
    let is_kept = kept.is_some_and(|document| document.file_id.is_some());
    if (is_final && is_kept) || (!is_final && stale) {
        return crate::done(store, job).await;
    }
    let rendition = if is_final {
        Rendition::Effective
    } else {
        sheet::rendition(&found.loaded.agreement.state)
    };
    let made = async {
        let mut sheet = sheet(store.keys(), &found, rendition, press.public_url)?;
        sheet.logo = picture(store, school, Purpose::Logo).await?;
        let plan = match press.sealer {
            Some(_) if is_final => plan(store.keys(), &found)?,
            _ => None,
        };
        let plan = match plan {
            Some(plan) => Some(plan.with_seal(picture(store, school, Purpose::Seal).await?.as_ref())),
            None => None,
        };
        let printed = set(press, sheet, plan).await?;
        keep(store, job, &wanted, printed).await
    };
    let result = made.await;
    if let Err(error) = &result {
        // The page says what is wrong at once; the job is tried again all the same.
        let document = failed(&wanted, error, store.env().now());
        if let Err(error) = note(store, job, &wanted, document).await {
            tracing::error!(%error, "why a document could not be made could not be noted");
        }
    }
    result
}

/// The school's picture as it is now: a document that is made keeps it.
pub(crate) async fn picture(
    store: &Store,
    school: SchoolId,
    purpose: Purpose,
) -> Result<Option<Png>, store::Error> {
    let bytes = pictures::bytes(store, school, purpose).await?;
    Ok(bytes.map(Png))
}

pub(crate) async fn print(
    renderer: Arc<dyn Renderer>,
    sheet: Sheet,
) -> Result<Result<Rendered, RenderError>, JobError> {
    tokio::task::spawn_blocking(move || renderer.render(&sheet))
        .await
        .map_err(|_| JobError::Interrupted)
}

/// Prints, and lays out the signatures of what will be signed.
async fn set(press: &Press<'_>, sheet: Sheet, plan: Option<Plan>) -> Result<Printed, JobError> {
    let (renderer, sealer) = (Arc::clone(press.renderer), press.sealer.map(Arc::clone));
    let print = move || -> Result<Printed, JobError> {
        let Some((plan, sealer)) = plan.zip(sealer) else {
            return Ok(Printed {
                rendered: renderer.render(&sheet)?,
                plan: None,
            });
        };
        let mut rendered = renderer.to_sign(&sheet, &plan.stamps)?;
        rendered.pdf = sealer.prepare(&rendered.pdf, &plan.places(&rendered.fields)?)?;
        Ok(Printed {
            rendered,
            plan: Some(plan),
        })
    };
    tokio::task::spawn_blocking(print)
        .await
        .map_err(|_| JobError::Interrupted)?
}

fn failed(wanted: &RenderJob, error: &JobError, now: Timestamp) -> Document {
    Document {
        version: wanted.version,
        file_id: None,
        pages: 0,
        missing_glyphs: "[]".into(),
        error: Some(error.to_string()),
        at: now,
    }
}

async fn keep(store: &Store, job: &Job, wanted: &RenderJob, printed: Printed) -> Result<(), JobError> {
    let now = store.env().now();
    let rendered = printed.rendered;
    let stored = files::put_bytes(store, job.school_id, &rendered.pdf, "application/pdf").await?;
    let to_sign = printed.plan.as_ref().map(|plan| to_sign(job, plan)).transpose()?;
    let file = FileId::new(now, store.env().random.as_ref());
    let missing =
        serde_json::to_string(&rendered.missing_glyphs).map_err(|_| JobError::Payload(job.topic.clone()))?;
    if !rendered.missing_glyphs.is_empty() {
        let count = rendered.missing_glyphs.len();
        tracing::warn!(agreement = %wanted.agreement, count, "characters without a glyph");
    }
    let pages = i64::try_from(rendered.pages).unwrap_or(0);
    let (job, wanted, env) = (job.clone(), wanted.clone(), store.env().clone());
    store
        .write(move |c| {
            let (job, wanted, stored, missing) =
                (job.clone(), wanted.clone(), stored.clone(), missing.clone());
            let (to_sign, env) = (to_sign.clone(), env.clone());
            Box::pin(async move {
                if wanted.rendition == documents::FINAL {
                    let made = documents::made(c, job.school_id, wanted.agreement).await?;
                    if made.is_some_and(|made| made.file_id.is_some()) {
                        // Somebody else was quicker; theirs counts.
                        return outbox::done(c, &job, now).await;
                    }
                }
                let file = files::put_row(c, job.school_id, file, &stored, now).await?;
                let document = Document {
                    version: wanted.version,
                    file_id: Some(file),
                    pages,
                    missing_glyphs: missing,
                    error: None,
                    at: now,
                };
                documents::put(c, job.school_id, wanted.agreement, &wanted.rendition, &document).await?;
                if let Some(to_sign) = to_sign {
                    // Not handed out as it is: when sealing it fails, a copy without the seals is made.
                    let seal = Wanted {
                        prepared: file,
                        prepared_sha256: stored.sha256().to_vec(),
                        prepared_size: stored.size(),
                        ordered: to_sign.ordered,
                        evidence: to_sign.evidence,
                    };
                    seals::want(c, job.school_id, wanted.agreement, &seal, now).await?;
                    outbox::seal(c, job.school_id, wanted.agreement, &env).await?;
                }
                outbox::done(c, &job, now).await
            })
        })
        .await?;
    Ok(())
}

/// How a document is to be signed.
#[derive(Clone)]
struct ToSign {
    ordered: String,
    evidence: String,
}

fn to_sign(job: &Job, plan: &Plan) -> Result<ToSign, JobError> {
    let unreadable = |_| JobError::Payload(job.topic.clone());
    Ok(ToSign {
        ordered: serde_json::to_string(&plan.order).map_err(unreadable)?,
        evidence: serde_json::to_string(&plan.records).map_err(unreadable)?,
    })
}

async fn note(store: &Store, job: &Job, wanted: &RenderJob, document: Document) -> Result<(), JobError> {
    let (school, wanted) = (job.school_id, wanted.clone());
    store
        .write(move |c| {
            let (wanted, document) = (wanted.clone(), document.clone());
            Box::pin(async move {
                documents::put(c, school, wanted.agreement, &wanted.rendition, &document).await
            })
        })
        .await?;
    Ok(())
}
