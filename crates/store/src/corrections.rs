//! Corrections of claims that are being written.

use denial::correction::Edit;
use denial::person::Moment;

use crate::journal::Entry;
use crate::sql::{among, run};
use crate::{Error, Tx, instant, parsed};

/// The correction of a case as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The case.
    pub denial: String,
    /// How often it was saved.
    pub version: u32,
    /// The file whose claim it is a copy of.
    pub file: String,
    /// The claim's place there.
    pub n: i64,
    /// When it was saved last.
    pub changed_at: String,
    /// By whom.
    pub changed_by: String,
    /// What was typed.
    pub edit: Edit,
}

type Row = (i64, String, i64, String, String, String);
/// The same behind its case.
type Named = (String, i64, String, i64, String, String, String);

fn of(denial: &str, row: Row) -> Result<Correction, Error> {
    let (version, file, n, changed_at, changed_by, body) = row;
    Ok(Correction {
        denial: denial.to_owned(),
        version: u32::try_from(version).unwrap_or(u32::MAX),
        file,
        n,
        changed_at,
        changed_by,
        edit: parsed("correction", denial, &body)?,
    })
}

impl Tx {
    /// The correction of a case, where somebody began one.
    ///
    /// # Errors
    /// [`Error::Inconsistent`].
    pub async fn correction(&mut self, denial: &str) -> Result<Option<Correction>, Error> {
        let row = run!(
            self,
            optional as Row,
            "select version, file, n, changed_at, changed_by, body from correction
             where practice = $1 and denial = $2",
            self.practice.as_str(),
            denial
        )?;
        row.map(|row| of(denial, row)).transpose()
    }

    /// The corrections that somebody began on some cases.
    ///
    /// # Errors
    /// [`Error::Inconsistent`].
    pub async fn corrections_among(&mut self, cases: &[String]) -> Result<Vec<Correction>, Error> {
        let rows = among!(
            self,
            Named,
            "select denial, version, file, n, changed_at, changed_by, body from correction
             where practice = $1 and denial in (select value from json_each($2))",
            "select denial, version, file, n, changed_at, changed_by, body from correction
             where practice = $1 and denial = any($2)",
            cases,
            self.practice.as_str()
        )?;
        let read = |(denial, version, file, n, at, by, body): Named| {
            of(&denial, (version, file, n, at, by, body))
        };
        rows.into_iter().map(read).collect()
    }

    /// Saves the correction of a case that was read at version `read`, 0 where there was none.
    ///
    /// # Errors
    /// [`Error::Stale`] where somebody was faster.
    pub async fn save_correction(
        &mut self,
        one: &Correction,
        read: u32,
        entry: Entry,
        moment: &Moment,
    ) -> Result<(), Error> {
        let saved = run!(
            self,
            execute,
            "insert into correction (practice, denial, version, file, n, changed_at, changed_by, body)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
             on conflict (practice, denial) do update set version = excluded.version,
             file = excluded.file, n = excluded.n, changed_at = excluded.changed_at,
             changed_by = excluded.changed_by, body = excluded.body
             where correction.version = $9",
            self.practice.as_str(),
            one.denial.as_str(),
            i64::from(read) + 1,
            one.file.as_str(),
            one.n,
            instant(moment.now),
            moment.who.person.as_str(),
            serde_json::to_string(&one.edit).expect("an edit is JSON"),
            i64::from(read)
        )?;
        if saved == 0 {
            let now = self.correction(&one.denial).await?;
            return Err(now.map_or(Error::Missing { what: "correction" }, |now| Error::Stale {
                by: now.changed_by,
                at: now.changed_at,
            }));
        }
        self.append(vec![entry], moment).await
    }
}
