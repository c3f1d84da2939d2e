//! The codes of a 999, TA1, 277CA or 277 in words: what is at fault, whose, and where.

use denial::rejection::{AnswerCode, FaultPlace};
use denial::rules::Rules;

use crate::web::words;

/// A code as it came, and what it says.
pub(crate) struct Said {
    pub(crate) code: String,
    /// What is at fault, whose, and where; what is to be looked up where no list of ours has it.
    pub(crate) fault: String,
    /// What became of it (the category of a 277CA).
    pub(crate) verdict: String,
}

/// One code of an answer in words.
pub(crate) fn said(one: &AnswerCode, rules: &Rules) -> Said {
    if one.list == "STC" { status(one, rules) } else { syntax(one, rules) }
}

/// The codes of an answer in one line.
pub(crate) fn line(codes: &[AnswerCode], rules: &Rules) -> String {
    let all = codes.iter().map(|one| said(one, rules));
    let all = all.map(|said| [said.verdict, said.fault].join(" · "));
    let all = all.map(|words| words.trim_matches([' ', '·']).to_owned());
    all.filter(|words| !words.is_empty()).collect::<Vec<_>>().join("; ")
}

/// An STC: its category says what became of it, its status what is at fault, its entity whose.
fn status(one: &AnswerCode, rules: &Rules) -> Said {
    let wording = &rules.wording;
    let parts = [one.code.as_str(), one.status.as_str(), one.entity.as_str()];
    let code: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let category = wording.status(&one.code);
    let fault = wording.claim_status(&one.status);
    let entity = wording.entity(&one.entity);
    let unknown = [
        ("category", &one.code, category.is_none()),
        ("status", &one.status, fault.is_none()),
        ("party", &one.entity, entity.is_none()),
    ];
    let unknown = unknown.into_iter().filter(|(_, code, is)| *is && !code.is_empty());
    let whose = entity.map(|entity| entity.text.as_str());
    let what = fault.map(|fault| fault.text.as_str());
    let said: Vec<String> = about(whose, what)
        .into_iter()
        .chain(one.line.as_ref().map(|line| format!("line {line}")))
        .chain(unknown.map(|(what, code, _)| format!("{what} {code}: look it up")))
        .collect();
    Said {
        code: code.join(" · "),
        fault: said.join(", "),
        verdict: category.map(|one| one.text.to_string()).unwrap_or_default(),
    }
}

/// Whose fact, and which.
fn about(whose: Option<&str>, what: Option<&str>) -> Option<String> {
    match (whose, what) {
        (Some(whose), Some(what)) => Some(format!("{whose}: {}", in_sentence(what))),
        (whose, what) => whose.or(what).map(str::to_owned),
    }
}

/// Words after a colon; `NPI` and `ZIP code` stay as they are.
fn in_sentence(text: &str) -> String {
    let is_short = text.chars().nth(1).is_some_and(|letter| !letter.is_lowercase());
    if is_short && !text.starts_with("A ") { text.to_owned() } else { words::lower(text) }
}

/// A fault of syntax: what, and at which segment and element.
fn syntax(one: &AnswerCode, rules: &Rules) -> Said {
    let meaning = rules.wording.syntax(&one.list, &one.code);
    let unknown = (meaning.is_none() && !one.code.is_empty())
        .then(|| format!("code {}: look it up", one.code));
    let said: Vec<String> = meaning
        .map(|meaning| meaning.text.to_string())
        .into_iter()
        .chain(unknown)
        .chain(one.place.as_ref().map(place))
        .collect();
    Said {
        code: format!("{} {}", one.list, one.code).trim().to_owned(),
        fault: said.join(", "),
        verdict: String::new(),
    }
}

fn place(place: &FaultPlace) -> String {
    let element = if place.element.is_empty() {
        String::new()
    } else {
        format!(", element {}", place.element)
    };
    format!("at segment {}{element}", place.segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stc(code: &str, status: &str, entity: &str) -> Said {
        let rules = crate::rules_files::load(None).expect("the shipped rules are whole");
        let code = AnswerCode {
            list: "STC".into(),
            code: code.into(),
            status: status.into(),
            entity: entity.into(),
            ..AnswerCode::default()
        };
        said(&code, &rules)
    }

    #[test]
    fn a_status_says_what_is_at_fault_and_whose() {
        let one = stc("A7", "562", "85");
        assert_eq!(one.code, "A7 · 562 · 85");
        assert_eq!(
            (one.fault.as_str(), one.verdict.as_str()),
            ("Billing provider: NPI", "Refused: something is not valid")
        );
        assert_eq!(stc("A7", "164", "IL").fault, "Subscriber: contract or member number");
        let one = stc("A3", "", "");
        assert_eq!(
            (one.fault.as_str(), one.verdict.as_str()),
            ("", "Returned: cannot be processed")
        );
    }

    #[test]
    fn what_no_list_has_is_to_be_looked_up() {
        let one = stc("A3", "999", "QQ");
        assert_eq!(one.fault, "status 999: look it up, party QQ: look it up");
    }

    #[test]
    fn a_fault_of_syntax_is_no_status_of_a_claim() {
        let rules = crate::rules_files::load(None).expect("the shipped rules are whole");
        let code = |list: &str, code: &str| AnswerCode {
            list: list.into(),
            code: code.into(),
            place: Some(FaultPlace { segment: "CLM".into(), ..FaultPlace::default() }),
            ..AnswerCode::default()
        };
        let one = said(&code("AK3", "2"), &rules);
        assert_eq!(one.code, "AK3 2");
        assert_eq!(one.fault, "Segment not expected here, at segment CLM");
        let codes = [code("IK4", "99"), code("IK5", "5")];
        let words = "code 99: look it up, at segment CLM; Faulty segments, at segment CLM";
        assert_eq!(line(&codes, &rules), words);
    }
}
