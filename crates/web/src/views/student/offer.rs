//! An open offer: read, tick clause by clause, agree to the signing method, password, 应约; or 拒绝.

use crate::i18n::{Lang, tk};
use crate::tr;
use crate::views::agreement::AgreementView;
use crate::views::form::{Choice, Field, Form, error, error_text, radios};
use crate::views::frame::Frame;
use crate::views::icon::{Icon, icon};
use crate::views::layout::{self, Mast, Page};
use crate::views::nav::Spot;
use crate::views::part::{Ask, confirm, note, removed_list, stepper, tick_list};
use crate::views::proof::{self, Proof};
use crate::views::{links, terms, time};
use domain::agreement::StateKind;
use domain::agreement::clause::Party;
use domain::agreement::terms::Terms;
use maud::{Markup, html};

/// The codes of `reason.*` from which a student who declines chooses.
pub const DECLINE_REASONS: [&str; 6] = ["other_offer", "study", "pay", "place", "terms", "other"];

/// An offer to answer.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The agreement.
    pub agreement: AgreementView,
    /// The first letter of the employer's name and a line on it (nature, industry).
    pub employer_line: String,
    /// Whether the employer is certified.
    pub certified: bool,
    /// Other offers that wait for this student's answer.
    pub others: u64,
    /// What proves that it is the student: the school decides.
    pub proof: Proof,
    /// `signing`, `password`, `code`: errors and kept values of the acceptance.
    pub form: Form,
    /// `reason`, `text`: errors and kept values of the refusal.
    pub refusal: Form,
}

fn due(frame: &Frame, view: &AgreementView) -> Option<Markup> {
    let lang = frame.lang;
    let until = view.steps.deadline?;
    Some(html! {
        div.due { (icon(Icon::Clock)) span {
            b { (tr!(lang, "time.left_prefix")) " " (time::countdown(lang, frame.now, until)) }
            (tr!(lang, "s_offer.answer_by", at = time::moment(lang, until)))
        } }
    })
}

/// Employer and the four figures that matter most.
pub fn employer_card(lang: Lang, employer: &str, line: &str, certified: bool, terms: &Terms) -> Markup {
    let money = |amount| tr!(lang, "unit.money", amount = amount);
    html! {
        section.card aria-label=(tr!(lang, "s_offer.employer")) {
            div.co {
                span.lg aria-hidden="true" { (employer.chars().next().unwrap_or(' ')) }
                div { b { (employer) } span {
                    @if certified { span.v { (icon(Icon::ShieldCheck)) (tr!(lang, "s_offer.certified")) } " · " }
                    (line)
                } }
            }
            dl.key {
                div { dt { (tk(lang, "term", "position")) } dd { (terms.position) } }
                div { dt { (tk(lang, "term", "work_place")) } dd { (terms.work_place) } }
                div {
                    dt { (tr!(lang, "s_offer.pay")) }
                    dd { (money(terms.regular_pay)) @if terms.probation_months > 0 { small { (tr!(lang, "s_offer.probation", pay = terms.probation_pay, n = terms.probation_months)) } } }
                }
                div {
                    dt { (tr!(lang, "s_offer.penalty")) }
                    dd { (money(terms.penalty_student)) @if !terms.exemptions.is_empty() { small { (tr!(lang, "s_offer.exempt", n = terms.exemptions.len())) } } }
                }
            }
        }
    }
}

/// What stands in the sheet before signing: the figures again, consent, password.
fn sheet(frame: &Frame, view: &Offer) -> Markup {
    let (lang, terms) = (frame.lang, &view.agreement.terms);
    let bad = view.form.is_bad("signing");
    html! {
        div.sheet data-sheet {
            h2 id="sheet-t" { (tr!(lang, "s_offer.confirm")) }
            dl.sum {
                div { dt { (tr!(lang, "role.employer")) } dd { (view.agreement.employer) } }
                div { dt { (tk(lang, "term", "position")) } dd { (terms.position) } }
                div { dt { (tr!(lang, "s_offer.pay")) } dd { (tr!(lang, "unit.money", amount = terms.regular_pay)) } }
                div { dt { (tr!(lang, "s_offer.penalty")) } dd { (tr!(lang, "unit.money", amount = terms.penalty_student)) } }
            }
            div.fld.bad[bad] {
                label.agree for="f-signing" {
                    input id="f-signing" type="checkbox" name="signing" value="yes" required checked[view.form.has("signing", "yes")] aria-describedby=[bad.then_some("signing-e")];
                    span { (view.proof.method(lang)) }
                }
                (error(lang, &view.form, "signing"))
            }
            (proof::field(frame, &view.proof, &view.form, (&tr!(lang, "s_offer.password"), &links::under(frame, view.agreement.id, "acceptance/code"))))
            div.pair {
                button.btn type="button" data-close data-needs-js hidden { (tr!(lang, "s_offer.think")) }
                button.btn.pri type="submit" { (tr!(lang, "act.accept")) }
            }
        }
    }
}

fn bar(lang: Lang, view: &AgreementView) -> Markup {
    let (given, asked) = view.ticked(Party::Student);
    html! {
        section.act aria-label=(tr!(lang, "s_offer.answer")) {
            div.pg { span { (tr!(lang, "s_offer.ticks")) } span data-count { (given) " / " (asked) } }
            progress max=(asked) value=(given) aria-label=(tr!(lang, "s_offer.ticks")) {}
            div.bt {
                a.btn.dgr href="#refuse" data-ask { (tr!(lang, "act.decline")) }
                button.btn.pri type="submit" data-go=(tr!(lang, "act.accept")) data-wait=(tr!(lang, "s_offer.remaining", n = "{n}")) { (tr!(lang, "act.accept")) }
            }
        }
    }
}

fn accept_form(frame: &Frame, view: &Offer) -> Markup {
    let lang = frame.lang;
    let agreement = &view.agreement;
    html! {
        form method="post" action=(links::under(frame, agreement.id, "acceptance")) data-ticks=(links::under(frame, agreement.id, "ticks")) novalidate {
            // The first button is what the enter key presses: in the field of the code it accepts, and does not
            // ask for another code.
            button type="submit" hidden {}
            (frame.token())
            input type="hidden" name="version" value=(agreement.version);
            section.card #clauses {
                header { h2 { (tr!(lang, "s_offer.clauses")) } small data-saved data-done=(tr!(lang, "s_offer.saved", t = "{t}")) data-failed=(tr!(lang, "s_offer.not_saved")) role="status" { (tr!(lang, "s_offer.autosave")) } }
                @if let Some(wrong) = view.form.errors.iter().find(|error| error.field == "tick") { div.body { span.err #tick-e { (error_text(lang, wrong)) } } }
                (tick_list(lang, &agreement.clauses, Party::Student))
                (removed_list(lang, &agreement.removed))
                div.body data-no-js { button.btn.wide type="submit" formaction=(links::under(frame, agreement.id, "ticks")) formnovalidate { (tr!(lang, "s_offer.save_ticks")) } }
            }
            section.card.signing { (sheet(frame, view)) }
            (bar(lang, agreement))
        }
    }
}

/// The section that declines: a reason of the list and words.
fn refuse(frame: &Frame, view: &Offer) -> Markup {
    let lang = frame.lang;
    let choices: Vec<Choice> = DECLINE_REASONS
        .iter()
        .map(|code| Choice::new(*code, tk(lang, "reason", code)))
        .collect();
    let fields = html! {
        (radios(lang, &view.refusal, "reason", &tr!(lang, "s_offer.why"), &choices))
        (Field::area("text", tr!(lang, "s_offer.why_text"), 3).max(500).view(lang, &view.refusal))
    };
    let ask = Ask {
        id: "refuse",
        action: &links::under(frame, view.agreement.id, "refusal"),
        version: view.agreement.version,
        button: &tr!(lang, "act.decline_offer"),
        icon: Icon::CircleX,
        title: &tr!(lang, "ask.decline", name = view.agreement.employer),
        text: &tr!(lang, "ask.decline_text"),
        danger: true,
    };
    html! { section.card #refuse { div.body { (confirm(frame, &ask, &fields)) } } }
}

/// The page.
pub fn page(frame: &Frame, view: &Offer) -> Markup {
    let lang = frame.lang;
    let agreement = &view.agreement;
    let title = tr!(lang, "s_offer.title", employer = agreement.employer);
    let top = Mast {
        back: Some((
            "/student/agreements".into(),
            tr!(lang, "s_list.title").into_owned(),
        )),
        heading: title.to_string(),
        line: Some(tr!(lang, "common.year", year = agreement.year).into_owned()),
        more: due(frame, agreement),
    };
    let content = html! {
        (employer_card(lang, &agreement.employer, &view.employer_line, view.certified, &agreement.terms))
        section.card {
            header { h2 { (tr!(lang, "agreement.progress")) } }
            (stepper(lang, frame.now, StateKind::Offered, &agreement.steps))
        }
        section.card {
            details {
                summary.go.lnk { span.grow { (tr!(lang, "s_offer.all_terms")) } (icon(Icon::ChevronDown)) }
                (terms::view(lang, &agreement.terms))
            }
            a.go.lnk href=(links::under(frame, agreement.id, "document")) { span.grow { (tr!(lang, "s_offer.read_document")) } (icon(Icon::ChevronRight)) }
        }
        (accept_form(frame, view))
        (note("warn", &html! { @if view.others > 0 { (tr!(lang, "s_offer.one_only_n", n = view.others)) } @else { (tr!(lang, "s_offer.one_only")) } }))
        (refuse(frame, view))
    };
    layout::student(frame, &Page::new(&title, Spot::Agreements), &top, &content, true)
}
