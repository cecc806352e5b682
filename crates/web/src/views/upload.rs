//! Files: the field to choose one, and those that are there.

use super::frame::{Area, Frame};
use super::icon::{Icon, icon};
use super::links;
use crate::i18n::Lang;
use crate::tr;
use crate::upload::SHOWN;
use domain::ids::{AgreementId, UploadId};
use maud::{Markup, html};

/// A file as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// Which.
    pub id: UploadId,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its pages.
    pub pages: u32,
    /// What it is: `file_kind.*`.
    pub kind: String,
}

/// The size in words.
pub fn size(bytes: u64) -> String {
    if bytes < 1024 * 1024 {
        format!("{} KB", bytes.div_ceil(1024))
    } else {
        let tenths = bytes * 10 / (1024 * 1024);
        format!("{}.{} MB", tenths / 10, tenths % 10)
    }
}

/// Files of an agreement with the ways to them.
pub fn rows(frame: &Frame, agreement: AgreementId, files: &[FileRow]) -> Markup {
    let lang = frame.lang;
    html! {
        ul.files { @for file in files {
            li {
                (icon(Icon::FileText))
                span.grow { a href=(links::under(frame, agreement, &format!("files/{}", file.id))) { (file.name) }
                    span.sub { (crate::i18n::tk(lang, "file_kind", &file.kind)) " · " (size(file.size)) " · " (tr!(lang, "upload.pages", n = file.pages)) } }
                (icon(Icon::Download))
            }
        } }
    }
}

/// A file of an agreement with the way to it, and for staff with its pages as pictures.
pub fn shown(frame: &Frame, agreement: AgreementId, file: &FileRow) -> Markup {
    let what = crate::i18n::tk(frame.lang, "file_kind", &file.kind);
    let at = |page| links::under(frame, agreement, &format!("files/{}/pages/{page}", file.id));
    html! {
        (rows(frame, agreement, std::slice::from_ref(file)))
        // A phone saves and opens the file itself.
        @if !frame.is(Area::Student) { (sheets(frame.lang, &what, file.pages, at)) }
    }
}

/// The first pages of a file as pictures, each leading to itself in full size; `at` names where a page is. Where one
/// cannot be shown its words say what to do instead.
pub fn sheets(lang: Lang, what: &str, pages: u32, at: impl Fn(u32) -> String) -> Markup {
    html! {
        div.sheets { @for page in 1..=pages.min(SHOWN) {
            @let (at, alt) = (at(page), if pages == 1 { tr!(lang, "upload.sheet", what = what) } else { tr!(lang, "upload.sheet_of", what = what, n = page, of = pages) });
            a href=(at) { img src=(at) alt=(alt) loading="lazy"; }
        } }
        p.sm.t2 { (tr!(lang, "upload.enlarge")) @if pages > SHOWN { " " (tr!(lang, "upload.more_sheets", n = pages, shown = SHOWN)) } }
    }
}

/// The field to choose a paper: a PDF or a picture.
pub fn input(lang: Lang, name: &str, id: &str) -> Markup {
    html! {
        input.in.file type="file" id=(id) name=(name) accept="application/pdf,image/jpeg,image/png,.pdf,.jpg,.jpeg,.png"
            aria-describedby={ (id) "-k" } data-file;
        span.hint id={ (id) "-k" } { (tr!(lang, "upload.kinds")) }
    }
}
