-- One text for SQLite and PostgreSQL. Columns are text and bigint. Ids are text, money is cents,
-- days are YYYY-MM-DD, instants RFC 3339 UTC of one width. The key of every row that belongs to a
-- practice begins with it.

create table practice (
  practice text not null primary key,
  name text not null,
  zone text not null,
  simulated text,                       -- what made it, where it is no real practice
  made_at text not null
);

-- Whose remittances are this practice's: an NPI or a tax id.
create table payee (
  practice text not null references practice (practice),
  kind text not null check (kind in ('npi', 'tax_id')),
  value text not null,
  primary key (practice, kind, value)
);
create unique index payee_value on payee (kind, value);

create table person (
  person text not null primary key,
  login text not null unique,
  name text not null,
  secret text,                          -- argon2; none for a service account
  made_at text not null,
  disabled_at text
);

create table membership (
  practice text not null references practice (practice),
  person text not null references person (person),
  role text not null check (role in ('front_desk', 'authorization_staff', 'certified_coder',
    'billing_specialist', 'poster', 'billing_supervisor', 'manager', 'provider',
    'utilization_review', 'executive', 'administrator', 'auditor', 'vendor')),
  primary key (practice, person)
);

create table session (
  token text not null primary key,      -- sha-256 of the cookie's value
  person text not null references person (person),
  practice text not null references practice (practice),
  made_at text not null,
  seen_at text not null,
  ended_at text
);

create table payer (
  practice text not null references practice (practice),
  payer text not null,
  name text not null,
  primary key (practice, payer)
);

-- A file taken in, by the sha-256 of its bytes; the bytes lie in the documents folder.
create table file (
  practice text not null references practice (practice),
  hash text not null,
  name text not null,
  bytes bigint not null,
  kinds text not null,                  -- the transactions in it: 835, 837, 999, 277, ta1
  state text not null check (state in ('reading', 'taken')),
  taken_at text not null,
  taken_by text not null,
  report text not null,                 -- what became of each transaction, as JSON
  primary key (practice, hash)
);

-- One ST of an 835, or one keyed EOB. Written once; only its state moves.
create table remittance (
  practice text not null references practice (practice),
  remittance text not null,
  file text not null,
  number bigint not null,               -- position of the ST in the file, from 1
  deal text not null,                   -- payer, trace, amount, day, payee: the key of a payment
  content text not null,                -- sha-256 of the segments between ST and SE
  state text not null check (state in ('staging', 'published', 'conflict', 'held', 'test',
    'set_aside')),
  why text,
  source text not null check (source in ('835', 'paper', 'portal', 'phone')),
  payer text not null,
  payer_name text not null,
  trace text not null,
  paid_on text,
  total bigint not null,
  paid bigint not null,
  provider_level bigint not null,
  claims bigint not null,
  lines bigint not null,
  balanced text not null check (balanced in ('yes', 'no')),
  head text not null,
  separators text not null,
  imbalances text not null,
  taken_at text not null,
  settled bigint not null,              -- claim payments whose cases are up to date
  looked_at text,                       -- when a person accepted that it does not add up
  primary key (practice, remittance)
);
create unique index remittance_content on remittance (practice, content);
create index remittance_deal on remittance (practice, deal, remittance);
create index remittance_day on remittance (practice, (coalesce(paid_on, '')), remittance);
create index remittance_undecided on remittance (practice, state)
  where state in ('held', 'conflict');
create index remittance_unbalanced on remittance (practice, remittance)
  where balanced = 'no' and looked_at is null;
create index remittance_unsettled on remittance (practice, taken_at, remittance)
  where settled < claims;

-- One CLP with everything that hangs on it, as the segments came.
create table claim_payment (
  practice text not null,
  remittance text not null,
  n bigint not null,                    -- position on the remittance, from 0
  claim text not null,
  quarantined text not null check (quarantined in ('yes', 'no')),
  segment bigint not null,
  byte bigint not null,
  control text,                         -- the claim that the payer's number alone would make it
  raw text not null,
  primary key (practice, remittance, n),
  foreign key (practice, remittance) references remittance (practice, remittance)
);
create index claim_payment_claim on claim_payment (practice, claim);
create index claim_payment_control on claim_payment (practice, control) where control is not null;

create table provider_adjustment (
  practice text not null,
  remittance text not null,
  n bigint not null,
  reason text not null,
  reference text not null,
  amount bigint not null,
  body text not null,
  primary key (practice, remittance, n),
  foreign key (practice, remittance) references remittance (practice, remittance)
);

-- A claim under its number, as billed or as known from a remittance. The latest version speaks.
create table claim (
  practice text not null references practice (practice),
  claim text not null,
  number text not null,
  source text not null check (source in ('billed', 'remittance', 'paper')),
  fingerprint text,                     -- as first paid: patient, first day, charge, hashed
  member text,                          -- as first paid without our number: member, first day
  version_file text,
  version_n bigint,
  primary key (practice, claim)
);
create index claim_fingerprint on claim (practice, fingerprint);
create index claim_member on claim (practice, member) where member is not null;
create index claim_unbilled on claim (practice, claim) where source = 'remittance';

-- Other ways in which remittances describe a claim that is not billed.
create table paid_fingerprint (
  practice text not null,
  claim text not null,
  fingerprint text not null,
  primary key (practice, claim, fingerprint),
  foreign key (practice, claim) references claim (practice, claim)
);
create index paid_fingerprint_value on paid_fingerprint (practice, fingerprint, claim);

-- Each CLM of an 837.
create table claim_version (
  practice text not null,
  file text not null,
  n bigint not null,
  claim text not null,
  rank text not null,                   -- orders versions: day, file, position
  fingerprint text,                     -- as billed, to be found by what was paid
  member text,                          -- the same, of member and first day
  batch text,                           -- group and transaction that it was sent in
  body text not null,
  primary key (practice, file, n)
);
create index claim_version_member on claim_version (practice, member) where member is not null;
create index claim_version_batch on claim_version (practice, batch) where batch is not null;
create index claim_version_fingerprint on claim_version (practice, fingerprint);
create index claim_version_claim on claim_version (practice, claim, rank);

-- A claim known from a remittance that is likely one that was billed; a person decides.
create table likely_match (
  practice text not null,
  claim text not null,
  candidate text not null,
  state text not null check (state in ('open', 'accepted', 'declined')),
  decided_by text,
  decided_at text,
  primary key (practice, claim, candidate)
);
create index likely_match_open on likely_match (practice, state, claim);
create index likely_match_candidate on likely_match (practice, candidate, state);

-- Root causes that people set, counted: what was usual suggests the next one.
create table root_cause (
  practice text not null,
  category text not null,
  payer text not null,
  step text not null,
  team text not null,
  times bigint not null,
  last_at text not null,
  primary key (practice, category, payer, step, team),
  foreign key (practice, payer) references payer (practice, payer)
);

-- A claim payment that carries the number of a billed claim, whose patient and charge are others.
create table doubt (
  practice text not null,
  remittance text not null,
  n bigint not null,
  claim text not null,
  state text not null check (state in ('open', 'confirmed', 'apart')),
  decided_by text,
  decided_at text,
  primary key (practice, remittance, n),
  foreign key (practice, remittance, n) references claim_payment (practice, remittance, n)
);
create index doubt_claim on doubt (practice, claim);
create index doubt_state on doubt (practice, state, remittance, n);

-- What a receiver said of a file, a transaction or a claim before adjudication.
create table acknowledgement (
  practice text not null,
  file text not null,
  n bigint not null,
  claim text,
  batch text,                           -- group and transaction that it answers as a whole
  outcome text not null,
  body text not null,
  primary key (practice, file, n)
);
create index acknowledgement_batch on acknowledgement (practice, batch) where batch is not null;
create index acknowledgement_claim on acknowledgement (practice, claim) where claim is not null;

create table rejection (
  practice text not null,
  rejection text not null,
  file text not null,
  n bigint not null,
  claim text,
  number text not null,
  state text not null check (state in ('open', 'resolved')),
  on_day text,
  body text not null,
  resolved_at text,
  resolved_by text,
  primary key (practice, rejection)
);
create index rejection_state on rejection (practice, state, on_day, rejection);
create index rejection_claim on rejection (practice, claim) where claim is not null;

-- The nineteen moves; a case or a journal entry that shows another is refused.
create table status_move (
  from_status text not null,
  to_status text not null,
  primary key (from_status, to_status)
);
insert into status_move (from_status, to_status) values
  ('new', 'in_review'), ('new', 'overturned'),
  ('in_review', 'corrected_and_resubmitted'), ('in_review', 'appealed'),
  ('in_review', 'overturned'), ('in_review', 'paid'), ('in_review', 'written_off'),
  ('corrected_and_resubmitted', 'in_review'),
  ('corrected_and_resubmitted', 'pending_payer_response'),
  ('corrected_and_resubmitted', 'overturned'),
  ('appealed', 'in_review'), ('appealed', 'pending_payer_response'), ('appealed', 'overturned'),
  ('pending_payer_response', 'in_review'), ('pending_payer_response', 'overturned'),
  ('overturned', 'in_review'), ('overturned', 'paid'),
  ('paid', 'in_review'), ('written_off', 'in_review');

create table denial (
  practice text not null,
  denial text not null,
  claim text not null,
  payer text not null,
  round bigint not null,
  number text not null,
  state text not null check (state in ('open', 'closed')),
  status text not null check (status in ('new', 'in_review', 'corrected_and_resubmitted',
    'appealed', 'pending_payer_response', 'overturned', 'paid', 'written_off')),
  role text not null,
  person text not null,                 -- empty while no person has it
  category text not null,
  plan text not null,
  denied_on text not null,
  next_kind text not null,
  next_on text not null,
  due_on text not null,                 -- soonest open clock; 9999-12-31 where none is configured
  denied bigint not null,
  outstanding bigint not null,
  priority bigint not null,
  quarantined text not null check (quarantined in ('yes', 'no')),
  snoozed_until text,
  brought_to text not null,             -- the role that must hear of it; empty where none must
  no_rule text not null check (no_rule in ('yes', 'no')),  -- one of its clocks is not configured
  unmapped text,                        -- the leading code, where nobody has mapped it
  version bigint not null,
  changed_at text not null,
  changed_by text not null,
  body text not null,
  primary key (practice, denial),
  foreign key (practice, claim) references claim (practice, claim),
  foreign key (practice, payer) references payer (practice, payer)
);
create unique index denial_round on denial (practice, claim, payer, round);
create index denial_priority on denial (practice, state, priority desc, denial);
create index denial_due on denial (practice, state, due_on, denial);
create index denial_money on denial (practice, state, outstanding desc, denial);
create index denial_role on denial (practice, state, role, priority desc, denial);
create index denial_person on denial (practice, state, person, priority desc, denial);
create index denial_brought on denial (practice, brought_to) where brought_to <> '';
create index denial_unmapped on denial (practice, unmapped) where unmapped is not null;

-- Whose answer a case waits for: roles that see it though they do not own it.
create table asked (
  practice text not null,
  denial text not null,
  role text not null,
  primary key (practice, denial, role),
  foreign key (practice, denial) references denial (practice, denial)
);
create index asked_role on asked (practice, role, denial);

-- Money that moved on a case. Never edited; a correction points back.
create table posting (
  practice text not null,
  posting text not null,
  denial text not null,
  claim text not null,
  line bigint,
  kind text not null,
  reason text,                          -- why, for a write-off
  amount bigint not null,
  on_day text not null,
  remittance text,
  reverses text,
  why text not null,
  by_person text not null,
  primary key (practice, posting),
  foreign key (practice, denial) references denial (practice, denial),
  foreign key (practice, reverses) references posting (practice, posting)
);
create index posting_denial on posting (practice, denial, posting);

create table document (
  practice text not null,
  hash text not null,
  name text not null,
  media text not null,
  bytes bigint not null,
  taken_at text not null,
  taken_by text not null,
  primary key (practice, hash)
);

-- What happened, in order, chained by a key that is not in the database. `work` holds acts, `views`
-- who looked at what; the practice '*' holds sign-ins and administration.
create table journal (
  practice text not null,
  chain text not null check (chain in ('work', 'views')),
  seq bigint not null,
  at text not null,
  actor text not null,
  about text not null,
  kind text not null,
  from_status text,
  to_status text,
  body text not null,
  digest text not null,                 -- sha-256 of the body, so that a body can be blanked
  hash text not null,
  primary key (practice, chain, seq),
  foreign key (from_status, to_status) references status_move (from_status, to_status)
);
create index journal_about on journal (practice, about, chain, seq);
create index journal_at on journal (practice, chain, at, seq);
create index journal_actor on journal (practice, chain, actor, at, seq);
create index journal_kind on journal (practice, chain, kind, at, seq);

create table journal_head (
  practice text not null,
  chain text not null,
  seq bigint not null,
  hash text not null,
  primary key (practice, chain)
);

create table sweep (
  practice text not null,
  name text not null,
  ran_at text not null,
  result text not null,
  primary key (practice, name)
);
