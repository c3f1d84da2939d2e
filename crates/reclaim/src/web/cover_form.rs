//! The fields of another cover, as the page of the next payer and that of a question have them.

use denial::cover::{Cover, Turn};

use crate::fields::Fields;
use crate::secondary::told::{FILINGS, RELATIONS};

/// One field of choices.
pub(crate) struct Choice {
    pub(crate) value: &'static str,
    pub(crate) label: &'static str,
    pub(crate) is_chosen: bool,
}

/// What stands in the fields.
pub(crate) struct CoverForm {
    pub(crate) payer: String,
    pub(crate) id: String,
    pub(crate) member: String,
    pub(crate) family: String,
    pub(crate) given: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) turns: Vec<Choice>,
    pub(crate) relations: Vec<Choice>,
    pub(crate) filings: Vec<Choice>,
}

impl CoverForm {
    /// What was typed, else what a payer says of another one.
    pub(crate) fn of(typed: &Fields, suggested: Option<Cover>) -> CoverForm {
        let text = |name: &str| typed.get(name).cloned();
        let of = |name: &str| text(name).unwrap_or_default();
        let payer = suggested.as_ref().map(|one| one.payer.name.to_string());
        let id = suggested.as_ref().and_then(|one| one.payer.ids.first().map(ToString::to_string));
        let turn = suggested.as_ref().map_or(Turn::Secondary, |one| one.turn);
        let turn = text("cover_turn").and_then(|name| Turn::from_name(&name)).unwrap_or(turn);
        let choices = |all: &[(&'static str, &'static str)], chosen: &str| {
            let choice = |(value, label): &(&'static str, &'static str)| Choice {
                value,
                label,
                is_chosen: *value == chosen,
            };
            all.iter().map(choice).collect()
        };
        let turns = [("primary", "first"), ("secondary", "second"), ("tertiary", "third")];
        CoverForm {
            payer: text("cover_payer").or(payer).unwrap_or_default(),
            id: text("cover_id").or(id).unwrap_or_default(),
            member: of("cover_member"),
            family: of("cover_family"),
            given: of("cover_given"),
            from: of("cover_from"),
            to: of("cover_to"),
            turns: choices(&turns, turn.as_str()),
            relations: choices(&RELATIONS, &of("cover_relation")),
            filings: choices(&FILINGS, &of("cover_filing")),
        }
    }
}
