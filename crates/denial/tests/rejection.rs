//! Acknowledgements: each kind at each level, and the independent reader's lists.

use std::fs;
use std::path::{Path, PathBuf};

use denial::rejection::{Acknowledgement, AnswerKind, Answerer, Level, Outcome, Rejection};
use jiff::civil::date;
use serde_json::{Value, json};
use x12::{Code, Finding, Reader};

fn read(bytes: &[u8]) -> (Vec<Acknowledgement>, Vec<Finding>) {
    let (mut reader, mut rejection) = (Reader::new(bytes), Rejection::default());
    let (mut answers, mut findings) = (Vec::new(), Vec::new());
    while let Some(block) = reader.next() {
        answers.extend(rejection.read(&block, &mut findings));
    }
    (answers, findings)
}

const ISA: &str = "ISA*00**00**ZZ*HOUSE*ZZ*CLINIC*260107*1200*^*00501*000000021*0*T*:~";

#[test]
fn a_receipt_answers_an_interchange() {
    let text = format!("{ISA}TA1*000000019*260106*1200*R*025~TA1*000000018*260105*1200*A*000~");
    let (answers, findings) = read(text.as_bytes());
    assert_eq!(findings, []);
    let [rejected, accepted] = &answers[..] else { panic!("two receipts") };
    assert_eq!((rejected.kind, rejected.level), (AnswerKind::Interchange, Level::Interchange));
    assert_eq!((rejected.outcome, accepted.outcome), (Outcome::Rejected, Outcome::Accepted));
    assert_eq!(rejected.answers.interchange, "000000019");
    assert_eq!(rejected.codes[0].code, "025");
    assert_eq!(accepted.codes, []);
    assert_eq!(rejected.on, Some(date(2026, 1, 7)));
    assert_eq!(rejected.from.ids, ["HOUSE"]);
    assert!(rejected.test);
}

#[test]
fn a_999_says_which_transaction_where_and_about_which_claim() {
    let text = format!(
        "{ISA}GS*FA*HOUSE*CLINIC*20260108*1200*90*X*005010X231A1~ST*999*0001*005010X231A1~\
         AK1*HC*70*005010X222A1~AK2*837*0001~IK5*A~AK2*837*0002~IK3*REF*9*2010*8~CTX*CLM01:A6~\
         IK3*CLM*22*2300*8~CTX*CLM01:A7~IK4*5:1*1331*7*SECRET~IK5*R*5~AK2*837*0003~IK5*E*5~\
         AK9*P*3*3*2*4~SE*14*0001~GE*1*90~IEA*1*000000021~"
    );
    let (answers, findings) = read(text.as_bytes());
    assert_eq!(findings, []);
    let [accepted, rejected, with_errors, group] = &answers[..] else { panic!("four answers") };
    assert_eq!((accepted.kind, accepted.level), (AnswerKind::Syntax, Level::Transaction));
    assert_eq!(accepted.outcome, Outcome::Accepted);
    assert_eq!(with_errors.outcome, Outcome::AcceptedWithErrors);
    assert_eq!((group.level, group.outcome), (Level::Group, Outcome::PartlyAccepted));
    assert_eq!((group.answers.group.as_str(), group.answers.transaction.as_str()), ("70", ""));
    assert_eq!((accepted.answers.holds.as_str(), group.answers.holds.as_str()), ("HC", "HC"));
    assert_eq!(group.codes[0].list, "AK9");
    assert_eq!(rejected.outcome, Outcome::Rejected);
    let answered = &rejected.answers;
    assert_eq!((answered.group.as_str(), answered.transaction.as_str()), ("70", "0002"));
    assert_eq!(rejected.on, Some(date(2026, 1, 8)));
    let claims: Vec<Option<&str>> =
        rejected.codes.iter().map(|code| code.claim.as_ref().map(|one| one.as_str())).collect();
    assert_eq!(claims, [Some("A6"), Some("A7"), Some("A7"), None]);
    let place = rejected.codes[2].place.as_ref().expect("a place");
    assert_eq!((place.segment.as_str(), place.position.as_str()), ("CLM", "22"));
    assert_eq!((place.within.as_str(), place.element.as_str()), ("2300", "5:1"));
    assert_eq!(place.reference, "1331");
    let json = serde_json::to_string(&answers).expect("JSON");
    assert!(!json.contains("SECRET"), "the faulty value may be patient data");
    let back: Vec<Acknowledgement> = serde_json::from_str(&json).expect("answers");
    assert_eq!(back, answers);
}

#[test]
fn a_997_reads_like_a_999() {
    let text = "ST*997*1~AK1*HC*17~AK2*837*11~AK3*NM1*8**8~AK4*8*66*7~AK5*R*5~AK9*R*1*1*0~SE*8*1~";
    let (answers, findings) = read(text.as_bytes());
    assert_eq!(findings, []);
    assert_eq!(answers.len(), 2);
    let lists: Vec<&str> = answers[0].codes.iter().map(|code| code.list.as_str()).collect();
    assert_eq!((answers[0].kind, lists), (AnswerKind::OldSyntax, vec!["AK3", "AK4", "AK5"]));
}

#[test]
fn a_missing_verdict_is_unclear_and_told() {
    let (answers, findings) = read(b"ST*999*1~AK1*HC*17~AK2*837*11~AK2*837*12~IK5*Q~SE*5*1~");
    let outcomes: Vec<Outcome> = answers.iter().map(|one| one.outcome).collect();
    assert_eq!(outcomes, [Outcome::Unclear, Outcome::Unclear]);
    let codes: Vec<Code> = findings.iter().map(|one| one.code).collect();
    assert_eq!(codes, [Code::MissingElement, Code::MissingElement]);
}

const CLAIMS: &str = "ST*277*0001*005010X214~BHT*0085*08*R1*20260109*1200*TH~\
    HL*1**20*1~NM1*AY*2*SAMPLE HOUSE*****46*H1~TRN*1*T1~DTP*050*D8*20260109~\
    HL*2*1*21*1~NM1*41*2*SAMPLE CLINIC*****46*C1~TRN*2*BATCH7~STC*A1:19:PR*20260109*WQ*360~\
    QTY*90*2~AMT*YU*260~\
    HL*3*2*19*1~NM1*85*2*SAMPLE CLINIC*****XX*1234567893~TRN*1*0~STC*A1:19:PR**WQ*360~\
    HL*4*3*PT*0~NM1*QC*1*EXAMPLE*BEN****MI*M1~TRN*2*A1~STC*A2:20:PR*20260110*WQ*150~\
    REF*1K*ICN7~REF*D9*H77~DTP*472*D8*20260102~\
    TRN*2*A2~STC*A7:562:85*20260110*U*110******A8:21:IL~SVC*HC:99213*110~\
    STC*A7:454**U~REF*FJ*L2~TRN*2*A3~\
    HL*5*3*PT*0~NM1*QC*1*THIRD*CARL~TRN*2*A4~STC*A5:41*20260110*WQ*100~SE*32*0001~";

#[test]
fn a_277ca_says_what_became_of_each_claim() {
    let (answers, findings) = read(CLAIMS.as_bytes());
    let codes: Vec<(u32, Code)> = findings.iter().map(|one| (one.at.segment, one.code)).collect();
    assert_eq!(codes, [(29, Code::MissingElement)]);
    let told: Vec<(Level, Outcome)> = answers.iter().map(|one| (one.level, one.outcome)).collect();
    assert_eq!(
        told,
        [
            (Level::Transaction, Outcome::Waiting),
            (Level::Provider, Outcome::Waiting),
            (Level::Claim, Outcome::Accepted),
            (Level::Claim, Outcome::Rejected),
            (Level::Claim, Outcome::Unclear),
            (Level::Claim, Outcome::Split),
        ]
    );
    let accepted = &answers[2];
    assert_eq!(accepted.kind, AnswerKind::Claims);
    assert_eq!(accepted.claim.as_ref().map(|one| one.as_str()), Some("A1"));
    assert_eq!(accepted.control.as_ref().map(|one| one.as_str()), Some("ICN7"));
    assert_eq!(accepted.clearinghouse.as_deref(), Some("H77"));
    assert_eq!(accepted.charge.map(|charge| charge.cents()), Some(15_000));
    assert_eq!(accepted.on, Some(date(2026, 1, 10)));
    assert_eq!(accepted.answers.batch, "BATCH7");
    assert_eq!(
        (accepted.answerer, accepted.from.name.as_str()),
        (Answerer::Clearinghouse, "SAMPLE HOUSE")
    );
    assert_eq!(accepted.patient.reveal().family, "EXAMPLE");
    assert_eq!(answers[1].on, Some(date(2026, 1, 9)));
    assert_eq!(answers[5].patient.reveal().family, "THIRD");
}

#[test]
fn a_rejected_claim_keeps_every_reason_with_its_line() {
    let (answers, _) = read(CLAIMS.as_bytes());
    let rejected = &answers[3];
    let codes: Vec<(&str, &str, &str, Option<&str>)> = rejected
        .codes
        .iter()
        .map(|one| (&*one.code, &*one.status, &*one.entity, one.line.as_ref().map(|l| l.as_str())))
        .collect();
    assert_eq!(
        codes,
        [("A7", "562", "85", None), ("A8", "21", "IL", None), ("A7", "454", "", Some("L2"))]
    );
    let (start, end) = (rejected.span.start, rejected.span.end);
    let text = &CLAIMS[usize::try_from(start).expect("fits")..usize::try_from(end).expect("fits")];
    assert!(text.starts_with("TRN*2*A2") && text.ends_with("REF*FJ*L2~"), "{text}");
}

#[test]
fn a_rejection_is_not_overlooked_where_category_and_action_differ() {
    for (stc, outcome) in [
        ("STC*A7:562*20260110*WQ", Outcome::Rejected),
        ("STC*A2:20*20260110*U", Outcome::Rejected),
        ("STC*X9:99*20260110*U", Outcome::Rejected),
        ("STC*X9:99*20260110*WQ", Outcome::Accepted),
        ("STC*X9:99", Outcome::Unclear),
        ("STC*A4:35", Outcome::NotFound),
        ("STC*P3:1", Outcome::Waiting),
        ("STC*F2:1", Outcome::Finished),
        ("STC*F3F:1", Outcome::Finished),
        ("STC*R16:1", Outcome::InformationRequested),
        ("STC*E4:1", Outcome::Unclear),
        ("STC***U", Outcome::Rejected),
    ] {
        let text = format!("ST*277*1*005010X214~HL*1**20*1~HL*2*1*PT~TRN*2*A1~{stc}~SE*6*1~");
        let (answers, _) = read(text.as_bytes());
        let outcomes: Vec<Outcome> = answers.iter().map(|one| one.outcome).collect();
        assert_eq!(outcomes, [outcome], "{stc}");
    }
}

#[test]
fn a_277_names_our_claim_elsewhere() {
    let text = "ST*277*1*005010X212~BHT*0010*08*R1*20260109*1200*DG~HL*1**20*1~NM1*PR*2*PAYER~\
                HL*4*1*22~NM1*IL*1*EXAMPLE*ANNA****MI*M1~TRN*2*QUESTION~\
                STC*F1:65*20260110**150*90.5*20260108**20260112*CHK7~\
                REF*1K*ICN7~REF*EJ*A1~SVC*HC:99213*150*90.5~STC*F1:65*20260110~SE*13*1~";
    let (answers, _) = read(text.as_bytes());
    let [answer] = &answers[..] else { panic!("one answer") };
    assert_eq!((answer.kind, answer.outcome), (AnswerKind::Status, Outcome::Finished));
    assert_eq!(answer.claim.as_ref().map(|one| one.as_str()), Some("A1"));
    assert_eq!(answer.answerer, Answerer::Payer);
    assert_eq!(answer.question, "QUESTION");
    let payment = answer.payment.as_deref().expect("a payment is told");
    assert_eq!(payment.amount.map(|amount| amount.cents()), Some(9_050));
    assert_eq!(
        (payment.judged_on, payment.paid_on),
        (Some(date(2026, 1, 8)), Some(date(2026, 1, 12)),)
    );
    assert_eq!(payment.trace, "CHK7");
    // A 277CA answers no question, and tells of no payment whatever stands there.
    let (answers, _) = read(text.replace("X212", "X214").replace("*DG~", "*TH~").as_bytes());
    let [answer] = &answers[..] else { panic!("one answer") };
    assert_eq!((answer.kind, answer.question.as_str()), (AnswerKind::Claims, ""));
    assert_eq!(answer.payment, None);
}

fn shared(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(folder)
}

#[test]
fn answers_of_every_sample_are_the_oracles() {
    let (mut files, mut told, mut further) = (0, 0, Vec::new());
    for kind in ["999", "997", "277CA", "277", "TA1"] {
        let Ok(entries) = fs::read_dir(shared("samples").join(kind)) else {
            eprintln!("SKIPPED: no samples beside the project");
            return;
        };
        for path in entries.map(|entry| entry.expect("a readable entry").path()) {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let hash = name.get(..12).expect("a hash").to_owned();
            let truth = fs::read(shared("truth").join(format!("{hash}.json"))).expect("a truth");
            let truth: Value = serde_json::from_slice(&truth).expect("the truth is JSON");
            let (answers, _) = read(&fs::read(&path).expect("a sample"));
            assert_eq!(syntax(&answers), oracles_syntax(&truth), "{name}");
            assert_eq!(receipts(&answers), oracles_receipts(&truth), "{name}");
            further.extend(beyond(statuses(&answers), oracles_statuses(&truth), &name));
            files += 1;
            told += answers.len();
        }
    }
    println!("{files} of {files} files, {told} answers agree with the oracle");
    further.sort_unstable();
    // All stand in STC10, which the oracle's list leaves out; the other STC01s are all its own.
    assert_eq!(further, ["A3:187:", "A7:249:", "DR06:255:"]);
}

/// What we tell beyond the oracle, whose own list must stand in ours in its order.
fn beyond(ours: Vec<String>, oracles: Vec<String>, name: &str) -> Vec<String> {
    let mut expected = oracles.into_iter().peekable();
    let further = ours.into_iter().filter(|one| expected.next_if_eq(one).is_none()).collect();
    assert_eq!(expected.next(), None, "{name}");
    further
}

fn outcome(told: &Value) -> Outcome {
    match told.as_str() {
        Some("A") => Outcome::Accepted,
        Some("E") => Outcome::AcceptedWithErrors,
        Some("P") => Outcome::PartlyAccepted,
        Some("R") => Outcome::Rejected,
        _ => Outcome::Unclear,
    }
}

fn syntax(answers: &[Acknowledgement]) -> Vec<Value> {
    let syntax =
        answers.iter().filter(|one| matches!(one.kind, AnswerKind::Syntax | AnswerKind::OldSyntax));
    let told = syntax.map(|one| {
        let codes: Vec<&str> = one.codes.iter().map(|code| code.code.as_str()).collect();
        json!([one.level, one.answers.group, one.answers.transaction, one.outcome, codes])
    });
    told.collect()
}

/// The oracle lists the segments of each 999 and 997; verdicts before the first AK2 or the AK9 are
/// no transaction's.
fn oracles_syntax(truth: &Value) -> Vec<Value> {
    let mut told: Vec<Value> = Vec::new();
    let mut group = Value::from("");
    for row in truth["totals"]["acks"].as_array().into_iter().flatten() {
        let codes = |from: usize| -> Vec<Value> {
            row.as_array()
                .into_iter()
                .flatten()
                .skip(from)
                .filter(|one| *one != "")
                .cloned()
                .collect()
        };
        let mut add = |codes: Vec<Value>| {
            let list = told.last_mut().and_then(|last| last[4].as_array_mut());
            list.into_iter().for_each(|list| list.extend(codes.clone()));
        };
        match row[0].as_str().expect("an id") {
            "AK1" => group = row[2].clone(),
            "AK2" => told.push(json!([Level::Transaction, group, row[2], Value::Null, []])),
            "AK9" => told.push(json!([Level::Group, group, "", outcome(&row[1]), codes(5)])),
            "AK3" | "IK3" => add(vec![row[4].clone()]),
            "AK4" | "IK4" => add(vec![row[3].clone()]),
            "AK5" | "IK5" => {
                add(codes(2));
                if let Some(last) = told.last_mut() {
                    let before: Option<Outcome> =
                        serde_json::from_value(last[3].clone()).expect("an outcome or none");
                    last[3] = json!(before.max(Some(outcome(&row[1]))));
                }
            }
            "CTX" => {}
            other => panic!("{other} in the oracle's list"),
        }
    }
    told
}

fn receipts(answers: &[Acknowledgement]) -> Vec<Value> {
    let receipts = answers.iter().filter(|one| one.kind == AnswerKind::Interchange);
    let told = receipts.map(|one| {
        let note = one.codes.first().map_or("000", |code| code.code.as_str());
        json!([one.answers.interchange, one.outcome, note])
    });
    told.collect()
}

fn oracles_receipts(truth: &Value) -> Vec<Value> {
    let rows = truth["totals"]["ta1"].as_array().into_iter().flatten();
    rows.map(|row| json!([row[1], outcome(&row[4]), row[5]])).collect()
}

fn statuses(answers: &[Acknowledgement]) -> Vec<String> {
    let codes = answers.iter().flat_map(|one| &one.codes).filter(|code| code.list == "STC");
    codes.map(|code| format!("{}:{}:{}", code.code, code.status, code.entity)).collect()
}

fn oracles_statuses(truth: &Value) -> Vec<String> {
    let rows = truth["totals"]["stc"].as_array().into_iter().flatten();
    rows.map(|row| {
        let told = row[0].as_str().expect("a code").replace('|', ":");
        let mut parts: Vec<&str> = told.split(':').collect();
        parts.resize(3, "");
        parts.join(":")
    })
    .collect()
}
