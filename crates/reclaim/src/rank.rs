//! Where a case stands in the queue, and why: what the rules say of money, chance, days and age.
//! Days pass without an act, so a sweep counts open cases anew each night.

use denial::category::Category;
use denial::denial::{Denial, NextAction};
use denial::next_action::Odds;
use denial::person::Moment;
use denial::rules::Rules;
use denial::triage::{self, Priority, Stake};
use insight::odds::History;
use jiff::civil::Date;
use store::denials::Rank;
use store::{Tx, instant};

use crate::practice::Office;
use crate::{clock, requests, resent, settle, ways};

/// The numbers that the queue sorts by; `again` is what comes next by what was sent again,
/// `history` what came of ways so far.
pub(crate) fn rank(
    case: &Denial,
    again: Option<NextAction>,
    today: Date,
    (rules, history): (&Rules, &History),
) -> Rank {
    let soonest = case.soonest_clock(today);
    let line = case.leading_line();
    let remark = line.and_then(|line| line.remarks.first());
    Rank {
        priority: priority(case, again, today, (rules, history)).score,
        due_on: soonest.map(|(_, date)| date),
        unmapped: unmapped(case, rules),
        code: code(case, rules),
        remark: remark.map(|remark| remark.code.to_string()).unwrap_or_default(),
        service: line.map(|line| line.procedure.to_string()).unwrap_or_default(),
        provider: case.provider.as_str().to_owned(),
    }
}

/// The leading adjustment: group and reason; empty where none denies.
pub(crate) fn code(case: &Denial, rules: &Rules) -> String {
    let payer = case.payer_rules(rules);
    let line = case.leading_line();
    let code = line.and_then(|line| line.denying(payer, rules).max_by_key(|(one, _)| one.amount));
    code.map(|(one, _)| format!("{}-{}", one.group, one.reason)).unwrap_or_default()
}

/// The code of the largest standing adjustment that nobody has mapped, on a case that is unmapped.
fn unmapped(case: &Denial, rules: &Rules) -> Option<String> {
    if case.category != Category::Unmapped || case.status().is_closed() {
        return None;
    }
    let payer = rules.payer(&case.payer_name, case.plan);
    let standing = case.lines.iter().filter(|line| line.stays_denied());
    let rulings = standing.flat_map(|line| line.denying(payer, rules));
    let unmapped = rulings.filter(|(_, ruling)| ruling.category == Category::Unmapped);
    let (largest, _) = unmapped.max_by_key(|(adjustment, _)| adjustment.amount)?;
    Some(format!("{}-{}", largest.group, largest.reason))
}

/// The sweep's name among those that ran.
pub(crate) const SWEEP: &str = "rank";
/// Cases counted anew in one transaction: the longest that anybody waits for it.
const PART: usize = 200;

/// Counts every open case's rank anew, some at a time, and brings those that waited too long to
/// whoever must hear of them; gives how many stand elsewhere now.
pub(crate) async fn sweep(office: &Office) -> anyhow::Result<usize> {
    let mut after = String::new();
    let (mut moved, mut brought) = (0, 0);
    office.histories.afresh(&mut office.read().await?, office.moment().today).await?;
    let limit = i64::try_from(PART).unwrap_or(i64::MAX);
    loop {
        let moment = office.moment();
        let mut tx = office.read().await?;
        let cases = tx.open_cases_after(&after, limit).await?;
        drop(tx);
        let Some(last) = cases.last() else { break };
        last.id.as_str().clone_into(&mut after);
        let mut tx = office.write().await?;
        let history = office.histories.of(&mut tx, moment.today).await?;
        let again = resent::next(&mut tx, office, &cases).await?;
        let mut ranks = Vec::with_capacity(cases.len());
        for case in &cases {
            if bring(&mut tx, office, (&moment, &history), case).await? {
                brought += 1;
            } else {
                let again = again.get(case.id.as_str()).copied();
                ranks.push((case, rank(case, again, moment.today, (&office.rules, &history))));
            }
        }
        moved += tx.rerank(&ranks).await?;
        tx.commit().await?;
    }
    brought += requests::bring(office).await?;
    let mut tx = office.write().await?;
    let at = instant(office.clock.now());
    let result = format!(
        "{moved} cases stand elsewhere, {brought} were brought to somebody or follow another way"
    );
    tx.note_sweep(SWEEP, &at, &result).await?;
    tx.commit().await?;
    Ok(moved)
}

/// Brings a case to whoever must hear of it today, and its next action in line with its ways; false
/// where nobody must and it is, or where somebody saved it since it was read.
async fn bring(
    tx: &mut Tx,
    office: &Office,
    (moment, history): (&Moment, &History),
    case: &Denial,
) -> anyhow::Result<bool> {
    let mut events = case.brought(moment.today, &office.rules);
    if events.is_empty() {
        events = ways::follow(case, (&office.rules, history), moment.today);
    }
    if events.is_empty() || tx.case(case.id.as_str()).await?.version != case.version {
        return Ok(false);
    }
    let after = events.iter().fold(case.clone(), Denial::apply);
    settle::save(tx, office, moment, case, &after, &events).await?;
    Ok(true)
}

/// True where the sweep has not run on this day of the practice.
pub(crate) async fn is_due(office: &Office) -> anyhow::Result<bool> {
    let sweeps = office.read().await?.sweeps().await?;
    let ran = sweeps.iter().find(|(name, ..)| name == SWEEP);
    Ok(ran.is_none_or(|(_, at, _)| is_before_today(office, at)))
}

/// True where an instant lies before this day of the practice, or is none.
pub(crate) fn is_before_today(office: &Office, at: &str) -> bool {
    let zone = clock::zone(&office.clinic.zone);
    let at = at.parse::<jiff::Timestamp>().ok();
    at.is_none_or(|at| zone.to_datetime(at).date() < office.moment().today)
}

/// The priority with its parts.
pub(crate) fn priority(
    case: &Denial,
    again: Option<NextAction>,
    today: Date,
    (rules, history): (&Rules, &History),
) -> Priority {
    let stake = Stake {
        outstanding: case.balance.outstanding(),
        odds: known_odds(case, rules, history),
        category: case.category,
        denied_on: case.denied_on,
        deadlines: case.open_clocks(),
        is_won: case.is_overturned_in_full(),
        awaits_payer: case.status().is_awaiting() || again.is_some_and(|next| next.on > today),
        rests: case.rests(again, today),
    };
    triage::priority(&stake, &rules.desk, today)
}

/// The odds of the leading reason, the largest denial that stands, by any way: the stated prior,
/// moved by what came of such cases. No prior speaks of a reason that nobody has mapped.
pub(crate) fn known_odds(case: &Denial, rules: &Rules, history: &History) -> Odds {
    let ruling = case.leading(rules).filter(|one| one.category != Category::Unmapped);
    let prior = ruling.map(|ruling| ruling.chance);
    history.odds((case.payer.as_str(), &code(case, rules)), None, prior)
}
