//! One agreement as its readers see it: from the dossier to the view model. Whatever somebody might do is
//! asked of the rules themselves, so that a disabled button and a refusal give the same reason.

use super::progress;
use super::who::{Reader, parties};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::i18n::Lang;
use crate::tr;
use crate::views::agreement::AgreementView;
use crate::views::part::{ClauseItem, Confirmation};
use domain::agreement::clause::Clause;
use domain::agreement::diff::{ClauseChange, diff};
use domain::agreement::probe::probe;
use domain::agreement::{Agreement, CommandKind, Content, EventKind, Party, Payload, Refusal, State};
use domain::ids::{AgreementId, SchoolId};
use domain::policy::{Action, Actor};
use jiff::Timestamp;
use store::consents::Given;
use store::dossier::{self, Dossier};
use store::evidence::{self, Standing};
use store::{Conn, contents};

/// An agreement with everything around it, and what the student saw before the present content.
pub struct Opened {
    /// The dossier.
    pub dossier: Dossier,
    /// The content that was sent last with other words, if any.
    pub before: Option<Content>,
    /// Whether its evidence can be handed out.
    pub evidence: Standing,
}

/// Reads it on a page's connection. It does not ask who reads: [`check`] does.
pub async fn read(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AgreementId,
) -> std::result::Result<Option<Opened>, store::Error> {
    let Some(dossier) = dossier::open(c, school, id).await? else {
        return Ok(None);
    };
    let before = match sent_before(&dossier) {
        Some(version) => contents::of_version(c, school, id, version).await?,
        None => None,
    };
    let evidence = evidence::standing(c, &dossier).await?;
    Ok(Some(Opened {
        dossier,
        before,
        evidence,
    }))
}

/// The agreement if the person may see it: an absent and a foreign one answer alike.
pub fn check(ctx: &Ctx, opened: Option<Opened>) -> Result<Opened> {
    let opened = opened.ok_or(Error::NotFound)?;
    ctx.may(Action::View, &opened.dossier.loaded.agreement.subject())?;
    Ok(opened)
}

/// [`read`] and [`check`] for pages that need nothing else.
pub async fn open(ctx: &Ctx, school: SchoolId, id: AgreementId) -> Result<Opened> {
    let read = ctx
        .store()
        .read(move |c| Box::pin(async move { read(c, school, id).await }));
    check(ctx, read.await?)
}

/// [`open`] at the person's school and, for employers, in the year of the address.
pub async fn at(ctx: &Ctx, id: AgreementId) -> Result<Opened> {
    let opened = open(ctx, ctx.school()?.id, id).await?;
    in_place(ctx, &opened.dossier.loaded.agreement)?;
    Ok(opened)
}

/// An agreement of another year is not at the place in the address.
pub fn in_place(ctx: &Ctx, agreement: &Agreement) -> Result<()> {
    if ctx.year.is_some_and(|year| year != agreement.year) {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// The last version that was sent and is not the present one.
fn sent_before(dossier: &Dossier) -> Option<i32> {
    let present = dossier.loaded.agreement.content_version;
    let sent = dossier
        .entries
        .iter()
        .rev()
        .filter(|entry| entry.kind == EventKind::Sent.code());
    sent.filter_map(|entry| serde_json::from_str::<Payload>(&entry.payload).ok())
        .map(|payload| payload.content_version)
        .find(|version| *version != present)
}

/// The view model for whoever reads.
pub fn model(ctx: &Ctx, opened: &Opened) -> Result<AgreementView> {
    let (lang, dossier) = (ctx.lang(), &opened.dossier);
    let agreement = &dossier.loaded.agreement;
    let params = &dossier.params;
    let reason = progress::reason_of(&agreement.state);
    Ok(AgreementView {
        id: agreement.id,
        version: agreement.version,
        state: agreement.state.kind(),
        number: agreement.state.number().map(str::to_owned),
        year: agreement.year,
        student: dossier.parties.student_name.clone(),
        employer: dossier.parties.employer_name.clone(),
        created: dossier.entries.first().map(|entry| entry.at).unwrap_or_default(),
        steps: progress::steps(dossier),
        holder: progress::holder(dossier),
        reason: reason.map(|reason| progress::reason(lang, &reason.code, &reason.text)),
        parties: parties(lang, ctx.store().keys(), dossier, Reader::of(&ctx.actor))?,
        terms: agreement.content.terms.clone(),
        clauses: clauses(lang, opened),
        removed: removed(opened),
        timeline: progress::timeline(lang, &progress::visible(ctx, &dossier.entries)),
        acts: acts(&ctx.actor, dossier, ctx.now())?,
        termination: progress::termination(lang, dossier),
        void: progress::void(ctx, dossier),
        files: dossier.uploads.iter().map(super::upload::row).collect(),
        reply_days: (params.reply_days, params.reply_days_min, params.reply_days_max),
        printable: params.may_print(agreement.state.kind()),
        evidence: opened.evidence,
    })
}

/// The clauses with what each party said to them as they now read, and how they read before.
pub fn clauses(lang: Lang, opened: &Opened) -> Vec<ClauseItem> {
    let dossier = &opened.dossier;
    let content = &dossier.loaded.agreement.content;
    let changes = opened
        .before
        .as_ref()
        .map(|before| diff(before, content))
        .unwrap_or_default();
    let item = |clause: &Clause| ClauseItem {
        clause: clause.clone(),
        employer: said(clause, Party::Employer, &dossier.employer_ticks),
        student: said(clause, Party::Student, &dossier.student_ticks),
        before: changes
            .iter()
            .find(|change| change.key == clause.key)
            .map(|change| old_words(lang, change)),
    };
    content.clauses.iter().map(item).collect()
}

/// The clauses that are gone since the student saw the terms before.
fn removed(opened: &Opened) -> Vec<(String, String)> {
    let content = &opened.dossier.loaded.agreement.content;
    let changes = opened.before.as_ref().map(|before| diff(before, content));
    let gone = |change: ClauseChange| match (change.old, change.new) {
        (Some(old), None) => Some((change.title, old)),
        _ => None,
    };
    changes.unwrap_or_default().into_iter().filter_map(gone).collect()
}

fn old_words(lang: Lang, change: &ClauseChange) -> String {
    change
        .old
        .clone()
        .unwrap_or_else(|| tr!(lang, "label.new_clause").into_owned())
}

fn said(clause: &Clause, party: Party, given: &Given) -> Confirmation {
    if !clause.confirmed_by.contains(&party) {
        return Confirmation::NotAsked;
    }
    let tick = given.get(&clause.key).filter(|tick| tick.hash == clause.hash());
    tick.map_or(Confirmation::Missing, |tick| Confirmation::Given(tick.at))
}

/// What a role could do to an agreement.
fn commands(actor: &Actor) -> &'static [CommandKind] {
    use CommandKind as K;
    match actor {
        Actor::Employer { .. } => &[
            K::Send,
            K::Edit,
            K::Withdraw,
            K::ExtendDeadline,
            K::RequestTermination,
            K::ConsentTermination,
            K::RefuseTermination,
            K::CancelTermination,
        ],
        Actor::Student { .. } => &[
            K::Accept,
            K::Decline,
            K::RequestTermination,
            K::ConsentTermination,
            K::RefuseTermination,
            K::CancelTermination,
        ],
        Actor::College { .. } => &[
            K::CollegeApprove,
            K::Return,
            K::ApproveTermination,
            K::RejectTermination,
        ],
        Actor::School { .. } => &[
            K::SchoolApprove,
            K::Return,
            K::ApproveTermination,
            K::RejectTermination,
            K::EscalateTermination,
            K::ProposeVoid,
            K::ConfirmVoid,
            K::DropVoid,
        ],
        Actor::Platform { .. } | Actor::System => &[],
    }
}

/// Each of them with the answer of the rules.
pub fn acts(
    actor: &Actor,
    dossier: &Dossier,
    now: Timestamp,
) -> Result<Vec<(CommandKind, std::result::Result<(), Refusal>)>> {
    let context = dossier.scene.context(&dossier.params, now)?;
    let agreement = &dossier.loaded.agreement;
    let pending = agreement.state.void_proposal().is_some();
    Ok(commands(actor)
        .iter()
        .filter(|kind| belongs(**kind, agreement, actor, pending))
        .map(|kind| (*kind, probe(agreement, *kind, actor, &context)))
        .collect())
}

/// Whether a page speaks of an act at all: answers to a request belong to whom the request went, and a
/// request to void is confirmed or dropped only once there is one.
fn belongs(kind: CommandKind, agreement: &Agreement, actor: &Actor, pending: bool) -> bool {
    use CommandKind as K;
    let asked = match (&agreement.state, actor) {
        (State::Terminating { request, .. }, Actor::Employer { .. }) => {
            Some(request.party == Party::Employer)
        }
        (State::Terminating { request, .. }, Actor::Student { .. }) => Some(request.party == Party::Student),
        (State::Terminating { .. }, _) => Some(false),
        _ => None,
    };
    match kind {
        K::ConsentTermination | K::RefuseTermination => asked == Some(false),
        K::CancelTermination => asked == Some(true),
        K::ApproveTermination | K::RejectTermination | K::EscalateTermination => asked.is_some(),
        K::ConfirmVoid | K::DropVoid => pending,
        _ => true,
    }
}

/// Nature, industry and size of the employer as one line.
pub fn employer_line(lang: Lang, dossier: &Dossier) -> String {
    let parties = &dossier.parties;
    let named = super::who::named;
    let parts = [
        named(lang, &domain::codes::EMPLOYER_NATURE, &parties.nature),
        named(lang, &domain::codes::INDUSTRY, &parties.industry),
        named(lang, &domain::codes::EMPLOYER_SCALE, &parties.scale),
    ];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}
