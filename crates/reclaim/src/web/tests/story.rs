//! The main job: a file comes, its denial is found, worked, sent again, and stands on record.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{PASSWORD, TestClinic, denied, era, take};

#[tokio::test]
async fn a_root_cause_set_before_is_suggested() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    let claims = [denied("A-1", 250, "CO*197*250"), denied("A-2", 90, "CO*197*90")];
    take(&biller, "a.835", &era("T1", &claims)).await;
    let (one, other) = (biller.find("A-1").await, biller.find("A-2").await);
    biller.get(&other).await.hides(&["Usual for this reason"]);
    let cause = [
        ("step", "scheduling"),
        ("team", "authorization_staff"),
        ("preventable", "yes"),
        ("recoverable", "no"),
        ("note", "booked before the approval"),
    ];
    biller.act(&one, "set_root_cause", &cause).await.is(StatusCode::SEE_OTHER);
    biller.get(&one).await.shows(&["Root cause: scheduling", "preventable, not recoverable"]);
    biller
        .get(&other)
        .await
        .shows(&["Usual for this reason: scheduling (1 case)", "<option value=\"scheduling\">"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn from_a_file_to_corrected_and_resubmitted() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    biller.get("/").await.is(StatusCode::OK).shows(&["No open case", "Take files in"]);

    let answer =
        take(&biller, "first.835", &era("T1", &[denied("A-100", 250, "CO*197*250")])).await;
    answer.is(StatusCode::OK).shows(&["first.835", "835", "1 claim", "Open the remittance"]);
    let again =
        take(&biller, "other-name.835", &era("T1", &[denied("A-100", 250, "CO*197*250")])).await;
    again.shows(&["Taken already, as first.835", "Nothing was taken twice"]);

    biller.get("/").await.shows(&["At risk", "$250.00", "1 case", "/queue?category=authorization"]);
    let queue = biller.get("/queue?").await;
    queue.shows(&["A-100", "STANDIN HEALTH", "Authorization", "CO-197", "N54", "$250.00"]);
    queue.hides(&["MADEUP"]);
    let case = biller.find("A-100").await;

    let page = biller.get(&case).await;
    page.is(StatusCode::OK).shows(&[
        "MADEUP, PAT",
        "authoriz",
        "What to do",
        "Not configured",
        "CAS*CO*197*250",
        "SVC*HC:99214*250*0**1",
        "Start review",
    ]);
    biller.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    let planned = [("next", "resubmit"), ("on", "2026-03-05")];
    let saved = biller.act(&case, "plan", &planned).await;
    assert_eq!(saved.location(), format!("{case}?done=plan"));
    let sent = [
        ("frequency", "7"),
        ("channel", "portal"),
        ("reference", "A-100R"),
        ("confirmation", "C-77"),
    ];
    biller.act(&case, "resubmit", &sent).await.is(StatusCode::SEE_OTHER);
    biller.get(&case).await.shows(&[
        "Corrected and resubmitted",
        "Corrected claim A-100R sent by portal on Mar 3, 2026, confirmation C-77",
        "Planned: resubmit by Mar 5, 2026",
        "Test billing_specialist",
    ]);
    let same = biller.get("/queue?status=corrected_and_resubmitted").await;
    same.shows(&["A-100"]);
    biller.get("/queue?status=new").await.hides(&["A-100"]).shows(&["Nothing fits"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn of_two_who_save_the_second_is_told_and_loses_nothing() {
    let clinic = TestClinic::open().await;
    let one = clinic.named("ada", Role::BillingSpecialist).await;
    let other = clinic.named("ben", Role::BillingSupervisor).await;
    take(&one, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    let case = one.find("A-1").await;
    let version = one.get(&case).await.field("version");
    one.act_at(&case, &version, "note", &[("text", "called them")]).await.is(StatusCode::SEE_OTHER);
    let told = other.act_at(&case, &version, "note", &[("text", "typed <for> nothing?")]).await;
    told.is(StatusCode::CONFLICT).shows(&[
        "Test ada saved this case on Mar 3, 2026",
        "Since you opened it",
        "<strong>Test ada</strong> ",
        "typed &#60;for&#62; nothing?",
        "called them",
    ]);
    let fresh = told.field("version");
    let saved = other.act_at(&case, &fresh, "note", &[("text", "kept")]).await;
    saved.is(StatusCode::SEE_OTHER);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_is_refused_keeps_what_was_typed() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    take(&biller, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    let case = biller.find("A-1").await;
    let late = biller.act(&case, "plan", &[("next", "call_payer"), ("on", "2026-03-01")]).await;
    late.is(StatusCode::UNPROCESSABLE_ENTITY)
        .shows(&["Expected 2026-03-03 or a later day", "value=\"2026-03-01\""]);
    let short = biller.act(&case, "plan", &[("next", "call_payer")]).await;
    short.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Plan: on is needed"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_write_off_above_the_limit_needs_a_second_person() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let lead = clinic.named("ben", Role::BillingSupervisor).await;
    take(&biller, "a.835", &era("T1", &[denied("A-1", 500, "CO*29*500")])).await;
    let case = biller.find("A-1").await;
    biller.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    let give_up = [("reason", "timely_filing"), ("note", "sent too late")];
    let alone = biller.act(&case, "write_off", &give_up).await;
    alone.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["propose it to a second person"]);
    let proposed = biller.act(&case, "propose_write_off", &[("reason", "no proof")]).await;
    proposed.is(StatusCode::SEE_OTHER);
    biller.get(&case).await.shows(&["waits for a second person"]).hides(&["Approve the write-off"]);
    lead.get(&case).await.shows(&["Approve the write-off", "Test ada asks to give up $500.00"]);
    lead.act(&case, "approve", &[]).await.is(StatusCode::SEE_OTHER);
    biller.act(&case, "write_off", &give_up).await.is(StatusCode::SEE_OTHER);
    biller.get(&case).await.shows(&[
        "Written off $500.00 as timely filing: sent too late; approved by Test ben",
        "Closed",
        "-$500.00",
    ]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn an_approved_write_off_is_booked_next() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let lead = clinic.named("ben", Role::BillingSupervisor).await;
    take(&biller, "a.835", &era("T1", &[denied("A-1", 500, "CO*22*500")])).await;
    let case = biller.find("A-1").await;
    biller.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    biller.act(&case, "propose_write_off", &[("reason", "no other cover")]).await;
    let all = "/queue?role=billing_specialist,front_desk,certified_coder";
    biller.get(&case).await.shows(&["Coordinate benefits"]);
    lead.act(&case, "approve", &[]).await.is(StatusCode::SEE_OTHER);
    biller.get(all).await.shows(&["Book the approved write-off"]).hides(&["Coordinate benefits"]);
    let page = biller.get(&case).await;
    page.shows(&["<strong>Book the approved write-off.</strong> A second person approved"]);
    page.shows(&["id=\"act-write_off\" open", "href=\"#act-write_off\">Book it", "The other ways"]);
    page.shows(&["Approved by Test ben: $500.00, asked by Test ada: no other cover"]);
    page.hides(&["recommended</span>", "In general, for this reason", "rules advise to work"]);
    // The recommended way of many, too, is to book it.
    let id = case.trim_start_matches("/cases/");
    let plan = [("act", "playbook"), ("step", "do"), ("cases", id)];
    biller.post("/queue/bulk", &plan).await.shows(&["Planned: book the approved write-off 1"]);
    let give_up = [("reason", "denied"), ("note", "no other cover")];
    biller.act(&case, "write_off", &give_up).await.is(StatusCode::SEE_OTHER);
    biller.get(&case).await.shows(&["Closed", "approved by Test ben"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_write_off_that_is_declined_once_it_was_approved_goes_on_by_its_ways() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let lead = clinic.named("ben", Role::BillingSupervisor).await;
    take(&biller, "a.835", &era("T1", &[denied("A-1", 500, "CO*22*500")])).await;
    let case = biller.find("A-1").await;
    biller.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    biller.act(&case, "propose_write_off", &[("reason", "no other cover")]).await;
    lead.act(&case, "approve", &[]).await.is(StatusCode::SEE_OTHER);
    lead.act(&case, "decline", &[("reason", "there is one")]).await.is(StatusCode::SEE_OTHER);
    biller.get(&case).await.shows(&["Coordinate benefits"]).hides(&["Book it"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_document_is_attached_and_given_back() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    take(&biller, "a.835", &era("T1", &[denied("A-1", 90, "CO*252*90")])).await;
    let case = biller.find("A-1").await;
    let version = biller.get(&case).await.field("version");
    let fields =
        [("act", "attach_document"), ("version", version.as_str()), ("what", "medical_record")];
    let path = format!("{case}/documents");
    let file = ("file", "../notes of visit.pdf", "%PDF synthetic");
    biller.upload(&path, &fields, file).await.is(StatusCode::SEE_OTHER);
    let page = biller.get(&case).await;
    page.shows(&["Attached: medical record"]);
    let link = page.text.split(&format!("{path}/")).nth(1).expect("a link");
    let link = format!("{path}/{}", link.split('"').next().expect("quoted"));
    let given = biller.get(&link).await;
    assert_eq!(given.is(StatusCode::OK).text, "%PDF synthetic");
    let disposition = given.headers.get("content-disposition").expect("a header");
    assert_eq!(disposition, "attachment; filename=\"notes_of_visit.pdf\"");
    let none = format!("{path}/doc_00000000000000000000000000");
    biller.get(&none).await.is(StatusCode::NOT_FOUND);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_question_brings_the_case_to_who_is_asked_and_no_longer() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSupervisor).await;
    let provider = clinic.person(Role::Provider).await;
    take(&biller, "a.835", &era("T1", &[denied("A-1", 90, "CO*252*90")])).await;
    let case = biller.find("A-1").await;
    provider
        .get(&case)
        .await
        .is(StatusCode::FORBIDDEN)
        .shows(&["neither yours nor were you asked"]);
    provider.get("/queue").await.hides(&["A-1"]);
    let asked = [("to", "provider"), ("text", "Was it the left knee?")];
    biller.act(&case, "ask_colleague", &asked).await.is(StatusCode::SEE_OTHER);
    provider.get("/queue").await.shows(&["A-1"]);
    provider
        .get(&case)
        .await
        .is(StatusCode::OK)
        .shows(&["Was it the left knee?", "Answer a question"]);
    let answer = [("question", "1"), ("text", "The left one.")];
    provider.act(&case, "answer", &answer).await.is(StatusCode::SEE_OTHER);
    provider.get(&case).await.is(StatusCode::FORBIDDEN);
    biller.get(&case).await.shows(&["Answered by Test provider: The left one."]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn nobody_sees_another_practice_and_no_page_shows_the_session() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSupervisor).await;
    take(&biller, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    let case = biller.find("A-1").await;
    let elsewhere = clinic.another_practice("north").await;
    let new = crate::people::NewPerson {
        login: "zoe",
        name: "Zoe North",
        role: Role::BillingSupervisor,
        password: PASSWORD,
    };
    crate::people::add(&elsewhere, &new).await.expect("made");
    let mut zoe = clinic.stranger();
    zoe.sign_in("zoe", PASSWORD).await.is(StatusCode::SEE_OTHER);
    zoe.get(&case).await.is(StatusCode::NOT_FOUND).hides(&["A-1", "MADEUP"]);
    zoe.get("/queue").await.is(StatusCode::OK).hides(&["A-1"]).shows(&["Practice north"]);
    let found = zoe.post("/find", &[("sought", "A-1")]).await;
    found.is(StatusCode::OK).shows(&["No case was found"]);
    let acted = zoe.act_at(&case, "1", "note", &[("text", "x")]).await;
    acted.is(StatusCode::NOT_FOUND);
    for page in ["/", "/queue", &case, "/remittances", "/files", "/rejections", "/upload"] {
        let token = biller.token.clone().expect("signed in");
        let answer = biller.get(page).await;
        answer.is(StatusCode::OK).hides(&[&token, &crate::web::session::hashed(&token)]);
    }
    clinic.is_proven().await;
}

#[tokio::test]
async fn who_looks_at_a_patient_is_on_record() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let auditor = clinic.person(Role::Auditor).await;
    take(&biller, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    let case = biller.find("A-1").await;
    auditor.get("/journal?book=views").await.shows(&["Nothing of this kind"]);
    biller.get(&case).await.is(StatusCode::OK);
    let id = case.trim_start_matches("/cases/");
    let views = auditor.get(&format!("/journal?book=views&about={id}")).await;
    views.is(StatusCode::OK).shows(&["Test ada", "Opened a case", id]).hides(&["MADEUP"]);
    let acts = auditor.get("/journal").await;
    acts.shows(&["Took a file in", "A case was opened for a denial"]);
    let house = auditor.get("/journal?book=house").await;
    house.shows(&["Signed in", "Added a person"]);
    clinic.is_proven().await;
}
