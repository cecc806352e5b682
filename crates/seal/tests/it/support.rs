//! A clock, randomness and a vault for tests; sealed documents.

use domain::document::{FieldRect, Signer};
use domain::ports::{Clock, Env, Random};
use domain::sealing::{Act, Order, Sealed, Sealer};
use jiff::Timestamp;
use seal::verify::{Options, Report, check};
use seal::{Authority, Certificate, Error, OwnSigners, Pades, Stamper, Vault};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use zeroize::Zeroizing;

struct Wall;

impl Clock for Wall {
    #[expect(clippy::disallowed_methods, reason = "other programs judge by the real time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Different bytes for every call; not secret, which no test needs.
struct Counter(AtomicU64);

impl Random for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        use sha2::Digest;
        for (at, chunk) in bytes.chunks_mut(32).enumerate() {
            let draw = self.0.fetch_add(1, Ordering::Relaxed);
            let hash = sha2::Sha256::digest([draw.to_be_bytes(), (at as u64).to_be_bytes()].concat());
            chunk.copy_from_slice(&hash[..chunk.len()]);
        }
    }
}

pub fn env() -> Env {
    env_from(1)
}

pub fn env_from(first: u64) -> Env {
    Env {
        clock: Arc::new(Wall),
        random: Arc::new(Counter(AtomicU64::new(first << 32))),
    }
}

pub fn env_at(at: Timestamp) -> Env {
    struct Fixed(Timestamp);
    impl Clock for Fixed {
        fn now(&self) -> Timestamp {
            self.0
        }
    }
    Env {
        clock: Arc::new(Fixed(at)),
        ..env_from(7)
    }
}

/// A vault in memory; a copy shares its content.
#[derive(Clone, Default)]
pub struct Memory {
    pub secrets: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    pub texts: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Vault for Memory {
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        Ok(self
            .secrets
            .lock()
            .unwrap()
            .get(name)
            .cloned()
            .map(Zeroizing::new))
    }

    fn create(&self, name: &str, secret: &[u8]) -> Result<bool, Error> {
        let mut secrets = self.secrets.lock().unwrap();
        let free = !secrets.contains_key(name);
        if free {
            secrets.insert(name.into(), secret.to_vec());
        }
        Ok(free)
    }

    fn replace(&self, name: &str, secret: &[u8]) -> Result<(), Error> {
        self.secrets.lock().unwrap().insert(name.into(), secret.to_vec());
        Ok(())
    }

    fn publish(&self, name: &str, text: &str) -> Result<(), Error> {
        self.texts.lock().unwrap().insert(name.into(), text.into());
        Ok(())
    }

    fn published(&self, name: &str) -> Result<Option<String>, Error> {
        Ok(self.texts.lock().unwrap().get(name).cloned())
    }
}

pub fn authority() -> Arc<Authority> {
    let authority = Authority::open(Box::new(Memory::default()), env()).unwrap();
    Arc::new(authority.at(Some("https://sanfang.example".into())))
}

pub fn sealer(authority: &Arc<Authority>, stamper: Option<Stamper>, env: Env) -> Pades {
    let signers = OwnSigners::new(authority.clone(), BTreeMap::new());
    Pades::new(Box::new(signers), stamper, env)
}

pub fn order() -> Order {
    let at: Timestamp = "2026-11-24T02:00:00Z".parse().unwrap();
    let act = |signer, name: &str, organisation: &str, mark: u8| Act {
        signer,
        name: name.into(),
        organisation: organisation.into(),
        consent: [mark; 32],
        at,
    };
    Order {
        school: 1,
        school_name: "青山大学".into(),
        acts: vec![
            act(Signer::Employer, "李思远", "北京云帆智造科技有限公司", 1),
            act(Signer::Student, "张晓雯", "青山大学", 2),
            act(Signer::School, "王老师", "青山大学", 3),
        ],
    }
}

/// A document prepared for its signatures.
pub fn prepared() -> &'static [u8] {
    static PREPARED: OnceLock<Vec<u8>> = OnceLock::new();
    PREPARED.get_or_init(|| {
        let places: Vec<FieldRect> = order()
            .acts
            .iter()
            .enumerate()
            .map(|(at, act)| FieldRect {
                signer: act.signer,
                page: 2,
                x0: 60.0 + 160.0 * at as f64,
                y0: 100.0,
                x1: 162.0 + 160.0 * at as f64,
                y1: 202.0,
            })
            .collect();
        let pages = ["page one", "page two"].map(|text| (text, 595.0, 842.0));
        let pictures = ["employer", "student", "school"].map(|text| (text, 102.0, 102.0));
        let pdf = super::paper::paper(&[&pages[..], &pictures[..]].concat());
        let prepared = sealer(&authority(), None, env()).prepare(&pdf, &places);
        prepared.unwrap()
    })
}

/// A sealed document without time-stamps, and the root it is judged by.
pub fn sealed() -> &'static (Sealed, Certificate) {
    static SEALED: OnceLock<(Sealed, Certificate)> = OnceLock::new();
    SEALED.get_or_init(|| {
        let authority = authority();
        let sealed = sealer(&authority, None, env())
            .seal(prepared(), &order())
            .unwrap();
        (sealed, authority.root().clone())
    })
}

pub fn options(root: &Certificate) -> Options {
    Options {
        roots: vec![root.clone()],
        now: env().now(),
        ..Options::default()
    }
}

pub fn judge(pdf: &[u8], root: &Certificate) -> Report {
    check(pdf, &options(root))
}

/// The folder where `bin/setup` keeps what tests need.
pub fn cache() -> PathBuf {
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    base.unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache"))
        .join("sanfang")
}
