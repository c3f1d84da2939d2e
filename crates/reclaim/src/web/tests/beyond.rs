//! Peer-to-peer conversations, and ways outside the payer with the facts that open them.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{TestClinic, bill, denied, era_on, take};

#[tokio::test]
async fn a_conversation_is_told_until_it_ended_and_facts_open_a_way() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    take(&biller, "a.837", &bill("A-1", "MADEUP", 90)).await;
    take(&biller, "a.835", &era_on("T1", "20260301", &[denied("A-1", 90, "CO*50*90")])).await;
    let case = biller.find("A-1").await;
    let page = format!("{case}/beyond");
    biller.get(&case).await.shows(&["Peer-to-peer and ways outside the payer"]);
    biller.get(&page).await.is(StatusCode::OK).shows(&[
        "None was asked for",
        "Independent dispute resolution",
        "not known yet",
        "Not configured",
    ]);
    let thin = [("step", "peer"), ("asked_on", "2026-03-02"), ("outcome", "open")];
    let refused = biller.post(&page, &thin).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Say who speaks for us"]);
    let asked = [
        ("step", "peer"),
        ("asked_on", "2026-03-02"),
        ("window_ends", "2026-03-09"),
        ("provider", "Dr. Sample"),
        ("outcome", "open"),
    ];
    biller.post(&page, &asked).await.is(StatusCode::SEE_OTHER);
    biller.get(&page).await.shows(&["Dr. Sample", "open until March 9, 2026"]);
    let ended = [
        ("step", "peer"),
        ("n", "1"),
        ("asked_on", "2026-03-02"),
        ("provider", "Dr. Sample"),
        ("reviewer", "Dr. Payer"),
        ("held_on", "2026-03-03"),
        ("said", "The imaging was not in the file; it is now."),
        ("outcome", "upheld"),
    ];
    biller.post(&page, &ended).await.is(StatusCode::SEE_OTHER);
    biller.get(&page).await.shows(&["Upheld", "imaging", "Dr. Payer"]);

    let dateless = [("step", "fact"), ("fact", "negotiated"), ("holds", "yes")];
    let refused = biller.post(&page, &dateless).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["since which day"]);
    for fact in ["out_of_network", "protected_service", "no_cooling_off"] {
        let told = [("step", "fact"), ("fact", fact), ("holds", "yes")];
        biller.post(&page, &told).await.is(StatusCode::SEE_OTHER);
    }
    let told = [("step", "fact"), ("fact", "negotiated"), ("holds", "yes"), ("on", "2026-03-02")];
    biller.post(&page, &told).await.is(StatusCode::SEE_OTHER);
    biller.get(&page).await.shows(&["Mar 6, 2026"]);
    let auditor = clinic.person(Role::Auditor).await;
    auditor.get(&page).await.is(StatusCode::OK);
    auditor.post(&page, &told).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    clinic.is_proven().await;
}
