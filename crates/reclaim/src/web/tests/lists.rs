//! Lists that are no queue: what their rows are to have, how many there are, how long is left.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{TestClinic, bill, denied, era, era_on, link, take};
use super::money::refusal;

#[tokio::test]
async fn remittances_and_files_are_narrowed_by_name_amount_and_day() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "first.835", &era("T1", &[denied("A-1", 90, "CO*197*90")])).await;
    take(&biller, "second.835", &era_on("T2", "20260302", &[denied("A-2", 70, "CO*16*70")])).await;
    for (query, here, gone) in [
        ("text=t1", ">T1<", ">T2<"),
        ("text=SECOND.8", ">T2<", ">T1<"),
        ("from=2026-03-02&to=2026-03-02", ">T2<", ">T1<"),
    ] {
        let page = biller.get(&format!("/remittances?{query}")).await;
        page.is(StatusCode::OK).shows(&[here, "Show all"]).hides(&[gone]);
    }
    biller.get("/remittances?text=standin").await.shows(&[">T1<", ">T2<"]);
    biller.get("/remittances?text=nobody").await.shows(&["No remittance fits"]);
    biller.get("/remittances?amount=50").await.shows(&["No remittance fits"]);
    biller.get("/remittances?amount=$0.00").await.shows(&[">T1<", ">T2<"]);
    let unfit = biller.get("/remittances?amount=much").await;
    unfit.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["123.45"]);
    biller.get("/files?text=first").await.shows(&["first.835"]).hides(&["second.835"]);
    biller.get("/files?to=2020-01-01").await.shows(&["No file fits"]).hides(&["first.835"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn matches_say_how_many_there_are_and_are_narrowed_by_what_they_show() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let claims = [denied("B-2", 70, "CO*16*70"), denied("B-3", 80, "CO*16*80")];
    take(&biller, "a.835", &era("T1", &claims)).await;
    let all = biller.get("/matches?show=unmatched").await;
    all.shows(&["Unmatched <span class=\"count\">2</span>", "B-2", "B-3"]);
    for (name, text) in [("text", "b-3"), ("amount", "80")] {
        let some = biller.post("/matches/narrow", &[("show", "unmatched"), (name, text)]).await;
        some.is(StatusCode::OK).shows(&["B-3", "Show all"]).hides(&["B-2"]);
    }
    let both = [("show", "unmatched"), ("text", "standin")];
    biller.post("/matches/narrow", &both).await.shows(&["B-2", "B-3"]);
    let none = [("show", "unmatched"), ("from", "2026-12-01")];
    biller.post("/matches/narrow", &none).await.shows(&["Nothing fits"]);
    for show in ["open", "doubtful", "accepted", "confirmed"] {
        let page = biller.post("/matches/narrow", &[("show", show), ("text", "b")]).await;
        page.is(StatusCode::OK).shows(&["Nothing fits"]);
    }
    clinic.is_proven().await;
}

const FILING: &str = "name = \"Standin Health\"\nplan_types = [\"commercial\"]\n\n\
    [[window]]\nkind = \"timely_filing\"\ncount = 30\nunit = \"calendar_days\"\n\
    from_event = \"service\"\ncounts = \"received\"\non_holiday = \"stays\"\n\
    source = \"a test\"\nas_of = \"2026\"\nverification = \"clinic\"\n";

#[tokio::test]
async fn a_rejection_says_how_long_the_claim_can_still_be_filed() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.277", &refusal("C-3")).await;
    take(&biller, "b.277", &refusal("C-4").replace("*R1*", "*R2*")).await;
    biller.get("/rejections").await.shows(&["File by", "claim not known"]);
    take(&biller, "a.837", &bill("C-3", "MADEUP", 90)).await;
    let page = biller.get("/rejections").await;
    page.shows(&["Not configured", "claim not known", "First stand those for which no rule says"]);
    assert!(page.text.find(">C-3<") < page.text.find(">C-4<"), "what no rule limits comes first");
    clinic.with_file("payers/standin.toml", FILING).await;
    let biller = clinic.again(&biller);
    // The service was on February 10.
    biller.get("/rejections").await.shows(&["Mar 12, 2026", "in 9 days"]);
    let one = biller.post("/rejections/narrow", &[("text", "c-3")]).await;
    one.is(StatusCode::OK).shows(&["C-3", "Show all"]).hides(&["C-4"]);
    biller.post("/rejections/narrow", &[("amount", "90")]).await.shows(&["C-3", "C-4"]);
    biller.post("/rejections/narrow", &[("amount", "91")]).await.shows(&["Nothing fits"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn rejections_say_why_whose_and_how_much_the_soonest_to_file_first() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.837", &bill("C-3", "MADEUP", 90)).await;
    let later = bill("C-4", "MADEUP", 70).replace("20260210", "20260220");
    take(&biller, "b.837", &later).await;
    take(&biller, "b.277", &refusal("C-4").replace("*R1*", "*R2*")).await;
    let unknown = refusal("C-3").replace("A7:562:85*20260301", "A3:999:QQ*20260228");
    take(&biller, "a.277", &unknown).await;
    clinic.with_file("payers/standin.toml", FILING).await;
    let biller = clinic.again(&biller);
    let page = biller.get("/rejections").await;
    page.shows(&[
        "Billing provider: NPI<small>Refused: something is not valid</small>",
        "A7 · 562 · 85",
        "status 999: look it up, party QQ: look it up<small>Returned: cannot be processed</small>",
        "MADEUP, PAT",
        "STANDIN HEALTH",
        "$90.00",
        "Claim, by 277CA",
    ]);
    assert!(page.text.find(">C-3<") < page.text.find(">C-4<"), "the soonest to file first");
    let lead = clinic.named("auditor", Role::Auditor).await;
    lead.get("/rejections").await.shows(&["M••• P•••"]).hides(&["MADEUP, PAT"]);
    let claim = link(&biller, "/rejections", "/claims/").await;
    biller.get(&claim).await.shows(&["look it up"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_search_for_a_claim_says_that_there_are_more_whatever_is_withheld() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    for at in 0..21 {
        // Every other one is specially protected.
        let code = if at % 2 == 0 { "ABK:F1020" } else { "ABK:R69" };
        let text = bill(&format!("B-{at}"), "INVENTED", 310 + at).replace("ABK:R69", code);
        take(&biller, &format!("{at}.837"), &text).await;
    }
    take(&biller, "a.835", &era("T1", &[denied("A-1", 90, "CO*197*90")])).await;
    let claim = biller.get("/matches?show=unmatched").await.field("claim");
    let sought = [("claim", claim.as_str()), ("family", "invented"), ("on", "2026-02-10")];
    let found = biller.post("/matches/search", &sought).await;
    found.is(StatusCode::OK).shows(&["INVENTED, PAT", "These may not be all"]);
    let rows = found.text.matches("It is this claim").count();
    assert!((8..=12).contains(&rows), "{rows} of those that were looked at are shown");
}
