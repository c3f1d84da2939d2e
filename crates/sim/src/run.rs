//! Lets a world happen day by day, and hands out its files and its truth as they come to be.

use std::collections::{BTreeMap, HashMap};
use std::io;

use jiff::civil::Date;

use crate::acknowledge::Reported;
use crate::answer::{Answer, Channel, Debt};
use crate::calendar;
use crate::chaos;
use crate::edi::{Edi, Group, Parties};
use crate::file::{self, File, FileKind};
use crate::life::{Life, Submission};
use crate::payer::{Layout, Separators};
use crate::remit::{Carry, Payable, Remittance};
use crate::truth::{ChaosKind, ChaosTruth, End, Record, Totals};
use crate::verdict;
use crate::world::{Practice, World};
use crate::{acknowledge, edi835, edi837};

/// What a run hands out.
#[derive(Clone, Debug)]
pub enum Item {
    /// A file that the practice gets or sends.
    File(File),
    /// Something that is true, which no program may read before it is scored.
    Truth(Record),
    /// A day of a practice is over; there are [`World::steps`] of them.
    Day(Date),
}

/// Where items go.
pub(crate) type Sink<'a> = &'a mut dyn FnMut(Item) -> io::Result<()>;

impl World {
    /// Lets everything happen once, and hands out files, truth and days as they come.
    ///
    /// # Errors
    /// Those of the sink, which end the run.
    pub fn run(&self, mut sink: impl FnMut(Item) -> io::Result<()>) -> io::Result<()> {
        let mut totals = Totals::default();
        for practice in &self.practices {
            totals = Desk::new(self, practice, totals).run(&mut sink)?;
        }
        sink(Item::Truth(Record::Totals(Box::new(totals))))
    }

    /// The files alone.
    ///
    /// # Errors
    /// Those of the sink, which end the run.
    pub fn files(&self, mut sink: impl FnMut(File) -> io::Result<()>) -> io::Result<()> {
        self.run(|item| match item {
            Item::File(file) => sink(file),
            Item::Truth(_) | Item::Day(_) => Ok(()),
        })
    }

    /// The truth alone.
    ///
    /// # Errors
    /// Those of the sink, which end the run.
    pub fn truth(&self, mut sink: impl FnMut(Record) -> io::Result<()>) -> io::Result<()> {
        self.run(|item| match item {
            Item::Truth(record) => sink(record),
            Item::File(_) | Item::Day(_) => Ok(()),
        })
    }
}

/// What is due on a day.
#[derive(Default)]
pub(crate) struct Due {
    submissions: Vec<Submission>,
    pub(crate) answers: Vec<Answer>,
    debts: Vec<Debt>,
    /// Files that come again, with the names that they had.
    copies: Vec<(File, String)>,
}

/// A practice's days: what waits for which of them.
pub(crate) struct Desk<'a> {
    pub(crate) world: &'a World,
    pub(crate) practice: &'a Practice,
    pub(crate) due: BTreeMap<Date, Due>,
    carries: HashMap<usize, Carry>,
    /// Files of each kind so far.
    counts: HashMap<FileKind, u64>,
    /// Reversals that came before what they take back: claim → their truth so far.
    early: BTreeMap<String, ChaosTruth>,
    pub(crate) totals: Totals,
    /// The day to come.
    next: Date,
    /// How busy the days so far were, and how busy all of them are.
    passed: u64,
    weight: u64,
    /// The day of service of each claim so far.
    pub(crate) served: Vec<Date>,
    /// What is true is told at the end.
    tells_late: bool,
}

impl<'a> Desk<'a> {
    pub(crate) fn new(world: &'a World, practice: &'a Practice, totals: Totals) -> Desk<'a> {
        let days = 0..=calendar::days_between(world.starts_on, world.ends_on);
        let day_of = |at| calendar::after(world.starts_on, at);
        Desk {
            world,
            practice,
            due: BTreeMap::new(),
            carries: HashMap::new(),
            counts: HashMap::new(),
            early: BTreeMap::new(),
            totals,
            next: world.starts_on,
            passed: 0,
            weight: days.map(|at| calendar::visits_weight(day_of(at))).sum(),
            served: Vec::new(),
            tells_late: false,
        }
    }

    /// The same, where what is true is told only in the end, of lives that may have changed.
    pub(crate) fn that_tells_late(self) -> Desk<'a> {
        Desk { tells_late: true, ..self }
    }

    fn run(mut self, sink: Sink<'_>) -> io::Result<Totals> {
        while let Some(day) = self.day(sink)? {
            sink(Item::Day(day))?;
        }
        self.finish(sink)
    }

    /// The day to come.
    pub(crate) const fn today(&self) -> Date {
        self.next
    }

    /// Lets the next day happen; `None` after the last.
    pub(crate) fn day(&mut self, sink: Sink<'_>) -> io::Result<Option<Date>> {
        let day = self.next;
        if day > self.world.ends_on {
            return Ok(None);
        }
        self.next = calendar::after(day, 1);
        self.passed += calendar::visits_weight(day);
        let until = self.world.preset.claims * self.passed / self.weight.max(1);
        for claim in self.served.len() as u64..until {
            self.see(claim, day, sink)?;
            self.served.push(day);
        }
        self.work(day, sink)?;
        Ok(Some(day))
    }

    /// Tells what waited for the end; gives the sums.
    pub(crate) fn finish(mut self, sink: Sink<'_>) -> io::Result<Totals> {
        for (_, waiting) in std::mem::take(&mut self.early) {
            self.tell_chaos(ChaosTruth { end: End::Waits, ..waiting }, sink)?;
        }
        Ok(self.totals)
    }

    /// A patient is seen; what will come of it is put down for its days.
    fn see(&mut self, claim: u64, day: Date, sink: Sink<'_>) -> io::Result<()> {
        let life = Life::live(self.world, self.practice, claim, day);
        if !self.tells_late {
            self.tell_life(&life, sink)?;
        }
        let ends_on = self.world.ends_on;
        let Life { submissions, answers, debts, .. } = life;
        if submissions.iter().all(|one| one.on > ends_on) {
            return Ok(());
        }
        for one in submissions.into_iter().filter(|one| one.on <= ends_on) {
            self.due.entry(one.on).or_default().submissions.push(one);
        }
        for one in debts.into_iter().filter(|one| one.on <= ends_on) {
            self.due.entry(one.on).or_default().debts.push(one);
        }
        self.put_down(answers);
        Ok(())
    }

    /// Puts answers down for the days on which they are paid.
    pub(crate) fn put_down(&mut self, answers: Vec<Answer>) {
        for one in answers.into_iter().filter(|one| one.pay_on <= self.world.ends_on) {
            self.due.entry(one.pay_on).or_default().answers.push(one);
        }
    }

    /// Tells what is true of a claim, where it was sent by the last day.
    pub(crate) fn tell_life(&mut self, life: &Life, sink: Sink<'_>) -> io::Result<()> {
        if life.submissions.iter().all(|one| one.on > self.world.ends_on) {
            return Ok(());
        }
        let (claim, lines) = verdict::truth(self.world, self.practice, life);
        verdict::count(&mut self.totals, &claim, &lines);
        for line in lines {
            sink(Item::Truth(Record::Line(line)))?;
        }
        sink(Item::Truth(Record::Claim(claim)))
    }

    fn work(&mut self, day: Date, sink: Sink<'_>) -> io::Result<()> {
        let Some(due) = self.due.remove(&day) else { return Ok(()) };
        if !due.submissions.is_empty() {
            self.send_claims(day, &due.submissions, sink)?;
        }
        self.pay(day, due.answers, due.debts, sink)?;
        for (file, first) in due.copies {
            self.send_copy(file, first, sink)?;
        }
        Ok(())
    }

    pub(crate) fn count(&mut self, kind: FileKind) -> u64 {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        *count
    }

    pub(crate) fn emit(&mut self, file: File, sink: Sink<'_>) -> io::Result<()> {
        *self.totals.files.entry(file.kind.folder().to_owned()).or_default() += 1;
        sink(Item::File(file))
    }

    /// The day's claims as one file, a transaction for each site, and what comes back at once.
    fn send_claims(&mut self, day: Date, all: &[Submission], sink: Sink<'_>) -> io::Result<()> {
        let control = self.count(FileKind::Claims);
        let practice = self.practice;
        let submitter = edi837::submitter(practice);
        let parties = Parties { sender: &submitter, receiver: edi837::CLEARINGHOUSE, on: day };
        let reference = format!("B{:02}{control:06}", practice.at + 1);
        let mut edi = Edi::new(Separators::USUAL);
        edi.open_interchange(parties, control);
        edi.open_group(Group { id: "HC", version: "005010X222A1" }, parties, control);
        let mut transactions = 0;
        for site in 0..practice.sites.len() {
            let at_site = |one: &&Submission| practice.providers[one.claim.provider].site == site;
            let claims: Vec<&Submission> = all.iter().filter(at_site).collect();
            if claims.is_empty() {
                continue;
            }
            transactions += 1;
            let reference = format!("{reference}{transactions}");
            edi.transaction("837", "005010X222A1", |edi| {
                edi837::write(self.world, practice, &reference, &claims, edi);
            });
        }
        edi.close_group(control);
        edi.close_interchange(control);
        let name = file::name(practice, "837P", day, control);
        self.emit(File { name, kind: FileKind::Claims, on: day, bytes: edi.into_bytes() }, sink)?;
        self.acknowledge(day, control, transactions, sink)?;
        self.report(day, &reference, all, sink)
    }

    fn acknowledge(
        &mut self,
        day: Date,
        group: u64,
        transactions: usize,
        sink: Sink<'_>,
    ) -> io::Result<()> {
        let submitter = edi837::submitter(self.practice);
        let parties = Parties { sender: edi837::CLEARINGHOUSE, receiver: &submitter, on: day };
        let group_of = Group { id: "FA", version: "005010X231A1" };
        let kind = FileKind::Acknowledgement;
        self.answer_file("999", kind, group_of, parties, sink, |edi| {
            acknowledge::write_999(group, transactions, edi);
        })
    }

    fn report(
        &mut self,
        day: Date,
        reference: &str,
        all: &[Submission],
        sink: Sink<'_>,
    ) -> io::Result<()> {
        let practice = self.practice;
        let submitter = edi837::submitter(practice);
        let parties = Parties { sender: edi837::CLEARINGHOUSE, receiver: &submitter, on: day };
        let claims: Vec<Reported<'_>> = all.iter().map(Reported::of).collect();
        let group = Group { id: "HN", version: "005010X214" };
        self.answer_file("277", FileKind::Status, group, parties, sink, |edi| {
            acknowledge::write_277(practice, reference, (day, &claims), edi);
        })
    }

    pub(crate) fn answer_file(
        &mut self,
        transaction: &str,
        kind: FileKind,
        group: Group,
        parties: Parties<'_>,
        sink: Sink<'_>,
        body: impl FnOnce(&mut Edi),
    ) -> io::Result<()> {
        let control = self.count(kind);
        let mut edi = Edi::new(Separators::USUAL);
        edi.open_interchange(parties, control);
        edi.open_group(group, parties, control);
        edi.transaction(transaction, group.version, body);
        edi.close_group(control);
        edi.close_interchange(control);
        let name = file::name(self.practice, kind.folder(), parties.on, control);
        self.emit(File { name, kind, on: parties.on, bytes: edi.into_bytes() }, sink)
    }

    /// Pays what is due: a transaction for each payer and channel, a file for each route.
    fn pay(
        &mut self,
        day: Date,
        answers: Vec<Answer>,
        debts: Vec<Debt>,
        sink: Sink<'_>,
    ) -> io::Result<()> {
        let mut payments: BTreeMap<(usize, usize, Channel), Payable> = BTreeMap::new();
        for answer in answers {
            let key = (self.world.payer(answer.payer).route, answer.payer, answer.channel);
            payments.entry(key).or_default().answers.push(answer);
        }
        for debt in debts {
            let key = (self.world.payer(debt.payer).route, debt.payer, Channel::Payment);
            payments.entry(key).or_default().debts.push(debt.entry);
        }
        let mut routes: BTreeMap<usize, Vec<Remittance>> = BTreeMap::new();
        for ((route, payer, channel), payable) in payments {
            let carry = self.carries.entry(payer).or_default();
            let payer = self.world.payer(payer);
            let remit = Remittance::settle(self.practice, payer, channel, day, payable, carry);
            routes.entry(route).or_default().push(remit);
        }
        for remits in routes.into_values() {
            self.send_remits(day, &remits, sink)?;
        }
        Ok(())
    }

    fn send_remits(&mut self, day: Date, remits: &[Remittance], sink: Sink<'_>) -> io::Result<()> {
        let Some(first) = remits.first() else { return Ok(()) };
        let control = self.count(FileKind::Remittance);
        let payer = self.world.payer(first.payer);
        let name = file::name(self.practice, &payer.code, day, control);
        let bytes = self.remit_bytes(day, remits, control);
        for remit in remits {
            self.tell(&name, remit, sink)?;
        }
        let file = File { name, kind: FileKind::Remittance, on: day, bytes };
        if self.world.preset.chaos && control % 200 == 7 {
            self.plan_copy(&file, control);
        }
        self.emit(file, sink)
    }

    fn remit_bytes(&self, day: Date, remits: &[Remittance], control: u64) -> Vec<u8> {
        let payer = self.world.payer(remits[0].payer);
        let receiver = edi837::submitter(self.practice);
        let parties = Parties { sender: &payer.code, receiver: &receiver, on: day };
        let group = Group { id: "HP", version: "005010X221A1" };
        let mut edi = Edi::new(payer.separators);
        let parts = match payer.layout {
            Layout::OneGroup => remits.chunks(remits.len()),
            Layout::Interchanges => remits.chunks(1),
        };
        for (part, number) in parts.zip(0..) {
            let control = control * 10 + number;
            edi.open_interchange(parties, control);
            edi.open_group(group, parties, control);
            for remit in part {
                edi.transaction("835", "", |edi| {
                    edi835::write(self.world, self.practice, remit, edi);
                });
            }
            edi.close_group(control);
            edi.close_interchange(control);
        }
        edi.into_bytes()
    }

    /// The same bytes come again some days later.
    fn plan_copy(&mut self, file: &File, control: u64) {
        let later = calendar::after(file.on, i64::try_from(2 + control / 200 % 7).unwrap_or(2));
        if later <= self.world.ends_on {
            let later = later.min(self.world.ends_on);
            let name = file::copy_name(&file.name, later);
            let copy = File { name, on: later, ..file.clone() };
            self.due.entry(later).or_default().copies.push((copy, file.name.clone()));
        }
    }

    fn send_copy(&mut self, file: File, first: String, sink: Sink<'_>) -> io::Result<()> {
        let chaos = ChaosTruth {
            id: format!("duplicate-{}", file.name),
            kind: ChaosKind::DuplicateFile,
            end: End::Refused,
            file: file.path(),
            other_file: Some(format!("{}/{first}", FileKind::Remittance.folder())),
            trace: None,
            claim: None,
            control: None,
        };
        self.tell_chaos(chaos, sink)?;
        self.emit(file, sink)
    }

    /// Counts a remittance, and tells what in it is broken.
    fn tell(&mut self, name: &str, remit: &Remittance, sink: Sink<'_>) -> io::Result<()> {
        self.totals.remittances += 1;
        self.totals.bpr_cents += remit.total;
        for entry in &remit.provider_level {
            *self.totals.plb_cents.entry(entry.code.to_owned()).or_default() += entry.amount;
        }
        for answer in &remit.answers {
            let Some(kind) = answer.chaos else { continue };
            let number = answer.claim.number.clone();
            let chaos = ChaosTruth {
                id: format!("{}-{number}", chaos::word(kind)),
                kind,
                end: chaos::end(kind),
                file: format!("{}/{name}", FileKind::Remittance.folder()),
                other_file: None,
                trace: Some(remit.trace.clone()),
                claim: Some(number.clone()),
                control: Some(answer.control.clone()),
            };
            if kind != ChaosKind::OutOfOrder {
                self.tell_chaos(chaos, sink)?;
            } else if answer.is_reversal() {
                self.early.insert(number, chaos);
            } else if let Some(early) = self.early.remove(&number) {
                self.tell_chaos(ChaosTruth { other_file: Some(chaos.file), ..early }, sink)?;
            }
        }
        Ok(())
    }

    fn tell_chaos(&mut self, chaos: ChaosTruth, sink: Sink<'_>) -> io::Result<()> {
        *self.totals.chaos.entry(chaos.kind).or_default() += 1;
        sink(Item::Truth(Record::Chaos(chaos)))
    }
}
