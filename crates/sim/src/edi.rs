//! Writes X12: segments with a sender's separators, in envelopes that count them.

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::payer::Separators;

/// Text of one file in the making.
pub(crate) struct Edi {
    pub(crate) separators: Separators,
    text: String,
    /// Segments since ST, itself included.
    segments: usize,
    /// Transactions in the open group, groups in the open interchange.
    transactions: usize,
    groups: usize,
}

/// Who sends to whom, as ISA and GS say it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parties<'a> {
    pub(crate) sender: &'a str,
    pub(crate) receiver: &'a str,
    pub(crate) on: Date,
}

/// What a group holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    /// GS01.
    pub(crate) id: &'static str,
    /// GS08.
    pub(crate) version: &'static str,
}

impl Edi {
    pub(crate) fn new(separators: Separators) -> Edi {
        Edi { separators, text: String::new(), segments: 0, transactions: 0, groups: 0 }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }

    /// Writes a segment; empty elements at its end are left out.
    pub(crate) fn segment(&mut self, elements: &[&str]) {
        let filled = elements.iter().rposition(|one| !one.is_empty()).map_or(0, |at| at + 1);
        for (at, element) in elements[..filled].iter().enumerate() {
            if at > 0 {
                self.text.push(self.separators.element);
            }
            self.text.push_str(element);
        }
        self.text.push(self.separators.terminator);
        self.text.push_str(self.separators.newline);
        self.segments += 1;
    }

    /// Components of an element, without empty ones at the end.
    pub(crate) fn composite(&self, components: &[&str]) -> String {
        let filled = components.iter().rposition(|one| !one.is_empty()).map_or(0, |at| at + 1);
        components[..filled].join(self.separators.component.encode_utf8(&mut [0; 4]))
    }

    pub(crate) fn open_interchange(&mut self, parties: Parties<'_>, control: u64) {
        let Parties { sender, receiver, on } = parties;
        let Separators { element, component, repetition, terminator, newline } = self.separators;
        let day = short(on);
        let parts = [
            "ISA".to_owned(),
            "00".to_owned(),
            " ".repeat(10),
            "00".to_owned(),
            " ".repeat(10),
            "ZZ".to_owned(),
            format!("{sender:<15}"),
            "ZZ".to_owned(),
            format!("{receiver:<15}"),
            day,
            "0600".to_owned(),
            repetition.to_string(),
            "00501".to_owned(),
            format!("{control:09}"),
            "0".to_owned(),
            "P".to_owned(),
            component.to_string(),
        ];
        self.text.push_str(&parts.join(element.encode_utf8(&mut [0; 4])));
        self.text.push(terminator);
        self.text.push_str(newline);
        self.groups = 0;
    }

    pub(crate) fn close_interchange(&mut self, control: u64) {
        let groups = self.groups.to_string();
        self.segment(&["IEA", &groups, &format!("{control:09}")]);
    }

    pub(crate) fn open_group(&mut self, group: Group, parties: Parties<'_>, control: u64) {
        let Parties { sender, receiver, on } = parties;
        let (day, control) = (long(on), control.to_string());
        let Group { id, version } = group;
        self.segment(&["GS", id, sender, receiver, &day, "0600", &control, "X", version]);
        self.groups += 1;
        self.transactions = 0;
    }

    pub(crate) fn close_group(&mut self, control: u64) {
        let transactions = self.transactions.to_string();
        self.segment(&["GE", &transactions, &control.to_string()]);
    }

    /// Writes one transaction; `version` is ST03, which some have.
    pub(crate) fn transaction(&mut self, id: &str, version: &str, body: impl FnOnce(&mut Edi)) {
        self.transactions += 1;
        let control = format!("{:04}", self.transactions);
        self.segments = 0;
        self.segment(&["ST", id, &control, version]);
        body(self);
        let count = (self.segments + 1).to_string();
        self.segment(&["SE", &count, &control]);
    }
}

/// An amount without needless zeros.
pub(crate) fn money(cents: i64) -> String {
    let mut text = String::with_capacity(12);
    if cents < 0 {
        text.push('-');
    }
    let size = cents.unsigned_abs();
    let (whole, part) = (size / 100, size % 100);
    let written = match part {
        0 => write!(text, "{whole}"),
        _ if part % 10 == 0 => write!(text, "{whole}.{}", part / 10),
        _ => write!(text, "{whole}.{part:02}"),
    };
    written.expect("a String takes all text");
    text
}

/// CCYYMMDD.
pub(crate) fn long(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

/// YYMMDD.
pub(crate) fn short(day: Date) -> String {
    format!("{:02}{:02}{:02}", day.year() % 100, day.month(), day.day())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn amounts_lose_needless_zeros() {
        let cases = [(0, "0"), (100, "1"), (150, "1.5"), (155, "1.55"), (-5, "-0.05"), (5, "0.05")];
        for (cents, text) in cases {
            assert_eq!(money(cents), text);
        }
    }

    #[test]
    fn envelopes_count_what_they_hold() {
        let mut edi = Edi::new(Separators { newline: "", ..Separators::USUAL });
        let on = date(2026, 1, 5);
        let parties = Parties { sender: "A", receiver: "B", on };
        edi.open_interchange(parties, 7);
        edi.open_group(Group { id: "HP", version: "005010X221A1" }, parties, 7);
        edi.transaction("835", "", |edi| edi.segment(&["BPR", "I", "", ""]));
        edi.close_group(7);
        edi.close_interchange(7);
        let text = String::from_utf8(edi.into_bytes()).unwrap();
        assert_eq!(text.find('~'), Some(105), "an ISA has 106 bytes");
        assert!(text.ends_with("ST*835*0001~BPR*I~SE*3*0001~GE*1*7~IEA*1*000000007~"), "{text}");
    }
}
