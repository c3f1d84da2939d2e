//! Who a payer is, said by a form: a name or an id of one that the rules know, or one of its own;
//! and its line of business where neither claim nor file says it.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::claim::PlanType;
use denial::denial::Denial;
use denial::rules::write;
use store::rule_versions::RuleVersion;

use crate::fields::Fields;
use crate::line_changes::Mark;
use crate::own_rules::Text;
use crate::practice::Office;
use crate::web::case_fields::named;
use crate::web::gate::Posted;
use crate::web::page::{Page, html_with};
use crate::web::rules_edit::{read_of, text_of};
use crate::web::rules_proposed::{self, Proposal};
use crate::web::rules_tried::{self, CASES};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

#[derive(Template)]
#[template(path = "rule_payer.html")]
struct PayerPage {
    page: Page,
    payer: String,
    told: Told,
    cases: String,
    /// The payers that the rules know, by name.
    known: Vec<String>,
    plans: Vec<(String, String)>,
    typed: Fields,
    read: i64,
    proposal: Proposal,
}

impl PayerPage {
    fn value(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == value
    }
}

/// What claims and remittances call a payer.
#[derive(Default)]
struct Told {
    names: Vec<String>,
    ids: Vec<String>,
}

impl Told {
    fn of(cases: &[Denial]) -> Told {
        let names: BTreeSet<String> =
            cases.iter().map(|case| case.payer_name.name.trim().to_owned()).collect();
        let ids: BTreeSet<String> = cases
            .iter()
            .flat_map(|case| case.payer_name.ids.iter().map(|id| id.trim().to_owned()))
            .collect();
        let filled = |texts: BTreeSet<String>| texts.into_iter().filter(|text| !text.is_empty());
        Told { names: filled(names).collect(), ids: filled(ids).collect() }
    }

    fn name(&self) -> &str {
        self.names.first().map_or("this payer", String::as_str)
    }
}

async fn cases(visitor: &Visitor, fields: &Fields) -> Result<(String, Vec<Denial>), Trouble> {
    let payer = fields.get("payer").cloned().unwrap_or_default();
    let cases = visitor.office.read().await?.payer_cases(&payer, CASES).await?;
    Ok((payer, cases))
}

/// `GET /rules/payer`.
pub(crate) async fn form(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let (payer, cases) = cases(&visitor, &asked).await?;
    let Some(first) = cases.first() else { return Err(Trouble::Nowhere) };
    let mut typed = Fields::new();
    if let Some(known) = visitor.office.rules.canonical(&first.payer_name) {
        typed.insert("is".to_owned(), known.name.to_string());
    }
    typed.insert("name".to_owned(), Told::of(&cases).name().to_owned());
    typed.insert("names".to_owned(), "yes".to_owned());
    let page = shown(&visitor, payer, &cases, typed, Proposal::default()).await?;
    html_with(StatusCode::OK, &page)
}

async fn shown(
    visitor: &Visitor,
    payer: String,
    cases: &[Denial],
    typed: Fields,
    proposal: Proposal,
) -> Result<PayerPage, Trouble> {
    let office = &visitor.office;
    let known: BTreeSet<String> =
        office.rules.payers.iter().map(|payer| payer.name.to_string()).collect();
    let plans = PlanType::ALL.iter().filter(|plan| **plan != PlanType::Unknown);
    let plans: Vec<PlanType> = plans.copied().collect();
    let told = Told::of(cases);
    let count = i64::try_from(cases.len()).unwrap_or(i64::MAX);
    Ok(PayerPage {
        page: Page::of(visitor, format!("Who is {}", told.name()), "/rules"),
        cases: words::counted(count, "open case", "open cases"),
        known: known.into_iter().collect(),
        plans: named(&plans, PlanType::as_str),
        read: office.read().await?.newest_rules().await?,
        payer,
        told,
        typed,
        proposal,
    })
}

/// `POST /rules/payer`: shows what it would do, or saves it.
pub(crate) async fn change(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let (payer, cases) = cases(&visitor, &fields).await?;
    if cases.is_empty() {
        return Err(Trouble::Unfit("No open case is with that payer.".into()));
    }
    let office = &visitor.office;
    let own = office.read().await?.own_rules().await?;
    let proposal = match text(&Told::of(&cases), &fields, office, &own) {
        Err(why) => Proposal::refused(why),
        Ok(text) if fields.get("what").is_some_and(|what| what == "save") => {
            let why = fields.get("why").map(String::as_str).unwrap_or_default();
            match rules_proposed::save(&visitor, &[text], why, read_of(&fields)).await? {
                None => return Ok(Redirect::to("/rules?done=payer").into_response()),
                Some(refused) => refused,
            }
        }
        Ok(text) => Proposal::tried(&visitor, &own, &[text], &rules_tried::ids(&cases)).await?,
    };
    let page = shown(&visitor, payer, &cases, fields, proposal).await?;
    html_with(page.proposal.status(), &page)
}

/// The payer's file as it would be.
fn text(
    told: &Told,
    fields: &Fields,
    office: &Office,
    own: &[RuleVersion],
) -> Result<Text, &'static str> {
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let known = office.rules.payers.iter().find(|payer| payer.name == field("is"));
    let (path, mut text) = match (field("is"), known) {
        ("", _) => new_file(field("name"), office, own)?,
        (_, Some(payer)) => (payer.file.to_string(), text_of(office, own, &payer.file)),
        (_, None) => return Err("Choose one of the payers, or one of its own."),
    };
    let programs = || office.rules.payers.iter().filter(|payer| payer.name == field("is"));
    let names = told.names.iter().filter(|_| field("names") == "yes");
    for name in names.filter(|name| {
        let is_first = field("is").is_empty() && **name == field("name");
        !is_first && !programs().any(|payer| payer.is_called(name))
    }) {
        text = write::listed(&text, "aliases", name)?;
    }
    let has = |id: &str| programs().any(|payer| payer.ids.iter().any(|one| one == id));
    for id in told.ids.iter().filter(|id| field("ids") == "yes" && !has(id)) {
        text = write::listed(&text, "ids", id)?;
    }
    if !field("plan").is_empty() {
        let plan = PlanType::from_name(field("plan")).ok_or("Choose a line of business.")?;
        text = write::set(&text, "plan_where_unsaid", plan.as_str())?;
    }
    Ok(Text::of(&path, &text))
}

/// A file for a payer that the rules do not know.
fn new_file(
    name: &str,
    office: &Office,
    own: &[RuleVersion],
) -> Result<(String, String), &'static str> {
    let letters = name.to_lowercase();
    let words = letters.split(|one: char| !one.is_ascii_alphanumeric());
    let slug = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_");
    if slug.is_empty() || name.chars().count() > 80 {
        return Err("Give the payer a name of up to 80 letters.");
    }
    let slug: String = slug.chars().take(60).collect();
    let free = |path: &String| text_of(office, own, path).is_empty();
    let paths = (1..).map(|n| match n {
        1 => format!("payers/{slug}.toml"),
        n => format!("payers/{slug}_{n}.toml"),
    });
    let path = paths.take(99).find(free).ok_or("Give the payer another name.")?;
    let text = write::set("name = \"\"\n", "name", name)?;
    Ok((path, text))
}
