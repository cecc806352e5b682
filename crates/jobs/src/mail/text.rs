//! What mail says: short, Chinese first, then English; what happened, where, and where to go. No names of
//! persons and no numbers: mail lies about in many places, and whoever signs in sees the rest.

use domain::agreement::EventKind;
use domain::notice::Told;
use domain::params::china;
use jiff::Timestamp;
use store::mail::Surroundings;

/// A text in Chinese and English.
type Both = (&'static str, &'static str);

/// Subject and text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
}

const FOOT: &str = "此邮件由系统自动发出，请勿直接回复。如果与你无关，请忽略。\n\
    This message was sent automatically. If it does not concern you, ignore it.\n";

fn words((zh, en): Both, body: &str) -> Words {
    Words {
        subject: format!("{zh} / {en}"),
        text: format!("{body}\n--\n{FOOT}"),
    }
}

/// A notice: what happened, at which school, with which employer, how it stands, until when.
pub fn notice(told: Told, around: &Surroundings, employer: &str, link: &str) -> Words {
    let head = headline(told);
    let state = state(&around.state);
    let (mut zh, mut en) = (
        format!(
            "{}。\n\n学校：{}\n用人单位：{employer}\n当前状态：{}\n",
            head.0, around.school, state.0
        ),
        format!(
            "{}.\n\nSchool: {}\nEmployer: {employer}\nState: {}\n",
            head.1, around.school, state.1
        ),
    );
    if let Some(deadline) = around.deadline {
        let at = moment(deadline);
        zh.push_str(&format!("答复截止：{at}（北京时间）\n"));
        en.push_str(&format!("Answer by: {at} (Beijing time)\n"));
    }
    words(
        head,
        &format!("{zh}登录后查看：{link}\n\n{en}Sign in to see it: {link}\n"),
    )
}

/// A code and what it is good for.
pub fn code(code: &str, purpose: &str) -> Words {
    let what: Both = match purpose {
        "accept" => ("应约", "accepting an offer"),
        "terminate" => ("申请解约", "asking for termination"),
        "leave" => (
            "更换账号的邮箱（需要原邮箱同意）",
            "giving your account another address (this one has to agree)",
        ),
        _ => ("确认邮箱", "confirming your address"),
    };
    let body = format!(
        "你正在{}，验证码：{code}\n5 分钟内有效，只能使用一次。请勿告诉任何人，学校和单位都不会向你索要。\n如果不是你本人操作，请尽快修改密码。\n\n\
         Your code for {}: {code}\nGood for 5 minutes, once. Tell it to nobody: neither school nor employer will ask for it.\n\
         If it was not you, change your password.\n",
        what.0, what.1
    );
    words(("邮件验证码", "Your code"), &body)
}

/// The account has another address from now on, or none.
pub fn moved() -> Words {
    let body = "你的账号不再使用本邮箱接收通知和验证码。\n如果不是你本人操作，请尽快修改密码，并联系学校或平台。\n\n\
        Your account does not use this address any more.\nIf it was not you, change your password and tell your school.\n";
    words(("账号的邮箱已更改", "Your address was changed"), body)
}

fn moment(at: Timestamp) -> String {
    at.to_zoned(china()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn headline(told: Told) -> Both {
    let Told::Event(kind) = told else {
        return ("邀约即将到期，请尽快答复", "An offer is about to expire");
    };
    match kind {
        EventKind::Sent => ("你收到一份签约邀约，请答复", "You have an offer to answer"),
        EventKind::Withdrawn => ("单位撤回了邀约", "An offer was withdrawn"),
        EventKind::DeadlineExtended => ("邀约的答复期限已延长", "You have more time to answer an offer"),
        EventKind::Accepted => ("学生已应约", "The student has accepted"),
        EventKind::Declined => ("学生拒绝了邀约", "The student has declined"),
        EventKind::Expired => ("邀约已过期", "An offer has expired"),
        EventKind::Superseded => ("邀约已失效，学生已与其他单位签约", "An offer has lapsed"),
        EventKind::Registered => ("登记了一份线下签署的协议", "An agreement on paper was registered"),
        EventKind::CollegeApproved => ("院系审核通过", "The college has approved"),
        EventKind::SchoolApproved => ("学校审核通过，协议已生效", "The agreement is in force"),
        EventKind::Returned => ("协议被审核退回", "An agreement was returned"),
        EventKind::TerminationRequested => ("对方申请解约", "The other party asks for termination"),
        EventKind::TerminationConsented => ("对方同意解约", "The other party agrees to the termination"),
        EventKind::TerminationEscalated => (
            "学校已受理解约，进入审核",
            "The school goes on with the termination",
        ),
        EventKind::TerminationCollegeApproved => ("院系同意解约", "The college agrees to the termination"),
        EventKind::TerminationRefused => (
            "对方不同意解约，协议继续有效",
            "The other party refuses the termination",
        ),
        EventKind::TerminationCancelled => ("解约申请已撤销，协议继续有效", "The termination was cancelled"),
        EventKind::TerminationRejected => ("解约被驳回，协议继续有效", "The termination was rejected"),
        EventKind::Terminated => ("协议已解除", "The agreement is terminated"),
        EventKind::Voided => ("协议已作废", "The agreement was struck out"),
        EventKind::Drafted | EventKind::Edited | EventKind::VoidProposed | EventKind::VoidDropped => {
            ("协议有新的进展", "An agreement has changed")
        }
    }
}

fn state(code: &str) -> Both {
    match code {
        "draft" => ("草稿", "Draft"),
        "offered" => ("待学生确认", "Waiting for the student"),
        "withdrawn" => ("已撤回", "Withdrawn"),
        "declined" => ("学生已拒绝", "Declined"),
        "expired" => ("已过期", "Expired"),
        "returned" => ("审核退回", "Returned"),
        "college_review" => ("院系审核中", "College review"),
        "school_review" => ("学校审核中", "School review"),
        "effective" => ("已签约", "In force"),
        "terminating" => ("解约审核中", "Being terminated"),
        "terminated" => ("已解约", "Terminated"),
        "superseded" => ("已失效", "Lapsed"),
        _ => ("已作废", "Struck out"),
    }
}
