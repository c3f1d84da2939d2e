//! Records past their time: listed, held, taken out where nothing needs them.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Browser, Line, PaidClaim, TestClinic, bill, denied, era, take};
use crate::practice::Office;
use crate::{backup, retention, verify};

/// A case that was worked to its end in 2026, with a document, seven years and more ago.
async fn old_case() -> (TestClinic, Browser, String, String) {
    old_case_among(&[]).await
}

/// The same with other files of that time.
async fn old_case_among(others: &[(&str, String)]) -> (TestClinic, Browser, String, String) {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    take(&lead, "a.837", &bill("A-1", "MADEUP", 90)).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*197*90")])).await;
    for (name, text) in others {
        take(&lead, name, text).await;
    }
    let case = lead.find("A-1").await;
    let version = lead.get(&case).await.field("version");
    let fields = [("version", version.as_str()), ("what", "letter")];
    let file = ("file", "letter.txt", "synthetic letter");
    lead.upload(&format!("{case}/documents"), &fields, file).await.is(StatusCode::SEE_OTHER);
    let text = lead.get(&case).await.text;
    let beginning = format!("{case}/documents/");
    let mut links = text.split("href=\"").filter_map(|rest| rest.split('"').next());
    let document = links.find(|href| href.starts_with(&beginning)).expect("a link");
    let document = document.to_owned();
    let posted = [("kind", "payer_payment"), ("amount", "90.00")];
    lead.act(&case, "review", &[]).await;
    lead.act(&case, "overturn", &[("amount", "90.00")]).await;
    lead.act(&case, "post", &posted).await;
    lead.get(&case).await.shows(&["Closed"]);
    clinic.later("2034-03-04T12:00:00Z");
    let mut lead = clinic.stranger();
    lead.sign_in("lead", super::clinic::PASSWORD).await;
    (clinic, lead, case, document)
}

/// The office under a practice that keeps its records for so many years.
async fn keeping(clinic: &TestClinic, lead: &Browser, years: u16) -> Office {
    let shipped = include_str!("../../../../../data/desk.toml");
    let text = shipped.replace("# keep_years = 10", &format!("keep_years = {years}"));
    let fields = [
        ("path", "desk.toml"),
        ("text", text.as_str()),
        ("why", "counsel says so"),
        ("read", "0"),
        ("what", "save"),
        ("number", ""),
    ];
    lead.post("/rules/edit", &fields).await.is(StatusCode::SEE_OTHER);
    clinic.office().afresh().await.expect("read")
}

async fn kept(office: &Office) -> usize {
    let mut tx = office.read().await.expect("a look");
    let hashes = tx.kept_bytes().await.expect("read");
    hashes.iter().filter(|one| office.documents.path(&one.hash).exists()).count()
}

#[tokio::test]
async fn nothing_is_past_its_time_until_a_practice_says_how_long() {
    let (clinic, lead, ..) = old_case().await;
    retention::run(clinic.office(), None).await.expect("listed");
    retention::run(clinic.office(), Some("old")).await.expect("told");
    assert_eq!(kept(clinic.office()).await, 3);
    let office = keeping(&clinic, &lead, 10).await;
    retention::run(&office, Some("old")).await.expect("told");
    assert_eq!(kept(&office).await, 3, "eight years are not ten");
    clinic.is_proven().await;
}

#[tokio::test]
async fn past_its_time_bytes_go_rows_stay_and_everything_still_proves() {
    let (clinic, lead, case, document) = old_case().await;
    let office = keeping(&clinic, &lead, 7).await;
    retention::run(&office, None).await.expect("listed");
    assert_eq!(kept(&office).await, 3, "listing takes nothing out");
    assert!(retention::run(&office, Some(" ")).await.is_err(), "a reason is asked for");
    retention::run(&office, Some("seven years are over")).await.expect("taken out");
    assert_eq!(kept(&office).await, 0);
    let gone = office.read().await.expect("a look").all_purged().await.expect("read");
    assert_eq!(gone.len(), 3);
    assert!(gone.iter().all(|hash| !office.documents.path(hash).exists()));
    lead.get(&case).await.is(StatusCode::OK).shows(&["MADEUP", "A-1", "Closed"]);
    let refused = lead.get(&document).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["taken out on Mar 4, 2034"]);
    let manager = clinic.named("boss", Role::Manager).await;
    let journal = manager.get("/journal?kind=retention.purged").await;
    journal.is(StatusCode::OK).shows(&["seven years are over"]);
    clinic.is_proven().await;
    verify::on(&office).await.expect("proves on");
    // A backup goes without the bytes, and the same file is not taken again.
    let folder = tempfile::tempdir().expect("a folder");
    backup::run(&office, &folder.path().join("all.bak")).await.expect("a copy");
    take(&lead, "again.835", &era("T1", &[denied("A-1", 90, "CO*197*90")])).await;
    lead.get("/queue").await.hides(&["A-1"]);
    assert!(gone.iter().all(|hash| !office.documents.path(hash).exists()), "nor its bytes kept");
    // What a backup from before brought back goes again.
    let path = office.documents.path(&gone[0]);
    std::fs::write(&path, "from a backup").expect("written");
    retention::run(&office, Some("again")).await.expect("removed");
    assert!(!path.exists());
    clinic.is_proven().await;
}

#[tokio::test]
async fn bytes_that_come_in_while_a_purge_removes_them_stay() {
    let (clinic, lead, ..) = old_case().await;
    let office = keeping(&clinic, &lead, 7).await;
    let mut tx = office.read().await.expect("a look");
    let hashes = tx.document_hashes().await.expect("read");
    drop(tx);
    let letter = hashes.iter().map(|(hash, _)| hash.clone());
    let [letter] = letter.collect::<Vec<_>>().try_into().expect("one document");
    // Somebody brings the same letter: its bytes lie there, and its row is not written yet.
    let arriving = office.documents.arriving().expect("a door");
    let brings = async {
        while office.read().await.expect("a look").purged_at(&letter).await.expect("read").is_none()
        {
            tokio::task::yield_now().await;
        }
        assert!(office.documents.path(&letter).exists());
        let mut tx = office.write().await.expect("a turn");
        let mut row = tx.document(&letter).await.expect("read").expect("there");
        row.taken_at = "2034-03-04T12:00:00Z".to_owned();
        tx.keep_document(&row).await.expect("kept");
        tx.commit().await.expect("durable");
        drop(arriving);
    };
    let (done, ()) = tokio::join!(retention::run(&office, Some("seven years are over")), brings);
    done.expect("taken out");
    assert!(office.documents.path(&letter).exists());
    assert_eq!(kept(&office).await, 1, "the letter alone");
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_hold_on_a_patient_holds_the_files_of_claims_that_were_never_denied() {
    let paid = PaidClaim {
        lines: vec![Line { code: "99214", charge: 40, paid: 40, adjustments: &[], remarks: &[] }],
        ..denied("E-9", 40, "CO*45*0")
    };
    let others = [
        ("c.837", bill("C-7", "MADEUP", 80)),
        ("d.837", bill("D-8", "OTHERLY", 70).replace("MI*M1~", "MI*M2~")),
        ("e.835", era("T8", &[paid]).replace("MI*ME-9~", "MI*M1~")),
    ];
    let (clinic, lead, case, _) = old_case_among(&others).await;
    let office = keeping(&clinic, &lead, 7).await;
    let fields = [("scope", "patient"), ("why", "a subpoena")];
    lead.post(&format!("{case}/hold"), &fields).await.is(StatusCode::SEE_OTHER);
    assert_eq!(kept(&office).await, 6);
    retention::run(&office, Some("old")).await.expect("told");
    assert_eq!(kept(&office).await, 5, "the other patient's bill alone went");
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_somebody_holds_or_an_open_case_needs_stays() {
    let (clinic, lead, case, _) = old_case().await;
    let manager = clinic.named("boss", Role::Manager).await;
    let office = keeping(&clinic, &lead, 7).await;
    let place = format!("{case}/hold");
    let lift = format!("{case}/hold/lift");
    lead.get(&case).await.shows(&["Legal hold", "Place a hold"]).hides(&["Lift it"]);
    let mute = lead.post(&place, &[("scope", "case"), ("why", "")]).await;
    mute.is(StatusCode::UNPROCESSABLE_ENTITY);
    let odd = lead.post(&place, &[("scope", "world"), ("why", "x")]).await;
    odd.is(StatusCode::UNPROCESSABLE_ENTITY);
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    biller.post(&place, &[("scope", "case"), ("why", "x")]).await.is(StatusCode::FORBIDDEN);
    biller.get(&case).await.hides(&["Place a hold"]);
    for scope in ["case", "patient", "practice"] {
        let fields = [("scope", scope), ("why", "a subpoena")];
        lead.post(&place, &fields).await.is(StatusCode::SEE_OTHER);
        let again = lead.post(&place, &fields).await;
        again.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["held already"]);
        let page = biller.get(&case).await;
        page.shows(&["legal hold</span>", "Legal hold on"]);
        let by = manager.get(&case).await;
        by.shows(&["a subpoena"]);
        retention::run(&office, Some("old")).await.expect("told");
        assert_eq!(kept(&office).await, 3, "{scope}");
        let page = manager.get(&case).await;
        let hold = page.field("hold");
        let fields = [("hold", hold.as_str()), ("why", "settled")];
        lead.post(&lift, &fields).await.is(StatusCode::FORBIDDEN);
        manager.post(&lift, &fields).await.is(StatusCode::SEE_OTHER);
        manager.post(&lift, &fields).await.is(StatusCode::NOT_FOUND);
        biller.get(&case).await.hides(&["legal hold</span>"]).shows(&["lifted: settled"]);
    }
    // A case of the same file that is open needs the file of both.
    let both = [denied("B-2", 70, "CO*16*70")];
    take(&lead, "b.835", &era("T2", &both)).await;
    retention::run(&office, Some("old")).await.expect("taken out");
    assert_eq!(kept(&office).await, 1, "the new file alone");
    clinic.is_proven().await;
}
