//! Claims that payers do not answer: late by set or learned days, passed on, followed.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Browser, Line, PaidClaim, TestClinic, bill, era_on, take};
use crate::unanswered;

/// Twenty claims that were answered after a week, so that a usual time is known.
async fn history(lead: &Browser) {
    let numbers: Vec<String> = (0..20).map(|n| format!("H-{n:02}")).collect();
    for number in &numbers {
        let text = bill(leak(number), "MADEUP", 90).replace("20260301", "20260110");
        take(lead, &format!("{number}.837"), &text).await;
    }
    let claims: Vec<PaidClaim> = numbers.iter().map(|number| paid(leak(number))).collect();
    take(lead, "history.835", &era_on("TH", "20260117", &claims)).await;
}

fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

fn paid(number: &'static str) -> PaidClaim {
    PaidClaim {
        number,
        family: "MADEUP",
        status: "1",
        control: "PAYER0001",
        lines: vec![Line { code: "99214", charge: 90, paid: 90, adjustments: &[], remarks: &[] }],
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_late_by_learned_days() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    take(&lead, "a.837", &bill("A-1", "MADEUP", 90)).await;
    unanswered::look(clinic.office()).await.expect("looked");
    let few = lead.get("/unanswered?show=all").await;
    few.shows(&["A-1", "too few answers to learn from", "Say in the payer"]);
    lead.get("/unanswered").await.hides(&["A-1"]);

    history(&lead).await;
    clinic.later("2026-03-20T12:00:00Z");
    let swept = unanswered::sweep(clinic.office()).await.expect("swept");
    assert_eq!(swept.map(|waiting| waiting.all), Some(1));
    assert_eq!(unanswered::sweep(clinic.office()).await.expect("swept"), None, "once a day");
    let mut lead = clinic.stranger();
    lead.sign_in(Role::BillingSupervisor.as_str(), super::clinic::PASSWORD).await;
    let late = lead.get("/unanswered").await;
    late.is(StatusCode::OK).shows(&["A-1", "nine in ten within 7", "(n = 20)", "no acceptance"]);
    lead.get("/").await.shows(&["1 claim without its payer"]);

    let claim = super::clinic::link(&lead, "/unanswered", "/claims/").await;
    let claim = claim["/claims/".len()..].to_owned();
    let note = [("claim", claim.as_str()), ("note", "asked, reference 7")];
    lead.post("/unanswered", &note).await.is(StatusCode::SEE_OTHER);
    lead.get("/unanswered").await.shows(&["asked, reference 7"]);
    // A note is so many letters long, whatever they are, and the list stays the one looked at.
    let long = "ä".repeat(500);
    let again = [("claim", &*claim), ("note", &*long), ("look_on", "2026-03-25"), ("show", "all")];
    let there = lead.post("/unanswered", &again).await.is(StatusCode::SEE_OTHER).location();
    assert_eq!(there, "/unanswered?done=day&show=all");
    lead.get(&there).await.shows(&[
        "it comes back on its day",
        "A-1",
        "name=\"show\" value=\"all\"",
    ]);
    lead.get("/unanswered").await.hides(&["A-1"]);
    take(&lead, "a.835", &era_on("TA", "20260319", &[paid("A-1")])).await;
    lead.get("/unanswered?show=all").await.hides(&["A-1"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_claim_that_was_passed_on_waits_for_the_next_payer() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let text = era_on("T1", "20260201", &[paid("A-1")]);
    let passed = text.replacen("SVC*", "NM1*TT*2*NEXT HEALTH*****PI*NEXT~SVC*", 1);
    take(&lead, "a.835", &passed).await;
    clinic.later("2026-03-20T12:00:00Z");
    unanswered::look(clinic.office()).await.expect("looked");
    let mut lead = clinic.stranger();
    lead.sign_in(Role::BillingSupervisor.as_str(), super::clinic::PASSWORD).await;
    let all = lead.get("/unanswered?show=all").await;
    all.shows(&["A-1", "NEXT HEALTH", "passed on by the first payer"]);
    let next = era_on("T2", "20260210", &[paid("A-1")]);
    take(&lead, "b.835", &next.replace("STANDIN HEALTH", "NEXT HEALTH")).await;
    unanswered::look(clinic.office()).await.expect("looked");
    lead.get("/unanswered?show=all").await.hides(&["NEXT HEALTH"]);
    clinic.is_proven().await;
}
