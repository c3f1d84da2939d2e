//! Payers' letters that are no denials: keyed, in view with their day, answered with proof, closed,
//! brought to whoever must hear of one that was missed.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Browser, PASSWORD, TestClinic, bill, denied, era, link, take};
use crate::rank;

const NONE: (&str, &str, &str) = ("file", "", "");
const PDF: (&str, &str, &str) = ("file", "fax log.pdf", "%PDF synthetic");

/// A letter as somebody keys it; `more` stands in place of what is usual.
async fn keyed(
    browser: &Browser,
    more: &[(&str, &str)],
    file: (&str, &str, &str),
) -> super::clinic::Answer {
    let usual = [
        ("kind", "records_request"),
        ("channel", "mail"),
        ("reference", "ADR-77"),
        ("dated_on", "2026-03-01"),
        ("received_on", "2026-03-03"),
        ("role", "billing_specialist"),
        ("asked", "the record of the visit, signed"),
    ];
    let is_other = |name: &str| more.iter().any(|(other, _)| *other == name);
    let mut fields: Vec<_> = usual.into_iter().filter(|(name, _)| !is_other(name)).collect();
    fields.extend(more);
    browser.upload("/requests", &fields, file).await
}

#[tokio::test]
async fn a_records_request_is_what_comes_next_until_its_answer_is_proven() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    take(&biller, "a.835", &era("T1", &[denied("A-1", 250, "CO*197*250")])).await;
    let case = biller.find("A-1").await;
    biller.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    let id = case.trim_start_matches("/cases/").to_owned();
    let form = biller.get(&format!("/requests/new?case={id}")).await;
    form.is(StatusCode::OK).shows(&["About <strong>A-1 at STANDIN HEALTH"]);

    let empty = keyed(&biller, &[("case", &id), ("asked", " ")], NONE).await;
    empty
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .shows(&["Expected what the payer asks for", "ADR-77"]);
    let ahead = keyed(&biller, &[("case", &id), ("dated_on", "2026-03-09")], NONE).await;
    ahead.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["2026-03-09 is still to come"]);
    let fields = [("case", id.as_str()), ("printed", "2026-03-20")];
    let letter = ("file", "letter.pdf", "%PDF the letter");
    let kept = keyed(&biller, &fields, letter).await;
    assert_eq!(kept.is(StatusCode::SEE_OTHER).location(), "/requests?done=kept");

    let list = biller.get("/requests").await;
    list.shows(&["Records request", "ADR-77", "Mar 20, 2026", "printed on it", "A-1", "signed"]);
    biller.get("/").await.shows(&["1 payer&#39;s request to answer"]);
    let shown = biller.get(&case).await;
    shown.shows(&["Send records", "answer by", "Mar 20, 2026", "The payer&#39;s letter came"]);
    shown.hides(&["The payer asked for no records"]);
    // Five days before its last day, and a business day: nobody sleeps through it.
    let late = [("until", "2026-03-21"), ("reason", "later")];
    let snoozed = biller.act(&case, "snooze", &late).await;
    snoozed.is(StatusCode::UNPROCESSABLE_ENTITY);
    snoozed.shows(&["the records asked for runs out on 2026-03-20"]);

    let page = link(&biller, "/requests", "/requests/req_").await;
    let one = biller.get(&page).await;
    one.is(StatusCode::OK).shows(&["the record of the visit, signed", "The letter", "Its case"]);
    let version = one.field("version");
    let letter = link(&biller, &page, &format!("{page}/documents/")).await;
    assert_eq!(biller.get(&letter).await.is(StatusCode::OK).text, "%PDF the letter");
    let answer = |what: &'static str| {
        vec![
            ("version", "1"),
            ("what_to_do", "answer"),
            ("what", what),
            ("channel", "fax"),
            ("on", "2026-03-03"),
            ("confirmation", "FX-9"),
        ]
    };
    assert_eq!(version, "1");
    let bare = biller.upload(&page, &answer("the record"), NONE).await;
    bare.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Expected the document that proves it"]);
    let done = biller.upload(&page, &answer("the record"), PDF).await;
    assert_eq!(done.is(StatusCode::SEE_OTHER).location(), "/requests?done=answered");
    let twice = biller.upload(&page, &answer("again"), PDF).await;
    twice.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Somebody changed this letter meanwhile"]);

    biller.get("/requests").await.hides(&["ADR-77"]);
    let past = biller.get("/requests?show=answered").await;
    past.shows(&["ADR-77", "answered by fax on Mar 3, 2026"]);
    let one = biller.get(&page).await;
    one.shows(&["the record", "confirmation FX-9", "The proof"]).hides(&["It was answered"]);
    let shown = biller.get(&case).await;
    shown.shows(&["Reply to payer", "answered by fax", "The payer&#39;s letter is answered"]);
    shown.hides(&["role=\"note\"><strong><a href=\"/requests/"]);
    biller.get("/").await.hides(&["request to answer"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_missed_day_is_brought_up_the_ladder_with_or_without_a_case() {
    let mut clinic = TestClinic::open().await;
    let desk = clinic.person(Role::FrontDesk).await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    take(&lead, "a.837", &bill("B-7", "MADEUP", 90)).await;
    let fields = [("kind", "audit"), ("number", "B-7"), ("printed", "2026-03-10")];
    keyed(&desk, &fields, NONE).await.is(StatusCode::SEE_OTHER);
    let unknown = keyed(&desk, &[("number", "NONE-1"), ("reference", "R-2")], NONE).await;
    unknown.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Say which payer sent it"]);
    let fields = [
        ("kind", "recoupment_notice"),
        ("reference", "R-2"),
        ("amount", "120.50"),
        ("payer", "STANDIN HEALTH"),
    ];
    keyed(&desk, &fields, NONE).await.is(StatusCode::SEE_OTHER);
    let claim = crate::identity::claim(&denial::codes::ClaimNumber::new("B-7"));
    let list = lead.get("/requests").await;
    list.shows(&[&format!("<a href=\"/claims/{claim}\">B-7</a>")]);
    let billed = lead.get(&format!("/claims/{claim}")).await;
    billed.shows(&["Payers’ letters that are no denials", "Audit", "Mar 10, 2026"]);
    let form = lead.get(&format!("/requests/new?claim={claim}")).await;
    form.is(StatusCode::OK).shows(&["About <strong>B-7 at STANDIN HEALTH"]);
    let list = lead.get("/requests").await;
    list.shows(&["Audit", "B-7", "Recoupment notice", "$120.50", "Not configured"]);
    assert!(list.text.find("Audit") < list.text.find("Recoupment"), "the soonest day first");
    // It answers neither: the desk sees none of them.
    desk.get("/requests").await.hides(&["B-7", "R-2"]);

    for (at, heard) in [
        ("2026-03-11T12:00:00Z", "brought to billing specialist, Mar 11"),
        ("2026-03-13T12:00:00Z", "brought to billing supervisor, Mar 13"),
        ("2026-03-14T12:00:00Z", "brought to billing supervisor, Mar 13"),
        ("2026-03-17T12:00:00Z", "brought to manager, Mar 17"),
    ] {
        clinic.later(at);
        rank::sweep(clinic.office()).await.expect("swept");
        let mut lead = clinic.stranger();
        lead.sign_in(Role::BillingSupervisor.as_str(), PASSWORD).await;
        lead.get("/requests").await.shows(&[heard, "1 past their last day"]);
    }
    let mut lead = clinic.stranger();
    lead.sign_in(Role::BillingSupervisor.as_str(), PASSWORD).await;
    lead.get("/").await.shows(&["1 payer&#39;s request past its day"]);
    let page = link(&lead, "/requests", "/requests/req_").await;
    let version = lead.get(&page).await.field("version");
    let close = |why| vec![("version", version.as_str()), ("what_to_do", "close"), ("why", why)];
    let bare = lead.upload(&page, &close(" "), NONE).await;
    bare.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Expected why it needs no answer"]);
    lead.upload(&page, &close("withdrawn by phone"), NONE).await.is(StatusCode::SEE_OTHER);
    lead.get("/requests?show=closed").await.shows(&["withdrawn by phone"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_letter_opens_to_whom_it_is_for_and_auditors_read_it() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 250, "CO*197*250")])).await;
    keyed(&lead, &[("number", "A-1"), ("role", "certified_coder")], PDF).await;
    let page = link(&lead, "/requests", "/requests/req_").await;
    let coder = clinic.person(Role::CertifiedCoder).await;
    coder.get("/requests").await.shows(&["ADR-77"]);
    coder.get(&page).await.is(StatusCode::OK).shows(&["Answer it, with proof"]);
    let desk = clinic.person(Role::FrontDesk).await;
    desk.get(&page).await.is(StatusCode::FORBIDDEN).shows(&["It is for the certified coder"]);
    let auditor = clinic.person(Role::Auditor).await;
    auditor.get(&page).await.is(StatusCode::OK).hides(&["Answer it, with proof"]);
    let close = [("version", "1"), ("what_to_do", "close"), ("why", "x")];
    auditor.upload(&page, &close, NONE).await.is(StatusCode::FORBIDDEN);
    auditor.get("/requests/new").await.is(StatusCode::FORBIDDEN);
    let other = clinic.another_practice("other").await;
    let mut tx = other.read().await.expect("a look");
    assert!(tx.open_requests(9).await.expect("read").is_empty(), "another practice has none");
    clinic.is_proven().await;
}

/// A made-up 277 that asks for records of one claim (005010X213); `n` tells files apart.
fn asks(number: &str, n: u32) -> String {
    let segments = [
        "ST*277*0001*005010X213".to_owned(),
        format!("BHT*0010*48*RFAI{n}*20260302*1200*RQ"),
        "HL*1**20*1".to_owned(),
        "NM1*PR*2*STANDIN HEALTH*****PI*STAND".to_owned(),
        "HL*2*1*21*1".to_owned(),
        "NM1*41*2*TEST CLINIC*****46*SUB1".to_owned(),
        "HL*3*2*19*1".to_owned(),
        "NM1*1P*2*TEST CLINIC*****XX*1234567893".to_owned(),
        "HL*4*3*PT".to_owned(),
        "NM1*QC*1*MADEUP*PAT****MI*M1".to_owned(),
        "TRN*1*PAYER0001".to_owned(),
        "STC*R4:18842-5::LOI*20260302**250".to_owned(),
        "REF*1K*PAYER0001".to_owned(),
        format!("REF*EJ*{number}"),
        "DTP*472*D8*20260210".to_owned(),
        "DTP*106*D8*20260401".to_owned(),
        "SE*17*0001".to_owned(),
    ];
    super::clinic::enveloped("HN", "005010X213", &segments)
}

#[tokio::test]
async fn a_277_that_asks_for_records_becomes_a_request_once() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 250, "CO*197*250")])).await;
    take(&lead, "asks.277", &asks("A-1", 1)).await;
    let list = lead.get("/requests").await;
    list.shows(&["Records request", "PAYER0001", "Apr 1, 2026", "LOINC 18842-5", "A-1", "$250.00"]);
    take(&lead, "again.277", &asks("A-1", 2)).await;
    let list = lead.get("/requests").await;
    assert_eq!(list.text.matches("LOINC 18842-5").count(), 1, "it is one request");
    let case = lead.find("A-1").await;
    lead.get(&case).await.shows(&["Records request", "Apr 1, 2026", "Send records"]);
    take(&lead, "other.277", &asks("X-9", 3)).await;
    lead.get("/requests").await.shows(&["X-9", "STANDIN HEALTH"]);
    clinic.is_proven().await;
}

/// The same from another payer.
fn elsewhere(text: &str) -> String {
    let other = text.replace("STANDIN HEALTH", "OTHER PLAN").replace("PI*STAND", "PI*OTHER");
    other.replace("1999999999", "1888888888")
}

#[tokio::test]
async fn a_277_that_asks_again_moves_the_day_and_comes_back_only_after_the_answer() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 250, "CO*197*250")])).await;
    take(&lead, "asks.277", &asks("A-1", 1)).await;
    let later = asks("A-1", 2).replace("20260401", "20260415");
    take(&lead, "later.277", &later).await;
    let list = lead.get("/requests").await;
    list.shows(&["Apr 15, 2026"]).hides(&["Apr 1, 2026"]);
    assert_eq!(list.text.matches("LOINC 18842-5").count(), 1, "it is one request");
    let case = lead.find("A-1").await;
    lead.get(&case).await.shows(&["Records request", "Apr 15, 2026", "Send records"]);
    let auditor = clinic.person(Role::Auditor).await;
    auditor.get("/journal").await.shows(&["A payer asked again, with another last day"]);

    let page = link(&lead, "/requests", "/requests/req_").await;
    let version = lead.get(&page).await.field("version");
    let answer = [
        ("version", version.as_str()),
        ("what_to_do", "answer"),
        ("what", "the record"),
        ("channel", "fax"),
        ("on", "2026-03-02"),
    ];
    lead.upload(&page, &answer, PDF).await.is(StatusCode::SEE_OTHER);
    take(&lead, "again.277", &asks("A-1", 3)).await;
    lead.get("/requests").await.hides(&["LOINC 18842-5"]);
    let anew = asks("A-1", 4).replace("LOI*20260302", "LOI*20260303");
    take(&lead, "anew.277", &anew).await;
    lead.get("/requests").await.shows(&["LOINC 18842-5"]);

    for n in [5, 6] {
        take(&lead, &format!("x{n}.277"), &asks("X-9", n)).await;
    }
    let list = lead.get("/requests").await;
    assert_eq!(list.text.matches("X-9").count(), 1, "a claim that is none of ours: {}", list.text);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_277_never_lands_on_a_case_at_another_payer() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let claims = [denied("A-1", 250, "CO*197*250")];
    take(&lead, "a.835", &era("T1", &claims)).await;
    let case = lead.find("A-1").await;
    take(&lead, "asks.277", &elsewhere(&asks("A-1", 1))).await;
    lead.get("/requests").await.shows(&["OTHER PLAN", "A-1"]);
    lead.get(&case).await.hides(&["The payer&#39;s letter came"]);
    let early = asks("B-1", 2).replace("20260401", "20260201").replace("**250", "**-250");
    take(&lead, "early.277", &early).await;
    let list = lead.get("/requests").await;
    list.shows(&["wanted by 2026-02-01, which is before its own day"]).hides(&["-$250.00"]);

    take(&lead, "b.835", &elsewhere(&era("T2", &claims))).await;
    let which = "Say which payer sent it: cases of this claim are at more than one";
    let guess = keyed(&lead, &[("number", "A-1"), ("reference", "G-1")], NONE).await;
    guess.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&[which]);
    let claim = crate::identity::claim(&denial::codes::ClaimNumber::new("A-1"));
    let form = lead.get(&format!("/requests/new?claim={claim}")).await;
    form.is(StatusCode::OK).shows(&["name=\"payer\"", "value=\"A-1\""]);
    let told = [("number", "A-1"), ("payer", "Standin Health"), ("reference", "G-2")];
    keyed(&lead, &told, NONE).await.is(StatusCode::SEE_OTHER);
    lead.get(&case).await.shows(&["The payer&#39;s letter came"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_cannot_be_so_is_told_at_its_field() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let with = |more: (&'static str, &'static str)| [("payer", "STANDIN HEALTH"), more];
    let early = keyed(&lead, &with(("printed", "2026-02-20")), NONE).await;
    early.is(StatusCode::UNPROCESSABLE_ENTITY);
    early.shows(&["The last day printed on it (2026-02-20) is before the day of the letter"]);
    let less = keyed(&lead, &with(("amount", "-120.50")), NONE).await;
    less.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["The amount -$120.50 is below zero"]);
    keyed(&lead, &with(("amount", "120.50")), NONE).await.is(StatusCode::SEE_OTHER);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_missed_letter_is_brought_to_who_answers_it_and_counted_for_who_sees_it() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 250, "CO*197*250")])).await;
    let case = lead.find("A-1").await;
    lead.act(&case, "assign", &[("role", "billing_specialist")]).await;
    let fields = [("number", "A-1"), ("role", "certified_coder"), ("printed", "2026-03-04")];
    keyed(&lead, &fields, NONE).await.is(StatusCode::SEE_OTHER);
    for (role, waits) in [(Role::CertifiedCoder, true), (Role::FrontDesk, false)] {
        let home = clinic.person(role).await.get("/").await;
        assert_eq!(home.text.contains("1 payer&#39;s request to answer"), waits, "{role:?}");
    }
    clinic.later("2026-03-05T12:00:00Z");
    rank::sweep(clinic.office()).await.expect("swept");
    let mut lead = clinic.stranger();
    lead.sign_in(Role::BillingSupervisor.as_str(), PASSWORD).await;
    lead.get("/requests").await.shows(&["brought to certified coder, Mar 5"]);
    lead.get(&case).await.hides(&["the last day for the answer to a payer"]);
    let mut coder = clinic.stranger();
    coder.sign_in(Role::CertifiedCoder.as_str(), PASSWORD).await;
    coder.get("/").await.shows(&["1 payer&#39;s request past its day"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn why_a_letter_was_closed_is_masked_where_names_are() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    keyed(&biller, &[("payer", "STANDIN HEALTH")], NONE).await.is(StatusCode::SEE_OTHER);
    let page = link(&biller, "/requests", "/requests/req_").await;
    let close = [("version", "1"), ("what_to_do", "close"), ("why", "Pat Madeup has left")];
    biller.upload(&page, &close, NONE).await.is(StatusCode::SEE_OTHER);
    biller.get("/requests?show=closed").await.shows(&["Pat Madeup has left"]);
    let auditor = clinic.person(Role::Auditor).await;
    for place in ["/requests?show=closed", page.as_str()] {
        auditor.get(place).await.is(StatusCode::OK).shows(&["•••"]).hides(&["Pat Madeup"]);
    }
    clinic.is_proven().await;
}
