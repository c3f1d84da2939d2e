//! Second factors: set up, asked for, lost, and asked for by the practice.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use axum::http::{Request, StatusCode};
use denial::person::Role;
use totp_rs::{Builder, Secret, Totp};

use super::clinic::{Answer, Browser, PASSWORD, TestClinic};
use crate::identity;

/// 2026-03-03T12:00:00Z, when these stories begin.
const NOON: u64 = 1_772_539_200;

/// A device that shows codes.
struct Device(Totp);

impl Device {
    /// Types the secret of a page in.
    fn of(page: &Answer) -> Device {
        let shown = page.text.split("class=\"secret\">").nth(1).expect("a secret");
        let letters = shown.split('<').next().expect("its end").replace(' ', "");
        let bits: Vec<u8> = letters
            .bytes()
            .flat_map(|letter| {
                let value =
                    if letter.is_ascii_digit() { letter - b'2' + 26 } else { letter - b'A' };
                (0..5).rev().map(move |bit| value >> bit & 1)
            })
            .collect();
        let bytes: Vec<u8> =
            bits.chunks(8).map(|byte| byte.iter().fold(0, |all, bit| all * 2 + bit)).collect();
        let secret = Secret::new_stack(bytes.try_into().expect("twenty bytes"));
        Device(Builder::new().with_secret(secret).build().expect("as the standard has it"))
    }

    fn code(&self, seconds: u64) -> String {
        self.0.generate(seconds).to_string()
    }
}

/// Sets a second factor up with its code of noon; gives the recovery codes.
async fn set_up(browser: &Browser) -> (Device, Vec<String>) {
    let begin = [("what", "enrol"), ("old", PASSWORD)];
    browser.post("/account", &begin).await.is(StatusCode::SEE_OTHER);
    let page = browser.get("/account").await;
    page.is(StatusCode::OK).shows(&["class=\"qr\"", "Turn it on"]);
    let device = Device::of(&page);
    let wrong = [("what", "confirm"), ("code", "000000")];
    browser.post("/account", &wrong).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    let code = device.code(NOON);
    let done = browser.post("/account", &[("what", "confirm"), ("code", &code)]).await;
    done.is(StatusCode::OK).shows(&["shown this once", "10 recovery codes are left"]);
    let codes = done.text.split("class=\"secret\">").skip(1);
    let codes: Vec<String> =
        codes.filter_map(|text| text.split('<').next()).map(str::to_owned).collect();
    assert_eq!(codes.len(), 10);
    browser.get("/account").await.hides(&[&codes[0], "Turn it on"]);
    (device, codes)
}

/// Somebody at the second page.
struct HalfWay<'a> {
    clinic: &'a TestClinic,
    cookie: String,
}

/// The first value of a cookie that an answer sets.
fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let all = answer.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut values = all.filter_map(|cookie| {
        cookie.strip_prefix(name)?.strip_prefix('=')?.split(';').next().map(str::to_owned)
    });
    values.next()
}

impl HalfWay<'_> {
    async fn of<'a>(clinic: &'a TestClinic, login: &str, password: &str) -> HalfWay<'a> {
        let fields = [("login", login), ("password", password), ("next", "/queue")];
        let answer = clinic.stranger().send_form("/sign-in", &fields).await;
        assert_eq!(answer.is(StatusCode::SEE_OTHER).location(), "/sign-in/code");
        assert_eq!(cookie(&answer, "reclaim_session"), None);
        let cookie = cookie(&answer, "reclaim_code").expect("a cookie");
        HalfWay { clinic, cookie }
    }

    async fn send(&self, code: &str) -> Answer {
        let request = Request::post("/sign-in/code")
            .header(HOST, "reclaim.test")
            .header(COOKIE, format!("reclaim_code={}", self.cookie))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("code={}", code.replace(' ', "+"))))
            .expect("a request");
        self.clinic.stranger().send_as_it_is(request).await
    }

    /// Comes through with a code.
    async fn enter(&self, code: &str) -> Browser {
        let answer = self.send(code).await;
        assert_eq!(answer.is(StatusCode::SEE_OTHER).location(), "/queue", "{}", answer.text);
        let mut browser = self.clinic.stranger();
        browser.token = cookie(&answer, "reclaim_session");
        browser.get("/").await.is(StatusCode::OK);
        browser
    }

    async fn is_refused(&self, code: &str, why: &str) {
        let answer = self.send(code).await;
        answer.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&[why]);
        assert_eq!(cookie(&answer, "reclaim_session"), None);
    }
}

#[tokio::test]
async fn a_password_alone_opens_nothing_and_each_code_opens_once() {
    let mut clinic = TestClinic::open().await;
    let ada = clinic.named("ada", Role::BillingSpecialist).await;
    let wrong = [("what", "enrol"), ("old", "wrong-password")];
    ada.post("/account", &wrong).await.shows(&["is another one"]);
    let (device, _) = set_up(&ada).await;
    let again = [("what", "enrol"), ("old", PASSWORD)];
    ada.post("/account", &again).await.is(StatusCode::UNPROCESSABLE_ENTITY);

    let door = HalfWay::of(&clinic, "ada", PASSWORD).await;
    door.is_refused(&device.code(NOON), "used before").await;
    door.is_refused("000000", "not right").await;
    door.is_refused(&device.code(NOON + 120), "not right").await;
    let next = device.code(NOON + 30);
    door.enter(&format!("{} {}", &next[..3], &next[3..])).await;
    let spent = door.send(&next).await;
    assert_eq!(spent.is(StatusCode::SEE_OTHER).location(), "/sign-in", "the way is gone");
    HalfWay::of(&clinic, "ada", PASSWORD).await.is_refused(&next, "used before").await;

    clinic.later("2026-03-03T12:01:00Z");
    let late = HalfWay::of(&clinic, "ada", PASSWORD).await.cookie;
    clinic.later("2026-03-03T12:07:00Z");
    let late = HalfWay { clinic: &clinic, cookie: late };
    let answer = late.send(&device.code(NOON + 420)).await;
    assert_eq!(answer.is(StatusCode::SEE_OTHER).location(), "/sign-in");
    // Whoever gave the old password has no way left once there is a new one.
    let door = HalfWay::of(&clinic, "ada", PASSWORD).await;
    let admin = clinic.named("root", Role::Administrator).await;
    let ada = crate::identity::person("ada");
    admin.post("/people", &[("person", ada.as_str()), ("what", "password")]).await;
    let answer = door.send(&device.code(NOON + 420)).await;
    assert_eq!(answer.is(StatusCode::SEE_OTHER).location(), "/sign-in");
    let bare = clinic.stranger().get("/sign-in/code").await;
    assert_eq!(bare.location(), "/sign-in");
    clinic.is_proven().await;
}

#[tokio::test]
async fn guessing_codes_takes_longer_and_longer_and_the_password_forgives_nothing() {
    let clinic = TestClinic::open().await;
    let ada = clinic.named("ada", Role::BillingSpecialist).await;
    let (device, codes) = set_up(&ada).await;
    for guess in ["000001", "000002", "000003", "not-a-code"] {
        HalfWay::of(&clinic, "ada", PASSWORD).await.is_refused(guess, "not right").await;
    }
    let waits = clinic.stranger().sign_in("ada", PASSWORD).await;
    waits.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Too many tries"]);
    drop((device, codes));
    let root = clinic.named("root", Role::Administrator).await;
    root.get("/journal?book=house").await.shows(&[
        "Gave the right password; a code was asked for",
        "Gave a wrong code",
        "Set up codes of an app",
    ]);
}

#[tokio::test]
async fn recovery_codes_open_once_each_and_new_ones_end_the_old() {
    let clinic = TestClinic::open().await;
    let ada = clinic.named("ada", Role::BillingSpecialist).await;
    let (_, codes) = set_up(&ada).await;
    let door = HalfWay::of(&clinic, "ada", PASSWORD).await;
    let browser = door.enter(&codes[3].to_uppercase()).await;
    browser.get("/account").await.shows(&["9 recovery codes are left"]);
    let door = HalfWay::of(&clinic, "ada", PASSWORD).await;
    door.is_refused(&codes[3], "used before").await;
    let renew = [("what", "codes"), ("old", PASSWORD)];
    browser.post("/account", &renew).await.is(StatusCode::OK).shows(&["10 recovery codes"]);
    door.is_refused(&codes[4], "used before").await;
    let off = [("what", "factor_off"), ("old", PASSWORD)];
    assert_eq!(browser.post("/account", &off).await.location(), "/account?done=factor_off");
    clinic.stranger().sign_in("ada", PASSWORD).await.is(StatusCode::SEE_OTHER);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_practice_asks_for_it_before_anything_else_opens() {
    let clinic = TestClinic::open().await;
    let root = clinic.named("root", Role::Administrator).await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let ada = clinic.named("ada", Role::BillingSpecialist).await;
    let odd = [("second_factor", "some")];
    root.post("/practice", &odd).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    root.post("/practice", &[("second_factor", "leads")]).await.is(StatusCode::SEE_OTHER);
    ada.get("/queue").await.is(StatusCode::OK);
    for person in [&root, &lead] {
        assert_eq!(person.get("/").await.location(), "/account");
        let sent = person.post("/people", &[("what", "add")]).await;
        assert_eq!(sent.location(), "/account");
    }
    lead.get("/account").await.shows(&["asks you for a second factor", "Set it up"]);
    set_up(&lead).await;
    lead.get("/queue").await.is(StatusCode::OK);
    let off = [("what", "factor_off"), ("old", PASSWORD)];
    lead.post("/account", &off).await.shows(&["keep it"]);

    set_up(&root).await;
    root.get("/practice").await.shows(&["value=\"leads\" selected"]);
    root.get("/people").await.shows(&["second factor", "Forget second factor"]);
    let person = identity::person("lead");
    let forget = [("person", person.as_str()), ("what", "factor")];
    root.post("/people", &forget).await.is(StatusCode::OK);
    assert!(lead.get("/").await.location().starts_with("/sign-in"));
    let mut lead = clinic.stranger();
    lead.sign_in("lead", PASSWORD).await.is(StatusCode::SEE_OTHER);
    assert_eq!(lead.get("/").await.location(), "/account");
    root.get("/journal?book=house")
        .await
        .shows(&["Said who needs a second factor", "Removed codes of an app"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_new_password_names_the_factors_that_stay_and_takes_them_away() {
    let clinic = TestClinic::open().await;
    let root = clinic.named("root", Role::Administrator).await;
    let ada = clinic.named("ada", Role::BillingSpecialist).await;
    let person = identity::person("ada");
    let change =
        |what: &'static str| [("person", person.as_str().to_owned()), ("what", what.to_owned())];
    let post = async |what: &'static str| {
        let fields = change(what);
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        root.post("/people", &fields).await
    };
    post("password").await.is(StatusCode::OK).hides(&["stays:"]);
    let mut ada = clinic.again(&ada);
    let drawn = post("password").await;
    let secret =
        drawn.text.split("class=\"secret\">").nth(1).and_then(|rest| rest.split('<').next());
    ada.sign_in("ada", secret.expect("a password")).await.is(StatusCode::SEE_OTHER);
    let own = [
        ("what", "password"),
        ("old", secret.expect("a password")),
        ("new", PASSWORD),
        ("again", PASSWORD),
    ];
    ada.post("/account", &own).await.is(StatusCode::SEE_OTHER);
    set_up(&ada).await;
    let page = post("password").await;
    page.is(StatusCode::OK).shows(&["stays: codes of an app.", "Take away codes and passkeys"]);
    page.hides(&["Untie from the other house"]);
    assert!(ada.get("/").await.location().starts_with("/sign-in"), "their sessions have ended");
    post("factor").await.shows(&["Their second factor was taken away"]);
    post("password").await.hides(&["stays:"]);
    post("untie").await.is(StatusCode::OK);
    root.get("/journal?book=house").await.shows(&["Removed codes of an app"]);
    clinic.is_proven().await;
}
