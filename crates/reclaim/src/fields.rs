//! An act from flat fields, as a form or a command line gives them.

use std::collections::BTreeMap;

use denial::ids::{AppealId, DenialId, PostingId};
use denial::lifecycle::Action;
use denial::money::Money;
use serde_json::{Map, Value, json};

/// Fields by name; empty ones are as good as absent.
pub(crate) type Fields = BTreeMap<String, String>;

/// Reads an act. `draw` gives random bits for what the act makes: an appeal, a posting, a case.
///
/// # Errors
/// What is missing or cannot be read, in words for the person who filled it in.
pub(crate) fn action(
    act: &str,
    fields: &Fields,
    mut draw: impl FnMut() -> u128,
) -> Result<Action, String> {
    let mut members = Map::new();
    for (name, text) in fields.iter().filter(|(_, text)| !text.trim().is_empty()) {
        members.insert(name.clone(), value(name, text.trim())?);
    }
    match act {
        "appeal" => make(&mut members, "id", AppealId::from_bits(draw()).as_str()),
        "write_off" => make(&mut members, "id", PostingId::from_bits(draw()).as_str()),
        "overturn" => nest(&mut members, "answer", &["on", "remittance", "letter", "note"]),
        "post" | "reopen" => entry(&mut members, PostingId::from_bits(draw()).as_str()),
        "split_line" => road(&mut members, DenialId::from_bits(draw()).as_str()),
        _ => {}
    }
    members.insert("act".to_owned(), json!(act));
    serde_json::from_value(Value::Object(members)).map_err(|fault| in_words(act, &fault))
}

fn value(name: &str, text: &str) -> Result<Value, String> {
    match name {
        "amount" | "expected" | "missing" => match Money::parse(text) {
            Ok(money) => Ok(json!(money.cents())),
            Err(_) => Err(format!("{name}: expected an amount such as 120.50")),
        },
        "level" | "line" | "question" | "position" | "minutes" => match text.parse::<u16>() {
            Ok(number) => Ok(json!(number)),
            Err(_) => Err(format!("{name}: expected a whole number")),
        },
        "recoverable" if text == "unknown" => Ok(Value::Null),
        "preventable" | "recoverable" | "dismissed" => {
            Ok(json!(matches!(text, "yes" | "true" | "on" | "1")))
        }
        "codes" => {
            Ok(json!(text.split([',', ' ']).filter(|one| !one.is_empty()).collect::<Vec<_>>()))
        }
        _ => Ok(json!(text)),
    }
}

fn make(members: &mut Map<String, Value>, name: &str, id: &str) {
    members.entry(name.to_owned()).or_insert_with(|| json!(id));
}

fn nest(members: &mut Map<String, Value>, name: &str, inner: &[&str]) {
    let inner: Map<String, Value> =
        inner.iter().filter_map(|one| members.remove_entry(*one)).collect();
    members.insert(name.to_owned(), Value::Object(inner));
}

/// One posting from the form's fields; none where no amount is given.
fn entry(members: &mut Map<String, Value>, id: &str) {
    make(members, "id", id);
    nest(
        members,
        "entry",
        &["id", "kind", "amount", "on", "line", "remittance", "reverses", "why"],
    );
    let entry = members.remove("entry").filter(|entry| entry.get("amount").is_some());
    members.insert("entries".to_owned(), json!(entry.into_iter().collect::<Vec<_>>()));
}

fn road(members: &mut Map<String, Value>, id: &str) {
    if members.get("road").is_some_and(|road| road == "own_case") {
        make(members, "id", id);
    }
    nest(members, "road", &["road", "reason", "id"]);
}

/// Serde's words name the field; the rest is ours.
fn in_words(act: &str, fault: &serde_json::Error) -> String {
    let text = fault.to_string();
    let quoted = text.split('`').nth(1).unwrap_or_default().replace('_', " ");
    let act = act.replace('_', " ");
    if text.starts_with("missing field") {
        format!("{act}: {quoted} is needed")
    } else if text.starts_with("unknown variant") {
        format!("{act}: {quoted:?} is not one of the choices")
    } else {
        format!("{act}: a field cannot be read; dates are YYYY-MM-DD")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use denial::denial::NextActionKind;

    fn read(act: &str, pairs: &[(&str, &str)]) -> Result<Action, String> {
        let fields = pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        action(act, &fields.collect(), || 7)
    }

    #[test]
    fn flat_fields_become_acts() {
        let plan = read("plan", &[("next", "call_payer"), ("on", "2026-02-03"), ("x", " ")]);
        let Ok(Action::Plan { next: NextActionKind::CallPayer, on }) = plan else {
            panic!("{plan:?}")
        };
        assert_eq!(on.to_string(), "2026-02-03");
        assert_eq!(read("review", &[]), Ok(Action::Review));
        let post = read("post", &[("kind", "payer_payment"), ("amount", "$1,200.5")]);
        let Ok(Action::Post { entries }) = post else { panic!("{post:?}") };
        assert_eq!(entries.first().map(|entry| entry.amount.cents()), Some(120_050));
        let split = read("split_line", &[("position", "1"), ("road", "own_case")]);
        assert!(matches!(split, Ok(Action::SplitLine { position: 1, .. })), "{split:?}");
        let overturn = read("overturn", &[("note", "letter"), ("expected", "10")]);
        assert!(matches!(overturn, Ok(Action::Overturn { .. })), "{overturn:?}");
    }

    #[test]
    fn what_is_missing_is_said() {
        assert_eq!(read("withdraw", &[]), Err("withdraw: reason is needed".to_owned()));
        assert!(read("plan", &[("next", "dance"), ("on", "2026-02-03")]).is_err());
        assert!(read("dance", &[]).is_err());
        let text = read("post", &[("kind", "payer_payment"), ("amount", "x")]);
        assert_eq!(text, Err("amount: expected an amount such as 120.50".to_owned()));
    }
}
