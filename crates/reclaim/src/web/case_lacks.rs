//! What the record of a case lacks, in words.

use denial::completeness::Fact;

/// What is missing, and what brings it.
pub(crate) const fn lacks(fact: Fact) -> &'static str {
    match fact {
        Fact::Claim => "the claim as billed: take its 837 in",
        Fact::Patient => "the patient's name or member id",
        Fact::Provider => "the billing provider: it comes with the 837",
        Fact::Payer => "the payer in the rules: add a file or an alias for it",
        Fact::Plan => "the line of business: it comes with the 837 or the payer's file",
        Fact::Service => "the day of service, or the code of a line",
        Fact::Reason => "the reason of a line",
        Fact::Control => "the payer's number of the claim",
        Fact::Clocks => "the rule of a clock: not configured",
        Fact::Expected => "what the contract would have paid: not configured",
    }
}
