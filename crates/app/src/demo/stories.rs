//! The kinds of stories that agreements have, and how many of each a school sees.

use super::script::{Deed, Script, end_of_day, reason};
use domain::agreement::Party;
use jiff::{SignedDuration, Timestamp};

/// A kind of story. Where a second employer makes an offer too, [`rival`] tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A draft, ready to be sent.
    Draft,
    /// A draft with some clauses ticked.
    HalfDraft,
    /// An open offer with some hours left.
    OfferHours,
    /// An open offer with about a day left.
    OfferDay,
    /// An open offer with two days left.
    OfferTwoDays,
    /// An open offer with five days left; the student has begun to tick.
    OfferBegun,
    /// An open offer, sent again with better terms.
    OfferRevised,
    /// An open offer with more time than first given.
    OfferExtended,
    /// Two open offers to one student.
    OfferTwice,
    /// Taken back.
    Withdrawn,
    /// Declined.
    Declined,
    /// Not answered.
    Expired,
    /// Sent back by the college.
    CollegeReturned,
    /// Sent back by the school.
    SchoolReturned,
    /// Waits for the college.
    CollegeReview,
    /// Waits for the school.
    SchoolReview,
    /// Waits for the school, and for the second signature to be voided.
    VoidProposed,
    /// In force.
    Effective,
    /// In force, with texts as long as they can be.
    Long,
    /// In force, while another employer's offer was open.
    Chosen,
    /// In force; the employer did not agree to a termination.
    KeptByRefusal,
    /// In force; the student took the request for termination back.
    KeptByCancel,
    /// The other party has to agree to a termination.
    EndAsked,
    /// The college reviews a termination (the school, where colleges do not).
    EndAtCollege,
    /// The school reviews a termination.
    EndAtSchool,
    /// Terminated.
    Terminated,
    /// Terminated, and a new offer is open.
    SignedAnew,
    /// Voided after it took effect.
    Voided,
}

/// What a story needs to know of the school.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Whether colleges review terminations.
    pub college_ends: bool,
    /// Whether employers may ask for termination.
    pub employer_asks: bool,
}

/// How many stories of each kind: coming year and year before, first and second school.
pub const COUNTS: [(Kind, [[usize; 2]; 2]); 28] = [
    (Kind::OfferDay, [[3, 0], [2, 0]]),
    (Kind::Effective, [[26, 24], [11, 9]]),
    (Kind::OfferBegun, [[4, 0], [2, 0]]),
    (Kind::CollegeReview, [[11, 0], [5, 0]]),
    (Kind::OfferRevised, [[2, 0], [1, 0]]),
    (Kind::SchoolReview, [[8, 0], [4, 0]]),
    (Kind::OfferHours, [[3, 0], [1, 0]]),
    (Kind::Draft, [[5, 0], [2, 0]]),
    (Kind::OfferTwoDays, [[4, 0], [2, 0]]),
    (Kind::EndAsked, [[2, 0], [1, 0]]),
    (Kind::Withdrawn, [[4, 1], [2, 0]]),
    (Kind::Declined, [[5, 2], [2, 1]]),
    (Kind::Expired, [[4, 2], [2, 1]]),
    (Kind::CollegeReturned, [[2, 0], [1, 0]]),
    (Kind::SchoolReturned, [[2, 0], [1, 0]]),
    (Kind::Chosen, [[3, 1], [2, 0]]),
    (Kind::EndAtCollege, [[2, 0], [0, 0]]),
    (Kind::EndAtSchool, [[2, 0], [2, 0]]),
    (Kind::Terminated, [[3, 2], [1, 1]]),
    (Kind::OfferTwice, [[2, 0], [1, 0]]),
    (Kind::SignedAnew, [[1, 0], [0, 0]]),
    (Kind::Voided, [[2, 0], [1, 0]]),
    (Kind::VoidProposed, [[1, 0], [0, 0]]),
    (Kind::Long, [[1, 0], [0, 0]]),
    (Kind::OfferExtended, [[2, 0], [1, 0]]),
    (Kind::HalfDraft, [[1, 0], [1, 0]]),
    (Kind::KeptByRefusal, [[1, 0], [0, 0]]),
    (Kind::KeptByCancel, [[1, 0], [1, 0]]),
];

const DECLINED: [(&str, &str); 5] = [
    ("other_offer", "已与其他单位达成意向，感谢贵单位的认可。"),
    ("study", "准备继续升学。"),
    ("pay", "薪酬与面试时沟通的有差距。"),
    ("place", "家里希望在本省工作。"),
    ("terms", "违约金条款希望再协商。"),
];
const ENDED: [(&str, &str); 4] = [
    ("further_study", "已收到硕士研究生拟录取通知。"),
    ("public_service", "已通过公务员录用公示。"),
    ("family", "父亲生病，需要回家乡工作。"),
    ("mutual", "双方已电话沟通，同意解除。"),
];

/// The deeds of the `n`th story of a kind. `now` is the moment that the story looks back from.
pub fn deeds(kind: Kind, n: usize, now: Timestamp, label: &str, rules: Rules) -> Vec<(Timestamp, Deed)> {
    let begin = |days| Script::begin(now, label, days);
    let hours = |hours| now + SignedDuration::from_hours(hours);
    let script = match kind {
        Kind::Draft => begin((1, 9)).now(Deed::Create),
        Kind::HalfDraft => begin((1, 5)).now(Deed::CreateHalf),
        Kind::OfferHours => open(begin((4, 6)), hours(6 + 3 * i64::try_from(n).unwrap_or(0))),
        Kind::OfferDay | Kind::OfferTwice => open(begin((3, 5)), hours(27)),
        Kind::OfferTwoDays => open(begin((2, 4)), end_of_day(now, 2)),
        Kind::OfferBegun => open(begin((2, 5)), end_of_day(now, 5)).after((2, 20), Deed::TickSome),
        Kind::OfferRevised => begin((8, 10))
            .offer((9, 9))
            .after((10, 30), Deed::Withdraw)
            .after((1, 5), Deed::Revise)
            .after((1, 2), Deed::Send(end_of_day(now, 4))),
        Kind::OfferExtended => begin((6, 7))
            .offer((9, 9))
            .after((50, 80), Deed::Extend(end_of_day(now, 8))),
        Kind::Withdrawn => begin((6, 20)).offer((7, 10)).after((5, 60), Deed::Withdraw),
        Kind::Declined => {
            let (code, text) = DECLINED[n % DECLINED.len()];
            begin((6, 22))
                .offer((7, 10))
                .after((5, 60), Deed::Decline(reason(code, text)))
        }
        Kind::Expired => {
            let script = begin((13, 30)).offer((5, 9));
            let after = script.deadline() + SignedDuration::from_secs(41);
            script.at(after, Deed::Expire)
        }
        Kind::CollegeReview => begin((5, 9)).accepted(),
        Kind::SchoolReview | Kind::VoidProposed | Kind::CollegeReturned | Kind::SchoolReturned => {
            in_review(kind, begin((8, 12)))
        }
        Kind::Effective | Kind::Chosen | Kind::Long => begin((10, 45)).effective(),
        Kind::Voided => begin((20, 40))
            .effective()
            .after(
                (50, 90),
                Deed::ProposeVoid(reason("other", "协议对应的岗位信息录入有误，经三方确认后作废。")),
            )
            .after((3, 30), Deed::ConfirmVoid),
        Kind::SignedAnew => ending(kind, n, begin((26, 40)).effective(), rules),
        _ => ending(kind, n, begin((16, 40)).effective(), rules),
    };
    script.deeds
}

/// The offer of a second employer to the same student, where the kind has one.
pub fn rival(kind: Kind, first: &[(Timestamp, Deed)], now: Timestamp) -> Option<Vec<(Timestamp, Deed)>> {
    let later = |at: Timestamp, minutes| at + SignedDuration::from_mins(minutes);
    let (created, sent) = (first.first()?.0, first.get(1).map(|(at, _)| *at));
    match kind {
        Kind::OfferTwice => {
            let sent = later(sent?, 55);
            Some(vec![
                (later(created, 35), Deed::Create),
                (sent, Deed::Send(end_of_day(now, 3))),
            ])
        }
        Kind::Chosen => {
            let sent = later(sent?, 55);
            Some(vec![
                (later(created, 35), Deed::Create),
                (sent, Deed::Send(end_of_day(sent, 14))),
            ])
        }
        Kind::SignedAnew => {
            let recent = now - SignedDuration::from_hours(60);
            let again = later(first.last()?.0, 20).max(recent);
            Some(vec![
                (again, Deed::Create),
                (later(again, 5), Deed::Send(end_of_day(now, 5))),
            ])
        }
        _ => None,
    }
}

/// An offer that is open until `deadline`.
fn open(script: Script, deadline: Timestamp) -> Script {
    script.now(Deed::Create).after((1, 20), Deed::Send(deadline))
}

fn in_review(kind: Kind, script: Script) -> Script {
    let script = script.accepted();
    match kind {
        Kind::CollegeReturned => script.after(
            (3, 40),
            Deed::CollegeReturn(reason("terms_incomplete", "报到地点请写到楼栋。")),
        ),
        Kind::SchoolReturned => script.after((3, 40), Deed::CollegeApprove).after(
            (3, 40),
            Deed::SchoolReturn(reason("employer_doubt", "请补充单位档案接收的说明。")),
        ),
        Kind::VoidProposed => script.after((3, 40), Deed::CollegeApprove).after(
            (3, 20),
            Deed::ProposeVoid(reason("other", "学生反映并非本人操作，正在核实。")),
        ),
        _ => script.after((3, 40), Deed::CollegeApprove),
    }
}

/// Everything that begins with a request for termination.
fn ending(kind: Kind, n: usize, script: Script, rules: Rules) -> Script {
    let (asks, answers) = if rules.employer_asks {
        (Party::Employer, Party::Student)
    } else {
        (Party::Student, Party::Employer)
    };
    let (code, text) = if rules.employer_asks {
        ("business", "项目取消，岗位不再设置，愿按约定支付违约金。")
    } else {
        ENDED[n % ENDED.len()]
    };
    let script = script.after((60, 110), Deed::Ask(asks, reason(code, text)));
    let agreed = |script: Script| script.after((5, 40), Deed::Consent(answers));
    let by_college = |script: Script| {
        if rules.college_ends {
            script.after((4, 30), Deed::CollegeEnd)
        } else {
            script
        }
    };
    match kind {
        Kind::KeptByRefusal => script.after(
            (5, 40),
            Deed::Refuse(answers, reason("other", "岗位急需用人，希望再沟通一次。")),
        ),
        Kind::KeptByCancel => script.after((5, 40), Deed::Cancel(asks)),
        Kind::EndAtCollege => agreed(script),
        Kind::EndAtSchool => by_college(agreed(script)),
        Kind::Terminated | Kind::SignedAnew => by_college(agreed(script)).after((4, 30), Deed::SchoolEnd),
        _ => script,
    }
}
