//! What colleagues are asked: the roles that a case waits for, beside the case, so that lists can
//! ask for them; and answers until who asked has seen them.

use denial::denial::{Denial, Question};

use crate::journal::Happened;
use crate::sql::{among, run};
use crate::{Error, Tx, parsed};

/// An answer that waits to be seen.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Answer {
    /// The case.
    pub denial: String,
    /// The question's number within it.
    pub number: i64,
    /// When it came.
    pub answered_at: String,
}

impl Tx {
    /// Keeps the roles of a case's open questions, and that none of these is answered. A case that
    /// never asked costs nothing.
    pub(crate) async fn save_questions(&mut self, case: &Denial) -> Result<(), Error> {
        if case.asked == 0 {
            return Ok(());
        }
        run!(
            self,
            execute,
            "delete from asked where practice = $1 and denial = $2",
            self.practice.as_str(),
            case.id.as_str()
        )?;
        for question in &case.questions {
            run!(
                self,
                execute,
                "insert into asked (practice, denial, role) values ($1, $2, $3)
                 on conflict do nothing",
                self.practice.as_str(),
                case.id.as_str(),
                question.to.as_str()
            )?;
            run!(
                self,
                execute,
                "delete from answer where practice = $1 and denial = $2 and number = $3",
                self.practice.as_str(),
                case.id.as_str(),
                i64::from(question.number)
            )?;
        }
        Ok(())
    }

    /// Open cases that wait for an answer of a role, those first that wait for the soonest day.
    ///
    /// # Errors
    /// [`Error::Inconsistent`], [`Error::Database`].
    pub async fn asked_of(&mut self, role: &str, limit: i64) -> Result<Vec<Denial>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select d.denial, d.body from asked a
             join denial d on d.practice = a.practice and d.denial = a.denial
             where a.practice = $1 and a.role = $2 and d.state = 'open'
             order by d.next_on, d.denial limit $3",
            self.practice.as_str(),
            role,
            limit
        )?;
        rows.iter().map(|(id, body)| parsed("denial", id, body)).collect()
    }

    /// Cases on which somebody asked something that waits, or that was asked or answered since an
    /// instant; first those on which anything waits, then those of which something was said last.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn asked_by(
        &mut self,
        person: &str,
        since: &str,
        limit: i64,
    ) -> Result<Vec<String>, Error> {
        let rows = run!(
            self,
            all as (String,),
            // Entries of a case are found by the case: coalesce keeps SQLite from walking all that
            // somebody did, or all that was ever asked.
            "select about from (
               select j.about, j.seq, 1 as waits from asked a
               join journal j on j.practice = a.practice and j.chain = 'work'
                 and j.about = a.denial and coalesce(j.kind, '') = 'denial.asked'
                 and coalesce(j.actor, '') = $2
               where a.practice = $1
               union all
               select about, seq, 0 as waits from journal
               where practice = $1 and chain = 'work' and actor = $2 and at >= $3
                 and kind = 'denial.asked'
               union all
               select b.about, b.seq, 0 as waits from journal b
               join journal j on j.practice = b.practice and j.chain = 'work'
                 and j.about = b.about and coalesce(j.kind, '') = 'denial.asked'
                 and coalesce(j.actor, '') = $2
               where b.practice = $1 and b.chain = 'work' and b.kind = 'denial.answered'
                 and b.at >= $3) mine
             group by about order by max(waits) desc, max(seq) desc limit $4",
            self.practice.as_str(),
            person,
            since,
            limit
        )?;
        Ok(rows.into_iter().map(|(case,)| case).collect())
    }

    /// What was asked and answered on some cases, and what was taken back there; in order.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn told_of_questions(&mut self, cases: &[String]) -> Result<Vec<Happened>, Error> {
        let rows = among!(
            self,
            Happened,
            "select seq, at, actor, about, kind, from_status, to_status, body from journal
             where practice = $1 and chain = 'work'
             and about in (select value from json_each($2))
             and +kind in ('denial.asked', 'denial.answered', 'denial.undone') order by +seq",
            "select seq, at, actor, about, kind, from_status, to_status, body from journal
             where practice = $1 and chain = 'work' and about = any($2)
             and kind in ('denial.asked', 'denial.answered', 'denial.undone') order by seq",
            cases,
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Keeps that a question of a case was answered, for who asked.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn keep_answer(
        &mut self,
        denial: &str,
        question: &Question,
        at: &str,
    ) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into answer (practice, denial, number, asker, answered_at)
             values ($1, $2, $3, $4, $5)
             on conflict (practice, denial, number)
             do update set asker = excluded.asker, answered_at = excluded.answered_at",
            self.practice.as_str(),
            denial,
            i64::from(question.number),
            question.asker.as_str(),
            at
        )?;
        Ok(())
    }

    /// Answers that somebody has not seen yet, the newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn answers_for(&mut self, asker: &str, limit: i64) -> Result<Vec<Answer>, Error> {
        let rows = run!(
            self,
            all as Answer,
            "select denial, number, answered_at from answer where practice = $1 and asker = $2
             order by answered_at desc, denial, number limit $3",
            self.practice.as_str(),
            asker,
            limit
        )?;
        Ok(rows)
    }

    /// Somebody has seen the answers on a case, or that to one question; gives how many were new to
    /// them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn see_answers(
        &mut self,
        denial: &str,
        number: Option<u16>,
        asker: &str,
    ) -> Result<u64, Error> {
        let seen = run!(
            self,
            execute,
            "delete from answer where practice = $1 and denial = $2 and asker = $3
             and (cast($4 as bigint) is null or number = $4)",
            self.practice.as_str(),
            denial,
            asker,
            number.map(i64::from)
        )?;
        Ok(seen)
    }
}
