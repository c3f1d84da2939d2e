//! The journal for those who audit: acts, views, sign-ins; searched by person, kind and time, and
//! as a file for a spreadsheet.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use denial::person::{Access, Role, allows};
use denial::protected;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use store::Tx;
use store::audit::{Book, Line, Sought};

use crate::access;
use crate::clock;
use crate::fields::Fields;
use crate::web::gate::{self, Posted};
use crate::web::journal_about::{self, Subjects};
use crate::web::journal_words;
use crate::web::names;
use crate::web::page::{Page, html};
use crate::web::protection;
use crate::web::session::Visitor;
use crate::web::sheet;
use crate::web::timeline::{self, People};
use crate::web::told_money;
use crate::web::trouble::Trouble;
use crate::web::words;

/// Entries of one page.
const ROWS: i64 = 100;
/// Entries of a file, at the most; more are never left out in silence.
const EXPORTED: usize = 100_000;

#[derive(Template)]
#[template(path = "journal.html")]
struct JournalPage {
    page: Page,
    rows: Vec<Row>,
    asked: Asked,
    people: Vec<(String, String)>,
    kinds: Vec<(String, String)>,
    next: Option<String>,
    /// Where the file is, for who may have it.
    file: Option<String>,
    further: bool,
    /// The visitor sees what was opened in an emergency.
    emergencies: bool,
}

struct Row {
    seq: String,
    at: String,
    who: String,
    what: String,
    moved: String,
    facts: String,
    /// Its id.
    about: String,
    /// What people call it.
    called: String,
    /// Where it opens, or more about it.
    href: String,
}

/// What somebody looks for, as the address says it.
struct Asked {
    book: &'static str,
    about: String,
    /// The claim of a case and its other cases too.
    whole: bool,
    who: String,
    kind: String,
    from: String,
    to: String,
}

impl Asked {
    fn of(fields: &Fields) -> Asked {
        let text = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
        let day = |name| text(name).parse::<Date>().map(|day| day.to_string());
        let book = match text("book") {
            "views" => "views",
            "house" => "house",
            _ => "work",
        };
        Asked {
            book,
            about: text("about").to_owned(),
            whole: text("whole") == "yes",
            who: text("who").to_owned(),
            kind: text("kind").to_owned(),
            from: day("from").unwrap_or_default(),
            to: day("to").unwrap_or_default(),
        }
    }

    fn book(&self) -> Book {
        match self.book {
            "views" => Book::Views,
            "house" => Book::House,
            _ => Book::Work,
        }
    }

    fn is_searched(&self) -> bool {
        [&self.about, &self.who, &self.kind, &self.from, &self.to].iter().any(|one| !one.is_empty())
    }

    /// The same for the database; days are the practice's, the last one whole.
    fn sought(&self, zone: &str) -> Sought {
        let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let start = |day: Date| clock::begins(zone, day);
        let day = |text: &str| text.parse::<Date>().ok();
        Sought {
            about: filled(&self.about),
            actor: filled(&self.who),
            kind: filled(&self.kind),
            from: day(&self.from).map(start),
            until: day(&self.to).and_then(|day| day.tomorrow().ok()).map(start),
        }
    }

    /// An address with the same search.
    fn address(&self, page: &str, more: &[(&str, String)]) -> String {
        let book = ("book", self.book.to_owned());
        let own = [
            book,
            ("about", self.about.clone()),
            ("whole", if self.whole { "yes".to_owned() } else { String::new() }),
            ("who", self.who.clone()),
            ("kind", self.kind.clone()),
            ("from", self.from.clone()),
            ("to", self.to.clone()),
        ];
        let pairs = own.iter().chain(more).filter(|(_, text)| !text.is_empty());
        let pairs: Vec<String> = pairs
            .map(|(name, text)| {
                let text: String = text.bytes().map(gate::escaped).collect();
                format!("{name}={text}")
            })
            .collect();
        format!("{page}?{}", pairs.join("&"))
    }
}

/// `GET /journal`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(fields): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let (asked, role) = (Asked::of(&fields), office.who.role);
    let before = fields.get("before").and_then(|text| place(text));
    let mut tx = office.read().await?;
    let before = before.as_ref().map(|(at, seq)| (at.as_str(), *seq));
    let found = lines(&mut tx, &asked, &office.clinic.zone, before, ROWS).await?;
    let last = found.last().filter(|_| i64::try_from(found.len()) == Ok(ROWS));
    let next = last
        .map(|last| asked.address("/journal", &[("before", format!("{}_{}", last.at, last.seq))]));
    let people = timeline::people(&mut tx).await?;
    let subjects = Subjects::of(&mut tx, role, asked.book, &found, &people).await?;
    let template = JournalPage {
        rows: found.iter().map(|line| row(line, &office.clinic.zone, role, &subjects)).collect(),
        people: choices(people),
        kinds: kinds(&mut tx, asked.book()).await?,
        next,
        file: allows(role, Access::Export).then(|| asked.address("/journal.csv", &[])),
        further: before.is_some(),
        emergencies: allows(role, Access::Emergencies),
        page: Page::of(&visitor, "Journal", "/journal"),
        asked,
    };
    html(&template)
}

/// What a search finds, the newest first.
async fn lines(
    tx: &mut Tx,
    asked: &Asked,
    zone: &str,
    before: Option<(&str, i64)>,
    most: i64,
) -> Result<Vec<Line>, Trouble> {
    let sought = asked.sought(zone);
    if !asked.whole || asked.about.is_empty() {
        return Ok(tx.book(asked.book(), &sought, before, most).await?);
    }
    let mut found = Vec::new();
    for about in family(tx, &asked.about).await? {
        let sought = Sought { about: Some(about), ..sought.clone() };
        found.extend(tx.book(asked.book(), &sought, before, most).await?);
    }
    found.sort_by(|one, other| (&other.at, other.seq).cmp(&(&one.at, one.seq)));
    found.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(found)
}

/// A case or claim with all that is about the same patient's claim: it, those joined with it, their
/// cases, and the remittances that speak of it.
async fn family(tx: &mut Tx, about: &str) -> Result<BTreeSet<String>, Trouble> {
    let mut ids = BTreeSet::from([about.to_owned()]);
    let mut claims = vec![about.to_owned()];
    if let Some(case) = tx.cases_among(&claims).await?.into_iter().next() {
        claims = vec![case.claim.to_string()];
    }
    let joined = tx.joined(&claims).await?;
    claims.extend(joined.into_iter().flat_map(|(one, other)| [one, other]));
    claims.sort();
    claims.dedup();
    ids.extend(tx.said_of(&claims).await?.into_iter().map(|one| one.remittance));
    ids.extend(tx.cases_of(&claims).await?.into_iter().map(|case| case.id.to_string()));
    ids.extend(claims);
    Ok(ids)
}

/// A place to go on from: an instant and a number.
fn place(text: &str) -> Option<(String, i64)> {
    let (at, seq) = text.rsplit_once('_')?;
    at.parse::<Timestamp>().ok()?;
    Some((at.to_owned(), seq.parse().ok()?))
}

fn choices(people: People) -> Vec<(String, String)> {
    let mut people: Vec<(String, String)> = people.into_iter().collect();
    people.sort_by(|one, other| (&one.1, &one.0).cmp(&(&other.1, &other.0)));
    people
}

async fn kinds(tx: &mut Tx, book: Book) -> Result<Vec<(String, String)>, Trouble> {
    let kinds = tx.kinds_of(book).await?;
    Ok(kinds.into_iter().map(|kind| (kind.clone(), journal_words::said(&kind))).collect())
}

fn row(line: &Line, zone: &str, role: Role, subjects: &Subjects) -> Row {
    let moved = line.from_status.as_deref().zip(line.to_status.as_deref());
    Row {
        seq: words::number(line.seq),
        at: words::instant(&line.at, zone),
        who: line.name.clone().unwrap_or_else(|| "nobody known".to_owned()),
        what: journal_words::said(&line.kind),
        moved: moved
            .map(|(from, to)| format!("{} → {}", words::label(from), words::label(to)))
            .unwrap_or_default(),
        facts: facts(line, role),
        href: subjects.href(line),
        called: subjects.called(line),
        about: line.about.clone(),
    }
}

/// What an entry says beside its kind. Reasons are people's own words, which may name a patient, so
/// that who sees no patient does not see them.
fn facts(line: &Line, role: Role) -> String {
    /// Facts of the program's own making: numbers, roles, names of practices.
    const PLAIN: [&str; 12] = [
        "what", "role", "practice", "login", "name", "zone", "kind", "value", "rows", "who",
        "from", "to",
    ];
    let body: Value = serde_json::from_str(&line.body).unwrap_or_default();
    let fact = |name: &str| {
        let text = match body.get(name)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
        };
        Some(journal_words::fact(name, &text))
    };
    let reads = allows(role, Access::ReadCases);
    let is_own = !["file", "remittance", "match", "rejection", "document"]
        .contains(&line.kind.split('.').next().unwrap_or_default());
    // Of which kind a protected record is, and why, is for those who may be cleared for it.
    let is_hidden = line.kind.starts_with("protection.") && !protected::may_clear(role);
    let is_event = line.kind.starts_with("denial.");
    let version = journal_about::version(&line.kind, &body).filter(|_| !is_event);
    let is_plain = is_own && !is_hidden && version.is_none();
    let plain = PLAIN.into_iter().filter(|_| is_plain).filter_map(fact);
    let why = Some("why").filter(|_| reads && !is_hidden).and_then(fact);
    let amounts = Some(&line.body).filter(|_| reads && is_event);
    let amounts = amounts.and_then(|body| told_money::amounts(body));
    version.into_iter().chain(amounts).chain(plain).chain(why).collect::<Vec<_>>().join(", ")
}

/// `GET /journal.csv`: everything that the search finds but what is about specially protected
/// records, or nothing where that is too much.
pub(crate) async fn file(
    visitor: Visitor,
    Query(fields): Query<Fields>,
) -> Result<Response, Trouble> {
    exported(&visitor, &Asked::of(&fields), None).await
}

/// `POST /journal.csv`: that too, for who may open those cases and says why.
pub(crate) async fn whole_file(
    visitor: Visitor,
    Query(fields): Query<Fields>,
    Posted(posted): Posted,
) -> Result<Response, Trouble> {
    exported(&visitor, &Asked::of(&fields), Some(names::why(posted.get("why"))?)).await
}

/// Entries as a spreadsheet, on record before it leaves the house.
async fn exported(
    visitor: &Visitor,
    asked: &Asked,
    why: Option<&str>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut lines = found(visitor, asked).await?;
    let all = lines.len();
    if why.is_none() {
        let protected = office.read().await?.protected_subjects().await?;
        lines.retain(|line| !protected.contains(&line.about));
    }
    let left = all - lines.len();
    let noted = json!({ "rows": lines.len(), "kind": asked.kind, "who": asked.who,
        "about": asked.about, "from": asked.from, "to": asked.to, "left_out": left, "why": why });
    access::note(office, asked.book, "journal.exported", &noted).await?;
    let heading =
        ["number", "at", "person", "name", "kind", "what", "from", "to", "about", "facts"];
    let rows = lines.iter().map(|line| {
        [
            line.seq.to_string(),
            line.at.clone(),
            line.actor.clone(),
            line.name.clone().unwrap_or_default(),
            line.kind.clone(),
            journal_words::said(&line.kind),
            line.from_status.clone().unwrap_or_default(),
            line.to_status.clone().unwrap_or_default(),
            line.about.clone(),
            facts(line, office.who.role),
        ]
    });
    let note = protection::left_out(left, "entry", "entries");
    Ok(sheet::file(&format!("journal-{}", asked.book), heading, rows, note))
}

async fn found(visitor: &Visitor, asked: &Asked) -> Result<Vec<Line>, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let most = i64::try_from(EXPORTED + 1).unwrap_or(i64::MAX);
    let lines = lines(&mut tx, asked, &office.clinic.zone, None, most).await?;
    if lines.len() > EXPORTED {
        return Err(Trouble::Unfit(
            "More than 100,000 entries fit this search. Choose a shorter time, a person or a kind."
                .to_owned(),
        ));
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_stays_in_its_address() {
        let pairs = [("book", "views"), ("who", "usr_1"), ("from", "2026-03-01"), ("to", "soon")];
        let fields = pairs.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let asked = Asked::of(&fields.into_iter().collect());
        assert_eq!(asked.address("/journal", &[]), "/journal?book=views&who=usr_1&from=2026-03-01");
        let sought = asked.sought("America/Chicago");
        assert_eq!(sought.from.as_deref(), Some("2026-03-01T06:00:00.000000Z"));
        assert_eq!(sought.until, None, "no day is no limit");
        assert_eq!(place("2026-03-01T06:00:00.000000Z_7").map(|(_, seq)| seq), Some(7));
        assert_eq!(place("7"), None);
    }
}
