//! The chance of a way from own history, by payer and code, shrunk to what is stated before there
//! is any (Beta-binomial; features 4.02, 17.02).
//!
//! The playbook's prior counts as [`STRENGTH`] known outcomes. The outcomes with a code at other
//! payers move it; what comes of that counts as much again before the payer's outcomes with other
//! codes, and that before the outcomes at this payer with this code. So the prior fades as history
//! grows, and no outcome counts twice.

use denial::money::Chance;
use denial::next_action::{Odds, Tally};

/// How many outcomes a stated prior, or the wider history, is worth.
pub const STRENGTH: u32 = 20;

/// Below so many outcomes a figure says that it is a small sample.
pub const SMALL: u32 = 20;

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
    let (won, decided) = (i128::from(tally.won.min(tally.decided)), i128::from(tally.decided));
    let strength = i128::from(STRENGTH);
    match before {
        Some(before) => Some((won * WHOLE + strength * before) / (decided + strength)),
        None if tally.decided >= SMALL => Some(won * WHOLE / decided),
        None => None,
    }
}

fn rounded(parts: i128) -> Chance {
    let points = (parts * 10_000 + WHOLE / 2) / WHOLE;
    Chance::from_basis_points(u16::try_from(points).unwrap_or(10_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Tally = Tally { decided: 0, won: 0 };

    fn tally(won: u32, decided: u32) -> Tally {
        Tally { decided, won }
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
    fn no_history_leads_beyond_certainty() {
        assert_eq!(chance(10_000, tally(9, 3), NONE, NONE), 10_000);
        assert_eq!(chance(0, tally(0, u32::MAX), NONE, NONE), 0);
    }
}
