//! Which claim a payment is about: likely matches, claims that nobody billed, and the search for
//! the claim that one of them is.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{
    Answer, Browser, Line, PaidClaim, TestClinic, bill, denied, era, era_on, take,
};

/// A payment that names no number of ours for a claim that was billed.
fn nameless() -> PaidClaim {
    PaidClaim {
        number: "0",
        family: "INVENTED",
        status: "1",
        control: "PAYER77",
        lines: vec![Line {
            code: "99214",
            charge: 310,
            paid: 0,
            adjustments: &["CO*197*310"],
            remarks: &[],
        }],
    }
}

#[tokio::test]
async fn a_likely_match_is_accepted_and_opened_again() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.837", &bill("B-7", "INVENTED", 310)).await.shows(&["837", "taken"]);
    take(&biller, "a.835", &era("T1", &[nameless()])).await;
    biller.get("/").await.shows(&["1 match to review"]);
    let page = biller.get("/matches").await;
    page.shows(&["As the payer says", "PAYER77", "B-7", "INVENTED, PAT", "It is this claim"]);
    page.shows(&["$0.00 paid", "STANDIN HEALTH", "trace T1", "Mar 1, 2026"]);
    page.shows(&["<strong>Agrees:</strong> family name, first day of service, charge."]);
    page.shows(&["It is another claim", "To review <span class=\"count\">1</span>"]);
    page.hides(&["Unmatched <span class=\"count\">"]);
    biller.get("/matches?show=unmatched").await.shows(&["Every payment has its claim"]);
    let (claim, candidate) = (page.field("claim"), page.field("candidate"));
    let pair = |decision: &'static str| {
        [("claim", claim.clone()), ("candidate", candidate.clone()), ("decision", decision.into())]
    };
    let decide = async |decision: &'static str| {
        let fields = pair(decision);
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        biller.post("/matches", &fields).await
    };
    decide("accepted").await.is(StatusCode::SEE_OTHER);
    let case = biller.find("B-7").await;
    biller.get(&case).await.is(StatusCode::OK).shows(&["B-7", "CLP*0*1*310*0"]);
    biller.get("/matches").await.shows(&["Nothing to review"]);
    biller.get("/matches?show=accepted").await.shows(&["Open it again"]);
    decide("open").await.is(StatusCode::SEE_OTHER);
    biller.get("/matches").await.shows(&["It is this claim"]);
    biller.post("/find", &[("sought", "B-7")]).await.shows(&["No case was found"]);
    biller.get(&case).await.is(StatusCode::OK).shows(&["CLP*0*1*310*0"]);
    decide("accepted").await.is(StatusCode::SEE_OTHER);
    assert_eq!(biller.find("B-7").await, case, "the same case, joined once more");
    decide("open").await.is(StatusCode::SEE_OTHER);
    decide("declined").await.is(StatusCode::SEE_OTHER);
    biller.get("/matches?show=declined").await.shows(&["Open it again"]);
    biller.post("/matches", &[("decision", "accepted")]).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_claim_that_is_denied_under_both_names_keeps_both_cases() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.837", &bill("B-7", "INVENTED", 310)).await;
    let named = PaidClaim { number: "B-7", control: "PAYER76", ..nameless() };
    take(&biller, "a.835", &era("T1", &[named])).await;
    let own = biller.find("B-7").await;
    take(&biller, "b.835", &era_on("T2", "20260302", &[nameless()])).await;
    let page = biller.get("/matches").await;
    let (claim, candidate) = (page.field("claim"), page.field("candidate"));
    let pair = [("claim", claim.as_str()), ("candidate", candidate.as_str())];
    let accepted = [pair[0], pair[1], ("decision", "accepted")];
    biller.post("/matches", &accepted).await.is(StatusCode::SEE_OTHER);
    biller.get(&own).await.is(StatusCode::OK).shows(&["CLP*0*1*310*0", "CLP*B-7*1*310*0"]);
    let open = [pair[0], pair[1], ("decision", "open")];
    biller.post("/matches", &open).await.is(StatusCode::SEE_OTHER);
    biller.get(&own).await.is(StatusCode::OK).hides(&["CLP*0*1*310*0"]);
    clinic.is_proven().await;
}

/// Sends a decision about the pair that a page shows.
async fn decide(browser: &Browser, page: &Answer, decision: &str) -> Answer {
    let (claim, candidate) = (page.field("claim"), page.field("candidate"));
    let instead = page.field("instead");
    let fields = [
        ("claim", claim.as_str()),
        ("candidate", candidate.as_str()),
        ("instead", instead.as_str()),
        ("decision", decision),
    ];
    browser.post("/matches", &fields).await
}

/// Looks for the claim that the first unmatched one is.
async fn search(browser: &Browser, page: &Answer, sought: &[(&str, &str)]) -> Answer {
    let (claim, instead) = (page.field("claim"), page.field("instead"));
    let mut fields = vec![("claim", claim.as_str()), ("instead", instead.as_str())];
    fields.extend(sought);
    browser.post("/matches/search", &fields).await
}

/// A payment whose family name is misspelt, so that nothing proposes its claim.
fn misspelt() -> PaidClaim {
    PaidClaim { family: "INVENTD", ..nameless() }
}

#[tokio::test]
async fn a_match_that_nobody_proposed_is_found_and_accepted() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.837", &bill("B-7", "INVENTED", 310)).await;
    take(&biller, "a.835", &era("T1", &[misspelt()])).await;
    biller.get("/matches").await.shows(&["Nothing to review"]);
    let page = biller.get("/matches?show=unmatched").await;
    page.is(StatusCode::OK).shows(&["PAYER77", "INVENTD, PAT", "Feb 10, 2026", "$310.00"]);
    let sought = (page.field("family"), page.field("on"));
    assert_eq!(sought, ("INVENTD".to_owned(), "2026-02-10".to_owned()));
    let none = search(&biller, &page, &[("family", "INVENTD"), ("on", "2026-02-10")]).await;
    none.is(StatusCode::OK).shows(&["No billed claim is like that"]);
    search(&biller, &page, &[("number", "B-8")]).await.shows(&["No billed claim is like that"]);
    let by_patient = search(&biller, &page, &[("family", "invented"), ("on", "2026-02-10")]).await;
    by_patient.is(StatusCode::OK).shows(&["B-7", "INVENTED, PAT", "It is this claim"]);
    let by_number = search(&biller, &page, &[("number", "B-7")]).await;
    by_number.is(StatusCode::OK).shows(&["B-7", "billed on Mar 1, 2026"]);
    decide(&biller, &by_number, "declined").await.is(StatusCode::NOT_FOUND);
    decide(&biller, &by_number, "accepted").await.is(StatusCode::SEE_OTHER);
    let case = biller.find("B-7").await;
    biller.get(&case).await.shows(&["CLP*0*1*310*0"]);
    biller.get("/matches?show=unmatched").await.shows(&["Every payment has its claim"]);
    let accepted = biller.get("/matches?show=accepted").await;
    accepted.shows(&["Open it again", "It is another claim"]);
    decide(&biller, &accepted, "open").await.is(StatusCode::SEE_OTHER);
    biller.get("/matches").await.shows(&["PAYER77"]);
    biller.post("/find", &[("sought", "B-7")]).await.shows(&["No case was found"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_match_is_moved_to_another_claim() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.837", &bill("B-7", "INVENTED", 310)).await;
    take(&biller, "b.837", &bill("B-8", "MADEUP", 310)).await;
    take(&biller, "a.835", &era("T1", &[nameless()])).await;
    decide(&biller, &biller.get("/matches").await, "accepted").await.is(StatusCode::SEE_OTHER);
    let case = biller.find("B-7").await;
    let accepted = biller.get("/matches?show=accepted").await;
    let asked = search(&biller, &accepted, &[]).await;
    asked.is(StatusCode::OK).shows(&["INVENTED, PAT"]).hides(&["No billed claim is like that"]);
    assert_eq!(asked.field("family"), "INVENTED");
    let other = search(&biller, &accepted, &[("number", "B-8")]).await;
    let (claim, candidate) = (other.field("claim"), other.field("candidate"));
    let blind = [("claim", claim.as_str()), ("candidate", &candidate), ("decision", "accepted")];
    let joined = biller.post("/matches", &blind).await;
    joined.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["joined to another one already"]);
    decide(&biller, &other, "accepted").await.is(StatusCode::SEE_OTHER);
    assert_eq!(biller.find("B-8").await, case);
    biller.post("/find", &[("sought", "B-7")]).await.shows(&["No case was found"]);
    biller.get("/matches?show=declined").await.shows(&["B-7"]);
    biller.get("/matches?show=accepted").await.shows(&["B-8"]).hides(&["B-7"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_cannot_be_joined_is_refused_in_words() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let poster = clinic.person(Role::Poster).await;
    let auditor = clinic.person(Role::Auditor).await;
    let known = PaidClaim { number: "C-1", family: "OTHERWISE", control: "PAYER78", ..nameless() };
    take(&biller, "a.837", &bill("B-7", "INVENTED", 310)).await;
    take(&biller, "a.835", &era("T1", &[misspelt(), known])).await;
    let pages = biller.get("/matches?show=unmatched").await.text;
    let claims = pages.split("name=\"claim\" value=\"").skip(1);
    let claims: Vec<&str> = claims.filter_map(|rest| rest.split('"').next()).collect();
    let [one, two] = claims.as_slice() else { panic!("{claims:?}") };
    let named = biller.post("/matches/search", &[("claim", one), ("number", "B-7")]).await;
    let billed = named.field("candidate");
    let (nameless, known) =
        if pages.find("PAYER77") < pages.find("C-1") { (one, two) } else { (two, one) };
    let join = async |claim: &str, candidate: &str| {
        let pair = [("claim", claim), ("candidate", candidate), ("decision", "accepted")];
        biller.post("/matches", &pair).await
    };
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    join(nameless, nameless).await.is(refused).shows(&["the same claim"]);
    join(nameless, known).await.is(refused).shows(&["No 837 with that claim"]);
    join(nameless, "clm_00000000000000000000000000").await.is(refused).shows(&["No 837"]);
    join("clm_00000000000000000000000000", &billed).await.is(StatusCode::NOT_FOUND);
    join(&billed, &billed).await.is(refused);
    join(known, &billed).await.is(StatusCode::SEE_OTHER);
    take(&biller, "b.837", &bill("C-1", "OTHERWISE", 310)).await;
    join(nameless, known).await.is(refused).shows(&["itself joined to another one"]);
    join(known, &billed).await.is(refused).shows(&["billed under its own number"]);
    let asked = [("claim", *nameless), ("number", "B-7")];
    auditor.post("/matches/search", &asked).await.is(StatusCode::FORBIDDEN);
    poster.post("/matches/search", &asked).await.is(StatusCode::OK);
    biller.post("/matches/search", &[("number", "B-7")]).await.is(refused);
    clinic.is_proven().await;
}

#[tokio::test]
async fn two_payments_of_one_claim_are_heard_together_whichever_comes_last() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.837", &bill("B-7", "INVENTED", 310)).await;
    take(&biller, "a.835", &era("T1", &[nameless()])).await;
    decide(&biller, &biller.get("/matches").await, "accepted").await.is(StatusCode::SEE_OTHER);
    let line =
        Line { code: "99214", charge: 310, paid: 300, adjustments: &["CO*45*10"], remarks: &[] };
    let paid = PaidClaim { control: "PAYER79", lines: vec![line], ..nameless() };
    take(&biller, "b.835", &era_on("T2", "20260302", &[paid])).await;
    decide(&biller, &biller.get("/matches").await, "accepted").await.is(StatusCode::SEE_OTHER);
    let case = biller.find("B-7").await;
    biller.get(&case).await.shows(&["Overturned", "PAYER77", "PAYER79"]);
    // A payment of one of the two claims is heard in its place beside that of the other.
    take(&biller, "c.835", &era_on("T3", "20260301", &[nameless()])).await;
    biller.get(&case).await.shows(&["Paid after all: $300.00"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn unmatched_claims_come_page_by_page() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let control = |n: u32| -> &'static str { Box::leak(format!("PCN{n}X").into_boxed_str()) };
    let all: Vec<PaidClaim> =
        (100..151).map(|n| PaidClaim { control: control(n), ..nameless() }).collect();
    take(&biller, "a.835", &era("T1", &all)).await;
    let first = biller.get("/matches?show=unmatched").await;
    let shown = |page: &Answer| page.text.matches("As the payer says").count();
    assert_eq!(shown(&first), 50);
    let next = first.text.split("href=\"").filter_map(|rest| rest.split('"').next());
    let next = next.filter(|href| href.contains("after=")).last().expect("a next page");
    let second = biller.get(&next.replace("&amp;", "&").replace("&#38;", "&")).await;
    assert_eq!(shown(&second), 1);
    second.shows(&["First page"]);
    take(&biller, "a.837", &bill("B-7", "INVENTED", 310)).await;
    let first = biller.get("/matches").await;
    assert_eq!(shown(&first), 50);
    first.shows(&["data-press=\"y\"", "data-press=\"x\"", "rel=\"next\""]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_number_with_another_patient_and_charge_is_doubtful_until_somebody_looks() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let auditor = clinic.person(Role::Auditor).await;
    let named = |control: &'static str, family: &'static str| PaidClaim {
        number: "B-7",
        control,
        family,
        ..nameless()
    };
    take(&biller, "a.835", &era("T1", &[named("P1", "INVENTED"), named("P2", "SOMEBODY")])).await;
    biller.get("/matches?show=doubtful").await.shows(&["Nothing is doubtful"]);
    // The bill comes later: the same patient is exact, the other one is not.
    take(&biller, "a.837", &bill("B-7", "INVENTED", 420)).await;
    biller.get("/").await.shows(&["1 doubtful payment", "/matches?show=doubtful"]);
    let page = biller.get("/matches?show=doubtful").await;
    page.is(StatusCode::OK).shows(&["SOMEBODY, PAT", "number P2", "$420.00", "$310.00"]);
    page.hides(&["number P1"]);
    let case = biller.find("B-7").await;
    biller.get(&case).await.shows(&["exact match", ">likely match<"]);
    let list = biller.get("/remittances").await.text;
    let era = list.split('"').find(|text| text.starts_with("/remittances/era_")).expect("one");
    biller.get(era).await.shows(&["exact match", ">likely match<"]);
    biller.get(&format!("{era}/claims/1")).await.shows(&[">likely match<"]);
    let (remittance, n) = (page.field("remittance"), page.field("n"));
    let confirm = [("remittance", remittance.as_str()), ("n", &n), ("decision", "confirmed")];
    auditor.post("/matches/doubtful", &confirm).await.is(StatusCode::FORBIDDEN);
    biller.post("/matches/doubtful", &confirm).await.is(StatusCode::SEE_OTHER);
    let late = biller.post("/matches/doubtful", &confirm).await;
    late.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["decided this payment meanwhile"]);
    biller.get("/matches?show=doubtful").await.shows(&["Nothing is doubtful"]);
    biller.get(&case).await.shows(&["likely match, confirmed"]);
    take(&biller, "b.835", &era_on("T2", "20260302", &[named("P1", "INVENTED")])).await;
    biller.get("/matches?show=doubtful").await.shows(&["Nothing is doubtful"]);
    biller.get("/matches?show=confirmed").await.shows(&["SOMEBODY, PAT", "Open it again"]);
    let open = [("remittance", remittance.as_str()), ("n", &n), ("decision", "open")];
    biller.post("/matches/doubtful", &open).await.is(StatusCode::SEE_OTHER);
    biller.get("/matches?show=doubtful").await.shows(&["SOMEBODY, PAT"]);
    // A bill that was corrected explains it.
    let corrected = bill("B-7", "SOMEBODY", 420).replace("20260301", "20260302");
    take(&biller, "b.837", &corrected).await;
    let page = biller.get("/matches?show=doubtful").await;
    page.shows(&["number P1"]).hides(&["number P2"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_no_837_has_billed_says_so() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.835", &era("T1", &[PaidClaim { number: "B-7", ..nameless() }])).await;
    let case = biller.find("B-7").await;
    biller.get(&case).await.shows(&["no bill"]);
}

#[tokio::test]
async fn a_member_and_a_day_propose_a_match_whichever_file_comes_first() {
    let paid = era("T1", &[misspelt()]).replace("MI*M0", "MI*m-1");
    let billed = bill("B-7", "INVENTED", 420);
    for files in [[("a.835", &paid), ("a.837", &billed)], [("a.837", &billed), ("a.835", &paid)]] {
        let clinic = TestClinic::open().await;
        let biller = clinic.named("ada", Role::BillingSpecialist).await;
        for (name, text) in files {
            take(&biller, name, text).await;
        }
        let page = biller.get("/matches").await;
        page.shows(&["PAYER77", "INVENTD, PAT", "INVENTED, PAT", "$420.00"]);
        decide(&biller, &page, "accepted").await.is(StatusCode::SEE_OTHER);
        let case = biller.find("B-7").await;
        biller.get(&case).await.shows(&["likely match, accepted"]).hides(&["exact match"]);
        clinic.is_proven().await;
    }
}

#[tokio::test]
async fn the_payers_number_proposes_the_claim_that_had_it_in_every_order() {
    let named = PaidClaim { number: "B-7", ..nameless() };
    let files = [
        ("a.837", bill("B-7", "INVENTED", 310)),
        ("a.835", era("T1", &[named])),
        ("b.835", era_on("T2", "20260302", &[misspelt()])),
    ];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let clinic = TestClinic::open().await;
        let biller = clinic.named("ada", Role::BillingSpecialist).await;
        for at in order {
            take(&biller, files[at].0, &files[at].1).await;
        }
        let page = biller.get("/matches").await;
        page.shows(&["PAYER77", "INVENTD, PAT", "B-7", "It is this claim"]);
    }
}

#[tokio::test]
async fn a_payers_number_on_two_claims_proposes_neither() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.837", &bill("B-7", "INVENTED", 310)).await;
    take(&biller, "b.837", &bill("B-8", "OTHERWISE", 310)).await;
    take(&biller, "a.835", &era("T1", &[PaidClaim { number: "B-7", ..nameless() }])).await;
    take(&biller, "b.835", &era("T2", &[misspelt()])).await;
    biller.get("/matches").await.shows(&["B-7"]);
    take(&biller, "c.835", &era("T3", &[PaidClaim { number: "B-8", ..nameless() }])).await;
    biller.get("/matches").await.shows(&["Nothing to review"]);
}

/// Says of the first doubtful payment that it is not of the claim whose number it carries.
async fn send_apart(browser: &Browser) -> Answer {
    let page = browser.get("/matches?show=doubtful").await;
    let (remittance, n) = (page.field("remittance"), page.field("n"));
    let apart = [("remittance", remittance.as_str()), ("n", &n), ("decision", "apart")];
    browser.post("/matches/doubtful", &apart).await
}

/// A denial that carries our number B-7 for somebody else.
fn strange() -> PaidClaim {
    PaidClaim { number: "B-7", control: "P2", family: "SOMEBODY", ..nameless() }
}

fn line(paid: u32) -> Vec<Line> {
    let adjustments: &[&str] = if paid == 0 { &["CO*16*420"] } else { &["CO*45*20"] };
    vec![Line { code: "99215", charge: 420, paid, adjustments, remarks: &[] }]
}

#[tokio::test]
async fn a_payment_of_another_claim_takes_its_case_with_it_and_comes_back() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.837", &bill("B-7", "INVENTED", 420)).await;
    take(&biller, "a.835", &era("T1", &[strange()])).await;
    let case = biller.find("B-7").await;
    send_apart(&biller).await.is(StatusCode::SEE_OTHER);
    biller.get("/matches?show=doubtful").await.shows(&["Nothing is doubtful"]);
    biller.post("/find", &[("sought", "B-7")]).await.shows(&["No case was found"]);
    let moved = biller.get(&case).await;
    moved.is(StatusCode::OK).shows(&["<h1>P2 ", "SOMEBODY, PAT", "no bill"]);
    biller.get("/matches?show=unmatched").await.shows(&["P2", "SOMEBODY, PAT"]);
    clinic.is_proven().await;
    // The claim is denied in its own right: a case of its own, under another id.
    let own = PaidClaim { number: "B-7", control: "P1", lines: line(0), ..nameless() };
    take(&biller, "b.835", &era_on("T2", "20260302", &[own])).await.shows(&["taken"]);
    let second = biller.find("B-7").await;
    assert_ne!(second, case);
    biller.get(&second).await.shows(&["CLP*B-7*1*420*0"]).hides(&["CLP*B-7*1*310*0"]);
    clinic.is_proven().await;
    // It was that claim after all.
    decide(&biller, &biller.get("/matches?show=declined").await, "open").await;
    decide(&biller, &biller.get("/matches").await, "accepted").await.is(StatusCode::SEE_OTHER);
    biller.get(&second).await.shows(&["CLP*B-7*1*420*0", "CLP*B-7*1*310*0", "match, accepted"]);
    clinic.is_proven().await;
    decide(&biller, &biller.get("/matches?show=accepted").await, "open").await;
    biller.get(&second).await.hides(&["CLP*B-7*1*310*0"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_is_left_of_a_claim_decides_whether_its_case_stays() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.837", &bill("B-7", "INVENTED", 420)).await;
    let paid = PaidClaim { number: "B-7", control: "P1", lines: line(400), ..nameless() };
    take(&biller, "a.835", &era("T1", &[paid])).await;
    take(&biller, "b.835", &era_on("T2", "20260302", &[strange()])).await;
    let case = biller.find("B-7").await;
    send_apart(&biller).await.is(StatusCode::SEE_OTHER);
    biller.post("/find", &[("sought", "B-7")]).await.shows(&["No case was found"]);
    biller.get(&case).await.shows(&["<h1>P2 "]).hides(&["CLP*B-7*1*420"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_claim_that_is_denied_without_the_strange_payment_keeps_its_case() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.837", &bill("B-7", "INVENTED", 420)).await;
    let own = PaidClaim { number: "B-7", control: "P1", lines: line(0), ..nameless() };
    take(&biller, "a.835", &era("T1", &[own])).await;
    take(&biller, "b.835", &era_on("T2", "20260302", &[strange()])).await;
    let case = biller.find("B-7").await;
    send_apart(&biller).await.is(StatusCode::SEE_OTHER);
    assert_eq!(biller.find("B-7").await, case);
    biller.get(&case).await.shows(&["CLP*B-7*1*420*0"]).hides(&["CLP*B-7*1*310*0"]);
    let others = biller.find("P2").await;
    biller.get(&others).await.shows(&["<h1>P2 ", "CLP*B-7*1*310*0"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_round_follows_the_last_one_whatever_left_in_between() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    let address = biller.find("A-1").await;
    let mut tx = clinic.office().read().await.expect("a look");
    let mut case = tx.case(address.trim_start_matches("/cases/")).await.expect("there");
    assert_eq!(crate::settle::next_round(std::slice::from_ref(&case)), 2);
    case.round = 3;
    assert_eq!(crate::settle::next_round(&[case]), 4);
    assert_eq!(crate::settle::next_round(&[]), 1);
}
