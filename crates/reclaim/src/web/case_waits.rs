//! Whom a case waits on, and what its payer promised.

use denial::denial::{Denial, Status};
use denial::waits::WaitsOn;

use crate::web::{timeline, words};

/// Whom it waits on, with what is known of that.
pub(crate) fn on(case: &Denial) -> String {
    let Some(on) = case.waits_on() else { return String::new() };
    let more = match on {
        WaitsOn::Approval => "for the write-off".to_owned(),
        WaitsOn::Colleague => {
            let asked = case.questions.iter().min_by_key(|one| one.due);
            let asked = asked.map(|one| (words::lower(one.to.as_str()), words::day(one.due)));
            asked.map(|(to, due)| format!("{to}, answer by {due}")).unwrap_or_default()
        }
        WaitsOn::Payer => match case.promised_by {
            Some(by) => format!("promised by {}", words::day(by)),
            None if case.status() == Status::Overturned => "its payment".to_owned(),
            None => String::new(),
        },
        WaitsOn::Us => String::new(),
    };
    let on = words::sentence_case(on.in_words());
    if more.is_empty() { on } else { format!("{on}: {more}") }
}

/// What the payer promised last, and whether its day has passed without it.
pub(crate) fn promise(case: &Denial) -> Option<(&'static str, String)> {
    let by = case.promised_by.filter(|_| !case.status().is_closed())?;
    let promise = case.promise.as_ref();
    let reference = promise.map(|one| one.reference.as_str()).unwrap_or_default();
    if promise.is_some_and(|one| one.broken_on.is_some()) {
        return Some(("broken", timeline::broken(by, reference)));
    }
    let reference = if reference.is_empty() { "" } else { &format!(", reference {reference}") };
    Some(("", format!("by {}{reference}", words::day(by))))
}
