//! What pages hear of by themselves: a changed list, a session that ends.

use axum::http::StatusCode;
use denial::person::Role;
use serde_json::Value;

use super::clinic::{Answer, Browser, TestClinic, denied, era, take};

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.text).expect("JSON")
}

async fn news(browser: &Browser, query: &str, seq: &str) -> Value {
    let answer = browser.quietly(&format!("/queue/news?{query}&seq={seq}")).await;
    json(answer.is(StatusCode::OK))
}

#[tokio::test]
async fn a_list_hears_what_others_did_to_it() {
    let clinic = TestClinic::open().await;
    let one = clinic.named("ada", Role::BillingSpecialist).await;
    let other = clinic.named("ben", Role::BillingSupervisor).await;
    take(&one, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    let page = one.get("/queue").await;
    let seq = page.text.split("data-seq=\"").nth(1).and_then(|rest| rest.split('"').next());
    let seq = seq.expect("up to where the list knows").to_owned();
    let nothing = news(&one, "", &seq).await;
    assert_eq!((nothing["new"].as_u64(), nothing["seq"].to_string()), (Some(0), seq.clone()));

    let case = one.find("A-1").await;
    one.act(&case, "note", &[("text", "mine")]).await.is(StatusCode::SEE_OTHER);
    let own = news(&one, "", &seq).await;
    assert_eq!(own["changed"], serde_json::json!([]), "what one did oneself is no news");
    other.act(&case, "note", &[("text", "theirs")]).await.is(StatusCode::SEE_OTHER);
    let theirs = news(&one, "", &seq).await;
    assert_eq!(theirs["changed"], serde_json::json!([case.trim_start_matches("/cases/")]));
    assert_eq!(theirs["new"], 0);

    let more = [denied("A-2", 50, "CO*16*50"), denied("A-3", 70, "CO*29*70")];
    take(&other, "b.835", &era("T2", &more)).await;
    assert_eq!(news(&one, "", &seq).await["new"], 2);
    assert_eq!(news(&one, "category=timely_filing", &seq).await["new"], 1);
    let latest = news(&one, "", &seq).await["seq"].to_string();
    assert_eq!(news(&one, "", &latest).await["new"], 0);
    one.quietly("/queue/news?seq=soon").await.is(StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_a_page_asks_by_itself_keeps_no_session_alive() {
    let mut clinic = TestClinic::open().await;
    let here = clinic.named("ada", Role::BillingSpecialist).await;
    let away = clinic.named("ben", Role::BillingSpecialist).await;
    clinic.later("2026-03-03T12:20:00Z");
    clinic.again(&here).get("/").await.is(StatusCode::OK);
    // That somebody was there is noted beside the page, not before it.
    while json(&clinic.again(&here).quietly("/session").await)["left"] != 1_800 {
        tokio::task::yield_now().await;
    }
    let told = clinic.again(&away).quietly("/session").await;
    let told = json(told.is(StatusCode::OK));
    assert_eq!((told["left"].as_i64(), told["login"].as_str()), (Some(600), Some("ben")));
    assert_eq!(told["csrf"], away.csrf());
    clinic.again(&away).quietly("/queue/rows?from=0").await.is(StatusCode::OK);
    clinic.later("2026-03-03T12:31:00Z");
    clinic.again(&here).get("/").await.is(StatusCode::OK);
    clinic.again(&away).get("/").await.is(StatusCode::SEE_OTHER);
}
