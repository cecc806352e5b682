//! Doubts about terms that may nevertheless be agreed on: warnings, never refusals
//! (`domain.md` §2.3).

use super::form::{FieldProblem, Limits, Problem};
use super::terms::{Money, Terms};

/// Words in supplementary clauses that point to a condition the law forbids or that often harms:
/// deposits and held documents (劳动合同法 §9), discrimination (就业促进法 §27, §30, §31).
const DOUBTFUL: [&str; 15] = [
    "押金",
    "保证金",
    "服装费",
    "扣押",
    "扣留",
    "恋爱",
    "结婚",
    "婚育",
    "生育",
    "怀孕",
    "乙肝",
    "限男",
    "限本地户",
    "限本市户",
    "户籍限",
];
/// Harmless words that contain one of them.
const HARMLESS: [&str; 2] = ["生育保险", "生育津贴"];

/// The doubts about lawful terms.
pub fn warnings(terms: &Terms, limits: &Limits) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    let mut warn = |field, problem| found.push(FieldProblem { field, problem });
    let least = four_fifths(terms.regular_pay.0);
    if terms.probation_months > 0 && terms.probation_pay.0 < least {
        warn("probation_pay", Problem::ProbationPayLow { least });
    }
    let cap = Money(limits.penalty_cap.saturating_mul(100))
        .min(terms.regular_pay)
        .0;
    if terms.penalty_student.0 > cap {
        warn("penalty_student", Problem::PenaltyAboveCap { cap });
    }
    if terms.penalty_employer != terms.penalty_student {
        warn("penalty_employer", Problem::PenaltyUneven);
    }
    if i32::from(terms.report_from.year()) < limits.year
        || (i32::from(terms.report_from.year()) == limits.year && terms.report_from.month() < 6)
    {
        warn("report_from", Problem::BeforeGraduation);
    }
    for (i, clause) in terms.supplementary.iter().enumerate() {
        if let Some(word) = doubtful(clause) {
            let problem = Problem::DoubtfulClause {
                number: i + 1,
                word: word.to_owned(),
            };
            warn("supplementary", problem);
        }
    }
    found
}

/// 80 % of an amount in fen, rounded up: no fen less is lawful (劳动合同法 §20).
fn four_fifths(fen: i64) -> i64 {
    fen - fen / 5
}

fn doubtful(clause: &str) -> Option<&'static str> {
    let rest = HARMLESS
        .iter()
        .fold(clause.to_owned(), |rest, word| rest.replace(word, ""));
    // 劳动合同法 §23: non-competition is paid for.
    let unpaid = rest.contains("竞业限制") && !rest.contains("补偿");
    let found = DOUBTFUL.iter().find(|word| rest.contains(*word)).copied();
    found.or(unpaid.then_some("竞业限制"))
}
