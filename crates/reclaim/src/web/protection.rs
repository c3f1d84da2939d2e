//! Specially protected cases before people: the chip that says so, what stays out of a list that
//! leaves the house, and what a person says of one by hand.

use std::collections::HashMap;

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use denial::denial::Denial;
use denial::person::Role;
use denial::protected::{self, Protected};
use store::Tx;

use crate::practice::Office;
use crate::protecting;
use crate::web::gate::Posted;
use crate::web::names;
use crate::web::queue_row::Row;
use crate::web::reach;
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;

/// Which of some cases are protected, with their kinds, by claim.
pub(crate) struct Kept(HashMap<String, String>);

impl Kept {
    /// Of some cases.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn among(tx: &mut Tx, cases: &[Denial]) -> Result<Kept, store::Error> {
        let mut claims: Vec<String> = cases.iter().map(|case| case.claim.to_string()).collect();
        claims.sort();
        claims.dedup();
        Ok(Kept(tx.protected_among(&claims).await?))
    }

    /// True for a case that is one of them.
    pub(crate) fn has(&self, case: &Denial) -> bool {
        self.0.contains_key(case.claim.as_str())
    }

    /// What its chip says; empty where it has none.
    fn chip(&self, case: &Denial) -> &'static str {
        if self.has(case) { "protected" } else { "" }
    }
}

/// What a chip says. It stands beside a masked name, so it tells nobody of which kind.
fn chip(kinds: &str) -> &'static str {
    if kinds.is_empty() { "" } else { "specially protected" }
}

/// Of which kind a record is, before those who may be cleared or untag it.
fn told(kinds: &str, role: Role, rules: &Protected) -> String {
    if kinds.is_empty() || !(protected::may_clear(role) || protected::may_untag(role)) {
        return String::new();
    }
    let labels: Vec<&str> = kinds.split(',').map(|kind| rules.label(kind)).collect();
    labels.join(", ")
}

/// What the chip of claims that are one says; empty where they have none.
///
/// # Errors
/// The database.
pub(crate) async fn chip_of(tx: &mut Tx, claims: &[String]) -> Result<&'static str, store::Error> {
    Ok(if tx.protected_among(claims).await?.is_empty() { "" } else { chip("any") })
}

/// Puts the chip on rows of cases.
///
/// # Errors
/// The database.
pub(crate) async fn mark(
    tx: &mut Tx,
    cases: &[Denial],
    rows: &mut [Row],
) -> Result<(), store::Error> {
    let kept = Kept::among(tx, cases).await?;
    for (row, case) in rows.iter_mut().zip(cases) {
        row.protected = kept.chip(case);
    }
    Ok(())
}

/// Takes the protected cases out of what leaves the house; gives how many they were.
///
/// # Errors
/// The database.
pub(crate) async fn withhold(tx: &mut Tx, cases: &mut Vec<Denial>) -> Result<usize, store::Error> {
    let (kept, before) = (Kept::among(tx, cases).await?, cases.len());
    cases.retain(|case| !kept.has(case));
    Ok(before - cases.len())
}

/// How many were left out and why, as a line; none where it is nothing.
pub(crate) fn left_out(count: usize, one: &str, many: &str) -> Option<String> {
    let what = match count {
        0 => return None,
        1 => format!("1 {one} is"),
        more => format!("{more} {many} are"),
    };
    Some(format!(
        "{what} left out: specially protected records (substance use, HIV or others that the \
         practice names)"
    ))
}

/// A person who is not cleared for protected records may not ask for them.
///
/// # Errors
/// [`Trouble::Denied`].
pub(crate) fn require_clearance(office: &Office) -> Result<(), Trouble> {
    if protected::may_clear(office.who.role) {
        return Ok(());
    }
    Err(Trouble::Denied(
        "This is a specially protected record, for which your role is not cleared. Ask a billing \
         supervisor or whoever works the case."
            .to_owned(),
    ))
}

/// What the page of a case says of its protection, and what the visitor may say of it.
pub(crate) struct Protection {
    pub(crate) chip: &'static str,
    /// Of which kind it is; empty where the visitor is not to know.
    pub(crate) told: String,
    /// Whose word it is.
    pub(crate) said: &'static str,
    /// Kinds to tag it as: word, label and whether the box is ticked; empty where the visitor may
    /// not. Who takes no tag away is offered what it is not yet, without ticks.
    pub(crate) kinds: Vec<(String, String, bool)>,
    /// It is tagged, and the visitor adds to that.
    pub(crate) adds: bool,
    /// They may say that it is none.
    pub(crate) untags: bool,
}

impl Protection {
    /// Of one case.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn of(
        tx: &mut Tx,
        office: &Office,
        case: &Denial,
    ) -> Result<Protection, store::Error> {
        let (role, rules) = (office.who.role, &office.rules.protected);
        let row = tx.protections(&[case.claim.to_string()]).await?.remove(case.claim.as_str());
        let row = row.unwrap_or_default();
        let now: Vec<&str> = row.kinds().split(',').collect();
        let tags = protected::may_tag(role) && office.sees(case);
        let untags = protected::may_untag(role);
        // The kind of a tagged case is for those who may be cleared.
        let is = |name: &str| now.contains(&name) && protected::may_clear(role);
        let offered = rules.kinds.iter().filter(|kind| tags && (untags || !is(&kind.name)));
        let kind = |kind: &denial::protected::Kind| {
            (kind.name.to_string(), kind.label.to_string(), untags && is(&kind.name))
        };
        let kinds = offered.map(kind).collect();
        Ok(Protection {
            chip: chip(row.kinds()),
            told: told(row.kinds(), role, rules),
            said: match (row.kinds().is_empty(), row.by_hand.is_some()) {
                (false, true) => "A person tagged it.",
                (false, false) => "The practice's rules tag it.",
                (true, true) => "A person said that it is not specially protected.",
                (true, false) => "It is not tagged as specially protected.",
            },
            kinds,
            adds: !untags && !row.kinds().is_empty(),
            untags: tags && untags && !row.kinds().is_empty(),
        })
    }
}

/// `POST /cases/{id}/protection`: a person tags a case, or says that it is none, with a reason.
pub(crate) async fn tag(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let why = names::why(fields.get("why"))?;
    let mut tx = office.write().await?;
    let case = reach::own(&mut tx, office, &id).await?;
    let rules = &office.rules.protected;
    let chosen = fields.iter().filter(|(_, text)| *text == "yes");
    let chosen = chosen.filter_map(|(name, _)| name.strip_prefix("kind_"));
    let chosen: Vec<&str> = chosen.filter(|kind| rules.has(kind)).collect();
    let now = tx.protections(&[case.claim.to_string()]).await?.remove(case.claim.as_str());
    let now = now.unwrap_or_default();
    let now: Vec<&str> = now.kinds().split(',').filter(|kind| !kind.is_empty()).collect();
    let untags = fields.get("untag").is_some_and(|text| text == "yes");
    let kinds = said(office.who.role, &now, &chosen, untags)?;
    protecting::by_hand(&mut tx, case.claim.as_str(), &kinds, why, &office.moment()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/cases/{id}?done=protection")).into_response())
}

/// What somebody says that a case is; who may not untag adds to what it is and takes nothing away.
fn said(role: Role, now: &[&str], chosen: &[&str], untags: bool) -> Result<String, Trouble> {
    let refused = |text: &str| Err(Trouble::Denied(text.to_owned()));
    if !protected::may_tag(role) {
        return refused("Your role tags no records.");
    }
    if untags {
        return match protected::may_untag(role) {
            true => Ok(String::new()),
            false => {
                refused("Only a billing supervisor says that a record is not specially protected.")
            }
        };
    }
    if chosen.is_empty() {
        return Err(Trouble::Unfit("Choose what it is protected as.".to_owned()));
    }
    let mut kinds = chosen.to_vec();
    if !protected::may_untag(role) {
        kinds.extend(now);
    }
    kinds.sort_unstable();
    kinds.dedup();
    Ok(kinds.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_not_untag_takes_nothing_away() {
        let tagged = |role, now: &[&str], chosen: &[&str]| said(role, now, chosen, false).ok();
        let supervisor = Role::BillingSupervisor;
        assert_eq!(tagged(Role::Poster, &["hiv"], &["own"]).as_deref(), Some("hiv,own"));
        assert_eq!(tagged(supervisor, &["hiv"], &["own"]).as_deref(), Some("own"));
        assert_eq!(tagged(supervisor, &["hiv"], &[]), None);
        assert_eq!(tagged(Role::Vendor, &[], &["own"]), None);
        assert_eq!(said(supervisor, &["hiv"], &[], true).ok().as_deref(), Some(""));
        assert!(said(Role::Manager, &["hiv"], &[], true).is_err());
    }

    #[test]
    fn a_chip_tells_no_kind_and_its_part_of_the_page_who_may_be_cleared() {
        let rules = Protected::default();
        assert_eq!(told("hiv,x", Role::BillingSpecialist, &rules), "hiv, x");
        assert_eq!(told("hiv", Role::Manager, &rules), "");
        assert_eq!((chip("hiv"), chip("")), ("specially protected", ""));
    }
}
