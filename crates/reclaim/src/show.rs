//! `reclaim queue` and `reclaim show`: cases on the command line.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, bail};
use comfy_table::{CellAlignment, Table, presets};
use denial::denial::Denial;
use denial::money::Money;
use denial::next_action::{Forward, Ways};
use denial::timely::{Filing, Verdict};
use serde_json::{Value, json};
use store::denials::NO_CLOCK;
use store::queue::{Filter, QueueRow, Sort};

use crate::outbox::filing;
use crate::practice::Office;
use crate::ways::{self, Around};
use crate::web::words;
use crate::{access, outcomes, rank, resent, secondary};

/// Prints lines; that nobody reads on is no fault.
pub(crate) fn print(lines: Vec<String>) -> anyhow::Result<ExitCode> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = lines.iter().try_for_each(|line| writeln!(out, "{line}"));
    match written.and_then(|()| out.flush()) {
        Err(fault) if fault.kind() != io::ErrorKind::BrokenPipe => Err(fault.into()),
        Ok(()) | Err(_) => Ok(ExitCode::SUCCESS),
    }
}

/// Who says why protected records are to come along has to be cleared for them.
///
/// # Errors
/// The role is not; it is on record.
pub(crate) async fn require_clearance(office: &Office, why: Option<&str>) -> anyhow::Result<()> {
    let Some(why) = why else { return Ok(()) };
    if !denial::protected::may_clear(office.who.role) {
        access::note_refusal(office, "protected", "command.refused", "--why").await;
        bail!("your role is not cleared for specially protected records; nothing was taken out");
    }
    if why.trim().is_empty() {
        bail!("say why in a few words: it stands in the journal");
    }
    Ok(())
}

/// Says beside what is printed how much of it was left out, and why.
pub(crate) fn tell_left_out(count: usize, one: &str, many: &str) {
    if let Some(note) = crate::web::left_out(count, one, many) {
        eprintln!("{note}; --why takes them along for a role that is cleared");
    }
}

/// Prints the head of the queue.
pub(crate) async fn queue(
    office: &Office,
    limit: u32,
    json: bool,
    why: Option<&str>,
) -> anyhow::Result<ExitCode> {
    require_clearance(office, why).await?;
    let mut tx = office.read().await?;
    let filter = Filter { own: office.own(), ..Filter::default() };
    let mut rows = tx.queue(&filter, Sort::Priority, i64::from(limit)).await?;
    let protected = tx.protected_subjects().await?;
    drop(tx);
    let all = rows.len();
    rows.retain(|row| !json || why.is_some() || !protected.contains(&row.denial));
    let left = all - rows.len();
    let kind = if json { "queue.exported" } else { "queue.viewed" };
    access::note(
        office,
        "queue",
        kind,
        &json!({ "rows": rows.len(), "left_out": left, "why": why }),
    )
    .await?;
    if json {
        tell_left_out(left, "case", "cases");
        return print(rows.iter().map(|row| row_json(row).to_string()).collect());
    }
    if rows.is_empty() {
        return print(vec!["no open case; take an 835 in with `reclaim take FILE`".to_owned()]);
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(["claim", "payer", "reason", "outstanding", "due", "next", "owner", "case"]);
    for row in &rows {
        table.add_row([
            if protected.contains(&row.denial) {
                format!("{} (specially protected)", row.number)
            } else {
                row.number.clone()
            },
            row.payer_name.clone(),
            row.category.replace('_', " "),
            Money::from_cents(row.outstanding).to_string(),
            due(row).unwrap_or("not configured").to_owned(),
            format!("{} by {}", row.next_kind.replace('_', " "), row.next_on),
            owner_of(row),
            row.denial.clone(),
        ]);
    }
    if let Some(column) = table.column_mut(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    print(vec![table.to_string()])
}

/// The role, and the team of it that shares the case.
fn owner_of(row: &QueueRow) -> String {
    let role = row.role.replace('_', " ");
    if row.team.is_empty() { role } else { format!("{role}, {}", row.team) }
}

fn due(row: &QueueRow) -> Option<&str> {
    (row.due_on != NO_CLOCK).then_some(row.due_on.as_str())
}

/// One row as scripts read it.
pub(crate) fn row_json(row: &QueueRow) -> Value {
    json!({
        "id": row.denial, "claim": row.number, "payer": row.payer_name, "status": row.status,
        "category": row.category, "owner": { "role": row.role,
            "team": (!row.team.is_empty()).then_some(&row.team),
            "person": (!row.person.is_empty()).then_some(&row.person) },
        "denied_on": row.denied_on, "denied": Money::from_cents(row.denied).plain(),
        "outstanding": Money::from_cents(row.outstanding).plain(),
        "next": { "kind": row.next_kind, "on": row.next_on }, "due_on": due(row),
        "priority": row.priority, "quarantined": row.quarantined == "yes",
        "version": row.version,
    })
}

/// Shows one case, found by its id or by its claim's number.
pub(crate) async fn case(
    office: &Office,
    id: &str,
    json: bool,
    why: Option<&str>,
) -> anyhow::Result<ExitCode> {
    require_clearance(office, why).await?;
    let id = find(office, id).await?;
    let mut tx = office.read().await?;
    let case = tx.case(&id).await?;
    if !office.sees(&case) {
        drop(tx);
        access::note_refusal(office, &id, "case.refused", "show").await;
        bail!(
            "this case is neither yours nor were you asked; a billing supervisor can assign it to you"
        );
    }
    let claims = tx.names_of(&[case.claim.to_string()]).await?;
    let is_protected = !tx.protected_among(&claims).await?.is_empty();
    if is_protected && json && why.is_none() {
        drop(tx);
        access::note_refusal(office, &id, "case.refused", "show --json").await;
        bail!("this case is a specially protected record; say why it is taken out with --why");
    }
    let timeline = tx.timeline(&id).await?;
    let filing = filing::filing(&mut tx, office, &claims).await?;
    let today = office.moment().today;
    let waits = resent::of_one(&mut tx, office, &case).await?;
    let history = outcomes::like(&mut tx, &case, &office.rules).await?;
    let covers = secondary::covered(&mut tx, office, &claims).await?;
    drop(tx);
    let by = (&*office.rules, &history);
    let in_time = matches!(filing.verdict, Verdict::Proven { .. });
    let resent = waits.as_ref();
    let again = resent.and_then(|one| one.next(&case, today, &office.rules));
    let known = Around { resent, in_time, covers, ..Around::default() };
    let kind = if json { "case.exported" } else { "case.viewed" };
    access::note(office, &id, kind, &json!({ "why": why })).await?;
    if json {
        let events: Vec<Value> = timeline
            .iter()
            .map(|one| {
                let body: Value = serde_json::from_str(&one.body).unwrap_or_default();
                json!({ "seq": one.seq, "at": one.at, "by": one.actor, "kind": one.kind,
                    "from": one.from_status, "to": one.to_status, "body": body })
            })
            .collect();
        let shown = json!({ "case": case, "status": case.status(), "outstanding":
            case.balance.outstanding().plain(), "priority":
            rank::priority(&case, again, today, by), "timeline": events,
            "ways": ways::of(&case, known, by, today) });
        return print(vec![shown.to_string()]);
    }
    let mut lines = in_words(&case);
    lines.extend(waits.iter().map(|one| words::sentence(&one.to_string())));
    if !case.status().is_closed() {
        lines.extend(ways_in_words(&ways::of(&case, known, by, today)));
    }
    if is_protected {
        lines.insert(1, "specially protected record".to_owned());
    }
    lines.extend(filing_in_words(&filing));
    lines.push(String::new());
    lines.extend(timeline.iter().map(|one| format!("{}  {}  {}", one.at, one.kind, one.actor)));
    print(lines)
}

/// The id of a case: itself, or that of the latest case of a claim's number.
pub(crate) async fn find(office: &Office, text: &str) -> anyhow::Result<String> {
    if text.starts_with("den_") {
        return Ok(text.to_owned());
    }
    let mut tx = office.read().await?;
    for closed in [false, true] {
        let (number, own) = (Some(text.to_owned()), office.own());
        let filter = Filter { number, own, closed };
        if let Some(row) = tx.queue(&filter, Sort::Priority, 1).await?.into_iter().next() {
            return Ok(row.denial);
        }
    }
    None.context("no case with this id, and none of a claim with this number")
}

fn in_words(case: &Denial) -> Vec<String> {
    let mut lines = vec![
        format!("{}  claim {}  {}", case.id, case.number, case.payer_name.name),
        format!(
            "{}, {}: denied {}, outstanding {}",
            case.status().as_str().replace('_', " "),
            case.category.as_str().replace('_', " "),
            case.balance.denied,
            case.balance.outstanding()
        ),
    ];
    if let (Some(owner), Some(next)) = (case.owner(), case.next()) {
        let person = owner.person.as_ref().map_or("nobody yet".to_owned(), ToString::to_string);
        let team = owner.team.as_ref().map(|team| format!(", team {team}")).unwrap_or_default();
        let (role, kind) = (owner.role.as_str(), next.kind.as_str());
        lines.push(format!(
            "owner {}{team} ({person}), next: {} by {}",
            role.replace('_', " "),
            kind.replace('_', " "),
            next.on
        ));
    }
    for line in &case.lines {
        let reasons: Vec<String> = line
            .adjustments
            .iter()
            .map(|one| format!("{}-{} {}", one.group, one.reason, one.amount))
            .collect();
        let number = line.line.map_or("claim".to_owned(), |number| format!("line {number}"));
        lines.push(format!(
            "  {number} {} {}: {}",
            line.procedure,
            line.denied,
            reasons.join(", ")
        ));
    }
    for clock in &case.deadlines {
        let closed = if case.open_clocks().contains(clock) { "" } else { ", closed" };
        lines.push(format!("  clock {:?}: {}{closed}", clock.kind, clock_in_words(clock)));
    }
    lines
}

fn filing_in_words(filing: &Filing) -> Vec<String> {
    let sent = filing.versions.iter().map(|one| (filing::version(one), &one.file));
    let proofs = filing.proofs.iter().map(|one| (filing::proof(one), &one.file));
    let lines = sent.chain(proofs).map(|(words, file)| format!("    {words}, file {file}"));
    std::iter::once(format!("  {}", filing::in_words(filing))).chain(lines).collect()
}

/// Each way on a line, then what is recommended.
fn ways_in_words(ways: &Ways) -> Vec<String> {
    let line = |one: &Forward| {
        let name = one.way.as_str().replace('_', " ");
        match &one.closed {
            Some(why) => format!("  way {name}: not open: {why}"),
            None => {
                let chance = one.odds.chance.map_or("not stated".to_owned(), |it| it.to_string());
                let net = one.net.map_or("not known".to_owned(), |net| net.to_string());
                let behind = one.odds.behind();
                format!("  way {name}: chance {chance} ({behind}), expected to leave {net}")
            }
        }
    };
    let mut lines: Vec<String> = ways.ways.iter().map(line).collect();
    let told = &ways.recommended;
    let first = told.waits.map_or("no way", |next| next.kind.as_str());
    let way = told.way.map_or(first, denial::next_action::Way::as_str).replace('_', " ");
    lines.push(format!("  recommended: {way}: {}", told.why));
    lines.extend(told.differs.iter().map(|text| format!("  {text}")));
    lines
}

fn clock_in_words(clock: &denial::deadline::Deadline) -> String {
    match &clock.due {
        denial::deadline::Due::On { date, rule } => {
            format!("{date} ({} from {}, {})", rule.window, rule.anchor, rule.file)
        }
        denial::deadline::Due::NoRule => "not configured".to_owned(),
    }
}
