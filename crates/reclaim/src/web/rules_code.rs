//! A code that nobody mapped, said by a form: what it is, and the cases that wait are filed anew.

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::category::{AdjustmentKind, Category};
use denial::codes::{Carc, Group, Rarc};
use denial::denial::NextActionKind;
use denial::playbook::Recoverable;
use denial::rules::Rules;
use denial::rules::write::{self, Denies, Mapping};
use smol_str::SmolStr;
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

/// The file in which a code is mapped for every payer.
const PLAYBOOK: &str = "playbook.toml";
const CARCS: &str = "codes/carc.csv";

#[derive(Template)]
#[template(path = "rule_code.html")]
struct CodePage {
    page: Page,
    code: Code,
    meaning: Option<String>,
    /// The group is in no list, so that no mapping can name it.
    odd_group: bool,
    /// The category that a remark hints at; empty for none.
    hint: String,
    /// Open cases that wait for it, and their money.
    cases: String,
    money: String,
    kinds: Vec<(String, String)>,
    categories: Vec<(String, String)>,
    chances: Vec<(String, String)>,
    nexts: Vec<(String, String)>,
    documents: Vec<String>,
    payers: Vec<(String, String)>,
    typed: Fields,
    read: i64,
    proposal: Proposal,
}

impl CodePage {
    fn value(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == value
    }
}

/// A group and a reason code, as cases carry them: `CO-16`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Code {
    group: Group,
    carc: Carc,
}

impl Code {
    fn of(fields: &Fields) -> Option<Code> {
        let (group, carc) = fields.get("code")?.split_once('-')?;
        let is_code = |text: &str| {
            (1..=5).contains(&text.len()) && text.bytes().all(|one| one.is_ascii_alphanumeric())
        };
        let fits = is_code(group) && is_code(carc);
        fits.then(|| Code { group: Group::new(group), carc: Carc::new(carc) })
    }

    fn name(&self) -> String {
        format!("{}-{}", self.group, self.carc)
    }
}

/// `GET /rules/code`.
pub(crate) async fn form(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let code = Code::of(&asked).ok_or(Trouble::Nowhere)?;
    // Nothing is chosen beforehand: what nobody looked at would be saved as if somebody had.
    let page = shown(&visitor, code, Fields::new(), Proposal::default()).await?;
    html_with(StatusCode::OK, &page)
}

async fn shown(
    visitor: &Visitor,
    code: Code,
    typed: Fields,
    proposal: Proposal,
) -> Result<CodePage, Trouble> {
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let waiting = tx.unmapped_codes().await?.into_iter().find(|one| one.name == code.name());
    let (cases, cents) = waiting.map_or((0, 0), |one| (one.cases, one.outstanding));
    let wording = &office.rules.wording;
    let of = |payer: &denial::payer::PayerRules| {
        let plans: Vec<String> =
            payer.plan_types.iter().map(|plan| words::lower(plan.as_str())).collect();
        let plans =
            if plans.is_empty() { String::new() } else { format!(" ({})", plans.join(", ")) };
        (payer.file.to_string(), format!("{}{plans}", payer.name))
    };
    let mut payers: Vec<_> = office.rules.payers.iter().map(of).collect();
    payers.sort_by(|one, other| one.1.cmp(&other.1));
    let kinds = AdjustmentKind::ALL.iter().filter(|kind| **kind != AdjustmentKind::Unmapped);
    let kinds: Vec<AdjustmentKind> = kinds.copied().collect();
    let categories = Category::ALL.iter().filter(|one| **one != Category::Unmapped);
    let categories: Vec<Category> = categories.copied().collect();
    let today = Some(office.moment().today);
    let ruling = office.rules.playbook.ruling(None, &code.group, &code.carc, &[], today);
    let hint = ruling.suggestion.map(|one| words::label(one.as_str())).unwrap_or_default();
    Ok(CodePage {
        hint,
        page: Page::of(visitor, format!("Map {}", code.name()), "/rules"),
        meaning: wording.carc(&code.carc).map(|known| known.text.to_string()),
        odd_group: wording.group(&code.group).is_none(),
        cases: words::counted(cases, "open case waits", "open cases wait"),
        money: words::money(cents),
        kinds: named(&kinds, AdjustmentKind::as_str),
        categories: named(&categories, Category::as_str),
        chances: named(Recoverable::ALL, Recoverable::as_str),
        nexts: named(NextActionKind::ALL, NextActionKind::as_str),
        documents: office.rules.playbook.documents().into_iter().map(str::to_owned).collect(),
        payers,
        read: tx.newest_rules().await?,
        code,
        typed,
        proposal,
    })
}

/// `POST /rules/code`: shows what the mapping would do, or saves it.
pub(crate) async fn change(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let code = Code::of(&fields).ok_or_else(|| Trouble::Unfit("Name a code as CO-16.".into()))?;
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let own = tx.own_rules().await?;
    let texts = match texts(&code, &fields, office, &own) {
        Ok(texts) => texts,
        Err(why) => return refused(&visitor, code, fields, Proposal::refused(why)).await,
    };
    if fields.get("what").is_some_and(|what| what == "save") {
        let why = fields.get("why").map(String::as_str).unwrap_or_default();
        drop(tx);
        return match rules_proposed::save(&visitor, &texts, why, read_of(&fields)).await? {
            None => Ok(Redirect::to("/rules?done=mapped").into_response()),
            Some(proposal) => refused(&visitor, code, fields, proposal).await,
        };
    }
    let cases = rules_tried::ids(&tx.unmapped_cases(&code.name(), CASES).await?);
    drop(tx);
    let proposal = Proposal::tried(&visitor, &own, &texts, &cases).await?;
    refused(&visitor, code, fields, proposal).await
}

async fn refused(
    visitor: &Visitor,
    code: Code,
    typed: Fields,
    proposal: Proposal,
) -> Result<Response, Trouble> {
    let page = shown(visitor, code, typed, proposal).await?;
    html_with(page.proposal.status(), &page)
}

/// The files as they would be with the mapping.
fn texts(
    code: &Code,
    fields: &Fields,
    office: &Office,
    own: &[RuleVersion],
) -> Result<Vec<Text>, String> {
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let path = match field("payer") {
        "" => PLAYBOOK,
        path if office.rules.payers.iter().any(|payer| payer.file == path) => path,
        _ => return Err("Choose one of the payers, or every payer.".to_owned()),
    };
    let mapping = mapping(code, fields)?;
    let text = write::mapped(&text_of(office, own, path), &mapping)?;
    let mut texts = vec![Text::of(path, &text)];
    texts.extend(code_list(code, field("meaning"), &office.rules, &text_of(office, own, CARCS))?);
    Ok(texts)
}

/// The code list with the code, where it has not yet.
fn code_list(
    code: &Code,
    meaning: &str,
    rules: &Rules,
    list: &str,
) -> Result<Option<Text>, String> {
    if rules.wording.carc(&code.carc).is_some() {
        return Ok(None);
    }
    if meaning.is_empty() {
        return Err("Say what the code means: no list holds it yet.".to_owned());
    }
    Ok(Some(Text::of(CARCS, &write::coded(list, code.carc.as_str(), meaning))))
}

fn mapping(code: &Code, fields: &Fields) -> Result<Mapping, String> {
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let kind = AdjustmentKind::from_name(field("kind")).ok_or("Choose what the code is.")?;
    let rarc = field("rarc").to_ascii_uppercase();
    let from = match field("from") {
        "" => None,
        day => Some(day.parse().map_err(|_| "The first day is no day such as 2026-01-31.")?),
    };
    Ok(Mapping {
        carc: code.carc.clone(),
        group: (field("only") == "yes").then(|| code.group.clone()),
        rarc: (!rarc.is_empty()).then(|| Rarc::new(&rarc)),
        from,
        kind,
        denial: if kind == AdjustmentKind::Denial { Some(denies(fields)?) } else { None },
        note: field("why").to_owned(),
    })
}

fn denies(fields: &Fields) -> Result<Denies, String> {
    let field = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let documents = field("documents").split(',').map(|one| one.trim().to_lowercase());
    let documents: Vec<SmolStr> = documents
        .filter(|one| !one.is_empty())
        .map(|one| SmolStr::from(one.replace([' ', '-'], "_")))
        .collect();
    let is_name = |one: &SmolStr| one.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !documents.iter().all(is_name) {
        return Err(
            "Documents are words with commas between: medical record, clinical notes.".into()
        );
    }
    Ok(Denies {
        category: Category::from_name(field("category")).ok_or("Choose the reason for denial.")?,
        recoverable: Recoverable::from_name(field("recoverable"))
            .ok_or("Choose how often it is won.")?,
        correctable: match field("correctable") {
            "yes" => true,
            "no" => false,
            _ => return Err("Choose whether a corrected claim can win it.".to_owned()),
        },
        preventable: match field("preventable") {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
        next: NextActionKind::from_name(field("next")).ok_or("Choose what to do first.")?,
        documents,
    })
}
