//! Every statement of the crate prepares on both engines, and none of them reads a whole table.

use std::collections::BTreeSet;

use store::testing::World;

use crate::source_text::{Token, sources};

const BEGINNINGS: [&str; 5] = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "];

/// Statements that may read a whole table or index: it is small, the statement takes only the first rows
/// of an index, or it is for maintenance and for `sanfang verify`.
const SCANS: [&str; 14] = [
    "FROM school",
    "FROM template_draft WHERE preview_id",
    "FROM employer WHERE certification",
    "AS counted",
    "FROM outbox WHERE done_at IS NULL AND dead_at IS NULL",
    "FROM outbox WHERE dead_at IS NOT NULL ORDER BY dead_at DESC",
    "WHERE a.state = 'offered' AND b.state IN",
    "GROUP BY school_id, number HAVING",
    "GROUP BY school_id, employer_id, student_id HAVING",
    "GROUP BY school_id, student_id HAVING",
    // Looks at everything there is, as the checks of a whole database above.
    "x WHERE NOT EXISTS (SELECT 1 FROM agreement a",
    "x WHERE NOT EXISTS (SELECT 1 FROM account a",
    "SELECT s.code, s.name",
    // Goes from one major to the next by the index; what it scans is its own result.
    "WITH RECURSIVE found (major)",
];

fn statements() -> BTreeSet<String> {
    // The layer itself talks to one engine at a time.
    let shared = sources()
        .into_iter()
        .filter(|(path, _)| !path.components().any(|part| part.as_os_str() == "db"));
    let tokens = shared.flat_map(|(_, tokens)| tokens);
    let texts = tokens.filter_map(|token| {
        if let Token::Text(text) = token {
            Some(text)
        } else {
            None
        }
    });
    texts
        .filter(|text| {
            BEGINNINGS
                .iter()
                .any(|start| text.trim_start().starts_with(start))
        })
        .collect()
}

/// Where in the arguments of a macro its statement stands.
fn position_of_statement(name: &str) -> Option<usize> {
    match name {
        "exec" | "exec_later" => Some(1),
        "fetch_opt" | "fetch_one" | "fetch_all" => Some(2),
        _ => None,
    }
}

#[test]
fn every_statement_is_a_literal_or_a_constant_that_this_test_finds() {
    let mut calls = 0;
    for (path, tokens) in sources() {
        for (at, window) in tokens.windows(3).enumerate() {
            let [Token::Word(name), Token::Mark('!'), Token::Mark('(')] = window else {
                continue;
            };
            let Some(position) = position_of_statement(name) else {
                continue;
            };
            calls += 1;
            let argument = argument(&tokens[at + 3..], position);
            let good = match argument.as_slice() {
                [Token::Text(text)] => BEGINNINGS
                    .iter()
                    .any(|start| text.trim_start().starts_with(start)),
                // A constant; its text is found wherever it is.
                [.., Token::Word(name)] => name.chars().all(|c| c.is_ascii_uppercase() || c == '_'),
                _ => false,
            };
            assert!(
                good,
                "{}: {name}! takes a statement that cannot be checked: {argument:?}",
                path.display()
            );
        }
    }
    assert!(
        calls > 50,
        "only {calls} calls found: does this test still read the sources?"
    );
}

fn argument(tokens: &[Token], position: usize) -> Vec<Token> {
    let (mut depth, mut index, mut found) = (0, 0, Vec::new());
    for token in tokens {
        match token {
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') if depth == 0 => break,
            Token::Mark(')' | ']' | '}') => depth -= 1,
            Token::Mark(',') if depth == 0 => {
                index += 1;
                continue;
            }
            _ => {}
        }
        if index == position {
            found.push(token.clone());
        }
    }
    found
}

#[tokio::test]
async fn every_statement_prepares_on_both_engines() {
    let statements = statements();
    assert!(
        statements.len() > 50,
        "only {} statements found",
        statements.len()
    );
    let world = World::sqlite().await;
    let lite = rusqlite::Connection::open(world.config.data.join("sanfang.db")).unwrap();
    let (_world, database) = World::postgres().await;
    let pg = database.connect().await;
    let mut faults = Vec::new();
    for sql in &statements {
        if let Err(error) = lite.prepare(&sql.replace('$', "?")) {
            faults.push(format!("SQLite: {error}\n  {sql}"));
        }
        if let Err(error) = pg.prepare(sql).await {
            let reason = error
                .as_db_error()
                .map_or_else(|| error.to_string(), ToString::to_string);
            faults.push(format!("PostgreSQL: {reason}\n  {sql}"));
        }
    }
    database.discard().await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn no_statement_reads_a_whole_table() {
    let world = World::sqlite().await;
    let lite = rusqlite::Connection::open(world.config.data.join("sanfang.db")).unwrap();
    let mut scans = Vec::new();
    for sql in statements() {
        let text = format!("EXPLAIN QUERY PLAN {}", sql.replace('$', "?"));
        let Ok(mut statement) = lite.prepare(&text) else {
            continue;
        };
        let nulls = vec![rusqlite::types::Null; statement.parameter_count()];
        let plan = statement.query_map(rusqlite::params_from_iter(nulls), |row| {
            row.get::<_, String>("detail")
        });
        let plan: Vec<String> = plan.unwrap().map(Result::unwrap).collect();
        // `found` is what a recursion has just made, one row a step.
        let own = |step: &str| step.contains("CONSTANT") || step == "SCAN found";
        let scan = plan.iter().find(|step| step.starts_with("SCAN ") && !own(step));
        if let Some(step) = scan
            && !SCANS.iter().any(|known| sql.contains(known))
        {
            scans.push(format!("{step}\n  {sql}"));
        }
    }
    assert!(scans.is_empty(), "{}", scans.join("\n"));
}

#[tokio::test]
async fn files_are_found_by_who_sent_them_and_by_their_content() {
    let world = World::sqlite().await;
    let lite = rusqlite::Connection::open(world.config.data.join("sanfang.db")).unwrap();
    let all = statements();
    for (part, index) in [
        (
            "ORDER BY id DESC LIMIT 1000 OFFSET $3",
            "upload_of_account (school_id=? AND account_id=?",
        ),
        (
            "UPDATE upload SET attached_at = $6",
            "upload_of_account (school_id=? AND account_id=?",
        ),
        (
            "DELETE FROM file WHERE",
            "document_of_file (school_id=? AND file_id=?",
        ),
        ("FROM file_gone WHERE at <=", "file_gone_due (at<?"),
    ] {
        let sql = all.iter().find(|sql| sql.contains(part)).unwrap();
        let text = format!("EXPLAIN QUERY PLAN {}", sql.replace('$', "?"));
        let mut statement = lite.prepare(&text).unwrap();
        let nulls = vec![rusqlite::types::Null; statement.parameter_count()];
        let plan = statement.query_map(rusqlite::params_from_iter(nulls), |row| {
            row.get::<_, String>("detail")
        });
        let plan: Vec<String> = plan.unwrap().map(Result::unwrap).collect();
        let plan = plan.join("\n");
        assert!(plan.contains(index), "{sql}\n{plan}");
    }
}
