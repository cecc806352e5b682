//! Typst with its world: the built-in fonts, one form with its parts, one data file, logo and seal; everything else is denied.

use domain::document::{Letter, RenderError, Sheet};
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::ecow::EcoVec;
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

macro_rules! font {
    ($file:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $file))
    };
}

/// The fonts that `build.rs` found, in the order in which the form prefers them.
static FONTS: [&[u8]; 4] = [
    font!("NotoSerifSC_400Regular.ttf"),
    font!("NotoSerifSC_700Bold.ttf"),
    font!("BabelStoneHan.ttf"),
    font!("HanaMinB.ttf"),
];

/// The font that documents are mostly set in, as a file.
pub fn letters() -> &'static [u8] {
    FONTS[0]
}

const AGREEMENT: &str = include_str!("../forms/agreement.typ");
const LETTER: &str = include_str!("../forms/letter.typ");
const STAMPS: &str = include_str!("../forms/stamps.typ");

/// The built-in forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The agreement.
    Agreement,
    /// The letter of termination.
    Letter,
}

/// Pictures that a form may show.
#[derive(Default)]
pub struct Pictures {
    /// At the head of the first page.
    pub logo: Option<Bytes>,
    /// In the school's place.
    pub seal: Option<Bytes>,
}

/// What a file says of itself.
pub struct Imprint {
    ident: String,
    dated: jiff::Timestamp,
}

impl From<&Sheet> for Imprint {
    fn from(sheet: &Sheet) -> Self {
        Self {
            ident: identity(sheet),
            dated: sheet.dated,
        }
    }
}

impl From<&Letter> for Imprint {
    fn from(letter: &Letter) -> Self {
        Self {
            ident: format!("letter/{}/{}", letter.number, letter.dated),
            dated: letter.dated,
        }
    }
}

/// China's offset from UTC in minutes; the date inside the file is local time.
const OFFSET_MINUTES: i32 = 8 * 60;

/// Fonts and forms, read once and shared by all threads.
pub struct Engine {
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    /// Of each code point whether one of the fonts has it: their own lists are gone through from the beginning.
    covered: Vec<bool>,
    /// Their families, in order of preference.
    pub families: Vec<String>,
    library: LazyHash<Library>,
    agreement: Source,
    letter: Source,
    stamps: Source,
    data: FileId,
    logo: FileId,
    seal: FileId,
    standards: PdfStandards,
}

impl Engine {
    /// Reads the fonts (in place: they stay where the program file is mapped) and the form.
    pub fn new() -> Result<Self, RenderError> {
        let fonts: Vec<Font> = FONTS
            .iter()
            .flat_map(|file| Font::iter(Bytes::new(*file)))
            .collect();
        if fonts.len() != FONTS.len() {
            return Err(RenderError::Form("a built-in font cannot be read".into()));
        }
        let mut families: Vec<String> = fonts.iter().map(|font| font.info().family.clone()).collect();
        families.dedup();
        let standards = PdfStandards::new(&[PdfStandard::A_2b])
            .map_err(|error| RenderError::Form(error.message().to_string()))?;
        Ok(Self {
            covered: covered(&fonts),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            families,
            library: LazyHash::new(Library::builder().build()),
            agreement: Source::new(file("/agreement.typ")?, AGREEMENT.into()),
            letter: Source::new(file("/letter.typ")?, LETTER.into()),
            stamps: Source::new(file("/stamps.typ")?, STAMPS.into()),
            data: file("/data.json")?,
            logo: file("/logo.png")?,
            seal: file("/seal")?,
            standards,
        })
    }

    /// Whether a font has a glyph for `ch`.
    pub fn covers(&self, ch: char) -> bool {
        usize::try_from(u32::from(ch))
            .ok()
            .and_then(|at| self.covered.get(at))
            .is_some_and(|covered| *covered)
    }

    /// Sets a form with `data`, the content of its data file, and the pictures that it may show.
    pub fn set(
        &self,
        form: Form,
        data: &serde_json::Value,
        pictures: &Pictures,
    ) -> Result<PagedDocument, RenderError> {
        let bytes = serde_json::to_vec(data).map_err(|error| RenderError::Form(error.to_string()))?;
        let job = Job {
            engine: self,
            form: match form {
                Form::Agreement => &self.agreement,
                Form::Letter => &self.letter,
            },
            data: Bytes::new(bytes),
            pictures,
        };
        typst::compile::<PagedDocument>(&job)
            .output
            .map_err(|errors| failure(&errors))
    }

    /// Writes the file.
    pub fn export(&self, layout: &PagedDocument, imprint: Imprint) -> Result<Vec<u8>, RenderError> {
        let options = PdfOptions {
            ident: Smart::Custom(imprint.ident),
            creator: Smart::Custom(Some("Sanfang".into())),
            timestamp: Some(date(imprint.dated)?),
            standards: self.standards.clone(),
            ..PdfOptions::default()
        };
        typst_pdf::pdf(layout, &options).map_err(|errors| failure(&errors))
    }
}

/// Makes Typst forget, at the end of a document, what it computed for none of the latest ones. Labels and clauses are the
/// same in the next one; what is of this person goes.
pub struct Sweep;

/// So many documents later a result is forgotten that was not used again: two may be set at the same time.
const KEPT: usize = 2;

impl Drop for Sweep {
    fn drop(&mut self) {
        typst::comemo::evict(KEPT);
    }
}

/// One document's view of the world.
struct Job<'e> {
    engine: &'e Engine,
    form: &'e Source,
    data: Bytes,
    pictures: &'e Pictures,
}

impl World for Job<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.engine.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.engine.book
    }

    fn main(&self) -> FileId {
        self.form.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let parts = [self.form, &self.engine.stamps];
        let found = parts.into_iter().find(|part| part.id() == id);
        found.cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.engine.data {
            return Ok(self.data.clone());
        }
        let picture = match id {
            id if id == self.engine.logo => self.pictures.logo.clone(),
            id if id == self.engine.seal => self.pictures.seal.clone(),
            _ => None,
        };
        picture.ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.engine.fonts.get(index).cloned()
    }

    /// No clock: the same sheet gives the same bytes.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn covered(fonts: &[Font]) -> Vec<bool> {
    let mut covered = Vec::new();
    let all = fonts.iter().flat_map(|font| font.info().coverage.iter());
    for at in all.filter_map(|ch| usize::try_from(ch).ok()) {
        if at >= covered.len() {
            covered.resize(at + 1, false);
        }
        covered[at] = true;
    }
    covered
}

fn file(path: &str) -> Result<FileId, RenderError> {
    let path = VirtualPath::new(path).map_err(|_| RenderError::Form("a built-in path is wrong".into()))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// The first messages of the typesetter. They speak of the form's code; the data is never code.
fn failure(errors: &EcoVec<SourceDiagnostic>) -> RenderError {
    let messages: Vec<&str> = errors
        .iter()
        .take(3)
        .map(|error| error.message.as_str())
        .collect();
    RenderError::Form(messages.join("; "))
}

/// What the file's identifier is a hash of.
fn identity(sheet: &Sheet) -> String {
    let part = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        &part(&sheet.number),
        sheet.rendition.as_str(),
        &part(&sheet.content_hash),
    ]
    .join("/")
}

fn date(at: jiff::Timestamp) -> Result<Timestamp, RenderError> {
    let local = at.to_zoned(crate::form::zone()).datetime();
    let number = |value: i8| u8::try_from(value).map_err(|_| RenderError::Date);
    let datetime = Datetime::from_ymd_hms(
        local.year().into(),
        number(local.month())?,
        number(local.day())?,
        number(local.hour())?,
        number(local.minute())?,
        number(local.second())?,
    );
    datetime
        .and_then(|datetime| Timestamp::new_local(datetime, OFFSET_MINUTES))
        .ok_or(RenderError::Date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use typst::text::FontVariations;

    #[test]
    fn the_form_can_reach_nothing_but_its_data() {
        let engine = Engine::new().unwrap();
        let job = Job {
            engine: &engine,
            form: &engine.agreement,
            data: Bytes::new(b"{}".to_vec()),
            pictures: &Pictures::default(),
        };
        for path in ["/etc/hostname", "/main.typ", "/other.json", "/logo.png", "/seal"] {
            let id = file(path).unwrap();
            assert_eq!(job.source(id).err(), Some(FileError::AccessDenied));
            assert_eq!(job.file(id), Err(FileError::AccessDenied));
        }
        assert!(job.file(engine.data).is_ok());
        assert_eq!(job.today(None), None);
    }

    #[test]
    fn the_unified_ideographs_up_to_extension_f_are_complete() {
        let engine = Engine::new().unwrap();
        let blocks = [
            ('\u{3400}'..='\u{4DBF}'),
            ('\u{4E00}'..='\u{9FFF}'),
            ('\u{20000}'..='\u{2A6DF}'),
            ('\u{2A700}'..='\u{2B739}'),
            ('\u{2B740}'..='\u{2B81D}'),
            ('\u{2B820}'..='\u{2CEA1}'),
            ('\u{2CEB0}'..='\u{2EBE0}'),
        ];
        let missing: Vec<char> = blocks
            .into_iter()
            .flatten()
            .filter(|ch| !engine.covers(*ch))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn nothing_is_wider_than_it_is_taken_for() {
        let font = &Engine::new().unwrap().fonts[0];
        let size = typst::layout::Abs::pt(10.0);
        let font = font
            .clone()
            .instantiate(font.info().variant, size, &FontVariations::default());
        let face = font.ttf();
        for ch in ('!'..='~').chain(" 国〓。（　１".chars()) {
            let glyph = face.glyph_index(ch).unwrap();
            let advance = face.glyph_hor_advance(glyph).unwrap();
            let width = usize::from(advance) * 100 / usize::from(face.units_per_em());
            let taken = crate::glyphs::widest(&ch.to_string()).unwrap();
            assert!(width <= taken, "{ch:?}: {width} > {taken}");
        }
        // The form has this height for a line whose texts do not break.
        assert_eq!(face.capital_height(), Some(729));
        assert_eq!(face.units_per_em(), 1000);
    }

    #[test]
    fn the_fonts_are_in_their_order() {
        assert_eq!(
            Engine::new().unwrap().families,
            ["Noto Serif SC", "BabelStone Han", "HanaMinB"]
        );
    }
}
