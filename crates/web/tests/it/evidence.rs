//! 证据包: made of a real sealed agreement, downloaded by its parties, and checked by programs that are not ours.

use crate::site::Browser;
use crate::stamps::Authority;
use crate::verify::{SITE, Town};
use domain::sealing::{RevocationReason, Signed};
use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, StatusCode};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;
use store::evidence::readings;
use store::seals;
use store::testing::both;

/// Runs a program in a folder; whether it was content, and what it said.
fn run(folder: &Path, program: &str, words: &[&str]) -> (bool, String) {
    let ran = Command::new(program)
        .current_dir(folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .args(words)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let said = [ran.stdout, ran.stderr].concat();
    (ran.status.success(), String::from_utf8_lossy(&said).into_owned())
}

fn check(folder: &Path) -> (bool, String) {
    run(folder, "python3", &["check.py"])
}

type Members = BTreeMap<String, Vec<u8>>;

fn unpack(zip: &[u8]) -> Members {
    let mut zip = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut member = zip.by_index(at).unwrap();
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes).unwrap();
            (member.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn lay_out(members: &Members) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in members {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

async fn bundle(browser: &Browser, path: &str) -> Vec<u8> {
    let answer = browser.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    assert_eq!(answer.headers()["content-type"], "application/zip");
    let saved = answer.headers()["content-disposition"].to_str().unwrap();
    assert!(saved.starts_with("attachment"), "{saved}");
    answer.bytes().await.unwrap().to_vec()
}

/// All commands of a description.
fn commands(text: &str) -> String {
    let blocks = text.split("```sh\n").skip(1);
    let blocks: Vec<&str> = blocks.map(|block| block.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 7, "{text}");
    blocks.concat()
}

/// A member with one bit of it changed.
fn changed(members: &Members, name: &str, at: usize) -> Members {
    let mut other = members.clone();
    other.get_mut(name).unwrap()[at] ^= 1;
    other
}

/// The sums made to fit again, as somebody would who wants to deceive.
fn summed(mut members: Members) -> Members {
    members.remove("SHA256SUMS");
    let line = |(name, bytes): (&String, &Vec<u8>)| format!("{}  {name}\n", hex(&Sha256::digest(bytes)));
    let sums: String = members.iter().map(line).collect();
    members.insert("SHA256SUMS".into(), sums.into_bytes());
    members
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every byte counts: a member that was changed is noticed, and nearly every one also when the sums are made to fit.
fn tamper(members: &Members) {
    for name in members.keys() {
        let middle = members[name].len() / 2;
        let folder = lay_out(&changed(members, name, middle));
        let (good, said) = check(folder.path());
        assert!(!good, "{name} was changed and nobody noticed: {said}");
    }
    // Nothing else vouches for descriptions and the script itself; the record of the school's approval is vouched
    // for by the event alone.
    let unbound = [
        "HOW-TO-CHECK.md",
        "怎样核验.md",
        "check.py",
        "SHA256SUMS",
        "consents/school.json",
    ];
    for name in members.keys().filter(|name| !unbound.contains(&name.as_str())) {
        let at = members[name].len() / 3;
        let folder = lay_out(&summed(changed(members, name, at)));
        let (good, said) = check(folder.path());
        assert!(
            !good,
            "{name} was changed with its sum and nobody noticed: {said}"
        );
        assert!(!said.contains("SHA256SUMS is damaged"), "{said}");
    }
    let mut less = members.clone();
    less.remove("consents/student.json");
    assert!(!check(lay_out(&less).path()).0, "a record is missing");
}

#[tokio::test]
async fn a_party_gets_evidence_that_can_be_checked_without_us() {
    both(async |world| {
        let town = Town::open(world).await;
        let (cast, site) = (&town.site.cast, &town.site);
        let (campus, firm) = (&cast.schools[0], &cast.firms[0]);
        let student = site.signed_in(&campus.student_logins[0]).await;
        let (page, path) = (
            format!("/student/agreements/{}", town.id),
            format!("/student/agreements/{}/evidence.zip", town.id),
        );
        let reason = async |words: &str| {
            let shown = student.get(&page).await;
            assert!(shown.text.contains(words), "{words}: {}", shown.says("main"));
            assert!(!shown.has("a[href$='evidence.zip']"));
            assert_eq!(student.get(&path).await.to(), page, "there is none yet");
        };
        reason("签章文件正在生成").await;
        town.work(town.pades.clone()).await;
        reason("等待存证").await;
        town.tidy().await;
        assert!(student.get(&page).await.has("a[href$='evidence.zip']"));

        let zip = bundle(&student, &path).await;
        assert!(zip.len() < 400_000, "{} bytes", zip.len());
        let members = unpack(&zip);
        assert_eq!(members["agreement.pdf"], town.file().await);
        let folder = lay_out(&members);
        let (good, said) = check(folder.path());
        assert!(good && said.contains("全部通过"), "{said}");
        for name in ["HOW-TO-CHECK.md", "怎样核验.md"] {
            let text = String::from_utf8(members[name].clone()).unwrap();
            assert!(text.contains(&town.number) && !text.contains("{url}"), "{text}");
            let (good, said) = run(folder.path(), "bash", &["-euc", &commands(&text)]);
            assert!(good, "{name}: {said}");
            assert_eq!(said.matches("CMS Verification successful").count(), 3, "{said}");
        }
        // From where the other side acted is not given away.
        for (name, bytes) in &members {
            let text = String::from_utf8_lossy(bytes);
            assert!(!text.contains("127.0.0.1\""), "{name} names an address");
        }
        let tampered = members.clone();
        tokio::task::spawn_blocking(move || tamper(&tampered))
            .await
            .unwrap();

        // The other parties and staff get the same; somebody else gets nothing.
        let base = format!("/employer/{}/2027", campus.code);
        let employer = site.signed_in(&firm.login).await;
        let theirs = unpack(&bundle(&employer, &format!("{base}/agreements/{}/evidence.zip", town.id)).await);
        assert_eq!(theirs["consents/student.json"], members["consents/student.json"]);
        let staff = site.signed_in(&campus.staff).await;
        bundle(&staff, &format!("/school/agreements/{}/evidence.zip", town.id)).await;
        let stranger = site.signed_in(&cast.firms[1].login).await;
        let answer = stranger
            .get(&format!("{base}/agreements/{}/evidence.zip", town.id))
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        let (school, id) = (town.school, town.id);
        let read = site
            .world
            .store
            .read(move |c| Box::pin(async move { readings(c, school, id).await }));
        assert_eq!(read.await.unwrap(), 3, "every giving is written down");
        revoke(&town).await;
        let (good, said) = check(lay_out(&unpack(&bundle(&student, &path).await)).path());
        assert!(
            !good && said.contains("certificate of school was revoked"),
            "{said}"
        );
    })
    .await;
}

/// The certificate of one of the signatures is revoked, and lists of it are made; its number.
async fn revoked(town: &Town, signature: usize, at: Timestamp) -> Vec<u8> {
    let signed: Vec<Signed> = serde_json::from_str(&town.seal().await.unwrap().signatures.unwrap()).unwrap();
    let (school, serial) = (town.school, signed[signature].serial.clone());
    let wanted = serial.clone();
    let write = town.site.world.store.write(move |c| {
        let serial = wanted.clone();
        let why = (RevocationReason::KeyCompromise, at);
        Box::pin(async move { seals::revoke(c, school, &serial, why).await })
    });
    assert!(write.await.unwrap());
    town.tidy().await;
    serial
}

/// The school's seal is revoked: everybody who asks learns of it.
async fn revoke(town: &Town) {
    let browser = town.site.browser();
    let list = browser.get("/v/crl.pem").await;
    assert_eq!(list.status, StatusCode::OK);
    let serial = revoked(town, 2, town.site.world.env.now()).await;
    let renewed = browser.get("/v/crl.pem").await;
    assert_ne!(renewed.text, list.text);
    let lists = seal::read_revocations(renewed.text.as_bytes()).unwrap();
    assert_eq!(seal::revoked_in(&lists[0])[0].0, serial);
    let authorities = browser.get("/v/ca.pem").await.text;
    assert_eq!(seal::read_certificates(&authorities).unwrap().len(), 2);
    let code = seals::code(town.site.world.store.keys(), town.school, town.id).unwrap();
    let page = browser.get(&format!("/v/{}/{code}", town.number)).await;
    assert!(
        page.says(".note.bad").contains("签名证书已被吊销"),
        "{}",
        page.says("main")
    );
    // Which of the three signatures it is stands with it.
    assert_eq!(page.count(".rows .danger-t"), 1, "{}", page.says(".rows"));
    assert!(page.says(".rows li:nth-child(3)").contains("签名证书已被吊销"));
}

fn find(within: &[u8], wanted: &[u8]) -> Option<usize> {
    within.windows(wanted.len()).position(|window| window == wanted)
}

/// The members with one bit of the school's time-stamp changed wherever it stands: beside the signature, in it, in
/// the PDF, where no signature covers it. The sums fit.
fn restamped(members: &Members, at: usize) -> Members {
    let mut other = members.clone();
    let token = members["signatures/school.tst"].clone();
    let mut forged = token.clone();
    forged[at] ^= 1;
    for name in ["signatures/school.p7s", "agreement.pdf"] {
        let (old, new) = match name {
            "agreement.pdf" => (hex(&token).into_bytes(), hex(&forged).into_bytes()),
            _ => (token.clone(), forged.clone()),
        };
        let whole = other.get_mut(name).unwrap();
        let place = find(whole, &old).unwrap_or_else(|| panic!("no token in {name}"));
        whole[place..place + new.len()].copy_from_slice(&new);
    }
    other.insert("signatures/school.tst".into(), forged);
    summed(other)
}

/// What a time-stamp is for: nothing of it can be changed, left out or taken from elsewhere.
fn tamper_with_stamps(members: &Members) {
    let refused = |what: &str, members: &Members, why: &str| {
        let (good, said) = check(lay_out(members).path());
        assert!(!good && said.contains(why), "{what}: {said}");
    };
    let token = &members["signatures/school.tst"];
    let year = find(token, b"\x18\x0f20").unwrap() + 5;
    // The imprint stands behind the name of its algorithm and the head of a value of 32 bytes.
    let imprint = find(token, b"\x04\x20").unwrap() + 10;
    for (what, at) in [
        ("time", year),
        ("imprint", imprint),
        ("signature", token.len() - 5),
    ] {
        refused(what, &restamped(members, at), "time-stamp of school");
    }
    for party in ["employer", "student", "school"] {
        let name = format!("signatures/{party}.tst");
        for part in 1..8 {
            let at = members[&name].len() * part / 8;
            let forged = summed(changed(members, &name, at));
            refused(&name, &forged, "another time-stamp than in the PDF");
        }
        let mut less = members.clone();
        less.remove(&name);
        refused("left out", &summed(less), "is missing");
    }
    let mut other = members.clone();
    let root = members["certificates/root.pem"].clone();
    other.insert("certificates/time-stamp-roots.pem".into(), root);
    refused("another root", &summed(other), "time-stamp of employer");
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "the authority attests the real time, which this clock has to come near"
)]
async fn time_stamps_in_the_evidence_are_checked_too() {
    both(async |world| {
        let authority = Authority::open().await;
        let stamper = authority.stamper(&world.env);
        let town = Town::stamped(world, stamper).await;
        // The signatures claim to be an hour older than the authority says.
        let (real, hour) = (Timestamp::now(), SignedDuration::from_hours(1));
        town.site.world.clock.set(real - hour);
        town.work(town.pades.clone()).await;
        town.tidy().await;
        let login = &town.site.cast.schools[0].student_logins[0];
        let path = format!("/student/agreements/{}/evidence.zip", town.id);
        let packed = async || unpack(&bundle(&town.site.signed_in(login).await, &path).await);
        let members = packed().await;
        let folder = lay_out(&members);
        let (good, said) = check(folder.path());
        assert!(good, "{said}");
        assert_eq!(said.matches(": time-stamp 时间戳 ").count(), 3, "{said}");
        for name in ["HOW-TO-CHECK.md", "怎样核验.md"] {
            let text = String::from_utf8(members[name].clone()).unwrap();
            let (good, said) = run(folder.path(), "bash", &["-euc", &commands(&text)]);
            assert!(good, "{name}: {said}");
            assert_eq!(said.matches("Verification: OK").count(), 3, "{said}");
        }
        let tampered = members.clone();
        tokio::task::spawn_blocking(move || tamper_with_stamps(&tampered))
            .await
            .unwrap();

        // Revoked after the time-stamp: it stands. Before it, but after the time that it claims: it does not.
        town.site.world.clock.set(real + hour + hour);
        revoked(&town, 2, real + hour).await;
        let (good, said) = check(lay_out(&packed().await).path());
        assert!(good && said.contains("the time-stamp is older"), "{said}");
        revoked(&town, 0, real - hour / 2).await;
        let (good, said) = check(lay_out(&packed().await).path());
        assert!(
            !good && said.contains("certificate of employer was revoked"),
            "{said}"
        );
    })
    .await;
}

/// The addresses in a certificate that end so, as `openssl` reads it.
fn addresses(folder: &Path, certificate: &str, ending: &str) -> Vec<String> {
    let (good, text) = run(
        folder,
        "openssl",
        &["x509", "-in", certificate, "-noout", "-text"],
    );
    assert!(good, "{text}");
    let words = text.split_whitespace().filter_map(|word| word.split_once("URI:"));
    let found = words
        .map(|(_, uri)| uri.to_owned())
        .filter(|uri| uri.ends_with(ending));
    found.collect()
}

#[tokio::test]
async fn certificates_name_where_revocations_and_issuer_are_found() {
    both(async |world| {
        let town = Town::open(world).await;
        town.work(town.pades.clone()).await;
        town.tidy().await;
        let browser = town.site.browser();
        let student = town
            .site
            .signed_in(&town.site.cast.schools[0].student_logins[0])
            .await;
        let path = format!("/student/agreements/{}/evidence.zip", town.id);
        let folder = lay_out(&unpack(&bundle(&student, &path).await));
        let fetch = async |uri: &str, kind: &str| {
            let path = uri.strip_prefix(SITE).unwrap();
            let answer = browser.request(Method::GET, path).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK, "{uri}");
            assert_eq!(answer.headers()["content-type"], kind);
            answer.bytes().await.unwrap()
        };
        // Whoever has the root alone gets the rest from the addresses.
        let check = async |party: &str| {
            let certificate = format!("certificates/{party}.pem");
            let [list, issuer] =
                [".crl", ".cer"].map(|ending| addresses(folder.path(), &certificate, ending));
            assert_eq!((list.len(), issuer.len()), (1, 1), "{party}");
            let list = fetch(&list[0], "application/pkix-crl").await;
            let issuer = fetch(&issuer[0], "application/pkix-cert").await;
            std::fs::write(folder.path().join("list.crl"), list).unwrap();
            std::fs::write(folder.path().join("issuer.cer"), issuer).unwrap();
            let moment = town.site.world.env.now().as_second().to_string();
            let words = [
                "verify",
                "-crl_check",
                "-purpose",
                "any",
                "-attime",
                &moment,
                "-CAfile",
                "certificates/root.pem",
                "-untrusted",
                "issuer.cer",
                "-CRLfile",
                "list.crl",
                &certificate,
            ];
            run(folder.path(), "openssl", &words)
        };
        for party in ["employer", "student", "school"] {
            let (good, said) = check(party).await;
            assert!(good, "{party}: {said}");
        }
        revoked(&town, 1, town.site.world.env.now()).await;
        let (good, said) = check("student").await;
        assert!(!good && said.contains("certificate revoked"), "{said}");
        assert!(check("school").await.0);
        for path in ["/v/crl/00.crl", "/v/crl/", "/v/ca/00.cer", "/v/ca/x"] {
            let answer = browser.get(path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
    })
    .await;
}
