//! Payers are asked where claims stand (276) and their answers (277) come to what is done next:
//! each night about what waits longer than its payer usually takes, and whenever somebody asks.

pub(crate) mod answered;
pub(crate) mod asking;
pub(crate) mod command;

use std::collections::BTreeMap;
use std::fmt;

use denial::claim_status::{self, Asked, Step};
use denial::denial::{Denial, Status};
use insight::usual::Usual;
use jiff::civil::Date;
use store::status::StatusQuestion;
use store::{Tx, instant};

use crate::practice::{Office, console_actor};
use crate::status::asking::Wanted;
use crate::web::words;
use crate::{rank, unanswered};

/// The sweep's name among those that ran.
pub(crate) const SWEEP: &str = "status";
/// Cases looked at in one transaction.
const PAGE: i64 = 500;

/// The number of a claim, and why nobody is asked about it.
pub(crate) type Left = (String, String);

/// What asking came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Questions that leave.
    pub(crate) asked: usize,
    /// The files in which they leave.
    pub(crate) files: usize,
    /// Claims about which nobody is asked, by their numbers, and why.
    pub(crate) left: Vec<Left>,
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { asked, files, left } = self;
        write!(out, "{asked} questions in {files} files")?;
        if left.is_empty() { Ok(()) } else { write!(out, ", {} not asked", left.len()) }
    }
}

/// Asks about what is late, where that was not done on this day of the practice and the rules let
/// it be done by itself.
///
/// # Errors
/// The database or a file.
pub(crate) async fn sweep(office: &Office) -> anyhow::Result<Option<Tally>> {
    let office = &office.afresh().await?;
    let is_whole = office.rules.require_whole().is_ok();
    if !office.rules.status.asks_by_itself || !is_whole {
        return Ok(None);
    }
    let ran = office.read().await?.sweeps().await?;
    let ran = ran.iter().find(|(name, ..)| name == SWEEP);
    if ran.is_some_and(|(_, at, _)| !rank::is_before_today(office, at)) {
        return Ok(None);
    }
    run(office).await.map(Some)
}

/// Asks about what is late.
///
/// # Errors
/// The database or a file.
pub(crate) async fn run(office: &Office) -> anyhow::Result<Tally> {
    let mut wanted = late_claims(office).await?;
    wanted.extend(late_cases(office).await?);
    let tally = asking::ask(office, &console_actor(), wanted).await?;
    let mut tx = office.write().await?;
    tx.note_sweep(SWEEP, &instant(office.clock.now()), &tally.to_string()).await?;
    tx.commit().await?;
    Ok(tally)
}

/// Claims that no payer has answered in its usual days. What a payer passed on is asked of nobody:
/// the next one was never sent it by us.
async fn late_claims(office: &Office) -> anyhow::Result<Vec<Wanted>> {
    let today = office.moment().today.to_string();
    let mut tx = office.read().await?;
    let found = tx.unanswered(Some(&today), i64::MAX).await?;
    let own = found.into_iter().filter(|one| one.kind == "claim");
    let wanted = |one: store::unanswered::Unanswered| Wanted {
        claim: one.claim,
        number: one.number,
        case: None,
        why: why(&words::day_of(&one.due_on.unwrap_or_default()), &one.usual),
    };
    Ok(own.map(wanted).collect())
}

fn why(due: &str, usual: &str) -> String {
    format!("no answer by {due}, when this payer usually has answered ({usual})")
}

/// Cases whose corrected claim the payer has not answered in its usual days.
async fn late_cases(office: &Office) -> anyhow::Result<Vec<Wanted>> {
    let today = office.moment().today;
    let times: BTreeMap<String, Usual> =
        office.read().await?.answer_times().await?.into_iter().collect();
    let (mut wanted, mut after) = (Vec::new(), String::new());
    loop {
        let page = office.read().await?.cases_with_payer(&after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(wanted) };
        after = last.id.to_string();
        for case in page {
            let Some(sent) = case.submissions.last().filter(|one| one.ended_on.is_none()) else {
                continue;
            };
            let by = (&case.payer_name, case.plan);
            let (due, usual) = unanswered::due(office, by, &case.payer, sent.sent_on, &times);
            if let Some(due) = due.filter(|due| *due < today) {
                wanted.push(Wanted::of(case, why(&words::day(due), &usual)));
            }
        }
    }
}

/// The last question about a claim, as the cadence counts it.
pub(crate) fn asked(one: &StatusQuestion) -> Option<Asked> {
    let on = one.asked_on.parse().ok()?;
    let again = one.step == Step::AskAgain.as_str();
    let again_on = one.look_on.as_deref().filter(|_| again).and_then(|day| day.parse().ok());
    Some(Asked { on, again_on })
}

/// Why a claim is not asked about today, where it is not: it was asked within the payer's cadence.
pub(crate) fn too_soon(
    last: Option<&StatusQuestion>,
    again_days: Option<u16>,
    (today, by_itself): (Date, bool),
) -> Option<String> {
    let Some(last) = last.and_then(asked) else {
        let unset = by_itself && again_days.is_none();
        return unset
            .then(|| "the days until the same is asked again are not configured".to_owned());
    };
    let day = |on: Date| on.strftime("%b %-d, %Y").to_string();
    match claim_status::again_from(last, again_days) {
        Some(from) if from > today => {
            Some(format!("asked on {}; the same is asked again from {}", day(last.on), day(from)))
        }
        Some(_) => None,
        // A person may ask anew on another day; nothing asks by itself without a cadence.
        None if by_itself || last.on >= today => {
            Some(format!("asked on {}; the payer's cadence is not configured", day(last.on)))
        }
        None => None,
    }
}

/// True where a case has something that a payer can be asked about: its claim, denied or sent
/// again, while it is open.
pub(crate) fn can_ask(case: &Denial) -> bool {
    match case.status() {
        Status::New | Status::InReview | Status::Corrected | Status::Pending => true,
        Status::Overturned => true,
        // An appeal is no claim: a 276 does not ask about it.
        Status::Appealed | Status::Paid | Status::WrittenOff => false,
    }
}

/// The questions about a claim, the newest first.
///
/// # Errors
/// The database.
pub(crate) async fn of_claim(
    tx: &mut Tx,
    claim: &str,
) -> Result<Vec<StatusQuestion>, store::Error> {
    tx.status_questions(claim).await
}
