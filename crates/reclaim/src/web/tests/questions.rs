//! A hand-off: a question reaches its role on one small page, the answer comes back to who asked.

use axum::http::StatusCode;
use denial::person::Role;

use super::case::two_alike;
use super::clinic::{TestClinic, denied, era, take};

#[tokio::test]
async fn an_answer_comes_back_to_who_asked_until_they_have_seen_it() {
    let (clinic, lead) = two_alike().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let provider = clinic.person(Role::Provider).await;
    let case = lead.find("A-1").await;
    provider.get("/questions").await.is(StatusCode::OK).shows(&["Nobody waits for your answer"]);
    let ask = [("to", "provider"), ("text", "Was it urgent?"), ("due", "2026-03-06")];
    biller.act(&case, "ask_colleague", &ask).await.is(StatusCode::SEE_OTHER);
    let sooner = [("to", "provider"), ("text", "Who signed?"), ("due", "2026-03-04")];
    biller.act(&case, "ask_colleague", &sooner).await.is(StatusCode::SEE_OTHER);
    let page = case.replace("/cases/", "/questions/") + "/1";
    lead.get(&case).await.shows(&[&format!("href=\"{page}\">Its page</a>")]);

    provider.get("/").await.shows(&["2 questions for you"]);
    let list = provider.get("/questions").await;
    list.shows(&["Who signed?", "Test ada", "A-1 at STANDIN HEALTH, authorization", "in 1 day"]);
    assert!(list.text.find("Who signed?") < list.text.find("Was it urgent?"), "the soonest first");
    let question = provider.get(&page).await;
    question.is(StatusCode::OK).shows(&[
        "Was it urgent?",
        "Test ada asks provider",
        "Mar 6, 2026",
        "MADEUP, PAT",
        "CO-197",
        "Line 1 · 99214 · Feb 10, 2026 · $250.00 denied",
        "Send the answer",
        "type=\"file\"",
    ]);
    let empty = provider.upload(&page, &[("text", " ")], ("file", "", "")).await;
    empty.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Expected an answer"]);
    let fields = [("text", "he came by ambulance"), ("short", "Yes"), ("what", "clinical_notes")];
    let sent = provider.upload(&page, &fields, ("file", "note.pdf", "%PDF synthetic")).await;
    assert_eq!(sent.is(StatusCode::SEE_OTHER).location(), "/questions?done=answer");
    provider.get(&sent.location()).await.shows(&["Your answer is with who asked"]);
    let twice = provider.upload(&page, &fields, ("file", "", "")).await;
    twice.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Question 1 does not wait for an answer"]);

    lead.get("/").await.hides(&["answer for you"]);
    biller.get("/").await.shows(&["1 answer for you"]);
    let back = biller.get("/questions").await;
    back.shows(&["Answered for you", "Was it urgent?", "Yes: he came by ambulance"]);
    assert_eq!(back.text.matches("Was it urgent?").count(), 1, "once, until it is seen");
    let read = biller.get(&page).await;
    read.is(StatusCode::OK).shows(&["Yes: he came by ambulance", "Test provider, Mar 3, 2026"]);
    read.hides(&["Send the answer"]);
    let seen = biller.get("/questions").await;
    seen.shows(&["Was it urgent?"]).hides(&["Answered for you"]);
    let other = case.replace("/cases/", "/questions/") + "/2";
    let signed = provider.upload(&other, &[("text", "Dr. Madeup")], ("file", "", "")).await;
    signed.is(StatusCode::SEE_OTHER);
    provider.get(&other).await.is(StatusCode::FORBIDDEN);
    biller.get(&page).await.is(StatusCode::OK);
    biller.get("/").await.shows(&["1 answer for you"]);
    biller.get(&case).await.is(StatusCode::OK);
    biller.get("/").await.hides(&["answer for you"]);
    // What was asked stands for who asked, open or answered, and its answer on the case.
    biller.get(&case).await.shows(&["Asked: Was it urgent?", "Answered: Yes: he came by"]);
    let last = [("to", "provider"), ("text", "Which knee?"), ("due", "2026-03-05")];
    biller.act(&case, "ask_colleague", &last).await.is(StatusCode::SEE_OTHER);
    let own = biller.get("/questions").await;
    own.shows(&["Asked by you", "Which knee?", "waits for the role provider", "Dr. Madeup"]);
    assert!(own.text.find("Which knee?") < own.text.find("Was it urgent?"), "what waits is first");
    provider.get("/questions").await.shows(&["You have asked nothing"]);
    biller.get(&case).await.shows(&[
        "Answered by Test provider: Yes: he came by ambulance",
        "Attached: clinical notes",
    ]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_question_is_seen_by_who_is_asked_and_an_answer_that_is_taken_back_is_none() {
    let (clinic, lead) = two_alike().await;
    let case = lead.find("A-1").await;
    let ask = [("to", "provider"), ("text", "Was it urgent?")];
    lead.act(&case, "ask_colleague", &ask).await.is(StatusCode::SEE_OTHER);
    let page = case.replace("/cases/", "/questions/") + "/1";
    let desk = clinic.person(Role::FrontDesk).await;
    desk.get(&page).await.is(StatusCode::FORBIDDEN).hides(&["MADEUP", "urgent"]);
    let refused = desk.upload(&page, &[("text", "x")], ("file", "", "")).await;
    refused.is(StatusCode::FORBIDDEN);
    desk.get("/questions").await.is(StatusCode::OK).hides(&["urgent", "A-1"]);
    let auditor = clinic.person(Role::Auditor).await;
    auditor.get("/questions").await.is(StatusCode::FORBIDDEN);
    let coder = clinic.person(Role::CertifiedCoder).await;
    coder.get(&page).await.is(StatusCode::FORBIDDEN);
    for odd in ["/2", "/x", "/0"] {
        let address = case.replace("/cases/", "/questions/") + odd;
        lead.get(&address).await.is(StatusCode::NOT_FOUND);
    }
    lead.get("/questions/den_00000000000000000000000000/1").await.is(StatusCode::NOT_FOUND);

    // A supervisor answers in the provider's place, and takes it back.
    let answered = lead.upload(&page, &[("short", "No")], ("file", "", "")).await;
    answered.is(StatusCode::SEE_OTHER);
    lead.get("/").await.shows(&["1 answer for you"]);
    let version = lead.get(&case).await.field("version");
    lead.get("/").await.hides(&["answer for you"]);
    let undone = lead.post(&format!("{case}/undo"), &[("version", &version)]).await;
    undone.is(StatusCode::SEE_OTHER);
    lead.get(&page).await.shows(&["Send the answer"]).hides(&["<h2>Answer</h2>"]);
    let views = clinic.views_since(0).await;
    assert!(views.iter().any(|(_, kind, _)| kind == "question.viewed"), "{views:?}");
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_question_goes_first_to_who_answers_for_the_reason() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let claims = [denied("A-1", 90, "CO*4*90"), denied("A-2", 50, "CO*22*50")];
    take(&lead, "a.835", &era("T1", &claims)).await;
    let chosen = |role: &str| format!("value=\"{role}\" selected");
    let asked = |page: &super::clinic::Answer| {
        let form =
            page.text.split("name=\"act\" value=\"ask_colleague\"").nth(1).unwrap_or_default();
        form.split("</form>").next().unwrap_or_default().to_owned()
    };
    let (coding, benefits) = (lead.find("A-1").await, lead.find("A-2").await);
    let form = asked(&lead.get(&coding).await);
    assert!(form.contains(&chosen("certified_coder")), "{form}");
    // Whose it is asks whom the matrix names for that.
    let coder = clinic.person(Role::CertifiedCoder).await;
    let form = asked(&coder.get(&coding).await);
    assert!(form.contains(&chosen("provider")), "{form}");
    let biller = clinic.person(Role::BillingSpecialist).await;
    let form = asked(&biller.get(&benefits).await);
    assert!(form.contains(&chosen("front_desk")), "{form}");
}
