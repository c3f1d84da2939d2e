//! Everything payers have said of one claim, read together: what stays denied, what was paid after
//! all, which reversal takes back what.
//!
//! The answer depends on what was said and when it was said, never on the order in which the files
//! were taken in.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::civil::Date;
use smol_str::SmolStr;

use crate::category::{AdjustmentKind, Category, Origin};
use crate::claim::Claim;
use crate::codes::{Carc, Group, PayerControlNumber, TraceNumber};
use crate::denial::{DeniedLine, Recovery};
use crate::ids::RemittanceId;
use crate::matching;
use crate::money::Money;
use crate::payer::PayerRules;
use crate::playbook::{Playbook, Ruling};
use crate::remittance::{Adjustment, ClaimPayment, LinePayment, Remark, Standing};

/// One claim payment and when it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjudication {
    /// The remittance that holds it.
    pub remittance: RemittanceId,
    /// Its payment day, or its production day where it has none.
    pub on: Option<Date>,
    /// Its trace number, which orders what was said on one day.
    pub trace: TraceNumber,
    /// Position on the remittance, from 0.
    pub number: u64,
    /// Money that did not add up: it opens cases, and recovers nothing by itself (house §18.2).
    pub quarantined: bool,
    /// What was said.
    pub payment: ClaimPayment,
}

/// What the adjudications of one claim by one payer come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findings {
    /// Every line that was denied at any time, with its latest denial.
    pub lines: Vec<DeniedLine>,
    /// The ruling behind each line's latest denial, in the order of the lines.
    pub rulings: Vec<Ruling>,
    /// The leading reason: that of the largest amount still denied, else of the largest.
    pub leading: Ruling,
    /// The day of the latest denial.
    pub denied_on: Option<Date>,
    /// The remittance of the latest denial.
    pub remittance: RemittanceId,
    /// The payer's number on it.
    pub control: PayerControlNumber,
    /// True where a denial stands on money that does not add up.
    pub quarantined: bool,
    /// Separate denials of the claim, from 1.
    pub rounds: usize,
    /// The day the payer received the claim, where it says so.
    pub received_on: Option<Date>,
}

impl Findings {
    /// True where no line stays denied.
    #[must_use]
    pub fn is_overturned(&self) -> bool {
        self.lines.iter().all(|line| line.recovered.is_some())
    }

    /// The latest day on which a line was paid after all.
    #[must_use]
    pub fn recovered_on(&self) -> Option<Date> {
        self.lines.iter().filter_map(|line| line.recovered.as_ref()).map(|one| one.on).max()
    }
}

/// What one adjudication says of one line.
struct Said<'a> {
    at: usize,
    denied: Money,
    leading: Option<Ruling>,
    paid: Money,
    /// A reversal undid it.
    taken_back: bool,
    line: &'a Spoken<'a>,
}

/// A line as an adjudication speaks of it; the whole claim where it has no lines or adjusts the
/// claim itself.
struct Spoken<'a> {
    key: Key,
    /// Number on the claim; `None` for the whole claim.
    number: Option<u16>,
    line: Option<&'a LinePayment>,
    payment: &'a ClaimPayment,
    /// Those of the line, then those of the claim, which speak of every line.
    remarks: Cow<'a, [Remark]>,
}

/// What makes a line the same on two adjudications: our control number, else what was billed when
/// for how much, counted where it repeats.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Claim,
    Control(SmolStr),
    Billed { code: SmolStr, from: Option<Date>, charge: Money, repeat: u16 },
}

/// Puts adjudications into the order in which they were said.
pub fn sort(adjudications: &mut [Adjudication]) {
    adjudications.sort_by(compare);
}

/// Which of two was said first.
#[must_use]
pub fn compare(one: &Adjudication, other: &Adjudication) -> Ordering {
    order(one).cmp(&order(other))
}

fn order(one: &Adjudication) -> (Option<Date>, bool, &TraceNumber, &RemittanceId, u64) {
    // On one payment a reversal is said before its correction, wherever it stands. Where two
    // remittances have one day and one trace, their ids, which follow from what they say, decide.
    (one.on, !is_reversal(&one.payment), &one.trace, &one.remittance, one.number)
}

fn is_reversal(payment: &ClaimPayment) -> bool {
    payment.standing() == Standing::Reversal
}

/// Pairs each reversal with the payment that it takes back: the latest one before it, else any,
/// that has the payer's number and exactly the opposite amounts (X12 RFI 1147, 2442). Gives for
/// each adjudication the position of its partner.
#[must_use]
pub fn pair_reversals(adjudications: &[Adjudication]) -> Vec<Option<usize>> {
    let mut partner: Vec<Option<usize>> = vec![None; adjudications.len()];
    for (at, reversal) in adjudications.iter().enumerate() {
        if !is_reversal(&reversal.payment) {
            continue;
        }
        let fits = |other: &usize| {
            partner.get(*other).is_some_and(Option::is_none)
                && adjudications.get(*other).is_some_and(|one| takes_back(reversal, one))
        };
        let before = (0..at).rev().find(fits);
        let found = before.or_else(|| (at + 1..adjudications.len()).find(fits));
        if let Some(found) = found {
            partner[at] = Some(found);
            partner[found] = Some(at);
        }
    }
    partner
}

fn takes_back(reversal: &Adjudication, original: &Adjudication) -> bool {
    let (back, first) = (&reversal.payment, &original.payment);
    let same_number = back.control == first.control
        || back.original == first.control
        || back.control.is_empty()
        || first.control.is_empty();
    !is_reversal(first)
        && same_number
        && back.paid == -first.paid
        && back.charge.abs() == first.charge.abs()
}

/// True where some adjustment can be a denial. Most claims are paid as billed; for them
/// [`findings`] would only find that there are none.
#[must_use]
pub fn may_deny(
    adjudications: &[Adjudication],
    playbook: &Playbook,
    payer: Option<&PayerRules>,
) -> bool {
    adjudications.iter().filter(|one| is_adjudicated(&one.payment)).any(|one| {
        let claim = &one.payment;
        let lines = claim.lines.iter().map(|line| (&line.adjustments, remarks(line, claim)));
        let own = (&claim.adjustments, Cow::Borrowed(claim.remarks.as_slice()));
        lines.chain(std::iter::once(own)).any(|(adjustments, remarks)| {
            adjustments
                .iter()
                .any(|it| denies(&playbook.ruling(payer, &it.group, &it.reason, &remarks, one.on)))
        })
    })
}

/// Reads the adjudications of one claim by one payer, in the order of [`sort`]. `None` where
/// nothing was ever denied.
#[must_use]
pub fn findings(
    claim: &Claim,
    adjudications: &[Adjudication],
    playbook: &Playbook,
    payer: Option<&PayerRules>,
) -> Option<Findings> {
    let spoken: Vec<Vec<Spoken<'_>>> =
        adjudications.iter().map(|one| spoken(claim, &one.payment)).collect();
    let partners = pair_reversals(adjudications);
    let mut lines: BTreeMap<&Key, Vec<Said<'_>>> = BTreeMap::new();
    for (at, one) in adjudications.iter().enumerate() {
        if !is_adjudicated(&one.payment) {
            continue;
        }
        let mut bundled = bundled_money(&one.payment);
        let ruling = |group: &Group, reason: &Carc, remarks: &[Remark]| {
            playbook.ruling(payer, group, reason, remarks, one.on)
        };
        for line in spoken.get(at).into_iter().flatten() {
            let mut said = said(at, line, &mut bundled, ruling);
            said.taken_back = partners.get(at).is_some_and(Option::is_some);
            lines.entry(&line.key).or_default().push(said);
        }
    }
    let histories = lines.into_values().filter(|said| said.iter().any(|one| one.is_denial()));
    together(histories.collect(), adjudications)
}

/// Processed and denied claims can deny; reversals, estimates, forwarded and pended ones cannot.
fn is_adjudicated(payment: &ClaimPayment) -> bool {
    match payment.standing() {
        Standing::Processed | Standing::Denied => true,
        Standing::Reversal
        | Standing::Forwarded
        | Standing::Predetermination
        | Standing::Review => false,
    }
}

fn spoken<'a>(claim: &Claim, payment: &'a ClaimPayment) -> Vec<Spoken<'a>> {
    let mut lines = Vec::with_capacity(payment.lines.len() + 1);
    if !payment.adjustments.is_empty() {
        let remarks = Cow::Borrowed(payment.remarks.as_slice());
        lines.push(Spoken { key: Key::Claim, number: None, line: None, payment, remarks });
    }
    for (at, line) in payment.lines.iter().enumerate() {
        let number = Some(matching::line_number(claim, payment, line, at));
        let key = unrepeated(line_key(line), &lines);
        let remarks = remarks(line, payment);
        lines.push(Spoken { key, number, line: Some(line), payment, remarks });
    }
    lines
}

fn remarks<'a>(line: &'a LinePayment, payment: &'a ClaimPayment) -> Cow<'a, [Remark]> {
    match (line.remarks.as_slice(), payment.remarks.as_slice()) {
        (own, []) => Cow::Borrowed(own),
        ([], shared) => Cow::Borrowed(shared),
        (own, shared) => Cow::Owned([own, shared].concat()),
    }
}

fn line_key(line: &LinePayment) -> Key {
    if !line.control.is_empty() {
        return Key::Control(SmolStr::new(line.control.as_str()));
    }
    let billed = line.submitted.as_ref().unwrap_or(&line.procedure);
    let code = if billed.code.is_empty() { &line.revenue } else { &billed.code };
    Key::Billed { code: code.clone(), from: line.from, charge: line.charge, repeat: 0 }
}

/// The key itself, or its next repeat where the claim has an equal line before.
fn unrepeated(key: Key, lines: &[Spoken<'_>]) -> Key {
    let mut key = key;
    while lines.iter().any(|line| line.key == key) {
        key = match key {
            Key::Billed { code, from, charge, repeat } => {
                Key::Billed { code, from, charge, repeat: repeat.saturating_add(1) }
            }
            // A control number that a payer repeats: the lines stay apart by what they are.
            Key::Control(control) => {
                Key::Billed { code: control, from: None, charge: Money::ZERO, repeat: 0 }
            }
            Key::Claim => return Key::Claim,
        };
    }
    key
}

/// Money that a paid line of this claim took over from bundled ones: what OA-94 adds to it
/// (X12 RFI 2283). Refused bundled lines within it are no denial.
fn bundled_money(payment: &ClaimPayment) -> Money {
    let added = payment.lines.iter().flat_map(|line| &line.adjustments);
    let added = added.filter(|one| one.reason.as_str() == "94" && one.amount < Money::ZERO);
    -added.map(|one| one.amount).sum::<Money>()
}

fn said<'a>(
    at: usize,
    line: &'a Spoken<'a>,
    bundled: &mut Money,
    ruling: impl Fn(&Group, &Carc, &[Remark]) -> Ruling,
) -> Said<'a> {
    let mut denied = Money::ZERO;
    let mut leading: Option<(Money, Ruling)> = None;
    for adjustment in line.adjustments() {
        let ruling = ruling(&adjustment.group, &adjustment.reason, &line.remarks);
        if !denies(&ruling) || moved_to_paid_line(adjustment, bundled) {
            continue;
        }
        denied += adjustment.amount;
        if leading.as_ref().is_none_or(|(largest, _)| adjustment.amount > *largest) {
            leading = Some((adjustment.amount, ruling));
        }
    }
    let denied = denied.max(Money::ZERO);
    let leading = leading.filter(|_| denied > Money::ZERO).map(|(_, ruling)| ruling);
    Said { at, denied, leading, paid: line.paid(), taken_back: false, line }
}

/// True for an adjustment that is a denial, or that nobody has mapped yet.
#[must_use]
pub const fn denies(ruling: &Ruling) -> bool {
    match ruling.kind {
        AdjustmentKind::Denial | AdjustmentKind::Unmapped => true,
        AdjustmentKind::Contractual
        | AdjustmentKind::PatientShare
        | AdjustmentKind::PaymentAdjustment
        | AdjustmentKind::Informational
        | AdjustmentKind::Capitation => false,
    }
}

/// Takes the amount of a bundled line (CARC 97) out of what its paid line took over.
fn moved_to_paid_line(adjustment: &Adjustment, bundled: &mut Money) -> bool {
    let moved = adjustment.reason.as_str() == "97"
        && adjustment.amount > Money::ZERO
        && adjustment.amount <= *bundled;
    if moved {
        *bundled -= adjustment.amount;
    }
    moved
}

impl<'a> Spoken<'a> {
    fn adjustments(&self) -> &'a [Adjustment] {
        self.line.map_or(&self.payment.adjustments, |line| &line.adjustments)
    }

    fn paid(&self) -> Money {
        self.line.map_or(self.payment.paid, |line| line.paid)
    }

    fn charge(&self) -> Money {
        self.line.map_or(self.payment.charge, |line| line.charge)
    }
}

impl Said<'_> {
    const fn is_denial(&self) -> bool {
        self.leading.is_some()
    }

    /// Paid, or left to the patient, and not taken back since.
    const fn stands(&self) -> bool {
        !self.is_denial() && !self.taken_back
    }
}

fn together(histories: Vec<Vec<Said<'_>>>, adjudications: &[Adjudication]) -> Option<Findings> {
    let mut lines: Vec<(DeniedLine, Ruling)> =
        histories.iter().filter_map(|history| line(history, adjudications)).collect();
    lines.sort_by(|(one, _), (other, _)| {
        (one.line, &one.control).cmp(&(other.line, &other.control))
    });
    let leading = leading(lines.iter().map(|(line, ruling)| (line, ruling)))?.clone();
    let mut denials: Vec<usize> =
        histories.iter().flatten().filter(|said| said.is_denial()).map(|said| said.at).collect();
    denials.sort_unstable();
    denials.dedup();
    let latest = adjudications.get(*denials.last()?)?;
    let quarantined = denials.iter().filter_map(|at| adjudications.get(*at));
    let (lines, rulings) = lines.into_iter().unzip();
    Some(Findings {
        lines,
        rulings,
        leading,
        denied_on: latest.on,
        remittance: latest.remittance.clone(),
        control: latest.payment.control.clone(),
        quarantined: quarantined.into_iter().any(|one| one.quarantined),
        rounds: denials.len(),
        received_on: latest.payment.received_on,
    })
}

fn leading<'a>(
    lines: impl DoubleEndedIterator<Item = (&'a DeniedLine, &'a Ruling)>,
) -> Option<&'a Ruling> {
    let weight = |(line, _): &(&DeniedLine, &Ruling)| (line.recovered.is_none(), line.denied);
    // `max_by_key` takes the last of equals; the first line is the one that people expect.
    lines.rev().max_by_key(weight).map(|(_, ruling)| ruling)
}

/// A line's latest denial, and the later answer that undid it, if one did.
fn line(history: &[Said<'_>], adjudications: &[Adjudication]) -> Option<(DeniedLine, Ruling)> {
    let latest = history.iter().rev().find(|said| said.is_denial())?;
    let ruling = latest.leading.clone()?;
    let first = adjudications.get(latest.at)?;
    let recovered = history.iter().rev().find(|said| said.at > latest.at && said.stands());
    let recovered = recovered.and_then(|after| recovery(latest, after, adjudications));
    let service = latest.line.line;
    let line = DeniedLine {
        line: latest.line.number,
        control: service.map(|one| one.control.clone()).unwrap_or_default(),
        procedure: service.map(|one| one.procedure.clone()).unwrap_or_default(),
        from: service.map_or(latest.line.payment.from, |one| one.from),
        charge: latest.line.charge(),
        adjustments: latest.line.adjustments().to_vec(),
        remarks: latest.line.remarks.to_vec(),
        denied: latest.denied,
        expected: None,
        category: ruling.category,
        full: latest.paid.is_zero() && latest.denied == latest.line.charge(),
        denied_on: first.on,
        remittance: first.remittance.clone(),
        recovered,
        set_aside: None,
    };
    Some((line, ruling))
}

/// Money that did not add up recovers nothing by itself.
fn recovery(
    denial: &Said<'_>,
    after: &Said<'_>,
    adjudications: &[Adjudication],
) -> Option<Recovery> {
    let (first, then) = (adjudications.get(denial.at)?, adjudications.get(after.at)?);
    let on = then.on.filter(|_| !then.quarantined)?;
    let days = first.on.and_then(|denied| denied.until(on).ok()).map_or(0, |span| span.get_days());
    let amount = after.paid - denial.paid;
    Some(Recovery { on, amount, days, remittance: then.remittance.clone() })
}

impl Findings {
    /// What is said of some of the lines alone: those at these places, in ascending order. `None`
    /// where there is none.
    #[must_use]
    pub fn only(&self, places: &[usize]) -> Option<Findings> {
        let pick = |at: &usize| Some((self.lines.get(*at)?, self.rulings.get(*at)?));
        let picked: Vec<(&DeniedLine, &Ruling)> = places.iter().filter_map(pick).collect();
        let leading = leading(picked.iter().copied())?.clone();
        let (last, _) = picked
            .iter()
            .max_by_key(|(line, _)| (line.denied_on, line.remittance == self.remittance))?;
        Some(Findings {
            denied_on: last.denied_on,
            remittance: last.remittance.clone(),
            lines: picked.iter().map(|(line, _)| (*line).clone()).collect(),
            rulings: picked.iter().map(|(_, ruling)| (*ruling).clone()).collect(),
            leading,
            ..self.clone()
        })
    }

    /// The leading category.
    #[must_use]
    pub const fn category(&self) -> Category {
        self.leading.category
    }

    /// Front desk or behind it.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        self.leading.origin
    }
}

#[cfg(test)]
pub(crate) mod tests;
