//! What a rule prepares for a person to approve: a correction that the payer's own answers prove,
//! an appeal whose acceptance in time is on file. It is judged before the turn to write, and kept
//! in it unless somebody began one meanwhile. Nothing is signed, and nothing leaves.

use std::collections::HashMap;

use anyhow::Context;
use denial::actions::{Mode, Prepares, Rule};
use denial::appeal::templates;
use denial::correction::{Corrected, Edit, Fault, Field, Original, Who};
use denial::denial::Denial;
use denial::evidence::{Evidence, person};
use denial::letter::LetterKind;
use denial::lifecycle::Action;
use denial::lifecycle::evidence::Frequency;
use denial::person::Moment;
use denial::proven::{self, Prepared, Unproven};
use denial::timely::Filing;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::Tx;
use store::corrections::Correction;
use store::journal::Entry;

use crate::acting::Known;
use crate::correcting::{self, Copied, Subject};
use crate::documents::{self, Arriving, Received};
use crate::outbox::filing;
use crate::practice::{Office, is_of_database};
use crate::{act, drafts, evidence, identity, proof_sheet, resent};

/// What a case holds for a rule that would prepare something.
pub(crate) enum Found {
    /// Somebody began one, or what went last has no answer.
    Begun,
    /// Nothing proves it.
    Not {
        why: Unproven,
        /// A mark of what was looked at.
        evidence: String,
    },
    /// It is proven.
    Proven(Box<Proven>),
}

/// What can be prepared.
pub(crate) struct Proven {
    /// What proves it, in words.
    pub(crate) proof: String,
    /// A mark of what was looked at.
    pub(crate) evidence: String,
    /// The version of the case that was looked at.
    version: u32,
    /// The save of the case's correction that was read: 0 where there was none.
    corrected: u32,
    what: What,
}

enum What {
    /// A correction.
    Correction(Correction),
    /// An appeal by a template; with its proof, where the case has none yet.
    Appeal { template: String, sheet: Option<Received> },
}

/// What was judged of some cases, before the turn to write.
#[derive(Default)]
pub(crate) struct Ready {
    found: HashMap<(String, Prepares), Found>,
    /// What came in; dropped with all of it once that is durable.
    arriving: Vec<Arriving>,
}

impl Ready {
    pub(crate) fn of(&self, case: &Denial, what: Prepares) -> Option<&Found> {
        self.found.get(&(case.id.to_string(), what))
    }
}

/// True where some rules have something to do with a case; what they would prepare is judged and
/// set now, so that no turn waits for it.
///
/// # Errors
/// The database.
pub(super) async fn is_ready(
    office: &Office,
    case: &Denial,
    rules: &[&Rule],
    (known, ready): (&Known, &mut Ready),
) -> anyhow::Result<bool> {
    let mut waits = rules.iter().any(|rule| rule.prepares().is_none());
    for what in Prepares::ALL.iter().copied() {
        let own = rules.iter().filter(|rule| rule.prepares() == Some(what));
        let own: Vec<&Rule> = own.copied().collect();
        if own.is_empty() {
            continue;
        }
        let acts = own.iter().any(|rule| rule.mode == Mode::On);
        match set(office, case, what, acts).await {
            Ok(found) => {
                waits |= own.iter().any(|rule| found.is_new(known.refused_on(rule, case)));
                ready.found.insert((case.id.to_string(), what), found);
            }
            Err(fault) if is_of_database(&fault) => return Err(fault),
            // One that cannot be read keeps no other from it.
            Err(fault) => {
                tracing::error!("what proves case {} cannot be read: {fault}", case.id);
            }
        }
    }
    Ok(waits)
}

impl Found {
    /// True where it is another than what a rule was refused on.
    fn is_new(&self, refused_on: Option<&str>) -> bool {
        match self {
            Found::Begun => false,
            Found::Not { evidence, .. } => refused_on != Some(evidence.as_str()),
            Found::Proven(_) => true,
        }
    }
}

/// What a case holds, with the sheet that goes with it where a rule acts.
async fn set(office: &Office, case: &Denial, what: Prepares, acts: bool) -> anyhow::Result<Found> {
    let mut found = judged(office, case, what).await?;
    if let (Found::Proven(proven), true) = (&mut found, acts) {
        proven.set(office, case).await?;
    }
    Ok(found)
}

/// What a case holds for a rule that would prepare something.
///
/// # Errors
/// The database or a kept file.
pub(crate) async fn judged(
    office: &Office,
    case: &Denial,
    what: Prepares,
) -> anyhow::Result<Found> {
    let mut tx = office.read().await?;
    let base = correcting::base(&mut tx, office, case).await?;
    let kept = tx.correction(case.id.as_str()).await?;
    let is_written = kept.as_ref().is_some_and(|kept| {
        !base.as_ref().is_some_and(|base| correcting::went_out(kept, base, case))
    });
    let is_begun = is_written || has_draft(&mut tx, case).await?;
    if is_begun || resent::of_one(&mut tx, office, case).await?.is_some() {
        return Ok(Found::Begun);
    }
    let claims = tx.names_of(&[case.claim.to_string()]).await?;
    let why = match &base {
        None => Some(Unproven::NoClaim),
        Some(_) if !tx.protected_among(&claims).await?.is_empty() => Some(Unproven::Protected),
        Some(_) => None,
    };
    if let Some(why) = why {
        let evidence = mark(Vec::new(), &why.to_string());
        return Ok(Found::Not { why, evidence });
    }
    let base = base.context("it was looked at")?;
    let read = kept.map_or(0, |kept| kept.version);
    match what {
        Prepares::Correction => correction(&mut tx, office, case, (base, read)).await,
        Prepares::Appeal => appeal(&mut tx, office, (case, read), &claims).await,
    }
}

/// True where a letter of the case is being written.
async fn has_draft(tx: &mut Tx, case: &Denial) -> Result<bool, store::Error> {
    let drafts = tx.drafts_of(case.id.as_str()).await?;
    Ok(drafts.iter().any(|one| one.state.is_open() && !drafts::was_sent(one, case)))
}

/// True where a sheet of timely filing is among the documents of a case.
fn has_sheet(case: &Denial) -> bool {
    case.documents.iter().any(|one| one.what == proof_sheet::WHAT)
}

/// A mark of what was looked at and what it came to: another where either is another.
fn mark(mut seen: Vec<String>, came: &str) -> String {
    seen.sort();
    seen.push(came.to_owned());
    hex::encode(&Sha256::digest(seen.join(" ").as_bytes())[..8])
}

/// Answers about the claim's patient, by member id, number or name, with their places.
async fn answers(
    tx: &mut Tx,
    claim: &denial::claim::Claim,
) -> anyhow::Result<(Vec<Evidence>, Vec<String>)> {
    let (member, number) = Evidence::keys_of(claim);
    let mut rows = tx.evidence_of(&member, &number).await?;
    rows.extend(tx.evidence_named(&person(claim.patient.reveal())).await?);
    rows.sort_by(|one, other| (&one.file, one.n).cmp(&(&other.file, other.n)));
    rows.dedup_by(|one, other| (&one.file, one.n) == (&other.file, other.n));
    let seen = rows.iter().map(|row| format!("{}/{}", row.file, row.n)).collect();
    let all = rows.iter().map(evidence::parsed).collect::<anyhow::Result<_>>()?;
    Ok((all, seen))
}

async fn correction(
    tx: &mut Tx,
    office: &Office,
    case: &Denial,
    (base, read): (Copied, u32),
) -> anyhow::Result<Found> {
    let (answers, mut seen) = answers(tx, &base.claim).await?;
    seen.push(format!("{}/{}", base.file, base.n));
    let not = |why: Unproven, seen: Vec<String>| {
        let evidence = mark(seen, &why.to_string());
        Ok(Found::Not { why, evidence })
    };
    let found = match proven::correction(case, &base.claim, &answers, &office.rules) {
        Ok(found) => found,
        Err(why) => return not(why, seen),
    };
    let Ok(subject) = correcting::subject(tx, office, case.clone()).await? else {
        return not(Unproven::NoClaim, seen);
    };
    let edit = match checked(&subject, &found, office) {
        Ok(edit) => edit,
        Err(why) => return not(why, seen),
    };
    let row = Correction {
        denial: case.id.to_string(),
        version: read,
        file: subject.base.file,
        n: subject.base.n,
        changed_at: String::new(),
        changed_by: String::new(),
        edit,
    };
    Ok(Found::Proven(Box::new(Proven {
        evidence: mark(seen, &found.proof),
        proof: found.proof,
        version: case.version,
        corrected: read,
        what: What::Correction(row),
    })))
}

/// The correction with what is proven and nothing else, where it passes what a person's has to.
fn checked(
    subject: &Subject,
    found: &proven::Correction,
    office: &Office,
) -> Result<Edit, Unproven> {
    if found.is_of_patient() && !is_subscriber(&subject.original) {
        return Err(Unproven::Dependant);
    }
    let frequency = subject.usual();
    if frequency == Frequency::Void {
        return Err(Unproven::VoidFirst);
    }
    let mut edit = Edit::new(frequency);
    for (field, text) in &found.sets {
        edit.take(&subject.original, *field, text.reveal());
    }
    let corrected = subject.corrected(&edit, office);
    match fault(&corrected, found) {
        Some(why) => Err(Unproven::Faulty(why)),
        None => Ok(edit),
    }
}

/// What is wrong with it, by the names of fields alone.
fn fault(corrected: &Corrected, found: &proven::Correction) -> Option<String> {
    if let Some(refusal) = &corrected.refusal {
        return Some(refusal.to_string());
    }
    if let Some(Fault { field, .. }) = corrected.faults.first() {
        return Some(
            field.map_or_else(|| "the claim as a whole".to_owned(), |one| one.to_string()),
        );
    }
    let is_told = |field: Field| {
        let is_envelope = matches!(field, Field::Frequency | Field::Replaces);
        is_envelope || found.sets.iter().any(|(one, _)| *one == field)
    };
    let more = corrected.needs_coder() || !corrected.changes.iter().all(|one| is_told(one.field));
    if more {
        return Some("more would change than is proven".to_owned());
    }
    (!corrected.corrects()).then(|| "the claim says so already".to_owned())
}

/// True where the patient is the subscriber, whose member id and name the claim carries.
fn is_subscriber(original: &Original) -> bool {
    let draft = original.draft();
    let same = |of: fn(Who) -> Field| {
        draft.value(of(Who::Subscriber)).reveal() == draft.value(of(Who::Patient)).reveal()
    };
    same(Field::Family) && same(Field::Given) && same(Field::Born)
}

async fn appeal(
    tx: &mut Tx,
    office: &Office,
    (case, read): (&Denial, u32),
    claims: &[String],
) -> anyhow::Result<Found> {
    let (rules, today) = (&*office.rules, office.moment().today);
    let filing = filing::filing(tx, office, claims).await?;
    let sent = tx.versions_among(claims).await?;
    let is_ours = sent.iter().all(|one| denial::resent::is_of(case, &one.body, rules));
    let letter = templates(rules, case, LetterKind::Appeal, today).first().map(|one| one.id());
    let judged = match letter {
        Some(_) if !is_ours => Err(Unproven::OtherPayer),
        Some(template) => {
            proven::appeal(case, &filing, rules, today).map(|proof| (proof, template))
        }
        None => Err(Unproven::NoLetter),
    };
    Ok(match judged {
        Err(why) => Found::Not { evidence: mark(seen(&filing), &why.to_string()), why },
        Ok((proof, template)) => Found::Proven(Box::new(Proven {
            evidence: mark(seen(&filing), &proof),
            proof,
            version: case.version,
            corrected: read,
            what: What::Appeal { template, sheet: None },
        })),
    })
}

fn seen(filing: &Filing) -> Vec<String> {
    let versions = filing.versions.iter().map(|one| format!("{} {}", one.on, one.file));
    let proofs = filing.proofs.iter().map(|one| format!("{} {}", one.on, one.file));
    versions.chain(proofs).collect()
}

impl Proven {
    /// Sets the sheet that goes with an appeal, where the case has none; outside the turn to write.
    ///
    /// # Errors
    /// The database or a kept file.
    async fn set(&mut self, office: &Office, case: &Denial) -> anyhow::Result<()> {
        let What::Appeal { sheet, .. } = &mut self.what else { return Ok(()) };
        if sheet.is_some() || has_sheet(case) {
            return Ok(());
        }
        let mut tx = office.read().await?;
        let claims = tx.names_of(&[case.claim.to_string()]).await?;
        let read = proof_sheet::read(&mut tx, office, (case.number.as_str(), &claims)).await?;
        drop(tx);
        let (name, pdf) = (format!("{}.pdf", proof_sheet::WHAT), read.pdf().await?);
        *sheet = Some(documents::written(office, &name, "application/pdf", pdf).await?);
        Ok(())
    }
}

/// Keeps what was judged of a case, in the turn; none where somebody began one meanwhile, or the
/// case moved since. Gives the case after it.
///
/// # Errors
/// The database, or the folder of documents.
pub(crate) async fn keep(
    tx: &mut Tx,
    office: &Office,
    (case, read): (&Denial, u32),
    (rule, what): (&Rule, Prepares),
    (ready, moment): (&mut Ready, &Moment),
) -> anyhow::Result<Option<Denial>> {
    let key = (case.id.to_string(), what);
    let Some(Found::Proven(proven)) = ready.found.remove(&key) else { return Ok(None) };
    if proven.version != read || moved(tx, office, case, proven.corrected).await? {
        return Ok(None);
    }
    let prepared = Prepared { rule: rule.name.clone(), proof: proven.proof };
    match proven.what {
        What::Correction(row) => {
            let is_kept = save(tx, row, proven.corrected, (prepared, moment)).await?;
            Ok(is_kept.then(|| case.clone()))
        }
        What::Appeal { template, sheet } => {
            let case = match sheet {
                None if !has_sheet(case) => return Ok(None),
                None => case.clone(),
                Some(sheet) => {
                    let (hash, arriving) = sheet.keep(tx, office).await?;
                    ready.arriving.push(arriving);
                    attached(tx, office, (case, moment), &hash).await?
                }
            };
            let is_begun =
                drafts::prepare(tx, office, &case, (&template, prepared), moment).await?;
            Ok(is_begun.then_some(case))
        }
    }
}

/// True where somebody began a correction or a letter since it was judged, the claim went again, or
/// became a specially protected record.
async fn moved(
    tx: &mut Tx,
    office: &Office,
    case: &Denial,
    corrected: u32,
) -> anyhow::Result<bool> {
    let now = tx.correction(case.id.as_str()).await?.map_or(0, |one| one.version);
    if now != corrected || has_draft(tx, case).await? {
        return Ok(true);
    }
    let claims = tx.names_of(&[case.claim.to_string()]).await?;
    let went = resent::of_one(tx, office, case).await?.is_some();
    Ok(went || !tx.protected_among(&claims).await?.is_empty())
}

async fn save(
    tx: &mut Tx,
    mut row: Correction,
    read: u32,
    (prepared, moment): (Prepared, &Moment),
) -> anyhow::Result<bool> {
    let fields: Vec<&String> = row.edit.typed.keys().collect();
    let facts = json!({ "fields": fields, "rule": prepared.rule, "proof": prepared.proof });
    let entry = Entry::new(&row.denial, "correction.prepared", &facts);
    row.edit.prepared = Some(prepared);
    match tx.save_correction(&row, read, entry, moment).await {
        Ok(()) => Ok(true),
        Err(store::Error::Stale { .. } | store::Error::Missing { .. }) => Ok(false),
        Err(other) => Err(other.into()),
    }
}

async fn attached(
    tx: &mut Tx,
    office: &Office,
    (case, moment): (&Denial, &Moment),
    hash: &str,
) -> anyhow::Result<Denial> {
    let document = identity::document(hash).context("a hash")?;
    let what = proof_sheet::WHAT.into();
    let action = Action::AttachDocument { document, what, notice_on: None };
    Ok(act::do_by_itself(tx, office, moment, case, &action).await?)
}
