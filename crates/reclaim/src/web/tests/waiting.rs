//! What waits for managers: cases that nobody took, codes that nobody mapped, clocks without rules.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Line, PASSWORD, PaidClaim, TestClinic, denied, era, take};
use crate::practice::Office;
use crate::{rank, refile};

#[tokio::test]
async fn a_case_that_nobody_takes_is_brought_to_the_manager_once() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.person(Role::Manager).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*197*90")])).await;
    rank::sweep(clinic.office()).await.expect("swept");
    lead.get("/").await.hides(&["brought to you"]);
    clinic.later("2026-03-06T12:00:00Z");
    let mut lead = clinic.stranger();
    lead.sign_in("manager", PASSWORD).await;
    rank::sweep(clinic.office()).await.expect("swept");
    let link = "/queue?brought=me&#38;snoozed=show";
    lead.get("/").await.shows(&["1 case brought to you", link]);
    lead.get("/queue?brought=me&snoozed=show").await.shows(&["A-1"]);
    let case = lead.find("A-1").await;
    let page = lead.get(&case).await;
    page.shows(&["Brought to manager: no person has it, since Mar 5, 2026"]);
    rank::sweep(clinic.office()).await.expect("swept");
    assert_eq!(lead.get(&case).await.field("version"), page.field("version"), "once a step");
    lead.act(&case, "take", &[]).await.is(StatusCode::SEE_OTHER);
    lead.get("/").await.hides(&["brought to you"]);
    lead.get("/queue?brought=me").await.hides(&["A-1"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn codes_and_payers_that_the_rules_lack_are_listed_with_their_cases() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    // No remark says what the vague code is about.
    let adjustments = &["CO*111*90"];
    let line = Line { code: "99214", charge: 90, paid: 0, adjustments, remarks: &[] };
    let vague = PaidClaim { lines: vec![line], ..denied("A-1", 90, "") };
    let claims = [vague, denied("A-2", 50, "CO*197*50")];
    take(&lead, "a.835", &era("T1", &claims)).await;
    lead.get("/").await.shows(&["1 code that nobody mapped", "A clock not configured"]);
    biller.get("/").await.hides(&["nobody mapped"]);
    biller.get("/rules").await.is(StatusCode::FORBIDDEN);
    let page = lead.get("/rules").await;
    page.is(StatusCode::OK).shows(&[
        "playbook.toml",
        "CO-111",
        "/queue?unmapped=CO-111&#38;snoozed=show",
        "$90.00",
        "STANDIN HEALTH",
        "/queue?no_rule=yes&#38;payer=pay_",
        "$140.00",
    ]);
    lead.get("/queue?unmapped=CO-111").await.shows(&["A-1"]).hides(&["A-2"]);
    lead.get("/queue?no_rule=yes").await.shows(&["A-1", "A-2"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_clock_shows_the_day_that_is_ours_and_binds_the_plan() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    let text = era("T1", &[denied("A-1", 900, "CO*197*900")])
        .replace("CLP*A-1*1*900*0**12", "CLP*A-1*1*900*0**MB");
    take(&biller, "a.835", &text).await;
    let case = biller.find("A-1").await;
    biller.get(&case).await.shows(&["ours by ", "By, within the clock it is to meet"]);
    let late = [("next", "appeal"), ("on", "2027-12-01")];
    let refused = biller.act(&case, "plan", &late).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["choose an earlier day"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn changed_rules_walk_once_and_go_on_where_they_stopped() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let claims = [denied("A-1", 90, "CO*197*90"), denied("A-2", 50, "CO*197*50")];
    take(&lead, "a.835", &era("T1", &claims)).await;
    let changed =
        Office { rules: clinic.office().rules.marked("changed"), ..clinic.office().clone() };
    assert_eq!(refile::sweep(&changed, &|_| {}).await.expect("walked"), 2);
    assert_eq!(refile::sweep(&changed, &|_| {}).await.expect("nothing to do"), 0);
    let mut tx = changed.write().await.expect("a turn");
    let first = tx.open_cases_after("", 1).await.expect("read").remove(0).id;
    let stopped = format!(r#"{{"rules":"changed","after":"{first}","cases":1}}"#);
    tx.note_sweep(refile::SWEEP, "2026-03-03T12:00:00Z", &stopped).await.expect("noted");
    tx.commit().await.expect("durable");
    assert_eq!(refile::sweep(&changed, &|_| {}).await.expect("walked on"), 2);
    let case = lead.find("A-1").await;
    lead.get(&case).await.shows(&["name=\"version\" value=\"1\""]);
    clinic.is_proven().await;
}

/// A payer that says when to appeal and nothing of corrected claims.
const APPEALS: &str = r#"
name = "Standin Health"
aliases = ["STANDIN HEALTH"]

[[window]]
kind = "appeal"
level = 1
count = 180
unit = "calendar_days"
from_event = "remittance"
counts = "received"
on_holiday = "stays"
source = "made up"
as_of = "2026"
verification = "clinic"
"#;

#[tokio::test]
async fn a_row_shows_the_clock_that_runs_and_names_the_one_that_is_not_configured() {
    let mut clinic = TestClinic::open().await;
    clinic.with_file("payers/standin.toml", APPEALS).await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let claims = [denied("A-1", 90, "CO*16*90"), denied("A-2", 50, "CO*50*50")];
    take(&lead, "a.835", &era("T1", &claims)).await;
    let (one, other) = (lead.find("A-1").await, lead.find("A-2").await);
    let id = |case: &str| case.rsplit('/').next().expect("an id").to_owned();
    let plan = [("next", "correct"), ("on", "2026-03-05")];
    lead.act(&one, "plan", &plan).await.is(StatusCode::SEE_OTHER);
    lead.act(&other, "plan", &[("next", "appeal"), ("on", "2026-03-05")]).await;
    let row = lead.get(&format!("/queue/rows?ids={}", id(&one))).await;
    let clock = row.text.split("data-c=\"clock\"").nth(1).and_then(|it| it.split("</td>").next());
    let clock = clock.expect("the cell");
    assert!(clock.contains("#i-none") && clock.contains(">Aug 28, 2026<"), "{clock}");
    assert!(clock.contains("corrected claim: not configured"), "{clock}");
    row.shows(&["Soonest clock: appeal, level 1, Aug 28, 2026, in 178 days"]);
    // By soonest clock the day stands, and beside it what is missing.
    let row = lead.get(&format!("/queue/rows?sort=due&ids={}", id(&one))).await;
    row.shows(&["corrected claim: not configured", ">Aug 28, 2026<"]);
    let row = lead.get(&format!("/queue/rows?ids={}", id(&other))).await;
    row.shows(&["<small>appeal · 178 d</small>"]).hides(&["#i-none"]);
    lead.get(&one).await.shows(&["Clock of the next action", "corrected claim"]);
    lead.get(&other).await.hides(&["Clock of the next action"]);
    clinic.is_proven().await;
}
