//! What happened to a case beside its events: questions to its payer, rules, holds, emergencies,
//! what a coder declined.

use store::journal::Happened;

use crate::web::journal_words;

/// What happened beside the events of a case.
pub(super) fn said(one: &Happened) -> String {
    let facts: serde_json::Value = serde_json::from_str(&one.body).unwrap_or_default();
    let why = facts["why"].as_str().unwrap_or_default();
    match one.kind.as_str() {
        "emergency.opened" => format!("Opened in an emergency: {why}"),
        "emergency.looked_at" => "Somebody who leads looked at an emergency".to_owned(),
        "status.asked" => format!("The payer was asked where the claim stands: {why}"),
        "status.answered" => {
            let told = facts["told"].as_str().unwrap_or_default();
            format!("The payer answered where the claim stands. {told}")
        }
        "rule.acted" => {
            let did = facts["did"].as_str().unwrap_or_default();
            format!("Rule {} acted: {did}{}", ruled(&facts), proof(&facts))
        }
        "rule.would_act" if why.is_empty() => format!(
            "Rule {} would have acted (shadow): {}{}",
            ruled(&facts),
            facts["did"].as_str().unwrap_or_default(),
            proof(&facts)
        ),
        "correction.prepared" => format!(
            "The rule {} prepared a correction{}",
            facts["rule"].as_str().unwrap_or_default(),
            proof(&facts)
        ),
        "rule.would_act" => {
            format!("Rule {} would have been refused (shadow): {why}", ruled(&facts))
        }
        "rule.refused" => format!("Rule {} was refused: {why}", ruled(&facts)),
        "status.not_planned" => format!("What the payer’s answer asks for was not planned: {why}"),
        "correction.declined" => {
            format!("Declined what was to change in the claim’s codes: {why}")
        }
        "hold.placed" => format!("Legal hold on {}: {why}", held(&facts)),
        "hold.lifted" => format!("Legal hold on {} lifted: {why}", held(&facts)),
        kind => journal_words::said(kind),
    }
}

/// The kind of what happened beside the events of a case.
pub(super) fn topic(kind: &str) -> &'static str {
    match kind.split_once('.').map(|(about, _)| about) {
        Some("status") => "contacts",
        Some("rule") => "plan",
        _ => "notes",
    }
}

/// What proves what a rule prepared.
fn proof(facts: &serde_json::Value) -> String {
    match facts["proof"].as_str().unwrap_or_default() {
        "" => String::new(),
        proof => format!("; the proof: {proof}"),
    }
}

/// A rule's name, its version and why it is there.
fn ruled(facts: &serde_json::Value) -> String {
    let text = |name: &str| facts[name].as_str().unwrap_or_default();
    format!("{} (version {}, {})", text("rule"), text("version"), text("reason"))
}

/// What a hold is on.
fn held(facts: &serde_json::Value) -> &'static str {
    crate::web::hold::in_words(facts["what"].as_str().unwrap_or_default())
}
