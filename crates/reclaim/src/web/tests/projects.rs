//! Many cases of one payer under one letter, one list and one reference.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Answer, Browser, TestClinic, bill, denied, era_on, link, take};

/// A project of three cases of one payer, begun in the queue; the cases, and where it is.
async fn begun(biller: &Browser) -> (Vec<String>, String) {
    for number in ["A-1", "A-2", "A-3"] {
        take(biller, &format!("{number}.837"), &bill(number, "=MADEUP", 90)).await;
    }
    let claims = ["A-1", "A-2", "A-3"].map(|number| denied(number, 90, "CO*97*90"));
    take(biller, "a.835", &era_on("T1", "20260301", &claims)).await;
    let mut ids = Vec::new();
    for number in ["A-1", "A-2", "A-3"] {
        let case = biller.find(number).await;
        ids.push(case.trim_start_matches("/cases/").to_owned());
    }
    let cases = ids.join(",");
    let first = [("act", "letters"), ("cases", cases.as_str()), ("query", "")];
    biller.post("/queue/bulk", &first).await.shows(&["Project appeal: one for all of them"]);
    let begin = [first[0], first[1], first[2], ("step", "do"), ("kind", "project")];
    let done = biller.post("/queue/bulk", &begin).await;
    done.shows(&["Project appeal begun: 3 cases", "Write its letter"]);
    biller.get("/projects").await.shows(&["3 cases · $270.00"]);
    let project = link(biller, "/projects", "/projects/prj_").await;
    done.shows(&[&format!("href=\"{project}\"")]);
    (ids, project)
}

const LETTER: &str = "Each was billed by itself, and none is part of another.";
const WITHOUT: (&str, &str) = ("without", "the letter speaks for all of them");

/// Does one step of a project as its page stands now.
async fn step(biller: &Browser, project: &str, step: &str, fields: &[(&str, &str)]) -> Answer {
    let version = biller.get(project).await.field("version");
    let mut all = vec![("step", step), ("version", version.as_str())];
    all.extend(fields);
    biller.post(project, &all).await
}

async fn written_and_set(biller: &Browser, project: &str) {
    let texts = [("subject", "Bundled"), ("letter", LETTER)];
    step(biller, project, "save", &texts).await.is(StatusCode::SEE_OTHER);
    step(biller, project, "set", &[WITHOUT]).await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn many_cases_go_under_one_letter_and_one_reference() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    let (ids, project) = begun(&biller).await;
    let page = biller.get(&project).await;
    page.is(StatusCode::OK).shows(&["A-1", "A-3", "3 cases", "double brackets"]);
    page.hides(&["Record that it went", "list.csv"]);
    let unset = biller.get(&format!("{project}/list.csv")).await;
    unset.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["not set yet"]);
    let early = step(&biller, &project, "set", &[WITHOUT]).await;
    early.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["double brackets", WITHOUT.1]);
    biller.act(&format!("/cases/{}", ids[2]), "review", &[]).await.is(StatusCode::SEE_OTHER);
    written_and_set(&biller, &project).await;
    let list = biller.get(&format!("{project}/list.csv")).await;
    list.is(StatusCode::OK).shows(&["Our claim number", "\"A-2\"", "PAT =MADEUP"]);
    let pdf = biller.get(&format!("{project}/packet")).await;
    assert!(pdf.is(StatusCode::OK).text.starts_with("%PDF-"));
    let hashes = |page: &Answer| -> Vec<String> {
        let parts = page.text.split("<code class=\"hash\">").skip(1);
        parts.filter_map(|rest| Some(rest.split('<').next()?.to_owned())).collect()
    };
    let set = hashes(&biller.get(&project).await);
    step(&biller, &project, "send", &[("channel", "mail")]).await.is(StatusCode::SEE_OTHER);
    let sent = biller.get(&project).await;
    sent.shows(&["Sent", "waits for the payer", "SHA-256", "none yet"]);
    biller.get("/projects").await.shows(&[", by mail"]);
    assert_eq!(hashes(&sent), set, "what was taken out is what went");
    let case = biller.get(&format!("/cases/{}", ids[0])).await;
    case.shows(&["Appealed"]);
    let refer = [("reference", "PRJ-REF-77")];
    step(&biller, &project, "refer", &refer).await.is(StatusCode::SEE_OTHER);
    for id in &ids {
        biller.get(&format!("/cases/{id}")).await.shows(&["PRJ-REF-77"]);
    }
    clinic.is_proven().await;
}

#[tokio::test]
async fn setting_saves_what_is_typed_or_keeps_it_before_who_typed() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let (_, project) = begun(&lead).await;
    let page = lead.get(&project).await;
    let mut forms = page.text.split("<form");
    let both = |form: &str| form.contains("name=\"letter\"") && form.contains("value=\"set\"");
    assert!(forms.any(both), "the letter goes with the button: {}", page.text);
    let noted = [("subject", "Bundled"), ("letter", "Mine. [[why?]]"), WITHOUT];
    let refused = step(&lead, &project, "set", &noted).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["double brackets", WITHOUT.1]);
    refused.shows(&["value=\"Bundled\"", ">Mine. [[why?]]</textarea>"]);
    lead.get(&project).await.hides(&["Mine."]);
    let texts = [("subject", "Bundled"), ("letter", LETTER), WITHOUT];
    step(&lead, &project, "set", &texts).await.is(StatusCode::SEE_OTHER);
    let page = lead.get(&project).await;
    page.shows(&["value=\"Bundled\"", LETTER, WITHOUT.1, "list.csv"]);
    // Reasons alone give up no papers; other words do.
    let late = [("late", "the notice came late")];
    step(&lead, &project, "save", &late).await.is(StatusCode::SEE_OTHER);
    lead.get(&project).await.shows(&[late[0].1, WITHOUT.1, "list.csv"]);
    let other = [("letter", "Other words.")];
    step(&lead, &project, "save", &other).await.is(StatusCode::SEE_OTHER);
    lead.get(&project).await.shows(&["Other words.", WITHOUT.1]).hides(&["list.csv"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_supervisors_reason_holds_whoever_looks_and_a_supervisor_records_that_it_went() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let (_, project) = begun(&lead).await;
    written_and_set(&lead, &project).await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    let page = biller.get(&project).await;
    page.shows(&[WITHOUT.1, "a supervisor records that it went"]);
    page.hides(&["Since they were set", "would be left out", "Record that it went"]);
    let mail = [("channel", "mail")];
    let early = step(&biller, &project, "send", &mail).await;
    early.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["by a supervisor&#39;s reason"]);
    // Whoever sets them anew, the reason stays what the supervisor said.
    let mine = [("without", "my own reason"), ("letter", "Other words.")];
    step(&biller, &project, "set", &mine).await.is(StatusCode::SEE_OTHER);
    let page = biller.get(&project).await;
    page.shows(&[WITHOUT.1, "Other words."]).hides(&["my own reason", "Since they were set"]);
    lead.get(&project).await.shows(&["Record that it went"]).hides(&["Since they were set"]);
    step(&lead, &project, "send", &mail).await.is(StatusCode::SEE_OTHER);
    lead.get(&project).await.shows(&["Sent", "waits for the payer"]).hides(&["left out"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn papers_that_would_be_others_by_now_are_not_recorded_as_sent() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    let (ids, project) = begun(&biller).await;
    written_and_set(&biller, &project).await;
    // A case is settled and the money of another changes after the papers were taken out.
    let case = |at: usize| format!("/cases/{}", ids[at]);
    biller.act(&case(0), "overturn", &[("note", "letter")]).await.is(StatusCode::SEE_OTHER);
    biller.act(&case(1), "review", &[]).await.is(StatusCode::SEE_OTHER);
    let part = [("kind", "payer_payment"), ("amount", "30.00")];
    biller.act(&case(1), "post", &part).await.is(StatusCode::SEE_OTHER);
    let page = biller.get(&project).await;
    page.shows(&["Since they were set", "claim A-1 would stay", "claim A-2 reads otherwise now"]);
    page.shows(&["(Outstanding)"]);
    let how = [("channel", "fax"), ("on", "2026-03-02"), ("reference", "REF-9")];
    let refused = step(&biller, &project, "send", &how).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows(&["cases have changed: claim A-1 would stay", "claim A-2 reads otherwise"]);
    refused.shows(&["value=\"fax\" selected", "value=\"2026-03-02\"", "value=\"REF-9\""]);
    biller.get(&case(2)).await.hides(&["Appealed"]);
    step(&biller, &project, "set", &[WITHOUT]).await.is(StatusCode::SEE_OTHER);
    step(&biller, &project, "send", &how).await.is(StatusCode::SEE_OTHER);
    biller.get(&project).await.shows(&["Sent", "left out", "by fax"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn who_is_slower_keeps_what_they_typed_and_is_told_of_the_other() {
    let clinic = TestClinic::open().await;
    let ada = clinic.named("ada", Role::BillingSupervisor).await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let (_, project) = begun(&ada).await;
    let version = ada.get(&project).await.field("version");
    let theirs = [("subject", "Bundled"), ("letter", LETTER)];
    step(&lead, &project, "save", &theirs).await.is(StatusCode::SEE_OTHER);
    let mine = [
        ("step", "save"),
        ("version", version.as_str()),
        ("subject", "My subject"),
        ("letter", "My own words."),
    ];
    let told = ada.post(&project, &mine).await;
    told.is(StatusCode::UNPROCESSABLE_ENTITY);
    told.shows(&["Test lead", "Wrote on the letter of a project appeal"]);
    told.shows(&["value=\"My subject\"", ">My own words.</textarea>"]);
    told.shows(&["it is about: Bundled", LETTER, "class=\"gone\""]);
    let again = told.field("version");
    let mine = [mine[0], ("version", again.as_str()), mine[2], mine[3]];
    ada.post(&project, &mine).await.is(StatusCode::SEE_OTHER);
    let empty = step(&ada, &project, "save", &[("subject", "Kept"), ("letter", "")]).await;
    empty.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["value=\"Kept\"", "></textarea>"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn who_may_not_see_a_case_of_a_project_finds_no_such_project() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    let (ids, project) = begun(&biller).await;
    let coder = clinic.person(Role::CertifiedCoder).await;
    biller.get("/projects").await.shows(&[&project]);
    // Who codes answers for what was bundled, as the matrix says.
    coder.get("/projects").await.is(StatusCode::OK).shows(&[&project]);
    let given = [("role", "front_desk")];
    biller.act(&format!("/cases/{}", ids[1]), "assign", &given).await.is(StatusCode::SEE_OTHER);
    coder.get("/projects").await.is(StatusCode::OK).hides(&[&project]);
    clinic.is_proven().await;
}
