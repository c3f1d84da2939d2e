//! Which cases somebody reaches: to read, to act on; and who may help where they do not. One that
//! is not theirs opens in an emergency, and while it waits in a batch for their word on its codes.

use denial::denial::Denial;
use denial::masks;
use store::Tx;

use crate::batch;
use crate::practice::Office;
use crate::web::emergency;
use crate::web::trouble::Trouble;
use crate::web::words;

/// By what somebody reads a case that is not theirs.
pub(crate) struct Opened {
    pub(crate) text: String,
    /// What it is opened for, where that is a page.
    pub(crate) way: Option<String>,
}

/// By what somebody reads a case; none where it is theirs anyway.
///
/// # Errors
/// The database.
pub(crate) async fn opened(
    tx: &mut Tx,
    office: &Office,
    case: &Denial,
) -> Result<Option<Opened>, Trouble> {
    if office.sees(case) {
        return Ok(None);
    }
    let id = case.id.as_str();
    if let Some(batch) = batch::to_approve(tx, office, id).await? {
        let text = "Open to you to read: a batch waits for your word on what changes in its codes.";
        let way = Some(format!("/batches/{batch}"));
        return Ok(Some(Opened { text: text.to_owned(), way }));
    }
    let until = emergency::open_until(tx, office, id).await?;
    let text = |until: String| {
        let until = words::instant(&until, &office.clinic.zone);
        format!(
            "Open to you in an emergency until {until}, to read. It is on record, and those who \
             lead are told."
        )
    };
    Ok(until.map(|until| Opened { text: text(until), way: None }))
}

/// The case, where the visitor may read it.
///
/// # Errors
/// [`Trouble::Denied`] and [`Trouble::Beyond`] say whose it is and who may help.
pub(crate) async fn seen(tx: &mut Tx, office: &Office, id: &str) -> Result<Denial, Trouble> {
    let case = tx.case(id).await?;
    if office.sees(&case) || opened(tx, office, &case).await?.is_some() {
        return Ok(case);
    }
    if masks::may_break_glass(office.who.role) {
        let way = format!("/cases/{id}/emergency");
        return Err(Trouble::Beyond { text: not_yours(&case), way });
    }
    Err(Trouble::Denied(not_yours(&case)))
}

/// The case, where the visitor may act on it: what is open to them beyond their own is read alone.
///
/// # Errors
/// [`Trouble::Denied`] says whose it is and who may help.
pub(crate) async fn own(tx: &mut Tx, office: &Office, id: &str) -> Result<Denial, Trouble> {
    let case = tx.case(id).await?;
    if office.sees(&case) {
        return Ok(case);
    }
    if opened(tx, office, &case).await?.is_some() {
        let text = format!(
            "In an emergency, and for a word on its codes, a case is read, not changed. {}",
            help(&case)
        );
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
