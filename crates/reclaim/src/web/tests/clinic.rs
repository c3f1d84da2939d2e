//! A clinic with its people, files and a clock that stands still.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use denial::person::Role;
use jiff::Timestamp;
use store::audit::{Book, Sought};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::clock::Clock;
use crate::people::{self, NewPerson};
use crate::practice::{Office, Place};
use crate::practices::{self, Wanted};
use crate::verify;
use crate::web::{App, router, session};

pub(super) const PASSWORD: &str = "synthetic-password";

/// The clinic; its folder goes when it goes.
pub(super) struct TestClinic {
    pub(super) app: Arc<App>,
    place: Place,
    _folder: TempDir,
}

/// One person's browser.
pub(super) struct Browser {
    router: Router,
    pub(super) token: Option<String>,
}

/// What a page answered.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl TestClinic {
    /// A clinic on the third of March 2026, at noon in UTC.
    pub(super) async fn open() -> TestClinic {
        let folder = tempfile::tempdir().expect("a folder");
        let db = database(folder.path());
        let place =
            Place { db: Some(db), folder: Some(folder.path().join("files")), ..Place::default() };
        let office = Office::open_at(&place, at("2026-03-03T12:00:00Z")).await.expect("opens");
        let app = App::new(office, false, None);
        TestClinic { app, place, _folder: folder }
    }

    pub(super) fn office(&self) -> &Office {
        &self.app.office
    }

    /// Chains, cases, money, remittances and documents agree with one another at a story's end.
    pub(super) async fn is_proven(&self) {
        if let Err(difference) = verify::verify(self.office()).await {
            panic!("{difference:#}");
        }
    }

    /// What the chain of views says since a place in it: place, kind, about; the newest first.
    pub(super) async fn views_since(&self, seq: i64) -> Vec<(i64, String, String)> {
        self.app.lists.write(&self.office().store).await;
        let mut tx = self.office().read().await.expect("a look");
        let lines = tx.book(Book::Views, &Sought::default(), None, 20).await.expect("read");
        let lines = lines.into_iter().filter(|line| line.seq > seq);
        lines.map(|line| (line.seq, line.kind, line.about)).collect()
    }

    /// The same clinic later.
    pub(super) fn later(&mut self, instant: &str) {
        let office = Office { clock: at(instant), ..self.app.office.clone() };
        self.app = App::new(office, false, None);
    }

    /// Another practice in the same database, as its own office.
    pub(super) async fn another_practice(&self, name: &str) -> Office {
        let clinic = store::practices::Clinic {
            practice: store::Practice::parse(name).expect("a name"),
            name: format!("Practice {name}"),
            zone: "UTC".to_owned(),
            simulated: None,
        };
        let office = self.office();
        let (none, moment) = (Wanted::default(), office.moment());
        let made = practices::make(&office.store, &clinic, &none, &moment).await;
        assert!(made.expect("made"));
        let place = Place { practice: Some(name.to_owned()), ..self.place.clone() };
        Office::open_at(&place, self.office().clock.clone()).await.expect("opens")
    }

    /// The same practice as another process opens it.
    pub(super) async fn another_process(&self) -> Office {
        Office::open_at(&self.place, self.office().clock.clone()).await.expect("opens")
    }

    /// The same clinic under a program that brings one more rule file.
    pub(super) async fn with_file(&mut self, path: &str, text: &str) {
        let mut files = crate::rules_files::files(None).expect("the shipped files");
        files.push((path.to_owned(), text.to_owned()));
        let rule_books = Arc::new(crate::own_rules::RuleBooks::over(files).expect("whole"));
        let office = Office { rule_books, ..self.app.office.clone() };
        let office = office.afresh().await.expect("read");
        self.app = App::new(office, false, None);
    }

    /// Makes a person whose login is the role's name, and signs them in.
    pub(super) async fn person(&self, role: Role) -> Browser {
        self.named(role.as_str(), role).await
    }

    /// Makes a person and signs them in.
    pub(super) async fn named(&self, login: &str, role: Role) -> Browser {
        let new = NewPerson { login, name: &format!("Test {login}"), role, password: PASSWORD };
        people::add(self.office(), &new).await.expect("made");
        let mut browser = self.stranger();
        let answer = browser.sign_in(login, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        browser
    }

    /// Somebody who is not signed in.
    pub(super) fn stranger(&self) -> Browser {
        Browser { router: router(&self.app), token: None }
    }

    /// A person's session in the clinic as it is later.
    pub(super) fn again(&self, browser: &Browser) -> Browser {
        Browser { router: router(&self.app), token: browser.token.clone() }
    }
}

/// A file in the folder; with `STORIES=postgres` a database on the server of `TEST_DATABASE_URL`,
/// which goes with the server.
#[expect(clippy::disallowed_methods, reason = "tests hear from outside where PostgreSQL is")]
fn database(folder: &Path) -> String {
    if std::env::var("STORIES").as_deref() != Ok("postgres") {
        return format!("sqlite:{}", folder.join("a.db").display());
    }
    let server = std::env::var("TEST_DATABASE_URL").expect("a server for the stories");
    let letters = folder.display().to_string();
    let letters: String = letters.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = format!("stories_{}", letters.to_lowercase());
    let statement = format!("create database {name}");
    let made = Command::new("psql").args([&server, "-qc", &statement]).status();
    assert!(made.expect("psql, which comes with PostgreSQL").success());
    let (address, _) = server.rsplit_once('/').expect("an address with a database");
    format!("{address}/{name}")
}

pub(super) fn at(instant: &str) -> Clock {
    Clock::Fixed(instant.parse::<Timestamp>().expect("an instant"))
}

impl Browser {
    pub(super) async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        let fields = [("login", login), ("password", password)];
        let answer = self.send_form("/sign-in", &fields).await;
        let cookie = answer.headers.get(SET_COOKIE).and_then(|value| value.to_str().ok());
        let token = cookie.and_then(|cookie| cookie.split(['=', ';']).nth(1)).map(str::to_owned);
        if answer.status == StatusCode::SEE_OTHER {
            self.token = token;
        }
        answer
    }

    /// The token that our own forms carry.
    pub(super) fn csrf(&self) -> String {
        let token = self.token.as_deref().unwrap_or_default();
        session::hashed(&format!("form {token}"))
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, Body::empty()).await
    }

    /// What a page asks for by itself.
    pub(super) async fn quietly(&self, path: &str) -> Answer {
        let token = self.token.as_deref().unwrap_or_default();
        let request = Request::builder()
            .uri(path)
            .header("x-unasked", "yes")
            .header(COOKIE, format!("reclaim_session={token}"));
        self.send_as_it_is(request.body(Body::empty()).expect("a request")).await
    }

    /// Sends a form of ours.
    pub(super) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf();
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        self.send_form(path, &all).await
    }

    /// Sends a form as it stands, without our token.
    pub(super) async fn send_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs: Vec<String> =
            fields.iter().map(|(name, text)| format!("{name}={}", escaped(text))).collect();
        let kind = Some("application/x-www-form-urlencoded");
        self.send(Method::POST, path, kind, Body::from(pairs.join("&"))).await
    }

    /// Sends a form of ours with a file.
    pub(super) async fn upload(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        file: (&str, &str, &str),
    ) -> Answer {
        let csrf = self.csrf();
        let mut body = part("csrf", None, &csrf);
        for (name, text) in fields {
            body.push_str(&part(name, None, text));
        }
        let (field, name, text) = file;
        body.push_str(&part(field, Some(name), text));
        body.push_str("--edge--\r\n");
        let kind = Some("multipart/form-data; boundary=edge");
        self.send(Method::POST, path, kind, Body::from(body)).await
    }

    /// Does an act on a case as its page shows it now.
    pub(super) async fn act(&self, case: &str, act: &str, fields: &[(&str, &str)]) -> Answer {
        let version = self.get(case).await.field("version");
        self.act_at(case, &version, act, fields).await
    }

    /// Does an act on a case as somebody saw it.
    pub(super) async fn act_at(
        &self,
        case: &str,
        version: &str,
        act: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut all = vec![("act", act), ("version", version)];
        all.extend(fields);
        self.post(&format!("{case}/acts"), &all).await
    }

    /// The case of a claim, found as people find it.
    pub(super) async fn find(&self, number: &str) -> String {
        let answer = self.post("/find", &[("sought", number)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        answer.location()
    }

    async fn send(&self, method: Method, path: &str, kind: Option<&str>, body: Body) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "reclaim.test")
            .header(ORIGIN, "http://reclaim.test");
        if let Some(kind) = kind {
            request = request.header(CONTENT_TYPE, kind);
        }
        if let Some(token) = &self.token {
            request = request.header(COOKIE, format!("a=b; reclaim_session={token}"));
        }
        self.send_as_it_is(request.body(body).expect("a request")).await
    }

    pub(super) async fn send_as_it_is(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a whole body");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }
}

impl Answer {
    pub(super) fn location(&self) -> String {
        let place = self.headers.get(LOCATION).and_then(|value| value.to_str().ok());
        place.unwrap_or_default().to_owned()
    }

    /// The value of the first field of this name.
    pub(super) fn field(&self, name: &str) -> String {
        let rest = self.text.split(&format!("name=\"{name}\" value=\"")).nth(1);
        rest.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
    }

    #[track_caller]
    pub(super) fn shows(&self, texts: &[&str]) -> &Answer {
        for text in texts {
            assert!(self.text.contains(text), "{} without {text:?}:\n{}", self.status, self.text);
        }
        self
    }

    #[track_caller]
    pub(super) fn hides(&self, texts: &[&str]) -> &Answer {
        for text in texts {
            assert!(!self.text.contains(text), "{} with {text:?}:\n{}", self.status, self.text);
        }
        self
    }

    #[track_caller]
    pub(super) fn is(&self, status: StatusCode) -> &Answer {
        assert_eq!(self.status, status, "{} {}", self.location(), self.text);
        self
    }
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn part(name: &str, file: Option<&str>, text: &str) -> String {
    let file = file.map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
    format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{text}\r\n")
}

/// One denied or paid line of a made-up claim on an 835.
pub(super) struct Line {
    pub(super) code: &'static str,
    pub(super) charge: u32,
    pub(super) paid: u32,
    /// CAS segments, such as `CO*197*250`.
    pub(super) adjustments: &'static [&'static str],
    pub(super) remarks: &'static [&'static str],
}

/// One claim on it.
pub(super) struct PaidClaim {
    pub(super) number: &'static str,
    pub(super) family: &'static str,
    pub(super) status: &'static str,
    pub(super) control: &'static str,
    pub(super) lines: Vec<Line>,
}

/// A claim of one line that is denied for missing authorisation.
pub(super) fn denied(number: &'static str, charge: u32, adjustment: &'static str) -> PaidClaim {
    let adjustments: &'static [&'static str] = Box::leak(Box::new([adjustment]));
    PaidClaim {
        number,
        family: "MADEUP",
        status: "1",
        control: "PAYER0001",
        lines: vec![Line { code: "99214", charge, paid: 0, adjustments, remarks: &["N54"] }],
    }
}

/// The first link of a page that begins so.
pub(super) async fn link(browser: &Browser, page: &str, beginning: &str) -> String {
    let text = browser.get(page).await.text;
    let links = text.split("href=\"").filter_map(|rest| rest.split('"').next());
    let mut links = links.filter(|href| href.starts_with(beginning));
    links.next().expect("a link").to_owned()
}

/// An 835 of a made-up payer, balanced at its three levels, on the first of March 2026.
pub(super) fn era(trace: &str, claims: &[PaidClaim]) -> String {
    era_on(trace, "20260301", claims)
}

pub(super) fn era_on(trace: &str, day: &str, claims: &[PaidClaim]) -> String {
    let paid = |claim: &PaidClaim| claim.lines.iter().map(|line| line.paid).sum::<u32>();
    let total: u32 = claims.iter().map(paid).sum();
    let mut segments = vec![
        format!("ST*835*0001"),
        format!("BPR*I*{total}*C*ACH*CCP*01*111*DA*222*1999999999**01*333*DA*444*{day}"),
        format!("TRN*1*{trace}*1999999999"),
        "DTM*405*20260301".to_owned(),
        "N1*PR*STANDIN HEALTH".to_owned(),
        "N3*1 EXAMPLE WAY".to_owned(),
        "N4*SAMPLETON*TX*75001".to_owned(),
        "PER*BL*STANDIN HELP*TE*5550100".to_owned(),
        "N1*PE*TEST CLINIC*XX*1234567893".to_owned(),
        "LX*1".to_owned(),
    ];
    for claim in claims {
        let charge: u32 = claim.lines.iter().map(|line| line.charge).sum();
        let (number, status) = (claim.number, claim.status);
        segments.push(format!(
            "CLP*{number}*{status}*{charge}*{}**12*{}*11*1",
            paid(claim),
            claim.control
        ));
        segments.push(format!("NM1*QC*1*{}*PAT****MI*M{number}", claim.family));
        segments.push("DTM*232*20260210".to_owned());
        for (at, line) in claim.lines.iter().enumerate() {
            segments.push(format!("SVC*HC:{}*{}*{}**1", line.code, line.charge, line.paid));
            segments.push("DTM*472*20260210".to_owned());
            segments.extend(line.adjustments.iter().map(|one| format!("CAS*{one}")));
            segments.push(format!("REF*6R*{number}-{}", at + 1));
            segments.extend(line.remarks.iter().map(|one| format!("LQ*HE*{one}")));
        }
    }
    segments.push(format!("SE*{}*0001", segments.len() + 1));
    enveloped("HP", "005010X221A1", &segments)
}

/// An 837P with one claim of one line.
pub(super) fn bill(number: &str, family: &str, charge: u32) -> String {
    let segments = [
        "ST*837*0001*005010X222A1".to_owned(),
        "BHT*0019*00*B1*20260212*1200*CH".to_owned(),
        "NM1*41*2*TEST CLINIC*****46*SUB1".to_owned(),
        "PER*IC*DESK*TE*5550101".to_owned(),
        "NM1*40*2*STANDIN HEALTH*****46*STAND".to_owned(),
        "HL*1**20*1".to_owned(),
        "NM1*85*2*TEST CLINIC*****XX*1234567893".to_owned(),
        "N3*2 EXAMPLE WAY".to_owned(),
        "N4*SAMPLETON*TX*750010000".to_owned(),
        "REF*EI*123456789".to_owned(),
        "HL*2*1*22*0".to_owned(),
        "SBR*P*18*******CI".to_owned(),
        format!("NM1*IL*1*{family}*PAT****MI*M1"),
        "N3*3 EXAMPLE WAY".to_owned(),
        "N4*SAMPLETON*TX*75001".to_owned(),
        "DMG*D8*19800101*F".to_owned(),
        "NM1*PR*2*STANDIN HEALTH*****PI*STAND".to_owned(),
        format!("CLM*{number}*{charge}***11:B:1*Y*A*Y*Y"),
        "HI*ABK:R69".to_owned(),
        "LX*1".to_owned(),
        format!("SV1*HC:99214*{charge}*UN*1***1"),
        "DTP*472*D8*20260210".to_owned(),
        format!("REF*6R*{number}-1"),
        "SE*24*0001".to_owned(),
    ];
    enveloped("HC", "005010X222A1", &segments)
}

pub(super) fn enveloped(group: &str, version: &str, segments: &[String]) -> String {
    let mut all = vec![
        "ISA*00*          *00*          *ZZ*STANDIN        *ZZ*CLINIC         *260301*1200*^\
         *00501*000000001*0*P*:"
            .to_owned(),
        format!("GS*{group}*STANDIN*CLINIC*20260301*1200*1*X*{version}"),
    ];
    all.extend_from_slice(segments);
    all.extend(["GE*1*1".to_owned(), "IEA*1*000000001".to_owned()]);
    all.iter().map(|segment| format!("{segment}~\n")).collect()
}

/// Takes an 835 or 837 in as somebody drops it on the page.
pub(super) async fn take(browser: &Browser, name: &str, text: &str) -> Answer {
    browser.upload("/upload", &[], ("files", name, text)).await
}

/// Every page of the table with real ids where its address has a place for one.
pub(super) fn addresses(ids: &BTreeMap<&str, String>) -> Vec<(Method, &'static str, String)> {
    let fill = |path: &'static str| {
        let mut address = path.to_owned();
        for (name, id) in ids {
            address = address.replace(name, id);
        }
        address
    };
    let table = crate::web::routes::table();
    table
        .into_iter()
        .map(|route| (route.method, route.way.pattern, fill(route.way.pattern)))
        .collect()
}
