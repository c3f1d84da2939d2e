//! One act on one case: decided, applied, saved with its journal entries and postings, or refused.

use std::io::{self, Write};
use std::process::ExitCode;

use denial::denial::Denial;
use denial::lifecycle::{Act, Action, Decided, Event, Refused};
use denial::person::{Actor, Moment};
use serde_json::json;
use store::postings::PostingRow;
use store::{Tx, instant};

use crate::documents::Received;
use crate::fields::{self, Fields};
use crate::practice::Office;
use crate::{access, outcomes, rank, resent, settle, show, ways, wording};

/// Why an act did not happen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    /// The case or the rules do not allow it.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// Somebody saved the case since it was read.
    #[error("{by} saved this case at {at}, after you had opened it")]
    Stale {
        /// A person's id.
        by: String,
        at: String,
    },
    /// No case has this id.
    #[error("there is no case with this id")]
    Missing,
    /// The database.
    #[error("{0}")]
    Store(store::Error),
    /// The folder of documents.
    #[error("{0}")]
    Folder(anyhow::Error),
}

impl From<store::Error> for Failed {
    fn from(error: store::Error) -> Failed {
        if let store::Error::Stale { by, at } = error {
            return Failed::Stale { by, at };
        }
        let is_missing = matches!(error, store::Error::Missing { .. });
        if is_missing { Failed::Missing } else { Failed::Store(error) }
    }
}

/// Does an act. `read` is the version that the person saw; without it the case as it is.
///
/// # Errors
/// [`Failed`]; nothing has changed then.
pub(crate) async fn act(
    office: &Office,
    who: &Actor,
    id: &str,
    read: Option<u32>,
    action: &Action,
) -> Result<Denial, Failed> {
    act_with(office, who, (id, read), action, None).await
}

/// The same with a document that came along: it is kept with the act, and not without it.
///
/// # Errors
/// [`Failed`]; nothing has changed then.
pub(crate) async fn act_with(
    office: &Office,
    who: &Actor,
    (id, read): (&str, Option<u32>),
    action: &Action,
    document: Option<Received>,
) -> Result<Denial, Failed> {
    let mut tx = office.write().await?;
    let case = tx.case(id).await?;
    let moment = office.moment_of(who.clone());
    let version = read.unwrap_or(case.version);
    if version != case.version {
        return Err(tx.who_was_faster(id).await?.into());
    }
    let done = match resent::refused(&mut tx, office, &case, action).await? {
        Some(why) => Err(why.into()),
        None => do_in(&mut tx, office, &moment, &case, action).await,
    };
    match done {
        Ok(after) => {
            let kept = match document {
                Some(document) => {
                    Some(document.keep(&mut tx, office).await.map_err(Failed::Folder)?)
                }
                None => None,
            };
            tx.commit().await?;
            drop(kept);
            Ok(after)
        }
        Err(Failed::Refused(why)) => {
            drop(tx);
            note_refusal(office, id, action.act().as_str(), &why).await;
            Err(why.into())
        }
        Err(other) => Err(other),
    }
}

/// Decides an act on a case as it was read in the transaction, and saves what it comes to.
///
/// # Errors
/// [`Failed`].
pub(crate) async fn do_in(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    case: &Denial,
    action: &Action,
) -> Result<Denial, Failed> {
    let decided = case.act(action, moment, &office.rules)?;
    do_decided(tx, office, moment, case, (action, decided)).await
}

/// The same where no person decided it, but a rule or a payer's answer.
///
/// # Errors
/// [`Failed`].
pub(crate) async fn do_by_itself(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    case: &Denial,
    action: &Action,
) -> Result<Denial, Failed> {
    let decided = case.act(action, moment, &office.rules)?.by_itself(case);
    do_decided(tx, office, moment, case, (action, decided)).await
}

async fn do_decided(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    case: &Denial,
    (action, mut decided): (&Action, Decided),
) -> Result<Denial, Failed> {
    if turns(action.act()) {
        let history = office.histories.of(tx, moment.today).await?;
        let events = ways::follow(&decided.after, (&office.rules, &history), moment.today);
        let version = decided.after.version;
        decided.events.extend(events.into_iter().map(|event| Event { version, ..event }));
        decided.after = decided.events.iter().fold(case.clone(), Denial::apply);
    }
    save(tx, office, moment, case, (action, &decided)).await?;
    Ok(decided.after)
}

/// True where an act may make another way the recommended one.
const fn turns(act: Act) -> bool {
    matches!(act, Act::Review | Act::Post | Act::Recategorize | Act::SplitLine)
}

/// Puts on record that somebody's role or part in the case does not reach an act.
pub(crate) async fn note_refusal(office: &Office, id: &str, act: &str, why: &Refused) {
    if why.is_for_who_asked() {
        access::note_refusal(office, id, "act.refused", act).await;
    }
}

async fn save(
    tx: &mut Tx,
    office: &Office,
    moment: &Moment,
    before: &Denial,
    (action, decided): (&Action, &Decided),
) -> Result<(), Failed> {
    let after = &decided.after;
    let history = office.histories.of(tx, moment.today).await?;
    let by = (&*office.rules, &*history);
    let again = resent::next_of(tx, office, after).await?;
    let ranked = rank::rank(after, again, moment.today, by);
    let entries = settle::entries(after, &decided.events);
    tx.save_case(after, before.version, &ranked, entries, moment).await?;
    outcomes::count(tx, office, before, after, &decided.events).await?;
    tx.add_words(&wording::notes(after, &decided.events)).await?;
    let new = after.postings.get(before.postings.len()..).unwrap_or_default();
    tx.post(new.iter().map(|posting| PostingRow::of(posting, &after.id)).collect()).await?;
    if let (Action::SetRootCause(_), Some(cause)) = (action, &after.root_cause) {
        tx.count_root_cause(after, cause, &instant(moment.now)).await?;
    }
    if let Action::Answer { question, .. } = action
        && let Some(asked) = before.questions.iter().find(|one| one.number == *question)
    {
        tx.keep_answer(before.id.as_str(), asked, &instant(moment.now)).await?;
    }
    if let Some(split) = &decided.split {
        let split = split.as_ref().clone().in_round(next_round(tx, &split.after).await?);
        let ranked = rank::rank(&split.after, None, moment.today, by);
        let entries = settle::entries(&split.after, &split.events);
        let id = split.after.id.to_string();
        tx.open_cases(&[(split.after, ranked)], entries, moment).await?;
        tx.name_like(&id, after.id.as_str()).await?;
    }
    Ok(())
}

/// The round after the last that the claim has with the payer.
async fn next_round(tx: &mut Tx, case: &Denial) -> Result<u8, Failed> {
    let cases = tx.cases_of(&[case.claim.as_str().to_owned()]).await?;
    let there: Vec<Denial> = cases.into_iter().filter(|one| one.payer == case.payer).collect();
    Ok(settle::next_round(&there))
}

/// Random bits for ids of what an act makes.
pub(crate) fn draw() -> u128 {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    u128::from_be_bytes(bytes)
}

/// `reclaim act`: fields as `name=text`. The exit code is 1 where the act is refused.
pub(crate) async fn run(
    office: &Office,
    id: &str,
    name: &str,
    pairs: &[String],
    json: bool,
) -> anyhow::Result<ExitCode> {
    let fields = pairs
        .iter()
        .map(|pair| match pair.split_once('=') {
            Some((name, text)) => Ok((name.to_owned(), text.to_owned())),
            None => anyhow::bail!("expected NAME=TEXT, {pair:?} came"),
        })
        .collect::<anyhow::Result<Fields>>()?;
    let id = show::find(office, id).await?;
    let action = fields::action(name, &fields, draw).map_err(|fault| anyhow::anyhow!(fault))?;
    let line = match act(office, &office.who, &id, None, &action).await {
        Ok(case) if json => {
            json!({ "id": id, "status": case.status(), "version": case.version }).to_string()
        }
        Ok(case) => format!("{id} is {}", case.status().as_str().replace('_', " ")),
        Err(Failed::Refused(why)) => {
            eprintln!("reclaim: refused: {why}");
            return Ok(ExitCode::from(1));
        }
        Err(other) => return Err(other.into()),
    };
    writeln!(io::stdout(), "{line}")?;
    Ok(ExitCode::SUCCESS)
}
