//! Every page against every role, and what every answer carries.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use denial::codes::ClaimNumber;
use denial::person::{Reach, Role, reach};

use super::clinic::{Browser, TestClinic, addresses, denied, era, take};
use crate::identity;
use crate::practice::Office;
use crate::web::gate::{Gate, Sight};
use crate::web::routes;

/// The ids that stand in addresses.
async fn ids(biller: &Browser) -> BTreeMap<&'static str, String> {
    take(biller, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    let case = biller.find("A-1").await;
    let list = biller.get("/remittances").await.text;
    let remittance = list.split("/remittances/").find(|text| text.starts_with("era_"));
    let remittance = remittance.and_then(|text| text.split('"').next()).expect("a remittance");
    let files = biller.get("/files").await.text;
    let file = files.split("/files/").nth(1).and_then(|text| text.split('"').next());
    let case = case.trim_start_matches("/cases/").to_owned();
    BTreeMap::from([
        ("/cases/{id}", format!("/cases/{case}")),
        ("/questions/{case}", format!("/questions/{case}")),
        ("{number}", "1".to_owned()),
        ("/claims/{id}", format!("/claims/{}", identity::claim(&ClaimNumber::new("A-1")))),
        ("/secondary/{claim}", format!("/secondary/{}", identity::claim(&ClaimNumber::new("A-1")))),
        ("/remittances/{id}", format!("/remittances/{remittance}")),
        ("/batches/{id}", "/batches/cor_00000000000000000000000000".to_owned()),
        ("/projects/{id}", "/projects/prj_00000000000000000000000000".to_owned()),
        ("{draft}", "drf_00000000000000000000000000".to_owned()),
        ("/payers/{id}", format!("/payers/{}", payer(biller).await)),
        ("/requests/{id}", "/requests/req_00000000000000000000000000".to_owned()),
        ("{document}", "doc_00000000000000000000000000".to_owned()),
        ("{hash}", file.expect("a file").to_owned()),
        ("{n}", "0".to_owned()),
        ("{name}", "reclaim.css".to_owned()),
    ])
}

/// The payer of the remittance.
async fn payer(biller: &Browser) -> String {
    let list = super::clinic::link(biller, "/payers", "/payers/pay_").await;
    list.trim_start_matches("/payers/").to_owned()
}

#[tokio::test]
async fn every_page_opens_to_whom_the_table_says_and_to_nobody_else() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let ids = ids(&lead).await;
    let gates: Vec<Gate> = routes::table().into_iter().map(|route| route.way.gate).collect();
    let addresses = addresses(&ids);
    assert!(addresses.iter().all(|(_, _, address)| !address.contains('{')), "{addresses:?}");
    let mut tried = 0;
    for role in Role::ALL {
        let person = clinic.person(*role).await;
        for ((method, path, address), gate) in addresses.iter().zip(&gates) {
            if *path == "/sign-out" {
                continue;
            }
            let answer = match *method {
                Method::GET => person.get(address).await,
                _ => person.post(address, &[]).await,
            };
            let may = gate.lets(*role);
            // Within a page that opens, a case may still be somebody else's.
            let own = !path.starts_with("/cases/") || reach(*role) == Reach::Every;
            let opened = answer.status != StatusCode::FORBIDDEN;
            assert!(!answer.status.is_server_error(), "{role:?} {method} {address}");
            // The page for a code leads to the first one, whoever comes without a right password.
            let led = answer.location() == "/sign-in";
            assert_eq!(led, *path == "/sign-in/code", "{role:?} {method} {address}");
            if own || !may {
                assert_eq!(opened, may, "{role:?} {method} {address}: {}", answer.status);
            }
            tried += 1;
        }
    }
    assert!(tried >= 13 * 30, "{tried} tried");
}

#[tokio::test]
async fn every_sight_of_a_patient_and_every_refusal_is_on_record() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let ids = ids(&lead).await;
    let sights: Vec<Sight> = routes::table().into_iter().map(|route| route.way.sight).collect();
    let (mut seen, mut refused) = (0, 0);
    for role in Role::ALL {
        let person = clinic.person(*role).await;
        for ((method, path, address), sight) in addresses(&ids).iter().zip(&sights) {
            if *path == "/sign-out" {
                continue;
            }
            let last = clinic.views_since(0).await.first().map_or(0, |line| line.0);
            let answer = match *method {
                Method::GET => person.get(address).await,
                _ => person.post(address, &[]).await,
            };
            let new = clinic.views_since(last).await;
            let is_listed = answer.text.contains("The first cases of your queue");
            let shows = answer.text.contains("MADEUP") || answer.text.contains(">A-1<");
            let shows = if *path == "/" { is_listed } else { shows };
            let place = format!("{role:?} {method} {address}: {new:?}");
            if answer.status == StatusCode::FORBIDDEN {
                refused += 1;
                assert!(new.iter().any(|(_, kind, _)| kind == "page.refused"), "{place}");
            } else if shows
                || (answer.status.is_success() && *sight != Sight::Nothing && *path != "/")
            {
                seen += 1;
                assert_eq!(new.len(), 1, "{place}");
                assert_ne!(*sight, Sight::Nothing, "the table says so too: {place}");
            } else {
                assert_eq!(new, [], "{place}");
            }
        }
    }
    assert!(seen > 40 && refused > 100, "{seen} seen, {refused} refused");
    clinic.is_proven().await;
}

#[tokio::test]
async fn who_is_not_signed_in_sees_the_door_alone() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let ids = ids(&lead).await;
    let gates: Vec<Gate> = routes::table().into_iter().map(|route| route.way.gate).collect();
    let stranger = clinic.stranger();
    for ((method, path, address), gate) in addresses(&ids).iter().zip(gates) {
        let answer = match *method {
            Method::GET => stranger.get(address).await,
            _ => stranger.send_form(address, &[]).await,
        };
        let closed = answer.location().starts_with("/sign-in");
        let led = gate != Gate::Open || *path == "/sign-in/code";
        assert_eq!(closed, led, "{method} {path}: {}", answer.status);
        answer.hides(&["A-1", "MADEUP"]);
    }
    let nowhere = stranger.get("/nowhere/at/all").await;
    assert!(nowhere.is(StatusCode::SEE_OTHER).location().starts_with("/sign-in"));
    lead.get("/nowhere/at/all").await.is(StatusCode::NOT_FOUND).shows(&["Nothing is here"]);
}

#[tokio::test]
async fn nothing_is_changed_without_the_forms_own_token() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let admin = clinic.named("root", Role::Administrator).await;
    let ids = ids(&lead).await;
    let gates: Vec<Gate> = routes::table().into_iter().map(|route| route.way.gate).collect();
    let mut tried = 0;
    for ((method, path, address), gate) in addresses(&ids).iter().zip(gates) {
        if *method != Method::POST || gate == Gate::Open {
            continue;
        }
        let person = if *path == "/people" { &admin } else { &lead };
        let answer = person.send_form(address, &[("csrf", "guess")]).await;
        // A form with files is refused before it is read, since it is none.
        let refused = [StatusCode::FORBIDDEN, StatusCode::UNPROCESSABLE_ENTITY];
        assert!(refused.contains(&answer.status), "{path}: {}", answer.status);
        tried += 1;
    }
    assert!(tried >= 9, "{tried} tried");
}

#[tokio::test]
async fn every_answer_is_guarded_and_none_with_data_is_kept() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    for path in ["/", "/queue", "/sign-in", "/nowhere", "/healthz", "/assets/reclaim.css"] {
        let answer = lead.get(path).await;
        let header = |name: &str| {
            let value = answer.headers.get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        assert!(header("content-security-policy").starts_with("default-src 'self';"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        let kept = path.starts_with("/assets/");
        assert_eq!(header("cache-control") == "no-store", !kept, "{path}");
        answer.hides(&["style=\"", "<script>", "onclick", "http://", "https://"]);
    }
}

#[tokio::test]
async fn the_health_page_says_each_part() {
    let clinic = TestClinic::open().await;
    let answer = clinic.stranger().get("/healthz").await;
    answer.is(StatusCode::OK).shows(&["\"ok\":true", "\"database\":true", "\"documents\":true"]);
    clinic.office().store.close().await;
    let mut later = clinic;
    later.later("2026-03-03T12:00:01Z");
    let answer = later.stranger().get("/healthz").await;
    answer.is(StatusCode::SERVICE_UNAVAILABLE).shows(&["\"ok\":false", "\"database\":false"]);
}

#[tokio::test]
async fn whoever_asks_how_often_the_health_page_writes_once_a_minute() {
    let clinic = TestClinic::open().await;
    let written = async || {
        let sweeps = clinic.office().read().await.expect("a look").sweeps().await.expect("read");
        sweeps.into_iter().find(|(name, ..)| name == "health").map(|(_, at, _)| at)
    };
    assert_eq!(written().await, None);
    for _ in 0..3 {
        clinic.stranger().get("/healthz").await.is(StatusCode::OK);
    }
    let first = written().await;
    let at = |instant| Office { clock: super::clinic::at(instant), ..clinic.office().clone() };
    assert!(clinic.app.health.of(&at("2026-03-03T12:00:59Z")).await.database);
    assert_eq!(written().await, first, "the answer is kept");
    assert!(clinic.app.health.of(&at("2026-03-03T12:01:00Z")).await.documents);
    assert_ne!(written().await, first, "and looked at again after a minute");
}
