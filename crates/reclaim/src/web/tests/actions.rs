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

pub(super) async fn cases(lead: &Browser, numbers: &[&'static str], adjustment: &'static str) {
    for number in numbers {
        take(lead, &format!("{number}.837"), &bill(number, "MADEUP", 90)).await;
        let trace = format!("T{number}");
        take(lead, &format!("{number}.835"), &era(&trace, &[denied(number, 90, adjustment)])).await;
    }
}

async fn saved(lead: &Browser) {
    saved_as(lead, RULES).await;
}

pub(super) async fn saved_as(lead: &Browser, text: &str) {
    let form = lead.get("/rules/edit?path=actions.toml").await;
    let fields = [
        ("path", "actions.toml"),
        ("text", text),
        ("why", "a test"),
        ("what", "save"),
        ("read", &form.field("read")),
    ];
    lead.post("/rules/edit", &fields).await.is(StatusCode::SEE_OTHER);
}

pub(super) async fn switched(lead: &Browser, rule: &str, what: &str) {
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
    // A refusal was its once on those two.
    let again = acting::sweep(clinic.office()).await.expect("swept");
    assert_eq!((again.done, again.refused), (0, 1));
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_people_have_is_left_to_them() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::Administrator).await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    cases(&biller, &["A-1", "A-2", "A-3"], "CO*16*90").await;
    let (taken, planned) = (biller.find("A-1").await, biller.find("A-2").await);
    biller.act(&taken, "take", &[]).await.is(StatusCode::SEE_OTHER);
    let plan = [("next", "review"), ("on", "2026-03-04")];
    biller.act(&planned, "plan", &plan).await.is(StatusCode::SEE_OTHER);
    saved(&lead).await;
    lead.get("/rules/actions?try=sixteens").await.shows(&["1 case, $90.00", "a person chose"]);
    switched(&lead, "sixteens", "on").await;
    let first = acting::sweep(clinic.office()).await.expect("swept");
    assert_eq!((first.done, first.refused), (1, 0), "what nobody has");
    biller.get(&taken).await.hides(&["Planned: call"]);
    biller.get(&planned).await.shows(&["Planned: review"]).hides(&["Planned: call"]);
    // Given back, it is a case like others: it was not the rule's once.
    biller.act(&taken, "release", &[]).await.is(StatusCode::SEE_OTHER);
    assert_eq!(acting::sweep(clinic.office()).await.expect("swept").done, 1);
    biller.get(&taken).await.shows(&["Planned: call"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_rule_that_is_switched_off_meanwhile_does_nothing_more() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::Administrator).await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    cases(&biller, &["A-1"], "CO*16*90").await;
    saved(&lead).await;
    switched(&lead, "sixteens", "on").await;
    // A sweep that began before somebody switched it off.
    let begun = clinic.office().afresh().await.expect("read");
    let mut tx = begun.read().await.expect("a look");
    let open = tx.open_cases_after("", 9).await.expect("read");
    drop(tx);
    switched(&lead, "sixteens", "off").await;
    let mut tally = acting::Tally::default();
    acting::look(&begun, &open, &mut tally).await.expect("looked");
    assert_eq!(tally, acting::Tally::default());
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_last_rule_in_the_shadow_keeps_no_other_from_acting() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::Administrator).await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    cases(&biller, &["A-1"], "CO*16*90").await;
    let watch = "[[rule]]\nname = \"watch\"\nwhy = \"a test\"\nmode = \"shadow\"\nlast = true\n\
        [rule.when]\ncarcs = [\"16\"]\n[rule.do]\nescalate = \"billing_supervisor\"\n\
        [rule.stop]\nof = 5\nrefused = 2\n\n";
    saved_as(&lead, &format!("{watch}{RULES}")).await;
    switched(&lead, "sixteens", "on").await;
    let tally = acting::sweep(clinic.office()).await.expect("swept");
    assert_eq!((tally.shadow, tally.done), (1, 1));
    // Once it acts it is the last.
    switched(&lead, "watch", "on").await;
    cases(&biller, &["A-2"], "CO*16*90").await;
    let tally = acting::sweep(clinic.office()).await.expect("swept");
    assert_eq!((tally.shadow, tally.done), (0, 2), "on both cases, and the other on none");
    let case = biller.find("A-2").await;
    biller.get(&case).await.hides(&["Planned: call payer"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_rule_whose_cases_are_denied_again_stops_itself_however_many_wait() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.person(Role::Administrator).await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    cases(&biller, &["A-1", "A-2", "A-3"], "CO*16*90").await;
    let text = RULES.replacen("of = 5\nrefused = 2", "of = 2\ndenied_again = 1", 1);
    saved_as(&lead, &text).await;
    switched(&lead, "sixteens", "on").await;
    lead.get("/rules/actions").await.shows(&["1 denied again of its last 2 with an answer"]);
    assert_eq!(acting::sweep(clinic.office()).await.expect("swept").done, 3);
    clinic.later("2026-03-04T12:00:00Z");
    let mut biller = clinic.stranger();
    biller.sign_in(Role::BillingSupervisor.as_str(), PASSWORD).await;
    // The first of them is answered: those after it, which wait, do not hide it.
    let case = biller.find("A-1").await;
    biller.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    let sent = [("frequency", "7"), ("channel", "portal"), ("reference", "V2")];
    biller.act(&case, "resubmit", &sent).await.is(StatusCode::SEE_OTHER);
    biller.act(&case, "uphold", &[("note", "call 7")]).await.is(StatusCode::SEE_OTHER);
    cases(&biller, &["A-4"], "CO*16*90").await;
    let tally = acting::sweep(clinic.office()).await.expect("swept");
    assert_eq!((tally.done, tally.stopped), (0, vec!["sixteens".to_owned()]));
    let mut lead = clinic.stranger();
    lead.sign_in(Role::Administrator.as_str(), PASSWORD).await;
    let told = "1 of its last 1 cases with an answer were denied again";
    lead.get("/rules/actions").await.shows(&[told]);
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
