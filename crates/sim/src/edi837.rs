//! Claims as 837P text.

use crate::answer::Answer;
use crate::edi::{Edi, long, money};
use crate::edi835::adjustments;
use crate::life::Submission;
use crate::patient::Cover;
use crate::world::{Practice, STATE, World};

/// Who takes the practice's claims to the payers.
pub(crate) const CLEARINGHOUSE: &str = "SIMCLEAR";
/// The practice's number with it.
pub(crate) fn submitter(practice: &Practice) -> String {
    format!("SUB{:05}", practice.at + 1)
}

/// The body of a transaction with the claims of one site.
pub(crate) fn write(
    world: &World,
    practice: &Practice,
    reference: &str,
    claims: &[&Submission],
    edi: &mut Edi,
) {
    let Some(first) = claims.first() else { return };
    header(practice, reference, first, edi);
    for (at, submission) in claims.iter().enumerate() {
        let level = (at + 2).to_string();
        edi.segment(&["HL", &level, "1", "22", "0"]);
        subscriber(world, submission, edi);
        claim(practice, submission, edi);
        match &submission.prior {
            Some(prior) => other_payer(world, submission, prior, edi),
            None => second_payer(world, submission, edi),
        }
        lines(world, submission, edi);
    }
}

fn header(practice: &Practice, reference: &str, first: &Submission, edi: &mut Edi) {
    let sender = submitter(practice);
    edi.segment(&["BHT", "0019", "00", reference, &long(first.on), "0600", "CH"]);
    edi.segment(&["NM1", "41", "2", &practice.name, "", "", "", "", "46", &sender]);
    edi.segment(&["PER", "IC", "BILLING OFFICE", "TE", "5555550123"]);
    edi.segment(&[
        "NM1",
        "40",
        "2",
        "SIMULATED CLEARINGHOUSE",
        "",
        "",
        "",
        "",
        "46",
        CLEARINGHOUSE,
    ]);
    edi.segment(&["HL", "1", "", "20", "1"]);
    let site = &practice.sites[0];
    edi.segment(&["NM1", "85", "2", &practice.name, "", "", "", "", "XX", &practice.npi]);
    edi.segment(&["N3", &site.street]);
    edi.segment(&["N4", site.city, STATE, &site.zip]);
    edi.segment(&["REF", "EI", &practice.tax_id]);
}

/// The membership under which the claim goes to its payer.
fn cover(submission: &Submission) -> &Cover {
    let patient = &submission.claim.patient;
    let second = patient.second.as_ref().filter(|_| submission.prior.is_some());
    second.unwrap_or(&patient.cover)
}

fn subscriber(world: &World, submission: &Submission, edi: &mut Edi) {
    let patient = &submission.claim.patient;
    let payer = world.payer(submission.payer);
    let order = if submission.prior.is_some() { "S" } else { "P" };
    edi.segment(&["SBR", order, "18", "", "", "", "", "", "", payer.filing]);
    let member = &cover(submission).member;
    let (last, first) = (patient.last, patient.first);
    edi.segment(&["NM1", "IL", "1", last, first, "", "", "", "MI", member]);
    edi.segment(&["N3", &patient.street]);
    edi.segment(&["N4", "SAMPLEVILLE", STATE, &patient.zip]);
    let sex = if patient.is_woman { "F" } else { "M" };
    edi.segment(&["DMG", "D8", &long(patient.born_on), sex]);
    edi.segment(&["NM1", "PR", "2", payer.name, "", "", "", "", "PI", &payer.code]);
}

fn claim(practice: &Practice, submission: &Submission, edi: &mut Edi) {
    let claim = &submission.claim;
    let frequency = submission.frequency.to_string();
    let place = edi.composite(&["11", "B", &frequency]);
    let charge = money(claim.charge());
    edi.segment(&["CLM", &claim.number, &charge, "", "", &place, "Y", "A", "Y", "Y"]);
    if let Some(authorization) = &submission.authorization {
        edi.segment(&["REF", "G1", authorization]);
    }
    if let Some(replaces) = &submission.replaces {
        edi.segment(&["REF", "F8", replaces]);
    }
    let mut codes = vec!["HI".to_owned()];
    for (at, code) in claim.diagnoses.iter().enumerate() {
        codes.push(edi.composite(&[if at == 0 { "ABK" } else { "ABF" }, code]));
    }
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    edi.segment(&codes);
    let provider = &practice.providers[claim.provider];
    let (last, first) = (provider.last, provider.first);
    edi.segment(&["NM1", "82", "1", last, first, "", "", "", "XX", &provider.npi]);
    let taxonomy = crate::catalogue::SPECIALTIES[provider.specialty].taxonomy;
    edi.segment(&["PRV", "PE", "PXC", taxonomy]);
    let site = &practice.sites[provider.site];
    edi.segment(&["NM1", "77", "2", &site.name, "", "", "", "", "XX", &site.npi]);
    edi.segment(&["N3", &site.street]);
    edi.segment(&["N4", site.city, STATE, &site.zip]);
}

/// The payer that comes after the first, where the patient has one (loop 2320).
fn second_payer(world: &World, submission: &Submission, edi: &mut Edi) {
    let patient = &submission.claim.patient;
    let Some(second) = &patient.second else { return };
    let payer = world.payer(second.payer);
    edi.segment(&["SBR", "S", "18", "", "", "", "", "", "", payer.filing]);
    edi.segment(&["OI", "", "", "Y", "", "", "Y"]);
    let (last, first) = (patient.last, patient.first);
    edi.segment(&["NM1", "IL", "1", last, first, "", "", "", "MI", &second.member]);
    edi.segment(&["NM1", "PR", "2", payer.name, "", "", "", "", "PI", &payer.code]);
}

/// What the first payer said, for the second (loop 2320).
fn other_payer(world: &World, submission: &Submission, prior: &Answer, edi: &mut Edi) {
    let patient = &submission.claim.patient;
    let payer = world.payer(prior.payer);
    edi.segment(&["SBR", "P", "18", "", "", "", "", "", "", payer.filing]);
    edi.segment(&["AMT", "D", &money(prior.paid())]);
    edi.segment(&["AMT", "EAF", &money(prior.patient_share())]);
    edi.segment(&["OI", "", "", "Y", "", "", "Y"]);
    let (last, first) = (patient.last, patient.first);
    let member = &patient.cover.member;
    edi.segment(&["NM1", "IL", "1", last, first, "", "", "", "MI", member]);
    edi.segment(&["NM1", "PR", "2", payer.name, "", "", "", "", "PI", &payer.code]);
}

fn lines(world: &World, submission: &Submission, edi: &mut Edi) {
    let claim = &submission.claim;
    let pointers: Vec<String> = (1..=claim.diagnoses.len()).map(|at| at.to_string()).collect();
    let pointers: Vec<&str> = pointers.iter().map(String::as_str).collect();
    let pointer = edi.composite(&pointers);
    for (at, line) in claim.lines.iter().enumerate() {
        edi.segment(&["LX", &line.number.to_string()]);
        let added = submission.modifier.filter(|_| at == 0).unwrap_or_default();
        let modifiers = if line.modifier.is_empty() { [added, ""] } else { [line.modifier, added] };
        let procedure = edi.composite(&["HC", line.procedure.code, modifiers[0], modifiers[1]]);
        let (charge, units) = (money(line.charge), line.units.to_string());
        edi.segment(&["SV1", &procedure, &charge, "UN", &units, "", "", &pointer]);
        edi.segment(&["DTP", "472", "D8", &long(claim.served_on)]);
        edi.segment(&["REF", "6R", &claim.control(line.number)]);
        if let Some(prior) = &submission.prior {
            decided_line(world, prior, at, &procedure, &units, edi);
        }
    }
}

/// A line as the first payer decided it (loop 2430).
fn decided_line(
    world: &World,
    prior: &Answer,
    at: usize,
    procedure: &str,
    units: &str,
    edi: &mut Edi,
) {
    let (payer, line) = (world.payer(prior.payer), &prior.lines[at]);
    edi.segment(&["SVD", &payer.code, &money(line.paid), procedure, "", units]);
    adjustments(&line.adjustments, edi);
    edi.segment(&["DTP", "573", "D8", &long(prior.pay_on)]);
    let share = line.of_group("PR");
    if share > 0 {
        edi.segment(&["AMT", "EAF", &money(share)]);
    }
}
