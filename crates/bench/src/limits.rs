//! The limits: the recorded statements by themselves, in a tight loop over SQLite and by `pgbench`.

use crate::clock::now;
use crate::names::BASE;
use crate::postgres::Server;
use crate::record::{Param, Step};
use anyhow::{Context, ensure};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, params_from_iter, types::Value};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use tokio_postgres::types::Type;

/// The protocol that `pgbench` speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Its default: the text of every statement is read and planned anew.
    Simple,
    /// Statements prepared once a connection.
    Prepared,
}

/// Runs the statements for agreements `range` in a loop, `group` of them a commit; transactions a second.
/// No rules, no JSON, no other thread, nothing is read into anything.
pub fn tight_loop(file: &Path, steps: &[Step], range: Range<u64>, group: u64) -> anyhow::Result<f64> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // As the store opens its own (`store/src/db/lite.rs`).
    for (pragma, value) in [
        ("journal_mode", "WAL"),
        ("synchronous", "FULL"),
        ("foreign_keys", "1"),
        ("secure_delete", "1"),
        ("cache_size", "-8192"),
    ] {
        connection.pragma_update(None, pragma, value)?;
    }
    // One lock is PostgreSQL's alone: here there is one writer, and the store sends nothing.
    let steps: Vec<&Step> = steps
        .iter()
        .filter(|step| !step.sql.ends_with("FOR NO KEY UPDATE"))
        .collect();
    let texts: Vec<String> = steps.iter().map(|step| step.sql.replace('$', "?")).collect();
    let (begun, total) = (now(), range.end - range.start);
    let mut next = range.start;
    while next < range.end {
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        for n in next..(next + group).min(range.end) {
            for (step, text) in steps.iter().zip(&texts) {
                run(&connection, step, text, n)?;
            }
        }
        connection.prepare_cached("COMMIT")?.execute([])?;
        next += group;
    }
    Ok(rate(total, begun.elapsed()))
}

fn run(connection: &Connection, step: &Step, text: &str, n: u64) -> anyhow::Result<()> {
    let values = step.params.iter().zip(&step.types);
    let values: Vec<Value> = values
        .map(|(param, kind)| value(param, kind, n))
        .collect::<anyhow::Result<_>>()?;
    let mut statement = connection.prepare_cached(text)?;
    if statement.column_count() == 0 {
        let changed = statement.execute(params_from_iter(values))?;
        ensure!(
            changed > 0 || !text.starts_with("UPDATE"),
            "the loop changed no row: {text}"
        );
        return Ok(());
    }
    let columns = statement.column_count();
    let mut rows = statement.query(params_from_iter(values))?;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            row.get_ref(column)?;
        }
    }
    Ok(())
}

fn value(param: &Param, kind: &Type, n: u64) -> anyhow::Result<Value> {
    let text = match param {
        Param::Null => return Ok(Value::Null),
        Param::Fixed(text) => text.clone(),
        Param::Numbered(prefix) => format!("{prefix}{}", BASE + n),
    };
    Ok(match *kind {
        Type::INT8 | Type::INT4 => Value::Integer(text.parse()?),
        Type::UUID => Value::Blob(uuid::Uuid::parse_str(&text)?.as_bytes().to_vec()),
        Type::BYTEA => {
            let digits = text
                .strip_prefix("\\x")
                .context("bytes that are not hexadecimal")?;
            let pairs = digits.as_bytes().chunks(2);
            let bytes = pairs.map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?));
            Value::Blob(bytes.collect::<anyhow::Result<_>>()?)
        }
        _ => Value::Text(text),
    })
}

/// Transactions a second.
pub fn rate(count: u64, time: std::time::Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a count of transactions")]
    let count = count as f64;
    count / time.as_secs_f64()
}

/// Where `pgbench` is: in the path, or where Debian keeps it.
fn pgbench() -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        places.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    let found = places
        .into_iter()
        .map(|place| place.join("pgbench"))
        .find(|file| file.is_file());
    found.context("pgbench is not installed (run make setup)")
}

/// Runs the statements by `pgbench` with so many clients over agreements from `range`; transactions a second,
/// without the time that connecting takes.
pub fn run_pgbench(
    server: &Server,
    database: &str,
    steps: &[Step],
    (range, clients): (Range<u64>, u64),
    mode: Mode,
) -> anyhow::Result<f64> {
    let each = (range.end - range.start) / clients;
    let (script, variables) = script(steps, mode);
    let folder = crate::folder::Folder::new()?;
    let file = folder.path().join("accept.sql");
    std::fs::write(&file, script)?;
    let mut command = Command::new(pgbench()?);
    command
        .args([
            "-n",
            "-j",
            "2",
            "-U",
            "sanfang",
            "-p",
            "5432",
            "--max-tries=1",
            "-h",
        ])
        .arg(server.folder())
        .args(["-c", &clients.to_string(), "-t", &each.to_string()])
        .args([
            "-M",
            if mode == Mode::Simple {
                "simple"
            } else {
                "prepared"
            },
        ])
        .arg("-f")
        .arg(&file)
        .args([
            "-D",
            "i=-1",
            "-D",
            &format!("each={each}"),
            "-D",
            &format!("base={}", BASE + range.start),
        ]);
    for (name, value) in variables {
        command.arg("-D").arg(format!("{name}={value}"));
    }
    let output = command.arg(database).output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "pgbench: {complaint}");
    let done = format!(
        "number of transactions actually processed: {}/{}",
        each * clients,
        each * clients
    );
    ensure!(said.contains(&done), "pgbench did not do all: {said} {complaint}");
    let tps = said.lines().find_map(|line| line.strip_prefix("tps = "));
    let tps = tps.and_then(|rest| rest.split_whitespace().next());
    Ok(tps.context("pgbench printed no tps")?.parse()?)
}

/// The script, and the variables with its values.
fn script(steps: &[Step], mode: Mode) -> (String, Vec<(String, String)>) {
    let mut variables = Vec::new();
    let mut text = "\\set i :i + 1\n\\set n :base + :client_id * :each + :i\nBEGIN;\n".to_owned();
    for (at, step) in steps.iter().enumerate() {
        let mut sql = step.sql.clone();
        // From the last, so that $1 is not found in $12.
        for (k, param) in step.params.iter().enumerate().rev() {
            let (mark, name) = (format!("${}", k + 1), format!("s{at}_{k}"));
            let word = match (param, mode) {
                (Param::Null, _) => "NULL".to_owned(),
                (Param::Numbered(prefix), _) => format!("('{prefix}'||:n)::uuid"),
                (Param::Fixed(value), Mode::Simple) => format!("'{}'", value.replace('\'', "''")),
                (Param::Fixed(value), Mode::Prepared) => {
                    variables.push((name.clone(), value.clone()));
                    format!(":{name}")
                }
            };
            sql = sql.replace(&mark, &word);
        }
        text.push_str(&sql);
        text.push_str(";\n");
    }
    text.push_str("COMMIT;\n");
    (text, variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_has_every_parameter_once() {
        let steps = [Step {
            sql: "SELECT $1, $2, $11".into(),
            params: vec![
                Param::Fixed("it's".into()),
                Param::Numbered("01900001-0000-7000-8000-".into()),
            ]
            .into_iter()
            .chain(std::iter::repeat_n(Param::Null, 9))
            .collect(),
            types: vec![Type::TEXT; 11],
        }];
        let (text, variables) = script(&steps, Mode::Prepared);
        assert!(
            text.contains("SELECT :s0_0, ('01900001-0000-7000-8000-'||:n)::uuid, NULL;"),
            "{text}"
        );
        assert_eq!(variables, [("s0_0".to_owned(), "it's".to_owned())]);
        let (text, variables) = script(&steps, Mode::Simple);
        assert!(text.contains("SELECT 'it''s',"), "{text}");
        assert!(variables.is_empty());
    }

    #[test]
    fn a_value_has_the_type_of_its_column() {
        let fixed = |text: &str| Param::Fixed(text.into());
        assert_eq!(value(&fixed("7"), &Type::INT8, 0).unwrap(), Value::Integer(7));
        assert_eq!(
            value(&fixed("7"), &Type::TEXT, 0).unwrap(),
            Value::Text("7".into())
        );
        assert_eq!(
            value(&fixed("\\x0aff"), &Type::BYTEA, 0).unwrap(),
            Value::Blob(vec![10, 255])
        );
        let id = crate::names::agreement(3).0.as_bytes().to_vec();
        let numbered = Param::Numbered(crate::names::prefix(1));
        assert_eq!(value(&numbered, &Type::UUID, 3).unwrap(), Value::Blob(id));
    }
}
