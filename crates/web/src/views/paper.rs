//! 线下签约登记: terms as every agreement has them, the employer by name and code, the scan.

use super::employer::offer_fields as fields;
use super::form::{Choice, Field, Form, error, summary};
use super::frame::{Area, Frame};
use super::icon::{Icon, icon};
use super::layout::{self, Mast, Page};
use super::links;
use super::nav::Spot;
use super::part::{crumbs, note};
use super::upload::{self, FileRow};
use crate::tr;
use domain::agreement::form::SUPPLEMENTARY_LENGTH;
use domain::ids::AgreementId;
use maud::{Markup, html};

/// The form.
#[derive(Debug, Clone)]
pub struct Paper {
    /// The agreement-to-be.
    pub id: AgreementId,
    /// Graduation years to choose from; of a student their own.
    pub years: Vec<i32>,
    /// What was typed.
    pub form: Form,
    /// The scan, once it was sent.
    pub scan: Option<FileRow>,
    /// The cap on penalties, with separators.
    pub penalty_cap: String,
}

/// The page.
pub fn page(frame: &Frame, view: &Paper) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "paper.title");
    let page = Page::new(&title, Spot::Agreements);
    let list = format!("{}/agreements", links::base(frame));
    if frame.is(Area::Student) {
        let top = Mast {
            back: Some((list, tr!(lang, "s_list.title").into_owned())),
            heading: title.to_string(),
            line: None,
            more: None,
        };
        return layout::student(frame, &page, &top, &form(frame, view), false);
    }
    let body = html! {
        (crumbs(&tr!(lang, "common.position"), &[(list, tr!(lang, "list.title").into_owned())], &title))
        div.head { div { h1 { (title) } p { (tr!(lang, "paper.line")) } } }
        (form(frame, view))
    };
    layout::staff(frame, &page, &body)
}

fn form(frame: &Frame, view: &Paper) -> Markup {
    let lang = frame.lang;
    html! {
        form.stack method="post" action={ (links::base(frame)) "/paper" } enctype="multipart/form-data" data-guard {
            (frame.token())
            input type="hidden" name="id" value=(view.id);
            (summary(lang, &view.form))
            (note("", &html! { (tr!(lang, "paper.note")) }))
            section.card { header { h2 { (tr!(lang, "paper.who")) } } div.body { div.fields { (who(frame, view)) } } }
            section.card { header { h2 { (tr!(lang, "paper.scan")) } } div.body { (scan(frame, view)) } }
            (fields::position(lang, &view.form))
            (fields::contract(lang, &view.form))
            (fields::pay(lang, &view.form))
            (fields::report(lang, &view.form))
            (fields::archive(lang, &view.form))
            (fields::breach(lang, &view.form, &view.penalty_cap))
            section.card { header { h2 { (tr!(lang, "offer.supplementary")) } } div.body { div.fields.one {
                (Field::area("supplementary", tr!(lang, "paper.supplementary"), 3).max(SUPPLEMENTARY_LENGTH).view(lang, &view.form))
            } } }
            div.end { button.btn.pri type="submit" { (icon(Icon::FileText)) (tr!(lang, "paper.submit")) } }
        }
    }
}

fn who(frame: &Frame, view: &Paper) -> Markup {
    let lang = frame.lang;
    let years: Vec<Choice> = view
        .years
        .iter()
        .map(|year| Choice::new(year.to_string(), tr!(lang, "common.year", year = year)))
        .collect();
    html! {
        @if frame.is(Area::School) {
            (Field::text("student_no", tr!(lang, "label.student_no")).required().max(32).view(lang, &view.form))
            (Field::select("year", tr!(lang, "label.year"), &years).required().view(lang, &view.form))
        }
        (Field::text("employer", tr!(lang, "label.employer_name")).required().max(128).view(lang, &view.form))
        (Field::text("uscc", tr!(lang, "label.uscc")).required().max(18).hint(tr!(lang, "paper.uscc_hint")).view(lang, &view.form))
    }
}

fn scan(frame: &Frame, view: &Paper) -> Markup {
    let lang = frame.lang;
    html! {
        fieldset.fld.full.bad[view.form.is_bad("scan")] #f-scan aria-describedby=[view.form.is_bad("scan").then_some("scan-e")] {
            legend.req { (tr!(lang, "paper.scan_label")) }
            @if let Some(file) = &view.scan {
                input type="hidden" name="kept" value=(file.id);
                ul.files { li { (icon(Icon::FileText)) span.grow { (file.name) span.sub { (upload::size(file.size)) " · " (tr!(lang, "upload.pages", n = file.pages)) } } } }
            }
            label for="file-scan" { @if view.scan.is_some() { (tr!(lang, "termination.other_file")) } @else { (tr!(lang, "paper.choose")) } }
            (upload::input(lang, "scan", "file-scan"))
            (error(lang, &view.form, "scan"))
        }
    }
}
