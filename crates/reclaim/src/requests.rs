//! Letters of payers that are no denials: keyed beside their case or claim, answered with proof,
//! closed, and brought to whoever must hear of one whose day has passed.

use denial::claim::{Claim, PayerName, PlanType};
use denial::denial::{Channel, Denial};
use denial::ids::{ClaimId, DocumentId, PayerId, RequestId};
use denial::lifecycle::{Act, Action, Event};
use denial::money::Money;
use denial::payer::PayerRules;
use denial::person::{Access, Moment, Role, allows};
use denial::rejection::{Acknowledgement, Level, Outcome};
use denial::request::{
    Letter, Reply, Request, RequestKind, RequestState, Subject, Unfit, usual_role,
};
use jiff::civil::Date;
use serde_json::json;
use smol_str::SmolStr;
use store::Tx;
use store::journal::Entry;

use crate::act::{self, Failed};
use crate::documents::Received;
use crate::practice::Office;
use crate::web::answered;
use crate::{identity, settle};

/// Letters that are looked at for their day in one transaction.
const PART: i64 = 10_000;
/// What a letter is called among the documents of its case, and what answered it.
pub(crate) const LETTER: &str = "payer_letter";
pub(crate) const REPLY: &str = "reply_to_payer";

/// Why something was not done with a letter.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotDone {
    /// What came cannot be so.
    #[error("{0}")]
    Unfit(#[from] Unfit),
    /// Somebody was faster.
    #[error("somebody changed this letter meanwhile; look at it again")]
    Stale,
    /// There is no such letter, case or document.
    #[error("there is no such letter")]
    Missing,
    /// Ours to mend.
    #[error("{0}")]
    Broken(anyhow::Error),
}

impl From<store::Error> for NotDone {
    fn from(error: store::Error) -> NotDone {
        if matches!(error, store::Error::Stale { .. }) {
            NotDone::Stale
        } else if matches!(error, store::Error::Missing { .. }) {
            NotDone::Missing
        } else {
            NotDone::Broken(error.into())
        }
    }
}

impl From<anyhow::Error> for NotDone {
    fn from(fault: anyhow::Error) -> NotDone {
        fault.downcast::<store::Error>().map_or_else(NotDone::Broken, NotDone::from)
    }
}

impl From<Failed> for NotDone {
    fn from(failed: Failed) -> NotDone {
        match failed {
            Failed::Stale { .. } => NotDone::Stale,
            Failed::Missing => NotDone::Missing,
            Failed::Store(error) => error.into(),
            Failed::Folder(fault) => NotDone::Broken(fault),
            // It is asked before whether the act is admitted.
            Failed::Refused(why) => NotDone::Broken(anyhow::anyhow!("{why}")),
        }
    }
}

/// What somebody sent in answer to a letter.
pub(crate) struct Sent {
    pub(crate) what: String,
    pub(crate) channel: Channel,
    pub(crate) on: Date,
    pub(crate) confirmation: String,
    /// A document of the case that proves it, where none came along.
    pub(crate) proof: Option<DocumentId>,
}

/// A letter of this case.
pub(crate) fn of_case(case: &Denial) -> Subject {
    Subject {
        case: Some(case.id.clone()),
        claim: Some(case.claim.clone()),
        number: case.number.as_str().into(),
        payer: case.payer.clone(),
        payer_name: case.payer_name.name.clone(),
    }
}

/// A letter of a claim that was billed or paid and has no open case; `None` where nothing of it
/// says who the payer is.
pub(crate) async fn of_claim(
    tx: &mut Tx,
    office: &Office,
    claim: &ClaimId,
) -> anyhow::Result<Option<Subject>> {
    let id = [claim.to_string()];
    let known = tx.claims(&id).await?;
    let Some(row) = known.get(claim.as_str()) else { return Ok(None) };
    let billed = row.billed()?;
    let name = billed.map(|billed: Claim| billed.payer);
    let (payer, payer_name) = match name {
        Some(name) => (identity::payer(&name, "", &office.rules), name.name.as_str().into()),
        None => {
            let Some(said) = tx.said_of(&id).await?.pop() else { return Ok(None) };
            let Some(head) = tx.remittance(&said.remittance).await? else { return Ok(None) };
            let payers = tx.payers().await?;
            let name = payers.into_iter().find(|(payer, _)| *payer == head.payer);
            let name = name.map(|(_, name)| name).unwrap_or_default();
            (PayerId::parse(&head.payer)?, name.into())
        }
    };
    let (case, claim, number) = (None, Some(claim.clone()), row.number.as_str().into());
    Ok(Some(Subject { case, claim, number, payer, payer_name }))
}

/// What the rules hold of the payer.
fn payer_rules<'a>(
    office: &'a Office,
    subject: &Subject,
    case: Option<&Denial>,
) -> Option<&'a PayerRules> {
    let name = || PayerName { name: subject.payer_name.clone(), ..PayerName::default() };
    match case {
        Some(case) => case.payer_rules(&office.rules),
        None => office.rules.payer(&name(), PlanType::Unknown),
    }
}

/// Keeps a letter that came; its own scan stands with the documents of its case.
///
/// # Errors
/// [`NotDone`]; nothing has changed then.
pub(crate) async fn keep(
    office: &Office,
    letter: Letter,
    subject: Subject,
    scan: Option<Received>,
) -> Result<Request, NotDone> {
    let moment = office.moment();
    let mut tx = office.write().await?;
    let case = case_of(&mut tx, &subject).await?;
    let document = scan.as_ref().and_then(|scan| identity::document(&scan.hash));
    let letter = Letter { document: document.or(letter.document.clone()), ..letter };
    let id = RequestId::from_bits(act::draw());
    let request = add(&mut tx, office, &moment, (id, letter, subject), case).await?;
    let kept = match scan {
        Some(scan) => Some(scan.keep(&mut tx, office).await?),
        None => None,
    };
    tx.commit().await?;
    drop(kept);
    Ok(request)
}

/// Writes a letter, and what it comes to on its case.
async fn add(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    (id, letter, subject): (RequestId, Letter, Subject),
    case: Option<Denial>,
) -> Result<Request, NotDone> {
    let rules = payer_rules(office, &subject, case.as_ref());
    let request = Request::keep(id, letter, subject, rules, moment)?;
    let facts = json!({
        "kind": request.letter.kind, "reference": request.letter.reference,
        "due": request.due.day(), "asked": request.letter.asked,
    });
    let entry = Entry::new(request.id.as_str(), "request.kept", &facts);
    tx.add_request(&request, entry, moment).await?;
    if let Some(case) = case {
        let attached = (request.letter.document.as_ref(), LETTER);
        let case = attach(tx, office, moment, case, attached).await?;
        let events = case.request_came(&request.on_case(), moment, &office.rules);
        save(tx, office, moment, &case, &events).await?;
    }
    Ok(request)
}

/// Keeps what payers ask for in a 277, each once however often the file is read: a request for
/// records by file, with the last day that it names.
///
/// # Errors
/// The database.
pub(crate) async fn hear(
    tx: &mut Tx,
    office: &Office,
    file: &str,
    answers: &[(u64, Acknowledgement)],
) -> anyhow::Result<()> {
    let moment = office.moment();
    let asks = |one: &&(u64, Acknowledgement)| {
        let answer = &one.1;
        answer.level == Level::Claim
            && answer.outcome == Outcome::InformationRequested
            && !answer.test
    };
    for (n, answer) in answers.iter().filter(asks) {
        let id = identity::request(file, *n);
        if tx.has_request(id.as_str()).await? {
            continue;
        }
        let Some((subject, case)) = asked_about(tx, office, answer).await? else { continue };
        let owner = case.as_ref().and_then(|case| case.owner().map(|owner| owner.role));
        let role = owner.filter(|role| allows(*role, Access::KeepRequests));
        let role = role.unwrap_or_else(|| usual_role(&office.rules));
        let letter = by_file(answer, role, (moment.today, office));
        let done = match asked_already(tx, office, &subject, &letter).await? {
            Some(known) => ask_again(tx, office, &moment, &known, &letter).await,
            None => add(tx, office, &moment, (id, letter, subject), case).await.map(|_| ()),
        };
        match done {
            Ok(()) => {}
            // What nobody could have keyed stays with the answers of its claim.
            Err(NotDone::Unfit(why)) => tracing::warn!("a request in a 277 is not kept: {why}"),
            Err(other) => return Err(anyhow::anyhow!("{other}")),
        }
    }
    Ok(())
}

/// A payer says with each answer what it still waits for: that is one request, about our claim or
/// about a number that is none of ours.
async fn asked_already(
    tx: &mut Tx,
    office: &Office,
    subject: &Subject,
    letter: &Letter,
) -> Result<Option<Request>, store::Error> {
    let payer = payer_of(subject, office);
    let name = PayerName { name: subject.payer_name.clone(), ..PayerName::default() };
    let former = identity::former_payers(&name, &office.rules);
    let ids = [&subject.payer, &payer].into_iter().chain(&former);
    let ids: Vec<String> = ids.map(ToString::to_string).collect();
    let mut there = tx.requests_about_nothing(&ids).await?;
    // Without a number of ours it is the payer's number that tells one from another.
    let is_same = |one: &Request| match subject.number.is_empty() {
        true => one.subject.number.is_empty() && one.letter.reference == letter.reference,
        false => one.subject.number == subject.number,
    };
    there.retain(is_same);
    if let Some(claim) = &subject.claim {
        there.extend(tx.requests_about(claim.as_str()).await?);
    }
    there.retain(|one| one.covers(letter) && payer_of(&one.subject, office) == payer);
    let open = there.iter().position(|one| one.state == RequestState::Open);
    Ok(there.into_iter().nth(open.unwrap_or(0)))
}

/// The payer of a letter by today's rules.
fn payer_of(subject: &Subject, office: &Office) -> PayerId {
    let name = PayerName { name: subject.payer_name.clone(), ..PayerName::default() };
    identity::told_payer(&name, &office.rules).unwrap_or_else(|| subject.payer.clone())
}

/// What is asked already may have another last day by now.
async fn ask_again(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    known: &Request,
    letter: &Letter,
) -> Result<(), NotDone> {
    let case = case_of(tx, &known.subject).await?;
    let rules = payer_rules(office, &known.subject, case.as_ref());
    let Some(after) = known.again(letter, rules) else { return Ok(()) };
    let (kind, was) = (after.letter.kind, known.due.day());
    let facts = json!({ "kind": kind, "due": after.due.day(), "was": was });
    let entry = Entry::new(after.id.as_str(), "request.redated", &facts);
    tx.save_request(&after, known.version, entry, moment).await?;
    if let Some(case) = case {
        let events = case.request_came(&after.on_case(), moment, &office.rules);
        save(tx, office, moment, &case, &events).await?;
    }
    Ok(())
}

/// What a 277 asks for, as somebody would have keyed it.
fn by_file(answer: &Acknowledgement, role: Role, (today, office): (Date, &Office)) -> Letter {
    let dated_on = answer.on.unwrap_or(today).min(today);
    let control = answer.control.as_ref().map(ToString::to_string).unwrap_or_default();
    let said = answer.codes.iter().map(|code| match code.status.contains('-') {
        // A LOINC code names the very document.
        true => format!("{} LOINC {}", code.code, code.status),
        false => answered::line(std::slice::from_ref(code), &office.rules),
    });
    let said: Vec<String> = said.filter(|text| !text.is_empty()).collect();
    let wanted = answer.required_by;
    let early = wanted.filter(|on| *on < dated_on);
    let early = early.map(|on| format!("; wanted by {on}, which is before its own day"));
    Letter {
        kind: RequestKind::Records,
        reference: control,
        channel: Channel::Edi,
        dated_on,
        received_on: today,
        printed: wanted.filter(|on| *on >= dated_on),
        asked: format!("Asked for by file (277): {}{}", said.join("; "), early.unwrap_or_default()),
        amount: answer.charge.filter(|charge| *charge >= Money::ZERO),
        role,
        document: None,
    }
}

/// What a 277 asks about: the sender's case of the claim that it names, or the claim; `None` where
/// it names none of ours, and no payer either. A case at another payer is never meant.
async fn asked_about(
    tx: &mut Tx,
    office: &Office,
    answer: &Acknowledgement,
) -> anyhow::Result<Option<(Subject, Option<Denial>)>> {
    let number = answer.claim.as_ref();
    let sender = sender(answer, office);
    if let Some(claim) = number.map(identity::claim) {
        let cases = tx.cases_of(&[claim.to_string()]).await?;
        let open = |case: &Denial| !case.status().is_closed();
        let own = cases.into_iter().filter(|case| is_of(case, &answer.from, office));
        if let Some(case) = own.max_by_key(|case| (open(case), case.round)) {
            return Ok(Some((of_case(&case), Some(case))));
        }
        if let Some(subject) = of_claim(tx, office, &claim).await? {
            let (payer, payer_name) = sender.unwrap_or((subject.payer, subject.payer_name));
            return Ok(Some((Subject { payer, payer_name, ..subject }, None)));
        }
    }
    Ok(sender.filter(|(_, name)| !name.is_empty()).map(|(payer, payer_name)| {
        let number = number.map(ToString::to_string).unwrap_or_default().into();
        (Subject { case: None, claim: None, number, payer, payer_name }, None)
    }))
}

/// Who sent a 277, with the name that rules give it, else its own.
fn sender(answer: &Acknowledgement, office: &Office) -> Option<(PayerId, SmolStr)> {
    let payer = identity::told_payer(&answer.from, &office.rules)?;
    let known = office.rules.canonical(&answer.from).map(|known| &known.name);
    Some((payer, known.unwrap_or(&answer.from.name).clone()))
}

/// True where a case is at the payer that a file names: by today's rules, or by an id of its own.
pub(crate) fn is_of(case: &Denial, payer: &PayerName, office: &Office) -> bool {
    let told = identity::told_payer(payer, &office.rules);
    let has_id = || case.payer_name.ids.iter().any(|id| payer.ids.contains(id));
    told.is_some_and(|told| identity::payer_of(case, &office.rules) == told) || has_id()
}

/// It was answered, and this proves it.
///
/// # Errors
/// [`NotDone`]; nothing has changed then.
pub(crate) async fn answer(
    office: &Office,
    (id, read): (&str, u32),
    sent: Sent,
    came: Option<Received>,
) -> Result<(), NotDone> {
    let moment = office.moment();
    let mut tx = office.write().await?;
    let request = at(&mut tx, id, read).await?;
    let case = case_of(&mut tx, &request.subject).await?;
    let brought = came.as_ref().and_then(|one| identity::document(&one.hash));
    let there = sent.proof.filter(|id| is_on_file(&request, case.as_ref(), id));
    let proof = brought.or(there).ok_or(Unfit::Missing("the document that proves it"))?;
    let Sent { what, channel, on, confirmation, .. } = sent;
    let by = moment.who.person.clone();
    let reply = Reply { what, channel, on, confirmation, proof: proof.clone(), by };
    let after = request.answered(reply, &moment)?;
    let facts = json!({ "kind": after.letter.kind, "on": on, "channel": channel, "proof": proof });
    ended(&mut tx, office, &moment, (&request, &after), ("request.answered", facts)).await?;
    if let (Some(case), true) = (case, came.is_some()) {
        let case = tx.case(case.id.as_str()).await?;
        attach(&mut tx, office, &moment, case, (Some(&proof), REPLY)).await?;
    }
    let kept = match came {
        Some(came) => Some(came.keep(&mut tx, office).await?),
        None => None,
    };
    tx.commit().await?;
    drop(kept);
    Ok(())
}

/// It needs no answer.
///
/// # Errors
/// [`NotDone`]; nothing has changed then.
pub(crate) async fn close(
    office: &Office,
    (id, read): (&str, u32),
    why: &str,
) -> Result<(), NotDone> {
    let moment = office.moment();
    let mut tx = office.write().await?;
    let request = at(&mut tx, id, read).await?;
    let after = request.closed(why, &moment)?;
    let facts = json!({ "kind": after.letter.kind, "why": why.trim() });
    ended(&mut tx, office, &moment, (&request, &after), ("request.closed", facts)).await?;
    tx.commit().await?;
    Ok(())
}

async fn at(tx: &mut Tx, id: &str, read: u32) -> Result<Request, NotDone> {
    let request = tx.request(id).await?;
    if request.version == read { Ok(request) } else { Err(NotDone::Stale) }
}

/// The letter and its case after its end.
async fn ended(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    (before, after): (&Request, &Request),
    (kind, facts): (&str, serde_json::Value),
) -> Result<(), NotDone> {
    let entry = Entry::new(after.id.as_str(), kind, &facts);
    tx.save_request(after, before.version, entry, moment).await?;
    if let Some(case) = case_of(tx, &after.subject).await? {
        let events = case.request_ended(&after.id, after.state, moment, &office.rules);
        save(tx, office, moment, &case, &events).await?;
    }
    Ok(())
}

async fn case_of(tx: &mut Tx, subject: &Subject) -> Result<Option<Denial>, store::Error> {
    match &subject.case {
        Some(id) => tx.case(id.as_str()).await.map(Some),
        None => Ok(None),
    }
}

/// A document of the letter's case, or the letter itself.
fn is_on_file(request: &Request, case: Option<&Denial>, id: &DocumentId) -> bool {
    let of_case = || case.is_some_and(|case| case.documents.iter().any(|one| one.document == *id));
    request.letter.document.as_ref() == Some(id) || of_case()
}

/// Puts a document with those of the case, where whoever brings it may; gives the case after it.
async fn attach(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    case: Denial,
    (document, what): (Option<&DocumentId>, &str),
) -> Result<Denial, NotDone> {
    let Some(document) = document else { return Ok(case) };
    if case.admit(Act::AttachDocument, moment, &office.rules).is_err() {
        return Ok(case);
    }
    let (document, what) = (document.clone(), what.into());
    let action = Action::AttachDocument { document, what, notice_on: None };
    Ok(act::do_in(tx, office, moment, &case, &action).await?)
}

async fn save(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    case: &Denial,
    events: &[Event],
) -> Result<(), NotDone> {
    let after = events.iter().fold(case.clone(), Denial::apply);
    Ok(settle::save(tx, office, moment, case, &after, events).await?)
}

/// Brings letters whose day has passed to whoever must hear of them today, once for each step;
/// those that the owner of an open case answers are brought with it. Gives how many.
///
/// # Errors
/// The database.
pub(crate) async fn bring(office: &Office) -> anyhow::Result<u64> {
    let moment = office.moment();
    let missed = office.read().await?.open_requests(PART).await?;
    let missed: Vec<Request> =
        missed.into_iter().filter(|one| one.is_missed(moment.today)).collect();
    if missed.is_empty() {
        return Ok(0);
    }
    let mut tx = office.write().await?;
    let mut brought = 0;
    for request in missed {
        let case = case_of(&mut tx, &request.subject).await?;
        let is_brought_there =
            case.is_some_and(|case| case.letters_brought().any(|one| one.id == request.id));
        let after = request.brought(moment.today, &office.rules).filter(|_| !is_brought_there);
        let Some(after) = after else { continue };
        let to = after.told.as_ref().map(|told| told.to);
        let facts = json!({ "kind": after.letter.kind, "to": to, "due": after.due.day() });
        let entry = Entry::new(after.id.as_str(), "request.escalated", &facts);
        match tx.save_request(&after, request.version, entry, &moment).await {
            Ok(()) => brought += 1,
            // Somebody answers it at this moment.
            Err(store::Error::Stale { .. }) => {}
            Err(other) => return Err(other.into()),
        }
    }
    tx.commit().await?;
    Ok(brought)
}
