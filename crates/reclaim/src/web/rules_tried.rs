//! Rules tried before they are saved: on which cases, and what would differ.

use denial::denial::Denial;
use denial::ids::DenialId;
use denial::person::{Access, allows};
use store::Tx;

use crate::own_rules::RuleBook;
use crate::trial::{self, Changed, Trial};
use crate::web::find;
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

/// The open cases that rules are tried on where none is named.
pub(crate) const CASES: i64 = 200;
/// Cases that are listed one by one.
const ROWS: usize = 100;

/// What a page shows of a trial.
pub(crate) struct Tried {
    /// On how many cases, and how many of them differ.
    pub(crate) looked: String,
    pub(crate) changed: String,
    pub(crate) sums: Vec<Sum>,
    /// Case by case, for those who see cases.
    pub(crate) rows: Vec<Row>,
    /// Cases that differ and are not listed.
    pub(crate) more: usize,
    pub(crate) is_same: bool,
    /// There was no case to try it on.
    pub(crate) is_empty: bool,
}

/// One difference with how many cases have it.
pub(crate) struct Sum {
    pub(crate) what: String,
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) cases: String,
}

/// One case that would differ.
pub(crate) struct Row {
    pub(crate) href: String,
    pub(crate) number: String,
    pub(crate) differs: Vec<(String, String, String)>,
}

/// The cases that somebody names by a claim's number or a case's id; the newest open ones where
/// nothing is named.
pub(crate) async fn cases(
    tx: &mut Tx,
    visitor: &Visitor,
    sought: &str,
) -> Result<Vec<DenialId>, Trouble> {
    let cases = if sought.is_empty() {
        tx.newest_open_cases(CASES).await?
    } else {
        let mut found = find::numbered(tx, sought).await?;
        found.retain(|case| opens(visitor) && visitor.office.sees(case));
        found
    };
    Ok(ids(&cases))
}

/// The ids of cases.
pub(crate) fn ids(cases: &[Denial]) -> Vec<DenialId> {
    cases.iter().map(|case| case.id.clone()).collect()
}

/// Tries a book on cases.
pub(crate) async fn tried(
    visitor: &Visitor,
    book: &RuleBook,
    cases: &[DenialId],
) -> Result<Tried, Trouble> {
    Ok(shown(trial::of(&visitor.office, book, cases).await?, opens(visitor)))
}

/// Whoever changes rules without seeing cases sees sums alone.
fn opens(visitor: &Visitor) -> bool {
    allows(visitor.office.who.role, Access::Queue)
}

fn shown(trial: Trial, opens: bool) -> Tried {
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let sums = trial.summed().into_iter().map(|(one, cases)| Sum {
        what: words::label(&one.what),
        before: one.before,
        after: one.after,
        cases: words::number(count(cases)),
    });
    let row = |one: &Changed| Row {
        href: format!("/cases/{}", one.before.id),
        number: one.before.number.to_string(),
        differs: one
            .differs
            .iter()
            .map(|one| (words::label(&one.what), one.before.clone(), one.after.clone()))
            .collect(),
    };
    let listed = if opens { ROWS } else { 0 };
    Tried {
        looked: words::counted(count(trial.looked), "case", "cases"),
        changed: words::counted(count(trial.changed.len()), "case differs", "cases differ"),
        sums: sums.collect(),
        rows: trial.changed.iter().take(listed).map(row).collect(),
        more: if opens { trial.changed.len().saturating_sub(listed) } else { 0 },
        is_same: trial.changed.is_empty(),
        is_empty: trial.looked == 0,
    }
}
