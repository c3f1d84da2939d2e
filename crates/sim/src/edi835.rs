//! Remittances as 835 text.

use crate::answer::{Adjustment, Answer, LineAnswer};
use crate::edi::{Edi, long, money};
use crate::payer::Payer;
use crate::remit::Remittance;
use crate::truth::ChaosKind;
use crate::world::{Practice, STATE, World};

/// A bank that does not exist, with the check digit that its number must have.
const BANK: &str = "999999992";

/// The body of a transaction, BPR to PLB.
pub(crate) fn write(world: &World, practice: &Practice, remit: &Remittance, edi: &mut Edi) {
    let payer = world.payer(remit.payer);
    header(practice, payer, remit, edi);
    if !remit.answers.is_empty() {
        edi.segment(&["LX", "1"]);
    }
    for answer in &remit.answers {
        claim(world, practice, payer, answer, edi);
    }
    provider_level(practice, remit, edi);
}

fn header(practice: &Practice, payer: &Payer, remit: &Remittance, edi: &mut Edi) {
    let (day, tin) = (long(remit.pay_on), format!("1{}", payer.tax_id));
    let total = money(remit.total);
    let method = method(payer, remit.total);
    let bpr = match method {
        "ACH" => [
            "BPR", "I", &total, "C", method, "CCP", "01", BANK, "DA", "000111", &tin, "", "01",
            BANK, "DA", "000222", &day,
        ],
        "CHK" => {
            ["BPR", "I", &total, "C", method, "", "", "", "", "", &tin, "", "", "", "", "", &day]
        }
        _ => ["BPR", "H", "0", "C", "NON", "", "", "", "", "", &tin, "", "", "", "", "", &day],
    };
    edi.segment(&bpr);
    edi.segment(&["TRN", "1", &remit.trace, &tin]);
    edi.segment(&["DTM", "405", &day]);
    edi.segment(&["N1", "PR", payer.name]);
    edi.segment(&["N3", "1 SIMULATION WAY"]);
    edi.segment(&["N4", "SAMPLEVILLE", STATE, "439990001"]);
    edi.segment(&["REF", "2U", &payer.code]);
    edi.segment(&["PER", "BL", "REMITTANCE DESK", "TE", "5555550100"]);
    let site = &practice.sites[0];
    edi.segment(&["N1", "PE", &practice.name, "XX", &practice.npi]);
    edi.segment(&["N3", &site.street]);
    edi.segment(&["N4", site.city, STATE, &site.zip]);
    edi.segment(&["REF", "TJ", &practice.tax_id]);
}

/// BPR04: without money none, else a check or a transfer.
pub(crate) const fn method(payer: &Payer, total: i64) -> &'static str {
    if total == 0 {
        "NON"
    } else if payer.at % 5 == 2 {
        "CHK"
    } else {
        "ACH"
    }
}

fn claim(world: &World, practice: &Practice, payer: &Payer, answer: &Answer, edi: &mut Edi) {
    let sum = money(answer.charge() + answer.charge_error);
    let (paid, share) = (money(answer.paid()), money(answer.patient_share()));
    let frequency = answer.frequency.to_string();
    let claim = &answer.claim;
    let number = &claim.number;
    edi.segment(&[
        "CLP",
        number,
        answer.status,
        &sum,
        &paid,
        &share,
        payer.paid_as,
        &answer.control,
        "11",
        &frequency,
    ]);
    names(world, practice, answer, edi);
    if !answer.remarks.is_empty() {
        let mut moa = vec!["MOA", "", ""];
        moa.extend(&answer.remarks);
        edi.segment(&moa);
    }
    if let Some(replaces) = answer.replaces.as_ref().filter(|one| **one != answer.control) {
        edi.segment(&["REF", "F8", replaces]);
    }
    let served_on = long(claim.served_on);
    edi.segment(&["DTM", "232", &served_on]);
    edi.segment(&["DTM", "233", &served_on]);
    edi.segment(&["DTM", "050", &long(answer.received_on)]);
    if answer.interest > 0 {
        edi.segment(&["AMT", "I", &money(answer.interest)]);
    }
    let broken = (answer.chaos == Some(ChaosKind::Malformed)).then_some(claim.at % 4);
    if broken == Some(0) {
        edi.segment(&["ZZQ", "01", "0"]);
    }
    for (at, line) in answer.lines.iter().enumerate() {
        write_line(answer, line, broken.filter(|_| at == 0), edi);
    }
}

fn names(world: &World, practice: &Practice, answer: &Answer, edi: &mut Edi) {
    let patient = &answer.claim.patient;
    let member = if answer.payer == patient.cover.payer {
        patient.cover.member.as_str()
    } else {
        patient.second.as_ref().map_or(patient.cover.member.as_str(), |one| one.member.as_str())
    };
    let (last, first) = (patient.last, patient.first);
    edi.segment(&["NM1", "QC", "1", last, first, "", "", "", "MI", member]);
    if is_corrected(answer) {
        edi.segment(&["NM1", "74", "1", last, first, "", "", "", "C", &format!("{member}C")]);
    }
    let provider = &practice.providers[answer.claim.provider];
    let (last, first) = (provider.last, provider.first);
    edi.segment(&["NM1", "82", "1", last, first, "", "", "", "XX", &provider.npi]);
    if let Some(next) = answer.forwarded_to {
        let next = world.payer(next);
        edi.segment(&["NM1", "TT", "2", next.name, "", "", "", "", "PI", &next.code]);
        if answer.status == "23" {
            edi.segment(&["NM1", "PR", "2", next.name, "", "", "", "", "PI", &next.code]);
        }
    }
}

/// Whether the payer tells the member number that it knows: with CARC 140, and not in a reversal.
fn is_corrected(answer: &Answer) -> bool {
    let mut adjustments = answer.lines.iter().flat_map(|line| &line.adjustments);
    !answer.is_reversal() && adjustments.any(|one| one.reason == "140")
}

/// Writes a line; `broken` names the way in which it is malformed on purpose.
fn write_line(answer: &Answer, line: &LineAnswer, broken: Option<u64>, edi: &mut Edi) {
    let procedure = edi.composite(&["HC", line.code, line.modifier]);
    let billed = line.billed.map_or_else(String::new, |code| edi.composite(&["HC", code]));
    let units = if line.units == 1 { String::new() } else { line.units.to_string() };
    let billed_units = line.billed_units.map_or_else(String::new, |units| units.to_string());
    edi.segment(&[
        "SVC",
        &procedure,
        &money(line.charge),
        &money(line.paid),
        "",
        &units,
        &billed,
        &billed_units,
    ]);
    let served_on = long(answer.claim.served_on);
    edi.segment(&["DTM", "472", if broken == Some(1) { &served_on[..7] } else { &served_on }]);
    adjustments(&line.adjustments, edi);
    edi.segment(&["REF", "6R", &answer.claim.control(line.line)]);
    if let Some(allowed) = line.allowed {
        edi.segment(&["AMT", "B6", &money(allowed)]);
    }
    if broken == Some(2) {
        edi.segment(&["AMT", "B6", "12.3.4"]);
    }
    for remark in &line.remarks {
        edi.segment(&["LQ", "HE", remark]);
    }
    if broken == Some(3) {
        edi.segment(&["LQ", "HE"]);
    }
}

/// CAS segments: one for each group, six reasons in each at most.
pub(crate) fn adjustments(adjustments: &[Adjustment], edi: &mut Edi) {
    for group in ["CO", "PR", "OA", "PI"] {
        let of_group: Vec<&Adjustment> =
            adjustments.iter().filter(|one| one.group == group).collect();
        for six in of_group.chunks(6) {
            let texts: Vec<[String; 3]> = six.iter().map(|one| triplet(one)).collect();
            let mut segment = vec!["CAS", group];
            segment.extend(texts.iter().flatten().map(String::as_str));
            edi.segment(&segment);
        }
    }
}

fn triplet(one: &Adjustment) -> [String; 3] {
    let units = one.units.map_or_else(String::new, |units| units.to_string());
    [one.reason.to_owned(), money(one.amount), units]
}

fn provider_level(practice: &Practice, remit: &Remittance, edi: &mut Edi) {
    let year_end = format!("{:04}1231", remit.pay_on.year());
    for six in remit.provider_level.chunks(6) {
        let texts: Vec<[String; 2]> = six
            .iter()
            .map(|entry| [edi.composite(&[entry.code, &entry.reference]), money(entry.amount)])
            .collect();
        let mut segment = vec!["PLB", &practice.npi, &year_end];
        segment.extend(texts.iter().flatten().map(String::as_str));
        edi.segment(&segment);
    }
}
