//! What an adjustment is: kind, category, origin, whether it can be corrected, what to do first.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use smol_str::SmolStr;

use crate::category::{AdjustmentKind, Category, Origin};
use crate::checklist::Steps;
use crate::codes::{Carc, Group, Rarc};
use crate::denial::NextActionKind;
use crate::money::Chance;
use crate::named;
use crate::payer::PayerRules;
use crate::remittance::Remark;

/// What the rules say of one adjustment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// Whether money that may be won back was refused at all.
    pub kind: AdjustmentKind,
    /// The reason; [`Category::Unmapped`] unless the kind is a denial.
    pub category: Category,
    /// Front desk or behind it.
    pub origin: Origin,
    /// True where sending the claim again with the fault mended can win.
    pub correctable: bool,
    /// What to do first.
    pub next: NextActionKind,
    /// What has to be found or sent, in the playbook's words (`medical_record`).
    pub documents: Vec<SmolStr>,
    /// The stated prior chance of winning, before the clinic's own history says more.
    pub chance: Chance,
    /// For an unmapped reason: the category that it most likely is.
    pub suggestion: Option<Category>,
    /// Whether the clinic could have prevented it, where a rule says so.
    pub preventable: Option<bool>,
}

impl Ruling {
    /// The ruling of a reason that no rule names: somebody has to look.
    #[must_use]
    pub fn unmapped() -> Ruling {
        Ruling {
            kind: AdjustmentKind::Unmapped,
            category: Category::Unmapped,
            origin: Category::Unmapped.origin(),
            correctable: false,
            next: NextActionKind::Review,
            documents: Vec::new(),
            chance: Chance::default(),
            suggestion: None,
            preventable: None,
        }
    }
}

named! {
    /// Which of the chances of its category a reason has.
    Recoverable {
        /// Usually won when worked.
        High = "high",
        /// Won about as often as lost.
        Medium = "medium",
        /// Seldom won.
        Low = "low",
    }
}

named! {
    /// What a remark says about the ways that are open.
    Rights {
        /// An appeal is open; nothing else changes.
        AppealOpen = "appeal_open",
        /// Only a new or corrected claim.
        ResubmitOnly = "resubmit_only",
        /// No appeal.
        NoAppeal = "no_appeal",
        /// An appeal on one narrow point.
        LimitedAppeal = "limited_appeal",
        /// Sending again is refused.
        DoNotResubmit = "do_not_resubmit",
        /// The payer will redo it by itself.
        Wait = "wait",
        /// The next payer has it already.
        WaitCrossover = "wait_crossover",
        /// The earlier decision is what has to be appealed.
        AppealOriginal = "appeal_original",
    }
}

named! {
    /// In which form a remark says that a claim has to go again.
    Resend {
        /// As new (frequency 1): the payer has not taken the first.
        NewClaim = "new_claim",
        /// As a replacement (frequency 7) with the payer's number of the first.
        Replacement = "replacement",
        /// The first voided (frequency 8), then as new.
        VoidAndNew = "void_and_new",
        /// Not yet: the payer is not done with the first.
        Wait = "wait",
    }
}

/// What a remark on a line says about ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The remark.
    pub remark: Rarc,
    /// Which ways it leaves open.
    pub rights: Option<Rights>,
    /// In which form the claim has to go again.
    pub resend: Option<Resend>,
}

/// Every rule about reasons and remarks that holds for all payers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Playbook {
    pub(crate) reasons: BTreeMap<Carc, Vec<Reason>>,
    pub(crate) remarks: BTreeMap<Rarc, Vec<RemarkRule>>,
    pub(crate) priors: BTreeMap<Category, Prior>,
    /// The corrective steps of each category; a category without any is not configured.
    pub(crate) checklists: BTreeMap<Category, Steps>,
    pub(crate) translation: Translation,
    /// The groups that the code list holds; empty where there is no list, and then none is odd.
    pub(crate) groups: BTreeSet<Group>,
}

/// One reason code over one span of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
    pub(crate) ruling: Ruling,
    pub(crate) unless: Vec<Unless>,
    /// The code says nothing by itself: a remark decides.
    pub(crate) vague: bool,
}

/// What differs where a narrower condition holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unless {
    pub(crate) group: Option<Group>,
    pub(crate) rarc: Option<Rarc>,
    pub(crate) ruling: Ruling,
}

/// What a remark adds to a reason, over one span of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RemarkRule {
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
    pub(crate) category: Option<Category>,
    pub(crate) next: Option<NextActionKind>,
    pub(crate) recoverable: Option<Recoverable>,
    pub(crate) documents: Vec<SmolStr>,
    pub(crate) rights: Option<Rights>,
    pub(crate) resend: Option<Resend>,
    pub(crate) groups: Vec<Group>,
    /// The specific reasons for which it says what to do.
    pub(crate) with: Vec<Carc>,
    pub(crate) alert: bool,
}

/// What holds for a category where nothing narrower says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prior {
    pub(crate) high: Chance,
    pub(crate) medium: Chance,
    pub(crate) low: Chance,
    pub(crate) documents: Vec<SmolStr>,
}

impl Prior {
    pub(crate) const fn chance(&self, recoverable: Recoverable) -> Chance {
        match recoverable {
            Recoverable::High => self.high,
            Recoverable::Medium => self.medium,
            Recoverable::Low => self.low,
        }
    }
}

/// Names in the lists of others, and ours (house §18.15).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Translation {
    pub(crate) kinds: BTreeMap<SmolStr, AdjustmentKind>,
    pub(crate) categories: BTreeMap<SmolStr, Category>,
    pub(crate) category_kinds: BTreeMap<SmolStr, AdjustmentKind>,
}

impl Playbook {
    /// The chances stated for a category: usually won, often, seldom; `None` where none is.
    #[must_use]
    pub fn chances(&self, category: Category) -> Option<[Chance; 3]> {
        self.priors.get(&category).map(|prior| [prior.high, prior.medium, prior.low])
    }

    /// What an adjustment of a remittance of this day is at this payer; without a day the latest
    /// rule holds. Narrower beats broader, payer beats general; a remark about the way that is open
    /// beats all. A reason that no rule names is [`Ruling::unmapped`].
    #[must_use]
    pub fn ruling(
        &self,
        payer: Option<&PayerRules>,
        group: &Group,
        reason: &Carc,
        remarks: &[Remark],
        on: Option<Date>,
    ) -> Ruling {
        let own = payer.and_then(|payer| dated(payer.reasons.get(reason)?, on, Reason::span));
        let general = || dated(self.reasons.get(reason)?, on, Reason::span);
        let Some(rule) = own.or_else(general) else {
            return self.unlisted(group, remarks, on);
        };
        let unless = rule.unless.iter().find(|unless| unless.holds(group, remarks));
        let ruling = unless.map_or(&rule.ruling, |unless| &unless.ruling).clone();
        if ruling.kind != AdjustmentKind::Denial {
            // Nobody knows whose money an adjustment of a strange group is: it is parked.
            return if self.is_strange(group) { Ruling::unmapped() } else { ruling };
        }
        let spoken = self.spoken(group, remarks, on);
        let by_remark = unless.is_some_and(|unless| unless.rarc.is_some());
        let resolved =
            if rule.vague && !by_remark { self.resolve(ruling, group, &spoken) } else { ruling };
        let advised = self.advise(resolved, group, reason, &spoken);
        spoken.iter().fold(advised, |ruling, remark| self.heed(ruling, remark))
    }

    /// What the remarks of a remittance of this day say about ways, in their order, without those
    /// that say nothing of it.
    pub fn said<'a>(
        &'a self,
        remarks: &'a [Remark],
        on: Option<Date>,
    ) -> impl Iterator<Item = Said> + 'a {
        remarks.iter().filter_map(move |remark| {
            let rule = dated(self.remarks.get(&remark.code)?, on, RemarkRule::span)?;
            let said =
                Said { remark: remark.code.clone(), rights: rule.rights, resend: rule.resend };
            (said.rights.is_some() || said.resend.is_some()).then_some(said)
        })
    }

    /// Every document that a category usually needs, by name.
    #[must_use]
    pub fn documents(&self) -> BTreeSet<&str> {
        self.priors.values().flat_map(|prior| &prior.documents).map(SmolStr::as_str).collect()
    }

    /// What a kind and a category of somebody else's list are here (house §18.15); `None` for words
    /// that the translation does not hold.
    #[must_use]
    pub fn translate(&self, kind: &str, category: &str) -> Option<(AdjustmentKind, Category)> {
        let words = &self.translation;
        let general = *words.kinds.get(kind)?;
        let narrow = words.category_kinds.get(category).copied();
        match general {
            AdjustmentKind::Denial => Some((general, *words.categories.get(category)?)),
            AdjustmentKind::Contractual if narrow == Some(AdjustmentKind::Capitation) => {
                Some((AdjustmentKind::Capitation, Category::Unmapped))
            }
            AdjustmentKind::Contractual
            | AdjustmentKind::PatientShare
            | AdjustmentKind::PaymentAdjustment
            | AdjustmentKind::Informational
            | AdjustmentKind::Capitation
            | AdjustmentKind::Unmapped => Some((general, Category::Unmapped)),
        }
    }

    fn is_strange(&self, group: &Group) -> bool {
        !self.groups.is_empty() && !self.groups.contains(group)
    }

    /// A reason that no rule names: unmapped, and a remark may hint at what it is.
    fn unlisted(&self, group: &Group, remarks: &[Remark], on: Option<Date>) -> Ruling {
        let spoken = self.spoken(group, remarks, on);
        let suggestion = telling(&spoken).and_then(|remark| remark.category);
        Ruling { suggestion, ..Ruling::unmapped() }
    }

    fn spoken(&self, group: &Group, remarks: &[Remark], on: Option<Date>) -> Vec<&RemarkRule> {
        let rules = remarks.iter().filter_map(|remark| self.remarks.get(&remark.code));
        let rules = rules.filter_map(|rules| dated(rules, on, RemarkRule::span));
        rules.filter(|rule| rule.groups.is_empty() || rule.groups.contains(group)).collect()
    }

    /// Takes the category of a vague reason from the remark that tells most.
    fn resolve(&self, ruling: Ruling, group: &Group, spoken: &[&RemarkRule]) -> Ruling {
        let told = telling(spoken).and_then(|remark| Some((remark, remark.category?)));
        let Some((remark, category)) = told else {
            return ruling;
        };
        let prior = self.priors.get(&category);
        let documents = prior.map(|prior| prior.documents.clone()).unwrap_or_default();
        let chance = prior.map_or(ruling.chance, |prior| prior.chance(Recoverable::Medium));
        let origin = category.origin();
        let (suggestion, preventable) = (None, None);
        let ruling =
            Ruling { category, origin, documents, chance, suggestion, preventable, ..ruling };
        self.follow(ruling, group, remark)
    }

    /// What a remark of a remittance of this day says of the ways that are open, where it does.
    #[must_use]
    pub fn rights_of(&self, code: &Rarc, on: Date) -> Option<Rights> {
        dated(self.remarks.get(code)?, Some(on), RemarkRule::span)?.rights
    }

    /// What to do about a specific reason where a remark that goes with it says so.
    fn advise(
        &self,
        ruling: Ruling,
        group: &Group,
        reason: &Carc,
        spoken: &[&RemarkRule],
    ) -> Ruling {
        match spoken.iter().find(|remark| remark.with.contains(reason)) {
            Some(remark) => self.follow(ruling, group, remark),
            None => ruling,
        }
    }

    fn follow(&self, mut ruling: Ruling, group: &Group, remark: &RemarkRule) -> Ruling {
        let next = remark.next.filter(|next| may(*next, group)).unwrap_or(ruling.next);
        ruling.next = next;
        ruling.correctable = next == NextActionKind::Correct;
        if !remark.documents.is_empty() {
            ruling.documents.clone_from(&remark.documents);
        }
        let prior = self.priors.get(&ruling.category);
        if let Some((prior, recoverable)) = prior.zip(remark.recoverable) {
            ruling.chance = prior.chance(recoverable);
        }
        ruling
    }

    /// Keeps to the ways that a remark leaves open.
    fn heed(&self, mut ruling: Ruling, remark: &RemarkRule) -> Ruling {
        use NextActionKind as Next;
        let Some(rights) = remark.rights else { return ruling };
        let only = |next: Next| remark.next.unwrap_or(next);
        let waits = matches!(ruling.next, Next::CoordinateBenefits | Next::BillPatient)
            || ruling.category == Category::Duplicate;
        let (next, correctable) = match rights {
            Rights::AppealOpen => return ruling,
            Rights::NoAppeal if ruling.next != Next::Appeal => return ruling,
            Rights::WaitCrossover if !waits => return ruling,
            Rights::ResubmitOnly => (only(Next::Correct), true),
            Rights::NoAppeal => (Next::ProposeWriteOff, false),
            Rights::LimitedAppeal => (only(Next::CallPayer), false),
            Rights::DoNotResubmit | Rights::AppealOriginal => (only(Next::Appeal), false),
            Rights::Wait | Rights::WaitCrossover => (Next::AwaitPayer, false),
        };
        (ruling.next, ruling.correctable) = (next, correctable);
        if rights == Rights::NoAppeal {
            let prior = self.priors.get(&ruling.category);
            ruling.chance = prior.map_or(ruling.chance, |prior| prior.low);
        }
        ruling
    }
}

/// The remark that says most about a reason: no notice, and rather not one that is about ways.
fn telling<'a>(spoken: &[&'a RemarkRule]) -> Option<&'a RemarkRule> {
    let named = spoken.iter().filter(|remark| remark.category.is_some());
    // `min_by_key` keeps the first of equals: the order of the remittance.
    named.min_by_key(|remark| (remark.alert, remark.rights.is_some())).copied()
}

/// What the contract takes never moves to the patient.
fn may(next: NextActionKind, group: &Group) -> bool {
    next != NextActionKind::BillPatient || !matches!(group.as_str(), "CO" | "PI")
}

impl Reason {
    pub(crate) const fn span(&self) -> (Option<Date>, Option<Date>) {
        (self.from, self.to)
    }
}

impl RemarkRule {
    pub(crate) const fn span(&self) -> (Option<Date>, Option<Date>) {
        (self.from, self.to)
    }
}

impl Unless {
    fn holds(&self, group: &Group, remarks: &[Remark]) -> bool {
        let said = |code: &Rarc| remarks.iter().any(|remark| remark.code == *code);
        self.group.as_ref().is_none_or(|wanted| wanted == group)
            && self.rarc.as_ref().is_none_or(said)
    }
}

/// True where a span of days, both ends in it, holds on a day.
pub(crate) fn spans((from, to): (Option<Date>, Option<Date>), on: Date) -> bool {
    from.is_none_or(|from| from <= on) && to.is_none_or(|to| on <= to)
}

/// The rule that holds on a day; the last, which is the latest, where the day is not known.
fn dated<T>(
    rules: &[T],
    on: Option<Date>,
    span: impl Fn(&T) -> (Option<Date>, Option<Date>),
) -> Option<&T> {
    match on {
        Some(on) => rules.iter().find(|rule| spans(span(rule), on)),
        None => rules.last(),
    }
}
