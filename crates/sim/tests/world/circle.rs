//! A payer that answers: a clumsy staff sends every refusal again or appeals it, and what comes
//! back adds up, is true, and is the same for the same seed.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use sim::{AppealSent, Circle, Decision, File, FileKind, Letter, Preset, Truth, world};

use crate::balance;
use crate::made::{ENDS_ON, Made};
use crate::reading::{self, Payment, Transaction};

/// A staff that reads nothing but files, and answers each refusal at once.
#[derive(Default)]
struct Staff {
    /// The newest 837 segments of each claim: head and own.
    sent: BTreeMap<String, (Vec<String>, Vec<String>)>,
    /// Payer's numbers that were worked.
    worked: Vec<String>,
    interchanges: u32,
}

impl Staff {
    fn read(&mut self, file: &File) -> Vec<Payment> {
        match file.kind {
            FileKind::Claims => {
                for transaction in reading::transactions(&file.bytes) {
                    self.keep(&transaction);
                }
                Vec::new()
            }
            FileKind::Remittance => {
                let transactions = reading::transactions(&file.bytes);
                transactions.iter().flat_map(|one| reading::remittance(one).claims).collect()
            }
            FileKind::Acknowledgement
            | FileKind::Status
            | FileKind::Standing
            | FileKind::Receipt
            | FileKind::Letter => Vec::new(),
        }
    }

    fn keep(&mut self, transaction: &Transaction) {
        let inner = &transaction.segments[1..transaction.segments.len() - 1];
        let first = inner.iter().position(|one| one[0] == "HL" && one[3] == "22").expect("a claim");
        let join = |segments: &[Vec<String>]| segments.iter().map(|one| one.join("*")).collect();
        let head: Vec<String> = join(&inner[..first]);
        for claim in inner[first..].chunk_by(|_, next| next[0] != "HL") {
            let number = &claim.iter().find(|one| one[0] == "CLM").expect("a claim")[1];
            // The first says before whom it lies; a later one names another cover.
            let lies = claim.iter().find(|one| one[0] == "SBR");
            let is_second = lies.is_some_and(|one| one[1] == "S");
            if !is_second {
                self.sent.insert(number.clone(), (head.clone(), join(claim)));
            }
        }
    }

    /// The claim once more: with an authorisation that it did not have, or as it was.
    fn again(&mut self, number: &str, control: &str, frequency: &str, changed: bool) -> Vec<u8> {
        self.interchanges += 1;
        let (head, claim) = &self.sent[number];
        let mut body = head.clone();
        for segment in claim {
            if segment.starts_with("CLM*") {
                let place = segment.rfind(":B:").expect("a frequency");
                let rest = &segment[place + 4..];
                body.push(format!("{}:B:{frequency}{rest}", &segment[..place]));
                if frequency != "1" {
                    body.push(format!("REF*F8*{control}"));
                }
                if changed {
                    body.push(format!("REF*G1*NEW{}", self.interchanges));
                }
            } else if !segment.starts_with("REF*F8") {
                body.push(segment.clone());
            }
        }
        interchange(self.interchanges, &body)
    }
}

fn interchange(control: u32, body: &[String]) -> Vec<u8> {
    let isa = format!(
        "ISA*00*          *00*          *ZZ*SUB00001       *ZZ*SIMCLEAR       *260301*0600*^*00501*\
         {control:09}*1*P*:~GS*HC*SUB00001*SIMCLEAR*20260301*0600*{control}*X*005010X222A1~"
    );
    let count = body.len() + 2;
    let body = body.join("~");
    let text = format!(
        "{isa}ST*837*0001*005010X222A1~{body}~SE*{count}*0001~GE*1*{control}~\
         IEA*1*{control:09}~"
    );
    text.into_bytes()
}

fn is_refusal(one: &Payment) -> bool {
    let refused = |line: &reading::PaidLine| {
        line.paid == 0 && line.adjustments.iter().all(|it| it.1 != "45" && it.0 != "PR")
    };
    one.status != "22" && one.status != "25" && one.paid == 0 && one.lines.iter().all(refused)
}

/// Lets a world go round; `work` says what is sent about a refusal.
fn go_round(
    seed: u64,
    mut work: impl FnMut(&mut Staff, &mut Circle<'_>, &Payment, Date),
) -> (Made, Vec<String>) {
    let preset = Preset { claims: 3_000, months: 8, ..Preset::tiny() };
    let opens_on = ENDS_ON - 150.days();
    let world = world(&preset, seed, ENDS_ON).handed_over(opens_on);
    let mut circle = world.circle();
    let (mut files, mut staff) = (Vec::new(), Staff::default());
    loop {
        let before = files.len();
        let day = circle.day(&mut |file| {
            files.push(file);
            Ok(())
        });
        let Some(day) = day.expect("this sink takes everything") else { break };
        for file in &files[before..] {
            let payments = staff.read(file);
            for one in payments.iter().filter(|one| day >= opens_on && is_refusal(one)) {
                work(&mut staff, &mut circle, one, day);
            }
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    circle.tell(folder.path()).expect("told");
    let truth = Truth::read(folder.path()).expect("read");
    (Made { files, truth }, staff.worked)
}

fn correct(staff: &mut Staff, circle: &mut Circle<'_>, one: &Payment, _: Date) {
    if staff.worked.iter().filter(|it| **it == one.number).count() > 1 {
        return;
    }
    staff.worked.push(one.number.clone());
    let is_medicare = one.remarks.iter().any(|remark| remark == "MA130");
    let frequency = if is_medicare { "1" } else { "7" };
    let bytes = staff.again(&one.number, &one.control, frequency, true);
    circle.receive("claims.edi", bytes);
}

fn holds(made: &Made) {
    balance::claims_balance_but_the_known_ones(made);
    balance::payments_are_claims_less_provider_level(made);
    balance::lines_net_to_the_truth(made);
    balance::totals_are_the_sum_of_everything(made);
}

/// Of claims that this staff worked: payments of those that were taken back with a remark, and how
/// often that was.
fn answered((made, worked): &(Made, Vec<String>), remark: &str) -> (usize, usize) {
    let all: Vec<Payment> = made.payments();
    let is_ours =
        |one: &&Payment| worked.contains(&one.number) && one.remarks.iter().any(|it| it == remark);
    let again = all.iter().filter(is_ours);
    let corrections: Vec<&str> = again.map(|one| one.number.as_str()).collect();
    let of = |one: &&Payment| one.status != "22" && corrections.contains(&one.number.as_str());
    let paid = all.iter().filter(of).filter(|one| one.paid > 0).count();
    (paid, corrections.len())
}

#[test]
fn corrected_claims_are_acknowledged_decided_and_paid_by_the_truth() {
    let round = go_round(3, correct);
    let made = &round.0;
    holds(made);
    let (paid, reversed) = answered(&round, "N694");
    assert!(paid > 10 && reversed > 25, "{paid} of {reversed}");
    let accepted = made.transactions(FileKind::Status).into_iter().filter(|(_, one)| {
        let mut segments = one.segments.iter();
        segments.any(|it| it[0] == "STC" && it[1].starts_with("A2"))
    });
    assert!(accepted.count() > 40);
    assert!(made.of_kind(FileKind::Receipt).count() > 40, "ISA14 asks for one");
    assert_eq!(made.files, go_round(3, correct).0.files, "the same again");
}

#[test]
fn what_says_the_same_again_stays_refused() {
    let round = go_round(3, |staff, circle, one, _| {
        if !staff.worked.contains(&one.number) {
            staff.worked.push(one.number.clone());
            let bytes = staff.again(&one.number, &one.control, "7", false);
            circle.receive("claims.edi", bytes);
        }
    });
    holds(&round.0);
    let (unchanged, _) = answered(&round, "N694");
    let (changed, _) = answered(&go_round(3, correct), "N694");
    assert!(unchanged * 4 < changed, "{unchanged} against {changed}");
}

#[test]
fn appeals_get_a_letter_and_those_won_a_remittance() {
    let round = go_round(5, |staff, circle, one, day| {
        if staff.worked.contains(&one.number) {
            return;
        }
        staff.worked.push(one.number.clone());
        let packet = format!("{}.pdf", one.number);
        circle.receive(&packet, b"%PDF-1.7".to_vec());
        let claims = vec![one.number.clone()];
        // One in three came only in part.
        let bytes = if day.day() % 3 == 0 { 9 } else { 8 };
        let sent = AppealSent { packet: packet.clone(), bytes, claims, level: 1 };
        circle.receive("a.json", serde_json::to_vec(&sent).expect("JSON"));
    });
    let made = &round.0;
    holds(made);
    let letters: Vec<Letter> = made
        .of_kind(FileKind::Letter)
        .map(|file| serde_json::from_slice(&file.bytes).expect("a letter"))
        .collect();
    let of = |decision| letters.iter().filter(|one| one.decision == decision).count();
    let (won, upheld) = (of(Decision::Overturned), of(Decision::Upheld));
    assert!(won > 5 && upheld > 10, "{won} won, {upheld} upheld");
    let (paid, _) = answered(&round, "N690");
    assert!(paid > 0 && paid <= won, "{paid} paid of {won}");
}

#[test]
fn a_void_takes_the_claim_back_and_a_new_one_is_decided_anew() {
    let (made, _) = go_round(7, |staff, circle, one, _| {
        let times = staff.worked.iter().filter(|it| **it == one.number).count();
        let frequency = if times == 0 { "8" } else { "1" };
        if times < 2 {
            staff.worked.push(one.number.clone());
            let bytes = staff.again(&one.number, &one.control, frequency, times == 1);
            circle.receive("claims.edi", bytes);
        }
    });
    holds(&made);
    let voided = made.payments().into_iter().filter(|one| one.status == "22").count();
    assert!(voided > 40, "{voided}");
}

#[test]
fn odd_and_hostile_files_are_answered_or_ignored() {
    let mut sent = 0;
    let (made, _) = go_round(9, |staff, circle, one, _| {
        sent += 1;
        if sent > 8 {
            return;
        }
        let whole = staff.again(&one.number, &one.control, "7", true);
        let text = String::from_utf8(whole.clone()).expect("text");
        let cut = whole[..whole.len() / 2].to_vec();
        let stranger = text.replace(&one.number, "99-0000001");
        let other = text.replace("REF*F8*", "REF*F8*X");
        let dear = text.replace("SV1*", "SV1*X*");
        for bytes in [
            cut,
            stranger.into_bytes(),
            other.into_bytes(),
            dear.into_bytes(),
            b"ISA".to_vec(),
            vec![0xFF; 4_000],
            b"{\"packet\":\"a\",\"bytes\":1,\"claims\":[\"x\",\"01-9999999\"],\"level\":1}"
                .to_vec(),
            whole.clone(),
            whole,
        ] {
            circle.receive("odd", bytes);
        }
    });
    holds(&made);
    let text = |kind| {
        let bytes: Vec<u8> = made.of_kind(kind).flat_map(|file| file.bytes.clone()).collect();
        String::from_utf8(bytes).expect("text")
    };
    let receipts = text(FileKind::Receipt);
    assert!(receipts.contains("*R*023~") && receipts.contains("*R*025~"), "{receipts}");
    assert!(made.of_kind(FileKind::Letter).count() == 0);
}

/// A question about one claim, as a 276 asks it.
fn question(control: u32, number: &str, payer: &str) -> Vec<u8> {
    let body = [
        "HL*1**20*1".to_owned(),
        format!("NM1*PR*2*PLAN*****PI*{payer}"),
        "HL*2*1*21*1".to_owned(),
        "NM1*41*2*CLINIC*****46*SUB00001".to_owned(),
        "HL*3*2*19*1".to_owned(),
        "NM1*1P*2*CLINIC*****XX*1234567893".to_owned(),
        "HL*4*3*22*0".to_owned(),
        "NM1*IL*1*SAMPLE*IDA****MI*M1".to_owned(),
        format!("TRN*1*Q{control}"),
        format!("REF*EJ*{number}"),
        "AMT*T3*90".to_owned(),
    ];
    let mut whole = vec![format!("BHT*0010*13*B{control}*20260301*0600")];
    whole.extend(body);
    let text = String::from_utf8(interchange(control, &whole)).expect("text");
    let text = text.replace("GS*HC", "GS*HR").replace("005010X222A1", "005010X212");
    text.replace("ST*837", "ST*276").into_bytes()
}

#[test]
fn a_payer_that_is_asked_says_where_a_claim_stands() {
    let mut control = 7_000;
    let mut asked = BTreeMap::new();
    let (made, _) = go_round(11, |staff, circle, one, _| {
        if asked.len() > 40 {
            return;
        }
        let claim = &staff.sent[&one.number].1;
        let payer = claim.iter().find(|one| one.starts_with("NM1*PR*")).expect("a payer");
        let payer = payer.rsplit('*').next().expect("an id").to_owned();
        for (number, payer) in [
            (one.number.as_str(), payer.as_str()),
            ("99-0000001", payer.as_str()),
            (one.number.as_str(), "NONE"),
        ] {
            control += 1;
            let is_known = number == one.number && payer != "NONE";
            asked.insert(format!("Q{control}"), is_known);
            circle.receive("asked.edi", question(control, number, payer));
        }
    });
    let mut told = BTreeMap::new();
    for (_, transaction) in made.transactions(FileKind::Standing) {
        assert_eq!(transaction.segments[0][..2], ["ST", "277"]);
        assert_eq!(transaction.segments[0][3], "005010X212");
        let mut trace = String::new();
        for segment in &transaction.segments {
            match segment[0].as_str() {
                "TRN" => trace.clone_from(&segment[2]),
                "STC" => drop(told.insert(trace.clone(), segment[1].clone())),
                _ => {}
            }
        }
    }
    assert_eq!(told.len(), asked.len(), "each question has its answer");
    for (trace, is_known) in asked {
        let status = &told[&trace];
        assert_eq!(status != "A4:35", is_known, "{trace}: {status}");
        assert!(["A4:35", "P1:20", "F1:65", "F2:1"].contains(&status.as_str()), "{status}");
    }
    assert!(told.values().any(|status| status == "F2:1"), "{told:?}");
}
