//! The clauses of a template to be written, each with what moves and removes it.

use super::problems::{errors, is_bad};
use super::{Editor, PATH, address, confirm_code};
use crate::i18n::{Lang, tk};
use crate::tr;
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use domain::agreement::clause::ClauseKind;
use domain::agreement::template::{Part, Source, is_must};
use maud::{Markup, html};

fn kind_code(kind: ClauseKind) -> &'static str {
    match kind {
        ClauseKind::Standard => "standard",
        ClauseKind::Negotiable | ClauseKind::Supplementary => "negotiable",
    }
}

fn select(lang: Lang, (id, name, prefix): (&str, &str, &str), codes: &[&str], chosen: &str) -> Markup {
    html! {
        select.sel id=(id) name=(name) {
            @for code in codes { option value=(code) selected[*code == chosen] { (tk(lang, prefix, code)) } }
        }
    }
}

fn moves(lang: Lang, view: &Editor, n: usize) -> Markup {
    let last = view.clauses.len();
    let must = view.clauses.get(n - 1).is_some_and(|clause| is_must(&clause.key));
    html! {
        div.more.moves {
            @if n == 1 { button.btn.sm type="button" disabled { (tr!(lang, "template.at_top")) } }
            @else { button.btn.sm type="submit" name="act" value={ "up-" (n) } aria-label=(tr!(lang, "template.up_of", n = n)) { (tr!(lang, "template.up")) } }
            @if n == last { button.btn.sm type="button" disabled { (tr!(lang, "template.at_end")) } }
            @else { button.btn.sm type="submit" name="act" value={ "down-" (n) } aria-label=(tr!(lang, "template.down_of", n = n)) { (tr!(lang, "template.down")) } }
            @if must { button.btn.sm type="button" disabled title=(tr!(lang, "template.must")) { (tr!(lang, "template.must")) } }
            @else { button.btn.sm.dgr type="submit" name="act" value={ "remove-" (n) } aria-label=(tr!(lang, "template.remove_of", n = n)) { (tr!(lang, "template.remove")) } }
        }
    }
}

fn clause(lang: Lang, view: &Editor, n: usize, source: &Source) -> Markup {
    let (title, body) = (is_bad(view, n, Part::Title), is_bad(view, n, Part::Body));
    let rows = source.body.chars().count().div_ceil(46).clamp(3, 16) + source.body.lines().count().min(60);
    let described = |bad: bool, part: Part| bad.then(|| format!("{}-{n}-e", part.code()));
    html! {
        section.card aria-labelledby={ "clause-" (n) } {
            header { h2 id={ "clause-" (n) } { (tr!(lang, "template.clause", n = n)) } (moves(lang, view, n)) }
            div.body.fields {
                input type="hidden" name="key" value=(source.key);
                div.fld.full.bad[title] {
                    label.req for={ "title-" (n) } { (tr!(lang, "template.f_title")) }
                    input.in id={ "title-" (n) } name="title" value=(source.title) aria-invalid=[title.then_some("true")] aria-describedby=[described(title, Part::Title)];
                    (errors(lang, view, (n, Part::Title)))
                }
                div.fld.full.bad[body] {
                    label.req for={ "body-" (n) } { (tr!(lang, "template.f_body")) }
                    textarea.in id={ "body-" (n) } name="body" rows=(rows) aria-invalid=[body.then_some("true")] aria-describedby=[described(body, Part::Body)] { "\n" (source.body) }
                    (errors(lang, view, (n, Part::Body)))
                    (errors(lang, view, (n, Part::Whole)))
                }
                div.fld {
                    label for={ "kind-" (n) } { (tr!(lang, "template.f_kind")) }
                    (select(lang, (&format!("kind-{n}"), "kind", "template_kind"), &["standard", "negotiable"], kind_code(source.kind)))
                }
                div.fld {
                    label for={ "confirm-" (n) } { (tr!(lang, "template.f_confirm")) }
                    (select(lang, (&format!("confirm-{n}"), "confirm", "template_confirm"), &["both", "employer", "student"], confirm_code(&source.confirmed_by)))
                    (errors(lang, view, (n, Part::Confirm)))
                }
                @if is_must(&source.key) { p.sm.t3.full { b { (tr!(lang, "template.must")) } (tr!(lang, "common.colon")) (tk(lang, "template_must", &source.key)) } }
            }
        }
    }
}

/// The form with every clause.
pub(super) fn form(frame: &Frame, view: &Editor) -> Markup {
    let lang = frame.lang;
    html! {
        form.stack method="post" action=(address(PATH, view.year)) enctype="multipart/form-data" data-guard=[view.refused.is_some().then_some("unsaved").or(Some(""))] novalidate {
            // The first button is what the enter key presses.
            button type="submit" name="act" value="save" hidden {}
            (frame.token())
            input type="hidden" name="version" value=(view.version);
            @for (i, source) in view.clauses.iter().enumerate() { (clause(lang, view, i + 1, source)) }
            section.card #add {
                div.body.formend {
                    label for="added" { (tr!(lang, "template.add_what")) }
                    select.sel.auto #added name="added" {
                        option value="" { (tr!(lang, "template.add_blank")) }
                        @for choice in &view.standard { option value=(choice.value) { (tr!(lang, "template.add_standard", title = choice.label)) } }
                    }
                    button.btn type="submit" name="act" value="add" { (icon(Icon::Plus)) (tr!(lang, "template.add")) }
                }
            }
            div.save {
                button.btn.pri type="submit" name="act" value="save" { (tr!(lang, "template.save")) }
                button.btn type="submit" name="act" value="preview" { (icon(Icon::Eye)) (tr!(lang, "template.preview")) }
                span.sm.t3 { (tr!(lang, "template.saved_only")) }
            }
        }
    }
}
