//! What ISA and GS say of the transactions in them: a test or not, version, day, control numbers.

use jiff::civil::Date;
use smol_str::SmolStr;
use x12::Segment;
use x12::amount::{date, short_date};

use crate::element::{civil, small};

/// The open interchange and group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Envelope {
    /// ISA15 says test.
    pub(crate) test: bool,
    /// ISA13.
    pub(crate) interchange: SmolStr,
    /// ISA06: who sent it.
    pub(crate) sender: SmolStr,
    /// ISA09.
    pub(crate) sent_on: Option<Date>,
    /// GS01: what the group holds.
    pub(crate) holds: SmolStr,
    /// GS06.
    pub(crate) group: SmolStr,
    /// GS08.
    pub(crate) version: SmolStr,
    /// GS04.
    pub(crate) made_on: Option<Date>,
}

impl Envelope {
    /// Takes note of a segment outside transactions.
    pub(crate) fn observe(&mut self, segment: &Segment<'_>) {
        match segment.id() {
            b"ISA" => {
                *self = Envelope {
                    test: segment.bytes(15).trim_ascii() == b"T",
                    interchange: small(segment.bytes(13)),
                    sender: small(segment.bytes(6)),
                    sent_on: short_date(segment.bytes(9)).and_then(civil),
                    ..Envelope::default()
                };
            }
            b"GS" => {
                self.holds = small(segment.bytes(1));
                self.group = small(segment.bytes(6));
                self.version = small(segment.bytes(8));
                self.made_on = date(segment.bytes(4)).and_then(civil);
            }
            b"IEA" => *self = Envelope::default(),
            _ => {}
        }
    }
}
