//! 批量邀约: templates, sheets, and what became of every row.

use super::batch_texts::{self, Worded};
use super::offer::reply_days;
use super::switcher::switcher;
use crate::i18n::{Lang, has, tk, tk_with};
use crate::tr;
use crate::views::form::{Choice, Field, Form, error, error_text};
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Page};
use crate::views::nav::Spot;
use crate::views::part::{crumbs, empty, note};
use crate::views::{links, time};
use domain::ids::AgreementId;
use jiff::Timestamp;
use maud::{Markup, html};
use store::batches::Batch;
use uuid::Uuid;

/// A batch in a line.
#[derive(Debug, Clone)]
pub struct Head {
    /// Which.
    pub id: Uuid,
    /// What the sheet was called.
    pub name: String,
    /// `checked`, `running`, `done`.
    pub status: String,
    /// Rows.
    pub total: i64,
    /// Rows that have to be mended.
    pub bad: i64,
    /// When it was checked.
    pub created: Timestamp,
    /// When it ended.
    pub finished: Option<Timestamp>,
}

/// From the store.
pub fn head(batch: Batch) -> Head {
    Head {
        id: batch.id,
        name: batch.file_name,
        status: batch.status,
        total: batch.total,
        bad: batch.bad,
        created: batch.created_at,
        finished: batch.finished_at,
    }
}

/// The first page.
#[derive(Debug, Clone)]
pub struct Batches {
    /// Templates: identifier, name, when saved.
    pub templates: Vec<(Uuid, String, Timestamp)>,
    /// Agreements whose terms can become a template.
    pub recent: Vec<Choice>,
    /// The latest batches.
    pub batches: Vec<Head>,
    /// The heads of the columns.
    pub columns: Vec<String>,
    /// The most rows.
    pub most: usize,
    /// What was typed, and what is wrong with it.
    pub form: Form,
}

/// A row of a batch.
#[derive(Debug, Clone)]
pub struct BatchLine {
    /// Its number in the sheet.
    pub line: i64,
    /// 学号.
    pub student_no: String,
    /// 姓名.
    pub name: String,
    /// The offer, once sent.
    pub agreement: Option<AgreementId>,
    /// `bad`, `ready`, `sent`, `refused`.
    pub status: String,
    /// Column and what is wrong with it.
    pub mistakes: Vec<(String, String)>,
    /// Why it was refused.
    pub refusal: Option<String>,
    /// The clauses whose text in this row was not confirmed, when the batch came back for that.
    pub unconfirmed: Vec<String>,
}

/// What is asked before a batch is sent.
#[derive(Debug, Clone)]
pub struct Sending {
    /// The clauses, with every text that they have in the rows.
    pub clauses: Vec<Worded>,
    /// Days to answer: default, least, most.
    pub reply_days: (u16, u16, u16),
}

/// One batch.
#[derive(Debug, Clone)]
pub struct BatchPage {
    /// The batch.
    pub head: Head,
    /// How many rows are in each status.
    pub counts: Vec<(String, u64)>,
    /// The status in view; empty for all.
    pub status: String,
    /// The rows.
    pub lines: Vec<BatchLine>,
    /// The line after which more follow.
    pub next: Option<i64>,
    /// What is asked before it is sent; nothing when it cannot be, or was.
    pub sending: Option<Sending>,
    /// What was typed, and what is wrong with it.
    pub form: Form,
}

/// The words of a mistake or a refusal, whose code is one of the form, of eligibility or of the rules.
pub fn reason(lang: Lang, code: &str, params: &[(&str, &str)]) -> String {
    for prefix in ["error", "block", "refusal"] {
        if has(lang, &format!("{prefix}.{code}")) {
            return tk_with(lang, prefix, code, params);
        }
    }
    code.to_owned()
}

fn address(frame: &Frame) -> String {
    format!("{}/batches", links::base(frame))
}

fn new_sheet(frame: &Frame, view: &Batches) -> Markup {
    let lang = frame.lang;
    let choices: Vec<Choice> = view
        .templates
        .iter()
        .map(|(id, name, _)| Choice::new(id.to_string(), name))
        .collect();
    let hint = tr!(
        lang,
        "batches.rows_hint",
        columns = view.columns.join(" · "),
        n = view.most
    );
    html! {
        section.card {
            header { h2 { (tr!(lang, "batches.new")) } a.more href={ (address(frame)) "/sheet.xlsx" } { (icon(Icon::Download)) (tr!(lang, "batches.empty_sheet")) } }
            @if view.templates.is_empty() { div.body { (note("", &html! { (tr!(lang, "batches.template_first")) })) } }
            @else {
                form.fields.one.body method="post" action=(address(frame)) enctype="multipart/form-data" {
                    (frame.token())
                    (Field::select("template", tr!(lang, "batches.template"), &choices).required().view(lang, &view.form))
                    div.fld.bad[view.form.is_bad("file")] {
                        label for="f-file" { (tr!(lang, "batches.file")) }
                        input.in.file #f-file type="file" name="file" accept=".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" aria-describedby="file-h";
                        (error(lang, &view.form, "file"))
                        span.hint #file-h { (hint) }
                    }
                    (Field::area("rows", tr!(lang, "batches.rows"), 6).hint(tr!(lang, "batches.paste_hint")).view(lang, &view.form))
                    div.end { button.btn.pri type="submit" { (icon(Icon::ListChecks)) (tr!(lang, "batches.check")) } }
                }
            }
        }
    }
}

fn templates(frame: &Frame, view: &Batches) -> Markup {
    let lang = frame.lang;
    let place = links::base(frame);
    html! {
        section.card {
            header { h2 { (tr!(lang, "batches.templates")) } }
            @if !view.templates.is_empty() {
                ul.rows { @for (id, name, at) in &view.templates { li {
                    div.grow { (name) div.xs.t3 { (time::at(*at, frame.now)) } }
                    form method="post" action={ (place) "/templates/removal" } {
                        (frame.token()) input type="hidden" name="template" value=(id);
                        button.btn.sm type="submit" { (icon(Icon::X)) (tr!(lang, "batches.remove")) span.vh { " " (name) } }
                    }
                } } }
            }
            @if view.recent.is_empty() { div.body { (note("", &html! { (tr!(lang, "batches.no_source")) })) } }
            @else {
                form.fields.one.body method="post" action={ (place) "/templates" } {
                    (frame.token())
                    (Field::select("agreement", tr!(lang, "batches.source"), &view.recent).required().view(lang, &view.form))
                    (Field::text("template_name", tr!(lang, "batches.name")).required().max(40).view(lang, &view.form))
                    div.end { button.btn type="submit" { (tr!(lang, "batches.keep")) } }
                }
            }
        }
    }
}

fn status(lang: Lang, head: &Head) -> Markup {
    let class = match head.status.as_str() {
        "done" => "done",
        "running" => "review",
        _ if head.bad > 0 => "bad",
        _ => "wait",
    };
    let code = if head.status == "checked" && head.bad > 0 {
        "to_mend"
    } else {
        head.status.as_str()
    };
    html! { span.st.(class) { (tk(lang, "batch_status", code)) } }
}

/// The first page.
pub fn list(frame: &Frame, view: &Batches) -> Markup {
    let lang = frame.lang;
    let title = tr!(lang, "batches.title");
    let agreements = format!("{}/agreements", links::base(frame));
    let content = html! {
        (crumbs(&tr!(lang, "common.position"), &[(agreements, tr!(lang, "list.title").into_owned())], &title))
        div.head { div { h1 { (title) } p { (tr!(lang, "batches.lead")) } } div.acts { (switcher(frame, "/batches")) } }
        div.grid.g-main {
            div.stack {
                (new_sheet(frame, view))
                section.card {
                    header { h2 { (tr!(lang, "batches.latest")) } }
                    @if view.batches.is_empty() { (empty(&tr!(lang, "batches.none"), "", None)) }
                    @else { ul.rows { @for head in &view.batches { li {
                        div.grow { a href={ (address(frame)) "/" (head.id) } { (head.name) " · " (tr!(lang, "batches.rows_n", n = head.total)) }
                            div.xs.t3 { (time::at(head.created, frame.now)) } }
                        (status(lang, head))
                    } } } }
                }
            }
            aside.stack.rail.after[!view.templates.is_empty()] { (templates(frame, view)) }
        }
    };
    layout::staff(frame, &Page::new(&title, Spot::Agreements), &content)
}

fn sending(frame: &Frame, view: &BatchPage, sending: &Sending) -> Markup {
    let lang = frame.lang;
    let (given, asked) = batch_texts::count(&sending.clauses);
    let missing = view.form.is_bad("tick");
    html! {
        form.stack method="post" action={ (address(frame)) "/" (view.head.id) "/sending" } data-ticks="" data-guard=(if view.form.errors.is_empty() { "" } else { "unsaved" }) {
            (frame.token())
            section.card #clauses {
                header { h2 { (tr!(lang, "offer.clauses")) } span.more { (tr!(lang, "batches.confirmed")) " " b data-count { (given) " / " (asked) } } }
                div.body { (note("", &html! { (tr!(lang, "batches.clauses_hint")) })) }
                @if let Some(wrong) = view.form.errors.iter().find(|error| error.field == "tick") {
                    div.body { span.err #tick-e role="alert" { (error_text(lang, wrong)) } }
                }
                (batch_texts::list(lang, &sending.clauses, missing))
            }
            section.card { div.body.fields.one {
                (reply_days(lang, sending.reply_days))
                div.end { button.btn.pri type="submit" { (icon(Icon::Send)) (tr!(lang, "batches.send", n = view.head.total)) } }
            } }
        }
    }
}

fn line(frame: &Frame, line: &BatchLine) -> Markup {
    let lang = frame.lang;
    let class = match line.status.as_str() {
        "sent" => "done",
        "ready" => "wait",
        _ => "bad",
    };
    html! {
        tr {
            td.nw.t3 data-l=(tr!(lang, "col.line")) { (line.line) }
            td.name { b { @if line.name.is_empty() { "—" } @else { (line.name) } } span.sub { (line.student_no) } }
            td.st-c { span.st.(class) { (tk(lang, "batch_line", &line.status)) } }
            td.full {
                @for (column, why) in &line.mistakes { div { b { (column) } (tr!(lang, "common.colon")) (why) } }
                @if !line.unconfirmed.is_empty() { div { b { (tr!(lang, "batches.unconfirmed")) } (tr!(lang, "common.colon")) (line.unconfirmed.join(&tr!(lang, "batches.comma"))) } }
                @if let Some(why) = &line.refusal { (why) }
            }
            td.ops { @if let Some(id) = line.agreement { a href=(links::agreement(frame, id)) { (tr!(lang, "act.open")) span.vh { " " (line.name) } } } }
        }
    }
}

fn lines(frame: &Frame, view: &BatchPage) -> Markup {
    let lang = frame.lang;
    let here = format!("{}/{}", address(frame), view.head.id);
    html! {
        section.card {
            nav.tabs aria-label=(tr!(lang, "list.tabs")) {
                a href=(here) aria-current=[view.status.is_empty().then_some("page")] { (tr!(lang, "batches.all")) span.cnt { (view.head.total) } }
                @for (status, n) in &view.counts {
                    a href={ (here) "?status=" (status) } aria-current=[(view.status == *status).then_some("page")] { (tk(lang, "batch_line", status)) span.cnt { (n) } }
                }
            }
            div.wrap { table.tb.fold {
                thead { tr {
                    th scope="col" { (tr!(lang, "col.line")) } th scope="col" { (tr!(lang, "col.student")) } th scope="col" { (tr!(lang, "col.state")) }
                    th scope="col" { (tr!(lang, "col.result")) } th scope="col" { (tr!(lang, "col.actions")) }
                } }
                tbody { @for one in &view.lines { (line(frame, one)) } }
            } }
            @if let Some(after) = view.next {
                nav.pager aria-label=(tr!(lang, "pager.label")) { span.push { a.btn.sm rel="next" href={ (here) "?status=" (view.status) "&after=" (after) } { (tr!(lang, "pager.next")) } } }
            }
        }
    }
}

fn progress(frame: &Frame, view: &BatchPage) -> Markup {
    let lang = frame.lang;
    let of = |wanted: &str| {
        let found = view.counts.iter().find(|(status, _)| status == wanted);
        found.map_or(0, |(_, n)| *n)
    };
    let (sent, refused) = (of("sent"), of("refused"));
    html! {
        @match view.head.status.as_str() {
            "running" => section.card { div.body {
                p role="status" { (tr!(lang, "batches.running", n = sent + refused, total = view.head.total)) }
                meter min="0" max=(view.head.total.max(1)) value=(sent + refused) aria-label=(tr!(lang, "batches.progress")) {}
            } },
            "done" => (note(if refused > 0 { "warn" } else { "good" }, &html! { (tr!(lang, "batches.done", sent = sent, refused = refused)) })),
            _ if view.head.bad > 0 => (note("bad", &html! { (tr!(lang, "batches.bad", n = view.head.bad)) " " a href=(address(frame)) { (tr!(lang, "batches.again")) } })),
            _ => (note("good", &html! { (tr!(lang, "batches.good", n = view.head.total)) })),
        }
    }
}

/// One batch.
pub fn batch(frame: &Frame, view: &BatchPage) -> Markup {
    let lang = frame.lang;
    let title = tr!(
        lang,
        "batches.of",
        name = view.head.name,
        at = time::short(view.head.created, frame.now)
    );
    let content = html! {
        (crumbs(&tr!(lang, "common.position"), &[(address(frame), tr!(lang, "batches.title").into_owned())], &title))
        div.head { div { h1 { (title) " " (status(lang, &view.head)) } p { (tr!(lang, "batches.rows_n", n = view.head.total)) } } }
        div.stack {
            @if let Some(stale) = view.form.errors.iter().find(|error| error.field == "batch") {
                div #batch-e role="alert" { (note("warn", &html! { (error_text(lang, stale)) })) }
            }
            (progress(frame, view))
            @if let Some(asked) = &view.sending { (sending(frame, view, asked)) }
            (lines(frame, view))
        }
    };
    let mut page = Page::new(&title, Spot::Agreements);
    page.refresh = (view.head.status == "running").then_some(3);
    layout::staff(frame, &page, &content)
}
