//! What leaves the house, drafts of letters, questions, what rules did: each has its bytes, its
//! cases and its entry.

use super::differs;
use crate::sql::run;
use crate::{Error, Tx};

impl Tx {
    /// The first thing that leaves the house without its document, its cases or its entries. The
    /// bytes of documents are compared with their hashes where all documents are.
    ///
    /// # Errors
    /// [`Error::Differs`] naming it, [`Error::Database`].
    pub async fn check_outgoing(&mut self) -> Result<(), Error> {
        let documents = run!(
            self,
            optional as (String,),
            "select outgoing from outgoing o where practice = $1 and not exists
             (select 1 from document d where d.practice = o.practice and d.hash = o.document
               and d.bytes = o.bytes) order by outgoing limit 1",
            self.practice.as_str()
        )?;
        found(documents, "it leaves, and no document is its bytes")?;
        let cases = run!(
            self,
            optional as (String,),
            "select outgoing from outgoing o where practice = $1
             and (o.kind <> 'status_inquiry' and not exists (select 1 from outgoing_item i
                 where i.practice = o.practice and i.outgoing = o.outgoing)
               or o.kind = 'status_inquiry' and not exists (select 1 from status_question q
                 where q.practice = o.practice and q.outgoing = o.outgoing)
               or exists (select 1 from outgoing_item i where i.practice = o.practice
                 and i.outgoing = o.outgoing and not exists (select 1 from denial d
                   where d.practice = i.practice and d.denial = i.denial)
                 and not exists (select 1 from claim c where i.denial is null
                   and c.practice = i.practice and c.claim = i.claim)))
             order by outgoing limit 1",
            self.practice.as_str()
        )?;
        found(cases, "it leaves, and a case or claim that it is of is not there")?;
        let asked = run!(
            self,
            optional as (String,),
            "select question from status_question q where practice = $1
             and not exists (select 1 from journal j where j.practice = q.practice
               and j.chain = 'work' and j.about = q.claim and j.kind = 'status.asked')
             order by question limit 1",
            self.practice.as_str()
        )?;
        found(asked, "it was asked, and its claim has no entry of it")?;
        let fired = run!(
            self,
            optional as (String,),
            "select rule || ' on ' || denial from rule_firing f where practice = $1
             and not exists (select 1 from journal j where j.practice = f.practice
               and j.chain = 'work' and j.about = f.denial
               and j.kind in ('rule.acted', 'rule.would_act', 'rule.refused'))
             order by rule, denial limit 1",
            self.practice.as_str()
        )?;
        found(fired, "a rule fired, and its case has no entry of it")?;
        let entries = run!(
            self,
            optional as (String,),
            "select outgoing from outgoing o where practice = $1
             and (not exists (select 1 from journal j where j.practice = o.practice
                 and j.chain = 'work' and j.about = o.outgoing and j.kind = 'outbox.queued')
               or state = 'called_back' and not exists (select 1 from journal j
                 where j.practice = o.practice and j.chain = 'work' and j.about = o.outgoing
                 and j.kind = 'outbox.called_back'))
             order by outgoing limit 1",
            self.practice.as_str()
        )?;
        found(entries, "it leaves or was called back, and no entry of the journal says so")
    }

    /// The first draft of a letter without its case, or whose beginning no entry of the case tells.
    ///
    /// # Errors
    /// [`Error::Differs`] naming it, [`Error::Database`].
    pub async fn check_drafts(&mut self) -> Result<(), Error> {
        let draft = run!(
            self,
            optional as (String,),
            "select draft from appeal_draft a where practice = $1
             and (not exists (select 1 from denial d where d.practice = a.practice
                 and d.denial = a.denial)
               or not exists (select 1 from journal j where j.practice = a.practice
                 and j.chain = 'work' and j.about = a.denial and j.kind = 'appeal.drafted'))
             order by draft limit 1",
            self.practice.as_str()
        )?;
        found(draft, "it is a draft, and its case or the entry that began it is not there")
    }

    /// The first letter of a payer whose keeping, or whose last change, no entry of the journal
    /// tells.
    ///
    /// # Errors
    /// [`Error::Differs`] naming it, [`Error::Database`].
    pub async fn check_requests(&mut self) -> Result<(), Error> {
        let request = run!(
            self,
            optional as (String,),
            "select request from payer_request r where practice = $1
             and (select count(*) from journal j where j.practice = r.practice
               and j.chain = 'work' and j.about = r.request and j.kind in ('request.kept',
                 'request.answered', 'request.closed', 'request.escalated',
                 'request.redated')) <> r.version
             order by request limit 1",
            self.practice.as_str()
        )?;
        found(request, "it is a payer's letter, and its changes are not those that entries tell")
    }
}

fn found(id: Option<(String,)>, what: &str) -> Result<(), Error> {
    id.map_or(Ok(()), |(id,)| differs(&id, what))
}
