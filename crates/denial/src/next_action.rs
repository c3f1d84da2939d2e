//! Every way forward from a case side by side: allowed or why not, days left on its clock, chance,
//! money and minutes, and which of them is recommended (house: `next_action`).

mod open;
mod plan;
mod recommend;

#[cfg(test)]
pub(crate) mod tests;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::category::Category;
use crate::claim::Claim;
use crate::correction::Terms;
use crate::deadline::{Deadline, DeadlineKind};
use crate::denial::{Denial, DeniedLine, NextActionKind};
use crate::money::{Chance, Money};
use crate::named;
use crate::payer::Resubmission;
use crate::playbook::{Ruling, Said};
use crate::resent::Resent;
use crate::rules::Rules;

pub(crate) use plan::{by_prior, leads, planned, planned_twice};
pub use recommend::Recommended;

named! {
    /// A way forward.
    Way {
        /// What the payer asked to see is sent to it: an answer, no new claim and no appeal.
        Records = "send_records",
        /// A replacement of the claim (frequency 7).
        CorrectedClaim = "corrected_claim",
        /// The claim voided (8), then sent as new (1).
        VoidAndNew = "void_and_new",
        /// The claim sent as new (1).
        NewClaim = "new_claim",
        /// Medicare: a clerical error mended without an appeal.
        Reopening = "reopening",
        /// A less formal second look, where the payer has one.
        Reconsideration = "reconsideration",
        /// An appeal at the level whose turn it is.
        Appeal = "appeal",
        /// Review outside the payer.
        ExternalReview = "external_review",
        /// The provider speaks with the payer's physician.
        PeerToPeer = "peer_to_peer",
        /// Another payer's bill.
        SecondaryPayer = "secondary_payer",
        /// The patient's bill.
        Patient = "patient",
        /// Given up.
        WriteOff = "write_off",
    }
}

impl Way {
    /// What is planned on the case when somebody chooses the way.
    #[must_use]
    pub const fn action(self) -> NextActionKind {
        match self {
            Way::Records => NextActionKind::SendRecords,
            Way::CorrectedClaim | Way::VoidAndNew | Way::NewClaim | Way::Reopening => {
                NextActionKind::Correct
            }
            Way::Reconsideration | Way::Appeal | Way::ExternalReview => NextActionKind::Appeal,
            Way::PeerToPeer => NextActionKind::CallPayer,
            Way::SecondaryPayer => NextActionKind::CoordinateBenefits,
            Way::Patient => NextActionKind::BillPatient,
            Way::WriteOff => NextActionKind::ProposeWriteOff,
        }
    }

    /// True where the claim goes to the payer again.
    #[must_use]
    pub const fn resends(self) -> bool {
        matches!(self, Way::CorrectedClaim | Way::VoidAndNew | Way::NewClaim | Way::Reopening)
    }

    /// True where the payer's decision is disputed.
    #[must_use]
    pub const fn disputes(self) -> bool {
        matches!(self, Way::Reconsideration | Way::Appeal | Way::ExternalReview | Way::PeerToPeer)
    }
}

/// Known outcomes, and how many of them were won.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Answered by the payer on the merits.
    pub decided: u32,
    /// Won in full.
    pub won: u32,
    /// Won in part, which counts half.
    pub part: u32,
}

/// The chance of a way and what stands behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Odds {
    /// The chance; `None` where neither a stated prior nor enough history speaks.
    pub chance: Option<Chance>,
    /// The stated prior of the playbook; `None` where it states none for the way.
    pub prior: Option<Chance>,
    /// Own history at this payer with this code.
    pub here: Tally,
    /// Own history at this payer with other codes.
    pub payer: Tally,
    /// Own history with this code at other payers.
    pub code: Tally,
}

/// Below so many outcomes a figure says that it is a small sample.
pub const SMALL: u32 = 20;

impl Odds {
    /// How many outcomes moved the chance.
    #[must_use]
    pub const fn n(&self) -> u32 {
        self.here.decided.saturating_add(self.payer.decided).saturating_add(self.code.decided)
    }

    /// What stands behind the chance, for people.
    #[must_use]
    pub fn behind(&self) -> String {
        let stated = match self.prior {
            Some(prior) => format!("stated prior {prior}"),
            None => "no prior is stated".to_owned(),
        };
        if self.n() == 0 {
            return format!("{stated}; no outcome yet (n = 0)");
        }
        let small = if self.n() < SMALL { ", a small sample" } else { "" };
        let places = [
            ("here", self.here),
            ("other codes of this payer", self.payer),
            ("this code at other payers", self.code),
        ];
        let told = places.into_iter().filter(|(_, tally)| tally.decided > 0);
        let told: Vec<String> = told.map(|(place, tally)| tally.told(place)).collect();
        format!("{stated}; n = {}{small}: {}", self.n(), told.join("; "))
    }
}

impl Tally {
    fn told(self, place: &str) -> String {
        let part = if self.part == 0 { String::new() } else { format!(", {} in part", self.part) };
        format!("{place} {} of {} won{part}", self.won, self.decided)
    }
}

/// What is known of a case when its ways are looked for.
pub struct Known<'a> {
    /// The case.
    pub case: &'a Denial,
    /// The claim as billed, where it was taken in.
    pub claim: Option<&'a Claim>,
    /// What the playbook says of the leading reason.
    pub ruling: Option<&'a Ruling>,
    /// The practice's rules.
    pub rules: &'a Rules,
    /// What went to the payer again and has no answer yet.
    pub resent: Option<&'a Resent>,
    /// Another payer of the patient is known.
    pub other_cover: bool,
    /// A payer passed the claim on, and the next one's usual days are over without an answer.
    pub late_crossover: bool,
    /// Acknowledgements on file prove that the first claim came within the filing limit.
    pub in_time: bool,
    /// The day.
    pub today: Date,
}

/// The clock of a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayClock {
    /// What it limits.
    pub kind: DeadlineKind,
    /// The last day; `None` is not configured.
    pub by: Option<Date>,
    /// Days left, negative where it is past.
    pub left: Option<i32>,
}

/// One way with its figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Forward {
    /// The way.
    pub way: Way,
    /// The level of an appeal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
    /// Why it is not open, by the rule that says so; `None` where it is.
    pub closed: Option<String>,
    /// What to keep in mind on it.
    pub notes: Vec<String>,
    /// Its own clock; ways without one have none.
    pub clock: Option<WayClock>,
    /// Clocks that go on meanwhile.
    pub runs_on: Vec<WayClock>,
    /// What it closes; empty where nothing.
    pub closes: &'static str,
    /// Its chance.
    pub odds: Odds,
    /// What one round of work costs.
    pub cost: Money,
    /// Minutes of work, where they are configured.
    pub minutes: Option<u16>,
    /// The money outstanding times the chance, less the cost; `None` without a chance.
    pub net: Option<Money>,
}

impl Forward {
    /// True where it can be gone.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.closed.is_none()
    }
}

/// Every way from a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ways {
    /// All of them, in the order of [`Way::ALL`].
    pub ways: Vec<Forward>,
    /// What is recommended, and why.
    pub recommended: Recommended,
    /// The amount from which the best way pays.
    pub break_even: Option<Money>,
    /// At or below this a case is a small balance.
    pub small_balance: Money,
}

/// What is said of the lines that still stand denied.
pub(crate) struct Standing<'a> {
    known: &'a Known<'a>,
    said: Vec<Said>,
    /// Groups of the adjustments that deny, with their money.
    groups: Vec<(String, Money)>,
    resubmission: Option<&'a Resubmission>,
    terms: Terms,
}

/// Every way from a case; `odds` says what history makes of a way and its stated prior.
#[must_use]
pub fn ways(known: &Known<'_>, odds: impl Fn(Way, Option<Chance>) -> Odds) -> Ways {
    Standing::of(known).ways(odds)
}

/// What the payer of a case takes when its claim goes again: what its file says, what a remark asks
/// for, and how the case stands. What neither says forbids nothing.
#[must_use]
pub fn terms(case: &Denial, institutional: bool, rules: &Rules) -> Terms {
    let said = rules.resubmission(&case.payer_name, case.plan);
    let remarks = standing(case)
        .flat_map(|line| rules.playbook.said(&line.remarks, line.denied_on))
        .find_map(|said| said.resend);
    Terms {
        denied: case.lines.iter().all(|line| line.full),
        asked: remarks,
        ..said.map(|said| Terms::said(said, institutional)).unwrap_or_default()
    }
}

/// The lines that still stand denied and are worked on.
pub(crate) fn standing(case: &Denial) -> impl Iterator<Item = &DeniedLine> {
    case.lines.iter().filter(|line| line.stays_denied() && line.set_aside.is_none())
}

impl<'a> Standing<'a> {
    fn of(known: &'a Known<'a>) -> Standing<'a> {
        let (case, rules) = (known.case, known.rules);
        let lines: Vec<&DeniedLine> = standing(case).collect();
        let said = lines.iter().flat_map(|line| rules.playbook.said(&line.remarks, line.denied_on));
        Standing {
            said: said.collect(),
            groups: open::denying_groups(known, &lines),
            resubmission: rules.resubmission(&case.payer_name, case.plan),
            terms: terms(case, known.claim.is_some_and(|claim| claim.institutional), rules),
            known,
        }
    }

    fn ways(&self, odds: impl Fn(Way, Option<Chance>) -> Odds) -> Ways {
        let forward = |way: &Way| self.forward(*way, odds(*way, self.prior(*way)));
        self.told(Way::ALL.iter().map(forward).collect())
    }

    /// The same ways by other odds: chance, money and what is recommended follow from these alone.
    fn by_odds(&self, ways: Ways, odds: impl Fn(Way, Option<Chance>) -> Odds) -> Ways {
        let again = |one: Forward| {
            let odds = odds(one.way, one.odds.prior);
            Forward { net: self.net(one.way, one.cost, &odds), odds, ..one }
        };
        self.told(ways.ways.into_iter().map(again).collect())
    }

    fn told(&self, ways: Vec<Forward>) -> Ways {
        let recommended = recommend::recommend(self, &ways);
        let best = recommended.way.and_then(|way| ways.iter().find(|one| one.way == way));
        let best = best.filter(|one| one.way != Way::WriteOff).or_else(|| recommend::best(&ways));
        Ways {
            break_even: best.and_then(|one| crate::triage::break_even(one.cost, one.odds.chance?)),
            small_balance: self.known.rules.desk.small_balance,
            recommended,
            ways,
        }
    }

    /// The money outstanding times the chance, less what the work costs.
    fn net(&self, way: Way, cost: Money, odds: &Odds) -> Option<Money> {
        let outstanding = self.known.case.balance.outstanding();
        match way {
            Way::WriteOff => Some(Money::ZERO),
            Way::Records
            | Way::CorrectedClaim
            | Way::VoidAndNew
            | Way::NewClaim
            | Way::Reopening
            | Way::Reconsideration
            | Way::Appeal
            | Way::ExternalReview
            | Way::PeerToPeer
            | Way::SecondaryPayer
            | Way::Patient => odds.chance.map(|chance| outstanding.share_rounded(chance) - cost),
        }
    }

    fn forward(&self, way: Way, odds: Odds) -> Forward {
        let case = self.known.case;
        let desk = &self.known.rules.desk;
        let works = way != Way::WriteOff;
        let cost = if works { desk.cost_of(case.category) } else { Money::ZERO };
        let clock = self.clock(way);
        Forward {
            way,
            level: (way == Way::Appeal).then(|| case.next_level()),
            closed: self.closed(way, clock),
            notes: self.notes(way),
            runs_on: self.runs_on(clock),
            clock,
            closes: if way == Way::Patient && self.is_mixed() { "" } else { closes(way) },
            net: self.net(way, cost, &odds),
            odds,
            cost,
            minutes: if works { desk.work_minutes.get(&case.category).copied() } else { Some(0) },
        }
    }

    /// The prior that the playbook states: its chance is that of the way it sends people on, and of
    /// an appeal; of a claim that goes again where that can win, of another payer where it names
    /// that one.
    fn prior(&self, way: Way) -> Option<Chance> {
        let ruling = self.known.ruling.filter(|one| one.category != Category::Unmapped)?;
        let states = match way {
            Way::Records => ruling.next == NextActionKind::SendRecords,
            Way::Reconsideration | Way::Appeal | Way::ExternalReview => true,
            Way::SecondaryPayer => ruling.next == NextActionKind::CoordinateBenefits,
            Way::CorrectedClaim | Way::VoidAndNew | Way::NewClaim | Way::Reopening => {
                ruling.correctable
            }
            Way::PeerToPeer | Way::Patient | Way::WriteOff => false,
        };
        states.then_some(ruling.chance)
    }

    fn clock(&self, way: Way) -> Option<WayClock> {
        let kind = match way {
            Way::Records => DeadlineKind::RecordsRequest,
            Way::CorrectedClaim | Way::VoidAndNew | Way::Reopening => DeadlineKind::CorrectedClaim,
            Way::NewClaim => DeadlineKind::TimelyFiling,
            Way::Reconsideration => DeadlineKind::Reconsideration,
            Way::Appeal => DeadlineKind::Appeal(self.known.case.next_level()),
            Way::ExternalReview => DeadlineKind::ExternalReview,
            Way::PeerToPeer | Way::SecondaryPayer | Way::Patient | Way::WriteOff => return None,
        };
        let of_kind = self.known.case.deadlines.iter().find(|one| one.kind == kind);
        Some(self.read(kind, of_kind))
    }

    fn read(&self, kind: DeadlineKind, clock: Option<&Deadline>) -> WayClock {
        let by = clock.and_then(Deadline::date);
        let left = by.map(|by| self.known.today.until(by).map_or(0, |span| span.get_days()));
        WayClock { kind, by, left }
    }

    /// The other clocks against the clinic, none of which a way stops.
    fn runs_on(&self, own: Option<WayClock>) -> Vec<WayClock> {
        let others = self.known.case.deadlines.iter().filter(|one| {
            let ahead = one.open_until().is_some_and(|by| by >= self.known.today);
            ahead && own.is_none_or(|own| own.kind != one.kind)
        });
        others.map(|one| self.read(one.kind, Some(one))).collect()
    }
}

const fn closes(way: Way) -> &'static str {
    match way {
        Way::VoidAndNew => "the first claim, once it is void",
        Way::Patient | Way::WriteOff => "every other way, once the case is closed",
        Way::Records
        | Way::CorrectedClaim
        | Way::NewClaim
        | Way::Reopening
        | Way::Reconsideration
        | Way::Appeal
        | Way::ExternalReview
        | Way::PeerToPeer
        | Way::SecondaryPayer => "",
    }
}
