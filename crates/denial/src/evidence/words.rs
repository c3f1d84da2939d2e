//! Codes of 271 and 278 in our own words (X12 elements 1390, 306, 901).

/// EB01, where it says how the cover stands.
pub(super) fn standing(code: &str) -> Option<Standing> {
    match code {
        "1" | "2" | "3" | "4" => Some(Standing::Active),
        "5" => Some(Standing::ActivePending),
        "6" | "7" | "8" => Some(Standing::Inactive),
        _ => None,
    }
}

/// How cover stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Active,
    /// The payer still looks into it.
    ActivePending,
    Inactive,
}

/// HCR01.
pub(super) fn action(code: &str) -> &'static str {
    match code {
        "A1" => "certified",
        "A2" => "certified in part",
        "A3" => "not certified",
        "A4" => "pended",
        "A6" => "modified",
        "C" => "canceled",
        "CT" => "the payer asks for a call",
        "NA" => "no action is required",
        _ => "answered with a code that is not known here",
    }
}

/// AAA03: why a question was refused.
pub(super) fn refusal(code: &str) -> &'static str {
    match code {
        "42" => "the payer's system did not answer",
        "43" | "51" => "the provider was not recognized",
        "56" | "57" | "60" | "61" | "62" | "63" => "a date was not accepted",
        "58" => "the date of birth was not accepted",
        "64" => "the patient's id was not accepted",
        "65" | "67" | "71" | "72" | "73" | "75" => "the patient was not matched",
        "78" => "the subscriber is in no plan of that group",
        _ => "a reason that is not known here",
    }
}
