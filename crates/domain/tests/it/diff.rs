//! What the student is shown when an offer comes again after an edit.

use crate::support::{content, terms};
use domain::agreement::diff::{ClauseChange, diff};
use domain::agreement::terms::{Money, Terms};
use domain::agreement::{Content, Party};

fn keys(changes: &[ClauseChange]) -> Vec<&str> {
    changes.iter().map(|change| change.key.as_str()).collect()
}

#[test]
fn the_same_content_has_no_changes() {
    assert_eq!(diff(&content(), &content()), []);
}

#[test]
fn a_changed_term_shows_its_clause_before_and_after() {
    let new = Content::standard(Terms {
        penalty_student: Money::yuan(3_000),
        penalty_employer: Money::yuan(3_000),
        ..terms()
    });
    let changes = diff(&content(), &new);
    assert_eq!(keys(&changes), ["breach"]);
    let change = &changes[0];
    assert_eq!(change.title, "违约责任与免责情形");
    assert!(change.old.as_ref().unwrap().contains("5,000 元"));
    assert!(change.new.as_ref().unwrap().contains("3,000 元"));
}

#[test]
fn added_clauses_have_no_old_text_and_removed_ones_no_new() {
    let more = Content::standard(Terms {
        supplementary: vec![terms().supplementary[0].clone(), "甲方提供人才公寓。".into()],
        ..terms()
    });
    let added = diff(&content(), &more);
    assert_eq!(keys(&added), ["supplementary-2"]);
    assert_eq!(
        (added[0].old.as_deref(), added[0].new.as_deref()),
        (None, Some("甲方提供人才公寓。"))
    );
    let removed = diff(&more, &content());
    assert_eq!(keys(&removed), ["supplementary-2"]);
    assert_eq!(
        (removed[0].old.as_deref(), removed[0].new.as_deref()),
        (Some("甲方提供人才公寓。"), None)
    );
}

#[test]
fn changes_come_in_the_order_of_the_clauses_and_the_removed_last() {
    let new = Content::standard(Terms {
        regular_pay: Money::yuan(18_000),
        position: "前端开发工程师".into(),
        supplementary: vec![],
        ..terms()
    });
    assert_eq!(
        keys(&diff(&content(), &new)),
        ["position", "pay", "supplementary-1"]
    );
}

#[test]
fn exactly_the_clauses_with_a_new_text_lose_their_ticks() {
    let old = content();
    let all = old.clauses.iter().map(|clause| clause.key.clone()).collect();
    let ticks = old.ticks_of(&all);
    let new = Content::standard(Terms {
        work_place: "上海市浦东新区张江路 1 号".into(),
        supplementary: vec!["另行约定。".into(), "甲方提供人才公寓。".into()],
        ..terms()
    });
    let changes = diff(&old, &new);
    let keys: Vec<_> = changes
        .iter()
        .filter(|c| c.new.is_some())
        .map(|c| c.key.clone())
        .collect();
    assert_eq!(new.unticked(Party::Student, &ticks), keys);
    assert_eq!(keys, ["position", "supplementary-1", "supplementary-2"]);
}
