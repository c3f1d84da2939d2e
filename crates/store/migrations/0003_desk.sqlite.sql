
update denial set opened_on = json_extract(body, '$.opened_on'),
  promised_by = json_extract(body, '$.promised_by'),
  proposed = case when json_extract(body, '$.proposal') is not null
    and json_extract(body, '$.proposal.approved_by') is null then 'yes' else 'no' end;
