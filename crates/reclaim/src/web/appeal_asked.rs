//! What somebody was asked on the case of a packet that they sign: signing can be their answer.

use denial::denial::{Denial, Question};
use denial::lifecycle::Action;
use denial::person::Role;

use crate::act::{self, Failed};
use crate::fields::Fields;
use crate::practice::Office;

/// An open question before whoever signs.
pub(super) struct AskedRow {
    /// The field that says that signing answers it.
    pub(super) name: String,
    pub(super) text: String,
    /// It names this very letter.
    pub(super) is_of_it: bool,
}

/// The open questions to a role on the case of a letter with this title.
pub(super) fn rows(case: &Denial, role: Role, title: &str) -> Vec<AskedRow> {
    let row = |one: &Question| AskedRow {
        name: field(one),
        text: one.text.clone(),
        is_of_it: one.text.contains(title),
    };
    case.questions.iter().filter(|one| one.to == role).map(row).collect()
}

fn field(one: &Question) -> String {
    format!("answers_{}", one.number)
}

/// Answers what signing was said to answer, as the case stands now: what somebody answered
/// meanwhile has its answer.
///
/// # Errors
/// As an act's.
pub(super) async fn answer(office: &Office, id: &str, fields: &Fields) -> Result<(), Failed> {
    let mut tx = office.write().await?;
    let mut case = tx.case(id).await?;
    let role = office.who.role;
    let is_meant = |one: &&Question| one.to == role && fields.contains_key(&field(one));
    let meant: Vec<u16> = case.questions.iter().filter(is_meant).map(|one| one.number).collect();
    for question in meant {
        let action = Action::Answer { question, text: "The packet is signed.".to_owned() };
        case = act::do_in(&mut tx, office, &office.moment(), &case, &action).await?;
    }
    tx.commit().await?;
    Ok(())
}
