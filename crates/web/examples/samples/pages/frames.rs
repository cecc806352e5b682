//! The surroundings of the samples: who is signed in, and when it is.

use domain::ids::{AgreementId, StudentId};
use jiff::Timestamp;
use uuid::Uuid;
use web::i18n::Lang;
use web::views::frame::{Area, Flash, Frame, Place, PlaceChoice, School, User};

/// 2026-11-23 09:41 in China.
pub const NOW: Timestamp = Timestamp::constant(1_795_398_060, 0);

/// So many hours before now.
pub fn ago(hours: i64) -> Timestamp {
    Timestamp::from_second(NOW.as_second() - hours * 3600).unwrap_or(NOW)
}

/// So many hours after now.
pub fn ahead(hours: i64) -> Timestamp {
    ago(-hours)
}

pub fn agreement(n: u128) -> AgreementId {
    AgreementId(Uuid::from_u128(0x0193_5678_0000_7000_8000_0000_0000_0000 + n))
}

pub fn student_id(n: u128) -> StudentId {
    StudentId(Uuid::from_u128(0x0193_1234_0000_7000_8000_0000_0000_0000 + n))
}

pub fn texts(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect()
}

/// Nobody is signed in.
pub fn public(lang: Lang) -> Frame {
    Frame {
        lang,
        now: NOW,
        path: "/".into(),
        csrf: "token".into(),
        flash: None,
        user: None,
        school: None,
        place: None,
        places: Vec::new(),
    }
}

pub fn school() -> School {
    School {
        code: "10359".into(),
        name: "江城理工大学".into(),
        contact: "027-6875 1188（工作日 8:30–17:30）".into(),
    }
}

fn signed_in(lang: Lang, area: Area, name: &str, unit: &str) -> Frame {
    Frame {
        user: Some(User {
            name: name.into(),
            unit: unit.into(),
            area,
            unread: 3,
            waiting: 8,
        }),
        school: Some(school()),
        ..public(lang)
    }
}

pub fn employer(lang: Lang) -> Frame {
    let place = |code: &str, year, name: &str, pending| PlaceChoice {
        place: Place {
            school: code.into(),
            year,
        },
        school_name: name.into(),
        pending,
    };
    Frame {
        place: Some(Place {
            school: "10359".into(),
            year: 2027,
        }),
        places: vec![
            place("10359", 2027, "江城理工大学", 8),
            place("10359", 2026, "江城理工大学", 0),
            place("10701", 2027, "东湖科技大学", 2),
        ],
        ..signed_in(lang, Area::Employer, "周敏", "江城明远科技")
    }
}

pub fn student(lang: Lang) -> Frame {
    Frame {
        user: Some(User {
            name: "王思齐".into(),
            unit: String::new(),
            area: Area::Student,
            unread: 2,
            waiting: 2,
        }),
        ..signed_in(lang, Area::Student, "王思齐", "")
    }
}

pub fn college(lang: Lang) -> Frame {
    signed_in(lang, Area::College, "刘文博", "计算机科学与技术学院")
}

pub fn staff(lang: Lang) -> Frame {
    signed_in(lang, Area::School, "陈静", "就业指导中心")
}

pub fn platform(lang: Lang) -> Frame {
    Frame {
        school: None,
        ..signed_in(lang, Area::Platform, "孙立", "平台")
    }
}

/// The same frame after a redirect.
pub fn with_flash(frame: Frame, code: &str) -> Frame {
    Frame {
        flash: Some(Flash {
            code: code.into(),
            params: texts(&[("n", "12")]),
        }),
        ..frame
    }
}

/// An employer's certificate: a picture in force, or a scan that is not.
pub fn licence(good: bool) -> web::views::licence::Line {
    let day = |year| jiff::civil::date(year, 6, 1);
    web::views::licence::Line {
        id: uuid::Uuid::from_u128(7),
        number: "91420100MA4KTX7H2R".into(),
        same: good,
        valid_from: day(2015),
        valid_to: (!good).then(|| day(2025)),
        good,
        name: if good {
            "营业执照.jpg"
        } else {
            "江城智造科技有限公司营业执照副本扫描件（加盖公章）.pdf"
        }
        .into(),
        size: 482_112,
        pages: if good { 1 } else { 7 },
        by: "阿卜杜热合曼·吐尔逊江".into(),
        at: ago(900),
    }
}
