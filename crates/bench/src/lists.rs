//! Pages with lists, in a year of 30,000 students: how long the slow ones take, and whether an index finds the rows.

use crate::client::Browser;
use crate::clock::{ms, now, percentile};
use crate::forms::{self, employer_base};
use crate::names::{COLLEGES, EMPLOYERS, SCHOOL, YEAR, college, employer};
use crate::people;
use crate::report::{Report, Table, whole};
use crate::seed;
use crate::server::Server;
use crate::world::World;
use anyhow::Context;
use domain::agreement::StateKind;
use domain::codes::Sought;
use domain::params::Discovery;
use sea_query::{PostgresQueryBuilder, SelectStatement, SqliteQueryBuilder};
use std::path::Path;
use store::eligible::{self, Search, View};
use store::lists::{self, Filter, Owner};

/// Who looks at which list.
#[derive(Clone, Copy)]
enum Who {
    Employer,
    College,
    School,
}

/// A list, by the name it has in the document, and its address for the `n`th look at it.
struct List {
    name: &'static str,
    who: Who,
    path: fn(u64) -> String,
}

const LISTS: [List; 9] = [
    List {
        name: "employer: workbench",
        who: Who::Employer,
        path: |_| employer_base(),
    },
    List {
        name: "employer: 可签约学生",
        who: Who::Employer,
        path: |_| format!("{}/agreements?tab=eligible", employer_base()),
    },
    List {
        name: "employer: 可签约学生, part of a name",
        who: Who::Employer,
        path: |n| {
            format!(
                "{}/agreements?tab=eligible&q={}",
                employer_base(),
                encoded(&people::name(n * 37)[3..])
            )
        },
    },
    List {
        name: "employer: 可签约学生, a number",
        who: Who::Employer,
        path: |n| {
            let number = people::student_no(20_000 + n);
            format!("{}/agreements?tab=eligible&q={number}", employer_base())
        },
    },
    List {
        name: "employer: agreements sent",
        who: Who::Employer,
        path: |_| format!("{}/agreements?tab=offered", employer_base()),
    },
    List {
        name: "college: queue",
        who: Who::College,
        path: |_| "/college".into(),
    },
    List {
        name: "college: students to approve",
        who: Who::College,
        path: |_| "/college/students".into(),
    },
    List {
        name: "school: agreements",
        who: Who::School,
        path: |_| "/school/agreements".into(),
    },
    List {
        name: "school: agreements, part of a name",
        who: Who::School,
        path: |n| format!("/school/agreements?q={}", encoded(&people::name(n * 37)[3..])),
    },
];

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Both engines.
pub async fn measure(world: &World, report: &mut Report) -> anyhow::Result<()> {
    report.section("Lists");
    report.text(&format!(
        "A year of {} students and {} agreements, {EMPLOYERS} employers, {COLLEGES} colleges; one client, one page after \
         the other, packed as a browser asks for it, from the request to the last byte.",
        whole(rows(world.size.students)),
        whole(rows(world.size.effective.end)),
    ));
    let copy = world.copy()?;
    let sqlite = engine(world, copy.path(), None).await.context("SQLite")?;
    let (keys, name) = (world.keys_only()?, "bench_lists");
    let url = world.server.copy(name).await?;
    let postgres = engine(world, keys.path(), Some(&url))
        .await
        .context("PostgreSQL")?;
    let mut table = Table::new(&[
        "Page",
        "SQLite p50 (ms)",
        "p99 (ms)",
        "CPU (ms)",
        "PostgreSQL p50 (ms)",
        "p99 (ms)",
        "CPU (ms)",
    ]);
    for ((list, one), other) in LISTS.iter().zip(&sqlite).zip(&postgres) {
        let mut cells = vec![list.name.to_owned()];
        for values in [one, other] {
            cells.extend(values.iter().map(|value| format!("{value:.1}")));
        }
        table.row(cells);
    }
    report.table(table);
    for (engine, lines) in [("SQLite", &sqlite), ("PostgreSQL", &postgres)] {
        let worst = lines.iter().map(|line| line[1]).fold(0.0, f64::max);
        report.at_most(
            &format!("p99 of a list page on {engine}, the slowest"),
            50.0,
            worst,
            " ms",
        );
    }
    plans(world, report, name).await?;
    world.server.discard(name).await
}

#[expect(clippy::cast_precision_loss, reason = "a number of rows")]
fn rows(count: u64) -> f64 {
    count as f64
}

/// p50, p99 and processor time of the server, in milliseconds, for each list.
async fn engine(world: &World, data: &Path, database: Option<&str>) -> anyhow::Result<Vec<[f64; 3]>> {
    let server = Server::start(&world.program, data, database).await?;
    let mut browser = Browser::open(&server.authority, "").await?;
    let looks = if world.quick { 20 } else { 150 };
    let mut found = Vec::new();
    for list in &LISTS {
        let mut times = Vec::new();
        let mut cpu = server.cpu()?;
        // The first looks warm what keeps warm.
        for n in 0..looks + 5 {
            if n == 5 {
                cpu = server.cpu()?;
            }
            browser.become_other(match list.who {
                Who::Employer => forms::member_cookie(n),
                Who::College => forms::reviewer_cookie(n),
                Who::School => forms::staff_cookie(),
            });
            let path = (list.path)(n);
            let asked = now();
            browser.page(&path).await?;
            if n >= 5 {
                times.push(ms(asked.elapsed()));
            }
        }
        let cpu = ms(server.cpu()?.saturating_sub(cpu)) / rows(looks);
        found.push([percentile(&times, 0.5), percentile(&times, 0.99), cpu]);
    }
    server.stop()?;
    Ok(found)
}

/// The statements that find the rows of a page.
fn statements() -> Vec<(&'static str, SelectStatement)> {
    let view = View {
        school: SCHOOL,
        year: YEAR,
        employer: employer(0),
        discovery: Discovery::Browse,
    };
    let name = Search {
        text: Sought::of("芳"),
        ..Search::default()
    };
    let offered = Filter {
        states: vec![StateKind::Offered],
        ..Filter::default()
    };
    let waiting = Filter {
        states: vec![StateKind::CollegeReview],
        ..Filter::default()
    };
    vec![
        ("可签约学生", eligible::ids(view, &Search::default(), None)),
        ("可签约学生, part of a name", eligible::ids(view, &name, None)),
        (
            "an employer's agreements",
            lists::ids(SCHOOL, Owner::Employer(employer(0), YEAR), &offered, None),
        ),
        (
            "a college's queue",
            lists::ids(SCHOOL, Owner::Colleges(&[college(0)]), &waiting, None),
        ),
        (
            "the school's agreements",
            lists::ids(SCHOOL, Owner::School, &offered, None),
        ),
    ]
}

async fn plans(world: &World, report: &mut Report, database: &str) -> anyhow::Result<()> {
    let mut table = Table::new(&["Rows of a page", "SQLite", "PostgreSQL"]);
    let mut good = true;
    let lite = rusqlite::Connection::open(seed::file(world.data()))?;
    let client = world.server.connect(database).await?;
    for (name, statement) in statements() {
        let text = statement.to_string(SqliteQueryBuilder);
        let mut plan = lite.prepare(&format!("EXPLAIN QUERY PLAN {text}"))?;
        let steps = plan.query_map([], |row| row.get::<_, String>("detail"))?;
        let mut found = Vec::new();
        for step in steps {
            let step = step?;
            good &= !step.starts_with("SCAN");
            found.extend(index_of(&step, "INDEX "));
        }
        let text = statement.to_string(PostgresQueryBuilder);
        let mut theirs = Vec::new();
        for row in client.query(&format!("EXPLAIN {text}"), &[]).await? {
            let step: String = row.try_get(0)?;
            good &= !step.contains("Seq Scan");
            theirs.extend(index_of(&step, "using "));
            theirs.extend(index_of(&step, "Bitmap Index Scan on "));
        }
        table.row(vec![name.to_owned(), found.join(", "), theirs.join(", ")]);
    }
    report.text("The index that finds the rows of a page, as the planner says:");
    report.table(table);
    report.so("every list is found by an index, on both engines", good);
    Ok(())
}

/// The name after a word of a plan.
fn index_of(step: &str, word: &str) -> Option<String> {
    let (_, rest) = step.split_once(word)?;
    rest.split_whitespace().next().map(|name| format!("`{name}`"))
}
