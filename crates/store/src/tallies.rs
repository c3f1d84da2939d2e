//! Counts that no list of cases gives: what rules lack, and how cases come and go.

use crate::queue::Count;
use crate::sql::{among, run};
use crate::{Error, Tx};

/// Cases that came and went in one stretch of time, as the journal tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Flow {
    /// Opened for the first time.
    pub opened: i64,
    /// Closed before, and opened again.
    pub reopened: i64,
    /// Closed with every cent explained and nothing given up.
    pub settled: i64,
    /// Closed with money given up.
    pub written_off: i64,
}

/// Each stretch is a text of two instants; every count is one look into the index of kinds.
macro_rules! flow {
    ($stretches:literal) => {
        concat!(
            "select ",
            flow!(@ "denial.opened", "opened"), ", ",
            flow!(@ "denial.reopened", "reopened"), ", ",
            flow!(@ "denial.settled", "settled"), ", ",
            flow!(@ "denial.written_off", "written_off"),
            " from ",
            $stretches,
            " order by b.value"
        )
    };
    (@ $kind:literal, $name:literal) => {
        concat!(
            "(select count(*) from journal j where j.practice = $1 and j.chain = 'work'
              and j.kind = '",
            $kind,
            "' and j.at >= substr(b.value, 1, 27) and j.at < substr(b.value, 29, 27)) as ",
            $name
        )
    };
}

impl Tx {
    /// Cases that came and went between each instant and the next one, the earliest first. Instants
    /// are in their order and as rows have them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn flow(&mut self, instants: &[String]) -> Result<Vec<Flow>, Error> {
        let pairs = instants.iter().zip(instants.iter().skip(1));
        let stretches: Vec<String> = pairs.map(|(from, until)| format!("{from}|{until}")).collect();
        let rows = among!(
            self,
            Flow,
            flow!("json_each($2) b"),
            flow!("unnest(cast($2 as text[])) as b(value)"),
            &stretches,
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Open cases whose leading code nobody has mapped, and their money, by code.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unmapped_codes(&mut self) -> Result<Vec<Count>, Error> {
        let rows = run!(
            self,
            all as Count,
            "select unmapped as name, count(*) as cases,
             cast(coalesce(sum(outstanding), 0) as bigint) as outstanding
             from denial where practice = $1 and unmapped is not null and state = 'open'
             group by unmapped order by 3 desc, 1",
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Open cases with a clock that is not configured, and their money, by payer: id, name, cases,
    /// cents.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn payers_without_rules(&mut self) -> Result<Vec<(String, String, i64, i64)>, Error> {
        let rows = run!(
            self,
            all as (String, String, i64, i64),
            "select d.payer, p.name, count(*), cast(coalesce(sum(d.outstanding), 0) as bigint)
             from denial d join payer p on p.practice = d.practice and p.payer = d.payer
             where d.practice = $1 and d.state = 'open' and d.no_rule = 'yes'
             group by d.payer, p.name order by 4 desc, 1",
            self.practice.as_str()
        )?;
        Ok(rows)
    }
}
