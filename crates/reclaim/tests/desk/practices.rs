//! Practices on the command line, on either database.

use crate::place::Desk;

/// A synthetic remittance of one denied line, paid to an NPI.
pub fn remittance(trace: &str, npi: &str) -> String {
    format!(
        "ISA*00*          *00*          *ZZ*SYNTHPAYER     *ZZ*SYNTHCLINIC    *260110*0600*^*00501\
         *000000001*0*P*:~GS*HP*SYNTHPAYER*SYNTHCLINIC*20260110*0600*1*X*005010X221A1~ST*835*0001~\
         BPR*I*0*C*NON************20260110~TRN*1*{trace}*1000000001~DTM*405*20260110~\
         N1*PR*SYNTHETIC PAYER 1~N3*1 WAY~N4*SAMPLEVILLE*OH*43999~N1*PE*SYNTHETIC CLINIC*XX*{npi}~\
         LX*1~CLP*{trace}*4*100*0**12*PCN1*11*1~NM1*QC*1*SAMPLE*IDA****MI*SYN1~\
         SVC*HC:99213*100*0~DTM*472*20260105~CAS*CO*197*100~REF*6R*L1~SE*16*0001~GE*1*1~\
         IEA*1*000000001~"
    )
}

#[test]
fn practices_are_made_and_remittances_find_theirs() {
    for desk in Desk::each() {
        let north = ["practice", "add", "north", "--name", "North", "--zone", "America/Chicago"];
        let said = desk.ok(&[&north[..], &["--npi", "1234567893"]].concat());
        assert!(said.contains("NPI 1234567893") && said.contains("America/Chicago"), "{said}");
        let list = desk.ok(&["practice", "list"]);
        assert_eq!(list.lines().count(), 1, "no other is made beside the first: {list}");
        let again = desk.run(&north);
        assert_eq!(again.status.code(), Some(2), "{}", desk.kind());
        let same = desk.run(&["practice", "add", "south", "--npi", "1234567893"]);
        let said = String::from_utf8_lossy(&same.stderr).into_owned();
        assert!(said.contains("the number of practice north already"), "{said}");
        desk.ok(&["practice", "add", "south", "--name", "South", "--tax-id", "12-3456789"]);
        let odd = desk.run(&["practice", "set", "south", "--npi", "1093817466"]);
        assert!(String::from_utf8_lossy(&odd.stderr).contains("is no NPI"));
        desk.ok(&["practice", "set", "south", "--npi", "1093817462", "--remove", "123456789"]);
        let list = desk.ok(&["practice", "list"]);
        assert!(list.contains("NPI 1093817462") && !list.contains("123456789\n"), "{list}");

        let folder = tempfile::tempdir().expect("a folder");
        let files = [("a", "1093817462"), ("b", "1999999984")].map(|(trace, npi)| {
            let file = folder.path().join(format!("{trace}.835"));
            std::fs::write(&file, remittance(trace, npi)).expect("written");
            file.display().to_string()
        });
        desk.ok(&["--practice", "south", "verify"]);
        let taken = desk.ok(&["--practice", "north", "take", "--json", &files[0]]);
        assert!(taken.contains("\"outcome\":\"taken\""), "{taken}");
        assert_eq!(desk.ok(&["--practice", "south", "queue", "--json"]).lines().count(), 1);
        assert_eq!(desk.ok(&["--practice", "north", "queue", "--json"]).lines().count(), 0);
        let held = desk.ok(&["--practice", "north", "take", "--json", &files[1]]);
        assert!(held.contains("\"outcome\":\"held\""), "{held}");
        let south = desk.ok(&["--practice", "south", "verify", "--on"]);
        assert!(
            south.contains("1 cases") && south.contains("1 remittances with 1 claim"),
            "{south}"
        );
        let nothing = desk.ok(&["--practice", "south", "verify", "--on"]);
        assert!(nothing.contains("0 cases") && nothing.contains("0 remittances"), "{nothing}");
        desk.ok(&["--practice", "north", "verify", "--on"]);
        desk.ok(&["--practice", "south", "verify"]);
    }
}
