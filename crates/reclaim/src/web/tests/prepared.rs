//! Rules that prepare what a person sends: corrections that the payer's own answers prove, appeals
//! of claims that were accepted in time. Everybody is made up.

use axum::http::StatusCode;
use denial::person::Role;

use super::actions::{cases, saved_as, switched};
use super::clinic::{Browser, TestClinic, bill, denied, enveloped, era_on, take};
use super::outbox::{LATER, files, told};
use crate::acting;
use crate::outbox::leaving;

const CORRECTS: &str = "[[rule]]\nname = \"proven\"\nwhy = \"the answers show it\"\n\
    mode = \"on\"\n[rule.when]\ncarcs = [\"197\", \"31\"]\n[rule.do]\n\
    prepare_correction = true\n[rule.stop]\nof = 5\ndenied_again = 2\n";

const APPEALS: &str = "[[rule]]\nname = \"in_time\"\nwhy = \"it was accepted in time\"\n\
    mode = \"on\"\n[rule.when]\ncarcs = [\"29\"]\n[rule.do]\nprepare_appeal = true\n\
    [rule.stop]\nof = 5\ndenied_again = 2\n";

const NONE: &str = "no stored answer certifies an authorization for this service";

/// A 278 of the payer about the patient of [`bill`].
fn authorization(code: &str, action: &str, number: &str) -> String {
    let mut segments: Vec<String> = [
        "ST*278*0001*005010X217",
        "BHT*0007*11*Q2*20260205*1200",
        "HL*1**20*1",
        "NM1*X3*2*STANDIN HEALTH*****PI*STAND",
        "HL*2*1*21*1",
        "NM1*1P*2*CLINIC*****XX*1234567893",
        "HL*3*2*22*1",
        "NM1*IL*1*MADEUP*PAT****MI*M1",
        "HL*4*3*EV*1",
        "TRN*2*T-2*9PAYER",
        "UM*HS*I*2",
        &format!("HCR*{action}*{number}"),
        "DTP*472*RD8*20260201-20260228",
        &format!("SV1*HC:{code}"),
    ]
    .map(str::to_owned)
    .to_vec();
    segments.push(format!("SE*{}*0001", segments.len() + 1));
    enveloped("HI", "005010X217", &segments)
}

/// A 271 of the payer about the patient of [`bill`], under a member id.
fn eligibility(member: &str) -> String {
    let mut segments: Vec<String> = [
        "ST*271*0001*005010X279A1",
        "BHT*0022*11*Q1*20260301*1200",
        "HL*1**20*1",
        "NM1*PR*2*STANDIN HEALTH*****PI*STAND",
        "HL*2*1*21*1",
        "NM1*1P*2*CLINIC*****XX*1234567893",
        "HL*3*2*22*0",
        "TRN*2*TRACE-9*9PAYER",
        &format!("NM1*IL*1*MADEUP*PAT****MI*{member}"),
        "DMG*D8*19800101*F",
        "DTP*346*D8*20250101",
        "EB*1**30**GOLD",
    ]
    .map(str::to_owned)
    .to_vec();
    segments.push(format!("SE*{}*0001", segments.len() + 1));
    enveloped("HB", "005010X279A1", &segments)
}

async fn swept(clinic: &TestClinic) -> (u64, u64) {
    let tally = acting::sweep(clinic.office()).await.expect("swept");
    (tally.done, tally.refused)
}

/// A step of the correction as a person takes it.
async fn step(browser: &Browser, page: &str, what: &str) -> super::clinic::Answer {
    let form = browser.get(page).await;
    let (version, lines) = (form.field("version"), form.field("lines"));
    let fields = [
        ("version", version.as_str()),
        ("lines", lines.as_str()),
        ("step", what),
        ("confirmed", "yes"),
    ];
    browser.post(page, &fields).await
}

#[tokio::test]
async fn a_certified_number_is_put_on_a_draft_that_a_person_sends() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::Administrator).await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    cases(&biller, &["A-1"], "CO*197*90").await;
    saved_as(&lead, CORRECTS).await;
    lead.get("/rules/actions?try=proven").await.shows(&["Would refuse it", NONE]);
    // Without a proof nothing is begun, and the refusal holds as long as nothing else came.
    assert_eq!(swept(&clinic).await, (0, 1));
    assert_eq!(swept(&clinic).await, (0, 0));
    let case = biller.find("A-1").await;
    biller.get(&case).await.shows(&[NONE]).hides(&["Look at the prepared correction"]);
    // A number for another service is no proof, and is looked at once.
    take(&biller, "other.278", &authorization("72148", "A1", "AUTH66")).await;
    assert_eq!(swept(&clinic).await, (0, 1));
    assert_eq!(swept(&clinic).await, (0, 0));
    take(&biller, "good.278", &authorization("99214", "A1", "AUTH77")).await;
    lead.get("/rules/actions?try=proven").await.shows(&["1 case, $90.00"]);
    assert_eq!(swept(&clinic).await, (1, 0));
    assert_eq!(swept(&clinic).await, (0, 0));
    let page = biller.get(&case).await;
    page.shows(&["Look at the prepared correction", "by the rule proven", "Planned: resubmit"]);
    page.shows(&["(278) certifies an authorization", "Nothing has left"]);
    lead.get("/rules/actions").await.shows(&["prepared 1, sent by a person 0"]);
    assert_eq!(leaving::sweep(clinic.office()).await.expect("swept").sent, 0);
    assert!(files(clinic.office()).is_empty(), "nothing leaves by itself");

    let form = format!("{case}/correct");
    biller.get(&form).await.shows(&["value=\"AUTH77\""]);
    let look = step(&biller, &form, "look").await.location();
    biller.get(&look).await.shows(&["<ins>AUTH77</ins>", "Send it"]);
    step(&biller, &look, "send").await.is(StatusCode::SEE_OTHER);
    lead.get("/rules/actions").await.shows(&["prepared 1, sent by a person 1; of 0 answered"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn another_member_id_is_set_where_the_payers_own_answer_has_it() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::Administrator).await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    cases(&biller, &["A-1"], "CO*31*90").await;
    saved_as(&lead, CORRECTS).await;
    take(&biller, "known.271", &eligibility("M1")).await;
    assert_eq!(swept(&clinic).await, (0, 1));
    let case = biller.find("A-1").await;
    biller.get(&case).await.shows(&["knows the patient as the claim names them"]);
    take(&biller, "other.271", &eligibility("M99")).await;
    assert_eq!(swept(&clinic).await, (0, 1), "the payer knows both");

    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::Administrator).await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    cases(&biller, &["A-1"], "CO*31*90").await;
    saved_as(&lead, CORRECTS).await;
    take(&biller, "other.271", &eligibility("M99")).await;
    assert_eq!(swept(&clinic).await, (1, 0));
    let case = biller.find("A-1").await;
    biller.get(&case).await.shows(&["under another member id"]).hides(&["M99"]);
    biller.get(&format!("{case}/correct")).await.shows(&["value=\"M99\""]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_a_person_began_or_works_on_is_left_to_them() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::Administrator).await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    cases(&biller, &["A-1", "A-2", "A-3"], "CO*197*90").await;
    take(&biller, "good.278", &authorization("99214", "A1", "AUTH77")).await;
    let [begun, taken, planned] = ["A-1", "A-2", "A-3"].map(|one| biller.find(one));
    let (begun, taken, planned) = (begun.await, taken.await, planned.await);
    let form = format!("{begun}/correct");
    let version = biller.get(&form).await.field("version");
    let typed = [("version", version.as_str()), ("note", "mine"), ("step", "save")];
    biller.post(&form, &typed).await.is(StatusCode::SEE_OTHER);
    biller.act(&taken, "take", &[]).await.is(StatusCode::SEE_OTHER);
    let plan = [("next", "call_payer"), ("on", "2026-03-04")];
    biller.act(&planned, "plan", &plan).await.is(StatusCode::SEE_OTHER);
    saved_as(&lead, CORRECTS).await;
    assert_eq!(swept(&clinic).await, (0, 0));
    biller.get(&form).await.shows(&["mine"]).hides(&["AUTH77"]);
    biller.get(&planned).await.shows(&["Planned: call payer"]).hides(&["prepared correction"]);
    biller.act(&taken, "release", &[]).await.is(StatusCode::SEE_OTHER);
    assert_eq!(swept(&clinic).await, (1, 0));
    biller.get(&taken).await.shows(&["Look at the prepared correction"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn in_the_shadow_it_writes_down_what_it_would_have_prepared() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::Administrator).await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    cases(&biller, &["A-1"], "CO*197*90").await;
    take(&biller, "good.278", &authorization("99214", "A1", "AUTH77")).await;
    saved_as(&lead, &CORRECTS.replace("\"on\"", "\"shadow\"")).await;
    let tally = acting::sweep(clinic.office()).await.expect("swept");
    assert_eq!((tally.shadow, tally.done), (1, 0));
    let case = biller.find("A-1").await;
    let page = biller.get(&case).await;
    page.shows(&["would have acted (shadow)", "(278) certifies"]).hides(&["prepared correction"]);
    switched(&lead, "proven", "on").await;
    assert_eq!(swept(&clinic).await, (1, 0));
    clinic.is_proven().await;
}

const PAYER: &str = "name = \"Standin Health\"\nplan_types = [\"commercial\"]\n\n\
    [[window]]\nkind = \"timely_filing\"\ncount = 30\nunit = \"calendar_days\"\n\
    from_event = \"service\"\ncounts = \"received\"\non_holiday = \"stays\"\n\
    source = \"a test\"\nas_of = \"2026\"\nverification = \"clinic\"\n\n\
    [[window]]\nkind = \"appeal\"\nlevel = 1\ncount = 180\nunit = \"calendar_days\"\n\
    from_event = \"remittance\"\ncounts = \"received\"\non_holiday = \"stays\"\n\
    source = \"a test\"\nas_of = \"2026\"\nverification = \"clinic\"\n";

async fn late(biller: &Browser) -> String {
    take(biller, "a.837", &bill("A-1", "MADEUP", 90)).await;
    let denied = denied("A-1", 90, "CO*29*90");
    take(biller, "a.835", &era_on("T1", "20260303", &[denied])).await;
    biller.find("A-1").await
}

#[tokio::test]
async fn an_appeal_of_what_was_accepted_in_time_waits_for_a_sign_off() {
    let mut clinic = TestClinic::open().await;
    clinic.with_file("payers/standin.toml", PAYER).await;
    let lead = clinic.person(Role::Administrator).await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    let case = late(&biller).await;
    saved_as(&lead, APPEALS).await;
    assert_eq!(swept(&clinic).await, (0, 1));
    let none = "no acceptance (277CA) of the claim within the filing limit is on file";
    biller.get(&case).await.shows(&[none]);
    take(&biller, "a.277", &told("A-1", "B1", "A2:20", "20260302")).await;
    lead.get("/rules/actions?try=in_time").await.shows(&["1 case, $90.00"]);
    assert_eq!(swept(&clinic).await, (1, 0));
    assert_eq!(swept(&clinic).await, (0, 0));
    let page = biller.get(&case).await;
    page.shows(&["prepared by the rule in_time", "within the filing limit of 2026-03-12"]);
    page.shows(&["Planned: appeal", "Proof of timely filing"]);
    let mut tx = clinic.office().read().await.expect("a look");
    let drafts = tx.drafts_of(case.rsplit('/').next().expect("an id")).await.expect("read");
    drop(tx);
    let [draft] = drafts.try_into().expect("one draft");
    assert!(draft.packet.is_none() && draft.signed.is_none(), "held for a person");
    assert_eq!(draft.template, "letters/appeals.toml#timely_filing");
    assert_eq!((draft.content.exhibits.len(), draft.content.signer.as_str()), (1, ""));
    let letter = biller.get(&format!("{case}/appeals/{}", draft.id)).await;
    letter.is(StatusCode::OK).shows(&["accepted within the filing limit"]);
    assert_eq!(leaving::sweep(clinic.office()).await.expect("swept").sent, 0);
    clinic.is_proven().await;
}

#[tokio::test]
async fn without_a_configured_limit_no_appeal_is_begun() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::Administrator).await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    let case = late(&biller).await;
    take(&biller, "a.277", &told("A-1", "B1", "A2:20", "20260302")).await;
    saved_as(&lead, APPEALS).await;
    assert_eq!(swept(&clinic).await, (0, 1));
    let page = biller.get(&case).await;
    page.shows(&["limit is not configured"]).hides(&["prepared by the rule"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_rule_whose_prepared_corrections_are_denied_again_stops_itself() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.person(Role::Administrator).await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    cases(&biller, &["A-1"], "CO*197*90").await;
    take(&biller, "good.278", &authorization("99214", "A1", "AUTH77")).await;
    saved_as(&lead, &CORRECTS.replace("denied_again = 2", "denied_again = 1")).await;
    assert_eq!(swept(&clinic).await, (1, 0));
    let case = biller.find("A-1").await;
    let form = format!("{case}/correct");
    let look = step(&biller, &form, "look").await.location();
    step(&biller, &look, "send").await.is(StatusCode::SEE_OTHER);
    clinic.later(LATER);
    let biller = clinic.again(&biller);
    assert_eq!(leaving::sweep(clinic.office()).await.expect("swept").sent, 1);
    biller.act(&case, "uphold", &[("note", "call 7")]).await.is(StatusCode::SEE_OTHER);
    let lead = clinic.again(&lead);
    let told = "prepared 1, sent by a person 1; of 1 answered 0 overturned or paid, 1 denied again";
    lead.get("/rules/actions").await.shows(&[told]);
    cases(&biller, &["A-2"], "CO*197*90").await;
    let tally = acting::sweep(clinic.office()).await.expect("swept");
    assert_eq!((tally.done, tally.stopped), (0, vec!["proven".to_owned()]));
    clinic.is_proven().await;
}
