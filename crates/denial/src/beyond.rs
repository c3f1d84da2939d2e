//! Ways beyond the payer's own appeals: external review, a complaint to the state, independent
//! dispute resolution. Each opens by facts: met, unmet or unknown (features 7.12).

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::appeal::day;
use crate::category::Category;
use crate::claim::PlanType;
use crate::deadline::{Deadline, DeadlineKind, business_day};
use crate::denial::{Denial, Outcome};
use crate::named;
use crate::payer::Unit;

/// The ways, and the facts that people tell, from `data/reviews.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reviews {
    /// The ways, in the order of the file.
    pub reviews: Vec<Review>,
    /// What people tell.
    pub facts: Vec<Fact>,
}

/// One way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Its word in rows.
    pub name: SmolStr,
    /// What people read.
    pub label: SmolStr,
    /// The lines of business for which it exists.
    pub plans: Vec<PlanType>,
    /// What has to hold.
    pub facts: Vec<SmolStr>,
    /// True where the case's own clock of external review counts.
    pub by_clock: bool,
    /// Days from the day of a told fact.
    pub window: Option<ReviewWindow>,
    /// Where that is from.
    pub source: SmolStr,
    /// As of when.
    pub as_of: SmolStr,
}

/// Days from a told fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewWindow {
    /// How many.
    pub count: u16,
    /// Of what.
    pub unit: Unit,
    /// The fact.
    pub from: SmolStr,
}

/// A fact that a person tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its word in rows.
    pub name: SmolStr,
    /// What people read.
    pub words: SmolStr,
    /// It holds since a day, which counts.
    pub dated: bool,
}

named! {
    /// Whether a fact holds.
    Standing {
        /// It does.
        Met = "met",
        /// It does not.
        Unmet = "unmet",
        /// Nobody has said.
        Unknown = "unknown",
    }
}

/// What a person told of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The fact.
    pub fact: SmolStr,
    /// It holds.
    pub holds: bool,
    /// Since when, where that counts.
    pub on: Option<Date>,
}

/// One fact of a way on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    /// Its word; empty for the plan.
    pub name: SmolStr,
    /// What people read.
    pub words: String,
    /// Whether it holds.
    pub standing: Standing,
    /// It is told by a person.
    pub is_told: bool,
    /// Its day counts.
    pub dated: bool,
}

/// A way on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Every fact.
    pub facts: Vec<Tested>,
    /// Whether it is open: met where all are, unmet where one is not or its last day is over.
    pub standing: Standing,
    /// The last day; `None` is not configured, or its first day is not told.
    pub by: Option<Date>,
}

/// How a way stands on a case.
#[must_use]
pub fn way(review: &Review, known: &Reviews, (case, told): (&Denial, &[Told]), today: Date) -> Way {
    let plan = Tested {
        name: SmolStr::default(),
        words: "The way exists for this line of business".to_owned(),
        standing: of_plan(review, case.plan),
        is_told: false,
        dated: false,
    };
    let tested = review.facts.iter().map(|fact| tested(fact, known, case, told));
    let facts: Vec<Tested> = std::iter::once(plan).chain(tested).collect();
    let by = last_day(review, case, told);
    let is_past = by.is_some_and(|by| by < today);
    let has = |standing: Standing| facts.iter().any(|one| one.standing == standing);
    let standing = if is_past || has(Standing::Unmet) {
        Standing::Unmet
    } else if has(Standing::Unknown) {
        Standing::Unknown
    } else {
        Standing::Met
    };
    Way { facts, standing, by }
}

fn of_plan(review: &Review, plan: PlanType) -> Standing {
    if plan == PlanType::Unknown {
        return Standing::Unknown;
    }
    if review.plans.contains(&plan) { Standing::Met } else { Standing::Unmet }
}

fn tested(fact: &SmolStr, known: &Reviews, case: &Denial, told: &[Told]) -> Tested {
    let read = |words: &str, standing| Tested {
        name: fact.clone(),
        words: words.to_owned(),
        standing,
        is_told: false,
        dated: false,
    };
    match fact.as_str() {
        "medical_judgement" => read("The denial rests on medical judgement", is_clinical(case)),
        "appealed" => read("The payer decided an appeal against us", was_appealed(case)),
        _ => {
            let found = known.facts.iter().find(|one| one.name == *fact);
            Tested {
                name: fact.clone(),
                words: found.map_or_else(|| fact.to_string(), |one| one.words.to_string()),
                standing: of_told(fact, told),
                is_told: true,
                dated: found.is_some_and(|one| one.dated),
            }
        }
    }
}

fn of_told(fact: &str, told: &[Told]) -> Standing {
    match told.iter().find(|one| one.fact == fact) {
        Some(one) if one.holds => Standing::Met,
        Some(_) => Standing::Unmet,
        None => Standing::Unknown,
    }
}

fn is_clinical(case: &Denial) -> Standing {
    match case.category {
        Category::MedicalNecessity => Standing::Met,
        // An authorisation may have been refused on medical grounds, or be missing.
        Category::Authorization | Category::Unmapped => Standing::Unknown,
        Category::Eligibility
        | Category::TimelyFiling
        | Category::CodingOrModifier
        | Category::Duplicate
        | Category::Bundling
        | Category::CoordinationOfBenefits
        | Category::NonCovered
        | Category::MissingDocumentation
        | Category::Credentialing
        | Category::Registration
        | Category::BenefitMaximum
        | Category::OtherInsurer => Standing::Unmet,
    }
}

fn was_appealed(case: &Denial) -> Standing {
    let against = |outcome: Outcome| match outcome {
        Outcome::Upheld | Outcome::PartlyOverturned => true,
        Outcome::Overturned | Outcome::Dismissed | Outcome::Withdrawn => false,
    };
    let decided = case.appeals.iter().filter_map(|one| one.decided.as_ref());
    let is_lost = decided.map(|(_, outcome)| *outcome).any(against);
    if is_lost { Standing::Met } else { Standing::Unmet }
}

fn last_day(review: &Review, case: &Denial, told: &[Told]) -> Option<Date> {
    if review.by_clock {
        let of_kind = |one: &&Deadline| one.kind == DeadlineKind::ExternalReview;
        return case.deadlines.iter().find(of_kind).and_then(Deadline::date);
    }
    let window = review.window.as_ref()?;
    let since = told.iter().find(|one| one.fact == window.from && one.holds)?.on?;
    match window.unit {
        Unit::BusinessDays => business_day::add(since, window.count),
        Unit::CalendarDays => since.checked_add(i64::from(window.count).days()).ok(),
        Unit::Months => since.checked_add(i64::from(window.count).months()).ok(),
        Unit::Years => since.checked_add(i64::from(window.count).years()).ok(),
        Unit::YearEnds => {
            since.checked_add(i64::from(window.count).years()).ok().map(Date::last_of_year)
        }
    }
}

named! {
    /// How a peer-to-peer conversation ended.
    PeerOutcome {
        /// It has not been held, or nobody told its end.
        Open = "open",
        /// The payer's physician gave way.
        Overturned = "overturned",
        /// The payer's physician stayed with the denial.
        Upheld = "upheld",
        /// Nobody called in time.
        NotHeld = "not_held",
    }
}

/// A peer-to-peer conversation between the provider and the payer's physician.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// The day on which it was asked for.
    pub asked_on: Date,
    /// The last day on which it can be held; the payer says so.
    pub window_ends: Option<Date>,
    /// Who speaks for us.
    pub provider: String,
    /// The payer's physician, and the number to call.
    pub reviewer: String,
    /// The day on which it was held.
    pub held_on: Option<Date>,
    /// What was said.
    pub said: String,
    /// How it ended.
    pub outcome: PeerOutcome,
}

impl Peer {
    /// What is to be known of its window: that it is over, or until when it is open.
    #[must_use]
    pub fn window(&self, today: Date) -> String {
        match (self.outcome, self.window_ends) {
            (PeerOutcome::Open, Some(by)) if by < today => format!("over since {}", day(by)),
            (PeerOutcome::Open, Some(by)) => format!("open until {}", day(by)),
            (PeerOutcome::Open, None) => "its end is not configured: ask the payer".to_owned(),
            (PeerOutcome::Overturned | PeerOutcome::Upheld | PeerOutcome::NotHeld, _) => {
                String::new()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::next_action::tests::case;
    use crate::rules::{Rules, read, tests::shipped};

    fn rules() -> Rules {
        read(&shipped()).expect("shipped rules")
    }

    fn of(rules: &Rules, name: &str, case: &Denial, told: &[Told]) -> Way {
        let review = rules.reviews.reviews.iter().find(|one| one.name == name).expect("shipped");
        way(review, &rules.reviews, (case, told), date(2026, 3, 9))
    }

    fn told(fact: &str, holds: bool, on: Option<Date>) -> Told {
        Told { fact: fact.into(), holds, on }
    }

    #[test]
    fn the_last_day_counts_from_the_day_that_was_told() {
        let rules = rules();
        let idr = rules.reviews.reviews.iter().find(|one| one.name == "idr").expect("shipped");
        let window = idr.window.as_ref().expect("a window");
        assert_eq!((window.count, window.unit), (4, Unit::BusinessDays));
        // A Thursday: Friday, Monday, Tuesday, Wednesday.
        let on = date(2026, 3, 5);
        let since = [told("negotiated", true, Some(on))];
        let case = case(&rules, PlanType::Commercial, "CO", "50", &[]);
        assert_eq!(last_day(idr, &case, &since), Some(date(2026, 3, 11)));
        assert_eq!(last_day(idr, &case, &[]), None, "nobody said when");
        assert_eq!(last_day(idr, &case, &[told("negotiated", false, Some(on))]), None);
    }

    #[test]
    fn a_way_is_open_where_every_fact_holds_and_its_day_is_not_over() {
        let rules = rules();
        let case = case(&rules, PlanType::Commercial, "CO", "50", &[]);
        let facts = ["out_of_network", "protected_service", "no_cooling_off"];
        let mut all: Vec<Told> = facts.iter().map(|fact| told(fact, true, None)).collect();
        let before = of(&rules, "idr", &case, &all);
        assert_eq!((before.standing, before.by), (Standing::Unknown, None));
        all.push(told("negotiated", true, Some(date(2026, 3, 5))));
        let open = of(&rules, "idr", &case, &all);
        assert_eq!((open.standing, open.by), (Standing::Met, Some(date(2026, 3, 11))));
        all.last_mut().expect("one").on = Some(date(2026, 2, 2));
        assert_eq!(of(&rules, "idr", &case, &all).standing, Standing::Unmet, "its day is over");
        let review = of(&rules, "external_review", &case, &[]);
        let named = |name: &str| review.facts.iter().find(|one| one.name == name).expect("there");
        assert_eq!(named("medical_judgement").standing, Standing::Met);
        assert_eq!(named("appealed").standing, Standing::Unmet);
        assert_eq!(named("authorized_by_patient").standing, Standing::Unknown);
        let unknown = Denial { plan: PlanType::Unknown, ..case };
        let complaint = of(&rules, "state_complaint", &unknown, &[]);
        assert_eq!(complaint.facts[0].standing, Standing::Unknown, "the plan is not known");
    }

    #[test]
    fn a_fact_is_met_unmet_or_unknown() {
        let all = [told("a", true, None), told("b", false, None)];
        assert_eq!(of_told("a", &all), Standing::Met);
        assert_eq!(of_told("b", &all), Standing::Unmet);
        assert_eq!(of_told("c", &all), Standing::Unknown);
    }

    #[test]
    fn a_window_says_until_when_it_is_open() {
        let peer = Peer {
            asked_on: date(2026, 3, 2),
            window_ends: Some(date(2026, 3, 9)),
            provider: "Dr. Sample".to_owned(),
            reviewer: String::new(),
            held_on: None,
            said: String::new(),
            outcome: PeerOutcome::Open,
        };
        assert_eq!(peer.window(date(2026, 3, 9)), "open until March 9, 2026");
        assert_eq!(peer.window(date(2026, 3, 10)), "over since March 9, 2026");
        let ended = Peer { outcome: PeerOutcome::Upheld, ..peer };
        assert_eq!(ended.window(date(2026, 3, 10)), "");
    }
}
