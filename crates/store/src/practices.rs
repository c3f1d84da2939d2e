//! Practices and whose payments are theirs.

use denial::codes::Npi;
use denial::named;
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

named! {
    /// What a payer calls a practice by.
    PayeeKind {
        /// National provider identifier.
        Npi = "npi",
        /// Tax id.
        TaxId = "tax_id",
    }
}

impl PayeeKind {
    /// A payee that is known by this alone.
    #[must_use]
    pub fn payee(self, value: &str) -> Payee {
        match self {
            PayeeKind::Npi => Payee { npi: Npi::new(value), ..Payee::default() },
            PayeeKind::TaxId => Payee { tax_id: value.into(), ..Payee::default() },
        }
    }
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
    /// Makes the practice of this transaction, its chains included; false where it is there, which
    /// is left as it is.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn make_practice(&mut self, clinic: &Clinic, made_at: &str) -> Result<bool, Error> {
        let made = run!(
            self,
            execute,
            "insert into practice (practice, name, zone, simulated, made_at)
             values ($1, $2, $3, $4, $5) on conflict do nothing",
            self.practice.as_str(),
            clinic.name.as_str(),
            clinic.zone.as_str(),
            clinic.simulated.as_deref(),
            made_at
        )?;
        let practice = self.practice.clone();
        self.make_chains(&practice).await?;
        self.make_chains(&Practice::house()).await?;
        Ok(made > 0)
    }

    /// The practice as it is called now.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Missing`].
    pub async fn clinic(&mut self) -> Result<Clinic, Error> {
        let row = run!(
            self,
            optional as Row,
            "select practice, name, zone, simulated from practice where practice = $1",
            self.practice.as_str()
        )?;
        clinic(row.ok_or(Error::Missing { what: "practice" })?)
    }

    /// Gives the practice another name for people and another time zone.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn set_clinic(&mut self, name: &str, zone: &str) -> Result<(), Error> {
        run!(
            self,
            execute,
            "update practice set name = $1, zone = $2 where practice = $3",
            name,
            zone,
            self.practice.as_str()
        )?;
        Ok(())
    }

    /// What stands below the practice's name in its letters, line by line; empty where nobody said.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn letterhead(&mut self) -> Result<String, Error> {
        let (text,) = run!(
            self,
            one as (String,),
            "select letterhead from practice where practice = $1",
            self.practice.as_str()
        )?;
        Ok(text)
    }

    /// Says what stands there.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn set_letterhead(&mut self, text: &str) -> Result<(), Error> {
        run!(
            self,
            execute,
            "update practice set letterhead = $1 where practice = $2",
            text,
            self.practice.as_str()
        )?;
        Ok(())
    }

    /// Adds an NPI or a tax id under which the practice is paid; false where it has it already.
    ///
    /// # Errors
    /// [`Error::PaidElsewhere`] where another practice has it, [`Error::Database`].
    pub async fn add_payee(&mut self, kind: PayeeKind, value: &str) -> Result<bool, Error> {
        let added = run!(
            self,
            execute,
            "insert into payee (practice, kind, value) values ($1, $2, $3) on conflict do nothing",
            self.practice.as_str(),
            kind.as_str(),
            value
        )?;
        if added > 0 {
            return Ok(true);
        }
        match self.practice_of(&kind.payee(value)).await? {
            Some(other) if other != self.practice => {
                Err(Error::PaidElsewhere { value: value.to_owned(), practice: other })
            }
            Some(_) | None => Ok(false),
        }
    }

    /// Takes an NPI or a tax id away; false where the practice does not have it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn remove_payee(&mut self, kind: PayeeKind, value: &str) -> Result<bool, Error> {
        let removed = run!(
            self,
            execute,
            "delete from payee where practice = $1 and kind = $2 and value = $3",
            self.practice.as_str(),
            kind.as_str(),
            value
        )?;
        Ok(removed > 0)
    }

    /// The NPIs and tax ids under which the practice is paid.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn payees(&mut self) -> Result<Vec<(PayeeKind, String)>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select kind, value from payee where practice = $1 order by kind, value",
            self.practice.as_str()
        )?;
        let known = |(kind, value): (String, String)| {
            let known = PayeeKind::from_name(&kind).ok_or(Error::Inconsistent {
                table: "payee",
                column: "kind",
                id: value.clone(),
            })?;
            Ok((known, value))
        };
        rows.into_iter().map(known).collect()
    }

    /// The practice that a payee is; `None` where no practice has its NPI or tax id.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn practice_of(&mut self, payee: &Payee) -> Result<Option<Practice>, Error> {
        // Every practice is looked at: routing is the one question that stands above them. Some
        // payers write a tax id with its dash.
        let tax_id = payee.tax_id.replace('-', "");
        let found = run!(
            self,
            optional as (String,),
            "select practice from payee
             where (kind = 'npi' and value = $1) or (kind = 'tax_id' and value = $2)
             order by kind, practice limit 1",
            payee.npi.as_str(),
            tax_id.as_str()
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
