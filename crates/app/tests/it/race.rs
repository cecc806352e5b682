//! Races over HTTP, on both engines: sixteen clients press their buttons at the same moment. One act happens,
//! with one event; everybody else is told clearly; and afterwards every invariant of the database holds.

use crate::support::{Page, Place};
use crate::town::{self, Deal, Form, Person};
use domain::agreement::StateKind as S;
use domain::ids::{AgreementId, SchoolId};
use domain::ports::Env;
use jiff::Timestamp;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use store::testing::{Database, TestClock, TestRandom};
use store::{Store, StoreConfig, agreements, audit, verify};
use tempfile::{TempDir, tempdir};
use tokio::net::TcpListener;
use tokio::sync::Barrier;
use web::auth::password::Cost;

/// A school with the real door on a loopback port, and a clock that is set by hand.
struct Site {
    _folder: TempDir,
    database: Option<Database>,
    store: Store,
    clock: Arc<TestClock>,
    url: String,
    school: SchoolId,
    hr: [Person; 2],
    /// Activation links of the students, for those who come later.
    links: Vec<String>,
    students: Vec<Person>,
    college: Person,
    staff: Person,
}

const STUDENTS: usize = 5;

#[expect(
    clippy::disallowed_methods,
    reason = "the command line beside it has the real clock"
)]
fn today() -> Timestamp {
    Timestamp::now()
}

impl Site {
    async fn open(database: Option<Database>, early: bool) -> Self {
        let folder = tempdir().unwrap();
        let data: PathBuf = folder.path().join("data");
        let url = database.as_ref().map(Database::url);
        let place = Place {
            data: &data,
            database: url,
        };
        let links = town::found(place, STUDENTS);
        let clock = Arc::new(TestClock::default());
        clock.set(today());
        let env = Env {
            clock: clock.clone(),
            random: Arc::new(TestRandom::default()),
        };
        let config = StoreConfig {
            data: data.clone(),
            database: url.map(str::to_owned),
        };
        let store = Store::open(&config, env).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mut config = web::Config::loopback(&address);
        config.password_cost = Cost::FLOOR;
        let door = web::App::new(store.clone(), config, web::Neighbours::default()).unwrap();
        tokio::spawn(web::serve(listener, door, std::future::pending()));
        let url = format!("http://{address}");
        let college = Person::enter(&url, &links.college).await;
        town::approve_sources(&college).await;
        let school = town::set_params(&store, &[town::no_second_factor()]).await;
        let mut students = Vec::new();
        for link in links.students.iter().filter(|_| early) {
            students.push(Person::enter(&url, link).await);
        }
        Self {
            _folder: folder,
            hr: [
                Person::enter(&url, &links.employers[0]).await,
                Person::enter(&url, &links.employers[1]).await,
            ],
            staff: Person::enter(&url, &links.school).await,
            links: links.students,
            students,
            college,
            school,
            database,
            store,
            clock,
            url,
        }
    }

    /// A draft of an employer for a student.
    async fn draft(&self, employer: usize, student: usize) -> Deal {
        let hr = &self.hr[employer];
        Deal::draft(hr, &town::offer(hr, student).await).await
    }

    /// An open offer for `days` days, and its version.
    async fn offered(&self, employer: usize, student: usize, days: i64) -> Deal {
        let mut deal = self.draft(employer, student).await;
        self.hr[employer].does(&deal.send(1, days)).await;
        deal.read(&self.students[student]).await;
        deal
    }

    async fn state(&self, id: AgreementId) -> S {
        let school = self.school;
        let read = self
            .store
            .read(move |c| Box::pin(agreements::load(c, school, id)));
        read.await.unwrap().unwrap().agreement.state.kind()
    }

    async fn events(&self, id: AgreementId) -> usize {
        let school = self.school;
        let read = self.store.read(move |c| Box::pin(audit::entries(c, school, id)));
        read.await.unwrap().len()
    }

    /// Everything that the database promises still holds.
    async fn sound(&self) {
        let report = verify::all(&self.store).await.unwrap();
        assert!(report.breaches.is_empty(), "{:?}", report.breaches);
    }
}

/// Tells a race to both engines.
async fn both<F: Future<Output = ()>>(race: impl Fn(Arc<Site>) -> F) {
    told(true, race).await;
}

/// The same; `early` says whether the students are signed in at the beginning.
async fn told<F: Future<Output = ()>>(early: bool, race: impl Fn(Arc<Site>) -> F) {
    for database in [None, Some(Database::create().await)] {
        let site = Arc::new(Site::open(database, early).await);
        race(Arc::clone(&site)).await;
        site.sound().await;
        let Ok(mut site) = Arc::try_unwrap(site) else {
            panic!("the race is over")
        };
        let database = site.database.take();
        drop(site);
        if let Some(database) = database {
            database.discard().await;
        }
    }
}

/// All at the same moment; the answers in the same order.
async fn at_once(acts: Vec<(Person, Form)>) -> Vec<Page> {
    let gate = Arc::new(Barrier::new(acts.len()));
    let clients: Vec<_> = acts
        .into_iter()
        .map(|(person, form)| {
            let gate = Arc::clone(&gate);
            tokio::spawn(async move {
                gate.wait().await;
                person.send(&form).await.unwrap()
            })
        })
        .collect();
    let mut pages = Vec::new();
    for client in clients {
        pages.push(client.await.unwrap());
    }
    pages
}

/// Two kinds of clients in turn, eight of each.
fn sixteen(one: (&Person, Form), other: (&Person, Form)) -> Vec<(Person, Form)> {
    let pairs = (0..8).flat_map(|_| [(one.0.clone(), one.1.clone()), (other.0.clone(), other.1.clone())]);
    pairs.collect()
}

/// What the losers of a race between acts are told.
const FASTER: [&str; 2] = ["刚刚有变动", "其他人已经更新了它"];

/// One answer says that it is done; all others say why not. Which one won.
#[track_caller]
fn one_wins(pages: &[Page]) -> usize {
    one_wins_over(pages, &FASTER)
}

/// The same, where the losers are told one of `clear`.
#[track_caller]
fn one_wins_over(pages: &[Page], clear: &[&str]) -> usize {
    let mut winner = None;
    for (n, page) in pages.iter().enumerate() {
        if page.status == 303 {
            assert_eq!(winner.replace(n), None, "two were told that it is done");
        } else {
            let text = page.text();
            assert_eq!(page.status, 409, "{text}");
            assert!(clear.iter().any(|words| text.contains(words)), "{text}");
        }
    }
    winner.expect("nobody won")
}

fn answer(status: u16, text: &str) -> Page {
    Page {
        status: reqwest::StatusCode::from_u16(status).unwrap(),
        to: String::new(),
        bytes: text.as_bytes().to_vec(),
    }
}

/// The detectors bite: two winners, nobody, and an answer that says nothing.
#[test]
#[should_panic(expected = "two were told that it is done")]
fn two_winners_are_noticed() {
    one_wins(&[
        answer(303, ""),
        answer(409, "其他人已经更新了它"),
        answer(303, ""),
    ]);
}

#[test]
#[should_panic(expected = "nobody won")]
fn a_race_without_a_winner_is_noticed() {
    one_wins(&[answer(409, "其他人已经更新了它")]);
}

#[test]
#[should_panic(expected = "Internal Server Error")]
fn a_loser_who_is_told_nothing_is_noticed() {
    one_wins(&[answer(303, ""), answer(500, "Internal Server Error")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn acceptance_and_withdrawal() {
    both(|site| async move {
        for n in 0..STUDENTS {
            let deal = site.offered(0, n, 5).await;
            let accept = (&site.students[n], deal.accept(2));
            let pages = at_once(sixteen(accept, (&site.hr[0], deal.withdraw(2)))).await;
            let expected = if one_wins(&pages) % 2 == 0 {
                S::CollegeReview
            } else {
                S::Withdrawn
            };
            assert_eq!(site.state(deal.id).await, expected);
            assert_eq!(site.events(deal.id).await, 3, "one event for one change");
        }
    })
    .await;
}

/// The student presses the button in the last millisecond, and the worker comes by.
#[tokio::test(flavor = "multi_thread")]
async fn acceptance_and_the_end_of_the_time_to_answer() {
    told(false, |site| async move {
        let minutes = jiff::SignedDuration::from_mins;
        let mut open = Vec::new();
        for n in 0..STUDENTS {
            let deal = site.draft(0, n).await;
            let days = i64::try_from(n).unwrap() + 1;
            site.hr[0].does(&deal.send(1, days)).await;
            open.push(deal);
        }
        for (n, deal) in open.iter_mut().enumerate() {
            let (id, school) = (deal.id, site.school);
            let read = site
                .store
                .read(move |c| Box::pin(agreements::load(c, school, id)));
            let deadline = read.await.unwrap().unwrap().agreement.state.deadline().unwrap();
            // No session lasts for days, so the student signs in shortly before.
            site.clock.set(deadline - minutes(5));
            let student = Person::enter(&site.url, &site.links[n]).await;
            deal.read(&student).await;
            site.clock.set(deadline - jiff::SignedDuration::from_millis(1));
            let accepting = at_once((0..16).map(|_| (student.clone(), deal.accept(2))).collect());
            let worker = async {
                tokio::time::sleep(Duration::from_millis(3 * n as u64)).await;
                site.clock.set(deadline);
                let worker = jobs::Worker::new(site.store.clone(), Arc::new(pdf::Press::new()));
                tokio::join!(worker.drain(), worker.drain(), worker.drain());
            };
            let (pages, ()) = tokio::join!(accepting, worker);
            match site.state(deal.id).await {
                // Who looked after the time was over, but before the winner was done, reads just that.
                S::CollegeReview => {
                    one_wins_over(&pages, &[FASTER[0], FASTER[1], "答复期限已于"]);
                }
                S::Expired => assert!(pages.iter().all(|page| page.status == 409)),
                other => panic!("{other:?}"),
            }
            assert_eq!(site.events(deal.id).await, 3, "one event for one change");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_employers_and_one_student() {
    both(|site| async move {
        for n in 0..STUDENTS {
            let deals = [site.offered(0, n, 5).await, site.offered(1, n, 5).await];
            let student = &site.students[n];
            let pages = at_once(sixteen(
                (student, deals[0].accept(2)),
                (student, deals[1].accept(2)),
            ))
            .await;
            let won = one_wins(&pages) % 2;
            assert_eq!(site.state(deals[won].id).await, S::CollegeReview);
            assert_eq!(site.state(deals[1 - won].id).await, S::Offered);
            assert_eq!(site.events(deals[won].id).await, 3);
            assert_eq!(site.events(deals[1 - won].id).await, 2);
        }
    })
    .await;
}

/// Where nobody reviews, an acceptance takes effect at once: no offer may come to stand beside it.
#[tokio::test(flavor = "multi_thread")]
async fn an_offer_sent_while_another_takes_effect() {
    both(|site| async move {
        town::set_params(
            &site.store,
            &[("college_review", json!(false)), ("school_review", json!(false))],
        )
        .await;
        for n in 0..STUDENTS {
            let (deal, other) = (site.offered(0, n, 5).await, site.draft(1, n).await);
            let accept = (&site.students[n], deal.accept(2));
            let pages = at_once(sixteen(accept, (&site.hr[1], other.send(1, 5)))).await;
            assert_eq!(site.state(deal.id).await, S::Effective);
            assert_eq!(
                pages.iter().step_by(2).filter(|page| page.status == 303).count(),
                1
            );
            assert_ne!(
                site.state(other.id).await,
                S::Offered,
                "an offer outlived an agreement in force"
            );
        }
    })
    .await;
}

/// The last approval supersedes other offers; one that is withdrawn at this very moment hinders nobody.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_approval_and_a_withdrawal_elsewhere() {
    both(|site| async move {
        for n in 0..STUDENTS {
            let (deal, other) = (site.offered(0, n, 5).await, site.offered(1, n, 5).await);
            site.students[n].does(&deal.accept(2)).await;
            site.college.does(&deal.review("college", "approval", 3)).await;
            let approve = (&site.staff, deal.review("school", "approval", 4));
            let pages = at_once(sixteen(approve, (&site.hr[1], other.withdraw(2)))).await;
            let done = |from: usize| {
                pages
                    .iter()
                    .skip(from)
                    .step_by(2)
                    .filter(|page| page.status == 303)
                    .count()
            };
            assert_eq!(done(0), 1, "the approval is hindered by nobody");
            assert_eq!(site.state(deal.id).await, S::Effective);
            let end = site.state(other.id).await;
            assert_eq!(end, if done(1) == 1 { S::Withdrawn } else { S::Superseded });
            assert_eq!(site.events(other.id).await, 3, "one event for one change");
        }
    })
    .await;
}

/// The last approval against the return by a colleague.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_approval_and_a_return() {
    both(|site| async move {
        for n in 0..STUDENTS {
            let deal = site.offered(0, n, 5).await;
            site.students[n].does(&deal.accept(2)).await;
            site.college.does(&deal.review("college", "approval", 3)).await;
            let approve = (&site.staff, deal.review("school", "approval", 4));
            let pages = at_once(sixteen(
                approve,
                (&site.staff, deal.review("school", "return", 4)),
            ))
            .await;
            let expected = if one_wins(&pages) % 2 == 0 {
                S::Effective
            } else {
                S::Returned
            };
            assert_eq!(site.state(deal.id).await, expected);
            assert_eq!(site.events(deal.id).await, 5, "one event for one change");
        }
    })
    .await;
}

/// The student takes the request back at the moment of the last approval.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_approval_of_a_termination_and_its_cancellation() {
    both(|site| async move {
        let worker = jobs::Worker::new(site.store.clone(), Arc::new(pdf::Press::new()));
        for n in 0..STUDENTS {
            let deal = site.offered(0, n, 5).await;
            let student = &site.students[n];
            student.does(&deal.accept(2)).await;
            site.college.does(&deal.review("college", "approval", 3)).await;
            site.staff.does(&deal.review("school", "approval", 4)).await;
            deal.ask_for_termination(student, 5, &worker).await;
            let consent = deal.termination("employer", "consent", 6);
            site.hr[0].does(&consent).await;
            let approval = "termination/approval";
            site.college.does(&deal.review("college", approval, 7)).await;
            assert_eq!(site.state(deal.id).await, S::Terminating);
            let cancel = (student, deal.termination("student", "cancellation", 8));
            let approve = (&site.staff, deal.review("school", approval, 8));
            let pages = at_once(sixteen(cancel, approve)).await;
            let expected = if one_wins(&pages) % 2 == 0 {
                S::Effective
            } else {
                S::Terminated
            };
            assert_eq!(site.state(deal.id).await, expected);
            assert_eq!(site.events(deal.id).await, 9, "one event for one change");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_equal_submissions() {
    both(|site| async move {
        let offer = town::offer(&site.hr[0], 0).await;
        let fifty = |person: &Person, form: &Form| (0..50).map(|_| (person.clone(), form.clone())).collect();
        // One draft, and everybody is led to it.
        let pages = at_once(fifty(&site.hr[0], &offer)).await;
        assert!(
            pages
                .iter()
                .all(|page| page.status == 303 && page.to == pages[0].to)
        );
        let mut deal = Deal::draft(&site.hr[0], &offer).await;
        assert_eq!(site.events(deal.id).await, 1);
        one_wins(&at_once(fifty(&site.hr[0], &deal.send(1, 5))).await);
        assert_eq!(site.events(deal.id).await, 2);
        deal.read(&site.students[0]).await;
        one_wins(&at_once(fifty(&site.students[0], &deal.accept(2))).await);
        one_wins(&at_once(fifty(&site.college, &deal.review("college", "approval", 3))).await);
        one_wins(&at_once(fifty(&site.staff, &deal.review("school", "approval", 4))).await);
        assert_eq!(site.state(deal.id).await, S::Effective);
        assert_eq!(site.events(deal.id).await, 5, "one event for one change");
        assert!(site.url.starts_with("http://127.0.0.1"));
    })
    .await;
}
