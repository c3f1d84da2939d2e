//! What a claim must be before it leaves: every fault with its field and what was expected.

use jiff::civil::Date;
use x12::t837::Form;

use crate::codes::{Npi, Quantity};
use crate::correction::check_codes;
use crate::correction::cob;
use crate::correction::coded;
use crate::correction::draft::{Draft, Line};
use crate::correction::field::{Field, LineField, Who};
use crate::correction::resend::Terms;
use crate::correction::rows::{find, named};
use crate::correction::values::{claim_end, days, sum_of_lines};
use crate::correction::{letters, lines, people};
use crate::money::Money;
use crate::named;

named! {
    /// What kind of rule a fault breaks, by the types that WEDI SNIP counts.
    FaultKind {
        /// Letters and lengths that X12 has (type 1).
        Syntax = "syntax",
        /// What the guide requires (type 2).
        Guide = "guide",
        /// Sums (type 3).
        Balance = "balance",
        /// What two fields say together (type 4).
        Situation = "situation",
        /// The form of codes (type 5).
        Code = "code",
        /// What this payer wants (type 7).
        Payer = "payer",
    }
}

/// Something that must be mended before a claim leaves. It holds no value of the claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where people mend it; none where no field of the form holds it.
    pub field: Option<Field>,
    /// What kind of rule.
    pub kind: FaultKind,
    /// What was expected.
    pub expected: String,
}

/// Faults as they are found.
#[derive(Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, field: Field, kind: FaultKind, expected: impl Into<String>) {
        self.0.push(Fault { field: Some(field), kind, expected: expected.into() });
    }

    pub(crate) fn add_if(&mut self, is_wrong: bool, field: Field, kind: FaultKind, expected: &str) {
        if is_wrong {
            self.add(field, kind, expected);
        }
    }

    fn elsewhere(&mut self, kind: FaultKind, expected: String) {
        self.0.push(Fault { field: None, kind, expected });
    }
}

/// Every fault of a draft, in the order of its fields. `today` is the clinic's day.
#[must_use]
pub fn check(draft: &Draft, today: Date, terms: Terms) -> Vec<Fault> {
    let mut faults = Faults::default();
    if draft.form() == Form::Dental {
        let expected = "expected a professional or institutional claim; dental ones go elsewhere";
        faults.elsewhere(FaultKind::Guide, expected.to_owned());
        return faults.0;
    }
    check_version(draft, &mut faults);
    if !check_counts(draft, &mut faults) {
        return faults.0;
    }
    check_required(draft, &mut faults);
    check_sending(draft, terms, &mut faults);
    check_numbers(draft, &mut faults);
    check_sums(draft, &mut faults);
    check_days(draft, today, &mut faults);
    check_lines(draft, &mut faults);
    check_codes::check(draft, &mut faults);
    check_lengths(draft, &mut faults);
    check_letters(draft, &mut faults);
    faults.0
}

fn check_version(draft: &Draft, faults: &mut Faults) {
    let guide = if draft.form() == Form::Professional { "005010X222" } else { "005010X223" };
    if !draft.version().starts_with(guide) {
        faults.elsewhere(FaultKind::Guide, format!("expected a claim by the guide {guide}"));
    }
}

/// False where a claim has so much of something that it is looked at no further.
fn check_counts(draft: &Draft, faults: &mut Faults) -> bool {
    let before = faults.0.len();
    let most = lines::most(draft);
    if draft.lines.len() > most {
        faults.elsewhere(FaultKind::Guide, format!("expected at most {most} lines (LX)"));
    }
    let holds_another = |line: &Line| line.rows.iter().skip(1).any(|row| row.is("LX", ""));
    if draft.lines.iter().any(holds_another) {
        let expected = "expected numbers of lines (LX01) from 1 on";
        faults.elsewhere(FaultKind::Guide, expected.to_owned());
    }
    if cob::others(draft).len() > cob::MOST {
        let expected = format!("expected at most {} other payers (SBR)", cob::MOST);
        faults.elsewhere(FaultKind::Guide, expected);
    }
    faults.0.len() == before
}

pub(crate) fn said(draft: &Draft, field: Field) -> String {
    draft.value(field).reveal().clone()
}

fn check_required(draft: &Draft, faults: &mut Faults) {
    if draft.number().is_empty() {
        faults.elsewhere(FaultKind::Guide, "expected our number of the claim (CLM01)".to_owned());
    }
    if draft.lines.is_empty() {
        faults.elsewhere(FaultKind::Guide, "expected at least one line (LX)".to_owned());
    }
    let mut wanted = vec![
        Field::Place,
        Field::Frequency,
        Field::Charge,
        Field::Diagnosis(1),
        Field::Member,
        Field::Payer,
        Field::Family(Who::Subscriber),
        Field::Born(Who::Patient),
        Field::Family(Who::Patient),
    ];
    if draft.form() == Form::Institutional {
        wanted.push(Field::Statement);
    }
    for who in [Who::Rendering, Who::Referring, Who::Attending] {
        let of = [Field::Npi(who), Field::Family(who)];
        // A field that the form does not have would ask for what nobody can say.
        if of[0].is_in(draft.form()) && people::stretch(draft, who).is_some() {
            wanted.extend(of);
        }
    }
    for number in draft.lines() {
        let of_line = |field| Field::Line(number, field);
        wanted.extend([LineField::Charge, LineField::Units].map(of_line));
        wanted.push(of_line(match draft.form() {
            Form::Institutional => LineField::Revenue,
            Form::Professional | Form::Dental => LineField::Procedure,
        }));
        if draft.form() == Form::Professional {
            wanted.extend([LineField::Dates, LineField::Pointers].map(of_line));
        }
    }
    for field in wanted {
        if said(draft, field).is_empty() {
            faults.add(field, FaultKind::Guide, format!("expected {}", wanted_of(field)));
        }
    }
}

/// What is expected where nothing is said.
const fn wanted_of(field: Field) -> &'static str {
    match field {
        Field::Place => "where the services were given, such as 11",
        Field::Frequency => "1 (original), 7 (replacement) or 8 (void)",
        Field::Charge | Field::Line(_, LineField::Charge) => "an amount such as 150.50",
        Field::Diagnosis(_) => "the principal diagnosis, such as J20.9",
        Field::Member => "the member id on the insurance card",
        Field::Payer => "the payer's id for claims",
        Field::Family(_) => "a family name, or the name of an organization",
        Field::Born(_) => "a day of birth such as 2010-03-04",
        Field::Npi(_) => "an NPI of ten digits, or no provider here",
        Field::Statement => "the first and last day, such as 2026-01-30/2026-01-31",
        Field::Line(_, LineField::Units) => "a number of units, such as 1",
        Field::Line(_, LineField::Revenue) => "a revenue code such as 0450",
        Field::Line(_, LineField::Procedure) => "a procedure code such as 99213",
        Field::Line(_, LineField::Dates) => "a day of service such as 2026-01-31",
        Field::Line(_, LineField::Pointers) => "the diagnoses it was for, by their places: 1,2",
        Field::Replaces
        | Field::Authorization
        | Field::Referral
        | Field::Clia
        | Field::Delay
        | Field::Accident
        | Field::Onset
        | Field::Note
        | Field::Attachment(_)
        | Field::Given(_)
        | Field::Line(..) => "a value",
    }
}

/// Frequency and the payer's number belong together; some payers want a note beside them.
fn check_sending(draft: &Draft, terms: Terms, faults: &mut Faults) {
    let (frequency, number) = (said(draft, Field::Frequency), said(draft, Field::Replaces));
    let professional = draft.form() == Form::Professional;
    let known = match frequency.as_str() {
        "1" | "7" | "8" | "" => true,
        other => !professional && other.len() == 1,
    };
    let expected = "expected 1 (original), 7 (replacement) or 8 (void)";
    faults.add_if(!known, Field::Frequency, FaultKind::Guide, expected);
    let instead = matches!(frequency.as_str(), "7" | "8");
    let expected = "expected the payer's number of the claim (CLP07) with frequency 7 or 8";
    faults.add_if(instead && number.is_empty(), Field::Replaces, FaultKind::Situation, expected);
    let expected = "expected none on a claim that replaces nothing (frequency 1)";
    let stray = frequency == "1" && !number.is_empty();
    faults.add_if(stray, Field::Replaces, FaultKind::Situation, expected);
    let refusal = match frequency.as_str() {
        "7" => terms.against_replacement(),
        "8" => terms.against_void(),
        _ => None,
    };
    if let Some(refusal) = refusal {
        faults.add(Field::Frequency, FaultKind::Payer, refusal.to_string());
    }
    let silent = frequency == "7" && terms.note_required && terms.notes(draft).next().is_none();
    let expected = "expected a note that says what was corrected, which this payer wants";
    faults.add_if(silent, Field::Note, FaultKind::Payer, expected);
}

fn check_numbers(draft: &Draft, faults: &mut Faults) {
    const EXPECTED: &str = "expected an NPI of ten digits with its check digit";
    for who in [Who::Rendering, Who::Referring, Who::Attending] {
        let npi = said(draft, Field::Npi(who));
        let wrong = !npi.is_empty() && !Npi::new(&npi).is_valid();
        faults.add_if(wrong, Field::Npi(who), FaultKind::Code, EXPECTED);
    }
    let billing = named(&draft.billing, 0..draft.billing.len(), "85")
        .and_then(|range| draft.billing.get(range.start));
    let npi = billing.filter(|row| row.text(8) == "XX").map(|row| row.text(9).into_owned());
    match npi {
        Some(npi) if Npi::new(&npi).is_valid() => {}
        Some(_) => {
            faults.elsewhere(FaultKind::Code, format!("billing provider: {EXPECTED}"));
        }
        // Providers without an NPI (atypical ones) are named by their tax id.
        None if billing.is_some() => {}
        None => faults.elsewhere(FaultKind::Guide, "expected a billing provider (NM1*85)".into()),
    }
}

fn check_sums(draft: &Draft, faults: &mut Faults) {
    let total = Money::parse(&said(draft, Field::Charge)).ok();
    let expected = "expected what the lines add up to";
    let differs = total != Some(sum_of_lines(draft));
    faults.add_if(differs, Field::Charge, FaultKind::Balance, expected);
    for expected in cob::imbalances(draft) {
        faults.elsewhere(FaultKind::Balance, expected);
    }
}

fn check_days(draft: &Draft, today: Date, faults: &mut Faults) {
    let future = "expected a day that is not in the future";
    let mut first = None;
    let mut spans: Vec<Field> =
        draft.lines().map(|number| Field::Line(number, LineField::Dates)).collect();
    spans.extend([Field::Statement, Field::Accident, Field::Onset]);
    for field in spans {
        let text = said(draft, field);
        let span = between(&text);
        let Some((from, to)) = span else {
            let expected = "expected a day or two, such as 2026-01-30/2026-01-31";
            faults.add_if(!text.is_empty(), field, FaultKind::Syntax, expected);
            continue;
        };
        faults.add_if(to > today || from > today, field, FaultKind::Situation, future);
        let turned = "expected the first day before the last";
        faults.add_if(from > to, field, FaultKind::Situation, turned);
        if matches!(field, Field::Line(..) | Field::Statement) {
            first = first.into_iter().chain([from]).min();
        }
    }
    let statement = find(&draft.claim, 0..claim_end(&draft.claim), "DTP", "434");
    let is_day =
        statement.and_then(|at| draft.claim.get(at)).is_some_and(|row| row.text(2) != "RD8");
    let expected = "expected the first and last day (RD8); write them again";
    let institutional = draft.form() == Form::Institutional;
    faults.add_if(is_day && institutional, Field::Statement, FaultKind::Guide, expected);
    check_births(draft, today, first, faults);
}

fn check_births(draft: &Draft, today: Date, first: Option<Date>, faults: &mut Faults) {
    for who in [Who::Subscriber, Who::Patient] {
        let text = said(draft, Field::Born(who));
        let born: Option<Date> = text.parse().ok();
        let field = Field::Born(who);
        // A patient who is the subscriber is told once.
        let told = who == Who::Subscriber && draft.patient.is_none();
        let wrong = born.is_none() && !text.is_empty();
        faults.add_if(wrong && !told, field, FaultKind::Syntax, "expected a day of birth");
        let late = born.zip(first).is_some_and(|(born, first)| born > first);
        let late = late || born.is_some_and(|born| born > today);
        let expected = "expected a day of birth before the first service";
        faults.add_if(late && !told, field, FaultKind::Situation, expected);
    }
}

/// The days that a field shows.
pub(crate) fn between(text: &str) -> Option<(Date, Date)> {
    days(&text.replace('-', "").replace('/', "-"))
}

fn check_lines(draft: &Draft, faults: &mut Faults) {
    let diagnoses = coded::diagnoses(draft).len();
    let mut controls: Vec<String> = Vec::new();
    for line in &draft.lines {
        let field = |field| Field::Line(line.number, field);
        let pointers = coded::line_pointers(line);
        let outside = pointers.iter().any(|one| *one == 0 || usize::from(*one) > diagnoses);
        let expected = "expected places of diagnoses that the claim has";
        faults.add_if(outside, field(LineField::Pointers), FaultKind::Situation, expected);
        let twice = pointers.iter().enumerate().any(|(at, one)| pointers[..at].contains(one));
        let expected = "expected each diagnosis once";
        faults.add_if(twice, field(LineField::Pointers), FaultKind::Situation, expected);
        let units = said(draft, field(LineField::Units));
        let none = !units.is_empty() && Quantity::parse(&units).is_none_or(|units| units.0 <= 0);
        faults.add_if(none, field(LineField::Units), FaultKind::Guide, "expected more than none");
        let charge = said(draft, field(LineField::Charge));
        let wrong =
            !charge.is_empty() && Money::parse(&charge).map_or(true, |charge| charge < Money::ZERO);
        let expected = "expected an amount that is not negative";
        faults.add_if(wrong, field(LineField::Charge), FaultKind::Guide, expected);
        let control = said(draft, field(LineField::Control));
        let doubled = !control.is_empty() && controls.contains(&control);
        let expected = "expected a number that no other line has";
        faults.add_if(doubled, field(LineField::Control), FaultKind::Situation, expected);
        controls.push(control);
    }
}

/// The most letters that the guides have for a field.
const fn most(field: Field) -> Option<usize> {
    Some(match field {
        Field::Replaces | Field::Authorization | Field::Referral | Field::Clia => 50,
        Field::Note | Field::Line(_, LineField::Note) => 80,
        Field::Member | Field::Payer => 80,
        Field::Family(_) => 60,
        Field::Given(_) => 35,
        Field::Line(_, LineField::Control) => 30,
        Field::Place
        | Field::Frequency
        | Field::Charge
        | Field::Delay
        | Field::Accident
        | Field::Onset
        | Field::Statement
        | Field::Diagnosis(_)
        | Field::Attachment(_)
        | Field::Born(_)
        | Field::Npi(_)
        | Field::Line(..) => return None,
    })
}

fn check_lengths(draft: &Draft, faults: &mut Faults) {
    for field in draft.fields() {
        let Some(most) = most(field) else { continue };
        if draft.value(field).reveal().chars().count() > most {
            let expected = format!("expected at most {most} letters");
            faults.add(field, FaultKind::Syntax, expected);
        }
    }
    if draft.number().chars().count() > 38 {
        let expected = "expected at most 38 letters in our number of the claim (CLM01)";
        faults.elsewhere(FaultKind::Syntax, expected.to_owned());
    }
}

/// Letters outside X12's sets, at their field where one holds them, else at their segment.
fn check_letters(draft: &Draft, faults: &mut Faults) {
    const EXPECTED: &str = "expected letters, digits and marks that X12 has";
    let declared = [Some(draft.delimiters.element), draft.delimiters.repetition];
    let declared = [declared, [Some(draft.delimiters.component), None]].concat();
    let is_odd =
        |byte: &u8| !letters::is_plain(char::from(*byte)) && !declared.contains(&Some(*byte));
    let odd: Vec<&[u8]> = draft.segments().filter(|raw| raw.iter().any(is_odd)).collect();
    if odd.is_empty() {
        return;
    }
    let in_text = |field: &Field| draft.value(*field).reveal().bytes().any(|byte| is_odd(&byte));
    let fields: Vec<Field> = draft.fields().into_iter().filter(in_text).collect();
    if fields.is_empty() {
        for raw in odd {
            let id: Vec<u8> = raw.iter().copied().take_while(u8::is_ascii_alphanumeric).collect();
            let id = String::from_utf8_lossy(&id).into_owned();
            faults.elsewhere(FaultKind::Syntax, format!("{EXPECTED} in {id}"));
        }
    }
    for field in fields {
        faults.add(field, FaultKind::Syntax, EXPECTED);
    }
}
