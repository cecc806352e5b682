//! The whole table state × command × actor, to be read by a person.

use crate::cast::Who;
use crate::samples;
use crate::support::Case;
use domain::agreement::state::TerminationStage;
use domain::agreement::{Agreement, CommandKind, Refusal, State};
use std::fmt::Write;

const LEGEND: &str = "\
Each cell: what becomes of the command when everything that the actor has to give is in order.
  →state  it happens        .  foreign: answered as absent   -  not this role's to do
  x       wrong state       other words: the code of the refusal
  employer' student' college': others of the same school; @B: of another school
";

/// A cell of the table.
pub fn cell(case: &Case, kind: CommandKind, who: Who) -> String {
    match case.attempt(who, case.command(kind)) {
        Ok(applied) => format!("→{}", name(&applied.agreement)),
        Err(Refusal::Foreign) => ".".into(),
        Err(Refusal::NotAllowed) => "-".into(),
        Err(Refusal::WrongState(_)) => "x".into(),
        Err(refusal) => refusal.code().into(),
    }
}

/// The state's code, with the stage of a termination and a waiting request to void.
fn name(agreement: &Agreement) -> String {
    let code = agreement.state.kind().code();
    if let State::Terminating { stage, .. } = &agreement.state {
        let stage = match stage {
            TerminationStage::Counterparty => "answer",
            TerminationStage::College => "college",
            TerminationStage::School => "school",
        };
        return format!("{code}/{stage}");
    }
    match agreement.state.void_proposal() {
        Some(_) => format!("{code}+void?"),
        None => code.to_owned(),
    }
}

/// Rows under headings, columns as wide as they have to be.
pub fn print(title: &str, headings: &[&str], rows: &[Vec<String>]) -> String {
    // A Chinese character is as wide as two others.
    let width = |text: &str| {
        text.chars()
            .map(|c| if c >= '\u{2e80}' { 2 } else { 1 })
            .sum::<usize>()
    };
    let columns: Vec<usize> = (0..headings.len())
        .map(|i| {
            rows.iter()
                .map(|row| width(&row[i]))
                .chain([width(headings[i])])
                .max()
                .unwrap_or(0)
        })
        .collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded = cells.zip(&columns).map(|(cell, n)| {
            let blanks = " ".repeat(n - width(cell));
            format!("{cell}{blanks}")
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut text = format!("## {title}\n{}\n", line(&mut headings.iter().copied()));
    for row in rows {
        writeln!(text, "{}", line(&mut row.iter().map(String::as_str))).unwrap();
    }
    text
}

pub fn command_name(kind: CommandKind) -> String {
    serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned()
}

/// Only the cells in which something happens: command, by whom, what becomes of it.
fn possible(case: &Case) -> String {
    let mut text = String::new();
    for kind in samples::COMMANDS {
        let cells = Who::ALL.map(|who| (who, cell(case, kind, who)));
        let whos: Vec<_> = cells.iter().filter(|(_, cell)| cell.starts_with('→')).collect();
        let Some((_, to)) = whos.first() else { continue };
        let names: Vec<_> = whos.iter().map(|(who, _)| who.label()).collect();
        writeln!(text, "  {} {} {to}", names.join(", "), command_name(kind)).unwrap();
    }
    if text.is_empty() {
        "  nothing\n".to_owned()
    } else {
        text
    }
}

#[test]
fn the_whole_table_of_states_commands_and_actors() {
    let headings: Vec<&str> = ["command"].into_iter().chain(Who::ALL.map(Who::label)).collect();
    let mut text = format!("{LEGEND}\n## What is possible, at a glance\n");
    for (title, case) in samples::all() {
        writeln!(text, "{title}\n{}", possible(&case)).unwrap();
    }
    for (title, case) in samples::all() {
        let rows: Vec<Vec<String>> = samples::COMMANDS
            .into_iter()
            .map(|kind| {
                let cells = Who::ALL.into_iter().map(|who| cell(&case, kind, who));
                [command_name(kind)].into_iter().chain(cells).collect()
            })
            .collect();
        text.push('\n');
        text.push_str(&print(title, &headings, &rows));
    }
    insta::assert_snapshot!("table", text);
}

#[test]
fn every_state_of_the_program_stands_in_the_table() {
    let shown: Vec<_> = samples::all().iter().map(|(_, case)| case.kind()).collect();
    for kind in domain::agreement::StateKind::ALL {
        assert!(shown.contains(&kind), "{kind:?} has no sample");
    }
}

#[test]
fn the_probe_behind_the_buttons_says_what_the_table_says() {
    for (title, case) in samples::all() {
        for kind in samples::COMMANDS {
            // These three samples differ on purpose: the probe knows no deadline and no cause.
            if matches!(
                kind,
                CommandKind::Send | CommandKind::ExtendDeadline | CommandKind::Supersede
            ) {
                continue;
            }
            for who in Who::ALL {
                let context = case.world.context();
                let probed = domain::agreement::probe::probe(&case.agreement, kind, &who.actor(), &context);
                let done = case.attempt(who, case.command(kind)).map(drop);
                assert_eq!(probed, done, "{title}: {kind:?} by {who:?}");
            }
        }
    }
}
