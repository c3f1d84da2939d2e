
-- What begins with some letters lies together only where letters are compared as bytes.
create index word_beginning on word (practice, word collate "C", about);

update denial set opened_on = body::json ->> 'opened_on', promised_by = body::json ->> 'promised_by',
  proposed = case when body::json ->> 'proposal' is not null
    and body::json #>> '{proposal,approved_by}' is null then 'yes' else 'no' end;
