//! Accounts, sessions, captchas and throttles, as the door uses them.

use std::time::Duration;

use domain::ids::{AccountId, SchoolId};
use store::accounts::{self, NewAccount, PasswordHash, Role, Status};
use store::sessions::{self, NewSession};
use store::testing::{World, both};
use store::{Conn, Error, captchas, throttle};
use uuid::Uuid;

use crate::fixtures;

fn staff(world: &World, school: SchoolId, login: &str) -> NewAccount {
    NewAccount {
        school_id: school,
        id: AccountId::new(world.env.now(), &*world.env.random),
        role: Role::School,
        login: login.into(),
        name: "李·四".into(),
        employer_id: None,
        student_id: None,
        created_at: world.env.now(),
    }
}

async fn create(world: &World, new: &NewAccount) -> Result<(), Error> {
    let new = new.clone();
    world
        .write(move |c| {
            let new = new.clone();
            Box::pin(async move { accounts::create(c, &new).await })
        })
        .await
}

async fn set_password(world: &World, new: &NewAccount) -> Result<(), Error> {
    let (whose, now) = ((new.school_id, new.id), world.env.now());
    let hash = PasswordHash("$argon2id$new".into());
    let write = world.write(move |c| {
        let hash = hash.clone();
        Box::pin(async move { accounts::set_password(c, whose, &hash, &["old".into()], now).await })
    });
    write.await
}

async fn begin_session(world: &World, account: &NewAccount, token: u8) -> Vec<u8> {
    let now = world.env.now();
    let session = NewSession {
        school_id: account.school_id,
        token_hash: vec![token; 32],
        account_id: account.id,
        csrf: vec![9; 32],
        created_at: now,
        reauth_at: None,
        expires_at: now + Duration::from_hours(12),
    };
    let hash = session.token_hash.clone();
    let write = world.write(move |c| {
        let session = session.clone();
        Box::pin(async move { sessions::create(c, &session).await })
    });
    write.await.unwrap();
    hash
}

async fn account(world: &World, new: &NewAccount) -> accounts::Account {
    let (school, id) = (new.school_id, new.id);
    world
        .read(move |c| Box::pin(async move { accounts::by_id(c, school, id).await }))
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invited_person_sets_a_password_once_and_logs_in() {
    both(|world| async move {
        let school = fixtures::school(&world, "10001").await;
        let new = staff(&world, school, "li");
        create(&world, &new).await.unwrap();
        assert!(
            create(
                &world,
                &NewAccount {
                    id: AccountId(Uuid::nil()),
                    ..new.clone()
                }
            )
            .await
            .unwrap_err()
            .is_unique("account_login")
        );
        let (id, now) = (new.id, world.env.now());
        let expires = now + Duration::from_hours(1);
        world
            .write(move |c| Box::pin(accounts_activation(c, school, id, expires)))
            .await
            .unwrap();

        let found = world
            .read(move |c| Box::pin(async move { accounts::by_activation(c, school, &[5; 32]).await }))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (
                found.id,
                found.status,
                found.activation_expires_at,
                found.password_hash.clone()
            ),
            (id, Status::Invited, Some(expires), None)
        );
        set_password(&world, &new).await.unwrap();
        let found = world
            .read(move |c| {
                Box::pin(
                    async move { accounts::by_login(c, school, "li", &[Role::College, Role::School]).await },
                )
            })
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.status, Status::Active);
        assert_eq!(found.password_hash, Some(PasswordHash("$argon2id$new".into())));
        assert_eq!(found.password_history.0, ["old"]);
        assert_eq!(found.password_set_at, Some(now));
        assert!(!format!("{found:?}").contains("argon2id"), "hashes never show");
        let (again, wrong_role, wrong_school) = world
            .read(move |c| {
                Box::pin(async move {
                    let again = accounts::by_activation(c, school, &[5; 32]).await?;
                    let role = accounts::by_login(c, school, "li", &[Role::Student]).await?;
                    Ok((
                        again.is_some(),
                        role.is_some(),
                        accounts::by_login(c, SchoolId::NONE, "li", &[Role::School])
                            .await?
                            .is_some(),
                    ))
                })
            })
            .await
            .unwrap();
        assert_eq!((again, wrong_role, wrong_school), (false, false, false));
    })
    .await;
}

async fn accounts_activation(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AccountId,
    expires: jiff::Timestamp,
) -> Result<(), Error> {
    accounts::set_activation(c, school, id, &[4; 32], expires).await?;
    accounts::set_activation(c, school, id, &[5; 32], expires).await
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_are_counted_and_forgotten() {
    both(|world| async move {
        let school = fixtures::school(&world, "10001").await;
        let new = staff(&world, school, "li");
        create(&world, &new).await.unwrap();
        let (id, until) = (new.id, world.env.now() + Duration::from_mins(1));
        world
            .write(move |c| {
                Box::pin(async move { accounts::record_failure(c, school, id, 5, Some(until)).await })
            })
            .await
            .unwrap();
        let found = account(&world, &new).await;
        assert_eq!((found.failures, found.locked_until), (5, Some(until)));
        world
            .write(move |c| {
                Box::pin(async move {
                    accounts::clear_failures(c, school, id).await?;
                    accounts::set_locale(c, school, id, "en").await
                })
            })
            .await
            .unwrap();
        let found = account(&world, &new).await;
        assert_eq!(
            (found.failures, found.locked_until, found.locale.as_deref()),
            (0, None, Some("en"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_lives_until_logout_password_change_or_disabling() {
    both(|world| async move {
        let school = fixtures::school(&world, "10001").await;
        let new = staff(&world, school, "li");
        create(&world, &new).await.unwrap();
        let (id, now) = (new.id, world.env.now());
        let load = |token: Vec<u8>, school| {
            world.read(move |c| {
                let token = token.clone();
                Box::pin(async move { sessions::load(c, school, &token).await })
            })
        };

        let token = begin_session(&world, &new, 1).await;
        assert!(
            load(token.clone(), school).await.unwrap().is_none(),
            "an invited account has no sessions"
        );
        set_password(&world, &new).await.unwrap();
        assert!(
            load(token, school).await.unwrap().is_none(),
            "a new password ends them"
        );

        let token = begin_session(&world, &new, 2).await;
        let found = load(token.clone(), school).await.unwrap().unwrap();
        assert_eq!(
            (found.account_id, found.role, found.name.as_str(), found.seen_at),
            (id, Role::School, "李·四", now)
        );
        assert!(
            load(token.clone(), SchoolId::NONE).await.unwrap().is_none(),
            "the school belongs to the key"
        );
        let (later, hash) = (now + Duration::from_secs(90), token.clone());
        world
            .write(move |c| {
                let hash = hash.clone();
                Box::pin(async move {
                    sessions::touch(c, school, &hash, later).await?;
                    sessions::touch(c, school, &hash, now).await?;
                    sessions::set_reauth(c, school, &hash, later).await
                })
            })
            .await
            .unwrap();
        let found = load(token.clone(), school).await.unwrap().unwrap();
        assert_eq!(
            (found.seen_at, found.reauth_at),
            (later, Some(later)),
            "and never goes back"
        );

        begin_session(&world, &new, 3).await;
        world
            .write(move |c| Box::pin(async move { accounts::disable(c, school, id).await }))
            .await
            .unwrap();
        assert!(load(token, school).await.unwrap().is_none());
        let refused = set_password(&world, &new).await;
        assert!(
            matches!(refused, Err(Error::NotFound)),
            "a disabled account takes no password"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_ended_are_forgotten() {
    both(|world| async move {
        let school = fixtures::school(&world, "10001").await;
        let new = staff(&world, school, "li");
        create(&world, &new).await.unwrap();
        begin_session(&world, &new, 1).await;
        world.clock.advance(Duration::from_hours(1));
        begin_session(&world, &new, 2).await;
        let purge = || {
            let now = world.env.now();
            world.write(move |c| Box::pin(async move { sessions::purge_expired(c, now).await }))
        };
        assert_eq!(purge().await.unwrap(), 0);
        world.clock.advance(Duration::from_hours(11));
        assert_eq!(purge().await.unwrap(), 1);
        let (school, id) = (new.school_id, new.id);
        let rest =
            world.write(move |c| Box::pin(async move { sessions::delete_all_of(c, school, id).await }));
        assert_eq!(rest.await.unwrap(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_captcha_is_good_for_one_attempt_and_not_for_long() {
    both(|world| async move {
        let expires = world.env.now() + Duration::from_mins(2);
        for n in 1..=3 {
            world
                .write(move |c| {
                    Box::pin(async move { captchas::put(c, Uuid::from_u128(n), &[1, 2], expires).await })
                })
                .await
                .unwrap();
        }
        let take = |n, now| {
            world.write(move |c| Box::pin(async move { captchas::take(c, Uuid::from_u128(n), now).await }))
        };
        let now = world.env.now();
        assert_eq!(take(1, now).await.unwrap(), Some(vec![1, 2]));
        assert_eq!(take(1, now).await.unwrap(), None);
        assert_eq!(take(2, expires).await.unwrap(), None);
        assert_eq!(take(2, now).await.unwrap(), None, "used up even when late");
        let purged = world.write(move |c| Box::pin(async move { captchas::purge_expired(c, expires).await }));
        assert_eq!(purged.await.unwrap(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttle_counts_within_a_window_of_time() {
    both(|world| async move {
        let school = SchoolId::NONE;
        let hit = |window| {
            world.write(move |c| Box::pin(async move { throttle::hit(c, school, "address", window).await }))
        };
        let count = |window| {
            world.read(move |c| Box::pin(async move { throttle::count(c, school, "address", window).await }))
        };
        let first = world.env.now();
        let second = first + Duration::from_mins(10);
        assert_eq!(count(first).await.unwrap(), 0);
        assert_eq!((hit(first).await.unwrap(), hit(first).await.unwrap()), (1, 2));
        assert_eq!(count(first).await.unwrap(), 2);
        assert_eq!(hit(second).await.unwrap(), 1, "a new window begins at one");
        assert_eq!(hit(first).await.unwrap(), 2, "an old one does not reset the new");
        assert_eq!(count(second + Duration::from_secs(1)).await.unwrap(), 0);
        let purged = world.write(move |c| {
            Box::pin(async move { throttle::purge(c, second + Duration::from_secs(1)).await })
        });
        assert_eq!(purged.await.unwrap(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn simultaneous_hits_are_all_counted() {
    both(|world| async move {
        let now = world.env.now();
        let hits = (0..40).map(|_| {
            let store = world.store.clone();
            tokio::spawn(async move {
                store
                    .write(move |c| Box::pin(async move { throttle::hit(c, SchoolId::NONE, "a", now).await }))
                    .await
                    .unwrap()
            })
        });
        let mut counts = Vec::new();
        for hit in hits.collect::<Vec<_>>() {
            counts.push(hit.await.unwrap());
        }
        counts.sort_unstable();
        assert_eq!(counts, (1..=40).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_and_what_it_belongs_to_must_fit() {
    both(|world| async move {
        let school = fixtures::school(&world, "10001").await;
        let employer = fixtures::employer(&world, "91110000000000000A").await;
        let wrong = [
            NewAccount {
                school_id: SchoolId::NONE,
                ..staff(&world, school, "a")
            },
            NewAccount {
                role: Role::Employer,
                ..staff(&world, school, "b")
            },
            NewAccount {
                role: Role::Employer,
                ..staff(&world, SchoolId::NONE, "c")
            },
            NewAccount {
                employer_id: Some(employer),
                ..staff(&world, school, "d")
            },
            NewAccount {
                role: Role::Student,
                ..staff(&world, school, "e")
            },
        ];
        for new in wrong {
            assert!(matches!(create(&world, &new).await, Err(Error::Db(_))), "{new:?}");
        }
        let good = NewAccount {
            role: Role::Employer,
            employer_id: Some(employer),
            ..staff(&world, SchoolId::NONE, "f")
        };
        create(&world, &good).await.unwrap();
    })
    .await;
}
