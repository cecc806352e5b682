//! 批量邀约: a template, a sheet with its mistakes by row and column, and hundreds of offers that are sent
//! whole or not at all.

use crate::cast::{Stage, YEAR};
use crate::site::{Browser, Page, Site, sent};
use domain::document::{RenderError, Rendered, Renderer, Sheet};
use domain::ids::{CollegeId, SchoolId, StudentId};
use jobs::Worker;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;
use store::people::{self, NewStudent, SourceDecision};
use store::testing::both;
use web::upload::{Outside, Room};

struct NoPaper;

impl Renderer for NoPaper {
    fn render(&self, _: &Sheet) -> Result<Rendered, RenderError> {
        Err(RenderError::Form("no paper".into()))
    }
}

async fn work(site: &Site) {
    Worker::new(site.world.store.clone(), Arc::new(NoPaper))
        .drain()
        .await;
}

/// So many students with approved records, numbered from 1.
async fn students(site: &Site, n: u32) {
    let campus = &site.cast.schools[0];
    let (school, college, store) = (campus.id, campus.colleges[0], site.world.store.clone());
    let now = site.world.env.now();
    let make = site.world.store.write(move |c| {
        let store = store.clone();
        Box::pin(async move {
            let mut ids = Vec::new();
            for i in 1..=n {
                let new = student(college, i);
                people::student_insert(c, &store, school, &new).await?;
                ids.push(new.id);
            }
            people::source_decide(c, (school, &[college]), &ids, &SourceDecision::Approve, now).await?;
            Ok::<_, store::Error>(SchoolId(school.0))
        })
    });
    make.await.unwrap();
}

fn student(college_id: CollegeId, i: u32) -> NewStudent {
    NewStudent {
        id: StudentId(uuid::Uuid::from_u128(0xB000 + u128::from(i))),
        year: YEAR,
        college_id,
        student_no: format!("S{i:04}"),
        exam_no: String::new(),
        name: format!(
            "学生{}",
            "甲乙丙丁戊己庚辛壬癸".chars().nth(i as usize % 10).unwrap()
        ),
        gender: "1".into(),
        degree: "31".into(),
        major: "软件工程".into(),
        class_name: String::new(),
        training_mode: "1".into(),
        id_no: None,
        phone: None,
    }
}

fn row(i: u32, rest: &str) -> String {
    let name = format!(
        "学生{}",
        "甲乙丙丁戊己庚辛壬癸".chars().nth(i as usize % 10).unwrap()
    );
    format!("S{i:04}\t{name}\t{rest}\n")
}

fn base(site: &Site) -> String {
    format!("/employer/{}/{YEAR}", site.cast.schools[0].code)
}

/// Keeps a template from an agreement, and returns its identifier.
async fn template(site: &Site, hr: &Browser) -> String {
    let firm = &site.cast.firms[0];
    let source = firm
        .agreement(&site.world, &site.cast.schools[0], 0, Stage::Draft)
        .await;
    let mut changed = crate::cast::terms();
    // A category that the form takes.
    changed.position_category = "13".into();
    let act = store::agreements::Act {
        school: site.cast.schools[0].id,
        id: source,
        version: None,
        command: domain::agreement::Command::Edit {
            content: Box::new(domain::agreement::Content::standard(changed)),
        },
        ticked: std::collections::BTreeSet::new(),
        actor: domain::policy::Actor::Employer {
            account: firm.login.account,
            employer: firm.id,
        },
        origin: store::agreements::Origin::default(),
    };
    store::agreements::perform(&site.world.store, act).await.unwrap();
    let list = format!("{}/batches", base(site));
    let source = source.to_string();
    let nameless = hr
        .post(&format!("{}/templates", base(site)), &[("agreement", &source)])
        .await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nameless.has("#template_name-e"));
    let kept = hr
        .post(
            &format!("{}/templates", base(site)),
            &[("agreement", &source), ("template_name", "研发岗")],
        )
        .await;
    assert_eq!(kept.to(), list);
    hr.get(&list)
        .await
        .attr("#f-template option:nth-child(2)", "value")
}

async fn check(site: &Site, hr: &Browser, template: &str, rows: &str) -> Page {
    hr.post(
        &format!("{}/batches", base(site)),
        &[("template", template), ("rows", rows)],
    )
    .await
}

async fn send_file(site: &Site, hr: &Browser, template: &str, name: &'static str, bytes: Vec<u8>) -> Page {
    let form = Form::new()
        .text("csrf", hr.token().await)
        .text("template", template.to_owned())
        .part("file", Part::bytes(bytes).file_name(name));
    let path = format!("{}/batches", base(site));
    sent(hr.request(Method::POST, &path).multipart(form)).await
}

/// A workbook with numbers, a day and texts, as a spreadsheet program writes them.
fn workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let day = rust_xlsxwriter::Format::new().set_num_format("yyyy/m/d");
    let page = book.add_worksheet();
    for (column, head) in (0u16..).zip(["学号", "姓名", "转正月薪", "报到开始日"]) {
        page.write_string(0, column, head).unwrap();
    }
    for (line, name) in [(1u32, "学生乙"), (2, "学生丙")] {
        page.write_string(line, 0, format!("S{line:04}")).unwrap();
        page.write_string(line, 1, name).unwrap();
        page.write_number(line, 2, 9500.0).unwrap();
        page.write_number_with_format(line, 3, 46_569.0, &day).unwrap();
    }
    book.save_to_buffer().unwrap()
}

#[tokio::test]
async fn a_sheet_is_read_from_a_file_and_what_is_no_sheet_is_refused() {
    both(|world| async {
        let site = Site::open(world).await;
        students(&site, 3).await;
        let hr = site.signed_in(&site.cast.firms[0].login).await;
        let template = template(&site, &hr).await;
        let good = workbook();
        let mut damaged = good.clone();
        damaged.truncate(good.len() / 2);
        for (name, bytes) in [
            ("a.xlsx", damaged),
            ("a.xlsx", b"PK\x03\x04rubbish".to_vec()),
            ("a.xls", vec![0xD0, 0xCF, 0x11, 0xE0, 0]),
            ("a.csv", "学号,姓名".into()),
            ("large.xlsx", vec![b'P'; 6 << 20]),
        ] {
            let page = send_file(&site, &hr, &template, name, bytes).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert!(page.has("#file-e"), "{name}");
            assert!(page.has("#f-template option[selected]"), "the choice is kept");
        }
        let made = send_file(&site, &hr, &template, "offers.xlsx", good).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.says(".err"));
        let page = hr.get(made.to()).await;
        assert!(page.says("h1").contains("offers.xlsx"), "{}", page.says("h1"));
        assert!(
            page.has("form[action$=sending]"),
            "in order: {}",
            page.says("tbody")
        );
    })
    .await;
}

#[tokio::test]
async fn what_stands_under_no_heading_is_told_by_row_and_column() {
    both(|world| async {
        let site = Site::open(world).await;
        students(&site, 1).await;
        let hr = site.signed_in(&site.cast.firms[0].login).await;
        let template = template(&site, &hr).await;
        let with = |cells: &[(u32, u16, &str)]| {
            let mut book = rust_xlsxwriter::Workbook::new();
            let page = book.add_worksheet();
            for (column, head) in (0u16..).zip(["学号", "姓名", "转正月薪", "", " "]) {
                page.write_string(0, column, head).unwrap();
            }
            for (column, text) in (0u16..).zip(["S0001", "学生乙", "9500"]) {
                page.write_string(1, column, text).unwrap();
            }
            for (row, column, text) in cells {
                page.write_string(*row, *column, *text).unwrap();
            }
            book.save_to_buffer().unwrap()
        };
        for (cell, told) in [
            ((1, 3, "备注"), "第 2 行 D 列"),
            ((4, 7, "x"), "第 5 行 H 列"),
            ((1, 200, "x"), "第 2 行 GS 列"),
            ((1_048_575, 16_383, "x"), "第 1048576 行 XFD 列"),
        ] {
            let page = send_file(&site, &hr, &template, "offers.xlsx", with(&[cell])).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
            assert!(page.says("#file-e").contains(told), "{}", page.says("#file-e"));
        }
        // What looks empty is: headings, cells, whole columns far away.
        let blanks = with(&[(1, 3, " "), (1, 4, ""), (1, 40, " "), (3, 300, "\u{3000}")]);
        let made = send_file(&site, &hr, &template, "offers.xlsx", blanks).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.says(".err"));
        let pasted = check(&site, &hr, &template, "学号\t姓名\t\nS0001\t学生乙\t\t\t备注").await;
        assert_eq!(pasted.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            pasted.says("#rows-e").contains("第 2 行 E 列"),
            "{}",
            pasted.says("#rows-e")
        );
        assert!(
            pasted.says("textarea").contains("备注"),
            "what was pasted is kept"
        );
    })
    .await;
}

#[tokio::test]
async fn a_sheet_that_breaks_its_reader_or_finds_no_place_is_refused_beside_the_field() {
    both(|world| async {
        let shell = |script: &str| Outside {
            command: ["sh", "-c", script].map(OsString::from).to_vec(),
            patience: Duration::from_secs(1),
        };
        let site = Site::with(world, |config| {
            config.demo = Some(web::Demo {
                captcha: crate::site::CAPTCHA.into(),
            });
            config.readers.reader = Some(shell("kill -9 $$"));
        })
        .await;
        students(&site, 1).await;
        let hr = site.signed_in(&site.cast.firms[0].login).await;
        let template = template(&site, &hr).await;
        let page = send_file(&site, &hr, &template, "offers.xlsx", workbook()).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("#file-e").contains("限度"), "{}", page.says("#file-e"));
    })
    .await;
    both(|world| async {
        let site = Site::with(world, |config| {
            config.demo = Some(web::Demo {
                captcha: crate::site::CAPTCHA.into(),
            });
            config.readers.rooms.sheets = Room::new(0, Duration::ZERO);
        })
        .await;
        students(&site, 1).await;
        let hr = site.signed_in(&site.cast.firms[0].login).await;
        let template = template(&site, &hr).await;
        let page = send_file(&site, &hr, &template, "offers.xlsx", workbook()).await;
        assert!(
            page.says("#file-e").contains("重新选择"),
            "{}",
            page.says("#file-e")
        );
    })
    .await;
}

/// The clauses of the page that are to be confirmed.
fn ticks(page: &Page) -> Vec<String> {
    crate::student::keys(page)
}

#[tokio::test]
async fn mistakes_are_told_by_row_and_column_and_nothing_is_sent() {
    both(|world| async {
        let site = Site::open(world).await;
        students(&site, 3).await;
        let hr = site.signed_in(&site.cast.firms[0].login).await;
        let template = template(&site, &hr).await;
        for (rows, told) in [
            ("", "#rows-e"),
            ("学号\t姓名\t颜色\nS0001\t学生乙\t红", "#rows-e"),
            ("学号\t岗位名称\nS0001\t工程师", "#rows-e"),
            ("学号\t姓名\t学号\nS0001\t学生乙\tS0001", "#rows-e"),
        ] {
            let page = check(&site, &hr, &template, rows).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{rows}");
            assert!(page.has(told), "{rows}");
        }
        let sheet = format!(
            "学号\t姓名\t岗位名称\t转正月薪\t报到开始日\n{}{}{}S9999\t学生乙\t\t\t\n{}",
            row(1, "测试工程师\t9,000\t2027/7/1"),
            row(2, "测试工程师\tmany\t2027-13-40"),
            "S0003\t别人\t\t\t\n",
            row(1, "\t\t"),
        );
        let made = check(&site, &hr, &template, &sheet).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER);
        let page = hr.get(made.to()).await;
        let lines = page.says("tbody");
        assert!(
            lines.contains("转正月薪") && lines.contains("报到开始日"),
            "the columns: {lines}"
        );
        assert!(lines.contains("两次"), "a number that is there twice: {lines}");
        assert_eq!(
            lines.matches("没有这名").count(),
            2,
            "nobody, and a number with another name: {lines}"
        );
        assert!(!page.has("form[action$=sending]"), "nothing can be sent");
        let bad = hr.get(&format!("{}?status=bad", made.to())).await;
        assert_eq!(bad.says("tbody").matches("需修改").count(), 4);
        // Nor by whoever knows the address.
        let forced = hr
            .post(
                &format!("{}/sending", made.to()),
                &[("reply_days", "5"), ("tick", "pay")],
            )
            .await;
        assert_eq!(forced.status, StatusCode::UNPROCESSABLE_ENTITY);
        work(&site).await;
        let offers = hr.get(&format!("{}/agreements?tab=pending", base(&site))).await;
        assert!(!offers.has("table.tb"), "nothing was sent");
        // Another employer does not see it.
        let other = site.signed_in(&site.cast.firms[1].login).await;
        assert_eq!(other.get(made.to()).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn hundreds_are_sent_each_whole_and_what_changed_meanwhile_is_refused_with_its_reason() {
    both(|world| async {
        let site = Site::open(world).await;
        students(&site, 120).await;
        let hr = site.signed_in(&site.cast.firms[0].login).await;
        let template = template(&site, &hr).await;
        let mut sheet = String::from("学号\t姓名\t转正月薪\t报到开始日\n");
        for i in 1..=120 {
            sheet += &row(i, &format!("{}\t2027/7/1", 9_000 + i));
        }
        let made = check(&site, &hr, &template, &sheet).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.says(".err"));
        let page = hr.get(made.to()).await;
        let ticks = ticks(&page);
        assert!(ticks.len() > 5, "the clauses are confirmed one by one");
        // What each row says is on the page, with its row and with the place marked that is its own.
        let texts = page.says(".texts");
        for i in 1..=120 {
            let row = format!("第 {} 行", i + 1);
            assert!(
                texts.contains(&row) && texts.contains(&format!("9,{i:03} 元")),
                "{texts}"
            );
        }
        assert_eq!(page.count(".texts"), 1, "only the pay differs");
        assert_eq!(page.count(".texts mark.own"), 120);
        let sending = format!("{}/sending", made.to());
        let mut fields = vec![("reply_days", "5")];
        fields.extend(ticks.iter().skip(1).map(|key| ("tick", key.as_str())));
        let unticked = hr.post(&sending, &fields).await;
        assert_eq!(unticked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unticked.has("#tick-e"));
        // Of a clause that reads differently in every row, each text is confirmed by itself: the one of the
        // first row is left out.
        assert_eq!(page.count(".texts input[name=tick]"), 120);
        let own = page.attr(".texts input[name=tick]", "value");
        let mut but_one = vec![("reply_days", "5")];
        let rest = ticks.iter().filter(|tick| **tick != own);
        but_one.extend(rest.map(|tick| ("tick", tick.as_str())));
        let left = hr.post(&sending, &but_one).await;
        assert_eq!(left.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(left.says("#tick-e").contains("1 行"), "{}", left.says("#tick-e"));
        assert_eq!(left.count("input[name=tick][checked]"), ticks.len() - 1, "kept");
        assert_eq!(left.attr("input[name=tick][aria-invalid]", "value"), own);
        let (row, other) = (
            left.says("tbody tr:first-child"),
            left.says("tbody tr:nth-child(2)"),
        );
        assert!(
            row.contains("S0001") && row.contains("还没有确认：劳动报酬"),
            "{row}"
        );
        assert!(!other.contains("还没有确认"), "{other}");
        work(&site).await;
        assert!(
            hr.get(&format!("{}?status=sent", made.to()))
                .await
                .count("tbody tr")
                == 0,
            "nothing was sent"
        );
        // What was ticked are these texts and no others.
        let mut other = fields.clone();
        other.push(("tick", "pay"));
        let other = hr.post(&sending, &other).await;
        assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            other.says("#tick-e").contains("有变化"),
            "{}",
            other.says("#tick-e")
        );
        fields.push(("tick", ticks[0].as_str()));

        // Meanwhile one of them gets an offer of this employer by hand.
        let by_hand = StudentId(uuid::Uuid::from_u128(0xB000 + 7));
        let mut campus = site.cast.schools[0].clone();
        campus.students[0] = by_hand;
        site.cast.firms[0]
            .agreement(&site.world, &campus, 0, Stage::Offered)
            .await;

        let begun = hr.post(&sending, &fields).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER);
        let twice = hr.post(&sending, &fields).await;
        assert_eq!(
            twice.status,
            StatusCode::CONFLICT,
            "a second click sends nothing twice"
        );
        assert!(twice.says("#batch-e").contains("没有再发送"), "{}", twice.text);
        assert!(
            twice.says("h1 .st").contains("发起中"),
            "its present state: {}",
            twice.says("h1")
        );
        assert!(!twice.has("form[action$=sending]"));
        work(&site).await;
        let done = hr.get(made.to()).await;
        assert!(
            done.says(".note").contains("119") && done.says(".note").contains('1'),
            "{}",
            done.says(".note")
        );
        let refused = hr.get(&format!("{}?status=refused", made.to())).await;
        assert!(
            refused.says("tbody").contains("S0007"),
            "{}",
            refused.says("tbody")
        );
        let sent = hr.get(&format!("{}?status=sent", made.to())).await;
        assert!(
            sent.has("tbody a[href*='/agreements/']"),
            "each leads to its offer"
        );
        assert!(sent.has("a[rel=next]"), "in pages");
        let list = hr.get(&format!("{}/agreements?tab=pending", base(&site))).await;
        assert!(
            list.says(".pager").contains("120"),
            "119 and the one by hand: {}",
            list.says(".pager")
        );
        // Every agreement of it keeps the invariants.
        let report = store::verify::all(&site.world.store).await.unwrap();
        assert!(report.breaches.is_empty(), "{:?}", report.breaches);
    })
    .await;
}
