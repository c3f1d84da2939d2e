//! One change on many claims: asked for in the queue, looked at claim by claim, approved, sent as
//! one file, stopped and gone on with.

use std::time::Duration;

use axum::http::StatusCode;
use denial::person::Role;
use store::correction_batches::{CorrectionBatch, CorrectionItem};

use super::clinic::{Answer, Browser, PaidClaim, TestClinic, bill, denied, era, take};
use super::outbox::{LATER, files};
use crate::outbox::leaving;

/// Claims that are billed and denied for one reason; gives the ids of their cases.
pub(super) async fn job(
    biller: &Browser,
    numbers: &[&'static str],
    why: &'static str,
) -> Vec<String> {
    let mut paid: Vec<PaidClaim> = Vec::new();
    for number in numbers {
        take(biller, &format!("{number}.837"), &bill(number, "MADEUP", 90)).await;
        paid.push(PaidClaim { control: number, ..denied(number, 90, why) });
    }
    take(biller, &format!("{}.835", numbers[0]), &era(numbers[0], &paid)).await;
    let mut ids = Vec::new();
    for number in numbers {
        ids.push(biller.find(number).await.trim_start_matches("/cases/").to_owned());
    }
    ids
}

/// The page of a batch once it does nothing by itself any more.
pub(super) async fn at_rest(browser: &Browser, address: &str) -> Answer {
    for _ in 0..1_000 {
        let page = browser.get(address).await;
        if !page.headers.contains_key("refresh") {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the batch goes on and on");
}

/// Begins a batch; gives its address once each claim was looked at.
pub(super) async fn begun(browser: &Browser, ids: &[String], fields: &[(&str, &str)]) -> String {
    let cases = ids.join(",");
    let mut all = vec![("cases", cases.as_str())];
    all.extend(fields);
    let answer = browser.post("/batches", &all).await;
    let address = answer.is(StatusCode::SEE_OTHER).location();
    at_rest(browser, &address).await;
    address
}

pub(super) async fn step(browser: &Browser, address: &str, step: &str) -> Answer {
    browser.post(address, &[("step", step), ("confirmed", "yes")]).await
}

#[tokio::test]
async fn one_change_is_looked_at_on_each_claim_and_leaves_in_one_file() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.named("ada", Role::BillingSupervisor).await;
    let ids = job(&lead, &["A-1", "A-2", "A-3"], "CO*197*90").await;
    let cases = ids.join(",");
    lead.get("/queue").await.shows(&["value=\"correct\""]);
    let form = lead.post("/queue/bulk", &[("act", "correct"), ("cases", &cases)]).await;
    form.is(StatusCode::OK).shows(&["3 cases · $270.00", "value=\"authorization\" selected"]);
    form.hides(&["MADEUP"]);
    let fields = [("cases", cases.as_str()), ("change", "authorization"), ("procedure", "99214")];
    let wrong = lead.post("/batches", &fields).await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows(&["Expected what it shall say.", "Expected nothing: this is about no line."]);
    wrong.shows(&["name=\"procedure\" value=\"99214\""]);
    let strange = [("cases", cases.as_str()), ("change", "authorization"), ("own", "Z-9, AUTH0")];
    lead.post("/batches", &strange).await.shows(&["None of the chosen claims has the number Z-9"]);
    let two = [("cases", cases.as_str()), ("change", "authorization"), ("own", "A-1, B\nA-1, C")];
    lead.post("/batches", &two).await.shows(&["Claim A-1 has two values"]);

    let own = "A-1, AUTH1\nA-2, AUTH2";
    let batch = begun(&lead, &ids, &[("change", "authorization"), ("own", own)]).await;
    let page = lead.get(&batch).await;
    page.shows(&["<ins>AUTH1</ins>", "<ins>AUTH2</ins>", "Send 2 claims"]);
    page.shows(&["<ins>7</ins>", "Set aside <span class=\"count\">1</span>"]);
    lead.get(&format!("{batch}?show=aside")).await.shows(&["No value was given for it.", "A-3"]);
    lead.get("/").await.shows(&["batch of corrected claims"]);
    let early = lead.post(&batch, &[("step", "send")]).await;
    early.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Confirm what the payers take"]);
    let ticked = [("step", "send"), ("confirmed", "yes"), ("cases", "0")];
    let ticked = lead.post(&batch, &ticked).await;
    ticked.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Claims are ticked: leave them out first"]);
    lead.get(&format!("/cases/{}", ids[0])).await.shows(&["New"]);

    step(&lead, &batch, "send").await.is(StatusCode::SEE_OTHER);
    at_rest(&lead, &batch).await.shows(&["2 of its claims are in the outbox"]);
    lead.get("/batches").await.shows(&["in the outbox", "Set the authorization number"]);
    step(&lead, &batch, "send").await.is(StatusCode::UNPROCESSABLE_ENTITY);
    // The same claims in another batch stay where they are.
    let again = begun(&lead, &ids, &[("change", "authorization"), ("to", "AUTH1")]).await;
    let aside = lead.get(&format!("{again}?show=aside")).await;
    aside.shows(&["one more goes from its case alone"]).hides(&["A-3"]);
    step(&lead, &again, "drop").await.is(StatusCode::SEE_OTHER);

    clinic.later(LATER);
    let tally = leaving::sweep(clinic.office()).await.expect("swept");
    assert_eq!((tally.sent, tally.failed), (1, 0));
    let [file] = files(clinic.office()).try_into().expect("one file");
    let text = std::fs::read_to_string(file).expect("text");
    for part in ["CLM*A-1*", "CLM*A-2*", "REF*G1*AUTH1", "REF*G1*AUTH2", "REF*F8*A-1", "REF*F8*A-2"]
    {
        assert_eq!(text.matches(part).count(), 1, "{part} in {text}");
    }
    let lead = clinic.again(&lead);
    lead.get(&format!("/cases/{}", ids[1])).await.shows(&["Corrected and resubmitted"]);
    lead.get(&format!("/cases/{}", ids[2])).await.shows(&["New"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_batch_that_changes_codes_leaves_with_a_coders_word_alone() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let other = clinic.named("otto", Role::BillingSpecialist).await;
    let coder = clinic.named("cora", Role::CertifiedCoder).await;
    let ids = job(&biller, &["A-1", "A-2"], "CO*97*90").await;
    let batch = begun(&biller, &ids, &[("change", "add_modifier"), ("to", "59")]).await;
    let page = biller.get(&batch).await;
    page.shows(&["Codes change on 2 of its claims", "Ask a coder", "class=\"chip odd\">code"]);
    page.hides(&["Send 2 claims"]);
    let early = step(&biller, &batch, "send").await;
    early.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["A coder has to approve"]);
    step(&biller, &batch, "approve").await.shows(&["A coder approves codes"]);
    other.get(&batch).await.is(StatusCode::FORBIDDEN);
    coder.get(&batch).await.is(StatusCode::FORBIDDEN);
    step(&biller, &batch, "ask").await.is(StatusCode::SEE_OTHER);
    biller.get(&batch).await.shows(&["Coders were asked"]);
    coder.get("/").await.shows(&["1 batch of corrected claims"]);
    coder.get(&batch).await.shows(&["Approve the codes", "<ins>59</ins>"]).hides(&["Drop"]);
    step(&coder, &batch, "send").await.is(StatusCode::FORBIDDEN);
    step(&coder, &batch, "approve").await.is(StatusCode::SEE_OTHER);
    biller.get(&batch).await.shows(&["approved</span> by Test cora", "Send 2 claims"]);
    step(&biller, &batch, "send").await.is(StatusCode::SEE_OTHER);
    at_rest(&biller, &batch).await.shows(&["2 of its claims are in the outbox"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn bad_rows_are_set_aside_with_their_faults_and_others_left_out_by_hand() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("ada", Role::BillingSupervisor).await;
    let mut ids = job(&lead, &["A-1", "A-2", "A-3"], "CO*16*90").await;
    // One was never billed from here, one is being corrected alone.
    take(&lead, "b.835", &era("B", &[denied("B-1", 90, "CO*16*90")])).await;
    ids.push(lead.find("B-1").await.trim_start_matches("/cases/").to_owned());
    let alone = format!("/cases/{}/correct", ids[2]);
    let lines = lead.get(&alone).await.field("lines");
    let typed = [("version", "0"), ("lines", lines.as_str()), ("step", "save"), ("referral", "R1")];
    lead.post(&alone, &typed).await.is(StatusCode::SEE_OTHER);
    let own = [("change", "place"), ("own", "A-1, hospital\nA-2, 22"), ("to", "22")];
    let batch = begun(&lead, &ids, &own).await;
    let aside = lead.get(&format!("{batch}?show=aside")).await;
    aside.shows(&[
        "<strong>Place of service</strong>: expected two digits",
        "Somebody corrects it on its case",
        "No 837 with this claim was taken in",
    ]);
    let page = lead.get(&batch).await;
    page.shows(&["A-2", "Send 1 claim<"]);
    let place = page.field("cases");
    let left = lead.post(&batch, &[("step", "leave_out"), ("cases", &place)]).await;
    left.is(StatusCode::SEE_OTHER);
    lead.get(&batch).await.shows(&["Left out by hand."]);
    let nothing = lead.post(&batch, &[("step", "leave_out")]).await;
    nothing.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Tick the claims to leave out."]);
    step(&lead, &batch, "drop").await.is(StatusCode::SEE_OTHER);
    lead.get(&batch).await.shows(&["Dropped"]);
    step(&lead, &batch, "go_on").await.is(StatusCode::UNPROCESSABLE_ENTITY);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_stopped_batch_goes_on_and_who_may_not_correct_begins_none() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("ada", Role::BillingSupervisor).await;
    let ids = job(&lead, &["A-1", "A-2"], "CO*16*90").await;
    let cases = ids.join(",");
    let fields = [("cases", cases.as_str()), ("change", "authorization"), ("to", "AUTH1")];
    let batch = lead.post("/batches", &fields).await.location();
    // The work begins once this test waits for it.
    step(&lead, &batch, "stop").await;
    let page = at_rest(&lead, &batch).await;
    if page.text.contains("Go on") {
        page.shows(&["Stopped", "0</strong> of 2 claims"]);
        step(&lead, &batch, "go_on").await.is(StatusCode::SEE_OTHER);
    }
    at_rest(&lead, &batch).await.shows(&["Send 2 claims"]);
    let running = lead.post("/batches", &fields).await.location();
    let page = lead.get(&format!("{running}?still=yes")).await;
    assert!(!page.headers.contains_key("refresh"));
    at_rest(&lead, &running).await;
    let desk = clinic.named("fred", Role::FrontDesk).await;
    desk.get("/queue").await.hides(&["value=\"correct\""]);
    desk.post("/queue/bulk", &[("act", "correct"), ("cases", &cases)])
        .await
        .is(StatusCode::FORBIDDEN);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_page_that_renews_itself_can_be_left_still_and_notes_no_list_without_patients() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("ada", Role::BillingSupervisor).await;
    let ids = job(&lead, &["A-1"], "CO*16*90").await;
    let batch = begun(&lead, &ids, &[("change", "authorization"), ("to", "AUTH1")]).await;
    stands(&clinic, &batch, "preparing", Some("waiting")).await;
    let page = lead.get(&batch).await;
    let to = format!("3; url={batch}?show=ready&from=0&x-unasked=yes");
    assert_eq!(page.headers.get("refresh").and_then(|it| it.to_str().ok()), Some(to.as_str()));
    let (still, title) = (page.text.find("&amp;still=yes"), page.text.find("<h1>"));
    assert!(still.is_some() && still < title, "{}", page.text);
    let last = clinic.views_since(0).await.first().map_or(0, |(seq, _, _)| *seq);
    lead.get(&batch).await.is(StatusCode::OK);
    assert_eq!(clinic.views_since(last).await, []);
    stands(&clinic, &batch, "ready", None).await;
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_claim_that_was_marked_since_says_nothing_of_its_codes() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("ada", Role::BillingSupervisor).await;
    let ids = job(&lead, &["A-1", "A-2"], "CO*97*90").await;
    let batch = begun(&lead, &ids, &[("change", "add_modifier"), ("to", "59")]).await;
    lead.get(&batch).await.shows(&["<ins>59</ins>"]).hides(&["specially protected"]);
    for id in &ids {
        let tag = [("kind_hiv", "yes"), ("why", "the chart says so")];
        lead.post(&format!("/cases/{id}/protection"), &tag).await.is(StatusCode::SEE_OTHER);
    }
    let page = lead.get(&batch).await;
    page.shows(&["A-1", "It is a specially protected record"]).hides(&["<ins>", "<del>"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_batch_of_which_the_rest_is_left_out_can_end_and_waits_for_nobody() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("ada", Role::BillingSupervisor).await;
    let ids = job(&lead, &["A-1", "A-2"], "CO*16*90").await;
    let batch = begun(&lead, &ids, &[("change", "authorization"), ("to", "AUTH1")]).await;
    stands(&clinic, &batch, "ready", Some("sent")).await;
    lead.get("/").await.shows(&["batch of corrected claims"]);
    let left = lead.post(&batch, &[("step", "leave_out"), ("cases", "1")]).await;
    left.is(StatusCode::SEE_OTHER);
    lead.get("/").await.hides(&["batch of corrected claims"]);
    lead.get("/batches").await.shows(&["in the outbox"]).hides(&["nothing of it can go"]);
    lead.get(&batch).await.shows(&["Drop the batch"]);
    step(&lead, &batch, "drop").await.is(StatusCode::SEE_OTHER);
    lead.get(&batch).await.shows(&["Dropped"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn values_of_many_claims_come_back_in_the_form() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("ada", Role::BillingSupervisor).await;
    let cases = job(&lead, &["A-1"], "CO*16*90").await.join(",");
    let own: String = (0..2_000).map(|at| format!("Z-{at}, AUTH{at}\n")).collect();
    let fields = [("cases", cases.as_str()), ("change", "authorization"), ("own", own.as_str())];
    let form = lead.post("/batches", &fields).await;
    form.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["has the number Z-0", "Z-1999, AUTH1999"]);
    clinic.is_proven().await;
}

/// A batch that changes codes on cases that are no coder's, of which coders were asked.
async fn asked(clinic: &TestClinic) -> (Browser, Browser, Vec<String>, String) {
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let coder = clinic.named("cora", Role::CertifiedCoder).await;
    let ids = job(&biller, &["A-1", "A-2"], "CO*197*90").await;
    let batch = begun(&biller, &ids, &[("change", "add_modifier"), ("to", "59")]).await;
    step(&biller, &batch, "ask").await.is(StatusCode::SEE_OTHER);
    (biller, coder, ids, batch)
}

#[tokio::test]
async fn who_must_approve_a_batch_sees_what_it_changes_and_no_more() {
    let clinic = TestClinic::open().await;
    let (biller, coder, ids, batch) = asked(&clinic).await;
    let case = format!("/cases/{}", ids[0]);
    let page = coder.get(&batch).await;
    page.is(StatusCode::OK).hides(&["not yours to see", "MADEUP", "Drop"]);
    page.shows(&["<ins>59</ins>", "M••• P•••", "$90.00", "CO-197", &format!("href=\"{case}\"")]);
    page.shows(&["Approve the codes", "Decline the codes"]);
    // The case opens to read, and its claim; nothing is done there, and nothing else opens.
    let read = coder.get(&case).await;
    read.is(StatusCode::OK).shows(&["a batch waits for your word", &format!("href=\"{batch}\"")]);
    read.shows(&["MADEUP", "Your role reads this case."]);
    let act = coder.act(&case, "note", &[("text", "mine")]).await;
    act.is(StatusCode::UNPROCESSABLE_ENTITY);
    let tag = [("kind_hiv", "yes"), ("why", "the chart says so")];
    let refused = coder.post(&format!("{case}/protection"), &tag).await;
    refused.is(StatusCode::FORBIDDEN).shows(&["read, not changed"]);
    coder.get("/queue").await.hides(&["A-1"]);
    take(&biller, "b.835", &era("B", &[denied("B-1", 90, "CO*197*90")])).await;
    coder.get(&biller.find("B-1").await).await.is(StatusCode::FORBIDDEN);
    let other = clinic.named("fred", Role::FrontDesk).await;
    other.get(&case).await.is(StatusCode::FORBIDDEN);
    // Once it is approved, the cases are theirs to see no more.
    step(&coder, &batch, "approve").await.is(StatusCode::SEE_OTHER);
    coder.get(&case).await.is(StatusCode::FORBIDDEN);
    coder.get(&batch).await.shows(&["It is not yours to see."]).hides(&["<ins>", "M•••", &case]);
    step(&biller, &batch, "send").await.is(StatusCode::SEE_OTHER);
    at_rest(&biller, &batch).await;
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_coder_who_declines_says_why_to_who_asked_and_on_each_case() {
    let clinic = TestClinic::open().await;
    let (biller, coder, ids, batch) = asked(&clinic).await;
    let case = format!("/cases/{}", ids[1]);
    let why = "the record shows one procedure";
    let mute = coder.post(&batch, &[("step", "decline"), ("why", " ")]).await;
    mute.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Say why, in a few words"]);
    biller
        .post(&batch, &[("step", "decline"), ("why", why)])
        .await
        .shows(&["A coder approves codes"]);
    let declined = coder.post(&batch, &[("step", "decline"), ("why", why)]).await;
    assert_eq!(declined.is(StatusCode::SEE_OTHER).location(), "/batches?done=declined");
    coder.get("/batches?done=declined").await.shows(&["The codes were declined"]).hides(&[&batch]);
    coder.get(&batch).await.is(StatusCode::FORBIDDEN);
    coder.get(&case).await.is(StatusCode::FORBIDDEN);
    coder.get("/").await.hides(&["batch of corrected claims"]);
    biller.get("/").await.shows(&["1 batch whose codes a coder declined"]);
    biller.get("/batches").await.shows(&["declined by a coder", "after a coder’s approval"]);
    let page = biller.get(&batch).await;
    page.shows(&["declined</span> by Test cora", why, "Ask a coder again"]).hides(&["Send 2"]);
    for id in &ids {
        let told = biller.get(&format!("/cases/{id}")).await;
        told.shows(&["Declined what was to change in the claim’s codes", why, "Test cora"]);
    }
    let early = step(&biller, &batch, "send").await;
    early.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["A coder has to approve"]);
    // Asked again, it waits for coders as before.
    step(&biller, &batch, "ask").await.is(StatusCode::SEE_OTHER);
    biller.get(&batch).await.shows(&["Coders were asked"]).hides(&[why]);
    coder.get(&batch).await.shows(&["<ins>59</ins>"]);
    step(&coder, &batch, "approve").await.is(StatusCode::SEE_OTHER);
    let late = coder.post(&batch, &[("step", "decline"), ("why", why)]).await;
    late.is(StatusCode::UNPROCESSABLE_ENTITY);
    step(&biller, &batch, "drop").await.is(StatusCode::SEE_OTHER);
    let lead = clinic.named("eve", Role::Manager).await;
    lead.get("/journal").await.shows(&["Declined the codes of a batch"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn rows_tell_whose_claim_it_is_and_the_head_what_has_to_come_first() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.named("ada", Role::BillingSupervisor).await;
    let ids = job(&lead, &["A-1", "A-2"], "CO*97*90").await;
    let batch = begun(&lead, &ids, &[("change", "add_modifier"), ("to", "59")]).await;
    let page = lead.get(&batch).await;
    page.shows(&["MADEUP", "$90.00", "CO-97", "After a coder’s approval: 2 claims · $180.00"]);
    page.hides(&["Can go"]);
    // What is done with it stands before what payers take and before the claims.
    let at = |text: &str| page.text.find(text).expect(text);
    assert!(at("Ask a coder</button>") < at("What the payers take"));
    assert!(at("What the payers take") < at("<ins>59</ins>"));
    let coder = clinic.named("cora", Role::CertifiedCoder).await;
    step(&lead, &batch, "ask").await.is(StatusCode::SEE_OTHER);
    step(&coder, &batch, "approve").await.is(StatusCode::SEE_OTHER);
    lead.get(&batch).await.shows(&["What leaves: 2 claims", "Can go"]);
    step(&lead, &batch, "send").await.is(StatusCode::SEE_OTHER);
    let sent = at_rest(&lead, &batch).await;
    sent.shows(&["2 of its claims are in the outbox: leaves Mar 3, 2026"]);
    lead.get("/batches").await.shows(&["in the outbox", "leaves Mar 3, 2026"]);
    clinic.later(LATER);
    leaving::sweep(clinic.office()).await.expect("swept");
    let lead = clinic.again(&lead);
    lead.get(&batch).await.shows(&["2 of its claims left Mar 3, 2026"]).hides(&["in the outbox:"]);
    lead.get("/batches").await.shows(&["left Mar 3, 2026"]).hides(&["in the outbox<"]);
    clinic.is_proven().await;
}

/// Puts a batch, and its first claim where told, where a test needs them.
pub(super) async fn stands(clinic: &TestClinic, address: &str, state: &str, first: Option<&str>) {
    let id = address.trim_start_matches("/batches/");
    let mut tx = clinic.office().write().await.expect("a turn");
    if let Some(first) = first {
        let items = tx.correction_items(id, "ready", 0, 1).await.expect("read");
        for item in items {
            let item = CorrectionItem { state: first.to_owned(), ..item };
            assert!(tx.save_correction_item(id, &item, "ready").await.expect("saved"));
        }
    }
    let before = tx.correction_batch(id).await.expect("read").expect("there");
    let after = CorrectionBatch { state: state.to_owned(), ..before.clone() };
    assert!(tx.save_correction_batch(&after, &before.state).await.expect("saved"));
    tx.commit().await.expect("committed");
}
