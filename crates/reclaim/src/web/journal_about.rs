//! What an entry of the journal is about, as people call it, and where it opens.

use std::collections::{BTreeSet, HashMap};

use denial::lists::ListKind;
use denial::person::{Access, Role, allows};
use store::Tx;
use store::audit::Line;

use crate::web::gate;
use crate::web::timeline::People;
use crate::web::words;
use crate::{calls, own_rules};

/// What some entries are about, by id.
pub(crate) struct Subjects {
    role: Role,
    /// The book in which more about one is looked for.
    book: &'static str,
    called: HashMap<String, String>,
}

impl Subjects {
    /// Of some entries, called as far as who reads them may open them.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn of(
        tx: &mut Tx,
        role: Role,
        book: &'static str,
        lines: &[Line],
        people: &People,
    ) -> Result<Subjects, store::Error> {
        let ids: BTreeSet<&str> = lines.iter().map(|line| line.about.as_str()).collect();
        let of = |prefix: &str, needs: Access| -> Vec<String> {
            let ids = ids.iter().filter(|id| allows(role, needs) && id.starts_with(prefix));
            ids.map(|id| (*id).to_owned()).collect()
        };
        let mut called = HashMap::new();
        for case in tx.cases_among(&of("den_", Access::ReadCases)).await? {
            called.insert(case.id.to_string(), format!("Case {}", case.number.as_str()));
        }
        for (id, claim) in tx.claims(&of("clm_", Access::Claims)).await? {
            called.insert(id, format!("Claim {}", claim.number));
        }
        for era in tx.remittances_among(&of("era_", Access::Remittances)).await? {
            called.insert(era.remittance, format!("Remittance {}", era.trace));
        }
        for hash in of("", Access::Remittances).iter().filter(|id| is_hash(id)) {
            if let Some(file) = tx.file(hash).await? {
                called.insert(hash.clone(), format!("File {}", file.name));
            }
        }
        for id in of("usr_", Access::Audit) {
            let name = people.get(&id).cloned();
            called.insert(id, name.unwrap_or_else(|| "A person of another practice".to_owned()));
        }
        Ok(Subjects { role, book, called })
    }

    /// What one is called.
    pub(crate) fn called(&self, line: &Line) -> String {
        let about = line.about.as_str();
        let known = self.called.get(about).cloned();
        known.unwrap_or_else(|| in_words(about))
    }

    /// Its page, where the reader may open it; everything else about it otherwise.
    pub(crate) fn href(&self, line: &Line) -> String {
        let about = line.about.as_str();
        let (needs, page) = match about.split_once('_') {
            Some(("den", _)) => (Access::ReadCases, format!("/cases/{about}")),
            Some(("clm", _)) => (Access::Claims, format!("/claims/{about}")),
            Some(("cor", _)) => (Access::Correct, format!("/batches/{about}")),
            Some(("era", _)) => (Access::Remittances, format!("/remittances/{about}")),
            Some(("req", _)) => (Access::Requests, format!("/requests/{about}")),
            _ if line.kind.starts_with("file.") => (Access::Remittances, format!("/files/{about}")),
            _ if about.starts_with(calls::ABOUT) => (Access::Payers, format!("/{about}")),
            _ => match (list(about), about.strip_prefix(own_rules::ABOUT)) {
                (Some(kind), _) => (Access::Rules, format!("/rules/lists#{}", kind.as_str())),
                (_, Some(path)) => (Access::Rules, format!("/rules/file?path={}", escaped(path))),
                (None, None) => return self.more(about),
            },
        };
        if allows(self.role, needs) { page } else { self.more(about) }
    }

    fn more(&self, about: &str) -> String {
        format!("/journal?book={}&about={}", self.book, escaped(about))
    }
}

/// What the program itself calls it; ids that nobody says aloud by their last letters.
fn in_words(about: &str) -> String {
    let ending = |what: &str| {
        let at = about.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
        format!("{what} …{}", about.get(at..).unwrap_or_default())
    };
    if let Some(kind) = list(about) {
        return kind.title().to_owned();
    }
    if about.starts_with(calls::ABOUT) {
        return ending("Payer");
    }
    if let Some(path) = about.strip_prefix(own_rules::ABOUT) {
        return path.to_owned();
    }
    match about.split_once('_').map(|(prefix, _)| prefix) {
        Some("den") => ending("Case"),
        Some("clm") => ending("Claim"),
        Some("era") => ending("Remittance"),
        Some("rej") => ending("Rejection"),
        Some("doc") => ending("Document"),
        Some("req") => ending("Payer's letter"),
        Some("viw") => ending("View of the queue"),
        Some("cor") => ending("Batch of corrections"),
        Some("bat") => ending("Acts on many cases"),
        _ if is_hash(about) => ending("File or document"),
        _ if about.contains('/') => format!("Page {about}"),
        _ => words::label(about),
    }
}

fn list(about: &str) -> Option<ListKind> {
    about.strip_prefix(crate::code_lists::ABOUT).and_then(ListKind::from_name)
}

fn is_hash(about: &str) -> bool {
    about.len() == 64 && about.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn escaped(text: &str) -> String {
    text.bytes().map(gate::escaped).collect()
}

/// What an entry of a list or of rules says beside its kind: which version, and for when.
pub(crate) fn version(kind: &str, body: &serde_json::Value) -> Option<String> {
    let number = body.get("version")?.as_i64()?;
    let text = |name: &str| body.get(name).and_then(serde_json::Value::as_str);
    let mut told = vec![format!("version {number}")];
    if kind.starts_with("codes.") {
        told.extend(text("name").map(|name| format!("of {name}")));
        let from = text("from").and_then(|day| day.parse().ok());
        told.extend(from.map(|day| format!("for services from {}", words::day(day))));
    }
    Some(told.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_name_is_called_by_what_it_is() {
        assert_eq!(in_words("den_5VWAA245AM8J5EN8TMEVTF6WWA"), "Case …6WWA");
        assert_eq!(in_words("lists/mue"), "NCCI MUE, practitioner");
        assert_eq!(in_words("rules/payers/example.toml"), "payers/example.toml");
        assert_eq!(in_words(&"5e".repeat(32)), "File or document …5e5e");
        assert_eq!(in_words("/queue.csv"), "Page /queue.csv");
        assert_eq!(in_words("remittances"), "Remittances");
        assert_eq!(in_words("é_"), "É_".replace('_', " "));
        assert_eq!(in_words(""), "");
    }

    #[test]
    fn a_version_says_for_when_it_holds() {
        let body = serde_json::json!({ "version": 2, "name": "a.csv", "from": "2026-01-01" });
        let told = version("codes.held", &body);
        assert_eq!(told.as_deref(), Some("version 2 of a.csv for services from Jan 1, 2026"));
        assert_eq!(version("rules.saved", &body).as_deref(), Some("version 2"));
        assert_eq!(version("file.taken", &serde_json::json!({})), None);
    }
}
