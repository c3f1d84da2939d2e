//! Corrected claims leave once, can be called back until then, and their answers move their cases.

use std::path::PathBuf;

use axum::http::StatusCode;
use denial::codes::ClaimNumber;
use denial::denial::Channel;
use denial::ids::DenialId;
use denial::lifecycle::Action;
use denial::lifecycle::action::Resubmission;
use denial::lifecycle::evidence::Frequency;
use denial::outgoing::Kind;
use denial::person::Role;
use store::outgoing::Outgoing;

use super::clinic::{Browser, TestClinic, bill, denied, enveloped, era, take};
use crate::outbox::{self, Carried, NotQueued, Parcel, leaving};
use crate::practice::Office;

pub(super) const LATER: &str = "2026-03-03T12:10:00Z";

/// A claim that was billed, denied and is in review; gives the address of its case.
pub(super) async fn reviewed(biller: &Browser, number: &'static str) -> String {
    take(biller, &format!("{number}.837"), &bill(number, "MADEUP", 90)).await;
    let trace = format!("T{number}");
    take(biller, &format!("{number}.835"), &era(&trace, &[denied(number, 90, "CO*16*90")])).await;
    let case = biller.find(number).await;
    biller.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    case
}

fn carried(case: &str, number: &str) -> Carried {
    Carried {
        case: DenialId::parse(case.trim_start_matches("/cases/")).expect("an id"),
        number: ClaimNumber::new(number),
        content: String::new(),
        action: Action::Resubmit(Resubmission {
            frequency: Frequency::Replacement,
            channel: Channel::Edi,
            reference: String::new(),
            confirmation: None,
            document: None,
            sent_on: None,
            late: None,
            again: None,
        }),
    }
}

/// A replacement of one claim under a control number; `code` is what was corrected.
pub(super) fn corrected(number: &str, code: &str, control: u32) -> String {
    let text = bill(number, "MADEUP", 90).replace("11:B:1", "11:B:7").replace("HC:99214", code);
    let text = text.replace("000000001*0*P", &format!("{control:09}*0*P"));
    let text = text.replace("IEA*1*000000001", &format!("IEA*1*{control:09}"));
    let text = text.replace("GE*1*1~", &format!("GE*1*{control}~"));
    text.replace("*1200*1*X*", &format!("*1200*{control}*X*")).replace("*B1*", "*OURS1*")
}

pub(super) async fn queued(
    office: &Office,
    case: &str,
    number: &str,
    code: &str,
    again: Option<&str>,
) -> Result<Outgoing, NotQueued> {
    let parcel = Parcel {
        kind: Kind::Claims,
        route: None,
        carries: vec![carried(case, number)],
        again: again.map(str::to_owned),
    };
    let write = |numbers: &outbox::Numbers| Ok(corrected(number, code, numbers.control).into());
    outbox::queue(office, &office.who, parcel, write).await
}

pub(super) fn files(office: &Office) -> Vec<PathBuf> {
    let folder = office.folder.join("outbox/main");
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    // Beside them lies what marks the folder as a route's own.
    let mut files: Vec<PathBuf> = paths.filter(|path| !path.ends_with(".reclaim-route")).collect();
    files.sort();
    files
}

/// A 277CA of one claim: `status` such as `A2:20`, and whether it is accepted.
pub(super) fn told(number: &str, batch: &str, status: &str, day: &str) -> String {
    let verdict = if status.starts_with("A2") { "WQ" } else { "U" };
    let mut segments: Vec<String> = [
        "ST*277*0001*005010X214",
        &format!("BHT*0085*08*R1*{day}*0900*TH"),
        "HL*1**20*1",
        "NM1*PR*2*STANDIN HEALTH*****PI*STAND",
        "TRN*1*R1",
        "HL*2*1*21*1",
        "NM1*41*2*TEST CLINIC*****46*SUB1",
        &format!("TRN*2*{batch}"),
        "HL*3*2*19*1",
        "NM1*85*2*TEST CLINIC*****XX*1234567893",
        "HL*4*3*PT",
        "NM1*QC*1*MADEUP*PAT****MI*M1",
        &format!("TRN*2*{number}"),
        &format!("STC*{status}*{day}*{verdict}*90"),
        "REF*1K*PAYER77",
    ]
    .map(str::to_owned)
    .to_vec();
    segments.push(format!("SE*{}*0001", segments.len() + 1));
    enveloped("HN", "005010X214", &segments).replace("260301", &day[2..])
}

/// A 999 of a group: accepted (A) or refused (R).
fn checked(group: u32, verdict: &str, day: &str) -> String {
    let counts = if verdict == "A" { "1*1*1" } else { "1*1*0" };
    let mut segments: Vec<String> = vec![
        "ST*999*0001*005010X231A1".to_owned(),
        format!("AK1*HC*{group}*005010X222A1"),
        "AK2*837*0001*005010X222A1".to_owned(),
        if verdict == "A" { "IK5*A".to_owned() } else { "IK5*R*5".to_owned() },
        format!("AK9*{verdict}*{counts}"),
    ];
    segments.push(format!("SE*{}*0001", segments.len() + 1));
    enveloped("FA", "005010X231A1", &segments).replace("260301", &day[2..]).replace("20260301", day)
}

#[tokio::test]
async fn what_is_queued_waits_leaves_once_and_its_case_follows() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let case = reviewed(&biller, "A-1").await;
    let one = queued(clinic.office(), &case, "A-1", "HC:99213", None).await.expect("queued");
    assert_eq!(one.name, "STANDIN_837P_20260303120000_000000001.edi");
    assert_eq!((one.batch.as_str(), one.control), ("OURS1", 1));
    let page = biller.get("/outbox").await;
    page.shows(&["leaves Mar 3, 2026", "Call back", &one.name, "A-1"]);
    page.shows(&["Claims: corrected (7)", "STANDIN HEALTH", "$90.00"]).hides(&[">Do<"]);
    // Before its time nothing leaves.
    assert_eq!(leaving::sweep(clinic.office()).await.expect("swept"), leaving::Tally::default());
    biller.get(&case).await.hides(&["Corrected claim 000000001"]);

    clinic.later(LATER);
    let biller = clinic.again(&biller);
    let tally = leaving::sweep(clinic.office()).await.expect("swept");
    assert_eq!((tally.sent, tally.failed), (1, 0));
    let [file] = files(clinic.office()).try_into().expect("one file, and nothing beside it");
    assert!(file.ends_with(&one.name));
    assert_eq!(std::fs::read_to_string(&file).expect("text"), corrected("A-1", "HC:99213", 1));
    biller.get(&case).await.shows(&["Corrected claim 000000001", "Corrected and resubmitted"]);
    // It is a version of the claim, and a second look sends nothing.
    let claim = biller.get(&super::clinic::link(&biller, &case, "/claims/").await).await;
    claim.shows(&["7 · replacement", "99213", &one.name]);
    assert_eq!(leaving::sweep(clinic.office()).await.expect("swept"), leaving::Tally::default());
    assert_eq!(files(clinic.office()), [file]);
    biller.get("/outbox?show=left").await.shows(&[&one.name, "left Mar 3, 2026", "none yet"]);
    biller.get("/outbox").await.shows(&["Nothing waits"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_is_called_back_never_leaves_and_frees_its_claim() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let auditor = clinic.named("eve", Role::Auditor).await;
    let case = reviewed(&biller, "A-1").await;
    let one = queued(clinic.office(), &case, "A-1", "HC:99213", None).await.expect("queued");
    auditor.get("/outbox").await.shows(&[&one.name]).hides(&["Call back"]);
    let fields = [("outgoing", one.outgoing.as_str()), ("what", "back")];
    auditor.post("/outbox", &fields).await.is(StatusCode::FORBIDDEN);
    let done = biller.post("/outbox", &fields).await;
    assert_eq!(done.location(), "/outbox?done=back");
    biller.get("/outbox?done=back").await.shows(&["it never left", "Nothing waits"]);
    let twice = biller.post("/outbox", &fields).await;
    twice.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["called back"]);
    let anew = queued(clinic.office(), &case, "A-1", "HC:99213", None).await.expect("queued anew");
    assert_eq!(anew.control, 2, "a number is given once");
    clinic.later(LATER);
    leaving::sweep(clinic.office()).await.expect("swept");
    let names: Vec<_> = files(clinic.office());
    assert!(names.len() == 1 && names[0].ends_with(&anew.name), "{names:?}");
    clinic.is_proven().await;
}

#[tokio::test]
async fn the_same_correction_is_not_sent_twice_without_a_reason() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let case = reviewed(&biller, "A-1").await;
    queued(clinic.office(), &case, "A-1", "HC:99213", None).await.expect("queued");
    let refused = queued(clinic.office(), &case, "A-1", "HC:99213", None).await;
    assert!(matches!(refused, Err(NotQueued::Twice(_))), "{refused:?}");
    let blank = queued(clinic.office(), &case, "A-1", "HC:99213", Some(" ")).await;
    assert!(matches!(blank, Err(NotQueued::Twice(_))), "{blank:?}");
    clinic.later(LATER);
    leaving::sweep(clinic.office()).await.expect("swept");
    // The payer denies again; another correction goes, the same one only for a reason.
    let biller = clinic.again(&biller);
    biller.act(&case, "withdraw", &[("reason", "lost there")]).await.is(StatusCode::SEE_OTHER);
    let office = clinic.office();
    let refused = queued(office, &case, "A-1", "HC:99213", None).await;
    assert!(matches!(refused, Err(NotQueued::Twice(_))), "{refused:?}");
    let again = queued(office, &case, "A-1", "HC:99213", Some("lost there")).await.expect("again");
    let said = office.read().await.expect("a look").timeline(&again.outgoing).await.expect("read");
    assert!(said[0].body.contains(r#""again":1"#) && said[0].body.contains("lost there"));
    outbox::call_back(office, &office.who, &again.outgoing).await.expect("called back");
    queued(office, &case, "A-1", "HC:99215", None).await.expect("another correction");
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_queued() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let case = reviewed(&biller, "A-1").await;
    let office = clinic.office();
    let parcel = |number: &str| Parcel {
        kind: Kind::Claims,
        route: None,
        carries: vec![carried(&case, number)],
        again: None,
    };
    let wrong =
        |numbers: &outbox::Numbers| Ok(corrected("A-1", "HC:99213", numbers.control + 1).into());
    let told = outbox::queue(office, &office.who, parcel("A-1"), wrong).await.expect_err("refused");
    assert!(told.to_string().contains("another control number"), "{told}");
    let other =
        |numbers: &outbox::Numbers| Ok(corrected("A-2", "HC:99213", numbers.control).into());
    let told = outbox::queue(office, &office.who, parcel("A-1"), other).await.expect_err("refused");
    assert!(told.to_string().contains("are not the ones"), "{told}");
    // A 999 answers one transaction: with several, one that is refused would bring all cases back.
    let two = |numbers: &outbox::Numbers| {
        let text = corrected("A-1", "HC:99213", numbers.control);
        let end = text.find("GE*1*").expect("its end");
        let empty = "ST*837*0002*005010X222A1~BHT*0019*00*OURS1*20260301*1200*CH~SE*3*0002~";
        Ok(format!("{}{empty}{}", &text[..end], &text[end..]).into_bytes())
    };
    let told = outbox::queue(office, &office.who, parcel("A-1"), two).await.expect_err("refused");
    assert!(told.to_string().contains("write one transaction (ST)"), "{told}");
    let prose = |_: &outbox::Numbers| Ok(b"prose".to_vec());
    outbox::queue(office, &office.who, parcel("A-1"), prose).await.expect_err("no 837");
    let none = Parcel { carries: Vec::new(), ..parcel("A-1") };
    outbox::queue(office, &office.who, none, prose).await.expect_err("carries nothing");
    // A case that is not in review, and a role that sends nothing.
    biller.act(&case, "propose_write_off", &[("reason", "x")]).await;
    let mut who = office.who.clone();
    who.role = Role::Poster;
    let write =
        |numbers: &outbox::Numbers| Ok(corrected("A-1", "HC:99213", numbers.control).into());
    let told = outbox::queue(office, &who, parcel("A-1"), write).await.expect_err("refused");
    assert!(matches!(told, NotQueued::Cases(_)), "{told}");
    assert_eq!(office.read().await.expect("a look").all_outgoing(9).await.expect("read"), []);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_case_that_moved_meanwhile_keeps_it_from_leaving() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let case = reviewed(&biller, "A-1").await;
    queued(clinic.office(), &case, "A-1", "HC:99213", None).await.expect("queued");
    let note = [("note", "they called"), ("expected", "90")];
    biller.act(&case, "overturn", &note).await.is(StatusCode::SEE_OTHER);
    clinic.later(LATER);
    let biller = clinic.again(&biller);
    let tally = leaving::sweep(clinic.office()).await.expect("swept");
    assert_eq!((tally.sent, tally.failed), (0, 1));
    assert_eq!(files(clinic.office()), [] as [PathBuf; 0]);
    let page = biller.get("/outbox?show=odd").await;
    page.shows(&["did not leave", "a case that is overturned cannot do this", "Try again"]);
    clinic.is_proven().await;
}

/// A claim whose correction left.
async fn left(clinic: &mut TestClinic, biller: &Browser, number: &'static str) -> String {
    let case = reviewed(biller, number).await;
    queued(clinic.office(), &case, number, "HC:99213", None).await.expect("queued");
    clinic.later(LATER);
    leaving::sweep(clinic.office()).await.expect("swept");
    case
}

#[tokio::test]
async fn a_277ca_that_accepts_proves_the_receipt_and_a_999_alone_moves_nobody() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let case = left(&mut clinic, &biller, "A-1").await;
    clinic.later("2026-03-03T13:30:00Z");
    let biller = clinic.named("ben", Role::BillingSpecialist).await;
    biller.get("/outbox?show=odd").await.shows(&["no TA1, 999 or 277CA came in time"]);
    biller.get("/").await.shows(&["Home"]);
    // The group of the claim as first billed bears the same number: the answer could be to either.
    let both = checked(1, "A", "20260303");
    take(&biller, "999.edi", &both).await;
    biller.get("/outbox?show=left").await.shows(&["none yet"]);
    biller.get(&case).await.shows(&["Corrected and resubmitted"]);
    // What was said before it left is about something else.
    take(&biller, "old.277", &told("A-1", "B9", "A7:562:85", "20260226")).await;
    biller.get(&case).await.shows(&["Corrected and resubmitted"]);
    let ca = told("A-1", "OURS1", "A2:20", "20260303");
    take(&biller, "277.edi", &ca).await;
    let page = biller.get(&case).await;
    page.shows(&["Pending payer response", "277CA PAYER77"]);
    biller.get("/outbox?show=left").await.shows(&["1 of 1 answered", "accepted"]);
    biller.get("/outbox?show=odd").await.shows(&["Nothing to look at"]);
    let version = page.field("version");
    take(&biller, "same.edi", &ca).await;
    assert_eq!(biller.get(&case).await.field("version"), version);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_refusal_brings_the_case_back_with_its_codes() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let case = left(&mut clinic, &biller, "A-1").await;
    let biller = clinic.again(&biller);
    take(&biller, "277.edi", &told("A-1", "OURS1", "A7:562:85", "20260303")).await;
    biller.get(&case).await.shows(&["In review", "A7:562:85"]);
    biller.get("/outbox?show=left").await.shows(&["1 of 1 answered, 1 refused", "rejected"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_999_that_refuses_everything_brings_all_its_cases_back() {
    let mut clinic = TestClinic::open().await;
    std::fs::write(
        clinic.office().folder.join("exchange.toml"),
        "[[route]]\nname = \"house\"\nfolder = \"outbox/main\"\nfirst_number = 700\n",
    )
    .expect("written");
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let case = left(&mut clinic, &biller, "A-1").await;
    let biller = clinic.again(&biller);
    take(&biller, "old.999", &checked(700, "R", "20260228")).await;
    biller.get(&case).await.shows(&["Corrected and resubmitted"]);
    take(&biller, "a.999", &checked(700, "A", "20260303")).await;
    biller.get(&case).await.shows(&["Corrected and resubmitted"]);
    biller.get("/outbox?show=left").await.shows(&["TA1 or 999: accepted", "by house"]);
    take(&biller, "b.999", &checked(700, "R", "20260303")).await;
    biller.get(&case).await.shows(&["In review", "IK5:5"]);
    let page = biller.get("/outbox?show=left").await;
    page.shows(&["TA1 or 999: rejected", "1 of 1 answered, 1 refused"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn receipts_prove_timely_filing_against_the_payers_limit() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let case = reviewed(&biller, "A-1").await;
    let claim = super::clinic::link(&biller, &case, "/claims/").await;
    biller.get(&claim).await.shows(&["Timely filing", "filing limit is not configured"]);
    let text = "name = \"STANDIN HEALTH\"\n[[window]]\nkind = \"timely_filing\"\ncount = 22\n\
        unit = \"calendar_days\"\nfrom_event = \"service\"\ncounts = \"received\"\n\
        on_holiday = \"stays\"\nsource = \"a test\"\nas_of = \"2026\"\nverification = \"clinic\"\n";
    clinic.with_file("payers/standin.toml", text).await;
    let biller = clinic.again(&biller);
    biller
        .get(&claim)
        .await
        .shows(&["Sent on Mar 1, 2026, within the limit of Mar 4, 2026; no rec"]);
    let late = told("A-1", "B1", "A2:20", "20260303");
    take(&biller, "277.edi", &late).await;
    biller.get(&claim).await.shows(&[
        "Filed in time: a receipt of Mar 3, 2026 stands within the limit of Mar 4, 2026.",
        "sent Mar 1, 2026, frequency 1",
        "A2 accepted for adjudication by the payer (STANDIN HEALTH) on Mar 3, 2026, number PAYER77",
        "SHA-256",
    ]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn silence_about_claims_is_told_where_the_desk_says_when() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    left(&mut clinic, &lead, "A-1").await;
    // Left on a Tuesday: Wednesday and Thursday are the two days.
    clinic.later("2026-03-05T23:00:00Z");
    let before = clinic.named("before", Role::BillingSupervisor).await;
    before.get("/outbox?show=odd").await.hides(&["no 277CA of 1"]);
    clinic.later("2026-03-06T09:00:00Z");
    let lead = clinic.named("after", Role::BillingSupervisor).await;
    lead.get("/outbox?show=odd").await.shows(&["no 277CA of 1 came in time"]);
    lead.get("/").await.shows(&["Outbox to look at", "/outbox?show=odd"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_crash_at_each_step_neither_sends_twice_nor_loses() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let case = reviewed(&biller, "A-1").await;
    let one = queued(clinic.office(), &case, "A-1", "HC:99213", None).await.expect("queued");
    clinic.later(LATER);
    let office = clinic.office();
    let folder = office.folder.join("outbox/main");
    let bytes = corrected("A-1", "HC:99213", 1);
    let put = async |uploaded: Option<&str>| {
        let mut tx = office.write().await.expect("a turn");
        let now = tx.outgoing(&one.outgoing).await.expect("read").expect("there");
        let state = "leaving".to_owned();
        let uploaded_at = uploaded.map(str::to_owned);
        let cut = Outgoing { state, uploaded_at, ..now.clone() };
        assert!(tx.save_outgoing(&cut, &now.state).await.expect("saved"));
        tx.commit().await.expect("durable");
    };
    // The program ended with half a file under the hidden name, whole and not renamed, or renamed
    // and fetched away: each of them is finished as it has to be.
    std::fs::create_dir_all(&folder).expect("a folder");
    let hidden = folder.join(format!(".{}.part", one.name));
    std::fs::write(&hidden, &bytes[..100]).expect("half");
    put(None).await;
    assert_eq!(leaving::sweep(office).await.expect("swept").sent, 1);
    assert_eq!(files(office), [folder.join(&one.name)]);
    assert_eq!(std::fs::read_to_string(folder.join(&one.name)).expect("text"), bytes);

    let case = reviewed(&biller, "B-2").await;
    let two = queued(office, &case, "B-2", "HC:99213", None).await.expect("queued");
    let one = two;
    std::fs::remove_file(folder.join(files(office)[0].file_name().expect("a name"))).expect("gone");
    let mut tx = office.write().await.expect("a turn");
    let cut = Outgoing {
        state: "leaving".to_owned(),
        uploaded_at: Some(one.made_at.clone()),
        leaves_at: one.made_at.clone(),
        ..one.clone()
    };
    assert!(tx.save_outgoing(&cut, "waiting").await.expect("saved"));
    tx.commit().await.expect("durable");
    // Renamed, and whoever fetches it was fast: it left, and is not made anew.
    assert_eq!(leaving::sweep(office).await.expect("swept").sent, 1);
    assert_eq!(files(office), [] as [PathBuf; 0]);
    clinic.again(&biller).get(&case).await.shows(&["Corrected claim 000000002"]);
    clinic.is_proven().await;
}
