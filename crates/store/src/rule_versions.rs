//! A practice's own rule files, version by version.

use crate::sql::run;
use crate::{Error, Tx};

/// One version of one rule file.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RuleVersion {
    /// Its number, counted over all files of the practice.
    pub version: i64,
    /// The file, as it is called below `data/`.
    pub path: String,
    /// What it says; empty where the practice gave its own file up.
    pub text: String,
    /// Why it was saved.
    pub why: String,
    /// When.
    pub saved_at: String,
    /// By whom.
    pub saved_by: String,
}

impl Tx {
    /// The number of the practice's newest version; 0 where it has none.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn newest_rules(&mut self) -> Result<i64, Error> {
        let (version,) = run!(
            self,
            one as (i64,),
            "select coalesce(max(version), 0) from rule_version where practice = $1",
            self.practice.as_str()
        )?;
        Ok(version)
    }

    /// The newest version of each file that the practice ever had of its own, by path.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn own_rules(&mut self) -> Result<Vec<RuleVersion>, Error> {
        let rows = run!(
            self,
            all as RuleVersion,
            "select r.version, r.path, r.text, r.why, r.saved_at, r.saved_by from rule_version r
             where r.practice = $1 and r.version = (select max(n.version) from rule_version n
               where n.practice = r.practice and n.path = r.path)
             order by r.path",
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Every version of one file, the newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn rule_versions(&mut self, path: &str) -> Result<Vec<RuleVersion>, Error> {
        let rows = run!(
            self,
            all as RuleVersion,
            "select version, path, text, why, saved_at, saved_by from rule_version
             where practice = $1 and path = $2 order by version desc",
            self.practice.as_str(),
            path
        )?;
        Ok(rows)
    }

    /// Keeps a version.
    ///
    /// # Errors
    /// [`Error::Database`], where the number is taken too.
    pub async fn keep_rules(&mut self, one: &RuleVersion) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into rule_version (practice, version, path, text, why, saved_at, saved_by)
             values ($1, $2, $3, $4, $5, $6, $7)",
            self.practice.as_str(),
            one.version,
            one.path.as_str(),
            one.text.as_str(),
            one.why.as_str(),
            one.saved_at.as_str(),
            one.saved_by.as_str()
        )?;
        run!(
            self,
            execute,
            "update practice set rules = $1 where practice = $2",
            one.version,
            self.practice.as_str()
        )?;
        Ok(())
    }
}
