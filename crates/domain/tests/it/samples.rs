//! One agreement in each state (and in each shade of a state that decides differently), made by
//! `apply` itself.

use crate::cast::Who;
use crate::support::Case;
use domain::agreement::CommandKind;

/// Name and agreement, in the order of the table.
pub fn all() -> Vec<(&'static str, Case)> {
    use CommandKind as K;
    use Who::{Employer, SecondStaff, Student, System};
    vec![
        ("Draft 草稿", Case::draft()),
        ("Offered 待学生确认", Case::offered()),
        ("Offered, deadline passed", Case::offered().later(121)),
        ("Withdrawn 已撤回", Case::offered().then(Employer, K::Withdraw)),
        ("Declined 学生已拒绝", Case::offered().then(Student, K::Decline)),
        (
            "Expired 已过期",
            Case::offered().later(121).then(System, K::Expire),
        ),
        (
            "Returned 审核退回",
            Case::college_review().then(Who::College, K::Return),
        ),
        ("CollegeReview 院系审核中", Case::college_review()),
        (
            "CollegeReview, void asked for by staff 1",
            Case::college_review().void_proposed(),
        ),
        ("SchoolReview 学校审核中", Case::school_review()),
        (
            "SchoolReview, void asked for by staff 1",
            Case::school_review().void_proposed(),
        ),
        ("Effective 已签约", Case::effective()),
        (
            "Effective, void asked for by staff 1",
            Case::effective().void_proposed(),
        ),
        (
            "Terminating 解约审核中: student asked, employer to answer",
            Case::terminating(),
        ),
        (
            "Terminating: no answer for seven days",
            Case::terminating().later(7 * 24),
        ),
        ("Terminating: college reviews", Case::terminating_at_college()),
        ("Terminating: school reviews", Case::terminating_at_school()),
        ("Terminated 已解约", Case::terminated()),
        ("Superseded 已失效", Case::offered().then(System, K::Supersede)),
        (
            "Voided 已作废",
            Case::effective()
                .void_proposed()
                .then(SecondStaff, K::ConfirmVoid),
        ),
    ]
}

/// All kinds of commands, in the order of product.md §2.
pub const COMMANDS: [CommandKind; 21] = {
    use CommandKind as K;
    [
        K::Edit,
        K::Send,
        K::Withdraw,
        K::ExtendDeadline,
        K::Accept,
        K::Decline,
        K::Expire,
        K::Supersede,
        K::CollegeApprove,
        K::SchoolApprove,
        K::Return,
        K::RequestTermination,
        K::ConsentTermination,
        K::RefuseTermination,
        K::EscalateTermination,
        K::ApproveTermination,
        K::RejectTermination,
        K::CancelTermination,
        K::ProposeVoid,
        K::ConfirmVoid,
        K::DropVoid,
    ]
};

/// The commands that lead on towards effect and end; walks prefer them, or few would get far.
pub fn leads_on(kind: CommandKind) -> bool {
    use CommandKind as K;
    matches!(
        kind,
        K::Send
            | K::Accept
            | K::CollegeApprove
            | K::SchoolApprove
            | K::RequestTermination
            | K::ConsentTermination
            | K::ApproveTermination
    )
}
