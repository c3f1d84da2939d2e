//! Rules that act by themselves: tried, in the shadow, on, once on a case, and stopped.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Browser, PASSWORD, TestClinic, bill, denied, era, take};
use crate::acting;

const RULES: &str = "[[rule]]\nname = \"sixteens\"\nwhy = \"somebody calls at once\"\n\
    mode = \"off\"\n[rule.when]\ncarcs = [\"16\"]\n[rule.do]\nnext = \"call_payer\"\n\
    in_days = 2\n[rule.stop]\nof = 5\nrefused = 2\n\n[[rule]]\nname = \"sleepers\"\n\
    why = \"a test of what is refused\"\nmode = \"off\"\n[rule.when]\ncarcs = [\"18\"]\n\
    [rule.do]\npropose_write_off = true\n[rule.stop]\nof = 5\nrefused = 2\n";

async fn cases(lead: &Browser, numbers: &[&'static str], adjustment: &'static str) {
    for number in numbers {
        take(lead, &format!("{number}.837"), &bill(number, "MADEUP", 90)).await;
        let trace = format!("T{number}");
        take(lead, &format!("{number}.835"), &era(&trace, &[denied(number, 90, adjustment)])).await;
    }
}

async fn saved(lead: &Browser) {
    let form = lead.get("/rules/edit?path=actions.toml").await;
    let fields = [
        ("path", "actions.toml"),
        ("text", RULES),
        ("why", "a test"),
        ("what", "save"),
        ("read", &form.field("read")),
    ];
    lead.post("/rules/edit", &fields).await.is(StatusCode::SEE_OTHER);
}

async fn switched(lead: &Browser, rule: &str, what: &str) {
    let page = lead.get(&format!("/rules/actions?try={rule}")).await;
    let fields = [("rule", rule), ("what", what), ("read", &page.field("read"))];
    lead.post("/rules/actions", &fields).await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_rule_is_tried_then_writes_down_then_acts_once() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::Administrator).await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    cases(&biller, &["A-1", "A-2"], "CO*16*90").await;
    lead.get("/rules/actions").await.shows(&["clock_near", "nothing yet", "off"]);
    saved(&lead).await;
    let tried = lead.get("/rules/actions?try=sixteens").await;
    tried.is(StatusCode::OK).shows(&["2 cases, $180.00", "of 2 open cases", "nothing was done"]);
    tried.shows(&["still open: 2 cases", "Switch it on", "Into the shadow"]);
    let off = acting::sweep(clinic.office()).await.expect("swept");
    assert_eq!(off, acting::Tally::default());

    switched(&lead, "sixteens", "shadow").await;
    let shadow = acting::sweep(clinic.office()).await.expect("swept");
    assert_eq!((shadow.shadow, shadow.done), (2, 0));
    let case = biller.find("A-1").await;
    biller.get(&case).await.shows(&["would have acted (shadow): plan call payer in 2 days"]);
    biller.get(&case).await.hides(&["Planned: call payer"]);

    switched(&lead, "sixteens", "on").await;
    let on = acting::sweep(clinic.office()).await.expect("swept");
    assert_eq!((on.shadow, on.done, on.refused), (0, 2, 0));
    let page = biller.get(&case).await;
    page.shows(&["Rule sixteens (version ", "acted: plan call payer in 2 days", "Planned: call"]);
    // Once on a case: what somebody plans afterwards stays.
    let plan = [("next", "review"), ("on", "2026-03-04")];
    biller.act(&case, "plan", &plan).await.is(StatusCode::SEE_OTHER);
    let again = acting::sweep(clinic.office()).await.expect("swept");
    assert_eq!(again, acting::Tally::default());
    // What is opened meanwhile is looked at by the next sweep.
    cases(&biller, &["A-3"], "CO*16*90").await;
    assert_eq!(acting::sweep(clinic.office()).await.expect("swept").done, 1);
    lead.get("/rules/actions").await.shows(&["acted on 3 cases", "would have acted on 2 cases"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_rule_whose_acts_are_refused_stops_itself_until_it_is_started_again() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::Administrator).await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    // A write-off is proposed in the review alone: new cases refuse it.
    cases(&biller, &["B-1", "B-2", "B-3"], "OA*18*90").await;
    saved(&lead).await;
    lead.get("/rules/actions?try=sleepers").await.shows(&["Would refuse it", "3 cases, $270.00"]);
    switched(&lead, "sleepers", "on").await;
    let tally = acting::sweep(clinic.office()).await.expect("swept");
    assert_eq!((tally.done, tally.refused), (0, 2), "the third is spared");
    assert_eq!(tally.stopped, ["sleepers"]);
    let page = lead.get("/rules/actions").await;
    page.shows(&["stopped itself", "2 of its last 2 firings were refused", "Start again"]);
    lead.get("/").await.shows(&["1 rule that stopped itself"]);
    let idle = acting::sweep(clinic.office()).await.expect("swept");
    assert_eq!((idle.done, idle.refused), (0, 0));

    let fields = [("rule", "sleepers"), ("what", "start")];
    lead.post("/rules/actions", &fields).await.is(StatusCode::SEE_OTHER);
    lead.get("/rules/actions").await.shows(&["started again by"]);
    lead.get("/").await.hides(&["stopped itself"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn only_who_keeps_rules_sees_and_switches_them() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    biller.get("/rules/actions").await.is(StatusCode::FORBIDDEN);
    let fields = [("rule", "clock_near"), ("what", "on")];
    biller.post("/rules/actions", &fields).await.is(StatusCode::FORBIDDEN);
    let lead = clinic.person(Role::Administrator).await;
    lead.post("/rules/actions", &[("rule", "none"), ("what", "on")])
        .await
        .is(StatusCode::NOT_FOUND);
    clinic.later("2026-03-04T12:00:00Z");
    let mut lead = clinic.stranger();
    lead.sign_in(Role::Administrator.as_str(), PASSWORD).await;
    lead.get("/rules/actions").await.is(StatusCode::OK);
}
