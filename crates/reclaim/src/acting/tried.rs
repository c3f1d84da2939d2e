//! A rule tried on open cases and on those of the past, as they were when they were opened: how
//! many it is for, how much money, what it would do. Nothing is done.

use std::collections::{BTreeMap, HashMap};

use denial::actions::Rule;
use denial::denial::{Denial, Status};
use denial::money::Money;

use crate::acting::{prepare, weighed};
use crate::practice::{Office, console_actor, is_of_database};

/// Cases that are told one by one.
const EXAMPLES: usize = 10;
/// Open cases read at once.
const PAGE: i64 = 500;
/// Cases of the past that are looked at, the newest.
const PAST: i64 = 5_000;

/// Said of a case of which a kept row or file is broken.
const UNREAD: &str = "what would prove it cannot be read";

/// What a rule would do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tried {
    /// Open cases that were looked at.
    pub(crate) looked: usize,
    /// Those on which it would act.
    pub(crate) acts: Sum,
    /// Those that would refuse it, by the reason.
    pub(crate) refused: BTreeMap<String, Sum>,
    /// Those that have already what it would do, and where a person chose otherwise or works on it.
    pub(crate) has: Sum,
    /// Some of those on which it would act.
    pub(crate) examples: Vec<Denial>,
    /// Cases of the past that were looked at.
    pub(crate) past_looked: usize,
    /// Those that it was for when they were opened.
    pub(crate) past: Sum,
    /// Where those stand today.
    pub(crate) became: BTreeMap<&'static str, Sum>,
}

/// So many cases, and what was outstanding on them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) cases: usize,
    pub(crate) money: Money,
}

impl Sum {
    fn add(&mut self, case: &Denial) {
        self.cases += 1;
        self.money += case.balance.outstanding();
    }
}

/// Tries a rule, whatever its mode.
///
/// # Errors
/// The database.
pub(crate) async fn tried(office: &Office, rule: &Rule) -> anyhow::Result<Tried> {
    let mut tried = Tried::default();
    let mut after = String::new();
    loop {
        let page = office.read().await?.open_cases_after(&after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id.to_string();
        for case in page {
            tried.open(office, rule, case).await?;
        }
    }
    past(office, rule, &mut tried).await?;
    Ok(tried)
}

impl Tried {
    async fn open(&mut self, office: &Office, rule: &Rule, case: Denial) -> anyhow::Result<()> {
        self.looked += 1;
        let moment = office.moment_of(console_actor());
        if !rule.when_fits(&case, moment.today, &office.rules) {
            return Ok(());
        }
        let found = match rule.prepares().filter(|_| !rule.leaves(&case, &moment)) {
            None => None,
            Some(what) => match prepare::judged(office, &case, what).await {
                Ok(found) => Some(found),
                Err(fault) if is_of_database(&fault) => return Err(fault),
                Err(fault) => {
                    tracing::error!("what proves case {} cannot be read: {fault}", case.id);
                    self.refused.entry(UNREAD.to_owned()).or_default().add(&case);
                    return Ok(());
                }
            },
        };
        match weighed(rule, &case, found.as_ref(), (office, &moment)).map(|one| one.acts) {
            None => self.has.add(&case),
            Some(Ok(_)) => {
                self.acts.add(&case);
                if self.examples.len() < EXAMPLES && office.sees(&case) {
                    self.examples.push(case);
                }
            }
            Some(Err(why)) => self.refused.entry(why).or_default().add(&case),
        }
        Ok(())
    }
}

async fn past(office: &Office, rule: &Rule, tried: &mut Tried) -> anyhow::Result<()> {
    let opened = office.read().await?.cases_as_opened(PAST).await?;
    tried.past_looked = opened.len();
    let fits = |case: &&Denial| rule.when_fits(case, case.opened_on, &office.rules);
    let fitting: Vec<&Denial> = opened.iter().filter(fits).collect();
    let ids: Vec<String> = fitting.iter().map(|case| case.id.to_string()).collect();
    let now = office.read().await?.cases_among(&ids).await?;
    let now: HashMap<&str, &Denial> = now.iter().map(|case| (case.id.as_str(), case)).collect();
    for case in fitting {
        tried.past.add(case);
        let today = now.get(case.id.as_str()).map_or(Status::New, |case| case.status());
        let became = match today {
            Status::Paid => "paid",
            Status::WrittenOff => "written off",
            Status::Overturned => "overturned",
            Status::New
            | Status::InReview
            | Status::Corrected
            | Status::Appealed
            | Status::Pending => "still open",
        };
        tried.became.entry(became).or_default().add(case);
    }
    Ok(())
}
