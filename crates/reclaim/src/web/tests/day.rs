//! The sheet of a day: what was touched and decided, for its own person and for who leads.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Line, PASSWORD, PaidClaim, TestClinic, denied, era, era_on, take};

#[tokio::test]
async fn a_day_adds_up_for_its_person_and_for_who_leads() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let ada = clinic.named("ada", Role::BillingSpecialist).await;
    let claims = [
        denied("A-1", 500, "CO*29*500"),
        denied("A-2", 90, "CO*18*90"),
        denied("A-3", 60, "CO*18*60"),
        denied("A-4", 40, "CO*18*40"),
    ];
    take(&ada, "a.835", &era("T1", &claims)).await;
    ada.get("/day").await.is(StatusCode::OK).shows(&["No case was touched", "Took a file in"]);
    let case = ada.find("A-2").await;
    ada.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    let give_up = [("reason", "small_balance"), ("note", "small")];
    ada.act(&case, "write_off", &give_up).await.is(StatusCode::SEE_OTHER);
    let case = ada.find("A-1").await;
    ada.act(&case, "take", &[]).await.is(StatusCode::SEE_OTHER);
    ada.act(&case, "note", &[("text", "called")]).await.is(StatusCode::SEE_OTHER);
    ada.act(&case, "note", &[("text", "called again")]).await.is(StatusCode::SEE_OTHER);
    // A file pays another case: that is no act of who takes it in.
    let line = Line { code: "99214", charge: 40, paid: 40, adjustments: &[], remarks: &[] };
    let paid = PaidClaim { lines: vec![line], ..denied("A-4", 40, "") };
    take(&ada, "b.835", &era_on("T2", "20260303", &[paid])).await;

    let sheet = ada.get("/day").await;
    sheet.is(StatusCode::OK).shows(&[
        "Tuesday, March 3, 2026",
        "Touched</span> <span class=\"figure\">2</span> <span class=\"note\">$590.00 denied",
        "Decided</span> <span class=\"figure\">1</span> <span class=\"note\">$90.00 denied",
        "Given up</span> <span class=\"figure\">$90.00",
        ">A-1<",
        "Wrote a note (2 times), took the case to work on it",
        "Written off",
        "Left over today",
        "person=me&#38;when=today",
    ]);
    sheet.hides(&[">A-4<", ">A-3<", "MADEUP"]);
    let me = sheet.text.split("who=").nth(1).and_then(|who| who.split('"').next());
    let ada_id = me.expect("a link to the day before").to_owned();
    lead.get("/day").await.shows(&["No case was touched", "Test ada"]);
    let page = format!("/day?who={ada_id}&day=2026-03-03");
    lead.get(&page).await.is(StatusCode::OK).shows(&["Day sheet of Test ada", ">A-1<"]);
    let other = clinic.named("ben", Role::BillingSpecialist).await;
    other.get(&page).await.is(StatusCode::FORBIDDEN).hides(&["A-1"]);
    other.get("/day").await.shows(&["No case was touched"]);
    lead.get("/day?who=usr_nobody").await.is(StatusCode::NOT_FOUND);

    clinic.later("2026-03-04T12:00:00Z");
    let mut ada = clinic.stranger();
    ada.sign_in("ada", PASSWORD).await;
    ada.get("/day").await.shows(&["No case was touched", "Day before"]).hides(&["Day after"]);
    let earlier = ada.get("/day?day=2026-03-03").await;
    earlier.shows(&[">A-1<", "Day after"]).hides(&["Left over today"]);
    ada.get("/day?day=2027-01-01").await.shows(&["Wednesday, March 4, 2026"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_case_that_is_no_longer_ones_own_is_counted_and_not_shown() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let provider = clinic.person(Role::Provider).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*252*90")])).await;
    let case = lead.find("A-1").await;
    let asked = [("to", "provider"), ("text", "left knee?")];
    lead.act(&case, "ask_colleague", &asked).await.is(StatusCode::SEE_OTHER);
    let answer = [("question", "1"), ("text", "yes")];
    provider.act(&case, "answer", &answer).await.is(StatusCode::SEE_OTHER);
    let sheet = provider.get("/day").await;
    sheet.is(StatusCode::OK).hides(&["A-1"]).shows(&["1 case that you may not see now"]);
    clinic.is_proven().await;
}
