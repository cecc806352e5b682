//! A school's own template, its logo and seal.

use super::Sample;
use super::frames::{ago, staff};
use domain::agreement::clause::{ClauseKind, Party};
use domain::agreement::template::{Source, problems, sample_terms, standard, standard_sources};
use web::i18n::Lang;
use web::views::document::Pdf;
use web::views::form::{Choice, Form};
use web::views::review::pictures::{self, Line, Picture};
use web::views::review::template::{self, Editor, InForce, Refused, VersionLine};
use web::views::review::template_paper::{self, Paper};

fn editor(sources: Vec<Source>) -> Editor {
    Editor {
        year: 0,
        years: vec![2027, 2026],
        in_force: InForce::default(),
        problems: problems(&sources),
        clauses: sources,
        version: 0,
        saved: None,
        refused: None,
        history: Vec::new(),
        standard: Vec::new(),
    }
}

/// A draft in which nearly everything is wrong.
fn broken() -> Editor {
    let mut sources = standard_sources();
    sources.remove(10);
    sources[1].body = "甲方拟聘用乙方从事“{岗们}”岗位的工作。\n工作地点为{工作地点。".into();
    sources[2].title = "第三条 报酬".into();
    sources[3].body = String::new();
    sources[4].kind = ClauseKind::Standard;
    sources[5].confirmed_by.clear();
    sources.push(Source {
        key: "own-1".into(),
        title: "争议解决".into(),
        body: "很长的条款。".repeat(520),
        kind: ClauseKind::Standard,
        confirmed_by: vec![Party::Student],
    });
    Editor {
        year: 2027,
        version: 7,
        saved: Some(("阿卜杜热合曼·吐尔逊江".into(), ago(2))),
        refused: Some(Refused::Must(1, "truth".into())),
        in_force: InForce {
            version: Some((0, 3)),
            set: Some(("赵生".into(), ago(90))),
        },
        history: vec![VersionLine {
            version: 3,
            by: "赵生".into(),
            at: ago(90),
            clauses: 13,
        }],
        standard: vec![Choice::new("electronic", "电子签署与送达")],
        ..editor(sources)
    }
}

fn picture(code: &'static str, name: Option<&str>) -> Picture {
    let line = |name: Option<&str>, hours| Line {
        name: name.map(Into::into),
        size: 48_000,
        by: "赵生".into(),
        at: ago(hours),
    };
    Picture {
        code,
        changes: name
            .map(|name| vec![line(Some(name), 3), line(None, 30)])
            .unwrap_or_default(),
        form: Form::default(),
    }
}

/// All of them.
pub fn pages(lang: Lang) -> Vec<Sample> {
    let frame = staff(lang);
    let paper = |pdf, is_broken| Paper {
        year: 2027,
        title: "预览模板草稿".into(),
        lead: "2027 届".into(),
        clauses: if is_broken {
            Vec::new()
        } else {
            standard().clauses(&sample_terms(2027))
        },
        pdf,
        is_broken,
    };
    let ready = Pdf::Ready {
        pages: 4,
        missing: String::new(),
    };
    let mut good = editor(standard_sources());
    good.version = 2;
    good.saved = Some(("赵生".into(), ago(1)));
    vec![
        ("h-template", template::page(&frame, &editor(standard_sources()))),
        ("h-template-draft", template::page(&frame, &good)),
        ("h-template-broken", template::page(&frame, &broken())),
        (
            "h-template-preview",
            template_paper::page(&frame, &paper(Some(ready), false)),
        ),
        (
            "h-template-preview-making",
            template_paper::page(&frame, &paper(Some(Pdf::Making), false)),
        ),
        (
            "h-template-preview-broken",
            template_paper::page(&frame, &paper(None, true)),
        ),
        ("h-pictures", {
            let logo = picture("logo", Some("江城理工大学校徽.png"));
            let mut seal = picture("seal", None);
            seal.form = Form::default().with_error("seal", "file_not_a_picture");
            pictures::page(&frame, &[logo, seal])
        }),
    ]
}
