-- What may never change, and the moves of a status, whoever writes.
create function refuse() returns trigger language plpgsql as
$$ begin raise exception '%', tg_argv[0]; end $$;
create trigger journal_keep before update or delete on journal
  for each row execute function refuse('the journal is append-only');
create trigger posting_keep before update or delete on posting
  for each row execute function refuse('postings are append-only; post a reversal');
create trigger claim_payment_keep before update of practice, remittance, n, quarantined, segment, byte, control, raw
  on claim_payment
  for each row execute function refuse('claim payments are written once');
-- Which claim it is of is ours to say, not the file's: a person may have decided.
create function check_claim() returns trigger language plpgsql as
$$ begin
  if not exists (select 1 from doubt where practice = new.practice
    and remittance = new.remittance and n = new.n and state = 'apart') then
    raise exception 'claim payments are written once';
  end if;
  return new;
end $$;
create trigger claim_payment_claim_keep before update of claim on claim_payment
  for each row execute function check_claim();
create trigger denial_keep before delete on denial
  for each row execute function refuse('cases are never deleted');
create function check_move() returns trigger language plpgsql as
$$ begin
  if old.status <> new.status and not exists (
    select 1 from status_move where from_status = old.status and to_status = new.status) then
    raise exception 'that status move does not exist';
  end if;
  -- A rank follows from the day alone, so a sweep may renew it; whatever else changes is an act.
  if new.version < old.version or (new.version = old.version
    and (new.body <> old.body or new.status <> old.status or new.state <> old.state)) then
    raise exception 'a case changes by acts, each a version';
  end if;
  return new;
end $$;
create trigger denial_moves before update on denial
  for each row execute function check_move();
