//! A claim is corrected on a copy of its newest version, and leaves by the outbox once nothing
//! speaks against it.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::ErrorKind;

use anyhow::Context;
use denial::claim::Claim;
use denial::codes::ClaimNumber;
use denial::correction::{
    self, Change, Corrected, Draft, Edit, NotWritten, Original, Originals, Sending, Terms,
};
use denial::denial::{Channel, Denial, Status};
use denial::ids::ClaimId;
use denial::lifecycle::Action;
use denial::lifecycle::action::Resubmission;
use denial::lifecycle::evidence::{Frequency, Submission};
use denial::outgoing::Kind;
use denial::person::Role;
use denial::{next_action, resent};
use serde_json::{Value, json};
use store::Tx;
use store::corrections::Correction;
use store::journal::Entry;
use store::matches::group;
use store::outgoing::Outgoing;
use store::resent::Billed;
use x12::Reader;

use crate::documents::{Arriving, Documents};
use crate::identity;
use crate::outbox::{self, Carried, NotQueued, Parcel};
use crate::practice::Office;

/// Where a version of a claim stands, and what it says.
#[derive(Clone, Debug)]
pub(crate) struct Copied {
    pub(crate) file: String,
    pub(crate) n: i64,
    pub(crate) claim: Claim,
}

/// What is corrected.
pub(crate) struct Subject {
    pub(crate) case: Denial,
    pub(crate) base: Copied,
    pub(crate) original: Original,
    pub(crate) terms: Terms,
}

/// Why a claim cannot be corrected here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoSubject {
    #[error("no 837 with this claim was taken in: take it in first, then correct it")]
    NoClaim,
    #[error("the file that billed this claim was taken out of the database, past its years")]
    Gone,
}

/// The newest version of a case's claim that went to its payer and is no void.
///
/// # Errors
/// The database.
pub(crate) async fn base(
    tx: &mut Tx,
    office: &Office,
    case: &Denial,
) -> Result<Option<Copied>, store::Error> {
    Ok(bases(tx, office, std::slice::from_ref(case)).await?.pop().flatten())
}

/// The same of many cases, in their order.
///
/// # Errors
/// The database.
pub(crate) async fn bases(
    tx: &mut Tx,
    office: &Office,
    cases: &[Denial],
) -> Result<Vec<Option<Copied>>, store::Error> {
    let own: Vec<String> = cases.iter().map(|case| case.claim.to_string()).collect();
    let joined = tx.joined(&own).await?;
    let with = joined.iter().flat_map(|(one, into)| [one, into]);
    let mut claims: Vec<String> = own.iter().chain(with).cloned().collect();
    claims.sort();
    claims.dedup();
    let mut versions: HashMap<String, Vec<Billed>> = HashMap::new();
    for one in tx.versions_among(&claims).await? {
        versions.entry(one.claim.clone()).or_default().push(one);
    }
    let newest = |(case, own): (&Denial, &String)| {
        let names = group(own, &joined);
        let of = names.into_iter().filter_map(|name| versions.get(name)).flatten();
        let fits = of.filter(|one| {
            one.body.frequency != "8" && resent::is_of(case, &one.body, &office.rules)
        });
        // Of one day the first, which the database ranks highest.
        let fits: Vec<&Billed> = fits.collect();
        let newest = fits.into_iter().rev().max_by_key(|one| one.body.submitted_on);
        newest.map(|one| Copied { file: one.file.clone(), n: one.n, claim: one.body.clone() })
    };
    Ok(cases.iter().zip(&own).map(newest).collect())
}

/// What a case's correction is about.
///
/// # Errors
/// The database or a file.
pub(crate) async fn subject(
    tx: &mut Tx,
    office: &Office,
    case: Denial,
) -> anyhow::Result<Result<Subject, NoSubject>> {
    let Some(base) = base(tx, office, &case).await? else { return Ok(Err(NoSubject::NoClaim)) };
    let (documents, file) = (office.documents.clone(), base.file.clone());
    let place = u64::try_from(base.n).context("a place is counted from 0")?;
    let reading = move || originals(&documents, &file, [place].into());
    let found =
        tokio::task::spawn_blocking(reading).await.context("reading the file stopped")??;
    let Some((_, original)) = found.into_iter().next() else { return Ok(Err(NoSubject::Gone)) };
    Ok(Ok(Subject::of(case, base, original, office)))
}

impl Subject {
    pub(crate) fn of(case: Denial, base: Copied, original: Original, office: &Office) -> Subject {
        let terms = next_action::terms(&case, base.claim.institutional, &office.rules);
        Subject { case, base, original, terms }
    }

    /// How the payer most likely takes it: a replacement, else a void where it wants one first,
    /// else a new claim.
    pub(crate) fn usual(&self) -> Frequency {
        let is_known_there = !self.case.control.is_empty();
        if self.terms.against_replacement().is_none() && is_known_there {
            Frequency::Replacement
        } else if self.terms.wants_void() && is_known_there {
            Frequency::Void
        } else if self.terms.against_new(is_known_there).is_none() {
            Frequency::Original
        } else {
            Frequency::Replacement
        }
    }

    /// The correction as it stands today.
    pub(crate) fn corrected(&self, edit: &Edit, office: &Office) -> Corrected {
        let control = self.case.control.as_str();
        edit.corrected(&self.original, (control, self.terms), office.moment().today)
    }
}

/// Claims at some places of a kept file; none where its bytes were taken out.
pub(crate) fn originals(
    documents: &Documents,
    file: &str,
    places: BTreeSet<u64>,
) -> anyhow::Result<Vec<(u64, Original)>> {
    let mut found = Vec::new();
    each_original(documents, file, places, |one| {
        found.push((one.position(), one));
        true
    })?;
    Ok(found)
}

/// Shows `at` each claim at some places of a kept file as it is read, until it says that it has
/// enough.
///
/// # Errors
/// The file cannot be read to its end.
pub(crate) fn each_original(
    documents: &Documents,
    file: &str,
    places: BTreeSet<u64>,
    mut at: impl FnMut(Original) -> bool,
) -> anyhow::Result<()> {
    let bytes = match File::open(documents.path(file)) {
        Ok(bytes) => bytes,
        // It was taken out, past its years.
        Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(()),
        Err(fault) => {
            let why = "a kept file cannot be opened: mend that, then try again";
            return Err(fault).context(why);
        }
    };
    let mut reader = Reader::new(bytes);
    let mut wanted = Originals::at(places);
    while let Some(block) = reader.next() {
        let goes_on = wanted.read(&block).is_none_or(&mut at);
        if wanted.is_done() || !goes_on {
            return Ok(());
        }
    }
    match reader.fault() {
        Some(fault) => anyhow::bail!("a kept file could not be read to its end: {fault}"),
        None => Ok(()),
    }
}

/// True where a correction is a copy of this version.
pub(crate) fn is_on(kept: &Correction, base: &Copied) -> bool {
    (kept.file.as_str(), kept.n) == (base.file.as_str(), base.n)
}

/// True where a correction is another one's copy, and the newest version is one that we sent.
pub(crate) fn went_out(kept: &Correction, base: &Copied, case: &Denial) -> bool {
    let document = identity::document(&base.file);
    let is_ours = |one: &Submission| document.is_some() && one.document == document;
    !is_on(kept, base) && case.submissions.iter().any(is_ours)
}

/// True where a role's word on codes counts (features 5.04).
pub(crate) const fn is_coder(role: Role) -> bool {
    matches!(role, Role::CertifiedCoder)
}

/// What people said when they sent it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    /// Why once more, where something waits or the same left.
    pub(crate) again: Option<String>,
    /// A supervisor's reason for sending it after the clock ran out.
    pub(crate) late: Option<String>,
}

/// One claim that is to leave.
pub(crate) struct Leaving {
    pub(crate) case: Denial,
    pub(crate) corrected: Corrected,
    pub(crate) frequency: Frequency,
    /// Who approved its codes, where it changes any.
    pub(crate) coder: Option<String>,
}

/// Queues corrected claims as one file; what people confirmed and changed is on record with it.
///
/// # Errors
/// [`NotQueued`].
pub(crate) async fn send(
    office: &Office,
    leaving: &[Leaving],
    said: &Said,
) -> Result<Outgoing, NotQueued> {
    let mut tx = office.write().await?;
    let carries = carried(&mut tx, leaving, said).await?;
    let (one, arriving) = send_in(&mut tx, office, leaving, (carries, said)).await?;
    tx.commit().await?;
    drop(arriving);
    Ok(one)
}

/// The same within a transaction, with what [`carried`] gave; what it gives beside the row is
/// dropped once that is durable.
///
/// # Errors
/// [`NotQueued`].
pub(crate) async fn send_in(
    tx: &mut Tx,
    office: &Office,
    leaving: &[Leaving],
    (carries, said): (Vec<Carried>, &Said),
) -> Result<(Outgoing, Arriving), NotQueued> {
    let entries = leaving.iter().map(|one| record(one, office)).collect();
    let parcel = Parcel { kind: Kind::Claims, route: None, carries, again: said.again.clone() };
    let drafts: Vec<_> = leaving.iter().map(|one| &one.corrected.draft).collect();
    let write = |numbers: &outbox::Numbers| Ok(written(&drafts, numbers)?);
    let queued = outbox::queue_in(tx, office, &office.who, parcel, write).await?;
    tx.append(entries, &office.moment()).await?;
    Ok(queued)
}

fn written(drafts: &[&Draft], numbers: &outbox::Numbers) -> Result<Vec<u8>, NotWritten> {
    let sending = Sending {
        interchange: numbers.control,
        group: numbers.control,
        batch: format!("C{:09}", numbers.control),
        made: numbers.at,
        test: drafts.first().is_some_and(|one| one.is_test()),
    };
    correction::write(drafts, &sending)
}

/// Why a claim cannot leave even by itself, where it cannot.
pub(crate) fn unwritable(one: &Leaving, office: &Office) -> Option<String> {
    let numbers = outbox::Numbers { control: 1, at: office.moment().today.at(0, 0, 0, 0) };
    let bytes = match written(&[&one.corrected.draft], &numbers) {
        Ok(bytes) => bytes,
        Err(why) => return Some(why.to_string()),
    };
    let action = resubmission(one.frequency, None);
    let carries = carry(&one.case, &one.corrected.draft, action);
    outbox::fits(&bytes, numbers.control, &[carries]).err().map(|why| why.to_string())
}

fn carry(case: &Denial, draft: &Draft, action: Action) -> Carried {
    let number = ClaimNumber::new(&draft.number());
    Carried { case: case.id.clone(), number, content: String::new(), action }
}

/// Each case in review of the claims with its payer: one claim speaks for all of them.
///
/// # Errors
/// The database.
pub(crate) async fn carried(
    tx: &mut Tx,
    leaving: &[Leaving],
    said: &Said,
) -> Result<Vec<Carried>, store::Error> {
    let claims: Vec<String> = leaving.iter().map(|one| one.case.claim.to_string()).collect();
    let mut beside: HashMap<ClaimId, Vec<Denial>> = HashMap::new();
    for case in tx.cases_of(&claims).await? {
        beside.entry(case.claim.clone()).or_default().push(case);
    }
    let mut carries = Vec::new();
    for one in leaving {
        let action = resubmission(one.frequency, said.late.clone());
        let is_beside = |other: &&Denial| {
            let is_other = other.id != one.case.id && other.payer == one.case.payer;
            is_other && other.status() == Status::InReview
        };
        let others = beside.get(&one.case.claim).into_iter().flatten().filter(is_beside);
        let cases = std::iter::once(&one.case).chain(others);
        carries.extend(cases.map(|case| carry(case, &one.corrected.draft, action.clone())));
    }
    Ok(carries)
}

/// The act that follows a corrected claim once it left.
pub(crate) const fn resubmission(frequency: Frequency, late: Option<String>) -> Action {
    Action::Resubmit(Resubmission {
        frequency,
        channel: Channel::Edi,
        reference: String::new(),
        confirmation: None,
        document: None,
        sent_on: None,
        late,
        again: None,
    })
}

/// What is on record of it: fields by their names, never what they say, and the payer's terms as
/// they were confirmed (features 6.07).
fn record(one: &Leaving, office: &Office) -> Entry {
    let fields: Vec<String> = one.corrected.changes.iter().map(name).collect();
    let terms = confirmed(&one.case, office);
    let facts = json!({ "fields": fields, "frequency": one.frequency.as_str(),
        "replaces": one.case.control, "coder": one.coder, "confirmed": terms });
    Entry::new(one.case.id.as_str(), "correction.sent", &facts)
}

fn name(change: &Change) -> String {
    change.field.to_string()
}

fn confirmed(case: &Denial, office: &Office) -> Value {
    let Some(said) = office.rules.resubmission(&case.payer_name, case.plan) else {
        return json!("not configured");
    };
    let known = said.answers().into_iter().filter_map(|(what, yes)| Some((what, yes?)));
    let answers: Vec<Value> = known.map(|(what, yes)| json!([what, yes])).collect();
    json!({ "payer": case.payer_name.name, "answers": answers, "source": said.source,
        "as_of": said.as_of })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_file_that_cannot_be_opened_was_not_taken_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let documents = Documents::open(folder.path()).expect("opens");
        let hash = documents.keep(b"ISA*").expect("kept");
        let path = documents.path(&hash);
        std::fs::remove_file(&path).expect("removed");
        assert!(originals(&documents, &hash, [0].into()).expect("taken out").is_empty());
        // A link that leads to itself cannot be opened, whoever asks.
        std::os::unix::fs::symlink(&path, &path).expect("linked");
        let fault = originals(&documents, &hash, [0].into()).expect_err("it is there");
        assert!(format!("{fault:#}").starts_with("a kept file cannot be opened: mend that"));
    }
}
