//! A case as its page shows it: everything in words, each figure with the segments behind it.

use std::collections::HashMap;

use anyhow::Context as _;
use denial::claim::{Claim, Patient};
use denial::denial::{Denial, DeniedLine, Owner, Status, Work};
use denial::matching;
use denial::money::Money;
use denial::person::Moment;
use denial::remittance::{ClaimPayment, Source, Standing};
use denial::rules::Rules;
use jiff::civil::Date;
use store::claims::ClaimRow;
use store::remittances::{ClaimPaymentRow, RemittanceRow, State};

use crate::settle;
use crate::web::asking;
use crate::web::case_clocks::{self, Clock};
use crate::web::case_waits;
use crate::web::grades::Chip;
use crate::web::reasons::{self, Context, Reason, Said};
use crate::web::timeline::{People, owned};
use crate::web::won;
use crate::web::words::{self, Due};
use crate::web::worth::{By, Prospects, Worth};

/// What a case page shows above its acts.
pub(crate) struct CaseView {
    pub(crate) id: String,
    pub(crate) version: u32,
    pub(crate) number: String,
    pub(crate) payer: String,
    pub(crate) plan: String,
    pub(crate) round: u8,
    pub(crate) status: String,
    pub(crate) status_class: &'static str,
    pub(crate) sub_status: String,
    pub(crate) category: String,
    pub(crate) origin: String,
    pub(crate) denied_on: String,
    pub(crate) source: String,
    pub(crate) quarantined: bool,
    pub(crate) closed: Option<String>,
    pub(crate) owner: String,
    /// It is won, and who posts its payment is not configured.
    pub(crate) unposted: bool,
    pub(crate) taken_by: Option<String>,
    pub(crate) snoozed: Option<String>,
    pub(crate) next: String,
    pub(crate) next_on: Option<Due>,
    pub(crate) soonest: Option<(String, Due)>,
    /// The next action's, where it is another one, or one that matters and has no rule.
    pub(crate) next_clock: Option<(&'static str, String, Due)>,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) remarks: Vec<Said>,
    pub(crate) advice: String,
    pub(crate) wanted: Vec<Wanted>,
    pub(crate) clocks: Vec<Clock>,
    /// The same as parallel bars.
    pub(crate) bars: String,
    /// What is to be known of the clocks of a case that is won.
    pub(crate) clocks_note: Option<&'static str>,
    pub(crate) money: Vec<(&'static str, String)>,
    pub(crate) outstanding: String,
    /// What is won and not posted: the amount, and what it is.
    pub(crate) won: Option<(String, &'static str)>,
    pub(crate) worth: Worth,
    pub(crate) prospects: Prospects,
    pub(crate) root_cause: Option<String>,
    pub(crate) control: String,
    /// Whose step it is.
    pub(crate) waits_on: String,
    /// What the payer promised: a word where it is broken, and what it was.
    pub(crate) promise: Option<(&'static str, String)>,
    /// Open questions: the page of each, and its words.
    pub(crate) questions: Vec<(String, String)>,
    pub(crate) proposal: Option<String>,
}

/// A document that the payer asks for.
pub(crate) struct Wanted {
    pub(crate) what: String,
    pub(crate) here: bool,
}

impl CaseView {
    /// A case in words.
    pub(crate) fn of(case: &Denial, people: &People, by: By<'_>, at: (&Moment, &str)) -> CaseView {
        let (rules, _) = by;
        let (moment, zone) = at;
        let today = moment.today;
        let status = case.status();
        let next = case.next();
        let name = |id: &denial::ids::PersonId| crate::web::timeline::name(people, id.as_str());
        CaseView {
            id: case.id.to_string(),
            version: case.version,
            number: case.number.to_string(),
            payer: case.payer_name.name.to_string(),
            plan: words::label(case.plan.as_str()),
            round: case.round,
            status: words::label(status.as_str()),
            status_class: words::status_class(status),
            sub_status: case.sub_status.to_string(),
            category: words::label(case.category.as_str()),
            origin: arises(case),
            denied_on: words::day(case.denied_on),
            source: source(case.source).to_owned(),
            quarantined: case.quarantined,
            closed: closed(case),
            owner: case.owner().map(|owner| held_by(owner, people)).unwrap_or_default(),
            unposted: case.is_overturned_in_full() && rules.owners.posting.is_none(),
            taken_by: case.worked_on_by(moment.now).map(|by| taken(case, &name(by), zone)),
            snoozed: case.snoozed_until.filter(|until| *until > today).map(words::day),
            next: next.map(|next| words::label(next.kind.as_str())).unwrap_or_default(),
            next_on: next.map(|next| words::due(Some(next.on), today)),
            soonest: case
                .soonest_clock(today)
                .map(|(clock, on)| (clock.kind.in_words(), words::due(Some(on), today))),
            next_clock: case_clocks::next(case, today),
            reasons: reasons::leading(case, rules),
            remarks: reasons::remarks_of(case, rules),
            advice: advice(case, rules),
            wanted: wanted(case),
            clocks: case
                .deadlines
                .iter()
                .map(|clock| case_clocks::clock(case, clock, rules, today))
                .collect(),
            bars: case_clocks::bars(case, today),
            clocks_note: case_clocks::note(case),
            money: money(case),
            outstanding: case.balance.outstanding().to_string(),
            won: won::as_money(case),
            worth: Worth::of(case, None, by, today),
            prospects: Prospects::of(case, by),
            root_cause: case.root_cause.as_ref().map(|cause| {
                format!("{} ({}): {}", cause.step, words::lower(cause.team.as_str()), cause.note)
            }),
            control: case.control.to_string(),
            waits_on: case_waits::on(case),
            promise: case_waits::promise(case),
            questions: case
                .questions
                .iter()
                .map(|one| {
                    let (to, due) = (words::lower(one.to.as_str()), words::day(one.due));
                    let asker = name(&one.asker);
                    let text = format!("{asker} asked {to}, answer wanted by {due}: {}", one.text);
                    (asking::address(case.id.as_str(), one.number), text)
                })
                .collect(),
            proposal: proposal(case, people, zone),
        }
    }
}

/// Who asks to give up how much, and whether a second person agreed.
fn proposal(case: &Denial, people: &People, zone: &str) -> Option<String> {
    let one = case.proposal.as_ref()?;
    let name = |id: &denial::ids::PersonId| crate::web::timeline::name(people, id.as_str());
    let second = match &one.approved_by {
        Some(by) => format!("approved by {}", name(by)),
        None => "waits for a second person".to_owned(),
    };
    let (by, at) = (name(&one.by), words::instant(&one.at.to_string(), zone));
    Some(format!("{by} asks to give up {}: {} ({at}; {second})", one.amount, one.reason))
}

/// Who has it alone, and until when.
fn taken(case: &Denial, name: &str, zone: &str) -> String {
    let until = case.taken_until.map(|until| words::instant(&until.to_string(), zone));
    until.map_or_else(|| name.to_owned(), |until| format!("{name}, until {until}"))
}

/// Where it arises; where that is not where its reason usually does, why.
fn arises(case: &Denial) -> String {
    let here = words::lower(case.origin.as_str());
    let usual = case.category.origin();
    if case.origin == usual {
        return format!("arises at the {here}");
    }
    let usual = words::lower(usual.as_str());
    format!("arises at the {usual} as a rule; with this code at the {here}, says the playbook")
}

fn held_by(owner: &Owner, people: &People) -> String {
    let owned = owned(owner, people);
    match (&owner.person, &owner.team) {
        (Some(_), _) => owned,
        (None, Some(_)) => format!("No person yet, for {owned}"),
        (None, None) => format!("No person yet, for the role {owned}"),
    }
}

/// Where a remittance came from, in words.
pub(crate) const fn source(source: Source) -> &'static str {
    match source {
        Source::Era => "835",
        Source::Paper => "paper",
        Source::Portal => "payer's portal",
        Source::Phone => "phone",
    }
}

fn closed(case: &Denial) -> Option<String> {
    match &case.work {
        Work::Open { .. } => None,
        Work::Closed { on, resolution, .. } => {
            Some(format!("{} on {}", words::label(resolution.as_str()), words::day(*on)))
        }
    }
}

/// What the playbook says to do about the leading reason, until the case is won.
fn advice(case: &Denial, rules: &Rules) -> String {
    use denial::denial::NextActionKind as Next;
    if case.status() == Status::Overturned {
        return "The payer gave way: post its payment, or dispute what is short.".to_owned();
    }
    let Some(ruling) = case.leading(rules) else {
        return "Look at it and choose a way.".to_owned();
    };
    let first = match ruling.next {
        Next::Review => "Look at it and choose a way",
        Next::Correct => "Correct the claim and send it again",
        Next::Resubmit => "Send the claim again",
        Next::Appeal => "Appeal",
        Next::CoordinateBenefits => "Settle which payer comes first and bill that one",
        Next::SendRecords => "Send the records that the payer asks for",
        Next::CallPayer => "Call the payer",
        Next::AskColleague => "Ask a colleague",
        Next::AwaitPayer => "Wait for the payer; nothing has to be sent",
        Next::BillPatient => "Move it to the patient's bill, where it belongs",
        Next::ProposeWriteOff => "Nothing can be won; propose to give it up",
        Next::PostPayment => "Post the payer's payment",
        Next::BookWriteOff => "Book the approved write-off",
    };
    let correctable = match ruling.correctable {
        true => ". This reason can usually be corrected; Ways forward says what the payer takes",
        false => "",
    };
    let guess = ruling.suggestion.map(|category| {
        format!(
            ". The code is in no playbook yet; it looks like {}",
            words::lower(category.as_str())
        )
    });
    format!("{first}{correctable}{}.", guess.unwrap_or_default())
}

fn wanted(case: &Denial) -> Vec<Wanted> {
    let here = |what: &str| case.documents.iter().any(|one| one.what == what);
    case.wanted.iter().map(|one| Wanted { what: words::label(one), here: here(one) }).collect()
}

fn money(case: &Denial) -> Vec<(&'static str, String)> {
    let balance = &case.balance;
    let parts = [
        ("Paid by this payer", balance.recovered),
        ("Paid by another payer", balance.other_payer),
        ("Moved to the patient", balance.patient),
        ("The contract's own reduction", balance.contractual),
        ("Sequestration", balance.sequestration),
        ("Given up", balance.written_off),
    ];
    let parts = parts.into_iter().filter(|(_, amount)| !amount.is_zero());
    let parts = parts.map(|(label, amount)| (label, (-amount).to_string()));
    std::iter::once(("Denied", balance.denied.to_string())).chain(parts).collect()
}

/// One line of the case.
pub(crate) struct LineView {
    pub(crate) number: String,
    pub(crate) procedure: String,
    pub(crate) on: String,
    pub(crate) charge: String,
    pub(crate) denied: String,
    /// Where the segments behind it stand on the page.
    pub(crate) anchor: Option<String>,
    pub(crate) extent: &'static str,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) remarks: Vec<Said>,
    pub(crate) became: Option<String>,
}

/// The lines of a case; each points to what the payer said of it.
pub(crate) fn lines(case: &Denial, said: &[Spoken], rules: &Rules) -> Vec<LineView> {
    case.lines.iter().map(|line| self::line(line, case, said, rules)).collect()
}

fn line(line: &DeniedLine, case: &Denial, said: &[Spoken], rules: &Rules) -> LineView {
    let became = match (&line.recovered, &line.set_aside) {
        (Some(one), _) => Some(format!(
            "Paid after all: {} on {}, after {}",
            one.amount,
            words::day(one.on),
            words::counted(i64::from(one.days), "day", "days")
        )),
        (None, Some(why)) => Some(format!("Set aside: {why}")),
        (None, None) => None,
    };
    let source = said.iter().find(|one| one.remittance == line.remittance.as_str());
    let anchor = source.and_then(|one| one.anchor_of(line.line));
    LineView {
        number: line.line.map_or_else(|| "Claim".to_owned(), |number| number.to_string()),
        procedure: line.procedure.to_string(),
        on: line.from.map(words::day).unwrap_or_default(),
        charge: line.charge.to_string(),
        denied: line.denied.to_string(),
        anchor,
        extent: if line.full { "whole" } else { "part" },
        reasons: reasons::of_line(line, case, rules),
        remarks: reasons::remarks(&line.remarks, rules),
        became,
    }
}

/// What a payer said of the claim in one remittance.
pub(crate) struct Spoken {
    pub(crate) remittance: String,
    pub(crate) on: String,
    /// The same day, to be put in order.
    pub(crate) day: Option<Date>,
    pub(crate) trace: String,
    pub(crate) control: String,
    pub(crate) status: String,
    pub(crate) source: &'static str,
    pub(crate) charge: String,
    pub(crate) paid: String,
    pub(crate) share: String,
    pub(crate) note: Option<&'static str>,
    /// How surely it is of this claim.
    pub(crate) grade: Option<Chip>,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) remarks: Vec<Said>,
    pub(crate) lines: Vec<SpokenLine>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) sums: Vec<String>,
}

/// One line on a remittance.
pub(crate) struct SpokenLine {
    pub(crate) number: u16,
    pub(crate) procedure: String,
    pub(crate) charge: String,
    pub(crate) paid: String,
    pub(crate) allowed: String,
    pub(crate) anchor: Option<String>,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) remarks: Vec<Said>,
}

/// One segment as it came.
pub(crate) struct Segment {
    pub(crate) id: String,
    pub(crate) number: i64,
    pub(crate) text: String,
}

impl Spoken {
    fn anchor_of(&self, line: Option<u16>) -> Option<String> {
        match line {
            Some(number) => self.lines.iter().find(|one| one.number == number)?.anchor.clone(),
            None => self.segments.first().map(|one| one.id.clone()),
        }
    }
}

/// Everything around a claim that was paid or refused.
pub(crate) struct Around<'a> {
    pub(crate) claim: Option<&'a ClaimRow>,
    pub(crate) remittances: &'a HashMap<String, RemittanceRow>,
    pub(crate) rules: &'a Rules,
}

/// What payers said, in the order of the rows.
pub(crate) fn spoken(rows: &[ClaimPaymentRow], around: &Around<'_>) -> anyhow::Result<Vec<Spoken>> {
    let one = |(place, row): (usize, &ClaimPaymentRow)| one_spoken(place, row, around);
    rows.iter().enumerate().map(one).collect()
}

fn one_spoken(place: usize, row: &ClaimPaymentRow, around: &Around<'_>) -> anyhow::Result<Spoken> {
    let payment = settle::payment(row)?;
    let remittance = around.remittances.get(&row.remittance).context("a payment's remittance")?;
    let head = serde_json::from_str(&remittance.head).context("a kept head is JSON")?;
    let billed = around.claim.map(ClaimRow::billed).transpose()?.flatten();
    let body = billed.unwrap_or_else(|| matching::known_from(&payment, &head));
    let on = row.paid_on.as_deref().and_then(|day| day.parse().ok());
    let payer = around.rules.payer(&head.payer, body.plan);
    let context = |remarks| Context { rules: around.rules, payer, remarks, on };
    let segments = segments(row, place);
    let lines = payment.lines.iter().enumerate().map(|(at, line)| SpokenLine {
        number: matching::line_number(&body, &payment, line, at),
        procedure: line.procedure.to_string(),
        charge: line.charge.to_string(),
        paid: line.paid.to_string(),
        allowed: line.allowed.map(|money| money.to_string()).unwrap_or_default(),
        anchor: anchor(&segments, i64::from(line.span.segment)),
        reasons: context(&line.remarks).reasons(&line.adjustments),
        remarks: reasons::remarks(&line.remarks, around.rules),
    });
    Ok(Spoken {
        remittance: row.remittance.clone(),
        on: on.map(words::day).unwrap_or_default(),
        day: on,
        trace: row.trace.clone(),
        control: payment.control.to_string(),
        status: status(&payment, around.rules),
        source: Source::from_name(&row.source).map_or("", source),
        charge: payment.charge.to_string(),
        paid: payment.paid.to_string(),
        share: payment.patient_share.map(|money| money.to_string()).unwrap_or_default(),
        note: note(row, &payment),
        grade: None,
        reasons: context(&payment.remarks).reasons(&payment.adjustments),
        remarks: reasons::remarks(&payment.remarks, around.rules),
        sums: sums(&payment),
        lines: lines.collect(),
        segments,
    })
}

fn anchor(segments: &[Segment], number: i64) -> Option<String> {
    segments.iter().find(|one| one.number == number).map(|one| one.id.clone())
}

/// A claim status with its meaning.
pub(crate) fn status(payment: &ClaimPayment, rules: &Rules) -> String {
    let code = payment.status.as_str();
    match rules.wording.status(code) {
        Some(meaning) => format!("{code} · {}", meaning.text),
        None => format!("{code} · a status that no list knows"),
    }
}

/// What keeps a payment from counting as it stands.
fn note(row: &ClaimPaymentRow, payment: &ClaimPayment) -> Option<&'static str> {
    let state = State::from_name(&row.state);
    if state == Some(State::Conflict) {
        return Some(
            "Another remittance has the same payment and says something else; the money of \
                     neither counts until somebody chooses.",
        );
    }
    if row.quarantined == "yes" {
        return Some("Its sums do not add up, so nothing of it is posted by itself.");
    }
    match payment.standing() {
        Standing::Reversal => Some("Takes back an earlier payment."),
        Standing::Forwarded => Some("Not their claim; it was sent on."),
        Standing::Predetermination => Some("An estimate without money."),
        Standing::Review => Some("An old or unknown status; it opens nothing by itself."),
        Standing::Processed | Standing::Denied => None,
    }
}

/// The sums of a claim payment that do not hold.
pub(crate) fn sums(payment: &ClaimPayment) -> Vec<String> {
    let sentence = |one: denial::remittance::Imbalance| {
        let off: Money = (one.stated - one.expected).abs();
        format!(
            "{}: the parts come to {}, the payer states {} ({off} apart)",
            check(one.check),
            one.expected,
            one.stated
        )
    };
    payment.imbalances().into_iter().map(sentence).collect()
}

/// A sum's name.
pub(crate) const fn check(check: denial::remittance::Check) -> &'static str {
    use denial::remittance::Check;
    match check {
        Check::Line => "Charge of a line less its adjustments",
        Check::Claim => "Charge of the claim less every adjustment",
        Check::LineCharges => "Charges of the lines together",
        Check::PatientShare => "What the patient owes",
        Check::Transaction => "Claims paid less provider adjustments",
    }
}

/// The segments of a payment as they came, one by one; none where it was keyed in.
pub(crate) fn segments(row: &ClaimPaymentRow, place: usize) -> Vec<Segment> {
    let number = |(at, text): (i64, String)| {
        let number = row.segment + at;
        Segment { id: format!("s{place}-{number}"), number, text }
    };
    (0_i64..).zip(settle::segment_texts(row)).map(number).collect()
}

/// The patient as the claim or a payment names them.
pub(crate) struct PatientView {
    pub(crate) name: String,
    pub(crate) member: String,
    pub(crate) born: String,
    /// Until when the name stands here, where somebody said why.
    pub(crate) until: Option<String>,
    /// Where a masked name is asked for, and the page that asks.
    pub(crate) unmask: Option<(String, String)>,
}

impl PatientView {
    fn of(name: String, member: String, born: String) -> PatientView {
        PatientView { name, member, born, until: None, unmask: None }
    }
}

/// Who the patient is: as billed, else as a payer says.
pub(crate) fn patient(billed: Option<&Claim>, payment: Option<&ClaimPayment>) -> PatientView {
    let known = |one: &Patient| !one.family.is_empty() || !one.member.is_empty();
    let billed = billed.map(|claim| claim.patient.reveal()).filter(|one| known(one));
    let patient = billed.or_else(|| payment.map(|one| one.patient.reveal()));
    let Some(patient) = patient else {
        return PatientView::of(String::new(), String::new(), String::new());
    };
    let name = [patient.family.as_str(), patient.given.as_str()];
    let name: Vec<&str> = name.into_iter().filter(|part| !part.is_empty()).collect();
    let born = patient.born.map(words::day).unwrap_or_default();
    PatientView::of(name.join(", "), patient.member.to_string(), born)
}

/// The days of service.
pub(super) fn services(case: &Denial) -> String {
    match (case.days.service_on, case.days.service_end_on) {
        (Some(from), Some(to)) if from != to => {
            format!("{} – {}", words::day(from), words::day(to))
        }
        (Some(on), _) | (None, Some(on)) => words::day(on),
        (None, None) => String::new(),
    }
}
