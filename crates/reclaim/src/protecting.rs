//! Claims are marked as specially protected records: by the rules when they are billed or a case is
//! opened or changed rules reach them, and by a person's word, which holds over the rules.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use denial::person::Moment;
use denial::protected::{Marks, Protected};
use denial::rules::Rules;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::claims::NewVersion;
use store::journal::Entry;
use store::{Tx, instant};

use crate::practice::Office;
use crate::settle;

/// The sweep's name among those that ran.
pub(crate) const SWEEP: &str = "protected";
/// Claims in one transaction: the longest that anybody waits for it.
const PART: i64 = 100;

/// Looks at the claims of a file of which a version is marked, or that were marked before.
///
/// # Errors
/// The database.
pub(crate) async fn billed(
    tx: &mut Tx,
    office: &Office,
    marked: Vec<String>,
    claims: &[String],
    moment: &Moment,
) -> anyhow::Result<()> {
    let before = tx.protections(claims).await?;
    look(tx, &office.rules, before.into_keys().chain(marked), moment).await
}

/// The claims of which a version is marked.
pub(crate) fn marked(versions: &[NewVersion], protected: &Protected) -> Vec<String> {
    let is = |one: &&NewVersion| !protected.kinds_of(&Marks::of_claim(&one.body)).is_empty();
    versions.iter().filter(is).map(|one| one.known.claim.to_string()).collect()
}

/// Reads anew what is known of some claims, and keeps where the rules say another thing of them
/// than before.
///
/// # Errors
/// The database.
pub(crate) async fn look(
    tx: &mut Tx,
    rules: &Rules,
    claims: impl IntoIterator<Item = String>,
    moment: &Moment,
) -> anyhow::Result<()> {
    let claims: BTreeSet<String> = claims.into_iter().collect();
    if claims.is_empty() {
        return Ok(());
    }
    let kinds = settle::marked(tx, rules, claims.into_iter().collect()).await?;
    let claims: Vec<String> = kinds.keys().cloned().collect();
    keep(tx, kinds, &claims, moment).await
}

/// Keeps what the rules say of claims where it is another thing than before; nothing was said so
/// far of those that nobody knew.
///
/// # Errors
/// The database.
pub(crate) async fn keep(
    tx: &mut Tx,
    kinds: BTreeMap<String, String>,
    known: &[String],
    moment: &Moment,
) -> anyhow::Result<()> {
    let before = tx.protections(known).await?;
    let mut entries = Vec::new();
    for (claim, kinds) in kinds {
        if before.get(&claim).map_or("", |one| one.by_rule.as_str()) == kinds {
            continue;
        }
        tx.protect_by_rule(&claim, &kinds).await?;
        entries.push(Entry::new(&claim, "protection.ruled", &json!({ "what": kinds })));
    }
    if !entries.is_empty() {
        tx.append(entries, moment).await?;
    }
    Ok(())
}

/// A case went to another claim; what a person tagged it as goes along. That somebody said it is
/// none does not: they have not seen the other claim.
///
/// # Errors
/// The database.
pub(crate) async fn follow(
    tx: &mut Tx,
    case: &str,
    (from, to): (&str, &str),
    moment: &Moment,
) -> Result<(), store::Error> {
    let mut said = tx.protections(&[from.to_owned(), to.to_owned()]).await?;
    let is_said = said.get(to).is_some_and(|one| one.by_hand.is_some());
    let tagged = said.remove(from).and_then(|one| one.by_hand).filter(|kinds| !kinds.is_empty());
    let Some(kinds) = tagged.filter(|_| !is_said) else { return Ok(()) };
    tx.protect_by_hand(to, &kinds).await?;
    let facts = json!({ "what": kinds, "why": "the case was tagged on the claim it came from" });
    tx.append(vec![Entry::new(case, "protection.set", &facts)], moment).await
}

/// A person says of a case's claim what it is, or that it is none: its cases tell it in their
/// timelines.
///
/// # Errors
/// The database.
pub(crate) async fn by_hand(
    tx: &mut Tx,
    claim: &str,
    kinds: &str,
    why: &str,
    moment: &Moment,
) -> Result<(), store::Error> {
    tx.protect_by_hand(claim, kinds).await?;
    let kind = if kinds.is_empty() { "protection.lifted" } else { "protection.set" };
    let facts = json!({ "what": kinds, "why": why });
    let cases = tx.cases_of(&[claim.to_owned()]).await?;
    let entries = cases.iter().map(|case| Entry::new(case.id.as_str(), kind, &facts)).collect();
    tx.append(entries, moment).await
}

/// How far a walk over every claim has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Walk {
    /// The mark of the rules that it brings.
    rules: String,
    /// The last claim that follows them; none once all do.
    after: Option<String>,
}

/// Brings changed marks to every claim, open or closed; what a stop leaves undone goes on there.
///
/// # Errors
/// The database.
pub(crate) async fn sweep(office: &Office) -> anyhow::Result<()> {
    let Some(mut walk) = to_do(office).await? else { return Ok(()) };
    while let Some(after) = walk.after.take() {
        let mut tx = office.write().await?;
        let now = office.in_step(&mut tx).await?;
        let claims = tx.claim_ids(&after, PART).await?;
        walk.after = claims.last().cloned();
        look(&mut tx, &now.rules, claims, &office.moment()).await?;
        note(&mut tx, office, &walk).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// A practice without a claim needs no walk once it has some.
///
/// # Errors
/// The database.
pub(crate) async fn begin(office: &Office) -> anyhow::Result<()> {
    let Some(walk) = to_do(office).await? else { return Ok(()) };
    let mut tx = office.write().await?;
    if tx.claim_ids("", 1).await?.is_empty() {
        note(&mut tx, office, &Walk { after: None, ..walk }).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn to_do(office: &Office) -> anyhow::Result<Option<Walk>> {
    let sweeps = office.read().await?.sweeps().await?;
    let last = sweeps.into_iter().find(|(name, ..)| name == SWEEP);
    let last: Option<Walk> =
        last.map(|(.., text)| serde_json::from_str(&text)).transpose().context("a kept walk")?;
    // Differs where a mark does; another text of the file alone is no reason to walk.
    let rules = hex::encode(Sha256::digest(format!("{:?}", office.rules.protected)));
    Ok(match last {
        Some(walk) if walk.rules == rules => walk.after.is_some().then_some(walk),
        Some(_) | None => Some(Walk { rules, after: Some(String::new()) }),
    })
}

async fn note(tx: &mut Tx, office: &Office, walk: &Walk) -> anyhow::Result<()> {
    let text = serde_json::to_string(walk).context("a walk is JSON")?;
    tx.note_sweep(SWEEP, &instant(office.clock.now()), &text).await?;
    Ok(())
}
