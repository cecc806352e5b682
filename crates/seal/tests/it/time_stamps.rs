//! Time-stamps of a real authority: `openssl ts`, asked as over HTTP.

use crate::support::*;
use domain::sealing::{RevocationReason, Revoked, Sealer};
use jiff::SignedDuration;
use seal::verify::{Options, Reason, check, is_ours};
use seal::{Certificate, Error, Post, Stamper, read_certificates};
use std::path::{Path, PathBuf};
use std::process::Command;

/// An authority in a folder, with a root and a certificate for time-stamps.
struct Openssl {
    folder: tempfile::TempDir,
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let ran = Command::new("openssl")
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&ran.stderr)
    );
}

/// The arguments of `openssl req` for a key.
const RSA: &[&str] = &["-newkey", "rsa:2048"];
const EC: &[&str] = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];

impl Openssl {
    fn new(key: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = "[ tsa ]\ndefault_tsa = t\n[ t ]\nserial = serial\ncrypto_device = builtin\nsigner_digest = sha256\n\
            default_policy = 1.2.3.4.1\ndigests = sha256\naccuracy = secs:1\nordering = no\ntsa_name = no\n\
            ess_cert_id_chain = no\ness_cert_id_alg = sha256\n";
        let extensions = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n\
            extendedKeyUsage=critical,timeStamping\n";
        let at = folder.path();
        std::fs::write(at.join("tsa.cnf"), config).unwrap();
        std::fs::write(at.join("serial"), "01\n").unwrap();
        std::fs::write(at.join("ext.cnf"), extensions).unwrap();
        let run = |command: &str, key: &[&str], more: &str| {
            let words = command
                .split(' ')
                .chain(key.iter().copied())
                .chain(more.split(' '));
            openssl(at, &words.collect::<Vec<_>>());
        };
        let mut usage = vec![
            "-addext",
            "keyUsage=critical,keyCertSign,cRLSign",
            "-subj",
            "/CN=Stamp Root",
        ];
        usage.extend(key);
        run(
            "req -x509 -nodes",
            &usage,
            "-keyout root.key -out root.pem -days 30",
        );
        let mut named = vec!["-subj", "/CN=Stamp Authority"];
        named.extend(key);
        run("req -new -nodes", &named, "-keyout tsa.key -out tsa.csr");
        let authority = Self { folder };
        authority.certify();
        authority
    }

    /// Gives the authority a certificate, with the extensions that stand in its folder.
    fn certify(&self) {
        let command = "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 20 \
                       -extfile ext.cnf -out tsa.pem";
        openssl(
            self.folder.path(),
            &command.split_whitespace().collect::<Vec<_>>(),
        );
    }

    fn root(&self) -> Certificate {
        let pem = std::fs::read_to_string(self.folder.path().join("root.pem")).unwrap();
        read_certificates(&pem).unwrap().remove(0)
    }

    fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}

/// Answers at `good`; `dead` never answers, `lies` answers an older question.
struct Carrier {
    folder: PathBuf,
    asked: std::sync::Mutex<Vec<String>>,
    first: std::sync::Mutex<Option<Vec<u8>>>,
}

impl Post for Carrier {
    fn post(&self, url: &str, request: &[u8]) -> Result<Vec<u8>, Error> {
        self.asked.lock().unwrap().push(url.into());
        if url == "dead" {
            return Err(Error::TimeStamp("dead: no answer".into()));
        }
        if url == "lies"
            && let Some(answer) = &*self.first.lock().unwrap()
        {
            return Ok(answer.clone());
        }
        std::fs::write(self.folder.join("request.tsq"), request).unwrap();
        openssl(
            &self.folder,
            &[
                "ts",
                "-reply",
                "-config",
                "tsa.cnf",
                "-queryfile",
                "request.tsq",
                "-signer",
                "tsa.pem",
                "-inkey",
                "tsa.key",
                "-chain",
                "root.pem",
                "-out",
                "answer.tsr",
            ],
        );
        let answer = std::fs::read(self.folder.join("answer.tsr")).unwrap();
        self.first.lock().unwrap().get_or_insert_with(|| answer.clone());
        Ok(answer)
    }
}

fn stamper(authority: &Openssl, urls: &[&str], roots: Vec<Certificate>) -> Stamper {
    let carrier = Carrier {
        folder: authority.path(),
        asked: Default::default(),
        first: Default::default(),
    };
    let urls = urls.iter().map(|url| (*url).to_owned()).collect();
    Stamper::new(urls, roots, Box::new(carrier), env_from(11))
}

#[test]
fn every_signature_gets_a_time_stamp_that_is_checked() {
    // A quick key: its signature is checked for thousands of changes.
    let openssl = Openssl::new(EC);
    let ours = authority();
    let sealer = sealer(
        &ours,
        Some(stamper(&openssl, &["dead", "good"], vec![openssl.root()])),
        env_from(12),
    );
    let sealed = sealer.seal(prepared(), &order()).unwrap();
    sealer.check(&sealed.pdf).unwrap();
    assert!(sealed.signatures.iter().all(|signed| signed.stamped_at.is_some()));
    let options = Options {
        roots: vec![ours.root().clone()],
        stamp_roots: vec![openssl.root()],
        now: env().now(),
        ..Options::default()
    };
    let report = check(&sealed.pdf, &options);
    assert!(report.ours, "{report:#?}");
    for signature in &report.signatures {
        let stamp = signature.time_stamp.as_ref().unwrap();
        assert!(
            stamp.trusted && stamp.authority.as_deref() == Some("Stamp Authority"),
            "{stamp:?}"
        );
    }
    let other = Options {
        roots: vec![ours.root().clone()],
        stamp_roots: vec![ours.root().clone()],
        now: env().now(),
        ..Options::default()
    };
    assert_eq!(check(&sealed.pdf, &other).reason, Some(Reason::TimeStampWrong));
    every_digit_of_the_last_value(&sealed.pdf, &options);
}

/// No later signature covers the last one's value, in which the token stands. (What fills it up behind the
/// token is the matter of another test.)
fn every_digit_of_the_last_value(pdf: &[u8], options: &Options) {
    let open = pdf
        .windows(11)
        .rposition(|window| window == b"/Contents <")
        .unwrap()
        + 11;
    let close = open + pdf[open..].iter().position(|byte| *byte == b'>').unwrap();
    let used = open + pdf[open..close].iter().rposition(|digit| *digit != b'0').unwrap();
    let middle = open.midpoint(used);
    std::thread::scope(|scope| {
        for part in [open..middle, middle..used + 1] {
            scope.spawn(|| {
                let mut changed = pdf.to_vec();
                for at in part {
                    let was = changed[at];
                    // Another digit: one bit of what it stands for is turned.
                    let digit = char::from(was).to_digit(16).unwrap() ^ 1 << (at % 4);
                    changed[at] = u8::try_from(char::from_digit(digit, 16).unwrap()).unwrap();
                    assert!(
                        is_ours(&changed, options).is_err(),
                        "byte {} of the value",
                        (at - open) / 2
                    );
                    changed[at] = was;
                }
            });
        }
    });
}

#[test]
fn a_token_has_the_room_that_it_needs() {
    let openssl = Openssl::new(EC);
    let ours = authority();
    let sealer = sealer(
        &ours,
        Some(stamper(&openssl, &["good"], vec![openssl.root()])),
        env_from(14),
    );
    let first = sealer.seal(prepared(), &order()).unwrap();
    let second = sealer.seal(prepared(), &order()).unwrap();
    // The first signature of all had room for any token, in two digits a byte.
    let saved = first.pdf.len() - second.pdf.len();
    assert!((18_000..24_000).contains(&saved), "{saved}");
    sealer.check(&second.pdf).unwrap();
    // The authority gets a certificate that is longer than any room: it fails once.
    let folder = openssl.path();
    let mut extensions = std::fs::read_to_string(folder.join("ext.cnf")).unwrap();
    extensions += &format!("nsComment={}\n", "long ".repeat(3000));
    std::fs::write(folder.join("ext.cnf"), extensions).unwrap();
    openssl.certify();
    let error = sealer.seal(prepared(), &order()).unwrap_err();
    assert!(error.to_string().contains("more room"), "{error}");
    let long = sealer.seal(prepared(), &order()).unwrap();
    sealer.check(&long.pdf).unwrap();
    assert!(long.pdf.len() > second.pdf.len() + 3 * 2 * 15_000);
}

#[test]
fn others_accept_the_time_stamps() {
    let openssl = Openssl::new(RSA);
    let ours = authority();
    let stamper = stamper(&openssl, &["good"], vec![openssl.root()]);
    let sealed = sealer(&ours, Some(stamper), env_from(13))
        .seal(prepared(), &order())
        .unwrap();
    let (pdf, root) = (openssl.path().join("sealed.pdf"), openssl.path().join("ours.pem"));
    std::fs::write(&pdf, &sealed.pdf).unwrap();
    std::fs::write(&root, seal::to_pem(ours.root()).unwrap()).unwrap();
    let judged = crate::judges::pyhanko(&[&root, &openssl.path().join("root.pem")], &[pdf]);
    for found in &judged[0].signatures {
        assert!(found.valid && found.timestamp, "{judged:#?}");
    }
}

#[test]
fn a_time_stamp_shows_that_a_signature_is_older_than_the_revocation() {
    let openssl = Openssl::new(EC);
    let ours = authority();
    let stamper = stamper(&openssl, &["good"], vec![openssl.root()]);
    let sealed = sealer(&ours, Some(stamper), env_from(17))
        .seal(prepared(), &order())
        .unwrap();
    let judged = |hours: i64, stamp_roots: Vec<Certificate>| {
        let gone = Revoked {
            serial: sealed.signatures[1].serial.clone(),
            at: env().now() + SignedDuration::from_hours(hours),
            reason: RevocationReason::KeyCompromise,
        };
        let options = Options {
            roots: vec![ours.root().clone()],
            stamp_roots,
            revoked: ours.revocations(&[gone]).unwrap(),
            now: env().now(),
        };
        check(&sealed.pdf, &options).reason
    };
    assert_eq!(judged(1, vec![openssl.root()]), None);
    assert_eq!(judged(-1, vec![openssl.root()]), Some(Reason::Revoked));
    // A time-stamp that nobody trusts shows nothing.
    assert_eq!(judged(1, Vec::new()), Some(Reason::Revoked));
}

#[test]
fn no_clock_of_ours_takes_the_place_of_a_time_stamp() {
    let openssl = Openssl::new(RSA);
    let ours = authority();
    let dead = stamper(&openssl, &["dead", "dead"], Vec::new());
    let error = sealer(&ours, Some(dead), env_from(14))
        .seal(prepared(), &order())
        .unwrap_err();
    assert!(error.to_string().contains("no answer"), "{error}");
    // The second signature gets the answer to the question of the first one.
    let lies = stamper(&openssl, &["lies"], Vec::new());
    let error = sealer(&ours, Some(lies), env_from(15))
        .seal(prepared(), &order())
        .unwrap_err();
    assert!(error.to_string().contains("time_stamp_wrong"), "{error}");
    let stranger = stamper(&openssl, &["good"], vec![ours.root().clone()]);
    let error = sealer(&ours, Some(stranger), env_from(16))
        .seal(prepared(), &order())
        .unwrap_err();
    assert!(error.to_string().contains("not trusted"), "{error}");
}
