//! Offers and their time: the deadline with its reminders, sent again after an edit, overtaken by another.

use crate::cast::{PASSWORD, Stage, YEAR, terms};
use crate::site::{Browser, Site};
use crate::student::accept;
use domain::agreement::clause::Ticks;
use domain::agreement::terms::Money;
use domain::agreement::{Command, Content, StateKind};
use domain::document::{RenderError, Rendered, Renderer, Sheet};
use domain::ids::AgreementId;
use domain::policy::Actor;
use jobs::Worker;
use reqwest::StatusCode;
use std::sync::Arc;
use std::time::Duration;
use store::agreements::{self, Act, Origin};
use store::testing::both;

/// These stories are about time, not about paper.
pub struct NoPaper;

impl Renderer for NoPaper {
    fn render(&self, _: &Sheet) -> Result<Rendered, RenderError> {
        Err(RenderError::Form("no paper".into()))
    }
}

const HOUR: u64 = 3600;

async fn work(site: &Site) {
    Worker::new(site.world.store.clone(), Arc::new(NoPaper))
        .drain()
        .await;
}

async fn kind(site: &Site, id: AgreementId) -> StateKind {
    let school = site.cast.schools[0].id;
    let read = site
        .world
        .store
        .read(move |c| Box::pin(agreements::load(c, school, id)));
    read.await.unwrap().unwrap().agreement.state.kind()
}

async fn employer(site: &Site, id: AgreementId, command: Command) {
    let firm = &site.cast.firms[0];
    let act = Act {
        school: site.cast.schools[0].id,
        id,
        version: None,
        ticked: Content::standard(terms())
            .clauses
            .into_iter()
            .map(|clause| clause.key)
            .collect(),
        command,
        actor: Actor::Employer {
            account: firm.login.account,
            employer: firm.id,
        },
        origin: Origin::default(),
    };
    agreements::perform(&site.world.store, act).await.unwrap();
}

/// What the student's inbox says, the newest first; who comes days later signs in again.
async fn inbox(site: &Site) -> (Browser, String) {
    let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
    let text = student.get("/student/messages").await.says("ul.rows");
    (student, text)
}

#[tokio::test]
async fn an_offer_lapses_at_its_minute_after_two_reminders() {
    both(|world| async {
        let site = Site::open(world).await;
        let id = site.cast.firms[0]
            .agreement(&site.world, &site.cast.schools[0], 0, Stage::Offered)
            .await;
        work(&site).await;
        let (student, text) = inbox(&site).await;
        assert!(!text.contains("截止"), "nobody is reminded yet: {text}");
        let page = student.get(&format!("/student/agreements/{id}")).await;
        assert!(page.has("[data-until]"), "the time that is left is shown");

        site.wait(72 * HOUR - 1);
        work(&site).await;
        assert_eq!(
            inbox(&site).await.1.matches("截止").count(),
            0,
            "a moment too early"
        );
        site.wait(2);
        work(&site).await;
        work(&site).await;
        assert_eq!(inbox(&site).await.1.matches("截止").count(), 1, "48 hours before");
        site.wait(36 * HOUR);
        work(&site).await;
        assert_eq!(inbox(&site).await.1.matches("截止").count(), 2, "12 hours before");

        site.world.clock.advance(Duration::from_secs(12 * HOUR - 3));
        work(&site).await;
        assert_eq!(kind(&site, id).await, StateKind::Offered, "there is still time");
        site.wait(3);
        work(&site).await;
        assert_eq!(kind(&site, id).await, StateKind::Expired, "at its minute");
        let (student, text) = inbox(&site).await;
        assert!(text.contains("到期"), "the student is told: {text}");
        let late = student.get(&format!("/student/agreements/{id}")).await;
        assert!(!late.has("form[action$=acceptance]"), "too late to accept");
        let employer = site.signed_in(&site.cast.firms[0].login).await;
        let place = format!("/employer/{}/{YEAR}", site.cast.schools[0].code);
        assert!(
            employer
                .get(&format!("{place}/messages"))
                .await
                .says("ul.rows")
                .contains("到期")
        );
    })
    .await;
}

#[tokio::test]
async fn with_more_time_nobody_is_reminded_of_the_old_deadline() {
    both(|world| async {
        let site = Site::open(world).await;
        let id = site.cast.firms[0]
            .agreement(&site.world, &site.cast.schools[0], 0, Stage::Offered)
            .await;
        let now = site.world.env.now();
        let deadline = now + jiff::SignedDuration::from_hours(10 * 24);
        employer(&site, id, Command::ExtendDeadline { deadline }).await;
        site.wait(5 * 24 * HOUR + 60);
        work(&site).await;
        assert_eq!(
            kind(&site, id).await,
            StateKind::Offered,
            "the new deadline counts"
        );
        assert_eq!(
            inbox(&site).await.1.matches("截止").count(),
            0,
            "and so do its reminders"
        );
        site.wait(3 * 24 * HOUR);
        work(&site).await;
        assert_eq!(inbox(&site).await.1.matches("截止").count(), 1);
        // Withdrawn: nobody has to hurry any more.
        employer(&site, id, Command::Withdraw).await;
        site.wait(2 * 24 * HOUR);
        work(&site).await;
        assert_eq!(inbox(&site).await.1.matches("截止").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_offer_that_comes_again_shows_what_is_different() {
    both(|world| async {
        let site = Site::open(world).await;
        let id = site.cast.firms[0]
            .agreement(&site.world, &site.cast.schools[0], 0, Stage::Offered)
            .await;
        let path = format!("/student/agreements/{id}");
        let student = site.signed_in(&site.cast.schools[0].student_logins[0]).await;
        assert!(
            !student.get(&path).await.has(".ticks .old"),
            "nothing was different"
        );
        employer(&site, id, Command::Withdraw).await;
        assert!(
            !student.get(&path).await.has("form[action$=acceptance]"),
            "taken back"
        );
        let mut changed = terms();
        changed.regular_pay = Money::yuan(12_500);
        let content = Box::new(Content::standard(changed));
        employer(&site, id, Command::Edit { content }).await;
        let deadline = site.world.env.now() + jiff::SignedDuration::from_hours(72);
        let ticks = Ticks::new();
        employer(&site, id, Command::Send { deadline, ticks }).await;
        let page = student.get(&path).await;
        assert!(
            page.says(".ticks .old").contains("10,000"),
            "{}",
            page.says(".ticks .old")
        );
        let done = accept(&student, id, &[], PASSWORD).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn who_was_overtaken_is_told() {
    both(|world| async {
        let site = Site::open(world).await;
        let (campus, [one, two]) = (&site.cast.schools[0], &site.cast.firms);
        let slow = two.agreement(&site.world, campus, 0, Stage::Offered).await;
        let fast = one.agreement(&site.world, campus, 0, Stage::SchoolReview).await;
        let act = Act {
            school: campus.id,
            id: fast,
            version: None,
            command: Command::SchoolApprove,
            ticked: std::collections::BTreeSet::new(),
            actor: Actor::School {
                account: campus.staff.account,
                school: campus.id,
            },
            origin: Origin::default(),
        };
        agreements::perform(&site.world.store, act).await.unwrap();
        assert_eq!(kind(&site, slow).await, StateKind::Superseded);
        let place = format!("/employer/{}/{YEAR}", campus.code);
        let loser = site.signed_in(&two.login).await;
        let told = loser.get(&format!("{place}/messages")).await;
        assert!(
            told.has(&format!("ul.rows a[href$='{slow}']")),
            "the other employer is told"
        );
        let list = loser
            .get(&format!("{place}/agreements?tab=pending&state=superseded"))
            .await;
        assert!(
            list.has(&format!("a[href$='{slow}']")),
            "and finds it by its state"
        );
        let (_, text) = inbox(&site).await;
        assert!(text.contains("失效"), "the student too: {text}");
    })
    .await;
}
