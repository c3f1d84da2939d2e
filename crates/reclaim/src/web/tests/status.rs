//! Payers are asked where claims stand, by themselves and by hand; what they answer comes to what
//! is done next.

use axum::http::StatusCode;
use denial::inquiry;
use denial::person::Role;

use super::clinic::{
    Browser, Line, PASSWORD, PaidClaim, TestClinic, bill, enveloped, era_on, take,
};
use super::outbox::{files, reviewed};
use crate::outbox::{leaving, route};
use crate::{status, unanswered};

/// Twenty claims that were answered after a week, so that a usual time is known.
async fn history(lead: &Browser) {
    let numbers: Vec<&'static str> =
        (0..20).map(|n| &*Box::leak(format!("H-{n:02}").into_boxed_str())).collect();
    for number in &numbers {
        let text = bill(number, "MADEUP", 90).replace("20260301", "20260110");
        take(lead, &format!("{number}.837"), &text).await;
    }
    let claims: Vec<PaidClaim> = numbers.into_iter().map(paid).collect();
    take(lead, "history.835", &era_on("TH", "20260117", &claims)).await;
}

fn paid(number: &'static str) -> PaidClaim {
    PaidClaim {
        number,
        family: "MADEUP",
        status: "1",
        control: "PAYER0001",
        lines: vec![Line { code: "99214", charge: 90, paid: 90, adjustments: &[], remarks: &[] }],
    }
}

/// A 277 that answers one question: `stc` is what follows `STC*`.
fn answer(trace: &str, stc: &str, day: &str) -> String {
    let mut segments: Vec<String> = [
        "ST*277*0001*005010X212",
        &format!("BHT*0010*08*R1*{day}*0900*DG"),
        "HL*1**20*1",
        "NM1*PR*2*STANDIN HEALTH*****PI*STAND",
        "HL*2*1*21*1",
        "NM1*41*2*TEST CLINIC*****46*SUB1",
        "HL*3*2*19*1",
        "NM1*1P*2*TEST CLINIC*****XX*1234567893",
        "HL*4*3*22*0",
        "NM1*IL*1*MADEUP*PAT****MI*M1",
        &format!("TRN*2*{trace}"),
        &format!("STC*{stc}"),
        "REF*1K*PAYER77",
    ]
    .map(str::to_owned)
    .to_vec();
    segments.push(format!("SE*{}*0001", segments.len() + 1));
    enveloped("HN", "005010X212", &segments)
}

/// The numbers of the questions in the newest file that left.
fn asked(clinic: &TestClinic) -> Vec<String> {
    let path = files(clinic.office()).pop().expect("a file left");
    assert!(path.to_string_lossy().contains("_276_"), "{}", path.display());
    let read = inquiry::read(&std::fs::read(path).expect("a file"));
    assert_eq!(read.sent.len(), 1, "one transaction");
    read.questions.iter().map(|one| one.trace.to_string()).collect()
}

async fn at(clinic: &mut TestClinic, instant: &str) -> Browser {
    clinic.later(instant);
    let mut lead = clinic.stranger();
    lead.sign_in(Role::BillingSupervisor.as_str(), PASSWORD).await;
    lead
}

#[tokio::test]
async fn what_is_late_is_asked_about_once_and_its_answer_says_when_to_look_again() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    take(&lead, "a.837", &bill("A-1", "MADEUP", 90)).await;
    history(&lead).await;
    let lead = at(&mut clinic, "2026-03-20T12:00:00Z").await;
    unanswered::look(clinic.office()).await.expect("looked");
    let tally = status::sweep(clinic.office()).await.expect("swept").expect("today");
    assert_eq!((tally.asked, tally.files, tally.left.len()), (1, 1, 0), "{tally:?}");
    assert_eq!(status::sweep(clinic.office()).await.expect("swept"), None, "once a day");
    let again = status::run(clinic.office()).await.expect("ran");
    assert_eq!((again.asked, again.left.len()), (0, 1), "never twice within the cadence");
    lead.get("/unanswered").await.shows(&["Asked Mar 20, 2026", "No answer yet"]);
    lead.get("/outbox").await.shows(&["Status inquiry", "0 of 1 question answered"]);

    let lead = at(&mut clinic, "2026-03-20T12:11:00Z").await;
    assert_eq!(leaving::sweep(clinic.office()).await.expect("swept").sent, 1);
    let [trace] = &asked(&clinic)[..] else { panic!("one question") };
    take(&lead, "a.277", &answer(trace, "P1:3*20260321**90", "20260321")).await;
    let all = lead.get("/unanswered?show=all").await;
    all.is(StatusCode::OK).shows(&["In process; look again on Apr 3, 2026", "P1:3"]);
    lead.get("/unanswered").await.hides(&["A-1"]);
    lead.get("/outbox?show=left").await.shows(&["1 of 1 question answered"]);
    // The same file again changes nothing, and a 277 to no question of ours is evidence alone.
    take(&lead, "b.277", &answer("STRANGE", "F2:1*20260321**90", "20260321")).await;
    lead.get("/unanswered?show=all").await.shows(&["In process; look again"]).hides(&["F2:1"]);
    let told = clinic.office().read().await.expect("a look").newest_status_questions(9).await;
    let told = told.expect("read");
    assert_eq!(told.len(), 1);
    assert!(told[0].why.starts_with("no answer by Mar 8, 2026, when"), "{}", told[0].why);
    clinic.is_proven().await;
}

#[tokio::test]
async fn an_answer_without_a_rule_is_shown_as_it_is_and_counted() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    take(&lead, "a.837", &bill("A-1", "MADEUP", 90)).await;
    history(&lead).await;
    let lead = at(&mut clinic, "2026-03-20T12:00:00Z").await;
    unanswered::look(clinic.office()).await.expect("looked");
    let claim = super::clinic::link(&lead, "/unanswered", "/claims/").await;
    let claim = claim["/claims/".len()..].to_owned();
    let none = lead.post("/unanswered/ask", &[("why", "a look")]).await;
    none.shows(&["Tick 1 to 500 claims"]);
    let ask = [("cases", claim.as_str()), ("why", "the patient called")];
    let there = lead.post("/unanswered/ask", &ask).await.is(StatusCode::SEE_OTHER).location();
    lead.get(&there).await.shows(&["1 question leaves in ten minutes", "the patient called"]);
    let there = lead.post("/unanswered/ask", &ask).await.is(StatusCode::SEE_OTHER).location();
    lead.get(&there).await.shows(&["0 questions leave", "1 claim was not asked about"]);

    let lead = at(&mut clinic, "2026-03-20T12:11:00Z").await;
    assert_eq!(leaving::sweep(clinic.office()).await.expect("swept").sent, 1);
    let [trace] = &asked(&clinic)[..] else { panic!("one question") };
    take(&lead, "a.277", &answer(trace, "Z9:777*20260321**90", "20260321")).await;
    lead.get("/unanswered").await.shows(&["Z9:777", "no rule for this code", "no rule"]);
    lead.get("/rules").await.shows(&["Answers that nobody mapped", "Z9:777"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn from_a_case_the_payer_is_asked_and_its_answer_is_planned_once() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    let case = reviewed(&biller, "A-1").await;
    biller.get(&case).await.shows(&["Asked where the claim stands", "Ask the payer (276)"]);
    let way = format!("{case}/status");
    let there = biller.post(&way, &[("why", "promised by phone")]).await;
    let there = there.is(StatusCode::SEE_OTHER).location();
    biller.get(&there).await.shows(&["The question waits in the outbox", "promised by phone"]);
    biller.post(&way, &[]).await.shows(&["Nobody was asked: asked on Mar 3, 2026"]);

    let biller = at(&mut clinic, "2026-03-03T12:11:00Z").await;
    assert_eq!(leaving::sweep(clinic.office()).await.expect("swept").sent, 1);
    let [trace] = &asked(&clinic)[..] else { panic!("one question") };
    let text = answer(trace, "R4:294*20260303**90", "20260303");
    take(&biller, "a.277", &text).await;
    let page = biller.get(&case).await;
    page.shows(&["The payer answered where the claim stands", "send it by Mar 6, 2026"]);
    page.shows(&["R4:294", "Send records"]);
    // The same answer in another file is heard, and plans what is planned already.
    take(&biller, "b.277", &text.replace("REF*1K*PAYER77", "REF*1K*PAYER78")).await;
    biller.get(&case).await.shows(&["send it by Mar 6, 2026"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_file_of_questions_that_is_refused_comes_back_to_a_person() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    let case = reviewed(&biller, "A-1").await;
    // Another number than that of the claim's own group: nothing else tells whom a 999 answers.
    let route = route::route(clinic.office(), None).expect("a route").name;
    let mut tx = clinic.office().write().await.expect("a turn");
    tx.next_control(&route, 700).await.expect("drawn");
    tx.commit().await.expect("durable");
    biller.post(&format!("{case}/status"), &[]).await.is(StatusCode::SEE_OTHER);
    let biller = at(&mut clinic, "2026-03-03T12:11:00Z").await;
    assert_eq!(leaving::sweep(clinic.office()).await.expect("swept").sent, 1);
    let sent = clinic.office().read().await.expect("a look").all_outgoing(1).await.expect("read");
    let control = sent[0].control;
    let segments: Vec<String> = vec![
        "ST*999*0001*005010X231A1".to_owned(),
        format!("AK1*HR*{control}*005010X212"),
        "AK2*276*0001*005010X212".to_owned(),
        "IK5*R*5".to_owned(),
        "AK9*R*1*1*0".to_owned(),
        "SE*6*0001".to_owned(),
    ];
    let text = enveloped("FA", "005010X231A1", &segments).replace("260301", "260303");
    take(&biller, "a.999", &text).await;
    biller.get(&case).await.shows(&["refused before the payer read it", "Call payer"]);
    clinic.is_proven().await;
}
