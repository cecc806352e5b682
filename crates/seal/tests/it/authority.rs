use crate::support::*;
use domain::document::Signer as Role;
use domain::sealing::{RevocationReason, Sealer};
use jiff::{SignedDuration, Timestamp};
use seal::verify::{Options, Reason, Verdict, check};
use seal::{Authority, Certificate, LocalSigner, OwnSigners, Pades, Revoked, Signer, to_pem};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// For how many days a certificate counts.
fn lasts(certificate: &Certificate) -> i64 {
    let validity = certificate.tbs_certificate().validity();
    let seconds = |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap();
    (seconds(validity.not_after) - seconds(validity.not_before)) / 86_400
}

/// For how many days its key may sign.
fn signs(certificate: &Certificate) -> u64 {
    let period = certificate
        .tbs_certificate()
        .get_extension::<x509_cert::ext::pkix::PrivateKeyUsagePeriod>();
    let (_, period) = period.unwrap().unwrap();
    let seconds = |time: Option<der::asn1::GeneralizedTime>| time.unwrap().to_unix_duration().as_secs();
    (seconds(period.not_after) - seconds(period.not_before)) / 86_400
}

#[test]
fn an_authority_is_made_once_and_says_that_it_is_self_made() {
    let vault = Memory::default();
    let first = Authority::open(Box::new(vault.clone()), env()).unwrap();
    let again = Authority::open(Box::new(vault.clone()), env_from(9)).unwrap();
    assert_eq!(first.root(), again.root());
    assert_eq!(first.issuing(), again.issuing());
    let subject = first.root().tbs_certificate().subject().to_string();
    assert!(
        subject.contains("自建") && subject.contains("self-made"),
        "{subject}"
    );
    assert_eq!(lasts(first.root()), 3653);
}

#[test]
fn the_key_of_the_root_may_be_taken_away() {
    let vault = Memory::default();
    let root = Authority::open(Box::new(vault.clone()), env())
        .unwrap()
        .root()
        .clone();
    vault.secrets.lock().unwrap().remove("root/key").unwrap();
    let mut without = Authority::open(Box::new(vault), env_from(9)).unwrap();
    assert_eq!(without.root(), &root);
    without.for_act(&order().acts[0]).unwrap();
    let error = without.renew_issuing().unwrap_err().to_string();
    assert!(error.contains("the key of the root is not here"), "{error}");
}

#[test]
fn the_key_of_an_act_signs_for_a_day_and_its_certificate_names_the_consent() {
    let sealed = &sealed().0;
    let report = judge(&sealed.pdf, &sealed_root());
    let employer = &report.signatures[0];
    assert_eq!(employer.signer.as_deref(), Some("李思远"));
    assert_eq!(employer.organisation.as_deref(), Some("北京云帆智造科技有限公司"));
    assert_eq!(employer.role, Some(Role::Employer));
    assert_eq!(employer.consent, Some("01".repeat(32)));
    let certificate = seal::from_der(&sealed.signatures[0].certificate).unwrap();
    assert_eq!(signs(&certificate), 1);
    assert!(lasts(&certificate) > 3650, "others find it valid years later");
    let school = seal::from_der(&sealed.signatures[2].certificate).unwrap();
    assert_eq!(signs(&school), 730);
    let later = Options {
        roots: vec![sealed_root()],
        now: env().now() + SignedDuration::from_hours(24 * 3000),
        ..Options::default()
    };
    assert!(check(&sealed.pdf, &later).ours);
}

fn sealed_root() -> Certificate {
    sealed().1.clone()
}

#[test]
fn the_seal_of_a_school_is_kept_and_renewed_before_it_runs_out() {
    let vault = Memory::default();
    let serial = |signer: &LocalSigner| signer.certificate().tbs_certificate().serial_number().clone();
    let now: Timestamp = "2026-11-24T02:00:00Z".parse().unwrap();
    let open = |days: i64, vault: &Memory| {
        let at = now + SignedDuration::from_hours(24 * days);
        Authority::open(Box::new(vault.clone()), env_at(at)).unwrap()
    };
    let first = serial(&open(0, &vault).for_school(7, "青山大学").unwrap());
    assert_eq!(
        serial(&open(600, &vault).for_school(7, "青山大学").unwrap()),
        first
    );
    let renewed = serial(&open(700, &vault).for_school(7, "青山大学").unwrap());
    assert_ne!(renewed, first);
    assert_eq!(
        serial(&open(701, &vault).for_school(7, "青山大学").unwrap()),
        renewed
    );
}

#[test]
fn what_was_sealed_before_a_renewal_stays_good() {
    let mut authority = Authority::open(Box::new(Memory::default()), env()).unwrap();
    let root = authority.root().clone();
    let seal = |authority: Authority| {
        let authority = Arc::new(authority);
        let sealed = sealer(&authority, None, env_from(3))
            .seal(prepared(), &order())
            .unwrap();
        (sealed.pdf, Arc::into_inner(authority).unwrap())
    };
    let (before, back) = seal(authority);
    authority = back;
    authority.renew_issuing().unwrap();
    authority.renew_school(1, "青山大学").unwrap();
    let (after, _) = seal(authority);
    assert!(judge(&before, &root).ours && judge(&after, &root).ours);
}

/// A key that is used after its time signs nothing that counts, though its certificate lasts for years.
#[test]
fn a_key_must_not_sign_after_its_time() {
    let issued = env().now() - SignedDuration::from_hours(48);
    let authority = Arc::new(Authority::open(Box::new(Memory::default()), env_at(issued)).unwrap());
    let root = authority.root().clone();
    // The certificates are two days old when their keys sign.
    let sealed = sealer(&authority, None, env())
        .seal(prepared(), &order())
        .unwrap();
    let report = judge(&sealed.pdf, &root);
    assert_eq!(
        report.signatures[0].reason,
        Some(Reason::OutsideValidity),
        "{report:#?}"
    );
    assert!(!report.ours);
}

#[test]
fn statements_signed_before_a_renewal_stay_signed() {
    let vault = Memory::default();
    let mut authority = Authority::open(Box::new(vault.clone()), env()).unwrap();
    let old = authority.attest(b"a checkpoint").unwrap();
    authority.renew_issuing().unwrap();
    let new = authority.attest(b"a checkpoint").unwrap();
    let opened = Authority::open(Box::new(vault.clone()), env_from(9)).unwrap();
    assert_eq!(opened.all_issuing().unwrap().len(), 2);
    assert!(
        opened.attested(b"a checkpoint", &old).unwrap() && opened.attested(b"a checkpoint", &new).unwrap()
    );
    assert!(!opened.attested(b"another", &old).unwrap());
    // A certificate that somebody puts among those is of no use: the root did not sign it.
    let other = Authority::open(Box::new(Memory::default()), env_from(99)).unwrap();
    let forged = other.attest(b"a checkpoint").unwrap();
    let mut texts = vault.texts.lock().unwrap();
    texts
        .get_mut("issuing/issuing.pem")
        .unwrap()
        .push_str(&to_pem(other.issuing()).unwrap());
    drop(texts);
    assert!(!opened.attested(b"a checkpoint", &forged).unwrap());
}

fn serial_of(certificate: &Certificate) -> Vec<u8> {
    certificate.tbs_certificate().serial_number().as_bytes().to_vec()
}

fn gone(serial: Vec<u8>, at: Timestamp) -> Revoked {
    Revoked {
        serial,
        at,
        reason: RevocationReason::KeyCompromise,
    }
}

#[test]
fn a_revoked_certificate_no_longer_counts() {
    let authority = authority();
    let sealed = sealer(&authority, None, env_from(3))
        .seal(prepared(), &order())
        .unwrap();
    let school = seal::from_der(&sealed.signatures[2].certificate).unwrap();
    let revoked = |serial: Vec<u8>, at: Timestamp| {
        let lists = authority.revocations(&[gone(serial, at)]).unwrap();
        let options = Options {
            roots: vec![authority.root().clone()],
            revoked: lists,
            now: env().now(),
            ..Options::default()
        };
        check(&sealed.pdf, &options)
    };
    let before = env().now() - SignedDuration::from_hours(1);
    assert!(revoked(vec![0x42; 16], before).ours);
    // Without a time-stamp nobody knows that the signature is older.
    for at in [before, env().now() + SignedDuration::from_hours(1)] {
        let report = revoked(serial_of(&school), at);
        assert_eq!(
            (report.verdict, report.signatures[2].reason),
            (Verdict::Invalid, Some(Reason::Revoked))
        );
    }
}

#[test]
fn lists_are_published_once_numbered_and_renewed_before_they_run_out() {
    let vault = Memory::default();
    let start: Timestamp = "2026-11-23T01:00:00Z".parse().unwrap();
    let authority = |days: i64| {
        let now = start + SignedDuration::from_hours(24 * days);
        Authority::open(Box::new(vault.clone()), env_at(now)).unwrap()
    };
    let first = authority(0);
    assert!(first.published_revocations().unwrap().is_empty());
    assert!(first.publish_revoked(&[]).unwrap());
    assert!(!first.publish_revoked(&[]).unwrap(), "nothing new");
    let all = [gone(vec![0x42; 16], start)];
    assert!(first.publish_revoked(&all).unwrap());
    let text = || vault.texts.lock().unwrap()["issuing/revoked.pem"].clone();
    let list = text();
    assert!(!authority(2).publish_revoked(&all).unwrap(), "it counts for days");
    assert_eq!(text(), list);
    let late = authority(4);
    assert!(late.publish_revoked(&all).unwrap(), "it is about to run out");
    let lists = late.published_revocations().unwrap();
    assert_eq!(seal::revoked_in(&lists[0]), [(vec![0x42; 16], start)]);
    assert_eq!(
        seal::expires(&lists[0]),
        start + SignedDuration::from_hours(24 * 11)
    );
    let folder = tempfile::tempdir().unwrap();
    let (path, root) = (folder.path().join("crl.pem"), folder.path().join("ca.pem"));
    std::fs::write(&path, text()).unwrap();
    std::fs::write(&root, seal::to_pem(late.issuing()).unwrap()).unwrap();
    let openssl = std::process::Command::new("openssl")
        .args(["crl", "-noout", "-text", "-crlnumber", "-in"])
        .args([&path, Path::new("-CAfile"), &root])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&[openssl.stdout, openssl.stderr].concat()).into_owned();
    for words in ["verify OK", "Key Compromise", "4242424242424242"] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn what_an_earlier_issuing_authority_issued_can_be_revoked() {
    let mut authority = Authority::open(Box::new(Memory::default()), env()).unwrap();
    let act = authority.for_act(&order().acts[0]).unwrap();
    authority.renew_issuing().unwrap();
    let lists = authority
        .revocations(&[gone(serial_of(act.certificate()), env().now())])
        .unwrap();
    let issuers: Vec<_> = lists
        .iter()
        .map(|list| list.tbs_cert_list.issuer.clone())
        .collect();
    let wanted: Vec<_> = authority
        .all_issuing()
        .unwrap()
        .iter()
        .map(|certificate| certificate.tbs_certificate().subject().clone())
        .collect();
    assert_eq!(issuers, wanted);
    assert_eq!(issuers.len(), 2);
}

#[test]
fn a_server_that_was_running_when_the_issuing_authority_was_renewed_publishes_its_list_too() {
    let vault = Memory::default();
    let open = |first| Authority::open(Box::new(vault.clone()), env_from(first)).unwrap();
    let running = open(1);
    let _ = running.publish_revoked(&[]).unwrap();
    let mut beside = open(2);
    beside.renew_issuing().unwrap();
    assert!(running.publish_revoked(&[]).unwrap(), "a list is missing");
    assert!(!open(3).publish_revoked(&[]).unwrap(), "all are there");
    let wanted: Vec<_> = beside.all_issuing().unwrap();
    let lists = running.published_revocations().unwrap();
    assert_eq!(lists.len(), 2);
    for (list, issuer) in lists.iter().zip(&wanted) {
        assert_eq!(list.tbs_cert_list.issuer, *issuer.tbs_certificate().subject());
    }
}

#[test]
fn what_was_published_as_revoked_stays_revoked_whoever_publishes() {
    let authority = Authority::open(Box::new(Memory::default()), env()).unwrap();
    let now = env().now();
    let (first, second) = (gone(vec![0x42; 16], now), gone(vec![0x43; 16], now));
    assert!(authority.publish_revoked(std::slice::from_ref(&first)).unwrap());
    // Whoever read the rows before the first was revoked.
    assert!(!authority.publish_revoked(&[]).unwrap());
    assert!(authority.publish_revoked(&[second]).unwrap());
    let list = &authority.published_revocations().unwrap()[0];
    let mut serials: Vec<_> = seal::revoked_in(list)
        .into_iter()
        .map(|(serial, _)| serial)
        .collect();
    serials.sort();
    assert_eq!(serials, [vec![0x42; 16], vec![0x43; 16]]);
    let text = format!("{list:?}");
    assert_eq!(text.matches("2.5.29.21").count(), 2, "with its reason");
}

#[test]
fn another_authority_is_not_ours() {
    let other = Authority::open(Box::new(Memory::default()), env_from(99)).unwrap();
    let report = judge(&sealed().0.pdf, other.root());
    assert_eq!((report.ours, report.reason), (false, Some(Reason::Untrusted)));
    assert_eq!(
        check(
            &sealed().0.pdf,
            &Options {
                now: env().now(),
                ..Options::default()
            }
        )
        .reason,
        Some(Reason::NoRoot)
    );
}

/// A key and certificate from elsewhere, of either kind, as `openssl` writes them.
#[test]
fn a_school_may_seal_with_a_certificate_from_elsewhere() {
    for kind in ["rsa:2048", "ec"] {
        let folder = tempfile::tempdir().unwrap();
        let (key, pem) = (folder.path().join("key.pem"), folder.path().join("cert.pem"));
        let mut openssl = std::process::Command::new("openssl");
        openssl.args(["req", "-x509", "-nodes", "-days", "30", "-newkey", kind]);
        if kind == "ec" {
            openssl.args(["-pkeyopt", "ec_paramgen_curve:prime256v1"]);
        }
        openssl.args([
            "-subj",
            "/CN=School Seal",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ]);
        openssl.args(["-addext", "keyUsage=critical,digitalSignature,nonRepudiation"]);
        let made = openssl
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&pem)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let read = |path: &std::path::Path| std::fs::read_to_string(path).unwrap();
        let signer = LocalSigner::from_pem(&read(&key), &read(&pem)).unwrap();
        let pinned = signer.certificate().clone();
        let authority = authority();
        let other = authority.for_school(9, "他校").unwrap();
        let wrong = LocalSigner::from_pem(&read(&key), &to_pem(other.certificate()).unwrap());
        assert!(wrong.is_err(), "a key with the certificate of another");
        let given = BTreeMap::from([(1, Arc::new(signer))]);
        let signers = OwnSigners::new(authority.clone(), given);
        let sealed = Pades::new(Box::new(signers), None, env())
            .seal(prepared(), &order())
            .unwrap();
        assert_eq!(
            judge(&sealed.pdf, authority.root()).reason,
            Some(Reason::Untrusted)
        );
        let options = Options {
            roots: vec![authority.root().clone(), pinned],
            now: env().now() + SignedDuration::from_mins(1),
            ..Options::default()
        };
        let report = check(&sealed.pdf, &options);
        assert!(report.ours, "{kind}: {report:?}");
        assert_eq!(report.signatures[2].role, Some(Role::School));
    }
}
