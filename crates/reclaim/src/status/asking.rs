//! Questions are taken from the claims as they were sent, and leave by the outbox: one file for
//! each payer and sender, test and live apart, never the same within the payer's cadence.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Context;
use denial::claim::Claim;
use denial::codes::PayerControlNumber;
use denial::correction::{Draft, Parties, Sending};
use denial::denial::Denial;
use denial::inquiry::{self, IN_FILE, NotAsked, Question};
use denial::outgoing::Kind;
use denial::person::Actor;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::journal::Entry;
use store::resent::Billed;
use store::status::StatusQuestion;
use store::{Tx, instant};

use crate::documents::Arriving;
use crate::outbox::{self, NotQueued, Numbers, Parcel};
use crate::practice::{Office, console_actor};
use crate::status::{Left, Tally, too_soon};
use crate::{correcting, identity};

/// Why nobody is asked about a claim whose bytes are not there.
const GONE: &str = "the file that billed this claim was taken out of the database, past its years";
const UNREAD: &str = "the file that billed this claim cannot be read: have the documents folder \
    looked at";

/// What is to be asked about.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// The claim.
    pub(crate) claim: String,
    pub(crate) number: String,
    /// The case that waits, where one does.
    pub(crate) case: Option<Box<Denial>>,
    /// Why, for people.
    pub(crate) why: String,
}

impl Wanted {
    pub(crate) fn of(case: Denial, why: String) -> Wanted {
        let (claim, number) = (case.claim.to_string(), case.number.to_string());
        Wanted { claim, number, case: Some(Box::new(case)), why }
    }
}

/// One that can be asked: where its claim stands, and the question once that was read.
struct Planned {
    wanted: Wanted,
    file: String,
    n: u64,
    body: Claim,
}

/// A question with what its file needs to agree on.
struct Ready {
    wanted: Wanted,
    payer: String,
    parties: Parties,
    test: bool,
    question: Question,
}

/// Asks about claims; what cannot be asked stays, with the reason.
///
/// # Errors
/// The database.
pub(crate) async fn ask(
    office: &Office,
    who: &Actor,
    wanted: Vec<Wanted>,
) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let planned = plan(office, who, wanted, &mut tally).await?;
    let there = office.clone();
    let reading = move || read(&there, planned);
    let (ready, left) =
        tokio::task::spawn_blocking(reading).await.context("reading claims stopped")?;
    tally.left.extend(left);
    for file in together(ready) {
        leave(office, who, file, &mut tally).await?;
    }
    Ok(tally)
}

/// The newest version of each claim that may be asked about today.
async fn plan(
    office: &Office,
    who: &Actor,
    wanted: Vec<Wanted>,
    tally: &mut Tally,
) -> anyhow::Result<Vec<Planned>> {
    let mut planned = Vec::new();
    let mut seen = BTreeSet::new();
    for part in wanted.chunks(500) {
        let mut tx = office.read().await?;
        let claims: Vec<String> = part.iter().map(|one| one.claim.clone()).collect();
        let last = tx.last_status_questions(&claims).await?;
        let mut newest = newest(&mut tx, &claims).await?;
        let cases: Vec<Denial> =
            part.iter().filter_map(|one| one.case.as_deref().cloned()).collect();
        let bases = correcting::bases(&mut tx, office, &cases).await?;
        let ids = cases.iter().map(|case| case.id.to_string());
        let mut bases: HashMap<String, _> = ids.zip(bases).collect();
        for one in part.iter().filter(|one| seen.insert(one.claim.clone())) {
            let base = match &one.case {
                Some(case) => bases.remove(case.id.as_str()).flatten(),
                None => newest.remove(&one.claim),
            };
            let Some(base) = base else {
                let why = "no 837 with this claim was taken in: nothing says how it was sent";
                tally.left.push((one.number.clone(), why.to_owned()));
                continue;
            };
            match soon(office, who, last.get(&one.claim), &base.claim) {
                Some(why) => tally.left.push((one.number.clone(), why)),
                None => planned.push(Planned {
                    wanted: one.clone(),
                    file: base.file,
                    n: u64::try_from(base.n).context("a place is counted from 0")?,
                    body: base.claim,
                }),
            }
        }
    }
    Ok(planned)
}

/// The newest version of each claim that is no void.
async fn newest(
    tx: &mut Tx,
    claims: &[String],
) -> Result<HashMap<String, correcting::Copied>, store::Error> {
    let mut newest: HashMap<String, Billed> = HashMap::new();
    // Of one day the first, which the database ranks highest.
    for one in tx.versions_among(claims).await?.into_iter().filter(|one| one.body.frequency != "8")
    {
        let is_newer = |known: &Billed| one.body.submitted_on > known.body.submitted_on;
        if newest.get(&one.claim).is_none_or(is_newer) {
            newest.insert(one.claim.clone(), one);
        }
    }
    let copied = |one: Billed| correcting::Copied { file: one.file, n: one.n, claim: one.body };
    Ok(newest.into_iter().map(|(claim, one)| (claim, copied(one))).collect())
}

fn soon(
    office: &Office,
    who: &Actor,
    last: Option<&StatusQuestion>,
    claim: &Claim,
) -> Option<String> {
    let again_days = office.rules.ask_again_days(&claim.payer, claim.plan);
    let by_itself = *who == console_actor();
    too_soon(last, again_days, (office.moment().today, by_itself))
}

/// Reads the claims of each kept file once, and makes their questions.
fn read(office: &Office, planned: Vec<Planned>) -> (Vec<Ready>, Vec<Left>) {
    let mut files: BTreeMap<String, BTreeMap<u64, Planned>> = BTreeMap::new();
    for one in planned {
        files.entry(one.file.clone()).or_default().insert(one.n, one);
    }
    let (mut ready, mut left) = (Vec::new(), Vec::new());
    for (file, mut wanted) in files {
        let places = wanted.keys().copied().collect();
        let done = correcting::each_original(&office.documents, &file, places, |original| {
            if let Some(one) = wanted.remove(&original.position()) {
                match question(original.draft(), &one) {
                    Ok(question) => {
                        ready.push(question_of(office, original.draft(), one, question))
                    }
                    Err(why) => left.push((one.wanted.number, why.to_string())),
                }
            }
            !wanted.is_empty()
        });
        // One file that cannot be read keeps no claim of another from being asked about.
        let why = match done {
            Ok(()) => GONE,
            Err(fault) => {
                tracing::error!("file {file}: {fault:#}");
                UNREAD
            }
        };
        left.extend(wanted.into_values().map(|one| (one.wanted.number, why.to_owned())));
    }
    (ready, left)
}

fn question(draft: &Draft, one: &Planned) -> Result<Question, NotAsked> {
    let known = one.wanted.case.as_ref().map(|case| case.control.as_str()).unwrap_or_default();
    let control = (!known.is_empty()).then(|| PayerControlNumber::new(known));
    let question = Question::about(draft, &one.body, control, &trace("00000000", 0, 0))?;
    // What X12 cannot carry keeps no other claim from being asked about.
    let numbers = Numbers { control: 1, at: jiff::civil::DateTime::default() };
    inquiry::write(
        std::slice::from_ref(&question),
        draft.parties(),
        &sending("00000000", &numbers, false),
    )?;
    Ok(question)
}

fn question_of(office: &Office, draft: &Draft, one: Planned, question: Question) -> Ready {
    Ready {
        payer: identity::payer(&one.body.payer, "", &office.rules).to_string(),
        wanted: one.wanted,
        parties: draft.parties().clone(),
        test: draft.is_test(),
        question,
    }
}

/// Those that go into one file, in the order in which each file's first comes.
fn together(ready: Vec<Ready>) -> Vec<Vec<Ready>> {
    let mut files: Vec<Vec<Ready>> = Vec::new();
    for one in ready {
        let fits = |file: &&mut Vec<Ready>| {
            file.len() < IN_FILE
                && file.first().is_some_and(|first| {
                    (&first.parties, first.test) == (&one.parties, one.test)
                        && first.question.goes_with(&one.question)
                })
        };
        match files.iter_mut().find(fits) {
            Some(file) => file.push(one),
            None => files.push(vec![one]),
        }
    }
    files
}

fn sending(mark: &str, numbers: &Numbers, test: bool) -> Sending {
    Sending {
        interchange: numbers.control,
        group: numbers.control,
        batch: batch(mark, numbers.control),
        made: numbers.at,
        test,
    }
}

/// What numbers of questions bear of the practice and its database: no answer to another's question
/// is taken for one to ours.
pub(crate) fn mark(office: &Office) -> String {
    let whose = format!("{} {}", office.store.fingerprint(), office.practice());
    hex::encode(&Sha256::digest(whose.as_bytes())[..4]).to_uppercase()
}

/// BHT03 of a file of questions; each question's number begins with it.
fn batch(mark: &str, control: u32) -> String {
    format!("Q{mark}{control:09}")
}

fn trace(mark: &str, control: u32, at: usize) -> String {
    format!("{}-{:04}", batch(mark, control), at + 1)
}

/// Queues one file: questions, rows and journal are one transaction. What somebody else asked since
/// it was read is left out.
async fn leave(
    office: &Office,
    who: &Actor,
    file: Vec<Ready>,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let mut tx = office.write().await?;
    let claims: Vec<String> = file.iter().map(|one| one.wanted.claim.clone()).collect();
    let last = tx.last_status_questions(&claims).await?;
    let mut going = Vec::new();
    for one in file {
        let today = office.moment().today.to_string();
        match last.get(&one.wanted.claim).filter(|last| last.asked_on == today) {
            Some(_) => tally.left.push((one.wanted.number, "asked meanwhile".to_owned())),
            None => going.push(one),
        }
    }
    if going.is_empty() {
        return Ok(());
    }
    match queue(&mut tx, office, who, &mut going).await {
        Ok(arriving) => {
            tx.commit().await?;
            drop(arriving);
            tally.asked += going.len();
            tally.files += 1;
            Ok(())
        }
        Err(NotQueued::Failed(fault)) => Err(fault),
        Err(why) => {
            let why = why.to_string();
            tally.left.extend(going.into_iter().map(|one| (one.wanted.number, why.clone())));
            Ok(())
        }
    }
}

async fn queue(
    tx: &mut Tx,
    office: &Office,
    who: &Actor,
    going: &mut [Ready],
) -> Result<Arriving, NotQueued> {
    let parcel =
        Parcel { kind: Kind::StatusInquiry, route: None, carries: Vec::new(), again: None };
    let mark = mark(office);
    let write = |numbers: &Numbers| {
        for (at, one) in going.iter_mut().enumerate() {
            one.question.trace = trace(&mark, numbers.control, at).into();
        }
        let questions: Vec<Question> = going.iter().map(|one| one.question.clone()).collect();
        let first = going.first().context("there is a question")?;
        Ok(inquiry::write(&questions, &first.parties, &sending(&mark, numbers, first.test))?)
    };
    let (one, arriving) = outbox::queue_in(tx, office, who, parcel, write).await?;
    let moment = office.moment_of(who.clone());
    let rows: Vec<StatusQuestion> = going
        .iter()
        .map(|ready| {
            row(ready, &one.outgoing, (moment.today.to_string(), instant(moment.now)), who)
        })
        .collect();
    tx.ask_status(&rows).await?;
    tx.append(rows.iter().flat_map(entries).collect(), &moment).await?;
    Ok(arriving)
}

fn row(
    ready: &Ready,
    outgoing: &str,
    (asked_on, asked_at): (String, String),
    who: &Actor,
) -> StatusQuestion {
    StatusQuestion {
        question: ready.question.trace.to_string(),
        claim: ready.wanted.claim.clone(),
        // As it was sent, which the answer repeats.
        number: ready.question.number.as_ref().map(ToString::to_string).unwrap_or_default(),
        denial: ready.wanted.case.as_ref().map(|case| case.id.to_string()),
        payer: ready.payer.clone(),
        payer_name: ready.question.payer.parts[0].to_string(),
        why: ready.wanted.why.clone(),
        outgoing: outgoing.to_owned(),
        asked_on,
        asked_at,
        asked_by: who.person.to_string(),
        code: String::new(),
        step: String::new(),
        told: String::new(),
        look_on: None,
        answered_on: None,
    }
}

/// On record of the claim, and of the case that waits.
fn entries(one: &StatusQuestion) -> Vec<Entry> {
    let facts = json!({ "question": one.question, "payer": one.payer_name, "why": one.why,
        "outgoing": one.outgoing });
    let about = std::iter::once(&one.claim).chain(&one.denial);
    about.map(|about| Entry::new(about, "status.asked", &facts)).collect()
}
