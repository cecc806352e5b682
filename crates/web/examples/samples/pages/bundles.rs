//! Many documents as one file: asked for, in the making, there, failed.

use super::Sample;
use super::frames::{ago, ahead, employer, staff};
use uuid::Uuid;
use web::i18n::Lang;
use web::views::bundles::{Ask, BundleLine, Bundles, page};

fn line(lang: Lang, n: u128, status: &str, done: u64) -> BundleLine {
    BundleLine {
        id: Uuid::from_u128(n),
        title: web::i18n::tk(lang, "queue_tab", "effective").into_owned(),
        form: if n.is_multiple_of(2) { "pdf" } else { "zip" }.into(),
        status: status.into(),
        is_tried_again: false,
        total: 2_000,
        done,
        skipped: 0,
        missing: Vec::new(),
        size: 262_144_000,
        asked: ago(2),
        until: ahead(166),
    }
}

/// All of them.
pub fn pages(lang: Lang) -> Vec<Sample> {
    let missing = |student: &str, number: Option<&str>, why: &str| {
        (student.to_owned(), number.map(str::to_owned), why.to_owned())
    };
    let partly = BundleLine {
        skipped: 2,
        missing: vec![
            missing("阿卜杜热合曼·吐尔逊江", None, "not_final"),
            missing("龘𬭎𠮷", Some("20271035930003198K"), "not_made"),
        ],
        ..line(lang, 3, "done", 2_000)
    };
    let again = BundleLine {
        is_tried_again: true,
        ..line(lang, 2, "waiting", 0)
    };
    let ask = |count| Ask {
        title: web::i18n::tk(lang, "queue_tab", "effective").into_owned(),
        count,
        action: "/school/bundles?state=effective".into(),
    };
    let view = |ask, too_many, lines| Bundles { ask, too_many, lines };
    let all = vec![
        line(lang, 1, "running", 640),
        again,
        partly,
        line(lang, 4, "failed", 12),
    ];
    vec![
        ("h-bundles", page(&staff(lang), &view(None, false, all))),
        (
            "h-bundles-ask",
            page(
                &staff(lang),
                &view(Some(ask(5_400)), true, vec![line(lang, 1, "waiting", 0)]),
            ),
        ),
        (
            "e-bundles-empty",
            page(&employer(lang), &view(Some(ask(0)), false, Vec::new())),
        ),
    ]
}
