//! Files: the field to choose one, and those that are there.

use super::frame::Frame;
use super::icon::{Icon, icon};
use super::links;
use crate::i18n::Lang;
use crate::tr;
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

/// The field to choose a paper: a PDF or a picture.
pub fn input(lang: Lang, name: &str, id: &str) -> Markup {
    html! {
        input.in.file type="file" id=(id) name=(name) accept="application/pdf,image/jpeg,image/png,.pdf,.jpg,.jpeg,.png"
            aria-describedby={ (id) "-k" } data-file;
        span.hint id={ (id) "-k" } { (tr!(lang, "upload.kinds")) }
    }
}
