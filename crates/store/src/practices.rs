//! Practices and whose payments are theirs.

use denial::remittance::Payee;

use crate::sql::run;
use crate::{Error, Practice, Store, Tx};

/// A clinic in this database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clinic {
    /// Its short name.
    pub practice: Practice,
    /// Its name for people.
    pub name: String,
    /// Its IANA time zone.
    pub zone: String,
    /// What made it, where it is no real practice.
    pub simulated: Option<String>,
}

type Row = (String, String, String, Option<String>);

impl Store {
    /// Every practice of the database.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn practices(&self) -> Result<Vec<Clinic>, Error> {
        let mut tx = self.read(&Practice::house()).await?;
        let rows = run!(
            tx,
            all as Row,
            "select practice, name, zone, simulated from practice order by practice"
        )?;
        rows.into_iter().map(clinic).collect()
    }

    /// Makes a practice, its chains included; leaves one that is there as it is.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn make_practice(&self, clinic: &Clinic, made_at: &str) -> Result<(), Error> {
        let mut tx = self.begin(&clinic.practice).await?;
        run!(
            tx,
            execute,
            "insert into practice (practice, name, zone, simulated, made_at)
             values ($1, $2, $3, $4, $5) on conflict do nothing",
            clinic.practice.as_str(),
            clinic.name.as_str(),
            clinic.zone.as_str(),
            clinic.simulated.as_deref(),
            made_at
        )?;
        tx.make_chains(&clinic.practice).await?;
        tx.make_chains(&Practice::house()).await?;
        tx.commit().await
    }
}

fn clinic((practice, name, zone, simulated): Row) -> Result<Clinic, Error> {
    let known = Practice::parse(&practice).ok_or_else(|| Error::Inconsistent {
        table: "practice",
        column: "practice",
        id: practice,
    })?;
    Ok(Clinic { practice: known, name, zone, simulated })
}

impl Tx {
    /// Adds an NPI or a tax id under which the practice is paid.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn add_payee(&mut self, payee: &Payee) -> Result<(), Error> {
        let npi = ("npi", payee.npi.as_str());
        let tax_id = ("tax_id", payee.tax_id.as_str());
        for (kind, value) in [npi, tax_id].into_iter().filter(|(_, value)| !value.is_empty()) {
            run!(
                self,
                execute,
                "insert into payee (practice, kind, value) values ($1, $2, $3)
                 on conflict do nothing",
                self.practice.as_str(),
                kind,
                value
            )?;
        }
        Ok(())
    }

    /// The practice that a payee is; `None` where no practice has its NPI or tax id.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn practice_of(&mut self, payee: &Payee) -> Result<Option<Practice>, Error> {
        // Every practice is looked at: routing is the one question that stands above them.
        let found = run!(
            self,
            optional as (String,),
            "select practice from payee
             where (kind = 'npi' and value = $1) or (kind = 'tax_id' and value = $2)
             order by kind, practice limit 1",
            payee.npi.as_str(),
            payee.tax_id.as_str()
        )?;
        Ok(found.and_then(|(practice,)| Practice::parse(&practice)))
    }

    /// True where the practice has named an NPI or tax id of its own.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn has_payees(&mut self) -> Result<bool, Error> {
        let (count,) = run!(
            self,
            one as (i64,),
            "select count(*) from payee where practice = $1",
            self.practice.as_str()
        )?;
        Ok(count > 0)
    }
}
