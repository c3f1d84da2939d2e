//! What the checks say of what was keyed, before it is saved: whose claim it is and what of it is
//! not known or does not agree, line by line.

use denial::claim::{Claim, ServiceLine};
use denial::person::{Access, allows};
use denial::remittance::{Adjustment, LinePayment, Remark};
use serde_json::json;
use store::claims::ClaimRow;
use store::remittances::ClaimPaymentRow;

use crate::access;
use crate::fields::Fields;
use crate::keying::Keyed;
use crate::keying::on_file::{Doubt, LineFit, OnFile};
use crate::practice::Office;
use crate::settle;
use crate::web::case_view;
use crate::web::matches::{self, Side};
use crate::web::names::Names;
use crate::web::reasons::{self, Context, Reason, Said};
use crate::web::trouble::Trouble;
use crate::web::words;

/// What the checks say.
pub(super) struct Checked {
    pub(super) sums: Vec<String>,
    pub(super) charge: String,
    pub(super) paid: String,
    /// The claim as it was billed.
    pub(super) claim: Option<Side>,
    /// Claims that are like it, where its own is not known.
    pub(super) near: Vec<Side>,
    /// Lines, and what is said of the claim as a whole.
    pub(super) lines: Vec<LineView>,
    /// What payers said of it before.
    pub(super) before: Vec<Before>,
    pub(super) doubts: Vec<DoubtView>,
    /// Somebody would save it and has not ticked so many doubts.
    pub(super) left: usize,
    pub(super) scan: bool,
    /// The claims that are shown, by their ids.
    shown: Vec<String>,
}

/// A line of the paper; or what it says of the whole claim.
pub(super) struct LineView {
    pub(super) label: String,
    /// As it was keyed.
    pub(super) keyed: String,
    /// The claim's line for which it is taken.
    pub(super) billed: String,
    pub(super) reasons: Vec<Reason>,
    pub(super) remarks: Vec<Said>,
}

/// A payer's word on the claim.
pub(super) struct Before {
    pub(super) href: Option<String>,
    pub(super) text: String,
    /// The paper says the same.
    pub(super) is_alike: bool,
}

/// A doubt with its tick.
pub(super) struct DoubtView {
    pub(super) tick: String,
    pub(super) text: String,
    pub(super) is_ticked: bool,
    /// The first that is to be ticked still.
    pub(super) is_first: bool,
}

/// What is on file of what was keyed, as far as the visitor may see it, and how names stand.
pub(super) async fn looked_up(office: &Office, keyed: &Keyed) -> Result<(OnFile, Names), Trouble> {
    let mut tx = office.read().await?;
    let mut found = OnFile::of(&mut tx, office, keyed).await?;
    let names = Names::about(&mut tx, office, &found.names).await?;
    if names.hides(office) && found.billed.is_some() {
        found.guard();
    }
    // A protected claim is found by its number alone.
    let near: Vec<String> = found.near.iter().map(|row| row.claim.clone()).collect();
    let guarded = Names::among(&mut tx, &near).await?;
    found.near.retain(|row| !guarded.guards(&row.claim));
    Ok((found, names))
}

/// How many doubts are not ticked.
pub(super) fn unticked(found: &OnFile, fields: &Fields) -> usize {
    found.doubts.iter().filter(|doubt| !is_ticked(doubt, fields)).count()
}

fn is_ticked(doubt: &Doubt, fields: &Fields) -> bool {
    fields.contains_key(&doubt.tick())
}

/// Puts on record whose claims are shown.
pub(super) async fn note(office: &Office, checked: &Checked) -> Result<(), Trouble> {
    for claim in &checked.shown {
        access::note(office, claim, "claim.viewed", &json!({ "at": "keyed" })).await?;
    }
    Ok(())
}

impl Checked {
    /// `left` is how many doubts keep it from being saved.
    pub(super) fn of(
        (keyed, found): (&Keyed, OnFile),
        (office, names): (&Office, &Names),
        fields: &Fields,
        left: usize,
    ) -> Result<Checked, Trouble> {
        let payment = &keyed.payment;
        let rows = found.billed.iter().map(|(row, _)| row).chain(&found.near);
        let shown = rows.map(|row| row.claim.clone()).collect();
        let claim = found.billed.as_ref();
        let near = found.near.iter().map(|row| side(row, (names, office)));
        Ok(Checked {
            sums: case_view::sums(payment),
            charge: payment.charge.to_string(),
            paid: payment.paid.to_string(),
            claim: claim.map(|(row, claim)| own(row, claim, (names, office))).transpose()?,
            near: near.collect::<Result<_, _>>()?,
            lines: lines(keyed, &found, office),
            before: before(&found, office)?,
            doubts: doubts(&found.doubts, fields, left > 0),
            left,
            scan: keyed.scan.is_some(),
            shown,
        })
    }
}

/// A claim as billed, with its address for who may open it.
fn side(row: &ClaimRow, before: (&Names, &Office)) -> Result<Side, Trouble> {
    let side = matches::billed(&row.number, Some(row), before)?;
    let opens = allows(before.1.who.role, Access::Claims);
    Ok(Side { href: side.href.filter(|_| opens), ..side })
}

/// The claim itself: its patient stands as on a page of its own.
fn own(row: &ClaimRow, claim: &Claim, (names, office): (&Names, &Office)) -> Result<Side, Trouble> {
    let patient = case_view::patient(Some(claim), None);
    let patient = names.patient(office, patient, (&row.claim, "/keyed")).name;
    let services = match names.hides(office) {
        true => String::new(),
        false => side(row, (names, office))?.services,
    };
    Ok(Side { patient, services, ..side(row, (names, office))? })
}

fn lines(keyed: &Keyed, found: &OnFile, office: &Office) -> Vec<LineView> {
    let payment = &keyed.payment;
    let explained = |adjustments: &[Adjustment], remarks: &[Remark]| {
        let (rules, on) = (&*office.rules, keyed.head.paid_on);
        let context = Context { rules, payer: None, remarks, on };
        (context.reasons(adjustments), reasons::remarks(remarks, rules))
    };
    let line = |(fit, line): (&LineFit, &LinePayment)| {
        let (reasons, remarks) = explained(&line.adjustments, &line.remarks);
        LineView {
            label: format!("Line {}", fit.at),
            keyed: format!("{}: {} charged, {} paid", line.procedure, line.charge, line.paid),
            billed: billed(fit, found.billed.is_some()),
            reasons,
            remarks,
        }
    };
    let mut lines: Vec<LineView> = found.lines.iter().zip(&payment.lines).map(line).collect();
    if !payment.adjustments.is_empty() || !payment.remarks.is_empty() {
        let (reasons, remarks) = explained(&payment.adjustments, &payment.remarks);
        let (label, keyed, billed) = ("Whole claim".to_owned(), String::new(), String::new());
        lines.push(LineView { label, keyed, billed, reasons, remarks });
    }
    lines
}

/// The claim's line for which a line is taken, in words.
fn billed(fit: &LineFit, is_known: bool) -> String {
    match &fit.billed {
        Some(ServiceLine { number, procedure, charge, .. }) => {
            format!("line {number}: {procedure}, {charge}")
        }
        None if is_known => "none".to_owned(),
        None => "not known".to_owned(),
    }
}

fn before(found: &OnFile, office: &Office) -> Result<Vec<Before>, Trouble> {
    let opens = allows(office.who.role, Access::Remittances);
    let told = |row: &ClaimPaymentRow| {
        let payment = settle::payment(row)?;
        let day = row.paid_on.as_deref().map(words::day_of).unwrap_or_default();
        let trace = match row.trace.as_str() {
            "" => "without trace".to_owned(),
            trace => format!("trace {trace}"),
        };
        let (payer, paid, charge) = (&row.payer_name, payment.paid, payment.charge);
        Ok(Before {
            href: opens.then(|| format!("/remittances/{}", row.remittance)),
            text: format!("{day}, {trace}: {payer} paid {paid} of {charge}"),
            is_alike: found.says_the_same(row),
        })
    };
    found.said.iter().map(told).collect()
}

fn doubts(doubts: &[Doubt], fields: &Fields, asks: bool) -> Vec<DoubtView> {
    let first = doubts.iter().position(|doubt| !is_ticked(doubt, fields));
    let view = |(place, doubt): (usize, &Doubt)| DoubtView {
        tick: doubt.tick(),
        text: doubt.text.clone(),
        is_ticked: is_ticked(doubt, fields),
        is_first: asks && first == Some(place),
    };
    doubts.iter().enumerate().map(view).collect()
}
