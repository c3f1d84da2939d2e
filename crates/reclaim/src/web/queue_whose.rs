//! Whose cases somebody sees, and how they come to others: said where their list is empty, so that
//! nobody takes it for a fault.

use denial::person::{Access, Reach, allows, reach};

use crate::practice::Office;
use crate::web::words;

/// What is said below an empty list.
pub(crate) struct Whose {
    pub(crate) text: String,
    /// They are asked questions, which stand on a page of their own.
    pub(crate) asks: bool,
}

/// Whose cases somebody sees; nothing for who sees all of them.
pub(crate) fn whose(office: &Office) -> Option<Whose> {
    let role = office.who.role;
    let name = words::lower(role.as_str());
    let teams: Vec<&str> = office.teams().map(|team| team.name.as_str()).collect();
    let teams = match teams.as_slice() {
        [] => "you are in no team".to_owned(),
        [one] => format!("your team is {one}"),
        several => format!("your teams are {}", several.join(", ")),
    };
    let text = match reach(role) {
        Reach::Every => return None,
        Reach::Own => format!(
            "You see the cases for which the role {name} answers, those given to you, those that \
             your teams share ({teams}) and those on which your role was asked something. More \
             come by a question to you, by a billing supervisor who gives you a case, or with a \
             team that you are put into."
        ),
        Reach::Placed | Reach::Nothing => format!(
            "You see the cases that were placed with you ({teams}). A billing supervisor places \
             them."
        ),
    };
    Some(Whose { text, asks: allows(role, Access::Questions) })
}
