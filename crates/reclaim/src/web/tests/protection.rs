//! Specially protected records: tagged by the rules or a person, masked, and kept out of what
//! leaves the house until somebody who is cleared says why.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Browser, Line, PaidClaim, TestClinic, bill, denied, era, link, take};
use crate::refile;

/// Of which kind it is: in a fold of its own, before those who may be cleared.
const SECRET: &str = "What it is protected as</summary><p>Substance use";
/// The chip beside a masked name.
const CHIP: &str = ">specially protected</span>";

/// A plain case A-1 and B-2, whose diagnosis is of substance use.
async fn desk() -> (TestClinic, Browser, String) {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.837", &bill("A-1", "PLAINLY", 90)).await;
    let guarded = bill("B-2", "GUARDED", 70).replace("ABK:R69", "ABK:F1020");
    take(&biller, "b.837", &guarded).await;
    let both = [denied("A-1", 90, "CO*197*90"), denied("B-2", 70, "CO*16*70")];
    take(&biller, "a.835", &era("T1", &both)).await;
    let case = biller.find("B-2").await;
    (clinic, biller, case)
}

#[tokio::test]
async fn a_protected_case_says_so_and_its_name_needs_a_clearance_with_a_reason() {
    let (clinic, biller, case) = desk().await;
    biller.get("/queue?").await.is(StatusCode::OK).shows(&["A-1", "B-2", ">protected</span>"]);
    biller.get("/queue?").await.hides(&["Substance use"]);
    let claim = link(&biller, &case, "/claims/").await;
    let era = link(&biller, "/remittances", "/remittances/era_").await;
    let page = biller.get(&case).await;
    page.shows(&[CHIP, SECRET, "The practice&#39;s rules tag it.", "G••• P•••", "Show the name"]);
    // Its correction would show the name.
    page.hides(&["GUARDED", "data-act-key=\"c\""]);
    let hidden = ["GUARDED", "F1020", "Substance use"];
    biller.get(&claim).await.shows(&[CHIP, "G••• P•••"]).hides(&hidden);
    biller.get(&era).await.is(StatusCode::OK).hides(&["GUARDED"]);
    biller.get(&format!("{era}/claims/1")).await.is(StatusCode::OK).hides(&["GUARDED"]);

    let names = format!("{claim}/names");
    let shown = biller.post(&names, &[("why", "the payer asks"), ("here", &case)]).await;
    assert_eq!(shown.is(StatusCode::SEE_OTHER).location(), case);
    biller.get(&case).await.shows(&["GUARDED, PAT", "name shown until", "data-act-key=\"c\""]);
    biller.get(&claim).await.shows(&["GUARDED, PAT", "F1020"]);
    // Nobody else, and no role that is not cleared.
    for role in [Role::Manager, Role::Auditor, Role::Poster] {
        let person = clinic.person(role).await;
        let page = person.get(&case).await;
        page.is(StatusCode::OK).hides(&["GUARDED", "Show the name", SECRET, "F1020"]);
        page.shows(&["specially protected"]);
        let refused = person.post(&names, &[("why", "curious"), ("here", &case)]).await;
        refused.is(StatusCode::FORBIDDEN).shows(&["your role is not cleared"]);
        person.get(&case).await.hides(&["GUARDED"]);
    }
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_search_finds_a_protected_case_by_its_number_alone() {
    let (clinic, biller, case) = desk().await;
    let found = biller.post("/find", &[("sought", "GUARDED")]).await;
    found.is(StatusCode::OK).shows(&["No case was found", "by its numbers alone"]);
    found.hides(&["B-2"]);
    let plain = biller.post("/find", &[("sought", "PLAINLY")]).await;
    plain.is(StatusCode::SEE_OTHER);
    assert_eq!(biller.find("B-2").await, case);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_leaves_the_house_leaves_protected_cases_out_and_says_how_many() {
    let (clinic, biller, case) = desk().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let manager = clinic.named("boss", Role::Manager).await;
    for person in [&lead, &manager] {
        let file = person.get("/queue.csv").await;
        file.is(StatusCode::OK).shows(&["A-1", "1 case is left out: specially protected records"]);
        file.hides(&["B-2"]);
    }
    manager.post("/queue.csv", &[("why", "a list")]).await.is(StatusCode::FORBIDDEN);
    biller.post("/queue.csv", &[("why", "a list")]).await.is(StatusCode::FORBIDDEN);
    let mute = lead.post("/queue.csv", &[("why", "")]).await;
    mute.is(StatusCode::UNPROCESSABLE_ENTITY);
    let file = lead.post("/queue.csv", &[("why", "the payer's audit")]).await;
    file.is(StatusCode::OK).shows(&["A-1", "B-2"]).hides(&["left out"]);
    let noted = lead.get("/queue").await;
    noted.shows(&["Export with protected cases"]);
    manager.get("/queue").await.hides(&["Export with protected cases"]);
    let journal = manager.get("/journal?book=views&kind=queue.exported").await;
    journal.shows(&["the payer&#39;s audit"]);

    let (plain, day) = (biller.find("A-1").await, "/day");
    for case in [&plain, &case] {
        let done = biller.act(case, "note", &[("text", "looked at")]).await;
        done.is(StatusCode::SEE_OTHER);
    }
    let sheet = biller.get(day).await;
    sheet.shows(&["A-1", "1 case is left out", "the counts above have them"]).hides(&["B-2"]);
    let entries = manager.get("/journal.csv").await;
    entries.is(StatusCode::OK).shows(&["entries are left out"]);
    entries.hides(&[case.trim_start_matches("/cases/")]);
    let mute = manager.post("/journal.csv", &[("why", " ")]).await;
    mute.is(StatusCode::UNPROCESSABLE_ENTITY);
    lead.post("/journal.csv", &[("why", "x")]).await.is(StatusCode::FORBIDDEN);
    let entries = manager.post("/journal.csv", &[("why", "an audit of the payer")]).await;
    entries.is(StatusCode::OK).shows(&[case.trim_start_matches("/cases/")]);
    entries.hides(&["left out", "GUARDED"]);
    let journal = manager.get("/journal?book=views&kind=journal.exported").await;
    journal.shows(&["an audit of the payer", "With protected records"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_person_tags_a_case_and_a_supervisor_says_that_it_is_none() {
    let (clinic, biller, case) = desk().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let auditor = clinic.named("audit", Role::Auditor).await;
    let plain = biller.find("A-1").await;
    let tag = format!("{plain}/protection");
    let mute = biller.post(&tag, &[("kind_hiv", "yes"), ("why", "")]).await;
    mute.is(StatusCode::UNPROCESSABLE_ENTITY);
    let none = biller.post(&tag, &[("kind_other", "yes"), ("why", "x")]).await;
    none.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Choose what it is protected as"]);
    auditor.post(&tag, &[("kind_hiv", "yes"), ("why", "x")]).await.is(StatusCode::FORBIDDEN);
    let vendor = clinic.person(Role::Vendor).await;
    vendor.post(&tag, &[("kind_hiv", "yes"), ("why", "x")]).await.is(StatusCode::FORBIDDEN);
    let done = biller.post(&tag, &[("kind_hiv", "yes"), ("why", "the chart says so")]).await;
    done.is(StatusCode::SEE_OTHER);
    let page = biller.get(&plain).await;
    page.shows(&[
        CHIP,
        "protected as</summary><p>HIV",
        "A person tagged it.",
        "Tagged a record as specially",
    ]);
    page.hides(&["PLAINLY", "It is not specially protected", "the chart says so"]);
    // Of which kind it is, and why, is not for who may not be cleared.
    let book = auditor.get("/journal?kind=protection.set").await;
    book.shows(&["Tagged a record"]).hides(&["hiv", "the chart says so"]);
    // What a supervisor says holds over the rules.
    let untag = [("untag", "yes"), ("why", "tobacco alone")];
    biller.post(&format!("{case}/protection"), &untag).await.is(StatusCode::FORBIDDEN);
    lead.post(&format!("{case}/protection"), &untag).await.is(StatusCode::SEE_OTHER);
    let page = biller.get(&case).await;
    page.shows(&["GUARDED", "Said that a record is not specially protected"]);
    page.hides(&[SECRET, CHIP]);
    take(&biller, "again.835", &era("T2", &[denied("B-2", 70, "CO*16*70")])).await;
    biller.get(&case).await.hides(&[SECRET, CHIP]);
    lead.get("/queue.csv").await.shows(&["B-2", "1 case is left out"]).hides(&["A-1"]);
    let nowhere = "/cases/den_00000000000000000000000000/protection";
    lead.post(nowhere, &untag).await.is(StatusCode::NOT_FOUND);
    clinic.is_proven().await;
}

#[tokio::test]
async fn changed_marks_reach_every_claim() {
    let (clinic, biller, case) = desk().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let text = "[[kind]]\nname = \"own\"\nlabel = \"Own kind\"\nservices = [\"99214\"]\n";
    let file = lead.get("/rules/edit?path=protected.toml").await;
    file.is(StatusCode::OK).shows(&["substance_use"]);
    let fields = [
        ("path", "protected.toml"),
        ("text", text),
        ("why", "ours"),
        ("read", "0"),
        ("what", "save"),
        ("number", ""),
    ];
    lead.post("/rules/edit", &fields).await.is(StatusCode::SEE_OTHER);
    let office = clinic.office().afresh().await.expect("read");
    refile::sweep(&office, &|_| {}).await.expect("swept");
    for case in [&case, &biller.find("A-1").await] {
        biller
            .get(case)
            .await
            .shows(&["protected as</summary><p>Own kind"])
            .hides(&["GUARDED", "PLAINLY"]);
    }
    // A claim that comes after it, billed or not, is marked at once.
    let service = denied("C-3", 50, "CO*16*50");
    take(&biller, "c.835", &era("T3", &[service])).await;
    let third = biller.find("C-3").await;
    biller.get(&third).await.shows(&["protected as</summary><p>Own kind"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_a_payer_says_marks_a_claim_at_once_and_rules_that_change_ask_the_same() {
    let (clinic, biller, case) = desk().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    // Billed as a visit, paid as another service: denied, and paid in full.
    take(&biller, "c.837", &bill("C-3", "CLINICAL", 60)).await;
    take(&biller, "d.837", &bill("D-4", "DOWNPAID", 60)).await;
    let line = |paid| Line { code: "H0020", charge: 60, paid, adjustments: &[], remarks: &[] };
    let refused = Line { adjustments: &["CO*197*60"], ..line(0) };
    let claims = [
        PaidClaim { lines: vec![refused], ..denied("C-3", 60, "CO*197*60") },
        PaidClaim { lines: vec![line(60)], ..denied("D-4", 60, "CO*197*60") },
    ];
    take(&biller, "c.835", &era("T2", &claims)).await;
    let third = biller.find("C-3").await;
    let era = link(&biller, "/remittances", "/remittances/era_").await;
    biller.get(&third).await.shows(&[SECRET]).hides(&["CLINICAL"]);
    biller.get(&era).await.is(StatusCode::OK).hides(&["CLINICAL", "DOWNPAID"]);
    let text = lead.get("/rules/edit?path=protected.toml").await;
    text.is(StatusCode::OK);
    let fields = [
        ("path", "protected.toml"),
        ("text", &format!("# ours\n{}{MORE}", include_str!("../../../../../data/protected.toml"))),
        ("why", "ours"),
        ("read", "0"),
        ("what", "save"),
        ("number", ""),
    ];
    lead.post("/rules/edit", &fields).await.is(StatusCode::SEE_OTHER);
    let office = clinic.office().afresh().await.expect("read");
    refile::sweep(&office, &|_| {}).await.expect("swept");
    for case in [&third, &case] {
        biller.get(case).await.shows(&[SECRET]);
    }
    biller.get(&era).await.is(StatusCode::OK).hides(&["CLINICAL", "DOWNPAID"]);
    clinic.is_proven().await;
}

const MORE: &str = "\n[[kind]]\nname = \"own\"\nlabel = \"Own kind\"\nservices = [\"99999\"]\n";

#[tokio::test]
async fn who_takes_no_tag_away_is_offered_no_tick_to_take_out() {
    let (clinic, biller, case) = desk().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let plain = biller.find("A-1").await;
    biller.get(&plain).await.shows(&["name=\"kind_substance_use\"", "<legend>Protected as<"]);
    let page = biller.get(&case).await;
    page.shows(&["Also protected as", "name=\"kind_hiv\""]);
    page.hides(&["name=\"kind_substance_use\"", "value=\"yes\" checked"]);
    let page = lead.get(&case).await;
    page.shows(&["<legend>Protected as<", "name=\"kind_substance_use\" value=\"yes\" checked"]);
    // A role that may not know the kind cannot tell it by the boxes.
    let poster = clinic.named("pat", Role::Poster).await;
    let page = poster.get(&case).await;
    page.shows(&["Also protected as", "name=\"kind_substance_use\""]).hides(&["checked"]);
}
