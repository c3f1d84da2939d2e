//! All rules that are text: playbook, owners, payers, desk, wording; read and checked together.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use smol_str::SmolStr;

use crate::actions::{Does, Rule};
use crate::beyond::Reviews;
use crate::category::Category;
use crate::claim::{PayerName, PlanType};
use crate::claim_status::StatusRules;
use crate::codes::{Carc, Group, Rarc};
use crate::denial::{Channel, NextActionKind, Status};
use crate::ids::PersonId;
use crate::letter::Letter;
use crate::money::Money;
use crate::owner::{Cover, Member, Owners};
use crate::payer::{ChannelRule, PayerRules, Resubmission, key};
use crate::person::Role;
use crate::playbook::Playbook;
use crate::protected::Protected;

mod check;
mod entry;
pub mod import;
mod read_actions;
mod read_checklist;
pub(crate) mod read_codes;
mod read_desk;
mod read_letters;
mod read_payer;
mod read_playbook;
mod read_protected;
mod read_reviews;
mod read_status;
mod summary;
pub mod write;

use entry::{Place, Placed};
pub use summary::Summary;

/// Every rule of the clinic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Reason codes and remarks.
    pub playbook: Playbook,
    /// Who owns what.
    pub owners: Owners,
    /// One for each payer's program.
    pub payers: Vec<PayerRules>,
    /// Limits and habits of the desk.
    pub desk: Desk,
    /// Codes in words.
    pub wording: Wording,
    /// Which claims are specially protected records.
    pub protected: Protected,
    /// Templates of letters to payers.
    pub letters: Vec<Letter>,
    /// When payers are asked where claims stand, and what their answers mean.
    pub status: StatusRules,
    /// Rules that act by themselves, in their order.
    pub actions: Vec<Rule>,
    /// Ways beyond the payer's own appeals.
    pub reviews: Reviews,
}

/// Something wrong in a rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFault {
    /// Path below `data/`.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// What was expected and what came.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl fmt::Display for RuleFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {} ({})", self.file, self.line, self.message, self.hint)
    }
}

impl std::error::Error for RuleFault {}

impl Rules {
    /// No rule at all: every ruling is unmapped, every clock not configured.
    #[must_use]
    pub fn empty() -> Rules {
        Rules::default()
    }

    /// The rules of a payer as a file names it: by id, by name or alias, then the legal floor of
    /// the plan type; `None` is "not configured". A payer with several programs is found only where
    /// the plan type tells which: that of the claim, or what the payer's file says where no claim
    /// does.
    #[must_use]
    pub fn payer(&self, name: &PayerName, plan: PlanType) -> Option<&PayerRules> {
        let (found, plan) = self.program(name, plan);
        let floor = || self.payers.iter().find(|payer| payer.default_for.contains(&plan));
        match found {
            // Who a payer is keeps no floor of the law away.
            Some(payer) if payer.only_names() => floor().or(found),
            Some(_) => found,
            None => floor(),
        }
    }

    /// What a payer takes when a claim goes to it again: what its own file says, or the file of
    /// [`Rules::payer`]; `None` is not configured.
    #[must_use]
    pub fn resubmission(&self, name: &PayerName, plan: PlanType) -> Option<&Resubmission> {
        let own = self.program(name, plan).0;
        let said = own.into_iter().chain(self.payer(name, plan)).map(|payer| &payer.resubmission);
        said.into_iter().find(|said| !said.is_unsaid())
    }

    /// Days until the same is asked of a payer again: what its own file says, else `status.toml`;
    /// `None` is not configured.
    #[must_use]
    pub fn ask_again_days(&self, name: &PayerName, plan: PlanType) -> Option<u16> {
        let own = self.own_file(name, plan).and_then(|own| own.ask_again_days);
        own.or(self.status.again_days)
    }

    /// The file that speaks of a payer itself, without the floors of the law.
    #[must_use]
    pub fn own_file(&self, name: &PayerName, plan: PlanType) -> Option<&PayerRules> {
        self.program(name, plan).0
    }

    /// How a payer takes letters by a channel: what its own file says, else the file of
    /// [`Rules::payer`]; `None` is not configured.
    #[must_use]
    pub fn channel(&self, name: &PayerName, plan: PlanType, by: Channel) -> Option<&ChannelRule> {
        let own = self.program(name, plan).0;
        own.into_iter().chain(self.payer(name, plan)).find_map(|payer| payer.channel(by))
    }

    /// The one channel by which a payer takes letters, where its rules have no other.
    #[must_use]
    pub fn only_channel(&self, name: &PayerName, plan: PlanType) -> Option<Channel> {
        let by = |by: &Channel| self.channel(name, plan, *by).is_some();
        let mut taken = Channel::ALL.iter().copied().filter(by);
        taken.next().filter(|_| taken.next().is_none())
    }

    /// The payer's own file for a line of business, and which that is.
    fn program(&self, name: &PayerName, plan: PlanType) -> (Option<&PayerRules>, PlanType) {
        let programs = self.programs(name);
        let unsaid = || programs.iter().find_map(|payer| payer.plan_where_unsaid);
        let plan = if plan == PlanType::Unknown { unsaid().unwrap_or(plan) } else { plan };
        let covering = || programs.iter().find(|payer| payer.covers(plan));
        let general = || programs.iter().find(|payer| payer.plan_types.is_empty());
        let only = || programs.first().filter(|_| plan == PlanType::Unknown && programs.len() == 1);
        (covering().or_else(general).or_else(only).copied(), plan)
    }

    /// The payer behind a spelling, whatever its program, without the floors of the law: two
    /// spellings are one payer where this gives the same name.
    #[must_use]
    pub fn canonical(&self, name: &PayerName) -> Option<&PayerRules> {
        self.programs(name).first().copied()
    }

    /// Everybody whom the rules name.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        let own = self.payers.iter().flat_map(|payer| &payer.owners);
        let named = self.owners.rows.iter().chain(own).filter_map(|row| row.person.as_ref());
        let away = self.owners.away.iter();
        let away = away.flat_map(|away| std::iter::once(&away.person).chain(away.cover.person()));
        let does = self.actions.iter().flat_map(|rule| &rule.does);
        let named = named.chain(does.filter_map(|does| match does {
            Does::Assign { person, .. } => person.as_ref(),
            Does::Plan { .. }
            | Does::Escalate(_)
            | Does::Hold(_)
            | Does::ProposeWriteOff
            | Does::Prepare(_) => None,
        }));
        let providers = self.owners.providers.iter().map(|one| &one.person);
        let teams = self.owners.teams.iter();
        let teams = teams.flat_map(|team| team.members.iter().chain([&team.lead]));
        named.chain(away).chain(providers).chain(teams)
    }

    /// Gives everybody whom the rules name their id.
    #[must_use]
    pub fn name_members(mut self, id: impl Fn(&str) -> PersonId) -> Rules {
        let own = self.payers.iter_mut().flat_map(|payer| &mut payer.owners);
        let named = self.owners.rows.iter_mut().chain(own).filter_map(|row| row.person.as_mut());
        let posts = self.owners.posting.as_mut().and_then(|posts| posts.person.as_mut());
        let named = named.chain(posts);
        let away = self.owners.away.iter_mut();
        let away = away.flat_map(|away| {
            let cover = match &mut away.cover {
                Cover::Person(cover) => Some(cover),
                Cover::Team(_) => None,
            };
            std::iter::once(&mut away.person).chain(cover)
        });
        let does = self.actions.iter_mut().flat_map(|rule| &mut rule.does);
        let named = named.chain(does.filter_map(|does| match does {
            Does::Assign { person, .. } => person.as_mut(),
            Does::Plan { .. }
            | Does::Escalate(_)
            | Does::Hold(_)
            | Does::ProposeWriteOff
            | Does::Prepare(_) => None,
        }));
        let teams = self.owners.teams.iter_mut();
        let teams = teams.flat_map(|team| team.members.iter_mut().chain([&mut team.lead]));
        let providers = self.owners.providers.iter_mut().map(|one| &mut one.person);
        for member in named.chain(away).chain(providers).chain(teams) {
            member.id = Some(id(&member.login));
        }
        self
    }

    /// Every program of the payer that has one of the ids; else of the one that is called so.
    fn programs(&self, name: &PayerName) -> Vec<&PayerRules> {
        let by_id = self.payers.iter().find(|payer| payer.has_id(name));
        let key = key(&name.name);
        let by_name = || self.payers.iter().find(|payer| payer.has_key(&key));
        let Some(found) = by_id.or_else(by_name) else { return Vec::new() };
        self.payers.iter().filter(|payer| payer.name == found.name).collect()
    }
}

/// Limits and habits of the desk, from `data/desk.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desk {
    /// The most that one person may write off alone; above it a second person approves.
    pub write_off_alone: Money,
    /// At or below it a case is offered for write-off rather than work.
    pub small_balance: Money,
    /// Days until somebody has looked at a new case.
    pub first_touch_days: u16,
    /// Days after which a case that no person has is a matter for the manager.
    pub unowned_days: u16,
    /// Days before a payer's date by which the work is to be done.
    pub safety_days: u16,
    /// Days before a payer's date from which it is near.
    pub near_days: u16,
    /// Days that a colleague has for an answer.
    pub colleague_days: u16,
    /// Days after a broken promise of a payer until somebody calls.
    pub promise_days: u16,
    /// Days in which an overturned case should be paid.
    pub payment_days: u16,
    /// Minutes for which somebody who takes a case has it alone.
    pub taken_minutes: u16,
    /// Years for which records are kept; none is "not configured".
    pub keep_years: Option<u16>,
    /// Words of the practice's own for where a case stands within a status.
    pub sub_statuses: BTreeMap<Status, Vec<SmolStr>>,
    /// Days for each kind of next action; [`Desk::days_for`] reads it.
    pub action_days: BTreeMap<NextActionKind, u16>,
    /// Cost of working a case once, by category; [`Desk::cost_of`] reads it.
    pub work_cost: BTreeMap<Category, Money>,
    /// Minutes of one round of work, by category.
    pub work_minutes: BTreeMap<Category, u16>,
    /// How long answers to what was sent may take.
    pub silence: Silence,
    /// Who reviews what payers remit; none is "not configured".
    pub intake: Option<Intake>,
}

/// Who reviews each remittance, and by when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intake {
    /// The role.
    pub role: Role,
    /// Hours after it was taken in.
    pub hours: u16,
}

/// How long answers to what was sent may take; none is "not configured", and never late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Silence {
    /// Hours until a TA1 or 999.
    pub syntax_hours: Option<u16>,
    /// Business days until the 277CA.
    pub claims_days: Option<u16>,
}

impl Desk {
    /// Days until a next action of this kind is due; those of the first touch where none is set.
    #[must_use]
    pub fn days_for(&self, kind: NextActionKind) -> u16 {
        self.action_days.get(&kind).copied().unwrap_or(self.first_touch_days)
    }

    /// The practice's own words within a status.
    #[must_use]
    pub fn sub_statuses_of(&self, status: Status) -> &[SmolStr] {
        self.sub_statuses.get(&status).map(Vec::as_slice).unwrap_or_default()
    }

    /// What it costs to work a case of this category once.
    #[must_use]
    pub fn cost_of(&self, category: Category) -> Money {
        self.work_cost.get(&category).copied().unwrap_or_default()
    }
}

/// Codes in our own words, from `data/codes`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    pub(crate) carcs: BTreeMap<Carc, Meaning>,
    pub(crate) rarcs: BTreeMap<Rarc, Meaning>,
    pub(crate) groups: BTreeMap<Group, Meaning>,
    pub(crate) statuses: BTreeMap<SmolStr, Meaning>,
    pub(crate) claim_statuses: BTreeMap<SmolStr, Meaning>,
    pub(crate) entities: BTreeMap<SmolStr, Meaning>,
    pub(crate) syntax: BTreeMap<SmolStr, Meaning>,
}

/// What a code means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meaning {
    /// In our own words; the lists' texts are licensed.
    pub text: SmolStr,
    /// True where the list no longer has it.
    pub retired: bool,
    /// The day from which the list no longer has it, where that day is known.
    pub retired_on: Option<Date>,
    /// What replaces it.
    pub replaced_by: SmolStr,
}

impl Wording {
    /// A reason code's meaning.
    #[must_use]
    pub fn carc(&self, code: &Carc) -> Option<&Meaning> {
        self.carcs.get(code)
    }

    /// A remark code's meaning.
    #[must_use]
    pub fn rarc(&self, code: &Rarc) -> Option<&Meaning> {
        self.rarcs.get(code)
    }

    /// A group code's meaning.
    #[must_use]
    pub fn group(&self, code: &Group) -> Option<&Meaning> {
        self.groups.get(code)
    }

    /// Every reason code with its meaning, in the order of the codes.
    pub fn carcs(&self) -> impl Iterator<Item = (&Carc, &Meaning)> {
        self.carcs.iter()
    }

    /// Every remark code with its meaning, in the order of the codes.
    pub fn rarcs(&self) -> impl Iterator<Item = (&Rarc, &Meaning)> {
        self.rarcs.iter()
    }

    /// Every group with its meaning, in the order of the codes.
    pub fn groups(&self) -> impl Iterator<Item = (&Group, &Meaning)> {
        self.groups.iter()
    }

    /// The meaning of a claim's status on a remittance (CLP02) or of a 277CA category (`A3`).
    #[must_use]
    pub fn status(&self, code: &str) -> Option<&Meaning> {
        self.statuses.get(code)
    }

    /// The meaning of a claim status code of a 277CA (X12 list 508, such as `562`).
    #[must_use]
    pub fn claim_status(&self, code: &str) -> Option<&Meaning> {
        self.claim_statuses.get(code)
    }

    /// Whose fact a 277CA means (STC01-3, such as `85`).
    #[must_use]
    pub fn entity(&self, code: &str) -> Option<&Meaning> {
        self.entities.get(code)
    }

    /// What a 999, 997 or TA1 finds at fault: the segment that says it and its code.
    #[must_use]
    pub fn syntax(&self, list: &str, code: &str) -> Option<&Meaning> {
        let list = match list {
            "AK3" => "IK3",
            "AK4" => "IK4",
            "AK5" => "IK5",
            list => list,
        };
        self.syntax.get(format!("{list} {code}").as_str())
    }
}

/// Reads and checks all rule files together: pairs of the path below `data/` and the text.
///
/// # Errors
/// Every fault of every file, in the order of files and lines.
pub fn read(files: &[(String, String)]) -> Result<Rules, Vec<RuleFault>> {
    let mut draft = Draft::default();
    let mut sorted: Vec<&(String, String)> = files.iter().collect();
    // The playbook first: payers' own reasons take their chances from its categories.
    sorted.sort_by_key(|(name, _)| (name.starts_with("payers/"), name.as_str()));
    for (name, text) in sorted {
        draft.read(name, text);
    }
    draft.check();
    draft.faults.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    draft.faults.dedup();
    if draft.faults.is_empty() { Ok(draft.rules) } else { Err(draft.faults) }
}

/// Rules while they are read, with the places that the checks across files speak of.
#[derive(Default)]
struct Draft {
    rules: Rules,
    faults: Vec<RuleFault>,
    carcs: Vec<Placed<Carc>>,
    rarcs: Vec<Placed<Rarc>>,
    groups: Vec<Placed<Group>>,
    spans: Vec<Placed<check::Dated>>,
    payers: Vec<Place>,
    windows: Vec<Placed<(usize, usize)>>,
    teams: Vec<Placed<SmolStr>>,
    seen: Vec<String>,
}

impl Draft {
    fn read(&mut self, name: &str, text: &str) {
        self.seen.push(name.to_owned());
        match name {
            "playbook.toml" => self.read_playbook(name, text),
            "remarks.toml" => self.read_remarks(name, text),
            "owners.toml" => self.read_owners(name, text),
            "desk.toml" => self.read_desk(name, text),
            "protected.toml" => self.read_protected(name, text),
            "actions.toml" => self.read_actions(name, text),
            "status.toml" => self.read_status(name, text),
            "reviews.toml" => self.read_reviews(name, text),
            "codes/carc.csv" => {
                let list = self.read_codes(name, text);
                self.rules.wording.carcs =
                    list.map(|(code, one)| (Carc::new(&code), one)).collect();
            }
            "codes/rarc.csv" => {
                let list = self.read_codes(name, text);
                self.rules.wording.rarcs =
                    list.map(|(code, one)| (Rarc::new(&code), one)).collect();
            }
            "codes/groups.csv" => {
                let list = self.read_codes(name, text);
                let groups = list.map(|(code, one)| (Group::new(&code), one));
                self.rules.wording.groups = groups.collect();
                self.rules.playbook.groups = self.rules.wording.groups.keys().cloned().collect();
            }
            "codes/statuses.csv" => {
                self.rules.wording.statuses = self.read_codes(name, text).collect()
            }
            "codes/claim_statuses.csv" => {
                self.rules.wording.claim_statuses = self.read_codes(name, text).collect()
            }
            "codes/entities.csv" => {
                self.rules.wording.entities = self.read_codes(name, text).collect()
            }
            "codes/syntax.csv" => self.rules.wording.syntax = self.read_codes(name, text).collect(),
            payer if payer.starts_with("payers/") && payer.ends_with(".toml") => {
                self.read_payer(name, text);
            }
            letters if letters.starts_with("letters/") && letters.ends_with(".toml") => {
                self.read_letters(name, text);
            }
            _ => self.faults.push(RuleFault {
                file: name.to_owned(),
                line: 1,
                message: "no rules are read from a file of this name".to_owned(),
                hint: format!(
                    "expected {}, actions.toml, protected.toml, reviews.toml, status.toml, \
                     letters/….toml or payers/….toml",
                    FILES.join(", ")
                ),
            }),
        }
    }
}

/// The files that a set of rules cannot be without.
const FILES: [&str; 11] = [
    "playbook.toml",
    "remarks.toml",
    "owners.toml",
    "desk.toml",
    "codes/carc.csv",
    "codes/rarc.csv",
    "codes/groups.csv",
    "codes/statuses.csv",
    "codes/claim_statuses.csv",
    "codes/entities.csv",
    "codes/syntax.csv",
];

#[cfg(test)]
pub(crate) mod tests;
