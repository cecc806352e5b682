//! What the report says of sealed documents.

use super::{Compared, Outcome, as_f64};
use crate::report::{Report, Table, bytes};
use crate::whole::mb;

/// Writes it.
pub fn write(report: &mut Report, done: &Compared) {
    report.section("Sealed documents");
    report.text(
        "Set, prepared and signed three times (no time-stamp authority), by the press and the sealer of the server, with \
         keys and certificates made anew for every act and a school's seal as a picture; beside it, with the same words \
         and the same picture, other programs, each with pyHanko and certificates made once. Each in a process of its \
         own on one core, other data in every document, warm, the mean of the processor time of all its processes.",
    );
    let mine = &done.two_pages;
    report.table(table(done));
    let [set, prepare, sign, judge] = mine.steps_ms;
    report.text(&format!(
        "Of a document of ours, medians: setting {set:.1} ms, preparing {prepare:.1} ms, three signatures {sign:.1} ms. \
         The server also judges each file before it keeps it, {judge:.1} ms more: {:.1} documents a CPU second with it. \
         Two threads on two cores made {:.1} documents a second, one on one core {:.1}. Memory of its own: {:.0} MB \
         after {} documents, {:.0} MB after {}.",
        1e3 / mine.judged_cpu_ms,
        done.both_cores.per_second,
        mine.per_second,
        mb(mine.memory[0]),
        done.documents.div_ceil(10),
        mb(mine.memory[1]),
        done.documents,
    ));
    let whole = &done.whole;
    report.text(&format!(
        "The standard agreement with all its clauses, {} pages: {:.1} ms of processor time ({:.1} a CPU second), {}.",
        whole.pages,
        whole.cpu_ms,
        1e3 / whole.cpu_ms,
        bytes(whole.size as u64)
    ));
    aims(report, done);
}

fn table(done: &Compared) -> Table {
    let mut table = Table::new(&[
        "",
        "cold (ms)",
        "warm, median (ms)",
        "CPU a document (ms)",
        "documents a CPU second",
        "ours is",
        "memory",
        "file",
    ]);
    let mine = &done.two_pages;
    table.row(vec![
        format!("Sanfang, {} pages", mine.pages),
        format!("{:.0}", mine.cold_ms),
        format!("{:.1}", mine.steps_ms[..3].iter().sum::<f64>()),
        format!("{:.1}", mine.cpu_ms),
        format!("{:.1}", 1e3 / mine.cpu_ms),
        String::new(),
        format!("{:.0} MB", mb(mine.resident)),
        bytes(mine.size as u64),
    ]);
    for (program, outcome) in &done.others {
        table.row(match outcome {
            Ok(one) => vec![
                format!("{}, {} pages", program.name(), one.pages),
                format!("{:.0}", one.cold_ms),
                format!("{:.1}", one.warm_ms),
                format!("{:.1}", one.cpu_ms),
                format!("{:.1}", 1e3 / one.cpu_ms),
                format!("{:.1} ×", one.cpu_ms / mine.cpu_ms),
                format!("{:.0} MB", mb(one.memory_kb)),
                bytes(one.size),
            ],
            Err(error) => vec![format!("{}: {error:#}", program.name())],
        });
    }
    table
}

fn aims(report: &mut Report, done: &Compared) {
    let mine = &done.two_pages;
    report.at_least("sealed documents a CPU second", 45.0, 1e3 / mine.cpu_ms, "");
    for (program, outcome) in &done.others {
        let what = format!("sealed documents: times {}", program.name());
        match outcome {
            Ok(one) => report.at_least(&what, program.aim(), one.cpu_ms / mine.cpu_ms, ""),
            Err(_) => report.so(&format!("{what}: measured"), false),
        }
    }
    let size = |outcome: &Outcome| as_f64(outcome.largest) / 1e3;
    report.at_most("size of a sealed document", 200.0, size(mine), " kB");
    report.at_most(
        "size of a sealed standard agreement",
        200.0,
        size(&done.whole),
        " kB",
    );
    report.at_least(
        "sealing: two cores to one",
        1.8,
        done.both_cores.per_second / mine.per_second,
        "",
    );
    let growth = mb(mine.memory[1].saturating_sub(mine.memory[0]));
    let what = format!("sealing: growth of memory over {} documents", done.documents);
    report.at_most(&what, 5.0, growth, " MB");
}
