//! Proof of timely filing of a claim, put together from what is on record.

use anyhow::Context;
use denial::claim::Claim;
use denial::deadline::{self, DeadlineKind, Due};
use denial::denial::Denial;
use denial::rejection::{Acknowledgement, Answerer};
use denial::timely::{Filing, Proof, Verdict, Version};
use store::Tx;

use crate::practice::Office;
use crate::web::words;

/// What was sent of some claims that are one, who had it, and the filing limit as the rules stand
/// today.
pub(crate) async fn filing(
    tx: &mut Tx,
    office: &Office,
    claims: &[String],
) -> anyhow::Result<Filing> {
    let (mut versions, mut answers, mut latest) = (Vec::new(), Vec::new(), None);
    for claim in claims {
        for (file, _, body) in tx.versions(claim).await? {
            let billed: Claim = serde_json::from_str(&body).context("a kept claim is JSON")?;
            let frequency = billed.frequency.clone();
            versions.extend(billed.submitted_on.map(|on| Version { on, file, frequency }));
            latest.get_or_insert(billed);
        }
        for (file, body) in tx.answers_of_claim(claim).await? {
            let answer: Acknowledgement =
                serde_json::from_str(&body).context("a kept answer is JSON")?;
            answers.push((file, answer));
        }
    }
    Ok(Filing::of(versions, &answers, limit(office, latest.as_ref())))
}

/// Whether acknowledgements prove that the first claim came in time. It is asked once the limit of
/// a case has passed: before that the claim can still be sent.
pub(crate) async fn in_time(
    tx: &mut Tx,
    office: &Office,
    case: &Denial,
    claims: &[String],
) -> anyhow::Result<bool> {
    let limit = case.last_day(DeadlineKind::TimelyFiling);
    if limit.is_none_or(|by| by >= office.moment().today) {
        return Ok(false);
    }
    Ok(matches!(filing(tx, office, claims).await?.verdict, Verdict::Proven { .. }))
}

fn limit(office: &Office, claim: Option<&Claim>) -> Due {
    let Some(claim) = claim else { return Due::NoRule };
    let payer = office.rules.payer(&claim.payer, claim.plan);
    let from = claim.lines.iter().filter_map(|line| line.from).min();
    let to = claim.lines.iter().filter_map(|line| line.to.or(line.from)).max();
    deadline::filing(payer, (from, to), office.moment().today)
}

/// What is proven, as a sentence.
pub(crate) fn in_words(filing: &Filing) -> String {
    let day = words::day;
    match filing.verdict {
        Verdict::Proven { on, by } => format!(
            "Filed in time: a receipt of {} stands within the limit of {}.",
            day(on),
            day(by)
        ),
        Verdict::SentInTime { on, by } => format!(
            "Sent on {}, within the limit of {}; no receipt within it is on record.",
            day(on),
            day(by)
        ),
        Verdict::TooLate { on, by } => {
            format!("The first filing on record is of {}, after the limit of {}.", day(on), day(by))
        }
        Verdict::NothingSent => "Nothing that was sent is on record.".to_owned(),
        Verdict::NoLimit => {
            "The payer's filing limit is not configured: nothing says whether it was in time."
                .to_owned()
        }
    }
}

/// One version, in words.
pub(crate) fn version(one: &Version) -> String {
    format!("sent {}, frequency {}", words::day(one.on), one.frequency)
}

/// One receipt, in words.
pub(crate) fn proof(one: &Proof) -> String {
    let who = match one.answerer {
        Answerer::Payer => "the payer",
        Answerer::Clearinghouse => "the clearinghouse",
        Answerer::Unknown => "the receiver",
    };
    let number =
        if one.number.is_empty() { String::new() } else { format!(", number {}", one.number) };
    let name = if one.from.is_empty() { String::new() } else { format!(" ({})", one.from) };
    let said = match one.category.as_str() {
        "A2" => "accepted for adjudication",
        "A5" => "accepted and split",
        _ => "received",
    };
    let alone = if one.is_acceptance() { "" } else { ": a receipt, not yet an acceptance" };
    format!("{} {said} by {who}{name} on {}{number}{alone}", one.category, words::day(one.on))
}
