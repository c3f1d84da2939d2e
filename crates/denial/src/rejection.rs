//! What comes back before adjudication: TA1, 999, 997, 277CA. A rejection is not a denial.
//!
//! A rejected claim was never judged: it gets no remittance, keeps its filing clock and stays out
//! of the denial rate. Blocks go in, acknowledgements come out one level at a time.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use x12::{Block, Finding, Kind};

use crate::claim::{ControlNumbers, Patient, PayerName};
use crate::codes::{ClaimNumber, LineControl, PayerControlNumber};
use crate::envelope::Envelope;
use crate::money::Money;
use crate::named;
use crate::phi::Phi;
use crate::remittance::Span;

mod claims;
mod syntax;

named! {
    /// Which answer it is.
    AnswerKind {
        /// TA1: whether an interchange came in.
        Interchange = "TA1",
        /// 999: whether its syntax holds.
        Syntax = "999",
        /// 997: the same, before 5010.
        OldSyntax = "997",
        /// 277CA: whether claims go on to adjudication.
        Claims = "277CA",
        /// 277: where claims stand, as asked by a 276.
        Status = "277",
    }
}

named! {
    /// What is answered.
    Level {
        /// Everything between ISA and IEA.
        Interchange = "interchange",
        /// Everything between GS and GE.
        Group = "group",
        /// One ST, or one batch.
        Transaction = "transaction",
        /// All claims of one provider in a batch.
        Provider = "provider",
        /// One claim.
        Claim = "claim",
    }
}

named! {
    /// What became of it, from what asks for nothing to what asks for work: where one answer says
    /// several things, the last of them here holds.
    Outcome {
        /// On its way (A0, A1) or under review (P0 to P5).
        Waiting = "waiting",
        /// Goes on to adjudication (A2): proof of timely filing.
        Accepted = "accepted",
        /// Goes on, with errors to mend next time.
        AcceptedWithErrors = "accepted_with_errors",
        /// Goes on as several claims (A5): expect as many payments.
        Split = "split",
        /// Adjudicated (F0 to F4): a remittance says how.
        Finished = "finished",
        /// The answer's code is in no list, or the answerer's system failed (E0 to E4).
        Unclear = "unclear",
        /// The answerer does not find it (A4, D0).
        NotFound = "not_found",
        /// The payer asks for something (R0 to R17).
        InformationRequested = "information_requested",
        /// Some transactions of the group go on; the others say so themselves.
        PartlyAccepted = "partly_accepted",
        /// Goes no further: mend it and send it anew.
        Rejected = "rejected",
    }
}

named! {
    /// Who answers.
    #[derive(Default)]
    Answerer {
        /// The payer itself (NM1*PR).
        Payer = "payer",
        /// A clearinghouse on the way (NM1*AY).
        Clearinghouse = "clearinghouse",
        /// The answer does not say.
        #[default]
        Unknown = "unknown",
    }
}

/// One answer at one level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// Which answer it is.
    pub kind: AnswerKind,
    /// What it answers.
    pub level: Level,
    /// What became of it.
    pub outcome: Outcome,
    /// Our number of the claim (TRN02, as CLM01), at the level of claims.
    pub claim: Option<ClaimNumber>,
    /// The payer's number of the claim (REF*1K).
    pub control: Option<PayerControlNumber>,
    /// The clearinghouse's number of the claim (REF*D9).
    pub clearinghouse: Option<SmolStr>,
    /// The patient, as the answer names them.
    pub patient: Phi<Patient>,
    /// The charge that is answered (STC04).
    pub charge: Option<Money>,
    /// The number of the question that is answered (TRN02 of the 276); of a 277 alone.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub question: SmolStr,
    /// What a 277 says of the payment, where it says something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<Box<ToldPayment>>,
    /// Why, in the answer's codes.
    pub codes: Vec<AnswerCode>,
    /// The day of the answer.
    pub on: Option<Date>,
    /// The day by which it wants what it asks for (DTP*106 of a 277).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_by: Option<Date>,
    /// The numbers of what is answered.
    pub answers: ControlNumbers,
    /// The provider's id, where it is said of all that a provider sent or asked.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub provider: SmolStr,
    /// Who answers.
    pub answerer: Answerer,
    /// The answerer's name and ids.
    pub from: PayerName,
    /// True where ISA15 says test.
    pub test: bool,
    /// Where its segments stand in the file.
    pub span: Span,
}

/// What a payer that was asked says of what it pays; a remittance alone pays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldPayment {
    /// How much (STC05).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// The day on which the claim was judged (STC06).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_on: Option<Date>,
    /// The day of the cheque or transfer (STC08).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_on: Option<Date>,
    /// Its number (STC09), by which the remittance is found.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub trace: SmolStr,
}

/// One reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerCode {
    /// The segment that says it: `TA1`, `IK3`, `IK4`, `IK5`, `AK9` (and AK3 to AK5) or `STC`.
    pub list: SmolStr,
    /// The code; of an STC its category, such as `A7`.
    pub code: SmolStr,
    /// Status of an STC, such as `562` (X12 code list 508).
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub status: SmolStr,
    /// Entity of an STC, such as `85`: whose fact is at fault.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub entity: SmolStr,
    /// Segment and element at fault, where the answer names them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<FaultPlace>,
    /// The claim at fault, where a 999 names it (CTX*CLM01).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<ClaimNumber>,
    /// The line at fault, where a 277CA names it (REF*FJ).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<LineControl>,
}

/// A place in the transaction that is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultPlace {
    /// Segment id, such as `CLM`.
    pub segment: SmolStr,
    /// Its number in the transaction, ST being 1.
    pub position: SmolStr,
    /// Its loop, such as `2300`, where it is named.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub within: SmolStr,
    /// Element and component, such as `5:1`.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub element: SmolStr,
    /// The element's number in X12's dictionary, such as `1331`.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub reference: SmolStr,
}

impl Outcome {
    /// True where a person has to do something: mend, look, or send what is asked for.
    #[must_use]
    pub const fn asks_for_work(self) -> bool {
        match self {
            Outcome::Rejected
            | Outcome::InformationRequested
            | Outcome::NotFound
            | Outcome::Unclear => true,
            Outcome::Waiting
            | Outcome::Accepted
            | Outcome::AcceptedWithErrors
            | Outcome::Split
            | Outcome::Finished
            | Outcome::PartlyAccepted => false,
        }
    }
}

/// What stands above the answers that come next, and which answer is being read.
#[derive(Clone, Debug, Default)]
pub struct Rejection {
    envelope: Envelope,
    kind: Option<AnswerKind>,
    above: Above,
}

/// What AK1, BHT and the levels of a 277CA say.
#[derive(Clone, Debug, Default)]
struct Above {
    answers: ControlNumbers,
    made_on: Option<Date>,
    answerer: Answerer,
    from: PayerName,
    level: SmolStr,
    provider: SmolStr,
}

impl Rejection {
    /// Reads one block. Blocks of other transactions give nothing. What is odd in the elements is
    /// added to `findings`.
    pub fn read(&mut self, block: &Block<'_>, findings: &mut Vec<Finding>) -> Vec<Acknowledgement> {
        match block.kind() {
            Kind::Envelope => {
                self.kind = None;
                let Some(opener) = block.opener() else { return Vec::new() };
                self.envelope.observe(&opener);
                syntax::receipt(self, &opener, findings).into_iter().collect()
            }
            Kind::Head => {
                self.above = Above::default();
                self.kind = claims::kind(block, &self.envelope).or_else(|| syntax::kind(block));
                self.inner(block, findings)
            }
            Kind::Unit | Kind::Tail => self.inner(block, findings),
        }
    }

    fn inner(&mut self, block: &Block<'_>, findings: &mut Vec<Finding>) -> Vec<Acknowledgement> {
        match self.kind {
            Some(AnswerKind::Syntax | AnswerKind::OldSyntax) => {
                syntax::read(self, block, findings).into_iter().collect()
            }
            Some(AnswerKind::Claims | AnswerKind::Status) => claims::read(self, block, findings),
            Some(AnswerKind::Interchange) | None => Vec::new(),
        }
    }

    /// An answer with what is known above it and nothing of its own.
    fn blank(&self, kind: AnswerKind, level: Level, span: Span) -> Acknowledgement {
        Acknowledgement {
            kind,
            level,
            outcome: Outcome::Waiting,
            claim: None,
            control: None,
            clearinghouse: None,
            patient: Phi::default(),
            charge: None,
            question: SmolStr::default(),
            payment: None,
            codes: Vec::new(),
            on: self.above.made_on.or(self.envelope.made_on).or(self.envelope.sent_on),
            required_by: None,
            answers: self.above.answers.clone(),
            provider: match level {
                Level::Provider => self.above.provider.clone(),
                Level::Interchange | Level::Group | Level::Transaction | Level::Claim => {
                    SmolStr::default()
                }
            },
            answerer: self.above.answerer,
            from: self.from(),
            test: self.envelope.test,
            span,
        }
    }

    /// Who answers; the sender of the interchange where nobody is named.
    fn from(&self) -> PayerName {
        let named = &self.above.from;
        if named.name.is_empty() && named.ids.is_empty() && !self.envelope.sender.is_empty() {
            return PayerName { name: SmolStr::default(), ids: vec![self.envelope.sender.clone()] };
        }
        named.clone()
    }
}
