//! The morning digest: once a day, each count with its list, the team's for who leads.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Answer, PASSWORD, TestClinic, denied, era, era_on, take};
use crate::boards::Boards;
use crate::digest;
use crate::practice::Office;

/// The count of a tile by its label.
fn count(page: &Answer, label: &str) -> String {
    let rest = page.text.split(&format!("<span class=\"label\">{label}</span>")).nth(1);
    let figure = rest.and_then(|rest| rest.split("<span class=\"figure\">").nth(1));
    figure.and_then(|one| one.split('<').next()).unwrap_or("no such tile").to_owned()
}

/// What the page itself says.
fn main(page: &Answer) -> Option<&str> {
    page.text.split("<main").nth(1)?.split("</main>").next()
}

#[tokio::test]
async fn a_digest_is_made_once_a_day_and_stays() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::Manager).await;
    let ada = clinic.named("ada", Role::BillingSpecialist).await;
    let claims = [denied("A-1", 500, "CO*29*500"), denied("A-2", 90, "CO*18*90")];
    take(&lead, "a.835", &era("T1", &claims)).await;
    ada.get("/").await.shows(&["Morning digest", "not read yet"]);
    let case = ada.find("A-1").await;
    ada.act(&case, "take", &[]).await.is(StatusCode::SEE_OTHER);
    let promised = [("channel", "phone"), ("said", "soon"), ("promised_by", "2026-03-03")];
    ada.act(&case, "log_contact", &promised).await.is(StatusCode::SEE_OTHER);
    let first = ada.get("/digest").await;
    first.is(StatusCode::OK).shows(&["Tuesday, March 3, 2026", "New since Mar 2, 2026", "Entry "]);
    first.hides(&["A-1", "MADEUP", "The team"]);
    assert_eq!(count(&first, "New since Mar 2, 2026"), "2");
    assert_eq!(count(&first, "Payer&#39;s promise not kept"), "0");
    ada.get("/").await.hides(&["not read yet"]);
    take(&lead, "b.835", &era("T2", &[denied("B-1", 70, "CO*18*70")])).await;
    let again = ada.get("/digest").await;
    assert_eq!(main(&again), main(&first), "it stays as it was");

    clinic.later("2026-03-04T12:00:00Z");
    let mut ada = clinic.stranger();
    ada.sign_in("ada", PASSWORD).await;
    let next = ada.get("/digest").await;
    next.shows(&["Wednesday, March 4, 2026", "<option value=\"2026-03-03\">"]);
    assert_eq!(count(&next, "New since Mar 3, 2026"), "3");
    assert_eq!(count(&next, "Payer&#39;s promise not kept"), "1");
    let broken = ada.get("/queue?person=me&promise=broken&snoozed=show").await;
    broken.shows(&["1 case", "A-1", "not kept"]);
    ada.get("/digest?day=2026-03-03").await.shows(&["Tuesday, March 3, 2026"]);
    ada.get("/digest?day=2026-02-01").await.shows(&["Nobody opened a digest on that day"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn every_figure_is_explained_and_counts_what_home_counts() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::Manager).await;
    let claims = [denied("A-1", 500, "CO*29*500"), denied("A-2", 90, "CO*18*90")];
    take(&lead, "a.835", &era("T1", &claims)).await;
    let won = lead.find("A-1").await;
    lead.act(&won, "overturn", &[("note", "letter")]).await.is(StatusCode::SEE_OTHER);
    let boss = clinic.named("boss", Role::Executive).await;
    let admin = clinic.named("admin", Role::Administrator).await;
    let pages = [
        lead.get("/digest").await,
        lead.get("/digest/team").await,
        boss.get("/digest").await,
        admin.get("/digest").await,
    ];
    for page in &pages {
        let main = main(page).expect("a page");
        let tiles = main.matches("<li class=\"tile").count();
        assert_eq!(main.matches("class=\"about\"").count(), tiles, "{main}");
        assert!(tiles > 0);
    }
    let at_risk = |page: &Answer| {
        let tile = page.text.split("<span class=\"label\">At risk</span>").nth(1);
        tile.and_then(|tile| tile.split("</li>").next()).unwrap_or_default().to_owned()
    };
    assert!(at_risk(&pages[2]).contains("$90.00"), "{}", at_risk(&pages[2]));
    assert!(at_risk(&boss.get("/").await).contains("$90.00"));
}

#[tokio::test]
async fn who_leads_has_the_teams_too() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let ada = clinic.named("ada", Role::BillingSpecialist).await;
    let claims = [
        denied("A-1", 500, "CO*29*500"),
        denied("A-2", 90, "CO*18*90"),
        denied("A-3", 60, "CO*18*60"),
    ];
    take(&lead, "a.835", &era("T1", &claims)).await;
    let case = ada.find("A-2").await;
    ada.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    let give_up = [("reason", "small_balance"), ("note", "small")];
    ada.act(&case, "write_off", &give_up).await.is(StatusCode::SEE_OTHER);
    let case = lead.find("A-3").await;
    lead.act(&case, "take", &[]).await.is(StatusCode::SEE_OTHER);
    ada.get("/digest/team").await.is(StatusCode::FORBIDDEN);

    clinic.later("2026-03-04T12:00:00Z");
    let mut lead = clinic.stranger();
    lead.sign_in("lead", PASSWORD).await;
    let paid = super::clinic::PaidClaim {
        lines: vec![super::clinic::Line {
            code: "99214",
            charge: 60,
            paid: 60,
            adjustments: &[],
            remarks: &[],
        }],
        ..denied("A-3", 60, "")
    };
    take(&lead, "b.835", &era_on("T9", "20260304", &[paid])).await;
    let page = lead.get("/digest/team").await;
    page.is(StatusCode::OK).shows(&[
        "The team's",
        "Load",
        "No person or team",
        "Test lead",
        "As posted from Mar 3, 2026 to yesterday.",
        "Duplicate",
        "STANDIN HEALTH",
    ]);
    assert_eq!(count(&page, "Given up"), "$90.00");
    assert_eq!(count(&page, "Recovered"), "$0.00");
    page.shows(&["href=\"/queue?person=nobody\" data-rows=\"2\"", "What payers gave way on</h2>"]);
    assert_eq!(count(&page, "No person has it"), "2");
    assert_eq!(count(&page, "Lacks owner, action or day"), "0");
    // Another leader reads the same, and one who works cases what others won.
    let other = clinic.named("boss", Role::Manager).await;
    assert_eq!(main(&other.get("/digest/team").await), main(&page));
    let mut ada = clinic.stranger();
    ada.sign_in("ada", PASSWORD).await;
    ada.get("/digest").await.shows(&["What others won", "Duplicate", "Test lead"]);
    lead.get("/digest").await.shows(&["Nothing since then."]);
    for role in [Role::Executive, Role::Administrator, Role::Vendor] {
        let page = clinic.person(role).await.get("/digest").await;
        page.is(StatusCode::OK).hides(&["What others won", "/cases/", "STANDIN"]);
        assert_eq!(page.text.contains("href=\"/queue?"), role == Role::Vendor);
    }
    // Who has another role since is not told what the former one was told.
    let boss = clinic.named("boss2", Role::Manager).await;
    boss.get("/digest").await.shows(&["Given up"]);
    let desk = clinic.named("boss2", Role::FrontDesk).await;
    desk.get("/digest").await.is(StatusCode::OK).hides(&["Given up"]);
    desk.get("/digest?day=2026-03-04").await.hides(&["Given up"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_day_is_the_practices_own_and_a_command_prints_the_same() {
    let mut clinic = TestClinic::open().await;
    clinic.later("2026-03-04T03:00:00Z");
    let office = clinic.office().clone();
    let west = store::practices::Clinic { zone: "America/Chicago".into(), ..office.clinic.clone() };
    let west = Office { clinic: west, ..office.clone() };
    let boards = Boards::default();
    let there = digest::of_today(&west, &boards, true).await.expect("made");
    assert_eq!(there.day.to_string(), "2026-03-03");
    let here = digest::of_today(&office, &boards, true).await.expect("made");
    assert_eq!(here.day.to_string(), "2026-03-04");
    let again = digest::of_today(&office, &Boards::default(), true).await.expect("kept");
    assert_eq!(
        serde_json::to_string(&again).expect("JSON"),
        serde_json::to_string(&here).expect("JSON")
    );
    let told = digest::told(&here, "UTC").join("\n");
    for part in ["Mar 4, 2026, for the team", "No person has it", "given up $0.00", &here.head.hash]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    let head = office.read().await.expect("a look").chain_head().await.expect("a chain");
    assert_eq!((here.head.entries, here.head.hash.clone()), head);
}

#[tokio::test]
async fn who_opens_no_remittances_hears_of_no_reviews_even_where_the_rules_name_them() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    for role in [Role::FrontDesk, Role::BillingSpecialist] {
        let shipped = include_str!("../../../../../data/desk.toml");
        let named = format!("[intake]\nrole = \"{}\"\n", role.as_str());
        let own = shipped.replace("[intake]\nrole = \"poster\"\n", &named);
        let read = if role == Role::FrontDesk { "0" } else { "1" };
        let save = [
            ("path", "desk.toml"),
            ("text", own.as_str()),
            ("why", "ours"),
            ("read", read),
            ("what", "save"),
        ];
        lead.post("/rules/edit", &save).await.is(StatusCode::SEE_OTHER);
        let digest = clinic.person(role).await.get("/digest").await;
        if role == Role::FrontDesk {
            digest.is(StatusCode::OK).hides(&["Missing remittances", "/intake"]);
        } else {
            digest.is(StatusCode::OK).shows(&["Missing remittances", "/intake?show=late"]);
        }
    }
    clinic.is_proven().await;
}
