//! Each person's own page: a password that somebody else set, another one, sessions ended.

use axum::http::{Method, StatusCode};
use denial::person::Role;

use super::clinic::{Browser, PASSWORD, TestClinic};
use crate::people::{self, NewPerson};
use crate::web::gate::Gate;
use crate::web::routes;

const OWN: &str = "quiet lamps sing early";

/// A change of a password as the page sends it.
async fn change(browser: &Browser, old: &str, new: &str) -> super::clinic::Answer {
    let fields = [("what", "password"), ("old", old), ("new", new), ("again", new)];
    browser.post("/account", &fields).await
}

/// Somebody whose password an administrator set.
async fn newcomer(clinic: &TestClinic, login: &str, role: Role) -> Browser {
    let new = NewPerson { login, name: "Test newcomer", role, password: PASSWORD };
    people::add_for(clinic.office(), &new).await.expect("made");
    let mut browser = clinic.stranger();
    browser.sign_in(login, PASSWORD).await.is(StatusCode::SEE_OTHER);
    browser
}

#[tokio::test]
async fn a_password_that_somebody_else_set_opens_nothing_but_its_change() {
    let clinic = TestClinic::open().await;
    let root = newcomer(&clinic, "root", Role::Administrator).await;
    for route in routes::table() {
        let path = route.way.pattern.replace(['{', '}'], "x");
        let answer = match route.method {
            Method::GET => root.get(&path).await,
            _ if route.way.gate == Gate::Early => continue,
            _ => root.post(&path, &[]).await,
        };
        if route.way.gate == Gate::Open || matches!(&*path, "/account" | "/session") {
            assert_ne!(answer.location(), "/account", "{path}");
        } else {
            assert_eq!(answer.is(StatusCode::SEE_OTHER).location(), "/account", "{path}");
        }
    }
    assert_eq!(root.get("/nowhere").await.location(), "/account");
    let page = root.get("/account").await;
    page.is(StatusCode::OK)
        .shows(&["Somebody else set your password"])
        .hides(&["href=\"/people\""]);
    let people = [("what", "add"), ("login", "eve"), ("name", "Eve"), ("role", "poster")];
    root.post("/people", &people).await;
    change(&root, PASSWORD, PASSWORD).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    root.get("/").await.is(StatusCode::SEE_OTHER);
    let changed = change(&root, PASSWORD, OWN).await;
    assert_eq!(changed.is(StatusCode::SEE_OTHER).location(), "/");
    root.get("/people").await.is(StatusCode::OK).hides(&["Eve"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_the_old_one_and_nothing_weak_is_taken() {
    let mut clinic = TestClinic::open().await;
    let ada = clinic.named("ada", Role::BillingSpecialist).await;
    let mut elsewhere = clinic.stranger();
    elsewhere.sign_in("ada", PASSWORD).await.is(StatusCode::SEE_OTHER);
    for (new, why) in [
        ("short", "at least 12 letters"),
        ("Password-2026!", "soon guessed"),
        ("test-ada-2026!", "soon guessed"),
        ("yourpractice-ada", "a name that others know"),
        (PASSWORD, "that you have"),
    ] {
        change(&ada, PASSWORD, new).await.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&[why]);
    }
    let fields = [("what", "password"), ("old", PASSWORD), ("new", OWN), ("again", "other")];
    ada.post("/account", &fields).await.shows(&["two new passwords differ"]);
    for _ in 0..4 {
        change(&ada, "wrong-password", OWN).await.shows(&["is another one"]);
    }
    change(&ada, PASSWORD, OWN).await.shows(&["Too many tries"]);
    clinic.later("2026-03-03T12:00:10Z");
    let ada = clinic.again(&ada);
    let changed = change(&ada, PASSWORD, OWN).await;
    assert_eq!(changed.is(StatusCode::SEE_OTHER).location(), "/account?done=password");
    ada.get("/").await.is(StatusCode::OK);
    clinic.again(&elsewhere).get("/").await.is(StatusCode::SEE_OTHER);
    clinic.stranger().sign_in("ada", PASSWORD).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    clinic.stranger().sign_in("ada", OWN).await.is(StatusCode::SEE_OTHER);
    let root = clinic.named("root", Role::Administrator).await;
    root.get("/journal?book=house")
        .await
        .shows(&["Changed their password", "Gave a wrong password for a change of their account"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn people_see_where_they_are_signed_in_and_end_it() {
    let clinic = TestClinic::open().await;
    let ada = clinic.named("ada", Role::BillingSpecialist).await;
    let ben = clinic.named("ben", Role::BillingSpecialist).await;
    let mut others = Vec::new();
    for _ in 0..3 {
        let mut other = clinic.stranger();
        other.sign_in("ada", PASSWORD).await.is(StatusCode::SEE_OTHER);
        others.push(other);
    }
    let page = ada.get("/account").await;
    page.is(StatusCode::OK).shows(&["this one", "not known", "End all others"]);
    let session = page.field("session");
    assert_eq!(page.text.matches("name=\"session\"").count(), 3);
    let end = [("what", "end"), ("session", session.as_str())];
    ben.post("/account", &end).await.shows(&["has ended already"]);
    assert_eq!(ada.post("/account", &end).await.location(), "/account?done=end");
    ada.post("/account", &end).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(signed_in(&others).await, 2);
    ada.post("/account", &[("what", "end_others")]).await.is(StatusCode::SEE_OTHER);
    assert_eq!(signed_in(&others).await, 0);
    ada.get("/").await.is(StatusCode::OK);
    ada.post("/account", &[("what", "nonsense")]).await.is(StatusCode::UNPROCESSABLE_ENTITY);

    let root = clinic.named("root", Role::Administrator).await;
    let person = crate::identity::person("ada");
    let away = [("person", person.as_str()), ("what", "end")];
    root.post("/people", &away).await.is(StatusCode::OK).shows(&["Their sessions have ended"]);
    ada.get("/").await.is(StatusCode::SEE_OTHER);
    root.get("/journal?book=house").await.shows(&["Ended sessions of a person"]);
    clinic.is_proven().await;
}

async fn signed_in(browsers: &[Browser]) -> usize {
    let mut count = 0;
    for browser in browsers {
        count += usize::from(browser.get("/").await.status == StatusCode::OK);
    }
    count
}
