//! Rules that act by themselves: what they did, and when they stopped.

use std::collections::HashMap;

use denial::denial::Denial;

use crate::sql::{among, run};
use crate::{Error, Tx, parsed};

/// What a rule did on a case, or would have done.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Firing {
    /// The rule's name.
    pub rule: String,
    /// A mark of what the rule says.
    pub version: String,
    /// The case.
    pub denial: String,
    /// `shadow` or `on`.
    pub mode: String,
    /// `done`, `refused` or `shadow`.
    pub outcome: String,
    /// For people.
    pub did: String,
    /// Why it was refused.
    pub why: String,
    /// What was outstanding, in cents.
    pub outstanding: i64,
    /// The version of the case, on which it fired.
    pub case_version: i64,
    /// When.
    pub at: String,
    /// A mark of the evidence that a rule that prepares something judged by; empty for other rules.
    pub evidence: String,
}

/// What came of the cases for which a rule prepared something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct CameOf {
    /// Prepared on so many cases.
    pub prepared: i64,
    /// A person sent it since, on so many.
    pub sent: i64,
    /// A payer answered since, on so many.
    pub answered: i64,
    /// Of those it denied so many again.
    pub denied_again: i64,
}

/// Rule, version, mode, case.
pub type Key = (String, String, String, String);

/// How often a rule fired.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Fired {
    /// The rule's name.
    pub rule: String,
    /// A mark of what it says.
    pub version: String,
    /// `done`, `refused` or `shadow`.
    pub outcome: String,
    /// On so many cases.
    pub cases: i64,
    /// What was outstanding on them, in cents.
    pub outstanding: i64,
    /// The last time.
    pub last_at: String,
}

/// A rule that stopped itself.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RuleStop {
    /// The rule's name.
    pub rule: String,
    /// A mark of what it says.
    pub version: String,
    /// When.
    pub at: String,
    /// Why.
    pub why: String,
    /// When somebody started it again.
    pub started_at: Option<String>,
    /// Who.
    pub started_by: Option<String>,
}

impl Tx {
    /// Keeps what a rule did; false where it acted on the case before. A refusal gives way to what
    /// other evidence comes to.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn fire(&mut self, one: &Firing) -> Result<bool, Error> {
        let new = run!(
            self,
            execute,
            "insert into rule_firing (practice, rule, version, denial, mode, outcome, did, why,
               outstanding, case_version, at, evidence)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             on conflict (practice, rule, version, mode, denial) do update set
               outcome = excluded.outcome, did = excluded.did, why = excluded.why,
               outstanding = excluded.outstanding, case_version = excluded.case_version,
               at = excluded.at, evidence = excluded.evidence
             where rule_firing.why <> '' and (rule_firing.evidence <> excluded.evidence
               or (excluded.why = '' and excluded.evidence <> ''))",
            self.practice.as_str(),
            one.rule.as_str(),
            one.version.as_str(),
            one.denial.as_str(),
            one.mode.as_str(),
            one.outcome.as_str(),
            one.did.as_str(),
            one.why.as_str(),
            one.outstanding,
            one.case_version,
            one.at.as_str(),
            one.evidence.as_str()
        )?;
        Ok(new > 0)
    }

    /// Which rules acted on some cases already; each with the evidence that it was refused on,
    /// empty where it was not, or none was looked at.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn fired_on(&mut self, cases: &[String]) -> Result<HashMap<Key, String>, Error> {
        let rows = among!(
            self,
            (String, String, String, String, String),
            "select rule, version, mode, denial, case when why = '' then '' else evidence end
             from rule_firing
             where practice = $1 and denial in (select value from json_each($2))",
            "select rule, version, mode, denial, case when why = '' then '' else evidence end
             from rule_firing where practice = $1 and denial = any($2)",
            cases,
            self.practice.as_str()
        )?;
        let keyed =
            |(rule, version, mode, denial, on): (String, String, String, String, String)| {
                ((rule, version, mode, denial), on)
            };
        Ok(rows.into_iter().map(keyed).collect())
    }

    /// Cases on which a rule prepared nothing, since nothing was proven.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unproven_cases(&mut self) -> Result<Vec<String>, Error> {
        let rows = run!(
            self,
            all as (String,),
            "select distinct f.denial from rule_firing f
             join denial d on d.practice = f.practice and d.denial = f.denial and d.state = 'open'
             where f.practice = $1 and f.evidence <> '' and f.why <> '' order by f.denial",
            self.practice.as_str()
        )?;
        Ok(rows.into_iter().map(|(denial,)| denial).collect())
    }

    /// How many files of claims, acknowledgements or answers about patients were taken in, and when
    /// the last came: another word once one more has.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn last_evidence(&mut self) -> Result<String, Error> {
        let (count, at) = run!(
            self,
            one as (i64, String),
            "select count(*), coalesce(max(taken_at), '') from file
             where practice = $1 and state = 'taken'
             and (kinds like '%27%' or kinds like '%837%' or kinds like '%999%')",
            self.practice.as_str()
        )?;
        Ok(format!("{count} {at}"))
    }

    /// What came of the cases for which a rule prepared something: an answer counts where it is of
    /// a later version of the case than the rule saw.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn came_of(&mut self, rule: &str, version: &str) -> Result<CameOf, Error> {
        let came = run!(
            self,
            one as CameOf,
            "select count(*) as prepared, cast(coalesce(sum(sent), 0) as bigint) as sent,
               cast(coalesce(sum(answered), 0) as bigint) as answered,
               cast(coalesce(sum(again), 0) as bigint) as denied_again
             from (select
               case when exists (select 1 from journal j where j.practice = f.practice
                 and j.chain = 'work' and j.about = f.denial and j.at >= f.at
                 and j.kind in ('correction.sent', 'appeal.sent')) then 1 else 0 end as sent,
               case when exists (select 1 from outcome o where o.practice = f.practice
                 and o.denial = f.denial and o.version > f.case_version) then 1 else 0 end
                 as answered,
               case when exists (select 1 from outcome o where o.practice = f.practice
                 and o.denial = f.denial and o.version > f.case_version and o.ended = 'lost')
                 then 1 else 0 end as again
               from rule_firing f where f.practice = $1 and f.rule = $2 and f.version = $3
               and f.mode = 'on' and f.outcome = 'done') made",
            self.practice.as_str(),
            rule,
            version
        )?;
        Ok(came)
    }

    /// How often each rule fired, by version and outcome.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_firings(&mut self) -> Result<Vec<Fired>, Error> {
        let rows = run!(
            self,
            all as Fired,
            "select rule, version, outcome, count(*) as cases,
               cast(sum(outstanding) as bigint) as outstanding, max(at) as last_at
             from rule_firing where practice = $1
             group by rule, version, outcome order by rule, version, outcome",
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// What a rule did last while it acted, since an instant; the newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn last_firings(
        &mut self,
        rule: &str,
        version: &str,
        since: &str,
        limit: i64,
    ) -> Result<Vec<Firing>, Error> {
        let rows = run!(
            self,
            all as Firing,
            "select rule, version, denial, mode, outcome, did, why, outstanding, case_version, at,
               evidence
             from rule_firing
             where practice = $1 and rule = $2 and version = $3 and mode = 'on' and at > $4
             order by at desc, denial limit $5",
            self.practice.as_str(),
            rule,
            version,
            since,
            limit
        )?;
        Ok(rows)
    }

    /// Of the last firings of a rule, since an instant, whose cases a payer answered after it
    /// acted: how many they are, and how many of those the payer denied again.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn answered_firings(
        &mut self,
        rule: &str,
        version: &str,
        since: &str,
        limit: i64,
    ) -> Result<(i64, i64), Error> {
        let counts = run!(
            self,
            one as (i64, i64),
            "select count(*), cast(coalesce(sum(again), 0) as bigint) from (
               select max(case when o.ended = 'lost' then 1 else 0 end) as again
               from rule_firing f
               join outcome o on o.practice = f.practice and o.denial = f.denial
                 and o.version > f.case_version
               where f.practice = $1 and f.rule = $2 and f.version = $3 and f.mode = 'on'
                 and f.outcome = 'done' and f.at > $4
               group by f.denial, f.at order by f.at desc, f.denial limit $5) answered",
            self.practice.as_str(),
            rule,
            version,
            since,
            limit
        )?;
        Ok(counts)
    }

    /// Keeps that a rule stopped itself.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn stop_rule(&mut self, one: &RuleStop) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into rule_stop (practice, rule, version, at, why) values ($1, $2, $3, $4, $5)
             on conflict do nothing",
            self.practice.as_str(),
            one.rule.as_str(),
            one.version.as_str(),
            one.at.as_str(),
            one.why.as_str()
        )?;
        Ok(())
    }

    /// Keeps that somebody started a rule again; false where it had not stopped.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn start_rule(
        &mut self,
        rule: &str,
        version: &str,
        (at, by): (&str, &str),
    ) -> Result<bool, Error> {
        let changed = run!(
            self,
            execute,
            "update rule_stop set started_at = $1, started_by = $2
             where practice = $3 and rule = $4 and version = $5 and started_at is null",
            at,
            by,
            self.practice.as_str(),
            rule,
            version
        )?;
        Ok(changed > 0)
    }

    /// Rules that stopped themselves, the last first, with those that were started again.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn rule_stops(&mut self) -> Result<Vec<RuleStop>, Error> {
        let rows = run!(
            self,
            all as RuleStop,
            "select rule, version, at, why, started_at, started_by from rule_stop
             where practice = $1 order by at desc, rule",
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Cases as they were when they were opened, the newest first.
    ///
    /// # Errors
    /// [`Error::Inconsistent`], [`Error::Database`].
    pub async fn cases_as_opened(&mut self, limit: i64) -> Result<Vec<Denial>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select about, body from journal
             where practice = $1 and chain = 'work' and kind = 'denial.opened'
             order by at desc, seq desc limit $2",
            self.practice.as_str(),
            limit
        )?;
        let opened = |(about, body): &(String, String)| {
            let event: denial::lifecycle::Event = parsed("denial", about, body)?;
            Ok(Denial::fold([&event]))
        };
        let found: Vec<Option<Denial>> = rows.iter().map(opened).collect::<Result<_, Error>>()?;
        Ok(found.into_iter().flatten().collect())
    }
}
