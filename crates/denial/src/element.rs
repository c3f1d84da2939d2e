//! Elements to amounts, days and codes of the field, with a finding where one is odd.
//!
//! What is no amount counts as nothing and is told at its place; nothing is repaired.

use std::borrow::Cow;

use jiff::civil::Date;
use smol_str::SmolStr;
use x12::amount::{AmountFault, YearMonthDay};
use x12::element::{Amount, Composite};
use x12::{Block, Code, Finding, Place, Segment, Severity};

use crate::codes::{Procedure, Quantity};
use crate::money::Money;
use crate::remittance::Span;

#[inline]
pub(crate) fn money(
    amount: Amount,
    what: &str,
    segment: &Segment<'_>,
    findings: &mut Vec<Finding>,
) -> Money {
    match amount {
        Ok(cents) => Money::from_cents(cents),
        Err(fault) => {
            findings.push(no_amount(fault, what, segment.place()));
            Money::ZERO
        }
    }
}

/// The same where the guide lets the element be left out.
pub(crate) fn money_if_told(
    amount: Amount,
    what: &str,
    segment: &Segment<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Money> {
    match amount {
        Err(AmountFault::Empty) => None,
        _ => Some(money(amount, what, segment, findings)),
    }
}

#[cold]
fn no_amount(fault: AmountFault, what: &str, at: Place) -> Finding {
    let (code, why) = match fault {
        AmountFault::Empty => (Code::MissingElement, "is left out"),
        AmountFault::Malformed => (Code::NotAmount, "is no amount"),
        AmountFault::TooFine => (Code::NotAmount, "has more than two decimals"),
        AmountFault::TooLarge => (Code::NotAmount, "is beyond one billion dollars"),
    };
    Finding {
        at,
        code,
        severity: Severity::Error,
        message: format!("{what} {why} and counts as nothing").into(),
        hint: "the claim cannot add up as it stands; ask the sender for a corrected file",
    }
}

/// A day of the calendar; what is none is told.
pub(crate) fn day(
    told: Option<YearMonthDay>,
    element: &str,
    segment: &Segment<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Date> {
    let date = told.and_then(civil);
    if date.is_none() {
        findings.push(no_date(element, segment));
    }
    date
}

/// First and last day of a range; what is none is told.
pub(crate) fn days(
    told: Option<(YearMonthDay, YearMonthDay)>,
    element: &str,
    segment: &Segment<'_>,
    findings: &mut Vec<Finding>,
) -> Option<(Date, Date)> {
    let range = told.and_then(|(from, to)| civil(from).zip(civil(to)));
    if range.is_none() {
        findings.push(no_date(element, segment));
    }
    range
}

#[cold]
fn no_date(element: &str, segment: &Segment<'_>) -> Finding {
    Finding {
        at: segment.place(),
        code: Code::NotDate,
        severity: Severity::Warning,
        message: format!("expected a date as CCYYMMDD in {element}, and something else came")
            .into(),
        hint: "a clock that would count from this day is not set by it; look at the claim",
    }
}

#[cold]
pub(crate) fn missing(at: Place, message: &'static str) -> Finding {
    Finding {
        at,
        code: Code::MissingElement,
        severity: Severity::Error,
        message: message.into(),
        hint: "the file may be cut off or put together by hand; ask the sender for it again",
    }
}

/// A date that the calendar has.
pub(crate) fn civil((year, month, day): YearMonthDay) -> Option<Date> {
    Date::new(year, month, day).ok()
}

pub(crate) fn procedure(composite: &Composite<'_>) -> Procedure {
    let mut parts = composite.parts();
    let qualifier = parts.next().map(small).unwrap_or_default();
    let code = parts.next().map(small).unwrap_or_default();
    let modifiers = parts.take(4).filter(|one| !one.is_empty()).map(small).collect();
    Procedure { qualifier, code, modifiers }
}

#[inline]
pub(crate) fn quantity(bytes: &[u8]) -> Option<Quantity> {
    match bytes {
        [] => None,
        b"1" => Some(Quantity::ONE),
        bytes => Quantity::parse(&text(bytes)),
    }
}

pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    x12::segment::text(bytes)
}

#[inline]
pub(crate) fn small(bytes: &[u8]) -> SmolStr {
    match frequent(bytes) {
        Some(word) => SmolStr::new_static(word),
        None => SmolStr::new(text(bytes)),
    }
}

/// The words that stand on nearly every line of a remittance; they need neither checking nor
/// copying.
#[inline]
const fn frequent(bytes: &[u8]) -> Option<&'static str> {
    Some(match bytes {
        b"" => "",
        b"1" => "1",
        b"2" => "2",
        b"3" => "3",
        b"CO" => "CO",
        b"PR" => "PR",
        b"OA" => "OA",
        b"PI" => "PI",
        b"HC" => "HC",
        b"11" => "11",
        b"12" => "12",
        b"22" => "22",
        b"23" => "23",
        b"25" => "25",
        b"45" => "45",
        b"MB" => "MB",
        b"MA" => "MA",
        b"MC" => "MC",
        b"CI" => "CI",
        _ => return None,
    })
}

/// `None` for an element that is left out.
pub(crate) fn filled(bytes: &[u8]) -> Option<SmolStr> {
    let text = small(bytes);
    (!text.is_empty()).then_some(text)
}

/// The segment and what follows it; its end is set when the next of its kind begins.
pub(crate) fn begins(segment: &Segment<'_>) -> Span {
    let Place { segment: number, byte } = segment.place();
    Span { segment: number, start: byte, end: byte + segment.raw().len() as u64 }
}

/// From the first segment of a block to its end.
pub(crate) fn span(block: &Block<'_>) -> Span {
    let at = block.opener().map(|opener| opener.place()).unwrap_or_default();
    Span { segment: at.segment, start: at.byte, end: block.end() }
}

impl Span {
    pub(crate) const fn place(self) -> Place {
        Place { segment: self.segment, byte: self.start }
    }
}
