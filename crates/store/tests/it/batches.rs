//! Sheets of offers: as many statements for hundreds of rows as for a few, and every text confirmed on its own.

use crate::fixtures;
use crate::stage::{self, Stage, Who, terms_with_pay};
use domain::agreement::clause::Hash;
use domain::agreement::{Content, Refusal};
use domain::eligibility::Block;
use domain::ids::{AccountId, AgreementId, SchoolId, StudentId};
use domain::params::{Discovery, SchoolParams};
use jiff::ToSpan;
use std::collections::{BTreeMap, BTreeSet};
use store::batches::{self, Evidence, NewLine, Whose};
use store::eligible::View;
use store::people::{self, SourceDecision};
use store::standings::{self, Standing};
use store::testing::{World, both};
use store::{Error, verify};
use uuid::Uuid;

const ROWS: usize = 300;

fn number(n: usize) -> String {
    format!("9{n:05}")
}

/// So many students with approved records, beside the two of the stage.
async fn crowd(world: &World, school: SchoolId) -> Vec<StudentId> {
    let college = domain::ids::CollegeId(Uuid::from_u128(0xC0));
    let mut all = Vec::new();
    for n in 0..ROWS {
        let mut new = fixtures::student(world, college, &number(n), "李四");
        new.id_no = None;
        all.push(new);
    }
    let ids: Vec<StudentId> = all.iter().map(|new| new.id).collect();
    let (store, now, approved) = (world.store.clone(), world.env.now(), ids.clone());
    let write = world.write(move |c| {
        let (store, all, ids) = (store.clone(), all.clone(), approved.clone());
        Box::pin(async move {
            for new in &all {
                people::student_insert(c, &store, school, new).await?;
            }
            people::source_decide(c, (school, &[college]), &ids, &SourceDecision::Approve, now).await
        })
    });
    write.await.unwrap();
    ids
}

fn whose(school: SchoolId) -> Whose {
    Whose {
        school,
        year: 2027,
        employer: stage::employer(0),
    }
}

async fn looked_up(
    world: &World,
    school: SchoolId,
    numbers: &[String],
    discovery: Discovery,
) -> (BTreeMap<String, Standing>, u32) {
    let name = domain::codes::name_key("李四");
    let sought: BTreeSet<_> = numbers
        .iter()
        .map(|number| (number.clone(), name.clone()))
        .collect();
    let now = world.env.now();
    let view = View {
        school,
        year: 2027,
        employer: stage::employer(0),
        discovery,
    };
    let read = world.read(move |c| {
        let sought = sought.clone();
        Box::pin(async move {
            let params = SchoolParams::default();
            let found = standings::of_numbers(c, view, &sought, (&params, now)).await?;
            Ok((found, c.statements()))
        })
    });
    read.await.unwrap()
}

fn line(n: usize, student: Option<StudentId>) -> NewLine {
    NewLine {
        line: i64::try_from(n).unwrap() + 2,
        student_no: number(n),
        student_name: "李四".into(),
        student,
        terms: Some(terms_with_pay(9_000 + i64::try_from(n).unwrap())),
        mistakes: Vec::new(),
    }
}

async fn kept(world: &World, school: SchoolId, lines: Vec<NewLine>) -> (Uuid, u32) {
    let env = world.env.clone();
    let write = world.write(move |c| {
        let (lines, env) = (lines.clone(), env.clone());
        Box::pin(async move {
            let by = AccountId(Uuid::from_u128(0xACC0));
            let id = batches::create(c, whose(school), ("a.xlsx", &lines, by), &env).await?;
            Ok((id, c.statements()))
        })
    });
    write.await.unwrap()
}

#[tokio::test]
async fn hundreds_of_rows_take_as_many_statements_as_a_few() {
    both(|world| async move {
        stage::employers(&world).await;
        let stage = Stage::set(&world).await;
        let students = crowd(&world, stage.school).await;
        let numbers: Vec<String> = (0..ROWS).map(number).collect();
        let (one, few) = looked_up(&world, stage.school, &numbers[..1], Discovery::Browse).await;
        let (all, many) = looked_up(&world, stage.school, &numbers, Discovery::Browse).await;
        assert_eq!((one.len(), all.len()), (1, ROWS));
        assert!(all.values().all(|standing| standing.offer.is_ok()));
        assert!(few == many && many <= 5, "{few} and {many} statements");

        let lines: Vec<NewLine> = (0..ROWS).map(|n| line(n, Some(students[n]))).collect();
        let (batch, many) = kept(&world, stage.school, lines).await;
        assert!(many <= 8, "{many} statements for {ROWS} rows");
        let school = stage.school;
        let read = world.read(move |c| Box::pin(batches::contents(c, school, batch)));
        let stored = read.await.unwrap();
        assert_eq!(stored.len(), ROWS);
        for (n, (line, terms)) in stored.into_iter().enumerate() {
            assert_eq!(line, i64::try_from(n).unwrap() + 2);
            assert_eq!(terms, terms_with_pay(9_000 + i64::try_from(n).unwrap()));
        }
    })
    .await;
}

#[tokio::test]
async fn a_row_is_told_why_its_student_cannot_be_offered_anything() {
    both(|world| async move {
        stage::employers(&world).await;
        let stage = Stage::set(&world).await;
        let numbers = ["000", "001", "777"].map(str::to_owned);
        let told = async |discovery| {
            let (found, _) = looked_up(&world, stage.school, &numbers, discovery).await;
            found
                .into_iter()
                .map(|(number, standing)| (number, standing.offer))
                .collect::<Vec<_>>()
        };
        let plain = |n: usize, offer| (numbers[n].clone(), offer);
        assert_eq!(
            told(Discovery::Browse).await,
            [plain(0, Ok(())), plain(1, Ok(()))],
            "nobody has the third number"
        );
        assert_eq!(told(Discovery::Applied).await, [], "none of them sent a résumé");

        // An offer of this employer to the one, an agreement with the other employer for the other.
        let send = |employer, student| {
            let (world, stage) = (&world, &stage);
            async move {
                let id = AgreementId(Uuid::from_u128(1 + student as u128));
                stage.draft(world, id, employer, student, 9_000).await.unwrap();
                let actor = |who| stage::actor(stage.school, who, employer, student);
                let deadline = world.env.now() + 120.hours();
                stage
                    .act(world, id, actor(Who::Employer), false, |_| {
                        domain::agreement::Command::Send {
                            deadline,
                            ticks: BTreeMap::new(),
                        }
                    })
                    .await
                    .unwrap();
                (id, actor(Who::Student))
            }
        };
        send(0, 0).await;
        let (id, student) = send(1, 1).await;
        stage
            .act(&world, id, student, false, |_| {
                domain::agreement::Command::Accept {
                    ticks: BTreeMap::new(),
                    method_agreed: true,
                    second_factor: Some(domain::params::Factor::Password),
                }
            })
            .await
            .unwrap();
        let signed = Err(Refusal::NotEligible(Block::AlreadySigned));
        assert_eq!(
            told(Discovery::Browse).await,
            [plain(0, Err(Refusal::OfferOpen)), plain(1, signed)]
        );
        assert_eq!(
            told(Discovery::Applied).await,
            [plain(0, Err(Refusal::OfferOpen))],
            "it has met the one"
        );
    })
    .await;
}

/// Every clause of these terms, by its hash.
fn hashes(lines: &[NewLine]) -> BTreeSet<Hash> {
    let contents = lines
        .iter()
        .map(|line| Content::standard(line.terms.clone().unwrap()));
    contents
        .flat_map(|content| {
            content
                .clauses
                .iter()
                .map(domain::agreement::Clause::hash)
                .collect::<Vec<_>>()
        })
        .collect()
}

#[tokio::test]
async fn a_row_whose_own_text_was_not_confirmed_is_not_sent() {
    both(|world| async move {
        stage::employers(&world).await;
        let stage = Stage::set(&world).await;
        let school = stage.school;
        let lines: Vec<NewLine> = (0..2).map(|n| line(n, Some(stage::student(n)))).collect();
        let confirmed = hashes(&lines[..1]);
        let (batch, _) = kept(&world, school, lines).await;
        let evidence = Evidence {
            actor: stage::actor(school, Who::Employer, 0, 0),
            address: "192.0.2.7".into(),
            client: "test".into(),
            deadline: world.env.now() + 120.hours(),
            confirmed,
            template: String::new(),
        };
        let env = world.env.clone();
        let start = world.write(move |c| {
            let (evidence, env) = (evidence.clone(), env.clone());
            Box::pin(async move { batches::start(c, whose(school), (batch, 5, &evidence), &env).await })
        });
        start.await.unwrap();
        let send = async || {
            let env = world.env.clone();
            let write = world.write(move |c| {
                let env = env.clone();
                Box::pin(async move { batches::send_next(c, school, batch, &env).await })
            });
            write.await
        };
        assert_eq!(send().await.unwrap(), Some(2));
        let refused = send().await;
        let Err(Error::Refused(Refusal::NotTicked(missing))) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(missing, ["pay"], "the one clause in which the rows differ");
        assert!(verify::all(&world.store).await.unwrap().breaches.is_empty());
    })
    .await;
}
