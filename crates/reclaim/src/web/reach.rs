//! Which cases somebody reaches: to read, to act on; and who may help where they do not.

use denial::denial::Denial;
use denial::masks;
use store::Tx;

use crate::practice::Office;
use crate::web::emergency;
use crate::web::trouble::Trouble;
use crate::web::words;

/// The case, where the visitor may read it.
///
/// # Errors
/// [`Trouble::Denied`] and [`Trouble::Beyond`] say whose it is and who may help.
pub(crate) async fn seen(tx: &mut Tx, office: &Office, id: &str) -> Result<Denial, Trouble> {
    let case = tx.case(id).await?;
    let is_open = office.sees(&case);
    if is_open || emergency::open_until(tx, office, id).await?.is_some() {
        return Ok(case);
    }
    if masks::may_break_glass(office.who.role) {
        let way = format!("/cases/{id}/emergency");
        return Err(Trouble::Beyond { text: not_yours(&case), way });
    }
    Err(Trouble::Denied(not_yours(&case)))
}

/// The case, where the visitor may act on it: what is open in an emergency is read alone.
///
/// # Errors
/// [`Trouble::Denied`] says whose it is and who may help.
pub(crate) async fn own(tx: &mut Tx, office: &Office, id: &str) -> Result<Denial, Trouble> {
    let case = tx.case(id).await?;
    if office.sees(&case) {
        return Ok(case);
    }
    if emergency::open_until(tx, office, id).await?.is_some() {
        let text = format!("In an emergency a case is read, not changed. {}", help(&case));
        return Err(Trouble::Denied(text));
    }
    Err(Trouble::Denied(not_yours(&case)))
}

/// Why a case does not open, and who may help.
pub(crate) fn not_yours(case: &Denial) -> String {
    format!("This case is neither yours nor were you asked. {}", help(case))
}

/// Whose a case is, and who may help somebody who does not reach it.
pub(crate) fn help(case: &Denial) -> String {
    let who = match case.owner() {
        Some(_) => "Ask them, or a billing supervisor, who can assign it to you.",
        None => "Ask a billing supervisor, who sees every case.",
    };
    format!("{} {who}", whose(case))
}

/// Whose a case is.
pub(crate) fn whose(case: &Denial) -> String {
    case.owner().map_or_else(
        || "It is closed.".to_owned(),
        |owner| {
            let role = words::lower(owner.role.as_str());
            match &owner.team {
                Some(team) => format!("It belongs to the team {team} ({role})."),
                None => format!("It belongs to the {role}."),
            }
        },
    )
}
