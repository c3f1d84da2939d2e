//! Specialists who work at once, in two processes of the program on one database: no act is lost,
//! none is done twice, and whoever was slower is told.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use jiff::civil::date;
use serde_json::Value;

use crate::place::{Desk, Dice, files_below};

const PASSWORD: &str = "quiet-otter-lamp-9";

/// What one specialist has to show at the end.
#[derive(Default)]
struct Day {
    /// Cases, and texts of the notes on them that the program said it kept.
    kept: Vec<(String, String)>,
    pages: Vec<Duration>,
    acts: Vec<Duration>,
    /// Acts that somebody else was faster with; each was sent again.
    told: usize,
}

#[test]
fn no_act_of_eight_specialists_is_lost() {
    for desk in Desk::each() {
        work(&desk, 8, Duration::from_secs(8), 400);
    }
}

/// `cargo nextest run -p reclaim --test desk --run-ignored only specialists`
#[test]
#[ignore = "five minutes on each database"]
fn no_act_of_fifty_specialists_is_lost() {
    for desk in Desk::each() {
        work(&desk, 50, Duration::from_secs(300), 1_500);
    }
}

fn work(desk: &Desk, people: usize, time: Duration, pause: u64) {
    let folder = tempfile::tempdir().expect("a folder");
    let preset = sim::Preset { claims: 1_200, ..sim::Preset::tiny() };
    let world = sim::world(&preset, 11, date(2026, 6, 30));
    world.write(&folder.path().join("in"), &folder.path().join("truth"), |_| {}).expect("written");
    let mut files = files_below(&folder.path().join("in"));
    let later = files.split_off(files.len() / 2);
    desk.take(&files);
    for number in 0..people {
        desk.person(&format!("desk{number}"), "billing_specialist", PASSWORD);
    }
    let servers = [Server::start(desk), Server::start(desk)];
    let all: Vec<Specialist<'_>> = thread::scope(|scope| {
        let coming: Vec<_> = (0..people)
            .map(|number| {
                let server = servers.get(number % 2).expect("two");
                scope.spawn(move || Specialist::come(server, number, pause))
            })
            .collect();
        coming.into_iter().map(|one| one.join().expect("everybody comes in")).collect()
    });
    // The time begins once all of them are there: signing in takes a while on purpose.
    let end = Instant::now() + time;
    let days: Vec<Day> = thread::scope(|scope| {
        let working: Vec<_> =
            all.into_iter().map(|one| scope.spawn(move || one.work_until(end))).collect();
        // Files come in meanwhile, as they do in a clinic.
        desk.take(&later);
        working.into_iter().map(|one| one.join().expect("nobody falls ill")).collect()
    });
    for server in servers {
        server.stop();
    }
    let kept: Vec<&(String, String)> = days.iter().flat_map(|day| &day.kept).collect();
    assert!(kept.len() > people, "they hardly acted: {}", kept.len());
    assert!(days.iter().all(|day| !day.kept.is_empty()), "somebody did not act at all");
    let expected: BTreeSet<String> = kept.iter().map(|(_, text)| text.clone()).collect();
    let found = notes(desk, &kept.iter().map(|(id, _)| id.as_str()).collect());
    let once: BTreeSet<String> = found.iter().cloned().collect();
    assert_eq!(once.len(), found.len(), "{}: an act was done twice", desk.kind());
    let lost: Vec<&String> = expected.difference(&once).collect();
    assert!(lost.is_empty(), "{}: lost {lost:?}", desk.kind());
    let unsaid: Vec<&String> = once.difference(&expected).collect();
    assert!(unsaid.is_empty(), "{}: done, though it was not said: {unsaid:?}", desk.kind());
    desk.proven();
    tell(desk, people, &days);
}

/// What the run came to, for who watches.
fn tell(desk: &Desk, people: usize, days: &[Day]) {
    let high = |pick: fn(&Day) -> &Vec<Duration>| {
        let mut all: Vec<Duration> = days.iter().flat_map(|day| pick(day).clone()).collect();
        all.sort_unstable();
        (all.len(), all.get(all.len() * 99 / 100).copied().unwrap_or_default())
    };
    let ((pages, page), (acts, act)) = (high(|day| &day.pages), high(|day| &day.acts));
    let told: usize = days.iter().map(|day| day.told).sum();
    println!(
        "{}: {people} specialists, two processes: {pages} pages (99 % within {page:.0?}), {acts} \
         acts (99 % within {act:.0?}), {told} times somebody was slower and sent it again; none \
         lost",
        desk.kind()
    );
}

/// The texts of this test's notes on cases.
fn notes(desk: &Desk, cases: &BTreeSet<&str>) -> Vec<String> {
    let mut found = Vec::new();
    for id in cases {
        let shown: Value = serde_json::from_str(&desk.ok(&["show", id, "--json"])).expect("JSON");
        for entry in shown["timeline"].as_array().expect("a timeline") {
            if entry["kind"] == "denial.noted" {
                found.extend(words(&entry["body"]).filter(|text| text.starts_with("note ")));
            }
        }
    }
    found
}

/// Every text somewhere in a value.
fn words(value: &Value) -> Box<dyn Iterator<Item = String> + '_> {
    match value {
        Value::String(text) => Box::new(std::iter::once(text.clone())),
        Value::Array(parts) => Box::new(parts.iter().flat_map(words)),
        Value::Object(parts) => Box::new(parts.values().flat_map(words)),
        Value::Null | Value::Bool(_) | Value::Number(_) => Box::new(std::iter::empty()),
    }
}

/// What a form's hidden field holds.
fn field<'page>(page: &'page str, name: &str) -> Option<&'page str> {
    let mark = format!("name=\"{name}\" value=\"");
    page.split(&mark).nth(1).and_then(|rest| rest.split('"').next())
}

/// The program, serving.
struct Server {
    child: Child,
    output: BufReader<ChildStdout>,
    address: String,
}

impl Server {
    fn start(desk: &Desk) -> Server {
        let mut serve = desk.command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut child = serve.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("starts");
        let mut output = BufReader::new(child.stdout.take().expect("an output"));
        let mut greeting = String::new();
        output.read_line(&mut greeting).expect("a greeting");
        let address = greeting.split("http://").nth(1).expect("an address");
        let address = address.trim().trim_end_matches('/').to_owned();
        Server { child, output, address }
    }

    /// Tells it to stop, and waits until it did.
    fn stop(mut self) {
        let id = self.child.id().to_string();
        let told = std::process::Command::new("kill").args(["-TERM", &id]).status();
        assert!(told.expect("kill").success());
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).expect("its last words");
        assert!(self.child.wait().expect("it ends").success(), "{rest}");
    }
}

/// One person with a browser.
struct Specialist<'server> {
    server: &'server Server,
    number: usize,
    cookie: String,
    dice: Dice,
    /// The longest pause between two requests, in milliseconds.
    pause: u64,
    day: Day,
}

impl<'server> Specialist<'server> {
    fn come(server: &'server Server, number: usize, pause: u64) -> Specialist<'server> {
        let dice = Dice(number as u64 + 1);
        let day = Day::default();
        let mut one = Specialist { server, number, cookie: String::new(), dice, pause, day };
        let form = format!("login=desk{number}&password={PASSWORD}&next=");
        let (status, answer) = one.ask("POST", "/sign-in", &form);
        assert_eq!(status, 303, "signing in: {answer}");
        one.keep_cookie(&answer);
        // What somebody else set opens nothing but its change.
        let (_, page) = one.ask("GET", "/account", "");
        let csrf = field(&page, "csrf").expect("a form's token");
        let own = format!("{PASSWORD}-{number}");
        let form = format!("csrf={csrf}&what=password&old={PASSWORD}&new={own}&again={own}");
        let (status, answer) = one.ask("POST", "/account", &form);
        assert_eq!(status, 303, "a password of their own: {answer}");
        one.keep_cookie(&answer);
        one
    }

    fn keep_cookie(&mut self, answer: &str) {
        let Some(cookie) = answer.split("reclaim_session=").nth(1) else { return };
        self.cookie = cookie.split(';').next().expect("a cookie").to_owned();
    }

    fn work_until(mut self, end: Instant) -> Day {
        while Instant::now() < end {
            let list = ["/queue", "/queue?sort=due", "/queue?status=new", "/", "/queue?by=job"];
            let other = list[self.roll(list.len())];
            self.look(other);
            let rows = self.look("/queue/rows?from=0");
            let ids: Vec<&str> = rows.split("data-id=\"").skip(1).collect();
            if let Some(id) = ids.get(self.roll(ids.len().max(1))) {
                let id = id.split('"').next().expect("an id").to_owned();
                self.act_on(&id);
            }
        }
        self.day
    }

    /// Notes something on a case, until it is kept; whoever was slower sends it again.
    fn act_on(&mut self, id: &str) {
        let text = format!("note {} {}", self.number, self.day.acts.len());
        let mut page = self.look(&format!("/cases/{id}"));
        loop {
            self.rest();
            let csrf = field(&page, "csrf").expect("a form's token");
            let version = field(&page, "version").expect("a form's version");
            let body = format!("csrf={csrf}&act=note&version={version}&text={text}");
            let begun = Instant::now();
            let (status, answer) = self.ask("POST", &format!("/cases/{id}/acts"), &body);
            match status {
                303 => {
                    self.day.acts.push(begun.elapsed());
                    self.day.kept.push((id.to_owned(), text));
                    return;
                }
                409 => {
                    assert!(answer.contains(&text), "what was typed is still there");
                    self.day.told += 1;
                    page = answer;
                }
                other => panic!("an act came back with {other}: {answer}"),
            }
        }
    }

    fn look(&mut self, address: &str) -> String {
        self.rest();
        let begun = Instant::now();
        let (status, page) = self.ask("GET", address, "");
        assert_eq!(status, 200, "{address}: {page}");
        self.day.pages.push(begun.elapsed());
        page
    }

    fn rest(&mut self) {
        thread::sleep(Duration::from_millis(self.dice.roll(self.pause)));
    }

    fn roll(&mut self, below: usize) -> usize {
        usize::try_from(self.dice.roll(below as u64)).expect("below")
    }

    /// One request on a connection of its own: status, head and body.
    fn ask(&self, method: &str, address: &str, body: &str) -> (u16, String) {
        let body = body.replace(' ', "+");
        let mut stream = TcpStream::connect(&self.server.address).expect("a connection");
        let request = format!(
            "{method} {address} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\
             cookie: reclaim_session={}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n{body}",
            self.server.address,
            self.cookie,
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.get(9..12).and_then(|three| three.parse().ok());
        (status.expect("a status"), answer)
    }
}
