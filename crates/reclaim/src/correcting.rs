//! A claim is corrected on a copy of its newest version, and leaves by the outbox once nothing
//! speaks against it.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;

use anyhow::Context;
use denial::claim::Claim;
use denial::codes::ClaimNumber;
use denial::correction::{self, Change, Corrected, Edit, Original, Originals, Sending, Terms};
use denial::denial::{Channel, Denial, Status};
use denial::ids::ClaimId;
use denial::lifecycle::Action;
use denial::lifecycle::action::Resubmission;
use denial::lifecycle::evidence::Frequency;
use denial::outgoing::Kind;
use denial::person::Role;
use denial::{next_action, resent};
use serde_json::{Value, json};
use store::Tx;
use store::journal::Entry;
use store::outgoing::Outgoing;
use x12::Reader;

use crate::documents::Documents;
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
    let mut claims = vec![case.claim.to_string()];
    claims.extend(tx.joined(&claims).await?.into_iter().flat_map(|(one, other)| [one, other]));
    claims.sort();
    claims.dedup();
    let versions = tx.versions_among(&claims).await?.into_iter();
    let fits = versions
        .filter(|one| one.body.frequency != "8" && resent::is_of(case, &one.body, &office.rules));
    // Of one day the first, which the database ranks highest.
    let newest = fits.rev().max_by_key(|one| one.body.submitted_on);
    Ok(newest.map(|one| Copied { file: one.file, n: one.n, claim: one.body }))
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
    fn of(case: Denial, base: Copied, original: Original, office: &Office) -> Subject {
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
    let Ok(bytes) = File::open(documents.path(file)) else { return Ok(Vec::new()) };
    let mut reader = Reader::new(bytes);
    let mut wanted = Originals::at(places);
    let mut found = Vec::new();
    while let Some(block) = reader.next() {
        found.extend(wanted.read(&block).map(|one| (one.position(), one)));
        if wanted.is_done() {
            break;
        }
    }
    if let Some(fault) = reader.fault() {
        anyhow::bail!("a kept file could not be read to its end: {fault}");
    }
    Ok(found)
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
    let carries = carried(office, leaving, said).await?;
    let entries = leaving.iter().map(|one| record(one, office)).collect();
    let parcel = Parcel { kind: Kind::Claims, route: None, carries, again: said.again.clone() };
    let drafts: Vec<_> = leaving.iter().map(|one| &one.corrected.draft).collect();
    let write = |numbers: &outbox::Numbers| {
        let sending = Sending {
            interchange: numbers.control,
            group: numbers.control,
            batch: format!("C{:09}", numbers.control),
            made: numbers.at,
            test: drafts.first().is_some_and(|one| one.is_test()),
        };
        Ok(correction::write(&drafts, &sending)?)
    };
    let mut tx = office.write().await?;
    let (one, arriving) = outbox::queue_in(&mut tx, office, &office.who, parcel, write).await?;
    tx.append(entries, &office.moment()).await?;
    tx.commit().await?;
    drop(arriving);
    Ok(one)
}

/// Each case in review of the claims with its payer: one claim speaks for all of them.
async fn carried(
    office: &Office,
    leaving: &[Leaving],
    said: &Said,
) -> Result<Vec<Carried>, NotQueued> {
    let mut tx = office.read().await?;
    let claims: Vec<String> = leaving.iter().map(|one| one.case.claim.to_string()).collect();
    let mut beside: HashMap<ClaimId, Vec<Denial>> = HashMap::new();
    for case in tx.cases_of(&claims).await? {
        beside.entry(case.claim.clone()).or_default().push(case);
    }
    drop(tx);
    let mut carries = Vec::new();
    for one in leaving {
        let action = Action::Resubmit(Resubmission {
            frequency: one.frequency,
            channel: Channel::Edi,
            reference: String::new(),
            confirmation: None,
            document: None,
            sent_on: None,
            late: said.late.clone(),
            again: None,
        });
        let is_beside = |other: &&Denial| {
            let is_other = other.id != one.case.id && other.payer == one.case.payer;
            is_other && other.status() == Status::InReview
        };
        let others = beside.get(&one.case.claim).into_iter().flatten().filter(is_beside);
        let cases = std::iter::once(&one.case).chain(others);
        carries.extend(cases.map(|case| Carried {
            case: case.id.clone(),
            number: ClaimNumber::new(&one.corrected.draft.number()),
            content: String::new(),
            action: action.clone(),
        }));
    }
    Ok(carries)
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
