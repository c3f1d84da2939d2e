//! What leaves the house: what waits, left and was answered, and the cases that it carries.

use std::collections::{HashMap, HashSet};

use crate::bulk::{Bulk, Cell};
use crate::sql::{among, run};
use crate::{Error, Tx};

/// Something that is to leave, or left.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Outgoing {
    /// Its id.
    pub outgoing: String,
    /// `claims`, `packet`, `status_inquiry` or `other`.
    pub kind: String,
    /// sha-256 of the bytes, which lie in the documents folder.
    pub document: String,
    /// How long it is.
    pub bytes: i64,
    /// The name under which it leaves.
    pub name: String,
    /// The route by which it leaves.
    pub route: String,
    /// Control number of its interchange and group.
    pub control: i64,
    /// Its reference (BHT03), which a 277CA answers.
    pub batch: String,
    /// When somebody queued it.
    pub made_at: String,
    /// Who.
    pub made_by: String,
    /// In which role.
    pub made_role: String,
    /// When it leaves, or tries again.
    pub leaves_at: String,
    /// Where it stands, as [`denial::outgoing::State`] says it.
    pub state: String,
    /// How often it tried in vain.
    pub tries: i64,
    /// Why the last try failed.
    pub why: String,
    /// When it was whole there under its temporary name.
    pub uploaded_at: Option<String>,
    /// When it left.
    pub left_at: Option<String>,
    /// When its cases had moved and it was taken in as a file of ours.
    pub settled_at: Option<String>,
    /// What a TA1 or 999 said of the whole.
    pub receipt: String,
    /// When that was heard.
    pub receipt_at: Option<String>,
}

/// A case that goes with it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OutgoingItem {
    /// What it goes with.
    pub outgoing: String,
    /// Its place there, from 0.
    pub n: i64,
    /// The case; none where a claim goes to the payer that comes next.
    pub denial: Option<String>,
    /// The claim.
    pub claim: String,
    /// The claim's number, as it is sent.
    pub number: String,
    /// What makes it the same correction.
    pub content: String,
    /// 0, and one more for each time that it is sent again on purpose.
    pub again: i64,
    /// Why again.
    pub force: String,
    /// `yes`; `with` for a further case of the same claim; `no` once it was called back.
    pub live: String,
    /// The act that follows, as JSON.
    pub act: String,
    /// `not_yet`, `done` or `refused`.
    pub acted: String,
    /// Why it was refused.
    pub note: String,
    /// What was answered of it.
    pub outcome: String,
    /// The day of that answer.
    pub outcome_on: Option<String>,
}

/// An answer that was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingAnswer {
    /// What it answers.
    pub outgoing: String,
    /// The file that says so.
    pub file: String,
    /// Its place there.
    pub n: i64,
    /// TA1, 999 or 277CA.
    pub kind: String,
    /// What it says, in the field's word.
    pub outcome: String,
    /// The day it was said.
    pub on_day: Option<String>,
    /// When it was heard.
    pub heard_at: String,
}

const ITEM: Bulk = Bulk {
    table: "outgoing_item",
    columns: &[
        "practice",
        "outgoing",
        "#n",
        "denial",
        "claim",
        "number",
        "content",
        "#again",
        "force",
        "live",
        "act",
        "acted",
        "note",
        "outcome",
        "outcome_on",
    ],
};

macro_rules! outgoing {
    ($rest:literal) => {
        concat!(
            "select outgoing, kind, document, bytes, name, route, control, batch, made_at, made_by,
             made_role, leaves_at, state, tries, why, uploaded_at, left_at, settled_at, receipt,
             receipt_at from outgoing where practice = $1 ",
            $rest
        )
    };
}

macro_rules! items {
    ($rest:literal) => {
        concat!(
            "select i.outgoing, i.n, i.denial, i.claim, i.number, i.content, i.again, i.force,
             i.live, i.act, i.acted, i.note, i.outcome, i.outcome_on from outgoing_item i
             where i.practice = $1 ",
            $rest
        )
    };
}

macro_rules! counts {
    ($which:literal) => {
        concat!(
            "select outgoing, count(*) as items,
               sum(case when outcome <> '' then 1 else 0 end) as answered,
               sum(case when outcome = 'rejected' then 1 else 0 end) as refused,
               sum(case when acted = 'refused' then 1 else 0 end) as unmoved
             from outgoing_item where practice = $1 and outgoing ",
            $which,
            " group by outgoing"
        )
    };
}

impl Tx {
    /// The next control number of a route, from `first` on; no route of the practice gave it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next_control(&mut self, route: &str, first: i64) -> Result<i64, Error> {
        let (last,) = run!(
            self,
            one as (i64,),
            "select coalesce(max(last), 0) from outgoing_number where practice = $1",
            self.practice.as_str()
        )?;
        let next = last.saturating_add(1).max(first);
        run!(
            self,
            execute,
            "insert into outgoing_number (practice, route, last) values ($1, $2, $3)
             on conflict (practice, route) do update set last = excluded.last",
            self.practice.as_str(),
            route,
            next
        )?;
        Ok(next)
    }

    /// Which of some contents are on their way or left: case, content, and by what.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn queued_contents(
        &mut self,
        contents: &[String],
    ) -> Result<Vec<OutgoingItem>, Error> {
        let rows = among!(
            self,
            OutgoingItem,
            items!(
                "and i.live = 'yes' and i.content in (select value from json_each($2))
                 order by i.again, i.outgoing, i.n"
            ),
            items!("and i.live = 'yes' and i.content = any($2) order by i.again, i.outgoing, i.n"),
            contents,
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Puts something into the outbox with what it carries.
    ///
    /// # Errors
    /// [`Error::Database`], for one where the same content goes twice.
    pub async fn queue_outgoing(
        &mut self,
        one: &Outgoing,
        items: &[OutgoingItem],
    ) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into outgoing (practice, outgoing, kind, document, bytes, name, route, control,
             batch, made_at, made_by, made_role, leaves_at, state, tries, why, receipt)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'waiting', 0, '', '')",
            self.practice.as_str(),
            one.outgoing.as_str(),
            one.kind.as_str(),
            one.document.as_str(),
            one.bytes,
            one.name.as_str(),
            one.route.as_str(),
            one.control,
            one.batch.as_str(),
            one.made_at.as_str(),
            one.made_by.as_str(),
            one.made_role.as_str(),
            one.leaves_at.as_str()
        )?;
        let practice = self.practice.as_str().to_owned();
        let rows: Vec<Vec<Cell>> = items.iter().map(|item| item_row(&practice, item)).collect();
        let count = rows.len() as u64;
        if self.insert_all(&ITEM, rows).await? != count {
            return Err(Error::Differs {
                place: one.outgoing.clone(),
                what: "one of its contents was queued before".to_owned(),
            });
        }
        Ok(())
    }

    /// Something by its id.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn outgoing(&mut self, outgoing: &str) -> Result<Option<Outgoing>, Error> {
        let text = outgoing!("and outgoing = $2");
        Ok(run!(self, optional as Outgoing, text, self.practice.as_str(), outgoing)?)
    }

    /// Everything, the newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn all_outgoing(&mut self, limit: i64) -> Result<Vec<Outgoing>, Error> {
        let text = outgoing!("order by made_at desc, outgoing desc limit $2");
        Ok(run!(self, all as Outgoing, text, self.practice.as_str(), limit)?)
    }

    /// What there is to do now: what is to leave, what was leaving when the program ended, and what
    /// left and is not settled.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn due_outgoing(&mut self, now: &str) -> Result<Vec<Outgoing>, Error> {
        let text = outgoing!(
            "and settled_at is null and ((state in ('waiting', 'leaving') and leaves_at <= $2)
             or state in ('sent', 'answered')) order by leaves_at, outgoing"
        );
        Ok(run!(self, all as Outgoing, text, self.practice.as_str(), now)?)
    }

    /// Saves where something stands, where it still stands as it was read: false where another was
    /// faster.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn save_outgoing(&mut self, one: &Outgoing, read: &str) -> Result<bool, Error> {
        let changed = run!(
            self,
            execute,
            "update outgoing set route = $1, leaves_at = $2, state = $3, tries = $4, why = $5,
             uploaded_at = $6, left_at = $7, settled_at = $8, receipt = $9, receipt_at = $10
             where practice = $11 and outgoing = $12 and state = $13",
            one.route.as_str(),
            one.leaves_at.as_str(),
            one.state.as_str(),
            one.tries,
            one.why.as_str(),
            one.uploaded_at.as_deref(),
            one.left_at.as_deref(),
            one.settled_at.as_deref(),
            one.receipt.as_str(),
            one.receipt_at.as_deref(),
            self.practice.as_str(),
            one.outgoing.as_str(),
            read
        )?;
        Ok(changed > 0)
    }

    /// What something carries, from a place on.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn outgoing_items(
        &mut self,
        outgoing: &str,
        from: i64,
        limit: i64,
    ) -> Result<Vec<OutgoingItem>, Error> {
        let text = items!("and i.outgoing = $2 and i.n >= $3 order by i.n limit $4");
        let practice = self.practice.as_str();
        Ok(run!(self, all as OutgoingItem, text, practice, outgoing, from, limit)?)
    }

    /// The first so many that each of some carry, by what carries them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn outgoing_items_of(
        &mut self,
        ids: &[String],
        most: i64,
    ) -> Result<HashMap<String, Vec<OutgoingItem>>, Error> {
        let rows = among!(
            self,
            OutgoingItem,
            items!(
                "and i.n < $2 and i.outgoing in (select value from json_each($3))
                 order by i.outgoing, i.n"
            ),
            items!("and i.n < $2 and i.outgoing = any($3) order by i.outgoing, i.n"),
            ids,
            self.practice.as_str(),
            most
        )?;
        let mut found: HashMap<String, Vec<OutgoingItem>> = HashMap::new();
        for row in rows {
            found.entry(row.outgoing.clone()).or_default().push(row);
        }
        Ok(found)
    }

    /// Everything that carries a claim.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn outgoing_of_claim(&mut self, claim: &str) -> Result<Vec<OutgoingItem>, Error> {
        let text = items!("and i.claim = $2 order by i.outgoing, i.n");
        Ok(run!(self, all as OutgoingItem, text, self.practice.as_str(), claim)?)
    }

    /// The contents that are to leave for some claims, or left; not those called back.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn contents_out(&mut self, claims: &[String]) -> Result<HashSet<String>, Error> {
        let rows = among!(
            self,
            (String,),
            "select distinct content from outgoing_item where practice = $1 and live <> 'no'
             and claim in (select value from json_each($2))",
            "select distinct content from outgoing_item where practice = $1 and live <> 'no'
             and claim = any($2)",
            claims,
            self.practice.as_str()
        )?;
        Ok(rows.into_iter().map(|(content,)| content).collect())
    }

    /// Saves what became of one that it carries.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn save_outgoing_item(&mut self, item: &OutgoingItem) -> Result<(), Error> {
        run!(
            self,
            execute,
            "update outgoing_item set acted = $1, note = $2, outcome = $3, outcome_on = $4
             where practice = $5 and outgoing = $6 and n = $7",
            item.acted.as_str(),
            item.note.as_str(),
            item.outcome.as_str(),
            item.outcome_on.as_deref(),
            self.practice.as_str(),
            item.outgoing.as_str(),
            item.n
        )?;
        Ok(())
    }

    /// Lets go of what something carries: it may be queued anew.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn free_outgoing_items(&mut self, outgoing: &str) -> Result<u64, Error> {
        let freed = run!(
            self,
            execute,
            "update outgoing_item set live = 'no' where practice = $1 and outgoing = $2",
            self.practice.as_str(),
            outgoing
        )?;
        Ok(freed)
    }

    /// The X12 that left under a control number, of one kind or (empty) of each, unless a file of
    /// somebody else was sent in a group and transaction of the same numbers: nothing tells them
    /// apart then. Packets draw numbers too, for their names alone: no TA1 or 999 answers them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn outgoing_by_control(
        &mut self,
        control: i64,
        kind: &str,
        batch: &str,
    ) -> Result<Option<Outgoing>, Error> {
        let text = outgoing!(
            "and control = $2 and kind in ('claims', 'status_inquiry') and $3 in ('', kind)
             and not exists (select 1 from claim_version v
               where v.practice = $1 and v.batch = $4 and v.file <> outgoing.document)"
        );
        let practice = self.practice.as_str();
        Ok(run!(self, optional as Outgoing, text, practice, control, kind, batch)?)
    }

    /// What left in a batch of this reference.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn outgoing_by_batch(&mut self, batch: &str) -> Result<Vec<Outgoing>, Error> {
        let text = outgoing!("and batch = $2 and batch <> '' order by outgoing");
        Ok(run!(self, all as Outgoing, text, self.practice.as_str(), batch)?)
    }

    /// Notes an answer; false where it was heard before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn hear_outgoing(&mut self, answer: &OutgoingAnswer) -> Result<bool, Error> {
        let new = run!(
            self,
            execute,
            "insert into outgoing_answer (practice, outgoing, file, n, kind, outcome, on_day, heard_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
            self.practice.as_str(),
            answer.outgoing.as_str(),
            answer.file.as_str(),
            answer.n,
            answer.kind.as_str(),
            answer.outcome.as_str(),
            answer.on_day.as_deref(),
            answer.heard_at.as_str()
        )?;
        Ok(new > 0)
    }

    /// How many cases each of some carries, how many of them had an answer of their own, how many
    /// were refused, and how many did not move when it left; by its id.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_outgoing(
        &mut self,
        some: &[Outgoing],
    ) -> Result<HashMap<String, Counts>, Error> {
        let ids: Vec<&str> = some.iter().map(|one| one.outgoing.as_str()).collect();
        let rows = among!(
            self,
            Counted,
            counts!("in (select value from json_each($2))"),
            counts!("= any($2)"),
            &ids,
            self.practice.as_str()
        )?;
        Ok(rows.into_iter().map(|row| (row.outgoing, row.counts)).collect())
    }
}

#[derive(sqlx::FromRow)]
struct Counted {
    outgoing: String,
    #[sqlx(flatten)]
    counts: Counts,
}

/// What became of the cases that something carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// Cases.
    pub items: i64,
    /// Those with an answer.
    pub answered: i64,
    /// Those that were refused.
    pub refused: i64,
    /// Those that could not move when it left.
    pub unmoved: i64,
}

fn item_row(practice: &str, item: &OutgoingItem) -> Vec<Cell> {
    vec![
        Cell::Text(practice.to_owned()),
        Cell::Text(item.outgoing.clone()),
        Cell::Int(item.n),
        Cell::Maybe(item.denial.clone()),
        Cell::Text(item.claim.clone()),
        Cell::Text(item.number.clone()),
        Cell::Text(item.content.clone()),
        Cell::Int(item.again),
        Cell::Text(item.force.clone()),
        Cell::Text(item.live.clone()),
        Cell::Text(item.act.clone()),
        Cell::Text(item.acted.clone()),
        Cell::Text(item.note.clone()),
        Cell::Text(item.outcome.clone()),
        Cell::Maybe(item.outcome_on.clone()),
    ]
}
