//! What is looked for in all rows at once.

use domain::ids::{AgreementId, SchoolId};

use super::Breach;
use crate::db::{Conn, Error};
use crate::{fetch_all, row};

/// What is wrong between the rows.
pub async fn check(c: &mut Conn<'_>) -> Result<Vec<Breach>, Error> {
    let mut found = duplicates(c).await?;
    found.extend(orphans(c).await?);
    found.extend(nobodies(c).await?);
    Ok(found)
}

row! {
    struct Double {
        school_id: SchoolId,
        n: i64,
    }
}

/// What unique indexes should make impossible, looked for without them.
async fn duplicates(c: &mut Conn<'_>) -> Result<Vec<Breach>, Error> {
    let live = fetch_all!(
        c,
        Double,
        "SELECT school_id, count(*) AS n FROM agreement \
         WHERE state IN ('college_review', 'school_review', 'effective', 'terminating') \
         GROUP BY school_id, student_id HAVING count(*) > 1"
    )?;
    let offered = fetch_all!(
        c,
        Double,
        "SELECT school_id, count(*) AS n FROM agreement WHERE state = 'offered' \
         GROUP BY school_id, employer_id, student_id HAVING count(*) > 1"
    )?;
    let numbers = fetch_all!(
        c,
        Double,
        "SELECT school_id, count(*) AS n FROM agreement WHERE number IS NOT NULL \
         GROUP BY school_id, number HAVING count(*) > 1"
    )?;
    let beside = fetch_all!(
        c,
        Double,
        "SELECT a.school_id, count(*) AS n FROM agreement a JOIN agreement b \
         ON b.school_id = a.school_id AND b.student_id = a.student_id \
         WHERE a.state = 'offered' AND b.state IN ('effective', 'terminating') GROUP BY a.school_id"
    )?;
    let beside = beside.into_iter().map(|found| Breach {
        invariant: "no_offer_beside_effect",
        school: found.school_id.0,
        agreement: None,
        detail: format!("{} open offers to students whose agreement is in force", found.n),
    });
    let breach = |invariant: &'static str| {
        move |double: Double| Breach {
            invariant,
            school: double.school_id.0,
            agreement: None,
            detail: format!("{} rows where one may be", double.n),
        }
    };
    Ok(live
        .into_iter()
        .map(breach("one_live"))
        .chain(offered.into_iter().map(breach("one_offered")))
        .chain(numbers.into_iter().map(breach("number_unique")))
        .chain(beside)
        .collect())
}

row! {
    struct Lost {
        school_id: SchoolId,
        agreement_id: AgreementId,
    }
}

/// What is left of agreements that are gone.
async fn orphans(c: &mut Conn<'_>) -> Result<Vec<Breach>, Error> {
    let lost = fetch_all!(
        c,
        Lost,
        "SELECT DISTINCT x.school_id, x.agreement_id FROM (SELECT school_id, agreement_id FROM audit_event \
         UNION SELECT school_id, agreement_id FROM content_version UNION SELECT school_id, agreement_id FROM act_origin \
         UNION SELECT school_id, agreement_id FROM consent) x WHERE NOT EXISTS (SELECT 1 FROM agreement a \
         WHERE a.school_id = x.school_id AND a.id = x.agreement_id) LIMIT 1000"
    )?;
    let breach = |lost: Lost| Breach {
        invariant: "agreement_exists",
        school: lost.school_id.0,
        agreement: Some(lost.agreement_id),
        detail: "there are records of an agreement that is gone".into(),
    };
    Ok(lost.into_iter().map(breach).collect())
}

/// What somebody did whose account is gone. Members of employers have theirs at no school.
async fn nobodies(c: &mut Conn<'_>) -> Result<Vec<Breach>, Error> {
    let events = fetch_all!(
        c,
        Lost,
        "SELECT DISTINCT x.school_id, x.agreement_id FROM (SELECT school_id, agreement_id, account_id FROM audit_event \
         WHERE account_id IS NOT NULL UNION SELECT school_id, agreement_id, account_id FROM content_version) x \
         WHERE NOT EXISTS (SELECT 1 FROM account a WHERE a.school_id IN (x.school_id, 0) AND a.id = x.account_id) \
         LIMIT 1000"
    )?;
    let besides = fetch_all!(
        c,
        Double,
        "SELECT x.school_id, count(DISTINCT x.account_id) AS n FROM (SELECT school_id, account_id FROM upload \
         UNION SELECT school_id, account_id FROM file_read \
         UNION SELECT school_id, account_id FROM evidence_read \
         UNION SELECT school_id, account_id FROM school_param_change WHERE account_id IS NOT NULL \
         UNION SELECT school_id, account_id FROM agreement_template \
         UNION SELECT school_id, account_id FROM school_picture) x \
         WHERE NOT EXISTS (SELECT 1 FROM account a WHERE a.school_id IN (x.school_id, 0) AND a.id = x.account_id) \
         GROUP BY x.school_id"
    )?;
    let acted = events.into_iter().map(|lost| Breach {
        invariant: "account_exists",
        school: lost.school_id.0,
        agreement: Some(lost.agreement_id),
        detail: "the account of somebody who acted on it is gone".into(),
    });
    let others = besides.into_iter().map(|found| Breach {
        invariant: "account_exists",
        school: found.school_id.0,
        agreement: None,
        detail: format!(
            "{} accounts are gone that files, templates, pictures or parameters name",
            found.n
        ),
    });
    Ok(acted.chain(others).collect())
}
