//! A paper EOB, a denial letter or a word by phone, keyed in with the checks that a file gets.

use anyhow::Context;
use denial::claim::{Patient, PayerName};
use denial::codes::{
    Carc, ClaimNumber, Group, PayerControlNumber, Procedure, Quantity, Rarc, TraceNumber,
};
use denial::ids::{PayerId, RemittanceId};
use denial::money::Money;
use denial::phi::Phi;
use denial::remittance::{
    Adjustment, ClaimPayment, Imbalance, LinePayment, Remark, RemittanceHead, Source,
};
use jiff::civil::Date;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::claims::KnownClaim;
use store::journal::Entry;
use store::remittances::{NewClaimPayment, RemittanceRow, State};
use store::{Tx, instant};

use crate::fields::Fields;
use crate::practice::Office;
use crate::settle::{self, Fresh};
use crate::{identity, staging};

pub(crate) mod on_file;

/// The most lines of one claim that the form takes: as many as an 837P holds (005010X222A1, loop
/// 2400).
pub(crate) const LINES: usize = 50;

/// What was keyed.
#[derive(Clone, Debug)]
pub(crate) struct Keyed {
    pub(crate) head: RemittanceHead,
    pub(crate) payment: ClaimPayment,
    /// Of each line of the payment its number in the form.
    pub(crate) at: Vec<usize>,
    /// The hash of the scan among the documents, where one was given.
    pub(crate) scan: Option<String>,
}

impl Keyed {
    /// Every sum that does not hold.
    pub(crate) fn imbalances(&self) -> Vec<Imbalance> {
        self.payment.imbalances()
    }
}

/// A field that is missing or cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Its name in the form.
    pub(crate) field: String,
    /// What was expected, and what came.
    pub(crate) text: String,
}

/// Reads the form.
///
/// # Errors
/// Every field that is missing or cannot be read.
pub(crate) fn read(fields: &Fields, today: Date) -> Result<Keyed, Vec<Fault>> {
    let mut form = Form { fields, faults: Vec::new() };
    let source = Source::from_name(form.text("source")).filter(|one| *one != Source::Era);
    let payer = form.needed("payer", "the payer's name");
    let paid_on = form.day("paid_on", "the day of the payment or letter");
    if paid_on.is_some_and(|on| on > today) {
        form.fault("paid_on", "the day of the payment has not come yet".to_owned());
    }
    let number = form.needed("number", "the claim's number");
    let status = form.text("status").to_owned();
    let adjustments = form.adjustments("adjustments", "the whole claim");
    let charge = form.optional_money("charge", "the claim's charge");
    let paid = form.optional_money("paid", "what was paid for the claim");
    let share = form.optional_money("share", "what the patient owes");
    let lines = (1..=LINES).filter_map(|at| Some((at, form.line(at)?)));
    let (at, lines): (Vec<usize>, Vec<LinePayment>) = lines.unzip();
    if lines.is_empty() {
        form.fault("charge_1", "expected at least one line with its charge".to_owned());
    }
    let sum = |of: fn(&LinePayment) -> Money| lines.iter().map(of).sum::<Money>();
    let payment = ClaimPayment {
        number: ClaimNumber::new(&number),
        status: if status.is_empty() { "1" } else { &status }.into(),
        charge: charge.unwrap_or_else(|| sum(|line| line.charge)),
        paid: paid.unwrap_or_else(|| sum(|line| line.paid)),
        patient_share: share,
        control: PayerControlNumber::new(form.text("control")),
        patient: Phi::new(Patient {
            family: form.text("family").to_owned(),
            given: form.text("given").to_owned(),
            member: form.text("member").to_owned(),
            born: None,
        }),
        from: lines.iter().filter_map(|line| line.from).min(),
        to: lines.iter().filter_map(|line| line.to).max(),
        remarks: remarks(form.text("remarks"), "MOA"),
        adjustments,
        lines,
        ..ClaimPayment::default()
    };
    let trace = form.text("trace").to_owned();
    let name = PayerName { name: payer.as_str().into(), ids: Vec::new() };
    let head = RemittanceHead {
        source: source.unwrap_or(Source::Paper),
        payer_key: identity::letters(&payer).as_str().into(),
        payer: name,
        trace: TraceNumber::new(&trace),
        total: payment.paid,
        method: "CHK".into(),
        paid_on,
        ..RemittanceHead::default()
    };
    let scan = Some(form.text("scan").to_owned()).filter(|hash| is_hash(hash));
    if form.faults.is_empty() { Ok(Keyed { head, payment, at, scan }) } else { Err(form.faults) }
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Fields being read, and what is wrong with them.
struct Form<'a> {
    fields: &'a Fields,
    faults: Vec<Fault>,
}

impl Form<'_> {
    fn text(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", |text| text.trim())
    }

    fn fault(&mut self, field: &str, text: String) {
        self.faults.push(Fault { field: field.to_owned(), text });
    }

    fn needed(&mut self, name: &str, what: &str) -> String {
        let text = self.text(name).to_owned();
        if text.is_empty() {
            self.fault(name, format!("expected {what}"));
        }
        text
    }

    fn day(&mut self, name: &str, what: &str) -> Option<Date> {
        let text = self.needed(name, what);
        let day = text.parse().ok();
        if day.is_none() && !text.is_empty() {
            self.fault(name, format!("expected {what} as YYYY-MM-DD"));
        }
        day
    }

    fn optional_money(&mut self, name: &str, what: &str) -> Option<Money> {
        let text = self.text(name).to_owned();
        if text.is_empty() {
            return None;
        }
        let money = Money::parse(&text).ok();
        if money.is_none() {
            self.fault(name, format!("expected {what} as an amount such as 120.50"));
        }
        money
    }

    /// One line; none where nothing of it was filled in.
    fn line(&mut self, at: usize) -> Option<LinePayment> {
        let names = ["procedure", "from", "charge", "paid", "adjustments", "remarks"];
        let names = names.map(|name| format!("{name}_{at}"));
        let [procedure, from, charge, paid, adjustments, noted] = &names;
        if names.iter().all(|name| self.text(name).is_empty()) {
            return None;
        }
        let what = format!("line {at}");
        let charge_of = format!("the charge of {what}");
        self.needed(charge, &charge_of);
        let charge = self.optional_money(charge, &charge_of);
        let paid = self.optional_money(paid, &format!("what was paid on {what}"));
        let day = self.text(from).parse().ok();
        if day.is_none() && !self.text(from).is_empty() {
            self.fault(from, format!("expected the day of {what} as YYYY-MM-DD"));
        }
        Some(LinePayment {
            procedure: self::procedure(self.text(procedure)),
            charge: charge.unwrap_or_default(),
            paid: paid.unwrap_or_default(),
            units: Quantity::ONE,
            from: day,
            to: day,
            adjustments: self.adjustments(adjustments, &what),
            remarks: remarks(self.text(noted), "LQ:HE"),
            ..LinePayment::default()
        })
    }

    /// `CO-197 250.00, PR-3 20`: group, reason and amount of each.
    fn adjustments(&mut self, name: &str, what: &str) -> Vec<Adjustment> {
        let text = self.text(name).to_owned();
        let parts = text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty());
        let mut found = Vec::new();
        for part in parts {
            match adjustment(part) {
                Some(one) => found.push(one),
                None => self.fault(
                    name,
                    format!("expected adjustments of {what} such as CO-197 250.00, {part:?} came"),
                ),
            }
        }
        found
    }
}

fn adjustment(text: &str) -> Option<Adjustment> {
    let mut words = text.split_whitespace();
    let (group, reason) = words.next()?.split_once('-')?;
    let amount = Money::parse(words.next()?).ok()?;
    let is_word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
    let fits = is_word(group) && is_word(reason) && words.next().is_none();
    fits.then(|| Adjustment {
        group: Group::new(&group.to_ascii_uppercase()),
        reason: Carc::new(&reason.to_ascii_uppercase()),
        amount,
        units: None,
    })
}

fn remarks(text: &str, list: &str) -> Vec<Remark> {
    let codes = text.split(|one: char| !one.is_ascii_alphanumeric()).filter(|one| !one.is_empty());
    let remark =
        |code: &str| Remark { list: list.into(), code: Rarc::new(&code.to_ascii_uppercase()) };
    codes.map(remark).collect()
}

fn procedure(text: &str) -> Procedure {
    let mut parts = text.split(['-', ' ', ':']).filter(|part| !part.is_empty());
    let code = parts.next().unwrap_or_default().to_ascii_uppercase();
    Procedure {
        qualifier: "HC".into(),
        code: code.into(),
        modifiers: parts.map(|part| part.to_ascii_uppercase().into()).collect(),
    }
}

/// What became of something keyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It is in, under this id.
    Taken(RemittanceId),
    /// The same was keyed before.
    Known(RemittanceId),
}

impl Keyed {
    /// What it says as JSON, head and payment, and the hash of both.
    fn written(&self) -> anyhow::Result<(String, String, String)> {
        let raw = serde_json::to_string(&self.payment).context("a payment is JSON")?;
        let head = serde_json::to_string(&self.head).context("a head is JSON")?;
        let content = hex::encode(Sha256::digest(format!("{head}\n{raw}").as_bytes()));
        Ok((head, raw, content))
    }

    /// The remittance that it is, where the same was keyed before.
    pub(crate) async fn known(&self, tx: &mut Tx) -> anyhow::Result<Option<RemittanceId>> {
        let (.., content) = self.written()?;
        let id = identity::remittance(&content);
        Ok(tx.remittance(id.as_str()).await?.map(|_| id))
    }

    /// Whose word it is.
    pub(crate) fn payer(&self, office: &Office) -> PayerId {
        identity::payer(&self.head.payer, &self.head.payer_key, &office.rules)
    }
}

/// Writes it as a remittance of one claim, and its cases with it; `unsure` are the fields that
/// somebody looked at twice.
pub(crate) async fn save(office: &Office, keyed: &Keyed, unsure: &[&str]) -> anyhow::Result<Kept> {
    let (head, raw, content) = keyed.written()?;
    let id = identity::remittance(&content);
    let row = row(office, keyed, &content, head);
    let payer = keyed.payer(office);
    let claim = identity::claim_of(&keyed.payment, &payer, &id, 0);
    let quarantined = row.balanced == "no";
    let moment = office.moment();
    let mut tx = office.write().await?;
    if !tx.stage_remittance(&row).await? {
        return Ok(Kept::Known(id));
    }
    let known = KnownClaim {
        claim: claim.clone(),
        number: keyed.payment.number.as_str().to_owned(),
        fingerprint: identity::paid_fingerprint(&keyed.payment),
        member: identity::paid_member(&keyed.payment),
    };
    tx.know_claims(vec![known]).await?;
    tx.find_likely_billed(&[claim.as_str().to_owned()]).await?;
    let control = identity::claim_by_control(&keyed.payment, &payer);
    let control = control.filter(|other| *other != claim).map(|one| one.to_string());
    let controls = [control.clone().unwrap_or_else(|| claim.to_string())];
    let payment = NewClaimPayment {
        n: 0,
        claim: claim.clone(),
        quarantined,
        segment: 0,
        byte: 0,
        control,
        raw,
    };
    tx.add_claim_payments(&id, vec![payment]).await?;
    tx.find_likely_by_control(&controls).await?;
    let mut entries = Vec::new();
    let others = tx.remittances_of_deal(&row.deal).await?;
    let conflict = staging::in_conflict(&mut tx, &row, &others, &mut entries).await?;
    let state = if conflict { State::Conflict } else { State::Published };
    tx.move_remittance(id.as_str(), State::Staging, state).await?;
    tx.settle_remittance(id.as_str(), 1).await?;
    let facts = json!({ "source": row.source, "trace": row.trace, "content": content,
        "scan": keyed.scan, "state": state, "unsure": unsure });
    entries.push(Entry::new(id.as_str(), "remittance.keyed", &facts));
    tx.append(entries, &moment).await?;
    settle::settle_claims(&mut tx, office, &moment, vec![claim.to_string()], Fresh::nothing())
        .await?;
    tx.commit().await?;
    settle::catch_up(office).await?;
    Ok(Kept::Taken(id))
}

fn row(office: &Office, keyed: &Keyed, content: &str, head: String) -> RemittanceRow {
    let payment = &keyed.payment;
    let imbalances = keyed.imbalances();
    let is_balanced = !imbalances.iter().any(|one| one.check.quarantines());
    // Each claim of a paper EOB is keyed by itself, so the claim is part of what makes it the same.
    let deal = identity::deal(&keyed.head);
    let deal = Sha256::digest(format!("{deal} {}", payment.number).as_bytes());
    RemittanceRow {
        remittance: identity::remittance(content).as_str().to_owned(),
        file: keyed.scan.clone().unwrap_or_else(|| content.to_owned()),
        number: 1,
        deal: hex::encode(deal),
        content: content.to_owned(),
        state: State::Staging.as_str().to_owned(),
        why: None,
        source: keyed.head.source.as_str().to_owned(),
        payer: keyed.payer(office).as_str().to_owned(),
        payer_name: keyed.head.payer.name.to_string(),
        trace: keyed.head.trace.as_str().to_owned(),
        paid_on: keyed.head.paid_on.map(|day| day.to_string()),
        total: keyed.head.total.cents(),
        paid: payment.paid.cents(),
        provider_level: 0,
        claims: 1,
        lines: i64::try_from(payment.lines.len()).unwrap_or(i64::MAX),
        balanced: if is_balanced { "yes" } else { "no" }.to_owned(),
        head,
        separators: String::new(),
        imbalances: serde_json::to_string(&imbalances).expect("imbalances are JSON"),
        taken_at: instant(office.clock.now()),
        settled: 0,
        looked_at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn form(pairs: &[(&str, &str)]) -> Result<Keyed, Vec<Fault>> {
        let fields = pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        read(&fields.collect(), date(2026, 3, 1))
    }

    const LETTER: [(&str, &str); 8] = [
        ("source", "paper"),
        ("payer", "Standin Health"),
        ("paid_on", "2026-02-20"),
        ("number", "A-17"),
        ("procedure_1", "99214-25"),
        ("charge_1", "250"),
        ("adjustments_1", "co-197 200.00, PR-3 20; OA-23 30"),
        ("remarks_1", "n54 M127"),
    ];

    #[test]
    fn a_letter_is_read_with_its_checks() {
        let keyed = form(&LETTER).expect("complete");
        let line = keyed.payment.lines.first().expect("a line");
        let codes: Vec<String> = line
            .adjustments
            .iter()
            .map(|one| format!("{}-{} {}", one.group, one.reason, one.amount))
            .collect();
        assert_eq!(codes, ["CO-197 $200.00", "PR-3 $20.00", "OA-23 $30.00"]);
        assert_eq!(line.remarks.len(), 2);
        assert_eq!(line.procedure.to_string(), "99214-25");
        assert_eq!(keyed.imbalances(), []);
        let mut short = LETTER.to_vec();
        short[6] = ("adjustments_1", "CO-197 200.00");
        assert_eq!(form(&short).expect("complete").imbalances().len(), 2, "line and claim");
    }

    #[test]
    fn every_fault_is_named_at_once_at_its_field() {
        let faults = form(&[("payer", "X"), ("paid_on", "soon"), ("adjustments_2", "197 CO")]);
        let faults = faults.expect_err("incomplete");
        let told = [
            ("paid_on", "YYYY-MM-DD"),
            ("number", "claim's number"),
            ("charge_2", "the charge of line 2"),
            ("adjustments_2", "such as CO-197"),
        ];
        assert_eq!(faults.len(), told.len(), "{faults:?}");
        for (fault, (field, part)) in faults.iter().zip(told) {
            assert_eq!(fault.field, field);
            assert!(fault.text.contains(part), "{fault:?}");
        }
    }
}
