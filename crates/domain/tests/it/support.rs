//! The builder of the tests: an agreement and the world around it, moved on by `apply` alone.

use crate::cast::{PARTIES, Who, agreement_id};
use crate::invariants;
use domain::agreement::terms::{
    Archive, ArchiveKind, ContractTerm, Exemption, Household, HouseholdKind, Money, Terms,
};
use domain::agreement::{
    Agreement, Applied, Command, CommandKind, Content, Context, Event, Hash, Parties, Reason, Refusal,
    StateKind, apply, probe,
};
use domain::eligibility::Block;
use domain::params::SchoolParams;
use jiff::civil::date;
use jiff::{Timestamp, ToSpan};

/// The moment at which the tests begin: 20 November 2026, 10:00 in China.
pub const START: &str = "2026-11-20T10:00:00+08:00";

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn reason(code: &str, text: &str) -> Reason {
    Reason {
        code: code.into(),
        text: text.into(),
    }
}

/// Terms as an HR department in Hangzhou would type them.
pub fn terms() -> Terms {
    Terms {
        position: "后端开发工程师".into(),
        position_category: "13".into(),
        work_province: "330000".into(),
        work_place: "杭州市滨江区网商路 399 号".into(),
        major_match: Some(true),
        actual_employer: None,
        contract: ContractTerm::Fixed { months: 36 },
        service_months: None,
        probation_months: 3,
        probation_pay: Money::yuan(12_000),
        regular_pay: Money::yuan(15_000),
        benefits: Some("餐补每月 600 元，提供一年免费单身公寓".into()),
        report_from: date(2027, 7, 1),
        report_to: date(2027, 7, 15),
        report_place: "杭州市滨江区网商路 399 号 2 号楼一层".into(),
        archive: Archive {
            kind: ArchiveKind::Agency,
            receiver: Some("杭州市人才管理服务中心".into()),
            address: Some("杭州市上城区新业路 8 号".into()),
            postcode: Some("310016".into()),
            contact: Some("档案科".into()),
            phone: Some("0571-87654321".into()),
        },
        household: Household {
            kind: HouseholdKind::Stay,
            address: None,
        },
        party_relation: Some("中共杭州市滨江区委组织部".into()),
        penalty_employer: Money::yuan(5_000),
        penalty_student: Money::yuan(5_000),
        exemptions: vec![Exemption::Study, Exemption::CivilService, Exemption::Military],
        supplementary: vec!["甲方报销乙方报到时的单程交通费，上限 1,000 元。".into()],
    }
}

pub fn content() -> Content {
    Content::standard(terms())
}

/// The content with other pay: one clause differs.
pub fn content_with_pay(yuan: i64) -> Content {
    Content::standard(Terms {
        regular_pay: Money::yuan(yuan),
        ..terms()
    })
}

/// What surrounds an agreement, owned, so that tests can change it.
#[derive(Debug, Clone)]
pub struct World {
    pub now: Timestamp,
    pub params: SchoolParams,
    pub block: Option<Block>,
    pub live_elsewhere: bool,
    pub offer_open: bool,
    pub breaches: u32,
    pub number: Option<String>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            now: at(START),
            params: SchoolParams::default(),
            block: None,
            live_elsewhere: false,
            offer_open: false,
            breaches: 0,
            number: Some("202710359300000017".into()),
        }
    }
}

impl World {
    pub fn context(&self) -> Context<'_> {
        Context {
            now: self.now,
            params: &self.params,
            block: self.block,
            live_elsewhere: self.live_elsewhere,
            offer_open: self.offer_open,
            breaches: self.breaches,
            number: self.number.clone(),
        }
    }
}

/// An agreement, its world, and what has happened to it so far.
#[derive(Debug, Clone)]
pub struct Case {
    pub world: World,
    pub agreement: Agreement,
    pub events: Vec<Event>,
}

impl Case {
    /// A first draft of the usual content.
    pub fn draft() -> Self {
        Self::draft_of(World::default(), PARTIES, Who::Employer)
    }

    pub fn draft_of(world: World, parties: Parties, who: Who) -> Self {
        let drafted = Agreement::draft(agreement_id(1), parties, content(), &who.actor(), world.now);
        let Applied { agreement, event } = drafted.unwrap();
        Self {
            world,
            agreement,
            events: vec![event],
        }
    }

    /// An agreement on paper, registered.
    pub fn paper(world: World, who: Who) -> Result<Self, Refusal> {
        let content = Content::paper(terms(), Hash::of(&[b"scan"]));
        let registered =
            Agreement::register(agreement_id(1), PARTIES, content, &who.actor(), &world.context());
        registered.map(|Applied { agreement, event }| Self {
            world,
            agreement,
            events: vec![event],
        })
    }

    /// Changes a parameter of the school.
    pub fn with(mut self, change: impl FnOnce(&mut SchoolParams)) -> Self {
        change(&mut self.world.params);
        self
    }

    /// Lets hours pass.
    pub fn later(mut self, hours: i64) -> Self {
        self.world.now += hours.hours();
        self
    }

    pub fn kind(&self) -> StateKind {
        self.agreement.state.kind()
    }

    /// Tries a command; whatever comes of it has to keep the invariants.
    pub fn attempt(&self, who: Who, command: Command) -> Result<Applied, Refusal> {
        let before = self.agreement.clone();
        let context = self.world.context();
        let result = apply(&self.agreement, command.clone(), &who.actor(), &context);
        assert_eq!(
            self.agreement, before,
            "a command changed the agreement it was given"
        );
        if let Ok(applied) = &result {
            invariants::hold(&before, command.kind(), who, &self.world, applied);
        }
        result
    }

    /// Does a command that has to succeed.
    pub fn does(mut self, who: Who, command: Command) -> Self {
        let applied = self
            .attempt(who, command.clone())
            .unwrap_or_else(|refusal| panic!("{who:?} {:?} in {:?}: {refusal}", command.kind(), self.kind()));
        self.agreement = applied.agreement;
        self.events.push(applied.event);
        self
    }

    /// Does a command of this kind with everything in order.
    pub fn then(self, who: Who, kind: CommandKind) -> Self {
        let command = self.command(kind);
        self.does(who, command)
    }

    /// A command of this kind with everything in order.
    pub fn command(&self, kind: CommandKind) -> Command {
        match kind {
            CommandKind::Send => self.send(self.world.now + 120.hours()),
            CommandKind::ExtendDeadline => {
                let old = self.agreement.state.deadline();
                let deadline = old.unwrap_or(self.world.now) + 24.hours();
                Command::ExtendDeadline { deadline }
            }
            CommandKind::Supersede => Command::Supersede { by: agreement_id(9) },
            _ => probe::sample(&self.agreement, kind, &self.world.context()),
        }
    }

    /// The offer until `deadline`, every clause ticked.
    pub fn send(&self, deadline: Timestamp) -> Command {
        match probe::sample(&self.agreement, CommandKind::Send, &self.world.context()) {
            Command::Send { ticks, .. } => Command::Send { deadline, ticks },
            other => other,
        }
    }

    /// The code of the refusal that a command meets.
    #[track_caller]
    pub fn refused(&self, who: Who, command: Command) -> Refusal {
        match self.attempt(who, command.clone()) {
            Err(refusal) => refusal,
            Ok(applied) => panic!(
                "{who:?} {:?} was let through to {:?}",
                command.kind(),
                applied.agreement.state.kind()
            ),
        }
    }

    /// The refusal of a command of this kind with everything in order.
    #[track_caller]
    pub fn refuses(&self, who: Who, kind: CommandKind) -> Refusal {
        self.refused(who, self.command(kind))
    }
}

/// The ways through the states, each step by `apply`.
impl Case {
    pub fn offered() -> Self {
        Self::draft().then(Who::Employer, CommandKind::Send)
    }

    pub fn college_review() -> Self {
        Self::offered().later(1).then(Who::Student, CommandKind::Accept)
    }

    pub fn school_review() -> Self {
        Self::college_review()
            .later(1)
            .then(Who::College, CommandKind::CollegeApprove)
    }

    pub fn effective() -> Self {
        Self::school_review()
            .later(1)
            .then(Who::Staff, CommandKind::SchoolApprove)
    }

    /// The student has asked for termination; the employer has to answer.
    pub fn terminating() -> Self {
        Self::effective()
            .later(1)
            .then(Who::Student, CommandKind::RequestTermination)
    }

    pub fn terminating_at_college() -> Self {
        Self::terminating()
            .later(1)
            .then(Who::Employer, CommandKind::ConsentTermination)
    }

    pub fn terminating_at_school() -> Self {
        Self::terminating_at_college()
            .later(1)
            .then(Who::College, CommandKind::ApproveTermination)
    }

    pub fn terminated() -> Self {
        Self::terminating_at_school()
            .later(1)
            .then(Who::Staff, CommandKind::ApproveTermination)
    }

    /// The first member of staff asks to void.
    pub fn void_proposed(self) -> Self {
        self.later(1).then(Who::Staff, CommandKind::ProposeVoid)
    }
}
