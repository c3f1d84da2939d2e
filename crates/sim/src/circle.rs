//! A world that goes on while somebody outside it works its refusals: it reads what it is sent,
//! acknowledges it, decides by its truth, says where claims stand, and pays.
//!
//! ```
//! use jiff::ToSpan;
//! use jiff::civil::date;
//! use sim::{Preset, world};
//!
//! let ends_on = date(2026, 11, 20);
//! let world = world(&Preset { claims: 50, ..Preset::tiny() }, 1, ends_on)
//!     .handed_over(ends_on - 30.days());
//! let mut circle = world.circle();
//! let mut remittances = 0;
//! while let Some(_day) = circle.day(&mut |file| {
//!     remittances += usize::from(file.path().starts_with("835/"));
//!     Ok(())
//! })? {
//!     // What is sent now is answered from the next day on.
//!     circle.receive("a.edi", b"ISA".to_vec());
//! }
//! assert!(remittances > 0);
//! # Ok::<(), std::io::Error>(())
//! ```

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::acknowledge::{self, Reported};
use crate::calendar;
use crate::deciding::{self, Asked, Request};
use crate::edi::{self, Edi, Group, Parties};
use crate::edi837;
use crate::file::{self, File, FileKind, TruthFiles};
use crate::life::Life;
use crate::payer::Separators;
use crate::received::{self, Bill, Received, ReceivedGroup, Transaction};
use crate::run::{Desk, Item};
use crate::standing;
use crate::truth::{Record, Totals};
use crate::world::World;

/// What goes with the packet of an appeal, so that the simulated payer need not read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppealSent {
    /// The packet's name.
    pub packet: String,
    /// Its length, by which the payer knows that it came whole.
    pub bytes: u64,
    /// CLM01 of the claims that it is about.
    pub claims: Vec<String>,
    /// The level, from 1.
    pub level: u8,
}

/// What a payer decided of an appeal, as a file of [`FileKind::Letter`] says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// CLM01.
    pub claim: String,
    /// The packet that it answers.
    pub packet: String,
    /// The level of the appeal.
    pub level: u8,
    /// What was decided.
    pub decision: Decision,
    /// The day of the letter.
    pub on: Date,
}

/// What becomes of an appeal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The payer gives way; a remittance follows.
    Overturned,
    /// The refusal stands.
    Upheld,
    /// There is nothing to decide.
    Dismissed,
}

/// A practice's world, a day at a time.
pub struct Circle<'a> {
    desk: Desk<'a>,
    /// Lives that came out otherwise than they would have by themselves.
    lives: BTreeMap<u64, Life>,
    /// What the newest claim of each position says.
    on_file: HashMap<u64, Vec<String>>,
    asked: HashMap<u64, u32>,
    waiting: BTreeMap<Date, Vec<Request>>,
    received: Vec<(String, Vec<u8>)>,
    /// Packets that came, by name, with their lengths.
    packets: HashMap<String, u64>,
    /// Control numbers of interchanges that came.
    controls: HashSet<(String, String)>,
    /// Chaos that was told so far.
    records: Vec<Record>,
}

/// Where files go.
type Sink<'a> = &'a mut dyn FnMut(File) -> io::Result<()>;

impl World {
    /// Lets the first practice's days happen one by one, while it is sent files.
    #[must_use]
    pub fn circle(&self) -> Circle<'_> {
        Circle {
            desk: Desk::new(self, self.practice(), Totals::default()).that_tells_late(),
            lives: BTreeMap::new(),
            on_file: HashMap::new(),
            asked: HashMap::new(),
            waiting: BTreeMap::new(),
            received: Vec::new(),
            packets: HashMap::new(),
            controls: HashSet::new(),
            records: Vec::new(),
        }
    }
}

impl Circle<'_> {
    /// Takes in a file: an 837, a packet, or what goes with one ([`AppealSent`] as JSON). It is
    /// answered on the next day; of what is none of these nothing comes.
    pub fn receive(&mut self, name: &str, bytes: Vec<u8>) {
        self.received.push((name.to_owned(), bytes));
    }

    /// Lets the next day happen and hands out its files; `None` after the world's last.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn day(&mut self, sink: Sink<'_>) -> io::Result<Option<Date>> {
        let mut told = Vec::new();
        let mut items = |item: Item| match item {
            Item::File(file) => sink(file),
            Item::Truth(record) => {
                told.push(record);
                Ok(())
            }
            Item::Day(_) => Ok(()),
        };
        let today = self.desk.today();
        if today > self.desk.world.ends_on {
            return Ok(None);
        }
        self.hear(today, &mut items)?;
        self.decide(today, &mut items)?;
        let day = self.desk.day(&mut items)?;
        self.records.extend(told);
        Ok(day)
    }

    /// Writes what is true after the last day below `folder`.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn tell(mut self, folder: &Path) -> io::Result<()> {
        let mut book = TruthFiles::create(folder)?;
        let mut items = |item: Item| match item {
            Item::Truth(record) => book.write(&record),
            Item::File(_) | Item::Day(_) => Ok(()),
        };
        for record in std::mem::take(&mut self.records) {
            items(Item::Truth(record))?;
        }
        for at in 0..self.desk.served.len() as u64 {
            let life = self.take_life(at);
            self.desk.tell_life(&life, &mut items)?;
        }
        let totals = self.desk.finish(&mut items)?;
        items(Item::Truth(Record::Totals(Box::new(totals))))?;
        book.finish()
    }

    fn take_life(&mut self, at: u64) -> Life {
        self.lives.remove(&at).unwrap_or_else(|| self.life_of(at))
    }

    /// The life of a claim that was served, as it is by itself.
    fn life_of(&self, at: u64) -> Life {
        let served_on = usize::try_from(at).ok().and_then(|at| self.desk.served.get(at).copied());
        let served_on = served_on.unwrap_or(self.desk.world.starts_on);
        Life::live(self.desk.world, self.desk.practice, at, served_on)
    }

    /// Answers what came since the last day.
    fn hear(&mut self, day: Date, items: &mut dyn FnMut(Item) -> io::Result<()>) -> io::Result<()> {
        let files = std::mem::take(&mut self.received);
        for (name, bytes) in &files {
            self.packets.insert(name.clone(), bytes.len() as u64);
        }
        for (_, bytes) in files {
            if let Some(received) = received::read(&bytes) {
                self.hear_claims(&received, day, items)?;
            } else if let Ok(sent) = serde_json::from_slice::<AppealSent>(&bytes) {
                self.hear_appeal(&sent, day);
            }
        }
        Ok(())
    }

    fn hear_appeal(&mut self, sent: &AppealSent, day: Date) {
        if self.packets.get(&sent.packet) != Some(&sent.bytes) {
            return;
        }
        let mut claims: Vec<u64> =
            sent.claims.iter().filter_map(|number| self.position(number)).collect();
        claims.sort_unstable();
        claims.dedup();
        for claim in claims {
            let asked = Asked::Appeal { level: sent.level, packet: sent.packet.clone() };
            self.ask(claim, asked, day);
        }
    }

    /// The position of a claim that was sent to a payer before.
    fn position(&self, number: &str) -> Option<u64> {
        let (practice, at) = number.split_once('-')?;
        let at = at.parse::<u64>().ok()?.checked_sub(1)?;
        let is_ours = practice.parse() == Ok(self.desk.practice.at + 1);
        let exact = format!("{:02}-{:07}", self.desk.practice.at + 1, at + 1) == number;
        (is_ours && exact && at < self.desk.served.len() as u64).then_some(at)
    }

    fn ask(&mut self, claim: u64, asked: Asked, day: Date) {
        let count = self.asked.entry(claim).or_default();
        let request = Request { claim, asked, received_on: day, before: (*count).min(200) };
        *count += 1;
        let life = self.take_life(claim);
        let on = request.decided_on(self.desk.world, &life);
        self.lives.insert(claim, life);
        if let Some(on) = on {
            self.waiting.entry(on.max(calendar::after(day, 1))).or_default().push(request);
        }
    }

    /// Decides what is due; what the payer still speaks of by itself waits until it has.
    fn decide(
        &mut self,
        day: Date,
        items: &mut dyn FnMut(Item) -> io::Result<()>,
    ) -> io::Result<()> {
        while let Some(due) = self.waiting.first_entry().filter(|due| *due.key() <= day) {
            for request in due.remove() {
                let mut life = self.take_life(request.claim);
                if let Some(until) = deciding::speaks_until(&life, day) {
                    self.lives.insert(request.claim, life);
                    self.waiting.entry(calendar::after(until, 1)).or_default().push(request);
                    continue;
                }
                let before = life.answers.len();
                let decision = deciding::decide(self.desk.world, &mut life, &request, day);
                let new = life.answers.get(before..).unwrap_or_default().to_vec();
                self.desk.put_down(new);
                let number = life.claim.number.clone();
                self.lives.insert(request.claim, life);
                if let (Some(decision), Asked::Appeal { level, packet }) = (decision, request.asked)
                {
                    let letter = Letter { claim: number, packet, level, decision, on: day };
                    self.write_letter(&letter, items)?;
                }
            }
        }
        Ok(())
    }

    fn write_letter(
        &mut self,
        letter: &Letter,
        items: &mut dyn FnMut(Item) -> io::Result<()>,
    ) -> io::Result<()> {
        let number = self.desk.count(FileKind::Letter);
        let name = file::name(self.desk.practice, "letter", letter.on, number);
        let name = name.replace(".edi", ".json");
        let bytes = serde_json::to_vec(letter)?;
        self.desk.emit(File { name, kind: FileKind::Letter, on: letter.on, bytes }, items)
    }

    fn hear_claims(
        &mut self,
        received: &Received,
        day: Date,
        items: &mut dyn FnMut(Item) -> io::Result<()>,
    ) -> io::Result<()> {
        let key = (received.sender.clone(), received.control.clone());
        let is_new = received.fault.is_some() || self.controls.insert(key);
        let fault = received.fault.or((!is_new).then_some("025"));
        if fault.is_some() || received.wants_receipt {
            self.write_receipt(received, fault, day, items)?;
        }
        if fault.is_some() {
            return Ok(());
        }
        for group in &received.groups {
            self.write_syntax(group, day, items)?;
            for transaction in group.transactions.iter().filter(|one| one.fault.is_none()) {
                self.hear_transaction(transaction, day, items)?;
            }
        }
        Ok(())
    }

    fn hear_transaction(
        &mut self,
        transaction: &Transaction,
        day: Date,
        items: &mut dyn FnMut(Item) -> io::Result<()>,
    ) -> io::Result<()> {
        let heard: Vec<Option<&'static str>> =
            transaction.bills.iter().map(|bill| self.hear_bill(bill, day)).collect();
        if heard.is_empty() {
            return self.hear_questions(transaction, day, items);
        }
        let texts: Vec<[String; 4]> = transaction.bills.iter().map(echoed).collect();
        let bills = transaction.bills.iter().zip(&texts).zip(heard);
        let reported: Vec<Reported<'_>> = bills
            .map(|((bill, [last, first, member, number]), rejected)| Reported {
                name: [last, first],
                member,
                number,
                charge: bill.charge.unwrap_or_default(),
                served_on: bill.served_on,
                rejected,
            })
            .collect();
        let (practice, reference) = (self.desk.practice, plain(&transaction.batch, 50));
        let group = Group { id: "HN", version: "005010X214" };
        let submitter = edi837::submitter(practice);
        let parties = Parties { sender: edi837::CLEARINGHOUSE, receiver: &submitter, on: day };
        self.desk.answer_file("277", FileKind::Status, group, parties, items, |edi| {
            acknowledge::write_277(practice, &reference, (day, &reported), edi);
        })
    }

    /// Says where the claims stand that are asked about.
    fn hear_questions(
        &mut self,
        transaction: &Transaction,
        day: Date,
        items: &mut dyn FnMut(Item) -> io::Result<()>,
    ) -> io::Result<()> {
        if transaction.asked.is_empty() {
            return Ok(());
        }
        let mut answers = Vec::new();
        for asked in &transaction.asked {
            let at = self.position(&asked.number);
            let life = at.map(|at| self.take_life(at));
            let answered = standing::stands(self.desk.world, life.as_ref(), asked, day);
            if let (Some(at), Some(life)) = (at, life) {
                self.lives.insert(at, life);
            }
            let [last, first] = &asked.name;
            let texts = [(last, 60), (first, 35), (&asked.member, 80), (&asked.number, 38)];
            answers.push((texts.map(|(text, length)| plain(text, length)), asked, answered));
        }
        let (practice, reference) = (self.desk.practice, plain(&transaction.batch, 50));
        let group = Group { id: "HN", version: "005010X212" };
        let submitter = edi837::submitter(practice);
        let parties = Parties { sender: edi837::CLEARINGHOUSE, receiver: &submitter, on: day };
        self.desk.answer_file("277", FileKind::Standing, group, parties, items, |edi| {
            standing::write(practice, (&reference, day), &answers, edi);
        })
    }

    /// Takes a claim to the payer, or says why it does not reach it.
    fn hear_bill(&mut self, bill: &Bill, day: Date) -> Option<&'static str> {
        let Some(at) = self.position(&bill.number) else { return Some("A3:35") };
        let life = self.take_life(at);
        let refused = self.refuse(&life, bill, day);
        let changed = *self.newest(at, &life) != bill.said;
        self.lives.insert(at, life);
        if refused.is_none() {
            self.on_file.insert(at, bill.said.clone());
            let asked = match bill.frequency.as_str() {
                "8" => Asked::Void,
                "7" => Asked::Replacement { changed },
                _ => Asked::New { changed },
            };
            self.ask(at, asked, day);
        }
        refused
    }

    /// Why a claim is rejected before adjudication, as a 277CA says it. A payer here takes other
    /// codes, diagnoses, numbers and notes, but no other lines or charges than were billed first.
    fn refuse(&self, life: &Life, bill: &Bill, day: Date) -> Option<&'static str> {
        let claim = &life.claim;
        let payer = self.desk.world.payer(claim.payer);
        let held = deciding::standing(life, day);
        let charges = claim.lines.iter().map(|line| Some(line.charge));
        let control = held.map(|one| one.control.as_str());
        let instead = matches!(bill.frequency.as_str(), "7" | "8");
        if bill.payer != payer.code {
            Some("A3:116")
        } else if !instead && bill.frequency != "1" || instead && payer.originals_only {
            Some("A7:535")
        } else if instead && control != Some(bill.replaces.as_str()) {
            Some("A7:464")
        } else if held.is_some_and(|one| one.chaos.is_some()) {
            Some("A3:21")
        } else if bill.charge != Some(claim.charge()) || !bill.lines.iter().copied().eq(charges) {
            Some("A7:178")
        } else {
            None
        }
    }

    /// What the newest claim on file says; what was sent first where none came since.
    fn newest(&mut self, at: u64, life: &Life) -> &Vec<String> {
        let (world, practice) = (self.desk.world, self.desk.practice);
        self.on_file.entry(at).or_insert_with(|| {
            let taken = |one: &&crate::life::Submission| {
                one.rejected.is_none() && one.prior.is_none() && one.payer == life.claim.payer
            };
            let Some(last) = life.submissions.iter().rfind(taken) else { return Vec::new() };
            let mut edi = Edi::new(Separators::USUAL);
            let parties = Parties { sender: "", receiver: "", on: last.on };
            edi.open_interchange(parties, 1);
            edi.open_group(Group { id: "HC", version: "005010X222A1" }, parties, 1);
            edi.transaction("837", "005010X222A1", |edi| {
                edi837::write(world, practice, "", &[last], edi);
            });
            edi.close_group(1);
            edi.close_interchange(1);
            let read = received::read(&edi.into_bytes());
            let first = read.and_then(|one| one.groups.into_iter().next());
            let transaction = first.and_then(|one| one.transactions.into_iter().next());
            let bill = transaction.and_then(|one| one.bills.into_iter().next());
            bill.map(|one| one.said).unwrap_or_default()
        })
    }

    fn write_receipt(
        &mut self,
        received: &Received,
        fault: Option<&'static str>,
        day: Date,
        items: &mut dyn FnMut(Item) -> io::Result<()>,
    ) -> io::Result<()> {
        let control = self.desk.count(FileKind::Receipt);
        let practice = self.desk.practice;
        let submitter = edi837::submitter(practice);
        let parties = Parties { sender: edi837::CLEARINGHOUSE, receiver: &submitter, on: day };
        let mut edi = Edi::new(Separators::USUAL);
        edi.open_interchange(parties, control);
        let (word, code) = fault.map_or(("A", "000"), |code| ("R", code));
        let answered = plain(&received.control, 9);
        edi.segment(&["TA1", &answered, &edi::short(day), "0600", word, code]);
        edi.close_interchange(control);
        let name = file::name(practice, FileKind::Receipt.folder(), day, control);
        let bytes = edi.into_bytes();
        self.desk.emit(File { name, kind: FileKind::Receipt, on: day, bytes }, items)
    }

    fn write_syntax(
        &mut self,
        group: &ReceivedGroup,
        day: Date,
        items: &mut dyn FnMut(Item) -> io::Result<()>,
    ) -> io::Result<()> {
        let submitter = edi837::submitter(self.desk.practice);
        let parties = Parties { sender: edi837::CLEARINGHOUSE, receiver: &submitter, on: day };
        let of = Group { id: "FA", version: "005010X231A1" };
        let [control, version, code] =
            [&group.control, &group.version, &group.code].map(|text| plain(text, 12));
        self.desk.answer_file("999", FileKind::Acknowledgement, of, parties, items, |edi| {
            edi.segment(&["AK1", &code, &control, &version]);
            for one in &group.transactions {
                let [set, number] = [&one.set, &one.control].map(|text| plain(text, 9));
                edi.segment(&["AK2", &set, &number, &version]);
                match one.fault {
                    None => edi.segment(&["IK5", "A"]),
                    Some(fault) => edi.segment(&["IK5", "R", fault]),
                }
            }
            let count = group.transactions.len();
            let taken = group.transactions.iter().filter(|one| one.fault.is_none()).count();
            let word = if taken == count {
                "A"
            } else if taken == 0 {
                "R"
            } else {
                "P"
            };
            let [count, taken] = [count, taken].map(|number| number.to_string());
            edi.segment(&["AK9", word, &count, &count, &taken]);
        })
    }
}

/// Last and first name, member and number, as an answer may repeat them.
fn echoed(bill: &Bill) -> [String; 4] {
    let [last, first] = &bill.name;
    let texts = [(last, 60), (first, 35), (&bill.member, 80), (&bill.number, 38)];
    texts.map(|(text, length)| plain(text, length))
}

/// What came, without anything that would be a separator or could not be printed.
fn plain(text: &str, length: usize) -> String {
    let fits = |letter: &char| (' '..='}').contains(letter) && !matches!(letter, '*' | ':' | '^');
    text.chars().filter(fits).take(length).collect()
}
