//! Which index each list is read from, on both engines, asked of the engines themselves over twenty schools
//! with six hundred students each.

use domain::agreement::StateKind;
use domain::codes::Sought;
use domain::ids::{CollegeId, EmployerId, SchoolId};
use domain::params::Discovery;
use jiff::Timestamp;
use sea_query::{PostgresQueryBuilder, SelectStatement, SqliteQueryBuilder};
use store::eligible::{self, Search, View};
use store::lists::{self, Filter, Owner};
use store::standings;
use store::testing::World;
use uuid::Uuid;

const SCHOOLS: u32 = 20;
const STUDENTS: u32 = 600;

/// Fills the tables; `id` makes an identifier of a number, in the words of the engine.
fn fill(id: fn(&str) -> String) -> Vec<String> {
    let numbers =
        |n: u32| format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {n})");
    let rows = SCHOOLS * STUDENTS;
    let school = format!("(i - 1) / {STUDENTS} + 1");
    let college = id(&format!("{school}"));
    vec![
        format!(
            "{} INSERT INTO school (id, code, name, short_name, contact, phone, address, postcode, created_at) \
             SELECT i, 's' || i, 'n', 'n', '', '', '', '', 0 FROM n",
            numbers(SCHOOLS)
        ),
        format!(
            "{} INSERT INTO college (school_id, id, name) SELECT i, {}, 'c' || i FROM n",
            numbers(SCHOOLS),
            id("i")
        ),
        format!(
            "{} INSERT INTO employer (id, uscc, name, name_key, nature, industry, scale, region, address, postcode, \
             legal_person, contact, phone, email, has_personnel_authority, certification, created_at) \
             SELECT {}, 'u' || i, 'e' || i, 'e' || i, '', '', '', '', '', '', '', '', '', '', 0, 'approved', 0 FROM n",
            numbers(30),
            id("i")
        ),
        format!(
            "{} INSERT INTO student (school_id, id, year, college_id, student_no, exam_no, name, name_key, name_initials, \
             gender, degree, major, class_name, training_mode, source_status, created_at) \
             SELECT {school}, {}, 2027, {college}, 'no' || i, '', 'name' || i, 'name' || i, 'nm', '1', '31', 'm' || (i % 40), '', '1', \
             CASE WHEN i % 10 = 0 THEN 'imported' ELSE 'approved' END, 0 FROM n",
            numbers(rows),
            id("i")
        ),
        format!(
            "{} INSERT INTO agreement (school_id, id, year, student_id, employer_id, college_id, state, version, content_version, \
             facts, content_hash, deadline_at, number, position, place, pay, audit_seq, audit_hash, created_at, updated_at, state_since) \
             SELECT {school}, {}, 2027, {}, {}, {college}, \
             CASE i % 6 WHEN 0 THEN 'draft' WHEN 1 THEN 'offered' WHEN 2 THEN 'college_review' WHEN 3 THEN 'school_review' \
             WHEN 4 THEN 'effective' ELSE 'withdrawn' END, \
             1, 1, '', {}, i, CASE WHEN i % 6 = 4 THEN 'nr' || i END, '', '', 0, 1, {}, i, i, i FROM n",
            numbers(rows),
            id("i"),
            id("i"),
            id("i % 30 + 1"),
            id("i"),
            id("i")
        ),
        format!(
            "{} INSERT INTO application (school_id, id, student_id, employer_id, position, at) \
             SELECT {school}, {}, {}, {}, '', i FROM n",
            numbers(rows),
            id("i"),
            id("i"),
            id("i % 30 + 1")
        ),
    ]
}

struct Case {
    name: &'static str,
    query: SelectStatement,
    /// One of these has to be used.
    indexes: &'static [&'static str],
}

fn case(name: &'static str, query: SelectStatement, indexes: &'static [&'static str]) -> Case {
    Case { name, query, indexes }
}

fn cases() -> Vec<Case> {
    use StateKind::{CollegeReview, Effective, Offered, SchoolReview};
    let school = SchoolId(7);
    let (college, employer) = (CollegeId(Uuid::from_u128(7)), EmployerId(Uuid::from_u128(3)));
    let colleges = [college];
    let firm = Owner::Employer(employer, 2027);
    let after = Some((Timestamp::from_microsecond(4000).unwrap(), Uuid::from_u128(4000)));
    let states = |states: &[StateKind]| Filter {
        states: states.to_vec(),
        ..Filter::default()
    };
    let filtered = Filter {
        degree: Some("31".into()),
        major: Some("m1".into()),
        text: Sought::of("某某"),
        from: Some(Timestamp::from_microsecond(3).unwrap()),
        before: Some(Timestamp::from_microsecond(9000).unwrap()),
        college: Some(college),
        year: Some(2027),
        ..states(&[Offered])
    };
    let reversed = Filter {
        reversed: true,
        ..states(&[Effective])
    };
    let view = View {
        school,
        year: 2027,
        employer,
        discovery: Discovery::Browse,
    };
    let search = Search {
        text: Sought::of("某某"),
        college: Some(college),
        degree: Some("31".into()),
        ..Search::default()
    };
    let major = Search {
        major: Some("m1".into()),
        ..Search::default()
    };
    let turned = Search {
        reversed: true,
        ..Search::default()
    };
    let first = ("name1".to_owned(), Uuid::from_u128(1));
    let crowd: Vec<Uuid> = (1..400).map(Uuid::from_u128).collect();
    let (of_firm, of_college, of_school): (&[&str], &[&str], &[&str]) = (
        &["agreement_of_employer"],
        &["agreement_of_college"],
        &["agreement_of_school"],
    );
    let students: &[&str] = &["student_search"];
    // With a college chosen its own index is as good, and where every row of the school is counted any that
    // begins with the school.
    let (narrowed, chosen): (&[&str], &[&str]) = (
        &[
            "agreement_of_employer",
            "agreement_of_college",
            "agreement_of_school",
        ],
        &["student_search", "student_source"],
    );
    let counted: &[&str] = &["agreement_of_school", "agreement_of_student"];
    vec![
        case(
            "employer",
            lists::ids(school, firm, &states(&[Offered]), None),
            of_firm,
        ),
        case(
            "employer, two states, next page",
            lists::ids(school, firm, &states(&[CollegeReview, Effective]), after),
            of_firm,
        ),
        case(
            "employer, filtered",
            lists::ids(school, firm, &filtered, after),
            narrowed,
        ),
        case(
            "employer, reversed",
            lists::ids(school, firm, &reversed, after),
            of_firm,
        ),
        case(
            "employer, counts",
            lists::counting(school, firm, &Filter::default()),
            of_firm,
        ),
        case(
            "employer, counts filtered",
            lists::counting(school, firm, &filtered),
            narrowed,
        ),
        case(
            "college",
            lists::ids(
                school,
                Owner::Colleges(&colleges),
                &states(&[CollegeReview]),
                None,
            ),
            of_college,
        ),
        case(
            "college, next page",
            lists::ids(
                school,
                Owner::Colleges(&colleges),
                &states(&[CollegeReview]),
                after,
            ),
            of_college,
        ),
        case(
            "college, filtered",
            lists::ids(school, Owner::Colleges(&colleges), &filtered, after),
            narrowed,
        ),
        case(
            "college, counts",
            lists::counting(school, Owner::Colleges(&colleges), &Filter::default()),
            of_college,
        ),
        case(
            "school",
            lists::ids(school, Owner::School, &states(&[SchoolReview]), None),
            of_school,
        ),
        case(
            "school, next page",
            lists::ids(school, Owner::School, &states(&[SchoolReview]), after),
            of_school,
        ),
        case(
            "school, reversed",
            lists::ids(school, Owner::School, &reversed, after),
            of_school,
        ),
        case(
            "school, filtered",
            lists::ids(school, Owner::School, &filtered, after),
            narrowed,
        ),
        case(
            "school, counts",
            lists::counting(school, Owner::School, &Filter::default()),
            counted,
        ),
        case(
            "eligible",
            eligible::ids(view, &Search::default(), None),
            students,
        ),
        case(
            "eligible, next page",
            eligible::ids(view, &Search::default(), Some(&first)),
            students,
        ),
        case(
            "eligible, searched",
            eligible::ids(view, &search, Some(&first)),
            chosen,
        ),
        case(
            "eligible, reversed",
            eligible::ids(view, &turned, Some(&first)),
            students,
        ),
        case(
            "eligible, by major",
            eligible::ids(view, &major, None),
            &["student_search", "student_major"],
        ),
        case("eligible, counted", eligible::counting(view, &search), chosen),
        case(
            "sheet, students",
            standings::by_number(view, &(1..400).map(|n| format!("no{n}")).collect()),
            &["student_no"],
        ),
        case(
            "sheet, their agreements",
            standings::deals(view, &crowd),
            &["agreement_of_student"],
        ),
        case(
            "sheet, who applied",
            standings::applicants(view, &crowd),
            &["application_student", "application_latest"],
        ),
    ]
}

/// The faults of a plan: another index, or a table read from end to end.
fn faults(case: &Case, plan: &str, scans: &[&str]) -> Option<String> {
    let used = case.indexes.iter().any(|index| plan.contains(index));
    let scan = scans.iter().any(|scan| plan.contains(scan));
    (!used || scan).then(|| format!("{}:\n{plan}", case.name))
}

#[tokio::test]
async fn every_list_is_read_from_an_index_on_sqlite() {
    let world = World::sqlite().await;
    let lite = rusqlite::Connection::open(world.config.data.join("sanfang.db")).unwrap();
    lite.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    for sql in fill(|number| format!("unhex(printf('%032x', {number}))")) {
        lite.execute_batch(&sql).unwrap();
    }
    for analyzed in [false, true] {
        if analyzed {
            lite.execute_batch("ANALYZE").unwrap();
        }
        let mut wrong = Vec::new();
        for case in cases() {
            let sql = format!("EXPLAIN QUERY PLAN {}", case.query.to_string(SqliteQueryBuilder));
            let mut statement = lite.prepare(&sql).unwrap();
            let plan = statement
                .query_map([], |row| row.get::<_, String>("detail"))
                .unwrap();
            // The values of the statement itself are no table.
            let plan = plan.map(Result::unwrap);
            let plan: Vec<String> = plan
                .filter(|step| !step.ends_with("-ROW VALUES CLAUSE"))
                .collect();
            wrong.extend(faults(&case, &plan.join("\n"), &["SCAN "]));
        }
        assert!(wrong.is_empty(), "analyzed: {analyzed}\n{}", wrong.join("\n\n"));
    }
}

#[tokio::test]
async fn every_list_is_read_from_an_index_on_postgres() {
    let (_world, database) = World::postgres().await;
    let client = database.connect().await;
    for sql in fill(|number| format!("CAST(lpad(to_hex({number}), 32, '0') AS UUID)")) {
        // The hashes are bytes there.
        let sql = sql.replace(
            "'', CAST(lpad(to_hex(i), 32, '0') AS UUID), i,",
            "'', '\\x00', i,",
        );
        let sql = sql.replace(
            "0, 1, CAST(lpad(to_hex(i), 32, '0') AS UUID), i, i, i",
            "0, 1, '\\x00', i, i, i",
        );
        client.batch_execute(&sql).await.unwrap();
    }
    client.batch_execute("VACUUM ANALYZE").await.unwrap();
    let mut wrong = Vec::new();
    for case in cases() {
        let sql = format!("EXPLAIN {}", case.query.to_string(PostgresQueryBuilder));
        let rows = client.query(&sql, &[]).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get::<_, String>(0)).collect();
        wrong.extend(faults(
            &case,
            &plan.join("\n"),
            &["Seq Scan on agreement", "Seq Scan on student"],
        ));
    }
    database.discard().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
