//! Rules: what the rule files lack, with the cases and the money that wait for it; the files.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use denial::codes::Carc;
use denial::person::{Access, allows};
use denial::rules::Rules;
use store::queue::Count;

use crate::fields::Fields;
use crate::web::narrow::Narrow;
use crate::web::page::{Page, html};
use crate::web::rules::{self, FileRow};
use crate::web::rules_edit::{FaultRow, fault_rows};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

#[derive(Template)]
#[template(path = "lacking.html")]
struct LackingPage {
    page: Page,
    codes: Vec<Lack>,
    /// Codes of payers' answers where claims stand, with their meaning and how many they answer.
    statuses: Vec<(String, String, String)>,
    payers: Vec<Lack>,
    files: Vec<FileRow>,
    /// The box over the files.
    narrow: Narrow,
    /// What is wrong in the practice's own files.
    faults: Vec<FaultRow>,
    /// They may open the cases.
    opens: bool,
}

const SAVED: &str = "Saved. The cases that wait for it follow within seconds.";

/// One thing that a rule file does not say.
struct Lack {
    name: String,
    meaning: String,
    cases: String,
    money: String,
    href: String,
    /// Where it is said.
    map: String,
}

/// `GET /rules`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let codes = tx.unmapped_codes().await?;
    let payers = tx.payers_without_rules().await?;
    let statuses = tx.unruled_statuses().await?;
    let narrow = Narrow::of(&asked, "Payer, file or what it decides", "");
    let mut files = rules::rows(&mut tx, office).await?;
    files.retain(|one| narrow.fits_text(&[&one.path, &one.decides, &one.holds]));
    let mut template = LackingPage {
        files,
        narrow,
        faults: fault_rows(&office.rules.faults, ""),
        page: Page::of(&visitor, "Rules", "/rules"),
        codes: codes.iter().map(|one| code(one, &office.rules)).collect(),
        statuses: statuses.iter().map(|one| status(one, &office.rules)).collect(),
        payers: payers.into_iter().map(payer).collect(),
        opens: allows(office.who.role, Access::Queue),
    };
    template.page.done = asked.get("done").map(|_| SAVED.to_owned());
    html(&template)
}

fn code(one: &Count, rules: &Rules) -> Lack {
    let carc = one.name.split_once('-').map_or("", |(_, carc)| carc);
    let known = rules.wording.carc(&Carc::new(carc));
    Lack {
        meaning: known.map_or_else(|| "Not in the code lists".to_owned(), |it| it.text.to_string()),
        cases: words::number(one.cases),
        money: words::money(one.outstanding),
        href: format!("/queue?unmapped={}&snoozed=show", rules::escaped_path(&one.name)),
        map: format!("/rules/code?code={}", rules::escaped_path(&one.name)),
        name: one.name.clone(),
    }
}

fn status((code, count): &(String, i64), rules: &Rules) -> (String, String, String) {
    let category = code.split([':', ',']).next().unwrap_or_default();
    let known = rules.wording.status(category).map(|one| one.text.to_string());
    let meaning = known.unwrap_or_else(|| "Not in the code lists".to_owned());
    (code.clone(), meaning, words::number(*count))
}

fn payer((payer, name, cases, cents): (String, String, i64, i64)) -> Lack {
    Lack {
        name,
        meaning: String::new(),
        cases: words::number(cases),
        money: words::money(cents),
        href: format!("/queue?no_rule=yes&payer={payer}&snoozed=show"),
        map: format!("/rules/payer?payer={payer}"),
    }
}
