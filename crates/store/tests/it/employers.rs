//! Employers, the schools they enter, and the résumés they receive.

use std::time::Duration;

use domain::ids::ApplicationId;
use store::people::{self, EntryStatus, NewApplication, Resume};
use store::testing::both;

use crate::fixtures;

#[tokio::test(flavor = "multi_thread")]
async fn an_employer_is_one_for_all_schools_and_enters_them_one_by_one() {
    both(|world| async move {
        let (one, two) = (
            fixtures::school(&world, "10002").await,
            fixtures::school(&world, "10001").await,
        );
        let employer = fixtures::employer(&world, "91110000000000000A").await;
        let now = world.env.now();
        let entries = world.write(move |c| {
            Box::pin(async move {
                assert_eq!(people::entry_of(c, one, employer).await?, None);
                people::certification_set(c, employer, EntryStatus::Approved).await?;
                people::entry_set(c, (one, employer), EntryStatus::Pending, None, None).await?;
                people::entry_set(
                    c,
                    (two, employer),
                    EntryStatus::Returned,
                    Some("材料不全"),
                    Some(now),
                )
                .await?;
                people::entry_set(c, (one, employer), EntryStatus::Approved, None, Some(now)).await?;
                assert_eq!(
                    people::entry_of(c, one, employer).await?,
                    Some(EntryStatus::Approved)
                );
                let found = people::employer_by_uscc(c, "91110000000000000A").await?.unwrap();
                assert_eq!(
                    (found.id, found.certification, found.has_personnel_authority),
                    (employer, EntryStatus::Approved, true)
                );
                assert!(people::employer_by_id(c, employer).await?.is_some());
                people::entries_of(c, employer).await
            })
        });
        let entries: Vec<_> = entries
            .await
            .unwrap()
            .into_iter()
            .map(|(school, status)| (school.code, status))
            .collect();
        assert_eq!(
            entries,
            [
                ("10001".into(), EntryStatus::Returned),
                ("10002".into(), EntryStatus::Approved)
            ]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resume_is_kept_and_sent() {
    both(|world| async move {
        let school = fixtures::school(&world, "10001").await;
        let college = fixtures::college(&world, school, "计算机学院").await;
        let employer = fixtures::employer(&world, "91110000000000000A").await;
        let student =
            fixtures::stored_student(&world, school, &fixtures::student(&world, college, "001", "张三"))
                .await;
        let now = world.env.now();
        let body = serde_json::json!({"skills": ["Rust", "篆刻"]});
        let resume = Resume {
            student_id: student,
            body,
            visible: true,
            updated_at: now,
        };
        let wanted = resume.clone();
        let ids: Vec<_> = (0..3)
            .map(|_| ApplicationId::new(now, &*world.env.random))
            .collect();
        let latest = world.write(move |c| {
            let (resume, ids) = (resume.clone(), ids.clone());
            Box::pin(async move {
                people::resume_put(
                    c,
                    school,
                    &Resume {
                        visible: false,
                        ..resume.clone()
                    },
                )
                .await?;
                people::resume_put(c, school, &resume).await?;
                assert_eq!(people::resume_by_student(c, school, student).await?, Some(resume));
                assert!(!people::has_applied(c, school, student, employer).await?);
                for (n, id) in (0..).zip(ids) {
                    let at = now + Duration::from_secs(n);
                    let new = NewApplication {
                        id,
                        student_id: student,
                        employer_id: employer,
                        position: format!("职位{n}"),
                        at,
                    };
                    people::application_insert(c, school, &new).await?;
                }
                assert!(people::has_applied(c, school, student, employer).await?);
                people::applications_latest(c, school, employer, 2).await
            })
        });
        let latest = latest.await.unwrap();
        assert_eq!(
            latest
                .iter()
                .map(|a| (a.name.as_str(), a.position.as_str()))
                .collect::<Vec<_>>(),
            [("张三", "职位2"), ("张三", "职位1")]
        );
        let found =
            world.read(move |c| Box::pin(async move { people::resume_by_student(c, school, student).await }));
        assert_eq!(found.await.unwrap(), Some(wanted));
    })
    .await;
}
