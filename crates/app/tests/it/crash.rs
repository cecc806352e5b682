//! kill -9 at random moments under load: what was acknowledged is there once, what was not is there once or
//! not at all. `make crash N=500` does it more often; the tests do it twenty times on each engine.

use crate::support::{Place, Server, good};
use crate::town::{self, Deal, Form, Person};
use domain::agreement::EventKind as E;
use domain::ids::{AgreementId, SchoolId};
use domain::ports::{Clock, Env, Random};
use jiff::Timestamp;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::testing::Database;
use store::{Store, StoreConfig, audit};
use tempfile::tempdir;

/// Students at work at once.
const CLIENTS: usize = 8;

/// What the clients know of one agreement: every act that was acknowledged, and perhaps one that was not.
#[derive(Debug, Clone)]
struct Ledger {
    id: AgreementId,
    known: Vec<E>,
    pending: Option<E>,
}

/// What a look into the database taught.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Learnt {
    /// Nothing was open.
    Nothing,
    /// The act without an answer had been done.
    Done,
    /// It had not.
    NotDone,
}

impl Ledger {
    fn version(&self) -> i64 {
        i64::try_from(self.known.len()).unwrap()
    }

    /// Compares with the events that are stored; the pending act is settled by them.
    fn reconcile(&mut self, stored: &[E]) -> Result<Learnt, String> {
        if stored == self.known {
            return Ok(if self.pending.take().is_some() {
                Learnt::NotDone
            } else {
                Learnt::Nothing
            });
        }
        let mut with = self.known.clone();
        with.extend(self.pending);
        if stored == with {
            self.known = with;
            self.pending = None;
            return Ok(Learnt::Done);
        }
        let what = if stored.len() < self.known.len() {
            "lost"
        } else {
            "doubled or changed"
        };
        Err(format!(
            "{}: {what}: acknowledged {:?} and perhaps {:?}, stored {stored:?}",
            self.id, self.known, self.pending
        ))
    }
}

struct Real;

impl Clock for Real {
    #[expect(clippy::disallowed_methods, reason = "beside a real server")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl Random for Real {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&random().to_be_bytes()[..chunk.len()]);
        }
    }
}

/// Other numbers in every run.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

fn below(n: u64) -> u64 {
    random() % n
}

/// The database beside the server.
async fn open(place: Place<'_>) -> Store {
    let config = StoreConfig {
        data: place.data.to_owned(),
        database: place.database.map(str::to_owned),
    };
    let env = Env {
        clock: Arc::new(Real),
        random: Arc::new(Real),
    };
    Store::open(&config, env).await.unwrap()
}

async fn stored(store: &Store, school: SchoolId, id: AgreementId) -> Vec<E> {
    let read = store.read(move |c| Box::pin(audit::entries(c, school, id)));
    let entries = read.await.unwrap();
    entries
        .iter()
        .map(|entry| E::from_code(&entry.kind).unwrap())
        .collect()
}

/// One student with the agreement that everybody works on.
#[derive(Clone)]
struct Client {
    student: Person,
    others: Arc<Others>,
    deal: Deal,
    ledger: Ledger,
    /// What was sent and not answered, and for which version.
    unanswered: Option<(i64, E, Who, Form)>,
    /// Whether there is another student to go on with when this agreement takes effect.
    may_finish: bool,
    acts: usize,
}

struct Others {
    hr: Person,
    college: Person,
    school: Person,
}

#[derive(Debug, Clone, Copy)]
enum Who {
    Hr,
    Student,
    College,
    School,
}

impl Client {
    /// What could be done next; round and round, and now and then to the end.
    fn next(&self) -> Option<(E, Who, Form)> {
        let (deal, v) = (&self.deal, self.ledger.version());
        let often = below(4) > 0;
        let next = match self.ledger.known.last()? {
            E::Drafted | E::Edited => (E::Sent, Who::Hr, deal.send(v, 5)),
            E::Sent if often => (E::Accepted, Who::Student, deal.accept(v)),
            E::Sent => (E::Withdrawn, Who::Hr, deal.withdraw(v)),
            E::Withdrawn | E::Returned => (E::Edited, Who::Hr, deal.edit(v)),
            E::Accepted if often => (
                E::CollegeApproved,
                Who::College,
                deal.review("college", "approval", v),
            ),
            E::Accepted => (E::Returned, Who::College, deal.review("college", "return", v)),
            E::CollegeApproved if !self.may_finish || below(30) > 0 => {
                (E::Returned, Who::School, deal.review("school", "return", v))
            }
            E::CollegeApproved => (
                E::SchoolApproved,
                Who::School,
                deal.review("school", "approval", v),
            ),
            _ => return None,
        };
        Some(next)
    }

    fn person(&self, who: Who) -> &Person {
        match who {
            Who::Hr => &self.others.hr,
            Who::Student => &self.student,
            Who::College => &self.others.college,
            Who::School => &self.others.school,
        }
    }

    /// Acts until the server goes away.
    async fn work(mut self, url: &str, done: &AtomicU64) -> Self {
        if let Some((version, kind, who, form)) = self.unanswered.take() {
            // Somebody who had no answer presses the button again.
            if version == self.ledger.version() {
                if !self.act(url, kind, who, form).await {
                    return self;
                }
            } else if let Ok(page) = self.person(who).moved(url).send(&form).await {
                assert!(
                    page.status.is_client_error(),
                    "done before and done again: {}",
                    page.text()
                );
            } else {
                return self;
            }
        }
        while let Some((kind, who, form)) = self.next() {
            if !self.act(url, kind, who, form).await {
                break;
            }
            done.fetch_add(1, Ordering::Relaxed);
        }
        self
    }

    /// One act; whether there was an answer.
    async fn act(&mut self, url: &str, kind: E, who: Who, form: Form) -> bool {
        let version = self.ledger.version();
        self.ledger.pending = Some(kind);
        let Ok(page) = self.person(who).moved(url).send(&form).await else {
            self.unanswered = Some((version, kind, who, form));
            return false;
        };
        assert_eq!(page.status, 303, "{kind:?} {}: {}", form.path, page.text());
        self.ledger.known.push(kind);
        self.ledger.pending = None;
        self.acts += 1;
        true
    }

    /// Whether the agreement is in force: nothing is left to do.
    fn is_done(&self) -> bool {
        self.ledger.known.last() == Some(&E::SchoolApproved)
    }
}

/// How it went.
#[derive(Debug, Default)]
struct Tally {
    cycles: usize,
    acts: usize,
    open_done: usize,
    open_not_done: usize,
    in_force: usize,
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} kills, {} acts acknowledged, {} without an answer of which {} had been done; {} agreements in force; \
             0 lost, 0 doubled",
            self.cycles,
            self.acts,
            self.open_done + self.open_not_done,
            self.open_done,
            self.in_force
        )
    }
}

struct Run<'a> {
    place: Place<'a>,
    school: SchoolId,
    others: Arc<Others>,
    links: Vec<String>,
    /// Students that have been taken from the roster.
    used: usize,
    clients: Vec<Client>,
    retired: Vec<Ledger>,
    tally: Tally,
}

impl<'a> Run<'a> {
    async fn begin(place: Place<'a>, cycles: usize) -> Self {
        let links = town::found(place, CLIENTS + 2 + cycles / 8);
        let server = Server::start(place, &["serve"]);
        let url = &server.url;
        let others = Others {
            hr: Person::enter(url, &links.employers[0]).await,
            college: Person::enter(url, &links.college).await,
            school: Person::enter(url, &links.school).await,
        };
        town::approve_sources(&others.college).await;
        let school = town::set_params(&open(place).await, &[town::no_second_factor()]).await;
        let mut run = Self {
            place,
            school,
            others: Arc::new(others),
            links: links.students,
            used: 0,
            clients: Vec::new(),
            retired: Vec::new(),
            tally: Tally::default(),
        };
        while run.clients.len() < CLIENTS {
            run.engage(url).await;
        }
        assert_eq!(server.stop(), Some(0));
        run
    }

    /// The next student of the roster and a draft that has been sent once, so that the page can be read.
    async fn engage(&mut self, url: &str) {
        let n = self.used;
        self.used += 1;
        let student = Person::enter(url, &self.links[n]).await;
        let hr = self.others.hr.moved(url);
        let mut deal = Deal::draft(&hr, &town::offer(&hr, n).await).await;
        hr.does(&deal.send(1, 5)).await;
        deal.read(&student).await;
        self.clients.push(Client {
            student,
            others: Arc::clone(&self.others),
            ledger: Ledger {
                id: deal.id,
                known: vec![E::Drafted, E::Sent],
                pending: None,
            },
            deal,
            unanswered: None,
            may_finish: false,
            acts: 0,
        });
    }

    /// What the database holds is what was acknowledged, and at most what was under way.
    async fn reconcile(&mut self) -> Result<(), String> {
        let store = open(self.place).await;
        for client in &mut self.clients {
            let events = stored(&store, self.school, client.ledger.id).await;
            match client.ledger.reconcile(&events)? {
                Learnt::Done => self.tally.open_done += 1,
                Learnt::NotDone => self.tally.open_not_done += 1,
                Learnt::Nothing => {}
            }
        }
        for ledger in &mut self.retired {
            let events = stored(&store, self.school, ledger.id).await;
            ledger.reconcile(&events)?;
        }
        Ok(())
    }

    /// Students whose agreement is in force make room for others.
    async fn replace(&mut self, url: &str) {
        let (done, working) = std::mem::take(&mut self.clients)
            .into_iter()
            .partition(Client::is_done);
        self.clients = working;
        let done: Vec<Client> = done;
        self.retired.extend(done.into_iter().map(|client| client.ledger));
        while self.clients.len() < CLIENTS && self.used < self.links.len() {
            self.engage(url).await;
        }
        let mut spare = self.links.len() - self.used;
        for client in &mut self.clients {
            client.may_finish = spare > 0;
            spare = spare.saturating_sub(1);
        }
    }

    /// Start, compare with what was known at the last kill, load, kill at some moment.
    async fn cycle(&mut self) -> Result<(), String> {
        let server = Server::start(self.place, &["serve"]);
        self.reconcile().await?;
        self.replace(&server.url).await;
        let (url, done) = (server.url.clone(), Arc::new(AtomicU64::new(0)));
        let working = std::mem::take(&mut self.clients).into_iter().map(|client| {
            let (url, done) = (url.clone(), Arc::clone(&done));
            tokio::spawn(async move { client.work(&url, &done).await })
        });
        let working: Vec<_> = working.collect();
        // By the work done and not by the clock alone: a slow machine is killed in the midst of it too.
        let enough = below(60);
        while done.load(Ordering::Relaxed) < enough
            && !working.iter().all(tokio::task::JoinHandle::is_finished)
        {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_micros(below(30_000))).await;
        server.kill();
        for client in working {
            let mut client = client.await.map_err(|error| error.to_string())?;
            self.tally.acts += std::mem::take(&mut client.acts);
            self.clients.push(client);
        }
        self.tally.cycles += 1;
        Ok(())
    }

    /// After the last kill: everything that was begun is finished, and every invariant holds.
    async fn end(&mut self) -> Result<(), String> {
        let server = Server::start(self.place, &["serve"]);
        self.reconcile().await?;
        let store = open(self.place).await;
        let patience = Instant::now() + Duration::from_secs(120);
        loop {
            let due = store.read(|c| Box::pin(store::outbox::next_due(c))).await;
            // A lease of a worker that was killed runs out within a minute; reminders are due in days.
            let soon = store.env().now() + jiff::SignedDuration::from_mins(5);
            if due
                .map_err(|error| error.to_string())?
                .is_none_or(|due| due > soon)
            {
                break;
            }
            if Instant::now() > patience {
                return Err("the worker did not finish its work".into());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        drop(store);
        self.tally.in_force =
            self.retired.len() + self.clients.iter().filter(|client| client.is_done()).count();
        assert_eq!(server.stop(), Some(0));
        good(self.place, &["verify", "--all"]);
        Ok(())
    }
}

/// How many kills: `make crash N=…` says.
fn kills() -> usize {
    std::env::var("SANFANG_CRASHES").map_or(20, |n| n.parse().expect("SANFANG_CRASHES is a number"))
}

async fn crash(engine: &str, place: Place<'_>) {
    let n = kills();
    let mut run = Run::begin(place, n).await;
    for cycle in 1..=n {
        run.cycle()
            .await
            .unwrap_or_else(|broken| panic!("{engine}, kill {cycle}: {broken}"));
        if cycle % 25 == 0 {
            good(place, &["verify", "--all"]);
            println!("{engine}: {}", run.tally);
        }
    }
    run.end()
        .await
        .unwrap_or_else(|broken| panic!("{engine}: {broken}"));
    println!("{engine}: {}", run.tally);
    assert!(run.tally.acts > n, "the load was no load: {}", run.tally);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_no_acknowledged_act_is_lost_or_doubled_by_kill_9() {
    let dir = tempdir().unwrap();
    crash("SQLite", Place::from(&dir.path().join("data"))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres_no_acknowledged_act_is_lost_or_doubled_by_kill_9() {
    let dir = tempdir().unwrap();
    let database = Database::create().await;
    let place = Place {
        data: &dir.path().join("data"),
        database: Some(database.url()),
    };
    crash("PostgreSQL", place).await;
    database.discard().await;
}

/// The detector bites: an act that vanishes and one that happens twice are both noticed, by the ledger of
/// the clients and by `sanfang verify --all`.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_and_a_doubled_act_are_noticed() {
    let dir = tempdir().unwrap();
    let data = dir.path().join("data");
    let mut run = Run::begin(Place::from(&data), 0).await;
    run.cycle().await.unwrap();
    run.end().await.unwrap();
    let id = run.clients[0].ledger.id;
    assert!(Path::new(&data).join("sanfang.db").is_file());
    let database = rusqlite::Connection::open(data.join("sanfang.db")).unwrap();
    let last = "SELECT MAX(seq) FROM audit_event WHERE agreement_id = ?1";
    let last: i64 = database
        .query_row(last, [id.0.as_bytes()], |row| row.get(0))
        .unwrap();
    let twice = "INSERT INTO audit_event (school_id, agreement_id, seq, kind, actor, account_id, payload, note, \
        prev_hash, hash, at) SELECT school_id, agreement_id, seq + 1, kind, actor, account_id, payload, note, \
        prev_hash, hash, at FROM audit_event WHERE agreement_id = ?1 AND seq = ?2";
    let lost = "DELETE FROM audit_event WHERE agreement_id = ?1 AND seq >= ?2";
    for (planted, word) in [(twice, "doubled"), (lost, "lost")] {
        database.execute(planted, (id.0.as_bytes(), last)).unwrap();
        let found = run.reconcile().await.unwrap_err();
        assert!(found.contains(word), "{found}");
        assert_eq!(run_verify(&data), 1, "{word}");
    }
}

fn run_verify(data: &Path) -> i32 {
    crate::support::run(data, &["verify", "--all"]).code
}
