//! A claim to the next payer, with what the one before it said as its remittance says it.

use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use x12::Row;
use x12::t837::Form;
use x12::writer::Unwritable;

use crate::claim::{Claim, PayerName};
use crate::codes::Procedure;
use crate::correction::cob::{self, OtherPayer};
use crate::correction::draft::{Draft, Level};
use crate::correction::letters;
use crate::correction::original::Original;
use crate::correction::resend::new_claim;
use crate::correction::rows::{find, named, until};
use crate::correction::values::claim_end;
use crate::cover::{Cover, SELF, Turn};
use crate::matching;
use crate::money::Money;
use crate::next_bill;
use crate::payer::key;
use crate::remittance::{Adjustment, ClaimPayment, LinePayment, RemittanceHead, Standing};

/// Triplets of a CAS, and CAS segments of a loop.
const TRIPLETS: usize = 6;
const SEGMENTS: usize = 5;

/// Why no claim goes to the next payer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSecondary {
    /// The payer sent the claim on itself.
    #[error("the payer passed the claim on itself (crossover); another would be a duplicate")]
    Crossover,
    /// The payment is a reversal, an estimate or no adjudication.
    #[error("expected a claim that the payer processed or refused (CLP02 1 to 4)")]
    NotProcessed,
    /// The claim names no payer that follows (loop 2320).
    #[error(
        "the claim names no payer that pays next; write the new coverage in the billing system"
    )]
    NoNextPayer,
    /// The remittance or the claim with it does not add up.
    #[error("expected paid and adjusted amounts to be the charge on every line")]
    Unbalanced,
    /// The remittance is of another payer than the claim was sent to.
    #[error("expected the remittance of the payer that the claim was sent to")]
    OtherPayer,
    /// SVD01 repeats the id of one payer, and the claim goes to that of the other.
    #[error("expected both payers with their ids (NM109 of NM1*PR); write them in the claim")]
    NoPayerId,
    /// Some lines were answered and others not.
    #[error("expected the remittance to answer every line of the claim, or none")]
    LinesDiffer,
    /// Neither a day of payment nor one of the remittance.
    #[error("expected the day of the payment (BPR16 or DTM*405)")]
    NoDay,
    /// More adjustments than the claim can carry.
    #[error("expected at most five CAS segments on a line or claim")]
    TooManyAdjustments,
    /// Dental claims are not written here.
    #[error("dental claims are not written here")]
    Dental,
    /// The cover lacks what the claim needs of it.
    #[error("expected the other cover with its payer, the payer's id and the member id")]
    ThinCover,
    /// A letter of the cover has no plain one.
    #[error("expected plain letters in the other cover: {0}")]
    Letters(String),
    /// The payer that is to be billed first is the one that the claim went to.
    #[error("expected another payer than the one that the claim was sent to")]
    SamePayer,
    /// Something in the remittance that the claim cannot carry.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
}

/// The claim to the payer that comes next, carrying what `payment` said. Its lines, their control
/// numbers and CLM01 stay.
///
/// # Errors
/// [`NoSecondary`] says why it would be wrong to send one.
pub fn secondary(
    original: &Original,
    claim: &Claim,
    head: &RemittanceHead,
    payment: &ClaimPayment,
) -> Result<Draft, NoSecondary> {
    uncrossed(payment)?;
    secondary_of(original.draft().clone(), claim, head, payment)
}

/// The same to the payer of a cover, whatever payer the claim itself names next. Whether one may go
/// that the payer before it passed on itself ([`next_bill::passed_on`]) is for whoever sends it.
///
/// # Errors
/// [`NoSecondary`] says why it would be wrong to send one.
pub fn secondary_by(
    original: &Original,
    cover: &Cover,
    claim: &Claim,
    (head, payment): (&RemittanceHead, &ClaimPayment),
) -> Result<Draft, NoSecondary> {
    let mut draft = original.draft().clone();
    put_next(&mut draft, cover)?;
    secondary_of(draft, claim, head, payment)
}

/// The claim as new to a payer that comes before the one that it was sent to, which stays on it as
/// the one that follows.
///
/// # Errors
/// [`NoSecondary`] says why it cannot be written.
pub fn in_order(original: &Original, cover: &Cover) -> Result<Draft, NoSecondary> {
    let mut draft = new_claim(original.draft().clone()).map_err(|_| NoSecondary::Dental)?;
    let own = draft.payer().0;
    if own.ids.iter().any(|id| cover.payer.ids.contains(id)) {
        return Err(NoSecondary::SamePayer);
    }
    for row in draft.claim.iter_mut().filter(|row| row.is("SBR", "")) {
        let later = after(&row.text(1)).ok_or(NoSecondary::NoNextPayer)?;
        row.set(1, later)?;
    }
    add(&mut draft, cover, Turn::Primary.code())?;
    let first = cob::others(&draft).into_iter().find(|other| other.order == "P");
    let first = first.ok_or(NoSecondary::NoNextPayer)?;
    let behind = unheard(&draft, &first)?;
    change_places(&mut draft, &first, behind)?;
    Ok(draft)
}

fn secondary_of(
    draft: Draft,
    claim: &Claim,
    head: &RemittanceHead,
    payment: &ClaimPayment,
) -> Result<Draft, NoSecondary> {
    refuse(payment)?;
    let day = head.paid_on.or(head.produced_on).ok_or(NoSecondary::NoDay)?;
    let mut draft = new_claim(draft).map_err(|_| NoSecondary::Dental)?;
    let next = next_payer(&draft).ok_or(NoSecondary::NoNextPayer)?;
    if !is_of(&head.payer, claim, &draft) {
        return Err(NoSecondary::OtherPayer);
    }
    let told = Told { day, payment, payer: payer_id(&draft.subscriber) };
    if told.payer.is_empty() || next.id.is_empty() {
        return Err(NoSecondary::NoPayerId);
    }
    let before = other_payer(&draft, &next, &told)?;
    say_on_lines(&mut draft, claim, &told)?;
    change_places(&mut draft, &next, before)?;
    if cob::imbalances(&draft).is_empty() { Ok(draft) } else { Err(NoSecondary::Unbalanced) }
}

/// What the payer before said.
struct Told<'a> {
    day: Date,
    payment: &'a ClaimPayment,
    /// Its id, which SVD01 repeats.
    payer: String,
}

fn uncrossed(payment: &ClaimPayment) -> Result<(), NoSecondary> {
    let is_passed = next_bill::passed_on(payment).is_some();
    if is_passed { Err(NoSecondary::Crossover) } else { Ok(()) }
}

fn refuse(payment: &ClaimPayment) -> Result<(), NoSecondary> {
    if !matches!(payment.standing(), Standing::Processed | Standing::Denied) {
        return Err(NoSecondary::NotProcessed);
    }
    let quarantined = payment.imbalances().iter().any(|one| one.check.quarantines());
    if quarantined { Err(NoSecondary::Unbalanced) } else { Ok(()) }
}

/// True where a remittance's payer is the claim's, by an id or by what tells names apart.
fn is_of(payer: &PayerName, claim: &Claim, draft: &Draft) -> bool {
    let sent = draft.payer().0;
    let named = key(&payer.name);
    let by_name = [&sent, &claim.payer].iter().any(|own| key(&own.name) == named);
    let mut own = sent.ids.iter().chain(&claim.payer.ids).map(|id| id.trim());
    let has = |id: &str| payer.ids.iter().any(|one| one.trim().eq_ignore_ascii_case(id));
    (by_name && !named.is_empty()) || own.any(|id| !id.is_empty() && has(id))
}

/// The other payer whose turn is after the one that the claim was sent to.
fn next_payer(draft: &Draft) -> Option<OtherPayer> {
    let next = turn_after(draft).ok()?;
    cob::others(draft).into_iter().find(|other| other.order == next)
}

/// SBR01 in its order.
fn after(turn: &str) -> Option<&'static str> {
    const TURNS: [&str; 11] = ["P", "S", "T", "A", "B", "C", "D", "E", "F", "G", "H"];
    let at = TURNS.iter().position(|one| *one == turn)?;
    TURNS.get(at + 1).copied()
}

fn turn_after(draft: &Draft) -> Result<&'static str, NoSecondary> {
    let own = draft.subscriber.iter().find(|row| row.is("SBR", ""));
    own.and_then(|row| after(&row.text(1))).ok_or(NoSecondary::NoNextPayer)
}

/// Makes a cover the one that follows: where the claim names another payer there, or this one in
/// another turn, the cover takes its place.
fn put_next(draft: &mut Draft, cover: &Cover) -> Result<(), NoSecondary> {
    let turn = turn_after(draft)?;
    let others = cob::others(draft);
    let is_it = |other: &OtherPayer| is_cover(draft, other, cover);
    if others.iter().any(|other| other.order == turn && is_it(other)) {
        return Ok(());
    }
    let goes = |other: &&OtherPayer| other.order == turn || is_it(other);
    let gone: Vec<Range<usize>> =
        others.iter().filter(goes).map(|other| other.range.clone()).collect();
    for range in gone.into_iter().rev() {
        draft.claim.drain(range);
    }
    add(draft, cover, turn)
}

/// True where a loop 2320 names the payer and the membership of a cover.
fn is_cover(draft: &Draft, other: &OtherPayer, cover: &Cover) -> bool {
    let group = draft.claim.get(other.range.clone()).unwrap_or_default();
    let text = |role: &str, element: usize| {
        let row = group.iter().find(|row| row.is("NM1", role));
        row.map(|row| row.text(element).trim().to_owned()).unwrap_or_default()
    };
    let ids = &cover.payer.ids;
    let same_payer = if ids.is_empty() {
        key(&text("PR", 3)) == key(&cover.payer.name)
    } else {
        ids.iter().any(|id| id.trim().eq_ignore_ascii_case(&other.id))
    };
    let member = cover.insured.reveal().member.trim().to_owned();
    same_payer && text("IL", 9).eq_ignore_ascii_case(&member)
}

/// Puts a cover that somebody told of on the claim (loops 2320, 2330A, 2330B).
fn add(draft: &mut Draft, cover: &Cover, turn: &str) -> Result<(), NoSecondary> {
    let id = cover.payer.ids.first().map(|id| id.trim()).unwrap_or_default();
    let insured = cover.insured.reveal();
    if cover.payer.name.trim().is_empty() || id.is_empty() || insured.member.trim().is_empty() {
        return Err(NoSecondary::ThinCover);
    }
    let plain = |text: &str| letters::plain(text).map_err(NoSecondary::Letters);
    let (family, given) = match insured_name(draft, cover) {
        Some(row) => (row.text(3).into_owned(), row.text(4).into_owned()),
        None => (plain(&insured.family)?, plain(&insured.given)?),
    };
    if family.trim().is_empty() {
        return Err(NoSecondary::ThinCover);
    }
    let (payer, id, member) = (plain(&cover.payer.name)?, plain(id)?, plain(&insured.member)?);
    let said = |element: usize| draft.claim.first().map(|clm| clm.text(element).into_owned());
    let (assigned, released) = (said(8).unwrap_or_default(), said(9).unwrap_or_default());
    let filing = if cover.filing.is_empty() { "ZZ" } else { cover.filing.as_str() };
    let rows = [
        made(draft, "SBR", &[(1, turn), (2, &cover.relation), (9, filing)])?,
        made(draft, "OI", &[(3, &assigned), (6, &released)])?,
        made(
            draft,
            "NM1",
            &[(1, "IL"), (2, "1"), (3, &family), (4, &given), (8, "MI"), (9, &member)],
        )?,
        made(draft, "NM1", &[(1, "PR"), (2, "2"), (3, &payer), (8, "PI"), (9, &id)])?,
    ];
    draft.claim.extend(rows);
    Ok(())
}

/// The patient's own NM1, where the patient is the insured of a cover.
fn insured_name(draft: &Draft, cover: &Cover) -> Option<Row> {
    let rows = person(draft);
    rows.into_iter().find(|row| row.is("NM1", "")).filter(|_| cover.relation == SELF)
}

/// The payer that the claim went to as the one that follows, of which nothing is heard yet.
fn unheard(draft: &Draft, next: &OtherPayer) -> Result<Vec<Row>, NoSecondary> {
    let mut rows = vec![own_place(draft)?, release(draft, next)?];
    let own = draft.subscriber.iter().find(|row| row.is("SBR", ""));
    let later = own.and_then(|row| after(&row.text(1))).ok_or(NoSecondary::NoNextPayer)?;
    if let Some(sbr) = rows.first_mut() {
        sbr.set(1, later)?;
    }
    rows.extend(own_insured(draft));
    let payer = named(&draft.subscriber, 0..draft.subscriber.len(), "PR").unwrap_or_default();
    let payer = draft.subscriber.get(payer).unwrap_or_default();
    let known = |row: &&Row| ["2U", "EI", "FY", "NF"].iter().any(|list| row.is("REF", list));
    rows.extend(payer.iter().filter(|row| !row.is("REF", "")).cloned());
    rows.extend(payer.iter().filter(known).cloned());
    Ok(rows)
}

/// The SBR of the claim's own level as another payer has it: with how the patient stands to the
/// insured.
fn own_place(draft: &Draft) -> Result<Row, NoSecondary> {
    let sbr = draft.subscriber.iter().find(|row| row.is("SBR", ""));
    let mut sbr = sbr.ok_or(NoSecondary::NoNextPayer)?.clone();
    let relation =
        draft.patient.as_ref().and_then(|rows| rows.iter().find(|row| row.is("PAT", "")));
    sbr.set(2, &relation.map_or(SELF.into(), |pat| pat.text(1)))?;
    Ok(sbr)
}

/// The insured of the claim's own level, as loop 2330A has them.
fn own_insured(draft: &Draft) -> impl Iterator<Item = Row> + '_ {
    let own = &draft.subscriber;
    let name = named(own, 0..own.len(), "IL").unwrap_or_default();
    let stays = |row: &&Row| !row.is("DMG", "") && !row.is("PER", "") && !row.is("REF", "Y4");
    own.get(name).unwrap_or_default().iter().filter(stays).cloned()
}

fn payer_id(subscriber: &[Row]) -> String {
    let payer = find(subscriber, 0..subscriber.len(), "NM1", "PR");
    payer.and_then(|at| subscriber.get(at)).map(|row| row.text(9).into_owned()).unwrap_or_default()
}

/// The payer of the claim as another payer of the next one (loops 2320, 2330A, 2330B).
fn other_payer(draft: &Draft, next: &OtherPayer, told: &Told<'_>) -> Result<Vec<Row>, NoSecondary> {
    let payment = told.payment;
    let mut rows = vec![own_place(draft)?];
    rows.extend(adjustments(draft, &payment.adjustments)?);
    rows.push(made(draft, "AMT", &[(1, "D"), (2, &payment.paid.plain())])?);
    if payment.lines.is_empty() {
        let share = share(&payment.adjustments).plain();
        rows.push(made(draft, "AMT", &[(1, "EAF"), (2, &share)])?);
    }
    rows.push(release(draft, next)?);
    rows.extend(outpatient(draft, payment)?);
    rows.extend(own_insured(draft));
    rows.extend(payer_before(draft, told)?);
    Ok(rows)
}

/// OI: who may be paid and told (as for the next payer, else as CLM08 and CLM09 say).
fn release(draft: &Draft, next: &OtherPayer) -> Result<Row, Unwritable> {
    let told = find(&draft.claim, next.range.clone(), "OI", "").and_then(|at| draft.claim.get(at));
    if let Some(row) = told {
        return Ok(row.clone());
    }
    let said = |element: usize| draft.claim.first().map(|clm| clm.text(element).into_owned());
    let (assigned, released) = (said(8).unwrap_or_default(), said(9).unwrap_or_default());
    made(draft, "OI", &[(3, &assigned), (6, &released)])
}

/// MOA with the remarks of the remittance; amounts beside them are not kept by us and not made up.
fn outpatient(draft: &Draft, payment: &ClaimPayment) -> Result<Option<Row>, Unwritable> {
    let of_claim = |list: &str| list == "MOA";
    let codes = payment.remarks.iter().filter(|remark| of_claim(&remark.list));
    let codes: Vec<&str> = codes.map(|remark| remark.code.as_str()).take(5).collect();
    if codes.is_empty() {
        return Ok(None);
    }
    let elements: Vec<(usize, &str)> = (3..).zip(codes).collect();
    made(draft, "MOA", &elements).map(Some)
}

/// NM1*PR of the payer before with its day, where no line has it, and its number of the claim. An
/// authorisation or referral that it gave goes with it.
fn payer_before(draft: &Draft, told: &Told<'_>) -> Result<Vec<Row>, Unwritable> {
    let own = &draft.subscriber;
    let payer = named(own, 0..own.len(), "PR").unwrap_or_default();
    let payer = own.get(payer).unwrap_or_default();
    let is_number = |row: &Row| row.is("REF", "");
    let mut rows: Vec<Row> = payer.iter().filter(|row| !is_number(row)).cloned().collect();
    if told.payment.lines.is_empty() {
        rows.push(paid_on(draft, told.day)?);
    }
    let known = |row: &&Row| ["2U", "EI", "FY", "NF"].iter().any(|list| row.is("REF", list));
    rows.extend(payer.iter().filter(known).cloned());
    let given = draft.claim.get(..claim_end(&draft.claim)).unwrap_or_default();
    for list in ["G1", "9F"] {
        rows.extend(given.iter().find(|row| row.is("REF", list)).cloned());
    }
    let number = told.payment.control.as_str();
    if !number.is_empty() {
        rows.push(made(draft, "REF", &[(1, "F8"), (2, number)])?);
    }
    Ok(rows)
}

fn paid_on(draft: &Draft, day: Date) -> Result<Row, Unwritable> {
    let day = day.strftime("%Y%m%d").to_string();
    made(draft, "DTP", &[(1, "573"), (2, "D8"), (3, &day)])
}

fn made(draft: &Draft, id: &str, elements: &[(usize, &str)]) -> Result<Row, Unwritable> {
    let mut row = Row::new(id, draft.delimiters);
    elements.iter().try_for_each(|(element, text)| row.set(*element, text))?;
    Ok(row)
}

/// CAS segments: the adjustments in their order, those of one group together as they came.
fn adjustments(draft: &Draft, all: &[Adjustment]) -> Result<Vec<Row>, NoSecondary> {
    let mut rows: Vec<Row> = Vec::new();
    for run in all.chunk_by(|one, next| one.group == next.group) {
        for part in run.chunks(TRIPLETS) {
            let mut row = made(draft, "CAS", &[(1, part[0].group.as_str())])?;
            for (element, one) in (2..).step_by(3).zip(part) {
                row.set(element, one.reason.as_str())?;
                row.set(element + 1, &one.amount.plain())?;
                let units = one.units.map(|units| units.to_string()).unwrap_or_default();
                row.set(element + 2, &units)?;
            }
            rows.push(row);
        }
    }
    if rows.len() > SEGMENTS { Err(NoSecondary::TooManyAdjustments) } else { Ok(rows) }
}

fn share(all: &[Adjustment]) -> Money {
    let of_patient = all.iter().filter(|one| one.group.as_str() == "PR");
    of_patient.map(|one| one.amount).sum()
}

/// SVD, CAS and their day on every line (loop 2430).
fn say_on_lines(draft: &mut Draft, claim: &Claim, told: &Told<'_>) -> Result<(), NoSecondary> {
    let payment = told.payment;
    for (at, paid) in payment.lines.iter().enumerate() {
        let number = matching::line_number(claim, payment, paid, at);
        let rows = line_rows(draft, paid, told)?;
        let line = draft.line_mut(number).ok_or(NoSecondary::LinesDiffer)?;
        let place = cob::place_on(line);
        line.rows.splice(place..place, rows);
    }
    let is_answered = |line: &crate::correction::draft::Line| {
        line.rows.iter().any(|row| row.is("SVD", &told.payer))
    };
    let whole = payment.lines.is_empty() || draft.lines.iter().all(is_answered);
    if whole { Ok(()) } else { Err(NoSecondary::LinesDiffer) }
}

fn line_rows(draft: &Draft, paid: &LinePayment, told: &Told<'_>) -> Result<Vec<Row>, NoSecondary> {
    let mut svd = made(draft, "SVD", &[(1, &told.payer), (2, &paid.paid.plain())])?;
    let institutional = draft.form() == Form::Institutional;
    write_procedure(&mut svd, &paid.procedure, institutional)?;
    if institutional {
        svd.set(4, &paid.revenue)?;
    }
    svd.set(5, &paid.units.to_string())?;
    let mut rows = vec![svd];
    rows.extend(adjustments(draft, &paid.adjustments)?);
    rows.push(paid_on(draft, told.day)?);
    let share = share(&paid.adjustments).plain();
    rows.push(made(draft, "AMT", &[(1, "EAF"), (2, &share)])?);
    Ok(rows)
}

/// SVD03; a line that was paid by its revenue code alone (NU) has it in SVD04.
fn write_procedure(svd: &mut Row, told: &Procedure, institutional: bool) -> Result<(), Unwritable> {
    if told.code.is_empty() || (institutional && told.qualifier == "NU") {
        return Ok(());
    }
    svd.set_part(3, 1, &told.qualifier)?;
    svd.set_part(3, 2, &told.code)?;
    let modifiers = (3..).zip(&told.modifiers);
    modifiers.into_iter().try_for_each(|(part, modifier)| svd.set_part(3, part, modifier))
}

/// The next payer's loops become the subscriber's level, and the payer before takes their place.
fn change_places(
    draft: &mut Draft,
    next: &OtherPayer,
    before: Vec<Row>,
) -> Result<(), NoSecondary> {
    let group: Vec<Row> = draft.claim.get(next.range.clone()).unwrap_or_default().to_vec();
    let relation = group.first().map(|sbr| sbr.text(2).into_owned()).unwrap_or_default();
    let person = person(draft);
    let is_self = relation == SELF;
    draft.subscriber = Arc::new(subscriber(&group, &person, is_self)?);
    draft.patient = if is_self { None } else { Some(patient(draft, &person, &relation)?) };
    draft.claim.drain(next.range.clone());
    give_numbers(draft, &group)?;
    let first = until(&draft.claim, &["SBR"]);
    draft.claim.splice(first..first, before);
    Ok(())
}

/// The patient's name and what hangs on it.
fn person(draft: &Draft) -> Vec<Row> {
    let (rows, role): (&Level, &str) = match &draft.patient {
        Some(patient) => (patient, "QC"),
        None => (&draft.subscriber, "IL"),
    };
    let range: Range<usize> = named(rows, 0..rows.len(), role).unwrap_or_default();
    rows.get(range).unwrap_or_default().to_vec()
}

fn subscriber(group: &[Row], person: &[Row], is_self: bool) -> Result<Vec<Row>, NoSecondary> {
    let mut sbr = group.first().cloned().ok_or(NoSecondary::NoNextPayer)?;
    sbr.set(2, if is_self { "18" } else { "" })?;
    let mut rows = vec![sbr];
    let insured = named(group, 0..group.len(), "IL").ok_or(NoSecondary::NoNextPayer)?;
    let insured = group.get(insured).unwrap_or_default();
    let payer = named(group, 0..group.len(), "PR").ok_or(NoSecondary::NoNextPayer)?;
    let payer = group.get(payer).unwrap_or_default();
    rows.extend(insured.iter().filter(|row| row.is("NM1", "")).cloned());
    for id in ["N3", "N4", "DMG"] {
        let own = insured.iter().find(|row| row.is(id, ""));
        let patients = person.iter().find(|row| row.is(id, "")).filter(|_| is_self);
        rows.extend(own.or(patients).cloned());
    }
    rows.extend(insured.iter().filter(|row| row.is("REF", "SY")).cloned());
    let known = |row: &&Row| ["2U", "EI", "FY", "NF"].iter().any(|list| row.is("REF", list));
    let stays = |row: &&Row| ["NM1", "N3", "N4"].iter().any(|id| row.is(id, ""));
    rows.extend(payer.iter().filter(stays).cloned());
    rows.extend(payer.iter().filter(known).cloned());
    Ok(rows)
}

fn patient(draft: &Draft, person: &[Row], relation: &str) -> Result<Level, Unwritable> {
    let told = draft.patient.as_ref().and_then(|rows| rows.iter().find(|row| row.is("PAT", "")));
    let mut pat = told.cloned().unwrap_or_else(|| Row::new("PAT", draft.delimiters));
    pat.set(1, relation)?;
    let mut rows = vec![pat];
    for row in person {
        let mut row = row.clone();
        if row.is("NM1", "") {
            row.set(1, "QC")?;
            row.set(8, "")?;
            row.set(9, "")?;
        }
        rows.push(row);
    }
    Ok(Arc::new(rows))
}

/// Authorisation and referral are those of the payer that the claim goes to now.
fn give_numbers(draft: &mut Draft, group: &[Row]) -> Result<(), NoSecondary> {
    use crate::correction::field::Field;
    for (field, list) in [(Field::Authorization, "G1"), (Field::Referral, "9F")] {
        let own = group.iter().find(|row| row.is("REF", list)).map(|row| row.text(2).into_owned());
        draft.set(field, &own.unwrap_or_default()).map_err(|_| NoSecondary::Dental)?;
    }
    Ok(())
}
