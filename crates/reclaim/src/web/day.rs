//! The sheet of a day: what somebody touched and decided, in money, and what is left over.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use denial::denial::Denial;
use denial::money::Money;
use denial::person::{Access, allows};
use jiff::civil::Date;
use store::Tx;

use crate::day_sheet::{self, Sheet, Touched};
use crate::fields::Fields;
use crate::web::App;
use crate::web::journal_words;
use crate::web::page::{Page, html};
use crate::web::protection::{self, Kept};
use crate::web::session::Visitor;
use crate::web::tiles::{Cell, Counter, Listing, Section, Tile, cases_in_words, number};
use crate::web::timeline;
use crate::web::trouble::Trouble;
use crate::web::words;

/// Cases of a sheet that are shown; all of them are counted.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "day.html")]
struct DayPage {
    page: Page,
    name: String,
    own: bool,
    day: String,
    date: String,
    today: String,
    who: String,
    before: Option<String>,
    after: Option<String>,
    /// People whose sheets may be looked at: id, name.
    people: Vec<(String, String)>,
    sections: Vec<Section>,
}

/// `GET /day`.
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let (me, today) = (office.who.person.as_str(), office.moment().today);
    let who = asked.get("who").map(String::as_str).filter(|who| !who.is_empty()).unwrap_or(me);
    let leads = allows(office.who.role, Access::Team);
    if who != me && !leads {
        return Err(Trouble::Denied(
            "A day sheet is for its own person and for who leads the desk.".to_owned(),
        ));
    }
    let wanted = asked.get("day").and_then(|day| day.parse::<Date>().ok());
    let day = wanted.filter(|day| *day <= today).unwrap_or(today);
    let mut tx = office.read().await?;
    let names = timeline::people(&mut tx).await?;
    let name = names.get(who).cloned().ok_or(Trouble::Nowhere)?;
    let next = day.tomorrow().unwrap_or(day);
    let (from, until) = (office.begins(day), office.begins(next));
    let sheet = day_sheet::sheet(&tx.deeds_of(who, &from, &until).await?);
    let cases = cases(&mut tx, &sheet).await?;
    let mut sections = vec![sums(&sheet, &cases)];
    if day == today {
        let kept = app.boards.of(&mut tx).await?;
        let counter = Counter::of(&kept.board, office, true);
        sections.push(left_over(&counter, if who == me { "me" } else { who }));
    }
    let mut sheet = sheet;
    let left = withhold(&mut tx, &mut sheet, &cases).await?;
    sections.push(touched(&sheet, &cases, &visitor, left));
    sections.extend(beside(&sheet));
    let mut people: Vec<(String, String)> =
        if leads { names.into_iter().collect() } else { Vec::new() };
    people.sort_by(|one, other| (&one.1, &one.0).cmp(&(&other.1, &other.0)));
    let link = |day: Date| format!("/day?day={day}&who={who}");
    html(&DayPage {
        page: Page::of(&visitor, "Day sheet", "/"),
        own: who == me,
        name,
        day: day.strftime("%A, %B %-d, %Y").to_string(),
        date: day.to_string(),
        today: today.to_string(),
        before: day.yesterday().ok().map(link),
        after: Some(next).filter(|next| *next <= today).map(link),
        who: who.to_owned(),
        people,
        sections,
    })
}

type Cases = HashMap<String, Denial>;

/// The cases of a sheet as they are now.
async fn cases(tx: &mut Tx, sheet: &Sheet) -> Result<Cases, Trouble> {
    let ids: Vec<String> = sheet.cases.iter().map(|one| one.id.clone()).collect();
    let mut cases = Cases::with_capacity(ids.len());
    for part in ids.chunks(500) {
        let found = tx.cases_among(part).await?;
        cases.extend(found.into_iter().map(|case| (case.id.to_string(), case)));
    }
    Ok(cases)
}

/// Takes protected cases out of the list; the sums above count them.
async fn withhold(tx: &mut Tx, sheet: &mut Sheet, cases: &Cases) -> Result<usize, Trouble> {
    let known: Vec<Denial> = cases.values().cloned().collect();
    let (kept, before) = (Kept::among(tx, &known).await?, sheet.cases.len());
    sheet.cases.retain(|one| !cases.get(&one.id).is_some_and(|case| kept.has(case)));
    Ok(before - sheet.cases.len())
}

/// How many and how much.
fn sums(sheet: &Sheet, cases: &Cases) -> Section {
    let of = |label: &str, fits: fn(&Touched) -> bool| {
        let fitting: Vec<&Touched> = sheet.cases.iter().filter(|one| fits(one)).collect();
        let denied: Money = fitting
            .iter()
            .filter_map(|one| cases.get(&one.id))
            .map(|case| case.balance.denied)
            .sum();
        plain(label, number(fitting.len() as u64), format!("{denied} denied"))
    };
    let posted: Money = sheet.cases.iter().map(|one| one.posted.explained()).sum();
    let given_up: Money = sheet.cases.iter().map(|one| one.posted.written_off).sum();
    Section {
        title: "What was done".to_owned(),
        lead:
            "Cases that this person acted on; what a file brought by itself is no act. Decided are \
               cases won, upheld, settled or given up, and write-offs approved or declined."
                .to_owned(),
        tiles: vec![
            of("Touched", |_| true),
            of("Sent to payers", |one| one.sent),
            of("Decided", |one| one.decided),
            plain(
                "Explained by postings",
                posted.to_string(),
                "paid or moved where it belongs".into(),
            ),
            plain("Given up", given_up.to_string(), "written off".into()),
        ],
        ..Section::default()
    }
}

fn plain(label: &str, figure: String, note: String) -> Tile {
    Tile { label: label.to_owned(), figure, note, class: "", link: None }
}

/// What was due by today and is not done.
fn left_over(counter: &Counter<'_>, who: &str) -> Section {
    Section {
        title: "Left over today".to_owned(),
        lead: "Open cases of this person, as they are now.".to_owned(),
        tiles: vec![
            counter.cases("Next action late", &format!("person={who}&when=late"), "past"),
            counter.cases("Next action today", &format!("person={who}&when=today"), "soon"),
            counter.cases("Due within 7 days", &format!("person={who}&due=soon"), "soon"),
            counter.cases("All that they have", &format!("person={who}&snoozed=show"), ""),
        ],
        ..Section::default()
    }
}

/// The cases, for who may see them now.
fn touched(sheet: &Sheet, cases: &Cases, visitor: &Visitor, left: usize) -> Section {
    let office = &visitor.office;
    let known = sheet.cases.iter().filter_map(|one| Some((one, cases.get(&one.id)?)));
    let seen: Vec<(&Touched, &Denial)> = known.filter(|(_, case)| office.sees(case)).collect();
    let hidden = sheet.cases.len() - seen.len();
    let beyond = seen.len().saturating_sub(SHOWN);
    let mut lead = String::new();
    if hidden > 0 {
        lead = format!(
            "{} that you may not see now are counted above. ",
            cases_in_words(hidden as u64)
        );
    }
    if let Some(note) = protection::left_out(left, "case", "cases") {
        lead.push_str(&format!("{note}; the counts above have them. "));
    }
    if beyond > 0 {
        lead.push_str(&format!("The first {SHOWN} are shown."));
    }
    Section {
        title: "Cases".to_owned(),
        lead,
        listing: Some(Listing {
            caption: "Cases of the day".to_owned(),
            heads: vec![
                ("Claim", false),
                ("Reason", false),
                ("Done", false),
                ("Stands now", false),
                ("Posted", true),
                ("Outstanding", true),
            ],
            rows: seen.iter().take(SHOWN).map(|(one, case)| row(one, case)).collect(),
            none: "No case was touched on this day.".to_owned(),
        }),
        ..Section::default()
    }
}

fn row(one: &Touched, case: &Denial) -> Vec<Cell> {
    let deeds: Vec<String> = one
        .deeds
        .iter()
        .map(|(deed, times)| {
            let said = journal_words::lower(&journal_words::said(&format!("denial.{deed}")));
            if *times == 1 { said } else { format!("{said} ({times} times)") }
        })
        .collect();
    let posted = one.posted.explained() + one.posted.written_off;
    vec![
        Cell { href: Some(format!("/cases/{}", case.id)), ..Cell::of(case.number.to_string()) },
        Cell::with_note(words::label(case.category.as_str()), case.payer_name.name.to_string()),
        Cell::of(words::sentence_case(&deeds.join(", "))),
        Cell::of(words::label(case.status().as_str())),
        Cell::of(posted.to_string()),
        Cell::of(case.balance.outstanding().to_string()),
    ]
}

/// What was done beside cases.
fn beside(sheet: &Sheet) -> Option<Section> {
    let row = |(kind, times): (&String, &u64)| {
        vec![Cell::of(journal_words::said(kind)), Cell::of(number(*times))]
    };
    (!sheet.beside.is_empty()).then(|| Section {
        title: "Beside cases".to_owned(),
        listing: Some(Listing {
            caption: "What else was done".to_owned(),
            heads: vec![("What", false), ("Times", true)],
            rows: sheet.beside.iter().map(row).collect(),
            none: String::new(),
        }),
        ..Section::default()
    })
}
