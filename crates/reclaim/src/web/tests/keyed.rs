//! What a keyed paper is held against before it counts: the claim, what payers said of it, the
//! payer. All claims here are made up.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Answer, Browser, TestClinic, bill, denied, era, take};

/// The ticks that a page asks for.
pub(super) fn ticks(page: &Answer) -> Vec<String> {
    let marks = page.text.split("name=\"sure_").skip(1);
    marks.filter_map(|rest| rest.split('"').next()).map(|mark| format!("sure_{mark}")).collect()
}

const PAPER: [(&str, &str); 8] = [
    ("source", "paper"),
    ("payer", "Standin Health"),
    ("trace", "CHK 7"),
    ("paid_on", "2026-03-02"),
    ("number", "A-1"),
    ("status", "4"),
    ("procedure_1", "99214"),
    ("charge_1", "90"),
];

/// The paper with some fields of its own.
fn with<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let is_own = |name: &str| fields.iter().any(|(own, _)| *own == name);
    let rest = PAPER.into_iter().filter(|(name, _)| !is_own(name));
    rest.chain([("adjustments_1", "CO-197 90")]).chain(fields.iter().copied()).collect()
}

async fn sent(browser: &Browser, fields: &[(&str, &str)], step: &str) -> Answer {
    let mut fields = with(fields);
    fields.push(("step", step));
    browser.upload("/keyed", &fields, ("file", "", "")).await
}

#[tokio::test]
async fn the_check_says_whose_claim_it_is_and_what_was_answered() {
    let clinic = TestClinic::open().await;
    let poster = clinic.named("ada", Role::Poster).await;
    let biller = clinic.named("ben", Role::BillingSpecialist).await;
    take(&biller, "a.837", &bill("A-1", "MADEUP", 90)).await;
    let first = sent(&poster, &[], "check").await;
    first.is(StatusCode::OK).shows(&["adds up", "MADEUP, PAT", "served Feb 10, 2026"]);
    first.shows(&["$90.00 charged", "STANDIN HEALTH", "line 1: 99214, $90.00"]);
    first.hides(&["Answered before", "nothing is saved before"]);
    take(&biller, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    let told = sent(&poster, &[], "check").await;
    told.shows(&["Answered before", "Mar 1, 2026, trace T1", "the same</span>"]);
    told.shows(&["The remittance of Mar 1, 2026 with trace T1 answers this claim"]);
    let refused = sent(&poster, &[], "save").await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Nothing was saved: one thing is not"]);
    refused.shows(&["aria-invalid=\"true\" autofocus", "value=\"CHK 7\""]);
    let tick = ticks(&refused);
    assert_eq!(tick.len(), 1);
    let saved = sent(&poster, &[(tick[0].as_str(), "yes")], "save").await;
    saved.is(StatusCode::SEE_OTHER);
    // Who leads needs no name.
    let lead = clinic.named("cleo", Role::Manager).await;
    sent(&lead, &[], "check").await.shows(&["A-1", "Feb 10, 2026"]).hides(&["MADEUP"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_differs_from_the_claim_is_said_line_by_line() {
    let clinic = TestClinic::open().await;
    let poster = clinic.named("ada", Role::Poster).await;
    take(&poster, "a.837", &bill("A-1", "MADEUP", 90)).await;
    let fields = [
        ("payer", "Another Payer"),
        ("family", "OTHER"),
        ("procedure_1", "99215"),
        ("from_1", "2026-02-11"),
        ("charge_3", "10"),
    ];
    let told = sent(&poster, &fields, "check").await;
    told.is(StatusCode::OK).shows(&[
        "The paper is of Another Payer; the claim was sent to STANDIN HEALTH.",
        "No payer is known by the name Another Payer",
        "The family name on the paper is not that on the claim.",
        "The first day of service is another than on the claim.",
        "The paper charges $100.00, the claim $90.00.",
        "Line 1 of the paper is taken for line 1 of the claim: 99214 was billed, not 99215",
        "Line 3 of the paper is on no line of the claim.",
    ]);
    let one = sent(&poster, &[("procedure_1", "99215"), ("from_1", "2026-02-11")], "check").await;
    one.shows(&["Line 1 of the paper is taken for line 1 of the claim: 99214 was billed"]);
    one.shows(&["another day of service was billed", "line 1: 99214, $90.00"]);
    // A tick holds for what it was under.
    let old = ticks(&one);
    let other = [("procedure_1", "99213"), (old[0].as_str(), "yes"), (old[1].as_str(), "yes")];
    sent(&poster, &other, "save").await.is(StatusCode::UNPROCESSABLE_ENTITY);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_number_that_nobody_knows_is_a_doubt_and_claims_like_it_are_offered() {
    let clinic = TestClinic::open().await;
    let poster = clinic.named("ada", Role::Poster).await;
    let nobody = sent(&poster, &[("number", "A-11")], "check").await;
    nobody.shows(&["No such claim was sent", "the number A-11", "will not say whose it is"]);
    nobody.hides(&["Claims that are like it"]);
    take(&poster, "a.837", &bill("A-1", "MADEUP", 90)).await;
    for by in [("family", "Madeup"), ("member", "M1")] {
        let fields = [("number", "A-11"), by, ("from_1", "2026-02-10")];
        let near = sent(&poster, &fields, "check").await;
        near.shows(&["No such claim was sent", "Claims that are like it", "value=\"A-1\">It is"]);
        near.hides(&["will not say whose it is"]);
    }
    take(&poster, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    let fields = [("number", "A-11"), ("control", "PAYER0001")];
    let near = sent(&poster, &fields, "check").await;
    near.shows(&["value=\"A-1\">It is this claim"]);
    let fields = [("number", "A-11"), ("instead", "A-1")];
    let chosen = sent(&poster, &fields, "save").await;
    chosen.is(StatusCode::OK).shows(&["value=\"A-1\"", "Answered before"]);
    chosen.hides(&["No such claim was sent"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn faults_stand_at_their_fields_and_what_was_typed_stays() {
    let clinic = TestClinic::open().await;
    let poster = clinic.named("ada", Role::Poster).await;
    let fields = [("paid_on", ""), ("paid_1", "much"), ("procedure_5", "99213")];
    let told = sent(&poster, &fields, "save").await;
    told.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&[
        "3 fields cannot be read",
        "<a href=\"#f-charge_5\">expected the charge of line 5</a>",
        "id=\"f-paid_on\" aria-invalid=\"true\" aria-describedby=\"d-paid_on\" autofocus",
        "id=\"f-paid_1\" aria-invalid=\"true\" aria-describedby=\"d-paid_1\" value=\"much\"",
        "id=\"d-paid_1\">expected what was paid on line 1 as an amount",
        "id=\"d-charge_5\">expected the charge of line 5",
        "value=\"99213\"",
    ]);
    assert_eq!(told.text.matches(" autofocus").count(), 1, "one field has the focus");
}
