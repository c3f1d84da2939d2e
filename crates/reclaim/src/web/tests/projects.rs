//! Many cases of one payer under one letter, one list and one reference.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{TestClinic, bill, denied, era_on, link, take};

#[tokio::test]
async fn many_cases_go_under_one_letter_and_one_reference() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    for number in ["A-1", "A-2", "A-3"] {
        take(&biller, &format!("{number}.837"), &bill(number, "=MADEUP", 90)).await;
    }
    let claims = ["A-1", "A-2", "A-3"].map(|number| denied(number, 90, "CO*97*90"));
    take(&biller, "a.835", &era_on("T1", "20260301", &claims)).await;
    let mut ids = Vec::new();
    for number in ["A-1", "A-2", "A-3"] {
        let case = biller.find(number).await;
        ids.push(case.trim_start_matches("/cases/").to_owned());
    }
    let cases = ids.join(",");
    let first = [("act", "letters"), ("cases", cases.as_str()), ("query", "")];
    biller.post("/queue/bulk", &first).await.shows(&["Project appeal: one for all of them"]);
    let begin = [first[0], first[1], first[2], ("step", "do"), ("kind", "project")];
    biller.post("/queue/bulk", &begin).await.shows(&["Project appeal begun: 3 cases"]);
    let project = link(&biller, "/projects", "/projects/prj_").await;
    let page = biller.get(&project).await;
    page.is(StatusCode::OK).shows(&["A-1", "A-3", "3 cases", "double brackets"]);
    let list = biller.get(&format!("{project}/list.csv")).await;
    list.is(StatusCode::OK).shows(&["Our claim number", "\"A-2\"", "PAT =MADEUP"]);
    let version = page.field("version");
    let how = [("step", "send"), ("version", version.as_str()), ("channel", "mail")];
    let early = biller.post(&project, &how).await;
    early.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["double brackets"]);
    let letter = "Each was billed by itself, and none is part of another.";
    let save =
        [("step", "save"), ("version", &*version), ("subject", "Bundled"), ("letter", letter)];
    biller.post(&project, &save).await.is(StatusCode::SEE_OTHER);
    biller.act(&format!("/cases/{}", ids[2]), "review", &[]).await.is(StatusCode::SEE_OTHER);
    let version = biller.get(&project).await.field("version");
    let without = ("without", "the letter speaks for all of them");
    let how = [("step", "send"), ("version", version.as_str()), ("channel", "mail"), without];
    biller.post(&project, &how).await.is(StatusCode::SEE_OTHER);
    let sent = biller.get(&project).await;
    sent.shows(&["Sent", "waits for the payer", "SHA-256", "none yet"]);
    let case = biller.get(&format!("/cases/{}", ids[0])).await;
    case.shows(&["Appealed"]);
    let version = sent.field("version");
    let refer = [("step", "refer"), ("version", &*version), ("reference", "PRJ-REF-77")];
    biller.post(&project, &refer).await.is(StatusCode::SEE_OTHER);
    for id in &ids {
        biller.get(&format!("/cases/{id}")).await.shows(&["PRJ-REF-77"]);
    }
    let pdf = biller.get(&format!("{project}/packet")).await;
    assert!(pdf.is(StatusCode::OK).text.starts_with("%PDF-"));
    clinic.is_proven().await;
}
