//! Why a payer took money off, in plain words: group, reason and remarks with their meanings.

use denial::adjudication::denies;
use denial::codes::{Carc, Group};
use denial::denial::{Denial, DeniedLine};
use denial::money::Money;
use denial::payer::PayerRules;
use denial::playbook::Ruling;
use denial::remittance::{Adjustment, Remark};
use denial::rules::{Meaning, Rules};
use jiff::civil::Date;

use crate::web::words;

/// One adjustment, explained.
#[derive(Clone)]
pub(crate) struct Reason {
    /// `CO-197`.
    pub(crate) code: String,
    /// What the reason means.
    pub(crate) meaning: String,
    /// Who bears it.
    pub(crate) bearer: String,
    /// What it is by the playbook: a denial, the contract, the patient's share.
    pub(crate) kind: String,
    pub(crate) denies: bool,
    pub(crate) amount: Money,
    pub(crate) units: String,
}

/// One remark, explained.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) code: String,
    /// The list it stands in: LQ, MOA, MIA.
    pub(crate) list: String,
    pub(crate) meaning: String,
}

/// What a code means, or that the lists do not know it.
fn meaning(found: Option<&Meaning>) -> String {
    match found {
        Some(found) if found.retired => format!("{} (a retired code)", found.text),
        Some(found) => found.text.to_string(),
        None => "Not in the code lists; see the payer's own list".to_owned(),
    }
}

/// Where and when adjustments stand, which decides what they are.
pub(crate) struct Context<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) payer: Option<&'a PayerRules>,
    pub(crate) remarks: &'a [Remark],
    pub(crate) on: Option<Date>,
}

impl Context<'_> {
    /// Adjustments, explained.
    pub(crate) fn reasons(&self, adjustments: &[Adjustment]) -> Vec<Reason> {
        adjustments.iter().map(|one| self.reason(one)).collect()
    }

    fn reason(&self, one: &Adjustment) -> Reason {
        let ruling = self.ruling(&one.group, &one.reason);
        Reason {
            code: format!("{}-{}", one.group, one.reason),
            meaning: meaning(self.rules.wording.carc(&one.reason)),
            bearer: meaning(self.rules.wording.group(&one.group)),
            kind: words::label(ruling.kind.as_str()),
            denies: denies(&ruling),
            amount: one.amount,
            units: one.units.map(|units| units.to_string()).unwrap_or_default(),
        }
    }

    fn ruling(&self, group: &Group, reason: &Carc) -> Ruling {
        self.rules.playbook.ruling(self.payer, group, reason, self.remarks, self.on)
    }
}

/// Remarks, explained.
pub(crate) fn remarks(remarks: &[Remark], rules: &Rules) -> Vec<Said> {
    let said = |one: &Remark| Said {
        code: one.code.to_string(),
        list: one.list.to_string(),
        meaning: meaning(rules.wording.rarc(&one.code)),
    };
    remarks.iter().map(said).collect()
}

/// Why a line was denied: every adjustment of it.
pub(crate) fn of_line(line: &DeniedLine, case: &Denial, rules: &Rules) -> Vec<Reason> {
    let payer = rules.payer(&case.payer_name, case.plan);
    let context = Context { rules, payer, remarks: &line.remarks, on: line.denied_on };
    context.reasons(&line.adjustments)
}

/// The reasons that deny on a case, each once, the largest first: code and meaning.
pub(crate) fn leading(case: &Denial, rules: &Rules) -> Vec<Reason> {
    let mut found: Vec<Reason> = Vec::new();
    let all = case.lines.iter().flat_map(|line| of_line(line, case, rules));
    for reason in all.filter(|reason| reason.denies) {
        match found.iter_mut().find(|known| known.code == reason.code) {
            Some(known) => known.amount += reason.amount,
            None => found.push(reason),
        }
    }
    found.sort_by_key(|reason| -reason.amount);
    found
}

/// The remarks of a case's lines, each once.
pub(crate) fn remarks_of(case: &Denial, rules: &Rules) -> Vec<Said> {
    let mut found: Vec<Said> = Vec::new();
    for said in case.lines.iter().flat_map(|line| remarks(&line.remarks, rules)) {
        if !found.iter().any(|known| known.code == said.code) {
            found.push(said);
        }
    }
    found
}
