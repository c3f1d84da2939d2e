//! The 277 (005010X212) segment by segment, typed: where claims stand, as a 276 asked.
//!
//! Its levels are those of the 276: 20 the payer, 21 who asked, 19 the provider, 22 the subscriber,
//! 23 a dependant. Each TRN gives back the number of a question; what follows answers it. The
//! [`t277ca`](crate::t277ca) (005010X214) shares the segments and nothing else: it answers no
//! question, and its STC tells of no payment.

use crate::amount::cents;
use crate::element::{Amount, Composite};
use crate::segment::{Segment, Tag};

/// STC of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Status<'a> {
    /// STC01, STC10, STC11: category, status, entity.
    pub codes: [Composite<'a>; 3],
    /// STC02: since when.
    pub on: &'a [u8],
    /// STC04: the charge.
    pub charge: Amount,
    /// STC05: what the payer pays.
    pub paid: Amount,
    /// STC06: the day on which it was judged.
    pub judged_on: &'a [u8],
    /// STC08: the day of the cheque, or on which the transfer takes effect.
    pub paid_on: &'a [u8],
    /// STC09: number of the cheque or transfer, which is TRN02 of the remittance.
    pub trace: &'a [u8],
}

/// Reads an STC of a 277; any other segment is none.
#[must_use]
pub fn status<'a>(segment: &Segment<'a>) -> Option<Status<'a>> {
    const STC: Tag = Tag::of(b"STC");
    if segment.tag() != STC {
        return None;
    }
    let pieces = segment.split::<12>();
    let composite = |number: usize| {
        let raw = pieces.get(number).copied().unwrap_or_default();
        Composite::new(raw, segment.delimiters().component)
    };
    Some(Status {
        codes: [composite(1), composite(10), composite(11)],
        on: pieces[2],
        charge: cents(pieces[4]),
        paid: cents(pieces[5]),
        judged_on: pieces[6],
        paid_on: pieces[8],
        trace: pieces[9].trim_ascii(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delimiters::USUAL;
    use crate::segment::Place;

    #[test]
    fn a_status_tells_of_the_payment() {
        let raw = b"STC*F1:65*20260601**150*110.5*20260530**20260605*CHK77";
        let status = status(&Segment::new(raw, USUAL, Place::default())).expect("an STC");
        assert_eq!(status.codes[0].part(1), b"F1");
        assert_eq!((status.charge, status.paid), (Ok(15_000), Ok(11_050)));
        assert_eq!((status.judged_on, status.paid_on), (&b"20260530"[..], &b"20260605"[..]));
        assert_eq!(status.trace, b"CHK77");
    }

    #[test]
    fn another_segment_is_none() {
        let segment = Segment::new(b"SVC*HC:99213*150", USUAL, Place::default());
        assert!(status(&segment).is_none());
    }
}
