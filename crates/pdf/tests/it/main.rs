//! The press from outside: what the finished PDF says, as poppler reads it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod letter;
mod reader;
mod samples;

use domain::document::{RenderError, Rendered, Renderer, Rendition, Row, Section, Sheet, Signer};
use pdf::Press;
use reader::{lines_of, pictures_of, text_of, text_of_page};

fn press(sheet: &Sheet) -> Rendered {
    Press::new().render(sheet).unwrap()
}

/// Without white space: justified Chinese text is read with spaces between its pieces.
fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|ch| !ch.is_whitespace() && *ch != '\u{200B}')
        .collect()
}

fn read(sheet: &Sheet) -> String {
    squeezed(&text_of(&press(sheet).pdf))
}

#[test]
fn an_agreement_says_everything_that_was_agreed() {
    let text = read(&samples::effective());
    for part in [
        "普通高等学校毕业生就业协议书",
        "（2027届）",
        "北京云帆智造科技有限公司",
        "91110108MA01ABCD2X",
        "张晓雯",
        "11010120050301124X",
        "示例大学",
        "10359",
        "后端开发工程师",
        "12,050.30元（人民币壹万贰仟零伍拾元叁角整）",
        "5,000.00元（人民币伍仟元整）",
        "第一条如实告知与报到",
        "第九条个人信息",
        "甲方确认李思远2026-11-2010:30",
        "乙方确认张晓雯2026-11-2219:48",
        "乙方在读期间可到甲方实习，实习待遇另行约定。",
        "同意录用，并已逐条确认本协议。",
        "2026年11月22日19:50",
        "签署方式：各方以本系统账号",
        "自2026年11月25日起生效",
        "https://sanfang.example/v/7Kq2mPz4Rt9sWx3yBvN6Lc",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
}

#[test]
fn a_clause_of_three_thousand_characters_goes_over_the_page_and_leaves_none_half_empty() {
    let mut sheet = samples::long();
    let words: String = "甲乙双方就保密与知识产权约定如下，"
        .chars()
        .cycle()
        .take(1_480)
        .collect();
    let mut clause = sheet.clauses[2].clone();
    clause.title = Some("最长的条款".into());
    clause.body = format!("{words}。\n第二段：{words}。");
    sheet.clauses.insert(3, clause);
    let rendered = press(&sheet);
    let pages: Vec<String> = (1..=rendered.pages)
        .map(|page| squeezed(&text_of_page(&rendered.pdf, page)))
        .collect();
    // Heads and feet come between two pages: what follows at once stands on the same one.
    assert!(
        pages.iter().any(|text| text.contains("。第二段：")),
        "the page is used to its end: {pages:?}"
    );
}

#[test]
fn a_logo_stands_on_the_first_page_and_the_file_stays_archivable() {
    let mut sheet = samples::effective();
    let without = press(&sheet).pdf;
    sheet.logo = Some(samples::logo());
    let with = press(&sheet);
    assert_ne!(without, with.pdf);
    assert_eq!(pictures_of(&with.pdf), 2, "the colours, and how much they cover");
    assert_eq!(pictures_of(&without), 0);
    assert_eq!(press(&sheet).pdf, with.pdf, "the same sheet gives the same bytes");
    // What cannot be read as a picture stops the document and nothing else.
    sheet.logo = Some(domain::document::Png(b"no picture".to_vec()));
    assert!(matches!(Press::new().render(&sheet), Err(RenderError::Form(_))));
}

#[test]
fn number_and_page_stand_on_every_page() {
    for sheet in [samples::effective(), samples::long()] {
        let rendered = press(&sheet);
        assert!(rendered.pages >= 2);
        for page in 1..=rendered.pages {
            let text = squeezed(&text_of_page(&rendered.pdf, page));
            assert!(
                text.contains("协议编号：20261035930001234K"),
                "page {page}: {text}"
            );
            assert!(
                text.contains(&format!("第{page}页/共{}页", rendered.pages)),
                "page {page}: {text}"
            );
        }
    }
}

#[test]
fn a_code_stands_on_every_page_that_has_something_to_say() {
    let coded = press(&samples::effective());
    let pages = reader::shapes(&coded.pdf);
    assert_eq!(pages.len(), coded.pages);
    assert!(
        pages.iter().all(|dark| *dark > 0.25),
        "dark share of the code's place: {pages:?}"
    );
    let bare = press(&samples::draft());
    assert!(
        reader::shapes(&bare.pdf).iter().all(|dark| *dark < 0.05),
        "a draft has nothing to verify"
    );
}

#[test]
fn rare_characters_and_long_names_print_and_can_be_searched() {
    // The first two after 𰻝 are only in the last font.
    let name = "𬭎𠮷㛃䶮𫖯龘𰻝\u{20023}\u{2B830} 买买提·吐尔逊江·阿卜杜热西提";
    let mut sheet = samples::effective();
    sheet.student.name = name.into();
    let rendered = press(&sheet);
    assert_eq!(rendered.missing_glyphs, []);
    let text = squeezed(&text_of(&rendered.pdf));
    assert!(text.contains(&squeezed(name)), "{text}");
}

#[test]
fn a_character_no_font_has_is_reported_and_shown_by_its_code_point() {
    let mut sheet = samples::effective();
    sheet.student.name = "张\u{323B0}".into();
    sheet.employer.contact = Some("李\u{E863}".into());
    sheet.supplementary[0].body = "涉及金额\u{202E}5000 元。".into();
    let rendered = press(&sheet);
    let missing: Vec<(char, bool)> = rendered
        .missing_glyphs
        .iter()
        .map(|m| (m.ch, (1..=rendered.pages).contains(&m.page)))
        .collect();
    assert_eq!(
        missing,
        [('\u{202E}', true), ('\u{E863}', true), ('\u{323B0}', true)]
    );
    let text = squeezed(&text_of(&rendered.pdf));
    for shown in [
        "张〓〔U+323B0〕",
        "李〓〔U+E863〕",
        "金额〓〔U+202E〕5000元",
        "没有字形的字",
    ] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
    assert!(!read(&samples::effective()).contains("没有字形的字"));
}

#[test]
fn a_letter_whose_mark_cannot_be_shaped_is_reported_too() {
    let mut sheet = samples::effective();
    // Each character is in some font; no font has both.
    sheet.student.name = "Q\u{0F39}uq".into();
    let rendered = press(&sheet);
    let text = squeezed(&text_of(&rendered.pdf));
    assert!(
        rendered
            .missing_glyphs
            .iter()
            .all(|missing| missing.ch == '\u{0F39}'),
        "{:?}",
        rendered.missing_glyphs
    );
    assert!(text.contains('Q') && text.contains("uq"), "{text}");
}

#[test]
fn only_an_agreement_not_in_force_carries_a_watermark() {
    for rendition in Rendition::ALL {
        let mut sheet = samples::effective();
        sheet.rendition = rendition;
        let rendered = press(&sheet);
        for page in 1..=rendered.pages {
            let text = squeezed(&text_of_page(&rendered.pdf, page));
            for mark in Rendition::ALL.into_iter().filter_map(Rendition::watermark) {
                assert_eq!(
                    text.contains(mark),
                    rendition.watermark() == Some(mark),
                    "{rendition:?}, {mark}: {text}"
                );
            }
        }
    }
}

#[test]
fn what_is_empty_prints_as_a_stroke() {
    let mut sheet = samples::draft();
    sheet.clauses.clear();
    sheet.employer.legal_person = None;
    sheet.terms = vec![Section {
        title: "期限".into(),
        rows: vec![
            Row::text("服务期", None::<String>),
            Row::text("试用期", Some("  ")),
        ],
    }];
    let text = lines_of(&press(&sheet).pdf);
    for label in ["服务期", "试用期", "法定代表人"] {
        let line = text
            .lines()
            .find(|line| line.contains(label))
            .unwrap_or_else(|| panic!("{label}: {text}"));
        assert!(line.contains('/'), "{label}: {line}");
    }
    let text = read(&sheet);
    for part in ["签署方式：/", "四、补充条款/", "尚未签署", "协议编号：生效后编号"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    sheet.rendition = Rendition::Voided;
    let text = read(&sheet);
    assert!(
        !text.contains("尚未签署") && text.contains("协议编号：/"),
        "{text}"
    );
}

#[test]
fn markup_in_the_data_is_printed_as_it_is() {
    let markup = r#"#panic("x") $x^2$ *b* _i_ @ref <l> `raw` = \ // "quoted" #sys.inputs"#;
    let mut sheet = samples::effective();
    sheet.employer.name = markup.into();
    sheet.supplementary[0].body = format!("{markup}\n= 标题\n- 项\n#read(\"/etc/hostname\")");
    let text = read(&sheet);
    assert_eq!(text.matches(&squeezed(markup)).count(), 2, "{text}");
    assert!(text.contains("=标题-项#read(\"/etc/hostname\")"), "{text}");
}

#[test]
fn the_same_sheet_gives_the_same_bytes() {
    let one = Press::new();
    let first = one.render(&samples::effective()).unwrap();
    one.render(&samples::long()).unwrap();
    assert!(
        first == one.render(&samples::effective()).unwrap(),
        "after another document"
    );
    assert!(first == press(&samples::effective()), "by another press");
    let mut later = samples::effective();
    later.dated = "2026-11-25T02:17:00Z".parse().unwrap();
    assert!(first.pdf != press(&later).pdf, "the date is in the file");
}

#[test]
fn long_texts_break_and_nothing_is_lost() {
    let sheet = samples::long();
    let rendered = press(&sheet);
    assert_eq!(rendered.missing_glyphs, []);
    let pages: Vec<String> = (1..=rendered.pages)
        .map(|page| squeezed(&text_of_page(&rendered.pdf, page)))
        .collect();
    let text = pages.concat();
    assert!(text.contains(&sheet.employer.name), "{text}");
    assert!(text.contains(&sheet.student.name), "{text}");
    for number in 1..=20 {
        assert!(
            text.contains(&format!("{number}.第{number}项补充约定")),
            "clause {number}: {text}"
        );
    }
    // The margin is 20 mm; the empty half of a comma at the end of a line may stand in it.
    let edge = 190.0 * 72.0 / 25.4 + 5.5;
    let rightmost = reader::rightmost(&rendered.pdf);
    assert!(
        rightmost <= edge,
        "text runs over the margin: {rightmost} > {edge}"
    );
}

#[test]
fn each_signer_has_a_place_for_a_seal_on_the_paper() {
    for sheet in [samples::effective(), samples::draft(), samples::long()] {
        let rendered = press(&sheet);
        assert_eq!(
            rendered
                .fields
                .iter()
                .map(|field| field.signer)
                .collect::<Vec<_>>(),
            Signer::ALL
        );
        for field in &rendered.fields {
            assert!((1..=rendered.pages).contains(&field.page));
            assert!(
                (field.x1 - field.x0 - 102.05).abs() < 0.5 && (field.y1 - field.y0 - 102.05).abs() < 0.5,
                "{field:?}"
            );
            assert!(
                field.x0 > 56.0 && field.x1 < 540.0 && field.y0 > 56.0 && field.y1 < 760.0,
                "{field:?}"
            );
        }
        let apart = |a: usize, b: usize| {
            let (a, b) = (&rendered.fields[a], &rendered.fields[b]);
            a.page != b.page || a.x1 < b.x0 || a.y0 > b.y1
        };
        assert!(
            (0..4).all(|a| (a + 1..4).all(|b| apart(a, b))),
            "{:?}",
            rendered.fields
        );
    }
}

#[test]
fn an_address_that_fits_no_code_is_an_error() {
    let mut sheet = samples::effective();
    sheet.verify_url = Some("x".repeat(5000));
    assert_eq!(Press::new().render(&sheet), Err(RenderError::Qr));
}

#[test]
fn the_file_claims_to_be_pdf_a_and_carries_its_date() {
    let rendered = press(&samples::effective());
    let info = reader::info(&rendered.pdf);
    assert!(
        info.contains("普通高等学校毕业生就业协议书 20261035930001234K"),
        "{info}"
    );
    assert!(info.contains("2026"), "{info}");
    let file = String::from_utf8_lossy(&rendered.pdf).into_owned();
    assert!(
        file.contains("<pdfaid:part>2</pdfaid:part>"),
        "no claim of PDF/A-2"
    );
    assert!(rendered.pdf.len() < 400_000, "{} bytes", rendered.pdf.len());
}

#[test]
fn a_stamp_is_made_for_every_signature() {
    use domain::sealing::Stamp;
    let long: String = "中国某某新能源科技（集团）股份有限公司"
        .chars()
        .cycle()
        .take(200)
        .collect();
    let stamp = |signer, organisation: &str, name: &str| Stamp {
        signer,
        organisation: organisation.into(),
        name: name.into(),
        at: "2026-11-25T02:16:00Z".parse().unwrap(),
        number: "20261035930001234K".into(),
        seal: None,
    };
    let stamps = [
        stamp(Signer::Employer, "北京云帆智造科技有限公司", "李思远"),
        stamp(
            Signer::Student,
            "",
            "买买提·吐尔逊江·阿卜杜热西提·艾合买提江·麦麦提依明",
        ),
        stamp(Signer::School, "江城理工大学", "王𬭎𠮷"),
        stamp(Signer::Employer, &long, "\u{323B0}"),
        Stamp {
            seal: Some(samples::logo()),
            ..stamp(Signer::School, &long, "王𬭎𠮷")
        },
    ];
    let sheet = samples::effective();
    let plain = press(&sheet).pages;
    let rendered = Press::new().to_sign(&sheet, &stamps).unwrap();
    let pdf = rendered.pdf;
    if let Some(path) = std::env::var_os("STAMPS_TO_LOOK_AT") {
        std::fs::write(path, &pdf).unwrap();
    }
    assert_eq!(rendered.pages, plain, "only its own pages are counted");
    let count = format!("Pages:           {}\n", plain + stamps.len());
    assert!(reader::info(&pdf).contains(&count), "{}", reader::info(&pdf));
    let last = squeezed(&text_of_page(&pdf, plain));
    assert!(last.contains(&format!("第{plain}页/共{plain}页")), "{last}");
    let pages: Vec<String> = (1..=stamps.len())
        .map(|page| squeezed(&text_of_page(&pdf, plain + page)))
        .collect();
    for (page, parts) in [
        (
            0,
            [
                "北京云帆智造科技有限公司",
                "李思远",
                "2026-11-2510:16:00",
                "20261035930001234K",
            ],
        ),
        (1, ["买买提·吐尔逊江", "麦麦提依明", "毕业生", "2026-11-25"]),
        (
            2,
            ["江城理工大学", "王𬭎𠮷", "系统电子签章", "20261035930001234K"],
        ),
        (3, ["中国某某新能源科技", "股份有限公司", "U+323B0", "用人单位"]),
        (
            4,
            [
                "中国某某新能源科技",
                "股份有限公司",
                "王𬭎𠮷",
                "20261035930001234K",
            ],
        ),
    ] {
        for part in parts {
            assert!(pages[page].contains(part), "{part} is not in {}", pages[page]);
        }
    }
}
