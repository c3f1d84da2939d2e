//! The cadence of what comes in: a payer that stays out is alarmed, a batch is reviewed in time.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{TestClinic, denied, era_on, take};
use crate::unanswered;

#[tokio::test]
async fn what_does_not_come_and_what_nobody_reviewed_is_alarmed() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    take(&lead, "first.835", &era_on("T0", "20251229", &[denied("A-0", 90, "CO*16*90")])).await;
    unanswered::look(clinic.office()).await.expect("looked");
    lead.get("/intake").await.shows(&["STANDIN HEALTH", "too few remittances to learn from"]);
    for week in 1..=8 {
        let (month, day) = if week < 5 { (1, week * 7 - 2) } else { (2, week * 7 - 33) };
        let number: &'static str = Box::leak(format!("A-{week}").into_boxed_str());
        let paid = era_on(
            &format!("T{week}"),
            &format!("2026{month:02}{day:02}"),
            &[denied(number, 90, "CO*16*90")],
        );
        take(&lead, &format!("{week}.835"), &paid).await;
    }
    clinic.person(Role::Poster).await;
    clinic.later("2026-03-20T12:00:00Z");
    unanswered::look(clinic.office()).await.expect("looked");
    let mut poster = clinic.stranger();
    poster.sign_in(Role::Poster.as_str(), super::clinic::PASSWORD).await;
    let home = poster.get("/").await;
    home.shows(&["Missing remittances", "Reviews that are late"]);
    assert!(
        home.text.contains("href=\"/intake?show=missing\" data-rows=\"1\""),
        "one payer stays out"
    );
    assert!(
        home.text.contains("href=\"/intake?show=late\" data-rows=\"9\""),
        "nine were not reviewed"
    );
    poster.get("/intake?show=late").await.shows(&["name=\"show\" value=\"late\""]);
    let page = poster.get("/intake").await;
    page.is(StatusCode::OK).shows(&["1 of the payers", "nine in ten within 7", "(n = 8)", "late"]);
    let href = super::clinic::link(&poster, "/intake", "/remittances/").await;
    let id = href["/remittances/".len()..].to_owned();
    let reviewed = poster.post("/intake", &[("remittance", &id), ("show", "late")]).await;
    assert_eq!(reviewed.is(StatusCode::SEE_OTHER).location(), "/intake?done=1&show=late");
    poster.get("/intake").await.hides(&[&id]);
    poster.get("/digest").await.shows(&["Missing remittances", "Reviews that are late"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_rhythm_that_is_configured_holds_for_a_payer_that_only_its_id_tells() {
    let mut clinic = TestClinic::open().await;
    let text = "name = \"Another Name\"\nids = [\"H1234\"]\n[remittances]\nevery_days = 7\n";
    clinic.with_file("payers/another.toml", text).await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let paid = era_on("T0", "20260225", &[denied("A-0", 90, "CO*16*90")]);
    let paid = paid.replace("N1*PR*STANDIN HEALTH", "N1*PR*STANDIN HEALTH*XV*H1234");
    take(&lead, "a.835", &paid).await;
    unanswered::look(clinic.office()).await.expect("looked");
    lead.get("/intake").await.shows(&["every 7 days (payers/another.toml)"]);
    clinic.is_proven().await;
}
