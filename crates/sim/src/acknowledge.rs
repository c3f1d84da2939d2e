//! What the clearinghouse says of a file of claims: 999 of its syntax, 277CA of each claim.

use jiff::civil::Date;

use crate::edi::{Edi, long, money};
use crate::edi837::{CLEARINGHOUSE, submitter};
use crate::life::Submission;
use crate::world::Practice;

/// The body of a 999 that accepts every transaction of a group, now and then with a note (IK5 E,
/// which is accepted all the same).
pub(crate) fn write_999(group: u64, transactions: usize, edi: &mut Edi) {
    edi.segment(&["AK1", "HC", &group.to_string(), "005010X222A1"]);
    let is_noted = group % 40 == 9;
    for at in 1..=transactions {
        edi.segment(&["AK2", "837", &format!("{at:04}"), "005010X222A1"]);
        if is_noted && at == 1 {
            edi.segment(&["IK3", "PRV", "25", "", "8"]);
            edi.segment(&["IK5", "E", "5"]);
        } else {
            edi.segment(&["IK5", "A"]);
        }
    }
    let count = transactions.to_string();
    edi.segment(&["AK9", if is_noted { "E" } else { "A" }, &count, &count, &count]);
}

/// A claim as a 277CA tells of it.
pub(crate) struct Reported<'a> {
    /// Last and first name of the patient.
    pub(crate) name: [&'a str; 2],
    pub(crate) member: &'a str,
    /// CLM01.
    pub(crate) number: &'a str,
    pub(crate) charge: i64,
    pub(crate) served_on: Option<Date>,
    /// The status that rejects it.
    pub(crate) rejected: Option<&'a str>,
}

impl<'a> Reported<'a> {
    pub(crate) fn of(submission: &'a Submission) -> Reported<'a> {
        let claim = &submission.claim;
        Reported {
            name: [claim.patient.last, claim.patient.first],
            member: &claim.patient.cover.member,
            number: &claim.number,
            charge: claim.charge(),
            served_on: Some(claim.served_on),
            rejected: submission.rejected,
        }
    }
}

/// The body of a 277CA over the claims of a file.
pub(crate) fn write_277(
    practice: &Practice,
    reference: &str,
    (on, claims): (Date, &[Reported<'_>]),
    edi: &mut Edi,
) {
    let day = long(on);
    edi.segment(&["BHT", "0085", "08", reference, &day, "0900", "TH"]);
    edi.segment(&["HL", "1", "", "20", "1"]);
    let name = "SIMULATED CLEARINGHOUSE";
    edi.segment(&["NM1", "AY", "2", name, "", "", "", "", "46", CLEARINGHOUSE]);
    edi.segment(&["TRN", "1", reference]);
    edi.segment(&["DTP", "050", "D8", &day]);
    edi.segment(&["DTP", "009", "D8", &day]);
    edi.segment(&["HL", "2", "1", "21", "1"]);
    batch(practice, reference, claims, &day, edi);
    edi.segment(&["HL", "3", "2", "19", "1"]);
    edi.segment(&["NM1", "85", "2", &practice.name, "", "", "", "", "XX", &practice.npi]);
    edi.segment(&["TRN", "1", "0"]);
    sums(claims, "", ["QA", "QC"], edi);
    for (at, one) in claims.iter().enumerate() {
        edi.segment(&["HL", &(at + 4).to_string(), "3", "PT"]);
        claim(one, &format!("CH{reference}{:04}", at + 1), &day, edi);
    }
}

fn batch(practice: &Practice, reference: &str, claims: &[Reported<'_>], day: &str, edi: &mut Edi) {
    let sender = submitter(practice);
    edi.segment(&["NM1", "41", "2", &practice.name, "", "", "", "", "46", &sender]);
    edi.segment(&["TRN", "2", reference]);
    sums(claims, day, ["90", "AA"], edi);
}

/// What was received, how much of it was accepted and rejected; `counts` are the two QTY01. The
/// day stands at the level of the receiver alone.
fn sums(claims: &[Reported<'_>], day: &str, counts: [&str; 2], edi: &mut Edi) {
    let (rejected, accepted): (Vec<&Reported<'_>>, Vec<&Reported<'_>>) =
        claims.iter().partition(|one| one.rejected.is_some());
    let sum = |claims: &[&Reported<'_>]| claims.iter().map(|one| one.charge).sum::<i64>();
    let all: Vec<&Reported<'_>> = claims.iter().collect();
    let received = edi.composite(&["A1", "19", "PR"]);
    edi.segment(&["STC", &received, day, "WQ", &money(sum(&all))]);
    let parts = [(counts[0], "YU", &accepted), (counts[1], "YY", &rejected)];
    let filled = parts.iter().filter(|(_, _, part)| !part.is_empty());
    for (count, _, part) in filled.clone() {
        edi.segment(&["QTY", count, &part.len().to_string()]);
    }
    for (_, amount, part) in filled {
        edi.segment(&["AMT", amount, &money(sum(part))]);
    }
}

/// A claim accepted or rejected; `trace` is the clearinghouse's number of it.
fn claim(one: &Reported<'_>, trace: &str, day: &str, edi: &mut Edi) {
    let [last, first] = one.name;
    edi.segment(&["NM1", "QC", "1", last, first, "", "", "", "MI", one.member]);
    edi.segment(&["TRN", "2", one.number]);
    let charge = money(one.charge);
    match one.rejected {
        Some(reason) => {
            let parts: Vec<&str> = reason.split(':').collect();
            let status = edi.composite(&parts);
            edi.segment(&["STC", &status, day, "U", &charge]);
        }
        None => {
            let status = edi.composite(&["A2", "20"]);
            edi.segment(&["STC", &status, day, "WQ", &charge]);
        }
    }
    edi.segment(&["REF", "D9", trace]);
    if let Some(served_on) = one.served_on {
        edi.segment(&["DTP", "472", "D8", &long(served_on)]);
    }
}
