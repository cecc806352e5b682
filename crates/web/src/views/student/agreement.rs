//! An agreement as the student sees it once it is answered, or when it ended.

use super::offer::employer_card;
use crate::i18n::tk;
use crate::tr;
use crate::views::agreement::{AgreementView, line, reason_note, steps_card};
use crate::views::badge;
use crate::views::form::Form;
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Mast, Page};
use crate::views::nav::Spot;
use crate::views::part::{clause_list, denied, denied_text, party_cards, timeline};
use crate::views::termination;
use crate::views::{links, terms};
use domain::agreement::{CommandKind, StateKind};
use maud::{Markup, html};
use store::evidence::Standing;

/// The agreement.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The agreement.
    pub agreement: AgreementView,
    /// A line on the employer (nature, industry).
    pub employer_line: String,
    /// Whether the employer is certified.
    pub certified: bool,
    /// What has to be mended in an answer to a termination.
    pub form: Form,
}

/// Why an open offer cannot be accepted now.
fn accept(frame: &Frame, view: &AgreementView) -> Markup {
    let lang = frame.lang;
    html! { @if let (StateKind::Offered, Some(Err(refusal))) = (view.state, view.act(CommandKind::Accept)) {
        section.card { div.body { (denied("accept", Icon::Signature, &tr!(lang, "act.accept"), &denied_text(lang, refusal))) } }
    } }
}

/// The page.
pub fn page(frame: &Frame, view: &Signed) -> Markup {
    let lang = frame.lang;
    let agreement = &view.agreement;
    let title = tr!(lang, "s_agreement.title");
    let top = Mast {
        back: Some((
            "/student/agreements".into(),
            tr!(lang, "s_list.title").into_owned(),
        )),
        heading: agreement.employer.clone(),
        line: Some(line(lang, agreement)),
        more: None,
    };
    let content = html! {
        p { (badge::badge_large(lang, agreement.state)) }
        (reason_note(lang, agreement))
        (steps_card(frame, agreement))
        (termination::card(frame, agreement))
        (employer_card(lang, &agreement.employer, &view.employer_line, view.certified, &agreement.terms))
        section.card {
            a.go.lnk href=(links::under(frame, agreement.id, "document")) { (icon(Icon::Eye)) span.grow { (tr!(lang, "act.view_document")) } (icon(Icon::ChevronRight)) }
            @if agreement.printable { a.go.lnk href=(links::under(frame, agreement.id, "document.pdf")) { (icon(Icon::Printer)) span.grow { (tr!(lang, "act.print_pdf")) } (icon(Icon::ChevronRight)) } }
            @else { div.go { (icon(Icon::Printer)) span.grow { (tr!(lang, "act.print_pdf")) span.sub { (tr!(lang, "why.print")) } } } }
            a.go.lnk href=(links::under(frame, agreement.id, "record")) { (icon(Icon::ShieldCheck)) span.grow { (tr!(lang, "record.title")) } (icon(Icon::ChevronRight)) }
            @match agreement.evidence {
                Standing::OnPaper => {},
                Standing::Ready => { a.go.lnk href=(links::under(frame, agreement.id, "evidence.zip")) download { (icon(Icon::Download)) span.grow { (tr!(lang, "act.evidence")) span.sub { (tr!(lang, "why.evidence")) } } (icon(Icon::ChevronRight)) } },
                waiting => { div.go { (icon(Icon::Download)) span.grow { (tr!(lang, "act.evidence")) span.sub { (tk(lang, "why_evidence", waiting.code())) } } } },
            }
            @for scan in agreement.files.iter().filter(|file| file.kind == "scan") {
                a.go.lnk href=(links::under(frame, agreement.id, &format!("files/{}", scan.id))) { (icon(Icon::FileText)) span.grow { (tr!(lang, "file_kind.scan")) } (icon(Icon::Download)) }
            }
        }
        section.card { details { summary.go.lnk { span.grow { (tr!(lang, "s_offer.all_terms")) } (icon(Icon::ChevronDown)) } (terms::view(lang, &agreement.terms)) } }
        section.card { details { summary.go.lnk { span.grow { (tr!(lang, "agreement.clauses")) } (icon(Icon::ChevronDown)) } (clause_list(lang, frame.now, &agreement.clauses)) } }
        section.card { details { summary.go.lnk { span.grow { (tr!(lang, "agreement.parties")) } (icon(Icon::ChevronDown)) } (party_cards(lang, &agreement.parties)) } }
        section.card { header { h2 { (tr!(lang, "agreement.history")) } } div.body { (timeline(lang, frame.now, &agreement.timeline)) } }
        (accept(frame, agreement))
        @if agreement.state == StateKind::Terminating {
            section.card { header { h2 { (tr!(lang, "agreement.actions")) } } div.body.acts-v { (termination::answers(frame, agreement, &view.form)) } }
        } @else if agreement.act(CommandKind::RequestTermination).is_some() {
            section.card { div.body { (termination::request(frame, agreement)) } }
        }
    };
    layout::student(frame, &Page::new(&title, Spot::Agreements), &top, &content, false)
}
