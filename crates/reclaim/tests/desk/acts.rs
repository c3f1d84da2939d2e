//! Acts on the command line, on either database.

use crate::place::Desk;

/// A synthetic remittance of one claim with four denied lines.
fn remittance() -> String {
    let mut text = "ISA*00*          *00*          *ZZ*SYNTHPAYER     *ZZ*SYNTHCLINIC    *260110*\
                    0600*^*00501*000000001*0*P*:~GS*HP*SYNTHPAYER*SYNTHCLINIC*20260110*0600*1*X*\
                    005010X221A1~ST*835*0001~BPR*I*0*C*NON************20260110~\
                    TRN*1*SPLIT1*1000000001~DTM*405*20260110~N1*PR*SYNTHETIC PAYER 1~N3*1 WAY~\
                    N4*SAMPLEVILLE*OH*43999~N1*PE*SYNTHETIC CLINIC*XX*1234567893~LX*1~\
                    CLP*SPLIT1*4*400*0**12*PCN1*11*1~NM1*QC*1*SAMPLE*IDA****MI*SYN1~"
        .to_owned();
    for (at, procedure) in ["99213", "36415", "80053", "85025"].iter().enumerate() {
        text.push_str(&format!(
            "SVC*HC:{procedure}*100*0~DTM*472*20260105~CAS*CO*197*100~REF*6R*L{at}~"
        ));
    }
    // Segments from ST to SE: eleven before the lines, four a line, and SE.
    text + "SE*28*0001~GE*1*1~IEA*1*000000001~"
}

#[test]
fn each_line_can_become_a_case_of_its_own() {
    for desk in Desk::each() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("split.835");
        std::fs::write(&file, remittance()).expect("written");
        desk.take(&[file]);
        let queue = desk.ok(&["queue", "--json"]);
        let case: serde_json::Value = serde_json::from_str(queue.trim()).expect("one case");
        let id = case["id"].as_str().expect("an id");
        for _ in 0..3 {
            desk.ok(&["act", id, "split_line", "position=1", "road=own_case"]);
        }
        assert_eq!(desk.ok(&["queue", "--json"]).lines().count(), 4, "{}", desk.kind());
        let only = desk.run(&["act", id, "split_line", "position=1", "road=own_case"]);
        assert_eq!(only.status.code(), Some(1), "the only line stays");
        desk.proven();
    }
}
