//! The press: sets an agreement ([`domain::document::Sheet`]) in type and returns a PDF/A.
//!
//! Typst runs in this process, sees one built-in form (`forms/agreement.typ`) and one data file,
//! and nothing else of the machine. Sealing does not belong here.

mod engine;
mod form;
mod glyphs;
mod inspect;
mod letter;
mod pack;
mod picture;
mod qr;
mod stamps;

use domain::document::{Letter, RenderError, Rendered, Renderer, Sheet};
use domain::sealing::Stamp;
pub use engine::letters;
use engine::{Engine, Form, Imprint, Pictures, Sweep};
use glyphs::Unprintable;
use serde_json::Value;
use std::sync::OnceLock;
use typst::foundations::Bytes;

/// The renderer. Cheap to make; fonts and form are read when the first sheet comes.
#[derive(Default)]
pub struct Press {
    engine: OnceLock<Result<Engine, RenderError>>,
    seals: picture::Seals,
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
        let rendered = self.print(sheet, &[])?;
        Ok(Rendered {
            pdf: pack::pack(&rendered.pdf)?,
            ..rendered
        })
    }

    fn letter(&self, letter: &Letter) -> Result<Rendered, RenderError> {
        let engine = self.engine()?;
        let filled = letter::fill(letter, &engine.families)?;
        let unprintable = Unprintable::of(&filled, engine);
        let form = (Form::Letter, letter.into(), Pictures::default());
        let rendered = set(engine, form, &filled, unprintable)?;
        Ok(Rendered {
            pdf: pack::pack(&rendered.pdf)?,
            ..rendered
        })
    }

    fn to_sign(&self, sheet: &Sheet, stamps: &[Stamp]) -> Result<Rendered, RenderError> {
        self.print(sheet, stamps)
    }
}

impl Press {
    fn print(&self, sheet: &Sheet, stamps: &[Stamp]) -> Result<Rendered, RenderError> {
        let engine = self.engine()?;
        let filled = form::fill(sheet, stamps, &engine.families)?;
        let unprintable = Unprintable::of(&filled, engine);
        let seal = stamps.iter().find_map(|stamp| stamp.seal.as_ref());
        let pictures = Pictures {
            logo: sheet.logo.as_ref().map(|logo| Bytes::new(logo.0.clone())),
            seal: seal.map(|seal| self.seals.drawn(seal)).transpose()?,
        };
        set(
            engine,
            (Form::Agreement, sheet.into(), pictures),
            &filled,
            unprintable,
        )
    }
}

/// Sets the filled form, anew as long as setting it shows more characters that cannot be printed.
fn set(
    engine: &Engine,
    (form, imprint, pictures): (Form, Imprint, Pictures),
    filled: &Value,
    mut unprintable: Unprintable,
) -> Result<Rendered, RenderError> {
    let _sweep = Sweep;
    for _ in 0..ATTEMPTS {
        let mut data = unprintable.replace(filled);
        let layout = engine.set(form, &data, &pictures)?;
        let pages = inspect::pages(&layout);
        let found: Vec<char> = pages.iter().flat_map(|page| page.tofu.iter().copied()).collect();
        if unprintable.add(&found) {
            continue;
        }
        let stamps = data.as_object_mut().and_then(|fields| fields.remove("stamps"));
        let behind = stamps.as_ref().and_then(Value::as_array).map_or(0, Vec::len);
        let (own, stamped) = pages
            .split_at_checked(pages.len().saturating_sub(behind))
            .unwrap_or_default();
        inspect::nothing_vanished(&data, own)?;
        inspect::each_on_its_page(stamps.as_ref(), stamped)?;
        return Ok(Rendered {
            missing_glyphs: unprintable.on(own),
            fields: match form {
                Form::Agreement => inspect::fields(&layout)?,
                Form::Letter => Vec::new(),
            },
            pages: own.len(),
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
        let filled = form::fill(&sheet(), &[], &["No Such Font".into()]).unwrap();
        let form = (Form::Agreement, (&sheet()).into(), Pictures::default());
        let Err(RenderError::Vanished(places)) = set(&engine, form, &filled, Unprintable::none()) else {
            panic!("typst dropped the text and nobody noticed");
        };
        assert!(
            places.contains(&"/terms/0/lines/0/cells/0/value".to_string()),
            "{places:?}"
        );
    }

    #[test]
    fn a_glyph_missing_in_spite_of_the_tables_is_found_after_setting() {
        let engine = Engine::new().unwrap();
        let mut sheet = sheet();
        sheet.student.name = "张\u{323B0}".into();
        let filled = form::fill(&sheet, &[], &engine.families).unwrap();
        // As if the tables had promised everything.
        let form = (Form::Agreement, (&sheet).into(), Pictures::default());
        let rendered = set(&engine, form, &filled, Unprintable::none()).unwrap();
        assert_eq!(
            rendered.missing_glyphs,
            [MissingGlyph {
                ch: '\u{323B0}',
                page: 1
            }]
        );
    }
}
