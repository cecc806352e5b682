//! The programs that sealed documents are measured beside: installed from their registries by exact version, into
//! the cache folder, when they are needed first.

use anyhow::{Context, ensure};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program, signing with pyHanko.
#[derive(Debug, Clone, Copy)]
pub enum Program {
    /// Draws by code.
    ReportLab,
    /// Sets HTML.
    WeasyPrint,
    /// A browser without a window.
    Chromium,
}

/// What was measured.
#[derive(Debug, Deserialize)]
pub struct Outcome {
    /// The first document, starting included.
    pub cold_ms: f64,
    /// A further one, median.
    pub warm_ms: f64,
    /// Processor time of all processes for a further one.
    pub cpu_ms: f64,
    /// Bytes of a file.
    pub size: u64,
    /// Memory of all processes, shared parts counted once.
    pub memory_kb: u64,
    /// Pages; read from the file afterwards.
    #[serde(default)]
    pub pages: usize,
}

impl Program {
    /// All.
    pub const ALL: [Self; 3] = [Self::ReportLab, Self::WeasyPrint, Self::Chromium];

    /// With what it signs.
    pub fn name(self) -> &'static str {
        match self {
            Self::ReportLab => "ReportLab + pyHanko",
            Self::WeasyPrint => "WeasyPrint + pyHanko",
            Self::Chromium => "Chromium + pyHanko",
        }
    }

    /// How many times as fast Sanfang should be.
    pub fn aim(self) -> f64 {
        match self {
            Self::ReportLab => 7.0,
            Self::WeasyPrint => 14.0,
            Self::Chromium => 22.0,
        }
    }

    fn module(self) -> &'static str {
        match self {
            Self::ReportLab => "reportlab",
            Self::WeasyPrint => "weasyprint",
            Self::Chromium => "chromium",
        }
    }
}

/// A command bound to the first core, with all that it starts.
pub fn on_one_core(program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", "0"]).arg(program);
    command
}

/// Where the programs of the comparison are.
fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("others")
}

/// Python with the programs.
fn python() -> anyhow::Result<PathBuf> {
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let base = base.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    let folder = base
        .context("neither XDG_CACHE_HOME nor HOME")?
        .join("sanfang/others");
    let wanted = std::fs::read(sources().join("requirements.txt"))?;
    let (python, done) = (folder.join("bin/python"), folder.join("requirements.txt"));
    if std::fs::read(&done).is_ok_and(|found| found == wanted) {
        return Ok(python);
    }
    crate::say("seal: installing what documents are compared with");
    ran(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&folder))?;
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
    ];
    ran(Command::new(&python)
        .args(install)
        .arg(sources().join("requirements.txt")))?;
    std::fs::write(&done, &wanted)?;
    Ok(python)
}

/// What a command wrote; fails with what it complained of.
fn ran(command: &mut Command) -> anyhow::Result<Vec<u8>> {
    let ran = command.output().with_context(|| format!("{command:?}"))?;
    let said = String::from_utf8_lossy(&ran.stderr);
    let last: Vec<&str> = said.lines().rev().take(3).collect();
    ensure!(ran.status.success(), "{}", last.join(" / "));
    Ok(ran.stdout)
}

/// Measures a program with the sheet and the seal of a folder.
pub fn measure(program: Program, folder: &Path, documents: usize) -> anyhow::Result<Outcome> {
    let python = python()?;
    let fonts =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../node_modules/@expo-google-fonts/noto-serif-sc");
    let fonts = fonts.canonicalize().context("the fonts of npm: run make setup")?;
    let out = folder.join(format!("{}.pdf", program.module()));
    let mut command = on_one_core(&python);
    command
        .arg(sources().join("measure.py"))
        .arg(program.module())
        .arg(folder.join("sheet.json"))
        .arg(fonts.join("400Regular/NotoSerifSC_400Regular.ttf"))
        .arg(fonts.join("700Bold/NotoSerifSC_700Bold.ttf"))
        .arg(folder.join("seal.png"))
        .arg(documents.to_string())
        .arg(&out);
    let said = ran(&mut command)?;
    three_valid(&out)?;
    let mut outcome: Outcome = serde_json::from_slice(&said)?;
    outcome.pages = pages(&out)?;
    Ok(outcome)
}

/// A third program, poppler, must find what was measured: three signatures that hold.
pub fn three_valid(file: &Path) -> anyhow::Result<()> {
    // It ends with an error code where it does not know the authority.
    let said = Command::new("pdfsig").arg(file).output().context("pdfsig")?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let found = said.matches("Signature is Valid.").count();
    ensure!(found == 3, "{found} valid signatures instead of three");
    Ok(())
}

fn pages(file: &Path) -> anyhow::Result<usize> {
    let said = ran(Command::new("pdfinfo").arg(file))?;
    let said = String::from_utf8_lossy(&said).into_owned();
    let count = said.lines().find_map(|line| line.strip_prefix("Pages:"));
    Ok(count.context("pdfinfo says no pages")?.trim().parse()?)
}
