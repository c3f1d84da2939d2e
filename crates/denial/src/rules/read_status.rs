//! `status.toml`: when payers are asked where claims stand, and what their answers mean.

use smol_str::SmolStr;

use super::Draft;
use super::entry::{Entry, Page};
use crate::claim_status::{AnswerRule, StatusRules};

impl Draft {
    pub(super) fn read_status(&mut self, file: &str, text: &str) {
        let (status, faults) = Page::new(file, text).read(status);
        self.rules.status = status;
        self.faults.extend(faults);
    }
}

fn status(page: &Entry<'_>) -> StatusRules {
    let (mut asks_by_itself, mut again_days) = (false, None);
    if let Some(ask) = page.table("ask") {
        asks_by_itself = ask.flag("by_itself").unwrap_or_default();
        again_days = ask.number("again_days");
        if again_days == Some(0) {
            let message = "again_days: the same would be asked again at once".to_owned();
            ask.fault_at("again_days", message, "write whole days from 1, or leave it out");
        }
        ask.finish();
    }
    StatusRules { asks_by_itself, again_days, answers: answers(page) }
}

fn answers(page: &Entry<'_>) -> Vec<AnswerRule> {
    let mut answers: Vec<AnswerRule> = Vec::new();
    for row in page.entries("answer") {
        let Some(rule) = answer(&row) else { continue };
        let is_same = |one: &&AnswerRule| one.category == rule.category;
        let shares = |one: &AnswerRule| {
            let both = one.statuses.iter().any(|status| rule.statuses.contains(status));
            both || (one.statuses.is_empty() && rule.statuses.is_empty())
        };
        if answers.iter().filter(is_same).any(shares) {
            let message = format!("{} has two rules for one status", rule.category);
            row.fault_at("category", message, "keep one of them, or part their statuses");
        }
        answers.push(rule);
    }
    answers
}

fn answer(row: &Entry<'_>) -> Option<AnswerRule> {
    let category = row.required("category", row.text("category"));
    let statuses = row.list("statuses").into_iter().map(SmolStr::new).collect();
    let step = row.required("step", row.named("step"));
    let days = row.required("days", row.number("days"));
    let text = row.required("text", row.text("text"));
    row.finish();
    let category = category?;
    let is_category = category.bytes().all(|one| one.is_ascii_alphanumeric())
        && category.bytes().next().is_some_and(|one| one.is_ascii_uppercase())
        && category.len() <= 3;
    if !is_category {
        let message = format!("`{category}` is no category of an answer");
        row.fault_at("category", message, "write one such as \"P1\", or its letter alone");
    }
    Some(AnswerRule {
        category: category.into(),
        statuses,
        step: step?,
        days: days?,
        text: text?.into(),
    })
}
