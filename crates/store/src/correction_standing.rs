//! How batches of corrected claims stand: whose word they wait for, and by what their claims leave.

use crate::sql::{among, run};
use crate::{Error, Tx};

/// Claims of a batch that go or went by one thing of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SentCorrections {
    /// The batch.
    pub batch: String,
    /// Where that stands, as [`denial::outgoing::State`] says it.
    pub state: String,
    /// How often it tried in vain.
    pub tries: i64,
    /// When it leaves, or tries again.
    pub leaves_at: String,
    /// When it left.
    pub left_at: Option<String>,
    /// How many claims of the batch.
    pub claims: i64,
}

impl Tx {
    /// The batch that waits for a coder's word on what changes in codes on the claim of a case;
    /// none where none does.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn correction_to_approve(&mut self, denial: &str) -> Result<Option<String>, Error> {
        let row = run!(
            self,
            optional as (String,),
            "select b.batch from correction_item i
             join correction_batch b on b.practice = i.practice and b.batch = i.batch
             where i.practice = $1 and i.denial = $2 and i.state = 'ready' and i.coded = 'yes'
             and b.state = 'ready' and b.asked_at is not null and b.approved_by is null
             order by b.asked_at, b.batch limit 1",
            self.practice.as_str(),
            denial
        )?;
        Ok(row.map(|(batch,)| batch))
    }

    /// The cases of a batch on whose claims codes are to change.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn coded_cases(&mut self, batch: &str) -> Result<Vec<String>, Error> {
        let rows = run!(
            self,
            all as (String,),
            "select denial from correction_item
             where practice = $1 and batch = $2 and state = 'ready' and coded = 'yes' order by n",
            self.practice.as_str(),
            batch
        )?;
        Ok(rows.into_iter().map(|(denial,)| denial).collect())
    }

    /// By what the claims of some batches go or went, and how each of these stands.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sent_corrections(
        &mut self,
        batches: &[String],
    ) -> Result<Vec<SentCorrections>, Error> {
        let rows = among!(
            self,
            SentCorrections,
            "select i.batch, o.state, o.tries, o.leaves_at, o.left_at, count(*) as claims
             from correction_item i
             join outgoing o on o.practice = i.practice and o.outgoing = i.outgoing
             where i.practice = $1 and i.state = 'sent'
             and i.batch in (select value from json_each($2))
             group by i.batch, o.outgoing, o.state, o.tries, o.leaves_at, o.left_at
             order by i.batch, o.leaves_at, o.outgoing",
            "select i.batch, o.state, o.tries, o.leaves_at, o.left_at, count(*) as claims
             from correction_item i
             join outgoing o on o.practice = i.practice and o.outgoing = i.outgoing
             where i.practice = $1 and i.state = 'sent' and i.batch = any($2)
             group by i.batch, o.outgoing, o.state, o.tries, o.leaves_at, o.left_at
             order by i.batch, o.leaves_at, o.outgoing",
            batches,
            self.practice.as_str()
        )?;
        Ok(rows)
    }
}
