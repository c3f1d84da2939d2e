//! What rules prepare, from the command line, on either database. Everybody is made up.

use std::path::{Path, PathBuf};

use crate::place::Desk;

fn file(group: &str, version: &str, segments: &[&str]) -> String {
    let count = segments.len() + 1;
    format!(
        "ISA*00*          *00*          *ZZ*SYNTHPAYER     *ZZ*SYNTHCLINIC    *260110*0600*^*00501*\
         000000001*0*P*:~GS*{group}*SYNTHPAYER*SYNTHCLINIC*20260110*0600*1*X*{version}~{}~\
         SE*{count}*0001~GE*1*1~IEA*1*000000001~",
        segments.join("~")
    )
}

fn billed() -> String {
    file(
        "HC",
        "005010X222A1",
        &[
            "ST*837*0001*005010X222A1",
            "BHT*0019*00*B1*20260106*1200*CH",
            "NM1*41*2*SYNTHETIC CLINIC*****46*SUB1",
            "PER*IC*DESK*TE*5550101",
            "NM1*40*2*STAND-IN HEALTH*****46*STAND",
            "HL*1**20*1",
            "NM1*85*2*SYNTHETIC CLINIC*****XX*1234567893",
            "N3*2 WAY",
            "N4*SAMPLEVILLE*OH*439990000",
            "REF*EI*123456789",
            "HL*2*1*22*0",
            "SBR*P*18*******CI",
            "NM1*IL*1*SAMPLE*IDA****MI*SYN1",
            "N3*3 WAY",
            "N4*SAMPLEVILLE*OH*43999",
            "DMG*D8*19800101*F",
            "NM1*PR*2*STAND-IN HEALTH*****PI*STAND",
            "CLM*N1*100***11:B:1*Y*A*Y*Y",
            "HI*ABK:R69",
            "LX*1",
            "SV1*HC:99213*100*UN*1***1",
            "DTP*472*D8*20260105",
            "REF*6R*L1",
        ],
    )
}

fn denied() -> String {
    file(
        "HP",
        "005010X221A1",
        &[
            "ST*835*0001",
            "BPR*I*0*C*NON************20260110",
            "TRN*1*T1*1000000001",
            "DTM*405*20260110",
            "N1*PR*STAND-IN HEALTH",
            "N3*1 WAY",
            "N4*SAMPLEVILLE*OH*43999",
            "N1*PE*SYNTHETIC CLINIC*XX*1234567893",
            "LX*1",
            "CLP*N1*1*100*0**12*PCN1*11*1",
            "NM1*QC*1*SAMPLE*IDA****MI*SYN1",
            "SVC*HC:99213*100*0",
            "DTM*472*20260105",
            "CAS*CO*197*100",
            "REF*6R*L1",
        ],
    )
}

fn certified() -> String {
    file(
        "HI",
        "005010X217",
        &[
            "ST*278*0001*005010X217",
            "BHT*0007*11*Q2*20260104*1200",
            "HL*1**20*1",
            "NM1*X3*2*STAND-IN HEALTH*****PI*STAND",
            "HL*2*1*21*1",
            "NM1*1P*2*SYNTHETIC CLINIC*****XX*1234567893",
            "HL*3*2*22*1",
            "NM1*IL*1*SAMPLE*IDA****MI*SYN1",
            "HL*4*3*EV*1",
            "TRN*2*T-2*9PAYER",
            "UM*HS*I*2",
            "HCR*A1*AUTH77",
            "DTP*472*RD8*20260101-20260131",
            "SV1*HC:99213",
        ],
    )
}

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let file = folder.join(name);
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
    std::fs::write(&file, text).expect("written");
    file
}

#[test]
fn a_rule_prepares_what_is_proven_and_says_why_it_does_not() {
    for desk in Desk::each() {
        let folder = tempfile::tempdir().expect("a folder");
        let shipped = std::fs::read_to_string("../../data/actions.toml").expect("shipped");
        let text = shipped.replace("mode = \"off\"", "mode = \"on\"");
        written(folder.path(), "rules/actions.toml", &text);
        let rules = folder.path().join("rules").display().to_string();
        let named = |name: &str| desk.ok(&["rules", "actions", name, "--rules", &rules]);
        let swept = || desk.ok(&["sweep", "actions", "--rules", &rules]);
        desk.take(&[
            written(folder.path(), "a.837", &billed()),
            written(folder.path(), "a.835", &denied()),
        ]);
        let none = "no stored answer certifies an authorization for this service";
        assert!(named("proven_corrections").contains(none), "{}", desk.kind());
        assert!(swept().contains("0 acted, 1 refused"), "{}", desk.kind());
        desk.take(&[written(folder.path(), "a.278", &certified())]);
        assert!(swept().contains("1 acted, 0 refused"), "{}", desk.kind());
        let text = desk.ok(&["show", "N1", "--json"]);
        assert!(text.contains("\"resubmit\""), "{}: {text}", desk.kind());
        assert!(!text.contains("AUTH77"), "{}: the draft alone has it", desk.kind());
        let told = named("proven_corrections");
        assert!(told.contains("prepared 1, sent by a person 0"), "{}: {told}", desk.kind());
        desk.proven();
    }
}
