//! Signing in and out, waiting after failures, sessions that end, the first person.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST};
use axum::http::{Request, StatusCode};
use denial::person::Role;

use super::clinic::{Answer, PASSWORD, TestClinic};
use crate::people::{self, NewPerson};
use crate::web::App;

#[tokio::test]
async fn a_page_leads_to_sign_in_and_back() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let mut stranger = clinic.stranger();
    let answer = stranger.get("/queue?due=soon").await;
    answer.is(StatusCode::SEE_OTHER);
    assert_eq!(answer.location(), "/sign-in?next=/queue%3Fdue%3Dsoon");
    stranger.get(&answer.location()).await.shows(&["value=\"/queue?due=soon\""]);
    let fields = [("login", "Ada"), ("password", PASSWORD), ("next", "/queue?due=soon")];
    let entered = stranger.send_form("/sign-in", &fields).await;
    assert_eq!(entered.is(StatusCode::SEE_OTHER).location(), "/queue?due=soon");
    let cookie = entered.headers.get("set-cookie").expect("a cookie").to_str().expect("text");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    let elsewhere = [("login", "ada"), ("password", PASSWORD), ("next", "https://evil.test/")];
    assert_eq!(stranger.send_form("/sign-in", &elsewhere).await.location(), "/");
    let wrong = stranger.sign_in("ada", "wrong-password").await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["The name or the password is not right."]);
    let nobody = stranger.sign_in("nobody", "wrong-password").await;
    nobody.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["The name or the password is not right."]);

    biller.get("/").await.is(StatusCode::OK);
    biller.post("/sign-out", &[]).await.is(StatusCode::SEE_OTHER);
    biller.get("/").await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn guessing_takes_longer_and_longer() {
    let mut clinic = TestClinic::open().await;
    clinic.named("ada", Role::BillingSpecialist).await;
    let mut stranger = clinic.stranger();
    for _ in 0..4 {
        let wrong = stranger.sign_in("ada", "wrong-password").await;
        wrong.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["is not right"]);
    }
    let right = stranger.sign_in("ada", PASSWORD).await;
    right.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Too many tries", "Wait"]);
    stranger.sign_in("ben", "wrong-password").await.shows(&["is not right"]);
    clinic.later("2026-03-03T12:00:10Z");
    clinic.stranger().sign_in("ada", PASSWORD).await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn signing_in_again_ends_the_session_of_before() {
    let clinic = TestClinic::open().await;
    let mut ada = clinic.named("ada", Role::BillingSpecialist).await;
    let before = clinic.again(&ada);
    ada.sign_in("ada", PASSWORD).await.is(StatusCode::SEE_OTHER);
    assert_ne!(ada.token, before.token);
    ada.get("/").await.is(StatusCode::OK);
    before.get("/").await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_name_that_nobody_has_waits_as_long() {
    let mut clinic = TestClinic::open().await;
    clinic.named("ada", Role::BillingSpecialist).await;
    let told = async |clinic: &TestClinic, login: &str| {
        let mut told = Vec::new();
        for _ in 0..6 {
            let answer = clinic.stranger().sign_in(login, "wrong-password").await;
            let words = answer.text.split("role=\"alert\">").nth(1).expect("a refusal");
            told.push(words.split('<').next().unwrap_or_default().to_owned());
        }
        told
    };
    assert_eq!(told(&clinic, "ada").await, told(&clinic, "nobody").await);
    clinic.later("2026-03-04T12:00:01Z");
    let day = told(&clinic, "ada").await;
    assert!(day[3].contains("is not right") && day[4].contains("Wait 5 seconds"), "{day:?}");
}

#[tokio::test]
async fn who_tries_many_names_from_one_place_waits_too() {
    let clinic = TestClinic::open().await;
    clinic.named("ada", Role::BillingSpecialist).await;
    let from = async |address: &'static str, login: &str, password: &str| {
        let request = Request::post("/sign-in")
            .header(HOST, "reclaim.test")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("x-forwarded-for", address)
            .body(Body::from(format!("login={login}&password={password}")))
            .expect("a request");
        clinic.stranger().send_as_it_is(request).await
    };
    for number in 0..20 {
        let answer = from("192.0.2.7", &format!("name{number}"), "wrong-password").await;
        answer.shows(&["is not right"]);
    }
    from("192.0.2.7", "ada", PASSWORD).await.shows(&["Too many tries", "Wait 5 seconds"]);
    from("192.0.2.8", "ada", PASSWORD).await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_session_ends_when_nobody_uses_it_or_its_person_is_shut_out() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let admin = clinic.named("root", Role::Administrator).await;
    clinic.later("2026-03-03T12:29:00Z");
    let later = clinic.again(&biller);
    later.get("/").await.is(StatusCode::OK);
    clinic.later("2026-03-03T13:30:00Z");
    clinic.again(&biller).get("/").await.is(StatusCode::SEE_OTHER);

    clinic.later("2026-03-03T12:01:00Z");
    let page = clinic.again(&admin).get("/people").await;
    let person = page.is(StatusCode::OK).text.clone();
    let ada = crate::identity::person("ada");
    assert!(person.contains(ada.as_str()));
    let out = [("person", ada.as_str()), ("what", "out")];
    clinic.again(&admin).post("/people", &out).await.is(StatusCode::OK).shows(&["shut out"]);
    clinic.again(&biller).get("/").await.is(StatusCode::SEE_OTHER);
    let mut stranger = clinic.stranger();
    stranger.sign_in("ada", PASSWORD).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    let back = [("person", ada.as_str()), ("what", "in")];
    clinic.again(&admin).post("/people", &back).await.is(StatusCode::OK);
    stranger.sign_in("ada", PASSWORD).await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_administrator_adds_people_whose_passwords_are_shown_once() {
    let clinic = TestClinic::open().await;
    let admin = clinic.named("root", Role::Administrator).await;
    let new = [("what", "add"), ("login", "Eve"), ("name", "Eve Test"), ("role", "poster")];
    let page = admin.post("/people", &new).await;
    page.is(StatusCode::OK).shows(&["shown this once", "Eve Test"]);
    let rest = page.text.split("class=\"secret\">").nth(1).expect("a password");
    let password = rest.split('<').next().expect("closed");
    let mut eve = clinic.stranger();
    eve.sign_in("eve", password).await.is(StatusCode::SEE_OTHER);
    let own = "quiet lamps sing early";
    let change = [("what", "password"), ("old", password), ("new", own), ("again", own)];
    eve.post("/account", &change).await.is(StatusCode::SEE_OTHER);
    eve.get("/people").await.is(StatusCode::FORBIDDEN);
    let hide = admin.get("/people").await;
    hide.hides(&[password]);
    let own = crate::identity::person("root");
    let me = [("person", own.as_str()), ("what", "role"), ("role", "manager")];
    admin.post("/people", &me).await.shows(&["Nobody changes their own place"]);
    for login in ["Root", "console"] {
        let higher =
            [("what", "add"), ("login", login), ("name", "X"), ("role", "billing_supervisor")];
        admin.post("/people", &higher).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    }
    admin.get("/queue").await.is(StatusCode::FORBIDDEN);
    let odd = [("what", "add"), ("login", "a b"), ("name", "X"), ("role", "poster")];
    admin.post("/people", &odd).await.is(StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn who_works_elsewhere_too_is_not_taken_over_from_here() {
    let clinic = TestClinic::open().await;
    let admin = clinic.named("root", Role::Administrator).await;
    let north = clinic.another_practice("north").await;
    let new = |login, role| NewPerson { login, name: "Ada", role, password: PASSWORD };
    people::add(&north, &new("ada", Role::Manager)).await.expect("made");
    let guest = [("what", "add"), ("login", "ada"), ("name", "Ada"), ("role", "poster")];
    // The answer is the same whoever has the name: it does not tell that they are elsewhere.
    let elsewhere = admin.post("/people", &guest).await;
    elsewhere.is(StatusCode::UNPROCESSABLE_ENTITY).hides(&["practice too", "<td>ada"]);
    let said = |answer: &Answer| {
        let (_, rest) = answer.text.split_once("class=\"refused\"").expect("refused");
        rest.split_once("</p>").expect("closed").0.replace("ada", "x").replace("bob", "x")
    };
    clinic.named("bob", Role::Poster).await;
    let here = [("what", "add"), ("login", "bob"), ("name", "Bob"), ("role", "manager")];
    let here = admin.post("/people", &here).await;
    assert_eq!(said(&elsewhere), said(&here));
    people::add(clinic.office(), &new("ada", Role::Poster)).await.expect("by the command line");
    let ada = crate::identity::person("ada");
    for what in ["password", "out", "in"] {
        let answer = admin.post("/people", &[("person", ada.as_str()), ("what", what)]).await;
        answer.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["in another practice too"]);
    }
    clinic.stranger().sign_in("ada", PASSWORD).await.is(StatusCode::SEE_OTHER);
    people::add(&north, &new("root", Role::Administrator)).await.expect("given a role");
    let drawn = [("person", ada.as_str()), ("what", "password")];
    admin.post("/people", &drawn).await.is(StatusCode::OK).shows(&["shown this once"]);
}

#[tokio::test]
async fn the_first_person_needs_the_code_of_the_console() {
    let clinic = TestClinic::open().await;
    let code = people::drawn();
    let app = App::new(clinic.office().clone(), false, Some(code.clone()));
    let mut clinic = clinic;
    clinic.app = app;
    let mut stranger = clinic.stranger();
    for path in ["/setup", "/setup?code=", "/setup?code=guess"] {
        stranger.get(path).await.is(StatusCode::NOT_FOUND);
    }
    stranger.get(&format!("/setup?code={code}")).await.is(StatusCode::OK).shows(&[&code]);
    let first = [("login", "root"), ("name", "Root"), ("password", PASSWORD)];
    let without = stranger.send_form("/setup", &first).await;
    without.is(StatusCode::NOT_FOUND);
    let mut all = first.to_vec();
    all.push(("code", code.as_str()));
    let mut weak = all.clone();
    weak[2] = ("password", "short");
    let answer = stranger.send_form("/setup", &weak).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["at least 12 letters"]);
    weak[2] = ("password", "Password-2026!");
    let answer = stranger.send_form("/setup", &weak).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["soon guessed"]);
    stranger.send_form("/setup", &all).await.is(StatusCode::SEE_OTHER);
    stranger.send_form("/setup", &all).await.is(StatusCode::NOT_FOUND);
    stranger.sign_in("root", PASSWORD).await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_code_of_the_console_ends_with_the_first_person_whoever_made_them() {
    let mut clinic = TestClinic::open().await;
    let code = people::drawn();
    clinic.app = App::new(clinic.office().clone(), false, Some(code.clone()));
    let stranger = clinic.stranger();
    let page = format!("/setup?code={code}");
    stranger.get(&page).await.is(StatusCode::OK);
    let role = Role::Administrator;
    let new = NewPerson { login: "root", name: "Root", role, password: PASSWORD };
    people::add(clinic.office(), &new).await.expect("made by a command meanwhile");
    stranger.get(&page).await.is(StatusCode::NOT_FOUND);
    let second = [
        ("login", "eve"),
        ("name", "Eve"),
        ("password", PASSWORD),
        ("role", "administrator"),
        ("code", code.as_str()),
    ];
    stranger.send_form("/setup", &second).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_works_in_two_practices_chooses() {
    let clinic = TestClinic::open().await;
    let mut ada = clinic.named("ada", Role::BillingSpecialist).await;
    let north = clinic.another_practice("north").await;
    let role = Role::Auditor;
    let new = NewPerson { login: "ada", name: "Ada", role, password: PASSWORD };
    people::add(&north, &new).await.expect("given a role");
    let answer = ada.sign_in("ada", PASSWORD).await;
    assert_eq!(answer.location(), "/practices");
    ada.get("/practices").await.shows(&["Practice north", "you are here"]);
    ada.post("/practices", &[("practice", "north")]).await.is(StatusCode::SEE_OTHER);
    ada.get("/").await.is(StatusCode::OK).shows(&["Auditor", "Practice north"]);
    ada.post("/practices", &[("practice", "south")]).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn signing_out_clears_what_the_browser_kept() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let out = biller.post("/sign-out", &[]).await;
    let header = |name: &str| {
        let value = out.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    assert_eq!(header("clear-site-data"), "\"cache\"");
    assert!(header("set-cookie").contains("Max-Age=0"));
    assert!(biller.get("/queue").await.location().starts_with("/sign-in"));
}

#[tokio::test]
async fn a_strange_page_cannot_send_for_us() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let bare = biller.send_form("/sign-out", &[]).await;
    bare.is(StatusCode::FORBIDDEN).shows(&["another page than ours"]);
    let wrong = biller.send_form("/sign-out", &[("csrf", "guess")]).await;
    wrong.is(StatusCode::FORBIDDEN);
    let token = biller.token.clone().expect("signed in");
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.test")] {
        let request = Request::post("/sign-out")
            .header(HOST, "reclaim.test")
            .header(COOKIE, format!("reclaim_session={token}"))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(name, value)
            .body(Body::from(format!("csrf={}", biller.csrf())))
            .expect("a request");
        biller.send_as_it_is(request).await.is(StatusCode::FORBIDDEN);
    }
    biller.get("/").await.is(StatusCode::OK);
}
