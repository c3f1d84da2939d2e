//! Questions where claims stand: taken from claims as they were sent, written as a 276
//! (005010X212), and read from one.
//!
//! A question repeats what the claim said of payer, provider and patient: a payer finds the claim
//! by it. Its number (TRN02) is ours, and comes back with the answer.

use std::collections::HashMap;

use jiff::civil::Date;
use smol_str::SmolStr;
use x12::delimiters::USUAL;
use x12::t276::{self, Part};
use x12::writer::{Group, Interchange, Unwritable, Writer};
use x12::{Block, Kind, Reader, Row};

use crate::claim::Claim;
use crate::codes::{ClaimNumber, PayerControlNumber};
use crate::correction::{Draft, Parties, Sending};
use crate::element::{civil, filled, small};
use crate::envelope::Envelope;
use crate::money::Money;
use crate::phi::Phi;

/// The version of the guide.
const GUIDE: &str = "005010X212";
/// Questions in one file: as many as claims of a transaction.
pub const IN_FILE: usize = 5_000;

/// Somebody as NM1 names them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Named {
    /// NM102: 1 a person, 2 none.
    pub entity: SmolStr,
    /// Family name or organisation, given, middle, suffix.
    pub parts: [SmolStr; 4],
    /// What kind of id follows.
    pub qualifier: SmolStr,
    /// The id.
    pub id: SmolStr,
}

/// A subscriber or patient: named, and born on a day where that is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Their name and member id.
    pub named: Named,
    /// Date of birth, CCYYMMDD; empty where it is not told.
    pub born: SmolStr,
    /// Sex, where the claim says F or M: a 276 has no other code, and leaves out what is not known.
    pub sex: SmolStr,
}

/// One question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// Our number of it.
    pub trace: SmolStr,
    /// Who is asked.
    pub payer: Named,
    /// Who asks.
    pub submitter: Named,
    /// Who billed.
    pub provider: Named,
    /// The subscriber.
    pub subscriber: Phi<Person>,
    /// The patient, where they are not the subscriber.
    pub patient: Option<Phi<Person>>,
    /// The payer's number of the claim, where it told one.
    pub control: Option<PayerControlNumber>,
    /// Type of bill, of an institutional claim.
    pub bill: SmolStr,
    /// Our number of the claim.
    pub number: Option<ClaimNumber>,
    /// Its charge.
    pub charge: Option<Money>,
    /// First and last day of service.
    pub served: Option<(Date, Date)>,
}

/// Why no question can be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// No question at all.
    #[error("expected at least one question")]
    Empty,
    /// A payer finds nothing without them.
    #[error("the claim does not say {0}, by which a payer finds it")]
    Missing(&'static str),
    /// One file asks one payer for one sender.
    #[error("expected questions of one sender to one payer")]
    Parties,
    /// Too many for one file.
    #[error("expected at most {IN_FILE} questions in a file")]
    Many,
    /// Something in a segment; its place is told, never its text.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
}

impl Question {
    /// The question about a claim as it was sent, under a number of ours.
    ///
    /// # Errors
    /// [`NotAsked::Missing`].
    pub fn about(
        draft: &Draft,
        claim: &Claim,
        control: Option<PayerControlNumber>,
        trace: &str,
    ) -> Result<Question, NotAsked> {
        let days = claim.lines.iter().flat_map(|line| [line.from, line.to.or(line.from)]);
        let days: Vec<Date> = days.flatten().collect();
        let subscriber = person(&draft.subscriber, "IL").ok_or(NotAsked::Missing("who insures"))?;
        let patient = draft.patient.as_deref().map(|rows| person(rows, "QC"));
        let patient = patient.map(|one| one.ok_or(NotAsked::Missing("the patient"))).transpose()?;
        Ok(Question {
            trace: trace.into(),
            payer: named(&draft.subscriber, "PR").ok_or(NotAsked::Missing("the payer"))?,
            submitter: named(&draft.source.head, "41")
                .ok_or(NotAsked::Missing("who submitted it"))?,
            provider: provider(&draft.billing).ok_or(NotAsked::Missing("who billed it"))?,
            subscriber: Phi::new(subscriber),
            patient: patient.map(Phi::new),
            control: control.filter(|control| !control.as_str().is_empty()),
            bill: bill(claim),
            number: Some(claim.number.clone()),
            charge: Some(claim.charge),
            served: days.iter().min().copied().zip(days.iter().max().copied()),
        })
    }

    /// True where another goes into the same file: one sender asks one payer.
    #[must_use]
    pub fn goes_with(&self, other: &Question) -> bool {
        self.payer == other.payer && self.submitter == other.submitter
    }
}

/// Facility and frequency as a type of bill has them.
fn bill(claim: &Claim) -> SmolStr {
    if claim.institutional && !claim.facility.is_empty() {
        format!("{}{}", claim.facility, claim.frequency).into()
    } else {
        SmolStr::default()
    }
}

fn named(rows: &[Row], role: &str) -> Option<Named> {
    let row = rows.iter().find(|row| row.is("NM1", role))?;
    let part = |number: usize| SmolStr::new(row.text(number));
    Some(Named {
        entity: part(2),
        parts: [part(3), part(4), part(5), part(7)],
        qualifier: part(8),
        id: part(9),
    })
}

/// Who billed, by the NPI; by the tax id where there is none.
fn provider(rows: &[Row]) -> Option<Named> {
    let named = named(rows, "85")?;
    if !named.id.is_empty() {
        return Some(named);
    }
    let tax = rows.iter().find(|row| row.is("REF", "EI") || row.is("REF", "SY"))?;
    Some(Named { qualifier: "FI".into(), id: SmolStr::new(tax.text(2)), ..named })
}

fn person(rows: &[Row], role: &str) -> Option<Person> {
    let named = named(rows, role)?;
    let born = rows.iter().find(|row| row.is("DMG", "D8"));
    let part = |number: usize| born.map(|row| SmolStr::new(row.text(number))).unwrap_or_default();
    let sex = Some(part(3)).filter(|told| matches!(told.as_str(), "F" | "M"));
    Some(Person { named, born: part(2), sex: sex.unwrap_or_default() })
}

/// Writes questions of one sender to one payer as one 276, in their order.
///
/// # Errors
/// [`NotAsked`].
pub fn write(
    questions: &[Question],
    parties: &Parties,
    sending: &Sending,
) -> Result<Vec<u8>, NotAsked> {
    let first = questions.first().ok_or(NotAsked::Empty)?;
    if questions.len() > IN_FILE {
        return Err(NotAsked::Many);
    }
    if questions.iter().any(|one| !one.goes_with(first)) {
        return Err(NotAsked::Parties);
    }
    let mut writer = Writer::new(USUAL);
    envelope(&mut writer, parties, sending);
    let made = |format: &str| sending.made.strftime(format).to_string();
    writer.transaction("276", GUIDE);
    let beginning = writer.segment("BHT").element("0010").element("13").element(&sending.batch);
    drop(beginning.element(&made("%Y%m%d")).element(&made("%H%M")));
    let mut levels = Levels { writer: &mut writer, last: 0 };
    let payer = levels.open("", "20", true);
    name(levels.writer, "PR", &first.payer);
    let receiver = levels.open(&payer, "21", true);
    name(levels.writer, "41", &first.submitter);
    for (provider, questions) in by_provider(questions) {
        let above = levels.open(&receiver, "19", true);
        name(levels.writer, "1P", provider);
        questions.into_iter().for_each(|question| levels.question(&above, question));
    }
    Ok(writer.finish()?)
}

/// Questions of each provider, in the order in which each comes first.
fn by_provider(questions: &[Question]) -> Vec<(&Named, Vec<&Question>)> {
    let mut places: HashMap<&Named, usize> = HashMap::new();
    let mut groups: Vec<(&Named, Vec<&Question>)> = Vec::new();
    for question in questions {
        let at = *places.entry(&question.provider).or_insert(groups.len());
        match groups.get_mut(at) {
            Some((_, of)) => of.push(question),
            None => groups.push((&question.provider, vec![question])),
        }
    }
    groups
}

fn envelope(writer: &mut Writer, parties: &Parties, sending: &Sending) {
    let made = |format: &str| sending.made.strftime(format).to_string();
    writer.interchange(&Interchange {
        sender: (&parties.sender.0, &parties.sender.1),
        receiver: (&parties.receiver.0, &parties.receiver.1),
        date: &made("%y%m%d"),
        time: &made("%H%M"),
        control: sending.interchange,
        wants_receipt: false,
        test: sending.test,
    });
    writer.group(&Group {
        code: "HR",
        sender: &parties.application,
        receiver: &parties.receiving,
        date: &made("%Y%m%d"),
        time: &made("%H%M"),
        control: sending.group,
        version: GUIDE,
    });
}

fn name(writer: &mut Writer, role: &str, named: &Named) {
    let [family, given, middle, suffix] = &named.parts;
    let line = writer.segment("NM1").element(role).element(&named.entity).element(family);
    let line = line.element(given).element(middle).element("").element(suffix);
    drop(line.element(&named.qualifier).element(&named.id));
}

/// Levels in the order in which they are written.
struct Levels<'a> {
    writer: &'a mut Writer,
    last: u32,
}

impl Levels<'_> {
    fn open(&mut self, above: &str, code: &str, has_more: bool) -> String {
        self.last += 1;
        let own = self.last.to_string();
        let line = self.writer.segment("HL").element(&own).element(above).element(code);
        // A dependant has nothing below, and the guide leaves HL04 out there.
        drop(if code == "23" { line } else { line.element(if has_more { "1" } else { "0" }) });
        own
    }

    fn question(&mut self, above: &str, question: &Question) {
        let subscriber = question.subscriber.reveal();
        let own = self.open(above, "22", question.patient.is_some());
        match &question.patient {
            None => {
                self.born(subscriber);
                name(self.writer, "IL", &subscriber.named);
            }
            Some(patient) => {
                name(self.writer, "IL", &subscriber.named);
                self.open(&own, "23", false);
                self.born(patient.reveal());
                name(self.writer, "QC", &patient.reveal().named);
            }
        }
        self.asked(question);
    }

    fn born(&mut self, person: &Person) {
        if !person.born.is_empty() {
            let line = self.writer.segment("DMG").element("D8").element(&person.born);
            drop(line.element(&person.sex));
        }
    }

    fn asked(&mut self, question: &Question) {
        drop(self.writer.segment("TRN").element("1").element(&question.trace));
        let control = question.control.as_ref().map(|one| one.as_str()).unwrap_or_default();
        let number = question.number.as_ref().map(ClaimNumber::as_str).unwrap_or_default();
        for (qualifier, value) in [("1K", control), ("BLT", &*question.bill), ("EJ", number)] {
            if !value.is_empty() {
                drop(self.writer.segment("REF").element(qualifier).element(value));
            }
        }
        if let Some(charge) = question.charge {
            drop(self.writer.segment("AMT").element("T3").element(&charge.plain()));
        }
        if let Some((from, to)) = question.served {
            let [from, to] = [from, to].map(|day| day.strftime("%Y%m%d").to_string());
            let line = self.writer.segment("DTP").element("472");
            drop(line.element("RD8").element(&format!("{from}-{to}")));
        }
    }
}

/// What a 276 asks, and under which numbers it goes.
#[derive(Clone, Debug, Default)]
pub struct Inquiry {
    /// Control numbers of interchange and group, as each ST is sent under; and its batch.
    pub sent: Vec<(SmolStr, SmolStr, SmolStr)>,
    /// True where ISA15 says test.
    pub test: bool,
    /// The questions in their order.
    pub questions: Vec<Question>,
}

/// What stands above the questions that come next.
#[derive(Default)]
struct Above {
    envelope: Envelope,
    is_inquiry: bool,
    level: SmolStr,
    payer: Named,
    submitter: Named,
    provider: Named,
    subscriber: Person,
    patient: Option<Person>,
}

/// Reads every question of a file; what is no 276 asks nothing.
#[must_use]
pub fn read(bytes: &[u8]) -> Inquiry {
    let mut reader = Reader::new(bytes);
    let (mut above, mut inquiry) = (Above::default(), Inquiry::default());
    while let Some(block) = reader.next() {
        above.read(&block, &mut inquiry);
    }
    inquiry
}

impl Above {
    fn read(&mut self, block: &Block<'_>, inquiry: &mut Inquiry) {
        let Some(opener) = block.opener() else { return };
        match block.kind() {
            Kind::Envelope => {
                self.envelope.observe(&opener);
                self.is_inquiry = false;
                inquiry.test |= self.envelope.test;
            }
            Kind::Head => {
                self.is_inquiry = opener.bytes(1).trim_ascii() == b"276";
                if self.is_inquiry {
                    let Envelope { interchange, group, .. } = self.envelope.clone();
                    inquiry.sent.push((interchange, group, batch(block)));
                }
            }
            Kind::Unit | Kind::Tail => {}
        }
        if self.is_inquiry {
            self.units(block, inquiry);
        }
    }

    fn units(&mut self, block: &Block<'_>, inquiry: &mut Inquiry) {
        let mut open: Option<Question> = None;
        for segment in block.segments() {
            match t276::part(&segment) {
                Part::Level(level) => self.open(small(level.code)),
                Part::Name(told) => self.named(&told),
                Part::Born(told) => {
                    let person = self.person();
                    (person.born, person.sex) = (small(told.on), small(told.sex));
                }
                Part::Trace(number) => {
                    inquiry.questions.extend(open.take());
                    open = Some(self.question(number));
                }
                Part::Reference(told) => {
                    if let Some((question, value)) = open.as_mut().zip(filled(told.value)) {
                        referred(question, told.qualifier, value);
                    }
                }
                Part::Charge(told) => {
                    if let Some(question) = &mut open {
                        question.charge = told.ok().map(Money::from_cents);
                    }
                }
                Part::Served(told) => {
                    if let Some(question) = &mut open {
                        let days = x12::amount::date_range(told);
                        question.served =
                            days.and_then(|(one, other)| civil(one).zip(civil(other)));
                    }
                }
                Part::Start(_) | Part::Beginning(_) | Part::Line | Part::Other => {}
            }
        }
        inquiry.questions.extend(open);
    }

    /// A level closes those of its kind and those below it.
    fn open(&mut self, code: SmolStr) {
        match code.as_str() {
            "22" => (self.subscriber, self.patient) = (Person::default(), None),
            "23" => self.patient = Some(Person::default()),
            _ => {}
        }
        self.level = code;
    }

    /// Whom DMG and NM1 of this level are about.
    fn person(&mut self) -> &mut Person {
        self.patient.as_mut().unwrap_or(&mut self.subscriber)
    }

    fn named(&mut self, told: &t276::Name<'_>) {
        let named = Named {
            entity: small(told.entity),
            parts: told.parts.map(small),
            qualifier: small(told.qualifier),
            id: small(told.id),
        };
        match self.level.as_str() {
            "20" => self.payer = named,
            "21" => self.submitter = named,
            "19" => self.provider = named,
            "22" | "23" => self.person().named = named,
            _ => {}
        }
    }

    fn question(&self, number: &[u8]) -> Question {
        Question {
            trace: small(number),
            payer: self.payer.clone(),
            submitter: self.submitter.clone(),
            provider: self.provider.clone(),
            subscriber: Phi::new(self.subscriber.clone()),
            patient: self.patient.clone().map(Phi::new),
            ..Question::default()
        }
    }
}

/// BHT03.
fn batch(head: &Block<'_>) -> SmolStr {
    let said = head.segments().find_map(|segment| match t276::part(&segment) {
        Part::Beginning(beginning) => Some(small(beginning.reference)),
        Part::Start(_)
        | Part::Level(_)
        | Part::Born(_)
        | Part::Name(_)
        | Part::Trace(_)
        | Part::Reference(_)
        | Part::Charge(_)
        | Part::Served(_)
        | Part::Line
        | Part::Other => None,
    });
    said.unwrap_or_default()
}

fn referred(question: &mut Question, qualifier: &[u8], value: SmolStr) {
    match qualifier {
        b"1K" => question.control = Some(PayerControlNumber::new(&value)),
        b"BLT" => question.bill = value,
        b"EJ" => question.number = Some(ClaimNumber::new(&value)),
        _ => {}
    }
}
