//! The parameters of a school: saved by staff, told with who and when, and each with both of its sides on the
//! pages of those whom it concerns.

use crate::cast::{PASSWORD, Stage, YEAR, terms};
use crate::site::{Browser, Page, Site};
use crate::student::accept;
use domain::agreement::terms::Money;
use domain::agreement::{Command, Content, Reason};
use domain::ids::{AgreementId, FileId};
use domain::policy::Actor;
use reqwest::StatusCode;
use std::collections::BTreeSet;
use store::agreements::{self, Act, Origin};
use store::testing::{World, both};
use store::uploads::{self, NewUpload, Purpose};

const PATH: &str = "/school/parameters";

/// Posts these values and leaves all others as they are by default.
async fn save(staff: &Browser, path: &str, values: &[(&str, &str)]) -> Page {
    let version = staff
        .get(path)
        .await
        .attr("form.stack input[name=version]", "value");
    let mut fields = vec![("version", version.as_str())];
    fields.extend_from_slice(values);
    staff.post(path, &fields).await
}

#[tokio::test]
async fn a_change_is_kept_with_who_made_it_and_nonsense_is_answered_beside_its_field() {
    both(|world| async {
        let site = Site::open(world).await;
        let staff = site.signed_in(&site.cast.schools[0].staff).await;
        let wrong = save(
            &staff,
            PATH,
            &[
                ("reply_days", "31"),
                ("penalty_cap", "many"),
                ("college_review", "off"),
            ],
        )
        .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.says("#reply_days-e").contains("30"), "the range");
        assert!(wrong.has("#penalty_cap-e"));
        assert_eq!(
            wrong.attr("#f-penalty_cap", "value"),
            "many",
            "what was typed is kept"
        );
        assert!(wrong.has("#f-college_review option[value=off][selected]"));
        let contrary = [
            ("reply_days", "7"),
            ("reply_days_max", "6"),
            ("termination_college_review", "off"),
            ("termination_school_review", "off"),
        ];
        let wrong = save(&staff, PATH, &contrary).await;
        assert!(wrong.has("#reply_days_max-e") && wrong.has("#termination_school_review-e"));
        let page = staff.get(PATH).await;
        assert!(!page.has("#list tbody tr"), "nothing half done");

        let done = save(&staff, PATH, &[("reply_days", "7"), ("college_review", "off")]).await;
        assert_eq!((done.status, done.to()), (StatusCode::SEE_OTHER, PATH));
        let page = staff.get(PATH).await;
        assert_eq!(page.attr("#f-reply_days", "value"), "7");
        assert!(
            page.says("#list tbody").contains("staff 的人"),
            "{}",
            page.says("#list tbody")
        );
        // Given up again: the default counts, and that is told too.
        save(&staff, PATH, &[("college_review", "off")]).await;
        let page = staff.get(PATH).await;
        assert_eq!(page.attr("#f-reply_days", "value"), "");
        assert!(
            page.says("#list").contains('3'),
            "three changes: {}",
            page.says("#list .pager")
        );

        // A value for the whole school that a year's own value contradicts is refused with the year.
        let year = format!("{PATH}?year={YEAR}");
        save(&staff, &year, &[("reply_days_max", "6")]).await;
        let wrong = save(&staff, PATH, &[("reply_days", "8")]).await;
        assert!(
            wrong.says("#reply_days_max-e").contains("2027"),
            "{}",
            wrong.says("#reply_days_max-e")
        );
        assert_eq!(
            staff.get(&format!("{PATH}?year=1999")).await.status,
            StatusCode::NOT_FOUND
        );
        // Another school's staff sees none of it.
        let other = site.signed_in(&site.cast.schools[1].staff).await;
        assert!(!other.get(PATH).await.has("#list tbody tr"));
    })
    .await;
}

#[tokio::test]
async fn whoever_saves_second_is_told_that_somebody_was_faster() {
    both(|world| async {
        let site = Site::open(world).await;
        let staff = site.signed_in(&site.cast.schools[0].staff).await;
        let version = staff
            .get(PATH)
            .await
            .attr("form.stack input[name=version]", "value");
        let first = staff
            .post(PATH, &[("version", &version), ("reply_days", "6")])
            .await;
        assert_eq!(first.status, StatusCode::SEE_OTHER);
        let second = staff
            .post(PATH, &[("version", &version), ("reply_days", "9")])
            .await;
        assert_eq!(second.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(second.has(".note.bad"));
        assert_eq!(
            second.attr("#f-reply_days", "value"),
            "9",
            "what was typed is kept"
        );
        assert_eq!(staff.get(PATH).await.attr("#f-reply_days", "value"), "6");
    })
    .await;
}

/// A site with staff, employer, student and reviewer signed in.
struct Stand {
    site: Site,
    staff: Browser,
    employer: Browser,
    student: Browser,
    reviewer: Browser,
}

impl Stand {
    async fn new() -> Self {
        let site = Site::open(World::sqlite().await).await;
        let campus = &site.cast.schools[0];
        let (staff, reviewer) = (
            site.signed_in(&campus.staff).await,
            site.signed_in(&campus.reviewer).await,
        );
        let student = site.signed_in(&campus.student_logins[0]).await;
        let employer = site.signed_in(&site.cast.firms[0].login).await;
        Self {
            staff,
            employer,
            student,
            reviewer,
            site,
        }
    }

    async fn set(&self, key: &str, value: &str) {
        let path = if key.starts_with("window") {
            format!("{PATH}?year={YEAR}")
        } else {
            PATH.into()
        };
        let done = save(&self.staff, &path, &[(key, value)]).await;
        assert_eq!(
            done.status,
            StatusCode::SEE_OTHER,
            "{key} = {value}: {}",
            done.says(".err")
        );
    }

    async fn at(&self, stage: Stage) -> AgreementId {
        let (firm, campus) = (&self.site.cast.firms[0], &self.site.cast.schools[0]);
        firm.agreement(&self.site.world, campus, 0, stage).await
    }

    fn place(&self, rest: &str) -> String {
        format!("/employer/{}/{YEAR}{rest}", self.site.cast.schools[0].code)
    }

    async fn act(&self, id: AgreementId, actor: Actor, command: Command) {
        let act = Act {
            school: self.site.cast.schools[0].id,
            id,
            version: None,
            command,
            ticked: BTreeSet::new(),
            actor,
            origin: Origin::default(),
        };
        agreements::perform(&self.site.world.store, act).await.unwrap();
    }

    fn actor(&self, who: &str) -> Actor {
        let (campus, firm) = (&self.site.cast.schools[0], &self.site.cast.firms[0]);
        match who {
            "student" => Actor::Student {
                account: campus.student_logins[0].account,
                school: campus.id,
                student: campus.students[0],
            },
            "employer" => Actor::Employer {
                account: firm.login.account,
                employer: firm.id,
            },
            "college" => Actor::College {
                account: campus.reviewer.account,
                school: campus.id,
                colleges: campus.colleges.to_vec(),
            },
            _ => Actor::School {
                account: campus.staff.account,
                school: campus.id,
            },
        }
    }

    async fn effective(&self) -> AgreementId {
        let id = self.at(Stage::SchoolReview).await;
        self.act(id, self.actor("school"), Command::SchoolApprove).await;
        id
    }

    /// A letter that the student has sent for this agreement.
    async fn letter(&self, id: AgreementId) -> FileId {
        let campus = &self.site.cast.schools[0];
        let new = NewUpload {
            school: campus.id,
            agreement: Some(id),
            purpose: Purpose::Letter,
            account: campus.student_logins[0].account,
            name: "letter.pdf".into(),
            pages: 1,
            bytes: b"%PDF-1.7 a letter".to_vec(),
            media_type: "application/pdf",
        };
        let (school, world) = (campus.id, &self.site.world);
        let upload = uploads::put(&world.store, new).await.unwrap();
        let read = world.read(move |c| Box::pin(uploads::get(c, school, upload)));
        read.await.unwrap().unwrap().file_id.unwrap()
    }

    /// The student asks for termination.
    async fn asked(&self) -> AgreementId {
        let id = self.effective().await;
        let command = Command::RequestTermination {
            reason: Reason {
                code: "family".into(),
                text: String::new(),
            },
            letter: Some(self.letter(id).await),
            second_factor: Some(domain::params::Factor::Password),
        };
        self.act(id, self.actor("student"), command).await;
        id
    }

    /// What pages show where the parameter decides.
    async fn side(&self, key: &str) -> String {
        let student = self.site.cast.schools[0].students[0];
        let detail = |id: AgreementId| self.place(&format!("/agreements/{id}"));
        match key {
            "window_from" | "window_to" => {
                let page = self
                    .employer
                    .get(&self.place(&format!("/students/{student}/offer")))
                    .await;
                page.status.as_u16().to_string()
            }
            "discovery" => {
                let page = self.employer.get(&self.place("/agreements?tab=eligible")).await;
                page.text.contains("张𬭎").to_string()
            }
            "second_factor" => {
                let id = self.at(Stage::Offered).await;
                let page = self.student.get(&format!("/student/agreements/{id}")).await;
                page.has("input[type=password]").to_string()
            }
            "reply_days" => {
                let id = self.at(Stage::Draft).await;
                self.employer
                    .get(&detail(id))
                    .await
                    .attr("[name=reply_days] option[selected]", "value")
            }
            "reply_days_min" | "reply_days_max" => {
                let id = self.at(Stage::Draft).await;
                let days = if key == "reply_days_min" { "1" } else { "20" };
                let path = format!("{}/sending", detail(id));
                let sent = self
                    .employer
                    .post(&path, &[("version", "1"), ("reply_days", days)])
                    .await;
                sent.status.as_u16().to_string()
            }
            "penalty_cap" => {
                let id = self.at(Stage::Draft).await;
                let mut terms = terms();
                // A category that the form takes.
                terms.position_category = "13".into();
                (terms.penalty_student, terms.penalty_employer) = (Money::yuan(4500), Money::yuan(4500));
                let content = Box::new(Content::standard(terms));
                self.act(id, self.actor("employer"), Command::Edit { content })
                    .await;
                let page = self.employer.get(&format!("{}/edit", detail(id))).await;
                page.has("#penalty_student-e.doubt").to_string()
            }
            "college_review" => {
                let id = self.at(Stage::Offered).await;
                accept(&self.student, id, &[], PASSWORD).await;
                self.reviewer.get("/college").await.has("table.tb").to_string()
            }
            "school_review" => {
                let id = self.at(Stage::CollegeReview).await;
                self.act(id, self.actor("college"), Command::CollegeApprove).await;
                self.staff
                    .get("/school/agreements")
                    .await
                    .has("table.tb")
                    .to_string()
            }
            "review_days" => {
                self.at(Stage::SchoolReview).await;
                self.site.wait(3 * 24 * 3600);
                let staff = self.site.signed_in(&self.site.cast.schools[0].staff).await;
                let page = staff.get("/school/agreements").await;
                page.says("table.tb").contains("超时").to_string()
            }
            "number_rule" => {
                let id = self.effective().await;
                let line = self
                    .staff
                    .get(&format!("/school/agreements/{id}"))
                    .await
                    .says("div.head p");
                line.split("202710001").nth(1).unwrap()[..1].to_owned()
            }
            "print_before_effective" => {
                let id = self.at(Stage::Offered).await;
                self.employer
                    .get(&detail(id))
                    .await
                    .has("aside a[href$='document.pdf']")
                    .to_string()
            }
            "student_may_terminate" => {
                let id = self.effective().await;
                let page = self.student.get(&format!("/student/agreements/{id}")).await;
                page.text.contains("学校未开放").to_string()
            }
            "employer_may_terminate" => {
                let id = self.effective().await;
                self.employer
                    .get(&detail(id))
                    .await
                    .text
                    .contains("学校未开放")
                    .to_string()
            }
            "counterparty_consent" => {
                let id = self.asked().await;
                self.staff
                    .get(&format!("/school/agreements/{id}"))
                    .await
                    .says(".holder")
                    .chars()
                    .take(6)
                    .collect()
            }
            "termination_college_review" => {
                let id = self.asked().await;
                self.act(id, self.actor("employer"), Command::ConsentTermination)
                    .await;
                self.staff
                    .get(&format!("/school/agreements/{id}"))
                    .await
                    .says(".holder")
                    .chars()
                    .take(6)
                    .collect()
            }
            "termination_school_review" => {
                let id = self.asked().await;
                self.act(id, self.actor("employer"), Command::ConsentTermination)
                    .await;
                self.act(id, self.actor("college"), Command::ApproveTermination)
                    .await;
                self.staff
                    .get(&format!("/school/agreements/{id}"))
                    .await
                    .has(".holder")
                    .to_string()
            }
            "max_breaches" => {
                let id = self.effective().await;
                let page = self.student.get(&format!("/student/agreements/{id}")).await;
                page.text.contains("解约已达学校上限").to_string()
            }
            other => panic!("no test for the parameter {other}"),
        }
    }
}

#[tokio::test]
async fn every_parameter_shows_both_of_its_sides_on_the_pages() {
    let sides = [
        ("window_from", ("2000-01-01", "200"), ("2099-01-01", "409")),
        ("window_to", ("2099-01-01", "200"), ("2000-01-01", "409")),
        ("discovery", ("browse", "true"), ("exact", "false")),
        ("second_factor", ("password", "true"), ("none", "false")),
        ("reply_days", ("5", "5"), ("9", "9")),
        ("reply_days_min", ("1", "303"), ("2", "409")),
        ("reply_days_max", ("20", "303"), ("19", "409")),
        ("penalty_cap", ("4499", "true"), ("4500", "false")),
        ("college_review", ("on", "true"), ("off", "false")),
        ("school_review", ("on", "true"), ("off", "false")),
        ("review_days", ("3", "true"), ("4", "false")),
        ("number_rule", ("leveled", "3"), ("plain", "0")),
        ("print_before_effective", ("on", "true"), ("off", "false")),
        ("student_may_terminate", ("off", "true"), ("on", "false")),
        ("employer_may_terminate", ("off", "true"), ("on", "false")),
        (
            "counterparty_consent",
            ("on", "等待用人单位"),
            ("off", "等待院系处理"),
        ),
        (
            "termination_college_review",
            ("on", "等待院系处理"),
            ("off", "等待学校处理"),
        ),
        ("termination_school_review", ("on", "true"), ("off", "false")),
        ("max_breaches", ("0", "true"), ("1", "false")),
    ];
    for (key, one, other) in sides {
        for (value, seen) in [one, other] {
            let stand = Stand::new().await;
            stand.set(key, value).await;
            assert_eq!(stand.side(key).await, seen, "{key} = {value}");
        }
    }
}
