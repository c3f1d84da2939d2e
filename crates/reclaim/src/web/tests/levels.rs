//! Service levels: first touches, answers of colleagues and of payers, met and missed.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{PASSWORD, TestClinic, denied, era, take};

#[tokio::test]
async fn steps_are_counted_as_met_missed_or_not_over() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let empty = lead.get("/service").await;
    empty.is(StatusCode::OK).shows(&["Nothing measured", "3 days", "30 days", "A reminder to"]);
    let claims = [
        denied("A-1", 250, "CO*197*250"),
        denied("A-2", 90, "CO*197*90"),
        denied("A-3", 80, "CO*197*80"),
    ];
    take(&lead, "a.835", &era("T1", &claims)).await;
    lead.get("/service").await.hides(&[" in time</td>"]);
    let case = lead.find("A-1").await;
    lead.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    for (text, due) in [("who signed?", "2026-03-04"), ("when?", "2026-03-05")] {
        let ask = [("to", "provider"), ("text", text), ("due", due)];
        lead.act(&case, "ask_colleague", &ask).await.is(StatusCode::SEE_OTHER);
    }
    let sent = [("frequency", "7"), ("channel", "edi"), ("reference", "S-1")];
    lead.act(&case, "resubmit", &sent).await.is(StatusCode::SEE_OTHER);

    clinic.later("2026-03-05T12:00:00Z");
    let mut lead = clinic.stranger();
    lead.sign_in(Role::BillingSupervisor.as_str(), PASSWORD).await;
    for (number, text) in [("1", "Dr. Madeup"), ("2", "in February")] {
        let answer = [("question", number), ("text", text)];
        lead.act(&case, "answer", &answer).await.is(StatusCode::SEE_OTHER);
    }
    lead.act(&case, "uphold", &[("note", "no")]).await.is(StatusCode::SEE_OTHER);
    let second = lead.find("A-2").await;
    lead.act(&second, "note", &[("text", "looked at")]).await.is(StatusCode::SEE_OTHER);

    clinic.later("2026-03-20T12:00:00Z");
    let mut lead = clinic.stranger();
    lead.sign_in(Role::BillingSupervisor.as_str(), PASSWORD).await;
    let shown = lead.get("/service").await;
    shown.shows(&["2 of 3 in time", "1 of 2 in time", "1 of 1 in time"]);
    lead.get("/service?days=90").await.is(StatusCode::OK).shows(&["2 of 3 in time"]);
    lead.get("/").await.shows(&["href=\"/service\""]);
    let poster = clinic.person(Role::Poster).await;
    poster.get("/service").await.is(StatusCode::FORBIDDEN);
    clinic.is_proven().await;
}
