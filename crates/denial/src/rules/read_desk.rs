//! `desk.toml` and `owners.toml`: limits and habits of the desk, the matrix and the ladder.

use std::collections::BTreeMap;

use smol_str::SmolStr;
use toml::Spanned;
use toml::de::DeValue;

use super::entry::{Entry, Named, Page, Placed, whole};
use super::{Desk, Draft, Intake, Silence};
use crate::category::Category;
use crate::codes::Npi;
use crate::denial::{NextActionKind, Status};
use crate::levels::{ServiceLevel, ServiceStep, Within};
use crate::lifecycle::Act;
use crate::money::Money;
use crate::owner::{Away, Cover, Member, OwnerRow, Owners, Posts, Rendering, Step};
use crate::person::{self, Role};
use crate::team::{self, Team};

impl Draft {
    pub(super) fn read_desk(&mut self, file: &str, text: &str) {
        let (desk, faults) = Page::new(file, text).read(desk);
        self.rules.desk = desk;
        self.faults.extend(faults);
    }

    pub(super) fn read_owners(&mut self, file: &str, text: &str) {
        let ((owners, named), faults) = Page::new(file, text).read(|page| {
            let owners = Owners {
                rows: page.entries("owner").iter().filter_map(owner).collect(),
                ladder: page.entries("step").iter().filter_map(step).collect(),
                away: page.entries("away").iter().filter_map(away).collect(),
                providers: page.entries("provider").iter().filter_map(provider).collect(),
                teams: teams(page),
                posting: posting(page),
                services: services(page),
            };
            (owners, named_teams(page))
        });
        self.rules.owners = owners;
        self.teams.extend(named);
        self.faults.extend(faults);
    }
}

/// Where nothing is set.
const TAKEN_MINUTES: u16 = 60;

fn desk(page: &Entry<'_>) -> Desk {
    let money = |key| page.required(key, page.money(key)).unwrap_or_default();
    let days = |key| page.required(key, page.number(key)).unwrap_or_default();
    // Rules that practices saved before it was there go without.
    let taken_minutes = page.number("taken_minutes").unwrap_or(TAKEN_MINUTES);
    let keep_years = page.number("keep_years");
    if keep_years == Some(0) {
        let message = "keep_years: nothing would be kept".to_owned();
        page.fault_at("keep_years", message, "write whole years, or leave it out");
    }
    let hour_cost = money("hour_cost");
    let action_days = page.table("action_days").map(|table| {
        let kind = |text: &str| NextActionKind::from_name(text);
        table.pairs(kind, whole, "a next action and its days")
    });
    let minutes = page.table("work_minutes").map(|table| {
        let category = |text: &str| Category::from_name(text);
        table.pairs(category, whole, "a category and its minutes")
    });
    let sub_statuses = page.table("sub_statuses").map(|table| {
        let open = |text: &str| Status::from_name(text).filter(|status| !status.is_closed());
        table.pairs(open, words, "an open status and a list of texts")
    });
    let mut lacks = missing::<NextActionKind>(action_days.as_deref().unwrap_or_default());
    // Rules that practices saved before there were such actions go without.
    let later = [NextActionKind::PostPayment, NextActionKind::BookWriteOff];
    lacks.retain(|name| later.iter().all(|kind| *name != kind.as_str()));
    for (key, missing) in [
        ("action_days", lacks),
        ("work_minutes", missing::<Category>(minutes.as_deref().unwrap_or_default())),
    ] {
        if !missing.is_empty() {
            page.fault_at(
                key,
                format!("{key} lacks {}", missing.join(", ")),
                "add a line for each",
            );
        }
    }
    let silence = page.table("answers").map(|table| {
        let silence = Silence {
            syntax_hours: table.number("syntax_hours"),
            claims_days: table.number("claims_days"),
        };
        table.finish();
        silence
    });
    let cost = |minutes: u16| Money::from_cents(hour_cost.cents() * i64::from(minutes) / 60);
    let work_minutes: BTreeMap<Category, u16> = minutes.into_iter().flatten().collect();
    let work_cost = work_minutes.iter().map(|(one, minutes)| (*one, cost(*minutes)));
    Desk {
        write_off_alone: money("write_off_alone"),
        small_balance: money("small_balance"),
        first_touch_days: days("first_touch_days"),
        unowned_days: days("unowned_days"),
        safety_days: days("safety_days"),
        near_days: days("near_days"),
        colleague_days: days("colleague_days"),
        promise_days: days("promise_days"),
        payment_days: days("payment_days"),
        taken_minutes,
        keep_years,
        sub_statuses: sub_statuses.into_iter().flatten().collect(),
        action_days: action_days.into_iter().flatten().collect(),
        work_cost: work_cost.collect(),
        work_minutes,
        silence: silence.unwrap_or_default(),
        intake: intake(page),
    }
}

/// `[intake]`: who reviews what payers remit.
fn intake(page: &Entry<'_>) -> Option<Intake> {
    let table = page.table("intake")?;
    let role = table.required("role", table.named("role"));
    let hours = table.required("review_hours", table.number("review_hours"));
    table.finish();
    Some(Intake { role: role?, hours: hours? })
}

/// A list of texts, none empty, each once.
fn words(value: &DeValue<'_>) -> Option<Vec<SmolStr>> {
    let text = |one: &Spanned<DeValue<'_>>| {
        one.get_ref().as_str().map(str::trim).filter(|text| !text.is_empty()).map(SmolStr::new)
    };
    let words: Vec<SmolStr> = value.as_array()?.iter().map(text).collect::<Option<_>>()?;
    let twice = words.iter().enumerate().any(|(at, one)| words[..at].contains(one));
    (!twice).then_some(words)
}

fn missing<T: Named + PartialEq>(pairs: &[(T, u16)]) -> Vec<&'static str> {
    let has = |name: &&str| pairs.iter().any(|(one, _)| T::read(name).as_ref() == Some(one));
    T::names().into_iter().filter(|name| !has(name)).collect()
}

/// One `[[owner]]`; a payer's file may hold them too.
pub(super) fn owner(row: &Entry<'_>) -> Option<OwnerRow> {
    let category = row.required("category", row.named("category"));
    let role = row.required("role", row.named("role"));
    let then = row.required("then", row.named("then"));
    let after_days = row.required("after_days", row.number("after_days"));
    let (origin, asks) = (row.named("origin"), row.named("asks"));
    let (provider, from) = (row.text("provider").map(Npi::new), row.money("from"));
    if provider.as_ref().is_some_and(|npi| !npi.is_valid()) {
        row.fault_at("provider", "`provider` is no NPI".to_owned(), "write its ten digits");
    }
    let person = row.text("person").map(Member::of);
    let team = row.text("team").map(SmolStr::new);
    row.finish();
    if person.is_some() && team.is_some() {
        let message = "new cases go to a person or to a team".to_owned();
        row.fault_at("team", message, "keep one of `person` and `team`");
    }
    if role == Some(Role::Vendor) && person.is_none() && team.is_none() {
        let message =
            "an outsourcer sees what is placed with a person or team of theirs alone".to_owned();
        row.fault_at("role", message, "name the `person` who has new cases, or the `team`");
    }
    let (category, role, then) = (category?, role?, then?);
    let after_days = after_days?;
    Some(OwnerRow { category, origin, provider, from, role, person, team, asks, then, after_days })
}

/// One `[[away]]`.
fn away(row: &Entry<'_>) -> Option<Away> {
    let person = row.required("person", row.text("person")).map(Member::of);
    let from = row.required("from", row.date("from"));
    let until = row.required("until", row.date("until"));
    let (cover, team) = (row.text("cover").map(Member::of), row.text("team").map(SmolStr::new));
    row.finish();
    let cover = match (cover, team) {
        (Some(cover), None) => Cover::Person(cover),
        (None, Some(team)) => Cover::Team(team),
        (Some(_), Some(_)) | (None, None) => {
            let message = "an absence is covered by a person or by a team".to_owned();
            row.fault(message, "write `cover` or `team`, and not both");
            return None;
        }
    };
    let (person, from, until) = (person?, from?, until?);
    if until < from {
        row.fault_at("until", "`until` is before `from`".to_owned(), "exchange the days");
    }
    if Some(&person) == cover.person() {
        row.fault_at("cover", "nobody covers themselves".to_owned(), "name another person");
    }
    Some(Away { person, from, until, cover })
}

/// The one `[[posting]]`, where there is one.
fn posting(page: &Entry<'_>) -> Option<Posts> {
    if !page.has("posting") {
        return None;
    }
    let rows = page.entries("posting");
    if let Some(second) = rows.get(1) {
        second.fault("payments are posted by one".to_owned(), "keep one [[posting]]");
    }
    let row = rows.first()?;
    let role: Option<Role> = row.required("role", row.named("role"));
    let person = row.text("person").map(Member::of);
    let team = row.text("team").map(SmolStr::new);
    row.finish();
    if person.is_some() && team.is_some() {
        let message = "payments are posted by a person or by a team".to_owned();
        row.fault_at("team", message, "keep one of `person` and `team`");
    }
    if role.is_some_and(|role| !person::may(role, Act::Post)) {
        let message = "this role posts nothing".to_owned();
        row.fault_at("role", message, "name poster, billing_supervisor or manager");
    }
    Some(Posts { role: role?, person, team })
}

/// Each `[[service]]`, no two of one step and role. Rules that practices saved before there were
/// any go without.
fn services(page: &Entry<'_>) -> Vec<ServiceLevel> {
    let mut services: Vec<ServiceLevel> = Vec::new();
    let rows = if page.has("service") { page.entries("service") } else { Vec::new() };
    for row in rows {
        let Some(one) = service(&row) else { continue };
        if services.iter().any(|other| (other.step, other.role) == (one.step, one.role)) {
            let message = "two service levels are of one step and role".to_owned();
            row.fault_at("step", message, "keep one of them");
        }
        services.push(one);
    }
    services
}

/// One `[[service]]`.
fn service(row: &Entry<'_>) -> Option<ServiceLevel> {
    let step = row.required("step", row.named("step"));
    let role = row.named("role");
    let (hours, days) = (row.number("hours"), row.number("days"));
    row.finish();
    if step == Some(ServiceStep::PayerReply) && role.is_some() {
        let message = "a payer has no role".to_owned();
        row.fault_at("role", message, "leave `role` out");
    }
    let within = match (hours, days) {
        (Some(hours), None) => Within::Hours(hours),
        (None, Some(days)) => Within::Days(days),
        (Some(_), Some(_)) | (None, None) => {
            let message = "a service level is of hours or of days".to_owned();
            row.fault(message, "write `hours` or `days`, and not both");
            return None;
        }
    };
    Some(ServiceLevel { step: step?, role, within })
}

/// Each `[[team]]`, no two of one name.
fn teams(page: &Entry<'_>) -> Vec<Team> {
    let mut teams: Vec<Team> = Vec::new();
    for row in page.entries("team") {
        let Some(team) = team(&row) else { continue };
        if teams.iter().any(|other| other.name == team.name) {
            let message = format!("two teams are called {}", team.name);
            row.fault_at("name", message, "call one of them something else");
        }
        teams.push(team);
    }
    teams
}

/// One `[[team]]`.
fn team(row: &Entry<'_>) -> Option<Team> {
    let name = row.required("name", row.text("name"));
    let members = row.list("members");
    let lead = row.required("lead", row.text("lead")).map(Member::of);
    row.finish();
    if name.is_some_and(|name| !team::is_name(name)) {
        let message = "`name` is no name of a team".to_owned();
        row.fault_at("name", message, "write up to 40 letters, digits, spaces and - & . '");
    }
    let twice = members.iter().enumerate().any(|(at, one)| members[..at].contains(one));
    if members.is_empty() || twice || members.contains(&"") {
        let message = "`members` lacks a person, or has one twice".to_owned();
        row.fault_at("members", message, "list the sign-in names of its people, each once");
    }
    let members = members.into_iter().map(Member::of).collect();
    Some(Team { name: name?.into(), members, lead: lead? })
}

/// The teams that rows and absences name, with where they do.
pub(super) fn named_teams(page: &Entry<'_>) -> Vec<Placed<SmolStr>> {
    let away = if page.has("away") { page.entries("away") } else { Vec::new() };
    let posting = if page.has("posting") { page.entries("posting") } else { Vec::new() };
    let rows = page.entries("owner").into_iter().chain(away).chain(posting);
    let named = |row: Entry<'_>| {
        let value = row.text("team")?.into();
        Some(Placed { place: row.place_of("team"), value })
    };
    rows.filter_map(named).collect()
}

/// One `[[provider]]`.
fn provider(row: &Entry<'_>) -> Option<Rendering> {
    let person = row.required("person", row.text("person")).map(Member::of);
    let npi = row.required("npi", row.text("npi")).map(Npi::new);
    row.finish();
    if npi.as_ref().is_some_and(|npi| !npi.is_valid()) {
        row.fault_at("npi", "`npi` is no NPI".to_owned(), "write its ten digits");
    }
    Some(Rendering { person: person?, npi: npi? })
}

fn step(row: &Entry<'_>) -> Option<Step> {
    let after_days = row.required("after_days", row.number("after_days"));
    let to = row.named("to");
    row.finish();
    Some(Step { after_days: after_days?, to })
}
