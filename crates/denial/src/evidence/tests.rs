//! Answers of 271 and 278, and what they say of a claim. Everybody in them is made up.

use jiff::civil::date;
use x12::Reader;

use super::*;
use crate::claim::ServiceLine;
use crate::matching::known_from;
use crate::remittance::{ClaimPayment, RemittanceHead};

fn read(text: &str) -> (Vec<Evidence>, usize) {
    let (mut reader, mut reading) = (Reader::new(text.as_bytes()), Reading::default());
    let (mut found, mut findings) = (Vec::new(), Vec::new());
    while let Some(block) = reader.next() {
        found.extend(reading.read(&block, &mut findings));
    }
    (found, findings.len())
}

const ISA: &str = "ISA*00**00**ZZ*PAYER*ZZ*CLINIC*260107*1200*^*00501*000000021*0*P*:~";

fn eligibility(inner: &str) -> String {
    format!(
        "{ISA}GS*HB*PAYER*CLINIC*20260107*1200*1*X*005010X279A1~ST*271*0001*005010X279A1~\
         BHT*0022*11*Q1*20260107*1200~HL*1**20*1~NM1*PR*2*NOWHERE HEALTH*****PI*77777~\
         HL*2*1*21*1~NM1*1P*2*CLINIC*****XX*1234567893~HL*3*2*22*0~TRN*2*T-1*9PAYER~\
         NM1*IL*1*SAMPLE*ROBIN****MI*W-12 34~{inner}SE*9*0001~GE*1*1~IEA*1*000000021~"
    )
}

fn authorization(purpose: &str, inner: &str) -> String {
    format!(
        "{ISA}GS*HI*PAYER*CLINIC*20260107*1200*1*X*005010X217~ST*278*0001*005010X217~\
         BHT*0007*{purpose}*Q2*20260105*1200~HL*1**20*1~NM1*X3*2*NOWHERE HEALTH*****PI*77777~\
         HL*2*1*21*1~NM1*1P*2*CLINIC*****XX*1234567893~HL*3*2*22*1~\
         NM1*IL*1*SAMPLE*ROBIN****MI*W1234~HL*4*3*EV*1~TRN*2*T-2*9PAYER~UM*HS*I*2~{inner}\
         SE*9*0001~GE*1*1~IEA*1*000000021~"
    )
}

fn claim(day: Date, code: &str, authorization: Option<&str>) -> Claim {
    let procedure = Procedure { qualifier: "HC".into(), code: code.into(), modifiers: Vec::new() };
    let patient = Patient { given: "Robin J".into(), member: "w1234".into(), ..Patient::default() };
    Claim {
        patient: Phi::new(patient),
        authorization: authorization.map(SmolStr::new),
        lines: vec![ServiceLine { from: Some(day), procedure, ..ServiceLine::default() }],
        ..known_from(&ClaimPayment::default(), &RemittanceHead::default())
    }
}

fn says(text: &str, claim: &Claim) -> Vec<(Weight, String)> {
    let (found, findings) = read(text);
    assert_eq!(findings, 0);
    let bearings = found.iter().filter_map(|one| one.bearing(claim));
    bearings.map(|one| (one.weight, one.words)).collect()
}

#[test]
fn active_cover_on_the_day_asked_shows_it() {
    let text = eligibility("DTP*472*D8*20260110~EB*1**30**GOLD~");
    let (found, _) = read(&text);
    let [one] = &found[..] else { panic!("one answer") };
    assert_eq!((one.kind, one.on), (EvidenceKind::Eligibility, Some(date(2026, 1, 7))));
    assert_eq!(one.payer.name, "NOWHERE HEALTH");
    assert_eq!((one.keys().0.as_str(), one.trace.as_str()), ("W1234", "T-1"));
    let words = "active cover for 2026-01-10, answered on 2026-01-07".to_owned();
    assert_eq!(says(&text, &claim(date(2026, 1, 10), "99213", None)), [(Weight::Shows, words)]);
}

#[test]
fn cover_counts_from_its_beginning_to_its_end() {
    let day = date(2026, 1, 3);
    let open = eligibility("DTP*346*D8*20250101~EB*1**30~");
    let words = "cover that ran on the day of service, on 2026-01-07".to_owned();
    assert_eq!(says(&open, &claim(day, "99213", None)), [(Weight::Shows, words)]);
    let ended = eligibility("DTP*291*RD8*20250101-20251231~EB*1**30~");
    let words = "cover ended before the service, on 2026-01-07".to_owned();
    assert_eq!(says(&ended, &claim(day, "99213", None)), [(Weight::Against, words)]);
    let inactive = eligibility("DTP*472*D8*20260103~EB*6~");
    let words = "no active cover for 2026-01-03, answered on 2026-01-07".to_owned();
    assert_eq!(says(&inactive, &claim(day, "99213", None)), [(Weight::Against, words)]);
}

#[test]
fn another_time_is_near_or_nothing_and_another_patient_nothing() {
    let text = eligibility("EB*1**30~");
    let words = "active cover on 2026-01-07, 5 days from the service".to_owned();
    assert_eq!(says(&text, &claim(date(2026, 1, 12), "99213", None)), [(Weight::Near, words)]);
    assert_eq!(says(&text, &claim(date(2026, 5, 12), "99213", None)), []);
    let mut other = claim(date(2026, 1, 7), "99213", None);
    let patient = Patient { given: "Kim".into(), member: "W1234".into(), ..Patient::default() };
    other.patient = Phi::new(patient);
    assert_eq!(says(&text, &other), []);
}

#[test]
fn a_dependant_is_found_under_the_subscribers_id() {
    let text = eligibility("HL*4*3*23*0~NM1*03*1*SAMPLE*KIM~DTP*472*D8*20260107~EB*1**30~");
    let (found, _) = read(&text);
    let [one] = &found[..] else { panic!("one answer") };
    assert_eq!(one.keys().0, "W1234");
    assert_eq!(one.patient.reveal().given, "KIM");
}

#[test]
fn the_day_of_birth_is_told_of_the_patient_alone() {
    let (found, _) = read(&eligibility("DMG*D8*19800101*F~EB*1**30~NM1*P3*1*DOCTOR*KIM~"));
    let [one] = &found[..] else { panic!("one answer") };
    assert_eq!(one.patient.reveal().born, Some(date(1980, 1, 1)));
    assert_eq!(one.person(), "SAMPLE ROBIN 1980-01-01");
    let dependant = "DMG*D8*19800101*F~HL*4*3*23*0~NM1*03*1*SAMPLE*KIM~EB*1**30~";
    let (found, _) = read(&eligibility(dependant));
    assert_eq!(found[0].patient.reveal().born, None, "the subscriber's is not theirs");
    assert_eq!(found[0].person(), "");
}

#[test]
fn a_refused_question_says_so() {
    let text = eligibility("AAA*Y**72*C~");
    let words = "asked, and the patient was not matched (AAA 72)".to_owned();
    assert_eq!(says(&text, &claim(date(2026, 1, 9), "99213", None)), [(Weight::Silent, words)]);
}

#[test]
fn a_certified_authorisation_shows_it_for_its_days_and_procedures() {
    let text = authorization("11", "HCR*A1*AUTH-7~DTP*472*RD8*20260101-20260131~SV1*HC:72148~");
    let day = date(2026, 1, 20);
    let words = "authorization AUTH-7 certified, answered on 2026-01-05".to_owned();
    assert_eq!(says(&text, &claim(day, "72148", None)), [(Weight::Shows, words.clone())]);
    let other = format!("{words}; it names other procedures");
    assert_eq!(says(&text, &claim(day, "72149", None)), [(Weight::Near, other)]);
    let mut late = claim(date(2026, 2, 3), "72148", Some("auth7"));
    assert_eq!(
        says(&text, &late),
        [(Weight::Near, format!("{words}; its days are not those of the service"))]
    );
    let stranger = Patient { given: "Kim".into(), member: "X9".into(), ..Patient::default() };
    late.patient = Phi::new(stranger);
    assert_eq!(says(&text, &late), [], "a number alone is nobody");
    let late = claim(date(2026, 2, 3), "72148", Some("auth7"));
    let other = format!("{words}; its days are not those of the service");
    assert_eq!(says(&text, &late), [(Weight::Near, other)]);
    assert_eq!(says(&text, &claim(date(2026, 2, 3), "72148", None)), []);
}

#[test]
fn a_question_is_no_answer_and_no_authorisation_needed_is_one() {
    assert_eq!(read(&authorization("13", "HCR*A1*AUTH-7~")), (Vec::new(), 0));
    let refused = authorization("11", "HCR*A3**0U~DTP*472*D8*20260120~SV1*HC:72148~");
    let words = "authorization not certified, answered on 2026-01-05".to_owned();
    let claim_of = claim(date(2026, 1, 20), "72148", None);
    assert_eq!(says(&refused, &claim_of), [(Weight::Against, words)]);
    let needless = eligibility("EB*1**30~EB*CB**********N**HC:72148~");
    let words = "no authorization needed for 72148, on 2026-01-07".to_owned();
    let near = claim(date(2026, 1, 20), "72148", None);
    assert_eq!(says(&needless, &near), [(Weight::Shows, words)]);
}

#[test]
fn a_service_stands_under_the_days_of_its_event() {
    let text = authorization(
        "11",
        "HCR*A1*AUTH-7~DTP*472*RD8*20260101-20260131~HL*5*4*SS*0~HCR*A3**0U~SV1*HC:72149~",
    );
    let refused = claim(date(2026, 1, 10), "72149", None);
    let of_event = "authorization AUTH-7 certified, answered on 2026-01-05; it names no procedure";
    let of_service = "authorization not certified, answered on 2026-01-05";
    assert_eq!(
        says(&text, &refused),
        [(Weight::Near, of_event.to_owned()), (Weight::Against, of_service.to_owned())]
    );
    let numbered = claim(date(2026, 1, 10), "72148", Some("AUTH7"));
    assert_eq!(says(&text, &numbered)[0].0, Weight::Shows);
}

#[test]
fn what_is_told_of_one_service_is_not_told_of_the_plan() {
    let day = claim(date(2026, 1, 7), "99213", None);
    let words = "active cover on 2026-01-07".to_owned();
    assert_eq!(says(&eligibility("EB*6**AL~EB*1**30~"), &day), [(Weight::Shows, words)]);
    assert_eq!(says(&eligibility("EB*1**35~"), &day), []);
    let long_ago = eligibility("DTP*291*RD8*20240101-20241231~EB*1**30~");
    assert_eq!(says(&long_ago, &claim(date(2026, 8, 1), "99213", None)), []);
}
