//! What was seen, given away and refused stands in the journal, without patient data.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Browser, TestClinic, denied, era, take};
use crate::{backup, export, show};

/// Kinds of the entries since a place in the chain of views, the oldest first.
async fn kinds(clinic: &TestClinic, since: i64) -> Vec<String> {
    let mut kinds: Vec<String> =
        clinic.views_since(since).await.into_iter().map(|(_, kind, _)| kind).collect();
    kinds.reverse();
    kinds
}

async fn last(clinic: &TestClinic) -> i64 {
    clinic.views_since(0).await.first().map_or(0, |line| line.0)
}

async fn case(browser: &Browser) -> String {
    take(browser, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    browser.find("A-1").await
}

#[tokio::test]
async fn lists_and_downloads_are_on_record() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let case = case(&lead).await;
    let version = lead.get(&case).await.field("version");
    let fields = [("version", version.as_str()), ("what", "letter")];
    let letter = ("file", "letter.txt", "synthetic letter");
    let kept = lead.upload(&format!("{case}/documents"), &fields, letter).await;
    kept.is(StatusCode::SEE_OTHER);
    let page = lead.get(&case).await.text;
    let href = page.split("href=\"").find(|text| text.contains("/documents/doc_"));
    let href = href.and_then(|text| text.split('"').next()).expect("a document");

    let before = last(&clinic).await;
    for page in ["/queue", "/matches", "/rejections", "/remittances", "/files", "/"] {
        lead.get(page).await.is(StatusCode::OK);
    }
    // Lists are written beside their pages; here they are awaited.
    last(&clinic).await;
    lead.get(href).await.is(StatusCode::OK).shows(&["synthetic letter"]);
    let kinds = kinds(&clinic, before).await;
    let expected = ["queue.viewed", "matches.viewed", "rejections.viewed", "document.downloaded"];
    assert_eq!(kinds, expected);
    let (_, _, about) = clinic.views_since(before).await.remove(0);
    assert_eq!(format!("/cases/{about}"), case);
    clinic.is_proven().await;
}

#[tokio::test]
async fn refusals_are_on_record_with_the_role_alone() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let case = case(&lead).await;
    let auditor = clinic.named("audit", Role::Auditor).await;
    let coder = clinic.named("coder", Role::CertifiedCoder).await;
    let version = lead.get(&case).await.field("version");

    let before = last(&clinic).await;
    auditor.get("/matches").await.is(StatusCode::FORBIDDEN);
    coder.get(&case).await.is(StatusCode::FORBIDDEN);
    lead.send_form("/matches", &[("csrf", "guess")]).await.is(StatusCode::FORBIDDEN);
    let refused = auditor.act_at(&case, &version, "note", &[("text", "mine")]).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY);
    let views = clinic.views_since(before).await;
    let views: Vec<(&str, &str)> =
        views.iter().rev().map(|(_, kind, about)| (kind.as_str(), about.as_str())).collect();
    let id = case.trim_start_matches("/cases/");
    let expected = [
        ("page.refused", "/matches"),
        ("page.refused", id),
        ("page.refused", "/matches"),
        ("act.refused", id),
        ("case.viewed", id),
    ];
    assert_eq!(views, expected);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_commands_show_and_give_away_is_on_record() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    case(&lead).await;
    let office = clinic.office();
    let folder = tempfile::tempdir().expect("a folder");
    let before = last(&clinic).await;
    for json in [false, true] {
        show::queue(office, 50, json, None).await.expect("printed");
        show::case(office, "A-1", json, None).await.expect("printed");
    }
    export::run(office, None).await.expect("printed");
    backup::run(office, &folder.path().join("copy")).await.expect("copied");
    let expected = [
        "queue.viewed",
        "case.viewed",
        "queue.exported",
        "case.exported",
        "practice.exported",
        "practice.copied",
    ];
    assert_eq!(kinds(&clinic, before).await, expected);
    clinic.is_proven().await;
}

#[tokio::test]
async fn the_journal_is_searched_by_person_kind_and_time_and_given_as_a_file() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let case = case(&lead).await;
    let list = lead.get("/remittances").await.text;
    let aside_one = list.split('"').find(|text| text.starts_with("/remittances/era_"));
    let aside_one = aside_one.expect("one");
    let aside = [("verdict", "set_aside"), ("why", "=A reason of its own")];
    lead.post(&format!("{aside_one}/verdict"), &aside).await.is(StatusCode::SEE_OTHER);
    let auditor = clinic.named("audit", Role::Auditor).await;
    let admin = clinic.named("root", Role::Administrator).await;
    let me = crate::identity::person("lead");

    let kind = "/journal?kind=remittance.set_aside";
    auditor.get(kind).await.is(StatusCode::OK).shows(&[
        "Set a remittance aside</td>",
        "=A reason of its own",
        "/journal.csv?book=work&#38;kind=remittance.set_aside",
    ]);
    auditor.get(kind).await.hides(&["Took a file in</td>"]);
    let narrow = admin.get(kind).await;
    narrow.shows(&["Set a remittance aside</td>"]).hides(&["reason of its own", "journal.csv"]);
    let mine = format!("/journal?who={me}&from=2026-03-03&to=2026-03-03");
    auditor.get(&mine).await.shows(&["Took a file in</td>", "Test lead</td>"]);
    for none in [
        "/journal?who=usr_none",
        "/journal?from=2026-03-04",
        "/journal?to=2026-03-02",
        "/journal?book=house&kind=file.taken",
    ] {
        auditor.get(none).await.is(StatusCode::OK).shows(&["Nothing in this book fits"]);
    }

    let before = last(&clinic).await;
    let file = auditor.get("/journal.csv?kind=remittance.set_aside").await;
    file.is(StatusCode::OK).shows(&["number,at,person", "\"'=A reason of its own\""]);
    assert_eq!(file.text.lines().count(), 2, "{}", file.text);
    admin.get("/journal.csv").await.is(StatusCode::FORBIDDEN);
    lead.get("/journal.csv").await.is(StatusCode::FORBIDDEN);
    let expected = ["journal.exported", "page.refused", "page.refused"];
    assert_eq!(kinds(&clinic, before).await, expected);

    let link = auditor.get(&case).await.text;
    let link = link.split("href=\"").find(|rest| rest.starts_with("/journal?")).expect("a link");
    let link = link.split('"').next().expect("quoted").replace("&#38;", "&");
    lead.get(&case).await.is(StatusCode::OK);
    let seen = auditor.get(&link).await;
    seen.is(StatusCode::OK).shows(&["Opened a case", "Test audit</td>", "Test lead</td>"]);
    // A remittance that speaks of its claim belongs to it.
    take(&lead, "b.835", &era("T2", &[denied("A-1", 90, "CO*16*90")])).await;
    let list = lead.get("/remittances").await.text;
    let mut eras = list.split('"').filter(|text| text.starts_with("/remittances/era_"));
    let later = eras.find(|one| *one != aside_one).expect("another");
    lead.get(later).await.is(StatusCode::OK);
    auditor.get(&link).await.shows(&["Opened a remittance</td>"]);
    auditor.get(&link.replace("&whole=yes", "")).await.hides(&["Opened a remittance</td>"]);
    let file = auditor.get(&link.replace("/journal?", "/journal.csv?")).await;
    file.is(StatusCode::OK).shows(&["remittance.viewed", "case.viewed"]).hides(&["queue.viewed"]);
    lead.get(&case).await.hides(&["Who has seen it"]);

    clinic.later("2026-03-05T12:00:00Z");
    let mut auditor = clinic.stranger();
    auditor.sign_in("audit", super::clinic::PASSWORD).await;
    auditor.get(&case).await.is(StatusCode::OK);
    let viewed = "/journal?book=views&kind=case.viewed&from=2026-03-05";
    auditor.get(viewed).await.shows(&["Test audit</td>"]).hides(&["Test lead</td>"]);
}
