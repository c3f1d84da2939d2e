-- What may never change, and the moves of a status, whoever writes.
create trigger journal_keep_update before update on journal
begin select raise(abort, 'the journal is append-only'); end;
create trigger journal_keep_delete before delete on journal
begin select raise(abort, 'the journal is append-only'); end;
create trigger posting_keep_update before update on posting
begin select raise(abort, 'postings are append-only; post a reversal'); end;
create trigger posting_keep_delete before delete on posting
begin select raise(abort, 'postings are append-only; post a reversal'); end;
create trigger claim_payment_keep_update before update of practice, remittance, n, quarantined, segment, byte, control, raw
on claim_payment
begin select raise(abort, 'claim payments are written once'); end;
-- Which claim it is of is ours to say, not the file's: a person may have decided.
create trigger claim_payment_keep_claim before update of claim on claim_payment
when not exists (select 1 from doubt where practice = new.practice
  and remittance = new.remittance and n = new.n and state = 'apart')
begin select raise(abort, 'claim payments are written once'); end;
create trigger denial_keep_delete before delete on denial
begin select raise(abort, 'cases are never deleted'); end;
create trigger denial_moves before update of status on denial
when old.status <> new.status and not exists (
  select 1 from status_move where from_status = old.status and to_status = new.status)
begin select raise(abort, 'that status move does not exist'); end;
-- A rank follows from the day alone, so a sweep may renew it; whatever else changes is an act.
create trigger denial_versions before update on denial
when new.version < old.version or (new.version = old.version
  and (new.body <> old.body or new.status <> old.status or new.state <> old.state))
begin select raise(abort, 'a case changes by acts, each a version'); end;
