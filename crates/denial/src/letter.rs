//! Letters to payers: templates by kind, payer and category, the fields that may stand in them, and
//! what a text comes to once the fields have their values. A value is text and never read again.

use std::collections::BTreeMap;

use jiff::civil::Date;
use smol_str::SmolStr;

use crate::category::Category;
use crate::deadline::DeadlineKind;
use crate::named;
use crate::payer::{PayerRules, key};

named! {
    /// What a letter asks of the payer.
    LetterKind {
        /// An appeal at a level.
        Appeal = "appeal",
        /// A second look before an appeal.
        Reconsideration = "reconsideration",
        /// A clerical error mended without an appeal (Medicare's reopening).
        Reopening = "reopening",
        /// Records that the payer asked for.
        Records = "records",
        /// A review outside the payer.
        ExternalReview = "external_review",
        /// An answer that is late.
        Reminder = "reminder",
        /// A complaint to who oversees the payer.
        Complaint = "complaint",
    }
}

impl LetterKind {
    /// The clock that such a letter has to keep; some have none of the case's.
    #[must_use]
    pub const fn clock(self, level: u8) -> Option<DeadlineKind> {
        match self {
            LetterKind::Appeal => Some(DeadlineKind::Appeal(level)),
            LetterKind::Reconsideration => Some(DeadlineKind::Reconsideration),
            LetterKind::Records => Some(DeadlineKind::RecordsRequest),
            LetterKind::ExternalReview => Some(DeadlineKind::ExternalReview),
            LetterKind::Reopening | LetterKind::Reminder | LetterKind::Complaint => None,
        }
    }

    /// True where it disputes nothing: it goes out wherever the case stands, and what an appeal
    /// would take need not go with it.
    #[must_use]
    pub const fn presses(self) -> bool {
        matches!(self, LetterKind::Reminder | LetterKind::Complaint)
    }
}

named! {
    /// What may stand in a letter as `{{name}}`.
    Field {
        /// Our number of the claim.
        ClaimNumber = "claim_number",
        /// The payer's number of it.
        PayerControl = "payer_control",
        /// Given and family name.
        Patient = "patient",
        /// Member id.
        Member = "member",
        /// Date of birth.
        Born = "born",
        /// The payer, as files name it.
        Payer = "payer",
        /// Line of business.
        Plan = "plan",
        /// First to last day of service.
        ServiceDates = "service_dates",
        /// Procedures of the denied lines.
        Procedures = "procedures",
        /// Diagnoses of the claim.
        Diagnoses = "diagnoses",
        /// Total charge.
        Charge = "charge",
        /// What the payer denied.
        Denied = "denied",
        /// What is still outstanding.
        Outstanding = "outstanding",
        /// Reason codes of the denial.
        ReasonCodes = "reason_codes",
        /// Reasons in our words.
        Reasons = "reasons",
        /// Remark codes of the denial.
        RemarkCodes = "remark_codes",
        /// The day of the denial.
        DeniedOn = "denied_on",
        /// Number of the payment that denied.
        Trace = "trace",
        /// Prior authorisation of the claim.
        Authorization = "authorization",
        /// Referral of the claim.
        Referral = "referral",
        /// The day the claim was first sent.
        SubmittedOn = "submitted_on",
        /// The day the payer received it.
        ReceivedOn = "received_on",
        /// The level of the appeal.
        Level = "level",
        /// The last day of this way.
        Deadline = "deadline",
        /// The payer's decision one level below.
        PreviousDecision = "previous_decision",
        /// The practice.
        Practice = "practice",
        /// Billing provider's NPI.
        BillingNpi = "billing_npi",
        /// Who rendered the service: NPI.
        RenderingNpi = "rendering_npi",
        /// Billing provider's tax id.
        TaxId = "tax_id",
        /// The day the letter is made.
        Today = "today",
        /// The letter's own table, point by point.
        Table = "table",
        /// The payer's policy among the letter's exhibits.
        PayerPolicy = "payer_policy",
    }
}

impl Field {
    /// What it gives, for people who write letters.
    #[must_use]
    pub const fn gives(self) -> &'static str {
        match self {
            Field::ClaimNumber => "our number of the claim",
            Field::PayerControl => "the payer's number of the claim, from the remittance",
            Field::Patient => "the patient's given and family name",
            Field::Member => "the member id",
            Field::Born => "the patient's date of birth",
            Field::Payer => "the payer's name, as the remittance has it",
            Field::Plan => "the line of business, such as Medicare Advantage",
            Field::ServiceDates => "the days of service, first to last",
            Field::Procedures => "procedures and modifiers of the denied lines",
            Field::Diagnoses => "the claim's diagnoses in their order, from the 837",
            Field::Charge => "the total charge, from the 837",
            Field::Denied => "what the payer denied, in dollars",
            Field::Outstanding => "what nobody has explained yet, in dollars",
            Field::ReasonCodes => "group and reason codes of the denial, such as CO-50",
            Field::Reasons => "those reasons in our own words",
            Field::RemarkCodes => "remark codes of the denial, such as N115",
            Field::DeniedOn => "the payment date of the remittance that denied",
            Field::Trace => "the number of that payment (TRN02)",
            Field::Authorization => "the prior authorization number on the claim",
            Field::Referral => "the referral number on the claim",
            Field::SubmittedOn => "the day on which the 837 was made",
            Field::ReceivedOn => "the day the payer says it received the claim",
            Field::Level => "the appeal's level as a number",
            Field::Deadline => "the last day of this way; unfilled where no rule says",
            Field::PreviousDecision => "the day of the decision one level below",
            Field::Practice => "the practice's name",
            Field::BillingNpi => "the billing provider's NPI",
            Field::RenderingNpi => "the rendering provider's NPI, else the billing one",
            Field::TaxId => "the billing provider's tax id",
            Field::Today => "the day on which the letter is made",
            Field::Table => "the table below; unfilled while point by point has no row",
            Field::PayerPolicy => {
                "the exhibit that holds the payer's policy; unfilled while none of them does"
            }
        }
    }

    /// True where it tells who the patient is.
    #[must_use]
    pub const fn names_patient(self) -> bool {
        matches!(self, Field::Patient | Field::Member | Field::Born)
    }
}

/// An argument that a letter may make, by a name that statistics count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Argument {
    /// Its word in rows: `criteria_met`.
    pub name: SmolStr,
    /// Before people.
    pub label: SmolStr,
    /// The paragraph.
    pub text: SmolStr,
}

/// One template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The file below `data/`.
    pub file: SmolStr,
    /// Its word in rows, once in its file.
    pub name: SmolStr,
    /// Before people.
    pub title: SmolStr,
    /// What it asks.
    pub kind: LetterKind,
    /// The categories that it is for; empty for all.
    pub categories: Vec<Category>,
    /// The payers that it is for, by name or id; empty for all.
    pub payers: Vec<SmolStr>,
    /// The levels that it is for; empty for all.
    pub levels: Vec<u8>,
    /// First day on which it is offered.
    pub from: Option<Date>,
    /// Last day on which it is offered.
    pub to: Option<Date>,
    /// The line that says what it is about.
    pub subject: SmolStr,
    /// Paragraphs before the arguments.
    pub opening: Vec<SmolStr>,
    /// Arguments to choose from, the usual ones first.
    pub arguments: Vec<Argument>,
    /// Paragraphs after them.
    pub closing: Vec<SmolStr>,
    /// What has to go with it, in the playbook's words.
    pub exhibits: Vec<SmolStr>,
}

impl Letter {
    /// `letters/appeals.toml#timely_filing`, which a draft names.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}#{}", self.file, self.name)
    }

    /// How narrow it is for this case; `None` where it is for others.
    fn fit(&self, asked: &Asked<'_>) -> Option<u8> {
        let in_time = self.from.is_none_or(|from| from <= asked.on)
            && self.to.is_none_or(|to| asked.on <= to);
        let level = fits(&self.levels, |level| *level == asked.level)?;
        let category = fits(&self.categories, |one| *one == asked.category)?;
        let payer = fits(&self.payers, |one| asked.pays(one))?;
        (self.kind == asked.kind && in_time).then_some(payer * 4 + category * 2 + level)
    }
}

/// 1 where one of a list is meant, 0 where the list says nothing, `None` where it means others.
fn fits<T>(list: &[T], is: impl Fn(&T) -> bool) -> Option<u8> {
    match list {
        [] => Some(0),
        some => some.iter().any(is).then_some(1),
    }
}

/// What a letter is looked for.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// What it is to ask.
    pub kind: LetterKind,
    /// The payer as the case names it.
    pub payer: &'a str,
    /// The payer's rules, which know its other names.
    pub rules: Option<&'a PayerRules>,
    /// The leading reason.
    pub category: Category,
    /// The level.
    pub level: u8,
    /// Today.
    pub on: Date,
}

impl Asked<'_> {
    fn pays(&self, one: &SmolStr) -> bool {
        let named = key(one);
        let own = key(self.payer);
        let known = self.rules.is_some_and(|rules| {
            rules.is_called(one) || rules.ids.iter().any(|id| id.eq_ignore_ascii_case(one))
        });
        known || (!own.is_empty() && own == named)
    }
}

/// The templates that fit, the narrowest first: a payer's own before a category's, that before a
/// level's.
#[must_use]
pub fn fitting<'a>(letters: &'a [Letter], asked: &Asked<'_>) -> Vec<&'a Letter> {
    let fit = |one: &'a Letter| one.fit(asked).map(|narrow| (narrow, one));
    let mut all: Vec<(u8, &Letter)> = letters.iter().filter_map(fit).collect();
    all.sort_by_key(|(narrow, one)| (std::cmp::Reverse(*narrow), one.id()));
    all.into_iter().map(|(_, one)| one).collect()
}

/// A piece of a text that may hold fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// As it stands.
    Text(&'a str),
    /// A field.
    Field(Field),
    /// Braces around what is no field, as it stands between them.
    Unknown(&'a str),
    /// A note to self, `[[…]]`, as it stands between the brackets.
    Note(&'a str),
}

/// The pieces of a text. Braces and brackets without their end are text.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, mark, within, after)) = next_mark(rest) {
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(match mark {
            "{{" => Field::from_name(within.trim()).map_or(Piece::Unknown(within), Piece::Field),
            _ => Piece::Note(within),
        });
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// What stands before the first mark that ends, the mark, what is in it, what follows.
fn next_mark(text: &str) -> Option<(&str, &'static str, &str, &str)> {
    let mut marks: Vec<(usize, &'static str, &'static str)> = [("{{", "}}"), ("[[", "]]")]
        .into_iter()
        .filter_map(|(open, close)| {
            let at = text.find(open)?;
            text[at + 2..].contains(close).then_some((at, open, close))
        })
        .collect();
    marks.sort_unstable();
    let (at, open, close) = marks.into_iter().next()?;
    let (within, after) = text[at + 2..].split_once(close)?;
    Some((&text[..at], open, within, after))
}

/// Values of fields; one that is absent is not known.
pub type Values = BTreeMap<Field, String>;

/// A text with its fields filled in. What is missing stays as it was written.
#[must_use]
pub fn filled(text: &str, values: &Values) -> String {
    let one = |piece: Piece<'_>| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Field(field) => match values.get(&field) {
            Some(value) => value.clone(),
            None => format!("{{{{{}}}}}", field.as_str()),
        },
        Piece::Unknown(within) => format!("{{{{{within}}}}}"),
        Piece::Note(within) => format!("[[{within}]]"),
    };
    pieces(text).into_iter().map(one).collect()
}

/// Why a text cannot be sent as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// A field has no value here.
    Unfilled(Field),
    /// Braces around what is no field.
    Unknown(String),
    /// Somebody's note to self.
    Note(String),
}

/// What keeps a text from being sent, each once.
#[must_use]
pub fn lacks(text: &str, values: &Values) -> Vec<Lack> {
    let mut found = Vec::new();
    for piece in pieces(text) {
        let lack = match piece {
            Piece::Text(_) => continue,
            Piece::Field(field) if values.contains_key(&field) => continue,
            Piece::Field(field) => Lack::Unfilled(field),
            Piece::Unknown(within) => Lack::Unknown(within.to_owned()),
            Piece::Note(within) => Lack::Note(within.to_owned()),
        };
        if !found.contains(&lack) {
            found.push(lack);
        }
    }
    found
}

#[cfg(test)]
mod tests;
