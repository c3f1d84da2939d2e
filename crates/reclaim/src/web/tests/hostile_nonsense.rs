//! Addresses and fields that mean nothing, and bytes that are no request: every page refuses them
//! in words, none breaks.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{Method, StatusCode};
use denial::person::Role;
use tokio::net::TcpListener;

use super::clinic::{PASSWORD, TestClinic};
use super::hostile_requests::{FORM, bare, desk};
use crate::web::{self, gate, routes};

/// Texts that stand where an id is expected.
const NOT_IDS: [&str; 17] = [
    "%252e%252e%252fetc%252fpasswd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "..%5c..%5cwindows%5cwin.ini",
    "%2e%2e%2f",
    "....%2f%2f",
    "%2fetc%2fpasswd",
    "%c0%ae%c0%ae%c0%af",
    "%00",
    "x%00.css",
    "%0d%0aset-cookie:a=b",
    "'%20or%201=1--",
    "%3Cscript%3E",
    "$%7Bjndi:ldap:%2f%2fevil%7D",
    "%E2%80%AE",
    "-1",
    "99999999999999999999",
    "{id}",
];

#[tokio::test]
async fn an_id_that_is_none_leads_nowhere() {
    let (clinic, lead, _) = desk().await;
    let admin = clinic.named("root", Role::Administrator).await;
    let mut tried = 0;
    for route in routes::table() {
        let pattern = route.way.pattern;
        if !pattern.contains('{') {
            continue;
        }
        for odd in NOT_IDS {
            let odd = odd.replace(['{', '}'], "");
            let address: String = pattern
                .split('/')
                .map(|part| if part.starts_with('{') { odd.as_str() } else { part })
                .collect::<Vec<_>>()
                .join("/");
            for person in [&lead, &admin] {
                let answer = match route.method {
                    Method::GET => person.get(&address).await,
                    _ => person.post(&address, &[("version", "1"), ("act", "note")]).await,
                };
                assert!(
                    answer.status.is_client_error(),
                    "{} {address}: {}",
                    route.method,
                    answer.status
                );
                answer.hides(&["root:", "MADEUP"]);
                tried += 1;
            }
        }
    }
    assert!(tried > 300, "{tried}");
    for path in ["/assets/../Cargo.toml", "/assets/..%2fcli.rs", "/.git/config", "/assets/"] {
        assert!(lead.get(path).await.status.is_client_error(), "{path}");
    }
    clinic.is_proven().await;
}

/// What somebody may put into any field of any form.
const NONSENSE: [&str; 18] = [
    "",
    " ",
    "\0",
    "a\u{202E}b",
    "\u{FEFF}\u{200B}",
    "-1",
    "1e400",
    "0x10",
    "99999999999999999999999999",
    "9999-12-31",
    "0000-00-00",
    "-9999-01-01",
    "92233720368547758.07",
    "'; drop table denial; --",
    "../../etc/passwd",
    "{{7*7}}<script>",
    "den_00000000000000000000000000",
    "Ω≈ç√∫˜µ≤≥÷ 社會科學院語學研究所 👩‍👩‍👧‍👦",
];

#[tokio::test]
async fn every_form_takes_nonsense_without_breaking() {
    let (clinic, lead, case) = desk().await;
    let admin = clinic.named("root", Role::Administrator).await;
    let version = lead.get(&case).await.field("version");
    let fixed = BTreeMap::from([("csrf", lead.csrf()), ("version", version)]);
    let mut tried = 0;
    for route in routes::table() {
        let pattern = route.way.pattern;
        if route.method != Method::POST || pattern == "/sign-out" || pattern.contains("sign-in") {
            continue;
        }
        let address = pattern.replace("/cases/{id}", &case);
        let address = address.replace("{case}", case.trim_start_matches("/cases/"));
        for odd in NONSENSE {
            for person in [&lead, &admin] {
                let fields: Vec<(&str, &str)> = fields_of(pattern)
                    .iter()
                    .map(|name| (*name, fixed.get(name).map_or(odd, String::as_str)))
                    .collect();
                let plain = person.post(&address, &fields).await;
                let file = ("file", "odd.txt", odd);
                let parts = person.upload(&address, &fields, file).await;
                for answer in [plain, parts] {
                    let place = format!("{pattern} {odd:?}: {}", answer.text);
                    assert!(!answer.status.is_server_error(), "{place}");
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 1000, "{tried}");
    clinic.is_proven().await;
}

/// Names of fields that forms of ours have.
fn fields_of(pattern: &str) -> &'static [&'static str] {
    match pattern {
        "/keyed" => &[
            "source",
            "payer",
            "trace",
            "paid_on",
            "number",
            "control",
            "family",
            "given",
            "member",
            "share",
            "procedure_1",
            "charge_1",
            "adjustments_1",
            "remarks_1",
            "step",
            "scan",
        ],
        _ if pattern.starts_with("/cases") => &["act", "version", "text", "reason", "amount", "on"],
        _ if pattern.starts_with("/rules") => &[
            "path", "text", "why", "version", "step", "carc", "group", "rarc", "kind", "category",
            "from", "to", "payer", "names", "ids", "role", "person", "covers", "plan", "claim",
        ],
        _ => &[
            "what",
            "person",
            "login",
            "name",
            "role",
            "claim",
            "candidate",
            "decision",
            "number",
            "family",
            "on",
            "rejection",
            "why",
            "verdict",
            "query",
            "act",
            "cases",
            "job",
            "batch",
            "view",
            "practice",
            "clinic",
            "zone",
            "npi",
            "tax_id",
            "remove",
            "second_factor",
            "old",
            "new",
            "code",
            "sought",
            "text",
            "short",
            "remittance",
            "n",
        ],
    }
}

#[tokio::test]
async fn every_address_takes_nonsense_without_breaking() {
    let (clinic, lead, _) = desk().await;
    let admin = clinic.named("root", Role::Administrator).await;
    let names = [
        "next", "code", "show", "after", "before", "from", "to", "who", "kind", "about", "book",
        "done", "sort", "payer", "path", "version", "columns", "ids", "group", "view", "carc",
        "due", "job", "line", "kinds",
    ];
    for route in routes::table() {
        if route.method != Method::GET || route.way.pattern.contains('{') {
            continue;
        }
        for odd in NONSENSE {
            let odd: String = odd.bytes().map(gate::escaped).collect();
            let pairs: Vec<String> = names.iter().map(|name| format!("{name}={odd}")).collect();
            let address = format!("{}?{}", route.way.pattern, pairs.join("&"));
            for person in [&lead, &admin] {
                let answer = person.get(&address).await;
                assert!(!answer.status.is_server_error(), "{address}: {}", answer.text);
                answer.hides(&["<script>alert", "7*7}}<script>"]);
            }
        }
    }
}

#[tokio::test]
async fn strangers_forms_take_nonsense_without_breaking() {
    let clinic = TestClinic::open().await;
    let stranger = clinic.stranger();
    for path in ["/sign-in", "/sign-in/code", "/setup"] {
        for odd in NONSENSE {
            let fields = [("login", odd), ("password", odd), ("next", odd), ("code", odd)];
            let answer = stranger.send_form(path, &fields).await;
            assert!(!answer.status.is_server_error(), "{path} {odd:?}: {}", answer.text);
            assert!(!answer.location().contains("passwd"), "{path} {odd:?}");
        }
    }
    let origin = [(ORIGIN.as_str(), "http://evil.test"), (HOST.as_str(), "reclaim.test"), FORM];
    let form = format!("login=lead&password={PASSWORD}");
    bare(&stranger, "POST", "/sign-in", &origin, form).await.is(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn every_answer_says_what_it_is_and_how_it_is_written() {
    let (clinic, lead, case) = desk().await;
    let admin = clinic.named("root", Role::Administrator).await;
    let mut said = 0;
    for route in routes::table() {
        if route.method != Method::GET {
            continue;
        }
        let address = route.way.pattern.replace("/cases/{id}", &case).replace("{name}", "case.js");
        for person in [&lead, &admin] {
            let answer = person.get(&address).await;
            let kind = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
            if answer.text.is_empty() {
                continue;
            }
            let kind = kind.unwrap_or_default();
            let is_json = kind == "application/json" && answer.text.starts_with('{');
            let is_text = kind.starts_with("text/") && kind.ends_with("; charset=utf-8");
            assert!(is_json || is_text, "{address}: {kind}");
            let is_page = answer.text.trim_start().starts_with('<');
            assert_eq!(is_page, kind.starts_with("text/html"), "{address}: {kind}");
            said += 1;
        }
    }
    assert!(said > 40, "{said}");
}

/// What the server says to bytes as they stand.
async fn said_to(address: SocketAddr, bytes: &[u8]) -> String {
    let bytes = bytes.to_vec();
    let talk = move || {
        let mut stream = TcpStream::connect(address).expect("a server");
        stream.set_read_timeout(Some(Duration::from_secs(2))).expect("a limit");
        stream.write_all(&bytes).ok();
        let mut answer = Vec::new();
        // It may end the talk, or wait for more.
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    };
    tokio::task::spawn_blocking(talk).await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_has_one_beginning_and_one_end() {
    let clinic = TestClinic::open().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let pages = web::router(&clinic.app);
    let server = tokio::spawn(async move { axum::serve(listener, pages).await });
    let health = "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
    let answers = |text: &str| text.matches("HTTP/1.1 ").count();
    let plain = said_to(address, health.as_bytes()).await;
    assert!(plain.starts_with("HTTP/1.1 200") && answers(&plain) == 1, "{plain}");
    // What is chunked ends where its chunks do, whatever length is said beside them.
    let both = format!(
        "POST /sign-in HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\ntransfer-encoding: chunked\r\n\r\n\
         0\r\n\r\n{health}"
    );
    let told = said_to(address, both.as_bytes()).await;
    assert!(told.starts_with("HTTP/1.1 4"), "{told}");
    assert!(answers(&told) == 1 || told.contains("HTTP/1.1 200"), "{told}");
    for odd in [
        "content-length: 4\r\ncontent-length: 5\r\n",
        "content-length: 4, 5\r\n",
        "content-length: -1\r\n",
        "transfer-encoding: chunked, identity\r\n",
        "transfer-encoding: xchunked\r\n",
        "a b: c\r\n",
        "x\0y: c\r\n",
        &format!("x: {}\r\n", "e".repeat(1 << 20)),
        &"x: y\r\n".repeat(200),
    ] {
        let bytes = format!("POST /sign-in HTTP/1.1\r\nhost: a\r\n{odd}\r\nabcd{health}");
        let told = said_to(address, bytes.as_bytes()).await;
        let refused = told.is_empty() || told.starts_with("HTTP/1.1 4");
        assert!(refused && !told.contains("HTTP/1.1 200"), "{:.60}: {told}", odd);
    }
    server.abort();
}
