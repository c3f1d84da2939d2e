//! An act from flat fields, as a form or a command line gives them.

use std::collections::BTreeMap;

use denial::ids::{AppealId, DenialId, PostingId};
use denial::lifecycle::Action;
use denial::money::Money;
use denial::posting::PostingKind;
use denial::remitted::KINDS;
use serde_json::{Map, Value, json};

/// Fields by name; empty ones are as good as absent.
pub(crate) type Fields = BTreeMap<String, String>;

/// How the names of fields begin that list what remittances say: `told_0_payer_payment`.
pub(crate) const TOLD: &str = "told_";

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
        "post" | "reopen" => match told_entries(&mut members, &mut draw) {
            Some(entries) => {
                members.insert("entries".to_owned(), json!(entries));
            }
            None => entry(&mut members, PostingId::from_bits(draw()).as_str()),
        },
        "split_line" => road(&mut members, DenialId::from_bits(draw()).as_str()),
        _ => {}
    }
    members.insert("act".to_owned(), json!(act));
    serde_json::from_value(Value::Object(members)).map_err(|fault| in_words(act, &fault))
}

fn value(name: &str, text: &str) -> Result<Value, String> {
    match name.strip_prefix(TOLD).and_then(|rest| rest.split_once('_')) {
        Some((_, kind)) if KINDS.iter().any(|one| one.as_str() == kind) => {
            let amount = value("amount", text);
            return amount.map_err(|_| {
                format!("{}: expected an amount such as 120.50", kind.replace('_', " "))
            });
        }
        Some((_, "line")) => return value("line", text),
        Some(_) | None => {}
    }
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
        "preventable" | "recoverable" | "dismissed" | "kept" => {
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

/// The postings of a form that lists what remittances say: an entry for each amount of each row.
/// None where the form has no such row.
fn told_entries(
    members: &mut Map<String, Value>,
    draw: &mut impl FnMut() -> u128,
) -> Option<Vec<Value>> {
    let is_told = |name: &String| name.starts_with(TOLD);
    let names: Vec<String> = members.keys().filter(|name| is_told(name)).cloned().collect();
    let mut rows: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for name in names {
        let (row, field) = name.strip_prefix(TOLD)?.split_once('_')?;
        let value = members.remove(&name)?;
        rows.entry(row.to_owned()).or_default().insert(field.to_owned(), value);
    }
    if rows.is_empty() {
        return None;
    }
    let why = members.remove("why").unwrap_or_else(|| json!(""));
    let mut entries = Vec::new();
    for mut row in rows.into_values() {
        for kind in KINDS.map(PostingKind::as_str) {
            let Some(amount) = row.remove(kind).filter(|amount| *amount != json!(0)) else {
                continue;
            };
            let mut entry = row.clone();
            entry.retain(|name, _| matches!(name.as_str(), "on" | "line" | "remittance"));
            let id = PostingId::from_bits(draw());
            entry.extend([
                ("id".to_owned(), json!(id.as_str())),
                ("kind".to_owned(), json!(kind)),
                ("amount".to_owned(), amount),
                ("why".to_owned(), why.clone()),
            ]);
            entries.push(Value::Object(entry));
        }
    }
    Some(entries)
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
    fn rows_of_what_remittances_say_become_one_posting_for_each_amount() {
        let post = read(
            "post",
            &[
                ("told_0_payer_payment", "60"),
                ("told_0_contractual", "40.00"),
                ("told_0_interest", "0.00"),
                ("told_0_on", "2026-03-02"),
                ("told_0_line", "1"),
                ("told_0_remittance", "era_00000000000000000000000001"),
                ("told_1_payer_payment", "5"),
                ("why", "as told"),
            ],
        );
        let Ok(Action::Post { entries }) = post else { panic!("{post:?}") };
        let told: Vec<_> =
            entries.iter().map(|one| (one.kind.as_str(), one.amount.cents(), one.line)).collect();
        let expected = [
            ("payer_payment", 6_000, Some(1)),
            ("contractual", 4_000, Some(1)),
            ("payer_payment", 500, None),
        ];
        assert_eq!(told, expected);
        assert!(entries[0].remittance.is_some() && entries.iter().all(|one| one.why == "as told"));
        let odd = read("post", &[("told_0_contractual", "x")]);
        assert_eq!(odd, Err("contractual: expected an amount such as 120.50".to_owned()));
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
