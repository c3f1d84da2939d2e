//! What cannot be handed over waits, is called back or is looked at by a person; nobody is told
//! that it was sent.

use axum::http::StatusCode;
use denial::ids::OutgoingId;
use denial::person::Role;
use store::outgoing::Outgoing;

use super::clinic::TestClinic;
use super::outbox::{LATER, files, queued, reviewed};
use crate::outbox::{self, leaving};
use crate::verify;

#[tokio::test]
async fn what_cannot_be_handed_over_tries_again_and_then_waits_for_a_person() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let case = reviewed(&lead, "A-1").await;
    let one = queued(clinic.office(), &case, "A-1", "HC:99213", None).await.expect("queued");
    // A file of somebody else has its name.
    let folder = clinic.office().folder.join("outbox/main");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(&one.name), "theirs").expect("written");
    for hour in 13..23 {
        clinic.later(&format!("2026-03-03T{hour}:00:00Z"));
        let tally = leaving::sweep(clinic.office()).await.expect("swept");
        assert_eq!((tally.sent, tally.failed), (0, 1), "{hour}");
    }
    assert_eq!(std::fs::read_to_string(folder.join(&one.name)).expect("text"), "theirs");
    let lead = clinic.named("after", Role::BillingSupervisor).await;
    lead.get("/outbox?show=odd").await.shows(&["did not leave", "a file of this name is there"]);
    std::fs::remove_file(folder.join(&one.name)).expect("gone");
    let fields = [("outgoing", one.outgoing.as_str()), ("what", "again")];
    lead.post("/outbox", &fields).await.is(StatusCode::SEE_OTHER);
    assert_eq!(leaving::sweep(clinic.office()).await.expect("swept").sent, 1);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_was_handed_over_and_failed_is_tried_again_and_not_called_back() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let case = reviewed(&lead, "A-1").await;
    let one = queued(clinic.office(), &case, "A-1", "HC:99213", None).await.expect("queued");
    let failed = |uploaded_at| {
        let why = "the host did not answer".to_owned();
        Outgoing { state: "failed".to_owned(), uploaded_at, why, ..one.clone() }
    };
    let mut tx = clinic.office().write().await.expect("a turn");
    assert!(tx.save_outgoing(&failed(None), "waiting").await.expect("saved"));
    tx.commit().await.expect("durable");
    let odd = "/outbox?show=odd";
    lead.get(odd).await.shows(&[">Call back</button>", ">Try again</button>"]);
    let mut tx = clinic.office().write().await.expect("a turn");
    let uploaded = failed(Some(one.made_at.clone()));
    assert!(tx.save_outgoing(&uploaded, "failed").await.expect("saved"));
    tx.commit().await.expect("durable");
    lead.get(odd).await.shows(&[">Try again</button>"]).hides(&[">Call back</button>"]);
    let back = [("outgoing", one.outgoing.as_str()), ("what", "back")];
    lead.post("/outbox", &back).await.is(StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn one_that_is_broken_keeps_no_other_from_leaving() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let case = reviewed(&lead, "A-1").await;
    let one = queued(clinic.office(), &case, "A-1", "HC:99213", None).await.expect("queued");
    // A row that cannot be true stands before it.
    let broken = Outgoing {
        outgoing: OutgoingId::from_bits(7).to_string(),
        name: "broken.edi".to_owned(),
        control: 700,
        made_role: "nobody".to_owned(),
        leaves_at: one.made_at.clone(),
        ..one.clone()
    };
    let mut tx = clinic.office().write().await.expect("a turn");
    tx.queue_outgoing(&broken, &[]).await.expect("queued");
    tx.commit().await.expect("durable");
    clinic.later(LATER);
    for sent in [1, 0] {
        let tally = leaving::sweep(clinic.office()).await.expect("swept");
        assert_eq!((tally.sent, tally.failed), (sent, 1));
    }
    let [file] = files(clinic.office()).try_into().expect("one file");
    assert!(file.ends_with(&one.name));
    let lead = clinic.again(&lead);
    lead.get("/outbox?show=odd").await.shows(&["broken.edi", "a kept role is one"]);
    outbox::call_back(clinic.office(), &clinic.office().who, &broken.outgoing).await.expect("back");
    // Nobody queued it, and it is of no case: the proof says so.
    let found = verify::verify(clinic.office()).await.expect_err("it cannot be").to_string();
    assert!(found.contains(&broken.outgoing), "{found}");
}

#[tokio::test]
async fn what_is_called_back_after_a_failed_upload_leaves_nothing_at_the_partner() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let case = reviewed(&lead, "A-1").await;
    let one = queued(clinic.office(), &case, "A-1", "HC:99213", None).await.expect("queued");
    let folder = clinic.office().folder.join("outbox/main");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(&one.name), "theirs").expect("written");
    std::fs::write(folder.join(format!(".{}.part", one.name)), "half").expect("written");
    clinic.later(LATER);
    leaving::sweep(clinic.office()).await.expect("swept");
    outbox::call_back(clinic.office(), &clinic.office().who, &one.outgoing).await.expect("back");
    assert_eq!(files(clinic.office()), [folder.join(&one.name)]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_misspelled_practice_goes_nowhere() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let case = reviewed(&biller, "A-1").await;
    let text = "[[route]]\nname = \"house\"\npractice = \"mian\"\nfolder = \"there\"\n";
    std::fs::write(clinic.office().folder.join("exchange.toml"), text).expect("written");
    let told = queued(clinic.office(), &case, "A-1", "HC:99213", None).await.expect_err("nowhere");
    assert!(told.to_string().contains("no route for practice main; add one"), "{told}");
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_is_lost_after_its_upload_is_not_told_as_sent() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let case = reviewed(&lead, "A-1").await;
    let one = queued(clinic.office(), &case, "A-1", "HC:99213", None).await.expect("queued");
    // It was uploaded, could not be named, and was swept away there since.
    let lost = Outgoing { uploaded_at: Some(one.made_at.clone()), ..one.clone() };
    let mut tx = clinic.office().write().await.expect("a turn");
    assert!(tx.save_outgoing(&lost, "waiting").await.expect("saved"));
    tx.commit().await.expect("durable");
    let folder = clinic.office().folder.join("outbox/main");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(".reclaim-route"), "").expect("its mark");
    clinic.later(LATER);
    let tally = leaving::sweep(clinic.office()).await.expect("swept");
    assert_eq!((tally.sent, tally.failed), (0, 1));
    let lead = clinic.again(&lead);
    lead.get("/outbox?show=odd").await.shows(&["ask the other side whether it has it"]);
    lead.get(&case).await.hides(&["Corrected claim 0000"]);
    let fields = [("outgoing", one.outgoing.as_str()), ("what", "again")];
    lead.post("/outbox", &fields).await.is(StatusCode::SEE_OTHER);
    assert_eq!(leaving::sweep(clinic.office()).await.expect("swept").sent, 1);
    assert_eq!(files(clinic.office()).len(), 1);
    clinic.is_proven().await;
}
