//! A school with a college and a student, made through the front door.

use domain::ids::{CollegeId, EmployerId, SchoolId, StudentId};
use store::people::{self, NewEmployer, NewStudent};
use store::schools::{self, NewSchool};
use store::sealed::PersonalNumber;
use store::testing::World;

/// A school called `code`, open for 2027.
pub async fn school(world: &World, code: &str) -> SchoolId {
    let (new, now) = (
        NewSchool {
            code: code.into(),
            name: format!("{code}大学"),
            ..NewSchool::default()
        },
        world.env.now(),
    );
    let write = world.write(move |c| {
        let new = new.clone();
        Box::pin(async move {
            let school = schools::create(c, &new, now).await?;
            schools::add_year(c, school, 2027).await?;
            Ok(school)
        })
    });
    write.await.unwrap()
}

/// A college of a school.
pub async fn college(world: &World, school: SchoolId, name: &'static str) -> CollegeId {
    let id = CollegeId::new(world.env.now(), &*world.env.random);
    world
        .write(move |c| Box::pin(people::college_create_or_get(c, school, id, name)))
        .await
        .unwrap()
}

/// A student of 2027 as a roster gives it, not stored yet.
pub fn student(world: &World, college: CollegeId, no: &str, name: &str) -> NewStudent {
    NewStudent {
        id: StudentId::new(world.env.now(), &*world.env.random),
        year: 2027,
        college_id: college,
        student_no: no.into(),
        exam_no: format!("26{no}"),
        name: name.into(),
        gender: "1".into(),
        degree: "31".into(),
        major: "软件工程".into(),
        class_name: "软工2301".into(),
        training_mode: "1".into(),
        id_no: Some(PersonalNumber::new(&format!("11010120040101{no}"))),
        phone: Some(PersonalNumber::new("13800138000")),
    }
}

/// Stores a student.
pub async fn stored_student(world: &World, school: SchoolId, new: &NewStudent) -> StudentId {
    let (new, store) = (new.clone(), world.store.clone());
    let write = world.write(move |c| {
        let (new, store) = (new.clone(), store.clone());
        Box::pin(async move { Ok(people::student_upsert(c, &store, school, &new).await?.id()) })
    });
    write.await.unwrap()
}

/// An employer, stored.
pub async fn employer(world: &World, uscc: &str) -> EmployerId {
    let id = EmployerId::new(world.env.now(), &*world.env.random);
    let text = || String::from("–");
    let new = NewEmployer {
        id,
        uscc: uscc.into(),
        name: "示例科技（北京）有限公司".into(),
        nature: "39".into(),
        industry: "I".into(),
        scale: "3".into(),
        region: "110000".into(),
        address: text(),
        postcode: text(),
        legal_person: text(),
        contact: text(),
        phone: text(),
        email: text(),
        has_personnel_authority: true,
    };
    let now = world.env.now();
    let write = world.write(move |c| {
        let new = new.clone();
        Box::pin(async move { people::employer_insert(c, &new, now).await })
    });
    write.await.unwrap();
    id
}
