//! Words and codes explain themselves where they stand.

use std::collections::BTreeSet;

use denial::person::Role;

use super::clinic::{TestClinic, denied, era, take};

/// The places that a page points to on another one.
fn places<'a>(page: &'a str, before: &str) -> BTreeSet<&'a str> {
    page.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn words_of_a_case_and_of_the_queue_lead_to_what_they_mean() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    let case = lead.get(&lead.find("A-1").await).await.text;
    let queue = lead.get("/queue").await.text;
    let words = lead.get("/words").await.text;
    let asked: BTreeSet<&str> =
        [&case, &queue].into_iter().flat_map(|page| places(page, "\"/words#")).collect();
    for wanted in ["status-new", "outstanding", "priority", "reasons", "clock-appeal"] {
        assert!(asked.contains(wanted), "{wanted}: {asked:?}");
    }
    for place in asked {
        assert!(words.contains(&format!("id=\"{place}\"")), "nothing stands at {place}");
    }
    assert!(places(&case, "\"/words/codes?of=").contains("CO-16"), "codes lead to their meaning");
}

#[tokio::test]
async fn every_figure_and_chart_of_home_says_what_it_counts() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    let words = lead.get("/words").await.text;
    for role in Role::ALL.iter().copied() {
        let home = clinic.person(role).await.get("/").await.text;
        let tiles = home.matches("<li class=\"tile").count();
        assert_eq!(home.matches("class=\"about\"").count(), tiles, "{role:?}");
        let charts = home.matches("class=\"as-table\"").count();
        let explained = home.matches("<h2><a class=\"explain\"").count();
        assert_eq!(explained, charts, "{role:?}");
        for place in places(&home, "\"/words#") {
            assert!(words.contains(&format!("id=\"{place}\"")), "nothing stands at {place}");
        }
    }
}

#[tokio::test]
async fn a_code_is_explained_to_whoever_signs_in() {
    let clinic = TestClinic::open().await;
    for role in [Role::Executive, Role::FrontDesk, Role::Vendor] {
        let person = clinic.person(role).await;
        let code = person.get("/words/codes?of=CO-29").await.text;
        assert!(code.contains("Denial: timely filing"), "{code}");
        assert!(!code.contains("id=\"30\""), "only the code that was asked for");
        let remark = person.get("/words/codes?of=N54").await.text;
        assert!(remark.contains("id=\"N54\"") && !remark.contains("Group</h2>"));
        let unknown = person.get("/words/codes?of=%3Cb%3E").await.text;
        assert!(unknown.contains("No list has this code") && !unknown.contains("<B>"));
        assert!(person.get("/words/codes").await.text.len() > 50_000, "all of them");
    }
}

#[tokio::test]
async fn the_tour_leads_nobody_through_a_practice_that_is_real() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let page = lead.get("/tour").await.text;
    assert!(page.contains("reclaim demo") && !page.contains("Begin anew"));
    assert!(!lead.get("/").await.text.contains("href=\"/tour\""));
    let on = lead.post("/tour", &[("step", "queue")]).await;
    let kept = on.headers.get("set-cookie").and_then(|one| one.to_str().ok()).expect("a cookie");
    assert!(kept.contains(".queue; Path=/tour; HttpOnly; SameSite=Strict"), "{kept}");
}
