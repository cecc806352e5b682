//! Lets the stories happen, through the same functions that the pages call, each at its own moment.

use super::plan::{Plan, SchoolPlan, Story};
use super::script::Deed;
use super::world::EMPLOYERS;
use super::{random, terms};
use domain::agreement::{Command, Content, Party, Ticks};
use domain::ids::{CollegeId, UploadId};
use domain::policy::Actor;
use jiff::Timestamp;
use std::collections::BTreeSet;
use store::agreements::{self, Act, NewDraft, Origin, Ticked};
use store::uploads::{self, Purpose, Upload};
use store::{Conn, Error};

/// How many clauses somebody ticked who has not finished.
const SOME: usize = 6;

/// Everything that happened at a school, in order of time.
pub async fn school(c: &mut Conn<'_>, plan: &Plan, school: &SchoolPlan) -> Result<(), Error> {
    for (n, (at, story, deed)) in school.deeds.iter().enumerate() {
        let scene = Scene {
            plan,
            school,
            story: &school.stories[*story],
        };
        scene.play(c, deed, *at, n).await?;
    }
    Ok(())
}

struct Scene<'a> {
    plan: &'a Plan,
    school: &'a SchoolPlan,
    story: &'a Story,
}

impl Scene<'_> {
    async fn play(&self, c: &mut Conn<'_>, deed: &Deed, at: Timestamp, n: usize) -> Result<(), Error> {
        let env = random::env(at, &format!("{} {n}", self.story.label));
        let all = Content::standard(self.story.terms.clone());
        let keys = |count: usize| {
            all.clauses
                .iter()
                .take(count)
                .map(|clause| clause.key.clone())
                .collect()
        };
        match deed {
            Deed::Create | Deed::CreateHalf => {
                let count = if *deed == Deed::Create { usize::MAX } else { SOME };
                let draft = NewDraft {
                    id: self.story.id,
                    school: self.school.id,
                    student: self.school.students[self.story.student].new.id,
                    ticked: keys(count),
                    content: all,
                    actor: self.employer(),
                    origin: origin(),
                };
                agreements::create(c, &draft, &env).await?;
            }
            Deed::TickSome => {
                let (keys, actor, origin) = (keys(SOME), self.student(), origin());
                let ticked = Ticked {
                    keys: &keys,
                    actor: &actor,
                    origin: &origin,
                    now: at,
                };
                agreements::tick(c, self.school.id, self.story.id, 1, &ticked).await?;
            }
            _ => {
                if let Deed::Ask(party, _) = deed {
                    self.send_letter(c, self.party(*party), at, n).await?;
                }
                let act = self.act(deed);
                agreements::act(c, &act, &env).await?;
            }
        }
        Ok(())
    }

    /// The file that a request comes with, as its form would have sent it just before.
    async fn send_letter(
        &self,
        c: &mut Conn<'_>,
        actor: Actor,
        at: Timestamp,
        n: usize,
    ) -> Result<(), Error> {
        let env = random::env(at, &format!("{} letter {n}", self.story.label));
        let upload = Upload {
            id: UploadId::new(at, &*env.random),
            agreement_id: Some(self.story.id),
            purpose: Purpose::Letter.code().to_owned(),
            origin: "sent".to_owned(),
            file_id: Some(self.school.letter),
            name: "解约函.pdf".to_owned(),
            size: 612,
            pages: 1,
            body: None,
            error: None,
            account_id: actor.account().ok_or(Error::NotFound)?,
            created_at: at,
            attached_at: None,
        };
        uploads::insert(c, self.school.id, &upload).await?;
        Ok(())
    }

    fn act(&self, deed: &Deed) -> Act {
        let (actor, command) = self.command(deed);
        let content = Content::standard(match deed {
            Deed::Revise => terms::revised(&self.story.terms),
            _ => self.story.terms.clone(),
        });
        let ticks = match deed {
            Deed::Accept | Deed::Revise => content.clauses.into_iter().map(|clause| clause.key).collect(),
            _ => BTreeSet::new(),
        };
        Act {
            school: self.school.id,
            id: self.story.id,
            version: None,
            command,
            ticked: ticks,
            actor,
            origin: origin(),
        }
    }

    fn command(&self, deed: &Deed) -> (Actor, Command) {
        match deed.clone() {
            Deed::Create | Deed::CreateHalf | Deed::Revise | Deed::TickSome => {
                let content = Box::new(Content::standard(terms::revised(&self.story.terms)));
                (self.employer(), Command::Edit { content })
            }
            Deed::Send(deadline) => (
                self.employer(),
                Command::Send {
                    deadline,
                    ticks: Ticks::new(),
                },
            ),
            Deed::Withdraw => (self.employer(), Command::Withdraw),
            Deed::Extend(deadline) => (self.employer(), Command::ExtendDeadline { deadline }),
            Deed::Accept => {
                let ticks = Ticks::new();
                (
                    self.student(),
                    Command::Accept {
                        ticks,
                        method_agreed: true,
                        second_factor: Some(domain::params::Factor::Password),
                    },
                )
            }
            Deed::Decline(reason) => (self.student(), Command::Decline { reason }),
            Deed::Expire => (Actor::System, Command::Expire),
            Deed::CollegeApprove => (self.college(), Command::CollegeApprove),
            Deed::SchoolApprove => (self.staff(0), Command::SchoolApprove),
            Deed::CollegeReturn(reason) => (self.college(), Command::Return { reason }),
            Deed::SchoolReturn(reason) => (self.staff(0), Command::Return { reason }),
            Deed::Ask(party, reason) => {
                let letter = Some(self.school.letter);
                (
                    self.party(party),
                    Command::RequestTermination {
                        reason,
                        letter,
                        second_factor: Some(domain::params::Factor::Password),
                    },
                )
            }
            Deed::Consent(party) => (self.party(party), Command::ConsentTermination),
            Deed::Refuse(party, reason) => (self.party(party), Command::RefuseTermination { reason }),
            Deed::Cancel(party) => (self.party(party), Command::CancelTermination),
            Deed::CollegeEnd => (self.college(), Command::ApproveTermination),
            Deed::SchoolEnd => (self.staff(1), Command::ApproveTermination),
            Deed::ProposeVoid(reason) => (self.staff(0), Command::ProposeVoid { reason }),
            Deed::ConfirmVoid => (self.staff(1), Command::ConfirmVoid),
        }
    }

    fn party(&self, party: Party) -> Actor {
        match party {
            Party::Employer => self.employer(),
            Party::Student => self.student(),
        }
    }

    fn employer(&self) -> Actor {
        let at = self.story.employer.min(EMPLOYERS.len() - 1);
        Actor::Employer {
            account: self.plan.owners[at].id,
            employer: self.plan.employers[at],
        }
    }

    fn student(&self) -> Actor {
        let student = &self.school.students[self.story.student];
        Actor::Student {
            account: student.account,
            school: self.school.id,
            student: student.new.id,
        }
    }

    fn college(&self) -> Actor {
        let at = self
            .school
            .reviewer(self.school.students[self.story.student].college);
        Actor::College {
            account: self.school.reviewers[at].id,
            school: self.school.id,
            colleges: colleges(self.school, at),
        }
    }

    fn staff(&self, n: usize) -> Actor {
        Actor::School {
            account: self.school.staff[n].id,
            school: self.school.id,
        }
    }
}

/// The colleges of a reviewer.
pub fn colleges(school: &SchoolPlan, reviewer: usize) -> Vec<CollegeId> {
    school.school.reviewers[reviewer]
        .2
        .iter()
        .map(|at| school.colleges[*at])
        .collect()
}

/// Where demo acts come from: an address that is reserved for examples (RFC 5737).
fn origin() -> Origin {
    Origin {
        address: "192.0.2.10".to_owned(),
        client: "demo".to_owned(),
    }
}
