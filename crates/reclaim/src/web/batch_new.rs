//! One change on the cases that were chosen in the queue: what it shall be.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::category::Category;
use denial::correction::{Scope, What, Wish};
use denial::denial::Denial;
use denial::ids::DenialId;
use denial::lifecycle::evidence::Frequency;
use denial::money::Money;

use crate::batch;
use crate::fields::Fields;
use crate::practice::Office;
use crate::web::batch::begin_work;
use crate::web::gate::Posted;
use crate::web::page::{Page, html_with};
use crate::web::saved;
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

/// Cases that are read at once.
const PART: usize = 500;

#[derive(Template)]
#[template(path = "batch_new.html")]
struct NewPage {
    page: Page,
    /// `12 cases · $3,400.00`.
    what: String,
    payers: String,
    cases: String,
    query: String,
    /// What can be changed, under headings: name, words, chosen.
    changes: [(&'static str, Vec<Choice>); 4],
    frequencies: Vec<Choice>,
    typed: Fields,
    /// Parts of the form with what was expected there.
    faults: BTreeMap<&'static str, String>,
    back: String,
}

struct Choice {
    value: &'static str,
    label: String,
    is_chosen: bool,
}

impl NewPage {
    fn text(&self, name: &str) -> &str {
        self.typed.get(name).map(String::as_str).unwrap_or_default()
    }

    fn fault(&self, part: &str) -> Option<&String> {
        self.faults.get(part)
    }
}

const LINES: [What; 4] =
    [What::AddModifier, What::ReplaceModifier, What::ReplaceProcedure, What::ReplaceRevenue];
const NUMBERS: [What; 4] = [What::Authorization, What::Referral, What::Clia, What::Payer];
const PROVIDERS: [What; 3] = [What::RenderingNpi, What::ReferringNpi, What::AttendingNpi];
const CLAIM: [What; 4] = [What::ReplaceDiagnosis, What::Place, What::Delay, What::Nothing];

/// The form for some cases.
///
/// # Errors
/// The database; more cases than fit, or none.
pub(crate) async fn ask(
    visitor: &Visitor,
    ids: &[String],
    query: &str,
) -> Result<Response, Trouble> {
    let typed = Fields::from([("query".to_owned(), query.to_owned())]);
    shown(visitor, ids, typed, BTreeMap::new()).await
}

async fn shown(
    visitor: &Visitor,
    ids: &[String],
    typed: Fields,
    faults: BTreeMap<&'static str, String>,
) -> Result<Response, Trouble> {
    let cases = cases(&visitor.office, ids).await?;
    if cases.is_empty() {
        let text = "Choose cases first: tick them in the queue, or press x on a row.";
        return Err(Trouble::Unfit(text.to_owned()));
    }
    let money: Money = cases.iter().map(|case| case.balance.outstanding()).sum();
    let payers: BTreeSet<&str> = cases.iter().map(|case| case.payer_name.name.as_str()).collect();
    let count = i64::try_from(cases.len()).unwrap_or(i64::MAX);
    let chosen =
        typed.get("change").map_or_else(|| suggested(&cases), |name| What::from_name(name));
    let choices = |whats: &[What]| whats.iter().map(|what| choice(*what, chosen)).collect();
    let query = typed.get("query").cloned().unwrap_or_default();
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = NewPage {
        page: Page::of(visitor, "One change on many claims", "/queue"),
        what: format!("{} · {money}", words::counted(count, "case", "cases")),
        payers: payers.into_iter().collect::<Vec<_>>().join(", "),
        cases: cases.iter().map(|case| case.id.as_str()).collect::<Vec<_>>().join(","),
        back: saved::address(&query),
        query,
        changes: [
            ("Lines", choices(&LINES)),
            ("Numbers", choices(&NUMBERS)),
            ("Providers", choices(&PROVIDERS)),
            ("Claim", choices(&CLAIM)),
        ],
        frequencies: frequencies(typed.get("frequency").map(String::as_str)),
        typed,
        faults,
    };
    html_with(status, &page)
}

async fn cases(office: &Office, ids: &[String]) -> Result<Vec<Denial>, Trouble> {
    if ids.len() > batch::MOST {
        let most = words::number(i64::try_from(batch::MOST).unwrap_or(i64::MAX));
        return Err(Trouble::Unfit(format!(
            "At most {most} claims in one batch: set more filters."
        )));
    }
    let mut cases = Vec::new();
    for part in ids.chunks(PART) {
        cases.extend(office.read().await?.cases_among(part).await?);
    }
    cases.retain(|case| office.sees(case));
    // In the order in which they were chosen, which is the queue's.
    let places: HashMap<&str, usize> = ids.iter().map(String::as_str).zip(0..).collect();
    cases.sort_by_key(|case| places.get(case.id.as_str()).copied());
    Ok(cases)
}

/// What most of them need by their reason, where a change among these mends it.
fn suggested(cases: &[Denial]) -> Option<What> {
    let mut counts: BTreeMap<What, usize> = BTreeMap::new();
    for case in cases {
        let what = match case.category {
            Category::Authorization => Some(What::Authorization),
            Category::CodingOrModifier | Category::Bundling => Some(What::AddModifier),
            Category::Credentialing => Some(What::RenderingNpi),
            Category::Eligibility
            | Category::MedicalNecessity
            | Category::TimelyFiling
            | Category::Duplicate
            | Category::CoordinationOfBenefits
            | Category::NonCovered
            | Category::MissingDocumentation
            | Category::Registration
            | Category::BenefitMaximum
            | Category::OtherInsurer
            | Category::Unmapped => None,
        };
        if let Some(what) = what {
            *counts.entry(what).or_default() += 1;
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(what, _)| what)
}

fn choice(what: What, chosen: Option<What>) -> Choice {
    Choice {
        value: what.as_str(),
        label: words::sentence_case(what.in_words()),
        is_chosen: chosen == Some(what),
    }
}

fn frequencies(typed: Option<&str>) -> Vec<Choice> {
    let choice = |value: &'static str, label: &str| Choice {
        value,
        label: label.to_owned(),
        is_chosen: typed.unwrap_or_default() == value,
    };
    vec![
        choice("", "As each payer takes it"),
        choice("7", "7 · replaces the claim"),
        choice("1", "1 · goes as a new claim"),
        choice("8", "8 · takes the claim back as it was"),
    ]
}

/// `POST /batches`: begins one.
pub(crate) async fn begin(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let listed = fields.get("cases").map(String::as_str).unwrap_or_default();
    let ids = listed.split(',').filter(|id| DenialId::parse(id).is_ok()).map(str::to_owned);
    let ids: Vec<String> = ids.collect();
    let cases = cases(&visitor.office, &ids).await?;
    if cases.is_empty() {
        let text = "Choose cases first: tick them in the queue, or press x on a row.";
        return Err(Trouble::Unfit(text.to_owned()));
    }
    let (wish, named) = match asked(&fields, &cases) {
        Ok(asked) => asked,
        Err(faults) => return shown(&visitor, &ids, fields, faults).await,
    };
    let id = batch::begin(&visitor.office, &wish, &named).await?;
    begin_work(&visitor.office);
    Ok(Redirect::to(&format!("/batches/{id}")).into_response())
}

/// A change, and cases by their ids, each with its own value where it has one.
type Asked = (Wish, Vec<(String, String)>);

/// What a form asks for, or what of it will not do.
fn asked(fields: &Fields, cases: &[Denial]) -> Result<Asked, BTreeMap<&'static str, String>> {
    let text = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let mut faults = BTreeMap::new();
    let Some(what) = What::from_name(text("change")) else {
        faults.insert("change", "Choose what is changed.".to_owned());
        return Err(faults);
    };
    let wish = Wish {
        what,
        from: text("from").to_owned(),
        to: text("to").to_owned(),
        scope: Scope::from_name(text("scope")).unwrap_or(Scope::Denied),
        procedure: text("procedure").to_owned(),
        frequency: Frequency::from_name(text("frequency")),
        note: text("note").to_owned(),
    };
    let own = batch::lines(text("own"));
    if let Some(number) = batch::doubled(&own) {
        faults.insert("own", format!("Claim {number} has two values: leave one of them."));
    }
    let known: BTreeSet<&str> = cases.iter().map(|case| case.number.as_str()).collect();
    let strange: Vec<&str> = own
        .iter()
        .map(|(number, _)| number.as_str())
        .filter(|number| !known.contains(number))
        .collect();
    if !strange.is_empty() {
        let first = strange.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        faults.insert("own", format!("None of the chosen claims has the number {first}."));
    }
    for fault in wish.faults(!own.is_empty()) {
        faults.entry(fault.part).or_insert_with(|| words::sentence(fault.expected));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let own: BTreeMap<String, String> = own.into_iter().collect();
    let with = |case: &Denial| {
        let own = own.get(case.number.as_str()).cloned().unwrap_or_default();
        (case.id.to_string(), own)
    };
    Ok((wish, cases.iter().map(with).collect()))
}
