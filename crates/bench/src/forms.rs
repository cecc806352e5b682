//! The forms of the pages, filled in: where they go and what they say.

use crate::names::{SCHOOL_CODE, YEAR, agreement, member, reviewer, staff, student, student_account};
use crate::people;
use crate::session::{cookie, cookie_here, token};
use domain::agreement::Content;
use domain::agreement::form;
use domain::ids::{AgreementId, SchoolId};
use form_urlencoded::Serializer;

/// A form that somebody sends.
#[derive(Debug, Clone)]
pub struct Post {
    /// Whose session.
    pub cookie: String,
    /// Where to.
    pub path: String,
    /// The fields.
    pub body: String,
}

/// The three acts that are measured one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 发起邀约.
    Send,
    /// 应约.
    Accept,
    /// The college's 通过.
    Approve,
}

impl Kind {
    /// In the order in which they can happen.
    pub const ALL: [Self; 3] = [Self::Send, Self::Accept, Self::Approve];

    /// For the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Accept => "accept",
            Self::Approve => "approve",
        }
    }
}

/// The beginning of an employer's addresses.
pub fn employer_base() -> String {
    format!("/employer/{SCHOOL_CODE}/{YEAR}")
}

/// The session of the member of the employer of agreement `n`.
pub fn member_cookie(n: u64) -> String {
    cookie(SchoolId::NONE, member(n))
}

/// The session of student `n`.
pub fn student_cookie(n: u64) -> String {
    cookie_here(student_account(n))
}

/// The session of the reviewer of student `n`.
pub fn reviewer_cookie(n: u64) -> String {
    cookie_here(reviewer(n))
}

/// The session of the school's staff.
pub fn staff_cookie() -> String {
    cookie_here(staff())
}

fn fields(version: i64) -> Serializer<'static, String> {
    let mut out = Serializer::new(String::new());
    out.append_pair("csrf", &token());
    out.append_pair("version", &version.to_string());
    out
}

/// The form of an act on agreement `n`, which student `n` has.
pub fn act(kind: Kind, content: &Content, n: u64, id: AgreementId) -> Post {
    match kind {
        Kind::Send => {
            let mut out = fields(1);
            out.append_pair("reply_days", "5");
            Post {
                cookie: member_cookie(n),
                path: format!("{}/agreements/{id}/sending", employer_base()),
                body: out.finish(),
            }
        }
        Kind::Accept => {
            let mut out = fields(2);
            for key in people::all_keys(content) {
                out.append_pair("tick", &key);
            }
            out.append_pair("signing", "yes");
            Post {
                cookie: student_cookie(n),
                path: format!("/student/agreements/{id}/acceptance"),
                body: out.finish(),
            }
        }
        Kind::Approve => Post {
            cookie: reviewer_cookie(n),
            path: format!("/college/agreements/{id}/approval"),
            body: fields(3).finish(),
        },
    }
}

/// The school's 通过.
pub fn school_approval(id: AgreementId) -> Post {
    Post {
        cookie: staff_cookie(),
        path: format!("/school/agreements/{id}/approval"),
        body: fields(4).finish(),
    }
}

/// 保存 of a first draft for student `n`.
pub fn draft(content: &Content, n: u64) -> Post {
    let mut out = Serializer::new(String::new());
    out.append_pair("csrf", &token());
    out.append_pair("id", &agreement(n).to_string());
    for (name, value) in form::to_input(&content.terms).iter() {
        out.append_pair(name, value);
    }
    for key in people::all_keys(content) {
        out.append_pair("tick", &key);
    }
    Post {
        cookie: member_cookie(n),
        path: format!("{}/students/{}/offer", employer_base(), student(n)),
        body: out.finish(),
    }
}
