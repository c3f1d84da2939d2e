//! What is won: its clocks are closed, its payment is to be posted; whom a case waits on, and what
//! its priority says, the same wherever it is told.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Answer, Browser, Line, PaidClaim, TestClinic, denied, era, take};
use crate::rank;

/// A Medicare denial, whose first appeal has a window, and a day on which that is near.
async fn near() -> (TestClinic, Browser) {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let text = era("T1", &[denied("A-1", 900, "CO*197*900"), denied("A-2", 50, "CO*197*50")]);
    let text = text.replace("**12*PAYER0001", "**MB*PAYER0001");
    take(&lead, "a.835", &text).await;
    clinic.later("2026-07-01T12:00:00Z");
    rank::sweep(clinic.office()).await.expect("swept");
    let mut lead = clinic.stranger();
    lead.sign_in(Role::BillingSupervisor.as_str(), super::clinic::PASSWORD).await;
    (clinic, lead)
}

/// What a tile of Home says, between its label and its end.
fn tile(home: &Answer, label: &str) -> String {
    let rest = home.text.split(&format!("<span class=\"label\">{label}</span>")).nth(1);
    rest.and_then(|rest| rest.split("</li>").next()).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn no_clock_of_what_is_won_is_due() {
    let (clinic, lead) = near().await;
    let case = lead.find("A-1").await;
    assert!(tile(&lead.get("/").await, "Due within 7 days").contains(">2<"));
    let won = [("note", "letter of June")];
    lead.act(&case, "overturn", &won).await.is(StatusCode::SEE_OTHER);
    assert!(tile(&lead.get("/").await, "Due within 7 days").contains(">1<"));
    lead.get("/queue?due=soon").await.shows(&["A-2"]).hides(&["A-1"]);
    lead.get("/queue?due=over").await.shows(&["A-1", "Closed"]).hides(&["A-2", "Not configured"]);
    lead.get("/queue?no_rule=yes").await.hides(&["A-1"]);
    let queue = lead.get("/queue").await;
    let place = |number: &str| queue.text.find(number).expect("listed");
    assert!(place("A-2") < place("A-1"), "what can still be won comes first");
    queue.shows(&["after what can still be won: only its payment is to be posted"]);
    lead.get(&case).await.shows(&[
        "Post payment",
        "its clocks are closed",
        "The payer: its payment",
        "Closed",
        "its last day was to be",
    ]);
    let digest = lead.get("/digest/team").await;
    digest.is(StatusCode::OK);
    assert!(lead.get("/queue?due=soon").await.text.contains("<strong>1 case"));
    let poster = clinic.person(Role::Poster).await;
    poster.get("/").await.shows(&["Post payment", "$900.00"]).hides(&["Await payer"]);
    lead.act(&case, "dispute", &[("reason", "nothing came")]).await.is(StatusCode::SEE_OTHER);
    lead.get("/queue?due=soon").await.shows(&["A-1", "A-2"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_is_won_in_part_keeps_the_clocks_of_the_rest() {
    let (clinic, lead) = near().await;
    let case = lead.find("A-1").await;
    let part = [("note", "letter of June"), ("expected", "400")];
    lead.act(&case, "overturn", &part).await.is(StatusCode::SEE_OTHER);
    lead.get("/queue?due=soon").await.shows(&["A-1"]);
    lead.get(&case).await.shows(&["The payer gave way in part", "Post payment"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_case_waits_on_the_same_wherever_one_looks() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let claims = [
        denied("A-1", 90, "CO*197*90"),
        denied("A-2", 50, "CO*197*50"),
        denied("A-3", 40, "CO*197*40"),
        denied("A-4", 30, "CO*197*30"),
    ];
    take(&lead, "a.835", &era("T1", &claims)).await;
    let act = async |number: &str, act: &str, fields: &[(&str, &str)]| {
        let case = lead.find(number).await;
        lead.act(&case, act, fields).await.is(StatusCode::SEE_OTHER);
    };
    act("A-1", "overturn", &[("note", "letter")]).await;
    let promised = [("channel", "phone"), ("said", "soon"), ("promised_by", "2026-03-20")];
    act("A-2", "log_contact", &promised).await;
    act("A-3", "ask_colleague", &[("to", "provider"), ("text", "is it so?")]).await;
    for (number, value, words) in [
        ("A-1", "payer", "The payer"),
        ("A-2", "payer", "The payer"),
        ("A-3", "colleague", "A colleague"),
        ("A-4", "us", "Us"),
    ] {
        let list = lead.get(&format!("/queue?waiting={value}&columns=waiting")).await;
        list.shows(&[number, &format!("<td data-c=\"waiting\">{words}</td>")]);
        let case = lead.find(number).await;
        let page = lead.get(&case).await;
        page.shows(&[&format!("Waits on</a></dt><dd>{words}")]);
    }
    lead.get("/queue?waiting=payer").await.hides(&["A-3", "A-4"]).shows(&["the payer"]);
    let home = lead.get("/").await;
    home.shows(&["Waits on the payer"]);
    assert!(tile(&home, "Waits on a colleague").contains(">1<"));
    lead.get("/queue/filters").await.shows(&["Waits on", "the payer", "a colleague", "us"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn points_are_shown_as_points_and_a_chance_that_nobody_knows_as_none() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let vague =
        Line { code: "99214", charge: 70, paid: 0, adjustments: &["CO*111*70"], remarks: &[] };
    let claims =
        [PaidClaim { lines: vec![vague], ..denied("A-1", 70, "") }, denied("A-2", 50, "CO*197*50")];
    take(&lead, "a.835", &era("T1", &claims)).await;
    let list = lead.get("/queue?columns=chance,expected,net,priority").await;
    list.shows(&[" pts</span>", "not configured", "its chance is not configured"]);
    list.shows(&["costs more", "A round of work costs more than it is expected to bring"]);
    for part in list.text.split("data-c=\"priority\"").skip(2) {
        let cell = part.split("<dl>").next().unwrap_or_default();
        assert!(!cell.contains('$'), "{cell}");
    }
    let case = lead.find("A-1").await;
    lead.get(&case).await.shows(&[
        " points</h2>",
        "they are no balance",
        "Chance</a> not configured",
        "chance for its reason is not configured",
    ]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn the_order_of_the_queue_is_told_in_the_same_words() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    take(&biller, "a.835", &era("T1", &[denied("A-1", 90, "CO*22*90")])).await;
    let order = "By priority: first what is ours to act on and has no clock with a day";
    for page in ["/", "/words"] {
        biller.get(page).await.shows(&[order]);
    }
    let home = biller.get("/").await;
    home.shows(&["sort=priority", ">A-1</a><small>M••• P•••</small>", " pts<small>net value $"]);
}
