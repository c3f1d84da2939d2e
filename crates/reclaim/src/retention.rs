//! `reclaim retention`: what is past the time for which the practice keeps records, and its bytes
//! taken out where nothing needs them. Rows and the journal stay, and tell that it was done.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::process::ExitCode;

use anyhow::{Context, bail};
use comfy_table::{CellAlignment, Table, presets};
use denial::denial::{Denial, Work};
use denial::request::Request;
use jiff::Span;
use jiff::civil::Date;
use serde_json::json;
use store::journal::Entry;
use store::retention::{Hold, Kept};
use store::words::WordKind;
use store::{Tx, instant};

use crate::practice::Office;
use crate::{identity, settle, show, wording};

/// Claims whose cases are read at a time.
const PAGE: i64 = 1_000;
/// Files and documents taken out in one transaction.
const PART: usize = 500;
/// How often it looks again where people worked meanwhile.
const TRIES: usize = 5;

/// What is past its time, and why the rest stays.
#[derive(Debug, Default)]
struct Found {
    /// What may go, with the last day that it is about.
    past: Vec<(Kept, Date)>,
    /// Closed cases past their time, by the year of their last day.
    cases: BTreeMap<i16, u64>,
    /// Cases that somebody holds.
    held: u64,
    /// Past its time by its own days, and needed by a case that is open, younger or held.
    needed: u64,
    /// The same, with a remittance to decide or settle or a rejection to resolve.
    waiting: u64,
    /// What holds when it was looked.
    holds: Vec<Hold>,
    /// The end of the work chain then.
    seq: i64,
}

/// What the cases say of claims and documents.
#[derive(Default)]
struct Said {
    /// Claims and documents that a case needs.
    needed: HashSet<String>,
    /// The last day of the others that a case names.
    last: HashMap<String, Date>,
}

/// Lists what is past its time; with a reason, takes its bytes out.
pub(crate) async fn run(office: &Office, why: Option<&str>) -> anyhow::Result<ExitCode> {
    let Some(years) = office.rules.desk.keep_years else {
        let lines = [
            "How long records are kept is not configured: nothing is past its time.",
            "Set keep_years in desk.toml to the longest of what binds you; the file names some.",
        ];
        show::print(lines.map(str::to_owned).to_vec())?;
        return Ok(ExitCode::from(u8::from(why.is_some())));
    };
    let found = find(office, years).await?;
    let mut lines = told(&found, years);
    if let Some(why) = why {
        if why.trim().is_empty() {
            bail!("say why in a few words: it stands in the journal");
        }
        lines.push(purge(office, years, found, why.trim()).await?);
    } else if !found.past.is_empty() {
        lines.push("Nothing was taken out; --purge --why TEXT does that.".to_owned());
    }
    show::print(lines)
}

/// The day from which on records are kept.
fn cutoff(today: Date, years: u16) -> anyhow::Result<Date> {
    let span = Span::new().try_years(years).context("no calendar has so many years")?;
    today.checked_sub(span).context("so many years reach before any calendar")
}

impl Said {
    /// Claims and documents that something names: it needs them, or its last day is past.
    fn name(&mut self, subjects: impl Iterator<Item = String>, last: Option<Date>) {
        for subject in subjects {
            match last {
                None => drop(self.needed.insert(subject)),
                Some(day) => {
                    let kept = self.last.entry(subject).or_insert(day);
                    *kept = day.max(*kept);
                }
            }
        }
    }
}

async fn find(office: &Office, years: u16) -> anyhow::Result<Found> {
    let cutoff = cutoff(office.moment().today, years)?;
    let mut tx = office.read().await?;
    let (holds, seq) = (tx.holds().await?, tx.known().await?.seq);
    let mut found = Found { holds, seq, ..Found::default() };
    let mut said = said(&mut tx, cutoff, &mut found).await?;
    letters(&mut tx, cutoff, &mut said).await?;
    for kept in tx.kept_bytes().await? {
        let Some(own) = own_day(&kept).filter(|day| *day < cutoff) else { continue };
        let subjects = subjects(&mut tx, &kept).await?;
        if kept.waiting > 0 {
            found.waiting += 1;
        } else if is_all_held(&found.holds) || subjects.iter().any(|one| said.needed.contains(one))
        {
            found.needed += 1;
        } else {
            let days = subjects.iter().filter_map(|one| said.last.get(one)).copied();
            let last = days.chain([own]).max().unwrap_or(own);
            found.past.push((kept, last));
        }
    }
    Ok(found)
}

fn is_all_held(holds: &[Hold]) -> bool {
    holds.iter().any(|hold| hold.scope == "practice")
}

/// Whom holds name.
#[derive(Default)]
struct Held {
    /// Everything.
    all: bool,
    cases: HashSet<String>,
    /// Words of the member ids of patients.
    members: HashSet<String>,
}

async fn held(tx: &mut Tx, holds: &[Hold]) -> anyhow::Result<Held> {
    let mut held = Held { all: is_all_held(holds), ..Held::default() };
    for hold in holds {
        held.cases.insert(hold.about.clone());
        if hold.scope == "patient" {
            held.cases.extend(tx.cases_of_patient(&hold.about).await?);
            let words = tx.names_among(std::slice::from_ref(&hold.about)).await?;
            let members = words.into_values().flatten().filter(|one| one.kind == WordKind::Member);
            held.members.extend(members.map(|one| one.word));
        }
    }
    Ok(held)
}

/// Which of some claims are of patients that somebody holds, denied or not.
async fn of_held_patients(
    tx: &mut Tx,
    members: &HashSet<String>,
    claims: &[String],
) -> anyhow::Result<Vec<String>> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let is_held = |id: &str| wording::words(id).iter().any(|word| members.contains(word));
    let mut found = Vec::new();
    for (claim, row) in tx.claims(claims).await? {
        if row.billed()?.is_some_and(|body| is_held(&body.patient.reveal().member)) {
            found.push(claim);
        }
    }
    for row in tx.said_of(claims).await? {
        if is_held(&settle::payment(&row)?.patient.reveal().member) {
            found.push(row.claim);
        }
    }
    Ok(found)
}

/// Walks every case: what it needs, and what it needs no more.
async fn said(tx: &mut Tx, cutoff: Date, found: &mut Found) -> anyhow::Result<Said> {
    let held = held(tx, &found.holds).await?;
    let (mut said, mut after) = (Said::default(), String::new());
    loop {
        let claims = tx.claim_ids(&after, PAGE).await?;
        let Some(last) = claims.last() else { return Ok(said) };
        after.clone_from(last);
        said.needed.extend(of_held_patients(tx, &held.members, &claims).await?);
        let cases = tx.cases_of(&claims).await?;
        let mut drafts = drafts(tx, &cases).await?;
        for case in cases {
            let is_held = held.all || held.cases.contains(case.id.as_str());
            found.held += u64::from(is_held);
            let last = last_day(&case).filter(|day| *day < cutoff);
            if let Some(last) = last {
                *found.cases.entry(last.year()).or_default() += 1;
            }
            let drafted = drafts.remove(case.id.as_str()).unwrap_or_default();
            let named = named_by(&case)?.into_iter().chain(drafted);
            said.name(named, last.filter(|_| !is_held));
        }
    }
}

/// What payers' letters need that wait for an answer, and what those that ended need no more.
async fn letters(tx: &mut Tx, cutoff: Date, said: &mut Said) -> anyhow::Result<()> {
    let mut after = String::new();
    loop {
        let bodies = tx.request_bodies(&after, PAGE).await?;
        let Some((last, _)) = bodies.last() else { return Ok(()) };
        after.clone_from(last);
        for (_, body) in &bodies {
            let letter: Request = serde_json::from_str(body).context("a kept letter is JSON")?;
            let claim = letter.subject.claim.as_ref().map(ToString::to_string);
            let is_held = claim.as_ref().is_some_and(|claim| said.needed.contains(claim));
            let last = letter.ended_on().filter(|day| *day < cutoff && !is_held);
            said.name(documents(body).chain(claim), last);
        }
    }
}

/// The last day that a closed case is about: its end, or its last day of service.
fn last_day(case: &Denial) -> Option<Date> {
    let Work::Closed { on, .. } = &case.work else { return None };
    [Some(*on), case.days.service_on, case.days.service_end_on].into_iter().flatten().max()
}

/// The claim of a case, and every document that it names anywhere.
fn named_by(case: &Denial) -> anyhow::Result<HashSet<String>> {
    let body = serde_json::to_string(case).context("a case is JSON")?;
    Ok(documents(&body).chain([case.claim.to_string()]).collect())
}

/// The documents that the drafts of some cases name: exhibits, and packets that were built.
async fn drafts(tx: &mut Tx, cases: &[Denial]) -> anyhow::Result<HashMap<String, HashSet<String>>> {
    let ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    let mut named: HashMap<String, HashSet<String>> = HashMap::new();
    for (case, body) in tx.drafts_among(&ids).await? {
        named.entry(case).or_default().extend(documents(&body));
    }
    Ok(named)
}

/// The documents that a JSON names anywhere, by id or by hash.
fn documents(body: &str) -> impl Iterator<Item = String> {
    body.split('"').filter_map(|text| {
        let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let of_hash = || identity::document(text).filter(|_| is_hash).map(|one| one.to_string());
        if text.starts_with("doc_") { Some(text.to_owned()) } else { of_hash() }
    })
}

/// The last day that a file or document says of itself.
fn own_day(kept: &Kept) -> Option<Date> {
    let taken: Date = kept.taken_at.get(..10)?.parse().ok()?;
    let paid = kept.paid_on.as_deref().and_then(|day| day.parse().ok());
    Some(paid.map_or(taken, |paid: Date| paid.max(taken)))
}

/// What of the cases a file or document is about: claims with those joined to them, and itself.
async fn subjects(tx: &mut Tx, kept: &Kept) -> anyhow::Result<Vec<String>> {
    let mut subjects = tx.claims_of_file(&kept.hash).await?;
    let joined = tx.joined(&subjects).await?;
    subjects.extend(joined.into_iter().flat_map(|(one, other)| [one, other]));
    subjects.extend(identity::document(&kept.hash).map(|one| one.to_string()));
    Ok(subjects)
}

fn told(found: &Found, years: u16) -> Vec<String> {
    let mut lines = vec![format!(
        "Records are kept for {years} years from the last service, the end of the case, the payment \
         or the day they came, whichever is last."
    )];
    let mut years: BTreeMap<i16, [u64; 4]> = BTreeMap::new();
    for (year, cases) in &found.cases {
        years.entry(*year).or_default()[0] += cases;
    }
    for (kept, last) in &found.past {
        let counts = years.entry(last.year()).or_default();
        counts[if kept.what == "document" { 1 } else { 2 }] += 1;
        counts[3] += u64::try_from(kept.bytes).unwrap_or(0);
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(["year", "closed cases", "documents", "files", "bytes"]);
    for (year, counts) in &years {
        let counts = counts.iter().map(ToString::to_string);
        table.add_row([year.to_string()].into_iter().chain(counts));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    match years.is_empty() {
        true => lines.push("Nothing is past its time.".to_owned()),
        false => lines.push(table.to_string()),
    }
    lines.push(format!(
        "Legal holds: {}, on {} cases. Past their time and staying: {} that a case which is open, \
         younger or held needs, {} with something to decide.",
        found.holds.len(),
        found.held,
        found.needed,
        found.waiting
    ));
    lines
}

/// Takes out what was found; the journal tells of each before its bytes go. Where somebody worked
/// or placed a hold meanwhile, it looks again.
async fn purge(office: &Office, years: u16, mut found: Found, why: &str) -> anyhow::Result<String> {
    let (mut gone, mut tries) = ([0_u64; 3], 0);
    while !found.past.is_empty() {
        let mut tx = office.write().await?;
        if tx.known().await?.seq != found.seq || tx.holds().await? != found.holds {
            drop(tx);
            tries += 1;
            if tries > TRIES {
                bail!("people work meanwhile; what is left goes when the desk is quiet");
            }
            found = find(office, years).await?;
            continue;
        }
        let part = found.past.split_off(found.past.len().saturating_sub(PART));
        note(&mut tx, office, &part, why, &mut gone).await?;
        found.seq = tx.known().await?.seq;
        tx.commit().await?;
    }
    let removed = remove(office).await?;
    let [documents, files, bytes] = gone;
    Ok(format!(
        "Taken out: {documents} documents and {files} files, {bytes} bytes; {removed} removed from the \
         folder. Their rows and the journal stay; backups made before hold the bytes."
    ))
}

async fn note(
    tx: &mut Tx,
    office: &Office,
    part: &[(Kept, Date)],
    why: &str,
    gone: &mut [u64; 3],
) -> anyhow::Result<()> {
    let moment = office.moment();
    let at = instant(moment.now);
    let mut entries = Vec::with_capacity(part.len());
    for (kept, last) in part {
        tx.purge(&kept.hash, &at).await?;
        let facts = json!({ "what": kept.what, "bytes": kept.bytes, "to": last, "why": why });
        entries.push(Entry::new(&kept.hash, "retention.purged", &facts));
        gone[usize::from(kept.what != "document")] += 1;
        gone[2] += u64::try_from(kept.bytes).unwrap_or(0);
    }
    tx.append(entries, &moment).await?;
    Ok(())
}

/// Removes the bytes of everything that was taken out, also before a crash, and that no practice
/// keeps; gives how many there were. None that are just coming in again are among them: whose they
/// are is asked while nothing can arrive.
async fn remove(office: &Office) -> anyhow::Result<u64> {
    let hashes = office.read().await?.all_purged().await?;
    let clinics = office.store.practices().await?;
    let mut removed = 0;
    for hash in hashes {
        let path = office.documents.path(&hash);
        if !path.exists() {
            continue;
        }
        let documents = office.documents.clone();
        let removing = tokio::task::spawn_blocking(move || documents.removing());
        let removing = removing.await.context("waiting for the documents folder stopped")??;
        let mut is_kept = false;
        for clinic in &clinics {
            is_kept |= office.store.read(&clinic.practice).await?.keeps(&hash).await?;
        }
        if !is_kept {
            fs::remove_file(&path).with_context(|| format!("cannot remove the document {hash}"))?;
            removed += 1;
        }
        drop(removing);
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn whole_years_have_to_be_over() {
        assert_eq!(cutoff(date(2026, 3, 3), 7).expect("a day"), date(2019, 3, 3));
        assert_eq!(cutoff(date(2024, 2, 29), 1).expect("a day"), date(2023, 2, 28));
        assert!(cutoff(date(2026, 3, 3), u16::MAX).is_err());
    }

    #[test]
    fn documents_are_named_by_id_or_by_hash() {
        let hash = "0123456789abcdef".repeat(4);
        let body = format!(r#"{{"document":"doc_1","former":["{hash}"],"note":"0123"}}"#);
        let by_hash = identity::document(&hash).expect("a hash").to_string();
        assert_eq!(documents(&body).collect::<Vec<_>>(), ["doc_1".to_owned(), by_hash]);
    }

    #[test]
    fn a_file_is_as_young_as_the_last_day_that_it_says() {
        let mut kept = Kept {
            hash: String::new(),
            bytes: 1,
            taken_at: "2019-03-03T12:00:00Z".to_owned(),
            what: "file".to_owned(),
            paid_on: None,
            waiting: 0,
        };
        assert_eq!(own_day(&kept), Some(date(2019, 3, 3)));
        kept.paid_on = Some("2019-03-05".to_owned());
        assert_eq!(own_day(&kept), Some(date(2019, 3, 5)));
        kept.taken_at = "soon".to_owned();
        assert_eq!(own_day(&kept), None, "what has no day stays");
    }
}
