//! What the board is made of: cases as columns, all of them once and then those that changed.

use denial::ids::DenialId;
use denial::person::Role;
use futures_util::TryStreamExt;
use insight::board::{Listed, bit};
use jiff::civil::Date;
use sqlx::Row;

use crate::denials::NO_CLOCK;
use crate::sql::{each, run};
use crate::{Error, Tx};

/// Up to where a board knows the practice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The last entry of the work chain.
    pub seq: i64,
    /// When ranks were last counted anew, which is no entry.
    pub ranked_at: String,
}

/// A case that the journal tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The case's id.
    pub denial: String,
    /// It was opened among it.
    pub is_new: bool,
}

/// Hears of each case.
pub type Put<'a> = &'a mut (dyn FnMut(&Listed<'_>) + Send);

macro_rules! listed {
    ($asked:literal, $which:literal) => {
        concat!(
            "select d.denial, d.state, d.status, d.category, d.role, d.person, d.payer, d.plan,
             d.code, d.remark, d.service, d.provider, d.next_kind, d.unmapped, d.brought_to,
             d.due_on, d.denied_on, d.next_on, d.snoozed_until, d.outstanding, d.priority, d.round,
             d.no_rule, d.quarantined, d.sub_status, d.opened_on, d.promised_by, d.waits_on, d.team,
             case when d.person = '' and d.team <> '' then 'team:' || d.team else d.person end,
             d.to_post, ",
            $asked,
            " where d.practice = $1",
            $which
        )
    };
}

macro_rules! read_listed {
    ($row:expr, $put:expr) => {{
        let text = |at: usize| $row.try_get::<&str, _>(at);
        let maybe = |at: usize| $row.try_get::<Option<&str>, _>(at).map(Option::unwrap_or_default);
        let id = text(0)?;
        let day = |at: usize, column| date(id, column, text(at)?);
        let soonest = text(15)?;
        let (snoozed, promised) = (maybe(18)?, maybe(26)?);
        let is_open = text(1)? == "open";
        $put(&Listed {
            id: DenialId::parse(id).map_err(|_| odd(id, "denial"))?.bits(),
            is_open,
            status: text(2)?,
            reason: text(3)?,
            role: text(4)?,
            owner: text(29)?,
            team: text(28)?,
            payer: text(6)?,
            plan: text(7)?,
            code: text(8)?,
            remark: text(9)?,
            service: text(10)?,
            provider: text(11)?,
            next: text(12)?,
            waiting: text(27)?,
            unmapped: maybe(13)?,
            brought_to: text(14)?,
            sub_status: text(24)?,
            opened_on: text(25)?,
            promised_by: (!promised.is_empty())
                .then(|| date(id, "promised_by", promised))
                .transpose()?,
            due_on: (soonest != NO_CLOCK).then(|| day(15, "due_on")).transpose()?,
            denied_on: day(16, "denied_on")?,
            next_on: day(17, "next_on")?,
            snoozed_until: (!snoozed.is_empty())
                .then(|| date(id, "snoozed_until", snoozed))
                .transpose()?,
            outstanding: $row.try_get(19)?,
            to_post: $row.try_get(30)?,
            priority: $row.try_get(20)?,
            round: u8::try_from($row.try_get::<i64, _>(21)?).map_err(|_| odd(id, "round"))?,
            asked: asked(maybe(31)?),
            no_rule: text(22)? == "yes",
            quarantined: text(23)? == "yes",
        });
    }};
}

impl Tx {
    /// Up to where a board of this moment would know the practice.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn known(&mut self) -> Result<Known, Error> {
        let (seq, ranked_at) = run!(
            self,
            one as (i64, String),
            "select coalesce((select seq from journal_head where practice = $1 and chain = 'work'), 0),
             coalesce((select ran_at from sweep where practice = $1 and name = 'rank'), '')",
            self.practice.as_str()
        )?;
        Ok(Known { seq, ranked_at })
    }

    /// Cases that somebody else, or a file, changed after an entry; no more than so many.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn changed_since(
        &mut self,
        seq: i64,
        person: &str,
        most: u32,
    ) -> Result<Vec<Changed>, Error> {
        let rows = run!(
            self,
            all as (String, i64),
            "select about, count(*) filter (where kind = 'denial.opened') from journal
             where practice = $1 and chain = 'work' and seq > $2 and actor <> $3
               and about >= 'den_' and about < 'den`'
             group by about order by about limit $4",
            self.practice.as_str(),
            seq,
            person,
            i64::from(most)
        )?;
        let changed = |(denial, opened)| Changed { denial, is_new: opened > 0 };
        Ok(rows.into_iter().map(changed).collect())
    }

    /// Lists every case.
    ///
    /// # Errors
    /// [`Error::Inconsistent`], [`Error::Database`].
    pub async fn list_all(&mut self, put: Put<'_>) -> Result<(), Error> {
        each!(
            self,
            |row| read_listed!(row, put),
            listed!(
                "a.roles from denial d left join
                 (select denial, string_agg(role, ',') as roles from asked where practice = $1
                  group by denial) a on a.denial = d.denial",
                ""
            ),
            self.practice.as_str()
        );
        Ok(())
    }

    /// Lists the cases that the journal tells of after an entry.
    ///
    /// # Errors
    /// [`Error::Inconsistent`], [`Error::Database`].
    pub async fn list_since(&mut self, seq: i64, put: Put<'_>) -> Result<(), Error> {
        each!(
            self,
            |row| read_listed!(row, put),
            listed!(
                "(select string_agg(a.role, ',') from asked a
                  where a.practice = d.practice and a.denial = d.denial) from denial d",
                " and d.denial in (select about from journal where practice = $1
                  and chain = 'work' and seq > $2)"
            ),
            self.practice.as_str(),
            seq
        );
        Ok(())
    }
}

/// Roles as bits.
fn asked(roles: &str) -> u16 {
    roles.split(',').filter_map(Role::from_name).map(bit).fold(0, |bits, bit| bits | bit)
}

fn odd(id: &str, column: &'static str) -> Error {
    Error::Inconsistent { table: "denial", column, id: id.to_owned() }
}

fn date(id: &str, column: &'static str, text: &str) -> Result<Date, Error> {
    text.parse().map_err(|_| odd(id, column))
}
