//! Documents with three signatures and seals: by the press and the sealer of the server, and beside them by three
//! other programs with pyHanko. Every program runs in a process of its own, bound to one core.

mod words;

use crate::clock::{median, memory_of, ms, now, own_cpu};
use crate::others;
use crate::report::Report;
use crate::world::World;
use anyhow::{Context, ensure};
use domain::document::{Png, Renderer, Sheet, Signer};
use domain::sealing::{Act, Order, Sealer, Stamp};
use seal::{Authority, OwnSigners, Pades};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::{Store, StoreConfig};

/// What a process of ours is asked to do.
#[derive(Debug, Serialize, Deserialize)]
struct Task {
    sheet: Sheet,
    seal: Png,
    documents: usize,
    threads: usize,
    /// Where the last document and the root it is judged by go.
    out: PathBuf,
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
struct Outcome {
    cold_ms: f64,
    cold_cpu_ms: f64,
    /// Medians of the steps: setting, preparing, signing; and judging, which the server does besides.
    steps_ms: [f64; 4],
    /// Processor time of the whole process a document, without judging and with it.
    cpu_ms: f64,
    judged_cpu_ms: f64,
    per_second: f64,
    pages: usize,
    size: usize,
    /// The largest of all.
    largest: usize,
    /// Memory of its own in kB after a tenth of the documents and after all.
    memory: [u64; 2],
    resident: u64,
}

/// Keys as the server keeps them: sealed, in files.
struct Keys(store::vault::Vault);

fn keys(error: &store::Error) -> seal::Error {
    seal::Error::Keys(error.to_string())
}

impl seal::Vault for Keys {
    fn read(&self, name: &str) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, seal::Error> {
        self.0.read(name).map_err(|error| keys(&error))
    }

    fn create(&self, name: &str, secret: &[u8]) -> Result<bool, seal::Error> {
        self.0.create(name, secret).map_err(|error| keys(&error))
    }

    fn replace(&self, name: &str, secret: &[u8]) -> Result<(), seal::Error> {
        self.0.replace(name, secret).map_err(|error| keys(&error))
    }

    fn publish(&self, name: &str, text: &str) -> Result<(), seal::Error> {
        self.0.publish(name, text).map_err(|error| keys(&error))
    }

    fn published(&self, name: &str) -> Result<Option<String>, seal::Error> {
        self.0.published(name).map_err(|error| keys(&error))
    }
}

/// Does the task of a file and prints what came of it: what a child of [`measure`] runs.
pub async fn run(task: &Path) -> anyhow::Result<()> {
    let task: Task = serde_json::from_slice(&std::fs::read(task)?)?;
    let folder = crate::folder::Folder::new()?;
    let config = StoreConfig {
        data: folder.path().to_owned(),
        database: None,
    };
    let store = Store::open(&config, crate::env::real()).await?;
    let vault = store::vault::Vault::open(folder.path(), store.keys(), store.env().clone())?;
    let authority = Arc::new(Authority::open(Box::new(Keys(vault)), store.env().clone())?);
    let root = seal::to_pem(authority.root())?;
    let signers = OwnSigners::new(authority, BTreeMap::new());
    let sealer = Pades::new(Box::new(signers), None, store.env().clone());
    let outcome = tokio::task::spawn_blocking(move || work(&task, &sealer, &root)).await??;
    crate::print(&serde_json::to_string(&outcome)?)
}

fn work(task: &Task, sealer: &Pades, root: &str) -> anyhow::Result<Outcome> {
    let press = pdf::Press::new();
    let (begun, cpu) = (now(), own_cpu()?);
    one(task, (&press, sealer), 0)?;
    let cold = (ms(begun.elapsed()), ms(own_cpu()?.saturating_sub(cpu)));
    let own = || memory_of(std::process::id(), "RssAnon");
    let (next, early) = (AtomicUsize::new(1), AtomicUsize::new(0));
    let (begun, cpu) = (now(), own_cpu()?);
    let made = std::thread::scope(|scope| -> anyhow::Result<Vec<Made>> {
        let worker = || -> anyhow::Result<Vec<Made>> {
            let mut made = Vec::new();
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n > task.documents {
                    return Ok(made);
                }
                if n == task.documents.div_ceil(10) {
                    early.store(usize::try_from(own()?)?, Ordering::Relaxed);
                }
                made.push(one(task, (&press, sealer), n)?);
            }
        };
        let running: Vec<_> = (0..task.threads).map(|_| scope.spawn(worker)).collect();
        let mut all = Vec::new();
        for thread in running {
            all.extend(thread.join().map_err(|_| anyhow::anyhow!("a thread stopped"))??);
        }
        Ok(all)
    })?;
    let (wall, spent) = (begun.elapsed(), own_cpu()?.saturating_sub(cpu));
    let last = made.iter().max_by_key(|one| one.n).context("no document")?;
    // Judging is what the server does with each before it keeps it; no other program does, so it is counted apart.
    let mut judging = Vec::new();
    let cpu = own_cpu()?;
    let judged = task.documents.clamp(1, 60);
    for _ in 0..judged {
        let begun = now();
        sealer.check(&last.pdf)?;
        judging.push(ms(begun.elapsed()));
    }
    let judge_cpu = ms(own_cpu()?.saturating_sub(cpu)) / as_f64(judged);
    std::fs::write(&task.out, &last.pdf)?;
    std::fs::write(task.out.with_extension("pem"), root)?;
    let of = |step: usize| median(&made.iter().map(|one| one.steps[step]).collect::<Vec<_>>());
    let cpu_ms = ms(spent) / as_f64(made.len());
    Ok(Outcome {
        cold_ms: cold.0,
        cold_cpu_ms: cold.1,
        steps_ms: [of(0), of(1), of(2), median(&judging)],
        cpu_ms,
        judged_cpu_ms: cpu_ms + judge_cpu,
        per_second: as_f64(made.len()) / wall.as_secs_f64(),
        pages: last.pages,
        size: last.pdf.len(),
        largest: made.iter().map(|one| one.size).max().unwrap_or(0),
        memory: [u64::try_from(early.into_inner())?, own()?],
        resident: memory_of(std::process::id(), "VmRSS")?,
    })
}

struct Made {
    n: usize,
    steps: [f64; 3],
    pages: usize,
    size: usize,
    /// Of the latest only: keeping them all would be measured as memory.
    pdf: Vec<u8>,
}

/// The n-th document: set, prepared and signed as the server does it, of another person each time.
fn one(task: &Task, (press, sealer): (&pdf::Press, &Pades), n: usize) -> anyhow::Result<Made> {
    let (sheet, order, stamps) = variant(task, n);
    let begun = now();
    let rendered = press.to_sign(&sheet, &stamps)?;
    let set = ms(begun.elapsed());
    let find = |act: &Act| {
        rendered
            .fields
            .iter()
            .find(|field| field.signer == act.signer)
            .cloned()
    };
    let places: Option<Vec<_>> = order.acts.iter().map(find).collect();
    let prepared = sealer.prepare(&rendered.pdf, &places.context("no place for a signature")?)?;
    let ready = ms(begun.elapsed());
    let sealed = sealer.seal(&prepared, &order)?;
    let done = ms(begun.elapsed());
    Ok(Made {
        n,
        steps: [set, ready - set, done - ready],
        pages: rendered.pages,
        size: sealed.pdf.len(),
        pdf: if n >= task.documents {
            sealed.pdf
        } else {
            Vec::new()
        },
    })
}

/// The document of the n-th person.
fn variant(task: &Task, n: usize) -> (Sheet, Order, Vec<Stamp>) {
    let pick = |from: &str, at: usize| from.chars().nth(at % 10).map(String::from).unwrap_or_default();
    let name = [
        pick("赵钱孙李周吴郑王冯陈", n),
        pick("晓伟敏静磊洋艳勇杰娟", n / 10),
        pick("明华国平文志建云海春", n / 100),
    ]
    .concat();
    let number = format!("2027{n:014}");
    let mut sheet = task.sheet.clone();
    sheet.student.name.clone_from(&name);
    sheet.number = Some(number.clone());
    sheet.content_hash = Some(format!("{n:064x}"));
    sheet.verify_url = Some(format!("https://sanfang.example/v/{number}/0123456789"));
    for clause in sheet.clauses.iter_mut().chain(&mut sheet.supplementary) {
        for confirmed in &mut clause.confirmed {
            if confirmed.signer == Signer::Student {
                confirmed.name.clone_from(&name);
            }
        }
    }
    let school = sheet.school.name.clone();
    let signs = [
        (Signer::Employer, "李思远", sheet.employer.name.clone()),
        (Signer::Student, name.as_str(), school.clone()),
        (Signer::School, "王老师", school.clone()),
    ];
    let (mut acts, mut stamps) = (Vec::new(), Vec::new());
    for (signer, name, organisation) in signs {
        let mut consent = [0; 32];
        consent[..8].copy_from_slice(&(n as u64).to_be_bytes());
        acts.push(Act {
            signer,
            name: name.to_owned(),
            organisation: organisation.clone(),
            consent,
            at: sheet.dated,
        });
        stamps.push(Stamp {
            signer,
            organisation,
            name: name.to_owned(),
            at: sheet.dated,
            number: number.clone(),
            seal: (signer == Signer::School).then(|| task.seal.clone()),
        });
    }
    let order = Order {
        school: 1,
        school_name: school,
        acts,
    };
    (sheet, order, stamps)
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand documents")]
fn as_f64(count: usize) -> f64 {
    count as f64
}

/// A child of this program with a task, bound to the first core unless both are to work.
fn child(task: &Task, folder: &Path) -> anyhow::Result<Outcome> {
    let file = folder.join("task.json");
    std::fs::write(&file, serde_json::to_vec(task)?)?;
    let program = std::env::current_exe()?;
    let mut command = if task.threads == 1 {
        others::on_one_core(&program)
    } else {
        Command::new(&program)
    };
    let ran = command.arg("--sealing").arg(&file).output().context("a child")?;
    let said = String::from_utf8_lossy(&ran.stderr);
    ensure!(ran.status.success(), "a child failed: {said}");
    Ok(serde_json::from_slice(&ran.stdout)?)
}

/// The sheet of an agreement in force and what is left of it on two pages: the comparison is made with as much text
/// as the trial had.
fn two_pages(mut sheet: Sheet) -> anyhow::Result<Sheet> {
    let press = pdf::Press::new();
    while press.render(&sheet)?.pages > 2 {
        let has_more = sheet.supplementary.pop().is_some()
            || (sheet.clauses.len() > 2 && sheet.clauses.pop().is_some())
            || sheet.terms.pop().is_some();
        ensure!(has_more, "two pages are too few for the form");
    }
    Ok(sheet)
}

/// A red seal of the usual size.
fn seal() -> anyhow::Result<Png> {
    let side = 600_u32;
    let from = |at: u32| i64::from(at) * 2 - i64::from(side);
    let picture = image::RgbaImage::from_fn(side, side, |x, y| {
        let round = from(x).pow(2) + from(y).pow(2);
        let ring = (500_i64.pow(2)..580_i64.pow(2)).contains(&round);
        // Marks around and a shape in the middle, as large as the characters and the star of a real one.
        let marks = (360_i64.pow(2)..460_i64.pow(2)).contains(&round) && (x / 13 + y / 17) % 3 != 0;
        let star = from(x).abs() * from(y).abs() < 5_000 && round < 260_i64.pow(2);
        image::Rgba(if ring || marks || star {
            [200, 22, 30, 255]
        } else {
            [0; 4]
        })
    });
    let mut bytes = Vec::new();
    picture.write_with_encoder(image::codecs::png::PngEncoder::new(&mut bytes))?;
    Ok(Png(bytes))
}

/// Measures.
pub async fn measure(world: &World, report: &mut Report) -> anyhow::Result<()> {
    let whole = crate::press::sheet(world).await?;
    let folder = crate::folder::Folder::new()?;
    let path = folder.path().to_owned();
    let quick = world.quick;
    let done = tokio::task::spawn_blocking(move || compare(whole, &path, quick)).await??;
    words::write(report, &done);
    Ok(())
}

struct Compared {
    two_pages: Outcome,
    both_cores: Outcome,
    whole: Outcome,
    others: Vec<(others::Program, anyhow::Result<others::Outcome>)>,
    documents: usize,
}

fn compare(whole: Sheet, folder: &Path, quick: bool) -> anyhow::Result<Compared> {
    let (documents, few) = if quick { (60, 3) } else { (3000, 40) };
    let mut task = Task {
        sheet: two_pages(whole.clone())?,
        seal: seal()?,
        documents,
        threads: 1,
        out: folder.join("ours.pdf"),
    };
    std::fs::write(folder.join("sheet.json"), serde_json::to_vec(&task.sheet)?)?;
    std::fs::write(folder.join("seal.png"), &task.seal.0)?;
    crate::say("seal: ours, one core");
    let two_pages = child(&task, folder)?;
    others::three_valid(&task.out)?;
    crate::say("seal: ours, both cores");
    task.threads = 2;
    task.documents = documents / 3;
    let both_cores = child(&task, folder)?;
    task.threads = 1;
    task.sheet = whole;
    task.documents = documents / 10;
    let whole = child(&task, folder)?;
    let mut found = Vec::new();
    for program in others::Program::ALL {
        crate::say(&format!("seal: {}", program.name()));
        found.push((program, others::measure(program, folder, few)));
    }
    Ok(Compared {
        two_pages,
        both_cores,
        whole,
        others: found,
        documents,
    })
}
