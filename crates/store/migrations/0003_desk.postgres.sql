
-- What begins with some letters lies together only where letters are compared as bytes.
create index word_beginning on word (practice, word collate "C", about);

update denial set opened_on = body::json ->> 'opened_on', promised_by = body::json ->> 'promised_by',
  to_post = case when status = 'overturned' then
    (select case when count(*) > 0 then greatest(0, sum((line #>> '{recovered,amount}')::bigint)
        - (body::json #>> '{balance,recovered}')::bigint)::bigint end
      from json_array_elements(body::json -> 'lines') as line
      where line ->> 'recovered' is not null) end,
  no_rule = case when status = 'overturned' then 'no' else no_rule end,
  waits_on = case
    when state = 'closed' then ''
    when body::json ->> 'proposal' is not null
      and body::json #>> '{proposal,approved_by}' is null then 'approval'
    when json_array_length(body::json -> 'questions') > 0 then 'colleague'
    when body::json ->> 'promised_by' is not null
      or status in ('corrected_and_resubmitted', 'appealed', 'pending_payer_response') then 'payer'
    when status = 'overturned'
      and (exists (select 1 from json_array_elements(body::json -> 'lines') as line
          where line ->> 'recovered' is null and line ->> 'set_aside' is null)
        or not exists (select 1 from json_array_elements(body::json -> 'lines') as line
          where line ->> 'recovered' is not null)) then 'payer'
    else 'us' end;
