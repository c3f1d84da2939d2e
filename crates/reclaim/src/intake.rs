//! The cadence of what comes in: each payer's rhythm, set in its file or learned from its days of
//! payment; what did not come; remittances that nobody reviewed in time.

use denial::claim::{PayerName, PlanType};
use denial::remittance::RemittanceHead;
use insight::usual::Usual;
use jiff::ToSpan;
use jiff::civil::Date;
use store::intake::{Rhythm, Unreviewed};
use store::{Tx, instant};

use crate::practice::Office;

/// Days from which a rhythm is learned.
const LEARNED_DAYS: i64 = 365;
/// Pauses between days of payment from which one is learned.
const ENOUGH: usize = 8;
/// Days for which a remittance that nobody reviewed is asked for.
const ASKED_DAYS: i64 = 30;

/// Each payer's rhythm as its days of payment tell it now.
///
/// # Errors
/// The database.
pub(crate) async fn learned(tx: &mut Tx, office: &Office) -> Result<Vec<Rhythm>, store::Error> {
    let since = office.moment().today.saturating_sub(LEARNED_DAYS.days());
    let days = tx.paydays(&since.to_string()).await?;
    let mut rhythms = Vec::new();
    for payer in days.chunk_by(|one, other| one.0 == other.0) {
        let Some((id, name, _)) = payer.last() else { continue };
        let head = tx.last_head(id).await?;
        rhythms.extend(rhythm(office, &named(head.as_deref(), name), payer));
    }
    Ok(rhythms)
}

/// The payer as its last remittance names it: its id may find its file where its name does not.
/// One that cannot be read leaves the name.
fn named(head: Option<&str>, name: &str) -> PayerName {
    match head.and_then(|head| serde_json::from_str::<RemittanceHead>(head).ok()) {
        Some(head) => PayerName { name: head.payer.name, ids: head.payer.ids },
        None => PayerName { name: name.into(), ids: Vec::new() },
    }
}

fn rhythm(office: &Office, name: &PayerName, days: &[(String, String, String)]) -> Option<Rhythm> {
    let dates: Vec<Date> = days.iter().filter_map(|(.., day)| day.parse().ok()).collect();
    let pauses = dates.iter().zip(dates.iter().skip(1));
    let pauses: Vec<i32> =
        pauses.filter_map(|(one, next)| Some(one.until(*next).ok()?.get_days())).collect();
    let (payer, payer_name, _) = days.last()?;
    let last = *dates.last()?;
    let own = office.rules.own_file(name, PlanType::Unknown);
    let set = own.and_then(|own| Some((own.remits_every_days?, &own.file)));
    let (days, usual) = match (set, Usual::of_at_least(&pauses, ENOUGH)) {
        (Some((days, file)), _) => (Some(i64::from(days)), format!("every {days} days ({file})")),
        (None, Some(Usual { median, p90, n })) => {
            let text = format!("learned: half within {median} days, nine in ten within {p90}");
            (Some(i64::from(p90)), format!("{text} (n = {n})"))
        }
        (None, None) => (None, "not configured, and too few remittances to learn from".to_owned()),
    };
    let due = days.and_then(|days| last.checked_add(days.days()).ok());
    Some(Rhythm {
        payer: payer.clone(),
        payer_name: payer_name.clone(),
        last_on: last.to_string(),
        due_on: due.map(|due| due.to_string()),
        usual,
    })
}

/// Remittances of the last days that nobody reviewed: of all, and those that are late by the desk's
/// hours; none is late where they are not configured.
///
/// # Errors
/// The database.
pub(crate) async fn unreviewed(
    tx: &mut Tx,
    office: &Office,
    late: bool,
    limit: i64,
) -> Result<Vec<Unreviewed>, store::Error> {
    let today = office.moment().today;
    let from = office.begins(today.saturating_sub(ASKED_DAYS.days()));
    let until = match (late, office.rules.desk.intake) {
        (false, _) => store::audit::NEVER.to_owned(),
        (true, None) => return Ok(Vec::new()),
        (true, Some(intake)) => {
            let hours = jiff::SignedDuration::from_hours(i64::from(intake.hours));
            instant(office.clock.now().checked_sub(hours).unwrap_or(office.clock.now()))
        }
    };
    tx.unreviewed((&from, &until), limit).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payer_whose_last_remittance_cannot_be_read_keeps_its_name() {
        for head in [None, Some("{"), Some("\"STANDIN\"")] {
            let expected = PayerName { name: "STANDIN HEALTH".into(), ids: Vec::new() };
            assert_eq!(named(head, "STANDIN HEALTH"), expected, "{head:?}");
        }
    }
}
