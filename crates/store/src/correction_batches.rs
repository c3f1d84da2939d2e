//! One change on many claims, looked at part by part and sent payer by payer.

use denial::person::Moment;

use crate::bulk::{Bulk, Cell};
use crate::journal::Entry;
use crate::sql::{among, run};
use crate::{Error, Tx};

/// One change on many claims.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct CorrectionBatch {
    /// Its id.
    pub batch: String,
    /// `preparing`, `stopped`, `ready`, `sending`, `sent` or `dropped`.
    pub state: String,
    /// What is changed, as JSON.
    pub wish: String,
    /// When somebody began it.
    pub made_at: String,
    /// Who.
    pub made_by: String,
    /// In which role.
    pub made_role: String,
    /// When a coder was asked; none once one declined.
    pub asked_at: Option<String>,
    /// Who asked last.
    pub asked_by: Option<String>,
    /// When a coder agreed.
    pub approved_at: Option<String>,
    /// Who that was.
    pub approved_by: Option<String>,
    /// When a coder did not agree; none once one is asked again.
    pub declined_at: Option<String>,
    /// Who that was.
    pub declined_by: Option<String>,
    /// Why.
    pub declined_why: Option<String>,
    /// Who said that it shall leave.
    pub sent_by: Option<String>,
    /// In which role.
    pub sent_role: Option<String>,
    /// Why it stopped by itself.
    pub why: String,
}

/// One claim of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct CorrectionItem {
    /// Its place, from 0.
    pub n: i64,
    /// The case.
    pub denial: String,
    /// Our number of the claim.
    pub number: String,
    /// The payer's id.
    pub payer: String,
    /// Its name.
    pub payer_name: String,
    /// What is outstanding on the case, in cents.
    pub outstanding: i64,
    /// Its own value, where each has one.
    pub own: String,
    /// `waiting`, `ready`, `aside` or `sent`.
    pub state: String,
    /// `yes` where codes change.
    pub coded: String,
    /// Why it is set aside.
    pub why: String,
    /// What was looked at, as JSON.
    pub body: String,
    /// By what it left.
    pub outgoing: Option<String>,
}

/// How many claims of a batch stand in which state, and what they are worth.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CorrectionCount {
    /// The batch.
    pub batch: String,
    /// The state.
    pub state: String,
    /// The payer's id.
    pub payer: String,
    /// Its name.
    pub payer_name: String,
    /// How many.
    pub claims: i64,
    /// How many of them change codes.
    pub coded: i64,
    /// What is outstanding on them, in cents.
    pub outstanding: i64,
}

const ITEM: Bulk = Bulk {
    table: "correction_item",
    columns: &[
        "practice",
        "batch",
        "#n",
        "denial",
        "number",
        "payer",
        "payer_name",
        "#outstanding",
        "own",
        "state",
        "coded",
        "why",
        "body",
        "outgoing",
    ],
};

macro_rules! batches {
    ($rest:literal) => {
        concat!(
            "select batch, state, wish, made_at, made_by, made_role, asked_at, asked_by,
             approved_at, approved_by, declined_at, declined_by, declined_why, sent_by, sent_role,
             why from correction_batch where practice = $1 ",
            $rest
        )
    };
}

macro_rules! items {
    ($rest:literal) => {
        concat!(
            "select n, denial, number, payer, payer_name, outstanding, own, state, coded, why, body,
             outgoing from correction_item where practice = $1 and batch = $2 ",
            $rest
        )
    };
}

impl Tx {
    /// Begins one change on many claims: they wait to be looked at.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_correction_batch(
        &mut self,
        one: &CorrectionBatch,
        items: Vec<CorrectionItem>,
        entry: Entry,
        moment: &Moment,
    ) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into correction_batch (practice, batch, state, wish, made_at, made_by,
               made_role, why) values ($1, $2, $3, $4, $5, $6, $7, '')",
            self.practice.as_str(),
            one.batch.as_str(),
            one.state.as_str(),
            one.wish.as_str(),
            one.made_at.as_str(),
            one.made_by.as_str(),
            one.made_role.as_str()
        )?;
        let practice = self.practice.as_str().to_owned();
        let row = |item: CorrectionItem| {
            vec![
                Cell::Text(practice.clone()),
                Cell::Text(one.batch.clone()),
                Cell::Int(item.n),
                Cell::Text(item.denial),
                Cell::Text(item.number),
                Cell::Text(item.payer),
                Cell::Text(item.payer_name),
                Cell::Int(item.outstanding),
                Cell::Text(item.own),
                Cell::Text(item.state),
                Cell::Text(item.coded),
                Cell::Text(item.why),
                Cell::Text(item.body),
                Cell::Maybe(item.outgoing),
            ]
        };
        self.insert_all(&ITEM, items.into_iter().map(row).collect()).await?;
        self.append(vec![entry], moment).await
    }

    /// One of them by its id.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn correction_batch(
        &mut self,
        batch: &str,
    ) -> Result<Option<CorrectionBatch>, Error> {
        let row = run!(
            self,
            optional as CorrectionBatch,
            batches!("and batch = $2"),
            self.practice.as_str(),
            batch
        )?;
        Ok(row)
    }

    /// The newest of them: everybody's, or those of `me`; with those that coders were asked of.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn correction_batches(
        &mut self,
        me: Option<&str>,
        with_asked: bool,
        limit: i64,
    ) -> Result<Vec<CorrectionBatch>, Error> {
        let rows = run!(
            self,
            all as CorrectionBatch,
            batches!(
                "and (made_by = coalesce($2, made_by) or ($3 = 'yes' and asked_at is not null))
                 order by made_at desc, batch limit $4"
            ),
            self.practice.as_str(),
            me,
            if with_asked { "yes" } else { "no" },
            limit
        )?;
        Ok(rows)
    }

    /// How many wait for somebody: their own that are not sent yet, those of which a coder declined
    /// what they had asked, and, for coders, those that they were asked of; and how many of these a
    /// coder declined. One of which all that could go went waits for nobody.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_waiting_corrections(
        &mut self,
        me: &str,
        is_coder: bool,
    ) -> Result<(i64, i64), Error> {
        let counts = run!(
            self,
            one as (i64, i64),
            "select count(*), count(case when b.declined_at is not null and b.approved_by is null
               and exists (select 1 from correction_item i where i.practice = b.practice
                 and i.batch = b.batch and i.state = 'ready' and i.coded = 'yes') then 1 end)
             from correction_batch b where b.practice = $1
             and ((b.made_by = $2 and b.state in ('ready', 'stopped'))
               or (b.asked_by = $2 and b.state = 'ready' and b.declined_at is not null)
               or ($3 = 'yes' and b.state = 'ready' and b.asked_at is not null
                 and b.approved_by is null))
             and (b.state = 'stopped'
               or exists (select 1 from correction_item i where i.practice = b.practice
                 and i.batch = b.batch and i.state = 'ready')
               or not exists (select 1 from correction_item i where i.practice = b.practice
                 and i.batch = b.batch and i.state = 'sent'))",
            self.practice.as_str(),
            me,
            if is_coder { "yes" } else { "no" }
        )?;
        Ok(counts)
    }

    /// The oldest of those that are being looked at or sent.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn running_correction_batch(&mut self) -> Result<Option<CorrectionBatch>, Error> {
        let row = run!(
            self,
            optional as CorrectionBatch,
            batches!("and state in ('preparing', 'sending') order by made_at, batch limit 1"),
            self.practice.as_str()
        )?;
        Ok(row)
    }

    /// How the claims of some batches stand, by state and payer.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_corrections(
        &mut self,
        batches: &[String],
    ) -> Result<Vec<CorrectionCount>, Error> {
        let mut counts = Vec::new();
        for batch in batches {
            counts.extend(run!(
                self,
                all as CorrectionCount,
                "select batch, state, payer, max(payer_name) as payer_name, count(*) as claims,
                   cast(sum(case when coded = 'yes' then 1 else 0 end) as bigint) as coded,
                   cast(sum(outstanding) as bigint) as outstanding
                 from correction_item where practice = $1 and batch = $2
                 group by batch, state, payer order by payer_name, payer",
                self.practice.as_str(),
                batch.as_str()
            )?);
        }
        Ok(counts)
    }

    /// Why claims of a batch are set aside, and how many for each reason.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn correction_asides(&mut self, batch: &str) -> Result<Vec<(String, i64)>, Error> {
        let rows = run!(
            self,
            all as (String, i64),
            "select why, count(*) from correction_item
             where practice = $1 and batch = $2 and state = 'aside'
             group by why order by 2 desc, why",
            self.practice.as_str(),
            batch
        )?;
        Ok(rows)
    }

    /// Its claims of a payer that are ready.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn corrections_ready(
        &mut self,
        batch: &str,
        payer: &str,
    ) -> Result<Vec<CorrectionItem>, Error> {
        let rows = run!(
            self,
            all as CorrectionItem,
            items!("and state = 'ready' and payer = $3 order by n"),
            self.practice.as_str(),
            batch,
            payer
        )?;
        Ok(rows)
    }

    /// Its claims in a state, from a place on.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn correction_items(
        &mut self,
        batch: &str,
        state: &str,
        from: i64,
        limit: i64,
    ) -> Result<Vec<CorrectionItem>, Error> {
        let rows = run!(
            self,
            all as CorrectionItem,
            items!("and state = $3 and n >= $4 order by n limit $5"),
            self.practice.as_str(),
            batch,
            state,
            from,
            limit
        )?;
        Ok(rows)
    }

    /// Each payer of claims that are ready, with the case of its first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn first_corrected(&mut self, batch: &str) -> Result<Vec<(String, String)>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select i.payer, i.denial from correction_item i
             join (select min(n) as n from correction_item
               where practice = $1 and batch = $2 and state = 'ready' group by payer) f on f.n = i.n
             where i.practice = $1 and i.batch = $2 order by i.n",
            self.practice.as_str(),
            batch
        )?;
        Ok(rows)
    }

    /// Saves where a claim stands that stood as `from`: what looking at it came to, or by what it
    /// left. False where it stands otherwise by now.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn save_correction_item(
        &mut self,
        batch: &str,
        item: &CorrectionItem,
        from: &str,
    ) -> Result<bool, Error> {
        let saved = run!(
            self,
            execute,
            "update correction_item set state = $1, coded = $2, why = $3, body = $4, outgoing = $5
             where practice = $6 and batch = $7 and n = $8 and state = $9",
            item.state.as_str(),
            item.coded.as_str(),
            item.why.as_str(),
            item.body.as_str(),
            item.outgoing.as_deref(),
            self.practice.as_str(),
            batch,
            item.n,
            from
        )?;
        Ok(saved > 0)
    }

    /// Sets claims aside that are ready, by their places: gives how many.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn leave_out_corrections(
        &mut self,
        batch: &str,
        places: &[i64],
        why: &str,
    ) -> Result<usize, Error> {
        let rows = among!(
            self,
            (i64,),
            "update correction_item set state = 'aside', why = $1
             where practice = $2 and batch = $3 and state = 'ready'
             and n in (select value from json_each($4)) returning n",
            "update correction_item set state = 'aside', why = $1
             where practice = $2 and batch = $3 and state = 'ready' and n = any($4) returning n",
            places,
            why,
            self.practice.as_str(),
            batch
        )?;
        Ok(rows.len())
    }

    /// Claims that were ready left by something: gives how many of these cases did.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn send_corrections(
        &mut self,
        batch: &str,
        outgoing: &str,
        cases: &[String],
    ) -> Result<usize, Error> {
        let rows = among!(
            self,
            (i64,),
            "update correction_item set state = 'sent', outgoing = $1
             where practice = $2 and batch = $3 and state = 'ready'
             and denial in (select value from json_each($4)) returning n",
            "update correction_item set state = 'sent', outgoing = $1
             where practice = $2 and batch = $3 and state = 'ready' and denial = any($4)
             returning n",
            cases,
            outgoing,
            self.practice.as_str(),
            batch
        )?;
        Ok(rows.len())
    }

    /// Saves a batch that stood as `from`; false where it stands otherwise by now.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn save_correction_batch(
        &mut self,
        one: &CorrectionBatch,
        from: &str,
    ) -> Result<bool, Error> {
        let saved = run!(
            self,
            execute,
            "update correction_batch set state = $1, asked_at = $2, asked_by = $3,
               approved_at = $4, approved_by = $5, declined_at = $6, declined_by = $7,
               declined_why = $8, sent_by = $9, sent_role = $10, why = $11
             where practice = $12 and batch = $13 and state = $14",
            one.state.as_str(),
            one.asked_at.as_deref(),
            one.asked_by.as_deref(),
            one.approved_at.as_deref(),
            one.approved_by.as_deref(),
            one.declined_at.as_deref(),
            one.declined_by.as_deref(),
            one.declined_why.as_deref(),
            one.sent_by.as_deref(),
            one.sent_role.as_deref(),
            one.why.as_str(),
            self.practice.as_str(),
            one.batch.as_str(),
            from
        )?;
        Ok(saved > 0)
    }
}
