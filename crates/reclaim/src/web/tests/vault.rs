//! What a payer said before the visit is found where it bears on a denial. Everybody is made up.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{TestClinic, bill, denied, enveloped, era, link, take};

fn eligibility(member: &str, told: &[&str]) -> String {
    let mut segments = vec![
        "ST*271*0001*005010X279A1".to_owned(),
        "BHT*0022*11*Q1*20260301*1200".to_owned(),
        "HL*1**20*1".to_owned(),
        "NM1*PR*2*STAND IN HEALTH*****PI*77777".to_owned(),
        "HL*2*1*21*1".to_owned(),
        "NM1*1P*2*CLINIC*****XX*1234567893".to_owned(),
        "HL*3*2*22*0".to_owned(),
        "TRN*2*TRACE-9*9PAYER".to_owned(),
        "NM1*IL*1*OTHERS*SOMEBODY****MI*ZZ99".to_owned(),
        "EB*6**30".to_owned(),
        "HL*4*2*22*0".to_owned(),
        format!("NM1*IL*1*MADEUP*PAT****MI*{member}"),
    ];
    segments.extend(told.iter().map(|&one| one.to_owned()));
    segments.push(format!("SE*{}*0001", segments.len() + 1));
    enveloped("HB", "005010X279A1", &segments)
}

/// The member's id that [`bill`] sends.
fn member() -> String {
    let text = bill("A-1", "MADEUP", 90);
    let name =
        text.split('~').map(str::trim).find(|one| one.starts_with("NM1*IL")).expect("a subscriber");
    name.split('*').nth(9).expect("an id").to_owned()
}

#[tokio::test]
async fn cover_on_the_day_of_service_is_put_beside_the_case() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.837", &bill("A-1", "MADEUP", 90)).await;
    take(&biller, "a.835", &era("T1", &[denied("A-1", 90, "CO*27*90")])).await;
    let case = biller.find("A-1").await;
    biller.get(&case).await.hides(&["before the visit"]);

    let answer = eligibility(&member(), &["DTP*346*D8*20250101", "EB*1**30**GOLD"]);
    take(&biller, "answer.271", &answer).await.shows(&["271"]);
    let page = biller.get(&case).await;
    page.shows(&["before the visit", "Eligibility answer", "STAND IN HEALTH", "shows it"]);
    page.hides(&["ZZ99"]);

    let fields =
        [("version", page.field("version")), ("file", page.field("file")), ("n", page.field("n"))];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let path = format!("{case}/evidence");
    biller.post(&path, &fields).await.is(StatusCode::SEE_OTHER);
    let page = biller.get(&case).await;
    page.shows(&["Eligibility response", "received"]);
    let href = page.text.split("href=\"").find(|text| text.contains("/documents/doc_"));
    let href = href.and_then(|text| text.split('"').next()).expect("a document");
    let sheet = biller.get(href).await;
    sheet.is(StatusCode::OK).shows(&["STAND IN HEALTH", "EB*1**30**GOLD", "MADEUP"]);
    sheet.hides(&["ZZ99", "OTHERS"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn another_patients_answer_bears_on_nothing() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.837", &bill("A-1", "MADEUP", 90)).await;
    take(&biller, "a.835", &era("T1", &[denied("A-1", 90, "CO*27*90")])).await;
    take(&biller, "answer.271", &eligibility("NOT-THIS", &["EB*1**30"])).await;
    let case = biller.find("A-1").await;
    let page = biller.get(&case).await;
    page.hides(&["before the visit"]);
    let version = page.field("version");
    let file = link(&biller, "/files", "/files/").await;
    let hash = file.trim_start_matches("/files/").to_owned();
    let path = format!("{case}/evidence");
    for (file, n) in [(hash.as_str(), "0"), (hash.as_str(), "1"), ("nothing", "0"), ("", "x")] {
        let fields = [("version", version.as_str()), ("file", file), ("n", n)];
        biller.post(&path, &fields).await.is(StatusCode::NOT_FOUND);
    }
}
