//! A batch leaves whatever one claim of it comes to: what cannot go stays with its reason, and what
//! changed since it was looked at does not leave.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use denial::codes::ClaimNumber;
use denial::denial::Status;
use denial::person::Role;
use store::correction_batches::CorrectionBatch;
use store::matches::{Match, Said};
use tokio::sync::watch;

use super::batch::{at_rest, begun, job, stands, step};
use super::clinic::{Browser, Line, PaidClaim, TestClinic, bill, denied, era, take};
use crate::batch::{self, sending};
use crate::{correcting, identity};

const AUTHORIZED: [(&str, &str); 2] = [("change", "authorization"), ("to", "AUTH1")];

fn id_of(address: &str) -> &str {
    address.rsplit('/').next().expect("an id")
}

/// How each claim of a batch stands: its state, why, and by what it left.
async fn stand(clinic: &TestClinic, address: &str) -> BTreeMap<String, [String; 3]> {
    let mut tx = clinic.office().read().await.expect("a look");
    let mut all = BTreeMap::new();
    for state in ["waiting", "ready", "aside", "sent"] {
        let items = tx.correction_items(id_of(address), state, 0, 99).await.expect("read");
        all.extend(
            items
                .into_iter()
                .map(|one| (one.denial, [one.state, one.why, one.outgoing.unwrap_or_default()])),
        );
    }
    all
}

async fn protect(lead: &Browser, case: &str) {
    let tag = [("kind_hiv", "yes"), ("why", "the chart says so")];
    lead.post(&format!("/cases/{case}/protection"), &tag).await.is(StatusCode::SEE_OTHER);
}

async fn status(clinic: &TestClinic, case: &str) -> Status {
    clinic.office().read().await.expect("a look").case(case).await.expect("read").status()
}

#[tokio::test]
async fn one_claim_that_no_file_can_carry_holds_up_no_other() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("ada", Role::BillingSupervisor).await;
    let mut paid = Vec::new();
    // A text that holds what is a separator elsewhere: in a file that says so it can leave, and
    // where lines end its segments, which we do not write, it cannot.
    let odd =
        |number: &str| bill(number, "MADEUP", 90).replace('*', "|").replace("3 EXAM", "3*EXAM");
    for (number, text) in [
        ("A-1", bill("A-1", "MADEUP", 90)),
        ("A-2", odd("A-2")),
        ("A-3", odd("A-3").replace("~\n", "\n")),
        ("A-4", bill("A-4", "MADEUP", 90)),
    ] {
        take(&lead, &format!("{number}.837"), &text).await;
        paid.push(PaidClaim { control: number, ..denied(number, 90, "CO*197*90") });
    }
    take(&lead, "all.835", &era("ALL", &paid)).await;
    let mut ids = Vec::new();
    for one in &paid {
        ids.push(lead.find(one.number).await.trim_start_matches("/cases/").to_owned());
    }
    let batch = begun(&lead, &ids, &AUTHORIZED).await;
    lead.get(&batch).await.shows(&["Send 4 claims"]);
    step(&lead, &batch, "send").await.is(StatusCode::SEE_OTHER);
    at_rest(&lead, &batch).await.shows(&["3 of its claims are in the outbox"]);
    let stand = stand(&clinic, &batch).await;
    let [first, second, third, fourth] = [0, 1, 2, 3].map(|at: usize| &stand[&ids[at]]);
    assert_eq!((first[0].as_str(), &first[2]), ("sent", &fourth[2]));
    assert!(second[0] == "sent" && second[2] != first[2], "{second:?}");
    assert!(third[0] == "aside" && third[1].starts_with("no file can carry it: "), "{third:?}");
    assert!(!third[1].contains("EXAM"), "{third:?}");
    clinic.is_proven().await;
}

#[tokio::test]
async fn of_two_cases_of_a_claim_the_one_that_can_goes() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("ada", Role::BillingSupervisor).await;
    take(&lead, "a.837", &bill("A-1", "MADEUP", 90)).await;
    let line = |code| Line { code, charge: 45, paid: 0, adjustments: &["CO*16*45"], remarks: &[] };
    let lines = vec![line("99214"), line("99213")];
    take(&lead, "a.835", &era("A", &[PaidClaim { lines, ..denied("A-1", 90, "") }])).await;
    let case = lead.find("A-1").await;
    lead.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    let split = [("position", "1"), ("road", "own_case")];
    lead.act(&case, "split_line", &split).await.is(StatusCode::SEE_OTHER);
    let claim = [identity::claim(&ClaimNumber::new("A-1")).to_string()];
    let cases = clinic.office().read().await.expect("a look").cases_of(&claim).await;
    let mut ids: Vec<String> =
        cases.expect("read").iter().map(|case| case.id.to_string()).collect();
    ids.sort_by_key(|id| !case.ends_with(id.as_str()));
    assert_eq!(ids.len(), 2);

    let batch = begun(&lead, &ids, &AUTHORIZED).await;
    let both = stand(&clinic, &batch).await;
    assert_eq!(both[&ids[0]][0], "ready");
    assert!(both[&ids[1]][1].contains("a claim goes once"), "{both:?}");
    step(&lead, &batch, "drop").await.is(StatusCode::SEE_OTHER);
    // The first is corrected on its case: now the other goes.
    let alone = format!("/cases/{}/correct", ids[0]);
    let lines = lead.get(&alone).await.field("lines");
    let typed = [("version", "0"), ("lines", lines.as_str()), ("step", "save"), ("referral", "R1")];
    lead.post(&alone, &typed).await.is(StatusCode::SEE_OTHER);
    let batch = begun(&lead, &ids, &AUTHORIZED).await;
    let one = stand(&clinic, &batch).await;
    assert!(one[&ids[0]][1].contains("somebody corrects it on its case"), "{one:?}");
    assert_eq!(one[&ids[1]][0], "ready", "{one:?}");
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_does_not_leave_is_not_reviewed() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("ada", Role::BillingSupervisor).await;
    let ids = job(&lead, &["A-1", "A-2"], "CO*197*90").await;
    let batch = begun(&lead, &ids, &AUTHORIZED).await;
    protect(&lead, &ids[0]).await;
    step(&lead, &batch, "send").await.is(StatusCode::SEE_OTHER);
    at_rest(&lead, &batch).await;
    let stand = stand(&clinic, &batch).await;
    assert!(stand[&ids[0]][1].contains("specially protected"), "{stand:?}");
    assert_eq!(stand[&ids[1]][0], "sent");
    assert_eq!(status(&clinic, &ids[0]).await, Status::New);
    assert_eq!(status(&clinic, &ids[1]).await, Status::InReview);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_changed_once_it_was_built_stays() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("ada", Role::BillingSupervisor).await;
    let ids = job(&lead, &["A-1", "A-2", "A-3", "A-4"], "CO*197*90").await;
    for id in &ids {
        lead.act(&format!("/cases/{id}"), "review", &[]).await.is(StatusCode::SEE_OTHER);
    }
    let address = begun(&lead, &ids, &AUTHORIZED).await;
    let office = clinic.office();
    let mut tx = office.write().await.expect("a turn");
    let ready = tx.correction_batch(id_of(&address)).await.expect("read").expect("there");
    let sending = CorrectionBatch {
        state: "sending".to_owned(),
        sent_by: Some(ready.made_by.clone()),
        sent_role: Some(ready.made_role.clone()),
        ..ready
    };
    assert!(tx.save_correction_batch(&sending, "ready").await.expect("saved"));
    let items = tx.correction_items(&sending.batch, "ready", 0, 9).await.expect("read");
    tx.commit().await.expect("committed");
    let sender = batch::as_whom(office, &sending.made_by, &sending.made_role).expect("a role");
    let (going, stays) = sending::rebuilt(&sender, &sending, items).await.expect("built");
    assert_eq!((going.len(), stays.len()), (4, 0));

    protect(&lead, &ids[0]).await;
    let note = [("text", "the payer called")];
    lead.act(&format!("/cases/{}", ids[1]), "note", &note).await.is(StatusCode::SEE_OTHER);
    let newer =
        bill("A-3", "MADEUP", 90).replace("260301", "260303").replace("20260212", "20260214");
    take(&lead, "newer.837", &newer).await;
    let (_never, stop) = watch::channel(false);
    assert!(sending::leave(&sender, &sending, going, &stop).await.expect("queued"));
    let stand = stand(&clinic, &address).await;
    assert!(stand[&ids[0]][1].contains("specially protected"), "{stand:?}");
    for id in &ids[1..3] {
        assert!(stand[id][1].contains("changed since it was looked at"), "{stand:?}");
    }
    assert_eq!(stand[&ids[3]][0], "sent", "{stand:?}");
}

#[tokio::test]
async fn asking_once_more_takes_no_approval_back() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let coder = clinic.named("cora", Role::CertifiedCoder).await;
    let ids = job(&biller, &["A-1"], "CO*97*90").await;
    let batch = begun(&biller, &ids, &[("change", "add_modifier"), ("to", "59")]).await;
    step(&biller, &batch, "ask").await.is(StatusCode::SEE_OTHER);
    let (approved, asked) =
        tokio::join!(step(&coder, &batch, "approve"), step(&biller, &batch, "ask"));
    approved.is(StatusCode::SEE_OTHER);
    asked.is(StatusCode::SEE_OTHER);
    biller.get(&batch).await.shows(&["approved</span> by Test cora", "Send 1 claim<"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn the_newest_version_is_that_of_any_claim_joined_to_the_same() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("ada", Role::BillingSupervisor).await;
    take(&lead, "s.837", &bill("S-1", "MADEUP", 90)).await;
    let newer =
        bill("B-1", "MADEUP", 90).replace("260301", "260303").replace("20260212", "20260214");
    take(&lead, "b.837", &newer).await;
    take(&lead, "a.835", &era("A", &[denied("A-1", 90, "CO*197*90")])).await;
    let case = lead.find("A-1").await;
    let id = |number: &str| identity::claim(&ClaimNumber::new(number)).to_string();
    let mut tx = clinic.office().write().await.expect("a turn");
    let speaks = id("S-1");
    for claim in [id("A-1"), id("B-1")] {
        let said = Said {
            claim: &claim,
            candidate: &speaks,
            state: Match::Accepted,
            by: "usr_1",
            at: "2026-03-03T12:00:00Z",
        };
        tx.put_match(&said).await.expect("put");
    }
    let case = tx.case(case.trim_start_matches("/cases/")).await.expect("read");
    let base = correcting::base(&mut tx, clinic.office(), &case).await.expect("read");
    assert_eq!(base.map(|one| one.claim.number.to_string()), Some("B-1".to_owned()));
}

#[cfg(unix)]
#[tokio::test]
async fn a_kept_file_that_cannot_be_read_holds_up_no_other() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("ada", Role::BillingSupervisor).await;
    let ids = job(&lead, &["A-1", "A-2"], "CO*197*90").await;
    let batch = begun(&lead, &ids, &AUTHORIZED).await;
    let ready = stand(&clinic, &batch).await;
    assert!(ready.values().all(|one| one[0] == "ready"), "{ready:?}");
    let mut tx = clinic.office().read().await.expect("a look");
    let case = tx.case(&ids[0]).await.expect("read");
    let base = correcting::base(&mut tx, clinic.office(), &case).await.expect("read");
    drop(tx);
    let path = clinic.office().documents.path(&base.expect("billed").file);
    std::fs::remove_file(&path).expect("removed");
    std::os::unix::fs::symlink(&path, &path).expect("linked");
    let unread = "the file that billed it cannot be read here: have the documents folder";
    // Neither while it is sent, nor while another is looked at.
    let other = begun(&lead, &ids, &AUTHORIZED).await;
    step(&lead, &batch, "send").await.is(StatusCode::SEE_OTHER);
    at_rest(&lead, &batch).await.shows(&["1 of its claims"]);
    for (batch, state) in [(&other, "ready"), (&batch, "sent")] {
        let both = stand(&clinic, batch).await;
        assert!(both[&ids[0]][0] == "aside" && both[&ids[0]][1].starts_with(unread), "{both:?}");
        assert_eq!(both[&ids[1]][0], state, "{both:?}");
    }
}

#[tokio::test]
async fn a_batch_of_which_nothing_left_is_not_sent_and_waits_for_somebody() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("ada", Role::BillingSupervisor).await;
    let ids = job(&lead, &["A-1", "A-2"], "CO*197*90").await;
    let batch = begun(&lead, &ids, &AUTHORIZED).await;
    for id in &ids {
        protect(&lead, id).await;
    }
    step(&lead, &batch, "send").await.is(StatusCode::SEE_OTHER);
    at_rest(&lead, &batch).await.shows(&["one of its claims could go"]);
    lead.get("/").await.shows(&["1 batch of corrected claims"]);
    let mut tx = clinic.office().read().await.expect("a look");
    let one = tx.correction_batch(id_of(&batch)).await.expect("read").expect("there");
    assert_eq!((one.state.as_str(), one.why.is_empty()), ("ready", false));
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_program_that_is_told_to_stop_leaves_a_batch_to_the_next_start() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("ada", Role::BillingSupervisor).await;
    let ids = job(&lead, &["A-1", "A-2"], "CO*197*90").await;
    let address = begun(&lead, &ids, &AUTHORIZED).await;
    let state = async || {
        let mut tx = clinic.office().read().await.expect("a look");
        tx.correction_batch(id_of(&address)).await.expect("read").expect("there").state
    };
    stands(&clinic, &address, "preparing", Some("waiting")).await;
    let (_told, stop) = watch::channel(true);
    batch::sweep_until(clinic.office(), &stop).await.expect("stopped");
    assert_eq!(state().await, "preparing");
    batch::sweep(clinic.office()).await.expect("swept");
    assert_eq!(state().await, "ready");
    clinic.is_proven().await;
}
