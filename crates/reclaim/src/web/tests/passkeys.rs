//! Passkeys: made, shown at the door and after the password, taken away, and what is refused.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use axum::http::{Request, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value;
use denial::person::Role;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::clinic::{Answer, Browser, PASSWORD, TestClinic, at};
use crate::identity;
use crate::practice::Office;
use crate::web::{App, site};

const ORIGIN: &str = "https://reclaim.test";

/// A clinic whose address is known.
async fn clinic() -> TestClinic {
    let mut clinic = TestClinic::open().await;
    clinic.app = App::at(site::configured(ORIGIN).ok(), clinic.office().clone(), false, None);
    clinic
}

/// The same clinic later.
fn later(clinic: &mut TestClinic, instant: &str) {
    let office = Office { clock: at(instant), ..clinic.office().clone() };
    clinic.app = App::at(site::configured(ORIGIN).ok(), office, false, None);
}

/// An authenticator with one passkey, and what it and its browser say.
struct Device {
    pair: EcdsaKeyPair,
    credential: Vec<u8>,
    handle: Vec<u8>,
    counter: u32,
    origin: &'static str,
    host: &'static str,
    flags: u8,
    kind: &'static str,
    challenge: Option<String>,
}

const PRESENT_AND_VERIFIED: u8 = 0x05;

impl Device {
    fn new(credential: u8) -> Device {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random);
        let made = made.expect("a key");
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, made.as_ref(), &random);
        Device {
            pair: pair.expect("its own form"),
            credential: vec![credential; 16],
            handle: Vec::new(),
            counter: 0,
            origin: ORIGIN,
            host: "reclaim.test",
            flags: PRESENT_AND_VERIFIED,
            kind: "webauthn.get",
            challenge: None,
        }
    }

    fn authenticator(&self, flags: u8, attested: &[u8]) -> Vec<u8> {
        let host = Sha256::digest(self.host.as_bytes());
        [&host[..], &[flags], &self.counter.to_be_bytes(), attested].concat()
    }

    fn client_data(&self, kind: &str, challenge: &str) -> Vec<u8> {
        let challenge = self.challenge.as_deref().unwrap_or(challenge);
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }

    fn cose(&self) -> Vec<u8> {
        let point = self.pair.public_key().as_ref();
        let coordinate = |bytes: &[u8]| Value::Bytes(bytes.to_vec());
        let pairs: [(i64, Value); 5] = [
            (1, 2.into()),
            (3, (-7).into()),
            (-1, 1.into()),
            (-2, coordinate(&point[1..33])),
            (-3, coordinate(&point[33..])),
        ];
        let pairs = pairs.into_iter().map(|(name, value)| (name.into(), value)).collect();
        cbor(&Value::Map(pairs))
    }

    /// The answer to `create`: client data and attestation.
    fn make(&self, challenge: &str) -> [String; 2] {
        let length = u16::try_from(self.credential.len()).expect("short");
        let attested =
            [&[0; 16], &length.to_be_bytes()[..], &self.credential, &self.cose()].concat();
        let authenticator = self.authenticator(self.flags | 0x40, &attested);
        let object = Value::Map(vec![
            ("fmt".into(), "none".into()),
            ("attStmt".into(), Value::Map(Vec::new())),
            ("authData".into(), Value::Bytes(authenticator)),
        ]);
        [self.client_data("webauthn.create", challenge), cbor(&object)]
            .map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The answer to `get`, as the form carries it.
    fn show(&mut self, challenge: &str) -> Vec<(&'static str, String)> {
        self.counter += 1;
        let client_data = self.client_data(self.kind, challenge);
        let authenticator = self.authenticator(self.flags, &[]);
        let signed = [&authenticator[..], &Sha256::digest(&client_data)].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).expect("signed");
        vec![
            ("credential", URL_SAFE_NO_PAD.encode(&self.credential)),
            ("client_data", URL_SAFE_NO_PAD.encode(client_data)),
            ("authenticator", URL_SAFE_NO_PAD.encode(authenticator)),
            ("signature", URL_SAFE_NO_PAD.encode(signature)),
            ("handle", URL_SAFE_NO_PAD.encode(&self.handle)),
        ]
    }
}

fn cbor(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("written");
    bytes
}

fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let all = answer.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut values = all.filter_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('='));
    values.next().and_then(|rest| rest.split(';').next()).map(str::to_owned)
}

fn attribute(page: &Answer, name: &str) -> String {
    let rest = page.text.split(&format!("{name}=\"")).nth(1).expect(name);
    rest.split('"').next().expect("quoted").to_owned()
}

/// Asks for a new passkey and makes it; gives the answer.
async fn add(browser: &Browser, device: &mut Device, name: &str) -> Answer {
    let begin = [("what", "begin"), ("old", PASSWORD), ("name", name)];
    let page = browser.post("/account/passkey", &begin).await;
    page.is(StatusCode::OK).shows(&["A new passkey", "Make the passkey", "runs no script here"]);
    let handle = attribute(&page, "data-handle");
    device.handle = URL_SAFE_NO_PAD.decode(handle).expect("letters");
    finish(browser, device, &attribute(&page, "data-challenge")).await
}

async fn finish(browser: &Browser, device: &Device, challenge: &str) -> Answer {
    let [client_data, attestation] = device.make(challenge);
    let fields = [("what", "add"), ("client_data", &client_data), ("attestation", &attestation)];
    browser.post("/account/passkey", &fields).await
}

/// Somebody at the door, with the cookies of their browser.
struct Door<'a> {
    clinic: &'a TestClinic,
    half: Option<String>,
}

impl Door<'_> {
    async fn send(&self, path: &str, passkey: &str, fields: &[(&str, String)]) -> Answer {
        let half = self.half.as_deref().map(|token| format!("reclaim_code={token}; "));
        let cookies = format!("{}reclaim_passkey={passkey}", half.unwrap_or_default());
        let mut pairs: Vec<String> =
            fields.iter().map(|(name, text)| format!("{name}={text}")).collect();
        if self.half.is_some() {
            pairs.push("second=yes".to_owned());
        }
        let request = Request::post(path)
            .header(HOST, "reclaim.test")
            .header("x-forwarded-for", "192.0.2.7")
            .header(COOKIE, cookies)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(pairs.join("&")))
            .expect("a request");
        self.clinic.stranger().send_as_it_is(request).await
    }

    /// A challenge, and the cookie that holds it.
    async fn ask(&self) -> (String, String, Answer) {
        let answer = self.send("/sign-in/passkey/begin", "", &[]).await;
        answer.is(StatusCode::OK);
        let cookie = cookie(&answer, "reclaim_passkey").expect("a cookie");
        let asked: serde_json::Value = serde_json::from_str(&answer.text).expect("JSON");
        (asked["challenge"].as_str().expect("a challenge").to_owned(), cookie, answer)
    }

    async fn show(&self, device: &mut Device) -> Answer {
        let (challenge, cookie, _) = self.ask().await;
        self.send("/sign-in/passkey", &cookie, &device.show(&challenge)).await
    }

    async fn is_refused(&self, device: &mut Device, why: &str) {
        let answer = self.show(device).await;
        answer.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&[why]);
        assert_eq!(cookie(&answer, "reclaim_session"), None);
    }
}

fn door(clinic: &TestClinic) -> Door<'_> {
    Door { clinic, half: None }
}

/// After the password.
async fn half_way<'a>(clinic: &'a TestClinic, login: &str) -> Door<'a> {
    let fields = [("login", login), ("password", PASSWORD), ("next", "/queue")];
    let answer = clinic.stranger().send_form("/sign-in", &fields).await;
    assert_eq!(answer.is(StatusCode::SEE_OTHER).location(), "/sign-in/code");
    Door { clinic, half: cookie(&answer, "reclaim_code") }
}

async fn is_in(clinic: &TestClinic, answer: &Answer, place: &str) {
    assert_eq!(answer.is(StatusCode::SEE_OTHER).location(), place, "{}", answer.text);
    let mut browser = clinic.stranger();
    browser.token = cookie(answer, "reclaim_session");
    browser.get("/queue").await.is(StatusCode::OK);
}

#[tokio::test]
async fn a_passkey_opens_the_door_alone_and_is_the_second_factor_after_the_password() {
    let clinic = clinic().await;
    let ada = clinic.named("ada", Role::BillingSpecialist).await;
    clinic
        .stranger()
        .get("/sign-in")
        .await
        .shows(&["Sign in with a passkey", "/assets/passkey.js"]);
    for (old, name, why) in
        [("wrong-password", "Phone", "is another one"), (PASSWORD, " ", "a name of up to 40")]
    {
        let begin = [("what", "begin"), ("old", old), ("name", name)];
        let answer = ada.post("/account/passkey", &begin).await;
        answer.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&[why]);
    }
    let mut device = Device::new(1);
    let added = add(&ada, &mut device, "Phone").await;
    added.is(StatusCode::OK).shows(&["shown this once", "Phone", "never"]);
    assert_eq!(added.text.matches("class=\"secret\"").count(), 10);

    is_in(&clinic, &door(&clinic).show(&mut device).await, "/").await;
    let half = half_way(&clinic, "ada").await;
    let (_, _, asked) = half.ask().await;
    asked.shows(&[&URL_SAFE_NO_PAD.encode([1; 16]), "reclaim.test"]);
    is_in(&clinic, &half.show(&mut device).await, "/queue").await;
    ada.get("/account").await.shows(&["Phone"]).hides(&["<td>never</td>"]);

    let mut other = Device::new(2);
    assert_eq!(add(&ada, &mut other, "Key").await.location(), "/account?done=passkey");
    let again = add(&ada, &mut other, "Key").await;
    again.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["here already"]);
    let (one, old) = (hex::encode([1; 16]), PASSWORD);
    let wrong = [("what", "remove"), ("old", "wrong-password"), ("credential", &one)];
    ada.post("/account/passkey", &wrong).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    let remove = [("what", "remove"), ("old", old), ("credential", one.as_str())];
    let removed = ada.post("/account/passkey", &remove).await;
    assert_eq!(removed.location(), "/account?done=passkey_off");
    ada.post("/account/passkey", &remove).await.shows(&["Choose one of your passkeys"]);
    door(&clinic).is_refused(&mut device, "opens nothing here").await;
    is_in(&clinic, &door(&clinic).show(&mut other).await, "/").await;

    let root = clinic.named("root", Role::Administrator).await;
    root.get("/journal?book=house").await.shows(&[
        "Added a passkey",
        "Removed a passkey",
        "Showed a passkey that was refused",
    ]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_a_strange_or_altered_device_shows_is_refused() {
    let clinic = clinic().await;
    let ada = clinic.named("ada", Role::BillingSpecialist).await;
    let mut device = Device::new(1);
    add(&ada, &mut device, "Phone").await.is(StatusCode::OK);
    let (door, nothing) = (door(&clinic), "opens nothing here");
    device.origin = "https://reclaim.test.evil";
    door.is_refused(&mut device, nothing).await;
    device.origin = ORIGIN;
    device.host = "evil.test";
    door.is_refused(&mut device, nothing).await;
    device.host = "reclaim.test";
    device.kind = "webauthn.create";
    door.is_refused(&mut device, nothing).await;
    device.kind = "webauthn.get";
    device.challenge = Some(URL_SAFE_NO_PAD.encode([7; 32]));
    door.is_refused(&mut device, nothing).await;
    device.challenge = None;
    device.flags = 0x01;
    door.is_refused(&mut device, "Set up a PIN").await;
    device.flags = 0x04;
    door.is_refused(&mut device, nothing).await;
    device.flags = PRESENT_AND_VERIFIED | 0x08;
    door.is_refused(&mut device, nothing).await;
    device.flags = PRESENT_AND_VERIFIED;
    let handle = std::mem::replace(&mut device.handle, vec![1; 32]);
    door.is_refused(&mut device, nothing).await;
    device.handle = Vec::new();
    door.is_refused(&mut device, nothing).await;
    device.handle = handle;
    let pair = std::mem::replace(&mut device.pair, Device::new(1).pair);
    door.is_refused(&mut device, nothing).await;
    device.pair = pair;
    let credential = std::mem::replace(&mut device.credential, vec![9; 16]);
    door.is_refused(&mut device, nothing).await;
    device.credential = credential;

    is_in(&clinic, &door.show(&mut device).await, "/").await;
    device.counter -= 1;
    door.is_refused(&mut device, "may have been copied").await;
    let bare = door.send("/sign-in/passkey", "", &[]).await;
    bare.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["The other ways to sign in need none"]);
    let root = clinic.named("root", Role::Administrator).await;
    root.get("/journal?book=house")
        .await
        .shows(&["Showed a passkey that may be a copy", "Showed a passkey that was refused"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_challenge_is_answered_once_soon_and_by_who_was_asked() {
    let mut clinic = clinic().await;
    let ada = clinic.named("ada", Role::BillingSpecialist).await;
    let ben = clinic.named("ben", Role::BillingSpecialist).await;
    let (mut of_ada, mut of_ben) = (Device::new(1), Device::new(2));
    add(&ada, &mut of_ada, "Phone").await.is(StatusCode::OK);
    add(&ben, &mut of_ben, "Phone").await.is(StatusCode::OK);

    let at_door = door(&clinic);
    let (challenge, cookie, _) = at_door.ask().await;
    let shown = of_ada.show(&challenge);
    is_in(&clinic, &at_door.send("/sign-in/passkey", &cookie, &shown).await, "/").await;
    let again = at_door.send("/sign-in/passkey", &cookie, &shown).await;
    again.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["answered before"]);
    let (_, fresh, _) = at_door.ask().await;
    let replayed = at_door.send("/sign-in/passkey", &fresh, &shown).await;
    replayed.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["opens nothing here"]);
    // A wrong answer uses the challenge up too.
    let (challenge, used, _) = at_door.ask().await;
    at_door.send("/sign-in/passkey", &used, &shown).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    let late = at_door.send("/sign-in/passkey", &used, &of_ada.show(&challenge)).await;
    late.shows(&["answered before"]);
    // The challenge of the door is none for the second page, and the other way round.
    let half = half_way(&clinic, "ada").await;
    let (challenge, of_door, _) = at_door.ask().await;
    let crossed = half.send("/sign-in/passkey", &of_door, &of_ada.show(&challenge)).await;
    crossed.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["answered before"]);
    half.is_refused(&mut of_ben, "opens nothing here").await;
    is_in(&clinic, &half.show(&mut of_ada).await, "/queue").await;

    let begin = [("what", "begin"), ("old", PASSWORD), ("name", "Other")];
    let page = ada.post("/account/passkey", &begin).await;
    let challenge = attribute(&page, "data-challenge");
    let stolen = finish(&ben, &Device::new(3), &challenge).await;
    stolen.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Begin again"]);
    let (_, waiting, _) = door(&clinic).ask().await;
    later(&mut clinic, "2026-03-03T12:06:00Z");
    let late = finish(&clinic.again(&ada), &Device::new(3), &challenge).await;
    late.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["took too long"]);
    let late = door(&clinic).send("/sign-in/passkey", &waiting, &of_ada.show("")).await;
    late.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["took too long"]);

    let root = clinic.named("root", Role::Administrator).await;
    let person = identity::person("ada");
    root.post("/people", &[("person", person.as_str()), ("what", "out")]).await.is(StatusCode::OK);
    door(&clinic).is_refused(&mut of_ada, "opens nothing here").await;
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_a_device_makes_wrongly_is_not_taken() {
    let clinic = clinic().await;
    let ada = clinic.named("ada", Role::BillingSpecialist).await;
    let mut device = Device::new(1);
    for (flags, origin, why) in [
        (0x01, ORIGIN, "did not check who was there"),
        (PRESENT_AND_VERIFIED, "https://evil.test", "another site"),
    ] {
        device.flags = flags;
        device.origin = origin;
        let answer = add(&ada, &mut device, "Phone").await;
        answer.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&[why]);
    }
    let begin = [("what", "begin"), ("old", PASSWORD), ("name", "Phone")];
    ada.post("/account/passkey", &begin).await.is(StatusCode::OK);
    let bare = ada.post("/account/passkey", &[("what", "add")]).await;
    bare.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["runs the script of this page"]);
    clinic.stranger().sign_in("ada", PASSWORD).await.is(StatusCode::SEE_OTHER);
    let root = clinic.named("root", Role::Administrator).await;
    root.get("/journal?book=house").await.shows(&["A new passkey was refused"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_passkey_is_the_second_factor_that_a_practice_asks_for() {
    let clinic = clinic().await;
    let root = clinic.named("root", Role::Administrator).await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    root.post("/practice", &[("second_factor", "leads")]).await.is(StatusCode::SEE_OTHER);
    assert_eq!(lead.get("/queue").await.location(), "/account");
    let mut device = Device::new(1);
    add(&lead, &mut device, "Phone").await.is(StatusCode::OK).shows(&["Go on to Home"]);
    lead.get("/queue").await.is(StatusCode::OK);
    let credential = hex::encode([1; 16]);
    let remove = [("what", "remove"), ("old", PASSWORD), ("credential", credential.as_str())];
    lead.post("/account/passkey", &remove).await.shows(&["keep it"]);

    add(&root, &mut Device::new(2), "Key").await.is(StatusCode::OK);
    root.get("/people").await.shows(&["Forget second factor"]);
    let person = identity::person("lead");
    let forget = [("person", person.as_str()), ("what", "factor")];
    root.post("/people", &forget).await.is(StatusCode::OK);
    door(&clinic).is_refused(&mut device, "opens nothing here").await;
    let mut lead = clinic.stranger();
    lead.sign_in("lead", PASSWORD).await.is(StatusCode::SEE_OTHER);
    assert_eq!(lead.get("/").await.location(), "/account");
    clinic.is_proven().await;
}

#[tokio::test]
async fn showing_strange_passkeys_from_one_place_takes_longer_and_longer() {
    let clinic = clinic().await;
    let door = door(&clinic);
    let mut device = Device::new(1);
    for _ in 0..20 {
        door.is_refused(&mut device, "opens nothing here").await;
    }
    door.is_refused(&mut device, "Too many tries").await;
}

#[tokio::test]
async fn where_no_address_is_known_the_pages_say_so() {
    let clinic = TestClinic::open().await;
    let ada = clinic.named("ada", Role::BillingSpecialist).await;
    ada.get("/account").await.shows(&["start it with --address"]).hides(&["Add a passkey"]);
    let begin = [("what", "begin"), ("old", PASSWORD), ("name", "Phone")];
    ada.post("/account/passkey", &begin).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    let stranger = clinic.stranger();
    stranger.get("/sign-in").await.hides(&["passkey"]);
    let asked = stranger.send_form("/sign-in/passkey/begin", &[]).await;
    asked.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["none is known here"]);
}
