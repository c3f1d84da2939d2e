//! What is proven, and that nothing is without its proof. Everybody is made up.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::claim::{PayerName, PlanType};
use crate::codes::Procedure;
use crate::deadline::{Deadline, Due, RuleRef};
use crate::evidence::{Benefit, Decision};
use crate::ids::RemittanceId;
use crate::matching::known_from;
use crate::next_action::tests::{TODAY, case, shipped};
use crate::remittance::{ClaimPayment, RemittanceHead, Span};

const DAY: Date = date(2026, 2, 2);

fn patient(family: &str, given: &str, member: &str) -> Patient {
    let text = str::to_owned;
    let born = Some(date(1980, 1, 1));
    Patient { family: text(family), given: text(given), member: text(member), born }
}

fn denied(carc: &str, remarks: &[&str]) -> Denial {
    case(shipped(), PlanType::Commercial, "CO", carc, remarks)
}

/// The claim of [`denied`]: one line, whatever it is for.
fn claim(case: &Denial) -> Claim {
    let line = &case.lines[0];
    let billed = ServiceLine {
        number: line.line.unwrap_or(1),
        procedure: line.procedure.clone(),
        from: Some(DAY),
        ..ServiceLine::default()
    };
    Claim {
        patient: Phi::new(patient("Sample", "Robin J", "W-12 34")),
        lines: vec![billed],
        authorization: None,
        ..known_from(&ClaimPayment::default(), &RemittanceHead::default())
    }
}

fn answer(kind: EvidenceKind) -> Evidence {
    Evidence {
        kind,
        payer: PayerName { name: "SOMEBODY".into(), ids: Vec::new() },
        patient: Phi::new(patient("SAMPLE", "ROBIN", "W1234")),
        on: Some(date(2026, 1, 5)),
        trace: SmolStr::default(),
        service: Some((DAY, DAY)),
        begins: None,
        ends: None,
        benefits: Vec::new(),
        decision: None,
        procedures: Vec::new(),
        refused: Vec::new(),
        test: false,
        separators: String::new(),
        span: Span::default(),
    }
}

fn decided(claim: &Claim, action: &str, number: &str) -> Evidence {
    let decision =
        Decision { action: action.into(), number: number.into(), reason: SmolStr::default() };
    let procedures = claim.lines.iter().map(|line| line.procedure.clone()).collect();
    Evidence { decision: Some(decision), procedures, ..answer(EvidenceKind::Authorization) }
}

fn covered(family: &str, given: &str, member: &str) -> Evidence {
    let active = Benefit {
        code: "1".into(),
        services: vec!["30".into()],
        plan: SmolStr::default(),
        authorization: SmolStr::default(),
        procedure: None,
    };
    Evidence {
        patient: Phi::new(patient(family, given, member)),
        benefits: vec![active],
        ..answer(EvidenceKind::Eligibility)
    }
}

fn sets(found: Result<Correction, Unproven>) -> Vec<(String, String)> {
    let found = found.expect("proven");
    found.sets.iter().map(|(field, text)| (field.key(), text.reveal().clone())).collect()
}

#[test]
fn a_certified_number_of_this_patient_service_and_day_goes_on_the_claim() {
    for (carc, remarks) in [("197", [].as_slice()), ("284", &[]), ("16", &["M62"])] {
        let case = denied(carc, remarks);
        let claim = claim(&case);
        let found = correction(&case, &claim, &[decided(&claim, "A1", "AUTH-7")], shipped());
        let found = found.unwrap_or_else(|why| panic!("{carc}: {why}"));
        assert!(found.proof.contains("of 2026-01-05 (278)"), "{}", found.proof);
        assert!(!found.proof.contains("AUTH"), "no patient data: {}", found.proof);
        let told = [("authorization".to_owned(), "AUTH-7".to_owned())];
        assert_eq!(sets(Ok(found)), told, "{carc}");
    }
}

#[test]
fn each_lack_of_an_authorization_is_said() {
    let case = denied("197", &[]);
    let claim = claim(&case);
    let good = || decided(&claim, "A1", "AUTH-7");
    let why = |answers: &[Evidence]| {
        correction(&case, &claim, answers, shipped()).expect_err("not proven")
    };
    assert_eq!(why(&[]), Unproven::NoAuthorization);
    let far = Some((date(2026, 3, 1), date(2026, 3, 31)));
    let other = Procedure { code: "00000".into(), ..claim.lines[0].procedure.clone() };
    let cases: [(&str, Evidence); 11] = [
        ("certified in part", decided(&claim, "A2", "AUTH-7")),
        ("not certified", decided(&claim, "A3", "AUTH-7")),
        ("modified", decided(&claim, "A6", "AUTH-7")),
        ("no number", decided(&claim, "A1", " - ")),
        ("another day", Evidence { service: far, ..good() }),
        ("no day", Evidence { service: None, ..good() }),
        ("another procedure", Evidence { procedures: vec![other], ..good() }),
        ("no procedure", Evidence { procedures: Vec::new(), ..good() }),
        (
            "another patient",
            Evidence { patient: Phi::new(patient("SAMPLE", "KIM", "W1234")), ..good() },
        ),
        (
            "another payer",
            Evidence { payer: PayerName { name: "ELSEWHERE".into(), ids: Vec::new() }, ..good() },
        ),
        ("a test", Evidence { test: true, ..good() }),
    ];
    for (what, one) in cases {
        assert_eq!(why(&[one]), Unproven::NoAuthorization, "{what}");
    }
    let later = Evidence { on: Some(date(2026, 1, 9)), ..decided(&claim, "C", "AUTH-7") };
    assert_eq!(why(&[good(), later]), Unproven::TakenBack);
    let moved = Evidence { on: Some(date(2026, 1, 9)), service: far, ..good() };
    assert_eq!(why(&[good(), moved]), Unproven::TakenBack, "to other days");
    let second = decided(&claim, "A1", "AUTH-8");
    assert_eq!(why(&[good(), second]), Unproven::SeveralAuthorizations);
    let carries = Claim { authorization: Some("auth7".into()), ..claim.clone() };
    let found = correction(&case, &carries, &[good()], shipped());
    assert_eq!(found, Err(Unproven::Carried));
    let undated = Claim {
        lines: vec![ServiceLine { from: None, ..claim.lines[0].clone() }],
        ..claim.clone()
    };
    assert_eq!(correction(&case, &undated, &[good()], shipped()), Err(Unproven::NoDay));
}

#[test]
fn another_member_id_is_proven_by_name_and_day_of_birth_with_cover() {
    let case = denied("31", &[]);
    let claim = claim(&case);
    let of = |answers: &[Evidence]| correction(&case, &claim, answers, shipped());
    let told = sets(of(&[covered("SAMPLE", "ROBIN", "X99")]));
    assert_eq!(told, [("member".to_owned(), "X99".to_owned())]);
    let told = sets(of(&[covered("SAMPLETON", "ROBIN", "W1234")]));
    assert_eq!(told, [("patient.family".to_owned(), "SAMPLETON".to_owned())]);
    // Another given name may be a twin's, whom all else fits.
    assert_eq!(of(&[covered("SAMPLE", "ROBERTA", "W1234")]), Err(Unproven::NoIdentity));

    assert_eq!(of(&[]), Err(Unproven::NoIdentity));
    assert_eq!(of(&[covered("SAMPLE", "ROBIN", "W1234")]), Err(Unproven::Known));
    let both = [covered("SAMPLE", "ROBIN", "X99"), covered("SAMPLE", "ROBIN", "X98")];
    assert_eq!(of(&both), Err(Unproven::SeveralIdentities));
    let unlike = [covered("OTHER", "KIM", "W1234"), covered("OTHER", "ROBIN", "X99")];
    assert_eq!(of(&unlike), Err(Unproven::NoIdentity));
    let mut unborn = covered("SAMPLE", "ROBIN", "X99");
    unborn.patient = Phi::new(Patient { born: None, ..unborn.patient.reveal().clone() });
    assert_eq!(of(&[unborn]), Err(Unproven::NoIdentity));
    let ended = Some(date(2026, 1, 31));
    let ended = Evidence { ends: ended, ..covered("SAMPLE", "ROBIN", "X99") };
    assert_eq!(of(&[ended]), Err(Unproven::NoIdentity));
    let mut inactive = covered("SAMPLE", "ROBIN", "X99");
    inactive.benefits[0].code = "6".into();
    assert_eq!(of(&[inactive.clone()]), Err(Unproven::NoIdentity));
    // Taken back later; cover that begins later; the name of the claim known, without cover.
    let later = Evidence { on: Some(date(2026, 1, 9)), ..inactive.clone() };
    let first = covered("SAMPLE", "ROBIN", "X99");
    assert_eq!(of(&[first.clone(), later]), Err(Unproven::NoIdentity));
    let begins = Some(date(2026, 12, 1));
    assert_eq!(of(&[Evidence { begins, ..first.clone() }]), Err(Unproven::NoIdentity));
    inactive.patient = Phi::new(patient("SAMPLE", "ROBIN", "W1234"));
    let renamed = covered("SAMPLETON", "ROBIN", "W1234");
    assert_eq!(of(&[renamed, inactive.clone()]), Err(Unproven::Known));
    let told = sets(of(&[first, inactive]));
    assert_eq!(told, [("member".to_owned(), "X99".to_owned())], "the former id is covered no more");
}

#[test]
fn a_reason_that_no_answer_mends_is_left_to_people() {
    for (carc, remarks) in
        [("50", [].as_slice()), ("16", &[]), ("16", &["M62", "MA27"]), ("16", &["M62", "N290"])]
    {
        let case = denied(carc, remarks);
        let claim = claim(&case);
        let found = correction(&case, &claim, &[decided(&claim, "A1", "AUTH-7")], shipped());
        assert_eq!(found, Err(Unproven::OtherReason), "{carc}");
    }
    let mut case = denied("197", &[]);
    let claim = claim(&case);
    let mut second = denied("50", &[]).lines[0].clone();
    second.remittance = RemittanceId::from_bits(2);
    case.lines.push(second);
    let found = correction(&case, &claim, &[decided(&claim, "A1", "AUTH-7")], shipped());
    assert_eq!(found, Err(Unproven::OtherReason), "of two lines");
}

fn late(clock: Option<Date>) -> Denial {
    let mut case = denied("29", &[]);
    let rule = RuleRef {
        file: "payer.toml".to_owned(),
        window: "180 calendar days".to_owned(),
        anchor: "remittance".to_owned(),
        anchored_on: DAY,
        source: String::new(),
    };
    let kind = DeadlineKind::Appeal(1);
    case.deadlines.retain(|one| one.kind != kind);
    let due = clock.map(|date| Due::On { date, rule }).unwrap_or(Due::NoRule);
    case.deadlines.push(Deadline { kind, due, met_on: None });
    case
}

fn filed(verdict: Verdict) -> Filing {
    Filing { versions: Vec::new(), proofs: Vec::new(), limit: Due::NoRule, verdict }
}

#[test]
fn an_appeal_is_begun_with_an_acceptance_within_both_limits_alone() {
    let (on, by) = (date(2026, 2, 5), date(2026, 4, 5));
    let proven = filed(Verdict::Proven { on, by });
    let of = |case: &Denial, filing: &Filing| appeal(case, filing, shipped(), TODAY);
    let words = "accepted on 2026-02-05 (277CA), within the filing limit of 2026-04-05";
    assert_eq!(of(&late(Some(TODAY)), &proven), Ok(words.to_owned()));
    let yesterday = TODAY.yesterday().expect("a day");
    let past = Err(Unproven::Past(yesterday));
    assert_eq!(of(&late(Some(yesterday)), &proven), past);
    assert_eq!(of(&late(None), &proven), Err(Unproven::NoAppealLimit));
    for (verdict, why) in [
        (Verdict::NoLimit, Unproven::NoLimit),
        (Verdict::NothingSent, Unproven::NotAccepted),
        (Verdict::SentInTime { on, by }, Unproven::NotAccepted),
        (Verdict::TooLate { on: by, by: on }, Unproven::NotAccepted),
    ] {
        assert_eq!(of(&late(Some(TODAY)), &filed(verdict)), Err(why));
    }
    assert_eq!(of(&denied("50", &[]), &proven), Err(Unproven::NotLate));
}

proptest! {
    /// Whatever the answers say: what is set was certified by one of them for this very patient,
    /// service and day, and is nothing but the authorization.
    #[test]
    fn nothing_is_prepared_without_proof(
        answers in proptest::collection::vec(
            (0..4_usize, 0..3_usize, 0..2_usize, 0..2_usize, 0..2_usize, 1..28_i8), 0..6),
        billed in 0..3_usize,
    ) {
        let case = denied("197", &[]);
        let numbers = ["", "AUTH-7", "AUTH-8"];
        let claim = Claim {
            authorization: Some(numbers[billed].into()).filter(|text: &SmolStr| !text.is_empty()),
            ..claim(&case)
        };
        type Told = (usize, usize, usize, usize, usize, i8);
        let made = |&(action, number, given, payer, near, on): &Told| {
            let day = if near == 0 { DAY } else { date(2026, 3, 2) };
            Evidence {
                patient: Phi::new(patient("SAMPLE", ["ROBIN", "KIM"][given], "W1234")),
                payer: PayerName { name: ["SOMEBODY", "ELSEWHERE"][payer].into(), ids: Vec::new() },
                service: Some((day, day)),
                on: Some(date(2026, 1, on)),
                ..decided(&claim, ["A1", "A2", "A3", "C"][action], numbers[number])
            }
        };
        let answers: Vec<Evidence> = answers.iter().map(made).collect();
        let Ok(found) = correction(&case, &claim, &answers, shipped()) else { return Ok(()) };
        prop_assert_eq!(found.sets.len(), 1);
        let (field, text) = &found.sets[0];
        prop_assert_eq!(*field, Field::Authorization);
        let proves = |one: &&Evidence| {
            let decision = one.decision.as_ref().expect("decided");
            decision.action == "A1"
                && decision.number == text.reveal().as_str()
                && one.patient.reveal().given == "ROBIN"
                && one.payer.name == "SOMEBODY"
                && one.service == Some((DAY, DAY))
        };
        prop_assert!(answers.iter().any(|one| proves(&one)));
        prop_assert!(claim.authorization.as_deref() != Some(text.reveal().as_str()));
    }
}
