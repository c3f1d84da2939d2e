//! A claim to the next payer carries what the one before it said, exactly, or does not go.

use denial::billed::Billed;
use denial::claim::{Claim, Patient, PayerName};
use denial::codes::{Carc, Group, LineControl, PayerControlNumber, Rarc};
use denial::correction::{
    Draft, Field, NoSecondary, Terms, Who, check, in_order, secondary, secondary_by, write,
};
use denial::cover::{Cover, Turn};
use denial::money::Money;
use denial::phi::Phi;
use denial::remittance::{Adjustment, ClaimPayment, LinePayment, Remark, RemittanceHead};
use jiff::civil::date;
use x12::Reader;

use super::fields::{INSTITUTIONAL, PROFESSIONAL, one};
use super::written::{assert_valid, sending, text};

fn cents(cents: i64) -> Money {
    Money::from_cents(cents)
}

fn adjusted(group: &str, reason: &str, amount: i64) -> Adjustment {
    Adjustment {
        group: Group::new(group),
        reason: Carc::new(reason),
        amount: cents(amount),
        units: None,
    }
}

fn claim() -> Claim {
    claim_of(PROFESSIONAL)
}

/// The first claim of a file.
fn claim_of(file: &[u8]) -> Claim {
    let (mut reader, mut billed, mut findings) = (Reader::new(file), Billed::default(), Vec::new());
    while let Some(block) = reader.next() {
        if let Some(claim) = billed.read(&block, &mut findings) {
            return claim.claim;
        }
    }
    panic!("a claim")
}

fn head() -> RemittanceHead {
    let payer = PayerName { name: "Sample Health Plan, Inc.".into(), ids: vec![] };
    RemittanceHead { payer, paid_on: Some(date(2026, 1, 20)), ..RemittanceHead::default() }
}

/// A payment of 80 + 20 on 150.50.
fn payment() -> ClaimPayment {
    let of = |at: usize, control: &str, charge, paid, adjustments| {
        let billed = claim();
        LinePayment {
            control: LineControl::new(control),
            procedure: billed.lines[at].procedure.clone(),
            charge: cents(charge),
            paid: cents(paid),
            units: billed.lines[at].units,
            adjustments,
            ..LinePayment::default()
        }
    };
    ClaimPayment {
        number: claim().number,
        status: "1".into(),
        charge: cents(15_050),
        paid: cents(10_000),
        patient_share: Some(cents(3_000)),
        control: PayerControlNumber::new("ICN55"),
        lines: vec![
            // Out of order: lines are found by their control number.
            of(
                1,
                "A1L2",
                5_050,
                2_000,
                vec![adjusted("CO", "45", 2_050), adjusted("PR", "2", 1_000)],
            ),
            of(
                0,
                "A1L1",
                10_000,
                8_000,
                vec![adjusted("PR", "1", 1_500), adjusted("PR", "2", 500)],
            ),
        ],
        ..ClaimPayment::default()
    }
}

fn made(payment: &ClaimPayment) -> Result<Draft, NoSecondary> {
    secondary(&one(PROFESSIONAL, 0), &claim(), &head(), payment)
}

#[test]
fn adjustments_are_carried_as_the_remittance_says_them() {
    let draft = made(&payment()).expect("balanced");
    let text = text(&draft);
    let from = text.iter().position(|one| one.starts_with("SBR*S")).expect("a subscriber");
    let expected = [
        "SBR*S*18*******MB",
        "NM1*IL*1*EXAMPLE*BEN****MI*OM1",
        "N3*2 SAMPLE STREET",
        "N4*COLUMBUS*OH*430040000",
        "DMG*D8*20100304*M",
        "NM1*PR*2*OTHER HEALTH*****PI*OH1",
        "CLM*A1*150.5***11:B:1*Y*A*Y*Y",
        "HI*ABK:J209*ABF:I10",
        "NM1*82*1*DOC*DORA****XX*1000000004",
        "SBR*P*19*******CI",
        "AMT*D*100.00",
        "OI***Y***Y",
        "NM1*IL*1*EXAMPLE*ANNA****MI*M1",
        "NM1*PR*2*SAMPLE HEALTH PLAN*****PI*SH001",
        "REF*G1*AUTH1",
        "REF*F8*ICN55",
        "LX*1",
        "SV1*HC:99213:25*100*UN*1***1:2",
        "DTP*472*D8*20260102",
        "REF*6R*A1L1",
        "SVD*SH001*80.00*HC:99213:25**1",
        "CAS*PR*1*15.00**2*5.00",
        "DTP*573*D8*20260120",
        "AMT*EAF*20.00",
        "LX*2",
        "SV1*HC:J1885*50.5*UN*2.5***2",
        "DTP*472*RD8*20260102-20260103",
        "REF*6R*A1L2",
        "SVD*SH001*20.00*HC:J1885**2.5",
        "CAS*CO*45*20.50",
        "CAS*PR*2*10.00",
        "DTP*573*D8*20260120",
        "AMT*EAF*10.00",
    ];
    assert_eq!(text[from..], expected);
    assert_eq!(check(&draft, date(2026, 2, 3), Terms::default()), []);
    let bytes = write(&[&draft], &sending()).expect("plain text");
    assert_valid(&[("secondary", bytes)]);
}

#[test]
fn a_whole_claim_is_answered_at_the_claim() {
    let mut paid = payment();
    paid.adjustments = vec![adjusted("CO", "45", 2_050), adjusted("PR", "3", 3_000)];
    paid.lines.clear();
    let draft = made(&paid).expect("balanced");
    let text = text(&draft);
    for segment in ["CAS*CO*45*20.50", "CAS*PR*3*30.00", "AMT*EAF*30.00", "DTP*573*D8*20260120"] {
        assert_eq!(text.iter().filter(|one| *one == segment).count(), 1, "{segment}");
    }
    assert_valid(&[("whole", write(&[&draft], &sending()).expect("plain text"))]);
}

#[test]
fn a_patient_who_is_not_the_next_subscriber_stands_below_them() {
    let file = String::from_utf8_lossy(PROFESSIONAL)
        .replace("SBR*S*18*******MB~\nOI", "SBR*S*01*******CI~\nOI")
        .replace("NM1*IL*1*EXAMPLE*BEN****MI*OM1", "NM1*IL*1*EXAMPLE*ZOE****MI*OM1");
    let draft = secondary(&one(file.as_bytes(), 0), &claim(), &head(), &payment());
    let draft = draft.expect("balanced");
    assert_eq!(draft.value(Field::Given(Who::Subscriber)).reveal(), "ZOE");
    assert_eq!(draft.value(Field::Given(Who::Patient)).reveal(), "BEN");
    assert!(text(&draft).contains(&"PAT*01".to_owned()));
    assert_valid(&[("below", write(&[&draft], &sending()).expect("plain text"))]);
}

#[test]
fn no_duplicate_goes_where_the_payer_passed_the_claim_on() {
    for status in ["19", "20", "21", "23"] {
        let paid = ClaimPayment { status: status.into(), ..payment() };
        assert_eq!(made(&paid).err(), Some(NoSecondary::Crossover), "{status}");
    }
    let mut paid = payment();
    paid.remarks = vec![Remark { list: "MOA".into(), code: Rarc::new("MA18") }];
    assert_eq!(made(&paid).err(), Some(NoSecondary::Crossover));
    let mut paid = payment();
    paid.crossover = Some(Default::default());
    assert_eq!(made(&paid).err(), Some(NoSecondary::Crossover));
}

#[test]
fn another_payers_remittance_and_payers_without_an_id_are_refused() {
    let from = |name: &str, id: &str| {
        let payer = PayerName { name: name.into(), ids: vec![id.into()] };
        let head = RemittanceHead { payer, ..head() };
        secondary(&one(PROFESSIONAL, 0), &claim(), &head, &payment()).err()
    };
    assert_eq!(from("ANOTHER PLAN", "XX9"), Some(NoSecondary::OtherPayer));
    assert_eq!(from("", ""), Some(NoSecondary::OtherPayer));
    assert_eq!(from("ANOTHER NAME", "sh001 "), None);
    for segment in ["SAMPLE HEALTH PLAN*****PI*SH001", "OTHER HEALTH*****PI*OH1"] {
        let name = segment.split('*').next().unwrap_or_default();
        let file = String::from_utf8_lossy(PROFESSIONAL).replace(segment, name);
        let told = secondary(&one(file.as_bytes(), 0), &claim(), &head(), &payment());
        assert_eq!(told.err(), Some(NoSecondary::NoPayerId), "{name}");
    }
}

#[test]
fn what_does_not_add_up_or_was_not_answered_stays_here() {
    let reversal = ClaimPayment { status: "22".into(), ..payment() };
    assert_eq!(made(&reversal).err(), Some(NoSecondary::NotProcessed));
    let mut short = payment();
    short.lines[0].adjustments.pop();
    assert_eq!(made(&short).err(), Some(NoSecondary::Unbalanced));
    let mut missing = payment();
    missing.lines[0].control = LineControl::new("A1L1");
    assert_eq!(made(&missing).err(), Some(NoSecondary::LinesDiffer));
    let unknown =
        secondary(&one(PROFESSIONAL, 0), &claim(), &RemittanceHead::default(), &payment());
    assert_eq!(unknown.err(), Some(NoSecondary::NoDay));
    let alone = secondary(&one(PROFESSIONAL, 1), &claim(), &head(), &payment());
    assert_eq!(alone.err(), Some(NoSecondary::NoNextPayer));
}

/// Another cover, as the front desk answered it.
fn told(turn: Turn) -> Cover {
    Cover {
        payer: PayerName { name: "Answered Health Plan".into(), ids: vec!["AN1".into()] },
        filing: "CI".into(),
        insured: Phi::new(Patient { member: "AN-77".into(), ..Patient::default() }),
        ..Cover::at(turn)
    }
}

/// What a payer paid of the institutional claim: 150 on the first line, nothing on the second.
fn institutional() -> ClaimPayment {
    let billed = claim_of(INSTITUTIONAL);
    let of = |at: usize, paid, adjustments| LinePayment {
        control: billed.lines[at].control.clone(),
        procedure: billed.lines[at].procedure.clone(),
        revenue: billed.lines[at].revenue.clone(),
        charge: billed.lines[at].charge,
        paid: cents(paid),
        units: billed.lines[at].units,
        adjustments,
        ..LinePayment::default()
    };
    ClaimPayment {
        number: billed.number.clone(),
        status: "1".into(),
        charge: cents(25_000),
        paid: cents(15_000),
        control: PayerControlNumber::new("DCN9"),
        lines: vec![
            of(0, 15_000, vec![adjusted("PR", "2", 3_000), adjusted("CO", "45", 2_000)]),
            of(1, 0, vec![adjusted("PR", "1", 5_000)]),
        ],
        ..ClaimPayment::default()
    }
}

#[test]
fn an_institutional_claim_goes_to_a_cover_that_somebody_told_of() {
    let (original, billed) = (one(INSTITUTIONAL, 0), claim_of(INSTITUTIONAL));
    let (cover, paid) = (told(Turn::Secondary), institutional());
    let draft = secondary_by(&original, &cover, &billed, (&head(), &paid)).expect("balanced");
    let said = text(&draft);
    for segment in [
        "SBR*S*18*******CI",
        "NM1*IL*1*EXAMPLE*ANNA****MI*AN-77",
        "NM1*PR*2*Answered Health Plan*****PI*AN1",
        "SBR*P*18*******MA",
        "AMT*D*150.00",
        "REF*F8*DCN9",
        "SVD*SH001*150.00*HC:99283*0450*1",
        "SVD*SH001*0.00**0300*3",
        "CAS*PR*2*30.00",
        "CAS*CO*45*20.00",
        "CAS*PR*1*50.00",
    ] {
        assert_eq!(said.iter().filter(|one| *one == segment).count(), 1, "{segment} in {said:?}");
    }
    assert_eq!(check(&draft, date(2026, 2, 3), Terms::default()), []);
    assert_valid(&[("institutional-second", write(&[&draft], &sending()).expect("plain"))]);
}

#[test]
fn a_payer_that_comes_first_gets_the_claim_and_the_other_follows_it() {
    for (name, file) in
        [("first-professional", PROFESSIONAL), ("first-institutional", INSTITUTIONAL)]
    {
        let draft = in_order(&one(file, 0), &told(Turn::Primary)).expect("another payer");
        let said = text(&draft);
        let place = |start: &str| said.iter().position(|one| one.starts_with(start));
        assert!(place("SBR*P") < place("CLM"), "{said:?}");
        assert!(place("NM1*PR*2*Answered") < place("CLM"), "{said:?}");
        assert!(place("SBR*S") > place("CLM"), "{said:?}");
        assert!(said.iter().all(|one| !one.starts_with("SVD") && !one.starts_with("AMT*D")));
        assert_eq!(check(&draft, date(2026, 2, 3), Terms::default()), []);
        assert_valid(&[(name, write(&[&draft], &sending()).expect("plain"))]);
    }
    let mut same = told(Turn::Primary);
    same.payer.ids = vec!["SH001".into()];
    let refused = in_order(&one(INSTITUTIONAL, 0), &same).err();
    assert_eq!(refused, Some(NoSecondary::SamePayer));
}

#[test]
fn a_cover_without_what_the_claim_needs_goes_nowhere() {
    let (original, billed) = (one(INSTITUTIONAL, 0), claim_of(INSTITUTIONAL));
    let by =
        |cover: &Cover| secondary_by(&original, cover, &billed, (&head(), &institutional())).err();
    let mut thin = told(Turn::Secondary);
    thin.payer.ids.clear();
    assert_eq!(by(&thin), Some(NoSecondary::ThinCover));
    let mut anothers = told(Turn::Secondary);
    anothers.relation = "01".into();
    assert_eq!(by(&anothers), Some(NoSecondary::ThinCover), "the insured has no name");
    let mut odd = told(Turn::Secondary);
    odd.payer.name = "Plan \u{202e}".into();
    assert!(matches!(by(&odd), Some(NoSecondary::Letters(_))));
}

#[test]
fn a_claim_tells_which_payers_come_after_the_first() {
    let covers = |file: &[u8]| {
        let (mut reader, mut billed, mut findings) =
            (Reader::new(file), Billed::default(), Vec::new());
        let mut found = Vec::new();
        while let Some(block) = reader.next() {
            found.extend(billed.read(&block, &mut findings).map(|one| one.covers));
        }
        found.into_iter().next().expect("a claim")
    };
    let named = covers(PROFESSIONAL);
    assert_eq!(named.len(), 1);
    assert_eq!((named[0].turn, named[0].payer.name.as_str()), (Turn::Secondary, "OTHER HEALTH"));
    assert_eq!((named[0].filing.as_str(), named[0].relation.as_str()), ("MB", "18"));
    assert_eq!(named[0].insured.reveal().member, "OM1");
    // What was sent to the second payer names it by its own level, and the first not at all.
    let sent = made(&payment()).expect("balanced");
    let again = covers(&write(&[&sent], &sending()).expect("plain"));
    assert_eq!(again.len(), 1);
    assert_eq!((again[0].turn, again[0].payer.name.as_str()), (Turn::Secondary, "OTHER HEALTH"));
}
