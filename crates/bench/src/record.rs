//! What an acceptance asks of the database, read from PostgreSQL's log while the store performs two of them:
//! the limits run these very statements, whatever the store makes of them one day.

use crate::names;
use crate::people;
use crate::postgres::Server;
use anyhow::{Context, bail, ensure};
use domain::agreement::Content;
use store::{Store, StoreConfig, agreements};
use tokio_postgres::types::Type;

/// A parameter of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Param {
    /// NULL.
    Null,
    /// The same in every acceptance, or what may be so (a time, a hash, an actor): its text.
    Fixed(String),
    /// An identifier that goes with the number of the agreement, or is new: its first 24 characters.
    Numbered(String),
}

/// A statement with its parameters and their types.
#[derive(Debug, Clone)]
pub struct Step {
    /// The text, with `$1`.
    pub sql: String,
    /// The parameters.
    pub params: Vec<Param>,
    /// Their types.
    pub types: Vec<Type>,
}

/// A statement as the log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Logged {
    sql: String,
    params: Vec<Option<String>>,
}

/// The statements of an acceptance, between BEGIN and COMMIT.
pub async fn acceptance(server: &Server) -> anyhow::Result<Vec<Step>> {
    let name = "bench_record";
    let url = server.copy(name).await?;
    let client = server.connect(name).await?;
    client
        .batch_execute(&format!("ALTER DATABASE {name} SET log_statement = 'all'"))
        .await?;
    let scratch = crate::folder::Folder::new()?;
    let config = StoreConfig {
        data: scratch.path().to_owned(),
        database: Some(url),
    };
    let store = Store::open(&config, crate::env::real()).await?;
    let content = Content::standard(people::terms());
    for n in 0..2 {
        agreements::perform(&store, people::accept(&content, n)).await?;
    }
    drop(store);
    let [first, second] = two(&transactions(&server.log()?)?)?;
    let mut steps = Vec::new();
    for (at, (one, other)) in first.iter().zip(&second).enumerate() {
        ensure!(
            one.sql == other.sql,
            "two acceptances differ at statement {at}: {} / {}",
            one.sql,
            other.sql
        );
        let statement = client.prepare(&one.sql).await.context("a logged statement")?;
        steps.push(Step {
            sql: one.sql.clone(),
            params: params(at, one, other),
            types: statement.params().to_vec(),
        });
    }
    drop(client);
    server.discard(name).await?;
    ensure!(steps.len() > 5, "only {} statements were logged", steps.len());
    Ok(steps)
}

/// The two acceptances among the logged transactions: those that change an agreement.
fn two(transactions: &[Vec<Logged>]) -> anyhow::Result<[Vec<Logged>; 2]> {
    let changes = |one: &&Vec<Logged>| {
        one.iter()
            .any(|logged| logged.sql.starts_with("UPDATE agreement"))
    };
    let found: Vec<&Vec<Logged>> = transactions.iter().filter(changes).collect();
    match found[..] {
        [one, other] if one.len() == other.len() => Ok([one.clone(), other.clone()]),
        _ => bail!("the log shows {} acceptances of two, or they differ", found.len()),
    }
}

fn params(at: usize, one: &Logged, other: &Logged) -> Vec<Param> {
    let kind = |n: usize| names::prefix(u16::try_from(1000 + at * 40 + n).unwrap_or(9999));
    let pairs = one.params.iter().zip(&other.params).enumerate();
    pairs
        .map(|(n, pair)| match pair {
            (Some(a), Some(b)) if a == b => Param::Fixed(a.clone()),
            (Some(a), Some(b)) => match (names::number(a), names::number(b)) {
                (Some((prefix, 0)), Some((_, 1))) => Param::Numbered(prefix.to_owned()),
                _ if is_uuid(a) && is_uuid(b) => Param::Numbered(kind(n)),
                _ => Param::Fixed(a.clone()),
            },
            (Some(a), None) => Param::Fixed(a.clone()),
            (None, _) => Param::Null,
        })
        .collect()
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::parse_str(text).is_ok()
}

/// The transactions in a log of PostgreSQL with `log_statement = 'all'`.
fn transactions(log: &str) -> anyhow::Result<Vec<Vec<Logged>>> {
    let log = log.replace("\n\t", "\n\u{0}").replace("\n\u{0}", "\u{0}");
    let (mut all, mut open) = (Vec::new(), None::<Vec<Logged>>);
    for line in log.lines() {
        if let Some((_, text)) = line.split_once("LOG:  statement: ") {
            match text.split_whitespace().next() {
                Some("BEGIN" | "START") => open = Some(Vec::new()),
                Some("COMMIT" | "ROLLBACK") => all.extend(open.take()),
                _ => {}
            }
        } else if let (Some((_, text)), Some(open)) = (line.split_once("LOG:  execute "), open.as_mut()) {
            let (_, sql) = text.split_once(": ").context("a logged statement")?;
            open.push(Logged {
                sql: sql.to_owned(),
                params: Vec::new(),
            });
        } else if let (Some((_, text)), Some(last)) = (
            line.split_once("DETAIL:  "),
            open.as_mut().and_then(|open| open.last_mut()),
        ) {
            let (head, list) = text.split_once(": ").unwrap_or_default();
            if head.eq_ignore_ascii_case("parameters") {
                last.params = values(&list.replace('\u{0}', "\n"))?;
            }
        }
    }
    Ok(all)
}

/// `$1 = 'a', $2 = 'it''s', $3 = NULL`.
fn values(list: &str) -> anyhow::Result<Vec<Option<String>>> {
    let (mut found, mut rest) = (Vec::new(), list);
    while let Some((_, value)) = rest.split_once(" = ") {
        let Some(quoted) = value.strip_prefix('\'') else {
            found.push(None);
            rest = value.strip_prefix("NULL").context("a logged parameter")?;
            continue;
        };
        let (mut text, mut chars) = (String::new(), quoted.char_indices());
        rest = loop {
            let (at, c) = chars.next().context("an open quote in the log")?;
            if c != '\'' {
                text.push(c);
            } else if quoted[at + 1..].starts_with('\'') {
                text.push('\'');
                chars.next();
            } else {
                break &quoted[at + 1..];
            }
        };
        found.push(Some(text));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_as_they_were() {
        let found = values("$1 = '1', $2 = 'it''s = ''x''', $3 = NULL, $4 = '', $5 = '{\"a\":1}'").unwrap();
        let wanted = [Some("1"), Some("it's = 'x'"), None, Some(""), Some("{\"a\":1}")];
        assert_eq!(found, wanted.map(|text| text.map(str::to_owned)));
        assert_eq!(values("").unwrap(), Vec::new());
    }

    #[test]
    fn a_transaction_is_what_lies_between_begin_and_commit() {
        let log = "x LOG:  statement: BEGIN\n\
                   x LOG:  execute s1: SELECT 1 WHERE $1 = $2\n\
                   x DETAIL:  Parameters: $1 = 'a\n\tb', $2 = NULL\n\
                   x LOG:  statement: COMMIT\n\
                   x LOG:  execute s2: SELECT 2\n";
        let found = transactions(log).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0][0].sql, "SELECT 1 WHERE $1 = $2");
        assert_eq!(found[0][0].params, [Some("a\nb".to_owned()), None]);
    }

    #[test]
    fn what_goes_with_the_agreement_is_told_from_what_does_not() {
        let logged = |texts: [&str; 3]| Logged {
            sql: String::new(),
            params: texts.iter().map(|text| Some((*text).to_owned())).collect(),
        };
        let one = logged([
            "1",
            "01900002-0000-7000-8000-100000000000",
            "019ab4c2-1111-7000-8000-aaaaaaaaaaaa",
        ]);
        let other = logged([
            "1",
            "01900002-0000-7000-8000-100000000001",
            "019ab4c2-1111-7000-8000-bbbbbbbbbbbb",
        ]);
        assert_eq!(
            params(0, &one, &other),
            [
                Param::Fixed("1".into()),
                Param::Numbered("01900002-0000-7000-8000-".into()),
                Param::Numbered("01901002-0000-7000-8000-".into())
            ]
        );
    }
}
