//! Claims of 837s: every field at its place, levels that end, and the independent reader's lists.

use std::fs;
use std::path::{Path, PathBuf};

use denial::billed::{Billed, BilledClaim};
use denial::claim::{PayerOrder, PlanType};
use denial::codes::Quantity;
use jiff::civil::date;
use serde_json::{Value, json};
use x12::{Code, Finding, Reader};

fn read(bytes: &[u8]) -> (Vec<BilledClaim>, Vec<Finding>) {
    let (mut reader, mut billed) = (Reader::new(bytes), Billed::default());
    let (mut claims, mut findings) = (Vec::new(), Vec::new());
    while let Some(block) = reader.next() {
        claims.extend(billed.read(&block, &mut findings));
    }
    (claims, findings)
}

const PROFESSIONAL: &str = "\
ISA*00**00**ZZ*CLINIC*ZZ*HOUSE*260105*1200*^*00501*000000007*0*T*:~
GS*HC*CLINIC*HOUSE*20260106*1200*70*X*005010X222A1~
ST*837*0001*005010X222A1~
BHT*0019*00*BATCH7*20260105*1200*CH~
NM1*41*2*CLINIC*****46*C1~
NM1*40*2*HOUSE*****46*H1~
HL*1**20*1~
NM1*85*2*SAMPLE CLINIC*****XX*1234567893~
REF*EI*990000001~
NM1*87*2~
REF*EI*990000002~
HL*2*1*22*1~
SBR*S*********~
SBR*P********16~
NM1*IL*1*EXAMPLE*ANNA****MI*M1~
DMG*D8*19700102*F~
NM1*PR*2*SAMPLE HEALTH*****PI*SH1~
REF*2U*SH2~
HL*3*2*23*0~
PAT*19~
NM1*QC*1*EXAMPLE*BEN~
DMG*D8*20100304*M~
CLM*A1-7*150.5***11:B:7*Y*A*Y*Y~
REF*F8*ICN1~
REF*G1*AUTH1~
REF*9F*RFL1~
HI*ABK:J209*ABF:I10*BE:01~
HI*ABF:E119~
NM1*82*1*DOC*DORA****XX*1000000004~
SBR*S*18*******MB~
REF*F8*OTHER~
NM1*82*1~
NM1*PR*2*OTHER HEALTH*****PI*OH1~
REF*G1*OTHERAUTH~
LX*1~
SV1*HC:99213:25*100*UN*1***1:3~
DTP*472*D8*20260102~
REF*6R*L1~
LX*2~
SV1*HC:J1885*50.5*UN*2.5*12**2~
DTP*472*RD8*20260102-20260103~
NM1*82*1*OTHER*DOC****XX*1000000012~
HL*4*1*22*0~
SBR*T********MC~
NM1*IL*1*THIRD*CARL****MI*M3~
NM1*PR*2*STATE PLAN*****PI*SP1~
CLM*A2*10***22:B:1~
HI*ABK:R69~
LX*1~
REF*G1*LINEAUTH~
SV1*HC:99211*9*UN*1***1~
DTP*472*D8*20260102~
SE*51*0001~
GE*1*70~
IEA*1*000000007~
";

#[test]
fn a_professional_claim_has_what_it_says_and_what_stands_above_it() {
    let (claims, findings) = read(PROFESSIONAL.as_bytes());
    assert_eq!(findings, []);
    let [first, _] = &claims[..] else { panic!("two claims") };
    let claim = &first.claim;
    assert_eq!((claim.number.as_str(), claim.charge.cents()), ("A1-7", 15_050));
    assert_eq!((claim.facility.as_str(), claim.frequency.as_str()), ("11", "7"));
    assert_eq!(claim.replaces.as_ref().map(|one| one.as_str()), Some("ICN1"));
    assert_eq!(claim.authorization.as_deref(), Some("AUTH1"));
    assert_eq!(claim.referral.as_deref(), Some("RFL1"));
    assert_eq!((claim.billing.as_str(), claim.tax_id.as_str()), ("1234567893", "990000001"));
    assert_eq!(claim.rendering.as_str(), "1000000004");
    assert_eq!(claim.payer.name, "SAMPLE HEALTH");
    assert_eq!(claim.payer.ids, ["SH1", "SH2"]);
    assert_eq!((claim.order, claim.plan), (PayerOrder::Primary, PlanType::MedicareAdvantage));
    let diagnoses: Vec<&str> = claim.diagnoses.iter().map(|one| one.as_str()).collect();
    assert_eq!(diagnoses, ["J209", "I10", "E119"]);
    assert_eq!(claim.submitted_on, Some(date(2026, 1, 6)));
    assert!(!claim.institutional);
    let patient = claim.patient.reveal();
    assert_eq!((patient.given.as_str(), patient.member.as_str()), ("BEN", "M1"));
    assert_eq!(patient.born, Some(date(2010, 3, 4)));
}

#[test]
fn lines_have_their_control_numbers_days_units_and_pointers() {
    let (claims, _) = read(PROFESSIONAL.as_bytes());
    let [first, second] = &claims[0].claim.lines[..] else { panic!("two lines") };
    assert_eq!((first.number, first.control.as_str(), first.charge.cents()), (1, "L1", 10_000));
    assert_eq!(first.procedure.to_string(), "99213-25");
    assert_eq!(first.pointers, [1, 3]);
    assert_eq!((first.from, first.to), (Some(date(2026, 1, 2)), Some(date(2026, 1, 2))));
    assert_eq!((second.number, second.units, second.place.as_str()), (2, Quantity(2_500), "12"));
    assert_eq!((second.from, second.to), (Some(date(2026, 1, 2)), Some(date(2026, 1, 3))));
}

#[test]
fn a_claim_knows_how_it_was_sent_and_where_it_stands() {
    let (claims, _) = read(PROFESSIONAL.as_bytes());
    let first = &claims[0];
    let sent = &first.sent;
    assert!(first.test);
    assert_eq!((sent.interchange.as_str(), sent.group.as_str()), ("000000007", "70"));
    assert_eq!((sent.transaction.as_str(), sent.batch.as_str()), ("0001", "BATCH7"));
    let (start, end) = (usize::try_from(first.span.start), usize::try_from(first.span.end));
    let text = &PROFESSIONAL[start.expect("fits")..end.expect("fits")];
    assert!(text.starts_with("CLM*A1-7") && text.trim_end().ends_with("1000000012~"), "{text}");
    assert_eq!(first.span.segment, 23);
}

#[test]
fn what_hung_on_a_level_ends_with_it() {
    let (claims, _) = read(PROFESSIONAL.as_bytes());
    let claim = &claims[1].claim;
    let patient = claim.patient.reveal();
    assert_eq!((patient.family.as_str(), patient.member.as_str()), ("THIRD", "M3"));
    assert_eq!(patient.born, None);
    assert_eq!((claim.order, claim.plan), (PayerOrder::Tertiary, PlanType::Medicaid));
    assert_eq!(claim.billing.as_str(), "1234567893");
    assert_eq!(claim.payer.ids, ["SP1"]);
    assert_eq!(claim.authorization.as_deref(), Some("LINEAUTH"));
    let imbalance = claims[1].imbalance().expect("ten dollars are not nine");
    assert_eq!((imbalance.expected.cents(), imbalance.stated.cents()), (900, 1_000));
    assert_eq!(claims[0].imbalance(), None);
}

const INSTITUTIONAL: &str = "\
ISA*00**00**ZZ*CLINIC*ZZ*HOUSE*260105*1200*^*00501*000000008*0*P*:~\
GS*HC*CLINIC*HOUSE*x*1200*71*X*005010X223A2~\
ST*837*0002*005010X223A2~\
BHT*0019*00*BATCH8*20260105*1200*CH~\
HL*1**20*1~NM1*85*2*SAMPLE CLINIC*****FI*990000001~\
HL*2*1*22*0~SBR*P*18*******ZZ~NM1*IL*1*EXAMPLE*ANNA****MI*M1~NM1*PR*2*SAMPLE HEALTH~\
CLM*A3*250***13:A:1~DTP*434*RD8*20260101-20260104~HI*ABK:J209~NM1*71*1*X*Y****XX*1~\
LX*1~SV2*0450*HC:99283*200*UN*1~LX*1~SV2*0300**50*UN*3~DTP*472*D8*20260103~\
SE*15*0002~GE*1*71~IEA*1*000000008~";

#[test]
fn an_institutional_line_without_a_day_is_of_the_statements_days() {
    let (claims, findings) = read(INSTITUTIONAL.as_bytes());
    assert_eq!(findings, []);
    let claim = &claims[0].claim;
    assert!(claim.institutional);
    assert_eq!(claim.submitted_on, Some(date(2026, 1, 5)));
    let days: Vec<_> = claim.lines.iter().map(|line| (line.number, line.from, line.to)).collect();
    let first = (1, Some(date(2026, 1, 1)), Some(date(2026, 1, 4)));
    assert_eq!(days, [first, (2, Some(date(2026, 1, 3)), Some(date(2026, 1, 3)))]);
    assert_eq!(claim.lines[1].revenue, "0300");
    assert_eq!((claim.billing.as_str(), claim.tax_id.as_str()), ("", "990000001"));
}

#[test]
fn what_is_odd_is_told_at_its_place() {
    let text = "ST*837*1~HL*1**20*1~HL*2*1*22*0~CLM**12x***11:B:1~LX*1~LX*2~SV1*HC:1**UN*1~\
                DTP*472*D8*20261301~CLM*A2*1***11:B:1~SE*10*1~";
    let (claims, findings) = read(text.as_bytes());
    assert_eq!(claims.len(), 2);
    let codes: Vec<(u32, Code)> = findings.iter().map(|one| (one.at.segment, one.code)).collect();
    let missing = Code::MissingElement;
    assert_eq!(
        codes,
        [
            (4, missing),
            (4, missing),
            (4, missing),
            (4, missing),
            (4, Code::NotAmount),
            (6, missing),
            (7, missing),
            (8, Code::NotDate),
            (9, missing),
            (9, missing),
            (9, missing),
            (9, missing),
        ]
    );
}

/// Samples whose list the independent reader makes otherwise, and who is right.
const DIFFER: [(&str, &str); 4] = [
    ("dd1a0da01ec5", OTHER_PAYERS),
    ("ad4408cb934d", OTHER_PAYERS),
    ("bc9a05a9ec53", OTHER_PAYERS),
    ("d499cb1453b6", OTHER_PAYERS),
];

const OTHER_PAYERS: &str = "we are: the REF*F8 stands in loop 2330B, after an SBR and an NM1*PR, \
                            and is the other payer's number of the claim, not what it replaces";

fn shared(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(folder)
}

#[test]
fn claims_of_every_837_are_the_oracles() {
    let (mut agree, mut differ, mut claims) = (0, Vec::new(), 0);
    for kind in ["837", "837P", "837I", "837D"] {
        let Ok(entries) = fs::read_dir(shared("samples").join(kind)) else {
            eprintln!("SKIPPED: no samples beside the project");
            return;
        };
        for path in entries.map(|entry| entry.expect("a readable entry").path()) {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let hash = name.get(..12).expect("a hash").to_owned();
            let truth = fs::read(shared("truth").join(format!("{hash}.json"))).expect("a truth");
            let truth: Value = serde_json::from_slice(&truth).expect("the truth is JSON");
            let found = ours(&fs::read(&path).expect("a sample"));
            let expected = oracles(&truth);
            claims += found.len();
            if found == expected {
                agree += 1;
            } else {
                println!("{name}:\n  ours   {found:?}\n  oracle {expected:?}");
                differ.push(hash);
            }
        }
    }
    println!("{agree} of {} files, {claims} claims agree with the oracle", agree + differ.len());
    let mut known: Vec<&str> = DIFFER.iter().map(|(hash, _)| *hash).collect();
    known.sort_unstable();
    differ.sort_unstable();
    assert_eq!(differ, known);
}

fn ours(bytes: &[u8]) -> Vec<Value> {
    let (claims, _) = read(bytes);
    let list = claims.iter().map(|billed| {
        let claim = &billed.claim;
        let sum: denial::money::Money = claim.lines.iter().map(|line| line.charge).sum();
        json!({
            "clm01": claim.number, "charge": claim.charge.plain(), "facility": claim.facility,
            "freq": claim.frequency, "icn": claim.replaces, "lines": claim.lines.len(),
            "line_charge_sum": sum.plain(), "kind": if claim.institutional { "I" } else { "PD" },
            "balances": billed.imbalance().is_none(),
        })
    });
    list.collect()
}

fn oracles(truth: &Value) -> Vec<Value> {
    let list = truth["totals"]["claim_list"].as_array().expect("a list").iter().cloned();
    let adjusted = list.map(|mut claim| {
        let kind = if claim["kind"] == "I" { "I" } else { "PD" };
        claim["kind"] = kind.into();
        let balances = claim["lines"] == 0 || claim["charge"] == claim["line_charge_sum"];
        claim["balances"] = balances.into();
        claim
    });
    adjusted.collect()
}
