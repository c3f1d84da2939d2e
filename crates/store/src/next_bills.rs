//! Covers of claims beside the payer that was billed first, and how claims stand before the payer
//! that comes next.

use denial::cover::{Cover, Turn};

use crate::bulk::{Bulk, Cell};
use crate::sql::{among, run};
use crate::{Error, Tx, parsed};

/// A cover of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverRow {
    /// The claim.
    pub claim: String,
    /// When somebody told it; empty where a bill names it.
    pub at: String,
    /// Who told it; empty where a bill names it.
    pub by_person: String,
    /// What it says.
    pub cover: Cover,
}

/// A claim before the payer that comes next.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct NextBill {
    /// The claim.
    pub claim: String,
    /// Its number.
    pub number: String,
    /// How it stands, as [`denial::next_bill::State`] says it.
    pub state: String,
    /// The payer that comes next; empty where nobody named it.
    pub payer_name: String,
    /// The payer before it; empty where none is.
    pub from_name: String,
    /// What is left for it, in cents.
    pub share: i64,
    /// Since when it stands so.
    pub since: Option<String>,
    /// The day by which the next payer usually has answered, where it is waited for.
    pub due_on: Option<String>,
    /// Where that day is from, in words; empty where nothing is waited for.
    pub usual: String,
    /// Why it stands so.
    pub why: String,
}

/// How many claims stand in some way, and what is left for their next payers.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct NextCount {
    /// The way.
    pub state: String,
    /// Claims.
    pub claims: i64,
    /// Money in cents.
    pub share: i64,
    /// Those of them whose next payer usually has answered by the day.
    pub late: i64,
    /// Their money.
    pub late_share: i64,
}

/// A claim to a next payer in the outbox: claim, what it is, as JSON, when it leaves or left.
pub type BillOut = (String, String, String);

const COVER: Bulk = Bulk {
    table: "cover",
    columns: &["practice", "claim", "turn", "source", "at", "by_person", "body"],
};

const NEXT_BILL: Bulk = Bulk {
    table: "next_bill",
    columns: &[
        "practice",
        "claim",
        "number",
        "state",
        "payer_name",
        "from_name",
        "#share",
        "since",
        "due_on",
        "usual",
        "why",
    ],
};

macro_rules! next_bills {
    ($rest:literal) => {
        concat!(
            "select claim, number, state, payer_name, from_name, share, since, due_on, usual, why
             from next_bill where practice = $1 ",
            $rest
        )
    };
}

impl Tx {
    /// Keeps the covers that the newest bills of some claims name, in place of those that earlier
    /// bills of the same claims named, also where they name none any more; what people told stays.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn bill_covers(&mut self, named: &[(String, Vec<Cover>)]) -> Result<(), Error> {
        let claims: Vec<String> = named.iter().map(|(claim, _)| claim.clone()).collect();
        among!(
            self,
            (String,),
            "delete from cover where practice = $1 and source = 'billed'
             and claim in (select value from json_each($2)) returning claim",
            "delete from cover where practice = $1 and source = 'billed' and claim = any($2)
             returning claim",
            &claims,
            self.practice.as_str()
        )?;
        let rows = named.iter().flat_map(|(claim, all)| all.iter().map(move |one| (claim, one)));
        let rows = rows.map(|(claim, cover)| {
            vec![
                Cell::Text(self.practice.as_str().to_owned()),
                Cell::Text(claim.clone()),
                Cell::Text(cover.turn.as_str().to_owned()),
                Cell::Text("billed".to_owned()),
                Cell::Text(String::new()),
                Cell::Text(String::new()),
                Cell::Text(serde_json::to_string(cover).expect("a cover is JSON")),
            ]
        });
        let rows = rows.collect();
        self.insert_all(&COVER, rows).await.map(|_| ())
    }

    /// Keeps a cover that somebody told, in place of what anybody told of that turn.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn tell_cover(&mut self, row: &CoverRow) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into cover (practice, claim, turn, source, at, by_person, body)
             values ($1, $2, $3, 'told', $4, $5, $6)
             on conflict (practice, claim, turn, source) do update set
               at = excluded.at, by_person = excluded.by_person, body = excluded.body",
            self.practice.as_str(),
            row.claim.as_str(),
            row.cover.turn.as_str(),
            row.at.as_str(),
            row.by_person.as_str(),
            serde_json::to_string(&row.cover).expect("a cover is JSON")
        )?;
        Ok(())
    }

    /// Takes a cover back that somebody told under any name of a claim; false where there was none.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn forget_cover(&mut self, names: &[String], turn: Turn) -> Result<bool, Error> {
        let gone = among!(
            self,
            (String,),
            "delete from cover where practice = $1 and turn = $2 and source = 'told'
             and claim in (select value from json_each($3)) returning claim",
            "delete from cover where practice = $1 and turn = $2 and source = 'told'
             and claim = any($3) returning claim",
            names,
            self.practice.as_str(),
            turn.as_str()
        )?;
        Ok(!gone.is_empty())
    }

    /// Covers of some claims, by claim and turn; what people told before what bills name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn covers_among(&mut self, claims: &[String]) -> Result<Vec<CoverRow>, Error> {
        let rows = among!(
            self,
            (String, String, String, String),
            "select claim, at, by_person, body from cover where practice = $1
             and claim in (select value from json_each($2)) order by claim, turn, source desc",
            "select claim, at, by_person, body from cover where practice = $1 and claim = any($2)
             order by claim, turn, source desc",
            claims,
            self.practice.as_str()
        )?;
        let row = |(claim, at, by_person, body): (String, String, String, String)| {
            let cover = parsed("cover", &claim, &body)?;
            Ok(CoverRow { claim, at, by_person, cover })
        };
        let rows: Result<Vec<CoverRow>, Error> = rows.into_iter().map(row).collect();
        let mut rows = rows?;
        rows.dedup_by(|next, one| next.claim == one.claim && next.cover.turn == one.cover.turn);
        Ok(rows)
    }

    /// Which of some claims have another cover, or stand before a next payer.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn covered_among(&mut self, claims: &[String]) -> Result<Vec<String>, Error> {
        let rows = among!(
            self,
            (String,),
            "select claim from cover where practice = $1
             and claim in (select value from json_each($2))
             union select claim from next_bill where practice = $1
             and claim in (select value from json_each($2))",
            "select claim from cover where practice = $1 and claim = any($2)
             union select claim from next_bill where practice = $1 and claim = any($2)",
            claims,
            self.practice.as_str()
        )?;
        Ok(rows.into_iter().map(|(claim,)| claim).collect())
    }

    /// Keeps how some claims stand, in place of how they stood; of one without a row nothing is
    /// left to bill.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn keep_next_bills(
        &mut self,
        claims: &[String],
        rows: Vec<NextBill>,
    ) -> Result<(), Error> {
        among!(
            self,
            (String,),
            "delete from next_bill where practice = $1
             and claim in (select value from json_each($2)) returning claim",
            "delete from next_bill where practice = $1 and claim = any($2) returning claim",
            claims,
            self.practice.as_str()
        )?;
        let row = |one: NextBill| {
            vec![
                Cell::Text(self.practice.as_str().to_owned()),
                Cell::Text(one.claim),
                Cell::Text(one.number),
                Cell::Text(one.state),
                Cell::Text(one.payer_name),
                Cell::Text(one.from_name),
                Cell::Int(one.share),
                Cell::Maybe(one.since),
                Cell::Maybe(one.due_on),
                Cell::Text(one.usual),
                Cell::Text(one.why),
            ]
        };
        let rows = rows.into_iter().map(row).collect();
        self.insert_all(&NEXT_BILL, rows).await.map(|_| ())
    }

    /// Claims that stand in one way, the oldest first; only those whose next payer usually has
    /// answered by a day, where one is given.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next_bills(
        &mut self,
        state: &str,
        late_on: Option<&str>,
        limit: i64,
    ) -> Result<Vec<NextBill>, Error> {
        let text = next_bills!(
            "and state = $2 and ($3 = '' or due_on < $3)
             order by coalesce(since, ''), claim limit $4"
        );
        let (practice, late) = (self.practice.as_str(), late_on.unwrap_or_default());
        Ok(run!(self, all as NextBill, text, practice, state, late, limit)?)
    }

    /// How one claim stands.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next_bill(&mut self, claim: &str) -> Result<Option<NextBill>, Error> {
        let text = next_bills!("and claim = $2");
        Ok(run!(self, optional as NextBill, text, self.practice.as_str(), claim)?)
    }

    /// How those of some claims stand that stand before a next payer.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next_bills_among(&mut self, claims: &[String]) -> Result<Vec<NextBill>, Error> {
        let rows = among!(
            self,
            NextBill,
            next_bills!("and claim in (select value from json_each($2)) order by claim"),
            next_bills!("and claim = any($2) order by claim"),
            claims,
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Every claim that stands before a next payer, in the order of their ids, after one of them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next_billed(&mut self, after: &str, limit: i64) -> Result<Vec<String>, Error> {
        let rows = run!(
            self,
            all as (String,),
            "select claim from next_bill where practice = $1 and claim > $2
             order by claim limit $3",
            self.practice.as_str(),
            after,
            limit
        )?;
        Ok(rows.into_iter().map(|(claim,)| claim).collect())
    }

    /// How many stand in each way on a day.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_next_bills(&mut self, day: &str) -> Result<Vec<NextCount>, Error> {
        let rows = run!(
            self,
            all as NextCount,
            "select state, count(*) as claims, cast(sum(share) as bigint) as share,
               cast(sum(case when due_on < $2 then 1 else 0 end) as bigint) as late,
               cast(sum(case when due_on < $2 then share else 0 end) as bigint) as late_share
             from next_bill where practice = $1 group by state order by state",
            self.practice.as_str(),
            day
        )?;
        Ok(rows)
    }

    /// Claims to next payers that wait in the outbox, are leaving, left, or did not leave; not
    /// those called back.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn bills_out(&mut self, claims: &[String]) -> Result<Vec<BillOut>, Error> {
        let rows = among!(
            self,
            BillOut,
            "select i.claim, i.act, coalesce(o.left_at, o.leaves_at) from outgoing_item i
             join outgoing o on o.practice = i.practice and o.outgoing = i.outgoing
             where i.practice = $1 and i.denial is null and i.live <> 'no'
             and i.claim in (select value from json_each($2)) order by i.claim, o.made_at",
            "select i.claim, i.act, coalesce(o.left_at, o.leaves_at) from outgoing_item i
             join outgoing o on o.practice = i.practice and o.outgoing = i.outgoing
             where i.practice = $1 and i.denial is null and i.live <> 'no'
             and i.claim = any($2) order by i.claim, o.made_at",
            claims,
            self.practice.as_str()
        )?;
        Ok(rows)
    }
}
