//! Doubts about terms that may nevertheless be agreed on: warnings, never refusals
//! (`domain.md` §2.3).

use super::form::{FieldProblem, Limits, Problem};
use super::terms::{Money, Terms};

/// Words in supplementary clauses that point to a condition the law forbids or that often harms:
/// deposits and held documents (劳动合同法 §9), discrimination, unpaid non-competition.
const DOUBTFUL: [&str; 12] = [
    "押金", "保证金", "服装费", "扣押", "恋爱", "结婚", "婚育", "生育", "怀孕", "乙肝", "户籍限", "竞业限制",
];

/// The doubts about lawful terms.
pub fn warnings(terms: &Terms, limits: &Limits) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    let mut warn = |field, problem| found.push(FieldProblem { field, problem });
    let least = terms.regular_pay.0 * 8 / 10;
    if terms.probation_months > 0 && terms.probation_pay.0 < least {
        warn("probation_pay", Problem::ProbationPayLow { least });
    }
    let cap = Money::yuan(limits.penalty_cap).min(terms.regular_pay).0;
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
        if let Some(word) = DOUBTFUL.iter().find(|word| clause.contains(*word)) {
            let problem = Problem::DoubtfulClause {
                number: i + 1,
                word: (*word).to_owned(),
            };
            warn("supplementary", problem);
        }
    }
    found
}
