//! What words and codes mean: pages that explain, and that other pages point to.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use denial::category::AdjustmentKind;
use denial::codes::{Carc, Group, Rarc};
use denial::rules::{Meaning, Rules};

use crate::fields::Fields;
use crate::web::glossary_home::{FIGURES, HOME};
use crate::web::glossary_words::{CLOCKS, FIELD, REASONS, STATUSES, Word};
use crate::web::page::{Page, html};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

#[derive(Template)]
#[template(path = "words.html")]
struct WordsPage {
    page: Page,
    /// What is looked for; empty for everything.
    sought: String,
    parts: Vec<(&'static str, &'static str, Vec<&'static Word>)>,
    groups: Vec<(String, String)>,
    /// Reason and remark codes that fit what is looked for.
    codes: Vec<(String, String)>,
    /// There are others.
    more: bool,
}

/// Codes that a search shows.
const CODES: usize = 50;

#[derive(Template)]
#[template(path = "codes.html")]
struct CodesPage {
    page: Page,
    /// What is looked for; empty for everything.
    of: String,
    groups: Vec<Explained>,
    reasons: Vec<Explained>,
    remarks: Vec<Explained>,
}

/// A code with what the lists and the playbook say of it.
struct Explained {
    code: String,
    meaning: String,
    /// What it is here; empty for remarks and groups.
    ruling: String,
}

/// `GET /words`: everything, or what has some letters in it.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let wording = &visitor.office.rules.wording;
    let sought = asked.get("of").map(|text| text.trim().to_owned()).unwrap_or_default();
    let needle = sought.to_lowercase();
    let fits = |texts: [&str; 2]| texts.iter().any(|text| text.to_lowercase().contains(&needle));
    let part = |(id, title, all): (&'static str, &'static str, &'static [Word])| {
        let list: Vec<&Word> = all.iter().filter(|one| fits([one.word, one.means])).collect();
        (!list.is_empty()).then_some((id, title, list))
    };
    // `CO-197` is the reason 197 of a group.
    let bare = needle.split_once('-').filter(|(group, _)| group.len() == 2).map(|(_, code)| code);
    let pair = |code: String, one: &Meaning| {
        let is_it = bare.is_some_and(|bare| code.eq_ignore_ascii_case(bare));
        (is_it || fits([&code, &one.text])).then(|| (code, one.text.to_string()))
    };
    let groups = wording.groups().filter_map(|(code, one)| pair(code.to_string(), one)).collect();
    let carcs = wording.carcs().filter_map(|(code, one)| pair(code.to_string(), one));
    let rarcs = wording.rarcs().filter_map(|(code, one)| pair(code.to_string(), one));
    let codes = carcs.chain(rarcs).take(if sought.is_empty() { 0 } else { CODES + 1 });
    let mut codes: Vec<(String, String)> = codes.collect();
    let more = codes.len() > CODES;
    codes.truncate(CODES);
    html(&WordsPage {
        page: Page::of(&visitor, "Words", "/words"),
        parts: PARTS.into_iter().filter_map(part).collect(),
        sought,
        groups,
        codes,
        more,
    })
}

/// The parts of the page of words.
const PARTS: [(&str, &str, &[Word]); 6] = [
    ("figures", "Figures", FIGURES),
    ("home", "Figures of Home and of the digest", HOME),
    ("statuses", "Where a case stands", STATUSES),
    ("reasons", "Reasons for denial", REASONS),
    ("clocks", "Clocks", CLOCKS),
    ("field", "Words of the field", FIELD),
];

/// `GET /words/codes`: one code, such as `CO-197` or `N54`, or all of them.
pub(crate) async fn codes(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let rules = &visitor.office.rules;
    let of = asked.get("of").map(|text| text.trim().to_uppercase()).unwrap_or_default();
    let (group, bare) = of.split_once('-').unwrap_or(("", of.as_str()));
    let is_asked = |code: &str| of.is_empty() || code == bare;
    let reasons = rules.wording.carcs().filter(|(code, _)| is_asked(code.as_str()));
    let remarks = rules.wording.rarcs().filter(|(code, _)| is_asked(code.as_str()));
    let groups = rules.wording.groups().filter(|(code, _)| code.as_str() == group);
    let groups = groups.map(|(code, one)| explained(code.to_string(), one, String::new()));
    let template = CodesPage {
        groups: groups.collect(),
        reasons: in_order(reasons.map(|(code, one)| reason(rules, group, code, one))),
        remarks: remarks.map(|(code, one)| remark(code, one)).collect(),
        page: Page::of(&visitor, if of.is_empty() { "Codes" } else { &of }, "/words"),
        of,
    };
    html(&template)
}

fn explained(code: String, one: &Meaning, ruling: String) -> Explained {
    let mut meaning = one.text.to_string();
    if one.retired {
        meaning.push_str(" (a retired code");
        if !one.replaced_by.is_empty() {
            meaning.push_str("; now ");
            meaning.push_str(&one.replaced_by);
        }
        meaning.push(')');
    }
    Explained { code, meaning, ruling }
}

/// Codes as people count: 2 before 10, digits before letters.
fn in_order(codes: impl Iterator<Item = Explained>) -> Vec<Explained> {
    let mut codes: Vec<Explained> = codes.collect();
    codes.sort_by_cached_key(|one| (one.code.parse::<u32>().unwrap_or(u32::MAX), one.code.clone()));
    codes
}

/// A reason with what the playbook makes of it in its group; without one, in the provider's and in
/// the patient's.
fn reason(rules: &Rules, group: &str, code: &Carc, one: &Meaning) -> Explained {
    if !group.is_empty() {
        return explained(code.to_string(), one, ruled(rules, group, code));
    }
    let [ours, patients] = ["CO", "PR"].map(|group| ruled(rules, group, code));
    let both = if ours == patients { ours } else { format!("CO: {ours}. PR: {patients}") };
    explained(code.to_string(), one, both)
}

/// What the playbook makes of a code in a group.
fn ruled(rules: &Rules, group: &str, code: &Carc) -> String {
    let ruling = rules.playbook.ruling(None, &Group::new(group), code, &[], None);
    let kind = words::label(ruling.kind.as_str());
    if ruling.kind != AdjustmentKind::Denial {
        return kind;
    }
    let first = words::lower(ruling.next.as_str());
    let mended = if ruling.correctable {
        "a corrected claim can win it"
    } else {
        "not by a corrected claim"
    };
    format!("{kind}: {}; first {first}; {mended}", words::lower(ruling.category.as_str()))
}

fn remark(code: &Rarc, one: &Meaning) -> Explained {
    explained(code.to_string(), one, String::new())
}

/// Where a word is explained: `place("clock", "appeal, level 1")` is `/words#clock-appeal`. A word
/// that no list has leads to the page's top.
pub(crate) fn place(prefix: &str, label: &str) -> String {
    let name = label.split(',').next().unwrap_or_default().to_lowercase();
    let name: String = name.chars().filter(|letter| *letter != '\'').collect();
    let id = match prefix {
        "" => name.replace(' ', "-"),
        _ => format!("{prefix}-{}", name.replace([' ', '-'], "_")),
    };
    let lists = [FIELD, REASONS, STATUSES, CLOCKS, FIGURES];
    let is_known = lists.into_iter().flatten().any(|one| one.id == id);
    if is_known { format!("/words#{id}") } else { "/words".to_owned() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use denial::category::Category;
    use denial::denial::Status;

    fn ids() -> BTreeSet<&'static str> {
        let all = [FIELD, REASONS, STATUSES, CLOCKS, FIGURES, HOME];
        let ids: Vec<&str> = all.into_iter().flatten().map(|one| one.id).collect();
        let set: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(set.len(), ids.len(), "an anchor stands twice");
        set
    }

    #[test]
    fn labels_lead_to_their_words() {
        assert_eq!(place("clock", "appeal, level 2"), "/words#clock-appeal");
        assert_eq!(place("clock", "payer's answer"), "/words#clock-payers_answer");
        assert_eq!(place("reason", "Non-covered"), "/words#reason-non_covered");
        assert_eq!(place("", "Outstanding"), "/words#outstanding");
        assert_eq!(place("", "nonsense"), "/words");
    }

    #[test]
    fn every_reason_and_status_is_explained() {
        let ids = ids();
        for category in Category::ALL {
            assert!(ids.contains(format!("reason-{}", category.as_str()).as_str()), "{category:?}");
        }
        for status in Status::ALL {
            assert!(ids.contains(format!("status-{}", status.as_str()).as_str()), "{status:?}");
        }
    }
}
