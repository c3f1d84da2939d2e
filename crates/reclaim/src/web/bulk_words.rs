//! An act on many cases in words: its name, when it is right, how many and how much, what it left
//! out.

use std::collections::BTreeMap;

use denial::denial::NextActionKind;
use denial::lifecycle::Act;
use store::batches::LastBatch;

use crate::bulk::Tally;
use crate::web::act_words;
use crate::web::case_forms;
use crate::web::timeline::People;
use crate::web::words;

/// How postings are taken back.
pub(super) const REVERSED: &str =
    "Postings are not taken back from here: each is reversed on its case.";

/// What somebody did last with many cases, in words.
pub(crate) fn last_in_words(last: &LastBatch) -> String {
    let playbook = last.act == "playbook";
    let act = Act::from_name(&last.act).unwrap_or(Act::Plan);
    format!("{}: {}", name(act, playbook), words::counted(last.cases, "case", "cases"))
}

/// When it is right to do it; of one write-off alone, who asks for it and why.
pub(super) fn hint((act, playbook): (Act, bool), tally: &Tally, people: &People) -> String {
    if playbook {
        return "Each case gets what its own recommended way says, by its usual day.".to_owned();
    }
    if act == Act::Post {
        return format!(
            "Each case gets what its remittance says, to the cent and on its day: the payment, the \
             contract's reduction, the patient's share, sequestration. The amount above is what \
             payers pay. What leaves a doubt is left out. {REVERSED}"
        );
    }
    let is_word = matches!(act, Act::Approve | Act::Decline) && tally.cases == 1;
    let one = tally.first.as_ref().filter(|_| is_word);
    let told = one.and_then(|case| case_forms::proposal_in_words(case, people));
    told.unwrap_or_else(|| act_words::of(act).1.to_owned())
}

/// What an act on many cases is called.
pub(super) fn name(act: Act, playbook: bool) -> String {
    match (playbook, act) {
        (true, _) => "Follow the recommended way",
        (false, Act::Post) => "Post what is certain",
        (false, _) => act_words::of(act).0,
    }
    .to_owned()
}

/// `12 cases · $3,400.00`.
pub(super) fn what(tally: &Tally) -> String {
    let count = i64::try_from(tally.cases).unwrap_or(i64::MAX);
    format!("{} · {}", words::counted(count, "case", "cases"), tally.money)
}

/// What the recommended ways planned: `Planned: appeal 3, correct 1`.
pub(super) fn planned(tally: &Tally) -> String {
    let one = |(kind, count): (&NextActionKind, &usize)| {
        format!("{} {count}", words::lower(kind.as_str()))
    };
    let all: Vec<String> = tally.planned.iter().map(one).collect();
    format!("Planned: {}", all.join(", "))
}

/// How many are left out, for each reason.
pub(super) fn left_out(tally: &Tally) -> Vec<(String, String)> {
    let counted = |(why, count): (&String, &usize)| {
        (words::number(i64::try_from(*count).unwrap_or(i64::MAX)), why.clone())
    };
    let by_reason: &BTreeMap<String, usize> = &tally.skipped;
    by_reason.iter().map(counted).collect()
}
