//! How cases end at the simulated desk: given up, moved to the patient, or posted anew.

use denial::category::Category;
use denial::denial::Denial;
use denial::ids::PostingId;
use denial::lifecycle::Action;
use denial::person::{Actor, Role};
use denial::posting::{Entry, PostingKind, WriteOffReason};

use crate::act::{self, Failed};
use crate::demo_desk::try_act;
use crate::practice::Office;
use crate::{identity, posting};

/// Gives up what is outstanding, with a second person's word above the limit.
pub(super) async fn give_up(office: &Office, case: Denial) -> anyhow::Result<()> {
    let amount = case.balance.outstanding();
    let why = "every open way was tried, or costs more than it brings";
    let mut case = case;
    if amount > office.rules.desk.write_off_alone && case.proposal.is_none() {
        let ask = Action::ProposeWriteOff { reason: why.to_owned() };
        let Some(asked) = try_act(office, &case, &ask).await? else { return Ok(()) };
        let manager = Actor { person: identity::person("manager"), role: Role::Manager };
        let agreed = act::act(office, &manager, asked.id.as_str(), None, &Action::Approve).await;
        match agreed {
            Ok(after) => case = after,
            Err(Failed::Refused(_)) => return Ok(()),
            Err(other) => return Err(other.into()),
        }
    }
    let reason = if amount <= office.rules.desk.small_balance {
        WriteOffReason::SmallBalance
    } else if case.category == Category::TimelyFiling {
        WriteOffReason::TimelyFiling
    } else if case.category == Category::Authorization {
        WriteOffReason::NoAuthorization
    } else {
        WriteOffReason::Denied
    };
    let id = PostingId::from_bits(act::draw());
    try_act(office, &case, &Action::WriteOff { id, reason, note: why.to_owned() }).await?;
    Ok(())
}

/// Moves what the patient owes to the patient.
pub(super) async fn bill_patient(office: &Office, case: &Denial) -> anyhow::Result<()> {
    let entry = Entry {
        id: PostingId::from_bits(act::draw()),
        kind: PostingKind::PatientResponsibility,
        amount: case.balance.outstanding(),
        on: None,
        line: None,
        remittance: None,
        reverses: None,
        why: "the payer says that the patient owes it".to_owned(),
    };
    try_act(office, case, &Action::Post { entries: vec![entry] }).await.map(drop)
}

/// Takes back what was posted before the payer said something else, and posts what it says now
/// where that explains every cent.
pub(super) async fn post_anew(office: &Office, case: &Denial) -> anyhow::Result<()> {
    let mut tx = office.read().await?;
    let now = posting::explained_of(&mut tx, office, case).await?;
    drop(tx);
    let stands = |id: &PostingId| !case.postings.iter().any(|it| it.reverses.as_ref() == Some(id));
    let standing = case.postings.iter().filter(|one| one.reverses.is_none() && stands(&one.id));
    let back = standing.map(|one| Entry {
        id: PostingId::from_bits(act::draw()),
        kind: one.kind,
        amount: -one.amount,
        on: None,
        line: one.line,
        remittance: one.remittance.clone(),
        reverses: Some(one.id.clone()),
        why: "the payer says something else now".to_owned(),
    });
    let paid = now.into_iter().flatten().map(|one| Entry {
        id: PostingId::from_bits(act::draw()),
        kind: one.kind,
        amount: one.amount,
        on: None,
        line: one.line,
        remittance: Some(one.remittance),
        reverses: None,
        why: "as the remittance says".to_owned(),
    });
    let entries: Vec<Entry> = back.chain(paid).collect();
    try_act(office, case, &Action::Post { entries }).await.map(drop)
}
