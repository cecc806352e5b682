//! What somebody without our keys may do to a sealed file.

use crate::support::*;
use seal::verify::{Reason, Verdict, check, is_ours};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

fn ends(pdf: &[u8]) -> Vec<usize> {
    let marks = pdf
        .windows(6)
        .enumerate()
        .filter(|(_, window)| *window == b"%%EOF\n");
    marks.map(|(at, _)| at + 6).collect()
}

/// Where the digits of the signatures begin and end.
fn holes(pdf: &[u8]) -> Vec<(usize, usize)> {
    let marks = pdf
        .windows(11)
        .enumerate()
        .filter(|(_, window)| *window == b"/Contents <");
    marks
        .map(|(at, _)| {
            let open = at + 11;
            (
                open,
                open + pdf[open..].iter().position(|byte| *byte == b'>').unwrap(),
            )
        })
        .collect()
}

#[test]
fn a_sealed_document_is_ours() {
    let (sealed, root) = sealed();
    let report = judge(&sealed.pdf, root);
    assert!(report.ours && report.verdict == Verdict::Valid, "{report:#?}");
    let roles: Vec<_> = report
        .signatures
        .iter()
        .map(|signature| signature.role.unwrap().key())
        .collect();
    assert_eq!(roles, ["employer", "student", "school"]);
    let certifying: Vec<_> = report
        .signatures
        .iter()
        .map(|signature| signature.certifies)
        .collect();
    assert_eq!(certifying, [true, false, false]);
    assert!(sealed.pdf.len() < 200_000, "{} bytes", sealed.pdf.len());
}

/// What a byte may become: one bit turned, another one for each place; of a letter the other case; of a
/// digit of the last signature, which no other one covers, every bit of what it stands for.
fn changes(was: u8, at: usize, last: &Range<usize>) -> BTreeSet<u8> {
    let mut all = BTreeSet::from([was ^ 1 << (at % 8)]);
    if was.is_ascii_alphabetic() {
        all.insert(was ^ 0x20);
    }
    if let Some(digit) = char::from(was).to_digit(16).filter(|_| last.contains(&at)) {
        let digits = (0..4).filter_map(|bit| char::from_digit(digit ^ 1 << bit, 16));
        all.extend(digits.filter_map(|digit| u8::try_from(digit).ok()));
    }
    all
}

/// Every byte of a sealed file, one after another; none is left out. `is_ours` stops at the first fault,
/// which makes this affordable; that the full report never says otherwise is checked beside it.
#[test]
fn every_byte_that_is_changed_is_noticed() {
    let (sealed, root) = sealed();
    let options = options(root);
    is_ours(&sealed.pdf, &options).unwrap();
    let last = *holes(&sealed.pdf).last().unwrap();
    let last = last.0..last.1;
    let missed = Mutex::new(Vec::new());
    let (next, flips) = (AtomicUsize::new(0), AtomicUsize::new(0));
    // What panics inside the parser is caught by the verifier, and need not fill the screen.
    std::panic::set_hook(Box::new(|_| {}));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                let mut pdf = sealed.pdf.clone();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(&was) = sealed.pdf.get(at) else { return };
                    for now in changes(was, at, &last) {
                        pdf[at] = now;
                        let ours =
                            is_ours(&pdf, &options).is_ok() || at % 61 == 0 && check(&pdf, &options).ours;
                        if ours {
                            missed.lock().unwrap().push((at, was, now));
                        }
                        flips.fetch_add(1, Ordering::Relaxed);
                    }
                    pdf[at] = was;
                }
            });
        }
    });
    let _ = std::panic::take_hook();
    assert_eq!(missed.into_inner().unwrap(), []);
    assert!(flips.into_inner() >= sealed.pdf.len());
}

#[test]
fn a_file_cut_short_is_not_ours() {
    let (sealed, root) = sealed();
    let length = sealed.pdf.len();
    for cut in (0..length).step_by(977).chain(length.saturating_sub(40)..length) {
        assert!(!judge(&sealed.pdf[..cut], root).ours, "cut at {cut}");
    }
}

#[test]
fn a_file_cut_after_a_signature_lacks_a_party() {
    let (sealed, root) = sealed();
    let ends = ends(&sealed.pdf);
    let [.., first, second, _] = ends[..] else {
        panic!("{ends:?}")
    };
    for (cut, signed) in [(first, 1), (second, 2)] {
        let report = judge(&sealed.pdf[..cut], root);
        assert_eq!(report.signatures.len(), signed);
        assert_eq!(
            (report.ours, report.reason),
            (false, Some(Reason::PartiesMissing))
        );
    }
}

#[test]
fn what_is_appended_is_noticed() {
    let (sealed, root) = sealed();
    for tail in [&b" "[..], b"\n", b"%", b"\0", b"%%EOF\n"] {
        let report = judge(&[&sealed.pdf[..], tail].concat(), root);
        assert!(!report.ours && report.verdict != Verdict::Valid, "{tail:?}");
    }
}

#[test]
fn the_value_of_one_signature_is_not_that_of_another() {
    let (sealed, root) = sealed();
    let holes = holes(&sealed.pdf);
    assert_eq!(holes.len(), 3);
    for (a, b) in [(0, 1), (1, 2), (0, 2)] {
        let mut pdf = sealed.pdf.clone();
        let length = (holes[a].1 - holes[a].0).min(holes[b].1 - holes[b].0);
        for at in 0..length {
            pdf.swap(holes[a].0 + at, holes[b].0 + at);
        }
        let report = judge(&pdf, root);
        assert!(!report.ours, "{a} and {b}");
    }
}

/// The signatures of one document in another one.
#[test]
fn the_revisions_of_one_document_do_not_fit_another() {
    let authority = authority();
    let seal = |name: &str| {
        use domain::sealing::Sealer;
        let mut order = order();
        order.acts[1].name = name.into();
        sealer(&authority, None, env_from(5))
            .seal(prepared(), &order)
            .unwrap()
            .pdf
    };
    let (one, other) = (seal("张晓雯"), seal("李晓雯"));
    let (of_one, of_other) = (ends(&one), ends(&other));
    let last = of_one.len() - 2;
    let mixed = [&one[..of_one[last]], &other[of_other[last]..]].concat();
    assert!(judge(&one, authority.root()).ours);
    assert!(!judge(&mixed, authority.root()).ours);
}

#[test]
fn what_is_no_pdf_is_unreadable() {
    let root = &sealed().1;
    for bytes in [&b""[..], b"hello", b"<!doctype html>", &[0; 4096]] {
        let report = judge(bytes, root);
        assert_eq!(
            (report.verdict, report.reason),
            (Verdict::Unreadable, Some(Reason::NotPdf))
        );
    }
    assert_eq!(judge(b"%PDF-1.7\nnothing", root).reason, Some(Reason::Damaged));
    assert_eq!(judge(prepared(), root).reason, Some(Reason::NoSignature));
}

/// Made to take a parser down: nested without end, referring to themselves, larger than they are.
#[test]
fn hostile_structures_do_no_harm() {
    let root = &sealed().1;
    let deep = |open: &str, count: usize| format!("%PDF-1.7\n1 0 obj\n{}\nendobj\n", open.repeat(count));
    let tail = |body: &str| {
        let start = body.len();
        format!(
            "{body}xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<</Size 2/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
        )
    };
    let circle = "%PDF-1.7\n1 0 obj\n<</Type/Catalog/AcroForm 1 0 R/Fields[1 0 R]/Kids[1 0 R 1 0 R]/Pages 1 0 R>>\nendobj\n";
    let files = [
        tail(&deep("[", 1_000_000)),
        tail(&deep("<<", 500_000)),
        tail(&deep("<</A ", 200_000)),
        tail(&deep("(", 1_000_000)),
        tail(circle),
        "%PDF-1.7\nstartxref\n0\n%%EOF\n".to_owned(),
        "%PDF-1.7\nxref\n0 4294967295\ntrailer\n<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF\n".to_owned(),
    ];
    for file in files {
        let started = env().now();
        let report = judge(file.as_bytes(), root);
        assert_ne!(report.verdict, Verdict::Valid);
        assert!(
            env().now().duration_since(started).as_secs() < 20,
            "{:?}",
            &file[..40]
        );
    }
}
