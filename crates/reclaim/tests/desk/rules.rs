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

/// One case as `show` prints it.
fn shown(desk: &Desk, number: &str) -> serde_json::Value {
    let text = desk.ok(&["show", number, "--json"]);
    serde_json::from_str(text.trim()).expect("JSON")
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

#[test]
fn payers_that_were_two_are_heard_together_once_a_file_says_so() {
    for desk in Desk::each() {
        let folder = tempfile::tempdir().expect("a folder");
        for (at, name) in ["STAND-IN HLTH", "STAND-IN HEALTH", "STANDIN"].iter().enumerate() {
            let text = remittance(name, &format!("T{at}"), "20260110", "N1", "0", DENIED);
            desk.take(&[written(folder.path(), &format!("{at}.835"), &text)]);
        }
        assert_eq!(desk.ok(&["queue", "--json"]).lines().count(), 3);
        let rules = payer_file(
            folder.path(),
            "name = \"Stand-In\"\naliases = [\"STAND-IN HLTH\", \"STAND-IN HEALTH\"]\n",
        );
        let text = remittance("STAND-IN HLTH", "T9", "20260210", "N1", "60", "CAS*CO*45*40~");
        let paid = written(folder.path(), "paid.835", &text);
        desk.ok(&["take", "--rules", &rules, &paid.display().to_string()]);
        let queue = desk.ok(&["queue", "--json"]);
        assert_eq!(queue.lines().count(), 3, "{queue}");
        assert!(queue.contains("\"overturned\""), "{}: {queue}", desk.kind());
        desk.proven();
    }
}

#[test]
fn mapping_a_code_files_what_waited_anew() {
    for desk in Desk::each() {
        let folder = tempfile::tempdir().expect("a folder");
        let odd = "CAS*CO*111*100~";
        for number in ["U1", "U2"] {
            let text = remittance("STAND-IN", number, "20260110", number, "0", odd);
            desk.take(&[written(folder.path(), &format!("{number}.835"), &text)]);
        }
        desk.ok(&["act", "U2", "review"]);
        let before = shown(&desk, "U1");
        assert_eq!(before["case"]["category"], "unmapped", "{before}");
        let file = "name = \"Stand-In\"\nplan_types = [\"commercial\"]\n
            [[window]]\nkind = \"corrected_claim\"\ndays = 90\nfrom_event = \"remittance\"
            counts = \"sent\"\nsource = \"contract\"\nas_of = \"2026\"\nverification = \"clinic\"\n
            [[reason]]\ncarc = \"111\"\nkind = \"denial\"\ncategory = \"authorization\"
            correctable = true\nrecoverable = \"medium\"\nnext = \"correct\"\n";
        let rules = payer_file(folder.path(), file);
        let none = folder.path().join("none");
        std::fs::create_dir(&none).expect("made");
        let again = || desk.ok(&["take", "--rules", &rules, &none.display().to_string()]);
        again();
        for (number, status) in [("U1", "new"), ("U2", "in_review")] {
            let after = shown(&desk, number);
            let what = format!("{} {after:#}", desk.kind());
            assert_eq!(after["status"], status, "{what}");
            assert_eq!(after["case"]["category"], "authorization", "{what}");
            assert!(after["case"]["deadlines"].to_string().contains("2026-04-10"), "{what}");
        }
        assert_eq!(shown(&desk, "U1")["case"]["work"]["owner"]["role"], "authorization_staff");
        let version = shown(&desk, "U1")["case"]["version"].clone();
        again();
        assert_eq!(shown(&desk, "U1")["case"]["version"], version, "one walk for one change");
        let contract = file.replace("kind = \"denial\"", "kind = \"contractual\"");
        let cut = contract.find("category").expect("there");
        payer_file(folder.path(), &contract[..cut]);
        again();
        let gone = shown(&desk, "U2");
        assert_eq!(gone["outstanding"], "0.00", "{gone:#}");
        desk.ok(&["act", "U2", "post"]);
        assert_eq!(shown(&desk, "U2")["status"], "paid");
        desk.proven();
    }
}

const MAPPED: &str = "name = \"Stand-In\"\nplan_types = [\"commercial\"]\n
    [[reason]]\ncarc = \"111\"\nkind = \"denial\"\ncategory = \"authorization\"
    correctable = true\nrecoverable = \"medium\"\nnext = \"correct\"\n";

#[test]
fn a_practice_keeps_rules_of_its_own_and_its_cases_follow_them() {
    for desk in Desk::each() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = remittance("STAND-IN", "T1", "20260110", "U1", "0", "CAS*CO*111*100~");
        desk.take(&[written(folder.path(), "U1.835", &text)]);
        assert_eq!(shown(&desk, "U1")["case"]["category"], "unmapped");
        let save = |name: &str, text: &str, path: &str, why: &str| {
            let file = written(folder.path(), name, text).display().to_string();
            desk.run(&["rules", "save", &file, "--for", path, "--why", why])
        };
        let own = "payers/stand-in.toml";
        let faulty = save("faulty.toml", &MAPPED.replace("medium", "often"), own, "a try");
        let said = String::from_utf8_lossy(&faulty.stdout).into_owned();
        assert_eq!(faulty.status.code(), Some(1), "{said}");
        assert!(said.contains("payers/stand-in.toml:9: recoverable: expected one of"), "{said}");
        for (path, why) in [("payers/stand-in.txt", "why"), ("../a.toml", "why"), (own, " ")] {
            let refused = save("mapped.toml", MAPPED, path, why);
            assert_eq!(refused.status.code(), Some(2), "{path} {why:?}");
        }
        let saved = save("mapped.toml", MAPPED, own, "read in their manual");
        let said = String::from_utf8_lossy(&saved.stdout).into_owned();
        assert_eq!(said, "version 1 of payers/stand-in.toml; 1 open cases follow it\n");
        assert_eq!(shown(&desk, "U1")["case"]["category"], "authorization");
        // The next file is read by them too, without a word on the command line.
        let text = remittance("STAND-IN", "T2", "20260110", "U2", "0", "CAS*CO*111*100~");
        desk.take(&[written(folder.path(), "U2.835", &text)]);
        assert_eq!(shown(&desk, "U2")["case"]["category"], "authorization");
        let out = folder.path().join("out");
        desk.ok(&["rules", "export", &out.display().to_string()]);
        assert_eq!(std::fs::read_to_string(out.join(own)).expect("written"), MAPPED);
        // Given up, what the program brings holds again.
        let gone = save("empty.toml", "", own, "the contract ended");
        assert!(gone.status.success(), "{}", String::from_utf8_lossy(&gone.stderr));
        assert_eq!(shown(&desk, "U1")["case"]["category"], "unmapped");
        desk.proven();
    }
}
