//! Keys of a case that do nothing now: why is said where one is pressed.

use denial::denial::{Denial, Status};
use denial::lifecycle::Act;
use denial::person::{Moment, may};

use crate::web::act_words;
use crate::web::case_forms::{ActForm, Desk, ORDER};

/// A key, and why it does nothing.
pub(crate) struct ShutKey {
    pub(crate) key: &'static str,
    pub(crate) text: String,
}

/// The keys of acts that are not offered, and of pages that are not led to: they depend on whether
/// the claim may be corrected, and what went again waits. Of two acts with one key the first says
/// why.
pub(crate) fn shut(
    desk: &Desk<'_>,
    forms: &[ActForm],
    (corrects, waits): (bool, bool),
) -> Vec<ShutKey> {
    let mut shut = pages(corrects, waits, writes(desk.case, desk.moment));
    for act in ORDER {
        let (label, _, key) = act_words::of(act);
        let is_told = forms.iter().any(|form| form.key == key);
        // An approval is a second person's: to others its key is told nowhere.
        let is_none = key.is_empty() || act == Act::Approve;
        if is_none || is_told || shut.iter().any(|one| one.key == key) {
            continue;
        }
        shut.push(ShutKey { key, text: format!("{label}: {}.", why(desk, act)) });
    }
    shut
}

/// Why a claim is not corrected here, or nothing is written to the payer.
fn pages(corrects: bool, waits: bool, writes: bool) -> Vec<ShutKey> {
    let mut shut = Vec::new();
    if waits {
        let text = "Correct the claim: what went again waits for the payer, and one more beside it \
                    is taken for a duplicate. The link above does it all the same.";
        shut.push(ShutKey { key: "c", text: text.to_owned() });
    } else if !corrects {
        let text = "Correct the claim: that is done while its case is ours to act on, where its \
                    837 was taken in, by who corrects claims.";
        shut.push(ShutKey { key: "c", text: text.to_owned() });
    }
    if !writes {
        let text = "Write an appeal: that is done while its case is open, by who writes to payers.";
        shut.push(ShutKey { key: "l", text: text.to_owned() });
    }
    shut
}

/// True where who looks writes to the payer about the case.
pub(crate) fn writes(case: &Denial, moment: &Moment) -> bool {
    may(moment.who.role, Act::Appeal) && !case.status().is_closed()
}

fn why(desk: &Desk<'_>, act: Act) -> String {
    let case = desk.case;
    if let Err(refused) = case.admit(act, desk.moment, desk.rules) {
        return refused.to_string();
    }
    if act == Act::Resubmit
        && let Some(resent) = desk.resent
    {
        return resent.to_string();
    }
    let text = if act == Act::ProposeWriteOff && case.proposal.is_some() {
        "one is proposed already"
    } else if act == Act::ProposeWriteOff {
        "nothing is outstanding"
    } else if act == Act::Post && case.status() == Status::New {
        "start the review first"
    } else if act == Act::Take {
        "you have it already"
    } else {
        "there is nothing of it to do now"
    };
    text.to_owned()
}
