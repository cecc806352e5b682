//! `sanfang roster import`: reads the file, says everything that is wrong with it, or stores it.

use crate::cli::Import;
use crate::config::Config;
use crate::failure::usage;
use crate::roster::import::{Outcome, Task, import};
use crate::roster::{FileError, Problem, read, rows};
use crate::{output, serve};
use domain::cells::guarded;
use domain::params::china;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::ExitCode;
use store::schools;

/// At most this many mistakes are printed: whoever made more repeats one of them.
const SHOWN: usize = 200;

/// Imports.
pub async fn run(config: &Config, asked: &Import) -> anyhow::Result<ExitCode> {
    let bytes =
        std::fs::read(&asked.file).map_err(|error| usage(format!("{}: {error}", asked.file.display())))?;
    if !(2000..=2100).contains(&asked.year) {
        return Err(usage("--year: a graduation year of four digits"));
    }
    let public_url = config.server.public_url()?;
    let store = serve::open(config).await?;
    let code = asked.school.clone();
    let school = store
        .read(move |c| {
            let code = code.clone();
            Box::pin(async move { schools::by_code(c, &code).await })
        })
        .await?
        .ok_or_else(|| usage(format!("--school {}: no such school", asked.school)))?;
    let today = store.env().now().to_zoned(china()).date();
    let checked = match read(&bytes).and_then(|sheet| rows::check(&sheet, today)) {
        Ok(checked) => checked,
        Err(FileError(message)) => return Ok(refuse(&[], &message)),
    };
    for title in &checked.unknown {
        output::complain(&format!("未使用的列：{title}"));
    }
    let task = Task {
        school: school.id,
        year: asked.year,
        rows: checked.rows,
        links: asked.activation_out.is_some(),
    };
    let mut problems = checked.problems;
    problems.extend(task.conflicts(&store).await?);
    problems.sort();
    problems.dedup();
    if !problems.is_empty() {
        return Ok(refuse(&problems, "文件有误，未导入任何一行"));
    }
    if asked.check {
        output::say(&format!("{} 行，没有错误", task.rows.len()));
        return Ok(ExitCode::SUCCESS);
    }
    let out = asked.activation_out.as_deref().map(create_private).transpose()?;
    let outcome = import(&store, task).await?;
    report(&outcome);
    if let Some(file) = out {
        write_links(file, &outcome, &public_url)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn refuse(problems: &[Problem], summary: &str) -> ExitCode {
    for problem in problems.iter().take(SHOWN) {
        output::complain(&problem.to_string());
    }
    if problems.len() > SHOWN {
        output::complain(&format!("……共 {} 处错误", problems.len()));
    }
    output::complain(summary);
    ExitCode::from(1)
}

fn report(outcome: &Outcome) {
    output::say(&format!(
        "已导入 {} 人：新增 {}，更新 {}（需重新审核生源信息），未变 {}",
        outcome.inserted + outcome.updated + outcome.unchanged,
        outcome.inserted,
        outcome.updated,
        outcome.unchanged
    ));
    if outcome.links.is_empty() && outcome.inserted > 0 {
        output::say("尚未生成激活链接：再次导入同一文件并加 --activation-out FILE");
    }
}

/// Made before anything is stored, so that a folder that cannot be written is noticed in time.
fn create_private(path: &Path) -> anyhow::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| usage(format!("{}: {error}", path.display())))
}

fn write_links(mut file: File, outcome: &Outcome, public_url: &str) -> anyhow::Result<()> {
    file.write_all("\u{FEFF}".as_bytes())?;
    let mut out = csv::Writer::from_writer(file);
    out.write_record(["学号", "姓名", "激活链接"])?;
    for link in &outcome.links {
        let url = link.activation.link(public_url);
        let (number, name) = (guarded(&link.student_no), guarded(&link.name));
        out.write_record([number.as_ref(), name.as_ref(), url.as_ref()])?;
    }
    out.flush()?;
    output::say(&format!(
        "{} 个激活链接已写入（30 天内有效，只能用一次）",
        outcome.links.len()
    ));
    Ok(())
}
