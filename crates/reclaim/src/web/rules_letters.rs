//! Letters to payers before those who write them: every template, one of them with made-up values,
//! and the fields that may stand in it.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use denial::letter::{self, Field, Letter, Values};

use crate::fields::Fields;
use crate::web::page::{Page, html};
use crate::web::rules::escaped_path;
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

#[derive(Template)]
#[template(path = "letters.html")]
struct LettersPage {
    page: Page,
    rows: Vec<LetterRow>,
    shown: Option<Shown>,
    /// Name as it is written, what it gives, what the example has.
    fields: Vec<(String, &'static str, &'static str)>,
}

struct LetterRow {
    title: String,
    href: String,
    edit: String,
    file: String,
    asks: String,
    is_for: String,
}

/// A template as it would read.
struct Shown {
    title: String,
    subject: String,
    opening: Vec<String>,
    /// Label and paragraph of each argument.
    arguments: Vec<(String, String)>,
    closing: Vec<String>,
    exhibits: Vec<String>,
}

/// `GET /rules/letters`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let letters = &visitor.office.rules.letters;
    let wanted = asked.get("letter").map(String::as_str).unwrap_or_default();
    let one = letters.iter().find(|one| one.id() == wanted);
    if one.is_none() && !wanted.is_empty() {
        return Err(Trouble::Nowhere);
    }
    let field = |field: &Field| (written(*field), field.gives(), example(*field));
    html(&LettersPage {
        page: Page::of(&visitor, "Letters to payers", "/rules"),
        rows: letters.iter().map(row).collect(),
        shown: one.map(shown),
        fields: Field::ALL.iter().map(field).collect(),
    })
}

/// A field as it stands in a letter.
pub(crate) fn written(field: Field) -> String {
    format!("{{{{{}}}}}", field.as_str())
}

fn row(one: &Letter) -> LetterRow {
    LetterRow {
        title: one.title.to_string(),
        href: format!("/rules/letters?letter={}#shown", escaped_path(&one.id())),
        edit: format!("/rules/edit?path={}", escaped_path(&one.file)),
        file: one.file.to_string(),
        asks: words::label(one.kind.as_str()),
        is_for: is_for(one),
    }
}

/// The cases that it is for, in words.
fn is_for(one: &Letter) -> String {
    let categories = one.categories.iter().map(|one| words::lower(one.as_str()));
    let levels = one.levels.iter().map(|level| format!("level {level}"));
    let payers = one.payers.iter().map(ToString::to_string);
    let all: Vec<String> = payers.chain(categories).chain(levels).collect();
    let mut text = if all.is_empty() { "every case".to_owned() } else { all.join(", ") };
    if let Some(from) = one.from {
        text.push_str(&format!(", from {}", words::day(from)));
    }
    if let Some(to) = one.to {
        text.push_str(&format!(", until {}", words::day(to)));
    }
    text
}

fn shown(one: &Letter) -> Shown {
    let values: Values =
        Field::ALL.iter().map(|field| (*field, example(*field).to_owned())).collect();
    let fill = |text: &smol_str::SmolStr| letter::filled(text, &values);
    Shown {
        title: one.title.to_string(),
        subject: fill(&one.subject),
        opening: one.opening.iter().map(fill).collect(),
        arguments: one
            .arguments
            .iter()
            .map(|one| (one.label.to_string(), fill(&one.text)))
            .collect(),
        closing: one.closing.iter().map(fill).collect(),
        exhibits: one.exhibits.iter().map(|one| words::label(one)).collect(),
    }
}

/// A made-up value.
const fn example(field: Field) -> &'static str {
    match field {
        Field::ClaimNumber => "EX-1001",
        Field::PayerControl => "26060EX00017",
        Field::Patient => "Pat Example",
        Field::Member => "EX123456789",
        Field::Born => "January 2, 1970",
        Field::Payer => "Example Health",
        Field::Plan => "commercial",
        Field::ServiceDates => "February 10, 2026",
        Field::Procedures => "99214-25",
        Field::Diagnoses => "M54.50",
        Field::Charge | Field::Denied | Field::Outstanding => "$250.00",
        Field::ReasonCodes => "CO-50",
        Field::Reasons => "not seen as medically necessary",
        Field::RemarkCodes => "N115",
        Field::DeniedOn => "March 1, 2026",
        Field::Trace => "EX0000001",
        Field::Authorization => "AUTH-EX-1",
        Field::Referral => "REF-EX-1",
        Field::SubmittedOn => "February 12, 2026",
        Field::ReceivedOn => "February 13, 2026",
        Field::Level => "1",
        Field::Deadline => "August 28, 2026",
        Field::PreviousDecision => "April 1, 2026",
        Field::Practice => "Example Clinic",
        Field::BillingNpi | Field::RenderingNpi => "1234567893",
        Field::TaxId => "00-0000000",
        Field::Today => "March 3, 2026",
        Field::Table => "the table below",
        Field::PayerPolicy => "Exhibit B",
    }
}
