//! Signing in by another house: there and back, tied once, and everything that is no such house.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{COOKIE, HOST, SET_COOKIE};
use axum::http::{Request, StatusCode, Uri};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use denial::person::{Actor, Role};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::clinic::{Answer, Browser, PASSWORD, TestClinic, at};
use super::house::{House, NOON, signer};
use crate::fields::Fields;
use crate::oidc::{self, Wanted, ties};
use crate::practice::Office;
use crate::web::{App, site};
use crate::{factor, identity};

const ORIGIN: &str = "https://reclaim.test";
/// A clinic whose people may sign in by a house.
async fn clinic(house: &House, strong: &str) -> TestClinic {
    let mut clinic = TestClinic::open().await;
    clinic.app = App::at(site::configured(ORIGIN).ok(), clinic.office().clone(), false, None);
    let wanted = Wanted {
        issuer: house.address(),
        label: "North Login".to_owned(),
        client: "reclaim".to_owned(),
        secret: "synthetic secret".to_owned(),
        named_by: "email".to_owned(),
        strong: strong.to_owned(),
    };
    let office = clinic.office().clone();
    let issuer = oidc::look(&office, &wanted).await.expect("it fits");
    let mut tx = office.store.write_aside(office.practice()).await.expect("a turn");
    tx.set_issuer(Some(&issuer)).await.expect("set");
    tx.commit().await.expect("kept");
    clinic
}

/// The same clinic later, with what it knows of the house.
fn later(clinic: &mut TestClinic, instant: &str) {
    let office = Office { clock: at(instant), ..clinic.office().clone() };
    let known = clinic.app.issuer.clone();
    let mut app = App::at(site::configured(ORIGIN).ok(), office, false, None);
    Arc::get_mut(&mut app).expect("nobody else has it").issuer = known;
    clinic.app = app;
}

fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let all = answer.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut values = all.filter_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('='));
    values.next().and_then(|rest| rest.split(';').next()).map(str::to_owned)
}

async fn get_with(clinic: &TestClinic, path: &str, cookies: &str) -> Answer {
    let request = Request::get(path)
        .header(HOST, "reclaim.test")
        .header("x-forwarded-for", "192.0.2.7")
        .header(COOKIE, cookies)
        .body(Body::empty())
        .expect("a request");
    clinic.stranger().send_as_it_is(request).await
}

/// A browser that was sent away: the cookie it has and what the address says.
struct Away {
    cookie: String,
    asked: Fields,
}

impl Away {
    async fn from(clinic: &TestClinic, next: &str) -> Away {
        let answer = get_with(clinic, &format!("/sign-in/elsewhere?next={next}"), "").await;
        let place: Uri = answer.is(StatusCode::SEE_OTHER).location().parse().expect("an address");
        assert_eq!(place.path(), "/authorize");
        let asked = form_urlencoded::parse(place.query().expect("a query").as_bytes());
        let cookie = cookie(&answer, "reclaim_errand").expect("a cookie");
        Away { cookie, asked: asked.into_owned().collect() }
    }

    fn asked(&self, name: &str) -> &str {
        &self.asked[name]
    }

    async fn back_with(&self, clinic: &TestClinic, query: &str) -> Answer {
        let cookies = format!("reclaim_errand={}", self.cookie);
        get_with(clinic, &format!("/sign-in/back?{query}"), &cookies).await
    }

    /// Comes back as the house would send it.
    async fn back(&self, clinic: &TestClinic) -> Answer {
        self.back_with(clinic, &format!("code=c1&state={}", self.asked("state"))).await
    }
}

/// There and back with these claims over the usual ones.
async fn round(clinic: &TestClinic, house: &House, over: &Value) -> Answer {
    let away = Away::from(clinic, "/queue").await;
    let mut claims = house.claims(away.asked("nonce"));
    for (name, value) in over.as_object().expect("fields") {
        claims[name] = value.clone();
    }
    let token = house.sign(&claims);
    house.with(|said| said.token = token);
    away.back(clinic).await
}

async fn is_in(clinic: &TestClinic, answer: &Answer) -> Browser {
    assert_eq!(answer.is(StatusCode::SEE_OTHER).location(), "/queue", "{}", answer.text);
    let mut browser = clinic.stranger();
    browser.token = cookie(answer, "reclaim_session");
    browser.get("/queue").await.is(StatusCode::OK);
    browser
}

fn is_refused(answer: &Answer, why: &str) {
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&[why]);
    assert_eq!(cookie(answer, "reclaim_session"), None);
}

async fn tied(clinic: &TestClinic, login: &str) {
    let person = identity::person(login);
    let made = ties::tie(clinic.office(), person.as_str(), ("subject-1", "")).await;
    assert_eq!(made.expect("kept"), Ok(()));
}

#[tokio::test]
async fn nobody_comes_in_by_a_house_before_they_said_here_who_they_are() {
    let house = House::open().await;
    let clinic = clinic(&house, "").await;
    let ada = clinic.named("ada", Role::BillingSpecialist).await;
    clinic.stranger().get("/sign-in").await.shows(&["Sign in by North Login"]);
    let answer = round(&clinic, &house, &json!({})).await;
    assert_eq!(answer.is(StatusCode::SEE_OTHER).location(), "/account/tie");
    assert_eq!(cookie(&answer, "reclaim_session"), None);
    let newcomer = cookie(&answer, "reclaim_newcomer").expect("a cookie");
    let door = get_with(&clinic, "/account/tie", &format!("reclaim_newcomer={newcomer}")).await;
    assert_eq!(door.location(), "/sign-in?next=/account/tie");
    let door = get_with(&clinic, &door.location(), &format!("reclaim_newcomer={newcomer}")).await;
    door.shows(&["North Login knows you"]);

    let token = ada.token.clone().expect("signed in");
    let both = format!("reclaim_session={token}; reclaim_newcomer={newcomer}");
    get_with(&clinic, "/account/tie", &both).await.shows(&["ada@id.test", "Is that you, Test ada"]);
    let tie = |what: &str| {
        Request::post("/account/tie")
            .header(HOST, "reclaim.test")
            .header(COOKIE, &both)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(format!("csrf={}&what={what}", ada.csrf())))
            .expect("a request")
    };
    let done = clinic.stranger().send_as_it_is(tie("tie")).await;
    assert_eq!(done.is(StatusCode::SEE_OTHER).location(), "/account/tie");
    let again = clinic.stranger().send_as_it_is(tie("tie")).await;
    again.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Nobody waits"]);
    ada.get("/account/tie").await.shows(&["as ada@id.test"]);

    let browser = is_in(&clinic, &round(&clinic, &house, &json!({})).await).await;
    browser.get("/account").await.shows(&["Sign in by North Login", "<td>Another house</td>"]);
    let left = browser.post("/sign-out", &[]).await;
    assert_eq!(left.location(), "/sign-in?left=yes");
    clinic.stranger().get("/sign-in?left=yes").await.shows(&["sign out there too", "/end?"]);

    // What the house heard: our secret, and the word whose hash went there before.
    let (form, asked_by) = house.with(|said| said.heard.pop().expect("asked"));
    assert_eq!(asked_by, format!("Basic {}", STANDARD.encode("reclaim:synthetic+secret")));
    assert_eq!((form["code"].as_str(), form["grant_type"].as_str()), ("c1", "authorization_code"));
    assert_eq!(form["redirect_uri"], "https://reclaim.test/sign-in/back");

    let untie = clinic.stranger().send_as_it_is(tie("untie")).await;
    untie.is(StatusCode::SEE_OTHER);
    let answer = round(&clinic, &house, &json!({})).await;
    assert_eq!(answer.location(), "/account/tie");
    let root = clinic.named("root", Role::Administrator).await;
    root.get("/journal?book=house").await.shows(&[
        "Tied a person to their name at another house",
        "Untied a person from their name at another house",
        "Another house named somebody whom nobody here is tied to",
    ]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn who_was_signed_in_before_shows_once_more_who_they_are() {
    let house = House::open().await;
    let mut clinic = clinic(&house, "").await;
    let ada = clinic.named("ada", Role::BillingSpecialist).await;
    later(&mut clinic, "2026-03-03T12:01:00Z");
    let answer = round(&clinic, &house, &json!({})).await;
    let newcomer = cookie(&answer, "reclaim_newcomer").expect("a cookie");
    let token = ada.token.clone().expect("signed in");
    let both = format!("reclaim_session={token}; reclaim_newcomer={newcomer}");
    get_with(&clinic, "/account/tie", &both).await.shows(&["Your password, or a code of your app"]);
    for (old, status) in [
        ("", StatusCode::UNPROCESSABLE_ENTITY),
        ("wrong-password", StatusCode::UNPROCESSABLE_ENTITY),
        (PASSWORD, StatusCode::SEE_OTHER),
    ] {
        let request = Request::post("/account/tie")
            .header(HOST, "reclaim.test")
            .header(COOKIE, &both)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(format!("csrf={}&what=tie&old={old}", ada.csrf())))
            .expect("a request");
        clinic.stranger().send_as_it_is(request).await.is(status);
    }
    is_in(&clinic, &round(&clinic, &house, &json!({})).await).await;
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_goes_there_is_drawn_anew_and_bound_to_the_browser() {
    let house = House::open().await;
    let clinic = clinic(&house, "").await;
    clinic.named("ada", Role::BillingSpecialist).await;
    tied(&clinic, "ada").await;
    let (one, other) = (Away::from(&clinic, "/queue").await, Away::from(&clinic, "//evil").await);
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(one.asked(name), other.asked(name));
        assert_eq!(one.asked(name).len(), 43);
    }
    assert_eq!(one.asked("code_challenge_method"), "S256");
    assert_eq!((one.asked("response_type"), one.asked("scope")), ("code", "openid email"));
    let token = house.sign(&house.claims(one.asked("nonce")));
    house.with(|said| said.token = token);
    // Another browser's state, none, and one of before.
    let state = one.asked("state");
    is_refused(&other.back_with(&clinic, &format!("code=c&state={state}")).await, "took too long");
    is_refused(&one.back_with(&clinic, "code=c").await, "took too long");
    is_refused(&one.back(&clinic).await, "took too long");

    let away = Away::from(&clinic, "/queue").await;
    let token = house.sign(&house.claims(away.asked("nonce")));
    house.with(|said| said.token = token);
    is_in(&clinic, &away.back(&clinic).await).await;
    is_refused(&away.back(&clinic).await, "took too long");
    let (form, _) = house.with(|said| said.heard.pop().expect("asked"));
    let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes()));
    assert_eq!(hash, away.asked("code_challenge"));
    // The token of before, for another nonce.
    let replayed = Away::from(&clinic, "/queue").await.back(&clinic).await;
    is_refused(&replayed, "answers another question");
    let away = Away::from(&clinic, "/queue").await;
    let mut clinic = clinic;
    later(&mut clinic, "2026-03-03T12:11:00Z");
    is_refused(&away.back(&clinic).await, "took too long");
    clinic.is_proven().await;
}

#[tokio::test]
async fn tokens_that_are_not_for_us_open_nothing() {
    let house = House::open().await;
    let clinic = clinic(&house, "").await;
    clinic.named("ada", Role::BillingSpecialist).await;
    tied(&clinic, "ada").await;
    for (over, why) in [
        (json!({ "aud": "other" }), "for somebody else"),
        (json!({ "aud": ["reclaim", "other"] }), "for somebody else"),
        (json!({ "iss": "https://evil.test" }), "it is another one"),
        (json!({ "exp": NOON - 1 }), "has ended"),
        (json!({ "nonce": "other" }), "answers another question"),
    ] {
        is_refused(&round(&clinic, &house, &over).await, why);
    }
    let away = Away::from(&clinic, "/queue").await;
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = house.claims(away.asked("nonce"));
    let unsigned = format!("{}.{}.", part(json!({ "alg": "none" })), part(claims));
    house.with(|said| said.token = unsigned);
    is_refused(&away.back(&clinic).await, "none of RS256, ES256");

    // Another key under the same name, as a forger would have it.
    let right = house.with(|said| std::mem::replace(&mut said.keys, vec![("one", signer())]));
    let forged = round(&clinic, &house, &json!({})).await;
    is_refused(&forged, "signature is not right");
    house.with(|said| said.keys = right);
    is_in(&clinic, &round(&clinic, &house, &json!({})).await).await;
    let away = Away::from(&clinic, "/queue").await;
    let state = away.asked("state");
    let denied = away.back_with(&clinic, &format!("error=access_denied&state={state}")).await;
    is_refused(&denied, "it refused: access_denied");
    let away = Away::from(&clinic, "/queue").await;
    let (state, text) = (away.asked("state"), "Call+1-900-EVIL");
    let told = away.back_with(&clinic, &format!("error={text}&state={state}")).await;
    told.shows(&["no reason that can be told"]).hides(&["EVIL"]);
    let root = clinic.named("root", Role::Administrator).await;
    root.get("/journal?book=house").await.shows(&["Signing in by another house was refused"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn new_keys_of_the_house_are_fetched_but_not_at_every_forgery() {
    let house = House::open().await;
    let mut clinic = clinic(&house, "").await;
    clinic.named("ada", Role::BillingSpecialist).await;
    tied(&clinic, "ada").await;
    is_in(&clinic, &round(&clinic, &house, &json!({})).await).await;
    let shown = house.with(|said| said.keys_shown);
    house.with(|said| said.keys = vec![("two", signer())]);
    let early = round(&clinic, &house, &json!({})).await;
    is_refused(&early, "a key that it does not show");
    assert_eq!(house.with(|said| said.keys_shown), shown, "asked a moment ago");
    later(&mut clinic, "2026-03-03T12:02:00Z");
    is_in(&clinic, &round(&clinic, &house, &json!({})).await).await;
    assert_eq!(house.with(|said| said.keys_shown), shown + 1);
}

#[tokio::test]
async fn a_house_that_says_it_is_another_is_not_asked() {
    let house = House::open().await;
    let mut clinic = clinic(&house, "").await;
    for (minute, (odd, why)) in [
        (json!({ "issuer": "https://evil.test" }), "it says that it is another one"),
        (json!({ "token_endpoint": "http://evil.test/token" }), "expected an address with https"),
        (json!({ "code_challenge_methods_supported": ["plain"] }), "it lacks PKCE"),
        (json!({ "id_token_signing_alg_values_supported": ["HS256"] }), "it lacks tokens"),
        (json!({ "jwks_uri": 7 }), "its answer cannot be read"),
    ]
    .into_iter()
    .enumerate()
    {
        house.with(|said| said.odd = odd);
        later(&mut clinic, &format!("2026-03-03T14:{minute:02}:00Z"));
        is_refused(&get_with(&clinic, "/sign-in/elsewhere", "").await, why);
    }
    // It says in which name it sends people back, so it has to.
    let named = json!({ "authorization_response_iss_parameter_supported": true });
    house.with(|said| said.odd = named);
    later(&mut clinic, "2026-03-03T16:00:00Z");
    for iss in ["", "&iss=https://evil.test"] {
        let away = Away::from(&clinic, "/queue").await;
        let query = format!("code=c&state={}{iss}", away.asked("state"));
        is_refused(&away.back_with(&clinic, &query).await, "it is another one");
    }
}

#[tokio::test]
async fn whom_the_house_let_in_is_out_when_it_is_off() {
    let house = House::open().await;
    let clinic = clinic(&house, "").await;
    let ben = clinic.named("ben", Role::BillingSpecialist).await;
    clinic.named("ada", Role::BillingSpecialist).await;
    tied(&clinic, "ada").await;
    let ada = is_in(&clinic, &round(&clinic, &house, &json!({})).await).await;
    let away = Away::from(&clinic, "/queue").await;
    ties::run_off(clinic.office()).await.expect("off");
    assert_eq!(ada.get("/queue").await.location(), "/sign-in?next=/queue");
    ben.get("/queue").await.is(StatusCode::OK);
    is_refused(&away.back(&clinic).await, "took too long");
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_house_that_is_gone_is_told_without_a_word_of_the_network() {
    let house = House::open().await;
    let clinic = clinic(&house, "").await;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    let office = clinic.office();
    let mut tx = office.store.write_aside(office.practice()).await.expect("a turn");
    let issuer = tx.issuer().await.expect("read").expect("one");
    tx.set_issuer(Some(&store::issuers::Issuer { issuer: address, ..issuer })).await.expect("set");
    tx.commit().await.expect("kept");
    let told = get_with(&clinic, "/sign-in/elsewhere", "").await;
    is_refused(&told, "it cannot be reached. The other ways stay");
    told.hides(&["os error", "refused (", "127.0.0.1"]);
}

#[tokio::test]
async fn pages_that_only_name_the_house_do_not_ask_it() {
    let house = House::open().await;
    let clinic = clinic(&house, "").await;
    clinic.named("ada", Role::BillingSpecialist).await;
    tied(&clinic, "ada").await;
    let shown = house.with(|said| said.keys_shown);
    let left = clinic.stranger().get("/sign-in?left=yes").await;
    left.shows(&["Sign in by North Login"]).hides(&["sign out there too"]);
    assert_eq!(house.with(|said| said.keys_shown), shown, "it was not asked");
    // It was when the program began.
    oidc::meet(clinic.office(), &clinic.app.issuer).await.expect("asked");
    // However long ago it said where people sign out.
    let mut clinic = clinic;
    later(&mut clinic, "2026-03-04T12:00:00Z");
    clinic.stranger().get("/sign-in?left=yes").await.shows(&["sign out there too", "/end?"]);
    assert_eq!(house.with(|said| said.keys_shown), shown + 1);
}

#[tokio::test]
async fn a_second_factor_is_asked_for_unless_the_house_says_it_did() {
    let house = House::open().await;
    let clinic = clinic(&house, "mfa").await;
    let root = clinic.named("root", Role::Administrator).await;
    root.post("/practice", &[("second_factor", "leads")]).await.is(StatusCode::SEE_OTHER);
    // Whose password an administrator drew, and who never used it.
    let office = clinic.office();
    let new = crate::people::NewPerson {
        login: "lead",
        name: "Test lead",
        role: Role::BillingSupervisor,
        password: PASSWORD,
    };
    crate::people::add_for(office, &new).await.expect("made");
    tied(&clinic, "lead").await;
    let strong = json!({ "amr": ["pwd", "mfa"] });
    is_in(&clinic, &round(&clinic, &house, &strong).await).await;
    let weak = round(&clinic, &house, &json!({ "amr": ["pwd"] })).await;
    let mut browser = clinic.stranger();
    browser.token = cookie(&weak, "reclaim_session");
    assert_eq!(browser.get("/queue").await.location(), "/account");

    let person = identity::person("lead");
    let who = Actor { person: person.clone(), role: Role::BillingSupervisor };
    let lead = Office { who, ..office.clone() };
    assert!(factor::begin(&lead).await.expect("begun"));
    let mut tx = office.store.write_aside(office.practice()).await.expect("a turn");
    assert!(tx.confirm_factor(person.as_str(), 1, "2026-03-03T12:00:00Z").await.expect("kept"));
    tx.commit().await.expect("kept");
    let asked = round(&clinic, &house, &json!({})).await;
    assert_eq!(asked.location(), "/sign-in/code");
    assert_eq!(cookie(&asked, "reclaim_session"), None);
    is_in(&clinic, &round(&clinic, &house, &strong).await).await;

    crate::people::shut_out(office, person.as_str(), true).await.expect("shut out");
    let answer = round(&clinic, &house, &strong).await;
    assert_eq!(answer.location(), "/account/tie", "nobody is meant by it any more");
    clinic.is_proven().await;
}

#[tokio::test]
async fn an_administrator_ties_people_of_their_own_practices_alone() {
    let house = House::open().await;
    let clinic = clinic(&house, "").await;
    let root = clinic.named("root", Role::Administrator).await;
    clinic.named("ada", Role::BillingSpecialist).await;
    let (ada, me) = (identity::person("ada"), identity::person("root"));
    root.get("/people").await.shows(&["/people/ties"]);
    root.get("/people/ties").await.shows(&["North Login", &house.address(), "Nobody yet"]);
    let tie = |person: &str, subject: &str| {
        [("what", "tie".to_owned()), ("person", person.to_owned()), ("subject", subject.to_owned())]
    };
    for (fields, why) in [
        (tie(me.as_str(), "s"), "Tie yourself"),
        (tie("usr_nobody", "s"), "Choose somebody"),
        (tie(ada.as_str(), " "), "Expected the subject"),
    ] {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (*a, b.as_str())).collect();
        let answer = root.post("/people/ties", &fields).await;
        answer.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&[why]);
    }
    let fields = [("what", "tie"), ("person", ada.as_str()), ("subject", "subject-1")];
    root.post("/people/ties", &fields).await.is(StatusCode::SEE_OTHER);
    root.post("/people/ties", &fields).await.shows(&["tied already"]);
    root.get("/people/ties").await.shows(&["subject-1", "never"]);
    let browser = is_in(&clinic, &round(&clinic, &house, &json!({})).await).await;
    let untie = [("what", "untie"), ("person", ada.as_str())];
    root.post("/people/ties", &untie).await.is(StatusCode::SEE_OTHER);
    assert!(browser.get("/queue").await.location().starts_with("/sign-in"));

    // Somebody who works elsewhere too is not tied from here.
    let north = clinic.another_practice("north").await;
    let new = crate::people::NewPerson {
        login: "ada",
        name: "ada",
        role: Role::BillingSpecialist,
        password: "",
    };
    crate::people::add(&north, &new).await.expect("given");
    root.post("/people/ties", &fields).await.shows(&["another practice too"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn without_an_issuer_nobody_is_asked_and_the_pages_say_so() {
    let clinic = TestClinic::open().await;
    let root = clinic.named("root", Role::Administrator).await;
    root.get("/people/ties").await.shows(&["calls no other host"]);
    assert_eq!(root.get("/account/tie").await.location(), "/account");
    clinic.stranger().get("/sign-in").await.hides(&["Sign in by"]);
    let stranger = clinic.stranger();
    is_refused(&stranger.get("/sign-in/elsewhere").await, "not configured");
    is_refused(&stranger.get("/sign-in/back?code=c&state=s").await, "not configured");
}
