//! Specialists who work at once, in two processes of the program on one database: no act is lost,
//! none is done twice, and whoever was slower is told.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use jiff::civil::date;
use serde_json::Value;

use crate::place::{Desk, Dice, files_below};
use crate::serving::{Browser, Server, field};

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

/// One person with a browser.
struct Specialist<'server> {
    server: &'server Server,
    number: usize,
    browser: Browser,
    dice: Dice,
    /// The longest pause between two requests, in milliseconds.
    pause: u64,
    day: Day,
}

impl<'server> Specialist<'server> {
    fn come(server: &'server Server, number: usize, pause: u64) -> Specialist<'server> {
        let browser = Browser::sign_in(&server.address, &format!("desk{number}"), PASSWORD);
        let dice = Dice(number as u64 + 1);
        Specialist { server, number, browser, dice, pause, day: Day::default() }
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

    fn ask(&self, method: &str, address: &str, body: &str) -> (u16, String) {
        self.browser.ask(&self.server.address, method, address, body).expect("an answer")
    }
}
