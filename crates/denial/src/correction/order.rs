//! The order in which the guides have segments (005010X222A1, 005010X223A2), as far as new ones are
//! put among them. Before the first entry stands what a stretch begins with.

/// 837P, loop 2300.
pub(crate) static PROFESSIONAL: &[&str] = &[
    "CLM", "DTP*431", "DTP*454", "DTP*304", "DTP*453", "DTP*439", "DTP", "PWK", "CN1", "AMT",
    "REF*4N", "REF*F5", "REF*EW", "REF*9F", "REF*G1", "REF*F8", "REF*X4", "REF*9A", "REF*9C",
    "REF*LX", "REF*D9", "REF*EA", "REF*P4", "REF*1J", "REF", "K3", "NTE", "CR1", "CR2", "CRC",
    "HI", "HCP",
];

/// 837I, loop 2300; a note for billing follows those about the claim.
pub(crate) static INSTITUTIONAL: &[&str] = &[
    "CLM", "DTP*096", "DTP*434", "DTP*435", "DTP", "CL1", "PWK", "CN1", "AMT", "REF*4N", "REF*9F",
    "REF*G1", "REF*F8", "REF*9A", "REF*9C", "REF*LX", "REF*D9", "REF*LU", "REF*EA", "REF*P4",
    "REF*G4", "REF", "K3", "NTE", "NTE*ADD", "CRC", "HI", "HCP",
];

/// 837P, loop 2400.
pub(crate) static PROFESSIONAL_LINE: &[&str] = &[
    "LX", "SV1", "SV5", "PWK", "CR1", "CR3", "CRC", "DTP*472", "DTP", "QTY", "MEA", "CN1",
    "REF*9B", "REF*9D", "REF*G1", "REF*6R", "REF*EW", "REF*X4", "REF*F4", "REF*BT", "REF*9F",
    "REF", "AMT", "K3", "NTE*ADD", "NTE*DCP", "NTE", "PS1", "HCP",
];

/// 837I, loop 2400.
pub(crate) static INSTITUTIONAL_LINE: &[&str] =
    &["LX", "SV2", "PWK", "DTP*472", "DTP", "REF*6R", "REF", "AMT", "NTE", "HCP"];

/// A name with what hangs on it.
pub(crate) static NAME: &[&str] = &["NM1", "N2", "N3", "N4", "DMG", "REF", "PER"];

/// 837P, loops 2310 by their NM101.
pub(crate) static PROFESSIONAL_NAMES: &[&str] = &["DN", "P3", "82", "77", "DQ", "PW", "45"];

/// 837I, loops 2310.
pub(crate) static INSTITUTIONAL_NAMES: &[&str] = &["71", "72", "ZZ", "77", "82", "DN"];
