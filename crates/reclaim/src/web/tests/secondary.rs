//! A claim goes to the payer that comes next once, with what the payer before it said; what was
//! passed on stays; another cover is told, asked for and billed in its order.

use axum::http::StatusCode;
use denial::codes::ClaimNumber;
use denial::person::Role;

use super::clinic::{Browser, Line, PaidClaim, TestClinic, bill, era_on, link, take};
use super::posting::spoil;
use crate::outbox::leaving;
use crate::{identity, unanswered};

/// A claim that names a second payer.
fn named(number: &str) -> String {
    let second = "SBR*S*18*******MB~\nOI***Y***Y~\nNM1*IL*1*MADEUP*PAT****MI*N7~\n\
                  NM1*PR*2*NEXT HEALTH*****PI*NEXT~\nLX*1~";
    bill(number, "MADEUP", 90).replace("LX*1~", second).replace("SE*24*", "SE*28*")
}

/// Paid 60 of 90: 10 contractual, 20 the patient's.
fn paid(number: &'static str) -> PaidClaim {
    let adjustments = &["CO*45*10", "PR*2*20"];
    PaidClaim {
        number,
        family: "MADEUP",
        status: "1",
        control: "PAYER0001",
        lines: vec![Line { code: "99214", charge: 90, paid: 60, adjustments, remarks: &[] }],
    }
}

async fn page_of(browser: &Browser, list: &str) -> String {
    link(browser, list, "/secondary/").await
}

#[tokio::test]
async fn a_paid_claim_with_a_second_payer_goes_there_once() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    take(&biller, "a.837", &named("A-1")).await;
    biller.get("/secondary").await.is(StatusCode::OK).hides(&["A-1"]);
    take(&biller, "a.835", &era_on("T1", "20260301", &[paid("A-1")])).await;
    biller.get("/secondary").await.shows(&["A-1", "NEXT HEALTH", "STANDIN HEALTH", "$20.00"]);
    biller.get("/").await.shows(&["1 claim to bill to its next payer"]);
    let one = page_of(&biller, "/secondary").await;
    biller.get(&one).await.shows(&[
        "Bill it",
        "CO-45 $10.00",
        "PR-2 $20.00",
        "CAS*CO*45*10.00",
        "CAS*PR*2*20.00",
        "AMT*D*60.00",
        "SVD*STAND*60.00*HC:99214**1",
        "DTP*573*D8*20260301",
        "Send it to NEXT HEALTH",
    ]);
    let unlooked = biller.post(&one, &[("step", "send")]).await;
    unlooked.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Tick the box above Send"]);
    let send = [("step", "send"), ("confirmed", "yes")];
    let to = biller.post(&one, &send).await.is(StatusCode::SEE_OTHER).location();
    biller.get(&to).await.shows(&["A-1", "waits ten minutes", "Wait for the answer"]);
    biller.get("/secondary").await.hides(&["A-1"]);
    biller.get("/outbox").await.shows(&["NEXT HEALTH", "to the next payer", "A-1"]);
    let twice = biller.post(&one, &send).await;
    twice.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["has no answer yet"]);

    clinic.later("2026-03-03T12:30:00Z");
    assert_eq!(leaving::sweep(clinic.office()).await.expect("swept").sent, 1);
    let mut biller = clinic.stranger();
    biller.sign_in(Role::BillingSpecialist.as_str(), super::clinic::PASSWORD).await;
    biller.get("/secondary?show=waiting").await.shows(&["A-1"]);
    let second = era_on("T2", "20260310", &[PaidClaim { status: "2", ..paid("A-1") }]);
    let second =
        second.replace("STANDIN HEALTH", "NEXT HEALTH").replace("1999999999", "1888888888");
    take(&biller, "b.835", &second).await;
    biller.get("/secondary?show=waiting").await.hides(&["A-1"]);
    biller.get(&one).await.shows(&["Nothing is to be billed to a next payer"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_is_called_back_is_to_bill_again() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    take(&biller, "a.837", &named("A-1")).await;
    take(&biller, "a.835", &era_on("T1", "20260301", &[paid("A-1")])).await;
    let one = page_of(&biller, "/secondary").await;
    let send = [("step", "send"), ("confirmed", "yes")];
    biller.post(&one, &send).await.is(StatusCode::SEE_OTHER);
    let outgoing = biller.get("/outbox").await.field("outgoing");
    let back = [("outgoing", outgoing.as_str()), ("what", "back")];
    biller.post("/outbox", &back).await.is(StatusCode::SEE_OTHER);
    biller.get("/secondary").await.shows(&["A-1"]);
    biller.post(&one, &send).await.is(StatusCode::SEE_OTHER);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_the_payer_passed_on_goes_for_a_reason_alone_and_is_late_in_time() {
    let mut clinic = TestClinic::open().await;
    let rules = "name = \"Next Health\"\nids = [\"NEXT\"]\n\n[answer]\nusual_days = 14\n";
    clinic.with_file("payers/next_health.toml", rules).await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    take(&biller, "a.837", &named("A-1")).await;
    let crossed = PaidClaim { status: "19", ..paid("A-1") };
    let text = era_on("T1", "20260301", &[crossed]);
    let text = text.replacen("SVC*", "NM1*TT*2*NEXT HEALTH*****PI*NEXT~\nSVC*", 1);
    let text = text.replace("SE*19*", "SE*20*");
    take(&biller, "a.835", &text).await;
    biller.get("/secondary").await.hides(&["A-1"]);
    biller.get("/secondary?show=crossed").await.shows(&["A-1", "NEXT HEALTH", "Status 19"]);
    biller.get("/secondary?show=late").await.hides(&["A-1"]);
    let one = page_of(&biller, "/secondary?show=crossed").await;
    let send = [("step", "send"), ("confirmed", "yes")];
    let refused = biller.post(&one, &send).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["would be a duplicate"]);

    clinic.later("2026-03-20T12:00:00Z");
    unanswered::look(clinic.office()).await.expect("looked");
    let mut biller = clinic.stranger();
    biller.sign_in(Role::BillingSpecialist.as_str(), super::clinic::PASSWORD).await;
    biller.get("/secondary?show=late").await.shows(&["A-1", "Late crossover"]);
    biller.get("/").await.shows(&["1 late crossover"]);
    let why = ("despite", "called NEXT HEALTH, reference 7: not on file");
    let sent = [send[0], send[1], why];
    biller.post(&one, &sent).await.is(StatusCode::SEE_OTHER);
    biller.get("/secondary?show=late").await.hides(&["A-1"]);
    clinic.later("2026-03-20T12:30:00Z");
    assert_eq!(leaving::sweep(clinic.office()).await.expect("swept").sent, 1);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_claim_that_cannot_be_read_keeps_no_other_from_the_list() {
    let mut clinic = TestClinic::open().await;
    let rules = "name = \"Next Health\"\nids = [\"NEXT\"]\n\n[answer]\nusual_days = 14\n";
    clinic.with_file("payers/next_health.toml", rules).await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    for (number, trace) in [("A-1", "T1"), ("A-2", "T2")] {
        take(&biller, &format!("{number}.837"), &named(number)).await;
        let crossed = PaidClaim { status: "19", ..paid(number) };
        let text = era_on(trace, "20260301", &[crossed]);
        let text = text.replacen("SVC*", "NM1*TT*2*NEXT HEALTH*****PI*NEXT~\nSVC*", 1);
        let text = text.replace("SE*19*", "SE*20*");
        take(&biller, &format!("{number}.835"), &text).await;
    }
    spoil(&clinic, "A-2", Some("no JSON")).await;
    clinic.later("2026-03-20T12:00:00Z");
    let waiting = unanswered::look(clinic.office()).await.expect("looked");
    assert_eq!((waiting.all, waiting.late), (1, 1), "the one that can be read");
    // What was made up is no remittance of a file, so nothing is proven here.
}

#[tokio::test]
async fn a_crossover_that_is_told_meanwhile_stops_what_waits() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    take(&biller, "a.837", &named("A-1")).await;
    take(&biller, "a.835", &era_on("T1", "20260301", &[paid("A-1")])).await;
    let one = page_of(&biller, "/secondary").await;
    let send = [("step", "send"), ("confirmed", "yes")];
    biller.post(&one, &send).await.is(StatusCode::SEE_OTHER);
    let crossed = PaidClaim { status: "19", ..paid("A-1") };
    take(&biller, "b.835", &era_on("T2", "20260302", &[crossed])).await;
    clinic.later("2026-03-03T12:30:00Z");
    let tally = leaving::sweep(clinic.office()).await.expect("swept");
    assert_eq!((tally.sent, tally.failed), (0, 1));
    let mut biller = clinic.stranger();
    biller.sign_in(Role::BillingSpecialist.as_str(), super::clinic::PASSWORD).await;
    biller.get("/outbox?show=odd").await.shows(&["passed it on"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn the_front_desk_answers_who_pays_first_and_the_claim_goes_there() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    let desk = clinic.person(Role::FrontDesk).await;
    take(&biller, "a.837", &bill("A-1", "MADEUP", 90)).await;
    let denied = super::clinic::denied("A-1", 90, "CO*22*90");
    take(&biller, "a.835", &era_on("T1", "20260301", &[denied])).await;
    let case = biller.find("A-1").await;
    biller.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    let claim = link(&biller, &case, "/claims/").await;
    let one = claim.replace("/claims/", "/secondary/");
    biller.get(&one).await.shows(&["None is known", "Ask the front desk about case A-1"]);
    let ask = [("to", "front_desk"), ("text", "Which other insurance?")];
    biller.act(&case, "ask_colleague", &ask).await.is(StatusCode::SEE_OTHER);
    let question = link(&desk, "/questions", "/questions/").await;
    desk.get(&question).await.shows(&["Other insurance of the patient"]);
    let thin = [("text", ""), ("cover_payer", "FIRST PLAN")];
    let refused = desk.upload(&question, &thin, ("file", "", "")).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["FIRST PLAN"]);
    let told = [
        ("text", "asked by telephone"),
        ("cover_payer", "FIRST PLAN"),
        ("cover_id", "FIRST1"),
        ("cover_member", "F-77"),
        ("cover_turn", "primary"),
        ("cover_filing", "CI"),
        ("cover_from", "2026-01-01"),
    ];
    desk.upload(&question, &told, ("file", "", "")).await.is(StatusCode::SEE_OTHER);
    biller.get(&case).await.shows(&["Primary payer: FIRST PLAN", "asked by telephone"]);
    biller.get("/secondary").await.shows(&["A-1", "FIRST PLAN", "comes first"]);
    biller.get(&one).await.shows(&["SBR*P*18*******CI", "SBR*S*18", "Send it to FIRST PLAN"]);
    let send = [("step", "send"), ("confirmed", "yes")];
    biller.post(&one, &send).await.is(StatusCode::SEE_OTHER);
    biller.get("/secondary?show=waiting").await.shows(&["A-1", "FIRST PLAN"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_cover_is_told_and_taken_back_by_who_bills() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    take(&biller, "a.837", &bill("A-1", "MADEUP", 90)).await;
    take(&biller, "a.835", &era_on("T1", "20260301", &[paid("A-1")])).await;
    let claim = identity::claim(&ClaimNumber::new("A-1"));
    let one = format!("/secondary/{claim}");
    biller.get(&one).await.shows(&["No other cover is known", "None is known"]);
    let empty = biller.post(&one, &[("step", "tell")]).await;
    empty.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Say who else covers the patient"]);
    let told = [
        ("step", "tell"),
        ("cover_payer", "NEXT HEALTH"),
        ("cover_id", "NEXT"),
        ("cover_member", "N-7"),
        ("cover_turn", "secondary"),
    ];
    biller.post(&one, &told).await.is(StatusCode::SEE_OTHER);
    biller.get("/secondary").await.shows(&["A-1", "$20.00"]);
    biller.get(&one).await.shows(&["told by", "CAS*PR*2*20.00"]);
    let back = [("step", "forget"), ("turn", "secondary")];
    biller.post(&one, &back).await.is(StatusCode::SEE_OTHER);
    biller.get("/secondary").await.hides(&["A-1"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_somebody_told_goes_before_what_the_bill_names_and_back() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    take(&biller, "a.837", &named("A-1")).await;
    take(&biller, "a.835", &era_on("T1", "20260301", &[paid("A-1")])).await;
    let one = page_of(&biller, "/secondary").await;
    let looked = biller.get(&one).await;
    looked.shows(&["Send it to NEXT HEALTH"]);
    let tell = [
        ("step", "tell"),
        ("cover_payer", "OTHER PLAN"),
        ("cover_id", "OTHER1"),
        ("cover_member", "O-7"),
        ("cover_turn", "secondary"),
    ];
    biller.post(&one, &tell).await.is(StatusCode::SEE_OTHER);
    // Who looked before sends nothing else unseen.
    let seen = looked.field("seen");
    let send = [("step", "send"), ("confirmed", "yes"), ("seen", seen.as_str())];
    let changed = biller.post(&one, &send).await;
    changed.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["has changed since you looked"]);
    let looked = biller.get(&one).await;
    looked.shows(&["Send it to OTHER PLAN"]);
    let seen = looked.field("seen");
    let send = [("step", "send"), ("confirmed", "yes"), ("seen", seen.as_str())];
    biller.post(&one, &send).await.is(StatusCode::SEE_OTHER);
    biller.get("/secondary").await.hides(&["A-1"]);
    clinic.later("2026-03-03T12:30:00Z");
    assert_eq!(leaving::sweep(clinic.office()).await.expect("swept").sent, 1);
    let [file] = super::outbox::files(clinic.office()).try_into().expect("one file");
    let text = std::fs::read_to_string(file).expect("text");
    assert!(text.contains("NM1*PR*2*OTHER PLAN*****PI*OTHER1") && text.contains("*MI*O-7"));
    assert!(!text.contains("NEXT"), "{text}");
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_payment_that_comes_meanwhile_stops_what_waits() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    take(&biller, "a.837", &named("A-1")).await;
    take(&biller, "a.835", &era_on("T1", "20260301", &[paid("A-1")])).await;
    let one = page_of(&biller, "/secondary").await;
    let send = [("step", "send"), ("confirmed", "yes")];
    biller.post(&one, &send).await.is(StatusCode::SEE_OTHER);
    let line =
        Line { code: "99214", charge: 90, paid: 70, adjustments: &["PR*2*20"], remarks: &[] };
    let other = PaidClaim { lines: vec![line], ..paid("A-1") };
    take(&biller, "b.835", &era_on("T2", "20260302", &[other])).await;
    clinic.later("2026-03-03T12:30:00Z");
    let tally = leaving::sweep(clinic.office()).await.expect("swept");
    assert_eq!((tally.sent, tally.failed), (0, 1));
    let mut biller = clinic.stranger();
    biller.sign_in(Role::BillingSpecialist.as_str(), super::clinic::PASSWORD).await;
    biller.get("/outbox?show=odd").await.shows(&["said more of it", "call it back"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn an_older_bill_that_comes_later_takes_no_cover_away() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    take(&biller, "newer.837", &named("A-1")).await;
    let older = bill("A-1", "MADEUP", 90).replace("*20260301*", "*20260225*");
    take(&biller, "older.837", &older).await;
    take(&biller, "a.835", &era_on("T1", "20260301", &[paid("A-1")])).await;
    biller.get("/secondary").await.shows(&["A-1", "NEXT HEALTH", "$20.00"]);
    // A newer one that names none any more does.
    let newer = bill("A-1", "MADEUP", 90).replace("*20260301*", "*20260302*");
    take(&biller, "newest.837", &newer).await;
    biller.get("/secondary").await.hides(&["A-1"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_cover_told_before_two_claims_were_joined_is_taken_back_after() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    take(&biller, "a.837", &bill("A-1", "MADEUP", 90)).await;
    let nameless = PaidClaim { number: "0", control: "PAYER77", ..paid("0") };
    take(&biller, "a.835", &era_on("T1", "20260301", &[nameless])).await;
    let likely = biller.get("/matches").await;
    let (claim, candidate) = (likely.field("claim"), likely.field("candidate"));
    let told = [
        ("step", "tell"),
        ("cover_payer", "OTHER PLAN"),
        ("cover_id", "OTHER1"),
        ("cover_member", "O-7"),
        ("cover_turn", "secondary"),
    ];
    biller.post(&format!("/secondary/{claim}"), &told).await.is(StatusCode::SEE_OTHER);
    let joined = [("claim", &*claim), ("candidate", &*candidate), ("decision", "accepted")];
    biller.post("/matches", &joined).await.is(StatusCode::SEE_OTHER);
    let one = format!("/secondary/{candidate}");
    biller.get(&one).await.shows(&["OTHER PLAN", "told by"]);
    biller.get("/secondary").await.shows(&["A-1", "OTHER PLAN"]);
    let back = [("step", "forget"), ("turn", "secondary")];
    biller.post(&one, &back).await.is(StatusCode::SEE_OTHER);
    biller.get(&one).await.shows(&["None is known"]);
    biller.get("/secondary").await.hides(&["A-1"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_was_passed_on_is_so_by_one_rule_on_both_lists() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    take(&biller, "a.837", &named("A-1")).await;
    let crossed = PaidClaim { status: "19", ..paid("A-1") };
    take(&biller, "a.835", &era_on("T1", "20260301", &[crossed])).await;
    unanswered::look(clinic.office()).await.expect("looked");
    biller.get("/secondary?show=crossed").await.shows(&["A-1", "NEXT HEALTH"]);
    let all = biller.get("/unanswered?show=all").await;
    all.shows(&["A-1", "NEXT HEALTH", "passed on by the first payer"]);
    // The payer speaks again and has passed nothing on: it is ours to bill.
    take(&biller, "b.835", &era_on("T2", "20260302", &[paid("A-1")])).await;
    unanswered::look(clinic.office()).await.expect("looked");
    biller.get("/secondary").await.shows(&["A-1", "NEXT HEALTH"]);
    biller.get("/unanswered?show=all").await.hides(&["A-1"]);
    clinic.is_proven().await;
}
