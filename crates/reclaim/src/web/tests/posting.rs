//! Money of what was won: what is to be posted, and how it is posted.

use axum::http::StatusCode;
use denial::codes::ClaimNumber;
use denial::ids::RemittanceId;
use denial::person::Role;
use denial::remittance::Source;
use store::remittances::{NewClaimPayment, RemittanceRow, State};

use super::clinic::{Browser, Line, PaidClaim, TestClinic, bill, denied, era, era_on, take};
use crate::identity;

/// A claim of one line of which a payer pays a part after all.
fn paid(
    number: &'static str,
    charge: u32,
    paid: u32,
    adjustments: &'static [&'static str],
) -> PaidClaim {
    let lines = vec![Line { code: "99214", charge, paid, adjustments, remarks: &[] }];
    PaidClaim { lines, ..denied(number, charge, "") }
}

/// A desk with three denials: of A-1 a remittance pays 60 of 100, of nothing came.
async fn won() -> (TestClinic, Browser) {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let claims = [
        denied("A-1", 100, "CO*197*100"),
        denied("A-2", 50, "CO*197*50"),
        denied("A-3", 70, "CO*197*70"),
    ];
    take(&lead, "a.835", &era("T1", &claims)).await.is(StatusCode::OK);
    let pays = [paid("A-1", 100, 60, &["CO*45*40"])];
    take(&lead, "b.835", &era_on("T2", "20260302", &pays)).await.is(StatusCode::OK);
    (clinic, lead)
}

#[tokio::test]
async fn what_is_won_is_shown_as_the_payer_told_it_and_not_as_it_was_denied() {
    let (clinic, lead) = won().await;
    let tile = |text: &str| {
        let rest = text.split("Won, not posted yet").nth(1).unwrap_or_default();
        rest.split("</li>").next().unwrap_or_default().to_owned()
    };
    let home = lead.get("/").await;
    assert!(tile(&home.text).contains("$60.00"), "{}", tile(&home.text));
    assert!(tile(&home.text).contains("1 case"), "{}", tile(&home.text));
    let case = lead.find("A-1").await;
    lead.get(&case).await.shows(&["what the payer told, less what is posted", "$60.00"]);
    let promised = lead.find("A-2").await;
    let letter = [("note", "letter"), ("expected", "30")];
    lead.act(&promised, "overturn", &letter).await.is(StatusCode::SEE_OTHER);
    let untold = lead.find("A-3").await;
    lead.act(&untold, "overturn", &[("note", "call")]).await.is(StatusCode::SEE_OTHER);
    let home = lead.get("/").await;
    let told = tile(&home.text);
    assert!(told.contains("$160.00"), "{told}");
    assert!(told.contains("3 cases; on 1 case no amount is told, and $70.00 of it"), "{told}");
    lead.get(&untold).await.shows(&["the payer told no amount: what is outstanding"]);
    lead.get("/queue?status=overturned").await.shows(&[
        "Won, not posted yet: $160.00 on 3 cases",
        "$60.00 won",
        "$30.00 won",
        "won, not told",
    ]);
    let poster = clinic.person(Role::Poster).await;
    poster.get("/").await.shows(&["$160.00", "$60.00 won"]);
    clinic.is_proven().await;
}

/// What the form of a case posts as it stands: every field that lists what remittances say.
fn told(page: &str) -> Vec<(String, String)> {
    let inputs = page.split("name=\"told_").skip(1);
    let field = |rest: &str| {
        let name = rest.split('"').next()?;
        let value = rest.split("value=\"").nth(1)?.split('"').next()?;
        Some((format!("told_{name}"), value.to_owned()))
    };
    inputs.filter_map(field).collect()
}

#[tokio::test]
async fn the_form_is_filled_from_the_remittance_and_confirmed() {
    let (clinic, lead) = won().await;
    let pays = [paid("A-3", 70, 49, &["CO*45*10", "PR*2*10", "CO*253*1"])];
    let text = era_on("T3", "20260302", &pays);
    let text = text.replace("DTM*232*20260210~", "DTM*232*20260210~\nAMT*I*1.25~");
    take(&lead, "c.835", &text).await.is(StatusCode::OK);
    let poster = clinic.person(Role::Poster).await;
    let case = lead.find("A-3").await;
    let page = poster.get(&case).await;
    page.shows(&["Post what the remittance says", "trace T3, paid Mar 2, 2026", "Line 1"]);
    for (kind, value) in [
        ("payer_payment", "49.00"),
        ("contractual", "10.00"),
        ("patient_responsibility", "10.00"),
        ("sequestration", "1.00"),
        ("interest", "1.25"),
        ("on", "2026-03-02"),
    ] {
        page.shows(&[&format!("name=\"told_0_{kind}\" value=\"{value}\"")]);
    }
    let fields = told(&page.text);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    poster.act(&case, "post", &fields).await.is(StatusCode::SEE_OTHER);
    lead.get(&case).await.shows(&[
        "Paid by payer on Mar 3, 2026",
        "<td>Sequestration</td>",
        "<td>Interest</td>",
        "Mar 2, 2026",
        "$49.00",
    ]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_was_changed_stays_in_the_form_and_what_is_posted_is_offered_no_more() {
    let (clinic, lead) = won().await;
    let case = lead.find("A-1").await;
    let page = lead.get(&case).await;
    let mut fields = told(&page.text);
    let paid = fields.iter_mut().find(|(name, _)| name == "told_0_payer_payment").expect("a field");
    paid.1 = "6o".to_owned();
    let typed = |fields: &[(String, String)]| -> Vec<(&'static str, &'static str)> {
        let leak = |text: &String| -> &'static str { Box::leak(text.clone().into_boxed_str()) };
        fields.iter().map(|(name, value)| (leak(name), leak(value))).collect()
    };
    let told_off = lead.act(&case, "post", &typed(&fields)).await;
    told_off.is(StatusCode::UNPROCESSABLE_ENTITY);
    told_off.shows(&["expected an amount such as 120.50", "value=\"6o\""]);
    let part = [("told_0_payer_payment", "20.00"), ("told_0_on", "2026-03-02")];
    lead.act(&case, "post", &part).await.is(StatusCode::SEE_OTHER);
    let rest = lead.get(&case).await;
    rest.shows(&["name=\"told_0_payer_payment\" value=\"40.00\"", "$40.00"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn where_no_remittance_pays_the_form_says_so_and_stays_empty() {
    let (clinic, lead) = won().await;
    let case = lead.find("A-2").await;
    lead.act(&case, "overturn", &[("note", "letter")]).await.is(StatusCode::SEE_OTHER);
    let page = lead.get(&case).await;
    page.shows(&["No remittance here pays these lines, so nothing is filled in"]);
    page.hides(&["told_0_", "value=\"50.00\"", "Post what the remittance says"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_is_certain_is_posted_for_many_at_once_and_the_rest_is_told() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    for (number, charge) in [("A-1", 100), ("A-2", 50), ("A-4", 80)] {
        take(&lead, "a.837", &bill(number, "MADEUP", charge)).await.is(StatusCode::OK);
    }
    let claims = [
        denied("A-1", 100, "CO*197*100"),
        denied("A-2", 50, "CO*197*50"),
        denied("A-3", 70, "CO*197*70"),
        denied("A-4", 80, "CO*197*80"),
    ];
    take(&lead, "a.835", &era("T1", &claims)).await.is(StatusCode::OK);
    let pays =
        [paid("A-1", 100, 60, &["CO*45*40"]), paid("A-2", 50, 50, &[]), paid("A-3", 70, 70, &[])];
    take(&lead, "b.835", &era_on("T2", "20260302", &pays)).await.is(StatusCode::OK);
    let poster = clinic.person(Role::Poster).await;
    let mut ids = Vec::new();
    for number in ["A-1", "A-2", "A-3", "A-4"] {
        ids.push(lead.find(number).await.trim_start_matches("/cases/").to_owned());
    }
    let cases = ids.join(",");
    poster.get("/queue?status=overturned").await.shows(&["value=\"post\"", "A-1", "A-3"]);
    let first = [("act", "post"), ("cases", cases.as_str())];
    let shown = poster.post("/queue/bulk", &first).await;
    shown.is(StatusCode::OK).shows(&[
        "2 cases · $110.00",
        "1: its claim is not among those that were billed here",
        "1: no remittance pays every line of it",
        "reversed on its case",
    ]);
    let told = shown.field("told");
    let go = [
        ("act", "post"),
        ("step", "do"),
        ("cases", cases.as_str()),
        ("told", told.as_str()),
        ("sure", "yes"),
    ];
    let done = poster.post("/queue/bulk", &go).await;
    done.is(StatusCode::OK).shows(&["2 cases · $110.00", "reversed on its case"]);
    done.hides(&["Undo"]);
    poster.get("/queue?status=overturned").await.shows(&["A-3"]).hides(&["A-1", "Last:"]);
    let case = lead.get(&format!("/cases/{}", ids[0])).await;
    case.shows(&["Paid by payer on", "Mar 2, 2026", "$40.00", "confirmed with others"]);
    clinic.is_proven().await;
}

/// A claim gets a payment that was keyed in, of which nothing can be read any more; nor of its
/// remittance, where another head is given.
pub(super) async fn spoil(clinic: &TestClinic, number: &str, head: Option<&str>) {
    let claim = identity::claim(&ClaimNumber::new(number));
    let mut tx = clinic.office().write().await.expect("a turn");
    let said = tx.said_of(&[claim.to_string()]).await.expect("read");
    let first = tx.remittance(&said[0].remittance).await.expect("read").expect("there");
    let id = RemittanceId::from_bits(7);
    let row = RemittanceRow {
        remittance: id.to_string(),
        number: 2,
        deal: "made up".to_owned(),
        content: "made up".to_owned(),
        state: State::Staging.as_str().to_owned(),
        source: Source::Paper.as_str().to_owned(),
        trace: "T9".to_owned(),
        head: head.map_or(first.head.clone(), str::to_owned),
        ..first
    };
    assert!(tx.stage_remittance(&row).await.expect("staged"));
    let payment = NewClaimPayment {
        n: 0,
        claim,
        quarantined: false,
        segment: 0,
        byte: 0,
        control: None,
        raw: "no JSON".to_owned(),
    };
    tx.add_claim_payments(&id, vec![payment]).await.expect("written");
    let moved = tx.move_remittance(&row.remittance, State::Staging, State::Published).await;
    assert!(moved.expect("moved"));
    tx.commit().await.expect("durable");
}

#[tokio::test]
async fn a_case_whose_payments_cannot_be_read_keeps_no_other_from_being_posted() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    for (number, charge) in [("A-1", 100), ("A-2", 50)] {
        take(&lead, "a.837", &bill(number, "MADEUP", charge)).await.is(StatusCode::OK);
    }
    let claims = [denied("A-1", 100, "CO*197*100"), denied("A-2", 50, "CO*197*50")];
    take(&lead, "a.835", &era("T1", &claims)).await.is(StatusCode::OK);
    let pays = [paid("A-1", 100, 60, &["CO*45*40"]), paid("A-2", 50, 50, &[])];
    take(&lead, "b.835", &era_on("T2", "20260302", &pays)).await.is(StatusCode::OK);
    let mut ids = Vec::new();
    for number in ["A-1", "A-2"] {
        ids.push(lead.find(number).await.trim_start_matches("/cases/").to_owned());
    }
    spoil(&clinic, "A-2", None).await;
    let cases = ids.join(",");
    let poster = clinic.person(Role::Poster).await;
    let shown = poster.post("/queue/bulk", &[("act", "post"), ("cases", cases.as_str())]).await;
    let unread = "claim A-2: what its payer said cannot be read";
    shown.is(StatusCode::OK).shows(&["1 case · $60.00", unread]);
    let told = shown.field("told");
    let go = [
        ("act", "post"),
        ("step", "do"),
        ("cases", cases.as_str()),
        ("told", told.as_str()),
        ("sure", "yes"),
    ];
    let done = poster.post("/queue/bulk", &go).await;
    done.is(StatusCode::OK).shows(&["1 case · $60.00", unread]);
    lead.get(&format!("/cases/{}", ids[0])).await.shows(&["Paid by payer on"]);
    // What was made up is no remittance of a file, so nothing is proven here.
}

#[tokio::test]
async fn the_timeline_tells_amounts_and_names_remittances_by_their_trace() {
    let (clinic, lead) = won().await;
    let case = lead.find("A-1").await;
    let page = lead.get(&case).await;
    page.shows(&["$60.00 of $100.00 denied, by remittance T2 of Mar 2, 2026"]);
    let fields = told(&page.text);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    lead.act(&case, "post", &fields).await.is(StatusCode::SEE_OTHER);
    let page = lead.get(&case).await;
    page.shows(&[
        "$60.00 payer payment (line 1, Mar 2, 2026, remittance T2 of Mar 2, 2026)",
        "Settled: every cent is explained, $60.00 of $100.00 recovered",
    ]);
    let timeline = page.text.split("id=\"timeline\"").nth(1).unwrap_or(&page.text);
    assert!(!timeline.contains(">era_"), "no id stands among words");
    let manager = clinic.person(Role::Manager).await;
    manager.get("/journal").await.shows(&["$60.00 payer payment; $40.00 contractual"]);
    clinic.is_proven().await;
}

/// The fields of a form as they are sent.
fn sent(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[tokio::test]
async fn what_was_typed_stays_with_its_line_where_somebody_posted_another_first() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let line =
        |code, charge, paid, adjustments| Line { code, charge, paid, adjustments, remarks: &[] };
    let refused =
        vec![line("99214", 60, 0, &["CO*197*60"][..]), line("99215", 40, 0, &["CO*197*40"])];
    let refused = PaidClaim { lines: refused, ..denied("A-1", 100, "") };
    take(&lead, "a.835", &era("T1", &[refused])).await.is(StatusCode::OK);
    let pays = vec![line("99214", 60, 60, &[][..]), line("99215", 40, 40, &[])];
    let pays = PaidClaim { lines: pays, ..denied("A-1", 100, "") };
    take(&lead, "b.835", &era_on("T2", "20260302", &[pays])).await.is(StatusCode::OK);
    let case = lead.find("A-1").await;
    let page = lead.get(&case).await;
    let version = page.field("version");
    let mut fields = told(&page.text);
    assert_eq!(page.field("told_1_line"), "2", "{}", page.text);
    for (name, value) in &mut fields {
        match name.as_str() {
            "told_0_payer_payment" => "59.11".clone_into(value),
            "told_1_payer_payment" => "38.22".clone_into(value),
            _ => {}
        }
    }
    let told_of = |row: &str| {
        let of = told(&page.text).into_iter().filter(|(name, _)| name.starts_with(row));
        of.collect::<Vec<_>>()
    };
    let first = told_of("told_0_");
    lead.act(&case, "post", &sent(&first)).await.is(StatusCode::SEE_OTHER);
    let late = lead.act_at(&case, &version, "post", &sent(&fields)).await;
    late.is(StatusCode::CONFLICT);
    assert_eq!(late.field("told_0_line"), "2");
    assert_eq!(late.field("told_0_payer_payment"), "38.22");
    late.shows(&["Typed for line 1", "Paid by this payer 59.11"]).hides(&["Typed for line 2"]);

    let second = told_of("told_1_");
    lead.act(&case, "post", &sent(&second)).await.is(StatusCode::SEE_OTHER);
    fields.push(("why".to_owned(), "as I read it".to_owned()));
    let late = lead.act_at(&case, &version, "post", &sent(&fields)).await;
    late.is(StatusCode::CONFLICT).hides(&["told_0_"]);
    late.shows(&["Paid by this payer 59.11", "Paid by this payer 38.22", "Why: as I read it."]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn nothing_is_given_up_on_what_is_closed() {
    let (clinic, lead) = won().await;
    let case = lead.find("A-1").await;
    let open = lead.get("/queue").await;
    open.shows(&["value=\"propose_write_off\""]);
    let fields = told(&lead.get(&case).await.text);
    lead.act(&case, "post", &sent(&fields)).await.is(StatusCode::SEE_OTHER);
    let closed = lead.get("/queue?status=paid").await;
    closed.shows(&["A-1"]).hides(&["value=\"propose_write_off\"", "value=\"snooze\""]);
    let page = lead.get(&case).await;
    page.hides(&["act-write_off", "act-propose_write_off"]).shows(&["act-reopen"]);
    clinic.is_proven().await;
}
