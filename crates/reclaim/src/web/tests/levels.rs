//! Service levels: first touches, answers of colleagues and of payers, met and missed.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Browser, PASSWORD, TestClinic, denied, era, take};
use crate::acting;

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

const RULE: &str = "[[rule]]\nname = \"sixteens\"\nwhy = \"somebody calls at once\"\n\
    mode = \"on\"\n[rule.when]\ncarcs = [\"16\"]\n[rule.do]\nnext = \"call_payer\"\n\
    in_days = 2\n[rule.stop]\nof = 5\nrefused = 2\n";

/// Saves a practice's own version of a rule file.
async fn own(lead: &Browser, path: &str, text: &str) {
    let form = lead.get(&format!("/rules/edit?path={path}")).await;
    let read = form.field("read");
    let fields =
        [("path", path), ("text", text), ("why", "a test"), ("what", "save"), ("read", &read)];
    lead.post("/rules/edit", &fields).await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_a_rule_does_and_what_was_taken_back_is_no_touch() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let administrator = clinic.person(Role::Administrator).await;
    own(&administrator, "actions.toml", RULE).await;
    let claims = [denied("A-1", 250, "CO*16*250"), denied("A-2", 90, "CO*197*90")];
    take(&lead, "a.835", &era("T1", &claims)).await;
    assert_eq!(acting::sweep(clinic.office()).await.expect("swept").done, 1);
    let second = lead.find("A-2").await;
    lead.act(&second, "note", &[("text", "looked at")]).await.is(StatusCode::SEE_OTHER);
    lead.get("/service").await.shows(&["1 of 1 in time"]);
    let version = lead.get(&second).await.field("version");
    let undo = lead.post(&format!("{second}/undo"), &[("version", version.as_str())]).await;
    undo.is(StatusCode::SEE_OTHER);
    lead.get("/service").await.hides(&[" in time</td>"]);

    clinic.later("2026-03-20T12:00:00Z");
    let mut lead = clinic.stranger();
    lead.sign_in(Role::BillingSupervisor.as_str(), PASSWORD).await;
    lead.get("/service").await.hides(&["1 of"]).shows(&["0 of "]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_clinics_own_days_for_answers_hold_where_no_level_is_set() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::Manager).await;
    let files = crate::rules_files::files(None).expect("shipped");
    let desk = files.iter().find(|(name, _)| name == "desk.toml").expect("shipped");
    let desk = desk.1.replace("colleague_days = 3", "colleague_days = 9");
    own(&lead, "desk.toml", &desk.replace("await_payer = 30", "await_payer = 21")).await;
    lead.get("/service").await.shows(&["wanted, else 9 days", "own usual days, else 21 days"]);
    take(&lead, "a.835", &era("T1", &[denied("A-1", 250, "CO*197*250")])).await;
    let case = lead.find("A-1").await;
    let ask = [("to", "provider"), ("text", "who signed?")];
    lead.act(&case, "ask_colleague", &ask).await.is(StatusCode::SEE_OTHER);
    lead.get(&case).await.shows(&["Mar 12, 2026"]);
    clinic.is_proven().await;
}
