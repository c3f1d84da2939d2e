//! Payers: a card that everybody reads and who leads changes, a call with its promise, and what of
//! it was kept.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Browser, PASSWORD, TestClinic, denied, era, link, take};
use crate::rank;

const CARD: [(&str, &str); 10] = [
    ("phone", "555-0142"),
    ("phone_tree", "2, then 4, then say representative"),
    ("best_time", "before nine"),
    ("fax", ""),
    ("portal", "https://portal.example/claims"),
    ("portal_steps", "Claims, Disputes, New"),
    ("login_holder", ""),
    ("appeal_address", "1 Example Way"),
    ("file_limits", "10 files of 5 MB"),
    ("why", "learned on a call"),
];

async fn saved(
    lead: &Browser,
    page: &str,
    read: &str,
    more: &[(&str, &str)],
) -> super::clinic::Answer {
    let is_other = |name: &str| more.iter().any(|(other, _)| *other == name);
    let mut fields: Vec<_> = CARD.into_iter().filter(|(name, _)| !is_other(name)).collect();
    fields.push(("read", read));
    fields.extend(more);
    lead.post(page, &fields).await
}

#[tokio::test]
async fn a_card_is_kept_in_versions_and_stands_beside_the_case() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::Manager).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 250, "CO*197*250")])).await;
    let case = lead.find("A-1").await;
    lead.get(&case).await.shows(&["Reach the payer", "nobody has written down how"]);
    let page = link(&lead, "/payers", "/payers/pay_").await;
    lead.get(&page).await.is(StatusCode::OK).shows(&["STANDIN HEALTH", "never the password"]);
    let secret = [("portal", "https://ada:secret@portal.example")];
    let refused = saved(&lead, &page, "0", &secret).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["holds a name or a password", "555-0142"]);
    let me = crate::identity::person("manager").to_string();
    let done = saved(&lead, &page, "0", &[("login_holder", &me)]).await;
    assert_eq!(done.is(StatusCode::SEE_OTHER).location(), format!("{page}?done=card"));
    let stale = saved(&lead, &page, "0", &[("fax", "555-0143")]).await;
    stale.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Somebody changed this card meanwhile"]);
    let again = saved(&lead, &page, "1", &[("login_holder", &me)]).await;
    again.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Nothing differs"]);
    saved(&lead, &page, "1", &[("fax", "555-0143")]).await.is(StatusCode::SEE_OTHER);

    let biller = clinic.person(Role::BillingSpecialist).await;
    let shown = biller.get(&page).await;
    shown.shows(&["555-0143", "say representative", "https://portal.example/claims"]);
    shown.shows(&["Who changed it", "Test manager", "learned on a call", "Fax, Holder"]);
    shown.hides(&["Change the card"]);
    biller.get(&case).await.shows(&["555-0142", "before nine", "10 files of 5 MB"]);
    saved(&biller, &page, "2", &[("fax", "1")]).await.is(StatusCode::FORBIDDEN);
    let vendor = clinic.person(Role::Vendor).await;
    vendor.get("/payers").await.is(StatusCode::FORBIDDEN);
    let auditor = clinic.person(Role::Auditor).await;
    auditor.get("/journal").await.shows(&["Changed the card of a payer"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_promise_is_in_view_broken_once_and_counted() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    take(&biller, "a.835", &era("T1", &[denied("A-1", 250, "CO*197*250")])).await;
    let case = biller.find("A-1").await;
    biller.act(&case, "take", &[]).await;
    biller.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    let page = link(&biller, "/payers", "/payers/pay_").await;
    biller.get(&page).await.hides(&["What it promised"]).shows(&["No contact in 90 days"]);
    biller.get(&case).await.hides(&["Did it do what it had promised?"]);
    let call = [
        ("channel", "phone"),
        ("representative", "Sam"),
        ("reference", "R-7"),
        ("said", "a supervisor looks at it"),
        ("promised_by", "2026-03-06"),
        ("minutes", "19"),
    ];
    biller.act(&case, "log_contact", &call).await.is(StatusCode::SEE_OTHER);
    let shown = biller.get(&case).await;
    shown.shows(&[
        "by Mar 6, 2026, reference R-7",
        "Await payer",
        "Did it do what it had promised?",
    ]);
    let told = biller.get(&page).await;
    told.shows(&[
        "Sam, R-7",
        "a supervisor looks at it",
        "1, 19 minutes",
        "No promise has come due",
    ]);

    // Its day is a Friday; on Saturday it is found, and somebody is to call on Monday.
    clinic.later("2026-03-07T12:00:00Z");
    rank::sweep(clinic.office()).await.expect("swept");
    rank::sweep(clinic.office()).await.expect("swept");
    let mut biller = clinic.stranger();
    biller.sign_in(Role::BillingSpecialist.as_str(), PASSWORD).await;
    let shown = biller.get(&case).await;
    shown.shows(&["Call payer", "Mar 9, 2026"]);
    let words = "Promise of Mar 6, 2026 broken: call again, reference R-7";
    shown.shows(&[words]);
    assert_eq!(shown.text.matches(words).count(), 2, "in the rail, and once in the timeline");
    biller.get("/payers").await.shows(&["0 of 1 by their day"]);

    clinic.later("2026-03-09T12:00:00Z");
    let mut biller = clinic.stranger();
    biller.sign_in(Role::BillingSpecialist.as_str(), PASSWORD).await;
    let kept =
        [("channel", "phone"), ("said", "the letter is here"), ("kept", "yes"), ("minutes", "3")];
    biller.act(&case, "log_contact", &kept).await.is(StatusCode::SEE_OTHER);
    let shown = biller.get(&case).await;
    shown.shows(&["The payer did what it had promised by Mar 6, 2026"]);
    let told = biller.get(&page).await;
    told.shows(&["2, 22 minutes", "0 of 1 by their day", "1 late, usually by 3 days"]);
    let version = biller.get(&case).await.field("version");
    let undo = biller.post(&format!("{case}/undo"), &[("version", version.as_str())]).await;
    undo.is(StatusCode::SEE_OTHER);
    biller.get(&page).await.shows(&["1, 19 minutes", "0 of 1 by their day"]).hides(&["1 late"]);
    let front = clinic.person(Role::FrontDesk).await;
    front.get(&page).await.hides(&["a supervisor looks at it", "What it promised"]);
    clinic.is_proven().await;
}

/// A made-up payer whose other spelling was a payer of its own before.
const MERGED: &str = "name = \"Standin Health Group\"\naliases = [\"STANDIN HEALTH\"]\n\
    plan_types = [\"commercial\"]\n";

#[tokio::test]
async fn what_was_kept_under_a_former_id_stands_with_the_payer_by_todays_rules() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.person(Role::Manager).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 250, "CO*197*250")])).await;
    let former = link(&lead, "/payers", "/payers/pay_").await;
    saved(&lead, &former, "0", &[]).await.is(StatusCode::SEE_OTHER);
    let case = lead.find("A-1").await;
    let call = [("channel", "phone"), ("said", "soon"), ("minutes", "7")];
    lead.act(&case, "log_contact", &call).await.is(StatusCode::SEE_OTHER);

    clinic.with_file("payers/standin_group.toml", MERGED).await;
    let lead = clinic.again(&lead);
    let renamed = era("T2", &[denied("A-2", 90, "CO*197*90")]);
    take(&lead, "b.835", &renamed.replace("STANDIN HEALTH", "STANDIN HEALTH GROUP")).await;
    let list = lead.get("/payers").await;
    assert_eq!(list.text.matches("href=\"/payers/pay_").count(), 1, "{}", list.text);
    let now = link(&lead, "/payers", "/payers/pay_").await;
    assert_ne!(now, former);
    list.shows(&["<td class=\"num\" data-label=\"Contacts\">1</td>"]);
    for page in [&now, &former] {
        let shown = lead.get(page).await;
        shown.is(StatusCode::OK).shows(&["555-0142", "1, 7 minutes", "soon"]);
    }
    saved(&lead, &former, "1", &[("fax", "555-0199")]).await.is(StatusCode::SEE_OTHER);
    lead.get(&now).await.shows(&["555-0199"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_reason_that_is_too_long_is_refused_and_not_cut() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::Manager).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 250, "CO*197*250")])).await;
    let page = link(&lead, "/payers", "/payers/pay_").await;
    let long = "x".repeat(501);
    let refused = saved(&lead, &page, "0", &[("why", &long)]).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows(&["The reason for the change has at most 500 letters", &long]);
    saved(&lead, &page, "0", &[("why", &long[..500])]).await.is(StatusCode::SEE_OTHER);
    lead.get(&page).await.shows(&[&long[..500]]);
    clinic.is_proven().await;
}
