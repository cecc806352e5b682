//! Reads the finished pages: what text stands on them, what is missing, where the seals belong.

use crate::glyphs::{each_text, is_ignorable};
use domain::document::{FieldRect, RenderError, Signer};
use serde_json::Value;
use typst::foundations::Label;
use typst::introspection::{Introspector, PagedPosition};
use typst::layout::{Frame, FrameItem};
use typst::utils::PicoStr;
use typst_layout::PagedDocument;

/// What is on one page.
#[derive(Default)]
pub struct Page {
    /// Its text in the order of setting, without white space and ignorable characters.
    pub text: String,
    /// Characters for which shaping found no glyph.
    pub tofu: Vec<char>,
}

/// The pages of `layout`.
pub fn pages(layout: &PagedDocument) -> Vec<Page> {
    layout
        .pages()
        .iter()
        .map(|page| {
            let mut seen = Page::default();
            read(&page.frame, &mut seen);
            seen
        })
        .collect()
}

fn read(frame: &Frame, page: &mut Page) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => read(&group.frame, page),
            FrameItem::Text(text) => {
                page.text.extend(text.text.chars().filter(|ch| is_seen(*ch)));
                for glyph in text.glyphs.iter().filter(|glyph| glyph.id == 0) {
                    page.tofu
                        .extend(blamed(text.text.get(glyph.range()).unwrap_or_default()));
                }
            }
            _ => {}
        }
    }
}

/// Which characters of a cluster without a glyph to replace: the marks of a letter with marks
/// (the letter alone would print), otherwise all.
fn blamed(cluster: &str) -> impl Iterator<Item = char> {
    let letters = usize::from(cluster.chars().filter(|ch| is_seen(*ch)).count() > 1);
    cluster.chars().filter(|ch| is_seen(*ch)).skip(letters)
}

fn is_seen(ch: char) -> bool {
    !ch.is_whitespace() && !is_ignorable(ch)
}

/// Every text of `data` must stand on the pages. Typst drops text silently when its style
/// names no font that is there.
pub fn nothing_vanished(data: &Value, pages: &[Page]) -> Result<(), RenderError> {
    let mut lost = Vec::new();
    each_text(data, &mut String::new(), &mut |path, text| {
        let text: String = text.chars().filter(|ch| is_seen(*ch)).collect();
        if !stands(&text, pages) {
            lost.push(path.to_string());
        }
    });
    if lost.is_empty() {
        Ok(())
    } else {
        Err(RenderError::Vanished(lost))
    }
}

/// Every text of each stamp must stand on that stamp's own page.
pub fn each_on_its_page(stamps: Option<&Value>, pages: &[Page]) -> Result<(), RenderError> {
    let stamps = stamps
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    if stamps.len() != pages.len() {
        return Err(RenderError::Form("a stamp does not fit its page".into()));
    }
    for (stamp, page) in stamps.iter().zip(pages) {
        nothing_vanished(stamp, std::slice::from_ref(page))?;
    }
    Ok(())
}

/// Whether `text` stands on the pages, in one piece or torn by page breaks (heads and feet come
/// between): its longest beginning on one page, the rest on the following ones.
fn stands(text: &str, pages: &[Page]) -> bool {
    if text.is_empty() {
        return true;
    }
    (0..pages.len()).any(|first| {
        let mut rest = text;
        for page in &pages[first..] {
            rest = &rest[longest_beginning(rest, &page.text)..];
            if rest.is_empty() {
                return true;
            }
            if rest.len() == text.len() {
                return false;
            }
        }
        false
    })
}

/// The length in bytes of the longest beginning of `text` that occurs in `page`.
fn longest_beginning(text: &str, page: &str) -> usize {
    if page.contains(text) {
        return text.len();
    }
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    // If a beginning occurs, every shorter one does.
    ends.partition_point(|end| page.contains(&text[..*end]))
        .checked_sub(1)
        .map_or(0, |at| ends[at])
}

/// The boxes of the four signers.
pub fn fields(layout: &PagedDocument) -> Result<Vec<FieldRect>, RenderError> {
    Signer::ALL
        .into_iter()
        .map(|signer| field(layout, signer))
        .collect()
}

fn field(layout: &PagedDocument, signer: Signer) -> Result<FieldRect, RenderError> {
    let corner = |name: &str| {
        let mark = format!("{}-{name}", signer.key());
        place(layout, &mark).ok_or_else(|| RenderError::Form(format!("the form lacks the mark {mark}")))
    };
    let (start, end) = (corner("start")?, corner("end")?);
    let page = start.page.get();
    let height = layout
        .pages()
        .get(page - 1)
        .map_or(0.0, |page| page.frame.size().y.to_pt());
    Ok(FieldRect {
        signer,
        page,
        x0: start.point.x.to_pt(),
        y0: height - end.point.y.to_pt(),
        x1: end.point.x.to_pt(),
        y1: height - start.point.y.to_pt(),
    })
}

fn place(layout: &PagedDocument, mark: &str) -> Option<PagedPosition> {
    let label = Label::new(PicoStr::intern(mark))?;
    let introspector = layout.introspector();
    let location = introspector.query_label(label).ok()?.location()?;
    introspector.as_ref().position(location)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn page(text: &str) -> Page {
        Page {
            text: text.into(),
            tofu: Vec::new(),
        }
    }

    #[test]
    fn a_text_torn_by_page_breaks_has_not_vanished() {
        let pages = [
            page("首页张三的地址在北京市海"),
            page("页眉淀区中关村大"),
            page("页眉街一号"),
        ];
        assert_eq!(
            nothing_vanished(&json!({"address": "北京市海淀区中关村大街一号"}), &pages),
            Ok(())
        );
    }

    #[test]
    fn a_text_that_lacks_a_piece_is_named_by_its_place() {
        let pages = [page("张三北京市海"), page("大街一号")];
        let data =
            json!({"student": {"name": "张三"}, "employer": {"address": ["北京市海淀区大街一号", ""]}});
        assert_eq!(
            nothing_vanished(&data, &pages),
            Err(RenderError::Vanished(vec!["/employer/address/0".into()]))
        );
    }

    #[test]
    fn of_a_letter_with_marks_only_the_marks_are_blamed() {
        assert_eq!(blamed("q\u{0F39}").collect::<String>(), "\u{0F39}");
        assert_eq!(blamed("𲎰").collect::<String>(), "𲎰");
    }
}
