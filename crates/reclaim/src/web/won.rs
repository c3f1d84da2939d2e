//! What is won and not posted, in the same words wherever it stands: what payers told that they
//! pay, and where none told an amount, what is outstanding.

use denial::denial::Denial;
use denial::won::ToPost;
use insight::board::Won;

use crate::web::tiles::{Counter, Tile, cases_in_words};
use crate::web::words;

/// Its name on pages.
pub(crate) const WON: &str = "Won, not posted yet";
/// The list of it.
pub(crate) const QUERY: &str = "status=overturned";

/// The figure of Home.
pub(crate) fn tile(counter: &Counter<'_>) -> Tile {
    let won = counter.won(QUERY);
    let cases = won.told.cases + won.untold.cases;
    Tile {
        label: WON.to_owned(),
        figure: figure(won),
        note: note(won),
        class: "",
        link: counter.link(QUERY, cases),
    }
}

/// The whole amount.
pub(crate) fn figure(won: Won) -> String {
    words::money(won.told.outstanding + won.untold.outstanding)
}

/// How many cases, and what of the amount no payer told.
pub(crate) fn note(won: Won) -> String {
    let cases = cases_in_words(won.told.cases + won.untold.cases);
    let untold = words::money(won.untold.outstanding);
    match (won.told.cases, won.untold.cases) {
        (_, 0) => cases,
        (0, _) => format!("{cases}: no amount is told, this is what is outstanding"),
        (_, some) => format!(
            "{cases}; on {} no amount is told, and {untold} of it is what is outstanding",
            cases_in_words(some)
        ),
    }
}

/// What is to be posted of one case, in words; nothing where nobody gave way.
pub(crate) fn of_case(case: &Denial) -> Option<String> {
    Some(match case.to_post()? {
        ToPost::Told(amount) => format!("{amount} won"),
        ToPost::Untold(_) => "won, not told".to_owned(),
    })
}

/// The same as a line of the case's money: its amount, and what it is.
pub(crate) fn as_money(case: &Denial) -> Option<(String, &'static str)> {
    Some(match case.to_post()? {
        ToPost::Told(amount) => (amount.to_string(), "what the payer told, less what is posted"),
        ToPost::Untold(amount) => {
            (amount.to_string(), "the payer told no amount: what is outstanding")
        }
    })
}
