//! What keeps a draft of an appeal from being sent, and what its fields come to.

use denial::appeal::{self, Around, Chosen, Content, Draft, DraftState, Exhibit, Facts, Point};
use denial::deadline::DeadlineKind;
use denial::denial::Denial;
use denial::ids::{DocumentId, DraftId};
use denial::letter::{Field, LetterKind, Values};
use denial::lifecycle::evidence::Attached;
use denial::person::Role;
use denial::rules::Rules;

use crate::clinic::{action, case, clock, day, moment, rules};

fn reviewed() -> Denial {
    let at = moment(1, Role::BillingSpecialist);
    let after = case().after.act(&action(r#"{"act":"review"}"#), &at, &rules()).expect("done");
    let attached = Attached { document: DocumentId::from_bits(7), what: "clinical_notes".into() };
    Denial {
        deadlines: vec![clock(DeadlineKind::Appeal(1), 12)],
        wanted: vec!["clinical_notes".into()],
        documents: vec![attached],
        ..after.after
    }
}

fn draft(case: &Denial) -> Draft {
    let exhibit = Exhibit {
        document: DocumentId::from_bits(7),
        title: "Notes".to_owned(),
        pages: "1-2".to_owned(),
    };
    let content = Content {
        subject: "Claim {{claim_number}}".to_owned(),
        opening: "You denied {{denied}}.".to_owned(),
        exhibits: vec![exhibit],
        ..Content::default()
    };
    Draft {
        id: DraftId::from_bits(1),
        case: case.id.clone(),
        kind: LetterKind::Appeal,
        level: 1,
        template: "letters/appeals.toml#any".into(),
        rules: 0,
        content,
        state: DraftState::Draft,
        packet: None,
        signed: None,
        voided: None,
        writers: Vec::new(),
        prepared: None,
        former: Vec::new(),
        version: 1,
    }
}

fn values(case: &Denial, rules: &Rules) -> Values {
    let (kind, level, today) = (LetterKind::Appeal, 1, day(6));
    let facts = Facts {
        case,
        claim: None,
        payment: None,
        trace: "T1",
        practice: "Test clinic",
        kind,
        level,
        today,
        rules,
    };
    facts.values()
}

/// What stops it on a day, as a page says it.
fn told(case: &Denial, draft: &Draft, (on, protected): (i64, bool)) -> String {
    let (rules, today) = (rules(), day(on));
    let values = values(case, &rules);
    let around = Around { case, letter: None, values: &values, protected, today, rules: &rules };
    let stops = appeal::stops(draft, &around);
    stops.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn nothing_stops_what_is_whole() {
    let case = reviewed();
    assert_eq!(told(&case, &draft(&case), (6, false)), "");
    let known = values(&case, &rules());
    assert_eq!(known.get(&Field::ClaimNumber).map(String::as_str), Some(case.number.as_str()));
    assert_eq!(known.get(&Field::Trace).map(String::as_str), Some("T1"));
    assert!(known.contains_key(&Field::Deadline) && !known.contains_key(&Field::Member));
}

#[test]
fn each_lack_is_told_with_what_to_do() {
    let case = reviewed();
    let whole = draft(&case);
    let with = |change: &dyn Fn(&mut Content)| {
        let mut draft = whole.clone();
        change(&mut draft.content);
        told(&case, &draft, (6, false))
    };
    let is = |text: String, begins: &str| assert!(text.starts_with(begins), "{text}");
    is(with(&|one| one.subject.push_str(" {{member}}")), "{{member}} has no value here");
    is(with(&|one| one.closing = "{{nobody}}".into()), "{{nobody}} is no field.");
    is(with(&|one| one.policy = "[[look it up]]".into()), "A note to yourself stands in it");
    is(with(&|one| one.opening.clear()), "It has no subject, or no text.");
    is(with(&|one| one.exhibits[0].pages = "2-1".into()), "Exhibit A: \"2-1\" names no pages.");
    is(with(&|one| one.exhibits.clear()), "Not among the exhibits: clinical notes.");
    let gone = with(&|one| {
        one.exhibits[0].document = DocumentId::from_bits(8);
        one.without = "a reason".into();
    });
    is(gone, "Exhibit A is no document of the case.");
    let point = Point { exhibit: 2, ..Point::default() };
    is(with(&|one| one.points.push(point.clone())), "Point 1 names an exhibit that is not there.");
    let argument = Chosen { name: "a".into(), text: "{{tax_id}}".into() };
    is(with(&|one| one.arguments.push(argument.clone())), "{{tax_id}} has no value here");
}

#[test]
fn the_case_itself_may_stop_it() {
    let case = reviewed();
    let whole = draft(&case);
    let other = Draft { level: 2, ..whole.clone() };
    assert_eq!(told(&case, &other, (6, false)), "Level 1 is next.");
    assert!(told(&case, &whole, (13, false)).starts_with("The last day was "));
    let mut late = whole.clone();
    late.content.late = "a supervisor's reason".into();
    assert_eq!(told(&case, &late, (13, false)), "");
    let new = Denial { work: crate::clinic::case().after.work, ..case.clone() };
    assert_eq!(told(&new, &whole, (6, false)), "Start the review of the case first.");
    assert!(told(&case, &whole, (6, true)).starts_with("The record is specially protected"));
    let consent = Attached { document: DocumentId::from_bits(7), what: "patient_consent".into() };
    let mut documents = case.documents.clone();
    documents.push(consent);
    assert_eq!(told(&Denial { documents, ..case }, &whole, (6, true)), "");
}
