//! A case as a row of the queue.

use std::collections::HashMap;

use denial::denial::Denial;
use denial::resent::Resent;
use denial::rules::Rules;
use jiff::civil::Date;

use crate::web::case_clocks::{self, Shown};
use crate::web::reasons;
use crate::web::timeline::{self, People};
use crate::web::won;
use crate::web::words::{self, Due};
use crate::web::worth::{By, Prospects, Worth};

/// One case as a row.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) payer: String,
    pub(crate) category: String,
    pub(crate) codes: String,
    /// Each code with its meaning.
    pub(crate) meanings: Vec<String>,
    pub(crate) services: String,
    pub(crate) status: String,
    pub(crate) status_class: &'static str,
    pub(crate) sub_status: String,
    pub(crate) role: String,
    /// The team that shares it; empty where none does.
    pub(crate) team: String,
    /// Empty where nobody has it.
    pub(crate) owner: String,
    /// Empty where the case is closed.
    pub(crate) next: String,
    pub(crate) next_on: Due,
    /// The clock that matters now, as a spreadsheet has it.
    pub(crate) soonest: String,
    pub(crate) clock: Shown,
    pub(crate) denied_on: String,
    pub(crate) outstanding: String,
    pub(crate) denied: String,
    /// What is won and not posted, in words; empty where nobody gave way.
    pub(crate) won: String,
    pub(crate) quarantined: bool,
    /// What went to the payer again and has no answer yet.
    pub(crate) resent: Option<String>,
    /// What its chip says where it is specially protected.
    pub(crate) protected: &'static str,
    pub(crate) worth: Worth,
    pub(crate) service_on: String,
    pub(crate) age: String,
    pub(crate) plan: String,
    pub(crate) provider: String,
    pub(crate) waiting: String,
    pub(crate) round: u8,
    pub(crate) chance: String,
    /// With its first letters alone; empty where it was not asked for.
    pub(crate) patient: String,
    pub(crate) expected: String,
    pub(crate) net: String,
    pub(crate) repeat: String,
    /// Acts for many cases that this one does not allow; empty where that was not asked.
    pub(crate) refuses: String,
    /// A write-off that waits for a second person; none where that was not asked.
    pub(crate) proposal: Option<Proposed>,
}

/// A write-off that waits for a second person.
pub(crate) struct Proposed {
    pub(crate) amount: String,
    pub(crate) why: String,
    /// Who asks, and since when.
    pub(crate) by: String,
}

impl Proposed {
    /// Of a case, where one waits.
    pub(crate) fn of(case: &Denial, people: &People, zone: &str) -> Option<Proposed> {
        let one = case.proposal.as_ref().filter(|one| one.approved_by.is_none())?;
        let by = timeline::name(people, one.by.as_str());
        Some(Proposed {
            amount: one.amount.to_string(),
            why: one.reason.clone(),
            by: format!("{by}, {}", words::instant(&one.at.to_string(), zone)),
        })
    }
}

impl Row {
    /// The heading of its cells in a spreadsheet.
    pub(crate) const HEADING: [&str; 19] = [
        "case",
        "claim",
        "payer",
        "line of business",
        "service day",
        "procedures",
        "provider",
        "reason",
        "codes",
        "status",
        "sub-status",
        "role",
        "team",
        "owner",
        "next action",
        "next action by",
        "soonest clock",
        "denied",
        "outstanding",
    ];

    /// What it says, for a spreadsheet.
    pub(crate) fn cells(self) -> [String; 19] {
        let next_on = if self.next.is_empty() { String::new() } else { self.next_on.when };
        [
            self.id,
            self.number,
            self.payer,
            self.plan,
            self.service_on,
            self.services,
            self.provider,
            self.category,
            self.codes,
            self.status,
            self.sub_status,
            self.role,
            self.team,
            self.owner,
            self.next,
            next_on,
            self.soonest,
            self.denied,
            self.outstanding,
        ]
    }

    /// What a case says in a row today; `resent` is what it waits with.
    pub(crate) fn of(
        case: &Denial,
        resent: Option<&Resent>,
        people: &HashMap<String, String>,
        (by, today): (By<'_>, Date),
    ) -> Row {
        let (rules, _) = by;
        let (codes, meanings) = codes(case, rules);
        let owner = case.owner();
        let person = owner.and_then(|owner| owner.person.as_ref());
        let again = resent.and_then(|one| one.next(case, today, rules));
        let next = again.or(case.next().copied());
        let (_, soonest) = case_clocks::soonest(case, today);
        let outstanding = case.balance.outstanding();
        let Prospects { chance, expected, net } = Prospects::of(case, by);
        Row {
            id: case.id.to_string(),
            number: case.number.to_string(),
            payer: case.payer_name.name.to_string(),
            category: words::label(case.category.as_str()),
            codes,
            meanings,
            services: services(case),
            status: words::label(case.status().as_str()),
            status_class: words::status_class(case.status()),
            sub_status: case.sub_status.to_string(),
            role: owner.map(|owner| words::label(owner.role.as_str())).unwrap_or_default(),
            team: owner.and_then(|owner| owner.team.as_deref()).unwrap_or_default().to_owned(),
            owner: person.and_then(|id| people.get(id.as_str())).cloned().unwrap_or_default(),
            next: next.map(|next| words::label(next.kind.as_str())).unwrap_or_default(),
            next_on: words::due(next.map(|next| next.on), today),
            soonest: soonest.when,
            clock: case_clocks::shown(case, today, false),
            denied_on: words::day(case.denied_on),
            outstanding: outstanding.to_string(),
            denied: case.balance.denied.to_string(),
            won: won::of_case(case).unwrap_or_default(),
            quarantined: case.quarantined,
            protected: "",
            resent: resent.and_then(untold),
            worth: Worth::of(case, again, by, today),
            service_on: case.days.service_on.map(words::day).unwrap_or_default(),
            age: age(case.denied_on, today),
            plan: words::label(case.plan.as_str()),
            provider: case.provider.as_str().to_owned(),
            waiting: if again.is_some() { THE_PAYER.to_owned() } else { waits_on(case) },
            round: case.round,
            chance,
            patient: String::new(),
            expected,
            net,
            repeat: repeat(case.round),
            refuses: String::new(),
            proposal: None,
        }
    }
}

/// Whom a case waits on that waits with what was sent again.
const THE_PAYER: &str = "The payer";

/// What went again, where the case's status does not tell of it.
pub(crate) fn untold(resent: &Resent) -> Option<String> {
    (!resent.is_on_case()).then(|| words::sentence(&resent.to_string()))
}

/// Whether the same claim was denied before.
fn repeat(round: u8) -> String {
    if round > 1 { format!("Yes, round {round}") } else { "No".to_owned() }
}

/// The leading codes, and each with its meaning.
pub(crate) fn codes(case: &Denial, rules: &Rules) -> (String, Vec<String>) {
    let reasons = reasons::leading(case, rules);
    let remarks = reasons::remarks_of(case, rules);
    let short = reasons.iter().take(2).map(|one| one.code.clone());
    let short: Vec<String> =
        short.chain(remarks.iter().take(2).map(|one| one.code.clone())).collect();
    let whole = reasons.iter().map(|one| format!("{}: {}", one.code, one.meaning));
    let whole = whole.chain(remarks.iter().map(|one| format!("{}: {}", one.code, one.meaning)));
    (short.join(" · "), whole.collect())
}

/// What was done, in short: the first procedures.
fn services(case: &Denial) -> String {
    let mut codes: Vec<String> = case
        .lines
        .iter()
        .map(|line| line.procedure.to_string())
        .filter(|code| !code.is_empty())
        .collect();
    codes.dedup();
    match codes.len() {
        0 => "Whole claim".to_owned(),
        1..=2 => codes.join(", "),
        more => format!("{} + {}", codes.first().cloned().unwrap_or_default(), more - 1),
    }
}

fn age(denied_on: Date, today: Date) -> String {
    let days = denied_on.until(today).map_or(0, |span| span.get_days());
    format!("{days} d")
}

fn waits_on(case: &Denial) -> String {
    case.waits_on().map(|one| words::sentence_case(one.in_words())).unwrap_or_default()
}
