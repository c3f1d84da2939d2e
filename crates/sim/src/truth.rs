//! What is true of a world: written apart from its files, read by whoever scores a program.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Why a line was refused, as its codes say it; the names of `domain/carc.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the field's own")]
pub enum Category {
    Eligibility,
    PriorAuthorization,
    MedicalNecessity,
    TimelyFiling,
    CodingModifier,
    Duplicate,
    Bundling,
    CoordinationOfBenefits,
    NonCovered,
    MissingDocumentation,
    CredentialingProvider,
    DemographicRegistration,
    BenefitMaximum,
    WorkersCompLiability,
}

impl Category {
    /// The name in truth files and in `domain/carc.csv`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Category::Eligibility => "eligibility",
            Category::PriorAuthorization => "prior_authorization",
            Category::MedicalNecessity => "medical_necessity",
            Category::TimelyFiling => "timely_filing",
            Category::CodingModifier => "coding_modifier",
            Category::Duplicate => "duplicate",
            Category::Bundling => "bundling",
            Category::CoordinationOfBenefits => "coordination_of_benefits",
            Category::NonCovered => "non_covered",
            Category::MissingDocumentation => "missing_documentation",
            Category::CredentialingProvider => "credentialing_provider",
            Category::DemographicRegistration => "demographic_registration",
            Category::BenefitMaximum => "benefit_maximum",
            Category::WorkersCompLiability => "workers_comp_liability",
        }
    }
}

/// Something that looks like a denial and is none, or is one only in part (simulator §6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trap {
    /// CO-45 alone, on a paid line.
    Contractual,
    /// CO-253.
    Sequestration,
    /// PR-1, PR-2 or PR-3 beside a payment.
    PatientShare,
    /// Nothing paid: the deductible or the copay took it all.
    DeductibleOnly,
    /// CO-237 with its incentive programme.
    Incentive,
    /// OA-23 of a second payer.
    PriorPayer,
    /// Interest beside the claim.
    Interest,
    /// Nothing paid: rolled into another line, which was paid for both.
    Bundled,
    /// One line came back as several.
    Split,
    /// More than six adjustments on one line, none of them a denial.
    ManyAdjustments,
    /// OA-94: more allowed than charged.
    AboveCharge,
    /// CO-24: paid by the head.
    Capitation,
    /// OA-18 with N522: the crossover came first.
    CrossoverDuplicate,
    /// Reversed and paid again to the cent.
    EqualRepayment,
    /// Reversed and paid otherwise.
    Repriced,
    /// CLP02 = 25.
    Predetermination,
    /// CLP02 = 23: the next payer decides.
    Forwarded,
    /// A case, on this line's refused part alone.
    PartialDenial,
    /// A case that the payer heals by itself.
    MassError,
}

impl Trap {
    /// Group (a) of simulator §6.3: never a case. The others are cases, but only what they are.
    #[must_use]
    pub const fn is_never_a_case(self) -> bool {
        match self {
            Trap::Contractual
            | Trap::Sequestration
            | Trap::PatientShare
            | Trap::DeductibleOnly
            | Trap::Incentive
            | Trap::PriorPayer
            | Trap::Interest
            | Trap::Bundled
            | Trap::Split
            | Trap::ManyAdjustments
            | Trap::AboveCharge
            | Trap::Capitation
            | Trap::CrossoverDuplicate
            | Trap::EqualRepayment
            | Trap::Repriced
            | Trap::Predetermination
            | Trap::Forwarded => true,
            Trap::PartialDenial | Trap::MassError => false,
        }
    }
}

/// Ways in which an answer or a file is broken on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChaosKind {
    /// A line's adjustments do not make up the difference of charge and payment.
    UnbalancedLine,
    /// The claim's charge is not the sum of its lines.
    UnbalancedClaim,
    /// A segment that no guide knows, or an element that cannot be read.
    Malformed,
    /// A reason code that no list has.
    UnknownCode,
    /// The same bytes again, under another name, on a later day.
    DuplicateFile,
    /// A reversal, with its correction, that is paid before what it takes back.
    OutOfOrder,
}

/// What a program must make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// This claim payment's money is quarantined, and nobody else's.
    Quarantined,
    /// A finding; everything else is taken.
    Finding,
    /// Taken with a reason that is in no playbook.
    Unmapped,
    /// Refused as taken before.
    Refused,
    /// The reversal waits, then pairs with what came later.
    WaitsThenPairs,
    /// The reversal waits: what it takes back has not come by the last day.
    Waits,
}

/// A line of a claim that was sent, after all files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineTruth {
    /// CLM01 and CLP01.
    pub claim: String,
    /// LX01, from 1.
    pub line: u16,
    /// What was billed.
    pub charge_cents: i64,
    /// Some remittance refused it, wholly or in part.
    pub denied: bool,
    /// It was refused, and no later remittance undid that.
    pub denied_finally: bool,
    /// The payer said so once in part only.
    pub partial: bool,
    /// What the codes of its latest refusal say. `None` where it was not refused, and where the
    /// category is not checked: vague codes, and errors of the payer.
    pub category: Option<Category>,
    /// The amount of its latest refusal.
    pub denied_cents: i64,
    /// The payer's rule that it fell under.
    pub rule: Option<String>,
    /// What went wrong with the claim, or was so.
    pub fault: Option<String>,
    /// Everything about it that looks like a denial and is none, or is one only in part.
    pub traps: Vec<Trap>,
    /// What all payers together paid for it, reversals counted, without `quarantined_cents`.
    pub paid_cents: i64,
    /// What claim payments that do not add up say was paid for it.
    pub quarantined_cents: i64,
    /// Its claim is broken on purpose: see the chaos of this claim. A line with a reason that no
    /// list has is not `denied` here, and is no trap either.
    pub chaos: Option<ChaosKind>,
}

impl LineTruth {
    /// Looks like a denial and must never be in a case.
    #[must_use]
    pub fn is_trap(&self) -> bool {
        !self.denied && self.chaos.is_none() && self.traps.iter().any(|one| one.is_never_a_case())
    }
}

/// A claim that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimTruth {
    /// CLM01 and CLP01.
    pub claim: String,
    /// NPI of the practice.
    pub practice: String,
    /// Its payer's id in NM1*PR.
    pub payer: String,
    /// The day of service.
    pub served_on: Date,
    /// What was billed.
    pub charge_cents: i64,
    /// A 277CA rejected it once.
    pub rejected: bool,
    /// Claim payments about it.
    pub answers: u32,
    /// As of its lines.
    pub paid_cents: i64,
    /// As of its lines.
    pub quarantined_cents: i64,
}

/// Something broken on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChaosTruth {
    /// Its name.
    pub id: String,
    /// What is wrong.
    pub kind: ChaosKind,
    /// What must become of it.
    pub end: End,
    /// The file that has it.
    pub file: String,
    /// The other file: the first of two equal ones, or the one with what was taken back.
    pub other_file: Option<String>,
    /// TRN02 of its transaction, but for a whole file.
    pub trace: Option<String>,
    /// CLP01, but for a whole file.
    pub claim: Option<String>,
    /// CLP07, but for a whole file.
    pub control: Option<String>,
}

/// Sums over a world.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Claims that were sent.
    pub claims: u64,
    /// Their lines.
    pub lines: u64,
    /// Claims that a 277CA rejected.
    pub rejected_claims: u64,
    /// Claims with a refused line.
    pub denied_claims: u64,
    /// Lines that were refused.
    pub denied_lines: u64,
    /// Of these, lines that no later remittance paid.
    pub denied_finally: u64,
    /// Refused lines whose category is checked.
    pub category_checked: u64,
    /// Lines by trap; one line may count in several.
    pub traps: BTreeMap<Trap, u64>,
    /// Lines that look like denials and must never be in a case.
    pub trap_lines: u64,
    /// Broken things by kind.
    pub chaos: BTreeMap<ChaosKind, u64>,
    /// Refused lines by category.
    pub categories: BTreeMap<Category, u64>,
    /// Paid for lines, without `quarantined_cents`.
    pub paid_cents: i64,
    /// Paid by claim payments that do not add up.
    pub quarantined_cents: i64,
    /// The sum of all BPR02, doubled files counted once.
    pub bpr_cents: i64,
    /// PLB amounts by code, doubled files counted once.
    pub plb_cents: BTreeMap<String, i64>,
    /// Files by kind.
    pub files: BTreeMap<String, u64>,
    /// Transactions ST*835, doubled files counted once.
    pub remittances: u64,
}

/// One row of the truth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A line, after all files.
    Line(LineTruth),
    /// Its claim.
    Claim(ClaimTruth),
    /// Something broken on purpose.
    Chaos(ChaosTruth),
    /// The sums, last.
    Totals(Box<Totals>),
}

/// The names of the truth files.
pub(crate) const LINES: &str = "truth_lines.jsonl";
pub(crate) const CLAIMS: &str = "truth_claims.jsonl";
pub(crate) const CHAOS: &str = "truth_chaos.jsonl";
pub(crate) const TOTALS: &str = "truth_totals.json";

/// The whole truth of a world, to look things up in.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    lines: HashMap<(String, u16), LineTruth>,
    claims: HashMap<String, ClaimTruth>,
    /// Everything broken on purpose.
    pub chaos: Vec<ChaosTruth>,
    /// The sums.
    pub totals: Totals,
}

impl Truth {
    /// Adds a row.
    pub fn add(&mut self, record: Record) {
        match record {
            Record::Line(line) => {
                self.lines.insert((line.claim.clone(), line.line), line);
            }
            Record::Claim(claim) => {
                self.claims.insert(claim.claim.clone(), claim);
            }
            Record::Chaos(chaos) => self.chaos.push(chaos),
            Record::Totals(totals) => self.totals = *totals,
        }
    }

    /// Reads the truth files of a folder.
    ///
    /// # Errors
    /// Where a file is missing or has another form.
    pub fn read(folder: &Path) -> io::Result<Truth> {
        let mut truth = Truth::default();
        rows(&folder.join(LINES), |line| truth.add(Record::Line(line)))?;
        rows(&folder.join(CLAIMS), |claim| truth.add(Record::Claim(claim)))?;
        rows(&folder.join(CHAOS), |chaos| truth.add(Record::Chaos(chaos)))?;
        let totals = BufReader::new(File::open(folder.join(TOTALS))?);
        truth.totals = serde_json::from_reader(totals)?;
        Ok(truth)
    }

    /// The line of a claim, by its number from 1.
    #[must_use]
    pub fn line(&self, claim: &str, line: u16) -> Option<&LineTruth> {
        self.lines.get(&(claim.to_owned(), line))
    }

    /// A claim by its number.
    #[must_use]
    pub fn claim(&self, claim: &str) -> Option<&ClaimTruth> {
        self.claims.get(claim)
    }

    /// Every line, in no order.
    pub fn lines(&self) -> impl Iterator<Item = &LineTruth> {
        self.lines.values()
    }

    /// Every claim, in no order.
    pub fn claims(&self) -> impl Iterator<Item = &ClaimTruth> {
        self.claims.values()
    }
}

fn rows<T: for<'a> Deserialize<'a>>(path: &Path, mut each: impl FnMut(T)) -> io::Result<()> {
    for line in BufReader::new(File::open(path)?).lines() {
        each(serde_json::from_str(&line?)?);
    }
    Ok(())
}
