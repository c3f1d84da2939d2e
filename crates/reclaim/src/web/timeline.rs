//! What happened to a case, a sentence for each event.

use std::collections::{BTreeSet, HashMap};

use denial::checklist::{Mark, Ticked};
use denial::denial::{Appeal, Denial, DeniedLine, NextAction, Owner, Resolution, RootCause, Work};
use denial::lifecycle::event::{Deed, Difference, LineChange};
use denial::lifecycle::evidence::{Frequency, PayerAnswer, Submission};
use denial::lifecycle::{Change, Event};
use denial::request::OpenRequest;
use denial::team;
use jiff::civil::Date;
use store::Tx;
use store::journal::Happened;

use crate::web::timeline_beside;
use crate::web::told_money::{self, Around, noted};
use crate::web::words::{day, day_of, instant, label, lower};

/// One entry.
#[derive(Clone)]
pub(crate) struct Told {
    /// The version of the case that it led to; 0 where it changed nothing.
    pub(crate) version: u32,
    pub(crate) at: String,
    pub(crate) who: String,
    pub(crate) text: String,
    /// The status after it, where it moved.
    pub(crate) moved: Option<(String, &'static str)>,
    /// What the case says of itself rather than what somebody did.
    pub(crate) quiet: bool,
    /// What kind it is of, by which the timeline is filtered.
    pub(crate) topic: &'static str,
    /// The lines of the claim that it names.
    pub(crate) lines: Vec<u16>,
}

/// Names of people by their ids.
pub(crate) type People = HashMap<String, String>;

/// The people of the practice.
pub(crate) async fn people(tx: &mut Tx) -> Result<People, store::Error> {
    Ok(tx.members().await?.into_iter().map(|one| (one.person, one.name)).collect())
}

/// The same with the remittances that entries name, each as payers call it: by its trace.
pub(crate) async fn names(
    tx: &mut Tx,
    people: &People,
    entries: &[Happened],
) -> Result<People, store::Error> {
    let texts = entries.iter().flat_map(|one| one.body.split('"'));
    let ids: BTreeSet<&str> = texts.filter(|text| text.starts_with("era_")).collect();
    let ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
    let mut names = people.clone();
    for row in tx.remittances_among(&ids).await? {
        let paid = row.paid_on.as_deref().map(day_of).filter(|on| !on.is_empty());
        let paid = paid.map(|on| format!(" of {on}")).unwrap_or_default();
        names.insert(row.remittance, format!("remittance {}{paid}", row.trace));
    }
    Ok(names)
}

/// A timeline in words, the newest first; `people` has the names of remittances too.
pub(crate) fn told(entries: &[Happened], people: &People, zone: &str) -> Vec<Told> {
    let mut lines: Vec<Option<u16>> = Vec::new();
    let mut told: Vec<Told> = Vec::with_capacity(entries.len());
    let mut case: Option<Denial> = None;
    for one in entries {
        let event = serde_json::from_str::<Event>(&one.body).ok();
        let moved = one.to_status.as_deref().filter(|_| one.from_status != one.to_status);
        let change = event.as_ref().map(|event| &event.change);
        let after = after(case.as_ref(), event.as_ref());
        let around = Around { before: case.as_ref(), after: after.as_ref() };
        told.push(Told {
            version: event.as_ref().map_or(0, |event| event.version),
            at: instant(&one.at, zone),
            who: name(people, &one.actor),
            text: change.map_or_else(
                || timeline_beside::said(one),
                |change| sentence(change, people, around),
            ),
            moved: moved.map(|status| (label(status), crate::web::words::status_class_of(status))),
            quiet: change.is_some_and(is_quiet),
            topic: change.map_or_else(|| timeline_beside::topic(&one.kind), topic),
            lines: change.map(|change| named_lines(change, &lines)).unwrap_or_default(),
        });
        change.into_iter().for_each(|change| follow(&mut lines, change));
        case = after.or(case);
    }
    told.reverse();
    told
}

/// The case after an event; `None` where nothing happened to it.
fn after(case: Option<&Denial>, event: Option<&Event>) -> Option<Denial> {
    match (case, event) {
        (Some(case), Some(event)) => Some(case.clone().apply(event)),
        (None, Some(event)) => Denial::fold([event]),
        (_, None) => None,
    }
}

/// Keeps which line stands at which place of the case.
fn follow(lines: &mut Vec<Option<u16>>, change: &Change) {
    let numbers = |all: &[DeniedLine]| all.iter().map(|line| line.line).collect();
    if let Change::Opened { denial } | Change::Undone { before: denial, .. } = change {
        *lines = numbers(&denial.lines);
    } else if let Change::Refiled { filing, .. } = change {
        *lines = numbers(&filing.lines);
    } else if let Change::Split { position, .. } = change
        && (1..=lines.len()).contains(position)
    {
        lines.remove(position - 1);
    }
}

/// The lines of the claim that a change names.
fn named_lines(change: &Change, at: &[Option<u16>]) -> Vec<u16> {
    let mut lines: Vec<u16> = if let Change::Refiled { changes, .. } = change {
        changes.iter().filter_map(|one| one.line).collect()
    } else if let Change::Posted { postings } = change {
        postings.iter().filter_map(|one| one.line).collect()
    } else if let Change::SetAside { position, .. }
    | Change::BroughtBack { position }
    | Change::Split { position, .. } = change
    {
        let place = position.checked_sub(1).and_then(|place| at.get(place));
        place.copied().flatten().into_iter().collect()
    } else {
        Vec::new()
    };
    lines.sort_unstable();
    lines.dedup();
    lines
}

/// The kind that a change is of; [`crate::web::case_timeline::TOPICS`] has its word.
const fn topic(change: &Change) -> &'static str {
    match change {
        Change::Opened { .. }
        | Change::Moved { .. }
        | Change::SetAside { .. }
        | Change::BroughtBack { .. }
        | Change::Split { .. } => "status",
        Change::Posted { .. }
        | Change::WriteOffProposed { .. }
        | Change::WriteOffApproved { .. }
        | Change::WriteOffDeclined { .. } => "money",
        Change::Recategorized { .. }
        | Change::RootCauseSet { .. }
        | Change::Noted { .. }
        | Change::Undone { .. } => "notes",
        Change::Contacted { .. }
        | Change::Promised { .. }
        | Change::PromiseKept { .. }
        | Change::PromiseBroken { .. }
        | Change::RequestCame { .. }
        | Change::RequestEnded { .. } => "contacts",
        Change::Asked { .. } | Change::Answered { .. } => "questions",
        Change::Ticked { .. } => "checks",
        Change::Attached { .. } => "documents",
        Change::Scheduled { .. }
        | Change::Planned { .. }
        | Change::Assigned { .. }
        | Change::Owned { .. }
        | Change::Taken { .. }
        | Change::Released
        | Change::SubStatusSet { .. }
        | Change::Snoozed { .. }
        | Change::Escalated { .. } => "plan",
        Change::Refiled { .. } | Change::Joined { .. } | Change::Clocked { .. } => "files",
    }
}

/// Everything that was sent to the payer, in its order, with what came of it.
pub(crate) fn sent(case: &Denial) -> Vec<String> {
    let ended = |on: Option<Date>| on.map(|on| format!(" · came to nothing on {}", day(on)));
    let submissions = case
        .submissions
        .iter()
        .map(|one| (one.sent_on, resubmitted(one) + &ended(one.ended_on).unwrap_or_default()));
    let decided = |one: &Appeal| match one.decided {
        Some((on, outcome)) => format!(" · {} on {}", lower(outcome.as_str()), day(on)),
        None => " · no decision yet".to_owned(),
    };
    let appeals =
        case.appeals.iter().map(|one| (one.filed_on, appealed(one, [&None; 3]) + &decided(one)));
    let mut all: Vec<(Date, String)> = submissions.chain(appeals).collect();
    all.sort_by_key(|(on, _)| *on);
    all.into_iter().map(|(_, text)| text).collect()
}

/// The name of somebody or of a team, or that nobody here is called so.
pub(crate) fn name(people: &People, id: &str) -> String {
    if let Some(team) = team::of_key(id) {
        return format!("{team} (team)");
    }
    people.get(id).cloned().unwrap_or_else(|| "somebody who has left".to_owned())
}

const fn is_quiet(change: &Change) -> bool {
    matches!(
        change,
        Change::Scheduled { .. }
            | Change::Clocked { .. }
            | Change::Joined { .. }
            | Change::Owned { posts: false, .. }
            | Change::Promised { .. }
    )
}

/// A change in a sentence.
pub(crate) fn sentence(change: &Change, people: &People, around: Around<'_>) -> String {
    match change {
        Change::Opened { denial } => opened(denial),
        Change::Moved { work, deed, .. } => moved(deed, work, people, around),
        Change::Refiled { changes, .. } => {
            let changes: Vec<String> = changes.iter().map(line_change).collect();
            format!("A file said more: {}", changes.join("; "))
        }
        Change::Joined { .. } => "The claim behind the case is known better".to_owned(),
        Change::Clocked { .. } => "The clocks were set again".to_owned(),
        Change::Posted { postings } => {
            let postings: Vec<String> =
                postings.iter().map(|one| told_money::posting_from(one, people)).collect();
            format!("Posted {}", postings.join("; "))
        }
        Change::Scheduled { next, .. } => format!("Next: {}", action(next)),
        Change::Planned { next, .. } => format!("Planned: {}", action(next)),
        Change::Assigned { owner, .. } => format!("Given to {}", owned(owner, people)),
        Change::Owned { owner, posts: false } => {
            format!("Belongs to {} now", owned(owner, people))
        }
        Change::Owned { owner, posts: true } => {
            format!("All of it is paid; {} posts its payment", owned(owner, people))
        }
        Change::Taken { by, .. } => format!("{} works on it", name(people, by.as_str())),
        Change::Released => "Released".to_owned(),
        Change::Recategorized { category, reason, .. } => {
            format!("Reason set to {}: {reason}", lower(category.as_str()))
        }
        Change::RootCauseSet { cause } => caused(cause),
        Change::SubStatusSet { sub_status } => within(sub_status),
        Change::Snoozed { until, reason } => format!("Put off until {}: {reason}", day(*until)),
        Change::Contacted { .. }
        | Change::Promised { .. }
        | Change::PromiseKept { .. }
        | Change::PromiseBroken { .. }
        | Change::RequestCame { .. }
        | Change::RequestEnded { .. } => by_payer(change),
        Change::Attached { attached, notice_on } => {
            let notice = notice_on.map(|on| format!(", received {}", day(on)));
            format!("Attached: {}{}", lower(&attached.what), notice.unwrap_or_default())
        }
        Change::Asked { question } => format!(
            "Asked {} by {}: {}",
            lower(question.to.as_str()),
            day(question.due),
            question.text
        ),
        Change::Answered { text, by, .. } => {
            format!("Answered by {}: {text}", name(people, by.as_str()))
        }
        Change::Escalated { to, person, reason, .. } => {
            let lead = person.as_ref().map(|lead| name(people, lead.as_str()));
            let whom = lead.map(|lead| format!("{lead}, who leads the team"));
            format!("Brought to {}: {reason}", whom.unwrap_or_else(|| lower(to.as_str())))
        }
        Change::SetAside { position, reason } => format!("Line {position} set aside: {reason}"),
        Change::BroughtBack { position } => format!("Line {position} is worked on again"),
        Change::Split { position, .. } => format!("Line {position} became a case of its own"),
        Change::Ticked { ticked } => self::ticked(ticked),
        Change::Noted { text } => format!("Note: {text}"),
        Change::WriteOffProposed { proposal } => {
            format!("Write-off of {} proposed: {}", proposal.amount, proposal.reason)
        }
        Change::WriteOffApproved { by } => approved(by.as_str(), people, around),
        Change::WriteOffDeclined { by, reason } => {
            let by = name(people, by.as_str());
            format!("Write-off{} declined by {by}: {reason}", told_money::proposed(around))
        }
        Change::Undone { .. } => "What was done last was taken back".to_owned(),
    }
}

fn opened(case: &Denial) -> String {
    format!("Case opened: {} denied as {}", case.balance.denied, lower(case.category.as_str()))
}

fn approved(by: &str, people: &People, around: Around<'_>) -> String {
    format!("Write-off{} approved by {}", told_money::proposed(around), name(people, by))
}

/// What the payer said beside its remittances.
fn by_payer(change: &Change) -> String {
    if let Change::Contacted { contact, .. } = change {
        contacted(contact)
    } else if let Change::Promised { promise } = change {
        format!("Promised by {}", day(promise.by))
    } else if let Change::PromiseKept { by, .. } = change {
        format!("The payer did what it had promised by {}", day(*by))
    } else if let Change::PromiseBroken { by, reference, .. } = change {
        broken(*by, reference)
    } else if let Change::RequestCame { request, .. } = change {
        came(request)
    } else if let Change::RequestEnded { state, .. } = change {
        format!("The payer's letter is {}", lower(state.as_str()))
    } else {
        String::new()
    }
}

/// `Promise of Mar 6, 2026 broken: call again, reference R-7`.
pub(crate) fn broken(by: Date, reference: &str) -> String {
    let reference = if reference.is_empty() { "none given" } else { reference };
    format!("Promise of {} broken: call again, reference {reference}", day(by))
}

fn came(request: &OpenRequest) -> String {
    let due = request.due.map_or_else(
        || "; its last day is not configured".to_owned(),
        |due| format!("; answer by {}", day(due)),
    );
    format!("The payer's letter came: {}{due}", lower(request.kind.as_str()))
}

fn ticked(ticked: &Ticked) -> String {
    let tick = &ticked.tick;
    let step = label(tick.step.as_str());
    let mark = match tick.mark {
        Mark::Done => "done",
        Mark::NotNeeded => "not needed",
        Mark::Open => "open again",
    };
    let shown = if tick.document.is_some() { ", shown by a document" } else { "" };
    format!("{step}: {mark}{shown}{}", noted(tick.note.trim()))
}

fn moved(deed: &Deed, work: &Work, people: &People, around: Around<'_>) -> String {
    match deed {
        Deed::Reviewed => match work {
            Work::Open { owner, next, .. } => {
                format!("Reviewed; {} has it. Next: {}", owned(owner, people), action(next))
            }
            Work::Closed { .. } => "Reviewed".to_owned(),
        },
        Deed::Resubmitted { submission } => resubmitted(submission),
        Deed::Appealed { appeal, late, without, although } => {
            appealed(appeal, [late, without, although])
        }
        Deed::Acknowledged { receipt } => {
            format!("Receipt proven: {} {}", lower(receipt.channel.as_str()), receipt.reference)
        }
        Deed::Rejected { codes, on } => {
            let codes: Vec<&str> = codes.iter().map(smol_str::SmolStr::as_str).collect();
            format!("Rejected before adjudication on {}: {}", day(*on), codes.join(", "))
        }
        Deed::Upheld { answer, on, partly } => {
            let rest = if *partly { " for the rest" } else { "" };
            format!("Denied again{rest} on {}{}", day(*on), answered(answer, people))
        }
        Deed::Withdrawn { reason, on } => format!("Withdrawn on {}: {reason}", day(*on)),
        Deed::Overturned { answer, on, expected, partly, rest_denied: _ } => {
            let part = if *partly { " in part" } else { "" };
            let expected = expected.map(|money| format!(", {money} expected"));
            let told = expected.unwrap_or_else(|| told_money::won(around));
            let posts = match work {
                Work::Open { owner, won: Some(it), .. } if it.worked_by.is_some() => {
                    format!("; {} posts its payment", owned(owner, people))
                }
                Work::Open { .. } | Work::Closed { .. } => String::new(),
            };
            format!(
                "The payer gave way{part} on {}{told}{}{posts}",
                day(*on),
                answered(answer, people)
            )
        }
        Deed::Disputed { reason, missing } => {
            let missing = missing.map(|money| format!(" ({money} missing)")).unwrap_or_default();
            format!("Disputed{missing}: {reason}")
        }
        Deed::Settled => match work {
            Work::Closed { resolution: Resolution::Transferred, .. } => {
                "Settled: the money was moved to where it belongs".to_owned()
            }
            Work::Closed { .. } | Work::Open { .. } => {
                format!("Settled: every cent is explained{}", told_money::recovered(around))
            }
        },
        Deed::WrittenOff { reason, note, approved_by } => {
            let second = approved_by.as_ref().map(|by| name(people, by.as_str()));
            let second = second.map(|name| format!("; approved by {name}")).unwrap_or_default();
            let given_up = around.after.map(|case| case.balance.written_off);
            let given_up = given_up.map(|amount| format!(" {amount}")).unwrap_or_default();
            format!("Written off{given_up} as {}: {note}{second}", lower(reason.as_str()))
        }
        Deed::Reopened { reason, remittance } => {
            let by = remittance.as_ref().and_then(|id| people.get(id.as_str()));
            let by = by.map(|name| format!(", by {name}")).unwrap_or_default();
            format!("Opened again: {reason}{by}")
        }
    }
}

fn resubmitted(submission: &Submission) -> String {
    let what = match submission.frequency {
        Frequency::Original => "New claim",
        Frequency::Replacement => "Corrected claim",
        Frequency::Void => "Void",
    };
    let confirmation = submission.confirmation.as_ref();
    let confirmation = confirmation.map(|text| format!(", confirmation {text}"));
    let late = submission.late.as_ref().map(|why| format!("; sent late: {why}"));
    let again = submission.again.as_ref().map(|why| format!("; sent again: {why}"));
    format!(
        "{what} {} sent by {} on {}{}{}{}",
        submission.reference,
        lower(submission.channel.as_str()),
        day(submission.sent_on),
        confirmation.unwrap_or_default(),
        late.unwrap_or_default(),
        again.unwrap_or_default()
    )
}

fn appealed(appeal: &Appeal, excuses: [&Option<String>; 3]) -> String {
    let confirmation = appeal.confirmation.as_ref();
    let confirmation = confirmation.map(|text| format!(", confirmation {text}"));
    let words = ["sent late", "documents left out", "sent although no appeal is open"];
    let told = words.iter().zip(excuses);
    let told = told.filter_map(|(word, why)| Some(format!("; {word}: {}", why.as_ref()?)));
    format!(
        "Appeal of level {} sent by {} on {}{}{}",
        appeal.level,
        lower(appeal.channel.as_str()),
        day(appeal.filed_on),
        confirmation.unwrap_or_default(),
        told.collect::<String>()
    )
}

fn contacted(contact: &denial::contact::Contact) -> String {
    let with = [&contact.representative, &contact.reference];
    let with: Vec<&str> =
        with.into_iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    let with = if with.is_empty() { String::new() } else { format!(" ({})", with.join(", ")) };
    let promised = contact.promised_by.map(|on| format!(". Promised by {}", day(on)));
    format!(
        "Contact by {}{with}: {}{}",
        lower(contact.channel.as_str()),
        contact.said,
        promised.unwrap_or_default()
    )
}

fn answered(answer: &PayerAnswer, people: &People) -> String {
    let trace = answer.remittance.as_ref().and_then(|id| people.get(id.as_str()));
    let proof = match (&answer.remittance, &answer.letter) {
        (Some(_), _) => format!(", by {}", trace.map_or("remittance", String::as_str)),
        (None, Some(_)) => ", by letter".to_owned(),
        (None, None) => String::new(),
    };
    format!("{proof}{}", noted(&answer.note))
}

fn within(sub_status: &str) -> String {
    format!("Sub-status: {}", if sub_status.is_empty() { "none" } else { sub_status })
}

fn caused(cause: &RootCause) -> String {
    let prevented = if cause.preventable { "preventable" } else { "not preventable" };
    let team = lower(cause.team.as_str());
    let had = match cause.recoverable {
        Some(true) => ", recoverable",
        Some(false) => ", not recoverable",
        None => "",
    };
    format!("Root cause: {} ({team}, {prevented}{had}){}", cause.step, noted(&cause.note))
}

fn action(next: &NextAction) -> String {
    format!("{} by {}", lower(next.kind.as_str()), day(next.on))
}

/// A role, the team of it that shares the case, and the person of it where one has it.
pub(crate) fn owned(owner: &Owner, people: &People) -> String {
    let role = lower(owner.role.as_str());
    match (&owner.person, &owner.team) {
        (Some(person), None) => format!("{} ({role})", name(people, person.as_str())),
        (Some(person), Some(team)) => {
            format!("{} ({role}, team {team})", name(people, person.as_str()))
        }
        (None, Some(team)) => format!("the team {team} ({role})"),
        (None, None) => role,
    }
}

fn line_change(change: &LineChange) -> String {
    let line = change.line.map_or("the claim".to_owned(), |number| format!("line {number}"));
    let on = |date: Date| day(date);
    match &change.what {
        Difference::Added => format!("{line} is denied too"),
        Difference::DeniedAgain => format!("{line} was denied again"),
        Difference::Recovered(recovery) => format!(
            "{line} was paid after all: {} on {}, {} days after the denial",
            recovery.amount,
            on(recovery.on),
            recovery.days
        ),
        Difference::TakenBack => format!("the payment of {line} was taken back"),
        Difference::Changed => format!("codes or amounts of {line} changed"),
        Difference::Removed => format!("{line} is not denied any more"),
    }
}
