//! Rules, people and a case, all made up.

use denial::adjudication::Findings;
use denial::category::{AdjustmentKind, Category};
use denial::claim::{PayerName, PlanType};
use denial::codes::{ClaimNumber, LineControl, Npi, PayerControlNumber, Procedure};
use denial::denial::{ClaimDays, Denial, DeniedLine, NextActionKind};
use denial::ids::{ClaimId, DenialId, PayerId, PersonId, RemittanceId};
use denial::lifecycle::opening::{ClaimFacts, Opening};
use denial::lifecycle::{Action, Decided, Event};
use denial::money::Money;
use denial::owner::{Member, OwnerRow};
use denial::person::{Actor, Moment, Role};
use denial::playbook::Ruling;
use denial::remittance::Source;
use denial::rules::Rules;
use denial::team::Team;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use store::Tx;
use store::claims::KnownClaim;
use store::denials::Rank;
use store::journal::Entry;

use crate::place::{AT, Place, practice};

pub(crate) const TODAY: Date = date(2026, 6, 1);

pub(crate) fn rules() -> Rules {
    let mut rules = Rules::empty();
    let owner = |category: &Category| OwnerRow {
        category: *category,
        origin: None,
        provider: None,
        from: None,
        role: Role::BillingSpecialist,
        person: None,
        team: None,
        asks: None,
        then: Role::BillingSupervisor,
        after_days: 10,
    };
    rules.owners.rows = Category::ALL.iter().map(owner).collect();
    let lead = Member::of("lead");
    rules.owners.teams = vec![Team { name: "Desk".into(), members: vec![lead.clone()], lead }];
    rules.desk.write_off_alone = Money::from_cents(100_000);
    rules
}

pub(crate) fn someone(number: u128) -> PersonId {
    PersonId::from_bits(number)
}

pub(crate) fn moment() -> Moment {
    let who = Actor { person: someone(1), role: Role::BillingSupervisor };
    let now: Timestamp = AT.parse().expect("an instant");
    Moment { now, today: TODAY, who }
}

pub(crate) fn line(number: u16, cents: i64) -> DeniedLine {
    DeniedLine {
        line: Some(number),
        control: LineControl::new(&number.to_string()),
        procedure: Procedure { code: "99213".into(), ..Procedure::default() },
        from: Some(date(2026, 4, 20)),
        charge: Money::from_cents(cents),
        adjustments: Vec::new(),
        remarks: Vec::new(),
        denied: Money::from_cents(cents),
        expected: None,
        category: Category::NonCovered,
        full: true,
        denied_on: Some(TODAY),
        remittance: RemittanceId::from_bits(1),
        recovered: None,
        set_aside: None,
    }
}

/// A case of claim number `number` on which so many cents are denied, newly opened.
pub(crate) fn case(number: u128, cents: i64) -> Decided {
    let ruling = Ruling {
        kind: AdjustmentKind::Denial,
        category: Category::NonCovered,
        next: NextActionKind::Correct,
        ..Ruling::unmapped()
    };
    let found = Findings {
        lines: vec![line(1, cents)],
        rulings: vec![ruling.clone()],
        leading: ruling,
        denied_on: Some(TODAY),
        remittance: RemittanceId::from_bits(1),
        control: PayerControlNumber::new("P1"),
        quarantined: false,
        rounds: 1,
        received_on: None,
    };
    let facts = ClaimFacts {
        claim: ClaimId::from_bits(number),
        number: ClaimNumber::new(&format!("C{number}")),
        payer: PayerId::from_bits(1),
        payer_name: PayerName::default(),
        plan: PlanType::Commercial,
        provider: Npi::default(),
        site: Npi::default(),
        days: ClaimDays::default(),
    };
    let opening = Opening { id: DenialId::from_bits(number), round: 1, source: Source::Era, facts };
    Denial::open(&found, opening, &moment(), &rules())
}

pub(crate) fn action(json: &str) -> Action {
    serde_json::from_str(json).unwrap_or_else(|fault| panic!("{fault}: {json}"))
}

pub(crate) fn rank(priority: i64) -> Rank {
    Rank { priority, unmapped: Some("CO-QQ1".to_owned()), ..Rank::default() }
}

pub(crate) fn entries(case: &Denial, events: &[Event]) -> Vec<Entry> {
    let entry = |event: &Event| Entry {
        about: case.id.as_str().to_owned(),
        kind: event.kind().to_owned(),
        moved: event.statuses(),
        body: serde_json::to_string(event).expect("an event is JSON"),
    };
    events.iter().map(entry).collect()
}

/// Opens cases 1, 2, … of so many cents each, with what they hang on.
pub(crate) async fn open(place: &Place, cents: &[i64]) -> Vec<Denial> {
    let mut tx = place.store.write(&practice()).await.expect("a turn");
    let cases: Vec<Decided> =
        (1..).zip(cents).map(|(number, cents)| case(number, *cents)).collect();
    know(&mut tx, cents.len()).await;
    let rows: Vec<(Denial, Rank)> =
        cases.iter().zip(1..).map(|(one, priority)| (one.after.clone(), rank(priority))).collect();
    let told = cases.iter().flat_map(|one| entries(&one.after, &one.events)).collect();
    tx.open_cases(&rows, told, &moment()).await.expect("opened");
    tx.commit().await.expect("durable");
    cases.into_iter().map(|one| one.after).collect()
}

/// The payer and so many claims.
async fn know(tx: &mut Tx, claims: usize) {
    let payer = (PayerId::from_bits(1), "Synthetic payer".to_owned());
    tx.know_payers(&[payer]).await.expect("known");
    let claim = |number: u128| KnownClaim {
        claim: ClaimId::from_bits(number),
        number: format!("C{number}"),
        fingerprint: None,
        member: None,
    };
    let claims = (1..=claims as u128).map(claim).collect();
    tx.know_claims(claims).await.expect("known");
}

/// Does an act and saves it.
pub(crate) async fn act(place: &Place, case: &Denial, json: &str) -> Denial {
    let decided = case.act(&action(json), &moment(), &rules()).expect("allowed");
    let mut tx = place.store.write(&practice()).await.expect("a turn");
    save(&mut tx, case, &decided).await.expect("saved");
    tx.commit().await.expect("durable");
    decided.after
}

pub(crate) async fn save(
    tx: &mut Tx,
    before: &Denial,
    decided: &Decided,
) -> Result<(), store::Error> {
    let told = entries(&decided.after, &decided.events);
    tx.save_case(&decided.after, before.version, &rank(7), told, &moment()).await?;
    let new = decided.after.postings.iter().skip(before.postings.len());
    let rows = new.map(|one| store::postings::PostingRow::of(one, &decided.after.id)).collect();
    tx.post(rows).await
}
