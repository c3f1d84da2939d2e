//! Practices are named and paid under their own numbers, and what is paid to nobody known waits.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Browser, PASSWORD, TestClinic, denied, era, take};
use crate::practices::{self, Wanted};
use crate::web::App;

/// The NPI of every 835 of these tests.
const NPI: &str = "1234567893";
/// Another one.
const OLD: &str = "1093817462";

fn paid_under(npi: &str) -> Wanted {
    Wanted { npis: vec![npi.to_owned()], ..Wanted::default() }
}

/// The only remittance that waits for somebody.
async fn waiting(browser: &Browser) -> String {
    let list = browser.get("/remittances?show=review").await.text;
    let id = list.split("href=\"").find(|text| text.starts_with("/remittances/era_"));
    id.and_then(|text| text.split('"').next()).expect("one waits").to_owned()
}

#[tokio::test]
async fn an_administrator_names_the_practice_and_its_numbers() {
    let clinic = TestClinic::open().await;
    let admin = clinic.named("root", Role::Administrator).await;
    let page = admin.get("/practice").await;
    page.is(StatusCode::OK).shows(&["Your practice", "No number yet"]);
    let named = [("clinic", "North clinic"), ("zone", "America/Chicago")];
    admin.post("/practice", &named).await.is(StatusCode::SEE_OTHER);
    admin.get("/practice?done=1").await.shows(&[
        "North clinic",
        "America/Chicago",
        "settings were saved",
    ]);
    let typo = admin.post("/practice", &[("npi", "1234567890")]).await;
    typo.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["is no NPI", "value=\"1234567890\""]);
    let added = [("npi", NPI), ("tax_id", "12-3456789")];
    admin.post("/practice", &added).await.is(StatusCode::SEE_OTHER);
    admin.get("/practice").await.shows(&[NPI, "123456789"]).hides(&["No number yet"]);
    let north = clinic.another_practice("north").await;
    practices::change(&north, &paid_under(OLD)).await.expect("added");
    let taken = admin.post("/practice", &[("npi", OLD)]).await;
    taken.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["the number of practice north already"]);
    admin.post("/practice", &[("remove", NPI)]).await.is(StatusCode::SEE_OTHER);
    admin.get("/practice").await.hides(&[NPI]);
    admin.get("/journal?book=house").await.shows(&[
        "Made the practice",
        "Changed the practice",
        "Added a number under which the practice is paid",
        "Removed a number under which the practice was paid",
    ]);
    clinic.stranger().get("/sign-in").await.shows(&["North clinic"]);
    let biller = clinic.named("ada", Role::BillingSupervisor).await;
    biller.get("/practice").await.is(StatusCode::FORBIDDEN);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_released_remittance_has_its_payee_remembered() {
    let clinic = TestClinic::open().await;
    practices::change(clinic.office(), &paid_under(OLD)).await.expect("added");
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await.shows(&["held"]);
    let held = waiting(&lead).await;
    lead.get(&held).await.shows(&["take what is paid to 1234567893 as ours"]);
    let released = [("verdict", "counts"), ("why", "our new NPI"), ("remember", "yes")];
    lead.post(&format!("{held}/verdict"), &released).await.is(StatusCode::SEE_OTHER);
    lead.get(&held).await.hides(&["as ours from now on"]);
    lead.get(&lead.find("A-1").await).await.is(StatusCode::OK);
    let next = take(&lead, "b.835", &era("T2", &[denied("A-2", 90, "CO*16*90")])).await;
    next.hides(&["held"]);
    lead.get(&lead.find("A-2").await).await.is(StatusCode::OK);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_is_held_is_released_once_its_payee_is_known_and_only_where_it_is_paid() {
    let clinic = TestClinic::open().await;
    practices::change(clinic.office(), &paid_under(OLD)).await.expect("added");
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await.shows(&["held"]);
    let held = waiting(&lead).await;
    let verdict = format!("{held}/verdict");
    let why = [("verdict", "counts"), ("why", "ours")];

    let north = clinic.another_practice("north").await;
    practices::change(&north, &paid_under(NPI)).await.expect("added");
    let elsewhere = lead.post(&verdict, &why).await;
    elsewhere.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["its payee is practice north"]);
    let second = take(&lead, "b.835", &era("T2", &[denied("A-2", 90, "CO*16*90")])).await;
    second.hides(&["held"]).shows(&["its payee is practice north"]);
    lead.post("/find", &[("sought", "A-2")]).await.shows(&["No case was found"]);

    let gone = Wanted { gone: vec![NPI.to_owned()], ..Wanted::default() };
    practices::change(&north, &gone).await.expect("removed");
    practices::change(clinic.office(), &paid_under(NPI)).await.expect("added");
    lead.get(&held).await.hides(&["as ours from now on"]);
    lead.post(&verdict, &why).await.is(StatusCode::SEE_OTHER);
    lead.get(&lead.find("A-1").await).await.is(StatusCode::OK);
    clinic.is_proven().await;
}

#[tokio::test]
async fn the_first_page_names_the_practice_too() {
    let mut clinic = TestClinic::open().await;
    clinic.app = App::new(clinic.office().clone(), false, Some("code".to_owned()));
    let mut stranger = clinic.stranger();
    stranger.get("/setup?code=code").await.shows(&["Its time zone", "NPI under which"]);
    let mut all = vec![
        ("code", "code"),
        ("login", "root"),
        ("name", "Root"),
        ("password", PASSWORD),
        ("role", "administrator"),
        ("clinic", "South clinic"),
        ("zone", "America/Denver"),
        ("npi", "1234567890"),
        ("tax_id", "12-3456789"),
    ];
    let odd = stranger.send_form("/setup", &all).await;
    odd.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["is no NPI", "South clinic"]);
    all[7] = ("npi", NPI);
    stranger.send_form("/setup", &all).await.is(StatusCode::SEE_OTHER);
    stranger.sign_in("root", PASSWORD).await.is(StatusCode::SEE_OTHER);
    stranger.get("/practice").await.shows(&["South clinic", "America/Denver", NPI, "123456789"]);
}
