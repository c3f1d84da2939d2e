//! Files taken in while people act: they take turns, and it comes to the same as without them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::clinic::TestClinic;
use crate::bench::write_flat;
use crate::practice::Office;
use crate::take::{Options, take_file};

/// Three remittances, each longer than a step and shorter than a part.
async fn taken(clinic: &TestClinic) -> (Value, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("three.835");
    write_flat(&file, 1, 180, 60).expect("written");
    let report = take_file(clinic.office(), &file, "three.835", Options::default(), &|_| {});
    let report = json!(report.await.expect("taken in"));
    let mut tx = clinic.office().read().await.expect("a look");
    assert!(tx.unsettled().await.expect("read").is_empty(), "all of it is settled");
    drop(tx);
    clinic.is_proven().await;
    let page = clinic.named("ada", denial::person::Role::BillingSpecialist).await;
    let page = page.get("/queue?").await.text;
    let total = page.split("data-total=\"").nth(1).and_then(|rest| rest.split('"').next());
    (report, total.expect("a total").to_owned())
}

/// Somebody who asks for a turn again and again.
async fn ask(office: Office, enough: Arc<AtomicBool>) {
    while !enough.load(Ordering::Relaxed) {
        drop(office.write().await.expect("a turn"));
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_taken_in_beside_people_comes_to_the_same() {
    let (calm, busy) = (TestClinic::open().await, TestClinic::open().await);
    let enough = Arc::new(AtomicBool::new(false));
    let asking: Vec<_> =
        (0..3).map(|_| tokio::spawn(ask(busy.office().clone(), enough.clone()))).collect();
    let beside = taken(&busy).await;
    enough.store(true, Ordering::Relaxed);
    for one in asking {
        one.await.expect("it ends well");
    }
    assert_eq!(beside, taken(&calm).await);
}
