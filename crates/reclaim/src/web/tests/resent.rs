//! What was sent again and has no answer stands on its case; nothing goes beside it unasked.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Answer, PASSWORD, TestClinic, denied, era_on, take};
use super::outbox::{LATER, corrected, queued, reviewed, told};
use crate::outbox::{self, NotQueued, leaving};
use crate::rank;

/// A replacement of a claim that another system sent on the second of March.
fn elsewhere(number: &str) -> String {
    corrected(number, "HC:99213", 77).replace("*20260301*1200*", "*20260302*1200*")
}

const WAITS: &str = "Replacement sent Mar 2, 2026, waits for the payer.";

#[tokio::test]
async fn a_replacement_that_a_file_tells_of_stands_on_case_queue_and_ways() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let case = reviewed(&biller, "A-1").await;
    biller.get(&case).await.hides(&["waits for the payer."]);
    take(&biller, "elsewhere.837", &elsewhere("A-1")).await;
    let page = biller.get(&case).await;
    let closed = "<strong>Corrected claim</strong>: Replacement sent Mar 2, 2026, waits for the \
                  payer: one more would be a duplicate, and needs a reason.";
    page.shows(&[WAITS, closed, "Record it on the case"]);
    // It waits, and what would send it twice does not lead.
    page.shows(&["<strong>Wait for the payer.</strong>", "<strong>Await payer</strong>"]);
    page.shows(&["Correct it all the same"]).hides(&["data-act-key=\"c\""]);
    biller.get("/queue?status=in_review").await.shows(&["sent again", WAITS]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn beside_it_nothing_goes_without_a_reason() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let case = reviewed(&biller, "A-1").await;
    take(&biller, "elsewhere.837", &elsewhere("A-1")).await;
    let office = clinic.office();
    let refused = queued(office, &case, "A-1", "HC:99215", None).await.expect_err("waits");
    assert!(matches!(refused, NotQueued::Waits(_)), "{refused}");
    let told = refused.to_string();
    assert!(told.contains("replacement sent Mar 2, 2026, waits for the payer"), "{told}");
    let by_hand = [("frequency", "7"), ("channel", "portal"), ("reference", "P9")];
    let page = biller.act(&case, "resubmit", &by_hand).await;
    page.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["sent already"]);
    let why = Some("their system lost it");
    let one = queued(office, &case, "A-1", "HC:99215", why).await.expect("for a reason");
    let told = office.read().await.expect("a look").timeline(&one.outgoing).await.expect("read");
    assert!(told[0].body.contains("their system lost it"), "{}", told[0].body);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_the_file_tells_is_recorded_with_one_press() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let case = reviewed(&biller, "A-1").await;
    take(&biller, "elsewhere.837", &elsewhere("A-1")).await;
    let page = biller.get(&case).await;
    let (document, reference) = (page.field("document"), page.field("reference"));
    assert_eq!(reference, "elsewhere.837");
    let fields = [
        ("frequency", "7"),
        ("channel", "edi"),
        ("reference", reference.as_str()),
        ("document", document.as_str()),
        ("sent_on", "2026-03-02"),
    ];
    biller.act(&case, "resubmit", &fields).await.is(StatusCode::SEE_OTHER);
    let page = biller.get(&case).await;
    page.shows(&[WAITS, "Corrected and resubmitted"]).hides(&["Record it on the case"]);
    let no = biller.get(&format!("{case}/correct")).await;
    no.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Back to the case", &format!("\"{case}\"")]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn an_answer_ends_it() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    for (number, answer) in [("A-1", "denied"), ("A-2", "rejected")] {
        let case = reviewed(&biller, number).await;
        take(&biller, &format!("{number}b.837"), &elsewhere(number)).await;
        biller.get(&case).await.shows(&[WAITS]);
        let text = if answer == "denied" {
            era_on("T9", "20260303", &[denied(number, 90, "CO*16*90")])
        } else {
            told(number, "OURS1", "A7:562:85", "20260303")
        };
        take(&biller, &format!("{number}.answer"), &text).await;
        biller.get(&case).await.hides(&[WAITS]);
    }
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_waits_in_the_outbox_stands_on_the_case_too() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let case = reviewed(&biller, "A-1").await;
    let one = queued(clinic.office(), &case, "A-1", "HC:99213", None).await.expect("queued");
    let page = biller.get(&case).await;
    page.shows(&["Replacement in the outbox leaves on Mar 3, 2026.", "Wait for the payer."]);
    page.hides(&["name=\"act\" value=\"resubmit\"", "data-act-key=\"c\""]);
    let other = queued(clinic.office(), &case, "A-1", "HC:99215", None).await;
    assert!(matches!(other, Err(NotQueued::Waits(_))), "{other:?}");
    let office = clinic.office();
    outbox::call_back(office, &office.who, &one.outgoing).await.expect("called back");
    biller.get(&case).await.hides(&["in the outbox"]);
    // What a file tells of meanwhile keeps it from leaving.
    queued(clinic.office(), &case, "A-1", "HC:99215", None).await.expect("another");
    take(&biller, "elsewhere.837", &elsewhere("A-1")).await;
    clinic.later(LATER);
    let tally = leaving::sweep(clinic.office()).await.expect("swept");
    assert_eq!((tally.sent, tally.failed), (0, 1));
    let biller = clinic.again(&biller);
    biller.get("/outbox?show=odd").await.shows(&["meanwhile a replacement sent Mar 2, 2026"]);
    clinic.is_proven().await;
}

/// Whether one claim stands above another in a list.
fn is_above(list: &Answer, one: &str, other: &str) -> bool {
    let place = |number: &str| list.text.find(&format!(">{number}</a>")).expect("listed");
    place(one) < place(other)
}

#[tokio::test]
async fn lists_and_homes_tell_it_as_the_case_does() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let vendor = clinic.named("vera", Role::Vendor).await;
    let case = reviewed(&biller, "A-1").await;
    let vera = crate::identity::person("vera");
    let to = [("role", "vendor"), ("person", vera.as_str())];
    lead.act(&case, "assign", &to).await.is(StatusCode::SEE_OTHER);
    vendor.get("/").await.shows(&["A-1"]).hides(&["sent again", "Await payer"]);
    take(&biller, "elsewhere.837", &elsewhere("A-1")).await;
    for (who, page) in [(&vendor, "/"), (&vendor, "/queue"), (&lead, "/queue?status=in_review")] {
        who.get(page).await.shows(&["Await payer", "sent again", WAITS]);
    }
    lead.get("/queue?by=code").await.shows(&["Await payer"]);
    lead.get("/queue.csv?status=in_review").await.shows(&["Await payer"]);
    // What somebody planned meanwhile stands, on its case and in lists.
    let call = [("next", "call_payer"), ("on", "2026-03-20")];
    lead.act(&case, "plan", &call).await.is(StatusCode::SEE_OTHER);
    lead.get(&case).await.shows(&["<strong>Call payer</strong>"]);
    vendor.get("/").await.shows(&["sent again", "Call payer", "Mar 20, 2026"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_the_payer_has_stands_below_what_is_ours_until_its_day() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let (large, small) = (reviewed(&biller, "A-1").await, reviewed(&biller, "A-2").await);
    let queue = "/queue?status=in_review,corrected_and_resubmitted";
    let list = biller.get(queue).await;
    let (first, last) = if is_above(&list, "A-1", "A-2") { ("A-1", "A-2") } else { ("A-2", "A-1") };
    let case = if first == "A-1" { large } else { small };
    take(&biller, "elsewhere.837", &elsewhere(first)).await;
    rank::sweep(clinic.office()).await.expect("swept");
    clinic.later("2026-03-03T12:05:00Z");
    let biller = clinic.again(&biller);
    assert!(is_above(&biller.get(queue).await, last, first), "from the next ranking on");
    biller.act(&case, "note", &[("text", "seen")]).await.is(StatusCode::SEE_OTHER);
    assert!(is_above(&biller.get(queue).await, last, first), "and after an act on it");
    biller.get(&case).await.shows(&["last: somebody else has it"]);
    let by_hand = [("frequency", "7"), ("channel", "portal"), ("reference", "P9")];
    let sent = [by_hand.as_slice(), &[("sent_on", "2026-03-02")]].concat();
    biller.act(&case, "resubmit", &sent).await.is(StatusCode::SEE_OTHER);
    assert!(is_above(&biller.get(queue).await, last, first), "its status says so too");
    biller.get(&case).await.shows(&["last: somebody else has it"]);
    clinic.later("2026-08-03T12:00:00Z");
    rank::sweep(clinic.office()).await.expect("swept");
    let mut lead = clinic.stranger();
    lead.sign_in("ada", PASSWORD).await;
    lead.get(&case).await.hides(&["last: somebody else has it"]);
    clinic.is_proven().await;
}
