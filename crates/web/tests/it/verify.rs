//! 核验: documents that the real press printed and the real seal sealed, looked at by anybody.

use crate::cast::Stage;
use crate::site::{Browser, CAPTCHA, Page, Site, sent};
use domain::document::FieldRect;
use domain::ids::{AgreementId, SchoolId};
use domain::ports::Env;
use domain::sealing::{Judge as _, Order, SealError, Sealed, Sealer};
use jobs::Worker;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use seal::{Authority, OwnSigners, Pades, Stamper, Vault};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::pictures::{self, Purpose};
use store::seals::{self, Seal};
use store::testing::{World, both};
use store::{agreements, documents, files, outbox};
use web::upload::{Outside, Room};
use web::{Config, Demo, Neighbours};
use zeroize::Zeroizing;

/// Keys in memory.
#[derive(Default)]
struct Pocket {
    secrets: Mutex<BTreeMap<String, Vec<u8>>>,
    texts: Mutex<BTreeMap<String, String>>,
}

impl Vault for Pocket {
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, seal::Error> {
        Ok(self
            .secrets
            .lock()
            .unwrap()
            .get(name)
            .cloned()
            .map(Zeroizing::new))
    }

    fn create(&self, name: &str, secret: &[u8]) -> Result<bool, seal::Error> {
        let mut secrets = self.secrets.lock().unwrap();
        let is_new = !secrets.contains_key(name);
        if is_new {
            secrets.insert(name.into(), secret.into());
        }
        Ok(is_new)
    }

    fn replace(&self, name: &str, secret: &[u8]) -> Result<(), seal::Error> {
        self.secrets.lock().unwrap().insert(name.into(), secret.into());
        Ok(())
    }

    fn publish(&self, name: &str, text: &str) -> Result<(), seal::Error> {
        self.texts.lock().unwrap().insert(name.into(), text.into());
        Ok(())
    }

    fn published(&self, name: &str) -> Result<Option<String>, seal::Error> {
        Ok(self.texts.lock().unwrap().get(name).cloned())
    }
}

/// The address that certificates name.
pub const SITE: &str = "https://sanfang.example";

/// The real seal with an authority of its own.
pub fn pades(env: &Env) -> Arc<Pades> {
    sealing(env, None)
}

fn sealing(env: &Env, stamper: Option<Stamper>) -> Arc<Pades> {
    let authority = Authority::open(Box::<Pocket>::default(), env.clone())
        .unwrap()
        .at(Some(SITE.into()));
    let signers = OwnSigners::new(Arc::new(authority), BTreeMap::new());
    Arc::new(Pades::new(Box::new(signers), stamper, env.clone()))
}

/// A sealer that fails the first so many times, and counts how often it was asked to sign.
struct Moody {
    inner: Arc<Pades>,
    failures: AtomicUsize,
    asked: AtomicUsize,
    /// Whether it dies instead of saying that it failed.
    dies: bool,
}

impl Moody {
    fn new(inner: Arc<Pades>, failures: usize, dies: bool) -> Arc<Self> {
        Arc::new(Self {
            inner,
            failures: AtomicUsize::new(failures),
            asked: AtomicUsize::new(0),
            dies,
        })
    }
}

impl Sealer for Moody {
    fn prepare(&self, pdf: &[u8], places: &[FieldRect]) -> Result<Vec<u8>, SealError> {
        self.inner.prepare(pdf, places)
    }

    fn plain(&self, prepared: &[u8]) -> Result<Vec<u8>, SealError> {
        self.inner.plain(prepared)
    }

    fn seal(&self, prepared: &[u8], order: &Order) -> Result<Sealed, SealError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let left = self.failures.load(Ordering::Relaxed);
        if left > 0 {
            self.failures.store(left - 1, Ordering::Relaxed);
            assert!(!self.dies, "the signer's machine went up in smoke");
            return Err(SealError("the authority does not answer".into()));
        }
        self.inner.seal(prepared, order)
    }

    fn check(&self, sealed: &[u8]) -> Result<(), SealError> {
        self.inner.check(sealed)
    }

    fn attest(&self, statement: &[u8]) -> Result<Vec<u8>, SealError> {
        self.inner.attest(statement)
    }

    fn publish_revoked(&self, revoked: &[domain::sealing::Revoked]) -> Result<bool, SealError> {
        self.inner.publish_revoked(revoked)
    }
}

/// A site with an agreement in force.
pub struct Town {
    pub site: Site,
    pub pades: Arc<Pades>,
    pub school: SchoolId,
    pub id: AgreementId,
    pub number: String,
}

impl Town {
    pub async fn open(world: World) -> Self {
        Self::with(world, |_| {}).await
    }

    async fn with(world: World, change: impl FnOnce(&mut Config)) -> Self {
        let pades = pades(&world.env);
        Self::sealed_by(world, pades, change).await
    }

    /// With time-stamps.
    pub async fn stamped(world: World, stamper: Stamper) -> Self {
        let pades = sealing(&world.env, Some(stamper));
        Self::sealed_by(world, pades, |_| {}).await
    }

    async fn sealed_by(world: World, pades: Arc<Pades>, change: impl FnOnce(&mut Config)) -> Self {
        let neighbours = Neighbours {
            judge: Some(pades.clone()),
            ..Neighbours::default()
        };
        let site = Site::beside(world, neighbours, |config| {
            config.demo = Some(Demo {
                captcha: CAPTCHA.into(),
            });
            change(config);
        })
        .await;
        let (firm, campus) = (&site.cast.firms[0], &site.cast.schools[0]);
        let id = firm.agreement(&site.world, campus, 0, Stage::Effective).await;
        let school = campus.id;
        let read = site
            .world
            .store
            .read(move |c| Box::pin(agreements::load(c, school, id)));
        let agreement = read.await.unwrap().unwrap().agreement;
        let number = agreement.state.number().unwrap().to_owned();
        Self {
            site,
            pades,
            school,
            id,
            number,
        }
    }

    fn worker(&self, sealer: Arc<dyn Sealer>) -> Worker {
        let store = self.site.world.store.clone();
        Worker::new(store, Arc::new(pdf::Press::new())).sealing(sealer, "http://127.0.0.1")
    }

    pub async fn work(&self, sealer: Arc<dyn Sealer>) {
        self.worker(sealer).drain().await;
    }

    /// What the worker does every ten minutes.
    pub async fn tidy(&self) {
        self.worker(self.pades.clone())
            .tidy(self.site.world.env.now())
            .await;
    }

    pub async fn seal(&self) -> Option<Seal> {
        let (school, id) = (self.school, self.id);
        let store = &self.site.world.store;
        let read = store.read(move |c| Box::pin(async move { seals::get(c, school, id).await }));
        read.await.unwrap()
    }

    /// The sealed file.
    pub async fn file(&self) -> Vec<u8> {
        let file = self.seal().await.unwrap().file_id.unwrap();
        let stored = files::get(&self.site.world.store, self.school, file).await;
        stored.unwrap().bytes.to_vec()
    }

    fn code(&self) -> String {
        seals::code(self.site.world.store.keys(), self.school, self.id).unwrap()
    }

    /// How many files lie in the data folder.
    fn stored(&self) -> usize {
        let mut waiting = vec![self.site.world.folder().to_owned()];
        let mut count = 0;
        while let Some(folder) = waiting.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let is_database = path.to_string_lossy().contains(".db");
                if path.is_dir() {
                    waiting.push(path);
                } else if !is_database {
                    count += 1;
                }
            }
        }
        count
    }
}

async fn bring(browser: &Browser, bytes: Vec<u8>) -> Page {
    let part = Part::bytes(bytes).file_name("协议书.pdf");
    let form = Form::new().text("csrf", browser.token().await).part("file", part);
    sent(browser.request(Method::POST, "/v").multipart(form)).await
}

#[tokio::test]
async fn whoever_has_number_and_code_or_the_file_learns_what_it_is_worth() {
    both(async |world| {
        let town = Town::open(world).await;
        let browser = town.site.browser();
        let (number, code) = (&town.number, town.code());
        // In force already, but not sealed yet.
        let page = browser.get(&format!("/v/{number}/{code}")).await;
        assert!(page.says(".verdict .big").contains("已签约"), "{}", page.text);
        assert!(page.text.contains("签章文件正在生成"));
        town.work(town.pades.clone()).await;

        let page = browser.get(&format!("/v/{number}/{code}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.says(".verdict .big").contains("已签约"));
        assert_eq!(
            page.count("details.more ol li"),
            6,
            "three signatures, two certificates each"
        );
        assert_eq!(page.header("cache-control"), "no-store");
        for secret in ["系统存档的文件未通过", "签章文件正在生成"] {
            assert!(!page.text.contains(secret), "{secret}");
        }
        // Names are masked: neither the student's nor the employer's stands there in full.
        let order: Order = serde_json::from_str(&town.seal().await.unwrap().ordered).unwrap();
        for act in &order.acts[..2] {
            assert!(!page.text.contains(&act.name), "{}", act.name);
        }
        assert!(!page.text.contains(&order.acts[0].organisation));

        let typed = browser
            .get(&format!("/v?number={number}&code={}", code.to_lowercase()))
            .await;
        assert!(typed.says(".verdict .big").contains("已签约"));

        let file = town.file().await;
        let kept = town.stored();
        let page = bring(&browser, file.clone()).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.says(".note.good").contains("与系统存档一致"),
            "{}",
            page.text
        );
        assert!(page.says(".verdict .big").contains("已签约"));
        let mut changed = file.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        let page = bring(&browser, changed).await;
        assert!(
            page.says(".verdict .big").contains("与系统存档不一致"),
            "{}",
            page.text
        );
        assert!(
            !page.text.contains(number.as_str()),
            "nothing of ours is said of a foreign file"
        );
        let page = bring(&browser, [&file[..], b"\n"].concat()).await;
        assert!(page.says(".verdict .big").contains("与系统存档不一致"));
        assert_eq!(town.stored(), kept, "nothing is kept of what is brought");

        let page = browser.get("/v/root.pem").await;
        assert!(page.text.starts_with("-----BEGIN CERTIFICATE-----"));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_code_answers_as_a_number_that_does_not_exist() {
    both(async |world| {
        let town = Town::open(world).await;
        let browser = town.site.browser();
        let said = async |number: &str, code: &str| {
            let page = browser.get(&format!("/v/{number}/{code}")).await;
            (page.status, page.says(".note.bad"))
        };
        let wrong = said(&town.number, "0000000000").await;
        assert_eq!(wrong.0, StatusCode::OK);
        assert_eq!(wrong, said("20261035930001234K", "0000000000").await);
        assert_eq!(wrong, said("nonsense", "0000000000").await);
        assert_eq!(wrong, said(&town.number, "x").await);
        // Ten misses are enough for a while, for the true code as well.
        for _ in 0..6 {
            said(&town.number, "0000000000").await;
        }
        let true_code = town.code();
        let page = browser.get(&format!("/v/{}/{true_code}", town.number)).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(
            bring(&browser, b"%PDF-1.7".to_vec()).await.status,
            StatusCode::TOO_MANY_REQUESTS
        );
        town.site.wait(601);
        let page = browser.get(&format!("/v/{}/{true_code}", town.number)).await;
        assert_eq!(page.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_document_is_refused_beside_the_field() {
    both(async |world| {
        let town = Town::open(world).await;
        let browser = town.site.browser();
        for (bytes, text) in [
            (Vec::new(), "空"),
            (b"hello".to_vec(), "PDF"),
            (vec![b'%'; 11 << 20], "10"),
        ] {
            let page = bring(&browser, bytes).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.says("#f-file").contains(text), "{}", page.says("#f-file"));
        }
        let hostile = format!("%PDF-1.7\n1 0 obj\n{}\nendobj\n", "[".repeat(500_000));
        let page = bring(&browser, hostile.into_bytes()).await;
        assert!(page.says(".verdict .big").contains("与系统存档不一致"));
    })
    .await;
}

#[tokio::test]
async fn a_seal_that_fails_is_visible_and_tried_again_without_end() {
    both(async |world| {
        let town = Town::open(world).await;
        let moody = Moody::new(town.pades.clone(), 20, false);
        town.work(moody.clone()).await;
        let first = town.seal().await.unwrap();
        assert_eq!((first.failures, first.file_id), (1, None));
        assert_eq!(
            first.error.as_deref(),
            Some("seal: the authority does not answer")
        );
        // More often than any other job is tried, and never more than a quarter of an hour apart.
        for _ in 0..20 {
            town.site.wait(15 * 60 + 1);
            town.work(moody.clone()).await;
        }
        let done = town.seal().await.unwrap();
        assert!(done.file_id.is_some() && done.error.is_none(), "{done:?}");
        assert_eq!(done.failures, 20);
        assert_eq!(
            done.prepared_sha256, first.prepared_sha256,
            "what is signed stays as it was"
        );
        let page = town
            .site
            .browser()
            .get(&format!("/v/{}/{}", town.number, town.code()))
            .await;
        assert!(page.says(".verdict .big").contains("已签约"));
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_dies_between_the_steps_leaves_one_seal() {
    both(async |world| {
        let town = Town::open(world).await;
        let moody = Moody::new(town.pades.clone(), 1, true);
        town.work(moody.clone()).await;
        assert_eq!(town.seal().await.unwrap().file_id, None);
        town.site.wait(60 * 60);
        // Two at once, then one more: it is asked for again, and signed once.
        tokio::join!(town.work(moody.clone()), town.work(moody.clone()));
        let file = town.file().await;
        let (school, id, env) = (town.school, town.id, town.site.world.env.clone());
        let again = town.site.world.store.write(move |c| {
            let env = env.clone();
            Box::pin(async move { outbox::seal(c, school, id, &env).await })
        });
        again.await.unwrap();
        town.work(moody.clone()).await;
        assert_eq!(town.file().await, file);
        let read =
            town.site.world.store.read(move |c| {
                Box::pin(async move { documents::get(c, school, id, documents::SEALED).await })
            });
        assert_eq!(
            read.await.unwrap().unwrap().file_id,
            town.seal().await.unwrap().file_id
        );
    })
    .await;
}

/// A reader that does this with every file.
fn reader(script: &str) -> Outside {
    Outside {
        command: ["sh", "-c", script].map(OsString::from).to_vec(),
        patience: Duration::from_secs(1),
    }
}

/// No place, and little patience.
fn full() -> Room {
    Room::new(0, Duration::from_millis(20))
}

#[tokio::test]
async fn a_file_that_breaks_its_reader_gets_a_verdict_and_ours_never_meets_it() {
    both(async |world| {
        // Whatever is not ours keeps this reader for ever.
        let town = Town::with(world, |config| {
            config.readers.reader = Some(reader("exec sleep 30"))
        })
        .await;
        town.work(town.pades.clone()).await;
        let browser = town.site.browser();
        let page = bring(&browser, b"%PDF-1.7 something".to_vec()).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.says(".verdict .big").contains("无法在限度内检查"),
            "{}",
            page.text
        );
        let page = bring(&browser, town.file().await).await;
        assert!(
            page.says(".note.good").contains("与系统存档一致"),
            "{}",
            page.text
        );
    })
    .await;
}

#[tokio::test]
async fn who_finds_no_place_is_told_to_come_again_and_strangers_do_not_keep_ours_out() {
    both(async |world| {
        let town = Town::with(world, |config| config.readers.rooms.strangers = full()).await;
        town.work(town.pades.clone()).await;
        let browser = town.site.browser();
        for _ in 0..12 {
            let page = bring(&browser, b"%PDF-1.7 something".to_vec()).await;
            assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "no miss is counted");
            assert_eq!(page.header("retry-after"), "15");
            assert!(
                page.says("#f-file").contains("重新选择文件"),
                "{}",
                page.says("#f-file")
            );
        }
        let page = bring(&browser, town.file().await).await;
        assert!(
            page.says(".note.good").contains("与系统存档一致"),
            "{}",
            page.text
        );
    })
    .await;
}

#[tokio::test]
async fn a_full_archive_or_a_full_porch_says_so() {
    both(async |world| {
        let town = Town::with(world, |config| {
            config.readers.rooms.archive = full();
            config.readers.rooms.porch = full();
        })
        .await;
        town.work(town.pades.clone()).await;
        let browser = town.site.browser();
        let page = browser.get(&format!("/v/{}/{}", town.number, town.code())).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(page.header("retry-after"), "15");
        assert!(
            page.text.contains("请过半分钟再试") && !page.text.contains("文件，需要"),
            "who scanned a code has chosen no file: {}",
            page.text
        );
        let page = bring(&browser, b"%PDF-1.7 something".to_vec()).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(page.header("retry-after"), "15");
        assert!(page.text.contains("需要重新选择"), "{}", page.text);
    })
    .await;
}

#[tokio::test]
async fn a_reader_that_cannot_be_started_is_not_called_busy() {
    let town = Town::with(World::sqlite().await, |config| {
        config.readers.reader = Some(Outside {
            command: vec!["/nowhere/at/all".into()],
            patience: Duration::from_secs(1),
        });
    })
    .await;
    let page = bring(&town.site.browser(), b"%PDF-1.7 something".to_vec()).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    let said = page.says("#f-file");
    assert!(!said.contains("较多") && !said.is_empty(), "{said}");
}

#[tokio::test]
async fn the_limit_of_questions_is_asked_before_the_file_is_read() {
    both(async |world| {
        let town = Town::open(world).await;
        let browser = town.site.browser();
        let bare = async || {
            let form = Form::new().text("csrf", "none");
            sent(browser.request(Method::POST, "/v").multipart(form))
                .await
                .status
        };
        for _ in 0..60 {
            assert_eq!(
                bare().await,
                StatusCode::FORBIDDEN,
                "read, and its token found wrong"
            );
        }
        assert_eq!(bare().await, StatusCode::TOO_MANY_REQUESTS, "not read");
        town.site.wait(601);
        assert_eq!(bare().await, StatusCode::FORBIDDEN);
    })
    .await;
}

/// Every rendition of the town's agreement that there is.
async fn renditions(town: &Town) -> Vec<&'static str> {
    let (school, id) = (town.school, town.id);
    let mut found = Vec::new();
    for name in [documents::PREVIEW, documents::FINAL, documents::SEALED] {
        let read = town
            .site
            .world
            .store
            .read(move |c| Box::pin(documents::get(c, school, id, name)));
        found.extend(read.await.unwrap().map(|_| name));
    }
    found
}

#[tokio::test]
async fn the_seal_that_counted_when_it_was_set_is_the_one_that_is_signed() {
    both(async |world| {
        let town = Town::open(world).await;
        let (school, store) = (town.school, &town.site.world.store);
        let by = town.site.cast.schools[0].staff.account;
        let put = async |side: u32| {
            let picture = picture(side);
            pictures::put(store, (school, Purpose::Seal), ("seal.png", &picture), by)
                .await
                .unwrap();
        };
        put(300).await;
        let moody = Moody::new(town.pades.clone(), 1, false);
        town.work(moody.clone()).await;
        let waiting = town.seal().await.unwrap();
        assert_eq!((waiting.failures, waiting.file_id), (1, None));
        let prepared = files::get(store, school, waiting.prepared_file_id.unwrap())
            .await
            .unwrap();
        assert_eq!(renditions(&town).await, [documents::FINAL]);
        // Another picture between the failure and the next try.
        put(200).await;
        town.site.wait(15 * 60 + 1);
        town.work(moody).await;
        let file = town.file().await;
        assert!(
            file.starts_with(&prepared.bytes),
            "nothing but signatures is added"
        );
        assert_eq!(sizes(&file), [300, 300]);
        assert_eq!(sizes(&prepared.bytes), [300, 300]);
        assert!(town.pades.judge(&file).is_ours);
    })
    .await;
}

/// A seal of so many pixels a side.
fn picture(side: u32) -> Vec<u8> {
    let ring = image::RgbImage::from_fn(side, side, |x, y| {
        let from = |at: u32| i64::from(at) - i64::from(side / 2);
        let round = (from(x).pow(2) + from(y).pow(2)) * 1000 / i64::from(side).pow(2);
        image::Rgb(if (160..240).contains(&round) {
            [200, 20, 30]
        } else {
            [255; 3]
        })
    });
    let mut bytes = Vec::new();
    ring.write_with_encoder(image::codecs::png::PngEncoder::new(&mut bytes))
        .unwrap();
    bytes
}

/// A PDF with its objects written out, as qpdf reads it, which finds nothing wrong with it.
fn opened(pdf: &[u8]) -> String {
    said_by("qpdf", &["--qdf", "--object-streams=disable"], pdf)
}

/// What a program says of a PDF.
fn said_by(program: &str, options: &[&str], pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("document.pdf");
    std::fs::write(&file, pdf).unwrap();
    let ran = std::process::Command::new(program)
        .args(options)
        .arg(&file)
        .arg("-")
        .output();
    let ran = ran.unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

/// Width and height of the first picture in a PDF, as poppler sees it.
fn sizes(pdf: &[u8]) -> Vec<u32> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sealed.pdf");
    std::fs::write(&file, pdf).unwrap();
    let ran = std::process::Command::new("pdfimages")
        .arg("-list")
        .arg(&file)
        .output();
    let said = String::from_utf8(ran.unwrap().stdout).unwrap();
    let line = said.lines().find(|line| line.contains(" image "));
    let line = line.unwrap_or_else(|| panic!("no picture: {said}"));
    let columns: Vec<&str> = line.split_whitespace().collect();
    columns[3..5].iter().map(|size| size.parse().unwrap()).collect()
}

#[tokio::test]
async fn what_is_sealed_is_kept_once_and_what_it_replaces_goes() {
    both(async |world| {
        let town = Town::open(world).await;
        let (school, id) = (town.school, town.id);
        let store = &town.site.world.store;
        let moody = Moody::new(town.pades.clone(), 1, false);
        town.work(moody.clone()).await;
        let waiting = town.seal().await.unwrap();
        let prepared = files::get(store, school, waiting.prepared_file_id.unwrap())
            .await
            .unwrap();
        let read = store.read(move |c| Box::pin(documents::finished(c, school, id)));
        let plain = read.await.unwrap().unwrap().file_id.unwrap();
        // Seals are seen in what is to be signed, and not in what is handed out without signatures.
        let shown = files::get(store, school, plain).await.unwrap().bytes;
        let places = |pdf| ["/AcroForm", "/Widget", "/Form"].map(|name| opened(pdf).matches(name).count());
        assert_eq!(places(&prepared.bytes), [1, 3, 3]);
        assert_eq!(places(&shown), [0, 0, 0]);
        let read = |pdf| said_by("pdftotext", &[], pdf);
        let sealed = |pdf| ["系统电子签章", "学校盖章"].map(|text| read(pdf).contains(text));
        assert_eq!(sealed(&prepared.bytes), [true, true]);
        assert_eq!(sealed(&shown), [false, true]);
        let before = town.stored();
        town.site.wait(15 * 60 + 1);
        town.work(moody).await;
        assert_eq!(renditions(&town).await, [documents::SEALED]);
        let sealed = town.seal().await.unwrap();
        assert_eq!(sealed.prepared_file_id, None);
        assert_eq!(town.file().await[..prepared.bytes.len()], prepared.bytes[..]);
        assert!(matches!(
            files::get(store, school, plain).await,
            Err(store::Error::NotFound)
        ));
        // An hour later their bytes are gone too: two files less, and one more.
        town.site.wait(60 * 60 + 1);
        assert_eq!(store::sweep::sweep(store).await.unwrap(), 2);
        assert_eq!(town.stored(), before - 1);
        let clean = store::verify::all(store).await.unwrap();
        assert_eq!(clean.breaches, []);
        // Asked for once more by a worker that was thought dead, nothing is made anew.
        let env = town.site.world.env.clone();
        let again = store.write(move |c| {
            let env = env.clone();
            Box::pin(async move {
                let agreement = agreements::load(c, school, id)
                    .await?
                    .ok_or(store::Error::NotFound)?;
                outbox::render(c, &agreement.agreement, documents::FINAL, &env).await
            })
        });
        again.await.unwrap();
        town.work(town.pades.clone()).await;
        assert_eq!(renditions(&town).await, [documents::SEALED]);
        // Another file in its place is found.
        let other = files::put(store, school, b"%PDF-1.7 other", "application/pdf")
            .await
            .unwrap();
        let changed = store.write(move |c| {
            Box::pin(async move {
                store::exec!(
                    c,
                    "UPDATE document SET file_id = $3 WHERE school_id = $1 AND agreement_id = $2",
                    school,
                    id,
                    other
                )
            })
        });
        changed.await.unwrap();
        let found = store::verify::all(store).await.unwrap();
        assert_eq!(found.breaches.len(), 1, "{:?}", found.breaches);
        assert_eq!(found.breaches[0].invariant, "sealed_document");
    })
    .await;
}
