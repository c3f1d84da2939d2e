//! The words of the field, the reasons, statuses, clocks and figures of the desk, each in our own
//! sentences: anchor, word, what it means here.

/// A word with what it means.
pub(crate) struct Word {
    /// Its place on the page.
    pub(crate) id: &'static str,
    pub(crate) word: &'static str,
    pub(crate) means: &'static str,
}

const fn word(id: &'static str, word: &'static str, means: &'static str) -> Word {
    Word { id, word, means }
}

/// Words that billers and payers use.
pub(crate) const FIELD: &[Word] = &[
    word(
        "adr",
        "ADR, RFI",
        "A payer's letter that asks for records or facts before it decides. It has a clock of its own; silence turns it into a denial.",
    ),
    word(
        "aged-ar",
        "Aged A/R",
        "Money that is owed and how long it has been: the older, the less of it comes. DAR is the average number of days.",
    ),
    word(
        "allowed-amount",
        "Allowed amount",
        "What a payer's contract or fee schedule says a service is worth. Charge less allowed is the contractual adjustment, not a denial.",
    ),
    word(
        "appeal-window",
        "Appeal window",
        "The days within which a payer hears an objection, counted from the notice of its decision. Each level has its own.",
    ),
    word(
        "cas",
        "Adjustment (CAS)",
        "Why a payment differs from the charge: a group that says who bears it, a reason code, an amount.",
    ),
    word(
        "carc",
        "CARC",
        "Claim adjustment reason code: the number that says why a payer took money off, such as 197 for a missing authorization.",
    ),
    word(
        "cdi-ur",
        "CDI, UR, UM",
        "Clinical documentation improvement, utilization review and management: people who see that records show the need for what was done.",
    ),
    word(
        "clean-claim-rate",
        "Clean-claim rate",
        "The share of claims that pass every check and are paid without anybody touching them again.",
    ),
    word(
        "clinical-denial",
        "Clinical denial",
        "The payer doubts the need, the place or the level of care. A technical denial is about form, dates or registration.",
    ),
    word(
        "cob",
        "COB, crossover, MSP",
        "Coordination of benefits: which payer pays first. A crossover is a claim that the first payer hands to the second; MSP are Medicare's rules for being second.",
    ),
    word(
        "corrected-claim",
        "Corrected claim",
        "The claim sent again with its fault mended: frequency code 7, with the payer's own claim number of the first one.",
    ),
    word(
        "cost-to-collect",
        "Cost to collect",
        "What the work costs that brings a dollar in. Where it costs more than it can bring, writing off is the better answer.",
    ),
    word(
        "denial",
        "Denial",
        "The payer looked at the claim and refused to pay it, wholly or for single lines. Refusals before that are rejections.",
    ),
    word(
        "external-review",
        "External review (IRO)",
        "Somebody outside the payer decides, after the payer's own levels are used up.",
    ),
    word(
        "final-denial",
        "Initial, primary, final denial",
        "The first answer; the one that counts for figures of prevention; the one after which nothing more is tried.",
    ),
    word(
        "first-pass",
        "First-pass yield",
        "What is paid on a claim's first trip, without correction or appeal.",
    ),
    word(
        "frequency-code",
        "Frequency code",
        "The digit on a claim that says what it is: 1 the first, 7 a replacement, 8 a void.",
    ),
    word(
        "group-code",
        "Group code",
        "Who bears an adjustment: CO the provider by contract, PR the patient, OA neither, PI the payer's own doing, CR a correction.",
    ),
    word(
        "hard-denial",
        "Soft and hard denial",
        "A soft one is undone by sending what is missing; a hard one needs an appeal, or stays.",
    ),
    word(
        "hold-bucket",
        "Hold bucket",
        "Claims that wait on purpose, for instance until the first payer has answered.",
    ),
    word(
        "icn",
        "ICN, DCN",
        "The number that the payer gives a claim. A replacement must carry it, or it comes back as a duplicate.",
    ),
    word(
        "interest",
        "Prompt pay, interest",
        "Payers who pay late owe interest in most states; the days and the rate are the law's.",
    ),
    word(
        "kick-code",
        "Kick code",
        "The code for which a scrubber or a clearinghouse sent a claim back.",
    ),
    word(
        "line-denial",
        "Line-item denial",
        "Single lines of a claim are refused and others paid; the case holds those that were refused.",
    ),
    word(
        "moa",
        "MOA, MIA",
        "Remarks that stand with the claim and not with a line: for outpatient and for inpatient claims.",
    ),
    word(
        "net-collection-rate",
        "Net collection rate",
        "What was paid of what could have been paid by contract.",
    ),
    word(
        "overturned",
        "Overturned, upheld",
        "After a second look the payer pays after all, or keeps its view; partly overturned is both. Dismissed means it was not heard; withdrawn means we took it back.",
    ),
    word(
        "pcn",
        "PCN",
        "Patient control number: our own number on the claim, which the remittance carries back.",
    ),
    word(
        "peer-to-peer",
        "Peer-to-peer",
        "A call between the treating provider and the payer's physician, often before an appeal and with a short clock.",
    ),
    word(
        "plb",
        "PLB, forward balance",
        "Money moved at the level of the provider and not of a claim: interest, advances, takebacks that wait for the next payment.",
    ),
    word(
        "rarc",
        "RARC",
        "Remittance advice remark code: letters and digits that say more than the reason, such as which document is missing.",
    ),
    word(
        "redetermination",
        "Redetermination to Council",
        "Medicare's levels: redetermination, reconsideration by a QIC, hearing before an ALJ, the Council, the court.",
    ),
    word(
        "reconsideration",
        "Reconsideration",
        "An informal second look that many payers offer before or beside an appeal.",
    ),
    word(
        "rejection",
        "Rejection",
        "A claim that never reached adjudication: refused by a 999 or 277CA. It counts in no denial rate, and the filing clock runs on.",
    ),
    word(
        "reopening",
        "Reopening",
        "The payer mends a small slip of a decided claim without an appeal.",
    ),
    word(
        "retro-authorization",
        "Retro-authorization",
        "Permission given after the service; some payers give it within days and for reasons that they name.",
    ),
    word(
        "scrubber",
        "Claim scrubber, edit",
        "Rules that look at a claim before it goes out. An edit is one of them, also on the payer's side.",
    ),
    word(
        "soft-write-off",
        "Avoidable write-off",
        "Money given up that correct work in time would have kept. Contractual write-offs are not among them.",
    ),
    word(
        "takeback",
        "Takeback, recoupment, offset",
        "The payer wants money back and takes it from a later payment. The first payment is reversed on a remittance and the case opens again.",
    ),
    word(
        "timely-filing",
        "Timely filing",
        "The days from the service within which a claim must reach the payer. Proof of timely filing is the acceptance that a 999 or 277CA gave.",
    ),
    word(
        "underpayment",
        "Underpayment, variance",
        "Paid, but less than the contract says; the difference is the variance.",
    ),
    word(
        "worklist",
        "Worklist, tickler",
        "Cases in the order in which they should be worked; a tickler is the day on which one comes back by itself.",
    ),
    word(
        "write-off",
        "Write-off",
        "Money given up for good. Here it is given up from review alone and above a limit with a second person's word.",
    ),
    word(
        "zero-pay",
        "Zero pay",
        "A claim paid with nothing. Only the adjustments tell whether that is a denial, a deductible or a payment by another.",
    ),
];

/// Why payers deny: the names that cases stand under.
pub(crate) const REASONS: &[Word] = &[
    word(
        "reason-eligibility",
        "Eligibility",
        "The patient was not covered on the day, or the payer does not find them. Check the cover of that day before anything else.",
    ),
    word(
        "reason-authorization",
        "Authorization",
        "Permission or referral is missing, used up or for something else.",
    ),
    word(
        "reason-medical_necessity",
        "Medical necessity",
        "The payer does not see from what it has that the service was needed. Records and a letter decide it.",
    ),
    word(
        "reason-timely_filing",
        "Timely filing",
        "The claim came after the filing limit, says the payer. Proof of an earlier acceptance wins it, nothing else does.",
    ),
    word(
        "reason-coding_or_modifier",
        "Coding or modifier",
        "A code or modifier is wrong, missing or does not go with another. A coder decides before it is changed.",
    ),
    word(
        "reason-duplicate",
        "Duplicate",
        "The payer believes it saw this claim before. A real second service needs to be told apart; a corrected claim needs its number.",
    ),
    word(
        "reason-bundling",
        "Bundling",
        "The payer counts the service as part of another one of the same day.",
    ),
    word(
        "reason-coordination_of_benefits",
        "Coordination of benefits",
        "Another payer comes first, or the first one's answer was not sent along.",
    ),
    word(
        "reason-non_covered",
        "Non-covered",
        "The plan does not pay for this at all. Check whether the plan or the code is the right one; else it is the patient's or ours.",
    ),
    word(
        "reason-missing_documentation",
        "Missing documentation",
        "Records were asked for or did not arrive.",
    ),
    word(
        "reason-credentialing",
        "Credentialing",
        "The provider is not enrolled, not certified or not in the network on that day.",
    ),
    word(
        "reason-registration",
        "Registration",
        "Names, numbers or dates of the patient, the insured or the claim are wrong or missing.",
    ),
    word(
        "reason-benefit_maximum",
        "Benefit maximum",
        "The visits, units or money of the period are used up.",
    ),
    word(
        "reason-other_insurer",
        "Other insurer",
        "An accident at work or on the road: another insurer answers for it.",
    ),
    word(
        "reason-unmapped",
        "Unmapped",
        "No rule says what the payer's code means. A supervisor maps it, and every case that waits is filed anew.",
    ),
];

/// Where a case stands.
pub(crate) const STATUSES: &[Word] = &[
    word("status-new", "New", "Opened from a remittance or paper; nobody has looked at it yet."),
    word(
        "status-in_review",
        "In review",
        "Somebody has looked and it is ours to work. Everything comes back here, and only from here money can be given up.",
    ),
    word(
        "status-corrected_and_resubmitted",
        "Corrected and resubmitted",
        "A corrected claim was sent; nothing proves yet that it arrived.",
    ),
    word("status-appealed", "Appealed", "An appeal was sent; nothing proves yet that it arrived."),
    word(
        "status-pending_payer_response",
        "Pending payer response",
        "A receipt proves that the payer has what we sent. From here its own clock runs.",
    ),
    word("status-overturned", "Overturned", "The payer gave way; the money is still to be posted."),
    word(
        "status-paid",
        "Paid",
        "Closed: every cent of the denied amount is explained and nothing was given up.",
    ),
    word("status-written_off", "Written off", "Closed: some of the denied amount was given up."),
];

/// What runs out.
pub(crate) const CLOCKS: &[Word] = &[
    word(
        "clock-timely_filing",
        "Timely filing",
        "The last day for the first claim, counted from the service.",
    ),
    word(
        "filing-left",
        "File by",
        "A rejected claim was never filed, so timely filing runs on: the payer's window from the service of the claim, and the soonest where several were refused together. Not configured where the payer's rules have no window that counts from the service.",
    ),
    word(
        "clock-corrected_claim",
        "Corrected claim",
        "The last day for a replacement, counted from the service or from the payer's answer, as its rule says.",
    ),
    word(
        "clock-reconsideration",
        "Reconsideration",
        "The last day to ask for an informal second look.",
    ),
    word(
        "clock-appeal",
        "Appeal",
        "The last day for an appeal of that level, counted from the notice of the decision before it.",
    ),
    word("clock-external_review", "External review", "The last day to go outside the payer."),
    word(
        "clock-records_request",
        "Records request",
        "The last day for records that the payer asked for.",
    ),
    word(
        "clock-payers_answer",
        "Payer's answer",
        "The day by which the payer should have answered; after it one asks.",
    ),
    word(
        "clock-not-configured",
        "Not configured",
        "No rule of this payer says how long. It is never guessed: add the window with its source to the payer's file.",
    ),
    word(
        "clock-ours",
        "Ours by",
        "The desk's own day, some days before the payer's, so that nothing is sent on the last one.",
    ),
];
