//! 公司信息: what the employer is registered as, and 认证材料.

use crate::i18n::Lang;
use crate::tr;
use crate::views::badge;
use crate::views::form::{Choice, Field, Form, checks, error, summary};
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Page};
use crate::views::licence::{self, Line};
use crate::views::nav::Spot;
use crate::views::part::{note, pairs};
use crate::views::time;
use crate::views::upload::{self, FileRow};
use maud::{Markup, html};

/// The page.
#[derive(Debug, Clone)]
pub struct Company {
    /// What the employer is registered as: labels in the language and values.
    pub rows: Vec<(String, String)>,
    /// Code of the certification's state.
    pub certification: String,
    /// The certificates, the latest one first.
    pub licences: Vec<Line>,
    /// A file that was sent with a form that came back.
    pub kept: Option<FileRow>,
    /// `number`, `valid_from`, `valid_to`, `forever`, `licence`.
    pub form: Form,
}

/// The page.
pub fn page(frame: &Frame, view: &Company) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "company.title");
    let content = html! {
        div.head { div { h1 { (title) } p { (badge::admission(lang, "certification", &view.certification)) } } }
        (summary(lang, &view.form))
        div.grid.g-main {
            div.stack {
                section.card #licence {
                    header { h2 { (tr!(lang, "company.licence")) } }
                    div.body.stack { (present(lang, view)) }
                }
                section.card {
                    header { h2 { @if view.licences.is_empty() { (tr!(lang, "company.send")) } @else { (tr!(lang, "company.replace")) } } }
                    div.body { (form(frame, view)) }
                }
            }
            aside.stack.rail.after {
                section.card { header { h2 { (tr!(lang, "company.basic")) } } div.body { (pairs("one", &view.rows)) } }
                (earlier(lang, view))
            }
        }
    };
    layout::staff(frame, &Page::new(&title, Spot::Company), &content)
}

fn href(line: &Line) -> String {
    format!("/employer/company/licence?licence={}", line.id)
}

fn present(lang: Lang, view: &Company) -> Markup {
    html! {
        @match view.licences.first() {
            Some(line) => {
                @if !line.good { (note("warn", &html! { (tr!(lang, "company.over")) })) }
                (licence::facts(lang, line, &href(line)))
                (licence::pages(lang, line, &format!("/employer/company/licence/picture?licence={}", line.id)))
            },
            None => (note("warn", &html! { (tr!(lang, "company.none")) })),
        }
    }
}

fn earlier(lang: Lang, view: &Company) -> Markup {
    html! {
        @if view.licences.len() > 1 {
            section.card {
                header { h2 { (tr!(lang, "company.earlier")) } }
                ul.rows { @for line in &view.licences[1..] {
                    li { div.grow { a href=(href(line)) { (line.name) } div.sm.t3 { (licence::validity(lang, line)) " · " (time::stamp(line.at)) } } }
                } }
            }
        }
    }
}

fn form(frame: &Frame, view: &Company) -> Markup {
    let lang = frame.lang;
    let bad = view.form.is_bad("licence");
    html! {
        form.fields method="post" action="/employer/company" enctype="multipart/form-data" novalidate {
            (frame.token())
            (Field::text("number", tr!(lang, "licence.number")).required().full().max(32).hint(tr!(lang, "company.number_hint")).view(lang, &view.form))
            (Field::date("valid_from", tr!(lang, "company.valid_from")).required().view(lang, &view.form))
            (Field::date("valid_to", tr!(lang, "company.valid_to")).hint(tr!(lang, "company.valid_to_hint")).view(lang, &view.form))
            div.full { (checks(lang, &view.form, "forever", &tr!(lang, "licence.validity"), &[Choice::new("yes", tr!(lang, "company.forever"))])) }
            div.fld.full.bad[bad] {
                label.req for="f-licence" { (tr!(lang, "company.file")) }
                @if let Some(kept) = &view.kept {
                    input type="hidden" name="kept" value=(kept.id);
                    p.sm { (tr!(lang, "company.kept", name = kept.name)) }
                }
                (upload::input(lang, "licence", "f-licence"))
                (error(lang, &view.form, "licence"))
            }
            p.why.full { (tr!(lang, "company.who_sees")) }
            div.formend.full { button.btn.pri type="submit" { (icon(Icon::Upload)) (tr!(lang, "company.submit")) } }
        }
    }
}
