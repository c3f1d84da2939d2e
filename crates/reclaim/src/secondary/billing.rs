//! The claim to the payer that comes next: written from what the payer before it said, looked at,
//! queued once.

use anyhow::Context;
use denial::claim::PlanType;
use denial::codes::ClaimNumber;
use denial::correction::{self, Draft, Fault, NoSecondary, Original, Sending, Terms, check};
use denial::deadline::{self, Due};
use denial::matching;
use denial::next_bill::{Next, State};
use denial::person::supervises;
use jiff::civil::Date;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::Tx;
use store::journal::Entry;
use store::outgoing::Outgoing;
use store::resent::Billed;

use crate::correcting;
use crate::outbox::Numbers;
use crate::outbox::onward::{self, NotOnward, Onward};
use crate::practice::Office;
use crate::secondary::{BillNext, Standing, look, standing, wait};
use crate::web::words;

/// Why no claim is written for the next payer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoBill {
    #[error("no 837 of ours to the payer before it was taken in: take it in first")]
    NoClaim,
    #[error("the file that billed this claim was taken out of the database, past its years")]
    Gone,
    #[error("nobody has told the next payer's id and the member id: tell the other cover first")]
    NoCover,
    #[error("{0}")]
    Refused(#[from] NoSecondary),
}

/// A claim before its next payer, and what would be sent.
pub(crate) struct Bill {
    pub(crate) standing: Standing,
    pub(crate) next: Next,
    pub(crate) written: Result<Written, NoBill>,
    /// The last day on which the next payer takes it, counted from the service; many count a
    /// second claim from the first payer's remittance, which rules of today do not say.
    pub(crate) limit: Due,
}

/// What would be sent.
pub(crate) struct Written {
    pub(crate) draft: Draft,
    /// What has to be mended before it leaves.
    pub(crate) faults: Vec<Fault>,
    /// Changes when anything of it does: who looked at it sends just this.
    pub(crate) hash: String,
}

/// What would go to the next payer of a claim, where one comes next.
///
/// # Errors
/// The database or a file.
pub(crate) async fn bill(
    tx: &mut Tx,
    office: &Office,
    claim: &str,
) -> anyhow::Result<Option<Bill>> {
    let Some(standing) = standing(tx, office, claim).await? else { return Ok(None) };
    let Some(next) = standing.next(office) else { return Ok(None) };
    let written = written(office, &standing, &next).await?;
    let limit = limit(office, &standing, &next);
    Ok(Some(Bill { standing, next, written, limit }))
}

fn limit(office: &Office, standing: &Standing, next: &Next) -> Due {
    let cover = next.cover.and_then(|at| standing.covers.get(at));
    let plan = cover.map_or(PlanType::Unknown, |row| matching::plan(&row.cover.filing));
    let payer = office.rules.payer(&next.payer, plan);
    let lines = standing.billed_last().map(|one| one.body.lines.as_slice()).unwrap_or_default();
    let from = lines.iter().filter_map(|line| line.from).min();
    let to = lines.iter().filter_map(|line| line.to.or(line.from)).max();
    deadline::filing(payer, (from, to), office.moment().today)
}

async fn written(
    office: &Office,
    standing: &Standing,
    next: &Next,
) -> anyhow::Result<Result<Written, NoBill>> {
    let Some(base) = base(standing, next, office) else { return Ok(Err(NoBill::NoClaim)) };
    let Some(original) = original(office, base).await? else { return Ok(Err(NoBill::Gone)) };
    let draft = match draft(&original, base, standing, next) {
        Ok(draft) => draft,
        Err(why) => return Ok(Err(why)),
    };
    let faults = check(&draft, office.moment().today, Terms::default());
    let mut hash = Sha256::new();
    draft.segments().for_each(|segment| hash.update(segment));
    let hash = hex::encode(hash.finalize());
    Ok(Ok(Written { draft, faults, hash }))
}

/// The claim that the payer before it answered; where this payer comes first, the newest one.
fn base<'a>(standing: &'a Standing, next: &Next, office: &Office) -> Option<&'a Billed> {
    let Some(at) = next.after else { return standing.billed_last() };
    standing.billed_to(&standing.heard.get(at)?.payer, office)
}

async fn original(office: &Office, base: &Billed) -> anyhow::Result<Option<Original>> {
    let (documents, file) = (office.documents.clone(), base.file.clone());
    let place = u64::try_from(base.n).context("a place is counted from 0")?;
    let reading = move || correcting::originals(&documents, &file, [place].into());
    let found =
        tokio::task::spawn_blocking(reading).await.context("reading the file stopped")??;
    Ok(found.into_iter().next().map(|(_, original)| original))
}

fn draft(
    original: &Original,
    base: &Billed,
    standing: &Standing,
    next: &Next,
) -> Result<Draft, NoBill> {
    let cover = next.cover.and_then(|at| standing.covers.get(at)).map(|row| &row.cover);
    let cover = cover.ok_or(NoBill::NoCover)?;
    let Some(heard) = next.after.and_then(|at| standing.heard.get(at)) else {
        return Ok(correction::in_order(original, cover)?);
    };
    let said = (&heard.head, &heard.said.payment);
    // Whether one may go that was passed on is asked when it is sent ([`may_go`]).
    Ok(correction::secondary_by(original, cover, &base.body, said)?)
}

/// What people said when they sent it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    /// Why the same once more.
    pub(crate) again: Option<String>,
    /// Why it goes though the payer before it passed the claim on, or its denial is open.
    pub(crate) despite: Option<String>,
    /// A supervisor's reason for sending it after the filing limit.
    pub(crate) late: Option<String>,
    /// The hash of what they looked at, where they did.
    pub(crate) seen: Option<String>,
}

/// Why it was not sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotBilled {
    #[error("nothing of this claim is to be billed to a next payer")]
    Nothing,
    #[error("{0}")]
    NoBill(#[from] NoBill),
    #[error("{0} faults have to be mended first; the first: {1}")]
    Faults(usize, String),
    #[error(
        "the payer before it passed the claim on ({0}); another would be a duplicate. Where the \
         next payer does not have it, say how you know"
    )]
    Crossed(String),
    #[error("what would go has changed since you looked: look at it once more, and send it then")]
    Changed,
    #[error("a denial of the payer before it is open; work it first, or say why it goes now")]
    Denied,
    #[error("a claim to that payer has no answer yet; to send another say why")]
    Waiting,
    #[error(
        "its last day for filing was {}; a supervisor may send it and say why it is late",
        words::day(*.0)
    )]
    Late(Date),
    #[error("{0}")]
    NotOnward(#[from] NotOnward),
    #[error("{0:#}")]
    Failed(#[from] anyhow::Error),
}

impl From<store::Error> for NotBilled {
    fn from(error: store::Error) -> NotBilled {
        NotBilled::Failed(error.into())
    }
}

/// Queues the claim to the next payer, in one transaction with how it stands then.
///
/// # Errors
/// [`NotBilled`].
pub(crate) async fn send(office: &Office, claim: &str, said: &Said) -> Result<Outgoing, NotBilled> {
    let mut tx = office.write().await?;
    let Bill { standing, next, written, limit } =
        bill(&mut tx, office, claim).await?.ok_or(NotBilled::Nothing)?;
    may_go(&next, said)?;
    in_time(&limit, said, office)?;
    let Written { draft, faults, hash } = written?;
    if let Some(first) = faults.first() {
        return Err(NotBilled::Faults(faults.len(), first.expected.clone()));
    }
    if said.seen.as_ref().is_some_and(|seen| *seen != hash) {
        return Err(NotBilled::Changed);
    }
    let told = |why: &Option<String>| why.clone().filter(|why| !why.trim().is_empty());
    let onward = Onward {
        claim: standing.claim.clone(),
        number: ClaimNumber::new(&draft.number()),
        to: BillNext {
            act: "bill_next".to_owned(),
            payer: draft.payer().0,
            next: next.payer.clone(),
            words: standing.heard.len(),
            despite: told(&said.despite).or_else(|| told(&said.again)),
            again: told(&said.again),
        },
        again: said.again.clone(),
    };
    let write = |numbers: &Numbers| Ok(correction::write(&[&draft], &sending(numbers, &draft))?);
    let (one, arriving) = onward::queue_in(&mut tx, office, &office.who, &onward, write).await?;
    let facts = json!({ "outgoing": one.outgoing, "payer": next.payer.name,
        "state": next.state.as_str(), "why": said.despite, "again": said.again,
        "late": said.late });
    let entry = Entry::new(&standing.claim, "claim.billed_next", &facts);
    tx.append(vec![entry], &office.moment()).await?;
    look(&mut tx, office, std::slice::from_ref(&standing.claim)).await?;
    wait(&mut tx, office, &office.moment(), &standing).await?;
    tx.commit().await?;
    drop(arriving);
    Ok(one)
}

/// No duplicate goes out, and nothing goes past an open denial, unless somebody says why.
fn may_go(next: &Next, said: &Said) -> Result<(), NotBilled> {
    let is_said = |why: &Option<String>| why.as_ref().is_some_and(|why| !why.trim().is_empty());
    match next.state {
        State::Crossed if !is_said(&said.despite) => Err(NotBilled::Crossed(next.why.clone())),
        State::Denied if !is_said(&said.despite) => Err(NotBilled::Denied),
        State::Waiting if !is_said(&said.again) => Err(NotBilled::Waiting),
        State::Crossed | State::Denied | State::Waiting | State::ToBill => Ok(()),
    }
}

/// The filing guard (features 6.03): nothing goes past its limit unless a supervisor says why.
fn in_time(limit: &Due, said: &Said, office: &Office) -> Result<(), NotBilled> {
    let Due::On { date, .. } = limit else { return Ok(()) };
    let is_past = *date < office.moment().today;
    let is_excused = said.late.as_ref().is_some_and(|why| !why.trim().is_empty());
    if is_past && !(is_excused && supervises(office.who.role)) {
        return Err(NotBilled::Late(*date));
    }
    Ok(())
}

fn sending(numbers: &Numbers, draft: &Draft) -> Sending {
    Sending {
        interchange: numbers.control,
        group: numbers.control,
        batch: format!("C{:09}", numbers.control),
        made: numbers.at,
        test: draft.is_test(),
    }
}
