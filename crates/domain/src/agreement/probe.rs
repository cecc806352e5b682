//! Whether an actor could do something now, and if not, why: for buttons that say why they are
//! disabled. It asks [`super::apply`] itself, so that page and rule can never differ.

use super::apply::{Context, apply};
use super::clause::{Party, Ticks};
use super::command::{Command, CommandKind, Refusal};
use super::state::Reason;
use super::{Agreement, Hash};
use crate::ids::FileId;
use crate::params::Factor;
use crate::policy::Actor;
use jiff::ToSpan;
use uuid::Uuid;

/// `Ok` when `kind` would be accepted if what the actor has to give for it (ticks, reason, second
/// factor, letter) were in order.
pub fn probe(
    agreement: &Agreement,
    kind: CommandKind,
    actor: &Actor,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let mut context = context.clone();
    context.number.get_or_insert_with(|| "probe".to_owned());
    let command = sample(agreement, kind, &context);
    apply(agreement, command, actor, &context).map(drop)
}

fn ticks(agreement: &Agreement, party: Party) -> Ticks {
    let clauses = agreement.content.clauses.iter();
    clauses
        .filter(|clause| clause.confirmed_by.contains(&party))
        .map(|clause| (clause.key.clone(), clause.hash()))
        .collect::<std::collections::BTreeMap<String, Hash>>()
}

/// A command of the kind with everything in order that the actor has to give.
pub fn sample(agreement: &Agreement, kind: CommandKind, context: &Context<'_>) -> Command {
    let reason = || Reason {
        code: "sample".into(),
        text: String::new(),
    };
    let max = i64::from(context.params.reply_days_max);
    let deadline = context
        .now
        .saturating_add((max * 24).hours())
        .unwrap_or(context.now);
    match kind {
        CommandKind::Edit => Command::Edit {
            content: Box::new(agreement.content.clone()),
        },
        CommandKind::Send => Command::Send {
            deadline,
            ticks: ticks(agreement, Party::Employer),
        },
        CommandKind::Withdraw => Command::Withdraw,
        CommandKind::ExtendDeadline => Command::ExtendDeadline { deadline },
        CommandKind::Accept => Command::Accept {
            ticks: ticks(agreement, Party::Student),
            method_agreed: true,
            second_factor: Some(Factor::Password),
        },
        CommandKind::Decline => Command::Decline { reason: reason() },
        CommandKind::Expire => Command::Expire,
        CommandKind::Supersede => Command::Supersede { by: agreement.id },
        CommandKind::CollegeApprove => Command::CollegeApprove,
        CommandKind::SchoolApprove => Command::SchoolApprove,
        CommandKind::Return => Command::Return { reason: reason() },
        CommandKind::RequestTermination => Command::RequestTermination {
            reason: reason(),
            letter: Some(FileId(Uuid::nil())),
            second_factor: Some(Factor::Password),
        },
        CommandKind::ConsentTermination => Command::ConsentTermination,
        CommandKind::RefuseTermination => Command::RefuseTermination { reason: reason() },
        CommandKind::EscalateTermination => Command::EscalateTermination,
        CommandKind::ApproveTermination => Command::ApproveTermination,
        CommandKind::RejectTermination => Command::RejectTermination { reason: reason() },
        CommandKind::CancelTermination => Command::CancelTermination,
        CommandKind::ProposeVoid => Command::ProposeVoid { reason: reason() },
        CommandKind::ConfirmVoid => Command::ConfirmVoid,
        CommandKind::DropVoid => Command::DropVoid,
    }
}
