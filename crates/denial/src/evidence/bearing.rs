//! What a piece of evidence says of a claim: for it, near it, against it, or nothing.

use jiff::civil::Date;
use smol_str::SmolStr;

use super::words::{self, Standing};
use super::{Benefit, Evidence, EvidenceKind, given};
use crate::claim::Claim;
use crate::codes::Procedure;
use crate::named;

named! {
    /// How much it proves of the claim.
    Weight {
        /// It shows what the clinic says.
        Shows = "shows it",
        /// It is of another day, or leaves something open.
        Near = "near it",
        /// It speaks against the clinic.
        Against = "against it",
        /// It says nothing of this claim.
        Silent = "no answer",
    }
}

/// What it says of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearing {
    /// How much it proves.
    pub weight: Weight,
    /// In words, without the patient.
    pub words: String,
}

/// Days around the service within which cover on another day is worth showing.
const NEAR_DAYS: i32 = 31;

impl Evidence {
    /// What it says of a claim; `None` where it is about another patient or another time.
    #[must_use]
    pub fn bearing(&self, claim: &Claim) -> Option<Bearing> {
        let day = claim.first_service()?;
        if self.test || !self.is_of(claim) {
            return None;
        }
        if let Some(reason) = self.refused.first() {
            let is_near = self.on.is_some_and(|on| apart(on, day) <= NEAR_DAYS);
            let words = format!("asked, and {} (AAA {reason})", words::refusal(reason));
            return is_near.then_some(Bearing { weight: Weight::Silent, words });
        }
        match self.kind {
            EvidenceKind::Eligibility => self.of_cover(claim, day),
            EvidenceKind::Authorization => self.of_decision(claim, day),
        }
    }

    /// True where the patient is the claim's: of one member id and given name, as far as both are
    /// told; an authorisation by its number where one of the two names no member.
    fn is_of(&self, claim: &Claim) -> bool {
        let (ours, theirs) = (claim.patient.reveal(), self.patient.reveal());
        let (member, number) = Evidence::keys_of(claim);
        let (told, authorized) = self.keys();
        let (mine, other) = (given(&ours.given), given(&theirs.given));
        let is_person = mine.is_empty() || other.is_empty() || mine == other;
        let is_numbered = !number.is_empty() && number == authorized;
        let is_member = !member.is_empty() && member == told;
        let is_unsaid = member.is_empty() || told.is_empty();
        is_person && (is_member || (is_numbered && is_unsaid))
    }

    /// True where it shows cover of the whole plan on a day.
    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        let has_begun = self.begins.is_none_or(|from| from <= day);
        let is_told = self.speaks_of(day) && !self.has_ended(day) && has_begun;
        is_told && self.standing() == Some(Standing::Active)
    }

    /// True where it tells how cover stands on a day: that was asked about, lies within the days of
    /// the cover, or after its end.
    #[must_use]
    pub fn speaks_of(&self, day: Date) -> bool {
        let is_asked = self.asked().is_some_and(|(from, to)| (from..=to).contains(&day));
        is_asked || self.is_within(day) || self.has_ended(day)
    }

    fn has_ended(&self, day: Date) -> bool {
        self.ends.is_some_and(|end| end < day)
    }

    /// How the cover of the whole plan stands, where it is told.
    fn standing(&self) -> Option<Standing> {
        let of_plan = |one: &&Benefit| one.services.is_empty() || one.services.iter().any(is_plan);
        self.benefits.iter().filter(of_plan).find_map(|one| words::standing(&one.code))
    }

    /// The days that were asked about: that of the answer where none are told.
    fn asked(&self) -> Option<(Date, Date)> {
        self.service.or_else(|| self.on.map(|on| (on, on)))
    }

    /// Cover that is told to begin and to end holds between; one without an end until told.
    fn is_within(&self, day: Date) -> bool {
        let told_until = self.ends.or(self.on);
        self.begins.is_some_and(|from| from <= day) && told_until.is_some_and(|until| day <= until)
    }

    fn of_cover(&self, claim: &Claim, day: Date) -> Option<Bearing> {
        if let Some(bearing) = self.needs_none(claim, day) {
            return Some(bearing);
        }
        let (standing, asked) = (self.standing()?, self.asked()?);
        let is_asked = (asked.0..=asked.1).contains(&day);
        let is_within = self.is_within(day);
        let has_ended = self.has_ended(day);
        let distance = apart(asked.0, day).min(apart(asked.1, day));
        let about = self.about(asked.0);
        let (weight, words) = match standing {
            Standing::Inactive if is_asked => (Weight::Against, format!("no active cover {about}")),
            _ if has_ended && distance <= NEAR_DAYS => {
                (Weight::Against, format!("cover ended before the service, {about}"))
            }
            Standing::Active if is_asked => (Weight::Shows, format!("active cover {about}")),
            Standing::Active if is_within => {
                (Weight::Shows, format!("cover that ran on the day of service, {about}"))
            }
            Standing::ActivePending if is_asked => {
                (Weight::Near, format!("cover active, still looked into, {about}"))
            }
            Standing::Active | Standing::ActivePending if distance <= NEAR_DAYS => {
                (Weight::Near, format!("active cover {about}, {distance} days from the service"))
            }
            Standing::Inactive if distance <= NEAR_DAYS => {
                (Weight::Near, format!("no active cover {about}, {distance} days from the service"))
            }
            Standing::Active | Standing::ActivePending | Standing::Inactive => return None,
        };
        Some(Bearing { weight, words })
    }

    /// A payer that said that a billed procedure needs no authorisation.
    fn needs_none(&self, claim: &Claim, day: Date) -> Option<Bearing> {
        let is_near = self.on.is_some_and(|on| apart(on, day) <= NEAR_DAYS);
        let billed = |one: &Benefit| one.procedure.as_ref().is_some_and(|told| bills(claim, told));
        let is_told = |one: &&Benefit| one.authorization == "N" && billed(one);
        let told = self.benefits.iter().find(is_told).filter(|_| is_near)?;
        let code = told.procedure.as_ref().map(|one| one.code.as_str()).unwrap_or_default();
        let on = self.about(self.on?);
        Some(Bearing {
            weight: Weight::Shows,
            words: format!("no authorization needed for {code}, {on}"),
        })
    }

    fn of_decision(&self, claim: &Claim, day: Date) -> Option<Bearing> {
        let decision = self.decision.as_ref()?;
        let (_, number) = Evidence::keys_of(claim);
        let is_numbered = !number.is_empty() && number == self.keys().1;
        let is_day = self.service.is_some_and(|(from, to)| (from..=to).contains(&day));
        if !is_numbered && !is_day {
            return None;
        }
        let is_billed = self.procedures.iter().any(|one| bills(claim, one));
        let names_none = self.procedures.is_empty();
        let action = words::action(&decision.action);
        let named = match decision.number.as_str() {
            "" => format!("authorization {action}"),
            number => format!("authorization {number} {action}"),
        };
        let on = self.on.map(|on| format!(", answered on {on}")).unwrap_or_default();
        // Without a procedure of its own a decision is about whatever was asked: its number tells.
        let is_about = is_billed || (names_none && is_numbered);
        let (weight, open) = match (decision.action.as_str(), is_day, is_about) {
            ("A1" | "A6" | "NA", true, true) => (Weight::Shows, ""),
            ("A3" | "C", _, true) => (Weight::Against, ""),
            (_, false, _) => (Weight::Near, "; its days are not those of the service"),
            (_, _, false) if names_none => (Weight::Near, "; it names no procedure"),
            (_, _, false) => (Weight::Near, "; it names other procedures"),
            (_, true, true) => (Weight::Near, ""),
        };
        Some(Bearing { weight, words: format!("{named}{on}{open}") })
    }

    fn about(&self, asked: Date) -> String {
        match self.on {
            Some(on) if on != asked => format!("for {asked}, answered on {on}"),
            Some(_) | None => format!("on {asked}"),
        }
    }
}

/// Kind of service 30: the plan as a whole.
fn is_plan(service: &SmolStr) -> bool {
    service == "30"
}

fn bills(claim: &Claim, procedure: &Procedure) -> bool {
    claim.lines.iter().any(|line| line.procedure.code.eq_ignore_ascii_case(&procedure.code))
}

fn apart(one: Date, other: Date) -> i32 {
    one.since(other).map_or(i32::MAX, |span| span.get_days().abs())
}
