//! The search: by numbers, by patient, by what was written; within one's own reach.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{PaidClaim, TestClinic, denied, era, take};

#[tokio::test]
async fn a_case_is_found_by_whatever_somebody_says() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let other = PaidClaim { family: "O'SAMPLE", ..denied("B-22", 50, "CO*27*50") };
    let claims = [denied("A-1", 100, "CO*197*100"), other];
    take(&lead, "a.835", &era("T1", &claims)).await;
    let [one, second] = [lead.find("A-1").await, lead.find("B-22").await];
    for sought in ["osample", "O'Samp PAT", "mb-22", "MB22", "b-22", "o'sample mb22"] {
        let answer = lead.post("/find", &[("sought", sought)]).await;
        assert_eq!(answer.location(), second, "{sought}");
    }
    let found = lead.post("/find", &[("sought", "pat")]).await;
    found.shows(&["A-1", "B-22", "Patient", "M••• P•••", "value=\"pat\""]).hides(&["MADEUP"]);
    lead.post("/find", &[("sought", "madeup mb22")]).await.shows(&["No case was found"]);
    lead.post("/find", &[("sought", " . ")]).await.shows(&["No case was found"]);
    let told = [("text", "Rang Éva at the plan about the referral")];
    lead.act(&one, "note", &told).await.is(StatusCode::SEE_OTHER);
    let answer = lead.post("/find", &[("sought", "referr éva")]).await;
    assert_eq!(answer.location(), one);
    // The front desk owns the second, the coder neither.
    let desk = clinic.person(Role::FrontDesk).await;
    assert_eq!(desk.post("/find", &[("sought", "pat")]).await.location(), second);
    let coder = clinic.person(Role::CertifiedCoder).await;
    coder.post("/find", &[("sought", "pat")]).await.shows(&["No case was found"]);
    coder.get("/find").await.is(StatusCode::METHOD_NOT_ALLOWED);
    clinic.is_proven().await;
}
