//! The claims of a batch as its page lists them, as far as who looks may see each; and where those
//! that were sent are.

use std::collections::HashMap;

use denial::denial::Denial;
use denial::outgoing::State;
use store::Tx;
use store::correction_batches::{CorrectionBatch, CorrectionItem};
use store::correction_standing::SentCorrections;

use crate::batch::sight::Sight;
use crate::batch::{Looked, Told};
use crate::practice::Office;
use crate::web::names::Names;
use crate::web::trouble::Trouble;
use crate::web::{outbox, queue_patients, queue_row, words};

/// One claim.
pub(crate) struct Row {
    pub(crate) n: i64,
    /// Its case, where who looks may open it.
    pub(crate) case: Option<Known>,
    pub(crate) number: String,
    pub(crate) payer: String,
    pub(crate) changes: Vec<Told>,
    pub(crate) why: String,
    /// Why what it says is not told; empty where it is.
    pub(crate) hidden: &'static str,
    pub(crate) faults: Vec<(String, String)>,
}

/// What is told of a case.
pub(crate) struct Known {
    pub(crate) href: String,
    pub(crate) patient: String,
    pub(crate) reason: String,
    pub(crate) codes: String,
    pub(crate) outstanding: String,
}

/// Claims of a batch as rows.
///
/// # Errors
/// The database.
pub(crate) async fn rows(
    tx: &mut Tx,
    office: &Office,
    one: &CorrectionBatch,
    items: &[CorrectionItem],
) -> Result<Vec<Row>, Trouble> {
    let sight = Sight::of(tx, office, one, items).await?;
    let cases: Vec<Denial> = items.iter().filter_map(|item| sight.case(item)).cloned().collect();
    let known = known(tx, office, &cases).await?;
    let mut by_case: HashMap<String, Known> =
        cases.iter().map(|case| case.id.to_string()).zip(known).collect();
    let row = |item: &CorrectionItem| row(item, sight.hides(item), by_case.remove(&item.denial));
    Ok(items.iter().map(row).collect())
}

/// What is told of each of some cases: the patient as lists show names to who looks.
async fn known(tx: &mut Tx, office: &Office, cases: &[Denial]) -> Result<Vec<Known>, Trouble> {
    let claims: Vec<String> = cases.iter().map(|case| case.claim.to_string()).collect();
    let names = Names::among(tx, &claims).await?;
    let patients = queue_patients::named(tx, office, cases).await?;
    let known = |(case, patient): (&Denial, String)| Known {
        href: format!("/cases/{}", case.id),
        patient: names.listed(office, case.claim.as_str(), &patient),
        reason: words::label(case.category.as_str()),
        codes: queue_row::codes(case, &office.rules).0,
        outstanding: case.balance.outstanding().to_string(),
    };
    Ok(cases.iter().zip(patients).map(known).collect())
}

fn row(item: &CorrectionItem, hidden: &'static str, case: Option<Known>) -> Row {
    let looked = if hidden.is_empty() { Looked::of(item) } else { Looked::default() };
    let (mut changes, faults) = (looked.changes, looked.faults.into_iter());
    for one in &mut changes {
        one.field = words::sentence_case(&one.field);
    }
    Row {
        n: item.n,
        case,
        number: item.number.clone(),
        payer: item.payer_name.clone(),
        changes,
        why: words::sentence(&item.why),
        hidden,
        faults: faults.map(|(field, expected)| (words::sentence_case(&field), expected)).collect(),
    }
}

/// Where the claims of a batch are that were sent: those in the outbox with when they leave, those
/// that left with when they did, each in a sentence.
pub(crate) fn sent(parts: &[SentCorrections], zone: &str) -> Vec<String> {
    let state = |one: &SentCorrections| State::from_name(&one.state);
    let has_left = |one: &&SentCorrections| state(one).is_some_and(State::has_left);
    let is_back = |one: &&SentCorrections| state(one) == Some(State::CalledBack);
    let (left, others): (Vec<&SentCorrections>, Vec<_>) = parts.iter().partition(has_left);
    let (back, waits): (Vec<&SentCorrections>, Vec<_>) = others.into_iter().partition(is_back);
    let all: i64 = waits.iter().map(|part| part.claims).sum();
    let verb = if all == 1 { "is" } else { "are" };
    let waits = (all > 0)
        .then(|| format!("{all} of its claims {verb} in the outbox: {}.", whens(&waits, zone)));
    let each =
        |part: &SentCorrections| format!("{} of its claims {}.", part.claims, when(part, zone));
    let back = back.iter().map(|part| format!("{} of its claims: called back.", part.claims));
    waits.into_iter().chain(left.into_iter().map(each)).chain(back).collect()
}

/// When the parts leave, with how many claims of each where they are several.
fn whens(parts: &[&SentCorrections], zone: &str) -> String {
    let told = |part: &&SentCorrections| {
        let when = when(part, zone);
        if parts.len() == 1 { when } else { format!("{} {when}", part.claims) }
    };
    parts.iter().map(told).collect::<Vec<_>>().join("; ")
}

/// When one of them leaves or left.
pub(crate) fn when(part: &SentCorrections, zone: &str) -> String {
    let when = (part.leaves_at.as_str(), part.left_at.as_deref());
    outbox::standing((&part.state, part.tries), when, zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_in_the_outbox_is_told_apart_from_what_left() {
        let part = |state: &str, claims: i64| SentCorrections {
            batch: "cor_1".to_owned(),
            state: state.to_owned(),
            tries: 0,
            leaves_at: "2026-03-03T12:10:00Z".to_owned(),
            left_at: Some("2026-03-03T12:11:00Z".to_owned()),
            claims,
        };
        let parts = [part("waiting", 2), part("waiting", 1), part("sent", 1), part("answered", 4)];
        let told = sent(&parts, "UTC");
        assert_eq!(told.len(), 3);
        assert!(
            told[0].starts_with("3 of its claims are in the outbox: 2 leaves Mar 3"),
            "{told:?}"
        );
        assert!(told[1].starts_with("1 of its claims left Mar 3"), "{told:?}");
        assert!(told[2].starts_with("4 of its claims left Mar 3"), "{told:?}");
        let one = sent(&[part("waiting", 1)], "UTC");
        assert!(one[0].starts_with("1 of its claims is in the outbox: leaves Mar 3"), "{one:?}");
        let back = sent(&[part("called_back", 1)], "UTC");
        assert_eq!(back, ["1 of its claims: called back."]);
        assert_eq!(sent(&[], "UTC"), [""; 0]);
    }
}
