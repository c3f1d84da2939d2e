//! Remittances that wait for a person: held, in conflict or not adding up. Somebody says that one
//! counts, or sets it aside; the cases follow.

use denial::person::Moment;
use denial::remittance::{Payee, RemittanceHead};
use serde_json::json;
use store::journal::Entry;
use store::remittances::{RemittanceRow, State};
use store::{Practice, Tx, instant};

use crate::practice::Office;
use crate::{practices, settle};

/// What somebody decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It counts.
    Counts,
    /// It does not.
    SetAside,
    /// It does not add up, and somebody has looked at that. Its money stays quarantined.
    LookedAt,
}

/// Why a remittance was not decided.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Undecided {
    /// Everything that is decided has a reason.
    #[error("say why; it stands in the journal")]
    NoReason,
    /// It is in another state than the one that can be decided so.
    #[error("a remittance that is {0} cannot be decided so; open it again")]
    NotFrom(String),
    /// It adds up, or somebody has looked at it.
    #[error("there is nothing to look at: it adds up, does not count, or was looked at before")]
    NothingToLookAt,
    /// Two remittances of one payment would count.
    #[error("another remittance of this payment counts already; set that one aside first")]
    AnotherCounts,
    /// Its payee is known to be another practice of this database.
    #[error(
        "its payee is practice {0}; set it aside here, and take its file there with \
         `reclaim --practice {0} take`"
    )]
    OfAnother(Practice),
    /// A number of its payee is another practice's.
    #[error("{0}; release it without remembering its payee")]
    NotRemembered(String),
    /// The database, or what is kept there.
    #[error(transparent)]
    Fault(#[from] anyhow::Error),
}

impl From<store::Error> for Undecided {
    fn from(error: store::Error) -> Undecided {
        if matches!(error, store::Error::PaidElsewhere { .. }) {
            return Undecided::NotRemembered(error.to_string());
        }
        Undecided::Fault(error.into())
    }
}

/// One remittance's way from one state to another.
struct Step {
    remittance: String,
    from: State,
    to: State,
    why: String,
}

/// Decides a remittance. What else has the same payment follows: it is set aside where this one
/// is chosen, and counts again where it is left alone. `remember` makes the payee of what counts
/// this practice's own from now on.
///
/// # Errors
/// [`Undecided`]; nothing has changed then.
pub(crate) async fn decide(
    office: &Office,
    remittance: &str,
    verdict: Verdict,
    why: &str,
    remember: bool,
) -> Result<(), Undecided> {
    let why = why.trim();
    if why.is_empty() {
        return Err(Undecided::NoReason);
    }
    let moment = office.moment();
    let mut tx = office.write().await?;
    if verdict == Verdict::LookedAt {
        return look_at(tx, remittance, why, &moment).await;
    }
    let steps = steps(&mut tx, remittance, verdict, why).await?;
    let mut entries = Vec::with_capacity(steps.len());
    for step in &steps {
        if !tx.decide_remittance(&step.remittance, step.from, step.to, &step.why).await? {
            return Err(Undecided::NotFrom(step.from.as_str().replace('_', " ")));
        }
        let is_aside = step.to == State::SetAside;
        let kind = if is_aside { "remittance.set_aside" } else { "remittance.counts" };
        let facts = json!({ "from": step.from, "to": step.to, "why": step.why });
        entries.push(Entry::new(&step.remittance, kind, &facts));
    }
    if remember && verdict == Verdict::Counts {
        let payee = payee_of(&mut tx, remittance).await?;
        let known = practices::pay_under(&mut tx, &practices::numbers(&payee)).await?;
        tx.append_house(known, &moment).await?;
    }
    tx.append(entries, &moment).await?;
    tx.commit().await?;
    // A crash here leaves them unsettled, and whoever opens the practice next goes on.
    for step in steps {
        settle::settle_giant(office, &step.remittance).await?;
    }
    Ok(())
}

async fn look_at(
    mut tx: Tx,
    remittance: &str,
    why: &str,
    moment: &Moment,
) -> Result<(), Undecided> {
    if !tx.look_at_remittance(remittance, &instant(moment.now)).await? {
        return Err(Undecided::NothingToLookAt);
    }
    let entry = Entry::new(remittance, "remittance.looked_at", &json!({ "why": why }));
    tx.append(vec![entry], moment).await?;
    tx.commit().await?;
    Ok(())
}

async fn payee_of(tx: &mut Tx, remittance: &str) -> Result<Payee, Undecided> {
    let row = tx.remittance(remittance).await?;
    head_of(&row.ok_or(store::Error::Missing { what: "remittance" })?).map(|head| head.payee)
}

fn head_of(row: &RemittanceRow) -> Result<RemittanceHead, Undecided> {
    serde_json::from_str(&row.head).map_err(|fault| Undecided::Fault(fault.into()))
}

/// The numbers of a held remittance's payee that could be this practice's and are nobody's yet.
///
/// # Errors
/// [`store::Error::Database`].
pub(crate) async fn unknown_numbers(
    tx: &mut Tx,
    payee: &Payee,
) -> Result<Vec<String>, store::Error> {
    let mut unknown = Vec::new();
    for (kind, value) in practices::numbers(payee) {
        if tx.practice_of(&kind.payee(&value)).await?.is_none() {
            unknown.push(value);
        }
    }
    Ok(unknown)
}

async fn steps(
    tx: &mut Tx,
    remittance: &str,
    verdict: Verdict,
    why: &str,
) -> Result<Vec<Step>, Undecided> {
    let row = tx.remittance(remittance).await?;
    let row = row.ok_or(store::Error::Missing { what: "remittance" })?;
    let from = state(&row)?;
    let others: Vec<RemittanceRow> = tx
        .remittances_of_deal(&row.deal)
        .await?
        .into_iter()
        .filter(|other| other.remittance != row.remittance)
        .collect();
    let step = |row: &RemittanceRow, from, to, why: &str| Step {
        remittance: row.remittance.clone(),
        from,
        to,
        why: why.to_owned(),
    };
    let rivals = others.iter().filter(|other| other.state == State::Conflict.as_str());
    match (verdict, from) {
        (Verdict::Counts, State::Conflict) => {
            let lost = "another remittance of the same payment was chosen";
            let mut steps = vec![step(&row, from, State::Published, why)];
            steps.extend(rivals.map(|other| step(other, State::Conflict, State::SetAside, lost)));
            Ok(steps)
        }
        (Verdict::Counts, State::Held | State::SetAside) => {
            let routed = tx.practice_of(&head_of(&row)?.payee).await?;
            if let Some(other) = routed.filter(|one| one != tx.practice()) {
                return Err(Undecided::OfAnother(other));
            }
            let counts = [State::Published.as_str(), State::Conflict.as_str()];
            if others.iter().any(|other| counts.contains(&other.state.as_str())) {
                return Err(Undecided::AnotherCounts);
            }
            Ok(vec![step(&row, from, State::Published, why)])
        }
        (Verdict::SetAside, State::Conflict) => {
            let left: Vec<&RemittanceRow> = rivals.collect();
            let mut steps = vec![step(&row, from, State::SetAside, why)];
            if let [alone] = left.as_slice() {
                let won = "the other remittance of the same payment was set aside";
                steps.push(step(alone, State::Conflict, State::Published, won));
            }
            Ok(steps)
        }
        (Verdict::SetAside, State::Held | State::Published) => {
            Ok(vec![step(&row, from, State::SetAside, why)])
        }
        (Verdict::LookedAt, _)
        | (Verdict::Counts, State::Published | State::Staging | State::Test)
        | (Verdict::SetAside, State::SetAside | State::Staging | State::Test) => {
            Err(Undecided::NotFrom(from.as_str().replace('_', " ")))
        }
    }
}

fn state(row: &RemittanceRow) -> Result<State, Undecided> {
    let state = State::from_name(&row.state);
    state.ok_or_else(|| Undecided::NotFrom(row.state.clone()))
}
