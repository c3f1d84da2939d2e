//! Names by need: masked before those whose work needs none, shown with a reason for a while; cases
//! opened in an emergency.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Browser, TestClinic, bill, denied, era, link, take};

/// A clinic with a case whose patient is known, and one more claim that waits for its match.
async fn desk() -> (TestClinic, Browser, String) {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let bill = bill("A-1", "MADEUP", 90).replace("MI*M1", "MI*W123456789");
    take(&biller, "a.837", &bill).await;
    take(&biller, "a.835", &era("T1", &[denied("A-1", 90, "CO*197*90")])).await;
    take(&biller, "b.835", &era("T2", &[denied("B-2", 70, "CO*16*70")])).await;
    let case = biller.find("A-1").await;
    (clinic, biller, case)
}

#[tokio::test]
async fn who_works_cases_sees_names_and_who_leads_or_audits_sees_masks() {
    let (clinic, biller, case) = desk().await;
    let era = link(&biller, "/remittances", "/remittances/era_").await;
    let one = format!("{era}/claims/0");
    let claim = link(&biller, &case, "/claims/").await;
    let pages = [case.as_str(), &claim, &era, &one, "/matches?show=unmatched"];
    for page in pages {
        biller.get(page).await.is(StatusCode::OK).shows(&["MADEUP"]).hides(&["Show the name"]);
    }
    for role in [Role::Auditor, Role::Manager] {
        let person = clinic.person(role).await;
        for page in pages {
            let answer = person.get(page).await;
            if answer.status == StatusCode::FORBIDDEN {
                continue;
            }
            answer.is(StatusCode::OK).hides(&["MADEUP", "W123456789", "born Jan"]);
        }
        person.get(&case).await.shows(&["M••• P•••", "member •••789", "Show the name"]);
        person.get(&one).await.shows(&["NM1 •••", "CAS*CO*"]);
        // Who sees no names finds nobody by theirs.
        let sought = person.post("/find", &[("sought", "MADEUP")]).await;
        sought.is(StatusCode::OK).shows(&["No case was found"]);
        assert_eq!(person.find("A-1").await, case);
    }
    let found = biller.post("/find", &[("sought", "MADEUP")]).await;
    found.shows(&["A-1", "B-2"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_name_is_shown_for_a_while_with_a_reason_that_is_on_record_first() {
    let (mut clinic, biller, case) = desk().await;
    let auditor = clinic.named("audit", Role::Auditor).await;
    let manager = clinic.named("boss", Role::Manager).await;
    let claim = link(&biller, &case, "/claims/").await;
    let names = format!("{claim}/names");
    let mute = auditor.post(&names, &[("why", " "), ("here", &case)]).await;
    mute.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Say why"]);
    auditor.get(&case).await.hides(&["MADEUP"]);
    let last = clinic.views_since(0).await[0].0;
    let shown = auditor.post(&names, &[("why", "a complaint"), ("here", &case)]).await;
    assert_eq!(shown.is(StatusCode::SEE_OTHER).location(), case);
    auditor.get(&case).await.shows(&["MADEUP, PAT", "W123456789", "name shown until Mar 3, 2026"]);
    auditor.get(&claim).await.shows(&["MADEUP, PAT"]);
    let kinds: Vec<String> =
        clinic.views_since(last).await.into_iter().rev().map(|(_, kind, _)| kind).collect();
    assert_eq!(kinds, ["names.shown", "case.viewed", "claim.viewed"]);
    manager.get(&case).await.hides(&["MADEUP"]);
    let list = manager.get("/emergencies?show=names").await;
    list.is(StatusCode::OK).shows(&["Test audit", "a complaint"]).hides(&["MADEUP"]);
    auditor.get("/journal?book=views&kind=names.shown").await.shows(&["a complaint"]);
    let evil = [("why", "x"), ("here", "//evil.test")];
    assert_eq!(auditor.post(&names, &evil).await.location(), claim);
    auditor
        .post("/claims/clm_00000000000000000000000000/names", &[("why", "x")])
        .await
        .is(StatusCode::NOT_FOUND);
    clinic.later("2026-03-03T12:16:00Z");
    let auditor = clinic.again(&auditor);
    auditor.get(&case).await.shows(&["M••• P•••"]).hides(&["MADEUP"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_document_names_its_patient_and_opens_with_the_name() {
    let (clinic, biller, case) = desk().await;
    let auditor = clinic.named("audit", Role::Auditor).await;
    let version = biller.get(&case).await.field("version");
    let fields = [("version", version.as_str()), ("what", "letter")];
    let file = ("file", "letter.txt", "synthetic letter about MADEUP");
    biller.upload(&format!("{case}/documents"), &fields, file).await.is(StatusCode::SEE_OTHER);
    let document = link(&biller, &case, &format!("{case}/documents/")).await;
    let refused = auditor.get(&document).await;
    refused.is(StatusCode::FORBIDDEN).shows(&["names its patient"]).hides(&["synthetic letter"]);
    let names = format!("{}/names", link(&biller, &case, "/claims/").await);
    auditor.post(&names, &[("why", "a complaint"), ("here", &case)]).await;
    auditor.get(&document).await.is(StatusCode::OK).shows(&["synthetic letter"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_practice_says_before_whom_names_are_masked() {
    let (clinic, biller, case) = desk().await;
    let auditor = clinic.named("audit", Role::Auditor).await;
    let admin = clinic.named("root", Role::Administrator).await;
    let era = link(&biller, "/remittances", "/remittances/era_").await;
    admin.get("/practice").await.shows(&["Before whom names and member ids are masked"]);
    admin.post("/practice", &[("masks", "lists")]).await.is(StatusCode::SEE_OTHER);
    biller.get(&era).await.hides(&["MADEUP"]).shows(&["M••• P•••"]);
    biller.get("/matches?show=unmatched").await.hides(&["MADEUP"]);
    biller.get(&case).await.shows(&["MADEUP"]);
    admin.post("/practice", &[("masks", "nobody")]).await.is(StatusCode::SEE_OTHER);
    biller.get(&era).await.shows(&["MADEUP"]);
    auditor.get(&case).await.shows(&["MADEUP"]);
    let odd = admin.post("/practice", &[("masks", "some")]).await;
    odd.is(StatusCode::UNPROCESSABLE_ENTITY);
    biller.post("/practice", &[("masks", "nobody")]).await.is(StatusCode::FORBIDDEN);
    clinic.is_proven().await;
}

#[tokio::test]
async fn who_does_not_reach_a_case_is_told_who_may_help() {
    let (clinic, _, case) = desk().await;
    let coder = clinic.named("coder", Role::CertifiedCoder).await;
    let desk = clinic.named("desk", Role::FrontDesk).await;
    let help = ["It belongs to the ", "Ask them, or a billing supervisor"];
    let why = [("why", "it matters")];
    for person in [&coder, &desk] {
        person.get(&case).await.is(StatusCode::FORBIDDEN).shows(&help);
        for part in ["protection", "undo"] {
            let fields = [("version", "1"), why[0]];
            let refused = person.post(&format!("{case}/{part}"), &fields).await;
            refused.is(StatusCode::FORBIDDEN).shows(&help).hides(&["none of yours"]);
        }
    }
    desk.post(&format!("{case}/emergency"), &why).await.is(StatusCode::SEE_OTHER);
    let refused = desk.post(&format!("{case}/protection"), &why).await;
    refused.is(StatusCode::FORBIDDEN).shows(&["read, not changed", help[0], help[1]]);
}

#[tokio::test]
async fn in_an_emergency_a_case_opens_to_read_for_an_hour_and_those_who_lead_are_told() {
    let (mut clinic, biller, case) = desk().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let desk = clinic.named("desk", Role::FrontDesk).await;
    let closed = desk.get(&case).await;
    let way = format!("{case}/emergency");
    closed.is(StatusCode::FORBIDDEN).shows(&["neither yours", &format!("href=\"{way}\"")]);
    closed.hides(&["MADEUP", "A-1"]);
    let form = desk.get(&way).await;
    form.is(StatusCode::OK).shows(&["Why it cannot wait"]).hides(&["MADEUP", "A-1"]);
    let mute = desk.post(&way, &[("why", "")]).await;
    mute.is(StatusCode::UNPROCESSABLE_ENTITY);
    desk.get(&case).await.is(StatusCode::FORBIDDEN);
    let last = clinic.views_since(0).await[0].0;
    let opened = desk.post(&way, &[("why", "surgery in an hour")]).await;
    assert_eq!(opened.is(StatusCode::SEE_OTHER).location(), case);
    let page = desk.get(&case).await;
    page.is(StatusCode::OK).shows(&["MADEUP", "Open to you in an emergency until", "1:00 PM"]);
    let kinds: Vec<String> =
        clinic.views_since(last).await.into_iter().rev().map(|(_, kind, _)| kind).collect();
    assert_eq!(kinds, ["emergency.opened", "case.viewed"]);
    // It opens to read: no act, nothing taken back, and nobody else.
    page.hides(&["You did last", "Undo</button>"]);
    let undo = desk.post(&format!("{case}/undo"), &[("version", &page.field("version"))]).await;
    assert!(undo.status.is_client_error(), "{}", undo.status);
    let undo = desk.post(&format!("{case}/undo"), &[("version", "1")]).await;
    assert!(undo.status.is_client_error(), "{}", undo.status);
    let act = desk.act(&case, "note", &[("text", "mine")]).await;
    act.is(StatusCode::UNPROCESSABLE_ENTITY);
    clinic.named("coder", Role::CertifiedCoder).await.get(&case).await.is(StatusCode::FORBIDDEN);
    desk.get("/queue").await.hides(&["A-1"]);
    biller.get(&case).await.shows(&["Opened in an emergency: surgery in an hour", "Test desk"]);

    lead.get("/").await.shows(&["1 case opened in an emergency"]);
    let list = lead.get("/emergencies").await;
    list.is(StatusCode::OK).shows(&["Test desk", ">A-1</a>", "surgery in an hour"]);
    list.shows(&["I have looked at it"]);
    let auditor = clinic.named("audit", Role::Auditor).await;
    auditor.get("/emergencies").await.is(StatusCode::OK).hides(&["I have looked at it"]);
    let (person, about, began) = (list.field("person"), list.field("about"), list.field("began"));
    let fields = [("person", person.as_str()), ("about", &about), ("began", &began)];
    auditor.post("/emergencies", &fields).await.is(StatusCode::FORBIDDEN);
    desk.post("/emergencies", &fields).await.is(StatusCode::FORBIDDEN);
    lead.post("/emergencies", &fields).await.is(StatusCode::SEE_OTHER);
    lead.post("/emergencies", &fields).await.is(StatusCode::NOT_FOUND);
    lead.get("/").await.hides(&["opened in an emergency"]);
    lead.get("/emergencies").await.shows(&["Test lead"]);
    auditor.get("/journal?kind=emergency.opened").await.shows(&["surgery in an hour"]);

    clinic.later("2026-03-03T13:00:01Z");
    clinic.stranger();
    let mut desk = clinic.stranger();
    desk.sign_in("desk", super::clinic::PASSWORD).await;
    desk.get(&case).await.is(StatusCode::FORBIDDEN);
    clinic.is_proven().await;
}

#[tokio::test]
async fn who_opens_no_case_at_all_opens_none_in_an_emergency() {
    let (clinic, biller, case) = desk().await;
    let way = format!("{case}/emergency");
    for role in [Role::Executive, Role::Administrator, Role::Vendor] {
        let person = clinic.person(role).await;
        person.get(&way).await.is(StatusCode::FORBIDDEN);
        person.post(&way, &[("why", "x")]).await.is(StatusCode::FORBIDDEN);
        person.get(&case).await.is(StatusCode::FORBIDDEN).hides(&["/emergency"]);
    }
    // Who reaches it anyway is led there.
    assert_eq!(biller.get(&way).await.location(), case);
    assert_eq!(biller.post(&way, &[("why", "x")]).await.location(), case);
    let desk = clinic.person(Role::FrontDesk).await;
    desk.get("/cases/den_00000000000000000000000000/emergency").await.is(StatusCode::NOT_FOUND);
    clinic.is_proven().await;
}
