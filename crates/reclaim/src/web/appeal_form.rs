//! The form of a draft: its fields by name, and what they come to.

use denial::appeal::{Chosen, Content, Draft, Exhibit, Point};
use denial::denial::Channel;
use denial::ids::DocumentId;

use crate::fields::Fields;
use crate::packet::Paper;

/// Rows of the table that a form may hold.
pub(super) const MOST_POINTS: usize = 40;

/// What somebody typed. A field that the form does not have stays as it is.
pub(super) fn content(fields: &Fields, draft: &Draft, papers: &[Paper]) -> Content {
    let before = &draft.content;
    let text = |name: &str, before: &str| {
        fields.get(name).map_or_else(|| before.to_owned(), |text| lines(text))
    };
    let channel = match fields.get("channel") {
        Some(name) => Channel::from_name(name),
        None => before.channel,
    };
    let is_form = fields.contains_key("subject");
    Content {
        channel,
        to: text("to", &before.to),
        subject: text("subject", &before.subject),
        opening: text("opening", &before.opening),
        arguments: if is_form { arguments(fields) } else { before.arguments.clone() },
        policy: text("policy", &before.policy),
        points: if is_form { points(fields) } else { before.points.clone() },
        closing: text("closing", &before.closing),
        signer: text("signer", &before.signer),
        exhibits: if is_form { exhibits(fields, draft, papers) } else { before.exhibits.clone() },
        without: text("without", &before.without),
        late: text("late", &before.late),
        although: text("although", &before.although),
    }
}

/// Browsers end lines as the network does, and drop an empty first one.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// The ticked ones, in the order of their names' numbers.
fn arguments(fields: &Fields) -> Vec<Chosen> {
    let one = |at: usize| {
        let name = fields.get(&format!("argument_name_{at}"))?;
        fields.get(&format!("argument_use_{at}"))?;
        let text = fields.get(&format!("argument_{at}")).map(|text| lines(text));
        Some(Chosen { name: name.as_str().into(), text: text.unwrap_or_default() })
    };
    (0..MOST_POINTS).filter_map(one).filter(|one| !one.text.trim().is_empty()).collect()
}

/// The rows that say something.
fn points(fields: &Fields) -> Vec<Point> {
    let one = |at: usize| {
        let field = |name: &str| {
            let text = fields.get(&format!("{name}_{at}"));
            text.map(|text| lines(text)).unwrap_or_default()
        };
        let number = |name: &str| field(name).trim().parse().ok();
        Point {
            criterion: field("criterion"),
            evidence: field("evidence"),
            exhibit: number("exhibit").and_then(|one: u32| u16::try_from(one).ok()).unwrap_or(0),
            page: number("page").unwrap_or(0),
        }
    };
    let says = |one: &Point| {
        let texts = [&one.criterion, &one.evidence];
        texts.iter().any(|text| !text.trim().is_empty()) || one.exhibit > 0 || one.page > 0
    };
    (0..MOST_POINTS).map(one).filter(says).collect()
}

/// The documents that may be chosen: those of the case, then what was chosen and is gone.
pub(super) fn choices(content: &Content, papers: &[Paper]) -> Vec<DocumentId> {
    let mut all: Vec<DocumentId> = papers.iter().map(|one| one.id.clone()).collect();
    for one in &content.exhibits {
        if !all.contains(&one.document) {
            all.push(one.document.clone());
        }
    }
    all
}

/// The ticked ones, by the places that were typed.
fn exhibits(fields: &Fields, draft: &Draft, papers: &[Paper]) -> Vec<Exhibit> {
    let mut chosen: Vec<(u32, Exhibit)> = Vec::new();
    for document in choices(&draft.content, papers) {
        let field = |name: &str| fields.get(&format!("{name}_{document}"));
        if field("take").is_none() {
            continue;
        }
        let text = |name: &str| field(name).map(|text| text.trim().to_owned()).unwrap_or_default();
        let place = text("place").parse().unwrap_or(u32::MAX);
        let (title, pages) = (text("title"), text("pages"));
        chosen.push((place, Exhibit { document, title, pages }));
    }
    chosen.sort_by_key(|(place, _)| *place);
    chosen.into_iter().map(|(_, one)| one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs.iter().map(|(one, two)| ((*one).to_owned(), (*two).to_owned())).collect()
    }

    #[test]
    fn rows_that_say_nothing_are_left_out() {
        let typed = fields(&[
            ("criterion_0", " "),
            ("criterion_1", "pain\r\nfor six weeks"),
            ("evidence_1", "noted"),
            ("exhibit_1", "2"),
            ("page_1", "3"),
            ("page_2", "x"),
        ]);
        let point = Point {
            criterion: "pain\nfor six weeks".to_owned(),
            evidence: "noted".to_owned(),
            exhibit: 2,
            page: 3,
        };
        assert_eq!(points(&typed), [point]);
    }

    #[test]
    fn only_ticked_arguments_with_text_are_made() {
        let typed = fields(&[
            ("argument_name_0", "one"),
            ("argument_0", "because"),
            ("argument_name_1", "two"),
            ("argument_use_1", "yes"),
            ("argument_1", "also"),
            ("argument_name_2", "own"),
            ("argument_use_2", "yes"),
            ("argument_2", " "),
        ]);
        assert_eq!(arguments(&typed), [Chosen { name: "two".into(), text: "also".to_owned() }]);
    }
}
