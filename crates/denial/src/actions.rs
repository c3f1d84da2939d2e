//! Rules that act by themselves (`actions.toml`): which cases each is for, and what it does there.
//!
//! A rule decides nothing that a person could not: what it does are acts, which the case allows or
//! refuses like anybody's, and what people chose stays. Rules run in the order of their file; each
//! acts once on a case for as long as it says the same, and a refusal is that once.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::Date;
use smol_str::SmolStr;

use crate::category::Category;
use crate::codes::{Carc, Rarc};
use crate::denial::{Denial, DeniedLine, NextActionKind, Owner, Status};
use crate::lifecycle::{Action, Decided, Refused};
use crate::money::Money;
use crate::named;
use crate::owner::Member;
use crate::person::{Moment, Role};
use crate::rules::Rules;

named! {
    /// Whether a rule acts.
    #[derive(Default)]
    Mode {
        /// Nothing happens.
        #[default]
        Off = "off",
        /// What it would do is written down, and nothing is done.
        Shadow = "shadow",
        /// It acts.
        On = "on",
    }
}

named! {
    /// What a rule begins for a person to approve; nothing leaves by itself.
    Prepares {
        /// A correction of the claim, where the payer's own answers prove it.
        Correction = "prepare_correction",
        /// An appeal of a claim that was denied as late, where its acceptance in time is proven.
        Appeal = "prepare_appeal",
    }
}

impl Prepares {
    /// What comes next then: to look at it and send it.
    #[must_use]
    pub const fn next(self) -> NextActionKind {
        match self {
            Prepares::Correction => NextActionKind::Resubmit,
            Prepares::Appeal => NextActionKind::Appeal,
        }
    }
}

/// One rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// Its name, in small letters; it is known by it.
    pub name: SmolStr,
    /// Why it is there, for people.
    pub why: SmolStr,
    /// Whether it acts.
    pub mode: Mode,
    /// The first day on which it holds.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
    /// Where it is for a case and acts, no later rule is.
    pub last: bool,
    /// Which cases it is for.
    pub when: When,
    /// What it does there.
    pub does: Vec<Does>,
    /// When it stops itself.
    pub stops: Stops,
}

/// Which cases a rule is for: everything that is said has to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// One of these payers, by a name or an id.
    pub payers: Vec<SmolStr>,
    /// One of these reasons.
    pub categories: Vec<Category>,
    /// A denied line has one of these reason codes.
    pub carcs: Vec<Carc>,
    /// A denied line has one of these remarks.
    pub rarcs: Vec<Rarc>,
    /// A denied line has one of these procedures.
    pub procedures: Vec<SmolStr>,
    /// One of these statuses; every open one where none is named.
    pub statuses: Vec<Status>,
    /// Outstanding, at least.
    pub amount_from: Option<Money>,
    /// Outstanding, at most.
    pub amount_to: Option<Money>,
    /// Days since the denial, at least.
    pub age_from: Option<u16>,
    /// Days since the denial, at most.
    pub age_to: Option<u16>,
    /// A clock that runs against us has at most so many days left.
    pub clock_days: Option<u16>,
    /// Corrections and appeals that were denied again, at least.
    pub attempts_from: Option<u16>,
    /// And at most.
    pub attempts_to: Option<u16>,
    /// No person has it.
    pub unowned: bool,
}

/// One thing that a rule does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// Gives the case to a role, and to a person or team of it.
    Assign {
        /// The role.
        role: Role,
        /// The person.
        person: Option<Member>,
        /// The team.
        team: Option<SmolStr>,
    },
    /// Plans the next action.
    Plan {
        /// What.
        next: NextActionKind,
        /// In so many days.
        days: u16,
    },
    /// Brings the case to somebody, which raises its place in the queue.
    Escalate(Role),
    /// Puts it off for so many days, never past a clock.
    Hold(u16),
    /// Proposes to give up what is outstanding; a second person decides.
    ProposeWriteOff,
    /// Begins what a person approves and sends, and plans that.
    Prepare(Prepares),
}

/// When a rule stops itself: over its last firings, and those of its last that a payer answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stops {
    /// How many of the last are looked at.
    pub of: u16,
    /// So many that were refused stop it.
    pub refused: Option<u16>,
    /// So many whose cases were denied again stop it: of the last that have an answer, since those
    /// of today have none.
    pub denied_again: Option<u16>,
}

/// What the last firings of a rule came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Came {
    /// Firings that were looked at.
    pub of: u16,
    /// Those that were refused.
    pub refused: u16,
    /// Firings that were looked at whose cases a payer answered since.
    pub answered: u16,
    /// Those whose cases it denied again.
    pub denied_again: u16,
}

impl Stops {
    /// Why the rule stops, where what came of it passes a limit.
    #[must_use]
    pub fn stopped(&self, came: Came) -> Option<String> {
        let passes = |limit: Option<u16>, count: u16| limit.is_some_and(|limit| count >= limit);
        let Came { of, refused, answered, denied_again } = came;
        if passes(self.refused, refused) {
            return Some(format!("{refused} of its last {of} firings were refused"));
        }
        passes(self.denied_again, denied_again).then(|| {
            format!("{denied_again} of its last {answered} cases with an answer were denied again")
        })
    }
}

impl Rule {
    /// True where it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// True where it is for a case today.
    #[must_use]
    pub fn is_for(&self, case: &Denial, today: Date, rules: &Rules) -> bool {
        self.holds_on(today) && self.when.fits(case, today, rules)
    }

    /// True where its conditions hold for a case on a day, whatever its own days.
    #[must_use]
    pub fn when_fits(&self, case: &Denial, day: Date, rules: &Rules) -> bool {
        self.when.fits(case, day, rules)
    }

    /// True where no later rule is for a case that it is for: it acts, and has not stopped itself.
    #[must_use]
    pub fn ends(&self, is_stopped: bool) -> bool {
        self.last && self.mode == Mode::On && !is_stopped
    }

    /// The acts that it comes to on a case today; what people chose on it is left out.
    #[must_use]
    pub fn acts(&self, case: &Denial, today: Date) -> Vec<Action> {
        let later = |days: u16| today.saturating_add(i64::from(days).days());
        let reason = format!("rule {}: {}", self.name, self.why);
        let act = |one: &Does| match one {
            Does::Assign { role, person, team } => Action::Assign(Owner {
                role: *role,
                person: person.as_ref().and_then(|person| person.id.clone()),
                team: team.clone(),
            }),
            Does::Plan { next, days } => Action::Plan { next: *next, on: later(*days) },
            Does::Escalate(to) => Action::Escalate { to: *to, reason: reason.clone() },
            Does::Hold(days) => Action::Snooze { until: later(*days), reason: reason.clone() },
            Does::ProposeWriteOff => Action::ProposeWriteOff { reason: reason.clone() },
            Does::Prepare(what) => Action::Plan { next: what.next(), on: today },
        };
        self.does.iter().filter(|one| !one.is_chosen(case, today)).map(act).collect()
    }

    /// What its acts come to on a case, one after the other; nothing of it where one is refused.
    /// What the case has already is left out, and everything while somebody works on it.
    ///
    /// # Errors
    /// The first refusal.
    pub fn tried(&self, case: &Denial, at: &Moment, rules: &Rules) -> Result<Vec<Action>, Refused> {
        if self.leaves(case, at) {
            return Ok(Vec::new());
        }
        let acts = self.acts(case, at.today);
        let (mut case, mut done) = (case.clone(), Vec::new());
        for action in acts {
            match case.act(&action, at, rules) {
                Ok(Decided { after, .. }) => {
                    case = after;
                    done.push(action);
                }
                Err(Refused::Unchanged(_)) => {}
                Err(why) => return Err(why),
            }
        }
        Ok(done)
    }

    /// What it begins for a person to approve.
    #[must_use]
    pub fn prepares(&self) -> Option<Prepares> {
        self.does.iter().find_map(Does::prepares)
    }

    /// True where it leaves a case to people: somebody works on it; a rule that prepares something
    /// leaves also where people chose what comes next, or what lies with the payer.
    #[must_use]
    pub fn leaves(&self, case: &Denial, at: &Moment) -> bool {
        case.worked_on_by(at.now).is_some()
            || (self.prepares().is_some() && !is_free(case, at.today))
    }

    /// Everything that makes it the same rule, but its mode: who reads it twice gets the same text.
    #[must_use]
    pub fn content(&self) -> String {
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        format!(
            "{}|{}|{}|{}|{}|{}|{:?}",
            self.name,
            day(self.from),
            day(self.to),
            self.last,
            self.when,
            self.in_words(),
            (self.stops.of, self.stops.refused, self.stops.denied_again)
        )
    }

    /// What it does, for people.
    #[must_use]
    pub fn in_words(&self) -> String {
        let does: Vec<String> = self.does.iter().map(ToString::to_string).collect();
        does.join("; ")
    }
}

/// True where it is ours to act, and no person chose what comes next or put the case off.
fn is_free(case: &Denial, today: Date) -> bool {
    matches!(case.status(), Status::New | Status::InReview)
        && !case.chosen.is_persons_next()
        && case.proposal.is_none()
        && case.questions.is_empty()
        && case.snoozed_until.is_none_or(|until| until <= today)
}

fn plain(name: &str) -> String {
    name.replace('_', " ")
}

impl Does {
    /// True where a person chose what it would change: owner, next action, or to put it off.
    fn is_chosen(&self, case: &Denial, today: Date) -> bool {
        match self {
            Does::Assign { .. } => case.chosen.is_persons_owner(),
            Does::Plan { .. } => case.chosen.is_persons_next(),
            Does::Hold(_) => case.snoozed_until.is_some_and(|until| today < until),
            Does::Escalate(_) | Does::ProposeWriteOff | Does::Prepare(_) => false,
        }
    }

    fn prepares(&self) -> Option<Prepares> {
        match self {
            Does::Prepare(what) => Some(*what),
            Does::Assign { .. }
            | Does::Plan { .. }
            | Does::Escalate(_)
            | Does::Hold(_)
            | Does::ProposeWriteOff => None,
        }
    }
}

impl fmt::Display for Does {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Does::Assign { role, person, team } => {
                write!(out, "give it to the {}", plain(role.as_str()))?;
                if let Some(person) = person {
                    write!(out, ", {}", person.login)?;
                }
                team.as_ref().map_or(Ok(()), |team| write!(out, ", team {team}"))
            }
            Does::Plan { next, days: 0 } => write!(out, "plan {} today", plain(next.as_str())),
            Does::Plan { next, days } => {
                write!(out, "plan {} in {days} days", plain(next.as_str()))
            }
            Does::Escalate(to) => write!(out, "bring it to the {}", plain(to.as_str())),
            Does::Hold(days) => write!(out, "put it off for {days} days"),
            Does::ProposeWriteOff => {
                write!(out, "propose to write off what is outstanding; a second person decides")
            }
            Does::Prepare(Prepares::Correction) => {
                write!(out, "prepare the correction that stored answers prove; a person sends it")
            }
            Does::Prepare(Prepares::Appeal) => {
                write!(out, "prepare the appeal that an acceptance proves; a person signs it")
            }
        }
    }
}

impl fmt::Display for When {
    /// `payer A or B; outstanding from $5.00 to $25.00; …`
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |what: &str, all: Vec<String>| {
            (!all.is_empty()).then(|| format!("{what} {}", all.join(" or ")))
        };
        let span = |what: &str, from: Option<String>, to: Option<String>| match (from, to) {
            (Some(from), Some(to)) => Some(format!("{what} {from} to {to}")),
            (Some(from), None) => Some(format!("{what} {from} or more")),
            (None, Some(to)) => Some(format!("{what} {to} or less")),
            (None, None) => None,
        };
        let number = |number: Option<u16>| number.map(|number| number.to_string());
        let money = |amount: Option<Money>| amount.map(|amount| amount.to_string());
        let parts = [
            list("payer", self.payers.iter().map(ToString::to_string).collect()),
            list("reason", self.categories.iter().map(|one| plain(one.as_str())).collect()),
            list("CARC", self.carcs.iter().map(ToString::to_string).collect()),
            list("RARC", self.rarcs.iter().map(ToString::to_string).collect()),
            list("procedure", self.procedures.iter().map(ToString::to_string).collect()),
            list("status", self.statuses.iter().map(|one| plain(one.as_str())).collect()),
            span("outstanding", money(self.amount_from), money(self.amount_to)),
            span("days since the denial:", number(self.age_from), number(self.age_to)),
            self.clock_days.map(|days| format!("a clock with {days} days left or less")),
            span("denied again, times:", number(self.attempts_from), number(self.attempts_to)),
            self.unowned.then(|| "no person has it".to_owned()),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        out.write_str(&parts.join("; "))
    }
}

impl When {
    /// True where nothing is said: such a rule is for every case, which nobody means.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == When::default()
    }

    fn fits(&self, case: &Denial, today: Date, rules: &Rules) -> bool {
        !case.status().is_closed()
            && (self.statuses.is_empty() || self.statuses.contains(&case.status()))
            && self.fits_reasons(case)
            && (self.payers.is_empty() || self.names_payer(case, rules))
            && self.fits_amounts(case, today)
            && (!self.unowned || case.owner().is_some_and(|owner| owner.person.is_none()))
    }

    fn fits_reasons(&self, case: &Denial) -> bool {
        let denied = || case.lines.iter().filter(|line| line.stays_denied());
        let any = |fits: &dyn Fn(&DeniedLine) -> bool| denied().any(fits);
        let carcs =
            |line: &DeniedLine| line.adjustments.iter().any(|one| self.carcs.contains(&one.reason));
        let rarcs =
            |line: &DeniedLine| line.remarks.iter().any(|one| self.rarcs.contains(&one.code));
        let done = |line: &DeniedLine| self.procedures.contains(&line.procedure.code);
        (self.categories.is_empty() || self.categories.contains(&case.category))
            && (self.carcs.is_empty() || any(&carcs))
            && (self.rarcs.is_empty() || any(&rarcs))
            && (self.procedures.is_empty() || any(&done))
    }

    /// One of the payers, by id, by name, or by a name that the rules say is the same.
    fn names_payer(&self, case: &Denial, rules: &Rules) -> bool {
        let own = &case.payer_name;
        let canonical = rules.canonical(own);
        self.payers.iter().any(|one| {
            own.ids.iter().any(|id| id.eq_ignore_ascii_case(one))
                || crate::payer::key(&own.name) == crate::payer::key(one)
                || canonical.is_some_and(|payer| payer.is_called(one))
        })
    }

    fn fits_amounts(&self, case: &Denial, today: Date) -> bool {
        let outstanding = case.balance.outstanding();
        let age = case.denied_on.until(today).map_or(0, |span| span.get_days()).max(0);
        let left = case.soonest(today).and_then(|(_, by)| today.until(by).ok());
        let left = left.map(|span| span.get_days());
        let within = |from: Option<u16>, to: Option<u16>, is: i32| {
            from.is_none_or(|from| i32::from(from) <= is) && to.is_none_or(|to| is <= i32::from(to))
        };
        self.amount_from.is_none_or(|from| from <= outstanding)
            && self.amount_to.is_none_or(|to| outstanding <= to)
            && within(self.age_from, self.age_to, age)
            && within(self.attempts_from, self.attempts_to, i32::from(case.attempts))
            && self.clock_days.is_none_or(|most| left.is_some_and(|left| left <= i32::from(most)))
    }
}

/// The rules that are for a case today, in their order, up to one that acts and is the last.
pub fn for_case<'a>(
    all: &'a [Rule],
    case: &Denial,
    (today, rules): (Date, &Rules),
    is_stopped: impl Fn(&Rule) -> bool,
) -> Vec<&'a Rule> {
    let mut found = Vec::new();
    for rule in all.iter().filter(|rule| rule.mode != Mode::Off) {
        if rule.is_for(case, today, rules) {
            found.push(rule);
            if rule.ends(is_stopped(rule)) {
                break;
            }
        }
    }
    found
}
