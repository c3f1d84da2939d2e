//! What covers a patient beside the payer that a claim was sent to: who comes when, from which day
//! to which, under whose membership (features 12.03).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::claim::{Patient, PayerName, PayerOrder};
use crate::named;
use crate::phi::Phi;

named! {
    /// Which payer in order.
    Turn {
        /// First.
        Primary = "primary",
        /// Second.
        Secondary = "secondary",
        /// Third.
        Tertiary = "tertiary",
    }
}

impl Turn {
    /// SBR01.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Turn::Primary => "P",
            Turn::Secondary => "S",
            Turn::Tertiary => "T",
        }
    }

    /// Reads SBR01; letters after T stand for payers after the third, which are rare and not kept.
    #[must_use]
    pub fn of_code(code: &[u8]) -> Option<Turn> {
        match code {
            b"P" => Some(Turn::Primary),
            b"S" => Some(Turn::Secondary),
            b"T" => Some(Turn::Tertiary),
            _ => None,
        }
    }

    /// The turn of the payer that a claim was sent to.
    #[must_use]
    pub const fn of_order(order: PayerOrder) -> Option<Turn> {
        match order {
            PayerOrder::Primary => Some(Turn::Primary),
            PayerOrder::Secondary => Some(Turn::Secondary),
            PayerOrder::Tertiary => Some(Turn::Tertiary),
            PayerOrder::Unknown => None,
        }
    }
}

/// SBR02 where the patient is the insured.
pub const SELF: &str = "18";

/// One cover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// When it pays.
    pub turn: Turn,
    /// Who pays; its id is the one that claims to it bear (NM109).
    pub payer: PayerName,
    /// Claim filing indicator (SBR09): CI, MB, MC and so on; empty where nobody said.
    pub filing: SmolStr,
    /// How the patient stands to the insured (SBR02): 18 self, 01 spouse, 19 child.
    pub relation: SmolStr,
    /// The insured with the member id; names are empty where the patient is the insured.
    pub insured: Phi<Patient>,
    /// Its first day, where somebody said.
    pub from: Option<Date>,
    /// Its last day, where somebody said.
    pub to: Option<Date>,
}

impl Cover {
    /// A cover of a turn, of which nothing else is known.
    #[must_use]
    pub fn at(turn: Turn) -> Cover {
        Cover {
            turn,
            payer: PayerName::default(),
            filing: SmolStr::default(),
            relation: SELF.into(),
            insured: Phi::default(),
            from: None,
            to: None,
        }
    }

    /// A cover as SBR says it.
    pub(crate) fn said(turn: Turn, filing: SmolStr, relation: SmolStr) -> Cover {
        Cover { filing, relation, ..Cover::at(turn) }
    }

    /// True where it covers a day of service; what nobody said speaks against no day.
    #[must_use]
    pub fn holds_on(&self, day: Option<Date>) -> bool {
        let begun = |day: Date| self.from.is_none_or(|from| from <= day);
        let goes_on = |day: Date| self.to.is_none_or(|to| to >= day);
        day.is_none_or(|day| begun(day) && goes_on(day))
    }

    /// True where the patient is the insured.
    #[must_use]
    pub fn is_self(&self) -> bool {
        self.relation == SELF
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_cover_holds_from_its_first_day_to_its_last() {
        let cover = Cover {
            from: Some(date(2026, 1, 1)),
            to: Some(date(2026, 6, 30)),
            ..Cover::at(Turn::Secondary)
        };
        assert!(!cover.holds_on(Some(date(2025, 12, 31))));
        assert!(cover.holds_on(Some(date(2026, 1, 1))));
        assert!(cover.holds_on(Some(date(2026, 6, 30))));
        assert!(!cover.holds_on(Some(date(2026, 7, 1))));
        assert!(cover.holds_on(None), "an unknown day speaks against nothing");
        assert!(Cover::at(Turn::Secondary).holds_on(Some(date(1990, 1, 1))));
    }

    #[test]
    fn the_codes_of_the_837_are_read_back() {
        for turn in Turn::ALL {
            assert_eq!(Turn::of_code(turn.code().as_bytes()), Some(*turn));
        }
        assert_eq!(Turn::of_code(b"A"), None);
    }
}
