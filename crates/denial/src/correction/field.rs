//! The fields of a claim that people correct: their names in forms and commands, and their words.

use std::fmt;

use x12::t837::Form;

/// One field of a claim. Lines are named by their number, diagnoses and attachments by their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Place of service or type of facility (CLM05-1).
    Place,
    /// 1 original, 7 replacement, 8 void (CLM05-3).
    Frequency,
    /// The payer's number of the claim that this one replaces or voids (REF*F8).
    Replaces,
    /// Total charge (CLM02); `lines` sets it to what the lines add up to.
    Charge,
    /// Prior authorisation (REF*G1).
    Authorization,
    /// Referral (REF*9F).
    Referral,
    /// Number of the laboratory's certificate (REF*X4).
    Clia,
    /// Why the claim is late (CLM20).
    Delay,
    /// Day of the accident (DTP*439).
    Accident,
    /// First day of the illness (DTP*431).
    Onset,
    /// Days that an institutional claim covers (DTP*434).
    Statement,
    /// A note to the payer (NTE).
    Note,
    /// A diagnosis by its place, from 1 (HI); behind it on an institutional claim whether it was
    /// present on admission: `J209 Y`.
    Diagnosis(u8),
    /// An attachment by its place: type, way, control number (PWK).
    Attachment(u8),
    /// Member id of the subscriber (NM1*IL).
    Member,
    /// Id of the payer (NM1*PR).
    Payer,
    /// Family name, or the name of an organisation.
    Family(Who),
    /// Given name.
    Given(Who),
    /// Day of birth.
    Born(Who),
    /// National provider identifier.
    Npi(Who),
    /// A field of one line.
    Line(u16, LineField),
}

/// Whom a name or number is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// The subscriber.
    Subscriber,
    /// The patient, who may be the subscriber.
    Patient,
    /// Who rendered the services (NM1*82).
    Rendering,
    /// Who referred (NM1*DN).
    Referring,
    /// Who attended, on an institutional claim (NM1*71).
    Attending,
}

/// A field of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineField {
    /// Revenue code (SV201).
    Revenue,
    /// Procedure (SV101-2, SV202-2).
    Procedure,
    /// Up to four modifiers, with commas between them.
    Modifiers,
    /// Charge (SV102, SV203).
    Charge,
    /// Units (SV104, SV205).
    Units,
    /// Day of service, or first and last with `/` between them (DTP*472).
    Dates,
    /// Place of service where it differs from the claim's (SV105).
    Place,
    /// Diagnoses of the claim by their places, with commas between them (SV107).
    Pointers,
    /// Our number of the line (REF*6R); what is there stays.
    Control,
    /// A note to the payer (NTE).
    Note,
}

/// The fields that every claim has once and that are about nobody.
macro_rules! whole {
    () => {
        Field::Place
            | Field::Frequency
            | Field::Replaces
            | Field::Charge
            | Field::Authorization
            | Field::Referral
            | Field::Clia
            | Field::Delay
            | Field::Accident
            | Field::Onset
            | Field::Statement
            | Field::Note
            | Field::Member
            | Field::Payer
    };
}

const WHOLE: [(Field, &str, &str); 14] = [
    (Field::Frequency, "frequency", "frequency"),
    (Field::Replaces, "replaces", "payer's number of the claim"),
    (Field::Place, "place", "place of service"),
    (Field::Charge, "charge", "total charge"),
    (Field::Delay, "delay", "delay reason"),
    (Field::Onset, "onset", "day of onset"),
    (Field::Accident, "accident", "day of the accident"),
    (Field::Statement, "statement", "statement days"),
    (Field::Authorization, "authorization", "authorization number"),
    (Field::Referral, "referral", "referral number"),
    (Field::Clia, "clia", "CLIA number"),
    (Field::Note, "note", "note"),
    (Field::Member, "member", "member id"),
    (Field::Payer, "payer", "payer id"),
];

const PEOPLE: [(Who, &str, &str); 5] = [
    (Who::Subscriber, "subscriber", "subscriber"),
    (Who::Patient, "patient", "patient"),
    (Who::Rendering, "rendering", "rendering provider"),
    (Who::Referring, "referring", "referring provider"),
    (Who::Attending, "attending", "attending provider"),
];

const OF_LINES: [(LineField, &str, &str); 10] = [
    (LineField::Revenue, "revenue", "revenue code"),
    (LineField::Procedure, "procedure", "procedure"),
    (LineField::Modifiers, "modifiers", "modifiers"),
    (LineField::Charge, "charge", "charge"),
    (LineField::Units, "units", "units"),
    (LineField::Dates, "dates", "days of service"),
    (LineField::Place, "place", "place of service"),
    (LineField::Pointers, "pointers", "diagnosis pointers"),
    (LineField::Control, "control", "line control number"),
    (LineField::Note, "note", "note"),
];

impl Field {
    /// Reads the name that [`Field::key`] gives.
    #[must_use]
    pub fn parse(key: &str) -> Option<Field> {
        if let Some((field, _, _)) = WHOLE.iter().find(|(_, name, _)| *name == key) {
            return Some(*field);
        }
        let (first, rest) = key.split_once('.')?;
        let place = || rest.parse().ok().filter(|place| *place > 0);
        match first {
            "diagnosis" => place().map(Field::Diagnosis),
            "attachment" => place().map(Field::Attachment),
            "line" => {
                let (number, name) = rest.split_once('.')?;
                let field = OF_LINES.iter().find(|(_, own, _)| *own == name)?.0;
                Some(Field::Line(number.parse().ok().filter(|number| *number > 0)?, field))
            }
            who => Field::of(PEOPLE.iter().find(|(_, name, _)| *name == who)?.0, rest),
        }
    }

    fn of(who: Who, part: &str) -> Option<Field> {
        match (part, who.is_provider()) {
            ("family", _) => Some(Field::Family(who)),
            ("given", _) => Some(Field::Given(who)),
            ("born", false) => Some(Field::Born(who)),
            ("npi", true) => Some(Field::Npi(who)),
            _ => None,
        }
    }

    /// The name in forms and commands: `authorization`, `diagnosis.1`, `line.2.modifiers`.
    #[must_use]
    pub fn key(self) -> String {
        let person = |who: Who, part: &str| format!("{}.{part}", who.names().0);
        match self {
            Field::Diagnosis(place) => format!("diagnosis.{place}"),
            Field::Attachment(place) => format!("attachment.{place}"),
            Field::Family(who) => person(who, "family"),
            Field::Given(who) => person(who, "given"),
            Field::Born(who) => person(who, "born"),
            Field::Npi(who) => person(who, "npi"),
            Field::Line(number, field) => format!("line.{number}.{}", field.names().0),
            whole!() => self.names().0.to_owned(),
        }
    }

    /// True for a change that a coder must approve: procedure, modifiers, diagnosis, revenue code,
    /// units, diagnosis pointers.
    #[must_use]
    pub const fn is_code(self) -> bool {
        matches!(
            self,
            Field::Diagnosis(_)
                | Field::Line(
                    _,
                    LineField::Revenue
                        | LineField::Procedure
                        | LineField::Modifiers
                        | LineField::Units
                        | LineField::Pointers
                )
        )
    }

    /// True where claims of this form have the field.
    #[must_use]
    pub const fn is_in(self, form: Form) -> bool {
        let professional = match form {
            Form::Professional => true,
            Form::Institutional => false,
            Form::Dental => return false,
        };
        let of_professionals = matches!(
            self,
            Field::Clia
                | Field::Accident
                | Field::Onset
                | Field::Line(_, LineField::Place | LineField::Pointers | LineField::Note)
        );
        let of_institutions = matches!(
            self,
            Field::Statement
                | Field::Family(Who::Attending)
                | Field::Given(Who::Attending)
                | Field::Npi(Who::Attending)
                | Field::Line(_, LineField::Revenue)
        );
        if professional { !of_institutions } else { !of_professionals }
    }

    fn names(self) -> (&'static str, &'static str) {
        let found = WHOLE.iter().find(|(field, _, _)| *field == self);
        found.map(|(_, key, words)| (*key, *words)).unwrap_or_default()
    }
}

impl fmt::Display for Field {
    /// In the field's words: `line 2: modifiers`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Field::Diagnosis(place) => write!(out, "diagnosis {place}"),
            Field::Attachment(place) => write!(out, "attachment {place}"),
            Field::Family(who) => write!(out, "{}: family name", who.names().1),
            Field::Given(who) => write!(out, "{}: given name", who.names().1),
            Field::Born(who) => write!(out, "{}: day of birth", who.names().1),
            Field::Npi(who) => write!(out, "{}: NPI", who.names().1),
            Field::Line(number, field) => write!(out, "line {number}: {}", field.names().1),
            whole!() => out.write_str(self.names().1),
        }
    }
}

impl Who {
    /// True for providers, who have an NPI where people have a day of birth.
    #[must_use]
    pub const fn is_provider(self) -> bool {
        match self {
            Who::Subscriber | Who::Patient => false,
            Who::Rendering | Who::Referring | Who::Attending => true,
        }
    }

    fn names(self) -> (&'static str, &'static str) {
        let found = PEOPLE.iter().find(|(who, _, _)| *who == self);
        found.map(|(_, key, words)| (*key, *words)).unwrap_or_default()
    }
}

impl LineField {
    /// All of them, in the order of a line.
    pub fn all() -> impl Iterator<Item = LineField> {
        OF_LINES.iter().map(|(field, _, _)| *field)
    }

    fn names(self) -> (&'static str, &'static str) {
        let found = OF_LINES.iter().find(|(field, _, _)| *field == self);
        found.map(|(_, key, words)| (*key, *words)).unwrap_or_default()
    }
}

/// The fields that every claim has once; those of people behind them.
pub(crate) fn whole() -> impl Iterator<Item = Field> {
    let people = PEOPLE.iter().flat_map(|(who, _, _)| {
        let last = if who.is_provider() { Field::Npi(*who) } else { Field::Born(*who) };
        [Field::Family(*who), Field::Given(*who), last]
    });
    WHOLE.iter().map(|(field, _, _)| *field).chain(people)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_name_that_reads_back_and_words() {
        let lines = LineField::all().map(|field| Field::Line(2, field));
        let placed = [Field::Diagnosis(1), Field::Attachment(3)];
        for field in whole().chain(lines).chain(placed) {
            assert_eq!(Field::parse(&field.key()), Some(field), "{field}");
            assert!(field.to_string().len() > 3, "{field:?}");
        }
        for key in ["", "claim", "diagnosis.0", "line.1", "line.0.units", "rendering.born"] {
            assert_eq!(Field::parse(key), None, "{key}");
        }
    }
}
