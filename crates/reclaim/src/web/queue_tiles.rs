//! The strip over the queue: what is at stake in the list that is shown, money first. Each tile is
//! a filter; pressed once more it is none.

use denial::denial::Status;
use denial::team;
use insight::board::{Board, Facet, Part, Sum};
use jiff::civil::Date;

use crate::web::asked::Asked;
use crate::web::tiles::{Link, Tile, cases_in_words, number};
use crate::web::words;

/// One tile: its label, its facet, the values that count, the same as an address has them, how it
/// looks where any case counts.
struct Kind {
    label: &'static str,
    part: Part<'static>,
    word: &'static str,
    class: &'static str,
}

const fn kind(
    label: &'static str,
    part: Part<'static>,
    word: &'static str,
    class: &'static str,
) -> Kind {
    Kind { label, part, word, class }
}

/// What no payer has given way on.
const AT_RISK: &[&str] = &[
    Status::New.as_str(),
    Status::InReview.as_str(),
    Status::Corrected.as_str(),
    Status::Appealed.as_str(),
    Status::Pending.as_str(),
];

/// The same as an address has them.
const AT_RISK_WORD: &str =
    "new,in_review,corrected_and_resubmitted,appealed,pending_payer_response";

/// Every tile.
const KINDS: [Kind; 8] = [
    kind("At risk", (Facet::Status, AT_RISK), AT_RISK_WORD, ""),
    kind("Due within 7 days", (Facet::Clock, &["soon"]), "soon", "soon"),
    kind("Past due", (Facet::Clock, &["past"]), "past", "past"),
    kind("Next action late or today", (Facet::When, &["late", "today"]), "late,today", "soon"),
    kind("No person has it", (Facet::Owner, &["", team::ANY]), "none", ""),
    // What the order by priority puts first.
    kind("No clock has a day", (Facet::Clock, &["none"]), "none", "soon"),
    kind("A clock not configured", (Facet::NoRule, &["yes"]), "yes", ""),
    // No save of ours lets it through: it is there where a database was changed by other means.
    kind("Lacks owner, action or day", (Facet::Lacks, &["yes"]), "yes", "past"),
];

/// The tiles for a list.
pub(crate) fn strip(board: &Board, asked: &Asked, today: Date) -> Vec<Tile> {
    if asked.wanted.closed {
        return Vec::new();
    }
    let places = board.find(&asked.wanted, today);
    let sums = board.parts(&places, today, &KINDS.map(|kind| kind.part));
    let is_chosen = |kind: &Kind| asked.value(kind.part.0.as_str()).is_some();
    let shown = KINDS.iter().zip(sums).map(|(kind, sum)| {
        (kind, if is_chosen(kind) { instead(board, asked, kind, today) } else { sum })
    });
    let is_rare = |kind: &Kind| {
        matches!((kind.part.0, kind.word), (Facet::Lacks, _) | (Facet::Clock, "none"))
    };
    let is_on = |kind: &Kind| asked.value(kind.part.0.as_str()) == Some(kind.word);
    let shown = shown.filter(|(kind, _)| !is_beside(asked, kind));
    let shown = shown.filter(|(kind, sum)| !is_rare(kind) || sum.cases > 0 || is_on(kind));
    shown.map(|(kind, sum)| tile(asked, kind, sum)).collect()
}

/// True where the list was asked for by a value of the tile's facet that is no tile's: my own cases
/// hold none that nobody has, and a figure over them would count what they cannot hold.
fn is_beside(asked: &Asked, kind: &Kind) -> bool {
    let facet = kind.part.0;
    let chosen = asked.wanted.chosen.iter().find(|(one, _)| *one == facet);
    let is_tiles = |value: &String| {
        let of_facet = KINDS.iter().filter(|one| one.part.0 == facet);
        of_facet.flat_map(|one| one.part.1).any(|one| one == value)
    };
    chosen.is_some_and(|(_, values)| !values.iter().any(is_tiles))
}

/// What the list would hold with a tile's values in place of those that are chosen of its facet.
fn instead(board: &Board, asked: &Asked, kind: &Kind, today: Date) -> Sum {
    let (facet, values) = kind.part;
    let mut wanted = asked.wanted.clone();
    wanted.chosen.retain(|(one, _)| *one != facet);
    wanted.chosen.push((facet, values.iter().map(ToString::to_string).collect()));
    board.sum_of(&wanted, today)
}

fn tile(asked: &Asked, kind: &Kind, sum: Sum) -> Tile {
    let name = kind.part.0.as_str();
    let is_on = asked.value(name) == Some(kind.word);
    let query = asked.with(name, if is_on { "" } else { kind.word });
    let (money, cases) = (words::money(sum.outstanding), cases_in_words(sum.cases));
    let is_money = kind.part.0 == Facet::Status;
    let (figure, note) = if is_money { (money, cases) } else { (number(sum.cases), money) };
    Tile {
        label: kind.label.to_owned(),
        figure,
        note,
        class: if is_on {
            "on"
        } else if sum.cases > 0 {
            kind.class
        } else {
            ""
        },
        link: Some(Link { href: format!("/queue?{query}"), rows: sum.cases }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_at_risk_is_every_open_status_that_is_not_won() {
        let at_risk = |status: &Status| !status.is_closed() && *status != Status::Overturned;
        let names: Vec<&str> =
            Status::ALL.iter().filter(|one| at_risk(one)).map(|one| one.as_str()).collect();
        assert_eq!(AT_RISK, names);
        assert_eq!(AT_RISK_WORD, names.join(","));
    }
}
