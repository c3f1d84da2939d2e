//! Rules that change while cases wait, on either database.

use std::path::{Path, PathBuf};

use crate::place::Desk;

/// A synthetic remittance of one claim with one line; the payer may echo `0` for our number.
fn remittance(payer: &str, trace: &str, day: &str, number: &str, paid: &str, cas: &str) -> String {
    let status = if paid == "0" { "4" } else { "1" };
    format!(
        "ISA*00*          *00*          *ZZ*SYNTHPAYER     *ZZ*SYNTHCLINIC    *260110*0600*^*00501*\
         000000001*0*P*:~GS*HP*SYNTHPAYER*SYNTHCLINIC*20260110*0600*1*X*005010X221A1~\
         ST*835*0001~BPR*I*{paid}*C*NON************{day}~TRN*1*{trace}*1000000001~DTM*405*{day}~\
         N1*PR*{payer}~N3*1 WAY~N4*SAMPLEVILLE*OH*43999~N1*PE*SYNTHETIC CLINIC*XX*1234567893~\
         LX*1~CLP*{number}*{status}*100*{paid}**12*PCN1*11*1~NM1*QC*1*SAMPLE*IDA****MI*SYN1~\
         SVC*HC:99213*100*{paid}~DTM*472*20260105~{cas}REF*6R*L1~SE*17*0001~GE*1*1~\
         IEA*1*000000001~"
    )
}

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let file = folder.join(name);
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
    std::fs::write(&file, text).expect("written");
    file
}

/// A folder of the clinic's own rules with one more payer.
fn payer_file(folder: &Path, text: &str) -> String {
    written(folder, "rules/payers/stand-in.toml", text);
    folder.join("rules").display().to_string()
}

const DENIED: &str = "CAS*CO*197*100~";

#[test]
fn a_new_payer_file_parts_no_case_from_its_payment() {
    // The second spelling is an alias of the new file; the first has the file's name.
    for (first, second, number) in [
        ("STAND-IN HLTH", "STAND-IN HEALTH", "N1"),
        ("STAND-IN HEALTH", "STAND-IN HLTH", "N1"),
        ("STAND-IN HLTH", "STAND-IN HEALTH", "0"),
    ] {
        for desk in Desk::each() {
            let folder = tempfile::tempdir().expect("a folder");
            let text = remittance(first, "T1", "20260110", number, "0", DENIED);
            desk.take(&[written(folder.path(), "denied.835", &text)]);
            let rules = payer_file(
                folder.path(),
                "name = \"Stand-In Health\"\naliases = [\"STAND-IN HLTH\"]\n",
            );
            let text = remittance(second, "T2", "20260210", number, "60", "CAS*CO*45*40~");
            let paid = written(folder.path(), "paid.835", &text);
            desk.ok(&["take", "--rules", &rules, &paid.display().to_string()]);
            let queue = desk.ok(&["queue", "--json"]);
            let what = format!("{} {first} {number}: {queue}", desk.kind());
            assert_eq!(queue.lines().count(), 1, "{what}");
            assert!(queue.contains("\"overturned\""), "{what}");
            desk.proven();
        }
    }
}
