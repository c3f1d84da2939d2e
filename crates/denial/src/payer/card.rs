//! How a practice reaches a payer, as its own people have learned it. Windows, channels and limits
//! of letters are rules; this is what a person needs who calls.

use serde::{Deserialize, Serialize};

use crate::ids::PersonId;
use crate::lifecycle::texts;

/// What people know of reaching a payer; empty texts are not configured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Card {
    /// The number to call.
    pub phone: String,
    /// What to press or say to reach a person.
    pub phone_tree: String,
    /// When a person answers soonest.
    pub best_time: String,
    /// Where faxes go.
    pub fax: String,
    /// The portal's address.
    pub portal: String,
    /// What to do there.
    pub portal_steps: String,
    /// Who holds the login of the portal; the password stands nowhere.
    pub login_holder: Option<PersonId>,
    /// Where appeals go by mail.
    pub appeal_address: String,
    /// How much it takes at once: files, pages, megabytes.
    pub file_limits: String,
    /// What else there is to know.
    pub notes: String,
}

/// Why a card is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCard {
    /// A text that is too long, or holds a sign that cannot be shown.
    #[error(
        "a text has at most {} letters and no sign that cannot be shown; shorten it, or type it \
         again",
        Card::LONGEST
    )]
    OddText,
    /// An address with a name or a password in it.
    #[error("the portal's address holds a name or a password; enter the address alone")]
    Password,
    /// A reason that is too long, or holds a sign that cannot be shown.
    #[error(
        "the reason for the change has at most {} letters and no sign that cannot be shown; shorten \
         it, or type it again",
        Card::LONGEST_WHY
    )]
    OddWhy,
    /// Nothing differs.
    #[error("nothing differs from the card that is kept")]
    Unchanged,
}

impl Card {
    /// The most letters of one text.
    pub const LONGEST: usize = 2_000;
    /// The most letters of the reason for a change.
    pub const LONGEST_WHY: usize = 500;

    /// Its texts, each with its name.
    #[must_use]
    pub fn texts(&self) -> [(&'static str, &str); 9] {
        [
            ("phone", &self.phone),
            ("phone_tree", &self.phone_tree),
            ("best_time", &self.best_time),
            ("fax", &self.fax),
            ("portal", &self.portal),
            ("portal_steps", &self.portal_steps),
            ("appeal_address", &self.appeal_address),
            ("file_limits", &self.file_limits),
            ("notes", &self.notes),
        ]
    }

    /// Refuses what cannot stand on a card; `before` is the one that is kept.
    ///
    /// # Errors
    /// [`NoCard`].
    pub fn check(&self, before: &Card) -> Result<(), NoCard> {
        let fits =
            |text: &str| text.chars().count() <= Card::LONGEST && text.chars().all(texts::is_plain);
        if !self.texts().iter().all(|(_, text)| fits(text)) {
            return Err(NoCard::OddText);
        }
        let host = self.portal.split_once("//").map_or(self.portal.as_str(), |(_, rest)| rest);
        let host = host.split(['/', '?', '#']).next().unwrap_or_default();
        if host.contains('@') {
            return Err(NoCard::Password);
        }
        if self == before { Err(NoCard::Unchanged) } else { Ok(()) }
    }

    /// Refuses a reason for a change that cannot stand beside a card.
    ///
    /// # Errors
    /// [`NoCard::OddWhy`].
    pub fn check_why(why: &str) -> Result<(), NoCard> {
        let fits = why.chars().count() <= Card::LONGEST_WHY && why.chars().all(texts::is_plain);
        if fits { Ok(()) } else { Err(NoCard::OddWhy) }
    }

    /// The portal's address as a link; `None` where it is none that a browser may follow.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        let plain = self.portal.chars().all(|one| one.is_ascii_graphic());
        Some(self.portal.as_str()).filter(|text| plain && text.starts_with("https://"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_holds_plain_texts_and_no_password() {
        let none = Card::default();
        let with = |portal: &str| Card { portal: portal.to_owned(), ..Card::default() };
        assert_eq!(none.check(&none), Err(NoCard::Unchanged));
        assert_eq!(with("https://portal.example/in?a=b@c").check(&none), Ok(()));
        assert_eq!(Card::check_why(&"x".repeat(500)), Ok(()));
        assert_eq!(Card::check_why(&"x".repeat(501)), Err(NoCard::OddWhy));
        assert_eq!(Card::check_why("\u{202E}x"), Err(NoCard::OddWhy));
        for odd in ["https://ada:secret@portal.example", "ada@portal.example/x"] {
            assert_eq!(with(odd).check(&none), Err(NoCard::Password), "{odd}");
        }
        assert_eq!(with(&"a".repeat(Card::LONGEST + 1)).check(&none), Err(NoCard::OddText));
        assert_eq!(with("\u{202E}x").check(&none), Err(NoCard::OddText));
        assert_eq!(with("https://portal.example").link(), Some("https://portal.example"));
        for odd in ["javascript:alert(1)", "http://portal.example", "https://a b"] {
            assert_eq!(with(odd).link(), None, "{odd}");
        }
    }
}
