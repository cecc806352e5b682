//! The fields of the offer form in sections; names as `domain::agreement::form` reads them.

use crate::i18n::{Lang, tk};
use crate::tr;
use crate::views::form::{Choice, Field, Form, checks, codes, error, radios};
use crate::views::icon::{Icon, icon};
use crate::views::part::{ClauseItem, Confirmation};
use domain::agreement::form::{SUPPLEMENTARY_COUNT, SUPPLEMENTARY_LENGTH};
use domain::agreement::template::supplementary_key;
use domain::agreement::terms::{ArchiveKind, Exemption, HouseholdKind};
use domain::codes::{POSITION_CATEGORY, PROVINCE};
use maud::{Markup, html};

fn card(title: &str, hint: &str, fields: &Markup) -> Markup {
    html! {
        section.card {
            header { h2 { (title) } @if !hint.is_empty() { span.more.t3 { (hint) } } }
            div.body { div.fields { (fields) } }
        }
    }
}

fn label(lang: Lang, field: &str) -> String {
    tk(lang, "term", field).into_owned()
}

fn choices(lang: Lang, prefix: &str, all: &[&str]) -> Vec<Choice> {
    all.iter()
        .map(|code| Choice::new(*code, tk(lang, prefix, code)))
        .collect()
}

/// 岗位与工作地点.
pub fn position(lang: Lang, form: &Form) -> Markup {
    let yes_no = [
        Choice::new("yes", tr!(lang, "common.yes")),
        Choice::new("no", tr!(lang, "common.no")),
    ];
    card(
        &tr!(lang, "offer.position"),
        "",
        &html! {
            (Field::text("position", label(lang, "position")).required().max(64).view(lang, form))
            (Field::select("position_category", label(lang, "position_category"), &codes(lang, &POSITION_CATEGORY)).required().view(lang, form))
            (Field::select("work_province", label(lang, "work_province"), &codes(lang, &PROVINCE)).required().view(lang, form))
            (Field::text("work_place", label(lang, "work_place")).required().max(128).hint(tr!(lang, "offer.place_hint")).view(lang, form))
            (Field::text("actual_employer", label(lang, "actual_employer")).max(128).hint(tr!(lang, "offer.actual_hint")).view(lang, form))
            (radios(lang, form, "major_match", &label(lang, "major_match"), &yes_no))
        },
    )
}

/// 劳动合同、试用期与服务期.
pub fn contract(lang: Lang, form: &Form) -> Markup {
    let kinds = choices(lang, "contract", &["fixed", "open_ended", "task"]);
    let month = tr!(lang, "unit.month");
    card(
        &tr!(lang, "offer.contract"),
        &tr!(lang, "offer.contract_law"),
        &html! {
            (Field::select("contract", label(lang, "contract"), &kinds).required().view(lang, form))
            (Field::text("contract_months", label(lang, "contract_months")).numeric().unit(month.clone()).when("contract=fixed").view(lang, form))
            (Field::text("probation_months", label(lang, "probation_months")).required().numeric().unit(month.clone()).hint(tr!(lang, "offer.probation_hint")).view(lang, form))
            (Field::text("service_months", label(lang, "service_months")).numeric().unit(month).hint(tr!(lang, "offer.service_hint")).view(lang, form))
        },
    )
}

/// 劳动报酬与福利.
pub fn pay(lang: Lang, form: &Form) -> Markup {
    card(
        &tr!(lang, "offer.pay"),
        &tr!(lang, "offer.pay_law"),
        &html! {
            (Field::money("probation_pay", label(lang, "probation_pay"), lang).required().hint(tr!(lang, "offer.probation_pay_hint")).view(lang, form))
            (Field::money("regular_pay", label(lang, "regular_pay"), lang).required().view(lang, form))
            (Field::area("benefits", label(lang, "benefits"), 3).max(500).hint(tr!(lang, "offer.benefits_hint")).view(lang, form))
        },
    )
}

/// 报到.
pub fn report(lang: Lang, form: &Form) -> Markup {
    card(
        &tr!(lang, "offer.report"),
        "",
        &html! {
            (Field::date("report_from", label(lang, "report_from")).required().view(lang, form))
            (Field::date("report_to", label(lang, "report_to")).required().hint(tr!(lang, "offer.report_hint")).view(lang, form))
            (Field::text("report_place", label(lang, "report_place")).required().full().max(128).view(lang, form))
        },
    )
}

/// 档案、户口与党团关系.
pub fn archive(lang: Lang, form: &Form) -> Markup {
    let archives: Vec<&str> = ArchiveKind::ALL.iter().map(|kind| kind.code()).collect();
    let households: Vec<&str> = HouseholdKind::ALL.iter().map(|kind| kind.code()).collect();
    let received = "archive_kind=employer|agency";
    card(
        &tr!(lang, "offer.archive"),
        "",
        &html! {
            (Field::select("archive_kind", label(lang, "archive_kind"), &choices(lang, "archive", &archives)).required().view(lang, form))
            (Field::text("archive_receiver", label(lang, "archive_receiver")).max(128).when(received).hint(tr!(lang, "offer.receiver_hint")).view(lang, form))
            (Field::text("archive_address", label(lang, "archive_address")).max(200).when(received).view(lang, form))
            (Field::text("archive_postcode", label(lang, "archive_postcode")).numeric().when(received).view(lang, form))
            (Field::text("archive_contact", label(lang, "archive_contact")).max(64).when(received).view(lang, form))
            (Field::text("archive_phone", label(lang, "archive_phone")).max(32).when(received).view(lang, form))
            (Field::select("household_kind", label(lang, "household_kind"), &choices(lang, "household", &households)).required().view(lang, form))
            (Field::text("household_address", label(lang, "household_address")).max(200).when("household_kind=employer|agency").view(lang, form))
            (Field::text("party_relation", label(lang, "party_relation")).max(128).full().view(lang, form))
        },
    )
}

/// 违约责任与免责情形.
pub fn breach(lang: Lang, form: &Form, cap: &str) -> Markup {
    let exemptions: Vec<&str> = Exemption::ALL.iter().map(|exemption| exemption.code()).collect();
    card(
        &tr!(lang, "offer.breach"),
        &tr!(lang, "offer.breach_law", cap = cap),
        &html! {
            (Field::money("penalty_employer", label(lang, "penalty_employer"), lang).required().hint(tr!(lang, "offer.penalty_hint")).view(lang, form))
            (Field::money("penalty_student", label(lang, "penalty_student"), lang).required().view(lang, form))
            (checks(lang, form, "exemptions", &label(lang, "exemptions"), &choices(lang, "exemption", &exemptions)))
        },
    )
}

/// 补充条款: filled ones, and empty ones that a button shows one by one. Each has its tick beside it, so that
/// what is written and confirmed at once is saved at once.
pub fn supplementary(lang: Lang, form: &Form, clauses: &[ClauseItem]) -> Markup {
    let given = form.input.all("supplementary");
    let filled = |i: usize| given.get(i).is_some_and(|text| !text.trim().is_empty());
    let shown = (0..given.len())
        .rev()
        .find(|i| filled(*i))
        .map_or(1, |last| last + 1);
    let total = (shown + 4).min(SUPPLEMENTARY_COUNT);
    let stored = |key: &str| {
        let mut found = clauses.iter().filter(|item| item.clause.key == key);
        found.any(|item| matches!(item.employer, Confirmation::Given(_)))
    };
    html! {
        section.card {
            header { h2 { (tr!(lang, "offer.supplementary")) } span.more.t3 { (tr!(lang, "offer.supplementary_hint", n = SUPPLEMENTARY_COUNT, max = SUPPLEMENTARY_LENGTH)) } }
            div.body { div.fields.one {
                @for i in 0..total {
                    @let key = supplementary_key(i + 1);
                    div.fld.extra.bad[form.is_bad("supplementary")] hidden[i > shown] {
                        label for={ "f-supplementary" @if i > 0 { "-" (i) } } { (tr!(lang, "offer.supplementary_n", n = i + 1)) }
                        textarea.in id={ "f-supplementary" @if i > 0 { "-" (i) } } name="supplementary" rows="2" { (given.get(i).map_or("", String::as_str)) }
                        label.confirm-1 {
                            input type="checkbox" name="tick" value=(key) data-tick checked[form.has("tick", &key) || stored(&key)];
                            (tr!(lang, "offer.supplementary_tick", n = i + 1))
                        }
                    }
                }
                (error(lang, form, "supplementary"))
                div { button.btn.sm type="button" data-add=".extra" data-needs-js hidden { (icon(Icon::Plus)) (tr!(lang, "offer.add")) } }
            } }
        }
    }
}
