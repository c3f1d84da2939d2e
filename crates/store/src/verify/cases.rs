//! Each case is what its journal comes to; its row and its postings say the same.

use std::collections::{BTreeSet, HashMap};

use denial::denial::{Balance, Denial};
use denial::lifecycle::{Change, Event};
use denial::money::Money;
use futures_util::TryStreamExt;
use serde_json::Value;
use sqlx::Row;

use super::{Heard, Walked, differs};
use crate::bulk::Cell;
use crate::denials::{self, DENIAL, NO_CLOCK, Rank};
use crate::postings::PostingRow;
use crate::sql::{each, run};
use crate::{Error, Tx, parsed};

/// What looking at the cases counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CasesSeen {
    /// Cases.
    pub cases: u64,
    /// Their events.
    pub events: u64,
    /// Their postings.
    pub postings: u64,
}

/// Cases held in memory at a time.
const PAGE: i64 = 500;

impl Tx {
    /// Folds the journal of every case and compares it with the case, its row's columns and its
    /// postings. `walked` is what the walk of the practice's chain of acts counted.
    ///
    /// # Errors
    /// [`Error::Differs`] at the first case that is not what its journal says,
    /// [`Error::Database`].
    pub async fn check_cases(
        &mut self,
        walked: &Walked,
        heard: Heard<'_>,
    ) -> Result<CasesSeen, Error> {
        let mut seen = CasesSeen::default();
        let mut after = String::new();
        while let Some(last) = self.last_of_page(&after).await? {
            let page = self.check_page(&after, &last).await?;
            seen.cases += page.cases;
            seen.events += page.events;
            seen.postings += page.postings;
            heard(page.events);
            after = last;
        }
        if (seen.events, seen.cases) != (walked.of_cases, walked.openings) {
            let (events, openings) = (walked.of_cases, walked.openings);
            let what = format!(
                "{} cases with {} events are there, the journal has {openings} with {events}",
                seen.cases, seen.events
            );
            return differs("cases", what);
        }
        let (postings,) = run!(
            self,
            one as (i64,),
            "select count(*) from posting where practice = $1",
            self.practice.as_str()
        )?;
        if u64::try_from(postings) != Ok(seen.postings) {
            let what = format!("{postings} are there, the cases have {}", seen.postings);
            return differs("postings", what);
        }
        Ok(seen)
    }

    /// The same for the cases after one up to another.
    pub(super) async fn check_page(&mut self, after: &str, last: &str) -> Result<CasesSeen, Error> {
        let mut folds = self.folds(after, last).await?;
        let postings = self.check_postings(after, last, &mut folds).await?;
        self.check_asked(after, last, &folds).await?;
        let cases = self.check_rows(after, last, &mut folds).await?;
        if let Some((id, _)) = folds.iter().find(|(_, fold)| !fold.has_row) {
            return differs(id, "its journal opens it, and it has no row");
        }
        let events = folds.values().map(|fold| fold.events).sum();
        Ok(CasesSeen { cases, events, postings })
    }

    /// The last case of the page that begins after one.
    async fn last_of_page(&mut self, after: &str) -> Result<Option<String>, Error> {
        let (last,) = run!(
            self,
            one as (Option<String>,),
            "select max(denial) from (select denial from denial
             where practice = $1 and denial > $2 order by denial limit $3) page",
            self.practice.as_str(),
            after,
            PAGE
        )?;
        Ok(last)
    }

    /// What the journals of some cases come to.
    async fn folds(&mut self, after: &str, last: &str) -> Result<HashMap<String, Fold>, Error> {
        let mut folds: HashMap<String, Fold> = HashMap::new();
        let mut open: Option<(String, Fold)> = None;
        each!(
            self,
            |row| {
                let about: &str = row.try_get(0)?;
                let entry = Told {
                    kind: row.try_get(1)?,
                    from: row.try_get(2)?,
                    to: row.try_get(3)?,
                    at: row.try_get(4)?,
                    actor: row.try_get(5)?,
                    body: row.try_get(6)?,
                };
                open = Some(match open.take() {
                    Some((case, fold)) if case == about => (case, fold.go_on(&entry)?),
                    whole => {
                        folds.extend(whole);
                        (about.to_owned(), Fold::begin(about, &entry)?)
                    }
                });
            },
            "select about, kind, from_status, to_status, at, actor, body from journal
             where practice = $1 and about > $2 and about <= $3 and chain = 'work'
             and kind like 'denial.%'
             order by about, chain, seq",
            self.practice.as_str(),
            after,
            last
        );
        folds.extend(open);
        Ok(folds)
    }

    /// Compares the rows of postings with those of the folded cases; gives how many there are.
    async fn check_postings(
        &mut self,
        after: &str,
        last: &str,
        folds: &mut HashMap<String, Fold>,
    ) -> Result<u64, Error> {
        let rows = run!(
            self,
            all as PostingRow,
            "select posting, denial, claim, line, kind, reason, amount, on_day, remittance,
             reverses, why, by_person from posting
             where practice = $1 and denial > $2 and denial <= $3 order by denial, posting",
            self.practice.as_str(),
            after,
            last
        )?;
        for row in &rows {
            let Some(fold) = folds.get_mut(&row.denial) else {
                return differs(&row.posting, "its case has no journal");
            };
            let case = &fold.case;
            let known = case.postings.iter().find(|one| one.id.as_str() == row.posting);
            if known.map(|one| PostingRow::of(one, &case.id)).as_ref() != Some(row) {
                return differs(&row.posting, "the case's journal did not post it so");
            }
            fold.postings += 1;
        }
        Ok(rows.len() as u64)
    }

    /// Compares the roles that cases wait for, which the queue asks for, with the open questions.
    async fn check_asked(
        &mut self,
        after: &str,
        last: &str,
        folds: &HashMap<String, Fold>,
    ) -> Result<(), Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select denial, role from asked
             where practice = $1 and denial > $2 and denial <= $3",
            self.practice.as_str(),
            after,
            last
        )?;
        let stored: BTreeSet<(&str, &str)> =
            rows.iter().map(|(case, role)| (case.as_str(), role.as_str())).collect();
        let expected: BTreeSet<(&str, &str)> = folds
            .iter()
            .flat_map(|(id, fold)| {
                fold.case.questions.iter().map(move |one| (id.as_str(), one.to.as_str()))
            })
            .collect();
        match stored.symmetric_difference(&expected).next() {
            Some((case, role)) => {
                differs(case, format!("the questions beside it and in it differ on {role}"))
            }
            None => Ok(()),
        }
    }

    /// Compares the rows of cases with the folded ones; gives how many there are.
    async fn check_rows(
        &mut self,
        after: &str,
        last: &str,
        folds: &mut HashMap<String, Fold>,
    ) -> Result<u64, Error> {
        let practice = self.practice.clone();
        let mut count = 0;
        each!(
            self,
            |row| {
                let id: &str = row.try_get(1)?;
                let Some(fold) = folds.get_mut(id) else {
                    return differs(id, "it has a row and no journal");
                };
                fold.has_row = true;
                count += 1;
                let due: &str = row.try_get(DUE_ON)?;
                let rank = Rank {
                    unmapped: row.try_get(UNMAPPED)?,
                    code: row.try_get(CODE)?,
                    remark: row.try_get(CODE + 1)?,
                    service: row.try_get(CODE + 2)?,
                    provider: row.try_get(CODE + 3)?,
                    ..fold.rank(due, row.try_get(PRIORITY)?)?
                };
                let expected = denials::row(&practice, &fold.case, &rank, &fold.at, &fold.actor);
                for (at, (name, cell)) in DENIAL.columns.iter().zip(&expected).enumerate() {
                    let is_so = match cell {
                        Cell::Int(number) => row.try_get::<i64, _>(at)? == *number,
                        Cell::MaybeInt(number) => row.try_get::<Option<i64>, _>(at)? == *number,
                        Cell::Text(text) => same(name, row.try_get(at)?, text, &fold.case)?,
                        Cell::Maybe(text) => row.try_get::<Option<&str>, _>(at)? == text.as_deref(),
                    };
                    if !is_so {
                        let name = name.trim_start_matches('#');
                        return differs(id, format!("{name} is not what its journal says"));
                    }
                }
                fold.check_money()?;
            },
            "select practice, denial, claim, payer, round, number, state, status, role, person,
             category, plan, denied_on, next_kind, next_on, due_on, denied, outstanding, priority,
             quarantined, snoozed_until, brought_to, no_rule, unmapped, version, changed_at,
             changed_by, body, code, remark, service, provider, sub_status, opened_on, promised_by,
             waits_on, team, to_post from denial
             where practice = $1 and denial > $2 and denial <= $3 order by denial",
            self.practice.as_str(),
            after,
            last
        );
        Ok(count)
    }
}

/// Where the columns stand that rules and days give, not the journal.
const DUE_ON: usize = 15;
const PRIORITY: usize = 18;
const UNMAPPED: usize = 23;
const CODE: usize = 28;

/// A text column as expected. A body may be written by an older program, with other words for the
/// same case.
fn same(column: &str, found: &str, expected: &str, case: &Denial) -> Result<bool, Error> {
    if column != "body" || found == expected {
        return Ok(found == expected);
    }
    let id = case.id.as_str();
    let stored: Denial = parsed("denial", id, found)?;
    if stored == *case {
        return Ok(true);
    }
    let fields = |case: &Denial| serde_json::to_value(case).unwrap_or_default();
    let (stored, folded) = (fields(&stored), fields(case));
    let empty = serde_json::Map::new();
    let names = folded.as_object().unwrap_or(&empty).keys();
    let odd: Vec<&str> = names
        .map(String::as_str)
        .filter(|name| stored.get(*name).unwrap_or(&Value::Null) != &folded[*name])
        .collect();
    differs(id, format!("{} in it is not what its journal comes to", odd.join(", ")))
}

/// An entry about a case.
struct Told<'r> {
    kind: &'r str,
    from: Option<&'r str>,
    to: Option<&'r str>,
    at: &'r str,
    actor: &'r str,
    body: &'r str,
}

impl Told<'_> {
    /// The event, where the entry's own columns say the same.
    fn event(&self, case: &str) -> Result<Event, Error> {
        let event: Event = parsed("journal", case, self.body)?;
        let moved = event.statuses();
        let (from, to) = (moved.map(|(from, _)| from), moved.map(|(_, to)| to));
        let is_so = event.kind() == self.kind
            && from.map(|status| status.as_str()) == self.from
            && to.map(|status| status.as_str()) == self.to;
        if is_so {
            Ok(event)
        } else {
            differs(case, format!("the entry {} is not what its body says", self.kind))
        }
    }
}

/// A case as its journal tells it so far.
struct Fold {
    case: Denial,
    events: u64,
    /// When and by whom the last entry was made.
    at: String,
    actor: String,
    /// How many of its postings were found.
    postings: usize,
    has_row: bool,
}

impl Fold {
    fn begin(case: &str, entry: &Told<'_>) -> Result<Fold, Error> {
        let Change::Opened { denial } = entry.event(case)?.change else {
            return differs(case, "its journal does not begin with its opening");
        };
        if denial.id.as_str() != case {
            return differs(case, "its journal opens another case");
        }
        let (at, actor) = (entry.at.to_owned(), entry.actor.to_owned());
        Ok(Fold { case: *denial, events: 1, at, actor, postings: 0, has_row: false })
    }

    fn go_on(mut self, entry: &Told<'_>) -> Result<Fold, Error> {
        let id = self.case.id.as_str();
        let event = entry.event(id)?;
        let version = self.case.version;
        if event.version != version && Some(event.version) != version.checked_add(1) {
            return differs(id, format!("version {} follows version {version}", event.version));
        }
        if event.statuses().is_some_and(|(from, _)| from != self.case.status()) {
            return differs(id, format!("{} moves it from a status it does not have", entry.kind));
        }
        self.case = self.case.apply(&event);
        self.events += 1;
        entry.at.clone_into(&mut self.at);
        entry.actor.clone_into(&mut self.actor);
        Ok(self)
    }

    /// Priority and clock as the row has them: the rules and the day gave them, not the journal.
    /// Yet the clock must be one of the case's.
    fn rank(&self, due: &str, priority: i64) -> Result<Rank, Error> {
        if due == NO_CLOCK {
            return Ok(Rank { priority, ..Rank::default() });
        }
        let id = self.case.id.as_str();
        let inconsistent =
            |_| Error::Inconsistent { table: "denial", column: "due_on", id: id.to_owned() };
        let day = due.parse().map_err(inconsistent)?;
        if !self.case.deadlines.iter().any(|clock| clock.date() == Some(day)) {
            return differs(id, format!("due_on is {due}, and it has no clock of that day"));
        }
        Ok(Rank { priority, due_on: Some(day), ..Rank::default() })
    }

    /// Denied is what was explained, given up and is outstanding; every posting has its row.
    fn check_money(&self) -> Result<(), Error> {
        let case = &self.case;
        let id = case.id.as_str();
        if self.postings != case.postings.len() {
            return differs(id, "a posting of its journal has no row");
        }
        let balance = &case.balance;
        if *balance != Balance::of(&case.lines, &case.postings) {
            return differs(id, "its balance is not the sum of its lines and postings");
        }
        let left = balance.outstanding();
        if left < Money::ZERO || (case.status().is_closed() && !left.is_zero()) {
            return differs(id, format!("{left} is outstanding, which cannot be"));
        }
        Ok(())
    }
}
