//! The demo data as a whole, on both engines.

use super::{Account, accounts, prepare, seed};
use domain::agreement::StateKind;
use domain::agreement::event::{Link, chain};
use domain::ids::{AgreementId, SchoolId};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use store::accounts::{PasswordHash, Role};
use store::testing::{World, both};
use store::{Conn, Error, Store, fetch_all, fetch_one, verify};

async fn fill(store: &Store) -> Vec<Account> {
    seed::seed(store, PasswordHash("$argon2id$".into()))
        .await
        .unwrap();
    accounts::list(store).await.unwrap()
}

/// Everything of an agreement that a person would notice.
type Told = (i64, String, String, String, Option<String>, i64, i64);

async fn told(c: &mut Conn<'_>) -> Result<Vec<Told>, Error> {
    let mut all = Vec::new();
    let rows = fetch_all!(
        c,
        (SchoolId, AgreementId, String, Option<String>, i64),
        "SELECT school_id, id, state, number, version FROM agreement ORDER BY school_id, id"
    )?;
    for (school, id, state, number, version) in rows {
        let (student, employer, pay) = fetch_one!(
            c,
            (String, String, i64),
            "SELECT s.name, e.name, a.pay FROM agreement a JOIN employer e ON e.id = a.employer_id \
             JOIN student s ON s.school_id = a.school_id AND s.id = a.student_id WHERE a.school_id = $1 AND a.id = $2",
            school,
            id
        )?;
        all.push((school.0, student, employer, state, number, version, pay));
    }
    Ok(all)
}

/// How many rows there are of what a second start could double.
async fn sizes(c: &mut Conn<'_>) -> Result<Vec<i64>, Error> {
    let (students,) = fetch_one!(c, (i64,), "SELECT count(*) FROM student")?;
    let (accounts,) = fetch_one!(c, (i64,), "SELECT count(*) FROM account")?;
    let (employers,) = fetch_one!(c, (i64,), "SELECT count(*) FROM employer")?;
    let (agreements,) = fetch_one!(c, (i64,), "SELECT count(*) FROM agreement")?;
    let (events,) = fetch_one!(c, (i64,), "SELECT count(*) FROM audit_event")?;
    let (messages,) = fetch_one!(c, (i64,), "SELECT count(*) FROM inbox")?;
    let (jobs,) = fetch_one!(c, (i64,), "SELECT count(*) FROM outbox")?;
    let (resumes,) = fetch_one!(c, (i64,), "SELECT count(*) FROM resume")?;
    let (applications,) = fetch_one!(c, (i64,), "SELECT count(*) FROM application")?;
    Ok(vec![
        students,
        accounts,
        employers,
        agreements,
        events,
        messages,
        jobs,
        resumes,
        applications,
    ])
}

store::row! {
    struct Event {
        school_id: SchoolId,
        agreement_id: AgreementId,
        seq: i64,
        kind: String,
        actor: String,
        payload: String,
        prev_hash: Vec<u8>,
        hash: Vec<u8>,
        at: Timestamp,
    }
}

/// Every chain begins with zeros, has no gap, no step back in time, and no hash of its own making.
async fn chains(c: &mut Conn<'_>) -> Result<usize, Error> {
    let events = fetch_all!(
        c,
        Event,
        "SELECT school_id, agreement_id, seq, kind, actor, payload, prev_hash, hash, at FROM audit_event \
         ORDER BY school_id, agreement_id, seq"
    )?;
    let mut last = None;
    for event in &events {
        let key = (event.school_id, event.agreement_id);
        let (seq, prev, at) = match last {
            Some((known, seq, prev, at)) if known == key => (seq, prev, at),
            _ => (0, vec![0; 32], Timestamp::MIN),
        };
        assert_eq!((event.seq, &event.prev_hash), (seq + 1, &prev), "{key:?}");
        assert!(event.at > at, "{key:?} goes back in time");
        let link = Link {
            seq: event.seq,
            kind: &event.kind,
            actor: &event.actor,
            payload: &event.payload,
            at: event.at.as_microsecond(),
        };
        assert_eq!(
            chain(&prev, event.agreement_id, &link).0.as_slice(),
            event.hash,
            "{key:?}"
        );
        last = Some((key, event.seq, event.hash.clone(), event.at));
    }
    Ok(events.len())
}

/// Rows that tie one school's things to another's.
async fn strays(c: &mut Conn<'_>) -> Result<i64, Error> {
    let (stray,) = fetch_one!(
        c,
        (i64,),
        "SELECT count(*) FROM agreement a WHERE NOT EXISTS (SELECT 1 FROM student s WHERE s.school_id = a.school_id \
         AND s.id = a.student_id AND s.college_id = a.college_id AND s.year = a.year) OR NOT EXISTS (SELECT 1 FROM \
         employer_entry n WHERE n.school_id = a.school_id AND n.employer_id = a.employer_id AND n.status = 'approved')"
    )?;
    let (shared,) = fetch_one!(
        c,
        (i64,),
        "SELECT count(*) FROM agreement a JOIN agreement b ON b.student_id = a.student_id AND b.school_id <> a.school_id"
    )?;
    Ok(stray + shared)
}

#[tokio::test]
async fn the_demo_shows_every_state_in_two_separate_schools() {
    both(|world| async move {
        let listed = fill(&world).await;
        let all = world.read(|c| Box::pin(told(c))).await.unwrap();
        let mut states: BTreeMap<i64, BTreeSet<&str>> = BTreeMap::new();
        for (school, _, _, state, ..) in &all {
            states.entry(*school).or_default().insert(state);
        }
        let wanted: BTreeSet<_> = StateKind::ALL.iter().map(|state| state.code()).collect();
        assert_eq!(states[&1], wanted);
        assert_eq!(states[&2], wanted);
        assert_eq!(world.read(|c| Box::pin(strays(c))).await.unwrap(), 0);
        assert!(world.read(|c| Box::pin(chains(c))).await.unwrap() > 600);
        let report = verify::all(&world).await.unwrap();
        assert_eq!(report.breaches, vec![]);
        let of = |role| listed.iter().filter(|account| account.role == role).count();
        let counts = [
            Role::Employer,
            Role::Student,
            Role::College,
            Role::School,
            Role::Platform,
        ]
        .map(of);
        assert_eq!(counts, [7, 20, 7, 4, 1], "{listed:#?}");
        assert_eq!(
            listed
                .iter()
                .map(|a| (&a.school, &a.login))
                .collect::<BTreeSet<_>>()
                .len(),
            listed.len()
        );
    })
    .await;
}

#[tokio::test]
async fn offers_are_open_for_hours_and_for_days() {
    let world = World::sqlite().await;
    fill(&world).await;
    let deadlines = world
        .read(|c| {
            Box::pin(async move {
                fetch_all!(
                    c,
                    (Timestamp,),
                    "SELECT deadline_at FROM agreement WHERE state = 'offered' ORDER BY deadline_at"
                )
            })
        })
        .await
        .unwrap();
    let now = world.env.now();
    let hours: Vec<_> = deadlines
        .iter()
        .map(|(at,)| at.duration_since(now).as_hours())
        .collect();
    assert!(hours[0] >= 5, "{hours:?}");
    assert!(
        hours.iter().any(|left| *left < 12) && hours.iter().any(|left| (40..72).contains(left)),
        "{hours:?}"
    );
    assert!(hours.iter().any(|left| *left > 110), "{hours:?}");
}

#[tokio::test]
async fn two_databases_tell_the_same_story() {
    let (one, two) = (World::sqlite().await, World::sqlite().await);
    let listed = (fill(&one).await, fill(&two).await);
    assert_eq!(listed.0, listed.1);
    let stories = (
        one.read(|c| Box::pin(told(c))).await.unwrap(),
        two.read(|c| Box::pin(told(c))).await.unwrap(),
    );
    assert_eq!(stories.0, stories.1);
    let (postgres, database) = World::postgres().await;
    assert_eq!(fill(&postgres).await, listed.0);
    assert_eq!(postgres.read(|c| Box::pin(told(c))).await.unwrap(), stories.0);
    drop(postgres);
    database.discard().await;
}

#[tokio::test]
async fn a_second_start_keeps_what_is_there() {
    both(|world| async move {
        let first = prepare(&world).await.unwrap();
        let before = world.read(|c| Box::pin(sizes(c))).await.unwrap();
        world.clock.advance(std::time::Duration::from_hours(1));
        assert_eq!(prepare(&world).await.unwrap(), first);
        assert_eq!(world.read(|c| Box::pin(sizes(c))).await.unwrap(), before);
        assert_eq!((before[0], before[2]), (405, 12));
    })
    .await;
}

#[tokio::test]
async fn real_data_is_never_mixed_with_demo_data() {
    let world = World::sqlite().await;
    let school = store::schools::NewSchool {
        code: "10001".into(),
        name: "真实大学".into(),
        ..Default::default()
    };
    let now = world.env.now();
    world
        .write(move |c| {
            let school = school.clone();
            Box::pin(async move { store::schools::create(c, &school, now).await })
        })
        .await
        .unwrap();
    let error = prepare(&world).await.unwrap_err();
    assert!(error.to_string().contains("real data"), "{error}");
}

#[tokio::test]
async fn every_seeded_moment_of_the_year_works() {
    // Graduation years, windows and report days depend on the day; none may break the stories.
    for month in 1..=12 {
        let world = World::sqlite().await;
        let day = jiff::civil::date(2027, month, 28).at(23, 30, 0, 0);
        world
            .clock
            .set(day.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp());
        assert!(fill(&world).await.len() > 30);
    }
}

#[test]
fn the_password_is_one_that_the_policy_takes() {
    for profile in [web::auth::policy::ASVS, web::auth::policy::MLPS3] {
        let own = ["yuntu", "jclg-zx1", "江城理工大学", "林思齐"];
        assert_eq!(web::auth::policy::check(&profile, super::PASSWORD, &own), Ok(()));
    }
}
