//! What somebody, or who leads the team, has to know in the morning: once a civil day of the
//! practice, kept as it was. It counts and names no patient.

use std::process::ExitCode;

use comfy_table::{CellAlignment, Table, presets};
use denial::deadline::business_day;
use denial::money::Money;
use denial::person::{Access, Reach, Role, allows, reach};
use denial::team;
use insight::board::{Board, Facet};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::audit::NEVER;
use store::digests::{KeptDigest, Won};
use store::{Tx, instant};

use crate::boards::Boards;
use crate::identity;
use crate::practice::{CONSOLE, Office};
use crate::show;
use crate::web::tiles::{AT_RISK, Counter};
use crate::web::words;

/// One digest.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Digest {
    /// The civil day where the practice is.
    pub(crate) day: Date,
    /// What is new is new since the beginning of this day: the business day before.
    pub(crate) since: Date,
    /// When it was made, RFC 3339 UTC.
    pub(crate) made_at: String,
    /// It is the team's.
    pub(crate) team: bool,
    /// The role that it was made for: who has another one now is not told what it was told.
    pub(crate) role: Role,
    pub(crate) lines: Vec<Line>,
    /// On what payers gave way since, for cases that others have; none for who hears of their own
    /// cases alone, or of figures.
    pub(crate) won: Option<Vec<WonLine>>,
    /// Who has how much, for who leads.
    pub(crate) load: Vec<Load>,
    /// Money of the days since, today left out; for who sees figures.
    pub(crate) money: Option<Moved>,
    /// The end of the journal's chain as it was: who keeps it can prove later that nothing before
    /// it was altered (house §18.18).
    pub(crate) head: Head,
}

/// A count with its list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) what: String,
    pub(crate) rows: u64,
    /// Outstanding, where the rows are cases.
    pub(crate) cents: Option<i64>,
    /// Where the rows are; empty for who may not open them.
    pub(crate) href: String,
}

/// What payers gave way on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WonLine {
    pub(crate) payer: String,
    pub(crate) category: String,
    /// Whose they are; empty where nobody has them any more.
    pub(crate) who: String,
    pub(crate) cases: i64,
    pub(crate) cents: i64,
}

/// What one person has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Load {
    /// Empty for cases that no person and no team has.
    pub(crate) who: String,
    /// As an address names them; empty in digests from before addresses were kept.
    #[serde(default)]
    pub(crate) owner: String,
    pub(crate) cases: u64,
    pub(crate) cents: i64,
    pub(crate) late: u64,
    pub(crate) soon: u64,
}

/// Money that was posted.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Moved {
    /// Payments that were posted on denied lines, less what payers took back. Digests of before it
    /// was called so have it as won.
    #[serde(alias = "won")]
    pub(crate) recovered: i64,
    pub(crate) given_up: i64,
}

/// The end of a chain.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) entries: i64,
    pub(crate) hash: String,
}

/// What a line counts, in words.
pub(crate) fn label(what: &str) -> &str {
    match what {
        "due_today" => "Next action today",
        "late" => "Next action late",
        "clocks" => "Due within 7 days",
        "past_due" => "Past due",
        "new" => "New since",
        "answers" => "Answers that came for you",
        "questions" => "Questions to your role",
        "promises" => "Payer's promise not kept",
        "requests" => "Payers' requests past their day",
        "unowned" => "No person has it",
        "shared" => "Your teams share, and no person has",
        "unplanned" => "Lacks owner, action or day",
        "approvals" => "Write-offs for a second person",
        "at_risk" => "At risk",
        "unanswered" => "Unanswered claims",
        "missing" => "Missing remittances",
        "reviews" => "Reviews that are late",
        "codes" => "Codes that nobody mapped",
        "payers" => "Payers to configure",
        other => other,
    }
}

/// Today's digest of who acts, or that of the team: made where nobody has opened it yet.
///
/// # Errors
/// The database.
pub(crate) async fn of_today(
    office: &Office,
    boards: &Boards,
    team: bool,
) -> anyhow::Result<Digest> {
    let day = office.moment().today;
    let whose = whose(office, team);
    let mut tx = office.read().await?;
    let there = tx.digest(&day.to_string(), &whose).await?;
    if let Some(kept) = there.and_then(|kept| read(&kept, office, team)) {
        return Ok(kept);
    }
    let made = make(&mut tx, office, boards, team).await?;
    drop(tx);
    let body = serde_json::to_string(&made)?;
    let kept = KeptDigest {
        day: day.to_string(),
        person: whose.clone(),
        made_at: made.made_at.clone(),
        body,
    };
    let mut tx = office.store.write_aside(office.practice()).await?;
    let is_first = tx.keep_digest(&kept).await?;
    if !is_first {
        let there = tx.digest(&kept.day, &whose).await?;
        return Ok(there.and_then(|kept| read(&kept, office, team)).unwrap_or(made));
    }
    tx.commit().await?;
    Ok(made)
}

/// The digest of an earlier day, where one was made.
///
/// # Errors
/// The database.
pub(crate) async fn of_day(
    tx: &mut Tx,
    office: &Office,
    day: Date,
    team: bool,
) -> anyhow::Result<Option<Digest>> {
    let kept = tx.digest(&day.to_string(), &whose(office, team)).await?;
    Ok(kept.and_then(|kept| read(&kept, office, team)))
}

/// A digest as it was kept, where it is for who asks: in the role that they have now, and in words
/// that this program knows.
fn read(kept: &KeptDigest, office: &Office, team: bool) -> Option<Digest> {
    let digest: Digest = serde_json::from_str(&kept.body).ok()?;
    (team || digest.role == office.who.role).then_some(digest)
}

/// Whose digest a row is: nobody's for the team.
pub(crate) fn whose(office: &Office, team: bool) -> String {
    if team { String::new() } else { office.who.person.as_str().to_owned() }
}

/// The business day before.
fn before(day: Date) -> Date {
    let yesterday = day.yesterday().unwrap_or(day);
    business_day::on_or_before(yesterday).unwrap_or(yesterday)
}

async fn make(tx: &mut Tx, office: &Office, boards: &Boards, team: bool) -> anyhow::Result<Digest> {
    let moment = office.moment();
    let (day, since) = (moment.today, before(moment.today));
    let now = instant(moment.now);
    let role = office.who.role;
    let (opens, figures) = (allows(role, Access::Queue), allows(role, Access::Figures));
    let (from, start) = (office.begins(since), office.begins(day));
    // An outsourcer hears of no case but those that are placed with it.
    let hears = opens && reach(role) != Reach::Placed;
    let won = if hears { Some(tx.won_between(&from, NEVER).await?) } else { None };
    let people = crate::web::people(tx).await?;
    let mut lines = others(tx, office, team).await?;
    let mut load = Vec::new();
    if opens || figures {
        let kept = boards.of(tx).await?;
        let counter = Counter::of(&kept.board, office, opens);
        let queries = if team { of_team(day, since) } else { of_person(office, day, since) };
        let mut counts: Vec<Line> =
            queries.iter().map(|(what, query)| line(&counter, what, query)).collect();
        counts.append(&mut lines);
        lines = counts;
        load = if team { loads(&counter, &kept.board, &people) } else { load };
    }
    let posted = if figures { Some(tx.posted_between(&from, &start).await?) } else { None };
    let (entries, hash) = tx.chain_head().await?;
    let me = office.who.person.as_str();
    Ok(Digest {
        day,
        since,
        made_at: now,
        team,
        role,
        lines,
        won: won.map(|won| {
            // A case that has ended since has no owner any more: it may have been theirs.
            let others =
                won.into_iter().filter(|one| team || (one.person != me && !one.person.is_empty()));
            others.map(|one| won_line(one, &people)).collect()
        }),
        load,
        money: posted.map(|balance| Moved {
            recovered: (balance.recovered + balance.other_payer).cents(),
            given_up: balance.written_off.cents(),
        }),
        head: Head { entries, hash },
    })
}

fn line(counter: &Counter<'_>, what: &str, query: &str) -> Line {
    let sum = counter.sum(query);
    Line {
        what: what.to_owned(),
        rows: sum.cases,
        cents: Some(sum.outstanding),
        href: counter.link(query, sum.cases).map(|link| link.href).unwrap_or_default(),
    }
}

/// The queue's words for cases opened since a day.
fn opened(day: Date, since: Date) -> String {
    let days = since.series(1.day()).take_while(|one| *one <= day);
    let days: Vec<String> = days.map(|one| one.to_string()).collect();
    format!("opened={}&snoozed=show", days.join(","))
}

/// What one person is told of cases.
fn of_person(office: &Office, day: Date, since: Date) -> Vec<(&'static str, String)> {
    let (role, shares) = (office.who.role, office.teams().next().is_some());
    let opened = opened(day, since);
    if role == Role::Executive {
        return vec![
            ("at_risk", AT_RISK.to_owned()),
            ("clocks", "due=soon".to_owned()),
            ("past_due", "due=past".to_owned()),
            ("new", opened),
        ];
    }
    // Specialists see every case; new to them is what they or nobody of their role has.
    let new = if role == Role::BillingSpecialist {
        let shared = if shares { "team," } else { "" };
        format!("role={}&person=me,{shared}nobody&{opened}", role.as_str())
    } else {
        opened
    };
    // What a team shares is each one's while nobody has it.
    let own = if shares { "person=me,team" } else { "person=me" };
    let mut lines = vec![
        ("due_today", format!("{own}&when=today")),
        ("late", format!("{own}&when=late")),
        ("clocks", format!("{own}&due=soon")),
        ("past_due", format!("{own}&due=past")),
        ("promises", format!("{own}&promise=broken&snoozed=show")),
        ("new", new),
    ];
    if shares {
        lines.push(("shared", "person=team".to_owned()));
    }
    lines
}

/// What who leads is told of everybody's cases.
fn of_team(day: Date, since: Date) -> Vec<(&'static str, String)> {
    vec![
        ("approvals", "waiting=approval&snoozed=show".to_owned()),
        ("unowned", "person=none".to_owned()),
        ("unplanned", "lacks=yes&snoozed=show".to_owned()),
        ("due_today", "when=today".to_owned()),
        ("late", "when=late".to_owned()),
        ("clocks", "due=soon".to_owned()),
        ("past_due", "due=past".to_owned()),
        ("promises", "promise=broken&snoozed=show".to_owned()),
        ("new", opened(day, since)),
    ]
}

/// What waits beside the queue.
async fn others(tx: &mut Tx, office: &Office, team: bool) -> anyhow::Result<Vec<Line>> {
    let role = office.who.role;
    let list = |what: &str, rows: u64, href: &str| Line {
        what: what.to_owned(),
        rows,
        cents: None,
        href: href.to_owned(),
    };
    let mut lines = Vec::new();
    if !team && allows(role, Access::Questions) {
        let (asked, answered) = crate::web::count_questions(tx, office).await?;
        lines.push(list("answers", answered, "/questions#answered"));
        lines.push(list("questions", asked, "/questions#asked"));
    }
    if allows(role, Access::Requests) {
        let (_, missed) = crate::web::count_requests(tx, office).await?;
        lines.push(list("requests", missed, "/requests"));
    }
    if allows(role, Access::Rejections) {
        let (late, _) = tx.late_answers(&office.moment().today.to_string()).await?;
        lines.push(list("unanswered", u64::try_from(late).unwrap_or(0), "/unanswered"));
    }
    let reviewer = office.rules.desk.intake.map(|one| one.role);
    // The rules may name a role that opens no remittances.
    let reviews = reviewer == Some(role) && allows(role, Access::Remittances);
    if role == Role::Poster || reviews {
        let missing = tx.missing_remittances(&office.moment().today.to_string()).await?;
        lines.push(list("missing", missing.len() as u64, "/intake?show=missing"));
        let late = crate::intake::unreviewed(tx, office, true, 1_000).await?.len() as u64;
        lines.push(list("reviews", late, "/intake?show=late"));
    }
    if !team && role == Role::Administrator {
        let codes = tx.unmapped_codes().await?.len() + tx.unruled_statuses().await?.len();
        let codes = codes as u64;
        let payers = tx.payers_without_rules().await?.len() as u64;
        lines.push(list("codes", codes, "/rules#codes"));
        lines.push(list("payers", payers, "/rules#payers"));
    }
    Ok(lines)
}

/// What stands for cases that no person and no team has.
pub(crate) const NO_PERSON: &str = "No person or team";

/// Who has how much: nobody first, then those with most money.
fn loads(counter: &Counter<'_>, board: &Board, people: &crate::web::People) -> Vec<Load> {
    let by = |query: &str| board.by(Facet::Owner, &counter.wanted(query), counter.today);
    let (late, soon) = (by("when=late"), by("due=soon"));
    let count = |of: &[(String, insight::board::Sum)], id: &str| {
        of.iter().find(|(owner, _)| owner == id).map_or(0, |(_, sum)| sum.cases)
    };
    let mut loads: Vec<Load> = by("")
        .into_iter()
        .map(|(id, sum)| Load {
            late: count(&late, &id),
            soon: count(&soon, &id),
            who: who(people, &id),
            owner: if id.is_empty() { "nobody".to_owned() } else { id },
            cases: sum.cases,
            cents: sum.outstanding,
        })
        .collect();
    loads.sort_by_key(|load| !load.who.is_empty());
    loads
}

fn won_line(one: Won, people: &crate::web::People) -> WonLine {
    WonLine {
        who: who(people, &one.person),
        payer: one.payer,
        category: one.category,
        cases: one.cases,
        cents: one.denied,
    }
}

fn who(people: &crate::web::People, id: &str) -> String {
    match (people.get(id), team::of_key(id)) {
        // What a command did belongs to nobody who could be spoken to.
        (Some(name), _) if *id == *identity::person(CONSOLE).as_str() => {
            format!("No person ({})", name.to_lowercase())
        }
        (Some(name), _) => name.clone(),
        (None, Some(team)) => format!("{team} (team)"),
        (None, None) => id.to_owned(),
    }
}

/// `reclaim digest`.
pub(crate) async fn run(office: &Office, team: bool, json: bool) -> anyhow::Result<ExitCode> {
    let digest = of_today(office, &Boards::default(), team).await?;
    if json {
        return show::print(vec![serde_json::to_string(&digest)?]);
    }
    show::print(told(&digest, &office.clinic.zone))
}

/// A digest as lines of a terminal.
pub(crate) fn told(digest: &Digest, zone: &str) -> Vec<String> {
    let whose = if digest.team { "the team" } else { "you" };
    let (day, at) = (words::day(digest.day), words::instant(&digest.made_at, zone));
    let mut lines = vec![format!("{day}, for {whose}, as it was on {at}")];
    let money = |cents: i64| Money::from_cents(cents).to_string();
    let mut table = tabled(&["what", "count", "outstanding"]);
    for line in &digest.lines {
        let label = match line.what.as_str() {
            "new" => format!("New since {}", words::day(digest.since)),
            what => label(what).to_owned(),
        };
        table.add_row([label, line.rows.to_string(), line.cents.map(money).unwrap_or_default()]);
    }
    lines.push(table.to_string());
    if let Some(won) = digest.won.as_ref().filter(|won| !won.is_empty()) {
        let mut table = tabled(&["payers gave way on", "count", "denied", "whose"]);
        for one in won {
            let what = format!("{}, {}", words::label(&one.category), one.payer);
            let who = if one.who.is_empty() { "no person" } else { &one.who };
            table.add_row([what, one.cases.to_string(), money(one.cents), who.to_owned()]);
        }
        lines.push(table.to_string());
    }
    if !digest.load.is_empty() {
        let mut table = tabled(&["who", "cases", "outstanding", "late", "within 7 days"]);
        for one in &digest.load {
            let who = if one.who.is_empty() { NO_PERSON } else { &one.who };
            let (cases, late, soon) = (one.cases, one.late, one.soon);
            table.add_row([
                who.to_owned(),
                cases.to_string(),
                money(one.cents),
                late.to_string(),
                soon.to_string(),
            ]);
        }
        lines.push(table.to_string());
    }
    if let Some(moved) = digest.money {
        let since = words::day(digest.since);
        let (recovered, given_up) = (money(moved.recovered), money(moved.given_up));
        let text = format!("recovered {recovered}, given up {given_up}");
        lines.push(format!("Posted from {since} to yesterday: {text}"));
    }
    let Head { entries, hash } = &digest.head;
    lines.push(format!("End of the journal: entry {entries}, {hash}"));
    lines
}

fn tabled(heads: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(heads.iter().copied());
    for at in [1, 2] {
        if let Some(column) = table.column_mut(at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn what_is_new_is_new_since_the_business_day_before() {
        assert_eq!(before(date(2026, 3, 3)), date(2026, 3, 2));
        assert_eq!(before(date(2026, 3, 2)), date(2026, 2, 27), "a Monday");
        assert_eq!(before(date(2026, 11, 27)), date(2026, 11, 25), "after Thanksgiving");
        assert_eq!(
            opened(date(2026, 3, 2), date(2026, 2, 27)),
            "opened=2026-02-27,2026-02-28,2026-03-01,2026-03-02&snoozed=show"
        );
    }
}
