//! What is on file of a case for its packet: the claim, what the payer said, the documents, and
//! what the fields of letters come to.

use anyhow::Context;
use denial::appeal::{Around, Content, Draft, Facts, Stop, of_parts, stops};
use denial::claim::Claim;
use denial::denial::Denial;
use denial::ids::DocumentId;
use denial::letter::{self, Field, Letter, LetterKind, Values};
use denial::remittance::{ClaimPayment, RemittanceHead};
use denial::rules::Rules;
use jiff::civil::Date;
use store::Tx;
use store::claims::ClaimRow;
use store::remittances::ClaimPaymentRow;

use crate::practice::Office;
use crate::{identity, settle};

/// Everything that a packet may tell.
pub(crate) struct Dossier {
    pub(crate) case: Denial,
    pub(crate) practice: String,
    /// What stands below its name, line by line.
    pub(crate) letterhead: Vec<String>,
    pub(crate) claim: Option<Claim>,
    /// The payment that denied, else the last that the payer said.
    pub(crate) payment: Option<ClaimPayment>,
    /// What its remittance says of itself.
    pub(crate) head: Option<RemittanceHead>,
    /// The payment's own segments, line by line.
    pub(crate) segments: Vec<String>,
    pub(crate) papers: Vec<Paper>,
    pub(crate) protected: bool,
    pub(crate) values: Values,
    pub(crate) meanings: Meanings,
}

/// Reasons and remarks in our words, for the codes of the payment.
pub(crate) type Meanings = Vec<(String, String)>;

/// A document of the case.
#[derive(Clone, Debug)]
pub(crate) struct Paper {
    pub(crate) id: DocumentId,
    /// What it is, in the playbook's words.
    pub(crate) what: String,
    pub(crate) hash: String,
    pub(crate) name: String,
    pub(crate) media: String,
}

impl Dossier {
    /// Reads it for a letter of a kind and level.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn of(
        tx: &mut Tx,
        office: &Office,
        case: Denial,
        (kind, level): (LetterKind, u8),
    ) -> anyhow::Result<Dossier> {
        let claims = tx.names_of(&[case.claim.to_string()]).await?;
        let known = tx.claims(&claims).await?;
        let row = known.values().find(|row| row.body.is_some());
        let claim = row.map(ClaimRow::billed).transpose()?.flatten();
        let spoken = denying(tx, &case, &claims).await?;
        let payment = spoken.as_ref().map(settle::payment).transpose()?;
        let head = match &spoken {
            Some(row) => tx.remittance(&row.remittance).await?,
            None => None,
        };
        let head: Option<RemittanceHead> = head
            .map(|row| serde_json::from_str(&row.head))
            .transpose()
            .context("a kept remittance head is JSON")?;
        let practice = office.clinic.name.clone();
        let rules = &office.rules;
        let facts = Facts {
            case: &case,
            claim: claim.as_ref(),
            payment: payment.as_ref(),
            trace: spoken.as_ref().map(|row| row.trace.as_str()).unwrap_or_default(),
            practice: &practice,
            kind,
            level,
            today: office.moment().today,
            rules,
        };
        let values = facts.values();
        Ok(Dossier {
            papers: papers(tx, &case).await?,
            protected: !tx.protected_among(&claims).await?.is_empty(),
            meanings: payment.as_ref().map(|one| meanings(one, rules)).unwrap_or_default(),
            segments: spoken.as_ref().map(settle::segment_texts).unwrap_or_default(),
            letterhead: tx.letterhead().await?.lines().map(str::to_owned).collect(),
            case,
            practice,
            claim,
            payment,
            head,
            values,
        })
    }

    /// The same for a letter as it stands: what its own parts come to.
    pub(crate) fn with(mut self, content: &Content) -> Dossier {
        self.values.retain(|field, _| !matches!(field, Field::Table | Field::PayerPolicy));
        self.values.extend(of_parts(content, &self.case));
        self
    }

    /// A document of the case.
    pub(crate) fn paper(&self, id: &DocumentId) -> Option<&Paper> {
        self.papers.iter().find(|one| one.id == *id)
    }

    /// A text with its fields.
    pub(crate) fn filled(&self, text: &str) -> String {
        letter::filled(text, &self.values)
    }

    /// What stops a draft.
    pub(crate) fn stops(&self, draft: &Draft, rules: &Rules, today: Date) -> Vec<Stop> {
        stops(draft, &self.around(draft, rules, today))
    }

    /// What a draft is judged by.
    pub(crate) fn around<'a>(&'a self, draft: &Draft, rules: &'a Rules, today: Date) -> Around<'a> {
        let letter = template(rules, draft);
        let (case, values, protected) = (&self.case, &self.values, self.protected);
        Around { case, letter, values, protected, today, rules }
    }
}

/// The template of a draft, where the rules still have it.
pub(crate) fn template<'a>(rules: &'a Rules, draft: &Draft) -> Option<&'a Letter> {
    rules.letters.iter().find(|one| one.id() == draft.template)
}

/// The payment of the remittance that denied last, else the last that was said.
async fn denying(
    tx: &mut Tx,
    case: &Denial,
    claims: &[String],
) -> anyhow::Result<Option<ClaimPaymentRow>> {
    let mut rows = settle::said(tx, claims).await?;
    let denied = rows.iter().rposition(|row| row.remittance == case.remittance.as_str());
    let at = denied.or_else(|| rows.len().checked_sub(1));
    Ok(at.map(|at| rows.swap_remove(at)))
}

async fn papers(tx: &mut Tx, case: &Denial) -> anyhow::Result<Vec<Paper>> {
    let mut papers: Vec<Paper> = Vec::with_capacity(case.documents.len());
    for one in &case.documents {
        if papers.iter().any(|there| there.id == one.document) {
            continue;
        }
        let Some(beginning) = identity::beginning(&one.document) else { continue };
        let Some(row) = tx.document_beginning(&beginning).await? else { continue };
        papers.push(Paper {
            id: one.document.clone(),
            what: one.what.to_string(),
            hash: row.hash,
            name: row.name,
            media: row.media,
        });
    }
    Ok(papers)
}

/// Each code of a payment with its meaning, once.
fn meanings(payment: &ClaimPayment, rules: &Rules) -> Meanings {
    let lines = || payment.lines.iter();
    let adjustments = payment.adjustments.iter().chain(lines().flat_map(|line| &line.adjustments));
    let remarks = payment.remarks.iter().chain(lines().flat_map(|line| &line.remarks));
    let unknown = || "not in our list of meanings".to_owned();
    let reason = |one: &denial::remittance::Adjustment| {
        let meaning = rules.wording.carc(&one.reason);
        let code = format!("{}-{}", one.group, one.reason);
        (code, meaning.map_or_else(unknown, |meaning| meaning.text.to_string()))
    };
    let remark = |one: &denial::remittance::Remark| {
        let meaning = rules.wording.rarc(&one.code);
        (one.code.to_string(), meaning.map_or_else(unknown, |meaning| meaning.text.to_string()))
    };
    let mut all: Meanings = Vec::new();
    for pair in adjustments.map(reason).chain(remarks.map(remark)) {
        if !all.contains(&pair) {
            all.push(pair);
        }
    }
    all
}
