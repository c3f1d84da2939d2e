//! Requests that no page of ours sends: forged, sent again, from other sites, too large, said
//! twice, of another kind.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE, TRANSFER_ENCODING};
use axum::http::{Request, StatusCode};
use denial::person::Role;

use super::clinic::{Answer, Browser, PASSWORD, TestClinic, denied, era, take};

pub(super) const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// A request with these headers and the browser's cookie, and nothing else.
pub(super) async fn bare(
    browser: &Browser,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(token) = &browser.token {
        request = request.header(COOKIE, format!("reclaim_session={token}"));
    }
    browser.send_as_it_is(request.body(body.into()).expect("a request")).await
}

/// A lead with one case, and its address.
pub(super) async fn desk() -> (TestClinic, Browser, String) {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    let case = lead.find("A-1").await;
    (clinic, lead, case)
}

fn note(csrf: &str, version: &str) -> String {
    format!("csrf={csrf}&act=note&version={version}&text=forged")
}

#[tokio::test]
async fn a_form_from_another_site_does_nothing() {
    let (_clinic, lead, case) = desk().await;
    let version = lead.get(&case).await.field("version");
    let (path, body) = (format!("{case}/acts"), note(&lead.csrf(), &version));
    let host = ("host", "reclaim.test");
    for headers in [
        [("sec-fetch-site", "cross-site"), ("origin", "http://reclaim.test")],
        [("sec-fetch-site", "same-site"), ("origin", "http://reclaim.test")],
        [("origin", "http://evil.test"), ("referer", "http://reclaim.test/")],
        [("origin", "http://reclaim.test.evil.test"), ("x-a", "b")],
        [("origin", "http://evil.test/reclaim.test"), ("x-a", "b")],
        [("origin", "null"), ("x-a", "b")],
        [("origin", "reclaim.test"), ("x-a", "b")],
    ] {
        let all = [headers.as_slice(), &[host, FORM]].concat();
        bare(&lead, "POST", &path, &all, body.clone()).await.is(StatusCode::FORBIDDEN);
    }
    lead.get(&case).await.hides(&["forged"]);
    let own = [("origin", "http://reclaim.test"), host, FORM];
    bare(&lead, "POST", &path, &own, body).await.is(StatusCode::SEE_OTHER);
    lead.get(&case).await.shows(&["forged"]);
}

#[tokio::test]
async fn a_token_is_one_sessions_own_and_ends_with_it() {
    let (clinic, mut lead, case) = desk().await;
    let other = clinic.named("ada", Role::BillingSpecialist).await;
    let version = lead.get(&case).await.field("version");
    let path = format!("{case}/acts");
    let fields = [("act", "note"), ("version", &version), ("text", "forged")];
    let mut tried = fields.to_vec();
    let (theirs, session) = (other.csrf(), lead.token.clone().expect("a session"));
    for token in ["", "0", theirs.as_str(), session.as_str()] {
        tried.push(("csrf", token));
        lead.send_form(&path, &tried).await.is(StatusCode::FORBIDDEN);
        tried.pop();
    }
    lead.send_form(&path, &tried).await.is(StatusCode::FORBIDDEN);
    let (old, before) = (lead.csrf(), lead.token.clone());
    lead.sign_in("lead", PASSWORD).await.is(StatusCode::SEE_OTHER);
    tried.push(("csrf", &old));
    lead.send_form(&path, &tried).await.is(StatusCode::FORBIDDEN);
    let now = lead.token.clone();
    lead.token = before;
    let led = lead.send_form(&path, &tried).await;
    assert!(led.location().starts_with("/sign-in"), "the session of before has ended");
    lead.token = now;
    lead.get(&case).await.hides(&["forged"]);
}

#[tokio::test]
async fn tokens_that_nobody_was_given_open_nothing() {
    let (clinic, lead, case) = desk().await;
    let token = lead.token.clone().expect("a session");
    let mut stranger = clinic.stranger();
    let mut altered = token.clone();
    altered.replace_range(..1, if token.starts_with('0') { "1" } else { "0" });
    let upper = token.to_uppercase();
    for forged in ["", "0", &"0".repeat(64), &altered, &"é".repeat(32), &upper, &token[1..]] {
        stranger.token = Some(forged.to_owned());
        let led = bare(&stranger, "GET", &case, &[], Body::empty()).await;
        assert!(led.location().starts_with("/sign-in"), "{forged}: {}", led.status);
    }
    let (query, none) = (format!("{case}?reclaim_session={token}"), clinic.stranger());
    let led = bare(&none, "GET", &query, &[("authorization", &token)], Body::empty()).await;
    assert!(led.location().starts_with("/sign-in"), "a session comes as a cookie alone");
}

#[tokio::test]
async fn a_form_that_is_sent_twice_counts_once() {
    let (clinic, lead, case) = desk().await;
    lead.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    let version = lead.get(&case).await.field("version");
    let post = [("kind", "payer_payment"), ("amount", "41")];
    lead.act_at(&case, &version, "post", &post).await.is(StatusCode::SEE_OTHER);
    lead.act_at(&case, &version, "post", &post).await.is(StatusCode::CONFLICT);
    lead.get(&case).await.shows(&["$49.00"]).hides(&["$8.00"]);
    let version = lead.get(&case).await.field("version");
    let ask = [("to", "provider"), ("text", "Was it urgent?")];
    lead.act_at(&case, &version, "ask_colleague", &ask).await.is(StatusCode::SEE_OTHER);
    lead.act_at(&case, &version, "ask_colleague", &ask).await.is(StatusCode::CONFLICT);
    let again = take(&lead, "b.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    again.shows(&["Nothing was taken twice"]);
    let admin = clinic.named("root", Role::Administrator).await;
    let person = [("what", "add"), ("login", "eve"), ("name", "Eve"), ("role", "poster")];
    let first = admin.post("/people", &person).await;
    let second = admin.post("/people", &person).await;
    first.is(StatusCode::OK).shows(&["<code"]);
    second.hides(&["<code"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn no_answer_can_be_framed_shared_or_read_by_another_site() {
    let (_clinic, lead, case) = desk().await;
    let evil = [("origin", "https://evil.test"), ("host", "reclaim.test")];
    let large = "x=".repeat(2 << 20);
    for (method, path, body) in [
        ("GET", case.as_str(), ""),
        ("GET", "/queue.csv", ""),
        ("GET", "/people", ""),
        ("GET", "/nowhere", ""),
        ("GET", "/cases/%00", ""),
        ("GET", "/assets/reclaim.css", ""),
        ("OPTIONS", case.as_str(), ""),
        ("PUT", "/queue", ""),
        ("POST", "/sign-in", large.as_str()),
        ("POST", "/queue/bulk", "csrf=0"),
    ] {
        let answer = bare(&lead, method, path, &evil, body.to_owned()).await;
        let header = |name: &str| {
            let value = answer.headers.get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let place = format!("{method} {path} {}", answer.status);
        assert!(!answer.status.is_server_error(), "{place}");
        let policy = header("content-security-policy");
        for part in ["frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'"] {
            assert!(policy.contains(part), "{place}: {policy}");
        }
        assert_eq!(header("x-frame-options"), "DENY", "{place}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{place}");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{place}");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{place}");
        let shared = answer.headers.keys().any(|name| name.as_str().starts_with("access-control"));
        assert!(!shared, "{place}: {:?}", answer.headers);
    }
}

#[tokio::test]
async fn over_tls_cookies_and_the_browser_hold_to_this_host() {
    let (_clinic, lead, case) = desk().await;
    let tls = [("x-forwarded-proto", "https"), ("host", "reclaim.test"), FORM];
    let form = format!("login=lead&password={PASSWORD}");
    let answer = bare(&lead, "POST", "/sign-in", &tls, form).await;
    let header = |answer: &Answer, name: &str| {
        let value = answer.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let cookie = header(&answer, SET_COOKIE.as_str());
    assert!(cookie.starts_with("__Host-reclaim_session="), "{cookie}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    let told = header(&answer, "strict-transport-security");
    assert_eq!(told, "max-age=63072000; includeSubDomains");
    // A cookie without the prefix may be another host's of the same domain.
    let led = bare(&lead, "GET", &case, &tls[..2], Body::empty()).await;
    assert!(led.location().starts_with("/sign-in"), "{}", led.status);
    let plain = bare(&lead, "GET", &case, &tls[1..2], Body::empty()).await;
    assert_eq!(header(&plain, "strict-transport-security"), "");
}

#[tokio::test]
async fn a_host_that_lies_leads_nowhere() {
    let (clinic, lead, case) = desk().await;
    for (host, path) in [("evil.test", case.as_str()), ("evil.test:1", "/sign-in"), ("", "/queue")]
    {
        let headers = [("host", host), ("x-forwarded-host", "evil.test")];
        let answer = bare(&lead, "GET", path, &headers, Body::empty()).await;
        answer.is(StatusCode::OK).hides(&["evil.test"]);
    }
    let stranger = clinic.stranger();
    let led = bare(&stranger, "GET", &case, &[("host", "evil.test")], Body::empty()).await;
    assert!(led.location().starts_with("/sign-in?next="), "{}", led.location());
    led.hides(&["evil.test"]);
}

#[tokio::test]
async fn other_methods_do_nothing() {
    let (_clinic, lead, case) = desk().await;
    let host = ("host", "reclaim.test");
    for method in ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "BREW"] {
        for path in [case.as_str(), "/queue", "/sign-in", "/people", "/assets/reclaim.css"] {
            let answer = bare(&lead, method, path, &[host], Body::empty()).await;
            let refused = [StatusCode::METHOD_NOT_ALLOWED, StatusCode::FORBIDDEN];
            assert!(refused.contains(&answer.status), "{method} {path}: {}", answer.status);
            answer.hides(&["A-1", "MADEUP"]);
        }
    }
    let version = lead.get(&case).await.field("version");
    let query = format!("{case}/acts?{}", note(&lead.csrf(), &version));
    let over = [host, ("x-http-method-override", "POST"), ("x-method-override", "POST")];
    let answer = bare(&lead, "GET", &query, &over, Body::empty()).await;
    answer.is(StatusCode::METHOD_NOT_ALLOWED);
    // What a form says stands in its body alone.
    bare(&lead, "POST", &query, &[host, FORM], Body::empty()).await.is(StatusCode::FORBIDDEN);
    lead.get(&case).await.hides(&["forged"]);
    bare(&lead, "HEAD", &case, &[host], Body::empty()).await.is(StatusCode::OK);
}

#[tokio::test]
async fn a_body_of_another_kind_is_not_read() {
    let (_clinic, lead, case) = desk().await;
    let version = lead.get(&case).await.field("version");
    let (path, body) = (format!("{case}/acts"), note(&lead.csrf(), &version));
    let host = ("host", "reclaim.test");
    for kind in [
        "text/plain",
        "application/json",
        "text/xml",
        "application/octet-stream",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "text/plain; application/x-www-form-urlencoded",
        "",
    ] {
        let headers = [host, ("content-type", kind)];
        let answer = bare(&lead, "POST", &path, &headers, body.clone()).await;
        answer.is(StatusCode::UNPROCESSABLE_ENTITY);
        let sent = bare(&lead, "POST", "/upload", &headers, body.clone()).await;
        assert!(sent.status.is_client_error(), "{kind}: {}", sent.status);
    }
    let both = [host, FORM, (CONTENT_TYPE.as_str(), "text/plain")];
    let answer = bare(&lead, "POST", &path, &both, body.clone()).await;
    assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    let chunked = [host, FORM, (TRANSFER_ENCODING.as_str(), "chunked"), ("content-length", "4")];
    let answer = bare(&lead, "POST", &path, &chunked, "csrf").await;
    answer.is(StatusCode::FORBIDDEN);
    for body in ["%", "%FF%FE=1", "a=b&&&=&=c", "csrf[]=x&csrf[a]=y", "[object Object]"] {
        let answer = bare(&lead, "POST", &path, &[host, FORM], body).await;
        assert!(answer.status.is_client_error(), "{body}: {}", answer.status);
    }
}

#[tokio::test]
async fn what_is_said_twice_is_not_guessed_at() {
    let (_clinic, lead, case) = desk().await;
    let version = lead.get(&case).await.field("version");
    let twice = [("act", "note"), ("version", &version), ("text", "one"), ("text", "two")];
    let answer = lead.post(&format!("{case}/acts"), &twice).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["the same field twice"]);
    let csrf = lead.csrf();
    let tokens = [("csrf", csrf.as_str()), ("csrf", "x"), ("act", "note"), ("version", &version)];
    lead.send_form(&format!("{case}/acts"), &tokens).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    let parts = [("version", version.as_str()), ("what", "letter"), ("what", "other")];
    let file = ("file", "letter.txt", "synthetic");
    let answer = lead.upload(&format!("{case}/documents"), &parts, file).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["the same field twice"]);
    let query = "/queue?sort=due&sort=money&payer=a&payer=b&from=1&from=2";
    lead.get(query).await.is(StatusCode::OK);
    // What the form does not ask for is not read: neither role nor money can be slipped in.
    let more = [("act", "note"), ("version", &version), ("text", "mine"), ("by", "usr_1")];
    lead.post(&format!("{case}/acts"), &more).await.is(StatusCode::SEE_OTHER);
    lead.get(&case).await.shows(&["mine"]);
}

#[tokio::test]
async fn too_much_is_not_taken() {
    let (_clinic, lead, case) = desk().await;
    let version = lead.get(&case).await.field("version");
    let path = format!("{case}/acts");
    let long = "e".repeat(10_001);
    for name in ["text", "reason"] {
        let fields = [("act", "note"), ("version", version.as_str()), (name, long.as_str())];
        let answer = lead.post(&path, &fields).await;
        assert!(answer.status.is_client_error(), "{name}: {}", answer.status);
    }
    let most = &long[1..];
    let fields = [("act", "note"), ("version", version.as_str()), ("text", most)];
    lead.post(&path, &fields).await.is(StatusCode::SEE_OTHER);
    let many: Vec<(String, String)> = (0..1001).map(|at| (format!("f{at}"), "x".into())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    lead.post(&path, &many).await.is(StatusCode::PAYLOAD_TOO_LARGE);
    let huge = "e".repeat(3 << 20);
    lead.post(&path, &[("text", &huge)]).await.is(StatusCode::PAYLOAD_TOO_LARGE);
    lead.post("/find", &[("sought", &huge)]).await.is(StatusCode::PAYLOAD_TOO_LARGE);
    lead.send_form("/sign-in", &[("login", &huge)]).await.is(StatusCode::PAYLOAD_TOO_LARGE);
    let sent = lead.upload("/upload", &[("note", &"e".repeat(70_000))], ("files", "", "")).await;
    sent.is(StatusCode::PAYLOAD_TOO_LARGE);
    let sent = lead.upload("/upload", &many, ("files", "", "")).await;
    sent.is(StatusCode::PAYLOAD_TOO_LARGE);
    let query = format!("/queue?payer={}", "e".repeat(20_000));
    lead.get(&query).await.is(StatusCode::OK);
    lead.get("/queue?from=99999999999999999999&ids=1").await.is(StatusCode::OK);
    lead.get("/queue?from=18446744073709551615").await.is(StatusCode::OK);
}

#[tokio::test]
async fn who_opens_more_than_people_read_is_stopped_and_on_record() {
    let (clinic, lead, case) = desk().await;
    let now = clinic.office().clock.now();
    let person = crate::identity::person("lead");
    while clinic.app.pace.allows(person.as_str(), now) {}
    let last = clinic.views_since(0).await.first().map_or(0, |line| line.0);
    let told = lead.get(&case).await;
    told.is(StatusCode::TOO_MANY_REQUESTS).shows(&["more than people read"]).hides(&["MADEUP"]);
    lead.get("/queue.csv").await.is(StatusCode::TOO_MANY_REQUESTS);
    lead.get("/queue").await.is(StatusCode::OK);
    let kinds = clinic.views_since(last).await;
    assert!(kinds.iter().any(|(_, kind, _)| kind == "page.refused"), "{kinds:?}");
}
