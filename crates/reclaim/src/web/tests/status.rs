//! Payers are asked where claims stand, by themselves and by hand; what they answer comes to what
//! is done next.

use axum::http::StatusCode;
use denial::codes::ClaimNumber;
use denial::denial::NextActionKind;
use denial::inquiry;
use denial::person::Role;
use store::status::StatusQuestion;

use super::clinic::{
    Browser, Line, PASSWORD, PaidClaim, TestClinic, bill, enveloped, era_on, take,
};
use super::outbox::{files, reviewed};
use crate::outbox::leaving;
use crate::status::asking;
use crate::{identity, status, unanswered};

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
    answer_of("NM1*IL*1*MADEUP*PAT****MI*M1", trace, stc, day, &[])
}

/// The same about somebody, with what else it says of the claim.
fn answer_of(whom: &str, trace: &str, stc: &str, day: &str, more: &[&str]) -> String {
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
        whom,
        &format!("TRN*2*{trace}"),
        &format!("STC*{stc}"),
        "REF*1K*PAYER77",
    ]
    .map(str::to_owned)
    .to_vec();
    segments.extend(more.iter().map(|one| (*one).to_owned()));
    segments.push(format!("SE*{}*0001", segments.len() + 1));
    enveloped("HN", "005010X212", &segments)
}

/// The questions that were asked, the newest first.
async fn questions(clinic: &TestClinic) -> Vec<StatusQuestion> {
    let mut tx = clinic.office().read().await.expect("a look");
    tx.newest_status_questions(99).await.expect("read")
}

fn claim(number: &str) -> String {
    identity::claim(&ClaimNumber::new(number)).to_string()
}

/// A case whose payer was asked where its claim stands, and the number of the question.
async fn asked_of(clinic: &mut TestClinic, number: &'static str) -> (Browser, String, String) {
    let biller = clinic.person(Role::BillingSupervisor).await;
    let case = reviewed(&biller, number).await;
    biller.post(&format!("{case}/status"), &[]).await.is(StatusCode::SEE_OTHER);
    let biller = at(clinic, "2026-03-03T12:11:00Z").await;
    assert_eq!(leaving::sweep(clinic.office()).await.expect("swept").sent, 1);
    let trace = asked(clinic).pop().expect("a question");
    (biller, case, trace)
}

/// A 999 that refuses the one transaction of a group: what the group holds, its number.
fn refused(holds: &str, set: &str, control: i64) -> String {
    let segments: Vec<String> = vec![
        "ST*999*0001*005010X231A1".to_owned(),
        format!("AK1*{holds}*{control}"),
        format!("AK2*{set}*0001"),
        "IK5*R*5".to_owned(),
        "AK9*R*1*1*0".to_owned(),
        "SE*6*0001".to_owned(),
    ];
    let text = enveloped("FA", "005010X231A1", &segments);
    text.replace("260301", "260303")
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
    let (biller, case, _) = asked_of(&mut clinic, "A-1").await;
    let sent = clinic.office().read().await.expect("a look").all_outgoing(1).await.expect("read");
    // The group of the claim as first billed bears the same number, and holds claims.
    assert_eq!(sent[0].control, 1);
    let page = format!("/claims/{}", claim("A-1"));
    take(&biller, "claims.999", &refused("HC", "837", 1)).await;
    biller.get(&page).await.shows(&["999 rejected"]);
    biller.get(&case).await.hides(&["refused before the payer read it"]);
    take(&biller, "others.999", &refused("HS", "270", 1)).await;
    biller.get(&case).await.hides(&["refused before the payer read it"]);
    take(&biller, "a.999", &refused("HR", "276", 1)).await;
    biller.get(&case).await.shows(&["refused before the payer read it", "Call payer"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_999_of_questions_says_nothing_of_claims() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    take(&biller, "a.837", &bill("A-1", "MADEUP", 90)).await;
    take(&biller, "a.999", &refused("HR", "276", 1)).await;
    biller.get(&format!("/claims/{}", claim("A-1"))).await.hides(&["999 rejected"]);
    biller.get("/rejections").await.shows(&["by 999"]).hides(&["A-1"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn an_answer_is_heard_of_the_claim_that_was_asked_about_alone() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    let case = reviewed(&biller, "A-1").await;
    biller.post(&format!("{case}/status"), &[]).await.is(StatusCode::SEE_OTHER);
    let trace = questions(&clinic).await[0].question.clone();
    let (own, stc) = ("NM1*IL*1*MADEUP*PAT****MI*M1", "A4:35*20260303**90");
    let heard = "The payer does not have it; send it again";
    let told =
        |whom: &str, trace: &str, more: &[&str]| answer_of(whom, trace, stc, "20260303", more);
    take(&biller, "early.277", &told(own, &trace, &["REF*EJ*A-1"])).await;
    biller.get(&case).await.hides(&[heard]).shows(&["No answer yet"]);
    let biller = at(&mut clinic, "2026-03-03T12:11:00Z").await;
    assert_eq!(leaving::sweep(clinic.office()).await.expect("swept").sent, 1);
    take(&biller, "number.277", &told(own, &trace, &["REF*EJ*A-2"])).await;
    let other = "NM1*IL*1*OTHER*ANNE****MI*M9";
    take(&biller, "patient.277", &told(other, &trace, &[])).await;
    let charge = told(own, &trace, &[]).replace("**90~", "**91~");
    take(&biller, "charge.277", &charge).await;
    // The same number of another practice bears another mark.
    let foreign = trace.replacen(&trace[1..9], "00000000", 1);
    take(&biller, "foreign.277", &told(own, &foreign, &["REF*EJ*A-1"])).await;
    biller.get(&case).await.hides(&[heard]).shows(&["No answer yet"]);
    take(&biller, "own.277", &told(other, &trace, &["REF*EJ*A-1"])).await;
    biller.get(&case).await.shows(&[heard]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn numbers_of_two_practices_differ() {
    let clinic = TestClinic::open().await;
    let biller = clinic.person(Role::BillingSupervisor).await;
    let case = reviewed(&biller, "A-1").await;
    biller.post(&format!("{case}/status"), &[]).await.is(StatusCode::SEE_OTHER);
    let south = clinic.another_practice("south").await;
    let own = asking::mark(clinic.office());
    assert!(questions(&clinic).await[0].question.starts_with(&format!("Q{own}000000001-")));
    assert_ne!(asking::mark(&south), own);
}

#[tokio::test]
async fn what_is_ours_to_do_is_not_put_off_by_an_answer_that_only_waits() {
    let mut clinic = TestClinic::open().await;
    let (biller, case, trace) = asked_of(&mut clinic, "A-1").await;
    let next = async |clinic: &TestClinic| {
        let mut tx = clinic.office().read().await.expect("a look");
        let case = tx.case(case.trim_start_matches("/cases/")).await.expect("there");
        case.next().map(|next| next.kind)
    };
    let before = next(&clinic).await;
    assert_ne!(before, Some(NextActionKind::AwaitPayer));
    take(&biller, "a.277", &answer(&trace, "P1:3*20260303**90", "20260303")).await;
    biller.get(&case).await.shows(&["In process; look again on"]);
    assert_eq!(next(&clinic).await, before);
    take(&biller, "b.277", &answer(&trace, "R4:294*20260304**90", "20260304")).await;
    assert_eq!(next(&clinic).await, Some(NextActionKind::SendRecords));
    take(&biller, "c.277", &answer(&trace, "P1:3*20260305**90", "20260305")).await;
    assert_eq!(next(&clinic).await, Some(NextActionKind::SendRecords));
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_is_said_of_all_questions_of_a_provider_waits_for_a_person() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let segments: Vec<String> = [
        "ST*277*0001*005010X212",
        "BHT*0010*08*R1*20260303*0900*DG",
        "HL*1**20*1",
        "NM1*PR*2*STANDIN HEALTH*****PI*STAND",
        "HL*2*1*21*1",
        "NM1*41*2*TEST CLINIC*****46*SUB1",
        "HL*3*2*19*0",
        "NM1*1P*2*TEST CLINIC*****XX*1234567893",
        "TRN*1*0",
        "STC*D0:132*20260303",
        "SE*11*0001",
    ]
    .map(str::to_owned)
    .to_vec();
    take(&lead, "a.277", &enveloped("HN", "005010X212", &segments)).await;
    let page = lead.get("/rejections").await;
    page.shows(&["All questions of a provider, by 277", "1234567893", "STANDIN HEALTH"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_file_that_cannot_be_read_keeps_no_other_claim_from_being_asked_about() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    take(&lead, "a.837", &bill("A-1", "MADEUP", 90)).await;
    take(&lead, "b.837", &bill("B-1", "MADEUP", 90)).await;
    history(&lead).await;
    at(&mut clinic, "2026-03-20T12:00:00Z").await;
    unanswered::look(clinic.office()).await.expect("looked");
    let mut tx = clinic.office().read().await.expect("a look");
    let (file, ..) = tx.versions(&claim("A-1")).await.expect("read").remove(0);
    drop(tx);
    let path = clinic.office().documents.path(&file);
    std::fs::remove_file(&path).expect("removed");
    std::fs::create_dir(&path).expect("what no reader reads");
    let tally = status::run(clinic.office()).await.expect("ran");
    assert_eq!((tally.asked, tally.files), (1, 1), "{tally:?}");
    let [(number, why)] = &tally.left[..] else { panic!("one is left: {tally:?}") };
    assert!(number == "A-1" && why.contains("cannot be read"), "{number}: {why}");
}

#[tokio::test]
async fn a_persons_note_stays_beside_an_answer() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    take(&lead, "a.837", &bill("A-1", "MADEUP", 90)).await;
    history(&lead).await;
    let lead = at(&mut clinic, "2026-03-20T12:00:00Z").await;
    unanswered::look(clinic.office()).await.expect("looked");
    let own = claim("A-1");
    let ask = [("cases", own.as_str())];
    lead.post("/unanswered/ask", &ask).await.is(StatusCode::SEE_OTHER);
    let lead = at(&mut clinic, "2026-03-20T12:11:00Z").await;
    assert_eq!(leaving::sweep(clinic.office()).await.expect("swept").sent, 1);
    let trace = asked(&clinic).pop().expect("a question");
    let note = [("claim", own.as_str()), ("note", "their desk, ref 7"), ("look_on", "2026-05-01")];
    lead.post("/unanswered", &note).await.is(StatusCode::SEE_OTHER);
    take(&lead, "a.277", &answer(&trace, "P1:3*20260320**90", "20260320")).await;
    let all = lead.get("/unanswered?show=all").await;
    all.shows(&["their desk, ref 7; again on May 1, 2026", "In process; look again on"]);
    // What is ours to do brings it back, with the note.
    take(&lead, "b.277", &answer(&trace, "A4:35*20260321**90", "20260321")).await;
    lead.get("/unanswered").await.shows(&["their desk, ref 7", "send it again"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn only_what_waits_is_asked_about_by_many() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    take(&lead, "a.837", &bill("A-1", "MADEUP", 90)).await;
    history(&lead).await;
    let lead = at(&mut clinic, "2026-03-20T12:00:00Z").await;
    unanswered::look(clinic.office()).await.expect("looked");
    // One that its payer answered, though it is ours; and one that nobody knows.
    let both = format!("{},{}", claim("A-1"), claim("H-00"));
    let there = lead.post("/unanswered/ask", &[("cases", &both)]).await;
    let there = there.is(StatusCode::SEE_OTHER).location();
    lead.get(&there).await.shows(&["1 question leaves", "1 claim was not asked about"]);
    let numbers: Vec<String> = questions(&clinic).await.into_iter().map(|one| one.number).collect();
    assert_eq!(numbers, ["A-1"]);
    let stranger = claim("NOBODYS");
    lead.post("/unanswered/ask", &[("cases", &stranger)]).await.is(StatusCode::NOT_FOUND);
    clinic.is_proven().await;
}
