//! Paper keyed in with its checks, and files that come by folder.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{TestClinic, denied, era};
use super::keyed::ticks;
use crate::inbox;

const LETTER: [(&str, &str); 10] = [
    ("source", "paper"),
    ("payer", "STANDIN HEALTH"),
    ("trace", "CHK 9001"),
    ("paid_on", "2026-02-20"),
    ("number", "P-17"),
    ("control", "PAYER17"),
    ("procedure_1", "99214-25"),
    ("charge_1", "250"),
    ("adjustments_1", "CO-197 230, PR-3 20"),
    ("remarks_1", "N54"),
];

#[tokio::test]
async fn a_letter_is_checked_then_saved_with_its_scan() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    biller.get("/keyed").await.is(StatusCode::OK).shows(&["Check it"]);
    let mut step = LETTER.to_vec();
    step.push(("step", "check"));
    let scan = ("file", "letter.pdf", "%PDF synthetic scan");
    let checked = biller.upload("/keyed", &step, scan).await;
    checked.is(StatusCode::OK).shows(&[
        "adds up",
        "Charge $250.00, paid $0.00",
        "CO-197",
        "The scan is kept",
        "value=\"P-17\"",
    ]);
    let kept = checked.field("scan");
    assert_eq!(kept.len(), 64);
    let ticks = ticks(&checked);
    let mut save = LETTER.to_vec();
    save.extend([("step", "save"), ("scan", kept.as_str())]);
    save.extend(ticks.iter().map(|tick| (tick.as_str(), "yes")));
    let saved = biller.upload("/keyed", &save, ("file", "", "")).await;
    let remittance = saved.is(StatusCode::SEE_OTHER).location().replace("?done=keyed", "");
    let page = biller.get(&remittance).await;
    page.is(StatusCode::OK).shows(&["CHK 9001", "paper", "Keyed in", "Test ada", "/scan"]);
    let given = biller.get(&format!("{remittance}/scan")).await;
    assert_eq!(given.is(StatusCode::OK).text, "%PDF synthetic scan");
    let case = biller.find("P-17").await;
    biller.get(&case).await.shows(&["(paper)", "CO-197", "$230.00", "Authorization"]);
    let claim = biller.get(&format!("{remittance}/claims/0")).await;
    claim.is(StatusCode::OK).shows(&["Keyed in by hand", "99214-25"]);

    let again = biller.upload("/keyed", &save, ("file", "", "")).await;
    assert_eq!(again.location(), saved.location(), "the same paper counts once");
    let known = biller.upload("/keyed", &step, ("file", "", "")).await;
    known.shows(&["Answered before", "with trace CHK 9001 answers this claim in the same way"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_does_not_add_up_is_said_before_it_is_saved() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let mut short = LETTER.to_vec();
    short[8] = ("adjustments_1", "CO-197 200");
    short.push(("step", "check"));
    let told = biller.upload("/keyed", &short, ("file", "", "")).await;
    told.is(StatusCode::OK).shows(&["the parts come to $50.00, the payer states $0.00"]);
    let mut odd = LETTER.to_vec();
    odd[7] = ("charge_1", "many");
    odd[3] = ("paid_on", "2026-04-01");
    let ticks = ticks(&told);
    odd.push(("step", "save"));
    let told = biller.upload("/keyed", &odd, ("file", "", "")).await;
    told.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&[
        "the charge of line 1 as an amount",
        "has not come yet",
        "value=\"many\"",
    ]);
    short.pop();
    short.push(("step", "save"));
    short.extend(ticks.iter().map(|tick| (tick.as_str(), "yes")));
    biller.upload("/keyed", &short, ("file", "", "")).await.is(StatusCode::SEE_OTHER);
    let case = biller.find("P-17").await;
    biller.get(&case).await.shows(&["quarantined"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_folder_is_emptied_into_taken_and_unreadable() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let folder = clinic.office().folder.join("inbox");
    std::fs::create_dir_all(&folder).expect("a folder");
    let files = [("a.835", era("T1", &[denied("A-1", 90, "CO*16*90")])), ("b.txt", "hello".into())];
    for (name, text) in &files {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("written");
        inbox::take_afresh(clinic.office(), &folder, &path).await.expect("taken");
        assert!(!path.exists());
    }
    let report = |path: &str| std::fs::read_to_string(folder.join(path)).expect("a report");
    assert!(report("taken/a.835.report.txt").contains("1 × 835 taken"));
    assert!(report("unreadable/b.txt.report.txt").contains("no X12 in it"));
    assert!(folder.join("taken/a.835").exists());
    biller.find("A-1").await;
    let files = biller.get("/files").await;
    files.shows(&["a.835", "Reclaim"]);
    clinic.is_proven().await;
}

/// A full or broken disk is not the file's fault: it stays where it is until there is room.
#[tokio::test]
async fn a_file_that_cannot_be_kept_stays_in_its_folder() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let folder = clinic.office().folder.join("inbox");
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("a.835");
    std::fs::write(&path, era("T1", &[denied("A-1", 90, "CO*16*90")])).expect("written");
    let (kept, away) =
        (clinic.office().folder.join("documents"), clinic.office().folder.join("away"));
    std::fs::rename(&kept, &away).expect("out of the way");
    inbox::take_afresh(clinic.office(), &folder, &path)
        .await
        .expect_err("there is no place for it");
    assert!(path.exists() && !folder.join("unreadable").exists());
    std::fs::rename(&away, &kept).expect("back");
    inbox::take_afresh(clinic.office(), &folder, &path).await.expect("taken");
    assert!(!path.exists());
    biller.find("A-1").await;
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_file_without_x12_is_told_and_a_form_without_a_file_too() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let odd = biller.upload("/upload", &[], ("files", "notes.txt", "hello")).await;
    odd.is(StatusCode::OK).shows(&["There is no X12 in it", "notes.txt"]);
    let none = biller.upload("/upload", &[], ("files", "", "")).await;
    none.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["No file came along"]);
    clinic.is_proven().await;
}
