//! Small synthetic files that are hard to take in twice, in any order, or half.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// One CLP with one line.
#[derive(Clone)]
struct Paid {
    number: String,
    status: &'static str,
    charge: u32,
    paid: i64,
    control: String,
    family: &'static str,
    procedure: &'static str,
    cas: &'static [&'static str],
}

fn paid(number: &str, charge: u32, paid: i64, cas: &'static [&'static str]) -> Paid {
    Paid {
        number: number.to_owned(),
        status: if paid == 0 { "4" } else { "1" },
        charge,
        paid,
        control: format!("PCN{number}"),
        family: "SAMPLE",
        procedure: "HC:99213",
        cas,
    }
}

/// The envelope around the transactions of one file.
fn envelope(control: u32, test: bool, group: &str, transactions: &[String]) -> String {
    let usage = if test { "T" } else { "P" };
    let mut text = format!(
        "ISA*00*          *00*          *ZZ*SYNTHPAYER     *ZZ*SYNTHCLINIC    *260110*0600*^*00501*\
         {control:09}*0*{usage}*:~GS*{group}*SYNTHPAYER*SYNTHCLINIC*20260110*0600*{control}*X*\
         005010X221A1~"
    );
    text.extend(transactions.iter().map(String::as_str));
    write!(text, "GE*{}*{control}~IEA*1*{control:09}~", transactions.len()).expect("text");
    text
}

/// One ST of an 835. `payer` is a digit; its total is what its claims come to.
fn remit(number: u32, payer: u32, trace: &str, day: &str, claims: &[Paid]) -> String {
    let total: i64 = claims.iter().map(|one| one.paid).sum();
    let mut body = format!(
        "BPR*I*{total}*C*ACH*CCP*01*999999992*DA*000111*100000000{payer}**01*999999992*DA*000222*\
         {day}~TRN*1*{trace}*100000000{payer}~DTM*405*{day}~N1*PR*SYNTHETIC PAYER {payer}~N3*1 WAY~\
         N4*SAMPLEVILLE*OH*43999~N1*PE*SYNTHETIC CLINIC*XX*1234567893~LX*1~"
    );
    for one in claims {
        let Paid { number, status, charge, paid, control, family, procedure, cas } = one;
        let sign = if *status == "22" { "-" } else { "" };
        let cas = cas.concat();
        write!(
            body,
            "CLP*{number}*{status}*{sign}{charge}*{paid}**12*{control}*11*1~\
             NM1*QC*1*{family}*IDA****MI*SYN{number}~DTM*232*20260101~\
             SVC*{procedure}*{sign}{charge}*{paid}~DTM*472*20260101~{cas}"
        )
        .expect("text");
    }
    transaction("835", number, &body)
}

/// One ST of an 837P. Each claim has a number, a charge, a family name and line procedures.
fn bill(number: u32, frequency: &str, claims: &[(&str, u32, &str, &str)]) -> String {
    let mut body = String::from(
        "BHT*0019*00*SYN1*20260102*0600*CH~NM1*41*2*SYNTHETIC CLINIC*****46*SYNTHCLINIC~\
         NM1*40*2*SYNTHETIC PAYER 1*****46*SYNTHPAYER~HL*1**20*1~\
         NM1*85*2*SYNTHETIC CLINIC*****XX*1234567893~N3*1 WAY~N4*SAMPLEVILLE*OH*43999~\
         REF*EI*999999999~",
    );
    for (at, (number, charge, family, procedure)) in claims.iter().enumerate() {
        write!(
            body,
            "HL*{}*1*22*0~SBR*P*18*******CI~NM1*IL*1*{family}*IDA****MI*SYN{number}~\
             NM1*PR*2*SYNTHETIC PAYER 1*****PI*SYN01~CLM*{number}*{charge}***11:B:{frequency}*Y*A*\
             Y*Y~HI*ABK:M25561~LX*1~SV1*{procedure}*{charge}*UN*1***1~DTP*472*D8*20260101~\
             REF*6R*{number}-1~",
            at + 2
        )
        .expect("text");
    }
    transaction("837", number, &body)
}

fn transaction(set: &str, number: u32, body: &str) -> String {
    let segments = body.matches('~').count() + 2;
    format!("ST*{set}*{number:04}~{body}SE*{segments}*{number:04}~")
}

const AUTHORIZATION: &[&str] = &["CAS*CO*197*100~"];
const MISSING: &[&str] = &["CAS*CO*16*80~", "LQ*HE*N265~"];
const CONTRACT: &[&str] = &["CAS*CO*45*40~"];
const LATE: &[&str] = &["CAS*CO*29*100~"];

/// A giant: `count` claims, every third refused.
fn giant(number: u32, trace: &str, prefix: &str, count: u32) -> String {
    let claim = |at: u32| {
        let name = format!("{prefix}{at}");
        if at.is_multiple_of(3) {
            paid(&name, 100, 0, AUTHORIZATION)
        } else {
            paid(&name, 100, 60, CONTRACT)
        }
    };
    let claims: Vec<Paid> = (0..count).map(claim).collect();
    remit(number, 2, trace, "20260115", &claims)
}

/// Writes the set; gives its files.
pub fn write(folder: &Path) -> Vec<PathBuf> {
    fs::create_dir_all(folder).expect("a folder");
    let mut files = Vec::new();
    for (name, text) in set() {
        let path = folder.join(name);
        fs::write(&path, text).expect("a writable file");
        files.push(path);
    }
    files
}

fn set() -> Vec<(&'static str, String)> {
    let mut files = bills();
    files.extend(answers());
    files.extend(conflicts());
    files.push(("giant.edi", envelope(40, false, "HP", &[giant(1, "G1", "G", 1_300)])));
    // The same payment as the giant, and other claims in it.
    files.push(("giant-other.edi", envelope(41, false, "HP", &[giant(1, "G1", "H", 1_300)])));
    files.push(("empty.txt", String::new()));
    files.push(("prose.txt", "no segment here".to_owned()));
    files
}

fn bills() -> Vec<(&'static str, String)> {
    let first = [
        ("A1", 100, "SAMPLE", "HC:99213"),
        ("A2", 80, "SAMPLE", "HC:99213"),
        ("A3", 100, "OTHER", "HC:99214"),
        // Paid as X9: the same patient, day and charge.
        ("A4", 250, "LIKELY", "HC:99213"),
        ("B7", 100, "SAMPLE", "HC:99213"),
    ];
    let again = [("A1", 100, "SAMPLE", "HC:99214"), ("A2", 80, "SAMPLE", "HC:99213:25")];
    vec![
        ("bill.edi", envelope(10, false, "HC", &[bill(1, "1", &first)])),
        ("bill-again.edi", envelope(11, false, "HC", &[bill(1, "7", &again)])),
    ]
}

fn answers() -> Vec<(&'static str, String)> {
    let unknown = Paid { family: "LIKELY", ..paid("X9", 250, 0, &["CAS*CO*197*250~"]) };
    // The payer echoes no number of ours: its own is the claim's.
    let nameless = |paid: i64, cas| Paid {
        number: "0".to_owned(),
        control: "CTRL5".to_owned(),
        ..self::paid("0", 100, paid, cas)
    };
    let first = [
        paid("A1", 100, 0, AUTHORIZATION),
        paid("A2", 80, 0, MISSING),
        unknown.clone(),
        nameless(0, LATE),
    ];
    let second = [
        paid("A1", 100, 60, CONTRACT),
        Paid { status: "22", ..paid("A3", 100, -60, &["CAS*CO*45*-40~"]) },
        paid("A3", 100, 0, LATE),
        nameless(60, CONTRACT),
        Paid { procedure: "HC:99999", ..unknown },
    ];
    let third = [paid("A3", 100, 60, CONTRACT)];
    // A second payer, and a claim twice on one remittance.
    let other_payer = [paid("A2", 80, 0, MISSING), paid("A1", 100, 0, LATE)];
    let twice = [paid("B7", 100, 0, AUTHORIZATION), paid("B7", 100, 0, LATE)];
    let one = remit(1, 1, "T1", "20260110", &first);
    let two = remit(1, 1, "T2", "20260210", &second);
    vec![
        ("remit-1.edi", envelope(20, false, "HP", std::slice::from_ref(&one))),
        ("remit-2.edi", envelope(21, false, "HP", &[two])),
        ("remit-3.edi", envelope(22, false, "HP", &[remit(1, 1, "T3", "20260105", &third)])),
        // One that came before and one that did not, in one file.
        (
            "remit-4.edi",
            envelope(23, false, "HP", &[one, remit(2, 3, "T4", "20260120", &other_payer)]),
        ),
        ("remit-5.edi", envelope(24, false, "HP", &[remit(1, 1, "T5", "20260120", &twice)])),
        ("test.edi", envelope(25, true, "HP", &[remit(1, 1, "T6", "20260121", &twice)])),
    ]
}

/// The same payment three times, and each says something else.
fn conflicts() -> Vec<(&'static str, String)> {
    let remit = |claims: &[Paid]| remit(1, 1, "C1", "20260112", claims);
    let one = remit(&[paid("D1", 100, 0, AUTHORIZATION), paid("D2", 100, 60, CONTRACT)]);
    let two = remit(&[paid("D1", 100, 60, CONTRACT), paid("D2", 100, 0, LATE)]);
    let three = remit(&[paid("D3", 100, 60, CONTRACT), paid("D1", 100, 0, LATE)]);
    vec![
        ("conflict-1.edi", envelope(30, false, "HP", &[one])),
        ("conflict-2.edi", envelope(31, false, "HP", &[two])),
        ("conflict-3.edi", envelope(32, false, "HP", &[three])),
    ]
}
