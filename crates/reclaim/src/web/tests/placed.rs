//! An outsourcer's person sees the cases placed with them by name, and nothing else.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{TestClinic, denied, era, take};

#[tokio::test]
async fn an_outsourcer_works_what_is_placed_with_them_and_sees_nothing_else() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let vendor = clinic.named("vera", Role::Vendor).await;
    let other = clinic.named("otto", Role::Vendor).await;
    let claims = [denied("A-1", 90, "CO*16*90"), denied("A-2", 50, "CO*16*50")];
    take(&lead, "a.835", &era("T1", &claims)).await;
    let (placed, kept) = (lead.find("A-1").await, lead.find("A-2").await);
    vendor.get("/queue").await.is(StatusCode::OK).hides(&["A-1", "A-2"]);
    let home = vendor.get("/").await;
    home.shows(&["No case is placed with you yet", "Ask your billing supervisor, Test lead,"]);
    home.hides(&["New denials appear here"]);
    vendor.get(&placed).await.is(StatusCode::FORBIDDEN);

    let nobody = lead.act(&placed, "assign", &[("role", "vendor")]).await;
    nobody
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .shows(&["the person or team with whom it is placed"]);
    let vera = crate::identity::person("vera");
    let to = [("role", "vendor"), ("person", vera.as_str())];
    lead.act(&placed, "assign", &to).await.is(StatusCode::SEE_OTHER);

    vendor.get("/queue").await.shows(&["A-1"]).hides(&["A-2"]);
    vendor.get("/").await.hides(&["No case is placed with you yet"]);
    vendor.get("/queue?by=job").await.is(StatusCode::OK).shows(&["1 job of 1 case"]);
    vendor.get(&placed).await.is(StatusCode::OK).hides(&["A-2"]);
    vendor.act(&placed, "note", &[("text", "on it")]).await.is(StatusCode::SEE_OTHER);
    vendor.post("/find", &[("sought", "A-2")]).await.hides(&["/cases/"]);
    vendor.get(&kept).await.is(StatusCode::FORBIDDEN);
    other.get("/queue").await.hides(&["A-1", "A-2"]);
    other.get(&placed).await.is(StatusCode::FORBIDDEN);
    for closed in ["/queue.csv", "/remittances", "/matches", "/rules", "/journal", "/people"] {
        vendor.get(closed).await.is(StatusCode::FORBIDDEN);
    }
    let back = [("role", "billing_specialist")];
    lead.act(&placed, "assign", &back).await.is(StatusCode::SEE_OTHER);
    vendor.get(&placed).await.is(StatusCode::FORBIDDEN);
    clinic.is_proven().await;
}
