-- A second wall between practices (house §18.9): whatever a statement says, a transaction reaches the
-- rows of the practice that it was begun for, and none where it was begun for none. The first wall is
-- that every statement names its practice. What stands above practices has no such wall: people, their
-- sessions, where they work, and whose payments are whose. `**` is every practice, for copies of the
-- whole database alone.
--
-- A later step that makes a table of practices gives it the same policy; a test counts them. A role
-- that is a superuser or has BYPASSRLS walks around it.
do $$
declare
  one text;
  own text := '(select current_setting(''reclaim.practice'', true)) in (practice, ''**'')';
begin
  for one in
    select c.table_name from information_schema.columns c
    join information_schema.tables t
      on t.table_schema = c.table_schema and t.table_name = c.table_name
    where c.table_schema = current_schema() and c.column_name = 'practice'
      and t.table_type = 'BASE TABLE'
      and c.table_name not in ('practice', 'payee', 'membership', 'session')
  loop
    execute format('alter table %I enable row level security', one);
    execute format('alter table %I force row level security', one);
    -- The chain of sign-ins and administration is written and read from every practice.
    if one in ('journal', 'journal_head') then
      execute format('create policy own_practice on %I using (%s or practice = ''*'')', one, own);
    else
      execute format('create policy own_practice on %I using (%s)', one, own);
    end if;
  end loop;
end $$;
