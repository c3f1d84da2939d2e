//! Which segment opens a repeating unit in each transaction, and which segments it may hold.

use crate::segment::Tag;

/// The shape of one transaction set as far as reading needs it.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Segments that open a repeating unit: a claim payment, a hierarchical level, a claim.
    openers: &'static [Tag],
    /// Segments after the last unit.
    tail: &'static [Tag],
    /// Every segment of the guide, sorted; empty where the set is not known here.
    known: &'static [Tag],
}

/// 835 (005010X221A1): one unit for each CLP, with the LX before it.
const REMITTANCE: Shape = Shape {
    openers: &tags(["CLP", "LX"]),
    tail: &tags(["PLB", "SE"]),
    known: &tags([
        "AMT", "BPR", "CAS", "CLP", "CUR", "DTM", "LQ", "LX", "MIA", "MOA", "N1", "N3", "N4",
        "NM1", "NTE", "PER", "PLB", "QTY", "RAS", "RDM", "REF", "SE", "ST", "SVC", "TRN", "TS2",
        "TS3",
    ]),
};

/// 837 (005010X222A1, X223A2, X224A2): one unit for each level and each claim.
const CLAIM: Shape = Shape {
    openers: &tags(["CLM", "HL"]),
    tail: &tags(["SE"]),
    known: &tags([
        "AMT", "BHT", "CAS", "CL1", "CLM", "CN1", "CR1", "CR2", "CR3", "CR5", "CR6", "CR7", "CR8",
        "CRC", "CTP", "CUR", "DMG", "DN1", "DN2", "DSB", "DTP", "FRM", "HCP", "HI", "HL", "HSD",
        "IMM", "K3", "LIN", "LQ", "LX", "MEA", "MIA", "MOA", "N1", "N2", "N3", "N4", "NM1", "NTE",
        "OI", "PAT", "PER", "PRV", "PS1", "PWK", "QTY", "REF", "SBR", "SE", "ST", "SV1", "SV2",
        "SV3", "SV4", "SV5", "SV6", "SV7", "SVD", "TOO", "TRN", "UR",
    ]),
};

/// 277CA, 277 and its requests (005010X214, X212, X213): one unit for each level.
const STATUS: Shape = Shape {
    openers: &tags(["HL"]),
    tail: &tags(["SE"]),
    known: &tags([
        "AMT", "BHT", "DMG", "DTP", "HL", "N1", "N3", "N4", "NM1", "PER", "PWK", "QTY", "REF",
        "SE", "ST", "STC", "SVC", "TOO", "TRN",
    ]),
};

/// 999 (005010X231A1) and 997: one unit for each acknowledged transaction.
const ACKNOWLEDGEMENT: Shape = Shape {
    openers: &tags(["AK2"]),
    tail: &tags(["AK9", "SE"]),
    known: &tags([
        "AK1", "AK2", "AK3", "AK4", "AK5", "AK9", "CTX", "IK3", "IK4", "IK5", "SE", "ST",
    ]),
};

/// Every other set: one unit for each level, where it has levels.
const OTHER: Shape = Shape { openers: &tags(["HL"]), tail: &tags(["SE"]), known: &[] };

/// Tags of a list of ids; sorted where the ids are, since shorter ids pack to smaller numbers.
const fn tags<const COUNT: usize>(ids: [&str; COUNT]) -> [Tag; COUNT] {
    let mut tags = [Tag::of(b""); COUNT];
    let mut at = 0;
    while at < COUNT {
        tags[at] = Tag::of(ids[at].as_bytes());
        at += 1;
    }
    tags
}

impl Shape {
    /// The shape of a transaction set by its ST01.
    #[must_use]
    pub fn of(set: &[u8]) -> Shape {
        match set {
            b"835" => REMITTANCE,
            b"837" => CLAIM,
            b"277" => STATUS,
            b"999" | b"997" => ACKNOWLEDGEMENT,
            _ => OTHER,
        }
    }

    /// True for a segment that begins a new unit.
    #[must_use]
    pub fn opens(&self, id: Tag) -> bool {
        self.openers.contains(&id)
    }

    /// True for a segment that follows the last unit.
    #[must_use]
    pub fn ends(&self, id: Tag) -> bool {
        self.tail.contains(&id)
    }

    /// True where the guide has the segment, or where no guide is known here.
    #[must_use]
    pub fn knows(&self, id: Tag) -> bool {
        self.known.is_empty() || self.known.binary_search(&id).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_segments_are_sorted() {
        for shape in [REMITTANCE, CLAIM, STATUS, ACKNOWLEDGEMENT] {
            assert!(shape.known.is_sorted());
        }
    }

    #[test]
    fn a_claim_payment_opens_a_unit() {
        let shape = Shape::of(b"835");
        assert!(
            shape.opens(Tag::of(b"CLP"))
                && shape.ends(Tag::of(b"PLB"))
                && !shape.knows(Tag::of(b"ZZZ"))
        );
        assert!(Shape::of(b"278").knows(Tag::of(b"ZZZ")));
    }
}
