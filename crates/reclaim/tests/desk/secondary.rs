//! A claim to the payer that comes next, and the proof of timely filing of another, by commands: on
//! either database. Everything in the files is made up.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::outbox::envelope;
use crate::place::Desk;

/// A claim of 100.00 that names a second payer.
fn billed(number: &str) -> String {
    let body = format!(
        "BHT*0019*00*REF{number}*20260106*0600*CH~NM1*41*2*SYNTHETIC CLINIC*****46*SYNTHONE~\
         PER*IC*DESK*TE*5550101~NM1*40*2*SYNTHETIC PAYER 1*****46*SYNTHTWO~HL*1**20*1~\
         NM1*85*2*SYNTHETIC CLINIC*****XX*1234567893~N3*2 SAMPLE WAY~\
         N4*SAMPLEVILLE*OH*439990000~REF*EI*999999999~HL*2*1*22*0~SBR*P*18*******CI~\
         NM1*IL*1*SAMPLE*IDA****MI*SYN1~N3*3 SAMPLE WAY~N4*SAMPLEVILLE*OH*43999~\
         DMG*D8*19800101*F~NM1*PR*2*SYNTHETIC PAYER 1*****PI*SYN01~\
         CLM*{number}*100***11:B:1*Y*A*Y*Y~HI*ABK:M25561~SBR*S*18*******CI~OI***Y***Y~\
         NM1*IL*1*SAMPLE*IDA****MI*NEXT7~NM1*PR*2*SYNTHETIC PAYER 9*****PI*SYN09~LX*1~\
         SV1*HC:99213*100*UN*1***1~DTP*472*D8*20260105~REF*6R*{number}-1~"
    );
    envelope("HC", "005010X222A1", &body)
}

/// One of them is paid in part, the other denied.
fn remitted() -> String {
    let claim = |number: &str, status: &str, paid: &str, adjusted: &str| {
        format!(
            "CLP*{number}*{status}*100*{paid}**12*P{number}*11*1~\
             NM1*QC*1*SAMPLE*IDA****MI*SYN1~SVC*HC:99213*100*{paid}**1~DTM*472*20260105~\
             {adjusted}REF*6R*{number}-1~"
        )
    };
    let body = format!(
        "BPR*I*60*C*ACH*CCP*01*111*DA*222*1999999999**01*333*DA*444*20260110~\
         TRN*1*NEXT*1000000001~DTM*405*20260110~N1*PR*SYNTHETIC PAYER 1~N3*1 WAY~\
         N4*SAMPLEVILLE*OH*43999~N1*PE*SYNTHETIC CLINIC*XX*1234567893~LX*1~{}{}",
        claim("SEC1", "1", "60", "CAS*CO*45*20~CAS*PR*2*20~"),
        claim("SEC2", "4", "0", "CAS*CO*197*100~"),
    );
    envelope("HP", "005010X221A1", &body)
}

/// Both claims taken in with what their payer said, and a route that waits for nothing.
fn prepared(desk: &Desk, folder: &TempDir) {
    let kept = |name: &str, text: &str| -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("written");
        path
    };
    desk.take(&[
        kept("one.837", &billed("SEC1")),
        kept("two.837", &billed("SEC2")),
        kept("both.835", &remitted()),
    ]);
    let route = "[[route]]\nname = \"house\"\nfolder = \"out\"\nwait_minutes = 0\n";
    fs::write(desk.folder().join("exchange.toml"), route).expect("written");
}

#[test]
fn a_claim_goes_to_its_next_payer_once_by_commands() {
    for desk in Desk::each() {
        let folder = tempfile::tempdir().expect("a folder");
        prepared(&desk, &folder);
        let listed = desk.ok(&["secondary"]);
        assert!(listed.contains("SEC1  to_bill  SYNTHETIC PAYER 1 -> SYNTHETIC PAYER 9  $20.00"));
        assert!(!listed.contains("SEC2"), "its denial is open: {listed}");
        let json = desk.ok(&["secondary", "--json"]);
        let row: Value = serde_json::from_str(json.trim()).expect("one row");
        assert_eq!((&row["claim"], &row["share"]), (&"SEC1".into(), &2_000.into()));
        assert!(desk.ok(&["secondary", "--state", "denied"]).contains("SEC2"));

        let looked = desk.ok(&["secondary", "SEC1"]);
        for said in ["next payer: SYNTHETIC PAYER 9", "left for it: $20.00", "CAS*PR*2*20.00"] {
            assert!(looked.contains(said), "{}: {looked}", desk.kind());
        }
        assert!(!looked.contains("SAMPLE*IDA"), "nobody's name: {looked}");
        let send = ["secondary", "SEC1", "--send", "--late", "a test of any year"];
        let sent = desk.ok(&send);
        assert!(sent.contains("leaves at"), "{sent}");
        let twice = desk.run(&send);
        assert_eq!(twice.status.code(), Some(1), "{}", desk.kind());
        assert!(String::from_utf8_lossy(&twice.stderr).contains("has no answer yet"));
        let none = desk.run(&["secondary", "NOBODY"]);
        assert_eq!(none.status.code(), Some(1), "{}", desk.kind());

        desk.ok(&["sweep", "outbox"]);
        let out = fs::read_dir(desk.folder().join("out")).expect("a folder").flatten();
        let files: Vec<PathBuf> =
            out.map(|one| one.path()).filter(|one| one.extension().is_some()).collect();
        let [file] = files.as_slice() else { panic!("one file, not {files:?}") };
        let text = fs::read_to_string(file).expect("text");
        for said in ["SBR*S*18*", "NM1*PR*2*SYNTHETIC PAYER 9*****PI*SYN09", "SVD*SYN01*60.00*"] {
            assert!(text.contains(said), "{}: {text}", desk.kind());
        }
        assert!(desk.ok(&["secondary", "--state", "waiting"]).contains("SEC1"));
        assert_eq!(desk.ok(&["secondary"]), "");
        desk.proven();
    }
}

#[test]
fn the_proof_of_timely_filing_is_written_by_a_command() {
    for desk in Desk::each() {
        let folder = tempfile::tempdir().expect("a folder");
        prepared(&desk, &folder);
        let out = folder.path().join("proof.pdf");
        let at = out.display().to_string();
        let told = desk.ok(&["packet", "SEC2", "--filing", "--out", &at]);
        let pdf = fs::read(&out).expect("written");
        assert!(pdf.starts_with(b"%PDF-"), "{}", desk.kind());
        let hash = hex::encode(Sha256::digest(&pdf));
        assert!(told.contains(&format!("{at}: sha-256 {hash}")), "{told}");
        assert!(told.contains("limit"), "what is proven, or that no limit is known: {told}");
        let draft = desk.run(&["packet", "SEC2", "--out", &at]);
        assert!(String::from_utf8_lossy(&draft.stderr).contains("no draft that is open"));
        desk.proven();
    }
}
