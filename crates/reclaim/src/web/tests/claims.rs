//! A claim as it was billed, paid and answered, and the ways that lead to it.

use axum::http::StatusCode;
use denial::codes::ClaimNumber;
use denial::person::Role;

use super::clinic::{TestClinic, bill, denied, enveloped, era, take};
use crate::identity;

/// A 999 that refuses the one transaction that [`bill`] sends; `context` names a claim, or nothing.
fn refused(context: &[&str]) -> String {
    let mut segments = vec!["ST*999*0001*005010X231A1", "AK1*HC*1*005010X222A1"];
    segments.extend(["AK2*837*0001*005010X222A1", "IK3*CLM*18*2300*8"]);
    segments.extend(context);
    segments.extend(["IK4*2*782*1", "IK5*R*5", "AK9*R*1*1*0"]);
    let mut segments: Vec<String> = segments.into_iter().map(str::to_owned).collect();
    segments.push(format!("SE*{}*0001", segments.len() + 1));
    enveloped("FA", "005010X231A1", &segments)
}

fn address(number: &str) -> String {
    format!("/claims/{}", identity::claim(&ClaimNumber::new(number)))
}

#[tokio::test]
async fn a_claim_shows_its_versions_payments_answers_and_cases() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "first.837", &bill("A-1", "MADEUP", 90)).await;
    let again = bill("A-1", "MADEUP", 95).replace("11:B:1", "11:B:7");
    take(&biller, "second.837", &again.replace("20260301", "20260302")).await;
    take(&biller, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    let case = biller.find("A-1").await;
    let href = address("A-1");
    biller.get(&case).await.shows(&[&format!("href=\"{href}\"")]);
    let page = biller.get(&href).await;
    page.is(StatusCode::OK).shows(&[
        "Claim A-1",
        "MADEUP, PAT",
        "Mar 1, 2026 · 1 · original · $90.00",
        "Mar 2, 2026 · 7 · replacement · $95.00",
        "first.837",
        "second.837",
        "99214",
        "CLP*A-1*1*90*0",
        "exact match",
        "Trace T1",
        &format!("href=\"{case}\""),
    ]);
    assert!(page.text.find("second.837") < page.text.find("first.837"), "the latest first");
    let auditor = clinic.person(Role::Auditor).await;
    auditor.get("/journal?book=views").await.shows(&["Opened a claim"]);
    auditor.get(&href).await.is(StatusCode::OK);
    let coder = clinic.person(Role::CertifiedCoder).await;
    let own = coder.get(&href).await;
    own.is(StatusCode::OK).shows(&["$95.00"]).hides(&["href=\"/files/", &format!("href=\"{case}")]);
    clinic.person(Role::FrontDesk).await.get(&href).await.is(StatusCode::FORBIDDEN);
    biller.get("/claims/clm_00000000000000000000000000").await.is(StatusCode::NOT_FOUND);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_claim_without_case_is_found_by_its_number() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let front = clinic.person(Role::FrontDesk).await;
    take(&biller, "a.837", &bill("B-7", "INVENTED", 310)).await;
    let link = format!("href=\"{}\"", address("B-7"));
    let found = biller.post("/find", &[("sought", "B-7")]).await;
    found.shows(&["No case was found", &link]);
    front.post("/find", &[("sought", "B-7")]).await.hides(&[&link]);
    biller.post("/find", &[("sought", "B-8")]).await.hides(&["href=\"/claims/"]);
}

#[tokio::test]
async fn a_999_that_names_a_claim_leads_to_it() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.999", &refused(&["CTX*CLM01:B-7"])).await;
    biller.get("/rejections").await.shows(&["Transaction, by 999"]).hides(&["claim B-7"]);
    take(&biller, "a.837", &bill("B-7", "INVENTED", 310)).await;
    take(&biller, "b.837", &bill("B-8", "INVENTED", 310)).await;
    let page = biller.get("/rejections").await;
    page.shows(&["claim B-7", &address("B-7")]).hides(&["claim B-8"]);
    biller.get(&address("B-7")).await.shows(&["999 rejected"]);
    biller.get(&address("B-8")).await.hides(&["999 rejected"]);
}

#[tokio::test]
async fn a_refused_transaction_is_traced_to_the_one_file_with_its_numbers() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.837", &bill("B-7", "INVENTED", 310)).await;
    take(&biller, "a.999", &refused(&[])).await;
    let page = biller.get("/rejections").await;
    page.shows(&["claim B-7", &address("B-7"), "the file that was sent"]);
    biller.get(&address("B-7")).await.shows(&["999 rejected"]);
    // Another file under the same numbers: nothing tells which of them was refused.
    take(&biller, "b.837", &bill("B-8", "INVENTED", 310)).await;
    biller.get("/rejections").await.hides(&["claim B-7", "claim B-8"]);
    biller.get(&address("B-7")).await.hides(&["999 rejected"]);
}
