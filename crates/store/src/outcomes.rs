//! How ways ended, and what they add up to for the odds of the next.

use denial::ids::{DenialId, PayerId};
use denial::next_action::{Tally, Way};
use denial::outcome::Ended;
use insight::odds::Counted;
use jiff::civil::Date;

use crate::sql::run;
use crate::{Error, Tx};

/// A payer's answer to what was out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The case.
    pub denial: DenialId,
    /// Its version, to which the answer led.
    pub version: u32,
    /// The payer.
    pub payer: PayerId,
    /// The leading code of what was refused.
    pub code: String,
    /// What was out.
    pub way: Way,
    /// How it ended.
    pub ended: Ended,
    /// The day of the answer.
    pub on: Date,
}

/// Payer, code, way; decided, won, in part.
type Row = (String, String, String, i64, i64, i64);

/// An answer as kept: version, payer, code, way, how it ended.
type Kept = (i64, String, String, String, String);

impl Tx {
    /// Keeps an answer and counts it; one that is kept already counts once.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_outcome(&mut self, one: &Outcome) -> Result<(), Error> {
        let (way, ended) = (one.way.as_str(), one.ended.as_str());
        let kept = run!(
            self,
            execute,
            "insert into outcome (practice, denial, version, payer, code, way, ended, on_day)
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
            self.practice.as_str(),
            one.denial.as_str(),
            i64::from(one.version),
            one.payer.as_str(),
            one.code.as_str(),
            way,
            ended,
            one.on.to_string()
        )?;
        if kept == 0 {
            return Ok(());
        }
        self.add_to_tally((one.payer.as_str(), one.code.as_str(), way), ended, 1).await
    }

    /// What was won, in full or in part, ended worse after all: the payer paid short, or not.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn take_back_outcome(&mut self, denial: &str, ended: Ended) -> Result<(), Error> {
        let last = run!(
            self,
            optional as Kept,
            "select version, payer, code, way, ended from outcome
             where practice = $1 and denial = $2 order by version desc limit 1",
            self.practice.as_str(),
            denial
        )?;
        let Some((version, payer, code, way, before)) = last else { return Ok(()) };
        if before == ended.as_str() || before == Ended::Lost.as_str() {
            return Ok(());
        }
        run!(
            self,
            execute,
            "update outcome set ended = $1 where practice = $2 and denial = $3 and version = $4",
            ended.as_str(),
            self.practice.as_str(),
            denial,
            version
        )?;
        self.add_to_tally((&payer, &code, &way), &before, -1).await?;
        self.add_to_tally((&payer, &code, &way), ended.as_str(), 1).await
    }

    /// A case is of another payer, as its claim is known better: its answers count there.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn move_outcomes(&mut self, denial: &str, payer: &str) -> Result<(), Error> {
        let rows = run!(
            self,
            all as Kept,
            "select version, payer, code, way, ended from outcome
             where practice = $1 and denial = $2 and payer <> $3",
            self.practice.as_str(),
            denial,
            payer
        )?;
        for (_, former, code, way, ended) in &rows {
            self.add_to_tally((former, code, way), ended, -1).await?;
            self.add_to_tally((payer, code, way), ended, 1).await?;
        }
        run!(
            self,
            execute,
            "update outcome set payer = $1 where practice = $2 and denial = $3 and payer <> $1",
            payer,
            self.practice.as_str(),
            denial
        )?;
        Ok(())
    }

    async fn add_to_tally(
        &mut self,
        (payer, code, way): (&str, &str, &str),
        ended: &str,
        by: i64,
    ) -> Result<(), Error> {
        let only = |which: Ended| if ended == which.as_str() { by } else { 0 };
        run!(
            self,
            execute,
            "insert into outcome_tally (practice, payer, code, way, decided, won, part)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (practice, payer, code, way) do update
             set decided = outcome_tally.decided + excluded.decided,
                 won = outcome_tally.won + excluded.won,
                 part = outcome_tally.part + excluded.part",
            self.practice.as_str(),
            payer,
            code,
            way,
            by,
            only(Ended::Won),
            only(Ended::Part)
        )?;
        Ok(())
    }

    /// Every tally of the practice.
    ///
    /// # Errors
    /// [`Error::Inconsistent`], [`Error::Database`].
    pub async fn tallies(&mut self) -> Result<Vec<Counted>, Error> {
        let rows = run!(
            self,
            all as Row,
            "select payer, code, way, decided, won, part from outcome_tally
             where practice = $1 and decided > 0 order by payer, code, way",
            self.practice.as_str()
        )?;
        rows.into_iter().map(counted).collect()
    }

    /// The tallies of a payer, and those with a code elsewhere: all that the odds there stand on.
    ///
    /// # Errors
    /// [`Error::Inconsistent`], [`Error::Database`].
    pub async fn tallies_of(&mut self, payer: &str, code: &str) -> Result<Vec<Counted>, Error> {
        let rows = run!(
            self,
            all as Row,
            "select payer, code, way, decided, won, part from outcome_tally
             where practice = $1 and decided > 0 and payer = $2
             union all
             select payer, code, way, decided, won, part from outcome_tally
             where practice = $1 and decided > 0 and code = $3 and payer <> $2",
            self.practice.as_str(),
            payer,
            code
        )?;
        rows.into_iter().map(counted).collect()
    }

    /// The first tally that is not the sum of the kept answers.
    ///
    /// # Errors
    /// [`Error::Differs`] naming it, [`Error::Database`].
    pub async fn check_tallies(&mut self) -> Result<(), Error> {
        let odd = run!(
            self,
            optional as (String, String, String),
            "select payer, code, way from (
               select payer, code, way, 1 as decided,
                 case when ended = 'won' then 1 else 0 end as won,
                 case when ended = 'part' then 1 else 0 end as part
               from outcome where practice = $1
               union all
               select payer, code, way, -decided, -won, -part from outcome_tally
               where practice = $1) both_sides
             group by payer, code, way
             having sum(decided) <> 0 or sum(won) <> 0 or sum(part) <> 0
             order by payer, code, way limit 1",
            self.practice.as_str()
        )?;
        match odd {
            Some((payer, code, way)) => {
                let what = format!("outcomes of {way} on {code} are not the sum of its answers");
                Err(Error::Differs { place: payer, what })
            }
            None => Ok(()),
        }
    }
}

fn counted((payer, code, way, decided, won, part): Row) -> Result<Counted, Error> {
    let inconsistent = |column| Error::Inconsistent {
        table: "outcome_tally",
        column,
        id: format!("{payer} {code}"),
    };
    let way = Way::from_name(&way).ok_or_else(|| inconsistent("way"))?;
    let count = |count: i64, column| u32::try_from(count).map_err(|_| inconsistent(column));
    let tally = Tally {
        decided: count(decided, "decided")?,
        won: count(won, "won")?,
        part: count(part, "part")?,
    };
    Ok(Counted { payer: payer.clone(), code: code.clone(), way, tally })
}
