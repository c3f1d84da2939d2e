//! Letters of payers that are no denials, each change with its entry in the journal.

use denial::person::Moment;
use denial::request::{Request, RequestState};

use crate::journal::Entry;
use crate::sql::{among, run};
use crate::{Error, Tx, instant, parsed};

impl Tx {
    /// Keeps a letter that came.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn add_request(
        &mut self,
        request: &Request,
        entry: Entry,
        moment: &Moment,
    ) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into payer_request (practice, request, kind, state, denial, claim, payer, role,
             due_on, version, changed_at, changed_by, body)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            self.practice.as_str(),
            request.id.as_str(),
            request.letter.kind.as_str(),
            request.state.as_str(),
            request.subject.case.as_ref().map(|case| case.as_str().to_owned()),
            request.subject.claim.as_ref().map(|claim| claim.as_str().to_owned()),
            request.subject.payer.as_str(),
            request.letter.role.as_str(),
            request.due.day().map(|day| day.to_string()),
            i64::from(request.version),
            instant(moment.now),
            moment.who.person.as_str(),
            body(request)
        )?;
        self.append(vec![entry], moment).await
    }

    /// Saves what became of a letter that was read at version `read`.
    ///
    /// # Errors
    /// [`Error::Stale`] where somebody was faster.
    pub async fn save_request(
        &mut self,
        request: &Request,
        read: u32,
        entry: Entry,
        moment: &Moment,
    ) -> Result<(), Error> {
        let changed = run!(
            self,
            execute,
            "update payer_request set state = $1, role = $2, due_on = $3, version = $4,
             changed_at = $5, changed_by = $6, body = $7
             where practice = $8 and request = $9 and version = $10",
            request.state.as_str(),
            request.letter.role.as_str(),
            request.due.day().map(|day| day.to_string()),
            i64::from(request.version),
            instant(moment.now),
            moment.who.person.as_str(),
            body(request),
            self.practice.as_str(),
            request.id.as_str(),
            i64::from(read)
        )?;
        if changed == 0 {
            return Err(self.who_changed_request(request.id.as_str()).await?);
        }
        self.append(vec![entry], moment).await
    }

    async fn who_changed_request(&mut self, request: &str) -> Result<Error, Error> {
        let row = run!(
            self,
            optional as (String, String),
            "select changed_by, changed_at from payer_request where practice = $1 and request = $2",
            self.practice.as_str(),
            request
        )?;
        Ok(row.map_or(Error::Missing { what: "letter" }, |(by, at)| Error::Stale { by, at }))
    }

    /// A letter by its id.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Inconsistent`].
    pub async fn request(&mut self, request: &str) -> Result<Request, Error> {
        let row = run!(
            self,
            optional as (String,),
            "select body from payer_request where practice = $1 and request = $2",
            self.practice.as_str(),
            request
        )?;
        let (body,) = row.ok_or(Error::Missing { what: "letter" })?;
        parsed("payer_request", request, &body)
    }

    /// True where a letter with this id is kept.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn has_request(&mut self, request: &str) -> Result<bool, Error> {
        let row = run!(
            self,
            optional as (String,),
            "select request from payer_request where practice = $1 and request = $2",
            self.practice.as_str(),
            request
        )?;
        Ok(row.is_some())
    }

    /// Letters that wait for an answer, the soonest last day first; those without one at the end.
    ///
    /// # Errors
    /// [`Error::Inconsistent`].
    pub async fn open_requests(&mut self, limit: i64) -> Result<Vec<Request>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select request, body from payer_request where practice = $1 and state = 'open'
             order by coalesce(due_on, '9999-12-31'), request limit $2",
            self.practice.as_str(),
            limit
        )?;
        rows.iter().map(|(id, body)| parsed("payer_request", id, body)).collect()
    }

    /// Letters that were answered, or closed; those that changed last first.
    ///
    /// # Errors
    /// [`Error::Inconsistent`].
    pub async fn past_requests(
        &mut self,
        state: RequestState,
        limit: i64,
    ) -> Result<Vec<Request>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select request, body from payer_request where practice = $1 and state = $2
             order by changed_at desc, request limit $3",
            self.practice.as_str(),
            state.as_str(),
            limit
        )?;
        rows.iter().map(|(id, body)| parsed("payer_request", id, body)).collect()
    }

    /// The letters about a case, the newest first.
    ///
    /// # Errors
    /// [`Error::Inconsistent`].
    pub async fn requests_of(&mut self, denial: &str) -> Result<Vec<Request>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select request, body from payer_request where practice = $1 and denial = $2
             order by changed_at desc, request",
            self.practice.as_str(),
            denial
        )?;
        rows.iter().map(|(id, body)| parsed("payer_request", id, body)).collect()
    }

    /// The letters about a claim, the newest first.
    ///
    /// # Errors
    /// [`Error::Inconsistent`].
    pub async fn requests_about(&mut self, claim: &str) -> Result<Vec<Request>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select request, body from payer_request where practice = $1 and claim = $2
             order by changed_at desc, request",
            self.practice.as_str(),
            claim
        )?;
        rows.iter().map(|(id, body)| parsed("payer_request", id, body)).collect()
    }

    /// Letters of a payer, under any of its ids, that are about no claim that we know; the newest
    /// first.
    ///
    /// # Errors
    /// [`Error::Inconsistent`].
    pub async fn requests_about_nothing(
        &mut self,
        payers: &[String],
    ) -> Result<Vec<Request>, Error> {
        let rows = among!(
            self,
            (String, String),
            "select request, body from payer_request where practice = $1 and claim is null
             and payer in (select value from json_each($2)) order by changed_at desc, request",
            "select request, body from payer_request where practice = $1 and claim is null
             and payer = any($2) order by changed_at desc, request",
            payers,
            self.practice.as_str()
        )?;
        rows.iter().map(|(id, body)| parsed("payer_request", id, body)).collect()
    }

    /// How many letters wait for an answer, and of how many the last day was before `today`: those
    /// that a role answers, and those about cases of the role, of a person, of teams, or about
    /// which the role is asked. All of them where `role` is empty.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_open_requests(
        &mut self,
        today: &str,
        (role, person): (&str, &str),
        teams: &[String],
    ) -> Result<(i64, i64), Error> {
        let rows = among!(
            self,
            (i64, i64),
            "select count(*), coalesce(sum(case when r.due_on < $2 then 1 else 0 end), 0)
             from payer_request r
             left join denial d on d.practice = r.practice and d.denial = r.denial
             where r.practice = $1 and r.state = 'open' and ($3 = '' or r.role = $3
               or d.role = $3 or d.person = $4 or d.team in (select value from json_each($5))
               or exists (select 1 from asked a where a.practice = r.practice
                 and a.denial = r.denial and a.role = $3))",
            "select count(*), coalesce(sum(case when r.due_on < $2 then 1 else 0 end), 0)
             from payer_request r
             left join denial d on d.practice = r.practice and d.denial = r.denial
             where r.practice = $1 and r.state = 'open' and ($3 = '' or r.role = $3
               or d.role = $3 or d.person = $4 or d.team = any($5)
               or exists (select 1 from asked a where a.practice = r.practice
                 and a.denial = r.denial and a.role = $3))",
            teams,
            self.practice.as_str(),
            today,
            role,
            person
        )?;
        Ok(rows.first().copied().unwrap_or_default())
    }

    /// The bodies of every letter, for what they name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn request_bodies(
        &mut self,
        after: &str,
        limit: i64,
    ) -> Result<Vec<(String, String)>, Error> {
        let rows = run!(
            self,
            all as (String, String),
            "select request, body from payer_request where practice = $1 and request > $2
             order by request limit $3",
            self.practice.as_str(),
            after,
            limit
        )?;
        Ok(rows)
    }
}

fn body(request: &Request) -> String {
    serde_json::to_string(request).expect("a letter is JSON")
}
