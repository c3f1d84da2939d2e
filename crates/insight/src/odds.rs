//! The chance of a way from own history, by payer and code, shrunk to what is stated before there
//! is any (Beta-binomial; features 4.02, 17.02).
//!
//! The playbook's prior counts as [`STRENGTH`] known outcomes. The outcomes with a code at other
//! payers move it; what comes of that counts as much again before the payer's outcomes with other
//! codes, and that before the outcomes at this payer with this code. So the prior fades as history
//! grows, and no outcome counts twice.

use std::collections::HashMap;

use denial::money::Chance;
use denial::next_action::{Odds, SMALL, Tally, Way};

/// How many outcomes a stated prior, or the wider history, is worth.
pub const STRENGTH: u32 = 20;

/// Parts of a certainty in which is counted.
const WHOLE: i128 = 1_000_000_000;

/// The odds of a way: `here` at this payer with this code, `payer` there with others, `code` with
/// this code elsewhere.
#[must_use]
pub fn odds(prior: Option<Chance>, here: Tally, payer: Tally, code: Tally) -> Odds {
    let stated = prior.map(|prior| i128::from(prior.basis_points()) * WHOLE / 10_000);
    let counted = [code, payer, here].into_iter().fold(stated, shrunk);
    Odds { chance: counted.map(rounded), prior, here, payer, code }
}

/// A rate moved by outcomes. Without a stated prior only enough outcomes speak.
fn shrunk(before: Option<i128>, tally: Tally) -> Option<i128> {
    let decided = i128::from(tally.decided);
    // What was won in part counts half.
    let won = i128::from(tally.won) * WHOLE + i128::from(tally.part) * WHOLE / 2;
    let won = won.min(decided * WHOLE);
    let strength = i128::from(STRENGTH);
    match before {
        Some(before) => Some((won + strength * before) / (decided + strength)),
        None if tally.decided >= SMALL => Some(won / decided),
        None => None,
    }
}

/// Counted outcomes of one way at one payer with one code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The payer's id.
    pub payer: String,
    /// The leading code of what was refused, such as `CO-197`.
    pub code: String,
    /// The way.
    pub way: Way,
    /// How it ended.
    pub tally: Tally,
}

/// Outcomes of a practice by payer, code and way; without a way, those of all.
#[derive(Clone, Debug, Default)]
pub struct History {
    here: HashMap<(String, String, Option<Way>), Tally>,
    payers: HashMap<(String, Option<Way>), Tally>,
    codes: HashMap<(String, Option<Way>), Tally>,
}

impl History {
    /// What counted outcomes come to.
    #[must_use]
    pub fn of(counted: impl IntoIterator<Item = Counted>) -> History {
        let mut history = History::default();
        for one in counted {
            for way in [None, Some(one.way)] {
                let here = (one.payer.clone(), one.code.clone(), way);
                add(history.here.entry(here).or_default(), one.tally);
                add(history.payers.entry((one.payer.clone(), way)).or_default(), one.tally);
                add(history.codes.entry((one.code.clone(), way)).or_default(), one.tally);
            }
        }
        history
    }

    /// The odds of a way, or of any, at a payer with a code.
    #[must_use]
    pub fn odds(
        &self,
        (payer, code): (&str, &str),
        way: Option<Way>,
        prior: Option<Chance>,
    ) -> Odds {
        let (payer, code) = (payer.to_owned(), code.to_owned());
        let of = |tallies: &HashMap<(String, Option<Way>), Tally>, key: &str| {
            tallies.get(&(key.to_owned(), way)).copied().unwrap_or_default()
        };
        let (at_payer, with_code) = (of(&self.payers, &payer), of(&self.codes, &code));
        let here = self.here.get(&(payer, code, way)).copied().unwrap_or_default();
        odds(prior, here, without(at_payer, here), without(with_code, here))
    }
}

fn add(sum: &mut Tally, one: Tally) {
    sum.decided = sum.decided.saturating_add(one.decided);
    sum.won = sum.won.saturating_add(one.won);
    sum.part = sum.part.saturating_add(one.part);
}

const fn without(all: Tally, part: Tally) -> Tally {
    Tally {
        decided: all.decided.saturating_sub(part.decided),
        won: all.won.saturating_sub(part.won),
        part: all.part.saturating_sub(part.part),
    }
}

fn rounded(parts: i128) -> Chance {
    let points = (parts * 10_000 + WHOLE / 2) / WHOLE;
    Chance::from_basis_points(u16::try_from(points).unwrap_or(10_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Tally = Tally { decided: 0, won: 0, part: 0 };

    fn tally(won: u32, decided: u32) -> Tally {
        Tally { decided, won, part: 0 }
    }

    fn chance(prior: u16, here: Tally, payer: Tally, code: Tally) -> u16 {
        let found = odds(Some(Chance::from_basis_points(prior)), here, payer, code);
        found.chance.expect("a prior is stated").basis_points()
    }

    #[test]
    fn without_history_the_prior_holds() {
        for prior in [0, 1, 3_400, 9_999, 10_000] {
            assert_eq!(chance(prior, NONE, NONE, NONE), prior);
        }
        assert_eq!(odds(None, NONE, NONE, NONE).chance, None);
    }

    #[test]
    fn the_prior_fades_as_history_grows() {
        assert_eq!(chance(5_000, tally(1, 1), NONE, NONE), 5_238);
        assert_eq!(chance(5_000, tally(20, 20), NONE, NONE), 7_500, "half prior, half history");
        assert_eq!(chance(5_000, tally(0, 20), NONE, NONE), 2_500);
        assert_eq!(chance(5_000, tally(9_000, 10_000), NONE, NONE), 8_992);
    }

    #[test]
    fn wider_history_speaks_where_there_is_no_nearer() {
        assert_eq!(chance(5_000, NONE, NONE, tally(20, 20)), 7_500);
        // The payer's own word counts before the code's elsewhere, its word on this code first.
        assert_eq!(chance(5_000, NONE, tally(0, 20), tally(20, 20)), 3_750);
        assert_eq!(chance(5_000, tally(20, 20), tally(0, 20), tally(20, 20)), 6_875);
    }

    #[test]
    fn without_a_prior_a_small_sample_says_nothing() {
        assert_eq!(odds(None, tally(19, 19), NONE, NONE).chance, None);
        let found = odds(None, tally(15, 20), NONE, NONE).chance;
        assert_eq!(found, Some(Chance::from_basis_points(7_500)));
    }

    #[test]
    fn what_was_won_in_part_counts_half() {
        let half = Tally { decided: 20, won: 0, part: 20 };
        assert_eq!(chance(0, half, NONE, NONE), 2_500);
        assert_eq!(chance(0, tally(10, 20), NONE, NONE), 2_500);
        let both = Tally { decided: 1, won: 1, part: 1 };
        assert_eq!(chance(10_000, both, NONE, NONE), 10_000, "never beyond certainty");
    }

    #[test]
    fn no_outcome_counts_twice() {
        let counted = |payer: &str, code: &str, way, won, decided| Counted {
            payer: payer.to_owned(),
            code: code.to_owned(),
            way,
            tally: tally(won, decided),
        };
        let rows = vec![
            counted("A", "CO-197", Way::Appeal, 3, 4),
            counted("A", "CO-197", Way::CorrectedClaim, 1, 2),
            counted("A", "CO-50", Way::Appeal, 0, 5),
            counted("B", "CO-197", Way::Appeal, 7, 7),
        ];
        let history = History::of(rows.clone());
        let found = history.odds(("A", "CO-197"), Some(Way::Appeal), None);
        assert_eq!((found.here, found.payer, found.code), (tally(3, 4), tally(0, 5), tally(7, 7)));
        let any = history.odds(("A", "CO-197"), None, None);
        assert_eq!((any.here, any.payer, any.code), (tally(4, 6), tally(0, 5), tally(7, 7)));
        let turned = History::of(rows.into_iter().rev());
        assert_eq!(turned.odds(("A", "CO-197"), None, None), any, "in whatever order");
        let unknown = history.odds(("C", "CO-9"), None, Some(Chance::from_basis_points(4_000)));
        assert_eq!(unknown.chance, Some(Chance::from_basis_points(4_000)));
    }

    #[test]
    fn no_history_leads_beyond_certainty() {
        assert_eq!(chance(10_000, tally(9, 3), NONE, NONE), 10_000);
        assert_eq!(chance(0, tally(0, u32::MAX), NONE, NONE), 0);
    }
}
