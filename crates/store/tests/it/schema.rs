//! The schema: one text for both engines, `school_id` first everywhere, ready to be spread over servers.

use std::fmt::Write as _;

use store::testing::{Database, World, both};

const LINT: &str = include_str!("shard_lint.sql");

/// All migrations of an engine, the first one first.
fn migrations(folder: &str) -> String {
    let path = format!("{}/migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let number = |path: &std::path::PathBuf| -> u32 {
        let name = path.file_name().unwrap().to_str().unwrap();
        name[1..].split("__").next().unwrap().parse().unwrap()
    };
    files.sort_by_key(number);
    files
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap() + "\n")
        .collect()
}

/// The statements of a migration with SQLite's type names.
fn plain(sql: &str) -> String {
    let code = sql.lines().filter(|line| !line.starts_with("--"));
    let text = code.collect::<Vec<_>>().join("\n");
    let text = text
        .replace("TEXT COLLATE \"C\"", "TEXT")
        .replace("BIGINT", "INTEGER");
    let text = text.replace("UUID", "BLOB").replace("BYTEA", "BLOB");
    text.replace(") STRICT, WITHOUT ROWID;", ");")
        .replace(") STRICT;", ");")
}

#[test]
fn the_two_migrations_differ_only_in_type_names() {
    let names = |folder: &str| {
        let path = format!("{}/migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
        let mut names: Vec<_> = std::fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    for name in names("sqlite") {
        let read = |folder: &str| {
            let path = format!(
                "{}/migrations/{folder}/{}",
                env!("CARGO_MANIFEST_DIR"),
                name.display()
            );
            std::fs::read_to_string(path).unwrap()
        };
        assert_eq!(
            plain(&read("sqlite")),
            plain(&read("postgres")),
            "{}",
            name.display()
        );
    }
}

#[test]
fn every_sqlite_table_is_strict_and_every_unique_rule_is_a_named_index() {
    let (sqlite, postgres) = (migrations("sqlite"), migrations("postgres"));
    let tables = sqlite.matches("\nCREATE TABLE ").count();
    assert_eq!(tables, sqlite.matches(") STRICT").count());
    assert_eq!(
        postgres.matches(" UNIQUE").count(),
        postgres.matches("CREATE UNIQUE INDEX").count()
    );
}

#[tokio::test]
async fn no_two_unique_indexes_of_a_table_have_the_same_columns() {
    // SQLite names the columns, not the index: the name could not be told otherwise.
    let world = World::sqlite().await;
    let lite = rusqlite::Connection::open(world.config.data.join("sanfang.db")).unwrap();
    let sql = "SELECT m.name || ': ' || (SELECT group_concat(name) FROM pragma_index_info(i.name)) AS columns \
        FROM sqlite_master m, pragma_index_list(m.name) i WHERE m.type = 'table' AND i.\"unique\" = 1 ORDER BY 1";
    let mut statement = lite.prepare(sql).unwrap();
    let all: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut distinct = all.clone();
    distinct.dedup();
    assert!(all.len() > 30);
    assert_eq!(all, distinct);
}

async fn problems(client: &tokio_postgres::Client) -> Vec<String> {
    let rows = client.query(LINT, &[]).await.unwrap();
    rows.iter()
        .map(|row| {
            format!(
                "{} {} {}",
                row.get::<_, &str>(0),
                row.get::<_, &str>(1),
                row.get::<_, &str>(2)
            )
        })
        .collect()
}

#[tokio::test]
async fn school_id_comes_first_in_every_key_of_a_schools_tables() {
    let (_world, database) = World::postgres().await;
    let client = database.connect().await;
    assert_eq!(problems(&client).await, Vec::<String>::new());

    // The detector sees what it is for.
    let planted = "CREATE TABLE loose (school_id BIGINT NOT NULL, id UUID NOT NULL PRIMARY KEY, employer_id UUID);
        CREATE UNIQUE INDEX late ON student (student_no, school_id);
        CREATE TABLE global (id BIGINT PRIMARY KEY, a BIGINT, b UUID, FOREIGN KEY (a, b) REFERENCES college (school_id, id))";
    client.batch_execute(planted).await.unwrap();
    let found = problems(&client).await.join("\n");
    for name in ["loose_pkey", "late", "global_a_b_fkey"] {
        assert!(found.contains(name), "{name} not in:\n{found}");
    }
    database.discard().await;
}

/// The same migrations with every table of a school spread over four partitions.
fn partitioned() -> String {
    let mut out = String::new();
    for statement in migrations("postgres").split_inclusive(";\n") {
        let code: String = statement
            .lines()
            .filter(|line| !line.starts_with("--"))
            .collect::<Vec<_>>()
            .join("\n");
        let name = code
            .trim_start()
            .strip_prefix("CREATE TABLE ")
            .and_then(|rest| rest.split(' ').next());
        match name {
            Some(name) if code.contains("school_id BIGINT NOT NULL") => {
                let head = code.trim_end().trim_end_matches(';');
                writeln!(out, "{head} PARTITION BY HASH (school_id);").unwrap();
                for part in 0..4 {
                    writeln!(
                        out,
                        "CREATE TABLE {name}_p{part} PARTITION OF {name} FOR VALUES WITH (MODULUS 4, REMAINDER {part});"
                    )
                    .unwrap();
                }
            }
            _ => out.push_str(&code),
        }
    }
    out
}

#[tokio::test]
async fn the_same_schema_loads_partitioned_by_school() {
    let database = Database::empty().await;
    let client = database.connect().await;
    client.batch_execute(&partitioned()).await.unwrap();
    let row = client
        .query_one("SELECT COUNT(*) FROM pg_class WHERE relkind = 'p'", &[])
        .await
        .unwrap();
    assert!(row.get::<_, i64>(0) >= 20, "tables were spread");
    assert_eq!(problems(&client).await, Vec::<String>::new());
    database.discard().await;
}

/// Whoever names a file is asked before the file goes: a table that comes later has to be asked as well.
#[tokio::test]
async fn the_sweep_knows_every_table_that_names_a_file() {
    let world = World::sqlite().await;
    let lite = rusqlite::Connection::open(world.config.data.join("sanfang.db")).unwrap();
    let sql = "SELECT DISTINCT m.name FROM sqlite_master m, pragma_foreign_key_list(m.name) k \
        WHERE m.type = 'table' AND k.\"table\" = 'file' ORDER BY 1";
    let mut statement = lite.prepare(sql).unwrap();
    let tables = statement.query_map([], |row| row.get(0)).unwrap();
    let tables: Vec<String> = tables.map(Result::unwrap).collect();
    assert!(tables.len() >= 2, "{tables:?}");
    let sweep = include_str!("../../src/sweep.rs");
    for table in tables {
        let asked = format!("NOT EXISTS (SELECT 1 FROM {table} ");
        assert!(sweep.contains(&asked), "sweep::let_go does not ask {table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn migrating_again_changes_nothing() {
    both(|world| async move { assert_eq!(world.migrate().await.unwrap(), Vec::<String>::new()) }).await;
}
