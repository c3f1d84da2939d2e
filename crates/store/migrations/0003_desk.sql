-- The desk: what cases are found and put together by, views that people keep, and what was done
-- with many cases at once.

-- A sweep fills these in on rows that are older.
alter table denial add column code text not null default '';      -- leading adjustment: CO-16
alter table denial add column remark text not null default '';    -- leading remark
alter table denial add column service text not null default '';   -- procedure and modifiers
alter table denial add column provider text not null default '';  -- NPI of who rendered or billed

-- A queue as somebody wants to see it again.
create table saved_view (
  practice text not null references practice (practice),
  view text not null,
  person text not null,                 -- empty where the whole team has it
  name text not null,
  query text not null,                  -- filters and order as the address carries them
  saved_at text not null,
  saved_by text not null,
  primary key (practice, view)
);
create unique index saved_view_name on saved_view (practice, person, name);

-- One act on many cases, to be taken back as one.
create table batch (
  practice text not null references practice (practice),
  batch text not null,
  act text not null,
  person text not null,
  done_at text not null,
  undone_at text,
  primary key (practice, batch)
);
create table batch_case (
  practice text not null,
  batch text not null,
  denial text not null,
  version bigint not null,              -- the version that the act led to
  primary key (practice, batch, denial),
  foreign key (practice, batch) references batch (practice, batch),
  foreign key (practice, denial) references denial (practice, denial)
);

-- What cases are looked for by: names, numbers, words of notes. The same on both databases
-- (house §18.16).
create table word (
  practice text not null references practice (practice),
  word text not null,                   -- lower-case letters and digits
  about text not null,                  -- a case
  kind text not null check (kind in ('name', 'member', 'number', 'note')),
  primary key (practice, word, about, kind)
);
create index word_about on word (practice, about, kind);

-- Cases of one payer with one leading code: what usually works.
create index denial_alike on denial (practice, payer, code, denied_on desc, denial desc);

-- Answers of colleagues, until who asked has seen them. What was said stands in the journal.
create table answer (
  practice text not null references practice (practice),
  denial text not null,
  number bigint not null,
  asker text not null,
  answered_at text not null,
  primary key (practice, denial, number),
  foreign key (practice, denial) references denial (practice, denial)
);
create index answer_asker on answer (practice, asker, answered_at, denial, number);
