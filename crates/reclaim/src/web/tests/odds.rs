//! What came of ways moves the chance of the next: on the case, in the queue, on the command line.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Browser, TestClinic, denied, era, take};
use crate::{outcomes, rank};

const SENT: [(&str, &str); 3] = [("frequency", "7"), ("channel", "portal"), ("reference", "V2")];

/// Corrects a case and hears how that ended.
async fn corrected(lead: &Browser, number: &str, answer: &str) -> String {
    let case = lead.find(number).await;
    lead.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    lead.act(&case, "resubmit", &SENT).await.is(StatusCode::SEE_OTHER);
    lead.act(&case, answer, &[("note", "call 7")]).await.is(StatusCode::SEE_OTHER);
    case
}

async fn clinic() -> (TestClinic, Browser) {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let claims = [
        denied("A-1", 900, "CO*197*900"),
        denied("A-2", 800, "CO*197*800"),
        denied("A-3", 700, "CO*197*700"),
    ];
    take(&lead, "a.835", &era("T1", &claims)).await;
    (clinic, lead)
}

#[tokio::test]
async fn outcomes_move_the_chance_of_the_next_case() {
    let (clinic, lead) = clinic().await;
    let last = lead.find("A-3").await;
    lead.get(&last).await.shows(&["no outcome yet (n = 0)"]);
    corrected(&lead, "A-1", "overturn").await;
    corrected(&lead, "A-2", "uphold").await;
    lead.get(&last).await.shows(&["n = 2, a small sample: here 1 of 2 won"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn the_nightly_ranks_know_what_came_of_ways() {
    let (clinic, lead) = clinic().await;
    let office = clinic.office();
    let id = lead.find("A-3").await["/cases/".len()..].to_owned();
    let priority = async || {
        let mut tx = office.read().await.expect("a look");
        let case = tx.case(&id).await.expect("there");
        let history = outcomes::like(&mut tx, &case, &office.rules).await.expect("read");
        rank::priority(&case, None, office.moment().today, (&office.rules, &history)).score
    };
    let before = priority().await;
    corrected(&lead, "A-1", "uphold").await;
    corrected(&lead, "A-2", "uphold").await;
    let after = priority().await;
    assert!(after < before, "what was lost twice is worth less: {after} of {before}");
    assert_eq!(rank::sweep(office).await.expect("swept"), 3, "all that are like it");
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_the_payer_did_not_pay_is_no_win() {
    let (clinic, lead) = clinic().await;
    let last = lead.find("A-3").await;
    let won = corrected(&lead, "A-1", "overturn").await;
    lead.get(&last).await.shows(&["here 1 of 1 won"]);
    lead.act(&won, "dispute", &[("reason", "nothing came")]).await.is(StatusCode::SEE_OTHER);
    lead.get(&last).await.shows(&["here 0 of 1 won"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn each_reason_says_from_which_amount_a_round_of_work_pays() {
    let (clinic, lead) = clinic().await;
    let page = lead.get("/rules/worth").await;
    page.is(StatusCode::OK).shows(&["Authorization", "$24.75", "Stated prior", "where seldom"]);
    corrected(&lead, "A-1", "overturn").await;
    lead.get("/rules/worth").await.shows(&["n = 1, a small sample: here 1 of 1 won"]);
    lead.get("/rules").await.shows(&["href=\"/rules/worth\""]);
    clinic.is_proven().await;
}
