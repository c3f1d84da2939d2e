//! A payer's rules: names and ids, plan types, windows, usual answer, own reasons and owners.

mod card;
mod channel;

use std::collections::BTreeMap;

use jiff::civil::Date;
use smol_str::SmolStr;

use crate::category::Category;
use crate::checklist::Steps;
use crate::claim::{PayerName, PlanType};
use crate::codes::Carc;
use crate::deadline::DeadlineKind;
use crate::denial::Channel;
use crate::named;
use crate::owner::OwnerRow;
use crate::playbook::Reason;

pub use card::{Card, NoCard};
pub use channel::ChannelRule;

/// What a clinic knows of one payer's program: one file of `data/payers`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PayerRules {
    /// The file below `data/`, which clocks name as their source.
    pub file: SmolStr,
    /// The canonical name.
    pub name: SmolStr,
    /// Payer ids of claims and remittances.
    pub ids: Vec<SmolStr>,
    /// Other spellings of the name.
    pub aliases: Vec<SmolStr>,
    /// The lines of business that the file speaks of; empty for all.
    pub plan_types: Vec<PlanType>,
    /// The lines of business whose legal floor the file is, for payers without a file.
    pub default_for: Vec<PlanType>,
    /// The line of business where neither a claim nor a remittance says it.
    pub plan_where_unsaid: Option<PlanType>,
    /// How long each way stays open.
    pub windows: Vec<Window>,
    /// Days in which the payer usually answers what was sent to it.
    pub usual_answer_days: Option<u16>,
    /// Days until it is asked again where the same claim stands.
    pub ask_again_days: Option<u16>,
    /// Days between two of its remittances.
    pub remits_every_days: Option<u16>,
    /// What it takes when a claim is sent to it again.
    pub resubmission: Resubmission,
    /// How it takes letters, each channel once.
    pub channels: Vec<ChannelRule>,
    /// Owners at this payer, before those of all payers.
    pub owners: Vec<OwnerRow>,
    /// Corrective steps that are others at this payer.
    pub(crate) checklists: BTreeMap<Category, Steps>,
    /// Reason codes that mean something of their own at this payer.
    pub(crate) reasons: BTreeMap<Carc, Vec<Reason>>,
    /// The [`key`] of each spelling, once the file is read.
    pub(crate) keys: Vec<SmolStr>,
}

impl PayerRules {
    /// True where the file speaks of this line of business by name.
    #[must_use]
    pub fn covers(&self, plan: PlanType) -> bool {
        self.plan_types.contains(&plan)
    }

    /// True where the file says who the payer is and nothing of its clocks, codes and owners.
    #[must_use]
    pub fn only_names(&self) -> bool {
        self.windows.is_empty()
            && self.usual_answer_days.is_none()
            && self.owners.is_empty()
            && self.reasons.is_empty()
    }

    /// How it takes letters by a channel; `None` is not configured.
    #[must_use]
    pub fn channel(&self, by: Channel) -> Option<&ChannelRule> {
        self.channels.iter().find(|one| one.by == by)
    }

    /// True where one of the ids is one of the payer's.
    #[must_use]
    pub fn has_id(&self, name: &PayerName) -> bool {
        let own = |id: &SmolStr| self.ids.iter().any(|one| one.eq_ignore_ascii_case(id.trim()));
        name.ids.iter().any(own)
    }

    /// True where a spelling is the name or an alias: case, punctuation, `INC` and the like do not
    /// tell two payers apart.
    #[must_use]
    pub fn is_called(&self, spelling: &str) -> bool {
        self.has_key(&key(spelling))
    }

    /// The same for a spelling whose [`key`] is at hand.
    pub(crate) fn has_key(&self, wanted: &str) -> bool {
        let read = self.keys.iter().any(|own| own == wanted);
        // A payer that was put together by hand has no keys yet.
        let made = || self.keys.is_empty() && self.spellings().any(|own| key(own) == wanted);
        !wanted.is_empty() && (read || made())
    }

    /// The codes that mean something of their own at this payer.
    pub fn own_reasons(&self) -> impl Iterator<Item = &Carc> {
        self.reasons.keys()
    }

    /// The name, then the aliases.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.aliases.iter().map(SmolStr::as_str))
    }
}

/// What two spellings of one name have in common: the letters and digits, in one case, of the words
/// that tell names apart.
#[must_use]
pub fn key(name: &str) -> SmolStr {
    let upper = name.to_uppercase().replace(['\'', '\u{2019}', '.'], "");
    let mut words: Vec<&str> = upper.split(|letter: char| !letter.is_alphanumeric()).collect();
    words.retain(|word| !EMPTY.contains(word));
    // `CO` is a company behind such a word; elsewhere it may be Colorado.
    if let [.., "INSURANCE" | "INS" | "ASSURANCE" | "LIFE", "CO"] = words.as_slice() {
        words.pop();
    }
    words.concat().into()
}

/// Words that name no payer.
const EMPTY: [&str; 10] =
    ["", "INC", "INCORPORATED", "LLC", "LLP", "LTD", "CORP", "CORPORATION", "COMPANY", "THE"];

/// How long one way stays open, and what the days are counted from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// What it limits.
    pub kind: DeadlineKind,
    /// How many units.
    pub count: u16,
    /// Of what.
    pub unit: Unit,
    /// What they are counted from.
    pub from_event: Anchor,
    /// Days after the date of a notice on which its receipt is presumed.
    pub presumed_days: u16,
    /// What has to happen by the last day.
    pub counts: Counts,
    /// What becomes of a last day that is no business day.
    pub on_holiday: OnHoliday,
    /// The categories that it holds for; empty for all.
    pub categories: Vec<Category>,
    /// The categories that it does not hold for.
    pub except: Vec<Category>,
    /// First day of the rule: denials from then on.
    pub from: Option<Date>,
    /// Last day of the rule.
    pub to: Option<Date>,
    /// Law, manual or contract clause.
    pub source: SmolStr,
    /// When the source was read, as precisely as is known: `2026` or `2026-06`.
    pub as_of: SmolStr,
    /// How well it was checked.
    pub verification: Verification,
}

/// What a payer takes when a claim is sent to it again; `None` is not configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resubmission {
    /// It takes a replacement (frequency 7).
    pub takes_replacement: Option<bool>,
    /// The same for institutional claims, where it differs there.
    pub takes_replacement_institutional: Option<bool>,
    /// It takes a replacement of a claim that it denied as a whole.
    pub takes_replacement_of_denied: Option<bool>,
    /// The claim has to be voided (frequency 8) before it goes again as new.
    pub void_first: Option<bool>,
    /// A replacement has to wait until the claim is final.
    pub wait_until_final: Option<bool>,
    /// A replacement may change one line alone.
    pub one_line_per_replacement: Option<bool>,
    /// The reason has to stand in a note (NTE).
    pub note_required: Option<bool>,
    /// The note's code (NTE01): `ADD`.
    pub note_code: Option<SmolStr>,
    /// Manual or contract clause.
    pub source: SmolStr,
    /// When the source was read.
    pub as_of: SmolStr,
    /// How well it was checked; none where nothing is said.
    pub verification: Option<Verification>,
}

impl Resubmission {
    /// True where the payer's file says nothing of it.
    #[must_use]
    pub fn is_unsaid(&self) -> bool {
        *self == Resubmission::default()
    }

    /// Whether it takes a replacement of a professional or an institutional claim.
    #[must_use]
    pub const fn replaces(&self, institutional: bool) -> Option<bool> {
        match self.takes_replacement_institutional {
            Some(takes) if institutional => Some(takes),
            Some(_) | None => self.takes_replacement,
        }
    }

    /// Every answer in words with what it answers; `None` is not configured.
    #[must_use]
    pub fn answers(&self) -> [(&'static str, Option<bool>); 7] {
        [
            ("takes a replacement (frequency 7)", self.takes_replacement),
            ("takes a replacement of an institutional claim", self.replaces(true)),
            ("takes a replacement of a denied claim", self.takes_replacement_of_denied),
            ("wants the claim voided first (frequency 8)", self.void_first),
            ("waits until the claim is final", self.wait_until_final),
            ("takes one changed line a replacement", self.one_line_per_replacement),
            ("wants the reason in a note (NTE)", self.note_required),
        ]
    }
}

named! {
    /// What a window is measured in.
    Unit {
        /// Every day counts.
        CalendarDays = "calendar_days",
        /// Monday to Friday but federal holidays (5 USC 6103).
        BusinessDays = "business_days",
        /// Same day of a later month, or that month's last.
        Months = "months",
        /// Same day of a later year; 29 February ends on the 28th.
        Years = "years",
        /// The last day of a later calendar year.
        YearEnds = "year_ends",
    }
}

named! {
    /// The event that a window is counted from.
    Anchor {
        /// First day of service.
        Service = "service",
        /// Last day of service, or discharge.
        ServiceEnd = "service_end",
        /// Last day of the month of service.
        ServiceMonth = "service_month",
        /// The remittance that denied: its payment date.
        Remittance = "remittance",
        /// Receipt of the notice, or the remittance where that day is not on record.
        NoticeReceived = "notice_received",
        /// The payer's decision one level below.
        PreviousDecision = "previous_decision",
        /// The payer's last word, after which an outside review may be asked for.
        FinalDecision = "final_decision",
        /// The payer's request for records.
        RecordsRequest = "records_request",
        /// The other payer's remittance.
        OtherPayer = "other_payer",
        /// The day on which something was sent to the payer.
        Submission = "submission",
    }
}

named! {
    /// What has to happen by the last day.
    Counts {
        /// The payer has it.
        Received = "received",
        /// It was sent.
        Sent = "sent",
    }
}

named! {
    /// What becomes of a last day on a weekend or a federal holiday.
    OnHoliday {
        /// It stays.
        Stays = "stays",
        /// The next business day still counts.
        NextBusinessDay = "next_business_day",
    }
}

named! {
    /// How well an outside rule was checked when it was written down.
    Verification {
        /// Two sources agree.
        TwoSources = "two_sources",
        /// One source was read.
        OneSource = "one_source",
        /// No source was read: confirm before relying on it.
        Unverified = "unverified",
        /// The clinic's own contract or a person of the clinic says so.
        Clinic = "clinic",
    }
}
