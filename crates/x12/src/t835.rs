//! The 835 (005010X221A1 and its elders) segment by segment, typed; nothing is judged or repaired.
//!
//! The caller walks a [`Block`](crate::Block) and asks [`part`] of each segment; order tells what
//! belongs to what: what follows a [`Claim`] is the claim's until the first [`Line`], then the
//! line's. Every element is borrowed and untrimmed only where the guide allows no blanks.

use crate::amount::{YearMonthDay, cents, date, date_range};
pub use crate::element::{Amount, Coded, Composite};
use crate::segment::{Segment, Tag};

/// One segment of an 835, typed.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// BPR: the payment.
    Payment(Payment<'a>),
    /// TRN: its number and the payer's.
    Trace(Trace<'a>),
    /// N1: payer or payee.
    Party(Party<'a>),
    /// CLP: one claim payment.
    Claim(Claim<'a>),
    /// CAS: up to six reasons of one group.
    Adjustments(Adjustments<'a>),
    /// NM1: a person or payer about a claim.
    Name(Name<'a>),
    /// MOA: remarks of an outpatient or professional claim.
    Outpatient([&'a [u8]; 5]),
    /// MIA: remarks of an inpatient claim.
    Inpatient([&'a [u8]; 5]),
    /// SVC: one service line.
    Line(Line<'a>),
    /// LQ: one remark of a line, with its list.
    Remark(Coded<'a>),
    /// REF: a reference with its qualifier.
    Reference(Coded<'a>),
    /// DTM: a date with its qualifier.
    Day(Day<'a>),
    /// AMT: an amount beside the balance.
    Supplement(Supplement<'a>),
    /// PLB: up to six amounts at the provider's level.
    Provider(Provider<'a>),
    /// ST: beginning, with the guide's version where it says it.
    Start(Coded<'a>),
    /// Anything else, known or not.
    Other,
}

/// BPR.
#[derive(Clone, Copy, Debug)]
pub struct Payment<'a> {
    /// BPR01: I, H, C, D, U, P, X.
    pub handling: &'a [u8],
    /// BPR02.
    pub amount: Amount,
    /// BPR04: ACH, CHK, FWT, BOP, NON.
    pub method: &'a [u8],
    /// BPR16: effective day.
    pub effective: &'a [u8],
}

/// TRN.
#[derive(Clone, Copy, Debug)]
pub struct Trace<'a> {
    /// TRN02: EFT trace or check number.
    pub number: &'a [u8],
    /// TRN03: the payer's id, usually a 1 before its tax id.
    pub payer: &'a [u8],
}

/// N1.
#[derive(Clone, Copy, Debug)]
pub struct Party<'a> {
    /// N101: PR payer, PE payee.
    pub role: &'a [u8],
    /// N102.
    pub name: &'a [u8],
    /// N103: XX for an NPI, FI for a tax id.
    pub qualifier: &'a [u8],
    /// N104.
    pub id: &'a [u8],
}

/// CLP.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// CLP01: our number, as the payer echoes it.
    pub number: &'a [u8],
    /// CLP02.
    pub status: &'a [u8],
    /// CLP03.
    pub charge: Amount,
    /// CLP04.
    pub paid: Amount,
    /// CLP05.
    pub patient_share: Amount,
    /// CLP06.
    pub filing: &'a [u8],
    /// CLP07: the payer's number.
    pub control: &'a [u8],
    /// CLP08.
    pub facility: &'a [u8],
    /// CLP09.
    pub frequency: &'a [u8],
}

/// CAS with all its triplets; [`Adjustments::iter`] walks those that are filled.
#[derive(Clone, Copy, Debug)]
pub struct Adjustments<'a> {
    /// CAS01.
    pub group: &'a [u8],
    segment: Segment<'a>,
}

/// One triplet of a CAS.
#[derive(Clone, Copy, Debug)]
pub struct Triplet<'a> {
    /// Reason code.
    pub reason: &'a [u8],
    /// Amount.
    pub amount: Amount,
    /// Units, mostly left out.
    pub units: &'a [u8],
    /// Number of the element that holds the amount, as the guide counts.
    pub element: u8,
}

/// NM1.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a> {
    /// NM101: QC patient, IL insured, 74 corrected insured, 82 rendering, TT next payer, PR payer
    /// that comes first, GB other subscriber.
    pub role: &'a [u8],
    /// NM103: family name or organisation.
    pub family: &'a [u8],
    /// NM104: given name.
    pub given: &'a [u8],
    /// NM108: what kind of id follows.
    pub qualifier: &'a [u8],
    /// NM109: the id.
    pub id: &'a [u8],
}

/// SVC.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// SVC01: what was paid for.
    pub procedure: Composite<'a>,
    /// SVC02.
    pub charge: Amount,
    /// SVC03.
    pub paid: Amount,
    /// SVC04.
    pub revenue: &'a [u8],
    /// SVC05.
    pub units: &'a [u8],
    /// SVC06: what was billed, where it differs.
    pub submitted: Composite<'a>,
    /// SVC07.
    pub submitted_units: &'a [u8],
}

/// DTM.
#[derive(Clone, Copy, Debug)]
pub struct Day<'a> {
    /// DTM01: 405 produced, 050 received, 232 and 233 claim, 472, 150 and 151 line, 036 coverage.
    pub qualifier: &'a [u8],
    /// DTM02.
    pub value: &'a [u8],
}

/// AMT.
#[derive(Clone, Copy, Debug)]
pub struct Supplement<'a> {
    /// AMT01: B6 allowed, AU covered, F5 patient paid, I interest.
    pub qualifier: &'a [u8],
    /// AMT02.
    pub amount: Amount,
}

/// PLB with all its pairs; [`Provider::iter`] walks those that are filled.
#[derive(Clone, Copy, Debug)]
pub struct Provider<'a> {
    /// PLB01: provider.
    pub id: &'a [u8],
    /// PLB02: end of the fiscal year.
    pub fiscal: &'a [u8],
    segment: Segment<'a>,
}

/// One pair of a PLB.
#[derive(Clone, Copy, Debug)]
pub struct ProviderAmount<'a> {
    /// Reason and reference.
    pub code: Composite<'a>,
    /// Positive takes money away, negative gives it.
    pub amount: Amount,
    /// Number of the element that holds the amount, as the guide counts.
    pub element: u8,
}

/// The segments that are read here.
mod tag {
    use crate::segment::Tag;
    pub(super) const CAS: Tag = Tag::of(b"CAS");
    pub(super) const SVC: Tag = Tag::of(b"SVC");
    pub(super) const CLP: Tag = Tag::of(b"CLP");
    pub(super) const LQ: Tag = Tag::of(b"LQ");
    pub(super) const REF: Tag = Tag::of(b"REF");
    pub(super) const DTM: Tag = Tag::of(b"DTM");
    pub(super) const AMT: Tag = Tag::of(b"AMT");
    pub(super) const NM1: Tag = Tag::of(b"NM1");
    pub(super) const MOA: Tag = Tag::of(b"MOA");
    pub(super) const MIA: Tag = Tag::of(b"MIA");
    pub(super) const PLB: Tag = Tag::of(b"PLB");
    pub(super) const BPR: Tag = Tag::of(b"BPR");
    pub(super) const TRN: Tag = Tag::of(b"TRN");
    pub(super) const N1: Tag = Tag::of(b"N1");
    pub(super) const ST: Tag = Tag::of(b"ST");
}

/// The tag of a service line, for counting lines before they are read.
pub const LINE: Tag = tag::SVC;

/// Reads one segment of an 835.
#[must_use]
#[inline]
pub fn part<'a>(segment: &Segment<'a>) -> Part<'a> {
    match segment.tag() {
        tag::CAS => Part::Adjustments(adjustments(segment)),
        tag::SVC => Part::Line(line(segment)),
        tag::CLP => Part::Claim(claim(segment)),
        tag::LQ => Part::Remark(Coded::of(segment)),
        tag::REF => Part::Reference(Coded::of(segment)),
        tag::DTM => Part::Day(day(segment)),
        tag::AMT => Part::Supplement(supplement(segment)),
        tag::NM1 => Part::Name(name(segment)),
        tag::MOA => Part::Outpatient(outpatient(segment)),
        tag::MIA => Part::Inpatient(inpatient(segment)),
        tag::PLB => Part::Provider(provider(segment)),
        tag::BPR => Part::Payment(payment(segment)),
        tag::TRN => Part::Trace(trace(segment)),
        tag::N1 => Part::Party(party(segment)),
        tag::ST => Part::Start(start(segment)),
        _ => Part::Other,
    }
}

fn payment<'a>(segment: &Segment<'a>) -> Payment<'a> {
    let pieces = segment.split::<17>();
    Payment {
        handling: pieces[1],
        amount: cents(pieces[2]),
        method: pieces[4],
        effective: pieces[16],
    }
}

fn trace<'a>(segment: &Segment<'a>) -> Trace<'a> {
    let [_, _, number, payer] = segment.split();
    Trace { number, payer }
}

fn party<'a>(segment: &Segment<'a>) -> Party<'a> {
    let [_, role, name, qualifier, id] = segment.split();
    Party { role, name, qualifier, id }
}

#[inline]
fn claim<'a>(segment: &Segment<'a>) -> Claim<'a> {
    let [_, number, status, charge, paid, share, filing, control, facility, frequency] =
        segment.split();
    Claim {
        number,
        status: status.trim_ascii(),
        charge: cents(charge),
        paid: cents(paid),
        patient_share: cents(share),
        filing,
        control,
        facility,
        frequency,
    }
}

#[inline]
fn adjustments<'a>(segment: &Segment<'a>) -> Adjustments<'a> {
    let [_, group] = segment.split();
    Adjustments { group: group.trim_ascii(), segment: *segment }
}

impl<'a> Adjustments<'a> {
    /// Every triplet of which anything is filled, in order.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = Triplet<'a>> + use<'a> {
        let mut elements = self.segment.elements().skip(1);
        let triplets = (0..6_u8).map_while(move |at| {
            let reason = elements.next()?.trim_ascii();
            let amount = elements.next().unwrap_or_default();
            let units = elements.next().unwrap_or_default();
            let is_filled = !reason.is_empty() || !amount.trim_ascii().is_empty();
            Some(is_filled.then(|| Triplet {
                reason,
                amount: cents(amount),
                units,
                element: 3 + 3 * at,
            }))
        });
        triplets.flatten()
    }
}

#[inline]
fn name<'a>(segment: &Segment<'a>) -> Name<'a> {
    let [_, role, _, family, given, _, _, _, qualifier, id] = segment.split();
    Name { role, family, given, qualifier, id }
}

/// MOA03 to MOA07.
#[inline]
fn outpatient<'a>(segment: &Segment<'a>) -> [&'a [u8]; 5] {
    let [_, _, _, first, second, third, fourth, fifth] = segment.split();
    [first, second, third, fourth, fifth]
}

/// MIA05 and MIA20 to MIA23.
fn inpatient<'a>(segment: &Segment<'a>) -> [&'a [u8]; 5] {
    let pieces = segment.split::<24>();
    [pieces[5], pieces[20], pieces[21], pieces[22], pieces[23]]
}

#[inline]
fn line<'a>(segment: &Segment<'a>) -> Line<'a> {
    let [_, procedure, charge, paid, revenue, units, submitted, submitted_units] = segment.split();
    let separator = segment.delimiters().component;
    Line {
        procedure: Composite::new(procedure, separator),
        charge: cents(charge),
        paid: cents(paid),
        revenue,
        units,
        submitted: Composite::new(submitted, separator),
        submitted_units,
    }
}

#[inline]
fn day<'a>(segment: &Segment<'a>) -> Day<'a> {
    let [_, qualifier, value] = segment.split();
    Day { qualifier, value }
}

/// ST01 and ST03, the guide's version, which 4010 leaves out.
fn start<'a>(segment: &Segment<'a>) -> Coded<'a> {
    let [_, qualifier, _, value] = segment.split();
    Coded { qualifier, value }
}

#[inline]
fn supplement<'a>(segment: &Segment<'a>) -> Supplement<'a> {
    let [_, qualifier, amount] = segment.split();
    Supplement { qualifier, amount: cents(amount) }
}

fn provider<'a>(segment: &Segment<'a>) -> Provider<'a> {
    let [_, id, fiscal] = segment.split();
    Provider { id, fiscal, segment: *segment }
}

impl<'a> Provider<'a> {
    /// Every pair of which anything is filled, in order.
    pub fn iter(&self) -> impl Iterator<Item = ProviderAmount<'a>> + use<'a> {
        let separator = self.segment.delimiters().component;
        let mut elements = self.segment.elements().skip(2);
        let pairs = (0..6_u8).map_while(move |at| {
            let code = elements.next()?.trim_ascii();
            let amount = elements.next().unwrap_or_default();
            let is_filled = !code.is_empty() || !amount.trim_ascii().is_empty();
            Some(is_filled.then(|| ProviderAmount {
                code: Composite::new(code, separator),
                amount: cents(amount),
                element: 4 + 2 * at,
            }))
        });
        pairs.flatten()
    }
}

impl Day<'_> {
    /// The day, where the element is one.
    #[must_use]
    pub fn day(&self) -> Option<YearMonthDay> {
        date(self.value)
    }

    /// First and last day of a range (RD8), or the one day twice.
    #[must_use]
    pub fn range(&self) -> Option<(YearMonthDay, YearMonthDay)> {
        date_range(self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::amount::AmountFault;
    use crate::delimiters::USUAL;
    use crate::segment::Place;

    fn read(raw: &str) -> Part<'_> {
        part(&Segment::new(raw.as_bytes(), USUAL, Place::default()))
    }

    #[test]
    fn all_six_triplets_of_a_cas_are_read() {
        let raw = "CAS*CO*1*1**2*2**3*3**4*4**5*5**6*6*1";
        let Part::Adjustments(cas) = read(raw) else { panic!("expected a CAS") };
        let reasons: Vec<&[u8]> = cas.iter().map(|one| one.reason).collect();
        assert_eq!(reasons, [b"1", b"2", b"3", b"4", b"5", b"6"]);
        assert_eq!(
            cas.iter().last().map(|one| (one.amount, one.units)),
            Some((Ok(600), &b"1"[..]))
        );
    }

    #[test]
    fn a_triplet_with_a_gap_does_not_hide_the_next() {
        let Part::Adjustments(cas) = read("CAS*CO*45*190**223*4.96") else { panic!("a CAS") };
        let amounts: Vec<Amount> = cas.iter().map(|one| one.amount).collect();
        assert_eq!(amounts, [Ok(19_000), Ok(496)]);
    }

    #[test]
    fn a_provider_level_reference_is_kept_raw() {
        let Part::Provider(plb) = read("PLB*1*20261231*WO:A:B*-5*FB*7") else { panic!("a PLB") };
        let pairs: Vec<(&[u8], &[u8], Amount)> = plb
            .iter()
            .map(|one| (one.code.parts().next().unwrap(), one.code.rest(), one.amount))
            .collect();
        assert_eq!(pairs, [(&b"WO"[..], &b"A:B"[..], Ok(-500)), (b"FB", b"", Ok(700))]);
    }

    #[test]
    fn a_cut_claim_has_faults_not_zeros() {
        let Part::Claim(claim) = read("CLP*A1*1*12x") else { panic!("a CLP") };
        assert_eq!(claim.charge, Err(AmountFault::Malformed));
        assert_eq!(claim.paid, Err(AmountFault::Empty));
    }
}
