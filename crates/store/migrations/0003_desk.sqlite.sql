
update denial set opened_on = json_extract(body, '$.opened_on'),
  promised_by = json_extract(body, '$.promised_by'),
  to_post = case when status = 'overturned' then
    (select max(0, sum(json_extract(line.value, '$.recovered.amount'))
        - json_extract(body, '$.balance.recovered'))
      from json_each(body, '$.lines') as line
      where json_extract(line.value, '$.recovered') is not null) end,
  no_rule = case when status = 'overturned' then 'no' else no_rule end,
  waits_on = case
    when state = 'closed' then ''
    when json_extract(body, '$.proposal') is not null
      and json_extract(body, '$.proposal.approved_by') is null then 'approval'
    when json_array_length(body, '$.questions') > 0 then 'colleague'
    when json_extract(body, '$.promised_by') is not null
      or status in ('corrected_and_resubmitted', 'appealed', 'pending_payer_response') then 'payer'
    when status = 'overturned'
      and (exists (select 1 from json_each(body, '$.lines') as line
          where json_extract(line.value, '$.recovered') is null
            and json_extract(line.value, '$.set_aside') is null)
        or not exists (select 1 from json_each(body, '$.lines') as line
          where json_extract(line.value, '$.recovered') is not null)) then 'payer'
    else 'us' end;
