//! Proof of timely filing as a page and as a sheet that goes with an appeal.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{TestClinic, bill, denied, era_on, link, take};
use super::outbox::told;

#[tokio::test]
async fn what_is_on_record_becomes_a_sheet_that_an_appeal_takes() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    take(&biller, "a.837", &bill("A-1", "MADEUP", 90)).await;
    take(&biller, "a.277", &told("A-1", "B1", "A2:20", "20260302")).await;
    let denied = denied("A-1", 90, "CO*29*90");
    take(&biller, "a.835", &era_on("T1", "20260303", &[denied])).await;
    let case = biller.find("A-1").await;
    biller.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    let page = biller.get(&format!("{case}/filing")).await;
    page.is(StatusCode::OK).shows(&[
        "Proof of timely filing",
        "accepted for adjudication",
        "not configured",
        "SHA-256",
        "Put the sheet with the documents",
    ]);
    let version = page.field("version");
    let put = [("version", version.as_str())];
    biller.post(&format!("{case}/filing"), &put).await.is(StatusCode::SEE_OTHER);
    biller.get(&case).await.shows(&["Proof of timely filing", "received"]);
    let document = link(&biller, &case, &format!("{case}/documents/")).await;
    let sheet = biller.get(&document).await;
    sheet.is(StatusCode::OK);
    assert!(sheet.text.starts_with("%PDF-"), "a PDF");
    clinic.is_proven().await;
}

#[tokio::test]
async fn who_may_not_see_claims_makes_no_sheet() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    let desk = clinic.person(Role::FrontDesk).await;
    take(&biller, "a.835", &era_on("T1", "20260303", &[denied("A-1", 90, "CO*29*90")])).await;
    let case = biller.find("A-1").await;
    desk.get(&format!("{case}/filing")).await.is(StatusCode::FORBIDDEN);
    biller.get(&format!("{case}/filing")).await.shows(&["Nothing that was sent is on record"]);
}
