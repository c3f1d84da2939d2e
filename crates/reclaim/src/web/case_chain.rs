//! The chain of a claim: as it was billed, what the payer said, what was sent again, what came of
//! that; and whether it was denied again for the same reason.

use std::collections::BTreeSet;

use denial::denial::Denial;
use denial::resent;
use jiff::civil::Date;

use crate::web::case_view::Spoken;
use crate::web::claim::VersionView;
use crate::web::words;

/// Another case of the same claim.
pub(super) struct Sibling {
    pub(super) href: String,
    pub(super) text: String,
}

impl Sibling {
    pub(super) fn of(case: &Denial) -> Sibling {
        let status = words::lower(case.status().as_str());
        Sibling {
            href: format!("/cases/{}", case.id),
            text: format!("Round {} at {}: {status}", case.round, case.payer_name.name),
        }
    }
}

/// The chain.
pub(crate) struct Chain {
    pub(crate) links: Vec<Link>,
    /// An 837 with it was taken in.
    pub(crate) is_billed: bool,
    /// What is told where it was denied again for the same reason; empty where it was not.
    pub(crate) repeat: String,
}

/// One link of it.
pub(crate) struct Link {
    pub(crate) on: String,
    pub(crate) text: String,
    /// Where it is from: a file's name, or a remittance's trace, and its address.
    pub(crate) source: String,
    pub(crate) href: String,
}

impl Chain {
    /// Versions as they were sent and what payers said of them, by their days.
    pub(crate) fn of(versions: &[VersionView], spoken: &[Spoken]) -> Chain {
        let mut links: Vec<(Option<Date>, bool, Link)> = Vec::new();
        links.extend(versions.iter().map(|one| (one.day, false, sent(one))));
        links.extend(spoken.iter().map(|one| (one.day, true, said(one))));
        // Of one day, the payer answers what was sent.
        links.sort_by_key(|(day, is_answer, _)| (*day, *is_answer));
        Chain {
            links: links.into_iter().map(|(_, _, link)| link).collect(),
            is_billed: !versions.is_empty(),
            repeat: repeat(versions, spoken),
        }
    }
}

fn sent(one: &VersionView) -> Link {
    Link {
        on: one.on.clone(),
        text: format!("{} · {} to {}", one.frequency, one.charge, one.payer),
        source: one.file.clone(),
        href: one.href.clone(),
    }
}

fn said(one: &Spoken) -> Link {
    let reasons: Vec<String> = denied(one).into_iter().collect();
    let denied =
        if reasons.is_empty() { String::new() } else { format!(", denied {}", reasons.join(", ")) };
    Link {
        on: one.on.clone(),
        text: format!("Payer: {}, paid {}{denied}", words::lower(&one.status), one.paid),
        source: one.trace.clone(),
        href: format!("/remittances/{}", one.remittance),
    }
}

/// The reasons by which it denies.
fn denied(one: &Spoken) -> BTreeSet<String> {
    let lines = one.lines.iter().flat_map(|line| &line.reasons);
    let all = one.reasons.iter().chain(lines).filter(|reason| reason.denies);
    all.map(|reason| reason.code.clone()).collect()
}

fn repeat(versions: &[VersionView], spoken: &[Spoken]) -> String {
    let mut told: Vec<_> = spoken.iter().filter_map(|one| Some((one.day?, denied(one)))).collect();
    told.sort_by_key(|(day, _)| *day);
    let sent: Vec<Date> = versions.iter().filter_map(|one| one.day).collect();
    let again = resent::repeated(&told, &sent);
    again.map_or_else(String::new, |first| {
        format!(
            "Repeat denial: sent again and denied again for the same reason as on {}.",
            words::day(first)
        )
    })
}
