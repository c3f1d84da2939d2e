//! Which segment opens a repeating unit in each transaction, and which segments it may hold.

use crate::segment::Tag;

/// The shape of one transaction set as far as reading needs it.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// False where no guide is known here: then no segment is unknown.
    is_known: bool,
    table: &'static Table,
}

/// What a segment does in a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// The guide does not have it.
    Unknown,
    /// It goes on with its unit.
    Plain,
    /// It opens a repeating unit: a claim payment, a hierarchical level, a claim.
    Opens,
    /// It follows the last unit.
    Ends,
}

/// 835 (005010X221A1): one unit for each CLP, with the LX before it.
static REMITTANCE: Table = Table::of(
    &["CLP", "LX"],
    &["PLB", "SE"],
    &[
        "AMT", "BPR", "CAS", "CUR", "DTM", "LQ", "MIA", "MOA", "N1", "N3", "N4", "NM1", "NTE",
        "PER", "QTY", "RAS", "RDM", "REF", "SVC", "TRN", "TS2", "TS3",
    ],
);

/// 837 (005010X222A1, X223A2, X224A2): one unit for each level and each claim.
static CLAIM: Table = Table::of(
    &["CLM", "HL"],
    &["SE"],
    &[
        "AMT", "BHT", "CAS", "CL1", "CN1", "CR1", "CR2", "CR3", "CR5", "CR6", "CR7", "CR8", "CRC",
        "CTP", "CUR", "DMG", "DN1", "DN2", "DSB", "DTP", "FRM", "HCP", "HI", "HSD", "IMM", "K3",
        "LIN", "LQ", "LX", "MEA", "MIA", "MOA", "N1", "N2", "N3", "N4", "NM1", "NTE", "OI", "PAT",
        "PER", "PRV", "PS1", "PWK", "QTY", "REF", "SBR", "SV1", "SV2", "SV3", "SV4", "SV5", "SV6",
        "SV7", "SVD", "TOO", "TRN", "UR",
    ],
);

/// 277CA, 277 and its requests (005010X214, X212, X213): one unit for each level.
static STATUS: Table = Table::of(
    &["HL"],
    &["SE"],
    &[
        "AMT", "BHT", "DMG", "DTP", "N1", "N3", "N4", "NM1", "PER", "PWK", "QTY", "REF", "STC",
        "SVC", "TOO", "TRN",
    ],
);

/// 999 (005010X231A1) and 997: one unit for each acknowledged transaction.
static ACKNOWLEDGEMENT: Table =
    Table::of(&["AK2"], &["AK9", "SE"], &["AK1", "AK3", "AK4", "AK5", "CTX", "IK3", "IK4", "IK5"]);

/// Every other set: one unit for each level, where it has levels.
static OTHER: Table = Table::of(&["HL"], &["SE"], &[]);

/// Places in a table; the largest guide fills half of them.
const PLACES: usize = 128;

/// The segments of a set, each at the place that its tag hashes to or at the next that is free:
/// every segment of a file is looked up here.
#[derive(Debug)]
struct Table([(Tag, Class); PLACES]);

impl Table {
    const fn of(opens: &[&str], ends: &[&str], plain: &[&str]) -> Table {
        let empty = (Tag::of(b""), Class::Unknown);
        let places = Table::put([empty; PLACES], opens, Class::Opens);
        let places = Table::put(places, ends, Class::Ends);
        Table(Table::put(places, plain, Class::Plain))
    }

    const fn put(
        mut places: [(Tag, Class); PLACES],
        ids: &[&str],
        class: Class,
    ) -> [(Tag, Class); PLACES] {
        let mut at = 0;
        while at < ids.len() {
            let tag = Tag::of(ids[at].as_bytes());
            let mut place = tag.hash() % PLACES;
            while !matches!(places[place].1, Class::Unknown) {
                place = (place + 1) % PLACES;
            }
            places[place] = (tag, class);
            at += 1;
        }
        places
    }

    #[inline]
    fn class(&self, tag: Tag) -> Class {
        let mut place = tag.hash() % PLACES;
        loop {
            let (held, class) = self.0[place];
            if held == tag || class == Class::Unknown {
                return class;
            }
            place = (place + 1) % PLACES;
        }
    }
}

impl Shape {
    /// The shape of a transaction set by its ST01.
    #[must_use]
    pub fn of(set: &[u8]) -> Shape {
        let table = match set {
            b"835" => &REMITTANCE,
            b"837" => &CLAIM,
            b"277" => &STATUS,
            b"999" | b"997" => &ACKNOWLEDGEMENT,
            _ => return Shape { is_known: false, table: &OTHER },
        };
        Shape { is_known: true, table }
    }

    /// True for a segment that begins a new unit.
    #[must_use]
    #[inline]
    pub fn opens(&self, id: Tag) -> bool {
        self.table.class(id) == Class::Opens
    }

    /// True for a segment that follows the last unit.
    #[must_use]
    #[inline]
    pub fn ends(&self, id: Tag) -> bool {
        self.table.class(id) == Class::Ends
    }

    /// True for a segment that only goes on with its unit: nearly every one.
    #[must_use]
    #[inline]
    pub(crate) fn continues(&self, id: Tag) -> bool {
        self.table.class(id) == Class::Plain
    }

    /// True where the guide has the segment between ST and SE, or where no guide is known here.
    #[must_use]
    #[inline]
    pub fn knows(&self, id: Tag) -> bool {
        !self.is_known || self.table.class(id) != Class::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_payment_opens_a_unit() {
        let shape = Shape::of(b"835");
        let [clp, plb, cas, zzz] =
            [b"CLP", b"PLB", b"CAS", b"ZZZ"].map(|id: &[u8; 3]| Tag::of(id.as_slice()));
        assert!(shape.opens(clp) && shape.knows(clp) && !shape.ends(clp));
        assert!(shape.ends(plb) && shape.knows(plb) && !shape.opens(plb));
        assert!(shape.knows(cas) && !shape.opens(cas) && !shape.ends(cas));
        assert!(!shape.knows(zzz) && !shape.opens(zzz) && !shape.ends(zzz));
    }

    #[test]
    fn a_set_without_a_guide_here_knows_every_segment() {
        let shape = Shape::of(b"278");
        assert!(shape.knows(Tag::of(b"ZZZ")) && shape.opens(Tag::of(b"HL")));
    }

    #[test]
    fn every_segment_of_a_guide_is_found_and_no_table_is_full() {
        for table in [&REMITTANCE, &CLAIM, &STATUS, &ACKNOWLEDGEMENT, &OTHER] {
            let held = table.0.iter().filter(|(_, class)| *class != Class::Unknown);
            assert!(held.clone().count() <= PLACES / 2);
            held.for_each(|(tag, class)| assert_eq!(table.class(*tag), *class));
        }
    }
}
