//! `reclaim status` and `reclaim sweep status`.

use std::process::ExitCode;

use comfy_table::{Table, presets};
use denial::codes::ClaimNumber;
use serde_json::json;

use crate::identity;
use crate::practice::Office;
use crate::show;
use crate::status::asking::{self, Wanted};
use crate::status::{self, Tally, can_ask};

/// How much is listed.
const ROWS: i64 = 200;

/// `reclaim status`: what was asked and answered, the newest first.
pub(crate) async fn list(office: &Office, json: bool) -> anyhow::Result<ExitCode> {
    let found = office.read().await?.newest_status_questions(ROWS).await?;
    if json {
        let line = |one: &store::status::StatusQuestion| {
            json!({ "question": one.question, "claim": one.number, "case": one.denial,
                "payer": one.payer_name, "asked_on": one.asked_on, "why": one.why,
                "outgoing": one.outgoing, "code": one.code, "step": one.step, "told": one.told,
                "look_on": one.look_on, "answered_on": one.answered_on })
            .to_string()
        };
        return show::print(found.iter().map(line).collect());
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(["question", "claim", "payer", "asked", "answer", "what it means"]);
    for one in found {
        let answer = if one.code.is_empty() { "none yet".to_owned() } else { one.code };
        table.add_row([one.question, one.number, one.payer_name, one.asked_on, answer, one.told]);
    }
    let nothing = "no payer was asked yet".to_owned();
    show::print(vec![if table.is_empty() { nothing } else { table.to_string() }])
}

/// `reclaim status ask CLAIM…`.
pub(crate) async fn ask(
    office: &Office,
    numbers: &[String],
    why: &str,
) -> anyhow::Result<ExitCode> {
    let mut wanted = Vec::new();
    let mut tx = office.read().await?;
    for number in numbers {
        let claim = identity::claim(&ClaimNumber::new(number)).to_string();
        let cases = tx.cases_of(std::slice::from_ref(&claim)).await?;
        let case = cases.into_iter().rev().find(can_ask).map(Box::new);
        wanted.push(Wanted { claim, number: number.clone(), case, why: why.to_owned() });
    }
    drop(tx);
    let who = office.who.clone();
    told(&asking::ask(office, &who, wanted).await?)
}

/// `reclaim sweep status`.
pub(crate) async fn sweep(office: &Office) -> anyhow::Result<ExitCode> {
    crate::unanswered::look(office).await?;
    let tally = status::run(office).await?;
    show::print(vec![tally.to_string()])
}

fn told(tally: &Tally) -> anyhow::Result<ExitCode> {
    let mut lines = vec![tally.to_string()];
    lines.extend(tally.left.iter().map(|(number, why)| format!("{number}: {why}")));
    show::print(lines)?;
    Ok(ExitCode::from(u8::from(!tally.left.is_empty())))
}
