//! What keeps a draft from being sent as it stands.

use std::fmt;

use jiff::civil::Date;
use smol_str::SmolStr;

use crate::appeal::{Content, Draft, kinds_of, letter_of, pages};
use crate::codes::Rarc;
use crate::deadline::DeadlineKind;
use crate::denial::{Channel, Denial, DeniedLine, Status};
use crate::letter::{Field, Lack, Letter, LetterKind, Values, lacks};
use crate::next_action::standing;
use crate::playbook::Rights;
use crate::rules::Rules;

/// What a draft is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The case.
    pub case: &'a Denial,
    /// The template that it began from, where the rules still have it.
    pub letter: Option<&'a Letter>,
    /// What its fields come to.
    pub values: &'a Values,
    /// The claim is specially protected.
    pub protected: bool,
    /// Today.
    pub today: Date,
    /// All rules.
    pub rules: &'a Rules,
}

/// One thing that stops it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The case is not in review.
    NotInReview(Status),
    /// It is another level's turn.
    OtherLevel(u8),
    /// The last day was before.
    Past(Date),
    /// A remark leaves no appeal.
    NoAppeal(Rarc),
    /// Documents that have to go with it.
    Missing(Vec<SmolStr>),
    /// A field without a value.
    Unfilled(Field),
    /// Braces around what is no field.
    NoField(String),
    /// A note to self.
    Note(String),
    /// It says nothing.
    Empty,
    /// An exhibit's pages cannot be read.
    Pages(String, String),
    /// An exhibit is no document of the case any more.
    Gone(String),
    /// A point names an exhibit that is not there.
    NoExhibit(usize),
    /// The record is specially protected, and no consent goes with it.
    NoConsent,
    /// The packet is more than the payer takes by its channel.
    Beyond(String),
}

impl fmt::Display for Stop {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stop::NotInReview(Status::New) => out.write_str("Start the review of the case first."),
            Stop::NotInReview(status) => write!(
                out,
                "The case is {}: a letter goes out while it is in review.",
                status.as_str().replace('_', " ")
            ),
            Stop::OtherLevel(level) => write!(out, "Level {level} is next."),
            Stop::Past(by) => write!(
                out,
                "The last day was {by}. A supervisor may say why it goes out late, and sends it."
            ),
            Stop::NoAppeal(code) => write!(
                out,
                "{code} says that no appeal is open. Say why it is sent all the same, or choose \
                 another way."
            ),
            Stop::Missing(what) => {
                let what: Vec<String> = what.iter().map(|one| one.replace('_', " ")).collect();
                write!(
                    out,
                    "Not among the exhibits: {}. Add it, or a supervisor says why it goes without, \
                     and sends it.",
                    what.join(", ")
                )
            }
            Stop::Unfilled(field) => write!(
                out,
                "{{{{{}}}}} has no value here ({}). Write it in its place, or take it out.",
                field.as_str(),
                field.gives()
            ),
            Stop::NoField(name) => write!(out, "{{{{{name}}}}} is no field."),
            Stop::Note(text) => write!(out, "A note to yourself stands in it: [[{text}]]."),
            Stop::Empty => out.write_str("It has no subject, or no text."),
            Stop::Pages(exhibit, part) => {
                write!(out, "Exhibit {exhibit}: \"{part}\" names no pages. Write them as 1-3, 7.")
            }
            Stop::Gone(exhibit) => {
                write!(out, "Exhibit {exhibit} is no document of the case. Choose it again.")
            }
            Stop::NoExhibit(row) => {
                write!(out, "Point {row} names an exhibit that is not there.")
            }
            Stop::Beyond(text) => out.write_str(text),
            Stop::NoConsent => out.write_str(
                "The record is specially protected (42 CFR part 2 or another law): attach the \
                 patient's consent to the case as patient_consent and put it among the exhibits.",
            ),
        }
    }
}

/// Everything that stops a draft, the case's own reasons first.
#[must_use]
pub fn stops(draft: &Draft, around: &Around<'_>) -> Vec<Stop> {
    let mut found = of_case(draft, around);
    found.extend(of_exhibits(&draft.content, around));
    found.extend(of_texts(&draft.content, around.values));
    found.extend(draft.content.channel.into_iter().flat_map(|by| beyond(draft, by, around)));
    found
}

/// What of its packet is more than the payer takes by a channel; nothing where that is not
/// configured.
#[must_use]
pub fn beyond(draft: &Draft, by: Channel, around: &Around<'_>) -> Vec<Stop> {
    let case = around.case;
    let rule = around.rules.channel(&case.payer_name, case.plan, by);
    let Some((rule, packet)) = rule.zip(draft.packet.as_ref()) else { return Vec::new() };
    rule.beyond(packet.bytes, packet.pages).into_iter().map(Stop::Beyond).collect()
}

fn of_case(draft: &Draft, around: &Around<'_>) -> Vec<Stop> {
    let (case, content) = (around.case, &draft.content);
    let mut found = Vec::new();
    if case.status() != Status::InReview && !draft.kind.presses() {
        found.push(Stop::NotInReview(case.status()));
    }
    if draft.kind == LetterKind::Appeal {
        if draft.level != case.next_level() {
            found.push(Stop::OtherLevel(case.next_level()));
        }
        let barred = no_appeal(case, around.rules).filter(|_| content.although.trim().is_empty());
        found.extend(barred.map(Stop::NoAppeal));
    }
    let last = draft.kind.clock(draft.level).and_then(|clock| case.last_day(clock));
    let past = last.filter(|by| *by < around.today && content.late.trim().is_empty());
    found.extend(past.map(Stop::Past));
    found
}

/// The remark that leaves no appeal of what still stands denied, where one does.
#[must_use]
pub fn no_appeal(case: &Denial, rules: &Rules) -> Option<Rarc> {
    let barred = |line: &DeniedLine| {
        let on = line.denied_on.unwrap_or(case.denied_on);
        let bars = |code: &&Rarc| rules.playbook.rights_of(code, on) == Some(Rights::NoAppeal);
        line.remarks.iter().map(|remark| &remark.code).find(bars).cloned()
    };
    standing(case).find_map(barred)
}

/// Why no review outside the payer is open; none where one is.
#[must_use]
pub fn no_review(case: &Denial) -> Option<&'static str> {
    if case.deadlines.iter().any(|one| one.kind == DeadlineKind::ExternalReview) {
        return None;
    }
    let decided = case.appeals.iter().any(|one| one.decided.is_some());
    Some(if decided {
        "not configured: the payer's rules have no external review"
    } else {
        "it opens after the payer's own decision on an appeal"
    })
}

fn of_exhibits(content: &Content, around: &Around<'_>) -> Vec<Stop> {
    let mut found = Vec::new();
    let kinds = kinds_of(content, around.case);
    let missing = required(around).into_iter().filter(|what| !kinds.contains(&what));
    let missing: Vec<SmolStr> = missing.collect();
    if !missing.is_empty() && content.without.trim().is_empty() {
        found.push(Stop::Missing(missing));
    }
    for (at, exhibit) in content.exhibits.iter().enumerate() {
        if let Err(part) = pages(&exhibit.pages) {
            found.push(Stop::Pages(letter_of(at), part));
        }
        if !around.case.documents.iter().any(|one| one.document == exhibit.document) {
            found.push(Stop::Gone(letter_of(at)));
        }
    }
    let count = content.exhibits.len();
    let stray = content.points.iter().position(|point| usize::from(point.exhibit) > count);
    found.extend(stray.map(|at| Stop::NoExhibit(at + 1)));
    if around.protected && !kinds.iter().any(|what| *what == CONSENT) {
        found.push(Stop::NoConsent);
    }
    found
}

/// A document that carries a patient's consent.
const CONSENT: &str = "patient_consent";

/// What has to go with it: what the case wants, and what its template names.
#[must_use]
pub fn required(around: &Around<'_>) -> Vec<SmolStr> {
    let presses = around.letter.is_some_and(|letter| letter.kind.presses());
    let mut all = if presses { Vec::new() } else { around.case.wanted.clone() };
    for what in around.letter.into_iter().flat_map(|letter| &letter.exhibits) {
        if !all.contains(what) {
            all.push(what.clone());
        }
    }
    all
}

fn of_texts(content: &Content, values: &Values) -> Vec<Stop> {
    let mut found = Vec::new();
    let body = [&content.opening, &content.closing];
    let says = body.iter().any(|text| !text.trim().is_empty()) || !content.arguments.is_empty();
    if content.subject.trim().is_empty() || !says {
        found.push(Stop::Empty);
    }
    for text in texts(content) {
        for lack in lacks(text, values) {
            let stop = match lack {
                Lack::Unfilled(field) => Stop::Unfilled(field),
                Lack::Unknown(name) => Stop::NoField(name),
                Lack::Note(note) => Stop::Note(note),
            };
            if !found.contains(&stop) {
                found.push(stop);
            }
        }
    }
    found
}

/// Every text that fields may stand in.
pub(crate) fn texts(content: &Content) -> impl Iterator<Item = &str> {
    let fixed = [&content.to, &content.subject, &content.opening, &content.policy];
    let fixed = fixed.into_iter().chain([&content.closing, &content.signer]);
    let arguments = content.arguments.iter().map(|one| &one.text);
    let points = content.points.iter().flat_map(|one| [&one.criterion, &one.evidence]);
    let titles = content.exhibits.iter().map(|one| &one.title);
    fixed.chain(arguments).chain(points).chain(titles).map(String::as_str)
}
