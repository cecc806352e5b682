//! Schools, colleges, students, employers, résumés: the story of a school before its first agreement.

use domain::ids::{CollegeId, StudentId};
use store::Error;
use store::people::{self, NewStudent, SourceDecision, SourcePage, SourceStatus, Upserted};
use store::schools::{self, NewSchool, ParamChange};
use store::sealed::PersonalNumber;
use store::testing::{World, both};

use crate::fixtures;

#[tokio::test(flavor = "multi_thread")]
async fn schools_are_numbered_and_found_by_code() {
    both(|world| async move {
        let (one, two) = (
            fixtures::school(&world, "10002").await,
            fixtures::school(&world, "10001").await,
        );
        assert_eq!((one.0, two.0), (1, 2));
        let now = world.env.now();
        let again = world.write(move |c| {
            Box::pin(async move {
                schools::create(
                    c,
                    &NewSchool {
                        code: "10001".into(),
                        ..NewSchool::default()
                    },
                    now,
                )
                .await
            })
        });
        assert!(again.await.unwrap_err().is_unique("school_code"));
        let (all, found, none, years) = world
            .write(move |c| {
                Box::pin(async move {
                    schools::add_year(c, one, 2028).await?;
                    schools::add_year(c, one, 2027).await?;
                    let all = schools::all(c).await?;
                    let found = schools::by_code(c, "10002").await?.unwrap();
                    let none = schools::by_code(c, "99999").await?;
                    assert_eq!(schools::by_id(c, one).await?.as_ref(), Some(&found));
                    Ok((all, found, none, schools::years(c, one).await?))
                })
            })
            .await
            .unwrap();
        assert_eq!(
            all.iter().map(|school| school.code.as_str()).collect::<Vec<_>>(),
            ["10001", "10002"]
        );
        assert_eq!((found.name.as_str(), found.created_at), ("10002大学", now));
        assert_eq!(none, None);
        assert_eq!(years, [2028, 2027]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_years_parameter_comes_before_the_one_for_all_years() {
    both(|world| async move {
        let (school, other) = (
            fixtures::school(&world, "10001").await,
            fixtures::school(&world, "10002").await,
        );
        let now = world.env.now();
        let params = world.write(move |c| {
            Box::pin(async move {
                for (of, year, key, value) in [
                    (school, 0, "reply_days", 5),
                    (school, 0, "penalty_cap", 5000),
                    (school, 2027, "reply_days", 9),
                    (school, 2027, "reply_days", 7),
                    (school, 2028, "reply_days", 8),
                    (other, 0, "reply_days", 1),
                ] {
                    let change = ParamChange {
                        year,
                        key: key.into(),
                        value: value.into(),
                        by: None,
                    };
                    schools::set_param(c, of, &change, now).await?;
                }
                Ok((
                    schools::params(c, school, 2027).await?,
                    schools::params(c, school, 2029).await?,
                ))
            })
        });
        let (of_2027, of_2029) = params.await.unwrap();
        assert_eq!(
            serde_json::to_string(&of_2027).unwrap(),
            r#"{"penalty_cap":5000,"reply_days":7}"#
        );
        assert_eq!(of_2029["reply_days"], 5);
    })
    .await;
}

async fn upsert(world: &World, school: domain::ids::SchoolId, new: &NewStudent) -> Result<Upserted, Error> {
    let (new, store) = (new.clone(), world.store.clone());
    let write = world.write(move |c| {
        let (new, store) = (new.clone(), store.clone());
        Box::pin(async move { people::student_upsert(c, &store, school, &new).await })
    });
    write.await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_student_keeps_every_character_and_hides_every_number() {
    both(|world| async move {
        let school = fixtures::school(&world, "10001").await;
        let college = fixtures::college(&world, school, "计算机学院").await;
        let name = "𠮷野·买买提·阿卜杜热合曼·𬭎龘";
        let new = fixtures::student(&world, college, "001", name);
        assert_eq!(
            upsert(&world, school, &new).await.unwrap(),
            Upserted::Inserted(new.id)
        );
        let id = new.id;
        let found = world
            .read(move |c| Box::pin(async move { people::student_by_id(c, school, id).await }))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (found.name.as_str(), found.source_status),
            (name, SourceStatus::Imported)
        );
        assert_eq!(people::student_id_no(&world.store, &found).unwrap(), new.id_no);
        assert_eq!(people::student_phone(&world.store, &found).unwrap(), new.phone);
        let shown = format!("{found:?} {new:?}");
        assert!(
            !shown.contains("11010120040101001") && !shown.contains("13800138000"),
            "{shown}"
        );

        // The same person again under another number: the blind index notices.
        let twin = NewStudent {
            student_no: "002".into(),
            id: StudentId(uuid::Uuid::from_u128(2)),
            ..new.clone()
        };
        assert!(
            upsert(&world, school, &twin)
                .await
                .unwrap_err()
                .is_unique("student_id_no")
        );
        let other_year = NewStudent { year: 2028, ..twin };
        upsert(&world, school, &other_year).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_student_has_to_be_reviewed_again_an_unchanged_one_does_not() {
    both(|world| async move {
        let school = fixtures::school(&world, "10001").await;
        let college = fixtures::college(&world, school, "计算机学院").await;
        let new = fixtures::student(&world, college, "001", "张三");
        let id = upsert(&world, school, &new).await.unwrap().id();
        let now = world.env.now();
        let approve = world.write(move |c| {
            Box::pin(async move {
                people::source_decide(c, (school, &[college]), &[id], &SourceDecision::Approve, now).await
            })
        });
        assert_eq!(approve.await.unwrap(), 1);
        let again = NewStudent {
            id: StudentId(uuid::Uuid::from_u128(2)),
            ..new.clone()
        };
        assert_eq!(
            upsert(&world, school, &again).await.unwrap(),
            Upserted::Unchanged(id)
        );
        let changes = [
            NewStudent {
                phone: Some(PersonalNumber::new("13900139000")),
                ..again.clone()
            },
            NewStudent {
                id_no: None,
                ..again.clone()
            },
            NewStudent {
                name: "张三丰".into(),
                ..again.clone()
            },
        ];
        for changed in changes {
            assert_eq!(
                upsert(&world, school, &changed).await.unwrap(),
                Upserted::Updated(id)
            );
            let found = world
                .read(move |c| Box::pin(async move { people::student_by_no(c, school, 2027, "001").await }))
                .await
                .unwrap()
                .unwrap();
            assert_eq!(
                (found.id, found.source_status, &found.name),
                (id, SourceStatus::Imported, &changed.name)
            );
            assert_eq!(
                people::student_phone(&world.store, &found).unwrap(),
                changed.phone
            );
            assert_eq!(
                people::student_id_no(&world.store, &found).unwrap(),
                changed.id_no
            );
        }
    })
    .await;
}

async fn page(world: &World, page: &SourcePage) -> Vec<String> {
    let page = page.clone();
    let rows = world.read(move |c| {
        let page = page.clone();
        Box::pin(async move { people::source_queue(c, &page).await })
    });
    rows.await
        .unwrap()
        .into_iter()
        .map(|row| row.student_no)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_colleges_queue_is_read_page_by_page_in_order() {
    both(|world| async move {
        let school = fixtures::school(&world, "10001").await;
        let (one, two, third) = (
            fixtures::college(&world, school, "计算机学院").await,
            fixtures::college(&world, school, "法学院").await,
            fixtures::college(&world, school, "医学院").await,
        );
        let mut ids = Vec::new();
        for n in 0..12 {
            let college = [one, two, third][n % 3];
            let new = fixtures::student(&world, college, &format!("{n:03}"), "王五");
            ids.push(fixtures::stored_student(&world, school, &new).await);
        }
        let first = SourcePage {
            school,
            year: 2027,
            colleges: vec![one, two],
            status: SourceStatus::Imported,
            after: None,
            limit: 3,
        };
        assert_eq!(page(&world, &first).await, ["000", "001", "003"]);
        let next = SourcePage {
            after: Some(("003".into(), ids[3])),
            ..first.clone()
        };
        assert_eq!(page(&world, &next).await, ["004", "006", "007"]);
        assert_eq!(
            page(
                &world,
                &SourcePage {
                    after: Some(("010".into(), ids[10])),
                    ..first.clone()
                }
            )
            .await,
            Vec::<String>::new()
        );
        assert_eq!(
            page(
                &world,
                &SourcePage {
                    colleges: vec![],
                    ..first.clone()
                }
            )
            .await,
            Vec::<String>::new()
        );
        assert_eq!(
            page(
                &world,
                &SourcePage {
                    year: 2028,
                    ..first.clone()
                }
            )
            .await,
            Vec::<String>::new()
        );

        // Decisions are all or nothing, and only for one's own colleges.
        let (now, batch) = (world.env.now(), vec![ids[0], ids[1], ids[3]]);
        let foreign = vec![ids[0], ids[2]];
        let decide = |students: Vec<StudentId>, colleges: Vec<CollegeId>, decision: SourceDecision| {
            world.write(move |c| {
                let (students, colleges, decision) = (students.clone(), colleges.clone(), decision.clone());
                Box::pin(async move {
                    people::source_decide(c, (school, &colleges), &students, &decision, now).await
                })
            })
        };
        assert!(matches!(
            decide(foreign, vec![one, two], SourceDecision::Approve).await,
            Err(Error::NotFound)
        ));
        assert_eq!(page(&world, &first).await[0], "000", "nothing was decided");
        assert_eq!(
            decide(batch.clone(), vec![one, two], SourceDecision::Approve)
                .await
                .unwrap(),
            3
        );
        assert_eq!(
            decide(batch, vec![one, two], SourceDecision::Approve)
                .await
                .unwrap(),
            0
        );
        assert_eq!(
            decide(vec![ids[4]], vec![two], SourceDecision::Return("学号有误".into()))
                .await
                .unwrap(),
            1
        );
        let colleges = vec![one, two];
        let counts = world.read(move |c| {
            let colleges = colleges.clone();
            Box::pin(async move { people::source_counts(c, school, 2027, &colleges).await })
        });
        assert_eq!(
            counts.await.unwrap(),
            [
                (SourceStatus::Imported, 4),
                (SourceStatus::Approved, 3),
                (SourceStatus::Returned, 1)
            ]
        );
    })
    .await;
}
