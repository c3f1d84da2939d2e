//! Where a claim stands, as its payer says when it is asked (276): the answer (277, 005010X212) by
//! what is true on the day.

use jiff::civil::Date;

use crate::deciding;
use crate::edi::{Edi, long, money};
use crate::edi837::submitter;
use crate::life::Life;
use crate::received::Inquiry;
use crate::world::{Practice, World};

/// What is answered to one question.
pub(crate) struct Answered {
    /// Category and status, such as `P1:20`.
    pub(crate) status: &'static str,
    /// Our number of the claim there, where it is known.
    pub(crate) control: Option<String>,
    /// What was paid, and when.
    pub(crate) paid: Option<(i64, Date)>,
}

/// What a payer says of a claim; `None` for one that it never got.
pub(crate) fn stands(world: &World, life: Option<&Life>, asked: &Inquiry, day: Date) -> Answered {
    let unknown = Answered { status: "A4:35", control: None, paid: None };
    let Some(life) = life else { return unknown };
    let is_own = world.payer(life.claim.payer).code == asked.payer;
    let came = |one: &&crate::life::Submission| {
        one.rejected.is_none() && one.prior.is_none() && one.on <= day
    };
    if !is_own || !life.submissions.iter().any(|one| came(&one)) {
        return unknown;
    }
    let Some(answer) = deciding::standing(life, day) else {
        return Answered { status: "P1:20", ..unknown };
    };
    let paid: i64 = answer.lines.iter().map(|line| line.paid).sum();
    Answered {
        status: if paid > 0 { "F1:65" } else { "F2:1" },
        control: Some(answer.control.clone()),
        paid: Some((paid, answer.pay_on)),
    }
}

/// The body of a 277 that answers the questions of one file.
pub(crate) fn write(
    practice: &Practice,
    (reference, day): (&str, Date),
    answers: &[([String; 4], &Inquiry, Answered)],
    edi: &mut Edi,
) {
    let made = long(day);
    let payer = answers.first().map(|(_, asked, _)| asked.payer.as_str()).unwrap_or_default();
    edi.segment(&["BHT", "0010", "08", reference, &made, "0900", "DG"]);
    edi.segment(&["HL", "1", "", "20", "1"]);
    edi.segment(&["NM1", "PR", "2", "SIMULATED PAYER", "", "", "", "", "PI", payer]);
    edi.segment(&["HL", "2", "1", "21", "1"]);
    let sender = submitter(practice);
    edi.segment(&["NM1", "41", "2", &practice.name, "", "", "", "", "46", &sender]);
    edi.segment(&["HL", "3", "2", "19", "1"]);
    edi.segment(&["NM1", "1P", "2", &practice.name, "", "", "", "", "XX", &practice.npi]);
    for (at, (texts, asked, answer)) in answers.iter().enumerate() {
        edi.segment(&["HL", &(at + 4).to_string(), "3", "22", "0"]);
        one(texts, asked, answer, &made, edi);
    }
}

fn one(
    [last, first, member, number]: &[String; 4],
    asked: &Inquiry,
    answer: &Answered,
    made: &str,
    edi: &mut Edi,
) {
    edi.segment(&["NM1", "IL", "1", last, first, "", "", "", "MI", member]);
    edi.segment(&["TRN", "2", &asked.trace]);
    let parts: Vec<&str> = answer.status.split(':').collect();
    let status = edi.composite(&parts);
    let charge = money(asked.charge.unwrap_or_default());
    match answer.paid {
        None => edi.segment(&["STC", &status, made, "", &charge]),
        Some((paid, on)) => {
            let (paid, on) = (money(paid), long(on));
            edi.segment(&["STC", &status, made, "", &charge, &paid, &on, "", &on]);
        }
    }
    if let Some(control) = &answer.control {
        edi.segment(&["REF", "1K", control]);
    }
    if !number.is_empty() {
        edi.segment(&["REF", "EJ", number]);
    }
}
