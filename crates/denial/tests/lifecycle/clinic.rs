//! A small clinic for the tests: rules, people, days and a case with two denied lines.

use denial::adjudication::Findings;
use denial::category::Category;
use denial::claim::{PayerName, PlanType};
use denial::codes::{ClaimNumber, LineControl, Npi, PayerControlNumber, Procedure};
use denial::deadline::{Deadline, DeadlineKind, Due, RuleRef};
use denial::denial::{ClaimDays, Denial, DeniedLine, NextActionKind, Recovery};
use denial::ids::RemittanceId;
use denial::ids::{ClaimId, DenialId, PayerId, PersonId, PostingId};
use denial::lifecycle::opening::{ClaimFacts, Opening};
use denial::lifecycle::{Action, Decided};
use denial::money::Money;
use denial::owner::{OwnerRow, Step};
use denial::person::{Actor, Moment, Role};
use denial::playbook::Ruling;
use denial::posting::{Entry, PostingKind};
use denial::remittance::Source;
use denial::rules::{Desk, Rules};
use jiff::civil::Date;
use jiff::{Span, Timestamp};

/// Up to 25.00 one person writes off alone.
pub(crate) fn rules() -> Rules {
    let mut rules = Rules::empty();
    let owner = |category: &Category| OwnerRow {
        category: *category,
        origin: None,
        provider: None,
        from: None,
        role: owner_of(*category),
        person: None,
        team: None,
        asks: None,
        then: Role::BillingSupervisor,
        after_days: 10,
    };
    rules.owners.rows = Category::ALL.iter().map(owner).collect();
    rules.owners.ladder = vec![
        Step { after_days: 0, to: None },
        Step { after_days: 3, to: Some(Role::BillingSupervisor) },
        Step { after_days: 10, to: Some(Role::Manager) },
    ];
    rules.desk = Desk {
        write_off_alone: Money::from_cents(2_500),
        first_touch_days: 3,
        unowned_days: 5,
        safety_days: 5,
        near_days: 7,
        colleague_days: 4,
        promise_days: 2,
        payment_days: 30,
        taken_minutes: 60,
        ..Desk::default()
    };
    rules.desk.action_days = [
        (NextActionKind::Correct, 7),
        (NextActionKind::Review, 2),
        (NextActionKind::AwaitPayer, 30),
    ]
    .into();
    rules
}

fn owner_of(category: Category) -> Role {
    if matches!(category, Category::Eligibility | Category::Registration) {
        Role::FrontDesk
    } else if matches!(category, Category::CodingOrModifier | Category::Bundling) {
        Role::CertifiedCoder
    } else {
        Role::BillingSpecialist
    }
}

/// The first of June 2026 and some days.
pub(crate) fn day(days: i64) -> Date {
    let first = Date::new(2026, 6, 1).expect("a day");
    first.checked_add(Span::new().days(days)).expect("near enough")
}

/// Each role has one person, and the supervisor a second.
pub(crate) fn person(role: Role, second: bool) -> PersonId {
    let number = Role::ALL.iter().position(|one| *one == role).expect("a role") * 2;
    PersonId::from_bits(u128::try_from(number).expect("small") + u128::from(second) + 1)
}

pub(crate) fn moment(days: i64, role: Role) -> Moment {
    let who = Actor { person: person(role, false), role };
    Moment { now: Timestamp::UNIX_EPOCH, today: day(days), who }
}

pub(crate) fn line(number: u16, cents: i64) -> DeniedLine {
    DeniedLine {
        line: Some(number),
        control: LineControl::new(&number.to_string()),
        procedure: Procedure { code: "99213".into(), ..Procedure::default() },
        from: Some(day(-40)),
        charge: Money::from_cents(cents),
        adjustments: Vec::new(),
        remarks: Vec::new(),
        denied: Money::from_cents(cents),
        expected: None,
        category: Category::NonCovered,
        full: true,
        denied_on: Some(day(0)),
        remittance: RemittanceId::from_bits(1),
        recovered: None,
        set_aside: None,
    }
}

pub(crate) fn recovered(line: DeniedLine, days: i64) -> DeniedLine {
    let recovery = Recovery {
        on: day(days),
        amount: line.denied,
        days: i32::try_from(days).expect("few days"),
        remittance: RemittanceId::from_bits(2),
    };
    DeniedLine { recovered: Some(recovery), ..line }
}

pub(crate) fn found(lines: Vec<DeniedLine>) -> Findings {
    let ruling = Ruling {
        kind: denial::category::AdjustmentKind::Denial,
        category: Category::NonCovered,
        next: NextActionKind::Correct,
        documents: vec!["medical_record".into()],
        ..Ruling::unmapped()
    };
    Findings {
        rulings: vec![ruling.clone(); lines.len()],
        leading: ruling,
        denied_on: lines.iter().filter_map(|line| line.denied_on).max(),
        remittance: lines.last().expect("a line").remittance.clone(),
        lines,
        control: PayerControlNumber::new("P1"),
        quarantined: false,
        rounds: 1,
        received_on: None,
    }
}

pub(crate) fn opening() -> Opening {
    let facts = ClaimFacts {
        claim: ClaimId::from_bits(1),
        number: ClaimNumber::new("C1"),
        payer: PayerId::from_bits(1),
        payer_name: PayerName::default(),
        plan: PlanType::Commercial,
        provider: Npi::default(),
        site: Npi::default(),
        days: ClaimDays { service_on: Some(day(-40)), ..ClaimDays::default() },
    };
    Opening { id: DenialId::from_bits(1), round: 1, source: Source::Era, facts }
}

/// 60.00 and 40.00 denied on day 0.
pub(crate) fn case() -> Decided {
    Denial::open(&found(vec![line(1, 6_000), line(2, 4_000)]), opening(), &at_first(), &rules())
}

fn at_first() -> Moment {
    moment(0, Role::BillingSupervisor)
}

/// A clock of this kind that runs out so many days after the first of June.
pub(crate) fn clock(kind: DeadlineKind, days: i64) -> Deadline {
    let rule = RuleRef {
        source: String::new(),
        file: "payers/test.toml".to_owned(),
        window: "so many days".to_owned(),
        anchor: "remittance".to_owned(),
        anchored_on: day(0),
    };
    Deadline { kind, due: Due::On { date: day(days), rule }, met_on: None }
}

pub(crate) fn entry(id: u128, kind: PostingKind, cents: i64) -> Entry {
    Entry {
        id: PostingId::from_bits(id),
        kind,
        amount: Money::from_cents(cents),
        on: None,
        line: None,
        remittance: None,
        reverses: None,
        why: "by hand".to_owned(),
    }
}

/// An act as a form or a command line writes it.
pub(crate) fn action(json: &str) -> Action {
    serde_json::from_str(json).unwrap_or_else(|fault| panic!("{fault}: {json}"))
}
