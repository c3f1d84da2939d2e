//! What somebody did in a day: the cases that they touched, what they decided, in cents.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use denial::denial::{Balance, Status};
use denial::lifecycle::{Change, Event};
use denial::posting::Posting;
use store::digests::Deed;

/// A day of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sheet {
    /// Cases in the order in which they were first touched.
    pub(crate) cases: Vec<Touched>,
    /// What else was done, by kind.
    pub(crate) beside: BTreeMap<String, u64>,
}

/// What was done on one case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Touched {
    pub(crate) id: String,
    /// What, and how often.
    pub(crate) deeds: BTreeMap<String, u64>,
    /// Something went to the payer.
    pub(crate) sent: bool,
    /// It was decided: won, given up, settled, or a write-off approved or not.
    pub(crate) decided: bool,
    /// What was posted.
    pub(crate) posted: Balance,
}

/// What follows from a file, a rule or a day, and is no deed of whoever set it off.
const FOLLOWS: [&str; 11] = [
    "denial.opened",
    "denial.refiled",
    "denial.joined",
    "denial.clocked",
    "denial.scheduled",
    "denial.owned",
    "denial.promised",
    "denial.promise_kept",
    "denial.promise_broken",
    "denial.request_came",
    "denial.request_ended",
];

/// Adds up what somebody did. A decision that begins with what files say is the payer's, whoever
/// took the file in.
pub(crate) fn sheet(deeds: &[Deed]) -> Sheet {
    let is_heard = |one: &&Deed| matches!(one.kind.as_str(), "denial.refiled" | "denial.joined");
    let heard: BTreeSet<(&str, u32)> =
        deeds.iter().filter(is_heard).map(|one| (one.about.as_str(), version(&one.body))).collect();
    let mut sheet = Sheet::default();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for one in deeds {
        let Some(deed) = one.kind.strip_prefix("denial.") else {
            *sheet.beside.entry(one.kind.clone()).or_default() += 1;
            continue;
        };
        let is_payers = heard.contains(&(one.about.as_str(), version(&one.body)));
        if !is_payers && !FOLLOWS.contains(&one.kind.as_str()) {
            let cases = &mut sheet.cases;
            let at = *places.entry(&one.about).or_insert_with(|| {
                cases.push(Touched { id: one.about.clone(), ..Touched::default() });
                cases.len() - 1
            });
            cases[at].add(deed, one);
        }
    }
    sheet
}

impl Touched {
    fn add(&mut self, deed: &str, one: &Deed) {
        *self.deeds.entry(deed.to_owned()).or_default() += 1;
        let status = one.to_status.as_deref().and_then(Status::from_name);
        self.sent |= matches!(status, Some(Status::Corrected | Status::Appealed));
        let is_end = matches!(status, Some(Status::Overturned | Status::Paid | Status::WrittenOff));
        self.decided |=
            is_end || matches!(deed, "upheld" | "write_off_approved" | "write_off_declined");
        let posted = Balance::of(&[], &postings(&one.body));
        let sums = [
            (&mut self.posted.recovered, posted.recovered),
            (&mut self.posted.other_payer, posted.other_payer),
            (&mut self.posted.patient, posted.patient),
            (&mut self.posted.contractual, posted.contractual),
            (&mut self.posted.sequestration, posted.sequestration),
            (&mut self.posted.written_off, posted.written_off),
        ];
        for (sum, more) in sums {
            *sum += more;
        }
    }
}

/// The version that an event led to; its body begins with it.
fn version(body: &str) -> u32 {
    let digits = body.strip_prefix("{\"version\":").unwrap_or_default();
    digits.split(',').next().and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

/// What was posted, where the entry is a posting.
fn postings(body: &str) -> Vec<Posting> {
    match serde_json::from_str::<Event>(body).map(|event| event.change) {
        Ok(Change::Posted { postings }) => postings,
        Ok(_) | Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deed(about: &str, kind: &str, version: u32, to: Option<&str>) -> Deed {
        Deed {
            about: about.to_owned(),
            kind: kind.to_owned(),
            to_status: to.map(str::to_owned),
            body: format!("{{\"version\":{version},\"change\":{{\"kind\":"),
        }
    }

    #[test]
    fn what_a_file_said_is_no_deed_of_who_took_it_in() {
        let deeds = [
            deed("den_1", "denial.refiled", 2, None),
            deed("den_1", "denial.overturned", 2, Some("overturned")),
            deed("den_2", "denial.reviewed", 2, Some("in_review")),
            deed("den_2", "denial.scheduled", 2, None),
            deed("den_2", "denial.noted", 3, None),
            deed("den_2", "denial.noted", 4, None),
            deed("den_2", "denial.resubmitted", 5, Some("corrected_and_resubmitted")),
            deed("den_1", "denial.clocked", 3, None),
            deed("den_3", "denial.write_off_approved", 3, None),
            deed("hash", "file.taken", 0, None),
        ];
        let sheet = sheet(&deeds);
        let told: Vec<_> = sheet
            .cases
            .iter()
            .map(|one| (one.id.as_str(), one.deeds.len(), one.sent, one.decided))
            .collect();
        assert_eq!(told, [("den_2", 3, true, false), ("den_3", 1, false, true)]);
        assert_eq!(sheet.cases[0].deeds["noted"], 2);
        assert_eq!(sheet.beside["file.taken"], 1);
    }
}
