//! The letter of termination, from the press.

use crate::reader::{self, info, text_of, text_of_page};
use crate::squeezed;
use domain::agreement::Party;
use domain::document::{Letter, Rendered, Renderer};
use pdf::Press;

fn letter() -> Letter {
    Letter {
        number: "20261035930001234K".into(),
        employer: "北京云帆智造科技有限公司".into(),
        uscc: "91110108MA01ABCD2X".into(),
        student: "张晓雯".into(),
        student_no: "2022110123".into(),
        college: "计算机学院 · 软件工程".into(),
        school: "示例大学".into(),
        position: "后端开发工程师".into(),
        since: "2026-11-25T02:15:00Z".parse().unwrap(),
        party: Party::Student,
        reason: "继续深造".into(),
        text: "已考取研究生。\n\n双方已协商一致，违约金已结清。".into(),
        dated: "2027-03-01T16:30:00Z".parse().unwrap(),
    }
}

fn press(letter: &Letter) -> Rendered {
    Press::new().letter(letter).unwrap()
}

fn read(letter: &Letter) -> String {
    squeezed(&text_of(&press(letter).pdf))
}

#[test]
fn it_says_who_asks_whom_for_what_and_why() {
    let text = read(&letter());
    for part in [
        "解除就业协议申请书（解约函）",
        "协议编号：20261035930001234K",
        "北京云帆智造科技有限公司、示例大学：",
        "张晓雯与北京云帆智造科技有限公司于2026年11月25日签订",
        "现由毕业生张晓雯提出解除该协议，原因：继续深造。",
        "已考取研究生。",
        "双方已协商一致，违约金已结清。",
        "91110108MA01ABCD2X",
        "计算机学院·软件工程",
        "提出方（毕业生）：张晓雯",
        // Half past midnight in China.
        "2027年3月2日",
        "审核同意之前，协议继续有效",
        "第1页/共1页",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    let mut other = letter();
    other.party = Party::Employer;
    let text = read(&other);
    for part in [
        "张晓雯、示例大学：",
        "现由用人单位北京云帆智造科技有限公司提出解除该协议",
        "提出方（用人单位）：北京云帆智造科技有限公司",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
}

#[test]
fn rare_characters_and_the_longest_names_print_and_nothing_runs_over_the_margin() {
    let name = "𬭎𠮷㛃䶮𫖯龘𰻝\u{20023}\u{2B830}·买买提·吐尔逊江·阿卜杜热西提";
    let mut long = letter();
    long.student = name.into();
    long.employer = format!("{}（集团）有限公司", "龘𬭎智造科技".repeat(32));
    assert_eq!(long.employer.chars().count(), 200);
    long.college = "信息科学与工程学院".repeat(8);
    long.position = "Principal-Distributed-Systems-Reliability-Engineer".repeat(3);
    long.text = format!("{}\n{}", "因家庭原因需要返乡。".repeat(40), "W".repeat(300));
    for party in [Party::Student, Party::Employer] {
        long.party = party;
        let rendered = press(&long);
        assert_eq!(rendered.missing_glyphs, []);
        let text = squeezed(&text_of(&rendered.pdf));
        for part in [
            name,
            &long.employer,
            &long.college,
            &long.position,
            &"W".repeat(300),
        ] {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
        // The margin is 25 mm; the empty half of a comma at the end of a line may stand in it.
        let edge = 185.0 * 72.0 / 25.4 + 5.5;
        let rightmost = reader::rightmost(&rendered.pdf);
        assert!(
            rightmost <= edge,
            "text runs over the margin: {rightmost} > {edge}"
        );
        for page in 1..=rendered.pages {
            let text = squeezed(&text_of_page(&rendered.pdf, page));
            assert!(
                text.contains("协议编号：20261035930001234K"),
                "page {page}: {text}"
            );
        }
    }
}

#[test]
fn what_no_font_has_is_shown_by_its_code_point_and_markup_as_it_is() {
    let mut odd = letter();
    odd.student = "张\u{323B0}".into();
    odd.text = "#pagebreak() *粗* $x$ <a> @b \\".into();
    let rendered = press(&odd);
    assert_eq!(
        rendered.missing_glyphs.iter().map(|m| m.ch).collect::<Vec<_>>(),
        ['\u{323B0}']
    );
    let text = squeezed(&text_of(&rendered.pdf));
    assert!(
        text.contains("张〓〔U+323B0〕") && text.contains("标有〔U+〕的字暂无字形"),
        "{text}"
    );
    assert!(text.contains("#pagebreak()*粗*$x$<a>@b\\"), "{text}");
}

#[test]
fn the_same_letter_gives_the_same_bytes_and_an_empty_text_leaves_no_gap() {
    let first = press(&letter());
    assert!(first == press(&letter()));
    assert!(info(&first.pdf).contains("2027-03-0"), "{}", info(&first.pdf));
    let mut bare = letter();
    bare.text = String::new();
    assert!(read(&bare).contains("原因：继续深造。本函经提出方提交"));
}
