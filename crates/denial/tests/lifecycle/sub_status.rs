//! Words of the practice's own within a status: only those that it has, and gone with a move.

use denial::denial::{Denial, Status};
use denial::lifecycle::Refused;
use denial::person::Role;
use denial::rules::Rules;

use crate::clinic::{action, case, moment, rules};

fn with_words() -> Rules {
    let mut rules = rules();
    rules.desk.sub_statuses.insert(Status::New, vec!["Scan wanted".into()]);
    rules
}

fn did(case: &Denial, json: &str) -> Result<Denial, Refused> {
    let at = moment(1, Role::BillingSpecialist);
    case.act(&action(json), &at, &with_words()).map(|decided| decided.after)
}

#[test]
fn a_sub_status_is_one_of_the_practices_and_ends_with_a_move() {
    let set = r#"{"act":"set_sub_status","sub_status":"Scan wanted"}"#;
    let there = did(&case().after, set).expect("known");
    assert_eq!(there.sub_status, "Scan wanted");
    assert_eq!(did(&there, set).expect_err("so already"), Refused::Unchanged("so"));
    let unknown = did(&there, r#"{"act":"set_sub_status","sub_status":"Elsewhere"}"#);
    assert!(matches!(unknown, Err(Refused::Missing(_))), "{unknown:?}");
    let gone = did(&there, r#"{"act":"set_sub_status"}"#).expect("taken away");
    assert_eq!(gone.sub_status, "");
    let moved = did(&there, r#"{"act":"review"}"#).expect("moved");
    assert_eq!((moved.status(), moved.sub_status.as_str()), (Status::InReview, ""));
    let none = did(&moved, set);
    assert!(matches!(none, Err(Refused::Missing(_))), "the other status has no such word");
}
