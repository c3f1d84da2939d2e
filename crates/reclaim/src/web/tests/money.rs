//! Remittances that wait for a person, matches, rejections; ranks that follow the days.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Browser, Line, PaidClaim, TestClinic, at, bill, denied, era, era_on, take};
use crate::practice::Office;
use crate::practices::{self, Wanted};
use crate::rank;

/// The addresses of remittances on a page, in its order.
async fn remittances(browser: &Browser, page: &str) -> Vec<String> {
    let text = browser.get(page).await.text;
    let ids = text.split("href=\"").filter_map(|rest| rest.split('"').next());
    let mut ids: Vec<String> =
        ids.filter(|href| href.starts_with("/remittances/era_")).map(str::to_owned).collect();
    ids.dedup();
    ids
}

#[tokio::test]
async fn a_remittance_shows_its_sums_and_the_segments_behind_them() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let mut text = era("T1", &[denied("A-1", 90, "CO*16*90"), denied("A-2", 50, "CO*16*40")]);
    text = text.replace("BPR*I*0*", "BPR*I*25*");
    take(&lead, "a.835", &text).await.shows(&["does not add up"]);
    let waiting = remittances(&lead, "/remittances?show=review").await;
    let [one] = waiting.as_slice() else { panic!("{waiting:?}") };
    lead.get(one).await.is(StatusCode::OK).shows(&[
        "Payment off",
        "claims $0.00 less provider adjustments $0.00 ≠ payment $25.00",
        "1 claim does not add up",
        "quarantined",
        "MADEUP, PAT",
    ]);
    let claim = lead.get(&format!("{one}/claims/1")).await;
    claim.is(StatusCode::OK).shows(&["CLP*A-2*1*50*0", "the parts come to $10.00", "CO-16"]);
    lead.get(&format!("{one}/claims/2")).await.is(StatusCode::NOT_FOUND);
    let case = lead.find("A-2").await;
    lead.get(&case).await.shows(&["quarantined", "does not add up"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn of_two_that_say_different_things_somebody_chooses() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    let other = take(&lead, "b.835", &era("T1", &[denied("A-1", 90, "CO*197*90")])).await;
    other.shows(&["in conflict"]);
    lead.get("/").await.shows(&["2 remittances to decide"]);
    let both = remittances(&lead, "/remittances?show=review").await;
    assert_eq!(both.len(), 2);
    let page = lead.get(&both[0]).await;
    page.shows(&[
        "says something else",
        "Other remittances of the same payment",
        "This one counts",
    ]);
    biller.get(&both[0]).await.is(StatusCode::OK).hides(&["This one counts"]);
    let verdict = format!("{}/verdict", both[0]);
    biller.post(&verdict, &[("verdict", "counts"), ("why", "x")]).await.is(StatusCode::FORBIDDEN);
    let mute = lead.post(&verdict, &[("verdict", "counts"), ("why", " ")]).await;
    mute.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["say why"]);
    let chosen = [("verdict", "counts"), ("why", "the payer confirmed it by phone")];
    lead.post(&verdict, &chosen).await.is(StatusCode::SEE_OTHER);
    lead.get(&both[0]).await.shows(&["counts", "Counts: the payer confirmed it by phone"]);
    lead.get(&both[1])
        .await
        .shows(&["set aside", "another remittance of the same payment was chosen"]);
    let case = lead.find("A-1").await;
    let kept = lead.get(&case).await;
    let won = if kept.text.contains("CAS*CO*16*90") { "CO-16" } else { "CO-197" };
    kept.shows(&[won]).hides(&["quarantined", "Another remittance has the same payment"]);
    let back = lead.post(&format!("{}/verdict", both[1]), &chosen).await;
    back.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["counts already"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_belongs_to_nobody_is_held_until_somebody_releases_it() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let wanted = Wanted { npis: vec!["1093817462".to_owned()], ..Wanted::default() };
    practices::change(clinic.office(), &wanted).await.expect("added");
    let held = take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    held.shows(&["held", "its payee is no practice of this database"]);
    let none = lead.post("/find", &[("number", "A-1")]).await;
    none.shows(&["No case of this claim"]);
    let waiting = remittances(&lead, "/remittances?show=review").await;
    let verdict = format!("{}/verdict", waiting[0]);
    let why = [("verdict", "counts"), ("why", "our old NPI")];
    lead.post(&verdict, &why).await.is(StatusCode::SEE_OTHER);
    let case = lead.find("A-1").await;
    lead.get(&case).await.is(StatusCode::OK).shows(&["CO-16"]);
    let aside = [("verdict", "set_aside"), ("why", "not ours after all")];
    lead.post(&verdict, &aside).await.is(StatusCode::SEE_OTHER);
    lead.get(&case).await.shows(&["was set aside"]);
    clinic.is_proven().await;
}

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
    biller.post("/find", &[("number", "B-7")]).await.shows(&["No case of this claim"]);
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

/// A 277CA that refuses one claim.
fn refusal(number: &str) -> String {
    let era = era("T9", &[]);
    let head: Vec<&str> = era.lines().take(1).collect();
    let rest = [
        "GS*HN*STANDIN*CLINIC*20260301*1200*1*X*005010X214~",
        "ST*277*0001*005010X214~",
        "BHT*0085*08*R1*20260301*1200*TH~",
        "HL*1**20*1~",
        "NM1*PR*2*STANDIN HEALTH*****PI*STAND~",
        "TRN*1*R1~",
        "DTP*050*D8*20260301~",
        "DTP*009*D8*20260301~",
        "HL*2*1*21*1~",
        "NM1*41*2*TEST CLINIC*****46*SUB1~",
        "HL*3*2*19*1~",
        "NM1*85*2*TEST CLINIC*****XX*1234567893~",
        "HL*4*3*PT~",
        "NM1*QC*1*MADEUP*PAT****MI*M1~",
        &format!("TRN*2*{number}~"),
        "STC*A7:562:85*20260301*U*90~",
        "SE*15*0001~",
        "GE*1*1~",
        "IEA*1*000000001~",
    ]
    .map(str::to_owned);
    head.into_iter().map(str::to_owned).chain(rest).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_rejection_has_its_own_queue_and_is_no_denial() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let auditor = clinic.person(Role::Auditor).await;
    take(&biller, "a.277", &refusal("C-3")).await.shows(&["277"]);
    let page = biller.get("/rejections").await;
    page.is(StatusCode::OK).shows(&["C-3", "Claim, by 277CA", "A7", "Resolve"]);
    biller.get("/queue").await.hides(&["C-3"]);
    auditor
        .get("/rejections")
        .await
        .is(StatusCode::OK)
        .shows(&["C-3"])
        .hides(&["Resolve</button>"]);
    let id = page.field("rejection");
    let mute = biller.post("/rejections", &[("rejection", &id), ("why", "")]).await;
    mute.is(StatusCode::UNPROCESSABLE_ENTITY);
    let done = [("rejection", id.as_str()), ("why", "NPI mended, sent again")];
    auditor.post("/rejections", &done).await.is(StatusCode::FORBIDDEN);
    biller.post("/rejections", &done).await.is(StatusCode::SEE_OTHER);
    biller.get("/rejections").await.shows(&["No open rejection"]);
    biller.get("/rejections?show=resolved").await.shows(&["C-3", "Test ada", "NPI mended"]);
    biller.post("/rejections", &done).await.is(StatusCode::NOT_FOUND);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_later_payment_is_told_on_the_case() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    let line =
        Line { code: "99214", charge: 90, paid: 70, adjustments: &["CO*45*20"], remarks: &[] };
    let paid = PaidClaim { lines: vec![line], ..denied("A-1", 90, "CO*16*90") };
    take(&biller, "b.835", &era_on("T2", "20260302", &[paid])).await;
    let case = biller.find("A-1").await;
    biller.get(&case).await.shows(&["Overturned", "Paid after all: $70.00 on Mar 2, 2026"]);
    let post = [("kind", "payer_payment"), ("amount", "70"), ("why", "T2")];
    biller
        .act(&case, "post", &post)
        .await
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .shows(&["role billing specialist may not"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn ranks_follow_the_days_without_an_act() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let text = era("T1", &[denied("A-1", 900, "CO*197*900")])
        .replace("CLP*A-1*1*900*0**12", "CLP*A-1*1*900*0**MB");
    take(&lead, "a.835", &text).await;
    let case = lead.find("A-1").await;
    let before = lead.get(&case).await.field("version");
    let filter = store::queue::Filter::default();
    let sort = store::queue::Sort::Priority;
    let row = async |office: &Office| {
        let mut tx = office.read().await.expect("readable");
        tx.queue(&filter, sort, None, 1).await.expect("a queue").remove(0)
    };
    let first = row(clinic.office()).await;
    let later = Office { clock: at("2026-05-20T09:00:00Z"), ..clinic.office().clone() };
    assert!(rank::is_due(&later).await.expect("readable"));
    assert_eq!(rank::sweep(&later).await.expect("swept"), 1);
    assert!(!rank::is_due(&later).await.expect("readable"));
    let second = row(&later).await;
    assert_ne!(first.priority, second.priority);
    assert_eq!(first.version, second.version);
    assert_eq!(lead.get(&case).await.field("version"), before);
    assert_eq!(rank::sweep(&later).await.expect("swept"), 0, "nothing moves twice");
    clinic.is_proven().await;
}
