//! Which segment opens a repeating unit in each transaction, and which segments it may hold.

/// The shape of one transaction set as far as reading needs it.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Segments that open a repeating unit: a claim payment, a hierarchical level, a claim.
    openers: &'static [&'static [u8]],
    /// Segments after the last unit.
    tail: &'static [&'static [u8]],
    /// Every segment of the guide, sorted; empty where the set is not known here.
    known: &'static [&'static [u8]],
}

/// 835 (005010X221A1): one unit for each CLP, with the LX before it.
const REMITTANCE: Shape = Shape {
    openers: &[b"CLP", b"LX"],
    tail: &[b"PLB", b"SE"],
    known: &[
        b"AMT", b"BPR", b"CAS", b"CLP", b"CUR", b"DTM", b"LQ", b"LX", b"MIA", b"MOA", b"N1", b"N3",
        b"N4", b"NM1", b"NTE", b"PER", b"PLB", b"QTY", b"RAS", b"RDM", b"REF", b"SE", b"ST",
        b"SVC", b"TRN", b"TS2", b"TS3",
    ],
};

/// 837 (005010X222A1, X223A2, X224A2): one unit for each level and each claim.
const CLAIM: Shape = Shape {
    openers: &[b"CLM", b"HL"],
    tail: &[b"SE"],
    known: &[
        b"AMT", b"BHT", b"CAS", b"CL1", b"CLM", b"CN1", b"CR1", b"CR2", b"CR3", b"CR5", b"CR6",
        b"CR7", b"CR8", b"CRC", b"CTP", b"CUR", b"DMG", b"DN1", b"DN2", b"DSB", b"DTP", b"FRM",
        b"HCP", b"HI", b"HL", b"HSD", b"IMM", b"K3", b"LIN", b"LQ", b"LX", b"MEA", b"MIA", b"MOA",
        b"N1", b"N2", b"N3", b"N4", b"NM1", b"NTE", b"OI", b"PAT", b"PER", b"PRV", b"PS1", b"PWK",
        b"QTY", b"REF", b"SBR", b"SE", b"ST", b"SV1", b"SV2", b"SV3", b"SV4", b"SV5", b"SV6",
        b"SV7", b"SVD", b"TOO", b"TRN", b"UR",
    ],
};

/// 277 and 277CA (005010X214, X212): one unit for each level.
const STATUS: Shape = Shape { openers: &[b"HL"], tail: &[b"SE"], known: &[] };

/// 999 and 997: one unit for each acknowledged transaction.
const ACKNOWLEDGEMENT: Shape = Shape { openers: &[b"AK2"], tail: &[b"AK9", b"SE"], known: &[] };

/// Every other set: one unit for each level, where it has levels.
const OTHER: Shape = Shape { openers: &[b"HL"], tail: &[b"SE"], known: &[] };

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
    pub fn opens(&self, id: &[u8]) -> bool {
        self.openers.contains(&id)
    }

    /// True for a segment that follows the last unit.
    #[must_use]
    pub fn ends(&self, id: &[u8]) -> bool {
        self.tail.contains(&id)
    }

    /// True where the guide has the segment, or where no guide is known here.
    #[must_use]
    pub fn knows(&self, id: &[u8]) -> bool {
        self.known.is_empty() || self.known.binary_search(&id).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_segments_are_sorted() {
        for shape in [REMITTANCE, CLAIM] {
            assert!(shape.known.is_sorted());
        }
    }

    #[test]
    fn a_claim_payment_opens_a_unit() {
        let shape = Shape::of(b"835");
        assert!(shape.opens(b"CLP") && shape.ends(b"PLB") && !shape.knows(b"ZZZ"));
        assert!(Shape::of(b"278").knows(b"ZZZ"));
    }
}
