//! Cases that are one job, as one row each, as fine as somebody wants (features 4.05).

use denial::denial::Status;
use denial::ids::DenialId;
use insight::board::{Alike, Board, Facet, Group};
use store::Tx;

use crate::resent;
use crate::web::asked::Asked;
use crate::web::case_clocks::{self, Shown};
use crate::web::offers;
use crate::web::queue;
use crate::web::queue_row::Row;
use crate::web::session::Visitor;
use crate::web::timeline;
use crate::web::trouble::Trouble;
use crate::web::words;

/// One job.
pub(crate) struct GroupRow {
    /// The case that stands for it.
    pub(crate) like: Row,
    /// Where its cases are listed.
    pub(crate) href: String,
    pub(crate) reason: String,
    /// The codes that its cases have in common, and what each means.
    pub(crate) codes: String,
    pub(crate) meanings: Vec<String>,
    /// The service that they have in common, as much of it as was asked for.
    pub(crate) service: String,
    pub(crate) next: String,
    pub(crate) cases: String,
    pub(crate) outstanding: String,
    /// The soonest clock of its cases, as the row of the case that has it says it.
    pub(crate) clock: Shown,
    /// How many of its cases have no clock with a day; empty for none, or where that is the clock.
    pub(crate) unclocked: String,
    /// Acts that none of its cases allows.
    pub(crate) refuses: String,
}

/// A way to cut the list into jobs.
pub(crate) struct Cut {
    pub(crate) label: &'static str,
    pub(crate) href: String,
    pub(crate) is_on: bool,
}

/// What a job may have in common beside payer and code: the word in addresses, its label.
const PARTS: [(&str, &str); 4] = [
    ("remark", "Remark"),
    ("procedure", "Procedure"),
    ("modifier", "Modifier"),
    ("provider", "Provider"),
];

const fn has(alike: Alike) -> [bool; 4] {
    [alike.remark, alike.procedure, alike.modifiers, alike.provider]
}

const fn of([remark, procedure, modifiers, provider]: [bool; 4]) -> Alike {
    Alike { remark, procedure, modifiers, provider }
}

/// Reads what an address says: `job` for identical cases, or `code` and what is to be alike beside
/// it.
pub(crate) fn alike(text: &str) -> Option<Alike> {
    let words: Vec<&str> = text.split(',').collect();
    if words.contains(&"job") {
        return Some(Alike::IDENTICAL);
    }
    let alike = of(PARTS.map(|(word, _)| words.contains(&word)));
    words.contains(&"code").then_some(alike)
}

/// The same as an address has it.
pub(crate) fn by(alike: Alike) -> String {
    if alike == Alike::IDENTICAL {
        return "job".to_owned();
    }
    let parts = PARTS.iter().zip(has(alike)).filter(|(_, is_on)| *is_on);
    let words: Vec<&str> =
        std::iter::once("code").chain(parts.map(|((word, _), _)| *word)).collect();
    words.join(",")
}

/// The same for people.
pub(crate) fn in_words(alike: Alike) -> String {
    let parts = PARTS.iter().zip(has(alike)).filter(|(_, is_on)| *is_on);
    let parts = parts.map(|((_, label), _)| format!(", {}", label.to_lowercase()));
    format!("same payer, code{}", parts.collect::<String>())
}

/// The ways to cut the list otherwise: from the coarsest, each part, all of them.
pub(crate) fn cuts(asked: &Asked) -> Vec<Cut> {
    let Some(now) = asked.grouped else { return Vec::new() };
    let cut = |label, alike: Alike, is_on| {
        let href = format!("/queue?{}", asked.with("by", &by(alike)));
        Cut { label, href, is_on }
    };
    let none = Alike::default();
    let mut cuts = vec![cut("Nothing else", none, now == none)];
    for (at, (_, label)) in PARTS.iter().enumerate() {
        let mut parts = has(now);
        parts[at] = !parts[at];
        cuts.push(cut(label, of(parts), has(now)[at]));
    }
    cuts.push(cut("Identical", Alike::IDENTICAL, now == Alike::IDENTICAL));
    cuts
}

/// What the board alone knows of a job.
pub(crate) struct Known {
    group: Group,
    code: String,
    remark: String,
    service: String,
    statuses: Vec<Status>,
}

/// What the board knows of some jobs.
pub(crate) fn known(board: &Board, groups: impl Iterator<Item = Group>) -> Vec<Known> {
    let one = |group: Group| {
        let value = |facet| board.value(group.first, facet).to_owned();
        Known {
            code: value(Facet::Code),
            remark: value(Facet::Remark),
            service: value(Facet::Service),
            statuses: board.statuses(&group).filter_map(Status::from_name).collect(),
            group,
        }
    };
    groups.map(one).collect()
}

/// Jobs as rows; each is described by the case that comes first in it.
pub(crate) async fn rows(
    tx: &mut Tx,
    visitor: &Visitor,
    (asked, alike): (&Asked, Alike),
    known: Vec<Known>,
) -> Result<Vec<GroupRow>, Trouble> {
    let office = &visitor.office;
    let today = office.moment().today;
    let mut ids: Vec<String> = known
        .iter()
        .flat_map(|one| [one.group.first, one.group.soonest])
        .map(|bits| DenialId::from_bits(bits).to_string())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let cases = queue::ordered(tx, &ids).await?;
    let people = timeline::people(tx).await?;
    let history = office.histories.of(tx, today).await?;
    let by = (&*office.rules, &*history);
    let waits = resent::of(tx, office, &cases, None).await?;
    let row = |one: &Known| {
        // The board may know of a case that was opened after this look at the database began.
        let with = |bits: u128| cases.iter().find(|case| case.id.bits() == bits);
        let case = with(one.group.first)?;
        let clock = case_clocks::shown(with(one.group.soonest)?, today, true);
        let like = Row::of(case, waits.get(case.id.as_str()), &people, (by, today));
        let codes = one.codes(alike);
        let is_shown = |text: &&String| codes.iter().any(|code| is_about(text, code));
        Some(GroupRow {
            href: format!("/queue?{}", asked.of_job(case.id.as_str())),
            reason: among(&like.category, one.group.is_one_reason),
            meanings: like.meanings.iter().filter(is_shown).cloned().collect(),
            codes: codes.join(" · "),
            service: one.service(alike),
            next: among(&like.next, one.group.is_one_next),
            cases: words::number(i64::try_from(one.group.sum.cases).unwrap_or(i64::MAX)),
            outstanding: words::money(one.group.sum.outstanding),
            unclocked: unclocked(&one.group),
            clock,
            refuses: offers::refused(office.who.role, &one.statuses),
            like,
        })
    };
    Ok(known.iter().filter_map(row).collect())
}

impl Known {
    /// The codes that the cases have in common.
    fn codes(&self, alike: Alike) -> Vec<&str> {
        let remark = if self.remark.is_empty() { "no remark" } else { &self.remark };
        let code = Some(self.code.as_str()).filter(|code| !code.is_empty());
        code.into_iter().chain(Some(remark).filter(|_| alike.remark)).collect()
    }

    /// As much of the service as the cases have in common.
    fn service(&self, alike: Alike) -> String {
        let (procedure, modifiers) = self.service.split_once('-').unwrap_or((&self.service, ""));
        match (alike.procedure, alike.modifiers) {
            (true, true) => self.service.clone(),
            (true, false) => procedure.to_owned(),
            (false, true) if modifiers.is_empty() => "no modifier".to_owned(),
            (false, true) => modifiers.to_owned(),
            (false, false) => String::new(),
        }
    }
}

/// How many cases of a job have no clock with a day, beside those that have one.
fn unclocked(group: &Group) -> String {
    if group.due_on.is_none() || group.unclocked == 0 {
        return String::new();
    }
    let cases = i64::try_from(group.unclocked).unwrap_or(i64::MAX);
    format!("{} without a day", words::counted(cases, "case", "cases"))
}

/// True where a meaning, `CO-197: …`, is a code's.
fn is_about(meaning: &str, code: &str) -> bool {
    meaning.strip_prefix(code).is_some_and(|rest| rest.starts_with(':'))
}

/// What all have, or what the first of them has.
fn among(text: &str, is_of_all: bool) -> String {
    if is_of_all { text.to_owned() } else { format!("{text} and others") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_a_job_has_in_common() {
        let none = Alike::default();
        for (text, is) in [
            ("job", Some(Alike::IDENTICAL)),
            ("code", Some(none)),
            ("code,remark", Some(Alike { remark: true, ..none })),
            ("modifier,code", Some(Alike { modifiers: true, ..none })),
            ("code,remark,procedure,modifier,provider", Some(Alike::IDENTICAL)),
            ("remark", None),
            ("nonsense", None),
        ] {
            assert_eq!(alike(text), is, "{text}");
            assert!(is.is_none_or(|is| alike(&by(is)) == Some(is)), "{text}");
        }
        assert_eq!(in_words(Alike { provider: true, ..none }), "same payer, code, provider");
    }
}
