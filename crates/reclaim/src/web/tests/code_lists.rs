//! Code lists from the practice's own files: looked at, taken in, seen on a case, taken back.

use axum::http::StatusCode;
use denial::lists::ListKind;
use denial::person::Role;
use jiff::civil::Date;
use store::code_lists::CodeBlock;

use super::clinic::{Answer, Browser, TestClinic, bill, denied, era, take};
use crate::code_import::{self, Importing};
use crate::{code_lists, verify};

/// A made-up list of diagnoses in the layout of the order file.
fn diagnoses(entries: &[(&str, &str)]) -> String {
    let line = |(at, (code, text)): (usize, &(&str, &str))| {
        format!("{:05} {code:<7} 1 {:<60} {text}\r\n", at + 1, "Short")
    };
    entries.iter().enumerate().map(line).collect()
}

const PAIRS: &str = "Column 1\tColumn 2\tPrior\tEffective\tDeletion\tModifier\tRationale\n\
                     99213\t99214\t\t20200101\t*\t1\tMade-up rationale\n\
                     99213\t99215\t\t20200101\t*\t0\tMade-up rationale\n";
const UNITS: &str = "Code,Units,Indicator,Rationale\n99213,2,3 Day,\"Made-up, units\"\n";

async fn look(lead: &Browser, kind: &str, from: &str, text: &str) -> Answer {
    let fields = [("kind", kind), ("from", from)];
    let sent = lead.upload("/rules/lists", &fields, ("file", "list.txt", text)).await;
    lead.get(&sent.is(StatusCode::SEE_OTHER).location()).await
}

async fn decide(lead: &Browser, kind: &str, version: &str, what: &str) -> Answer {
    let fields = [("kind", kind), ("version", version), ("what", what)];
    lead.post("/rules/lists/decide", &fields).await
}

async fn bring(lead: &Browser, kind: &str, from: &str, text: &str) {
    let page = look(lead, kind, from, text).await;
    let version = page.field("version");
    decide(lead, kind, &version, "hold").await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_list_is_looked_at_taken_in_and_taken_back() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    biller.get("/rules/lists").await.is(StatusCode::FORBIDDEN);
    lead.get("/rules/lists").await.shows(&["ICD-10-CM diagnoses", "Not configured"]);
    // A wrong file is told at its field; what was chosen beside it stays chosen.
    for (kind, text, told) in [
        (
            "icd10",
            "no list\n",
            "No line of it reads as ICD-10-CM diagnoses. Line 1: no order number",
        ),
        ("hcpcs", "no list\n", "No line of it reads as HCPCS Level II."),
        ("rarc", "a,b\n", "No column is called description"),
    ] {
        let fields = [("kind", kind), ("from", "2025-10-01")];
        let page = lead.upload("/rules/lists", &fields, ("file", "list.txt", text)).await;
        page.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&[
            "aria-describedby=\"file-fault\"",
            told,
            &format!("<option value=\"{kind}\" selected>"),
            "value=\"2025-10-01\"",
        ]);
    }
    let fields = [("kind", "icd10"), ("from", "")];
    let page = lead.upload("/rules/lists", &fields, ("file", "list.txt", "x")).await;
    page.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["id=\"from-fault\""]);
    let first = diagnoses(&[("X001", "Made-up one"), ("X002", "Made-up <two>"), ("X003", "Three")]);
    let page = look(&lead, "icd10", "2025-10-01", &(first + "odd line\n")).await;
    page.is(StatusCode::OK).shows(&[
        "3 new, 0 changed, 0 ended, 0 as before; 1 line could not be read",
        "Made-up &#60;two&#62;",
        "no order number of five digits",
        "list.txt",
        "waits for a decision",
    ]);
    lead.get("/rules/lists").await.shows(&["Not configured"]);
    decide(&lead, "icd10", "1", "hold").await.is(StatusCode::SEE_OTHER);
    lead.get("/rules/lists").await.shows(&["version 1 from Oct 1, 2025: 3 entries"]);
    let second = diagnoses(&[("X001", "Made-up one"), ("X002", "Another"), ("X004", "Four")]);
    look(&lead, "icd10", "2026-02-01", &second).await.shows(&[
        "1 new, 1 changed, 1 ended, 1 as before; 0 lines",
        "Compared with version 1 from Oct 1, 2025",
        "Another",
    ]);
    // Somebody lets another one hold meanwhile.
    bring(&lead, "icd10", "2026-01-01", &second).await;
    let late = decide(&lead, "icd10", "2", "hold").await;
    late.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Another version came into effect"]);
    lead.get("/rules/lists").await.shows(&["version 3 from Jan 1, 2026"]);
    decide(&lead, "icd10", "3", "discard").await.is(StatusCode::UNPROCESSABLE_ENTITY);
    decide(&lead, "icd10", "3", "back").await.is(StatusCode::SEE_OTHER);
    lead.get("/rules/lists").await.shows(&["version 1 from Oct 1, 2025", "withdrawn"]);
    decide(&lead, "icd10", "3", "again").await.is(StatusCode::SEE_OTHER);
    decide(&lead, "icd10", "3", "again").await.is(StatusCode::UNPROCESSABLE_ENTITY);
    lead.get("/rules/lists?q=another").await.shows(&["X002", "version 3 from Jan 1, 2026"]);
    lead.get("/rules/lists?q=x00.4").await.shows(&["Four"]).hides(&["Another"]);
    lead.get("/rules/lists?q=nowhere").await.shows(&["Nothing in the lists"]);
    let auditor = clinic.person(Role::Auditor).await;
    auditor.get("/journal").await.shows(&["ICD-10-CM diagnoses</a>", "version 1 of"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn the_first_day_is_asked_and_the_confirmation_is_on_top() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    lead.get("/rules/lists").await.shows(&["name=\"from\" value=\"\""]);
    let text = "Code,Description\n99214,Made-up visit\n";
    let send = async |name: &'static str| {
        let fields = [("kind", "hcpcs"), ("from", "")];
        lead.upload("/rules/lists", &fields, ("file", name, text)).await
    };
    send("list.csv").await.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["id=\"from-fault\""]);
    let sent = send("HCPC2026_JAN_ANWEB.csv").await;
    lead.get(&sent.is(StatusCode::SEE_OTHER).location()).await.shows(&["from Jan 1, 2026"]);
    let done = decide(&lead, "hcpcs", "1", "hold").await;
    assert_eq!(done.location(), "/rules/lists?done=hold", "not below what it says");
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_bundled_case_shows_its_codes_in_words_and_the_edits_of_its_claim() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let two = "~LX*2~SV1*HC:99213:25*40*UN*3***1~DTP*472*D8*20260210~REF*6R*A-1-2~SE*";
    let billed = bill("A-1", "MADEUP", 90).replace("\n", "").replace("CLM*A-1*90*", "CLM*A-1*130*");
    take(&lead, "a.837", &billed.replace("~SE*", two)).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*97*90")])).await;
    let case = lead.find("A-1").await;
    lead.get(&case).await.shows(&[
        "no ICD-10-CM diagnoses list holds on Feb 10, 2026",
        "NCCI PTP edits, practitioner: not configured for Feb 10, 2026",
        "NCCI MUE, practitioner: not configured for Feb 10, 2026",
    ]);
    bring(&lead, "icd10", "2025-10-01", &diagnoses(&[("R69", "Made-up diagnosis")])).await;
    bring(&lead, "hcpcs", "2026-01-01", "Code,Description\n99214,Made-up visit\n").await;
    bring(&lead, "ptp", "2026-01-01", PAIRS).await;
    bring(&lead, "mue", "2026-01-01", UNITS).await;
    lead.get(&case).await.shows(&[
        "Made-up diagnosis",
        "ICD-10-CM diagnoses, version 1 from Oct 1, 2025",
        "Made-up visit",
        "CPT: the AMA licenses its texts",
        "99213/99214: modifier allowed (1)",
        "Column 1: line 2, with 25. Column 2, which is not paid beside it: line 1, without",
        "NCCI PTP edits, practitioner, version 1 from Jan 1, 2026",
        "99213: 3 units, at most 2 a day, clinical (3)",
        "Made-up, units",
    ]);
    lead.get("/rules/lists?q=99213/99214").await.shows(&["modifier allowed (1)"]).hides(&["99215"]);
    decide(&lead, "ptp", "1", "back").await.is(StatusCode::SEE_OTHER);
    lead.get(&case)
        .await
        .shows(&["practitioner: not configured for Feb 10"])
        .hides(&["99213/99214"]);
    // Who may not see the claim as billed sees no diagnosis.
    take(&lead, "b.835", &era("T2", &[denied("A-2", 90, "CO*16*90")])).await;
    let other = lead.find("A-2").await;
    lead.get(&other).await.hides(&["id=\"ncci\""]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn lists_come_by_command_too_and_what_was_altered_is_found() {
    let clinic = TestClinic::open().await;
    let folder = tempfile::tempdir().expect("a folder");
    let from: Option<Date> = "2026-01-01".parse().ok();
    let import = async |kind: &str, text: &str, dry_run: bool| {
        let file = folder.path().join(format!("{kind}.txt"));
        std::fs::write(&file, text).expect("written");
        let from = from.filter(|_| kind != "carc");
        let wanted =
            Importing { kind: kind.to_owned(), files: vec![file], from, dry_run, force: false };
        let code = code_import::run(clinic.office(), wanted).await.expect("run");
        format!("{code:?}").contains("(0)")
    };
    assert!(import("ptp", PAIRS, true).await);
    let mut tx = clinic.office().read().await.expect("a look");
    assert_eq!(tx.code_lists().await.expect("read"), [], "it was only tried");
    drop(tx);
    assert!(!import("ptp", "nothing\n", false).await);
    assert!(import("ptp", PAIRS, false).await);
    assert!(import("carc", "Code,Description\n9990,Made-up reason\n", false).await);
    let mut tx = clinic.office().read().await.expect("a look");
    let lists = tx.code_lists().await.expect("read");
    assert_eq!((lists.len(), lists[0].entries, lists[0].state.as_str()), (1, 2, "held"));
    let read = code_lists::entries_of(&mut tx, &lists[0], &["99213"]).await.expect("read");
    assert_eq!(
        read.iter().map(code_lists::named).collect::<Vec<_>>(),
        ["99213/99214", "99213/99215"]
    );
    drop(tx);
    code_import::list(clinic.office()).await.expect("listed");
    clinic.is_proven().await;
    let forged = CodeBlock { part: "99214".into(), digest: "x".into(), body: "forged".into() };
    let mut tx = clinic.office().write().await.expect("a turn");
    tx.keep_code_parts(ListKind::Ptp, 1, vec![forged]).await.expect("written");
    tx.commit().await.expect("committed");
    let difference = verify::verify(clinic.office()).await.expect_err("it differs");
    assert!(difference.to_string().contains("lists/ptp, version 1"), "{difference:#}");
}

#[tokio::test]
async fn the_command_saves_no_list_of_which_lines_could_not_be_read() {
    let clinic = TestClinic::open().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("units.csv");
    let text = "99991,1,3 Date,Made-up\n99992,2,1 Line,\"open\n99993,3,1 Line,Made-up\n";
    std::fs::write(&file, text).expect("written");
    let wanted = |force| Importing {
        kind: "mue".to_owned(),
        files: vec![file.clone()],
        from: "2026-01-01".parse().ok(),
        dry_run: false,
        force,
    };
    for (force, expected) in [(false, vec![]), (true, vec![(2, "held".to_owned())])] {
        code_import::run(clinic.office(), wanted(force)).await.expect("read");
        let lists = clinic.office().read().await.expect("a look").code_lists().await;
        let lists: Vec<(i64, String)> =
            lists.expect("read").into_iter().map(|one| (one.entries, one.state)).collect();
        assert_eq!(lists, expected);
    }
    clinic.is_proven().await;
}

#[tokio::test]
async fn the_command_asks_for_the_first_day_where_no_name_says_it() {
    let clinic = TestClinic::open().await;
    let folder = tempfile::tempdir().expect("a folder");
    let run = async |kind: &str, name: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, "nothing\n").expect("written");
        let (kind, files) = (kind.to_owned(), vec![file]);
        let wanted = Importing { kind, files, from: None, dry_run: true, force: false };
        code_import::run(clinic.office(), wanted).await.map_err(|why| why.to_string())
    };
    for (kind, name) in [("mue", "units.csv"), ("hcpcs", "plain.txt")] {
        let told = run(kind, name).await.expect_err("no day");
        assert!(told.contains("--from"), "{told}");
    }
    // The publisher's own name says it; that this is no such list is told as ever.
    run("hcpcs", "HCPC2026_JAN_ANWEB.txt").await.expect("a day");
}
