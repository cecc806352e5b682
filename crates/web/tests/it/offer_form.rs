//! The offer form: one 保存 with every clause confirmed is ready to be sent.

use crate::cast::{Campus, terms};
use crate::site::{Page, Site};
use domain::agreement::form::to_input;
use domain::agreement::outline::outline;
use domain::ids::StudentId;
use reqwest::StatusCode;
use store::testing::both;

/// The form of the first employer for a student.
fn form(campus: &Campus, student: StudentId) -> String {
    format!("/employer/{}/2027/students/{student}/offer", campus.code)
}

/// Every field of the form with the supplementary clauses and ticks of a test.
fn fields(page: &Page, clauses: &[&str], ticks: &[&str]) -> Vec<(String, String)> {
    let mut input = to_input(&terms());
    input.set("position_category", "13");
    let mut fields = vec![(
        "id".to_owned(),
        page.find("input[name=id]", "value").unwrap_or_default(),
    )];
    for name in [
        "position",
        "position_category",
        "work_province",
        "work_place",
        "major_match",
        "contract",
        "contract_months",
        "probation_months",
        "probation_pay",
        "regular_pay",
        "report_from",
        "report_to",
        "report_place",
        "archive_kind",
        "household_kind",
        "penalty_employer",
        "penalty_student",
    ] {
        fields.push((name.to_owned(), input.raw(name).to_owned()));
    }
    fields.extend(
        clauses
            .iter()
            .map(|text| ("supplementary".to_owned(), (*text).to_owned())),
    );
    fields.extend(
        outline()
            .into_iter()
            .map(|clause| ("tick".to_owned(), clause.key)),
    );
    fields.extend(ticks.iter().map(|key| ("tick".to_owned(), (*key).to_owned())));
    fields
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

#[tokio::test]
async fn a_supplementary_clause_is_written_and_confirmed_in_one_save() {
    both(|world| async {
        let site = Site::open(world).await;
        let campus = &site.cast.schools[0];
        let firm = site.signed_in(&site.cast.firms[0].login).await;
        let path = form(campus, campus.students[0]);
        let empty = firm.get(&path).await;
        assert!(empty.has("textarea[name=supplementary] ~ label input[name=tick][value='supplementary-1']"));
        // The first field is left empty: what stands in the second becomes the first clause.
        let sent = fields(&empty, &["", "甲方提供住宿。"], &["supplementary-2"]);
        let saved = firm.post(&path, &borrowed(&sent)).await;
        assert_eq!(
            saved.status,
            StatusCode::SEE_OTHER,
            "{:?}",
            saved.find(".err", "id")
        );
        let edit = firm.get(saved.to()).await;
        assert!(
            edit.has("form[action$=sending]"),
            "every clause is confirmed, so that it can be sent"
        );
        assert!(edit.has("input[value='supplementary-1'][checked]"));
        assert!(!edit.has("input[value='supplementary-2'][checked]"));
    })
    .await;
}

#[tokio::test]
async fn a_supplementary_clause_without_its_tick_keeps_the_offer_back() {
    both(|world| async {
        let site = Site::open(world).await;
        let campus = &site.cast.schools[0];
        let firm = site.signed_in(&site.cast.firms[0].login).await;
        let path = form(campus, campus.students[1]);
        let empty = firm.get(&path).await;
        // A tick beside an empty field confirms nothing.
        let sent = fields(&empty, &["甲方提供住宿。", ""], &["supplementary-2"]);
        let saved = firm.post(&path, &borrowed(&sent)).await;
        assert_eq!(
            saved.status,
            StatusCode::SEE_OTHER,
            "{:?}",
            saved.find(".err", "id")
        );
        let edit = firm.get(saved.to()).await;
        assert!(!edit.has("form[action$=sending]"));
        assert!(
            edit.text.contains("还有 1 条条款未确认"),
            "and the button says why"
        );
    })
    .await;
}

#[tokio::test]
async fn the_student_sees_what_an_edit_took_out() {
    both(|world| async {
        let site = Site::open(world).await;
        let campus = &site.cast.schools[0];
        let firm = site.signed_in(&site.cast.firms[0].login).await;
        let student = site.signed_in(&campus.student_logins[0]).await;
        let path = form(campus, campus.students[0]);
        let first = fields(&firm.get(&path).await, &["甲方提供住宿。"], &["supplementary-1"]);
        let edit = firm.post(&path, &borrowed(&first)).await.to().to_owned();
        let page = edit.strip_suffix("/edit").unwrap().to_owned();
        let id = page.rsplit('/').next().unwrap().to_owned();
        let version = |shown: &Page| shown.attr("input[name=version]", "value");
        let send = async || {
            let v = version(&firm.get(&page).await);
            let sent = [("version", v.as_str()), ("reply_days", "5")];
            firm.post(&format!("{page}/sending"), &sent).await
        };
        assert_eq!(send().await.status, StatusCode::SEE_OTHER);
        let offer = format!("/student/agreements/{id}");
        let seen = student.get(&offer).await;
        assert!(seen.text.contains("甲方提供住宿。") && !seen.has(".gone-c"));

        let v = version(&firm.get(&page).await);
        firm.post(&format!("{page}/withdrawal"), &[("version", &v)]).await;
        let form = firm.get(&edit).await;
        let mut second = fields(&form, &[], &[]);
        second[0] = ("version".to_owned(), version(&form));
        let saved = firm.post(&edit, &borrowed(&second)).await;
        assert_eq!(
            saved.status,
            StatusCode::SEE_OTHER,
            "{:?}",
            saved.find(".err", "id")
        );
        assert_eq!(send().await.status, StatusCode::SEE_OTHER);
        let again = student.get(&offer).await;
        assert!(again.says(".gone-c del").contains("甲方提供住宿。"));
    })
    .await;
}
