//! The press: sets an agreement ([`domain::document::Sheet`]) in type and returns a PDF/A.
//!
//! Typst runs in this process, sees one built-in form (`forms/agreement.typ`) and one data file,
//! and nothing else of the machine. Sealing does not belong here.

mod engine;
mod form;
mod glyphs;
mod inspect;
mod letter;
mod qr;
mod stamps;

use domain::document::{Letter, RenderError, Rendered, Renderer, Sheet};
use domain::sealing::Stamp;
use engine::{Engine, Form, Imprint, Sweep};
use glyphs::Unprintable;
use serde_json::Value;
use std::sync::OnceLock;
use typst::foundations::Bytes;

/// The renderer. Cheap to make; fonts and form are read when the first sheet comes.
#[derive(Default)]
pub struct Press {
    engine: OnceLock<Result<Engine, RenderError>>,
}

/// How often a sheet is set anew because shaping lacked a glyph that the fonts' tables promised.
const ATTEMPTS: usize = 4;

impl Press {
    /// A press at rest.
    pub fn new() -> Self {
        Self::default()
    }

    fn engine(&self) -> Result<&Engine, RenderError> {
        self.engine
            .get_or_init(Engine::new)
            .as_ref()
            .map_err(Clone::clone)
    }
}

impl Renderer for Press {
    fn render(&self, sheet: &Sheet) -> Result<Rendered, RenderError> {
        let engine = self.engine()?;
        let filled = form::fill(sheet, &engine.families)?;
        let unprintable = Unprintable::of(&filled, engine);
        print(engine, sheet, &filled, unprintable)
    }

    fn letter(&self, letter: &Letter) -> Result<Rendered, RenderError> {
        let engine = self.engine()?;
        let filled = letter::fill(letter, &engine.families)?;
        let unprintable = Unprintable::of(&filled, engine);
        set(engine, (Form::Letter, letter.into(), None), &filled, unprintable)
    }

    fn stamps(&self, stamps: &[Stamp]) -> Result<Vec<u8>, RenderError> {
        let engine = self.engine()?;
        let _sweep = Sweep;
        let filled = stamps::fill(stamps, engine)?;
        let mut unprintable = Unprintable::of(&filled, engine);
        for _ in 0..ATTEMPTS {
            let layout = engine.set(Form::Stamps, &unprintable.replace(&filled), None)?;
            let pages = inspect::pages(&layout);
            let found: Vec<char> = pages.iter().flat_map(|page| page.tofu.iter().copied()).collect();
            if unprintable.add(&found) {
                continue;
            }
            if pages.len() != stamps.len() {
                return Err(RenderError::Form("a stamp does not fit its page".into()));
            }
            let dated = stamps
                .first()
                .map_or(jiff::Timestamp::UNIX_EPOCH, |stamp| stamp.at);
            return engine.export_pictures(&layout, dated);
        }
        Err(RenderError::Form("glyphs of a stamp are still missing".into()))
    }
}

/// Sets the filled form, anew as long as setting it shows more characters that cannot be printed.
fn print(
    engine: &Engine,
    sheet: &Sheet,
    filled: &Value,
    unprintable: Unprintable,
) -> Result<Rendered, RenderError> {
    let logo = sheet.logo.as_ref().map(|logo| Bytes::new(logo.0.clone()));
    set(engine, (Form::Agreement, sheet.into(), logo), filled, unprintable)
}

fn set(
    engine: &Engine,
    (form, imprint, logo): (Form, Imprint, Option<Bytes>),
    filled: &Value,
    mut unprintable: Unprintable,
) -> Result<Rendered, RenderError> {
    let _sweep = Sweep;
    for _ in 0..ATTEMPTS {
        let data = unprintable.replace(filled);
        let layout = engine.set(form, &data, logo.as_ref())?;
        let pages = inspect::pages(&layout);
        let found: Vec<char> = pages.iter().flat_map(|page| page.tofu.iter().copied()).collect();
        if unprintable.add(&found) {
            continue;
        }
        inspect::nothing_vanished(&data, &pages)?;
        return Ok(Rendered {
            missing_glyphs: unprintable.on(&pages),
            fields: match form {
                Form::Agreement => inspect::fields(&layout)?,
                Form::Letter | Form::Stamps => Vec::new(),
            },
            pages: pages.len(),
            pdf: engine.export(&layout, imprint)?,
        });
    }
    Err(RenderError::Form(
        "glyphs are still missing after every replacement".into(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::document::{
        EmployerPart, MissingGlyph, Opinions, Rendition, Row, SchoolPart, Section, StudentPart,
    };

    fn sheet() -> Sheet {
        Sheet {
            rendition: Rendition::Draft,
            number: None,
            graduation_year: 2027,
            employer: EmployerPart::default(),
            student: StudentPart::default(),
            school: SchoolPart::default(),
            logo: None,
            terms: vec![Section {
                title: "期限".into(),
                rows: vec![Row::text("试用期", Some("三个月"))],
            }],
            clauses: Vec::new(),
            supplementary: Vec::new(),
            opinions: Opinions::default(),
            verify_url: None,
            signing_method: None,
            content_hash: None,
            effective_at: None,
            dated: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn text_whose_font_is_not_there_is_an_error() {
        let engine = Engine::new().unwrap();
        let filled = form::fill(&sheet(), &["No Such Font".into()]).unwrap();
        let Err(RenderError::Vanished(places)) = print(&engine, &sheet(), &filled, Unprintable::none())
        else {
            panic!("typst dropped the text and nobody noticed");
        };
        assert!(
            places.contains(&"/terms/0/lines/0/0/value".to_string()),
            "{places:?}"
        );
    }

    #[test]
    fn a_glyph_missing_in_spite_of_the_tables_is_found_after_setting() {
        let engine = Engine::new().unwrap();
        let mut sheet = sheet();
        sheet.student.name = "张\u{323B0}".into();
        let filled = form::fill(&sheet, &engine.families).unwrap();
        // As if the tables had promised everything.
        let rendered = print(&engine, &sheet, &filled, Unprintable::none()).unwrap();
        assert_eq!(
            rendered.missing_glyphs,
            [MissingGlyph {
                ch: '\u{323B0}',
                page: 1
            }]
        );
    }
}
