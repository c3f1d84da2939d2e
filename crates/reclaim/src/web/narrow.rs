//! The box over a list in which somebody says what its rows are to have.

use denial::money::Money;
use form_urlencoded::Serializer;
use jiff::civil::Date;
use store::narrowed::Narrowed;

use crate::fields::Fields;
use crate::practice::Office;
use crate::web::trouble::Trouble;

/// The longest text that is looked for.
const LONGEST: usize = 100;

/// What was typed, and how a list's box looks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Narrow {
    pub(crate) text: String,
    pub(crate) amount: String,
    /// The first day.
    pub(crate) from: String,
    /// The last day.
    pub(crate) to: String,
    /// What a text is looked for in, for people.
    pub(crate) hint: &'static str,
    /// What the days are of; empty where the rows have none.
    pub(crate) day: &'static str,
    /// The rows have an amount.
    pub(crate) amounts: bool,
}

impl Narrow {
    /// Reads what was typed; a day that is none is not asked for.
    pub(crate) fn of(fields: &Fields, hint: &'static str, day: &'static str) -> Narrow {
        let text = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
        let date = |name: &str| text(name).parse::<Date>().map(|day| day.to_string());
        Narrow {
            text: text("text").chars().take(LONGEST).collect(),
            amount: text("amount").to_owned(),
            from: date("from").unwrap_or_default(),
            to: date("to").unwrap_or_default(),
            hint,
            day,
            amounts: false,
        }
    }

    /// With a box for an amount.
    pub(crate) fn with_amounts(self) -> Narrow {
        Narrow { amounts: true, ..self }
    }

    pub(crate) fn is_set(&self) -> bool {
        [&self.text, &self.amount, &self.from, &self.to].iter().any(|one| !one.is_empty())
    }

    /// The amount, where one was typed.
    ///
    /// # Errors
    /// [`Trouble::Unfit`] where it is none.
    pub(crate) fn money(&self) -> Result<Option<Money>, Trouble> {
        if self.amount.is_empty() {
            return Ok(None);
        }
        let money = Money::parse(self.amount.as_str());
        money.map(Some).map_err(|_| {
            Trouble::Unfit("Write the amount in dollars and cents, such as 123.45.".to_owned())
        })
    }

    /// The same for rows that have a day.
    ///
    /// # Errors
    /// [`Trouble::Unfit`] where an amount is none.
    pub(crate) fn by_day(&self) -> Result<Narrowed, Trouble> {
        let until = self.last().and_then(|day| day.tomorrow().ok());
        Ok(Narrowed {
            text: self.text.clone(),
            cents: self.money()?.map(Money::cents),
            from: Some(self.from.clone()).filter(|from| !from.is_empty()),
            until: until.map(|day| day.to_string()),
        })
    }

    /// The same for rows that have an instant.
    ///
    /// # Errors
    /// [`Trouble::Unfit`] where an amount is none.
    pub(crate) fn by_instant(&self, office: &Office) -> Result<Narrowed, Trouble> {
        let begins = |day: Date| office.begins(day);
        let until = self.last().and_then(|day| day.tomorrow().ok());
        Ok(Narrowed { from: self.first().map(begins), until: until.map(begins), ..self.by_day()? })
    }

    fn first(&self) -> Option<Date> {
        self.from.parse().ok()
    }

    fn last(&self) -> Option<Date> {
        self.to.parse().ok()
    }

    /// True where what was typed stands in one of the texts.
    pub(crate) fn fits_text(&self, texts: &[&str]) -> bool {
        let sought = self.text.to_lowercase();
        sought.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(&sought))
    }

    /// True where a day is among those that were chosen; an unknown day is among none.
    pub(crate) fn fits_day(&self, day: Option<Date>) -> bool {
        let Some(day) = day else { return self.from.is_empty() && self.to.is_empty() };
        self.first().is_none_or(|from| from <= day) && self.last().is_none_or(|to| day <= to)
    }

    /// What was typed as the end of an address, with an ampersand before each.
    pub(crate) fn query(&self) -> String {
        let all = [
            ("text", &self.text),
            ("amount", &self.amount),
            ("from", &self.from),
            ("to", &self.to),
        ];
        let mut query = Serializer::new(String::new());
        query.extend_pairs(all.into_iter().filter(|(_, text)| !text.is_empty()));
        let query = query.finish();
        if query.is_empty() { query } else { format!("&{query}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrow(pairs: &[(&str, &str)]) -> Narrow {
        let fields = pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Narrow::of(&fields.collect(), "number", "Paid")
    }

    #[test]
    fn what_is_no_day_is_not_asked_and_the_last_day_is_whole() {
        let one = narrow(&[("from", "soon"), ("to", "2026-02-28"), ("text", " T 1 ")]);
        let narrowed = one.by_day().unwrap_or_default();
        assert_eq!((narrowed.from, narrowed.until.as_deref()), (None, Some("2026-03-01")));
        assert_eq!(one.query(), "&text=T+1&to=2026-02-28");
        assert!(one.is_set() && !narrow(&[("text", "  ")]).is_set());
    }

    #[test]
    fn an_amount_that_is_none_is_refused() {
        assert!(matches!(narrow(&[("amount", "a lot")]).by_day(), Err(Trouble::Unfit(_))));
        let money = narrow(&[("amount", "$1,234.5")]).money().ok().flatten();
        assert_eq!(money, Some(Money::from_cents(123_450)));
    }

    #[test]
    fn texts_fit_by_a_part_whatever_their_case_and_days_by_their_span() {
        let one = narrow(&[("text", "ab"), ("from", "2026-02-02"), ("to", "2026-02-03")]);
        assert!(one.fits_text(&["x", "CAB"]) && !one.fits_text(&["x"]));
        for (day, fits) in [(1, false), (2, true), (3, true), (4, false)] {
            assert_eq!(one.fits_day(Date::new(2026, 2, day).ok()), fits);
        }
        assert!(!one.fits_day(None));
    }
}
