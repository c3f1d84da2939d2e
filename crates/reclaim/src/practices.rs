//! Practices: made, called and placed in their time zone, with the numbers under which payers pay
//! them; each change on record.

use std::process::ExitCode;

use anyhow::bail;
use denial::codes::Npi;
use denial::masks::Masks;
use denial::person::{Access, Actor, Moment, SecondFactor};
use denial::remittance::Payee;
use serde_json::json;
use store::journal::Entry;
use store::practices::{Clinic, PayeeKind};
use store::{Store, Tx, instant};

use crate::clock::Clock;
use crate::practice::{self, Office, Place};
use crate::show;

/// What is to change of a practice, as somebody typed it; what is empty stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) name: String,
    pub(crate) zone: String,
    pub(crate) npis: Vec<String>,
    pub(crate) tax_ids: Vec<String>,
    /// NPIs and tax ids that are the practice's no longer.
    pub(crate) gone: Vec<String>,
}

/// The same, checked.
#[derive(Debug, Default, PartialEq, Eq)]
struct Fit {
    name: Option<String>,
    zone: Option<String>,
    payees: Vec<(PayeeKind, String)>,
    gone: Vec<(PayeeKind, String)>,
}

/// Why a practice was not changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// What was typed cannot be; in words for whoever typed it.
    #[error("{0}")]
    Unfit(String),
    /// The database.
    #[error(transparent)]
    Fault(#[from] anyhow::Error),
}

impl From<store::Error> for Refused {
    fn from(error: store::Error) -> Refused {
        let is_taken = matches!(error, store::Error::PaidElsewhere { .. });
        if is_taken { Refused::Unfit(error.to_string()) } else { Refused::Fault(error.into()) }
    }
}

impl Wanted {
    fn fit(&self) -> Result<Fit, Refused> {
        let numbers = |kind, texts: &[String]| {
            let filled = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
            filled.map(|text| number(kind, text)).collect::<Result<Vec<_>, _>>()
        };
        let mut payees = numbers(PayeeKind::Npi, &self.npis)?;
        payees.extend(numbers(PayeeKind::TaxId, &self.tax_ids)?);
        let gone = self.gone.iter().map(|text| either(text.trim())).collect::<Result<_, _>>()?;
        Ok(Fit { name: name(&self.name)?, zone: zone(&self.zone)?, payees, gone })
    }
}

fn unfit<T>(text: String) -> Result<T, Refused> {
    Err(Refused::Unfit(text))
}

fn name(text: &str) -> Result<Option<String>, Refused> {
    let text = text.trim();
    if text.chars().count() > 100 || text.chars().any(char::is_control) {
        return unfit("a practice's name is one line of at most 100 letters".to_owned());
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn zone(text: &str) -> Result<Option<String>, Refused> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    match jiff::tz::TimeZone::get(text).ok().and_then(|zone| zone.iana_name().map(str::to_owned)) {
        Some(name) => Ok(Some(name)),
        None => unfit(format!("expected a time zone such as America/Chicago, {text:?} came")),
    }
}

fn number(kind: PayeeKind, text: &str) -> Result<(PayeeKind, String), Refused> {
    let value: String = text.chars().filter(|letter| !" -".contains(*letter)).collect();
    let is_digits = value.bytes().all(|byte| byte.is_ascii_digit());
    match kind {
        PayeeKind::Npi if !is_digits || value.len() != 10 => {
            unfit(format!("an NPI has ten digits, {text:?} came"))
        }
        PayeeKind::Npi if !Npi::new(&value).is_valid() => unfit(format!(
            "{value} is no NPI: its last digit does not follow from the others; look for a typo"
        )),
        PayeeKind::TaxId if !is_digits || value.len() != 9 => {
            unfit(format!("a tax id has nine digits, {text:?} came"))
        }
        PayeeKind::Npi | PayeeKind::TaxId => Ok((kind, value)),
    }
}

/// A number that is to go: ten digits are an NPI, nine a tax id.
fn either(text: &str) -> Result<(PayeeKind, String), Refused> {
    number(PayeeKind::TaxId, text).or_else(|_| number(PayeeKind::Npi, text))
}

/// The numbers of a payee that can be a practice's: whole, with the right check digit.
pub(crate) fn numbers(payee: &Payee) -> Vec<(PayeeKind, String)> {
    let npi = number(PayeeKind::Npi, payee.npi.as_str());
    let tax_id = number(PayeeKind::TaxId, &payee.tax_id);
    [npi, tax_id].into_iter().flatten().collect()
}

/// Makes a practice with its numbers; false where it is there, which is left as it is.
///
/// # Errors
/// [`Refused`]; nothing was made then.
pub(crate) async fn make(
    store: &Store,
    clinic: &Clinic,
    wanted: &Wanted,
    moment: &Moment,
) -> Result<bool, Refused> {
    let fit = wanted.fit()?;
    let mut tx = store.write_aside(&clinic.practice).await?;
    if !tx.make_practice(clinic, &instant(moment.now)).await? {
        return Ok(false);
    }
    let facts = json!({ "name": clinic.name, "zone": clinic.zone });
    let mut entries = vec![Entry::new(clinic.practice.as_str(), "practice.made", &facts)];
    entries.extend(pay_under(&mut tx, &fit.payees).await?);
    tx.append_house(entries, moment).await?;
    tx.commit().await?;
    Ok(true)
}

/// Changes what a practice is called, where it is, and under which numbers it is paid.
///
/// # Errors
/// [`Refused`]; nothing has changed then.
pub(crate) async fn change(office: &Office, wanted: &Wanted) -> Result<(), Refused> {
    let fit = wanted.fit()?;
    let mut tx = office.write().await?;
    let mut entries = call(&mut tx, &fit).await?;
    for (kind, value) in &fit.gone {
        if !tx.remove_payee(*kind, value).await? {
            return unfit(format!(
                "{value} is no number of this practice; `reclaim practice list` names them"
            ));
        }
        let facts = json!({ "kind": kind, "value": value });
        entries.push(Entry::new(tx.practice().as_str(), "practice.payee_removed", &facts));
    }
    entries.extend(pay_under(&mut tx, &fit.payees).await?);
    tx.append_house(entries, &office.moment()).await?;
    tx.commit().await?;
    Ok(())
}

/// Says who of the practice must have a second factor.
pub(crate) async fn require_factor(office: &Office, wanted: SecondFactor) -> anyhow::Result<()> {
    let mut tx = office.write().await?;
    tx.set_second_factor(wanted.as_str()).await?;
    let facts = json!({ "must": wanted.as_str() });
    let entry = Entry::new(office.practice().as_str(), "practice.second_factor_set", &facts);
    tx.append_house(vec![entry], &office.moment()).await?;
    tx.commit().await?;
    Ok(())
}

/// Says before whom names are masked; it is on record.
pub(crate) async fn mask(office: &Office, wanted: Masks) -> anyhow::Result<()> {
    let mut tx = office.write().await?;
    tx.set_masks(wanted.as_str()).await?;
    let facts = json!({ "value": wanted.as_str() });
    let entry = Entry::new(office.practice().as_str(), "practice.masks_set", &facts);
    tx.append_house(vec![entry], &office.moment()).await?;
    tx.commit().await?;
    Ok(())
}

/// Lines of a letterhead, and letters of each.
const LETTERHEAD: (usize, usize) = (6, 80);

/// Says what stands below the practice's name in its letters; it is on record.
pub(crate) async fn head_letters(office: &Office, text: &str) -> Result<(), Refused> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let (most, longest) = LETTERHEAD;
    if lines.len() > most || lines.iter().any(|line| line.chars().count() > longest) {
        let text = format!("A letterhead has at most {most} lines of {longest} letters each");
        return Err(Refused::Unfit(text));
    }
    let text = lines.join("\n");
    let mut tx = office.write().await?;
    tx.set_letterhead(&text).await?;
    let facts = json!({ "value": text });
    let entry = Entry::new(office.practice().as_str(), "practice.letterhead_set", &facts);
    tx.append_house(vec![entry], &office.moment()).await?;
    tx.commit().await?;
    Ok(())
}

async fn call(tx: &mut Tx, fit: &Fit) -> Result<Vec<Entry>, Refused> {
    let before = tx.clinic().await?;
    let name = fit.name.as_ref().unwrap_or(&before.name);
    let zone = fit.zone.as_ref().unwrap_or(&before.zone);
    if (name, zone) == (&before.name, &before.zone) {
        return Ok(Vec::new());
    }
    tx.set_clinic(name, zone).await?;
    let facts = json!({ "name": name, "zone": zone,
        "before": { "name": before.name, "zone": before.zone } });
    Ok(vec![Entry::new(before.practice.as_str(), "practice.changed", &facts)])
}

/// Adds numbers under which the practice is paid; gives the entries for those that are new.
pub(crate) async fn pay_under(
    tx: &mut Tx,
    payees: &[(PayeeKind, String)],
) -> Result<Vec<Entry>, store::Error> {
    let mut entries = Vec::new();
    for (kind, value) in payees {
        if tx.add_payee(*kind, value).await? {
            let facts = json!({ "kind": kind, "value": value });
            entries.push(Entry::new(tx.practice().as_str(), "practice.payee_added", &facts));
        }
    }
    Ok(entries)
}

/// The database, and who acts in it: above practices where nobody is named.
async fn desk(place: &Place, command: &str) -> anyhow::Result<(Store, Actor)> {
    if place.login.is_none() {
        return Ok((practice::open_store(place).await?, practice::console_actor()));
    }
    let office = Office::open(place).await?;
    office.require(command, Access::ManagePeople).await?;
    Ok((office.store, office.who))
}

/// `reclaim practice add`: in a database without any, the first one.
pub(crate) async fn run_add(
    place: &Place,
    short: &str,
    wanted: &Wanted,
) -> anyhow::Result<ExitCode> {
    let short = practice::short_name(short)?;
    let fit = wanted.fit()?;
    let (store, who) = desk(place, "practice add").await?;
    let clinic = Clinic {
        practice: short.clone(),
        name: fit.name.unwrap_or_else(|| short.to_string()),
        zone: fit.zone.unwrap_or_else(practice::own_zone),
        simulated: None,
    };
    let clock = Clock::System;
    let moment = Moment { now: clock.now(), today: clock.today(&clinic.zone), who };
    if !make(&store, &clinic, wanted, &moment).await? {
        bail!("practice {short} is there already; change it with `reclaim practice set {short}`");
    }
    let lines = vec![in_words(&store, &clinic).await?];
    store.close().await;
    show::print(lines)
}

/// `reclaim practice set`.
pub(crate) async fn run_set(office: &Office, wanted: &Wanted) -> anyhow::Result<ExitCode> {
    change(office, wanted).await?;
    let clinic = office.read().await?.clinic().await?;
    show::print(vec![in_words(&office.store, &clinic).await?])
}

/// `reclaim practice list`: every practice, or those of the person who is named.
pub(crate) async fn run_list(place: &Place) -> anyhow::Result<ExitCode> {
    let (store, who) = desk(place, "practice list").await?;
    let own = store.read_house().await?.practices_of(who.person.as_str()).await?;
    let mut lines = Vec::new();
    for clinic in store.practices().await? {
        if place.login.is_none() || own.contains(&clinic.practice) {
            lines.push(in_words(&store, &clinic).await?);
        }
    }
    store.close().await;
    if lines.is_empty() {
        lines.push("no practice yet; make one with `reclaim practice add NAME`".to_owned());
    }
    show::print(lines)
}

async fn in_words(store: &Store, clinic: &Clinic) -> anyhow::Result<String> {
    let payees = store.read(&clinic.practice).await?.payees().await?;
    let payees: Vec<String> = payees
        .iter()
        .map(|(kind, value)| match kind {
            PayeeKind::Npi => format!("NPI {value}"),
            PayeeKind::TaxId => format!("tax id {value}"),
        })
        .collect();
    let paid = if payees.is_empty() {
        "no NPI or tax id: takes every 835 whose payee no other practice is".to_owned()
    } else {
        payees.join(", ")
    };
    Ok(format!("{:<24} {:<20} {}; {paid}", clinic.practice.as_str(), clinic.zone, clinic.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(wanted: &Wanted) -> String {
        wanted.fit().expect_err("it does not fit").to_string()
    }

    #[test]
    fn what_is_typed_is_checked() {
        let wanted = Wanted {
            name: " North clinic ".to_owned(),
            zone: "america/chicago".to_owned(),
            npis: vec!["1234567893".to_owned(), String::new()],
            tax_ids: vec!["12-3456789".to_owned()],
            gone: vec!["1093817462".to_owned()],
        };
        let fit = wanted.fit().expect("it fits");
        assert_eq!(fit.name.as_deref(), Some("North clinic"));
        assert_eq!(fit.zone.as_deref(), Some("America/Chicago"));
        let ours = [(PayeeKind::Npi, "1234567893"), (PayeeKind::TaxId, "123456789")];
        assert_eq!(fit.payees, ours.map(|(kind, value)| (kind, value.to_owned())));
        assert_eq!(fit.gone, [(PayeeKind::Npi, "1093817462".to_owned())]);
        assert_eq!(Wanted::default().fit().expect("nothing changes"), Fit::default());
    }

    #[test]
    fn what_cannot_be_is_told() {
        let npi = |text: &str| Wanted { npis: vec![text.to_owned()], ..Wanted::default() };
        assert!(said(&npi("1234567890")).contains("no NPI"));
        assert!(said(&npi("12345")).contains("ten digits"));
        let tax_ids = vec!["12345".to_owned()];
        assert!(said(&Wanted { tax_ids, ..Wanted::default() }).contains("nine digits"));
        let zone = "Middle/Earth".to_owned();
        assert!(said(&Wanted { zone, ..Wanted::default() }).contains("America/Chicago"));
        let name = "two\nlines".to_owned();
        assert!(said(&Wanted { name, ..Wanted::default() }).contains("one line"));
    }
}
