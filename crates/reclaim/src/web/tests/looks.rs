//! What people stumble over on pages, and what they are told there.

use axum::http::StatusCode;
use denial::person::Role;

use super::appeals::{attached, begun, form, ready, reviewed, send, signed};
use super::clinic::{Answer, TestClinic, denied, era, link, take};
use crate::web::letters::Open;

#[tokio::test]
async fn a_faulty_file_of_routes_stops_the_sending_alone() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let (_, draft) = ready(&biller).await;
    let page = signed(&biller, &draft).await;
    let text = "[[route]]\nname = \"house\"\nfolders = \"misspelled\"\n";
    std::fs::write(clinic.office().folder.join("exchange.toml"), text).expect("written");
    let told = biller.get(&draft).await;
    told.is(StatusCode::OK).shows(&["Nothing can leave by the outbox now", "exchange.toml"]);
    told.shows(&["Send it by hand"]).hides(&["Put it into the outbox"]);
    let route = [("what", "route"), ("route", "local")];
    let refused = send(&biller, &draft, &page, &route).await;
    refused
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .shows(&["Nothing can leave: exchange.toml: line 3"]);
    biller.get("/outbox").await.is(StatusCode::OK);
    clinic.is_proven().await;
}

#[tokio::test]
async fn letters_are_begun_for_many_and_stand_in_one_list() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let claims = ["A-1", "A-2"].map(|number| denied(number, 90, "CO*50*90"));
    take(&lead, "a.835", &era("T1", &claims)).await;
    let [one, two] = [lead.find("A-1").await, lead.find("A-2").await];
    let both = [&one, &two].map(|case| case["/cases/".len()..].to_owned()).join(",");
    lead.get("/queue").await.shows(&["data-bulk-key=\"l\"", "data-bulk-key=\"i\""]);
    let asked = lead.post("/queue/bulk", &[("act", "letters"), ("cases", &both)]).await;
    asked.is(StatusCode::OK).shows(&["Begin letters", "2 cases", "value=\"appeal\" selected"]);
    let told = asked.field("told");
    let begin = [("act", "letters"), ("step", "do"), ("cases", both.as_str()), ("kind", "appeal")];
    let begin = [begin.as_slice(), &[("told", told.as_str())]].concat();
    let done = lead.post("/queue/bulk", &begin).await;
    done.is(StatusCode::OK).shows(&["Letters begun: 2 cases", "They stand under Letters"]);
    let list = lead.get("/letters").await;
    list.shows(&["Appeal, level 1", "A-1", "A-2", "/appeals/drf_"]);
    lead.get("/letters?show=ready").await.shows(&["No letter"]);
    let again = lead.post("/queue/bulk", &begin).await;
    again.shows(&["Letters begun: 0 cases", "A draft of this kind and level is open already"]);
    // Who writes none is offered none.
    let desk = clinic.person(Role::FrontDesk).await;
    desk.get("/letters").await.is(StatusCode::FORBIDDEN);
    let asked = desk.post("/queue/bulk", &[("act", "letters"), ("cases", &both)]).await;
    asked.is(StatusCode::FORBIDDEN);
    // Before whom names are masked it opens once the case has shown them.
    let manager = clinic.person(Role::Manager).await;
    let list = manager.get("/letters").await;
    list.shows(&["A-1", "its patient is masked"]).hides(&["/appeals/drf_"]);
    let names = format!("{}/names", link(&manager, &one, "/claims/").await);
    manager.post(&names, &[("why", "a complaint"), ("here", &one)]).await;
    let list = manager.get("/letters").await;
    list.shows(&[&format!("{one}/appeals/drf_"), "its patient is masked"]);
    list.hides(&[&format!("{two}/appeals/drf_")]);
    // What is not looked through any more is told.
    let mut tx = clinic.office().read().await.expect("a look");
    for (most, all, is_capped) in [(2, 2, false), (1, 1, true)] {
        let open = Open::of(&mut tx, clinic.office(), None, most).await.expect("read");
        assert_eq!((open.all.len(), open.is_capped), (all, is_capped), "{most}");
    }
    drop(tx);
    // A coder sees the letters of their own cases alone.
    let coder = clinic.person(Role::CertifiedCoder).await;
    coder.get("/letters").await.is(StatusCode::OK).hides(&["A-1"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_letter_stands_under_what_is_to_send_until_it_waits_in_the_outbox() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let (case, draft) = ready(&biller).await;
    biller.get("/letters?show=draft").await.shows(&[&case]);
    let page = signed(&biller, &draft).await;
    biller.get("/letters?show=signed").await.shows(&[&case, "Signed"]);
    biller.get("/letters?show=outbox").await.shows(&["No letter"]).hides(&[&case]);
    let route = [("what", "route"), ("route", "local")];
    send(&biller, &draft, &page, &route).await.is(StatusCode::SEE_OTHER);
    biller.get("/letters?show=signed").await.shows(&["No letter"]).hides(&[&case]);
    let list = biller.get("/letters").await;
    list.shows(&[&case, "data-label=\"Stands\">In the outbox<"]);
    biller.get("/letters?show=outbox").await.shows(&[&case]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_status_call_is_planned_for_many() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*50*90")])).await;
    let id = lead.find("A-1").await["/cases/".len()..].to_owned();
    let asked = lead.post("/queue/bulk", &[("act", "inquiry"), ("cases", &id)]).await;
    asked.shows(&["Plan the next action", "value=\"call_payer\" selected", "value=\"plan\""]);
    let played = lead.post("/queue/bulk", &[("act", "plan"), ("cases", &id)]).await;
    played.hides(&["value=\"call_payer\" selected"]);
}

#[tokio::test]
async fn a_letter_has_both_addresses_who_signs_and_its_exhibits() {
    let clinic = TestClinic::open().await;
    let admin = clinic.named("root", Role::Administrator).await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let (_, draft) = ready(&biller).await;
    biller.get(&draft).await.shows(&["has no letterhead yet", "Billing specialist"]);
    let long = "x".repeat(81);
    let refused = admin.post("/practice", &[("letterhead", long.as_str())]).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["at most 6 lines of 80 letters"]);
    let head = [("letterhead", "1 Main Street\r\n\r\nSpringfield, IL 62701")];
    admin.post("/practice", &head).await.is(StatusCode::SEE_OTHER);
    admin.get("/practice").await.shows(&["1 Main Street\nSpringfield, IL 62701"]);
    let page = biller.get(&draft).await;
    page.shows(&["Springfield, IL 62701", "Enclosed", "Exhibit A: "]).hides(&["no letterhead"]);
    let signer = [("signer", "Dr. Ruth Example\nMedical director [[license]]")];
    send(&biller, &draft, &page, &signer).await.is(StatusCode::SEE_OTHER);
    let page = biller.get(&draft).await;
    page.shows(&["Dr. Ruth Example", "A note to yourself stands in it"]);
}

#[tokio::test]
async fn words_and_codes_are_found_by_a_few_letters() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    lead.get("/words").await.shows(&["Find a word or code"]).hides(&["id=\"codes\""]);
    let found = lead.get("/words?of=CO-197").await;
    found.shows(&["/words/codes?of=197"]).hides(&["Nothing fits"]);
    lead.get("/words?of=takeback").await.shows(&["akeback"]).hides(&["id=\"status-new\""]);
    lead.get("/words?of=%3Cb%3Ezz").await.shows(&["Nothing fits", "&#60;b&#62;zz"]);
}

/// What is typed for who signs, and whether an argument is chosen.
fn signer_and_argument(page: &Answer) -> (String, bool) {
    let fields = form(page);
    let signer = fields.iter().find(|(name, _)| name == "signer").map(|(_, text)| text.clone());
    (signer.unwrap_or_default(), fields.iter().any(|(name, _)| name.starts_with("argument_use_")))
}

#[tokio::test]
async fn a_letter_begins_without_what_is_not_so() {
    // Above what one person signs alone, another's signature would stand over the writer's name;
    // and nothing says that records are attached which are not on file.
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let case = reviewed(&lead, 250).await;
    let page = lead.get(&begun(&lead, &case).await).await;
    assert_eq!(signer_and_argument(&page), (String::new(), false));
    page.shows(&["None is chosen.", "On March 1, 2026 you denied"]);
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let case = reviewed(&lead, 90).await;
    attached(&lead, &case, "clinical_notes", "notes.pdf", 1).await;
    let page = lead.get(&begun(&lead, &case).await).await;
    let (signer, argues) = signer_and_argument(&page);
    assert!(argues && signer.ends_with("\nBilling supervisor"), "{signer}");
    page.hides(&["None is chosen."]);
}
