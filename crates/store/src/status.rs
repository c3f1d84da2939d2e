//! Payers asked where claims stand, and what they answered.

use std::collections::HashMap;

use denial::denial::Denial;

use crate::bulk::{Bulk, Cell};
use crate::sql::{among, run};
use crate::{Error, Tx, parsed};

/// A question where a claim stands, and the last answer to it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StatusQuestion {
    /// Our number of it, which the answer gives back.
    pub question: String,
    /// The claim.
    pub claim: String,
    /// The claim's number.
    pub number: String,
    /// The case that waits for the payer, where one does.
    pub denial: Option<String>,
    /// Who is asked.
    pub payer: String,
    /// Their name.
    pub payer_name: String,
    /// Why, for people.
    pub why: String,
    /// By what it leaves.
    pub outgoing: String,
    /// The day on which it was asked.
    pub asked_on: String,
    /// The instant.
    pub asked_at: String,
    /// Who asked.
    pub asked_by: String,
    /// The code of the last answer; empty before.
    pub code: String,
    /// What the rules make of it; empty where they have no rule.
    pub step: String,
    /// For people: what it means and what is done.
    pub told: String,
    /// By when.
    pub look_on: Option<String>,
    /// The day of the answer.
    pub answered_on: Option<String>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StatusAnswer {
    /// What it answers.
    pub question: String,
    /// The file that says so.
    pub file: String,
    /// Its place there.
    pub n: i64,
    /// The day it was said.
    pub on_day: Option<String>,
    /// What it says, as codes.
    pub code: String,
    /// For people: what it means and what is done.
    pub told: String,
    /// When it was heard.
    pub heard_at: String,
}

const QUESTION: Bulk = Bulk {
    table: "status_question",
    columns: &[
        "practice",
        "question",
        "claim",
        "number",
        "denial",
        "payer",
        "payer_name",
        "why",
        "outgoing",
        "asked_on",
        "asked_at",
        "asked_by",
        "code",
        "step",
        "told",
        "look_on",
        "answered_on",
    ],
};

/// The columns of a question, and the rest of the statement.
macro_rules! questions {
    ($rest:literal) => {
        concat!(
            "select q.question, q.claim, q.number, q.denial, q.payer, q.payer_name, q.why,
               q.outgoing, q.asked_on, q.asked_at, q.asked_by, q.code, q.step, q.told, q.look_on,
               q.answered_on from status_question q
             join outgoing o on o.practice = q.practice and o.outgoing = q.outgoing
             where q.practice = $1 and o.state <> 'called_back' ",
            $rest
        )
    };
}

impl Tx {
    /// Keeps questions that leave by something that is queued.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn ask_status(&mut self, questions: &[StatusQuestion]) -> Result<u64, Error> {
        let practice = self.practice.as_str().to_owned();
        let rows = questions.iter().map(|one| row(&practice, one)).collect();
        self.insert_all(&QUESTION, rows).await
    }

    /// One question, unless it was called back.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn status_question(
        &mut self,
        question: &str,
    ) -> Result<Option<StatusQuestion>, Error> {
        let text = questions!("and q.question = $2");
        Ok(run!(self, optional as StatusQuestion, text, self.practice.as_str(), question)?)
    }

    /// What was asked about a claim, the newest first; not what was called back.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn status_questions(&mut self, claim: &str) -> Result<Vec<StatusQuestion>, Error> {
        let text = questions!("and q.claim = $2 order by q.asked_at desc, q.question desc");
        Ok(run!(self, all as StatusQuestion, text, self.practice.as_str(), claim)?)
    }

    /// The newest question about each of some claims, by claim; not what was called back.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn last_status_questions(
        &mut self,
        claims: &[String],
    ) -> Result<HashMap<String, StatusQuestion>, Error> {
        let rows = among!(
            self,
            StatusQuestion,
            questions!(
                "and q.claim in (select value from json_each($2)) order by q.asked_at, q.question"
            ),
            questions!("and q.claim = any($2) order by q.asked_at, q.question"),
            claims,
            self.practice.as_str()
        )?;
        Ok(rows.into_iter().map(|one| (one.claim.clone(), one)).collect())
    }

    /// The newest questions; not what was called back.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn newest_status_questions(
        &mut self,
        limit: i64,
    ) -> Result<Vec<StatusQuestion>, Error> {
        let text = questions!("order by q.asked_at desc, q.question desc limit $2");
        Ok(run!(self, all as StatusQuestion, text, self.practice.as_str(), limit)?)
    }

    /// What something asks, in order.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn questions_of(&mut self, outgoing: &str) -> Result<Vec<StatusQuestion>, Error> {
        let rows = run!(
            self,
            all as StatusQuestion,
            "select question, claim, number, denial, payer, payer_name, why, outgoing, asked_on,
               asked_at, asked_by, code, step, told, look_on, answered_on
             from status_question where practice = $1 and outgoing = $2 order by question",
            self.practice.as_str(),
            outgoing
        )?;
        Ok(rows)
    }

    /// How many questions each of some asks, and how many of them have an answer, by its id.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_questions(
        &mut self,
        outgoing: &[String],
    ) -> Result<HashMap<String, (i64, i64)>, Error> {
        let rows = among!(
            self,
            (String, i64, i64),
            "select outgoing, count(*), cast(sum(case when code <> '' then 1 else 0 end) as bigint)
             from status_question where practice = $1
               and outgoing in (select value from json_each($2)) group by outgoing",
            "select outgoing, count(*), cast(sum(case when code <> '' then 1 else 0 end) as bigint)
             from status_question where practice = $1 and outgoing = any($2) group by outgoing",
            outgoing,
            self.practice.as_str()
        )?;
        Ok(rows.into_iter().map(|(id, asked, answered)| (id, (asked, answered))).collect())
    }

    /// Notes an answer; false where it was heard before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn hear_status(&mut self, answer: &StatusAnswer) -> Result<bool, Error> {
        let new = run!(
            self,
            execute,
            "insert into status_answer (practice, question, file, n, on_day, code, told, heard_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
            self.practice.as_str(),
            answer.question.as_str(),
            answer.file.as_str(),
            answer.n,
            answer.on_day.as_deref(),
            answer.code.as_str(),
            answer.told.as_str(),
            answer.heard_at.as_str()
        )?;
        Ok(new > 0)
    }

    /// Every answer to a question, in the order in which they were heard.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn status_answers(&mut self, question: &str) -> Result<Vec<StatusAnswer>, Error> {
        let rows = run!(
            self,
            all as StatusAnswer,
            "select question, file, n, on_day, code, told, heard_at from status_answer
             where practice = $1 and question = $2 order by heard_at, file, n",
            self.practice.as_str(),
            question
        )?;
        Ok(rows)
    }

    /// Saves the last answer to a question.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn save_status(&mut self, one: &StatusQuestion) -> Result<(), Error> {
        run!(
            self,
            execute,
            "update status_question set code = $1, step = $2, told = $3, look_on = $4,
               answered_on = $5 where practice = $6 and question = $7",
            one.code.as_str(),
            one.step.as_str(),
            one.told.as_str(),
            one.look_on.as_deref(),
            one.answered_on.as_deref(),
            self.practice.as_str(),
            one.question.as_str()
        )?;
        Ok(())
    }

    /// Cases whose corrected claim lies with the payer, in the order of their ids, after one.
    ///
    /// # Errors
    /// [`Error::Inconsistent`], [`Error::Database`].
    pub async fn cases_with_payer(
        &mut self,
        after: &str,
        limit: i64,
    ) -> Result<Vec<Denial>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select denial, body from denial where practice = $1 and denial > $2
               and state = 'open'
               and status in ('corrected_and_resubmitted', 'pending_payer_response')
             order by denial limit $3",
            self.practice.as_str(),
            after,
            limit
        )?;
        rows.iter().map(|(id, body)| parsed("denial", id, body)).collect()
    }

    /// The codes of last answers for which the rules have nothing, with how many questions they
    /// answer; the most frequent first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unruled_statuses(&mut self) -> Result<Vec<(String, i64)>, Error> {
        let rows = run!(
            self,
            all as (String, i64),
            "select code, count(*) from status_question
             where practice = $1 and code <> '' and step = ''
             group by code order by count(*) desc, code limit 100",
            self.practice.as_str()
        )?;
        Ok(rows)
    }
}

fn row(practice: &str, one: &StatusQuestion) -> Vec<Cell> {
    let text = |text: &String| Cell::Text(text.clone());
    vec![
        Cell::Text(practice.to_owned()),
        text(&one.question),
        text(&one.claim),
        text(&one.number),
        Cell::Maybe(one.denial.clone()),
        text(&one.payer),
        text(&one.payer_name),
        text(&one.why),
        text(&one.outgoing),
        text(&one.asked_on),
        text(&one.asked_at),
        text(&one.asked_by),
        text(&one.code),
        text(&one.step),
        text(&one.told),
        Cell::Maybe(one.look_on.clone()),
        Cell::Maybe(one.answered_on.clone()),
    ]
}
