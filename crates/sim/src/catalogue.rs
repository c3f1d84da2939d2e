//! What clinics bill: procedures with a Medicare price, and the diagnoses that go with them.

/// A procedure as the clinics of the world bill it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Procedure {
    pub(crate) code: &'static str,
    /// Medicare's price of one unit, in cents.
    pub(crate) medicare: i64,
    /// How often it is billed, against its specialty's others.
    pub(crate) weight: u32,
    pub(crate) modifier: &'static str,
    /// Most units that are billed of it.
    pub(crate) units: i64,
    pub(crate) trait_: Trait,
}

/// What payers look at in a procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trait {
    /// An office visit: the first line of most claims.
    Visit,
    /// Needs authorisation with most payers.
    Authorized,
    /// Anything else.
    Ordinary,
}

/// A field of medicine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Specialty {
    pub(crate) taxonomy: &'static str,
    pub(crate) visits: &'static [Procedure],
    pub(crate) others: &'static [Procedure],
    pub(crate) diagnoses: &'static [&'static str],
}

const fn visit(code: &'static str, medicare: i64, weight: u32) -> Procedure {
    Procedure { code, medicare, weight, modifier: "", units: 1, trait_: Trait::Visit }
}

const fn other(code: &'static str, medicare: i64, weight: u32, units: i64) -> Procedure {
    Procedure { code, medicare, weight, modifier: "", units, trait_: Trait::Ordinary }
}

const fn with(modifier: &'static str, procedure: Procedure) -> Procedure {
    Procedure { modifier, ..procedure }
}

const fn authorized(code: &'static str, medicare: i64, weight: u32) -> Procedure {
    Procedure { code, medicare, weight, modifier: "", units: 1, trait_: Trait::Authorized }
}

const FAMILY_VISITS: [Procedure; 5] = [
    visit("99213", 7_304, 46),
    visit("99214", 10_618, 34),
    visit("99203", 10_504, 8),
    visit("99215", 14_292, 5),
    visit("99212", 4_406, 7),
];

const FAMILY: Specialty = Specialty {
    taxonomy: "207Q00000X",
    visits: &FAMILY_VISITS,
    others: &[
        other("36415", 300, 22, 1),
        other("93000", 1_647, 14, 1),
        other("71046", 3_115, 8, 1),
        other("81002", 348, 13, 1),
        other("85025", 1_072, 12, 1),
        other("80053", 1_456, 12, 1),
        other("90471", 1_624, 9, 2),
        other("96372", 1_386, 6, 3),
        with("RT", other("20610", 6_145, 4, 1)),
        authorized("70450", 11_292, 2),
        authorized("72148", 22_153, 2),
    ],
    diagnoses: &["E119", "I10", "J069", "M545", "E785", "R079", "Z0000", "F411"],
};

const ORTHOPAEDICS: Specialty = Specialty {
    taxonomy: "207X00000X",
    visits: &FAMILY_VISITS,
    others: &[
        with("LT", other("20610", 6_145, 26, 1)),
        other("73562", 3_874, 20, 1),
        other("73030", 3_205, 14, 1),
        other("J3301", 182, 18, 8),
        with("GP", other("97110", 3_021, 10, 4)),
        authorized("73721", 23_212, 8),
        authorized("29881", 55_610, 4),
    ],
    diagnoses: &["M1711", "M25561", "M7541", "S8390XA", "M545", "M2241"],
};

const THERAPY: Specialty = Specialty {
    taxonomy: "225100000X",
    visits: &[
        with("GP", other("97161", 8_634, 10, 1)),
        with("GP", other("97110", 3_021, 60, 4)),
        with("GP", other("97140", 2_780, 30, 2)),
    ],
    others: &[
        with("GP", other("97112", 3_475, 30, 3)),
        with("GP", other("97530", 3_910, 30, 3)),
        with("GP", other("97035", 1_437, 15, 1)),
        with("GP", other("97116", 3_005, 15, 2)),
    ],
    diagnoses: &["M545", "M25511", "M542", "R262", "M6281"],
};

const CARDIOLOGY: Specialty = Specialty {
    taxonomy: "207RC0000X",
    visits: &FAMILY_VISITS,
    others: &[
        other("93000", 1_647, 45, 1),
        authorized("93306", 20_250, 18),
        authorized("78452", 45_893, 7),
        other("93015", 7_216, 10, 1),
        other("93880", 19_917, 8, 1),
        other("80061", 1_339, 12, 1),
    ],
    diagnoses: &["I2510", "I4891", "I10", "R079", "I509", "E785"],
};

const BEHAVIOURAL: Specialty = Specialty {
    taxonomy: "103T00000X",
    visits: &[
        other("90837", 13_918, 45, 1),
        other("90834", 9_492, 40, 1),
        other("90791", 14_598, 15, 1),
    ],
    others: &[other("96127", 465, 60, 3), authorized("96130", 11_811, 12)],
    diagnoses: &["F411", "F329", "F4310", "F902", "F319"],
};

/// Every specialty of the world.
pub(crate) const SPECIALTIES: [Specialty; 5] =
    [FAMILY, ORTHOPAEDICS, THERAPY, CARDIOLOGY, BEHAVIOURAL];

/// What a payer makes of two bundled services.
pub(crate) const BUNDLE_CODE: &str = "99199";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_specialty_can_fill_a_claim() {
        for specialty in SPECIALTIES {
            assert!(specialty.visits.iter().all(|one| one.medicare > 0 && one.units > 0));
            assert!(specialty.others.len() >= 2 && specialty.diagnoses.len() >= 4);
        }
    }
}
