//! Agreements that were signed on paper: registered with a scan, reviewed like every other, and under the
//! same rule of one live agreement.

use super::apply::{Applied, Context};
use super::clause::{Clause, ClauseKind, Content, Hash};
use super::command::Refusal;
use super::event::{Event, EventKind};
use super::state::{Acceptance, State};
use super::terms::Terms;
use super::{Agreement, Parties};
use crate::eligibility::Block;
use crate::ids::AgreementId;
use crate::policy::Actor;

/// The template of agreements on paper.
pub const PAPER: &str = "paper-1";

impl Content {
    /// What is registered of an agreement on paper: its terms, and the hash of the scan that it stands for.
    /// Nobody ticks clauses: they are on the paper.
    pub fn paper(terms: Terms, scan: Hash) -> Self {
        let clause = Clause {
            key: "scan".into(),
            kind: ClauseKind::Standard,
            title: "纸质协议".into(),
            body: format!(
                "本协议由各方以纸质形式签订，条款以纸质协议为准；所登记的内容供审核和统计使用。扫描件的内容摘要（SHA-256）：{scan}"
            ),
            confirmed_by: Vec::new(),
        };
        Self {
            template: PAPER.into(),
            terms,
            clauses: vec![clause],
        }
    }

    /// Whether the agreement was signed on paper.
    pub fn is_paper(&self) -> bool {
        self.template == PAPER
    }
}

impl Agreement {
    /// 线下签约登记, by the student or the school's staff. Somebody always reviews it: the school where the
    /// colleges do not.
    pub fn register(
        id: AgreementId,
        whose: Parties,
        content: Content,
        actor: &Actor,
        context: &Context<'_>,
    ) -> Result<Applied, Refusal> {
        let account = match actor {
            Actor::Student {
                account,
                school,
                student,
            } if *school == whose.school && *student == whose.student => *account,
            Actor::School { account, school } if *school == whose.school => *account,
            _ => return Err(Refusal::NotAllowed),
        };
        if let Some(block) = context.block {
            return Err(Refusal::NotEligible(block));
        }
        if context.live_elsewhere {
            return Err(Refusal::NotEligible(Block::AlreadySigned));
        }
        let acceptance = Acceptance {
            at: context.now,
            by: account,
            content: content.hash(),
        };
        let state = if context.params.college_review {
            State::CollegeReview {
                acceptance,
                void: None,
            }
        } else {
            State::SchoolReview {
                acceptance,
                college: None,
                void: None,
            }
        };
        let agreement = Self {
            id,
            school: whose.school,
            year: whose.year,
            student: whose.student,
            college: whose.college,
            employer: whose.employer,
            state,
            version: 1,
            content_version: 1,
            content,
        };
        let event = Event {
            kind: EventKind::Registered,
            actor: actor.clone(),
            at: context.now,
            payload: agreement.payload(None, agreement.content.hash()),
            note: None,
        };
        Ok(Applied { agreement, event })
    }
}
