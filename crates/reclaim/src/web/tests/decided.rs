//! One thing decides what comes next; a clock that no rule knows is named wherever it matters.

use axum::http::StatusCode;
use denial::person::Role;

use super::appeals::{ready, send};
use super::clinic::{Answer, Browser, TestClinic, denied, era, take};

/// A payer of which nothing is known but what comes after its own decision.
const NOTHING: &str = "name = \"Standin Health\"\nplan_types = [\"commercial\"]\n\n\
    [[window]]\nkind = \"external_review\"\ncount = 4\nunit = \"months\"\n\
    from_event = \"final_decision\"\ncounts = \"received\"\non_holiday = \"stays\"\n\
    source = \"a test\"\nas_of = \"2026\"\nverification = \"clinic\"\n";

/// One that says when a claim can be corrected and filed, and nothing of appeals.
const HALF: &str = "name = \"Standin Health\"\nplan_types = [\"commercial\"]\n\n\
    [[window]]\nkind = \"timely_filing\"\ncount = 300\nunit = \"calendar_days\"\n\
    from_event = \"service\"\ncounts = \"received\"\non_holiday = \"stays\"\n\
    source = \"a test\"\nas_of = \"2026\"\nverification = \"clinic\"\n\
    [[window]]\nkind = \"corrected_claim\"\ncount = 200\nunit = \"calendar_days\"\n\
    from_event = \"remittance\"\ncounts = \"received\"\non_holiday = \"stays\"\n\
    source = \"a test\"\nas_of = \"2026\"\nverification = \"clinic\"\n";

/// Who may not sign a packet asks who may, and that stands on the Home of those.
pub(super) async fn asks_a_signer(
    (asker, signer): (&Browser, &Browser),
    case: &str,
    page: &Answer,
) {
    page.shows(&[
        "somebody signs who did not write it",
        "Ask to sign it",
        "value=\"billing_supervisor\" selected",
        "not saved are lost when you ask: save them first",
    ]);
    // It waits for whoever may sign it, not for who wrote it.
    asker.get("/").await.hides(&["letter to sign"]);
    asker.get("/letters?show=ready").await.shows(&[case, "somebody else signs it"]);
    signer.get("/").await.shows(&["1 letter to sign"]);
    signer.get("/letters?show=ready").await.shows(&[case]).hides(&["somebody else signs it"]);
    let ask = [("to", "billing_supervisor"), ("text", "Please sign the packet"), ("due", "")];
    asker.act(case, "ask_colleague", &ask).await.is(StatusCode::SEE_OTHER);
    signer.get("/").await.shows(&["href=\"/questions#asked\" data-rows=\"1\""]);
    signer.get("/questions").await.shows(&["Please sign the packet"]);
}

/// What the letter that fits wants can be brought under its name.
pub(super) async fn asks_for_notes((biller, provider): (&Browser, &Browser), case: &str) {
    let ask = [("to", "provider"), ("text", "Please send the notes of the visit"), ("due", "")];
    biller.act(case, "ask_colleague", &ask).await.is(StatusCode::SEE_OTHER);
    let id = case.trim_start_matches("/cases/");
    let asked = provider.get(&format!("/questions/{id}/1")).await;
    asked.shows(&["value=\"clinical_notes\""]);
    biller.get(case).await.shows(&["Clinical notes (a letter of appeal wants it)"]);
}

/// Signing answers who asked for it.
pub(super) async fn signs_as_asked(
    (lead, biller): (&Browser, &Browser),
    (case, draft): (&str, &str),
    (seen, sign): (&Answer, &[(&str, &str)]),
) {
    seen.shows(&["name=\"answers_2\" value=\"yes\"", "It answers: Please sign the packet"]);
    let answering = [sign, &[("answers_2", "yes")]].concat();
    send(lead, draft, seen, &answering).await.is(StatusCode::SEE_OTHER);
    lead.get("/questions").await.hides(&["Please sign the packet"]);
    biller.get(case).await.shows(&["Answered by Test lead: The packet is signed."]);
}

async fn row(browser: &Browser, query: &str, number: &str) -> String {
    let page = browser.get(&format!("/queue?{query}")).await;
    let rows = page.text.split("<tr data-id=\"");
    let row = rows.into_iter().find(|row| row.contains(&format!(">{number}<")));
    row.unwrap_or_else(|| panic!("{number} under {query}: {}", page.text)).to_owned()
}

#[tokio::test]
async fn what_to_do_is_said_once_and_the_habit_as_a_habit() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    // An appeal of so little costs more than it is expected to bring.
    let claims = [denied("A-1", 75, "CO*50*75"), denied("A-2", 900, "CO*50*900")];
    take(&lead, "a.835", &era("T1", &claims)).await;
    let small = row(&lead, "", "A-1").await;
    assert!(small.contains("data-c=\"next\">Propose write-off"), "{small}");
    let case = lead.find("A-1").await;
    let page = lead.get(&case).await;
    page.shows(&[
        "<strong>Write-off.</strong>",
        "<strong>Propose write-off</strong>",
        "For this reason one would usually appeal; here that is expected to leave",
    ]);
    page.hides(&["playbook would", "First step by the playbook"]);
    let large = row(&lead, "", "A-2").await;
    assert!(large.contains("data-c=\"next\">Appeal"), "{large}");
    // Starting the review keeps to it, and so does the button for many.
    lead.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    lead.get(&case).await.shows(&["<strong>Propose write-off</strong>"]);
    let ids = case.trim_start_matches("/cases/").to_owned();
    let all = [("act", "playbook"), ("cases", ids.as_str()), ("step", "do")];
    lead.post("/queue/bulk", &all).await.is(StatusCode::OK).shows(&["1 case"]);
    lead.get(&case).await.shows(&["Planned: propose write-off"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn the_best_way_for_many_is_the_one_that_the_case_calls_recommended() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    // The playbook begins with a look at it, and the figures say appeal.
    take(&lead, "a.835", &era("T1", &[denied("A-1", 900, "CO*27*900")])).await;
    let case = lead.find("A-1").await;
    lead.get(&case).await.shows(&["<strong>Appeal.</strong>", "<strong>Review</strong>"]);
    let id = case.trim_start_matches("/cases/").to_owned();
    let all = [("act", "playbook"), ("cases", id.as_str()), ("step", "do")];
    let done = lead.post("/queue/bulk", &all).await;
    done.is(StatusCode::OK).shows(&["Planned: appeal 1"]);
    lead.get(&case).await.shows(&["Planned: appeal"]);
    let again = lead.post("/queue/bulk", &all).await;
    again.shows(&["its way, appeal, is planned already"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_question_hides_no_clock_that_is_not_configured() {
    let mut clinic = TestClinic::open().await;
    clinic.with_file("payers/standin.toml", HALF).await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 900, "CO*50*900")])).await;
    let before = row(&lead, "", "A-1").await;
    assert!(before.contains("appeal: not configured"), "{before}");
    assert!(before.contains("<span class=\"due later\">"), "a clock that runs is shown: {before}");
    let case = lead.find("A-1").await;
    let ask = [("to", "provider"), ("text", "Is it in the notes?"), ("due", "")];
    lead.act(&case, "ask_colleague", &ask).await.is(StatusCode::SEE_OTHER);
    let after = row(&lead, "", "A-1").await;
    assert!(after.contains("Not configured"), "the appeal's clock stands there: {after}");
    assert!(after.contains("Not configured for STANDIN HEALTH: appeal"), "{after}");
    lead.get(&case).await.shows(&["A clock that matters", "for STANDIN HEALTH"]);
    // A list for what is not configured names it in each row.
    let named = row(&lead, "no_rule=yes", "A-1").await;
    assert!(named.contains("appeal: not configured"), "{named}");
    clinic.is_proven().await;
}

#[tokio::test]
async fn order_tile_and_filter_mean_the_same_cases_without_a_day() {
    let mut clinic = TestClinic::open().await;
    clinic.with_file("payers/standin.toml", NOTHING).await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let claims = [denied("A-1", 900, "CO*50*900"), denied("A-2", 800, "CO*50*800")];
    take(&lead, "a.835", &era("T1", &claims)).await;
    let page = lead.get("/queue").await;
    page.shows(&["No clock has a day", "/queue?due=none"]);
    let row = row(&lead, "due=none", "A-1").await;
    assert!(row.contains("timely filing, corrected claim, appeal"), "{row}");
    // What was appealed lies with the payer, and stands above nothing.
    let case = lead.find("A-1").await;
    lead.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    let filed = [
        ("level", "1"),
        ("channel", "fax"),
        ("confirmation", "FAX-1"),
        ("without", "nothing more is to be had"),
        ("although", ""),
    ];
    lead.act(&case, "appeal", &filed).await.is(StatusCode::SEE_OTHER);
    lead.get("/queue?due=none").await.shows(&["1 case", "A-2"]).hides(&[">A-1<"]);
    lead.get("/queue?due=payer").await.shows(&["1 case", "A-1"]).hides(&[">A-2<"]);
    let page = lead.get("/queue").await;
    assert!(page.text.find(">A-2<") < page.text.find(">A-1<"), "what is ours to do comes first");
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_job_shows_the_clock_that_its_list_shows() {
    let mut clinic = TestClinic::open().await;
    clinic.with_file("payers/standin.toml", HALF).await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 900, "CO*50*900")])).await;
    let jobs = lead.get("/queue?by=code").await;
    let listed = row(&lead, "sort=due", "A-1").await;
    let day = "<span class=\"due later\">";
    let when = listed.split(day).nth(1).and_then(|it| it.split('<').next()).expect("a day");
    assert!(jobs.text.contains(&format!("{day}{when}")), "{when}: {}", jobs.text);
    assert!(listed.contains("appeal: not configured"), "{listed}");
    jobs.shows(&["appeal: not configured"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn records_that_the_payer_asked_for_are_a_way_with_a_button() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let asked = era("T1", &[denied("A-1", 900, "CO*252*900")]).replace("N54", "N706");
    take(&biller, "a.835", &asked).await;
    let case = biller.find("A-1").await;
    let page = biller.get(&case).await;
    page.shows(&[
        "<strong>Send records.</strong>",
        "Choose the records",
        "<strong>Send records</strong>",
    ]);
    let ways = page.text.split("aria-label=\"Ways forward\"").nth(1).expect("ways");
    assert!(ways.find("Send records <span") < ways.find("Corrected claim"), "{ways}");
    let begun = biller.post(&format!("{case}/appeal"), &[("kind", "records")]).await;
    let draft = begun.is(StatusCode::SEE_OTHER).location();
    biller.get(&draft).await.shows(&["Exhibits: documents of the case"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn who_sees_no_case_is_told_whose_they_would_see() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*27*90")])).await;
    let coder = clinic.person(Role::CertifiedCoder).await;
    coder.get("/queue").await.shows(&[
        "You see the cases for which the role certified coder answers",
        "you are in no team",
        "<a href=\"/questions\">Questions to you</a>",
    ]);
    lead.get("/queue?status=paid").await.hides(&["You see the cases"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_packet_is_signed_for_the_channel_that_somebody_chose() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let (_, draft) = ready(&biller).await;
    let page = biller.get(&draft).await;
    send(&biller, &draft, &page, &[("channel", ""), ("what", "build")]).await;
    let page = biller.get(&draft).await;
    page.shows(&["No channel is chosen: say how it goes"]).hides(&["Sign this packet"]);
    let hash = page.text.split("<code class=\"hash\">").nth(1).and_then(|it| it.split('<').next());
    let sign = [("what", "sign"), ("hash", hash.expect("a hash"))];
    let refused = send(&biller, &draft, &page, &sign).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["No channel is chosen"]);
    // Nobody can sign it yet, so it waits for whoever may say how it goes.
    let home = biller.get("/").await;
    home.shows(&["1 letter without a channel"]).hides(&["letter to sign"]);
    let listed = biller.get("/letters?show=no_channel").await;
    listed.shows(&["A-1", "say how it goes, then it can be signed"]);
    biller.get("/letters?show=ready").await.shows(&["No letter"]);
    clinic.person(Role::Auditor).await.get("/").await.hides(&["without a channel"]);
    let page = biller.get(&draft).await;
    send(&biller, &draft, &page, &[("channel", "fax"), ("what", "build")]).await;
    let home = biller.get("/").await;
    home.shows(&["1 letter to sign"]).hides(&["without a channel"]);
    clinic.is_proven().await;
}
